//! The words of a page line by line, in which a lost record or an announcement may stand.

use std::cell::OnceCell;

use crate::model::{
    FactSet, Record, RecordKey, Value,
    synonym::usual,
    text,
    words::{CELL, Phrases, likeness, words},
};

/// The longest words that are shown as found in a place, in characters.
pub(super) const SHOWN: usize = 200;

/// How alike, in hundredths, the words in a place must be to the former ones to be shown.
const NEAR: usize = 40;

/// How alike, in hundredths, a line must be to a quote to be that quote still.
pub(super) const SAME: usize = 75;

/// The most words of a line that is looked at part by part.
const LONG: usize = 300;

/// The words of a page, line by line, used to find what is close to a lost record, what nothing reads,
/// and what sentences announce. Computed on first use.
pub(super) struct Rest<'a> {
    lines: Box<dyn Fn() -> Vec<String> + 'a>,
    read: OnceCell<Vec<String>>,
    /// The words of each.
    words: OnceCell<Vec<Vec<String>>>,
    /// The paths of the members of a JSON document that nothing reads.
    members: Box<dyn Fn() -> Vec<String> + 'a>,
    paths: OnceCell<Vec<String>>,
}

impl<'a> Rest<'a> {
    /// `lines` gives the lines on first use.
    pub(super) fn new(lines: impl Fn() -> Vec<String> + 'a) -> Self {
        Self {
            lines: Box::new(lines),
            read: OnceCell::new(),
            words: OnceCell::new(),
            members: Box::new(Vec::new),
            paths: OnceCell::new(),
        }
    }

    /// The same for a JSON document: `members` gives the paths of those that nothing reads.
    pub(super) fn with(self, members: impl Fn() -> Vec<String> + 'a) -> Self {
        Self { members: Box::new(members), ..self }
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.read.get_or_init(|| (self.lines)()).iter().map(String::as_str)
    }

    /// The lines, each with its words.
    fn worded(&self) -> impl Iterator<Item = (&str, &[String])> {
        let words = self.words.get_or_init(|| self.lines().map(words).collect());
        self.lines().zip(words.iter().map(Vec::as_slice))
    }

    /// The line of the page that is most like the old quote.
    pub(super) fn nearest(&self, quote: &str) -> Option<String> {
        let quote = words(quote);
        let near = self.worded().map(|(line, words)| (likeness(words, &quote), line));
        let (how, line) = near.max_by_key(|(how, _)| *how)?;
        (how >= NEAR).then(|| text::excerpt(line, SHOWN))
    }

    /// Whether this is a line as it is shown, with nothing in it read.
    pub(super) fn has_line(&self, shown: &str) -> bool {
        self.lines().any(|line| text::excerpt(line, SHOWN) == shown)
    }

    /// How many lines have these words and no others.
    pub(super) fn count(&self, said: &[String]) -> usize {
        self.worded().filter(|(_, words)| *words == said).count()
    }

    /// Whether a line has these words one after another.
    pub(super) fn has(&self, said: &[String]) -> bool {
        self.worded().any(|(_, words)| has(words, said))
    }

