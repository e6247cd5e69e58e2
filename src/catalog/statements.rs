//! Reads `[source.facts.statements]`: sentences on a page, each the record of its own key.
//!
//! A statement becomes a part of the fact set with one locator for each of its sentences, so evidence
//! and complaints name the place as they do for any other form.

use std::sync::Arc;

use super::names::missing;
use super::read::{Set, called};
use super::recipe::strings;
use crate::config_text::{Placed, Table};
use crate::extract::recipe::{
    FieldRecipe, Form, Locator, Part, Pattern, ProseForm, Reading, STATEMENT, TriedOn,
};
use crate::model::RecordKey;

/// Reads the statements of a fact set.
pub(super) fn statements(table: Table<'_>, set: &Set<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for key in table.keys() {
        let is_key = table.accept(&key, RecordKey::parse).is_some();
        parts.extend(statement(&table, &key, set).filter(|_| is_key));
    }
    table.finish();
    parts
}

/// Reads one statement: a sentence, an array of sentences of which the first one found counts, or a
/// table.
fn statement(table: &Table<'_>, key: &Placed<String>, set: &Set<'_>) -> Option<Part> {
    let mut part = Part { name: key.value.clone(), required: true, locators: Vec::new() };
    let mut under = Vec::new();
    let mut lets = vec![(STATEMENT.to_owned(), key.value.clone())];
    let sentences = if table.is_string(&key.value) || table.is_array(&key.value) {
        sentences(table, &key.value, key, set)
    } else {
        let inner = table.table(&key.value)?;
        under = set.names.patterns_in(&inner, "under");
        part.required = !inner.flag("optional").unwrap_or(false);
        lets.extend(inner.table("let").map(|words| strings(&words)).unwrap_or_default());
        let sentences = sentences(&inner, "says", key, set);
        inner.finish();
        sentences
    };
    for matches in sentences {
        let form = Form::Prose(ProseForm { matches, first: true, on: TriedOn::Whole });
        let name = called("sentence", &lets, &under);
        part.locators.push(Locator {
            name: name.into(),
            under: under.clone(),
            named_by: None,
            lets: lets.clone(),
            footnotes: Vec::new(),
            wanted: Arc::clone(&set.wanted),
            page: Arc::default(),
            form,
        });
    }
    Some(part)
}

fn sentences(
    table: &Table<'_>,
    key: &str,
    statement: &Placed<String>,
    set: &Set<'_>,
) -> Vec<Pattern> {
    let texts = table.strings(key);
    if texts.is_empty() {
        let hint = "points = 'minimum of {points} points'";
        table.fault_at(&statement.span, "a statement needs the sentence it `says`", Some(hint));
    }
    let read = |text: &str| set.names.made(&expanded(text, set)?);
    texts.iter().filter_map(|text| table.accept(text, read)).collect()
}

/// Reads a pattern whose groups are cells. `{fee}` is the cell `fee`, printed in the way of the field
/// that is read from it.
pub(super) fn sentence(table: &Table<'_>, key: &str, set: &Set<'_>) -> Option<Pattern> {
    let read = set.names.any_of(table, key, &|text| expanded(text, set));
    read.or_else(|| missing(table, key))
}

/// The name that stands for each sentence of a list.
const SENTENCE: &str = "sentence";

/// What may stand behind an amount: the one that will replace it, in brackets.
const ASIDE: &str = r"(?: \([^()\n]*\$[^()\n]*\))?";

fn expanded(text: &str, set: &Set<'_>) -> Result<String, String> {
    let cell = |name: &str| {
        if let (SENTENCE, Some(sentence)) = (name, set.sentence) {
            return Some(Ok(sentence.to_owned()));
        }
        let reads = |field: &&FieldRecipe| field.from.iter().any(|cell| cell == name);
        let field = set.fields.iter().find(reads)?;
        let pattern = printed(&field.reading).or_else(|| set.names.has(name).then_some(name));
        let aside = if matches!(field.reading, Reading::Money(_)) { ASIDE } else { "" };
        let group = pattern.map(|pattern| format!("{{{name}:{pattern}}}{aside}"));
        Some(group.ok_or_else(|| unworded(name)))
    };
    set.names.expand(text, &cell)
}

fn unworded(field: &str) -> String {
    format!(
        "`{field}` is a field whose type has no wording of its own: write `{{{field}:NAME}}`, where \
         NAME is a pattern declared under [pattern] or one of date, decimal, duration, money, noc, \
         number, percent; of the types, date, decimal, duration, integer, money, noc and percent have one"
    )
}

/// The standard pattern for the way a field is read.
fn printed(reading: &Reading) -> Option<&'static str> {
    match reading {
        Reading::Integer => Some("number"),
        Reading::Decimal => Some("decimal"),
        Reading::Money(_) => Some("money"),
        Reading::Percent => Some("percent"),
        Reading::Duration => Some("duration"),
        Reading::Date => Some("date"),
        Reading::Noc => Some("noc"),
        Reading::Text
        | Reading::Lines
        | Reading::Slug
        | Reading::Word(_)
        | Reading::WordOrSlug(_)
        | Reading::Days
        | Reading::MonthDayYear
        | Reading::Time
        | Reading::Range
        | Reading::Clb
        | Reading::OldNoc
        | Reading::Cip
        | Reading::Teer
        | Reading::Flag(..)
        | Reading::YesNo
        | Reading::Clauses => None,
    }
}
