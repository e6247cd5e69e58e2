//! The numbers in a history, as series over days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::history::ValueSpan;
use crate::model::{FactKey, FieldName, Fields, RecordKey, SourceId, Value};
use crate::render::Series;

/// The most series of one history.
const MOST: usize = 12;

/// The numbers of a history. Where each record has a day of its own, as draws have, each field is a series over
/// those days; else each record whose number changed is a series.
#[must_use]
pub fn series(spans: &[ValueSpan], field: Option<&str>) -> Vec<Series> {
    let is_asked = |name: &FieldName| field.is_none_or(|field| name.as_str() == field);
    let dated = by_day(spans, &is_asked);
    let mut all = if dated.is_empty() { by_record(spans, &is_asked) } else { dated };
    all.truncate(MOST);
    all
}

/// The day of a record: its first field that is one.
fn day_of(fields: &Fields) -> Option<Date> {
    fields.values().find_map(|value| if let Value::Date(day) = value { Some(*day) } else { None })
}

/// A series for each field of records that have days of their own: at least three, on as many days.
fn by_day(spans: &[ValueSpan], is_asked: &dyn Fn(&FieldName) -> bool) -> Vec<Series> {
    let standing = spans.iter().filter(|span| span.until.is_none());
    let standing: Vec<&Fields> = standing.filter_map(|span| span.fields.as_ref()).collect();
    let days: BTreeSet<Date> = standing.iter().filter_map(|fields| day_of(fields)).collect();
    if days.len() < 3 || days.len() * 2 < standing.len() {
        return Vec::new();
    }
    let mut series: BTreeMap<String, Vec<(Date, f64)>> = BTreeMap::new();
    for fields in standing {
        let Some(day) = day_of(fields) else { continue };
        for (name, value) in fields.iter().filter(|(name, _)| is_asked(name)) {
            if let Some(n) = number(value) {
                series.entry(name.to_string()).or_default().push((day, n));
            }
        }
    }
    let whole = |(name, mut points): (String, Vec<(Date, f64)>)| {
        points.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        Series { name, points, is_step: false }
    };
    series.into_iter().filter(|(_, points)| points.len() >= 3).map(whole).collect()
}

/// A series for each record and field that had more than one number.
fn by_record(spans: &[ValueSpan], is_asked: &dyn Fn(&FieldName) -> bool) -> Vec<Series> {
    let mut series: BTreeMap<String, Vec<(Date, f64)>> = BTreeMap::new();
    for span in held(spans) {
        for (name, value) in span.fields.iter().flat_map(|fields| fields.iter()) {
            if let Some(n) = number(value).filter(|_| is_asked(name)) {
                let of = format!("{}/{}#{name}", span.fact, span.record);
                series.entry(of).or_default().push((span.holds_from, n));
            }
        }
    }
    let moves =
        |points: &[(Date, f64)]| points.iter().any(|(_, n)| (n - points[0].1).abs() > f64::EPSILON);
    let whole = |(name, mut points): (String, Vec<(Date, f64)>)| {
        points.sort_by_key(|(day, _)| *day);
        Series { name, points, is_step: true }
    };
    series.into_iter().filter(|(_, points)| moves(points)).map(whole).collect()
}

/// The spans that held: without those whose value, as was read later, another had replaced by then.
fn held(spans: &[ValueSpan]) -> Vec<&ValueSpan> {
    let mut begun: BTreeMap<(&FactKey, &RecordKey, &SourceId), Date> = BTreeMap::new();
    let mut held = Vec::new();
    for span in spans.iter().rev() {
        let of = (&span.fact, &span.record, &span.source);
        if begun.get(&of).is_none_or(|day| span.holds_from < *day) {
            begun.insert(of, span.holds_from);
            held.push(span);
        }
    }
    held.reverse();
    held
}

fn number(value: &Value) -> Option<f64> {
    value.number()?.to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(seen: &str, from: &str, dollars: i64) -> ValueSpan {
        let name = FieldName::parse("amount").unwrap();
        ValueSpan {
            fact: FactKey::parse("bcpnp.fee").unwrap(),
            source: SourceId::parse("bc-fees").unwrap(),
            record: RecordKey::parse("application").unwrap(),
            seen_at: format!("{seen}T12:00:00Z").parse().unwrap(),
            until: None,
            holds_from: from.parse().unwrap(),
            fields: Some([(name, Value::Integer(dollars))].into_iter().collect()),
            evidence: None,
            snapshot: None,
            imported: None,
        }
    }

    #[track_caller]
    fn check(spans: &[ValueSpan], expected: &[(&str, f64)]) {
        let drawn = series(spans, None).into_iter().flat_map(|series| series.points);
        let drawn: Vec<(String, f64)> = drawn.map(|(day, n)| (day.to_string(), n)).collect();
        let expected: Vec<(String, f64)> =
            expected.iter().map(|(day, n)| ((*day).to_owned(), *n)).collect();
        assert_eq!(drawn, expected);
    }

    #[test]
    fn a_value_that_had_been_replaced_when_it_was_read_is_not_drawn() {
        let first = span("2025-11-01", "2025-11-01", 1_475);
        // Still printed after the day from which, as the page said later, the next one held.
        let late = span("2026-02-01", "2026-02-01", 1_480);
        let next = span("2026-02-02", "2026-01-22", 1_750);
        check(&[first.clone(), next.clone()], &[("2025-11-01", 1_475.0), ("2026-01-22", 1_750.0)]);
        check(
            &[first, late.clone(), next.clone()],
            &[("2025-11-01", 1_475.0), ("2026-01-22", 1_750.0)],
        );
        check(&[late, next], &[]);
    }
}
