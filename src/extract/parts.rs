//! The parts of a fact set as found on the page today, read with the help of what is known of them.
//!
//! A part is found by the first of its locators that finds something. If none does, the page is searched for
//! the known records of the part: if all are found, it moved; if only some are, those are read and the
//! others are unreadable. A later locator is believed only for what an earlier one read before.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use super::absence::{KnownRecord, Rest, known_of, locator_of, parts_of};
use super::denied;
use super::document::Document;
use super::matches::{MOST, Match};
use super::page::bounds::at_most;
use super::recipe::{FactRecipe, Locator, Part, Reading};
use super::records::{Dated, Gathered, Member, Recorder, TakenWords, Unnamed};
use super::search;
use super::taken_off;
use crate::model::{
    Breakage, Cause, Complaint, Evidence, Extent, FactKey, FactSet, FactType, Facts, FieldName,
    Record, RecordKey, Unreadable, Value, day_of, text, words::Phrases,
};

/// The fewest known records whose majority can show that a place is theirs.
const SEVERAL: usize = 3;

/// Stands between the places of one set, where it is in several.
const AND: &str = " + ";

/// What is in doubt of a place that is not where its records were read before.
struct Doubt<'a> {
    /// Why, for the operator.
    why: &'a str,
    /// The known records that were read there before, which are not in doubt.
    own: &'a [KnownRecord<'a>],
    /// Whether another known record stands as it is found there.
    stands: &'a dyn Fn(&FactSet, &Record, &Record) -> bool,
}

impl<'a> Doubt<'a> {
    /// A place found by a search: only what was known of it stands.
    fn of_place(why: &'a str) -> Self {
        Self { why, own: &[], stands: &same }
    }
}

/// A fact recipe on a page.
pub(super) struct Parts<'r, 'd> {
    pub(super) fact: &'r FactRecipe,
    pub(super) document: &'d Document<'d>,
    /// What is known of the source.
    pub(super) known: &'r Facts,
    /// Where its facts were found when the page was last believed, if not where the recipe looks first.
    pub(super) places: &'r str,
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
            let located = self.locate(part);
            let relaid = match &located {
                Ok((locator, matches)) => self.named_otherwise(locator, matches),
                Err(_) => self.relaid(part),
            };
            let mut found = Gathered::default();
            match (relaid, located) {
                (Some((locator, matches)), _) => {
                    at_most(MOST, matches.len(), "matches of one locator")?;
                    self.recorder().add(&locator, matches, &mut found);
                    self.doubt_relaid(part, &locator, &known, &mut found);
                }
                (None, Ok((locator, matches))) => {
                    at_most(MOST, matches.len(), "matches of one locator")?;
                    self.recorder().add(locator, matches, &mut found);
                    self.doubt_later(part, locator, &known, &mut found);
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
        if let Some(part) = self.fact.parts.iter().find(|part| part.has_notices()) {
            gathered.put_over();
            self.doubt_without_notices(part, &known, &mut gathered);
        }
        Ok(gathered)
    }

    /// What the locators of a part find. A table is one of the rest if no row of it is read; while something
    /// else cannot be read, it may be that in another form.
    fn locate<'p>(&'p self, part: &'p Part) -> Result<(&'p Locator, Vec<Match<'p>>), String> {
        let (locator, mut matches) = self.document.locate(part)?;
        if denied::is_of(self.fact) {
            let some = matches.len();
            matches.retain(|matched| !denied::denies(locator, matched));
            if matches.is_empty() && some > 0 {
                return Err(format!("{}: what it finds is said not to be of it", locator.name));
            }
        }
        if locator.is_of_the_rest() {
            let read = &self.before.captures;
            let read: HashSet<usize> = read.iter().filter(|c| c.row > 0).map(|c| c.at).collect();
            matches.retain(|matched| !read.contains(&matched.at));
            // Where all else is read, what is left is all there is, and may be nothing.
            if !self.before.unreadable.is_empty() {
                return Err(format!("{}: nothing is left", locator.name));
            }
        }
        Ok((locator, matches))
    }

