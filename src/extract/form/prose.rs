//! A value in a sentence: "a fee of $1,000 for each position".
//!
//! The pattern is tried on every paragraph, and on every list item together with the items inside it, so
//! that a condition and its sub-conditions are read as one; or on each line, for a list that is one
//! paragraph of lines; or on each sentence. A pattern may match several times in one of them. Cells: the named
//! groups; `text`, the whole paragraph, line or sentence; `paragraph`, that of a sentence; `below`, the words
//! under the same heading up to the next match, for a notice whose date is a bold line above its words; `above`,
//! the heading over its own; `group`, the title of its group; and `posted`, the day that is a line under its
//! heading.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::sentences::{is_proposal, parted};
use super::status;
use crate::extract::html::outline::{Block, Heading, Kind, Outline, push_line};
use crate::extract::html::scope::{QUOTE_LIMIT, Scope};
use crate::extract::matches::{Found, MOST, Match, PLACE};
use crate::extract::noise;
use crate::extract::page::stamp;
use crate::extract::recipe::{HeadingsForm, PageWords, Pattern, ProseForm, TriedOn};
use crate::extract::value::pattern::constant;
use crate::extract::value::{aside, beside::beside, date, number, typo};
use crate::model::words::{forms, of_item};
use crate::model::{meaning, text};

pub(crate) fn find<'a>(form: &'a ProseForm, scope: &Scope<'a>) -> Found<'a> {
    // If one sentence is wanted, one that matches as printed takes precedence over all that match only in another
    // spelling, and any over a notice that says no more than whether applications are taken.
    let is_of_status = || form.matches.capture_names().flatten().any(|name| name == "status");
    let looks = match form.first {
        true if is_of_status() => &[AS_PRINTED, ANY][..],
        true => &[Look { notices: false, ..AS_PRINTED }, Look { notices: false, ..ANY }, ANY][..],
        false => &[ANY][..],
    };
    let found = looks.iter().find_map(|wanted| look(form, scope, *wanted));
    found.ok_or_else(|| no_match(form))
}

/// Which sentences are looked at.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// Whether those that match only in another spelling are.
    spellings: bool,
    /// Whether those that only say whether applications are taken are.
    notices: bool,
}

const ANY: Look = Look { spellings: true, notices: true };
const AS_PRINTED: Look = Look { spellings: false, ..ANY };

/// Searches the sentences.
fn look<'a>(form: &'a ProseForm, scope: &Scope<'a>, wanted: Look) -> Option<Vec<Match<'a>>> {
    let mut matches: Vec<Match<'a>> = Vec::new();
    // For each match, the words below it, if they are wanted.
    let wants_below = scope.locator.wants("below");
    let mut below: Vec<String> = Vec::new();
    let mut heading = None;
    // The depth of the item that matched: the items inside it are read with it.
    let mut within = None;
    'page: for (at, block) in scope.outline.blocks.iter().enumerate() {
        let depth = match &block.kind {
            Kind::Item { depth, .. } => Some(*depth),
            Kind::Paragraph(_) | Kind::Table(_) => None,
        };
        within = within.filter(|outer| depth.is_some_and(|depth| depth > *outer));
        if form.first && !matches.is_empty() && heading != block.heading {
            break;
        }
        if within.is_some() || !scope.admits(block.heading) {
            continue;
        }
        let own = words(block).unwrap_or_default();
        // An item is read with the items inside it, except line by line.
        let whole = match form.on {
            TriedOn::Line => Cow::from(own),
            TriedOn::Whole | TriedOn::Sentence => scope.outline.full_text(at),
        };
        let several = matches!(whole, Cow::Owned(_)).then_some(&*whole);
        let joined = joined(scope.outline, at, several);
        let mut joined = joined.iter().flat_map(|text| parted(form.on, text));
        let mut spelled = Spelled { outline: scope.outline, at, pieces: None, held: None };
        for (n, text) in parted(form.on, &whole).enumerate() {
            // Joins groups of digits first, so that no pattern takes part of a number for all of it.
            let joined = joined.next().filter(|joined| form.matches.is_match(joined));
            // Captures cost a second pass, which most sentences do not need.
            let printed = || Some(text).filter(|text| form.matches.is_match(text));
            let said = joined.or_else(printed).or_else(|| spelled.find((form, wanted), n, text));
            let said = said.filter(|said| is_told(form, wanted, said, text));
            let Some(said) = said else {
                if let Some(below) = below.last_mut().filter(|_| heading == block.heading) {
                    below.push('\n');
                    below.push_str(if form.on == TriedOn::Whole { own } else { text });
                }
                continue;
            };
            if form.first && !matches.is_empty() {
                break 'page;
            }
            let said = &*held_instead(&form.matches, said, text);
            let quote = quote(text, scope.outline, at);
            for (n, found) in found(form, said).enumerate() {
                let mut matched = scope.begin(block.heading, format!("block {}", at + 1), &quote);
                placed_groups(&form.matches, &found, (text, said), &mut matched);
                matched.at = at;
                matched.is_further = n > 0;
                said_in(&mut matched, text, (form.on == TriedOn::Sentence).then_some(&*whole));
                matches.push(matched);
                if wants_below {
                    below.push(String::new());
                }
            }
            heading = block.heading;
            within = depth.filter(|_| form.on != TriedOn::Line);
        }
    }
    around(scope, &mut matches, &below);
    (!matches.is_empty()).then_some(matches)
}

