//! Judges whether an extraction is believable, set by set: it passes, is held, or is unreadable. Never
//! says what changed.
//!
//! Declared expectations come from the recipe (fewest and most records, required records, ranges, how
//! many complaints); general ones need no declaration: records do not vanish by the dozen, a
//! figure does not move by an order of magnitude, codes do not fall back to an older edition.
//! Where a set cannot be told from a damaged one, the answer is *unreadable*, because a false removal
//! costs more trust than a repeated check. Implausible but possible is *held*: a true mass change passes
//! once it is confirmed.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod cut;

use std::collections::BTreeMap;

use jiff::{SignedDuration, civil::Date};
use rust_decimal::Decimal;

use crate::model::{
    Breakage, Cause, Complaint, Expectation, Extent, Extraction, FactKey, FactSet, FactType, Facts,
    FieldName, HoldReason, Record, RecordKey, Said, Unreadable, Value, label, number_of, text,
};

/// Sets smaller than this may lose any of their records, but not all of them, without being held.
const SMALL: usize = 6;

/// A figure that grows or shrinks by this much is off by an order of magnitude.
const MAGNITUDE: i64 = 10;

/// A draw this much older than every known one or than the one before it, or newer than the one after it, has a wrong
/// date.
const APART: SignedDuration = SignedDuration::from_hours(24 * 200);

/// A draw this far ahead has a wrong date.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 100);

/// The gate's verdict on an extraction, set by set. Whatever no other field names is believable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// The facts in force if all of it is believed: what is read, and the last values of what is
    /// unreadable or has left a window. What is gone is not included.
    pub facts: Facts,
    /// Possible, but not believed until it is confirmed.
    pub held: BTreeMap<FactKey, HoldReason>,
    /// What could not be read, or is not believable: the last values remain.
    pub unreadable: Vec<Unreadable>,
    /// The breakage, if no fact set can be read at all.
    pub broken: Option<Breakage>,
}

/// What the recipes of a source expect. Both look-ups go by the recipe that the set or complaint belongs
/// to; what no recipe covers has no expectation.
pub trait Expectations {
    /// The expectation of a fact set.
    fn of(&self, key: &FactKey) -> Option<&Expectation>;
    /// The expectation that the fact recipe of a complaint declares, by the recipe's own key.
    fn of_recipe(&self, key: &str) -> Option<&Expectation>;
}

/// The facts in force after a page is read: what is read, and the last values of what is unreadable. What
/// is gone is not included.
fn settle(extraction: &Extraction, last: &Facts) -> Facts {
    let mut facts = extraction.facts.clone();
    facts.retain(|key, _| !is_lost(&extraction.unreadable, key));
    for (key, known) in last.iter().filter(|(key, _)| !is_remainder(extraction, key)) {
        let stand = |record: &RecordKey, was: &Record, facts: &mut Facts| {
            let empty = || FactSet { records: BTreeMap::new(), ..known.clone() };
            let set = facts.entry(key.clone()).or_insert_with(empty);
            set.records.entry(record.clone()).or_insert_with(|| was.clone());
        };
        if is_lost(&extraction.unreadable, key) {
            facts.insert(key.clone(), known.clone());
            continue;
        }
        for (record, was) in &known.records {
            match extraction.says_of_record(key, record) {
                Said::Unreadable(_) | Said::Archived => stand(record, was, &mut facts),
                Said::Gone => {}
                Said::Read(_) => {
                    let said = |field: &FieldName| extraction.says_of_field(key, record, field);
                    let unread = was
                        .fields
                        .iter()
                        .filter(|(field, _)| matches!(said(field), Said::Unreadable(_)));
                    let Some(set) = facts.get_mut(key) else { continue };
                    let Some(now) = set.records.get_mut(record) else { continue };
                    for (field, value) in unread {
                        now.fields.insert(field.clone(), value.clone());
                    }
                }
            }
        }
    }
    facts
}

/// Whether a set is unreadable as a whole.
#[must_use]
pub fn is_lost(unreadable: &[Unreadable], key: &FactKey) -> bool {
    unreadable.iter().any(|u| u.of == Extent::Set && is_of(key.as_str(), &u.fact))
}

/// Whether a set holds the words of the page that nothing reads.
fn is_remainder(extraction: &Extraction, key: &FactKey) -> bool {
    extraction.remainder.as_ref().is_some_and(|remainder| remainder.key == *key)
}

