//! Reads configuration text: TOML, key by key. Every fault is kept, with its file, line and hint.
//!
//! A typed deserialiser stops at the first fault; a person who mends a catalogue wants them all.
//! So a [`Table`] hands out its values one by one, notes what does not fit, and at
//! [`Table::finish`] refuses the keys that were not asked for. [`Document::finish`] ends the reading.
//!
//! A document can also remember which keys its reader knows in which table ([`KnownKeys`]), so a test can
//! prove that the published schema and the reader agree.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// One mistake in what an operator wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.what)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n    {hint}"))
    }
}

/// All the faults of a text, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Diagnostics(pub Vec<Fault>);

/// A text and the faults found in it so far.
#[derive(Debug)]
pub struct Document<'t> {
    file: &'t str,
    text: &'t str,
    faults: RefCell<Vec<(usize, Fault)>>,
    /// What its reader knows, table by table, where that is asked for.
    known: Option<RefCell<BTreeMap<String, KnownKeys>>>,
}

/// The keys a reader knows in one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownKeys {
    /// The keys it asks for by name.
    pub names: BTreeSet<String>,
    /// Whether it takes keys of any name, as in a table of patterns.
    pub any: bool,
}

impl<'t> Document<'t> {
    /// Takes a text; `file` is how faults name it.
    #[must_use]
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, faults: RefCell::default(), known: None }
    }

    /// The same, for [`Self::known_keys`].
    #[must_use]
    pub fn that_remembers(self) -> Self {
        Self { known: Some(RefCell::default()), ..self }
    }

    /// Parses the text. Syntax faults are noted, and what could be read is still returned.
    #[must_use]
    pub fn parse(&self) -> Spanned<DeTable<'_>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            self.fault(error.span().unwrap_or(0..0), error.message(), None);
        }
        table
    }

    /// The whole text as a table to read from.
    #[must_use]
    pub fn root<'a>(&'a self, parsed: &'a Spanned<DeTable<'a>>) -> Table<'a> {
        Table::new(self, String::new(), String::new(), parsed.get_ref(), 0..0)
    }

    /// The file's name, as faults give it.
    #[must_use]
    pub fn file(&self) -> &str {
        self.file
    }

    /// The line of a place in the text, from 1.
    #[must_use]
    pub fn line(&self, span: &Range<usize>) -> usize {
        self.text.get(..span.start).unwrap_or_default().matches('\n').count() + 1
    }

    /// The keys the reader knows in each finished table, by its path; none unless it remembers them. Arrays leave no
    /// trace in a path, and `*` is a key of any name: `source.facts.fields.*`.
    #[must_use]
    pub fn known_keys(&self) -> BTreeMap<String, KnownKeys> {
        self.known.as_ref().map(|known| known.borrow().clone()).unwrap_or_default()
    }

    /// Notes a fault at a place in the text.
    pub fn fault(&self, span: Range<usize>, what: impl Into<String>, hint: Option<String>) {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = self.line(&span);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let fault = Fault { file: self.file.to_owned(), line, column, what: what.into(), hint };
        self.faults.borrow_mut().push((span.start, fault));
    }

    /// Ends the reading: returns `value` when nothing is wrong.
    ///
    /// # Errors
    /// All faults noted, in the order of the text.
    pub fn finish<T>(&self, value: T) -> Result<T, Diagnostics> {
        let mut faults = self.faults.take();
        if faults.is_empty() {
            return Ok(value);
        }
        faults.sort_by_key(|(at, _)| *at);
        // A fault of what is read once for each sentence of a list is told once.
        faults.dedup();
        Err(Diagnostics(faults.into_iter().map(|(_, fault)| fault).collect()))
    }
}

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place in the text, in bytes.
    pub span: Range<usize>,
}

/// A table being read. Every key must be asked for before it is finished.
#[derive(Debug)]
pub struct Table<'a> {
    document: &'a Document<'a>,
    path: String,
    /// The path with `*` for keys of any name.
    shape: String,
    entries: &'a DeTable<'a>,
    span: Range<usize>,
    asked: RefCell<Vec<String>>,
    /// Whether the reader read all keys, whatever their names.
    any: Cell<bool>,
}

impl<'a> Table<'a> {
    fn new(
        document: &'a Document<'a>,
        path: String,
        shape: String,
        entries: &'a DeTable<'a>,
        span: Range<usize>,
    ) -> Self {
        let (asked, any) = (RefCell::default(), Cell::default());
        Self { document, path, shape, entries, span, asked, any }
    }

