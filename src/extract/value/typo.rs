//! Headers with a letter wrong, put right by the words of the pattern that is looked for.

use super::pattern::{Pattern, Vocabulary};
use crate::model::{label::is_slip, meaning, words::forms};

/// The longest header that is looked at: a cell of prose may be of any length.
const LONGEST: usize = 400;

/// The header with the pattern's words for those that are them with a letter more or fewer, or two swapped;
/// `None` where there are none.
pub(crate) fn mended(header: &str, pattern: &str) -> Option<String> {
    put_right(header, pattern, is_slip)
}

/// The same for the heading of a section. Headings of one and of several are two: "Farm stream" and "Our streams".
pub(crate) fn mended_heading(heading: &str, pattern: &str) -> Option<String> {
    let is_one_of = |one: &str, several: &str| several.strip_suffix('s') == Some(one);
    put_right(heading, pattern, |a, b| is_slip(a, b) && !is_one_of(a, b) && !is_one_of(b, a))
}

fn put_right(header: &str, pattern: &str, is_slip: impl Fn(&str, &str) -> bool) -> Option<String> {
    if header.len() > LONGEST {
        return None;
    }
    let known = literals(pattern);
    let mut mended = String::with_capacity(header.len());
    let mut is_other = false;
    for part in header.split_inclusive(|c: char| !c.is_alphabetic()) {
        let word = part.trim_end_matches(|c: char| !c.is_alphabetic());
        let small = word.to_lowercase();
        let is_known = || known.contains(&small);
        let right = known.iter().find(|known| is_slip(known, &small)).filter(|_| !is_known());
        is_other |= right.is_some();
        mended.push_str(right.map_or(word, String::as_str));
        mended.push_str(&part[word.len()..]);
    }
    is_other.then_some(mended)
}

/// Whether a pattern finds something in a header, as it is or put right.
pub(crate) fn is_match(pattern: &Pattern, header: &str) -> bool {
    forms(header).any(|header| pattern.is_match(header))
        || mended(header, pattern.as_str()).is_some_and(|header| pattern.is_match(&header))
}

/// The number of the word of a vocabulary that names a heading, as it is or put right.
pub(crate) fn named(vocabulary: &Vocabulary, heading: &str) -> Option<usize> {
    let is_it = |(_, pattern): (&str, &str)| {
        let mended = mended_heading(heading, pattern);
        mended.is_some_and(|right| Pattern::known(pattern).is_match(&right))
    };
    let exactly = || forms(heading).find_map(|text| vocabulary.number(text));
    let spelled = || meaning::spellings(heading).iter().find_map(|text| vocabulary.number(text));
    exactly().or_else(spelled).or_else(|| vocabulary.entries().position(is_it))
}

/// The words that a pattern spells out.
fn literals(pattern: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            // A class or a boundary.
            '\\' => {
                chars.next();
                words.push(String::new());
            }
            c if c.is_alphabetic() => words.last_mut().into_iter().for_each(|word| word.push(c)),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words.iter().map(|word| word.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_wrong_in_a_header_is_put_right() {
        let maximum = r"\(?maximum (\d+) points?\)?";
        let check = |pattern, header, said: Option<&str>| {
            assert_eq!(mended(header, pattern).as_deref(), said, "{header}");
        };
        check(maximum, "Age (Maximum 100 poits)", Some("Age (Maximum 100 points)"));
        check(maximum, "Age (Maxiumm 100 points)", Some("Age (maximum 100 points)"));
        check(maximum, "Age (Maximum 100 points)", None);
        check(maximum, "Age (Minimum 100 points)", None);
        check(r"^\bspouse", "Spuose", Some("spouse"));
        check("^english$", "Englishs", Some("english"));
        check("^books$", "Cooks", None);
        check("^eligible$", "Ineligible", None);
        check("^age$", "Ages", None);
    }

    #[test]
    fn headings_of_one_and_of_several_are_two() {
        let check = |heading, said: Option<&str>| {
            assert_eq!(mended_heading(heading, r"\bstream$").as_deref(), said, "{heading}");
        };
        check("Farm steram", Some("Farm stream"));
        check("Our streams", None);
        check("Farm stream", None);
    }
}
