//! What changed in the words of a page that no recipe reads: `page.<source>`.
//!
//! Words are compared, not places: a line that moved, stands under another heading, in a table in place
//! of a list, is split or joined, says what it said. New is a word that stood nowhere on the page before
//! beside the words it stands beside now, neither in what was left of it nor in what its facts were read
//! from; gone is one that stands nowhere now. So words that only passed from facts to the rest, or back,
//! are no change.

use std::collections::{BTreeMap, HashSet};

use crate::model::{
    ChangeKind, Dates, Evidence, FactKey, FactSet, FactType, Facts, FieldName, Fields, Record,
    RecordKey, Side, Value,
    words::{Phrases, VALUE, likeness, words},
};

use super::Delta;

/// How alike two lines are, in hundredths, when one may be the other worded anew.
const ALIKE: usize = 40;

/// So many pairs of lines are compared. A page with more is another one: no line of it is like any.
const PAIRS: usize = 1_000_000;

/// Whether a fact set holds the words of a page.
pub(super) fn is_of(key: &FactKey) -> bool {
    key.as_str().starts_with("page.")
}

/// A line, the record it stands in, and its words.
struct Line<'a> {
    record: &'a RecordKey,
    text: &'a str,
    words: Vec<String>,
}

/// The words that came and went, heading by heading. What is read for the first time, or of a page that
/// is no longer watched, is no change.
///
/// `whole` says that records came or went: a line that held one, and has no like on the other side, went
/// or came with it.
pub(super) fn compare(key: &FactKey, before: &Facts, now: &Facts, whole: bool) -> Vec<Delta> {
    let (Some(old), Some(new)) = (before.get(key), now.get(key)) else { return Vec::new() };
    if said(old).eq(said(new)) {
        return Vec::new();
    }
    let (was, is) = (lines(old), lines(new));
    let (known, here) = (Phrases::of(before), Phrases::of(now));
    let mut changes: BTreeMap<&RecordKey, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    // A line that stands on both pages is not another worded anew.
    let (only_was, only_is) = (without_equals(&was, &is), without_equals(&is, &was));
    let (only_was, only_is) = if only_was.len().saturating_mul(only_is.len()) > PAIRS {
        (Vec::new(), Vec::new())
    } else {
        (only_was, only_is)
    };
    let like = |line: &Line<'_>, others: &[&Line<'_>]| {
        others.iter().any(|other| likeness(&line.words, &other.words) >= ALIKE)
    };
    let is_told = |line: &&Line<'_>, others: &[&Line<'_>]| {
        !(whole && line.text.contains(VALUE)) || like(line, others)
    };
    let came = is.iter().filter(|line| !known.say(&line.words));
    for line in came.filter(|line| is_told(line, &only_was)) {
        changes.entry(line.record).or_default().1.push(line.text);
    }
    let gone = was.iter().filter(|line| !here.say(&line.words));
    for line in gone.filter(|line| is_told(line, &only_is)) {
        let near = only_is.iter().map(|now| (likeness(&line.words, &now.words), now));
        let now = near.max_by_key(|(how, _)| *how).filter(|(how, _)| *how >= ALIKE);
        let record = now.map_or(line.record, |(_, now)| now.record);
        let (gone, came) = changes.entry(record).or_default();
        gone.push(line.text);
        // A word that was struck out leaves a line that is known word by word.
        if let Some((_, now)) = now.filter(|(_, now)| !came.contains(&now.text)) {
            came.push(now.text);
        }
    }
    let delta = |(record, (gone, came)): (&RecordKey, (Vec<&str>, Vec<&str>))| {
        delta(key, record, (gone, came), (old, new))
    };
    changes.into_iter().filter_map(delta).collect()
}

/// The lines that have no equal among others.
fn without_equals<'l, 'a>(lines: &'l [Line<'a>], others: &[Line<'a>]) -> Vec<&'l Line<'a>> {
    let known: HashSet<&[String]> = others.iter().map(|line| line.words.as_slice()).collect();
    lines.iter().filter(|line| !known.contains(line.words.as_slice())).collect()
}

/// The lines of a set in the order they are kept in.
fn said(set: &FactSet) -> impl Iterator<Item = &String> {
    set.records.values().flat_map(of_record)
}