    /// What the locators of a part find if the page has another layout; they are named by it.
    fn relaid<'p>(&'p self, part: &'p Part) -> Option<(Locator, Vec<Match<'p>>)> {
        let locators = part.locators.iter().filter(|locator| !locator.is_of_the_rest());
        locators.into_iter().find_map(|locator| {
            let (matches, what) = self.document.find_relaid(locator)?;
            Some((search::named(locator.clone(), what), matches))
        })
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
        Recorder::new(self.fact, self.known, self.today)
    }

    /// Believes a later locator only where it gives what an earlier one had read; but a place that gives
    /// most of several known records is theirs, and everything there is read. What it has read itself is
    /// not in doubt.
    fn doubt_later(
        &self,
        part: &Part,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        let this = part.locators.iter().position(|other| std::ptr::eq(other, locator));
        let read_by = |record: &Record| locator_of(part, record);
        let of_part = known.iter().filter(|(_, _, record)| read_by(record).is_some());
        let (earlier, own): (Vec<KnownRecord<'_>>, Vec<KnownRecord<'_>>) =
            of_part.copied().partition(|(_, _, record)| read_by(record) < this);
        let Some((_, _, first)) = earlier.first() else { return };
        found.settle_records();
        let first = &first.evidence.locator;
        let place = format!("read by {}; {first} finds nothing any more", locator.name);
        let of = self.fact.key.to_string();
        // One sentence may say by chance what another does.
        let is_theirs = earlier.len() >= SEVERAL && self.is_their_place(&of, &place);
        let is_whole = is_theirs || are_said(found, &earlier);
        let is_clear = is_theirs || self.doubt(part, (&earlier, &own), locator, found);
        if is_clear && !is_whole {
            return;
        }
        let mut place = relocated(&of, &place, is_whole);
        if !is_clear {
            let known = Phrases::of(self.known);
            let suspects = taken_off::suspects(self.was_in_doubt(), self.rest, &known, &|line| {
                part.may_say(line)
            });
            place.push_str(&taken_off::noted(&suspects.unwrap_or_default()));
        }
        found.relocated.push(place);
    }

    /// The same for a page with another layout: what was read there before is known in that layout.
    fn doubt_relaid(
        &self,
        part: &Part,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        let of_part = known.iter().filter(|(_, _, record)| locator_of(part, record).is_some());
        let (earlier, own): (Vec<KnownRecord<'_>>, Vec<KnownRecord<'_>>) =
            of_part.copied().partition(|(_, _, record)| record.evidence.locator != locator.name);
        if earlier.is_empty() {
            return;
        }
        found.settle_records();
        let of = self.fact.key.to_string();
        let is_theirs = self.is_their_place(&of, &locator.name);
        let is_whole = is_theirs || are_said(found, &earlier);
        let is_believed = is_theirs || self.doubt(part, (&earlier, &own), locator, found);
        found.relocated.push(relocated(&of, &locator.name, is_whole || is_believed));
    }

    /// Believes a locator only where it gives what was known, unless most of it is there. Returns whether it is
    /// believed in all.
    fn doubt(
        &self,
        part: &Part,
        (earlier, own): (&[KnownRecord<'_>], &[KnownRecord<'_>]),
        locator: &Locator,
        found: &mut Gathered,
    ) -> bool {
        if self.fact.kind == FactType::Series {
            return true;
        }
        let why = format!("{} reads otherwise what an earlier locator had read", locator.name);
        let phrases = OnceCell::new();
        let is_anew = |set: &FactSet, was: &Record, now: &Record| {
            let known = phrases.get_or_init(|| Phrases::of(self.known));
            let is_new = || !known.say(&taken_off::whole_words(&now.evidence.quote));
            let is_left = || {
                let before = self.was_in_doubt();
                let may_say = |line: &str| part.may_say(line);
                taken_off::is_taken_off(&was.evidence.quote, before, self.rest, known, &may_say)
            };
            self.is_other_state(set, was, now) && (is_new() || is_left())
        };
        let stands = |set: &FactSet, was: &Record, now: &Record| {
            same(set, was, now) || is_anew(set, was, now)
        };
        let before = found.unreadable.len();
        self.believe(earlier, &Doubt { why: &why, own, stands: &stands }, found);
        found.unreadable.len() == before
    }

    /// Believes that a record is as the rest of the page has it only if the notice that said otherwise was taken off.
    fn doubt_without_notices(
        &self,
        part: &Part,
        known: &[KnownRecord<'_>],
        gathered: &mut Gathered,
    ) {
        let phrases = OnceCell::new();
        for (fact, record, was) in known.iter().filter(|(.., was)| part.is_notice(was)) {
            let Some((set, records)) = gathered.sets.get_mut(*fact) else { continue };
            let is_it = |(key, dated): &(RecordKey, Dated)| {
                key == *record && !dated.is_over && !same(set, was, &dated.record)
            };
            if !records.iter().any(is_it) {
                continue;
            }
            let words = phrases.get_or_init(|| Phrases::of(self.known));
            let before = self.was_in_doubt();
            let may_say = |line: &str| part.may_say(line);
            let quote = &was.evidence.quote;
            if taken_off::is_taken_off(quote, before, self.rest, words, &may_say) {
                continue;
            }
            records.retain(|one| !is_it(one));
            let why = "the notice of it is not found, and may be said otherwise";
            let of = Extent::Record((*record).clone());
            let unreadable = Unreadable::new(fact.as_str(), of, why);
            gathered.unreadable.push(unreadable.standing(self.rest.nearest(quote)));
            let suspects = taken_off::suspects(before, self.rest, words, &may_say);
            let place = relocated(&self.fact.key.to_string(), why, false);
            let place = format!("{place}{}", taken_off::noted(&suspects.unwrap_or_default()));
            if !gathered.relocated.contains(&place) {
                gathered.relocated.push(place);
            }
        }
    }

    /// Where the set was at the last check, if it was in doubt there.
    fn was_in_doubt(&self) -> Option<&str> {
        let of = relocated(&self.fact.key.to_string(), "", false);
        self.places.lines().find(|place| place.starts_with(&of))
    }

    /// Whether two records differ only in what a sentence says in its own words: open or closed, yes or no.
    fn is_other_state(&self, set: &FactSet, was: &Record, now: &Record) -> bool {
        let is_state = |name: &FieldName| {
            let field = self.fact.fields.iter().find(|field| field.name == *name);
            field.is_some_and(|field| {
                matches!(field.reading, Reading::Word(_) | Reading::Flag(..) | Reading::YesNo)
            })
        };
        differing(set, was, now).into_iter().all(is_state)
    }

    /// Keeps what is not in doubt of a doubtful place; everything if most of the `known` records that should
    /// be there are, as they were. The known that are not there are unreadable, unless they are gone from there.
    /// Returns whether nothing is left in doubt.
    fn believe(&self, known: &[KnownRecord<'_>], doubt: &Doubt<'_>, found: &mut Gathered) -> bool {
        let why = doubt.why;
        let renamed = renamed(found, known);
        let equal = known.iter().filter(|record| is_said(found, record)).count();
        let is_their_place = known.len() >= SEVERAL && equal * 2 > known.len();
        let mut dropped: BTreeMap<(FactKey, RecordKey), String> = BTreeMap::new();
        if !is_their_place {
            for (key, (set, records)) in &mut found.sets {
                records.retain(|(name, record)| {
                    let is_it = |(fact, of, _): &&KnownRecord<'_>| *fact == key && *of == name;
                    let now = &record.record;
                    let stands = doubt.own.iter().any(|own| is_it(&own))
                        || known
                            .iter()
                            .filter(is_it)
                            .any(|(.., was)| (doubt.stands)(set, was, now));
                    if !stands {
                        let about = (key.clone(), name.clone());
                        dropped
                            .entry(about)
                            .or_insert_with(|| record.record.evidence.quote.clone());
                    }
                    stands
                });
            }
            found.sets.retain(|_, (_, records)| !records.is_empty());
            // What cannot be read in a place that has records of its own may be of these.
            if doubt.own.is_empty() {
                found.unnamed.clear();
                found.complaints.clear();
                found.unreadable.clear();
            }
        }
        let mut is_whole = dropped.is_empty();
        for (fact, record, was) in known {
            let is_read =
                found.has(fact, record) || (is_their_place && renamed.contains(&(*fact, *record)));
            // In a place that is theirs, what no row says is gone, unless its words stand elsewhere.
            let set = self.known.get(*fact).filter(|_| is_their_place);
            if is_read || set.is_some_and(|set| self.rest.would_tell(set, record)) {
                continue;
            }
            is_whole = false;
            let stands = dropped.remove(&((*fact).clone(), (*record).clone()));
            let of = Extent::Record((*record).clone());
            let near = || self.rest.nearest(&was.evidence.quote);
            let unreadable = Unreadable::new(fact.as_str(), of, why);
            found.unreadable.push(unreadable.standing(stands.or_else(near)));
        }
        if let Some(((fact, record), quote)) = dropped.into_iter().next() {
            let why = format!("{why}: {record} is new there");
            let unreadable = Unreadable::new(fact.as_str(), Extent::Row, why);
            found.unreadable.push(unreadable.standing(Some(text::excerpt(&quote, 200))));
        }
        is_whole
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
        if self.fact.kind == FactType::Clauses && !part.required {
            let known = Phrases::of(self.known);
            let before = self.was_in_doubt();
            of_part.retain(|(.., was)| {
                let quote = &was.evidence.quote;
                !taken_off::is_taken_off(quote, before, self.rest, &known, &|_| true)
            });
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
        let found = self.elsewhere(parts, None, &of_part, &why);
        gathered.join(found);
    }

    /// Searches for the known records of a part, or of a member of a family. Where all of them were when the
    /// page was last believed is their place, and is read as the recipe's own is; any other is doubted.
    fn elsewhere(
        &self,
        parts: &[Part],
        member: Option<&FactKey>,
        known: &[KnownRecord<'_>],
        why: &str,
    ) -> Gathered {
        let of = member.map_or_else(|| self.fact.key.to_string(), FactKey::to_string);
        let only = only(self.known, known);
        let is_one_of_theirs =
            |place: &str| self.places_of(&of).any(|all| all.split(AND).any(|one| one == place));
        let sought =
            search::Sought { fact: self.fact, known: &only, is_one_of_theirs: &is_one_of_theirs };
        let mut places = parts.iter().map(|part| search::elsewhere(&sought, part, self.document));
        let places = places.find(|places| !places.is_empty()).unwrap_or_default();
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

    /// Searches, one by one, for the members of a family that are no longer found while others are.
    fn members(&self, gathered: &mut Gathered) {
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

    /// Assigns rows under a heading that no word names to the known member that has these records, else to a
    /// new one, named by the words of the heading.
    fn name_members(&self, gathered: &mut Gathered) {
        let mut groups: Vec<(String, Vec<Unnamed>)> = Vec::new();
        for unnamed in std::mem::take(&mut gathered.unnamed) {
            match groups.iter_mut().find(|(heading, _)| *heading == unnamed.heading) {
                Some((_, group)) => group.push(unnamed),
                None => groups.push((unnamed.heading.clone(), vec![unnamed])),
            }
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
            let is_theirs = |word: &&String| {
                let found = self.named(&group, word);
                found.sets.iter().any(|(key, (_, records))| {
                    let Some(before) = self.known.get(key) else { return false };
                    let shared = records
                        .iter()
                        .filter(|(name, _)| before.records.contains_key(name))
                        .count();
                    shared * 2 > before.records.len().min(records.len())
                })
            };
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

    /// What rows give if their member has this name.
    fn named(&self, group: &[Unnamed], word: &str) -> Gathered {
        let mut found = Gathered::default();
        let recorder = self.recorder();
        for unnamed in group {
            let mut matched = unnamed.matched.clone();
            if let Some(named_by) = &unnamed.locator.named_by {
                matched.set(named_by.cell.clone(), word.to_owned());
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

/// The known records that were found under another spelling of their key.
fn renamed<'k>(
    found: &Gathered,
    known: &[KnownRecord<'k>],
) -> HashSet<(&'k FactKey, &'k RecordKey)> {
    let mut renamed = HashSet::new();
    for (fact, (set, records)) in &found.sets {
        let of = |of: &&KnownRecord<'_>| of.0 == fact;
        let before = known.iter().filter(of).map(|(_, key, was)| ((*key).clone(), (*was).clone()));
        let before = FactSet { records: before.collect(), ..set.clone() };
        let now = records.iter().map(|(key, now)| (key.clone(), now.record.clone())).collect();
        let now = FactSet { records: now, ..set.clone() };
        let pairs = now.renamed_from(&before);
        let is_renamed = |key: &RecordKey| pairs.iter().any(|(old, _)| old == key);
        let of = known.iter().filter(of).filter(|(_, key, _)| is_renamed(key));
        renamed.extend(of.map(|(fact, key, _)| (*fact, *key)));
    }
    renamed
}

fn are_said(found: &Gathered, known: &[KnownRecord<'_>]) -> bool {
    known.iter().all(|known| is_said(found, known))
}

/// Whether a known record was found with its known values.
fn is_said(found: &Gathered, (fact, record, was): &KnownRecord<'_>) -> bool {
    found.sets.get(*fact).is_some_and(|(set, records)| {
        records.iter().any(|(key, now)| key == *record && same(set, was, &now.record))
    })
}

/// The fields in which two records differ: among those that are compared, and those that say from when to
/// when the record holds.
fn differing<'f>(set: &FactSet, was: &'f Record, now: &'f Record) -> Vec<&'f FieldName> {
    let mut names: Vec<_> = was.fields.keys().chain(now.fields.keys()).collect();
    let is_day = |name: &FieldName| {
        [&set.dates.effective, &set.dates.expires].into_iter().flatten().any(|day| day == name)
    };
    names.retain(|name| {
        let is_compared = set.compares(name);
        match (was.fields.get(*name), now.fields.get(*name)) {
            // What is announced beside it does not make it another.
            (Some(old), Some(new)) => {
                let is_it =
                    old.same(new) || old.same(new.current()) || set.is_announced_so(was, old, new);
                (is_compared || is_day(name)) && !is_it
            }
            // A day that is no longer printed is not another day.
            (was, now) => is_compared && was.is_some() != now.is_some(),
        }
    });
    names
}

/// Whether two records agree in all of these fields.
fn same(set: &FactSet, was: &Record, now: &Record) -> bool {
    differing(set, was, now).is_empty()
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