/// Judges what was read against what is expected and what was last accepted.
#[must_use]
pub fn judge(
    extraction: &Extraction,
    last: &Facts,
    expectations: &dyn Expectations,
    today: Date,
) -> Judgement {
    let mut read = extraction.clone();
    let mut doubts = complaints(extraction, last, expectations);
    doubts.extend(sizes(&settle(extraction, last), last, expectations));
    let broken = doubts.first().map(|(_, breakage)| breakage.clone());
    read.unreadable.extend(doubts.into_iter().map(|(lost, _)| lost));
    let cut = cut::cut_short(&read, last);
    let is_cut = !cut.is_empty();
    for lost in cut {
        if let (Some(record), Some(field)) = (lost.record(), lost.field()) {
            let set = FactKey::parse(&lost.fact).ok().and_then(|key| read.facts.get_mut(&key));
            let record = set.and_then(|set| set.records.get_mut(record));
            record.and_then(|record| record.fields.remove(field));
        }
        read.unreadable.push(lost);
    }
    let is_read = |key: &FactKey| !is_lost(&read.unreadable, key);
    if let Some(breakage) = broken.filter(|_| !read.facts.keys().any(is_read)) {
        let Extraction { unreadable, .. } = read;
        return Judgement { unreadable, broken: Some(breakage), ..Judgement::default() };
    }
    let mut facts = settle(&read, last);
    let mut keys: Vec<&FactKey> = facts.keys().chain(last.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut held = BTreeMap::new();
    for key in keys.into_iter().filter(|key| is_read(key) && !is_remainder(extraction, key)) {
        let set =
            Set { key, now: facts.get(key), last: last.get(key), expect: expectations.of(key) };
        let reasons = [
            old_edition(&extraction.complaints, key),
            still_stands(extraction, key),
            set.vanished(),
            set.required_gone(),
            set.too_few(),
            set.too_many(),
            set.twofold(),
            set.newest_gone(),
            set.impossible_day(today),
            set.implausible(),
            moved_on(extraction, key),
        ];
        // What agreement does not settle stays in doubt, whatever else is.
        let reason = reasons.into_iter().flatten().min_by_key(HoldReason::is_settled_by_agreement);
        held.extend(reason.map(|reason| (key.clone(), reason)));
    }
    if let Some(remainder) = &extraction.remainder {
        // If the page was cut short, the words last seen remain.
        let words = last.get(&remainder.key).filter(|_| is_cut).unwrap_or(&remainder.set);
        facts.insert(remainder.key.clone(), words.clone());
    }
    Judgement { facts, held, unreadable: read.unreadable, broken: None }
}

/// Doubts a page that would change facts if its own date is older than that of the page last believed.
#[must_use]
pub fn rolled_back(accepted: Option<Date>, came: Option<Date>) -> Option<HoldReason> {
    let (accepted, came) = accepted.zip(came)?;
    (came < accepted).then_some(HoldReason::RolledBack { accepted, came })
}

/// Finds fact recipes with more complaints than they allow. On a first reading there is nothing to
/// compare with: the whole set is unreadable. Later only the rows that cannot be identified are, unless
/// the page contradicts itself, or more rows cannot be identified than can.
fn complaints(
    extraction: &Extraction,
    last: &Facts,
    expectations: &dyn Expectations,
) -> Vec<(Unreadable, Breakage)> {
    let mut by_fact: BTreeMap<&str, Vec<&Complaint>> = BTreeMap::new();
    let told = |c: &&Complaint| !matches!(c.cause, Cause::OldEdition | Cause::Unnamed);
    for complaint in extraction.complaints.iter().filter(told) {
        by_fact.entry(&complaint.fact).or_default().push(complaint);
    }
    let mut unreadable = Vec::new();
    for (fact, all) in by_fact {
        let named = |c: &&&Complaint| !is_named(extraction, c);
        let open: Vec<&Complaint> = all.iter().filter(named).copied().collect();
        let allowed = expectations.of_recipe(fact).map_or(0, |expect| expect.complaints);
        let Some(first) = open.first().filter(|_| open.len() > allowed) else { continue };
        let is_known = last.keys().any(|key| is_of(key.as_str(), fact));
        let rows = open.iter().filter(|c| c.cause == Cause::Unkeyed).count();
        let read = extraction.facts.iter().filter(|(key, _)| is_of(key.as_str(), fact));
        let read: usize = read.map(|(_, set)| set.records.len()).sum();
        let is_unsound = open.iter().any(|c| c.cause == Cause::Unsound);
        let of = if !is_known || is_unsound || rows > read { Extent::Set } else { Extent::Row };
        let count = open.len();
        let why =
            format!("{count} parts could not be read, the first: {}: {}", first.place, first.why);
        let breakage = Breakage::TooManyComplaints {
            fact: fact.to_owned(),
            count,
            first: format!("{}: `{}`: {}", first.place, first.text, first.why),
        };
        let lost = Unreadable::new(fact, of, why).standing(Some(first.text.clone()));
        unreadable.push((lost, breakage));
    }
    unreadable
}

/// Whether the subject of a complaint is itself listed as unreadable.
fn is_named(extraction: &Extraction, complaint: &Complaint) -> bool {
    complaint.about.as_ref().is_some_and(|(fact, record, field)| {
        extraction.unreadable.iter().any(|u| u.covers_field(fact, record, field))
    })
}

/// Whether so many are most of many that were known.
fn is_most(came: usize, known: usize) -> bool {
    known >= SMALL && came * 3 >= known * 2
}

/// Fewer records than expected, or a required one missing. One that was known is not lost: its place is read, and it is
/// gone from there, unless a record that is new may be the same under other words. Nor are a few of many that were
/// known: what is missing of those is held.
fn sizes(
    facts: &Facts,
    last: &Facts,
    expectations: &dyn Expectations,
) -> Vec<(Unreadable, Breakage)> {
    let mut unreadable = Vec::new();
    for (fact, set) in facts {
        let Some(expect) = expectations.of(fact) else { continue };
        let came = set.records.len();
        // A label with a letter wrong is the label.
        let has = |key: &RecordKey| {
            let is_it = |found: &RecordKey| label::is_alike(found.as_str(), key.as_str());
            set.records.contains_key(key) || set.records.keys().any(is_it)
        };
        let known = last.get(fact).map_or(0, |set| set.records.len());
        let is_short = came < expect.min && !is_most(came, known);
        let was = |key: &RecordKey| last.get(fact).is_some_and(|set| set.records.contains_key(key));
        let may_be_renamed = set.records.keys().any(|key| !was(key));
        let missing = expect.required.iter().find(|key| !has(key) && (may_be_renamed || !was(key)));
        let (expected, came) = match missing {
            _ if is_short => (format!("at least {} records", expect.min), came.to_string()),
            Some(missing) => {
                (format!("a record `{missing}`"), format!("{came} records without it"))
            }
            None => continue,
        };
        let why = format!("expected {expected}, came {came}");
        let breakage = Breakage::TooFew { fact: fact.to_string(), expected, came };
        unreadable.push((Unreadable::new(fact.as_str(), Extent::Set, why), breakage));
    }
    unreadable
}

/// Whether a key equals a recipe's key, or could be a member of its family.
#[must_use]
pub fn is_of(key: &str, family: &str) -> bool {
    let (key, family): (Vec<&str>, Vec<&str>) =
        (key.split('.').collect(), family.split('.').collect());
    key.len() == family.len() && key.iter().zip(&family).all(|(k, f)| k == f || f.starts_with('{'))
}

fn old_edition(complaints: &[Complaint], key: &FactKey) -> Option<HoldReason> {
    let is_it = |c: &&Complaint| c.cause == Cause::OldEdition && is_of(key.as_str(), &c.fact);
    let old = complaints.iter().find(is_it)?;
    Some(HoldReason::OldEdition { fact: old.fact.clone(), example: old.text.clone() })
}

/// A record that is gone from its place while its key still appears in words that nothing reads.
fn still_stands(extraction: &Extraction, key: &FactKey) -> Option<HoldReason> {
    let (fact, record, text) = extraction.doubtful.iter().find(|(fact, ..)| fact == key)?;
    Some(HoldReason::StillStands { fact: format!("{fact}, {record}"), text: text.clone() })
}

/// A record with other figures in another place.
fn moved_on(extraction: &Extraction, key: &FactKey) -> Option<HoldReason> {
    let (fact, record, words) = extraction.moved_on.iter().find(|(fact, ..)| fact == key)?;
    Some(HoldReason::MovedOn { fact: format!("{fact}, {record}"), text: text::excerpt(words, 200) })
}

/// A fact set as it would be, as it was, and as it should be.
struct Set<'a> {
    key: &'a FactKey,
    now: Option<&'a FactSet>,
    last: Option<&'a FactSet>,
    expect: Option<&'a Expectation>,
}

