//! The canonical text of a recipe: a catalogue of one source that refers to nothing outside itself.
//!
//! It holds everything that is read and nothing of the layout: named patterns are written out,
//! vocabularies are copied to where they are used, and defaults are left out. Titles, labels and the
//! address are not part of it: the same recipe reads the page wherever it moves. Every type is
//! destructured by field name here, so a new part of the language does not compile until it has a place
//! in the text.

use std::fmt::Write as _;

use super::{
    CsvForm, FactRecipe, FieldRecipe, Form, Format, HeadingsForm, ItemsForm, JsonForm, LabelsForm,
    LawForm, Locator, MatrixForm, NamedBy, PageWords, PairsForm, Part, Pattern, ProseForm, Reading,
    STATEMENT, StatusForm, TableForm, TriedOn, Vocabulary, XmlForm, XmlPath,
};
use crate::model::{DateFields, Expectation, FieldName, Per, RecordKey};

/// The canonical text of a recipe.
pub(super) fn text(format: Format, page: &PageWords, facts: &[FactRecipe]) -> String {
    let PageWords { chrome, stamps } = page;
    let mut source = Map::default();
    source.text("id", "recipe").text("url", "https://recipe.invalid/");
    source.text("format", format.word());
    source.patterns("chrome", chrome).patterns("date_stamp", stamps);
    let mut text = format!("[[source]]\n{}", source.lines());
    for fact in facts {
        let _ = write!(text, "\n[[source.facts]]\n{}", self::fact(fact).lines());
    }
    text
}

/// Keys and their values, as written.
#[derive(Default)]
struct Map(Vec<(String, String)>);

impl Map {
    fn add(&mut self, key: &str, value: String) -> &mut Self {
        self.0.push((key.to_owned(), value));
        self
    }

    fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.add(key, quoted(value))
    }

    fn maybe(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value { self.text(key, value) } else { self }
    }

    fn pattern(&mut self, key: &str, value: Option<&Pattern>) -> &mut Self {
        self.maybe(key, value.map(Pattern::as_str))
    }

    fn patterns(&mut self, key: &str, values: &[Pattern]) -> &mut Self {
        self.texts(key, values.iter().map(Pattern::as_str))
    }

    /// An array, left out if empty.
    fn texts<'a>(&mut self, key: &str, values: impl IntoIterator<Item = &'a str>) -> &mut Self {
        let values: Vec<String> = values.into_iter().map(quoted).collect();
        if values.is_empty() { self } else { self.add(key, array(&values)) }
    }

    /// A table, left out if empty.
    fn pairs<'a>(
        &mut self,
        key: &str,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> &mut Self {
        let mut inner = Self::default();
        for (name, value) in pairs {
            inner.text(name, value);
        }
        if inner.0.is_empty() { self } else { self.add(key, inner.inline()) }
    }

    fn flag(&mut self, key: &str, value: bool) -> &mut Self {
        if value { self.add(key, "true".to_owned()) } else { self }
    }

    /// The pairs, one on a line.
    fn lines(&self) -> String {
        self.0.iter().map(|(key, value)| format!("{} = {value}\n", self::key(key))).collect()
    }

    /// The pairs, in braces.
    fn inline(&self) -> String {
        let pairs = self.0.iter().map(|(key, value)| format!("{} = {value}", self::key(key)));
        format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
    }
}

/// A TOML string, written as JSON would write it, which TOML also reads.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn array(values: &[String]) -> String {
    format!("[{}]", values.join(", "))
}

fn key(text: &str) -> String {
    let is_bare = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let bare = !text.is_empty() && text.bytes().all(is_bare);
    if bare { text.to_owned() } else { quoted(text) }
}

fn fact(fact: &FactRecipe) -> Map {
    let FactRecipe { key, title: _, kind, record, fields, parts, expect, window, is_base, dates } =
        fact;
    let DateFields { effective, expires, applies_to } = dates;
    let mut map = Map::default();
    map.text("key", &key.to_string()).text("type", kind.word());
    map.text("record", &record.to_string());
    if let Some(window) = window {
        map.add("window", window.to_string());
    }
    if *is_base {
        map.add("base", "true".to_owned());
    }
    for (key, field) in [("effective", effective), ("expires", expires), ("applies_to", applies_to)]
    {
        map.maybe(key, field.as_ref().map(FieldName::as_str));
    }
    map.add("expect", expectation(expect).inline());
    let mut inner = Map::default();
    for field in fields {
        inner.add(field.name.as_str(), self::field(field).inline());
    }
    map.add("fields", inner.inline());
    let reads = parts.iter().flat_map(|part| part.locators.iter().map(move |l| (part, l)));
    let reads: Vec<String> = reads.map(|(part, locator)| read(part, locator).inline()).collect();
    map.add("read", array(&reads));
    map
}

