//! Values of which a page says only from which day they hold.
//!
//! "The fee is $1,750 (effective January 1, 2027)" does not say what the fee is until then. What was known
//! holds until the day; after it, the value is like any other.

use jiff::civil::Date;

use crate::model::{Announced, Facts, Value};

/// Fills in what holds until the day on which a value begins, from what is `known`; a value whose day has
/// come, or before which nothing is known, holds now.
pub fn announced(read: &mut Facts, known: &Facts, today: Date) {
    for (key, set) in read.iter_mut() {
        let of_set = known.get(key);
        for (name, record) in &mut set.records {
            let before = of_set.and_then(|set| set.records.get(name));
            for (field, value) in &mut record.fields {
                let Value::Announced(stated) = value else { continue };
                if !stated.now.same(&stated.then) {
                    continue;
                }
                let known = before.and_then(|record| record.fields.get(field)).map(Value::current);
                *value = until(stated, known, today);
            }
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