impl<'a> Set<'a> {
    /// The records that are gone, and not just under another key.
    fn gone(&self) -> Vec<&'a RecordKey> {
        let Some(before) = self.last else { return Vec::new() };
        let Some(now) = self.now else { return before.records.keys().collect() };
        let mut renamed = now.renamed_from(before);
        renamed.extend(now.corrected_from(before));
        let is_gone = |key: &&RecordKey| {
            !now.records.contains_key(*key)
                && renamed.iter().all(|(old, _)| old != *key)
                && !now.fills(before, key)
        };
        before.records.keys().filter(is_gone).collect()
    }

    fn vanished(&self) -> Option<HoldReason> {
        // A notice that is taken down revokes nothing, and a series never alerts.
        let before = self.last?;
        if matches!(before.kind, FactType::Series | FactType::Notices) {
            return None;
        }
        let of = before.records.len();
        let gone = self.gone().len();
        let share = self.expect.map_or(Expectation::default().vanish, |e| e.vanish);
        // Rounded, so that a third of 24 is 8.
        let allowed = (share * Decimal::from(of)).round_dp(6);
        let many = of >= SMALL && Decimal::from(gone) > allowed;
        // A whole set does not vanish by chance, however small it is.
        let whole = gone == of && of > 0;
        let fact = self.key.to_string();
        (many || whole).then_some(HoldReason::Vanished { fact, gone, of })
    }

    /// Some are gone, and fewer are left than there should be: told once the page has said it again.
    fn too_few(&self) -> Option<HoldReason> {
        let (min, came) = (self.expect?.min, self.now?.records.len());
        let (gone, of) = (self.gone().len(), self.last?.records.len());
        let fact = self.key.to_string();
        let is_too_few = came < min && gone > 0 && is_most(came, of);
        is_too_few.then_some(HoldReason::Vanished { fact, gone, of })
    }

    /// A record that the recipe counts on is gone: rare, and told once the page has said it again.
    fn required_gone(&self) -> Option<HoldReason> {
        let (required, of) = (&self.expect?.required, self.last?.records.len());
        let gone = self.gone().into_iter().filter(|key| required.contains(key)).count();
        let fact = self.key.to_string();
        (gone > 0).then_some(HoldReason::Vanished { fact, gone, of })
    }

    fn too_many(&self) -> Option<HoldReason> {
        let (max, came) = (self.expect?.max?, self.now?.records.len());
        // A number of records above the maximum is no surprise once accepted.
        let known = self.last.is_some_and(|before| before.records.len() >= came);
        let fact = self.key.to_string();
        (came > max && !known).then_some(HoldReason::TooMany { fact, came, max })
    }

    /// A second record under a key that had only one.
    fn twofold(&self) -> Option<HoldReason> {
        let (now, before) = (self.now?, self.last?);
        if matches!(now.kind, FactType::Series | FactType::Notices | FactType::Clauses) {
            return None;
        }
        let is_second = |key: &&RecordKey| {
            let (first, number) = key.as_str().rsplit_once('/').unwrap_or_default();
            let is_number = number.parse::<usize>().is_ok_and(|n| n > 1);
            let first = RecordKey::parse(first).ok();
            is_number
                && !before.records.contains_key(*key)
                && first.is_some_and(|first| {
                    now.records.contains_key(&first) && before.records.contains_key(&first)
                })
        };
        let second = now.records.keys().find(is_second)?;
        Some(HoldReason::Twofold { fact: format!("{}, {second}", self.key) })
    }

    /// The newest record of a window is gone: a published draw is not withdrawn without notice.
    fn newest_gone(&self) -> Option<HoldReason> {
        let (now, before) = (self.now?, self.last?);
        if !matches!(now.kind, FactType::Draws) {
            return None;
        }
        let newest = before.records.keys().filter_map(|key| before.recency(key)).max()?;
        let is_newest = |key: &&&RecordKey| before.recency(key) == Some(newest);
        let gone = self.gone();
        let gone = gone.iter().filter(is_newest).count();
        let is_left = now.records.keys().filter_map(|key| now.recency(key)).any(|at| at >= newest);
        let fact = self.key.to_string();
        let of = before.records.len();
        (gone > 0 && !is_left).then_some(HoldReason::Vanished { fact, gone, of })
    }

    /// A draw with an impossible day, new or put in place of another: far from all others in the past, or far ahead, or
    /// far from those beside it.
    fn impossible_day(&self, today: Date) -> Option<HoldReason> {
        let (now, before) = (self.now?, self.last?);
        if now.kind != FactType::Draws {
            return None;
        }
        let days = before.records.keys().filter_map(|key| before.day_of(key));
        let oldest = days.min()?;
        // An older number may have an older day.
        let first = before.records.keys().filter_map(number_of).min();
        let is_new = |key: &&RecordKey| match before.day_of(key) {
            Some(day) => now.day_of(key) != Some(day),
            None => number_of(key).is_none_or(|n| first.is_some_and(|first| n > first)),
        };
        let (record, day) = now.records.keys().filter(is_new).find_map(|key| {
            let day = now.day_of(key)?;
            let [older, newer] = now.neighbours(key, before);
            let is_impossible = oldest.duration_since(day) > APART
                || day.duration_since(today) > AHEAD
                || older.is_some_and(|of| of.duration_since(day) > APART)
                || newer.is_some_and(|of| day.duration_since(of) > APART);
            is_impossible.then_some((key, day))
        })?;
        Some(HoldReason::ImpossibleDay { fact: format!("{}, {record}", self.key), day })
    }

    /// A figure outside its declared range, or off by an order of magnitude from the last one.
    fn implausible(&self) -> Option<HoldReason> {
        let set = self.now.filter(|set| set.kind != FactType::Series)?;
        // A past draw does not lose its figures: an empty cell of a feed may read as zero.
        let is_lost = |old: Decimal, new: Decimal| {
            set.kind == FactType::Draws && new.is_zero() && old.abs() >= MAGNITUDE.into()
        };
        let leaps = |old: Decimal, new: Decimal| leaps(old, new) || is_lost(old, new);
        for (record, now) in &set.records {
            let before = self.last.and_then(|set| set.records.get(record));
            for (field, value) in now.fields.iter().filter(|(field, _)| set.compares(field)) {
                let old = before.and_then(|record| record.fields.get(field));
                if old.is_some_and(|old| old.same(value)) {
                    continue;
                }
                let range = self.expect.and_then(|expect| expect.ranges.get(field));
                let is_outside = |value: &Value| {
                    let number = value.number();
                    number.zip(range).is_some_and(|(n, (low, high))| n < *low || n > *high)
                };
                let was: Vec<Decimal> = old.into_iter().flat_map(stages).filter_map(size).collect();
                let has_leapt = |value: &Value| {
                    let has = |now: Decimal| was.iter().all(|old| leaps(*old, now));
                    !was.is_empty() && size(value).is_some_and(has)
                };
                let is_in_doubt = |value: &&Value| is_outside(value) || has_leapt(value);
                let Some(value) = stages(value).find(is_in_doubt) else { continue };
                let said = match (range.filter(|_| is_outside(value)), old) {
                    (Some((low, high)), _) => format!("{low} to {high}"),
                    (None, Some(old)) => old.current().to_string(),
                    (None, None) => continue,
                };
                return Some(HoldReason::Implausible {
                    fact: format!("{}, {record}, {field}", self.key),
                    before: said,
                    now: value.to_string(),
                });
            }
        }
        None
    }
}

/// A value, and the one announced to replace it, which may be mistyped as well.
fn stages(value: &Value) -> impl Iterator<Item = &Value> {
    [Some(value.current()), value.next().map(|(next, _)| next)].into_iter().flatten()
}

/// How large a value is, beside others of its kind: a length of time in hours, whatever its unit.
fn size(value: &Value) -> Option<Decimal> {
    if let Value::Duration(length) = value {
        return Some(Decimal::from(length.about_hours()));
    }
    if let Value::Between(between) = value {
        return size(&between.from);
    }
    value.number()
}

fn leaps(old: Decimal, new: Decimal) -> bool {
    let (small, large) = (old.abs().min(new.abs()), old.abs().max(new.abs()));
    !small.is_zero() && large >= small * Decimal::from(MAGNITUDE)
}

#[cfg(test)]
mod tests;
