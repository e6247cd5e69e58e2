//! The words of a page that no recipe reads: each is told as a word, and what is new there by structure is named.

use crate::absence::{
    DRAWS, FEES, INTAKE, NOTES, POINTS, RECIPE, check, program, said, sees, sees_bodies, sees_of,
    whole,
};

#[test]
fn words_that_nothing_reads_are_told_as_words() {
    let report = sees(&[whole().replace("six years and answer", "five years or answer")]);
    let [change] = report.changes.as_slice() else { panic!("{report:?}") };
    assert_eq!(change.fact.as_str(), "page.program");
    assert_eq!(change.severity, rulewatch::model::Severity::Info);
    // The same words elsewhere, in another order and form, are no change.
    let moved = [NOTES, DRAWS, INTAKE, POINTS, FEES]
        .concat()
        .replace("<p>", "<ul><li>")
        .replace("</p>", "</li></ul>");
    check(&[moved], &["unchanged"]);
}

#[test]
fn the_totals_of_a_table_move_with_what_is_read_above_them() {
    let recipe = program(
        r#"
[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}"
window = true
[source.facts.fields]
date = { as = "date" }
invitations = { as = "integer" }
[[source.facts.read]]
table = { columns = { date = '^date', invitations = '^invitations' }, total = { row = '^total', sum = "invitations" } }
"#,
    );
    let table = |rows: &str, total: &str| {
        format!("<table><tr><th>Date<th>Invitations{rows}<tr><td>{total}</table>")
    };
    let first = "<tr><td>March 5, 2026<td>40";
    let second = "<tr><td>March 10, 2026<td>25";
    let now = table(first, "Total<td>40");
    let draw = "draw_added pnp.draws/2026-03-10";
    let told = |page: String| said(&sees_of(&recipe, &[now.clone(), page]));
    assert_eq!(told(table(&[first, second].concat(), "Total<td>65")), ["changed", draw]);
    // A total that is wrong is a complaint, and its other words are words of the page.
    assert_eq!(told(table(&[first, second].concat(), "Total<td>66")), ["broken"]);
    // One that is not the sum of its column is checked by nothing.
    let places = |total: &str| {
        let rows = format!("{first}<td>4");
        let head = "<tr><th>Date<th>Invitations<th>Places";
        format!("<table>{head}{rows}<tr><td>Total<td>40<td>{total}</table>")
    };
    let other = said(&sees_of(&recipe, &[places("9"), places("8")]));
    assert!(other.iter().any(|line| line.starts_with("wording_changed")), "{other:?}");
    let reworded = told(table(first, "Total to date<td>40"));
    assert!(reworded.iter().any(|line| line.starts_with("wording_changed")), "{reworded:?}");
}

#[test]
fn a_new_section_and_a_new_table_are_named_at_once() {
    let section =
        "<h2>Pause of a stream</h2><p>No farm owners are nominated before the autumn.</p>";
    let report = sees(&[whole() + section]);
    assert!(said(&report).contains(&"unread section".to_owned()), "{:?}", said(&report));
    let table = "<p>Limits apply.</p><table><tr><th>Sector<th>Places<tr><td>Trucking<td>42<tr><td>Retail<td>17</table>";
    let report = sees(&[whole() + table]);
    assert!(said(&report).contains(&"unread table".to_owned()), "{:?}", said(&report));
}

#[test]
fn a_new_item_of_a_list_that_is_read_is_named_though_its_words_stand_elsewhere() {
    let recipe = program(
        r#"
[[source.facts]]
key = "pnp.provinces"
type = "list"
record = "{name|slug}"
[source.facts.fields]
name = { from = "item", wording = true }
[[source.facts.read]]
items = { only = '^(?:Alberta|Manitoba|Nova Scotia)$' }
"#,
    );
    let page = |items: &str, others: &str| {
        format!(
            "<h2>Provinces</h2><p>These have a program:</p><ul><li>Alberta<li>Manitoba<li>Nova Scotia{items}</ul>\
             <p>These have none:</p><ul>{others}</ul>"
        )
    };
    let sees = |items, others| {
        said(&sees_of(&recipe, &[page("", "<li>Nunavut<li>Quebec"), page(items, others)]))
    };
    let told = sees("<li>Nunavut", "<li>Nunavut<li>Quebec");
    assert!(told.contains(&"unread item".to_owned()), "{told:?}");
    // One that only moved within the page, or is new in a list that nothing reads, is not.
    for (items, others) in [("", "<li>Quebec<li>Nunavut"), ("", "<li>Nunavut<li>Quebec<li>Quebec")]
    {
        let told = sees(items, others);
        assert!(!told.contains(&"unread item".to_owned()), "{told:?}");
    }
}

