//! Records whose own sentence is lost, and for which another one of the page answers.
//!
//! "Apply within 14 days" is worded anew as "no later than 10 days", and 14 days still stand under the heading of
//! another stream. The notice of a new fee is taken down, and the older one below it says what held before. Neither
//! says anything of the record today: what is known of it remains.

use std::collections::HashSet;

use jiff::civil::Date;

use super::absence::of_sentence;
use super::form::sentences::parted;
use super::recipe::{FactRecipe, Recipe, TriedOn};
use super::rest::{SHOWN, has, whole_words};
use crate::model::{
    Extent, Extraction, FactSet, FactType, Facts, Record, RecordKey, Unreadable, Value, text,
    words::{CELL, TAKEN, likeness, shown, words},
};

/// Takes from what was read the records that another sentence answers for. The page came `today`.
pub(super) fn doubt(recipe: &Recipe, known: &Facts, today: Date, extraction: &mut Extraction) {
    let before = recipe.remainder.as_ref().and_then(|key| known.get(key));
    let lines = before.zip(extraction.remainder.as_ref()).map(|(was, now)| (was, &now.set));
    for fact in recipe.facts.iter().filter(|fact| is_of_rules(fact)) {
        for (key, set) in extraction.facts.iter_mut().filter(|(key, _)| fact.covers(key)) {
            let Some(was) = known.get(key) else { continue };
            let mut lost = Vec::new();
            set.records.retain(|name, now| {
                let Some(known) = of_sentence(fact, was, name) else { return true };
                let anew = || lines.and_then(|lines| worded_anew(lines, known, now));
                let (why, stands) = if is_older(was, known, now, today) {
                    let stands = now.evidence.quote.clone();
                    ("an older notice says this; the newer one is no longer read", stands)
                } else if let Some(anew) = anew() {
                    ("another sentence says this; its own was worded anew", anew)
                } else {
                    return true;
                };
                let why = format!("{}: {why}", now.evidence.place);
                let of = Extent::Record(name.clone());
                let stands = Some(text::excerpt(&stands, SHOWN));
                lost.push(Unreadable::new(key.as_str(), of, why).standing(stands));
                false
            });
            extraction.unreadable.extend(lost);
        }
    }
}

/// Whether the records of a fact set are rules, each of which a sentence may say. Draws and notices are many of one
/// kind, a clause is its own words, and a series is only followed.
pub(super) fn is_of_rules(fact: &FactRecipe) -> bool {
    !matches!(fact.kind, FactType::Draws | FactType::Notices | FactType::Clauses | FactType::Series)
}

/// Whether a value came into force before the known one did, and is another.
fn is_older(was: &FactSet, known: &Record, now: &Record, today: Date) -> bool {
    let begins = |record: &Record| was.dates.of(record).effective_on;
    let is_value = |name: &_| !was.dates.bound(name) && !was.notes.contains(name);
    let is_other = || {
        let mut fields = now.fields.iter().filter(|(name, _)| is_value(name));
        fields.any(|(name, value)| known.fields.get(name).is_some_and(|known| !known.same(value)))
    };
    begins(known).zip(begins(now)).is_some_and(|(known, now)| now < known && known <= today)
        && is_other()
}

/// The new sentence in the place of a known record's own, if it has other figures, and the record is read from a
/// sentence that stood on the page before. `was` and `is` are the lines of the page by their headings.
fn worded_anew((was, is): (&FactSet, &FactSet), known: &Record, now: &Record) -> Option<String> {
    // Of the same words under several headings, those that are read where they were are its own.
    let is_moved = known.evidence.place != now.evidence.place;
    if !is_moved && known.evidence.quote == now.evidence.quote {
        return None;
    }
    let anew = |own: Vec<String>| {
        let figures = figures_of(known, &own);
        let places = || was.records.iter().filter(|(_, place)| says(place, &own));
        if figures.is_empty() || !is_moved && places().nth(1).is_some() {
            return None;
        }
        let is_same = |sentence: &String| {
            let sentence = words(sentence);
            figures.iter().all(|figure| sentence.contains(figure))
        };
        places().find_map(|place| {
            let new = new_sentences(place, is, &own);
            if new.iter().any(is_same) { None } else { new.into_iter().next() }
        })
    };
    let line = quoted(known).find_map(anew)?;
    stood(was, now).then_some(line)
}

/// Whether what a record is read from stood on a page that had these lines.
pub(crate) fn stood(page: &FactSet, record: &Record) -> bool {
    let stood = |said: Vec<String>| page.records.values().any(|place| says(place, &said));
    quoted(record).all(stood)
}

fn quoted(record: &Record) -> impl Iterator<Item = Vec<String>> {
    record.evidence.quote.lines().map(whole_words).filter(|line| !line.is_empty())
}

/// The new sentence, read as nothing, that stands in the place of one that a lost record was read from and has words of
/// it. While there is one, the record is not gone: it may be worded anew.
pub(super) fn in_its_place((was, is): (&FactSet, &FactSet), lost: &Record) -> Option<String> {
    quoted(lost).find_map(|own| {
        let mut places = was.records.iter().filter(|(_, place)| says(place, &own));
        let is_it = |new: &String| {
            let is_read = |line: &&String| line.contains(TAKEN) && shown(line).contains(new);
            let mut lines = is.records.values().flat_map(|place| place.fields.values());
            likeness(&words(new), &own) >= AKIN
                && !lines.any(|field| field.clauses().iter().any(|line| is_read(&line)))
        };
        places.find_map(|place| new_sentences(place, is, &own).into_iter().find(is_it))
    })
}

/// How alike, in hundredths, a new sentence must be to a lost one to be about the same.
const AKIN: usize = 25;

/// The new sentences of a place of the page that no longer has this one.
fn new_sentences(
    (path, before): (&RecordKey, &Record),
    is: &FactSet,
    own: &[String],
) -> Vec<String> {
    let Some(now) = is.records.get(path).filter(|now| !says(now, own)) else { return Vec::new() };
    let former: HashSet<String> = sentences(before).collect();
    sentences(now).filter(|sentence| !former.contains(sentence)).collect()
}

fn says(place: &Record, own: &[String]) -> bool {
    lines(place).any(|line| has(&words(&line), own))
}

fn sentences(place: &Record) -> impl Iterator<Item = String> {
    let of_cell =
        |cell: &str| parted(TriedOn::Sentence, cell).map(str::to_owned).collect::<Vec<_>>();
    lines(place).flat_map(move |line| line.split(CELL).flat_map(of_cell).collect::<Vec<_>>())
}

/// The figures of a sentence that a record was read from. A long one is cut, perhaps before what was read: then those
/// of its values.
fn figures_of(record: &Record, own: &[String]) -> Vec<String> {
    let is_figure = |word: &String| word.bytes().any(|b| b.is_ascii_digit());
    let values = || record.fields.values().flat_map(|value| words(&value.to_string()));
    if record.evidence.quote.ends_with('…') {
        values().filter(is_figure).collect()
    } else {
        own.iter().filter(|word| is_figure(word)).cloned().collect()
    }
}

fn lines(record: &Record) -> impl Iterator<Item = String> {
    record.fields.values().flat_map(Value::clauses).map(|line| shown(line))
}
