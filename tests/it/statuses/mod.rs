//! What notices on the page of a stream say of that stream, and of no other: pages of our own, seen one after
//! another through the whole program.

use rulewatch::model::{Change, Side};

use crate::absence::sees_of;

mod several;

/// What every recipe here begins with: the words of a status, and its source.
const BEGINS: &str = r#"
[vocabulary.stream-status]
closed = '^closed$'
paused = '^paused$'
intake_closed = '^intake_closed$'
open = '.'

[vocabulary.streams]
skilled-worker = '^skilled worker'
health-authority = '^health authority'
care = '^care'

[[source]]
id = "program"
program = "pnp"
jurisdiction = "SK"
url = "https://www.example.org/program"
verified = "2026-01-01"
"#;

/// A page of one stream.
const ONE: &str = r#"
[[source.facts]]
key = "pnp.farm"
type = "streams"
record = "farm"
[source.facts.fields]
status = { as = "word", vocabulary = "stream-status" }
[[source.facts.read]]
status = { of = 'farm stream' }
[[source.facts.read]]
prose = { matches = '^the farm stream (?P<status>is for)', first = true }
"#;

const PAGE: &str = "<h2>Farm Stream</h2>\
    <p>The Farm Stream is for farm owners who have worked here. Other streams may suit you better.</p>\
    <h2>How to apply</h2><p>Send the form, and wait until we write to you.</p>\
    <ul><li><a href=\"/rural\">Rural Stream</a></li><li><a href=\"/care\">Care Pathway</a></li></ul>";

/// The page with a notice over its text.
fn with(notice: &str) -> String {
    format!("<div class=\"callout\">{notice}</div>{PAGE}")
}

/// The changes of the status on the last of these pages, and what could not be read.
fn heard(pages: &[String]) -> Vec<String> {
    heard_by(ONE, "pnp.farm", pages)
}

fn heard_by(recipe: &str, fact: &str, pages: &[String]) -> Vec<String> {
    let report = sees_of(&[BEGINS, recipe].concat(), pages);
    let side = |side: &Option<Side>| match side {
        Some(Side::Value(value)) => value.to_string(),
        _ => "-".to_owned(),
    };
    let line = |change: &Change| {
        let from = change.dates.effective_on.map_or(String::new(), |day| format!(" {day}"));
        let until = change.dates.expires_on.map_or(String::new(), |day| format!(" until {day}"));
        let of = if fact == "pnp.farm" { String::new() } else { format!("{}: ", change.record) };
        let (old, new) = (side(&change.old), side(&change.new));
        format!("{of}{} {old} > {new}{from}{until}", change.stage.word())
    };
    let of_status = report.changes.iter().filter(|change| change.fact.as_str() == fact);
    let lost = report.unreadable.iter().map(|lost| format!("unreadable {lost}"));
    of_status.map(line).chain(lost).collect()
}

#[track_caller]
fn check(notice: &str, expected: &[&str]) {
    assert_eq!(heard(&[PAGE.to_owned(), with(notice)]), expected, "{notice}");
}

/// What a page says of its stream is a set that only a notice fills.
const NOTICES: &str = r#"
[[source.facts]]
key = "pnp.farm"
type = "streams"
record = "farm"
[source.facts.fields]
status = { as = "word", vocabulary = "stream-status" }
[[source.facts.read]]
required = false
status = { of = 'farm stream' }
"#;

#[test]
fn what_will_become_of_a_stream_that_was_not_read_so_far_is_announced() {
    let tells = |notice: &str, expected: &str| {
        let told = heard_by(NOTICES, "pnp.farm", &[PAGE.to_owned(), with(notice)]);
        assert_eq!(told, [expected], "{notice}");
    };
    let notice = "<p>This stream will be closed from December 24, 2027.</p>";
    tells(notice, "announced open > closed 2027-12-24");
    tells("<p>This stream is paused.</p>", "in_force - > -");
}

