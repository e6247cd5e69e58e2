//! Keeps checking and delivering, and talks to systemd.
//!
//! One loop over what can happen, a closed list ([`Wake`]): a check has ended, a round of delivery has
//! ended, the clock has moved on, a signal came. Between these it plans (what is due by schedule, what a
//! hold wants fetched again, what is tried again after a failure), begins checks as long as a slot is
//! free, and begins a round of delivery where letters may be due. Checks and delivery are separate tasks,
//! so neither waits for the other. Another process makes the checks ([`crate::checker`]), and ends when there are
//! none. It looks at the wall clock at least once a minute, because the clock that a sleep uses stops while the
//! machine is suspended.
//!
//! Requests of other processes ([`crate::turns`]) are done beside what is due: a check as its own task,
//! a delivery as the next round.
//!
//! Hooks are called as a task of their own too ([`crate::calling`]), so that no letter waits for one.
//!
//! The web pages ([`crate::web`]) are served beside all of it, and share nothing with it but the database.
//!
//! An error on our own side ends the daemon only if its [`Advice`] is to stop. One that passes is tried
//! again soon. One that does not is logged once, told to the operator by the use case that met it, and
//! tried again later; the other sources and letters go on.

mod asked;
mod calls;
mod kept;
mod lifecycle;
mod memory;
mod notify;
mod progress;
mod serve;
mod stall;
mod stop;
mod timetable;
mod trouble;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use crate::calling::{CallError, Called};
use crate::checker::{Checked, Checkers, Order};
use crate::checking::{self, Agenda, CheckError};
use crate::delivering::{
    DeliverError, Delivered, Delivering, Halt, Pulse, deliver, tell_unwatched,
};
use crate::doors::{Doors, Site};
use crate::maintaining::{MaintainError, Thinned};
use crate::model::{Advice, SourceId, in_full};
use crate::reading;
use crate::settings::Overrides;
use crate::turns::{self, JobId, TakenJob};
use crate::web::{Face, FaceError};
use lifecycle::{Lifecycle, Told};
pub use lifecycle::{outlive_interrupts, outlive_signals, starts_late};
use progress::Progress;
pub use serve::serve;
pub use stall::Stall;
use stall::hang;
use timetable::Timetable;
use trouble::{About, Troubles};

/// The longest sleep: the wall clock is checked at least this often.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(60);

/// How many hosts are asked at the same time, each for one source: far more than ever hang at once, so
/// that those that hang delay none of the others. How many pages are read at once is limited elsewhere.
const HOSTS: usize = 64;

/// How long the checker waits for another check before it ends.
const BEFORE_REST: Duration = Duration::from_secs(10);

/// How many checks for other processes are made at the same time.
const JOBS: usize = 8;

/// Everything that is opened by the settings: for checking and delivering, and for the web pages.
pub type Opened = (Doors, Option<Site>);

/// Reads the configuration again and opens what it names; the error is one line that says why not.
pub type Reload<'a> = &'a dyn Fn(&Doors) -> Result<Opened, String>;

/// Runs until told to stop, then lets work in progress finish. The options are those that the daemon was started
/// with. A `stall` is for tests of the watchdog.
///
/// # Errors
/// When nothing can go on: the database can no longer be used, the pages cannot be served, or there are no
/// signal handlers.
pub async fn run(
    (doors, site): Opened,
    options: Overrides,
    reload: Reload<'_>,
    stall: Option<Stall>,
) -> Result<(), DaemonError> {
    let life = Lifecycle::begin()?;
    let face = Face::begin(site)?;
    let (says, asked) = channel(1);
    let (store, clock) = (doors.store.clone(), doors.clock.clone());
    let listening = tokio::spawn(turns::listen(store, clock, says));
    let checkers = Checkers::new(options, doors.fingerprint.clone());
    let daemon = Daemon::new(doors, (life, face), (checkers, asked), stall);
    let ended = daemon.run(reload).await;
    listening.abort();
    ended
}

/// An error that stops the daemon.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A signal handler.
    #[error("listening for signals")]
    Signals(#[source] std::io::Error),
    /// The pages cannot be served.
    #[error(transparent)]
    Face(#[from] FaceError),
    /// Checking cannot go on.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Delivering cannot go on.
    #[error(transparent)]
    Deliver(#[from] DeliverError),
    /// Calling hooks cannot go on.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl DaemonError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Signals(_) | Self::Face(_) => Advice::Stop,
            Self::Check(error) => error.advice(),
            Self::Deliver(error) => error.advice(),
            Self::Call(error) => error.advice(),
        }
    }
}

