//! What is told of many edits of one page, through `rulewatch replay`: the page, an edit, the page,
//! the next edit. One process hears dozens of edits; where it does not come back to the page it
//! began with, a new one goes on.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::program::Home;

/// How many bytes of captures are laid out at a time.
const ROOM: usize = 40_000_000;

/// What a check, or several of the same body, said of an edit.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    pub(super) outcome: String,
    pub(super) reason: String,
    pub(super) changes: Vec<Json>,
    pub(super) held: Vec<Json>,
    /// What could not be read, and why.
    pub(super) unreadable: Vec<Json>,
    /// What is new on the page and read by nothing.
    pub(super) unread: Vec<Json>,
    /// Records of series that moved.
    pub(super) updates: u64,
}

impl Heard {
    fn of(lines: &[Json]) -> Self {
        let mut heard = Self::default();
        for line in lines {
            let list = |name: &str| line[name].as_array().cloned().unwrap_or_default();
            heard.outcome = line["outcome"].as_str().unwrap().to_owned();
            heard.reason = line["reason"].as_str().unwrap_or_default().to_owned();
            heard.changes.extend(list("changes"));
            heard.held = list("held");
            heard.unreadable.extend(list("unreadable"));
            heard.unread.extend(list("unread"));
            let updates = line["updates"].as_object().into_iter().flatten();
            heard.updates += updates.filter_map(|(_, n)| n.as_u64()).sum::<u64>();
        }
        heard
    }

    /// The first change above info.
    pub(super) fn loud(&self) -> Option<&Json> {
        self.changes.iter().find(|change| change["severity"] != "info")
    }

    /// Whether the check left something of the page unread and said so.
    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self.outcome.as_str(), "broken" | "partial") || !self.unreadable.is_empty()
    }
}

/// A change as a line.
pub(super) fn line(change: &Json) -> String {
    let side = |side: &Json| match side {
        Json::Null => "-".to_owned(),
        Json::Object(all) if !all.contains_key("amount") => "record".to_owned(),
        other => cut(&other.to_string(), 70),
    };
    let text = |name: &str| change[name].as_str().unwrap_or_default();
    let field = change["field"].as_str().map_or(String::new(), |field| format!(".{field}"));
    format!(
        "{} {} {} {}{field}: {} > {}",
        text("severity"),
        text("kind"),
        text("fact"),
        cut(text("record"), 60),
        side(&change["old"]),
        side(&change["new"])
    )
}

pub(super) fn cut(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most).chain(['…']).collect()
}

/// A page under watch.
pub(super) struct Watched<'a> {
    pub(super) source: &'a str,
    pub(super) page: &'a [u8],
    /// How the files are called after the dot.
    pub(super) ending: &'a str,
}

impl Watched<'_> {
    /// What is told of each edit, seen `times` times in a row after the page itself.
    pub(super) fn hear(&self, edits: &[&[u8]], times: usize) -> Vec<Heard> {
        let mut heard = Vec::with_capacity(edits.len());
        while heard.len() < edits.len() {
            let left = &edits[heard.len()..];
            let mut room = 0;
            let fits = |edit: &&&[u8]| {
                room += edit.len() * times;
                room < ROOM
            };
            let most = left.iter().take_while(fits).count().max(1);
            let folder = self.lay_out(&left[..most], times);
            let lines = self.replay(folder.path());
            assert_eq!(lines.len(), 1 + most * (times + 1), "{}: a line a capture", self.source);
            let first = &lines[0];
            assert_eq!(first["outcome"], "baseline", "{}: {}", self.source, first["reason"]);
            for step in lines[1..].chunks(times + 1) {
                heard.push(Heard::of(&step[..times]));
                if !is_back(&step[times]) {
                    break;
                }
            }
        }
        heard
    }

    fn lay_out(&self, edits: &[&[u8]], times: usize) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let name = |second: usize| {
            let (hour, minute) = (second / 3600, second / 60 % 60);
            folder.path().join(format!(
                "2026-11-20T{hour:02}{minute:02}{:02}__x.{}",
                second % 60,
                self.ending
            ))
        };
        fs::write(name(0), self.page).unwrap();
        let mut second = 1;
        for edit in edits {
            for time in 0..times {
                // The same page fetched again, of other bytes.
                fs::write(name(second), [edit, &b"\n".repeat(time)[..]].concat()).unwrap();
                second += 1;
            }
            fs::hard_link(name(0), name(second)).unwrap();
            second += 1;
        }
        folder
    }

    fn replay(&self, folder: &Path) -> Vec<Json> {
        let folder = folder.display().to_string();
        Home::new().run(&["replay", "--source", self.source, &folder, "--format", "ndjson"]).lines()
    }
}

/// Whether a check of the page itself finds it as it was.
fn is_back(line: &Json) -> bool {
    let none = |name: &str| line[name].as_array().is_none_or(Vec::is_empty);
    let outcome = line["outcome"].as_str().unwrap();
    matches!(outcome, "unchanged" | "changed" | "relocated") && none("held") && none("unreadable")
}
