//! One source checked once: fetched, read, judged, compared, recorded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use super::changes::{self, Seen};
use super::conclude::{Conclusion, Hold, Known, conclude, next_fetch};
use super::read::{read, reader};
use super::{Engine, EngineError, Inner, Trust};
use crate::alert::{self, Occasion};
use crate::catalog::Source;
use crate::fetch::{Reply, Request, validators};
use crate::model::{
    Breakage, Change, CheckOutcome, Event, EventId, FactKey, Facts, Language, Page, SnapshotId,
    SourceId, UnchangedReason, Verified,
};
use crate::render::CheckLine;
use crate::render::letter::{News, Settlement};
use crate::store::{
    Asked, CheckRecord, DeliveryKind, Held, HoldAction, NewDelivery, RE_FETCH, ReadWith,
    ReviewMark, SourceState, Standing, Verdict, snapshot_id,
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
        let request = self.request(id)?;
        let reply = self.0.fetcher.fetch(&request, self.0.clock.as_ref()).await;
        let (inner, id) = (Arc::clone(&self.0), id.clone());
        tokio::task::spawn_blocking(move || inner.record_reply(&id, reply, started_at)).await?
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
        self.0.record_reply(id, Reply::Page(page), now)
    }

    /// Checks a source against a page of a moment in the past, as a replay does.
    pub(super) fn check_capture(&self, id: &SourceId, page: Page) -> Result<Report, EngineError> {
        let at = page.fetched_at;
        self.0.record_reply(id, Reply::Page(page), at)
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
        id: &SourceId,
        reply: Reply,
        started_at: Timestamp,
    ) -> Result<Report, EngineError> {
        let source = self.source(id)?;
        let checked = Checked { source, started_at, standing: Standing::Live };
        let (state, is_current) = self.read_again(source, started_at)?;
        match reply {
            Reply::Page(page) => self.record_page(&checked, state.as_ref(), is_current, &page),
            Reply::NotModified { .. } => {
                let outcome = CheckOutcome::Unchanged(UnchangedReason::NotModified);
                self.record_plain(&checked, state.as_ref(), outcome)
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
        let deliveries = self.to_operator(checked, state, &outcome, None, now)?;
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
    ) -> Result<Report, EngineError> {
        let held = self.store().hold(&checked.source.id)?;
        let snapshot = snapshot_id(&page.body);
        let same = state.is_some_and(|s| s.snapshot.as_ref() == Some(&snapshot));
        if same && is_current && held.is_none() {
            return self.record_same(checked, state, page);
        }
        let has_facts = is_current && state.is_some_and(|state| state.last_read_at.is_some());
        let last_good_at = state.and_then(|state| state.last_good_at);
        let known = Known {
            facts: if has_facts { Some(self.store().facts(&checked.source.id)?) } else { None },
            stamped_on: state.and_then(|state| state.stamped_on).filter(|_| has_facts),
            held: held.as_ref().map(|held| (held.facts.clone(), held.tries)),
            rejected: self.store().rejected(&checked.source.id, last_good_at)?,
            confirmations: u32::try_from(self.confirmation.0.len()).unwrap_or(u32::MAX),
        };
        let read = read(&self.converter, checked.source, page);
        let conclusion = conclude(checked.source, read, &known);
        let checked_at = page.fetched_at;
        let event = self.event(checked.source, state, &snapshot, checked_at, &conclusion)?;
        self.record_conclusion(checked, (state, held.as_ref()), page, conclusion, event)
    }

    /// The event of what a page says anew.
    pub(super) fn event(
        &self,
        source: &Source,
        state: Option<&SourceState>,
        snapshot: &SnapshotId,
        at: Timestamp,
        conclusion: &Conclusion,
    ) -> Result<Option<Event>, EngineError> {
        let seen = Seen {
            catalog: &self.catalog,
            source,
            at,
            last_unchanged: state.and_then(|state| state.last_good_at),
            snapshot,
            today: at.to_zoned(self.correspondence.zone.clone()).date(),
            published_on: conclusion.extraction.stamped_on,
        };
        let mut event = changes::event(&seen, &conclusion.comparison);
        if let Some(event) = &mut event {
            let earlier = self.store().earlier(&event.changes)?;
            changes::mark_reversed(event, &earlier);
        }
        Ok(event)
    }

    /// The very bytes of the page that the accepted facts were read from.
    fn record_same(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        page: &Page,
    ) -> Result<Report, EngineError> {
        let outcome = CheckOutcome::Unchanged(UnchangedReason::SameBytes);
        let deliveries = self.to_operator(checked, state, &outcome, None, page.fetched_at)?;
        let record = CheckRecord {
            started_at: checked.started_at,
            standing: checked.standing,
            page: Some(page),
            asked: Some(asked(page)),
            deliveries: &deliveries,
            ..CheckRecord::new(&checked.source.id, page.fetched_at, &outcome)
        };
        self.store().record_check(&record)?;
        Ok(report(checked.source, page.fetched_at, outcome))
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
            Hold::Confirmed { tries } => {
                HoldAction::Keep { tries: *tries, next_fetch_at: next_fetch(delays, *tries, at) }
            }
            Hold::Release => HoldAction::Settle { verdict: Verdict::Released, by: RE_FETCH },
            Hold::Reject => HoldAction::Settle { verdict: Verdict::Rejected, by: RE_FETCH },
        }
    }

    /// The letters that subscribers are owed. Facts that nobody has reviewed are told to nobody
    /// else: the operator's letter is owed in their place.
    pub(super) fn to_readers(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        event: &Event,
        now: Timestamp,
    ) -> Result<Vec<NewDelivery>, EngineError> {
        if state.is_some_and(|state| state.unreviewed) {
            let news = News::Unreviewed { event: &event.id, changes: &event.changes, at: now };
            return self.operator(checked, Occasion::Unreviewed { event: &event.id }, news, now);
        }
        let subscribers = self.store().subscribers()?;
        let owed = alert::plan(event, &subscribers, now).into_iter();
        Ok(owed
            .map(|delivery| {
                let reader = subscribers.iter().find(|s| Some(s.id) == delivery.subscriber);
                let language = reader.map_or(Language::En, |reader| reader.language);
                NewDelivery { delivery, kind: DeliveryKind::Alert, language, message: None }
            })
            .collect())
    }

    /// The letter that tells the operator how what they were told was held ended without them;
    /// none where another letter to them says so already.
    fn settled(
        &self,
        checked: &Checked<'_>,
        held: &Held,
        hold: &Hold,
        owed: &[NewDelivery],
        at: Timestamp,
    ) -> Result<Vec<NewDelivery>, EngineError> {
        let how = match hold {
            Hold::Release => Settlement::Released,
            Hold::Reject => Settlement::Rejected,
            Hold::Leave | Hold::Open(_) | Hold::Confirmed { .. } => return Ok(Vec::new()),
        };
        let operator = self.correspondence.operator.as_ref();
        // An alert of the same event, or that nobody has reviewed it.
        let knows = |owed: &NewDelivery| {
            owed.delivery.event.is_some() && Some(&owed.delivery.to) == operator
        };
        let Some(event) = held.event.as_ref().filter(|_| !owed.iter().any(knows)) else {
            return Ok(Vec::new());
        };
        let news = News::Settled { event, how, since: held.held_at, at };
        self.operator(checked, Occasion::Settled { event }, news, at)
    }

    /// The letter that the operator is owed, if any: a source broke, works again, or waits.
    fn to_operator(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        outcome: &CheckOutcome,
        event: Option<&Event>,
        now: Timestamp,
    ) -> Result<Vec<NewDelivery>, EngineError> {
        let source = &checked.source.id;
        let failing = state.and_then(|state| state.failing.as_ref());
        let told = failing.filter(|failing| failing.operator_told_at.is_some());
        if let (CheckOutcome::Held(reason), Some(event)) = (outcome, event) {
            let news = News::Held { event: &event.id, reason, changes: &event.changes, at: now };
            return self.operator(checked, Occasion::Held { event: &event.id }, news, now);
        }
        if outcome.is_good() {
            let Some(failing) = told else { return Ok(Vec::new()) };
            let news = News::Recovered { since: failing.since, at: now };
            let occasion = Occasion::Recovered { source, since: failing.since };
            return self.operator(checked, occasion, news, now);
        }
        // One lost connection is nobody's trouble; the second in a row is.
        let first_loss = matches!(outcome, CheckOutcome::Unreachable(_)) && failing.is_none();
        if told.is_some() || first_loss || matches!(outcome, CheckOutcome::Held(_)) {
            return Ok(Vec::new());
        }
        let since = failing.map_or(now, |failing| failing.since);
        let last_good = state.and_then(|state| state.last_good_at);
        let news = News::Broken { outcome, since, last_good };
        self.operator(checked, Occasion::Broken { source, since }, news, now)
    }

    fn operator(
        &self,
        checked: &Checked<'_>,
        occasion: Occasion<'_>,
        news: News<'_>,
        now: Timestamp,
    ) -> Result<Vec<NewDelivery>, EngineError> {
        let Some(to) = self.correspondence.operator.as_ref() else { return Ok(Vec::new()) };
        let delivery = alert::operator_delivery(to, occasion, now);
        let message = self.operator_message(checked.source, news, &delivery.id, to, now)?;
        Ok(vec![NewDelivery {
            delivery,
            kind: DeliveryKind::Operator,
            language: self.correspondence.language,
            message: Some(message),
        }])
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
