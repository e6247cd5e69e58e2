//! Reads the text of a binding file, every fault at once with its line.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Allowance, At, Binding, BindingFile, KeyTemplate, Measure, Shape, Transform};
use crate::config_text::{Diagnostics, Document, KnownKeys, Placed, Table};
use crate::model::{FieldName, RuleTarget};

/// The JSON schema of the language, for editors: JSON Schema, draft 2020-12.
pub const SCHEMA: &str = include_str!("schema.json");

/// The hours of a year of work, where a binding does not say: 40 a week.
const HOURS: Decimal = Decimal::from_parts(2080, 0, 0, false, 0);

/// Reads a binding file; `name` is how faults name it.
///
/// # Errors
/// Every fault, with its line.
pub fn parse(name: &str, text: &str) -> Result<BindingFile, Diagnostics> {
    let document = Document::new(name, text);
    let file = read(&document);
    document.finish(file)
}

/// The keys that the reader asks for in a text, table by table.
#[must_use]
pub fn known_keys(text: &str) -> BTreeMap<String, KnownKeys> {
    let document = Document::new("eligibility.toml", text).that_remembers();
    read(&document);
    document.known_keys()
}

fn read(document: &Document) -> BindingFile {
    let parsed = document.parse();
    let root = document.root(&parsed);
    let mut names = BTreeSet::new();
    let mut bindings = Vec::new();
    for table in root.tables("bind") {
        let place = table.span();
        if let Some(binding) = binding(&table) {
            if !names.insert(binding.name.clone()) {
                let what = format!("a binding `{}` is declared already", binding.name);
                document.fault(place, what, Some("give it a `name` of its own".to_owned()));
            }
            bindings.push(binding);
        }
        table.finish();
    }
    if bindings.is_empty() && !root.has("bind") {
        root.fault(
            "it has no [[bind]]",
            Some("`rulewatch verify --suggest DATAFILE` proposes some"),
        );
    }
    root.finish();
    BindingFile { bindings }
}

fn binding(table: &Table<'_>) -> Option<Binding> {
    let fact = table.required_parsed("fact", RuleTarget::parse);
    let file = table.required("file").map(|file| file.value);
    let record = table.parsed("record", KeyTemplate::parse);
    let at = At {
        path: table.string("path").map(|path| path.value),
        query: table.string("query").map(|query| query.value),
        filter: pairs(table, "where"),
        quote: table.string("quote").map(|quote| quote.value),
    };
    let shape = shape(table, &at);
    let measure = measure(table, fact.as_ref(), shape.as_ref());
    let word = word(table, measure.as_ref());
    let tolerance = table.number("tolerance").and_then(|number| {
        let read =
            number.value.replace('_', "").parse::<Decimal>().map_err(|error| error.to_string());
        read.map_err(|error| table.fault_at(&number.span, format!("no number: {error}"), None)).ok()
    });
    // All of it is read before any of it is found missing: what is asked for is what is known.
    let name = table.string("name").map(|name| name.value);
    let tools = table.strings("tools").into_iter().map(|tool| tool.value).collect();
    let keys = pairs(table, "keys").into_iter().collect();
    let (key_transforms, transforms) =
        (transforms(table, "key_transform"), transforms(table, "transform"));
    let words = pairs(table, "words").into_iter().collect();
    let partial = table.flag("partial").unwrap_or_default();
    let own = table.strings("own").into_iter().map(|key| key.value).collect();
    let absent = table.string("absent").map(|absent| absent.value);
    let known = known(table);
    let stamp = table.string("stamp").map(|stamp| stamp.value);
    let (fact, file) = (fact?, file?);
    if let Some(text) = open_pattern(&fact, &file, &at) {
        table.fault(text, Some("write `{1}` in `path`, `file`, `where`, `query` or `quote` for the word in place of `*`"));
    }
    Some(Binding {
        name: name.unwrap_or_else(|| fact.to_string()),
        line: table.document().line(&table.span()),
        tools,
        fact,
        record: record.unwrap_or_default(),
        file,
        at,
        shape: shape?,
        measure: measure?,
        word,
        keys,
        key_transforms,
        transforms,
        words,
        tolerance: tolerance.unwrap_or_default(),
        partial,
        own,
        absent,
        known,
        stamp,
    })
}

