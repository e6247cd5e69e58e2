//! Verifies 10,000 bound values, from the text of the data to the patch: `cargo bench --bench verify`.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where it fails")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use jiff::Timestamp;
use rulewatch::model::{
    FactKey, FieldName, Official, OfficialRecord, OfficialSet, RecordKey, SourceId, Value,
};
use rulewatch::verifying::{self, Wish};

/// The values that are bound.
const VALUES: i64 = 10_000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut data = String::from("[\n");
    for n in 0..VALUES {
        let comma = if n + 1 < VALUES { "," } else { "" };
        writeln!(data, "  {{ \"id\": \"line-{n}\", \"fee\": {} }}{comma}", 100 + n).unwrap();
    }
    fs::write(folder.path().join("fees.json"), data + "]\n").unwrap();
    let text = "[[bind]]\nfact = 'fees.many#amount'\nfile = 'fees.json'\npath = '$[*]'\nas = 'map'\nkey = 'id'\nvalue = 'fee'\n";
    fs::write(folder.path().join("eligibility.toml"), text).unwrap();
    let official = official();
    let started = Instant::now();
    let bindings = verifying::bindings(&folder.path().join("eligibility.toml")).unwrap();
    let wish = Wish { today: official.day, announced: false, catalog: None };
    let verified = verifying::verify(&bindings, folder.path(), &official, wish);
    let taken = started.elapsed();
    assert_eq!(verified.findings.compared, usize::try_from(VALUES).unwrap());
    assert_eq!(verified.findings.found.len(), 100, "one of a hundred differs");
    println!("{VALUES} values verified in {} ms", taken.as_millis());
    assert!(taken.as_millis() < 1000, "it takes a second or more");
}

/// A fee for each line; one of a hundred is another than the data has.
fn official() -> Official {
    let field = FieldName::parse("amount").unwrap();
    let record = |n: i64| {
        let fee = if n % 100 == 0 { 7 } else { 100 + n };
        let record = OfficialRecord {
            fields: [(field.clone(), Value::Integer(fee))].into_iter().collect(),
            quote: "a fee".into(),
            since: None,
            doubts: Vec::new(),
            ahead: None,
        };
        (RecordKey::parse(&format!("line-{n}")).unwrap(), record)
    };
    let set = OfficialSet {
        source: SourceId::parse("fees").unwrap(),
        url: "https://example.org/".to_owned(),
        checked_at: None,
        doubts: Vec::new(),
        is_base: false,
        gone: BTreeSet::new(),
        records: (0..VALUES).map(record).collect(),
    };
    let made_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let sets = BTreeMap::from([(FactKey::parse("fees.many").unwrap(), vec![set])]);
    Official { made_at, day: "2026-01-01".parse().unwrap(), sets }
}
