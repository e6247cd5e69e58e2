//! One source checked once: fetched, read, judged, compared, recorded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use super::conclude::{Conclusion, Hold, Known, broken, conclude, next_fetch};
use super::event::day;
use super::read::{read, readable, reader};
use super::{Engine, EngineError, Inner, Trust};
use crate::catalog::Source;
use crate::fetch::{Reply, Request, validators};
use crate::model::{
    Breakage, Change, CheckOutcome, Event, EventId, FactKey, Facts, Page, SourceId,
    UnchangedReason, Verified,
};
use crate::render::CheckLine;
use crate::store::{
    Asked, CheckRecord, Held, HoldAction, RE_FETCH, ReadWith, ReviewMark, SourceState, Standing,
    Verdict, snapshot_id,
};

/// What a check did, to be told.
#[derive(Debug, Clone)]
pub struct Report {
    /// The source.
    pub source: SourceId,
    /// When the page was had.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// Records read, by fact set.
    pub records: BTreeMap<FactKey, usize>,
    /// Records of series that moved.
    pub updates: BTreeMap<FactKey, usize>,
    /// What a held check would say.
    pub held: Vec<Change>,
    /// The recorded changes.
    pub changes: Vec<Change>,
    /// Parts of the page that could not be read.
    pub complaints: usize,
}

impl Report {
    /// What is said of it; `capture` is the file's name in a replay.
    #[must_use]
    pub fn line<'a>(&'a self, capture: Option<&'a str>) -> CheckLine<'a> {
        CheckLine {
            capture,
            at: self.at,
            source: &self.source,
            outcome: &self.outcome,
            records: &self.records,
            updates: &self.updates,
            held: &self.held,
            changes: &self.changes,
        }
    }
}

/// How a page came to be checked.
pub(super) struct Checked<'a> {
    pub(super) source: &'a Source,
    pub(super) started_at: Timestamp,
    pub(super) standing: Standing,
}

impl Engine {
    /// Checks a source now.
    ///
    /// # Errors
    /// When our own side fails; what happens to the page is in the report.
    pub async fn check(&self, id: &SourceId) -> Result<Report, EngineError> {
        let started_at = self.0.clock.now();
        // What a page is read with is compiled as it is used, and goes with the copy.
        let source = self.0.source(id)?.clone();
        let request = self.request(id)?;
        let reply = self.0.fetcher.fetch(&request, self.0.clock.as_ref()).await;
        let twin = self.twin(id, &reply).await?;
        let inner = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || inner.record_reply(&source, reply, twin, started_at))
            .await?
    }

    /// The French page, where the source has one and something is held that it can be asked of. One
    /// that does not come has no say.
    async fn twin(&self, id: &SourceId, reply: &Reply) -> Result<Option<Page>, EngineError> {
        let url = self.0.source(id)?.url_fr.clone().filter(|_| self.0.mirror.is_none());
        let (Some(url), Reply::Page(_)) = (url, reply) else { return Ok(None) };
        if self.ask(|store| store.hold(id))?.is_none() {
            return Ok(None);
        }
        match self.0.fetcher.fetch(&Request::new(url), self.0.clock.as_ref()).await {
            Reply::Page(page) => Ok(Some(page)),
            _ => Ok(None),
        }
    }

    /// Checks a source against a page that a person saved.
    ///
    /// # Errors
    /// When the file cannot be read, or our own side fails.
    pub fn check_file(&self, id: &SourceId, file: &Path) -> Result<Report, EngineError> {
        let source = self.0.source(id)?;
        let body = std::fs::read(file)
            .map_err(|source| EngineError::ReadPage { path: file.display().to_string(), source })?;
        let now = self.0.clock.now();
        let page = Page::from_file(source.url.clone(), body, now);
        self.0.record_reply(source, Reply::Page(page), None, now)
    }

    /// Checks a source against a page of a moment in the past, as a replay does.
    pub(super) fn check_capture(&self, id: &SourceId, page: Page) -> Result<Report, EngineError> {
        let at = page.fetched_at;
        self.0.record_reply(self.0.source(id)?, Reply::Page(page), None, at)
    }

    /// The request for a source: conditional on what its last page gave, unless something waits for
    /// confirmation, which needs the page itself.
    fn request(&self, id: &SourceId) -> Result<Request, EngineError> {
        let source = self.0.source(id)?;
        let mirrored = self.0.mirror.as_ref().and_then(|base| base.join(id.as_str()).ok());
        let mut request = Request::new(mirrored.unwrap_or_else(|| source.url.clone()));
        let (state, held) = self.ask(|store| Ok((store.source_state(id)?, store.hold(id)?)))?;
        if held.is_none() && state.as_ref().is_some_and(|state| self.0.is_current(state, source)) {
            request.validators =
                state.and_then(|s| s.asked).map(|asked| (asked.url, asked.validators));
        }
        Ok(request)
    }
}

