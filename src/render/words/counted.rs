//! Changes of one kind, counted: "19 occupations removed".

use crate::model::{ChangeKind, Language};

/// A noun and what happened to it, in the singular and the plural.
struct Words {
    noun: [&'static str; 2],
    verb: [&'static str; 2],
}

const fn both(noun: [&'static str; 2], verb: &'static str) -> Words {
    Words { noun, verb: [verb, verb] }
}

const fn agreed(noun: [&'static str; 2], verb: [&'static str; 2]) -> Words {
    Words { noun, verb }
}

fn english(kind: ChangeKind) -> Words {
    const RECORD: [&str; 2] = ["record", "records"];
    const DRAW: [&str; 2] = ["draw", "draws"];
    match kind {
        ChangeKind::OccupationAdded => both(["occupation", "occupations"], "added"),
        ChangeKind::OccupationRemoved => both(["occupation", "occupations"], "removed"),
        ChangeKind::CategoryAdded => both(["category", "categories"], "added"),
        ChangeKind::CategoryRemoved => both(["category", "categories"], "removed"),
        ChangeKind::FeeChanged => both(["fee", "fees"], "changed"),
        ChangeKind::ThresholdChanged => both(["threshold", "thresholds"], "changed"),
        ChangeKind::PointsChanged => both(["points value", "points values"], "changed"),
        ChangeKind::StreamOpened => both(["stream", "streams"], "opened"),
        ChangeKind::StreamClosed => both(["stream", "streams"], "closed"),
        ChangeKind::StatusChanged => both(["status", "statuses"], "changed"),
        ChangeKind::ProcessingStandard => {
            both(["processing standard", "processing standards"], "changed")
        }
        ChangeKind::DrawAdded => both(DRAW, "added"),
        ChangeKind::DrawCorrected => both(DRAW, "corrected"),
        ChangeKind::DrawRemoved => both(DRAW, "removed"),
        ChangeKind::Notice => both(["notice", "notices"], "published"),
        ChangeKind::WordingChanged => both(["wording", "wordings"], "changed"),
        ChangeKind::RecordAdded => both(RECORD, "added"),
        ChangeKind::RecordRemoved => both(RECORD, "removed"),
        ChangeKind::RecordChanged => both(RECORD, "changed"),
    }
}

fn french(kind: ChangeKind) -> Words {
    const OCCUPATION: [&str; 2] = ["profession", "professions"];
    const CATEGORY: [&str; 2] = ["catégorie", "catégories"];
    const DRAW: [&str; 2] = ["ronde", "rondes"];
    const RECORD: [&str; 2] = ["élément", "éléments"];
    const STREAM: [&str; 2] = ["volet", "volets"];
    match kind {
        ChangeKind::OccupationAdded => agreed(OCCUPATION, ["ajoutée", "ajoutées"]),
        ChangeKind::OccupationRemoved => agreed(OCCUPATION, ["retirée", "retirées"]),
        ChangeKind::CategoryAdded => agreed(CATEGORY, ["ajoutée", "ajoutées"]),
        ChangeKind::CategoryRemoved => agreed(CATEGORY, ["retirée", "retirées"]),
        ChangeKind::FeeChanged => both(["frais", "frais"], "modifiés"),
        ChangeKind::ThresholdChanged => agreed(["seuil", "seuils"], ["modifié", "modifiés"]),
        ChangeKind::PointsChanged => agreed(["pointage", "pointages"], ["modifié", "modifiés"]),
        ChangeKind::StreamOpened => agreed(STREAM, ["ouvert", "ouverts"]),
        ChangeKind::StreamClosed => agreed(STREAM, ["fermé", "fermés"]),
        ChangeKind::StatusChanged => agreed(["état", "états"], ["modifié", "modifiés"]),
        ChangeKind::ProcessingStandard => {
            agreed(["norme de traitement", "normes de traitement"], ["modifiée", "modifiées"])
        }
        ChangeKind::DrawAdded => agreed(DRAW, ["ajoutée", "ajoutées"]),
        ChangeKind::DrawCorrected => agreed(DRAW, ["corrigée", "corrigées"]),
        ChangeKind::DrawRemoved => agreed(DRAW, ["retirée", "retirées"]),
        ChangeKind::Notice => agreed(["avis", "avis"], ["publié", "publiés"]),
        ChangeKind::WordingChanged => agreed(["libellé", "libellés"], ["modifié", "modifiés"]),
        ChangeKind::RecordAdded => agreed(RECORD, ["ajouté", "ajoutés"]),
        ChangeKind::RecordRemoved => agreed(RECORD, ["retiré", "retirés"]),
        ChangeKind::RecordChanged => agreed(RECORD, ["modifié", "modifiés"]),
    }
}

fn words(kind: ChangeKind, language: Language) -> Words {
    match language {
        Language::En => english(kind),
        Language::Fr => french(kind),
    }
}

/// A number of changes of a kind: `19 occupations removed`.
#[must_use]
pub fn counted(n: usize, kind: ChangeKind, language: Language) -> String {
    let words = words(kind, language);
    let form = usize::from(n != 1);
    format!("{n} {} {}", words.noun[form], words.verb[form])
}

/// The same after a count of another kind, without the noun if it is the same one: `19 occupations
/// removed` is followed by `6 added`.
#[must_use]
pub fn counted_after(before: ChangeKind, n: usize, kind: ChangeKind, language: Language) -> String {
    let (other, words) = (words(before, language), words(kind, language));
    let form = usize::from(n != 1);
    if other.noun == words.noun {
        format!("{n} {}", words.verb[form])
    } else {
        counted(n, kind, language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_nouns() {
        let removed = ChangeKind::OccupationRemoved;
        assert_eq!(counted(1, removed, Language::En), "1 occupation removed");
        assert_eq!(counted(19, removed, Language::Fr), "19 professions retirées");
        assert_eq!(
            counted_after(removed, 6, ChangeKind::OccupationAdded, Language::Fr),
            "6 ajoutées"
        );
        assert_eq!(counted_after(removed, 1, ChangeKind::DrawAdded, Language::En), "1 draw added");
    }
}
