//! Requests of other processes to the daemon: checks, each its own task, and rounds of delivery.

use jiff::Timestamp;
use tokio::task::JoinError;

use super::{Daemon, DaemonError, log};
use crate::checker::{Answered, Checked, Order};
use crate::checking::CheckError;
use crate::delivering::{DeliverError, Delivered};
use crate::model::{Advice, in_full};
use crate::turns::{self, Job, TakenJob};

impl Daemon {
    /// Begins what another process asks for.
    pub(super) fn asked(&mut self, TakenJob { id, job, .. }: TakenJob) {
        match job {
            Job::Check { source, page } => {
                let (store, clock) = (self.doors.store.clone(), self.doors.clock.clone());
                let check = self.checkers.check(Order::Asked(source, page), self.doors.checking());
                self.jobs.spawn(async move {
                    let Answered { ended, told } = check.await;
                    // A check that ended in the middle tells nothing.
                    let failed = || ended.as_ref().err().map(turns::failed_answer);
                    if let Some(told) = told.or_else(failed) {
                        turns::answer(&store, clock.as_ref(), id, told).await;
                    }
                    ended.map(Some)
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
        ended: Result<Result<Option<Checked>, CheckError>, JoinError>,
    ) -> Result<(), DaemonError> {
        self.tick();
        let now = self.doors.clock.now();
        match ended.map_err(CheckError::from).and_then(|result| result) {
            Ok(Some(checked)) => {
                log(&checked);
                // It may have changed what is due next.
                self.times.plan_at = now;
                // The process that asked may be gone by now.
                self.tell_of_check(now);
            }
            Ok(None) => {}
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            // The process that asked is told.
            Err(error) => {
                tracing::warn!(error = in_full(&error), "a check that was asked failed");
                self.tell_of_check(now);
            }
        }
        self.rest_soon();
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
