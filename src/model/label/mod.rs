//! Labels: what they mean, whether one is another re-spelled, and whether two say another rule.
//!
//! "30 years of age", "Age 30" and "30 years old" are one label; so are "5 years or more" and "At least 5
//! years". "Under 18" is not "18", nor is "2 years or more" "2 years": a figure, its bound, a qualifier and an
//! alternative are part of the rule, whatever the words around them.

mod bounds;
mod country;
mod likeness;

pub use country::turned;
pub(super) use likeness::likeness;
pub use likeness::{are_forms, has_other_letter, is_slip};

use self::bounds::{Bound, TIMES, bounds, in_whole};
use super::{
    Language, meaning::meaning, province, qualifier::qualified, synonym::usual, text,
    words::without_number,
};

/// A label in its compared form, in which the order of words does not matter.
#[derive(Debug)]
struct Label {
    /// Its figures with what bounds them.
    bounds: Vec<Bound>,
    qualifiers: Vec<&'static str>,
    /// The words of its subject, and words that come and go: units, "fee", "level".
    subject: Vec<String>,
    general: Vec<String>,
    /// Words that say nothing by themselves.
    small: Vec<String>,
    /// Whether it speaks of age, which no other word can stand for.
    is_of_age: bool,
    /// How many alternatives it joins, and how many additions.
    ors: usize,
    ands: usize,
}

impl Label {
    fn of(label: &str) -> Self {
        let (bounds, rest) = bounds(&usual(&country::named(words_of(label))));
        let (mut qualifiers, mut subject) = qualified(&rest);
        let count =
            |words: [&str; 2]| subject.iter().filter(|word| words.contains(&&***word)).count();
        let (ors, ands) = (count(["or", "ou"]), count(["and", "et"]));
        qualifiers.extend(TURNS.into_iter().filter(|turn| subject.iter().any(|word| word == turn)));
        subject.retain(|word| !TURNS.contains(&&**word));
        let is_small = |word: &String| SMALL.contains(&word.as_str());
        let (small, subject): (Vec<String>, Vec<String>) = subject.into_iter().partition(is_small);
        let is_general = |word: &String| GENERAL.contains(&word.as_str());
        let (mut general, mut subject): (Vec<String>, Vec<String>) =
            subject.into_iter().partition(is_general);
        let is_of_age = general.iter().any(|word| word == "age");
        // Years by themselves may be of age.
        general.iter_mut().filter(|word| *word == "age").for_each(|word| "year".clone_into(word));
        qualifiers.sort_unstable();
        subject.sort_unstable();
        general.sort_unstable();
        general.dedup();
        Self { bounds, qualifiers, subject, general, small, is_of_age, ors, ands }
    }

    /// Whether what is a rule in two labels is another: a figure or its bound; and where the one has no other
    /// word that the other lacks, a qualifier, or an alternative that is dropped or made a condition.
    fn is_another_rule(&self, other: &Self) -> bool {
        let lacks = |a: &Self, b: &Self| a.subject.iter().any(|word| !b.subject.contains(word));
        let (lost, came) = (lacks(self, other), lacks(other, self));
        let is_turned = self.ors != other.ors && (lost || came || self.ands != other.ands);
        let is_reworded = lost && came;
        !self.is_bounded_as(other)
            || !is_reworded && (is_turned || self.qualifiers != other.qualifiers)
    }

    /// Whether the figures are bounded alike. An age is counted in whole years also where only one of the labels
    /// says that it is one: "Under 18" is "17 years of age or less".
    fn is_bounded_as(&self, other: &Self) -> bool {
        let whole =
            |label: &Self| label.bounds.iter().cloned().map(in_whole).collect::<Vec<Bound>>();
        self.bounds == other.bounds
            || (self.is_of_age || other.is_of_age) && whole(self) == whole(other)
    }

    /// Whether one of two labels has all words of the other, and both the same qualifiers.
    fn is_in_or_has(&self, other: &Self) -> bool {
        let has_all = |long: &Self, short: &Self| {
            let is_in = |words: fn(&Self) -> &[String]| {
                words(short).iter().all(|word| words(long).contains(word))
            };
            !short.subject.is_empty()
                && is_in(|label| &label.subject)
                && is_in(|label| &label.general)
        };
        self.qualifiers == other.qualifiers && (has_all(self, other) || has_all(other, self))
    }

    /// Whether two labels mean the same in the same words.
    fn is_equal(&self, other: &Self) -> bool {
        let lacks = |a: &[String], b: &[String]| a.iter().any(|word| !b.contains(word));
        let is_replaced =
            lacks(&self.general, &other.general) && lacks(&other.general, &self.general);
        self.is_bounded_as(other)
            && self.subject == other.subject
            && !is_replaced
            && !self.is_another_rule(other)
    }
}

