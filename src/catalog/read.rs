//! Reads where the records of a fact set are: `[[source.facts.read]]`, with one form each, and
//! `[source.facts.statements]`, which are sentences.

use std::sync::Arc;

use super::names::Names;
use super::recipe::{named_vocabulary, strings, vocabulary};
use super::statements::{sentence, statements};
use crate::config_text::Table;
use crate::extract::recipe::{
    CsvForm, FactRecipe, FieldRecipe, Form, HeadingsForm, ItemsForm, JsonForm, JsonPath,
    LabelsForm, LawForm, Locator, MatrixForm, NamedBy, PairsForm, Part, Pattern, ProseForm,
    STATEMENT, StatusForm, TableForm, TriedOn, XmlForm, XmlPath,
};

/// What the readers of its places need to know of a fact set.
pub(super) struct Set<'a> {
    /// The names they may use.
    pub(super) names: &'a Names,
    /// Its fields.
    pub(super) fields: &'a [FieldRecipe],
    /// The cells that its fields and keys are made of.
    pub(super) wanted: Arc<[String]>,
    /// What `{sentence}` stands for, where a place is read once for each sentence of a list.
    pub(super) sentence: Option<&'a str>,
}

/// The places a fact set is read from, grouped by part name. If the set is `like` another, a part of
/// the same name replaces the other's.
pub(super) fn parts(table: &Table<'_>, base: Option<&FactRecipe>, set: &Set<'_>) -> Vec<Part> {
    let mut own: Vec<Part> = Vec::new();
    for read in table.tables("read") {
        for part in read_parts(read, set) {
            add(&mut own, part);
        }
    }
    for said in table.table("statements").map(|t| statements(t, set)).unwrap_or_default() {
        add(&mut own, said);
    }
    if own.is_empty() && base.is_none() {
        let hint = "add [[source.facts.read]] or [source.facts.statements]";
        table.fault("nothing says where its records stand", Some(hint));
    }
    own.iter_mut().for_each(number);
    let mut parts = base.map(|base| base.parts.clone()).unwrap_or_default();
    for part in own {
        match parts.iter_mut().find(|known| known.name == part.name) {
            Some(known) => *known = part,
            None => parts.push(part),
        }
    }
    for locator in parts.iter_mut().flat_map(|part| &mut part.locators) {
        locator.wanted = Arc::clone(&set.wanted);
    }
    parts
}

/// The parts of one `read`: its own, or one for each sentence of the lists that it names.
fn read_parts(table: Table<'_>, set: &Set<'_>) -> Vec<Part> {
    let name = table.string("part").map_or(String::new(), |name| name.value);
    let required = table.flag("required").unwrap_or(true);
    let part = |name: &str, sentence: Option<&str>| {
        let set = Set { wanted: Arc::clone(&set.wanted), sentence, ..*set };
        let locator = locator(&table, &set)?;
        Some(Part { name: name.to_owned(), required, locators: vec![locator] })
    };
    let parts = if table.has("sentences") {
        if !name.is_empty() {
            let hint = "each of its sentences is a part, by its own name";
            table.fault("`part` says nothing beside `sentences`", Some(hint));
        }
        let listed = sentences(&table, set.names);
        listed.iter().filter_map(|(name, text)| part(name, Some(text))).collect()
    } else {
        part(&name, None).into_iter().collect()
    };
    table.finish();
    parts
}

/// Reads `sentences`: the names of lists, whose sentences are read one after another.
fn sentences<'n>(table: &Table<'_>, names: &'n Names) -> Vec<&'n (String, String)> {
    let mut all = Vec::new();
    for list in table.strings("sentences") {
        match names.sentences(&list.value) {
            Some(sentences) => all.extend(sentences),
            None => {
                let what = format!("there is no list of sentences `{}`", list.value);
                let hint =
                    format!("declared under [sentences]: {}", names.sentence_names().join(", "));
                table.fault_at(&list.span, what, Some(&hint));
            }
        }
    }
    all
}

/// Adds a part, or its locators to the existing part of that name.
fn add(parts: &mut Vec<Part>, part: Part) {
    match parts.iter_mut().find(|known| known.name == part.name) {
        Some(known) => known.locators.extend(part.locators),
        None => parts.push(part),
    }
}

/// Numbers the locators of a part that has several: the one that matched is part of the evidence.
fn number(part: &mut Part) {
    if part.locators.len() > 1 {
        for (n, locator) in part.locators.iter_mut().enumerate() {
            locator.name = format!("{}. {}", n + 1, locator.name).into();
        }
    }
}

