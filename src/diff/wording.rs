//! Changes in the words of a page that no recipe reads: `page.<source>`.
//!
//! Compares words, not places: a line that moves, appears under another heading or in a table instead of
//! a list, is split, joined or printed twice, still says the same. The lines found on only one of the two
//! pages ([`apart`]) are examined in three ways: a word next to words it was not next to before; a word
//! that occurs more often than before under a heading where another occurs less often; a row whose first
//! cell had other cells beside it before. A heading in other words over the lines that it had is told
//! too. A code of several lists that one of them no longer has is looked at by its heading. Words that are
//! read as facts are reported as facts, and words that only pass from facts to the rest, or back, are no
//! change.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use crate::model::{
    ChangeKind, Dates, Evidence, FactKey, FactSet, FactType, Facts, FieldName, Fields, Record,
    RecordKey, Side, Unreadable, Value,
    words::{CELL, LINKS, Phrases, TAKEN, Word, of_line, shown, words},
};

use super::Delta;
use alike::Bags;
pub(super) use headings::is_same_heading;
use lines::{Line, apart};
use relisted::relisted;
use reworded::reworded;
use untold::Untold;

mod alike;
mod damaged;
mod emptied;
mod headings;
mod lines;
mod relisted;
mod reworded;
mod untold;

/// Whether a fact set holds the words of a page.
pub(super) fn is_of(key: &FactKey) -> bool {
    key.as_str().starts_with("page.")
}

/// The words that came and went, heading by heading. A page read for the first time, or no longer
/// watched, is no change. `told` holds the differences of the facts, and up to which day they tell what moved.
///
/// When records came or went, a line that held one, and has no counterpart on the other side, came or
/// went with it. Of a record that is `lost`, being unreadable, nobody knows that: what its words were counts
/// as words of the page.
pub(super) fn compare(
    key: &FactKey,
    before: &Facts,
    (now, read): (&Facts, &Facts),
    lost: &[Unreadable],
    told: (&[Delta], Date),
) -> Vec<Delta> {
    let (Some(old), Some(new)) = (before.get(key), now.get(key)) else { return Vec::new() };
    let mut changes = lines_that_differ((old, new), before, (now, read), lost, told);
    for heading in headings::renamed(old, new).iter().filter(|heading| !heading.is_told(told.0)) {
        let (gone, came) = changes.entry(heading.record).or_default();
        gone.insert(0, heading.was);
        came.insert(0, heading.is);
    }
    let delta = |(record, (gone, came)): (&RecordKey, (Vec<&str>, Vec<&str>))| {
        delta(key, record, (gone, came), (old, new))
    };
    changes.into_iter().filter_map(delta).collect()
}

/// The lines that came and went, by the sections that they are of.
type Differing<'a> = BTreeMap<&'a RecordKey, (Vec<&'a str>, Vec<&'a str>)>;

fn lines_that_differ<'a>(
    (old, new): (&'a FactSet, &'a FactSet),
    before: &Facts,
    (now, read): (&Facts, &Facts),
    lost: &[Unreadable],
    (told, today): (&[Delta], Date),
) -> Differing<'a> {
    let (mut was, mut is) = apart(old, new);
    damaged::leave_out(&mut was, &mut is);
    if was.is_empty() && is.is_empty() {
        return Differing::new();
    }
    let (now, read) = (&without(now, lost), &without(read, lost));
    let untold = Untold::of(before, now, (told, today));
    let of = |facts| Read::of(facts, &untold);
    let (was_read, stands, all) = (of(before), of(now), of(read));
    let facts =
        Told { before: was_read, now: stands, read: all, deltas: told, said: OnceCell::new() };
    facts.settle(&mut was, &mut is);
    emptied::leave_out(&mut was, &is, old);
    if was.is_empty() && is.is_empty() {
        return Differing::new();
    }
    if lines::say_the_same(&was, &is) {
        return Differing::new();
    }
    let sides = Sides::of(&was, &is, (before, now), &facts);
    let whole = told.iter().any(|delta| delta.field.is_none());
    let mut changes = sides.changes(whole.then_some(&facts));
    for (record, lines, is_new) in relisted(old, new) {
        let (gone, came) = changes.entry(record).or_default();
        let told = if is_new { came } else { gone };
        told.extend(lines.into_iter().filter(|line| !told.contains(line)).collect::<Vec<_>>());
    }
    tell_once(&mut changes);
    changes
}

