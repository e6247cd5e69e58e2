//! Parts of a page that has another layout: the rows of a table are lists, the items of a list are lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Parts, only, place_of};
use crate::extract::absence::{KnownRecord, may_have_read};
use crate::extract::document::AS_LINES;
use crate::extract::form::items::ITEM;
use crate::extract::gathered::Gathered;
use crate::extract::matches::Match;
use crate::extract::recipe::{Form, Locator, Part};
use crate::extract::remainder::PATH_PART;
use crate::extract::search;
use crate::model::{
    Extent, Record, Unreadable, Value, text,
    words::{NOISE_RECORD, TAKEN, UNDER, words},
};

impl Parts<'_, '_> {
    /// What the locators of a part find if the page has another layout; they are named by it.
    pub(super) fn relaid<'p>(
        &'p self,
        part: &'p Part,
        known: &[KnownRecord<'_>],
    ) -> Option<(Locator, Vec<Match<'p>>)> {
        let locators = part.locators.iter().filter(|locator| !locator.is_of_the_rest());
        locators.into_iter().find_map(|locator| {
            let (mut matches, what) = self.document.find_relaid(locator)?;
            self.leave_out_denied(locator, &mut matches);
            let locator = search::named(locator.clone(), what);
            // Any line may be an item.
            if what == AS_LINES {
                self.leave_out_other_lines(&mut matches);
            }
            let is_it = what != AS_LINES || self.gives_known(&locator, &matches, known);
            (is_it && !matches.is_empty()).then_some((locator, matches))
        })
    }

