//! Values as JSON, in two forms.
//!
//! The *plain* form is what people get (`sources test`, `log`, `replay`): a number is a number, a date
//! a string `2026-05-14`, money an object `{"amount": 41.03, "currency": "CAD", "per": "hour"}`, a
//! duration `{"count": 6, "unit": "months"}`, a value with an announced successor `{"now": 475, "then":
//! 575, "from": "2026-12-01"}`, days and ranges `{"from": 601, "to": 1200}`, values that add up
//! `{"sum": […]}`, a masked value the string as printed, a list or clauses an array. The *tagged* form
//! is what the database keeps, because the plain form does not distinguish a date from a text:
//! `{"date": "2026-05-14"}`.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value as Json, json};

use super::{
    Announced, Between, Cip, Currency, Days, Duration, DurationUnit, FieldName, Fields, Noc, Per,
    Range, Side, Value,
};

/// The plain form of a value.
#[must_use]
pub fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Masked(text) => Json::from(text.as_str()),
        Value::Integer(n) => Json::from(*n),
        Value::Decimal(d) | Value::Percent(d) => number(*d),
        Value::Money { amount, currency, per } => {
            let mut money = Map::new();
            money.insert("amount".into(), number(*amount));
            money.insert("currency".into(), currency.code().into());
            if let Some(per) = per {
                money.insert("per".into(), per.word().into());
            }
            Json::Object(money)
        }
        Value::Date(date) => date.to_string().into(),
        Value::Time(time) => time.to_string().into(),
        Value::Days(d) => days(*d),
        Value::Duration(d) => json!({"count": d.count, "unit": d.unit.word()}),
        Value::Range(r) => json!({"from": r.from, "to": r.to}),
        Value::Noc(noc) => noc.to_string().into(),
        Value::Cip(cip) => cip.to_string().into(),
        Value::Flag(yes) => (*yes).into(),
        Value::List(values) => values.iter().map(plain).collect(),
        Value::Clauses(clauses) => clauses.iter().map(String::as_str).map(Json::from).collect(),
        Value::Between(b) => json!({"from": plain(&b.from), "to": plain(&b.to)}),
        Value::Sum(parts) => json!({"sum": parts.iter().map(plain).collect::<Vec<_>>()}),
        Value::Announced(a) => {
            json!({"now": plain(&a.now), "then": plain(&a.then), "from": a.from.to_string()})
        }
    }
}

/// The plain form of a record's fields.
#[must_use]
pub fn plain_fields(fields: &Fields) -> Json {
    fields.iter().map(|(name, value)| (name.as_str().to_owned(), plain(value))).collect()
}

/// The plain form of one side of a change.
#[must_use]
pub fn plain_side(side: Option<&Side>) -> Json {
    match side {
        None => Json::Null,
        Some(Side::Value(value)) => plain(value),
        Some(Side::Record(fields)) => plain_fields(fields),
    }
}

fn days(days: Days) -> Json {
    json!({"from": days.from.to_string(), "to": days.to.to_string()})
}

/// A decimal as a JSON number with the same digits.
fn number(d: Decimal) -> Json {
    let d = d.normalize();
    match i64::try_from(d) {
        Ok(whole) if d.fract().is_zero() => whole.into(),
        _ => f64::from_str(&d.to_string())
            .ok()
            .and_then(Number::from_f64)
            .map_or_else(|| Json::from(d.to_string()), Json::Number),
    }
}

/// The tagged form of a value.
#[must_use]
pub fn tagged(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!({"text": text}),
        Value::Integer(n) => json!({"integer": n}),
        Value::Decimal(d) => json!({"decimal": d.to_string()}),
        Value::Money { amount, currency, per } => json!({"money": {
            "amount": amount.to_string(), "currency": currency.code(), "per": per.map(Per::word),
        }}),
        Value::Percent(d) => json!({"percent": d.to_string()}),
        Value::Date(date) => json!({"date": date.to_string()}),
        Value::Time(time) => json!({"time": time.to_string()}),
        Value::Days(d) => json!({"days": days(*d)}),
        Value::Duration(d) => json!({"duration": {"count": d.count, "unit": d.unit.word()}}),
        Value::Range(r) => json!({"range": {"from": r.from, "to": r.to}}),
        Value::Noc(noc) => json!({"noc": noc.to_string()}),
        Value::Cip(cip) => json!({"cip": cip.to_string()}),
        Value::Flag(yes) => json!({"flag": yes}),
        Value::Masked(text) => json!({"masked": text}),
        Value::List(values) => json!({"list": values.iter().map(tagged).collect::<Vec<_>>()}),
        Value::Clauses(clauses) => json!({"clauses": clauses}),
        Value::Between(b) => json!({"between": {"from": tagged(&b.from), "to": tagged(&b.to)}}),
        Value::Sum(parts) => json!({"sum": parts.iter().map(tagged).collect::<Vec<_>>()}),
        Value::Announced(a) => json!({"announced": {
            "now": tagged(&a.now), "then": tagged(&a.then), "from": a.from.to_string(),
        }}),
    }
}

/// The tagged form of a record's fields.
#[must_use]
pub fn tagged_fields(fields: &Fields) -> Json {
    fields.iter().map(|(name, value)| (name.as_str().to_owned(), tagged(value))).collect()
}

