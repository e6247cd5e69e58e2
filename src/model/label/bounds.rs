//! The figures of a label with the words that bound them: "5 years or more", "under 18", "CLB 4 or 5".

/// A figure of a label, or the range that it bounds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    Exactly(String),
    AtLeast(String),
    AtMost(String),
    Over(String),
    Under(String),
    Between(String, String),
}

type Kind = fn(String) -> Bound;

/// Words before a figure that bound it; of several that fit, the longest is meant.
const BEFORE: [(&[&str], Kind); 4] = [
    (
        &[
            "no less than",
            "not less than",
            "no fewer than",
            "not fewer than",
            "no lower than",
            "not lower than",
            "not below",
            "not under",
            "greater than or equal to",
            "more than or equal to",
            "equal to or greater than",
            "equal to or more than",
            "a minimum of",
            "minimum of",
            "minimum de",
            "minimum",
            "at least",
            "au moins",
            "au minimum",
            "≥",
        ],
        Bound::AtLeast,
    ),
    (
        &[
            "no more than",
            "not more than",
            "no greater than",
            "not greater than",
            "no higher than",
            "not higher than",
            "no older than",
            "not older than",
            "not above",
            "not over",
            "not exceeding",
            "less than or equal to",
            "equal to or less than",
            "a maximum of",
            "maximum of",
            "maximum de",
            "maximum",
            "at most",
            "up to",
            "au plus",
            "au maximum",
            "jusqu a",
            "jusqua",
            "≤",
        ],
        Bound::AtMost,
    ),
    (
        &[
            "less than",
            "fewer than",
            "younger than",
            "lower than",
            "under",
            "below",
            "moins de",
            "moins que",
            "inferieur a",
            "inferieure a",
            "<",
        ],
        Bound::Under,
    ),
    (
        &[
            "more than",
            "greater than",
            "higher than",
            "older than",
            "over",
            "above",
            "exceeding",
            "in excess of",
            "plus de",
            "superieur a",
            "superieure a",
            ">",
        ],
        Bound::Over,
    ),
];

/// Words after "or" that bound the figure before it.
const OR_MORE: [&str; 14] = [
    "more",
    "above",
    "higher",
    "better",
    "greater",
    "over",
    "older",
    "up",
    "upwards",
    "longer",
    "plus",
    "superieur",
    "superieure",
    "minimum",
];
const OR_LESS: [&str; 11] = [
    "less",
    "below",
    "lower",
    "fewer",
    "under",
    "younger",
    "shorter",
    "moins",
    "inferieur",
    "inferieure",
    "maximum",
];

/// Words between a bound and its figure: "less than CLB level 4".
const LEVELS: [&str; 6] = ["clb", "nclc", "level", "age", "the", "le"];

/// Takes the figures out of a label's words, each with the words that bound it. What is left are its other
/// words, units included.
pub(super) fn bounds(words: &[String]) -> (Vec<Bound>, Vec<String>) {
    let mut reader = Reader { words, at: 0, bounds: Vec::new(), rest: Vec::new() };
    while reader.at < words.len() {
        if !(reader.bounded_before() || reader.figure()) {
            reader.rest.push(words[reader.at].clone());
            reader.at += 1;
        }
    }
    reader.bounds.sort();
    (reader.bounds, reader.rest)
}

