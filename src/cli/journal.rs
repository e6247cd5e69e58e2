//! What is written to standard error, also when that is the systemd journal. There each line begins with
//! its priority (`sd-daemon(3)`), so that `journalctl -p warning` finds it, and carries no time: the
//! journal notes that itself. Fields have the same names as elsewhere.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};

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

/// Writes an event as one line for the journal.
pub(super) struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
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
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        let mut fields = String::new();
        context.format_fields(Writer::new(&mut fields), event)?;
        // A line break would begin another entry, without a priority.
        writeln!(writer, "{}", fields.replace('\n', " "))
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

    #[test]
    fn a_line_begins_with_its_priority_and_stays_one_line() {
        let written = Written::default();
        let of = written.clone();
        let logs = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || of.clone())
            .event_format(Lines)
            .finish();
        tracing::subscriber::with_default(logs, || {
            tracing::info!(source.id = "fees", changes = 2, "checked");
            tracing::warn!(why = %"one\ntwo", "failed");
            tracing::error!("it is over");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            text,
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