/// A table of words.
fn pairs(table: &Table<'_>, key: &str) -> Vec<(String, String)> {
    let Some(inner) = table.table(key) else { return Vec::new() };
    let keys = inner.keys();
    let pair = |key: &Placed<String>| Some((key.value.clone(), inner.string(&key.value)?.value));
    let pairs = keys.iter().filter_map(pair).collect();
    inner.finish();
    pairs
}

/// Why a pattern cannot be told apart in the data, if it cannot.
fn open_pattern(fact: &RuleTarget, file: &str, at: &At) -> Option<String> {
    let is_pattern = fact.words().iter().any(|word| word == "*");
    let texts = [Some(file), at.path.as_deref(), at.query.as_deref(), at.quote.as_deref()];
    let filters = at.filter.iter().map(|(_, value)| value.as_str());
    let is_placed = texts.into_iter().flatten().chain(filters).any(|text| text.contains("{1}"));
    (is_pattern && !is_placed)
        .then(|| format!("`{fact}` names several fact sets, and nothing says which data is whose"))
}

fn shape(table: &Table<'_>, at: &At) -> Option<Shape> {
    let word = table.string("as");
    let key = table.string("key").map(|key| key.value);
    let value = table.string("value").map(|value| value.value);
    let columns = columns(table);
    let guess = match (&at.quote, columns.is_empty()) {
        (Some(_), _) => "claim",
        (None, false) => "table",
        (None, true) => "",
    };
    let (word, span) = match &word {
        Some(word) => (word.value.as_str(), word.span.clone()),
        None if guess.is_empty() => {
            table.fault("`as` is missing", Some("write set, map, value, table or claim"));
            return None;
        }
        None => (guess, table.span()),
    };
    let fault = |what: &str, hint: &str| table.fault_at(&span, what, Some(hint));
    match word {
        "set" => Some(Shape::Set { key }),
        "map" => {
            if key.is_some() && value.is_none() {
                fault(
                    "a map of rows needs `value`",
                    "name the column or member that holds the value",
                );
            }
            Some(Shape::Map { key, value })
        }
        "table" => {
            if columns.is_empty() {
                fault(
                    "a table needs `columns`",
                    "columns = { teer = \"teer\" }: yours = the official field",
                );
            }
            Some(Shape::Table { key, columns })
        }
        "value" => Some(Shape::Value),
        "claim" => {
            if at.quote.is_none() {
                fault(
                    "a claim needs `quote`",
                    "quote the sentence, with {value} for the value in it",
                );
            }
            Some(Shape::Claim)
        }
        _ => {
            fault(
                &format!("`{word}` is no way to compare"),
                "write set, map, value, table or claim",
            );
            None
        }
    }
}

fn columns(table: &Table<'_>) -> Vec<(String, FieldName)> {
    let Some(inner) = table.table("columns") else { return Vec::new() };
    let column = |key: Placed<String>| {
        let field = inner.parsed(&key.value, FieldName::parse)?;
        Some((key.value, field))
    };
    let columns = inner.keys().into_iter().filter_map(column).collect();
    inner.finish();
    columns
}

fn measure(table: &Table<'_>, fact: Option<&RuleTarget>, shape: Option<&Shape>) -> Option<Measure> {
    let expect = table.string("expect");
    let compare = table.string("compare");
    if let Some(expect) = expect {
        if shape.is_some_and(|shape| *shape != Shape::Claim) {
            table.fault_at(&expect.span, "`expect` is for claims", None);
        }
        return Some(Measure::Expect(expect.value));
    }
    match compare {
        None => Some(Measure::Field(fact.and_then(RuleTarget::field).cloned())),
        Some(word) => match word.value.as_str() {
            "value" => Some(Measure::Field(fact.and_then(RuleTarget::field).cloned())),
            "listed" => Some(Measure::Listed),
            "count" => Some(Measure::Count),
            "teer" => Some(Measure::Teer),
            other => {
                let what = format!("`{other}` cannot be compared");
                table.fault_at(&word.span, what, Some("write value, listed, count or teer"));
                None
            }
        },
    }
}

fn word(table: &Table<'_>, measure: Option<&Measure>) -> Option<String> {
    let word = table.string("word")?;
    if word.value.trim().is_empty() {
        table.fault_at(&word.span, "`word` is empty", Some("write the word of your list"));
    }
    if measure.is_some_and(|measure| *measure != Measure::Listed) {
        table.fault_at(&word.span, "`word` is for `compare = \"listed\"`", None);
    }
    Some(word.value.trim().to_owned())
}

