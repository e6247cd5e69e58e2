//! Tables for analysts: what was read and what changed, without anything about people.
//!
//! Each table is a query over the database with a name and a meaning for every column. Moments are ISO text
//! in UTC. Values are JSON, each with its type: `{"date": "2026-05-14"}`.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, types::ValueRef};

use super::{
    Store, StoreError,
    capture::CAPTURE,
    error::Trouble,
    open::create_copy,
    rows::{Cells, all},
};
use crate::model::{CheckId, SnapshotId, SourceId};

/// A column of an exported table.
#[derive(Debug, Clone, Copy)]
pub struct ExportColumn {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What its cells are.
    pub kind: ExportKind,
    /// Where it comes from.
    expression: &'static str,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// Numbers or texts, as they are stored.
    Plain,
    /// Moments: stored as microseconds, written as ISO text in UTC.
    Moment,
    /// JSON, as text.
    Json,
}

/// An exported table.
#[derive(Debug, Clone, Copy)]
pub struct ExportTable {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub meaning: &'static str,
    /// Its columns.
    pub columns: &'static [ExportColumn],
    from: &'static str,
}

/// A cell of an exported table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportCell<'a> {
    /// Nothing.
    Null,
    /// A number.
    Number(i64),
    /// A text.
    Text(&'a str),
}

const fn column(
    name: &'static str,
    expression: &'static str,
    meaning: &'static str,
) -> ExportColumn {
    ExportColumn { name, meaning, kind: ExportKind::Plain, expression }
}

const fn moment(
    name: &'static str,
    expression: &'static str,
    meaning: &'static str,
) -> ExportColumn {
    ExportColumn { kind: ExportKind::Moment, ..column(name, expression, meaning) }
}

const fn json(name: &'static str, expression: &'static str, meaning: &'static str) -> ExportColumn {
    ExportColumn { kind: ExportKind::Json, ..column(name, expression, meaning) }
}

/// Every exported table.
pub const EXPORTS: [ExportTable; 4] = [CHANGES, VALUES, CHECKS, PAGES];

const CHANGES: ExportTable = ExportTable {
    name: "changes",
    meaning: "One difference of a fact, as recorded, in the order of the log.",
    from: "change AS c JOIN event AS e ON e.id = c.event JOIN check_run AS k ON k.id = e.check_id
        LEFT JOIN retraction AS x ON x.change = c.id ORDER BY c.place",
    columns: &[
        column("id", "c.id", "The id of the change."),
        column("event", "c.event", "The id of the event: all changes of one check."),
        column("check_id", "e.check_id", "The check that saw it: `id` in `checks`."),
        moment("seen_at", "c.seen_at", "When it was seen."),
        moment(
            "last_seen_unchanged_at",
            "c.last_seen_unchanged_at",
            "When the fact was last seen as it was before: it changed between the two.",
        ),
        column("published_on", "c.published_on", "The day the page says it was published."),
        column("effective_on", "c.effective_on", "The day from which the page says it holds."),
        column("expires_on", "c.expires_on", "The last day on which the page says it holds."),
        column("applies_to", "c.applies_to", "What the page says it applies to, in its words."),
        column("stage", "c.stage", "announced, in_force, corrected or reversed, as recorded."),
        column("jurisdiction", "c.jurisdiction", "CA, or a province."),
        column("program", "c.program", "The program."),
        column("source", "c.source", "The source it was read from."),
        column("fact", "c.fact", "The key of the fact set."),
        column("record", "c.record", "The key of the record."),
        column("field", "c.field", "The field; empty: the whole record came or went."),
        column("kind", "c.kind", "What kind of change it is."),
        json("old", "c.old", "What it was, as JSON with types."),
        json("new", "c.new", "What it is, as JSON with types."),
        column(
            "severity",
            "CASE c.severity WHEN 2 THEN 'block' WHEN 1 THEN 'warn' ELSE 'info' END",
            "info, warn or block.",
        ),
        json("rules", "c.rules", "The rules it touches, as a JSON array."),
        column("summary_en", "c.summary_en", "It in one line, in English."),
        column("summary_fr", "c.summary_fr", "It in one line, in French."),
        column("url", "c.url", "The official page."),
        column("snapshot", "c.snapshot", "The SHA-256 of the page it was read from."),
        column("before", "c.before ->> 'quote'", "The words on the page before."),
        column("after", "c.after ->> 'quote'", "The words on the page now."),
        column("imported", "k.imported", "Where the page was imported from; empty: it is our own."),
        column("retracted", "x.why", "Why it was taken back, if it was told wrongly."),
    ],
};

