//! A page opened as a document of its format, in which locators find things.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::civil::Date;
use url::Url;

use super::form::{
    clauses, data, feed, items, json, labels, law, lists, matrix, prose, status, table, xml,
};
use super::html::footnotes::Notes;
use super::html::links;
use super::html::outline::{Block, Outline};
use super::html::scope::Scope;
use super::matches::{Found, LISTED, Match};
use super::page::node::Node;
use super::page::survey::Survey;
use super::page::{bounds, charset, language, stamp, standin, tree};
use super::pdf::layout::Layout;
use super::recipe::{Form, Format, Locator, PageWords, Part, Recipe};
use crate::model::{Breakage, Language};

/// A page with fewer characters of content than this may be a stand-in for another.
const STUB: usize = 1_500;

/// A page with fewer than this says nothing by itself: if it redirects, it is a redirect.
const WORDLESS: usize = 400;

/// How the items of a list are found that are lines of paragraphs.
pub(super) const AS_LINES: &str = "as lines";

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
    /// Its outline with lines in bold as headings, made when a locator finds nothing under the marked ones;
    /// `None` if there are no such lines.
    bold: OnceCell<Option<Outline>>,
    /// Its outline with lines of paragraphs as items, made when a locator finds no list.
    lines: OnceCell<Option<(Outline, Vec<usize>)>>,
    /// Its title.
    title: String,
    /// The language that it says it is in.
    language: Option<String>,
    /// A table of it that a script should have filled.
    unfilled: Option<String>,
    /// The day it is dated.
    stamped_on: Option<Date>,
    /// Its footnotes, computed when a locator first asks for them.
    footnotes: OnceCell<Notes>,
    /// Its links to other pages of its site: words and address.
    links: Vec<(String, String)>,
}

impl<'a> Document<'a> {
    /// Opens the text of a page, without the words that its publisher puts on all pages. `addresses` are
    /// those that the page may give as its own.
    ///
    /// # Errors
    /// The breakage, when the text is not such a document, or has too much in it, or the page says that it
    /// is another page.
    pub(super) fn open(
        recipe: &Recipe,
        text: &'a str,
        addresses: &[Url],
    ) -> Result<Self, Breakage> {
        let text = text.trim_start_matches('\u{feff}');
        let invalid = |error: String| Breakage::Invalid { error };
        match recipe.format {
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
            Format::Html => {
                Html::open(text, &recipe.page, addresses).map(|html| Self::Html(Box::new(html)))
            }
        }
    }

    /// The day the page is dated.
    pub(super) fn stamped_on(&self) -> Option<Date> {
        match self {
            Self::Html(html) => html.stamped_on,
            Self::Xml(xml) => stamp::of_law(xml),
            Self::Json(_) | Self::Feed(_) | Self::Csv(_) | Self::Pdf(_) => None,
        }
    }

    /// The language of a page that people read.
    pub(super) fn language(&self, text: &str) -> Option<Language> {
        let Self::Html(html) = self else { return None };
        language::of_page(html.language.as_deref(), text)
    }

    /// Why the page is not what it should be, asked when a fact is not found on it, or when it is only
    /// watched: it is a stand-in for another, or a script should have filled it.
    pub(super) fn trouble(&self, text: &str) -> Option<Breakage> {
        let Self::Html(html) = self else { return None };
        let unfilled = || html.unfilled.clone().map(|table| Breakage::Unfilled { table });
        html.stands_in(text, true).map(|sign| Breakage::Blocked { sign }).or_else(unfilled)
    }

    /// How a page shows that it is a stand-in for another, asked when no fact was read from it.
    pub(super) fn stands_in(&self, text: &str) -> Option<String> {
        match self {
            Self::Html(html) => html.stands_in(text, false),
            Self::Json(_) | Self::Xml(_) | Self::Feed(_) | Self::Csv(_) | Self::Pdf(_) => None,
        }
    }