/// How many tables must have one and the same new row for it to be told of the first alone.
const SEVERAL: usize = 3;

/// Leaves the same row of several tables under the first heading: a header that all of them have is one change.
fn tell_once<'a>(changes: &mut Differing<'a>) {
    for is_new in [false, true] {
        let mut times: HashMap<&'a str, usize> = HashMap::new();
        for (gone, came) in changes.values() {
            let rows = if is_new { came } else { gone }.iter().filter(|line| line.contains(CELL));
            rows.for_each(|line| *times.entry(line).or_default() += 1);
        }
        let mut told: HashSet<&'a str> = HashSet::new();
        for (gone, came) in changes.values_mut() {
            let lines = if is_new { came } else { gone };
            lines.retain(|line| {
                times.get(line).is_none_or(|times| *times < SEVERAL) || told.insert(line)
            });
        }
    }
    changes.retain(|_, (gone, came)| !gone.is_empty() || !came.is_empty());
}

/// Whether clauses of a record are all rows of tables that are on the pages of some facts and not on those of others,
/// each cell after the title of its column.
pub(super) fn are_rows(record: &RecordKey, clauses: &[&str], (from, to): (&Facts, &Facts)) -> bool {
    lines::are_rows((record, clauses), &pages_of(from), &pages_of(to))
}

/// The words of the pages of facts.
fn pages_of(facts: &Facts) -> Vec<&FactSet> {
    facts.iter().filter(|(key, _)| is_of(key)).map(|(_, set)| set).collect()
}

/// The facts without the records that are unreadable, of which the last ones known stand.
fn without<'f>(facts: &'f Facts, lost: &[Unreadable]) -> Cow<'f, Facts> {
    let is_lost =
        |fact: &FactKey, record: &RecordKey| lost.iter().any(|lost| lost.covers(fact, record));
    if lost.is_empty() {
        return Cow::Borrowed(facts);
    }
    let mut facts = facts.clone();
    for (fact, set) in &mut facts {
        set.records.retain(|record, _| !is_lost(fact, record));
    }
    Cow::Owned(facts)
}

/// The words that facts are read from, computed on first use.
struct Read<'a> {
    facts: &'a Facts,
    untold: &'a Untold<'a>,
    words: OnceCell<HashSet<String>>,
    values: OnceCell<HashSet<String>>,
    notes: OnceCell<HashSet<Vec<String>>>,
    text: OnceCell<String>,
}

impl<'a> Read<'a> {
    /// The words of the days from and to which its records hold: another comparison reports a day that
    /// moved, where it is news.
    fn days(&self) -> impl Iterator<Item = String> {
        let of_set = |(key, set): (&'a FactKey, &'a FactSet)| {
            let names = [&set.dates.effective, &set.dates.expires].into_iter().flatten();
            let names = names.filter(|name| !self.untold.has(key, name));
            names.flat_map(move |name| {
                set.records.values().filter_map(move |record| record.fields.get(name))
            })
        };
        self.facts.iter().flat_map(of_set).flat_map(|value| words(&value.to_string()))
    }

    fn of(facts: &'a Facts, untold: &'a Untold<'a>) -> Self {
        Self {
            facts,
            untold,
            words: OnceCell::new(),
            values: OnceCell::new(),
            notes: OnceCell::new(),
            text: OnceCell::new(),
        }
    }

    fn sets(&self) -> impl Iterator<Item = (&'a FactKey, &'a FactSet)> {
        self.facts.iter().filter(|(key, _)| !is_of(key))
    }

    /// The keys of its records, and the values of those fields of a set that are asked for.
    fn values(
        &self,
        is_wanted: impl Fn(&'a FactKey, &'a FieldName) -> bool,
    ) -> impl Iterator<Item = String> {
        self.sets().flat_map(move |(fact, set)| {
            set.records
                .iter()
                .flat_map(|(key, record)| {
                    let values = record.fields.iter().filter(|(name, _)| is_wanted(fact, name));
                    let values: Vec<String> = values.map(|(_, value)| value.to_string()).collect();
                    values.into_iter().chain([key.as_str().replace('-', " ")])
                })
                .collect::<Vec<_>>()
        })
    }

