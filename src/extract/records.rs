//! Matches become records: fields read, keys made.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use regex::Regex;

use super::absence::{self, KnownRecord};
use super::announced;
use super::days::{self, Beside};
use super::form::table::DATED;
use super::gathered::{Dated, Gathered, Unnamed};
use super::in_turn::InList;
use super::matches::{LISTED, Match};
use super::recipe::{FactRecipe, Form, Locator};
use super::rest::{self, Rest};
use super::rows;
use super::settle;
use crate::extract::page::bounds::RECORDS;
use crate::extract::value::beside::DaysBeside;
use crate::extract::value::dated::{self, Period};
use crate::extract::value::field::{self, Read};
use crate::extract::value::pattern::constant;
use crate::model::{
    Cause, Complaint, Evidence, Extent, FactKey, FactType, Facts, FieldName, Fields, IdFault,
    Record, RecordKey, Unreadable, Value,
    words::{shown, words},
};

/// Makes records of the matches of one fact set.
pub(crate) struct Recorder<'r> {
    recipe: &'r FactRecipe,
    /// The known facts of the source: a row that no longer mentions one does not make it gone.
    known: &'r Facts,
    /// The day on which the page came.
    today: Date,
    /// The words of the page, if they are looked at.
    lines: Option<&'r Rest<'r>>,
}

impl<'r> Recorder<'r> {
    pub(crate) fn new(
        recipe: &'r FactRecipe,
        known: &'r Facts,
        today: Date,
        lines: &'r Rest<'r>,
    ) -> Self {
        Self { recipe, known, today, lines: Some(lines) }
    }

    /// A recorder that sees what records look like, not which are missing.
    pub(crate) fn without_known(recipe: &'r FactRecipe) -> Self {
        static NOTHING: Facts = Facts::new();
        Self { recipe, known: &NOTHING, today: Date::MAX, lines: None }
    }

    /// Adds what `matches` say to the gathered records.
    pub(crate) fn add(&self, locator: &Locator, matches: Vec<Match<'_>>, gathered: &mut Gathered) {
        let mut over = Over::default();
        let is_title =
            |matched: &Match<'_>| self.recipe.kind.is_of_rows() && is_title(locator, matched);
        // Where no row has more than its first cell, they are to be filled yet.
        let has_rows = matches.iter().any(|matched| !is_title(matched));
        let before = (gathered.complaints.len(), gathered.unreadable.len());
        for matched in rows::by_day(self.recipe, matches) {
            let period = over.period(&matched);
            if names_a_sentence(self.recipe, locator, &matched) {
                continue;
            }
            if has_rows && is_title(&matched) && !self.is_keyed(&matched) {
                continue;
            }
            self.add_row(locator, &matched, period, gathered);
            if gathered.is_full() {
                break;
            }
        }
        self.leave_out_shifted(before, gathered);
    }

    /// Takes out new records with words where a figure is due, if another row of the table has no readable name: the
    /// cells have slipped under other headers. `from` is how many complaints and unreadable things there were before
    /// these rows.
    fn leave_out_shifted(&self, from: (usize, usize), gathered: &mut Gathered) {
        let is_unkeyed = |complaint: &Complaint| complaint.cause == Cause::Unkeyed;
        if !gathered.complaints[from.0..].iter().any(is_unkeyed) {
            return;
        }
        let is_new = |fact: &FactKey, record: &RecordKey| {
            self.known.contains_key(fact) && self.was(fact, record).is_none()
        };
        let shifted = gathered.unreadable[from.1..].iter().filter_map(|lost| {
            let Extent::Field(record, _) = &lost.of else { return None };
            let fact = gathered.sets.keys().find(|fact| fact.as_str() == lost.fact)?;
            is_new(fact, record).then(|| (fact.clone(), record.clone()))
        });
        for (fact, record) in shifted.collect::<Vec<_>>() {
            gathered.take(&fact, &record);
        }
    }

    /// Whether a row has what the key of a record is made of.
    fn is_keyed(&self, matched: &Match<'_>) -> bool {
        let (records, complaints) = read(self.recipe, matched);
        records.iter().any(|fields| keys(self.recipe, matched, fields, &complaints).is_ok())
    }

