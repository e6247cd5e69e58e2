//! Draws that leave their page, or whose day is wrong on it.

use crate::absence::{DRAWS, RECIPE, check, program, said, sees_of, whole};

#[test]
fn what_leaves_a_window_at_its_old_end_is_archived_and_nothing_else_is() {
    let newest = "<tr><td>March 24, 2026<td>91<tr><td>March 3, 2026<td>90";
    let rolled = DRAWS
        .replace("<tr><td>March 3, 2026<td>90", newest)
        .replace("<tr><td>January 6, 2026<td>85", "");
    check(&[whole().replace(DRAWS, &rolled)], &["changed", "draw_added pnp.draws/2026-03-24"]);
    let between = whole().replace("<tr><td>February 3, 2026<td>88", "");
    check(&[between], &["changed", "draw_removed pnp.draws/2026-02-03"]);
    let first = whole().replace("<tr><td>March 3, 2026<td>90", "");
    check(&[first], &["held", "held draw_removed pnp.draws/2026-03-03"]);
    let corrected = whole().replace("February 3, 2026", "February 4, 2026");
    check(&[corrected], &["changed", "draw_corrected pnp.draws/2026-02-04#date"]);
    // Also of the newest, which is gone from its day.
    let earlier = whole().replace("March 3, 2026", "March 2, 2026");
    check(&[earlier], &["changed", "draw_corrected pnp.draws/2026-03-02#date"]);
    // A draw of a day before all others is put right where it stands: it has not left at the old end.
    let of = |day: &str| whole().replace("<th>Score", &format!("<th>Score<tr><td>{day}<td>91"));
    let put_right = ["changed", "draw_corrected pnp.draws/2026-03-05#date"];
    check(&[of("January 5, 2026"), of("March 5, 2026")], &put_right);
    let impossible = whole().replace("<th>Score", "<th>Score<tr><td>March 17, 2062<td>90");
    check(&[impossible], &["held", "held draw_added pnp.draws/2062-03-17"]);
}

#[test]
fn a_new_draw_a_year_off_is_held_and_told_when_it_is_put_right() {
    let of = |day: &str| whole().replace("<th>Score", &format!("<th>Score<tr><td>{day}<td>91"));
    check(&[of("March 17, 2025")], &["held", "held draw_added pnp.draws/2025-03-17"]);
    check(&[of("March 17, 2027")], &["held", "held draw_added pnp.draws/2027-03-17"]);
    let right = ["changed", "draw_added pnp.draws/2026-03-17"];
    check(&[of("March 17, 2025"), of("March 17, 2026")], &right);
    // An older one that is filled in below is what it says.
    let older =
        whole().replace("</table><h2>Notes", "<tr><td>August 6, 2025<td>70</table><h2>Notes");
    check(&[older], &["changed", "draw_added pnp.draws/2025-08-06"]);
}

#[test]
fn a_numbered_draw_is_not_of_a_day_before_the_one_with_the_number_before_it() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.rounds\"\ntype = \"draws\"\nrecord = \"{number}\"\n\
        [source.facts.fields]\nnumber = { as = \"integer\", key_only = true }\n\
        at = { as = \"time\", from = \"tie\", optional = true, note = true }\ndate = { as = \"date\" }\n\
        score = { as = \"integer\" }\n[[source.facts.read]]\n\
        table = { columns = { number = '^number', date = '^date', tie = '^tie', score = '^score' } }\n",
    );
    let page = |day: &str| {
        format!(
            "<table><tr><th>Number<th>Date<th>Tie<th>Score\
             <tr><td>12<td>{day}<td>March 8, 2026 at 10:00:00 UTC<td>90\
             <tr><td>11<td>March 3, 2026<td>March 2, 2026 at 10:00:00 UTC<td>91\
             <tr><td>10<td>January 5, 2025<td>January 4, 2025 at 10:00:00 UTC<td>70</table>"
        )
    };
    let first = page("March 8, 2026")
        .replace("<tr><td>12<td>March 8, 2026<td>March 8, 2026 at 10:00:00 UTC<td>90", "");
    let last = |pages: &[&str]| {
        let pages: Vec<String> = pages.iter().map(|day| page(day)).collect();
        said(&sees_of(&recipe, &[std::slice::from_ref(&first), &*pages].concat()))
    };
    for day in ["March 8, 2025", "March 8, 2027"] {
        assert_eq!(last(&[day]), ["held", "held draw_added pnp.rounds/12"], "{day}");
        assert_eq!(last(&[day, "March 8, 2026"]), ["changed", "draw_added pnp.rounds/12"]);
    }
    assert_eq!(last(&["March 8, 2026"]), ["changed", "draw_added pnp.rounds/12"]);
}

