//! A subscription in words: what its letters tell of, what they leave out, and when they come.

use jiff::civil::Weekday;

use crate::model::{Condition, Language, Relation, Rhythm, Severity, Slot, Subscription};
use crate::render::inert;
use crate::render::words::{self, Voice, say};

/// What a subscription asks for, in one line: `Express Entry; at least warn; category is cec`.
#[must_use]
pub fn wish(subscription: &Subscription, voice: Voice<'_>) -> String {
    let language = voice.language;
    let of = |en, fr, words: Vec<String>| {
        let label = say(language, en, fr);
        (!words.is_empty()).then(|| format!("{label} {}", inert(&words.join(", "), 200)))
    };
    let programs = subscription.programs.iter();
    let programs = programs.map(|program| voice.glossary.program(program, language).to_owned());
    let kinds = subscription.kinds.iter();
    let kinds = kinds.map(|kind| words::kind(*kind, language).to_owned()).collect();
    let conditions = subscription.conditions.iter().map(|one| condition(one, voice)).collect();
    let parts = [
        of("program", "programme", programs.collect()),
        of("jurisdiction", "province ou territoire", subscription.jurisdictions.clone()),
        of("source", "source", subscription.sources.clone()),
        of("rule", "règle", subscription.rules.clone()),
        of("fact set", "ensemble de faits", subscription.facts.clone()),
        of("NOC", "CNP", subscription.nocs.clone()),
        of("only these kinds:", "seulement ces genres\u{a0}:", kinds),
        of("where", "où", conditions),
    ];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        parts.push(say(language, "everything", "tout").to_owned());
    }
    if subscription.kinds.is_empty() || subscription.severity > Severity::Info {
        parts.push(least(subscription.severity, language).to_owned());
    }
    parts.join("; ")
}

/// A condition in words: `CRS cut-off at most 490`.
#[must_use]
pub fn condition(condition: &Condition, voice: Voice<'_>) -> String {
    let compared = match condition.relation {
        Relation::Is => say(voice.language, "is", "est"),
        Relation::IsNot => say(voice.language, "is not", "n'est pas"),
        Relation::AtMost => say(voice.language, "at most", "au plus"),
        Relation::AtLeast => say(voice.language, "at least", "au moins"),
        Relation::Below => say(voice.language, "below", "moins de"),
        Relation::Above => say(voice.language, "above", "plus de"),
    };
    let field = words::field(&condition.field, voice);
    format!("{field} {compared} {}", words::value_of(&condition.field, &condition.value, voice))
}

/// What the least severity lets through.
fn least(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Info => say(
            language,
            "whatever its severity, also draws, notices and wording",
            "quelle que soit la gravité, aussi les rondes, les avis et les libellés",
        ),
        Severity::Warn => say(
            language,
            "what may change an answer, a fee, an amount or a standard",
            "ce qui peut changer une réponse, des frais, un montant ou une norme",
        ),
        Severity::Block => say(
            language,
            "only what may change who is eligible",
            "seulement ce qui peut changer qui est admissible",
        ),
    }
}

/// What is left out because it is milder; `None` if nothing is.
#[must_use]
pub fn left_out(subscription: &Subscription, language: Language) -> Option<&'static str> {
    if !subscription.kinds.is_empty() {
        return Some(match subscription.severity {
            Severity::Info => say(
                language,
                "Changes of other kinds are not told.",
                "Les changements d'autres genres ne sont pas annoncés.",
            ),
            Severity::Warn | Severity::Block => say(
                language,
                "Changes of other kinds, and milder ones of these, are not told.",
                "Les changements d'autres genres, et ceux de ces genres qui sont moins graves, ne sont pas annoncés.",
            ),
        });
    }
    match subscription.severity {
        Severity::Info => None,
        Severity::Warn => Some(say(
            language,
            "Draws, notices and changed wording are not told.",
            "Les rondes, les avis et les changements de libellé ne sont pas annoncés.",
        )),
        Severity::Block => Some(say(
            language,
            "Fees, amounts, standards, draws, notices and changed wording are not told.",
            "Les frais, les montants, les normes, les rondes, les avis et les changements de libellé ne \
             sont pas annoncés.",
        )),
    }
}

/// When letters come: `at once`, `every Monday at 7:00 (America/Toronto)`.
#[must_use]
pub fn rhythm(rhythm: &Rhythm, language: Language) -> String {
    let Rhythm::Digest(slot) = rhythm else {
        return say(
            language,
            "at once, a letter for each event",
            "aussitôt, une lettre par événement",
        )
        .to_owned();
    };
    let (Slot { day, hour, .. }, zone) = (slot, slot.zone_name());
    match (day, language) {
        (None, Language::En) => format!("gathered, every day at {hour}:00 ({zone})"),
        (None, Language::Fr) => {
            format!("regroupées, chaque jour à {hour}\u{a0}h ({zone})")
        }
        (Some(day), Language::En) => {
            format!("gathered, every {} at {hour}:00 ({zone})", weekday(*day, language))
        }
        (Some(day), Language::Fr) => {
            format!("regroupées, chaque {} à {hour}\u{a0}h ({zone})", weekday(*day, language))
        }
    }
}

fn weekday(day: Weekday, language: Language) -> &'static str {
    match day {
        Weekday::Monday => say(language, "Monday", "lundi"),
        Weekday::Tuesday => say(language, "Tuesday", "mardi"),
        Weekday::Wednesday => say(language, "Wednesday", "mercredi"),
        Weekday::Thursday => say(language, "Thursday", "jeudi"),
        Weekday::Friday => say(language, "Friday", "vendredi"),
        Weekday::Saturday => say(language, "Saturday", "samedi"),
        Weekday::Sunday => say(language, "Sunday", "dimanche"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldName, Value, zone::zone};
    use crate::render::sample::glossary;

    #[test]
    fn a_subscription_is_said_in_both_languages() {
        let glossary = glossary();
        let subscription = Subscription {
            programs: vec!["express-entry".to_owned()],
            facts: vec!["ee.draws".to_owned()],
            severity: Severity::Info,
            conditions: vec![Condition {
                field: FieldName::parse("crs_cutoff").unwrap(),
                relation: Relation::AtMost,
                value: Value::Integer(490),
            }],
            rhythm: Rhythm::Digest(Slot {
                day: Some(Weekday::Monday),
                hour: 7,
                zone: zone("America/Toronto").unwrap(),
            }),
            ..Subscription::default()
        };
        let said = |language| {
            let voice = Voice { language, glossary: &glossary };
            format!("{} | {}", wish(&subscription, voice), rhythm(&subscription.rhythm, language))
        };
        assert_eq!(
            said(Language::En),
            "program Express Entry; fact set ee.draws; where CRS cut-off at most 490; whatever its \
             severity, also draws, notices and wording | gathered, every Monday at 7:00 \
             (America/Toronto)"
        );
        assert!(said(Language::Fr).contains("où note minimale du SCG au plus 490"));
        assert!(said(Language::Fr).contains("chaque lundi à 7\u{a0}h"));
    }
}