/// What is due, and the sources for which that is unknown.
type Plan = Result<(Agenda, Vec<(SourceId, CheckError)>), CheckError>;

/// Why the daemon woke.
enum Wake {
    /// The plan is ready.
    Planned(Result<Plan, JoinError>),
    /// A check has ended.
    Checked(Result<(Id, Result<Checked, CheckError>), JoinError>),
    /// A round of calls of hooks has ended.
    Called(Result<Result<Called, CallError>, JoinError>),
    /// A round of delivery has ended.
    Delivered(Result<Result<Delivered, DeliverError>, JoinError>),
    /// Another process asks for something.
    Asked(TakenJob),
    /// A request of another process is done and answered.
    Answered(Result<Result<Option<Checked>, CheckError>, JoinError>),
    /// Old data was deleted.
    Thinned(Result<Result<Thinned, MaintainError>, JoinError>),
    /// A page has enqueued a letter.
    Rung,
    /// Something may be due, or systemd wants a sign of life.
    Tick,
    /// A signal came.
    Told(Told),
}

/// The running daemon.
struct Daemon {
    doors: Doors,
    life: Lifecycle,
    /// The web pages.
    face: Face,
    /// Where checks are made.
    checkers: Checkers,
    /// The sources that are due and wait for their turn.
    queue: VecDeque<SourceId>,
    planning: JoinSet<Plan>,
    /// The sources whose checks ended after the plan was begun, so that it does not know of them.
    ended: BTreeSet<SourceId>,
    checks: JoinSet<Result<Checked, CheckError>>,
    /// The sources that are being checked, by task.
    under_way: HashMap<Id, SourceId>,
    delivery: JoinSet<Result<Delivered, DeliverError>>,
    /// The calls of hooks.
    calls: JoinSet<Result<Called, CallError>>,
    /// The requests of other processes.
    asked: Receiver<TakenJob>,
    /// The checks that they asked for.
    jobs: JoinSet<Result<Option<Checked>, CheckError>>,
    /// The deletion of old data.
    thinning: JoinSet<Result<Thinned, MaintainError>>,
    /// The jobs that wait for the next round of delivery, and for the current one.
    flushes: Vec<JobId>,
    flushing: Vec<JobId>,
    /// Ends a round of delivery after the letters that are being sent.
    halt: Halt,
    /// The tries of the round of delivery.
    pulse: Pulse,
    /// The part that hangs on purpose.
    stall: Option<Stall>,
    troubles: Troubles,
    times: Timetable,
    progress: Progress,
}

impl Daemon {
    fn new(
        doors: Doors,
        (life, face): (Lifecycle, Face),
        (checkers, asked): (Checkers, Receiver<TakenJob>),
        stall: Option<Stall>,
    ) -> Self {
        Self {
            doors,
            life,
            face,
            checkers,
            queue: VecDeque::new(),
            planning: JoinSet::new(),
            ended: BTreeSet::new(),
            checks: JoinSet::new(),
            under_way: HashMap::new(),
            delivery: JoinSet::new(),
            calls: JoinSet::new(),
            asked,
            jobs: JoinSet::new(),
            thinning: JoinSet::new(),
            flushes: Vec::new(),
            flushing: Vec::new(),
            halt: Halt::default(),
            pulse: Pulse::default(),
            stall,
            troubles: Troubles::default(),
            times: Timetable::new(),
            progress: Progress::with(stall),
        }
    }

    /// Begins to tell readers what they asked for that the catalogue in use no longer has, on its own thread. It is
    /// told at the next start or reload if that fails now.
    fn tell_unwatched(&self) {
        let with = Delivering { halt: self.halt.clone(), ..self.doors.delivering() };
        drop(tokio::task::spawn_blocking(move || match tell_unwatched(&with) {
            Ok(0) => {}
            Ok(readers) => tracing::info!(readers, "told what is no longer watched"),
            Err(error) => {
                tracing::error!(error = in_full(&error), "telling what is no longer watched");
            }
        }));
    }

