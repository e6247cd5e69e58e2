//! What the sentences of a page say of amounts that stand elsewhere on it: which will replace them, and from which
//! day.
//!
//! "The application fee will be $1,850 as of January 15, 2027" below a table of fees, or "Starting September 1,
//! 2027, the skilled worker fee will be $1,000 and the entrepreneur fee will be $2,000".

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;

use super::form::sentences::{is_proposal, parted};
use super::recipe::TriedOn;
use super::rest::Rest;
use super::value::field::value_like;
use super::value::pattern::constant;
use super::value::{dated, number};
use crate::model::{
    Announced, Currency, FactKey, FactSet, FactType, Facts, FieldName, Record, RecordKey, Value,
    words::{CELL, contains, words},
};

/// An amount that a sentence says will hold from a day.
struct Promise<'l> {
    sentence: &'l str,
    /// What it is said of: the words before it and after it, without those that say that it is a fee.
    subject: BTreeSet<String>,
    amount: &'l str,
    from: Date,
}

/// Announces what sentences of the page promise, and keeps what they still say. `amounts` gives the lines of the page
/// that have one.
pub(super) fn settle(
    facts: &mut Facts,
    known: &Facts,
    rest: &Rest<'_>,
    amounts: impl FnOnce() -> Vec<String>,
    today: Date,
) {
    if facts.values().any(is_of_amounts) {
        promised(facts, &amounts(), today);
    }
    still(facts, known, rest);
}

/// Keeps what was announced where a sentence of the page still says it: a cell may lose it to the text below. After
/// its day it is due until a page confirms it.
fn still(facts: &mut Facts, known: &Facts, rest: &Rest<'_>) {
    for (fact, set) in facts {
        let Some(before) = known.get(fact) else { continue };
        for (key, record) in &mut set.records {
            let Some(was) = before.records.get(key) else { continue };
            for (name, value) in &mut record.fields {
                let Some(known) = was.fields.get(name) else { continue };
                if let Some((then, from)) = known.next()
                    && value.same(known.current())
                    && rest.sentences().any(|line| says(line, then, from))
                {
                    *value = known.clone();
                    // After its day no promise adds its sentence any more, and these words are the known ones.
                    if was.evidence.quote.starts_with(&record.evidence.quote) {
                        record.evidence.quote.clone_from(&was.evidence.quote);
                    }
                }
            }
        }
    }
}

fn says(line: &str, then: &Value, from: Date) -> bool {
    if !matches!(then, Value::Money { .. }) {
        let said = words(&then.to_string());
        let mut sentences = parted(TriedOn::Sentence, line);
        return sentences
            .any(|one| dated::begins(one) == Some(from) && contains(&words(one), &said));
    }
    let is_it = |promise: Promise<'_>| {
        promise.from == from && value_like(then, promise.amount).is_ok_and(|value| value.same(then))
    };
    promises(line).into_iter().any(is_it)
}

/// Announces the amounts that sentences of the page promise, where they name the only record that they can be about.
fn promised(facts: &mut Facts, lines: &[String], today: Date) {
    for line in lines.iter().filter(|line| !line.contains(CELL)) {
        for promise in promises(line).into_iter().filter(|promise| promise.from > today) {
            for (fact, key, field) in about(facts, &promise) {
                let record = facts.get_mut(&fact).and_then(|set| set.records.get_mut(&key));
                if let Some(record) = record {
                    announce(record, &field, &promise);
                }
            }
        }
    }
}

fn is_of_amounts(set: &FactSet) -> bool {
    matches!(set.kind, FactType::Fees | FactType::Thresholds | FactType::Funds)
}

/// The amounts that a promise is about: of one record, or of several of one name and amount, for a fee may stand under
/// several headings.
fn about(facts: &Facts, promise: &Promise<'_>) -> Vec<(FactKey, RecordKey, FieldName)> {
    let (mut found, mut first) = (Vec::new(), None);
    for (fact, set) in facts.iter().filter(|(_, set)| is_of_amounts(set)) {
        for (key, record) in &set.records {
            if !is_about(&promise.subject, key, record) {
                continue;
            }
            let Some((field, value)) = amount(set, record) else { continue };
            let (name, now) = *first.get_or_insert((name(key), value.current()));
            if self::name(key) != name || !value.current().same(now) {
                return Vec::new();
            }
            found.push((fact.clone(), key.clone(), field.clone()));
        }
    }
    found
}

