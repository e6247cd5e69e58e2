//! The life of a change that is announced: the page is edited elsewhere, tidied after the day or before it, left as it
//! is, put off, or taken back. Each is told once, and never as if it held before its page says so.

use rulewatch::checking::Report;
use rulewatch::model::{Severity, Side, Value};

use crate::dated_names::{PAGE as NAMES, SETS as OF_NAMES, seen_at};

/// A grid, sentences and a stream, beside the sets of names.
const MORE: &str = r#"
[[source.facts]]
key = "pnp.grid"
type = "points"
record = "{row}/{column}"
[source.facts.fields]
row = { as = "slug", key_only = true }
points = { from = "value", as = "integer" }
[[source.facts.read]]
matrix = { first = '^age', columns = { points = '^points' } }

[[source.facts]]
key = "pnp.said"
type = "thresholds"
[source.facts.fields]
days = { as = "integer", optional = true }
level = { as = "clb", optional = true }
[source.facts.statements]
reply = 'up to {days} days (?:\(.*\) )?from the invitation'
language = 'you need CLB {level:number}'

[[source.facts]]
key = "pnp.state"
type = "streams"
record = "worker"
effective = "since"
[source.facts.fields]
status = { as = "word", vocabulary = "stream-status" }
since = { as = "date", optional = true, note = true }
[[source.facts.read]]
required = false
status = { of = 'worker stream' }

[vocabulary.stream-status]
open = '^open$'
paused = '^paused$'
intake_closed = '^intake_closed$'
closed = '^closed$'
"#;

const BESIDE: &str = "<h2>Grid</h2><table><tr><th>Age<th>Points<tr><td>20 to 29<td>110<tr><td>30<td>105</table>\
    <h2>Rules</h2><p>You have up to 30 days from the invitation to reply.</p><ul><li>You need CLB 7 in all abilities</ul>\
    <h2>Intake</h2><p>The Worker stream is open.</p><p>For skilled workers of any age.</p>\
    <h2>How we work</h2><p>We answer in six weeks.</p>";

/// The page as it is before anything is announced.
fn before() -> String {
    [NAMES, BESIDE].concat()
}

/// The page with another part.
fn with(part: &str, other: &str) -> String {
    let page = before();
    assert!(page.contains(part), "{part}");
    page.replacen(part, other, 1)
}