/// A sentence without the brackets that say what will hold, where a pattern takes something else out of it with them: in
/// "1,560 (as of April 1, 2027: 1,950) hours (30 hours a week)" the hours are not 30.
fn held_instead<'t>(pattern: &Regex, said: &'t str, text: &str) -> Cow<'t, str> {
    let held = || {
        let held = aside::held_as_printed(text).filter(|_| said == text)?;
        let (printed, found) = (pattern.captures(said)?, pattern.captures(&held)?);
        let words = |of: &regex::Captures<'_>, name| Some(of.name(name)?.as_str().to_owned());
        let mut groups = pattern.capture_names().flatten();
        let is_other = groups.any(|name| words(&printed, name) != words(&found, name));
        is_other.then_some(held)
    };
    held().map_or(Cow::Borrowed(said), Cow::Owned)
}

/// Sets the groups of a pattern. If brackets of the sentence say what will hold, and the sentence has the words of a
/// group more than once, sets the place of the group too.
fn placed_groups<'a>(
    pattern: &'a Regex,
    found: &regex::Captures<'_>,
    (text, said): (&str, &str),
    matched: &mut Match<'a>,
) {
    groups(pattern, found, matched);
    if !aside::has_any(text) {
        return;
    }
    for name in pattern.capture_names().flatten() {
        let Some(group) = found.name(name) else { continue };
        let is_there = text.get(..group.end()) == said.get(..group.end());
        if is_there && text.matches(group.as_str()).count() > 1 {
            matched.set(format!("{name}{PLACE}"), group.start().to_string());
        }
    }
}

/// Whether words are nothing but a notice of whether applications are taken.
fn is_notice(words: &str) -> bool {
    parted(TriedOn::Sentence, words).all(status::is_notice)
}

/// Whether a text says what the form reads, and is neither a notice that is not wanted nor a proposal.
fn is_told(form: &ProseForm, wanted: Look, said: &str, text: &str) -> bool {
    let proposes = || {
        let sentences = parted(TriedOn::Sentence, said);
        let mut saying = sentences.filter(|one| form.matches.is_match(one)).peekable();
        saying.peek().is_some() && saying.all(is_proposal)
    };
    // Hardly any text proposes anything.
    !(is_proposal(said) && proposes()) && (wanted.notices || !is_notice(text))
}

/// Sets what a pattern was tried on, and the paragraph of a sentence.
fn said_in(matched: &mut Match<'_>, text: &str, paragraph: Option<&str>) {
    matched.set("text", text.to_owned());
    if let Some(paragraph) = paragraph {
        matched.set("paragraph", paragraph.to_owned());
    }
}

/// Sets what is around each sentence, if it is wanted: the words below it, the heading over its own, and the title
/// of its group.
fn around<'a>(scope: &Scope<'a>, matches: &mut [Match<'a>], below: &[String]) {
    let outline = scope.outline;
    let page = &scope.locator.page;
    for (matched, below) in matches.iter_mut().zip(below) {
        let below = noise::without_site_lines(stamp::without_lines(below.trim_start(), page));
        matched.set("below", below.into_owned());
    }
    let [above, title, day] = ["above", "group", "posted"].map(|cell| scope.locator.wants(cell));
    for matched in matches.iter_mut().filter(|_| above || title || day) {
        let Some(at) = outline.blocks[matched.at].heading else { continue };
        if let Some(posted) = day.then(|| posted(outline, at)).flatten() {
            matched.set("posted", posted);
        }
        if let Some(parent) = outline.headings[at].parent.filter(|_| above) {
            matched.set("above", &*outline.headings[parent].text);
        }
        if let Some(group) = title.then(|| group(scope, at, None)).flatten() {
            matched.set("group", group);
        }
    }
}

