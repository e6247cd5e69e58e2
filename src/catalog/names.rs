//! Names in the catalogue: patterns, vocabularies and sets of columns that are declared once and used
//! by name, and how a name in a pattern is replaced by its text.
//!
//! In a pattern, `{months}` stands for the pattern of that name, and `{wait:months}` for the same as
//! the cell `wait`. Braces around figures still mean repetition. Names are looked up in the file
//! itself, then in the file that includes it, then in the first file of the catalogue, then among the
//! standard ones.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::recipe::vocabulary_of;
use crate::config_text::{Placed, Table};
use crate::extract::date;
use crate::extract::recipe::{Pattern, Vocabulary};

/// Patterns that every catalogue may use: the ways official pages print a value.
pub(super) const STANDARD: [(&str, &str); 9] = [
    ("date", "{printed-weekday}{printed-day}"),
    ("decimal", r"(?:\d{1,3}(?:[ ,]\d{3})+|\d+)(?:[.,]\d+)?"),
    ("duration", STANDARD_DURATION),
    ("money", r"(?:(?:CA)?\$ ?{decimal}\b|{decimal} ?\$)"),
    ("noc", r"\b\d{5}\b"),
    ("number", r"(?:\d{1,3}(?:[ ,]\d{3})+|\d+)"),
    ("printed-day", date::DAY),
    ("percent", r"\d+(?:[.,]\d+)? ?(?:%|per ?cent\b|pour cent\b)"),
    ("printed-weekday", date::WEEKDAY),
];

const STANDARD_DURATION: &str = concat!(
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|",
    r"une?|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze)(?: \(\d+\))?[ -]",
    r"(?:business |working |calendar )?",
    r"(?:hours?|days?|weeks?|months?|years?|heures?|jours?(?: ouvrables)?|semaines?|mois|ann[ée]es?|ans?)\b",
);

/// How long a pattern may be once its names are replaced.
const LONGEST: usize = 32 * 1024;

/// How deeply patterns may refer to one another.
const DEEPEST: usize = 8;

/// The names that a file may use.
#[derive(Debug, Default)]
pub(super) struct Names {
    outer: Option<Rc<Names>>,
    patterns: BTreeMap<String, String>,
    vocabularies: BTreeMap<String, Vocabulary>,
    columns: BTreeMap<String, Vec<(String, Pattern)>>,
    sentences: BTreeMap<String, Vec<(String, String)>>,
    /// Whether every pattern of the file is known to compile.
    proven: bool,
}

impl Names {
    /// Reads the names that a file declares; `outer` holds those it may use besides its own. No pattern of a
    /// `proven` file is tried.
    pub(super) fn read(root: &Table<'_>, outer: Option<Rc<Self>>, proven: bool) -> Self {
        let mut names = Self { outer, proven, ..Self::default() };
        if let Some(table) = root.table("pattern") {
            names.patterns =
                table.keys().into_iter().filter_map(|key| pattern_text(&table, key)).collect();
            for name in table.keys() {
                let _ = names.pattern(&table, &name.value);
            }
            table.finish();
        }
        if let Some(table) = root.table("vocabulary") {
            for name in table.keys() {
                let Some(words) = table.table(&name.value) else { continue };
                if let Some(vocabulary) = vocabulary_of(&name.value, words, &names) {
                    names.vocabularies.insert(name.value, vocabulary);
                }
            }
            table.finish();
        }
        if let Some(table) = root.table("columns") {
            for name in table.keys() {
                let Some(set) = table.table(&name.value) else { continue };
                let columns = names.patterns_of(&set);
                set.finish();
                names.columns.insert(name.value, columns);
            }
            table.finish();
        }
        names.read_sentences(root);
        names
    }

    /// Reads the lists of sentences that a file declares.
    fn read_sentences(&mut self, root: &Table<'_>) {
        let Some(table) = root.table("sentences") else { return };
        for name in table.keys() {
            let Some(list) = table.table(&name.value) else { continue };
            let _ = self.patterns_of(&list);
            let texts = list.keys().into_iter().filter_map(|key| pattern_text(&list, key));
            let texts = texts.collect();
            list.finish();
            self.sentences.insert(name.value, texts);
        }
        table.finish();
    }

    /// A vocabulary by name.
    pub(super) fn vocabulary(&self, name: &str) -> Option<&Vocabulary> {
        self.vocabularies.get(name).or_else(|| self.outer.as_deref()?.vocabulary(name))
    }

