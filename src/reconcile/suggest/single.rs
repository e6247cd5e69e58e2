//! Single values whose name a fact of one value shares: `lmia_fee = 1000`, and those of rows with a name:
//! `{"name": "LMIA, per position", "amount": "$1,000"}`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::naming::{clash, parts, places};
use super::{Tried, alike, one_line, quoted};
use crate::dataset::{Data, DataNode, DataStep, NamedNode, written};
use crate::model::{FactKey, FieldName, Official, RecordKey, Value};
use crate::reconcile::value::number_of;
use crate::reconcile::weigh::main_field;

/// The words that names must share where the values are the same.
const SAME: usize = 2;
/// The words where the values differ.
const DIFFERENT: usize = 3;
/// How far another value of the same thing may be off, in hundredths of the official one.
const FAR: i64 = 25;

/// Numbers below this are in many rules: such a value needs as many words as another one.
const SMALL: i64 = 10;

/// Proposes a binding for each single value with such a name, unless it stands in one of these places, which are
/// bound already.
pub(super) fn propose(
    tried: &Tried<'_>,
    official: &Official,
    bound: &BTreeSet<&str>,
    text: &mut String,
) {
    let file = tried.file;
    let numbers = Numbers::of(official);
    let of_file = parts(file.name.rsplit('/').next().unwrap_or(&file.name));
    let mut found = Vec::new();
    scalars(&file.root, "$", &[], &mut found);
    for one in found {
        if bound.iter().any(|place| one.path.starts_with(place.trim_end_matches("[*]"))) {
            continue;
        }
        let Some(number) = number_of(one.value) else { continue };
        let all = numbers.alike(&of_file, &one, number);
        let One { path, label, .. } = one;
        let Some(Alike { stated, is_same, .. }) = all.first() else { continue };
        if all.len() > 1 {
            let each = all
                .iter()
                .map(|Alike { stated, .. }| (stated.key, stated.record.as_str(), stated.quote));
            let _ = writeln!(text, "{}", alike(&path, each));
            continue;
        }
        let mut bind = String::from("[[bind]]\n");
        for (name, value) in [
            ("name", format!("{} at {}", stated.key, label.as_deref().unwrap_or(&path))),
            ("fact", format!("{}#{}", stated.key, stated.field)),
            ("record", stated.record.to_string()),
            ("file", file.name.clone()),
            ("path", path),
            ("as", "value".to_owned()),
        ] {
            let _ = writeln!(bind, "{name} = {}", quoted(&value));
        }
        let Some(found) = tried.found(&bind) else { continue };
        let is_other = if *is_same { "" } else { " Is it the same fee or figure?" };
        let _ = writeln!(
            text,
            "# Yours is {number}, the official value {}. With this, `verify` finds {found}.{is_other}",
            one_line(&stated.value.to_string())
        );
        let _ = writeln!(text, "{bind}");
    }
}

/// A single value of the data.
struct One<'a> {
    path: String,
    /// The name of its row and of its column, if its row has one.
    label: Option<String>,
    /// The words of each name that leads to it.
    names: Vec<Vec<String>>,
    /// The provinces and territories that they, and the other words of its row, speak of.
    places: BTreeSet<&'static str>,
    value: &'a Json,
}

/// An official value of a number, and the words of its name.
struct Stated<'a> {
    key: &'a FactKey,
    record: &'a RecordKey,
    field: &'a FieldName,
    value: &'a Value,
    /// The words of the page.
    quote: &'a str,
    number: Decimal,
    of_key: Vec<String>,
    of_record: Vec<String>,
    /// The provinces and territories that its names speak of.
    places: BTreeSet<&'static str>,
    /// Whether nothing of it is in doubt.
    is_sure: bool,
    /// Whether the set has no other record.
    is_only: bool,
}

/// The official numbers, and which of them have a word.
struct Numbers<'a> {
    all: Vec<Stated<'a>>,
    by_word: BTreeMap<String, Vec<usize>>,
}

/// An official value whose name is like one of the data.
struct Alike<'s, 'a> {
    stated: &'s Stated<'a>,
    is_same: bool,
    score: usize,
}

impl<'a> Numbers<'a> {
    fn of(official: &'a Official) -> Self {
        let mut all = Vec::new();
        let mut by_word: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let sets =
            official.sets.iter().flat_map(|(key, sets)| sets.iter().map(move |set| (key, set)));
        for (key, set) in sets.filter(|(_, set)| !set.is_base) {
            let of_key = parts(key.as_str());
            for (record, one) in &set.records {
                let Some(field) = main_field(&one.fields) else { continue };
                let Some(value) = one.fields.get(field).map(Value::current) else { continue };
                let Some(number) = value.number() else { continue };
                let (of_key, of_record) = (of_key.clone(), parts(record.as_str()));
                let words: BTreeSet<&String> = of_key.iter().chain(&of_record).collect();
                for word in words.into_iter().filter(|word| word.len() > 2) {
                    by_word.entry(word.clone()).or_default().push(all.len());
                }
                let names = key.as_str().split('.').chain(record.as_str().split('/'));
                all.push(Stated {
                    key,
                    record,
                    field,
                    value,
                    quote: &one.quote,
                    number,
                    of_key,
                    of_record,
                    places: places(names),
                    is_sure: set.doubts.is_empty() && one.doubts.is_empty(),
                    is_only: set.records.len() == 1,
                });
            }
        }
        Self { all, by_word }
    }

