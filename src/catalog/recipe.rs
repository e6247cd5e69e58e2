//! Reads a recipe: the part of a `[[source]]` that says how its page is read.
//!
//! The language is described in [`super::recipes`], form by form. Patterns are regular expressions
//! (the `regex` crate's), matched without case against text in canonical form, so a curly quote or
//! a no-break space on the page needs no thought.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::sha256;
use crate::extract::recipe::{
    CsvForm, FactRecipe, FieldRecipe, Form, Format, HeadingsForm, ItemsForm, JsonForm, JsonPath,
    LabelsForm, LawForm, Locator, MatrixForm, NamedBy, PairsForm, Part, Pattern, ProseForm,
    Reading, Recipe, TableForm, Template, Vocabulary, XmlForm, XmlPath,
};
use crate::model::{
    DateFields, Expectation, FactKey, FactType, FieldName, IdFault, Per, RecordKey,
};
use crate::written::{Placed, Table};

type Vocabularies = BTreeMap<String, Vocabulary>;

/// Reads the recipe of a source; one that has none watches its main content as clauses.
pub(super) fn recipe(table: &Table<'_>, source: &str, vocabularies: &Vocabularies) -> Recipe {
    let format = table
        .parsed("format", |word| {
            let known = Format::ALL.into_iter().find(|format| format.word() == word);
            known.ok_or_else(|| format!("`{word}` is none of html, json, xml, feed, csv, pdf"))
        })
        .unwrap_or(Format::Html);
    let mut facts: Vec<FactRecipe> =
        table.tables("facts").into_iter().filter_map(|t| fact(t, vocabularies)).collect();
    if facts.is_empty() && matches!(format, Format::Html | Format::Pdf) {
        facts.extend(clauses(source));
    }
    let canonical = format!("{format:?} {facts:?}");
    let hash = sha256(&canonical);
    Recipe { format, facts, canonical, hash }
}

/// What a source without a recipe is read by.
fn clauses(source: &str) -> Option<FactRecipe> {
    let locator = Locator {
        name: "main content".into(),
        under: Vec::new(),
        named_by: None,
        lets: Vec::new(),
        footnotes: Vec::new(),
        wanted: ["path".to_owned(), "text".to_owned()].into(),
        form: Form::Clauses,
    };
    let text = FieldRecipe {
        name: FieldName::parse("text").ok()?,
        from: vec!["text".to_owned()],
        find: None,
        without: None,
        reading: Reading::Clauses,
        words: Vec::new(),
        optional: false,
        note: false,
        wording: false,
        key_only: false,
        each: false,
    };
    Some(FactRecipe {
        key: Template::parse(&format!("page.{source}")).ok()?,
        title: None,
        kind: FactType::Clauses,
        record: Template::parse("{path}").ok()?,
        fields: vec![text],
        parts: vec![Part { name: String::new(), required: true, locators: vec![locator] }],
        expect: Expectation::default(),
        dates: DateFields::default(),
    })
}

fn fact(table: Table<'_>, vocabularies: &Vocabularies) -> Option<FactRecipe> {
    let key = table.required_parsed("key", key);
    let title = super::bilingual(&table, "title");
    let kind = table.required_parsed("type", |word| {
        let known: Vec<&str> = FactType::ALL.iter().map(|kind| kind.word()).collect();
        FactType::from_word(word).ok_or_else(|| format!("`{word}` is none of {}", known.join(", ")))
    });
    let record = table.required_parsed("record", Template::parse);
    let fields = fields(&table, vocabularies);
    let parts = parts(&table, &wanted(&fields, [&key, &record]), vocabularies);
    let expect = table.table("expect").map_or_else(Expectation::default, expectation);
    let dates = DateFields {
        effective: named_field(&table, "effective", &fields),
        expires: named_field(&table, "expires", &fields),
        applies_to: named_field(&table, "applies_to", &fields),
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
        dates,
    })
}

