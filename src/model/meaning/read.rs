//! Numbers read among words: amounts, ranges, and categories of TEER.
//!
//! A text is cut where its letters, digits, spaces and marks meet. Each reading begins at a piece and
//! continues while the following pieces belong to the same number. Pieces that are not read stay as
//! printed.

use super::day::Day;
use crate::model::numeral::numeral;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// Words, spaces, marks.
    Text(&'t str),
    Amount(Amount),
    Range(Amount, Amount),
    /// A day whose month is a word.
    Day(Day),
    /// The word TEER or a similar word as printed, and its categories.
    Teer(&'t str, Vec<u8>),
}

/// A number as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    /// Its digits, without groups, with leading zeros as printed.
    pub(super) whole: String,
    pub(super) fraction: String,
    /// Whether it was printed in groups.
    pub(super) grouped: bool,
    /// Whether it is Canadian dollars.
    pub(super) money: bool,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Word(&'t str),
    Digits(&'t str),
    Space(&'t str),
    Mark(&'t str),
}

impl<'t> Piece<'t> {
    pub(super) fn text(self) -> &'t str {
        match self {
            Self::Word(text) | Self::Digits(text) | Self::Space(text) | Self::Mark(text) => text,
        }
    }
}

/// Cuts a text where its letters, digits, spaces and marks meet. Each mark is a piece of its own.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let kind = |c: char| match c {
        c if c.is_ascii_digit() => 0,
        c if c.is_alphabetic() => 1,
        c if c.is_whitespace() => 2,
        _ => 3,
    };
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let of = kind(first);
        let end = match of {
            3 => first.len_utf8(),
            _ => rest.find(|c| kind(c) != of).unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(end);
        pieces.push(match of {
            0 => Piece::Digits(piece),
            1 => Piece::Word(piece),
            2 => Piece::Space(piece),
            _ => Piece::Mark(piece),
        });
        rest = after;
    }
    pieces
}

/// Reads a text into its parts.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let pieces = pieces(text);
    let reader = Reader { pieces: &pieces };
    let mut parts = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let read =
            reader.teer(at).or_else(|| reader.day(at)).or_else(|| reader.amount_or_range(at));
        let (part, next) = read.unwrap_or((Part::Text(pieces[at].text()), at + 1));
        // "0, 1, or 2" is "0, 1 or 2".
        if reader.is_conjunction(at) {
            drop_comma(&mut parts);
        }
        parts.push(part);
        at = next;
    }
    parts
}

/// Removes a comma before an "and" or an "or", and keeps the space after it.
fn drop_comma(parts: &mut Vec<Part<'_>>) {
    if let [.., Part::Text(","), Part::Text(space)] = parts.as_slice()
        && space.starts_with(' ')
    {
        let at = parts.len() - 2;
        parts.remove(at);
    }
}

/// Reads numbers among pieces. Each reading begins at a piece and gives the one after it.
pub(super) struct Reader<'p, 't> {
    pieces: &'p [Piece<'t>],
}

