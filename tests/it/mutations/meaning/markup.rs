//! Other tags around the same words: template upgrades, wrappers, headings, emphasis, minifying.

use super::super::sheet::{LINES, Sheet, UNSEEN};
use super::super::splice::{Change, put};
use super::Class::Form;
use super::Reach::{All, Both, One};
use super::{Family, family};

pub(super) const FAMILIES: [Family; 27] = [
    family("block-wrapped", Form, Both, |s| {
        let blocks = s.named(&["table", "ul", "ol", "p", "dl"]);
        blocks
            .iter()
            .map(|id| {
                s.wrapped(*id, "<div class=\"mwsgeneric-base-html parbase section\">", "</div>")
            })
            .collect()
    }),
    family("content-wrapped", Form, All, |s| {
        vec![s.lined(s.holder(), "<div class=\"grid\"><div class=\"col-md-9\">", "</div></div>")]
    }),
    family("classes-and-ids-renamed", Form, All, names_changed),
    family("heading-levels-deeper", Form, All, deeper),
    family("heading-in-a-div", Form, Both, |s| {
        let heads = s.named(&["h2", "h3", "h4"]);
        heads.iter().map(|id| s.wrapped(*id, "<div class=\"heading\">", "</div>")).collect()
    }),
    family("heading-words-in-a-span", Form, Both, |s| {
        let heads = s.named(&["h1", "h2", "h3", "h4"]);
        heads.iter().map(|id| s.lined(*id, "<span class=\"title\">", "</span>")).collect()
    }),
    family("heading-words-in-strong", Form, Both, |s| {
        let heads = s.named(&["h2", "h3", "h4"]);
        heads.iter().map(|id| s.lined(*id, "<strong>", "</strong>")).collect()
    }),
    family("heading-link-to-itself", Form, Both, |s| {
        let heads = s.named(&["h2", "h3", "h4"]);
        let plain = heads.into_iter().filter(|id| s.below(*id, &["a"]).is_empty());
        plain.map(|id| s.lined(id, "<a class=\"anchor\" href=\"#here\">", "</a>")).collect()
    }),
    family("strong-to-b", Form, Both, |s| renamed(s, "strong", "b")),
    family("em-to-i", Form, Both, |s| renamed(s, "em", "i")),
    family("emphasis-dropped", Form, Both, |s| {
        s.named(&["strong", "b", "em"]).iter().map(|id| s.retagged(*id, "", "")).collect()
    }),
    family("details-to-headings", Form, Both, details_to_headings),
    family("headings-to-details", Form, Both, headings_to_details),
    family("sections-around-headings", Form, Both, |s| {
        around_sections(s, "<section class=\"panel\">", "</section>")
    }),
    family("article-around-headings", Form, Both, |s| {
        around_sections(s, "<article><div class=\"inner\">", "</div></article>")
    }),
    family("paragraph-to-div", Form, Both, |s| {
        let plain = s.named(&["p"]);
        plain.into_iter().map(|id| s.renamed(id, "div")).collect()
    }),
    family("paragraphs-to-breaks", Form, Both, to_breaks),
    family("spans-over-figures", Form, Both, |s| {
        s.each(r"\d+[.,]?\d+", |c| {
            let (a, b) = c[0].split_at(1);
            Some(format!("<span><span>{a}</span>{b}</span>"))
        })
    }),
    family("strong-over-half-a-figure", Form, One, |s| {
        s.each(r"\d{2,}", |c| {
            Some(format!("<strong>{}</strong><strong>{}</strong>", &c[0][..1], &c[0][1..]))
        })
    }),
    family("words-linked", Form, Both, |s| {
        let free: Vec<usize> =
            s.words().into_iter().filter(|id| !s.is_in(*id, &["a", "summary"])).collect();
        s.each_in(&free, r"\b[a-zé]{6,}\b", |c| Some(format!("<a href=\"#terms\">{}</a>", &c[0])))
    }),
    family("links-dropped", Form, Both, |s| {
        s.named(&["a"]).into_iter().map(|id| s.retagged(id, "", "")).collect()
    }),
    family("links-made-absolute", Form, All, |s| {
        let links = s
            .named(&["a"])
            .into_iter()
            .filter(|id| s.nodes[*id].attribute("href").is_some_and(|href| href.starts_with('/')));
        let tag = |id: usize| {
            s.text[s.nodes[id].open.clone()].replacen(
                "href=\"/",
                "href=\"https://www.example.org/",
                1,
            )
        };
        links.map(|id| vec![put(s.nodes[id].open.clone(), tag(id))]).collect()
    }),
    family("comments-in-words", Form, Both, |s| {
        s.each(r"[A-Za-z]{4,}", |c| Some(format!("{}<!-- v2 -->{}", &c[0][..2], &c[0][2..])))
    }),
    family("empty-elements", Form, Both, empty_elements),
    family("no-optional-end-tags", Form, All, minified),
    family("capital-tags", Form, All, |s| {
        let named = s.content().filter(|id| {
            s.nodes[*id].shown && !s.nodes[*id].name.is_empty() && s.nodes[*id].name != "#"
        });
        named.map(|id| s.renamed(id, &s.nodes[id].name.to_uppercase())).collect()
    }),
    family("lines-wrapped-and-indented", Form, All, |s| {
        s.each(r" ", |_| Some("\n        ".to_owned()))
    }),
];

