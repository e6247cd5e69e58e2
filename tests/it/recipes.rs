//! The page that describes the recipe language: every example on it reads what it says it reads,
//! and nothing of the language is without an example.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::extract;
use rulewatch::extract::recipe::{Form, Reading};
use rulewatch::gate;
use rulewatch::model::{Extraction, Facts, Page};

const PAGE: &str = include_str!("../../src/catalog/RECIPES.md");

const FORMS: [&str; 14] = [
    "table", "matrix", "labels", "items", "prose", "headings", "clauses", "json", "pairs", "xml",
    "law", "entries", "csv", "status",
];

const READINGS: [&str; 23] = [
    "text",
    "lines",
    "slug",
    "word",
    "slug of a vocabulary",
    "integer",
    "decimal",
    "money",
    "percent",
    "range",
    "date",
    "date_mdy",
    "days",
    "time",
    "duration",
    "noc",
    "noc_2016",
    "teer",
    "cip",
    "clb",
    "flag",
    "yes or no",
    "clauses",
];

/// Everything else a recipe may say.
const KEYS: [&str; 62] = [
    "like =",
    "says =",
    "statements]",
    "[publisher.",
    "chrome =",
    "date_stamp =",
    "hosts =",
    "[pattern]",
    "[columns.",
    "[label]",
    "[word]",
    "plain = true",
    "override = true",
    "enabled =",
    "format =",
    "title =",
    "effective =",
    "expires =",
    "applies_to =",
    "[[crosswalk]]",
    "depends_on =",
    "one_fact =",
    "severity =",
    "expect =",
    "min =",
    "complaints =",
    "required = [",
    "range =",
    "from =",
    "find =",
    "without =",
    "words =",
    "vocabulary =",
    "per =",
    "when =",
    "unless =",
    "optional = true",
    "each = true",
    "note = true",
    "wording = true",
    "key_only = true",
    "part =",
    "required = false",
    "under =",
    "named_by =",
    "let =",
    "caption =",
    "skip =",
    "total =",
    "merge =",
    "optional = {",
    "only =",
    "in_header =",
    "amounts = true",
    "first = true",
    "lines = true",
    "turned = true",
    "footnotes = [",
    "has = [",
    "cells = {",
    "each = \"",
    "namespace =",
];

/// A source, a page, and what is read of it.
struct Example {
    heading: String,
    source: String,
    page: String,
    read: String,
}

/// The word for a form. A new form does not compile without one.
fn form(form: &Form) -> &'static str {
    match form {
        Form::Table(_) => "table",
        Form::Matrix(_) => "matrix",
        Form::Labels(_) => "labels",
        Form::Items(_) => "items",
        Form::Prose(_) => "prose",
        Form::Headings(_) => "headings",
        Form::Clauses => "clauses",
        Form::Json(_) => "json",
        Form::Pairs(_) => "pairs",
        Form::Xml(_) => "xml",
        Form::Law(_) => "law",
        Form::Entries => "entries",
        Form::Csv(_) => "csv",
        Form::Status(_) => "status",
    }
}

/// The word for a type. A new type does not compile without one.
fn reading(reading: &Reading) -> &'static str {
    match reading {
        Reading::Text => "text",
        Reading::Lines => "lines",
        Reading::Slug => "slug",
        Reading::Word(_) => "word",
        Reading::WordOrSlug(_) => "slug of a vocabulary",
        Reading::Integer => "integer",
        Reading::Decimal => "decimal",
        Reading::Money(_) => "money",
        Reading::Percent => "percent",
        Reading::Date => "date",
        Reading::MonthDayYear => "date_mdy",
        Reading::Time => "time",
        Reading::Duration => "duration",
        Reading::Noc => "noc",
        Reading::OldNoc => "noc_2016",
        Reading::Teer => "teer",
        Reading::Days => "days",
        Reading::Range => "range",
        Reading::Clb => "clb",
        Reading::Cip => "cip",
        Reading::YesNo => "yes or no",
        Reading::Flag(..) => "flag",
        Reading::Clauses => "clauses",
    }
}

/// The fenced blocks of the page: the heading each stands under, its language, its words.
fn blocks() -> Vec<(String, String, String)> {
    let mut blocks = Vec::new();
    let mut heading = String::new();
    let mut open: Option<(String, String)> = None;
    for line in PAGE.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (None, None) => {
                if let Some(words) = line.strip_prefix('#') {
                    heading = words.trim_start_matches('#').trim().to_owned();
                }
            }
            (Some(_), Some(_)) => {
                blocks.extend(open.take().map(|(l, words)| (heading.clone(), l, words)));
            }
            (Some((_, words)), None) => {
                words.push_str(line);
                words.push('\n');
            }
        }
    }
    assert!(open.is_none(), "{heading}: a block is not closed");
    blocks
}

