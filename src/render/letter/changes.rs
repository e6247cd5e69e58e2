//! The letter about changes: first the substance, then the evidence, then what the letter is.

use crate::model::{Language, Letter, SourceId};
use crate::render::inert;
use crate::render::inert::web_address;
use crate::render::words::{self, say};

use super::data;
use super::foot::foot;
use super::group::{Group, common, grouped, proof};
use super::input::LetterInput;
use super::meaning::meaning;
use super::page::{Block, Field, Form, Room, fitting, led};
use super::subject::{headline, subject};

/// How much is listed: at most a screen, since nobody reads a longer list; less if that is too large.
const ROOMS: [Room; 4] = [
    Room { rows: 30, groups: 8 },
    Room { rows: 8, groups: 4 },
    Room { rows: 2, groups: 2 },
    Room { rows: 0, groups: 1 },
];

/// Writes the letter about changes.
#[must_use]
pub fn changes(input: &LetterInput<'_>) -> Letter {
    let groups = grouped(input);
    fitting(&ROOMS, |room| in_room(input, &groups, room))
}

fn in_room(input: &LetterInput<'_>, groups: &[Group<'_>], mut room: Room) -> Letter {
    let mut blocks = Vec::new();
    let mut sources: Vec<&SourceId> = Vec::new();
    for group in groups {
        if !sources.contains(&group.source()) {
            sources.push(group.source());
        }
    }
    let alone = groups.len() == 1;
    let rows = room.rows;
    for source in sources {
        let here: Vec<&Group<'_>> =
            groups.iter().filter(|group| group.source() == source).collect();
        section(input, (source, &here), alone, &mut room, &mut blocks);
    }
    blocks.extend(data::blocks(input.data, rows, input.voice()));
    let read = words::moment(input.checked_at, input.zone, input.language);
    blocks.push(Block::Words(match input.language {
        Language::En => format!("Pages last read on {read}."),
        Language::Fr => format!("Pages lues pour la dernière fois le {read}."),
    }));
    blocks.extend(foot(input.sender, input.leave, input.language));
    let (lead, headline) = (meaning(input), headline(input));
    led(subject(input), (lead.as_deref(), &headline), &blocks, input.language)
}

/// Writes what changed in one source: the changes, the evidence, the words on the page.
fn section(
    input: &LetterInput<'_>,
    (source, groups): (&SourceId, &[&Group<'_>]),
    alone: bool,
    room: &mut Room,
    blocks: &mut Vec<Block>,
) {
    let (groups, untold) = groups.split_at(groups.len().min(room.groups));
    room.groups -= groups.len();
    let mut fields = common(groups);
    let mut unsaid: usize = untold.iter().map(|group| group.changes.len()).sum();
    let mut left_out = unsaid;
    blocks.push(Block::Title(title(input, source)));
    for group in groups {
        let shown = group.changes.len().min(room.rows);
        room.rows -= shown;
        left_out += group.changes.len() - shown;
        unsaid += group.write(input, alone, shown, blocks);
        let own = group.basis.iter().filter(|field| !fields.contains(field));
        let own: Vec<Field> = own.cloned().collect();
        if !own.is_empty() {
            blocks.push(Block::Fields(own));
        }
    }
    fields.extend(pages(input, source, groups));
    fields.extend(whole(input, source, groups, left_out));
    blocks.extend(not_shown(unsaid, input.language));
    if groups.len() > 1 {
        let heading = say(input.language, "Common to all of these", "Commun à tout cela");
        blocks.push(Block::Heading(heading.to_owned()));
    }
    blocks.push(Block::Fields(fields));
    let fields = proof(input, groups);
    blocks.push(Block::Heading(
        say(input.language, "What the page says", "Ce que dit la page").to_owned(),
    ));
    blocks.push(Block::Fields(fields));
}

/// How many changes the letter has no room for.
pub(super) fn not_shown(n: usize, language: Language) -> Option<Block> {
    let words = match (n, language) {
        (0, _) => return None,
        (1, Language::En) => "1 more change is not shown here.".to_owned(),
        (n, Language::En) => format!("{n} more changes are not shown here."),
        (1, Language::Fr) => "1 autre changement n'est pas montré ici.".to_owned(),
        (n, Language::Fr) => format!("{n} autres changements ne sont pas montrés ici."),
    };
    Some(Block::Words(words))
}

/// The title of a source, else its id.
pub(super) fn title(input: &LetterInput<'_>, source: &SourceId) -> String {
    let title = input.source(source).map(|source| source.title.get(input.language));
    title.map_or_else(|| source.as_str().to_owned(), |title| inert(title, 120))
}

/// The official page in the reader's language, and the page that was read if that is another.
fn pages(input: &LetterInput<'_>, source: &SourceId, groups: &[&Group<'_>]) -> Vec<Field> {
    let label = |en, fr| say(input.language, en, fr);
    let read = groups.first().map_or("", |group| group.changes[0].url.as_str());
    let official = input.source(source).map_or(read, |source| source.page(input.language));
    let mut fields = vec![link(label("Official page", "Page officielle"), official)];
    if read != official {
        fields.push(link(label("Page read", "Page lue"), read));
    }
    fields
}

/// A link if the address is one that a reader may be sent to, else its text.
pub(super) fn link(label: &'static str, url: &str) -> Field {
    web_address(url).map_or_else(
        || Field::new(label, inert(url, 300)),
        |url| Field::new(label, url).form(Form::Link),
    )
}

/// Where everything can be seen: the page of the only change, or the list of all. Without web pages the operator is
/// told the command, and a reader, who has none, nothing.
pub(super) fn whole(
    input: &LetterInput<'_>,
    source: &SourceId,
    groups: &[&Group<'_>],
    left_out: usize,
) -> Option<Field> {
    let label = say(input.language, "See it whole", "Voir tout");
    let pages = match input.leave {
        Some(leave) => Some(leave.pages.as_ref()?),
        None => None,
    };
    let only = match groups {
        [only] if left_out == 0 && only.changes.len() == 1 => Some(&only.changes[0].id),
        _ => None,
    };
    let first = input.changes.iter().filter(|change| change.source == *source).map(|c| c.seen_at);
    let since = first.min().map(|at| at.to_zoned(input.zone.clone()).date());
    Some(match (pages, only) {
        (Some(pages), Some(id)) => {
            Field::new(label, pages.change(id, input.language)).form(Form::Link)
        }
        (Some(pages), None) => {
            Field::new(label, pages.changes(source, since, input.language)).form(Form::Link)
        }
        (None, Some(id)) => Field::new(label, format!("rulewatch show {id}")).form(Form::Code),
        (None, None) => {
            let since = since.map(|day| format!(" --since {day}")).unwrap_or_default();
            Field::new(label, format!("rulewatch log --source {source}{since}")).form(Form::Code)
        }
    })
}

#[cfg(test)]
mod tests;