    /// The lines that are no rows of tables.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.lines().filter(|line| !line.contains(CELL))
    }

    /// The lines that say more than is known, but for their figures.
    pub(super) fn new_lines(&self, known: &Phrases) -> impl Iterator<Item = &str> {
        let is_figure = |word: &String| word.bytes().any(|b| b.is_ascii_digit());
        let is_known = move |line: &[String]| line.split(is_figure).all(|said| known.say(said));
        self.worded().filter(move |(_, words)| !is_known(words)).map(|(line, _)| line)
    }

    /// The line that still says what a record was read from, in nearly its words.
    pub(super) fn says_still(&self, was: &Record) -> Option<String> {
        self.same_line(&was.evidence.quote).map(|line| text::excerpt(line, SHOWN))
    }

    /// The line that is new on the page and names a record.
    pub(super) fn names_anew(
        &self,
        set: &FactSet,
        record: &RecordKey,
        known: &Phrases,
    ) -> Option<String> {
        let said = said_of(set, record);
        let is_enough = match &said {
            Identity::Code(_) => true,
            Identity::Words(said) => said.iter().any(|word| word.len() >= LEAST),
        };
        let is_it = |line: &&str| stands_in(&words(line), &said);
        let line = self.new_lines(known).find(|line| is_enough && is_it(line))?;
        Some(text::excerpt(line, SHOWN))
    }

    /// Whether the words of a record are enough to find it wherever else it stands: they tell it from all others,
    /// or they stand nowhere on the page.
    pub(super) fn would_tell(&self, set: &FactSet, record: &RecordKey) -> bool {
        let said = said_of(set, record);
        let stands = || self.worded().any(|(_, words)| stands_in(words, &said));
        said.is_distinct() || !(said.is_wordless() || stands())
    }

    /// The unread line in which the key of a record still appears.
    pub(super) fn stands(&self, set: &FactSet, record: &RecordKey) -> Option<String> {
        let is_of = |path: &&String| is_in_path(record.as_str(), path);
        if let Some(path) = self.paths.get_or_init(|| (self.members)()).iter().find(is_of) {
            return Some(path.clone());
        }
        let wanted = said_of(set, record);
        // Words that others of the set have too, as draws of one stream do, tell none of them.
        let is_shared =
            || set.records.keys().any(|other| other != record && said_of(set, other) == wanted);
        let wanted = Some(&wanted).filter(|wanted| wanted.is_distinct() && !is_shared());
        let line =
            wanted.and_then(|wanted| self.worded().find(|(_, words)| stands_in(words, wanted)));
        let line = line.map(|(line, _)| line);
        let line = line.or_else(|| self.same_line(&set.records.get(record)?.evidence.quote))?;
        Some(text::excerpt(line, SHOWN))
    }

    /// The line that has all figures of a quote, and nearly all its words, or others that mean the same.
    fn same_line(&self, quote: &str) -> Option<&str> {
        let quote = usual(&whole_words(quote));
        let is_figure = |word: &&String| word.bytes().any(|b| b.is_ascii_digit());
        let has_figures =
            |line: &[String]| quote.iter().filter(is_figure).all(|figure| line.contains(figure));
        // Fewer words without a figure are said of many things.
        let is_enough = quote.iter().any(|word| is_figure(&word)) || quote.len() > 2 * LEAST;
        if !is_enough || quote.len() < 2 {
            return None;
        }
        let is_it = |line: &[String]| {
            let line = if has_figures(line) { usual(line) } else { return false };
            // A row of a word and a figure is said by no more and no less.
            if quote.len() < LEAST {
                return line == quote;
            }
            // A sentence may be a part of its line.
            let part = if line.len() > LONG { line.len() } else { quote.len().min(line.len()) };
            line.windows(part.max(1)).any(|part| likeness(part, &quote) >= SAME)
        };
        self.worded().find(|(_, words)| is_it(words)).map(|(line, _)| line)
    }

    /// The line that has nearly the words of a quote, whatever its figures are now, and that `names` says is of the
    /// same thing.
    pub(super) fn says_otherwise(
        &self,
        quote: &str,
        names: impl Fn(&str, &[String]) -> bool,
    ) -> Option<String> {
        let without_figures = |words: &[String]| -> Vec<String> {
            let is_figure = |word: &&String| word.bytes().any(|b| b.is_ascii_digit());
            usual(words).into_iter().filter(|word| !is_figure(&word)).collect()
        };
        let quote = without_figures(&whole_words(quote));
        let is_like = |words: &[String]| likeness(&without_figures(words), &quote) >= SAME;
        let mut lines = self.worded();
        let is_it = |(line, words): &(&str, &[String])| names(line, words) && is_like(words);
        let (line, _) = lines.find(is_it).filter(|_| quote.len() >= LEAST)?;
        Some(text::excerpt(line, SHOWN))
    }
}

/// Whether a path, `$.fees.bio.en`, leads through a member of this name, or of these if it is a path itself.
pub(super) fn is_in_path(name: &str, path: &str) -> bool {
    let mut ends = path.match_indices(name).map(|(at, _)| (at, at + name.len()));
    let is_end = |byte: Option<&u8>| matches!(byte, None | Some(b'.' | b'['));
    ends.any(|(from, to)| {
        let bytes = path.as_bytes();
        is_end(from.checked_sub(1).and_then(|at| bytes.get(at))) && is_end(bytes.get(to))
    })
}

/// What a page says of a record: a code in its key, or its words.
#[derive(PartialEq)]
enum Identity {
    Code(String),
    Words(Vec<String>),
}

impl Identity {
    /// Whether it tells a record from all others on a page, being more than a common value.
    fn is_distinct(&self) -> bool {
        match self {
            Self::Code(_) => true,
            Self::Words(said) => said.len() >= LEAST,
        }
    }

    fn is_wordless(&self) -> bool {
        matches!(self, Self::Words(said) if said.is_empty())
    }
}

fn said_of(set: &FactSet, record: &RecordKey) -> Identity {
    let is_code = |part: &&str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        digits >= 4 && digits == part.bytes().filter(u8::is_ascii_alphanumeric).count()
    };
    let parts: Vec<&str> = record.as_str().split('/').collect();
    // A day or a year is not a code: a page may mention one day many times.
    let is_day = |part: &str| {
        part.parse::<jiff::civil::Date>().is_ok() || (part.len() == 4 && part.starts_with("20"))
    };
    if let Some(code) = parts.iter().copied().filter(is_code).find(|part| !is_day(part)) {
        return Identity::Code(code.to_owned());
    }
    let title = ["title", "name", "label"].iter().find_map(|name| {
        let fields = &set.records.get(record)?.fields;
        let (_, value) = fields.iter().find(|(field, _)| field.as_str() == *name)?;
        if let Value::Text(title) = value { Some(words(title)) } else { None }
    });
    let of_key = || parts.last().map(|part| words(&part.replace('-', " ")));
    Identity::Words(title.or_else(of_key).unwrap_or_default())
}

/// Fewer words than these, and words of fewer letters, are said of many things.
const LEAST: usize = 3;

fn stands_in(line: &[String], wanted: &Identity) -> bool {
    match wanted {
        Identity::Code(code) => line.contains(code),
        Identity::Words(said) => has(line, said),
    }
}

/// The words of a text that may have been cut at its end: the last of a cut one is left out.
pub(super) fn whole_words(text: &str) -> Vec<String> {
    let mut words = words(text);
    if text.ends_with('…') {
        words.pop();
    }
    words
}

/// Whether a line has these words one after another.
pub(super) fn has(line: &[String], said: &[String]) -> bool {
    line.windows(said.len().max(1)).any(|part| part == said)
}