/// Notices of a stream, and how it then is.
const TOLD: &[(&str, &str)] = &[
    ("<p>The Farm Stream is paused until further notice.</p>", "paused"),
    ("<p>This stream is not accepting new applications at this time.</p>", "paused"),
    ("<h3>Intake paused</h3><p>We are currently not accepting registrations.</p>", "paused"),
    ("<p><strong>Note:</strong> Intake for this stream is temporarily closed.</p>", "paused"),
    ("<h3>This stream is closed</h3>", "closed"),
    ("<p>The Farm Stream is now closed, and no more registrations are taken.</p>", "closed"),
    (
        "<p>Thank you for your interest. The intake limit for this stream has been reached.</p>",
        "intake_closed",
    ),
    ("<ul><li>No further applications will be accepted for this year.</li></ul>", "intake_closed"),
    ("<p>The Rural Stream is open. The Farm Stream is closed.</p>", "closed"),
    ("<p>The Rural and Farm Streams are closed.</p>", "closed"),
    ("<p>All streams are closed.</p>", "closed"),
    ("<p>Both the Farm Stream and the Rural Stream are closed.</p>", "closed"),
    ("<p>The Farm Stream closed on March 2, 2026.</p>", "closed"),
    ("<p>Intake for this stream was paused on March 2, 2026.</p>", "paused"),
    (
        "<p>As of March 2, 2026, applications under this stream are no longer being accepted.</p>",
        "intake_closed",
    ),
    ("<ul><li>Status: Closed – not accepting applications</li></ul>", "closed"),
    ("<dl><dt>Status</dt><dd>Closed</dd></dl>", "closed"),
    ("<h3>Status</h3><p>Paused</p>", "paused"),
    ("<table><tr><th>Stream<th>Status<tr><td>Farm Stream<td>Closed</table>", "closed"),
    ("<h2>Farm Stream (paused)</h2>", "paused"),
    ("<h2>Farm Stream — CLOSED</h2>", "closed"),
    ("<p>The limit for 2026 has been reached.</p>", "intake_closed"),
    ("<p>Application limits for 2026 have been reached.</p>", "intake_closed"),
    ("<p>Intake for 2026 is complete.</p>", "intake_closed"),
    ("<p>The intake period is over.</p>", "intake_closed"),
    ("<p>All spots for 2026 have been filled.</p>", "intake_closed"),
    ("<p>We have received the maximum number of applications for 2026.</p>", "intake_closed"),
    ("<p>The deadline to apply has passed.</p>", "intake_closed"),
    ("<p>You can no longer apply to the Farm Stream.</p>", "intake_closed"),
    ("<p>It is no longer possible to apply to the Farm Stream.</p>", "intake_closed"),
    ("<p>You can’t apply to this stream at this time.</p>", "paused"),
    ("<p>The Farm Stream isn’t accepting new applications.</p>", "paused"),
    ("<p>We’ve paused the Farm Stream.</p>", "paused"),
    ("<p>The Farm Stream is currently unavailable.</p>", "paused"),
    ("<p>Intake for the Farm Stream has been halted.</p>", "paused"),
    ("<p>The Farm Stream has been replaced by the Rural Stream.</p>", "closed"),
    ("<p>The Farm Stream has been terminated.</p>", "closed"),
    ("<p>The Farm Stream is no longer offered.</p>", "closed"),
    ("<p>The Farm Stream has come to an end.</p>", "closed"),
    ("<p>This public policy expired on March 2, 2026.</p>", "closed"),
    ("<p>The application portal for the Farm Stream is closed.</p>", "closed"),
    ("<p>Status – Closed</p>", "closed"),
    ("<h2>Closed: Farm Stream</h2>", "closed"),
    ("<h2>[Closed] Farm Stream</h2>", "closed"),
    ("<h2>Farm Stream – Intake closed</h2>", "closed"),
    ("<h2>Farm Stream – Expired</h2>", "closed"),
    ("<h2>Farm Stream<span class='label label-danger'>Closed</span></h2>", "closed"),
    ("<h2>Farm Stream</h2><p><span class=badge>Closed</span></p>", "closed"),
    ("<p>Le volet a pris fin le 2 mars 2026.</p>", "closed"),
    ("<p>Cette politique publique a expiré le 2 mars 2026.</p>", "closed"),
    ("<p>Le volet a été remplacé par un autre volet.</p>", "closed"),
    ("<p>Le volet n’est plus offert.</p>", "closed"),
    ("<p>Il n’est plus possible de présenter une demande.</p>", "intake_closed"),
    ("<p>La limite de demandes pour 2026 a été atteinte.</p>", "intake_closed"),
    ("<p>Aucune nouvelle demande ne sera acceptée.</p>", "intake_closed"),
    ("<p>Le volet n’accepte plus de demandes.</p>", "intake_closed"),
    ("<p>We are pausing intake to the Farm Stream.</p>", "paused"),
    ("<p>The last day to apply to the Farm Stream was March 2, 2026.</p>", "closed"),
    (
        "<p>Applications to the Farm Stream received after March 2, 2026 will be returned.</p>",
        "intake_closed",
    ),
    (
        "<p>Update, March 2, 2026: the limit for the year has been reached. It is therefore closed.</p>",
        "intake_closed",
    ),
    ("<p>Nous n’acceptons plus de demandes dans le volet.</p>", "intake_closed"),
    ("<p>La réception des demandes dans ce volet est interrompue.</p>", "paused"),
    ("<p>Le quota est atteint; aucune autre demande ne sera acceptée.</p>", "intake_closed"),
    (
        "<p>Invitations to apply under the Farm Stream are paused until further notice.</p>",
        "paused",
    ),
    ("<p>As of March 1, 2026, draws for this stream are suspended.</p>", "paused"),
];

