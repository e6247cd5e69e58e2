use std::collections::BTreeSet;

use super::*;
use crate::model::Announced;

fn facts(kind: FactType, rows: &[(&str, &[(&str, Value)])]) -> Facts {
    let mut set = FactSet::new(kind);
    set.notes.push(FieldName::parse("note").unwrap());
    set.wording.push(FieldName::parse("label").unwrap());
    set.dates.effective = FieldName::parse("as_of").ok();
    for (key, fields) in rows {
        let fields = fields
            .iter()
            .map(|(name, value)| (FieldName::parse(name).unwrap(), value.clone()))
            .collect();
        let record = Record { fields, evidence: Evidence::default() };
        set.records.insert(RecordKey::parse(key).unwrap(), record);
    }
    [(FactKey::parse("a.b").unwrap(), set)].into()
}

fn n(number: i64) -> Value {
    Value::Integer(number)
}

fn t(text: &str) -> Value {
    Value::Text(text.into())
}

#[track_caller]
fn check(
    kind: FactType,
    before: &[(&str, &[(&str, Value)])],
    now: &[(&str, &[(&str, Value)])],
    said: &[&str],
) {
    let comparison = compare(&facts(kind, before), &facts(kind, now));
    let side = |side: &Option<Side>| match side {
        None => "-".to_owned(),
        Some(Side::Value(value)) => value.to_string().replace('\n', " / "),
        Some(Side::Record(_)) => "record".to_owned(),
    };
    let line = |d: &Delta| {
        let field = d.field.as_ref().map_or(String::new(), |f| format!(".{f}"));
        format!("{} {}{field} {} > {}", d.kind.word(), d.record, side(&d.old), side(&d.new))
    };
    assert_eq!(comparison.deltas.iter().map(line).collect::<Vec<_>>(), said);
}

#[test]
fn one_code_swapped_in_a_list_of_equal_length() {
    check(
        FactType::Occupations,
        &[("63200", &[("title", t("Cooks"))]), ("72106", &[])],
        &[("63201", &[("title", t("Butchers"))]), ("72106", &[])],
        &["occupation_removed 63200 record > -", "occupation_added 63201 - > record"],
    );
}

#[test]
fn the_hourly_floor_moves_and_the_yearly_does_not() {
    check(
        FactType::Occupations,
        &[("x/22222", &[("annual", n(85_000)), ("hourly", n(41))])],
        &[("x/22222", &[("annual", n(85_000)), ("hourly", n(42))])],
        &["threshold_changed x/22222.hourly 41 > 42"],
    );
}

#[test]
fn notes_typography_and_case_are_silent() {
    check(
        FactType::Draws,
        &[("1", &[("note", t("Version 1")), ("category", t("French"))])],
        &[("1", &[("note", t("Version 2")), ("category", t("french "))])],
        &[],
    );
}

#[track_caller]
fn check_label(kind: FactType, was: &str, is: &str, told: &str) {
    check(
        kind,
        &[("s/sibling/p", &[("label", t(was)), ("points", n(15))])],
        &[("s/sibling/p", &[("label", t(is)), ("points", n(15))])],
        &[&format!("{told} s/sibling/p.label {was} > {is}")],
    );
}

#[test]
fn words_of_a_label_are_a_change_of_wording() {
    let told = "wording_changed";
    check_label(FactType::Points, "Brother or sister", "Sibling", told);
    check_label(FactType::Points, "Sibling (18 or older)", "Sibling aged 18 and over", told);
    check_label(FactType::Fees, "Application", "Application fee", told);
    check_label(
        FactType::List,
        "Degree, diploma or certificate",
        "Diploma, degree or certificate",
        told,
    );
}

