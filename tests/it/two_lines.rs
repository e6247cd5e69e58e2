//! Sources of data in two lines, without a recipe: all that they say is watched.

use crate::absence::{program, said, sees_bodies};

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
