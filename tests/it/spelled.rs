//! One thing in other forms: units, numbered headings, days that last two, codes beside titles.

use crate::absence::{program, said, sees_bodies, sees_of};

/// Points in items, and the regions that are listed without any.
const POINTS: &str = r#"
[[source.facts]]
key = "pnp.points"
type = "points"
record = "{group|slug}/{level|slug}"
[source.facts.fields]
group = { key_only = true }
level = { from = "item", find = '^(.*?) - \d+ points?$', key_only = true }
points = { from = "item", find = ' - (\d+) points?$', as = "integer" }
[[source.facts.read]]
under = ['^scoring$']
items = { only = '{with-points}' }

[[source.facts]]
key = "pnp.regions"
type = "list"
record = "{region|slug}"
[source.facts.fields]
region = { from = "item", key_only = true }
[[source.facts.read]]
under = ['^scoring$']
items = { skip = '{with-points}' }

[pattern]
with-points = ' - \d+ points?$'
"#;

const GRID: &str = "<h2>Scoring</h2><h3>Wage</h3><ul><li>$40 per hour or higher - 10 points\
    <li>$20 to $39.99 per hour - 5 points<li>Less than $20 per hour - 0 points</ul>\
    <h3>Location</h3><ul><li>Northern region - 10 points<li>Elsewhere - 3 points<li>Sudbury<li>Timmins</ul>";

#[track_caller]
fn points(edit: impl Fn(&str) -> String, expected: &[&str]) {
    let page = edit(GRID);
    assert_ne!(page, GRID);
    let told = said(&sees_of(&program(POINTS), &[GRID.to_owned(), page.clone()]));
    let facts = |line: &&String| line.contains("pnp.") || line.starts_with("unread");
    assert_eq!(told.iter().filter(facts).collect::<Vec<_>>(), expected, "{page}: {told:?}");
}

#[test]
fn a_short_unit_is_the_unit() {
    points(|grid| grid.replace(" points", " pts"), &[]);
    points(
        |grid| grid.replace("10 points", "12 pts"),
        &[
            "points_changed pnp.points/location/northern-region#points",
            "points_changed pnp.points/wage/40-per-hour-or-higher#points",
        ],
    );
}

#[test]
fn a_rate_in_other_words_is_the_rate() {
    for wage in ["$40/hour or more", "$40 an hour and above", "At least $40/hr", "$40+ per hour"] {
        points(|grid| grid.replace("$40 per hour or higher", wage), &[]);
    }
    points(
        |grid| grid.replace("$40 per hour or higher", "$41/hour or more"),
        &[
            "record_removed pnp.points/wage/40-per-hour-or-higher",
            "record_added pnp.points/wage/41-hour-or-more",
        ],
    );
}

#[test]
fn what_lost_its_points_is_no_new_region() {
    let told = |page: String| said(&sees_of(&program(POINTS), &[GRID.to_owned(), page]));
    let lost = told(GRID.replace("Northern region - 10 points", "Northern region - ten marks"));
    assert!(lost.iter().all(|line| !line.contains("record_added")), "{lost:?}");
    // One that is new, where all points are read, is told.
    let new = told(GRID.replace("<li>Timmins", "<li>Timmins<li>Thunder Bay"));
    assert!(new.contains(&"record_added pnp.regions/thunder-bay".to_owned()), "{new:?}");
}

/// Rounds, each a heading with its day, and their figures.
const ROUNDS: &str = r#"
[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}/{stream|slug}"
[source.facts.fields]
date = { as = "date" }
stream = { key_only = true }
invitations = { as = "integer" }
[[source.facts.read]]
table = { columns = { date = '^date', stream = '^stream', invitations = '^invitations' } }

[[source.facts]]
key = "pnp.updates"
type = "list"
record = "{what|slug}"
[source.facts.fields]
what = { key_only = true }
[[source.facts.read]]
headings = { matches = '^update: (?P<what>.+)$' }
"#;

fn rounds(date: &str) -> String {
    format!(
        "<table><tr><th>Date<th>Stream<th>Invitations<tr><td>{date}<td>Health<td>300\
         <tr><td>March 2, 2026<td>Trades<td>120<tr><td>February 2, 2026<td>Health<td>90</table>\
         <h2>Update: new forms</h2><p>Use them.</p><h2>Update: new office</h2><p>Come and see.</p>"
    )
}

