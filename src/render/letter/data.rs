//! What changes make wrong in the reader's own data: which files, places and tools, and the patch.

use crate::model::{DataFinding, Language, TouchedData};
use crate::render::inert;
use crate::render::words::say;

use super::page::{Block, Field, Mark};

/// The most places listed: the rest is a command away.
const LISTED: usize = 20;

/// The section of each data file that the reader keeps, with at most so many lines of its patch.
pub(super) fn blocks(data: &[TouchedData], lines: usize, language: Language) -> Vec<Block> {
    data.iter().flat_map(|one| of(one, lines, language)).collect()
}

fn of(data: &TouchedData, lines: usize, language: Language) -> Vec<Block> {
    let label = |en, fr| say(language, en, fr);
    let name = inert(&data.name, 120);
    let mut blocks = vec![Block::Title(match language {
        Language::En => format!("Your data: {name}"),
        Language::Fr => format!("Vos données\u{a0}: {name}"),
    })];
    if let Some(fault) = &data.fault {
        let fault = inert(fault, 300);
        blocks.push(Block::Words(match language {
            Language::En => format!("Nobody could look at it: {fault}"),
            Language::Fr => format!("Personne n’a pu les examiner\u{a0}: {fault}"),
        }));
        return blocks;
    }
    if data.found.is_empty() {
        let words = label(
            "Nothing in it has to be edited for this change.",
            "Rien n’y est à modifier pour ce changement.",
        );
        blocks.push(Block::Words(words.to_owned()));
    } else {
        let items = data.found.iter().take(LISTED).map(|found| place(found, language)).collect();
        let left = data.found.len().saturating_sub(LISTED);
        let more = (left > 0).then(|| match language {
            Language::En => format!("{left} more"),
            Language::Fr => format!("{left} de plus"),
        });
        blocks.push(Block::List { items, more, mark: Mark::Plain });
    }
    if !data.tools.is_empty() {
        let tools = inert(&data.tools.join(", "), 300);
        blocks.push(Block::Fields(vec![Field::new(label("Tools", "Outils"), tools)]));
    }
    if !data.patches.is_empty() {
        blocks.push(Block::Heading(label("Patch", "Correctif").to_owned()));
        blocks.push(Block::Code(patch(&data.patches, lines, language)));
    }
    blocks
}

/// `data/noc.json:12, $['stem']: yours is true, the official value is no`.
fn place(found: &DataFinding, language: Language) -> String {
    let at = found.place.as_ref().map(|place| {
        let line = if place.line > 0 { format!(":{}", place.line) } else { String::new() };
        format!("{}{line} {}", place.file, place.path)
    });
    let at = inert(at.as_deref().unwrap_or(&found.binding), 160);
    let none = say(language, "nothing", "rien");
    let value = |value: &Option<String>| {
        value.as_deref().map_or_else(|| none.to_owned(), |value| inert(value, 80))
    };
    let (yours, official) = (value(&found.yours), value(&found.official));
    let from = found.wrong_from;
    let mut text = match (found.yours.is_some() || found.official.is_some(), language) {
        (false, _) => format!("{at}: {}", found.kind.word()),
        (true, Language::En) => format!("{at}: yours is {yours}, the official value is {official}"),
        (true, Language::Fr) => {
            format!("{at}\u{a0}: chez vous {yours}, valeur officielle {official}")
        }
    };
    match (from, language) {
        (None, _) => {}
        (Some(day), Language::En) => text.push_str(&format!(" from {day}")),
        (Some(day), Language::Fr) => text.push_str(&format!(" à partir du {day}")),
    }
    if let Some(note) = &found.note {
        text.push_str(&format!(" ({})", inert(note, 200)));
    }
    text
}

fn patch(patches: &[String], most: usize, language: Language) -> Vec<String> {
    let lines: Vec<&str> = patches.iter().flat_map(|patch| patch.lines()).collect();
    let mut shown: Vec<String> = lines.iter().take(most).map(|line| plain(line)).collect();
    let left = lines.len().saturating_sub(most);
    if left > 0 {
        shown.push(match language {
            Language::En => format!("# {left} more lines: rulewatch verify FILE --patch"),
            Language::Fr => {
                format!("# {left} lignes de plus\u{a0}: rulewatch verify FICHIER --patch")
            }
        });
    }
    shown
}

/// A line of a patch without what a terminal would obey; its spaces are kept, because they are what is patched.
fn plain(line: &str) -> String {
    let harmless = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
    line.chars().take(300).map(harmless).collect()
}
