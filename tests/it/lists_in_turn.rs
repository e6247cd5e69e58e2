//! Two lists that hold one after the other: what only the later one has is announced, and so is what only the earlier one
//! has.

use rulewatch::checking::Report;

use crate::absence::{program, said, sees_of};
use crate::dated_names::{PAGE, SETS, lines, told_at};

const TODAY: [&str; 3] = ["31301 Registered nurses", "31120 Pharmacists", "31110 Dentists"];
const TOMORROW: [&str; 3] = ["31301 Registered nurses", "31112 Audiologists", "31110 Dentists"];

fn table(rows: &[&str]) -> String {
    let row = |row: &&str| {
        let (code, title) = row.split_once(' ').unwrap();
        format!("<tr><td>{code}<td>{title}")
    };
    let rows: String = rows.iter().map(row).collect();
    format!("<table><tr><th>Code<th>Occupation{rows}</table>")
}

fn items(items: &[&str]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{item}")).collect();
    format!("<ul>{items}</ul>")
}

/// The words before a list of tables, one for each form that a page may give them.
const OVER: [(&str, &str, &str); 5] = [
    ("<p>", "</p>", ""),
    ("<p><strong>", "</strong></p>", ""),
    ("<h3>", "</h3>", ""),
    ("<h3>", "</h3><p>Codes of the NOC 2021.</p>", ""),
    ("<details><summary>", "</summary>", "</details>"),
];

const DAYS: [(&str, &str); 7] = [
    (
        "Eligible occupations until December 31, 2026",
        "Eligible occupations starting January 1, 2027",
    ),
    ("Until December 31, 2026:", "From January 1, 2027:"),
    ("List up to and including December 31, 2026", "List effective January 1, 2027"),
    ("Before January 1, 2027", "On or after January 1, 2027"),
    ("Liste jusqu’au 31 décembre 2026 :", "Liste à compter du 1er janvier 2027 :"),
    ("", "As of January 1, 2027, the list is:"),
    ("", "New list (January 1, 2027)"),
];

/// A page with what the other sets read, too.
fn whole(page: &str) -> String {
    let others = PAGE.split("<h2>").filter(|other| {
        let heading = other.split("</h2>").next().unwrap_or_default();
        !other.is_empty() && !page.contains(&format!("<h2>{heading}</h2>"))
    });
    others.fold(page.to_owned(), |page, other| page + "<h2>" + other)
}

fn see(pages: &[&str]) -> Report {
    let pages: Vec<String> = pages.iter().map(|page| whole(page)).collect();
    sees_of(&program(SETS), &pages)
}

#[track_caller]
fn check(before: &str, now: &str, expected: &[&str]) {
    let report = see(&[before, now]);
    assert_eq!(lines(&report), expected, "{now}: {:?}", said(&report));
    assert!(report.held.is_empty() && report.unreadable.is_empty(), "{now}: {:?}", said(&report));
}

#[test]
fn two_tables_of_occupations_with_days_are_one_list_and_its_change() {
    let before = format!("<h2>List</h2>{}", table(&TODAY));
    for (open, close, end) in OVER {
        for (until, from) in DAYS {
            let over = |words: &str, rows: &[&str]| {
                if words.is_empty() {
                    table(rows)
                } else {
                    format!("{open}{words}{close}{}{end}", table(rows))
                }
            };
            let (now, then) = (over(until, &TODAY), over(from, &TOMORROW));
            let expected = [
                "occupation_added 31112 announced 2027-01-01",
                "occupation_removed 31120 announced 2027-01-01",
            ];
            check(&before, &format!("<h2>List</h2>{now}{then}"), &expected);
            if !until.is_empty() {
                check(&before, &format!("<h2>List</h2>{then}{now}"), &expected);
            }
        }
    }
}

#[test]
fn two_lists_of_items_with_days_are_one_list_and_its_change() {
    let (now, then) =
        (["Health care", "Technology", "Mining"], ["Health care", "Mining", "Forestry"]);
    let before = format!("<h2>Sectors</h2>{}", items(&now));
    for (open, close, end) in OVER {
        for (until, from) in DAYS {
            let over = |words: &str, names: &[&str]| {
                if words.is_empty() {
                    items(names)
                } else {
                    format!("{open}{words}{close}{}{end}", items(names))
                }
            };
            check(
                &before,
                &format!("<h2>Sectors</h2>{}{}", over(until, &now), over(from, &then)),
                &[
                    "record_added forestry announced 2027-01-01",
                    "record_removed technology announced 2027-01-01",
                ],
            );
        }
    }
}

