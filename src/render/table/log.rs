//! The table of the change log, written as the log is read.

use crate::model::{Change, ChangeKind, EventId, FactKey, Retraction, Severity};
use crate::render::Look;
use crate::render::words::{self, counted, counted_after, short_moment, stage_prefix};

use super::paint::of_severity;
use super::{Cell, Table};

/// A change as a row of the log.
#[derive(Debug, Clone, Copy)]
pub struct LogRow<'a> {
    /// The change.
    pub change: &'a Change,
    /// Whether it was read from an imported page.
    pub is_imported: bool,
    /// Its retraction, if it was told wrongly.
    pub retraction: Option<&'a Retraction>,
    /// How many characters of its id are shown.
    pub short: usize,
}

/// From how many rows of one fact set on an event is one line.
const MANY: usize = 5;

/// How much of an event's id is shown.
const EVENT: usize = 12;

/// Below this width there is no room for the fact and the record beside the words: they follow them.
const NARROW: usize = 100;

/// Below this width there is no room for the kind.
const MIDDLING: usize = 130;

/// The change log as a table: id, when seen, severity, kind, fact and record, summary. An event of many
/// rows is one line, unless it is expanded. It is written part by part: the columns are as wide as the
/// first part needs.
#[derive(Debug, Clone)]
pub struct LogTable<'a> {
    look: Look<'a>,
    expand: bool,
    widths: Option<Vec<usize>>,
    open: Option<Group>,
}

/// The rows of one event and fact set.
#[derive(Debug, Clone)]
struct Group {
    event: EventId,
    fact: FactKey,
    severity: Severity,
    seen: String,
    prefix: String,
    kinds: Vec<(ChangeKind, usize)>,
    rows: Vec<Vec<Cell>>,
}

impl<'a> LogTable<'a> {
    /// Begins a table.
    #[must_use]
    pub fn new(look: &Look<'a>, expand: bool) -> Self {
        Self { look: look.clone(), expand, widths: None, open: None }
    }

    /// Adds rows; returns what can be written of the table now.
    #[must_use]
    pub fn push<'r>(&mut self, rows: impl IntoIterator<Item = LogRow<'r>>) -> String {
        let mut table = self.table();
        for row in rows {
            let is_same = self
                .open
                .as_ref()
                .is_some_and(|open| open.event == row.change.event && open.fact == row.change.fact);
            if !is_same && let Some(done) = self.open.replace(self.begin(&row)) {
                self.close(done, &mut table);
            }
            let cells = self.cells(&row);
            if let Some(open) = &mut self.open {
                open.take(row.change, cells);
            }
        }
        table.lay_out_on(&self.look, &mut self.widths)
    }

    /// Ends the table; returns the last of it.
    #[must_use]
    pub fn finish(mut self) -> String {
        let mut table = self.table();
        if let Some(done) = self.open.take() {
            self.close(done, &mut table);
        }
        table.lay_out_on(&self.look, &mut self.widths)
    }

    fn is_under(&self, width: usize) -> bool {
        self.look.width.is_some_and(|columns| columns < width)
    }

    fn table(&self) -> Table {
        let mut head = vec!["ID", "SEEN", "SEVERITY"];
        if !self.is_under(MIDDLING) {
            head.push("KIND");
        }
        if !self.is_under(NARROW) {
            head.push("FACT/RECORD");
        }
        head.push("SUMMARY");
        Table::new(&head)
    }

    fn begin(&self, row: &LogRow<'_>) -> Group {
        Group {
            event: row.change.event.clone(),
            fact: row.change.fact.clone(),
            severity: row.change.severity,
            seen: short_moment(row.change.seen_at, self.look.zone),
            prefix: self.prefix(row),
            kinds: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// What comes before the words of a change: that it was imported, was retracted, its stage.
    fn prefix(&self, row: &LogRow<'_>) -> String {
        let language = self.look.language;
        let imported = match row.is_imported {
            true => words::say(language, "(imported) ", "(importé) "),
            false => "",
        };
        let stage = match row.retraction {
            Some(retraction) => {
                format!("Retracted {}: ", short_moment(retraction.at, self.look.zone))
            }
            None => stage_prefix(row.change.stage, language).to_owned(),
        };
        format!("{imported}{stage}")
    }

    fn cells(&self, row: &LogRow<'_>) -> Vec<Cell> {
        let change = row.change;
        let id: String = change.id.as_str().chars().take(row.short).collect();
        let summary = format!("{}{}", self.prefix(row), change.summary.get(self.look.language));
        let about = format!("{}/{}", change.fact, change.record);
        let seen = short_moment(change.seen_at, self.look.zone);
        self.row((id, seen, change.severity), change.kind.word(), about, summary)
    }

    fn row(
        &self,
        (id, seen, severity): (String, String, Severity),
        kind: &str,
        about: String,
        summary: String,
    ) -> Vec<Cell> {
        let severity = Cell::painted(severity.word(), of_severity(severity));
        let mut cells: Vec<Cell> = vec![id.into(), seen.into(), severity];
        if !self.is_under(MIDDLING) {
            cells.push(kind.into());
        }
        if self.is_under(NARROW) {
            cells.push(format!("{summary} [{about}]").into());
        } else {
            cells.push(about.into());
            cells.push(summary.into());
        }
        cells
    }

    fn close(&self, group: Group, table: &mut Table) {
        if self.expand || group.rows.len() < MANY {
            for row in group.rows {
                table.row(row);
            }
            return;
        }
        let id = group.event.as_str().chars().take(EVENT).collect();
        let kind = match group.kinds.as_slice() {
            [(kind, _)] => kind.word(),
            _ => "several",
        };
        let summary = format!("{}{}", group.prefix, self.counts(&group.kinds));
        let lead = (id, group.seen, group.severity);
        table.row(self.row(lead, kind, group.fact.to_string(), summary));
    }

    /// `19 occupations removed, 6 added`.
    fn counts(&self, kinds: &[(ChangeKind, usize)]) -> String {
        let mut kinds = kinds.to_vec();
        kinds.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let language = self.look.language;
        let mut words: Vec<String> = Vec::new();
        let mut before = None;
        for (kind, n) in kinds {
            words.push(before.map_or_else(
                || counted(n, kind, language),
                |before| counted_after(before, n, kind, language),
            ));
            before = Some(kind);
        }
        words.join(", ")
    }
}

impl Group {
    fn take(&mut self, change: &Change, cells: Vec<Cell>) {
        self.severity = self.severity.max(change.severity);
        match self.kinds.iter_mut().find(|(kind, _)| *kind == change.kind) {
            Some((_, n)) => *n += 1,
            None => self.kinds.push((change.kind, 1)),
        }
        self.rows.push(cells);
    }
}