fn announce(record: &mut Record, field: &FieldName, promise: &Promise<'_>) {
    let Some(value) = record.fields.get_mut(field).filter(|value| value.next().is_none()) else {
        return;
    };
    let Some(then) = amount_like(value, promise.amount).filter(|then| !then.same(value)) else {
        return;
    };
    let (now, from) = (value.clone(), promise.from);
    *value = Value::Announced(Box::new(Announced { now, then, from }));
    if !record.evidence.quote.contains(promise.sentence) {
        record.evidence.quote.extend([CELL, promise.sentence]);
    }
}

/// An amount as printed, of the kind that a value is: one in place of "no fee" is of dollars, and where the sign stands
/// in the header of a column, its amounts are numbers.
fn amount_like(value: &Value, printed: &str) -> Option<Value> {
    let free = Value::Money { amount: Decimal::ZERO, currency: Currency::Cad, per: None };
    let read = match value {
        Value::Money { .. } => value_like(value, printed),
        other if other.is_free() => value_like(&free, printed),
        number => value_like(number, printed.trim_matches(['$', ' '])),
    };
    read.ok()
}

/// The only amount of a record, be it that nothing is to be paid.
fn amount<'s>(set: &FactSet, record: &'s Record) -> Option<(&'s FieldName, &'s Value)> {
    let is_amount = |(name, value): &(&FieldName, &Value)| {
        let value = value.current();
        let is_number = matches!(value, Value::Decimal(_) | Value::Integer(_));
        let is_of_fee = set.kind == FactType::Fees && (is_number || value.is_free());
        set.compares(name) && (is_of_fee || matches!(value, Value::Money { .. }))
    };
    let mut amounts = record.fields.iter().filter(is_amount);
    let (first, None) = (amounts.next()?, amounts.next()) else { return None };
    Some(first)
}

/// What a record is called, without what it is under.
fn name(key: &RecordKey) -> &str {
    key.as_str().rsplit('/').next().unwrap_or_default()
}