    async fn run(mut self, reload: Reload<'_>) -> Result<(), DaemonError> {
        self.tell_unwatched();
        loop {
            let now = self.now();
            self.begin_plan(now);
            self.begin_checks();
            self.begin_delivery(now);
            self.begin_calls(now);
            self.begin_thinning(now);
            self.rest();
            match self.wake(now).await {
                Wake::Tick => self.tick(),
                Wake::Rung => self.rung(now),
                Wake::Planned(planned) => self.planned(planned)?,
                Wake::Checked(ended) => self.checked(ended)?,
                Wake::Delivered(ended) => self.delivered(ended)?,
                Wake::Called(ended) => self.called(ended)?,
                Wake::Asked(job) => self.asked(job),
                Wake::Answered(ended) => self.answered(ended)?,
                Wake::Thinned(ended) => self.thinned(ended),
                Wake::Told(Told::Reload) => self.reload(reload),
                Wake::Told(Told::Stop) => return self.stop().await,
            }
        }
    }

    /// Gives systemd a sign of life, unless a part of the daemon is stuck: then systemd restarts it.
    fn tick(&mut self) {
        let now = Instant::now();
        self.progress.tried(self.pulse.count(), now);
        match self.progress.stuck(now) {
            None => self.life.alive(),
            Some(part) => tracing::error!(part, "does not get on: no sign of life is given"),
        }
    }

    /// Somebody waits for a letter: it is sent with the next round, which begins at once.
    fn rung(&mut self, now: Timestamp) {
        if !self.troubles.has(&About::Delivery) {
            self.times.deliver_at = now;
        }
    }

    /// Sends at once what a check enqueued. A check that could not be recorded enqueues a letter too.
    fn tell_of_check(&mut self, now: Timestamp) {
        self.times.call_at = now;
        self.rung(now);
    }

    /// The present moment. If the clock was set back, everything is due again.
    fn now(&mut self) -> Timestamp {
        let now = self.doors.clock.now();
        if self.times.is_set_back(now) {
            tracing::warn!(%now, "the clock was set back");
            self.troubles = Troubles::default();
        }
        now
    }

    /// Waits for the next thing to happen.
    async fn wake(&mut self, now: Timestamp) -> Wake {
        let next = self.times.next(!self.delivery.is_empty(), !self.calls.is_empty());
        let mut sleep = sleep(next, now);
        let to_rest = self.times.rest_at.map(|at| at.saturating_duration_since(Instant::now()));
        for longest in [self.life.longest_silence(), to_rest].into_iter().flatten() {
            sleep = sleep.min(longest);
        }
        tokio::select! {
            Some(planned) = self.planning.join_next() => Wake::Planned(planned),
            Some(ended) = self.checks.join_next_with_id() => Wake::Checked(ended),
            Some(ended) = self.delivery.join_next() => Wake::Delivered(ended),
            Some(ended) = self.calls.join_next() => Wake::Called(ended),
            Some(ended) = self.jobs.join_next() => Wake::Answered(ended),
            Some(ended) = self.thinning.join_next() => Wake::Thinned(ended),
            Some(job) = self.asked.recv(), if self.jobs.len() < JOBS => Wake::Asked(job),
            told = self.life.told() => Wake::Told(told),
            () = self.face.rung() => Wake::Rung,
            () = tokio::time::sleep(sleep) => Wake::Tick,
        }
    }

    /// Begins to plan. The store is asked on its own thread, so that a signal does not wait for it.
    fn begin_plan(&mut self, now: Timestamp) {
        if self.planning.is_empty() && self.times.plan_at <= now {
            self.ended.clear();
            let with = self.doors.checking();
            let stall = self.stall;
            self.planning.spawn(async move {
                hang(stall, Stall::Planning).await;
                tokio::task::spawn_blocking(move || checking::due(&with, now)).await?
            });
            self.progress.plan_begun(Instant::now());
            self.times.plan_at = now.checked_add(LONGEST_SLEEP).unwrap_or(now);
        }
    }

