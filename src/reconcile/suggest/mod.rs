//! Looks at a data file and proposes bindings: lists of codes, maps and rows whose keys or values are
//! those of a known fact set.

mod group;
mod naming;
mod single;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::value::{number_of, words};
use super::weigh::main_field;
use crate::dataset::{DataFile, DataFormat};
use crate::model::{FactKey, Official, OfficialRecord, Value, record_name};

use group::{Group, gather};
use naming::Names;

/// The least share of a list's members that must be known, in hundredths.
const SHARE: usize = 60;

/// What a word that a place and a fact set share counts for, beside the hundredths of keys and values.
const WORD: usize = 40;

/// With so many words in common a list is the set's, however many of its members are known.
const NAMED: usize = 2;

/// The most templates that are tried for one set.
const MOST_TEMPLATES: usize = 3000;

/// The fact sets that a data file's content looks like, as text for a binding file; empty when nothing
/// is recognised.
#[must_use]
pub fn suggest(file: &DataFile, official: &Official) -> String {
    let mut groups = Vec::new();
    gather(&file.root, &mut Vec::new(), &mut groups);
    let mut text = String::new();
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for group in &groups {
        let best = official.sets.iter().filter_map(|(key, sets)| {
            let records = sets.iter().flat_map(|set| &set.records);
            let records: Vec<(&str, &OfficialRecord)> =
                records.map(|(key, r)| (key.as_str(), r)).collect();
            fit(group, &records, shared_words(&group.path, key)).map(|fit| (fit, key))
        });
        let Some((fit, key)) = best.max_by(|a, b| (a.0.score, b.1).cmp(&(b.0.score, a.1))) else {
            continue;
        };
        found.push((group, fit, key));
    }
    // Of two columns of the same rows, the one that holds the codes themselves is the key.
    for columns in found.chunk_by_mut(|(one, ..), (other, ..)| one.path == other.path) {
        columns.sort_by_key(|(_, fit, _)| fit.names.len());
    }
    for (group, fit, key) in &found {
        if taken.insert((group.path.clone(), (*key).clone())) {
            propose(&mut text, file, group, fit, key);
        }
    }
    let places: BTreeSet<&str> = taken.iter().map(|(path, ..)| path.as_str()).collect();
    single::propose(file, official, &places, &mut text);
    text
}

/// How a group fits a fact set.
struct Fit {
    score: usize,
    record: String,
    /// The name of the value in the data, and the official field it is like.
    value: Option<(String, String)>,
    known: usize,
    /// The official records that the data does not have.
    left: Vec<String>,
    /// The keys of the data that no official record is found for.
    unknown: Vec<String>,
    /// The data's name for a record, and the official one, where they differ.
    names: BTreeMap<String, String>,
}

/// How many words the place of a group and a fact set's key share.
fn shared_words(path: &str, key: &FactKey) -> usize {
    let own: BTreeSet<String> = naming::parts(path).into_iter().collect();
    let official: BTreeSet<String> = naming::parts(key.as_str()).into_iter().collect();
    own.intersection(&official).filter(|word| word.len() > 1).count()
}

fn fit(group: &Group, records: &[(&str, &OfficialRecord)], shared: usize) -> Option<Fit> {
    let depth = records.first()?.0.split('/').count();
    let mut best: Option<Fit> = None;
    let own = Names::of(&group.keys);
    for template in templates(records, depth) {
        let parsed = crate::binding::KeyTemplate::parse(&template).ok()?;
        let mut official: BTreeMap<&str, &OfficialRecord> = BTreeMap::new();
        for (key, record) in records {
            if let Some(key) = parsed.key(key) {
                official.entry(key).or_insert(record);
            }
        }
        let names = own.among(&official);
        let known = names.len();
        // A list whose place has the set's name may be an old state of it.
        let is_named = shared >= NAMED;
        if known < if is_named { 1 } else { 2 }
            || (known * 100 < group.keys.len() * SHARE && !is_named)
        {
            continue;
        }
        let value = alike(group, &official, &names).or_else(|| outdated(group, &official, &names));
        // What is not a list of codes is recognised by its values, not by keys such as 1, 2, 3.
        let are_codes =
            group.keys.iter().all(|key| key.len() == 5 && key.bytes().all(|b| b.is_ascii_digit()));
        if !are_codes && value.is_none() && group.keys.iter().any(|key| key.len() < 4) {
            continue;
        }
        let both = known * 200 / (group.keys.len() + official.len());
        let score = both + shared * WORD + value.as_ref().map_or(0, |(_, _, share)| *share);
        if best.as_ref().is_none_or(|best| score > best.score) {
            let value = value.map(|(name, field, _)| (name, field));
            let left = official.keys().filter(|key| !names.values().any(|name| name == *key));
            let left = left.map(|key| (*key).to_owned()).collect();
            let unknown = group.keys.iter().filter(|key| !names.contains_key(key.as_str()));
            let unknown = unknown.cloned().collect();
            let names = names.into_iter().filter(|(own, official)| own != official);
            let names = names.map(|(own, official)| (own.to_owned(), official.to_owned()));
            best = Some(Fit {
                score,
                record: template,
                value,
                known,
                left,
                unknown,
                names: names.collect(),
            });
        }
    }
    best
}

/// The templates that a set's keys allow: the whole key, or one part of it with the others fixed or free.
fn templates(records: &[(&str, &OfficialRecord)], depth: usize) -> Vec<String> {
    let mut all = BTreeSet::from(["{key}".to_owned()]);
    if (2..=4).contains(&depth) {
        for place in 0..depth {
            all.insert(put_at(place, "{key}", &vec!["*"; depth]));
            for (key, _) in records {
                let parts: Vec<&str> = key.split('/').collect();
                all.insert(put_at(place, "{key}", &parts));
                if let Some(inner) = parts.get(place).and_then(|part| within(part)) {
                    all.insert(put_at(place, &inner, &parts));
                }
            }
        }
    }
    all.into_iter().take(MOST_TEMPLATES).collect()
}