/// The cells that fields and keys are made of; days that are printed without a year need one.
fn wanted(fields: &[FieldRecipe], keys: [&Option<Template>; 2]) -> Arc<[String]> {
    let of_keys = keys.into_iter().flatten().flat_map(Template::names).map(str::to_owned);
    let of_fields = fields.iter().flat_map(|field| &field.from).cloned();
    let is_of_days = |field: &FieldRecipe| matches!(field.reading, Reading::Date | Reading::Days);
    let year = fields.iter().any(is_of_days).then(|| "year".to_owned());
    of_keys.chain(of_fields).chain(year).collect::<BTreeSet<String>>().into_iter().collect()
}

/// Reads the name of one of the fields.
fn named_field(table: &Table<'_>, key: &str, fields: &[FieldRecipe]) -> Option<FieldName> {
    let name = table.parsed(key, FieldName::parse)?;
    if fields.iter().all(|field| field.name != name) {
        table.fault(format!("`{key}` names `{name}`, which is no field"), None);
    }
    Some(name)
}

/// Reads a fact set's key: one that no word could make a key of is told at load, not at every row.
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

fn fields(table: &Table<'_>, vocabularies: &Vocabularies) -> Vec<FieldRecipe> {
    let Some(fields) = table.table("fields") else { return Vec::new() };
    let mut read = Vec::new();
    for key in fields.keys() {
        let name = fields.accept(&key, FieldName::parse);
        let Some(field) = fields.table(&key.value) else { continue };
        read.extend(name.and_then(|name| self::field(name, field, vocabularies)));
    }
    fields.finish();
    read
}

