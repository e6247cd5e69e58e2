//! The same amounts, ranges and lists of numbers, written as other editors write them.

use super::super::sheet::Sheet;
use super::super::splice::Change;
use super::Class::Form;
use super::Reach::Both;
use super::{Family, family};

pub(super) const FAMILIES: [Family; 22] = [
    family("amounts-can-dollar", Form, Both, |s| amounts(s, |n| format!("CAN${n}"))),
    family("amounts-c-dollar", Form, Both, |s| amounts(s, |n| format!("C${n}"))),
    family("amounts-cad-after", Form, Both, |s| amounts(s, |n| format!("${n} CAD"))),
    family("amounts-cad-before", Form, Both, |s| amounts(s, |n| format!("CAD {n}"))),
    family("amounts-dollar-apart", Form, Both, |s| amounts(s, |n| format!("$\u{a0}{n}"))),
    family("amounts-with-cents", Form, Both, |s| {
        s.each(r"\$(\d{1,3}(?:,\d{3})+|\d+)([^\d.,A-Za-z]|$)", |c| {
            Some(format!("${}.00{}", &c[1], &c[2]))
        })
    }),
    family("french-amounts-can", Form, Both, |s| {
        s.each(r"(\d)(\s?)\$($|[^\d A-Z]| [^C])", |c| {
            s.is_french.then(|| format!("{}{}$\u{a0}CA{}", &c[1], &c[2], &c[3]))
        })
    }),
    family("groups-narrow-space", Form, Both, |s| groups(s, "\u{202f}")),
    family("groups-thin-space", Form, Both, |s| groups(s, "\u{2009}")),
    family("groups-no-break-space", Form, Both, |s| groups(s, "\u{a0}")),
    family("groups-none", Form, Both, |s| groups(s, "")),
    family("numbers-in-words", Form, Both, |s| {
        counted(s, r"\d{1,2}", |s, n| {
            let n: usize = n.parse().ok()?;
            (1..=12).contains(&n).then(|| words_of(s)[n - 1].to_owned())
        })
    }),
    family("words-in-numbers", Form, Both, |s| {
        counted(s, r"[a-z]+", |s, word| {
            let at = words_of(s).iter().position(|known| *known == word)?;
            // "un an" is also "a year".
            (at > 0).then(|| (at + 1).to_string())
        })
    }),
    family("number-and-word", Form, Both, |s| {
        counted(s, r"\d{1,2}", |s, n| {
            let at: usize = n.parse().ok()?;
            (2..=12).contains(&at).then(|| format!("{} ({n})", words_of(s)[at - 1]))
        })
    }),
    family("range-with-to", Form, Both, |s| {
        let to = if s.is_french { "\u{e0}" } else { "to" };
        s.each(RANGE, |c| Some(format!("{}{} {to} {}{}", &c[1], &c[2], &c[3], &c[4])))
    }),
    family("range-with-a-dash", Form, Both, |s| {
        let pattern =
            if s.is_french { r"\b(\d{1,4}) à (\d{1,4})\b" } else { r"\b(\d{1,4}) to (\d{1,4})\b" };
        s.each(pattern, |c| Some(format!("{}\u{2013}{}", &c[1], &c[2])))
    }),
    family("percent-apart", Form, Both, |s| {
        s.each(r"(\d)%", |c| Some(format!("{}\u{a0}%", &c[1])))
    }),
    family("percent-in-words", Form, Both, |s| {
        let word = if s.is_french { "pour cent" } else { "per cent" };
        s.each(r"(\d)\s?%", |c| Some(format!("{} {word}", &c[1])))
    }),
    family("comma-before-and", Form, Both, |s| {
        let pattern = if s.is_french {
            r"(\w, \w[^,.;<]{0,40}?) (et|ou) "
        } else {
            r"(\w, \w[^,.;<]{0,40}?) (and|or) "
        };
        s.each(pattern, |c| Some(format!("{}, {} ", &c[1], &c[2])))
    }),
    family("no-comma-before-and", Form, Both, |s| {
        s.each(r", (and|or|et|ou) ", |c| Some(format!(" {} ", &c[1])))
    }),
    family("numbers-listed-with-commas-alone", Form, Both, |s| {
        s.each(r"\b(\d+, \d+),? (?:and|et) (\d+)\b", |c| Some(format!("{}, {}", &c[1], &c[2])))
    }),
    family("numbers-listed-with-and", Form, Both, |s| {
        let and = if s.is_french { "et" } else { "and" };
        s.each(r"\b(\d{4,5}), (\d{4,5})([^\d,]|$)", |c| {
            Some(format!("{} {and} {}{}", &c[1], &c[2], &c[3]))
        })
    }),
];