fn locator(table: &Table<'_>, set: &Set<'_>) -> Option<Locator> {
    let names = set.names;
    let under = names.patterns_in(table, "under");
    let named_by = table.table("named_by").and_then(|named| {
        let cell = named.required("cell");
        let vocabulary = vocabulary(&named, names);
        named.finish();
        Some(NamedBy { cell: cell?.value, vocabulary: vocabulary? })
    });
    let lets = table.table("let").map(|words| strings(&words)).unwrap_or_default();
    let footnotes = table.strings("footnotes").into_iter().map(|cell| cell.value).collect();
    let form = form(table, set);
    let (word, form) = form?;
    let name = called(&word, &lets, &under).into();
    let wanted = Arc::clone(&set.wanted);
    let page = Arc::default();
    Some(Locator { name, under, named_by, lets, footnotes, wanted, page, form })
}

/// The name that evidence uses for a locator: its statement or its form, and the headings it looks
/// under.
pub(super) fn called(form: &str, lets: &[(String, String)], under: &[Pattern]) -> String {
    let statement = lets.iter().find(|(cell, _)| cell == STATEMENT);
    let name = statement.map(|(_, key)| format!("statement `{key}`"));
    let name = name.unwrap_or_else(|| form.to_owned());
    let headings: Vec<&str> = under.iter().map(Pattern::as_str).collect();
    match (headings.is_empty(), name.as_str()) {
        (true, "prose") => "main content".to_owned(),
        (true, _) => name,
        (false, _) => format!("{name} under `{}`", headings.join("` > `")),
    }
}

/// Reads the one form of a locator, and the words that evidence uses for it.
fn form(table: &Table<'_>, set: &Set<'_>) -> Option<(String, Form)> {
    let names = set.names;
    const FORMS: [&str; 14] = [
        "table", "matrix", "labels", "items", "prose", "headings", "status", "clauses", "json",
        "pairs", "xml", "law", "entries", "csv",
    ];
    let given: Vec<&str> = FORMS.into_iter().filter(|form| table.has(form)).collect();
    let [word] = given.as_slice() else {
        let what = format!("{} forms are given, one is needed", given.len());
        table.fault(what, Some(&FORMS.join(", ")));
        // Looked up so that they are not reported as unknown as well.
        FORMS.iter().for_each(|form| drop(table.table(form)));
        return None;
    };
    let inner = table.table(word)?;
    FORMS.iter().for_each(|form| table.knows(form));
    let form = match *word {
        "table" => table_form(&inner, names).map(Form::Table),
        "matrix" => matrix_form(&inner, names).map(Form::Matrix),
        "labels" => labels_form(&inner, names).map(Form::Labels),
        "items" => Some(Form::Items(ItemsForm {
            only: names.pattern(&inner, "only"),
            skip: names.pattern(&inner, "skip"),
        })),
        "prose" => prose_form(&inner, set).map(Form::Prose),
        "headings" => sentence(&inner, "matches", set).map(|matches| {
            Form::Headings(HeadingsForm { matches, skip: names.pattern(&inner, "skip") })
        }),
        "status" => {
            let all = names.pattern(&inner, "all");
            let each = named_vocabulary(&inner, "each", names)
                .map(|streams| StatusForm::Each { streams, all });
            let own = || names.required_pattern(&inner, "of").map(StatusForm::Own);
            each.or_else(own).map(Form::Status)
        }
        "json" => json_form(&inner, set).map(Form::Json),
        "pairs" => pairs_form(&inner, names).map(Form::Pairs),
        "xml" => xml_form(&inner).map(Form::Xml),
        "clauses" => Some(Form::Clauses),
        "entries" => Some(Form::Entries),
        "csv" => csv_form(&inner, names).map(Form::Csv),
        _ => law_form(&inner).map(Form::Law),
    };
    let name = describe(word, form.as_ref());
    inner.finish();
    Some((name, form?))
}

/// The words that evidence uses for a form.
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
        Some(Form::Status(StatusForm::Own(of))) => format!("the status of `{of}`"),
        Some(Form::Status(StatusForm::Each { .. })) => "the status of each stream".to_owned(),
        Some(Form::Items(_)) => "list items".to_owned(),
        Some(Form::Json(form)) => format!("objects at {}", form.each),
        Some(Form::Pairs(form)) => format!("members at {}", form.at),
        Some(Form::Xml(form)) => format!("elements {}", form.each.join("/")),
        Some(Form::Law(_)) => "sections of the law".to_owned(),
        Some(Form::Clauses) => "prose".to_owned(),
        Some(Form::Entries | Form::Csv(_)) | None => word.to_owned(),
    }
}

