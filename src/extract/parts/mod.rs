//! The parts of a fact set as found on the page today, read with the help of what is known of them.
//!
//! A part is found by the first of its locators that finds something. If none does, the page is searched for
//! the known records of the part: if all are found, it moved; if only some are, those are read and the
//! others are unreadable. A later locator is believed only for what an earlier one read before.
//!
//! | room | what is in it |
//! |---|---|
//! | [`doubt`] | What is believed of a place that is not where its records were read before. |
//! | [`moved_on`] | A figure that is another one where a later locator reads it. |
//! | [`several`] | A sentence of the same shape before the one that a record was read from. |
//! | [`taken_off`] | A sentence that is no longer found: taken off, or said in other words. |
//! | [`apart`] | A new table of another subject beside those of a fact set. |
//! | [`recalled`] | Sections that only recall what holds elsewhere, or held in former days. |
//! | [`longer`] | An item under a longer name than the one that its recipe knows. |
//! | [`relaid`] | Parts of a page that has another layout: tables made lists, lists made lines. |
//! | [`family`] | The members of a family: rows under a heading that no word names. |

mod apart;
mod doubt;
mod family;
mod longer;
mod moved_on;
mod recalled;
mod relaid;
mod several;
mod taken_off;

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use super::absence::{KnownRecord, known_of, locator_of, parts_of};
use super::denied;
use super::document::Document;
use super::gathered::Gathered;
use super::in_turn::InList;
use super::matches::{MOST, Match};
use super::page::bounds::at_most;
use super::recipe::{FactRecipe, Form, Locator, Part};
use super::records::Recorder;
use super::rest::Rest;
use super::search;
use crate::model::{
    Breakage, Extent, FactKey, FactSet, FactType, Facts, Record, RecordKey, Unreadable, Value,
    day_of, text, words::Phrases,
};
use doubt::{Doubt, are_said, same};
use recalled::Section;

/// The fewest known records whose majority can show that a place is theirs.
const SEVERAL: usize = 3;

/// Stands between the places of one set, where it is in several.
const AND: &str = " + ";

/// A fact recipe on a page.
pub(super) struct Parts<'r, 'd> {
    pub(super) fact: &'r FactRecipe,
    /// Those read before it.
    pub(super) earlier: &'r [FactRecipe],
    pub(super) document: &'d Document<'d>,
    /// What is known of the source.
    pub(super) known: &'r Facts,
    /// Where its facts were found when the page was last believed, if not where the recipe looks first.
    pub(super) places: &'r str,
    /// The words of all that is known, computed on first use.
    pub(super) phrases: &'r OnceCell<Phrases>,
    /// What the sections of the page recall, computed on first use.
    pub(super) sections: &'r OnceCell<Vec<Section>>,
    /// The words of the page.
    pub(super) rest: &'r Rest<'r>,
    /// The day on which the page came.
    pub(super) today: Date,
    /// What the fact sets before this one have read.
    pub(super) before: &'r Gathered,
}

