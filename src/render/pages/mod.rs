//! The web pages: plain HTML in both languages, without a script, for narrow screens and text browsers.
//!
//! Each page is a function from what is known to its text; what surrounds it is a [`Frame`]. Nothing here
//! knows an address but those below the language: a link to another page is made by [`link`].

mod announced;
mod change;
mod changes;
mod entry;
mod fact;
mod filter;
mod frame;
mod home;
mod notice;
mod reader;
mod source;
mod subscribe;
mod words;

use maud::Markup;

pub use announced::{AnnouncedPage, announced_page};
pub use change::{ChangePage, change_page};
pub use changes::{ChangesPage, Follow, changes_page};
pub use entry::LogEntry;
pub use fact::{FactPage, FactSetRow, FactsOf, PastRow, RecordRow, fact_page, facts_page};
pub use filter::{Choices, Typed};
pub use frame::{Frame, Tab};
pub use home::{Home, home_page};
pub use notice::{Notice, notice_page};
pub use reader::{
    ConfirmPage, ManagePage, OwnRow, confirm_page, forget_page, leave_page, manage_page,
};
pub use source::{SourcePage, SourceRow, SourceStanding, source_page, sources_page};
pub use subscribe::{Preview, Purpose, WishPage, consent, wish_page};
pub use words::encoded;

/// The style sheet of every page.
pub const STYLE: &str = include_str!("style.css");

/// Where a page is: its language, then its place.
#[must_use]
pub fn link(language: crate::model::Language, place: &str) -> String {
    format!("/{}/{place}", language.code())
}

/// What a page is called, and what it says.
struct Body {
    title: String,
    main: Markup,
}
