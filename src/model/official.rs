//! Official facts on a day, as eligibility data is compared with them: read from the database, or from a
//! file that `rulewatch export facts` wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::json::{tagged_fields, untag_fields};
use super::{Doubt, FactKey, Fields, RecordKey, SourceId};

/// The version of the exported form.
const FORM: u64 = 1;

/// Everything known, fact set by fact set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Official {
    /// When it was put together.
    pub made_at: Timestamp,
    /// The day it is about.
    pub day: Date,
    /// The sets by key; one key may be stated by several sources.
    pub sets: BTreeMap<FactKey, Vec<OfficialSet>>,
}

/// A fact set as one source states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialSet {
    /// The source.
    pub source: SourceId,
    /// The address of its page.
    pub url: String,
    /// When the facts were last seen to hold.
    pub checked_at: Option<Timestamp>,
    /// Why none of it may be taken as certain.
    pub doubts: Vec<Doubt>,
    /// Whether it states amounts as they first were: they are indexed since, and stand elsewhere.
    pub is_base: bool,
    /// The records.
    pub records: BTreeMap<RecordKey, OfficialRecord>,
    /// Records that it once had. A file of facts does not say.
    pub gone: BTreeSet<RecordKey>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialRecord {
    /// Its fields, as they hold on the day.
    pub fields: Fields,
    /// The words on the page.
    pub quote: Arc<str>,
    /// Since when it says so: the day its page gives, else the day it was first seen.
    pub since: Option<Date>,
    /// Why it may not be taken as certain.
    pub doubts: Vec<Doubt>,
    /// What is announced in its place, and from when.
    pub ahead: Option<(Fields, Date)>,
}

impl Official {
    /// The exported form: fact sets, records and fields in their order, so that two exports can be
    /// compared as text.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let sets: Vec<Json> = self
            .sets
            .iter()
            .flat_map(|(key, sets)| sets.iter().map(|set| set_to_json(key, set)))
            .collect();
        json!({"rulewatch_facts": FORM, "made_at": self.made_at.to_string(),
            "day": self.day.to_string(), "sets": sets})
    }

    /// Reads an exported file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let json: Json = serde_json::from_str(text).map_err(|error| {
            format!("it is not JSON: {error}; write it with `rulewatch export facts`")
        })?;
        match json["rulewatch_facts"].as_u64() {
            Some(FORM) => {}
            Some(other) => {
                return Err(format!("it is of form {other}, and this program reads form {FORM}"));
            }
            None => {
                let hint = "write it with `rulewatch export facts`";
                return Err(format!(
                    "it has no `rulewatch_facts`, so it is no exported file; {hint}"
                ));
            }
        }
        let (Some(made_at), Some(day)) = (parsed(&json["made_at"]), parsed(&json["day"])) else {
            return Err("its `made_at` or `day` cannot be read".to_owned());
        };
        let mut official = Self { made_at, day, sets: BTreeMap::new() };
        for (n, set) in json["sets"].as_array().into_iter().flatten().enumerate() {
            let key = set["fact"].as_str().and_then(|key| FactKey::parse(key).ok());
            let (Some(key), Some(read)) = (key, set_from_json(set)) else {
                return Err(format!("its fact set {} cannot be read", n + 1));
            };
            official.sets.entry(key).or_default().push(read);
        }
        Ok(official)
    }
}

fn set_to_json(key: &FactKey, set: &OfficialSet) -> Json {
    let records: Vec<Json> = set
        .records
        .iter()
        .map(|(key, record)| {
            let mut json = json!({"record": key.as_str(), "fields": tagged_fields(&record.fields),
            "quote": &*record.quote});
            if let Some(since) = record.since {
                json["since"] = since.to_string().into();
            }
            if !record.doubts.is_empty() {
                json["doubts"] = doubts_to_json(&record.doubts);
            }
            if let Some((fields, from)) = &record.ahead {
                json["ahead"] = json!({"from": from.to_string(), "fields": tagged_fields(fields)});
            }
            json
        })
        .collect();
    let mut json = json!({"fact": key.as_str(), "source": set.source.as_str(), "url": set.url,
        "checked_at": set.checked_at.map(|at| at.to_string()),
        "doubts": doubts_to_json(&set.doubts), "records": records});
    if set.is_base {
        json["base"] = true.into();
    }
    json
}

fn set_from_json(json: &Json) -> Option<OfficialSet> {
    let mut records = BTreeMap::new();
    for record in json["records"].as_array()? {
        let key = RecordKey::parse(record["record"].as_str()?).ok()?;
        let ahead = match record.get("ahead") {
            Some(ahead) => Some((untag_fields(&ahead["fields"])?, parsed(&ahead["from"])?)),
            None => None,
        };
        let read = OfficialRecord {
            fields: untag_fields(&record["fields"])?,
            quote: record["quote"].as_str()?.into(),
            since: record.get("since").map(parsed).unwrap_or_default(),
            doubts: record.get("doubts").map_or(Some(Vec::new()), doubts_from_json)?,
            ahead,
        };
        records.insert(key, read);
    }
    Some(OfficialSet {
        source: SourceId::parse(json["source"].as_str()?).ok()?,
        url: json["url"].as_str()?.to_owned(),
        checked_at: parsed(&json["checked_at"]),
        doubts: doubts_from_json(&json["doubts"])?,
        is_base: json["base"].as_bool().unwrap_or_default(),
        gone: BTreeSet::new(),
        records,
    })
}

fn parsed<T: std::str::FromStr>(json: &Json) -> Option<T> {
    json.as_str()?.parse().ok()
}

fn doubts_to_json(doubts: &[Doubt]) -> Json {
    doubts.iter().map(Doubt::to_json).collect()
}

fn doubts_from_json(json: &Json) -> Option<Vec<Doubt>> {
    json.as_array()?.iter().map(Doubt::from_json).collect()
}
