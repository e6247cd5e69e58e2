//! Records a check: everything it found, in one transaction.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, named_params, params};
use serde_json::{Map, Value as Json};
use url::Url;

use super::{
    Store, StoreError,
    accept::{Acceptance, accept, settle},
    capture::Capture,
    chain, delivery, digest,
    error::Trouble,
    event, hold, recipe,
    retraction::{self, RetractionRecord},
    rows::{Cells, Table, all, first, micros, number, run},
    snapshot::{self, Packed},
    source_state, told, unreadable,
};
use crate::model::{
    Asked, ChangeId, CheckId, CheckOutcome, Complaint, Event, FactKey, Facts, HoldAction,
    NewDelivery, Page, Shares, SnapshotId, SourceId, StateVersion, UnchangedReason, Unread,
    Unreadable, latest_believed,
};

const TABLE: Table = Table { name: "check_run", key: "id" };

const SELECT: &str =
    "SELECT id, source, started_at, seen_at, ended_at, outcome, reason_word, reason,
    accepted, snapshot, recipe, reader, records, updates, imported FROM check_run";

/// A check to be recorded. [`CheckRecord::new`] makes one that found nothing to keep.
#[derive(Debug, Clone)]
pub struct CheckRecord<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// The version of the source's state that it was made from.
    pub made_from: StateVersion,
    /// Whether it is the latest word on its source or a page of the past.
    pub standing: Standing,
    /// Where a page of the past was imported from; `None`: it is our own.
    pub imported: Option<&'a str>,
    /// When it began.
    pub started_at: Timestamp,
    /// When the page was fetched: its facts are known from then on. An event carries the same moment.
    pub seen_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How.
    pub outcome: &'a CheckOutcome,
    /// The recipe and reader used, where the page was read.
    pub read_with: Option<ReadWith<'a>>,
    /// The page to keep as proof. Not kept again where nothing was modified.
    pub page: Option<&'a Page>,
    /// The facts that are believed from now on; also those of a page that says the same in other
    /// bytes, because later bytes are compared with that page.
    pub accept: Option<&'a Facts>,
    /// The date the page gives for itself, where it gives one.
    pub stamped_on: Option<Date>,
    /// Where the facts were found, when not where the recipe looks first.
    pub relocated: Option<&'a str>,
    /// Where the page has moved for good; `None`: nowhere, or nowhere new.
    pub moved_to: Option<&'a Url>,
    /// How many records were read, per fact set.
    pub records: BTreeMap<FactKey, usize>,
    /// How many records of each series moved.
    pub updates: BTreeMap<FactKey, usize>,
    /// What changed.
    pub event: Option<&'a Event>,
    /// The letters it enqueues. A letter to the operator about a failing source marks it as told.
    pub deliveries: &'a [NewDelivery],
    /// Whether the readers of the event are told of it.
    pub is_told: bool,
    /// What makes the next request conditional; `None` leaves it unchanged. Ignored where the page is
    /// not believed.
    pub asked: Option<Asked>,
    /// Whether its facts wait for a person.
    pub review: ReviewMark,
    /// What happens to held fact sets.
    pub holds: &'a [(FactKey, HoldAction)],
    /// What could not be read; `None` where the page was not read.
    pub unreadable: Option<&'a [Unreadable]>,
    /// What is new on the page and not read by any locator.
    pub unread: &'a [Unread],
    /// The recipe's complaints.
    pub complaints: &'a [Complaint],
    /// How the words of the page are read, where they were counted.
    pub shares: Option<Shares>,
    /// What a person says was told wrongly.
    pub retracts: Option<RetractionRecord<'a>>,
    /// The retracted changes on which the page now differs from what it said when they were told.
    pub read_otherwise: &'a [ChangeId],
}

