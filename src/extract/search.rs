//! Searches a page for its known records where every locator of a part fails.
//!
//! A page with a new layout often says the same things: under a renamed heading, in a table whose column has
//! another header, in another array of its JSON. Each locator is tried again with the failed condition
//! dropped, and a place counts if it gives known records, field by field. Nothing is believed here: the
//! caller checks whether *all* of the facts are the known ones, so a place that says one thing more, or one
//! less, is not where they moved. A place that gave all of them when the page was last believed is found again
//! by what it is, whatever it says today.

use jiff::civil::Date;

use super::document::Document;
use super::gathered::Gathered;
use super::matches::Match;
use super::recipe::{
    FactRecipe, Form, JsonForm, JsonPath, Locator, MatrixForm, PairsForm, Part, Pattern, TableForm,
};
use super::records::Recorder;
use crate::extract::form::table::{HEADER_DEPTH, header_text};
use crate::extract::html::archived;
use crate::extract::html::outline::{Kind, Outline};
use crate::extract::html::scope::Scope;
use crate::extract::page::node::Node;
use crate::model::{FactSet, FactType, Facts, Record, RecordKey, Value};

/// How many places to try for one part. A page that needs more is not searched to its end.
const TRIES: usize = 400;

/// How many rows to read, and tables to examine, in one search: a hostile page must not take minutes.
const ROWS: usize = 200_000;

/// How many columns of a table are examined.
const COLUMNS: usize = 100;

/// The most columns of a table that is searched for a column with an unknown header.
const WIDEST: usize = 12;

/// Separates the name of a locator from the way its records were found.
pub(super) const FOUND: &str = "; found ";

/// How deep objects are searched for in a JSON document.
const DEPTH: usize = 12;

/// Rows found in another place, and the locator that finds them there.
pub(crate) struct Elsewhere {
    pub(crate) locator: Locator,
    /// The locator as a recipe would write it.
    pub(crate) proposal: String,
    pub(crate) matches: Vec<Match<'static>>,
}

/// The known records of a part, and where they were found when the page was last believed.
pub(crate) struct Sought<'a> {
    pub(crate) fact: &'a FactRecipe,
    pub(crate) known: &'a Facts,
    /// Whether this place, as a recipe would write it, was then one of theirs.
    pub(crate) is_one_of_theirs: &'a dyn Fn(&str) -> bool,
    /// The locator whose headings they must be under, if they have not left them.
    pub(crate) within: Option<&'a Locator>,
}

/// Looks for the known records of a part: the places that have them, none if they are not all of the same.
pub(crate) fn elsewhere(
    sought: &Sought<'_>,
    part: &Part,
    document: &Document<'_>,
) -> Vec<Elsewhere> {
    let search = Search(sought);
    let found = part.locators.iter().find_map(|locator| match document {
        Document::Html(html) => search.in_page(locator, document, &html.outline),
        // Only its headers tell which columns a text has.
        Document::Pdf(_) => search.under_any_heading(locator, document),
        Document::Json(json) => search.in_json(locator, document, json),
        Document::Xml(_) | Document::Feed(_) | Document::Csv(_) => None,
    });
    found.unwrap_or_default()
}

/// Whether what a locator finds gives known records.
pub(crate) fn gives_known(sought: &Sought<'_>, locator: &Locator, matches: &[Match<'_>]) -> bool {
    Search(sought).known(locator, matches).0 > 0
}

struct Search<'a>(&'a Sought<'a>);

