//! Events and their changes as rows. They are written once and never altered.

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension as _, named_params, params};
use serde_json::Value as Json;

use super::{
    Store, StoreError,
    error::Trouble,
    index,
    rows::{Cells, Table, all, evidence, evidence_json, first, iso, list, micros, run},
    told,
};
use crate::model::{
    Bilingual, Change, ChangeId, ChangeKind, CheckId, Dates, Event, EventId, FactKey, FieldName,
    RecordKey, RuleId, Severity, SnapshotId, SourceId, Stage, json,
};

const EVENT: Table = Table { name: "event", key: "id" };
pub(super) const CHANGE: Table = Table { name: "change", key: "id" };

/// The columns of a change, selected from `change AS c`.
pub(super) const COLUMNS: &str = "c.id, c.event, c.seen_at, c.last_seen_unchanged_at,
    c.published_on, c.effective_on, c.expires_on, c.applies_to, c.stage, c.jurisdiction, c.program,
    c.source, c.fact, c.record, c.field, c.kind, c.old, c.new, c.severity, c.rules, c.summary_en,
    c.summary_fr, c.url, c.snapshot, c.before, c.after";

/// Whether something was recorded after `c` for the same record and field, or the whole record.
const SUPERSEDED: &str = "EXISTS (SELECT 1 FROM change AS n
    WHERE n.source = c.source AND n.fact = c.fact AND n.record = c.record
    AND (n.field IS c.field OR n.field IS NULL) AND n.place > c.place
    AND NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = n.id))";

/// Whether nobody has retracted `c`.
pub(super) const STANDS: &str = "NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = c.id)";

/// The day from which the open announcement `c` is due where nothing confirms it: its own, or a later one to
/// which the day was put off since. `NULL`: never, because it is retracted, or only moves a day
/// ([`Change::is_of_day`]) and is not a rule that could be due.
const DUE_ON: &str = "CASE
    WHEN EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = c.id) THEN NULL
    WHEN c.field IS NOT NULL AND c.new ->> 'date' IS c.effective_on THEN NULL
    ELSE max(c.effective_on, coalesce((SELECT max(n.effective_on) FROM change AS n
        WHERE n.source = c.source AND n.fact = c.fact AND n.record = c.record
        AND n.place > c.place AND n.stage = 'announced'
        AND n.new LIKE '%' || n.effective_on || '%'
        AND NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = n.id)), ''))
    END";

/// Whether the change at a place of the log, an expression, is due on the day `:today`, of which it may be
/// `NULL`: it was announced for a day that has come, and nothing was recorded since for its record and field.
pub(super) fn due(place: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM open_announcement AS o WHERE o.place = {place} AND o.due_on <= :today)"
    )
}