/// Whether words are said of a record: they have all that name it, its key or the first cell of its row, and nothing
/// else that its row does not say.
fn is_about(subject: &BTreeSet<String>, key: &RecordKey, record: &Record) -> bool {
    let first = record.evidence.quote.split_once(CELL).map_or("", |(first, _)| first);
    let names = [subject_of(&name(key).replace('-', " ")), subject_of(first)];
    let is_named = |name: &&BTreeSet<String>| !name.is_empty() && name.is_subset(subject);
    let Some(name) = names.iter().find(is_named) else { return false };
    let texts = record.fields.values().filter_map(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let row: BTreeSet<String> =
        texts.chain([record.evidence.quote.as_str()]).flat_map(subject_of).collect();
    subject.iter().all(|word| name.contains(word) || row.contains(word))
}

/// The day from which a sentence says that something holds, if it is no proposal.
fn begins(sentence: &str) -> Option<Date> {
    dated::begins(sentence).filter(|_| !is_proposal(sentence))
}

/// The amounts that the sentences of a line say will hold from a day.
fn promises(line: &str) -> Vec<Promise<'_>> {
    // What follows is said of something else.
    static PART: LazyLock<Regex> =
        LazyLock::new(|| constant(r"(?i)[,;(]|\b(?:and|while|et|tandis que)\b"));
    if !line.contains('$') {
        return Vec::new();
    }
    let mut promises: Vec<Promise<'_>> = Vec::new();
    for sentence in parted(TriedOn::Sentence, line) {
        let Some(from) = begins(sentence) else { continue };
        let places: Vec<(usize, usize)> = number::places(sentence).collect();
        let mut of_sentence: Vec<(Promise<'_>, Vec<(usize, usize)>)> = Vec::new();
        let mut end = 0;
        for (n, place) in places.iter().copied().enumerate() {
            let next = places.get(n + 1).map_or(sentence.len(), |next| next.0);
            let after = dated::without_period(&sentence[place.1..next]);
            let after = &after[..PART.find(&after).map_or(after.len(), |part| part.start())];
            let subject = subject_of(&dated::without_when(&sentence[end..place.0]));
            let is_former = dated::says_what_was(&sentence[end..place.0]);
            end = place.1;
            match of_sentence.last_mut() {
                // "of $300 will be $400", "$400, up from $300": another amount of the same fee.
                Some((_, places)) if subject.is_empty() || is_former => places.push(place),
                _ => {
                    let mut subject = subject;
                    subject.extend(subject_of(after));
                    let amount = &sentence[place.0..place.1];
                    of_sentence.push((Promise { sentence, subject, amount, from }, vec![place]));
                }
            }
        }
        promises.extend(of_sentence.into_iter().filter_map(|(promise, places)| {
            let amount = match *places {
                [_] => promise.amount,
                [a, b] => {
                    let (then, _) = dated::order(sentence, [a, b])?;
                    let place = [a, b][then];
                    &sentence[place.0..place.1]
                }
                _ => return None,
            };
            Some(Promise { amount, ..promise })
        }));
    }
    promises
}

/// The words that say what an amount is for, without their plurals.
fn subject_of(text: &str) -> BTreeSet<String> {
    let words = words(text).into_iter().filter(|word| !OTHERS.contains(&word.as_str()));
    words.map(|word| word.trim_end_matches('s').to_owned()).collect()
}

/// Words of a sentence that do not say what its amount is for.
#[rustfmt::skip]
const OTHERS: [&str; 106] = [
    "the", "a", "an", "of", "for", "to", "in", "on", "at", "by", "be", "is", "are", "will", "must", "shall", "it",
    "this", "that", "your", "our", "you", "they", "all", "and", "per", "from",
    "pay", "paid", "cost", "costs", "fee", "fees", "amount", "amounts", "wage", "wages", "threshold", "thresholds",
    "median", "hourly", "hour", "cad", "dollars", "non", "refundable",
    "new", "current", "increase", "increases", "rise", "rises", "change", "changes", "go", "goes", "up", "set",
    "raised", "effective", "starting", "increasing", "increased", "rising", "changing", "changed", "going", "moving",
    "moves", "lowered", "decrease", "decreases", "decreasing", "reduced", "dropping", "drops",
    "le", "la", "l", "les", "un", "une", "des", "de", "du", "d", "au", "aux", "pour", "et", "vous", "votre",
    "sera", "seront", "est", "sont", "etre", "passera", "passeront", "devez", "devront", "payer", "payez",
    "frais", "droits", "montant",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Fields};

    #[track_caller]
    fn check(text: &str, said: &[(&str, &str, &str)]) {
        let promises = promises(text);
        let read: Vec<_> = promises
            .iter()
            .map(|promise| {
                let subject: Vec<&str> = promise.subject.iter().map(String::as_str).collect();
                (subject.join(" "), promise.amount, promise.from.to_string())
            })
            .collect();
        let read: Vec<_> = read.iter().map(|(a, b, c)| (a.as_str(), *b, c.as_str())).collect();
        assert_eq!(read, said, "{text}");
    }

    #[test]
    fn a_sentence_promises_an_amount_to_what_it_names() {
        check(
            "The application fee will be $1,850 as of January 15, 2027. Fees are not refunded.",
            &[("application", "$1,850", "2027-01-15")],
        );
        check(
            "Starting September 1, 2027, the skilled worker fee will be $1,000 and the entrepreneur fee will be $2,000.",
            &[("skilled worker", "$1,000", "2027-09-01"), ("entrepreneur", "$2,000", "2027-09-01")],
        );
        check(
            "The application fee is $300 until March 31, 2027 and $350 from April 1, 2027.",
            &[("application", "$350", "2027-04-01")],
        );
        check(
            "The application fee will increase from $300 to $350 on April 1, 2027.",
            &[("application", "$350", "2027-04-01")],
        );
        check(
            "The application fee of $300 is increasing to $350 on April 1, 2027.",
            &[("application", "$350", "2027-04-01")],
        );
        check(
            "From April 1, 2027 the office will charge $350 for a renewal, up from $300.",
            &[("charge office renewal", "$350", "2027-04-01")],
        );
        check(
            "Les frais de demande seront de 350 $ à compter du 1er avril 2027.",
            &[("demande", "350 $", "2027-04-01")],
        );
    }

    #[test]
    fn words_are_said_of_a_row_by_its_key_or_by_its_first_cell() {
        let is_said_of = |says: &str, key: &str, row: &str| {
            let evidence = Evidence { quote: row.to_owned(), ..Evidence::default() };
            let record = Record { fields: Fields::new(), evidence };
            let key = RecordKey::parse(key).unwrap();
            is_about(&subject_of(says), &key, &record)
        };
        assert!(is_said_of("the wage threshold for Ontario", "ON", "Ontario | $36.00"));
        assert!(is_said_of("the fee for an application", "application", "Application fee | $300"));
        assert!(!is_said_of("the wage threshold for Ontario", "MB", "Manitoba | $34.00"));
        assert!(!is_said_of("the fee for students in Ontario", "ON", "Ontario | $36.00"));
        assert!(!is_said_of("the wage threshold", "ON", "Ontario | $36.00"));
    }

    #[test]
    fn a_sentence_without_a_day_to_come_promises_nothing() {
        for text in [
            "The application fee is $300.",
            "The application fee was $300 until March 31, 2026.",
            "The fee is $300 from April 1, 2027 and $400 from April 1, 2028.",
        ] {
            check(text, &[]);
        }
    }
}
