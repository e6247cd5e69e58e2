//! What somebody wants letters about: the form, and in words what it comes to, before it is asked for.

use maud::{Markup, html};

use super::entry::linked;
use super::filter::{Choices, Typed};
use super::words as own;
use super::{Body, Frame};
use crate::model::{Change, ChangeKind, Language, Severity};
use crate::render::inert;
use crate::render::words::{day, say};

/// What a wish is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// A first letter to an address.
    SignUp,
    /// Another subscription of a reader, by their key.
    Add(&'a str),
    /// In place of one that a reader has, by its number.
    Change(&'a str, i64),
}

impl Purpose<'_> {
    /// Where its page is.
    #[must_use]
    pub fn place(self) -> String {
        match self {
            Self::SignUp => "subscribe".to_owned(),
            Self::Add(key) => format!("manage/{key}/new"),
            Self::Change(key, number) => format!("manage/{key}/{number}"),
        }
    }
}

/// What a wish comes to.
#[derive(Debug, Clone)]
pub struct Preview<'a> {
    /// What it asks for, in words.
    pub wish: String,
    /// What it leaves out.
    pub left_out: Option<&'a str>,
    /// When letters come.
    pub rhythm: String,
    /// The fact sets it is about: how many, of how many sources, and their titles where they are few.
    pub n_sets: usize,
    /// The same.
    pub n_sources: usize,
    /// The same.
    pub titles: Vec<String>,
    /// The severity it was lowered to, because nothing it asks for is ever more severe.
    pub widened_to: Option<Severity>,
    /// The kinds it asks for that nothing it is about ever gives.
    pub idle: &'a [ChangeKind],
    /// Its NOC codes that are on no list that is watched.
    pub unlisted: &'a [String],
    /// How many months back it was tried.
    pub months: i32,
    /// How many events it would have told of, of how many changes, and the last.
    pub n_events: usize,
    /// The same.
    pub n_changes: usize,
    /// The same.
    pub last: Option<&'a Change>,
}

/// A page with the form.
#[derive(Debug, Clone)]
pub struct WishPage<'a> {
    /// What it is for.
    pub purpose: Purpose<'a>,
    /// What was typed.
    pub typed: &'a Typed,
    /// What can be chosen.
    pub choices: &'a Choices,
    /// Ready wishes: their words and their question.
    pub presets: Vec<(String, String)>,
    /// What is wrong in it.
    pub fault: Option<&'a str>,
    /// What it comes to, if it was asked for.
    pub preview: Option<Preview<'a>>,
}

/// Writes it.
#[must_use]
pub fn wish_page(frame: &Frame<'_>, page: &WishPage<'_>) -> String {
    let title = match page.purpose {
        Purpose::SignUp => frame.say("Letters about changes", "Lettres sur les changements"),
        Purpose::Add(_) => frame.say("Another subscription", "Un autre abonnement"),
        Purpose::Change(..) => frame.say("Change a subscription", "Changer un abonnement"),
    };
    let main = html! {
        @if page.purpose == Purpose::SignUp && page.preview.is_none() { (how(frame)) (presets(frame, page)) }
        @if let Some(fault) = page.fault { div class="box bad" role="alert" { p { (fault) } } }
        @if let Some(preview) = &page.preview { (outlook(frame, page, preview)) }
        (form(frame, page))
    };
    frame.page(Body { title: title.to_owned(), main })
}

fn how(frame: &Frame<'_>) -> Markup {
    html! {
        p { (frame.say(
            "Choose what concerns you. You are shown in words what you would get, and what you would have got in past \
             months; then you give your address, and a letter asks whether you meant it. Nothing else is sent before \
             you say yes, and each letter has a way out.",
            "Choisissez ce qui vous concerne. On vous montre en mots ce que vous recevriez, et ce que vous auriez reçu ces \
             derniers mois\u{a0}; puis vous donnez votre adresse, et une lettre vous demande de confirmer. Rien d'autre n'est \
             envoyé avant votre accord, et chaque lettre permet de se désabonner.",
        )) }
    }
}

fn presets(frame: &Frame<'_>, page: &WishPage<'_>) -> Markup {
    html! {
        @if !page.presets.is_empty() {
            h2 { (frame.say("Often asked for", "Souvent demandé")) }
            ul {
                @for (words, question) in &page.presets {
                    li { a href=(frame.link(&format!("subscribe?{question}&show=1"))) { (words) } }
                }
            }
        }
    }
}

