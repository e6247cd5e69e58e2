//! The state of each source: one row per source, derived from its checks as they are recorded.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};
use url::Url;

use super::{
    CheckRecord, ReviewMark, Standing, Store, StoreError, digest,
    error::Trouble,
    event,
    rows::{Cells, Table, all, first, iso, micros, run},
};
use crate::model::{
    Asked, CheckId, CheckOutcome, DeliveryKind, Episodes, Event, Failing, HoldAction, SnapshotId,
    SourceId, SourceState, StateVersion, Validators,
};

const TABLE: Table = Table { name: "source_state", key: "source" };

const SELECT: &str = "SELECT source, last_check_id, last_checked_at, last_good_at, last_read_at,
    recipe, reader, snapshot, validator_url, etag, last_modified, failing_since_at, failing_word,
    operator_told_at, stamped_on, unreviewed, relocated, version, n_failures, n_holds, n_moves,
    page_at, moved_to
    FROM source_state";

impl Store {
    /// Returns the state of a source; `None` before its first check.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn source_state(&self, source: &SourceId) -> Result<Option<SourceState>, StoreError> {
        self.read("the state of a source", |connection| of(connection, source))
    }

    /// Returns the version of a source's state. A caller that is going to record something of the source
    /// asks for it before anything else.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn version(&self, source: &SourceId) -> Result<StateVersion, StoreError> {
        Ok(SourceState::version_of(self.source_state(source)?.as_ref()))
    }

    /// Returns the state of every source that was ever checked, by id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn source_states(&self) -> Result<Vec<SourceState>, StoreError> {
        self.read("the states of sources", |connection| {
            all(connection, &format!("{SELECT} ORDER BY source"), [], TABLE, state)
        })
    }

    /// Notes that a person has accepted the evidence of a source's facts, and tells subscribers of the
    /// events of [`Store::untold`]. Returns whether the facts were waiting for it.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when something was recorded of the source since the version the
    /// person saw; else when it cannot be written.
    pub fn mark_reviewed(
        &mut self,
        source: &SourceId,
        seen: StateVersion,
        by: &str,
        events: &[Event],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE source_state SET unreviewed = 0, reviewed_by = ?2, reviewed_at = ?3,
             version = version + 1 WHERE source = ?1 AND unreviewed = 1";
        self.write("mark reviewed", |tx| {
            expect(source, seen, of(tx, source)?.as_ref())?;
            if run(tx, sql, params![source.as_str(), by, micros(at)])? == 0 {
                return Ok(false);
            }
            event::mark_told(tx, source, at)?;
            for event in events {
                digest::tell(tx, event, None, at)?;
            }
            Ok(true)
        })
    }
}

/// Refuses what was decided from a version of a source's state that is not the current one.
pub(super) fn expect(
    source: &SourceId,
    expected: StateVersion,
    state: Option<&SourceState>,
) -> Result<(), Trouble> {
    let found = SourceState::version_of(state);
    if found == expected {
        return Ok(());
    }
    Err(StoreError::Superseded { of: source.clone(), expected, found }.into())
}

/// Raises the version of a source's state and changes nothing else in it.
pub(super) fn raise(connection: &Connection, source: &SourceId) -> Result<(), Trouble> {
    let sql = "UPDATE source_state SET version = version + 1 WHERE source = ?1";
    run(connection, sql, [source.as_str()])?;
    Ok(())
}

/// The episodes of a source, with those that a check begins.
fn episodes(before: &SourceState, check: &CheckRecord<'_>) -> Episodes {
    let fails = failing(before.failing.clone(), check).is_some();
    let moves = check.accept.is_some()
        && check.relocated.is_some()
        && check.relocated != before.relocated.as_deref();
    let Episodes { failures, holds, moves: moved } = before.episodes;
    Episodes {
        failures: failures + u32::from(fails && before.failing.is_none()),
        holds: holds
            + u32::from(
                check.holds.iter().any(|(_, action)| matches!(action, HoldAction::Open { .. })),
            ),
        moves: moved + u32::from(moves),
    }
}

