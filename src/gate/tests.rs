use super::*;
use crate::model::{Evidence, FieldName, Record, Value};

/// Expectations that are the same for everything.
struct Same(Expectation);

impl Expectations for Same {
    fn of(&self, _: &FactKey) -> Option<&Expectation> {
        Some(&self.0)
    }
    fn of_recipe(&self, _: &str) -> Option<&Expectation> {
        Some(&self.0)
    }
}

fn key() -> FactKey {
    FactKey::parse("ee.category.stem.occupations").unwrap()
}

fn extraction(rows: impl IntoIterator<Item = (String, i64)>) -> Extraction {
    let mut set = FactSet::new(FactType::Occupations);
    for (record, number) in rows {
        let fields =
            [(FieldName::parse("wage").unwrap(), Value::Integer(number))].into_iter().collect();
        set.records.insert(
            RecordKey::parse(&record).unwrap(),
            Record { fields, evidence: Evidence::default() },
        );
    }
    Extraction { facts: [(key(), set)].into(), ..Extraction::default() }
}

fn codes(range: std::ops::Range<u32>) -> Extraction {
    extraction(range.map(|n| (n.to_string(), 40)))
}

fn complaint(cause: Cause) -> Complaint {
    Complaint {
        cause,
        about: None,
        fact: "ee.category.{category}.occupations".into(),
        place: "row 6".into(),
        text: "?".into(),
        why: "no".into(),
    }
}

#[track_caller]
fn check(now: &Extraction, last: &Extraction, said: &str) {
    let verdict = judge(now, &last.facts, &Same(Expectation::default()));
    let words = match verdict {
        Judgement::Accept => "accept".to_owned(),
        Judgement::Hold(reason) => format!("hold: {reason}"),
        Judgement::Broken(breakage) => format!("broken: {}", breakage.word()),
    };
    assert_eq!(words, said);
}

#[test]
fn more_than_a_third_gone_is_held_and_a_third_is_not() {
    let all = codes(21_200..21_224);
    check(&codes(21_200..21_216), &all, "accept");
    check(
        &codes(21_200..21_215),
        &all,
        "hold: ee.category.stem.occupations: 9 of 24 records are gone",
    );
    check(&codes(21_200..21_300), &all, "accept");
    check(&codes(21_200..21_201), &codes(21_200..21_205), "accept");
}

#[test]
fn a_whole_set_gone_is_held() {
    let nothing = Extraction::default();
    let said = "hold: ee.category.stem.occupations: 3 of 3 records are gone";
    check(&nothing, &codes(82_030..82_033), said);
}

#[test]
fn a_figure_off_by_ten_is_held() {
    let wage = |n| extraction([("22222".to_owned(), n)]);
    check(&wage(410), &wage(41), "hold: ee.category.stem.occupations, 22222, wage: 41 became 410");
    check(&wage(42), &wage(41), "accept");
    check(&wage(50), &wage(0), "accept");
}

#[test]
fn an_old_edition_is_held() {
    let mut now = codes(21_200..21_224);
    now.complaints.push(complaint(Cause::OldEdition));
    let said = "hold: ee.category.{category}.occupations: ? is a code of NOC 2016, not of NOC 2021";
    check(&now, &codes(21_200..21_224), said);
}

#[test]
fn a_complaint_over_the_allowance_breaks_the_page() {
    let mut now = codes(21_200..21_224);
    now.complaints.push(complaint(Cause::Unreadable));
    check(&now, &codes(21_200..21_224), "broken: too_many_complaints");
    let lenient = Same(Expectation { complaints: 1, ..Expectation::default() });
    assert_eq!(judge(&now, &codes(21_200..21_224).facts, &lenient), Judgement::Accept);
}

#[test]
fn a_removal_beside_a_row_nobody_can_key_is_not_believed() {
    let mut now = codes(21_200..21_223);
    now.complaints.push(complaint(Cause::Unkeyed));
    let lenient = Same(Expectation { complaints: 1, ..Expectation::default() });
    let verdict = judge(&now, &codes(21_200..21_224).facts, &lenient);
    assert!(
        matches!(verdict, Judgement::Broken(Breakage::TooManyComplaints { .. })),
        "{verdict:?}"
    );
}

#[test]
fn the_last_good_value_stands_for_what_cannot_be_read() {
    let last = codes(21_200..21_203);
    let mut now = codes(21_200..21_203);
    let (record, field) = (RecordKey::parse("21201").unwrap(), FieldName::parse("wage").unwrap());
    now.facts.get_mut(&key()).unwrap().records.get_mut(&record).unwrap().fields.clear();
    let about = Some((key(), record, field));
    now.complaints.push(Complaint { about, ..complaint(Cause::Unreadable) });
    assert_eq!(settle(now, &last.facts).facts, last.facts);
}
