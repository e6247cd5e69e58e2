//! Reads a recipe: the part of a `[[source]]` that says how its page is read.
//!
//! The language is described in [`super::recipes`], form by form. Patterns are regular expressions
//! (the `regex` crate's), matched without case against text in canonical form, so a curly quote or
//! a no-break space on the page needs no thought.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::Scope;
use super::names::Names;
use super::read::{Set, parts};
use super::source::Source;
use super::words::bilingual;
use crate::config_text::{Placed, Table};
use crate::extract::recipe::{
    FactRecipe, FieldRecipe, Form, Format, Locator, PageWords, Part, Pattern, Reading, Recipe,
    STATEMENT, Template, Vocabulary,
};
use crate::model::{
    DateFields, Expectation, FactKey, FactType, FieldName, IdFault, Per, RecordKey, SourceId,
};

/// Reads the recipe of a source; a source without one has its main content watched as clauses. What an
/// override does not give stays as in `base`, fact set by fact set.
pub(super) fn recipe(
    table: &Table<'_>,
    source: &str,
    scope: &Scope<'_>,
    (sources, base): (&BTreeMap<SourceId, Source>, Option<&Recipe>),
) -> Recipe {
    let format = table
        .parsed("format", |word| {
            let known = Format::ALL.into_iter().find(|format| format.word() == word);
            known.ok_or_else(|| format!("`{word}` is none of html, json, xml, feed, csv, pdf"))
        })
        .or(base.map(|base| base.format))
        .unwrap_or(Format::Html);
    let mut facts = base.map(|base| base.facts.clone()).unwrap_or_default();
    for inner in table.tables("facts") {
        let others = Others { sources, own: &facts };
        let Some(fact) = fact(inner, scope, &others) else { continue };
        match facts.iter_mut().find(|known| known.key == fact.key && base.is_some()) {
            Some(known) => *known = fact,
            None => facts.push(fact),
        }
    }
    if facts.is_empty() {
        facts.extend(if format == Format::Feed { entries(source) } else { clauses(source) });
    }
    let inherited = base.map_or(scope.page, |base| &*base.page);
    let page = Arc::new(page_words(table, scope.names, inherited));
    let remainder = FactKey::parse(&format!("page.{source}")).ok();
    let remainder = remainder.filter(|rest| facts.iter().all(|fact| !fact.covers(rest)));
    of(format, page, (facts, remainder))
}

/// A recipe with noise of its own: lines left out of prose and of the remainder. They are part of the
/// recipe, so they make no news when they come or go.
pub(super) fn with_noise(recipe: &Recipe, noise: Vec<Pattern>) -> Recipe {
    let PageWords { chrome, stamps } = &*recipe.page;
    let stamps = stamps.iter().cloned().chain(noise).collect();
    let page = Arc::new(PageWords { chrome: chrome.clone(), stamps });
    of(recipe.format, page, (recipe.facts.clone(), recipe.remainder.clone()))
}

fn of(
    format: Format,
    page: Arc<PageWords>,
    (mut facts, remainder): (Vec<FactRecipe>, Option<FactKey>),
) -> Recipe {
    let parts = facts.iter_mut().flat_map(|fact| &mut fact.parts);
    for locator in parts.flat_map(|part| &mut part.locators) {
        locator.page = Arc::clone(&page);
    }
    Recipe::new(format, page, facts, remainder)
}

/// Reads the words of a page that are not its content: the publisher's, or the source's own.
pub(super) fn page_words(table: &Table<'_>, names: &Names, inherited: &PageWords) -> PageWords {
    let read = |key: &str, inherited: &Vec<Pattern>| {
        let own = names.patterns_in(table, key);
        if table.has(key) { own } else { inherited.clone() }
    };
    PageWords {
        chrome: read("chrome", &inherited.chrome),
        stamps: read("date_stamp", &inherited.stamps),
    }
}

/// How a source without a recipe is read: all that it says, as clauses.
fn clauses(source: &str) -> Option<FactRecipe> {
    let text = words_of("text", Reading::Clauses)?;
    let locator = locator("main content", ["path", "text"], Form::Clauses);
    whole(&format!("page.{source}"), FactType::Clauses, ("{path}", vec![text]), locator)
}

/// How a feed without a recipe is read: its entries as notices.
fn entries(source: &str) -> Option<FactRecipe> {
    let title = FieldRecipe { wording: true, ..words_of("title", Reading::Text)? };
    let summary =
        FieldRecipe { wording: true, optional: true, ..words_of("summary", Reading::Text)? };
    let locator = locator("entries", ["title", "summary"], Form::Entries);
    whole(
        &format!("feed.{source}"),
        FactType::Notices,
        ("{title|slug}", vec![title, summary]),
        locator,
    )
}

