//! What is written to standard error, also when that is the systemd journal. There each line begins with
//! its priority (`sd-daemon(3)`), so that `journalctl -p warning` finds it, and carries no time: the
//! journal notes that itself.
//!
//! An event is handed to the journal as an entry of its own where it takes one: the line, and each field under its
//! name, so that `journalctl RULEWATCH_SOURCE_ID=…` finds it without a look at words.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::settings;

/// Whether standard error is the journal: systemd names its file in the environment
/// (`systemd.exec(5)`, `JOURNAL_STREAM`), and somebody may have redirected it since.
pub(super) fn is_there(env: &dyn Fn(&str) -> Option<OsString>) -> bool {
    let Ok(stderr) = rustix::fs::fstat(io::stderr()) else { return false };
    let own = format!("{}:{}", stderr.st_dev, stderr.st_ino);
    env("JOURNAL_STREAM").is_some_and(|named| named.to_str() == Some(own.as_str()))
}

/// Writes words to standard error, for the journal or for a person.
pub(super) fn say(level: Level, words: &str) {
    let is_journal = is_there(&settings::environment);
    let words = if is_journal { each_line(level, words) } else { words.to_owned() };
    drop(writeln!(io::stderr(), "{words}"));
}

fn each_line(level: Level, words: &str) -> String {
    let priority = priority(level);
    let lines: Vec<_> = words.lines().map(|line| format!("<{priority}>{line}")).collect();
    lines.join("\n")
}

/// Where the journal takes entries with fields (`systemd-journald.service(8)`).
const SOCKET: &str = "/run/systemd/journal/socket";

/// Hands events to the journal: as an entry with fields or, where that is not taken, as one line.
pub(super) struct Entries {
    journal: PathBuf,
    socket: Option<UnixDatagram>,
}

impl Entries {
    pub(super) fn new() -> Self {
        Self::to(SOCKET)
    }

    fn to(journal: impl Into<PathBuf>) -> Self {
        let socket = UnixDatagram::unbound().ok();
        // A journal that is slow gets a line instead.
        let socket = socket.filter(|socket| socket.set_nonblocking(true).is_ok());
        Self { journal: journal.into(), socket }
    }

    fn is_taken(&self, entry: &str) -> bool {
        let socket = self.socket.as_ref();
        socket.is_some_and(|socket| socket.send_to(entry.as_bytes(), &self.journal).is_ok())
    }
}

impl<S, N> FormatEvent<S, N> for Entries
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let priority = priority(*event.metadata().level());
        let mut line = String::new();
        context.format_fields(Writer::new(&mut line), event)?;
        let line = one_line(&line);
        let own = format!("PRIORITY={priority}\nSYSLOG_IDENTIFIER=rulewatch\nMESSAGE={line}\n");
        let mut fields = Fields(own);
        event.record(&mut fields);
        if self.is_taken(&fields.0) {
            return Ok(());
        }
        writeln!(writer, "<{priority}>{line}")
    }
}

/// A line break would begin another field, or another entry without a priority.
fn one_line(words: &str) -> String {
    words.replace('\n', " ")
}

/// The fields of an entry, a line each.
struct Fields(String);

impl Fields {
    /// Adds a field of an event, under a name that the journal allows: capital letters, digits and `_`.
    fn add(&mut self, field: &Field, value: &str) {
        if field.name() != "message" {
            let capital =
                |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
            let name: String = field.name().chars().map(capital).collect();
            self.0.push_str(&format!("RULEWATCH_{name}={}\n", one_line(value)));
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }
}

/// The priority of `syslog(3)`.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What three events write to standard error.
    fn logged(entries: Entries) -> String {
        let written = Written::default();
        let of = written.clone();
        let logs = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || of.clone())
            .event_format(entries)
            .finish();
        tracing::subscriber::with_default(logs, || {
            tracing::info!(source.id = "fees", changes = 2, "checked");
            tracing::warn!(why = %"one\ntwo", "failed");
            tracing::error!("it is over");
        });
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn an_event_is_an_entry_with_its_fields() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let journal = UnixDatagram::bind(&path).unwrap();
        assert_eq!(logged(Entries::to(&path)), "", "it is not said twice");
        let taken = || {
            let mut entry = [0; 1_000];
            let length = journal.recv(&mut entry).unwrap();
            String::from_utf8(entry[..length].to_vec()).unwrap()
        };
        assert_eq!(
            taken(),
            "PRIORITY=6\nSYSLOG_IDENTIFIER=rulewatch\nMESSAGE=checked source.id=\"fees\" changes=2\n\
             RULEWATCH_SOURCE_ID=fees\nRULEWATCH_CHANGES=2\n"
        );
        assert!(taken().ends_with("MESSAGE=failed why=one two\nRULEWATCH_WHY=one two\n"));
        assert!(taken().ends_with("PRIORITY=3\nSYSLOG_IDENTIFIER=rulewatch\nMESSAGE=it is over\n"));
    }

    #[test]
    fn a_line_begins_with_its_priority_and_stays_one_line() {
        assert_eq!(
            logged(Entries::to("/nowhere")),
            "<6>checked source.id=\"fees\" changes=2\n<4>failed why=one two\n<3>it is over\n"
        );
        assert_eq!(each_line(Level::ERROR, "rulewatch: a\n  b"), "<3>rulewatch: a\n<3>  b");
        assert_eq!(each_line(Level::WARN, "rulewatch: a"), "<4>rulewatch: a");
    }

    #[test]
    fn only_the_file_that_systemd_named_is_the_journal() {
        let named = |value: &'static str| move |_: &str| Some(OsString::from(value));
        assert!(!is_there(&named("1:2")));
        assert!(!is_there(&|_| None));
        let stderr = rustix::fs::fstat(io::stderr()).unwrap();
        let own = format!("{}:{}", stderr.st_dev, stderr.st_ino);
        assert!(is_there(&|_| Some(OsString::from(&own))));
    }
}