    fn add_row(
        &self,
        locator: &Locator,
        matched: &Match<'_>,
        period: Option<Period>,
        gathered: &mut Gathered,
    ) {
        let recipe = self.recipe;
        let (place, quote) = (&matched.place, &matched.quote);
        if let Some(why) = &matched.unsound {
            gathered.complaints.push(complaint(recipe, Cause::Unsound, place, quote, why));
            return;
        }
        let beside = Beside { recipe, known: self.known, today: self.today };
        let dated = beside.take(locator, matched);
        absence::captures(recipe, matched, &mut gathered.captures);
        let printed = matched;
        let matched = dated.as_ref().map_or(matched, |(without, _)| without);
        let (records, mut complaints) = read(recipe, matched);
        for mut fields in records {
            let days = dated.as_ref().and_then(|(_, days)| *days);
            if let Some(days) = days.or_else(|| beside.of_code(printed, &fields)) {
                beside.add(&mut fields, days);
            }
            match keys(recipe, matched, &fields, &complaints) {
                Ok((fact, record)) => {
                    for (field, complaint) in &mut complaints {
                        complaint.about = Some((fact.clone(), record.clone(), field.clone()));
                    }
                    let told = complaints.iter().map(|(_, complaint)| complaint);
                    gathered.unreadable.extend(told.filter_map(|c| self.unread_field(c)));
                    let was = self.was(&fact, &record);
                    self.begin(&fact, &mut fields, was);
                    self.announce(&mut fields, matched, period, was);
                    let known = was.map(|was| (&fact, &record, was));
                    let missing = known.map(|one| self.missing(locator, matched, &mut fields, one));
                    gathered.unreadable.extend(missing.into_iter().flatten());
                    if matched.is_further && self.is_said(&fact, &record, &fields, place, gathered)
                    {
                        continue;
                    }
                    let evidence = Evidence {
                        locator: Arc::clone(&locator.name),
                        place: place.clone(),
                        quote: quote.clone(),
                    };
                    let fields = recipe.kept(fields);
                    let list = self.list(locator, printed, was);
                    let dated = Dated::of(matched, Record { fields, evidence }, period, list);
                    gathered.insert(recipe, fact, record, dated);
                }
                Err(missing) if absence::is_unnamed(locator, matched, &missing) => {
                    let heading = matched.get("heading").unwrap_or_default().to_owned();
                    let matched = matched.clone().into_owned();
                    gathered.unnamed.push(Unnamed { heading, locator: locator.clone(), matched });
                    // Its fields are read again once the row has a name.
                    return;
                }
                Err(missing) => {
                    let text = matched.get("heading").unwrap_or(quote);
                    let why = missing.to_string();
                    gathered.complaints.push(complaint(recipe, Cause::Unkeyed, place, text, &why));
                }
            }
        }
        gathered.complaints.extend(complaints.into_iter().map(|(_, complaint)| complaint));
    }

    /// Whether the sentence of a record has already given it. If it gives other values the second time, the
    /// first do not win: they become a complaint, and neither is read.
    fn is_said(
        &self,
        fact: &FactKey,
        record: &RecordKey,
        fields: &Fields,
        place: &str,
        gathered: &mut Gathered,
    ) -> bool {
        let Some((_, records)) = gathered.sets.get_mut(fact) else { return false };
        let is_it = |(key, dated): &&mut (RecordKey, Dated)| {
            key == record && dated.record.evidence.place == place
        };
        let Some((_, before)) = records.iter_mut().rev().find(is_it) else { return false };
        let quote = &before.record.evidence.quote;
        for (name, why) in
            settle::unlike(&mut before.record.fields, &self.recipe.kept(fields.clone()))
        {
            let about = (fact.clone(), record.clone(), name);
            let complaint = complaint(self.recipe, Cause::Unsound, place, quote, &why);
            let complaint = Complaint { about: Some(about), ..complaint };
            gathered.unreadable.extend(self.unread_field(&complaint));
            gathered.complaints.push(complaint);
        }
        true
    }

