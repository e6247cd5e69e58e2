//! Provisions and rows that stand under another label, because one came or went before them: (iii) is (iv) now.

use std::collections::HashMap;

use super::Pair;
use crate::model::{FieldName, Record, RecordKey, Value, meaning::bare, words::of_item};

/// The field with the words of a record, where its key is only a label.
const TEXT: &str = "text";

impl Pair<'_> {
    /// The records whose words and values stand under another key now, where their own key has other words or is gone,
    /// as pairs of the old and the new key. Only where words are all that they are known by: the key is a label, and the
    /// words are a note.
    pub(super) fn renumbered(&self) -> Vec<(RecordKey, RecordKey)> {
        let Some(text) = self.now.notes.iter().find(|name| name.as_str() == TEXT) else {
            return Vec::new();
        };
        let (before, now) = (&self.before.records, &self.now.records);
        let said = |record: Option<&Record>| said(record?, text);
        let is_other = |key: &RecordKey| said(before.get(key)) != said(now.get(key));
        let mut moved: HashMap<String, Vec<&RecordKey>> = HashMap::new();
        for (key, new) in now.iter().filter(|(key, _)| is_other(key)) {
            moved.entry(said(Some(new)).unwrap_or_default()).or_default().push(key);
        }
        let to = |(key, old): (&RecordKey, &Record)| {
            let words = said(Some(old)).filter(|_| is_other(key))?;
            let [to] = moved.get(&words)?[..] else { return None };
            self.fields(to, old, &now[to]).is_empty().then(|| (key.clone(), to.clone()))
        };
        before.iter().filter_map(to).collect()
    }
}

/// The words of a record, without those that only join it to the next.
fn said(record: &Record, text: &FieldName) -> Option<String> {
    let Value::Text(text) = record.fields.get(text)? else { return None };
    Some(bare(of_item(text))).filter(|words| !words.is_empty())
}