fn renamed(sheet: &Sheet, from: &str, to: &str) -> Vec<Change> {
    sheet.named(&[from]).into_iter().map(|id| sheet.renamed(id, to)).collect()
}

/// Every class and id another, but for those that say what is not shown.
fn names_changed(sheet: &Sheet) -> Vec<Change> {
    let mut places = Vec::new();
    for id in sheet.content() {
        let node = &sheet.nodes[id];
        let says_unseen = UNSEEN.iter().any(|class| node.has_class(class));
        if node.name.is_empty() || node.name == "#" || says_unseen {
            continue;
        }
        for name in ["class", "id"] {
            let Some(value) = node.attribute(name) else { continue };
            let tag = &sheet.text[node.open.clone()];
            let Some(at) = tag.find(&format!(" {name}=\"{value}\"")) else { continue };
            let from = node.open.start + at + name.len() + 3;
            places.push(vec![put(from..from + value.len(), format!("qz-{}", value.len()))]);
        }
    }
    places
}

/// Every heading below the first one level deeper.
fn deeper(sheet: &Sheet) -> Vec<Change> {
    if !sheet.named(&["h6"]).is_empty() {
        return Vec::new();
    }
    let heads = sheet.named(&["h2", "h3", "h4", "h5"]);
    let level = |id: usize| sheet.nodes[id].name[1..].parse::<u8>().unwrap() + 1;
    heads.into_iter().map(|id| sheet.renamed(id, &format!("h{}", level(id)))).collect()
}

/// The level that a heading in a place would be of: one deeper than the heading before it.
fn level_below(sheet: &Sheet, id: usize) -> usize {
    let heads = sheet.named(&["h1", "h2", "h3", "h4", "h5", "h6"]);
    let before = heads.into_iter().rfind(|head| *head < id);
    before.map_or(2, |head| sheet.nodes[head].name[1..].parse::<usize>().unwrap() + 1).min(6)
}

fn details_to_headings(sheet: &Sheet) -> Vec<Change> {
    let mut places = Vec::new();
    for id in sheet.named(&["details"]) {
        let [summary, ..] = sheet.children(id)[..] else { continue };
        if sheet.nodes[summary].name != "summary" {
            continue;
        }
        let level = level_below(sheet, id);
        let mut change = sheet.retagged(id, "<section>", "</section>");
        let has_head = !sheet.below(summary, &["h2", "h3", "h4", "h5", "h6"]).is_empty();
        let (open, close) = (format!("<h{level}>"), format!("</h{level}>"));
        let (open, close) = if has_head { ("", "") } else { (&*open, &*close) };
        change.extend(sheet.retagged(summary, open, close));
        places.push(change);
    }
    places
}

/// A heading with what follows it up to the next heading beside it: the heading, and where it ends.
fn sections(sheet: &Sheet) -> Vec<(usize, usize)> {
    let names = ["h2", "h3", "h4", "h5", "h6"];
    let mut found = Vec::new();
    for id in sheet.named(&names) {
        let (mut at, mut last) = (sheet.next(id), None);
        while let Some(next) = at {
            if names.contains(&sheet.nodes[next].name.as_str()) {
                break;
            }
            last = Some(next);
            at = sheet.next(next);
        }
        // What holds headings of its own would fold them all away, or end the section within it.
        let is_whole = |end: usize| {
            let inner = sheet.nodes[id].close.end..sheet.nodes[end].close.end;
            !sheet
                .named(&names)
                .iter()
                .any(|h| *h != id && inner.contains(&sheet.nodes[*h].open.start))
        };
        if let Some(end) = last.filter(|end| is_whole(*end)) {
            found.push((id, end));
        }
    }
    found
}

fn headings_to_details(sheet: &Sheet) -> Vec<Change> {
    let fold = |(id, end): (usize, usize)| {
        let mut change = sheet.retagged(id, "<details><summary>", "</summary>");
        let at = sheet.nodes[end].close.end;
        change.push(put(at..at, "</details>"));
        change
    };
    sections(sheet).into_iter().map(fold).collect()
}

