//! Sources of data in two lines, without a recipe: all that they say is watched.

use crate::absence::{program, said, sees_bodies, sees_of};

/// What is said of a source in two lines whose data follow one another.
#[track_caller]
fn check_data(format: &str, bodies: &[&str], expected: &[&str]) {
    let recipe = program(&format!("format = \"{format}\"\n"));
    let bodies: Vec<String> = bodies.iter().map(|body| (*body).to_owned()).collect();
    assert_eq!(said(&sees_bodies(&recipe, &bodies)), expected, "{format}");
}

#[test]
fn data_in_two_lines_are_watched_value_by_value() {
    let json = r#"{ "rounds": [{ "name": "CEC", "size": 500 }, { "name": "PNP", "size": 90 }] }"#;
    check_data(
        "json",
        &[json, &json.replace("500", "400")],
        &["changed", "wording_changed page.program/$.rounds[]#text"],
    );
    check_data("json", &[json, &json.replace(": ", ":  ")], &["unchanged"]);
    // However far down, and however long the list.
    let rounds: Vec<String> = (0..80).map(|n| format!("{{ \"size\": {n} }}")).collect();
    let deep = format!("{}[{}]{}", "{ \"a\": ".repeat(12), rounds.join(", "), " }".repeat(12));
    let path = format!("${}[]", ".a".repeat(12));
    let changed = format!("wording_changed page.program/{path}#text");
    check_data("json", &[&deep, &deep.replace(": 79 ", ": 99 ")], &["changed", &changed]);
    let csv = "stream,fee\nGraduates,500\nWorkers,900\n";
    check_data(
        "csv",
        &[csv, &csv.replace("900", "950")],
        &["changed", "wording_changed page.program/(lines)#text"],
    );
    let xml = "<fees><fee of='a'><name>Graduates</name><amount>500</amount></fee></fees>";
    check_data(
        "xml",
        &[xml, &xml.replace("500", "550")],
        &["changed", "wording_changed page.program/fees > fee#text"],
    );
}

#[test]
fn a_heading_in_other_words_over_the_same_lines_is_told() {
    let page = |heading: &str| {
        format!(
            "<h1>Nominee program</h1><p>Who can apply, and where.</p><h2>{heading}</h2><p>Send the form to us.</p>\
             <h2>Graduates: open</h2><p>Send the form to us, with your diploma.</p>"
        )
    };
    let told = |was: &str, is: &str| said(&sees_of(&program("\n"), &[page(was), page(is)]));
    for (was, is) in [
        ("Skilled worker: open", "Skilled worker: closed"),
        ("Application fee: $500", "Application fee: $600"),
        ("Deadline: December 1, 2026", "Deadline: November 20, 2026"),
        ("Skilled worker", "Critical worker"),
        ("Skilled worker", "Skilled worker (only nurses)"),
        ("2 years of work", "3 years of work"),
    ] {
        let seen = told(was, is);
        let wording = |line: &String| line.starts_with("wording_changed page.program/");
        assert!(seen.len() == 2 && wording(&seen[1]), "{is}: {seen:?}");
    }
    for (was, is) in [
        ("Skilled worker", "2. Skilled worker"),
        ("Skilled worker:", "Skilled Worker"),
        ("Skilled workers and trades", "Skilled workers & trades"),
    ] {
        assert_eq!(told(was, is), ["unchanged"], "{is}");
    }
    // Prose that a recipe reads by its headings.
    let recipe = "[[source.facts]]\nkey = \"x.conditions\"\ntype = \"clauses\"\nrecord = \"{heading|slug}\"\n\
        [source.facts.fields]\ntext = { as = \"clauses\", optional = true }\n[[source.facts.read]]\nheadings = { matches = '.' }\n";
    let pages = [page("Who can apply"), page("Who can apply (no longer accepted)")];
    let seen = said(&sees_of(&program(recipe), &pages));
    let told = |line: &&String| line.starts_with("wording_changed x.conditions/");
    assert!(seen.iter().any(|line| told(&line)), "{seen:?}");
}

#[test]
fn a_feed_in_two_lines_is_read_as_notices() {
    let item = |title: &str, summary: &str| {
        format!("<item><title>{title}</title><description>{summary}</description></item>")
    };
    let feed = |items: &[String]| {
        let items = items.concat();
        format!("<rss version='2.0'><channel><title>News</title>{items}</channel></rss>")
    };
    let old = item("Fees of 2026", "They stay as they are.");
    let places = item("Places of 2026", "There are 200 nominations.");
    let first = feed(&[places.clone(), old.clone()]);
    let closed = feed(&[item("The program is closed", "Since May."), places.clone(), old.clone()]);
    check_data(
        "feed",
        &[&first, &closed],
        &["changed", "notice feed.program/the-program-is-closed"],
    );
    let fewer = first.replace("200", "150");
    let worded = "wording_changed feed.program/places-of-2026#summary";
    check_data("feed", &[&first, &fewer], &["changed", worded]);
    // What leaves at the old end is no news.
    check_data("feed", &[&first, &feed(&[places])], &["unchanged"]);
}