#[test]
fn a_list_within_an_item_is_of_the_line_over_it() {
    let now = ["NOC 65310 (Light duty cleaners);", "NOC 44101 (Home support workers)"];
    let then = ["NOC 65310 (Light duty cleaners);", "NOC 65201 (Kitchen helpers)"];
    let offer = "<ul><li>an offer in one of the following:";
    let before = format!("<h2>Demand</h2>{offer}{}</ul>", items(&now));
    let expected = [
        "occupation_added 65201 announced 2027-01-01",
        "occupation_removed 44101 announced 2027-01-01",
    ];
    for both in [
        format!(
            "{offer}{}<p>As of January 1, 2027, the list is:</p>{}</ul>",
            items(&now),
            items(&then)
        ),
        format!("{offer}{}<li>from January 1, 2027:{}</ul>", items(&now), items(&then)),
        format!(
            "{offer}{}</ul><p>From January 1, 2027, you must have</p>{offer}{}</ul>",
            items(&now),
            items(&then)
        ),
    ] {
        check(&before, &format!("<h2>Demand</h2>{both}"), &expected);
    }
}

#[test]
fn what_is_added_or_there_for_a_time_leaves_the_rest_as_it_is() {
    let before = format!("<h2>List</h2>{}", table(&TODAY));
    for words in
        ["Added as of January 1, 2027", "From January 1, 2027, the following are also eligible:"]
    {
        check(
            &before,
            &format!("{before}<p>{words}</p>{}", table(&["31112 Audiologists"])),
            &["occupation_added 31112 announced 2027-01-01"],
        );
    }
    // What is listed beside the others until a day leaves with it, and is told as new now.
    let for_a_time = table(&["31112 Audiologists"]);
    check(
        &before,
        &format!("{before}<p>Until March 31, 2027:</p>{for_a_time}"),
        &["occupation_added 31112 in_force -"],
    );
    // A sentence over a list says when to apply.
    check(
        &before,
        &format!(
            "<h2>List</h2><p>You must apply before March 31, 2027.</p>{}{for_a_time}",
            table(&TODAY)
        ),
        &["occupation_added 31112 in_force -"],
    );
}

#[test]
fn a_list_of_what_leaves_on_a_day_announces_that() {
    let before = format!("<h2>List</h2>{}", table(&TODAY));
    for words in [
        "<p>The following will be removed as of January 1, 2027:</p>",
        "<h3>Occupations no longer eligible as of January 1, 2027</h3>",
    ] {
        let leaving = table(&["31120 Pharmacists"]);
        let expected = ["occupation_removed 31120 announced 2027-01-01"];
        check(&before, &format!("{before}{words}{leaving}"), &expected);
        // So it does where it stands there alone.
        let others = table(&[TODAY[0], TODAY[2]]);
        check(&before, &format!("<h2>List</h2>{others}{words}{leaving}"), &expected);
    }
    let sectors = format!("<h2>Sectors</h2>{}", items(&["Health care", "Technology", "Mining"]));
    for words in [
        "Removed as of January 1, 2027:",
        "As of January 1, 2027, the following sectors are no longer eligible:",
    ] {
        check(
            &sectors,
            &format!("{sectors}<p>{words}</p>{}", items(&["Technology"])),
            &["record_removed technology announced 2027-01-01"],
        );
    }
}

#[test]
fn a_list_of_a_day_to_come_alone_puts_nothing_in_force() {
    let before = format!("<h2>List</h2>{}", table(&TODAY));
    let coming = format!(
        "<h2>List</h2><p>As of January 1, 2027, eligible occupations are:</p>{}",
        table(&TOMORROW)
    );
    let report = see(&[&before, &coming]);
    assert_eq!(lines(&report), ["occupation_added 31112 announced 2027-01-01"]);
    assert!(said(&report).contains(&"unreadable pnp.occupations, 31120".to_owned()), "{report:?}");
    let told = told_at(&[
        ("2026-12-01", &whole(&before)),
        ("2026-12-02", &whole(&coming)),
        ("2027-01-03", &whole(&format!("<h2>List</h2>{}", table(&TOMORROW)))),
    ]);
    assert_eq!(
        told[2],
        ["occupation_added 31112 in_force 2027-01-01", "occupation_removed 31120 in_force -",]
    );
}

#[test]
fn of_lists_of_several_days_nothing_is_in_force_early() {
    let before = format!("<h2>List</h2>{}", table(&TODAY));
    let later = table(&["31301 Registered nurses", "31112 Audiologists"]);
    let now = format!(
        "<h2>List</h2><p>Until December 31, 2026</p>{}<p>From January 1, 2027</p>{}\
         <p>From July 1, 2027</p>{later}",
        table(&TODAY),
        table(&TOMORROW)
    );
    let report = see(&[&before, &now]);
    assert_eq!(lines(&report), ["occupation_added 31112 announced 2027-01-01"]);
    assert_eq!(report.unreadable.len(), 1, "{:?}", said(&report));
}

#[test]
fn lists_that_do_not_say_what_leaves_are_a_complaint() {
    let before = format!("<h2>List</h2>{}", table(&TODAY));
    for rows in [&["31112 Audiologists"][..], &["31112 Audiologists", "31301 Registered nurses"]] {
        let report =
            see(&[&before, &format!("{before}<p>From January 1, 2027</p>{}", table(rows))]);
        assert_eq!(lines(&report), ["occupation_added 31112 announced 2027-01-01"]);
        assert_eq!(report.unreadable.len(), 1, "{:?}", said(&report));
    }
}

