//! A sentence of the same shape before the one that a record was read from.
//!
//! "Caregivers need at least 2 years of work" before "You need at least 1 year of work". A recipe that takes the first
//! would take the rule of another subject for its own, while its own still stands. Of two values where one is expected,
//! neither is believed: what was known remains.

use super::Parts;
use super::doubt::{differing, is_said};
use crate::extract::absence::{KnownRecord, locator_of};
use crate::extract::form::sentences::parted;
use crate::extract::gathered::Gathered;
use crate::extract::matches::Match;
use crate::extract::recipe::{Form, Locator, Part, ProseForm, TriedOn};
use crate::extract::rest::{SAME, SHOWN, whole_words};
use crate::extract::value::{dated::dateline, figure::several};
use crate::model::{
    Complaint, Evidence, Extent, FactKey, FactSet, FactType, Record, RecordKey, Unreadable, text,
    words::{likeness, words},
};

impl Parts<'_, '_> {
    /// Does not believe the first sentence that a locator finds where it differs from what is known, and a later one
    /// says just what is known.
    pub(super) fn doubt_first(
        &self,
        part: &Part,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        let takes_first = matches!(&locator.form, Form::Prose(form) if form.first);
        if !takes_first || self.fact.kind == FactType::Series {
            return;
        }
        let is_other = |one: &&KnownRecord<'_>| {
            let (fact, _, was) = **one;
            locator_of(part, was).is_some() && found.sets.contains_key(fact) && !is_said(found, one)
        };
        let others: Vec<KnownRecord<'_>> = known.iter().filter(is_other).copied().collect();
        if others.is_empty() {
            return;
        }
        let this = part.locators.iter().position(|other| std::ptr::eq(other, locator));
        let locators = || part.locators.iter().skip(this.unwrap_or_default());
        // A sentence by itself shows best what it says; but a pattern may need more than one.
        for on in [Some(TriedOn::Sentence), None] {
            for locator in locators().filter_map(|locator| taking_all(locator, on)) {
                for matched in self.document.find(&locator).unwrap_or_default() {
                    self.doubt_for(&locator, matched, &others, found);
                }
            }
        }
    }

    /// Does not believe what was found of the known records that a later match says as they were.
    fn doubt_for(
        &self,
        locator: &Locator,
        mut matched: Match<'_>,
        others: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        let sentence = matched.get("text").unwrap_or_default().to_owned();
        let mut again = Gathered::default();
        matched.is_further = false;
        self.recorder().add(locator, vec![matched], &mut again);
        for one in others {
            let (fact, record, was) = *one;
            if !is_said(&again, one) || is_said(found, one) {
                continue;
            }
            let Some((set, records)) = found.sets.get_mut(fact) else { continue };
            let at = records.iter().position(|(key, _)| key == record);
            let Some((_, taken)) = records.get(at.unwrap_or_default()) else { continue };
            let taken = taken.record.clone();
            let begins = |record: &Record| {
                let own = set.dates.of(record).effective_on;
                own.or_else(|| dateline(&record.evidence.quote))
            };
            // A list of notices has the newest first: a later day tells which of two values holds.
            let is_newer = begins(&taken) > begins(was);
            if is_newer || !self.is_instead(&taken, locator, &sentence, was) {
                continue;
            }
            let Some(own) = again.take(fact, record) else { continue };
            let lost = match at {
                Some(at) => {
                    let lost = put_back(set, &mut records[at].1.record, own.record, one);
                    // What else the other sentence does not say, its own does.
                    let is_of_other = |c: &Complaint| {
                        c.about.as_ref().is_some_and(|(of, key, _)| (of, key) == (fact, record))
                    };
                    found.complaints.retain(|c| lost.is_empty() || !is_of_other(c));
                    lost
                }
                // Each year has its own, and each sentence names its year.
                None if records.iter().all(|(key, _)| is_of_other_year(key, record)) => {
                    records.push((record.clone(), own));
                    Vec::new()
                }
                None => {
                    // A sentence makes several records: those that it alone says are not believed.
                    let known = self.known.get(fact).map(|set| &set.records);
                    records.retain(|(key, _)| known.is_some_and(|known| known.contains_key(key)));
                    records.push((record.clone(), own));
                    let why = "the former sentence still stands elsewhere";
                    let is_told = |lost: &Unreadable| lost.of == Extent::Row;
                    let lost = unreadable(fact, Extent::Row, &taken, why);
                    let is_first = !found.unreadable.iter().any(is_told);
                    is_first.then_some(lost).into_iter().collect()
                }
            };
            found.unreadable.extend(lost);
        }
    }

    /// Whether a sentence was taken for a known record, while another says what its own does: in the same words, or
    /// in words that are more like them.
    fn is_instead(&self, taken: &Record, locator: &Locator, sentence: &str, was: &Record) -> bool {
        let Form::Prose(form) = &locator.form else { return false };
        let quote = &was.evidence.quote;
        let taken = whole_words(matching(form, &taken.evidence.quote));
        let (own, whole) = (whole_words(matching(form, quote)), whole_words(quote));
        let said = words(sentence);
        if said == own || said == whole {
            return true;
        }
        // Of a long paragraph, the quote has only the beginning.
        let is_cut = quote.ends_with('…');
        let is_begun = || said.starts_with(&whole) || own == whole && self.phrases().say(&said);
        let like_own = likeness(&taken, &own);
        is_cut && is_begun() || like_own < SAME && like_own < likeness(&said, &own)
    }
}

