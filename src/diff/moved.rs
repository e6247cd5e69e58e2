//! Clauses that only moved between a set of clauses and the rest of a page.
//!
//! A section ends where the page says so, a list of contents may be read as part of one, a table made a list is
//! prose: what the page says is the same. A clause that goes from one section that is read to another is told, unless
//! one is within the other: whom it is about may be another. So is one that the page says more often, or less.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::{Delta, wording};
use crate::model::{
    ChangeKind, Facts, Side, Value,
    meaning::bare,
    words::{CELL, LINKS, UNDER, shown},
};

/// Removes the differences that are only such moves.
pub(super) fn leave_out(deltas: &mut Vec<Delta>, before: &Facts, now: &Facts) {
    if !deltas.iter().any(|delta| one_sided(delta).is_some()) {
        return;
    }
    let (was, is) = (Said::of(before), Said::of(now));
    let (gone, came) = (clauses(deltas, |delta| &delta.old), clauses(deltas, |delta| &delta.new));
    let is_moved = |clause: &String| {
        let clause = bare(clause);
        let (then, today) = (was.places(&clause), is.places(&clause));
        let is_as_often = match then.len().cmp(&today.len()) {
            Ordering::Less => was.is_label(&clause, &is),
            Ordering::Equal => true,
            Ordering::Greater => is.is_label(&clause, &was),
        };
        let is_within = || match (then, today) {
            ([then], [today]) => is_under(then, today) || is_under(today, then),
            _ => false,
        };
        let is_passed_on = gone.contains(&clause) && came.contains(&clause);
        !then.is_empty() && !today.is_empty() && is_as_often && (!is_passed_on || is_within())
    };
    // The rows of a table that are lines now, or were.
    let is_made_of_rows = |delta: &Delta, clauses: &[String]| {
        let clauses: Vec<&str> =
            clauses.iter().filter(|clause| !is_moved(clause)).map(String::as_str).collect();
        let (from, to) = if of(&delta.old).is_empty() { (before, now) } else { (now, before) };
        wording::are_rows(&delta.record, &clauses, (from, to))
    };
    deltas.retain(|delta| {
        let clauses = one_sided(delta);
        clauses.is_none_or(|clauses| !is_made_of_rows(delta, clauses))
    });
}

/// The clauses that a record lost, or got, if it did only the one; or those of a new record.
fn one_sided(delta: &Delta) -> Option<&[String]> {
    if delta.kind != ChangeKind::WordingChanged {
        return None;
    }
    match (of(&delta.old), of(&delta.new)) {
        (gone, []) if !gone.is_empty() && delta.field.is_some() => Some(gone),
        ([], came) if !came.is_empty() => Some(came),
        _ => None,
    }
}

fn of(side: &Option<Side>) -> &[String] {
    match side {
        Some(Side::Value(value)) => value.clauses(),
        Some(Side::Record(fields)) => {
            let mut all = fields.values().map(Value::clauses).filter(|said| !said.is_empty());
            all.next().filter(|_| all.next().is_none()).unwrap_or_default()
        }
        None => &[],
    }
}

fn clauses(deltas: &[Delta], side: impl Fn(&Delta) -> &Option<Side>) -> HashSet<String> {
    deltas.iter().flat_map(|delta| of(side(delta))).map(|clause| bare(clause)).collect()
}

/// Whether a place is under a heading of another place.
fn is_under(place: &str, over: &str) -> bool {
    place.strip_prefix(over).is_some_and(|rest| rest.starts_with(UNDER))
}

/// The headings under which a page has each line, and each cell of a row.
struct Said<'f> {
    lines: HashMap<String, Vec<&'f str>>,
    rows: HashSet<Vec<String>>,
}

impl<'f> Said<'f> {
    fn of(facts: &'f Facts) -> Self {
        let (mut lines, mut rows) = (HashMap::<_, Vec<&str>>::new(), HashSet::new());
        let pages = facts.iter().filter(|(key, _)| wording::is_of(key));
        for (place, record) in pages.flat_map(|(_, set)| &set.records) {
            let fields = record.fields.iter().filter(|(name, _)| name.as_str() != LINKS);
            for line in fields.flat_map(|(_, value)| value.clauses()) {
                let cells: Vec<String> = shown(line).split(CELL).map(bare).collect();
                for cell in &cells {
                    lines.entry(cell.clone()).or_default().push(place.as_str());
                }
                if cells.len() > 1 {
                    rows.insert(cells);
                }
            }
        }
        Self { lines, rows }
    }

    fn places(&self, clause: &str) -> &[&'f str] {
        self.lines.get(clause).map_or(&[], Vec::as_slice)
    }

    /// Whether a clause is a cell of a row that the other page has not: where a table is made a list, the titles of
    /// its columns are said with each of its rows.
    fn is_label(&self, clause: &str, other: &Self) -> bool {
        let is_in = |row: &&Vec<String>| row.iter().any(|cell| cell == clause);
        self.rows.difference(&other.rows).any(|row| is_in(&row))
    }
}
