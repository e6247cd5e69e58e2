//! A draft of a page whose address is not known: no source is shipped for it, and its recipe stands
//! here. That it can be read by what a recipe says, and by nothing else, is what is tested.

use std::path::Path;

use serde_json::Value as Json;

use super::{lines, newest, pattern, read, records, words};
use crate::left_out::captures;
use crate::program::Home;

const SOURCE: &str = r#"
[[source]]
id = "innovation-stream"
url = "https://example.org/innovation-stream/who-can-apply.html"

[[source.facts]]
key = "innovation_stream.teer"
type = "thresholds"
record = "{teer}"
expect = { min = 2, max = 6 }

[source.facts.fields]
teer = { from = "teers", as = "integer", find = '([0-5])', each = true }

[[source.facts.read]]
under = ['^who can apply']
prose = { matches = '\bTEER\)? categories (?P<teers>[0-5](?:(?:, | or )[0-5])*)', first = true }

[[source.facts]]
key = "innovation_stream.requirements"
type = "clauses"
record = "{section}"
expect = { min = 3 }

[source.facts.fields]
section = { from = "heading", as = "slug", key_only = true, vocabulary = { who-can-apply = '^who can apply', family = '^bringing your family', other-employer = 'not participating' } }
text = { as = "clauses" }

[[source.facts.read]]
headings = { matches = '^who can apply|^bringing your family|not participating in the GHP' }
"#;

/// What the page says below its own heading, paragraph by paragraph, by cutting its text up.
fn paragraphs(page: &Path) -> Vec<String> {
    let html = read(page);
    let (_, below) = html.split_once("Who can apply</h1>").unwrap();
    let (below, _) = below.split_once("<nav").unwrap();
    let cut = pattern(r"</?(?:p|ul|li|h2|div)\b[^>]*>");
    cut.split(below).map(words).filter(|paragraph| !paragraph.is_empty()).collect()
}

#[test]
fn the_innovation_stream_is_read_to_its_last_word() {
    let name = "captures::draft::the_innovation_stream_is_read_to_its_last_word";
    let Some(captures) = captures(name) else { return };
    let page = newest(&captures.join("ircc-draft-innovation-stream-en"));
    let home = Home::new();
    let sources = home.file("sources.toml", SOURCE);
    let file = page.display().to_string();
    let test = ["sources", "test", "innovation-stream", &file, "--format", "ndjson"];
    let read = lines(&home.done(&[&["--sources", &sources], &test[..]].concat()));
    assert!(!read.iter().any(|line| line["type"] == "complaint"), "{read:#?}");

    let teer = records(&read, "innovation_stream.teer");
    assert_eq!(teer.keys().copied().collect::<Vec<_>>(), ["0", "1", "2", "3"]);

    let sections = records(&read, "innovation_stream.requirements");
    let other = "If you plan to work for an employer not participating in the GHP";
    let headings = [
        ("who-can-apply", None),
        ("family", Some("Bringing your family")),
        ("other-employer", Some(other)),
    ];
    assert_eq!(sections.len(), headings.len());
    let mut said: Vec<&str> = Vec::new();
    for (section, heading) in headings {
        said.extend(heading);
        said.extend(sections[section]["text"].as_array().unwrap().iter().filter_map(Json::as_str));
    }
    assert_eq!(said, paragraphs(&page));
}
