//! A new table of another subject beside those of a fact set.
//!
//! "Atlantic Immigration Program", and below it a table of amounts by the size of a family, on the page of another
//! program. Its columns are those of the recipe, so its rows would be read as new records, or as seconds of the known
//! ones. While all that is known still stands in its own tables, such a table is left to the rest of the page, where
//! it is reported as unread. A table that was split holds some of what is known, and is read.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use super::doubt::{is_said, renamed};
use super::{Parts, SEVERAL};
use crate::extract::absence::{KnownRecord, locator_of};
use crate::extract::gathered::Gathered;
use crate::extract::matches::Match;
use crate::extract::recipe::{FactRecipe, Form, Locator, Part};
use crate::extract::structure::TITLE;
use crate::extract::value::dated;
use crate::model::{
    FactType, Facts, Value, text,
    words::{CELL, TAKEN, UNDER, words},
};

/// The cells with words over a table.
const OVER: [&str; 3] = [HEADING, "caption", INTRO];
const HEADING: &str = "heading";
const INTRO: &str = "intro";

/// The most tables with the same rows that are looked at.
const MOST_COPIES: usize = 20;

/// How many characters of a heading are kept in the path of what stands under it.
const KEPT: usize = 80;

/// Words over a table that name no subject of its own: they say that it goes on, is new, or to which applications it
/// applies.
static OF_NO_SUBJECT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "a added additional all also amount amounts an and applicant applicants application applications apply \
     applying are as at be been by candidate candidates change changed changes coming complete continued current \
     effective eligible figures following for from full further had has have here if in increase increased \
     increases indexed invited is latest list listed lists made more must need needed new newly nomination \
     nominations now of on or other others our page part program programs rate rates received recently required \
     requirement requirements see submitted table tables than that the their these they this those to upcoming \
     update updated values was were will with you your \
     admissible admissibles ajout ajoutee ajoutees ajoutes au autre autres aux avec candidat candidats ce ces \
     cette changement changements complete d dans de demande demandes demandeur demandeurs des du en est et exige \
     exigee exigees exigences exiges l la le les leur liste mise montant montants nouveau nouveaux nouvel \
     nouvelle nouvelles ou par pour presentee presentees programme programmes que qui recue recues sont suivant \
     suivante suivantes suivants sur tableau taux un une valeurs vigueur vos votre vous"
        .split_whitespace()
        .collect()
});

/// A table among the matches of a locator.
struct Table<'m, 'a> {
    at: usize,
    rows: Vec<&'m Match<'a>>,
    /// The headings over its own one: "Study permits" over "On or after September 1, 2026".
    above: Vec<&'m str>,
}

impl Table<'_, '_> {
    /// The words over it that may name its subject, each with its cell.
    fn over(&self) -> impl Iterator<Item = (&str, &str)> {
        let first = self.rows.first();
        let over = OVER.iter().filter_map(move |cell| Some((*cell, first?.get(cell)?)));
        let is_title = |(cell, said): &(&str, &str)| {
            !said.trim().is_empty() && (*cell != INTRO || words(said).len() <= TITLE)
        };
        over.filter(is_title).chain(self.above.iter().map(|said| (HEADING, *said)))
    }

    /// The words over its columns.
    fn headers(&self) -> impl Iterator<Item = &str> {
        self.rows.first().into_iter().flat_map(|row| row.headers())
    }
}

impl Parts<'_, '_> {
    /// Takes out of what a locator finds the tables of another subject; returns their blocks.
    pub(super) fn take_apart(
        &self,
        part: &Part,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        matches: &mut Vec<Match<'_>>,
    ) -> Vec<usize> {
        let of_part = |(.., was): &&KnownRecord<'_>| locator_of(part, was).is_some();
        let known: Vec<KnownRecord<'_>> = known.iter().filter(of_part).copied().collect();
        let all = self.tables(matches);
        if all.len() < 2 || known.is_empty() || !is_of_tables(self.fact, locator) {
            return Vec::new();
        }
        if !is_of_one_subject(self.fact, locator) {
            return self.take_copies(locator, &known, matches);
        }
        let before = Before::of(self.known);
        let is_new = |table: &&Table<'_, '_>| self.is_of_new_subject(table, &all, &before, &known);
        let mut new: Vec<usize> = all.iter().filter(is_new).map(|table| table.at).collect();
        if new.is_empty() {
            return new;
        }
        let read = |is_of: &dyn Fn(usize) -> bool| {
            let mut found = Gathered::default();
            let rows = matches.iter().filter(|matched| is_of(matched.at)).cloned().collect();
            self.recorder().add(locator, rows, &mut found);
            found
        };
        // Where all have new words over them, the one that says most of what is known is its own.
        if new.len() == all.len() {
            let says = |at: usize| said(&read(&|of| of == at), &known);
            let own = new.iter().copied().max_by_key(|at| (says(*at), std::cmp::Reverse(*at)));
            let Some(own) = own.filter(|at| says(*at) > 0) else { return Vec::new() };
            new.retain(|at| *at != own);
        }
        let own = read(&|at| !new.contains(&at));
        new.retain(|at| is_beside(&read(&|of| of == *at), &own, &known));
        matches.retain(|matched| !new.contains(&matched.at));
        new
    }

