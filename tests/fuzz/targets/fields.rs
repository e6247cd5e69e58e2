//! The words of one cell, read as every type there is. A value that is written out and read again
//! is the same value.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rulewatch::catalog::Source;
use rulewatch::model::{Fields, Value};
use rulewatch_fuzz::{read, seed, source};

const TYPES: [&str; 14] = [
    "text", "lines", "slug", "integer", "decimal", "money", "percent", "date", "date_mdy", "time",
    "duration", "noc", "teer", "clauses",
];

/// Types whose written form is one of the forms they are read from.
const AGAIN: [&str; 6] = ["integer", "decimal", "money", "percent", "date", "noc"];

static SOURCE: LazyLock<Source> = LazyLock::new(|| {
    let fields: Vec<String> = TYPES
        .iter()
        .map(|kind| format!("{kind} = {{ from = 'cell', as = '{kind}', optional = true }}"))
        .collect();
    source(&format!(
        "[[source]]\nid = 'fields'\nurl = 'https://www.example.org/'\n\
         [[source.facts]]\nkey = 'x.fields'\ntype = 'list'\nrecord = 'one'\n\
         fields = {{ {} }}\nread = [{{ table = {{ columns = {{ cell = '^cell$' }} }} }}]\n",
        fields.join(", ")
    ))
});

/// The fields of a page whose one cell holds the words.
fn fields(words: &str) -> Option<Fields> {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!("<html><body><table><tr><th>Cell<tr><td>{words}</table></body></html>");
    let found = read(&SOURCE, &[], page.as_bytes())?;
    let set = found.facts.into_values().next()?;
    set.records.into_values().next().map(|record| record.fields)
}

fn seeds() -> Vec<Vec<u8>> {
    [
        "July 8, 2025",
        "le 1er mai 2026",
        "jeudi 5 mars 2026",
        "2026-05-14",
        "1/15/2026",
        "January 23, 2025 at 2025-01-23 15:30:04 UTC",
        "June 22, 2021 at 20:19:59 PM UTC",
        "5,500",
        "1 094",
        "41.35",
        "12,50",
        "-12",
        "$86,000 or higher",
        "14 690 $",
        "CA$ 1,000.50",
        "80 %",
        "6 months",
        "About 10 business days",
        "3 dernières années",
        "21231",
        "0012",
        "<5",
        "Less than 10",
        "n/a",
        "TEER 1",
        "one\ntwo",
    ]
    .iter()
    .map(|words| words.as_bytes().to_vec())
    .collect()
}

fuzz_target!(init: seed("fields", seeds()), |words: &str| {
    for (name, value) in fields(words).unwrap_or_default() {
        if AGAIN.contains(&name.as_str()) && !matches!(value, Value::Masked(_)) {
            let again = fields(&value.to_string()).unwrap_or_default();
            assert_eq!(again.get(&name), Some(&value), "{name} of {words:?}");
        }
    }
});