/// A field for the words of the cell of its name.
fn words_of(name: &str, reading: Reading) -> Option<FieldRecipe> {
    Some(FieldRecipe {
        name: FieldName::parse(name).ok()?,
        from: vec![name.to_owned()],
        find: None,
        without: None,
        reading,
        words: Vec::new(),
        optional: false,
        note: false,
        wording: false,
        key_only: false,
        each: false,
    })
}

fn locator(name: &str, wanted: [&str; 2], form: Form) -> Locator {
    Locator {
        name: name.into(),
        under: Vec::new(),
        named_by: None,
        lets: Vec::new(),
        footnotes: Vec::new(),
        wanted: wanted.map(str::to_owned).into(),
        page: Arc::default(),
        form,
    }
}

/// The only fact set of a source, which reads the whole of its page.
fn whole(
    key: &str,
    kind: FactType,
    (record, fields): (&str, Vec<FieldRecipe>),
    locator: Locator,
) -> Option<FactRecipe> {
    Some(FactRecipe {
        key: Template::parse(key).ok()?,
        title: None,
        kind,
        record: Template::parse(record).ok()?,
        fields,
        parts: vec![Part { name: String::new(), required: true, locators: vec![locator] }],
        expect: Expectation::default(),
        window: None,
        is_base: false,
        dates: DateFields::default(),
    })
}

fn fact(table: Table<'_>, scope: &Scope<'_>, others: &Others<'_>) -> Option<FactRecipe> {
    let base = like(&table, others);
    let key = table.required_parsed("key", key);
    let title = bilingual(&table, "title", scope.shipped);
    let kind = |word: &str| {
        let known: Vec<&str> = FactType::ALL.iter().map(|kind| kind.word()).collect();
        FactType::from_word(word).ok_or_else(|| format!("`{word}` is none of {}", known.join(", ")))
    };
    let kind = match base {
        Some(base) => table.parsed("type", kind).or(Some(base.kind)),
        None => table.required_parsed("type", kind),
    };
    let record = record(&table, base);
    let fields = fields(&table, scope.names, base);
    let wanted = wanted(&fields, [&key, &record]);
    let set = Set { names: scope.names, fields: &fields, wanted, sentence: None };
    let parts = parts(&table, base, &set);
    // A test reads the shipped files as an operator's.
    if !scope.shipped {
        unnamed_cells(&table, (&fields, base), &parts);
    }
    let expect = match table.table("expect") {
        Some(table) => expectation(table),
        None => base.map(|base| base.expect.clone()).unwrap_or_default(),
    };
    let of_base =
        |pick: fn(&DateFields) -> &Option<FieldName>| base.and_then(|b| pick(&b.dates).clone());
    let window = table.flag("window").or(base.and_then(|base| base.window));
    let is_base = table.flag("base").unwrap_or(base.is_some_and(|base| base.is_base));
    let dates = DateFields {
        effective: named_field(&table, "effective", &fields).or(of_base(|dates| &dates.effective)),
        expires: named_field(&table, "expires", &fields).or(of_base(|dates| &dates.expires)),
        applies_to: named_field(&table, "applies_to", &fields).or(of_base(|d| &d.applies_to)),
    };
    table.finish();
    Some(FactRecipe {
        key: key?,
        title,
        kind: kind?,
        record: record?,
        fields,
        parts,
        expect,
        window,
        is_base,
        dates,
    })
}

/// The fact sets that one may be `like`: those of earlier sources, and those of its own source so far.
struct Others<'a> {
    sources: &'a BTreeMap<SourceId, Source>,
    own: &'a [FactRecipe],
}

/// Reads `like`: the key of a fact set that is read in the same way, except for what is given here.
fn like<'a>(table: &Table<'_>, others: &Others<'a>) -> Option<&'a FactRecipe> {
    let key = table.string("like")?;
    let before = others.sources.values().flat_map(|source| &source.recipe.facts);
    let found = others.own.iter().chain(before).find(|fact| fact.key.to_string() == key.value);
    if found.is_none() {
        let what = format!("no fact set before this one has the key `{}`", key.value);
        table.fault_at(&key.span, what, None);
    }
    found
}

/// Reads the key of a record. The records of statements are keyed by the statements.
fn record(table: &Table<'_>, base: Option<&FactRecipe>) -> Option<Template> {
    if let (Some(base), false) = (base, table.has("record")) {
        return Some(base.record.clone());
    }
    if !table.has("statements") {
        return table.required_parsed("record", Template::parse);
    }
    let of_statements = format!("{{{STATEMENT}}}");
    let record = match table.string("record") {
        None => Template::parse(&of_statements).ok(),
        Some(text) => table.accept(&text, Template::parse),
    };
    if record.as_ref().is_some_and(|record| record.names().all(|name| name != STATEMENT)) {
        let what = format!("the records of statements are keyed by `{of_statements}`");
        table.fault(what, Some("leave `record` out"));
    }
    record
}