/// A key with another part at one place.
fn put_at(place: usize, part: &str, parts: &[&str]) -> String {
    let at = |(n, own)| if n == place { part } else { own };
    parts.iter().copied().enumerate().map(at).collect::<Vec<_>>().join("/")
}

/// The key inside a part that begins with a number: `18-years-of-age` is `{key}-years-of-age`.
fn within(part: &str) -> Option<String> {
    let (number, rest) = part.split_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{{key}}-{rest}"))
}

/// The value of the data that is most like an official field, with the share that agree.
fn alike(
    group: &Group,
    official: &BTreeMap<&str, &OfficialRecord>,
    names: &BTreeMap<&str, &str>,
) -> Option<(String, String, usize)> {
    let words_of = BTreeMap::new();
    let rule = super::value::Rule {
        transforms: &[],
        words: &words_of,
        tolerance: rust_decimal::Decimal::ZERO,
    };
    let mut best: Option<(String, String, usize)> = None;
    for (name, values) in &group.values {
        let mut agree: BTreeMap<&str, usize> = BTreeMap::new();
        let mut compared = 0;
        for (key, value) in values {
            let record = names.get(key.as_str()).and_then(|name| official.get(name));
            let Some(record) = record else { continue };
            compared += 1;
            for (field, stated) in &record.fields {
                // A name agrees wherever the key does, and says nothing about a rule.
                let is_name = matches!(stated, Value::Text(text) if record_name(&record.fields) == Some(text.as_str()));
                let is_key = matches!(stated, Value::Noc(_));
                if !is_key && !is_name && rule.agrees(value, stated.current()) {
                    *agree.entry(field.as_str()).or_default() += 1;
                }
            }
        }
        for (field, n) in agree {
            let share = n * 100 / compared.max(1);
            if share >= SHARE && best.as_ref().is_none_or(|(_, _, most)| share > *most) {
                best = Some((name.clone(), field.to_owned(), share));
            }
        }
    }
    best
}

/// The field of numbers that the numbers of a map could be an older state of: near to them, and none the same.
fn outdated(
    group: &Group,
    official: &BTreeMap<&str, &OfficialRecord>,
    names: &BTreeMap<&str, &str>,
) -> Option<(String, String, usize)> {
    let values = group.values.get("").filter(|_| group.is_map)?;
    let mut near = BTreeMap::<&str, usize>::new();
    for (key, name) in names {
        let own = values.get(*key).and_then(number_of)?;
        let fields = &official.get(name)?.fields;
        let field = main_field(fields)?;
        let stated = fields.get(field)?.current().number()?;
        if single::is_near(own, stated) {
            *near.entry(field.as_str()).or_default() += 1;
        }
    }
    let (field, n) = near.into_iter().max_by_key(|(_, n)| *n)?;
    (n * 100 >= names.len() * SHARE).then(|| (String::new(), field.to_owned(), 0))
}

/// A text in quotation marks, as TOML and JSON write it.
fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

/// The first of some names, and how many more there are.
fn some(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut text =
        names.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        let _ = write!(text, " and {} more", names.len() - MOST);
    }
    // One line of a comment, whatever the data says.
    text.replace(char::is_control, " ")
}

fn propose(text: &mut String, file: &DataFile, group: &Group, fit: &Fit, key: &FactKey) {
    let field = fit.value.as_ref().map(|(_, field)| format!("#{field}")).unwrap_or_default();
    let _ = write!(
        text,
        "# {} of the {} keys here are in this fact set.\n[[bind]]\nname = {}\nfact = {}\nfile = {}\n",
        fit.known,
        group.keys.len(),
        quoted(&format!("{key} at {}", group.path)),
        quoted(&format!("{key}{field}")),
        quoted(&file.name),
    );
    if !(matches!(file.format, DataFormat::Csv | DataFormat::Tsv) && group.path == "$[*]") {
        let _ = writeln!(text, "path = {}", quoted(&group.path));
    }
    if fit.record != "{key}" {
        let _ = writeln!(text, "record = {}", quoted(&fit.record));
    }
    let shape = if fit.value.is_some() { "map" } else { "set" };
    let _ = writeln!(text, "as = {}", quoted(shape));
    if let Some(key) = &group.key {
        let _ = writeln!(text, "key = {}", quoted(key));
    }
    if let Some((value, _)) = fit.value.as_ref().filter(|(value, _)| !value.is_empty()) {
        let _ = writeln!(text, "value = {}", quoted(value));
    }
    if !group.prefix.is_empty() {
        let _ = writeln!(
            text,
            "key_transform = [{}]",
            quoted(&format!("strip-prefix:{}", group.prefix))
        );
    }
    if !fit.names.is_empty() {
        let pair =
            |(own, official): (&String, &String)| format!("{} = {}", quoted(own), quoted(official));
        let pairs: Vec<String> = fit.names.iter().map(pair).collect();
        let _ = writeln!(text, "keys = {{ {} }}", pairs.join(", "));
    }
    if !fit.left.is_empty() {
        let _ = writeln!(
            text,
            "# The set has {} more, which are told as missing unless you write: partial = true\n# They are {}.",
            fit.left.len(),
            some(&fit.left),
        );
    }
    if group.is_map && !fit.unknown.is_empty() {
        let _ = writeln!(
            text,
            "# Not official: {}. Map them with keys = {{ \"yours\" = \"official\" }}.",
            some(&fit.unknown),
        );
    }
    text.push('\n');
}
