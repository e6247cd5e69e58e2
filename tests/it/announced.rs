//! What a page says of the days to come: announced once, however the page lays it out.

use rulewatch::model::{Change, Side};

use crate::absence::{FEES, program, said, sees, sees_of, whole};

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
fn what_only_says_again_what_was_announced_puts_nothing_in_force() {
    let table = |headers: &str, rows: &str| {
        with_fees(
            headers,
            &[
                ("Application", rows),
                ("Review of a decision", "<td>$250"),
                ("Change of employer", "<td>$100"),
            ],
        )
    };
    let until = "<th>Amount until March 31, 2026<th>Amount from April 1, 2026";
    for (announced, confirmed) in [
        (
            whole().replace("$500", "$550 (effective April 1, 2026)"),
            whole().replace("$500", "$550"),
        ),
        (
            whole().replace("$500", "$500 (increasing to $550 on April 1, 2026)"),
            whole().replace("$500", "$550 (increased from $500 on April 1, 2026)"),
        ),
        (
            whole().replace("$500", "$500 until March 31, 2026<br>$550 from April 1, 2026"),
            whole().replace("$500", "$550 since April 1, 2026"),
        ),
        (table(until, "<td>$500<td>$550"), table("<th>Amount", "<td>$550")),
        (table("<th>Amount from April 1, 2026", "<td>$550"), table("<th>Amount", "<td>$550")),
        (
            whole().replace(
                "<tr><td>Review",
                "<tr><td>Application from April 1, 2026<td>$550<tr><td>Review",
            ),
            whole().replace("$500", "$550"),
        ),
    ] {
        assert_eq!(
            told(std::slice::from_ref(&announced)),
            ["$500 -> $550 announced 2026-04-01"],
            "{announced}"
        );
        // The page comes after the day with another word elsewhere, and with a space more.
        let mut pages = vec![announced.clone(); 25];
        for other in ["<p>Write to us.</p>", " ", "<p>Call us.</p>"] {
            pages.push([&announced, other].concat());
            assert_eq!(told(&pages), [""; 0], "{announced}");
        }
        pages.push(confirmed.clone());
        let in_force = told(&pages);
        assert!(in_force.len() == 1, "{in_force:?}");
        assert!(in_force[0].starts_with("$500 -> $550 in_force"), "{in_force:?}");
        // Taken back after its day, it never held.
        *pages.last_mut().unwrap() = whole();
        assert_eq!(told(&pages), ["$550 -> $500 reversed -"], "{announced}");
    }
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
fn the_day_of_an_amount_is_read_however_it_is_printed() {
    for cell in [
        "$550 (effective Apr. 1, 2026)",
        "$550 as of April 1st, 2026",
        "$550 effective April 2026",
        "$550, starting in April 2026",
        "$550 (beginning in Apr. 2026)",
        "$550 (in effect April 1, 2026)",
        "$550 (en vigueur le 1er avril 2026)",
        "$550 (à compter d’avril 2026)",
        "$550<br><small>effective April 1, 2026</small>",
        "$550. This fee takes effect on April 1, 2026.",
        "$550, up from $500, on and after April 1, 2026",
        "$550 from April 1, 2026 (currently $500)",
        "$550 (before April 1, 2026: $500)",
        "$500 until March 31, 2026, and $550 after that",
        "$500 until March 31, 2026; $550 after",
    ] {
        let page = whole().replace("$500", cell);
        assert_eq!(told(&[page]), ["$500 -> $550 announced 2026-04-01"], "{cell}");
    }
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
        "<th>Amount<th>April 1, 2026",
        "<th>Amount<th>2026-04-01",
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
fn of_two_grids_the_words_over_each_say_when_it_holds() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.levels\"\ntype = \"thresholds\"\nrecord = \"{row|slug}/{column}\"\n\
        [source.facts.fields]\nvalue = { as = \"integer\" }\n[[source.facts.read]]\n\
        matrix = { first = '^group', columns = { english = '^english', french = '^french' } }\n",
    );
    let grid = |level: u8| {
        format!(
            "<table><tr><th>Group<th>English<th>French<tr><td>Trades<td>5<td>5\
             <tr><td>Professions<td>{level}<td>{level}</table>"
        )
    };
    let both = |until: &str, from: &str| {
        format!(
            "<p><strong>{until}</strong></p>{}<p><strong>{from}</strong></p>{}",
            grid(7),
            grid(8)
        )
    };
    for (until, from) in [
        ("Before April 1, 2026", "On or after April 1, 2026"),
        ("Until March 31, 2026", "As of April 1, 2026"),
    ] {
        let report = sees_of(&recipe, &[grid(7), both(until, from)]);
        let told: Vec<_> =
            report.changes.iter().filter(|c| c.fact.as_str() == "pnp.levels").collect();
        assert_eq!(told.len(), 2, "{report:?}");
        assert!(told.iter().all(|change| change.stage.word() == "announced"), "{report:?}");
        let day = told[0].dates.effective_on.map(|day| day.to_string());
        assert_eq!(day.as_deref(), Some("2026-04-01"));
    }
    // Nothing says which of them holds.
    let report = sees_of(&recipe, &[grid(7), both("Table 1", "Table 2")]);
    assert_eq!(report.outcome.word(), "held", "{report:?}");
}