fn around_sections(sheet: &Sheet, open: &str, close: &str) -> Vec<Change> {
    let around = |(id, end): (usize, usize)| {
        let (from, to) = (sheet.nodes[id].open.start, sheet.nodes[end].close.end);
        vec![put(from..from, open), put(to..to, close)]
    };
    sections(sheet).into_iter().map(around).collect()
}

/// A paragraph and the next one made one, with breaks between.
fn to_breaks(sheet: &Sheet) -> Vec<Change> {
    let mut places = Vec::new();
    for id in sheet.named(&["p"]) {
        let Some(next) = sheet.next(id).filter(|next| sheet.nodes[*next].name == "p") else {
            continue;
        };
        if sheet.nodes[next].shown {
            let (from, to) = (sheet.nodes[id].close.start, sheet.nodes[next].open.end);
            places.push(vec![put(from..to, "<br><br>")]);
        }
    }
    places
}

fn empty_elements(sheet: &Sheet) -> Vec<Change> {
    let all = ["<p>\u{a0}</p>", "<p></p>", "<ul></ul>", "<h3></h3>", "<div>&nbsp;</div>"];
    let mut places = Vec::new();
    for (n, id) in sheet.named(&["table", "ul", "h2", "h3", "p"]).into_iter().enumerate() {
        let at = sheet.outer(id).start;
        places.push(vec![put(at..at, all[n % all.len()])]);
    }
    let inline =
        ["<s></s>", "<strong></strong>", "<del> </del>", "<span>&#8203;</span>", "<a></a>"];
    for (n, id) in sheet.named(&["td", "li"]).into_iter().enumerate() {
        let at = sheet.inner(id).end;
        places.push(vec![put(at..at, inline[n % inline.len()])]);
    }
    places
}

/// Without the end tags and white space that HTML lets one leave out.
fn minified(sheet: &Sheet) -> Vec<Change> {
    let ended = ["li", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "option", "p"];
    let mut all: Change = Vec::new();
    for id in sheet.content() {
        let node = &sheet.nodes[id];
        if ended.contains(&node.name.as_str()) && may_stay_open(sheet, id) {
            all.push(put(node.close.clone(), ""));
        }
        let parent = sheet.nodes[sheet.parent(id)].name.as_str();
        let is_space = node.name.is_empty() && sheet.text[node.open.clone()].trim().is_empty();
        if is_space && ["table", "tbody", "thead", "tr", "ul", "ol", "dl"].contains(&parent) {
            all.push(put(node.open.clone(), ""));
        }
    }
    if all.is_empty() { Vec::new() } else { vec![all] }
}

/// Whether the end tag may be left out (HTML, 13.1.2.4).
fn may_stay_open(sheet: &Sheet, id: usize) -> bool {
    let name = sheet.nodes[id].name.as_str();
    let next = sheet.next(id).map(|next| sheet.nodes[next].name.as_str());
    let parent = sheet.nodes[sheet.parent(id)].name.as_str();
    let starts = |names: &[&str]| next.is_none_or(|next| names.contains(&next));
    match name {
        "li" => starts(&["li"]),
        "td" | "th" => starts(&["td", "th"]),
        "tr" => starts(&["tr"]),
        "thead" => next.is_some_and(|next| ["tbody", "tfoot"].contains(&next)),
        "tbody" => starts(&["tbody", "tfoot"]),
        "tfoot" => next.is_none(),
        "dt" => next.is_some_and(|next| ["dt", "dd"].contains(&next)),
        "dd" => starts(&["dt", "dd"]),
        "p" => {
            let blocks =
                ["p", "ul", "ol", "table", "div", "h2", "h3", "h4", "section", "details", "dl"];
            let closes = ["div", "td", "th", "li", "section", "main", "dd", "article"];
            match next {
                Some(next) => blocks.contains(&next),
                None => closes.contains(&parent),
            }
        }
        _ => false,
    }
}

#[test]
fn a_page_without_end_tags_is_the_same_page() {
    let html = "<main><p>One</p><ul> <li>a</li> <li>b</li></ul><table><thead><tr><th>h</th></tr></thead>\
                <tbody><tr><td>1</td><td>2</td></tr></tbody></table><p>End</p></main>";
    let sheet = Sheet::of(html, &[]);
    let short = sheet.with(&minified(&sheet).concat());
    assert!(short.contains("<p>One<ul><li>a<li>b</ul>"), "{short}");
    let words = |s: &Sheet| -> Vec<(String, String)> {
        let lines = s.named(&LINES);
        lines.into_iter().map(|id| (s.nodes[id].name.clone(), s.text_of(id))).collect()
    };
    assert_eq!(words(&Sheet::of(&short, &[])), words(&sheet));
}
