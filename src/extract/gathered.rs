//! What was read of a page so far: the records of each fact set, and what could not be read.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use super::days;
use super::in_turn::{self, InList};
use super::matches::Match;
use super::recipe::{FactRecipe, Locator};
use super::settle;
use crate::extract::page::bounds::{RECORDS, more_than};
use crate::extract::value::dated::Period;
use crate::model::{
    Breakage, Complaint, Evidence, Extraction, FactKey, FactSet, Facts, Record, RecordKey,
    Unreadable,
};

/// Everything read so far: every record with the key it asks for, every complaint.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) sets: BTreeMap<FactKey, (FactSet, Vec<(RecordKey, Dated)>)>,
    pub(crate) complaints: Vec<Complaint>,
    pub(crate) unreadable: Vec<Unreadable>,
    /// Rows under a heading that no word of the recipe's vocabulary names.
    pub(crate) unnamed: Vec<Unnamed>,
    /// Members of a family that are named by the words of their heading.
    pub(crate) members: Vec<Member>,
    /// Where facts were found, if not where the recipe looks first.
    pub(crate) relocated: Vec<String>,
    /// Records whose figures are others in new words at a later place, with those words.
    pub(crate) moved_on: Vec<(FactKey, RecordKey, String)>,
    /// The words that records were made of, and their blocks.
    pub(crate) captures: Vec<TakenWords>,
    /// The blocks of tables of another subject.
    pub(crate) left_out: Vec<usize>,
    /// How many records there are.
    records: usize,
}

/// A record, and the period in which it holds, according to the words over it.
pub(crate) struct Dated {
    pub(crate) record: Record,
    pub(crate) period: Option<Period>,
    /// The list that it stands in, if a day is over that.
    pub(crate) list: Option<Box<InList>>,
    /// Whether a notice says it, over what the rest of the page says of the same record.
    pub(crate) is_over: bool,
    /// Whether it then also stands where the rest of the page has no such record.
    pub(crate) is_alone: bool,
    /// Whether all that it says is that a stream is open, be it for some days.
    pub(crate) is_of_intake: bool,
}

impl Dated {
    /// The record of a match, which may be a notice.
    pub(crate) fn of(
        matched: &Match<'_>,
        record: Record,
        period: Option<Period>,
        list: Option<InList>,
    ) -> Self {
        let stated = matched.stated.as_ref();
        let is_over = stated.is_some_and(|stated| stated.is_over);
        let is_alone = stated.is_some_and(|stated| stated.is_alone);
        let is_of_intake = stated.is_some_and(|stated| stated.is_of_intake);
        Self { record, period, list: list.map(Box::new), is_over, is_alone, is_of_intake }
    }
}

/// A row whose family member no heading above it names: a known member under a new heading, or a new member.
pub(crate) struct Unnamed {
    /// The heading it is under.
    pub(crate) heading: String,
    /// The locator that found it.
    pub(crate) locator: Locator,
    /// The row.
    pub(crate) matched: Match<'static>,
}

/// A member of a family that no word of the recipe's vocabulary names.
pub(crate) struct Member {
    /// The cell that names the members of the family.
    pub(crate) cell: String,
    /// The word it goes by.
    pub(crate) word: String,
    /// The locator that found it, and its heading as printed.
    pub(crate) evidence: Evidence,
}

/// Words that a record was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TakenWords {
    /// The block they are in, or are above.
    pub(crate) at: usize,
    /// Their row in a table, counted from one; zero if they are in none.
    pub(crate) row: usize,
    /// The words as printed.
    pub(crate) words: String,
    /// Whether their set is one of clauses.
    pub(crate) is_prose: bool,
    /// Whether their set is a series, which never alerts.
    pub(crate) is_series: bool,
}

impl Gathered {
    /// Refuses more records than a page may have.
    pub(crate) fn check(&self) -> Result<(), Breakage> {
        if self.is_full() { Err(more_than(RECORDS, "records and complaints")) } else { Ok(()) }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.records + self.complaints.len() > RECORDS
    }

    pub(crate) fn insert(
        &mut self,
        recipe: &FactRecipe,
        fact: FactKey,
        key: RecordKey,
        record: Dated,
    ) {
        self.records += 1;
        let (set, records) = self.sets.entry(fact).or_insert_with(|| {
            let set = FactSet {
                kind: recipe.kind,
                records: BTreeMap::new(),
                notes: recipe.notes(),
                wording: recipe.wording(),
                dates: recipe.dates.clone(),
            };
            (set, Vec::new())
        });
        days::note(set, &record.record.fields);
        records.push((key, record));
    }

