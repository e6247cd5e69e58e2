//! Changes single values of a document and leaves every other byte as it is.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Data, DataFile, DataFormat, DataNode, DataStep, pointer, word_list};

/// One change of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Puts another value in the place of one.
    Replace {
        /// The value's place.
        at: Vec<DataStep>,
        /// The new value.
        with: Json,
    },
    /// Takes a value out of the list or the map it is in.
    Remove {
        /// Its place.
        at: Vec<DataStep>,
    },
    /// Puts a value at the end of a list, or of a map under a name.
    Add {
        /// The list or map.
        to: Vec<DataStep>,
        /// The name, in a map.
        key: Option<String>,
        /// The value.
        value: Json,
    },
    /// Puts a word into a list of words, or takes it out; the list may be a text with something between its words.
    Word {
        /// The place of the list or the text.
        at: Vec<DataStep>,
        /// The word.
        word: String,
        /// Whether it is put in.
        is_in: bool,
        /// What a text has between its words.
        glue: String,
    },
    /// Puts other words in the place of some words of a text, which has no places but its bytes.
    Reword {
        /// The bytes of the old words.
        at: Range<usize>,
        /// The new words.
        with: String,
    },
}

/// A piece of text in the place of another.
type Splice = (Range<usize>, String);

/// The document's text with the edits done.
///
/// # Errors
/// Which edit cannot be done without touching what it is not about, and why.
pub fn apply(document: &DataFile, edits: &[Edit]) -> Result<String, String> {
    let edits = word_list::settled(document, edits)?;
    let mut splices: Vec<Splice> = Vec::new();
    // What is taken from or put into one list or map belongs together.
    let mut groups: BTreeMap<Vec<DataStep>, Group> = BTreeMap::new();
    for edit in &edits {
        match edit {
            Edit::Replace { at, with } => {
                let node = editable(document, at)?;
                splices.push((node.span.clone(), literal(document, Some(node), with)?));
            }
            Edit::Remove { at } => {
                let Some((last, parent)) = at.split_last() else {
                    return Err("the whole file cannot be removed".to_owned());
                };
                groups.entry(parent.to_vec()).or_default().gone.push(last.clone());
            }
            Edit::Add { to, key, value } => {
                groups.entry(to.clone()).or_default().new.push((key.clone(), value.clone()));
            }
            Edit::Reword { at, with } => splices.push((at.clone(), with.clone())),
            Edit::Word { .. } => {}
        }
    }
    for (at, group) in &groups {
        group.splice(document, editable(document, at)?, &mut splices)?;
    }
    spliced(&document.text, splices)
}

fn spliced(text: &str, mut splices: Vec<Splice>) -> Result<String, String> {
    // What is put between comes first, and what takes out the most before what is inside it.
    splices.sort_by_key(|(range, _)| (range.start, !range.is_empty(), Reverse(range.end)));
    let (mut done, mut at, mut is_removed) = (String::with_capacity(text.len()), 0, false);
    for (range, new) in splices {
        if range.start < at {
            // What is inside removed text goes with it.
            if is_removed && range.end <= at {
                continue;
            }
            return Err("two bindings want different values in one place".to_owned());
        }
        done.push_str(&text[at..range.start]);
        done.push_str(&new);
        (at, is_removed) = (range.end, new.is_empty());
    }
    done.push_str(&text[at..]);
    Ok(done)
}

fn editable<'a>(document: &'a DataFile, at: &[DataStep]) -> Result<&'a DataNode, String> {
    if document.format == DataFormat::Rows {
        return Err("a database is not edited here".to_owned());
    }
    let node = document.node(at).ok_or("its place is not there")?;
    if node.shared {
        return Err("other places of the file use it too, by an alias: edit it by hand".to_owned());
    }
    Ok(node)
}

/// What is taken from and put into one list or map.
#[derive(Default)]
struct Group {
    gone: Vec<DataStep>,
    new: Vec<(Option<String>, Json)>,
}

impl Group {
    fn splice(
        &self,
        document: &DataFile,
        node: &DataNode,
        splices: &mut Vec<Splice>,
    ) -> Result<(), String> {
        let (parts, values): (Vec<Range<usize>>, Vec<&DataNode>) = match &node.data {
            Data::List(nodes) => nodes.iter().map(|node| (node.span.clone(), node)).unzip(),
            Data::Map(entries) => entries.iter().map(|e| (e.whole.clone(), &e.value)).unzip(),
            Data::Scalar(_) => return Err("it is neither a list nor a map".to_owned()),
        };
        let is_gone: Vec<bool> = (0..parts.len())
            .map(|at| match &node.data {
                Data::List(_) => self.gone.contains(&DataStep::Index(at)),
                Data::Map(entries) => self.gone.contains(&DataStep::Key(entries[at].key.clone())),
                Data::Scalar(_) => false,
            })
            .collect();
        let sibling = values.first().copied();
        let mut new = Vec::new();
        for (key, value) in &self.new {
            let literal = literal(document, sibling, value)?;
            new.push(match (key, document.format) {
                (None, _) => literal,
                (Some(key), DataFormat::Json) => {
                    format!("{}: {literal}", Json::String(key.clone()))
                }
                (Some(key), DataFormat::Yaml) => format!("{}: {literal}", yaml_plain(key)),
                (Some(key), _) => format!("{} = {literal}", toml_key(key)),
            });
        }
        if is_in_lines(document, node) {
            return in_lines(document, node, &parts, &is_gone, &new, splices);
        }
        let is_inside =
            |part: &Range<usize>| part.start > node.span.start && part.end <= node.span.end;
        if !parts.iter().all(is_inside) {
            return Err("its parts stand under headings of their own: edit it by hand".to_owned());
        }
        in_brackets(&document.text, node, &parts, &is_gone, &new, splices);
        Ok(())
    }
}

