//! Words of the pages that letters do not have.

use maud::{Markup, html};

use super::Frame;
use crate::model::{Bilingual, Language, Rule, Severity, SourceId, Stage};
use crate::render::inert;
use crate::render::words::{self, Voice, say};
pub(super) use crate::render::words::{jurisdiction, kind};

/// What a severity means to people, in a few words.
pub(super) fn severity(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Block | Severity::Warn => words::severity(severity, language),
        Severity::Info => say(language, "for information", "à titre d'information"),
    }
}

/// The names of the stages.
pub(super) fn stage(stage: Stage, language: Language) -> &'static str {
    match stage {
        Stage::Announced => say(language, "announced", "annoncé"),
        Stage::Due => say(language, "due, not confirmed yet", "échu, pas encore confirmé"),
        Stage::InForce => say(language, "in force", "en vigueur"),
        Stage::Corrected => say(language, "corrected", "corrigé"),
        Stage::Reversed => say(language, "reversed", "annulé"),
    }
}

/// A program, as people call it.
pub(super) fn program(word: &str, voice: Voice<'_>) -> String {
    inert(voice.glossary.program(word, voice.language), 80)
}

/// A source by its title; one without a title goes by its id.
pub(super) fn source(id: &SourceId, title: Option<&Bilingual>, language: Language) -> String {
    title.map_or_else(|| id.to_string(), |title| inert(title.get(language), 160))
}

/// A number and what is counted, in one and in several. In French, none is not several.
pub(super) fn counted(n: usize, [one, several]: [&str; 2], language: Language) -> String {
    let is_one = match language {
        Language::En => n == 1,
        Language::Fr => n < 2,
    };
    format!("{n} {}", if is_one { one } else { several })
}

/// The rules that depend on what a page is about.
pub(super) fn rules(frame: &Frame<'_>, rules: &[&Rule]) -> Markup {
    html! {
        @if !rules.is_empty() {
            h2 { (frame.say("What depends on it", "Ce qui en dépend")) }
            ul { @for one in rules { li { (rule(frame, one)) } } }
        }
    }
}

/// A rule, with its id and its tools.
fn rule(frame: &Frame<'_>, rule: &Rule) -> Markup {
    let tools = inert(&rule.tools.join(", "), 160);
    html! {
        (inert(rule.title.get(frame.language), 160)) " "
        small { "(" (rule.id) @if !tools.is_empty() { "; " (tools) } ")" }
    }
}

/// What else is to be known of a fact or a source.
pub(super) fn state(word: &str, language: Language) -> &'static str {
    match word {
        "announced" => say(language, "announced", "annoncé"),
        "due" => say(language, "due, not confirmed yet", "échu, pas encore confirmé"),
        "unreviewed" => {
            say(language, "not looked at by a person yet", "pas encore vu par une personne")
        }
        "disputed" => {
            say(language, "another page says otherwise", "une autre page dit autre chose")
        }
        "unreadable" => say(language, "cannot be read now", "illisible pour l'instant"),
        "retracted" => say(language, "told wrongly, taken back", "dit à tort, retiré"),
        "stale" => say(language, "not read for too long", "pas lue depuis trop longtemps"),
        "doubtful" => {
            say(language, "dated ahead of our clock", "datée en avance sur notre horloge")
        }
        "relocated" => say(language, "has moved on its page", "déplacée sur sa page"),
        "held" => {
            say(language, "a reading waits to be confirmed", "une lecture attend d'être confirmée")
        }
        _ => say(language, "in another state", "dans un autre état"),
    }
}

/// How a check ended.
pub(super) fn outcome(word: &str, language: Language) -> &'static str {
    match word {
        "baseline" => say(language, "read for the first time", "lue pour la première fois"),
        "unchanged" => say(language, "nothing had changed", "rien n'avait changé"),
        "changed" | "released" => {
            say(language, "something had changed", "quelque chose avait changé")
        }
        "relocated" => {
            say(language, "read at another place of the page", "lue à un autre endroit de la page")
        }
        "held" => {
            say(language, "a reading waits to be confirmed", "une lecture attend d'être confirmée")
        }
        "partial" => say(language, "some of it could not be read", "une partie n'a pu être lue"),
        "broken" => {
            say(language, "what came was not the page", "ce qui est venu n'était pas la page")
        }
        "unreachable" => {
            say(language, "the page could not be reached", "la page n'a pu être jointe")
        }
        "refused" => say(language, "the site refuses to be read", "le site refuse d'être lu"),
        "gone" => say(language, "the page is gone", "la page n'existe plus"),
        _ => say(language, "not known", "inconnu"),
    }
}

/// A part of an address, percent-encoded.
#[must_use]
pub fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        // A record's parts stay parts.
        b'/' => "/".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