    /// The official values that are most like one of the data: the same under a name that shares words with its own
    /// or with the file's; else the one that shares most words, if it is not too far off.
    fn alike(&self, file: &[String], one: &One<'_>, number: Decimal) -> Vec<Alike<'_, 'a>> {
        let Some(last) = one.names.last() else { return Vec::new() };
        let own: BTreeSet<String> = one.names.iter().flatten().chain(file).cloned().collect();
        let mut scores: BTreeMap<usize, usize> = BTreeMap::new();
        for at in own.iter().filter_map(|word| self.by_word.get(word)).flatten() {
            *scores.entry(*at).or_default() += 1;
        }
        let scored = scores.into_iter().filter_map(|(at, score)| Some((self.all.get(at)?, score)));
        let mut all: Vec<Alike<'_, 'a>> = scored
            .map(|(stated, score)| Alike { stated, is_same: stated.number == number, score })
            .filter(|found| found.stated.places.is_empty() == one.places.is_empty())
            .filter(|found| one.places.is_empty() || !found.stated.places.is_disjoint(&one.places))
            .filter(|found| found.is_enough(&own, last, number))
            .collect();
        // The same value under a name of fewer words is nearer than another value; what is in doubt is farther.
        let worth = |one: &Alike<'_, '_>| (one.is_same, one.score, one.stated.is_sure);
        let best = all.iter().map(worth).max();
        all.retain(|one| Some(worth(one)) == best);
        if all.len() > 1 && !all.first().is_some_and(|one| one.is_same) {
            all.clear();
        }
        all.truncate(4);
        all
    }
}

impl Alike<'_, '_> {
    fn is_enough(&self, own: &BTreeSet<String>, last: &[String], number: Decimal) -> bool {
        let Stated { of_key, of_record, .. } = self.stated;
        if clash(own, &of_key.iter().chain(of_record).cloned().collect()) {
            return false;
        }
        if !last.iter().any(|word| of_key.contains(word) || of_record.contains(word)) {
            return false;
        }
        if self.is_same {
            let is_small = number.abs() < Decimal::from(SMALL);
            return self.score >= if is_small { DIFFERENT } else { SAME };
        }
        // That both speak of one province says as much as a word.
        let of_place = usize::from(!self.stated.places.is_empty());
        let is_whole = self.stated.is_only && of_key.iter().all(|word| own.contains(word));
        let of_record = of_record.iter().filter(|word| own.contains(*word)).count();
        let is_record = of_record > 0 && of_record + of_place > 1;
        self.score + of_place >= DIFFERENT
            && is_near(number, self.stated.number)
            && (is_whole || is_record)
    }
}

/// Whether a number could be an older state of an official one.
pub(super) fn is_near(own: Decimal, official: Decimal) -> bool {
    let off = own.checked_sub(official).and_then(|off| off.abs().checked_mul(Decimal::ONE_HUNDRED));
    off.is_some_and(|off| {
        off.checked_div(official.abs()).is_some_and(|share| share <= Decimal::from(FAR))
    })
}

fn scalars<'a>(node: &'a DataNode, path: &str, names: &[Vec<String>], found: &mut Vec<One<'a>>) {
    match &node.data {
        Data::Scalar(value) => {
            let (path, names) = (path.to_owned(), names.to_vec());
            let places = places(path.split('\''));
            found.push(One { path, label: None, names, places, value });
        }
        Data::Map(entries) => {
            for NamedNode { key, value, .. } in entries {
                let names: Vec<_> = names.iter().cloned().chain([parts(key)]).collect();
                let at = step(&DataStep::Key(key.clone()));
                scalars(value, &format!("{path}{at}"), &names, found);
            }
        }
        // Values in a list have no names of their own, unless each row has one.
        Data::List(nodes) => {
            let Some(column) = label(nodes) else { return };
            let rows = nodes.iter().filter_map(|row| match &row.data {
                Data::Map(entries) => Some((row.child(&column)?.value()?.as_str()?, entries)),
                Data::List(_) | Data::Scalar(_) => None,
            });
            for (name, entries) in rows {
                let said = entries.iter().filter_map(|entry| entry.value.value()?.as_str());
                let of_row = places(path.split('\'').chain(said));
                let row = format!("{path}[?@{}=='{}']", step(&column), escaped(name));
                for NamedNode { key, value, .. } in entries {
                    let at = DataStep::Key(key.clone());
                    let Some(value) = value.value().filter(|_| at != column) else { continue };
                    let own = parts(key).into_iter().chain(parts(name)).collect();
                    let names = names.iter().cloned().chain([own]).collect();
                    let (path, places) = (format!("{row}{}", step(&at)), of_row.clone());
                    let label = Some(format!("{name}, {key}"));
                    found.push(One { path, label, names, places, value });
                }
            }
        }
    }
}

/// A step as JSONPath writes it.
pub(super) fn step(step: &DataStep) -> String {
    written(std::slice::from_ref(step)).split_off(1)
}

/// A name as JSONPath writes it between single quotation marks.
pub(super) fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\'', "\\'")
}

/// The column whose words name each row: the first that has other words in every one.
pub(super) fn label(rows: &[DataNode]) -> Option<DataStep> {
    let Data::Map(first) = &rows.first()?.data else { return None };
    first.iter().map(|entry| DataStep::Key(entry.key.clone())).find(|column| {
        let words = |row: &DataNode| match row.child(column).and_then(DataNode::value) {
            Some(Json::String(words)) if number_of(&Json::from(words.as_str())).is_none() => {
                Some(words.clone())
            }
            _ => None,
        };
        let names: Option<BTreeSet<String>> = rows.iter().map(words).collect();
        names.is_some_and(|names| names.len() == rows.len())
    })
}