/// Every match of a pattern in a sentence; only the first if one is wanted, or if the pattern has no named
/// group. An excess of matches is refused later.
fn found<'t>(form: &ProseForm, said: &'t str) -> impl Iterator<Item = regex::Captures<'t>> {
    let is_one = form.first || form.matches.capture_names().flatten().next().is_none();
    let most = if is_one { 1 } else { MOST + 1 };
    let all = form.matches.captures_iter(said).filter(|found| !has_cut(form, found, said));
    let all = all.enumerate();
    all.filter(|(n, found)| *n == 0 || !found[0].is_empty()).map(|(_, found)| found).take(most)
}

/// Whether a group of a match has only a part of a number.
fn has_cut(form: &ProseForm, found: &regex::Captures<'_>, said: &str) -> bool {
    let names = form.matches.capture_names().flatten();
    let mut groups = names.filter_map(|name| found.name(name));
    groups.any(|group| number::is_cut(said, group.range()))
}

fn no_match(form: &ProseForm) -> String {
    format!("no sentence matches `{}`", form.matches)
}

/// The words of a sentence, and those struck out in its block.
fn quote(text: &str, outline: &Outline, at: usize) -> String {
    let mut quote = text::excerpt(text, QUOTE_LIMIT);
    outline.struck_in(at).for_each(|struck| quote.extend([" (struck out: ", struck, ")"]));
    quote
}

/// The words of a block with their groups of digits joined; `None` if there are no such groups. `several` are the
/// words of an item and of the items inside it.
fn joined<'a>(outline: &'a Outline, at: usize, several: Option<&str>) -> Option<Cow<'a, str>> {
    match several {
        Some(several) => meaning::joined(several).map(Cow::from),
        None => outline.joined(at).map(Cow::from),
    }
}

/// The other spellings of a block's words, so that a pattern for `3 years` also finds `three years`.
struct Spelled<'a> {
    outline: &'a Outline,
    at: usize,
    /// The pieces in each spelling, computed on first use.
    pieces: Option<Vec<Vec<Cow<'a, str>>>>,
    /// The last piece without what holds only from a day on, or without the punctuation of its list.
    held: Option<String>,
}

impl Spelled<'_> {
    /// The first spelling of the `n`th piece that the pattern matches; else the piece without the brackets in it that
    /// say what will hold, or the item without the punctuation of its list.
    fn find(&mut self, (form, wanted): (&ProseForm, Look), n: usize, piece: &str) -> Option<&str> {
        if !wanted.spellings {
            // A sentence in which brackets say what will hold, or say a figure again, is the sentence without them.
            let is_it = |text: &String| form.matches.is_match(text);
            let held = aside::held_as_printed(piece).filter(is_it);
            self.held = held.or_else(|| meaning::once(piece).filter(is_it));
            return self.held.as_deref();
        }
        let (outline, at, on) = (self.outline, self.at, form.on);
        let pieces = self.pieces.get_or_insert_with(|| {
            let all = match on {
                TriedOn::Line => outline.spellings(at).into(),
                TriedOn::Whole | TriedOn::Sentence => outline.full_spellings(at),
            };
            match all {
                Cow::Borrowed(all) => {
                    all.iter().map(|text| parted(on, text).map(Cow::from).collect()).collect()
                }
                Cow::Owned(all) => {
                    let owned = |piece: &str| Cow::from(piece.to_owned());
                    all.iter().map(|text| parted(on, text).map(owned).collect()).collect()
                }
            }
        });
        let mut spellings = pieces.iter().filter_map(|pieces| pieces.get(n));
        let spelled = spellings.find(|text| form.matches.is_match(text)).map(|text| &**text);
        if spelled.is_none() {
            let is_it = |text: &&str| form.matches.is_match(text);
            let held = aside::held(piece).filter(|held| is_it(&held.as_str()));
            let is_item = matches!(outline.blocks[at].kind, Kind::Item { .. });
            let of_list = || Some(of_item(piece)).filter(|bare| is_item && is_it(bare));
            self.held = held.or_else(|| of_list().map(str::to_owned));
        }
        spelled.or(self.held.as_deref())
    }
}