    /// A set of columns by name.
    pub(super) fn columns(&self, name: &str) -> Option<&[(String, Pattern)]> {
        let own = self.columns.get(name).map(Vec::as_slice);
        own.or_else(|| self.outer.as_deref()?.columns(name))
    }

    /// A list of sentences by name: each with its own name, and the text of its pattern.
    pub(super) fn sentences(&self, name: &str) -> Option<&[(String, String)]> {
        let own = self.sentences.get(name).map(Vec::as_slice);
        own.or_else(|| self.outer.as_deref()?.sentences(name))
    }

    /// The names of all vocabularies, for a hint.
    pub(super) fn vocabulary_names(&self) -> Vec<&str> {
        let outer = self.outer.as_deref().map(Self::vocabulary_names).unwrap_or_default();
        self.vocabularies.keys().map(String::as_str).chain(outer).collect()
    }

    /// The names of all sets of columns, for a hint.
    pub(super) fn column_names(&self) -> Vec<&str> {
        let outer = self.outer.as_deref().map(Self::column_names).unwrap_or_default();
        self.columns.keys().map(String::as_str).chain(outer).collect()
    }

    /// The names of all lists of sentences, for a hint.
    pub(super) fn sentence_names(&self) -> Vec<&str> {
        let outer = self.outer.as_deref().map(Self::sentence_names).unwrap_or_default();
        self.sentences.keys().map(String::as_str).chain(outer).collect()
    }

    /// The text of a named pattern, as it was declared.
    fn named(&self, name: &str) -> Option<&str> {
        let own = self.patterns.get(name).map(String::as_str);
        own.or_else(|| match &self.outer {
            Some(outer) => outer.named(name),
            None => STANDARD.iter().find(|(known, _)| *known == name).map(|(_, text)| *text),
        })
    }

    /// Whether a pattern of this name exists.
    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).is_some()
    }

    /// Makes a pattern of a text with names.
    fn pattern_of(&self, text: &str) -> Result<Pattern, String> {
        self.made(&self.expand(text, &|_| None)?)
    }

    /// Makes a pattern of a text without names.
    pub(super) fn made(&self, text: &str) -> Result<Pattern, String> {
        if self.proven {
            return Ok(Pattern::known(text));
        }
        Pattern::new(text).map_err(|error| {
            format!("`{text}` is no pattern: {}", error.to_string().replace('\n', " "))
        })
    }

    /// Makes a vocabulary of words and their patterns.
    pub(super) fn made_of_words(
        &self,
        entries: Vec<(String, String)>,
    ) -> Result<Vocabulary, String> {
        if self.proven {
            return Ok(Vocabulary::known(entries));
        }
        Vocabulary::new(entries).map_err(|error| error.to_string())
    }

    /// Replaces the names in a pattern. `known` may supply a whole group for a bare name before the
    /// named patterns are searched.
    pub(super) fn expand(
        &self,
        text: &str,
        known: &dyn Fn(&str) -> Option<Result<String, String>>,
    ) -> Result<String, String> {
        self.expand_to(text, known, 0)
    }

    fn expand_to(
        &self,
        text: &str,
        known: &dyn Fn(&str) -> Option<Result<String, String>>,
        depth: usize,
    ) -> Result<String, String> {
        if depth > DEEPEST {
            return Err(format!("the patterns named in `{text}` name one another without an end"));
        }
        let mut out = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name { cell, name, rest } => {
                    let group = cell.is_none().then(|| known(name)).flatten().transpose()?;
                    let cell = cell.map(|cell| format!("(?P<{cell}>"));
                    let inner = match &group {
                        Some(group) => self.expand_to(group, &|_| None, depth + 1)?,
                        None => {
                            let inner = self.named(name).ok_or_else(|| no_pattern(name))?;
                            self.expand_to(inner, &|_| None, depth + 1)?
                        }
                    };
                    let whole = is_whole(&inner) && !repeats(rest) || text.len() == name.len() + 2;
                    match cell {
                        Some(open) => out.extend([open.as_str(), &inner, ")"]),
                        None if whole => out.push_str(&inner),
                        None => out.extend(["(?:", &inner, ")"]),
                    }
                }
            }
            if out.len() > LONGEST {
                return Err(format!("the names in it make more than {LONGEST} characters of it"));
            }
        }
        Ok(out)
    }

    /// Reads a pattern, if written. An array counts as one pattern that matches what any of its items
    /// does.
    pub(super) fn pattern(&self, table: &Table<'_>, key: &str) -> Option<Pattern> {
        self.any_of(table, key, &|text| self.expand(text, &|_| None))
    }

    /// Reads a pattern that is required.
    pub(super) fn required_pattern(&self, table: &Table<'_>, key: &str) -> Option<Pattern> {
        self.pattern(table, key).or_else(|| missing(table, key))
    }

    /// Reads an array of patterns.
    pub(super) fn patterns_in(&self, table: &Table<'_>, key: &str) -> Vec<Pattern> {
        let texts = table.strings(key);
        texts.iter().filter_map(|text| table.accept(text, |text| self.pattern_of(text))).collect()
    }

    /// Reads a table of patterns, in the order written.
    pub(super) fn patterns_of(&self, table: &Table<'_>) -> Vec<(String, Pattern)> {
        let read = |key: Placed<String>| {
            let pattern = self.pattern(table, &key.value)?;
            Some((key.value, pattern))
        };
        table.keys().into_iter().filter_map(read).collect()
    }

    /// Reads a pattern, or an array of patterns any of which may match.
    pub(super) fn any_of(
        &self,
        table: &Table<'_>,
        key: &str,
        expand: &dyn Fn(&str) -> Result<String, String>,
    ) -> Option<Pattern> {
        let several = table.is_array(key);
        let read = |text: &Placed<String>| {
            // Each separately, so that a fault is reported at its own place.
            table.accept(text, |text| {
                let expanded = expand(text)?;
                self.made(&expanded)?;
                Ok::<_, String>(expanded)
            })
        };
        let texts: Vec<String> = if several {
            table.strings(key).iter().filter_map(read).collect()
        } else {
            table.string(key).iter().filter_map(read).collect()
        };
        // A flag applies up to the end of its alternative and no further.
        let apart = |text: &String| match text.starts_with("(?") && several {
            true => format!("(?:{text})"),
            false => text.clone(),
        };
        let joined = texts.iter().map(apart).collect::<Vec<_>>().join("|");
        let is_read = !texts.is_empty();
        if several && !is_read {
            table.fault(format!("`{key}` is an array of no pattern"), None);
        }
        is_read.then(|| self.made(&joined).ok()).flatten()
    }
}

