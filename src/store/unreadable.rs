//! For each source, what could not be read, what is new on its page and not read, and its recipe's
//! complaints.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    CheckRecord, Store, StoreError,
    error::Trouble,
    rows::{Cells, Table, all, micros, number, run},
    source_state,
};
use crate::model::{
    CheckId, Complaint, Confirmed, Extent, FieldName, Lost, RecordKey, Reported, Shares, SourceId,
    SourceState, StateVersion, Unread, Unreadable,
};

const TABLE: Table = Table { name: "unreadable", key: "id" };

impl Store {
    /// Returns what cannot be read of a source, the longest missing first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unreadable(&self, source: &SourceId) -> Result<Vec<Lost>, StoreError> {
        let sql =
            "SELECT id, fact, scope, record, field, why, stands, since_at, version, last_read_at,
                confirmed_at, confirmed_by, confirm_note
             FROM unreadable WHERE source = ?1 AND ended_at IS NULL ORDER BY since_at, id";
        self.read("what is unreadable", |connection| {
            all(connection, sql, [source.as_str()], TABLE, lost)
        })
    }

    /// Returns what is new on the page of a source and not read, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unread(&self, source: &SourceId) -> Result<Vec<Unread>, StoreError> {
        let table = Table { name: "unread", key: "id" };
        let sql = "SELECT id, what, under, text FROM unread WHERE source = ?1 ORDER BY id DESC";
        self.read("what is unread", |connection| {
            all(connection, sql, [source.as_str()], table, |cells| {
                Ok(Unread {
                    what: cells.get("what")?,
                    under: cells.get("under")?,
                    text: cells.get("text")?,
                })
            })
        })
    }

    /// Notes that a person said of things that cannot be read that they still hold.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when something was recorded of the source since the version the
    /// person saw; else when it cannot be written.
    pub fn confirm(
        &mut self,
        (source, seen): (&SourceId, StateVersion),
        lost: &[Unreadable],
        confirmed: &Confirmed,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE unreadable SET confirmed_at = ?6, confirmed_by = ?7, confirm_note = ?8
             WHERE source = ?1 AND fact = ?2 AND scope = ?3 AND record = ?4 AND field = ?5
             AND ended_at IS NULL";
        self.write("confirm what is unreadable", |tx| {
            source_state::expect(source, seen, source_state::of(tx, source)?.as_ref())?;
            for lost in lost {
                let (fact, scope, record, field) = key(lost);
                let Confirmed { at, by, note } = confirmed;
                let row =
                    params![source.as_str(), fact, scope, record, field, micros(*at), by, note];
                run(tx, sql, row)?;
            }
            source_state::raise(tx, source)
        })
    }

    /// Returns, for each source, how the words of the page that was read last are read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn shares(&self) -> Result<BTreeMap<SourceId, Shares>, StoreError> {
        let table = Table { name: "words_read", key: "source" };
        let sql = "SELECT source, facts, clauses, noise, rest FROM words_read";
        self.read("the words read", |connection| {
            let all = all(connection, sql, [], table, |cells| {
                let shares = Shares {
                    facts: cells.count("facts")?,
                    clauses: cells.count("clauses")?,
                    noise: cells.count("noise")?,
                    rest: cells.count("rest")?,
                };
                Ok((cells.parsed("source", SourceId::parse)?, shares))
            })?;
            Ok(all.into_iter().collect())
        })
    }

    /// Returns, for all sources, what was reported as new and not read since a moment and is not marked
    /// as noise; the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn reported(&self, since: Timestamp) -> Result<Vec<Reported>, StoreError> {
        let table = Table { name: "unread", key: "id" };
        let sql = "SELECT id, source, what, under, text, seen_at FROM unread AS u
             WHERE seen_at >= ?1 AND NOT EXISTS (SELECT 1 FROM noise AS n
                WHERE n.unread = u.id AND n.undone_at IS NULL) ORDER BY id DESC";
        self.read("what was reported unread", |connection| {
            all(connection, sql, [micros(since)], table, |cells| {
                Ok(Reported {
                    id: cells.get("id")?,
                    source: cells.parsed("source", SourceId::parse)?,
                    what: Unread {
                        what: cells.get("what")?,
                        under: cells.get("under")?,
                        text: cells.get("text")?,
                    },
                    at: cells.moment("seen_at")?,
                })
            })
        })
    }

    /// Returns those of the complaints that were never made of the source before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn new_complaints(
        &self,
        source: &SourceId,
        complaints: &[Complaint],
    ) -> Result<Vec<Complaint>, StoreError> {
        let sql =
            "SELECT 1 FROM complaint WHERE source = ?1 AND fact = ?2 AND text = ?3 AND why = ?4";
        self.read("complaints", |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut new = Vec::new();
            for one in complaints {
                if !statement.exists(params![source.as_str(), one.fact, one.text, one.why])? {
                    new.push(one.clone());
                }
            }
            Ok(new)
        })
    }
}

