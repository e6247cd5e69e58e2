//! What changes make wrong in the reader's own data: which files, places and tools, and the patch.

use crate::model::{DataFinding, Language, TouchedData};
use crate::render::inert;
use crate::render::inert::is_unseen;
use crate::render::words::{and_more, say};

use super::page::{Block, Field, Mark};

/// The most places listed: the rest is a command away.
const LISTED: usize = 20;

/// The most lines of a patch, and the most characters of each.
const LINES: usize = 120;
const LONGEST: usize = 300;

/// The section of each data file that the reader keeps, with at most so many places, and as much of a patch as goes
/// with them.
pub(super) fn blocks(data: &[TouchedData], rows: usize, language: Language) -> Vec<Block> {
    data.iter().flat_map(|one| of(one, rows, language)).collect()
}

fn of(data: &TouchedData, rows: usize, language: Language) -> Vec<Block> {
    let label = |en, fr| say(language, en, fr);
    let name = inert(&data.name, 120);
    let mut blocks = vec![Block::Title(match language {
        Language::En => format!("Your data: {name}"),
        Language::Fr => format!("Vos données\u{a0}: {name}"),
    })];
    if let Some(fault) = &data.fault {
        let fault = inert(fault, 300);
        blocks.push(Block::Words(match language {
            Language::En => format!("It could not be looked at: {fault}"),
            Language::Fr => format!("Elles n'ont pas pu être examinées\u{a0}: {fault}"),
        }));
        return blocks;
    }
    if data.found.is_empty() {
        let words = label(
            "Nothing in it has to be edited for this change.",
            "Rien n'y est à modifier pour ce changement.",
        );
        blocks.push(Block::Words(words.to_owned()));
    } else {
        let listed = LISTED.min(rows);
        let items = data.found.iter().take(listed).map(|found| place(found, language)).collect();
        let left = data.found.len().saturating_sub(listed);
        let more = (left > 0).then(|| and_more(left, language));
        blocks.push(Block::List { items, more, mark: Mark::Plain });
    }
    if !data.tools.is_empty() {
        let tools = inert(&data.tools.join(", "), 300);
        blocks.push(Block::Fields(vec![Field::new(label("Tools", "Outils"), tools)]));
    }
    if !data.patches.is_empty() {
        blocks.push(Block::Heading(label("Patch", "Correctif").to_owned()));
        blocks.push(match whole(&data.patches, LINES.min(4 * rows)) {
            Some(lines) => Block::Code(lines),
            None => Block::Words(
                label(
                    "It is too long for a letter: `rulewatch verify FILE --patch` prints it.",
                    "Il est trop long pour une lettre\u{a0}: `rulewatch verify FICHIER --patch` l'affiche.",
                )
                .to_owned(),
            ),
        });
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

/// The lines of the patches, if they can be shown whole: a patch of which something is missing cannot be applied.
fn whole(patches: &[String], most: usize) -> Option<Vec<String>> {
    let lines = || patches.iter().flat_map(|patch| patch.lines());
    let is_plain = |c: char| c == '\t' || !(c.is_control() || is_unseen(c));
    let fits = lines().count() <= most
        && lines().all(|line| line.chars().count() <= LONGEST && line.chars().all(is_plain));
    fits.then(|| lines().map(str::to_owned).collect())
}
