//! The letter about changes: first the substance, then the evidence, then what the letter is.

use crate::model::{Language, Letter, SourceId};
use crate::render::inert;
use crate::render::inert::web_address;
use crate::render::words::{self, say};

use super::data;
use super::foot::foot;
use super::group::{Group, grouped, proof};
use super::input::LetterInput;
use super::page::{Block, Field, Form, letter};
use super::subject::{headline, subject};

/// The most changes listed one by one. Nobody reads a longer list, and mail programs cut a letter of
/// over 100 kB.
const LISTED: usize = 40;

/// Writes the letter about changes.
#[must_use]
pub fn changes(input: &LetterInput<'_>) -> Letter {
    let subject = subject(input);
    let groups = grouped(input);
    let mut blocks = Vec::new();
    let mut room = LISTED;
    let mut sources: Vec<&SourceId> = Vec::new();
    for group in &groups {
        if !sources.contains(&group.source()) {
            sources.push(group.source());
        }
    }
    let alone = groups.len() == 1;
    for source in sources {
        let here: Vec<&Group<'_>> =
            groups.iter().filter(|group| group.source() == source).collect();
        section(input, source, &here, alone, &mut room, &mut blocks);
    }
    blocks.extend(data::blocks(input.data, input.language));
    let read = words::moment(input.checked_at, input.zone, input.language);
    blocks.push(Block::Words(match input.language {
        Language::En => format!("Pages last read on {read}."),
        Language::Fr => format!("Pages lues pour la dernière fois le {read}."),
    }));
    blocks.extend(foot(input.sender, input.leave, input.language));
    letter(subject, &headline(input), &blocks, input.language)
}

/// Writes what changed in one source: the changes, the evidence, the words on the page.
fn section(
    input: &LetterInput<'_>,
    source: &SourceId,
    groups: &[&Group<'_>],
    alone: bool,
    room: &mut usize,
    blocks: &mut Vec<Block>,
) {
    let shared = groups.windows(2).all(|pair| pair[0].basis == pair[1].basis);
    let mut left_out = 0;
    blocks.push(Block::Title(title(input, source)));
    for group in groups {
        let shown = group.changes.len().min(*room);
        *room -= shown;
        left_out += group.changes.len() - shown;
        group.write(input, alone, shown, blocks);
        if !shared {
            blocks.push(Block::Fields(group.basis.clone()));
        }
    }
    let mut fields = match groups {
        [first, ..] if shared => first.basis.clone(),
        _ => Vec::new(),
    };
    fields.extend(pages(input, source, groups));
    blocks.push(Block::Fields(fields));
    let mut fields = proof(input, groups);
    fields.extend((left_out > 0).then(|| see_all(input, source)));
    blocks.push(Block::Heading(
        say(input.language, "What the page says", "Ce que dit la page").to_owned(),
    ));
    blocks.push(Block::Fields(fields));
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

/// How to see every change of the source, if not all are listed.
fn see_all(input: &LetterInput<'_>, source: &SourceId) -> Field {
    let first = input.changes.iter().filter(|change| change.source == *source).map(|c| c.seen_at);
    let since = first.min().map(|at| at.to_zoned(input.zone.clone()).date().to_string());
    let since = since.map(|day| format!(" --since {day}")).unwrap_or_default();
    let command = format!("rulewatch log --source {source}{since}");
    Field::new(say(input.language, "All of them", "Liste complète"), command).form(Form::Code)
}

#[cfg(test)]
mod tests;
