//! A wish as the form says it, and back; with what is wrong in it in the reader's words.

use crate::model::{
    ChangeKind, Condition, Language, Phrase, Rhythm, Severity, Slot, Subscription, USUAL_HOUR,
    in_full, weekday, weekday_word, zone::zone,
};
use crate::render::inert;
use crate::render::pages::Typed;
use crate::subscribing::{self, Misfit, Preset, SubscribeError};

use super::answer::Fault;
use super::look::Look;
use super::typed::no_such;

/// The most values of one field.
const MOST: usize = 60;

/// Reads the form. What it names is judged later.
pub(super) fn wish(look: &Look<'_>, typed: &Typed) -> Result<subscribing::Wanted, Fault> {
    let language = look.frame.language;
    let all = |name: &str| -> Vec<String> {
        let words = typed.all(name).flat_map(|text| text.split([' ', ',', ';', '\u{a0}']));
        let words = words.map(str::trim).filter(|word| !word.is_empty());
        words.take(MOST).map(str::to_owned).collect()
    };
    let kinds = typed
        .all("kind")
        .map(|word| ChangeKind::from_word(word).ok_or_else(|| nothing_is(word, language)));
    let severity = typed
        .one("severity")
        .map(|word| Severity::from_word(word).ok_or_else(|| nothing_is(word, language)));
    let severity = severity.transpose()?;
    let to = Subscription {
        programs: all("program"),
        jurisdictions: all("jurisdiction"),
        sources: all("source"),
        rules: all("rule"),
        facts: all("fact"),
        nocs: all("noc"),
        kinds: kinds.collect::<Result<_, _>>()?,
        severity: severity.unwrap_or(Subscription::default().severity),
        conditions: Vec::new(),
        rhythm: rhythm(look, typed)?,
    };
    let conditions = typed.all("where").flat_map(|text| text.split(';')).map(str::trim);
    let conditions = conditions
        .filter(|text| !text.is_empty())
        .take(MOST)
        .map(|text| Phrase::parse(text).map_err(|_| no_comparison(text, language)));
    Ok(subscribing::Wanted {
        to,
        conditions: conditions.collect::<Result<_, _>>()?,
        severity_chosen: severity.is_some(),
    })
}

/// When letters come. A reader's zone is kept; who has none yet gets that of the pages.
fn rhythm(look: &Look<'_>, typed: &Typed) -> Result<Rhythm, Fault> {
    let language = look.frame.language;
    let slot = |day| {
        let hour = typed.one("hour").map_or(Ok(USUAL_HOUR), |text| {
            let hour = text.parse().ok().filter(|hour| (0..24).contains(hour));
            hour.ok_or_else(|| nothing_is(text, language))
        });
        let own = typed.one("zone").map(|name| zone(name).map_err(|_| nothing_is(name, language)));
        let zone = own.unwrap_or_else(|| Ok(look.open.site.zone.clone()));
        Ok(Rhythm::Digest(Slot { day, hour: hour?, zone: zone? }))
    };
    match typed.one("rhythm").unwrap_or("immediate") {
        "immediate" => Ok(Rhythm::Immediate),
        "daily" => slot(None),
        "weekly" => {
            let day = typed.one("day").unwrap_or("monday");
            slot(Some(weekday(day).ok_or_else(|| nothing_is(day, language))?))
        }
        word => Err(nothing_is(word, language)),
    }
}

fn no_comparison(text: &str, language: Language) -> Fault {
    let text = inert(text, 80);
    Fault::Wrong(match language {
        Language::En => format!(
            "“{text}” compares nothing: write a field, a comparison and a value, such as crs_cutoff at most 490."
        ),
        Language::Fr => format!(
            "«\u{a0}{text}\u{a0}» ne compare rien\u{a0}: écrivez un champ, une comparaison et une valeur, comme crs_cutoff \
             at most 490."
        ),
    })
}

fn nothing_is(word: &str, language: Language) -> Fault {
    let word = inert(word, 80);
    Fault::Wrong(match language {
        Language::En => format!("“{word}” cannot be chosen here."),
        Language::Fr => format!("«\u{a0}{word}\u{a0}» ne peut être choisi ici."),
    })
}

