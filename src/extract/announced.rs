//! Values of which a page says only from which day they hold.
//!
//! "The fee is $1,750 (effective January 1, 2027)" does not say what the fee is until then. What was known
//! holds until the day; after it, the value is like any other. Until this is settled, such a value is
//! announced to follow itself.

use std::cell::LazyCell;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::matches::StatedStatus;
use super::recipe::{FactRecipe, FieldRecipe, Reading};
use super::value::dated::Period;
use crate::model::{
    Announced, EXPIRES_ON, Facts, FieldName, Fields, Page, Record, STATUS, Value, words::words,
};

/// The westernmost time of Canada, Pacific Standard Time: a day has begun everywhere once it has there.
const LAST: Offset = Offset::constant(-8);

/// The day on which a page came.
pub(super) fn day_of(page: &Page) -> Date {
    page.fetched_at.to_zoned(TimeZone::fixed(LAST)).date()
}

/// Marks the figures under words that say from which day they hold, if the day is still to come: "Fees from
/// January 1, 2027".
pub(super) fn from(fields: &mut Fields, period: Option<Period>, today: Date) {
    let Some(Period::From(from)) = period.filter(|period| period.day() > today) else { return };
    for (_, value) in fields {
        if matches!(
            value,
            Value::Money { .. } | Value::Integer(_) | Value::Decimal(_) | Value::Percent(_)
        ) {
            let (now, then) = (value.clone(), value.clone());
            *value = Value::Announced(Box::new(Announced { now, then, from }));
        }
    }
}

/// Sets the state that holds today with its day, and the one that will follow it, where the words of a state have
/// days.
pub(super) fn stated(
    recipe: &FactRecipe,
    fields: &mut Fields,
    stated: &StatedStatus,
    was: Option<&Record>,
    today: Date,
) {
    let is_state = |field: &&FieldRecipe| {
        matches!(field.reading, Reading::Word(_)) && field.from.iter().any(|cell| cell == STATUS)
    };
    for field in recipe.fields.iter().filter(is_state) {
        let Reading::Word(vocabulary) = &field.reading else { continue };
        let Some(value) = fields.get_mut(&field.name) else { continue };
        let word = |state: &str| vocabulary.word(state).map(|word| Value::Text(word.to_owned()));
        let begun = stated.dated.iter().filter(|(day, _)| *day <= today).max();
        let coming = stated.dated.iter().filter(|(day, _)| *day > today).min();
        let state = begun.and_then(|(_, state)| word(state));
        if stated.is_implied {
            let known = || was.and_then(|was| was.fields.get(&field.name)).map(Value::current);
            *value = state.clone().or_else(|| known().cloned()).unwrap_or_else(|| value.clone());
        }
        let until = stated.until.filter(|(of, _)| {
            let is_it = |value: &Value| word(of).is_some_and(|state| state.same(value));
            is_it(value) || coming.is_some_and(|(_, state)| word(state).is_some_and(|w| is_it(&w)))
        });
        let since = begun.filter(|_| state.is_some_and(|state| state.same(value)));
        // A known last day is not announced a second time, as a closing.
        let last = was.and_then(|was| was.fields.get(recipe.dates.expires.as_ref()?));
        let last = last.and_then(Value::day);
        let is_known =
            |day: Date| last.is_some_and(|last| last == day || last.tomorrow().ok() == Some(day));
        if let Some((from, then)) = coming.and_then(|(day, state)| Some((*day, word(state)?)))
            && !then.same(value)
            && !is_known(from)
        {
            let now = value.clone();
            *value = Value::Announced(Box::new(Announced { now, then, from }));
        }
        if let Some(((day, _), name)) = since.zip(recipe.dates.effective.as_ref()) {
            fields.entry(name.clone()).or_insert(Value::Date(*day));
        }
        // A field of the days of an intake is not of its pause.
        let expires = match &recipe.dates.expires {
            Some(own) => Some(own.clone()).filter(|own| is_of_any_sentence(recipe, own)),
            None => FieldName::parse(EXPIRES_ON).ok(),
        };
        if let Some(((_, day), name)) = until.zip(expires) {
            fields.entry(name).or_insert(Value::Date(day));
        }
    }
}

/// Whether a field takes its day from whatever sentence a record is read from.
fn is_of_any_sentence(recipe: &FactRecipe, name: &FieldName) -> bool {
    let mut fields = recipe.fields.iter();
    fields.any(|field| field.name == *name && field.from.iter().any(|cell| cell == "text"))
}

/// Fills in what holds until the day on which a value begins: what the record said before. A value whose day
/// has come, or before which nothing is known, holds now. So does a value of a record that begins on a day to
/// come (`begins`), unless it was announced for that day: then that is announced still.
pub(super) fn settle(fields: &mut Fields, was: Option<&Record>, begins: Option<Date>, today: Date) {
    let begins = begins.filter(|day| *day > today);
    for (name, value) in fields {
        let known = was.and_then(|was| was.fields.get(name));
        match value {
            Value::Announced(stated) if stated.now.same(&stated.then) => {
                *value = until(stated, known.map(Value::current), today);
            }
            Value::Announced(_) => {}
            _ => {
                let next = known.and_then(Value::next);
                if let (Some(known), Some((then, from))) = (known, next)
                    && then.same(value)
                    && begins == Some(from)
                {
                    *value = known.clone();
                }
            }
        }
    }
}

/// Puts a value in force where its page came on or after the day on which the value begins, and does not only say
/// again what it announced before: that is due until a page says that it holds. Notes are left: they may say what was
/// before.
pub(super) fn come(facts: &mut Facts, known: &Facts, today: Date) {
    for (fact, set) in facts {
        let notes = &set.notes;
        for (key, record) in &mut set.records {
            let was = known.get(fact).and_then(|before| before.records.get(key));
            let quote = &record.evidence.quote;
            let again = LazyCell::new(|| was.filter(|was| says_again(was, quote)));
            for (name, value) in &mut record.fields {
                let Value::Announced(stated) = value else { continue };
                let is_same =
                    |was: &Record| was.fields.get(name).is_some_and(|known| is_same(known, stated));
                if stated.from <= today && !notes.contains(name) && !again.is_some_and(is_same) {
                    *value = stated.then.clone();
                }
            }
        }
    }
}

/// Whether words say of a record what was said before, and nothing more. A sentence elsewhere on the page may have
/// been added to those of before.
pub(super) fn says_again(was: &Record, quote: &str) -> bool {
    let quote = words(quote);
    !quote.is_empty() && words(&was.evidence.quote).starts_with(&quote)
}

/// The first day, of those that have come, from which a page announced something of a record.
pub(super) fn due(was: &Record, today: Date) -> Option<Date> {
    let days = was.fields.values().filter_map(|value| value.next().map(|(_, from)| from));
    days.filter(|day| *day <= today).min()
}

fn is_same(known: &Value, stated: &Announced) -> bool {
    let next = known.next();
    next.is_some_and(|(then, from)| then.same(&stated.then) && from == stated.from)
        && known.current().same(&stated.now)
}

fn until(stated: &Announced, known: Option<&Value>, today: Date) -> Value {
    match known {
        Some(known) if stated.from > today && !known.same(&stated.then) => {
            Value::Announced(Box::new(Announced { now: known.clone(), ..stated.clone() }))
        }
        _ => stated.then.clone(),
    }
}