const VALUES: ExportTable = ExportTable {
    name: "record_values",
    meaning: "What a record said from a check on, until the next row of the same record and source.",
    from: "record_state AS s JOIN record AS r ON r.id = s.record_id
        JOIN check_run AS k ON k.id = s.check_id ORDER BY r.fact, r.record, r.source, s.seen_at, s.id",
    columns: &[
        column("fact", "r.fact", "The key of the fact set."),
        column("record", "r.record", "The key of the record."),
        column("source", "r.source", "The source that says so."),
        moment("seen_at", "s.seen_at", "When it was first read so."),
        json("fields", "s.fields", "Its fields, as JSON with types; empty: the record was gone."),
        column("quote", "s.evidence ->> 'quote'", "The words on the page."),
        column("place", "s.evidence ->> 'place'", "Where on the page."),
        column("locator", "s.evidence ->> 'locator'", "Which locator of the recipe read it."),
        column("check_id", "s.check_id", "The check that read it: `id` in `checks`."),
        column("snapshot", "k.snapshot", "The SHA-256 of the page, where the check kept one."),
        column("imported", "k.imported", "Where the page was imported from; empty: it is our own."),
    ],
};

const CHECKS: ExportTable = ExportTable {
    name: "checks",
    meaning: "One look at a source. Old checks without news may have been thinned out.",
    from: "check_run AS k ORDER BY k.id",
    columns: &[
        column("id", "k.id", "The number of the check."),
        column("source", "k.source", "The source."),
        moment("seen_at", "k.seen_at", "The moment of the page."),
        moment(
            "recorded_at",
            "k.ended_at",
            "When the check ended: for an imported page, when it was imported.",
        ),
        column("outcome", "k.outcome", "How it ended."),
        column("reason", "k.reason", "Why, with what was expected and what came."),
        column("accepted", "k.accepted", "1: its facts were believed."),
        column("snapshot", "k.snapshot", "The SHA-256 of the page, if it was kept."),
        json("records", "k.records", "How many records were read, by fact set, as JSON."),
        column("recipe", "k.recipe", "The SHA-256 of the recipe it was read with."),
        column("reader", "k.reader", "The version of the reader."),
        column("imported", "k.imported", "Where the page was imported from; empty: it is our own."),
    ],
};

const PAGES: ExportTable = ExportTable {
    name: "pages",
    meaning: "How a page came: its addresses, headers, time and hash.",
    from: "page_capture AS p JOIN check_run AS k ON k.id = p.check_id
        JOIN snapshot AS s ON s.id = p.snapshot ORDER BY p.check_id",
    columns: &[
        column("check_id", "p.check_id", "The check: `id` in `checks`."),
        column("source", "k.source", "The source."),
        moment("fetched_at", "p.fetched_at", "When its last byte came."),
        column("snapshot", "p.snapshot", "The SHA-256 of its decoded body."),
        column("size_bytes", "s.size_bytes", "The size of that body."),
        column("is_kept", "length(s.body) > 0", "1: the body is kept; 0: only its hash is."),
        json("chain", "p.chain", "Every address on the way and its status, as JSON."),
        json("headers", "p.headers", "The headers of the last answer, as JSON."),
        column("imported", "k.imported", "Where the page was imported from; empty: it is our own."),
    ],
};

impl ExportColumn {
    fn sql(&self) -> String {
        let expression = self.expression;
        match self.kind {
            ExportKind::Plain | ExportKind::Json => expression.to_owned(),
            ExportKind::Moment => {
                format!("strftime('%Y-%m-%dT%H:%M:%fZ', {expression} / 1000000.0, 'unixepoch')")
            }
        }
    }
}