impl Inner {
    /// Whether the accepted facts were read with this recipe and this reader.
    fn is_current(&self, state: &SourceState, source: &Source) -> bool {
        state.read_with.as_ref().is_some_and(|(recipe, with)| {
            *recipe == source.recipe.hash && *with == reader(&self.converter, source)
        })
    }

    fn record_reply(
        &self,
        source: &Source,
        reply: Reply,
        twin: Option<Page>,
        started_at: Timestamp,
    ) -> Result<Report, EngineError> {
        let checked = Checked { source, started_at, standing: Standing::Live };
        let (state, is_current) = self.read_again(source, started_at)?;
        match reply {
            Reply::Page(page) => {
                self.record_page(&checked, state.as_ref(), is_current, &page, twin)
            }
            Reply::NotModified { .. } => {
                self.record_same(&checked, state.as_ref(), None, UnchangedReason::NotModified)
            }
            Reply::Gone(gone) => {
                self.record_plain(&checked, state.as_ref(), CheckOutcome::Gone(gone))
            }
            Reply::Refused(refusal) => {
                self.record_plain(&checked, state.as_ref(), CheckOutcome::Refused(refusal))
            }
            Reply::TooLarge { limit } => {
                let outcome = CheckOutcome::Broken(Breakage::TooLarge { limit });
                self.record_plain(&checked, state.as_ref(), outcome)
            }
            Reply::Failed(failure) => {
                self.record_plain(&checked, state.as_ref(), CheckOutcome::Unreachable(failure))
            }
        }
    }

    /// Reads the last page again when the recipe or the reader changed: a new baseline that nobody
    /// is told of. Returns how the source stands, and whether its facts are those of this recipe; a
    /// recipe that cannot read the last page takes its baseline from the next one.
    fn read_again(
        &self,
        source: &Source,
        at: Timestamp,
    ) -> Result<(Option<SourceState>, bool), EngineError> {
        let state = self.store().source_state(&source.id)?;
        let is_read = |state: &SourceState| state.read_with.is_some();
        if state.as_ref().is_none_or(|s| !is_read(s) || self.is_current(s, source)) {
            return Ok((state, true));
        }
        let page = self.store().last_page(&source.id)?;
        let read = page.and_then(|page| read(&self.converter, source, &page).ok());
        let Some(extraction) = read else { return Ok((state, false)) };
        let outcome = CheckOutcome::Baseline;
        let reader = reader(&self.converter, source);
        let record = CheckRecord {
            stamped_on: extraction.stamped_on,
            read_with: Some(ReadWith { recipe: &source.recipe.hash, reader: &reader }),
            records: counts(&extraction.facts),
            accept: Some(&extraction.facts),
            ..CheckRecord::new(&source.id, at, &outcome)
        };
        self.store().record_check(&record)?;
        Ok((self.store().source_state(&source.id)?, true))
    }

    /// Records a check that read no facts.
    fn record_plain(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        outcome: CheckOutcome,
    ) -> Result<Report, EngineError> {
        let now = self.ended(checked);
        let mut deliveries = self.to_operator(checked, state, &outcome, None, now)?;
        deliveries.extend(self.stale(checked, state, &outcome, now)?);
        let record = CheckRecord {
            started_at: checked.started_at,
            standing: checked.standing,
            deliveries: &deliveries,
            ..CheckRecord::new(&checked.source.id, now, &outcome)
        };
        self.store().record_check(&record)?;
        Ok(report(checked.source, now, outcome))
    }

