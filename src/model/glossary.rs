//! What people call fields, stable words, programs and occupations, in both languages, as the catalogue gives it.

use std::collections::BTreeMap;

use super::text::fold;
use super::{Bilingual, FieldName, Language};

/// The labels of fields, and of the words used in vocabularies and keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glossary {
    fields: BTreeMap<FieldName, Label>,
    words: BTreeMap<String, Bilingual>,
    programs: BTreeMap<String, Bilingual>,
    occupations: BTreeMap<String, Bilingual>,
    /// What the English words of all these are called in French, by the words folded. `None`: it depends on what they say
    /// it of.
    french: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Label {
    words: Bilingual,
    plain: bool,
}

impl Glossary {
    /// An empty glossary: everything goes by its own name.
    pub const NONE: &'static Self = &Self {
        fields: BTreeMap::new(),
        words: BTreeMap::new(),
        programs: BTreeMap::new(),
        occupations: BTreeMap::new(),
        french: BTreeMap::new(),
    };

    /// Gives a field its label. A `plain` label adds nothing to the title of its fact set: an amount
    /// among fees.
    pub fn name_field(&mut self, name: FieldName, words: Bilingual, plain: bool) {
        self.fields.insert(name, Label { words, plain });
    }

    /// Gives a stable word its meaning.
    pub fn name_word(&mut self, word: &str, words: Bilingual) {
        self.translate(&words);
        self.words.insert(word.to_owned(), words);
    }

    /// Gives a program its name.
    pub fn name_program(&mut self, program: &str, name: Bilingual) {
        self.translate(&name);
        self.programs.insert(program.to_owned(), name);
    }

    /// The name of a program; one without a name goes by its word.
    #[must_use]
    pub fn program<'a>(&'a self, program: &'a str, language: Language) -> &'a str {
        self.programs.get(program).map_or(program, |name| name.get(language))
    }

    /// Gives an occupation its official titles, by its code.
    pub fn name_occupation(&mut self, code: &str, title: Bilingual) {
        self.translate(&title);
        self.occupations.insert(code.to_owned(), title);
    }

    /// The official title of an occupation, where it is known.
    #[must_use]
    pub fn occupation(&self, code: &str, language: Language) -> Option<&str> {
        self.occupations.get(code).map(|title| title.get(language))
    }

    fn translate(&mut self, words: &Bilingual) {
        let is_other = |known: &String| fold(known) != fold(&words.fr);
        self.french
            .entry(fold(&words.en))
            .and_modify(|known| {
                if known.as_ref().is_some_and(is_other) {
                    *known = None;
                }
            })
            .or_insert_with(|| Some(words.fr.clone()));
    }

    /// What the words of an English page, or of a key made of them, are called in French, where they are the English
    /// words of something known. Words of which several French ones are known have none.
    #[must_use]
    pub fn french(&self, words: &str) -> Option<&str> {
        self.french.get(&fold(words))?.as_deref()
    }

    /// The label of a field, if it has one.
    #[must_use]
    pub fn field(&self, name: &FieldName, language: Language) -> Option<&str> {
        self.fields.get(name).map(|label| label.words.get(language))
    }

    /// Whether a field needs no label of its own.
    #[must_use]
    pub fn is_plain(&self, name: &FieldName) -> bool {
        self.fields.get(name).is_some_and(|label| label.plain)
    }

    /// The meaning of a stable word, if it has one.
    #[must_use]
    pub fn word(&self, word: &str, language: Language) -> Option<&str> {
        self.words.get(word).map(|words| words.get(language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_page_have_a_french_name_where_there_is_but_one() {
        let both = |en: &str, fr: &str| Bilingual { en: en.into(), fr: fr.into() };
        let mut glossary = Glossary::default();
        glossary
            .name_program("aip", both("Atlantic Immigration Program", "Programme de l’Atlantique"));
        glossary.name_word("closed", both("closed", "fermé"));
        glossary.name_word("intake-closed", both("closed", "close"));
        let named = Some("Programme de l’Atlantique");
        assert_eq!(glossary.french("atlantic immigration program"), named);
        assert_eq!(glossary.french("Atlantic immigration program"), named);
        glossary
            .name_word("aip", both("Atlantic immigration program", "programme de l’Atlantique"));
        assert_eq!(glossary.french("Atlantic immigration program"), named);
        assert_eq!(glossary.french("Closed"), None);
        assert_eq!(glossary.french("<Atlantic Immigration Program"), None);
    }
}