#[test]
fn a_notice_of_the_stream_is_told() {
    for &(notice, state) in TOLD {
        let of_both = if notice.contains("Farm Streams") { "farm streams?" } else { "farm stream" };
        let recipe = [BEGINS, ONE].concat().replace("'farm stream'", &format!("'{of_both}'"));
        let report = sees_of(&recipe, &[PAGE.to_owned(), with(notice)]);
        let told = report.changes.iter().find(|change| change.fact.as_str() == "pnp.farm");
        let new = told.and_then(|change| change.new.clone());
        let Some(Side::Value(new)) = new else { panic!("{notice}: {report:?}") };
        assert_eq!(new.to_string(), state, "{notice}");
        assert_eq!(told.unwrap().severity, rulewatch::model::Severity::Block, "{notice}");
    }
}

#[test]
fn a_notice_of_another_stream_or_under_a_condition_is_not() {
    for notice in [
        "<p>The Rural Stream is not accepting applications at this time.</p>",
        "<p>The Care Pathway is closed. We are not accepting new applications.</p>",
        "<p>The Care Pathway has reached its limit.</p><p>Intake is closed.</p>",
        "<p>Applications for the Care Pathway are paused. No new applications will be accepted.</p>",
        "<p>No new applications will be accepted for the Care Pathway.</p>",
        "<p>Intake is closed for the Rural Stream.</p>",
        "<h3>Rural Stream</h3><p>This stream is closed.</p>",
        "<h3>The Rural Stream is paused until further notice</h3>",
        "<p>If this stream is closed, your form is returned.</p>",
        "<p>When intake is paused, we say so here. Once the stream is full, it is closed.</p>",
        "<p>If you no longer work for your employer, your application is closed.</p>",
        "<p>The Farm Stream is closed on weekends.</p>",
        "<p>Status: Permanent resident</p>",
        "<p>Invitations expired on March 1, 2026.</p>",
        "<h3>Rural Stream</h3><p>Status: Closed</p>",
        "<table><tr><th>Stream<th>Status<tr><td>Rural Stream<td>Closed</table>",
        "<h2>Rural Stream (closed)</h2><p>See the list.</p>",
        "<p>The Farm Stream is closed to applicants without a permit.</p>",
        "<p>Our office is closed from December 24 to January 2.</p>",
        "<p>The portal is closed for maintenance on December 5, 2026.</p>",
        "<p>In 2024, intake was paused. It is open again.</p>",
        "<p>The Farm Stream may be paused next year.</p>",
        "<p>The Farm Stream will be paused.</p>",
        "<p>All other streams are closed.</p>",
        "<p>The Farm Stream was closed.</p>",
        "<p>The Farm Stream closed on March 2, 2020 and reopened on May 4, 2021.</p>",
        "<p>The Farm Stream closed on March 2, 2020. The Farm Stream reopened on May 4, 2021.</p>",
        "<p>Applications are not accepted by mail.</p>",
        "<p>Applications from one employer are no longer being accepted.</p>",
        "<p>We no longer accept paper applications.</p>",
        "<p>Your permit will expire on March 1, 2027.</p>",
        "<p>Once your application is closed, you can’t reopen it.</p>",
        "<p>A closed work permit is valid for one employer.</p>",
        "<p>Videos have closed captions.</p>",
        "<p>Our online portal is closed.</p>",
        "<p>The survey is open until March 1, 2027.</p>",
        "<p>This form was replaced by another.</p>",
        "<p>You can no longer apply to the Rural Stream.</p>",
        "<p>You can’t apply by mail.</p>",
        "<p>Rumours that the Farm Stream is closed are false.</p>",
        "<p>We plan to close the Farm Stream.</p>",
        "<p>Le bureau est fermé.</p>",
        "<p>The information session about the Farm Stream on November 20 is full.</p>",
        "<p>Interviews for the Farm Stream are paused until May 1, 2026.</p>",
        "<p>The Farm Stream no longer accepts applications that are incomplete.</p>",
        "<p>Incomplete applications received after March 2, 2026 will be returned.</p>",
        "<p>Nurses can no longer apply to the Farm Stream.</p>",
        "<p>Applications to the Rural Stream received after March 2, 2026 will be returned.</p>",
        "<p>Votre permis de travail a expiré le 2 mars 2026.</p>",
        "<p>Nous n’acceptons plus les demandes papier.</p>",
        "<p>Le volet n’est pas fermé.</p>",
        "<h3>Job posting 12</h3><p>Status: Closed</p>",
        "<h3>Your application status</h3><p>Status: Closed</p>",
        "<h3>Office hours</h3><p>Monday: 9 to 5</p><p>Sunday: Closed</p>",
        "<h3>Closed work permits</h3><p>See the list.</p>",
    ] {
        check(notice, &[]);
    }
}