    fn record_page(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        is_current: bool,
        page: &Page,
        twin: Option<Page>,
    ) -> Result<Report, EngineError> {
        let held = self.store().hold(&checked.source.id)?;
        let snapshot = snapshot_id(&page.body);
        let same = state.is_some_and(|s| s.snapshot.as_ref() == Some(&snapshot));
        if same && is_current && held.is_none() {
            return self.record_same(checked, state, Some(page), UnchangedReason::SameBytes);
        }
        let has_facts = is_current && state.is_some_and(|state| state.last_read_at.is_some());
        let last_good_at = state.and_then(|state| state.last_good_at);
        let readable_twin = |twin: Page| {
            let twin = readable(&self.converter, checked.source, &twin).ok()?;
            Some(twin.into_owned())
        };
        let known = Known {
            facts: if has_facts { Some(self.store().facts(&checked.source.id)?) } else { None },
            stamped_on: state.and_then(|state| state.stamped_on).filter(|_| has_facts),
            held: held.as_ref().map(|held| (held.facts.clone(), held.tries)),
            rejected: self.store().rejected(&checked.source.id, last_good_at)?,
            confirmations: u32::try_from(self.confirmation.0.len()).unwrap_or(u32::MAX),
            relocated: state.and_then(|state| state.relocated.clone()),
            today: day(checked.source, page.fetched_at),
            twin: twin.and_then(readable_twin),
            crosswalks: self.catalog.crosswalks().to_vec(),
        };
        let mut conclusion = match readable(&self.converter, checked.source, page) {
            Ok(page) => conclude(checked.source, &page, &known),
            Err(breakage) => broken(breakage),
        };
        let checked_at = page.fetched_at;
        let event = self.event(checked.source, state, &snapshot, checked_at, &conclusion)?;
        if event.is_some()
            && conclusion.outcome.is_good()
            && conclusion.comparison.deltas.is_empty()
        {
            // The facts are the same, and what was said of them has come to be.
            conclusion.outcome = CheckOutcome::Changed;
        }
        self.record_conclusion(checked, (state, held.as_ref()), page, conclusion, event)
    }

    /// A page that says it has not changed, or its very bytes: nothing is read. All that can have come
    /// is a day.
    fn record_same(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        page: Option<&Page>,
        reason: UnchangedReason,
    ) -> Result<Report, EngineError> {
        let source = checked.source;
        let at = page.map_or_else(|| self.ended(checked), |page| page.fetched_at);
        let event = self.meanwhile(source, state, at)?;
        let outcome = match event {
            Some(_) => CheckOutcome::Changed,
            None => CheckOutcome::Unchanged(reason),
        };
        let mut deliveries = self.to_operator(checked, state, &outcome, None, at)?;
        if let Some(event) = &event {
            deliveries.extend(self.to_readers(checked, state, event, at)?);
        }
        let record = CheckRecord {
            started_at: checked.started_at,
            standing: checked.standing,
            page,
            asked: page.map(asked),
            event: event.as_ref(),
            deliveries: &deliveries,
            ..CheckRecord::new(&source.id, at, &outcome)
        };
        self.store().record_check(&record)?;
        let changes = event.map(|event| event.changes).unwrap_or_default();
        Ok(Report { changes, ..report(source, at, outcome) })
    }

