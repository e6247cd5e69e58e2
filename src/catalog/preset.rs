//! Reads `[[preset]]`: a subscription in plain words.

use super::words::bilingual;
use crate::config_text::Table;
use crate::model::{Bilingual, ChangeKind, Phrase, Severity, Subscription};

/// A subscription that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Its id: `software-engineer`.
    pub id: String,
    /// What it is for.
    pub title: Bilingual,
    /// What it asks for.
    pub to: Subscription,
    /// Conditions as they are written.
    pub conditions: Vec<Phrase>,
    /// Whether it gives a least severity.
    pub severity_chosen: bool,
}

pub(super) fn preset(table: Table<'_>, shipped: bool, known: &[Preset]) -> Option<Preset> {
    let id = table.required("id");
    if let Some(id) = id.as_ref().filter(|id| known.iter().any(|one| one.id == id.value)) {
        table.fault(format!("a preset `{}` is declared already", id.value), None);
    }
    let title = bilingual(&table, "title", shipped);
    let list = |key: &str| -> Vec<String> {
        table.strings(key).into_iter().map(|word| word.value).collect()
    };
    let kinds = table.strings("kinds");
    let kind = |word: &str| {
        ChangeKind::from_word(word).ok_or_else(|| format!("`{word}` is no kind of change"))
    };
    let kinds = kinds.iter().filter_map(|word| table.accept(word, kind)).collect();
    let conditions = table.strings("where");
    let conditions = conditions.iter().filter_map(|text| table.accept(text, Phrase::parse));
    let conditions = conditions.collect();
    let severity = table.parsed("severity", |word| {
        Severity::from_word(word).ok_or_else(|| format!("`{word}` is none of info, warn, block"))
    });
    let usual = Subscription::default();
    let to = Subscription {
        programs: list("programs"),
        jurisdictions: list("jurisdictions"),
        sources: list("sources"),
        rules: list("rules"),
        facts: list("facts"),
        nocs: list("nocs"),
        kinds,
        severity: severity.unwrap_or(usual.severity),
        ..usual
    };
    table.finish();
    let severity_chosen = severity.is_some();
    Some(Preset { id: id?.value, title: title?, to, conditions, severity_chosen })
}
