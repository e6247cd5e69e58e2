//! Fact sets that are windows of the newest: records that left at the old end, records that were
//! corrected.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::renamed::{is_in_one_place, place_of};
use super::{FactSet, FactType, FieldName, Fields, Record, RecordKey, Value};

/// The day in a record's key, or the record's own.
#[must_use]
pub fn day_of(key: &RecordKey, record: &Record) -> Option<Date> {
    let of_key = key.as_str().split('/').find_map(|part| part.get(..10)?.parse().ok());
    let is_day = |value: &&Value| matches!(value, Value::Date(_));
    // A day with a time may be of something else: until when a tie was broken.
    let of_field = || record.fields.values().find(is_day).and_then(Value::day);
    of_key.or_else(of_field).or_else(|| record.fields.values().find_map(Value::day))
}

/// The number in a key, such as that of a round: `91a` counts as 91.
#[must_use]
pub fn number_of(key: &RecordKey) -> Option<u64> {
    let digits = key.as_str().trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok()
}

/// A table goes by days if at most one in this many of its rows does not.
const DISORDER: usize = 10;

/// The first day of the month in a record's key: `2026-05`.
fn month_of(key: &RecordKey) -> Option<Date> {
    key.as_str().split('/').find_map(|part| {
        let is_month = part.len() == 7 && part.as_bytes()[4] == b'-';
        is_month.then(|| format!("{part}-01").parse().ok())?
    })
}

/// Methods for sets that are windows of the newest.
impl FactSet {
    /// The day of a record: the one in its key, or its own. A notice is of its own day, not of the later one
    /// that it announces.
    #[must_use]
    pub fn day_of(&self, key: &RecordKey) -> Option<Date> {
        self.records.get(key).and_then(|record| day_of(key, record))
    }

    /// How recent a record is within its set: by its day or month, then by its number.
    #[must_use]
    pub fn recency(&self, key: &RecordKey) -> Option<(Date, u64)> {
        let digits: String = key.as_str().chars().take_while(char::is_ascii_digit).collect();
        let day = self.day_of(key).or_else(|| month_of(key))?;
        Some((day, digits.parse().unwrap_or(0)))
    }

    /// The days of the known records before and after one that is new or has another day: those with the next lower
    /// and the next higher number; without numbers, those beside it in its table, if that goes by days.
    #[must_use]
    pub fn neighbours(&self, key: &RecordKey, before: &Self) -> [Option<Date>; 2] {
        let is_known = |(of, _): &(&RecordKey, &Record)| {
            *of != key && before.records.contains_key(*of) && before.day_of(of) == self.day_of(of)
        };
        let known = self.records.iter().filter(is_known);
        if let Some(own) = number_of(key) {
            let numbered: Vec<(u64, &RecordKey)> =
                known.filter_map(|(key, _)| Some((number_of(key)?, key))).collect();
            let lower = numbered.iter().filter(|(n, _)| *n < own).max();
            let higher = numbered.iter().filter(|(n, _)| *n > own).min();
            return [lower, higher].map(|one| one.and_then(|(_, key)| self.day_of(key)));
        }
        let Some(new) = self.records.get(key) else { return [None; 2] };
        let own = place_of(new);
        let of_table = |(_, record): &(&RecordKey, &Record)| {
            let place = place_of(record);
            record.evidence.locator == new.evidence.locator
                && place.len() == own.len()
                && !place.is_empty()
                && place[..place.len() - 1] == own[..own.len() - 1]
        };
        let mut list: Vec<_> = known
            .filter(of_table)
            .filter_map(|(key, record)| Some((place_of(record), self.day_of(key)?)))
            .collect();
        list.sort();
        let pairs = || list.windows(2).map(|pair| pair[0].1.cmp(&pair[1].1));
        let count = |order: Ordering| pairs().filter(|pair| *pair == order).count();
        let (up, down) = (count(Ordering::Less), count(Ordering::Greater));
        let above = list.iter().rev().find(|(place, _)| *place < own).map(|(_, day)| *day);
        let below = list.iter().find(|(place, _)| *place > own).map(|(_, day)| *day);
        match (up * DISORDER <= down, down * DISORDER <= up) {
            (true, false) => [below, above],
            (false, true) => [above, below],
            _ => [None; 2],
        }
    }

