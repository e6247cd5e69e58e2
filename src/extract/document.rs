//! A page opened as the document it is, and asked where things are in it.

use std::cell::OnceCell;

use jiff::civil::Date;
use url::Url;

use super::form::{clauses, feed, items, json, labels, law, matrix, prose, table, xml};
use super::html::footnotes::Notes;
use super::html::outline::Outline;
use super::html::scope::Scope;
use super::matches::{Found, Match};
use super::page::node::Node;
use super::page::survey::Survey;
use super::page::{body, bounds, stamp, tree};
use super::pdf::layout::Layout;
use super::recipe::{Form, Format, Locator, Part};
use crate::model::Breakage;

/// A page with fewer characters of content than this, and a sign of a block page on it, is one.
const STUB: usize = 1_500;

/// A page made ready to look for matches in.
pub(super) enum Document<'a> {
    Html(Box<Html>),
    Json(Node<'a>),
    Xml(roxmltree::Document<'a>),
    Feed(Box<feed_rs::model::Feed>),
    Csv(&'a str),
    Pdf(Layout<'a>),
}

/// An HTML page made ready.
pub(super) struct Html {
    pub(super) outline: Outline,
    /// The day it says it is of.
    stamped_on: Option<Date>,
    /// Its footnotes, once a locator asked for them.
    footnotes: OnceCell<Notes>,
}

impl<'a> Document<'a> {
    /// Opens the text of a page. `addresses` are those the page may say it has.
    ///
    /// # Errors
    /// The breakage, when the text is no such document, or too much of one, or the page says that it
    /// is another.
    pub(super) fn open(format: Format, text: &'a str, addresses: &[Url]) -> Result<Self, Breakage> {
        let text = text.trim_start_matches('\u{feff}');
        let invalid = |error: String| Breakage::Invalid { error };
        match format {
            Format::Json => {
                bounds::check_json(text)?;
                Node::parse(text).map(Self::Json).map_err(|error| invalid(error.to_string()))
            }
            Format::Xml => {
                bounds::check_xml(text, bounds::NODES)?;
                xml::parse(text).map(Self::Xml)
            }
            Format::Feed => {
                feed::check(text)?;
                feed::parse(text)
                    .map(|feed| Self::Feed(Box::new(feed)))
                    .map_err(|error| invalid(error.to_string()))
            }
            Format::Csv => bounds::check_csv(text).map(|()| Self::Csv(text)),
            Format::Pdf => Layout::of(text).map(Self::Pdf),
            Format::Html => Html::open(text, addresses).map(|html| Self::Html(Box::new(html))),
        }
    }

    /// The day the page says it is of.
    pub(super) fn stamped_on(&self) -> Option<Date> {
        match self {
            Self::Html(html) => html.stamped_on,
            Self::Xml(xml) => stamp::of_law(xml),
            Self::Json(_) | Self::Feed(_) | Self::Csv(_) | Self::Pdf(_) => None,
        }
    }

    /// The first of a part's locators that finds something, and its matches; else why none does.
    pub(super) fn locate<'d>(
        &'d self,
        part: &'d Part,
    ) -> Result<(&'d Locator, Vec<Match<'d>>), String> {
        let mut tried = Vec::new();
        for locator in &part.locators {
            match self.find(locator) {
                Ok(matches) => return Ok((locator, matches)),
                Err(why) => tried.push(format!("{}: {why}", locator.name)),
            }
        }
        Err(tried.join(" / "))
    }

    /// What a locator finds.
    pub(super) fn find<'d>(&'d self, locator: &'d Locator) -> Found<'d> {
        match self {
            Self::Html(html) => {
                outlined(&Scope::new(&html.outline, locator), &html.footnotes, "HTML")
            }
            Self::Pdf(layout) => {
                layout.find(locator, |scope| outlined(scope, &OnceCell::new(), "a PDF"))
            }
            Self::Json(json) => match &locator.form {
                Form::Json(form) => json::objects(form, locator, json),
                Form::Pairs(form) => json::pairs(form, locator, json),
                _ => other("JSON"),
            },
            Self::Feed(feed) => match &locator.form {
                Form::Entries => feed::entries(locator, feed),
                _ => other("a feed"),
            },
            Self::Csv(text) => match &locator.form {
                Form::Csv(form) => feed::lines(form, locator, text),
                _ => other("CSV"),
            },
            Self::Xml(xml) => match &locator.form {
                Form::Xml(form) => xml::find(form, locator, xml),
                Form::Law(form) => law::find(form, locator, xml),
                _ => other("XML"),
            },
        }
    }
}

impl Html {
    fn open(text: &str, addresses: &[Url]) -> Result<Self, Breakage> {
        let html = tree::parse(text)?;
        let survey = Survey::of(&html)?;
        if let Some(found) = survey.canonical.filter(|found| !is_declared(found, addresses)) {
            return Err(Breakage::SoftMissing { found: found.to_string() });
        }
        let outline = Outline::of(survey.content)?;
        if outline.is_shorter_than(STUB)
            && let Some(sign) = body::sign(text)
        {
            return Err(Breakage::Blocked { sign });
        }
        if let Some(sign) = body::cut_off(text) {
            return Err(Breakage::Truncated { sign });
        }
        Ok(Self { outline, stamped_on: survey.stamped_on, footnotes: OnceCell::new() })
    }
}

/// Whether an address is one of the declared ones, whatever its scheme, a `www.` or a last slash.
fn is_declared(found: &Url, addresses: &[Url]) -> bool {
    let plain = |url: &Url| {
        let host =
            url.host_str().unwrap_or_default().trim_start_matches("www.").to_ascii_lowercase();
        (host, url.path().trim_end_matches('/').to_ascii_lowercase())
    };
    addresses.is_empty() || addresses.iter().any(|address| plain(address) == plain(found))
}

/// Finds the matches of a form that reads an outline, of which the footnotes may be known.
fn outlined<'a>(scope: &Scope<'a>, known: &OnceCell<Notes>, format: &str) -> Found<'a> {
    let locator = scope.locator;
    let mut matches = match &locator.form {
        Form::Table(form) => table::find(form, scope),
        Form::Matrix(form) => matrix::find(form, scope),
        Form::Labels(form) => labels::find(form, scope),
        Form::Items(form) => items::find(form, scope),
        Form::Prose(form) => prose::find(form, scope),
        Form::Headings(form) => prose::headings(form, scope),
        Form::Clauses => clauses::find(scope),
        Form::Json(_)
        | Form::Pairs(_)
        | Form::Xml(_)
        | Form::Law(_)
        | Form::Entries
        | Form::Csv(_) => other(format),
    }?;
    if !locator.footnotes.is_empty() {
        let notes = known.get_or_init(|| Notes::of(scope.outline));
        notes.join(&locator.footnotes, &mut matches);
    }
    Ok(matches)
}

fn other<'a>(format: &str) -> Found<'a> {
    Err(format!("this form is not found in {format}"))
}