impl ExportTable {
    fn sql(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("{} AS {}", column.sql(), column.name))
            .collect();
        format!("SELECT {} FROM {}", columns.join(", "), self.from)
    }
}

/// How a kept page came, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPage {
    /// The check.
    pub check: CheckId,
    /// The source.
    pub source: SourceId,
    /// The page's SHA-256.
    pub snapshot: SnapshotId,
    /// Where it was imported from; `None`: it is our own.
    pub imported: Option<String>,
}

impl Store {
    /// Hands on the rows of an exported table, one by one; `each` ends the walk with an error.
    ///
    /// # Errors
    /// When the database cannot be read, or `each` fails.
    pub fn each_exported<E: From<StoreError>>(
        &self,
        table: &ExportTable,
        each: &mut dyn FnMut(&[ExportCell<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(Trouble::from(error).reading("an export"));
        let mut statement = self.connection.prepare(&table.sql()).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let cells: Result<Vec<ExportCell<'_>>, rusqlite::Error> =
                (0..table.columns.len()).map(|n| row.get_ref(n).map(cell)).collect();
            each(&cells.map_err(failed)?)?;
        }
        Ok(())
    }

    /// Writes the exported tables into a new database of their own, with a table that says what every
    /// column means.
    ///
    /// # Errors
    /// When there is something at `path` already, or it cannot be written.
    pub fn export_to(&self, path: &Path) -> Result<(), StoreError> {
        create_copy(path)?;
        self.write_export(path).map_err(|trouble| trouble.reading("an export"))
    }

    fn write_export(&self, path: &Path) -> Result<(), Trouble> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI;
        let target = Connection::open_with_flags(path, flags)?;
        // The address of a file has its whole path.
        let whole = std::path::absolute(&self.path).ok();
        let own = whole.and_then(|path| url::Url::from_file_path(path).ok());
        let own =
            own.ok_or_else(|| Trouble::from(StoreError::NoDatabase { path: self.path.clone() }))?;
        target.execute("ATTACH ?1 AS own", [format!("{own}?mode=ro")])?;
        let begin = "BEGIN; CREATE TABLE columns (of_table TEXT, name TEXT, meaning TEXT);";
        target.execute_batch(begin)?;
        for table in EXPORTS {
            target.execute(&format!("CREATE TABLE main.{} AS {}", table.name, table.sql()), [])?;
            for column in table.columns {
                target.execute(
                    "INSERT INTO columns VALUES (?1, ?2, ?3)",
                    [table.name, column.name, column.meaning],
                )?;
            }
        }
        target.execute_batch("COMMIT; DETACH own;")?;
        Ok(())
    }

    /// Returns the kept pages, of one source or all, in the order of their moments.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn kept_pages(&self, source: Option<&SourceId>) -> Result<Vec<KeptPage>, StoreError> {
        let sql = "SELECT p.check_id, c.source, p.snapshot, c.imported
             FROM page_capture AS p JOIN check_run AS c ON c.id = p.check_id
             WHERE ?1 IS NULL OR c.source = ?1 ORDER BY p.fetched_at, p.check_id";
        self.read("the kept pages", |connection| {
            all(connection, sql, [source.map(SourceId::as_str)], CAPTURE, kept_page)
        })
    }
}

fn kept_page(cells: &Cells<'_, '_>) -> Result<KeptPage, Trouble> {
    Ok(KeptPage {
        check: CheckId(cells.get("check_id")?),
        source: cells.parsed("source", SourceId::parse)?,
        snapshot: cells.parsed("snapshot", SnapshotId::parse)?,
        imported: cells.get("imported")?,
    })
}

fn cell(value: ValueRef<'_>) -> ExportCell<'_> {
    match value {
        ValueRef::Integer(n) => ExportCell::Number(n),
        ValueRef::Text(text) => {
            std::str::from_utf8(text).map_or(ExportCell::Null, ExportCell::Text)
        }
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => ExportCell::Null,
    }
}
