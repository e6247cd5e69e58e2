//! What surrounds every page: its head, the links to the other pages, how fresh what is known is, and the
//! small print.

use jiff::{Timestamp, tz::TimeZone};
use maud::{DOCTYPE, Markup, html};

use super::words::counted;
use super::{Body, link};
use crate::model::{Freshness, Glossary, Language};
use crate::render::inert;
use crate::render::letter::Sender;
use crate::render::words::{self, Voice, say};

/// The part of the site that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The first page.
    Home,
    /// The change log.
    Changes,
    /// What is announced.
    Announced,
    /// The facts.
    Facts,
    /// The sources.
    Sources,
    /// Letters.
    Letters,
    /// None of them.
    None,
}

impl Tab {
    const ALL: [Self; 5] =
        [Self::Changes, Self::Announced, Self::Facts, Self::Sources, Self::Letters];

    fn place(self) -> &'static str {
        match self {
            Self::Home | Self::None => "",
            Self::Changes => "changes",
            Self::Announced => "announced",
            Self::Facts => "facts",
            Self::Sources => "sources",
            Self::Letters => "subscribe",
        }
    }

    fn words(self, language: Language) -> &'static str {
        match self {
            Self::Home | Self::None => "rulewatch",
            Self::Changes => say(language, "Changes", "Changements"),
            Self::Announced => say(language, "Announced", "Annoncé"),
            Self::Facts => say(language, "Facts", "Faits"),
            Self::Sources => say(language, "Sources", "Sources"),
            Self::Letters => say(language, "Letters", "Lettres"),
        }
    }
}

/// What surrounds a page.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The language.
    pub language: Language,
    /// Where the page is below its language, with its question: `changes?program=gts`. The same page in
    /// the other language is there too. `None` where there is none.
    pub place: Option<&'a str>,
    /// The part of the site that it belongs to.
    pub tab: Tab,
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
    /// When the page is made.
    pub now: Timestamp,
    /// How fresh what is known is.
    pub fresh: Freshness,
    /// Who publishes it.
    pub sender: Option<&'a Sender>,
    /// Whether people may subscribe here.
    pub sign_up: bool,
    /// The address and the title of a feed with what the page shows.
    pub feed: Option<(&'a str, &'a str)>,
}

impl<'a> Frame<'a> {
    pub(super) fn voice(&self) -> Voice<'a> {
        Voice { language: self.language, glossary: self.glossary }
    }

    pub(super) fn say(&self, en: &'static str, fr: &'static str) -> &'static str {
        say(self.language, en, fr)
    }

    pub(super) fn link(&self, place: &str) -> String {
        link(self.language, place)
    }

    pub(super) fn moment(&self, at: Timestamp) -> Markup {
        let words = words::moment(at, self.zone, self.language);
        html! { time datetime=(at) { (words) } }
    }

    /// How long ago a moment is, in the largest unit that says something: `3 hours ago`.
    pub(super) fn ago(&self, at: Timestamp) -> String {
        let seconds = self.now.duration_since(at).as_secs().max(0);
        let (n, en, fr) = match seconds {
            0..60 => return self.say("just now", "à l'instant").to_owned(),
            60..3_600 => (seconds / 60, ["minute", "minutes"], ["minute", "minutes"]),
            3_600..172_800 => (seconds / 3_600, ["hour", "hours"], ["heure", "heures"]),
            _ => (seconds / 86_400, ["day", "days"], ["jour", "jours"]),
        };
        let n = usize::try_from(n).unwrap_or(0);
        match self.language {
            Language::En => format!("{} ago", counted(n, en, Language::En)),
            Language::Fr => format!("il y a {}", counted(n, fr, Language::Fr)),
        }
    }

    /// The whole page.
    pub(super) fn page(&self, body: Body) -> String {
        let Body { title, main } = body;
        let language = self.language;
        let name =
            if self.tab == Tab::Home { title.clone() } else { format!("{title} – rulewatch") };
        let page = html! {
            (DOCTYPE)
            html lang=(language.code()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (name) }
                    link rel="stylesheet" href="/style.css";
                    @if let Some((href, title)) = self.feed {
                        link rel="alternate" type="application/atom+xml" href=(href) title=(title);
                    }
                    @if let Some(place) = self.place {
                        link rel="alternate" hreflang=(other(language).code()) href=(link(other(language), place));
                    }
                }
                body {
                    a class="skip" href="#main" { (self.say("Skip to the content", "Aller au contenu")) }
                    (self.header())
                    main id="main" { h1 { (title) } (main) }
                    (self.footer())
                }
            }
        };
        page.into_string()
    }

    fn header(&self) -> Markup {
        let other = other(self.language);
        let tabs = Tab::ALL.into_iter().filter(|tab| *tab != Tab::Letters || self.sign_up);
        html! {
            header {
                a class="name" href=(self.link("")) { "rulewatch" }
                nav aria-label=(self.say("Pages", "Pages")) {
                    ul {
                        @for tab in tabs {
                            li {
                                a href=(self.link(tab.place())) aria-current=[(tab == self.tab).then_some("page")] {
                                    (tab.words(self.language))
                                }
                            }
                        }
                    }
                }
                @if let Some(place) = self.place {
                    a class="other" lang=(other.code()) hreflang=(other.code()) href=(link(other, place)) {
                        (say(other, "English", "Français"))
                    }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        html! {
            footer {
                (self.freshness())
                p { (self.say(
                    "This is information, not advice. It is unofficial: no government publishes it or stands behind \
                     it. Check the linked official page before you act on it. It describes rules, never your chances.",
                    "Ceci est de l'information, pas un conseil. Ce n'est pas officiel\u{a0}: aucun gouvernement ne le \
                     publie ni n'en répond. Vérifiez la page officielle en lien avant d'agir. Il s'agit de règles, \
                     jamais de vos chances.",
                )) }
                @if let Some(sender) = self.sender {
                    p class="soft" {
                        (inert(&sender.legal_name, 300)) ", " (inert(&sender.postal_address, 300)) ". "
                        (inert(&sender.contact, 300))
                    }
                }
                p class="soft" { (self.say(
                    "No cookies, no scripts, nobody is followed.",
                    "Aucun témoin, aucun script, personne n'est suivi.",
                )) }
            }
        }
    }

    /// How fresh what is known is: silence must not read as "nothing changed".
    fn freshness(&self) -> Markup {
        let Freshness { newest_good, newest_change, n_sources, n_read } = self.fresh;
        html! {
            p {
                @match newest_good {
                    Some(at) => {
                        (self.say("A page was last read successfully ", "Dernière lecture réussie d'une page\u{a0}: "))
                        (self.ago(at)) " (" (self.moment(at)) "). "
                    }
                    None => (self.say("No page has been read yet. ", "Aucune page n'a encore été lue. ")),
                }
                @if let Some(at) = newest_change {
                    (self.say("The newest change was seen ", "Le changement le plus récent a été constaté "))
                    (self.ago(at)) " (" (self.moment(at)) "). "
                }
                @if n_sources > 0 {
                    a href=(self.link("sources")) {
                        @match self.language {
                            Language::En => { (n_read) " of " (n_sources) " sources are read" }
                            Language::Fr => { (n_read) " sources sur " (n_sources) " sont lues" }
                        }
                    }
                    "."
                }
            }
        }
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Fr,
        Language::Fr => Language::En,
    }
}
