//! A part of the daemon that hangs on purpose, so that a test sees whether the watchdog notices. For tests
//! alone: nothing hangs unless `RULEWATCH_STALL` is in the environment of `rulewatch run`.

use std::str::FromStr;
use std::time::Duration;

/// The part that hangs. It then counts as stuck after a second, not after minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stall {
    /// Asking what is due.
    Planning,
    /// Every check.
    Checks,
    /// Every round of delivery.
    Delivery,
}

impl Stall {
    /// How long the part may make no progress.
    pub(super) const BOUND: Duration = Duration::from_secs(1);
}

impl FromStr for Stall {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "planning" => Ok(Self::Planning),
            "checks" => Ok(Self::Checks),
            "delivery" => Ok(Self::Delivery),
            _ => Err(format!("no part is named `{word}`: write planning, checks or delivery")),
        }
    }
}

/// Waits for ever if `part` is the one that hangs.
pub(super) async fn hang(stall: Option<Stall>, part: Stall) {
    if stall == Some(part) {
        std::future::pending::<()>().await;
    }
}