#[test]
fn a_draw_is_not_of_a_day_far_from_those_beside_it_in_its_table() {
    let first = "<h3>Older</h3><table><tr><th>Date<th>Score<tr><td>March 3, 2024<td>70\
        <tr><td>February 3, 2024<td>71</table>";
    let draws = DRAWS.replace("<table>", &format!("{first}<h3>Newer</h3><table>"));
    let before = whole().replace(DRAWS, &draws);
    let with =
        |day: &str, above: &str| before.replace(above, &format!("<tr><td>{day}<td>91{above}"));
    let newest = "<tr><td>March 3, 2026";
    let told = |page: String| {
        let report = sees_of(RECIPE, &[before.clone(), page]);
        [said(&report), report.outcome.reason().into_iter().collect()].concat()
    };
    // Held, though a table above it has older ones.
    for (day, above) in [
        ("March 17, 2025", newest),
        ("February 17, 2025", "<tr><td>February 3, 2026"),
        ("February 17, 2027", "<tr><td>February 3, 2026"),
    ] {
        let told = told(with(day, above));
        assert_eq!(told[0], "held", "{day}: {told:?}");
    }
    for (day, above) in [
        ("March 10, 2026", newest),
        ("February 17, 2026", "<tr><td>February 3, 2026"),
        ("August 17, 2025", "</table><h2>Notes"),
    ] {
        let told = told(with(day, above));
        assert_eq!(told[0], "changed", "{day}: {told:?}");
    }
}

#[test]
fn a_known_draw_does_not_move_a_year() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.rounds\"\ntype = \"draws\"\nrecord = \"{number}\"\n\
        [source.facts.fields]\nnumber = { as = \"integer\", key_only = true }\n\
        date = { as = \"date\" }\nscore = { as = \"integer\" }\n[[source.facts.read]]\n\
        table = { columns = { number = '^number', date = '^date', score = '^score' } }\n",
    );
    let page = |day: &str| {
        format!(
            "<table><tr><th>Number<th>Date<th>Score<tr><td>12<td>March 8, 2026<td>90\
             <tr><td>11<td>{day}<td>91<tr><td>10<td>February 20, 2026<td>92\
             <tr><td>9<td>January 5, 2024<td>70</table>"
        )
    };
    for (day, outcome) in
        [("March 3, 2025", "held"), ("March 3, 2027", "held"), ("March 2, 2026", "changed")]
    {
        let report = sees_of(&recipe, &[page("March 3, 2026"), page(day)]);
        assert_eq!(said(&report)[0], outcome, "{day}");
    }
}

#[test]
fn the_stream_of_a_draw_says_nothing_of_the_draw_that_left() {
    let recipe = program(
        r#"
[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}/{stream|slug}"
[source.facts.fields]
date = { as = "date" }
stream = {}
score = { as = "integer" }
[[source.facts.read]]
table = { columns = { date = '^date', stream = '^stream', score = '^score' } }
"#,
    );
    let row =
        |day: &str, score: u16| format!("<tr><td>{day}, 2026<td>Rural Renewal Stream<td>{score}");
    let page = |rows: &[String]| {
        format!(
            "<p>Places are kept for communities of the Rural Renewal Stream in 2026.</p>\
             <table><tr><th>Date<th>Stream<th>Score{}</table>",
            rows.concat()
        )
    };
    let [a, b, c] = [row("March 3", 51), row("February 3", 53), row("January 6", 55)];
    let whole = page(&[a.clone(), b, c.clone()]);
    let report = sees_of(&recipe, &[whole, page(&[a, c])]);
    let gone = "draw_removed pnp.draws/2026-02-03/rural-renewal-stream";
    assert_eq!(said(&report), ["changed", gone]);
}

/// Rounds, each in a table of its own that stands on its side.
const OWN_TABLES: &str = r#"
[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}/{pathway|slug}"
[source.facts.fields]
date = { as = "date" }
pathway = { }
invitations = { as = "integer" }
[[source.facts.read]]
[source.facts.read.table]
turned = true
columns = { date = '^date', pathway = '^pathway', invitations = '^invitations' }
"#;

#[test]
fn a_round_of_the_oldest_day_that_goes_from_between_others_is_removed() {
    let table = |day: &str, pathway: &str, count: u16| {
        format!(
            "<table><tr><th>Date<td>June {day}, 2026<tr><th>Pathway<td>{pathway}\
             <tr><th>Invitations<td>{count}</table>"
        )
    };
    let all = [
        table("4", "Employment here", 75),
        table("3", "Graduates of here", 243),
        table("3", "Francophone workers", 52),
        table("3", "Atlantic program", 97),
    ];
    let told = |tables: &[&String]| {
        let now: String = tables.iter().map(|table| table.as_str()).collect();
        let mut told = said(&sees_of(&program(OWN_TABLES), &[all.concat(), now]));
        told.retain(|line| line.contains("pnp."));
        told
    };
    let [a, b, c, d] = &all;
    assert_eq!(told(&[a, b, d]), ["draw_removed pnp.draws/2026-06-03/francophone-workers"]);
    // At the end of the page it may have left the window; and a table under other headers is unreadable.
    assert_eq!(told(&[a, b, c]), [""; 0]);
    let other = c.replace("<th>Date", "<th>Held");
    assert_eq!(told(&[a, b, &other, d]), ["unreadable pnp.draws, 2026-06-03/francophone-workers"]);
}