/// A heading as a pattern matches it: as printed, without a day beside it, in another spelling, or with a slip of its
/// letters put right.
fn as_matched<'h>(pattern: &Pattern, heading: &'h str) -> Option<Cow<'h, str>> {
    let is_it = |text: &str| pattern.is_match(text);
    let printed = forms(heading).find(|text| is_it(text));
    let dated = || beside(heading).map(|(name, _)| name).filter(|name| is_it(name));
    let spelled = || meaning::spellings(heading).into_iter().find(|text| is_it(text));
    let mended = || typo::mended_heading(heading, pattern.as_str());
    let printed = printed.or_else(dated).map(Cow::from);
    printed.or_else(|| spelled().or_else(mended).map(Cow::from))
}

/// Headings that a pattern matches; a form of its own because often only a heading names a thing.
pub(crate) fn headings<'a>(form: &'a HeadingsForm, scope: &Scope<'a>) -> Found<'a> {
    let mut matches = Vec::new();
    let wants_section = scope.locator.wants("section");
    let under = (wants_section || scope.locator.wants("text")).then(|| Under::of(scope));
    let wants_year = scope.locator.wants("year");
    let wants_group = scope.locator.wants("group");
    let wants_posted = scope.locator.wants("posted");
    for (at, heading) in scope.outline.headings.iter().enumerate() {
        if !scope.admits(heading.parent) {
            continue;
        }
        let Some(said) = as_matched(&form.matches, &heading.text) else { continue };
        let Some(found) = form.matches.captures(&said) else { continue };
        let is_skipped = |skip: &Pattern| forms(&heading.text).any(|text| skip.is_match(text));
        if form.skip.as_ref().is_some_and(is_skipped) {
            continue;
        }
        // A box of the site that has nothing of the page's in it is no section of the page.
        if noise::is_box(&heading.text)
            && under.as_ref().is_some_and(|under| under.section(at).is_empty())
        {
            continue;
        }
        let mut matched = scope.begin(Some(at), format!("heading {}", at + 1), &heading.text);
        if *said != *heading.text {
            matched.replace("heading", said.clone().into_owned());
        }
        groups(&form.matches, &found, &mut matched);
        matched.at = heading.at;
        if let Some(under) = &under {
            matched.set("text", under.words(at));
            if wants_section {
                matched.set("section", under.section(at));
            }
        }
        if wants_year && let Some(year) = year(scope, heading.parent) {
            matched.set("year", year);
        }
        if wants_posted && let Some(posted) = posted(scope.outline, at) {
            matched.set("posted", posted);
        }
        if let Some(above) = heading.parent {
            matched.set("above", &*scope.outline.headings[above].text);
        }
        let group = |at| group(scope, at, Some(&form.matches));
        let group_of_parent = || group(heading.parent?);
        if wants_group && let Some(group) = group(at).or_else(group_of_parent) {
            matched.set("group", group);
        }
        matches.push(matched);
    }
    if matches.is_empty() {
        Err(format!("no heading matches `{}`", form.matches))
    } else {
        Ok(matches)
    }
}

/// The line under a heading that is its day and nothing else: "Posted June 11, 2026".
fn posted(outline: &Outline, at: usize) -> Option<&str> {
    const FIRST: usize = 3;
    static POSTED: LazyLock<Regex> =
        LazyLock::new(|| constant(r"^(?i:(?:posted|published|date|publié)(?: on| le)?:? )?(.+)$"));
    let blocks = outline.blocks.get(outline.headings[at].at..).unwrap_or_default();
    let own = blocks.iter().take(FIRST).take_while(|block| block.heading == Some(at));
    own.filter_map(Block::words).find_map(|words| {
        let day = POSTED.captures(words)?.get(1)?.as_str();
        date::day(day).map(|_| day)
    })
}

/// How many headings before one to search for the title of its group.
const GROUP: usize = 100;

