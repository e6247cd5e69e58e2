use serde_json::{Value as Json, json};

use super::*;
use crate::binding;

/// One fact set of fees, as an exported file has it.
fn fees(key: &str, records: &Json) -> Json {
    json!({"fact": key, "source": "fees", "url": "https://example.org/fees",
        "checked_at": "2026-01-01T00:00:00Z", "doubts": [], "records": records})
}

fn fee(record: &str, amount: i64) -> Json {
    json!({"record": record, "quote": "a fee", "fields": {"amount": {"integer": amount}}})
}

fn official(sets: &[Json]) -> Official {
    let text = json!({"rulewatch_facts": 1, "made_at": "2026-01-01T00:00:00Z",
        "day": "2026-01-01", "sets": sets});
    Official::from_text(&text.to_string()).unwrap()
}

fn compared(bindings: &str, data: &str, official: &Official) -> Reconciled {
    let bindings = binding::parse("eligibility.toml", bindings).unwrap();
    let files =
        DataFiles::from([("data.json".to_owned(), Ok(DataFile::read("data.json", data).unwrap()))]);
    let today = official.day;
    let question =
        Question { official, today, announced: false, is_read: &|_| false, is_word: &|_| true };
    reconcile(&bindings, &files, &question)
}

const FEES: &str = "[[bind]]\nfact = 'fees.application#amount'\nfile = 'data.json'\nas = 'map'\npath = '$.fees'\nstamp = '$.checked'\n";

#[test]
fn every_doubt_is_told_and_nothing_that_rests_on_it_is_patched() {
    for word in ["unreadable", "held", "unreviewed", "stale", "disputed"] {
        for is_of_record in [false, true] {
            let mut set = fees("fees.application", &json!([fee("adult", 500)]));
            let doubts = json!([{"word": word, "why": "so it is"}]);
            let of = if is_of_record { &mut set["records"][0] } else { &mut set };
            of["doubts"] = doubts;
            let official = official(&[set]);
            let words = |data: &str| {
                let done = compared(FEES, data, &official);
                assert!(done.edits.is_empty() && !done.stamps.values().any(|is_fine| *is_fine));
                done.findings.found.iter().map(|found| found.kind.word()).collect::<Vec<_>>()
            };
            assert_eq!(words("{\"fees\": {\"adult\": 500}}"), [word]);
            assert_eq!(words("{\"fees\": {\"adult\": 400}}"), [word, "different"]);
        }
    }
}

#[test]
fn a_record_in_doubt_is_not_patched_under_the_key_of_the_data() {
    let mut set =
        fees("fees.application", &json!([fee("adult/main", 500), fee("adult/other", 70)]));
    set["records"][0]["doubts"] = json!([{"word": "unreadable", "why": "so it is"}]);
    let official = official(&[set]);
    let bindings = format!("{FEES}record = 'adult/{{key}}'\n");
    let done = compared(&bindings, "{\"fees\": {\"main\": 1, \"other\": 2}}", &official);
    let kinds: Vec<_> = done.findings.found.iter().map(|found| found.kind.word()).collect();
    assert_eq!(kinds, ["unreadable", "different", "different"]);
    let [Edit::Replace { at, .. }] = &done.edits["data.json"][..] else {
        panic!("{:?}", done.edits)
    };
    assert_eq!(crate::dataset::written(at), "$['fees']['other']");
}

#[test]
fn a_key_in_another_case_is_found_and_written_in_it() {
    let official = official(&[fees("fees.application", &json!([fee("ON", 500), fee("NU", 70)]))]);
    let bindings = format!("{FEES}key_transform = ['lower']\n");
    let done = compared(&bindings, "{\"fees\": {\"on\": 500}}", &official);
    let found: Vec<_> = done.findings.found.iter().map(|f| (f.kind, f.record.as_deref())).collect();
    assert_eq!(found, [(FindingKind::Missing, Some("NU"))]);
    let Some([Edit::Add { key, .. }]) = done.edits.get("data.json").map(Vec::as_slice) else {
        panic!("{:?}", done.edits)
    };
    assert_eq!(key.as_deref(), Some("nu"));
}

#[test]
fn a_name_that_is_not_mapped_is_not_taken_out_where_others_are() {
    let official = official(&[fees("fees.application", &json!([fee("adult", 500)]))]);
    let data = "{\"fees\": {\"grownUp\": 500, \"kid\": 70, \"old\": 20}}";
    let keys = "keys = {grownUp = 'adult', old = 'senior'}\n";
    let removed = |bindings: &str| {
        let done = compared(bindings, data, &official);
        assert!(done.findings.found.iter().all(|found| found.kind != FindingKind::Different));
        let edits = done.edits.into_values().flatten();
        edits.filter(|edit| matches!(edit, Edit::Remove { .. })).count()
    };
    // What is mapped to a record that is gone is gone; what is not mapped may be a record's.
    assert_eq!(removed(&format!("{FEES}{keys}")), 1);
    assert_eq!(removed(FEES), 3);
}

#[test]
fn a_date_is_for_every_binding_that_names_its_place() {
    let sets = [("fees.visa.study", 100), ("fees.visa.work", 200)];
    let sets = sets.map(|(key, amount)| fees(key, &json!([fee("adult", amount)])));
    let official = official(&sets);
    let bindings = "[[bind]]\nfact = 'fees.visa.*#amount'\nrecord = 'adult'\nfile = 'data.json'\nas = 'value'\npath = '$.{1}'\nstamp = '$.checked'\n";
    let stamped = |data: &str, bindings: &str| {
        compared(bindings, data, &official).stamps.into_iter().collect::<Vec<_>>()
    };
    let at = |path: &str, is_fine| (("data.json".to_owned(), path.to_owned()), is_fine);
    assert_eq!(stamped("{\"study\": 100, \"work\": 200}", bindings), [at("$.checked", true)]);
    let drift = "{\"study\": 100, \"work\": 250}";
    assert_eq!(stamped(drift, bindings), [at("$.checked", false)]);
    let own = bindings.replace("$.checked", "$.day.{1}");
    assert_eq!(stamped(drift, &own), [at("$.day.study", true), at("$.day.work", false)]);
}
