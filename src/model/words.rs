//! The words of a text, for comparisons where only the meaning counts: without case, accents or
//! punctuation, and with numbers written one way ([`meaning`]).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Facts, Value, meaning::meaning, text};

/// Enclose the words of a line that are read as a fact.
pub const TAKEN: [char; 2] = ['⟦', '⟧'];

/// Separates the cells of a table row that is written as a line.
pub const CELL: &str = " | ";

/// Separates the headings over a line where they are its key, the highest first.
pub const UNDER: &str = " > ";

/// A line as shown to a person.
#[must_use]
pub fn shown(line: &str) -> String {
    line.replace(TAKEN, "")
}

/// A word of a line, and whether it is read as a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word in its compared form.
    pub text: String,
    /// Whether it is read as a fact.
    pub taken: bool,
}

/// The words of a line, where [`TAKEN`] encloses what is read as a fact; without a leading list number
/// and without footnote marks.
#[must_use]
pub fn of_line(line: &str) -> Vec<Word> {
    let mut taken = Vec::new();
    for part in line.split(TAKEN[0]).skip(1) {
        taken.extend(words(part.split(TAKEN[1]).next().unwrap_or_default()));
    }
    let mut left: HashMap<&str, usize> = counted(&taken);
    let mut of_line = words(&without_marks(&shown(line)));
    let with = |text: String| {
        let n = left.get_mut(text.as_str()).filter(|n| **n > 0);
        let taken = n.is_some();
        if let Some(n) = n {
            *n -= 1;
        }
        Word { text, taken }
    };
    of_line.drain(..).map(with).collect()
}

/// A line without its leading number or letter and without footnote marks, which only say where the
/// line is.
pub(super) fn without_marks(line: &str) -> Cow<'_, str> {
    let line = without_number(line);
    if !line.contains('[') {
        return line.into();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('[') {
        let end = rest[at..].find(']').map(|end| at + end);
        let is_mark = |end: &usize| rest[at + 1..*end].chars().count() <= MARK;
        let next = end.filter(is_mark).map_or(at + 1, |end| end + 1);
        out.push_str(&rest[..at]);
        out.push_str(if next > at + 1 { " " } else { "[" });
        rest = &rest[next..];
    }
    out.push_str(rest);
    out.into()
}

/// The longest footnote mark, in characters.
const MARK: usize = 3;

/// Removes a leading number or letter from a line: `1. A heading`, `b) An item`, `(b) An item`.
#[must_use]
pub fn without_number(line: &str) -> &str {
    let enclosed = line
        .strip_prefix('(')
        .filter(|rest| rest.find(['.', ')', '(']).is_some_and(|at| rest[at..].starts_with(')')));
    let (whole, line) = (line, enclosed.unwrap_or(line));
    let Some(end) = line.find(['.', ')']).filter(|end| *end <= 3) else { return whole };
    let (number, rest) = (&line[..end], line[end + 1..].trim_start());
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        || number.len() == 1 && number.bytes().all(|b| b.is_ascii_lowercase());
    let is_apart = line[end + 1..].starts_with(char::is_whitespace);
    let begins = |c: char| c.is_alphabetic() || c == '$';
    if is_number && is_apart && rest.starts_with(begins) { rest } else { whole }
}

/// An item without the punctuation that joins it to the next one: "Trucking;", "Trucking, and", "Trucking." are
/// "Trucking".
#[must_use]
pub fn of_item(item: &str) -> &str {
    const END: [char; 4] = [';', ',', '.', ' '];
    let bare = item.trim_end_matches(END);
    let joint = [" and", " or", " et", " ou"].iter().find_map(|joint| bare.strip_suffix(joint));
    joint.filter(|bare| bare.ends_with([';', ','])).map_or(bare, |bare| bare.trim_end_matches(END))
}

