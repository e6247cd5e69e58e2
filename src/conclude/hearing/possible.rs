//! Whether any value meets what a subscription asks of a field.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::misfit::Misfit;
use crate::extract::recipe::{FactRecipe, FieldRecipe, Reading};
use crate::model::{Condition, Relation, Value};

/// Refuses conditions that no value meets: two that exclude each other, or one outside the range that every
/// fact set with its field declares.
pub(super) fn are_possible(sets: &[&FactRecipe], conditions: &[Condition]) -> Result<(), Misfit> {
    for (number, one) in conditions.iter().enumerate() {
        let fields = || fields_of(sets, one);
        if fields().any(|(_, field)| is_of_several(field)) {
            continue;
        }
        is_in_range(fields().map(|(set, _)| set), one)?;
        let mut others = conditions[..number].iter().filter(|other| other.field == one.field);
        if let Some(other) = others.find(|other| exclude(other, one)) {
            return Err(Misfit::Excluded { one: other.clone(), other: one.clone() });
        }
    }
    Ok(())
}

fn fields_of<'a>(
    sets: &'a [&FactRecipe],
    of: &'a Condition,
) -> impl Iterator<Item = (&'a FactRecipe, &'a FieldRecipe)> {
    sets.iter().flat_map(|set| {
        set.fields.iter().filter(|field| field.name == of.field).map(move |field| (*set, field))
    })
}

/// Whether a record may have several values in a field, of which each condition may mean another.
fn is_of_several(field: &FieldRecipe) -> bool {
    matches!(field.reading, Reading::Lines | Reading::Teer)
}

fn is_in_range<'a>(
    sets: impl Iterator<Item = &'a FactRecipe>,
    condition: &Condition,
) -> Result<(), Misfit> {
    // The range of a length of time counts in the unit of the page.
    let has_unit = matches!(condition.value, Value::Duration(_));
    if has_unit || condition.value.number().is_none() {
        return Ok(());
    }
    let mut nearest: Option<(Decimal, Decimal)> = None;
    for set in sets {
        let Some((low, high)) = set.expect.ranges.get(&condition.field) else { return Ok(()) };
        let closed = |at: &Decimal| Some(Edge { at: *at, is_open: false });
        let range = Span { low: closed(low), high: closed(high) };
        let Some(asked) = span(condition) else { return Ok(()) };
        if range.meets(&asked) {
            return Ok(());
        }
        let (least, most) = nearest.unwrap_or((*low, *high));
        nearest = Some((least.min(*low), most.max(*high)));
    }
    match nearest {
        Some((low, high)) => Err(Misfit::OutOfRange { condition: condition.clone(), low, high }),
        None => Ok(()),
    }
}

/// Whether no value meets both of two conditions on a field.
fn exclude(a: &Condition, b: &Condition) -> bool {
    match (a.relation, b.relation) {
        (Relation::Is, Relation::Is) => !a.value.same(&b.value),
        (Relation::Is, Relation::IsNot) | (Relation::IsNot, Relation::Is) => a.value.same(&b.value),
        _ => span(a).zip(span(b)).is_some_and(|(a, b)| !a.meets(&b)),
    }
}

/// Where the values lie that meet a condition; `None` on a side where there is no end.
struct Span {
    low: Option<Edge>,
    high: Option<Edge>,
}

#[derive(Clone, Copy)]
struct Edge {
    at: Decimal,
    /// Whether the edge itself lies outside.
    is_open: bool,
}

impl Span {
    fn meets(&self, other: &Self) -> bool {
        let goes = |low: Option<Edge>, high: Option<Edge>| match (low, high) {
            (Some(low), Some(high)) => {
                low.at < high.at || (low.at == high.at && !low.is_open && !high.is_open)
            }
            _ => true,
        };
        goes(self.low, other.high) && goes(other.low, self.high)
    }
}

/// The values that meet a condition, if they have an order.
fn span(condition: &Condition) -> Option<Span> {
    let (at, is_whole) = place(&condition.value)?;
    let edge = |is_open: bool| Some(Edge { at, is_open });
    // Whole numbers above 489 are those from 490 on.
    let beyond = |step: Decimal| {
        if is_whole { Some(Edge { at: at + step, is_open: false }) } else { edge(true) }
    };
    let (low, high) = match condition.relation {
        Relation::Is => (edge(false), edge(false)),
        Relation::IsNot => (None, None),
        Relation::AtMost => (None, edge(false)),
        Relation::AtLeast => (edge(false), None),
        Relation::Below => (None, beyond(-Decimal::ONE)),
        Relation::Above => (beyond(Decimal::ONE), None),
    };
    Some(Span { low, high })
}

/// Where a value lies among others of its kind, and whether none lies between it and the next whole one.
fn place(value: &Value) -> Option<(Decimal, bool)> {
    if let Value::Duration(duration) = value {
        return Some((Decimal::from(duration.about_hours()), false));
    }
    if let Some(day) = value.day() {
        let days = day.since((jiff::Unit::Day, Date::ZERO)).ok()?.get_days();
        return Some((Decimal::from(days), true));
    }
    Some((value.number()?, matches!(value, Value::Integer(_))))
}
