//! The members of a family: rows under a heading that no word names, and members whose heading is gone.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::doubt::is_said;
use super::{Parts, SEVERAL};
use crate::extract::absence::known_of;
use crate::extract::gathered::{Gathered, Member, TakenWords, Unnamed};
use crate::extract::matches::Match;
use crate::extract::recipe::Locator;
use crate::extract::value::typo;
use crate::model::{
    Cause, Complaint, Evidence, FactKey, FactSet, FactType, Facts, RecordKey, text,
};

impl Parts<'_, '_> {
    /// Searches, one by one, for the members of a family that are no longer found while others are.
    pub(super) fn members(&self, gathered: &mut Gathered) {
        if self.fact.key.names().next().is_none() {
            return;
        }
        let missing: Vec<FactKey> = self
            .known
            .keys()
            .filter(|key| self.fact.covers(key) && !gathered.sets.contains_key(*key))
            .cloned()
            .collect();
        for key in missing {
            let Some(set) = self.known.get(&key) else { continue };
            if self.is_under_another(&key, set, gathered) {
                continue;
            }
            let only: Facts = [(key.clone(), set.clone())].into();
            let of_set = known_of(self.fact, &only);
            let why = format!("the place of {key} is not found");
            let found = self.elsewhere(&self.fact.parts, Some(&key), &of_set, &why);
            if !found.relocated.is_empty() {
                gathered.join(found);
            }
        }
    }

    /// Moves back the records of a missing member from another member that now has most of them and had
    /// none: the member's heading is gone, and its table is under the previous one.
    fn is_under_another(&self, key: &FactKey, set: &FactSet, gathered: &mut Gathered) -> bool {
        let is_of = |of: &FactKey, record: &RecordKey| {
            let before = self.known.get(of);
            set.records.contains_key(record)
                && before.is_some_and(|before| !before.records.contains_key(record))
        };
        let shared = |of: &FactKey| {
            let records = gathered.sets.get(of).map_or(&[][..], |(_, records)| records);
            let n = records.iter().filter(|(record, _)| is_of(of, record)).count();
            n >= SEVERAL && n * 2 > set.records.len()
        };
        let Some(other) = gathered.sets.keys().find(|of| shared(of)) else { return false };
        let other = other.clone();
        let Some((kind, records)) = gathered.sets.get_mut(&other) else { return false };
        let (theirs, own) =
            std::mem::take(records).into_iter().partition(|(record, _)| is_of(&other, record));
        *records = own;
        let moved = (FactSet { records: BTreeMap::new(), ..kind.clone() }, theirs);
        gathered.sets.insert(key.clone(), moved);
        gathered
            .relocated
            .push(format!("{key}: its heading is gone, it stands under that of {other}"));
        true
    }