/// Whether two labels of one record say different rules: another figure or bound, and in words that are
/// otherwise the same, another qualifier or alternative.
#[must_use]
pub fn is_another_rule(a: &str, b: &str) -> bool {
    Label::of(a).is_another_rule(&Label::of(b)) && !is_misspelt(a, b)
}

/// Whether two labels are the same word for word, but for letters wrong in some of the words.
#[must_use]
pub fn is_misspelt(a: &str, b: &str) -> bool {
    likeness::differ_in_letters(&words_of(a), &words_of(b))
}

/// Whether one of two titles may be the other re-spelled, and names the same people.
#[must_use]
pub fn is_alike(a: &str, b: &str) -> bool {
    likeness(a, b).is_some() && !differ_in_limits(a, b)
}

/// Whether the brackets of only one of two titles, or of each in other words, limit it to some of whom it names:
/// "Teachers (French-speaking only)".
#[must_use]
pub fn differ_in_limits(a: &str, b: &str) -> bool {
    limits(a) != limits(b)
}

/// The words of the brackets that limit a title.
fn limits(title: &str) -> Vec<Vec<String>> {
    let inside = title.split('(').skip(1).filter_map(|rest| rest.split_once(')'));
    let words = inside.map(|(inside, _)| words_of(inside));
    words.filter(|words| qualified(words).0.contains(&"only")).collect()
}

/// Whether one of two names is the other with a remark behind it that says more of it: "Dosimetrist (radiation)",
/// "Skilled Worker - paused". A short form of the name, or where a note is, says no more.
#[must_use]
pub fn is_remarked(a: &str, b: &str) -> bool {
    let (short, long) =
        if a.len() <= b.len() { (a.trim(), b.trim()) } else { (b.trim(), a.trim()) };
    let behind = long.get(..short.len()).filter(|start| start.eq_ignore_ascii_case(short));
    let Some(behind) = behind.map(|_| &long[short.len()..]) else { return false };
    let signs = [" (", " - ", " – ", " — "];
    let Some(remark) = signs.iter().find_map(|sign| behind.strip_prefix(sign)) else {
        return false;
    };
    let is_word = |word: &&str| word.chars().filter(|c| c.is_lowercase()).count() > 2;
    let first = remark.split_whitespace().next().unwrap_or_default().to_lowercase();
    !short.is_empty()
        && !matches!(first.as_str(), "see" | "voir" | "note" | "notes")
        && remark.split(|c: char| !c.is_alphanumeric()).any(|word| is_word(&word))
}

/// Whether two labels are of one subject and say another rule of it: "2 years", "2 years or more".
#[must_use]
pub fn is_restated(a: &str, b: &str) -> bool {
    let (a, b) = (Label::of(a), Label::of(b));
    a.subject == b.subject && a.is_another_rule(&b)
}

/// Whether one of two labels has all words of the other, and says no other rule: "Job offer (employment offer)",
/// "Employment offer".
#[must_use]
pub fn is_within(a: &str, b: &str) -> bool {
    let (a, b) = (Label::of(a), Label::of(b));
    (a.ors, a.ands) == (b.ors, b.ands) && !a.is_another_rule(&b) && a.is_in_or_has(&b)
}

/// Whether one of two labels names what the other does, and joins something to it: "Technology", "Technology and
/// innovation".
#[must_use]
pub fn is_extended(a: &str, b: &str) -> bool {
    let (a, b) = (Label::of(a), Label::of(b));
    (a.ors, a.ands) != (b.ors, b.ands) && a.is_bounded_as(&b) && a.is_in_or_has(&b)
}

/// Whether two names are of one thing, and one says more of it than its spelling: it joins something to it, or in a
/// list that has nothing but names, it has another word.
#[must_use]
pub fn says_more(a: &str, b: &str, is_all: bool) -> bool {
    (is_extended(a, b) || is_all && is_within(a, b)) && likeness(a, b).is_none()
}

/// Whether two labels mean the same: the same words and bounds, without order, articles, and words like "fee"
/// or "years of age" that only one of them has.
#[must_use]
pub fn is_equal(a: &str, b: &str) -> bool {
    Label::of(a).is_equal(&Label::of(b))
}

