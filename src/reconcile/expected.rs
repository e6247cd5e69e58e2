//! The official side of a binding: the records it means, under the keys the data uses.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Question, Report};
use crate::binding::{Binding, Measure};
use crate::model::{
    DataFinding, FactKey, FieldName, Fields, FindingKind, FindingNote, OfficialPlace,
    OfficialRecord, OfficialSet, RecordKey, Value,
};

/// What the data should say.
pub(super) struct Expected<'a> {
    /// The records by the data's key; several official ones may share it.
    pub(super) by_key: BTreeMap<&'a str, Vec<One<'a>>>,
    /// What changes on a later day, if that is asked about.
    announced: bool,
    /// The source, for what is not in the set.
    pub(super) of_set: OfficialPlace,
}

/// One official record.
#[derive(Clone, Copy)]
pub(super) struct One<'a> {
    pub(super) key: &'a RecordKey,
    pub(super) record: &'a OfficialRecord,
    set: &'a OfficialSet,
}

impl<'a> Expected<'a> {
    /// The fields that count: those that hold, or those that are announced.
    pub(super) fn fields(&self, one: One<'a>) -> (&'a Fields, Option<Date>) {
        match &one.record.ahead {
            Some((fields, from)) if self.announced => (fields, Some(*from)),
            _ => (&one.record.fields, None),
        }
    }

    /// The value of a field, where one counts.
    pub(super) fn value(
        &self,
        one: One<'a>,
        field: &FieldName,
    ) -> Option<(&'a Value, Option<Date>)> {
        let (fields, from) = self.fields(one);
        let value = fields.get(field)?;
        match value.next() {
            Some((next, day)) if self.announced => Some((next, Some(day))),
            _ => Some((value.current(), from)),
        }
    }
}

impl One<'_> {
    pub(super) fn evidence(&self) -> OfficialPlace {
        OfficialPlace {
            quote: self.record.quote.to_string(),
            since: self.record.since,
            ..place(self.set)
        }
    }
}

fn place(set: &OfficialSet) -> OfficialPlace {
    OfficialPlace {
        source: set.source.clone(),
        url: set.url.clone(),
        quote: String::new(),
        since: None,
        checked_at: set.checked_at,
    }
}

/// The official side of a binding, its doubts reported. `None` when there is nothing to compare with.
pub(super) fn of<'a>(report: &mut Report<'_>, question: &Question<'a>) -> Option<Expected<'a>> {
    let Some(key) = report.fact.clone() else {
        let what = format!("no fact set is known that `{}` names", report.binding.fact);
        report.say(FindingKind::UnknownFact, what);
        return None;
    };
    let Some(sets) = question.official.sets.get(&key).filter(|sets| !sets.is_empty()) else {
        unknown(report, &key, question);
        return None;
    };
    let mut by_key: BTreeMap<&str, Vec<One<'_>>> = BTreeMap::new();
    for set in sets {
        doubt_set(report, set);
        for (key, record) in &set.records {
            if let Some(name) = report.binding.record.key(key.as_str()) {
                doubt_record(report, set, key, record);
                // What is found of it goes by the data's key.
                if report.doubted.contains(&Some(key.to_string())) {
                    report.doubted.insert(Some(name.to_owned()));
                }
                by_key.entry(name).or_default().push(One { key, record, set });
            }
        }
    }
    let of_set = place(&sets[0]);
    let expects_none =
        !matches!(report.binding.measure, Measure::Field(_)) || report.binding.absent.is_some();
    if by_key.is_empty() && !expects_none && sets.iter().any(|set| !set.records.is_empty()) {
        let some: Vec<&str> = sets[0].records.keys().take(3).map(RecordKey::as_str).collect();
        let what = format!(
            "no record of `{key}` fits `record = \"{}\"`; its records are like {}",
            report.binding.record,
            some.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
        );
        report.say(FindingKind::UnknownRecord, what);
        return None;
    }
    if by_key.is_empty()
        && let Some(what) = misspelt(report, (&key, sets), question)
    {
        report.say(FindingKind::UnknownRecord, what);
        return None;
    }
    Some(Expected { by_key, announced: question.announced, of_set })
}

