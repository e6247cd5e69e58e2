//! What a browser does not show, or shows struck out, beside what it shows.

use super::super::sheet::{Sheet, UNSEEN};
use super::super::splice::{Change, put};
use super::Class::Form;
use super::Reach::{Both, One};
use super::{Family, family};

pub(super) const FAMILIES: [Family; 14] = [
    family("rows-hidden-copy", Form, Both, |s| copies(s, &["tr"], |tag| attributed(tag, "hidden"))),
    family("rows-display-none-copy", Form, Both, |s| {
        copies(s, &["tr"], |tag| attributed(tag, "style=\"display:none\""))
    }),
    family("items-hidden-copy", Form, Both, |s| {
        copies(s, &["li"], |tag| attributed(tag, "hidden"))
    }),
    family("paragraphs-display-none-copy", Form, Both, |s| {
        copies(s, &["p"], |tag| attributed(tag, "style=\"display: none;\""))
    }),
    family("paragraphs-for-screen-readers", Form, Both, |s| {
        copies(s, &["p"], |tag| attributed(tag, &format!("class=\"{}\"", UNSEEN[2])))
    }),
    family("paragraphs-for-print", Form, Both, |s| {
        copies(s, &["p"], |tag| attributed(tag, "class=\"visible-print-block\""))
    }),
    family("tables-hidden-copy", Form, One, |s| {
        copies(s, &["table"], |tag| attributed(tag, "hidden"))
    }),
    family("tables-in-templates", Form, One, |s| {
        around(s, &["table"], "<template>", "</template>")
    }),
    family("tables-in-noscript", Form, One, |s| around(s, &["table"], "<noscript>", "</noscript>")),
    family("tables-in-comments", Form, One, |s| around(s, &["table"], "<!-- ", " -->")),
    family("words-doubled-for-screen-readers", Form, Both, |s| {
        let cells = plain(s, &["td", "li"]);
        cells
            .into_iter()
            .map(|id| {
                let words = s.inner_text(id);
                let twice = format!(
                    "<span aria-hidden=\"true\">{words}</span><span class=\"wb-inv\">{words}</span>"
                );
                vec![put(s.inner(id), twice)]
            })
            .collect()
    }),
    family("amounts-doubled-for-screen-readers", Form, Both, |s| {
        s.each(r"\$\d[\d,.]*\d", |c| {
            let said = c[0].trim_start_matches('$');
            Some(format!(
                "<span aria-hidden=\"true\">{}</span><span class=\"sr-only\">{said} dollars</span>",
                &c[0]
            ))
        })
    }),
    family("old-amounts-struck", Form, Both, |s| {
        s.each(r"\$\d[\d,.]*\d", |c| Some(format!("<del>{}</del> {}", other(&c[0]), &c[0])))
    }),
    family("old-figures-struck-through", Form, Both, |s| {
        let cells = plain(s, &["td"]);
        let figures: Vec<usize> =
            s.words().into_iter().filter(|w| s.above(*w).any(|up| cells.contains(&up))).collect();
        s.each_in(&figures, r"^\s*\d{1,4}\s*$", |c| {
            Some(format!(
                "<span style=\"text-decoration: line-through\">{}</span> {}",
                other(c[0].trim()),
                c[0].trim()
            ))
        })
    }),
];

/// Elements with words alone.
fn plain(sheet: &Sheet, names: &[&str]) -> Vec<usize> {
    let is_plain = |id: &usize| sheet.children(*id).is_empty() && !sheet.text_of(*id).is_empty();
    sheet.named(names).into_iter().filter(is_plain).collect()
}

/// Other figures than those of a text, and every other thing the same.
fn other(text: &str) -> String {
    text.chars()
        .map(|c| c.to_digit(10).map_or(c, |n| char::from_digit((n + 3) % 10, 10).unwrap()))
        .collect()
}

fn attributed(tag: &str, attribute: &str) -> String {
    let end = tag.find(|c: char| c.is_whitespace() || c == '>').unwrap();
    format!("{} {attribute}>", &tag[..end])
}

/// A copy with other figures before an element, under another start tag.
fn copies(sheet: &Sheet, names: &[&str], tag: impl Fn(&str) -> String) -> Vec<Change> {
    let copy = |id: usize| {
        let node = &sheet.nodes[id];
        let inner = words_alone(sheet, id);
        let text = format!("{}{inner}</{}>", tag(&sheet.text[node.open.clone()]), node.name);
        let at = sheet.outer(id).start;
        vec![put(at..at, text)]
    };
    let spans = |id: &usize| sheet.outer_text(*id).contains("rowspan");
    let free = |id: &usize| !spans(id) && sheet.outer(*id).len() < 20_000;
    sheet.named(names).into_iter().filter(free).map(copy).collect()
}

/// What is in an element, with other figures in its words and the tags left as they are.
fn words_alone(sheet: &Sheet, id: usize) -> String {
    let from = sheet.inner(id).start;
    let mut text = sheet.inner_text(id).to_owned();
    let words: Vec<usize> =
        sheet.inside(id).filter(|at| sheet.nodes[*at].name.is_empty()).collect();
    for at in words {
        let range = sheet.nodes[at].open.start - from..sheet.nodes[at].open.end - from;
        // As long as before: a figure becomes a figure.
        let changed = other(&text[range.clone()]);
        text.replace_range(range, &changed);
    }
    text
}

fn around(sheet: &Sheet, names: &[&str], open: &str, close: &str) -> Vec<Change> {
    let copy = |id: usize| {
        let at = sheet.outer(id).start;
        let node = &sheet.nodes[id];
        let tag = &sheet.text[node.open.clone()];
        let table = format!("{tag}{}</{}>", words_alone(sheet, id), node.name);
        vec![put(at..at, format!("{open}{table}{close}"))]
    };
    let is_free = |id: &usize| {
        !sheet.outer_text(*id).contains("<!--") && !sheet.outer_text(*id).contains("<template")
    };
    sheet.named(names).into_iter().filter(is_free).map(copy).collect()
}

#[test]
fn a_hidden_copy_has_other_figures_and_the_shown_row_its_own() {
    let sheet = Sheet::of("<main><table><tr><td class=a>$1,000</table>", &[]);
    let row = FAMILIES.iter().find(|family| family.name == "rows-hidden-copy").unwrap();
    let [one] = &(row.places)(&sheet)[..] else { panic!() };
    let changed = sheet.with(one);
    assert!(
        changed.contains("<tr hidden><td class=\"a\">$4,333</td></tr><tr><td class=\"a\">$1,000"),
        "{changed}"
    );
}
