//! A record under another name: whether that is wording, or says another rule.

use super::{Delta, Pair, wording};
use crate::model::{ChangeKind, FactType, FieldName, RecordKey, Side, Value, is_name, label};

impl Pair<'_> {
    /// Prose under a heading in other words, which no field says.
    pub(super) fn headed_anew(&self, old: &RecordKey, new: &RecordKey) -> Option<Delta> {
        if self.now.kind != FactType::Clauses || wording::is_of(self.key) {
            return None;
        }
        let (was, is) = (self.before.records.get(old)?, self.now.records.get(new)?);
        let mut parts = old.as_str().split('/').zip(new.as_str().split('/'));
        let (had, has) = parts.find(|(had, has)| had != has)?;
        let [had, has] = [had, has].map(|part| part.replace('-', " "));
        if wording::is_same_heading(&had, &has) {
            return None;
        }
        Some(Delta {
            field: Some(FieldName::parse("heading").ok()?),
            old: Some(Side::Value(Value::Text(had))),
            new: Some(Side::Value(Value::Text(has))),
            before: Some(was.evidence.clone()),
            after: Some(is.evidence.clone()),
            ..self.delta(new, ChangeKind::WordingChanged, is)
        })
    }

    /// What kind of change it is that a record has another name, where its name is all that there is of it: with a
    /// remark that was not behind it before it is another record, and a stream in another spelling is the same one.
    pub(super) fn named_anew(
        &self,
        key: &RecordKey,
        name: &FieldName,
        was: &Value,
        is: &Value,
    ) -> Option<ChangeKind> {
        let (Value::Text(had), Value::Text(has)) = (was, is) else { return None };
        if !self.now.kind.is_of_names() {
            return None;
        }
        // An occupation with a code is known by that.
        let is_known_by_it = self.now.kind != FactType::Occupations || is.names(key);
        if is_name(name) && is_known_by_it && label::is_remarked(had, has) {
            return Some(ChangeKind::RecordChanged);
        }
        let is_stream = self.now.kind == FactType::Streams && is.names(key);
        (is_stream && label::is_within(had, has)).then_some(ChangeKind::WordingChanged)
    }

    /// Whether a record's name says that it is of another figure, bound, qualifier or alternative: what a record
    /// is about is part of the rule. A code, a day or a section is what it is under any name, but an occupation may be
    /// listed for some of its workers only.
    pub(super) fn is_another_rule(
        &self,
        name: &FieldName,
        old: Option<&Value>,
        new: Option<&Value>,
    ) -> bool {
        let (Some(Value::Text(old)), Some(Value::Text(new))) = (old, new) else { return false };
        if self.now.kind == FactType::Occupations {
            return is_name(name) && label::differ_in_limits(old, new);
        }
        // A list may have no field but the one that names its items.
        let is_list = self.now.kind == FactType::List && self.now.wording == [name.clone()];
        self.now.kind.is_of_rows()
            && (is_name(name) && label::is_another_rule(old, new)
                || (is_name(name) || is_list) && label::says_more(old, new, is_list))
    }
}