    /// Queues what is due.
    fn planned(&mut self, planned: Result<Plan, JoinError>) -> Result<(), DaemonError> {
        self.progress.plan_ended();
        self.tick();
        let now = self.doors.clock.now();
        match planned.map_err(CheckError::from).flatten() {
            Ok((agenda, unreadable)) => {
                self.troubles.over(&About::Planning);
                for (id, error) in unreadable {
                    // One that is already known waits for its next try.
                    if !self.troubles.has(&About::Source(id.clone())) {
                        self.trouble(id, &error, now);
                    }
                }
                let queued = self.queued(agenda.due, now);
                if !queued.is_empty() {
                    tracing::info!(sources = queued.len(), "checking");
                }
                self.queue.extend(queued);
                let next = [agenda.next, self.next_try()].into_iter().flatten().min();
                if let Some(next) = next {
                    self.times.plan_at = self.times.plan_at.min(next);
                }
                self.say(next);
                if self.is_idle() {
                    memory::give_back();
                }
            }
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            Err(error) => {
                let advice = error.advice();
                self.troubles.note(About::Planning, in_full(&error), advice, now);
                if let Some(at) = self.troubles.next_at(&About::Planning) {
                    self.times.plan_at = at;
                }
                self.say(Some(self.times.plan_at));
            }
        }
        Ok(())
    }

    /// The due sources to begin with: a source in trouble waits for its next try, and is then checked
    /// whatever its schedule says.
    fn queued(&self, due: Vec<SourceId>, now: Timestamp) -> Vec<SourceId> {
        let again = self.troubles.sources().filter(|(_, at)| *at <= now).map(|(id, _)| id.clone());
        let mut queued: BTreeSet<SourceId> = again.collect();
        let waits = |id: &SourceId| self.troubles.has(&About::Source(id.clone()));
        queued.extend(due.into_iter().filter(|id| !waits(id) && !self.ended.contains(id)));
        queued.into_iter().filter(|id| self.doors.watches(id) && !self.is_begun(id)).collect()
    }

    /// Whether a source is being checked, or waits for its turn.
    fn is_begun(&self, id: &SourceId) -> bool {
        self.queue.contains(id) || self.under_way.values().any(|of| of == id)
    }

    /// When the next source in trouble is tried again.
    fn next_try(&self) -> Option<Timestamp> {
        let waits = |id: &SourceId| self.doors.watches(id) && !self.is_begun(id);
        self.troubles.sources().filter(|(id, _)| waits(id)).map(|(_, at)| at).min()
    }

    /// Tells systemd what is next. Configuration, catalogue and database are good by now: checking every
    /// source politely takes minutes, longer than systemd waits for a start.
    fn say(&mut self, next: Option<Timestamp>) {
        let at_work = self.queue.len() + self.under_way.len();
        if at_work > 0 {
            return self.life.ready(&format!("checking {at_work} sources"));
        }
        self.life
            .ready(&next.map_or("no source is due".to_owned(), |at| format!("next check at {at}")));
    }

    fn begin_checks(&mut self) {
        while self.under_way.len() < HOSTS
            && let Some(place) = self.next_in_queue()
            && let Some(id) = self.queue.remove(place)
        {
            let with = self.doors.checking();
            let order = match self.troubles.has(&About::Source(id.clone())) {
                true => Order::Again(id.clone()),
                false => Order::Due(id.clone()),
            };
            let (check, stall) = (self.checkers.check(order, with), self.stall);
            let task = self.checks.spawn(async move {
                hang(stall, Stall::Checks).await;
                check.await.ended
            });
            self.progress.check_begun(task.id(), Instant::now());
            self.under_way.insert(task.id(), id);
        }
    }

    /// The first source in the queue of whose host no other is being checked.
    fn next_in_queue(&self) -> Option<usize> {
        let host = |id| self.doors.host(id);
        let busy: HashSet<Option<&str>> = self.under_way.values().map(host).collect();
        self.queue.iter().position(|id| !busy.contains(&host(id)))
    }

    fn begin_delivery(&mut self, now: Timestamp) {
        if self.delivery.is_empty() && self.times.deliver_at <= now {
            let (halt, pulse, stall) = (self.halt.clone(), self.pulse.clone(), self.stall);
            let with = Delivering { halt, pulse, ..self.doors.delivering() };
            self.flushing.append(&mut self.flushes);
            self.progress.delivery_begun(self.pulse.count(), Instant::now());
            self.delivery.spawn(async move {
                hang(stall, Stall::Delivery).await;
                deliver(&with).await
            });
            // What becomes due meanwhile is sent in the next round.
            self.times.deliver_at = now.checked_add(LONGEST_SLEEP).unwrap_or(now);
        }
    }

