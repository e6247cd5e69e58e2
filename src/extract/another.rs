//! Records whose own sentence is lost, and for which another one of the page answers.
//!
//! "Apply within 14 days" is worded anew as "no later than 10 days", and 14 days still stand under the heading of
//! another stream. The notice of a new fee is taken down, and the older one below it says what held before. Neither
//! says anything of the record today: what is known of it remains.

use std::cell::OnceCell;
use std::collections::HashSet;

use jiff::civil::Date;

use super::absence::of_sentence;
use super::form::sentences::parted;
use super::recipe::{FactRecipe, Recipe, TriedOn};
use super::rest::{SHOWN, has, whole_words};
use crate::extract::value::dated;
use crate::model::{
    Extent, Extraction, FactKey, FactSet, FactType, Facts, Record, RecordKey, Unreadable, Value,
    text,
    words::{CELL, TAKEN, likeness, shown, words},
};

/// The prose of a page, as it was known and as it is: the words that no recipe reads, and those that are compared as
/// words.
pub(super) fn prose<'e>(known: &'e Facts, extraction: &'e Extraction) -> Vec<Prose<'e>> {
    let rest = extraction.remainder.as_ref().map(|rest| (&rest.key, &rest.set));
    let clauses = extraction.facts.iter().filter(|(_, set)| set.kind == FactType::Clauses);
    let both = |(key, is)| Some(Prose { was: known.get(key)?, is, places: OnceCell::new() });
    rest.into_iter().chain(clauses).filter_map(both).collect()
}

/// Prose by its headings, as it was known and as it is.
pub(super) struct Prose<'e> {
    was: &'e FactSet,
    is: &'e FactSet,
    /// The known places, with the words of their lines.
    places: OnceCell<Vec<(Place<'e>, Vec<Vec<String>>)>>,
}

/// What stands under a heading.
type Place<'e> = (&'e RecordKey, &'e Record);

impl<'e> Prose<'e> {
    /// The known places that had a sentence.
    fn saying<'s>(&'s self, own: &'s [String]) -> impl Iterator<Item = Place<'e>> {
        let places = self.places.get_or_init(|| {
            let words_of = |(_, place): &Place<'_>| lines(place).map(|line| words(&line)).collect();
            self.was.records.iter().map(|place| (place, words_of(&place))).collect()
        });
        let says = |lines: &[Vec<String>]| lines.iter().any(|line| has(line, own));
        places.iter().filter(move |(_, lines)| says(lines)).map(|(place, _)| *place)
    }

    /// Whether what a record is read from stood among the known lines.
    fn stood(&self, record: &Record) -> bool {
        quoted(record).all(|said| self.saying(&said).next().is_some())
    }

    /// Whether the known lines have every run of digits that a record is read from.
    fn had_figures_of(&self, record: &Record) -> bool {
        let fields = || self.was.records.values().flat_map(|place| place.fields.values());
        let has = |run: &str| fields().flat_map(Value::clauses).any(|line| line.contains(run));
        let mut runs = record.evidence.quote.split(|c: char| !c.is_ascii_digit());
        runs.all(|run| run.is_empty() || has(run))
    }
}

