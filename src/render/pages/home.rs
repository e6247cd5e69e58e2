//! The first page.

use maud::html;

use super::entry::{LogEntry, entries};
use super::{Body, Frame};

/// What is on the first page.
#[derive(Debug, Clone)]
pub struct Home<'a> {
    /// The newest changes that matter.
    pub newest: &'a [LogEntry<'a>],
}

/// Writes it.
#[must_use]
pub fn home_page(frame: &Frame<'_>, home: &Home<'_>) -> String {
    let title = frame.say(
        "Changes to Canadian immigration rules",
        "Changements aux règles de l'immigration au Canada",
    );
    let main = html! {
        p { (frame.say(
            "The official pages are read on a schedule, the facts in them are compared with those read before, and what \
             changed is told here: what, from what to what, from when, with the words of the page as proof.",
            "Les pages officielles sont lues selon un horaire, les faits qu'elles énoncent sont comparés à ceux lus \
             auparavant, et ce qui a changé est dit ici\u{a0}: quoi, de quoi à quoi, à partir de quand, avec les mots de la \
             page à l'appui.",
        )) }
        @if frame.sign_up {
            p { a href=(frame.link("subscribe")) { (frame.say(
                "Get a letter when something that concerns you changes",
                "Recevoir une lettre quand quelque chose qui vous concerne change",
            )) } }
        }
        @if home.newest.is_empty() {
            p { (frame.say("No change has been seen yet.", "Aucun changement n'a encore été constaté.")) }
        }
        (entries(frame, home.newest))
        p { a href=(frame.link("changes")) { (frame.say("All changes, and filters", "Tous les changements, et des filtres")) } }
    };
    frame.page(Body { title: title.to_owned(), main })
}
