//! Says what changed between two sets of facts: by key, order-free, exact.
//!
//! Pure: accepted facts before and now in, [`Delta`]s out, sorted by fact, record and field. The fact
//! set's type alone decides what kind of change a difference is. A record whose key is only respelled is
//! the same record; typography, case and the order of a list are no difference; a series gives no delta,
//! only a count of the records that moved.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod edition;
mod kind;
mod moved;
mod naming;
mod qualifier;
mod renumbered;
mod rescheduled;
mod unified;
mod wording;
pub mod words;

use std::collections::{BTreeMap, HashSet};
use std::mem::discriminant;

use jiff::civil::Date;

pub use edition::across_editions;
pub use kind::kinds;
pub use rescheduled::rescheduled;
pub use unified::unified;

use self::kind::{added, left, status};
use crate::model::{
    ChangeKind, Dates, Evidence, FactKey, FactSet, FactType, Facts, FieldName, Record, RecordKey,
    STATUS, Side, Unreadable, Value, is_name, label,
    meaning::bare,
    opening::are_one_week,
    synonym::usual,
    words::{of_item, words as of_text},
};

/// The field of a record that says of a change what was true before it.
const BEFORE: &str = "before";

/// One difference between the facts before and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The fact set.
    pub fact: FactKey,
    /// Its type.
    pub fact_type: FactType,
    /// The record.
    pub record: RecordKey,
    /// The field that differs; `None` if a whole record came or went.
    pub field: Option<FieldName>,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// Before.
    pub old: Option<Side>,
    /// Now.
    pub new: Option<Side>,
    /// Evidence for the old value.
    pub before: Option<Evidence>,
    /// Evidence for the new value.
    pub after: Option<Evidence>,
    /// When the new value applies and to what, according to the page.
    pub dates: Dates,
    /// The record as it is now, or was last, for describing it.
    pub whole: Record,
}

/// Everything that differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The differences.
    pub deltas: Vec<Delta>,
    /// How many records of each series moved.
    pub updates: BTreeMap<FactKey, usize>,
}

impl Comparison {
    /// Returns whether nothing differs, series included.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deltas.is_empty() && self.updates.is_empty()
    }
}

/// Compares the facts before with those now.
#[must_use]
pub fn compare(before: &Facts, now: &Facts) -> Comparison {
    compare_read(before, (now, now), &[], Date::MIN)
}

/// The same, when not everything is believed: `read` includes what is held, whose words are not news yet. The
/// facts now that are `lost`, being unreadable, are the last ones known: their words need not be on the page. A day
/// after `today` that moves is told by [`rescheduled()`].
#[must_use]
pub fn compare_read(
    before: &Facts,
    (now, read): (&Facts, &Facts),
    lost: &[Unreadable],
    today: Date,
) -> Comparison {
    let mut comparison = Comparison::default();
    let mut keys: Vec<&FactKey> = before.keys().chain(now.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let kind = now.get(key).or_else(|| before.get(key)).map_or(FactType::List, |set| set.kind);
        if wording::is_of(key) {
            continue;
        }
        let nothing = FactSet::new(kind);
        let sets = (before.get(key).unwrap_or(&nothing), now.get(key).unwrap_or(&nothing));
        let deltas = Pair { key, before: sets.0, now: sets.1 }.deltas();
        if kind == FactType::Series {
            let mut moved: Vec<&RecordKey> = deltas.iter().map(|delta| &delta.record).collect();
            moved.dedup();
            if !moved.is_empty() {
                comparison.updates.insert(key.clone(), moved.len());
            }
        } else {
            comparison.deltas.extend(deltas);
        }
    }
    moved::leave_out(&mut comparison.deltas, before, read);
    let pages = before.keys().filter(|key| wording::is_of(key));
    let told = (comparison.deltas.as_slice(), today);
    let worded = pages.flat_map(|key| wording::compare(key, before, (now, read), lost, told));
    let worded: Vec<Delta> = worded.collect();
    comparison.deltas.extend(worded);
    comparison.deltas.retain(|delta| !is_awaited(delta));
    comparison.deltas.sort_by(|a, b| a.fact.cmp(&b.fact));
    comparison
}

/// Whether a new draw has no figure yet, as the row of a month to come has "TBD".
fn is_awaited(delta: &Delta) -> bool {
    let mut values = delta.whole.fields.values().peekable();
    delta.kind == ChangeKind::DrawAdded
        && values.peek().is_some()
        && values.all(|value| matches!(value, Value::Masked(_)))
}

