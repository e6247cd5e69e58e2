//! Numbers in words, in English and French.

use std::borrow::Cow;

/// The value of words that together make one number, without the hyphens and spaces between them:
/// `["twenty", "four"]`, `["quatre", "vingt", "dix", "neuf"]`. `None` if they are not a number.
#[must_use]
pub(super) fn numeral(words: &[&str]) -> Option<u64> {
    let mut total = 0;
    // The sum since the last thousand, and whether the last word was a joining one.
    let (mut current, mut joins) = (0_u64, false);
    for (n, word) in words.iter().enumerate() {
        if n > 0 && (*word == "and" || *word == "et") {
            joins = true;
            continue;
        }
        current = match kind(word)? {
            Kind::Ones(value) => with_ones(current, value, n == 0 || current == 0)?,
            Kind::Tens(20) if current % 100 == 4 => current - 4 + 80,
            Kind::Tens(value) if current % 100 == 0 => current + value,
            Kind::Hundred if current < 10 => current.max(1) * 100,
            Kind::Thousand if current < 1000 && total == 0 => {
                total = current.max(1) * 1000;
                0
            }
            Kind::Tens(_) | Kind::Hundred | Kind::Thousand => return None,
        };
        joins = false;
    }
    (!words.is_empty() && !joins).then_some(total + current)
}

/// Adds a number under twenty: after nothing, after a ten, or, in French, after sixty and eighty.
fn with_ones(current: u64, value: u64, is_first: bool) -> Option<u64> {
    let tens = current % 100;
    let fits = match tens {
        0 => is_first || current > 0,
        // "dix-sept"
        10 => (7..=9).contains(&value),
        60 | 80 => (1..=19).contains(&value),
        20 | 30 | 40 | 50 | 70 | 90 => (1..=9).contains(&value),
        _ => false,
    };
    fits.then_some(current + value)
}

enum Kind {
    Ones(u64),
    Tens(u64),
    Hundred,
    Thousand,
}

fn kind(word: &str) -> Option<Kind> {
    // The length of the longest word below.
    if word.len() > 10 {
        return None;
    }
    Some(match &*lower(word) {
        "zero" | "zéro" => Kind::Ones(0),
        "one" | "un" | "une" => Kind::Ones(1),
        "two" | "deux" => Kind::Ones(2),
        "three" | "trois" => Kind::Ones(3),
        "four" | "quatre" => Kind::Ones(4),
        "five" | "cinq" => Kind::Ones(5),
        "six" => Kind::Ones(6),
        "seven" | "sept" => Kind::Ones(7),
        "eight" | "huit" => Kind::Ones(8),
        "nine" | "neuf" => Kind::Ones(9),
        "ten" | "dix" => Kind::Ones(10),
        "eleven" | "onze" => Kind::Ones(11),
        "twelve" | "douze" => Kind::Ones(12),
        "thirteen" | "treize" => Kind::Ones(13),
        "fourteen" | "quatorze" => Kind::Ones(14),
        "fifteen" | "quinze" => Kind::Ones(15),
        "sixteen" | "seize" => Kind::Ones(16),
        "seventeen" => Kind::Ones(17),
        "eighteen" => Kind::Ones(18),
        "nineteen" => Kind::Ones(19),
        "twenty" | "vingt" | "vingts" => Kind::Tens(20),
        "thirty" | "trente" => Kind::Tens(30),
        "forty" | "quarante" => Kind::Tens(40),
        "fifty" | "cinquante" => Kind::Tens(50),
        "sixty" | "soixante" => Kind::Tens(60),
        "seventy" | "septante" => Kind::Tens(70),
        "eighty" | "huitante" => Kind::Tens(80),
        "ninety" | "nonante" => Kind::Tens(90),
        "hundred" | "cent" | "cents" => Kind::Hundred,
        "thousand" | "mille" => Kind::Thousand,
        _ => return None,
    })
}

/// The word in lower case. Most are, and every word of a page comes here.
fn lower(word: &str) -> Cow<'_, str> {
    let is_lower = word.bytes().all(|b| b.is_ascii_lowercase());
    if is_lower { word.into() } else { word.to_lowercase().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, value: Option<u64>) {
        let words: Vec<&str> = words.split([' ', '-']).collect();
        assert_eq!(numeral(&words), value, "{words:?}");
    }

    #[test]
    fn every_number_to_ninety_nine_in_english() {
        let ones = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
        let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
        for (ten, word) in tens.iter().enumerate() {
            for (one, unit) in ones.iter().enumerate() {
                let said = if one == 0 { (*word).to_owned() } else { format!("{word}-{unit}") };
                check(&said, Some((ten as u64 + 2) * 10 + one as u64));
            }
        }
        check("nineteen", Some(19));
    }

    #[test]
    fn numbers_in_french() {
        for (words, value) in [
            ("dix-sept", 17),
            ("vingt et un", 21),
            ("trente-six", 36),
            ("soixante", 60),
            ("soixante-dix", 70),
            ("soixante et onze", 71),
            ("soixante-dix-neuf", 79),
            ("quatre-vingts", 80),
            ("quatre-vingt-un", 81),
            ("quatre-vingt-dix", 90),
            ("quatre-vingt-dix-sept", 97),
            ("deux cents", 200),
            ("mille", 1000),
        ] {
            check(words, Some(value));
        }
    }

    #[test]
    fn larger_numbers_and_what_is_none() {
        check("one hundred and twenty", Some(120));
        check("two thousand five hundred", Some(2500));
        check("one two", None);
        check("twenty thirty", None);
        check("vingt et", None);
        check("fee", None);
        check("dix six", None);
    }
}