    /// Whether a word is part of a value, and not only beside one.
    fn has_as_value(&self, word: &str) -> bool {
        let values = self.values.get_or_init(|| {
            let said: HashSet<String> =
                self.values(|key, name| !self.untold.has(key, name)).collect();
            said.iter().flat_map(|text| words(text)).collect()
        });
        values.contains(word)
    }

    /// Whether a run of words is all of a note that has a figure, such as the quarter over a column: no comparison
    /// reports it.
    fn has_as_note(&self, run: &[Word]) -> bool {
        let of_set = |(key, set): (&'a FactKey, &'a FactSet)| {
            let fields = set.records.values().flat_map(|record| &record.fields);
            let is_note = |name| set.notes.contains(name) && !self.untold.has(key, name);
            fields.filter(move |(name, _)| is_note(name)).map(|(_, note)| note)
        };
        // A name that is a note may be read nowhere else.
        let has_figure = |note: &String| note.contains(|c: char| c.is_ascii_digit());
        let notes = self.notes.get_or_init(|| {
            let notes = self.facts.iter().flat_map(of_set).map(ToString::to_string);
            let notes: HashSet<String> = notes.filter(has_figure).collect();
            notes.iter().map(|note| words(note)).collect()
        });
        notes.contains(&run.iter().map(|word| word.text.clone()).collect::<Vec<_>>())
    }

    /// The words of its lines and quotes one after another, each between spaces: a record, or a quote, a line.
    fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let (mut text, mut quotes) = (String::new(), HashSet::new());
            let mut add = |words: &mut dyn Iterator<Item = String>| {
                words.for_each(|word| text.extend([" ", word.as_str()]));
                text.push_str(" \n");
            };
            for record in self.facts.values().flat_map(|set| set.records.values()) {
                let said = record.fields.iter().filter(|(name, _)| name.as_str() != LINKS);
                let lines = said.flat_map(|(_, value)| value.clauses());
                add(&mut lines.flat_map(|line| of_line(line)).map(|word| word.text));
                // The records of a row have one quote.
                if quotes.insert(&record.evidence.quote) {
                    add(&mut words(&record.evidence.quote).into_iter());
                }
            }
            text
        })
    }

    /// Whether facts are read from every word of a run.
    fn has(&self, run: &[Word]) -> bool {
        let read = self.words.get_or_init(|| {
            let records = self.sets().flat_map(|(_, set)| set.records.values());
            let quotes = records.map(|record| record.evidence.quote.clone());
            // Many records have one quote and the same values.
            let said: HashSet<String> = self.values(|_, _| true).chain(quotes).collect();
            said.iter().flat_map(|text| words(text)).collect()
        });
        run.iter().all(|word| read.contains(&word.text))
    }
}

/// Decides which of the words that are read are reported as a fact, or belong to no accepted fact.
struct Told<'a> {
    before: Read<'a>,
    now: Read<'a>,
    read: Read<'a>,
    deltas: &'a [Delta],
    said: OnceCell<HashSet<String>>,
}

