//! What changes make wrong in somebody's own data, in the same words for letters, hooks and the terminal.

use serde_json::{Value as Json, json};

use super::finding;
use super::inert;
use super::words::{Voice, day, say};
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

/// `data/noc.json:12 $['stem']: yours is true, the official value is no`. Your value is as your file has it; the
/// official one is in the words of the language.
#[must_use]
pub fn place(found: &DataFinding, voice: Voice<'_>) -> String {
    let language = voice.language;
    let at = found.place.as_ref().map(|place| {
        let line = if place.line > 0 { format!(":{}", place.line) } else { String::new() };
        format!("{}{line} {}", place.file, place.path)
    });
    let at = inert(at.as_deref().unwrap_or(&found.binding), 160);
    let colon = say(language, ": ", "\u{a0}: ");
    let official = finding::official(found, voice);
    let said = match (&found.yours, official) {
        (Some(yours), Some(official)) => {
            let yours = inert(yours, 80);
            let says = say(language, "the official value is", "valeur officielle");
            format!("{} {yours}, {says} {official}", say(language, "yours is", "chez vous"))
        }
        (None, Some(official)) => {
            let record = found.record.as_deref().map(|record| inert(record, 120));
            let (kind, record) = (finding::kind(found.kind, language), record.unwrap_or_default());
            match official.split(' ').next() == Some(&record) {
                true => format!("{kind}{colon}{official}"),
                false => format!("{kind}{colon}{record} ({official})"),
            }
        }
        (_, None) => finding::kind(found.kind, language),
    };
    let from = found.wrong_from.map(|on| day(on, language));
    let from = from.map(|on| format!(" {} {on}", say(language, "from", "à compter du")));
    let note = found.note.as_ref().map(|note| inert(&finding::note(note, language), 200));
    let note = note.map(|note| format!(" ({note})"));
    format!("{at}{colon}{said}{}{}", from.unwrap_or_default(), note.unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Currency, DataPlace, FieldName, FindingKind, FindingNote, Noc, OfficialSays, Unpatched,
        Value,
    };
    use crate::render::sample;

    fn finding(
        kind: FindingKind,
        yours: Option<&str>,
        official: Option<OfficialSays>,
    ) -> DataFinding {
        DataFinding {
            kind,
            binding: "fees".to_owned(),
            fact: None,
            record: Some("21211".to_owned()),
            field: None,
            official,
            yours: yours.map(str::to_owned),
            evidence: None,
            place: Some(DataPlace { file: "a.json".to_owned(), line: 3, path: "$.fee".to_owned() }),
            note: None,
            wrong_from: None,
        }
    }

    #[track_caller]
    fn check(found: &DataFinding, en: &str, fr: &str) {
        let mut glossary = sample::glossary();
        let title = sample::both("Data scientists", "Scientifiques des données");
        glossary.name_occupation("21211", title);
        let said = |language| place(found, Voice { language, glossary: &glossary });
        assert_eq!(said(Language::En), format!("a.json:3 $.fee: {en}"));
        let french = said(Language::Fr).replace('\u{a0}', "_");
        assert_eq!(french, format!("a.json:3 $.fee_: {fr}"));
    }

    #[test]
    fn official_values_are_in_the_notation_of_the_language_and_yours_is_as_you_have_it() {
        let different = |yours: &str, value: Value| {
            finding(FindingKind::Different, Some(yours), Some(OfficialSays::Value(value)))
        };
        let cad = |amount: &str| Value::Money {
            amount: amount.parse().unwrap(),
            currency: Currency::Cad,
            per: None,
        };
        check(
            &different("850.00", cad("1000")),
            "yours is 850.00, the official value is $1,000",
            "chez vous 850.00, valeur officielle 1_000_$",
        );
        check(
            &different("25.5", Value::Percent("25.75".parse().unwrap())),
            "yours is 25.5, the official value is 25.75%",
            "chez vous 25.5, valeur officielle 25,75_%",
        );
        check(
            &different("2025-01-31", Value::Date("2025-02-01".parse().unwrap())),
            "yours is 2025-01-31, the official value is 1 February 2025",
            "chez vous 2025-01-31, valeur officielle 1er février 2025",
        );
        check(
            &different("true", Value::Flag(false)),
            "yours is true, the official value is no",
            "chez vous true, valeur officielle non",
        );
        check(
            &different("open", Value::Text("intake_closed".into())),
            "yours is open, the official value is intake closed",
            "chez vous open, valeur officielle réception close",
        );
        let mut year = different("2016", Value::Integer(2021));
        year.field = Some(FieldName::parse("edition").unwrap());
        check(
            &year,
            "yours is 2016, the official value is 2021",
            "chez vous 2016, valeur officielle 2021",
        );
        let yearly = OfficialSays::Converted(cad("41.35"), "86008".parse().unwrap());
        check(
            &finding(FindingKind::Different, Some("86000"), Some(yearly)),
            "yours is 86000, the official value is $41.35 (here 86,008)",
            "chez vous 86000, valeur officielle 41,35_$ (ici 86_008)",
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let name = OfficialSays::Value(Value::Text("Data scientists".into()));
        let mut missing = finding(FindingKind::Missing, None, Some(name));
        check(
            &missing,
            "missing: 21211 Data scientists",
            "manquant_: 21211 Scientifiques des données",
        );
        missing.official = Some(OfficialSays::Listed);
        missing.record = Some("adult".to_owned());
        check(&missing, "missing: adult (listed)", "manquant_: adult (dans la liste)");
        let noc = Noc::parse("21211").unwrap();
        missing.official = Some(OfficialSays::Value(Value::Noc(noc)));
        check(&missing, "missing: adult (21211)", "manquant_: adult (21211)");
    }

    #[test]
    fn notes_and_days_are_in_the_language_too() {
        let mut extra = finding(FindingKind::Extra, Some("21211"), Some(OfficialSays::NotListed));
        extra.note = Some(FindingNote::NotPatched(Unpatched::Shared));
        extra.wrong_from = Some("2026-03-01".parse().unwrap());
        check(
            &extra,
            "yours is 21211, the official value is not listed from 1 March 2026 \
             (not patched: other places of the file use it too, by an alias: edit it by hand)",
            "chez vous 21211, valeur officielle absent de la liste à compter du 1er mars 2026 \
             (non corrigé_: d'autres endroits du fichier l'utilisent aussi, par un alias; à modifier à la main)",
        );
        let mut stale = finding(FindingKind::Stale, None, None);
        stale.note = Some(FindingNote::Words("last seen to hold long ago".to_owned()));
        check(
            &stale,
            "stale (last seen to hold long ago)",
            "page non lue depuis trop longtemps («_last seen to hold long ago_»)",
        );
    }
}