fn of_record(record: &Record) -> &[String] {
    let text = record.fields.iter().find(|(name, _)| name.as_str() == "text");
    text.map_or(&[], |(_, value)| value.clauses())
}

fn lines(set: &FactSet) -> Vec<Line<'_>> {
    let mut all = Vec::new();
    for (record, said) in &set.records {
        for text in of_record(said) {
            all.push(Line { record, text, words: words(text) });
        }
    }
    all
}

fn delta(
    key: &FactKey,
    record: &RecordKey,
    (gone, came): (Vec<&str>, Vec<&str>),
    (old, new): (&FactSet, &FactSet),
) -> Option<Delta> {
    let clauses = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        (!lines.is_empty()).then_some(Side::Value(Value::Clauses(lines)))
    };
    let evidence = |set: &FactSet, lines: &[&str]| {
        let place = set.records.get(record)?.evidence.place.clone();
        let quote = crate::model::text::excerpt(&lines.join(" "), 300);
        Some(Evidence { locator: "remainder".into(), place, quote })
    };
    let (before, after) = (evidence(old, &gone), evidence(new, &came));
    let whole = Record { fields: Fields::new(), evidence: after.clone().unwrap_or_default() };
    Some(Delta {
        fact: key.clone(),
        fact_type: FactType::Clauses,
        record: record.clone(),
        field: Some(FieldName::parse("text").ok()?),
        kind: ChangeKind::WordingChanged,
        old: clauses(&gone),
        new: clauses(&came),
        before,
        after,
        dates: Dates::default(),
        whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(sections: &[(&str, &[&str])], quote: &str) -> Facts {
        let mut page = FactSet::new(FactType::Clauses);
        for (path, lines) in sections {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            let field = FieldName::parse("text").unwrap();
            let fields = [(field, Value::Clauses(lines))].into_iter().collect();
            let record = Record { fields, evidence: Evidence::default() };
            page.records.insert(RecordKey::parse(path).unwrap(), record);
        }
        let mut fees = FactSet::new(FactType::Fees);
        let evidence = Evidence { quote: quote.to_owned(), ..Evidence::default() };
        let record = Record { fields: Fields::new(), evidence };
        fees.records.insert(RecordKey::parse("fee").unwrap(), record);
        let key = |key: &str| FactKey::parse(key).unwrap();
        [(key("page.x"), page), (key("x.fees"), fees)].into()
    }

    #[track_caller]
    fn check(before: &Facts, now: &Facts, said: &[&str]) {
        let key = FactKey::parse("page.x").unwrap();
        let side = |side: &Option<Side>| match side {
            Some(Side::Value(value)) => value.to_string(),
            Some(Side::Record(_)) | None => String::new(),
        };
        let line = |d: &Delta| format!("{}: {} -> {}", d.record, side(&d.old), side(&d.new));
        let found: Vec<String> = compare(&key, before, now, false).iter().map(line).collect();
        assert_eq!(found, said);
    }

    #[test]
    fn lines_that_moved_or_were_split_say_what_they_said() {
        let before = facts(&[("A", &["one two three four", "five six seven"])], "");
        check(&before, &facts(&[("B", &["Five, six: seven", "one two", "three four"])], ""), &[]);
    }

    #[test]
    fn a_word_for_another_is_a_change_of_its_line() {
        let before =
            facts(&[("A", &["the fee for the first 2 positions", "a degree and a job"])], "");
        check(
            &before,
            &facts(&[("A", &["the fee for the first 3 positions", "a degree or a job"])], ""),
            &["A: the fee for the first 2 positions\na degree and a job -> \
               the fee for the first 3 positions\na degree or a job"],
        );
    }

    #[test]
    fn a_word_that_was_struck_out_is_shown_with_the_line_it_left() {
        let before = facts(&[("A", &["work experience in Canada of one year"])], "");
        let after = facts(&[("A", &["work experience of one year"])], "");
        let said = "A: work experience in Canada of one year -> work experience of one year";
        check(&before, &after, &[said]);
    }

    #[test]
    fn words_that_pass_from_facts_to_the_rest_are_no_change() {
        let quote = "The fee is $1,000 for each position.";
        let before = facts(&[("A", &["The fee is □ for each position."])], quote);
        let after = facts(&[("A", &["The fee is $1,000 for each position."])], "");
        check(&before, &after, &[]);
        check(&after, &before, &[]);
    }
}
