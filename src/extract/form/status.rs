//! Whether a stream takes applications, as its own page says it: "This stream is closed", "We are not accepting new
//! applications at this time", "Intake will be paused from January 15, 2027"; or in words that stand by themselves,
//! "Status: Closed".
//!
//! Cells: `status` (`open`, `paused`, `intake_closed` or `closed`), and `stream`, where a page is of several; `since` is
//! filled in by [`crate::extract`]'s `announced`, which knows today's date.
//!
//! The first sentence that says how it is counts; where none does and one says what comes, it is as it was. A sentence
//! is of the stream that it names. One that names none is of what the words before it are about, or the headings
//! over it; and if these name none, of the page's own stream.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::labelled::{self, Labelled};
use super::labels;
use super::sentences::parted;
use super::stated::{CLOSED, NAME, NOUN, NOUN_FR, OPEN, Said, goes_on, said, since};
use crate::extract::html::outline::{Heading, Kind};
use crate::extract::html::scope::Scope;
use crate::extract::matches::{Found, Match, StatedStatus};
use crate::extract::recipe::{Pattern, StatusForm, TriedOn};
use crate::extract::value::pattern::{Vocabulary, constant};
use crate::model::text::place_in;

/// How many paragraphs before a sentence may say what it is about.
const BEFORE: usize = 2;

pub(crate) fn find<'a>(form: &'a StatusForm, scope: &Scope<'a>) -> Found<'a> {
    let page = Page { form, scope };
    let mut matches = Vec::new();
    match form {
        StatusForm::Own(_) => {
            let of_page = page.said();
            let all = if of_page.is_empty() { page.said_in_headings() } else { of_page };
            matches.extend(matched(scope, &all));
        }
        StatusForm::Each { streams, all } => {
            let mut of_each: BTreeMap<&str, Vec<One<'a>>> = BTreeMap::new();
            let named = page.said_in_headings().into_iter().filter(|one| one.of.is_some());
            let (of_all, of_one): (Vec<_>, Vec<_>) = page
                .said()
                .into_iter()
                .chain(named)
                .partition(|one| one.of.as_ref().is_some_and(|of| is_of_all(all.as_ref(), of)));
            for one in of_one {
                for word in words_of(streams, one.of.as_deref().unwrap_or_default()) {
                    of_each.entry(word).or_default().push(one.clone());
                }
            }
            // That a program is open does not open each of its streams.
            for one in of_all.into_iter().filter(|one| one.state != OPEN || one.from.is_some()) {
                for (word, _) in streams.entries() {
                    of_each.entry(word).or_default().push(one.clone());
                }
            }
            for (word, said) in of_each {
                let Some(mut matched) = matched(scope, &said) else { continue };
                matched.set("stream", word);
                matched.stated.iter_mut().for_each(|stated| stated.is_alone = false);
                matches.push(matched);
            }
        }
    }
    if matches.is_empty() {
        return Err("no sentence says whether it takes applications".to_owned());
    }
    Ok(matches)
}

