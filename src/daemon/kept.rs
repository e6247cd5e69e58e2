//! Deletes old data: once a day, beside everything else.

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinError;

use super::{About, Daemon};
use crate::maintaining::{MaintainError, Thinned, thin};
use crate::model::{Advice, in_full};

/// How often to look for old data.
const EACH_DAY: SignedDuration = SignedDuration::from_hours(24);

impl Daemon {
    /// Begins to delete old data, on its own thread.
    pub(super) fn begin_thinning(&mut self, now: Timestamp) {
        if self.thinning.is_empty() && self.times.thin_at <= now {
            let (store, retention) = (self.doors.store.clone(), self.doors.retention);
            self.thinning.spawn_blocking(move || thin(&store, retention, now));
            self.times.thin_at = now.checked_add(EACH_DAY).unwrap_or(now);
        }
    }

    /// Reports the result. What failed is tried again, and holds up nothing else.
    pub(super) fn thinned(&mut self, ended: Result<Result<Thinned, MaintainError>, JoinError>) {
        let now = self.doors.clock.now();
        let (words, advice) = match ended {
            Ok(Ok(Thinned { n_checks, n_bodies, n_letters })) => {
                self.troubles.over(&About::Retention);
                if n_checks + n_bodies + n_letters > 0 {
                    tracing::info!(n_checks, n_bodies, n_letters, "let go of what is old");
                }
                return;
            }
            Ok(Err(error)) => (in_full(&error), error.advice()),
            Err(died) => (died.to_string(), Advice::TellOperator),
        };
        self.troubles.note(About::Retention, words, advice, now);
        self.times.thin_at = self.troubles.next_at(&About::Retention).unwrap_or(now);
    }
}