    fn was(&self, fact: &FactKey, record: &RecordKey) -> Option<&'r Record> {
        self.known.get(fact)?.records.get(record)
    }

    /// What was known of a record and cannot be read of it.
    fn missing(
        &self,
        locator: &Locator,
        matched: &Match<'_>,
        fields: &mut Fields,
        known: KnownRecord<'_>,
    ) -> Vec<Unreadable> {
        let has_moved = |said: &str| self.has_moved(said, known.2);
        absence::fields((self.recipe, locator), matched, fields, known, &has_moved)
    }

    /// Whether words that left the sentence of a record stand in another line of the page, in which they were not while
    /// that sentence was there.
    fn has_moved(&self, said: &str, was: &Record) -> bool {
        let said = words(said);
        let own = rest::whole_words(&was.evidence.quote);
        let stood = || {
            let pages = self.known.iter().filter(|(key, _)| key.as_str().starts_with("page."));
            let records = pages.flat_map(|(_, set)| set.records.values());
            let lines =
                records.flat_map(|record| &record.fields).flat_map(|(_, value)| value.clauses());
            let lines: Vec<Vec<String>> = lines.map(|line| words(&shown(line))).collect();
            let is_own = |line: &Vec<String>| {
                let is_part = || line.len() * 2 >= own.len() && rest::has(&own, line);
                rest::has(line, &said) && (rest::has(line, &own) || is_part())
            };
            // A page that no longer has the sentence does not say where the words stood before.
            lines.iter().any(is_own)
                && lines.iter().any(|line| *line != own && rest::has(line, &said))
        };
        self.lines.is_some_and(|lines| !said.is_empty() && lines.has(&said)) && !stood()
    }

    /// The list that a record stands in, if a day is over it. One that came into force before anything was known is a list
    /// like any other, and a figure that is known is announced by itself.
    fn list(&self, locator: &Locator, matched: &Match<'_>, was: Option<&Record>) -> Option<InList> {
        let list = InList::of(self.recipe, locator, matched)?;
        let beside = Beside { recipe: self.recipe, known: self.known, today: self.today };
        let is_so = |from| beside.is_so(DaysBeside { from: Some(from), until: None });
        // One that a list brought, with a day that has not come, is of such a list still.
        let is_to_come = |was: &Record| list.begins().is_some_and(|day| self.has_day(was, day));
        let is_announced =
            self.recipe.kind.is_of_figures() && was.is_some_and(|was| !is_to_come(was));
        (!is_announced && list.begins().is_none_or(is_so)).then_some(list)
    }

    /// Gives a new record the day from which all of its figures hold, be it beside them: "$100 (as of January 1, 2027)".
    fn begin(&self, fact: &FactKey, fields: &mut Fields, was: Option<&Record>) {
        let mut figures = fields.values().filter(|value| value.number().is_some());
        let day = |value: &Value| match value {
            Value::Announced(stated) if stated.now.same(&stated.then) => Some(stated.from),
            _ => None,
        };
        let Some(from) = figures.next().and_then(day) else { return };
        let is_of_all = figures.all(|value| day(value) == Some(from));
        let is_new = was.is_none() && self.known.contains_key(fact) && from > self.today;
        if is_of_all
            && days::may_have(self.recipe)
            && (is_new || was.is_some_and(|was| self.has_day(was, from)))
        {
            let beside = Beside { recipe: self.recipe, known: self.known, today: self.today };
            beside.add(fields, DaysBeside { from: Some(from), until: None });
        }
    }

    /// Whether a known record has this day, or one that is to come.
    fn has_day(&self, was: &Record, day: Date) -> bool {
        days::has_day(&self.recipe.dates, was, day, self.today)
    }

    /// Settles from which day each field holds, according to the words of its row.
    fn announce(
        &self,
        fields: &mut Fields,
        matched: &Match<'_>,
        period: Option<Period>,
        was: Option<&Record>,
    ) {
        let recipe = self.recipe;
        let today = self.today_for(was, &matched.quote);
        let begins = recipe.dates.effective.as_ref();
        let begins = begins.and_then(|name| fields.get(name)).and_then(Value::day);
        // A sentence may give its day to another of its figures.
        let is_over = matched.get("text").is_none();
        // A day that has come says when the page was brought up to date, not from when its figures will hold.
        if is_over && !recipe.is_window() && begins.is_none_or(|day| day <= today) {
            announced::from(fields, period, today);
        }
        announced::settle(fields, was, begins, today);
        if let Some(stated) = &matched.stated {
            announced::stated(recipe, fields, stated, was, today);
        }
    }

    /// The day on which the words of a record are read: while it only says again what it announced, the day before
    /// that begins. The clock puts no rule in force.
    fn today_for(&self, was: Option<&Record>, quote: &str) -> Date {
        let due = was.and_then(|was| {
            announced::due(was, self.today).filter(|_| announced::says_again(was, quote))
        });
        due.and_then(|day| day.yesterday().ok()).unwrap_or(self.today)
    }

    /// A field that cannot be read, of a known record that had it or of a new one. A field that was never
    /// read of a record is only a complaint.
    fn unread_field(&self, complaint: &Complaint) -> Option<Unreadable> {
        let (fact, record, field) = complaint.about.as_ref()?;
        let set = self.known.get(fact)?;
        // What a recipe allows of a new record is only a complaint.
        let is_of_new = self.recipe.expect.complaints == 0;
        let was = set.records.get(record);
        let is_told =
            set.compares(field) && was.map_or(is_of_new, |was| was.fields.contains_key(field));
        let of = Extent::Field(record.clone(), field.clone());
        let why = format!("{}: {}", complaint.place, complaint.why);
        let unreadable = Unreadable::new(fact.as_str(), of, why);
        is_told.then(|| unreadable.standing(Some(complaint.text.clone())))
    }
}

