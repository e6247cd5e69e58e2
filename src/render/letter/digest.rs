//! The letter about several events: program by program, the most severe first.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::model::{Language, Letter, SourceId};
use crate::render::inert;
use crate::render::words::{self, say};

use super::changes::{link, not_shown, title, whole};
use super::data;
use super::foot::foot;
use super::group::{Group, grouped};
use super::input::LetterInput;
use super::meaning::meaning;
use super::page::{Block, Field, Room, fitting, led};
use super::subject;

/// How much is listed.
const ROOMS: [Room; 4] = [
    Room { rows: 40, groups: 20 },
    Room { rows: 16, groups: 10 },
    Room { rows: 4, groups: 4 },
    Room { rows: 0, groups: 1 },
];

/// The most sources named that cannot be read.
const NAMED: usize = 8;

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct DigestInput<'a> {
    /// The changes and the words they are told in.
    pub of: LetterInput<'a>,
    /// How many sources are watched.
    pub n_sources: usize,
    /// Those that have gone stale, and since when.
    pub unread: &'a [(SourceId, Timestamp)],
}

/// Writes the letter.
#[must_use]
pub fn digest(digest: &DigestInput<'_>) -> Letter {
    let groups = grouped(&digest.of);
    fitting(&ROOMS, |room| in_room(digest, &groups, room))
}

fn in_room(digest: &DigestInput<'_>, groups: &[Group<'_>], mut room: Room) -> Letter {
    let input = &digest.of;
    let language = input.language;
    let prefix = say(language, "Digest: ", "Récapitulatif\u{a0}: ");
    let rows = room.rows;
    let mut blocks = vec![Block::Words(opening(input, groups)), Block::Words(read(digest))];
    let unread = unread(digest);
    if !unread.is_empty() {
        blocks.push(Block::Fields(unread));
    }
    let mut unsaid = 0;
    for (program, groups) in &by_program(groups) {
        let (told, untold) = groups.split_at(groups.len().min(room.groups));
        room.groups -= told.len();
        unsaid += untold.iter().map(|group| group.changes.len()).sum::<usize>();
        if !told.is_empty() {
            blocks.push(Block::Title(inert(input.glossary.program(program, language), 120)));
            unsaid += sources(input, told, &mut room.rows, &mut blocks);
        }
    }
    blocks.extend(not_shown(unsaid, language));
    blocks.extend(data::blocks(input.data, rows, input.voice()));
    blocks.extend(foot(input.sender, input.leave, language));
    let subject = subject::told(input, prefix, subject::LONGEST);
    let headline = subject::told(input, prefix, subject::LONGEST_HEADLINE);
    led(subject, (meaning(input).as_deref(), &headline), &blocks, language)
}

/// How many changes there are, and where.
fn opening(input: &LetterInput<'_>, groups: &[Group<'_>]) -> String {
    let (changes, programs) = (input.changes.len(), by_program(groups).len());
    let count =
        |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    match input.language {
        Language::En => format!(
            "{} in {}. What matters most comes first.",
            count(changes, "change", "changes"),
            count(programs, "program", "programs"),
        ),
        Language::Fr => format!(
            "{} dans {}. Le plus important vient en premier.",
            count(changes, "changement", "changements"),
            count(programs, "programme", "programmes"),
        ),
    }
}

/// How many sources could be read: silence about the others does not mean that nothing changed.
fn read(digest: &DigestInput<'_>) -> String {
    let (all, unread) = (digest.n_sources, digest.unread.len());
    let read = all.saturating_sub(unread);
    match (unread, digest.of.language) {
        (0, Language::En) if all == 1 => "The one source that we watch could be read.".to_owned(),
        (0, Language::Fr) if all == 1 => {
            "La seule source que nous surveillons a pu être lue.".to_owned()
        }
        (0, Language::En) => format!("All {all} sources that we watch could be read."),
        (0, Language::Fr) => {
            format!("Les {all} sources que nous surveillons ont toutes pu être lues.")
        }
        (_, Language::En) => format!(
            "{read} of {all} sources that we watch could be read. That we say nothing of the others does not \
             mean that nothing changed there."
        ),
        (_, Language::Fr) => format!(
            "{read} des {all} sources que nous surveillons ont pu être lues. Notre silence sur les autres ne \
             veut pas dire que rien n'y a changé."
        ),
    }
}

fn unread(digest: &DigestInput<'_>) -> Vec<Field> {
    let input = &digest.of;
    let label = say(input.language, "Cannot be read", "Illisible");
    let named = digest.unread.iter().take(NAMED).map(|(source, since)| {
        let (title, at) = (title(input, source), words::moment(*since, input.zone, input.language));
        Field::new(
            label,
            match input.language {
                Language::En => format!("{title} (since {at})"),
                Language::Fr => format!("{title} (depuis le {at})"),
            },
        )
    });
    let mut fields: Vec<Field> = named.collect();
    let more = digest.unread.len().saturating_sub(NAMED);
    if more > 0 {
        fields.push(Field::new(label, words::and_more(more, input.language)));
    }
    fields
}

type Programs<'g, 'a> = Vec<(String, Vec<&'g Group<'a>>)>;

/// The groups by program: first that of the most severe change.
fn by_program<'g, 'a>(groups: &'g [Group<'a>]) -> Programs<'g, 'a> {
    let mut programs: Programs<'g, 'a> = Vec::new();
    for group in groups {
        let program = &group.changes[0].program;
        match programs.iter_mut().find(|(known, _)| known == program) {
            Some((_, groups)) => groups.push(group),
            None => programs.push((program.clone(), vec![group])),
        }
    }
    programs.sort_by_key(|(_, groups)| Reverse(groups.iter().map(|g| g.changes[0].severity).max()));
    programs
}

/// Writes what changed in one program, group by group. Returns how many changes it says nothing of.
fn sources(
    input: &LetterInput<'_>,
    groups: &[&Group<'_>],
    room: &mut usize,
    blocks: &mut Vec<Block>,
) -> usize {
    let mut unsaid = 0;
    for group in groups {
        let shown = group.changes.len().min(*room);
        *room -= shown;
        unsaid += group.write(input, false, shown, blocks);
        let mut fields = group.basis.clone();
        let source = group.source();
        let read = group.changes[0].url.as_str();
        let page = input.source(source).map_or(read, |source| source.page(input.language));
        let label = say(input.language, "Official page", "Page officielle");
        fields.push(link(label, page));
        let left_out = group.changes.len() - shown;
        fields.extend(whole(input, source, &[group], left_out));
        blocks.push(Block::Fields(fields));
    }
    unsaid
}