impl<'t> Reader<'_, 't> {
    pub(super) fn piece(&self, at: usize) -> Option<Piece<'t>> {
        self.pieces.get(at).copied()
    }

    pub(super) fn before(&self, at: usize) -> Option<Piece<'t>> {
        at.checked_sub(1).and_then(|before| self.piece(before))
    }

    pub(super) fn is_mark(&self, at: usize, mark: &str) -> bool {
        self.piece(at) == Some(Piece::Mark(mark))
    }

    pub(super) fn is_word(&self, at: usize, words: &[&str]) -> bool {
        let Some(Piece::Word(word)) = self.piece(at) else { return false };
        if word.is_ascii() {
            return words.iter().any(|wanted| wanted.eq_ignore_ascii_case(word));
        }
        words.contains(&word.to_lowercase().as_str())
    }

    fn is_conjunction(&self, at: usize) -> bool {
        self.is_word(at, &["or", "and", "ou", "et"])
    }

    /// Skips one space.
    pub(super) fn space(&self, at: usize) -> usize {
        match self.piece(at) {
            Some(Piece::Space(space)) if !space.contains('\n') => at + 1,
            _ => at,
        }
    }

    /// Whether a number may begin here: not inside another number or a word.
    fn begins(&self, at: usize) -> bool {
        !matches!(self.before(at), Some(Piece::Digits(_) | Piece::Word(_)))
    }

    /// A number with its currency on either side.
    fn amount(&self, at: usize) -> Option<(Amount, usize)> {
        if !self.begins(at) {
            return None;
        }
        if let Some(after) = self.sign_before(at) {
            let (amount, next) = self.number(self.space(after))?;
            let (amount, next) = self.thousands(amount, next);
            let code = self.code_after(next);
            // "$40m" is not $40.
            let is_glued = code.is_none() && matches!(self.piece(next), Some(Piece::Word(_)));
            let amount = Amount { money: true, ..amount };
            return (!is_glued).then(|| (amount, code.unwrap_or(next)));
        }
        let again = |(amount, next)| (self.after_words(&amount, next), amount);
        let in_words = || self.in_words(at).map(|(amount, next)| (next, amount));
        let (next, amount) = self.number(at).map(again).or_else(in_words)?;
        match self.sign_after(next) {
            Some(next) => Some((Amount { money: true, ..amount }, next)),
            None => Some((amount, self.ordinal(next))),
        }
    }

    /// An amount with a `k` behind it, in full: "$40k", "$1.5K".
    fn thousands(&self, amount: Amount, at: usize) -> (Amount, usize) {
        if !self.is_word(at, &["k"]) || amount.fraction.len() > 3 {
            return (amount, at);
        }
        let whole = format!("{}{:0<3}", amount.whole, amount.fraction);
        (Amount { whole, fraction: String::new(), ..amount }, at + 1)
    }

    /// `$`, `CAN$`, `CA$`, `C$`, `CAD $` or `CAD` before a number. `US$` is another currency.
    fn sign_before(&self, at: usize) -> Option<usize> {
        const CODES: [&str; 5] = ["can", "ca", "c", "cad", "cdn"];
        if self.is_mark(at, "$") {
            let is_other = matches!(self.before(at), Some(Piece::Word(_)));
            let code = at + 1;
            let next = if self.is_word(code, &CODES) { code + 1 } else { code };
            return (!is_other).then_some(next);
        }
        if !self.is_word(at, &CODES) {
            return None;
        }
        let sign = self.space(at + 1);
        if self.is_mark(sign, "$") {
            return Some(sign + 1);
        }
        let is_code = self.is_word(at, &["cad", "cdn"]);
        (is_code && matches!(self.piece(sign), Some(Piece::Digits(_)))).then_some(sign)
    }

    /// `$`, `$ CA`, `$CAN`, `CAD`, `dollars` after a number.
    fn sign_after(&self, at: usize) -> Option<usize> {
        let sign = self.space(at);
        if self.is_mark(sign, "$") {
            // "5 $10" are two numbers.
            let next = self.space(sign + 1);
            let is_next = next == sign + 1 && matches!(self.piece(next), Some(Piece::Digits(_)));
            let is_us = self.is_word(next, &["us", "usd"]);
            return (!is_next && !is_us).then(|| self.code_after(sign + 1).unwrap_or(sign + 1));
        }
        if self.is_word(sign, &["dollars", "dollar"]) {
            let next = self.space(sign + 1);
            let is_ca = self.is_word(next, &["canadiens", "canadien"]);
            return Some(if is_ca { next + 1 } else { sign + 1 });
        }
        if self.is_word(sign, &["canadian"]) {
            let next = self.space(sign + 1);
            return self.is_word(next, &["dollars", "dollar"]).then_some(next + 1);
        }
        self.is_word(sign, &["cad", "cdn"]).then_some(sign + 1)
    }

    /// The currency code after a number that already has its sign.
    fn code_after(&self, at: usize) -> Option<usize> {
        let code = self.space(at);
        let ends = !matches!(self.piece(code + 1), Some(Piece::Digits(_) | Piece::Mark("$")));
        (self.is_word(code, &["cad", "can", "ca", "cdn"]) && ends).then_some(code + 1)
    }

    /// A number in digits.
    fn number(&self, at: usize) -> Option<(Amount, usize)> {
        let Some(Piece::Digits(first)) = self.piece(at) else { return None };
        let mut whole = first.to_owned();
        let mut next = at + 1;
        while first.len() <= 3
            && let Some(group) = self.group(next, first)
        {
            whole.push_str(group);
            next += 2;
        }
        let grouped = next > at + 1;
        let (fraction, next) = self.fraction(next, grouped);
        Some((Amount { whole, fraction, grouped, money: false }, next))
    }

    /// A space, comma or apostrophe with three digits that belong to the number before them.
    fn group(&self, at: usize, first: &str) -> Option<&'t str> {
        let Some(Piece::Digits(group)) = self.piece(at + 1) else { return None };
        let parts = match self.piece(at)? {
            Piece::Space(space) => !space.contains('\n'),
            Piece::Mark(mark) => mark == "," || mark == "'",
            Piece::Word(_) | Piece::Digits(_) => false,
        };
        (parts && group.len() == 3 && !first.starts_with('0')).then_some(group)
    }

    /// The fraction of a number: a point and digits, or a comma and two digits.
    fn fraction(&self, at: usize, grouped: bool) -> (String, usize) {
        let digits = match self.piece(at + 1) {
            Some(Piece::Digits(digits)) => digits,
            _ => return (String::new(), at),
        };
        let follows = !matches!(self.piece(at + 2), Some(Piece::Mark("." | ",")))
            || !matches!(self.piece(at + 3), Some(Piece::Digits(_)));
        let is_point = self.is_mark(at, ".") && follows && (!grouped || digits.len() <= 2);
        let is_comma = self.is_mark(at, ",") && follows && digits.len() == 2;
        if is_point || is_comma {
            return (digits.to_owned(), at + 2);
        }
        (String::new(), at)
    }

    /// A number in words, possibly repeated in digits: `two (2)`.
    fn in_words(&self, at: usize) -> Option<(Amount, usize)> {
        let (value, used) = self.numeral(at)?;
        let next = at + used;
        if matches!(self.piece(next), Some(Piece::Digits(_))) {
            return None;
        }
        let amount = Amount {
            whole: value.to_string(),
            fraction: String::new(),
            grouped: false,
            money: false,
        };
        let open = self.space(next);
        let again = self.is_mark(open, "(").then(|| self.number(open + 1)).flatten();
        match again {
            // The figure is what counts.
            Some((figure, close)) if self.is_mark(close, ")") => Some((figure, close + 1)),
            _ => Some((amount, next)),
        }
    }

    /// Skips a number repeated in words: `2 (two)`.
    fn after_words(&self, amount: &Amount, at: usize) -> usize {
        let open = self.space(at);
        let words = self.is_mark(open, "(").then(|| self.numeral(open + 1)).flatten();
        match words {
            Some((value, used))
                if value.to_string() == amount.whole
                    && amount.fraction.is_empty()
                    && self.is_mark(open + 1 + used, ")") =>
            {
                open + used + 2
            }
            _ => at,
        }
    }

    /// The longest number in words, and how many pieces it takes.
    fn numeral(&self, at: usize) -> Option<(u64, usize)> {
        let mut words: Vec<&str> = Vec::new();
        let mut best = None;
        let mut next = at;
        while let Some(Piece::Word(word)) = self.piece(next) {
            words.push(word);
            match numeral(&words) {
                Some(value) => best = Some((value, next + 1 - at)),
                None if words.len() == 1 => return None,
                // "vingt et" is not a number yet.
                None if matches!(word, "et" | "and") => {}
                None => break,
            }
            next += 1;
            match self.piece(next) {
                Some(Piece::Space(" ") | Piece::Mark("-")) => next += 1,
                _ => break,
            }
        }
        best
    }

    /// Skips the letters of an ordinal: `1st`, `1er`.
    pub(super) fn ordinal(&self, at: usize) -> usize {
        let is_ordinal = matches!(self.before(at), Some(Piece::Digits(_)))
            && self.is_word(at, &["st", "nd", "rd", "th", "er", "re", "e", "ème", "eme", "nde"]);
        at + usize::from(is_ordinal)
    }

    /// An amount, or a range of them: `5-12`, `5 to 12`, `from 5 to 12`, `between 5 and 12`, `de 5 à 12`.
    fn amount_or_range(&self, at: usize) -> Option<(Part<'t>, usize)> {
        let begins = |words: &[&str]| {
            self.is_word(at, words) && !matches!(self.before(at), Some(Piece::Word(_)))
        };
        let between = begins(&["between", "entre"]);
        let from = if between || begins(&["from", "de"]) { self.space(at + 1) } else { at };
        let (left, next) = self.amount(from)?;
        // Not a range: a day, a telephone number or a fraction has more than two numbers in a row, or
        // a dash before.
        let is_dashed = matches!(self.before(from), Some(Piece::Mark("-" | "/" | ".")));
        let right = if is_dashed { None } else { self.end_of_range(next, between) };
        match right {
            Some((right, end)) => {
                let money = left.money || right.money;
                let (left, right) = (Amount { money, ..left }, Amount { money, ..right });
                Some((Part::Range(left, right), end))
            }
            None => (from == at).then_some((Part::Amount(left), next)),
        }
    }

    /// The second amount of a range whose first ends at `at`.
    fn end_of_range(&self, at: usize, between: bool) -> Option<(Amount, usize)> {
        let joined = self.space(at);
        let is_dash = self.is_mark(joined, "-");
        let is_to = joined > at && self.is_word(joined, &["to", "à", "through", "au"]);
        let is_and = between && joined > at && self.is_word(joined, &["and", "et"]);
        if !is_dash && !is_to && !is_and {
            return None;
        }
        let (right, end) = self.amount(self.space(joined + 1))?;
        let goes_on = matches!(self.piece(end), Some(Piece::Mark("-" | "/")))
            && matches!(self.piece(end + 1), Some(Piece::Digits(_)));
        (!goes_on).then_some((right, end))
    }

    /// TEER categories: a list with any punctuation, or a range.
    fn teer(&self, at: usize) -> Option<(Part<'t>, usize)> {
        let Some(Piece::Word(name)) = self.piece(at) else { return None };
        if !matches!(name, "TEER" | "TEERs" | "FEER" | "teer" | "feer" | "Teer") {
            return None;
        }
        // "Training, education, experience and responsibilities (TEER) 0 to 3".
        let name_end = if self.is_mark(at + 1, ")") { at + 2 } else { at + 1 };
        let mut next = self.space(name_end);
        let kinds = ["category", "categories", "catégorie", "catégories", "level", "levels"];
        if self.is_word(next, &kinds) {
            next = self.space(next + 1);
        }
        if self.is_mark(next, ":") {
            next = self.space(next + 1);
        }
        let mut categories = Vec::new();
        let mut end = next;
        while let Some((found, after)) = self.categories(next) {
            // "TEER 0 or 1, 5 years": the five belongs to the years.
            if !categories.is_empty() && self.is_word(self.space(after), &UNITS) {
                break;
            }
            categories.extend(found);
            end = after;
            match self.between_categories(after) {
                Some(at) => next = at,
                None => break,
            }
        }
        categories.sort_unstable();
        categories.dedup();
        (!categories.is_empty()).then_some((Part::Teer(name, categories), end))
    }

    /// One category or a range of them.
    fn categories(&self, at: usize) -> Option<(Vec<u8>, usize)> {
        let category = |at: usize| match self.piece(at) {
            Some(Piece::Digits(digit)) if digit.len() == 1 => {
                digit.parse().ok().filter(|category: &u8| *category <= 5)
            }
            _ => None,
        };
        let first = category(at)?;
        let joined = self.space(at + 1);
        if self.is_mark(joined, "-") || self.is_word(joined, &["to", "à", "through"]) {
            let last = self.space(joined + 1);
            if let Some(to) = category(last).filter(|to| first < *to) {
                return Some(((first..=to).collect(), last + 1));
            }
        }
        // "3.5" and "1,500" are not categories.
        let goes_on = matches!(self.piece(at + 1), Some(Piece::Mark("." | "," | "%")))
            && matches!(self.piece(at + 2), Some(Piece::Digits(_)));
        (!goes_on).then(|| (vec![first], at + 1))
    }

    /// Where the next category of a list begins: after a comma, a slash, an "or", or the word again.
    fn between_categories(&self, at: usize) -> Option<usize> {
        let mut next = self.space(at);
        let mut parted = false;
        while self.piece(next).is_some_and(|p| matches!(p, Piece::Mark("," | ";" | "/" | "&"))) {
            next = self.space(next + 1);
            parted = true;
        }
        if self.is_conjunction(next) {
            next = self.space(next + 1);
            parted = true;
        }
        if parted && self.is_word(next, &["teer", "feer"]) {
            next = self.space(next + 1);
        }
        // "TEER 0 1 2 3": digits separated only by spaces, with no unit after the last.
        let is_digit = |at: usize| matches!(self.piece(at), Some(Piece::Digits(d)) if d.len() == 1);
        let is_bare = !parted && next > at && is_digit(next) && {
            let after = self.space(next + 1);
            !matches!(self.piece(after), Some(Piece::Word(_)))
        };
        (parted || is_bare).then_some(next)
    }
}

/// Words after a number that show it is not a category.
const UNITS: [&str; 18] = [
    "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "point",
    "points", "an", "ans", "mois", "semaines", "jours", "heures",
];
