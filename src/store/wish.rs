//! Subscriptions as JSON: what a column of theirs holds.

use jiff::civil::Weekday;
use serde_json::{Map, Value as Json, json};

use super::rows::{Table, list};
use crate::model::{
    ChangeKind, Condition, FieldName, Relation, Rhythm, Severity, Slot, Subscription,
    json::{tagged, untag},
    weekday, weekday_word,
    zone::zone,
};

/// Where they are.
pub(super) const TABLE: Table = Table { name: "subscription", key: "id" };

/// Each wish that anybody has, once.
pub(super) const EACH: &str =
    "SELECT min(id) AS id, wish FROM subscription WHERE ended_at IS NULL GROUP BY wish";

/// A subscription as it is stored. Equal subscriptions have equal texts.
pub(super) fn wish(subscription: &Subscription) -> String {
    let Subscription {
        programs,
        jurisdictions,
        sources,
        rules,
        facts,
        nocs,
        kinds,
        severity,
        conditions,
        rhythm,
    } = subscription;
    let mut wish = Map::new();
    let lists = [
        ("programs", programs),
        ("jurisdictions", jurisdictions),
        ("sources", sources),
        ("rules", rules),
        ("facts", facts),
        ("nocs", nocs),
    ];
    for (name, words) in lists {
        wish.insert(name.to_owned(), words.iter().map(String::as_str).collect());
    }
    wish.insert("kinds".to_owned(), kinds.iter().map(|kind| kind.word()).collect());
    wish.insert("severity".to_owned(), severity.word().into());
    wish.insert("conditions".to_owned(), conditions.iter().map(condition_json).collect());
    if let Rhythm::Digest(slot) = rhythm {
        let digest = json!({
            "day": slot.day.map(weekday_word), "hour": slot.hour, "zone": slot.zone_name(),
        });
        wish.insert("digest".to_owned(), digest);
    }
    Json::Object(wish).to_string()
}

fn condition_json(condition: &Condition) -> Json {
    json!({
        "field": condition.field.as_str(),
        "is": condition.relation.word(),
        "value": tagged(&condition.value),
    })
}

/// Reads it back. What an earlier version did not write is as it was then.
pub(super) fn subscription(json: &Json) -> Option<Subscription> {
    let texts = |name: &str| match json.get(name) {
        Some(words) => list(words, |text| Some(text.to_owned())),
        None => Some(Vec::new()),
    };
    let conditions = json.get("conditions").and_then(Json::as_array);
    let conditions = conditions.map_or(Some(Vec::new()), |all| all.iter().map(condition).collect());
    Some(Subscription {
        programs: texts("programs")?,
        jurisdictions: texts("jurisdictions")?,
        sources: texts("sources")?,
        rules: texts("rules")?,
        facts: texts("facts")?,
        nocs: texts("nocs")?,
        kinds: list(json.get("kinds")?, ChangeKind::from_word)?,
        severity: Severity::from_word(json.get("severity")?.as_str()?)?,
        conditions: conditions?,
        rhythm: json.get("digest").map_or(Some(Rhythm::Immediate), rhythm)?,
    })
}

fn condition(json: &Json) -> Option<Condition> {
    Some(Condition {
        field: FieldName::parse(json.get("field")?.as_str()?).ok()?,
        relation: Relation::from_word(json.get("is")?.as_str()?)?,
        value: untag(json.get("value")?)?,
    })
}

fn rhythm(json: &Json) -> Option<Rhythm> {
    let day: Option<Weekday> = match json.get("day")?.as_str() {
        Some(word) => Some(weekday(word)?),
        None => None,
    };
    let hour = i8::try_from(json.get("hour")?.as_i64()?).ok()?;
    let zone = zone(json.get("zone")?.as_str()?).ok()?;
    Some(Rhythm::Digest(Slot { day, hour, zone }))
}
