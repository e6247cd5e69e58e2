//! Facts that several pages state differently: a state to show, not an alert.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::{Dispute, FactKey, FactSet, FieldName, Rule, SourceId, Stated};

/// Everything that is disputed, by rule. `stated` gives what each source states of a fact set.
///
/// # Errors
/// Those of `stated`.
pub fn disputes<E>(
    rules: &[Rule],
    mut stated: impl FnMut(&FactKey) -> Result<Vec<(SourceId, FactSet)>, E>,
) -> Result<Vec<Dispute>, E> {
    let mut all = Vec::new();
    for rule in rules {
        let mut said = Vec::new();
        for (fact, field) in &rule.one_fact {
            for (source, set) in stated(fact)? {
                said.extend(statements(&source, fact, field, set));
            }
        }
        all.extend(disputed(rule, &said));
    }
    Ok(all)
}

/// What a source states of a field, record by record.
fn statements(
    source: &SourceId,
    fact: &FactKey,
    field: &FieldName,
    set: FactSet,
) -> impl Iterator<Item = Stated> {
    set.records.into_iter().filter_map(move |(record, said)| {
        let value = said.fields.get(field).cloned()?;
        let (source, fact, field) = (source.clone(), fact.clone(), field.clone());
        Some(Stated { source, fact, record, field, value })
    })
}

/// The differences among statements of the same record. Sets with one record each are about the same
/// thing, whatever each calls it.
fn disputed(rule: &Rule, stated: &[Stated]) -> Vec<Dispute> {
    let stated = &latest(stated);
    let records = |fact: &FactKey| stated.iter().filter(|s| s.fact == *fact).count();
    let single = rule.one_fact.iter().all(|(fact, _)| records(fact) <= 1);
    let mut about: BTreeMap<&str, Vec<&Stated>> = BTreeMap::new();
    for said in stated {
        let record = if single { "" } else { undated(said.record.as_str()).1 };
        about.entry(record).or_default().push(said);
    }
    let differ = |of: &Vec<&Stated>| of.windows(2).any(|pair| !pair[0].value.same(&pair[1].value));
    about
        .into_values()
        .filter(differ)
        .map(|of| Dispute { rule: rule.id.clone(), stated: of.into_iter().cloned().collect() })
        .collect()
}

/// The day at the start of a record's key, and what the record is about: notices are kept by their days.
fn undated(record: &str) -> (Option<Date>, &str) {
    let dated = record.split_once('/').and_then(|(day, of)| Some((day.parse().ok()?, of)));
    dated.map_or((None, record), |(day, of)| (Some(day), of))
}

/// What is stated, of several notices about one thing only the latest.
fn latest(stated: &[Stated]) -> Vec<Stated> {
    let is_later = |said: &&Stated| {
        let (day, about) = undated(said.record.as_str());
        stated.iter().any(|other| {
            let (later, same) = undated(other.record.as_str());
            other.fact == said.fact && same == about && later > day
        })
    };
    stated.iter().filter(|said| !is_later(said)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conclude::sample::{field, key, record, record_key};
    use crate::model::{Bilingual, FactType, RuleId, Value};

    fn rule() -> Rule {
        let one_fact = ["a.fee", "b.fee"].map(|fact| (key(fact), field("amount"))).to_vec();
        let title = Bilingual { en: "Cost".to_owned(), fr: "Coût".to_owned() };
        let id = RuleId::parse("R-COST").unwrap();
        Rule { id, title, tools: Vec::new(), depends_on: Vec::new(), severity: None, one_fact }
    }

    /// What two sources state, record by record, and how many disputes that is.
    #[track_caller]
    fn check(a: &[(&str, i64)], b: &[(&str, i64)], expected: usize) {
        let stated = |fact: &FactKey| {
            let (source, said) = if fact.as_str() == "a.fee" { ("a", a) } else { ("b", b) };
            let mut set = FactSet::new(FactType::Fees);
            for (name, amount) in said {
                let fields = [("amount", Value::Integer(*amount))];
                set.records.insert(record_key(name), record(&fields));
            }
            Ok::<_, std::convert::Infallible>(vec![(SourceId::parse(source).unwrap(), set)])
        };
        assert_eq!(disputes(&[rule()], stated).unwrap().len(), expected);
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
}