/// The form. It is a question: nothing is changed by asking what a wish comes to.
fn form(frame: &Frame<'_>, page: &WishPage<'_>) -> Markup {
    let language = frame.language;
    let typed = page.typed;
    let named = |names: &[String], of: &dyn Fn(&str) -> String| -> Vec<(String, String)> {
        let mut all: Vec<_> = names.iter().map(|name| (name.clone(), of(name))).collect();
        all.sort_by_key(|(_, words)| words.to_lowercase());
        all
    };
    let programs = named(&page.choices.programs, &|name| own::program(name, frame.voice()));
    let places = named(&page.choices.jurisdictions, &|code| own::jurisdiction(code, language));
    let kinds = ChangeKind::ALL.into_iter();
    let kinds: Vec<_> =
        kinds.map(|kind| (kind.word().to_owned(), own::kind(kind, language).to_owned())).collect();
    html! {
        form method="get" action=(frame.link(&page.purpose.place())) {
            input type="hidden" name="show" value="1";
            (ticks(frame.say("Where (none ticked: everywhere)", "Où (rien de coché\u{a0}: partout)"), typed, "jurisdiction", &places))
            (ticks(frame.say("Programs (none ticked: all)", "Programmes (rien de coché\u{a0}: tous)"), typed, "program", &programs))
            (least(frame, typed))
            fieldset {
                legend { (frame.say("Only what is about an occupation", "Seulement ce qui concerne une profession")) }
                (line(frame.say("NOC codes, such as 21231 21232 (none: any)", "Codes CNP, comme 21231 21232 (aucun\u{a0}: tous)"), typed, "noc"))
            }
            details open[["kind", "fact", "source", "rule", "where"].iter().any(|name| typed.one(name).is_some())] {
                summary { (frame.say("More exactly", "Plus précisément")) }
                (ticks(frame.say("Only these kinds of change", "Seulement ces genres de changement"), typed, "kind", &kinds))
                fieldset {
                    legend { (frame.say("By key, as the pages here show it", "Par clé, comme les pages d'ici la montrent")) }
                    div class="fields" {
                        (line(frame.say("Facts, such as ee.draws", "Faits, comme ee.draws"), typed, "fact"))
                        (line(frame.say("Sources", "Sources"), typed, "source"))
                        (line(frame.say("Rules", "Règles"), typed, "rule"))
                        (line(frame.say("Only values such as crs_cutoff at most 490", "Seulement des valeurs comme crs_cutoff at most 490"), typed, "where"))
                    }
                }
            }
            (when(frame, typed))
            p { button { (frame.say("Show what I would get", "Montrer ce que je recevrais")) } }
        }
    }
}

fn ticks(legend: &str, typed: &Typed, name: &str, all: &[(String, String)]) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            div class="fields" {
                @for (value, words) in all {
                    label class="tick" {
                        input type="checkbox" name=(name) value=(value) checked[typed.all(name).any(|known| known == value)];
                        span { (words) }
                    }
                }
            }
        }
    }
}

fn least(frame: &Frame<'_>, typed: &Typed) -> Markup {
    let chosen = typed.one("severity").unwrap_or_default();
    let all = [
        (
            // What is not chosen does not narrow kinds that are.
            if chosen == "warn" { chosen } else { "" },
            frame.say(
                "What may change an answer, and fees, amounts, standards",
                "Ce qui peut changer une réponse, et les frais, montants et normes",
            ),
        ),
        (
            "block",
            frame.say(
                "Only what may change who is eligible",
                "Seulement ce qui peut changer qui est admissible",
            ),
        ),
        (
            "info",
            frame.say(
                "Everything, also draws, notices and wording",
                "Tout, aussi les rondes, les avis et les libellés",
            ),
        ),
    ];
    radios(frame.say("How much it must matter", "Quelle importance"), "severity", chosen, &all)
}

fn radios(legend: &str, name: &str, chosen: &str, all: &[(&str, &str)]) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            @for (value, words) in all {
                label class="tick" {
                    input type="radio" name=(name) value=(value) checked[chosen == *value];
                    span { (words) }
                }
            }
        }
    }
}

