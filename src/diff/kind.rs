//! The kind of a change: of what comes to a set, of what leaves it, and of whether a stream takes applications.

use crate::model::{ChangeKind, FactType, FieldName, Record, STATUS, Value};

/// The kinds of change that a set of a type can give, those of words in a set that is not of prose left out.
#[must_use]
pub fn kinds(kind: FactType) -> Vec<ChangeKind> {
    let of_fields: &[ChangeKind] = match kind {
        FactType::Series => return Vec::new(),
        FactType::Occupations => &[ChangeKind::ThresholdChanged, ChangeKind::RecordChanged],
        FactType::Categories | FactType::List => &[ChangeKind::RecordChanged],
        FactType::Thresholds | FactType::Funds => {
            &[ChangeKind::ThresholdChanged, ChangeKind::RecordChanged]
        }
        FactType::Points => &[ChangeKind::PointsChanged, ChangeKind::RecordChanged],
        FactType::Fees => &[ChangeKind::FeeChanged, ChangeKind::RecordChanged],
        FactType::Streams => &[
            ChangeKind::StreamOpened,
            ChangeKind::StreamClosed,
            ChangeKind::StatusChanged,
            ChangeKind::RecordChanged,
        ],
        FactType::Standards => &[ChangeKind::ProcessingStandard, ChangeKind::RecordChanged],
        FactType::Draws => &[ChangeKind::DrawCorrected],
        FactType::Clauses | FactType::Notices => &[ChangeKind::WordingChanged],
    };
    let whole = [added(kind), removed(kind)].into_iter().flatten();
    let mut kinds: Vec<ChangeKind> = whole.chain(of_fields.iter().copied()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

pub(super) fn added(kind: FactType) -> Option<ChangeKind> {
    match kind {
        FactType::Occupations => Some(ChangeKind::OccupationAdded),
        FactType::Categories => Some(ChangeKind::CategoryAdded),
        FactType::Streams => Some(ChangeKind::StreamOpened),
        FactType::Draws => Some(ChangeKind::DrawAdded),
        FactType::Clauses => Some(ChangeKind::WordingChanged),
        FactType::Notices => Some(ChangeKind::Notice),
        FactType::Thresholds
        | FactType::Points
        | FactType::Fees
        | FactType::Funds
        | FactType::Standards
        | FactType::List
        | FactType::Series => Some(ChangeKind::RecordAdded),
    }
}

/// A notice that is taken down revokes nothing; what left the list at its old end is no difference.
pub(super) fn removed(kind: FactType) -> Option<ChangeKind> {
    match kind {
        FactType::Occupations => Some(ChangeKind::OccupationRemoved),
        FactType::Categories => Some(ChangeKind::CategoryRemoved),
        FactType::Streams => Some(ChangeKind::StreamClosed),
        FactType::Draws => Some(ChangeKind::DrawRemoved),
        FactType::Clauses => Some(ChangeKind::WordingChanged),
        FactType::Notices => Some(ChangeKind::RecordRemoved),
        FactType::Thresholds
        | FactType::Points
        | FactType::Fees
        | FactType::Funds
        | FactType::Standards
        | FactType::List
        | FactType::Series => Some(ChangeKind::RecordRemoved),
    }
}

/// What a record that leaves its set is told as: a stream that took no applications did not close by it.
pub(super) fn left(kind: FactType, record: &Record) -> Option<ChangeKind> {
    let state = record.fields.iter().find(|(name, _)| name.as_str() == STATUS);
    match state.map(|(_, state)| state.current()) {
        Some(Value::Text(word)) if kind == FactType::Streams && word != "open" => {
            Some(ChangeKind::StatusChanged)
        }
        _ => removed(kind),
    }
}

pub(super) fn status(name: &FieldName, new: Option<&Value>) -> ChangeKind {
    match new.map(Value::current) {
        Some(Value::Text(word)) if name.as_str() == STATUS => match word.as_str() {
            "open" => ChangeKind::StreamOpened,
            "closed" => ChangeKind::StreamClosed,
            _ => ChangeKind::StatusChanged,
        },
        _ if name.as_str() == STATUS => ChangeKind::StatusChanged,
        _ => ChangeKind::RecordChanged,
    }
}
