//! Two values in one sentence, and the day that separates them: "$1,475 before January 22, 2026 and $1,750
//! from January 22, 2026", "will increase from $1,475 to $1,750 on January 22, 2026", in English and French.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::date::{self, DAY};
use crate::extract::value::pattern::constant;
use crate::model::words::words;

/// The day until which, or from which, something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    /// Before the day.
    Until(Date),
    /// From the day on.
    From(Date),
}

impl Period {
    /// The day that separates it from the other.
    pub(crate) fn day(self) -> Date {
        match self {
            Self::Until(day) | Self::From(day) => day,
        }
    }
}

/// A month as printed, in place of its first day.
const MONTH: &str = r"\p{L}{3,}\.?,? \d{4}";

/// A day, and the words before it that say on which side of it something holds.
static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(
        r"(?ix)
          (?P<last>\bon\ or\ before|\bup\ to(?:\ and\ including)?|\bthrough|\buntil|\bjusqu'au|\bau\ plus\ tard\ le)
            \ (?:le\ )?(?P<a>{DAY})
        | (?P<until>\bbefore|\bprior\ to|\bavant\ le|\bavant)\ (?:le\ )?(?P<b>{DAY}|{MONTH})
        | (?P<after>\bafter|\baprès\ le)\ (?P<c>{DAY})
        | (?P<from>\bon\ (?:or|and)\ after|\bfrom|\bas\ of|\beffective(?:\ (?:on|in))?|\bstarting(?:\ (?:on|in))?
            |\bbeginning(?:\ (?:on|in))?|\bsince|\b(?:in|into)\ (?:force|effect)(?:\ on|\ in)?
            |\b(?:take|takes|taking)\ effect(?:\ on|\ in)?|\ben\ vigueur(?:\ en)?
            |\bà\ (?:compter|partir)(?:\ de)?|\bdès|\bdepuis)\ (?:le\ |du\ |d')?(?P<d>{DAY}|{MONTH})
        | (?P<on>\bon|\ble)\ (?P<e>{DAY})
        | (?P<same>\b(?:on\ (?:or|and)\ after|from|as\ of|after|since)\ (?:that|this)\ (?:date|day)
            |\bthereafter|\bafter\ that|\bà\ (?:compter|partir)\ de\ cette\ date|\baprès\ cette\ date)\b",
        DAY = DAY.replace(' ', r"\ "),
        MONTH = MONTH.replace(' ', r"\ "),
    );
    constant(&pattern)
});

/// A day as printed.
static ONE: LazyLock<Regex> = LazyLock::new(|| constant(DAY));

/// Words that say that one value replaces another, so that a bare "on" gives the day from which it holds.
static MOVES: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:increas|decreas|ris(?:e|ing)|rose|rais|chang|becom|go(?:es|ing)? (?:up|down|from|to)\b|drop|mov|augment|pass(?:e|era)\b|diminu|haus|baiss)";
    constant(pattern)
});

/// The periods in a text, each with the start and end of its words.
pub(crate) fn periods(text: &str) -> Vec<(Period, usize, usize)> {
    let moves = MOVES.is_match(text);
    let mut last: Option<Date> = None;
    let read = |found: regex::Captures<'_>| {
        let whole = found.get(0)?;
        // "before April 1, 2027, and $350 on or after that date".
        if found.name("same").is_some() {
            return Some((Period::From(last?), whole.start(), whole.end()));
        }
        let day = ["a", "b", "c", "d", "e"].into_iter().find_map(|group| found.name(group))?;
        let day = date::day(day.as_str()).or_else(|| date::first_of_month(day.as_str()))?;
        let period = if found.name("last").is_some() {
            Period::Until(day.tomorrow().ok()?)
        } else if found.name("until").is_some() {
            Period::Until(day)
        } else if found.name("after").is_some() {
            Period::From(day.tomorrow().ok()?)
        } else if found.name("from").is_some() || moves {
            Period::From(day)
        } else {
            return None;
        };
        last = Some(period.day());
        Some((period, whole.start(), whole.end()))
    };
    MARKER.captures_iter(text).filter_map(read).collect()
}

