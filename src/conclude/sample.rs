//! A source, its facts and a page of it, for the tests of this module.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::catalog::{Catalog, Source};
use crate::model::{
    Currency, Evidence, FactKey, FactSet, FactType, Facts, FieldName, Fields, Page, Record,
    RecordKey, SourceId, Value,
};

const CATALOG: &str = r#"
[[source]]
id = "fees"
program = "bcpnp"
jurisdiction = "BC"
title = { en = "Fees", fr = "Frais" }
url = "https://example.org/fees"
zone = "America/Vancouver"
patience = "3 days"

[[source.facts]]
key = "bcpnp.fee"
type = "fees"
title = { en = "Fee to apply", fr = "Frais de demande" }
record = "{line}"

[source.facts.fields]
amount = { as = "money" }

[[source.facts.read]]
let = { line = "application" }
prose = { matches = 'fee to apply is (?P<amount>\$[\d.,]*\d)' }

[[rule]]
id = "R-FEE"
title = { en = "What it costs", fr = "Ce que cela coûte" }
depends_on = ["bcpnp.fee"]
severity = "block"
"#;

pub(in crate::conclude) fn catalog() -> Catalog {
    Catalog::parse(&[("sources.toml", CATALOG)]).unwrap()
}

pub(in crate::conclude) fn fees(catalog: &Catalog) -> &Source {
    catalog.source(&SourceId::parse("fees").unwrap()).unwrap()
}

pub(in crate::conclude) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(in crate::conclude) fn key(text: &str) -> FactKey {
    FactKey::parse(text).unwrap()
}

pub(in crate::conclude) fn record_key(text: &str) -> RecordKey {
    RecordKey::parse(text).unwrap()
}

pub(in crate::conclude) fn field(text: &str) -> FieldName {
    FieldName::parse(text).unwrap()
}

pub(in crate::conclude) fn dollars(amount: i64) -> Value {
    Value::Money { amount: amount.into(), currency: Currency::Cad, per: None }
}

pub(in crate::conclude) fn record(fields: &[(&str, Value)]) -> Record {
    let fields = fields.iter().map(|(name, value)| (field(name), value.clone()));
    Record { fields: Fields::from_iter(fields), evidence: Evidence::default() }
}

/// The facts of a page that states a fee.
pub(in crate::conclude) fn facts(amount: i64) -> Facts {
    let mut set = FactSet::new(FactType::Fees);
    set.records.insert(record_key("application"), record(&[("amount", dollars(amount))]));
    BTreeMap::from([(key("bcpnp.fee"), set)])
}

/// A page that states a fee.
pub(in crate::conclude) fn page(fee: &str, at: Timestamp) -> Page {
    let body = format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply is {fee}.</p></main></body></html>"
    );
    let url = "https://example.org/fees".parse().unwrap();
    Page::from_file(url, body.into_bytes(), at)
}
