//! Concludes the result of a request and records it in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use url::Url;

use super::event::{Events, event, meanwhile};
use super::{CheckError, Checking, Report, counts, is_current, letters, outage};
use crate::catalog::Source;
use crate::conclude::{
    Conclusion, Excuse, HeldSet, Known, Situation, broken, conclude, day, put_right, rebased, stamp,
};
use crate::fetch::{Reply, validators};
use crate::model::{
    Advice, Asked, Breakage, CheckOutcome, Complaint, Event, FactKey, Facts, Held, HoldAction,
    Lost, NewDelivery, News, Page, SourceState, StateVersion, UnchangedReason, in_full,
};
use crate::reading::{read_known, readable, reader};
use crate::store::{CheckRecord, ReadWith, ReviewMark, StoreError, snapshot_id};
use crate::writing::fault_letter;

/// A check in progress.
struct Case<'a> {
    with: &'a Checking,
    source: &'a Source,
    started_at: Timestamp,
    /// The state of the source before it.
    state: Option<SourceState>,
    /// Whether its facts were read with today's recipe.
    is_current: bool,
    /// Whether its page was requested.
    is_asked: bool,
    /// Where the page has moved for good.
    moved_to: Option<Url>,
}

/// How a check began: when, and from which version of its source's state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    pub(super) at: Timestamp,
    pub(super) version: StateVersion,
    /// Whether the page was requested, and not saved by a person.
    pub(super) is_asked: bool,
}

/// Records the result of a request that was made at the beginning.
pub(super) fn reply(
    with: &Checking,
    source: &Source,
    reply: Reply,
    translation: Option<Page>,
    beginning: Beginning,
) -> Result<Report, CheckError> {
    let (state, is_current) = read_again(with, source, beginning)?;
    let (started_at, is_asked) = (beginning.at, beginning.is_asked);
    let moved_to = reply.moved_to().or(source.followed.as_ref()).filter(|_| is_asked).cloned();
    let case = Case { with, source, started_at, state, is_current, is_asked, moved_to };
    match reply {
        Reply::Page(page) => case.page(&page, translation),
        Reply::NotModified { .. } => case.same(None, UnchangedReason::NotModified),
        Reply::Gone(gone) => case.no_facts(CheckOutcome::Gone(gone)),
        Reply::Refused(refusal) => case.no_facts(CheckOutcome::Refused(refusal)),
        Reply::Broken(breakage) => case.no_facts(CheckOutcome::Broken(breakage)),
        Reply::Failed(failure) => case.no_facts(CheckOutcome::Unreachable(failure)),
    }
}

/// Records an error on our own side as a breakage of the source: the operator is told once, `status`
/// shows it, it is tried again, and the rest goes on.
///
/// # Errors
/// The error itself, when not even that can be recorded; the operator still gets a letter where one
/// can be written. That the database cannot be used, when nothing of it can be read either.
pub(super) fn fault(
    with: &Checking,
    source: &Source,
    fault: CheckError,
    started_at: Timestamp,
) -> Result<Report, CheckError> {
    let error = in_full(&fault);
    let outcome = CheckOutcome::Broken(Breakage::Internal { error: error.clone() });
    match fault_outcome(with, source, outcome.clone(), started_at) {
        Err(unrecorded) if unrecorded.advice() == Advice::TellOperator => {
            tell_operator(with, source, &outcome, &error)?;
            Err(fault)
        }
        recorded => recorded,
    }
}

/// Records how the check ended, and logs it if the source's last check ended differently.
fn fault_outcome(
    with: &Checking,
    source: &Source,
    outcome: CheckOutcome,
    started_at: Timestamp,
) -> Result<Report, CheckError> {
    let state = with.store.ask(|store| store.source_state(&source.id))?;
    let failing = state.as_ref().and_then(|state| state.failing.as_ref());
    let is_new = failing.is_none_or(|failing| failing.word != "internal");
    let (is_current, is_asked, moved_to) = (true, false, None);
    let case = Case { with, source, started_at, state, is_current, is_asked, moved_to };
    let report = case.no_facts(outcome)?;
    if is_new {
        let error = report.outcome.reason().unwrap_or_default();
        tracing::error!(source.id = source.id.as_str(), error, "a check failed on our side");
    }
    Ok(report)
}

