//! A new table beside those of a fact set: of another subject, or theirs.

use crate::absence::{program, said, sees_of};

/// Amounts by the size of a family.
const FUNDS: &str = r#"
[[source.facts]]
key = "pnp.funds"
title = { en = "Money to show", fr = "Fonds à prouver" }
type = "funds"
record = "{members}"
[source.facts.fields]
members = { as = "integer", key_only = true }
amount = { as = "money" }
[[source.facts.read]]
table = { columns = { members = '^members', amount = '^amount' } }
"#;

/// Points by the label of a row.
const POINTS: &str = r#"
[[source.facts]]
key = "pnp.points"
title = { en = "Points", fr = "Points" }
type = "points"
record = "{row}/{column}"
[source.facts.fields]
row = { as = "slug", key_only = true }
points = { from = "value", as = "integer" }
[[source.facts.read]]
matrix = { first = '^experience', columns = { points = '^points' } }
"#;

/// Occupations under any heading.
const CODES: &str = r#"
[[source.facts]]
key = "pnp.occupations"
title = { en = "Eligible occupations", fr = "Professions admissibles" }
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
[[source.facts.read]]
table = { columns = { noc = '^code' } }
"#;

/// What is said when the last page follows the others.
fn told(facts: &str, pages: &[&str]) -> Vec<String> {
    let pages: Vec<String> = pages.iter().map(|page| (*page).to_owned()).collect();
    let mut told = said(&sees_of(&program(facts), &pages));
    told.retain(|line| line.contains("pnp.") || line.starts_with("unread "));
    told
}

fn table(caption: &str, header: &str, rows: &[(&str, &str)]) -> String {
    let rows = rows.iter().map(|(a, b)| format!("<tr><td>{a}<td>{b}"));
    let caption =
        if caption.is_empty() { String::new() } else { format!("<caption>{caption}</caption>") };
    format!("<table>{caption}<tr>{header}{}</table>", rows.collect::<String>())
}

fn funds(caption: &str, rows: &[(&str, &str)]) -> String {
    table(caption, "<th>Members<th>Amount", rows)
}

const OWN: [(&str, &str); 4] =
    [("1", "$14,690"), ("2", "$18,288"), ("3", "$22,483"), ("4", "$27,297")];

/// Seconds of all keys, keys of its own, and some of each with some of the same amounts.
const OTHERS: [&[(&str, &str)]; 3] = [
    &[("1", "$3,815"), ("2", "$4,750"), ("3", "$5,840"), ("4", "$9,000")],
    &[("5", "$31,000"), ("6", "$35,000")],
    &[("3", "$22,483"), ("4", "$28,000"), ("5", "$31,000"), ("6", "$35,000")],
];

#[test]
fn a_new_table_of_another_subject_is_unread() {
    let own = ["<h2>Money</h2>", &funds("", &OWN)].concat();
    for rows in OTHERS {
        let (plain, captioned) = (funds("", rows), funds("Atlantic Immigration Program", rows));
        for page in [
            [&own, "<h2>Atlantic Immigration Program</h2>", &plain].concat(),
            [&own, "<h3>For caregivers</h3>", &plain].concat(),
            [own.as_str(), &captioned].concat(),
            [&own, "<p>For caregivers:</p>", &plain].concat(),
            ["<h2>Caregivers</h2>", &plain, &own].concat(),
            own.replace("<h2>Money</h2>", &format!("<h2>Caregivers</h2>{plain}<h2>Workers</h2>")),
        ] {
            let said = told(FUNDS, &[&own, &page]);
            let is_unread = said.iter().all(|line| line.starts_with("unread ")) && said.len() == 1;
            assert!(is_unread, "{said:?}\n{page}");
            // It is said once, whatever else moves; and nothing is left when it is taken off.
            let moved = ["<p>Read this first.</p>", &page].concat();
            assert_eq!(told(FUNDS, &[&own, &page, &page, &moved]), [""; 0], "{page}");
            assert_eq!(told(FUNDS, &[&own, &page, &own]), [""; 0], "{page}");
            // Its own figures are no news, those of the rule are.
            let other = page.replace("$9,000", "$9,100").replace("$35,000", "$36,000");
            assert_eq!(told(FUNDS, &[&own, &page, &other]), [""; 0], "{page}");
            let raised = page.replace("$14,690", "$15,263");
            let changed = ["threshold_changed pnp.funds/1#amount"];
            assert_eq!(told(FUNDS, &[&own, &page, &raised]), changed, "{page}");
        }
    }
}