/// What all sentences about one stream say, the first of those that say how it is foremost.
fn matched<'a>(scope: &Scope<'a>, all: &[One<'a>]) -> Option<Match<'a>> {
    let now = all.iter().find(|one| one.from.is_none());
    let first = now.or(all.first())?;
    // That an intake ends is no news of what is paused or closed.
    let ends = |one: &One<'_>| {
        let is_of_it = |open: &One<'_>| open.state == OPEN && open.quote == one.quote;
        one.state == CLOSED && all.iter().any(is_of_it)
    };
    let is_shut = now.is_some_and(|now| now.state != OPEN);
    let dated = all.iter().filter(|one| !(is_shut && ends(one)));
    let dated: Vec<(Date, &'static str)> =
        dated.filter_map(|one| Some((one.from?, one.state))).collect();
    // What will be paused is open until then, for all that is known.
    let before = dated.iter().min().map(|(_, then)| if *then == OPEN { CLOSED } else { OPEN });
    let mut matched = scope.begin(first.heading, first.place.clone(), &first.quote);
    matched.at = first.at;
    matched.set("status", now.map(|now| now.state).or(before).unwrap_or(first.state));
    let until = all.iter().find_map(|one| Some((one.state, one.until?)));
    let is_implied = now.is_none();
    let is_of_intake = all.iter().all(|one| one.state == OPEN || ends(one));
    let (is_over, is_alone) = (true, true);
    matched.stated =
        Some(StatedStatus { is_implied, is_over, is_alone, is_of_intake, dated, until });
    Some(matched)
}

/// Whether words are a notice that says whether a stream takes applications.
pub(crate) fn is_notice(words: &str) -> bool {
    said(words).is_some()
}

/// Whether a line may say in words unknown here whether the page's own stream takes applications.
pub(crate) fn may_say(form: &StatusForm, line: &str) -> bool {
    static HINT: LazyLock<Regex> = LazyLock::new(|| {
        constant(concat!(
            r"(?i)\b(?:no|not|none|never|cannot|until|end|hold|met|cap|full|max|wind|wound)\b|clos|paus|suspen",
            "|capacit|accept|receiv|tak(?:e|ing)|consider|open|resum|reach|shut|discontin|cancel|revok|avail|stop|halt",
            "|ceas|intake|limit|quota|retir|expir|temporar|delay|postpon|defer|wait",
            "|ferm|attein|plafond|repren|rouvr",
        ))
    });
    let of_another = |sentence: &str| match form {
        StatusForm::Own(_) => about(form, sentence) == Some(Whose::Other),
        // A sentence that is read says nothing of another stream.
        StatusForm::Each { .. } => whose(form, said(sentence).and_then(|said| said.of)).is_some(),
    };
    parted(TriedOn::Sentence, line).any(|one| HINT.is_match(one) && !of_another(one))
}

/// Whose words for a thing are, if they name one.
fn whose(form: &StatusForm, of: Option<&str>) -> Option<Whose> {
    let of = of?;
    match form {
        StatusForm::Own(own) if own.is_match(of) => Some(Whose::Own),
        // The page's own stream is one of both, unless the words before say of which.
        StatusForm::Own(_) if is_of_all(None, of) => None,
        StatusForm::Own(_) => is_name(of).then_some(Whose::Other),
        StatusForm::Each { streams, all } => {
            let is_known = words_of(streams, of).next().is_some() || is_of_all(all.as_ref(), of);
            is_known.then_some(Whose::Own)
        }
    }
}

/// Whose a sentence is that begins with the name of a thing, or says of one whether it takes applications.
fn about(form: &StatusForm, sentence: &str) -> Option<Whose> {
    whose(form, thing_in(sentence))
}

/// The name of what a sentence says something of.
fn thing_in(sentence: &str) -> Option<&str> {
    let begins = || BEGINS.find(sentence).map(|name| name.as_str());
    let of = said(sentence).and_then(|said| said.of).filter(|of| is_name(of));
    of.or_else(begins)
}

/// What a sentence of the page says of its stream, and where.
#[derive(Clone)]
struct One<'a> {
    of: Option<Cow<'a, str>>,
    state: &'static str,
    from: Option<Date>,
    until: Option<Date>,
    quote: Cow<'a, str>,
    place: String,
    heading: Option<usize>,
    at: usize,
}

impl<'a> One<'a> {
    fn of(said: &Said<'a>, quote: &'a str, at: (String, Option<usize>, usize)) -> Self {
        let (place, heading, at) = at;
        let (of, quote) = (said.of.map(Cow::from), quote.into());
        let Said { state, from, until, .. } = *said;
        Self { of, state, from, until, quote, place, heading, at }
    }