impl<'a> CheckRecord<'a> {
    /// A check that began and ended at the same moment and keeps nothing.
    #[must_use]
    pub fn new(
        source: &'a SourceId,
        made_from: StateVersion,
        at: Timestamp,
        outcome: &'a CheckOutcome,
    ) -> Self {
        Self {
            source,
            made_from,
            standing: Standing::Live,
            imported: None,
            started_at: at,
            seen_at: at,
            ended_at: at,
            outcome,
            read_with: None,
            page: None,
            accept: None,
            stamped_on: None,
            relocated: None,
            moved_to: None,
            records: BTreeMap::new(),
            updates: BTreeMap::new(),
            event: None,
            deliveries: &[],
            is_told: false,
            asked: None,
            review: ReviewMark::Leave,
            holds: &[],
            unreadable: None,
            unread: &[],
            complaints: &[],
            shares: None,
            retracts: None,
            read_otherwise: &[],
        }
    }

    /// The page, if it is to be kept.
    fn kept_page(&self) -> Option<&'a Page> {
        let nothing_new = matches!(
            self.outcome,
            CheckOutcome::Unchanged(UnchangedReason::NotModified | UnchangedReason::SameBytes)
        );
        self.page.filter(|_| !nothing_new)
    }
}

/// Where a check is imported from that only compares a first page with what was imported before it.
pub const JOINED: &str = "the first page after what was imported, compared with it";

/// A check's place in the history of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The latest word on its source, even when the clock was set back meanwhile.
    Live,
    /// A page of the past: it is filed by its time and leaves later facts as they are.
    Imported,
    /// A person's decision on a page that an earlier check fetched.
    Review,
}

/// What a page was read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadWith<'a> {
    /// The recipe, as the SHA-256 of its text.
    pub recipe: &'a str,
    /// Its canonical text, which is stored.
    pub text: &'a str,
    /// The reader's version.
    pub reader: &'a str,
}

/// What a check does to the mark that says a source's facts wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewMark {
    /// Leaves it.
    Leave,
    /// Sets it.
    Unreviewed,
    /// Clears it.
    Reviewed,
}

/// A recorded check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// Its number.
    pub id: CheckId,
    /// The source.
    pub source: SourceId,
    /// When it began.
    pub started_at: Timestamp,
    /// When the page was fetched.
    pub seen_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The outcome's word.
    pub outcome: String,
    /// Why, in one stable word.
    pub reason_word: Option<String>,
    /// Why, for a person.
    pub reason: Option<String>,
    /// Whether its facts were accepted.
    pub accepted: bool,
    /// The page it kept.
    pub snapshot: Option<SnapshotId>,
    /// What it read the page with: recipe and reader.
    pub read_with: Option<(String, String)>,
    /// How many records it read, per fact set.
    pub records: BTreeMap<FactKey, usize>,
    /// How many records of each series moved.
    pub updates: BTreeMap<FactKey, usize>,
    /// Where its page was imported from; `None`: it is our own.
    pub imported: Option<String>,
}

impl Store {
    /// Records a check: the page, its facts, the event and its changes, the letters it enqueues, the
    /// holds and the state of the source. All of it, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when something was recorded of the source since the version the
    /// check was made from; else when it cannot be written. In both cases nothing is written.
    pub fn record_check(&mut self, check: &CheckRecord<'_>) -> Result<CheckId, StoreError> {
        // Compressed before the transaction, so that no other writer waits for it.
        let packed = check
            .kept_page()
            .map(|page| self.read("a snapshot", |c| snapshot::pack(c, &page.body)))
            .transpose()?;
        self.write("record check", |tx| record(tx, check, packed.as_ref()))
    }