#[test]
fn a_fee_of_a_later_table_alone_is_not_in_force() {
    let fees = |rows: &str| format!("<table><tr><th>Fee<th>Amount{rows}</table>");
    let (now, then) = (
        "<tr><td>Application<td>$500<tr><td>Review<td>$250",
        "<tr><td>Application<td>$600<tr><td>Extension<td>$100",
    );
    let before = format!("<h2>Costs</h2>{}", fees(now));
    for until in ["", "<p>Until December 31, 2026</p>"] {
        check(
            &before,
            &format!("<h2>Costs</h2>{until}{}<p>From January 1, 2027</p>{}", fees(now), fees(then)),
            &[
                "fee_changed application announced 2027-01-01",
                "record_added extension announced 2027-01-01",
            ],
        );
    }
    // It is of its table the next day, too, and holds once the page has that table alone.
    let both = format!("<h2>Costs</h2>{}<p>From January 1, 2027</p>{}", fees(now), fees(then));
    let told = told_at(&[
        ("2026-12-01", &whole(&before)),
        ("2026-12-02", &whole(&both)),
        ("2026-12-03", &whole(&both).replace("For workers", "For all workers")),
        ("2027-01-03", &whole(&format!("<h2>Costs</h2>{}", fees(then)))),
    ]);
    assert_eq!(told[2], [""; 0]);
    assert!(told[3].contains(&"fee_changed application in_force -".to_owned()), "{told:?}");
    assert!(told[3].iter().any(|line| line.starts_with("record_added extension in_force")));
}

#[test]
fn a_heading_with_a_day_below_that_of_a_member_is_over_its_list() {
    let recipe = program(
        r#"
[vocabulary.group]
health = 'health'
trades = 'trades'

[[source.facts]]
key = "pnp.{group}.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { from = "code", find = '\b\d{5}\b', as = "noc" }
title = { from = "occupation", wording = true }
[[source.facts.read]]
named_by = { cell = "group", vocabulary = "group" }
table = { columns = { code = '^code', occupation = '^occupation' } }
"#,
    );
    let trades = format!("<h2>Trades</h2>{}", table(&["72106 Welders"]));
    let before = format!("<h2>Health</h2>{}{trades}", table(&TODAY));
    for (until, from) in [
        (
            "<h3>Occupations until December 31, 2026</h3>",
            "<h3>Occupations as of January 1, 2027</h3>",
        ),
        ("<h3>Until December 31, 2026</h3>", "<h3>As of January 1, 2027</h3>"),
        ("", "<h3>Occupations as of January 1, 2027</h3>"),
    ] {
        let both =
            format!("<h2>Health</h2>{until}{}{from}{}{trades}", table(&TODAY), table(&TOMORROW));
        let again = both.replace("Welders", "Welders and fitters");
        let report = sees_of(&recipe, &[before.clone(), both.clone()]);
        assert_eq!(
            lines(&report),
            [
                "occupation_added 31112 announced 2027-01-01",
                "occupation_removed 31120 announced 2027-01-01"
            ],
            "{from}: {:?}",
            said(&report)
        );
        let report = sees_of(&recipe, &[before.clone(), both, again]);
        let told = lines(&report);
        assert!(told.iter().all(|line| line.starts_with("wording_changed 72106")), "{told:?}");
    }
}

#[test]
fn when_the_day_comes_the_page_says_so() {
    let list = |now: &str, then: &str| whole(&format!("<h2>List</h2>{now}{then}"));
    let until = format!("<p>Until December 31, 2026:</p>{}", table(&TODAY));
    let from = format!("<p>From January 1, 2027:</p>{}", table(&TOMORROW));
    let both = list(&until, &from);
    let told = told_at(&[
        ("2026-12-01", &list(&table(&TODAY), "")),
        ("2026-12-02", &both),
        ("2027-01-02", &both.replace("For workers", "For all workers")),
        ("2027-01-03", &list(&table(&TOMORROW), "")),
    ]);
    assert_eq!(
        told[1],
        [
            "occupation_added 31112 announced 2027-01-01",
            "occupation_removed 31120 announced 2027-01-01"
        ]
    );
    assert!(told[2].iter().all(|line| line.starts_with("notice")), "{told:?}");
    assert_eq!(
        told[3],
        ["occupation_added 31112 in_force 2027-01-01", "occupation_removed 31120 in_force -"]
    );
    // A table that is gone before its day may be elsewhere: what it announced is not read, and what stays is told.
    let told = told_at(&[
        ("2026-12-01", &list(&table(&TODAY), "")),
        ("2026-12-02", &both),
        ("2026-12-03", &list(&table(&TODAY), "")),
    ]);
    assert_eq!(told[2], ["occupation_added 31120 reversed -"]);
}