/// Whether two labels differ in days alone, which one of them may lack: "Pilot (until March 31, 2027)". A day says
/// until or from when a thing is so, not what it is; one at the beginning says of which day it is.
#[must_use]
pub fn differ_in_days(a: &str, b: &str) -> bool {
    let is_of_a_day = |label: &str| meaning(label).split(' ').next().is_some_and(is_day);
    if is_of_a_day(a) && is_of_a_day(b) {
        return false;
    }
    let (was, is) = (without_days(a), without_days(b));
    let has_day = was.is_some() || is.is_some();
    let words = |label: &str, rest: Option<String>| {
        let rest = rest.map_or_else(|| words_of(label), |rest| words_of(&rest));
        let mut words: Vec<String> = rest.into_iter().filter(|word| !is_of_day(word)).collect();
        words.sort_unstable();
        words
    };
    let (was, is) = (words(a, was), words(b, is));
    has_day && was == is && !was.is_empty()
}

/// A label without its days, if it has any.
fn without_days(label: &str) -> Option<String> {
    let meaning = meaning(label);
    let mut rest: Vec<&str> = meaning.split(' ').collect();
    let before = rest.len();
    rest.retain(|word| !is_day(word.trim_matches(|c: char| !c.is_ascii_digit())));
    (rest.len() < before).then(|| rest.join(" "))
}

/// Whether a word is a day in figures, as [`meaning()`] writes it: `2027-03-31`.
fn is_day(word: &str) -> bool {
    let mut parts = word.split('-');
    let is_figures = |part: Option<&str>, length: usize| {
        part.is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
    };
    is_figures(parts.next(), 4)
        && is_figures(parts.next(), 2)
        && is_figures(parts.next(), 2)
        && parts.next().is_none()
}

/// Whether a word only leads to a day, or says nothing without one.
fn is_of_day(word: &str) -> bool {
    const LEADS: [&str; 22] = [
        "until",
        "till",
        "through",
        "up",
        "by",
        "on",
        "as",
        "from",
        "since",
        "starting",
        "effective",
        "beginning",
        "end",
        "ends",
        "ending",
        "expires",
        "valid",
        "extended",
        "jusqu",
        "au",
        "partir",
        "compter",
    ];
    LEADS.contains(&word) || SMALL.contains(&word)
}

/// Words that come and go without changing the meaning.
const SMALL: [&str; 22] = [
    "a", "an", "and", "the", "of", "for", "in", "or", "to", "by", "from", "n", "c", "et", "ou",
    "de", "du", "des", "d", "la", "le", "les",
];

/// Words that turn a label round or narrow it.
const TURNS: [&str; 5] = ["no", "without", "unless", "per", "sans"];

/// Words that a label may do without, where no other takes their place: units, what a place is, the zone of a time.
const GENERAL: [&str; 27] = [
    "year",
    "month",
    "week",
    "day",
    "hour",
    "age",
    "level",
    "fee",
    "city",
    "town",
    "village",
    "municipality",
    "county",
    "greater",
    "ville",
    "nst",
    "ndt",
    "ast",
    "adt",
    "est",
    "edt",
    "cst",
    "cdt",
    "mst",
    "mdt",
    "pst",
    "pdt",
];

/// The words of a label in order, without accents, each in the form that its synonyms have too.
fn words_of(label: &str) -> Vec<String> {
    let label = without_number(label).to_lowercase();
    let mut words: Vec<String> = Vec::new();
    let mut cut = cut(&meaning(&apart(&label))).into_iter().peekable();
    while let Some(word) = cut.next() {
        let last = words.last().map_or("", String::as_str);
        let is_after_figure = last.ends_with(|c: char| c.is_ascii_digit());
        let is_after_measure = is_after_figure || TIMES.contains(&last) || last == "point";
        let is_time = |word: Option<&String>| word.is_some_and(|word| is_time(word));
        match word.as_str() {
            // "$40/hour", "$40 an hour", "30 hours a week", "25 $ de l'heure"
            "/" if is_time(cut.peek()) => words.push("per".to_owned()),
            "/" => {}
            "a" | "an" | "each" | "every" if is_after_measure && is_time(cut.peek()) => {
                words.push("per".to_owned());
            }
            // "$40k of earnings in a year"
            "a" | "an" if last == "in" && words.len() > 2 && is_time(cut.peek()) => {
                words.pop();
                words.push("per".to_owned());
            }
            "de" if is_after_figure && cut.peek().is_some_and(|next| next == "l") => {}
            "l" if is_after_figure && is_time(cut.peek()) => words.push("per".to_owned()),
            "hourly" if is_after_figure => words.extend(["per".to_owned(), "hour".to_owned()]),
            // "9:00 a.m." is "9 am".
            "a" | "p" if is_after_figure && cut.next_if(|next| next == "m").is_some() => {
                push_half(&mut words, if word == "a" { "am" } else { "pm" });
            }
            "am" | "pm" if is_after_figure => push_half(&mut words, &word),
            "h" if is_after_measure || last == "per" => words.push("hour".to_owned()),
            "an" if is_after_figure => words.push("year".to_owned()),
            word => words.push(synonym(word).to_owned()),
        }
    }
    join_letters(&mut words);
    // "London, ON" is "London (Ontario)".
    if words.len() > 1
        && let Some(name) = words.last().and_then(|last| province(short(last), Language::En))
    {
        words.pop();
        let name: Vec<String> = name.to_lowercase().split(' ').map(str::to_owned).collect();
        // "Prince Edward Island (PEI)" says it twice.
        if !words.ends_with(&name) {
            words.extend(name);
        }
    }
    words
}