/// The words over the last match, and the period they give: all rows of a table share them.
#[derive(Default)]
struct Over {
    words: String,
    period: Option<Period>,
}

impl Over {
    /// The period in which a match holds, according to its sentence or to the words over it: the
    /// introduction of its table, its caption, its heading.
    fn period(&mut self, matched: &Match<'_>) -> Option<Period> {
        const CELLS: [&str; 6] = [DATED, "text", LISTED, "intro", "caption", "heading"];
        let words = || CELLS.iter().filter_map(|cell| matched.get(cell));
        let mut rest = self.words.as_str();
        let is_known = words().all(|words| match rest.strip_prefix(words) {
            Some(after) => {
                rest = after;
                true
            }
            None => false,
        });
        if !is_known || !rest.is_empty() {
            self.words.clear();
            self.words.extend(words());
            let of_column = matched.get(DATED).and_then(dated::of_header);
            self.period = of_column.or_else(|| words().find_map(dated::period));
        }
        self.period
    }
}

/// The keys that a record of a match asks for.
/// Whether what would name a fee is the beginning of a sentence about one: "From April 1, 2027, the fee will be".
fn names_a_sentence(recipe: &FactRecipe, locator: &Locator, matched: &Match<'_>) -> bool {
    static SAYS: LazyLock<Regex> = LazyLock::new(|| {
        let says = r"(?i)\b(?:is|are|be|was|were|est|sont|sera|seront|était|étaient)(?: now)?$";
        constant(says)
    });
    let is_prose = recipe.kind == FactType::Fees && matches!(locator.form, Form::Prose(_));
    let mut names = rows::cells(recipe).into_iter().filter_map(|cell| matched.get(cell));
    is_prose && names.any(|name| SAYS.is_match(name.trim_end_matches([' ', ':'])))
}

/// Whether a row of a table has words in one cell alone, of several: the title of the rows below it.
fn is_title(locator: &Locator, matched: &Match<'_>) -> bool {
    let Form::Table(form) = &locator.form else { return false };
    let cells = form.columns.iter().chain(&form.optional).filter_map(|(cell, _)| matched.get(cell));
    form.columns.len() > 1 && cells.filter(|words| !words.trim().is_empty()).count() == 1
}