/// The only period in a text, such as the words over a table: "Applying before September 1, 2025".
#[must_use]
pub(crate) fn period(text: &str) -> Option<Period> {
    // Words over a table are a line or two.
    if text.len() > 400 || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match periods(text).as_slice() {
        [(period, ..)] => Some(*period),
        _ => None,
    }
}

/// The only period in a text, with the start and end of its words.
#[must_use]
pub(crate) fn placed(text: &str) -> Option<(Period, usize, usize)> {
    match *periods(text) {
        [period] => Some(period),
        _ => None,
    }
}

/// The two periods of a text that has two, each with the start and end of its words.
#[must_use]
pub(crate) fn both(text: &str) -> Option<[(Period, usize, usize); 2]> {
    <[_; 2]>::try_from(periods(text)).ok()
}

/// Whether a text is only words that say when something holds: "(effective July 7, 2027)".
#[must_use]
pub(crate) fn is_period(text: &str) -> bool {
    let has_words = |text: &str| text.contains(char::is_alphanumeric);
    placed(text).is_some_and(|(_, from, to)| !has_words(&text[..from]) && !has_words(&text[to..]))
}

/// Words that end in saying to which applications a day applies, without that: "3,120 hours for applications received".
#[must_use]
pub(crate) fn without_all_of(text: &str) -> &str {
    let begins = APART.find_iter(text).map(|found| found.start());
    let mut begins = begins.filter(|at| ALL_OF.is_match(&text[*at..]));
    begins.next().map_or(text, |at| text[..at].trim_end())
}

/// Where the words of the days from which something holds are in a text.
pub(crate) fn starts(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let starts = periods(text).into_iter();
    starts.filter_map(|(period, from, to)| matches!(period, Period::From(_)).then_some((from, to)))
}

/// Where the days are in a text.
pub(crate) fn days(text: &str) -> Vec<Range<usize>> {
    let (mut days, mut from) = (Vec::new(), 0);
    while let Some(found) = ONE.find_at(text, from) {
        // "CLB 5 before 2027-04-01" begins as one.
        if date::day(found.as_str()).is_some() {
            days.push(found.range());
            from = found.end();
        } else {
            from = text.ceil_char_boundary(found.start() + 1);
        }
    }
    days
}

/// The day from which something holds, if a text gives only one. The day until which something else held before may be
/// given too.
#[must_use]
pub(crate) fn begins(text: &str) -> Option<Date> {
    let periods = periods(text);
    let is_from = |(period, ..): &&(Period, usize, usize)| matches!(period, Period::From(_));
    let (from, ..) = *periods.iter().find(is_from)?;
    let is_it =
        |(period, ..): &(Period, usize, usize)| *period == from || is_one_change(*period, from);
    periods.iter().all(is_it).then(|| from.day())
}

/// The only day in a text.
#[must_use]
pub(crate) fn day_in(text: &str) -> Option<Date> {
    let mut days = ONE.find_iter(text).filter_map(|found| date::day(found.as_str()));
    days.next().filter(|_| days.next().is_none())
}

/// The day under which a notice stands, if its text begins with it: "November 9, 2026: Fees".
#[must_use]
pub(crate) fn dateline(text: &str) -> Option<Date> {
    let found = ONE.find(text).filter(|found| found.start() == 0)?;
    let is_alone = text[found.end()..].trim_start_matches(' ').starts_with([':', '–', '—', '\n']);
    is_alone.then(|| date::day(found.as_str())).flatten()
}

