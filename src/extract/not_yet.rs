//! Values of which the words say that they hold from a day to come, in a form not known here.
//!
//! "TEER 0 or 1 as of January 1, 2027 (0, 1, 2, or 3 until then)" in place of "TEER 0, 1, 2, or 3": a pattern takes what
//! stands first, and nothing says that it holds today. Where what is read of a known sentence is another value, and the
//! sentence has a day to come that it did not have before, what was known remains until a person has looked.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::another;
use super::recipe::{FactRecipe, FieldRecipe, Reading, Recipe};
use super::rest::SHOWN;
use crate::extract::value::{dated, field, pattern::constant};
use crate::model::{
    Extent, Extraction, FactKey, FactSet, Facts, Record, RecordKey, STATUS, Unreadable, Value,
    text, words::CELL,
};

/// Why such a value is not believed.
const WHY: &str = "the words name a day to come, and it is not clear what holds until then";

/// Takes from what was read the values that may hold only from a day to come. The page came `today`.
pub(super) fn doubt(recipe: &Recipe, known: &Facts, today: Date, extraction: &mut Extraction) {
    let mut lost: Vec<(FactKey, Unreadable)> = Vec::new();
    for fact in recipe.facts.iter().filter(|fact| another::is_of_rules(fact)) {
        for (key, now) in extraction.facts.iter().filter(|(key, _)| fact.covers(key)) {
            let Some(was) = known.get(key) else { continue };
            let set = Set { fact, key, was, now, today };
            lost.extend(set.fields().chain(set.rows()).map(|lost| (key.clone(), lost)));
        }
    }
    for (key, lost) in lost {
        if let Some(set) = extraction.facts.get_mut(&key) {
            match &lost.of {
                Extent::Field(record, field) => {
                    set.records.get_mut(record).map(|record| record.fields.remove(field));
                }
                Extent::Record(record) => {
                    set.records.remove(record);
                }
                Extent::Set | Extent::Row | Extent::Column(_) => {}
            }
        }
        extraction.unreadable.push(lost);
    }
}

/// A fact set as it was known and as it is read.
struct Set<'e> {
    fact: &'e FactRecipe,
    key: &'e FactKey,
    was: &'e FactSet,
    now: &'e FactSet,
    today: Date,
}

impl<'e> Set<'e> {
    /// The fields of known records that are read as another value.
    fn fields(&self) -> impl Iterator<Item = Unreadable> {
        let both = self.now.records.iter().filter_map(|(name, now)| {
            let was = self.was.records.get(name)?;
            self.has_new_day(&was.evidence.quote, now, &now.evidence.quote)
                .then_some((name, was, now))
        });
        both.flat_map(move |(name, was, now)| {
            let fields = self.fact.fields.iter();
            fields.filter(move |field| self.is_in_doubt(field, was, now)).map(move |field| {
                let of = Extent::Field(name.clone(), field.name.clone());
                self.lost(of, now)
            })
        })
    }

    /// The records that a sentence had before or has now, of a sentence that gives several.
    fn rows(&self) -> impl Iterator<Item = Unreadable> {
        let gives_several = self.fact.fields.iter().any(|field| field.each);
        let known = self.was.records.iter().filter(move |_| gives_several);
        let gone = known.clone().filter(|(name, _)| !self.now.records.contains_key(*name));
        let gone = gone.filter_map(|(name, was)| Some((name, self.sibling(was)?)));
        let new = self.now.records.iter().filter(move |_| gives_several);
        let new = new.filter(|(name, _)| !self.was.records.contains_key(*name));
        let new = new.filter(move |(_, now)| {
            let mut known = known.clone();
            known.any(|(_, was)| self.sibling(was).is_some_and(|one| is_of_one(one, now)))
        });
        gone.chain(new).map(|(name, now)| self.lost(Extent::Record(name.clone()), now))
    }

    /// The record that is read today from the sentence of a known one, if that has a day to come which none of its
    /// records carries.
    fn sibling(&self, was: &Record) -> Option<&'e Record> {
        let is_it = |(name, _): &(&RecordKey, &Record)| {
            self.was.records.get(*name).is_some_and(|before| is_of_one(before, was))
        };
        let (_, now) = self.now.records.iter().find(is_it)?;
        let all = self.now.records.values().filter(|other| is_of_one(other, now));
        let quote = &now.evidence.quote;
        // A record that is as it was is kept with these words: at the next check the day is no new one.
        let mut all = all.map(|record| self.has_new_day("", record, quote));
        all.all(|has| has).then_some(now)
    }

    fn is_in_doubt(&self, field: &FieldRecipe, was: &Record, now: &Record) -> bool {
        let is_state = matches!(field.reading, Reading::Word(_))
            && field.from.iter().any(|cell| cell == STATUS);
        let is_bound = self.now.dates.bound(&field.name);
        let both = was.fields.get(&field.name).zip(now.fields.get(&field.name));
        let Some((old, new)) = both.filter(|_| !is_state && !is_bound && !field.note) else {
            return false;
        };
        let has_come = || old.next().is_some_and(|(then, _)| then.same(new));
        if new.next().is_some() || old.current().same(new) || has_come() {
            return false;
        }
        // The other cells of a row are of other fields.
        let quote = &now.evidence.quote;
        let own = match new {
            Value::Text(words) => Cow::from(words),
            _ if quote.contains(CELL) => {
                let cells =
                    quote.split(CELL).filter(|cell| !field::printed(field, cell).is_empty());
                cells.collect::<Vec<_>>().join("\n").into()
            }
            _ => Cow::from(quote),
        };
        self.has_new_day(&was.evidence.quote, now, &own)
    }

    /// Whether words have a day to come that they did not have before, and that their record does not carry.
    fn has_new_day(&self, before: &str, record: &Record, words: &str) -> bool {
        let is_ahead = |day: &Date| *day > self.today;
        let days = |text: &str| -> Vec<Date> {
            let periods = dated::periods(text).into_iter().map(|(period, ..)| period.day());
            periods.chain(years(text)).filter(is_ahead).collect()
        };
        let new = days(words);
        let known = if new.is_empty() { Vec::new() } else { days(before) };
        let is_carried = |day: &Date| {
            let is_it = |of: Date| of == *day || of.tomorrow().is_ok_and(|next| next == *day);
            record.fields.values().any(|value| {
                value.next().is_some_and(|(_, from)| is_it(from)) || value.day().is_some_and(is_it)
            })
        };
        new.iter().any(|day| !known.contains(day) && !is_carried(day))
    }

    fn lost(&self, of: Extent, now: &Record) -> Unreadable {
        let why = format!("{}: {WHY}", now.evidence.place);
        let stands = Some(text::excerpt(&now.evidence.quote, SHOWN));
        Unreadable::new(self.key.as_str(), of, why).standing(stands)
    }
}

/// Whether two records are read from one sentence.
fn is_of_one(a: &Record, b: &Record) -> bool {
    let (a, b) = (&a.evidence, &b.evidence);
    a.locator == b.locator && a.quote == b.quote
}

/// The first days of the years in which a text says that something holds: "in 2027", "pour 2027".
fn years(text: &str) -> impl Iterator<Item = Date> {
    static IN: LazyLock<Regex> =
        LazyLock::new(|| constant(r"(?i)\b(?:in|for|during|en|pour|pendant) (20\d\d)\b"));
    let years = IN.captures_iter(text).filter_map(|found| found[1].parse().ok());
    years.filter_map(|year| Date::new(year, 1, 1).ok())
}