#[test]
fn of_two_tables_the_day_in_a_header_of_each_says_which_is_to_come() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.wages\"\ntype = \"thresholds\"\nrecord = \"{area|slug}\"\n\
        effective = \"since\"\nexpect = { min = 6, max = 6 }\n[source.facts.fields]\n\
        area = { key_only = true }\nwage = { as = \"money\" }\n\
        since = { from = \"wage.header\", find = 'as of ({date})', as = \"date\", optional = true, note = true }\n\
        before = { as = \"money\", optional = true, note = true }\n[[source.facts.read]]\n\
        table = { columns = { area = '^area', wage = '\\bas of\\b' }, optional = { before = 'prior to' } }\n",
    );
    let areas = ["North", "South", "East", "West", "Coast", "Islands"];
    let table = |day: &str, before: u8, areas: &[&str]| {
        let row = |area: &&str| format!("<tr><td>{area}<td>${before}<td>${}", before + 1);
        let rows: String = areas.iter().map(row).collect();
        format!("<table><tr><th>Area<th>Wage prior to {day}<th>Wage as of {day}{rows}</table>")
    };
    let now = table("June 27, 2025", 34, &areas);
    let told = |page: String| {
        let report = sees_of(&recipe, &[now.clone(), page]);
        let change = |change: &Change| {
            let day = change.dates.effective_on.map(|day| day.to_string());
            format!("{} {}", change.stage.word(), day.unwrap_or_default())
        };
        let wages = report.changes.iter().filter(|change| change.fact.as_str() == "pnp.wages");
        (report.outcome.word(), wages.map(change).collect::<Vec<_>>())
    };
    let both = [now.clone(), table("June 26, 2026", 35, &areas)].concat();
    assert_eq!(told(both), ("changed", vec!["announced 2026-06-26".to_owned(); 6]));
    // One area of many that leaves is held, and the others stay read.
    assert_eq!(told(table("June 27, 2025", 34, &areas[1..])), ("held", Vec::new()));
}

