//! Noise: what changes on pages without a rule changing (TRAPS D).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use regex::{Captures, Regex};
use rulewatch::extract::recipe::Format;

use super::{Captured, Said, alerts, pages, print, said, written};

type Mutation = fn(&Captured) -> Option<Vec<u8>>;

/// Classes of what a browser does not show, or only a screen reader says.
const HIDES: [&str; 8] = [
    "hidden",
    "hide",
    "wb-inv",
    "wb-invisible",
    "sr-only",
    "visually-hidden",
    "mfp-hide",
    "d-none",
];

const HTML: [(&str, Mutation); 22] = [
    ("date-bump", |p| {
        replaced(
            p,
            r"(dcterms\.modified[^>]*content=.|<gcds-date-modified>\s*|Last updated:[^<]*<strong>)([^<>\x22]{4,20})",
            "${1}2026-11-21",
        )
    }),
    ("alert-box", |p| {
        after(
            p,
            "</h1>",
            "<section class=\"alert alert-info\"><h2>Holiday hours</h2><p>Our offices are closed on December 25, 2026.</p></section>",
        )
    }),
    ("strong-cells", |p| {
        replaced(p, r"(?s)<td([^>]*)>([^<]+)</td>", "<td$1><strong>$2</strong></td>")
    }),
    ("split-inline", |p| {
        replaced(p, r">(\$?\d)(\d[\d,.]*)<", "><strong>$1</strong><strong>$2</strong><")
    }),
    ("rows-reversed", |p| rows(p, |rows| rows.reverse())),
    ("rows-rotated", |p| rows(p, |rows| rows.rotate_left(1))),
    ("no-break-space", |p| text(p, |words| words.replacen(' ', "\u{a0}", 3))),
    ("zero-width", |p| {
        text(p, |words| {
            if words.trim().is_empty() { words.into() } else { format!("\u{feff}{words}\u{200b}") }
        })
    }),
    ("curly-quotes", |p| whole(p, |t| t.replace('\u{2019}', "'"))),
    ("dashes", |p| text(p, |words| words.replace('–', "-"))),
    ("capitals", |p| {
        replaced_by(p, r"(?s)<t([dh])([^>]*)>([^<&]+)</t[dh]>", |c| {
            format!("<t{}{}>{}</t{}>", &c[1], &c[2], c[3].to_uppercase(), &c[1])
        })
    }),
    ("absolute-links", |p| replaced(p, r#"href="/"#, "href=\"https://www.example.org/")),
    ("related-links", |p| {
        before(
            p,
            "</main>",
            "<section><h2>Related links</h2><ul><li><a href=\"/x\">Express Entry</a></li><li>Fees</li></ul></section>",
        )
    }),
    ("stamp-line", |p| before(p, "</main>", "<p><strong>Last updated</strong>: June 17, 2026</p>")),
    ("class-and-id", |p| {
        whole_main(p, |t| {
            let tag = Regex::new(r"<[a-zA-Z][^>]*>").unwrap();
            let name = Regex::new(r#" (class|id)="([^"]*)""#).unwrap();
            // Without the class that hides it a browser would show more, and without its id nothing
            // would open it.
            let hides = |tag: &str| {
                name.captures_iter(tag)
                    .any(|c| c[2].split_whitespace().any(|class| HIDES.contains(&class)))
            };
            tag.replace_all(t, |c: &Captures<'_>| {
                if hides(&c[0]) {
                    c[0].to_owned()
                } else {
                    name.replace_all(&c[0], " $1=\"qz-1\"").into_owned()
                }
            })
            .into_owned()
        })
    }),
    ("contents-twice", |p| {
        after(
            p,
            "</h1>",
            "<h2>On this page</h2><ul><li><a href=\"#a\">Eligibility</a></li><li><a href=\"#b\">Fees</a></li></ul>",
        )
    }),
    ("table-split", split_tables),
    ("heading-levels", |p| p.text.find("<h6").map_or_else(|| whole(p, shifted), |_| None)),
    ("wrapped", |p| {
        replaced(
            p,
            r"(?s)<main([^>]*)>(.*)</main>",
            "<main$1><div class=\"grid\"><div>$2</div></div></main>",
        )
    }),
    ("scripts", |p| {
        before(
            p,
            "</main>",
            "<script>var a = '<table><tr><td>21231</td></tr></table>';</script><!-- 21231 -->",
        )
    }),
    ("canonical", other_canonical),
    ("marks-anew", |p| joins_footnotes(p).then(|| marks_anew(p))?),
];

const JSON: [(&str, Mutation); 4] = [
    ("indent", |p| json(p, |_| Some(()), true)),
    ("rounds-reversed-but-first", |p| {
        json(
            p,
            |feed| {
                feed.get_mut("rounds")?.as_array_mut()?[1..].reverse();
                Some(())
            },
            false,
        )
    }),
    ("unknown-member", |p| {
        json(
            p,
            |feed| {
                let objects = feed.get_mut("rounds").and_then(|rounds| rounds.as_array_mut());
                objects.into_iter().flatten().for_each(|round| round["drawNote"] = "x".into());
                feed.as_object_mut()?.insert("note".to_owned(), "x".into());
                Some(())
            },
            false,
        )
    }),
    ("version-suffix", |p| whole(p, |t| t.replace("(Version 1)", ", 2026-Version 3"))),
];

const XML: [(&str, Mutation); 3] = [
    ("metadata", |p| {
        whole(p, |t| {
            Regex::new(r#"(current-date|fid|id|lastAmendedDate)="[^"]*""#)
                .unwrap()
                .replace_all(t, r#"$1="1""#)
                .into_owned()
        })
    }),
    ("white-space", |p| whole(p, |t| t.replace("</Text>", "\n  </Text>\n"))),
    ("note-of-history", |p| {
        whole(p, |t| t.replace("<HistoricalNoteSubItem", "<HistoricalNoteSubItem extra=\"1\""))
    }),
];

/// For every format.
const ANY: [(&str, Mutation); 2] = [
    ("byte-order-mark", |p| Some(format!("\u{feff}{}", p.text).into_bytes())),
    ("gzip", |p| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(p.text.as_bytes()).unwrap();
        Some(packed.finish().unwrap())
    }),
];

fn changed(page: &Captured, text: String) -> Option<Vec<u8>> {
    (text != page.text).then(|| text.into_bytes())
}

fn whole(page: &Captured, change: impl FnOnce(&str) -> String) -> Option<Vec<u8>> {
    changed(page, change(&page.text))
}

/// Changes the content alone: class names of the page's own chrome stay.
fn whole_main(page: &Captured, change: impl FnOnce(&str) -> String) -> Option<Vec<u8>> {
    let from = page.text.find("<h1 ").or_else(|| page.text.find("<h1>"))?;
    let to =
        page.text[from..].find("pagedetails").or_else(|| page.text[from..].find("</main>"))? + from;
    changed(
        page,
        format!("{}{}{}", &page.text[..from], change(&page.text[from..to]), &page.text[to..]),
    )
}

fn replaced(page: &Captured, pattern: &str, with: &str) -> Option<Vec<u8>> {
    whole(page, |text| Regex::new(pattern).unwrap().replace_all(text, with).into_owned())
}

fn replaced_by(
    page: &Captured,
    pattern: &str,
    with: impl Fn(&Captures<'_>) -> String,
) -> Option<Vec<u8>> {
    whole(page, |text| Regex::new(pattern).unwrap().replace_all(text, with).into_owned())
}

/// Whether the marks of footnotes are read for what they refer to.
fn joins_footnotes(page: &Captured) -> bool {
    let parts = page.source.recipe.facts.iter().flat_map(|fact| &fact.parts);
    parts.flat_map(|part| &part.locators).any(|locator| !locator.footnotes.is_empty())
}

/// Prints every footnote with another mark.
fn marks_anew(page: &Captured) -> Option<Vec<u8>> {
    let stars = text(page, |words| words.replace('*', "†"))?;
    let stars = String::from_utf8(stars).ok()?;
    let raised = Regex::new(r"<sup([^>]*)>(\d)").unwrap();
    let next = |c: &Captures<'_>| format!("<sup{}>{}", &c[1], c[2].parse::<u8>().unwrap() + 3);
    changed(page, raised.replace_all(&stars, next).into_owned())
}

/// Changes the words between tags of the content, never a tag or a script.
fn text(page: &Captured, change: impl Fn(&str) -> String) -> Option<Vec<u8>> {
    let words =
        Regex::new(r"(?s)(<script.*?</script>|<style.*?</style>|<head.*?</head>)|>([^<]+)<")
            .unwrap();
    whole(page, |text| {
        words
            .replace_all(text, |c: &Captures<'_>| match c.get(2) {
                Some(words) => format!(">{}<", change(words.as_str())),
                None => c[0].to_owned(),
            })
            .into_owned()
    })
}

fn after(page: &Captured, tag: &str, extra: &str) -> Option<Vec<u8>> {
    let at = page.text.rfind(tag)? + tag.len();
    changed(page, format!("{}{extra}{}", &page.text[..at], &page.text[at..]))
}

fn before(page: &Captured, tag: &str, extra: &str) -> Option<Vec<u8>> {
    let at = page.text.rfind(tag)?;
    changed(page, format!("{}{extra}{}", &page.text[..at], &page.text[at..]))
}

/// Changes the order of the rows of every table body that has no spanning cell.
fn rows(page: &Captured, order: impl Fn(&mut Vec<&str>)) -> Option<Vec<u8>> {
    let body = Regex::new(r"(?s)</thead>\s*<tbody>(.*?)</tbody>").unwrap();
    let row = Regex::new(r"(?s)<tr.*?</tr>").unwrap();
    whole(page, |text| {
        body.replace_all(text, |c: &Captures<'_>| {
            let mut rows: Vec<&str> = row.find_iter(&c[1]).map(|r| r.as_str()).collect();

            if c[1].contains("rowspan") || c[1].contains("Total") {
                return c[0].to_owned();
            }
            order(&mut rows);
            format!("</thead><tbody>{}</tbody>", rows.join("\n"))
        })
        .into_owned()
    })
}

/// Every heading one level deeper, the deepest first.
fn shifted(text: &str) -> String {
    (2..6).rev().fold(text.to_owned(), |text, level| {
        let deeper = level + 1;
        text.replace(&format!("<h{level}"), &format!("<h{deeper}"))
            .replace(&format!("</h{level}>"), &format!("</h{deeper}>"))
    })
}

/// Splits every table with a `thead` in two with the same header.
fn split_tables(page: &Captured) -> Option<Vec<u8>> {
    let table =
        Regex::new(r"(?s)<table([^>]*)>(\s*<thead.*?</thead>)\s*<tbody>(.*?)</tbody>\s*</table>")
            .unwrap();
    let row = Regex::new(r"(?s)<tr.*?</tr>").unwrap();
    whole(page, |text| {
        table
            .replace_all(text, |c: &Captures<'_>| {
                let rows: Vec<&str> = row.find_iter(&c[3]).map(|r| r.as_str()).collect();
                // A point grid known by its rows, a total and a span belong to one table.
                if rows.len() < 3
                    || c[3].contains("rowspan")
                    || c[3].contains("Total")
                    || c[2].contains("CLB")
                    || c[2].contains("NCLC")
                {
                    return c[0].to_owned();
                }
                let (first, second) = rows.split_at(rows.len() / 2);
                let half = |rows: &[&str]| {
                    format!("<table{}>{}<tbody>{}</tbody></table>", &c[1], &c[2], rows.join(""))
                };
                format!("{}<p>Continued</p>{}", half(first), half(second))
            })
            .into_owned()
    })
}

/// The page under another of its declared addresses.
fn other_canonical(page: &Captured) -> Option<Vec<u8>> {
    let other = page.source.also.first().or(page.source.url_fr.as_ref())?;
    replaced(page, r#"(<link[^>]*rel="canonical"[^>]*href=")[^"]*"#, &format!("${{1}}{other}"))
        .or_else(|| {
            replaced(
                page,
                r#"(<link[^>]*href=")[^"]*("[^>]*rel="canonical")"#,
                &format!("${{1}}{other}${{2}}"),
            )
        })
}

fn json(
    page: &Captured,
    change: impl FnOnce(&mut serde_json::Value) -> Option<()>,
    pretty: bool,
) -> Option<Vec<u8>> {
    let text = page.text.trim_start_matches('\u{feff}');
    let mut feed: serde_json::Value = serde_json::from_str(text).unwrap();
    change(&mut feed)?;
    let text =
        if pretty { serde_json::to_string_pretty(&feed) } else { serde_json::to_string(&feed) };
    changed(page, text.unwrap())
}

/// Tries every mutation of its format on every page; returns those that applied somewhere and those
/// there are.
#[track_caller]
#[expect(clippy::print_stdout, reason = "what is told is what the run is asked for")]
fn check_silence(title: &str, pages: &[Captured]) -> [BTreeSet<&'static str>; 2] {
    let mut table = BTreeMap::new();
    let (mut applied, mut known) = (BTreeSet::new(), BTreeSet::new());
    let (mut loud, mut wording) = (Vec::new(), Vec::new());
    for page in pages.iter().filter(|page| alerts(&page.source)) {
        let own: &[(&str, Mutation)] = match page.source.recipe.format {
            Format::Html => &HTML,
            Format::Json => &JSON,
            _ => &XML,
        };
        let mut cells = Vec::new();
        for (name, mutate) in own.iter().chain(&ANY) {
            known.insert(*name);
            let cell = match mutate(page) {
                None => "n/a",
                Some(body) => {
                    applied.insert(*name);
                    match said(&page.source, page.text.as_bytes(), &body) {
                        Said::Silent => "ok",
                        Said::Wording(said) => {
                            wording.push(format!("{} {name}: {}", page.name, said.join("; ")));
                            "wording"
                        }
                        said => {
                            loud.push(format!("{} {name}: {said:?}", page.name));
                            "LOUD"
                        }
                    }
                }
            };
            cells.push(((*name).to_owned(), cell));
        }
        table.insert(page.name.clone(), cells);
    }
    print(title, &table);
    println!("{} told as wording:\n{}", wording.len(), wording.join("\n"));
    assert!(loud.is_empty(), "{}", loud.join("\n"));
    [applied, known]
}

#[test]
fn noise_on_every_captured_page_is_silent() {
    let pages = pages("mutations::noise");
    let [applied, known] = check_silence("noise", &pages);
    assert!(
        pages.is_empty() || applied == known,
        "never applied: {:?}",
        known.difference(&applied)
    );
}

#[test]
fn noise_on_every_written_page_is_silent() {
    check_silence("noise, written pages", &written());
}

#[test]
fn half_a_page_and_another_page_are_broken() {
    for page in pages("mutations::broken").into_iter().chain(written()) {
        let half = &page.text.as_bytes()[..page.text.len() / 2];
        let half = String::from_utf8_lossy(half);
        let body = page.text.as_bytes();
        for (what, other) in [
            ("half", half.as_ref()),
            ("empty", ""),
            (
                "block",
                "<html><head><title>Access Denied</title></head><body>You don't have permission to access this page.</body></html>",
            ),
        ] {
            let said = said(&page.source, body, other.as_bytes());
            assert!(matches!(said, Said::Broken(_)), "{} {what}: {said:?}", page.name);
        }
    }
}