/// The period that the words over a column give it: "Fee until March 31, 2027", "New fee (April 1, 2027)", or "April
/// 1, 2027" alone.
#[must_use]
pub(crate) fn of_header(text: &str) -> Option<Period> {
    static NEW: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)\b(?:new|future|upcoming|nouveaux?|nouvelles?|à venir)\b";
        constant(pattern)
    });
    static TO: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)\b(?:to|au) *$"));
    static ON: LazyLock<Regex> = LazyLock::new(|| {
        let pattern =
            r"(?i)^,? *(?:onwards?|and (?:onwards?|after|later)|or later|et après|et plus tard)\b";
        constant(pattern)
    });
    period(text).or_else(|| {
        let mut days =
            ONE.find_iter(text).filter_map(|found| Some((found, date::day(found.as_str())?)));
        let ((found, day), None) = (days.next()?, days.next()) else { return None };
        let is_alone = found.len() == text.trim().len();
        if is_alone || NEW.is_match(text) || ON.is_match(&text[found.end()..]) {
            return Some(Period::From(day));
        }
        TO.is_match(&text[..found.start()]).then_some(Period::Until(day.tomorrow().ok()?))
    })
}

/// The words over a column without those that say when it holds, to compare it with the column beside it.
#[must_use]
pub(crate) fn undated(text: &str) -> Vec<String> {
    static WHEN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)\b(?:new|future|upcoming|current|existing|present|now|today|old|previous|updated|to|onwards?|and (?:after|later)|or later|nouveaux?|nouvelles?|à venir|actuel(?:le)?s?|ancien(?:ne)?s?|mise? à jour|au|et après)\b";
        constant(pattern)
    });
    let text = MARKER.replace_all(text, " ");
    let text = ONE.replace_all(&text, " ");
    words(&WHEN.replace_all(&text, " "))
}

/// The words of a row without those that say when it holds: "Extension (until March 31, 2027)" is "Extension".
#[must_use]
pub(crate) fn without_period(text: &str) -> String {
    static EMPTY: LazyLock<Regex> = LazyLock::new(|| constant(r"\(\s*\)|\[\s*\]"));
    let text = MARKER.replace_all(text, " ");
    let text = EMPTY.replace_all(&text, " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_matches([' ', ',', ':', ';', '-', '–', '—']).to_owned()
}

/// A text without the first day that brackets or two commas set apart: "21 days (as of March 1, 2027) from the invitation".
/// `None` if it has none.
#[must_use]
pub(crate) fn without_asides(text: &str) -> Option<String> {
    if !text.contains("20") {
        return None;
    }
    periods(text).into_iter().find_map(|(_, from, to)| {
        let (before, after) = (text[..from].trim_end(), &text[to..]);
        let in_brackets = before.strip_suffix('(').map(str::trim_end).zip(after.strip_prefix(')'));
        let apart = || before.strip_suffix(',').zip(after.strip_prefix(','));
        let (before, after) = in_brackets.or_else(apart)?;
        Some([before, after].concat())
    })
}

/// Words without those that say when: "For applications received on or after April 1, 2027, the fee" is "the fee".
#[must_use]
pub(crate) fn without_when(text: &str) -> String {
    match placed(text) {
        Some((_, from, to)) => [without_all_of(&text[..from]), &text[to..]].concat(),
        None => without_period(text),
    }
}

/// The day from which the only value of a sentence holds: "$5 (effective April 1, 2027)", "From April 1,
/// 2027, the fee is $5". `None` if the day is said of something else, or if there are several.
#[must_use]
pub(crate) fn since(text: &str, place: (usize, usize)) -> Option<Date> {
    // "$5 per application, effective": a few words, and nothing that begins another part of the sentence.
    static BESIDE: LazyLock<Regex> =
        LazyLock::new(|| constant(r"^[^\p{L}\p{N};.)]*(?:\p{L}+[ ,(]+){0,5}$"));
    // "$5. This fee takes effect".
    static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)^[^.;\n]*[.\n] ?(?:this|the|that) (?:new )?(?:\w+ )?(?:fee|amount) (?:is |will |be |come |comes |applies |apply )*$";
        constant(pattern)
    });
    let periods = periods(text);
    let is_from = |of: &&(Period, usize, usize)| matches!(of.0, Period::From(_));
    let (from, start, end) = *periods.iter().find(is_from)?;
    let day = from.day();
    // "No fee until March 31, $5 from April 1" is one change.
    if !periods.iter().all(|(other, ..)| *other == from || is_one_change(*other, from)) {
        return None;
    }
    let beside = start >= place.1 && BESIDE.is_match(&text[place.1..start]);
    let leads = end <= place.0 && is_lead(text, start, &text[end..place.0]);
    let goes_on = start >= place.1 && GOES_ON.is_match(&text[place.1..start]);
    (beside || leads || goes_on).then_some(day)
}