    /// Names rows by the known member that is not found and has them, where the heading over them is in other words and
    /// the one above it would name them: the heading of a member was reworded, and its rows are not those of another.
    pub(super) fn named_as_known<'m>(
        &self,
        locator: &Locator,
        mut matches: Vec<Match<'m>>,
        found: &mut Gathered,
    ) -> Vec<Match<'m>> {
        let Some(named_by) = &locator.named_by else { return matches };
        let word_of = |key: &FactKey| self.fact.key.word_of(key.as_str()).map(str::to_owned);
        let is_found = |word: &String| matches.iter().any(|m| m.get(&named_by.cell) == Some(word));
        let known = self.known.keys().filter(|key| self.fact.covers(key));
        let mut missing: Vec<String> = known.filter_map(word_of).collect();
        missing.retain(|word| !is_found(word));
        if missing.is_empty() {
            return matches;
        }
        let mut headings: Vec<String> = Vec::new();
        for matched in matches.iter().filter(|matched| matched.get(&named_by.cell).is_some()) {
            let heading = matched.get("heading").unwrap_or_default();
            let is_new = !headings.iter().any(|known| known == heading);
            if is_new && typo::named(&named_by.vocabulary, heading).is_none() {
                headings.push(heading.to_owned());
            }
        }
        for heading in headings {
            let is_under = |m: &&mut Match<'_>| m.get("heading") == Some(heading.as_str());
            let unnamed = |matched: &mut Match<'m>| Unnamed {
                heading: heading.clone(),
                locator: locator.clone(),
                matched: matched.clone().into_owned(),
            };
            let group: Vec<Unnamed> = matches.iter_mut().filter(is_under).map(unnamed).collect();
            let Some(word) = missing.iter().find(|word| self.are_theirs(&group, word)) else {
                continue;
            };
            let cell = &named_by.cell;
            matches.iter_mut().filter(is_under).for_each(|m| m.replace(cell.clone(), word.clone()));
            found.relocated.push(format!("{}: {word} is under `{heading}`", self.fact.key));
        }
        matches
    }

    /// Whether rows, named by a member, are most of what is known of it.
    fn are_theirs(&self, group: &[Unnamed], word: &str) -> bool {
        let found = self.named(group, word);
        found.sets.iter().any(|(key, (_, records))| {
            let Some(before) = self.known.get(key) else { return false };
            let is_known = |name: &RecordKey| before.records.contains_key(name);
            let shared = records.iter().filter(|(name, _)| is_known(name)).count();
            shared * 2 > before.records.len().min(records.len())
        })
    }

    /// Assigns rows under a heading that no word names to the known member that has these records, else to a
    /// new one, named by the words of the heading.
    pub(super) fn name_members(&self, gathered: &mut Gathered) {
        let mut groups: Vec<(String, Vec<Unnamed>)> = Vec::new();
        for unnamed in std::mem::take(&mut gathered.unnamed) {
            match groups.iter_mut().find(|(heading, _)| *heading == unnamed.heading) {
                Some((_, group)) => group.push(unnamed),
                None => groups.push((unnamed.heading.clone(), vec![unnamed])),
            }
        }
        // Where several have the codes of one member, the rows that are as they were are its own.
        if groups.len() > 1 {
            groups.sort_by_cached_key(|(_, group)| Reverse(self.said_of_members(group)));
        }
        for (heading, group) in groups {
            let slug = text::slug(&heading);
            let missing = self
                .known
                .keys()
                .filter(|key| self.fact.covers(key) && !gathered.sets.contains_key(*key));
            let words: Vec<String> = missing
                .filter_map(|key| self.fact.key.word_of(key.as_str()))
                .map(str::to_owned)
                .collect();
            let is_theirs = |word: &&String| self.are_theirs(&group, word);
            let word = words.iter().find(is_theirs).unwrap_or(&slug);
            let mut found = self.named(&group, word);
            match member(&group, word) {
                None => {
                    found.relocated.push(format!("{}: {word} is under `{heading}`", self.fact.key));
                }
                Some(member) => {
                    let at = group.first().map_or(0, |unnamed| unnamed.matched.at);
                    let words = heading.clone();
                    let (is_prose, is_series) = (false, self.fact.kind == FactType::Series);
                    found.captures.push(TakenWords { at, row: 0, words, is_prose, is_series });
                    found.members.push(member);
                    found.complaints.push(Complaint {
                        cause: Cause::Unnamed,
                        about: None,
                        fact: self.fact.key.to_string(),
                        place: "headings".to_owned(),
                        text: heading.clone(),
                        why: format!("no word names it; it is read as `{word}`"),
                    });
                }
            }
            gathered.join(found);
        }
    }

    /// How many records of one member rows give as they were known, if their member has its name.
    fn said_of_members(&self, group: &[Unnamed]) -> usize {
        let members = self.known.keys().filter(|key| self.fact.covers(key));
        let words = members.filter_map(|key| self.fact.key.word_of(key.as_str()));
        let known = known_of(self.fact, self.known);
        let said = |word: &str| {
            let found = self.named(group, word);
            known.iter().filter(|one| is_said(&found, one)).count()
        };
        words.map(said).max().unwrap_or_default()
    }

    /// What rows give if their member has this name.
    fn named(&self, group: &[Unnamed], word: &str) -> Gathered {
        let mut found = Gathered::default();
        let recorder = self.recorder();
        for unnamed in group {
            let mut matched = unnamed.matched.clone();
            if let Some(named_by) = &unnamed.locator.named_by {
                matched.replace(named_by.cell.clone(), word.to_owned());
            }
            let locator = Locator { named_by: None, ..unnamed.locator.clone() };
            recorder.add(&locator, vec![matched], &mut found);
        }
        found
    }
}

/// The member that rows under a heading belong to, if it goes by the words of the heading; none if the
/// vocabulary has its word.
fn member(group: &[Unnamed], word: &str) -> Option<Member> {
    let first = group.first()?;
    let named_by = first.locator.named_by.as_ref()?;
    let is_named = named_by.vocabulary.entries().any(|(name, _)| name == word);
    let evidence = Evidence {
        locator: first.locator.name.clone(),
        place: "headings".to_owned(),
        quote: first.heading.clone(),
    };
    (!is_named).then(|| Member { cell: named_by.cell.clone(), word: word.to_owned(), evidence })
}