/// The cells used by fields and keys; dates printed without a year need a `year` too.
fn wanted(fields: &[FieldRecipe], keys: [&Option<Template>; 2]) -> Arc<[String]> {
    let of_keys = keys.into_iter().flatten().flat_map(Template::names).map(str::to_owned);
    let of_fields = fields.iter().flat_map(|field| &field.from).cloned();
    let is_of_days = |field: &FieldRecipe| matches!(field.reading, Reading::Date | Reading::Days);
    let year = fields.iter().any(is_of_days).then(|| "year".to_owned());
    of_keys.chain(of_fields).chain(year).collect::<BTreeSet<String>>().into_iter().collect()
}

/// Reports fields that are read from a cell which no locator gives. If a locator of the set is already
/// at fault, its cells are unknown. An optional field with nothing else declared may be there for the
/// sets that are `like` this one.
fn unnamed_cells(
    table: &Table<'_>,
    (fields, base): (&[FieldRecipe], Option<&FactRecipe>),
    parts: &[Part],
) {
    let locators: Vec<&Locator> = parts.iter().flat_map(|part| &part.locators).collect();
    if locators.is_empty() {
        return;
    }
    let known: BTreeSet<String> = locators.iter().flat_map(|locator| locator.cells()).collect();
    for field in fields {
        let given = |cell: &String| known.contains(cell);
        let of_base = base.is_some_and(|base| {
            base.fields.iter().any(|other| other.name == field.name && other.from == field.from)
        });
        let says_no_more = field.optional && field.from == [field.name.as_str()];
        if of_base || says_no_more || field.from.iter().any(given) {
            continue;
        }
        let cells: Vec<&str> = known.iter().map(String::as_str).collect();
        let what = format!(
            "the field `{}` is read from `{}`, and nothing that is read gives such a cell",
            field.name,
            field.from.join("` or `")
        );
        table.fault(what, Some(&format!("the cells there are: {}", cells.join(", "))));
    }
}

/// Reads a name that must be one of the fields.
fn named_field(table: &Table<'_>, key: &str, fields: &[FieldRecipe]) -> Option<FieldName> {
    let name = table.parsed(key, FieldName::parse)?;
    if fields.iter().all(|field| field.name != name) {
        table.fault(format!("`{key}` names `{name}`, which is no field"), None);
    }
    Some(name)
}

/// Reads a fact set's key. A key that no word could make valid is reported at load, not at every row.
fn key(text: &str) -> Result<Template, IdFault> {
    let template = Template::parse(text)?;
    let mut sample = text.to_owned();
    for name in template.names() {
        for cell in [format!("{{{name}}}"), format!("{{{name}|slug}}")] {
            sample = sample.replace(&cell, "x");
        }
    }
    FactKey::parse(&sample)
        .map(|_| template)
        .map_err(|fault| IdFault { text: text.into(), ..fault })
}

fn expectation(table: Table<'_>) -> Expectation {
    let mut expect = Expectation::default();
    if let Some(min) = table.count("min") {
        expect.min = min.max(1);
    }
    expect.max = table.count("max");
    if let Some(share) = table.number("vanish").and_then(|n| decimal(&table, &n)) {
        expect.vanish = share;
    }
    if let Some(complaints) = table.count("complaints") {
        expect.complaints = complaints;
    }
    for key in table.strings("required") {
        expect.required.extend(table.accept(&key, RecordKey::parse));
    }
    if let Some(ranges) = table.table("range") {
        for key in ranges.keys() {
            let name = ranges.accept(&key, FieldName::parse);
            let bounds = ranges.pair(&key.value).and_then(|pair| {
                let (low, high) = &pair.value;
                Some((low.parse::<Decimal>().ok()?, high.parse::<Decimal>().ok()?))
            });
            if let (Some(name), Some(bounds)) = (name, bounds) {
                expect.ranges.insert(name, bounds);
            }
        }
        ranges.finish();
    }
    table.finish();
    expect
}

fn decimal(table: &Table<'_>, text: &Placed<String>) -> Option<Decimal> {
    table.accept(text, |text| text.parse::<Decimal>().map_err(|error| error.to_string()))
}

fn fields(table: &Table<'_>, names: &Names, base: Option<&FactRecipe>) -> Vec<FieldRecipe> {
    let mut read = base.map(|base| base.fields.clone()).unwrap_or_default();
    let Some(fields) = table.table("fields") else { return read };
    for key in fields.keys() {
        let name = fields.accept(&key, FieldName::parse);
        let Some(field) = fields.table(&key.value) else { continue };
        read.retain(|known: &FieldRecipe| known.name.as_str() != key.value);
        read.extend(name.and_then(|name| self::field(name, field, names)));
    }
    fields.finish();
    // The order of a table has no meaning: neither the reading nor a recipe's identity depends on it.
    read.sort_by(|a, b| a.name.cmp(&b.name));
    read
}

