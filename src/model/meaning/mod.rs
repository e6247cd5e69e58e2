//! The meaning of the numbers in a text, however they are printed, in English and French.
//!
//! `1 560`, `1,560` and `1'560` are the same number; so are `CAN$5`, `$5 CAD` and `5 $`, `three years`
//! and `3 years`, `5-12` and `from 5 to 12`, `May 1st` and `May 1`, `TEER 0 to 3` and `TEER 0, 1, 2, or
//! 3`. [`meaning`] is the form used for comparison; [`spellings`] are the forms that a pattern may have
//! been written for, tried if the pattern does not match the printed text. Text that is not a number
//! stays as it is, and two different numbers never become the same.

mod day;
mod phrase;
mod read;
mod write;

pub use self::phrase::{initials, once};
use self::read::parts;
use self::write::{Style, write};
use super::numeral::numeral;
use super::text::{AMPERSAND, fold};
use super::words::without_number;

/// The form of a text used for comparison: its numbers written one way, the rest as [`fold`] gives it.
#[must_use]
pub fn meaning(text: &str) -> String {
    let text = super::text::canonical(text);
    let text = phrase::points(&text).unwrap_or(text);
    let text = phrase::per_cent(&text).unwrap_or(text);
    let text = phrase::sizes(&text).unwrap_or(text);
    let text = phrase::listed(&text).unwrap_or(text);
    in_full(fold(&write(&parts(&text), Style::Meaning)))
}

/// The text with shortened words written out: "can't" and "cannot" are "can not", "you're" is "you are", "&" is
/// "and".
fn in_full(text: String) -> String {
    const SHORT: [(&str, &str); 10] = [
        (AMPERSAND.0, AMPERSAND.1),
        ("cannot", "can not"),
        ("can't", "can not"),
        ("won't", "will not"),
        ("shan't", "shall not"),
        ("n't", " not"),
        ("you're", "you are"),
        ("they're", "they are"),
        ("you've", "you have"),
        ("you'll", "you will"),
    ];
    if !text.contains(['\'', '&']) && !text.contains("cannot") {
        return text;
    }
    SHORT.iter().fold(text, |text, (short, whole)| text.replace(short, whole))
}

/// The same without a leading bullet or number or trailing punctuation.
#[must_use]
pub fn bare(text: &str) -> String {
    let is_bullet = |c: char| matches!(c, '•' | '·' | '▪') || c.is_whitespace();
    let text = meaning(without_number(text.trim_start_matches(is_bullet)));
    text.trim_start_matches(is_bullet).trim_end_matches(['.', ';', ',', ':', ' ']).to_owned()
}

