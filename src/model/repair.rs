//! What a person repairs: a fact that cannot be read but still holds, words that are not content, a
//! change that was told wrongly.

use jiff::Timestamp;

use super::{
    ChangeId, EventId, FactKey, Facts, FieldName, Fields, Record, RecordKey, SourceId, Unread,
};

/// A person's word that something unreadable is unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// When they gave it.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What they saw.
    pub note: String,
}

/// Words of a page that a person said are not its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noise {
    /// Its number.
    pub id: i64,
    /// The source.
    pub source: SourceId,
    /// The words in canonical form, line by line; `*` stands for any words.
    pub lines: Vec<String>,
    /// When they said so.
    pub at: Timestamp,
    /// Who.
    pub by: String,
}

/// Something that was reported as new on a page and not read by any recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Its number.
    pub id: i64,
    /// The source.
    pub source: SourceId,
    /// What it is.
    pub what: Unread,
    /// When it was first seen.
    pub at: Timestamp,
}

/// A person's word that a change was told wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retraction {
    /// The change.
    pub change: ChangeId,
    /// Its event.
    pub event: EventId,
    /// When they said so.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why, in their words.
    pub why: String,
    /// When the page was read differently from before: from then on, what it says is told again.
    pub ended_at: Option<Timestamp>,
}

/// What was misread of a record when a change of it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The changes that told it.
    pub changes: Vec<ChangeId>,
    /// The fact set.
    pub fact: FactKey,
    /// The record.
    pub record: RecordKey,
    /// What it was before; `None` if it did not exist.
    pub before: Option<Record>,
    /// What was read; `None`: that it was gone.
    pub read: Option<Fields>,
    /// The one field it is about, if it is about only one.
    pub field: Option<FieldName>,
}

impl Misread {
    /// The fields that were misread.
    #[must_use]
    pub fn fields(&self) -> Vec<&FieldName> {
        let (Some(before), Some(read)) = (&self.before, &self.read) else { return Vec::new() };
        let mut names: Vec<&FieldName> = before.fields.keys().chain(read.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let is_same = |name: &FieldName| match (before.fields.get(name), read.get(name)) {
            (Some(a), Some(b)) => a.same(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let is_of = |name: &FieldName| self.field.as_ref().is_none_or(|field| field == name);
        names.retain(|name| is_of(name) && !is_same(name));
        names
    }

    /// Whether a record, as it is now, still says what was misread; `None`: there is no such record.
    #[must_use]
    pub fn is_read_so(&self, now: Option<&Record>) -> bool {
        match (&self.read, now) {
            (None, None) => true,
            (Some(read), Some(now)) => {
                let same = |name: &FieldName| match (read.get(name), now.fields.get(name)) {
                    (Some(a), Some(b)) => a.same(b),
                    (a, b) => a.is_none() && b.is_none(),
                };
                match self.before {
                    Some(_) => self.fields().into_iter().all(same),
                    None => read.keys().chain(now.fields.keys()).all(same),
                }
            }
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// Replaces what was misread with what `right` says of the record.
    pub fn put_right(&self, facts: &mut Facts, right: Option<&Record>) {
        let Some(set) = facts.get_mut(&self.fact) else { return };
        match (&self.read, &self.before, right) {
            (Some(_), Some(_), Some(right)) => {
                let Some(now) = set.records.get_mut(&self.record) else { return };
                for name in self.fields() {
                    match right.fields.get(name) {
                        Some(value) => now.fields.insert(name.clone(), value.clone()),
                        None => now.fields.remove(name),
                    };
                }
                now.evidence = right.evidence.clone();
            }
            (_, _, Some(right)) => {
                set.records.insert(self.record.clone(), right.clone());
            }
            (_, _, None) => {
                set.records.remove(&self.record);
            }
        }
    }
}
