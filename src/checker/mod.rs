//! The checker: the process that makes the daemon's checks.
//!
//! A page that is read becomes many times its size, and no allocator gives all of that back. So a process of
//! its own makes the checks, and ends once there is nothing more to check: what it took goes back with it,
//! and what a page does to it, it does not do to the daemon. It is this program again, with the same options
//! and environment; it reads its orders from standard input and answers on standard output, a line each
//! ([`mod@line`]), and ends when its input does: with the daemon, however that ends.
//!
//! What a checker may have in memory is bounded ([`mod@memory`]). One that takes more is ended, and so are the checks
//! that it was at. Each of these is made again in a checker of its own, one at a time: the source whose page ends that
//! one too is `broken`, and is checked apart from the others until its page can be read.
//!
//! What a command checks is bounded too, in a process that does all that was typed ([`mod@command`]).
//!
//! The daemon fetches and reads nothing itself, unless no checker can be had: the system starts none, or the
//! configuration was edited since the daemon read it, so that a new process would read another one.

mod command;
mod line;
mod memory;
mod work;

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::checking::{self, CheckError, Checking};
use crate::model::SourceId;
use crate::settings::Overrides;
use crate::turns;
pub use command::{Ended, Inside, apart, outside};
pub use line::{Answered, Checked, Order};
pub use memory::bound;
pub use work::work;

/// This very program, also when its file has been replaced by another version meanwhile (`proc(5)`).
const SELF: &str = "/proc/self/exe";

/// It is named like this program, not like the file above.
const NAME: &str = "rulewatch";

/// How long a checker may take to begin, and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Gives the checks to a checker, which it starts for the first of them.
pub struct Checkers {
    /// The options that the daemon was started with.
    options: Overrides,
    /// The configuration that the daemon has read.
    fingerprint: String,
    /// The checker at work.
    current: Option<Checker>,
    /// The checkers that have not ended, with the one at work.
    running: JoinSet<()>,
    /// Whether it was logged that none can be had.
    is_told: Arc<AtomicBool>,
    /// The sources whose last check was lost with its checker.
    lost: Lost,
    /// Held by the one checker that is at work for a single check.
    apart: Arc<tokio::sync::Mutex<()>>,
}

/// Sources that are checked apart from the others.
#[derive(Clone, Default)]
struct Lost(Arc<Mutex<BTreeSet<SourceId>>>);

impl Lost {
    fn has(&self, id: &SourceId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    fn set(&self, id: &SourceId, is_lost: bool) {
        let mut lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_lost {
            lost.insert(id.clone());
        } else {
            lost.remove(id);
        }
    }
}

/// A running checker; it ends once this and its copies are dropped.
#[derive(Clone)]
struct Checker(mpsc::UnboundedSender<Waiting>);

/// An order, and who waits for its answer: none, where the daemon has to make the check itself.
type Waiting = (Order, oneshot::Sender<Option<Answered>>);

impl Checkers {
    /// For a daemon that was started with these options, and read a configuration with this fingerprint.
    #[must_use]
    pub fn new(options: Overrides, fingerprint: String) -> Self {
        Self {
            options,
            fingerprint,
            current: None,
            running: JoinSet::new(),
            is_told: Arc::default(),
            lost: Lost::default(),
            apart: Arc::default(),
        }
    }

    /// Has checks made by a configuration that was read anew. The checker before does what it was told to the end.
    pub fn renew(&mut self, fingerprint: String) {
        self.fingerprint = fingerprint;
        self.rest();
    }

    /// Lets the checker end once it has done what it was told.
    pub fn rest(&mut self) {
        self.current = None;
    }

    /// Lets every checker end, and waits until they have: nothing is to be checked any more.
    pub async fn end(mut self) {
        self.rest();
        while self.running.join_next().await.is_some() {}
    }

    /// Makes a check: in the checker, if one can be had.
    pub fn check(
        &mut self,
        order: Order,
        with: Checking,
    ) -> impl Future<Output = Answered> + Send + 'static {
        let lost = self.lost.clone();
        let at = match lost.has(order.id()) {
            true => Place::Apart(self.start(memory::ONE), Arc::clone(&self.apart)),
            false => Place::Here(self.at_work()),
        };
        async move {
            let source = order.id().clone();
            let (answer, is_apart) = match at {
                Place::Here(checker) => (checker.make(order, &with).await, false),
                Place::Apart(start, turn) => {
                    let _turn = turn.lock().await;
                    (start.make(order, &with).await, true)
                }
            };
            lost.set(&source, answer.is_none());
            match answer {
                Some(answer) => answer,
                None if is_apart => {
                    let result = checking::outgrown(&with, &source, memory::CHECK).await;
                    let told = turns::told(&result);
                    Answered::of(result, Some(told))
                }
                None => Answered { ended: Err(CheckError::Lost), told: None },
            }
        }
    }

