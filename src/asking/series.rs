//! The numbers in a history, as series over days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::history::ValueSpan;
use crate::model::{FieldName, Fields, Value};
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
    for span in spans {
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

fn number(value: &Value) -> Option<f64> {
    value.number()?.to_string().parse().ok()
}
