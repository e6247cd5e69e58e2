//! Who is owed a letter by a check: readers, followers, the operator; each once for each occasion.

use jiff::Timestamp;

use super::check::Checked;
use super::conclude::{Conclusion, Hold};
use super::{EngineError, Inner};
use crate::alert::{self, Occasion};
use crate::model::{CheckOutcome, Event, FactType, Language, Subscriber};
use crate::render::letter::{News, Settlement};
use crate::store::{DeliveryKind, Held, NewDelivery, SourceState};

impl Inner {
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

    /// The letters that tell the operator and those who follow a source, once each, that it could not
    /// be read for longer than its patience: silence must not read as "nothing changed".
    pub(super) fn stale(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        outcome: &CheckOutcome,
        now: Timestamp,
    ) -> Result<Vec<NewDelivery>, EngineError> {
        let source = checked.source;
        let since = state.and_then(|state| state.stale_since(source.patience, now));
        // One failed check after a long pause is no failing source yet, and what is held was read.
        let fails = state.is_some_and(|state| state.failing.is_some())
            && !outcome.is_good()
            && !matches!(outcome, CheckOutcome::Held(_));
        let Some(since) = since.filter(|_| fails) else { return Ok(Vec::new()) };
        let subscribers = self.store().subscribers()?;
        let place = (source.program.as_str(), source.jurisdiction.as_str());
        let follows = |reader: &Subscriber| {
            source.recipe.facts.iter().filter(|fact| fact.kind != FactType::Series).any(|fact| {
                let severity = self.catalog.severity(&fact.key.to_string(), fact.kind);
                reader.subscription.follows(place, &fact.key.to_string(), fact.kind, severity)
            })
        };
        // What nobody has reviewed was never told to anybody, so nobody waits to hear of it.
        let known = state.is_some_and(|state| state.last_good_at.is_some() && !state.unreviewed);
        let followers: Vec<&Subscriber> =
            subscribers.iter().filter(|reader| known && follows(reader)).collect();
        let news = News::Stale { outcome, since, followers: followers.len() };
        let occasion = Occasion::Stale { source: &source.id, since };
        let mut letters = self.operator(checked, occasion, news, now)?;
        for delivery in alert::stale(&source.id, since, &followers, now) {
            let reader = followers.iter().find(|s| Some(s.id) == delivery.subscriber);
            let Some(reader) = reader else { continue };
            let message = self.stale_message(source, since, reader, &delivery.id, now)?;
            letters.push(NewDelivery {
                delivery,
                kind: DeliveryKind::Stale,
                language: reader.language,
                message: Some(message),
            });
        }
        Ok(letters)
    }

    /// The letter that tells the operator that the facts stand in another place, once.
    pub(super) fn moved(
        &self,
        checked: &Checked<'_>,
        state: Option<&SourceState>,
        conclusion: &Conclusion,
        at: Timestamp,
    ) -> Result<Vec<NewDelivery>, EngineError> {
        let told = state.and_then(|state| state.relocated.as_ref());
        let Some(what) = conclusion.relocated.as_ref().filter(|what| told != Some(what)) else {
            return Ok(Vec::new());
        };
        let source = &checked.source.id;
        self.operator(
            checked,
            Occasion::Relocated { source, since: at },
            News::Relocated { what, at },
            at,
        )
    }

    /// The letter that tells the operator how what they were told was held ended without them;
    /// none where another letter to them says so already.
    pub(super) fn settled(
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
    pub(super) fn to_operator(
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
}