    /// Whether what a locator finds gives some of known records.
    fn gives_known(
        &self,
        locator: &Locator,
        matches: &[Match<'_>],
        known: &[KnownRecord<'_>],
    ) -> bool {
        let only = only(self.known, known);
        let (fact, is_one_of_theirs) = (self.fact, &|_: &str| false);
        let sought = search::Sought { fact, known: &only, is_one_of_theirs, within: None };
        search::gives_known(&sought, locator, matches)
    }

    /// The place that has known items of a part, if they are lines there.
    pub(super) fn place_of_lines(
        &self,
        part: &Part,
        known: &[KnownRecord<'_>],
    ) -> Option<search::Elsewhere> {
        let relaid = self.relaid(part, known);
        let (locator, matches) = relaid.filter(|(one, _)| one.name.ends_with(AS_LINES))?;
        let proposal = locator.name.to_string();
        let matches: Vec<Match<'_>> = matches.into_iter().map(Match::into_owned).collect();
        self.gives_known(&locator, &matches, known).then_some(search::Elsewhere {
            locator,
            proposal,
            matches,
        })
    }

    /// Reads known items that are lines now, where all of their list are, or none is left under its heading.
    pub(super) fn read_lines(
        &self,
        part: &Part,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        if !matches!(locator.form, Form::Items(_)) {
            return;
        }
        let is_lost = |(fact, record, was): &KnownRecord<'_>| {
            may_have_read(self.fact, part, record, was) && !found.has(fact, record)
        };
        let mut lost: Vec<KnownRecord<'_>> =
            known.iter().filter(|one| is_lost(one)).copied().collect();
        if lost.is_empty() {
            return;
        }
        let Some(mut place) = self.place_of_lines(part, &lost) else { return };
        let items = self.document.find(locator).unwrap_or_default();
        let lists = whole_lists(&lost, known);
        let of_lists = lost.iter().filter(|(.., was)| lists.contains(place_of(was)));
        let of_lists: HashSet<&str> = of_lists.map(|(.., was)| &*was.evidence.quote).collect();
        let is_left =
            |heading: Option<&str>| items.iter().any(|item| item.get("heading") == heading);
        let is_one =
            |line: &Match<'_>| of_lists.contains(&*line.quote) || !is_left(line.get("heading"));
        let (ours, others): (Vec<_>, Vec<_>) = place.matches.into_iter().partition(is_one);
        self.doubt_lines(&place.locator, others, &lost, found);
        place.matches = ours;
        let mut lines = Gathered::default();
        self.recorder().add(&place.locator, place.matches.clone(), &mut lines);
        lost.retain(|(fact, record, _)| lines.has(fact, record));
        if lost.is_empty() {
            return;
        }
        let why = format!("{}: it does not find all items of before", locator.name);
        let locator = place.locator.clone();
        let mut lines = self.read_at(vec![place], None, &lost, &why);
        lines.leave_out_those_of(found);
        self.leave_out_new_lines(&locator, &mut lines);
        found.join(lines);
    }

    /// Takes lost items for unreadable that stand in lines now, beside others that are items still.
    fn doubt_lines(
        &self,
        locator: &Locator,
        lines: Vec<Match<'static>>,
        lost: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        let mut said = Gathered::default();
        self.recorder().add(locator, lines, &mut said);
        for (fact, record, was) in lost.iter().filter(|(fact, record, _)| said.has(fact, record)) {
            let of = Extent::Record((*record).clone());
            let why = "it is no item of its list any more, and stands in a line";
            let stands = text::excerpt(&was.evidence.quote, 200);
            let unreadable = Unreadable::new(fact.as_str(), of, why);
            found.unreadable.push(unreadable.standing(Some(stands)));
        }
    }

    /// Leaves out the lines that stood on the page before and were no items.
    fn leave_out_other_lines(&self, matches: &mut Vec<Match<'_>>) {
        // Under which heading of the page each line stood; of those that are read or noise, under any.
        let mut stood: HashMap<Vec<String>, Vec<Option<&str>>> = HashMap::new();
        for (key, set) in self.known {
            for (path, record) in &set.records {
                let last = path.as_str().rsplit(UNDER).next();
                let is_of_heading = key.as_str().starts_with("page.") && last != Some(NOISE_RECORD);
                let heading = last.filter(|_| is_of_heading);
                // A line that was taken for an item, and not believed, may be one still.
                let lines = record.fields.values().flat_map(Value::clauses);
                for line in lines.filter(|line| !line.contains(TAKEN)) {
                    stood.entry(words(line)).or_default().push(heading);
                }
            }
        }
        matches.retain(|line| {
            let (said, heading) = (words(&line.quote), line.get("heading").map(headed));
            let is_there = |at: &Option<&str>| at.is_none() || *at == heading.as_deref();
            !stood.get(&said).is_some_and(|at| at.iter().any(is_there))
        });
    }

    /// Does not believe new records that are lines of paragraphs: they may be no items.
    pub(super) fn leave_out_new_lines(&self, locator: &Locator, found: &mut Gathered) {
        if !locator.name.ends_with(AS_LINES) {
            return;
        }
        for (key, (_, records)) in &mut found.sets {
            let known = self.known.get(key).map(|set| &set.records);
            records.retain(|(record, new)| {
                let is_known = known.is_some_and(|known| known.contains_key(record));
                if !is_known {
                    let why = format!("{record} is new, and may be no item of the list");
                    let unreadable = Unreadable::new(key.as_str(), Extent::Row, why);
                    let stands = text::excerpt(&new.record.evidence.quote, 200);
                    found.unreadable.push(unreadable.standing(Some(stands)));
                }
                is_known
            });
        }
        found.sets.retain(|_, (_, records)| !records.is_empty());
    }
}

/// A heading as the words of a page are kept by it.
fn headed(heading: &str) -> String {
    text::excerpt(heading, PATH_PART)
}

/// The places of lost items that followed one another, if none that is not lost was beside them.
fn whole_lists<'k>(lost: &[KnownRecord<'k>], known: &[KnownRecord<'k>]) -> HashSet<&'k str> {
    let number = |was: &Record| place_of(was).strip_prefix(ITEM)?.parse::<usize>().ok();
    let mut items: BTreeMap<usize, (&'k str, bool)> = BTreeMap::new();
    for (fact, record, was) in known {
        let Some(n) = number(was) else { continue };
        let is_lost = lost.iter().any(|(f, r, _)| (f, r) == (fact, record));
        let (_, all_lost) = items.entry(n).or_insert((place_of(was), true));
        *all_lost &= is_lost;
    }
    let items: Vec<(usize, (&str, bool))> = items.into_iter().collect();
    let lists = items.chunk_by(|(a, _), (b, _)| a + 1 == *b);
    let lost = lists.filter(|list| list.iter().all(|(_, (_, is_lost))| *is_lost));
    lost.flatten().map(|(_, (place, _))| *place).collect()
}
