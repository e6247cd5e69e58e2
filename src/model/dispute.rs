//! A fact that several pages state differently: a state to show, not an alert.

use super::{FactKey, FieldName, RecordKey, RuleId, SourceId, Value};

/// A value that a page gives for a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The source.
    pub source: SourceId,
    /// The fact set.
    pub fact: FactKey,
    /// The record.
    pub record: RecordKey,
    /// The field.
    pub field: FieldName,
    /// The value.
    pub value: Value,
}

/// One fact that pages state differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The rule that says they state the same fact.
    pub rule: RuleId,
    /// What each page says of it.
    pub stated: Vec<Stated>,
}
