//! Weighs the data against the official side: what is missing, extra, different, and the edit for each.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::expected::{Expected, One};
use super::held::{self, Cell, HeldData, Item, place};
use super::value::{Rule, dressed, words};
use super::{Question, Report, marked};
use crate::binding::{Measure, Shape, Transform};
use crate::dataset::edit::Edit;
use crate::dataset::word_list::words_of;
use crate::dataset::{Data, DataFile, DataFormat, DataNode};
use crate::model::{
    DataFinding, FieldName, Fields, FindingKind, FindingNote, Noc, OfficialPlace, OfficialSays,
    Unpatched, Value, record_name,
};

/// Compares a set, map, table or value.
pub(super) fn compare(
    report: &mut Report<'_>,
    file: &DataFile,
    expected: &Expected<'_>,
    question: &Question<'_>,
) {
    if report.binding.shape == Shape::Value {
        return one_value(report, file, expected, question);
    }
    let Some(mut data) = held::held(report, file) else { return };
    restore_keys(&mut data.items, &report.binding.key_transforms, expected);
    if let Some((kind, why)) = marked::unfit(report, &data, expected) {
        return report.say(kind, why);
    }
    report.compared += data.items.iter().map(|item| item.cells.len().max(1)).sum::<usize>();
    let mut yours: BTreeMap<&str, Vec<&Item<'_>>> = BTreeMap::new();
    for item in &data.items {
        yours.entry(item.key.as_str()).or_default().push(item);
    }
    let mut drift = Drift { report, file, question };
    for (key, items) in &yours {
        match (expected.by_key.get(key), &drift.report.binding.measure) {
            (found, Measure::Listed) => {
                let evidence =
                    found.map_or_else(|| expected.of_set.clone(), |ones| ones[0].evidence());
                for cell in items.iter().flat_map(|item| &item.cells) {
                    match &drift.report.binding.word {
                        Some(word) => {
                            drift.word((key, word), cell, found.is_some(), &evidence, &data);
                        }
                        None => drift.cell(key, cell, &Value::Flag(found.is_some()), &evidence),
                    }
                }
            }
            (_, Measure::Teer) => {
                let Some(code) = Noc::parse(key) else { continue };
                let teer = Value::Integer(i64::from(code.teer()));
                for cell in items.iter().flat_map(|item| &item.cells) {
                    drift.cell(key, cell, &teer, &expected.of_set);
                }
            }
            (Some(ones), _) => items.iter().for_each(|item| drift.item(item, ones, expected)),
            (None, _) => items.iter().for_each(|item| drift.extra(item, &data, expected)),
        }
    }
    if !drift.report.binding.partial && drift.report.binding.measure != Measure::Teer {
        for (key, ones) in &expected.by_key {
            if !yours.contains_key(key) {
                drift.missing(key, ones, &data, expected);
            }
        }
    }
}

pub(super) fn is_one(node: &DataNode) -> bool {
    matches!(node.data, Data::Scalar(_))
}

/// A code that lost its zeros in a number or a spreadsheet is still that code; so is a key that the data
/// has in another case, where the binding says so.
fn restore_keys(items: &mut [Item<'_>], transforms: &[Transform], expected: &Expected<'_>) {
    let has_case = transforms.iter().any(Transform::is_case);
    let names = expected.by_key.keys().filter(|_| has_case);
    let by_lower: BTreeMap<String, &str> = names.map(|key| (key.to_lowercase(), *key)).collect();
    for item in items {
        if expected.by_key.contains_key(item.key.as_str()) {
            continue;
        }
        if let Some(key) = by_lower.get(&item.key.to_lowercase()) {
            item.key = (*key).to_owned();
        } else if item.key.len() < 5 && item.key.bytes().all(|byte| byte.is_ascii_digit()) {
            let whole = format!("{:0>5}", item.key);
            if Noc::parse(&whole).is_some() && expected.by_key.contains_key(whole.as_str()) {
                item.key = whole;
            }
        }
    }
}

/// The field that a record is for, where a binding names none: a number before words, and no name.
pub(super) fn main_field(fields: &Fields) -> Option<&FieldName> {
    let name = record_name(fields);
    let is_name = |value: &Value| matches!(value, Value::Text(text) if Some(text.as_str()) == name);
    let numbers = fields.iter().find(|(_, value)| value.number().is_some());
    let is_day = |value: &Value| matches!(value, Value::Date(_) | Value::Time(_));
    let other = || fields.iter().find(|(_, value)| !is_name(value) && !is_day(value));
    numbers.or_else(other).or_else(|| fields.iter().next()).map(|(name, _)| name)
}

struct Drift<'r, 'b, 'a> {
    report: &'r mut Report<'b>,
    file: &'a DataFile,
    question: &'a Question<'a>,
}