/// Whether the parts stand each on lines of their own, with no brackets around them.
fn is_in_lines(document: &DataFile, node: &DataNode) -> bool {
    let opens = document.text.get(node.span.start..).and_then(|rest| rest.chars().next());
    match document.format {
        DataFormat::Csv | DataFormat::Tsv => true,
        DataFormat::Yaml => !matches!(opens, Some('[' | '{')),
        DataFormat::Toml => matches!(node.data, Data::Map(_)) && opens != Some('{'),
        DataFormat::Json | DataFormat::Text | DataFormat::Rows => false,
    }
}

/// Parts in brackets, with commas between them.
fn in_brackets(
    text: &str,
    node: &DataNode,
    parts: &[Range<usize>],
    is_gone: &[bool],
    new: &[String],
    splices: &mut Vec<Splice>,
) {
    let inner = node.span.start + 1;
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        splices.push((inner..inner, new.join(", ")));
        return;
    };
    // What stands between two parts: the line break and the indentation, without the comma.
    let between = match parts {
        [a, b, ..] => text[a.end..b.start].replace(',', ""),
        // One alone in its brackets does not show it; the rest of the file does.
        _ if inner == first.start && !text.contains(",\"") => " ".to_owned(),
        _ => text[inner..first.start].to_owned(),
    };
    let between = if between.trim().is_empty() { between } else { " ".to_owned() };
    let Some(kept) = is_gone.iter().rposition(|is_gone| !is_gone) else {
        splices.push((first.start..last.end, new.join(&format!(",{between}"))));
        return;
    };
    let mut at = 0;
    while at < parts.len() {
        if !is_gone[at] {
            at += 1;
            continue;
        }
        let end = (at..parts.len()).find(|n| !is_gone[*n]);
        match end {
            Some(end) => splices.push((parts[at].start..parts[end].start, String::new())),
            None => splices.push((parts[at - 1].end..last.end, String::new())),
        }
        at = end.unwrap_or(parts.len());
    }
    if !new.is_empty() {
        let text: String = new.iter().map(|new| format!(",{between}{new}")).collect();
        let end = parts[kept].end;
        splices.push((end..end, text));
    }
}

/// Parts on lines of their own.
fn in_lines(
    document: &DataFile,
    node: &DataNode,
    parts: &[Range<usize>],
    is_gone: &[bool],
    new: &[String],
    splices: &mut Vec<Splice>,
) -> Result<(), String> {
    let text = &document.text;
    let is_table = matches!(document.format, DataFormat::Csv | DataFormat::Tsv);
    // Before an item of a list there is its dash, before a name nothing.
    let lead = if matches!(node.data, Data::List(_)) { "-" } else { "" };
    let before = |part: &Range<usize>| &text[lines_of(text, part).start..part.start];
    let is_alone = |part: &Range<usize>| is_table || before(part).trim() == lead;
    let shares = || Err("it shares its line with others: edit it by hand".to_owned());
    let Some(kept) = is_gone.iter().rposition(|is_gone| !is_gone).or(is_table.then_some(0)) else {
        let whole = emptied(document, node, parts).filter(|_| new.is_empty());
        let whole = whole.ok_or("it would leave nothing there: edit it by hand")?;
        splices.push((whole, " []".to_owned()));
        return Ok(());
    };
    for (part, _) in parts.iter().zip(is_gone).filter(|(_, is_gone)| **is_gone) {
        if !is_alone(part) {
            return shares();
        }
        splices.push((lines_of(text, part), String::new()));
    }
    if new.is_empty() {
        return Ok(());
    }
    if is_table {
        return Err("a new row needs its other columns: add it by hand".to_owned());
    }
    if !is_alone(&parts[kept]) {
        return shares();
    }
    let (lines, before) = (lines_of(text, &parts[kept]), before(&parts[kept]));
    let break_first = if text[..lines.end].ends_with('\n') { "" } else { "\n" };
    let added: String = new.iter().map(|new| format!("{before}{new}\n")).collect();
    splices.push((lines.end..lines.end, format!("{break_first}{added}")));
    Ok(())
}