fn line(label: &str, typed: &Typed, name: &str) -> Markup {
    let between = if name == "where" { "; " } else { " " };
    let now = typed.all(name).collect::<Vec<_>>().join(between);
    html! { label { (label) input type="text" name=(name) value=(now); } }
}

fn when(frame: &Frame<'_>, typed: &Typed) -> Markup {
    let chosen = typed.one("rhythm").unwrap_or("immediate");
    let all = [
        (
            "immediate",
            frame.say("At once, a letter for each event", "Aussitôt, une lettre par événement"),
        ),
        ("daily", frame.say("Gathered, once a day", "Regroupées, une fois par jour")),
        ("weekly", frame.say("Gathered, once a week", "Regroupées, une fois par semaine")),
    ];
    html! {
        (radios(frame.say("When letters come", "Quand les lettres viennent"), "rhythm", chosen, &all))
        details open[typed.one("hour").is_some() || typed.one("day").is_some()] {
            summary { (frame.say("On which day, at what hour", "Quel jour, à quelle heure")) }
            div class="fields" {
                label {
                    (frame.say("Day of a weekly letter", "Jour d'une lettre hebdomadaire"))
                    select name="day" { @for (value, words) in days(frame.language) {
                        option value=(value) selected[typed.one("day").unwrap_or("monday") == value] { (words) }
                    } }
                }
                label {
                    (frame.say("Full hour of a gathered letter", "Heure pleine d'une lettre regroupée"))
                    input type="number" name="hour" min="0" max="23" value=(typed.one("hour").unwrap_or("7"));
                }
            }
        }
        @if let Some(zone) = typed.one("zone") { input type="hidden" name="zone" value=(zone); }
    }
}

/// The days of a week: the word for each, and its name.
fn days(language: Language) -> [(&'static str, &'static str); 7] {
    [
        ("monday", say(language, "Monday", "lundi")),
        ("tuesday", say(language, "Tuesday", "mardi")),
        ("wednesday", say(language, "Wednesday", "mercredi")),
        ("thursday", say(language, "Thursday", "jeudi")),
        ("friday", say(language, "Friday", "vendredi")),
        ("saturday", say(language, "Saturday", "samedi")),
        ("sunday", say(language, "Sunday", "dimanche")),
    ]
}

/// What the wish comes to, and the button that asks for it.
fn outlook(frame: &Frame<'_>, page: &WishPage<'_>, preview: &Preview<'_>) -> Markup {
    html! {
        section class="box good" {
            h2 { (frame.say("What you would get", "Ce que vous recevriez")) }
            dl class="facts" {
                dt { (frame.say("About", "Sujet")) } dd { (inert(&preview.wish, 800)) }
                @if let Some(left_out) = preview.left_out { dt { (frame.say("Not", "Exclu")) } dd { (left_out) } }
                dt { (frame.say("When", "Quand")) } dd { (preview.rhythm) }
                dt { (frame.say("From", "De")) } dd { (reach(frame, preview)) }
                dt { (frame.say("In the past", "Par le passé")) } dd { (past(frame, preview)) }
            }
            @if let Some(severity) = preview.widened_to {
                p { (widened(frame, severity)) }
            }
            @if !preview.idle.is_empty() {
                p { (idle(frame, preview.idle)) }
            }
            @if !preview.unlisted.is_empty() {
                p { (unlisted(frame, preview.unlisted)) }
            }
        }
        (ask(frame, page))
        h2 { (frame.say("Change it", "La changer")) }
    }
}

fn reach(frame: &Frame<'_>, preview: &Preview<'_>) -> Markup {
    let Preview { n_sets, n_sources, .. } = preview;
    html! {
        @match frame.language {
            Language::En => {
                (own::counted(*n_sets, ["fact", "facts"], Language::En)) " on "
                (own::counted(*n_sources, ["official page", "official pages"], Language::En))
            }
            Language::Fr => {
                (own::counted(*n_sets, ["fait", "faits"], Language::Fr)) " sur "
                (own::counted(*n_sources, ["page officielle", "pages officielles"], Language::Fr))
            }
        }
        @if !preview.titles.is_empty() { (frame.say(": ", "\u{a0}: ")) (preview.titles.join("; ")) }
    }
}