impl Drift<'_, '_, '_> {
    fn rule(&self) -> Rule<'_> {
        rule(self.report)
    }

    /// A key that both sides have: its values.
    fn item(&mut self, item: &Item<'_>, ones: &[One<'_>], expected: &Expected<'_>) {
        for cell in &item.cells {
            let mut values = Vec::new();
            for one in ones {
                let (fields, _) = expected.fields(*one);
                let Some(field) = cell.field.as_ref().or_else(|| main_field(fields)) else {
                    continue;
                };
                match expected.value(*one, field) {
                    Some((value, from)) => values.push((*one, field, value, from)),
                    None => continue,
                }
            }
            let Some((one, field, value, from)) = values.first().copied() else {
                self.no_field(&item.key, cell, ones);
                continue;
            };
            if let Some((other, ..)) = values.iter().find(|(_, _, other, _)| !other.same(value)) {
                let what = format!(
                    "`{}` stands for `{}` and `{}`, which differ: make `record` name one",
                    item.key, one.key, other.key
                );
                self.report.say(FindingKind::Ambiguous, what);
                continue;
            }
            let field = field.clone();
            self.differs(&item.key, cell, Some(field), value, &one.evidence(), from);
        }
    }

    fn no_field(&mut self, key: &str, cell: &Cell<'_>, ones: &[One<'_>]) {
        let has: Vec<&str> = ones
            .iter()
            .flat_map(|one| one.record.fields.keys().map(FieldName::as_str))
            .take(8)
            .collect();
        let field = cell.field.as_ref().map_or("a value", FieldName::as_str);
        let what = format!("`{key}` has no field `{field}`; it has {}", has.join(", "));
        let finding = DataFinding {
            record: Some(key.to_owned()),
            note: Some(FindingNote::Words(what)),
            ..self.report.finding(FindingKind::UnknownRecord)
        };
        self.report.found.push(finding);
    }

    fn cell(&mut self, key: &str, cell: &Cell<'_>, official: &Value, evidence: &OfficialPlace) {
        self.differs(key, cell, None, official, evidence, None);
    }

    /// Whether a list of words has the one that says that a record is in the set.
    fn word(
        &mut self,
        (key, word): (&str, &str),
        cell: &Cell<'_>,
        is_listed: bool,
        evidence: &OfficialPlace,
        data: &HeldData<'_>,
    ) {
        let words = cell.node.and_then(words_of).unwrap_or_default();
        if words.contains(&word) == is_listed {
            return;
        }
        let kind = if cell.node.is_some() { FindingKind::Different } else { FindingKind::Missing };
        let official = if is_listed { OfficialSays::Listed } else { OfficialSays::NotListed };
        let finding = DataFinding {
            record: Some(key.to_owned()),
            official: Some(official),
            yours: cell.node.map(|node| super::value::words(&node.to_json())),
            evidence: Some(evidence.clone()),
            place: cell.node.map(|node| place(self.file, &cell.at, node)),
            ..self.report.finding(kind)
        };
        let edit = marked::edit(cell, (word, is_listed), data, self.file.format);
        self.add(finding, edit);
    }

    fn differs(
        &mut self,
        key: &str,
        cell: &Cell<'_>,
        field: Option<FieldName>,
        official: &Value,
        evidence: &OfficialPlace,
        from: Option<jiff::civil::Date>,
    ) {
        let yours = cell.node.map(DataNode::to_json);
        if yours.as_ref().is_some_and(|yours| self.rule().agrees(yours, official)) {
            return;
        }
        let kind = if cell.node.is_some() { FindingKind::Different } else { FindingKind::Missing };
        let finding = DataFinding {
            record: Some(key.to_owned()),
            field,
            official: Some(self.rule().stated(official)),
            yours: yours.as_ref().map(words),
            evidence: Some(evidence.clone()),
            place: cell.node.map(|node| place(self.file, &cell.at, node)),
            wrong_from: from,
            ..self.report.finding(kind)
        };
        let edit = match (cell.node, yours) {
            // A single value is never written over several.
            (Some(node), _) if !is_one(node) && !matches!(official, Value::List(_)) => {
                Err(Unpatched::Several)
            }
            (Some(node), yours) if !node.shared => {
                let with = self.rule().written(yours.as_ref(), official);
                Ok(Edit::Replace { at: cell.at.clone(), with })
            }
            (Some(_), _) if self.file.format == DataFormat::Rows => Err(Unpatched::Database),
            (Some(_), _) => Err(Unpatched::Shared),
            (None, _) => Err(Unpatched::NoValue),
        };
        self.add(finding, edit);
    }

    /// A key that only the data has.
    fn extra(&mut self, item: &Item<'_>, data: &HeldData<'_>, expected: &Expected<'_>) {
        let finding = DataFinding {
            record: Some(item.key.clone()),
            official: Some(OfficialSays::NotListed),
            yours: Some(item.node.value().map_or_else(|| item.key.clone(), words)),
            evidence: Some(expected.of_set.clone()),
            place: Some(place(self.file, &item.at, item.node)),
            ..self.report.finding(FindingKind::Extra)
        };
        let keys = &self.report.binding.keys;
        let is_named = keys.is_empty() || keys.values().any(|official| *official == item.key);
        let edit = match (data.may_remove, item.node.shared) {
            // Where most names are the user's own, one that is not mapped is more likely forgotten than gone.
            (true, false) if !is_named && Noc::parse(&item.key).is_none() => {
                Err(Unpatched::Unnamed)
            }
            (true, false) if !item.at.is_empty() => Ok(Edit::Remove { at: item.at.clone() }),
            (false, _) => Err(Unpatched::RowForMore),
            _ => Err(Unpatched::NotAlone),
        };
        self.add(finding, edit);
    }

    /// A key that only the official side has.
    fn missing(
        &mut self,
        key: &str,
        ones: &[One<'_>],
        data: &HeldData<'_>,
        expected: &Expected<'_>,
    ) {
        let Some(one) = ones.first().copied() else { return };
        let (fields, from) = expected.fields(one);
        let field = match &self.report.binding.measure {
            Measure::Field(Some(field)) => Some(field.clone()),
            _ => main_field(fields).cloned(),
        };
        // Of what is compared as listed, the record is told and none of its values.
        let is_set = matches!(self.report.binding.shape, Shape::Set { .. })
            || self.report.binding.measure == Measure::Listed;
        let value =
            field.as_ref().and_then(|field| expected.value(one, field)).map(|(value, _)| value);
        let official = match (is_set, value) {
            (false, Some(value)) => self.rule().stated(value),
            _ => record_name(fields)
                .map_or(OfficialSays::Listed, |name| OfficialSays::Value(Value::Text(name.into()))),
        };
        let finding = DataFinding {
            record: Some(key.to_owned()),
            field: field.filter(|_| !is_set),
            official: Some(official),
            evidence: Some(one.evidence()),
            place: data.home.as_ref().map(|home| place(self.file, &home.at, home.node)),
            wrong_from: from,
            ..self.report.finding(FindingKind::Missing)
        };
        let edit = self.addition(key, value, data);
        self.add(finding, edit);
    }

    fn addition(
        &self,
        key: &str,
        value: Option<&Value>,
        data: &HeldData<'_>,
    ) -> Result<Edit, Unpatched> {
        let home = data.home.as_ref().filter(|home| !home.node.shared);
        let home = home.ok_or(Unpatched::NewRow)?;
        let binding = self.report.binding;
        let own = binding.keys.iter().find(|(_, official)| official.as_str() == key);
        // The words that stand around a code are the user's own.
        if own.is_none() && binding.key_transforms.contains(&Transform::Noc) {
            return Err(Unpatched::NeedsMore);
        }
        let own = own.map_or_else(|| dressed(key, &binding.key_transforms), |(own, _)| own.clone());
        let to = home.at.clone();
        match (&binding.shape, home.by_name) {
            (Shape::Set { .. }, false) => {
                let is_number = data
                    .items
                    .first()
                    .is_some_and(|item| matches!(item.node.value(), Some(Json::Number(_))));
                let number = own.parse::<u64>().ok().filter(|number| number.to_string() == own);
                let value = match number.filter(|_| is_number) {
                    Some(number) => Json::from(number),
                    None => Json::String(own),
                };
                Ok(Edit::Add { to, key: None, value })
            }
            (Shape::Map { value: None, .. }, true) => {
                let first = data.items.first().map(|item| item.node);
                let like = first.and_then(DataNode::value);
                let value = match (&binding.measure, &binding.word) {
                    (Measure::Listed, Some(word)) if first.is_some_and(|node| !is_one(node)) => {
                        Json::from(vec![word.as_str()])
                    }
                    (Measure::Listed, Some(word)) => Json::from(word.as_str()),
                    (Measure::Listed, None) => self.rule().written(like, &Value::Flag(true)),
                    _ => self.rule().written(like, value.ok_or(Unpatched::NoOfficialValue)?),
                };
                Ok(Edit::Add { to, key: Some(own), value })
            }
            _ => Err(Unpatched::NeedsMore),
        }
    }

    fn add(&mut self, finding: DataFinding, edit: Result<Edit, Unpatched>) {
        push(self.report, finding, edit, self.question);
    }
}