    /// Puts what a notice says of a record over what the rest of the page says. Of a record that the rest of the
    /// page does not have, the notices of a page of several say nothing.
    pub(crate) fn put_over(&mut self) {
        for (set, records) in self.sets.values_mut() {
            let (over, rest): (Vec<_>, Vec<_>) =
                std::mem::take(records).into_iter().partition(|(_, dated)| dated.is_over);
            *records = rest;
            for (key, notice) in over {
                if notice.is_alone && !records.iter().any(|(of, _)| *of == key) {
                    records.push((key, Dated { is_over: false, ..notice }));
                    continue;
                }
                for (_, dated) in records.iter_mut().filter(|(of, _)| *of == key) {
                    dated.is_over = true;
                    // The days of an intake are for the rest of the page to say, where its recipe asks for them.
                    if notice.is_of_intake && set.dates.expires.is_some() {
                        continue;
                    }
                    for (name, value) in &notice.record.fields {
                        dated.record.fields.insert(name.clone(), value.clone());
                    }
                    dated.record.evidence.quote.clone_from(&notice.record.evidence.quote);
                }
            }
        }
        self.sets.retain(|_, (_, records)| !records.is_empty());
    }

    /// Whether no record was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Adds what was gathered from another part.
    pub(crate) fn join(&mut self, other: Self) {
        for (fact, (set, records)) in other.sets {
            self.records += records.len();
            self.sets.entry(fact).or_insert_with(|| (set, Vec::new())).1.extend(records);
        }
        self.complaints.extend(other.complaints);
        self.unreadable.extend(other.unreadable);
        self.unnamed.extend(other.unnamed);
        self.members.extend(other.members);
        self.relocated.extend(other.relocated);
        self.moved_on.extend(other.moved_on);
        self.captures.extend(other.captures);
        self.left_out.extend(other.left_out);
    }

    /// Whether a record that asks for this key was read in a fact set.
    pub(crate) fn has(&self, fact: &FactKey, record: &RecordKey) -> bool {
        self.sets.get(fact).is_some_and(|(_, records)| records.iter().any(|(key, _)| key == record))
    }

    /// Leaves out the records that others have read.
    pub(crate) fn leave_out_those_of(&mut self, others: &Self) {
        for (fact, (_, records)) in &mut self.sets {
            records.retain(|(record, _)| !others.has(fact, record));
        }
    }

    /// Whether the record was read of which something cannot be.
    pub(crate) fn has_record_of(&self, lost: &Unreadable) -> bool {
        let set = self.sets.iter().find(|(fact, _)| fact.as_str() == lost.fact);
        set.is_some_and(|(fact, _)| lost.record().is_some_and(|record| self.has(fact, record)))
    }

    /// Takes out the first record that asks for a key in a fact set.
    pub(crate) fn take(&mut self, fact: &FactKey, record: &RecordKey) -> Option<Dated> {
        let (_, records) = self.sets.get_mut(fact)?;
        let at = records.iter().position(|(key, _)| key == record)?;
        Some(records.swap_remove(at).1)
    }

    /// Settles the records that ask for one key, such as those of two columns that a day tells apart.
    pub(crate) fn settle_records(&mut self) {
        for (fact, (set, records)) in &mut self.sets {
            self.unreadable.extend(in_turn::by_day(fact, set, records));
            // All records of a part are notices, or none is.
            let is_over = records.iter().any(|(_, dated)| dated.is_over);
            let is_alone = records.iter().any(|(_, dated)| dated.is_alone);
            let is_of_intake = records.iter().all(|(_, dated)| dated.is_of_intake);
            let settled = settle::settle(set, std::mem::take(records)).into_iter();
            let dated = |(key, record)| {
                let (period, list) = (None, None);
                (key, Dated { record, period, list, is_over, is_alone, is_of_intake })
            };
            *records = settled.map(dated).collect();
        }
    }

    /// Settles collisions: two complaints about the same words become one, and so do two copies of a record.
    pub(crate) fn settled(mut self, known: &Facts, today: Date) -> Extraction {
        let mut extraction = Extraction::default();
        for (fact, (mut set, mut records)) in self.sets {
            self.unreadable.extend(in_turn::by_day(&fact, &mut set, &mut records));
            let known = (known.get(&fact), today);
            self.unreadable.extend(in_turn::alone(&fact, &mut set, &mut records, known));
            set.records = settle::settle(&set, records);
            extraction.facts.insert(fact, set);
        }
        let mut known = HashSet::new();
        extraction.unreadable = self.unreadable;
        extraction.relocated = self.relocated;
        extraction.moved_on = self.moved_on;
        extraction.complaints = self.complaints;
        extraction.complaints.retain(|c| {
            known.insert((c.fact.clone(), c.text.clone(), c.why.clone(), c.about.clone()))
        });
        extraction
    }
}