fn past(frame: &Frame<'_>, preview: &Preview<'_>) -> Markup {
    let Preview { months, n_events, n_changes, last, .. } = preview;
    html! {
        @match frame.language {
            Language::En => {
                "In the past " (months) " months: " (own::counted(*n_events, ["event", "events"], Language::En))
                " with " (own::counted(*n_changes, ["change", "changes"], Language::En)) "."
            }
            Language::Fr => {
                "Ces " (months) " derniers mois\u{a0}: " (own::counted(*n_events, ["événement", "événements"], Language::Fr))
                ", " (own::counted(*n_changes, ["changement", "changements"], Language::Fr)) "."
            }
        }
        @if let Some(last) = last {
            " " (frame.say("The last: ", "Le dernier\u{a0}: ")) (linked(frame, last))
            " (" (day(last.seen_at.to_zoned(frame.zone.clone()).date(), frame.language)) ")."
        }
    }
}

fn widened(frame: &Frame<'_>, severity: Severity) -> String {
    let words = own::severity(severity, frame.language);
    match frame.language {
        Language::En => format!(
            "Nothing you ask for is ever more severe than this, so it is sent too: {words}."
        ),
        Language::Fr => {
            format!(
                "Rien de ce que vous demandez n'est jamais plus grave que ceci, qui est donc envoyé aussi\u{a0}: {words}."
            )
        }
    }
}

fn idle(frame: &Frame<'_>, kinds: &[ChangeKind]) -> String {
    let kinds: Vec<&str> = kinds.iter().map(|kind| own::kind(*kind, frame.language)).collect();
    let kinds = kinds.join(", ");
    match frame.language {
        Language::En => format!("Nothing you ask for ever gives this: {kinds}."),
        Language::Fr => {
            format!("Rien de ce que vous demandez ne donne jamais ceci\u{a0}: {kinds}.")
        }
    }
}

fn unlisted(frame: &Frame<'_>, codes: &[String]) -> String {
    let codes = codes.join(", ");
    match frame.language {
        Language::En => {
            format!("On no list that is watched now: {codes}. You hear of it when a list has it.")
        }
        Language::Fr => {
            format!(
                "Sur aucune liste surveillée pour l'instant\u{a0}: {codes}. Vous le saurez quand une liste l'aura."
            )
        }
    }
}

/// The form that asks for it, with everything that was chosen.
fn ask(frame: &Frame<'_>, page: &WishPage<'_>) -> Markup {
    html! {
        form method="post" action=(frame.link(&page.purpose.place())) {
            @for (name, value) in page.typed.0.iter().filter(|(name, _)| name != "show" && name != "address") {
                input type="hidden" name=(name) value=(value);
            }
            @if page.purpose == Purpose::SignUp {
                p {
                    label for="address" { (frame.say("Your e-mail address", "Votre adresse électronique")) }
                    input id="address" type="email" name="address" required maxlength="254" autocomplete="email"
                        value=(page.typed.one("address").unwrap_or_default());
                }
                // Programs fill every field; people do not see this one.
                p class="skip" aria-hidden="true" {
                    label { "Website" input type="text" name="website" tabindex="-1" autocomplete="off"; }
                }
                p { (consent(frame.language)) }
                p { button { (frame.say("Send me the letter to confirm", "M'envoyer la lettre à confirmer")) } }
            } @else {
                p { button { (frame.say("Make it so", "Faire ainsi")) } }
            }
        }
    }
}

/// What somebody agrees to who signs up: stored word for word.
#[must_use]
pub fn consent(language: Language) -> &'static str {
    match language {
        Language::En => {
            "By sending this form and confirming by the letter you agree to get e-mail letters about what is described \
             above from the sender named below, until you leave. You can leave at any time by a link in each letter. \
             Your address is used for nothing else and given to nobody."
        }
        Language::Fr => {
            "En envoyant ce formulaire et en confirmant par la lettre, vous acceptez de recevoir par courriel des lettres \
             sur ce qui est décrit ci-dessus, de l'expéditeur nommé ci-dessous, jusqu'à ce que vous vous désabonniez. Vous \
             pouvez le faire à tout moment par un lien dans chaque lettre. Votre adresse ne sert à rien d'autre et n'est \
             donnée à personne."
        }
    }
}
