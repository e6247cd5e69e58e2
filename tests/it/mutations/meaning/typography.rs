//! The same words in other signs: spaces, hyphens, quotes, dashes, entities, case.

use super::super::sheet::Sheet;
use super::super::splice::{Change, put};
use super::Class::Form;
use super::Reach::{All, Both};
use super::{Family, family};

pub(super) const FAMILIES: [Family; 24] = [
    family("soft-hyphens", Form, Both, |s| {
        s.each(r"[A-Za-zé]{8,}", |c| Some(halved(&c[0], "\u{ad}")))
    }),
    family("soft-hyphen-entities", Form, Both, |s| {
        s.each(r"[A-Za-zé]{8,}", |c| Some(halved(&c[0], "&shy;")))
    }),
    family("word-break-tags", Form, Both, |s| {
        s.each(r"[A-Za-zé]{9,}", |c| Some(halved(&c[0], "<wbr>")))
    }),
    family("zero-width-in-words", Form, Both, |s| {
        s.each(r"[A-Za-zé]{6,}", |c| Some(halved(&c[0], "\u{200b}")))
    }),
    family("zero-width-in-figures", Form, Both, |s| {
        s.each(r"\d{2,}", |c| Some(halved(&c[0], "\u{200b}")))
    }),
    family("zero-width-around", Form, Both, |s| {
        s.each(r"^\S.*\S$", |c| Some(format!("\u{feff}{}\u{200b}", &c[0])))
    }),
    family("word-joiners", Form, Both, |s| {
        s.each(r"(\d)(-)(\d)", |c| Some(format!("{}\u{2060}-\u{2060}{}", &c[1], &c[3])))
    }),
    family("no-break-spaces", Form, Both, |s| {
        s.each(r"(\w) (\w)", |c| Some(format!("{}\u{a0}{}", &c[1], &c[2])))
    }),
    family("no-break-space-entities", Form, Both, |s| {
        s.each(r"(\w) (\w)", |c| Some(format!("{}&nbsp;{}", &c[1], &c[2])))
    }),
    family("narrow-spaces", Form, Both, |s| {
        s.each(r"(\d) (\w)", |c| Some(format!("{}\u{202f}{}", &c[1], &c[2])))
    }),
    family("thin-spaces", Form, Both, |s| {
        s.each(r"(\w) (\w)", |c| Some(format!("{}\u{2009}{}", &c[1], &c[2])))
    }),
    family("doubled-spaces", Form, Both, |s| {
        s.each(r"(\w) (\w)", |c| Some(format!("{} \u{a0}{}", &c[1], &c[2])))
    }),
    family("straight-quotes", Form, Both, |s| {
        s.each("[\u{2018}\u{2019}\u{201c}\u{201d}]", |c| {
            Some(if "\u{2018}\u{2019}".contains(&c[0]) { "'" } else { "\"" }.to_owned())
        })
    }),
    family("curly-quotes", Form, Both, |s| {
        s.each(r"(\w)'(\w)", |c| Some(format!("{}\u{2019}{}", &c[1], &c[2])))
    }),
    family("quote-entities", Form, Both, |s| {
        s.each(r"(\w)['\u{2019}](\w)", |c| Some(format!("{}&rsquo;{}", &c[1], &c[2])))
    }),
    family("dashes-to-hyphens", Form, Both, |s| {
        s.each("[\u{2013}\u{2014}]", |_| Some("-".to_owned()))
    }),
    family("hyphens-to-dashes", Form, Both, |s| {
        s.each(r"(\w) - (\w)", |c| Some(format!("{} \u{2013} {}", &c[1], &c[2])))
    }),
    family("no-break-hyphens", Form, Both, |s| {
        s.each(r"([a-z])-([a-z])", |c| Some(format!("{}\u{2011}{}", &c[1], &c[2])))
    }),
    family("signs-as-entities", Form, Both, |s| {
        s.each(r"[$%+*()]", |c| Some(format!("&#{};", u32::from(c[0].chars().next().unwrap()))))
    }),
    family("figures-as-entities", Form, Both, |s| {
        s.each(r"\d", |c| Some(format!("&#{};", u32::from(c[0].chars().next().unwrap()))))
    }),
    family("letters-decomposed", Form, Both, |s| s.each("é", |_| Some("e\u{301}".to_owned()))),
    family("headings-capital", Form, Both, |s| heads(s, str::to_uppercase)),
    family("headings-title-case", Form, Both, |s| {
        heads(s, |words| {
            let word = |word: &str| {
                let mut letters = word.chars();
                letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
            };
            words.split(' ').map(word).collect::<Vec<_>>().join(" ")
        })
    }),
    family("final-periods-dropped", Form, All, |s| {
        let mut places = Vec::new();
        for id in s.named(&["li", "p", "td", "dd"]) {
            let words = s.inner_text(id).trim_end();
            let at = s.inner(id).start + words.len();
            let is_end = words.ends_with('.') && !words.ends_with("..") && !words.ends_with("etc.");
            if is_end && words[..words.len() - 1].ends_with(char::is_alphanumeric) {
                places.push(vec![put(at - 1..at, "")]);
            }
        }
        places
    }),
];

/// A word with something in its middle.
fn halved(word: &str, with: &str) -> String {
    let middle = word.char_indices().nth(word.chars().count() / 2).map_or(0, |(at, _)| at);
    format!("{}{with}{}", &word[..middle], &word[middle..])
}

fn heads(sheet: &Sheet, write: impl Fn(&str) -> String) -> Vec<Change> {
    let names = ["h2", "h3", "h4", "caption", "summary"];
    let words: Vec<usize> =
        sheet.words().into_iter().filter(|id| sheet.is_in(*id, &names)).collect();
    sheet.each_in(&words, r"^[^&<]+$", |c| Some(write(&c[0])))
}
