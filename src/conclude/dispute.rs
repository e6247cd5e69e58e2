//! Facts that several pages state differently: a state to show, not an alert.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::model::{
    Dispute, FactKey, FactSet, FieldName, Record, RecordKey, RecordState, Rule, SourceId, Stated,
    Value,
};

/// What the sources of a fact set state, and every state of its records, the oldest first.
pub type StatedSets = (Vec<(SourceId, FactSet)>, Vec<RecordState>);

/// Everything that is disputed, by rule. `stated` gives what each source states of a fact set; `day` gives the
/// day of a moment in a source's time zone.
///
/// # Errors
/// Those of `stated`.
pub fn disputes<E>(
    rules: &[Rule],
    mut stated: impl FnMut(&FactKey) -> Result<StatedSets, E>,
    day: &dyn Fn(&SourceId, Timestamp) -> Date,
) -> Result<Vec<Dispute>, E> {
    let mut all = Vec::new();
    for rule in rules {
        let mut said = Vec::new();
        for (fact, field) in &rule.one_fact {
            let (sets, states) = stated(fact)?;
            for (source, set) in sets {
                let changed_on = |record: &_| {
                    let of = states.iter().filter(|s| s.source == source && s.record == *record);
                    changed_at(of, field).map(|at| day(&source, at))
                };
                said.extend(statements(&source, fact, field, &set, &changed_on));
            }
        }
        all.extend(disputed(rule, &said));
    }
    Ok(all)
}

/// A value, and what tells how old it is.
struct Statement {
    stated: Stated,
    /// Of a notice: its day, or that from which it holds if it is later.
    notice_of: Option<Date>,
    /// On which day the page was seen to have changed it.
    changed_on: Option<Date>,
}

/// What a source states of a field, record by record.
fn statements(
    source: &SourceId,
    fact: &FactKey,
    field: &FieldName,
    set: &FactSet,
    changed_on: &dyn Fn(&RecordKey) -> Option<Date>,
) -> Vec<Statement> {
    let statement = |(key, record): (&RecordKey, &Record)| {
        let value = record.fields.get(field)?.clone();
        let (source, fact, field) = (source.clone(), fact.clone(), field.clone());
        let (day, _) = undated(key.as_str());
        let from = set.dates.of(record).effective_on;
        Some(Statement {
            stated: Stated { source, fact, record: key.clone(), field, value },
            notice_of: day.map(|day| from.map_or(day, |from| from.max(day))),
            changed_on: changed_on(key),
        })
    };
    set.records.iter().filter_map(statement).collect()
}

/// When a field was last seen to say something else than before. Its first value may have been there for long.
fn changed_at<'a>(
    states: impl Iterator<Item = &'a RecordState>,
    field: &FieldName,
) -> Option<Timestamp> {
    let mut before: Option<&Value> = None;
    let mut changed = None;
    for state in states {
        let Some(value) = state.fields.as_ref().and_then(|fields| fields.get(field)) else {
            continue;
        };
        if before.is_some_and(|before| !before.same(value)) {
            changed = Some(state.seen_at);
        }
        before = Some(value);
    }
    changed
}

/// The differences among statements of the same record. Sets with one record each are about the same
/// thing, whatever each calls it.
fn disputed(rule: &Rule, stated: &[Statement]) -> Vec<Dispute> {
    let stated = latest(stated);
    let records = |fact: &FactKey| stated.iter().filter(|s| s.stated.fact == *fact).count();
    let single = rule.one_fact.iter().all(|(fact, _)| records(fact) <= 1);
    let mut about: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
    for said in &stated {
        let record = if single { "" } else { undated(said.stated.record.as_str()).1 };
        about.entry(record).or_default().push(said);
    }
    let dispute = |of: Vec<&Statement>| {
        let changed = of.iter().filter(|said| said.notice_of.is_none());
        let changed = changed.filter_map(|said| said.changed_on).max();
        let is_overtaken =
            |said: &&Statement| said.notice_of.is_some_and(|day| Some(day) < changed);
        let of = of.into_iter().filter(|said| !is_overtaken(said)).map(|said| said.stated.clone());
        let stated: Vec<Stated> = of.collect();
        let differ = stated.windows(2).any(|pair| !pair[0].value.same(&pair[1].value));
        differ.then(|| Dispute { rule: rule.id.clone(), stated })
    };
    about.into_values().filter_map(dispute).collect()
}

/// The day at the start of a record's key, and what the record is about: notices are kept by their days.
fn undated(record: &str) -> (Option<Date>, &str) {
    let dated = record.split_once('/').and_then(|(day, of)| Some((day.parse().ok()?, of)));
    dated.map_or((None, record), |(day, of)| (Some(day), of))
}

