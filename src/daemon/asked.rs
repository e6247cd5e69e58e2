//! Requests of other processes to the daemon: checks, each its own task, and rounds of delivery.

use jiff::Timestamp;
use tokio::task::JoinError;

use super::{Daemon, DaemonError, log};
use crate::checking::{CheckError, Report};
use crate::delivering::{DeliverError, Delivered};
use crate::model::{Advice, in_full};
use crate::turns::{self, Job, TakenJob};

impl Daemon {
    /// Begins what another process asks for.
    pub(super) fn asked(&mut self, TakenJob { id, job, .. }: TakenJob) {
        match job {
            Job::Check { source, page } => {
                let (with, store) = (self.doors.checking(), self.doors.store.clone());
                self.jobs.spawn(async move {
                    let (answer, result) = turns::check(&with, &source, page).await;
                    turns::answer(&store, with.clock.as_ref(), id, answer).await;
                    result.map(Some)
                });
            }
            Job::Deliver => {
                self.flushes.push(id);
                (self.times.deliver_at, self.times.call_at) = (Timestamp::MIN, Timestamp::MIN);
            }
        }
    }

    /// A check for another process has ended, or an answer is recorded.
    pub(super) fn answered(
        &mut self,
        ended: Result<Result<Option<Report>, CheckError>, JoinError>,
    ) -> Result<(), DaemonError> {
        self.tick();
        match ended.map_err(CheckError::from).and_then(|result| result) {
            Ok(Some(report)) => {
                log(&report);
                // It may have changed what is due next.
                self.times.plan_at = self.doors.clock.now();
            }
            Ok(None) => {}
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            // The process that asked is told.
            Err(error) => tracing::warn!(error = in_full(&error), "a check that was asked failed"),
        }
        Ok(())
    }

    /// Answers those who asked for the round of delivery that has ended.
    pub(super) fn answer_flushes(&mut self, result: &Result<Delivered, DeliverError>) {
        for id in self.flushing.drain(..) {
            let (store, clock) = (self.doors.store.clone(), self.doors.clock.clone());
            let answer = turns::delivery_answer(result);
            self.jobs.spawn(async move {
                turns::answer(&store, clock.as_ref(), id, answer).await;
                Ok(None)
            });
        }
    }
}