#[test]
fn a_notice_of_a_day_to_come_is_announced_and_then_in_force() {
    let pause = "<p>The Farm Stream will be paused from April 20, 2026.</p>";
    for notice in [
        pause,
        "<p>Effective April 20, 2026, we will not accept new applications.</p>",
        "<h3>Upcoming pause</h3><p>Intake will be paused on April 20, 2026.</p>",
    ] {
        check(notice, &["announced open > paused 2026-04-20"]);
    }
    // The same again, in other words, is no news.
    let again = with("<p>As of April 20, 2026, intake for this stream will be paused.</p>");
    assert_eq!(heard(&[PAGE.to_owned(), with(pause), again]), Vec::<String>::new());
    // Taken off, nothing comes of it.
    let pages = [PAGE.to_owned(), with(pause), PAGE.to_owned()];
    assert_eq!(heard(&pages), ["reversed paused > open"]);
    // On a page that says so from the first, it is open until then.
    let now = with("<p>This stream is closed.</p>");
    assert_eq!(heard(&[with(pause), now]), ["in_force open > closed"]);
    // A pause, and the day on which it ends.
    let reopens = with("<p>The Farm Stream is paused. It reopens in spring.</p>");
    let on =
        with("<p>The Farm Stream is paused. The Farm Stream will reopen on April 20, 2026.</p>");
    assert_eq!(heard(&[PAGE.to_owned(), reopens.clone()]), ["in_force open > paused"]);
    assert_eq!(heard(&[reopens.clone(), on]), ["announced paused > open 2026-04-20"]);
    // The same sentence, or the next one, may go on with it.
    for notice in [
        "<p>The Farm Stream is paused and will reopen on April 20, 2026.</p>",
        "<p>The Farm Stream is paused. It will reopen on Monday, April 20, 2026 at 9 a.m. CST.</p>",
        "<p>This stream is paused until April 20, 2026, when it will reopen.</p>",
        "<h3>Intake paused</h3><p>Intake is paused, but will resume on April 20, 2026.</p>",
    ] {
        let told = heard(&[reopens.clone(), with(notice)]);
        assert_eq!(told, ["announced paused > open 2026-04-20"], "{notice}");
    }
    // What reopens is not always the stream.
    for notice in [
        "<p>The Farm Stream is paused. Our portal is offline. It will reopen on April 20, 2026.</p>",
        "<p>The Farm Stream is paused. The Rural Stream will reopen on April 20, 2026.</p>",
        "<p>The Farm Stream is paused and is expected to reopen on April 20, 2026.</p>",
    ] {
        assert_eq!(heard(&[reopens.clone(), with(notice)]), [""; 0], "{notice}");
    }
    // A day that has come.
    check(
        "<p>Effective January 5, 2026, the Farm Stream is closed.</p>",
        &["in_force open > closed"],
    );
}

