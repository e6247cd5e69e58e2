//! Pages of several streams: which of them a notice is of.

use super::heard_by;

/// A page of two streams, each a row of a table.
const SEVERAL: &str = r#"
[[source.facts]]
key = "pnp.streams"
type = "streams"
record = "{stream}"
[source.facts.fields]
stream = { as = "slug", vocabulary = "streams", key_only = true }
status = { as = "word", vocabulary = "stream-status" }
[[source.facts.read]]
let = { status = "open" }
table = { columns = { stream = '^stream', asks = '^asks' } }
[[source.facts.read]]
part = "notices"
required = false
status = { each = "streams" }
"#;

const TABLE: &str = "<table><tr><th>Stream<th>Asks for\
    <tr><td>Skilled Worker stream<td>A job offer<tr><td>Health Authority stream<td>An offer of an authority</table>";

#[test]
fn on_a_page_of_several_streams_a_notice_is_of_the_one_it_names() {
    let with = |notice: &str| format!("<h3>Notice</h3><p>{notice}</p>{TABLE}");
    let heard = |pages: &[String]| heard_by(SEVERAL, "pnp.streams", pages);
    let paused =
        with("The Health Authority stream is paused. We are not accepting new applications.");
    let table = TABLE.to_owned();
    for (notice, expected) in [
        (paused.clone(), "health-authority: in_force open > paused"),
        (
            with("The Skilled Worker stream is currently not accepting registrations."),
            "skilled-worker: in_force open > paused",
        ),
        (
            with("Effective April 20, 2026, intake for the Skilled Worker stream will close."),
            "skilled-worker: announced open > closed 2026-04-20",
        ),
    ] {
        assert_eq!(heard(&[table.clone(), notice.clone()]), [expected], "{notice}");
    }
    // One without a row here, none at all, and one under a condition.
    for notice in [
        "The Care stream is closed.",
        "If the Health Authority stream is paused, wait.",
        "Our office is closed.",
    ] {
        assert_eq!(heard(&[table.clone(), with(notice)]), Vec::<String>::new(), "{notice}");
    }
    // Taken off, the table says it again; in other words, the stream stays as it was.
    let opened = "health-authority: reversed paused > open";
    assert_eq!(heard(&[table.clone(), paused.clone(), table.clone()]), [opened]);
    let both = with("The Health Authority stream is paused. The Skilled Worker stream is closed.");
    let one = with("The Skilled Worker stream is closed.");
    assert_eq!(heard(&[table.clone(), both.clone(), one]), [opened]);
    let words = with("Health authorities wait for the next intake.");
    let lost = "unreadable pnp.streams, health-authority";
    assert_eq!(heard(&[paused.clone(), words.clone(), words.clone()]), [lost]);
    let after = heard(&[paused, words.clone(), words, table]);
    assert_eq!(after, ["health-authority: in_force paused > open"]);
}

#[test]
fn what_is_said_of_all_streams_is_said_of_each() {
    let with = |notice: &str| format!("<h3>Notice</h3><p>{notice}</p>{TABLE}");
    let recipe = SEVERAL.replace("each = \"streams\"", "each = \"streams\", all = '^SPNP$'");
    let heard = |notice: &str| heard_by(&recipe, "pnp.streams", &[TABLE.to_owned(), with(notice)]);
    for (notice, states) in [
        ("Both streams are closed.", ["closed", "closed"]),
        (
            "Both the Health Authority stream and the Skilled Worker stream are closed.",
            ["closed", "closed"],
        ),
        ("The Skilled Worker and Health Authority streams are both paused.", ["paused", "paused"]),
        ("All of our streams are paused until further notice.", ["paused", "paused"]),
        ("Intake to the SPNP is paused as of March 2, 2026.", ["paused", "paused"]),
        ("The Skilled Worker stream is closed. The SPNP is paused.", ["paused", "closed"]),
    ] {
        let expected: Vec<String> = ["health-authority", "skilled-worker"]
            .iter()
            .zip(states)
            .map(|(stream, state)| format!("{stream}: in_force open > {state}"))
            .collect();
        assert_eq!(heard(notice), expected, "{notice}");
    }
    for notice in ["The SPNP is open.", "The APNP is closed.", "All other streams are closed."] {
        assert_eq!(heard(notice), Vec::<String>::new(), "{notice}");
    }
}

#[test]
fn a_sentence_without_a_name_is_of_the_streams_it_stands_under() {
    let page = |over: &str, under: &str| {
        format!("{over}{TABLE}<h2>Health Authority stream</h2><p>It is in the table.</p>{under}")
    };
    let heard = |over, under| heard_by(SEVERAL, "pnp.streams", &[page("", ""), page(over, under)]);
    let both =
        ["health-authority: in_force open > paused", "skilled-worker: in_force open > paused"];
    for over in [
        "<p>We are not accepting applications at this time.</p>",
        "<div class=alert><h2>Notice</h2><p>We are not accepting applications at this time.</p></div>",
        "<h2>We are not accepting applications at this time</h2><p>See our news.</p>",
        "<p>This program is paused.</p>",
        "<p>Status: Paused</p>",
    ] {
        assert_eq!(heard(over, ""), both, "{over}");
    }
    for under in [
        "<p>This stream is paused.</p>",
        "<p>We are not accepting applications at this time.</p>",
        "<h3>Notice</h3><p>Intake is paused.</p>",
        "<p>Status: Paused</p>",
    ] {
        assert_eq!(heard("", under), both[..1], "{under}");
    }
    let named = "<p>The Skilled Worker stream has changed. Intake is paused.</p>";
    assert_eq!(heard(named, ""), both[1..]);
    // Of another stream, or of one of which nothing says which it is.
    for over in [
        "<p>This stream is paused.</p>",
        "<p>The Rural stream has changed. We are not accepting applications at this time.</p>",
        "<h2>Rural stream</h2><p>We are not accepting applications at this time.</p>",
        "<h2>Job posting 12</h2><p>Status: Paused</p>",
        "<p>If we are not accepting applications, wait.</p>",
        "<p>We are now accepting applications.</p>",
    ] {
        assert_eq!(heard(over, ""), [""; 0], "{over}");
    }
}

/// A page of two streams on which notices alone say how they are.
const NOTICES_OF_SEVERAL: &str = r#"
[[source.facts]]
key = "pnp.streams"
type = "streams"
record = "{stream}"
[source.facts.fields]
stream = { as = "slug", vocabulary = "streams", key_only = true }
status = { as = "word", vocabulary = "stream-status" }
[[source.facts.read]]
required = false
status = { each = "streams" }
"#;

#[test]
fn what_notices_alone_say_of_several_streams_is_told() {
    let page = |notice: &str| format!("<p>{notice}</p>{TABLE}");
    let heard = |notices: &[&str]| {
        let pages: Vec<String> = notices.iter().map(|notice| page(notice)).collect();
        heard_by(NOTICES_OF_SEVERAL, "pnp.streams", &pages)
    };
    let (open, closed) =
        ("The Health Authority stream is open.", "The Health Authority stream is closed.");
    assert_eq!(heard(&[open, closed]), ["health-authority: in_force open > closed"]);
    assert_eq!(heard(&["Welcome.", closed]), ["health-authority: in_force - > -"]);
}