/// Tells the operator of a source whose checks cannot be recorded.
fn tell_operator(
    with: &Checking,
    source: &Source,
    outcome: &CheckOutcome,
    error: &str,
) -> Result<(), CheckError> {
    let now = with.clock.now();
    let news = News::Broken { outcome, since: now, last_good: None };
    let letter = fault_letter(&with.correspondence, &with.catalog, source, news, error, now);
    let enqueued = with.store.ask(|store| store.enqueue(&Vec::from_iter(letter), now));
    if let Err(error) = enqueued {
        let words = in_full(&error);
        tracing::error!(
            source.id = source.id.as_str(),
            error = words,
            "the operator cannot be told"
        );
        if error.is_damaged() && !with.store.ask(|store| store.is_any_readable()) {
            return Err(CheckError::Unusable(Box::new(error.into())));
        }
    }
    Ok(())
}

/// Reads the last page again when the recipe or the reader changed: a new baseline that nobody is told
/// of. Returns the state of the source, and whether its facts are those of this recipe; a recipe that
/// cannot read the last page takes its baseline from the next one.
fn read_again(
    with: &Checking,
    source: &Source,
    beginning: Beginning,
) -> Result<(Option<SourceState>, bool), CheckError> {
    let state = state_at(with, source, beginning.version)?;
    let is_read = |state: &SourceState| state.read_with.is_some();
    if state.as_ref().is_none_or(|s| !is_read(s) || is_current(with, s, source)) {
        return Ok((state, true));
    }
    let (page, last, misread, recipe) = with.store.ask(|store| {
        let id = &source.id;
        let before = state.as_ref().and_then(|state| state.read_with.as_ref());
        // A recipe whose text was altered counts as another recipe.
        let recipe = before.and_then(|(recipe, _)| store.recipe(recipe).ok().flatten());
        let (page, last) = (store.last_page(id)?, store.facts(id)?);
        Ok::<_, StoreError>((page, last, store.open_misreadings(id)?, recipe))
    })?;
    // Where the recipes differ only in the noise of their pages, everything known is still known.
    let is_same = recipe.is_some_and(|before| source.recipe.reads_as(&before));
    let known = if is_same { last.clone() } else { Facts::new() };
    let extraction = page.and_then(|page| read_known(&with.converter, source, &page, &known).ok());
    let rebased = extraction.and_then(|mut read| {
        put_right(&mut read, &last, &misread);
        rebased(source, &read, (&known, &last), day(source, beginning.at))
    });
    let Some(rebased) = rebased else { return Ok((state, false)) };
    let outcome = CheckOutcome::Baseline;
    let reader = reader(&with.converter, source);
    let record = CheckRecord {
        stamped_on: rebased.stamped_on,
        read_with: Some(read_with(source, &reader)),
        records: counts(source, &rebased.facts),
        accept: Some(&rebased.facts),
        unreadable: Some(&rebased.unreadable),
        ..CheckRecord::new(&source.id, beginning.version, beginning.at, &outcome)
    };
    with.store.ask(|store| store.record_check(&record))?;
    Ok((state_at(with, source, beginning.version.next())?, true))
}

/// The state of a source, which must be at the given version: the answer to a request is valid only for
/// the state that the request was made from.
fn state_at(
    with: &Checking,
    source: &Source,
    expected: StateVersion,
) -> Result<Option<SourceState>, CheckError> {
    let state = with.store.ask(|store| store.source_state(&source.id))?;
    let found = SourceState::version_of(state.as_ref());
    if found != expected {
        return Err(StoreError::Superseded { of: source.id.clone(), expected, found }.into());
    }
    Ok(state)
}

/// The recipe and reader for a page of a source.
pub(crate) fn read_with<'a>(source: &'a Source, reader: &'a str) -> ReadWith<'a> {
    ReadWith { recipe: source.recipe.hash(), text: source.recipe.canonical(), reader }
}

/// What waits on a source: its held fact sets, and what cannot be read of them.
#[derive(Default)]
struct Waiting {
    held: Vec<Held>,
    lost: Vec<Lost>,
}