/// The title of the group that a heading is in, if all headings have the same level: the last heading before
/// it with nothing of its own under it but plain words, such as what the group is for. A heading of `own` is one of
/// the group.
fn group<'a>(scope: &Scope<'a>, at: usize, own: Option<&Pattern>) -> Option<&'a str> {
    let outline = scope.outline;
    let headings = &outline.headings;
    let parent = headings[at].parent;
    let is_own = |n: usize| {
        let mut patterns = own.into_iter().chain(&scope.locator.under);
        patterns.any(|own| forms(&headings[n].text).any(|text| own.is_match(text)))
    };
    let is_title = |n: &usize| {
        let (this, next) = (&headings[*n], &headings[n + 1]);
        let between = outline.blocks.get(this.at..next.at).unwrap_or_default();
        let is_empty = between.iter().all(|block| block.words().is_some_and(str::is_empty));
        let is_plain = || between.iter().all(is_plain) && !is_own(*n);
        this.parent == parent && next.parent == parent && (is_empty || is_plain())
    };
    let before = (0..at).rev().take(GROUP).take_while(|n| Some(*n) != parent);
    before.into_iter().find(is_title).map(|n| &*headings[n].text)
}

/// Whether a block is words without a figure.
fn is_plain(block: &Block) -> bool {
    let is_figure = |c: char| c.is_ascii_digit();
    matches!(&block.kind, Kind::Paragraph(words) if !words.contains(is_figure))
}

/// The blocks directly under each heading. A notice with its own heading may be between two of them.
struct Under<'a> {
    blocks: &'a [Block],
    headings: &'a [Heading],
    page: &'a PageWords,
    /// The first block of each heading.
    first: Vec<Option<usize>>,
    /// For each block, the next one under the same heading.
    next: Vec<Option<usize>>,
}

impl<'a> Under<'a> {
    fn of(scope: &Scope<'a>) -> Self {
        let (outline, page) = (scope.outline, &scope.locator.page);
        let blocks = outline.blocks.as_slice();
        let mut first = vec![None; outline.headings.len()];
        let mut next = vec![None; blocks.len()];
        for (at, block) in blocks.iter().enumerate().rev() {
            if let Some(heading) = block.heading {
                next[at] = first[heading].replace(at);
            }
        }
        Self { blocks, headings: &outline.headings, page, first, next }
    }

    /// The words under a heading and under the headings below it, which come right after it, line by line.
    fn section(&self, heading: usize) -> String {
        let is_below = |at: &usize| self.headings[*at].parent.is_some_and(|over| over >= heading);
        let below = (heading + 1..self.headings.len()).take_while(is_below);
        let mut section = self.words(heading);
        for at in below {
            push_line(&mut section, &self.headings[at].text);
            let words = self.words(at);
            if !words.is_empty() {
                push_line(&mut section, &words);
            }
        }
        section
    }

    /// The words directly under a heading, line by line.
    fn words(&self, heading: usize) -> String {
        let blocks = std::iter::successors(self.first[heading], |at| self.next[*at]);
        let mut under = String::new();
        for words in blocks.filter_map(|at| words(&self.blocks[at])) {
            let words = noise::without_site_lines(stamp::without_lines(words, self.page));
            if !words.is_empty() {
                push_line(&mut under, &words);
            }
        }
        under
    }
}

fn words(block: &Block) -> Option<&str> {
    match &block.kind {
        Kind::Paragraph(text) | Kind::Item { text, .. } => Some(text),
        Kind::Table(_) => None,
    }
}

/// The year that the nearest heading above prints: "March 16" may be under "2026 updates".
fn year<'a>(scope: &Scope<'a>, heading: Option<usize>) -> Option<&'a str> {
    static YEAR: LazyLock<Regex> = LazyLock::new(|| constant(r"\b20\d\d\b"));
    // Real headings nest only a few levels deep; deeper ones are not searched.
    scope.outline.ancestors(heading).take(8).find_map(|at| {
        let heading = scope.outline.headings[at].text.as_str();
        YEAR.find(&heading[..heading.floor_char_boundary(200)]).map(|year| year.as_str())
    })
}

/// Sets the named groups of a pattern as cells.
pub(super) fn groups<'a>(pattern: &'a Regex, found: &regex::Captures<'_>, matched: &mut Match<'a>) {
    for name in pattern.capture_names().flatten() {
        if let Some(part) = found.name(name) {
            matched.set(name, part.as_str().to_owned());
        }
    }
}
