//! Takes turns: one process at a time checks and delivers for a state directory.
//!
//! `run` takes the turn with [`begin_daemon`] and keeps it. A command takes it with [`take`], and waits
//! while another command has it. If a daemon has it, the command asks the daemon to do the work, as an
//! [`Asker`], and waits for the answer. If the daemon ends meanwhile, the command gets the turn and does
//! the rest itself. The daemon [`listen`]s, does what it is asked with [`check`], and answers with
//! [`answer`].
//!
//! Reviewing, subscribing and questions take no turn: they write in their own transactions, and the store
//! refuses what was decided from an old state of a source.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::Sender;

use crate::checking::{self, CheckError, Checking, Ending, Report};
use crate::clock::Clock;
use crate::delivering::{DeliverError, Delivered};
use crate::model::{Advice, Page, SourceId, in_full};
use crate::render::{Style, check_text, json};
use crate::store::{HeldBy, Lock, SharedStore, Store, StoreError, unless_damaged};

pub use crate::store::{Job, JobAnswer, JobId, JobState, TakenJob};

/// How the daemon is started. This tells a command that it can ask the holder.
const DAEMON: &str = "rulewatch run";

/// How often to look whether the turn is free, or an answer has come.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How often the daemon looks for requests. A look is one row of a small index.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(250);

/// How long a daemon that starts waits for a command to end before it says so again.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a request is kept, answered or not.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// How often to try to record an answer while the database is locked, a second apart.
const TRIES_TO_ANSWER: u32 = 60;

/// Why there is no turn, or no answer.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// Another process has it.
    #[error("{holder} checks and delivers here already: there is one at a time")]
    Held {
        /// Which.
        holder: String,
    },
    /// A command has it, and is at work for long: the daemon's turn comes when it ends.
    #[error("{holder} is still at work: there is one at a time")]
    Busy {
        /// Which.
        holder: String,
    },
    /// The answer is no longer kept.
    #[error("what was asked of the daemon was forgotten before it was answered")]
    Forgotten,
    /// The database, or the lock beside it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TurnError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Held { .. } | Self::Forgotten => Advice::Stop,
            Self::Busy { .. } => Advice::Retry,
            Self::Store(error) => error.advice(),
        }
    }
}

/// The right to check and deliver, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _lock: Lock,
}

/// Whose turn it is.
#[derive(Debug)]
pub enum Whose {
    /// This process's.
    Mine(Turn),
    /// The daemon's, which can be asked.
    Daemons,
}