/// A heading or a name as printed, without a colon or a star after it, and without a number before it: "1. Fees:" is
/// the heading "Fees", and so is "Fees*".
pub fn forms(heading: &str) -> impl Iterator<Item = &str> {
    let bare = without_number(heading);
    let open = |text: &str| text.trim_end_matches([':', ' ', '*', '†', '‡']).len();
    let all = [heading, &heading[..open(heading)], bare, &bare[..open(bare)]];
    let is_other = move |n: &usize| !all[*n].is_empty() && !all[..*n].contains(&all[*n]);
    (0..all.len()).filter(is_other).map(move |n| all[n])
}

/// The words of a text, in order: its letters and digits, and the signs that change the meaning of a
/// figure.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let line = meaning(text);
    let mut words: Vec<String> = Vec::new();
    let mut rest = line.as_str();
    while let Some(at) = rest.find(is_of_word) {
        rest = &rest[at..];
        let end = end_of(rest);
        let word = one(&rest[..end]);
        // "NOC 21231" is the code.
        if is_code(&word) {
            words.pop_if(|before| matches!(before.as_str(), "noc" | "cnp"));
        }
        words.push(word);
        rest = &rest[end..];
    }
    words
}

/// Whether a word is a code of an occupation.
fn is_code(word: &str) -> bool {
    word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a character can be part of a word.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '%' | '<' | '>' | '≥' | '≤' | '+')
}

/// Where the first word of a text ends: a sign is a word by itself, a number continues past its point.
fn end_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    loop {
        let rest = &text[end..];
        end += rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        if !(end > 0 && bytes.get(end) == Some(&b'.') && digit(end - 1) && digit(end + 1)) {
            break;
        }
        end += 1;
    }
    if end > 0 { end } else { text.chars().next().map_or(0, char::len_utf8) }
}

/// A word without accents.
fn one(word: &str) -> String {
    // A number keeps its point.
    let is_plain = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.');
    if is_plain {
        return word.to_owned();
    }
    let plain = text::slug(word);
    match plain.as_str() {
        _ if word.contains('.') => word.to_owned(),
        "" => word.to_owned(),
        _ => plain,
    }
}

/// How often each word appears in a text.
#[must_use]
pub fn counted(words: &[String]) -> HashMap<&str, usize> {
    let mut counted = HashMap::new();
    for word in words {
        *counted.entry(word.as_str()).or_default() += 1;
    }
    counted
}

/// Whether everything in `part` is in `whole`, at least as often.
#[must_use]
pub fn contains(whole: &[String], part: &[String]) -> bool {
    let of = counted(whole);
    counted(part).into_iter().all(|(word, n)| of.get(word).is_some_and(|has| *has >= n))
}

/// The words of `whole` that are not in `part`, each as often as it is missing there.
#[must_use]
pub fn without(whole: &[String], part: &[String]) -> Vec<String> {
    let mut left = counted(part);
    let mut rest = Vec::new();
    for word in whole {
        match left.get_mut(word.as_str()) {
            Some(n) if *n > 0 => *n -= 1,
            _ => rest.push(word.clone()),
        }
    }
    rest
}

/// The share of words that two texts have in common, in hundredths of the longer one.
#[must_use]
pub fn likeness(a: &[String], b: &[String]) -> usize {
    let shared = a.len() - without(a, b).len();
    shared * 100 / a.len().max(b.len()).max(1)
}

/// The phrases of a page: every run of up to three words. It does not record which lines they are on,
/// or the order of the lines.
#[derive(Debug, Clone, Default)]
pub struct Phrases(HashSet<u64>);

/// The field of a remainder that holds addresses, which are not read as words.
pub const LINKS: &str = "links";

/// The field of a remainder that holds the lines that are not about the page's subject. They are never news, and a
/// line that becomes one of them, or was one, is none either.
pub const NOISE: &str = "noise";

/// The record of a remainder that holds that field.
pub const NOISE_RECORD: &str = "(noise)";

/// The key of the lines of a page that stand before any heading.
pub const NO_HEADING: &str = "(no heading)";

/// The record of a remainder that holds what members of a JSON document say in place of what cannot be read.
pub const VALUES: &str = "(values)";