    /// A state that stands by itself, and what will become of it.
    fn labelled(
        labelled: Labelled,
        (of, quote): (Option<String>, String),
        (place, heading, at): (String, Option<usize>, usize),
    ) -> impl Iterator<Item = Self> {
        let (of, quote) = (of.map(Cow::from), quote.into());
        let Labelled { state, from, until, then } = labelled;
        let one = Self { of, state, from, until, quote, place, heading, at };
        let then = then.map(|(from, state)| one.clone().then_of((from, state)));
        std::iter::once(one).chain(then)
    }

    /// What will become of the same thing.
    fn then(self, quote: &'a str, (from, state): (Date, &'static str)) -> Self {
        Self { quote: quote.into(), ..self.then_of((from, state)) }
    }

    fn then_of(self, (from, state): (Date, &'static str)) -> Self {
        Self { state, from: Some(from), until: None, ..self }
    }
}

/// Whose the words of a sentence are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The page's own stream's.
    Own,
    /// Another's.
    Other,
}

struct Page<'p, 'a> {
    form: &'p StatusForm,
    scope: &'p Scope<'a>,
}

impl<'a> Page<'_, 'a> {
    /// What the page says in sentences and in words that stand by themselves, in the order of the page.
    fn said(&self) -> Vec<One<'a>> {
        let mut all = self.said_in_blocks();
        all.extend(self.said_in_labels());
        all.extend(self.said_in_tables());
        all.extend(self.said_at_ends());
        all.sort_by_key(|one| one.at);
        all
    }

    /// What stands behind a label, or under a heading that is one.
    fn said_in_labels(&self) -> Vec<One<'a>> {
        let outline = self.scope.outline;
        let is_table = |at: usize| matches!(outline.blocks[at].kind, Kind::Table(_));
        let groups = labels::groups(self.scope);
        let labels =
            groups.iter().flat_map(|group| group.labels.iter().map(|l| (group.heading, l)));
        let mut all = Vec::new();
        for (heading, label) in labels.filter(|(_, label)| !is_table(label.at)) {
            let Some(state) = labelled::state(&label.value) else { continue };
            let Some(of) = self.labelled(&label.name, heading) else { continue };
            let place = (label.place(), heading, label.at);
            all.extend(One::labelled(state, (of, label.quote()), place));
        }
        for (at, block) in outline.blocks.iter().enumerate() {
            let over = block.heading.map(|at| &outline.headings[at]);
            let (Some(words), Some(over)) = (block.words(), over) else { continue };
            if !self.scope.admits(block.heading) {
                continue;
            }
            let (of, value) = if let Some((label, value)) = labelled::dashed(words) {
                (self.labelled(label, block.heading), value)
            } else if labelled::is_of_status(&over.text) {
                (self.labelled(&over.text, over.parent), words)
            } else if over.at == at && !outline.terms.iter().any(|term| term.at == at) {
                // A badge below the name of the stream.
                (block.heading.and_then(|n| self.entitled(n, &over.text)), words)
            } else {
                continue;
            };
            let said = labelled::state(value).zip(of);
            let place = (format!("block {}", at + 1), block.heading, at);
            all.extend(said.into_iter().flat_map(|(state, of)| {
                One::labelled(state, (of, words.to_owned()), place.clone())
            }));
        }
        all
    }

    /// What the row of a stream says in one of its cells.
    fn said_in_tables(&self) -> Vec<One<'a>> {
        let mut all = Vec::new();
        for (at, block) in self.scope.outline.blocks.iter().enumerate() {
            let Kind::Table(number) = block.kind else { continue };
            let grid = &self.scope.outline.tables[number];
            let rows = (0..grid.rows()).filter(|row| !grid.is_header(*row));
            for row in rows.filter(|_| self.scope.admits(block.heading)) {
                let cells = (1..grid.columns()).map(|column| grid.text(row, column));
                let Some(state) = cells.into_iter().find_map(labelled::state) else { continue };
                let Some(of) = self.labelled(grid.text(row, 0), block.heading) else { continue };
                let place = format!("table {}, row {}", number + 1, row + 1);
                let place = (place, block.heading, at);
                all.extend(One::labelled(state, (of, grid.quote(row)), place));
            }
        }
        all
    }

    /// What a heading says beside the name of the stream.
    fn said_at_ends(&self) -> Vec<One<'a>> {
        let headings = self.scope.outline.headings.iter().enumerate();
        let read = |(n, heading): (usize, &Heading)| {
            let (name, state) = labelled::beside_a_name(&heading.text)?;
            let of = self.entitled(n, name)?;
            let place = (format!("heading {}", n + 1), Some(n), heading.at);
            Some(One::labelled(state, (of, heading.text.clone()), place))
        };
        headings.filter(|(_, h)| self.scope.admits(h.parent)).filter_map(read).flatten().collect()
    }

    /// The stream that a label is of: the one that it names or stands under. `None` if the page is of no such stream, and
    /// `Some(None)` if it is the page's own.
    fn labelled(&self, label: &str, heading: Option<usize>) -> Option<Option<String>> {
        if !labelled::is_of_status(label) {
            return self.named(label);
        }
        match self.form {
            StatusForm::Own(own) => self.is_own(own, heading).then_some(None),
            StatusForm::Each { .. } => {
                let of = self.of_several(heading).filter(|(_, is_of_notice)| *is_of_notice);
                of.map(|(of, _)| Some(of.to_owned()))
            }
        }
    }

    /// The streams of which words under a heading are, on a page of several: the one that it or one over it names, or all
    /// that the page is of; and whether the headings in between say no more than that it is a notice.
    fn of_several(&self, heading: Option<usize>) -> Option<(&'a str, bool)> {
        let outline = self.scope.outline;
        let mut is_notice = true;
        for at in outline.ancestors(heading) {
            let words = outline.headings[at].text.as_str();
            if self.named(words).is_some() {
                return Some((words, is_notice));
            }
            if self.is_main(at) {
                break;
            }
            if is_of_another(words) {
                return None;
            }
            is_notice &= is_of_notice(words);
        }
        is_notice.then_some((ALL_STREAMS, true))
    }

    /// Whether a label under a heading is of the page's own stream: the headings over it say no more than that it is a
    /// notice, until one has its name or is the page's.
    fn is_own(&self, own: &Pattern, heading: Option<usize>) -> bool {
        let outline = self.scope.outline;
        let over = outline.ancestors(heading).find_map(|at| {
            let words = outline.headings[at].text.as_str();
            if own.is_match(words) {
                return Some(true);
            }
            let (is_other, is_of_page) = (is_of_another(words), self.is_main(at));
            let decides = is_other || is_of_page || !is_of_notice(words);
            decides.then_some(!is_other && is_of_page)
        });
        over.unwrap_or(true)
    }

    /// Whether a heading is the page's.
    fn is_main(&self, heading: usize) -> bool {
        let outline = self.scope.outline;
        let begins = outline.begins.unwrap_or_default();
        outline.headings.iter().position(|one| one.at >= begins) == Some(heading)
    }

    /// The stream that a heading is the title of, without the state beside its name.
    fn entitled(&self, heading: usize, name: &str) -> Option<Option<String>> {
        let of_page = || match self.form {
            StatusForm::Own(_) => (!names_a_thing(name)).then_some(None),
            StatusForm::Each { .. } => Some(Some(ALL_STREAMS.to_owned())),
        };
        self.named(name).or_else(|| of_page().filter(|_| self.is_main(heading)))
    }

    /// The same, of a name.
    fn named(&self, name: &str) -> Option<Option<String>> {
        match self.form {
            StatusForm::Own(own) => own.is_match(name).then_some(None),
            StatusForm::Each { streams, .. } => {
                words_of(streams, name).next().map(|_| Some(name.to_owned()))
            }
        }
    }

    fn said_in_blocks(&self) -> Vec<One<'a>> {
        let mut all: Vec<One<'a>> = Vec::new();
        for (at, block) in self.scope.outline.blocks.iter().enumerate() {
            let Some(words) = block.words().filter(|_| self.scope.admits(block.heading)) else {
                continue;
            };
            let mut last: Option<One<'a>> = None;
            for sentence in parted(TriedOn::Sentence, words) {
                let Some(said) = said(sentence) else {
                    let (one, then) = (last.take(), goes_on(sentence));
                    if let (Some(_), Some(day), Some(said)) =
                        (&one, since(sentence), all.last_mut())
                    {
                        said.from = said.from.or(Some(day));
                    }
                    all.extend(one.zip(then).map(|(one, then)| one.then(sentence, then)));
                    continue;
                };
                let before = || self.before(at, sentence).or_else(|| self.over(block.heading));
                if whose(self.form, said.of).or_else(before) == Some(Whose::Other) {
                    last = None;
                    continue;
                }
                let place = format!("block {}", at + 1);
                let mut one = One::of(&said, sentence, (place, block.heading, at));
                if self.is_unnamed(said.of) {
                    let of = match self.in_sentences_before(at, sentence, thing_in) {
                        Some(named) => whose(self.form, Some(named)).map(|_| named),
                        None => self.of_several(block.heading).map(|(of, _)| of),
                    };
                    one.of = of.filter(|of| may_be_of(said.of, of)).map(Cow::from);
                }
                all.extend(said.then.map(|then| one.clone().then(sentence, then)));
                all.push(one.clone());
                last = Some(one);
            }
        }
        all
    }

    fn said_in_headings(&self) -> Vec<One<'a>> {
        let headings = self.scope.outline.headings.iter().enumerate();
        let headings = headings.filter(|(_, heading)| self.scope.admits(heading.parent));
        let read = |(n, heading): (usize, &'a Heading)| {
            let quote = heading.text.as_str();
            let said = said(quote)?;
            let whose = whose(self.form, said.of).or_else(|| self.over(heading.parent));
            let place = format!("heading {}", n + 1);
            let mut one = One::of(&said, quote, (place, Some(n), heading.at));
            if self.is_unnamed(said.of) {
                let of = self.of_several(heading.parent).map(|(of, _)| of);
                one.of = of.filter(|of| may_be_of(said.of, of)).map(Cow::from);
            }
            (whose != Some(Whose::Other)).then_some(one)
        };
        headings.filter_map(read).collect()
    }

    /// Whether words for a thing on a page of several streams name none: they are of what stands before or over them.
    fn is_unnamed(&self, of: Option<&str>) -> bool {
        matches!(self.form, StatusForm::Each { .. })
            && whose(self.form, of).is_none()
            && !of.is_some_and(is_name)
    }

    /// What the sentences before one are about: those of its paragraph, then of the paragraphs before it.
    fn before(&self, at: usize, sentence: &str) -> Option<Whose> {
        self.in_sentences_before(at, sentence, |sentence| about(self.form, sentence))
    }

    fn in_sentences_before<T>(
        &self,
        at: usize,
        sentence: &str,
        find: impl Fn(&'a str) -> Option<T>,
    ) -> Option<T> {
        let blocks = &self.scope.outline.blocks;
        let own = blocks[at].words()?;
        let end = place_in(own, sentence);
        let earlier = blocks[..at].iter().rev().take(BEFORE);
        let earlier = earlier.take_while(|block| block.heading == blocks[at].heading);
        let texts = std::iter::once(&own[..own.floor_char_boundary(end)]);
        texts.chain(earlier.filter_map(|block| block.words())).find_map(|text| {
            let sentences: Vec<&str> = parted(TriedOn::Sentence, text).collect();
            sentences.into_iter().rev().find_map(&find)
        })
    }

    /// Whose the nearest heading is that names a thing.
    fn over(&self, heading: Option<usize>) -> Option<Whose> {
        let outline = self.scope.outline;
        outline.ancestors(heading).find_map(|at| {
            let words = outline.headings[at].text.as_str();
            let is_its = match self.form {
                StatusForm::Own(own) => own.is_match(words),
                StatusForm::Each { .. } => self.named(words).is_some() || self.is_main(at),
            };
            if is_its {
                return Some(Whose::Own);
            }
            names_a_thing(words).then_some(Whose::Other)
        })
    }
}