fn transforms(table: &Table<'_>, key: &str) -> Vec<Transform> {
    let mut read = Vec::new();
    for text in table.strings(key) {
        read.extend(table.accept(&text, transform));
    }
    read
}

fn transform(text: &str) -> Result<Transform, String> {
    let (name, argument) = text.split_once(':').map_or((text, None), |(n, a)| (n, Some(a)));
    let hours = || match argument {
        None => Ok(HOURS),
        Some(text) => match text.parse::<Decimal>() {
            Ok(hours) if hours > Decimal::ZERO => Ok(hours),
            _ => Err(format!("`{text}` is no number of hours")),
        },
    };
    let words = || match argument.filter(|words| !words.is_empty()) {
        Some(words) => Ok(words.to_owned()),
        None => Err(format!("`{name}` needs the words: `{name}:NOC `")),
    };
    match name {
        "strip-prefix" => Ok(Transform::StripPrefix(words()?)),
        "strip-suffix" => Ok(Transform::StripSuffix(words()?)),
        "lower" => Ok(Transform::Lower),
        "upper" => Ok(Transform::Upper),
        "noc" => Ok(Transform::Noc),
        "hourly-to-yearly" => Ok(Transform::HourlyToYearly(hours()?)),
        "yearly-to-hourly" => Ok(Transform::YearlyToHourly(hours()?)),
        _ => Err(format!(
            "`{text}` is no transform: write strip-prefix:WORDS, strip-suffix:WORDS, lower, upper, \
             noc, hourly-to-yearly or yearly-to-hourly"
        )),
    }
}

fn known(table: &Table<'_>) -> Vec<Allowance> {
    let mut known = Vec::new();
    for allowed in table.tables("known") {
        let record = allowed.required("record").map(|record| record.value);
        let reason = allowed.required("reason").map(|reason| reason.value);
        let until = allowed.required_parsed("until", |day| {
            day.parse().map_err(|_| format!("`{day}` is no day: write \"2026-12-31\""))
        });
        if let (Some(record), Some(reason), Some(until)) = (record, reason, until) {
            known.push(Allowance { record, reason, until });
        }
        allowed.finish();
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn faults(text: &str) -> String {
        parse("eligibility.toml", text).map_or_else(|faults| faults.to_string(), |_| String::new())
    }

    #[test]
    fn a_key_that_is_misspelt_makes_no_other_unknown() {
        let said = faults(
            "[[bind]]\nname = 'a'\nfact = 'ee.draws'\nfyle = 'a.json'\nas = 'set'\npartial = true\n\
             keys = { a = 'b' }\n",
        );
        assert_eq!(
            said,
            "eligibility.toml:1:1: `bind.file` is missing\n\
             eligibility.toml:4:1: unknown key `bind.fyle`\n    did you mean `file`?"
        );
    }

    #[test]
    fn every_fault_has_its_line() {
        let text = "[[bind]]\nfact = \"ee\"\nfile = \"a.json\"\nas = \"sett\"\n\n[[bind]]\nfact = \"ee.draws\"\n\
            file = 'a.csv'\nas = 'value'\ntransform = ['upside-down']\npth = '$'\n\
            [[bind.known]]\nrecord = '*'\nreason = 'ours'\nuntil = 'soon'\n";
        let said = faults(text);
        for part in [
            "eligibility.toml:2:8: `ee` is not a fact key",
            "eligibility.toml:4:6: `sett` is no way to compare",
            "eligibility.toml:10:14: `upside-down` is no transform",
            "eligibility.toml:11:1: unknown key `bind.pth`",
            "eligibility.toml:15:9: `soon` is no day",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
    }

    #[test]
    fn a_pattern_must_say_which_data_is_whose() {
        let text = "[[bind]]\nfact = 'ee.category.*.occupations'\nfile = 'a.json'\nas = 'set'\n";
        assert!(
            faults(text)
                .contains("eligibility.toml:1:1: `ee.category.*.occupations` names several")
        );
        assert_eq!(faults(&format!("{text}path = '$.{{1}}[*]'\n")), "");
    }
}