fn expectation(expect: &Expectation) -> Map {
    let Expectation { min, max, vanish, complaints, required, ranges } = expect;
    let mut map = Map::default();
    map.add("min", min.to_string());
    if let Some(max) = max {
        map.add("max", max.to_string());
    }
    if *vanish != Expectation::default().vanish {
        map.add("vanish", vanish.normalize().to_string());
    }
    map.add("complaints", complaints.to_string());
    map.texts("required", required.iter().map(RecordKey::as_str));
    let mut inner = Map::default();
    for (field, (low, high)) in ranges {
        let bounds = [low.normalize().to_string(), high.normalize().to_string()];
        inner.add(field.as_str(), array(&bounds));
    }
    if !inner.0.is_empty() {
        map.add("range", inner.inline());
    }
    map
}

fn field(field: &FieldRecipe) -> Map {
    let FieldRecipe {
        name: _,
        from,
        find,
        without,
        reading,
        words,
        optional,
        note,
        wording,
        key_only,
        each,
    } = field;
    let mut map = Map::default();
    map.texts("from", from.iter().map(String::as_str));
    map.pattern("without", without.as_ref()).pattern("find", find.as_ref());
    self::reading(&mut map, reading);
    map.patterns("words", words);
    map.flag("optional", *optional).flag("note", *note).flag("wording", *wording);
    map.flag("key_only", *key_only).flag("each", *each);
    map
}

fn reading(map: &mut Map, reading: &Reading) {
    let word = match reading {
        Reading::Text => "text",
        Reading::Lines => "lines",
        Reading::Slug | Reading::WordOrSlug(_) => "slug",
        Reading::Word(_) => "word",
        Reading::Integer => "integer",
        Reading::Decimal => "decimal",
        Reading::Money(_) => "money",
        Reading::Percent => "percent",
        Reading::Date => "date",
        Reading::Days => "days",
        Reading::MonthDayYear => "date_mdy",
        Reading::Time => "time",
        Reading::Duration => "duration",
        Reading::Range => "range",
        Reading::Clb => "clb",
        Reading::Noc => "noc",
        Reading::OldNoc => "noc_2016",
        Reading::Cip => "cip",
        Reading::Teer => "teer",
        Reading::Flag(..) | Reading::YesNo => "flag",
        Reading::Clauses => "clauses",
    };
    map.text("as", word);
    if let Reading::Word(words) | Reading::WordOrSlug(words) = reading {
        vocabulary(map, "vocabulary", words);
    }
    if let Reading::Money(per) = reading {
        map.maybe("per", per.map(Per::word));
    }
    if let Reading::Flag(when, unless) = reading {
        map.pattern("when", Some(when)).pattern("unless", unless.as_ref());
    }
}

fn vocabulary(map: &mut Map, key: &str, words: &Vocabulary) {
    map.pairs(key, words.entries());
}

fn read(part: &Part, locator: &Locator) -> Map {
    let Part { name, required, locators: _ } = part;
    // The name that evidence uses for a locator, and the cells it gives, follow from the rest.
    let Locator { name: _, under, named_by, lets, footnotes, wanted: _, page: _, form } = locator;
    let mut map = Map::default();
    map.maybe("part", Some(name.as_str()).filter(|name| !name.is_empty()));
    if !required {
        map.add("required", "false".to_owned());
    }
    map.patterns("under", under);
    if let Some(NamedBy { cell, vocabulary: words }) = named_by {
        let mut inner = Map::default();
        inner.text("cell", cell);
        vocabulary(&mut inner, "vocabulary", words);
        map.add("named_by", inner.inline());
    }
    // The key of a statement comes first, as the statement itself puts it.
    let (key, others): (Vec<_>, Vec<_>) = lets.iter().partition(|(cell, _)| cell == STATEMENT);
    map.pairs("let", texts(key.into_iter().chain(others)));
    map.texts("footnotes", footnotes.iter().map(String::as_str));
    let (word, inner) = self::form(form);
    map.add(word, inner.inline());
    map
}

fn texts<'a>(
    pairs: impl IntoIterator<Item = &'a (String, String)>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    pairs.into_iter().map(|(key, value)| (key.as_str(), value.as_str()))
}

fn cells(pairs: &[(String, Pattern)]) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(cell, pattern)| (cell.as_str(), pattern.as_str()))
}

