//! One run of a program: bytes in, bytes out, within limits.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::Bounds;

/// How much of the program's standard error is kept.
const SAID_LIMIT: u64 = 16 * 1024;

/// How often to look whether a program that closed its output has ended; it nearly always has.
const PAUSE: Duration = Duration::from_millis(5);

/// A program to run.
pub(super) struct Child<'a> {
    pub(super) program: &'a str,
    pub(super) arguments: &'a [&'a str],
    /// The folders to look for it in.
    pub(super) path: &'a str,
}

/// A program that ended by itself.
pub(super) struct Ended {
    /// Whether it reports success.
    pub(super) well: bool,
    /// Its standard output.
    pub(super) output: Vec<u8>,
    /// Its standard error.
    pub(super) said: String,
}

/// Why a program did not end by itself.
pub(super) enum Stop {
    /// It is not installed.
    Missing,
    /// The system would not run it.
    Failed(io::Error),
    /// It took too long.
    Time,
    /// It took too much of the processor.
    Processor,
    /// It took too much memory.
    Memory,
    /// It wrote too much output.
    Output,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::NotFound { Self::Missing } else { Self::Failed(error) }
    }
}

/// A running program, which is killed when this is dropped.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has already ended is no fault; the wait leaves no zombie behind.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Child<'_> {
    /// Runs the program on `input`.
    pub(super) fn run(&self, input: &[u8], bounds: &Bounds) -> Result<Ended, Stop> {
        let deadline = Instant::now() + bounds.time;
        let mut running = Running(self.start(bounds)?);
        let (stdin, stdout, stderr) =
            (running.0.stdin.take(), running.0.stdout.take(), running.0.stderr.take());
        thread::scope(|scope| {
            let output = gather(scope, stdout, bounds.output_bytes);
            let said = gather(scope, stderr, SAID_LIMIT);
            scope.spawn(move || {
                // A program may end before it has read everything; its exit says why.
                let _ = stdin.map(|mut stdin| stdin.write_all(input));
            });
            let ended = within(&mut running, &output, &said, deadline, bounds);
            // Before the threads are joined: files that it leaves open would block them.
            drop(running);
            ended
        })
    }

    /// Starts it with limits where the system can set them, else without.
    fn start(&self, bounds: &Bounds) -> Result<std::process::Child, Stop> {
        // Under `prlimit` a missing program would only be an exit code.
        let program = self.find(self.program).ok_or(Stop::Missing)?;
        let limits = [
            // The hard limit is a second later: it kills a program without a reason.
            format!("--cpu={}:{}", bounds.processor_seconds, bounds.processor_seconds + 1),
            format!("--as={}", bounds.memory_bytes),
            // Whoever starts this may have a narrower bound of its own.
            format!("--data={}", bounds.memory_bytes),
            "--fsize=0".to_owned(),
            "--core=0".to_owned(),
        ];
        let mut command = match self.find("prlimit") {
            Some(prlimit) => {
                let mut bounded = self.command(&prlimit);
                bounded.args(limits).arg("--").arg(program);
                bounded
            }
            None => self.command(&program),
        };
        Ok(command.args(self.arguments).spawn()?)
    }

    /// The file of a program. With its whole path a child starts without a copy of our memory's tables: where a
    /// process is large, that copy takes longer than the program runs.
    fn find(&self, program: &str) -> Option<PathBuf> {
        let mut files = self.path.split(':').map(|folder| Path::new(folder).join(program));
        files.find(|file| file.is_file())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", self.path).env("LC_ALL", "C").current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// Reads up to one byte over a limit, and sends the result when that is reached or the input ends.
fn gather<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    from: Option<impl Read + Send + 'scope>,
    limit: u64,
) -> Receiver<Vec<u8>> {
    let (tell, told) = channel();
    scope.spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            // An error ends the input too; how the program ended says more.
            let _ = from.by_ref().take(limit + 1).read_to_end(&mut bytes);
            let _ = tell.send(bytes);
            // So that the program never waits for room in the pipe.
            let _ = io::copy(&mut from, &mut io::sink());
        }
    });
    told
}

/// Waits for a program to end; fails where it goes over a limit.
fn within(
    running: &mut Running,
    output: &Receiver<Vec<u8>>,
    said: &Receiver<Vec<u8>>,
    deadline: Instant,
    bounds: &Bounds,
) -> Result<Ended, Stop> {
    let wait = |from: &Receiver<Vec<u8>>| match from
        .recv_timeout(deadline.saturating_duration_since(Instant::now()))
    {
        Ok(bytes) => Ok(bytes),
        Err(RecvTimeoutError::Timeout) => Err(Stop::Time),
        Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
    };
    let output = wait(output)?;
    if output.len() as u64 > bounds.output_bytes {
        return Err(Stop::Output);
    }
    let said = String::from_utf8_lossy(&wait(said)?).into_owned();
    let status = loop {
        match running.0.try_wait().map_err(Stop::Failed)? {
            Some(status) => break status,
            None if Instant::now() >= deadline => return Err(Stop::Time),
            None => thread::sleep(PAUSE),
        }
    };
    over(status, &said).map_or(Ok(Ended { well: status.success(), output, said }), Err)
}

/// The limit that a program was ended at, by its own message or the system's signal.
fn over(status: ExitStatus, said: &str) -> Option<Stop> {
    // SIGXCPU is 24. SIGABRT (6) and SIGSEGV (11) follow a failed allocation; with SIGKILL (9) the
    // system ends a program that takes everybody's memory.
    let short = said.contains("Out of memory") || said.contains("bad_alloc");
    match status.signal() {
        Some(24) => Some(Stop::Processor),
        Some(6 | 9 | 11) => Some(Stop::Memory),
        _ if short => Some(Stop::Memory),
        _ => None,
    }
}