/// Reports a missing pattern, if its key is absent.
pub(super) fn missing(table: &Table<'_>, key: &str) -> Option<Pattern> {
    if !table.has(key) {
        let _ = table.required(key);
    }
    None
}

fn no_pattern(name: &str) -> String {
    let standard: Vec<&str> = STANDARD.iter().map(|(name, _)| *name).collect();
    format!(
        "there is no pattern `{name}`: declare it under [pattern], or use one of the standard {}",
        standard.join(", ")
    )
}

fn pattern_text(table: &Table<'_>, key: Placed<String>) -> Option<(String, String)> {
    let texts = table.strings(&key.value);
    if !is_name(&key.value) {
        let what = format!("`{}` is no name for a pattern", key.value);
        table.fault_at(
            &key.span,
            what,
            Some("small letters, figures, `-` and `_`, a letter first"),
        );
        return None;
    }
    let any = texts.into_iter().map(|text| text.value).collect::<Vec<_>>().join("|");
    (!any.is_empty()).then_some((key.value, any))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// A part of a pattern.
enum Piece<'a> {
    Text(&'a str),
    /// A name, and everything after it.
    Name {
        cell: Option<&'a str>,
        name: &'a str,
        rest: &'a str,
    },
}

/// Whether a pattern means the same wherever it is inserted: it is a group, or has no alternatives and
/// no flag.
fn is_whole(pattern: &str) -> bool {
    let (mut depth, mut escaped, mut in_class) = (0_usize, false, false);
    for c in pattern.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => return false,
            _ => {}
        }
    }
    // A flag such as `(?s)` applies to everything after it.
    !pattern.starts_with("(?") || pattern.starts_with("(?:") || pattern.starts_with("(?P<")
}

/// Whether what follows repeats what came before.
fn repeats(rest: &str) -> bool {
    rest.starts_with(['*', '+', '?', '{'])
}