    fn record_conclusion(
        &self,
        checked: &Checked<'_>,
        (state, held): (Option<&SourceState>, Option<&Held>),
        page: &Page,
        conclusion: Conclusion,
        event: Option<Event>,
    ) -> Result<Report, EngineError> {
        let source = checked.source;
        let at = page.fetched_at;
        let news = event.as_ref().filter(|_| conclusion.accepted);
        // What a re-fetch confirms and another has yet to is held still: the operator knows.
        let opened = event.as_ref().filter(|_| matches!(conclusion.hold, Hold::Open(_)));
        let mut deliveries = self.to_operator(checked, state, &conclusion.outcome, opened, at)?;
        deliveries.extend(self.stale(checked, state, &conclusion.outcome, at)?);
        deliveries.extend(self.moved(checked, state, &conclusion, at)?);
        if let Some(event) = news {
            deliveries.extend(self.to_readers(checked, state, event, at)?);
        }
        if let Some(held) = held {
            deliveries.extend(self.settled(checked, held, &conclusion.hold, &deliveries, at)?);
        }
        let facts = &conclusion.extraction.facts;
        let reader = reader(&self.converter, source);
        let record = CheckRecord {
            started_at: checked.started_at,
            ended_at: self.ended(checked).max(at),
            standing: checked.standing,
            read_with: Some(ReadWith { recipe: &source.recipe.hash, reader: &reader }),
            page: Some(page),
            accept: conclusion.accepted.then_some(facts),
            stamped_on: stamp(state, &conclusion),
            relocated: conclusion.relocated.as_deref(),
            records: counts(facts),
            updates: conclusion.comparison.updates.clone(),
            event: news,
            deliveries: &deliveries,
            asked: conclusion.accepted.then(|| asked(page)),
            review: self.review(source, &conclusion),
            hold: self.hold(&conclusion, facts, opened.map(|event| &event.id), at),
            ..CheckRecord::new(&source.id, at, &conclusion.outcome)
        };
        self.store().record_check(&record)?;
        let changes = event.map(|event| event.changes).unwrap_or_default();
        let is_held = matches!(conclusion.outcome, CheckOutcome::Held(_));
        let (held, changes) = match (is_held, conclusion.accepted) {
            (true, _) => (changes, Vec::new()),
            (false, true) => (Vec::new(), changes),
            (false, false) => (Vec::new(), Vec::new()),
        };
        Ok(Report {
            records: counts(facts),
            updates: conclusion.comparison.updates,
            held,
            changes,
            complaints: conclusion.extraction.complaints.len(),
            ..report(source, at, conclusion.outcome)
        })
    }

    /// First facts of a recipe that was never tried on a real page wait for a person.
    fn review(&self, source: &Source, conclusion: &Conclusion) -> ReviewMark {
        let doubted = match self.trust {
            Trust::Everything => false,
            Trust::Tried => source.verified == Verified::Structure && !source.recipe.is_plain(),
            Trust::Nothing => true,
        };
        let first = conclusion.outcome == CheckOutcome::Baseline;
        if first && doubted { ReviewMark::Unreviewed } else { ReviewMark::Leave }
    }

    fn hold<'a>(
        &self,
        conclusion: &'a Conclusion,
        facts: &'a Facts,
        event: Option<&'a EventId>,
        at: Timestamp,
    ) -> HoldAction<'a> {
        let delays = &self.confirmation.0;
        match &conclusion.hold {
            Hold::Leave => HoldAction::None,
            Hold::Open(reason) => {
                let next_fetch_at = next_fetch(delays, 0, at);
                HoldAction::Open { event, facts, reason, next_fetch_at }
            }
            Hold::Confirmed { tries, twin } => HoldAction::Keep {
                tries: *tries,
                next_fetch_at: next_fetch(delays, *tries, at),
                twin: twin.as_deref(),
            },
            Hold::Release => HoldAction::Settle { verdict: Verdict::Released, by: RE_FETCH },
            Hold::Reject => HoldAction::Settle { verdict: Verdict::Rejected, by: RE_FETCH },
        }
    }

    /// When a check ended: a replay's clock stands at its page.
    fn ended(&self, checked: &Checked<'_>) -> Timestamp {
        self.clock.now().max(checked.started_at)
    }
}

/// The day that the believed page is of. The same facts on an older copy make it no older; what was
/// held and is believed after all does.
fn stamp(state: Option<&SourceState>, conclusion: &Conclusion) -> Option<Date> {
    let came = conclusion.extraction.stamped_on;
    let known = state.and_then(|state| state.stamped_on);
    if conclusion.hold == Hold::Release { came } else { came.max(known) }
}

fn asked(page: &Page) -> Asked {
    Asked { url: page.url().clone(), validators: validators(page) }
}

pub(super) fn counts(facts: &Facts) -> BTreeMap<FactKey, usize> {
    facts.iter().map(|(key, set)| (key.clone(), set.records.len())).collect()
}

fn report(source: &Source, at: Timestamp, outcome: CheckOutcome) -> Report {
    Report {
        source: source.id.clone(),
        at,
        outcome,
        records: BTreeMap::new(),
        updates: BTreeMap::new(),
        held: Vec::new(),
        changes: Vec::new(),
        complaints: 0,
    }
}
