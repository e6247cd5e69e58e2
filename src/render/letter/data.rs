//! What changes make wrong in the reader's own data: which files, places and tools, and the patch.

use crate::model::{DataPatch, TouchedData};
use crate::render::inert::is_unseen;
use crate::render::words::{Voice, and_more, say};
use crate::render::{bound, inert};

use super::page::{Block, Field, Mark};

/// The most places listed: the rest is a command away.
const LISTED: usize = 20;

/// The most lines of a patch, and the most characters of each.
const LINES: usize = 120;
const LONGEST: usize = 300;

/// The section of each data file that the reader keeps, with at most so many places, and as much of a patch as goes
/// with them.
pub(super) fn blocks(data: &[TouchedData], rows: usize, voice: Voice<'_>) -> Vec<Block> {
    data.iter().flat_map(|one| of(one, rows, voice)).collect()
}

fn of(data: &TouchedData, rows: usize, voice: Voice<'_>) -> Vec<Block> {
    let language = voice.language;
    let label = |en, fr| say(language, en, fr);
    let mut blocks = vec![Block::Title(bound::title(data, language))];
    if let Some(words) = bound::nothing(data, language) {
        blocks.push(Block::Words(words));
    } else {
        let listed = LISTED.min(rows);
        let items =
            data.found.iter().take(listed).map(|found| bound::place(found, voice)).collect();
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
                    "It does not fit into a letter: `rulewatch verify FILE --patch` prints it.",
                    "Il ne tient pas dans une lettre\u{a0}: `rulewatch verify FICHIER --patch` l'affiche.",
                )
                .to_owned(),
            ),
        });
    }
    blocks
}

/// The lines of the patches, if they can be shown whole: a patch of which something is missing cannot be applied.
fn whole(patches: &[DataPatch], most: usize) -> Option<Vec<String>> {
    let lines = || patches.iter().flat_map(|patch| patch.unified.lines());
    let is_plain = |c: char| c == '\t' || !(c.is_control() || is_unseen(c));
    let fits = lines().count() <= most
        && lines().all(|line| line.chars().count() <= LONGEST && line.chars().all(is_plain));
    fits.then(|| lines().map(str::to_owned).collect())
}