/// The same without the punctuation between its words, and without the bullets before them: an item may end in a
/// comma, a semicolon or nothing.
#[must_use]
pub fn unpointed(text: &str) -> String {
    let bare = bare(text);
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = bare.as_bytes();
    let apart = |(at, c): (usize, char)| match c {
        '.' | ',' if at > 0 && digit(bytes.get(at - 1)) && digit(bytes.get(at + 1)) => c,
        '.' | ',' | ';' | ':' | '•' | '·' | '▪' => ' ',
        _ => c,
    };
    let words: String = bare.char_indices().map(apart).collect();
    fold(&words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text in small letters without its apostrophes, which a page may lose: "dont".
#[must_use]
pub fn without_apostrophes(text: &str) -> String {
    fold(text).replace('\'', "")
}

/// The form of a text that may be figures alone, such as a cell: "9+" is "9 and above", "2, 3" is "2 and 3".
#[must_use]
pub fn form(text: &str) -> String {
    phrase::figures(text).unwrap_or_else(|| {
        let meaning = meaning(text);
        phrase::figures(&meaning).unwrap_or(meaning)
    })
}

/// Returns whether two texts mean the same: typography, case and number format do not matter.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    fold(a) == fold(b) || form(a) == form(b)
}

/// The other ways to print the numbers of a text and what is said around them, keeping its lines. Empty if there
/// is only one way.
#[must_use]
pub fn spellings(text: &str) -> Vec<String> {
    if !may_vary(text) {
        return Vec::new();
    }
    let mut spellings: Vec<String> = Vec::new();
    let mut usual = text.contains(AMPERSAND.0).then(|| text.replace(AMPERSAND.0, AMPERSAND.1));
    let ways = [
        once,
        phrase::points,
        phrase::per_cent,
        phrase::codes,
        phrase::worked,
        phrase::usual,
        initials,
    ];
    for put in ways {
        usual = put(usual.as_deref().unwrap_or(text)).or(usual);
    }
    let or_more = phrase::or_more(usual.as_deref().unwrap_or(text));
    for said in [Some(text), usual.as_deref(), or_more.as_deref()].into_iter().flatten() {
        let parts = parts(said);
        let styles = [Style::Grouped, Style::Tight, Style::French];
        let others = styles.map(|style| write(&parts, style));
        for spelling in [said.to_owned()].into_iter().chain(others) {
            if spelling != text && !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
    }
    spellings
}

/// The text with its groups of digits joined by commas, if a space or an apostrophe separates them;
/// `None` if neither does. No pattern may take `560` out of `1 560`.
#[must_use]
pub fn joined(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut out = String::new();
    let mut from = 0;
    let mut at = 1;
    while at + 3 < bytes.len() + 1 {
        let parts = matches!(bytes[at], b' ' | b'\'');
        let is_group = parts
            && is_digit(at - 1)
            && (1..=3).all(|n| is_digit(at + n))
            && !is_digit(at + 4)
            && begins_number(&bytes[..at]);
        if is_group {
            out.push_str(&text[from..at]);
            out.push(',');
            from = at + 1;
            at += 3;
        }
        at += 1;
    }
    if out.is_empty() {
        return None;
    }
    out.push_str(&text[from..]);
    Some(out)
}

/// Whether a text ends with one to three digits, or with such a number followed by groups of three.
fn begins_number(before: &[u8]) -> bool {
    let digits = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let rest = &before[..before.len() - digits];
    let zero = before[before.len() - digits] == b'0';
    match rest.last() {
        _ if digits == 0 || digits > 3 => false,
        // A further group: the number began earlier.
        Some(b' ' | b'\'')
            if digits == 3 && rest.len() > 1 && rest[rest.len() - 2].is_ascii_digit() =>
        {
            begins_number(&rest[..rest.len() - 1])
        }
        Some(last) => {
            !zero && !last.is_ascii_alphanumeric() && !matches!(last, b'.' | b',' | b'-' | b'/')
        }
        None => !zero,
    }
}

/// Whether a text may contain a number.
fn may_vary(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit() || b == b'&')
        || text.split(|c: char| !c.is_alphabetic()).any(|word| numeral(&[word]).is_some())
        || phrase::has_initials(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn equal(texts: &[&str]) {
        let meanings: Vec<String> = texts.iter().map(|text| meaning(text)).collect();
        assert!(meanings.windows(2).all(|pair| pair[0] == pair[1]), "{meanings:#?}");
    }

    #[test]
    fn shortened_words_are_whole_ones() {
        equal(&["You can't apply", "You cannot apply", "you can not apply", "You can’t apply"]);
        equal(&["It isn't open and won't be", "It is not open and will not be"]);
        equal(&["If you're here and you've paid", "If you are here and you have paid"]);
        equal(&["Newfoundland & Labrador", "Newfoundland and Labrador"]);
        differ("If you can't complete it", "If you can complete it");
        differ("Applicants don't pay", "Applicants do pay");
    }

    #[track_caller]
    fn differ(a: &str, b: &str) {
        assert!(!same(a, b), "{a} / {b}: {}", meaning(a));
    }

    #[test]
    fn a_number_is_one_however_it_is_grouped() {
        equal(&[
            "1,560 hours",
            "1 560 hours",
            "1\u{202f}560 hours",
            "1\u{2009}560 hours",
            "1'560 hours",
            "1560 hours",
        ]);
        equal(&[
            "$14,690",
            "14 690 $",
            "CAN$14,690",
            "CA$14690",
            "C$14,690.00",
            "$14,690 CAD",
            "$CAN 14,690",
            "14,690 dollars",
            "CAD 14,690",
            "14 690 $ CA",
            "14 690 $CAN",
        ]);
        differ("1,560 hours", "1,650 hours");
        differ("$1,000", "$1.000");
        equal(&["10 points", "10 pts", "10 Pts"]);
        equal(&["12% of them", "12 % of them", "12 per cent of them", "Twelve percent of them"]);
        equal(&["au moins 50,5 % du", "au moins 50,5 pour cent du", "au moins 50,5% du"]);
        differ("12 per centimetre", "12%imetre");
        differ("12 per cent", "12");
        differ("10 points", "10 pounds");
        differ("US$500", "$500");
        differ("NOC 21231", "NOC 21 232");
        differ("00012", "12");
    }

    #[test]
    fn a_number_in_words_is_the_number() {
        equal(&["three years", "3 years", "three (3) years", "3 (three) years"]);
        equal(&["ninety-nine days", "99 days", "ninety nine days"]);
        equal(&["quatre-vingt-dix-neuf jours", "99 jours"]);
        equal(&["vingt et un mois", "21 mois"]);
        equal(&["a one-year program", "a 1-year program"]);
        equal(&["May 1st, 2026", "May 1, 2026"]);
        equal(&["le 1er mai 2026", "le 1 mai 2026"]);
        differ("three years", "four years");
        differ("twenty days", "twenty-one days");
        differ("two (3) years", "two (2) years");
        differ("2 (three) years", "2 years");
        differ("someone", "some 1");
    }

    #[test]
    fn figures_alone_are_a_set_or_the_least_of_more() {
        for other in ["371 and above", "371 or more", "371 or higher", "371 +"] {
            assert!(same("371+", other), "{other}");
        }
        for other in ["2, 3", "2 or 3", "3, 2", "2 & 3", "2 et 3"] {
            assert!(same("2 and 3", other), "{other}");
        }
        assert!(same("9 or more", "nine or more"));
        differ("371+", "371");
        differ("371+", "391 and above");
        differ("2 and 3", "2 and 4");
        differ("2, 3", "2.3");
        differ("2 and 3", "2");
    }

    #[test]
    fn a_range_is_one_however_it_is_said() {
        equal(&[
            "5-12",
            "5 to 12",
            "from 5 to 12",
            "5 à 12",
            "entre 5 et 12",
            "between 5 and 12",
            "5 – 12",
            "de 5 à 12",
            "five to twelve",
        ]);
        equal(&["$1,000 - $2,000", "$1,000 to $2,000"]);
        differ("5-12", "5-13");
        differ("5 and 12", "5 to 12");
        differ("2026-05-14", "2026-05-15");
        assert_eq!(meaning("2026-05-14"), "2026-05-14");
    }

    #[test]
    fn a_list_is_one_in_any_punctuation() {
        equal(&[
            "TEER 0, 1, 2 or 3",
            "TEER 0, 1, 2, or 3",
            "TEER 0 1 2 3",
            "TEER 0 to 3",
            "TEER 0/1/2/3",
            "TEER 3, 2, 1 and 0",
            "TEER 0, TEER 1, TEER 2 or TEER 3",
            "TEER category 0, 1, 2, 3",
        ]);
        equal(&["red, white, or blue", "red, white or blue"]);
        equal(&["200, 201 and 203", "200, 201, and 203", "200, 201, 203", "200, 201 et 203"]);
        equal(&["from May 6, 2024, and 31 December 2025", "from May 6, 2024 and 2025-12-31"]);
        differ("sections 200, 201 and 203", "sections 200, 201 or 203");
        differ("sections 200 and 203", "sections 200, 203");
        equal(&["these categories (TEER) 0, 1, 2, or 3", "these categories (TEER) 0 to 3"]);
        equal(&["TEER categories: 0, 1, 2, or 3", "TEER categories: 0-3", "TEER 0 to 3"]);
        differ("(TEER) 0 to 3", "(TEER) 0 to 2");
        differ("TEER 0, 1, 2 or 3", "TEER 0, 1 or 2");
        differ("TEER 0 or 1, 5 years", "TEER 0, 1 or 5 years");
        differ("CLB 4 or 5", "CLB 4 and 5");
        differ("TEER 1, 5 years of work", "TEER 1, 4 years of work");
    }

    #[test]
    fn the_size_of_a_linked_file_is_no_part_of_what_is_said() {
        equal(&[
            "IMM 0156 (PDF, 254 KB)",
            "IMM 0156 (PDF, 1.3 MB)",
            "IMM 0156 (PDF - 261 kB)",
            "IMM 0156 (PDF 2,1 Mo)",
            "IMM 0156 (PDF)",
        ]);
        equal(&["IMM 0156 [PDF - 261 KB]", "IMM 0156 [PDF]"]);
        differ("a file (PDF, up to 4 MB)", "a file (PDF, up to 2 MB)");
        differ("a file (maximum 4 MB)", "a file (maximum 2 MB)");
    }

    #[test]
    fn items_are_the_same_in_any_punctuation() {
        let said = "One of: • a college (new), • a university or • a school of $5 (in Canada).";
        for other in [
            "One of a college (new) a university or a school of $5 (in Canada)",
            "One of: a college (new); a university or; a school of $5 (in Canada);",
            "One of: a college (new). a university or. a school of $5 (in Canada).",
        ] {
            assert_eq!(unpointed(said), unpointed(other));
        }
        assert_ne!(unpointed("1.5 hours"), unpointed("15 hours"));
        assert_ne!(unpointed("a, or b"), unpointed("a, b"));
        assert_ne!(unpointed("a fee of 5"), unpointed("a fee of $5"));
        assert_ne!(unpointed("✓ paid"), unpointed("✗ paid"));
    }

    #[test]
    fn groups_are_joined_and_nothing_else() {
        for (text, said) in [
            ("1 560 hours", Some("1,560 hours")),
            ("1 234 567 $ and 2'500", Some("1,234,567 $ and 2,500")),
            ("$14 690", Some("$14,690")),
            ("1,560 hours", None),
            ("21231 100", None),
            ("2026 100 rounds", None),
            ("1 56 hours", None),
            ("1 5600", None),
            ("B1 100", None),
            ("613-555 123", None),
            ("0 100", None),
            ("", None),
            ("1 560", Some("1,560")),
        ] {
            assert_eq!(joined(text).as_deref(), said, "{text}");
        }
        assert!(joined(&"1 000 ".repeat(50_000)).is_some());
    }

    #[test]
    fn the_other_spellings_of_a_text() {
        assert_eq!(spellings("1 560 hours"), ["1,560 hours", "1560 hours"]);
        assert_eq!(spellings("three years"), ["3 years"]);
        assert_eq!(spellings("from 5 to 12"), ["5 to 12", "5-12", "5 à 12"]);
        assert_eq!(spellings("CAN$38.46 per hour"), ["$38.46 per hour", "38,46 $ per hour"]);
        assert_eq!(spellings("TEER 0, 1, 2, or 3"), ["TEER 0, 1, 2 or 3", "TEER 0, 1, 2 ou 3"]);
        assert_eq!(spellings("code 21231 of 2026"), Vec::<String>::new());
        for (text, other) in [
            ("6 (six) months", "6 months"),
            ("a cap of 10 (ten)%", "a cap of 10%"),
            ("18 (dix-huit) mois", "18 mois"),
            ("TEER 4 (four)", "TEER 4"),
            ("6 (6) months", "6 months"),
            ("6.4 per cent", "6.4%"),
            ("ten per cent or more", "10% or more"),
            ("50 pour cent", "50%"),
        ] {
            let said = spellings(text);
            assert!(said.iter().any(|said| said == other), "{text}: {said:?}");
        }
        assert_eq!(once("6 (seven) months"), None);
        assert_eq!(once("form 6 (copy) and section 4 (5)"), None);
        assert_eq!(spellings("Job offer"), Vec::<String>::new());
        assert_eq!(spellings("Job offer & R&D"), ["Job offer and R&D"]);
        assert_eq!(spellings("(Up to 25 points)"), ["(maximum 25 points)"]);
        assert_eq!(spellings("at most CLB level 7, jusqu'à 50"), ["at most CLB 7, maximum 50"]);
        assert_eq!(spellings("a Canadian Language Benchmark (CLB) level 5"), ["a CLB 5"]);
        assert_eq!(spellings("Close up to 5"), ["Close maximum 5"]);
        assert_eq!(spellings("CLB 10 or above"), ["CLB 10 or more"]);
        assert_eq!(spellings("CLB 10 and more"), ["CLB 10 or more"]);
        assert_eq!(spellings("NCLC 10 et plus"), ["NCLC 10 ou plus"]);
        assert_eq!(spellings("Canadian Language Benchmark (CLB) Level"), ["CLB Level"]);
        assert_eq!(
            spellings("le Niveau de compétence linguistique canadien (NCLC) requis"),
            ["le NCLC requis"]
        );
        assert_eq!(spellings("the form (IMM) and (PDF)"), Vec::<String>::new());
        for text in ["NOC 2021 33102", "NOC code: 33102", "NOC (33102)", "NOC 2021 V1.0 - 33102"] {
            let said = spellings(text);
            assert!(said.iter().any(|said| said.starts_with("NOC 33102")), "{text}: {said:?}");
        }
        assert_eq!(spellings("NOC 33102"), Vec::<String>::new());
        let said = spellings("six months of full time work");
        assert_eq!(said.last().map(String::as_str), Some("6 months of full-time work"));
        assert_eq!(spellings("Toronto – 10 pts"), ["Toronto – 10 points"]);
        assert_eq!(
            spellings("10pts. for TEER, 5 ptarmigans"),
            ["10points. for TEER, 5 ptarmigans"]
        );
        assert_eq!(spellings("back-up to 5, climax 3"), Vec::<String>::new());
    }

    proptest::proptest! {
        #[test]
        fn one_number_for_another_is_never_the_same(a in 0_u32..200_000, b in 0_u32..200_000, head in "[a-z ]{0,8}", tail in " [a-z]{0,8}") {
            let text = |n: u32| format!("{head} {n}{tail}");
            proptest::prop_assert_eq!(a == b, same(&text(a), &text(b)));
            proptest::prop_assert_eq!(meaning(&meaning(&text(a))), meaning(&text(a)));
        }
    }
}