/// What a record that is gone announced, told as taken back: a figure goes back to the one before it.
#[must_use]
pub fn taken_back(delta: &Delta) -> Delta {
    let set = FactSet::new(delta.fact_type);
    let pair = Pair { key: &delta.fact, before: &set, now: &set };
    if let [(name, was, is)] = pair.replaces(&delta.record, &delta.whole)[..] {
        return Delta {
            field: Some(name.clone()),
            kind: pair.altered(name, was, Some(is)),
            old: Some(Side::Value(is.clone())),
            new: was.cloned().map(Side::Value),
            ..delta.clone()
        };
    }
    let status = delta.whole.fields.iter().find(|(name, _)| name.as_str() == STATUS);
    let kind = status.filter(|_| delta.fact_type == FactType::Streams);
    Delta {
        kind: kind.map_or(delta.kind, |(name, is)| self::status(name, Some(is))),
        ..delta.clone()
    }
}

/// Reports a record as new again when a field is read that could not be read when the record came, or a
/// draw when something is there that its row did not have yet: it is not a correction from nothing.
pub fn completed(comparison: &mut Comparison, unreadable: &[Unreadable]) {
    let all = &comparison.deltas;
    let late: Vec<bool> = all.iter().map(|delta| comes_late(delta, all)).collect();
    let is_completed = |delta: &Delta| {
        let field = delta.field.as_ref().filter(|_| delta.old.is_none() && delta.new.is_some());
        field.is_some_and(|field| {
            unreadable.iter().any(|u| {
                !u.covers(&delta.fact, &delta.record)
                    && u.covers_field(&delta.fact, &delta.record, field)
            })
        })
    };
    let mut told: Vec<(FactKey, RecordKey)> = Vec::new();
    let mut deltas = Vec::with_capacity(comparison.deltas.len());
    for (delta, is_late) in std::mem::take(&mut comparison.deltas).into_iter().zip(late) {
        let is_new_again = is_late || is_completed(&delta);
        let Some(kind) = added(delta.fact_type).filter(|_| is_new_again) else {
            deltas.push(delta);
            continue;
        };
        let about = (delta.fact.clone(), delta.record.clone());
        if !told.contains(&about) {
            told.push(about);
            let new = Some(Side::Record(delta.whole.fields.clone()));
            deltas.push(Delta { field: None, kind, new, before: None, ..delta });
        }
    }
    // A record that is told as new has all its figures with it.
    let is_told = |delta: &Delta| {
        delta.kind == ChangeKind::DrawCorrected
            && told.iter().any(|(fact, record)| (fact, record) == (&delta.fact, &delta.record))
    };
    deltas.retain(|delta| !is_told(delta));
    comparison.deltas = deltas;
}

/// Whether a draw has something now that its row did not have when it came: a figure, or words that no other draw
/// lacked.
fn comes_late(delta: &Delta, all: &[Delta]) -> bool {
    if delta.kind != ChangeKind::DrawCorrected || delta.field.is_none() {
        return false;
    }
    // A column that is new in every row says more of old draws, and none of them is new.
    let is_of_one = || {
        let also = |other: &&Delta| {
            (&other.fact, &other.field) == (&delta.fact, &delta.field) && other.old.is_none()
        };
        all.iter().filter(also).count() == 1
    };
    let figure = |new: &Side| matches!(new, Side::Value(value) if value.number().is_some());
    let is_late = |new: &Side| delta.old.is_none() && (figure(new) || is_of_one());
    delta.new.as_ref().is_some_and(is_late)
}

/// One fact set before and now.
struct Pair<'a> {
    key: &'a FactKey,
    before: &'a FactSet,
    now: &'a FactSet,
}