#[test]
fn a_round_of_two_days_is_a_round() {
    let told = |days: &[&str]| {
        let pages: Vec<String> = days.iter().map(|day| rounds(day)).collect();
        said(&sees_of(&program(ROUNDS), &pages))
    };
    let corrected = "draw_corrected pnp.draws/2026-03-05 to 2026-03-06/health#date";
    for days in ["March 5-6, 2026", "March 5 and 6, 2026", "from March 5 to March 6, 2026"] {
        let seen = told(&["March 5, 2026", days]);
        assert_eq!(seen[..2], ["changed", corrected], "{days}");
    }
    let again = told(&["March 5-6, 2026", "March 5 to 6, 2026"]);
    assert!(again.iter().all(|line| !line.contains("pnp.")), "{again:?}");
    // A month is no day.
    assert_eq!(told(&["March 5, 2026", "March 2026"])[0], "partial");
}

#[test]
fn a_day_in_figures_is_the_day_where_only_one_of_them_can_be_the_month() {
    let told = |from: &str, to: &str| said(&sees_of(&program(ROUNDS), &[rounds(from), rounds(to)]));
    for day in ["3/15/2026", "15/3/2026", "15/03/2026"] {
        assert_eq!(told("March 15, 2026", day), ["unchanged"], "{day}");
    }
    let other = told("March 15, 2026", "3/16/2026");
    assert!(other.iter().any(|line| line.contains("draw_corrected")), "{other:?}");
    let either = told("March 5, 2026", "3/5/2026");
    assert!(either.iter().any(|line| line.starts_with("unreadable pnp.draws")), "{either:?}");
}

#[test]
fn a_number_before_a_heading_changes_no_fact() {
    let page = rounds("March 5, 2026");
    let numbered = page.replace("Update: new forms", "1. Update: new forms");
    let numbered = numbered.replace("Update: new office", "2. Update: new office");
    let told = said(&sees_of(&program(ROUNDS), &[page, numbered]));
    assert!(told.iter().all(|line| !line.contains("pnp.")), "{told:?}");
}

#[test]
fn a_body_that_was_escaped_twice_is_broken() {
    let body =
        |table: &str| format!("<html><body><main><h1>Program</h1>{table}</main></body></html>");
    let whole = rounds("March 5, 2026");
    let escaped = whole.replace("<td>", "&lt;td&gt;");
    let report = sees_bodies(&program(ROUNDS), &[body(&whole), body(&escaped)]);
    assert_eq!(report.outcome.word(), "broken", "{:?}", said(&report));
    assert!(format!("{:?}", report.outcome).contains("escaped twice"), "{:?}", report.outcome);
}

/// Posts, each a title with its day under it, and what they state of a fee.
const POSTS: &str = r#"
[[source.facts]]
key = "pnp.posts"
type = "notices"
record = "{title|slug}"
[source.facts.fields]
title = { from = "heading" }
date = { from = "posted", as = "date", optional = true, note = true }
[[source.facts.read]]
headings = { matches = '.' }

[[source.facts]]
key = "pnp.fee"
type = "fees"
record = "{posted}"
window = true
effective = "since"
[source.facts.fields]
posted = { as = "date", key_only = true }
amount = { as = "money" }
since = { as = "date", optional = true, note = true }
[[source.facts.read]]
required = false
under = ['.']
prose = { matches = '^the fee will be {amount:money} from {since:date}$', sentences = true }
"#;