    /// The records of `before` that left at the old end of their list: something newer is here, and nothing of the list
    /// that is older than they are has stayed.
    #[must_use]
    pub fn left_at_the_end(&self, before: &Self) -> Vec<RecordKey> {
        let lists = Lists::of(before);
        let mut oldest: BTreeMap<&str, (Date, u64)> = BTreeMap::new();
        for (key, record) in
            before.records.iter().filter(|(key, _)| self.records.contains_key(*key))
        {
            let Some(of) = before.recency(key) else { continue };
            let oldest = oldest.entry(lists.of_record(record)).or_insert(of);
            *oldest = of.min(*oldest);
        }
        let newest = self.records.keys().filter_map(|key| self.recency(key)).max();
        let gone = before.records.iter().filter(|(key, _)| !self.records.contains_key(*key));
        let has_left = |(key, record): &(&RecordKey, &Record)| {
            let oldest = oldest.get(lists.of_record(record));
            before.recency(key).is_some_and(|of| {
                newest.is_some_and(|newest| newest > of)
                    && oldest.is_none_or(|oldest| oldest.0 >= of.0)
            })
        };
        let latest = self.latest_of_each(before);
        let has_next = |(key, record): &(&RecordKey, &Record)| {
            latest.get(name_of(key)).is_some_and(|next| {
                self.recency(next) > before.recency(key)
                    && is_in_one_place(record, &self.records[*next])
            })
        };
        let is_over = |one: &(&RecordKey, &Record)| {
            has_left(one) && !self.was_between(before, one) || has_next(one)
        };
        let gone = gone.filter(is_over);
        gone.map(|(key, _)| key.clone()).collect()
    }

    /// For each name that only one record of `before` has, the newest record of that name here. On a page with the
    /// latest round of each stream, the next round takes the place of the last one, and the other streams stay.
    fn latest_of_each(&self, before: &Self) -> BTreeMap<&str, &RecordKey> {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        before.records.keys().for_each(|key| *times.entry(name_of(key)).or_default() += 1);
        let is_one =
            |key: &&RecordKey| !name_of(key).is_empty() && times.get(name_of(key)) == Some(&1);
        let mut keys: Vec<&RecordKey> = self.records.keys().filter(is_one).collect();
        keys.sort_by_key(|key| self.recency(key));
        keys.into_iter().map(|key| (name_of(key), key)).collect()
    }

    /// Whether a record of `before` stood between others of its day that stayed, while nothing new came: a list of the
    /// newest drops nothing from there.
    fn was_between(&self, before: &Self, (key, record): &(&RecordKey, &Record)) -> bool {
        if self.records.keys().any(|key| !before.records.contains_key(key)) {
            return false;
        }
        let day = |key: &RecordKey| before.recency(key).map(|(day, _)| day);
        let stays = |other: &RecordKey| self.records.contains_key(other) && day(other) == day(key);
        let stay = before.records.iter().filter(|(other, _)| stays(other));
        let (own, others) =
            (place_of(record), stay.map(|(_, other)| place_of(other)).collect::<Vec<_>>());
        others.iter().any(|other| *other < own) && others.iter().any(|other| *other > own)
    }