#[test]
fn what_stands_around_the_marked_content_is_read() {
    let body = |above: &str, title: &str| {
        let menu = "<header><nav><a href=/>Menu of the site</a></nav></header>";
        format!("<html><body>{menu}{above}<main>{title}{}</main></body></html>", whole())
    };
    let heard = |pages: &[String]| said(&sees_bodies(RECIPE, pages));
    let title = "<h1>Program</h1>";
    let notice = "<div class=\"site-callout important\"><p>Nurses register by telephone this week.</p></div>";
    let seen = heard(&[body("", title), body(notice, title)]);
    assert!(seen.iter().any(|line| line.starts_with("wording_changed page.program")), "{seen:?}");
    // The title, and what is said beside it.
    let beside = |words: &str| format!("<div class=\"head\">{title}<p>{words}</p></div>");
    let pages = [beside("Nurses earn $60,000 a year."), beside("Nurses earn $70,000 a year.")];
    let seen = heard(&pages.map(|above| body(&above, "")));
    assert!(seen.iter().any(|line| line.starts_with("wording_changed page.program")), "{seen:?}");
    // A notice below the content is one too, and the foot of the site is none.
    let below = |words: &str| body("", title).replace("</main>", &format!("</main>{words}"));
    let seen = heard(&[below(""), below(notice)]);
    assert!(seen.iter().any(|line| line.starts_with("wording_changed page.program")), "{seen:?}");
    let foot =
        |words: &str| below(&format!("<footer><div class=\"notice\">{words}</div></footer>"));
    assert_eq!(heard(&[foot("Call us."), foot("Write to us.")]), ["unchanged"]);
    // The menu of the site stays out.
    let other = body("", title).replace("Menu of the site", "Other words of the site");
    assert_eq!(heard(&[body("", title), other]), ["unchanged"]);
}

#[test]
fn a_page_on_which_no_recipe_finds_anything_is_watched_by_its_words() {
    let recipe = program(
        r#"[[source.facts]]
key = "pnp.notices"
type = "notices"
record = "{date}"
expect = { min = 0 }
[source.facts.fields]
date = { as = "date" }
[[source.facts.read]]
required = false
prose = { matches = '^On (?P<date>\w+ \d+, \d{4}) ' }
"#,
    );
    let notes = format!("<p>Fees are paid to the province, and not to IRCC.</p>{NOTES}");
    let closed = format!("<p>The Skilled Worker stream is closed.</p>{notes}");
    let report = sees_of(&recipe, &[notes.clone(), notes.clone()]);
    assert_eq!(said(&report), ["unchanged"]);
    let report = sees_of(&recipe, &[notes, closed]);
    assert_eq!(report.changes.len(), 1, "{report:?}");
    assert!(format!("{:?}", report.changes[0].new).contains("stream is closed"), "{report:?}");
}

#[test]
fn a_table_that_came_without_its_rows_takes_no_words_away() {
    let bare = FEES[..FEES.find("<tr><td>").unwrap()].to_owned() + "</table>";
    let report = sees(&[whole().replace(FEES, &bare)]);
    assert_eq!(said(&report), ["partial", "unreadable pnp.fees"], "{report:?}");
    let report = sees(&[whole().replace(FEES, &bare), whole()]);
    assert_eq!(said(&report), ["unchanged"], "{report:?}");
    // Another table in its place is new words.
    let other = "<h2>Fees</h2><table><tr><th>Step<th>Cost<tr><td>Application<td>from $600</table>";
    let report = sees(&[whole().replace(FEES, other)]);
    assert!(!report.changes.is_empty(), "{report:?}");
}

#[test]
fn letters_lost_on_the_way_are_no_other_words() {
    let whole = whole();
    let damaged = whole.replace("Applicants keep", "Applic\u{fffd}nts keep");
    assert_eq!(said(&sees(std::slice::from_ref(&damaged))), ["unchanged"]);
    assert_eq!(said(&sees(&[damaged, whole.clone()])), ["unchanged"]);
    let other =
        whole.replace("Applicants keep copies for six", "Applic\u{fffd}nts keep copies for ten");
    assert_eq!(sees(&[other]).changes.len(), 1);
}

#[test]
fn a_code_that_leaves_one_of_several_lists_is_told_as_words() {
    let recipe = program(
        r#"[[source.facts]]
key = "pnp.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
title = { wording = true }
[[source.facts.read]]
table = { columns = { noc = '^NOC', title = '^occupation' } }
"#,
    );
    let rows = |codes: &[&str]| -> String {
        codes.iter().map(|code| format!("<tr><td>{code}<td>Occupation {code} of a trade")).collect()
    };
    let list = |codes: &[&str]| format!("<table><tr><th>NOC<th>Occupation{}</table>", rows(codes));
    let page = |one: &[&str], other: &[&str]| {
        format!("<h2>With a job offer</h2>{}<h2>Without</h2>{}{NOTES}", list(one), list(other))
    };
    let all = ["21231", "21311", "22220"];
    let both = page(&all, &all);
    let fewer = page(&all, &all[..2]);
    for (before, after, came) in [(&both, &fewer, false), (&fewer, &both, true)] {
        let report = sees_of(&recipe, &[before.clone(), after.clone()]);
        assert_eq!(report.changes.len(), 1, "{report:?}");
        let change = &report.changes[0];
        assert!(change.record.as_str().ends_with("Without"), "{change:?}");
        let side = if came { &change.new } else { &change.old };
        assert!(format!("{side:?}").contains("22220"), "{change:?}");
    }
    // The second list under another heading is the same list.
    let moved = both.replace("<h2>Without</h2>", "<h2>Without a job offer</h2>");
    let report = sees_of(&recipe, &[both, moved]);
    assert!(report.changes.iter().all(|c| !format!("{:?}", c.old).contains("22220")), "{report:?}");
}