fn form(form: &Form) -> (&'static str, Map) {
    match form {
        Form::Table(form) => ("table", table(form)),
        Form::Matrix(form) => ("matrix", matrix(form)),
        Form::Labels(form) => ("labels", labels(form)),
        Form::Items(ItemsForm { only, skip }) => {
            let mut map = Map::default();
            map.pattern("only", only.as_ref()).pattern("skip", skip.as_ref());
            ("items", map)
        }
        Form::Prose(ProseForm { matches, first, on }) => {
            let mut map = Map::default();
            map.pattern("matches", Some(matches)).flag("first", *first);
            map.flag("lines", *on == TriedOn::Line).flag("sentences", *on == TriedOn::Sentence);
            ("prose", map)
        }
        Form::Headings(HeadingsForm { matches, skip }) => {
            let mut map = Map::default();
            map.pattern("matches", Some(matches)).pattern("skip", skip.as_ref());
            ("headings", map)
        }
        Form::Status(status) => {
            let mut map = Map::default();
            match status {
                StatusForm::Own(of) => drop(map.pattern("of", Some(of))),
                StatusForm::Each { streams, all } => {
                    vocabulary(&mut map, "each", streams);
                    map.pattern("all", all.as_ref());
                }
            }
            ("status", map)
        }
        Form::Clauses => ("clauses", Map::default()),
        Form::Entries => ("entries", Map::default()),
        Form::Json(JsonForm { each, cells, says }) => {
            let mut map = Map::default();
            map.text("each", &each.to_string()).pairs("cells", texts(cells));
            map.pattern("says", says.as_ref());
            ("json", map)
        }
        Form::Pairs(PairsForm { at, entries, every, skip, cells, total }) => {
            let mut map = Map::default();
            map.text("at", &at.to_string()).pairs("entries", texts(entries));
            map.pattern("every", every.as_ref()).pattern("skip", skip.as_ref());
            map.pairs("cells", texts(cells)).maybe("total", total.as_deref());
            ("pairs", map)
        }
        Form::Xml(form) => ("xml", xml(form)),
        Form::Law(LawForm { sections, amounts }) => {
            let sections: Vec<String> =
                sections.iter().map(|(from, to)| format!("{from}-{to}")).collect();
            let mut map = Map::default();
            map.texts("sections", sections.iter().map(String::as_str)).flag("amounts", *amounts);
            ("law", map)
        }
        Form::Csv(CsvForm { columns }) => {
            let mut map = Map::default();
            map.pairs("columns", cells(columns));
            ("csv", map)
        }
    }
}

fn table(form: &TableForm) -> Map {
    let TableForm { columns, optional, caption, only, skip, total, merge, turned } = form;
    let mut map = Map::default();
    map.pairs("columns", cells(columns)).pairs("optional", cells(optional));
    map.pattern("caption", caption.as_ref());
    map.pattern("only", only.as_ref()).pattern("skip", skip.as_ref());
    if let Some((row, sum)) = total {
        map.pairs("total", [("row", row.as_str()), ("sum", sum.as_str())]);
    }
    map.texts("merge", merge.iter().map(String::as_str)).flag("turned", *turned);
    map
}

fn matrix(form: &MatrixForm) -> Map {
    let MatrixForm { first, headers, has, columns, in_header, rest } = form;
    let mut map = Map::default();
    map.pattern("first", Some(first)).patterns("headers", headers).patterns("has", has);
    vocabulary(&mut map, "columns", columns);
    map.pairs("in_header", cells(in_header));
    map.flag("rest", *rest);
    map
}

fn labels(form: &LabelsForm) -> Map {
    let LabelsForm { only, skip, has, cells: named, optional } = form;
    let mut map = Map::default();
    map.pattern("only", only.as_ref()).pattern("skip", skip.as_ref()).patterns("has", has);
    map.pairs("cells", cells(named)).pairs("optional", cells(optional));
    map
}

fn xml(form: &XmlForm) -> Map {
    let XmlForm { each, namespace, cells } = form;
    let paths: Vec<(&str, String)> =
        cells.iter().map(|(cell, path)| (cell.as_str(), path_of(path))).collect();
    let mut map = Map::default();
    map.text("each", &each.join("/")).maybe("namespace", namespace.as_deref());
    map.pairs("cells", paths.iter().map(|(cell, path)| (*cell, path.as_str())));
    map
}

fn path_of(path: &XmlPath) -> String {
    let XmlPath { elements, attribute } = path;
    let attribute = attribute.iter().map(|name| format!("@{name}"));
    elements.iter().cloned().chain(attribute).collect::<Vec<_>>().join("/")
}
