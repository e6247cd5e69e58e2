//! The letters that a check enqueues. Who is told what is decided in [`crate::conclude`] and
//! [`crate::alert`]; the letters are written in [`crate::writing`].

use url::Url;

use super::{CheckError, Checking};
use crate::alert::{self, Staleness};
use crate::conclude::{Conclusion, Situation};
use crate::model::{
    CheckOutcome, Complaint, Event, Held, HoldAction, Lost, NewDelivery, News, Subscriber,
};
use crate::writing::{operator_letter, or_set_aside, stale_letter};

/// The letter to the operator about an event whose facts nobody has reviewed; `None` where they are:
/// then subscribers are told of it.
pub(crate) fn unreviewed(
    with: &Checking,
    situation: &Situation<'_>,
    event: &Event,
) -> Result<Option<NewDelivery>, CheckError> {
    operator(with, situation, situation.unreviewed(event))
}

/// Whether the operator is told of an event as any subscriber is.
pub(super) fn hears_as_reader(with: &Checking, event: &Event) -> Result<bool, CheckError> {
    let Some(to) = &with.correspondence.operator else { return Ok(false) };
    let reader = with.store.ask(|store| store.subscriber(to))?;
    Ok(reader.is_some_and(|reader| event.changes.iter().any(|change| reader.hears(change))))
}

/// The letters that tell the operator about the state of the source, and, once, that the facts were
/// found in another place or that the source has gone stale. The last also goes to those who follow it.
pub(super) fn to_operator(
    with: &Checking,
    situation: &Situation<'_>,
    conclusion: Option<&Conclusion>,
    opened: Option<&Event>,
) -> Result<Vec<NewDelivery>, CheckError> {
    let mut letters = Vec::from_iter(operator(with, situation, situation.news(opened))?);
    letters.extend(stale(with, situation)?);
    let moved = conclusion.and_then(|conclusion| situation.moved(conclusion));
    letters.extend(operator(with, situation, moved)?);
    Ok(letters)
}

/// The letter that tells the operator, once, that a page has moved for good.
pub(super) fn moved(
    with: &Checking,
    situation: &Situation<'_>,
    to: Option<&Url>,
) -> Result<Option<NewDelivery>, CheckError> {
    operator(with, situation, situation.has_moved(to))
}

/// The letters that tell the operator what can no longer be read of a page, what can be read again, and
/// what is new on it and not read; each once.
pub(super) fn missed(
    with: &Checking,
    situation: &Situation<'_>,
    before: &[Lost],
    conclusion: &Conclusion,
    complaints: &[Complaint],
) -> Result<Vec<NewDelivery>, CheckError> {
    let at = situation.now;
    let lost = situation.newly_lost(before, conclusion);
    let again = situation.read_again(before, conclusion);
    let unread = conclusion.unread();
    // That the source can be read again covers all its sets.
    let is_told = matches!(situation.news(None), Some(News::Recovered { .. }));
    let is_partial =
        matches!(situation.outcome, CheckOutcome::Partial { .. } | CheckOutcome::Held(_));
    let news = [
        (is_partial && !lost.is_empty()).then_some(News::Partial { lost: &lost, at }),
        (!again.is_empty() && !is_told).then_some(News::ReadAgain { lost: &again, at }),
        (!unread.is_empty() || !complaints.is_empty()).then_some(News::Unread {
            unread,
            complaints,
            at,
        }),
    ];
    let letters = news.into_iter().map(|news| operator(with, situation, news));
    letters.filter_map(Result::transpose).collect()
}

/// The letter that tells the operator how a hold that they were told of ended without them; `None`
/// where another letter to them already says so.
pub(super) fn settled(
    with: &Checking,
    situation: &Situation<'_>,
    (held, hold): (&Held, &HoldAction),
    enqueued: &[NewDelivery],
) -> Result<Option<NewDelivery>, CheckError> {
    let to = with.correspondence.operator.as_ref();
    // A letter that the event is unreviewed.
    let says_so =
        |letter: &NewDelivery| letter.delivery.event.is_some() && Some(&letter.delivery.to) == to;
    let news = situation.settled(held, hold).filter(|_| !enqueued.iter().any(says_so));
    operator(with, situation, news)
}

/// The letters that tell the operator and those who follow a source, once each, that it could not be
/// read for longer than its patience: silence must not be mistaken for "nothing changed".
fn stale(with: &Checking, situation: &Situation<'_>) -> Result<Vec<NewDelivery>, CheckError> {
    let Some(since) = situation.stale_since() else { return Ok(Vec::new()) };
    let (source, now) = (situation.source, situation.now);
    let subscribers = with.store.ask(|store| store.subscribers())?;
    let followers: Vec<&Subscriber> = situation.followers(&with.catalog, &subscribers);
    let news = News::Stale { outcome: situation.outcome, since, followers: followers.len() };
    // The operator was told of a larger outage instead; those who follow the source must still be told.
    let news_to_operator = Some(news).filter(|_| !situation.excuse.operator);
    let mut letters = Vec::from_iter(operator(with, situation, news_to_operator)?);
    let by = &with.correspondence;
    let episode = situation.episode(&news);
    let staleness = Staleness { source: &source.id, since, episode };
    for delivery in alert::stale(staleness, &followers, now) {
        let reader = followers.iter().find(|s| Some(s.id) == delivery.subscriber);
        let Some(reader) = reader else { continue };
        let mut reader = Subscriber::clone(reader);
        if by.public_url.is_some() {
            reader.key = Some(with.store.ask(|store| store.reader_key(reader.id, now))?);
        }
        let letter = stale_letter(by, source, since, (&reader, delivery), now);
        letters.extend(or_set_aside(by, letter, now));
    }
    Ok(letters)
}

fn operator(
    with: &Checking,
    situation: &Situation<'_>,
    news: Option<News<'_>>,
) -> Result<Option<NewDelivery>, CheckError> {
    let by = &with.correspondence;
    let (Some(news), Some(to)) = (news, &by.operator) else { return Ok(None) };
    let (source, episode) = (situation.source, situation.episode(&news));
    let before = alert::operator_may_follow(to, &source.id, (&news, episode));
    let follows = with.store.ask(|store| store.first_that_goes(&before))?;
    Ok(operator_letter(by, &with.catalog, source, (news, episode, follows), situation.now))
}