/// Reads the tagged form back; `None` when it is not one.
#[must_use]
pub fn untag(json: &Json) -> Option<Value> {
    let object = json.as_object().filter(|object| object.len() == 1)?;
    let (tag, inner) = object.iter().next()?;
    Some(match tag.as_str() {
        "text" => Value::Text(inner.as_str()?.to_owned()),
        "integer" => Value::Integer(inner.as_i64()?),
        "decimal" => Value::Decimal(inner.as_str()?.parse().ok()?),
        "percent" => Value::Percent(inner.as_str()?.parse().ok()?),
        "money" => Value::Money {
            amount: inner["amount"].as_str()?.parse().ok()?,
            currency: (inner["currency"] == Currency::Cad.code()).then_some(Currency::Cad)?,
            per: inner["per"]
                .as_str()
                .map(|word| Per::from_word(word).ok_or(()))
                .transpose()
                .ok()?,
        },
        "date" => Value::Date(inner.as_str()?.parse().ok()?),
        "time" => Value::Time(inner.as_str()?.parse().ok()?),
        "duration" => Value::Duration(Duration {
            count: inner["count"].as_i64()?,
            unit: DurationUnit::ALL.into_iter().find(|u| inner["unit"] == u.word())?,
        }),
        "days" => {
            let day = |end: &str| inner[end].as_str()?.parse().ok();
            Value::Days(Days::new(day("from")?, day("to")?)?)
        }
        "range" => {
            let to = Some(&inner["to"]).filter(|to| !to.is_null());
            let to = to.map(|to| to.as_i64().ok_or(())).transpose().ok()?;
            Value::Range(Range::new(inner["from"].as_i64()?, to)?)
        }
        "noc" => Value::Noc(Noc::parse(inner.as_str()?)?),
        "cip" => Value::Cip(Cip::parse(inner.as_str()?)?),
        "flag" => Value::Flag(inner.as_bool()?),
        "masked" => Value::Masked(inner.as_str()?.to_owned()),
        "list" => Value::List(inner.as_array()?.iter().map(untag).collect::<Option<_>>()?),
        "clauses" => Value::Clauses(
            inner
                .as_array()?
                .iter()
                .map(|c| c.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        ),
        "between" => {
            let (from, to) = (untag(&inner["from"])?, untag(&inner["to"])?);
            Value::Between(Box::new(Between { from, to }))
        }
        "sum" => Value::Sum(inner.as_array()?.iter().map(untag).collect::<Option<_>>()?),
        "announced" => Value::Announced(Box::new(Announced {
            now: untag(&inner["now"])?,
            then: untag(&inner["then"])?,
            from: inner["from"].as_str()?.parse().ok()?,
        })),
        _ => return None,
    })
}

/// Reads a record's tagged fields back.
#[must_use]
pub fn untag_fields(json: &Json) -> Option<Fields> {
    let fields = json.as_object()?;
    fields.iter().map(|(name, value)| Some((FieldName::parse(name).ok()?, untag(value)?))).collect()
}

/// The tagged form of one side of a change: a record goes under `record`.
#[must_use]
pub fn tagged_side(side: &Side) -> Json {
    match side {
        Side::Value(value) => tagged(value),
        Side::Record(fields) => json!({"record": tagged_fields(fields)}),
    }
}

/// Reads one side of a change back.
#[must_use]
pub fn untag_side(json: &Json) -> Option<Side> {
    match json.get("record") {
        Some(fields) => untag_fields(fields).map(Side::Record),
        None => untag(json).map(Side::Value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_as_it_was() {
        let money =
            |per| Value::Money { amount: "41.03".parse().unwrap(), currency: Currency::Cad, per };
        for value in [
            Value::Text("2025-02-27".into()),
            Value::Integer(-3),
            Value::Decimal("85.00".parse().unwrap()),
            Value::Percent("80".parse().unwrap()),
            money(None),
            money(Some(Per::Hour)),
            Value::Date("2025-02-27".parse().unwrap()),
            Value::Time("2025-07-08T14:59:08Z".parse().unwrap()),
            Value::Duration(Duration { count: 6, unit: DurationUnit::BusinessDays }),
            Value::Noc(Noc::parse("00012").unwrap()),
            Value::Cip(Cip::parse("01.0102").unwrap()),
            Value::Range(Range { from: 601, to: Some(1200) }),
            Value::Range(Range { from: 57, to: None }),
            Value::Days(Days {
                from: "2026-04-28".parse().unwrap(),
                to: "2026-05-01".parse().unwrap(),
            }),
            Value::Flag(true),
            Value::Masked("<5".into()),
            Value::List(vec![Value::Integer(1), Value::Masked("N/A".into())]),
            Value::Clauses(vec!["(a) one".into()]),
            Value::Between(Box::new(Between { from: money(None), to: Value::Integer(50) })),
            Value::Sum(vec![money(None), money(Some(Per::Year))]),
            Value::Announced(Box::new(Announced {
                now: money(None),
                then: Value::Masked("TBD".into()),
                from: "2027-01-22".parse().unwrap(),
            })),
        ] {
            assert_eq!(untag(&tagged(&value)), Some(value));
        }
    }

    #[test]
    fn the_plain_form_is_what_a_person_expects() {
        let money = Value::Money {
            amount: "41.03".parse().unwrap(),
            currency: Currency::Cad,
            per: Some(Per::Hour),
        };
        assert_eq!(plain(&money).to_string(), r#"{"amount":41.03,"currency":"CAD","per":"hour"}"#);
        assert_eq!(plain(&Value::Decimal("85.00".parse().unwrap())).to_string(), "85");
        assert_eq!(plain(&Value::Masked("<5".into())).to_string(), r#""<5""#);
    }
}