/// Cuts a pattern at the names in braces. Escapes, and braces around anything else (`{2,3}`, `\p{L}`),
/// are left as they are.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = text[at..].find(['\\', '{']) {
        let start = at + found;
        if text.as_bytes()[start] == b'\\' {
            let escaped = text[start + 1..].chars().next();
            at = start + 1 + escaped.map_or(0, char::len_utf8);
            at += braced(escaped, &text[at..]);
            continue;
        }
        at = start + 1;
        let Some(name) = text[at..].split_once('}').map(|(name, _)| name) else { break };
        let (cell, wanted) =
            name.split_once(':').map_or((None, name), |(cell, name)| (Some(cell), name));
        if is_name(wanted) && cell.is_none_or(is_name) {
            pieces.push(Piece::Text(&text[from..start]));
            at += name.len() + 1;
            from = at;
            pieces.push(Piece::Name { cell, name: wanted, rest: &text[from..] });
        }
    }
    pieces.push(Piece::Text(&text[from..]));
    pieces
}

/// The length of the braces that belong to an escape: `\p{Latin}`, `\x{2019}`, `\b{start}`.
fn braced(escaped: Option<char>, rest: &str) -> usize {
    let Some((inner, _)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return 0;
    };
    let belongs = match escaped {
        Some('p' | 'P' | 'x' | 'u' | 'U') => true,
        Some('b') => matches!(inner, "start" | "end" | "start-half" | "end-half"),
        _ => false,
    };
    if belongs { inner.len() + 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config_text::Document;

    fn names(text: &str) -> (Names, String) {
        let document = Document::new("n.toml", text);
        let parsed = document.parse();
        let root = document.root(&parsed);
        let names = Names::read(&root, None, false);
        root.finish();
        let faults =
            document.finish(()).map_or_else(|faults| faults.to_string(), |()| String::new());
        (names, faults)
    }

    #[test]
    fn a_name_stands_for_its_pattern_and_figures_for_repetition() {
        let (names, faults) = names(
            "[pattern]\nunit = ['months?', 'years?']\nlength = '\\d{1,3} {unit}'\nodd = '\\p{L}\\{x\\}'\n",
        );
        assert_eq!(faults, "");
        let expand = |text| names.expand(text, &|_| None);
        assert_eq!(
            expand("^{wait:length}{2}, {odd}").unwrap(),
            r"^(?P<wait>\d{1,3} (?:months?|years?)){2}, \p{L}\{x\}"
        );
        assert_eq!(expand("{unit}").unwrap(), "months?|years?");
        assert_eq!(expand("x{odd}+").unwrap(), r"x(?:\p{L}\{x\})+");
        assert!(expand("{none}").unwrap_err().starts_with("there is no pattern `none`"));
        let group = |name: &str| (name == "wait").then(|| Ok("(?P<wait>{unit})".to_owned()));
        assert_eq!(
            names.expand("{wait} {unit}", &group).unwrap(),
            "(?P<wait>(?:months?|years?)) (?:months?|years?)"
        );
    }

    #[test]
    fn patterns_that_name_one_another_without_end_or_grow_without_bound_are_refused() {
        let (_, faults) = names("[pattern]\na = '{b}'\nb = '{a}'\n");
        assert!(faults.contains("name one another without an end"), "{faults}");
        let mut text = format!("[pattern]\np0 = '{}'\n", "x".repeat(1000));
        for n in 1..8 {
            let before = format!("{{p{}}}", n - 1);
            text += &format!("p{n} = '{}'\n", before.repeat(10));
        }
        let (_, faults) = names(&text);
        assert!(faults.contains("more than 32768 characters"), "{faults}");
    }

    #[test]
    fn every_standard_pattern_compiles_and_matches_what_it_is_called() {
        let (names, _) = names("");
        for (name, yes, no) in [
            (
                "date",
                vec![
                    "May 14, 2026",
                    "14 mai 2026",
                    "1er août 2026",
                    "2026-05-14",
                    "2026/05/14",
                    "14-May-26",
                ],
                "May 2026",
            ),
            ("decimal", vec!["1,094.5", "12", "1 094,50"], "one"),
            (
                "duration",
                vec!["6 months", "two (2) years", "10 business days", "3 ans"],
                "many months",
            ),
            ("money", vec!["$1,000", "$36.00", "1 000 $", "1 000,50 $"], "1000"),
            ("noc", vec!["21231"], "2123"),
            ("number", vec!["1,560", "1 560", "30"], "thirty"),
            ("percent", vec!["80%", "7,5 %", "80 per cent"], "80"),
        ] {
            let pattern = names.pattern_of(&format!("^{{{name}}}$")).unwrap();
            for text in yes {
                assert!(pattern.is_match(text), "{name}: {text}");
            }
            assert!(!pattern.is_match(no), "{name}: {no}");
        }
    }
}
