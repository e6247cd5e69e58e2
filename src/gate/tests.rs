use super::*;
use crate::model::{
    Announced, Between, Duration, DurationUnit, Evidence, FieldName, Record, Value,
};

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
    assert_eq!(said_of(now, last, &Same(Expectation::default())), said);
}

fn said_of(now: &Extraction, last: &Extraction, expectations: &Same) -> String {
    let today = "2026-11-22".parse().unwrap();
    let judged = judge(now, &last.facts, expectations, today);
    let held = judged.held.values().next().map(|reason| format!("hold: {reason}"));
    let broken = judged.broken.map(|breakage| format!("broken: {}", breakage.word()));
    let lost = judged.unreadable.first().map(|lost| format!("unreadable: {lost}: {}", lost.why));
    broken.or(held).or(lost).unwrap_or_else(|| "accept".to_owned())
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
fn what_is_announced_is_as_plausible_as_what_holds() {
    let of = |value: Value| {
        let mut all = extraction([("1".to_owned(), 0)]);
        for record in all.facts.values_mut().flat_map(|set| set.records.values_mut()) {
            let wage = FieldName::parse("wage").unwrap();
            record.fields = [(wage, value.clone())].into_iter().collect();
        }
        all
    };
    let change = |now: &Value, then: &Value| {
        let (now, then, from) = (now.clone(), then.clone(), jiff::civil::date(2027, 1, 1));
        of(Value::Announced(Box::new(Announced { now, then, from })))
    };
    let [three, two, thirty] =
        [3, 2, 30].map(|count| Value::Duration(Duration { count, unit: DurationUnit::Years }));
    check(&change(&three, &two), &of(three.clone()), "accept");
    let said = "hold: ee.category.stem.occupations, 1, wage: 3 years became 30 years";
    check(&change(&three, &thirty), &of(three.clone()), said);
    let range = Between { from: two.clone(), to: three.clone() };
    check(&of(Value::Between(Box::new(range))), &of(three.clone()), "accept");
    // Once a person has let it pass, it comes.
    check(&of(thirty.clone()), &change(&three, &thirty), "accept");
}

#[test]
fn an_old_edition_is_held() {
    let mut now = codes(21_200..21_224);
    now.complaints.push(complaint(Cause::OldEdition));
    let said = "hold: ee.category.{category}.occupations: ? is a code of NOC 2016, not of NOC 2021";
    check(&now, &codes(21_200..21_224), said);
}

#[test]
fn complaints_over_the_allowance_are_what_cannot_be_read() {
    let mut now = codes(21_200..21_224);
    now.complaints.push(complaint(Cause::Unkeyed));
    check(&now, &Extraction::default(), "broken: too_many_complaints");
    let said = "unreadable: ee.category.{category}.occupations: \
                1 parts could not be read, the first: row 6: no";
    check(&now, &codes(21_200..21_224), said);
    let lenient = Same(Expectation { complaints: 1, ..Expectation::default() });
    assert_eq!(said_of(&now, &codes(21_200..21_224), &lenient), "accept");
}

#[test]
fn a_page_that_contradicts_itself_is_not_read() {
    let mut now = codes(21_200..21_224);
    now.complaints.push(complaint(Cause::Unsound));
    check(&now, &codes(21_200..21_224), "broken: too_many_complaints");
}

fn unreadable(of: Extent) -> Unreadable {
    Unreadable::new(key().as_str(), of, "no")
}

#[test]
fn the_last_value_stands_for_what_cannot_be_read() {
    let last = codes(21_200..21_203);
    let (record, field) = (RecordKey::parse("21201").unwrap(), FieldName::parse("wage").unwrap());
    for of in [
        Extent::Set,
        Extent::Record(record.clone()),
        Extent::Column(field.clone()),
        Extent::Field(record.clone(), field),
    ] {
        let mut now = codes(21_200..21_203);
        let records = &mut now.facts.get_mut(&key()).unwrap().records;
        if matches!(of, Extent::Record(_)) {
            records.remove(&record);
        } else {
            records.get_mut(&record).unwrap().fields.clear();
        }
        now.unreadable.push(unreadable(of));
        assert_eq!(settle(&now, &last.facts), last.facts);
    }
}

#[test]
fn what_left_a_window_stands_and_what_is_gone_does_not() {
    let last = codes(21_200..21_203);
    let mut now = codes(21_201..21_202);
    now.archived.push((key(), RecordKey::parse("21200").unwrap()));
    assert_eq!(settle(&now, &last.facts), codes(21_200..21_202).facts);
}

#[test]
fn a_second_record_of_a_key_is_held() {
    let wages = |keys: &[&str]| extraction(keys.iter().map(|key| ((*key).to_owned(), 41)));
    let said = "hold: ee.category.stem.occupations, 22222/2: there are two of it";
    check(&wages(&["22222", "22222/2"]), &wages(&["22222"]), said);
    check(&wages(&["22222", "22222/2"]), &wages(&["22222", "22222/2"]), "accept");
    // What agreement would settle does not take its place.
    let one = Same(Expectation { max: Some(1), ..Expectation::default() });
    assert_eq!(said_of(&wages(&["22222", "22222/2"]), &wages(&["22222"]), &one), said);
}

#[test]
fn a_record_whose_key_still_stands_is_held() {
    let mut now = codes(21_201..21_224);
    let text = "Managers (21200)".to_owned();
    now.doubtful.push((key(), RecordKey::parse("21200").unwrap(), text));
    let said = "hold: ee.category.stem.occupations, 21200 is gone from its place and still stands \
                in `Managers (21200)`";
    check(&now, &codes(21_200..21_224), said);
}

#[test]
fn a_past_draw_does_not_lose_its_figures() {
    let draws = |score: i64| {
        let mut all = extraction([("612".to_owned(), score), ("611".to_owned(), 480)]);
        all.facts.values_mut().for_each(|set| set.kind = FactType::Draws);
        all
    };
    check(&draws(0), &draws(487), "hold: ee.category.stem.occupations, 612, wage: 487 became 0");
    check(&draws(478), &draws(487), "accept");
    // Few invitations may be none, and a fee may be abolished.
    check(&draws(0), &draws(3), "accept");
    check(&extraction([("1".to_owned(), 0)]), &extraction([("1".to_owned(), 487)]), "accept");
}
