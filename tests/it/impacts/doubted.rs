//! Every state of a fact in which nobody may say that data is right, as the program itself comes into it.

use rulewatch::conclude::Trust;

use super::pages::{self, SIX_MONTHS, STEM, TRADES};
use super::verified::{Data, known, stem_at};
use super::worked::{WAGES, thresholds_of_2024};
use super::{Watch, lists};

/// What is found: the kind and the record, and whether anything is patched.
fn found(data: &Data, watch: &Watch, at: &str) -> (Vec<String>, usize) {
    let verified = data.verify(&known(&[watch], at), false);
    let line = |found: &rulewatch::model::DataFinding| {
        format!("{} {}", found.kind.word(), found.record.as_deref().unwrap_or("-"))
    };
    (verified.findings.found.iter().map(line).collect(), verified.patches.len())
}

#[test]
fn a_set_whose_place_is_lost_is_unreadable() {
    let bindings = "[[bind]]\nfact = 'ee.category.stem.occupations'\nfile = 'noc.json'\nas = 'map'\n\
        key = 'code'\nvalue = 'stem'\ncompare = 'listed'\npartial = true\n";
    let codes = r#"[{"code": "22300", "stem": true}, {"code": "21231", "stem": true}]"#;
    let data = Data::new(&[("noc.json", codes)], bindings);
    let mut watch = stem_at(lists::STEM_2025, "2025-03-01T12:00:00Z");
    let before = found(&data, &watch, "2025-03-01T13:00:00Z");
    assert_eq!(before, (vec!["different 21231".to_owned()], 1));
    let trades = (TRADES, SIX_MONTHS, lists::TRADES_2025);
    let page = pages::categories(&[(STEM, SIX_MONTHS, ""), trades]);
    let page = page.replacen(
        "Occupation | 2021 NOC code | 2021 TEER category\n",
        "See the table of codes.\n",
        1,
    );
    let report = watch.sees("2025-03-02T12:00:00Z", &page);
    assert_eq!(report.outcome.word(), "partial");
    let (words, patches) = found(&data, &watch, "2025-03-04T13:00:00Z");
    // Said once of the set: what is not on a list that cannot be read may be on it.
    assert_eq!(
        (words, patches),
        (vec!["unreadable -".to_owned(), "different 21231".to_owned()], 0)
    );
}

#[test]
fn over_a_list_no_yes_or_no_is_written() {
    let codes = r#"[{"code": "22300", "stem": ["STEM"]}, {"code": "21231", "stem": []}]"#;
    let watch = stem_at(lists::STEM_2025, "2025-03-01T12:00:00Z");
    let of = |more: &str| {
        let bindings = format!(
            "[[bind]]\nfact = 'ee.category.stem.occupations'\nfile = 'noc.json'\npartial = true\n{more}"
        );
        found(&Data::new(&[("noc.json", codes)], &bindings), &watch, "2025-03-01T13:00:00Z")
    };
    let listed = of("as = 'map'\nkey = 'code'\nvalue = 'stem'\ncompare = 'listed'\n");
    assert_eq!(listed, (vec!["not_found -".to_owned()], 0));
    // What its message says to write instead.
    let set = |codes: &str| {
        let binding = "[[bind]]\nfact = 'ee.category.stem.occupations'\nfile = 'noc.json'\npartial = true\n\
            as = 'set'\npath = \"$[?@.stem[?@=='STEM']]\"\nkey = 'code'\n";
        found(&Data::new(&[("noc.json", codes)], binding), &watch, "2025-03-01T13:00:00Z").0
    };
    assert_eq!(set(codes), Vec::<String>::new());
    assert_eq!(set(&codes.replace("[]", r#"["STEM"]"#)), ["extra 21231"]);
}

#[test]
fn what_no_person_has_accepted_is_unreviewed() {
    let bindings = "[[bind]]\nfact = 'lmia.high_wage_threshold#amount'\nfile = 'wages.json'\nas = 'map'\npartial = true\n";
    let data = Data::new(&[("wages.json", r#"{"ON": 34.07}"#)], bindings);
    let mut watch = Watch::of("esdc-wage-thresholds", WAGES);
    watch.world = watch.world.trusting(Trust::Tried);
    watch.sees("2025-06-19T12:00:00Z", &thresholds_of_2024());
    let (words, patches) = found(&data, &watch, "2025-06-19T13:00:00Z");
    assert_eq!((words, patches), (vec!["unreviewed -".to_owned()], 0));
}
