//! What changes make wrong in somebody's own data, in the same words for letters, hooks and the terminal.

use serde_json::{Value as Json, json};

use super::finding;
use super::inert;
use super::words::say;
use crate::model::{DataFinding, DataPatch, Language, TouchedData};

/// `Your data: NOC finder`.
#[must_use]
pub fn title(data: &TouchedData, language: Language) -> String {
    let name = inert(&data.name, 120);
    match language {
        Language::En => format!("Your data: {name}"),
        Language::Fr => format!("Vos données\u{a0}: {name}"),
    }
}

/// What is said in place of findings: that nobody could look at the data, or that nothing is to be edited. `None`
/// where there are findings.
#[must_use]
pub fn nothing(data: &TouchedData, language: Language) -> Option<String> {
    if let Some(fault) = &data.fault {
        let fault = inert(fault, 300);
        return Some(match language {
            Language::En => format!("It could not be looked at: {fault}"),
            Language::Fr => format!("Elles n'ont pas pu être examinées\u{a0}: {fault}"),
        });
    }
    let nothing = say(
        language,
        "Nothing in it has to be edited for this change.",
        "Rien n'y est à modifier pour ce changement.",
    );
    data.found.is_empty().then(|| nothing.to_owned())
}

/// `data/noc.json:12 $['stem']: yours is true, the official value is no`.
#[must_use]
pub fn place(found: &DataFinding, language: Language) -> String {
    let at = found.place.as_ref().map(|place| {
        let line = if place.line > 0 { format!(":{}", place.line) } else { String::new() };
        format!("{}{line} {}", place.file, place.path)
    });
    let at = inert(at.as_deref().unwrap_or(&found.binding), 160);
    let none = say(language, "nothing", "rien");
    let value = |value: &Option<String>| {
        value.as_deref().map_or_else(|| none.to_owned(), |value| inert(value, 80))
    };
    let (yours, official) = (value(&found.yours), value(&found.official));
    let mut text = match (found.yours.is_some() || found.official.is_some(), language) {
        (false, _) => format!("{at}: {}", found.kind.word()),
        (true, Language::En) => format!("{at}: yours is {yours}, the official value is {official}"),
        (true, Language::Fr) => {
            format!("{at}\u{a0}: chez vous {yours}, valeur officielle {official}")
        }
    };
    match (found.wrong_from, language) {
        (None, _) => {}
        (Some(day), Language::En) => text.push_str(&format!(" from {day}")),
        (Some(day), Language::Fr) => text.push_str(&format!(" à partir du {day}")),
    }
    if let Some(note) = &found.note {
        text.push_str(&format!(" ({})", inert(note, 200)));
    }
    text
}

/// For programs: what is found, who uses it, and what would put each file right.
#[must_use]
pub fn json(data: &TouchedData) -> Json {
    let patch = |patch: &DataPatch| json!({"file": patch.file, "patch": patch.operations, "unified": patch.unified});
    json!({
        "name": data.name,
        "tools": data.tools,
        "findings": data.found.iter().map(finding::object).collect::<Vec<_>>(),
        "patches": data.patches.iter().map(patch).collect::<Vec<_>>(),
        "fault": data.fault,
    })
}