impl Pair<'_> {
    fn deltas(&self) -> Vec<Delta> {
        let mut deltas = Vec::new();
        let corrected = self.now.corrected_from(self.before);
        let mut renamed = self.now.renamed_from(self.before);
        renamed.retain(|(old, new)| corrected.iter().all(|(from, to)| from != old && to != new));
        let renumbered = self.renumbered();
        renamed.retain(|(old, new)| renumbered.iter().all(|(from, to)| from != old && to != new));
        deltas.extend(corrected.iter().filter_map(|(old, new)| self.put_right(old, new)));
        deltas.extend(renamed.iter().filter_map(|(old, new)| self.headed_anew(old, new)));
        renamed.extend(corrected);
        renamed.extend(renumbered);
        let is_left = |key: &RecordKey| renamed.iter().any(|(from, _)| from == key);
        let is_taken = |key: &RecordKey| renamed.iter().any(|(_, to)| to == key);
        for (key, new) in &self.now.records {
            let from = renamed.iter().find(|(_, to)| to == key).map(|(from, _)| from);
            // Another record stands under the key of one that is under another now.
            let own = || Some(key).filter(|key| !is_left(key));
            match from.or_else(own).and_then(|old| self.before.records.get(old)) {
                Some(old) => deltas.extend(self.fields(key, old, new)),
                None => deltas.extend(self.came(key, new)),
            }
        }
        let from = self.new_day();
        for (key, old) in &self.before.records {
            let still = self.now.records.contains_key(key) && !is_taken(key)
                || is_left(key)
                || self.now.fills(self.before, key);
            if !still {
                deltas.extend(self.went(key, old, from));
            }
        }
        deltas.sort_by(|a, b| (&a.record, &a.field).cmp(&(&b.record, &b.field)));
        deltas
    }

    /// A draw whose day or number was corrected in its key, when no field says so.
    fn put_right(&self, old: &RecordKey, new: &RecordKey) -> Option<Delta> {
        let (was, is) = (self.before.records.get(old)?, self.now.records.get(new)?);
        let side = |key: &RecordKey| Some(Side::Value(Value::Text(key.to_string())));
        let is_untold = self.now.kind == FactType::Draws && self.fields(new, was, is).is_empty();
        is_untold.then(|| Delta {
            old: side(old),
            new: side(new),
            before: Some(was.evidence.clone()),
            after: Some(is.evidence.clone()),
            ..self.delta(new, ChangeKind::DrawCorrected, is)
        })
    }

    fn came(&self, key: &RecordKey, new: &Record) -> Vec<Delta> {
        let after = Some(new.evidence.clone());
        let dates = self.now.dates.of(new);
        let replaced = self.replaces(key, new);
        if !replaced.is_empty() {
            let replaced = replaced.into_iter().map(|(name, was, is)| Delta {
                field: Some(name.clone()),
                old: was.cloned().map(Side::Value),
                new: Some(Side::Value(is.clone())),
                after: after.clone(),
                dates: dates.clone(),
                ..self.delta(key, self.altered(name, was, Some(is)), new)
            });
            return replaced.collect();
        }
        let said = new.fields.iter().find(|(name, _)| name.as_str() == STATUS);
        let said = said.filter(|_| self.now.kind == FactType::Streams);
        // What will become of a stream of which nothing was read so far: until then it is as it was.
        if let Some((name, said)) = said
            && let Some((then, from)) = said.next()
        {
            let delta = Delta {
                field: Some(name.clone()),
                old: Some(Side::Value(said.current().clone())),
                new: Some(Side::Value(then.clone())),
                after,
                dates: Dates { effective_on: Some(from), ..dates },
                ..self.delta(key, status(name, Some(then)), new)
            };
            return vec![delta];
        }
        let kind = match said {
            Some((name, said)) => status(name, Some(said)),
            None => match added(self.now.kind) {
                Some(kind) => kind,
                None => return Vec::new(),
            },
        };
        let new_side = Some(Side::Record(new.fields.clone()));
        vec![Delta { new: new_side, after, dates, ..self.delta(key, kind, new) }]
    }

    /// What a new record says of a change itself: each figure that is another now, what it was, what it is. A
    /// notice and a log of changes, kept by their days, say so. Of several figures it does not say which was
    /// the one before.
    fn replaces<'r>(
        &self,
        key: &RecordKey,
        new: &'r Record,
    ) -> Vec<(&'r FieldName, Option<&'r Value>, &'r Value)> {
        let before = new.fields.iter().find(|(name, _)| name.as_str() == BEFORE);
        let was = before.map(|(_, was)| was.current());
        if was.is_none() && !(self.now.kind.is_of_figures() && is_dated(key)) {
            return Vec::new();
        }
        let is_successor = |(name, value): &(&FieldName, &Value)| {
            let is_like = |was: &Value| {
                discriminant(value.current()) == discriminant(was) && !value.same(was)
            };
            let is_figure = name.as_str() != BEFORE && value.number().is_some();
            is_figure && self.now.compares(name) && was.is_none_or(is_like)
        };
        let successors = new.fields.iter().filter(is_successor);
        let successors: Vec<_> = successors.map(|(name, is)| (name, was, is)).collect();
        if was.is_some() && successors.len() > 1 { Vec::new() } else { successors }
    }

    fn went(&self, key: &RecordKey, old: &Record, from: Option<Date>) -> Option<Delta> {
        let effective_on = from.filter(|day| self.before.dates.of(old).effective_on != Some(*day));
        Some(Delta {
            old: Some(Side::Record(old.fields.clone())),
            before: Some(old.evidence.clone()),
            dates: Dates { effective_on, ..Dates::default() },
            ..self.delta(key, left(self.now.kind, old)?, old)
        })
    }

    /// The day from which all records hold, if the page gives one and the same to each, as it did before: what
    /// is gone from the list is gone from that day. A single record, or a day for some of the list, says
    /// nothing of the others.
    fn new_day(&self) -> Option<Date> {
        let day_of_all = |set: &FactSet| {
            let mut days = set.records.values().map(|record| set.dates.of(record).effective_on);
            let first = days.next()?;
            days.all(|day| day == first).then_some(first)
        };
        day_of_all(self.before)?;
        day_of_all(self.now).flatten().filter(|_| self.now.records.len() > 1)
    }

    fn fields(&self, key: &RecordKey, old: &Record, new: &Record) -> Vec<Delta> {
        let mut names: Vec<&FieldName> = old.fields.keys().chain(new.fields.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let differ = |name: &&FieldName| {
            if self.is_named_late(name, old, new) {
                return true;
            }
            self.now.compares(name)
                && self.before.compares(name)
                && !self.now.dates.went_with_state(name, &old.fields, &new.fields)
                && match (old.fields.get(*name), new.fields.get(*name)) {
                    (Some(a), Some(b)) => {
                        !(a.same(b)
                            || self.before.is_announced_so(old, a, b)
                            || self.now.wording.contains(name) && are_one_item(a, b))
                    }
                    (a, b) => a != b,
                }
        };
        names.into_iter().filter(differ).map(|name| self.field(key, name, old, new)).collect()
    }

    /// Whether a field is the name of a draw that came without one, alone of all draws. A name that is only a note is
    /// compared nowhere else.
    fn is_named_late(&self, name: &FieldName, old: &Record, new: &Record) -> bool {
        let is_late = |old: &Record, new: &Record| {
            !old.fields.contains_key(name) && new.fields.contains_key(name)
        };
        if self.now.kind != FactType::Draws || !is_name(name) || !is_late(old, new) {
            return false;
        }
        let both = |(key, new)| Some((self.before.records.get(key)?, new));
        let late = self.now.records.iter().filter_map(both).filter(|(old, new)| is_late(old, new));
        late.count() == 1
    }

    fn field(&self, key: &RecordKey, name: &FieldName, old: &Record, new: &Record) -> Delta {
        let Step { was, is, from } = step(old.fields.get(name), new.fields.get(name));
        let named = was.as_ref().zip(is.as_ref());
        let named = named.and_then(|(was, is)| self.named_anew(key, name, was, is));
        let kind = named.unwrap_or_else(|| self.altered(name, was.as_ref(), is.as_ref()));
        let dates = self.now.dates.of(new);
        Delta {
            field: Some(name.clone()),
            old: was.map(Side::Value),
            new: is.map(Side::Value),
            before: Some(old.evidence.clone()),
            after: Some(new.evidence.clone()),
            dates: Dates { effective_on: from.or(dates.effective_on), ..dates },
            ..self.delta(key, kind, new)
        }
    }

    fn delta(&self, key: &RecordKey, kind: ChangeKind, whole: &Record) -> Delta {
        Delta {
            fact: self.key.clone(),
            fact_type: self.now.kind,
            record: key.clone(),
            field: None,
            kind,
            old: None,
            new: None,
            before: None,
            after: None,
            dates: Dates::default(),
            whole: whole.clone(),
        }
    }

    /// The kind of change of one field.
    fn altered(&self, name: &FieldName, old: Option<&Value>, new: Option<&Value>) -> ChangeKind {
        if self.now.wording.contains(name) {
            let is_rule = self.is_another_rule(name, old, new);
            return if is_rule { ChangeKind::RecordChanged } else { ChangeKind::WordingChanged };
        }
        if let (Some(Value::Clauses(old)), Some(Value::Clauses(new))) = (old, new)
            && figures(old) == figures(new)
            && (self.now.kind == FactType::Clauses || !qualifier::turned(old, new))
        {
            return ChangeKind::WordingChanged;
        }
        if old.zip(new).is_some_and(|(old, new)| in_other_words(old, new)) {
            return ChangeKind::WordingChanged;
        }
        let figure = |value: Option<&Value>| value.is_some_and(|value| value.number().is_some());
        match self.now.kind {
            FactType::Occupations if figure(old) || figure(new) => ChangeKind::ThresholdChanged,
            FactType::Occupations | FactType::Categories | FactType::List => {
                ChangeKind::RecordChanged
            }
            FactType::Thresholds | FactType::Funds => ChangeKind::ThresholdChanged,
            FactType::Points => ChangeKind::PointsChanged,
            FactType::Fees => ChangeKind::FeeChanged,
            FactType::Streams => status(name, new),
            FactType::Standards => ChangeKind::ProcessingStandard,
            FactType::Draws => ChangeKind::DrawCorrected,
            FactType::Clauses | FactType::Notices => ChangeKind::WordingChanged,
            FactType::Series => ChangeKind::RecordChanged,
        }
    }
}

