//! A match: the named cells of words that one locator found at one place. Forms make matches, fields read
//! them.

use std::borrow::Cow;
use std::rc::Rc;

use jiff::civil::Date;

use super::html::marks::unmarked;
use super::page::bounds::RECORDS;
use super::value::date;

/// The most matches of one locator. A form that finds more stops, and the page is refused.
pub(crate) const MOST: usize = RECORDS;

/// Ends the name of a cell with the words over a column: `amount.header`.
pub(crate) const HEADER: &str = ".header";

/// Ends the name of a cell with the place of the words of another in their sentence, where it has them more than once.
pub(crate) const PLACE: &str = ".place";

/// The cell with the words over a list that say from when or until when what is in it holds.
pub(crate) const LISTED: &str = "listed";

/// A cell: its name and its words, borrowed from the page or the recipe if they are there.
pub(crate) type Cell<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Named cells of words, and where they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Match<'a> {
    cells: Vec<Cell<'a>>,
    /// Cells it shares with other matches: the matches of a table share its headers and its caption.
    shared: Option<Rc<[Cell<'a>]>>,
    /// The block of the page it is in.
    pub(crate) at: usize,
    /// The heading of the page that it is, or is under.
    pub(crate) heading: Option<usize>,
    /// Where: `table 2, row 7`.
    pub(crate) place: String,
    /// The words the match was made of.
    pub(crate) quote: String,
    /// Why the match cannot be right: it becomes a complaint, not a record.
    pub(crate) unsound: Option<String>,
    /// Whether its sentence has already given a match.
    pub(crate) is_further: bool,
    /// What it says of days, where the words of its cell `status` are a state.
    pub(crate) stated: Option<StatedStatus>,
}

/// What is said of a state beside how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatedStatus {
    /// Whether nothing says how it is now: then it is as it was.
    pub(crate) is_implied: bool,
    /// Whether it stands over what the rest of the page says.
    pub(crate) is_over: bool,
    /// Whether it also stands where the rest of the page has no such record.
    pub(crate) is_alone: bool,
    /// Whether all that it says is that it is open, be it for some days.
    pub(crate) is_of_intake: bool,
    /// Days, and the state that begins on each.
    pub(crate) dated: Vec<(Date, &'static str)>,
    /// A state that is no longer than some days, and the last of them.
    pub(crate) until: Option<(&'static str, Date)>,
}

impl<'a> Match<'a> {
    pub(crate) fn new(place: String, quote: String) -> Self {
        Self { place, quote, ..Self::default() }
    }

    /// A match that contradicts the others: a total that differs from the sum of its parts.
    pub(crate) fn unsound(place: String, quote: String, why: String) -> Self {
        Self { unsound: Some(why), ..Self::new(place, quote) }
    }

    /// Makes room for this many more cells.
    pub(crate) fn reserve(&mut self, cells: usize) {
        self.cells.reserve(cells);
    }

    /// Sets a cell unless it is set: what a locator finds takes precedence over its fixed cells.
    pub(crate) fn set(&mut self, name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) {
        let name: Cow<'a, str> = name.into();
        if self.get(&name).is_none() {
            self.cells.push((name, text.into()));
        }
    }

    /// Sets a cell, whatever it held.
    pub(crate) fn replace(&mut self, name: impl Into<Cow<'a, str>>, text: String) {
        let name: Cow<'a, str> = name.into();
        self.cells.retain(|(n, _)| *n != name);
        self.cells.push((name, text.into()));
    }

    /// Removes the marks of footnotes from its own cells.
    pub(crate) fn unmark(&mut self) {
        for (_, text) in &mut self.cells {
            if let Some(left) = unmarked(text) {
                *text = left.into();
            }
        }
    }

    /// Sets the cells it shares with other matches; its own cells take precedence.
    pub(crate) fn share(&mut self, cells: &Rc<[Cell<'a>]>) {
        self.shared = Some(Rc::clone(cells));
    }

    /// Its cells, for other matches to share.
    pub(crate) fn into_shared(self) -> Rc<[Cell<'a>]> {
        self.cells.into()
    }

    /// The words of a cell.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut cells = self.cells.iter().chain(self.shared.iter().flat_map(|cells| &**cells));
        cells.find(|(n, _)| n == name).map(|(_, text)| &**text)
    }

    /// Whether one of its own cells is a day that stands in a text: its pattern has said already what that day is of.
    pub(crate) fn names_a_day_of(&self, text: &str) -> bool {
        let mut said = self.cells.iter().map(|(_, said)| &**said);
        said.any(|said| said.len() < text.len() && date::day(said).is_some() && text.contains(said))
    }

    /// Whether one of its own cells has just these words.
    pub(crate) fn takes(&self, words: &str) -> bool {
        self.cells.iter().any(|(_, text)| text.trim() == words.trim())
    }

    /// The words over the columns of its table.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &str> {
        let shared = self.shared.iter().flat_map(|cells| &**cells);
        shared.filter(|(name, _)| name.ends_with(HEADER)).map(|(_, text)| &**text)
    }

    /// The match, independent of the page it was found on.
    pub(crate) fn into_owned(self) -> Match<'static> {
        let owned = |(name, text): &Cell<'a>| -> Cell<'static> {
            (name.to_string().into(), text.to_string().into())
        };
        Match {
            cells: self.cells.iter().map(owned).collect(),
            shared: self.shared.map(|cells| cells.iter().map(owned).collect()),
            at: self.at,
            heading: self.heading,
            place: self.place,
            quote: self.quote,
            unsound: self.unsound,
            is_further: self.is_further,
            stated: self.stated,
        }
    }
}

/// What a locator found: matches, or why it found none.
pub(crate) type Found<'a> = Result<Vec<Match<'a>>, String>;