#[test]
fn the_heading_of_other_rounds_of_a_day_says_nothing_of_the_one_that_left() {
    let recipe = program(
        r#"
[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}/{stream|slug}"
[source.facts.fields]
date = { as = "date" }
stream = { from = "above" }
invitations = { from = "text", find = 'invited (\d+)', as = "integer" }
[[source.facts.read]]
headings = { matches = '^Invitations for (?P<date>.+)$' }
"#,
    );
    let round = |stream: u8, day: &str, count: u16| {
        format!(
            "<h3>Invitations for {day}, 2026</h3><p>We invited {count} people to stream {stream}.</p>"
        )
    };
    let page = |second: &str| {
        format!(
            "<h2>Stream one</h2>{}{}<h2>Stream two</h2>{second}<h2>Stream three</h2>{}{}",
            round(1, "July 2", 300),
            round(1, "June 4", 500),
            round(3, "July 2", 400),
            round(3, "June 4", 700)
        )
    };
    let whole = page(&round(2, "June 4", 604));
    let told = said(&sees_of(&recipe, &[whole.clone(), page("<p>None.</p>")]));
    assert!(told.iter().all(|line| !line.starts_with("unreadable")), "{told:?}");
    assert!(told[0] == "changed", "{told:?}");
}

#[test]
fn cells_that_slipped_under_other_headers_are_no_draw() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.rounds\"\ntype = \"draws\"\nrecord = \"{date}/{stream|slug}\"\n\
        [source.facts.fields]\ndate = { as = \"date\" }\nstream = {}\nscore = { as = \"integer\", optional = true }\n\
        invited = { as = \"integer\" }\n[[source.facts.read]]\n\
        table = { columns = { date = '^date', stream = '^stream', group = '^group', score = '^score', invited = '^invited' } }\n",
    );
    let rural = "<tr><td>Rural<td>All<td>80<td>20";
    let page = format!(
        "<table><tr><th>Date<th>Stream<th>Group<th>Score<th>Invited\
         <tr><td rowspan=2>May 14, 2026<td>Urban<td>All<td>90<td>10{rural}\
         <tr><td rowspan=2>May 6, 2026<td>Urban<td>All<td>91<td>11<tr><td>Care<td>Nurses<td>75<td>30</table>"
    );
    // Without its second row, and with the first cell still over two, the next row begins one column later.
    let told = said(&sees_of(&recipe, &[page.clone(), page.replace(rural, "")]));
    assert!(
        told[0] == "partial" && !told.iter().any(|said| said.contains("draw_added")),
        "{told:?}"
    );
    let new = "<tr><td>May 20, 2026<td>Rural<td>All<td>n/a<td>15<tr><td rowspan=2>May 14";
    let told =
        said(&sees_of(&recipe, &[page.clone(), page.replace("<tr><td rowspan=2>May 14", new)]));
    assert!(told.contains(&"draw_added pnp.rounds/2026-05-20/rural".to_owned()), "{told:?}");
}

#[test]
fn where_each_stream_has_its_latest_round_the_next_takes_its_place_alone() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.rounds\"\ntype = \"draws\"\nrecord = \"{date}/{stream|slug}\"\n\
        expect = { vanish = 1 }\n[source.facts.fields]\ndate = { as = \"date\" }\nstream = { from = \"heading\" }\n\
        counted = { optional = true, note = true }\ninvited = { as = \"integer\" }\n[[source.facts.read]]\n[source.facts.read.table]\n\
        turned = true\ncolumns = { date = '^date', invited = '^invited' }\noptional = { counted = '^profiles' }\n",
    );
    let round = |stream: &str, day: &str, counted: &str, invited: &str| {
        format!(
            "<h3>{stream}</h3><table><tr><th>Date<td>{day}<tr><th>Profiles of<td>{counted}<tr><th>Invited<td>{invited}</table>"
        )
    };
    let care = round("Care", "January 13, 2026", "January 1, 2026, noon", "75");
    let others = round("Farm", "January 12, 2026", "January 1, 2026, noon", "40")
        + &round("Trades", "January 14, 2026", "January 1, 2026, noon", "30");
    let told = |care_now: &str| {
        said(&sees_of(&recipe, &[format!("{care}{others}"), format!("{care_now}{others}")]))
    };
    for invited in ["80", "75"] {
        let next = round("Care", "February 19, 2026", "February 18, 2026, noon", invited);
        assert_eq!(told(&next), ["changed", "draw_added pnp.rounds/2026-02-19/care"], "{invited}");
    }
    let put_right = round("Care", "January 15, 2026", "January 1, 2026, noon", "75");
    let corrected = "draw_corrected pnp.rounds/2026-01-15/care#date";
    assert_eq!(told(&put_right), ["changed", corrected]);
}