/// What is stated, of several notices about one thing only the latest.
fn latest(stated: &[Statement]) -> Vec<&Statement> {
    let is_later = |said: &Stated| {
        let (day, about) = undated(said.record.as_str());
        stated.iter().any(|Statement { stated: other, .. }| {
            let (later, same) = undated(other.record.as_str());
            other.fact == said.fact && same == about && later > day
        })
    };
    stated.iter().filter(|said| !is_later(&said.stated)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conclude::sample::{field, key, record, record_key};
    use crate::model::{Bilingual, CheckId, FactType, RuleId};

    fn rule() -> Rule {
        let one_fact = ["a.fee", "b.fee"].map(|fact| (key(fact), field("amount"))).to_vec();
        let title = Bilingual { en: "Cost".to_owned(), fr: "Coût".to_owned() };
        let id = RuleId::parse("R-COST").unwrap();
        Rule { id, title, tools: Vec::new(), depends_on: Vec::new(), severity: None, one_fact }
    }

    /// What two sources state, record by record, and how many disputes that is.
    #[track_caller]
    fn check(a: &[(&str, i64)], b: &[(&str, i64)], expected: usize) {
        check_changed(a, b, &[], expected);
    }

    /// The same, where source `a` has changed its record `x` on days: the day, and what it said from then on.
    #[track_caller]
    fn check_changed(
        a: &[(&str, i64)],
        b: &[(&str, i64)],
        changed: &[(&str, i64)],
        expected: usize,
    ) {
        let state = |(day, amount): &(&str, i64)| RecordState {
            source: SourceId::parse("a").unwrap(),
            record: record_key("x"),
            check: CheckId(1),
            seen_at: format!("{day}T12:00:00Z").parse().unwrap(),
            fields: Some(record(&[("amount", Value::Integer(*amount))]).fields),
            evidence: None,
        };
        let day = |_: &SourceId, at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let stated = |fact: &FactKey| {
            let (source, said) = if fact.as_str() == "a.fee" { ("a", a) } else { ("b", b) };
            let mut set = FactSet::new(FactType::Fees);
            for (name, amount) in said {
                let fields = [("amount", Value::Integer(*amount))];
                set.records.insert(record_key(name), record(&fields));
            }
            let states = changed.iter().filter(|_| source == "a").map(state).collect();
            let sets = vec![(SourceId::parse(source).unwrap(), set)];
            Ok::<_, std::convert::Infallible>((sets, states))
        };
        assert_eq!(disputes(&[rule()], stated, &day).unwrap().len(), expected);
    }

    #[test]
    fn pages_that_say_the_same_of_one_fact_do_not_dispute_it() {
        check(&[("x", 1)], &[("y", 1)], 0);
        check(&[("x", 1)], &[], 0);
    }

    #[test]
    fn single_records_are_one_fact_whatever_each_page_calls_it() {
        check(&[("x", 1)], &[("y", 2)], 1);
    }

    #[test]
    fn of_several_records_those_of_one_key_are_one_fact() {
        check(&[("x", 1), ("y", 2)], &[("x", 1), ("z", 3)], 0);
        check(&[("x", 1), ("y", 2)], &[("x", 3), ("y", 4)], 2);
    }

    #[test]
    fn of_notices_the_latest_counts_against_the_page_that_it_is_about() {
        let old = ("2024-04-01/application", 840);
        check(&[("application", 1500)], &[old, ("2025-04-01/application", 1500)], 0);
        check(&[("application", 840)], &[old, ("2025-04-01/application", 1500)], 1);
    }

    #[test]
    fn a_notice_is_overtaken_by_what_its_page_says_later() {
        let notice = [("2025-04-01/x", 1500)];
        let first = ("2025-01-10", 840);
        check_changed(&[("x", 840)], &notice, &[first], 1);
        check_changed(&[("x", 1500)], &notice, &[first, ("2025-05-02", 1500)], 0);
        // The page has moved on: what the notice said held until then.
        let later = ("2026-01-10", 1525);
        check_changed(&[("x", 1525)], &notice, &[first, ("2025-05-02", 1500), later], 0);
        check_changed(&[("x", 1525)], &notice, &[first, later], 0);
        // It may have said so for long, or it changed before the notice or on its day.
        check_changed(&[("x", 1525)], &notice, &[later], 1);
        check_changed(&[("x", 1525)], &notice, &[first, ("2025-03-31", 1525)], 1);
        check_changed(&[("x", 1525)], &notice, &[first, ("2025-04-01", 1525)], 1);
        // A later notice is against what the page says now.
        check_changed(&[("x", 1525)], &[("2026-02-01/x", 1600)], &[first, later], 1);
    }
}
