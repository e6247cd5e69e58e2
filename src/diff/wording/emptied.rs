//! Tables that came without their rows. What was read from them cannot be read today, and their rows did not leave.

use std::collections::{HashMap, HashSet};

use crate::model::words::{CELL, TAKEN};
use crate::model::{FactSet, RecordKey};

use super::lines::{Line, said};

/// The fewest rows of a table.
const ROWS: usize = 2;

/// Leaves out the rows of tables that are empty: all rows of a heading that facts were read from are gone, facts of it
/// cannot be read, and nothing with a figure came in their place.
pub(super) fn leave_out(was: &mut Vec<Line<'_>>, is: &[Line<'_>], old: &FactSet) {
    let has_figure = |line: &str| line.contains(|c: char| c.is_ascii_digit());
    let new = is.iter().filter(|line| has_figure(line.text));
    let filled: HashSet<&str> = new.map(|line| line.place).collect();
    // The row of headers may still be there.
    let is_row = |line: &str| line.contains(CELL) && line.contains(TAKEN) && has_figure(line);
    let mut gone: HashMap<RecordKey, usize> = HashMap::new();
    for line in was.iter().filter(|line| is_row(line.text)) {
        *gone.entry(line.record.clone()).or_default() += 1;
    }
    let lost: HashSet<RecordKey> =
        was.iter().filter(|line| line.has_lost).map(|line| line.record.clone()).collect();
    gone.retain(|heading, gone| {
        let rows = said(old).into_iter().filter(|(at, line)| *at == heading && is_row(line));
        *gone >= ROWS
            && lost.contains(heading)
            && !filled.contains(heading.as_str())
            && *gone == rows.count()
    });
    was.retain(|line| !(is_row(line.text) && gone.contains_key(line.record)));
}