impl Search<'_> {
    fn is_one_of_theirs(&self, proposal: &str) -> bool {
        (self.0.is_one_of_theirs)(proposal)
    }

    /// How many of the matches' records are known, and how many are read well but are not known.
    fn known(&self, locator: &Locator, matches: &[Match<'_>]) -> (usize, usize) {
        let mut gathered = Gathered::default();
        Recorder::without_known(self.0.fact).add(locator, matches.to_vec(), &mut gathered);
        let extraction = gathered.settled(&Facts::new(), Date::MAX);
        let is_sound = extraction.complaints.is_empty();
        let (mut known, mut unknown) = (0, 0);
        for (key, set) in extraction.facts {
            let before = self.0.known.get(&key);
            let says = |key: &RecordKey, record: &Record| {
                let was = before.and_then(|before| before.records.get(key));
                was.is_some_and(|was| same(&set, was, record))
            };
            let mut n = set.records.iter().filter(|(key, record)| says(key, record)).count();
            if set.kind == FactType::Series {
                // A series changes with every page: it is the same one if all of its records are there, and
                // at least one is unchanged.
                let has = |key: &RecordKey| set.records.contains_key(key);
                let is_it = n > 0 && before.is_some_and(|before| before.records.keys().all(has));
                n = if is_it { set.records.len() } else { 0 };
            }
            known += n;
            unknown += set.records.len() - n;
        }
        (known, if is_sound { unknown } else { 0 })
    }

    fn in_page(
        &self,
        locator: &Locator,
        document: &Document<'_>,
        outline: &Outline,
    ) -> Option<Vec<Elsewhere>> {
        match &locator.form {
            Form::Table(_) | Form::Matrix(_) => self.in_tables(locator, document, outline),
            _ => self.under_any_heading(locator, document),
        }
    }

    /// Tries the same form under renamed headings: of everything found on the page, keeps what is under a
    /// heading with known records.
    fn under_any_heading(
        &self,
        locator: &Locator,
        document: &Document<'_>,
    ) -> Option<Vec<Elsewhere>> {
        if locator.under.is_empty() {
            return None;
        }
        let anywhere = Locator { under: Vec::new(), ..locator.clone() };
        let matches = document.find(&anywhere).ok()?;
        let mut groups: Vec<(String, Vec<Match<'static>>)> = Vec::new();
        for one in matches.into_iter().take(ROWS).map(Match::into_owned) {
            let heading = one.get("heading").unwrap_or_default().to_owned();
            match groups.iter().position(|(name, _)| *name == heading) {
                Some(at) => groups[at].1.push(one),
                None if groups.len() == TRIES => break,
                None => groups.push((heading, vec![one])),
            }
        }
        // Rows of the same form under another heading may or may not be more of the same facts.
        let mut is_doubtful = false;
        groups.retain(|(heading, matches)| {
            let (known, unknown) = self.known(&anywhere, matches);
            let is_theirs = known > 0 || self.is_one_of_theirs(&under(Some(heading)));
            is_doubtful |= !is_theirs && unknown > 0;
            is_theirs
        });
        if is_doubtful || groups.is_empty() {
            return None;
        }
        let locator = named(anywhere, "under another heading");
        let place = |(heading, matches): (String, _)| Elsewhere {
            proposal: under(Some(&heading)),
            locator: locator.clone(),
            matches,
        };
        Some(groups.into_iter().map(place).collect())
    }

    /// Tries tables under any heading, with any header for a column whose own is not found.
    fn in_tables(
        &self,
        locator: &Locator,
        document: &Document<'_>,
        outline: &Outline,
    ) -> Option<Vec<Elsewhere>> {
        let mut found: Vec<Elsewhere> = Vec::new();
        let (mut tries, mut read) = (0, 0);
        let within = self.0.within.map(|within| Scope::new(outline, within));
        let is_turned = matches!(&locator.form, Form::Table(form) if form.turned);
        for block in &outline.blocks {
            let Kind::Table(number) = block.kind else { continue };
            let is_archived = outline.is_archived(block.heading) && !archived::are_asked(locator);
            if is_archived || within.as_ref().is_some_and(|within| !within.admits(block.heading)) {
                continue;
            }
            let upright = &outline.tables[number];
            let grid = if is_turned { &upright.turned() } else { upright };
            let headers = |row| -> Vec<String> {
                let header = |column| header_text(grid, row, column).into_owned();
                (0..grid.columns()).map(header).collect()
            };
            let headers: Vec<Vec<String>> =
                (0..grid.rows().min(HEADER_DEPTH)).map(headers).collect();
            let heading = block.heading.map(|at| outline.headings[at].text.clone());
            let mut best: Option<(usize, Elsewhere)> = None;
            for (form, said) in headers.iter().flat_map(|headers| forms(&locator.form, headers)) {
                tries += 1;
                read += grid.rows() + outline.tables.len();
                // The part that is not examined may say more.
                if tries > TRIES || read > ROWS {
                    return None;
                }
                let variant = Locator {
                    under: heading.iter().filter_map(|words| exactly(words)).collect(),
                    form,
                    ..named(locator.clone(), "in another table")
                };
                let Ok(matches) = document.find(&variant) else { continue };
                let proposal = format!("{}, {said}", under(heading.as_ref()));
                let is_theirs = !matches.is_empty() && self.is_one_of_theirs(&proposal);
                let known = if is_theirs { usize::MAX } else { self.known(&variant, &matches).0 };
                if known > best.as_ref().map_or(0, |(most, _)| *most) {
                    let matches = owned(matches);
                    best = Some((known, Elsewhere { locator: variant, proposal, matches }));
                }
            }
            let Some((_, better)) = best else { continue };
            // A table split in two is under one heading, and is read whole at once.
            let is_read = |one: &Match<'_>| found.iter().any(|found| found.matches.contains(one));
            if !better.matches.iter().any(is_read) {
                found.push(better);
            }
        }
        let is_known = found.iter().all(|place| self.is_one_of_theirs(&place.proposal));
        (!found.is_empty() && (is_known || self.is_all(&found, document))).then_some(found)
    }

    /// Whether tables with the same headers elsewhere on the page add nothing.
    fn is_all(&self, found: &[Elsewhere], document: &Document<'_>) -> bool {
        let unknown = |place: &Elsewhere| self.known(&place.locator, &place.matches).1;
        let here: usize = found.iter().map(unknown).sum();
        found.iter().all(|place| {
            let anywhere = Locator { under: Vec::new(), ..place.locator.clone() };
            let matches = document.find(&anywhere).unwrap_or_default();
            self.known(&anywhere, &matches).1 <= here
        })
    }

    /// Tries objects with the same members anywhere in the document.
    fn in_json(
        &self,
        locator: &Locator,
        document: &Document<'_>,
        json: &Node<'_>,
    ) -> Option<Vec<Elsewhere>> {
        let mut paths = Vec::new();
        places(json, "$", 0, &mut paths);
        let variant = |path: &str| {
            let each = JsonPath::parse(path).ok()?;
            let form = match &locator.form {
                Form::Json(form) => Form::Json(JsonForm { each, ..form.clone() }),
                Form::Pairs(form) => Form::Pairs(PairsForm { at: each, ..form.clone() }),
                _ => return None,
            };
            Some(Locator { form, ..named(locator.clone(), "under another path") })
        };
        let (mut read, mut found) = (0, None);
        for path in paths.iter().take(TRIES) {
            let Some(locator) = variant(path) else { continue };
            let Ok(matches) = document.find(&locator) else { continue };
            read += matches.len();
            if read > ROWS {
                return None;
            }
            let proposal = format!("each = {}", quoted(path));
            let is_theirs = !matches.is_empty() && self.is_one_of_theirs(&proposal);
            match self.known(&locator, &matches) {
                (0, 0) if !is_theirs => {}
                // Others with the same members: more of the same, or something else.
                (0, _) if !is_theirs && path.ends_with("[*]") => return None,
                (0, _) if !is_theirs => {}
                _ if found.is_none() => {
                    let matches = owned(matches);
                    found = Some(vec![Elsewhere { locator, proposal, matches }]);
                }
                _ => {}
            }
        }
        found
    }
}

fn owned(matches: Vec<Match<'_>>) -> Vec<Match<'static>> {
    matches.into_iter().map(Match::into_owned).collect()
}

/// Whether two records agree in every field that is compared. A row with a known key, of which no field can be
/// read, is another: fees and processing times are listed by the same steps.
fn same(set: &FactSet, was: &Record, is: &Record) -> bool {
    let compared = |record: &Record| record.fields.keys().any(|name| set.compares(name));
    if compared(was) && !compared(is) {
        return false;
    }
    let mut fields = is.fields.iter().filter(|(name, _)| set.compares(name));
    // An amount that a page gives with its day alone is read here as if the day had come.
    let is_next = |was: &Value, is: &Value| was.next().is_some_and(|(then, _)| then.same(is));
    // A place may also announce what comes.
    let is_it =
        |was: &Value, is: &Value| was.same(is) || was.same(is.current()) || is_next(was, is);
    fields.all(|(name, is)| was.fields.get(name).is_some_and(|was| is_it(was, is)))
}

/// Names a locator by its own name and how it was found: its records remain those of its part.
pub(super) fn named(locator: Locator, what: &str) -> Locator {
    let own = locator.name.split(FOUND).next().unwrap_or_default();
    let name = format!("{own}{FOUND}{what}").into();
    Locator { name, ..locator }
}

/// Suggests forms like this one, each for a table with these headers, and how a recipe would write them.
fn forms(form: &Form, headers: &[String]) -> Vec<(Form, String)> {
    match form {
        Form::Table(form) => {
            let with = |columns| TableForm { columns, caption: None, ..form.clone() };
            let said = |form: TableForm| (Form::Table(form.clone()), table(&form));
            assignments(&form.columns, headers).into_iter().map(with).map(said).collect()
        }
        Form::Matrix(form) => {
            let first = headers.first().and_then(|words| Some((exactly(words)?, words)));
            let form = |(first, words): (Pattern, &String)| {
                let said = format!("first = {}", quoted(&format!("^{}$", regex::escape(words))));
                (Form::Matrix(MatrixForm { first, ..form.clone() }), said)
            };
            first.map(form).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The ways to assign a header to each wanted column: the one its pattern matches, else any free one.
/// Columns with the same words over them count as one: no header tells them apart.
fn assignments(wanted: &[(String, Pattern)], headers: &[String]) -> Vec<Vec<(String, Pattern)>> {
    let mut distinct: Vec<(&str, Pattern)> = Vec::new();
    for words in headers.iter().take(COLUMNS) {
        if distinct.iter().all(|(known, _)| known != words) {
            distinct.extend(exactly(words).map(|pattern| (words.as_str(), pattern)));
        }
    }
    let column = |pattern: &Pattern| distinct.iter().position(|(words, _)| pattern.is_match(words));
    let own: Vec<Option<usize>> = wanted.iter().map(|(_, pattern)| column(pattern)).collect();
    let free: Vec<usize> = match distinct.len() {
        0..=WIDEST => (0..distinct.len()).filter(|column| !own.contains(&Some(*column))).collect(),
        _ => Vec::new(),
    };
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for own in &own {
        let open: &[usize] = own.as_ref().map_or(&free, std::slice::from_ref);
        let with = |taken: &Vec<usize>| {
            let left = open.iter().filter(|column| !taken.contains(column));
            left.map(|column| [taken.as_slice(), &[*column]].concat()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).take(TRIES).collect();
    }
    // A column that is found keeps its pattern: the day in its header may be another tomorrow.
    let chosen = |columns: Vec<usize>| {
        let of =
            |(((cell, pattern), own), column): ((&(String, Pattern), &Option<usize>), usize)| {
                let pattern = if own.is_some() { pattern } else { &distinct[column].1 };
                (cell.clone(), pattern.clone())
            };
        wanted.iter().zip(&own).zip(columns).map(of).collect()
    };
    all.into_iter().map(chosen).collect()
}

/// The paths of a document's arrays of objects, and of its objects.
fn places(json: &Node<'_>, path: &str, depth: usize, paths: &mut Vec<String>) {
    if depth > DEPTH || paths.len() > TRIES {
        return;
    }
    match json {
        Node::List(items) if matches!(items.first(), Some(Node::Object(_))) => {
            paths.push(format!("{path}[*]"));
            places(&items[0], &format!("{path}[0]"), depth + 1, paths);
        }
        Node::Object(members) => {
            paths.push(path.to_owned());
            for (name, member) in members {
                let name = name.replace('\\', "\\\\").replace('\'', "\\'");
                places(member, &format!("{path}['{name}']"), depth + 1, paths);
            }
        }
        Node::List(_) | Node::Null | Node::Flag(_) | Node::Number(_) | Node::Text(_) => {}
    }
}

/// A pattern of exactly these words; none for empty text, which would match any blank.
fn exactly(words: &str) -> Option<Pattern> {
    if words.is_empty() { None } else { Pattern::new(&pattern(words)).ok() }
}

fn pattern(words: &str) -> String {
    format!("(?i)^{}$", regex::escape(words))
}

/// `under = ['^Eligible occupations$']`, as a recipe writes it.
fn under(heading: Option<&String>) -> String {
    match heading.filter(|words| !words.is_empty()) {
        None => "under = []".to_owned(),
        Some(words) => format!("under = [{}]", quoted(&format!("^{}$", regex::escape(words)))),
    }
}

fn table(form: &TableForm) -> String {
    let columns: Vec<String> = form
        .columns
        .iter()
        .map(|(cell, header)| {
            format!("{cell} = {}", quoted(&header.as_str().replacen("(?i)", "", 1)))
        })
        .collect();
    format!("table = {{ columns = {{ {} }} }}", columns.join(", "))
}

/// A text as TOML writes it, without escapes if possible.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("{text:?}") } else { format!("'{text}'") }
}