#[test]
fn what_a_post_states_is_kept_by_the_day_under_its_title() {
    const OLD: &str = "<h2>New forms</h2><p>Posted March 1, 2026</p><p>Use the new forms.</p>";
    const FEE: &str = "<h2>A new fee</h2><p>Posted on March 9, 2026</p>\
        <p>Note this. The fee will be $650 from January 15, 2027. Fees are not returned.</p>";
    const NEWER: &str = "<h2>A holiday</h2><p>April 1, 2026</p><p>We are closed on Friday.</p>";
    let page = |posts: &[&str]| posts.concat();
    let told = |pages: &[String]| said(&sees_of(&program(POSTS), pages));
    let stated = told(&[page(&[OLD]), page(&[FEE, OLD])]);
    assert!(stated.contains(&"fee_changed pnp.fee/2026-03-09#amount".to_owned()), "{stated:?}");
    // What leaves the old end of the list is taken back by nobody.
    let left = told(&[page(&[FEE, OLD]), page(&[NEWER, FEE]), page(&[NEWER])]);
    assert!(left.iter().all(|line| !line.contains("pnp.fee")), "{left:?}");
    // Nor is what is in force, where its post is taken from between others.
    let stated = FEE.replace("January 15, 2027", "March 9, 2026");
    let between = page(&[NEWER, &stated, OLD]);
    let without = page(&[NEWER, OLD]);
    let left = told(&[between.clone(), without.clone(), without]);
    assert_eq!(left[0], "unchanged", "{left:?}");
    let left = told(&[between, page(&[NEWER, OLD])]);
    assert!(left.iter().all(|line| !line.contains("pnp.fee")), "{left:?}");
}

#[test]
fn what_a_post_announced_is_taken_back_with_the_post_alone() {
    const OLD: &str = "<h2>New forms</h2><p>March 1, 2026</p><p>The fee is paid online.</p>";
    const NEWER: &str = "<h2>A holiday</h2><p>April 1, 2026</p><p>We are closed on Friday.</p>";
    let fee = |sentence: &str| format!("<h2>A new fee</h2><p>March 9, 2026</p><p>{sentence}</p>");
    let announced = fee("The fee will be $650 from January 15, 2027.");
    let page = |posts: &[&str]| posts.concat();
    let told = |pages: &[String]| {
        let report = sees_of(&program(POSTS), pages);
        let of_fee = report.changes.iter().filter(|change| change.fact.as_str() == "pnp.fee");
        let stages = of_fee.map(|change| format!("{} {}", change.stage.word(), change.kind.word()));
        (report.outcome.word().to_owned(), stages.collect::<Vec<_>>())
    };
    let with = page(&[NEWER, &announced, OLD]);
    let without = page(&[NEWER, OLD]);
    let pages = [with.clone(), without.clone(), without.clone(), without];
    assert_eq!(told(&pages[..2]).0, "held");
    assert_eq!(told(&pages[..3]), ("released".into(), vec!["reversed fee_changed".into()]));
    assert_eq!(told(&pages).0, "unchanged");
    // The post stands, and says something else: nobody knows of what.
    let other = page(&[NEWER, &fee("What you pay stays as it is this year."), OLD]);
    for times in 1..4 {
        let pages = [vec![with.clone()], vec![other.clone(); times]].concat();
        assert_eq!(told(&pages), ("partial".into(), Vec::new()), "{times}");
    }
}

/// Measures, each called by its heading.
const MEASURES: &str = r#"
[[source.facts]]
key = "pnp.measures"
type = "thresholds"
record = "{heading|slug}"
expires = "until"
[source.facts.fields]
share = { from = "text", find = '{percent}', as = "percent" }
until = { from = ["text", "heading"], find = 'until ({date})', as = "date", optional = true }
[[source.facts.read]]
headings = { matches = 'measure' }
"#;

#[test]
fn a_day_in_a_title_is_no_part_of_the_name() {
    let page = |title: &str| {
        format!(
            "<h2>{title}</h2><p>Employers may keep a share of 15%.</p>\
             <h2>Food measures</h2><p>The cap is 10%.</p>"
        )
    };
    let told = |from: &str, to: &str| {
        let mut told = said(&sees_of(&program(MEASURES), &[page(from), page(to)]));
        told.retain(|line| line.contains("pnp."));
        told
    };
    const JUNE: &str = "Rural measures (until June 30, 2026)";
    for (from, to) in [
        (JUNE, "Rural measures (until March 31, 2027)"),
        (JUNE, "Rural measures - extended until March 31, 2027"),
        ("Rural measures", JUNE),
    ] {
        let told = told(from, to);
        assert_eq!(told.len(), 1, "{to}: {told:?}");
        assert!(
            told[0].starts_with("threshold_changed") && told[0].ends_with("#until"),
            "{told:?}"
        );
    }
    let other = told(JUNE, "Urban measures (until June 30, 2026)");
    assert_eq!(other.len(), 2, "{other:?}");
    // Nor is a last day that is only a note moved in silence.
    let noted = MEASURES.replace("optional = true }", "optional = true, note = true }");
    let told = |to: &str| {
        let mut told = said(&sees_of(&program(&noted), &[page(JUNE), page(to)]));
        told.retain(|line| line.contains("pnp."));
        told
    };
    let moved = told("Rural measures (until March 31, 2027)");
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert!(moved[0].starts_with("threshold_changed"), "{moved:?}");
    assert_eq!(told("Rural measures - until June 30, 2026"), [""; 0]);
}

