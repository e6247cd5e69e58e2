//! How the daemon ends: nothing new begins, work in progress has a while to finish, the rest is cut off.

use std::time::Duration;

use super::{Daemon, DaemonError};
use crate::delivering::{DeliverError, record_tries};
use crate::model::{Advice, in_full};

/// How long work in progress may take to end once the daemon is told to stop. What is then cut off is
/// done again: a check that was not recorded, and a letter under the same Message-ID. With what follows, the
/// daemon has ended within five seconds.
pub(super) const GRACE: Duration = Duration::from_secs(3);

/// How long it may then take to record the letters that went out, as another process may hold the database, and the
/// checker to end.
const RECORDING: Duration = Duration::from_secs(1);

impl Daemon {
    /// Begins nothing more, and lets work in progress finish for a while.
    pub(super) async fn stop(mut self) -> Result<(), DaemonError> {
        self.queue.clear();
        self.asked.close();
        self.halt.set();
        // A call that is cut off is made again, under the same id.
        self.calls.abort_all();
        self.life.stopping(self.under_way.len());
        let end = tokio::time::sleep(GRACE);
        tokio::pin!(end);
        let mut face = std::mem::take(&mut self.face);
        let served = tokio::time::timeout(GRACE, async move { face.stop().await });
        tokio::pin!(served);
        let mut serves = true;
        while serves
            || !(self.checks.is_empty() && self.delivery.is_empty() && self.jobs.is_empty())
        {
            tokio::select! {
                _ = &mut served, if serves => serves = false,
                () = &mut end => {
                    self.cut_off();
                    break;
                }
                Some(ended) = self.checks.join_next_with_id() => self.checked(ended)?,
                Some(ended) = self.delivery.join_next() => self.delivered(ended)?,
                Some(ended) = self.jobs.join_next() => self.answered(ended)?,
            }
        }
        let with = self.doors.delivering();
        let recording = tokio::task::spawn_blocking(move || record_tries(&with));
        let (recorded, _) = tokio::join!(
            tokio::time::timeout(RECORDING, recording),
            tokio::time::timeout(RECORDING, self.checkers.end()),
        );
        let why = match recorded {
            Ok(recorded) => match recorded.map_err(DeliverError::from).flatten() {
                Err(error) if error.advice() == Advice::Retry => in_full(&error),
                recorded => return Ok(recorded?),
            },
            Err(_) => "the database is locked".to_owned(),
        };
        tracing::warn!(why, "letters that just went out are repeated");
        Ok(())
    }

    /// Aborts what has not ended by itself.
    fn cut_off(&mut self) {
        let (checks, is_delivering) = (self.under_way.len(), !self.delivery.is_empty());
        tracing::warn!(checks, is_delivering, "cut off what did not end: it is done again");
        self.checks.abort_all();
        self.delivery.abort_all();
        self.jobs.abort_all();
    }
}
