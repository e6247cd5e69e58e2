//! Tables that came without their rows. What was read from them cannot be read today, and their rows did not leave.

use std::collections::{HashMap, HashSet};

use crate::model::words::{CELL, TAKEN, shown};
use crate::model::{FactSet, RecordKey};

use super::lines::{Line, said};

/// The fewest rows of a table.
const ROWS: usize = 2;

/// Leaves out the rows of tables that are empty: all rows of a heading that facts were read from are gone, facts of it
/// cannot be read, and nothing with a figure came in their place.
pub(super) fn leave_out<'a>(was: &mut Vec<Line<'a>>, is: &[Line<'_>], old: &'a FactSet) {
    let has_figure = |line: &str| line.contains(|c: char| c.is_ascii_digit());
    // The row of headers may still be there.
    let is_row = |line: &str| line.contains(CELL) && line.contains(TAKEN) && has_figure(line);
    let lost: HashSet<&RecordKey> =
        was.iter().filter(|line| line.has_lost).map(|line| line.record).collect();
    if lost.is_empty() {
        return;
    }
    // What is no longer read of a row of headers, such as a day, is not new in it.
    let stood: HashSet<String> = was.iter().map(|line| shown(line.text)).collect();
    let new = is.iter().filter(|line| has_figure(line.text) && !stood.contains(&shown(line.text)));
    let filled: HashSet<&str> = new.map(|line| line.place).collect();
    let rows = |lines: &mut dyn Iterator<Item = (&'a RecordKey, &'a str)>| {
        let mut rows: HashMap<&RecordKey, usize> = HashMap::new();
        for (heading, _) in lines.filter(|(_, line)| is_row(line)) {
            *rows.entry(heading).or_default() += 1;
        }
        rows
    };
    let all = rows(&mut said(old).into_iter());
    let mut emptied = rows(&mut was.iter().map(|line| (line.record, line.text)));
    emptied.retain(|heading, gone| {
        let is_all = *gone >= ROWS && all.get(heading) == Some(gone);
        is_all && lost.contains(heading) && !filled.contains(heading.as_str())
    });
    was.retain(|line| !(is_row(line.text) && emptied.contains_key(line.record)));
}
