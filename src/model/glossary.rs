//! What people call fields and stable words, in both languages. The catalogue says it.

use std::collections::BTreeMap;

use super::{Bilingual, FieldName, Language};

/// The labels of fields, and of the words that vocabularies and keys are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glossary {
    fields: BTreeMap<FieldName, Label>,
    words: BTreeMap<String, Bilingual>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Label {
    words: Bilingual,
    plain: bool,
}

impl Glossary {
    /// A glossary that knows nothing: things go by their own names.
    pub const NONE: &'static Self = &Self { fields: BTreeMap::new(), words: BTreeMap::new() };

    /// Says what a field is called. One that is `plain` says nothing that the title of its fact set
    /// does not say already: an amount among fees.
    pub fn name_field(&mut self, name: FieldName, words: Bilingual, plain: bool) {
        self.fields.insert(name, Label { words, plain });
    }

    /// Says what a stable word means.
    pub fn name_word(&mut self, word: &str, words: Bilingual) {
        self.words.insert(word.to_owned(), words);
    }

    /// What a field is called, where it was said.
    #[must_use]
    pub fn field(&self, name: &FieldName, language: Language) -> Option<&str> {
        self.fields.get(name).map(|label| label.words.get(language))
    }

    /// Whether a field needs no label of its own.
    #[must_use]
    pub fn is_plain(&self, name: &FieldName) -> bool {
        self.fields.get(name).is_some_and(|label| label.plain)
    }

    /// What a stable word means, where it was said.
    #[must_use]
    pub fn word(&self, word: &str, language: Language) -> Option<&str> {
        self.words.get(word).map(|words| words.get(language))
    }
}