#[test]
fn a_footnote_of_one_of_two_rows_of_a_code_is_not_missed_in_the_other() {
    let facts = r#"
[[source.facts]]
key = "pnp.listed"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
title = { wording = true }
condition = { from = "footnotes", optional = true }
wage = { as = "money", words = ['^prevailing wage$'] }
[[source.facts.read]]
footnotes = ["title"]
table = { columns = { noc = '^NOC', title = '^occupation', wage = '^wage' } }
"#;
    let page = |rows: &str| {
        format!(
            "<table><tr><th>NOC<th>Occupation<th>Wage{rows}<tr><td>44101<td>Home support workers*<td>$30\
             <tr><td>44101<td>Home support workers (not in a residence)<td>$30</table>\
             <p>*Not for work in a residence.</p>"
        )
    };
    let told = |rows: [&str; 2]| {
        let mut told = said(&sees_of(&program(facts), &rows.map(page)));
        told.retain(|line| line.contains("pnp."));
        told
    };
    const NURSE: &str = "<tr><td>31301<td>Nurses<td>Prevailing wage";
    const COOK: &str = "<tr><td>63200<td>Cooks<td>$25";
    let both = [NURSE, COOK].concat();
    assert_eq!(told([&both, NURSE]), ["occupation_removed pnp.listed/63200"]);
    // A mark beside a word of the table is no part of the word.
    assert_eq!(told([&both, &both.replace("wage<", "wage*<")]), [""; 0]);
}

