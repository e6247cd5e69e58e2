//! Work permits, nominations, fees, processing times and news: all that is read of each page, and
//! nothing else, against the page's own JSON, its words cut up by plain patterns, and values listed
//! by hand.

use std::collections::BTreeMap;
use std::path::Path;

use rulewatch::catalog::Catalog;
use rulewatch::model::SourceId;
use serde_json::Value as Json;

use super::{changes, files, newest, pattern, plain, read, reads, replay, rounds, said, tables};
use crate::impacts::pages;
use crate::left_out::captures;
use crate::program::Home;

/// Records as `fact record`, and their fields as `name=value; …` in the order of the names.
type Records = BTreeMap<String, String>;

/// The fields of a record without the marks of trade, which the page prints raised or not.
fn written(fields: &Json) -> String {
    said(fields).replace("[®]", "")
}

/// All that is read of a page, and how much could not be.
fn found(source: &str, page: &Path) -> (Records, usize) {
    let read = reads(source, page);
    let records = read.iter().filter(|line| line["type"] == "record");
    let name = |line: &Json| {
        format!("{} {}", line["fact"].as_str().unwrap(), line["record"].as_str().unwrap())
    };
    let complaints = read.iter().filter(|line| line["type"] == "complaint").count();
    assert_eq!(records.clone().count() + complaints, read.len());
    (records.map(|line| (name(line), written(&line["fields"]))).collect(), complaints)
}

/// A piece of HTML line by line, without tags and what is no content.
fn words(html: &str) -> Vec<String> {
    let cut = pattern(r"</?(?:p|ul|ol|li|div|dl|dt|dd|br|h[1-6]|fieldset|legend)\b[^>]*>");
    let tag = pattern(r"<[^>]*>");
    let entities =
        [("&nbsp;", " "), ("&amp;", "&"), ("&rsquo;", "'"), ("&reg;", ""), ("\u{ad}", "")];
    let text = |piece: &str| {
        let text = tag.replace_all(piece, "").into_owned();
        plain(&entities.iter().fold(text, |text, (entity, plain)| text.replace(entity, plain)))
    };
    let lines = cut.split(html).map(text);
    lines.filter(|line| !line.is_empty() && line != "Return to: On this page").collect()
}

/// The headings of a page in their order, each with the words directly under it. What stands in a
/// box ends with it.
fn sections(html: &str) -> Vec<(String, Vec<String>)> {
    let main = html.split_once("<main").unwrap().1;
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let aside = pattern(
        r#"(?s)<!--.*?-->|<h2[^>]*>\s*On this page\s*</h2>.*?</ul>|<script.*?</script>|<nav.*?</nav>|<table.*?</table>|<aside.*?</aside>|<(?:div|section)[^>]*(?:pagedetails|gc-pg-hlpfl).*|<button.*?</button>|<sup\b.*?</sup>|<span [^>]*(?:wb-inv|sr-only)[^>]*>.*?</span>"#,
    );
    let main = aside.replace_all(main, "");
    let mark = pattern(
        r"(?s)<h[1-6]\b[^>]*>.*?</h[1-6]>|<summary\b[^>]*>.*?</summary>|<(?:details|section)\b[^>]*>|</(?:details|section)>",
    );
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let (mut now, mut outer, mut from) = (None::<usize>, Vec::new(), 0);
    let marks = mark.find_iter(&main).map(|m| (m.start(), m.end()));
    for (start, end) in marks.chain([(main.len(), main.len())]) {
        if let Some(now) = now {
            found[now].1.extend(words(&main[from..start]));
        }
        from = end;
        match &main[start..end] {
            "" => {}
            end if end.starts_with("</d") || end.starts_with("</se") => now = outer.pop().unwrap(),
            begin if begin.starts_with("<d") || begin.starts_with("<se") => outer.push(now),
            heading => {
                now = Some(found.len());
                found.push((words(heading).join(" "), Vec::new()));
            }
        }
    }
    found
}

/// The rows of a page's tables, the words of each cell line by line.
fn rows(html: &str) -> Vec<Vec<Vec<Vec<String>>>> {
    let row = |row: Vec<String>| row.iter().map(|cell| words(cell)).collect();
    tables(html).into_iter().map(|table| table.into_iter().map(row).collect()).collect()
}