fn examples() -> Vec<Example> {
    let blocks = blocks();
    let begins = |at: &usize| blocks[*at].1 == "toml";
    let example = |at: usize| {
        let (heading, _, source) = blocks[at].clone();
        let next = |n: usize, of: &[&str]| {
            let (under, language, words) = blocks.get(at + n).cloned().unwrap_or_default();
            assert!(under == heading && of.contains(&language.as_str()), "{heading}: `{language}`");
            words
        };
        let page = next(1, &["html", "json", "xml", "csv", "tsv", "pdf"]);
        Example { heading: heading.clone(), source, page, read: next(2, &["text"]) }
    };
    let examples: Vec<Example> = (0..blocks.len()).filter(begins).map(example).collect();
    assert!(!examples.is_empty());
    examples
}

/// The catalogues of all examples, each with its heading.
pub(crate) fn catalogues() -> impl Iterator<Item = (String, String)> {
    examples().into_iter().map(|example| (example.heading, example.source))
}

fn source(example: &Example) -> Source {
    let catalog = Catalog::parse(&[("example", &example.source)])
        .unwrap_or_else(|faults| panic!("{}: {faults}", example.heading));
    catalog.sources().next().unwrap().clone()
}

/// What is read, as the page prints it: records, complaints, the verdict where it is not accepted.
fn rendered(source: &Source, page: &str) -> String {
    let page = Page::from_file(source.url.clone(), page.into(), Timestamp::UNIX_EPOCH);
    let extraction = match extract::facts(&source.recipe, &page, &source.addresses(), &Facts::new())
    {
        Ok(extraction) => extraction,
        Err(breakage) => return format!("broken: {breakage}\n"),
    };
    let mut text = listed(&extraction);
    let judged = gate::judge(&extraction, &Facts::new(), source, jiff::civil::date(2026, 11, 22));
    if let Some(breakage) = judged.broken {
        writeln!(text, "broken: {breakage}").unwrap();
    } else if let Some(reason) = judged.held.values().next() {
        writeln!(text, "held: {reason}").unwrap();
    }
    text
}

pub(crate) fn listed(extraction: &Extraction) -> String {
    let mut text = String::new();
    for (fact, set) in &extraction.facts {
        for (key, record) in &set.records {
            let fields: Vec<String> =
                record.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let line = format!("{fact} | {key} | {}", fields.join("; ").replace('\n', " / "));
            writeln!(text, "{}", line.trim_end_matches([' ', '|'])).unwrap();
        }
    }
    for complaint in &extraction.complaints {
        let words: Vec<&str> = complaint.text.split_whitespace().collect();
        writeln!(text, "! {}: {}", complaint.why, words.join(" ")).unwrap();
    }
    text
}

#[test]
fn every_example_reads_what_it_says() {
    let mut wrong = String::new();
    for example in examples() {
        let read = rendered(&source(&example), &example.page);
        if read != example.read {
            let Example { heading, read: says, .. } = &example;
            writeln!(wrong, "{heading}\n--- it says\n{says}--- it reads\n{read}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_form_and_every_type_has_an_example() {
    let (mut forms, mut readings) = (BTreeSet::new(), BTreeSet::new());
    let sources: Vec<Source> = examples().iter().map(source).collect();
    for fact in sources.iter().flat_map(|source| &source.recipe.facts) {
        let locators = fact.parts.iter().flat_map(|part| &part.locators);
        forms.extend(locators.map(|locator| form(&locator.form)));
        readings.extend(fact.fields.iter().map(|field| reading(&field.reading)));
    }
    assert_eq!(forms, BTreeSet::from(FORMS));
    assert_eq!(readings, BTreeSet::from(READINGS));
}

#[test]
fn every_word_of_the_language_has_an_example() {
    let written: String = examples().into_iter().map(|example| example.source).collect();
    for key in KEYS {
        assert!(written.contains(key), "no example has `{key}`");
    }
}

#[test]
fn an_example_stays_a_page_that_a_person_can_take_in() {
    for example in examples() {
        let lines = example.source.lines().count();
        assert!(lines <= 28, "{}: {lines} lines of recipe", example.heading);
        assert!(example.page.lines().count() <= 24, "{}", example.heading);
    }
}