/// Two small numbers with a dash between, in no date, code or telephone number.
const RANGE: &str = r"(^|[^\d\-–/.,])(\d{1,3})\s?[-–]\s?(\d{1,3})($|[^\d\-–/%])";

/// Amounts of dollars that do not say whose dollars they are.
fn amounts(sheet: &Sheet, write: impl Fn(&str) -> String) -> Vec<Change> {
    let pattern = r"(^|[^A-Z\d])\$(\d+(?:,\d{3})*(?:\.\d\d)?)($|[^\dA-Za-z,.]|[,.]\s|[,.]$)(\(?C(?:AD|DN|A)\b|million)?";
    sheet.each(pattern, |c| {
        c.get(4).is_none().then(|| format!("{}{}{}", &c[1], write(&c[2]), &c[3]))
    })
}

fn groups(sheet: &Sheet, with: &str) -> Vec<Change> {
    sheet.each(r"\b\d{1,3}(?:,\d{3})+\b", |c| Some(c[0].replace(',', with)))
}

const ENGLISH: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];
const FRENCH: [&str; 12] = [
    "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
];

fn words_of(sheet: &Sheet) -> [&'static str; 12] {
    if sheet.is_french { FRENCH } else { ENGLISH }
}

/// A number that counts something, in running text.
fn counted(
    sheet: &Sheet,
    number: &str,
    write: impl Fn(&Sheet, &str) -> Option<String>,
) -> Vec<Change> {
    let things =
        "years?|months?|weeks?|days?|hours?|positions?|ans?|mois|semaines?|jours?|heures?|postes?";
    sheet.each(&format!(r"(^|[^\d.,$\-–/\w])({number})([\s-](?:{things}))\b"), |c| {
        Some(format!("{}{}{}", &c[1], write(sheet, &c[2])?, &c[3]))
    })
}

#[test]
fn amounts_ranges_and_counts_are_found_and_nothing_like_them() {
    let html = "<html lang=en><main><p>Pay $1,000.50, then $40. Or $60 CAD. It takes 5-12 weeks, or 6 months, and $2,000, 1,250,000 or less. \
                Call 1-888-242-2100 before 2026-05-01; see NOC 21211, 21231 and 21232.";
    let sheet = Sheet::of(html, &[]);
    let made = |name: &str| -> Vec<String> {
        let family = FAMILIES.iter().find(|family| family.name == name).unwrap();
        (family.places)(&sheet).into_iter().map(|change| change[0].with.clone()).collect()
    };
    assert_eq!(made("amounts-can-dollar"), [" CAN$1,000.50, ", " CAN$40. ", " CAN$2,000, "]);
    assert_eq!(made("range-with-to"), [" 5 to 12 "]);
    assert_eq!(made("numbers-in-words"), [" six months"], "`5-12 weeks` is a range");
    assert_eq!(made("numbers-listed-with-commas-alone"), ["21211, 21231, 21232"]);
    assert_eq!(
        made("groups-narrow-space"),
        ["1\u{202f}000", "2\u{202f}000", "1\u{202f}250\u{202f}000"]
    );
}