/// The difference in a field, and the day from which the page says the new value holds.
struct Step {
    was: Option<Value>,
    is: Option<Value>,
    from: Option<Date>,
}

/// When a value is stated together with its successor, reports the one that is new: the value in force,
/// else the one to come.
fn step(old: Option<&Value>, new: Option<&Value>) -> Step {
    if let (Some(old), Some(new)) = (old, new)
        && old.current().same(new.current())
    {
        let known = old.next().map_or(old.current(), |(then, _)| then);
        return match new.next() {
            Some((then, from)) if !then.same(known) => {
                Step { was: Some(known.clone()), is: Some(then.clone()), from: Some(from) }
            }
            // The same value from a different day: until then it is what it is.
            Some((then, from)) => {
                Step { was: Some(new.current().clone()), is: Some(then.clone()), from: Some(from) }
            }
            None if old.next().is_some() => {
                Step { was: Some(known.clone()), is: Some(new.clone()), from: None }
            }
            None => {
                let (was, is) = sides(Some(old), Some(new));
                Step { was, is, from: None }
            }
        };
    }
    // What was announced before is still announced: the change is of the value in force.
    let next = |value: Option<&Value>| value.and_then(Value::next).map(|(then, _)| then.clone());
    let stays = next(old).zip(next(new)).is_some_and(|(was, is)| was.same(&is));
    let (was, is) =
        sides(old.map(Value::current), if stays { new.map(Value::current) } else { new });
    Step { was, is, from: None }
}