#[test]
fn a_figure_a_bound_or_an_alternative_in_a_label_is_a_change_of_the_rule() {
    let told = "record_changed";
    for kind in [FactType::Points, FactType::Fees, FactType::Standards, FactType::List] {
        check_label(kind, "Brother or sister", "Brother or sister (18 or older)", told);
        check_label(kind, "Sibling, 18 or older", "Sibling, 19 or older", told);
        check_label(kind, "Sibling, 18 or older", "Sibling, over 18", told);
        check_label(kind, "A citizen or permanent resident", "A citizen", told);
        check_label(kind, "French and English", "French or English", told);
        check_label(kind, "Work in Canada", "Work", told);
    }
    // A qualifier with a letter wrong is the same qualifier.
    let typo = ("Employment in Canada", "Employment in Caanda");
    check_label(FactType::Points, typo.0, typo.1, "wording_changed");
    // A code is what it is under any title.
    check_label(FactType::Occupations, "Cooks", "Cooks or bakers", "wording_changed");
    check_label(FactType::Occupations, "Cooks", "Cooks (chefs)", "wording_changed");
    let limited = "Teachers (French-speaking only)";
    check_label(FactType::Occupations, limited, "Teachers (French-speaking)", "record_changed");
    check_label(FactType::Occupations, "Teachers", limited, "record_changed");
    check_label(FactType::Occupations, limited, &format!("School {limited}"), "wording_changed");
}

#[test]
fn a_row_under_another_label_of_the_same_meaning_keeps_its_values() {
    let row = |label: &str, points: i64| [("label", t(label)), ("points", n(points))];
    check(
        FactType::Points,
        &[("age/30-years-of-age/single", &row("30 years of age", 95))],
        &[("age/age-30/single", &row("Age 30", 90))],
        &[
            "wording_changed age/age-30/single.label 30 years of age > Age 30",
            "points_changed age/age-30/single.points 95 > 90",
        ],
    );
    // The words of a row count, not a vocabulary's word for it.
    check(
        FactType::Points,
        &[("work/none/single", &row("None or less than a year", 0))],
        &[("work/less-than-1-year/single", &row("Less than 1 year", 0))],
        &["wording_changed work/less-than-1-year/single.label None or less than a year > Less \
             than 1 year"],
    );
    check(
        FactType::Points,
        &[("work/2-years/single", &row("2 years", 46))],
        &[("work/2-years-or-more/single", &row("2 years or more", 46))],
        &[
            "record_added work/2-years-or-more/single - > record",
            "record_removed work/2-years/single record > -",
        ],
    );
}

#[test]
fn only_the_clauses_that_differ_are_the_change() {
    let clauses = |list: &[&str]| Value::Clauses(list.iter().map(|&c| c.to_owned()).collect());
    check(
        FactType::Clauses,
        &[("87", &[("text", clauses(&["a one", "b six months", "c three"]))])],
        &[("87", &[("text", clauses(&["c three", "a  ONE", "b twelve months"]))])],
        &["wording_changed 87.text b six months > b twelve months"],
    );
}

