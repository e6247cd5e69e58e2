//! Looks at a data file and proposes bindings: lists of codes, maps and rows whose keys or values are
//! those of a known fact set, and single amounts by their names.
//!
//! Each proposal is compared as `verify` would before it is printed, says what that finds, and is left out where it
//! fits neither the facts nor the data.

mod fit;
mod group;
mod naming;
mod single;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::value::words;
use super::{DataFiles, Question, reconcile};
use crate::binding;
use crate::dataset::{DataFile, DataFormat};
use crate::model::{FactKey, Official, OfficialRecord, Weight};

use fit::{Fit, Fitted, fits, keep};
use group::{Group, gather};

/// The fact sets that a data file's content looks like, as text for a binding file; empty when nothing
/// is recognised.
#[must_use]
pub fn suggest(file: &DataFile, official: &Official) -> String {
    let mut groups = Vec::new();
    gather(&file.root, &mut Vec::new(), &mut groups);
    let mut found: Vec<(&Group, Fit<'_>)> = Vec::new();
    for group in &groups {
        let mut best = BTreeMap::new();
        for (key, sets) in &official.sets {
            // What a page says beside its facts is for reading.
            if key.as_str().starts_with("page.") || sets.iter().all(|set| set.is_base) {
                continue;
            }
            let is_sure = sets.iter().any(|set| set.doubts.is_empty());
            let records = sets.iter().flat_map(|set| &set.records);
            let records: Vec<(&str, &OfficialRecord)> =
                records.map(|(key, r)| (key.as_str(), r)).collect();
            keep(&mut best, fits(group, &file.name, key, (&records, is_sure)));
        }
        found.extend(best.into_values().map(|fit| (group, fit)));
    }
    let tried = Tried::new(file, official);
    let mut text = String::new();
    let mut bound = BTreeSet::new();
    for proposals in found.chunk_by_mut(|(one, _), (other, _)| one.path == other.path) {
        proposals.sort_by_key(|(group, fit)| rank(group, fit));
        let has_values =
            proposals.iter().any(|(_, fit)| matches!(fit.measure, Fitted::Values { .. }));
        // One column of the same rows is the key.
        let mut key = None;
        for (group, fit) in &*proposals {
            let is_of_set = |(_, other): &&(&Group, Fit<'_>)| other.key == fit.key;
            let is_listed = proposals
                .iter()
                .filter(is_of_set)
                .any(|(_, other)| matches!(other.measure, Fitted::Listed { .. }));
            // Where the values say which set is meant, names alone say of no other that it is.
            let is_named_alone = fit.measure == Fitted::Members && !group.are_codes();
            let may_be = key.is_none_or(|key| key == &group.key)
                && (!is_listed || matches!(fit.measure, Fitted::Listed { .. }))
                && !(is_named_alone && has_values);
            if may_be && propose(&mut text, &tried, group, fit) {
                key = Some(&group.key);
                bound.insert(group.path.as_str());
            }
        }
    }
    single::propose(&tried, official, &bound, &mut text);
    text
}

/// Of several columns that could be the key, that of the codes goes before others, then what fits best, then what
/// needs the fewest other names, then the one that is called so.
fn rank(group: &Group, fit: &Fit<'_>) -> (bool, Reverse<usize>, usize, bool) {
    let name = group.key.as_deref().map(naming::parts).unwrap_or_default();
    let is_called_so = name.iter().any(|word| word == "noc" || word == "code");
    (!group.are_codes(), Reverse(fit.score), fit.names.len(), !is_called_so)
}

/// The data and the facts that each proposal is tried with.
struct Tried<'a> {
    file: &'a DataFile,
    files: DataFiles,
    official: &'a Official,
}

impl<'a> Tried<'a> {
    fn new(file: &'a DataFile, official: &'a Official) -> Self {
        let files = DataFiles::from([(file.name.clone(), Ok(file.clone()))]);
        Self { file, files, official }
    }

    /// What `verify` finds with a binding, in words; `None` where it does not fit.
    fn found(&self, bind: &str) -> Option<String> {
        let bindings = binding::parse("suggested", bind).ok()?;
        let official = self.official;
        let question = Question {
            official,
            today: official.day,
            announced: false,
            is_read: &|_| false,
            is_word: &|_| true,
        };
        let findings = reconcile(&bindings, &self.files, &question).findings;
        if findings.worst() == Weight::Misuse {
            return None;
        }
        let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
        for found in &findings.found {
            *counted.entry(found.kind.word()).or_default() += 1;
        }
        if counted.is_empty() {
            return Some("nothing".to_owned());
        }
        let each = counted.into_iter().map(|(word, n)| format!("{n} {word}"));
        Some(each.collect::<Vec<_>>().join(", "))
    }
}

/// A record, or several, that a place fits: the fact set, the record, and the words of the page.
type Rival<'a> = (&'a FactKey, &'a str, &'a str);