/// Takes from what was read the records that another sentence answers for. The page came `today`.
pub(super) fn doubt(recipe: &Recipe, known: &Facts, today: Date, extraction: &mut Extraction) {
    let prose = prose(known, extraction);
    let mut lost: Vec<(FactKey, Unreadable)> = Vec::new();
    for fact in recipe.facts.iter().filter(|fact| is_of_rules(fact)) {
        for (key, set) in extraction.facts.iter().filter(|(key, _)| fact.covers(key)) {
            let Some(was) = known.get(key) else { continue };
            for (name, now) in &set.records {
                let Some(known) = of_sentence(fact, was, name) else { continue };
                let (why, stands) = if is_older(was, known, now, today) {
                    let stands = now.evidence.quote.clone();
                    ("an older notice says this; the newer one is no longer read", stands)
                } else if let Some(anew) = worded_anew(&prose, was, (known, now)) {
                    ("another sentence says this; its own was worded anew", anew)
                } else {
                    continue;
                };
                let why = format!("{}: {why}", now.evidence.place);
                let of = Extent::Record(name.clone());
                let stands = Some(text::excerpt(&stands, SHOWN));
                lost.push((key.clone(), Unreadable::new(key.as_str(), of, why).standing(stands)));
            }
        }
    }
    for (key, lost) in lost {
        if let (Some(set), Extent::Record(name)) = (extraction.facts.get_mut(&key), &lost.of) {
            set.records.remove(name);
        }
        extraction.unreadable.push(lost);
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
    begins(known).zip(begins(now)).is_some_and(|(known, now)| now < known && known <= today)
        && says_other(was, known, now)
}

/// Whether a record has another value than the known one: days and notes are none.
fn says_other(was: &FactSet, known: &Record, now: &Record) -> bool {
    let is_value = |name: &_| !was.dates.bound(name) && !was.notes.contains(name);
    let mut fields = now.fields.iter().filter(|(name, _)| is_value(name));
    fields.any(|(name, value)| known.fields.get(name).is_some_and(|known| !known.same(value)))
}

/// The new sentence in the place of a known record's own, if it has other figures, and the record is read from a
/// sentence that stood on the page before. Where that says another value, one with the same figures is in its place too.
fn worded_anew(
    prose: &[Prose<'_>],
    set: &FactSet,
    (known, now): (&Record, &Record),
) -> Option<String> {
    // Of the same words under several headings, those that are read where they were are its own.
    let is_moved = known.evidence.place != now.evidence.place;
    if !is_moved && known.evidence.quote == now.evidence.quote {
        return None;
    }
    // The same sentence, without the day that has come: "As of January 1, 2027, you need CLB 8".
    let undated = dated::without_when(&known.evidence.quote);
    if dated::begins(&known.evidence.quote).is_some()
        && whole_words(&undated) == whole_words(&now.evidence.quote)
    {
        return None;
    }
    // A figure that the page did not have is of a new sentence, in whose place nothing else stands.
    if !prose.iter().any(|prose| prose.had_figures_of(now)) {
        return None;
    }
    let says_other = says_other(set, known, now);
    let anew = |prose: &Prose<'_>, own: &[String]| {
        let figures = figures_of(known, own);
        let mut places = prose.saying(own);
        if figures.is_empty() || !is_moved && prose.saying(own).nth(1).is_some() {
            return None;
        }
        let is_same = |sentence: &&String| {
            let sentence = words(sentence);
            figures.iter().all(|figure| sentence.contains(figure))
        };
        places.find_map(|place| {
            let new = new_sentences(place, prose.is, own);
            match new.iter().find(is_same) {
                Some(same) => says_other.then(|| same.clone()),
                None => new.into_iter().next(),
            }
        })
    };
    let line = quoted(known).find_map(|own| prose.iter().find_map(|prose| anew(prose, &own)))?;
    prose.iter().any(|prose| prose.stood(now)).then_some(line)
}

/// Whether what a record is read from stood on a page that had these lines.
pub(crate) fn stood(page: &FactSet, record: &Record) -> bool {
    Prose { was: page, is: page, places: OnceCell::new() }.stood(record)
}

fn quoted(record: &Record) -> impl Iterator<Item = Vec<String>> {
    record.evidence.quote.lines().map(whole_words).filter(|line| !line.is_empty())
}

/// The new sentence, read as nothing, that stands in the place of one that a lost record was read from and has words of
/// it. While there is one, the record is not gone: it may be worded anew.
pub(super) fn in_its_place(
    prose: &Prose<'_>,
    lost: &Record,
    is_quoted: impl Fn(&str) -> bool,
) -> Option<String> {
    quoted(lost).find_map(|own| {
        let is_it = |new: &String| {
            let is_read = |line: &&String| line.contains(TAKEN) && shown(line).contains(new);
            let mut lines = prose.is.records.values().flat_map(|place| place.fields.values());
            likeness(&words(new), &own) >= AKIN
                && !is_quoted(new)
                && !lines.any(|field| field.clauses().iter().any(|line| is_read(&line)))
        };
        let mut places = prose.saying(&own);
        places.find_map(|place| new_sentences(place, prose.is, &own).into_iter().find(is_it))
    })
}

/// How alike, in hundredths, a new sentence must be to a lost one to be about the same.
const AKIN: usize = 25;

/// The new sentences of a place of the page that no longer has this one.
fn new_sentences((path, before): Place<'_>, is: &FactSet, own: &[String]) -> Vec<String> {
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