/// Draws that are posts, each called by its number.
const NUMBERED: &str = r#"
[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{number}"
[source.facts.fields]
number = { as = "integer" }
date = { from = "text", find = '{date}', as = "date" }
invitations = { from = "section", find = 'invitations: (\d+)', as = "integer" }
[[source.facts.read]]
headings = { matches = '^draw #{number}$' }
"#;

#[test]
fn a_draw_of_another_number_alone_is_the_draw_put_right() {
    let post = |number: u32, day: &str, invitations: u32| {
        format!("<h2>Draw #{number}</h2><p>{day}</p><p>Invitations: {invitations}</p>")
    };
    let old = post(273, "March 2, 2026", 120);
    let told = |pages: [String; 2]| said(&sees_of(&program(NUMBERED), &pages));
    let first = post(274, "March 5, 2026", 54) + &old;
    let right = told([first.clone(), post(275, "March 5, 2026", 54) + &old]);
    assert!(right.contains(&"draw_corrected pnp.draws/275#number".to_owned()), "{right:?}");
    // A draw of another day is another draw, though as many were invited.
    let other = told([first, post(275, "March 19, 2026", 54) + &post(274, "March 5, 2026", 54)]);
    assert!(other.contains(&"draw_added pnp.draws/275".to_owned()), "{other:?}");
}

/// Windows of intake, each called by the time at which it opens, and communities in a list.
const WINDOWS: &str = r#"
[[source.facts]]
key = "pnp.windows"
type = "thresholds"
record = "{window|slug}/{sector|slug}"
[source.facts.fields]
window = { key_only = true }
sector = { key_only = true }
limit = { as = "integer" }
[[source.facts.read]]
table = { columns = { window = '^window', sector = '^sector', limit = '^limit' } }
"#;

#[test]
fn a_time_that_is_printed_otherwise_is_the_time() {
    let page = |window: &str| {
        format!(
            "<table><tr><th>Window<th>Sector<th>Limit<tr><td>{window}<td>Trucking<td>40\
             <tr><td>May 4, 2026 8:30 a.m. CST<td>Trucking<td>60</table>"
        )
    };
    let told = |window: &str| {
        said(&sees_of(&program(WINDOWS), &[page("July 6, 2026 9:00 a.m. CST"), page(window)]))
    };
    for window in ["July 6, 2026, 9:00 am", "July 6, 2026 9 am CST", "July 6, 2026 at 9:00 AM"] {
        let told = told(window);
        assert!(told.iter().all(|line| !line.contains("pnp.")), "{window}: {told:?}");
    }
    let other = told("July 6, 2026 9:00 p.m. CST");
    assert!(other.iter().any(|line| line.starts_with("record_added pnp.windows")), "{other:?}");
}

/// A grid of points known by a label and by its columns, and levels in a table.
const LEVELS: &str = r#"
[[source.facts]]
key = "pnp.levels"
type = "points"
record = "{row}/{column}"
[source.facts.fields]
row = { as = "slug", vocabulary = "rows", key_only = true }
label = { from = "row", wording = true }
points = { from = "value", as = "integer" }
[[source.facts.read]]
matrix = { first = '^level$|^niveau$', has = ['CLB 9 or more|NCLC 9 ou plus'], columns = "columns" }

[[source.facts]]
key = "pnp.tests"
type = "thresholds"
record = "{level}"
[source.facts.fields]
level = { find = '^(?:CLB |NCLC )?(\d+)', as = "integer", key_only = true }
reading = { as = "integer" }
[[source.facts.read]]
table = { columns = { level = '^(?:CLB|NCLC) (?:level|requis)', reading = '^reading|^lecture' } }

[vocabulary.rows]
less-than-secondary = '^less than secondary'

[vocabulary.columns]
with-spouse = '^points (?:with|avec)'
without-spouse = '^points (?:without|sans)'
"#;

const ENGLISH: &str = "<table><tr><th>Level<th>Points with a spouse<th>Points without a spouse\
    <tr><td>CLB 7 or 8<td>10<td>12<tr><td>CLB 9 or more<td>20<td>24<tr><td>Less than secondary school<td>0<td>0\
    <tr><td>5 years or more<td>30<td>33</table>\
    <table><tr><th>CLB level<th>Reading<tr><td>7<td>6<tr><td>8<td>7</table>";

const FRENCH: &str = "<table><tr><th>Niveau<th>Points avec un époux<th>Points sans époux\
    <tr><td>NCLC 7 ou 8<td>10<td>12<tr><td>NCLC 9 ou plus<td>20<td>24<tr><td>5 ans ou plus<td>30<td>33</table>\
    <table><tr><th>NCLC requis<th>Lecture<tr><td>7<td>6<tr><td>8<td>7</table>";

#[test]
fn a_grid_in_other_words_is_the_grid() {
    for (page, edits) in [
        (
            ENGLISH,
            &[
                ("or more", "and more"),
                ("or more", "and above"),
                ("or more", "and up"),
                ("Less than secondary", "Under secondary"),
                ("<th>Points", "<th>Number of points"),
                ("CLB", "Canadian Language Benchmark (CLB)"),
                ("CLB", "Canadian Language Benchmarks (CLB)"),
            ][..],
        ),
        (
            FRENCH,
            &[
                ("ou plus", "et plus"),
                ("ou plus", "ou mieux"),
                ("<th>Points", "<th>Nombre de points"),
                ("NCLC", "niveau de compétence linguistique canadien (NCLC)"),
            ],
        ),
    ] {
        for (from, to) in edits {
            let edited = page.replace(from, to);
            assert_ne!(edited, page);
            let told = said(&sees_of(&program(LEVELS), &[page.to_owned(), edited]));
            let is_wording = |line: &String| line.starts_with("wording_changed");
            let facts: Vec<&String> =
                told.iter().skip(1).filter(|line| !is_wording(line)).collect();
            assert!(told[0] == "changed" && facts.is_empty(), "{to}: {told:?}");
        }
        let other = page.replace(">24<", ">25<");
        let told = said(&sees_of(&program(LEVELS), &[page.to_owned(), other]));
        assert!(told.iter().any(|line| line.starts_with("points_changed")), "{told:?}");
    }
    // Another bound is another rule.
    for (from, to) in [("9 or more", "9 or less"), ("5 years or more", "5 years")] {
        let told =
            said(&sees_of(&program(LEVELS), &[ENGLISH.to_owned(), ENGLISH.replace(from, to)]));
        assert!(
            told.iter().any(|line| !line.starts_with("wording") && line.contains("pnp.levels")),
            "{to}: {told:?}"
        );
    }
}