impl Store {
    /// Returns an event with its changes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError> {
        self.read("an event", |connection| {
            let sql = "SELECT id, source, check_id, seen_at FROM event WHERE id = ?1";
            let Some(mut event) = first(connection, sql, [id.as_str()], EVENT, event)? else {
                return Ok(None);
            };
            let sql =
                format!("SELECT {COLUMNS} FROM change AS c WHERE c.event = ?1 ORDER BY c.place");
            event.changes = all(connection, &sql, [id.as_str()], CHANGE, change)?;
            Ok(Some(event))
        })
    }

    /// Returns the events of a source that only the operator was told of, in the order they were
    /// recorded.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn untold(&self, source: &SourceId) -> Result<Vec<Event>, StoreError> {
        let sql = format!(
            "SELECT e.id FROM untold AS u JOIN event AS e ON e.id = u.event
             WHERE u.source = ?1 AND u.told_at IS NULL
             AND EXISTS (SELECT 1 FROM change AS c WHERE c.event = e.id AND {STANDS})
             ORDER BY e.check_id"
        );
        let ids = self.read("events to be told", |connection| {
            all(connection, &sql, [source.as_str()], EVENT, |cells| {
                cells.parsed("id", EventId::parse)
            })
        })?;
        ids.iter().filter_map(|id| self.event(id).transpose()).collect()
    }

    /// Returns the last recorded event of a source.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_event(&self, source: &SourceId) -> Result<Option<EventId>, StoreError> {
        let sql = "SELECT id FROM event WHERE source = ?1 ORDER BY check_id DESC LIMIT 1";
        self.read("the last event", |connection| {
            first(connection, sql, [source.as_str()], EVENT, |cells| {
                cells.parsed("id", EventId::parse)
            })
        })
    }

    /// For each of these changes, returns the newest recorded one of the same source, fact set, record
    /// and field, where there is one; in no particular order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn earlier(&self, changes: &[Change]) -> Result<Vec<Change>, StoreError> {
        let key = |change: &Change| {
            let field = change.field.as_ref().map(FieldName::as_str);
            serde_json::json!([
                change.source.as_str(),
                change.fact.as_str(),
                change.record.as_str(),
                field
            ])
        };
        let keys: Json = changes.iter().map(key).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM json_each(?1) AS k CROSS JOIN change AS c ON c.place = (
                 SELECT max(n.place) FROM change AS n
                 WHERE n.source = k.value ->> 0 AND n.fact = k.value ->> 1
                 AND n.record = k.value ->> 2 AND n.field IS k.value ->> 3
                 AND NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = n.id))"
        );
        self.read("earlier changes", |connection| {
            all(connection, &sql, [keys.to_string()], CHANGE, change)
        })
    }

    /// Returns what a source announced for a day up to this one, where nothing was recorded since for
    /// the same record and field. What an imported page announced is left out: a page of today that says
    /// so is no news.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn announced(&self, source: &SourceId, until: Date) -> Result<Vec<Change>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM change AS c
             WHERE c.source = ?1 AND c.stage = 'announced' AND c.effective_on <= ?2
             AND {STANDS} AND NOT {SUPERSEDED} AND NOT EXISTS (
                SELECT 1 FROM event AS e JOIN check_run AS k ON k.id = e.check_id
                WHERE e.id = c.event AND k.imported IS NOT NULL)
             ORDER BY c.place"
        );
        self.read("announced changes", |connection| {
            all(connection, &sql, params![source.as_str(), iso(Some(until))], CHANGE, change)
        })
    }

    /// Returns what was announced of a fact set for a day up to this one, by any source, and was still open
    /// at a moment: nothing had been recorded since for the same record and field.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn announced_of(
        &self,
        fact: &FactKey,
        until: Date,
        known_at: Option<Timestamp>,
    ) -> Result<Vec<Change>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM record AS r CROSS JOIN change AS c
             ON c.source = r.source AND c.fact = r.fact AND c.record = r.record
             WHERE r.fact = ?1 AND c.stage = 'announced' AND c.effective_on <= ?2 AND c.seen_at <= ?3
             AND NOT EXISTS (SELECT 1 FROM retraction AS x
                WHERE x.change = c.id AND x.retracted_at <= ?3)
             AND NOT EXISTS (SELECT 1 FROM change AS n
                WHERE n.source = c.source AND n.fact = c.fact AND n.record = c.record
                AND (n.field IS c.field OR n.field IS NULL) AND n.place > c.place AND n.seen_at <= ?3
                AND NOT EXISTS (SELECT 1 FROM retraction AS x
                    WHERE x.change = n.id AND x.retracted_at <= ?3))
             ORDER BY c.place"
        );
        let known_at = known_at.map_or(i64::MAX, micros);
        let asked = params![fact.as_str(), iso(Some(until)), known_at];
        self.read("announced changes", |connection| all(connection, &sql, asked, CHANGE, change))
    }

    /// Returns the newest change recorded before `of` for the same record and field.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn before(&self, of: &Change) -> Result<Option<Change>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM change AS n JOIN change AS c
             ON c.source = n.source AND c.fact = n.fact AND c.record = n.record
             AND c.field IS n.field AND c.place < n.place
             WHERE n.id = ?1 AND {STANDS} ORDER BY c.place DESC LIMIT 1"
        );
        self.read("an earlier change", |connection| {
            first(connection, &sql, [of.id.as_str()], CHANGE, change)
        })
    }

    /// Updates the stage of changes as of a day: a change that was announced for a day that has come,
    /// and that no page has confirmed, is due.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn mark_due(&self, changes: &mut [Change], today: Date) -> Result<(), StoreError> {
        let sql = format!("SELECT 1 FROM change AS c WHERE c.id = :id AND {}", due("c.place"));
        self.read("due changes", |connection| {
            for change in changes.iter_mut().filter(|change| change.stage == Stage::Announced) {
                let asked = named_params! { ":id": change.id.as_str(), ":today": iso(Some(today)) };
                if connection.prepare_cached(&sql)?.exists(asked)? {
                    change.stage = Stage::Due;
                }
            }
            Ok(())
        })
    }

    /// Returns the change with this id, or whose id begins so.
    ///
    /// # Errors
    /// When several ids begin so, or the database cannot be read.
    pub fn change(&self, id_or_beginning: &str) -> Result<Option<Change>, StoreError> {
        self.read("a change", |connection| {
            // `~` sorts after every character of an id.
            let sql = format!(
                "SELECT {COLUMNS} FROM change AS c WHERE c.id >= ?1 AND c.id < ?1 || '~'
                 ORDER BY c.id LIMIT 2"
            );
            let mut found = all(connection, &sql, [id_or_beginning], CHANGE, change)?;
            let exact = found.first().is_some_and(|c| c.id.as_str() == id_or_beginning);
            if id_or_beginning.is_empty() || (found.len() > 1 && !exact) {
                let prefix = id_or_beginning.to_owned();
                return Err(StoreError::AmbiguousChange { prefix }.into());
            }
            found.truncate(1);
            Ok(found.pop())
        })
    }
}