/// Whether a day at a place begins its sentence, or a part of it that goes on to the value: "For applications received
/// on or after April 1, the fee is $5", "If you are selected, from April 1 the fee is $5".
fn is_lead(text: &str, start: usize, between: &str) -> bool {
    static NEXT: LazyLock<Regex> =
        LazyLock::new(|| constant(r"(?i)[;.(]|\w, |\b(?:and|or|et|ou)\b"));
    let before = text[..start].trim_end();
    let is_first = !before.contains(char::is_alphanumeric) || ALL_OF.is_match(&text[..start]);
    is_first || before.ends_with([',', ':']) && !NEXT.is_match(between)
}

/// Which of two places in a text gives the value to come, and its first day; `None` if the text does not
/// say. A place is the start and end of a value's words.
#[must_use]
pub(crate) fn order(text: &str, places: [(usize, usize); 2]) -> Option<(usize, Date)> {
    let periods = periods(text);
    let (first, others) = periods.split_first()?;
    // More than one day means more than one change.
    if !others.iter().all(|(period, ..)| is_one_change(*period, first.0)) {
        return None;
    }
    // "1 year in the past 3 years; as of April 1, without a break": the day is that of another part of the sentence.
    if text.get(places[1].1..first.1).is_some_and(|between| between.contains(';')) {
        return None;
    }
    // If the first day precedes both values, each day precedes its own value.
    let leads = first.2 <= places[0].0;
    let value_of = |(_, start, end): &(Period, usize, usize)| {
        if *start >= places[0].1 && *end <= places[1].0 {
            return between(&text[places[0].1..*start], &text[*end..places[1].0]);
        }
        let side = |at: &usize| {
            if leads { places[*at].0 >= *end } else { places[*at].1 <= *start }
        };
        let near = [0, 1].into_iter().filter(side);
        if leads { near.min() } else { near.max() }
    };
    let from = periods.iter().find(|(period, ..)| matches!(period, Period::From(_)));
    let until = periods.iter().find(|(period, ..)| matches!(period, Period::Until(_)));
    let moves = MOVES.is_match(text);
    // "To $6 from $5", "to $6 (from $5)": what holds stands last.
    let between = text[places[0].1..places[1].0].trim_matches([' ', '(', ',']);
    let is_turned =
        between == "from" && text[..places[0].0].trim_end().to_ascii_lowercase().ends_with(" to");
    let was = is_turned
        || says_what_was(&text[places[0].1..places[1].0])
        || is_until_then(&text[places[1].1..]);
    // "$5 for adults, $6 for children from April 1" are two fees.
    let is_apart = |found: regex::Match<'_>| {
        // "$6 for applications received from April 1" says when, not for whom.
        let next = periods.iter().find(|(_, start, _)| *start >= found.end());
        !next.is_some_and(|(_, start, _)| ALL_OF.is_match(&text[found.start()..*start]))
    };
    if !moves && !was && (from.is_none() || until.is_none()) && APART.find_iter(text).any(is_apart)
    {
        return None;
    }
    let then = match (from, until) {
        // "$6, up from $5, on April 1": the second value is the one that holds.
        (Some(_), _) if was => 0,
        // "Effective April 1, the fee will increase from $5 to $6": the second value is the one to come.
        (Some(_), None) if leads => moves.then_some(1)?,
        (Some(from), _) => value_of(from)?,
        (None, Some(until)) => 1 - value_of(until)?,
        (None, None) => return None,
    };
    if is_part(text, places[then]) {
        return None;
    }
    let day = from.map_or(first.0.day(), |(from, ..)| from.day());
    Some((then, day))
}

