//! What is believed of a place that is not where its records were read before.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashSet};
use std::mem::discriminant;

use super::taken_off::Notices;
use super::{Parts, SEVERAL, moved_on, relocated};
use crate::extract::absence::{KnownRecord, known_of, locator_of, may_have_read};
use crate::extract::days;
use crate::extract::form::status;
use crate::extract::gathered::{Dated, Gathered};
use crate::extract::recipe::{FactRecipe, Form, ItemsForm, Locator, Part, Reading};
use crate::extract::rest::whole_words;
use crate::model::{
    Extent, FactKey, FactSet, FactType, FieldName, Record, RecordKey, Unreadable, Value, text,
    words::{TAKEN, words},
};

/// What is asked of a known record of a set and of the one that is found.
type IsSo<'a> = &'a dyn Fn(&FactSet, &Record, &Record) -> bool;

/// What is in doubt of a place that is not where its records were read before.
pub(super) struct Doubt<'a> {
    /// Why, for the operator.
    why: &'a str,
    /// The known records that were read there before, which are not in doubt.
    own: &'a [KnownRecord<'a>],
    /// Whether another known record stands as it is found there.
    stands: IsSo<'a>,
    /// Whether another known record may have moved there with other figures.
    moved_on: IsSo<'a>,
}

impl<'a> Doubt<'a> {
    /// A place found by a search: only what was known of it stands.
    pub(super) fn of_place(why: &'a str) -> Self {
        Self { why, own: &[], stands: &same, moved_on: &|_, _, _| false }
    }
}

impl Parts<'_, '_> {
    /// Believes a later locator only where it gives what an earlier one had read; but a place that gives
    /// most of several known records is theirs, and everything there is read. What it has read itself is
    /// not in doubt.
    pub(super) fn doubt_later(
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
        let moved_on =
            |set: &FactSet, was: &Record, now: &Record| self.is_moved_on(part, set, was, now);
        let is_clear = is_theirs || self.doubt(part, (&earlier, &own), (locator, &moved_on), found);
        let is_clear = self.doubt_said_otherwise(&earlier, found) && is_clear;
        self.leave_unread(found);
        if is_clear && !is_whole {
            return;
        }
        let mut place = relocated(&of, &place, is_whole);
        if !is_clear {
            place.extend(found.moved_on.iter().map(|(.., quote)| moved_on::noted(quote)));
            place.push_str(&self.notices(part).noted());
        }
        found.relocated.push(place);
    }