fn table_form(table: &Table<'_>, names: &Names) -> Option<TableForm> {
    let columns = columns(table, names);
    if columns.is_empty() {
        table.fault("a table needs `columns`", Some("columns = { noc = \"NOC code\" }"));
    }
    let optional = table.table("optional").map(|t| names.patterns_of(&t)).unwrap_or_default();
    let total = table.table("total").and_then(|total| {
        let (row, sum) = (names.required_pattern(&total, "row"), total.required("sum"));
        total.finish();
        Some((row?, sum?.value))
    });
    let merge: Vec<String> = table.strings("merge").into_iter().map(|cell| cell.value).collect();
    let named = merge.iter().chain(total.iter().map(|(_, cell)| cell));
    for cell in named.filter(|cell| columns.iter().all(|(name, _)| name != *cell)) {
        table.fault(format!("`{cell}` is none of the columns"), None);
    }
    let caption = names.pattern(table, "caption");
    let (only, skip) = (names.pattern(table, "only"), names.pattern(table, "skip"));
    let turned = table.flag("turned").unwrap_or(false);
    let form = TableForm { columns, optional, caption, only, skip, total, merge, turned };
    (!form.columns.is_empty()).then_some(form)
}

/// Reads `columns`: the name of a shared set, or the locator's own table of cells and headers.
fn columns(table: &Table<'_>, names: &Names) -> Vec<(String, Pattern)> {
    if !table.is_string("columns") {
        return table.table("columns").map(|t| names.patterns_of(&t)).unwrap_or_default();
    }
    let Some(name) = table.string("columns") else { return Vec::new() };
    if let Some(columns) = names.columns(&name.value) {
        return columns.to_vec();
    }
    let hint = format!("declared under [columns]: {}", names.column_names().join(", "));
    table.fault_at(&name.span, format!("there are no columns `{}`", name.value), Some(&hint));
    Vec::new()
}

fn labels_form(table: &Table<'_>, names: &Names) -> Option<LabelsForm> {
    let (only, skip) = (names.pattern(table, "only"), names.pattern(table, "skip"));
    let cells = table.table("cells").map(|t| names.patterns_of(&t)).unwrap_or_default();
    let optional = table.table("optional").map(|t| names.patterns_of(&t)).unwrap_or_default();
    if cells.is_empty() && !optional.is_empty() {
        table.fault("`optional` labels go with `cells`", Some("cells = { fee = '^fee' }"));
    } else if !cells.is_empty() && (only.is_some() || skip.is_some()) {
        table.fault("`cells` names its labels: `only` and `skip` say nothing beside it", None);
    }
    Some(LabelsForm { only, skip, has: names.patterns_in(table, "has"), cells, optional })
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

fn matrix_form(table: &Table<'_>, names: &Names) -> Option<MatrixForm> {
    let first = names.required_pattern(table, "first");
    let columns = named_vocabulary(table, "columns", names);
    if columns.is_none() {
        table.fault("a matrix needs `columns`", Some("columns = { single = \"^without\" }"));
    }
    Some(MatrixForm {
        headers: names.patterns_in(table, "headers"),
        has: names.patterns_in(table, "has"),
        in_header: table.table("in_header").map(|t| names.patterns_of(&t)).unwrap_or_default(),
        rest: table.flag("rest").unwrap_or(false),
        first: first?,
        columns: columns?,
    })
}

fn prose_form(table: &Table<'_>, set: &Set<'_>) -> Option<ProseForm> {
    let first = table.flag("first").unwrap_or(false);
    let [lines, sentences] = ["lines", "sentences"].map(|key| table.flag(key).unwrap_or(false));
    if lines && sentences {
        table.fault(
            "`lines` and `sentences` are two ways to part a paragraph",
            Some("sentences = true"),
        );
    }
    let on = match (lines, sentences) {
        (true, _) => TriedOn::Line,
        (_, true) => TriedOn::Sentence,
        _ => TriedOn::Whole,
    };
    Some(ProseForm { matches: sentence(table, "matches", set)?, first, on })
}

fn json_form(table: &Table<'_>, set: &Set<'_>) -> Option<JsonForm> {
    let each = table.required_parsed("each", JsonPath::parse);
    let cells = table.table("cells").map(|table| strings(&table)).unwrap_or_default();
    let says = table.has("says").then(|| sentence(table, "says", set)).flatten();
    Some(JsonForm { each: each?, cells, says })
}

fn pairs_form(table: &Table<'_>, names: &Names) -> Option<PairsForm> {
    let at = table.required_parsed("at", JsonPath::parse);
    let entries = table.table("entries").map(|table| strings(&table)).unwrap_or_default();
    let cells = table.table("cells").map(|table| strings(&table)).unwrap_or_default();
    let total = table.string("total").map(|name| name.value);
    let (every, skip) = (names.pattern(table, "every"), names.pattern(table, "skip"));
    Some(PairsForm { at: at?, entries, every, skip, cells, total })
}

fn csv_form(table: &Table<'_>, names: &Names) -> Option<CsvForm> {
    let columns = columns(table, names);
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