/// Whether the words before a value say that it is the one that holds until another does.
#[must_use]
pub(crate) fn says_what_was(before: &str) -> bool {
    static WAS: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)\b(?:(?:up|down|increased?|raised|decreased?|reduced|lowered|changed) from|instead of|rather than|currently|(?:it )?is now|presently|formerly|previously|today|(?:until|before) then|au lieu de|actuellement|jusque-là|d'ici là)[ :,]*$";
        constant(pattern)
    });
    WAS.is_match(before)
}

/// Whether the words after a value say that it holds until the other one does.
fn is_until_then(after: &str) -> bool {
    static THEN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)^[^.;()]{0,40}\b(?:(?:until|before) (?:then|that (?:date|day))\b|jusque-là|d'ici là)";
        constant(pattern)
    });
    THEN.is_match(after)
}

/// Whether a value is added to another or taken off it, or something is denied of it: "plus $250", "reduced by $500",
/// "$500 is not refunded".
fn is_part(text: &str, place: (usize, usize)) -> bool {
    static ADDED: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)(?:\+|\b(?:plus|minus|less|moins|additional|another|extra|further
            |(?:increas|rais|reduc|lower|decreas|drop)\p{L}*\ by|(?:up|down)\ by
            |(?:augment|major|rédui|diminu|baiss)\p{L}*\ de|(?:rebate|discount|surcharge|supplément|rabais)\ (?:of|de)))
            \ *(?:CAN|CAD|C)?[$\ ]*$";
        constant(pattern)
    });
    static DENIED: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)^[^.;,()$]{0,30}\b(?:is|are|will|be|est|sont|ne) (?:be )?(?:not|no longer|never|refunded|waived|pas|rembours\p{L}+)\b";
        constant(pattern)
    });
    ADDED.is_match(&text[..place.0]) || DENIED.is_match(&text[place.1..])
}

/// Whether two periods are about the same change. "Before January 14" and "from January 15" are: the first
/// day is the last of the old value. So are "until January 14" and "from January 14".
pub(crate) fn is_one_change(a: Period, b: Period) -> bool {
    let is_next = |a: Date, b: Date| a.tomorrow().is_ok_and(|next| next == b);
    let follows =
        |until: Date, from: Date| until == from || is_next(until, from) || is_next(from, until);
    match (a, b) {
        (Period::Until(until), Period::From(from)) | (Period::From(from), Period::Until(until)) => {
            follows(until, from)
        }
        (Period::Until(a), Period::Until(b)) | (Period::From(a), Period::From(b)) => a == b,
    }
}

/// Words that show that values are of different things.
static APART: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:for|per|if|each|pour|par|si|chaque)\b";
    constant(pattern)
});

/// Whether words between a value and its day only say when: nothing, "for applications received", or what is said of
/// the first of two values too.
#[must_use]
pub(crate) fn is_of_all(words: &str, of_first: &str) -> bool {
    let [words, of_first] = [words, of_first].map(|text| text.trim_matches([' ', ',', ':', ';']));
    let is_same = |words: &str| words.is_empty() || of_first.starts_with(words);
    is_same(words) || is_same(without_all_of(words))
}

/// Words before a day that say when, not for whom: "for applications received".
static ALL_OF: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)^(?:for|if|pour|si) (?:all |new |any |the |you |les )*(?:applications?|profiles?|expressions? of interest|eois?|requests?|forms?|invitations?|registrations?|nominations?|job offers?|permits?|lmias?|eimt|assessments?|decisions?|candidates?|applicants?|employers?|workers?|those|people|who|demandes|profils|candidatures|déclarations d['’]intérêt|manifestations d['’]intérêt|personnes)?(?: (?:that|who|qui))?(?: (?:are|is|were))? ?(?:received|submitted|made|filed|apply|applying|sent|issued|signed|approved|nominated|invited|selected|reçue?s|présentée?s|envoyée?s|émise?s|délivrée?s)? ?$";
    constant(pattern)
});