#[test]
fn a_pause_that_is_put_off_is_announced_for_its_other_day() {
    let pause =
        |day: &str| with(&format!("<p>The Farm Stream will be paused from April {day}, 2026.</p>"));
    let mut pages = vec![PAGE.to_owned(), pause("20"), pause("27")];
    assert_eq!(heard(&pages), ["announced open > paused 2026-04-27"]);
    pages.push(PAGE.to_owned());
    assert_eq!(heard(&pages), ["reversed paused > open"]);
}

#[test]
fn the_day_of_a_closing_put_right_is_told_by_the_words_of_its_page() {
    let farm = ONE.replace(
        "status = { as",
        "since = { as = \"date\", optional = true, note = true }\nstatus = { as",
    );
    let farm = farm.replace("record = \"farm\"", "record = \"farm\"\neffective = \"since\"");
    let closed = |day: &str| {
        let english = format!("<p>The Farm Stream ended on {day}, 2026.</p>");
        with(&english)
    };
    let report = sees_of(&[BEGINS, &farm].concat(), &[closed("January 5"), closed("February 2")]);
    let told: Vec<&str> = report.changes.iter().map(|change| change.fact.as_str()).collect();
    assert_eq!(told, ["page.program"]);
}

#[test]
fn a_coming_closure_is_announced_in_plain_words() {
    for (notice, told) in [
        (
            "<p>The Farm Stream will stop taking applications at 4:30 p.m. on April 20, 2026.</p>",
            "announced open > intake_closed 2026-04-20",
        ),
        (
            "<p>The Farm Stream stops accepting applications on April 20, 2026.</p>",
            "announced open > intake_closed 2026-04-20",
        ),
        (
            "<p>The Farm Stream is open until 4:30 p.m. on April 20, 2026.</p>",
            "announced open > closed 2026-04-21",
        ),
        (
            "<p>There will be no intake for the Farm Stream in 2027.</p>",
            "announced open > intake_closed 2027-01-01",
        ),
        (
            "<p>Le volet cessera d’accepter des demandes le 20 avril 2026.</p>",
            "announced open > intake_closed 2026-04-20",
        ),
    ] {
        check(notice, &[told]);
    }
}