/// Notes that, for now, only the operator is told of an event.
pub(super) fn put_untold(connection: &Connection, event: &Event) -> Result<(), Trouble> {
    let sql = "INSERT INTO untold (event, source) VALUES (?1, ?2)";
    run(connection, sql, [event.id.as_str(), event.source.as_str()])?;
    Ok(())
}

/// Notes that subscribers are now told of everything that only the operator was told of a source.
pub(super) fn mark_told(
    connection: &Connection,
    source: &SourceId,
    at: Timestamp,
) -> Result<(), Trouble> {
    told::tell_untold(connection, source, at)?;
    let sql = "UPDATE untold SET told_at = ?2 WHERE source = ?1 AND told_at IS NULL";
    run(connection, sql, params![source.as_str(), micros(at)])?;
    Ok(())
}

/// Writes an event and its changes.
pub(super) fn put(connection: &Connection, check: CheckId, event: &Event) -> Result<(), Trouble> {
    run(
        connection,
        "INSERT INTO event (id, source, check_id, seen_at) VALUES (?1, ?2, ?3, ?4)",
        params![event.id.as_str(), event.source.as_str(), check.0, micros(event.seen_at)],
    )?;
    let mut placed = Vec::with_capacity(event.changes.len());
    for change in &event.changes {
        let place = put_change(connection, change)?;
        note_open(connection, place, change)?;
        placed.push((place, change));
    }
    index::put(connection, &placed)
}

/// Writes a change; returns its place in the log.
fn put_change(connection: &Connection, change: &Change) -> Result<i64, Trouble> {
    let place = free_place(connection, change)?;
    let side = |side: Option<&_>| side.map(|side| json::tagged_side(side).to_string());
    let proof = |evidence: Option<&_>| evidence.map(|e| evidence_json(e).to_string());
    run(
        connection,
        "INSERT INTO change (place, id, event, seen_at, last_seen_unchanged_at, published_on,
            effective_on, expires_on, applies_to, stage, jurisdiction, program, source, fact,
            record, field, kind, old, new, severity, rules, summary_en, summary_fr, url, snapshot,
            before, after)
         VALUES (:place, :id, :event, :seen, :unchanged, :published, :effective, :expires,
            :applies, :stage, :jurisdiction, :program, :source, :fact, :record, :field, :kind,
            :old, :new, :severity, :rules, :en, :fr, :url, :snapshot, :before, :after)",
        named_params! {
            ":place": place,
            ":id": change.id.as_str(),
            ":event": change.event.as_str(),
            ":seen": micros(change.seen_at),
            ":unchanged": change.last_seen_unchanged_at.map(micros),
            ":published": iso(change.dates.published_on),
            ":effective": iso(change.dates.effective_on),
            ":expires": iso(change.dates.expires_on),
            ":applies": change.dates.applies_to,
            ":stage": change.stage.word(),
            ":jurisdiction": change.jurisdiction,
            ":program": change.program,
            ":source": change.source.as_str(),
            ":fact": change.fact.as_str(),
            ":record": change.record.as_str(),
            ":field": change.field.as_ref().map(FieldName::as_str),
            ":kind": change.kind.word(),
            ":old": side(change.old.as_ref()),
            ":new": side(change.new.as_ref()),
            ":severity": rank(change.severity),
            ":rules": change.rules.iter().map(RuleId::as_str).collect::<Json>().to_string(),
            ":en": change.summary.en,
            ":fr": change.summary.fr,
            ":url": change.url,
            ":snapshot": change.snapshot.as_str(),
            ":before": proof(change.before.as_ref()),
            ":after": proof(change.after.as_ref()),
        },
    )?;
    Ok(place)
}

