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
    /// Short items, and how many more there are.
    List { items: Vec<String>, more: Option<String> },
    /// Labels and their words.
    Fields(Vec<Field>),
    /// Changed words in their sentences; the legend is for plain text, which has only the marks.
    Passages { passages: Vec<Vec<Piece>>, legend: &'static str },
    /// Lines as they stand, for a program.
    Code(Vec<String>),
    /// A horizontal line, before the small print.
    Rule,
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
    let text = text(headline, blocks);
    let html = page(&subject, headline, blocks, language).into_string();
    Letter { subject, text, html }
}

/// The width at which our own plain text is wrapped; text from a page stays on one line.
const WIDTH: usize = 76;

fn text(headline: &str, blocks: &[Block]) -> String {
    let labels = blocks.iter().flat_map(|block| match block {
        Block::Fields(fields) => fields.as_slice(),
        Block::Title(_)
        | Block::Heading(_)
        | Block::Words(_)
        | Block::List { .. }
        | Block::Passages { .. }
        | Block::Code(_)
        | Block::Rule => &[],
    });
    // One width for the whole letter, so that all the words align in one column.
    let width = labels.map(|field| field.label.chars().count()).max().unwrap_or(0);
    let mut out = vec![headline.to_owned()];
    for block in blocks {
        out.push(match block {
            Block::Title(words) => {
                format!("{words}\n{}", "-".repeat(words.chars().count().min(WIDTH)))
            }
            Block::Heading(words) => words.clone(),
            Block::Words(words) => wrapped(words),
            Block::List { items, more } => list(items, more.as_deref()),
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

fn list(items: &[String], more: Option<&str>) -> String {
    let items = items.iter().map(String::as_str).chain(more);
    items.map(|item| format!("  - {item}")).collect::<Vec<_>>().join("\n")
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

fn page(subject: &str, headline: &str, blocks: &[Block], language: Language) -> Markup {
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
        Block::List { items, more } => html! {
            ul style="margin:4px 0 12px;padding-left:20px" {
                @for item in items { li { (item) } }
                @if let Some(more) = more { li { em { (more) } } }
            }
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