    /// The checker at work, or a new one.
    fn at_work(&mut self) -> Checker {
        if let Some(checker) = self.current.as_ref().filter(|checker| !checker.0.is_closed()) {
            return checker.clone();
        }
        let (says, orders) = mpsc::unbounded_channel();
        let start = self.start(memory::MANY);
        while self.running.try_join_next().is_some() {}
        self.running.spawn(start.attend(orders));
        self.current.insert(Checker(says)).clone()
    }

    /// What starts a checker that may use this many MB of memory.
    fn start(&self, memory: u64) -> Start {
        Start {
            options: self.options.clone(),
            fingerprint: self.fingerprint.clone(),
            is_told: Arc::clone(&self.is_told),
            memory,
        }
    }
}

/// Where a check is made.
enum Place {
    /// In the checker at work.
    Here(Checker),
    /// In one of its own, when its turn comes.
    Apart(Start, Arc<tokio::sync::Mutex<()>>),
}

impl Checker {
    /// Makes a check; `None` where the process ended meanwhile.
    async fn make(self, order: Order, with: &Checking) -> Option<Answered> {
        let (says, said) = oneshot::channel();
        // A checker that has ended drops this order, as it did those that were not done.
        drop(self.0.send((order.clone(), says)));
        match said.await {
            Ok(Some(answer)) => Some(answer),
            Ok(None) => Some(work::make(with, order).await),
            Err(_) => None,
        }
    }
}

/// What a checker is started with.
struct Start {
    options: Overrides,
    fingerprint: String,
    is_told: Arc<AtomicBool>,
    /// The most memory that it may use for data, in MB.
    memory: u64,
}

impl Start {
    /// Makes one check in a checker of its own; `None` where that ended meanwhile.
    async fn make(self, order: Order, with: &Checking) -> Option<Answered> {
        let (says, orders) = mpsc::unbounded_channel();
        // The checker ends once it is dropped, with its only check made.
        let checker = Checker(says);
        tokio::join!(self.attend(orders), checker.make(order, with)).1
    }

    /// Starts a checker, and hands it its orders until nobody has one for it.
    async fn attend(self, mut orders: mpsc::UnboundedReceiver<Waiting>) {
        match self.process().await {
            Ok(process) => {
                self.is_told.store(false, Relaxed);
                process.attend(orders).await;
            }
            Err(why) => {
                if !self.is_told.swap(true, Relaxed) {
                    tracing::warn!(
                        why,
                        "the daemon makes the checks itself: what reading takes stays in its memory"
                    );
                }
                while let Some((_, says)) = orders.recv().await {
                    drop(says.send(None));
                }
            }
        }
    }

    /// Starts the process, and waits until it is ready; the error says why there is none.
    async fn process(&self) -> Result<Process, String> {
        let unstarted = |error: io::Error| format!("no process for checks can be started: {error}");
        let mut child = self.command().spawn().map_err(unstarted)?;
        let piped = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = piped.ok_or("a process for checks has no pipes")?;
        let mut process = Process { child, orders, answers: BufReader::new(answers).lines() };
        let ready = tokio::time::timeout(PATIENCE, process.answers.next_line()).await;
        match ready {
            Ok(Ok(Some(fingerprint))) if fingerprint == self.fingerprint => Ok(process),
            Ok(Ok(Some(_))) => {
                Err("the configuration was edited since it was read: reload it".into())
            }
            Ok(Ok(None)) => Err("a process for checks ended at its start".to_owned()),
            Ok(Err(error)) => Err(unstarted(error)),
            Err(_) => Err(format!("a process for checks was not ready after {PATIENCE:?}")),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(SELF);
        command.arg0(NAME);
        let Overrides { config, state, sources } = &self.options;
        for (option, path) in [("--config", config), ("--state", state), ("--sources", sources)] {
            if let Some(path) = path {
                command.arg(option).arg(path);
            }
        }
        command.args(["checker", "--memory", &self.memory.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command
    }
}

/// A checker's process.
struct Process {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Hands it its orders, and its answers to those who wait for them, until nobody has an order for it or it has
    /// ended. Those who then still wait learn that there is no answer.
    async fn attend(mut self, mut orders: mpsc::UnboundedReceiver<Waiting>) {
        let (mut waiting, mut number) = (HashMap::new(), 0);
        loop {
            tokio::select! {
                order = orders.recv() => {
                    let Some((order, says)) = order else { break };
                    number += 1;
                    waiting.insert(number, says);
                    let line = order.line(number) + "\n";
                    if self.orders.write_all(line.as_bytes()).await.is_err() {
                        break;
                    }
                }
                line = self.answers.next_line() => {
                    let Ok(Some(line)) = line else { break };
                    let Some((number, answer)) = Answered::read(&line) else { break };
                    if let Some(says) = waiting.remove(&number) {
                        drop(says.send(Some(answer)));
                    }
                }
            }
        }
        // The end of its input ends it.
        drop(self.orders);
        match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => {}
            ended => tracing::error!(?ended, "a process for checks did not end as it should"),
        }
    }
}