impl<'r> Parts<'r, '_> {
    /// Reads the fact set, or a family of sets.
    pub(super) fn read(&self) -> Result<Gathered, Breakage> {
        let known = known_of(self.fact, self.known);
        let mut gathered = Gathered::default();
        let mut lost = Vec::new();
        for (n, part) in self.fact.parts.iter().enumerate() {
            let mut located = self.locate(part);
            if let Ok((locator, matches)) = &mut located {
                gathered.left_out.extend(self.take_apart(part, locator, &known, matches));
                self.take_longer(locator, &known, matches);
            }
            let relaid = match &located {
                Ok((locator, matches)) => self.named_otherwise(locator, matches),
                Err(_) => self.relaid(part, &known),
            };
            let mut found = Gathered::default();
            match (relaid, located) {
                (Some((locator, matches)), _) => {
                    at_most(MOST, matches.len(), "matches of one locator")?;
                    let matches = self.named_as_known(&locator, matches, &mut found);
                    self.recorder().add(&locator, matches, &mut found);
                    self.doubt_relaid(part, &locator, &known, &mut found);
                }
                (None, Ok((locator, matches))) => {
                    at_most(MOST, matches.len(), "matches of one locator")?;
                    let matches = self.named_as_known(locator, matches, &mut found);
                    self.recorder().add(locator, matches, &mut found);
                    self.doubt_first(part, locator, &known, &mut found);
                    self.doubt_later(part, locator, &known, &mut found);
                    self.doubt_left_over(locator, &mut found);
                    self.read_beside(part, locator, &known, &mut found);
                    self.read_lines(part, locator, &known, &mut found);
                }
                (None, Err(tried)) => {
                    lost.push((n, tried));
                    continue;
                }
            }
            gathered.join(found);
            gathered.check()?;
        }
        self.name_members(&mut gathered);
        for (n, tried) in &lost {
            self.lost(*n, tried, &known, &mut gathered);
        }
        if lost.is_empty() {
            self.members(&mut gathered);
        }
        if let Some(part) = self.fact.notices() {
            gathered.put_over();
            self.doubt_without_notices(part, &known, &mut gathered);
        }
        Ok(gathered)
    }

    /// What the locators of a part find. A table is one of the rest if no row of it is read; while something
    /// else cannot be read, it may be that in another form.
    fn locate<'p>(&'p self, part: &'p Part) -> Result<(&'p Locator, Vec<Match<'p>>), String> {
        let (locator, mut matches) = self.document.locate(part)?;
        let some = matches.len();
        self.leave_out_denied(locator, &mut matches);
        if matches.is_empty() && some > 0 {
            return Err(format!(
                "{}: the page says that what it finds is not on the list",
                locator.name
            ));
        }
        self.leave_out_recalled(locator, &mut matches);
        if matches.is_empty() && some > 0 {
            return Err(format!("{}: what it finds is said to hold no longer", locator.name));
        }
        if let Some(other) = self.of_another(part, locator, &matches) {
            return Err(format!(
                "{}: the point grid that it finds is that of `{other}`",
                locator.name
            ));
        }
        if locator.is_of_the_rest() {
            let read = &self.before.captures;
            let read: HashSet<usize> = read.iter().filter(|c| c.row > 0).map(|c| c.at).collect();
            let left_out = &self.before.left_out;
            matches.retain(|m| !read.contains(&m.at) && !left_out.contains(&m.at));
            // Where all else is read, what is left is all there is, and may be nothing.
            if !self.before.unreadable.is_empty() {
                return Err(format!("{}: nothing is left", locator.name));
            }
        }
        Ok((locator, matches))
    }

    /// The other part, if one finds in its own words the point grid that this one finds only with other figures than
    /// it is known by.
    fn of_another(&self, part: &Part, locator: &Locator, matches: &[Match<'_>]) -> Option<&str> {
        if !matches!(locator.form, Form::Matrix(_)) || self.document.find(locator).is_ok() {
            return None;
        }
        let has = |found: &Match<'_>| matches.iter().any(|matched| matched.at == found.at);
        let others = self.fact.parts.iter().filter(|other| !std::ptr::eq(*other, part));
        let finds = |locator: &Locator| {
            matches!(locator.form, Form::Matrix(_))
                && self.document.find(locator).is_ok_and(|found| found.iter().any(has))
        };
        let mut others = others.filter(|other| other.locators.iter().any(finds));
        others.next().map(|other| &*other.name)
    }

    /// The headings over a match on an HTML page, from its own to the title of the page.
    fn headings_over(&self, matched: &Match<'_>) -> impl Iterator<Item = &str> {
        let outline = match self.document {
            Document::Html(html) => Some(&html.outline),
            _ => None,
        };
        outline.into_iter().flat_map(|outline| {
            let heading = outline.blocks.get(matched.at).and_then(|block| block.heading);
            outline.ancestors(heading).map(|at| &*outline.headings[at].text)
        })
    }

    fn leave_out_denied(&self, locator: &Locator, matches: &mut Vec<Match<'_>>) {
        if denied::is_of(self.fact) {
            matches.retain(|matched| !denied::denies(locator, matched, self.today));
            let leaves = |list: InList| list.is_of_leaving_after(self.today);
            let is_leaving =
                |matched: &_| InList::of(self.fact, locator, matched).is_some_and(leaves);
            matches.retain(|matched| !is_leaving(matched) || self.may_be_known(matched));
        }
    }

    /// Whether a row or an item has the code or the name of a known record, or none is known.
    fn may_be_known(&self, matched: &Match<'_>) -> bool {
        let said = text::slug(&matched.quote);
        let known = known_of(self.fact, self.known);
        let is_named = |record: &RecordKey| {
            record.as_str().rsplit('/').next().is_some_and(|name| said.contains(name))
        };
        known.is_empty() || known.iter().any(|(_, record, _)| is_named(record))
    }

    /// The same matches, named by lines in bold, if the headings do not name all of them.
    fn named_otherwise<'p>(
        &'p self,
        locator: &'p Locator,
        matches: &[Match<'_>],
    ) -> Option<(Locator, Vec<Match<'p>>)> {
        let cell = &locator.named_by.as_ref()?.cell;
        let unnamed =
            |matches: &[Match<'_>]| matches.iter().filter(|m| m.get(cell).is_none()).count();
        if unnamed(matches) == 0 {
            return None;
        }
        let (again, what) = self.document.find_relaid(locator)?;
        let is_better = again.len() == matches.len() && unnamed(&again) < unnamed(matches);
        is_better.then(|| (search::named(locator.clone(), what), again))
    }

    fn recorder(&self) -> Recorder<'r> {
        Recorder::new(self.fact, self.known, self.today, self.rest)
    }

    fn phrases(&self) -> &Phrases {
        self.phrases.get_or_init(|| Phrases::of(self.known))
    }

    /// Handles a part that no locator finds: searches for its known records.
    fn lost(&self, n: usize, tried: &str, known: &[KnownRecord<'_>], gathered: &mut Gathered) {
        let part = &self.fact.parts[n];
        let name = if part.name.is_empty() { String::new() } else { format!("{}: ", part.name) };
        let why = format!("{name}{tried}");
        let oldest = self.oldest_notice();
        let has_left = |(_, record, was): &KnownRecord<'_>| {
            day_of(record, was).zip(oldest).is_some_and(|(day, oldest)| day < oldest)
        };
        let is_of = |known: &&KnownRecord<'_>| {
            let (fact, record, was) = **known;
            let parts = parts_of(self.fact, was);
            (parts.is_empty() || parts.contains(&n))
                && !gathered.has(fact, record)
                && !has_left(known)
        };
        let mut of_part: Vec<KnownRecord<'_>> = known.iter().filter(is_of).copied().collect();
        let may_leave = self.fact.kind == FactType::Clauses || self.fact.is_of_notices();
        if may_leave && !part.required {
            of_part.retain(|(.., was)| !self.notices(part).is_taken_off(&was.evidence.quote));
        }
        if of_part.is_empty() {
            // An optional part that was never read is not missed.
            if part.required {
                gathered.unreadable.push(self.never_read(known, why));
            }
            return;
        }
        let is_of_the_rest = part.locators.iter().any(Locator::is_of_the_rest);
        let parts = if is_of_the_rest { &[][..] } else { std::slice::from_ref(part) };
        let mut found = self.elsewhere(parts, None, &of_part, &why);
        // What may say it in other words today is known tomorrow.
        let suspects = self.notices(part).noted();
        if may_leave && !part.required && !suspects.is_empty() && !found.unreadable.is_empty() {
            let place = relocated(&self.fact.key.to_string(), &why, false) + &suspects;
            found.relocated.push(place);
        }
        gathered.join(found);
    }

    /// Searches for the known records of a part, or of a member of a family, and reads them where they are.
    fn elsewhere(
        &self,
        parts: &[Part],
        member: Option<&FactKey>,
        known: &[KnownRecord<'_>],
        why: &str,
    ) -> Gathered {
        let places = self.places(parts, (member, None), known);
        self.read_at(places, member, known, why)
    }

    /// Reads known records in a table of the same section that the locator does not know by its headers, if none
    /// of those that were in one table is in a table that it knows.
    fn read_beside(
        &self,
        part: &Part,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        let comes_and_goes =
            matches!(self.fact.kind, FactType::Draws | FactType::Notices | FactType::Series);
        if comes_and_goes || !matches!(locator.form, Form::Table(_)) {
            return;
        }
        let renamed = doubt::renamed(found, known);
        let (mut lost, mut kept) = (Vec::new(), HashSet::new());
        for one in known.iter().filter(|(.., was)| locator_of(part, was).is_some()) {
            let (fact, record, was) = one;
            if found.has(fact, record) || renamed.contains(&(*fact, *record)) {
                kept.insert(place_of(was));
            } else {
                lost.push(*one);
            }
        }
        lost.retain(|(.., was)| !kept.contains(place_of(was)));
        if lost.is_empty() {
            return;
        }
        let places = self.places(std::slice::from_ref(part), (None, Some(locator)), &lost);
        if places.is_empty() {
            return;
        }
        let why = format!("{}: it does not find all tables of before", locator.name);
        let mut beside = self.read_at(places, None, &lost, &why);
        beside.leave_out_those_of(found);
        // What it finds in their stead, under headers that once were theirs, is another table.
        if kept.is_empty() && are_said(&beside, &lost) {
            *found = Gathered::default();
        }
        found.join(beside);
    }

    /// The places that have known records: of a part, or of a member of a family; and only under the headings of
    /// a locator, if one is given.
    fn places(
        &self,
        parts: &[Part],
        (member, within): (Option<&FactKey>, Option<&Locator>),
        known: &[KnownRecord<'_>],
    ) -> Vec<search::Elsewhere> {
        let of = member.map_or_else(|| self.fact.key.to_string(), FactKey::to_string);
        let only = only(self.known, known);
        let is_one_of_theirs =
            |place: &str| self.places_of(&of).any(|all| all.split(AND).any(|one| one == place));
        let is_one_of_theirs = &is_one_of_theirs;
        let sought = search::Sought { fact: self.fact, known: &only, is_one_of_theirs, within };
        let mut places = parts.iter().map(|part| search::elsewhere(&sought, part, self.document));
        let mut places = places.find(|places| !places.is_empty()).unwrap_or_default();
        if places.is_empty() {
            places.extend(parts.iter().find_map(|part| self.place_of_lines(part, known)));
        }
        let of_others = self.grids_of_others(parts);
        for place in &mut places {
            self.leave_out_denied(&place.locator, &mut place.matches);
            place.matches.retain(|matched| !of_others.contains(&matched.at));
        }
        places.retain(|place| !place.matches.is_empty());
        places
    }

    /// The blocks of the point grids that the locators of other parts than these find in their own words.
    fn grids_of_others(&self, parts: &[Part]) -> HashSet<usize> {
        let is_grid = |part: &Part| part.locators.iter().any(|l| matches!(l.form, Form::Matrix(_)));
        if !parts.iter().any(is_grid) {
            return HashSet::new();
        }
        let is_this = |part: &&Part| parts.iter().any(|this| this.name == part.name);
        let others = self.fact.parts.iter().filter(|part| !is_this(part));
        let locators = others.flat_map(|part| &part.locators);
        let grids = locators.filter(|locator| matches!(locator.form, Form::Matrix(_)));
        let found = grids.filter_map(|locator| self.document.find(locator).ok()).flatten();
        found.map(|matched| matched.at).collect()
    }

    /// Reads known records at other places. Where all of them were when the page was last believed is their
    /// place, and is read as the recipe's own is; any other is doubted.
    fn read_at(
        &self,
        places: Vec<search::Elsewhere>,
        member: Option<&FactKey>,
        known: &[KnownRecord<'_>],
        why: &str,
    ) -> Gathered {
        let of = member.map_or_else(|| self.fact.key.to_string(), FactKey::to_string);
        let mut found = Gathered::default();
        let mut proposals = Vec::new();
        for place in places {
            self.recorder().add(&place.locator, place.matches, &mut found);
            proposals.push(place.proposal);
        }
        if let Some(member) = member {
            found.sets.retain(|key, _| key == member);
        }
        found.settle_records();
        keep_days(&mut found, known);
        let place = proposals.join(AND);
        let is_theirs = self.is_their_place(&of, &place);
        let is_whole = is_theirs || are_said(&found, known);
        let is_believed = is_theirs || self.believe(known, &Doubt::of_place(why), &mut found);
        if !place.is_empty() {
            found.relocated.push(relocated(&of, &place, is_whole || is_believed));
        }
        found
    }

    /// Where all known facts of a set, member or family were when the page was last believed.
    fn places_of(&self, of: &str) -> impl Iterator<Item = &str> {
        let of = format!("{of}: ");
        self.places.lines().filter_map(move |place| place.strip_prefix(&of))
    }

    fn is_their_place(&self, of: &str, place: &str) -> bool {
        self.places_of(of).any(|known| known == place)
    }

    /// The day of the oldest notice that the page lists, if this fact set is what notices state: what an older
    /// one stated has left with it, and is not missed.
    fn oldest_notice(&self) -> Option<Date> {
        let sets = self.before.sets.values().filter(|_| self.fact.is_of_notices());
        let lists = sets.filter(|(set, _)| set.kind == FactType::Notices);
        let records = lists.flat_map(|(_, records)| records);
        records.filter_map(|(key, of)| day_of(key, &of.record)).min()
    }

    /// A required part that was never read.
    fn never_read(&self, known: &[KnownRecord<'_>], why: String) -> Unreadable {
        let of = if known.is_empty() { Extent::Set } else { Extent::Row };
        Unreadable::new(&self.fact.key.to_string(), of, why)
    }
}

/// The table or the item in which a record was read, as its place names it.
fn place_of(was: &Record) -> &str {
    was.evidence.place.split(',').next().unwrap_or_default()
}

/// Says where facts were found; and if it is so, that not all that was known of them was there.
fn relocated(of: &str, place: &str, is_whole: bool) -> String {
    format!("{of}{}: {place}", if is_whole { "" } else { ", in part" })
}

/// Keeps the day that was known of a record, where the place it was found in has it from an earlier day: the
/// header that gave its day is not there, and other words give one that is over. If the record is another, from
/// when is not known.
fn keep_days(found: &mut Gathered, known: &[KnownRecord<'_>]) {
    for (fact, record, was) in known {
        let Some((set, records)) = found.sets.get_mut(*fact) else { continue };
        let Some(day) = set.dates.effective.as_ref().filter(|day| !set.compares(day)) else {
            continue;
        };
        let Some(then) = was.fields.get(day).and_then(Value::day) else { continue };
        for (_, now) in records.iter_mut().filter(|(key, _)| key == *record) {
            let is_earlier = |value: &Value| value.day().is_some_and(|day| day < then);
            if now.record.fields.get(day).is_some_and(is_earlier) {
                now.record.fields.remove(day);
                if same(set, was, &now.record) {
                    now.record.fields.insert(day.clone(), Value::Date(then));
                }
            }
        }
    }
}

/// The known facts, limited to these records.
fn only(known: &Facts, records: &[KnownRecord<'_>]) -> Facts {
    let mut only = Facts::new();
    for (fact, name, record) in records {
        let Some(set) = known.get(*fact) else { continue };
        let empty = || FactSet { records: BTreeMap::new(), ..set.clone() };
        let set = only.entry((*fact).clone()).or_insert_with(empty);
        set.records.insert((*name).clone(), (*record).clone());
    }
    only
}
