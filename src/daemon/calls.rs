//! Calls hooks, a round at a time, beside everything else.

use jiff::Timestamp;
use tokio::task::JoinError;

use super::{Daemon, DaemonError, LONGEST_SLEEP};
use crate::calling::{CallError, Called, call_due};
use crate::model::{Advice, in_full};

impl Daemon {
    /// Begins a round of calls where some may be due.
    pub(super) fn begin_calls(&mut self, now: Timestamp) {
        let Some(with) = self.doors.calling.clone() else { return };
        if self.calls.is_empty() && self.times.call_at <= now {
            self.calls.spawn(async move { call_due(&with).await });
            // What becomes due meanwhile is called in the next round.
            self.times.call_at = now.checked_add(LONGEST_SLEEP).unwrap_or(now);
        }
    }

    /// A round has ended. Its errors are our own, and tried again with the next.
    pub(super) fn called(
        &mut self,
        ended: Result<Result<Called, CallError>, JoinError>,
    ) -> Result<(), DaemonError> {
        match ended.map_err(CallError::from).flatten() {
            Ok(called) if called.is_nothing() => {}
            Ok(called) => tracing::info!("{called}"),
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            Err(error) => tracing::error!(error = in_full(&error), "hooks cannot be called"),
        }
        Ok(())
    }
}