    /// The outline of a page that people read; for a PDF, with the tables that a recipe finds on it.
    pub(super) fn outline(&self, recipe: &Recipe) -> Option<Cow<'_, Outline>> {
        let locators =
            || recipe.facts.iter().flat_map(|fact| &fact.parts).flat_map(|p| &p.locators);
        let table = || {
            locators().find_map(|locator| match &locator.form {
                Form::Table(form) => Some(form),
                _ => None,
            })
        };
        match self {
            Self::Html(html) => Some(Cow::Borrowed(&html.outline)),
            Self::Pdf(layout) => Some(layout.with_tables(table())),
            Self::Json(_) | Self::Xml(_) | Self::Feed(_) | Self::Csv(_) => None,
        }
    }

    /// A page's links to other pages of its site: their words and addresses.
    pub(super) fn links(&self) -> &[(String, String)] {
        match self {
            Self::Html(html) => &html.links,
            Self::Pdf(_) | Self::Json(_) | Self::Xml(_) | Self::Feed(_) | Self::Csv(_) => &[],
        }
    }

    /// The first locator of a part that finds something, and its matches; else why none does.
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
        let mut loosely = part.locators.iter().filter_map(|locator| {
            let found = self.find_with_other_figures(locator);
            (!found.is_empty()).then_some((locator, found))
        });
        loosely.next().ok_or_else(|| tried.join(" / "))
    }

    /// What a locator of a point grid finds if the figures in the labels do not count.
    pub(super) fn find_with_other_figures<'d>(&'d self, locator: &'d Locator) -> Vec<Match<'d>> {
        match (self, &locator.form) {
            (Self::Html(html), Form::Matrix(form)) => {
                matrix::with_other_figures(form, &Scope::new(&html.outline, locator))
            }
            _ => Vec::new(),
        }
    }

    /// What a locator finds on a page that has another layout and says the same, and what is other in it: the rows
    /// of a table are lists of labels, the items of a list are lines, or the headings are lines in bold.
    pub(super) fn find_relaid<'d>(
        &'d self,
        locator: &'d Locator,
    ) -> Option<(Vec<Match<'d>>, &'static str)> {
        let Self::Html(html) = self else { return None };
        let in_lists = |outline: &'d Outline| {
            let scope = Scope::new(outline, locator);
            let found = lists::find(&scope).ok()?;
            Some((annotated(found, &scope, &OnceCell::new()), "as lists of labels"))
        };
        let in_bold = |outline: &'d Outline| {
            let found = outlined(&Scope::new(outline, locator), &OnceCell::new(), "HTML").ok()?;
            Some((found, "under lines in bold"))
        };
        in_lists(&html.outline).or_else(|| html.in_lines(locator)).or_else(|| {
            let bold = html.bold.get_or_init(|| html.outline.with_bold_headings());
            let bold = bold.as_ref().filter(|_| locator.looks_at_headings())?;
            in_bold(bold).or_else(|| in_lists(bold))
        })
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
                Form::Clauses => data::of_json(json),
                _ => other("JSON"),
            },
            Self::Feed(feed) => match &locator.form {
                Form::Entries => feed::entries(locator, feed),
                _ => other("a feed"),
            },
            Self::Csv(text) => match &locator.form {
                Form::Csv(form) => feed::lines(form, locator, text),
                Form::Clauses => data::of_csv(text),
                _ => other("CSV"),
            },
            Self::Xml(xml) => match &locator.form {
                Form::Xml(form) => xml::find(form, locator, xml),
                Form::Law(form) => law::find(form, locator, xml),
                Form::Clauses => data::of_xml(xml),
                _ => other("XML"),
            },
        }
    }
}

impl Html {
    fn open(text: &str, page: &PageWords, addresses: &[Url]) -> Result<Self, Breakage> {
        let mut html = tree::parse(text)?;
        let survey = Survey::of(&html)?;
        if let Some(found) =
            survey.canonical.as_ref().filter(|found| !is_declared(found, addresses))
        {
            return Err(Breakage::SoftMissing { found: found.to_string() });
        }
        let content = survey.content(&mut html);
        let links = links::of(content);
        let mut outline = Outline::of(content, page)?;
        if survey.begins_at_heading {
            outline.begin_at_heading();
        }
        if let Some(sign) = standin::cut_off(text) {
            return Err(Breakage::Truncated { sign });
        }
        if let Some((count, example)) = charset::questioned(outline.words()) {
            let sign = format!("letters of {count} words became question marks, as in `{example}`");
            return Err(Breakage::Damaged { sign });
        }
        if let Some(example) = charset::escaped_twice(outline.words()) {
            let sign = format!("its markup was escaped twice, as in `{example}`");
            return Err(Breakage::Damaged { sign });
        }
        if outline.is_shorter_than(WORDLESS) && outline.tables.is_empty() {
            let leads = standin::leads_elsewhere(survey.refresh.as_deref(), text);
            let asks = survey.asks_password.then(|| "it asks for a password".to_owned());
            let mut lines = outline.blocks.iter().filter_map(Block::words).peekable();
            let waits = lines.peek().is_some() && lines.all(standin::is_waiting);
            let waits = waits.then(|| "it says that it is loading, and nothing else".to_owned());
            // A recipe that takes any heading would read those of a gate.
            let headings = &outline.headings;
            let is_gate = standin::is_about_the_site(&survey.title)
                || !headings.is_empty()
                    && headings.iter().all(|heading| standin::is_about_the_site(&heading.text));
            let gate = || is_gate.then(|| standin::sign(text)).flatten();
            if let Some(sign) = leads.or(asks).or(waits).or_else(gate) {
                return Err(Breakage::Blocked { sign });
            }
        }
        Ok(Self {
            outline,
            bold: OnceCell::new(),
            lines: OnceCell::new(),
            title: survey.title,
            language: survey.language,
            unfilled: survey.unfilled,
            stamped_on: survey.stamped_on,
            footnotes: OnceCell::new(),
            links,
        })
    }

