//! The same rule in other words, and the same words with a letter wrong.

use super::super::sheet::Sheet;
use super::super::splice::{Change, put};
use super::Class::{Form, Rewording, Spelling};
use super::Reach::{Both, One};
use super::{Family, family};
use crate::MONTHS;

pub(super) const FAMILIES: [Family; 19] = [
    family("synonyms-of-duty", Rewording, Both, |s| said_as(s, &DUTIES)),
    family("synonyms-of-measure", Rewording, Both, |s| said_as(s, &MEASURES)),
    family("synonyms-of-action", Rewording, Both, |s| said_as(s, &ACTIONS)),
    family("synonyms-in-french", Rewording, Both, |s| said_as(s, &FRENCH)),
    family("contractions", Rewording, Both, |s| {
        s.each(r"\b(do|does|is|are|can)(not| not)\b", |c| {
            Some(if &c[1] == "can" { "can't".to_owned() } else { format!("{}n't", &c[1]) })
        })
    }),
    family("contractions-written-out", Rewording, Both, |s| {
        s.each(r"\b(you|we|they)(?:'|\u{2019})(re|ll|ve)\b", |c| {
            let verb = match &c[2] {
                "re" => "are",
                "ll" => "will",
                _ => "have",
            };
            Some(format!("{} {verb}", &c[1]))
        })
    }),
    family("condition-after", Rewording, One, |s| {
        s.each(r"^(\s*)If ([a-z][^.,;:]+), (you|your) ([^.;:]+)\.(\s*)$", |c| {
            let who = if &c[3] == "you" { "You" } else { "Your" };
            Some(format!("{}{who} {} if {}.{}", &c[1], &c[4], &c[2], &c[5]))
        })
    }),
    family("please-note", Rewording, One, |s| opened(s, "Please note: ", "À noter : ")),
    family("in-general", Rewording, One, |s| opened(s, "Note that ", "Notez que ")),
    family("a-letter-dropped-in-a-title", Spelling, One, |s| {
        titles(s, |word| Some([&word[..3], &word[4..]].concat()))
    }),
    family("letters-swapped-in-a-title", Spelling, One, |s| {
        titles(s, |word| {
            let (b, c) = (&word[2..3], &word[3..4]);
            (b != c).then(|| [&word[..2], c, b, &word[4..]].concat())
        })
    }),
    family("a-letter-doubled-in-a-title", Spelling, One, |s| {
        titles(s, |word| Some([&word[..3], &word[2..]].concat()))
    }),
    family("a-letter-dropped-in-a-header", Spelling, One, |s| {
        labels(s, |word| Some([&word[..3], &word[4..]].concat()))
    }),
    family("letters-swapped-in-a-header", Spelling, One, |s| {
        labels(s, |word| {
            let (b, c) = (&word[2..3], &word[3..4]);
            (b != c).then(|| [&word[..2], c, b, &word[4..]].concat())
        })
    }),
    family("headers-of-one-or-several", Spelling, Both, |s| {
        let heads = inside(s, &["th"]);
        s.each_in(&heads, r"^(\s*[A-Z][a-z]+)(\s*)$", |c| {
            let one = c[1].strip_suffix('s').map_or_else(|| format!("{}s", &c[1]), str::to_owned);
            Some(format!("{one}{}", &c[2]))
        })
    }),
    family("headings-numbered", Form, Both, |s| {
        let plain = |id: &usize| !s.text_of(*id).starts_with(|c: char| c.is_ascii_digit());
        s.named(&["h2", "h3"])
            .into_iter()
            .filter(plain)
            .enumerate()
            .map(|(n, id)| s.lined(id, &format!("{}. ", n + 1), ""))
            .collect()
    }),
    family("headings-with-a-colon", Form, Both, |s| {
        let open = |id: &usize| s.text_of(*id).ends_with(char::is_alphanumeric);
        s.named(&["h2", "h3", "h4"])
            .into_iter()
            .filter(open)
            .map(|id| s.lined(id, "", ":"))
            .collect()
    }),
    family("abbreviations-explained", Form, Both, |s| {
        let free: Vec<usize> =
            s.words().into_iter().filter(|id| !s.is_in(*id, &["abbr"])).collect();
        s.each_in(&free, r"\b(NOC|TEER|CLB|CRS|LMIA|CNP|FEER|NCLC|SCG|EIMT)\b", |c| {
            Some(format!("<abbr title=\"{}\">{}</abbr>", meaning(&c[0]), &c[0]))
        })
    }),
    family("footnote-stars-to-daggers", Form, Both, |s| {
        let all = s.each(r"\*", |_| Some("†".to_owned()));
        if all.is_empty() { Vec::new() } else { vec![all.concat()] }
    }),
];

const DUTIES: [(&str, &str); 9] = [
    ("must have", "need to have"),
    ("must be", "need to be"),
    ("must meet", "have to meet"),
    ("must pay", "have to pay"),
    ("must submit", "have to submit"),
    ("You must", "You need to"),
    ("you must", "you need to"),
    ("are required to", "must"),
    ("is required", "is needed"),
];