impl Waiting {
    /// When each waiting fact set was last seen as it was before.
    fn last_read(&self) -> BTreeMap<String, Timestamp> {
        let lost =
            self.lost.iter().filter_map(|lost| Some((lost.what.fact.clone(), lost.last_read_at?)));
        let held =
            self.held.iter().filter_map(|held| Some((held.fact.to_string(), held.last_read_at?)));
        lost.chain(held).collect()
    }
}

impl Case<'_> {
    /// The version that the check is made from.
    fn version(&self) -> StateVersion {
        SourceState::version_of(self.state())
    }

    fn state(&self) -> Option<&SourceState> {
        self.state.as_ref()
    }

    /// The situation at the end of the check; also notes what the check shows about its host.
    fn situation<'a>(
        &'a self,
        outcome: &'a CheckOutcome,
        now: Timestamp,
    ) -> Result<Situation<'a>, CheckError> {
        let excuse = match self.is_asked {
            true => outage::excuse(self.with, self.source, outcome, now)?,
            false => Excuse::default(),
        };
        Ok(Situation { source: self.source, state: self.state(), outcome, now, excuse })
    }

    /// When the check ended: a replay's clock stops at its page.
    fn ended_at(&self) -> Timestamp {
        self.with.clock.now().max(self.started_at)
    }

    /// Records a check that read no facts.
    fn no_facts(&self, outcome: CheckOutcome) -> Result<Report, CheckError> {
        let now = self.ended_at();
        let situation = self.situation(&outcome, now)?;
        let letters = letters::to_operator(self.with, &situation, None, None)?;
        let record = CheckRecord {
            started_at: self.started_at,
            deliveries: &letters,
            ..CheckRecord::new(&self.source.id, self.version(), now, &outcome)
        };
        self.with.store.ask(|store| store.record_check(&record))?;
        Ok(Report::new(&self.source.id, now, outcome))
    }

    /// A page that answers "not modified", or with the same bytes: nothing is read. All that can have
    /// changed is the date.
    fn same(&self, page: Option<&Page>, reason: UnchangedReason) -> Result<Report, CheckError> {
        let id = &self.source.id;
        let at = page.map_or_else(|| self.ended_at(), |page| page.fetched_at);
        let event = meanwhile(self.with, self.source, self.state(), at)?;
        let outcome = match event {
            Some(_) => CheckOutcome::Changed,
            None => CheckOutcome::Unchanged(reason),
        };
        let situation = self.situation(&outcome, at)?;
        let mut letters = letters::to_operator(self.with, &situation, None, None)?;
        letters.extend(letters::moved(self.with, &situation, self.moved_to.as_ref())?);
        if let Some(event) = &event {
            letters.extend(letters::unreviewed(self.with, &situation, event)?);
        }
        let is_told = event.as_ref().is_some_and(|event| situation.unreviewed(event).is_none());
        let record = CheckRecord {
            started_at: self.started_at,
            page,
            asked: page.map(asked),
            moved_to: self.moved_to.as_ref(),
            event: event.as_ref(),
            deliveries: &letters,
            is_told,
            ..CheckRecord::new(id, self.version(), at, &outcome)
        };
        self.with.store.ask(|store| store.record_check(&record))?;
        let changes = event.map(|event| event.changes).unwrap_or_default();
        Ok(Report { changes, ..Report::new(id, at, outcome) })
    }

    fn page(&self, page: &Page, translation: Option<Page>) -> Result<Report, CheckError> {
        let (with, source) = (self.with, self.source);
        let waiting = with.store.ask(|store| {
            let (held, lost) = (store.holds(&source.id)?, store.unreadable(&source.id)?);
            Ok::<_, StoreError>(Waiting { held, lost })
        })?;
        let snapshot = snapshot_id(&page.body);
        let is_same = self.state().is_some_and(|state| state.snapshot.as_ref() == Some(&snapshot));
        let is_settled = waiting.held.is_empty() && waiting.lost.is_empty();
        if is_same && self.is_current && is_settled {
            return self.same(Some(page), UnchangedReason::SameBytes);
        }
        let known = self.known(page, &waiting, translation)?;
        let mut conclusion = match readable(&with.converter, source, page) {
            Ok(page) => conclude(source, &page, &known),
            Err(breakage) => broken(breakage),
        };
        let at = (&snapshot, page.fetched_at);
        let events = event(with, source, self.state(), at, &conclusion, &waiting.last_read())?;
        let is_same = matches!(
            conclusion.outcome,
            CheckOutcome::Unchanged(_) | CheckOutcome::Relocated { .. }
        );
        if events.told.is_some() && is_same {
            // The facts are the same, but what they announced has happened.
            conclusion.outcome = CheckOutcome::Changed;
        }
        for (_, action) in &mut conclusion.holds {
            if let HoldAction::Open { event: opened, .. } = action {
                *opened = events.held.as_ref().map(|event| event.id.clone());
            }
        }
        self.conclusion(&waiting, page, conclusion, events)
    }

    /// What is known before the page is read.
    fn known(
        &self,
        page: &Page,
        waiting: &Waiting,
        translation: Option<Page>,
    ) -> Result<Known, CheckError> {
        let (with, id, state) = (self.with, &self.source.id, self.state());
        let has_facts = self.is_current && state.is_some_and(|state| state.last_read_at.is_some());
        let last_good_at = state.and_then(|state| state.last_good_at);
        let (facts, rejected, misread) = with.store.ask(|store| {
            let facts = if has_facts { Some(store.facts(id)?) } else { None };
            let rejected = store.rejected(id, last_good_at)?;
            Ok::<_, StoreError>((facts, rejected, store.open_misreadings(id)?))
        })?;
        let readable_translation = |page: Page| {
            let page = readable(&with.converter, self.source, &page).ok()?;
            Some(page.into_owned())
        };
        Ok(Known {
            facts,
            stamped_on: state.and_then(|state| state.stamped_on).filter(|_| has_facts),
            held: waiting.held.iter().map(|held| held_set(held, page.fetched_at)).collect(),
            rejected,
            misread,
            unreadable: waiting.lost.iter().map(|lost| lost.what.clone()).collect(),
            confirmation: with.confirmation.clone(),
            relocated: state.and_then(|state| state.relocated.clone()),
            today: day(self.source, page.fetched_at),
            now: page.fetched_at,
            translation: translation.and_then(readable_translation),
            crosswalks: with.catalog.crosswalks().to_vec(),
        })
    }

    /// The letters that a check of a page enqueues, and whether readers are told of its event.
    fn letters(
        &self,
        waiting: &Waiting,
        conclusion: &Conclusion,
        events: &Events,
        at: Timestamp,
    ) -> Result<(Vec<NewDelivery>, bool), CheckError> {
        let (with, id) = (self.with, &self.source.id);
        let situation = self.situation(&conclusion.outcome, at)?;
        // A hold that one re-fetch confirmed and that waits for another is still held: the operator knows.
        let is_open = |action: &HoldAction| matches!(action, HoldAction::Open { .. });
        let opens = conclusion.holds.iter().any(|(_, action)| is_open(action));
        let opened = events.held.as_ref().filter(|_| opens);
        let mut letters = letters::to_operator(with, &situation, Some(conclusion), opened)?;
        let complaints = &named_by_nothing_else(conclusion);
        // Complaints of a first reading are seen when a recipe is tried: they are recorded, not told.
        let new = match conclusion.is_first {
            true => Vec::new(),
            false => with.store.ask(|store| store.new_complaints(id, complaints))?,
        };
        letters.extend(letters::moved(with, &situation, self.moved_to.as_ref())?);
        letters.extend(letters::missed(with, &situation, &waiting.lost, conclusion, &new)?);
        let event = events.told.as_ref();
        if let Some(event) = event {
            letters.extend(letters::unreviewed(with, &situation, event)?);
        }
        let is_told = event.is_some_and(|event| situation.unreviewed(event).is_none());
        let event = event.filter(|_| is_told);
        let hears = event.map_or(Ok(false), |event| letters::hears_as_reader(with, event))?;
        let mut told = BTreeSet::new();
        for (fact, action) in &conclusion.holds {
            let Some(held) = waiting.held.iter().find(|held| held.fact == *fact) else { continue };
            // The sets that one check held are one event, and one letter.
            if told.insert(held.event.clone()) && !hears {
                letters.extend(letters::settled(with, &situation, (held, action), &letters)?);
            }
        }
        Ok((letters, is_told))
    }

    fn conclusion(
        &self,
        waiting: &Waiting,
        page: &Page,
        conclusion: Conclusion,
        events: Events,
    ) -> Result<Report, CheckError> {
        let (with, source, at) = (self.with, self.source, page.fetched_at);
        let (letters, is_told) = self.letters(waiting, &conclusion, &events, at)?;
        let facts = &conclusion.extraction.facts;
        let reader = reader(&with.converter, source);
        let stamped_on = self.state().and_then(|state| state.stamped_on);
        let is_accepted = conclusion.accept.is_some();
        let is_doubted = with.trust.doubts(source, conclusion.is_first && is_accepted);
        // Nothing is known from a page that is not believed at all.
        let is_read = !matches!(conclusion.outcome, CheckOutcome::Broken(_));
        let asks_again = conclusion.unreadable.is_empty() && conclusion.outcome.is_good();
        let record = CheckRecord {
            started_at: self.started_at,
            ended_at: self.ended_at().max(at),
            read_with: Some(read_with(source, &reader)),
            page: Some(page),
            accept: conclusion.accept.as_ref(),
            stamped_on: stamp(stamped_on, &conclusion),
            relocated: conclusion.relocated.as_deref(),
            moved_to: self.moved_to.as_ref(),
            records: counts(source, facts),
            updates: conclusion.comparison.updates.clone(),
            event: events.told.as_ref(),
            deliveries: &letters,
            is_told,
            asked: (is_accepted && asks_again).then(|| asked(page)),
            review: if is_doubted { ReviewMark::Unreviewed } else { ReviewMark::Leave },
            holds: &conclusion.holds,
            unreadable: is_read.then_some(conclusion.unreadable.as_slice()),
            unread: conclusion.unread(),
            complaints: &conclusion.extraction.complaints,
            shares: conclusion.extraction.remainder.as_ref().map(|rest| rest.shares),
            read_otherwise: &conclusion.read_otherwise,
            ..CheckRecord::new(&source.id, self.version(), at, &conclusion.outcome)
        };
        with.store.ask(|store| store.record_check(&record))?;
        Ok(report(source, at, conclusion, events))
    }
}