    /// The items that a locator finds where they are lines of paragraphs.
    fn in_lines<'d>(&'d self, locator: &'d Locator) -> Option<(Vec<Match<'d>>, &'static str)> {
        let Form::Items(form) = &locator.form else { return None };
        let lines = self.lines.get_or_init(|| self.outline.with_lines_as_items());
        let (outline, made_of) = lines.as_ref()?;
        let scope = Scope::new(outline, locator);
        let mut found = annotated(items::find(form, &scope).ok()?, &scope, &OnceCell::new());
        for matched in &mut found {
            matched.at = made_of[matched.at];
        }
        Some((found, AS_LINES))
    }

    /// How a page shows that it is a stand-in for another, if no fact of a recipe was read from it.
    fn stands_in(&self, text: &str, is_plain: bool) -> Option<String> {
        if !self.outline.is_shorter_than(STUB) {
            return None;
        }
        let sign = standin::sign(text)?;
        let headings = self.outline.headings.iter().map(|heading| heading.text.as_str());
        let about = |words: &str| standin::is_about_the_site(words);
        let is_tiny = || self.outline.tables.is_empty() && self.outline.is_shorter_than(WORDLESS);
        // Without a recipe everything on the page is read, so the page must say it of itself. So must one that
        // says enough besides.
        let lines = self.outline.blocks.iter().filter_map(Block::words);
        let others =
            lines.filter(|line| standin::sign(line).is_none()).map(str::len).sum::<usize>();
        let is_silent = !is_plain && others < WORDLESS;
        (is_silent || about(&self.title) || headings.take(3).any(about) || is_tiny())
            .then_some(sign)
    }
}

/// Whether an address is one of the declared ones, ignoring its scheme, a `www.` or a last slash.
fn is_declared(found: &Url, addresses: &[Url]) -> bool {
    let plain = |url: &Url| {
        let host =
            url.host_str().unwrap_or_default().trim_start_matches("www.").to_ascii_lowercase();
        (host, url.path().trim_end_matches('/').to_ascii_lowercase())
    };
    addresses.is_empty() || addresses.iter().any(|address| plain(address) == plain(found))
}

/// Finds the matches of a form that reads an outline; `known` caches its footnotes.
fn outlined<'a>(scope: &Scope<'a>, known: &OnceCell<Notes>, format: &str) -> Found<'a> {
    let locator = scope.locator;
    let matches = match &locator.form {
        Form::Table(form) => table::find(form, scope),
        Form::Matrix(form) => matrix::find(form, scope),
        Form::Labels(form) => labels::find(form, scope),
        Form::Items(form) => items::find(form, scope),
        Form::Prose(form) => prose::find(form, scope),
        Form::Headings(form) => prose::headings(form, scope),
        Form::Status(form) => status::find(form, scope),
        Form::Clauses => clauses::find(scope),
        Form::Json(_)
        | Form::Pairs(_)
        | Form::Xml(_)
        | Form::Law(_)
        | Form::Entries
        | Form::Csv(_) => other(format),
    };
    let mut matches = matches.map_err(|why| scope.nowhere().unwrap_or(why))?;
    if matches!(locator.form, Form::Table(_) | Form::Items(_) | Form::Prose(_)) {
        for matched in &mut matches {
            if let Some(words) = scope.outline.listed(matched.at) {
                matched.set(LISTED, words);
            }
        }
    }
    Ok(annotated(matches, scope, known))
}

/// Matches with their footnotes, if the locator reads them, and without the marks of others.
fn annotated<'a>(
    mut matches: Vec<Match<'a>>,
    scope: &Scope<'a>,
    known: &OnceCell<Notes>,
) -> Vec<Match<'a>> {
    let cells = &scope.locator.footnotes;
    if !cells.is_empty() {
        let notes = known.get_or_init(|| Notes::of(scope.outline));
        notes.join(cells, &mut matches);
    }
    matches.iter_mut().for_each(Match::unmark);
    matches
}

fn other<'a>(format: &str) -> Found<'a> {
    Err(format!("this form is not found in {format}"))
}