#[test]
fn a_new_table_and_a_new_value_on_one_day_are_told_apart() {
    let own = ["<h2>Money</h2>", &funds("", &OWN)].concat();
    let raised = OWN.map(|(n, amount)| (n, amount.replace("$1", "$2").replace("$2", "$3")));
    let raised = raised.each_ref().map(|(n, amount)| (*n, amount.as_str()));
    let new = ["<h2>Money</h2>", &funds("", &raised)].concat();
    for rows in OTHERS {
        let page = [&new, "<h2>Caregivers</h2>", &funds("", rows)].concat();
        let said = told(FUNDS, &[&own, &page]);
        let changed = (1..=4).map(|n| format!("threshold_changed pnp.funds/{n}#amount"));
        assert_eq!(said, changed.chain(["unread section".to_owned()]).collect::<Vec<_>>());
    }
}

#[test]
fn a_table_of_another_subject_among_points_is_unread() {
    let header = "<th>Experience<th>Points";
    let own = table("", header, &[("1 year", "9"), ("2 to 3 years", "11"), ("4 years", "13")]);
    for rows in [
        &[("1 year", "7"), ("2 to 3 years", "8"), ("4 years", "10")][..],
        &[("5 months", "1"), ("6 months", "2")],
    ] {
        let page = [&own, "<h2>Entrepreneurs</h2>", &table("", header, rows)].concat();
        assert_eq!(told(POINTS, &[&own, &page]), ["unread section"]);
        assert_eq!(told(POINTS, &[&own, &page, &page, &page.replace("10", "12")]), [""; 0]);
    }
}

#[test]
fn a_table_that_is_split_loses_nothing_and_its_new_rows_are_added() {
    let codes = |rows: &[&str]| {
        let rows: Vec<(&str, &str)> = rows.iter().map(|code| (*code, "x")).collect();
        table("", "<th>Code<th>Note", &rows)
    };
    let all = ["21211", "21231", "31301", "31303", "72106", "72310"];
    let own = ["<h2>Occupations</h2>", &codes(&all)].concat();
    for (first, second) in [("Health", "Trades"), ("Occupations", "Trades"), ("Health", "Others")] {
        let split = |added: &[&str]| {
            let (a, b) = (format!("<h2>{first}</h2>"), format!("<h2>{second}</h2>"));
            let second = [&all[4..], added].concat();
            [a, codes(&all[..4]), b, codes(&second)].concat()
        };
        assert_eq!(told(CODES, &[&own, &split(&[])]), [""; 0], "{first}, {second}");
        let added = ["occupation_added pnp.occupations/73300"];
        assert_eq!(told(CODES, &[&own, &split(&["73300"])]), added, "{first}, {second}");
        // So it is in the table that was split off, later.
        assert_eq!(told(CODES, &[&own, &split(&[]), &split(&["73300"])]), added);
    }
}

#[test]
fn a_table_that_only_says_more_of_the_same_is_read() {
    let own = ["<h2>Money</h2>", &funds("", &OWN)].concat();
    let more = funds("", &[("5", "$31,000")]);
    for over in [
        "<h2>More amounts, added on March 3, 2026</h2>",
        "<h3>Additional money to show (effective April 1, 2026)</h3>",
        "<p>The following were also added:</p>",
    ] {
        let page = [&own, over, &more].concat();
        let over_too = own.replace("<h2>Money</h2>", "<h2>Amounts</h2>");
        let page = page.replace(&own, &over_too);
        assert_eq!(told(FUNDS, &[&over_too, &page]), ["record_added pnp.funds/5"], "{over}");
    }
}

#[test]
fn a_table_of_the_time_to_come_announces() {
    let own = ["<h2>Money</h2>", &funds("", &OWN)].concat();
    let then = OWN.map(|(n, amount)| (n, amount.replace("$1", "$2").replace("$2", "$3")));
    let then = then.each_ref().map(|(n, amount)| (*n, amount.as_str()));
    for over in [
        "<h2>Money to show from April 1, 2027</h2>",
        "<h2>Applications received on or after April 1, 2027</h2>",
        "<h2>Amounts as of April 1, 2027</h2>",
        "<details><summary>New rates from April 1, 2027</summary>",
    ] {
        let page = [&own, over, &funds("", &then)].concat();
        let changed = (1..=4).map(|n| format!("threshold_changed pnp.funds/{n}#amount"));
        assert_eq!(told(FUNDS, &[&own, &page]), changed.collect::<Vec<_>>(), "{over}");
    }
}

