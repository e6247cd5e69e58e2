//! Deletes what no fact and no change depends on, according to the operator's settings.

use jiff::{SignedDuration, Timestamp};

use super::MaintainError;
use crate::model::Retention;
use crate::store::{Kept, SharedStore, Thinned};

/// How many rows of each kind are deleted in one transaction: a check to be recorded meanwhile waits for
/// no more than these.
const AT_ONCE: usize = 100;

/// Deletes everything that is older than it need be kept. Returns how much that was.
///
/// # Errors
/// When the database cannot be written; what was deleted until then is gone.
pub fn thin(
    store: &SharedStore,
    retention: Retention,
    now: Timestamp,
) -> Result<Thinned, MaintainError> {
    let since = |days: Option<u32>| {
        let length = SignedDuration::from_hours(24 * i64::from(days?));
        now.checked_sub(length).ok()
    };
    let kept = Kept {
        checks_since: since(retention.checks_days),
        bodies_since: since(retention.bodies_days),
        letters_since: since(retention.letters_days),
    };
    let mut all = Thinned::default();
    loop {
        let some = store.ask(|store| store.thin(&kept, AT_ONCE))?;
        if some.is_nothing() {
            return Ok(all);
        }
        all += some;
    }
}
