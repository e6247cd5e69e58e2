//! The words of a finding in both languages. What is typed into somebody's file is never among them: a patch
//! carries it, as that file writes it.

use crate::model::{
    DataFinding, DoubtReason, FindingKind, FindingNote, Language, OfficialSays, RecordKey,
    Unpatched, Value,
};
use crate::render::words::{Voice, day, of_page, record_named, say, value, value_of};

/// What the official side says, with the figures, dates and words of the language. A missing member of a list is named
/// after its code.
#[must_use]
pub fn official(found: &DataFinding, voice: Voice<'_>) -> Option<String> {
    let member = found.record.as_deref().filter(|_| found.field.is_none() && found.yours.is_none());
    let member = member.and_then(|key| RecordKey::parse(key).ok());
    Some(match found.official.as_ref()? {
        OfficialSays::Listed => say(voice.language, "listed", "dans la liste").to_owned(),
        OfficialSays::NotListed => {
            say(voice.language, "not listed", "absent de la liste").to_owned()
        }
        OfficialSays::Value(inner) => match (inner, &found.field, member) {
            (Value::Text(name), None, Some(key)) => record_named(&key, Some(name), voice),
            (_, Some(field), _) => value_of(field, inner, voice),
            (_, None, _) => value(inner, voice),
        },
        OfficialSays::Converted(inner, here) => {
            let here = value(&Value::Decimal(*here), voice);
            format!("{} ({} {here})", value(inner, voice), say(voice.language, "here", "ici"))
        }
    })
}

/// The kind of a finding, for people.
#[must_use]
pub fn kind(kind: FindingKind, language: Language) -> String {
    if language == Language::En {
        return kind.word().replace('_', " ");
    }
    let words = match kind {
        FindingKind::Missing => "manquant",
        FindingKind::Extra => "en trop",
        FindingKind::Different => "différent",
        FindingKind::Allowed => "admis",
        FindingKind::Unreadable => "page illisible",
        FindingKind::Held => "à confirmer",
        FindingKind::Unreviewed => "pas encore vérifié",
        FindingKind::Stale => "page non lue depuis trop longtemps",
        FindingKind::Disputed => "pages contradictoires",
        FindingKind::NeverRead => "jamais lu",
        FindingKind::UnknownFact => "fait inconnu",
        FindingKind::UnknownRecord => "élément inconnu",
        FindingKind::NoFile => "fichier introuvable",
        FindingKind::BadFile => "fichier illisible",
        FindingKind::NotFound => "endroit introuvable",
        FindingKind::Ambiguous => "ambigu",
    };
    words.to_owned()
}

/// What a kind of finding means, in a sentence.
#[must_use]
pub(super) fn meaning(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Missing => "It is official, and not in your data.",
        FindingKind::Extra => "It is in your data, and not official.",
        FindingKind::Different => "Your value is not the official one.",
        FindingKind::Allowed => "Your data differs, as your binding file allows until a day.",
        FindingKind::Unreadable => "The official page cannot be read at present.",
        FindingKind::Held => "A new official value waits to be confirmed.",
        FindingKind::Unreviewed => "No person has accepted the first facts of the page yet.",
        FindingKind::Stale => "The official page has not been read for too long.",
        FindingKind::Disputed => "Official pages contradict each other.",
        FindingKind::NeverRead => "A page states this fact, and nothing of it is known yet.",
        FindingKind::UnknownFact => "No page states a fact of this key.",
        FindingKind::UnknownRecord => "The fact set has no such record or field.",
        FindingKind::NoFile => "The data file is not there or cannot be opened.",
        FindingKind::BadFile => "The data file cannot be read as what its name says.",
        FindingKind::NotFound => "Nothing stands in the data file where the binding says.",
        FindingKind::Ambiguous => "Several places or records fit where one is needed.",
    }
}