/// The name of a thing at the beginning of a sentence, and anywhere.
static BEGINS: LazyLock<Regex> =
    LazyLock::new(|| constant(&format!(r"(?i)^(?:the |this |our )?{NAME} {NOUN}\b")));
static NAMED: LazyLock<Regex> = LazyLock::new(|| constant(&format!(r"(?i)\b{NAME} {NOUN}\b")));

/// Whether a heading says no more than that a notice stands under it.
fn is_of_notice(heading: &str) -> bool {
    static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
        constant(
            r"(?i)\b(?:notice|update|status|intake|apply|applications?|important|overview|about|alert|avis|mise à jour)\b",
        )
    });
    NOTICE.is_match(heading)
}

/// Whether what stands under a heading is of something else than the page.
fn is_of_another(heading: &str) -> bool {
    static NOT_ITS: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)\b(?:your|other|votre)\b"));
    names_a_thing(heading) || NOT_ITS.is_match(heading)
}

/// Whether the name of a thing is among words.
fn names_a_thing(words: &str) -> bool {
    NAMED.find_iter(words).any(|name| is_name(name.as_str()))
}

/// Whether words are for all streams together: `both streams`, `all our pathways`, or what they are called.
fn is_of_all(all: Option<&Pattern>, of: &str) -> bool {
    static ALL: LazyLock<Regex> = LazyLock::new(|| constant(r"^(?:[Bb]oth|[Aa]ll)\b[^A-Z0-9]*$"));
    static SOME: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)\bothers?\b"));
    all.is_some_and(|all| all.is_match(undetermined(of)))
        || (ALL.is_match(of) && !SOME.is_match(of))
}

