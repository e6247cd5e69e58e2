//! What is asked of the change log, as it was typed: shown again in the form, and in links.

use maud::{Markup, html};
use url::form_urlencoded::Serializer;

use super::Frame;
use super::words;
use crate::model::{ChangeKind, Severity, Stage};

/// What was typed: names and values, in the order of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// The first value of a name.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same without some names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let mut rest = self.clone();
        rest.0.retain(|(name, _)| !names.contains(&name.as_str()));
        rest
    }

    /// The same as a question of an address, with a name set to another value; `None` leaves it out.
    #[must_use]
    pub fn question(&self, set: Option<(&str, Option<&str>)>) -> String {
        let mut text = Serializer::new(String::new());
        for (name, value) in &self.0 {
            if set.is_none_or(|(other, _)| other != name) && !value.is_empty() {
                text.append_pair(name, value);
            }
        }
        if let Some((name, Some(value))) = set {
            text.append_pair(name, value);
        }
        text.finish()
    }

    /// The place of a page with this question: `changes?program=gts`.
    #[must_use]
    pub fn place(&self, page: &str) -> String {
        match self.question(None) {
            question if question.is_empty() => page.to_owned(),
            question => format!("{page}?{question}"),
        }
    }
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// Programs.
    pub programs: Vec<String>,
    /// Jurisdictions.
    pub jurisdictions: Vec<String>,
}

/// The fields of the filter, without a form around them.
pub(super) fn fields(frame: &Frame<'_>, typed: &Typed, choices: &Choices) -> Markup {
    let language = frame.language;
    let programs = choices.programs.iter();
    let programs =
        programs.map(|name| (name.clone(), words::program(name, frame.voice()))).collect();
    let jurisdictions = choices.jurisdictions.iter();
    let jurisdictions =
        jurisdictions.map(|code| (code.clone(), words::jurisdiction(code, language))).collect();
    let severities = Severity::ALL.into_iter().rev().map(|severity| {
        let words = match severity {
            Severity::Info => frame.say("everything", "tout"),
            Severity::Warn => {
                frame.say("fees, amounts, standards, or more", "frais, montants, normes, ou plus")
            }
            Severity::Block => words::severity(severity, language),
        };
        (severity.word().to_owned(), words.to_owned())
    });
    let kinds = ChangeKind::ALL.into_iter();
    let kinds = kinds.map(|kind| (kind.word().to_owned(), words::kind(kind, language).to_owned()));
    let stages = Stage::ALL.into_iter();
    let stages =
        stages.map(|stage| (stage.word().to_owned(), words::stage(stage, language).to_owned()));
    html! {
        div class="fields" {
            (chosen(frame, typed, "program", frame.say("Program", "Programme"), programs))
            (chosen(frame, typed, "jurisdiction", frame.say("Jurisdiction", "Territoire"), jurisdictions))
            (chosen(frame, typed, "severity", frame.say("At least", "Au moins"), severities.collect()))
            (text(typed, "noc", frame.say("Occupation (NOC code)", "Profession (code CNP)"), "text"))
            (text(typed, "text", frame.say("Words", "Mots"), "search"))
            (text(typed, "since", frame.say("Seen from", "Constaté à partir du"), "date"))
            (text(typed, "until", frame.say("Seen before", "Constaté avant le"), "date"))
        }
        details open[["kind", "stage", "source", "fact", "rule"].iter().any(|name| typed.one(name).is_some_and(|value| !value.is_empty()))] {
            summary { (frame.say("More filters", "Autres filtres")) }
            div class="fields" {
                (chosen(frame, typed, "kind", frame.say("Kind", "Genre"), kinds.collect()))
                (chosen(frame, typed, "stage", frame.say("Stage", "Étape"), stages.collect()))
                (text(typed, "source", frame.say("Source (its name)", "Source (son nom)"), "text"))
                (text(typed, "fact", frame.say("Fact (its key)", "Fait (sa clé)"), "text"))
                (text(typed, "rule", frame.say("Rule (its name)", "Règle (son nom)"), "text"))
            }
        }
    }
}

/// One of a list, or any. A value that is asked for and not in the list stays.
fn chosen(
    frame: &Frame<'_>,
    typed: &Typed,
    name: &str,
    label: &str,
    mut choices: Vec<(String, String)>,
) -> Markup {
    let now = typed.one(name).unwrap_or_default();
    if !now.is_empty() && choices.iter().all(|(value, _)| value != now) {
        choices.push((now.to_owned(), now.to_owned()));
    }
    html! {
        label {
            (label)
            select name=(name) {
                option value="" { (frame.say("any", "tous")) }
                @for (value, words) in choices {
                    option value=(value) selected[value == now] { (words) }
                }
            }
        }
        // What an address asks for beside the first stays asked for.
        @for more in typed.all(name).skip(1) { input type="hidden" name=(name) value=(more); }
    }
}

fn text(typed: &Typed, name: &str, label: &str, kind: &str) -> Markup {
    let now = typed.one(name).unwrap_or_default();
    html! {
        label { (label) input type=(kind) name=(name) value=(now); }
        @for more in typed.all(name).skip(1) { input type="hidden" name=(name) value=(more); }
    }
}
