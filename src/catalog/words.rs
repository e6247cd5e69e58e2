//! Reads what people call things: titles, and the labels of fields and words.

use super::files::{self, File};
use crate::config_text::{Document, Placed, Table};
use crate::model::{Bilingual, FieldName, Glossary, Noc};

/// Reads words in both languages. An operator's own file may give one string, or one language, for
/// both; the files that come with the program must give two.
pub(super) fn bilingual(table: &Table<'_>, key: &str, both: bool) -> Option<Bilingual> {
    if table.is_string(key) {
        let text = table.string(key)?;
        if both {
            table.fault_at(&text.span, "this is in one language only", Some(BOTH));
        }
        return Some(Bilingual::same(&text.value));
    }
    let words = table.table(key)?;
    let read = in_both(&words, both);
    words.finish();
    read
}

/// An example of a title in both languages.
const BOTH: &str = "{ en = \"Proof of funds\", fr = \"Preuve de fonds\" }";

fn in_both(words: &Table<'_>, both: bool) -> Option<Bilingual> {
    let text = |key| words.string(key).map(|text: Placed<String>| text.value);
    let (en, fr) = (text("en"), text("fr"));
    if (en.is_none() && fr.is_none()) || (both && (en.is_none() || fr.is_none())) {
        words.fault("`en` and `fr` are the words in each language", Some(BOTH));
    }
    match (en, fr) {
        (Some(en), Some(fr)) => Some(Bilingual { en, fr }),
        (Some(one), None) | (None, Some(one)) => Some(Bilingual::same(&one)),
        (None, None) => None,
    }
}

/// The labels that come with the program, for catalogues that do not include them.
pub(super) fn standard(files: &[File]) -> Glossary {
    let mut labels = Glossary::default();
    let file = files::labels();
    if files.iter().all(|known| *known != file) {
        let document = Document::new(&file.name, &file.text);
        let parsed = document.parse();
        glossary(&document.root(&parsed), true, &mut labels);
    }
    labels
}

/// Reads the labels of a file into the glossary: `[label]` for fields, `[word]` for the stable words
/// of vocabularies and keys, `[program]` for programs, `[occupation]` for the titles of NOC codes.
pub(super) fn glossary(root: &Table<'_>, both: bool, glossary: &mut Glossary) {
    if let Some(labels) = root.table("label") {
        for key in labels.keys() {
            let name = labels.accept(&key, FieldName::parse);
            let Some(inner) = labels.table(&key.value) else { continue };
            let plain = inner.flag("plain").unwrap_or(false);
            let label = in_both(&inner, both);
            inner.finish();
            if let (Some(name), Some(label)) = (name, label) {
                glossary.name_field(name, label, plain);
            }
        }
        labels.finish();
    }
    if let Some(words) = root.table("word") {
        for key in words.keys() {
            if let Some(label) = bilingual(&words, &key.value, both) {
                glossary.name_word(&key.value, label);
            }
        }
        words.finish();
    }
    if let Some(programs) = root.table("program") {
        for key in programs.keys() {
            if let Some(name) = bilingual(&programs, &key.value, both) {
                glossary.name_program(&key.value, name);
            }
        }
        programs.finish();
    }
    if let Some(occupations) = root.table("occupation") {
        for key in occupations.keys() {
            let is_code = |text: &str| Noc::parse(text).ok_or("a NOC code has five digits");
            let code = occupations.accept(&key, is_code);
            let title = bilingual(&occupations, &key.value, both);
            if let (Some(code), Some(title)) = (code, title) {
                glossary.name_occupation(&code.to_string(), title);
            }
        }
        occupations.finish();
    }
}