/// What a subscription asks for, as the form says it.
pub(super) fn question(of: &Subscription) -> Typed {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
    for (name, values) in [
        ("program", &of.programs),
        ("jurisdiction", &of.jurisdictions),
        ("source", &of.sources),
        ("rule", &of.rules),
        ("fact", &of.facts),
        ("noc", &of.nocs),
    ] {
        values.iter().for_each(|value| add(name, value));
    }
    of.kinds.iter().for_each(|kind| add("kind", kind.word()));
    if of.severity != Subscription::default().severity {
        add("severity", of.severity.word());
    }
    for Condition { field, relation, value } in &of.conditions {
        add("where", &format!("{field} {} {value}", relation.word()));
    }
    add("rhythm", of.rhythm.word());
    if let Rhythm::Digest(slot) = &of.rhythm {
        add("hour", &slot.hour.to_string());
        add("zone", slot.zone_name());
        if let Some(day) = slot.day {
            add("day", weekday_word(day));
        }
    }
    Typed(pairs)
}

/// What a preset asks for, as the form says it.
pub(super) fn preset_question(preset: &Preset) -> Typed {
    let mut typed = question(&preset.to);
    let is_default = preset.to.severity == Subscription::default().severity;
    if preset.severity_chosen && is_default {
        typed.0.push(("severity".to_owned(), preset.to.severity.word().to_owned()));
    }
    for Phrase { field, relation, value } in &preset.conditions {
        typed.0.push(("where".to_owned(), format!("{field} {} {value}", relation.word())));
    }
    typed
}

/// Why a wish cannot be one, in the reader's words.
pub(super) fn misfit(error: &SubscribeError, language: Language) -> Fault {
    let say = |en: String, fr: String| match language {
        Language::En => Fault::Wrong(en),
        Language::Fr => Fault::Wrong(fr),
    };
    match error {
        SubscribeError::Misfit(misfit) => match misfit {
            Misfit::Unknown { what, word, nearest, .. } => no_such(what, word, nearest.as_deref(), language),
            Misfit::Noc(code) => {
                let code = inert(code, 40);
                say(
                    format!("“{code}” is no NOC code: it has five digits, such as 21231."),
                    format!("«\u{a0}{code}\u{a0}» n'est pas un code CNP\u{a0}: il a cinq chiffres, comme 21231."),
                )
            }
            Misfit::TooMild { .. } => say(
                "Nothing would be sent: what you chose is never as severe as that. Choose “everything”.".to_owned(),
                "Rien ne serait envoyé\u{a0}: ce que vous avez choisi n'est jamais aussi grave. Choisissez «\u{a0}tout\u{a0}»."
                    .to_owned(),
            ),
            Misfit::ConditionOnNothing => say(
                "A condition is about the values of a fact: name the fact too, such as ee.draws.".to_owned(),
                "Une condition porte sur les valeurs d'un fait\u{a0}: nommez aussi le fait, comme ee.draws.".to_owned(),
            ),
            Misfit::NoValue { field, value, .. } => {
                let (field, value) = (inert(field, 60), inert(value, 60));
                say(
                    format!("“{value}” is no value of {field}."),
                    format!("«\u{a0}{value}\u{a0}» n'est pas une valeur de {field}."),
                )
            }
            Misfit::NoOrder { field } => {
                let field = inert(field, 60);
                say(
                    format!("The values of {field} have no order: compare them with “is” or “is not”."),
                    format!("Les valeurs de {field} n'ont pas d'ordre\u{a0}: comparez-les avec «\u{a0}is\u{a0}» ou «\u{a0}is not\u{a0}»."),
                )
            }
            _ => say(
                "Nothing matches all of that at once: no page is of such a place and program, with such facts or \
                 occupations. Leave one of them out."
                    .to_owned(),
                "Rien ne correspond à tout cela à la fois\u{a0}: aucune page n'est d'un tel endroit et d'un tel programme, avec \
                 de tels faits ou professions. Laissez-en un de côté."
                    .to_owned(),
            ),
        },
        SubscribeError::Already { .. } => say(
            "You have exactly that already.".to_owned(),
            "Vous avez déjà exactement cela.".to_owned(),
        ),
        SubscribeError::NoSuch(_) => Fault::Missing,
        SubscribeError::Letters { .. } | SubscribeError::Store(_) => Fault::Ours(in_full(error)),
    }
}