/// Joins the letters at the end of a label that are a province: "St. John's, N.L."
fn join_letters(words: &mut Vec<String>) {
    let letters = words.iter().rev().take_while(|word| word.len() == 1).count();
    for from in words.len() - letters.min(3)..words.len().saturating_sub(1) {
        let code = words[from..].concat();
        if from > 0 && province(short(&code), Language::En).is_some() {
            words.truncate(from);
            words.push(code);
            return;
        }
    }
}

/// Adds the half of the day to a time, without the minutes of a full hour.
fn push_half(words: &mut Vec<String>, half: &str) {
    let is_figure = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
    if words.last().is_some_and(|last| last == "00")
        && words.iter().rev().nth(1).is_some_and(is_figure)
    {
        words.pop();
    }
    words.push(half.to_owned());
}

/// Whether a word is a unit of time, in any of its forms.
fn is_time(word: &str) -> bool {
    matches!(word, "h" | "heure" | "annee") || TIMES.contains(&synonym(word))
}

/// The code of a province whose short form is another, in either language.
fn short(word: &str) -> &str {
    match word {
        "pei" | "ipe" => "pe",
        "ont" => "on",
        "que" => "qc",
        "alta" | "alb" => "ab",
        "sask" => "sk",
        "man" => "mb",
        "nfld" | "tnl" => "nl",
        "cb" => "bc",
        _ => word,
    }
}

/// A slug is words with hyphens between them; a hyphen between figures, or between spaces, may be a range.
fn apart(label: &str) -> String {
    let bytes = label.as_bytes();
    let byte = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or_default();
    let may_be_range = |at: usize| {
        let around = [byte(at.checked_sub(1)), byte(Some(at + 1))];
        let is_figure = |byte: &u8| byte.is_ascii_digit() || *byte == b'$';
        around == [b' '; 2] || around.iter().all(is_figure)
    };
    let apart = |(at, c): (usize, char)| match c {
        '-' if !may_be_range(at) => ' ',
        c => c,
    };
    label.char_indices().map(apart).collect()
}

/// Cuts a text into words, figures with their signs, slashes, and signs that bound a figure.
fn cut(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(word) = words.last_mut() else { break };
        let follows_digit = word.ends_with(|c: char| c.is_ascii_digit());
        let is_point = c == '.' && follows_digit && chars.peek().is_some_and(char::is_ascii_digit);
        if c.is_alphanumeric() || c == '$' || is_point || (c == '%' && follows_digit) {
            word.push(c);
        } else if matches!(c, '<' | '>' | '≥' | '≤' | '/') || (c == '+' && follows_digit) {
            words.extend([c.to_string(), String::new()]);
        } else {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words.into_iter().map(plain).collect()
}

/// A word without accents.
fn plain(word: String) -> String {
    if word.chars().any(char::is_alphabetic) { text::slug(&word) } else { word }
}

/// The word that stands for a word and those that mean the same in a label.
fn synonym(word: &str) -> &str {
    match word {
        "years" | "yr" | "yrs" | "ans" | "annee" | "annees" => "year",
        "months" | "mois" => "month",
        "weeks" | "semaine" | "semaines" => "week",
        "days" | "jour" | "jours" => "day",
        "hours" | "hr" | "hrs" | "heure" | "heures" => "hour",
        "points" | "pt" | "pts" => "point",
        "min" => "minimum",
        "max" => "maximum",
        "teers" | "feer" | "feers" => "teer",
        "old" | "aged" | "ages" => "age",
        "levels" | "niveau" | "niveaux" => "level",
        "fees" | "frais" => "fee",
        "provincial" | "provinces" => "province",
        "territorial" | "territories" => "territory",
        // "GTA (except Toronto)" is "GTA (not Toronto)".
        "except" | "excluding" | "excepte" | "sauf" => "not",
        _ => word,
    }
}

#[cfg(test)]
mod tests;