/// Writes what a check could not read, found unread and complained of.
pub(super) fn apply(
    connection: &Connection,
    check: &CheckRecord<'_>,
    id: CheckId,
    before: Option<&SourceState>,
) -> Result<(), Trouble> {
    if let Some(lost) = check.unreadable {
        sync(connection, check, id, (lost, before))?;
    }
    for unread in check.unread {
        run(
            connection,
            "INSERT INTO unread (source, what, under, text, check_id, seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            params![
                check.source.as_str(),
                unread.what,
                unread.under,
                unread.text,
                id.0,
                micros(check.seen_at)
            ],
        )?;
    }
    if let Some(Shares { facts, clauses, noise, rest }) = check.shares {
        run(
            connection,
            "INSERT INTO words_read (source, facts, clauses, noise, rest, check_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (source) DO UPDATE SET
                facts = excluded.facts, clauses = excluded.clauses, noise = excluded.noise,
                rest = excluded.rest, check_id = excluded.check_id",
            params![
                check.source.as_str(),
                number(facts),
                number(clauses),
                number(noise),
                number(rest),
                id.0
            ],
        )?;
    }
    for complaint in check.complaints {
        run(
            connection,
            "INSERT INTO complaint (source, fact, text, why, check_id) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
            params![check.source.as_str(), complaint.fact, complaint.text, complaint.why, id.0],
        )?;
    }
    Ok(())
}

/// Ends what can be read again, and begins what can no longer be read.
fn sync(
    connection: &Connection,
    check: &CheckRecord<'_>,
    id: CheckId,
    (lost, before): (&[Unreadable], Option<&SourceState>),
) -> Result<(), Trouble> {
    let source = check.source.as_str();
    let keys: HashSet<Key<'_>> = lost.iter().map(key).collect();
    let open: Vec<(i64, [String; 4])> = connection
        .prepare_cached(
            "SELECT id, fact, scope, record, field FROM unreadable
             WHERE source = ?1 AND ended_at IS NULL",
        )?
        .query_map([source], |row| {
            Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]))
        })?
        .collect::<Result<_, _>>()?;
    let borrowed = |[a, b, c, d]: &[String; 4]| -> bool {
        keys.contains(&(a.as_str(), b.as_str(), c.as_str(), d.as_str()))
    };
    for (row, _) in open.iter().filter(|(_, open)| !borrowed(open)) {
        let sql = "UPDATE unreadable SET ended_at = ?2 WHERE id = ?1";
        run(connection, sql, params![row, micros(check.seen_at)])?;
    }
    let last_read = before.and_then(|state| state.last_good_at);
    for one in lost {
        let (fact, scope, record, field) = key(one);
        run(
            connection,
            "INSERT INTO unreadable (source, fact, scope, record, field, why, stands, check_id,
                since_at, last_read_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (source, fact, scope, record, field) WHERE ended_at IS NULL
             DO UPDATE SET why = excluded.why, stands = excluded.stands,
                confirmed_at = iif(stands IS excluded.stands, confirmed_at, NULL)",
            params![
                source,
                fact,
                scope,
                record,
                field,
                one.why,
                one.stands,
                id.0,
                micros(check.seen_at),
                last_read.map(micros),
                SourceState::version_of(before).0,
            ],
        )?;
    }
    Ok(())
}

/// What identifies a thing that cannot be read: fact, scope, record, field.
type Key<'a> = (&'a str, &'static str, &'a str, &'a str);

fn key(lost: &Unreadable) -> Key<'_> {
    let scope = match &lost.of {
        Extent::Set => "set",
        Extent::Row => "row",
        Extent::Record(_) => "record",
        Extent::Column(_) => "column",
        Extent::Field(..) => "field",
    };
    let record = lost.record().map_or("", RecordKey::as_str);
    let field = lost.field().map_or("", FieldName::as_str);
    (&lost.fact, scope, record, field)
}

fn lost(cells: &Cells<'_, '_>) -> Result<Lost, Trouble> {
    let record = || cells.parsed("record", RecordKey::parse);
    let field = || cells.parsed("field", FieldName::parse);
    let scope: String = cells.get("scope")?;
    let of = match scope.as_str() {
        "set" => Extent::Set,
        "row" => Extent::Row,
        "record" => Extent::Record(record()?),
        "column" => Extent::Column(field()?),
        "field" => Extent::Field(record()?, field()?),
        other => return Err(cells.bad("scope", format!("`{other}` is no scope"))),
    };
    let fact: String = cells.get("fact")?;
    Ok(Lost {
        what: Unreadable { fact, of, why: cells.get("why")?, stands: cells.get("stands")? },
        since: cells.moment("since_at")?,
        version: cells.get::<Option<i64>>("version")?.map(StateVersion),
        last_read_at: cells.moment_if("last_read_at")?,
        confirmed: match cells.moment_if("confirmed_at")? {
            None => None,
            Some(at) => Some(Confirmed {
                at,
                by: cells.get("confirmed_by")?,
                note: cells.get("confirm_note")?,
            }),
        },
    })
}