/// Takes the turn for the daemon. Waits a while for a command to end, but not for another daemon.
///
/// # Errors
/// When another process has the turn, or the lock cannot be used.
pub fn begin_daemon(
    place: &Path,
    clock: &dyn Clock,
    waits_for: &mut dyn FnMut(&str),
) -> Result<Turn, TurnError> {
    let end = Instant::now() + PATIENCE;
    let mut told = false;
    loop {
        let held = match Lock::try_take(place, DAEMON, clock.now())? {
            Ok(lock) => return Ok(Turn { _lock: lock }),
            Err(held) => held,
        };
        if is_daemon(held.as_ref()) {
            return Err(TurnError::Held { holder: holder(held.as_ref()) });
        }
        if Instant::now() >= end {
            return Err(TurnError::Busy { holder: holder(held.as_ref()) });
        }
        tell_once(&mut told, held.as_ref(), waits_for);
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// Prepares the queue for a daemon that begins.
///
/// # Errors
/// When the database cannot be written.
pub fn open_queue(store: &SharedStore, now: Timestamp) -> Result<(), TurnError> {
    // None of it is needed for checks.
    store.ask(|store| {
        unless_damaged(store.give_all_back())?;
        unless_damaged(store.expire_jobs(now.checked_sub(KEPT).unwrap_or(Timestamp::MIN)))?;
        unless_damaged(store.put_back_jobs())
    })?;
    Ok(())
}

/// Takes the turn for a command once other commands are done; or says that the daemon has it.
///
/// # Errors
/// When the lock cannot be used.
pub fn take(
    place: &Path,
    command: &str,
    clock: &dyn Clock,
    waits_for: &mut dyn FnMut(&str),
) -> Result<Whose, TurnError> {
    let mut told = false;
    loop {
        match Lock::try_take(place, command, clock.now())? {
            Ok(lock) => return Ok(Whose::Mine(Turn { _lock: lock })),
            Err(held) if is_daemon(held.as_ref()) => return Ok(Whose::Daemons),
            Err(held) => tell_once(&mut told, held.as_ref(), waits_for),
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

fn is_daemon(held: Option<&HeldBy>) -> bool {
    held.is_some_and(|held| held.command == DAEMON)
}

fn tell_once(told: &mut bool, held: Option<&HeldBy>, waits_for: &mut dyn FnMut(&str)) {
    if !*told {
        waits_for(&holder(held));
        *told = true;
    }
}

/// The holder of the turn, in words.
fn holder(held: Option<&HeldBy>) -> String {
    match held {
        Some(held) => {
            format!("`{}` (process {}, since {:.0})", held.command, held.pid, held.since)
        }
        None => "another process".to_owned(),
    }
}

/// The result of waiting.
#[derive(Debug)]
pub enum Waited {
    /// The daemon has answered.
    Answered(JobAnswer),
    /// The daemon has ended before it did what was asked: the request is withdrawn, and the turn is this
    /// process's.
    Mine(Turn),
}

/// A command that asks the daemon to do its work.
pub struct Asker<'a> {
    place: &'a Path,
    command: &'a str,
    store: SharedStore,
    clock: &'a dyn Clock,
}

impl<'a> Asker<'a> {
    /// Makes one, for the command that asked for the turn of `place`.
    #[must_use]
    pub fn new(
        place: &'a Path,
        command: &'a str,
        store: SharedStore,
        clock: &'a dyn Clock,
    ) -> Self {
        Self { place, command, store, clock }
    }

    /// Puts a request in the daemon's queue.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn queue(&self, job: &Job) -> Result<JobId, TurnError> {
        let (by, now) = (std::process::id(), self.clock.now());
        Ok(self.store.ask(|store| store.queue(job, by, now))?)
    }

    /// Waits for the answer to a request.
    ///
    /// # Errors
    /// When the answer is lost, or our own side fails.
    pub fn wait(&self, id: JobId) -> Result<Waited, TurnError> {
        loop {
            if let Some(answer) = look(&self.store, id)? {
                return Ok(Waited::Answered(answer));
            }
            if let Ok(lock) = Lock::try_take(self.place, self.command, self.clock.now())? {
                // The daemon may have answered just before it ended.
                if let Some(answer) = look(&self.store, id)? {
                    return Ok(Waited::Answered(answer));
                }
                self.store.ask(Store::put_back_jobs)?;
                self.withdraw(id)?;
                return Ok(Waited::Mine(Turn { _lock: lock }));
            }
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// Withdraws a request that has not begun.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn withdraw(&self, id: JobId) -> Result<(), TurnError> {
        self.store.ask(|store| store.withdraw_job(id))?;
        Ok(())
    }
}

fn look(store: &SharedStore, id: JobId) -> Result<Option<JobAnswer>, TurnError> {
    match store.ask(|store| store.job_state(id))? {
        JobState::Answered(answer) => Ok(Some(answer)),
        JobState::Waiting | JobState::Taken => Ok(None),
        JobState::Unknown => Err(TurnError::Forgotten),
    }
}

/// Looks for requests to the daemon, and hands them on, until the receiver is gone.
pub async fn listen(store: SharedStore, clock: Arc<dyn Clock>, says: Sender<TakenJob>) {
    loop {
        let (of, now) = (store.clone(), clock.now());
        let take = move || of.ask(|store| store.take_job(now));
        match tokio::task::spawn_blocking(take).await {
            Ok(Ok(Some(job))) => {
                if says.send(job).await.is_err() {
                    return;
                }
            }
            Ok(Ok(None)) => tokio::time::sleep(BETWEEN_QUESTIONS).await,
            // Look again: errors of the database are reported by those who work with it.
            Ok(Err(error)) => {
                tracing::debug!(error = in_full(&error), "what others ask cannot be read");
                tokio::time::sleep(BETWEEN_QUESTIONS).await;
            }
            Err(_) => return,
        }
    }
}

/// Checks a source for another process: its page, or one that a person saved. The answer is what that
/// process prints; an error is both in the answer and returned beside it.
pub async fn check(
    with: &Checking,
    source: &SourceId,
    page: Option<Vec<u8>>,
) -> (JobAnswer, Result<Report, CheckError>) {
    let result = match page {
        None => checking::check_afresh(with, source).await,
        Some(body) => check_saved(with.clone(), source.clone(), body).await,
    };
    (told(&result), result)
}

/// What the process is told that asked for a check.
#[must_use]
pub fn told(result: &Result<Report, CheckError>) -> JobAnswer {
    match result {
        Ok(report) => report_answer(report),
        Err(error) => failed_answer(error),
    }
}

async fn check_saved(with: Checking, id: SourceId, body: Vec<u8>) -> Result<Report, CheckError> {
    let check = move || {
        let url = checking::source(&with, &id)?.url.clone();
        checking::check_page(&with, &id, Page::from_file(url, body, with.clock.now()))
    };
    tokio::task::spawn_blocking(check).await?
}

/// The answer to a process whose check could not be made.
#[must_use]
pub fn failed_answer(error: &CheckError) -> JobAnswer {
    error_answer(&in_full(error), error.advice())
}

fn report_answer(report: &Report) -> JobAnswer {
    let line = report.line(None);
    JobAnswer {
        text: check_text(&line, Style::Colour),
        ndjson: json::one_line(&json::check(&line)),
        error: None,
        exit: report.ending().word().to_owned(),
    }
}

/// The answer to a process that asked for a delivery.
#[must_use]
pub fn delivery_answer(result: &Result<Delivered, DeliverError>) -> JobAnswer {
    match result {
        Ok(delivered) => JobAnswer {
            text: delivered.to_string(),
            exit: delivered_ending(delivered).word().to_owned(),
            ..JobAnswer::default()
        },
        Err(error) => error_answer(&in_full(error), error.advice()),
    }
}

/// The ending of a command that delivers.
#[must_use]
pub fn delivered_ending(delivered: &Delivered) -> Ending {
    if delivered.is_all() { Ending::Done } else { Ending::Failed }
}

fn error_answer(error: &str, advice: Advice) -> JobAnswer {
    let ending = if advice == Advice::Correct { Ending::Misuse } else { Ending::Failed };
    let (error, exit) = (Some(error.to_owned()), ending.word().to_owned());
    JobAnswer { error, exit, ..JobAnswer::default() }
}

/// Answers the request of another process. While the database is locked this is tried again, for a
/// minute; if the answer cannot be recorded, the process that waits for it waits until the daemon ends.
pub async fn answer(store: &SharedStore, clock: &dyn Clock, id: JobId, answer: JobAnswer) {
    for _ in 0..TRIES_TO_ANSWER {
        let (of, now, what) = (store.clone(), clock.now(), answer.clone());
        let record = move || of.ask(|store| store.answer_job(id, &what, now));
        match tokio::task::spawn_blocking(record).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) if error.advice() == Advice::Retry => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Ok(Err(error)) => {
                tracing::error!(error = in_full(&error), "what was asked cannot be answered");
                return;
            }
            Err(error) => {
                tracing::error!(error = in_full(&error), "what was asked cannot be answered");
                return;
            }
        }
    }
    tracing::error!("what was asked cannot be answered: the database stays locked");
}