/// Whether a key is another but for its year.
fn is_of_other_year(key: &RecordKey, other: &RecordKey) -> bool {
    let [parts, others] = [key, other].map(|key| key.as_str().split('/'));
    let is_year = |part: &str| part.parse::<u16>().is_ok_and(|year| (2000..2100).contains(&year));
    let is_one = |(a, b): (&str, &str)| a == b || is_year(a) && is_year(b);
    parts.clone().count() == others.clone().count() && parts.zip(others).all(is_one)
}

/// The first sentence of a quote that a pattern finds; all of it if it takes more than one.
fn matching<'q>(form: &ProseForm, quote: &'q str) -> &'q str {
    let mut sentences = parted(TriedOn::Sentence, quote);
    sentences.find(|sentence| form.matches.is_match(sentence)).unwrap_or(quote)
}

/// A locator that takes every sentence of those of which another takes the first.
fn taking_all(locator: &Locator, on: Option<TriedOn>) -> Option<Locator> {
    let Form::Prose(form) = &locator.form else { return None };
    let all = ProseForm { first: false, on: on.unwrap_or(form.on), ..form.clone() };
    (on != Some(form.on)).then(|| Locator { form: Form::Prose(all), ..locator.clone() })
}

/// Puts back what a known record was read from. The fields to which the sentence that was taken for it gives other
/// values cannot be read; returns those.
fn put_back(
    set: &FactSet,
    now: &mut Record,
    own: Record,
    (fact, record, was): &KnownRecord<'_>,
) -> Vec<Unreadable> {
    let taken = now.clone();
    let mut fields = differing(set, was, &taken);
    fields.sort_unstable();
    fields.dedup();
    fields.retain(|field| taken.fields.contains_key(*field));
    // Other words for the same figures are wording.
    if fields.iter().all(|field| set.wording.contains(*field)) {
        return Vec::new();
    }
    *now = own;
    now.fields.retain(|name, _| !fields.contains(&name));
    let lost = fields.into_iter().map(|field| {
        let both = [&taken, *was].into_iter().filter_map(|record| record.fields.get(field));
        let of = Extent::Field((*record).clone(), field.clone());
        unreadable(fact, of, &taken, &several(both))
    });
    lost.collect()
}

fn unreadable(fact: &FactKey, of: Extent, taken: &Record, why: &str) -> Unreadable {
    let Evidence { place, quote, .. } = &taken.evidence;
    let unreadable = Unreadable::new(fact.as_str(), of, format!("{place}: {why}"));
    unreadable.standing(Some(text::excerpt(quote, SHOWN)))
}