fn field(name: FieldName, table: Table<'_>, names: &Names) -> Option<FieldRecipe> {
    let mut from: Vec<String> = table.strings("from").into_iter().map(|cell| cell.value).collect();
    if from.is_empty() {
        from.push(name.as_str().to_owned());
    }
    let find = names.pattern(&table, "find");
    let without = names.pattern(&table, "without");
    let reading = reading(&table, names);
    let words = names.patterns_in(&table, "words");
    let yes = |key| table.flag(key).unwrap_or(false);
    let (optional, each) = (yes("optional"), yes("each"));
    let (note, wording, key_only) = (yes("note"), yes("wording"), yes("key_only"));
    table.finish();
    Some(FieldRecipe {
        name,
        from,
        find,
        without,
        reading: reading?,
        words,
        optional,
        note,
        wording,
        key_only,
        each,
    })
}

fn reading(table: &Table<'_>, names: &Names) -> Option<Reading> {
    let word = table.string("as").map_or("text".to_owned(), |word| word.value);
    let vocabulary = vocabulary(table, names);
    let when = names.pattern(table, "when");
    let unless = names.pattern(table, "unless");
    let per = table.parsed("per", |word| {
        Per::from_word(word).ok_or_else(|| format!("`{word}` is none of hour, year"))
    });
    let needs = |what: &str| {
        table.fault(format!("a field read as `{word}` needs `{what}`"), None);
        None
    };
    match word.as_str() {
        "text" => Some(Reading::Text),
        "lines" => Some(Reading::Lines),
        "clauses" => Some(Reading::Clauses),
        "slug" => Some(vocabulary.map_or(Reading::Slug, Reading::WordOrSlug)),
        "word" => vocabulary.map(Reading::Word).or_else(|| needs("vocabulary")),
        "integer" => Some(Reading::Integer),
        "decimal" => Some(Reading::Decimal),
        "money" => Some(Reading::Money(per)),
        "percent" => Some(Reading::Percent),
        "date" => Some(Reading::Date),
        "date_mdy" => Some(Reading::MonthDayYear),
        "time" => Some(Reading::Time),
        "duration" => Some(Reading::Duration),
        "noc" => Some(Reading::Noc),
        "noc_2016" => Some(Reading::OldNoc),
        "teer" => Some(Reading::Teer),
        "days" => Some(Reading::Days),
        "range" => Some(Reading::Range),
        "clb" => Some(Reading::Clb),
        "cip" => Some(Reading::Cip),
        "flag" => match (when, unless) {
            (Some(when), unless) => Some(Reading::Flag(when, unless)),
            (None, Some(_)) => needs("when"),
            (None, None) => Some(Reading::YesNo),
        },
        other => {
            let known = "text, lines, clauses, slug, word, integer, decimal, money, percent, range, date, \
                         date_mdy, days, time, duration, noc, \
                         noc_2016, teer, cip, clb, flag";
            table.fault(format!("`{other}` is no type a field can be read as"), Some(known));
            None
        }
    }
}

/// Reads `vocabulary`: the name of a shared one, or the recipe's own table of words and patterns.
pub(super) fn vocabulary(table: &Table<'_>, names: &Names) -> Option<Vocabulary> {
    named_vocabulary(table, "vocabulary", names)
}

pub(super) fn named_vocabulary(table: &Table<'_>, key: &str, names: &Names) -> Option<Vocabulary> {
    if !table.is_string(key) {
        return vocabulary_of(key, table.table(key)?, names);
    }
    let name = table.string(key)?;
    let known = names.vocabulary(&name.value).cloned();
    if known.is_none() {
        let hint = format!("declared under [vocabulary]: {}", names.vocabulary_names().join(", "));
        table.fault_at(&name.span, format!("there is no vocabulary `{}`", name.value), Some(&hint));
    }
    known
}

/// Reads a table of words and their patterns.
pub(super) fn vocabulary_of(name: &str, table: Table<'_>, names: &Names) -> Option<Vocabulary> {
    let entries = names.patterns_of(&table).into_iter();
    let entries = entries.map(|(word, pattern)| (word, pattern.as_str().to_owned())).collect();
    let vocabulary = names
        .made_of_words(entries)
        .map_err(|error| table.fault(format!("the words of `{name}`: {error}"), None))
        .ok();
    table.finish();
    vocabulary
}

/// Reads a table of cells and their words, in the order written.
pub(super) fn strings(table: &Table<'_>) -> Vec<(String, String)> {
    let keys = table.keys();
    let read = keys
        .into_iter()
        .filter_map(|key| Some((key.value.clone(), table.string(&key.value)?.value)));
    read.collect()
}
