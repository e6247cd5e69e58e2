//! A page that says one thing: that something is not there, was refused, or was done.

use maud::html;

use super::{Body, Frame};

/// What is said.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// In a few words.
    pub title: &'a str,
    /// In sentences.
    pub words: &'a [&'a str],
    /// Where to go on, and its words.
    pub onward: Option<(&'a str, &'a str)>,
}

/// Writes it.
#[must_use]
pub fn notice_page(frame: &Frame<'_>, notice: &Notice<'_>) -> String {
    let main = html! {
        @for words in notice.words { p { (words) } }
        @if let Some((place, words)) = notice.onward {
            p { a href=(frame.link(place)) { (words) } }
        }
    };
    frame.page(Body { title: notice.title.to_owned(), main })
}