const MEASURES: [(&str, &str); 7] = [
    ("at least", "a minimum of"),
    ("a minimum of", "at least"),
    ("more than", "over"),
    ("up to", "a maximum of"),
    ("or more", "or above"),
    ("or higher", "or better"),
    ("less than", "under"),
];

const ACTIONS: [(&str, &str); 9] = [
    ("you may", "you can"),
    ("you can", "you're able to"),
    ("apply for", "ask for"),
    ("includes", "covers"),
    ("receive", "get"),
    ("obtain", "get"),
    ("before you", "prior to when you"),
    ("provide", "give"),
    ("however", "but"),
];

const FRENCH: [(&str, &str); 7] = [
    ("Vous devez", "Il vous faut"),
    ("vous devez", "il vous faut"),
    ("au moins", "un minimum de"),
    ("devez avoir", "êtes tenu d'avoir"),
    ("vous pouvez", "il vous est possible de"),
    ("plus de", "au-delà de"),
    ("doit être", "devra être"),
];

fn meaning(short: &str) -> &'static str {
    match short {
        "NOC" => "National Occupational Classification",
        "TEER" => "Training, Education, Experience and Responsibilities",
        "CLB" => "Canadian Language Benchmarks",
        "CRS" => "Comprehensive Ranking System",
        "LMIA" => "Labour Market Impact Assessment",
        "CNP" => "Classification nationale des professions",
        "FEER" => "Formation, études, expérience et responsabilités",
        "NCLC" => "Niveaux de compétence linguistique canadiens",
        "SCG" => "Système de classement global",
        _ => "Étude d'impact sur le marché du travail",
    }
}

fn said_as(sheet: &Sheet, pairs: &[(&str, &str)]) -> Vec<Change> {
    let of =
        |(from, to): &(&str, &str)| sheet.each(&format!(r"\b{from}\b"), |_| Some((*to).to_owned()));
    pairs.iter().flat_map(of).collect()
}

/// Sentences that begin otherwise.
fn opened(sheet: &Sheet, english: &str, french: &str) -> Vec<Change> {
    let opening = if sheet.is_french { french } else { english };
    let lines = sheet.named(&["p", "li"]);
    let is_sentence = |id: &usize| {
        let words = sheet.text_of(*id);
        words.ends_with('.')
            && words.len() > 40
            && sheet.inner_text(*id).trim().starts_with(char::is_uppercase)
    };
    let open = |id: usize| {
        let at = sheet.inner(id).start;
        let first = at + sheet.inner_text(id).len() - sheet.inner_text(id).trim_start().len();
        let letter = sheet.text[first..].chars().next().unwrap();
        let small: String = letter.to_lowercase().collect();
        vec![put(first..first + letter.len_utf8(), format!("{opening}{small}"))]
    };
    lines.into_iter().filter(is_sentence).map(open).collect()
}

fn inside(sheet: &Sheet, names: &[&str]) -> Vec<usize> {
    sheet.words().into_iter().filter(|id| sheet.is_in(*id, names)).collect()
}

/// A long word of a heading, written otherwise. The month of a date is not only a word.
fn titles(sheet: &Sheet, write: impl Fn(&str) -> Option<String>) -> Vec<Change> {
    let words = inside(sheet, &["h2", "h3", "h4", "caption", "summary"]);
    sheet.each_in(&words, r"\b[A-Za-z]{6,}\b", |c| {
        if MONTHS.contains(&&c[0]) { None } else { write(&c[0]) }
    })
}

/// A long word of a column's header or a row's title, written otherwise.
fn labels(sheet: &Sheet, write: impl Fn(&str) -> Option<String>) -> Vec<Change> {
    let words = inside(sheet, &["th", "dt"]);
    sheet.each_in(&words, r"\b[A-Za-z]{6,}\b", |c| write(&c[0]))
}

#[test]
fn a_typo_is_one_letter_and_a_synonym_the_same_rule() {
    let html = "<html lang=en><main><h2>Eligibility</h2><p>If you work full time, you must have at least 6 months.</p>";
    let sheet = Sheet::of(html, &[]);
    let made = |name: &str| -> Vec<String> {
        let family = FAMILIES.iter().find(|family| family.name == name).unwrap();
        (family.places)(&sheet).into_iter().map(|change| change[0].with.clone()).collect()
    };
    assert_eq!(made("a-letter-dropped-in-a-title"), ["Eliibility"]);
    assert_eq!(made("letters-swapped-in-a-title"), ["Elgiibility"]);
    assert_eq!(made("a-letter-doubled-in-a-title"), ["Eliigibility"]);
    assert_eq!(made("synonyms-of-measure"), ["a minimum of"]);
    assert_eq!(made("condition-after"), ["You must have at least 6 months if you work full time."]);
}