#[test]
fn a_series_moves_without_a_change() {
    let before = facts(FactType::Series, &[("0-300", &[("c", n(1))]), ("301", &[("c", n(2))])]);
    let now = facts(FactType::Series, &[("0-300", &[("c", n(5))]), ("301", &[("c", n(2))])]);
    let comparison = compare(&before, &now);
    assert!(comparison.deltas.is_empty());
    assert_eq!(comparison.updates.values().copied().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_fact_set_that_is_new_adds_its_records() {
    let now = facts(FactType::Occupations, &[("41220", &[])]);
    let comparison = compare(&Facts::new(), &now);
    assert_eq!(comparison.deltas.len(), 1);
    assert_eq!(comparison.deltas[0].kind, ChangeKind::OccupationAdded);
}

#[test]
fn the_page_says_from_when() {
    let date = |day: &str| Value::Date(day.parse().unwrap());
    let row = |amount, day| [("amount", n(amount)), ("as_of", date(day))];
    let (old, new) = (row(13_757, "2023-04-25"), row(14_690, "2024-06-03"));
    let mut before = facts(FactType::Funds, &[("1", &old)]);
    let mut now = facts(FactType::Funds, &[("1", &new)]);
    for facts in [&mut before, &mut now] {
        facts.values_mut().for_each(|set| set.notes.push(FieldName::parse("as_of").unwrap()));
    }
    let comparison = compare(&before, &now);
    assert_eq!(comparison.deltas.len(), 1);
    assert_eq!(comparison.deltas[0].dates.effective_on, Some("2024-06-03".parse().unwrap()));
}

#[test]
fn a_figure_that_a_draw_did_not_have_yet_completes_it() {
    let draws = |rows: &[(&str, &[(&str, Value)])]| facts(FactType::Draws, rows);
    let kinds = |before: &Facts, now: &Facts| {
        let mut comparison = compare(before, now);
        completed(&mut comparison, &[]);
        comparison.deltas.iter().map(|delta| delta.kind).collect::<Vec<_>>()
    };
    let whole = draws(&[("613", &[("score", n(501)), ("stream", t("CEC"))])]);
    let early = draws(&[("613", &[("stream", t("CEC"))])]);
    assert_eq!(kinds(&early, &whole), [ChangeKind::DrawAdded]);
    let other = draws(&[("613", &[("score", n(478)), ("stream", t("CEC"))])]);
    assert_eq!(kinds(&other, &whole), [ChangeKind::DrawCorrected]);
    let unnamed = draws(&[("613", &[("score", n(501))])]);
    assert_eq!(kinds(&unnamed, &whole), [ChangeKind::DrawAdded]);
    // A name that is only a note is told too.
    let noted = |rows: &[(&str, &[(&str, Value)])]| {
        let mut draws = draws(rows);
        let name = || FieldName::parse("name").unwrap();
        draws.values_mut().for_each(|set| set.notes = vec![name()]);
        draws
    };
    let with = |name: Option<&str>| {
        let fields = [("score", n(501)), ("name", t(name.unwrap_or_default()))];
        noted(&[("613", &fields[..if name.is_some() { 2 } else { 1 }])])
    };
    assert_eq!(kinds(&with(None), &with(Some("Farmers"))), [ChangeKind::DrawAdded]);
    assert_eq!(kinds(&with(Some("Farmers")), &with(Some("Farmers, version 2"))), []);
    // What is new of all draws makes none of them new.
    let two = |with: &[(&str, Value)]| draws(&[("613", with), ("612", with)]);
    let (plain, more) =
        (two(&[("score", n(501))]), two(&[("score", n(501)), ("stream", t("CEC"))]));
    assert_eq!(kinds(&plain, &more), [ChangeKind::DrawCorrected; 2]);
}

#[test]
fn a_qualifier_of_a_rule_that_keeps_its_figures_is_as_severe_as_the_rule() {
    let rule = |kind, line: &str| {
        facts(kind, &[("work", &[("text", Value::Clauses(vec![line.to_owned()]))])])
    };
    let kind =
        |kind, old: &str, new: &str| compare(&rule(kind, old), &rule(kind, new)).deltas[0].kind;
    let (here, lost) = ("1 year of work in Canada", "1 year of work");
    assert_eq!(kind(FactType::Thresholds, here, lost), ChangeKind::ThresholdChanged);
    assert_eq!(kind(FactType::Clauses, here, lost), ChangeKind::WordingChanged);
    let reworded = "1 year of employment";
    assert_eq!(kind(FactType::Thresholds, here, reworded), ChangeKind::WordingChanged);
}

#[test]
fn an_announced_pause_on_another_day_opens_nothing() {
    let paused = |from: &str| {
        let (now, then) = (t("open"), t("paused"));
        let status = Announced { now, then, from: from.parse().unwrap() };
        facts(FactType::Streams, &[("s", &[("status", Value::Announced(Box::new(status)))])])
    };
    let moved = compare(&paused("2027-03-01"), &paused("2027-03-15"));
    let [moved] = &moved.deltas[..] else { panic!("{:?}", moved.deltas) };
    assert_eq!(moved.kind, ChangeKind::StatusChanged);
    let side = |word| Some(Side::Value(t(word)));
    assert_eq!((&moved.old, &moved.new), (&side("open"), &side("paused")));
    assert_eq!(moved.dates.effective_on, "2027-03-15".parse().ok());
}

#[test]
fn a_stream_that_took_no_applications_does_not_close_when_it_leaves() {
    for (state, told) in [
        ("open", "stream_closed s record > -"),
        ("paused", "status_changed s record > -"),
        ("closed", "status_changed s record > -"),
    ] {
        check(FactType::Streams, &[("s", &[("status", t(state))])], &[], &[told]);
    }
    check(FactType::Streams, &[("s", &[])], &[], &["stream_closed s record > -"]);
}

#[test]
fn what_stands_under_another_label_is_the_same_and_what_has_its_label_is_new() {
    let law = |provisions: &[(&str, &str, i64)]| {
        let mut set = facts(FactType::Fees, &[]).into_values().next().unwrap();
        set.notes.push(FieldName::parse("text").unwrap());
        for (label, text, amount) in provisions {
            let fields = [("amount", n(*amount)), ("text", t(text))];
            let fields = fields.map(|(name, value)| (FieldName::parse(name).unwrap(), value));
            let record =
                Record { fields: fields.into_iter().collect(), evidence: Evidence::default() };
            set.records.insert(RecordKey::parse(label).unwrap(), record);
        }
        Facts::from([(FactKey::parse("a.b").unwrap(), set)])
    };
    let told = |before: &Facts, now: &Facts| {
        let line = |delta: &Delta| format!("{} {}", delta.kind.word(), delta.record);
        compare(before, now).deltas.iter().map(line).collect::<Vec<_>>()
    };
    let two =
        law(&[("1(i)", "for a spouse, $825, and", 825), ("1(ii)", "for a child, $225;", 225)]);
    let three = law(&[
        ("1(i)", "for a spouse, $825,", 825),
        ("1(ii)", "for a parent, $900, and", 900),
        ("1(iii)", "for a child, $225;", 225),
    ]);
    assert_eq!(told(&two, &three), ["record_added 1(ii)"]);
    assert_eq!(told(&three, &two), ["record_removed 1(ii)"]);
    let dearer =
        law(&[("1(i)", "for a spouse, $825, and", 825), ("1(ii)", "for a child, $230;", 230)]);
    assert_eq!(told(&two, &dearer), ["fee_changed 1(ii)"]);
    // Two that changed their labels are what they were.
    let turned =
        law(&[("1(i)", "for a child, $225, and", 225), ("1(ii)", "for a spouse, $825;", 825)]);
    assert_eq!(told(&two, &turned), [""; 0]);
}

#[test]
fn a_condition_that_only_points_otherwise_says_the_same() {
    let kind = |old: &str, new: &str| {
        let said =
            |text: &str| facts(FactType::Occupations, &[("51120", &[("footnote", t(text))])]);
        compare(&said(old), &said(new)).deltas[0].kind
    };
    let old = "The position must require 3 years of experience.";
    let reworded = kind(old, "This position must require 3 years of experience.");
    assert_eq!(reworded, ChangeKind::WordingChanged);
    assert_eq!(kind(old, &old.replace('3', "2")), ChangeKind::RecordChanged);
}

#[test]
fn what_a_notice_states_of_a_fact_is_told_as_a_change_of_it() {
    let notice = |before: Option<i64>| {
        let mut fields = vec![("amount", n(1750))];
        fields.extend(before.map(|before| ("before", n(before))));
        fields
    };
    let (known, unknown) = (notice(Some(1475)), notice(None));
    let (dated, plain) = ("2026-01-22/application", "application");
    let told = ["fee_changed 2026-01-22/application.amount 1,475 > 1,750"];
    check(FactType::Fees, &[], &[(dated, &known)], &told);
    let told = ["fee_changed 2026-01-22/application.amount - > 1,750"];
    check(FactType::Fees, &[], &[(dated, &unknown)], &told);
    check(FactType::Fees, &[], &[(plain, &unknown)], &["record_added application - > record"]);
    let said = [("status", t("closed"))];
    check(FactType::Streams, &[], &[("skills", &said)], &["stream_closed skills - > record"]);
    let said = [("status", t("paused"))];
    check(FactType::Streams, &[], &[("skills", &said)], &["status_changed skills - > record"]);
    check(FactType::Streams, &[], &[("skills", &[])], &["stream_opened skills - > record"]);
}

#[test]
fn what_leaves_a_list_leaves_it_from_the_day_of_the_list() {
    let row = |day: &str| [("as_of", Value::Date(day.parse().unwrap()))];
    let (spring, summer) = (row("2026-04-10"), row("2026-07-10"));
    let all = |toronto| -> [(&str, &[(&str, Value)]); 3] {
        [("halifax", &spring), ("toronto", toronto), ("winnipeg", &spring)]
    };
    let of = |before: &[(&str, &[(&str, Value)])], now: &[(&str, &[(&str, Value)])]| {
        let before = facts(FactType::List, before);
        let comparison = compare(&before, &facts(FactType::List, now));
        let gone = comparison.deltas.into_iter().find(|delta| delta.record.as_str() == "halifax");
        gone.unwrap().dates.effective_on.map(|day| day.to_string())
    };
    let day = |now: &[(&str, &[(&str, Value)])]| of(&all(&spring), now);
    let list: &[(&str, &[(&str, Value)])] = &[("toronto", &summer), ("winnipeg", &summer)];
    assert_eq!(day(list).as_deref(), Some("2026-07-10"));
    assert_eq!(day(&[("toronto", &summer), ("ottawa", &spring)]), None, "two days are none");
    assert_eq!(
        day(&[("toronto", &spring), ("winnipeg", &spring)]),
        None,
        "the list is of the day it was of"
    );
    assert_eq!(day(&[("toronto", &summer)]), None, "one record is no list");
    assert_eq!(of(&all(&summer), list), None, "each had a day of its own");
}

#[test]
fn each_figure_of_a_notice_is_told() {
    let figures = [("amount", n(1750)), ("maximum", n(4000))];
    let dated = "2026-01-22/application";
    check(
        FactType::Fees,
        &[],
        &[(dated, &figures)],
        &[
            "fee_changed 2026-01-22/application.amount - > 1,750",
            "fee_changed 2026-01-22/application.maximum - > 4,000",
        ],
    );
    // Of which of them it says what was before, nothing tells.
    let from = [("amount", n(1750)), ("before", n(1475)), ("maximum", n(4000))];
    let told = ["record_added 2026-01-22/application - > record"];
    check(FactType::Fees, &[], &[(dated, &from)], &told);
}

#[test]
fn each_type_names_the_kinds_that_it_gives() {
    let clauses = |text: &str| Value::Clauses(vec![text.to_owned()]);
    let values = [
        None,
        Some(n(501)),
        Some(n(478)),
        Some(t("open")),
        Some(t("closed")),
        Some(t("paused")),
        Some(t("paused for 2 years or more")),
        Some(clauses("1 year in Canada")),
        Some(clauses("2 years")),
    ];
    for kind in FactType::ALL {
        let mut seen = BTreeSet::new();
        for (old, new) in values.iter().flat_map(|old| values.iter().map(move |new| (old, new))) {
            for name in [STATUS, "score", "label"] {
                let set = |value: &Option<Value>| {
                    let fields: Vec<(&str, Value)> =
                        value.iter().map(|value| (name, value.clone())).collect();
                    facts(kind, &[("a", &fields), ("b", &[])])
                };
                seen.extend(compare(&set(old), &set(new)).deltas.iter().map(|delta| delta.kind));
            }
        }
        let (none, row) = (facts(kind, &[("b", &[])]), facts(kind, &[("a", &[]), ("b", &[])]));
        for (before, now) in [(&none, &row), (&row, &none)] {
            seen.extend(compare(before, now).deltas.iter().map(|delta| delta.kind));
        }
        // Words change in any set that has some.
        seen.remove(&ChangeKind::WordingChanged);
        let mut named = BTreeSet::from_iter(kinds(kind));
        named.remove(&ChangeKind::WordingChanged);
        assert_eq!(seen, named, "{kind:?}");
    }
}
