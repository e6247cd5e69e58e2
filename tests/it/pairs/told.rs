//! The letters that the events of the pairs give, of every publisher. A French one has no English but names, and what it marks as words
//! of the page; both are small enough for every mail program.

use std::collections::BTreeSet;

use rulewatch::model::{Change, Language, Letter};
use rulewatch::previewing::{For, preview};

use crate::world::World;

/// Words that an English sentence or label has, and a French one has not.
const ENGLISH: &str = "
    the of and or for with from by is are was were be been not no must who which than this that these those at
    it its has have had will may can should per each any between before after over about into until since
    when where how what there their them they you your our
    added removed changed closed opened open paused fee fees amount wage wages hourly yearly annual
    row column table list item record records field heading entry block line paragraph
    year years month months week weeks day days hour hours business
    work worker workers worked permit permits employer employers employee applications applicant
    applicants applying apply eligible eligibility requirement requirements required minimum maximum
    score scores points-based draw draws stream streams status notice notices category categories
    language skilled worker education job offer study student students spouse family
    processing standard standards time times threshold thresholds occupation occupations wording unlisted listed
    yes none nothing unknown announced effective seen rule rules published
";

/// What is wrong with the letters of the event of a change.
pub(super) fn fault(world: &World, change: &Change) -> Option<String> {
    let [english, french] =
        [Language::En, Language::Fr].map(|language| letter(world, change, language));
    for letter in [&english, &french] {
        let size = letter.text.len() + letter.html.len();
        if size > 60_000 {
            return Some(format!("a letter of {size} bytes"));
        }
    }
    let found = english_in(world, &french);
    if !found.is_empty() {
        return Some(format!("English in a French letter: {found:?}\n{}", french.text));
    }
    // What finds nothing in an English letter would find nothing in a French one.
    (english_in(world, &english).len() < 5)
        .then(|| "an English letter passes for French".to_owned())
}

fn letter(world: &World, change: &Change, language: Language) -> Letter {
    let doors = world.doors(None, change.seen_at);
    let by = (&*doors.catalog, &*doors.correspondence);
    preview(&doors.store, by, change.id.as_str(), &For::Anybody(language)).unwrap()
}

/// The English words of a letter, without those that are names or quoted from the page.
fn english_in(world: &World, letter: &Letter) -> BTreeSet<String> {
    let catalog = world.doors(None, jiff::Timestamp::UNIX_EPOCH).catalog;
    let mut text = format!("{}\n{}", letter.subject, letter.text);
    for name in catalog
        .rules()
        .iter()
        .flat_map(|rule| &rule.tools)
        .chain([&"Rule Watchers Inc.".to_owned()])
    {
        text = text.replace(name.as_str(), " ");
    }
    let is_key = |word: &&str| {
        let begins = word.starts_with("R-") || word.contains("://") || word.contains('@');
        begins || word.contains(|c: char| c.is_ascii_digit())
    };
    let known: BTreeSet<&str> = ENGLISH.split_whitespace().collect();
    unquoted(&text)
        .lines()
        .filter(|line| !is_of_page(line))
        .flat_map(str::split_whitespace)
        // A word that was cut may be the beginning of any other.
        .filter(|word| !is_key(word) && !word.ends_with('…'))
        .flat_map(|word| word.split(|c: char| !c.is_alphabetic()))
        .map(str::to_lowercase)
        .filter(|word| known.contains(word.as_str()))
        .collect()
}

/// Whether a line is words of the page, marked as such, or a name: of a fact, a command, or of where the sender
/// lives.
fn is_of_page(line: &str) -> bool {
    let line = line.trim_start();
    let begins = ["| ", "Adresse ", "Fait "].iter().any(|begins| line.starts_with(begins));
    begins || line.contains("  rulewatch ")
}

/// A text without what stands in French quotation marks.
fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, quote)) = rest.split_once('«') {
        out.push_str(before);
        rest = quote.split_once('»').map_or("", |(_, behind)| behind);
    }
    out + rest
}