/// A comment on a place that several records fit alike.
fn alike<'a>(path: &str, records: impl IntoIterator<Item = Rival<'a>>) -> String {
    const MOST: usize = 6;
    const LONGEST: usize = 100;
    let records: Vec<Rival<'_>> = records.into_iter().collect();
    let has_words = records.iter().any(|(.., quote)| !quote.is_empty());
    let which = match has_words {
        true => {
            "They say the same today, each in its own place of a page: bind the one whose words are meant."
        }
        false => "Bind the one that is meant.",
    };
    let mut text = format!("# {} fits these alike, so none is proposed. {which}\n", one_line(path));
    for (key, record, quote) in records.iter().take(MOST) {
        let _ = write!(text, "#   fact = {}, record = {}", quoted(key.as_str()), quoted(record));
        let _ = match quote.is_empty() {
            true => writeln!(text),
            false => writeln!(text, ": {}", quoted(&cut(quote, LONGEST))),
        };
    }
    if records.len() > MOST {
        let _ = writeln!(text, "#   and {} more", records.len() - MOST);
    }
    text
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
    one_line(&text)
}

/// The beginning of a text.
fn cut(text: &str, limit: usize) -> String {
    let text = one_line(text);
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// One line of a comment, whatever the data says.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Prints a binding for a group, if it fits.
fn propose(text: &mut String, tried: &Tried<'_>, group: &Group, fit: &Fit<'_>) -> bool {
    let bind = bind(tried.file, group, fit);
    let Some(found) = tried.found(&bind) else { return false };
    if !fit.rivals.is_empty() {
        let rivals = fit.rivals.iter().map(|(key, record)| (*key, record.as_str(), ""));
        let own = (fit.key, fit.record.as_str(), "");
        let _ = writeln!(text, "{}", alike(&group.path, [own].into_iter().chain(rivals)));
        return false;
    }
    let _ = writeln!(
        text,
        "# {} of the {} keys here are in this fact set. With this, `verify` finds {found}.",
        fit.known,
        group.keys.len(),
    );
    if !fit.left.is_empty() {
        let what = match is_partial(fit) {
            true => "`partial = true` says that this is on purpose, and `--fix` adds none.",
            false => "If that is on purpose, add: partial = true",
        };
        let _ = writeln!(text, "# Yours has no {}. {what}", some(&fit.left));
    }
    if !fit.unknown.is_empty() && !matches!(fit.measure, Fitted::Listed { .. }) {
        let what = match (group.are_codes(), fit.names.is_empty()) {
            _ if group.word.is_some() => ", and the word is taken out of its row by `--fix`.",
            (true, _) => ", and taken out by `--fix`. If they are yours alone: own = [\"…\"]",
            (false, true) => {
                ", and taken out by `--fix`. Which are they? keys = { \"yours\" = \"official\" }, or own = [\"yours\"]"
            }
            (false, false) => {
                ". Which are they? Add them to `keys`, or to `own` if they are yours alone."
            }
        };
        let unknown = some(&fit.unknown);
        let told = if group.word.is_some() { "different" } else { "extra" };
        let _ = writeln!(text, "# Not in the set: {unknown}. Told as {told}{what}");
    }
    text.push_str(&bind);
    text.push('\n');
    true
}

/// Whether what the data leaves out is left out on purpose: it calls the others by names of its own, among which an
/// official one would be foreign, or leaves out nothing but a table's greatest values.
fn is_partial(fit: &Fit<'_>) -> bool {
    let is_most = |name: &String| naming::parts(name).iter().any(|word| word == "maximum");
    let are_values = matches!(fit.measure, Fitted::Values { .. });
    are_values && !fit.left.is_empty() && (!fit.names.is_empty() || fit.left.iter().all(is_most))
}

fn bind(file: &DataFile, group: &Group, fit: &Fit<'_>) -> String {
    let mut text = String::from("[[bind]]\n");
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name} = {}", quoted(value));
    };
    let column = fit.measure.column().filter(|column| !column.is_empty());
    let of_column = column.map(|column| format!(", {column}")).unwrap_or_default();
    line("name", &format!("{} at {}{of_column}", fit.key, group.path));
    match &fit.measure {
        Fitted::Values { field, .. } => line("fact", &format!("{}#{field}", fit.key)),
        Fitted::Members | Fitted::Listed { .. } => line("fact", fit.key.as_str()),
    }
    line("file", &file.name);
    let path = group.word.as_ref().map_or(&group.path, |of| &of.path);
    if !(matches!(file.format, DataFormat::Csv | DataFormat::Tsv) && path == "$[*]") {
        line("path", path);
    }
    if fit.record != "{key}" {
        line("record", &fit.record);
    }
    let is_set = fit.measure == Fitted::Members && group.word.is_none();
    line("as", if is_set { "set" } else { "map" });
    if let Some(key) = &group.key {
        line("key", key);
    }
    if let Some(column) = column {
        line("value", column);
    }
    if let Some(of) = &group.word {
        line("value", &of.column);
        line("compare", "listed");
        line("word", &of.word);
    }
    if matches!(fit.measure, Fitted::Listed { .. }) {
        line("compare", "listed");
    }
    if let Some(transform) = &group.transform {
        let _ = writeln!(text, "key_transform = [{}]", quoted(transform));
    }
    if !fit.names.is_empty() {
        let pair =
            |(own, official): (&String, &String)| format!("{} = {}", quoted(own), quoted(official));
        let pairs: Vec<String> = fit.names.iter().map(pair).collect();
        let _ = writeln!(text, "keys = {{ {} }}", pairs.join(", "));
    }
    for (own, official) in &fit.words {
        let _ = writeln!(text, "words = {{ {} = {} }}", quoted(own), quoted(official));
    }
    if is_partial(fit) {
        text.push_str("partial = true\n");
    }
    text
}