impl Told<'_> {
    /// Keeps the mark only on words that need no report: a fact reports them, or they belong to one that
    /// is held or unchanged. The others become ordinary words.
    fn settle(&self, was: &mut [Line<'_>], is: &mut [Line<'_>]) {
        // Words that were held or retracted have no fact: when they go, the fact is stated again.
        let mut is_back = false;
        for line in was {
            let mut has_lost = false;
            line.take_if(|words| self.before.has_as_note(words));
            for run in line.taken() {
                is_back |= !self.before.has(run);
                let is_settled = self.is_said(run)
                    || self.now.has(run)
                    || !self.before.has(run)
                    || self.before.has_as_note(run);
                run.iter_mut().for_each(|word| word.taken = is_settled);
                has_lost |= !is_settled;
            }
            line.has_lost = has_lost;
        }
        for line in is {
            let mut has_held = false;
            line.take_if(|words| self.now.has_as_note(words));
            for run in line.taken() {
                let is_said = self.is_said(run)
                    || (is_back && self.before.has(run))
                    || self.now.has_as_note(run);
                let is_held = !is_said && self.read.has(run) && !self.now.has(run);
                run.iter_mut().for_each(|word| word.taken = is_said || is_held);
                has_held |= is_held;
            }
            line.has_held = has_held;
        }
    }

    /// Whether a line is all that a new record was read from, or its day as a heading.
    fn came_with(&self, line: &Line<'_>) -> bool {
        let text = shown(line.text);
        let is_day = |value: &Value| {
            matches!(value, Value::Date(_)) && words(&value.to_string()) == words(&text)
        };
        self.deltas.iter().any(|delta| {
            let is_quote = || delta.after.as_ref().is_some_and(|after| after.quote == text);
            match &delta.new {
                Some(Side::Record(fields)) => is_quote() || fields.values().any(is_day),
                _ => false,
            }
        })
    }

    /// Whether a word that came or went is told with a fact, or is a value: that is compared as such.
    fn covers(&self, word: &Word) -> bool {
        let is_value = || self.before.has_as_value(&word.text) || self.now.has_as_value(&word.text);
        self.is_said(std::slice::from_ref(word)) || (word.taken && is_value())
    }

    /// Whether the changes of facts report every word of a run.
    fn is_said(&self, run: &[Word]) -> bool {
        let evidence = |delta: &Delta| {
            let sides = [&delta.before, &delta.after].into_iter().flatten();
            sides.flat_map(|evidence| words(&evidence.quote)).collect::<Vec<_>>()
        };
        let side = |side: &Option<Side>| match side {
            Some(Side::Value(value)) => words(&value.to_string()),
            Some(Side::Record(fields)) => {
                fields.values().flat_map(|value| words(&value.to_string())).collect()
            }
            None => Vec::new(),
        };
        let all = |delta: &Delta| {
            [evidence(delta), side(&delta.old), side(&delta.new), words(delta.record.as_str())]
                .concat()
        };
        let said = self.said.get_or_init(|| {
            let days = self.before.days().chain(self.now.days());
            self.deltas.iter().flat_map(all).chain(days).collect()
        });
        run.iter().all(|word| said.contains(&word.text))
    }
}

/// The lines found on only one of the pages, and what is known of both.
struct Sides<'l, 'a> {
    was: &'l [Line<'a>],
    is: &'l [Line<'a>],
    known: Phrases,
    here: Phrases,
    /// The words that occur more often now, and more often before, in these lines.
    came: HashSet<&'l str>,
    gone: HashSet<&'l str>,
    /// The lines of which one became another by a word or two.
    reworded: HashSet<&'a str>,
    /// Which of the lines are alike.
    bags: Bags,
}

