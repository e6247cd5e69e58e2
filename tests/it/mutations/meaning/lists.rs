//! The same lists otherwise: numbered, as tables, as paragraphs, punctuated.

use super::super::sheet::Sheet;
use super::super::splice::{Change, put};
use super::Class::Form;
use super::Reach::{Both, One};
use super::{Family, family};

pub(super) const FAMILIES: [Family; 14] = [
    family("list-numbered", Form, Both, |s| each(s, "ul", |s, id| s.renamed(id, "ol"))),
    family("list-not-numbered", Form, Both, |s| each(s, "ol", |s, id| s.renamed(id, "ul"))),
    family("items-in-paragraphs", Form, Both, |s| plain_items(s, "<p>", "</p>")),
    family("items-in-divs", Form, Both, |s| {
        plain_items(s, "<div class=\"item\"><span>", "</span></div>")
    }),
    family("list-to-table", Form, Both, |s| {
        flat(s, |s, items| {
            let row = |item: &usize| format!("<tr><td>{}</td></tr>", s.inner_text(*item));
            format!("<table><tbody>{}</tbody></table>", items.iter().map(row).collect::<String>())
        })
    }),
    family("list-to-bullets", Form, Both, |s| {
        flat(s, |s, items| {
            let line = |item: &usize| format!("\u{2022} {}", s.inner_text(*item).trim());
            format!("<p>{}</p>", items.iter().map(line).collect::<Vec<_>>().join("<br>"))
        })
    }),
    family("list-to-paragraphs", Form, Both, |s| {
        flat(s, |s, items| {
            let line = |item: &usize| format!("<p>{}</p>", s.inner_text(*item).trim());
            items.iter().map(line).collect()
        })
    }),
    family("list-split-in-two", Form, Both, |s| {
        let halves = |id: usize| {
            let items = s.children(id);
            let name = &s.nodes[id].name;
            let at = s.outer(*items.get(items.len() / 2)?).end;
            (items.len() > 3 && name == "ul").then(|| vec![put(at..at, "</ul><ul>")])
        };
        s.named(&["ul"]).into_iter().filter_map(halves).collect()
    }),
    family("items-reversed", Form, One, |s| {
        flat(s, |s, items| {
            let text: String = items.iter().rev().map(|item| s.outer_text(*item)).collect();
            format!("<ul>{text}</ul>")
        })
    }),
    family("items-end-in-semicolons", Form, Both, |s| ends(s, ";")),
    family("items-end-in-commas", Form, Both, |s| ends(s, ",")),
    family("items-end-in-periods", Form, Both, |s| ends(s, ".")),
    family("definitions-to-paragraphs", Form, Both, |s| {
        definitions(
            s,
            |s, label, text| {
                let (label, text) = (s.inner_text(label).trim(), s.inner_text(text).trim());
                format!("<p><strong>{label}</strong>: {text}</p>")
            },
            "<div>",
            "</div>",
        )
    }),
    family("definitions-to-table", Form, Both, |s| {
        definitions(
            s,
            |s, label, text| {
                let (label, text) = (s.inner_text(label).trim(), s.inner_text(text).trim());
                format!("<tr><th>{label}</th><td>{text}</td></tr>")
            },
            "<table><tbody>",
            "</tbody></table>",
        )
    }),
];

fn each(sheet: &Sheet, name: &str, edit: fn(&Sheet, usize) -> Change) -> Vec<Change> {
    sheet.named(&[name]).into_iter().map(|id| edit(sheet, id)).collect()
}

/// Whether an item has words alone: no list, table or paragraph.
fn is_plain(sheet: &Sheet, item: usize) -> bool {
    sheet.below(item, &["ul", "ol", "table", "p", "div", "details", "dl"]).is_empty()
}

fn plain_items(sheet: &Sheet, open: &str, close: &str) -> Vec<Change> {
    let items = sheet.named(&["li"]).into_iter().filter(|id| is_plain(sheet, *id));
    items.map(|id| sheet.lined(id, open, close)).collect()
}

/// Lists whose items have words alone, written anew.
fn flat(sheet: &Sheet, write: fn(&Sheet, &[usize]) -> String) -> Vec<Change> {
    let mut places = Vec::new();
    for id in sheet.named(&["ul"]) {
        let items = sheet.children(id);
        let all_plain = items.iter().all(|i| sheet.nodes[*i].name == "li" && is_plain(sheet, *i));
        if all_plain && items.len() > 1 && !sheet.is_in(id, &["li"]) {
            places.push(vec![put(sheet.outer(id), write(sheet, &items))]);
        }
    }
    places
}

/// Every item of a list ended with the same mark.
fn ends(sheet: &Sheet, mark: &str) -> Vec<Change> {
    let mut places = Vec::new();
    for id in sheet.named(&["ul", "ol"]) {
        let mut change = Vec::new();
        for item in sheet.children(id).into_iter().filter(|item| is_plain(sheet, *item)) {
            let words = sheet.text_of(item);
            if words.ends_with(char::is_alphanumeric) {
                let at = sheet.inner(item).start + sheet.inner_text(item).trim_end().len();
                change.push(put(at..at, mark));
            }
        }
        if !change.is_empty() {
            places.push(change);
        }
    }
    places
}

fn definitions(
    sheet: &Sheet,
    pair: fn(&Sheet, usize, usize) -> String,
    open: &str,
    close: &str,
) -> Vec<Change> {
    let mut places = Vec::new();
    for id in sheet.named(&["dl"]) {
        let parts = sheet.children(id);
        let is_pair = |two: &[usize]| {
            two.len() == 2 && sheet.nodes[two[0]].name == "dt" && sheet.nodes[two[1]].name == "dd"
        };
        // Of footnotes the number is a place, not a label.
        if !parts.chunks(2).all(is_pair) || sheet.is_in(id, &["aside"]) {
            continue;
        }
        let pairs: String = parts.chunks(2).map(|two| pair(sheet, two[0], two[1])).collect();
        places.push(vec![put(sheet.outer(id), format!("{open}{pairs}{close}"))]);
    }
    places
}

#[test]
fn a_flat_list_is_written_anew_and_a_nested_one_left() {
    let sheet = Sheet::of("<main><ul><li>a</li><li>b</li></ul><ul><li>c<ul><li>d</ul></ul>", &[]);
    let table = FAMILIES.iter().find(|family| family.name == "list-to-table").unwrap();
    let [one] = &(table.places)(&sheet)[..] else { panic!() };
    assert!(sheet.with(one).contains("<tr><td>a</td></tr><tr><td>b</td></tr>"));
}
