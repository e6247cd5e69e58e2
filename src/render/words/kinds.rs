//! What people call the kinds of change.

use super::say;
use crate::model::{ChangeKind, Language};

/// The name of a kind of change.
#[must_use]
pub fn kind(kind: ChangeKind, language: Language) -> &'static str {
    match kind {
        ChangeKind::OccupationAdded => say(language, "occupation added", "profession ajoutée"),
        ChangeKind::OccupationRemoved => say(language, "occupation removed", "profession retirée"),
        ChangeKind::CategoryAdded => say(language, "category added", "catégorie ajoutée"),
        ChangeKind::CategoryRemoved => say(language, "category removed", "catégorie retirée"),
        ChangeKind::FeeChanged => say(language, "fee changed", "frais modifiés"),
        ChangeKind::ThresholdChanged => say(language, "threshold changed", "seuil modifié"),
        ChangeKind::PointsChanged => say(language, "points changed", "pointage modifié"),
        ChangeKind::StreamOpened => say(language, "stream opened", "volet ouvert"),
        ChangeKind::StreamClosed => say(language, "stream closed", "volet fermé"),
        ChangeKind::StatusChanged => say(language, "status changed", "état modifié"),
        ChangeKind::ProcessingStandard => {
            say(language, "processing standard changed", "norme de traitement modifiée")
        }
        ChangeKind::DrawAdded => say(language, "draw added", "ronde ajoutée"),
        ChangeKind::DrawCorrected => say(language, "draw corrected", "ronde corrigée"),
        ChangeKind::DrawRemoved => say(language, "draw removed", "ronde retirée"),
        ChangeKind::Notice => say(language, "notice", "avis"),
        ChangeKind::WordingChanged => say(language, "wording changed", "libellé modifié"),
        ChangeKind::RecordAdded => say(language, "item added", "élément ajouté"),
        ChangeKind::RecordRemoved => say(language, "item removed", "élément retiré"),
        ChangeKind::RecordChanged => say(language, "item changed", "élément modifié"),
    }
}