    /// Returns a check.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn check(&self, id: CheckId) -> Result<Option<CheckRun>, StoreError> {
        let sql = format!("{SELECT} WHERE id = ?1");
        self.read("a check", |connection| first(connection, &sql, [id.0], TABLE, check_run))
    }

    /// Returns every check of a source, in the order of what they saw: pages of the past in their place.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn timeline(&self, source: &SourceId) -> Result<Vec<CheckRun>, StoreError> {
        let sql = format!("{SELECT} WHERE source = ?1 ORDER BY seen_at, id");
        self.read("the timeline of a source", |connection| {
            all(connection, &sql, [source.as_str()], TABLE, check_run)
        })
    }

    /// Returns every source that was ever checked, by id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sources_checked(&self) -> Result<Vec<SourceId>, StoreError> {
        let sql = "SELECT DISTINCT source FROM check_run ORDER BY source";
        self.read("the sources checked", |connection| {
            all(connection, sql, [], TABLE, |cells| cells.parsed("source", SourceId::parse))
        })
    }

    /// Returns the last checks of our own of a source, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn checks(&self, source: &SourceId, limit: usize) -> Result<Vec<CheckRun>, StoreError> {
        let sql =
            format!("{SELECT} WHERE source = ?1 AND imported IS NULL ORDER BY id DESC LIMIT ?2");
        self.read("checks", |connection| {
            all(connection, &sql, params![source.as_str(), number(limit)], TABLE, check_run)
        })
    }
}

fn record(
    connection: &Connection,
    check: &CheckRecord<'_>,
    packed: Option<&Packed>,
) -> Result<CheckId, Trouble> {
    let before = source_state::of(connection, check.source)?;
    source_state::expect(check.source, check.made_from, before.as_ref())?;
    let seen_at = moment(connection, check)?;
    let is_past = check.standing == Standing::Imported;
    if let Some(packed) = packed {
        snapshot::put(connection, packed, seen_at)?;
    }
    let capture = check.page.zip(packed).map(|(page, packed)| Capture::of(page, &packed.id));
    let kept = (packed.map(|packed| &packed.id), capture.as_ref().map(Capture::hash));
    let id = put_run(connection, check, seen_at, kept)?;
    if let Some(capture) = capture {
        capture.put(connection, id)?;
    }
    if let Some(with) = check.read_with {
        recipe::put(connection, with, seen_at)?;
    }
    let mark = chain::Mark::now(connection)?;
    let (source, is_latest) = (check.source, !is_past);
    if let Some(facts) = check.accept {
        accept(connection, &Acceptance { source, check: id, seen_at, is_latest, facts })?;
    } else if is_latest && is_dated_ahead(connection, check)? {
        settle(connection, source, (id, seen_at))?;
    }
    chain::note_facts(connection, id, mark)?;
    if let Some(event) = check.event {
        event::put(connection, id, event)?;
        chain::link(connection, id, &event.id)?;
        if !is_past && before.as_ref().is_some_and(|state| state.unreviewed) {
            event::put_untold(connection, event)?;
        } else {
            told::tell(connection, &event.id, (!is_past).then_some(check.ended_at))?;
        }
    }
    delivery::enqueue(connection, Some(id), check.deliveries, check.ended_at)?;
    if let Some(event) = check.event.filter(|_| check.is_told) {
        digest::tell(connection, event, Some(id), check.ended_at)?;
    }
    if !is_past
        && check.outcome.is_good()
        && before.as_ref().is_some_and(|state| state.failing.is_some())
    {
        delivery::cancel_stale(connection, check.source, check.ended_at)?;
    }
    hold::apply(connection, check, id, before.as_ref())?;
    unreadable::apply(connection, check, id, before.as_ref())?;
    retraction::apply(connection, check, id)?;
    // A page of the past says nothing about how its source is now.
    if !is_past {
        let state = source_state::after(before, check, id, packed.map(|packed| &packed.id));
        source_state::put(connection, &state)?;
    } else {
        source_state::raise(connection, check.source)?;
    }
    Ok(id)
}

/// The moment from which the check's facts are known. A live check is the latest word on its source:
/// where the clock was set back by seconds, its facts come after those accepted before. What is dated
/// further ahead is of a clock that was wrong, and pushes nothing away from now.
fn moment(connection: &Connection, check: &CheckRecord<'_>) -> Result<i64, Trouble> {
    let seen_at = micros(check.seen_at);
    if check.standing == Standing::Imported || check.accept.is_none() {
        return Ok(seen_at);
    }
    let believed = micros(latest_believed(check.ended_at));
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT max(seen_at) FROM check_run
             WHERE source = ?1 AND accepted = 1 AND seen_at <= ?2",
        )?
        .query_row(params![check.source.as_str(), believed], |row| row.get(0))?;
    let seen_at = if seen_at > believed { micros(check.ended_at) } else { seen_at };
    Ok(last.map_or(seen_at, |last| last.max(seen_at)))
}