/// For two stretches of prose, the change is only the clauses that differ.
fn sides(old: Option<&Value>, new: Option<&Value>) -> (Option<Value>, Option<Value>) {
    let (Some(Value::Clauses(old)), Some(Value::Clauses(new))) = (old, new) else {
        return (old.cloned(), new.cloned());
    };
    let only = |these: &[String], those: &[String]| {
        let known: HashSet<String> = those.iter().map(|clause| bare(clause)).collect();
        let differing = these.iter().filter(|clause| !known.contains(&bare(clause)));
        Value::Clauses(differing.cloned().collect())
    };
    (Some(only(old, new)), Some(only(new, old)))
}

/// Whether two texts are one but for the punctuation of their list.
fn are_one_item(a: &Value, b: &Value) -> bool {
    let (Value::Text(a), Value::Text(b)) = (a, b) else { return false };
    bare(of_item(a)) == bare(of_item(b))
}

/// Whether two texts, or lists of them, say one rule in other words.
fn in_other_words(old: &Value, new: &Value) -> bool {
    let said = |text: &str| {
        let mut words = usual(&of_text(text));
        words.retain(|word| !matches!(&**word, "the" | "this" | "that" | "these" | "those"));
        words
    };
    match (old, new) {
        (Value::Text(old), Value::Text(new)) => {
            said(old) == said(new) || label::are_forms(old, new) || are_one_week(old, new)
        }
        (Value::List(old), Value::List(new)) => {
            let is_in = |list: &[Value], item| list.iter().any(|other| in_other_words(item, other));
            old.len() == new.len()
                && old.iter().all(|item| is_in(new, item))
                && new.iter().all(|item| is_in(old, item))
        }
        (old, new) => old.same(new),
    }
}

/// The figures in stretches of prose, sorted: if they are the same, only the wording changed.
fn figures(clauses: &[String]) -> Vec<String> {
    let words = clauses.iter().flat_map(|clause| of_text(clause));
    let mut figures: Vec<String> =
        words.filter(|word| word.contains(|c: char| c.is_ascii_digit())).collect();
    figures.sort_unstable();
    figures
}

/// Whether a record is kept by a day.
fn is_dated(key: &RecordKey) -> bool {
    key.as_str().get(..10).is_some_and(|day| day.parse::<Date>().is_ok())
}

#[cfg(test)]
mod tests;