/// The complaints to tell; one about something unreadable is reported as unreadable instead.
fn named_by_nothing_else(conclusion: &Conclusion) -> Vec<Complaint> {
    let is_lost = |complaint: &&Complaint| {
        conclusion.unreadable.iter().any(|lost| match &complaint.about {
            Some((fact, record, field)) => lost.covers_field(fact, record, field),
            None => lost.fact == complaint.fact,
        })
    };
    let complaints = conclusion.extraction.complaints.iter();
    complaints.filter(|complaint| !is_lost(complaint)).cloned().collect()
}

/// A held fact set, reduced to what a conclusion needs.
fn held_set(held: &Held, now: Timestamp) -> (FactKey, HeldSet) {
    let (set, tries) = (held.set.clone(), held.tries);
    (held.fact.clone(), HeldSet { set, tries, next_fetch_at: held.due_at(now) })
}

fn report(source: &Source, at: Timestamp, conclusion: Conclusion, events: Events) -> Report {
    let changes = |event: Option<Event>| event.map(|event| event.changes).unwrap_or_default();
    Report {
        records: counts(source, &conclusion.extraction.facts),
        updates: conclusion.comparison.updates.clone(),
        held: changes(events.held),
        changes: changes(events.told),
        complaints: conclusion.extraction.complaints.len(),
        unread: conclusion.unread().to_vec(),
        sets: conclusion.verdicts,
        unreadable: conclusion.unreadable,
        ..Report::new(&source.id, at, conclusion.outcome)
    }
}

fn asked(page: &Page) -> Asked {
    Asked { url: page.url().clone(), validators: validators(page) }
}