    fn checked(
        &mut self,
        ended: Result<(Id, Result<Checked, CheckError>), JoinError>,
    ) -> Result<(), DaemonError> {
        self.tick();
        let now = self.doors.clock.now();
        let (task, result) = match ended {
            Ok(ended) => ended,
            Err(died) => (died.id(), Err(CheckError::from(died))),
        };
        self.progress.check_ended(task);
        let Some(id) = self.under_way.remove(&task) else { return Ok(()) };
        self.ended.insert(id.clone());
        self.tell_of_check(now);
        match result {
            Ok(checked) => {
                self.troubles.over(&About::Source(id));
                log(&checked);
            }
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            Err(error) => self.trouble(id, &error, now),
        }
        let is_round_over = self.queue.is_empty() && self.under_way.is_empty();
        self.rest_soon();
        if is_round_over && !self.troubles.has(&About::Planning) {
            self.times.plan_at = now;
        }
        Ok(())
    }

    /// Lets the checker end in a moment, unless there is something to check again by then.
    fn rest_soon(&mut self) {
        self.times.rest_at = Some(Instant::now() + BEFORE_REST);
    }

    /// Lets the checker end if it has had nothing to do for a while.
    fn rest(&mut self) {
        if self.times.rest_at.is_none_or(|at| Instant::now() < at) {
            return;
        }
        if !self.is_idle() {
            return self.rest_soon();
        }
        self.times.rest_at = None;
        self.checkers.rest();
        reading::rest();
    }

    /// Whether no check is under way, and none waits.
    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.under_way.is_empty() && self.jobs.is_empty()
    }

    fn trouble(&mut self, id: SourceId, error: &CheckError, now: Timestamp) {
        let about = About::Source(id);
        self.troubles.note(about.clone(), in_full(error), error.advice(), now);
        if let Some(at) = self.troubles.next_at(&about) {
            self.times.plan_at = self.times.plan_at.min(at);
        }
    }

    fn delivered(
        &mut self,
        ended: Result<Result<Delivered, DeliverError>, JoinError>,
    ) -> Result<(), DaemonError> {
        self.progress.delivery_ended();
        self.tick();
        let now = self.doors.clock.now();
        let result = ended.map_err(DeliverError::from).and_then(|result| result);
        self.answer_flushes(&result);
        match result {
            Ok(delivered) => {
                self.troubles.over(&About::Delivery);
                if !delivered.is_nothing() {
                    let Delivered { sent, retried, gave_up, cancelled, .. } = delivered;
                    tracing::info!(sent, retried, gave_up, cancelled, "delivered letters");
                }
            }
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            Err(error) => {
                let advice = error.advice();
                self.troubles.note(About::Delivery, in_full(&error), advice, now);
                self.times.deliver_at = self.troubles.next_at(&About::Delivery).unwrap_or(now);
            }
        }
        Ok(())
    }

    /// Reads the configuration again. One that is refused changes nothing.
    fn reload(&mut self, reload: Reload<'_>) {
        self.life.reloading();
        let read = reload(&self.doors).and_then(|(doors, site)| {
            self.face.renew(site).map_err(|error| in_full(&error))?;
            Ok(doors)
        });
        match read {
            Ok(doors) => {
                tracing::info!("the new configuration is in use");
                self.checkers.renew(doors.fingerprint.clone());
                self.doors = doors;
                self.queue.retain(|id| self.doors.watches(id));
                self.tell_unwatched();
            }
            Err(why) => {
                tracing::error!(why, "the new configuration is refused, the old one stays in use");
            }
        }
        self.times.plan_at = self.doors.clock.now();
        self.life.ready("the configuration was read again");
    }
}

fn log(checked: &Checked) {
    let Checked { source, outcome, reason, changes, complaints } = checked;
    tracing::info!(
        source.id = source,
        check.outcome = outcome,
        reason,
        changes,
        complaints,
        "checked"
    );
}

fn sleep(next: Timestamp, now: Timestamp) -> Duration {
    let until = next.duration_since(now);
    until.clamp(SignedDuration::from_millis(200), LONGEST_SLEEP).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_sleeps_longer_than_a_minute_nor_spins() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(sleep(Timestamp::MAX, now), Duration::from_secs(60));
        assert_eq!(sleep(now - SignedDuration::from_secs(5), now), Duration::from_millis(200));
        assert_eq!(sleep(now + SignedDuration::from_secs(7), now), Duration::from_secs(7));
    }
}
