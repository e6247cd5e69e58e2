//! Sections that only recall: what held in former days ("Previous fees", "Before March 1, 2024"), what other sections say
//! (a summary, a reminder), and what somebody lived through (an example, a story).
//!
//! A page gains such sections, and the rows in them look like those that hold. Where nothing was read from one before,
//! nothing is: its words are watched as words. What says outright that it is archived is read by no locator at all:
//! [`archived`](crate::extract::html::archived).

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::Parts;
use crate::extract::document::Document;
use crate::extract::html::outline::{Kind, Outline};
use crate::extract::matches::Match;
use crate::extract::recipe::{Locator, Pattern};
use crate::extract::value::dated::{self, Period};
use crate::extract::value::pattern::constant;
use crate::model::{
    FactType, Facts, Record, Value, meaning,
    words::{TAKEN, UNDER},
};

/// Headings over what held in former days, also as a recipe writes them that wants it. "Former students" and "anciens
/// combattants" are people, and "previous work experience" is asked for.
static FORMER: LazyLock<Regex> = LazyLock::new(|| {
    let before = "previously|formerly|expired|historical|superseded";
    let things = "rules?|requirements?|fees?|amounts?|lists?|occupations?|categor(?:y|ies)|criteria|streams?|programs?\
        |thresholds?|rates?|versions?|information|rounds?|draws?|allocations?|wages?|conditions?|measures?";
    let choses = "règles?|exigences?|frais|montants?|listes?|professions?|catégories?|ensembles?|critères?|volets?\
        |programmes?|seuils?|taux|versions?|renseignements|rondes?|salaires?|conditions?|mesures?";
    let ended = "(?:that|which) (?:(?:have |has )?(?:ended|expired|lapsed)|(?:are|were) (?:over|no longer in effect)|no longer apply|used to apply)";
    let finies =
        "qui (?:(?:a|ont|sont) (?:pris fin|expirée?s?|terminée?s?)|ne s['’]appliquent plus)";
    constant(&format!(
        r"(?i)^(?:{before}|(?:past|previous|prior|former|old|earlier) (?:[\w-]+ ){{0,2}}(?:{things})|ancien(?:ne)?s? (?:{choses})|(?:[\w-]+ ){{0,2}}(?:{things}) {ended}|(?:{choses}) {finies})\b|\b(?:précédent(?:e)?s?|antérieur(?:e)?s?)$"
    ))
});

/// What makes a year in a heading another thing than the time that its section is of.
static IS_NO_TIME: LazyLock<Regex> = LazyLock::new(|| {
    let from = "since|from|after|as of|effective|starting|depuis|dès|après|à compter|à partir";
    constant(&format!(r"(?i)\b(?:NOC|CNP|TEER|FEER|{from})\b"))
});

/// Headings over what is said again, or of somebody.
static AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    let again = r"(?:a )?(?:friendly )?reminders?|(?:quick |in )?summary|in brief|at a glance";
    let de_nouveau = "rappels?|résumé|sommaire|en bref|en un coup d'œil";
    let told = r"success stor(?:y|ies)|frequently asked questions|faqs?|examples?|glossary|case stud(?:y|ies)|other programs|before you (?:start|begin)";
    let raconte =
        "foire aux questions|exemples?|glossaire|témoignages?|autres programmes|avant de commencer";
    constant(&format!(r"(?i)^(?:{again}|{de_nouveau})\b|\b(?:{told}|{raconte})\b"))
});

/// The first sentence of a section that says of what is listed under it that it has ended.
static HAS_ENDED: LazyLock<Regex> = LazyLock::new(|| {
    let listed = r"(?:categor(?:y|ies)|occupations?|fees?|amounts?|rules?|requirements?|criteria|thresholds?|rates?|lists?|tables?|ensembles?|catégories?|professions?|frais|montants?|règles?|exigences?|critères?|seuils?|listes?)";
    let ended = r"(?:no longer appl(?:y|ies)|(?:has |have )?(?:ended|expired)|(?:was|were) in effect (?:until|before)|ne s'appliquent? plus|(?:a|ont) (?:pris fin|expiré))";
    constant(&format!(r"(?i)^(?:this|these|ces|cette|cet|ce) {listed} {ended}\b"))
});