impl<'l, 'a> Sides<'l, 'a> {
    fn of(
        was: &'l [Line<'a>],
        is: &'l [Line<'a>],
        (before, now): (&Facts, &Facts),
        told: &Told<'_>,
    ) -> Self {
        let bags = Bags::of(was, is);
        Self {
            was,
            is,
            known: Phrases::of(before),
            here: Phrases::of(now),
            came: excess(is, was),
            gone: excess(was, is),
            reworded: reworded((was, is), &bags, told),
            bags,
        }
    }

    /// What came and went under each heading.
    /// `whole` holds what is told of facts, if whole records came or went.
    fn changes(&self, whole: Option<&Told<'_>>) -> Differing<'a> {
        let exchanged = self.exchanged();
        let others = self.others();
        let differs = |line: &Line<'_>, phrases: &Phrases, excess: &HashSet<&str>| {
            !line.is_said_by(phrases)
                || others.contains(line.text)
                || self.reworded.contains(line.text)
                || (exchanged.contains(line.place) && line.has_any(excess))
        };
        let is_with_record = |line: &Line<'_>| {
            whole.is_some_and(|told| line.text.contains(TAKEN) || told.came_with(line))
        };
        let mut changes = Differing::new();
        // A line with words of a held reading waits with it.
        let is = self.is.iter().enumerate().filter(|(_, line)| !line.has_held);
        for (n, line) in is.filter(|(_, line)| differs(line, &self.known, &self.came)) {
            if !is_with_record(line) || self.bags.like_new(n).is_some() {
                changes.entry(line.record).or_default().1.push(line.text);
            }
        }
        let was = self.was.iter().enumerate();
        for (n, line) in was.filter(|(_, line)| differs(line, &self.here, &self.gone)) {
            let now = self.bags.like_old(n).map(|now| &self.is[now]);
            // A line that leaves with its record, or is archived, has no counterpart.
            if now.is_none() && line.text.contains(TAKEN) && !line.has_lost {
                continue;
            }
            let (gone, came) =
                changes.entry(now.map_or(line.record, |now| now.record)).or_default();
            gone.push(line.text);
            // After a word is struck out, every word of the line that remains is known.
            if let Some(now) = now.filter(|now| !came.contains(&now.text)) {
                came.push(now.text);
            }
        }
        changes
    }

    /// The headings under which some words came and others went.
    fn exchanged(&self) -> HashSet<&'a str> {
        let with = |lines: &'l [Line<'a>], words: &HashSet<&str>| -> HashSet<&'a str> {
            lines.iter().filter(|line| line.has_any(words)).map(|line| line.place).collect()
        };
        let came = with(self.is, &self.came);
        with(self.was, &self.gone).into_iter().filter(|place| came.contains(place)).collect()
    }

    /// The rows whose first cell occurs in exactly one row before and one now, next to different cells.
    fn others(&self) -> HashSet<&'a str> {
        let by_label = |lines: &'l [Line<'a>]| {
            let mut rows: HashMap<Vec<&'l str>, Vec<&'l Line<'a>>> = HashMap::new();
            for line in lines.iter().filter(|line| line.is_row()) {
                rows.entry(line.label()).or_default().push(line);
            }
            rows
        };
        let (was, is) = (by_label(self.was), by_label(self.is));
        let mut others = HashSet::new();
        for (label, rows) in &was {
            if let ([old], Some([new])) = (rows.as_slice(), is.get(label).map(Vec::as_slice))
                && old.is_other_row(new)
            {
                others.extend([old.text, new.text]);
            }
        }
        others
    }
}

/// The words that occur more often in some lines than in others, unless all are reported as facts.
fn excess<'l>(of: &'l [Line<'_>], over: &[Line<'_>]) -> HashSet<&'l str> {
    let mut over_all: HashMap<&str, usize> = HashMap::new();
    for word in over.iter().flat_map(|line| &line.words) {
        *over_all.entry(&word.text).or_default() += 1;
    }
    let mut of_all: HashMap<&str, (usize, usize)> = HashMap::new();
    for word in of.iter().flat_map(|line| &line.words) {
        let (all, plain) = of_all.entry(&word.text).or_default();
        *all += 1;
        *plain += usize::from(!word.taken);
    }
    let is_more = |(word, (all, plain)): &(&str, (usize, usize))| {
        *plain > 0 && *all > over_all.get(word).copied().unwrap_or(0)
    };
    of_all.into_iter().filter(is_more).map(|(word, _)| word).collect()
}

fn delta(
    key: &FactKey,
    record: &RecordKey,
    (gone, came): (Vec<&str>, Vec<&str>),
    (old, new): (&FactSet, &FactSet),
) -> Option<Delta> {
    let clauses = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        (!lines.is_empty()).then_some(Side::Value(Value::Clauses(lines)))
    };
    let evidence = |set: &FactSet, lines: &[&str]| {
        let place = set.records.get(record)?.evidence.place.clone();
        let quote = crate::model::text::excerpt(&lines.join(" "), 300);
        Some(Evidence { locator: "remainder".into(), place, quote })
    };
    let (before, after) = (evidence(old, &gone), evidence(new, &came));
    let whole = Record { fields: Fields::new(), evidence: after.clone().unwrap_or_default() };
    Some(Delta {
        fact: key.clone(),
        fact_type: FactType::Clauses,
        record: record.clone(),
        field: Some(FieldName::parse("text").ok()?),
        kind: ChangeKind::WordingChanged,
        old: clauses(&gone),
        new: clauses(&came),
        before,
        after,
        dates: Dates::default(),
        whole,
    })
}

#[cfg(test)]
mod tests;