pub(super) fn rule<'a>(report: &Report<'a>) -> Rule<'a> {
    let binding = report.binding;
    Rule { transforms: &binding.transforms, words: &binding.words, tolerance: binding.tolerance }
}

/// Adds a difference, unless it is allowed, and its edit, unless the official fact is doubtful.
pub(super) fn push(
    report: &mut Report<'_>,
    mut finding: DataFinding,
    edit: Result<Edit, Unpatched>,
    question: &Question<'_>,
) {
    let record = finding.record.clone().unwrap_or_default();
    match held::allowed(report.binding, &record, question.today) {
        Some(note @ FindingNote::Allowed { .. }) => {
            finding.kind = FindingKind::Allowed;
            finding.note = Some(note);
            report.found.push(finding);
            return;
        }
        expired => finding.note = expired,
    }
    let doubted = report.doubted.contains(&None) || report.doubted.contains(&finding.record);
    match edit {
        Ok(_) if doubted => {
            finding.note = Some(FindingNote::NotPatched(Unpatched::Doubtful));
        }
        Ok(edit) => report.edits.push(edit),
        Err(why) if finding.note.is_none() => {
            finding.note = Some(FindingNote::NotPatched(why));
        }
        Err(_) => {}
    }
    report.found.push(finding);
}

/// Compares one value with one field of one record, or with how many keys the set has.
fn one_value(
    report: &mut Report<'_>,
    file: &DataFile,
    expected: &Expected<'_>,
    question: &Question<'_>,
) {
    let Some(selected) = held::selected(report, file) else { return };
    let selected = match selected.as_slice() {
        [one] if one.node.value().is_some() => one,
        [_] => {
            report
                .say(FindingKind::Ambiguous, "the place holds a list or a map, and not one value");
            return;
        }
        [] => {
            report.say(FindingKind::NotFound, "no row fits `where`");
            return;
        }
        all => {
            let places: Vec<String> =
                all.iter().take(3).map(|one| place(file, &one.steps, one.node).path).collect();
            let what = format!(
                "{} values stand there and one is needed: {}",
                all.len(),
                places.join(", ")
            );
            report.say(FindingKind::Ambiguous, what);
            return;
        }
    };
    report.compared += 1;
    let (key, field, value, evidence, from) = match official(report, expected) {
        Ok(found) => found,
        Err(why) => {
            report.say(FindingKind::UnknownRecord, why);
            return;
        }
    };
    let cell = Cell { field: field.clone(), at: selected.steps.clone(), node: Some(selected.node) };
    let mut drift = Drift { report, file, question };
    drift.differs(&key, &cell, field, &value, &evidence, from);
}