#[test]
fn a_day_over_a_column_of_amounts_that_stay_says_nothing() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.prints\"\ntype = \"fees\"\nrecord = \"{of|slug}\"\n\
        effective = \"since\"\n[source.facts.fields]\nof = { key_only = true }\n\
        fee = { as = \"money\" }\n\
        since = { from = \"fee.header\", find = 'from ({date})', as = \"date\", optional = true, note = true }\n\
        [[source.facts.read]]\ntable = { columns = { of = '^fees?$', fee = '^amount' } }\n",
    );
    let page = |headers: &str, of: &dyn Fn(&str) -> String| {
        format!(
            "<table><tr><th>Fee{headers}<tr><td>Person{}<tr><td>Family{}</table>",
            of("$85"),
            of("$170")
        )
    };
    let now = page("<th>Amount", &|fee| format!("<td>{fee}"));
    let columns = "<th>Amount until April 29, 2028<th>Amount from April 30, 2028";
    let both = page(columns, &|fee| format!("<td>{fee}<td>{fee}"));
    let report = sees_of(&recipe, &[now, both]);
    let told: Vec<_> = report.changes.iter().filter(|c| c.fact.as_str() == "pnp.prints").collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn words_around_a_table_say_from_when_its_amounts_hold() {
    let page = |header: &str, amount: &str, over: &str, below: &str| {
        let rows = "<tr><td>Review of a decision<td>$250<tr><td>Change of employer<td>$100";
        let table = format!("<tr><th>Fee<th>{header}<tr><td>Application<td>{amount}{rows}");
        whole().replace(FEES, &format!("<h2>Fees</h2>{over}<table>{table}</table>{below}"))
    };
    let before = page("Amount", "$500", "", "");
    for (header, over, below) in [
        ("Amount", "<p>As of April 1, 2026, you pay these amounts:</p>", ""),
        ("Amount", "<p>For applications received on or after April 1, 2026:</p>", ""),
        (
            "Amount",
            "<div><p><strong>The amounts below come into force on April 1, 2026.</strong></div>",
            "",
        ),
        ("Amount", "<h3>Amounts effective April 2026</h3>", ""),
        ("Amount", "", "<p>These amounts take effect on April 1, 2026.</p>"),
        ("Amount (as of Apr. 1, 2026)", "", ""),
    ] {
        let after = page(header, "$550", over, below);
        assert_eq!(
            told(&[before.clone(), after]),
            ["$500 -> $550 announced 2026-04-01"],
            "{header} {over} {below}"
        );
    }
    for below in [
        "<p>The form changes on April 1, 2026.</p>",
        "<p>These amounts took effect on March 1, 2025.</p>",
    ] {
        let after = page("Amount", "$550", "", below);
        assert_eq!(told(&[before.clone(), after]), ["$500 -> $550 in_force -"], "{below}");
    }
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
    // A row alone that names its day is another row, which begins then.
    let other = rows(&[("Application", "<td>$500"), ("Copy from April 1, 2026", "<td>$20")]);
    let report = sees(&[other]);
    assert!(
        said(&report).contains(&"record_added pnp.fees/copy".to_owned()),
        "{:?}",
        said(&report)
    );
}