    /// Takes out the tables that have the rows of another one under words that give their records other keys: a template
    /// repeats a table under the heading of something else. Returns their blocks.
    fn take_copies(
        &self,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        matches: &mut Vec<Match<'_>>,
    ) -> Vec<usize> {
        let mut by_rows: BTreeMap<Vec<Vec<String>>, Vec<usize>> = BTreeMap::new();
        for table in self.tables(matches).iter().filter(|table| table.rows.len() >= SEVERAL) {
            let mut rows: Vec<_> = table.rows.iter().map(|row| words(&row.quote)).collect();
            rows.sort_unstable();
            by_rows.entry(rows).or_default().push(table.at);
        }
        let is_known = |at: &usize| {
            let mut found = Gathered::default();
            let rows = matches.iter().filter(|matched| matched.at == *at).cloned().collect();
            self.recorder().add(locator, rows, &mut found);
            said(&found, known) > 0
        };
        let mut copies = Vec::new();
        for same in by_rows.into_values().filter(|same| (2..=MOST_COPIES).contains(&same.len())) {
            let (own, new): (Vec<usize>, Vec<usize>) = same.into_iter().partition(is_known);
            copies.extend(if own.is_empty() { Vec::new() } else { new });
        }
        matches.retain(|matched| !copies.contains(&matched.at));
        copies
    }