    fn child(&self, key: &str, entries: &'a DeTable<'a>, span: Range<usize>) -> Self {
        let step = if self.any.get() { "*" } else { key };
        let shape =
            if self.shape.is_empty() { step.to_owned() } else { format!("{}.{step}", self.shape) };
        Self::new(self.document, self.name(key), shape, entries, span)
    }

    /// The table's place in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The document it belongs to.
    #[must_use]
    pub fn document(&self) -> &'a Document<'a> {
        self.document
    }

    /// Returns whether a key is present.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Returns whether a key is present and an array.
    #[must_use]
    pub fn is_array(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| value.get_ref().is_array())
    }

    /// Returns whether a key is present and a string.
    #[must_use]
    pub fn is_string(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| value.get_ref().is_str())
    }

    /// Declares that a key is allowed here, for the hints of [`Table::finish`].
    pub fn knows(&self, key: &str) {
        self.asked.borrow_mut().push(key.to_owned());
    }

    /// Notes a fault at the table itself.
    pub fn fault(&self, what: impl Into<String>, hint: Option<&str>) {
        self.document.fault(self.span.clone(), what, hint.map(str::to_owned));
    }

    /// Notes a fault at a value.
    pub fn fault_at(&self, span: &Range<usize>, what: impl Into<String>, hint: Option<&str>) {
        self.document.fault(span.clone(), what, hint.map(str::to_owned));
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key.to_owned());
        self.entries.get(key)
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'a>>, expected: &str) {
        let came = value.get_ref().type_str();
        let what = format!("`{}` is {came}, expected {expected}", self.name(key));
        self.document.fault(value.span(), what, None);
    }

    fn missing(&self, key: &str) {
        self.fault(format!("`{}` is missing", self.name(key)), None);
    }

    /// A string, if present.
    #[must_use]
    pub fn string(&self, key: &str) -> Option<Placed<String>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Placed { value: text.to_string(), span: value.span() }),
            _ => {
                self.wrong(key, value, "a string");
                None
            }
        }
    }

    /// A string that must be present.
    #[must_use]
    pub fn required(&self, key: &str) -> Option<Placed<String>> {
        if !self.has(key) {
            self.missing(key);
        }
        self.string(key)
    }

    /// A string read by `parse`; an error of `parse` becomes a fault at the value.
    pub fn parsed<T, E: fmt::Display>(
        &self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.string(key)?;
        self.accept(&text, parse)
    }

    /// Like [`Table::parsed`], for a key that must be present.
    pub fn required_parsed<T, E: fmt::Display>(
        &self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.required(key)?;
        self.accept(&text, parse)
    }

    /// Reads a placed string by `parse`; an error of `parse` becomes a fault at its place.
    pub fn accept<T, E: fmt::Display>(
        &self,
        text: &Placed<String>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        parse(&text.value)
            .map_err(|error| self.document.fault(text.span.clone(), error.to_string(), None))
            .ok()
    }

    /// A whole number, if present.
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<i64> {
        let value = self.get(key)?;
        let number = whole(value.get_ref());
        if number.is_none() {
            self.wrong(key, value, "a whole number");
        }
        number
    }

    /// A whole number that is not negative, if present.
    #[must_use]
    pub fn count(&self, key: &str) -> Option<usize> {
        let number = self.integer(key)?;
        let count = usize::try_from(number).ok();
        if count.is_none() {
            self.fault(format!("`{}` is {number}, expected 0 or more", self.name(key)), None);
        }
        count
    }

    /// A number with or without a fraction, as its digits, if present.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<Placed<String>> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().to_owned(),
            DeValue::Float(number) => number.as_str().to_owned(),
            _ => {
                self.wrong(key, value, "a number");
                return None;
            }
        };
        Some(Placed { value: text, span: value.span() })
    }

    /// A boolean, if present.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(yes) => Some(*yes),
            _ => {
                self.wrong(key, value, "true or false");
                None
            }
        }
    }

    fn array(&self, key: &str) -> Option<&'a DeArray<'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Array(array) => Some(array),
            _ => {
                self.wrong(key, value, "an array");
                None
            }
        }
    }

    /// An array of strings; empty if not present. A single string is read as an array of one.
    #[must_use]
    pub fn strings(&self, key: &str) -> Vec<Placed<String>> {
        if self.is_string(key) {
            return self.string(key).into_iter().collect();
        }
        let mut strings = Vec::new();
        for value in self.array(key).into_iter().flatten() {
            match value.get_ref() {
                DeValue::String(text) => {
                    strings.push(Placed { value: text.to_string(), span: value.span() });
                }
                _ => self.wrong(key, value, "a string in the array"),
            }
        }
        strings
    }

    /// An array of whole numbers; empty if not present.
    #[must_use]
    pub fn integers(&self, key: &str) -> Vec<i64> {
        let mut numbers = Vec::new();
        for value in self.array(key).into_iter().flatten() {
            match whole(value.get_ref()) {
                Some(number) => numbers.push(number),
                None => self.wrong(key, value, "a whole number in the array"),
            }
        }
        numbers
    }

    /// An array of two numbers, as their digits, if present.
    #[must_use]
    pub fn pair(&self, key: &str) -> Option<Placed<(String, String)>> {
        let span = self.entries.get(key)?.span();
        let array = self.array(key)?;
        let digits = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            _ => None,
        };
        let numbers: Option<Vec<String>> = array.iter().map(digits).collect();
        match numbers.as_deref() {
            Some([low, high]) => Some(Placed { value: (low.clone(), high.clone()), span }),
            _ => {
                let what = format!("`{}` must be two numbers, lowest first", self.name(key));
                self.document.fault(span, what, None);
                None
            }
        }
    }

    /// A table, if present.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<Table<'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(self.child(key, table, value.span())),
            _ => {
                self.wrong(key, value, "a table");
                None
            }
        }
    }

    /// An array of tables; empty if not present.
    #[must_use]
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let mut tables = Vec::new();
        for value in self.array(key).into_iter().flatten() {
            match value.get_ref() {
                DeValue::Table(table) => {
                    tables.push(self.child(key, table, value.span()));
                }
                _ => self.wrong(key, value, "a table in the array"),
            }
        }
        tables
    }

    /// The keys in the order of the text, for a table that takes any.
    #[must_use]
    pub fn keys(&self) -> Vec<Placed<String>> {
        self.any.set(true);
        self.remember();
        self.written_keys()
    }

    /// The keys in the order of the text, for a table whose keys are known by name.
    #[must_use]
    pub fn written_keys(&self) -> Vec<Placed<String>> {
        let placed = |key: &Spanned<_>| Placed {
            value: AsRef::<str>::as_ref(Spanned::<toml::de::DeString<'_>>::get_ref(key)).to_owned(),
            span: key.span(),
        };
        self.entries.keys().map(placed).collect()
    }

    /// Notes in the document the keys the reader knows in this table.
    fn remember(&self) {
        let Some(known) = &self.document.known else { return };
        let mut tables = known.borrow_mut();
        let known = tables.entry(self.shape.clone()).or_default();
        if self.any.get() {
            known.any = true;
        } else {
            known.names.extend(self.asked.borrow().iter().cloned());
        }
    }

    /// Refuses every key that was not asked for.
    pub fn finish(self) {
        self.remember();
        let asked = self.asked.borrow();
        for key in self.written_keys().into_iter().filter(|key| !asked.contains(&key.value)) {
            let near = asked
                .iter()
                .map(|known| (strsim::osa_distance(known, &key.value), known))
                .filter(|(distance, _)| *distance <= 2)
                .min();
            let hint = near.map_or_else(
                || {
                    let mut known: Vec<&str> = asked.iter().map(String::as_str).collect();
                    known.sort_unstable();
                    known.dedup();
                    format!("known here: {}", known.join(", "))
                },
                |(_, known)| format!("did you mean `{known}`?"),
            );
            let what = format!("unknown key `{}`", self.name(&key.value));
            self.document.fault(key.span, what, Some(hint));
        }
    }
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    match value {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str, read: impl FnOnce(Table<'_>)) -> String {
        let document = Document::new("t.toml", text);
        let parsed = document.parse();
        read(document.root(&parsed));
        document.finish(()).map_or_else(|faults| faults.to_string(), |()| String::new())
    }

    #[test]
    fn every_fault_comes_with_its_line_and_a_hint() {
        let text = "urll = 'x'\nmin = 'many'\n[deep]\nodd = 1\n";
        let said = faults(text, |table| {
            let _ = table.required("url");
            let _ = table.integer("min");
            let deep = table.table("deep").unwrap();
            deep.finish();
            table.finish();
        });
        assert_eq!(
            said,
            "t.toml:1:1: `url` is missing\nt.toml:1:1: unknown key `urll`\n    did you mean `url`?\n\
             t.toml:2:7: `min` is string, expected a whole number\n\
             t.toml:4:1: unknown key `deep.odd`\n    known here: "
        );
    }

    #[test]
    fn broken_syntax_is_a_fault_beside_the_others() {
        let said = faults("a = \nb = 1\n", |table| {
            let _ = table.string("a");
            table.finish();
        });
        assert!(said.contains("t.toml:1:") && said.contains("unknown key `b`"), "{said}");
    }
}