/// How a binding of what is absent, or taken not to be listed, misspells its record: what is misspelt would be absent
/// for ever.
fn misspelt(
    report: &Report<'_>,
    (key, sets): (&FactKey, &[OfficialSet]),
    question: &Question<'_>,
) -> Option<String> {
    const NEAR: usize = 2;
    let Binding { absent, measure, record, .. } = report.binding;
    let is_absent =
        absent.is_some() || matches!(measure, Measure::Expect(expect) if expect == "not listed");
    if !is_absent {
        return None;
    }
    let wanted = record.to_string();
    let was = |set: &OfficialSet| set.gone.iter().any(|gone| gone.as_str() == wanted);
    if sets.iter().any(was) {
        return None;
    }
    let figures = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // One whose key has the same figures and all but the same letters.
    let near = |known: &&RecordKey| {
        let known = known.as_str();
        known != wanted
            && figures(known) == figures(&wanted)
            && strsim::osa_distance(known, &wanted) <= NEAR
    };
    let now = || sets.iter().flat_map(|set| set.records.keys());
    if let Some(near) = now().find(near) {
        return Some(format!("no record of `{key}` is `{wanted}`; did you mean `{near}`?"));
    }
    // A part that no record has had, and that no page is known to have.
    let once = sets.iter().flat_map(|set| &set.gone);
    let parts: BTreeSet<&str> = now().chain(once).flat_map(|key| key.as_str().split('/')).collect();
    let is_word = |part: &&str| part.contains(char::is_alphabetic) && !part.contains(['{', '*']);
    let strange = wanted
        .split('/')
        .filter(is_word)
        .find(|part| !parts.contains(part) && !(question.is_word)(part))?;
    let near = parts.into_iter().min_by_key(|part| strsim::osa_distance(part, strange));
    let near = near.filter(|part| strsim::osa_distance(part, strange) <= strange.len() / 3);
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Some(format!("no record of `{key}` was ever called `{strange}`{hint}"))
}

fn unknown(report: &mut Report<'_>, key: &FactKey, question: &Question<'_>) {
    if (question.is_read)(key) {
        let day = question.official.day;
        let what = match day < question.today {
            true => format!("a source reads `{key}`, and nothing of it is known of {day}"),
            false => {
                format!("a source reads `{key}`, and nothing of it is known yet: `rulewatch check`")
            }
        };
        report.say(FindingKind::NeverRead, what);
        return;
    }
    let near = question
        .official
        .sets
        .keys()
        .map(|known| (strsim::osa_distance(known.as_str(), key.as_str()), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= key.as_str().len() / 3);
    let hint = near.map_or_else(
        || "`rulewatch facts` lists the keys".to_owned(),
        |(_, near)| format!("did you mean `{near}`?"),
    );
    report.say(FindingKind::UnknownFact, format!("no source reads `{key}`; {hint}"));
}

fn doubt_set(report: &mut Report<'_>, set: &OfficialSet) {
    for doubt in &set.doubts {
        if let Some(kind) = FindingKind::of_doubt(&doubt.word) {
            let finding = DataFinding {
                evidence: Some(place(set)),
                note: Some(FindingNote::Doubt(doubt.why.clone())),
                ..report.finding(kind)
            };
            report.doubted.insert(finding.record.clone());
            report.found.push(finding);
        }
    }
}

fn doubt_record(
    report: &mut Report<'_>,
    set: &OfficialSet,
    key: &RecordKey,
    record: &OfficialRecord,
) {
    for doubt in &record.doubts {
        if let Some(kind) = FindingKind::of_doubt(&doubt.word) {
            let finding = DataFinding {
                record: Some(key.to_string()),
                evidence: Some(One { key, record, set }.evidence()),
                note: Some(FindingNote::Doubt(doubt.why.clone())),
                ..report.finding(kind)
            };
            report.doubted.insert(finding.record.clone());
            report.found.push(finding);
        }
    }
}