#[test]
fn the_last_day_of_a_pause_is_told_and_leaves_with_it() {
    for notice in [
        "<p>The Farm Stream is paused until May 1, 2026.</p>",
        "<p>Intake for this stream is on hold until 4:30 p.m. on May 1, 2026.</p>",
        "<ul><li>Status: Paused until May 1, 2026</li></ul>",
        "<h2>Farm Stream (paused until May 1, 2026)</h2>",
        "<p>Le volet est suspendu jusqu’au 1er mai 2026.</p>",
    ] {
        check(notice, &["in_force open > paused until 2026-05-01"]);
        let off = [PAGE.to_owned(), with(notice), PAGE.to_owned()];
        assert_eq!(heard(&off), ["reversed paused > open"], "{notice}");
        let closed = with("<p>The Farm Stream is closed.</p>");
        let off = [PAGE.to_owned(), with(notice), closed];
        assert_eq!(heard(&off), ["in_force paused > closed"], "{notice}");
    }
    let stretch =
        "<p>We are pausing intake to the Farm Stream from April 20, 2026 to May 1, 2026.</p>";
    check(stretch, &["announced open > paused 2026-04-20 until 2026-05-01"]);
}

/// An intake with its days, beside which notices stand.
const WINDOW: &str = r#"
[[source.facts]]
key = "pnp.farm"
type = "streams"
record = "farm"
effective = "opens_on"
expires = "closes_on"
[source.facts.fields]
status = { as = "word", vocabulary = "stream-status" }
opens_on = { as = "date", optional = true }
closes_on = { as = "date", optional = true }
[[source.facts.read]]
required = false
prose = { matches = 'intake (?P<status>opens) on {opens_on} and closes on {closes_on}', first = true }
[[source.facts.read]]
part = "notices"
required = false
status = { of = 'farm stream' }
"#;

#[test]
fn a_notice_counts_over_the_days_of_an_intake() {
    let window = |notice: &str| {
        let intake = "The intake opens on March 1, 2026 and closes on June 1, 2026 by noon";
        format!("{notice}<p>{intake}, Yukon Standard Time.</p>")
    };
    for (notice, told) in [
        ("<p>The Farm Stream is closed to new applications.</p>", "in_force open > closed"),
        ("<p>The Farm Stream is paused until May 1, 2026.</p>", "in_force open > paused"),
        (
            "<p>Effective April 20, 2026, the Farm Stream is suspended.</p>",
            "announced open > paused 2026-04-20",
        ),
    ] {
        let told_of = heard_by(WINDOW, "pnp.farm", &[window(""), window(notice)]);
        // The last day of the intake is not that of its closing.
        assert_eq!(told_of, [told], "{notice}");
        let off = [window(""), window(notice), window("")];
        assert_eq!(heard_by(WINDOW, "pnp.farm", &off).len(), 1, "{notice}");
    }
    for notice in
        ["<p>Our office is closed on May 4, 2026.</p>", "<p>The Farm Stream remains open.</p>"]
    {
        let told = heard_by(WINDOW, "pnp.farm", &[window(""), window(notice)]);
        assert_eq!(told, [""; 0], "{notice}");
    }
}

#[test]
fn the_next_intake_takes_the_place_of_a_notice_that_it_is_closed() {
    let intake = |words: &str| format!("<h2>Intake</h2><p>The {words}</p>");
    let open = intake("intake opens on March 1, 2026 and closes on March 9, 2026.");
    let until = intake("intake for the Farm Stream is open until June 1, 2026.");
    let closed = intake("Farm Stream is closed.");
    let next = intake("next intake opens on June 1, 2026 and closes on June 12, 2026.");
    let told = heard_by(WINDOW, "pnp.farm", &[open, closed.clone(), next.clone()]);
    let opened = "announced closed > open 2026-06-01 until 2026-06-12";
    assert_eq!(told.last().map(String::as_str), Some(opened), "{told:?}");
    // A further sentence may say that it is still closed.
    let shut = next.replace("2026.</p>", "2026. Until then no one is taken on.</p>");
    let told = heard_by(WINDOW, "pnp.farm", &[until.clone(), closed, shut]);
    assert_eq!(told, ["unreadable pnp.farm, farm"]);
    // The last day of a window that is known is no news.
    let window = intake("intake opens on March 1, 2026 and closes on June 1, 2026.");
    let told = heard_by(WINDOW, "pnp.farm", &[window, until]);
    assert!(told.iter().all(|said| !said.contains('>')), "{told:?}");
}

