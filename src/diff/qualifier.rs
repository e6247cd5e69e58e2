//! Whether a stretch of prose differs in a qualifier and in no other word: "in Canada" is taken out,
//! "full-time" becomes "part-time", "not" is put in. Such a change of words is a change of the rule, and as
//! severe as the fact itself. Where other words differ too, the rule may only be worded differently.

use crate::model::{qualifier::qualified, synonym::usual, words::words};

/// Words without a meaning of their own beside a qualifier that comes or goes; the "s" is that of "bachelor's".
const LIGHT: [&str; 20] = [
    "a", "an", "the", "or", "and", "of", "s", "degree", "le", "la", "les", "un", "une", "ou", "et",
    "de", "en", "grade", "diplome", "niveau",
];

/// The credentials that a rule may ask for, each with the words for it. One in the place of another is another rule.
const CREDENTIALS: [(&str, &[&str]); 10] = [
    ("secondary", &["secondary", "secondaire", "secondaires"]),
    ("post-secondary", &["post", "postsecondary", "postsecondaire", "postsecondaires"]),
    ("certificate", &["certificate", "certificat"]),
    ("diploma", &["diploma"]),
    ("bachelor", &["bachelor", "bachelors", "baccalaureate", "baccalaureat"]),
    ("licenciatura", &["licenciatura"]),
    ("master", &["master", "masters", "maitrise"]),
    ("doctor", &["doctor", "doctoral", "doctorate", "phd", "doctorat"]),
    ("licence", &["licence", "license"]),
    ("state or provincial", &["state", "provincial"]),
];

/// The credential that a word stands for.
fn credential(word: &str) -> Option<&'static str> {
    let says = |(_, words): &&(&str, &[&str])| words.contains(&word);
    CREDENTIALS.iter().find(says).map(|(credential, _)| *credential)
}

/// Whether the lines differ in qualifiers alone.
pub(super) fn turned(old: &[String], new: &[String]) -> bool {
    let read =
        |lines: &[String]| -> Vec<Read> { lines.iter().map(|line| Read::of(line)).collect() };
    let (mut was, mut is) = (read(old), read(new));
    // Lines that are on both sides say nothing new.
    was.retain(|line| match is.iter().position(|other| other == line) {
        Some(at) => {
            is.remove(at);
            false
        }
        None => true,
    });
    let is_turned = |line: &Read| {
        let is_same = |other: &&Read| other.rest == line.rest;
        let other = is.iter().filter(is_same).collect::<Vec<_>>();
        let is_empty = |line: &Read| line.rest.is_empty() && line.qualifiers.is_empty();
        matches!(other[..], [other] if !(is_empty(line) || is_empty(other)))
    };
    !was.is_empty() && was.len() == is.len() && was.iter().all(is_turned)
}

/// A line: its qualifiers in order, and its other words.
#[derive(PartialEq)]
struct Read {
    qualifiers: Vec<&'static str>,
    rest: Vec<String>,
}

impl Read {
    fn of(line: &str) -> Self {
        let (mut qualifiers, mut rest) = qualified(&usual(&words(line)));
        qualifiers.extend(rest.iter().filter_map(|word| credential(word)));
        rest.retain(|word| !LIGHT.contains(&word.as_str()) && credential(word).is_none());
        Self { qualifiers, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, is_turned: bool) {
        let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(turned(&lines(old), &lines(new)), is_turned, "{old} > {new}");
    }

    #[test]
    fn a_qualifier_that_comes_goes_or_turns_round_is_told_from_other_words() {
        check("one year of work in Canada", "one year of work", true);
        check("one year of work in Canada", "one year of work outside Canada", true);
        check("a full-time job offer", "a part-time job offer", true);
        check("a full-time, permanent job offer", "a full-time job offer", true);
        check("a full-time, indeterminate (no end date) job offer", "a full-time job offer", true);
        check("Such offers are ineligible.\nPay.", "Such offers are eligible.\nPay.", true);
        check("not seasonal", "seasonal", true);
        check("experience au Canada", "experience hors du Canada", true);
        check("Bachelor’s degree", "Master’s degree", true);
        check("Baccalaureate or Licenciatura Degree", "Baccalaureate Degree", true);
        check("Baccalaureate Degree", "Post-Secondary Diploma", true);
        check("Bachelor’s degree", "Bachelor’s degree and state/provincial licence", true);
        check("Baccalauréat en droit", "Maîtrise en droit", true);
    }

    #[test]
    fn a_rule_said_otherwise_is_no_turned_qualifier() {
        check("one year of work in Canada", "one year of work inside Canada", false);
        check("Baccalaureate degree", "Bachelor’s Degree", false);
        check("You must not work", "You cannot work", false);
        check("must have a full-time job", "you need a job that is full-time", false);
        check("A\nB in Canada", "B in Canada\nA", false);
        check("one year of work", "two years of work", false);
        check("one\ntwo", "one\ntwo\nthree in Canada", false);
        check("in Canada", "", false);
    }
}