/// Which of two values a day between them belongs to: the one less separated from it. `before` are the words
/// between the first value and the day, `after` those between the day and the second.
fn between(before: &str, after: &str) -> Option<usize> {
    static WEAK: LazyLock<Regex> = LazyLock::new(|| constant(r"[,/|]"));
    static STRONG: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)[;.)\n]|\b(?:and|then|but|et|puis|mais)\b";
        constant(pattern)
    });
    // A bracket that closes after the day encloses only the day; otherwise it encloses the second value too.
    let opens = before.contains('(') && !after.contains(')');
    let parts = |words: &str, brackets: bool| -> u8 {
        if brackets || STRONG.is_match(words) { 2 } else { u8::from(WEAK.is_match(words)) }
    };
    match (parts(before, opens), parts(after, after.contains('('))) {
        (first, second) if first < second => Some(0),
        (first, second) if first > second => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, said: Option<(&str, &str)>) {
        let mut places = text.match_indices('$').map(|(at, _)| {
            let end = text[at..].find([' ', ',', ')', ';', ':']).map_or(text.len(), |end| at + end);
            (at, end)
        });
        let places = [places.next().unwrap(), places.next().unwrap()];
        let found = order(text, places);
        let found = found.map(|(at, day)| (&text[places[at].0..places[at].1], day.to_string()));
        assert_eq!(found.as_ref().map(|(a, b)| (*a, b.as_str())), said, "{text}");
    }

    #[test]
    fn the_value_to_come_is_told_from_the_one_in_force() {
        let said = Some(("$1750", "2026-01-22"));
        for text in [
            "$1475 before January 22, 2026 and $1750 from January 22, 2026",
            "$1475 (before January 22, 2026), $1750 (on or after January 22, 2026)",
            "$1475 until January 22, 2026; $1750 as of January 22nd, 2026",
            "$1475 on or before January 21, 2026, $1750 after January 21, 2026",
            "$1750 from January 22, 2026 ($1475 before January 22, 2026)",
            "Before January 22, 2026: $1475; from January 22, 2026: $1750",
            "The fee will increase from $1475 to $1750 on January 22, 2026",
            "On January 22, 2026, the fee will go from $1475 to $1750",
            "Effective January 22, 2026, the fee will increase from $1475 to $1750",
            "$1475, and $1750 from 2026-01-22",
            "$1475 (as of January 22, 2026, $1750)",
            "$1475; from January 22, 2026: $1750",
            "$1475 and, effective January 22, 2026, $1750",
            "$1475 for those who apply before January 22, 2026 and $1750 for those from January 22, 2026",
            "$1475 until January 21, 2026; $1750 from January 22, 2026",
            "$1750 from January 22, 2026 ($1475 until January 21, 2026)",
            "$1475 for those who apply before January 22, 2026, and $1750 for those on or after that date",
            "$1475 until January 21, 2026, and $1750 after that",
            "$1475 until January 21, 2026; $1750 after",
            "$1750, up from $1475, on and after January 22nd, 2026",
            "From Jan. 22, 2026 the fee is $1750 (currently $1475)",
            "$1475 avant le 22 janvier 2026 et $1750 à compter du 22 janvier 2026",
            "Les frais passeront de $1475 à $1750 et augmenteront le 22 janvier 2026",
        ] {
            check(text, said);
        }
    }

    #[test]
    fn what_says_no_day_or_two_says_nothing() {
        for text in [
            "$1475 for one, $1750 for two",
            "$1475 paid on January 22, 2026, $1750 later",
            "$1475 before January 22, 2026, $1750 from March 1, 2026",
            "$1475 from January 22, 2026 $1750",
            "$1475 for one, $1750 for two from January 22, 2026",
            "As of January 22, 2026: $1475, $1750",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn the_words_over_a_table_say_when_it_holds() {
        let day = "2025-09-01".parse().unwrap();
        assert_eq!(period("Applying before September 1, 2025"), Some(Period::Until(day)));
        assert_eq!(period("Applying on or after September 1, 2025"), Some(Period::From(day)));
        assert_eq!(
            period("Demandes présentées avant le 1er septembre 2025"),
            Some(Period::Until(day))
        );
        assert_eq!(period("As published on September 1, 2025"), None);
        assert_eq!(period("Fees"), None);
    }
}
