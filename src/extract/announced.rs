//! Values of which a page says only from which day they hold.
//!
//! "The fee is $1,750 (effective January 1, 2027)" does not say what the fee is until then. What was known
//! holds until the day; after it, the value is like any other. Until this is settled, such a value is
//! announced to follow itself.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::value::dated::Period;
use crate::model::{Announced, Fields, Page, Record, Value};

/// The westernmost time of Canada, Pacific Standard Time: a day has begun everywhere once it has there.
const LAST: Offset = Offset::constant(-8);

/// The day on which a page came.
pub(super) fn day_of(page: &Page) -> Date {
    page.fetched_at.to_zoned(TimeZone::fixed(LAST)).date()
}

/// Marks the figures under words that say from which day they hold, if the day is still to come: "Fees from
/// January 1, 2027".
pub(super) fn from(fields: &mut Fields, period: Option<Period>, today: Date) {
    let Some(Period::From(from)) = period.filter(|period| period.day() > today) else { return };
    for (_, value) in fields {
        if matches!(
            value,
            Value::Money { .. } | Value::Integer(_) | Value::Decimal(_) | Value::Percent(_)
        ) {
            let (now, then) = (value.clone(), value.clone());
            *value = Value::Announced(Box::new(Announced { now, then, from }));
        }
    }
}

/// Fills in what holds until the day on which a value begins: what the record said before. A value whose day
/// has come, or before which nothing is known, holds now.
pub(super) fn settle(fields: &mut Fields, was: Option<&Record>, today: Date) {
    for (name, value) in fields {
        let Value::Announced(stated) = value else { continue };
        if stated.now.same(&stated.then) {
            let known = was.and_then(|was| was.fields.get(name)).map(Value::current);
            *value = until(stated, known, today);
        }
    }
}

fn until(stated: &Announced, known: Option<&Value>, today: Date) -> Value {
    match known {
        Some(known) if stated.from > today && !known.same(&stated.then) => {
            Value::Announced(Box::new(Announced { now: known.clone(), ..stated.clone() }))
        }
        _ => stated.then.clone(),
    }
}
