//! Headings put in other words over the lines that they had. A line is compared wherever it stands on the page, so
//! nothing else tells of the words over it.

use std::collections::{HashMap, HashSet};

use super::Delta;
use crate::model::{
    Evidence, FactSet, RecordKey, label,
    meaning::bare,
    words::{LINKS, NO_HEADING, NOISE_RECORD, UNDER, shown, without_number},
};

/// A heading in other words.
pub(super) struct Renamed<'a> {
    /// The first section under it.
    pub(super) record: &'a RecordKey,
    pub(super) was: &'a str,
    pub(super) is: &'a str,
}

impl Renamed<'_> {
    /// Whether a fact is told that was read from it.
    pub(super) fn is_told(&self, told: &[Delta]) -> bool {
        let quotes = |evidence: &Option<Evidence>, heading: &str| {
            evidence.as_ref().is_some_and(|evidence| evidence.quote.contains(heading))
        };
        told.iter().any(|delta| quotes(&delta.before, self.was) || quotes(&delta.after, self.is))
    }
}

/// The headings that one page has and the other has not, over the same lines.
pub(super) fn renamed<'a>(old: &'a FactSet, new: &'a FactSet) -> Vec<Renamed<'a>> {
    let only = |of: &'a FactSet, other: &FactSet| -> Vec<&'a RecordKey> {
        let is_only = |key: &&RecordKey| {
            let is_section = ![NOISE_RECORD, NO_HEADING].contains(&key.as_str());
            is_section && !other.records.contains_key(*key)
        };
        of.records.keys().filter(is_only).collect()
    };
    let (mut gone, came) = (only(old, new), only(new, old));
    if gone.is_empty() || came.is_empty() || gone.len() * came.len() > MOST {
        return Vec::new();
    }
    let (had, has) = (headings(old), headings(new));
    // Where headings are lines of their sections, they are compared as such.
    let was_lines: HashSet<String> = old.records.keys().flat_map(|key| lines(old, key)).collect();
    let mut found: Vec<Renamed<'a>> = Vec::new();
    for record in came {
        let was = gone.iter().position(|was| {
            apart(was.as_str(), record.as_str()).is_some_and(|(heading, _)| {
                let is_line = was_lines.contains(&bare(heading));
                !is_line && has_half_of(&lines(old, was), &lines(new, record))
            })
        });
        let was = was.map(|at| gone.swap_remove(at).as_str());
        let Some((was, is)) = was.and_then(|was| apart(was, record.as_str())) else { continue };
        let is_known = found.iter().any(|known| (known.was, known.is) == (was, is));
        let times = |all: &HashMap<String, usize>, heading| all.get(&plain(heading)).copied();
        let is_gone = times(&has, was) < times(&had, was);
        let is_new = times(&had, is) < times(&has, is);
        if !is_known && is_gone && is_new && !is_same_heading(was, is) {
            found.push(Renamed { record, was, is });
        }
    }
    found
}

/// The most pairs of sections that are compared.
const MOST: usize = 40_000;

/// The headings in which two paths differ, if it is only one.
fn apart<'a>(was: &'a str, is: &'a str) -> Option<(&'a str, &'a str)> {
    if was.split(UNDER).count() != is.split(UNDER).count() {
        return None;
    }
    let mut differing = was.split(UNDER).zip(is.split(UNDER)).filter(|(a, b)| a != b);
    differing.next().filter(|_| differing.next().is_none())
}

/// Whether two headings say the same, if need be in another form: a number before it, a letter wrong, the end cut off.
pub(in crate::diff) fn is_same_heading(was: &str, is: &str) -> bool {
    let is_cut = was.ends_with('…') || is.ends_with('…');
    let without = |heading: &str| heading.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let [had, has] = [was, is].map(|heading| heading[heading.len() - without(heading)..].trim());
    // "2 years of work" is not the second section.
    let is_numbered = had == has && (had.len() == was.len() || has.len() == is.len());
    is_cut
        || is_numbered
        || plain(was) == plain(is)
        || label::is_equal(was, is)
        || label::is_misspelt(was, is)
}

/// A heading without the number or the letter before it.
fn plain(heading: &str) -> String {
    let letter = heading.split_once(". ").filter(|(letter, _)| letter.len() == 1);
    bare(letter.map_or_else(|| without_number(heading), |(_, rest)| rest))
}

/// How often a page has each heading.
fn headings(set: &FactSet) -> HashMap<String, usize> {
    let mut paths: HashSet<&str> = HashSet::new();
    for key in set.records.keys().map(RecordKey::as_str) {
        paths.extend(key.match_indices(UNDER).map(|(end, _)| &key[..end]).chain([key]));
    }
    let mut times = HashMap::new();
    for path in paths {
        let heading = path.rsplit(UNDER).next().unwrap_or(path);
        *times.entry(plain(heading)).or_default() += 1;
    }
    times
}

/// The lines of a section.
fn lines(set: &FactSet, key: &RecordKey) -> Vec<String> {
    let fields = set.records[key].fields.iter().filter(|(name, _)| name.as_str() != LINKS);
    fields.flat_map(|(_, value)| value.clauses()).map(|line| bare(&shown(line))).collect()
}

/// Whether lines have at least half of others.
fn has_half_of(was: &[String], is: &[String]) -> bool {
    let same = was.iter().filter(|line| is.contains(line)).count();
    same > 0 && same * 2 >= was.len()
}
