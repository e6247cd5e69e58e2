//! A wish as the form says it, and back; with what is wrong in it in the reader's words.

use crate::model::{
    ChangeKind, Condition, Language, Phrase, Rhythm, Severity, Slot, Subscription, USUAL_HOUR,
    weekday, weekday_word, zone::zone,
};
use crate::render::inert;
use crate::render::pages::Typed;
use crate::subscribing::{self, Preset};

use super::answer::Fault;
use super::look::Look;

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
    if of.severity != Subscription::default().severity || !of.kinds.is_empty() {
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
    typed.0.retain(|(name, _)| name != "severity");
    if preset.severity_chosen {
        typed.0.push(("severity".to_owned(), preset.to.severity.word().to_owned()));
    }
    for Phrase { field, relation, value } in &preset.conditions {
        typed.0.push(("where".to_owned(), format!("{field} {} {value}", relation.word())));
    }
    typed
}