/// Keeps the list of open announcements: a change closes what was announced before it for the same
/// record and field, and may be an announcement itself.
fn note_open(connection: &Connection, place: i64, change: &Change) -> Result<(), Trouble> {
    let sql = "DELETE FROM open_announcement WHERE place IN (SELECT place FROM change
        WHERE source = ?1 AND fact = ?2 AND record = ?3 AND (field IS ?4 OR ?4 IS NULL)
        AND stage = 'announced' AND place < ?5)";
    let field = change.field.as_ref().map(FieldName::as_str);
    let about = [change.source.as_str(), change.fact.as_str(), change.record.as_str()];
    run(connection, sql, params![about[0], about[1], about[2], field, place])?;
    if change.stage == Stage::Announced {
        open_again(connection, change)?;
    }
    Ok(())
}

/// Opens the announcements for the record of a change after which nothing else stands, and notes of all open
/// ones of the record when they are due.
pub(super) fn open_again(connection: &Connection, change: &Change) -> Result<(), Trouble> {
    let about = [change.source.as_str(), change.fact.as_str(), change.record.as_str()];
    let open = format!(
        "INSERT OR IGNORE INTO open_announcement (place, effective_on)
         SELECT c.place, c.effective_on FROM change AS c
         WHERE c.source = ?1 AND c.fact = ?2 AND c.record = ?3
         AND c.stage = 'announced' AND c.effective_on IS NOT NULL AND NOT {SUPERSEDED}"
    );
    run(connection, &open, about)?;
    let note = format!(
        "UPDATE open_announcement SET due_on = (
            SELECT {DUE_ON} FROM change AS c WHERE c.place = open_announcement.place)
         WHERE place IN (SELECT place FROM change
            WHERE source = ?1 AND fact = ?2 AND record = ?3 AND stage = 'announced')"
    );
    run(connection, &note, about)?;
    Ok(())
}

/// The next free place in the log for a change: after the others of its millisecond.
fn free_place(connection: &Connection, change: &Change) -> Result<i64, Trouble> {
    let (start, end) = (index::place(change.seen_at, 0), index::place(change.seen_at, 1));
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(place) FROM change WHERE place >= ?1 AND place < ?2")?
        .query_row([start, end], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(last.map_or(start, |last| last + 1))
}

/// A severity as a number, so that it can be compared.
fn rank(severity: Severity) -> i64 {
    match severity {
        Severity::Info => 0,
        Severity::Warn => 1,
        Severity::Block => 2,
    }
}

fn event(cells: &Cells<'_, '_>) -> Result<Event, Trouble> {
    Ok(Event {
        id: cells.parsed("id", EventId::parse)?,
        source: cells.parsed("source", SourceId::parse)?,
        check: Some(CheckId(cells.get("check_id")?)),
        seen_at: cells.moment("seen_at")?,
        changes: Vec::new(),
    })
}

/// Reads a change from [`COLUMNS`].
pub(super) fn change(cells: &Cells<'_, '_>) -> Result<Change, Trouble> {
    let severity: i64 = cells.get("severity")?;
    let severity = Severity::ALL.into_iter().find(|known| rank(*known) == severity);
    Ok(Change {
        id: cells.parsed("id", ChangeId::parse)?,
        event: cells.parsed("event", EventId::parse)?,
        seen_at: cells.moment("seen_at")?,
        last_seen_unchanged_at: cells.moment_if("last_seen_unchanged_at")?,
        dates: Dates {
            published_on: cells.day_if("published_on")?,
            effective_on: cells.day_if("effective_on")?,
            expires_on: cells.day_if("expires_on")?,
            applies_to: cells.get("applies_to")?,
        },
        stage: cells.word("stage", Stage::from_word)?,
        jurisdiction: cells.get("jurisdiction")?,
        program: cells.get("program")?,
        source: cells.parsed("source", SourceId::parse)?,
        fact: cells.parsed("fact", FactKey::parse)?,
        record: cells.parsed("record", RecordKey::parse)?,
        field: cells.parsed_if("field", FieldName::parse)?,
        kind: cells.word("kind", ChangeKind::from_word)?,
        old: cells.json_if("old", json::untag_side)?,
        new: cells.json_if("new", json::untag_side)?,
        severity: severity.ok_or_else(|| cells.bad("severity", "it is none of 0, 1 and 2"))?,
        rules: cells.json("rules", |json| list(json, |rule| RuleId::parse(rule).ok()))?,
        summary: Bilingual { en: cells.get("summary_en")?, fr: cells.get("summary_fr")? },
        url: cells.get("url")?,
        snapshot: cells.parsed("snapshot", SnapshotId::parse)?,
        before: cells.json_if("before", evidence)?,
        after: cells.json_if("after", evidence)?,
    })
}