    /// Does not believe a later locator that says what was known where the sentence of before still stands and has
    /// another figure. Returns whether there is none such.
    fn doubt_said_otherwise(&self, earlier: &[KnownRecord<'_>], found: &mut Gathered) -> bool {
        let mut is_clear = true;
        for one in earlier.iter().filter(|(.., was)| !was.evidence.place.starts_with("table ")) {
            let (fact, record, was) = *one;
            if !is_said(found, one) {
                continue;
            }
            let Some(line) = self.rest.nearest(&was.evidence.quote) else { continue };
            if !moved_on::says_other_figure(was, &line) {
                continue;
            }
            found.take(fact, record);
            let why = "the sentence that it was read from has another figure now";
            let unreadable = Unreadable::new(fact.as_str(), Extent::Record(record.clone()), why);
            found.unreadable.push(unreadable.standing(Some(line)));
            is_clear = false;
        }
        is_clear
    }

    /// The same for a page with another layout: what was read there before is known in that layout.
    pub(super) fn doubt_relaid(
        &self,
        part: &Part,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        found: &mut Gathered,
    ) {
        let of_part = known.iter().filter(|(_, key, was)| may_have_read(self.fact, part, key, was));
        let (earlier, own): (Vec<KnownRecord<'_>>, Vec<KnownRecord<'_>>) =
            of_part.copied().partition(|(_, _, record)| record.evidence.locator != locator.name);
        self.leave_out_new_lines(locator, found);
        if earlier.is_empty() {
            return;
        }
        found.settle_records();
        let of = self.fact.key.to_string();
        let is_theirs = self.is_their_place(&of, &locator.name);
        let is_whole = is_theirs || are_said(found, &earlier);
        let moved_on = |_: &FactSet, _: &Record, _: &Record| false;
        let is_believed =
            is_theirs || self.doubt(part, (&earlier, &own), (locator, &moved_on), found);
        self.leave_unread(found);
        found.relocated.push(relocated(&of, &locator.name, is_whole || is_believed));
    }

    /// Leaves out new records that are lines which stood on the page before and were read by nothing: they are
    /// not new, and were none in the earlier place.
    fn leave_unread(&self, found: &mut Gathered) {
        let pages = self.known.iter().filter(|(key, _)| key.as_str().starts_with("page."));
        let fields =
            pages.flat_map(|(_, set)| set.records.values()).flat_map(|r| r.fields.values());
        let lines = fields.flat_map(Value::clauses).filter(|line| !line.contains(TAKEN));
        let stood: LazyCell<HashSet<Vec<String>>, _> =
            LazyCell::new(|| lines.map(|line| words(line)).collect());
        for (key, (set, records)) in &mut found.sets {
            if matches!(set.kind, FactType::Series | FactType::Clauses) {
                continue;
            }
            let known = self.known.get(key);
            records.retain(|(name, dated)| {
                let is_known = known.is_some_and(|known| known.records.contains_key(name));
                let quote = words(&dated.record.evidence.quote);
                is_known || quote.is_empty() || !stood.contains(&quote)
            });
        }
        found.sets.retain(|_, (_, records)| !records.is_empty());
    }

    /// Does not believe new records of a list that leaves out the items of an earlier fact set, while one of those
    /// is not found: it may be that item, in a form unknown here.
    pub(super) fn doubt_left_over(&self, locator: &Locator, found: &mut Gathered) {
        let Form::Items(ItemsForm { skip: Some(skip), .. }) = &locator.form else { return };
        let is_of_it = |locator: &Locator| match &locator.form {
            Form::Items(form) => form.only.as_ref().is_some_and(|o| o.as_str() == skip.as_str()),
            _ => false,
        };
        let reads_it =
            |fact: &&FactRecipe| fact.parts.iter().any(|part| part.locators.iter().any(is_of_it));
        let missing = self.earlier.iter().filter(reads_it).find(|fact| {
            let known = known_of(fact, self.known);
            known.iter().any(|(key, record, _)| !self.before.has(key, record))
        });
        let Some(missing) = missing else { return };
        for (key, (_, records)) in &mut found.sets {
            let known = self.known.get(key).map(|set| &set.records);
            let is_known = |(record, _): &(RecordKey, Dated)| {
                known.is_some_and(|known| known.contains_key(record))
            };
            if let Some((record, new)) = records.iter().find(|one| !is_known(one)) {
                let why =
                    format!("{record} is new, and may be of {}, which lacks one", missing.key);
                let unreadable = Unreadable::new(key.as_str(), Extent::Row, why);
                let stands = text::excerpt(&new.record.evidence.quote, 200);
                found.unreadable.push(unreadable.standing(Some(stands)));
            }
            records.retain(is_known);
        }
        found.sets.retain(|_, (_, records)| !records.is_empty());
    }

    /// Believes a locator only where it gives what was known, unless most of it is there. Returns whether it is
    /// believed in all.
    fn doubt(
        &self,
        part: &Part,
        (earlier, own): (&[KnownRecord<'_>], &[KnownRecord<'_>]),
        (locator, moved_on): (&Locator, IsSo<'_>),
        found: &mut Gathered,
    ) -> bool {
        if self.fact.kind == FactType::Series {
            return true;
        }
        let why = format!("{} reads otherwise what an earlier locator had read", locator.name);
        let is_anew = |set: &FactSet, was: &Record, now: &Record| {
            let is_new = || !self.phrases().say(&whole_words(&now.evidence.quote));
            let is_left = || self.notices(part).is_taken_off(&was.evidence.quote);
            self.is_other_state(set, was, now) && (is_new() || is_left())
        };
        let stands = |set: &FactSet, was: &Record, now: &Record| {
            same(set, was, now) || is_anew(set, was, now)
        };
        self.believe(earlier, &Doubt { why: &why, own, stands: &stands, moved_on }, found)
    }

    /// Believes that a record is as the rest of the page has it only if the notice that said otherwise was taken off.
    pub(super) fn doubt_without_notices(
        &self,
        part: &Part,
        known: &[KnownRecord<'_>],
        gathered: &mut Gathered,
    ) {
        let is_notice = |was: &Record| status::is_notice(&was.evidence.quote);
        for (fact, record, was) in known.iter().filter(|(.., was)| is_notice(was)) {
            let Some((set, records)) = gathered.sets.get_mut(*fact) else { continue };
            let is_it = |(key, dated): &(RecordKey, Dated)| {
                key == *record && !dated.is_over && !same(set, was, &dated.record)
            };
            let Some((_, now)) = records.iter().find(|one| is_it(one)) else { continue };
            let (notices, quote) = (self.notices(part), &was.evidence.quote);
            if notices.is_replaced(quote, &now.record.evidence.quote) {
                continue;
            }
            records.retain(|one| !is_it(one));
            let why = "its notice is not found, and may stand there in other words";
            let of = Extent::Record((*record).clone());
            let unreadable = Unreadable::new(fact.as_str(), of, why);
            gathered.unreadable.push(unreadable.standing(self.rest.nearest(quote)));
            let mut place = relocated(&self.fact.key.to_string(), why, false);
            place.push_str(&notices.noted());
            if !gathered.relocated.contains(&place) {
                gathered.relocated.push(place);
            }
        }
    }

    /// What the page may say in words unknown here of what a part reads.
    pub(super) fn notices<'a>(&'a self, part: &'a Part) -> Notices<'a> {
        let in_doubt = relocated(&self.fact.key.to_string(), "", false);
        Notices {
            before: self.places.lines().find(|place| place.starts_with(&in_doubt)),
            rest: self.rest,
            known: self.phrases(),
            form: part.locators.iter().find_map(|locator| match &locator.form {
                Form::Status(form) => Some(form),
                _ => None,
            }),
        }
    }

    /// Whether two records differ only in what a sentence says in its own words, open or closed, yes or no, and in
    /// the days of that.
    fn is_other_state(&self, set: &FactSet, was: &Record, now: &Record) -> bool {
        let is_state = |name: &FieldName| {
            let field = self.fact.fields.iter().find(|field| field.name == *name);
            field.is_some_and(|field| {
                matches!(field.reading, Reading::Word(_) | Reading::Flag(..) | Reading::YesNo)
            })
        };
        let (states, others): (Vec<_>, Vec<_>) =
            differing(set, was, now).into_iter().partition(|name| is_state(name));
        others.is_empty()
            || !states.is_empty() && others.into_iter().all(|name| days::is_day(&set.dates, name))
    }

    /// Keeps what is not in doubt of a doubtful place; everything if most of the `known` records that should
    /// be there are, as they were. The known that are not there are unreadable, unless they are gone from there.
    /// Returns whether nothing is left in doubt.
    pub(super) fn believe(
        &self,
        known: &[KnownRecord<'_>],
        doubt: &Doubt<'_>,
        found: &mut Gathered,
    ) -> bool {
        let why = doubt.why;
        let renamed = renamed(found, known);
        let equal = known.iter().filter(|record| is_said(found, record)).count();
        let is_their_place =
            known.len() >= SEVERAL && (equal * 2 > known.len() || are_keyed(found, known));
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
                    if stands {
                        return true;
                    }
                    let quote = &now.evidence.quote;
                    let mut all = known.iter().filter(is_it);
                    let has_moved_on = all.any(|(.., was)| (doubt.moved_on)(set, was, now));
                    if has_moved_on {
                        found.moved_on.push((key.clone(), name.clone(), quote.clone()));
                    } else {
                        let about = (key.clone(), name.clone());
                        dropped.entry(about).or_insert_with(|| quote.clone());
                    }
                    has_moved_on
                });
            }
            found.sets.retain(|_, (_, records)| !records.is_empty());
            // What cannot be read in a place that has records of its own may be of these.
            if doubt.own.is_empty() {
                found.unnamed.clear();
                found.complaints.clear();
                let lost = std::mem::take(&mut found.unreadable).into_iter();
                found.unreadable = lost.filter(|lost| found.has_record_of(lost)).collect();
            }
        }
        let mut is_whole = dropped.is_empty() && found.moved_on.is_empty();
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
}

/// The known records that were found under another spelling of their key.
pub(super) fn renamed<'k>(
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

/// Whether a place has just the known records, each with values of the kinds that it had.
fn are_keyed(found: &Gathered, known: &[KnownRecord<'_>]) -> bool {
    let is_like = |set: &FactSet, was: &Record, now: &Record| {
        was.fields.iter().filter(|(name, _)| set.compares(name)).all(|(name, old)| {
            let new = now.fields.get(name);
            new.is_some_and(|new| discriminant(old.current()) == discriminant(new.current()))
        })
    };
    let is_keyed = |(fact, record, was): &KnownRecord<'_>| {
        found.sets.get(*fact).is_some_and(|(set, records)| {
            records.iter().any(|(key, now)| key == *record && is_like(set, was, &now.record))
        })
    };
    let count: usize = found.sets.values().map(|(_, records)| records.len()).sum();
    count == known.len() && known.iter().all(is_keyed)
}

pub(super) fn are_said(found: &Gathered, known: &[KnownRecord<'_>]) -> bool {
    known.iter().all(|known| is_said(found, known))
}

/// Whether a known record was found with its known values.
pub(super) fn is_said(found: &Gathered, (fact, record, was): &KnownRecord<'_>) -> bool {
    found.sets.get(*fact).is_some_and(|(set, records)| {
        records.iter().any(|(key, now)| key == *record && same(set, was, &now.record))
    })
}

/// The fields in which two records differ: among those that are compared, and those that say from when to
/// when the record holds.
pub(super) fn differing<'f>(set: &FactSet, was: &'f Record, now: &'f Record) -> Vec<&'f FieldName> {
    let mut names: Vec<_> = was.fields.keys().chain(now.fields.keys()).collect();
    names.retain(|name| {
        let is_compared = set.compares(name);
        match (was.fields.get(*name), now.fields.get(*name)) {
            // What is announced beside it does not make it another.
            (Some(old), Some(new)) => {
                let has_come = old.next().is_some_and(|(then, _)| then.same(new.current()));
                let is_it = old.current().same(new.current())
                    || has_come
                    || old.same(new)
                    || set.is_announced_so(was, old, new);
                (is_compared || set.dates.bound(name)) && !is_it
            }
            // A day that is no longer printed is not another day.
            (was, now) => is_compared && was.is_some() != now.is_some(),
        }
    });
    names
}

/// Whether two records agree in all of these fields.
pub(super) fn same(set: &FactSet, was: &Record, now: &Record) -> bool {
    differing(set, was, now).is_empty()
}
