//! A letter's body as blocks, and the two ways to write them: plain text and HTML.
//!
//! The words of a block are already inert. The HTML has only inline styles, no colour that is lost on a
//! dark background, and nothing that a mail program would have to fetch.

use maud::{DOCTYPE, Markup, html};

use crate::model::{Language, Letter, Piece};
use crate::render::piece::plain;
use crate::render::words::say;

/// One part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// What the following blocks are about.
    Title(String),
    /// What changed, in one line.
    Heading(String),
    /// Our own words.
    Words(String),
    /// Short items, how many more there are, and whether they came or went.
    List { items: Vec<String>, more: Option<String>, mark: Mark },
    /// Rows under column headers, and how many more there are.
    Table { head: [&'static str; 3], rows: Vec<[String; 3]>, more: Option<String> },
    /// Labels and their words.
    Fields(Vec<Field>),
    /// Changed words in their sentences; the legend is for plain text, which has only the marks.
    Passages { passages: Vec<Vec<Piece>>, legend: &'static str },
    /// Lines as they stand, for a program.
    Code(Vec<String>),
    /// A horizontal line, before the small print.
    Rule,
}

/// What became of the items of a list; a sign before each says it, which no colour has to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing that a sign would say.
    Plain,
    /// They came.
    In,
    /// They went.
    Out,
}

impl Mark {
    /// The sign, as text has it.
    fn sign(self) -> &'static str {
        match self {
            Self::Plain => "-",
            Self::In => "+",
            Self::Out => "\u{2212}",
        }
    }
}

/// A label and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) label: &'static str,
    pub(super) words: String,
    pub(super) form: Form,
}

/// How a field's words are shown in HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As words.
    Words,
    /// In bold: what the letter is about.
    Strong,
    /// As a link; the words are its address.
    Link,
    /// As a command to type.
    Code,
}

impl Field {
    pub(super) fn new(label: &'static str, words: impl Into<String>) -> Self {
        Self { label, words: words.into(), form: Form::Words }
    }

    pub(super) fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }
}

/// Writes the letter.
pub(super) fn letter(
    subject: String,
    headline: &str,
    blocks: &[Block],
    language: Language,
) -> Letter {
    led(subject, (None, headline), blocks, language)
}

/// Writes a letter whose first line, above its headline, says what it means.
pub(super) fn led(
    subject: String,
    (lead, headline): (Option<&str>, &str),
    blocks: &[Block],
    language: Language,
) -> Letter {
    let text = text((lead, headline), blocks);
    let html = page(&subject, (lead, headline), blocks, language).into_string();
    Letter { subject, text, html }
}

/// How much of a large event a letter shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// The most changes listed one by one.
    pub(super) rows: usize,
    /// The most groups of them.
    pub(super) groups: usize,
}

/// The most bytes of both parts together. A mail program cuts a letter of over 100 kB, and sending makes them up to
/// half as many again.
const LARGEST: usize = 60_000;

/// Writes a letter with as much room as keeps it small: less and less of the event is shown.
pub(super) fn fitting(rooms: &[Room], write: impl Fn(Room) -> Letter) -> Letter {
    let mut letter = Letter { subject: String::new(), text: String::new(), html: String::new() };
    for room in rooms {
        letter = write(*room);
        if letter.text.len() + letter.html.len() <= LARGEST {
            break;
        }
    }
    letter
}

/// The width at which our own plain text is wrapped; text from a page stays on one line.
const WIDTH: usize = 76;

