//! Looks once at every source as its live site has it: the use case of `check --first`.
//!
//! A first check of a catalogue, recorded as any other. Beside it stands what an operator needs on the first
//! day: which recipes read their pages, whose facts wait for a person's eye, what a page has in place of what
//! was looked for, and where a page that is gone seems to be now: the pages above it are fetched with the manners
//! of any check.

use url::Url;

use crate::catalog::Source;
use crate::checking::{self, CheckError, Checking, Report};
use crate::drafting;
use crate::extract::shapes::{LineKind, Shapes};
use crate::fetch::{Reply, Request};
use crate::model::words::words;
use crate::model::{CheckOutcome, Page, SourceId, Verified, text};

/// What was found of a source.
#[derive(Debug)]
pub struct Surveyed {
    /// The check.
    pub report: Report,
    /// What it means to an operator.
    pub seen: FirstSight,
}

/// What a first look at a source says.
#[derive(Debug, PartialEq, Eq)]
pub enum FirstSight {
    /// Its recipe was verified on such a page, and reads this one whole.
    Expected,
    /// It is read, and a person should compare the facts with the page once.
    AwaitingReview,
    /// The page came, and what was looked for is not on it, or not all of it.
    NotRead {
        /// What the page has instead.
        instead: Vec<String>,
        /// Locators to try.
        locators: Vec<String>,
    },
    /// The site does not want to be asked.
    Refused,
    /// There is no such page.
    Gone {
        /// Where it seems to be now, and what the link to it says.
        seems_at: Option<(String, Url)>,
    },
    /// No page came.
    Unreachable,
}

impl FirstSight {
    /// The word for it, in output and totals.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Expected => "read as expected",
            Self::AwaitingReview => "read, awaiting review",
            Self::NotRead { .. } => "not read",
            Self::Refused => "refused",
            Self::Gone { .. } => "gone",
            Self::Unreachable => "not reached",
        }
    }
}

/// Checks a source and says what the check means on the first day.
///
/// # Errors
/// As [`checking::check_afresh`].
pub async fn survey(with: &Checking, id: &SourceId) -> Result<Surveyed, CheckError> {
    let report = checking::check_afresh(with, id).await?;
    let source = checking::source(with, id)?;
    let seen = match &report.outcome {
        CheckOutcome::Refused(_) => FirstSight::Refused,
        CheckOutcome::Unreachable(_) => FirstSight::Unreachable,
        CheckOutcome::Gone(_) => FirstSight::Gone { seems_at: elsewhere(with, &source).await },
        CheckOutcome::Broken(_) | CheckOutcome::Partial { .. } => not_read(with, &source)?,
        CheckOutcome::Held(_) => FirstSight::AwaitingReview,
        _ if source.verified == Verified::Structure && !source.recipe.is_plain() => {
            FirstSight::AwaitingReview
        }
        _ => FirstSight::Expected,
    };
    Ok(Surveyed { report, seen })
}

async fn page(with: &Checking, url: Url) -> Option<Page> {
    match with.fetcher.fetch(&Request::new(url), &*with.clock).await {
        Reply::Page(page) => Some(page),
        _ => None,
    }
}

/// How many tables, headings and locators are shown.
const SHOWN: usize = 4;

/// What the page of the last check has in place of what was looked for.
fn not_read(with: &Checking, source: &Source) -> Result<FirstSight, CheckError> {
    let nothing = FirstSight::NotRead { instead: Vec::new(), locators: Vec::new() };
    let Some(page) = checking::page_of_last_check(with, &source.id)? else { return Ok(nothing) };
    let shapes = drafting::shapes_of(source.id.as_str(), &page).unwrap_or_default();
    let drafted = drafting::draft(source.id.as_str(), &page);
    let toml = drafted.map(|draft| draft.toml).unwrap_or_default();
    let is_form = |line: &&str| {
        ["table = ", "prose = ", "headings = ", "json = ", "read = "]
            .iter()
            .any(|form| line.starts_with(form))
    };
    Ok(FirstSight::NotRead {
        instead: has(&shapes),
        locators: toml.lines().filter(is_form).take(SHOWN).map(str::to_owned).collect(),
    })
}