fn keys(
    recipe: &FactRecipe,
    matched: &Match<'_>,
    fields: &Fields,
    complaints: &[(FieldName, Complaint)],
) -> Result<(FactKey, RecordKey), Unkeyed> {
    let is_damaged = Cell::new(false);
    let unread = Cell::new(None);
    let look = |name: &str| {
        // The raw words of a cell that cannot be read are the key of no record.
        unread.set(unread.get().or(complaints.iter().find(|(field, _)| field.as_str() == name)));
        let field = fields.iter().find(|(field, _)| field.as_str() == name);
        let words = field
            .map(|(_, value)| key_text(value))
            .or_else(|| matched.get(name).map(Cow::Borrowed));
        is_damaged.set(is_damaged.get() || words.as_deref().is_some_and(field::is_damaged));
        words
    };
    let faulty = |fault: IdFault| Unkeyed::Faulty(fault.to_string());
    let fact = recipe.key.fill(look).map_err(Unkeyed::Missing)?;
    let fact = FactKey::parse(&fact).map_err(faulty)?;
    let record = recipe.record.fill(look).map_err(Unkeyed::Missing)?;
    let record = RecordKey::parse(&record).map_err(faulty)?;
    if let Some((field, complaint)) = unread.get() {
        return Err(Unkeyed::Faulty(format!("its `{field}`: {}", complaint.why)));
    }
    if is_damaged.get() {
        return Err(Unkeyed::Faulty(field::DAMAGED.to_owned()));
    }
    Ok((fact, record))
}

/// Reads the fields of a match: several records if a field repeats, and the fields that cannot be read.
fn read(recipe: &FactRecipe, matched: &Match<'_>) -> (Vec<Fields>, Vec<(FieldName, Complaint)>) {
    let mut records = vec![Fields::with_capacity(recipe.fields.len())];
    let mut complaints = Vec::new();
    for field in &recipe.fields {
        let name = &field.name;
        match field::read(field, matched) {
            Read::Absent => {}
            Read::Value(value) => {
                if let Some((last, others)) = records.split_last_mut() {
                    for fields in others {
                        fields.insert(name.clone(), value.clone());
                    }
                    last.insert(name.clone(), value);
                }
            }
            Read::Values(values) => records = with(&records, name, &values),
            Read::Unreadable { cell, text, why, cause } => {
                let place = format!("{}, {cell}", matched.place);
                let complaint = complaint(recipe, cause, &place, &text, &why);
                complaints.push((name.clone(), complaint));
            }
        }
    }
    (records, complaints)
}

/// Why the key of a row cannot be made.
pub(crate) enum Unkeyed {
    /// Nothing gives this cell, which the key needs.
    Missing(String),
    /// What it gives is not a valid key.
    Faulty(String),
}

impl fmt::Display for Unkeyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "nothing gives `{name}`, which its key needs"),
            Self::Faulty(why) => f.write_str(why),
        }
    }
}

/// Every combination of the records with the values.
fn with(records: &[Fields], name: &FieldName, values: &[Value]) -> Vec<Fields> {
    let one = |fields: &Fields, value: &Value| {
        let mut fields = fields.clone();
        fields.insert(name.clone(), value.clone());
        fields
    };
    let all = values.iter().flat_map(|value| records.iter().map(move |fields| one(fields, value)));
    // One more than the bound, so that the excess is noticed.
    all.take(RECORDS + 1).collect()
}

/// A value as part of a key: no grouping of digits, no unit.
fn key_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => text.into(),
        Value::Integer(n) => n.to_string().into(),
        Value::List(values) => values.iter().map(key_text).collect::<Vec<_>>().join(" ").into(),
        // Whether its day has come changes no key.
        value => value.current().to_string().into(),
    }
}

fn complaint(recipe: &FactRecipe, cause: Cause, place: &str, text: &str, why: &str) -> Complaint {
    Complaint {
        cause,
        about: None,
        fact: recipe.key.to_string(),
        place: place.to_owned(),
        text: text.to_owned(),
        why: why.to_owned(),
    }
}