/// The state of a source.
pub(super) fn of(
    connection: &Connection,
    source: &SourceId,
) -> Result<Option<SourceState>, Trouble> {
    first(connection, &format!("{SELECT} WHERE source = ?1"), [source.as_str()], TABLE, state)
}

/// The state of a source after a check.
pub(super) fn after(
    before: Option<SourceState>,
    check: &CheckRecord<'_>,
    id: CheckId,
    snapshot: Option<&SnapshotId>,
) -> SourceState {
    let mut state = before.unwrap_or_else(|| SourceState {
        source: check.source.clone(),
        last_check: id,
        last_checked_at: check.started_at,
        last_good_at: None,
        last_read_at: None,
        read_with: None,
        snapshot: None,
        asked: None,
        failing: None,
        stamped_on: None,
        unreviewed: false,
        relocated: None,
        page_at: None,
        moved_to: None,
        version: StateVersion::NONE,
        episodes: Episodes::default(),
    });
    state.version = state.version.next();
    state.episodes = episodes(&state, check);
    // What a person accepts came with an earlier check: it says nothing about the page today.
    let is_word = check.standing == Standing::Review;
    state.last_check = id;
    if !is_word {
        state.last_checked_at = check.started_at;
    }
    if check.page.is_some() && check.standing == Standing::Live {
        state.page_at = Some(check.seen_at);
    }
    state.moved_to = check.moved_to.cloned().or(state.moved_to);
    if check.accept.is_some() {
        state.stamped_on = check.stamped_on.or(state.stamped_on);
        state.last_read_at = Some(check.seen_at);
        state.relocated = check.relocated.map(str::to_owned);
        let words = |with: super::ReadWith<'_>| (with.recipe.to_owned(), with.reader.to_owned());
        state.read_with = check.read_with.map(words).or(state.read_with);
        state.snapshot = snapshot.cloned().or(state.snapshot);
    }
    // A new recipe that reads the last page again says nothing about the page today.
    let read_again = is_word || (check.accept.is_some() && check.page.is_none());
    if is_word {
        // If the page went back meanwhile, "not modified" would refer to other facts.
        state.asked = None;
    }
    // Where one fact set is held, the others were read and believed.
    let is_good = check.outcome.is_good()
        || (matches!(check.outcome, CheckOutcome::Held(_)) && check.accept.is_some());
    if is_good && !read_again {
        state.last_good_at = Some(check.seen_at);
        // A page that was not believed must not make the next request conditional: the answer
        // "not modified" would then refer to facts that nobody accepted.
        state.asked = check.asked.clone().or(state.asked);
    }
    if !read_again {
        state.failing = failing(state.failing, check);
    }
    match check.review {
        ReviewMark::Leave => {}
        ReviewMark::Unreviewed => state.unreviewed = true,
        ReviewMark::Reviewed => state.unreviewed = false,
    }
    state
}

fn failing(before: Option<Failing>, check: &CheckRecord<'_>) -> Option<Failing> {
    let word = match check.outcome {
        // The page can be read; whether it is believed is another matter.
        CheckOutcome::Held(_) => return before,
        good if good.is_good() => return None,
        CheckOutcome::Broken(breakage) => breakage.word(),
        failed => failed.word(),
    };
    // A beginning that is later than now was dated by a wrong clock.
    let since = before.as_ref().map_or(check.seen_at, |failing| failing.since.min(check.seen_at));
    let told_before = before.and_then(|failing| failing.operator_told_at);
    let tells = check.deliveries.iter().any(|pending| pending.kind == DeliveryKind::Operator);
    let operator_told_at = told_before.or(tells.then_some(check.seen_at));
    Some(Failing { since, word: word.to_owned(), operator_told_at })
}

