//! Days beside the name of a record: what comes or leaves with a day is announced for it, and nothing is removed before.

use jiff::{Timestamp, ToSpan as _};
use rulewatch::checking::Report;
use rulewatch::fetch::Reply;
use rulewatch::model::Page;

use crate::absence::{program, said, sees_of};
use crate::world::World;

/// Occupations, sectors, fees and streams, each with a name.
pub(crate) const SETS: &str = r#"
[[source.facts]]
key = "pnp.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { from = "code", find = '\b\d{4,5}\b', as = "noc" }
title = { from = "occupation", wording = true }
[[source.facts.read]]
table = { columns = { code = '^code', occupation = '^occupation' } }

[[source.facts]]
key = "pnp.demand.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { from = "text", find = '\b\d{5}\b', as = "noc", each = true }
[[source.facts.read]]
under = ['^demand$']
prose = { matches = '\bNOC \d{5}\b' }

[[source.facts]]
key = "pnp.sectors"
type = "list"
record = "{item|slug}"
[source.facts.fields]
title = { from = "item", wording = true }
[[source.facts.read]]
under = ['^sectors$']
items = { only = '^[A-Z][a-z ]+$' }

[[source.facts]]
key = "pnp.fees"
type = "fees"
record = "{label|slug}"
[source.facts.fields]
label = { note = true }
fee = { as = "money" }
[[source.facts.read]]
table = { columns = { label = '^fee', fee = '^amount' } }

[[source.facts]]
key = "pnp.streams"
type = "streams"
record = "{stream|slug}"
[source.facts.fields]
stream = { from = "heading", as = "slug", key_only = true }
title = { from = "heading", wording = true }
status = { from = "state" }
[[source.facts.read]]
let = { state = "open" }
headings = { matches = '\bstream$' }
"#;

pub(crate) const PAGE: &str = "<h2>List</h2><table><tr><th>Code<th>Occupation<tr><td>31301<td>Registered nurses\
    <tr><td>31120<td>Pharmacists<tr><td>31110<td>Dentists</table>\
    <h2>Demand</h2><p>NOC 65310 (Light duty cleaners); NOC 44101 (Home support workers)</p>\
    <h2>Sectors</h2><ul><li>Health care<li>Technology<li>Mining</ul>\
    <h2>Costs</h2><table><tr><th>Fee<th>Amount<tr><td>Application<td>$500<tr><td>Review<td>$250</table>\
    <h2>Graduate stream</h2><p>For graduates.</p><h2>Worker stream</h2><p>For workers.</p>";

fn edited(from: &str, to: &str) -> String {
    assert!(PAGE.contains(from), "{from}");
    PAGE.replace(from, to)
}

fn told(pages: &[&str]) -> Report {
    let pages: Vec<String> = pages.iter().map(|page| (*page).to_owned()).collect();
    sees_of(&program(SETS), &pages)
}

/// What is told of facts: the kind, the record, its stage and its day.
pub(crate) fn lines(report: &Report) -> Vec<String> {
    let facts = report.changes.iter().filter(|change| change.fact.as_str().starts_with("pnp."));
    let day =
        |day: Option<jiff::civil::Date>| day.map_or_else(|| "-".into(), |day| day.to_string());
    let line = |change: &rulewatch::model::Change| {
        let (stage, on) = (change.stage.word(), day(change.dates.effective_on));
        format!("{} {} {stage} {on}", change.kind.word(), change.record)
    };
    facts.map(line).collect()
}

#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    let report = told(&[PAGE, &edited(from, to)]);
    assert_eq!(lines(&report), expected, "{to}: {:?}", said(&report));
    assert!(report.held.is_empty() && report.unreadable.is_empty(), "{to}: {:?}", said(&report));
}

#[test]
fn what_comes_with_a_day_is_announced_for_it() {
    for day in [
        "(as of January 1, 2027)",
        "(effective January 1, 2027)",
        "– effective January 1, 2027",
        "(new as of January 1, 2027)",
        "(à compter du 1er janvier 2027)",
    ] {
        check(
            "<tr><td>31110",
            &format!("<tr><td>31112<td>Audiologists {day}<tr><td>31110"),
            &["occupation_added 31112 announced 2027-01-01"],
        );
        check(
            "<li>Mining",
            &format!("<li>Forestry {day}<li>Mining"),
            &["record_added forestry announced 2027-01-01"],
        );
        check(
            "<tr><td>Review",
            &format!("<tr><td>Extension {day}<td>$100<tr><td>Review"),
            &["record_added extension announced 2027-01-01"],
        );
        check(
            "<h2>Worker",
            &format!("<h2>Rural stream {day}</h2><p>For villages.</p><h2>Worker"),
            &["stream_opened rural-stream announced 2027-01-01"],
        );
    }
    check(
        "NOC 44101 (Home support workers)",
        "NOC 44101 (Home support workers); NOC 65201 (Kitchen helpers) (as of January 1, 2027)",
        &["occupation_added 65201 announced 2027-01-01"],
    );
    check(
        "<tr><td>31110",
        "<tr><td>31112 (as of January 1, 2027)<td>Audiologists<tr><td>31110",
        &["occupation_added 31112 announced 2027-01-01"],
    );
}