/// The longest run of words that is kept.
const RUN: usize = 3;

impl Phrases {
    /// Every phrase of a page: from the quotes its facts were read from, which may be cut, from their texts, and
    /// from its lines.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let mut phrases = Self::default();
        // The records of a row have one quote.
        let mut quotes = HashSet::new();
        for record in facts.values().flat_map(|set| set.records.values()) {
            if quotes.insert(&record.evidence.quote) {
                phrases.add(&words(&record.evidence.quote));
            }
            let said = || record.fields.iter().filter(|(name, _)| name.as_str() != LINKS);
            for (_, value) in said() {
                if let Value::Text(text) = value {
                    phrases.add(&words(text));
                }
            }
            let lines = said().flat_map(|(_, value)| value.clauses());
            phrases.add_lines(&lines.flat_map(|line| of_line(line)).collect::<Vec<_>>());
        }
        phrases
    }

    /// Adds consecutive words, including runs that cross the end of a line.
    pub fn add(&mut self, words: &[String]) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.add_runs(&words);
    }

    /// The same for words of which some are read as facts: once with these, and once with a placeholder
    /// for them.
    fn add_lines(&mut self, words: &[Word]) {
        self.add_runs(&words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>());
        if words.iter().any(|word| word.taken) {
            self.add_runs(&without_taken(words).0);
        }
    }

    fn add_runs(&mut self, words: &[&str]) {
        for length in 1..=RUN {
            self.0.extend(words.windows(length).map(hash));
        }
    }

    /// Whether every word of a line appears in the phrases next to the same neighbours.
    #[must_use]
    pub fn say(&self, line: &[String]) -> bool {
        self.known(&line.iter().map(String::as_str).collect::<Vec<_>>())
            .into_iter()
            .all(|known| known)
    }

    /// The same for a line with words that are read as facts. Those are not compared: another fact may
    /// appear among the same words.
    #[must_use]
    pub fn say_line(&self, line: &[Word]) -> bool {
        let full = self.known(&line.iter().map(|word| word.text.as_str()).collect::<Vec<_>>());
        let (rest, places) = without_taken(line);
        let rest = self.known(&rest);
        let mut all = line.iter().zip(full).zip(places);
        all.all(|((word, known), place)| word.taken || known || rest[place])
    }

    /// Which words of a line appear in the phrases next to the same neighbours.
    fn known(&self, line: &[&str]) -> Vec<bool> {
        let length = line.len().min(RUN);
        let mut known = vec![false; line.len()];
        if length > 0 {
            for (at, run) in line.windows(length).enumerate() {
                if self.0.contains(&hash(run)) {
                    known[at..at + length].fill(true);
                }
            }
        }
        known
    }
}

/// The words, with [`VALUE`] for each run that is read as facts, and the position of each word in the
/// result.
fn without_taken(words: &[Word]) -> (Vec<&str>, Vec<usize>) {
    let mut rest: Vec<&str> = Vec::with_capacity(words.len());
    let mut places = Vec::with_capacity(words.len());
    let mut was_taken = false;
    for word in words {
        if !(word.taken && was_taken) {
            rest.push(if word.taken { VALUE } else { &word.text });
        }
        was_taken = word.taken;
        places.push(rest.len() - 1);
    }
    (rest, places)
}

/// The placeholder for words that are read as a fact.
const VALUE: &str = "□";