/// Writes the state of a source.
pub(super) fn put(connection: &Connection, state: &SourceState) -> Result<(), Trouble> {
    let failing = state.failing.as_ref();
    let asked = state.asked.as_ref();
    run(
        connection,
        "INSERT INTO source_state (source, last_check_id, last_checked_at, last_good_at,
            last_read_at, recipe, reader, snapshot, validator_url, etag, last_modified,
            failing_since_at, failing_word, operator_told_at, stamped_on, unreviewed, relocated,
            version, n_failures, n_holds, n_moves, page_at, moved_to)
         VALUES (:source, :check, :checked, :good, :read, :recipe, :reader, :snapshot, :url,
            :etag, :modified, :failing, :word, :told, :stamped,
            :unreviewed, :relocated, :version, :failures, :holds, :moves, :page_at, :moved_to)
         ON CONFLICT (source) DO UPDATE SET last_check_id = :check, last_checked_at = :checked,
            last_good_at = :good, last_read_at = :read, recipe = :recipe, reader = :reader,
            snapshot = :snapshot, validator_url = :url, etag = :etag, last_modified = :modified,
            failing_since_at = :failing, failing_word = :word, operator_told_at = :told,
            stamped_on = :stamped, unreviewed = :unreviewed, relocated = :relocated,
            version = :version, n_failures = :failures, n_holds = :holds, n_moves = :moves,
            page_at = :page_at, moved_to = :moved_to",
        named_params! {
            ":source": state.source.as_str(),
            ":check": state.last_check.0,
            ":checked": micros(state.last_checked_at),
            ":good": state.last_good_at.map(micros),
            ":read": state.last_read_at.map(micros),
            ":recipe": state.read_with.as_ref().map(|(recipe, _)| recipe),
            ":reader": state.read_with.as_ref().map(|(_, reader)| reader),
            ":snapshot": state.snapshot.as_ref().map(SnapshotId::as_str),
            ":url": asked.map(|asked| asked.url.as_str()),
            ":etag": asked.and_then(|asked| asked.validators.etag.as_ref()),
            ":modified": asked.and_then(|asked| asked.validators.last_modified.as_ref()),
            ":failing": failing.map(|failing| micros(failing.since)),
            ":word": failing.map(|failing| &failing.word),
            ":told": failing.and_then(|failing| failing.operator_told_at).map(micros),
            ":stamped": iso(state.stamped_on),
            ":unreviewed": state.unreviewed,
            ":relocated": state.relocated,
            ":version": state.version.0,
            ":failures": state.episodes.failures,
            ":holds": state.episodes.holds,
            ":moves": state.episodes.moves,
            ":page_at": state.page_at.map(micros),
            ":moved_to": state.moved_to.as_ref().map(Url::as_str),
        },
    )?;
    Ok(())
}

fn state(cells: &Cells<'_, '_>) -> Result<SourceState, Trouble> {
    let recipe: Option<String> = cells.get("recipe")?;
    let reader: Option<String> = cells.get("reader")?;
    let validators =
        Validators { etag: cells.get("etag")?, last_modified: cells.get("last_modified")? };
    let failing = match cells.moment_if("failing_since_at")? {
        None => None,
        Some(since) => Some(Failing {
            since,
            word: cells.get("failing_word")?,
            operator_told_at: cells.moment_if("operator_told_at")?,
        }),
    };
    Ok(SourceState {
        source: cells.parsed("source", SourceId::parse)?,
        last_check: CheckId(cells.get("last_check_id")?),
        last_checked_at: cells.moment("last_checked_at")?,
        last_good_at: cells.moment_if("last_good_at")?,
        last_read_at: cells.moment_if("last_read_at")?,
        read_with: recipe.zip(reader),
        snapshot: cells.parsed_if("snapshot", SnapshotId::parse)?,
        asked: cells.parsed_if("validator_url", Url::parse)?.map(|url| Asked { url, validators }),
        failing,
        stamped_on: cells.day_if("stamped_on")?,
        unreviewed: cells.get("unreviewed")?,
        relocated: cells.get("relocated")?,
        page_at: cells.moment_if("page_at")?,
        moved_to: cells.parsed_if("moved_to", Url::parse)?,
        version: StateVersion(cells.get("version")?),
        episodes: Episodes {
            failures: cells.count("n_failures")?,
            holds: cells.count("n_holds")?,
            moves: cells.count("n_moves")?,
        },
    })
}
