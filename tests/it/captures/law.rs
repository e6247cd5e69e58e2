//! The regulations, against a walk over the words of the XML.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{changes, files, kinds, plain, read, replay};
use crate::left_out::captures;

/// The watched sections of the law by label, with all their words run together.
fn sections(file: &Path) -> BTreeMap<String, String> {
    let text = read(file);
    let xml = roxmltree::Document::parse(&text).unwrap();
    let mut sections = BTreeMap::new();
    for section in xml.descendants().filter(|node| node.has_tag_name("Section")) {
        let aside = ["Schedule", "RelatedOrNotInForce"];
        if section.ancestors().any(|above| aside.iter().any(|name| above.has_tag_name(*name))) {
            continue;
        }
        let Some(label) = section.children().find(|child| child.has_tag_name("Label")) else {
            continue;
        };
        let label = label.text().unwrap_or_default().trim().to_owned();
        let whole: u32 = label.split('.').next().unwrap().parse().unwrap_or(0);
        if !matches!(whole, 70..=109 | 179..=209 | 294..=315) {
            continue;
        }
        let is_history = |node: roxmltree::Node<'_, '_>| {
            node.ancestors().any(|above| above.has_tag_name("HistoricalNote"))
        };
        let words = section.descendants().filter(|node| node.is_text() && !is_history(*node));
        let words: String = words.filter_map(|node| node.text()).collect();
        let bare: String = plain(&words).to_lowercase().split_whitespace().collect();
        sections.insert(label, bare);
    }
    sections
}

#[track_caller]
fn check_law(folder: &Path) -> Vec<usize> {
    let (steps, files) = (replay("justice-irpr", folder), files(folder));
    assert_eq!(steps[0]["outcome"], "baseline");
    let mut counts = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let after = sections(&files[n]);
        assert_eq!(step["records"]["irpr.sections"], after.len(), "{}", step["capture"]);
        if n == 0 {
            continue;
        }
        let before = sections(&files[n - 1]);
        let labels: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let differ: BTreeSet<&str> = labels
            .into_iter()
            .filter(|label| before.get(*label) != after.get(*label))
            .map(String::as_str)
            .collect();
        let of_sections = changes(step).iter().filter(|change| change["fact"] == "irpr.sections");
        let told: BTreeSet<&str> =
            of_sections.map(|change| change["record"].as_str().unwrap()).collect();
        assert_eq!(told, differ, "{}", step["capture"]);
        let expected = if differ.is_empty() { "unchanged" } else { "changed" };
        assert_eq!(step["outcome"], expected, "{}", step["capture"]);
        counts.push(differ.len());
    }
    assert!(!kinds(&steps).contains("fee_changed"), "{:?}", kinds(&steps));
    counts
}

#[test]
fn the_law_changes_where_its_words_do_and_nowhere_else() {
    let name = "captures::law::the_law_changes_where_its_words_do_and_nowhere_else";
    let Some(captures) = captures(name) else { return };
    let counts = check_law(&captures.join("justice-irpr-sections-xml"));
    assert_eq!(counts.len(), 8);
    assert_eq!(counts[0], 0, "the second version differs in dates of its metadata only");
    let counts = check_law(&captures.join("justice-irpr-full-xml"));
    assert_eq!(counts, [1]);
}

#[test]
fn the_full_text_as_a_page_has_every_section_that_it_labels() {
    let Some(captures) = captures("captures::law::full_text") else { return };
    let page = super::newest(&captures.join("justice-irpr-fulltext-html"));
    let (html, read) = (read(&page), super::reads("justice-irpr-html", &page));
    let after =
        |mark: &'static str| move |piece: &'_ str| piece.split(mark).next().unwrap().to_owned();
    let labels: Vec<String> =
        html.split("<span class=\"sectionLabel\">").skip(1).map(after("</span>")).collect();
    let found = super::records(&read, "irpr.full_text");
    assert_eq!(
        found.keys().copied().collect::<BTreeSet<_>>(),
        labels.iter().map(String::as_str).collect()
    );
    assert_eq!(found.len(), labels.len());
    let dates = super::records(&read, "irpr.currency")["irpr"];
    for (field, mark) in [("current_to", "current to "), ("last_amended", "last amended</a> on ")] {
        let printed = &html[html.find(mark).unwrap() + mark.len()..][..10];
        assert_eq!(dates[field], printed);
    }
}
