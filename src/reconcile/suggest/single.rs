//! Single values whose name a fact of one value shares: `lmia_fee = 1000`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::naming::parts;
use super::{main_field, quoted};
use crate::dataset::{Data, DataFile, DataNode, DataStep, written};
use crate::model::{FactKey, Official, OfficialSet, RecordKey, Value};
use crate::reconcile::value::number_of;

/// The words that names must share where the values are the same.
const SAME: usize = 2;
/// The words where the values differ.
const DIFFERENT: usize = 3;
/// How far another value of the same thing may be off, in hundredths of the official one.
const FAR: i64 = 25;

/// Proposes a binding for each single value with such a name, unless it stands in one of these places, which are
/// bound already.
pub(super) fn propose(
    file: &DataFile,
    official: &Official,
    bound: &BTreeSet<&str>,
    text: &mut String,
) {
    let mut found = Vec::new();
    scalars(&file.root, &mut Vec::new(), &mut found);
    for (at, value) in found {
        let path = written(&at);
        if bound.iter().any(|place| path.starts_with(place.trim_end_matches("[*]"))) {
            continue;
        }
        let Some(number) = number_of(value) else { continue };
        let alike = alike((&file.name, &at), number, official);
        let Some(best) = alike.first() else { continue };
        if !best.is_same {
            let _ =
                writeln!(text, "# Yours is {number}, and the official value is {}.", best.shown);
        }
        for other in &alike[1..] {
            let _ = writeln!(text, "# `{}` of `{}` fits as well: choose.", other.record, other.key);
        }
        let _ = write!(
            text,
            "[[bind]]\nname = {}\nfact = {}\nrecord = {}\nfile = {}\npath = {}\nas = \"value\"\n\n",
            quoted(&format!("{} at {path}", best.key)),
            quoted(&format!("{}#{}", best.key, best.field)),
            quoted(best.record.as_str()),
            quoted(&file.name),
            quoted(&path),
        );
    }
}

/// An official value whose name is like one of the data.
struct Alike<'a> {
    key: &'a FactKey,
    record: &'a RecordKey,
    field: String,
    shown: String,
    is_same: bool,
    score: usize,
}

/// The official values that are most like one of the data: the same under a name that shares words with its own or
/// with the file's; else the one that shares most words, if it is not too far off.
fn alike<'a>(
    (file, at): (&str, &[DataStep]),
    number: Decimal,
    official: &'a Official,
) -> Vec<Alike<'a>> {
    let file = parts(file.rsplit('/').next().unwrap_or(file));
    let names = at.iter().filter_map(|step| match step {
        DataStep::Key(key) => Some(parts(key)),
        DataStep::Index(_) => None,
    });
    let names: Vec<Vec<String>> = names.collect();
    let Some(last) = names.last() else { return Vec::new() };
    let own: BTreeSet<&String> = names.iter().flatten().chain(&file).collect();
    let mut all: Vec<Alike<'a>> = Vec::new();
    for (key, set) in
        official.sets.iter().flat_map(|(key, sets)| sets.iter().map(move |set| (key, set)))
    {
        all.extend(of_set(key, set, (&own, last), number));
    }
    // The same value under a name of fewer words is nearer than another value.
    let best = all.iter().map(|one| (one.is_same, one.score)).max();
    all.retain(|one| Some((one.is_same, one.score)) == best);
    if all.len() > 1 && !all[0].is_same {
        all.clear();
    }
    all.truncate(4);
    all
}

fn of_set<'a>(
    key: &'a FactKey,
    set: &'a OfficialSet,
    (own, last): (&BTreeSet<&String>, &[String]),
    number: Decimal,
) -> Vec<Alike<'a>> {
    let of_key = parts(key.as_str());
    let mut alike = Vec::new();
    for (record, stated) in &set.records {
        let Some(field) = main_field(&stated.fields) else { continue };
        let Some(value) = stated.fields.get(field).map(Value::current) else { continue };
        let Some(theirs) = value.number() else { continue };
        let of_record = parts(record.as_str());
        let names: BTreeSet<&String> = of_key.iter().chain(&of_record).collect();
        let score = names.intersection(own).filter(|word| word.len() > 2).count();
        let is_same = theirs == number;
        let is_whole = set.records.len() == 1 && of_key.iter().all(|word| own.contains(word));
        let is_record = of_record.iter().filter(|word| own.contains(word)).count() > 1;
        let is_named = last.iter().any(|word| names.contains(word));
        let is_enough = if is_same {
            score >= SAME
        } else {
            score >= DIFFERENT && is_near(number, theirs) && (is_whole || is_record)
        };
        if is_named && is_enough {
            let (field, shown) = (field.to_string(), value.to_string());
            alike.push(Alike { key, record, field, shown, is_same, score });
        }
    }
    alike
}

/// Whether a number could be an older state of an official one.
pub(super) fn is_near(own: Decimal, official: Decimal) -> bool {
    let off = own.checked_sub(official).and_then(|off| off.abs().checked_mul(Decimal::ONE_HUNDRED));
    off.is_some_and(|off| {
        off.checked_div(official.abs()).is_some_and(|share| share <= Decimal::from(FAR))
    })
}

fn scalars<'a>(
    node: &'a DataNode,
    at: &mut Vec<DataStep>,
    found: &mut Vec<(Vec<DataStep>, &'a Json)>,
) {
    match &node.data {
        Data::Scalar(value) => found.push((at.clone(), value)),
        Data::Map(entries) => {
            for entry in entries {
                at.push(DataStep::Key(entry.key.clone()));
                scalars(&entry.value, at, found);
                at.pop();
            }
        }
        // Values in a list have no names of their own.
        Data::List(_) => {}
    }
}