/// A part of the page, what stands there while a change is announced for January 1, 2027, and what stands there once it
/// holds; and the change, as it is told.
type Case = (&'static str, &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    ("$500", "$500 ($600 as of January 1, 2027)", "$600", "application $500 -> $600"),
    ("$500", "$600 as of January 1, 2027 ($500 until then)", "$600", "application $500 -> $600"),
    ("$500", "$600 (as of January 1, 2027)", "$600", "application $500 -> $600"),
    (
        "<tr><td>Review<td>$250</table>",
        "<tr><td>Review<td>$250</table><p>As of January 1, 2027, the application fee will be $600.</p>",
        "<tr><td>Review<td>$250</table>",
        "application $500 -> $600",
    ),
    (
        "<td>$250</table>",
        "<td>$250<tr><td>Extension (as of January 1, 2027)<td>$100</table>",
        "<td>$250<tr><td>Extension<td>$100</table>",
        "extension added",
    ),
    (
        "<td>$250</table>",
        "<td>$250<tr><td>Extension<td>$100 (as of January 1, 2027)</table>",
        "<td>$250<tr><td>Extension<td>$100</table>",
        "extension added",
    ),
    (
        "<td>$250</table>",
        "<td>$250</table><p>From January 1, 2027:</p><table><tr><th>Fee<th>Amount<tr><td>Application<td>$500\
         <tr><td>Review<td>$250<tr><td>Extension<td>$100</table>",
        "<td>$250<tr><td>Extension<td>$100</table>",
        "extension added",
    ),
    (
        "<th>Amount<tr><td>Application<td>$500<tr><td>Review<td>$250</table>",
        "<th>Amount<th>Amount as of January 1, 2027<tr><td>Application<td>$500<td>$600\
         <tr><td>Review<td>$250<td>$250</table>",
        "<th>Amount<tr><td>Application<td>$600<tr><td>Review<td>$250</table>",
        "application $500 -> $600",
    ),
    (
        "<td>105</table>",
        "<td>105</table><h3>As of January 1, 2027</h3>\
         <table><tr><th>Age<th>Points<tr><td>20 to 29<td>110<tr><td>30<td>95</table>",
        "<td>95</table>",
        "30/points 105 -> 95",
    ),
    ("<td>110", "<td>110 (100 as of January 1, 2027)", "<td>100", "20-to-29/points 110 -> 100"),
    ("30 days", "30 days (21 days as of January 1, 2027)", "21 days", "reply 30 -> 21"),
    (
        "You need CLB 7",
        "As of January 1, 2027, you need CLB 8",
        "You need CLB 8",
        "language 7 -> 8",
    ),
    (
        "Dentists</table>",
        "Dentists<tr><td>31112<td>Audiologists (as of January 1, 2027)</table>",
        "Dentists<tr><td>31112<td>Audiologists</table>",
        "31112 added",
    ),
    (
        "Dentists</table>",
        "Dentists</table><p>Added as of January 1, 2027:</p>\
         <table><tr><th>Code<th>Occupation<tr><td>31112<td>Audiologists</table>",
        "Dentists<tr><td>31112<td>Audiologists</table>",
        "31112 added",
    ),
    (
        "<tr><td>31120<td>Pharmacists",
        "<tr><td>31120<td>Pharmacists (until December 31, 2026)",
        "",
        "31120 removed",
    ),
    (
        "<li>Mining",
        "<li>Mining<li>Forestry (as of January 1, 2027)",
        "<li>Mining<li>Forestry",
        "forestry added",
    ),
    ("<li>Technology", "<li>Technology (until December 31, 2026)", "", "technology removed"),
    (
        "stream is open.",
        "stream is open. It closes on January 1, 2027.",
        "stream is closed.",
        "worker open -> closed",
    ),
    (
        "The Worker stream is open.",
        "The Worker stream will be paused as of January 1, 2027.",
        "The Worker stream is paused.",
        "worker open -> paused",
    ),
];

/// What is said of the facts above info on each day but the first.
fn told(pages: &[(&str, &str)]) -> Vec<Vec<String>> {
    let reports = seen_at(&[OF_NAMES, MORE].concat(), pages);
    reports[1..].iter().map(lines).collect()
}

fn lines(report: &Report) -> Vec<String> {
    let side = |side: &Side| match side {
        Side::Value(Value::Announced(both)) => both.then.to_string(),
        Side::Value(value) => value.to_string(),
        _ => "record".to_owned(),
    };
    let facts = report.changes.iter().filter(|change| {
        change.fact.as_str().starts_with("pnp.") && change.severity > Severity::Info
    });
    let line = |change: &rulewatch::model::Change| {
        let what = match (&change.old, &change.new) {
            (None, Some(_)) => "added".to_owned(),
            (Some(_), None) => "removed".to_owned(),
            (Some(old), Some(new)) => format!("{} -> {}", side(old), side(new)),
            (None, None) => "nothing".to_owned(),
        };
        let stage = change.stage.word();
        let day = change.dates.effective_on.filter(|_| stage == "announced");
        let day = day.map(|day| format!(" {day}")).unwrap_or_default();
        format!("{} {what} {stage}{day}", change.record)
    };
    let mut lines: Vec<String> = facts.map(line).collect();
    lines.extend(report.unreadable.iter().map(|lost| format!("unreadable {lost}")));
    lines.extend(report.held.iter().map(|change| format!("held {}", change.record)));
    lines
}