/// A note. English words that have no French are quoted in it.
#[must_use]
pub fn note(note: &FindingNote, language: Language) -> String {
    match (note, language) {
        (FindingNote::Allowed { until, reason }, Language::En) => {
            format!("allowed until {until}: {reason}")
        }
        (FindingNote::Expired { until, reason }, Language::En) => {
            format!("it was allowed until {until}: {reason}")
        }
        (FindingNote::Allowed { until, reason }, Language::Fr) => {
            format!("admis jusqu'au {}\u{a0}: {reason}", day(*until, language))
        }
        (FindingNote::Expired { until, reason }, Language::Fr) => {
            format!("n'était admis que jusqu'au {}\u{a0}: {reason}", day(*until, language))
        }
        (FindingNote::NotPatched(why), Language::En) => {
            format!("not patched: {}", unpatched(why, language))
        }
        (FindingNote::NotPatched(why), Language::Fr) => {
            format!("non corrigé\u{a0}: {}", unpatched(why, language))
        }
        (FindingNote::Doubt(why), _) => doubt(why, language),
        (FindingNote::Words(words), _) => of_page(words, language),
    }
}

/// Why a fact is in doubt. English words that have no French are quoted in it.
#[must_use]
pub fn doubt(why: &DoubtReason, language: Language) -> String {
    if language == Language::En {
        return why.to_string();
    }
    match why {
        DoubtReason::NotRead { days, last } => {
            format!("depuis {days} jours\u{a0}: lu pour la dernière fois à {last}")
        }
        DoubtReason::Contradicted => {
            "des pages officielles se contredisent\u{a0}: `rulewatch facts`".to_owned()
        }
        DoubtReason::Held { since, reason } => {
            format!("depuis {since}\u{a0}: {}", of_page(reason, language))
        }
        DoubtReason::LastSeen(at) => format!("vu en vigueur pour la dernière fois à {at}"),
        DoubtReason::NeverRead => "jamais lu".to_owned(),
        DoubtReason::NotAccepted(source) => format!(
            "personne n'a accepté ses premiers faits\u{a0}: `rulewatch review accept {source}`"
        ),
        DoubtReason::NotWatched(source) => format!("la source {source} n'est plus suivie"),
        DoubtReason::Imported(source) => format!(
            "connu seulement par des pages importées\u{a0}: `rulewatch check {source}` lit sa page"
        ),
        DoubtReason::Words(words) => of_page(words, language),
    }
}

fn unpatched(why: &Unpatched, language: Language) -> String {
    let (en, fr) = match why {
        Unpatched::Doubtful => {
            ("the official fact is doubtful", "la valeur officielle est incertaine")
        }
        Unpatched::Database => {
            ("a database is not edited here", "une base de données n'est pas modifiée ici")
        }
        Unpatched::Shared => (
            "other places of the file use it too, by an alias: edit it by hand",
            "d'autres endroits du fichier l'utilisent aussi, par un alias; à modifier à la main",
        ),
        Unpatched::NoValue => (
            "the data has no such value there: add it by hand",
            "les données n'ont pas cette valeur à cet endroit; à ajouter à la main",
        ),
        Unpatched::Several => (
            "a list or an object stands there: change it by hand",
            "une liste ou un objet s'y trouve; à modifier à la main",
        ),
        Unpatched::RowForMore => (
            "its row is there for more than this: change it by hand",
            "sa ligne sert aussi à autre chose; à modifier à la main",
        ),
        Unpatched::NotAlone => (
            "it cannot be taken out alone: edit it by hand",
            "ne peut être retiré seul; à modifier à la main",
        ),
        Unpatched::Unnamed => (
            "say which record it is with `keys`, or take it out by hand",
            "dire par `keys` de quel élément il s'agit, ou à retirer à la main",
        ),
        Unpatched::NewRow => (
            "a new row needs its other columns: add it by hand",
            "une nouvelle ligne demande ses autres colonnes; à ajouter à la main",
        ),
        Unpatched::NoOfficialValue => (
            "its value is not known: add it by hand",
            "sa valeur n'est pas connue; à ajouter à la main",
        ),
        Unpatched::NeedsMore => (
            "it needs more than is known here: add it by hand",
            "il faut plus que ce qui est connu ici; à ajouter à la main",
        ),
        Unpatched::Sentence => {
            ("change the sentence by hand", "la phrase est à modifier à la main")
        }
        Unpatched::SentenceAnew => {
            ("write the sentence anew by hand", "la phrase est à récrire à la main")
        }
        Unpatched::File(why) => return of_page(why, language),
    };
    say(language, en, fr).to_owned()
}