/// What is listed of a source: its folder, and the lines.
fn listed(source: &str) -> (&'static str, Vec<&'static str>) {
    let pages = include_str!("../fixtures/captures/permits.txt").split("\n= ");
    let of_page = |page: &'static str| {
        let mut lines = page.lines();
        let folder = lines.next()?.strip_prefix(source)?.strip_prefix(' ')?;
        Some((folder, lines.filter(|line| !line.is_empty()).collect()))
    };
    pages.skip(1).find_map(of_page).unwrap()
}

/// Compares all that is read of each capture of a source with what is listed, with the words under
/// the headings, and with what else the page's HTML gives.
#[track_caller]
fn check(captures: &Path, source: &str, more: impl Fn(&str, &mut Records)) {
    let (folder, lines) = listed(source);
    let parts = |mark: &'static str| {
        let parts = lines.iter().filter_map(move |line| line.split_once(mark));
        parts.map(|(name, what)| (name.to_owned(), what.to_owned()))
    };
    for page in files(&captures.join(folder)) {
        // A badge is no part of what it stands beside.
        let badge = pattern(r#"<span class="label[^"]*">\s*New\s*</span>"#);
        let html = badge.replace_all(&read(&page), "").into_owned();
        let mut expected: Records = parts(" | ").collect();
        let headings: Vec<_> = parts(" > ").collect();
        let sections = if headings.is_empty() { Vec::new() } else { sections(&html) };
        let printed: Vec<_> = sections.iter().map(|(heading, _)| heading).collect();
        assert_eq!(headings.iter().map(|(_, heading)| heading).collect::<Vec<_>>(), printed);
        for ((name, _), (_, words)) in headings.into_iter().zip(sections) {
            if name == "-" {
                continue;
            }
            let words = words.join(" / ");
            let text = if words.is_empty() { String::new() } else { format!("text={words}") };
            // A heading with values of its own says them in words too.
            let beside = |fields: &mut String| *fields += &format!("; words={words}");
            expected.entry(name).and_modify(beside).or_insert(text);
        }
        more(&html, &mut expected);
        let (found, complaints) = found(source, &page);
        assert_eq!(complaints, 0, "{}", page.display());
        for (name, fields) in &expected {
            assert_eq!(found.get(name), Some(fields), "{name}");
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    }
}

#[test]
fn pages_of_sentences_and_clauses_are_read_to_their_last_word() {
    let name = "captures::permits::pages_of_sentences_and_clauses_are_read_to_their_last_word";
    let Some(captures) = captures(name) else { return };
    for source in [
        "esdc-gts-overview",
        "ircc-open-work-permit",
        "ircc-sponsored-spouse-work-permit",
        "ircc-fees-pay",
        "ircc-pgwp-about",
    ] {
        check(&captures, source, |_, _| {});
    }
}

#[test]
fn the_guide_says_what_an_employer_commits_to() {
    let name = "captures::permits::the_guide_says_what_an_employer_commits_to";
    let Some(captures) = captures(name) else { return };
    check(&captures, "esdc-gts-applicant-guide", |html, expected| {
        let section = html.split("Section 10: Complementary labour market benefits</h3>").nth(1);
        let benefit = pattern(r"(?s)<li>([^<]+)<ul>\s*<li>(For this benefit.*?)</li>");
        let before = expected.len();
        for found in benefit.captures_iter(section.unwrap()) {
            let (name, asks) = (plain(&found[1]), plain(&found[2]));
            let slug = name.to_lowercase().replace(' ', "-");
            let fields = format!("asks={asks}; benefit={name}");
            expected.insert(format!("gts.lmbp.complementary {slug}"), fields);
        }
        assert_eq!(expected.len() - before, 6, "counted on the page");
    });
}

#[test]
fn an_intra_company_transfer_is_read_to_its_conditions() {
    let name = "captures::permits::an_intra_company_transfer_is_read_to_its_conditions";
    let Some(captures) = captures(name) else { return };
    check(&captures, "ircc-ict", |html, expected| {
        let note = pattern(r#"(?s)<dd id="fn\d">\s*<p>(.*?)</p>"#);
        let notes: Vec<_> = note.captures_iter(html).map(|m| words(&m[1]).join(" ")).collect();
        assert_eq!(notes.len(), 2);
        let text = expected.get_mut("imp.ict.instructions definition-specialized").unwrap();
        text.insert_str(0, &format!("footnotes={}; ", notes.join(" / ")));
        let offer = &rows(html)[0][1..];
        assert_eq!(offer.len(), 8);
        for row in offer {
            let slug = row[0].join(" ").to_lowercase().replace(' ', "-");
            expected
                .insert(format!("imp.ict.offer {slug}"), format!("text={}", row[1].join(" / ")));
        }
    });
}

/// Since 2024-02 the page has two groups of programs, and the same words stand in both.
#[test]
fn a_master_has_bounds_beside_those_of_other_programs() {
    let id = SourceId::parse("ircc-pgwp-about").unwrap();
    let url = Catalog::shipped().unwrap().source(&id).unwrap().url.clone();
    let text = "\
# How long is a PGWP valid?
## Master's degree programs
### If your program was less than 8 months (or 900 hours for Quebec credentials)
You aren't eligible for a PGWP.
### If your program was at least 8 months (or 900 hours for Quebec credentials)
We may give you a PGWP that's valid for 3 years.
## All other programs
### If your program was less than 8 months (or 900 hours for Quebec credentials)
You aren't eligible for a PGWP.
### If your program was at least 8 months (or 900 hours for Quebec credentials), but less than 2 years
We may give you a PGWP that's valid for up to the same length as your study program.
### If your program was 2 years or more
We may give you a PGWP that's valid for 3 years.
";
    let text = pages::page(&url, "About the PGWP", "2026-05-19", text);
    let home = Home::new();
    let (found, complaints) = found("ircc-pgwp-about", Path::new(&home.file("page.html", text)));
    let of_length = |name: &String| name.strip_prefix("pgwp.validity ").map(str::to_owned);
    let lengths = ["less-than-minimum", "long", "short"].map(|length| format!("any/{length}"));
    let masters = ["less-than-minimum", "minimum-or-more"].map(|length| format!("master/{length}"));
    assert_eq!(
        found.keys().filter_map(of_length).collect::<Vec<_>>(),
        [&lengths[..], &masters].concat()
    );
    assert!(found["pgwp.validity master/minimum-or-more"].contains("valid_for=3 years"));
    assert_eq!(complaints, 0);
}

#[test]
fn a_graduate_finds_every_condition_and_special_case() {
    let name = "captures::permits::a_graduate_finds_every_condition_and_special_case";
    let Some(captures) = captures(name) else { return };
    check(&captures, "ircc-pgwp-eligibility", |html, expected| {
        let counted = pattern(r"(?s)<p>\s*(Only the time you spent.*?)</p>");
        let counted = words(&counted.captures(html).unwrap()[1]).join(" ");
        let name = "pgwp.eligibility outside/time-counted".to_owned();
        expected.insert(name, format!("text={counted}"));
        let institutions =
            ["public", "quebec-secondary", "quebec-cegep", "private-quebec", "private-degrees"];
        let lengths = ["8 months", "900 hours", "900 hours", "900 hours", "n/a"];
        let tables = rows(html);
        assert_eq!(tables.len(), 2);
        for (table, place) in tables.iter().zip(["inside", "outside"]) {
            assert_eq!(table.len(), 1 + institutions.len());
            for ((row, institution), length) in table[1..].iter().zip(institutions).zip(lengths) {
                assert!(row[1].join(" ").starts_with(length));
                let (name, outcome) = (row[0].join(" "), row[2].join(" / "));
                let fields = format!("length={length}; name={name}; outcome={outcome}");
                expected.insert(format!("pgwp.programs {place}/{institution}"), fields);
            }
        }
    });
}

#[test]
fn every_province_with_a_nominee_program_is_read_and_the_two_without() {
    let name =
        "captures::permits::every_province_with_a_nominee_program_is_read_and_the_two_without";
    let Some(captures) = captures(name) else { return };
    check(&captures, "ircc-pnp", |html, expected| {
        let (_, list) = html.split_once("Choose a province or territory").unwrap();
        let (list, _) = list.split_once("</ul>").unwrap();
        let item = pattern(r"(?s)<li>(.*?)</li>");
        let before = expected.len();
        for found in item.captures_iter(list) {
            let name = words(&found[1]).join(" ");
            let slug = name.to_lowercase().replace(' ', "-");
            expected.insert(format!("pnp.provinces {slug}"), format!("name={name}"));
        }
        assert_eq!(expected.len() - before, 11, "counted on the page");
    });
}

/// The members below an object, each by its dotted path.
fn leaves(of: &Json, path: &str, into: &mut Vec<(String, String)>) {
    let Json::Object(members) = of else {
        if let Json::String(words) = of {
            into.push((path.to_owned(), words.clone()));
        }
        return;
    };
    for (name, member) in members {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        leaves(member, &below, into);
    }
}

/// The feed has been named anew more than once: what is there is read, whatever it is called.
#[test]
fn every_member_of_every_feed_of_processing_times_is_read() {
    let name = "captures::permits::every_member_of_every_feed_of_processing_times_is_read";
    let Some(captures) = captures(name) else { return };
    let (length, minutes) = (pattern(r"(\d+ \w+)$"), pattern(r"^\d+ minutes?$"));
    let (mut shapes, mut broken) = (Vec::new(), 0);
    for folder in ["ircc-processing-times-json", "ircc-processing-times-json-2025"] {
        let folder = captures.join(folder);
        for file in files(&folder) {
            let Ok(feed) = serde_json::from_str::<Json>(&read(&file)) else {
                let file = file.display().to_string();
                let test = ["sources", "test", "ircc-processing-times", &file];
                assert_ne!(Home::new().run(&test).code, Some(0));
                broken += 1;
                continue;
            };
            let as_of = rounds::day(feed["default-update"]["lastupdated"].as_str().unwrap());
            let mut members = Vec::new();
            leaves(&feed, "", &mut members);
            members.retain(|(path, _)| !path.starts_with("default-update."));
            let mut expected = Records::new();
            for (path, words) in &members {
                let is_word = minutes.is_match(words) || !words.contains(char::is_numeric);
                let time = if is_word { words } else { &length.captures(words).unwrap()[1] };
                // "Part 1: 13 months"
                let said = words.strip_suffix(time).and_then(|said| said.strip_suffix(": "));
                let said = said.map(|said| format!("said={said}; ")).unwrap_or_default();
                expected.insert(
                    format!("processing.times {path}"),
                    format!("as_of={as_of}; {said}time={time}"),
                );
            }
            // The newest, and each of another shape than the one before it.
            let shape = expected.len();
            if file == newest(&folder) || shapes.last() != Some(&shape) {
                let (found, complaints) = found("ircc-processing-times", &file);
                assert_eq!(found, expected, "{}", file.display());
                assert_eq!(complaints, 0, "{}", file.display());
                shapes.push(shape);
            }
        }
    }
    println!("members read: {shapes:?}; not a document: {broken}");
    assert_eq!(broken, 1);
    assert!(shapes.len() > 3 && shapes.iter().all(|members| *members > 30));
}

#[test]
fn every_item_of_the_newsroom_is_read_as_it_came() {
    let name = "captures::permits::every_item_of_the_newsroom_is_read_as_it_came";
    let Some(captures) = captures(name) else { return };
    let folder = captures.join("ircc-newsroom-items");
    let steps = replay("ircc-newsroom", &folder);
    for (n, file) in files(&folder).iter().enumerate() {
        let item: Json = serde_json::from_str(&read(file)).unwrap();
        let text = |name: &str| item[name].as_str().unwrap();
        let (_, page) = text("link").split_once("/news/").unwrap();
        let name = page.strip_suffix(".html").unwrap();
        let fields = format!(
            "link={}; published={}; summary={}; title={}",
            text("link"),
            &text("published_at")[..10],
            plain(text("summary")),
            plain(text("title"))
        );
        if n == 0 {
            let expected = Records::from([(format!("notices.ircc {name}"), fields)]);
            assert_eq!(found("ircc-newsroom", file), (expected, 0));
            continue;
        }
        let [told] = &changes(&steps[n])[..] else { panic!("{}", steps[n]) };
        assert_eq!((told["record"].as_str(), written(&told["new"])), (Some(name), fields));
    }
}