/// Whether facts of the source are dated ahead of the check.
fn is_dated_ahead(connection: &Connection, check: &CheckRecord<'_>) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM check_run WHERE source = ?1 AND accepted = 1 AND seen_at > ?2";
    let believed = micros(latest_believed(check.ended_at));
    Ok(connection.prepare_cached(sql)?.exists(params![check.source.as_str(), believed])?)
}

fn put_run(
    connection: &Connection,
    check: &CheckRecord<'_>,
    seen_at: i64,
    (snapshot, capture): (Option<&SnapshotId>, Option<String>),
) -> Result<CheckId, Trouble> {
    run(
        connection,
        "INSERT INTO check_run (source, started_at, seen_at, ended_at, outcome, reason_word,
            reason, accepted, snapshot, recipe, reader, records, updates, imported, capture)
         VALUES (:source, :started, :seen, :ended, :outcome, :word, :reason, :accepted, :snapshot,
            :recipe, :reader, :records, :updates, :imported, :capture)",
        named_params! {
            ":source": check.source.as_str(),
            ":started": micros(check.started_at),
            ":seen": seen_at,
            ":ended": micros(check.ended_at),
            ":outcome": check.outcome.word(),
            ":word": reason_word(check.outcome),
            ":reason": check.outcome.reason(),
            ":accepted": check.accept.is_some(),
            ":snapshot": snapshot.map(SnapshotId::as_str),
            ":recipe": check.read_with.map(|with| with.recipe),
            ":reader": check.read_with.map(|with| with.reader),
            ":records": counts_json(&check.records),
            ":updates": counts_json(&check.updates),
            ":imported": check.imported,
            ":capture": capture,
        },
    )?;
    Ok(CheckId(connection.last_insert_rowid()))
}

fn reason_word(outcome: &CheckOutcome) -> Option<&'static str> {
    match outcome {
        CheckOutcome::Unchanged(UnchangedReason::NotModified) => Some("not_modified"),
        CheckOutcome::Unchanged(UnchangedReason::SameBytes) => Some("same_bytes"),
        CheckOutcome::Unchanged(UnchangedReason::SameFacts) => Some("same_facts"),
        CheckOutcome::Held(reason) => Some(reason.word()),
        CheckOutcome::Broken(breakage) => Some(breakage.word()),
        _ => None,
    }
}

fn counts_json(counts: &BTreeMap<FactKey, usize>) -> Option<String> {
    let json: Map<String, Json> =
        counts.iter().map(|(key, n)| (key.to_string(), Json::from(*n))).collect();
    (!json.is_empty()).then(|| Json::Object(json).to_string())
}

fn counts(json: &Json) -> Option<BTreeMap<FactKey, usize>> {
    let count = |(key, n): (&String, &Json)| {
        Some((FactKey::parse(key).ok()?, usize::try_from(n.as_u64()?).ok()?))
    };
    json.as_object()?.iter().map(count).collect()
}

fn check_run(cells: &Cells<'_, '_>) -> Result<CheckRun, Trouble> {
    let recipe: Option<String> = cells.get("recipe")?;
    let reader: Option<String> = cells.get("reader")?;
    Ok(CheckRun {
        id: CheckId(cells.get("id")?),
        source: cells.parsed("source", SourceId::parse)?,
        started_at: cells.moment("started_at")?,
        seen_at: cells.moment("seen_at")?,
        ended_at: cells.moment("ended_at")?,
        outcome: cells.get("outcome")?,
        reason_word: cells.get("reason_word")?,
        reason: cells.get("reason")?,
        accepted: cells.get("accepted")?,
        snapshot: cells.parsed_if("snapshot", SnapshotId::parse)?,
        read_with: recipe.zip(reader),
        records: cells.json_if("records", counts)?.unwrap_or_default(),
        updates: cells.json_if("updates", counts)?.unwrap_or_default(),
        imported: cells.get("imported")?,
    })
}
