//! Reads `[[rule]]` and `[[crosswalk]]`: the rules that depend on facts, and which codes became which
//! others.

use std::collections::BTreeMap;
use std::ops::Range;

use super::words::bilingual;
use crate::config_text::Table;
use crate::model::{Crosswalk, FactKey, FactType, FieldName, Rule, RuleId, RuleTarget, Severity};

/// A rule's targets and where they are written: the number of the file, the place, the target.
pub(super) type Targets = Vec<(usize, Range<usize>, RuleTarget)>;

pub(super) fn crosswalk(table: Table<'_>) -> Option<Crosswalk> {
    let (from, to) = (table.required("from"), table.required("to"));
    let mut codes = BTreeMap::new();
    if let Some(listed) = table.table("codes") {
        for code in listed.keys() {
            let became = listed.strings(&code.value).into_iter().map(|to| to.value).collect();
            codes.insert(code.value, became);
        }
        listed.finish();
    }
    if codes.is_empty() {
        table.fault("a crosswalk needs `codes`", Some("2171 = [\"21220\", \"21221\"]"));
    }
    table.finish();
    Some(Crosswalk { from: from?.value, to: to?.value, codes })
}

/// Reads a rule from a file; its targets are proven once all sources are known.
pub(super) fn rule(
    table: Table<'_>,
    (file, shipped): (usize, bool),
    targets: &mut Targets,
    known: &[Rule],
) -> Option<Rule> {
    let id = table.required_parsed("id", RuleId::parse);
    if let Some(id) = id.as_ref().filter(|id| known.iter().any(|rule| rule.id == **id)) {
        table.fault(format!("a rule `{id}` is declared already"), None);
    }
    let title = bilingual(&table, "title", shipped);
    let tools = table.strings("tools").into_iter().map(|tool| tool.value).collect();
    let mut depends_on = Vec::new();
    for text in table.strings("depends_on") {
        if let Some(target) = table.accept(&text, RuleTarget::parse) {
            targets.push((file, text.span, target.clone()));
            depends_on.push(target);
        }
    }
    if depends_on.is_empty() {
        table.fault("a rule needs `depends_on`", Some("name the facts it hangs on"));
    }
    let mut one_fact = Vec::new();
    for text in table.strings("one_fact") {
        if let Some((target, key, field)) = table.accept(&text, stated) {
            targets.push((file, text.span, target));
            one_fact.push((key, field));
        }
    }
    let severity = table.parsed("severity", |word| {
        Severity::from_word(word).ok_or_else(|| format!("`{word}` is none of info, warn, block"))
    });
    table.finish();
    Some(Rule { id: id?, title: title?, tools, depends_on, severity, one_fact })
}

/// One field of one fact set: `lmia.fee_per_position#amount`.
fn stated(text: &str) -> Result<(RuleTarget, FactKey, FieldName), String> {
    let fault = || format!("`{text}` is no key with a field: `lmia.fee_per_position#amount`");
    let (key, field) = text.split_once('#').ok_or_else(fault)?;
    let key = FactKey::parse(key).map_err(|fault| fault.to_string())?;
    let field = FieldName::parse(field).map_err(|fault| fault.to_string())?;
    let target = RuleTarget::parse(text).map_err(|fault| fault.to_string())?;
    Ok((target, key, field))
}

/// The severity of a fact type, unless a rule says otherwise (the registry's own table).
#[must_use]
pub fn severity_of(kind: FactType) -> Severity {
    match kind {
        FactType::Occupations
        | FactType::Categories
        | FactType::Thresholds
        | FactType::Points
        | FactType::Streams => Severity::Block,
        FactType::Fees | FactType::Funds | FactType::Standards | FactType::List => Severity::Warn,
        FactType::Draws | FactType::Clauses | FactType::Notices | FactType::Series => {
            Severity::Info
        }
    }
}