    /// The rows of a locator by their tables.
    fn tables<'m, 'a>(&'m self, matches: &'m [Match<'a>]) -> Vec<Table<'m, 'a>> {
        let mut tables: Vec<Table<'m, 'a>> = Vec::new();
        for matched in matches {
            match tables.iter_mut().find(|table| table.at == matched.at) {
                Some(table) => table.rows.push(matched),
                None => {
                    let above = self.headings_over(matched).skip(1);
                    let (at, rows, above) = (matched.at, vec![matched], above.collect());
                    tables.push(Table { at, rows, above });
                }
            }
        }
        tables
    }

    /// Whether words over a table name a subject that the others have not, and are new, or were over a table that
    /// nothing read.
    fn is_of_new_subject(
        &self,
        table: &Table<'_, '_>,
        all: &[Table<'_, '_>],
        before: &Before<'_>,
        known: &[KnownRecord<'_>],
    ) -> bool {
        let others = all.iter().filter(|other| other.at != table.at);
        let others = || others.clone().flat_map(Table::over).map(|(_, said)| said);
        let is_known = |said: &str| self.phrases().say(&words(said)) || before.has_heading(said);
        let titles = self.fact.title.iter().flat_map(|title| [&*title.en, &*title.fr]);
        let said = others().chain(table.headers()).filter(|said| is_known(said));
        let own = titles.chain(said);
        let own: HashSet<String> = own.flat_map(words).map(|word| one(&word).to_owned()).collect();
        let names_a_subject = |said: &str| {
            let said = words(&dated::without_period(said)).into_iter();
            said.filter(|word| word.chars().all(char::is_alphabetic))
                .any(|word| !OF_NO_SUBJECT.contains(&*word) && !own.contains(one(&word)))
        };
        let is_new = |(cell, said)| !is_known(said) || before.is_unread((cell, said), table, known);
        let mut over = table.over().filter(|(_, said)| others().all(|other| other != *said));
        over.any(|over| names_a_subject(over.1) && is_new(over))
    }
}

/// Whether a locator reads tables whose rows are known, or new, by themselves: draws and notices come and go.
fn is_of_tables(fact: &FactRecipe, locator: &Locator) -> bool {
    let comes_and_goes = matches!(
        fact.kind,
        FactType::Draws | FactType::Notices | FactType::Series | FactType::Clauses
    );
    matches!(locator.form, Form::Table(_) | Form::Matrix(_))
        && !locator.is_of_the_rest()
        && !comes_and_goes
        && !fact.is_window()
}

/// Whether the tables of a locator are all of one subject. A code is what it is under any heading: occupations are
/// listed group by group.
fn is_of_one_subject(fact: &FactRecipe, locator: &Locator) -> bool {
    fact.kind != FactType::Occupations && !is_named_by_headings(fact, locator)
}

/// Whether the words over a table are a part of its records' keys, or name the member of a family: then a new subject is
/// what the recipe looks for.
fn is_named_by_headings(fact: &FactRecipe, locator: &Locator) -> bool {
    let is_over = |cell: &str| OVER.contains(&cell);
    let is_keyed_so = |name: &str| {
        let mut fields = fact.fields.iter().filter(|field| field.name.as_str() == name);
        is_over(name) || fields.any(|field| field.from.iter().any(|cell| is_over(cell)))
    };
    locator.named_by.is_some() || fact.key.names().chain(fact.record.names()).any(is_keyed_so)
}

/// Whether what a table gives stands beside what is known: none of that is lost elsewhere, and it does not say most of
/// its keys as they were while their own tables do not.
fn is_beside(found: &Gathered, own: &Gathered, known: &[KnownRecord<'_>]) -> bool {
    let kept = renamed(own, known);
    let stands = |(fact, record, _): &&KnownRecord<'_>| {
        own.has(fact, record) || kept.contains(&(*fact, *record))
    };
    let lost: Vec<KnownRecord<'_>> = known.iter().filter(|one| !stands(one)).copied().collect();
    let has_lost = lost.iter().any(|(fact, record, _)| found.has(fact, record));
    let of_table = |(fact, record, _): &&KnownRecord<'_>| found.has(fact, record);
    let of_table: Vec<KnownRecord<'_>> = known.iter().filter(of_table).copied().collect();
    let as_known = said(found, &of_table);
    !has_lost
        && renamed(found, &lost).is_empty()
        && (as_known * 2 <= of_table.len() || as_known <= said(own, &of_table))
}

/// How many known records are found as they were.
fn said(found: &Gathered, known: &[KnownRecord<'_>]) -> usize {
    known.iter().filter(|one| is_said(found, one)).count()
}

/// The page as it was; each part of it computed on first use.
struct Before<'k> {
    known: &'k Facts,
    sections: OnceCell<Sections>,
    rows: OnceCell<HashSet<Vec<String>>>,
}

/// The headings of a page.
#[derive(Default)]
struct Sections {
    all: HashSet<Vec<String>>,
    /// Those right over rows of tables of which nothing was read.
    unread: HashSet<Vec<String>>,
}

impl<'k> Before<'k> {
    fn of(known: &'k Facts) -> Self {
        Self { known, sections: OnceCell::new(), rows: OnceCell::new() }
    }

    fn sections(&self) -> &Sections {
        self.sections.get_or_init(|| {
            let mut sections = Sections::default();
            for (path, rows) in rows_of(self.known) {
                sections.all.extend(path.split(UNDER).map(words));
                let mut rows = rows.peekable();
                if rows.peek().is_some() && rows.all(|row| !row.contains(TAKEN)) {
                    sections.unread.extend(path.split(UNDER).last().map(words));
                }
            }
            sections
        })
    }

    fn has_heading(&self, said: &str) -> bool {
        self.sections().all.contains(&heading(said))
    }

    /// Whether the words over a table were over one that nothing read: no row of their section was read, or rows of
    /// this table stood on the page unread.
    fn is_unread(
        &self,
        (cell, said): (&str, &str),
        table: &Table<'_, '_>,
        known: &[KnownRecord<'_>],
    ) -> bool {
        if cell == HEADING {
            return self.sections().unread.contains(&heading(said));
        }
        let unread = || {
            let rows = rows_of(self.known).flat_map(|(_, rows)| rows);
            rows.filter(|row| !row.contains(TAKEN)).map(|row| words(row)).collect()
        };
        let is_known =
            |row: &Match<'_>| known.iter().any(|(.., was)| was.evidence.quote == row.quote);
        let mut rows = table.rows.iter().filter(|row| !is_known(row));
        rows.any(|row| self.rows.get_or_init(unread).contains(&words(&row.quote)))
    }
}

/// The rows of tables on a page by the path of headings over them.
fn rows_of(known: &Facts) -> impl Iterator<Item = (&str, impl Iterator<Item = &String>)> {
    let pages = known.iter().filter(|(key, _)| key.as_str().starts_with("page."));
    let records = pages.flat_map(|(_, set)| &set.records);
    records.map(|(path, record)| {
        let lines = record.fields.values().flat_map(Value::clauses);
        (path.as_str(), lines.filter(|line| line.contains(CELL)))
    })
}

fn heading(said: &str) -> Vec<String> {
    words(&text::excerpt(said, KEPT))
}

/// A word in the singular.
fn one(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}
