//! When each source was read, and for how long nobody looked.

use jiff::{SignedDuration, Timestamp};

use super::AskError;
use crate::model::SourceId;
use crate::store::{CheckRun, JOINED, SharedStore};

/// Checks in a row that ended alike, or a time without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// How they ended: `read`, an outcome such as `broken`, or `blind` for a time without a look.
    pub state: String,
    /// Why, where something could not be read.
    pub why: Option<String>,
    /// Whether the pages were imported.
    pub is_imported: bool,
    /// The first of them; of a blind time, the last look before it.
    pub from: Timestamp,
    /// The last of them; of a blind time, the first look after it.
    pub until: Timestamp,
    /// How many there are.
    pub checks: usize,
}

/// The stretches of each source in a period, in the order of time. More than `gap` without a look is blind.
/// Without a list of sources, those of all that were ever checked.
///
/// # Errors
/// When the database cannot be read.
pub fn coverage(
    store: &SharedStore,
    sources: &[SourceId],
    (since, until): (Option<Timestamp>, Option<Timestamp>),
    gap: SignedDuration,
) -> Result<Vec<(SourceId, Vec<Stretch>)>, AskError> {
    let all = match sources {
        [] => store.ask(|store| store.sources_checked())?,
        named => named.to_vec(),
    };
    let mut found = Vec::new();
    for source in all {
        let mut runs = store.ask(|store| store.timeline(&source))?;
        runs.retain(|run| {
            run.imported.as_deref() != Some(JOINED)
                && since.is_none_or(|since| run.seen_at >= since)
                && until.is_none_or(|until| run.seen_at < until)
        });
        found.push((source, stretches(&runs, gap)));
    }
    Ok(found)
}

fn stretches(runs: &[CheckRun], gap: SignedDuration) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for run in runs {
        let next = stretch(run);
        let last = all.last().map(|last| last.until);
        if let Some(last) = last.filter(|last| run.seen_at.duration_since(*last) > gap) {
            all.push(Stretch {
                state: "blind".to_owned(),
                why: None,
                is_imported: false,
                from: last,
                until: run.seen_at,
                checks: 0,
            });
        }
        match all.last_mut() {
            Some(last) if last.is_like(&next) => {
                last.until = run.seen_at;
                last.checks += 1;
            }
            _ => all.push(next),
        }
    }
    all
}

fn stretch(run: &CheckRun) -> Stretch {
    let is_read = matches!(
        run.outcome.as_str(),
        "baseline" | "unchanged" | "changed" | "released" | "relocated"
    );
    Stretch {
        state: if is_read { "read".to_owned() } else { run.outcome.clone() },
        why: run.reason.clone().filter(|_| !is_read),
        is_imported: run.imported.is_some(),
        from: run.seen_at,
        until: run.seen_at,
        checks: 1,
    }
}

impl Stretch {
    fn is_like(&self, other: &Self) -> bool {
        self.state == other.state && self.why == other.why && self.is_imported == other.is_imported
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CheckId;

    fn run(at: &str, outcome: &str, reason: Option<&str>, imported: bool) -> CheckRun {
        let at: Timestamp = at.parse().unwrap();
        CheckRun {
            id: CheckId(1),
            source: SourceId::parse("fees").unwrap(),
            started_at: at,
            seen_at: at,
            ended_at: at,
            outcome: outcome.to_owned(),
            reason_word: None,
            reason: reason.map(str::to_owned),
            accepted: true,
            snapshot: None,
            read_with: None,
            records: std::collections::BTreeMap::new(),
            updates: std::collections::BTreeMap::new(),
            imported: imported.then(|| "file a".to_owned()),
        }
    }

    #[test]
    fn what_was_read_and_when_nobody_looked() {
        let runs = [
            run("2024-01-01T00:00:00Z", "baseline", None, true),
            run("2024-01-05T00:00:00Z", "unchanged", Some("same_bytes"), true),
            run("2024-03-01T00:00:00Z", "broken", Some("the body is empty"), true),
            run("2024-03-02T00:00:00Z", "broken", Some("the body is empty"), true),
            run("2024-03-03T00:00:00Z", "baseline", None, false),
            run("2024-03-04T00:00:00Z", "changed", None, false),
        ];
        let words: Vec<String> = stretches(&runs, SignedDuration::from_hours(24 * 7))
            .iter()
            .map(|s| {
                let day = |at: Timestamp| at.strftime("%m-%d").to_string();
                let imported = if s.is_imported { " imported" } else { "" };
                format!("{}{imported} {}..{} {}", s.state, day(s.from), day(s.until), s.checks)
            })
            .collect();
        assert_eq!(
            words,
            [
                "read imported 01-01..01-05 2",
                "blind 01-05..03-01 0",
                "broken imported 03-01..03-02 2",
                "read 03-03..03-04 2",
            ]
        );
    }
}