/// The page with an edit that is about nothing of all this.
fn edited(page: &str, weeks: &str) -> String {
    page.replace("six weeks", weeks)
}

const NOTHING: [&str; 0] = [];

/// What is told, or taken back, when the day of a change moves: a record that is new has the day itself.
fn moved(change: &str, from: &str, to: &str) -> String {
    match change.strip_suffix(" added") {
        Some(record) => format!("{record} {from} -> {to} announced {to}"),
        None => format!("{change} announced {to}"),
    }
}

#[test]
fn what_is_announced_is_told_again_only_when_its_page_says_that_it_holds() {
    for (part, coming, there, change) in CASES {
        let (announced, tidied) = (with(part, coming), with(part, there));
        let pages: [(&str, &str); 8] = [
            ("2026-12-01", &before()),
            ("2026-12-02", &announced),
            ("2026-12-03", &edited(&announced, "seven weeks")),
            ("2026-12-04", &edited(&announced, "eight weeks")),
            ("2027-01-02", &edited(&announced, "nine weeks")),
            ("2027-01-03", &edited(&tidied, "nine weeks")),
            ("2027-01-04", &edited(&tidied, "ten weeks")),
            ("2027-01-05", &edited(&tidied, "eleven weeks")),
        ];
        let told = told(&pages);
        assert_eq!(told[0], [format!("{change} announced 2027-01-01")], "{coming}");
        for day in [1, 2, 3, 5, 6] {
            // What a sentence promised to replace is due until its table has it.
            assert_eq!(told[day], NOTHING, "{coming}, {}", pages[day + 1].0);
        }
        if part != there {
            assert_eq!(told[4], [format!("{change} in_force")], "{coming}");
        }
    }
}

#[test]
fn a_page_that_is_left_as_it_is_puts_nothing_in_force() {
    for (part, coming, _, change) in CASES {
        let announced = with(part, coming);
        let told = told(&[
            ("2026-12-01", &before()),
            ("2026-12-02", &announced),
            ("2027-01-02", &announced),
            ("2027-01-09", &edited(&announced, "seven weeks")),
            ("2027-02-09", &edited(&announced, "eight weeks")),
        ]);
        assert_eq!(told[0], [format!("{change} announced 2027-01-01")], "{coming}");
        assert!(told[1..].iter().all(Vec::is_empty), "{coming}: {told:?}");
    }
}

#[test]
fn a_day_that_is_put_off_is_the_day_of_the_change() {
    for (part, coming, there, change) in CASES {
        let announced = with(part, coming);
        let later = coming.replace("January 1, 2027", "March 1, 2027");
        let later = with(part, &later.replace("December 31, 2026", "February 28, 2027"));
        let tidied = with(part, there);
        let told = told(&[
            ("2026-12-01", &before()),
            ("2026-12-02", &announced),
            ("2026-12-10", &later),
            ("2026-12-11", &edited(&later, "seven weeks")),
            ("2027-03-02", &edited(&tidied, "seven weeks")),
            ("2027-03-03", &edited(&tidied, "eight weeks")),
        ]);
        assert_eq!(told[1], [moved(change, "2027-01-01", "2027-03-01")], "{coming}");
        assert_eq!(told[2], NOTHING, "{coming}");
        if part != there {
            assert_eq!(told[3], [format!("{change} in_force")], "{coming}");
        }
        assert_eq!(told[4], NOTHING, "{coming}");
    }
}

#[test]
fn a_page_that_is_tidied_before_the_day_says_so_once() {
    for (part, coming, there, _) in CASES.iter().filter(|(part, _, there, _)| part != there) {
        let (announced, tidied) = (with(part, coming), with(part, there));
        let told = told(&[
            ("2026-12-01", &before()),
            ("2026-12-02", &announced),
            ("2026-12-30", &tidied),
            ("2026-12-31", &edited(&tidied, "seven weeks")),
            ("2027-01-02", &edited(&tidied, "eight weeks")),
        ]);
        assert_eq!(told[1].len(), 1, "{coming}: {told:?}");
        assert!(told[1][0].ends_with(" in_force"), "{coming}: {told:?}");
        assert!(told[2..].iter().all(Vec::is_empty), "{coming}: {told:?}");
    }
}