/// The one official value that a binding means.
pub(super) type Meant =
    (String, Option<FieldName>, Value, OfficialPlace, Option<jiff::civil::Date>);

pub(super) fn official(report: &Report<'_>, expected: &Expected<'_>) -> Result<Meant, String> {
    let field = match &report.binding.measure {
        Measure::Count => {
            let count = i64::try_from(expected.by_key.len()).unwrap_or(i64::MAX);
            return Ok((
                "count".to_owned(),
                None,
                Value::Integer(count),
                expected.of_set.clone(),
                None,
            ));
        }
        Measure::Field(field) => field.as_ref(),
        Measure::Expect(_) => report.binding.fact.field(),
        Measure::Listed | Measure::Teer => None,
    };
    if let (Some(absent), true) = (&report.binding.absent, expected.by_key.is_empty()) {
        let value = absent.parse().map_or_else(|_| Value::Text(absent.clone()), Value::Decimal);
        let record = report.binding.record.to_string();
        return Ok((record, field.cloned(), value, expected.of_set.clone(), None));
    }
    let mut found: Option<Meant> = None;
    for one in expected.by_key.values().flatten() {
        let (fields, _) = expected.fields(*one);
        let Some(field) = field.or_else(|| main_field(fields)) else { continue };
        let Some((value, from)) = expected.value(*one, field) else { continue };
        match &found {
            Some((key, _, other, ..)) if !other.same(value) => {
                return Err(format!(
                    "`{key}` and `{}` have different values: make `record` name one record",
                    one.key
                ));
            }
            Some(_) => {}
            None => {
                found = Some((
                    one.key.to_string(),
                    Some(field.clone()),
                    value.clone(),
                    one.evidence(),
                    from,
                ));
            }
        }
    }
    found.ok_or_else(|| {
        let has: Vec<&str> = expected
            .by_key
            .values()
            .flatten()
            .take(1)
            .flat_map(|one| one.record.fields.keys().map(FieldName::as_str))
            .collect();
        format!("the record has no such field; it has {}", has.join(", "))
    })
}
