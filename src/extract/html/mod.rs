//! An HTML page as a reader sees it: its content, its outline of blocks under headings, its tables and
//! footnotes, and where a locator looks.

pub(crate) mod archived;
pub(crate) mod chrome;
pub(crate) mod content;
mod design;
pub(crate) mod footnotes;
pub(crate) mod grid;
pub(crate) mod links;
mod listed;
pub(crate) mod marks;
pub(crate) mod outline;
mod panel;
pub(crate) mod scope;
mod walk;
