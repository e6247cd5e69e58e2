//! Judges whether an extraction is believable: accept, hold or broken. Never says what changed.
//!
//! Declared expectations come from the recipe (fewest and most records, what must be there, ranges,
//! how many complaints); general ones need no declaration: records do not vanish by the dozen, a
//! figure does not move by an order of magnitude, codes do not fall back to an older edition.
//! Where a page cannot be told from a damaged one the answer is *broken*, because a removal that
//! was none costs more trust than a check that is done again. Implausible but possible is *held*:
//! a true mass change passes by confirmation.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::{
    Breakage, Cause, Complaint, Expectation, Extraction, FactKey, FactSet, FactType, Facts,
    HoldReason, RecordKey,
};

/// Sets smaller than this may lose any of their records, short of all, without being held.
const SMALL: usize = 6;

/// A figure that grows or shrinks by this much is off by an order of magnitude.
const MAGNITUDE: i64 = 10;

/// What the gate says of an extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Believable.
    Accept,
    /// Possible, but not to be believed before it is confirmed.
    Hold(HoldReason),
    /// Not believable.
    Broken(Breakage),
}

/// What the recipes of a source expect. Both look-ups are by the recipe the set or complaint
/// belongs to; what no recipe covers has no expectation.
pub trait Expectations {
    /// The expectation of a fact set.
    fn of(&self, key: &FactKey) -> Option<&Expectation>;
    /// The expectation that a complaint's fact recipe declares, by the recipe's own key.
    fn of_recipe(&self, key: &str) -> Option<&Expectation>;
}

/// Lets the last good value of a field stand where the field cannot be read today: unreadable is
/// not removed.
#[must_use]
pub fn settle(mut extraction: Extraction, last: &Facts) -> Extraction {
    for complaint in &extraction.complaints {
        let Some((fact, record, field)) = &complaint.about else { continue };
        let known = last.get(fact).and_then(|set| set.records.get(record));
        let value = known.and_then(|record| record.fields.get(field));
        let found = extraction.facts.get_mut(fact).and_then(|set| set.records.get_mut(record));
        if let (Some(value), Some(found)) = (value, found) {
            found.fields.entry(field.clone()).or_insert_with(|| value.clone());
        }
    }
    extraction
}

/// Judges an extraction against what is expected and what was last accepted.
#[must_use]
pub fn judge(extraction: &Extraction, last: &Facts, expectations: &dyn Expectations) -> Judgement {
    let broken = complaints(&extraction.complaints, expectations)
        .or_else(|| sizes(&extraction.facts, expectations))
        .or_else(|| unsure_removals(extraction, last));
    if let Some(breakage) = broken {
        return Judgement::Broken(breakage);
    }
    let held = old_edition(&extraction.complaints)
        .or_else(|| vanished(&extraction.facts, last, expectations))
        .or_else(|| too_many(&extraction.facts, last, expectations))
        .or_else(|| implausible(&extraction.facts, last, expectations));
    held.map_or(Judgement::Accept, Judgement::Hold)
}

/// Doubts a page that would change facts and is older, by its own date, than the one last believed.
#[must_use]
pub fn rolled_back(accepted: Option<Date>, came: Option<Date>) -> Option<HoldReason> {
    let (accepted, came) = accepted.zip(came)?;
    (came < accepted).then_some(HoldReason::RolledBack { accepted, came })
}

/// More complaints about one fact recipe than it allows.
fn complaints(complaints: &[Complaint], expectations: &dyn Expectations) -> Option<Breakage> {
    for complaint in complaints.iter().filter(|c| c.cause != Cause::OldEdition) {
        let of_fact = complaints.iter().filter(|c| c.fact == complaint.fact);
        let count = of_fact.filter(|c| c.cause != Cause::OldEdition).count();
        let allowed = expectations.of_recipe(&complaint.fact).map_or(0, |e| e.complaints);
        if count > allowed {
            return Some(Breakage::TooManyComplaints {
                fact: complaint.fact.clone(),
                count,
                first: format!("{}: `{}`: {}", complaint.place, complaint.text, complaint.why),
            });
        }
    }
    None
}

/// Fewer records than expected, or a required one missing.
fn sizes(facts: &Facts, expectations: &dyn Expectations) -> Option<Breakage> {
    for (key, set) in facts {
        let Some(expect) = expectations.of(key) else { continue };
        if set.records.len() < expect.min {
            return Some(Breakage::TooFew {
                fact: key.to_string(),
                expected: format!("at least {} records", expect.min),
                came: set.records.len().to_string(),
            });
        }
        if let Some(missing) = expect.required.iter().find(|key| !set.records.contains_key(*key)) {
            return Some(Breakage::TooFew {
                fact: key.to_string(),
                expected: format!("a record `{missing}`"),
                came: format!("{} records without it", set.records.len()),
            });
        }
    }
    None
}