impl Parts<'_, '_> {
    /// Leaves out the matches in sections that only recall, and from which nothing was read before. Where nothing else
    /// is found, what is said again is all there is.
    pub(super) fn leave_out_recalled(&self, locator: &Locator, matches: &mut Vec<Match<'_>>) {
        let Document::Html(html) = self.document else { return };
        let outline = &html.outline;
        let sections = self.sections.get_or_init(|| sections(outline, self.known, self.today));
        if sections.iter().all(|section| section.recalls.is_none())
            || locator.under.iter().any(is_asked)
        {
            return;
        }
        // Draws and notices are of the day that they have.
        let is_dated =
            matches!(self.fact.kind, FactType::Draws | FactType::Notices | FactType::Series);
        let counts = |what: &What| *what != What::PastYears || !is_dated;
        let what = |matched: &Match<'_>| {
            let of_block = || outline.blocks.get(matched.at).and_then(|block| block.heading);
            let heading = matched.heading.or_else(of_block);
            // What is under a heading of its own that was read is read, whatever is put over it.
            let mut over = outline.ancestors(heading).take_while(|at| !sections[*at].was_read);
            over.find_map(|at| sections[at].recalls.filter(counts))
        };
        if matches.iter().all(|matched| what(matched).is_some()) {
            matches.retain(|matched| what(matched) == Some(What::Again));
        } else {
            matches.retain(|matched| what(matched).is_none());
        }
    }
}

/// What a section recalls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Former,
    PastYears,
    Again,
}

/// What is known of the section under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct Section {
    recalls: Option<What>,
    /// Whether facts were read in it when the page was last read.
    was_read: bool,
}

/// The sections of a page by their headings. Of a page that was never read, all are read.
fn sections(outline: &Outline, known: &Facts, today: Date) -> Vec<Section> {
    let read = headings_read(known);
    let section = |at: usize| Section {
        recalls: recalled(outline, at, today),
        was_read: read.as_ref().is_none_or(|read| was_read(&outline.headings[at].text, read)),
    };
    (0..outline.headings.len()).map(section).collect()
}

/// The headings under which facts were read when the page was last read, as they are kept; `None` if nothing is known of
/// the page.
fn headings_read(known: &Facts) -> Option<HashSet<String>> {
    let pages = known.iter().filter(|(key, _)| key.as_str().starts_with("page."));
    let mut records = pages.flat_map(|(_, page)| &page.records).peekable();
    records.peek()?;
    let is_read = |record: &Record| {
        let mut lines = record.fields.values().flat_map(Value::clauses);
        lines.any(|line| line.contains(TAKEN))
    };
    let read = records.filter(|(_, record)| is_read(record));
    Some(read.flat_map(|(path, _)| path.as_str().split(UNDER)).map(meaning::bare).collect())
}

/// Whether facts were read under a heading. A long heading is cut where it is kept.
fn was_read(heading: &str, read: &HashSet<String>) -> bool {
    let heading = meaning::bare(heading);
    let is_cut =
        |kept: &String| kept.strip_suffix('…').is_some_and(|begin| heading.starts_with(begin));
    read.contains(&heading) || read.iter().any(is_cut)
}

fn is_asked(pattern: &Pattern) -> bool {
    let pattern = pattern.as_str().replace('\\', "");
    FORMER.is_match(&pattern) || AGAIN.is_match(&pattern)
}

/// What a heading, or the first paragraph under it, says that its section recalls. The title of a page says nothing.
fn recalled(outline: &Outline, at: usize, today: Date) -> Option<What> {
    let heading = &outline.headings[at];
    let is_over = |day: Date| day <= today;
    let has_ended =
        || matches!(dated::of_header(&heading.text), Some(Period::Until(day)) if is_over(day));
    let first = outline.blocks.get(heading.at).filter(|block| block.heading == Some(at));
    let says_so =
        |words: &str| HAS_ENDED.is_match(words) && dated::day_in(words).is_none_or(is_over);
    let is_said =
        || matches!(first.map(|block| &block.kind), Some(Kind::Paragraph(words)) if says_so(words));
    if at == 0 {
        None
    } else if FORMER.is_match(&heading.text) || has_ended() || is_said() {
        Some(What::Former)
    } else if is_of_past_years(&heading.text, today) {
        Some(What::PastYears)
    } else {
        AGAIN.is_match(&heading.text).then_some(What::Again)
    }
}

/// Whether all years in the words of a heading are over: "Federal spaces in 2025". A day is one from which something
/// holds, or that of a notice.
fn is_of_past_years(heading: &str, today: Date) -> bool {
    static YEAR: LazyLock<Regex> = LazyLock::new(|| constant(r"\b20\d\d\b"));
    let mut years = YEAR.find_iter(heading).filter_map(|year| year.as_str().parse::<i16>().ok());
    let first = years.next();
    first.is_some_and(|year| year < today.year() && years.all(|year| year < today.year()))
        && !IS_NO_TIME.is_match(heading)
        && dated::day_in(heading).is_none()
}