fn hash(run: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(a: &str, b: &str) {
        assert_eq!(words(a), words(b));
    }

    #[test]
    fn what_means_the_same_has_the_same_words() {
        same("A fee of $1,000 (CAD)", "a fee of $1 000, CAD");
        same("TEER 0, 1, 2 or 3", "TEER 0, 1, 2, or 3");
        same("three years", "3 years");
        same("May 1st, 2026", "May 1, 2026");
        same("5-12 points", "5 to 12 points");
        same("l’étude", "L'etude");
        same("a fee of CAN$5", "a fee of 5 $");
        same("TEER 0 to 3", "TEER 0, 1, 2, or 3");
        same("12 percent", "12%");
        same("NOC 21231, NOC (21232) and NOC 2021", "21231, 21232 and NOC 2021");
        same("80 per cent of the time", "80% of the time");
        assert_eq!(words("$41.03 an hour; 12%"), ["41.03", "an", "hour", "12", "%"]);
        assert_eq!(words("60040* and 91a"), ["60040", "and", "91a"]);
    }

    #[test]
    fn what_means_another_thing_has_other_words() {
        assert_ne!(words("in 2026 100 places"), words("in 2,026,100 places"));
        assert_ne!(words("first 2 positions"), words("first 3 positions"));
        assert_ne!(words("$41.03"), words("$4,103"));
        assert_ne!(words("15 or more"), words("15 and more"));
    }

    #[test]
    fn one_text_is_in_another_word_by_word() {
        let all = words("at least 12 months of work in Canada");
        assert!(contains(&all, &words("12 months of work")));
        assert!(!contains(&all, &words("12 months of of work")));
        assert_eq!(without(&all, &words("at least 12 months of work")), ["in", "canada"]);
    }

    fn says(before: &str, line: &str) -> bool {
        let mut phrases = Phrases::default();
        phrases.add(&words(before));
        phrases.say(&words(line))
    }

    #[test]
    fn a_word_among_other_words_is_another() {
        let before = "the fee for the first 2 positions and the work permit";
        assert!(says(before, "The fee for the first 2 positions"));
        assert!(!says(before, "the first 3 positions and the work"));
        assert!(!says(before, "first 2 positions or the work permit"));
        assert!(says("one two\nthree four", "two three"));
        assert!(says(before, ""));
    }

    #[test]
    fn another_fact_among_the_same_words_is_no_other_line() {
        let mut phrases = Phrases::default();
        phrases.add_lines(&of_line("A fee of ⟦$1,000⟧ for each"));
        let says = |line: &str| phrases.say_line(&of_line(line));
        assert!(says("A fee of ⟦$1,100⟧ for each"));
        assert!(says("A fee of $1,000 for ⟦each⟧"));
        assert!(!says("A fee of $1,100 for each"));
        assert!(!says("A fee of ⟦$1,000⟧ for all"));
        assert_eq!(shown("A fee of ⟦$1,000⟧ for each"), "A fee of $1,000 for each");
    }

    #[test]
    fn a_number_before_a_heading_and_a_colon_after_it_are_no_part_of_it() {
        let forms = |text: &'static str| forms(text).collect::<Vec<_>>();
        assert_eq!(forms("1. Fees"), ["1. Fees", "Fees"]);
        assert_eq!(forms("12) Fees"), ["12) Fees", "Fees"]);
        assert_eq!(forms("2026. Fees"), ["2026. Fees"]);
        assert_eq!(forms("1.5 times"), ["1.5 times"]);
        assert_eq!(forms("Fees :"), ["Fees :", "Fees"]);
        assert_eq!(forms("1. Fees:"), ["1. Fees:", "1. Fees", "Fees:", "Fees"]);
        assert_eq!(forms("(b) Fees"), ["(b) Fees", "Fees"]);
        assert_eq!(forms("(new) Fees"), ["(new) Fees"]);
        assert_eq!(forms(":"), [":"]);
    }

    #[test]
    fn where_a_line_stands_is_not_what_it_says() {
        let said = |line: &str| of_line(line).into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(said("1. Who can apply [1]"), ["who", "can", "apply"]);
        assert_eq!(said("b) a job [note 12] or"), ["a", "job", "note", "12", "or"]);
        assert_eq!(said("(b) a job"), said("b) a job"));
        assert_eq!(said("(b) $3,200, if paid"), said("(b) CAN$3,200, if paid"));
        assert_eq!(said("12) 6 points"), ["12", "6", "points"]);
        assert_eq!(said("12.5 points [a"), ["12.5", "points", "a"]);
    }
}