struct Reader<'w> {
    words: &'w [String],
    at: usize,
    bounds: Vec<Bound>,
    rest: Vec<String>,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    /// A figure whose bound is before it.
    fn bounded_before(&mut self) -> bool {
        let is_next = |phrase: &str| {
            phrase.split(' ').enumerate().all(|(n, word)| self.word(self.at + n) == word)
        };
        let all = BEFORE.iter().flat_map(|(phrases, kind)| phrases.iter().map(move |p| (*p, kind)));
        let fits = all.filter(|(phrase, _)| is_next(phrase));
        let count = |phrase: &str| phrase.split(' ').count();
        let Some((phrase, kind)) = fits.max_by_key(|(phrase, _)| count(phrase)) else {
            return false;
        };
        let from = self.at + count(phrase);
        let skipped = self.levels(from);
        let Some(figure) = self.figure_at(skipped) else { return false };
        let unit = self.units(skipped + 1);
        let bound = kind(figure);
        let is_of_age = phrase.contains("younger") || phrase.contains("older");
        let is_whole = is_of_age || self.is_whole(from, skipped, unit);
        let is_under = matches!(bound, Bound::Under(_));
        if is_under && self.rest.ends_with(&["none".to_owned(), "or".to_owned()]) {
            // "None or less than a year" is less than a year.
            self.rest.truncate(self.rest.len() - 2);
        }
        self.take(from, skipped, unit);
        self.bounds.push(if is_whole { in_whole(bound) } else { bound });
        true
    }

    /// A figure by itself, the end of a range, or one whose bound comes after it.
    fn figure(&mut self) -> bool {
        let Some(first) = self.figure_at(self.at) else { return false };
        let start = self.at;
        let unit = self.units(start + 1);
        if let Some((last, end)) = self.range(&first, start, unit) {
            self.take(start, start, unit);
            self.bounds.push(Bound::Between(first, last));
            self.at = end;
            return true;
        }
        let is_or = matches!(self.word(unit), "or" | "and" | "ou" | "et");
        let after = self.word(unit + usize::from(is_or)).to_owned();
        let is_end = matches!(&*after, "minimum" | "maximum") && self.figure_at(unit + 1).is_none();
        let mut end = unit;
        let bound = if self.word(start + 1) == "+" {
            Bound::AtLeast(first)
        } else if (is_or || is_end) && OR_MORE.contains(&&*after) {
            end = unit + 1 + usize::from(is_or);
            Bound::AtLeast(first)
        } else if (is_or || is_end) && OR_LESS.contains(&&*after) {
            end = unit + 1 + usize::from(is_or);
            Bound::AtMost(first)
        } else {
            Bound::Exactly(first)
        };
        self.take(start, start, unit);
        self.bounds.push(bound);
        self.at = end;
        true
    }

    /// The last figure of a range, and where it ends: "20 to 29", "1 year to 2 years", and next figures as in
    /// "4 or 5" or "0, 1, 2 or 3".
    fn range(&self, first: &str, start: usize, unit: usize) -> Option<(String, usize)> {
        let mut last = first.to_owned();
        let mut end = None;
        let mut next = unit;
        loop {
            let is_to = matches!(self.word(next), "to" | "through" | "a");
            // A category is one or the other, however they are joined.
            let is_teer = start.checked_sub(1).is_some_and(|at| self.word(at) == "teer");
            let is_and = is_teer && matches!(self.word(next), "and" | "et");
            let joins = is_to || is_and || matches!(self.word(next), "or" | "ou");
            let from = next + usize::from(joins);
            let at = self.levels(from);
            let Some(figure) = self.figure_at(at).filter(|_| joins || at == next) else { break };
            let after = self.units(at + 1);
            // "5 years or 6 months" is no range.
            let units = &self.words[start + 1..unit];
            let has_unit = !units.is_empty() && units != &self.words[at + 1..after];
            let is_next = whole(&figure).is_some_and(|n| whole(&last) == n.checked_sub(1));
            if has_unit || !(is_next || is_to && end.is_none()) {
                break;
            }
            last = figure;
            end = Some(at + 1);
            if is_to {
                break;
            }
            next = after;
        }
        Some((last, end?))
    }

    /// The figure at a position. "A year" is one year.
    fn figure_at(&self, at: usize) -> Option<String> {
        let word = self.word(at);
        let is_one = matches!(word, "a" | "an") && TIMES.contains(&self.word(at + 1));
        if is_one {
            return Some("1".to_owned());
        }
        word.contains(|c: char| c.is_ascii_digit()).then(|| word.to_owned())
    }

    fn levels(&self, at: usize) -> usize {
        let is_level = |at: &usize| LEVELS.contains(&self.word(*at));
        (at..self.words.len()).find(|at| !is_level(at)).unwrap_or(self.words.len())
    }

    /// Where the unit that begins here ends: "years of age", "years old", "+".
    fn units(&self, at: usize) -> usize {
        let mut end = at;
        loop {
            let skip = match self.word(end) {
                "+" if end == at => 1,
                word if TIMES.contains(&word) || matches!(word, "age" | "point") => 1,
                "per" if TIMES.contains(&self.word(end + 1)) => 2,
                "of" | "d" if self.word(end + 1) == "age" => 2,
                _ => return end,
            };
            end += skip;
        }
    }

    /// Whether a figure counts whole steps: an age in years, a level.
    fn is_whole(&self, from: usize, figure: usize, unit: usize) -> bool {
        let is_age = |word: &String| word == "age";
        let before = self.words[from..figure].iter();
        let before = before.chain(self.at.checked_sub(1).map(|at| &self.words[at]));
        let is_level = |word: &String| matches!(&**word, "clb" | "nclc" | "age");
        self.words[figure + 1..unit].iter().any(is_age) || before.into_iter().any(is_level)
    }

    /// Goes past a figure and its unit, and keeps the words on either side of the figure.
    fn take(&mut self, from: usize, figure: usize, unit: usize) {
        self.rest.extend_from_slice(&self.words[from..figure]);
        let is_word = |word: &&String| *word != "+";
        self.rest.extend(self.words[figure + 1..unit].iter().filter(is_word).cloned());
        self.at = unit;
    }
}

/// Units of time, as [`super::words_of`] writes them.
pub(super) const TIMES: [&str; 5] = ["year", "month", "week", "day", "hour"];

fn whole(figure: &str) -> Option<u32> {
    figure.parse().ok()
}

/// Under 18 is 17 or less where there is nothing between.
pub(super) fn in_whole(bound: Bound) -> Bound {
    let next = match &bound {
        Bound::Under(figure) => whole(figure).and_then(|n| n.checked_sub(1)).map(Bound::at_most),
        Bound::Over(figure) => whole(figure).and_then(|n| n.checked_add(1)).map(Bound::at_least),
        Bound::Exactly(_) | Bound::AtLeast(_) | Bound::AtMost(_) | Bound::Between(..) => None,
    };
    next.unwrap_or(bound)
}

impl Bound {
    fn at_most(figure: u32) -> Self {
        Self::AtMost(figure.to_string())
    }

    fn at_least(figure: u32) -> Self {
        Self::AtLeast(figure.to_string())
    }
}