#[test]
fn what_leaves_on_a_day_is_announced_to_leave() {
    for day in [
        "(until March 31, 2027)",
        "– until March 31, 2027",
        "(removed as of April 1, 2027)",
        "(closes on April 1, 2027)",
        "(jusqu'au 31 mars 2027)",
        "(ferme le 1er avril 2027)",
    ] {
        for (name, told) in [
            ("Pharmacists", "occupation_removed 31120"),
            ("Technology", "record_removed technology"),
            ("<td>Review", "record_removed review"),
            ("Graduate stream", "stream_closed graduate-stream"),
        ] {
            check(name, &format!("{name} {day}"), &[&format!("{told} announced 2027-04-01")]);
        }
    }
    check(
        "(Light duty cleaners);",
        "(Light duty cleaners) (until March 31, 2027);",
        &["occupation_removed 65310 announced 2027-04-01"],
    );
}

#[test]
fn a_day_that_is_put_beside_a_known_name_is_told() {
    for (name, told) in [
        ("Pharmacists", "record_changed 31120"),
        ("Technology", "record_changed technology"),
        ("Graduate stream", "record_changed graduate-stream"),
    ] {
        let dated = format!("{name} (as of January 1, 2027)");
        check(name, &dated, &[&format!("{told} announced 2027-01-01")]);
    }
}

#[test]
fn a_day_that_is_taken_back_or_moved_is_told_so() {
    let until = edited("Technology", "Technology (until March 31, 2027)");
    let later = edited("Technology", "Technology (until June 30, 2027)");
    assert_eq!(
        lines(&told(&[PAGE, &until, &later])),
        ["record_removed technology announced 2027-07-01"]
    );
    assert_eq!(lines(&told(&[PAGE, &until, PAGE])), ["record_added technology reversed -"]);
    // The same words again say nothing new.
    assert_eq!(
        lines(&told(&[PAGE, &until, &until.replace("For workers", "For all workers")])),
        Vec::<String>::new()
    );
}

/// Sees pages at moments; what is told of facts by each.
pub(crate) fn told_at(pages: &[(&str, &str)]) -> Vec<Vec<String>> {
    seen_at(SETS, pages).iter().map(lines).collect()
}

/// Sees pages with these fact sets, each on its day.
pub(crate) fn seen_at(sets: &str, pages: &[(&str, &str)]) -> Vec<Report> {
    let mut world = World::new("program", &[&program(sets)]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let see = |(day, page): &(&str, &str)| {
        let at: Timestamp = format!("{day}T15:00:00Z").parse().unwrap();
        let body = format!("<html><body><main><h1>Program</h1>{page}</main></body></html>");
        let page = Page::from_file(world.url(), body.into_bytes(), at);
        runtime.block_on(world.see(at + 1.second(), Reply::Page(page))).0
    };
    pages.iter().map(see).collect()
}

#[test]
fn when_the_day_comes_the_page_and_not_the_clock_says_so() {
    let coming = edited("<li>Mining", "<li>Forestry (as of January 1, 2027)<li>Mining");
    let there = edited("<li>Mining", "<li>Forestry<li>Mining");
    let leaving = edited("Technology", "Technology (until March 31, 2027)");
    let gone = edited("<li>Technology", "");
    let none = Vec::<String>::new;
    let again = |page: &str| page.replace("For workers", "For all workers");
    assert_eq!(
        told_at(&[
            ("2026-12-01", PAGE),
            ("2026-12-02", &coming),
            ("2027-01-02", &again(&coming)),
            ("2027-01-03", &there),
        ]),
        [
            none(),
            vec!["record_added forestry announced 2027-01-01".to_owned()],
            none(),
            vec!["record_added forestry in_force 2027-01-01".to_owned()],
        ]
    );
    let told = told_at(&[
        ("2026-12-01", PAGE),
        ("2026-12-02", &leaving),
        ("2027-04-02", &again(&leaving)),
        ("2027-04-03", &gone),
    ]);
    assert_eq!(told[1], ["record_removed technology announced 2027-04-01"]);
    assert!(told[2].iter().all(|line| line.starts_with("notice")), "{told:?}");
    assert_eq!(told[3], ["record_removed technology in_force -"]);
}
