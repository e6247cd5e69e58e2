//! Which kinds of change a fact set can give: by its type, and by what its recipe reads.

use crate::catalog::{Catalog, severity_of};
use crate::diff;
use crate::extract::recipe::{FactRecipe, FieldRecipe, Reading};
use crate::model::{ChangeKind, FactType, STATUS, Severity};

/// The kinds of change that a fact set can give, each with how severe one can be. Only a set whose figures
/// are recorded and told to nobody gives none.
pub(super) fn gives(catalog: &Catalog, fact: &FactRecipe) -> Vec<(ChangeKind, Severity)> {
    let by_rule = catalog.rule_severity(&fact.key.to_string());
    let own = |kind: ChangeKind| {
        if kind.is_told_as_info() { Severity::Info } else { severity_of(fact.kind) }
    };
    kinds(fact).into_iter().map(|kind| (kind, by_rule.unwrap_or_else(|| own(kind)))).collect()
}

/// Whether a fact set can give a kind of change.
pub(super) fn can_give(fact: &FactRecipe, kind: ChangeKind) -> bool {
    kinds(fact).contains(&kind)
}

fn kinds(fact: &FactRecipe) -> Vec<ChangeKind> {
    let compared = || fact.fields.iter().filter(|field| !field.note && !field.key_only);
    // A text may be said in other words.
    let is_of_words =
        |reading: &Reading| matches!(reading, Reading::Clauses | Reading::Text | Reading::Lines);
    let has_words = compared().any(|field| field.wording || is_of_words(&field.reading));
    let has_status = compared().any(|field| field.name.as_str() == STATUS);
    let has_notices = fact.dates.expires.is_some() || fact.is_of_notices();
    let mut kinds = diff::kinds(fact.kind);
    let has_figure = fact.kind != FactType::Occupations || compared().any(is_figure);
    kinds.retain(|kind| *kind != ChangeKind::StatusChanged || has_status);
    kinds.retain(|kind| *kind != ChangeKind::ThresholdChanged || has_figure);
    // A series gives notices of its last days, and nothing else.
    if has_words && fact.kind != FactType::Series {
        kinds.push(ChangeKind::WordingChanged);
    }
    if has_notices {
        kinds.push(ChangeKind::Notice);
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Whether a field may hold a number.
fn is_figure(field: &FieldRecipe) -> bool {
    match field.reading {
        Reading::Integer
        | Reading::Decimal
        | Reading::Money(_)
        | Reading::Percent
        | Reading::Duration
        | Reading::Clb
        | Reading::Teer => true,
        Reading::Text
        | Reading::Lines
        | Reading::Slug
        | Reading::Word(_)
        | Reading::WordOrSlug(_)
        | Reading::Date
        | Reading::Days
        | Reading::MonthDayYear
        | Reading::Time
        | Reading::Range
        | Reading::Noc
        | Reading::OldNoc
        | Reading::Cip
        | Reading::Flag(..)
        | Reading::YesNo
        | Reading::Clauses => false,
    }
}