#[test]
fn a_notice_that_stands_after_its_day_puts_nothing_in_force() {
    for (notice, confirmed) in [
        (
            "<p>The Farm Stream will be paused from April 20, 2026.</p>",
            "<p>The Farm Stream is paused since April 20, 2026.</p>",
        ),
        (
            "<p>Effective April 20, 2026, we will not accept new applications.</p>",
            "<p>This stream is not accepting new applications.</p>",
        ),
        (
            "<p>Intake for this stream will be paused on April 20, 2026. Apply before that day.</p>",
            "<p>Intake for this stream was paused on April 20, 2026.</p>",
        ),
    ] {
        let mut pages = vec![PAGE.to_owned()];
        pages.extend(vec![with(notice); 45]);
        for other in [" ", "<p>Our office has moved.</p>"] {
            pages.push([&with(notice), other].concat());
            assert_eq!(heard(&pages), [""; 0], "{notice}");
        }
        pages.push(with(confirmed));
        let told = heard(&pages);
        assert!(told.len() == 1 && told[0].starts_with("in_force open > paused"), "{told:?}");
    }
}

#[test]
fn a_notice_that_is_taken_off_opens_the_stream_again() {
    let closed = with("<p>The Farm Stream is closed.</p>");
    let other = with("<p>The Rural Stream is closed.</p>");
    let portal = with("<p>A guide for farm owners is published.</p>");
    for after in [PAGE, &other, &portal] {
        let pages = [PAGE.to_owned(), closed.clone(), after.to_owned()];
        assert_eq!(heard(&pages), ["reversed closed > open"], "{after}");
    }
    let opened = with("<p>The Farm Stream is now open for applications.</p>");
    assert_eq!(heard(&[closed.clone(), opened]), ["in_force closed > open"]);
    // What may say it in other words leaves it as it was.
    let unread = "unreadable pnp.farm, farm";
    for notice in ["<p>Our doors are shut for this year.</p>", "<p>Wait for the next intake.</p>"] {
        let pages = [closed.clone(), with(notice), with(notice)];
        assert_eq!(heard(&pages), [unread], "{notice}");
        let pages = [closed.clone(), with(notice), with(notice), PAGE.to_owned()];
        assert_eq!(heard(&pages), ["in_force closed > open"], "{notice}");
    }
}

#[test]
fn a_word_in_a_list_or_beside_another_thing_is_no_status() {
    let page = |more: &str| {
        format!(
            "<main><article><h1>Farm Stream</h1>{more}<p>The Farm Stream is for farm owners.</p></article></main>"
        )
    };
    let list = "<dl><dt>Closed</dt><dd>We have made a decision.</dd><dt>Open</dt><dd>We have your file.</dd></dl>";
    assert_eq!(heard(&[page(""), page(list)]), [""; 0]);
    assert_eq!(heard(&[page(""), page("<p>Closed</p>")]), ["in_force open > closed"]);
    let job = "</article><h3>Job posting 12</h3><p>Status: Closed</p></main>";
    assert_eq!(heard(&[page(""), page("").replace("</article></main>", job)]), [""; 0]);
}

#[test]
fn a_permit_may_have_a_name() {
    let recipe = NOTICES.replace("farm stream", "farm visa");
    let tells = |notice: &str| heard_by(&recipe, "pnp.farm", &[PAGE.to_owned(), with(notice)]);
    for notice in
        ["<p>The Farm Visa work permit is closed.</p>", "<h2>Farm Visa: work permits – Full</h2>"]
    {
        assert_eq!(tells(notice), ["in_force - > -"], "{notice}");
    }
}