/// What an empty list is written in the place of: all from the colon of its name on, if nothing but its items is there.
fn emptied(document: &DataFile, node: &DataNode, parts: &[Range<usize>]) -> Option<Range<usize>> {
    let text = &document.text;
    let (first, last) = (parts.first()?, parts.last()?);
    let start = text[..first.start].rfind(':')? + 1;
    let end = last.start + text[last.clone()].trim_end().len();
    let ends = parts.iter().map(|part| part.end).collect::<Vec<_>>();
    let starts = parts.iter().skip(1).map(|part| part.start);
    let mut between = ends.into_iter().zip(starts).map(|(end, start)| &text[end..start]);
    let is_dash = |text: &str| text.chars().all(|c| c.is_whitespace() || c == '-');
    let is_list = document.format == DataFormat::Yaml && matches!(node.data, Data::List(_));
    (is_list && is_dash(&text[start..first.start]) && between.all(is_dash)).then_some(start..end)
}

/// The whole lines that a part stands on.
fn lines_of(text: &str, part: &Range<usize>) -> Range<usize> {
    let end = part.start + text[part.clone()].trim_end().len();
    let start = text[..part.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    start..end
}

/// A value as the file writes its like: the quotation marks and the format of numbers of `like`.
fn literal(document: &DataFile, like: Option<&DataNode>, value: &Json) -> Result<String, String> {
    let raw = like.and_then(|node| document.text.get(node.span.clone())).unwrap_or_default().trim();
    let was = like.and_then(DataNode::value);
    let plain = match value {
        Json::String(text) => text.clone(),
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::Array(_) | Json::Object(_) => {
            return match document.format {
                DataFormat::Json | DataFormat::Yaml | DataFormat::Toml => Ok(value.to_string()),
                _ => Err("it is no single value".to_owned()),
            };
        }
    };
    Ok(match document.format {
        DataFormat::Csv | DataFormat::Tsv => {
            let separator = match document.format {
                DataFormat::Csv => char::from(super::csv::separator(&document.text)),
                _ => '\t',
            };
            let must = plain.contains([separator, '"', '\n', '\r']);
            if must || raw.starts_with('"') {
                format!("\"{}\"", plain.replace('"', "\"\""))
            } else {
                plain
            }
        }
        DataFormat::Text | DataFormat::Rows => plain,
        // A date without quotation marks is no text to those who read it.
        DataFormat::Toml | DataFormat::Yaml if is_day(raw) && is_day(&plain) => plain,
        DataFormat::Json | DataFormat::Toml | DataFormat::Yaml => {
            let is_text = match was {
                Some(Json::String(_)) => {
                    document.format != DataFormat::Yaml || raw.starts_with(['"', '\''])
                }
                _ => false,
            };
            match value {
                Json::String(_) if raw.starts_with('\'') && !plain.contains(['\'', '\\', '\n']) => {
                    format!("'{plain}'")
                }
                Json::String(_) if document.format == DataFormat::Yaml && !is_text => {
                    yaml_plain(&plain)
                }
                Json::String(_) => Json::String(plain).to_string(),
                _ if is_text => Json::String(plain).to_string(),
                _ => plain,
            }
        }
    })
}

fn is_day(text: &str) -> bool {
    text.parse::<Date>().is_ok()
}

/// Words as YAML can write them without quotation marks, else with them.
fn yaml_plain(text: &str) -> String {
    let is_word =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '/' | '$' | ',' | '(' | ')');
    let is_plain =
        text.chars().all(is_word) && text.chars().next().is_some_and(char::is_alphabetic);
    let is_other = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off"
    );
    let ends_well = text.trim() == text;
    if is_plain && !is_other && ends_well {
        text.to_owned()
    } else {
        Json::String(text.to_owned()).to_string()
    }
}

fn toml_key(key: &str) -> String {
    let is_bare =
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { key.to_owned() } else { Json::String(key.to_owned()).to_string() }
}

/// The edits of a document as a JSON Patch (RFC 6902). What is removed is removed from the end, so that no operation
/// moves the place of a later one.
///
/// # Errors
/// Which edit has no place.
pub fn json_patch(document: &DataFile, edits: &[Edit]) -> Result<Json, String> {
    let mut replaced = Vec::new();
    let mut removed: Vec<&Vec<DataStep>> = Vec::new();
    let mut added = Vec::new();
    let edits = word_list::settled(document, edits)?;
    for edit in &edits {
        match edit {
            Edit::Replace { at, with } => {
                replaced.push(json!({"op": "replace", "path": pointer(at), "value": with}));
            }
            Edit::Remove { at } => removed.push(at),
            // A text has no such patch.
            Edit::Reword { .. } | Edit::Word { .. } => {}
            Edit::Add { to, key, value } => {
                let last = key.clone().map_or_else(|| DataStep::Key("-".to_owned()), DataStep::Key);
                let at: Vec<DataStep> = to.iter().cloned().chain([last]).collect();
                added.push(json!({"op": "add", "path": pointer(&at), "value": value}));
            }
        }
    }
    removed.sort();
    removed.dedup();
    let removed = removed.iter().rev().map(|at| json!({"op": "remove", "path": pointer(at)}));
    Ok(replaced.into_iter().chain(removed).chain(added).collect())
}