/// Rows that nobody can key stand beside records that are gone: they may be the same.
fn unsure_removals(extraction: &Extraction, last: &Facts) -> Option<Breakage> {
    let unkeyed = extraction.complaints.iter().find(|c| c.cause == Cause::Unkeyed)?;
    let gone = last.iter().find(|(key, set)| {
        same_family(key.as_str(), &unkeyed.fact)
            && !gone(set, extraction.facts.get(*key)).is_empty()
    })?;
    Some(Breakage::TooManyComplaints {
        fact: gone.0.to_string(),
        count: 1,
        first: format!(
            "records are gone while {} `{}` cannot be told: {}",
            unkeyed.place, unkeyed.text, unkeyed.why
        ),
    })
}

/// Whether a key could be of a recipe's family: equal up to the words in braces.
fn same_family(key: &str, family: &str) -> bool {
    let (key, family): (Vec<&str>, Vec<&str>) =
        (key.split('.').collect(), family.split('.').collect());
    key.len() == family.len() && key.iter().zip(&family).all(|(k, f)| k == f || f.starts_with('{'))
}

fn old_edition(complaints: &[Complaint]) -> Option<HoldReason> {
    let old = complaints.iter().find(|complaint| complaint.cause == Cause::OldEdition)?;
    Some(HoldReason::OldEdition { fact: old.fact.clone(), example: old.text.clone() })
}

/// The records of `before` that are gone and not merely under another key.
fn gone<'a>(before: &'a FactSet, now: Option<&FactSet>) -> Vec<&'a RecordKey> {
    let Some(now) = now else { return before.records.keys().collect() };
    let renamed = now.renamed_from(before);
    before
        .records
        .keys()
        .filter(|key| !now.records.contains_key(*key) && renamed.iter().all(|(old, _)| old != *key))
        .collect()
}

fn vanished(facts: &Facts, last: &Facts, expectations: &dyn Expectations) -> Option<HoldReason> {
    // A notice that is taken down takes nothing back, and a series never alerts.
    let counts = |set: &FactSet| !matches!(set.kind, FactType::Series | FactType::Notices);
    for (key, before) in last.iter().filter(|(_, set)| counts(set)) {
        let of = before.records.len();
        let gone = gone(before, facts.get(key)).len();
        let share = expectations.of(key).map_or(Expectation::default().vanish, |e| e.vanish);
        // Rounded, so that a third of 24 is 8.
        let allowed = (share * Decimal::from(of)).round_dp(6);
        let many = of >= SMALL && Decimal::from(gone) > allowed;
        // A whole set does not go in passing, however small it is.
        let whole = gone == of && of > 0;
        if many || whole {
            return Some(HoldReason::Vanished { fact: key.to_string(), gone, of });
        }
    }
    None
}

fn too_many(facts: &Facts, last: &Facts, expectations: &dyn Expectations) -> Option<HoldReason> {
    facts.iter().find_map(|(key, set)| {
        let max = expectations.of(key)?.max?;
        let came = set.records.len();
        // What was accepted with more than the most is no longer surprising.
        let known = last.get(key).is_some_and(|before| before.records.len() >= came);
        (came > max && !known).then(|| HoldReason::TooMany { fact: key.to_string(), came, max })
    })
}

/// A figure outside its declared range, or off by an order of magnitude from the last one.
fn implausible(facts: &Facts, last: &Facts, expectations: &dyn Expectations) -> Option<HoldReason> {
    for (key, set) in facts.iter().filter(|(_, set)| set.kind != FactType::Series) {
        let expect = expectations.of(key);
        for (record, now) in &set.records {
            let before = last.get(key).and_then(|set| set.records.get(record));
            for (field, value) in now.fields.iter().filter(|(field, _)| set.compares(field)) {
                let old = before.and_then(|record| record.fields.get(field));
                if old == Some(value) {
                    continue;
                }
                let Some(number) = value.number() else { continue };
                let range = expect.and_then(|expect| expect.ranges.get(field));
                let outside = range.filter(|(low, high)| number < *low || number > *high);
                let leap = old.filter(|old| old.number().is_some_and(|old| leaps(old, number)));
                let said = match (outside, leap) {
                    (Some((low, high)), _) => format!("{low} to {high}"),
                    (None, Some(old)) => old.to_string(),
                    (None, None) => continue,
                };
                return Some(HoldReason::Implausible {
                    fact: format!("{key}, {record}, {field}"),
                    before: said,
                    now: value.to_string(),
                });
            }
        }
    }
    None
}

fn leaps(old: Decimal, new: Decimal) -> bool {
    let (small, large) = (old.abs().min(new.abs()), old.abs().max(new.abs()));
    !small.is_zero() && large >= small * Decimal::from(MAGNITUDE)
}

#[cfg(test)]
mod tests;