#[test]
fn a_row_over_others_that_gives_a_day_is_of_the_rows_below_it() {
    let rest = "<tr><td>Review of a decision<td>$250<tr><td>Change of employer<td>$100";
    let page = |rows: &str| {
        let table = format!("<h2>Fees</h2><table><tr><th>Fee<th>Amount{rows}</table>");
        whole().replace(FEES, &table)
    };
    let group = |words: &str| format!("<tr><th colspan=2>{words}");
    let row = |amount: &str| format!("<tr><td>Application<td>{amount}");
    let both = [row("$500"), rest.to_owned(), group("Effective April 1, 2026"), row("$550")];
    let page_of_both = page(&both.concat());
    let announced = "$500 -> $550 announced 2026-04-01";
    assert_eq!(told(std::slice::from_ref(&page_of_both)), [announced]);
    let under = [group("Until March 31, 2026"), row("$500"), rest.to_owned()];
    let then = [group("From April 1, 2026"), row("$550"), rest.to_owned()];
    assert_eq!(told(&[page(&[under.concat(), then.concat()].concat())]), [announced]);
    // A row over others without a day is of none before it.
    let other = [both.concat(), group("Other"), "<tr><td>Copy of a file<td>$20".to_owned()];
    assert_eq!(
        said(&sees(&[page_of_both, page(&other.concat())])),
        [
            "changed",
            "wording_changed page.program/Program > Fees#text",
            "record_added pnp.fees/copy-of-a-file"
        ]
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

#[test]
fn a_sentence_that_names_a_fee_of_the_table_announces_it() {
    let with = |sentence: &str| format!("{}<p>{sentence}</p>", whole());
    let promised = "The application fee will be $550 as of April 1, 2026.";
    for sentence in [
        promised,
        "Fees change each year. Starting April 1, 2026, the fee for an application will be $550.",
        "The application fee will increase from $500 to $550 on April 1, 2026.",
        "The application fee is $500 before April 1, 2026, and $550 on or after that date.",
        "Effective April 1, 2026, the application fee will be $550 and the appeal fee will be $900.",
        "For applications received on or after April 1, 2026, the application fee is $550.",
        "From Apr. 1, 2026 the application fee is $550 (currently $500).",
        "Starting in April 2026, the application fee will be $550.",
    ] {
        let page = with(sentence);
        assert_eq!(
            told(std::slice::from_ref(&page)),
            ["$500 -> $550 announced 2026-04-01"],
            "{sentence}"
        );
        // The table says it too, then the sentence alone again: no news.
        let cell = page.replace("$500<tr>", "$500 ($550 from April 1, 2026)<tr>");
        assert_eq!(
            told(&[page.clone(), cell.clone(), page.clone()]),
            Vec::<String>::new(),
            "{sentence}"
        );
        // After its day it waits for the table.
        let mut pages = vec![page; 30];
        assert_eq!(told(&pages), Vec::<String>::new(), "{sentence}");
        pages.push(with("").replace("$500", "$550"));
        assert_eq!(told(&pages), ["$500 -> $550 in_force -"], "{sentence}");
    }
    assert_eq!(told(&[with(promised), whole()]), ["$550 -> $500 reversed -"]);
    let two = "Effective April 1, 2026, the application fee will be $550 and the review fee $275.";
    assert_eq!(told(&[with(two)]), ["$500 -> $550 announced 2026-04-01"]);
}

#[test]
fn a_sentence_about_another_fee_announces_nothing() {
    for sentence in [
        "The application fee for a family will be $550 as of April 1, 2026.",
        "The business application fee will be $550 as of April 1, 2026.",
        "The application fee will be $550 per child as of April 1, 2026.",
        "As of April 1, 2026, the fee will be $550.",
        "The application fee will be $550.",
        "The application fee will be $550 from April 1, 2025.",
        "A consultation proposes that the application fee will be $550 from April 1, 2026.",
        "If approved, the application fee will be $550 from April 1, 2026.",
        "The application fee is $500 from April 1, 2026 and $550 from April 1, 2027.",
        "If you pay by card, the application fee will be $550 as of April 1, 2026.",
    ] {
        let page = format!("{}<p>{sentence}</p>", whole());
        assert_eq!(told(&[page]), Vec::<String>::new(), "{sentence}");
    }
}

/// Figures of every type: in a table, in a grid, in a sentence and in an item.
const FIGURES: &str = r#"
[[source.facts]]
key = "pnp.table"
type = "thresholds"
record = "{name|slug}"
[source.facts.fields]
name = { key_only = true }
level = { from = "value", find = '^CLB \d+', as = "clb", optional = true }
hours = { from = "value", find = '^(?:at least )?([\d,]+) hours', as = "integer", optional = true }
share = { from = "value", find = '^{percent}', as = "percent", optional = true }
length = { from = "value", find = '^(\d+ (?:months?|years?))', as = "duration", optional = true }
[[source.facts.read]]
table = { columns = { name = '^what', value = '^value' } }

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
score = { as = "integer", optional = true }
[source.facts.statements]
reply = 'up to {days} (?:calendar )?days from the invitation'
pass = 'a pass is {score} points out of 100'
"#;

/// What is announced or said to hold when one part of the page of figures is put otherwise, and on the next page.
fn of_figures(from: &str, to: &str) -> [Vec<String>; 2] {
    let page = "<table><tr><th>What<th>Value<tr><td>Language<td>CLB 7<tr><td>Work<td>at least 1,560 hours in 3 years\
        <tr><td>Share<td>50%<tr><td>Stay<td>12 months of 2 years</table>\
        <table><tr><th>Age<th>Points<tr><td>20 to 29<td>110<tr><td>30<td>105</table>\
        <p>You have up to 30 calendar days from the invitation to reply. Within 30 calendar days, we write.</p>\
        <ul><li>A pass is 67 points out of 100</ul>";
    let told = |pages: &[String]| {
        let report = sees_of(&program(FIGURES), pages);
        let changes = report.changes.iter().filter(|change| change.fact.as_str() != "page.program");
        let mut told: Vec<String> = changes
            .map(|change| {
                let new = match &change.new {
                    Some(Side::Value(value)) => value.to_string(),
                    other => format!("{other:?}"),
                };
                let from = change.dates.effective_on.map(|day| format!(" {day}"));
                format!("{} {}{}", change.stage.word(), new, from.unwrap_or_default())
            })
            .collect();
        told.extend(report.unreadable.iter().map(|lost| format!("unreadable {lost}")));
        told.extend(report.held.iter().map(|change| format!("held {}", change.record)));
        told
    };
    let edited = page.replacen(from, to, 1);
    assert_ne!(edited, page, "{from}");
    let pages = [page.to_owned(), edited.clone()];
    let later = [&pages[..], &[format!("<p>Read this.</p>{edited}")]].concat();
    [told(&pages), told(&later)]
}

#[test]
fn a_figure_of_any_type_is_announced_with_the_one_in_brackets() {
    for (from, to, new) in [
        ("CLB 7", "CLB 7 (CLB 8 from March 1, 2027)", "8"),
        ("CLB 7", "CLB 8 as of March 1, 2027 (currently CLB 7)", "8"),
        ("1,560 hours", "1,560 hours (3,120 hours as of March 1, 2027)", "3,120"),
        ("1,560 hours", "3,120 hours from March 1, 2027 (1,560 hours until then)", "3,120"),
        ("50%", "50% (60% as of March 1, 2027)", "60 %"),
        (
            "12 months",
            "12 months (18 months for applications received on or after March 1, 2027)",
            "18 months",
        ),
        ("12 months of", "12 months (2 years effective March 1, 2027) of", "2 years"),
        ("<td>110", "<td>110 (105 as of March 1, 2027)", "105"),
        ("<td>110", "<td>105 as of March 1, 2027 (now 110)", "105"),
        (
            "30 calendar days",
            "30 calendar days (21 calendar days for invitations issued on or after March 1, 2027)",
            "21",
        ),
        ("67 points", "67 points (70 points as of March 1, 2027)", "70"),
        ("67 points", "70 points as of March 1, 2027 (currently 67 points)", "70"),
    ] {
        let [first, later] = of_figures(from, to);
        assert_eq!(first, [format!("announced {new} 2027-03-01")], "{to}");
        assert_eq!(later, [""; 0], "{to}");
    }
    // So is one alone with its day; what holds until then was known.
    for (from, to, new) in [
        ("CLB 7", "CLB 8 (as of March 1, 2027)", "8"),
        ("CLB 7", "CLB 8<br>Effective March 1, 2027", "8"),
        ("1,560 hours", "3,120 hours (as of March 1, 2027)", "3,120"),
        ("50%", "60%, effective March 2027", "60 %"),
        ("12 months of", "18 months (from Mar. 1, 2027) of", "18 months"),
        ("<td>110", "<td>105 (as of March 1, 2027)", "105"),
        ("30 calendar days", "21 calendar days (as of March 1, 2027)", "21"),
        ("You have up to 30", "As of March 1, 2027, you have up to 21", "21"),
        ("67 points", "70 points (as of March 1, 2027)", "70"),
        ("pass is 67", "pass is, from March 1, 2027, 70", "70"),
    ] {
        let [first, later] = of_figures(from, to);
        assert_eq!(first, [format!("announced {new} 2027-03-01")], "{to}");
        assert_eq!(later, [""; 0], "{to}");
    }
    // A day that has come puts it in force; a figure without a day, or of something else, is none.
    let [first, _] = of_figures("67 points", "67 points (70 points as of March 1, 2026)");
    assert_eq!(first, ["in_force 70"]);
    for (from, to) in [
        ("67 points", "67 points (70 for a couple)"),
        ("67 points", "67 points (apply from March 1, 2027)"),
        ("CLB 7", "CLB 7 (tests from March 1, 2025)"),
    ] {
        let [first, _] = of_figures(from, to);
        assert!(first.iter().all(|line| line.starts_with("unreadable")), "{to}: {first:?}");
    }
}

#[test]
fn a_schedule_of_fees_in_lines_is_read_line_by_line() {
    let recipe = program(
        r#"
[[source.facts]]
key = "pnp.fees"
type = "fees"
record = "{service|slug}"
[source.facts.fields]
service = { wording = true }
fee = { as = "money" }
[[source.facts.read]]
prose = { matches = '(?P<service>[a-z][^$]*[a-z)])[^$a-z]*(?P<fee>\$ ?\d[\d,]*(?:\.\d\d)?)', lines = true }
"#,
    );
    let page = "<p>Interest: $135<br>Worker application: $1,500<br>Review: $100</p>".to_owned();
    let told = |edited: String| said(&sees_of(&recipe, &[page.clone(), edited]));
    let of_fees = |lines: Vec<String>| -> Vec<String> {
        lines.into_iter().filter(|line| line.contains("pnp.fees")).collect()
    };
    // What a sentence says of a fee is no fee of its own.
    let sentence = "<p>Effective April 1, 2027, the Worker application fee will be $1,650.</p>";
    assert_eq!(
        of_fees(told(sentence.to_owned() + &page)),
        ["fee_changed pnp.fees/worker-application#fee"]
    );
    // Of two amounts side by side neither is believed.
    for both in ["$1,500 $1,650", "$1,650  $1,500"] {
        let lines = of_fees(told(page.replace("$1,500", both)));
        assert_eq!(lines, ["unreadable pnp.fees, worker-application, fee"]);
    }
    assert_eq!(
        of_fees(told(page.replace("$1,500", "$1,500 ($1,650 as of April 1, 2027)"))),
        ["fee_changed pnp.fees/worker-application#fee"]
    );
}

/// Conditions in sentences, each with a figure and its unit.
const TERMS: &str = r#"
[[source.facts]]
key = "pnp.work"
type = "thresholds"
record = "work"
[source.facts.fields]
length = { as = "duration" }
hours = { as = "integer" }
[[source.facts.read]]
prose = { matches = 'at least {length}.*?{hours} hours', first = true }

[[source.facts]]
key = "pnp.invitation"
type = "thresholds"
record = "invitation"
[source.facts.fields]
days = { as = "integer" }
[[source.facts.read]]
prose = { matches = 'within {days} calendar days', first = true }
"#;

#[test]
fn a_second_figure_without_its_unit_is_announced() {
    let page = "<p>You need at least 1 year of work or 1,560 hours in total (30 hours a week).</p>\
        <p>Apply within 14 calendar days from the invitation.</p>\
        <p>Your employer answers within 14 calendar days.</p>";
    let check = |from: &str, to: &str, expected: &str| {
        let report = sees_of(&program(TERMS), &[page.to_owned(), page.replace(from, to)]);
        let facts = report.changes.iter().filter(|c| c.fact.as_str().starts_with("pnp."));
        let side = |side: &Option<Side>| match side {
            Some(Side::Value(value)) => value.to_string(),
            other => format!("{other:?}"),
        };
        let day = |c: &Change| c.dates.effective_on.map_or("-".to_owned(), |day| day.to_string());
        let told: Vec<String> =
            facts.map(|c| format!("{} -> {} {}", side(&c.old), side(&c.new), day(c))).collect();
        assert_eq!(told, [expected], "{to}: {:?}", said(&report));
    };
    check("14 calendar", "14 (as of April 1, 2027: 15) calendar", "14 -> 15 2027-04-01");
    check("14 calendar", "14 (10 as of April 1, 2027) calendar", "14 -> 10 2027-04-01");
    check("1,560 hours", "1,560 (as of April 1, 2027: 1,950) hours", "1,560 -> 1,950 2027-04-01");
    check("1 year of", "1 (as of April 1, 2027: 2) year of", "1 year -> 2 years 2027-04-01");
}
