//! Rows that a list of words marks: `verify` says which have a word too many or too few, and a fix changes that word
//! alone.

use super::lists;
use super::verified::{Data, known, stem_at};
use rulewatch::model::Official;
use rulewatch::verifying;

const AT: &str = "2025-03-01T12:00:00Z";

fn official() -> Official {
    known(&[&stem_at(lists::STEM_2025, AT)], "2025-03-01T13:00:00Z")
}

fn bind(file: &str, more: &str) -> String {
    format!(
        "[[bind]]\nname = 'stem'\nfact = 'ee.category.stem.occupations'\nfile = '{file}'\nas = 'map'\n\
         compare = 'listed'\nword = 'STEM'\npartial = true\n{more}"
    )
}

/// The file after a fix, with which nothing is found any more.
#[track_caller]
fn fixed(file: &str, text: &str, more: &str, found: &[&str]) -> String {
    let (data, official) = (Data::new(&[(file, text)], &bind(file, more)), official());
    assert_eq!(data.found(&official), found, "{file}");
    let fixed = data.fixed(&official, file);
    assert_eq!(data.found(&official), [""; 0], "{fixed}");
    fixed
}

const ROWS: &str = "key = 'code'\nvalue = 'lists'\n";

#[test]
fn a_word_comes_into_a_list_and_goes_out_of_it() {
    let json = "[\n  {\"code\": \"22300\", \"lists\": [\"GTS\"]},\n  {\"code\": \"21231\", \"lists\": [\"STEM\", \"GTS\"]},\n  \
        {\"code\": \"21331\", \"lists\": [\"STEM\"]}, // both\n  {\"code\": \"21232\", \"lists\": [\"STEM\"]}\n]\n";
    let found = [
        "stem different:3 21231: [\"STEM\",\"GTS\"] > not listed",
        "stem different:5 21232: [\"STEM\"] > not listed",
        "stem different:2 22300: [\"GTS\"] > listed",
    ];
    let after = json
        .replace("[\"GTS\"]", "[\"GTS\", \"STEM\"]")
        .replace("[\"STEM\", \"GTS\"]", "[\"GTS\"]")
        .replace("\"21232\", \"lists\": [\"STEM\"]", "\"21232\", \"lists\": []");
    assert_eq!(fixed("noc.jsonc", json, ROWS, &found), after);
    let yaml = "22300: [GTS]\n21231:  # designers\n  - STEM\n  - GTS\n21232:\n  - STEM  # since 2023\n21331: [STEM]\n";
    let found = [
        "stem different:3 21231: [\"STEM\",\"GTS\"] > not listed",
        "stem different:6 21232: [\"STEM\"] > not listed",
        "stem different:1 22300: [\"GTS\"] > listed",
    ];
    assert_eq!(
        fixed("noc.yaml", yaml, "", &found),
        "22300: [GTS, STEM]\n21231:  # designers\n  - GTS\n21232: []  # since 2023\n21331: [STEM]\n"
    );
}

#[test]
fn a_word_comes_into_a_text_and_goes_out_of_it() {
    let csv = "code,title,lists\n22300,\"Technologists, civil\",GTS\n21231,Engineers,\"STEM; GTS\"\n\
        21331,Geologists,STEM; Trades\n21232,Developers,STEM\n";
    let found = [
        "stem different:3 21231: STEM; GTS > not listed",
        "stem different:5 21232: STEM > not listed",
        "stem different:2 22300: GTS > listed",
    ];
    assert_eq!(
        fixed("noc.csv", csv, ROWS, &found),
        "code,title,lists\n22300,\"Technologists, civil\",GTS; STEM\n21231,Engineers,\"GTS\"\n\
         21331,Geologists,STEM; Trades\n21232,Developers,\n"
    );
}

#[test]
fn words_of_two_sets_in_one_text_are_put_right_together() {
    let text =
        r#"{"21231": "STEM|Health", "22300": "", "21331": "STEM", "31301": "Trades|Health"}"#;
    let two = bind("noc.json", "")
        + &bind("noc.json", "").replace("'stem'", "'other'").replace("'STEM'", "'Health'");
    let (data, official) = (Data::new(&[("noc.json", text)], &two), official());
    let fixed = data.fixed(&official, "noc.json");
    assert_eq!(
        fixed,
        r#"{"21231": "", "22300": "STEM|Health", "21331": "STEM|Health", "31301": "Trades"}"#
    );
}

#[test]
fn what_cannot_be_a_list_of_words_is_said_and_never_written_over() {
    let said = |text: &str| {
        let data = Data::new(&[("noc.json", text)], &bind("noc.json", ROWS));
        let verified = data.verify(&official(), false);
        assert!(verified.patches.is_empty(), "{text}");
        let found = verified.findings.found.into_iter();
        found.map(|found| format!("{} {:?}", found.kind.word(), found.note)).collect::<String>()
    };
    let unseen = said(r#"[{"code": "22300", "lists": ["stem", "GTS"]}]"#);
    assert!(unseen.contains("not_found") && unseen.contains("there are GTS, stem"), "{unseen}");
    let spaced = said(r#"[{"code": "21231", "lists": "STEM GTS"}]"#);
    assert!(spaced.contains("ambiguous"), "{spaced}");
    let number = said(r#"[{"code": "21231", "lists": 3}]"#);
    assert!(number.contains("not_found"), "{number}");
    // No text has two words, so nobody knows what would be between them.
    let single = said(r#"[{"code": "22300", "lists": "GTS"}, {"code": "21331", "lists": "STEM"}]"#);
    assert!(single.contains("different") && single.contains("NeedsMore"), "{single}");
}

#[test]
fn a_code_that_is_missing_is_added_with_its_word() {
    let json = r#"{"21331": ["STEM"]}"#;
    let all = bind("noc.json", "").replace("partial = true\n", "");
    let (data, official) = (Data::new(&[("noc.json", json)], &all), official());
    let fixed = data.fixed(&official, "noc.json");
    assert!(fixed.contains(r#""22300": ["STEM"]"#), "{fixed}");
    assert_eq!(data.found(&official), [""; 0]);
    // Of a yes and no, a yes.
    let flags = bind("noc.json", "").replace("partial = true\n", "").replace("word = 'STEM'\n", "");
    let data = Data::new(&[("noc.json", r#"{"21331": true}"#)], &flags);
    assert!(data.fixed(&official, "noc.json").contains(r#""22300": true"#));
    assert_eq!(data.found(&official), [""; 0]);
}

#[test]
fn a_column_of_texts_with_words_is_recognised() {
    let csv = "code;title;lists\n21331;Geologists, all;STEM|GTS\n22300;Technologists;STEM\n21231;Engineers;GTS\n";
    let data = Data::new(&[("noc.csv", csv)], "");
    let said = verifying::suggest(&data.path("noc.csv"), &official()).unwrap();
    assert!(
        said.contains("as = \"map\"\nkey = \"code\"\nvalue = \"lists\"\ncompare = \"listed\"\nword = \"STEM\"\n"),
        "{said}"
    );
    assert_eq!(said.matches("[[bind]]").count(), 1, "{said}");
}