fn text((lead, headline): (Option<&str>, &str), blocks: &[Block]) -> String {
    let labels = blocks.iter().flat_map(|block| match block {
        Block::Fields(fields) => fields.as_slice(),
        Block::Title(_)
        | Block::Heading(_)
        | Block::Words(_)
        | Block::List { .. }
        | Block::Table { .. }
        | Block::Passages { .. }
        | Block::Code(_)
        | Block::Rule => &[],
    });
    // One width for the whole letter, so that all the words align in one column.
    let width = labels.map(|field| field.label.chars().count()).max().unwrap_or(0);
    let mut out: Vec<String> = lead.map(wrapped).into_iter().collect();
    out.push(headline.to_owned());
    for block in blocks {
        out.push(match block {
            Block::Title(words) => {
                format!("{words}\n{}", "-".repeat(words.chars().count().min(WIDTH)))
            }
            Block::Heading(words) => words.clone(),
            Block::Words(words) => wrapped(words),
            Block::List { items, more, mark } => list(items, more.as_deref(), *mark),
            Block::Table { head, rows, more } => table(head, rows, more.as_deref()),
            Block::Fields(fields) => aligned(fields, width),
            Block::Passages { passages, legend } => {
                let line = |passage: &Vec<Piece>| format!("  | {}", plain(passage));
                format!("{legend}\n\n{}", passages.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
            Block::Code(lines) => lines.join("\n"),
            Block::Rule => "-".repeat(WIDTH),
        });
    }
    out.join("\n\n") + "\n"
}

fn list(items: &[String], more: Option<&str>, mark: Mark) -> String {
    let items = items.iter().map(|item| format!("  {} {item}", mark.sign()));
    items.chain(more.map(|more| format!("    {more}"))).collect::<Vec<_>>().join("\n")
}

/// A table in columns; one that is too wide for that is told row by row.
fn table(head: &[&'static str; 3], rows: &[[String; 3]], more: Option<&str>) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let mut lines = Vec::new();
    if first + second + width(2) + 6 > WIDTH {
        let told = |[what, old, new]: &[String; 3]| format!("  - {what}: {old} → {new}");
        lines.extend(rows.iter().map(told));
    } else {
        let line = |what: &str, old: &str, new: &str| {
            format!("  {what:first$}  {old:second$}  {new}").trim_end().to_owned()
        };
        lines.push(line(head[0], head[1], head[2]));
        lines.extend(rows.iter().map(|[what, old, new]| line(what, old, new)));
    }
    lines.extend(more.map(|more| format!("  {more}")));
    lines.join("\n")
}

fn aligned(fields: &[Field], width: usize) -> String {
    let line = |field: &Field| format!("  {:width$}  {}", field.label, field.words);
    fields.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Breaks words into lines; a word longer than a line, such as an address, is not broken.
fn wrapped(words: &str) -> String {
    let mut lines = vec![String::new()];
    // Plain spaces only: a no-break space holds its words together.
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= WIDTH {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

const BODY: &str = "margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,\
                    Helvetica,Arial,sans-serif;font-size:16px;line-height:1.45";

/// A hanging indent: if a narrow screen wraps the row, its label still stands out.
const ROW: &str = "margin:0 0 4px;padding-left:16px;text-indent:-16px";

/// A cell of a table.
const CELL: &str =
    "padding:4px 12px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid";

/// The longest word for which the column of a table makes room. Three such columns fit on a phone; a longer word is
/// broken, an amount never.
const UNBROKEN: usize = 11;

/// The style of a cell.
fn cell(words: &str) -> String {
    let is_long = words.split(' ').any(|word| word.chars().count() > UNBROKEN);
    let wrap = if is_long { ";overflow-wrap:anywhere" } else { "" };
    format!("{CELL}{wrap}")
}

fn page(
    subject: &str,
    (lead, headline): (Option<&str>, &str),
    blocks: &[Block],
    language: Language,
) -> Markup {
    let rule = blocks.iter().position(|block| *block == Block::Rule).unwrap_or(blocks.len());
    let (news, small_print) = blocks.split_at(rule);
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // With this a mail program in dark mode lightens the text by itself.
                meta name="color-scheme" content="light dark";
                title { (subject) }
            }
            body style=(BODY) {
                div style="max-width:44em" {
                    @if let Some(lead) = lead { p style="margin:0 0 8px" { (lead) } }
                    h1 style="font-size:20px;line-height:1.3;margin:0 0 16px" { (headline) }
                    @for block in news { (markup(block, language)) }
                    @if !small_print.is_empty() {
                        div style="font-size:14px" {
                            @for block in small_print { (markup(block, language)) }
                        }
                    }
                }
            }
        }
    }
}

fn markup(block: &Block, language: Language) -> Markup {
    match block {
        Block::Title(words) => html! {
            h2 style="font-size:17px;margin:24px 0 8px" { (words) }
        },
        Block::Heading(words) => html! {
            h3 style="font-size:16px;margin:16px 0 4px" { (words) }
        },
        Block::Words(words) => html! { p style="margin:8px 0" { (words) } },
        Block::List { items, more, mark: Mark::Plain } => html! {
            ul style="margin:4px 0 12px;padding-left:20px" {
                @for item in items { li { (item) } }
                @if let Some(more) = more { li { em { (more) } } }
            }
        },
        Block::List { items, more, mark } => html! {
            ul style="margin:4px 0 12px;padding-left:16px;list-style:none" {
                @for item in items { li style="text-indent:-16px" { (mark.sign()) " " (item) } }
                @if let Some(more) = more { li { em { (more) } } }
            }
        },
        Block::Table { head, rows, more } => html! {
            table style="margin:4px 0 12px;border-collapse:collapse" {
                thead { tr { @for words in head { th scope="col" style=(CELL) { (words) } } } }
                tbody {
                    @for [what, old, new] in rows {
                        tr {
                            th scope="row" style={ (cell(what)) ";font-weight:normal" } { (what) }
                            td style=(cell(old)) { (old) }
                            td style=(cell(new)) { strong { (new) } }
                        }
                    }
                }
            }
            @if let Some(more) = more { p style="margin:4px 0 12px" { em { (more) } } }
        },
        Block::Fields(fields) => html! {
            @let colon = say(language, ": ", "\u{a0}: ");
            div style="margin:4px 0 12px;overflow-wrap:anywhere" {
                @for field in fields {
                    div style=(ROW) { span style="opacity:.75" { (field.label) (colon) } (formed(field)) }
                }
            }
        },
        Block::Passages { passages, .. } => html! {
            @for passage in passages {
                p style="margin:8px 0;padding-left:12px;border-left:3px solid" {
                    @for piece in passage { (marked(piece)) }
                }
            }
        },
        Block::Code(lines) => html! {
            pre style="margin:8px 0;font-size:14px;overflow-x:auto" { (lines.join("\n")) }
        },
        Block::Rule => html! {
            hr style="margin:24px 0 8px;border:0;border-top:1px solid;opacity:.4";
        },
    }
}

fn formed(field: &Field) -> Markup {
    match field.form {
        Form::Words => html! { (field.words) },
        Form::Strong => html! { strong { (field.words) } },
        Form::Link => html! { a href=(field.words) { (field.words) } },
        Form::Code => html! { code style="font-size:14px" { (field.words) } },
    }
}

fn marked(piece: &Piece) -> Markup {
    match piece {
        Piece::Same(words) => html! { (words) },
        Piece::Old(words) => html! { del { (words) } },
        // Underlined and bold, because some programs drop the style of `ins`.
        Piece::New(words) => html! { ins { strong { (words) } } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ours_are_wrapped_and_long_addresses_stay_whole() {
        let words = format!("{} https://{}", "word ".repeat(20), "x".repeat(100));
        let lines: Vec<String> = wrapped(&words).lines().map(str::to_owned).collect();
        assert!(lines[0].len() <= WIDTH && lines.len() == 3, "{lines:?}");
        assert!(lines[2].starts_with("https://"));
    }
}