/// The tables and headings of a page, in words.
fn has(shapes: &Shapes) -> Vec<String> {
    let named =
        |table: &[String]| format!("a table of `{}`", text::excerpt(&table.join(" | "), 160));
    let with_headers = shapes.tables.iter().filter(|table| !table.headers.is_empty());
    let mut has: Vec<String> = Vec::new();
    for table in with_headers.map(|table| named(&table.headers)) {
        if has.len() < SHOWN && !has.contains(&table) {
            has.push(table);
        }
    }
    let headings = shapes.lines.iter().filter(|line| line.kind == LineKind::Heading);
    let headings: Vec<String> = headings
        .take(SHOWN * 2)
        .map(|line| format!("`{}`", text::excerpt(&line.text, 60)))
        .collect();
    if !headings.is_empty() {
        has.push(format!("headings {}", headings.join(", ")));
    }
    has
}

/// Looks for a page that is gone: at its other addresses, then among the links of the pages above it.
async fn elsewhere(with: &Checking, source: &Source) -> Option<(String, Url)> {
    let asked = checking::address(with, source);
    for url in source.also.iter().filter(|_| with.mirror.is_none()) {
        if page(with, url.clone()).await.is_some() {
            return Some(("another address that the catalogue knows".to_owned(), url.clone()));
        }
    }
    let mut above = asked.clone();
    for _ in 0..2 {
        let parent = parent(&above)?;
        above.clone_from(&parent);
        let Some(page) = page(with, parent.clone()).await else { continue };
        let shapes = drafting::shapes_of(source.id.as_str(), &page).unwrap_or_default();
        if let Some((words, path)) = likest(&source.title.en, &asked, &shapes.links) {
            return parent.join(path).ok().map(|url| (words.to_owned(), url));
        }
    }
    None
}

/// The address of the page above.
fn parent(url: &Url) -> Option<Url> {
    let mut above = url.clone();
    above.set_query(None);
    above.set_fragment(None);
    above.path_segments_mut().ok()?.pop_if_empty().pop();
    (above.path().len() > 1 || url.path().len() > 1).then_some(above).filter(|above| above != url)
}

/// The link whose words and address are likest those of a page, if one is like enough.
fn likest<'l>(
    title: &str,
    asked: &Url,
    links: &'l [(String, String)],
) -> Option<(&'l str, &'l str)> {
    let words = |text: &str| -> Vec<String> {
        words(text).into_iter().filter(|word| word.len() > 3).collect()
    };
    let last = asked.path_segments().and_then(|mut all| all.next_back().map(str::to_owned));
    let mut wanted = words(title);
    wanted.extend(words(&last.unwrap_or_default()));
    wanted.sort();
    wanted.dedup();
    let score = |(said, path): &(String, String)| {
        let there = words(&format!("{said} {path}"));
        wanted.iter().filter(|word| there.contains(word)).count()
    };
    let best =
        links.iter().filter(|(_, path)| path != asked.path()).max_by_key(|link| score(link))?;
    (score(best) * 2 >= wanted.len().max(2)).then_some((best.0.as_str(), best.1.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_page_above_is_the_address_without_its_last_part() {
        assert_eq!(parent(&url("https://a.ca/en/x/y.html?z")), Some(url("https://a.ca/en/x")));
        assert_eq!(parent(&url("https://a.ca/x/")), Some(url("https://a.ca/")));
        assert_eq!(parent(&url("https://a.ca/")), None);
    }

    #[test]
    fn a_page_is_where_a_link_says_what_it_is_about() {
        let links = [
            ("Contact us".to_owned(), "/contact".to_owned()),
            ("Wage thresholds by province".to_owned(), "/new/wage-thresholds.html".to_owned()),
        ];
        let asked = url("https://a.ca/old/median-wage.html");
        let found = likest("High-wage and low-wage positions: wage thresholds", &asked, &links);
        assert_eq!(found.map(|(_, path)| path), Some("/new/wage-thresholds.html"));
        assert_eq!(likest("Fees of the program", &url("https://a.ca/fees.html"), &links), None);
    }
}