    /// The records of `before` that appear here under a key with a corrected day or number. A notice has its words in
    /// its key, so that nothing but its day is another.
    #[must_use]
    pub fn corrected_from(&self, before: &Self) -> Vec<(RecordKey, RecordKey)> {
        let is_of_notices = self.kind == FactType::Notices;
        if self.kind != FactType::Draws && !is_of_notices {
            return Vec::new();
        }
        let stayed = before.records.keys().filter(|key| self.records.contains_key(*key));
        let stayed: Vec<(Date, u64)> = stayed.filter_map(|key| before.recency(key)).collect();
        // What is put right stands where it stood; what leaves and what comes are at both ends.
        let stays = |old: &RecordKey, new: &RecordKey| {
            let both = before.records.get(old).zip(self.records.get(new));
            both.is_some_and(|(was, is)| is_in_one_place(was, is))
        };
        let rolls = |old: &RecordKey, new: &RecordKey| {
            let is_moved = !stays(old, new);
            let (old, new) = (before.recency(old), self.recency(new));
            is_moved
                && stayed.len() > 1
                && stayed.iter().all(|at| Some(*at) > old)
                && stayed.iter().all(|at| Some(*at) < new)
        };
        let mut new: Vec<&RecordKey> =
            self.records.keys().filter(|key| !before.records.contains_key(*key)).collect();
        let mut pairs = Vec::new();
        for (old, was) in before.records.iter().filter(|(key, _)| !self.records.contains_key(*key))
        {
            let is_it = |key: &&RecordKey| {
                let is_same_notice =
                    || is_of_notices && old.as_str().contains('/') && stays(old, key);
                let is_put_right = self.records.get(*key).is_some_and(|is| {
                    is_same_notice()
                        || self.same_but_day(was, is)
                        || self.same_but_number((old, was), (*key, is))
                });
                one_figure_apart(old.as_str(), key.as_str()) && is_put_right && !rolls(old, key)
            };
            if let Some(at) = new.iter().position(is_it) {
                pairs.push((old.clone(), new.remove(at).clone()));
            }
        }
        pairs
    }

    /// Whether two records agree on everything but their day. If a note with a figure differs too, such as the
    /// day until which profiles were counted, it is another record.
    fn same_but_day(&self, was: &Record, is: &Record) -> bool {
        let is_day =
            |value: &Value| matches!(value, Value::Date(_) | Value::Days(_) | Value::Time(_));
        let has_figure = |value: &Value| {
            let Value::Text(note) = value else { return false };
            note.contains(|c: char| c.is_ascii_digit())
        };
        let is_other_note = |name: &FieldName| {
            let both = was.fields.get(name).zip(is.fields.get(name));
            both.is_some_and(|(was, is)| has_figure(was) && has_figure(is) && !was.same(is))
        };
        !self.notes.iter().any(is_other_note)
            && agree(
                &self.told(was, |value| !is_day(value)),
                &self.told(is, |value| !is_day(value)),
            )
    }

    /// Whether two records of one day agree on everything but their number, which is their key.
    fn same_but_number(&self, old: (&RecordKey, &Record), new: (&RecordKey, &Record)) -> bool {
        let day = day_of(old.0, old.1);
        let told = |(key, record): (&RecordKey, &Record)| {
            let is_key = |number: &i64| number.to_string() == key.as_str();
            self.told(record, |value| !matches!(value, Value::Integer(n) if is_key(n)))
        };
        day.is_some() && day == day_of(new.0, new.1) && agree(&told(old), &told(new))
    }

