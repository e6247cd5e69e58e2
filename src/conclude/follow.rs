//! What happens when an announced day comes: a rule announced for it is in force once a page confirms
//! it, and an end date printed on an unchanged page is told when it has passed.
//!
//! The clock alone puts nothing in force. A page last edited before the day, which still says the same
//! of the fact word for word, has confirmed nothing: the change is *due*.

use jiff::civil::Date;

use super::change::{self, Seen};
use crate::model::{
    Change, ChangeId, ChangeKind, Dates, EFFECTIVE_ON, EXPIRES_ON, EventId, FactKey, FactSet,
    Facts, FieldName, Record, RecordKey, Severity, Side, Stage, Value, words::CELL,
};
use crate::render::{Expiry, expired};

/// The changes announced for a day that has come which the page now confirms: it has been edited since
/// that day (by its own date, or in the words of the fact) and says the same. `before` is what the page
/// said when it was last read, `known` the facts as they were known.
#[must_use]
pub fn confirmed(
    seen: &Seen<'_>,
    announced: &[Change],
    facts: &Facts,
    (before, known): (Option<&Facts>, Option<&Facts>),
) -> Vec<Change> {
    let told = |change: &Change| {
        let set = facts.get(&change.fact)?;
        let record = set.records.get(&change.record)?;
        let was = before.and_then(|facts| facts.get(&change.fact)?.records.get(&change.record));
        let known = known.and_then(|facts| facts.get(&change.fact));
        let last = known.and_then(|known| Some((known, known.records.get(&change.record)?)));
        // The day may have been put off since, and is not there any more.
        let put_off = || last.and_then(|(known, last)| known.dates.of(last).effective_on);
        let day = set.dates.of(record).effective_on.or_else(put_off);
        let day = day.or(change.dates.effective_on)?;
        let is_edited = seen.published_on.is_some_and(|page| page >= day);
        let is_reworded = was.is_some_and(|was| is_reworded(was, record))
            || last.is_some_and(|(_, last)| has_lost_day(last, record));
        if day > seen.today || !says_new(change, set, record) || !(is_edited || is_reworded) {
            return None;
        }
        Some(Change {
            id: ChangeId::unnamed(),
            event: EventId::unnamed(),
            seen_at: seen.at,
            last_seen_unchanged_at: seen.last_unchanged,
            dates: Dates {
                published_on: seen.published_on,
                effective_on: Some(day),
                ..change.dates.clone()
            },
            stage: Stage::InForce,
            snapshot: seen.snapshot.clone(),
            before: change.after.clone(),
            after: Some(record.evidence.clone()),
            ..change.clone()
        })
    };
    // A move of the day was told when it happened: when the day comes, what it brings is told, not the
    // move.
    announced.iter().filter(|change| !change.is_of_day()).filter_map(told).collect()
}

/// Whether a record is read from other words. A promise that stands elsewhere on the page is behind them until its day.
fn is_reworded(was: &Record, record: &Record) -> bool {
    let (was, is) = (was.evidence.quote.as_str(), record.evidence.quote.as_str());
    let is_longer = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(CELL))
    };
    !is_longer(was, is) && !is_longer(is, was)
}

/// Whether a record had a day beside its name that is not there any more.
fn has_lost_day(was: &Record, record: &Record) -> bool {
    let has_day = |record: &Record| record.fields.keys().any(|name| name.as_str() == EFFECTIVE_ON);
    has_day(was) && !has_day(record)
}

/// Whether a record still says what was announced; its notes, words and day may differ.
fn says_new(change: &Change, set: &FactSet, record: &Record) -> bool {
    let field = change.field.as_ref().and_then(|field| record.fields.get(field));
    let is_said = |(name, value): (&FieldName, &Value)| {
        let is_aside = !set.compares(name)
            || set.wording.contains(name)
            || set.dates.effective.as_ref() == Some(name)
            // The day that stood beside its name is not there any more.
            || [EFFECTIVE_ON, EXPIRES_ON].contains(&name.as_str());
        is_aside || record.fields.get(name).is_some_and(|now| now.same(value))
    };
    match (&change.new, field) {
        (Some(Side::Value(Value::Clauses(new))), Some(Value::Clauses(now))) => {
            new.iter().all(|clause| now.contains(clause))
        }
        (Some(Side::Value(new)), Some(now)) => {
            new.same(now) || now.next().is_some_and(|(then, _)| new.same(then))
        }
        (Some(Side::Record(new)), None) => new.iter().all(is_said),
        _ => false,
    }
}

/// The notices of end dates that have passed since the facts were last confirmed.
#[must_use]
pub fn passed(seen: &Seen<'_>, facts: &Facts, last_day: Date) -> Vec<Change> {
    let mut notices: Vec<Change> = Vec::new();
    for (fact, set) in facts {
        let Some(field) = &set.dates.expires else { continue };
        for (key, record) in &set.records {
            let Some(day) = set.dates.of(record).expires_on else { continue };
            let has_passed = last_day <= day && day < seen.today;
            // One notice for each day of a set, however many records end on it.
            let told = notices.iter().any(|n| n.fact == *fact && n.dates.expires_on == Some(day));
            if has_passed && !told {
                notices.push(notice(seen, (fact, key, field), record, day));
            }
        }
    }
    notices
}

fn notice(
    seen: &Seen<'_>,
    (fact, key, field): (&FactKey, &RecordKey, &FieldName),
    record: &Record,
    day: Date,
) -> Change {
    let title = change::title(seen, fact);
    Change {
        id: ChangeId::unnamed(),
        event: EventId::unnamed(),
        seen_at: seen.at,
        last_seen_unchanged_at: seen.last_unchanged,
        dates: Dates { published_on: seen.published_on, expires_on: Some(day), ..Dates::default() },
        stage: Stage::InForce,
        jurisdiction: seen.source.jurisdiction.clone(),
        program: seen.source.program.clone(),
        source: seen.source.id.clone(),
        fact: fact.clone(),
        record: key.clone(),
        field: Some(field.clone()),
        kind: ChangeKind::Notice,
        old: None,
        new: Some(Side::Value(Value::Date(day))),
        severity: Severity::Info,
        rules: change::rules(seen, fact, Some(field)),
        summary: expired(&Expiry { title: title.as_ref(), fact, day }),
        url: change::official(seen.source),
        snapshot: seen.snapshot.clone(),
        before: Some(record.evidence.clone()),
        after: Some(record.evidence.clone()),
    }
}

#[cfg(test)]
mod tests;
