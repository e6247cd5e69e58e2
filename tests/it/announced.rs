//! What a page says of the days to come: announced once, however the page lays it out.

use rulewatch::model::{Change, Side};

use crate::absence::{FEES, said, sees, whole};

/// What is told of the fees on the last of the pages: old, new, stage, day.
fn told(pages: &[String]) -> Vec<String> {
    let day = |day: Option<jiff::civil::Date>| day.map_or("-".to_owned(), |d| d.to_string());
    let report = sees(pages);
    let say = |change: &Change| {
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        let side = |side: Option<&Side>| match side {
            Some(Side::Value(value)) => value.to_string(),
            other => format!("{other:?}"),
        };
        let (stage, from) = (change.stage.word(), day(change.dates.effective_on));
        format!("{} -> {} {stage} {from}", side(old), side(new))
    };
    let amounts = |c: &&Change| c.fact.as_str() == "pnp.fees";
    report.changes.iter().filter(amounts).map(say).collect()
}

/// The page with its fees in a table like this.
fn with_fees(headers: &str, rows: &[(&str, &str)]) -> String {
    let rows: String = rows.iter().map(|(fee, cells)| format!("<tr><td>{fee}{cells}")).collect();
    whole().replace(FEES, &format!("<h2>Fees</h2><table><tr><th>Fee{headers}{rows}</table>"))
}

#[test]
fn an_amount_whose_day_is_ahead_is_announced_until_a_page_has_it_after_that_day() {
    let of = |cell: &str| whole().replace("$500", cell);
    let from_april = of("$550 (effective April 1, 2026)");
    assert_eq!(told(std::slice::from_ref(&from_april)), ["$500 -> $550 announced 2026-04-01"]);
    // Said again in other words, it is no news.
    let again = of("$550, as of April 1, 2026");
    assert_eq!(told(&[from_april.clone(), again]), Vec::<String>::new());
    // The page is read again after the day.
    let mut pages = vec![from_april; 25];
    pages.push(of("$550"));
    assert_eq!(told(&pages), ["$500 -> $550 in_force -"]);
    assert_eq!(told(&[of("$550 (effective March 1, 2026)")]), ["$500 -> $550 in_force -"]);
}

#[test]
fn an_amount_with_its_day_is_found_again_under_another_heading() {
    for cell in ["$500 (effective March 1, 2025)", "$500 (effective April 1, 2026)"] {
        let before = whole().replace("$500", cell);
        let moved = before.replace("<h2>Fees</h2>", "<h2>What you pay</h2>");
        assert_eq!(said(&sees(&[before, moved])), ["relocated"], "{cell}");
    }
    // So is one that is announced to follow another.
    let ahead = whole().replace("$500", "$550 (effective April 1, 2026)");
    let moved = ahead.replace("<h2>Fees</h2>", "<h2>What you pay</h2>");
    assert_eq!(said(&sees(&[ahead, moved])), ["relocated"]);
}

#[test]
fn two_columns_are_told_apart_by_a_day_however_it_is_said() {
    let rows = [
        ("Application", "<td>$500<td>$550"),
        ("Review of a decision", "<td>$250<td>$250"),
        ("Change of employer", "<td>$100<td>No change"),
    ];
    for headers in [
        "<th>Amount until March 31, 2026<th>Amount from April 1, 2026",
        "<th>Until March 31, 2026<th>Starting April 1, 2026",
        "<th>Amount to 2026-03-31<th>Amount from 2026-04-01",
        "<th>Amount now<th>Amount - April 1, 2026 onward",
        "<th>Current amount<th>New amount (April 1, 2026)",
    ] {
        let page = with_fees(headers, &rows);
        assert_eq!(
            told(std::slice::from_ref(&page)),
            ["$500 -> $550 announced 2026-04-01"],
            "{headers}"
        );
        // In another of these ways it is no news.
        let again =
            with_fees("<th>Amount before April 1, 2026<th>Amount as of April 1, 2026", &rows);
        assert_eq!(told(&[page, again]), Vec::<String>::new(), "{headers}");
    }
    // Seen first when the day is over, the new amount is the one that holds.
    let late = with_fees("<th>Amount until March 2, 2026<th>Amount from March 3, 2026", &rows);
    assert_eq!(told(&[late]), ["$500 -> $550 in_force -"]);
}

#[test]
fn rows_that_name_their_day_are_one_record() {
    let rest = [("Review of a decision", "<td>$250"), ("Change of employer", "<td>$100")];
    let rows = |rows: &[(&'static str, &'static str)]| {
        with_fees("<th>Amount", &[rows, &rest[..]].concat())
    };
    for both in [
        [
            ("Application (until March 31, 2026)", "<td>$500"),
            ("Application (from April 1, 2026)", "<td>$550"),
        ],
        [("Application", "<td>$500"), ("Application, as of April 1, 2026", "<td>$550")],
        [("Application from April 1, 2026", "<td>$550"), ("Application", "<td>$500")],
    ] {
        assert_eq!(told(&[rows(&both)]), ["$500 -> $550 announced 2026-04-01"], "{both:?}");
    }
    // A row alone that names its day is another row.
    let other = rows(&[("Application", "<td>$500"), ("Copy from April 1, 2026", "<td>$20")]);
    let report = sees(&[other]);
    assert!(
        said(&report).contains(&"record_added pnp.fees/copy-from-april-1-2026".to_owned()),
        "{:?}",
        said(&report)
    );
}

#[test]
fn what_is_free_until_a_day_costs_from_that_day() {
    let free = whole().replace("$500", "No fee");
    let cell = free.replace("No fee", "no fee until March 31, 2026; $550 from April 1, 2026");
    let from_april = with_fees(
        "<th>Amount until March 31, 2026<th>Amount from April 1, 2026",
        &[
            ("Application", "<td>No fee<td>$550"),
            ("Review of a decision", "<td>$250<td>-"),
            ("Change of employer", "<td>$100<td>"),
        ],
    );
    let table = free.replace(
        "<h2>Points</h2>",
        "<h3>Fees from April 1, 2026</h3><table><tr><th>Fee<th>Amount<tr><td>Application<td>$550</table>\
         <h2>Points</h2>",
    );
    for page in [cell, from_april, table] {
        assert_eq!(
            told(&[free.clone(), page.clone()]),
            ["No fee -> $550 announced 2026-04-01"],
            "{page}"
        );
    }
}