#[test]
fn a_pause_that_is_made_longer_closes_nothing() {
    let paused = |until: &str| with("is open.", &format!("is paused until {until}."));
    let told = told(&[
        ("2026-12-01", &before()),
        ("2026-12-02", &paused("December 31, 2026")),
        ("2026-12-10", &paused("February 28, 2027")),
        ("2026-12-11", &edited(&paused("February 28, 2027"), "seven weeks")),
    ]);
    assert_eq!(told[0], ["worker open -> paused in_force"]);
    assert_eq!(told[1], ["worker 2026-12-31 -> 2027-02-28 in_force"]);
    assert_eq!(told[2], NOTHING);
}

#[test]
fn what_is_taken_back_and_announced_again_is_told_as_such() {
    for (part, coming, there, change) in CASES.iter().filter(|(part, _, there, _)| part != there) {
        let (announced, tidied) = (with(part, coming), with(part, there));
        let told = told(&[
            ("2026-12-01", &before()),
            ("2026-12-02", &announced),
            ("2026-12-10", &before()),
            ("2026-12-12", &announced),
            ("2027-01-03", &tidied),
            ("2027-01-04", &edited(&tidied, "seven weeks")),
        ]);
        // A table that is gone may stand elsewhere: then it is not read, and there again later.
        let [taken_back] = told[1].as_slice() else { panic!("{coming}: {told:?}") };
        let again = if taken_back.ends_with(" reversed") {
            vec![format!("{change} announced 2027-01-01")]
        } else {
            assert!(taken_back.starts_with("unreadable"), "{coming}: {told:?}");
            Vec::new()
        };
        assert_eq!(told[2], again, "{coming}");
        assert_eq!(told[3], [format!("{change} in_force")], "{coming}");
        assert_eq!(told[4], NOTHING, "{coming}");
    }
}

#[test]
fn a_value_that_is_put_right_before_its_day_is_the_one_that_comes() {
    for (part, coming, other, there, told_as) in [
        (
            "$500",
            "$500 ($600 as of January 1, 2027)",
            "$500 ($650 as of January 1, 2027)",
            "$650",
            ["application $600 -> $650 announced 2027-01-01", "application $500 -> $650 in_force"],
        ),
        (
            "<td>$250</table>",
            "<td>$250<tr><td>Extension<td>$100 (as of January 1, 2027)</table>",
            "<td>$250<tr><td>Extension<td>$120 (as of January 1, 2027)</table>",
            "<td>$250<tr><td>Extension<td>$120</table>",
            ["extension $100 -> $120 announced 2027-01-01", "extension $100 -> $120 in_force"],
        ),
        (
            "<td>110",
            "<td>110 (100 as of January 1, 2027)",
            "<td>110 (90 as of January 1, 2027)",
            "<td>90",
            [
                "20-to-29/points 100 -> 90 announced 2027-01-01",
                "20-to-29/points 110 -> 90 in_force",
            ],
        ),
    ] {
        let page = |to: &str| with(part, to);
        let told = told(&[
            ("2026-12-01", &before()),
            ("2026-12-02", &page(coming)),
            ("2026-12-10", &page(other)),
            ("2026-12-11", &edited(&page(other), "seven weeks")),
            ("2027-01-03", &edited(&page(there), "seven weeks")),
            ("2027-01-04", &edited(&page(there), "eight weeks")),
        ]);
        assert_eq!(told[1], [told_as[0]], "{other}");
        assert_eq!(told[2], NOTHING, "{other}");
        assert!(told[3].contains(&told_as[1].to_owned()), "{other}: {told:?}");
        assert_eq!(told[4], NOTHING, "{other}");
    }
}