/// Words for all streams of a page.
const ALL_STREAMS: &str = "all streams";

/// Whether words that name nothing may be for these streams: "this stream" is one, and "this program" is all.
fn may_be_of(unnamed: Option<&str>, streams: &str) -> bool {
    static PROGRAM: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)\bprogram(?:me)?s?\b"));
    streams != ALL_STREAMS || unnamed.is_none_or(|of| PROGRAM.is_match(of))
}

/// The words of the streams that are named: `the Farm Stream and the Care Pathway` are two.
fn words_of<'v>(streams: &'v Vocabulary, of: &str) -> impl Iterator<Item = &'v str> {
    let named = of.split(" and ").map(undetermined);
    named.filter_map(|name| streams.word(name)).collect::<BTreeSet<_>>().into_iter()
}

/// Words for a thing without `the`, `this` or `our` before them.
fn undetermined(of: &str) -> &str {
    let of = of.trim();
    let (first, rest) = of.split_once(' ').unwrap_or((of, ""));
    let is_determiner =
        ["both", "the", "this", "our"].iter().any(|word| first.eq_ignore_ascii_case(word));
    if is_determiner { undetermined(rest) } else { of }
}

/// Whether words for a thing have a name in them: `the Farm Stream`, and not `This stream`.
fn is_name(of: &str) -> bool {
    static NOUN_ALONE: LazyLock<Regex> =
        LazyLock::new(|| constant(&format!("(?i)^(?:{NOUN}|{NOUN_FR})$")));
    static DETERMINER: LazyLock<Regex> =
        LazyLock::new(|| constant("(?i)^(?:the|this|our|les?|la|cet(?:te)?|ce|notre)$"));
    let of = of.trim();
    let (first, rest) = of.split_once(' ').unwrap_or((of, ""));
    let is_determiner = DETERMINER.is_match(first);
    let words = if is_determiner { rest } else { of };
    let mut words = words.split(' ').filter(|word| !NOUN_ALONE.is_match(word));
    words.any(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()))
}
