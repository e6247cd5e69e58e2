//! A recipe drafted from a page that nobody wrote one for: it is a catalogue under the schema, it reads the page it
//! was made from, and finds two thirds of what recipes made by hand read.

use std::collections::BTreeSet;
use std::fs;

use rulewatch::catalog::Catalog;
use rulewatch::drafting;
use rulewatch::model::{Extraction, FactType, Page, Value};
use rulewatch::trying;

use crate::catalogue::told_by_schema;
use crate::left_out::captures;
use crate::program::Home;
use crate::shipped::shipped;

const PAGE: &str = "<!DOCTYPE html><html><head><title>Nominees</title>
<link rel=\"canonical\" href=\"https://www.example.org/nominees/fees.html\"></head><body><main>
<h1>Nominees</h1>
<h2>Fees</h2>
<table><tr><th>Service<th>Fee ($CAN)<tr><td>Application<td>1,500<tr><td>Review<td>500</table>
<h2>Rounds</h2>
<table><tr><th>Date<th>Stream<th>Score<th>Invitations
<tr><td>June 4, 2026<td>Tech<td>121<td>430<tr><td>May 7, 2026<td>Care<td>N/A<td>&lt;5</table>
<h2>Occupations</h2>
<ul><li>21231 Software engineers</li><li>21211 Data scientists</li><li>31301 Registered nurses</li></ul>
<h2>Language</h2>
<p>You need a score of at least CLB 7 in the test.</p>
<p>You have worked for at least 2 years in the past.</p>
<h2>News</h2>
<ul><li>June 17, 2026: Fees rise</li><li>May 2, 2026: Round held</li><li>April 1, 2026: Portal open</li></ul>
<h2>Phone</h2><p>Call 555 1234 of the office.</p>
</main></body></html>";

#[test]
fn a_draft_reads_the_page_it_was_made_from_and_says_what_it_leaves() {
    let home = Home::new();
    let page = home.file("fees.html", PAGE);
    let out = home.done(&["sources", "draft", &page]);
    let draft = home.file("draft.toml", &out);
    assert_eq!(told_by_schema(&out), Vec::<String>::new(), "{out}");
    assert!(out.contains("url = \"https://www.example.org/nominees/fees.html\""), "{out}");
    let read =
        home.done(&["--sources", &draft, "sources", "test", "fees", &page, "--format", "ndjson"]);
    for words in [
        "\"amount\":1500",
        "2026-06-04",
        "\"invitations\":430",
        "\"invitations\":\"<5\"",
        "\"21231\"",
        "\"level\":7",
        "\"count\":2,\"unit\":\"years\"",
        "Fees rise",
    ] {
        assert!(read.contains(words), "{words}\n{read}\n{out}");
    }
    assert!(out.contains("#   Phone"), "{out}");
    assert!(out.contains("records\n"), "{out}");
}

#[test]
fn a_feed_is_drafted_by_the_members_of_its_objects() {
    let feed = r#"{"rounds":[{"drawNumber":"318","drawDate":"2026-06-04","drawSize":"1,012"},
        {"drawNumber":"317","drawDate":"2026-05-28","drawSize":"509"}]}"#;
    let home = Home::new();
    let page = home.file("rounds.json", feed);
    let out = home.done(&["sources", "draft", &page, "--id", "my-rounds"]);
    assert_eq!(told_by_schema(&out), Vec::<String>::new(), "{out}");
    assert!(out.contains("each = '$.rounds[*]'") && out.contains("id = \"my-rounds\""), "{out}");
    assert!(out.contains(": 2 records"), "{out}");
}

#[test]
fn what_is_no_page_is_said_to_be_none() {
    let home = Home::new();
    let page = home.file("empty.json", "{ \"a\": ");
    let ran = home.run(&["sources", "draft", &page]);
    assert!(ran.err.contains("the page cannot be read"), "{ran:?}");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let ran = home.run(&["sources", "draft", "nowhere"]);
    assert!(ran.err.contains("neither a file nor an address"), "{ran:?}");
}

/// Captures, and the recipes that were made for them by hand.
const TEN: [(&str, &str); 10] = [
    ("ircc-crs-criteria", "ircc-crs-criteria"),
    ("ircc-ee-categories", "ircc-draft-ee-category-en"),
    ("ircc-ee-funds", "ircc-draft-ee-funds-en"),
    ("ircc-ee-eca", "ircc-draft-ee-education-eca-en"),
    ("ircc-ee-language", "ircc-draft-ee-language-en"),
    ("esdc-gts-requirements", "esdc-gts-requirements"),
    ("bc-invitations", "bc-invitations-to-apply"),
    ("bc-workers", "bc-skills-immigration"),
    ("pe-draws", "pe-html-expression-of-interest-draws"),
    ("ircc-ee-rounds", "ircc-ee-rounds-json-2026"),
];

/// What fact sets hold, as words: codes, amounts, days, names. Prose is no value.
fn values(extraction: &Extraction) -> BTreeSet<String> {
    let sets = extraction.facts.values().filter(|set| set.kind != FactType::Clauses);
    let fields =
        sets.flat_map(|set| set.records.values()).flat_map(|record| record.fields.values());
    let said = fields.filter(|value| !matches!(value, Value::Clauses(_)));
    // A unit stands with the figure or over the column: the figure is what is found.
    let plain = |value: &Value| {
        value.number().map_or_else(|| value.to_string(), |n| n.normalize().to_string())
    };
    said.map(|value| plain(value).to_lowercase()).filter(|words| !words.is_empty()).collect()
}

#[test]
fn a_draft_finds_most_of_what_recipes_made_by_hand_read_of_ten_captures() {
    let name = "drafting::a_draft_finds_most_of_what_recipes_made_by_hand_read_of_ten_captures";
    let Some(captures) = captures(name) else { return };
    let catalog = shipped();
    let (mut all, mut found) = (0, 0);
    for (id, folder) in TEN {
        let mut files: Vec<_> =
            fs::read_dir(captures.join(folder)).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let body = fs::read(files.last().unwrap()).unwrap();
        let id = rulewatch::model::SourceId::parse(id).unwrap();
        let source = catalog.source(&id).unwrap();
        let page = Page::from_file(source.url.clone(), body, jiff::Timestamp::UNIX_EPOCH);
        let by_hand = trying::recipe(&catalog, &id, &page).unwrap().unwrap().extraction;
        let draft = drafting::draft(id.as_str(), &page).unwrap_or_else(|e| panic!("{id}: {e}"));
        Catalog::parse(&[("draft.toml", &draft.toml)]).unwrap_or_else(|e| panic!("{id}: {e}"));
        assert_eq!(told_by_schema(&draft.toml), Vec::<String>::new(), "{id}");
        let (wanted, drafted) = (values(&by_hand), values(&draft.extraction));
        let text = drafted.iter().cloned().collect::<Vec<_>>().join("\n");
        let is_found = |value: &&String| {
            drafted.contains(*value) || (value.len() > 4 && text.contains(value.as_str()))
        };
        let of = wanted.iter().filter(is_found).count();
        println!("{id}: {of} of {} values", wanted.len());
        all += wanted.len();
        found += of;
    }
    println!("all: {found} of {all} values, {} %", found * 100 / all);
    // It was 67 % on 2026-11-28. The bar is what it was, less a little: recipes made by hand that learn to
    // read more lower the share too. A draft that falls below it has got worse, or a recipe much better.
    assert!(found * 100 >= all * 65, "{found} of {all}");
}