#[test]
fn where_a_heading_is_part_of_the_key_a_new_one_is_what_is_looked_for() {
    let facts =
        FUNDS.replace("record = \"{members}\"", "record = \"{stream|slug}/{members}\"").replace(
            "[source.facts.fields]",
            "[source.facts.fields]\nstream = { from = \"heading\", key_only = true }",
        );
    let own = ["<h2>Workers</h2>", &funds("", &OWN)].concat();
    let page = [&own, "<h2>Caregivers</h2>", &funds("", &[("1", "$3,815")])].concat();
    assert_eq!(told(&facts, &[&own, &page]), ["record_added pnp.funds/caregivers/1"]);
}

#[test]
fn of_two_tables_with_the_codes_of_a_member_the_one_as_it_was_is_its_own() {
    let facts = r#"
[[source.facts]]
key = "pnp.category.{category}.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
wage = { as = "money", per = "hour" }
[[source.facts.read]]
named_by = { cell = "category", vocabulary = "category" }
table = { columns = { noc = '^code', wage = '^wage' } }
[vocabulary.category]
trades = '^trades$'
health = '^health$'
"#;
    let of = |wage: &str| {
        let rows = ["72106", "72310", "72400", "73300"].map(|code| (code, wage));
        table("", "<th>Code<th>Wage", &rows)
    };
    let health = "<h2>Health</h2><table><tr><th>Code<th>Wage<tr><td>31301<td>$40</table>";
    let own = [health, "<h2>Trades</h2>", &of("$30")].concat();
    let page =
        [health, "<h2>Caregivers</h2>", &of("$20"), "<h2>All other workers</h2>", &of("$30")]
            .concat();
    let said = told(facts, &[&own, &page]);
    let is_new = |line: &String| line.contains("caregivers") || line.contains("unread");
    assert!(!said.is_empty() && said.iter().all(is_new), "{said:?}");
}

/// Fees by the heading over their table.
const BY_SECTION: &str = r#"
[[source.facts]]
key = "pnp.fees"
title = { en = "Fees", fr = "Frais" }
type = "fees"
record = "{section|slug}/{fee|slug}"
[source.facts.fields]
section = { from = "heading", key_only = true }
fee = { key_only = true }
amount = { as = "money" }
[[source.facts.read]]
table = { columns = { fee = '^fee', amount = '^amount' } }
"#;

#[test]
fn a_table_that_a_template_repeats_under_another_heading_is_no_other_table() {
    let of = |heading: &str, rows: &[(&str, &str)]| {
        format!("<h2>{heading}</h2>{}", table("", "<th>Fee<th>Amount", rows))
    };
    let workers = [("Application", "$500"), ("Review", "$250"), ("Extension", "$100")];
    let students = [("Application", "$150"), ("Biometrics", "$85"), ("Restoration", "$200")];
    let page = [of("Workers", &workers), of("Students", &students)].concat();
    let with = |heading: &str, rows: &[(&str, &str)]| page.clone() + &of(heading, rows);
    let fees = |page: &str| {
        let told = told(
            BY_SECTION,
            &[&[of("Workers", &workers), of("Students", &students)].concat(), page],
        );
        told.into_iter().filter(|line| line.contains("pnp.fees")).collect::<Vec<_>>()
    };
    for heading in ["At a glance", "Workers", "Other languages"] {
        assert_eq!(fees(&with(heading, &workers)), Vec::<String>::new(), "{heading}");
    }
    // Those of another section repeated under the heading of one that has its own.
    let twice =
        [of("Workers", &workers), of("Students", &students), of("Students", &workers)].concat();
    assert!(fees(&twice).iter().all(|line| !line.contains("_added")), "{:?}", fees(&twice));
    // A section with fees of its own is new.
    let visitors = [("Application", "$100"), ("Biometrics", "$85"), ("Super visa", "$120")];
    assert_eq!(fees(&with("Visitors", &visitors)).len(), 3);
}