    /// The compared fields of a record whose values are told.
    fn told(&self, record: &Record, is_told: impl Fn(&Value) -> bool) -> Fields {
        let fields = record.fields.iter();
        let fields = fields.filter(|(name, value)| self.compares(name) && is_told(value));
        fields.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// What the key of a draw says beside its day; empty if that is all it says.
fn name_of(key: &RecordKey) -> &str {
    key.as_str().split_once('/').map_or("", |(_, name)| name)
}

/// The lists of a page that one set is read from, each a window with an old end of its own. What one locator reads is
/// of one list, and so are the draws of one name: those of a table, and the older ones in prose below it.
struct Lists<'s>(BTreeMap<&'s str, &'s str>);

impl<'s> Lists<'s> {
    fn of(set: &'s FactSet) -> Self {
        let mut lists = Self(BTreeMap::new());
        let mut named: BTreeMap<&str, &str> = BTreeMap::new();
        for (key, record) in &set.records {
            let locator = &*record.evidence.locator;
            lists.0.entry(locator).or_insert(locator);
            let other = *named.entry(name_of(key)).or_insert(locator);
            let (list, same) = (lists.0[locator], lists.0[other]);
            lists.0.values_mut().filter(|of| **of == list).for_each(|of| *of = same);
        }
        lists
    }

    /// The name of the list of a record.
    fn of_record(&self, record: &'s Record) -> &'s str {
        let locator = &*record.evidence.locator;
        self.0.get(locator).copied().unwrap_or(locator)
    }
}

/// Whether two sets of fields agree, and have at least one figure to agree on.
fn agree(was: &Fields, is: &Fields) -> bool {
    was.values().any(|value| value.number().is_some())
        && was.len() == is.len()
        && was.iter().all(|(name, value)| is.get(name).is_some_and(|now| now.same(value)))
}

/// Whether two keys differ in one part only, and there by one or two digits. The part is a number, a day, or a range
/// of days, of which each end is compared: `May 7` put right as `May 7 and 8` is one figure apart. A range that is
/// longer than the other must share a day with it.
fn one_figure_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split('/').collect(), b.split('/').collect());
    let differing: Vec<(&str, &str)> =
        a.iter().zip(&b).filter(|(x, y)| x != y).map(|(x, y)| (*x, *y)).collect();
    let [(x, y)] = differing.as_slice() else { return false };
    let is_near = match (days(x), days(y)) {
        (Some(x), Some(y)) => {
            let is_as_long = x.1.duration_since(x.0) == y.1.duration_since(y.0);
            let shares_a_day = x.0 <= y.1 && y.0 <= x.1;
            let is_near = |x: Date, y: Date| is_near(&x.to_string(), &y.to_string());
            (is_as_long || shares_a_day) && is_near(x.0, y.0) && is_near(x.1, y.1)
        }
        _ => is_near(x, y),
    };
    a.len() == b.len() && is_near
}

/// The first and the last day of a part of a key: `2026-05-07`, `2026-05-07 to 2026-05-08`.
fn days(part: &str) -> Option<(Date, Date)> {
    let (from, to) = part.split_once(" to ").unwrap_or((part, part));
    Some((from.parse().ok()?, to.parse().ok()?))
}

/// Whether two figures of one length differ by two digits at most.
fn is_near(x: &str, y: &str) -> bool {
    let is_figure = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == '-');
    let apart = x.chars().zip(y.chars()).filter(|(x, y)| x != y).count();
    x.len() == y.len() && is_figure(x) && is_figure(y) && apart <= 2
}

#[cfg(test)]
mod tests {
    use super::one_figure_apart;

    #[track_caller]
    fn check(a: &str, b: &str, expected: bool) {
        assert_eq!(one_figure_apart(a, b), expected, "{a} | {b}");
        assert_eq!(one_figure_apart(b, a), expected, "{b} | {a}");
    }

    #[test]
    fn one_day_or_number_put_right_is_one_figure_apart() {
        check("274", "275", true);
        check("2026-05-07/stream-1", "2026-05-08/stream-1", true);
        check("2026-05-07/stream-1", "2026-05-07 to 2026-05-08/stream-1", true);
        check("2026-05-08/stream-1", "2026-05-07 to 2026-05-08/stream-1", true);
        check("2026-07-09 to 2026-07-10", "2026-07-10 to 2026-07-11", true);
        // Another round: another stream, another month, days that end much later.
        check("2026-05-07/stream-1", "2026-05-08/stream-2", false);
        check("2026-05-07", "2026-05-07 to 2026-06-18", false);
        check("2026-05-01", "2026-07-06 to 2026-07-07", false);
        check("2026-05-07 to 2026-05-08", "2026-06-18 to 2026-06-19", false);
        check("274", "2026-05-07", false);
        check("2026-05-07", "2026-05-07/2", false);
    }
}
