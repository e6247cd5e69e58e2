//! A change as a page of its own, with what it rests on: it needs no other file and asks nobody.

use maud::{DOCTYPE, Markup, html};

use crate::model::{Evidence, Language, Piece};

use super::piece::passages;
use super::show::{ShowInput, fields};
use super::{Look, Style, inert, words};

/// A page that a change rests on, for output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPage {
    /// Before or after.
    pub label: &'static str,
    /// When it came.
    pub seen: String,
    /// Its address.
    pub url: Option<String>,
    /// Its SHA-256.
    pub hash: String,
    /// Where it was imported from.
    pub imported: Option<String>,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// The words around the evidence.
    pub context: Vec<String>,
}

/// The most headers that are shown of a page.
const HEADERS: usize = 40;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
    dt{font-weight:600}dd{margin:0 0 .5rem 1rem}del{background:#fdd;color:#900}\
    ins{background:#dfd;color:#060;text-decoration:none;font-weight:600}\
    .sides{display:grid;grid-template-columns:1fr 1fr;gap:1rem}pre{white-space:pre-wrap;overflow-wrap:anywhere}\
    section{border-top:1px solid #ccc;padding-top:.5rem}small{color:#555}";

/// The page.
#[must_use]
pub fn proof_page(input: &ShowInput<'_>, pages: &[ShownPage], look: &Look<'_>) -> String {
    let plain = Look { style: Style::Plain, ..look.clone() };
    let change = input.change;
    let title = words::summary(change, look.language, 240);
    let lang = look.language.code();
    let page = html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing is fetched and nothing is run, whatever a page said.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                dl { @for (label, words) in fields(input, &plain) { dt { (label) } dd { (words) } } }
                (changed_words(input))
                @for (label, evidence) in [("before", &change.before), ("now", &change.after)] {
                    @if let Some(evidence) = evidence { (quoted(label, evidence)) }
                }
                section { div class="sides" { @for page in pages { (side(page)) } } }
                p { small { (small_print(look.language)) } }
            }
        }
    };
    page.into_string()
}

/// The words that changed, in context.
fn changed_words(input: &ShowInput<'_>) -> Markup {
    let all = passages(input.wording).into_iter().chain(passages(input.context));
    html! {
        section {
            @for passage in all {
                p {
                    @for piece in &passage {
                        @match piece {
                            Piece::Same(words) => (words),
                            Piece::Old(words) => del { (words) },
                            Piece::New(words) => ins { (words) },
                        }
                    }
                }
            }
        }
    }
}

fn quoted(label: &str, evidence: &Evidence) -> Markup {
    let quote = inert(&crate::model::words::shown(&evidence.quote), 2000);
    html! {
        p {
            b { (label) ": " } q { (quote) }
            small { " " (inert(&evidence.place, 200)) "; " (inert(&evidence.locator, 400)) }
        }
    }
}

fn side(page: &ShownPage) -> Markup {
    html! {
        div {
            h2 { (page.label) }
            dl {
                dt { "page of" } dd { (page.seen) }
                @if let Some(url) = &page.url { dt { "address" } dd { (inert(url, 400)) } }
                dt { "SHA-256" } dd { code { (page.hash) } }
                @if let Some(from) = &page.imported { dt { "imported from" } dd { (inert(from, 400)) } }
            }
            pre { @for line in &page.context { (inert(line, 600)) "\n" } }
            details {
                summary { "headers" }
                pre {
                    @for (name, value) in page.headers.iter().take(HEADERS) {
                        (inert(name, 80)) ": " (inert(value, 400)) "\n"
                    }
                }
            }
        }
    }
}

fn small_print(language: Language) -> &'static str {
    words::say(
        language,
        "Information, not advice. Unofficial: check the linked page.",
        "Information, et non conseil. Non officiel\u{a0}: vérifiez la page en lien.",
    )
}
