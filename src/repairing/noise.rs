//! Noise: words of a page that a person says are not content.
//!
//! They are stored in canonical form and become part of how the pages of their source are read: the next
//! check reads the last page again with them, as it does for a new recipe, so that nobody is told that
//! they have gone.

use std::collections::BTreeSet;

use super::{RepairError, repair};
use crate::checking::Checking;
use crate::model::{
    Facts, Noise, Reported, SourceId, Value, text,
    words::{CELL, TAKEN, UNDER, words},
};
use crate::store::SharedStore;

/// The result of marking noise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The lines.
    pub lines: Vec<String>,
    /// Whether any of them is on the page as it was last read.
    pub is_on_page: bool,
}

/// Marks words of a page as noise: the line that contains them; with `*` in them, every matching line.
///
/// # Errors
/// When several lines contain the words, there are none, or it cannot be written.
pub fn mark_noise(
    with: &Checking,
    source: &SourceId,
    said: &str,
    by: &str,
) -> Result<Marked, RepairError> {
    let at = with.clock.now();
    let said = text::canonical(said);
    if words(&said.replace('*', " ")).is_empty() {
        return Err(RepairError::NoWords(said));
    }
    repair(&with.store, source, |store, version| {
        let lines = lines_of(&store.facts(source)?, source);
        let marked = match said.contains('*') {
            true => Marked { lines: vec![said.clone()], is_on_page: true },
            false => line_with(&lines, source, &said)?,
        };
        store.mark_noise((source, version), (&marked.lines, None), by, at)?;
        Ok(marked)
    })
}

/// The one line that contains some words, else the words themselves.
fn line_with(
    lines: &BTreeSet<String>,
    source: &SourceId,
    said: &str,
) -> Result<Marked, RepairError> {
    let wanted = words(said);
    let has = |line: &&String| {
        let line = words(line);
        line.windows(wanted.len()).any(|part| part == wanted)
    };
    let is_whole = |line: &&&String| words(line) == wanted;
    let found: Vec<&String> = lines.iter().filter(has).collect();
    match (found.iter().find(is_whole), found.as_slice()) {
        (Some(line), _) | (None, [line]) => {
            Ok(Marked { lines: vec![(*line).clone()], is_on_page: true })
        }
        (None, []) => Ok(Marked { lines: vec![said.to_owned()], is_on_page: false }),
        (None, [first, second, ..]) => Err(RepairError::SeveralLines {
            of: source.clone(),
            words: said.to_owned(),
            n: found.len(),
            first: text::excerpt(first, 60),
            second: text::excerpt(second, 60),
        }),
    }
}

/// Marks as noise what was reported as new on a page and not read.
///
/// # Errors
/// When nothing was reported of the source under the number, or it cannot be written.
pub fn mark_reported(
    with: &Checking,
    source: &SourceId,
    id: i64,
    by: &str,
) -> Result<Marked, RepairError> {
    let at = with.clock.now();
    repair(&with.store, source, |store, version| {
        let mut reported = store.reported(jiff::Timestamp::MIN)?.into_iter();
        let reported = reported.find(|one| one.id == id && one.source == *source);
        let reported =
            reported.ok_or_else(|| RepairError::NotReported { of: source.clone(), id })?;
        let facts = store.facts(source)?;
        let lines = lines_of_report(&facts, &reported);
        store.mark_noise((source, version), (&lines, Some(id)), by, at)?;
        Ok(Marked { lines, is_on_page: true })
    })
}

/// The lines of a report: for a section all those under its heading, however many were shown.
fn lines_of_report(facts: &Facts, reported: &Reported) -> Vec<String> {
    let what = &reported.what;
    let shown = match what.what.as_str() {
        "link" => what.text.rsplit_once(": ").map_or(&*what.text, |(said, _)| said),
        _ => &what.text,
    };
    let parts = shown.split(" | ").filter(|part| !part.ends_with('…') && is_plain(part));
    let mut lines: Vec<String> = parts.map(str::to_owned).collect();
    if what.what == "section"
        && let Some(heading) = lines.first().map(|heading| text::excerpt(heading, 80))
    {
        let set = facts.iter().find(|(key, _)| is_of_page(key.as_str(), &reported.source));
        let records = set.into_iter().flat_map(|(_, set)| &set.records);
        let under =
            records.filter(|(path, _)| path.as_str().split(UNDER).any(|part| part == heading));
        let clauses = under.flat_map(|(_, record)| record.fields.values()).flat_map(Value::clauses);
        for line in clauses.flat_map(|line| line.split(CELL)).filter(|line| is_plain(line)) {
            if !lines.iter().any(|known| known == line) {
                lines.push(line.to_owned());
            }
        }
    }
    lines
}

/// Unmarks noise.
///
/// # Errors
/// When nothing is marked under the number, or it cannot be written.
pub fn unmark_noise(
    with: &Checking,
    source: &SourceId,
    id: i64,
    by: &str,
) -> Result<(), RepairError> {
    let at = with.clock.now();
    let undone = with.store.ask(|store| store.unmark_noise((source, id), by, at))?;
    if undone { Ok(()) } else { Err(RepairError::NotMarked { of: source.clone(), id }) }
}

/// What is marked as noise for a source, or for all.
///
/// # Errors
/// When the database cannot be read.
pub fn noise(store: &SharedStore, source: Option<&SourceId>) -> Result<Vec<Noise>, RepairError> {
    Ok(store.ask(|store| store.noise(source))?)
}

/// The lines of a page that nothing reads as a fact.
fn lines_of(facts: &Facts, source: &SourceId) -> BTreeSet<String> {
    let sets = facts.iter().filter(|(key, _)| is_of_page(key.as_str(), source));
    let records = sets.flat_map(|(_, set)| set.records.values());
    let lines = records.flat_map(|record| record.fields.values()).flat_map(Value::clauses);
    let cells = lines.flat_map(|line| line.split(CELL));
    cells.filter(|line| is_plain(line)).map(str::to_owned).collect()
}

fn is_of_page(key: &str, source: &SourceId) -> bool {
    key.strip_prefix("page.") == Some(source.as_str())
}

/// Whether no word of a line is read as a fact.
fn is_plain(line: &str) -> bool {
    !line.contains(TAKEN) && line.chars().any(char::is_alphanumeric)
}