fn field(name: FieldName, table: Table<'_>, vocabularies: &Vocabularies) -> Option<FieldRecipe> {
    let mut from: Vec<String> = table.strings("from").into_iter().map(|cell| cell.value).collect();
    if from.is_empty() {
        from.push(name.as_str().to_owned());
    }
    let find = pattern(&table, "find");
    let without = pattern(&table, "without");
    let reading = reading(&table, vocabularies);
    let words = patterns_in(&table, "words");
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

fn reading(table: &Table<'_>, vocabularies: &Vocabularies) -> Option<Reading> {
    let word = table.string("as").map_or("text".to_owned(), |word| word.value);
    let vocabulary = vocabulary(table, vocabularies);
    let when = pattern(table, "when");
    let unless = pattern(table, "unless");
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

/// Reads `vocabulary`: the name of a shared one, or a table of words and patterns of its own.
fn vocabulary(table: &Table<'_>, vocabularies: &Vocabularies) -> Option<Vocabulary> {
    named_vocabulary(table, "vocabulary", vocabularies)
}

fn named_vocabulary(
    table: &Table<'_>,
    key: &str,
    vocabularies: &Vocabularies,
) -> Option<Vocabulary> {
    if !table.is_string(key) {
        return vocabulary_of(key, &table.table(key)?);
    }
    let name = table.string(key)?;
    let known = vocabularies.get(&name.value).cloned();
    if known.is_none() {
        let names: Vec<&str> = vocabularies.keys().map(String::as_str).collect();
        let hint = format!("declared under [vocabulary]: {}", names.join(", "));
        table.fault_at(&name.span, format!("there is no vocabulary `{}`", name.value), Some(&hint));
    }
    known
}

/// Reads a table of words and their patterns.
pub(super) fn vocabulary_of(name: &str, table: &Table<'_>) -> Option<Vocabulary> {
    let entries = patterns(table).into_iter().map(|(word, p)| (word, p.as_str().to_owned()));
    Vocabulary::new(name, entries.collect())
        .map_err(|error| table.fault(format!("the words of `{name}`: {error}"), None))
        .ok()
}

/// The places a fact set is read from, those of one name together.
fn parts(table: &Table<'_>, wanted: &Arc<[String]>, vocabularies: &Vocabularies) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for read in table.tables("read") {
        let name = read.string("part").map_or(String::new(), |name| name.value);
        let required = read.flag("required").unwrap_or(true);
        let Some(locator) = locator(read, wanted, vocabularies) else { continue };
        match parts.iter_mut().find(|part| part.name == name) {
            Some(part) => part.locators.push(locator),
            None => parts.push(Part { name, required, locators: vec![locator] }),
        }
    }
    if parts.is_empty() {
        table.fault("nothing says where its records stand", Some("add [[source.facts.read]]"));
    }
    // Which of several matched is part of the evidence.
    for part in parts.iter_mut().filter(|part| part.locators.len() > 1) {
        for (n, locator) in part.locators.iter_mut().enumerate() {
            locator.name = format!("{}. {}", n + 1, locator.name).into();
        }
    }
    parts
}

fn locator(
    table: Table<'_>,
    wanted: &Arc<[String]>,
    vocabularies: &Vocabularies,
) -> Option<Locator> {
    let under = patterns_in(&table, "under");
    let named_by = table.table("named_by").and_then(|named| {
        let cell = named.required("cell");
        let vocabulary = vocabulary(&named, vocabularies);
        named.finish();
        Some(NamedBy { cell: cell?.value, vocabulary: vocabulary? })
    });
    let lets = table.table("let").map(|words| strings(&words)).unwrap_or_default();
    let footnotes = table.strings("footnotes").into_iter().map(|cell| cell.value).collect();
    let form = form(&table, vocabularies);
    table.finish();
    let (word, form) = form?;
    let headings: Vec<&str> = under.iter().map(Pattern::as_str).collect();
    let name = if headings.is_empty() {
        word
    } else {
        format!("{word} under `{}`", headings.join("` > `"))
    };
    let wanted = Arc::clone(wanted);
    Some(Locator { name: name.into(), under, named_by, lets, footnotes, wanted, form })
}

/// Reads the one form a locator has, and the words by which evidence calls it.
fn form(table: &Table<'_>, vocabularies: &Vocabularies) -> Option<(String, Form)> {
    const FORMS: [&str; 13] = [
        "table", "matrix", "labels", "items", "prose", "headings", "clauses", "json", "pairs",
        "xml", "law", "entries", "csv",
    ];
    let written: Vec<&str> = FORMS.into_iter().filter(|form| table.has(form)).collect();
    let [word] = written.as_slice() else {
        let what = format!("{} forms are given, one is needed", written.len());
        table.fault(what, Some(&FORMS.join(", ")));
        // Asked for, so that they are not called unknown as well.
        FORMS.iter().for_each(|form| drop(table.table(form)));
        return None;
    };
    let inner = table.table(word)?;
    FORMS.iter().for_each(|form| table.knows(form));
    let form = match *word {
        "table" => table_form(&inner).map(Form::Table),
        "matrix" => matrix_form(&inner, vocabularies).map(Form::Matrix),
        "labels" => labels_form(&inner).map(Form::Labels),
        "items" => Some(Form::Items(ItemsForm {
            only: pattern(&inner, "only"),
            skip: pattern(&inner, "skip"),
        })),
        "prose" => prose_form(&inner).map(Form::Prose),
        "headings" => required_pattern(&inner, "matches")
            .map(|matches| Form::Headings(HeadingsForm { matches, skip: pattern(&inner, "skip") })),
        "json" => json_form(&inner).map(Form::Json),
        "pairs" => pairs_form(&inner).map(Form::Pairs),
        "xml" => xml_form(&inner).map(Form::Xml),
        "clauses" => Some(Form::Clauses),
        "entries" => Some(Form::Entries),
        "csv" => csv_form(&inner).map(Form::Csv),
        _ => law_form(&inner).map(Form::Law),
    };
    let name = describe(word, form.as_ref());
    inner.finish();
    Some((name, form?))
}

fn describe(word: &str, form: Option<&Form>) -> String {
    match form {
        Some(Form::Table(form)) => {
            let columns: Vec<&str> =
                form.columns.iter().map(|(_, pattern)| pattern.as_str()).collect();
            format!("table with columns `{}`", columns.join("`, `"))
        }
        Some(Form::Matrix(form)) => format!("table whose first header is `{}`", form.first),
        Some(Form::Prose(form)) => format!("sentence `{}`", form.matches),
        Some(Form::Headings(form)) => format!("heading `{}`", form.matches),
        Some(Form::Labels(form)) if form.cells.is_empty() => "labels".to_owned(),
        Some(Form::Labels(form)) => {
            let labels: Vec<&str> = form.cells.iter().map(|(_, label)| label.as_str()).collect();
            format!("labels `{}`", labels.join("`, `"))
        }
        Some(Form::Items(_)) => "list items".to_owned(),
        Some(Form::Json(form)) => format!("objects at {}", form.each),
        Some(Form::Pairs(form)) => format!("members at {}", form.at),
        Some(Form::Xml(form)) => format!("elements {}", form.each.join("/")),
        Some(Form::Law(_)) => "sections of the law".to_owned(),
        Some(Form::Clauses) => "prose".to_owned(),
        Some(Form::Entries | Form::Csv(_)) | None => word.to_owned(),
    }
}

fn table_form(table: &Table<'_>) -> Option<TableForm> {
    let columns = table.table("columns").map(|t| patterns(&t)).unwrap_or_default();
    if columns.is_empty() {
        table.fault("a table needs `columns`", Some("columns = { noc = \"NOC code\" }"));
    }
    let optional = table.table("optional").map(|t| patterns(&t)).unwrap_or_default();
    let total = table.table("total").and_then(|total| {
        let (row, sum) = (required_pattern(&total, "row"), total.required("sum"));
        total.finish();
        Some((row?, sum?.value))
    });
    let merge: Vec<String> = table.strings("merge").into_iter().map(|cell| cell.value).collect();
    let named = merge.iter().chain(total.iter().map(|(_, cell)| cell));
    for cell in named.filter(|cell| columns.iter().all(|(name, _)| name != *cell)) {
        table.fault(format!("`{cell}` is none of the columns"), None);
    }
    let (caption, skip) = (pattern(table, "caption"), pattern(table, "skip"));
    let turned = table.flag("turned").unwrap_or(false);
    let form = TableForm { columns, optional, caption, skip, total, merge, turned };
    (!form.columns.is_empty()).then_some(form)
}

fn labels_form(table: &Table<'_>) -> Option<LabelsForm> {
    let (only, skip) = (pattern(table, "only"), pattern(table, "skip"));
    let cells = table.table("cells").map(|t| patterns(&t)).unwrap_or_default();
    let optional = table.table("optional").map(|t| patterns(&t)).unwrap_or_default();
    if cells.is_empty() && !optional.is_empty() {
        table.fault("`optional` labels go with `cells`", Some("cells = { fee = '^fee' }"));
    } else if !cells.is_empty() && (only.is_some() || skip.is_some()) {
        table.fault("`cells` names its labels: `only` and `skip` say nothing beside it", None);
    }
    Some(LabelsForm { only, skip, has: patterns_in(table, "has"), cells, optional })
}

fn xml_form(table: &Table<'_>) -> Option<XmlForm> {
    let path = |text: &str| {
        XmlPath::parse(text).ok_or_else(|| format!("`{text}` is no path: `price/@currency`"))
    };
    let each = table.required_parsed("each", |text| match path(text)? {
        XmlPath { attribute: Some(_), .. } => Err(format!("`{text}` is no path to elements")),
        XmlPath { elements, .. } => Ok(elements),
    });
    let namespace = table.string("namespace").map(|name| name.value);
    let cells = table.table("cells").map(|cells| {
        let read = cells
            .keys()
            .into_iter()
            .filter_map(|key| Some((key.value.clone(), cells.parsed(&key.value, path)?)));
        read.collect::<Vec<_>>()
    });
    let cells = cells.unwrap_or_default();
    if cells.is_empty() {
        table.fault("the elements need `cells`", Some("cells = { code = \"@code\" }"));
    }
    Some(XmlForm { each: each?, namespace, cells })
}

fn matrix_form(table: &Table<'_>, vocabularies: &Vocabularies) -> Option<MatrixForm> {
    let first = required_pattern(table, "first");
    let columns = named_vocabulary(table, "columns", vocabularies);
    if columns.is_none() {
        table.fault("a matrix needs `columns`", Some("columns = { single = \"^without\" }"));
    }
    Some(MatrixForm {
        headers: patterns_in(table, "headers"),
        has: patterns_in(table, "has"),
        in_header: table.table("in_header").map(|t| patterns(&t)).unwrap_or_default(),
        first: first?,
        columns: columns?,
    })
}

fn prose_form(table: &Table<'_>) -> Option<ProseForm> {
    let first = table.flag("first").unwrap_or(false);
    let lines = table.flag("lines").unwrap_or(false);
    Some(ProseForm { matches: required_pattern(table, "matches")?, first, lines })
}

fn json_form(table: &Table<'_>) -> Option<JsonForm> {
    let each = table.required_parsed("each", JsonPath::parse);
    let cells = table.table("cells").map(|table| strings(&table)).unwrap_or_default();
    Some(JsonForm { each: each?, cells })
}

fn pairs_form(table: &Table<'_>) -> Option<PairsForm> {
    let at = table.required_parsed("at", JsonPath::parse);
    let entries = table.table("entries").map(|table| strings(&table)).unwrap_or_default();
    let cells = table.table("cells").map(|table| strings(&table)).unwrap_or_default();
    let total = table.string("total").map(|name| name.value);
    Some(PairsForm { at: at?, entries, cells, total })
}

fn csv_form(table: &Table<'_>) -> Option<CsvForm> {
    let columns = table.table("columns").map(|t| patterns(&t)).unwrap_or_default();
    if columns.is_empty() {
        table.fault("a CSV file needs `columns`", Some("columns = { code = \"^code\" }"));
    }
    (!columns.is_empty()).then_some(CsvForm { columns })
}

fn law_form(table: &Table<'_>) -> Option<LawForm> {
    let amounts = table.flag("amounts").unwrap_or(false);
    let mut sections = Vec::new();
    for text in table.strings("sections") {
        let bounds = text.value.split_once('-').unwrap_or((&text.value, &text.value));
        match (bounds.0.trim().parse(), bounds.1.trim().parse()) {
            (Ok(first), Ok(last)) if first <= last => sections.push((first, last)),
            _ => table.fault_at(
                &text.span,
                format!("`{}` is no range of sections", text.value),
                Some("70-109"),
            ),
        }
    }
    (!sections.is_empty()).then_some(LawForm { sections, amounts })
}

fn strings(table: &Table<'_>) -> Vec<(String, String)> {
    let keys = table.keys();
    let read = keys
        .into_iter()
        .filter_map(|key| Some((key.value.clone(), table.string(&key.value)?.value)));
    read.collect()
}

/// Reads a table of patterns, in the order they are written.
pub(super) fn patterns(table: &Table<'_>) -> Vec<(String, Pattern)> {
    let keys = table.keys();
    keys.into_iter()
        .filter_map(|key| Some((key.value.clone(), pattern(table, &key.value)?)))
        .collect()
}

fn pattern(table: &Table<'_>, key: &str) -> Option<Pattern> {
    table.parsed(key, compile)
}

fn required_pattern(table: &Table<'_>, key: &str) -> Option<Pattern> {
    table.required_parsed(key, compile)
}

fn patterns_in(table: &Table<'_>, key: &str) -> Vec<Pattern> {
    table.strings(key).iter().filter_map(|text| table.accept(text, compile)).collect()
}

fn compile(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|error| {
        format!("`{text}` is no pattern: {}", error.to_string().replace('\n', " "))
    })
}
