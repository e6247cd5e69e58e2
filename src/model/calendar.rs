//! The names of months and days of the week, in English and French.

/// Month names and the short forms pages use, folded: no accents, lower case.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "janvier", "janv"],
    &["february", "feb", "fevrier", "fevr"],
    &["march", "mar", "mars"],
    &["april", "apr", "avril", "avr"],
    &["may", "mai"],
    &["june", "jun", "juin"],
    &["july", "jul", "juillet", "juil"],
    &["august", "aug", "aout"],
    &["september", "sept", "sep", "septembre"],
    &["october", "oct", "octobre"],
    &["november", "nov", "novembre"],
    &["december", "dec", "decembre"],
];

const WEEKDAYS: [(&str, &str, i8); 7] = [
    ("monday", "lundi", 1),
    ("tuesday", "mardi", 2),
    ("wednesday", "mercredi", 3),
    ("thursday", "jeudi", 4),
    ("friday", "vendredi", 5),
    ("saturday", "samedi", 6),
    ("sunday", "dimanche", 7),
];

/// The month that a word names, folded: no accents, lower case.
#[must_use]
pub fn month(word: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    i8::try_from(at + 1).ok()
}

/// The day of the week that a word names, folded, from Monday as 1.
#[must_use]
pub fn weekday(word: &str) -> Option<i8> {
    let mut days = WEEKDAYS.iter();
    days.find(|(en, fr, _)| word == *en || word == *fr).map(|(.., n)| *n)
}