/// Suspensions with the day until which they hold, and what is asked of whom.
const UNTIL: &str = r#"
[[source.facts]]
key = "pnp.farm"
type = "streams"
record = "{area|slug}"
expires = "until"
[source.facts.fields]
area = { from = "text", find = '\b(?:north|south)\b', as = "slug", each = true, key_only = true }
status = { as = "word", vocabulary = "suspension" }
until = { from = "text", find = 'until ({date})', as = "date", optional = true }
[[source.facts.read]]
prose = { matches = '^intake in .* (?P<status>is suspended|has resumed)' }

[[source.facts]]
key = "pnp.requirements"
type = "thresholds"
[source.facts.fields]
job_offer = { from = "text", as = "flag", when = 'job offer' }
[source.facts.statements]
farm = 'farm stream\b'

[vocabulary.suspension]
paused = 'suspended'
open = 'resumed'
"#;

#[test]
fn a_day_goes_with_the_state_that_it_was_of() {
    let page = |says: &str| {
        format!(
            "{PAGE}<p>Intake in the north and south {says}.</p><p>The Farm Stream asks for a job offer.</p>"
        )
    };
    let suspended = page("is suspended until June 1, 2026");
    let told = |pages: &[String]| heard_by(UNTIL, "pnp.farm", pages);
    let opened = ["in_force paused > open"; 2];
    assert_eq!(told(&[suspended.clone(), page("has resumed")]), opened);
    assert!(told(&[suspended.clone(), page("has resumed"), page("has resumed")]).is_empty());
    // While the state is the same, a day that is not found is not gone.
    let reworded = told(&[suspended, page("is suspended to the end of June")]);
    assert!(reworded.iter().any(|line| line.starts_with("unreadable")), "{reworded:?}");
}

#[test]
fn a_notice_of_status_is_not_taken_for_the_sentence_on_whom_it_is_for() {
    let asks = "<p>The Farm Stream asks for a job offer.</p>";
    let page = |notice: &str| format!("{notice}{asks}<p>Intake in the north is suspended.</p>");
    for notice in
        ["<p>The Farm Stream closed on March 2, 2026.</p>", "<p>The Farm Stream is closed.</p>"]
    {
        let told = heard_by(UNTIL, "pnp.requirements", &[page(""), page(notice)]);
        assert_eq!(told, [""; 0], "{notice}");
    }
}

#[test]
fn a_stream_of_which_its_page_only_says_whom_it_is_for_is_told_to_close() {
    for notice in [
        "This sub-category is currently closed.",
        "This stream is currently closed.",
        "This stream is now closed to new applications.",
        "The Farm Stream closed on January 4, 2026.",
    ] {
        let told = heard(&[PAGE.to_owned(), with(&format!("<p>{notice}</p>"))]);
        assert!(told.iter().any(|line| line.contains("closed")), "{notice}: {told:?}");
    }
    for notice in [
        "This stream is currently paused.",
        "We are not accepting new applications at this time.",
        "Applications are not being accepted.",
        "Applications are currently not being accepted for this stream.",
        "The intake is now closed.",
        "Intake is now closed.",
    ] {
        let told = heard(&[PAGE.to_owned(), with(&format!("<p>{notice}</p>"))]);
        let is_state = |line: &String| line.contains("paused") || line.contains("closed");
        assert!(told.iter().any(is_state), "{notice}: {told:?}");
    }
}

#[test]
fn a_label_may_stand_behind_the_last_words_of_a_page() {
    for last in [
        "<ul><li>Send a letter <dl><dt>Requirement</dt><dd>A form</dd><dd>A copy</dd></dl></li></ul>",
        "<ul><li>One<ul><li>Two<dl><dt>Status</dt><dd>A form</dd><dd>Paused</dd></dl></li></ul></li></ul>",
    ] {
        let report = sees_of(&[BEGINS, ONE].concat(), &[PAGE.to_owned(), format!("{PAGE}{last}")]);
        assert_eq!(report.outcome.word(), "changed", "{last}");
    }
}
