//! Not found is not gone, and nothing on a watched page goes unread: on pages of our own, seen one
//! after another through the whole program.

use jiff::{Timestamp, ToSpan as _};
use rulewatch::checking::Report;
use rulewatch::fetch::Reply;
use rulewatch::model::Page;

use crate::world::World;

/// Streams with a status each, fees, a window of draws.
pub(crate) const RECIPE: &str = r#"
[vocabulary.status]
closed = 'closed|paused'
open = 'open|register'

[[source]]
id = "program"
program = "pnp"
jurisdiction = "SK"
url = "https://www.example.org/program"
verified = "2026-01-01"

[[source.facts]]
key = "pnp.intake"
type = "streams"
record = "intake"
[source.facts.fields]
status = { as = "word", vocabulary = "status" }
[[source.facts.read]]
prose = { matches = 'the intake is (?P<status>closed|open)' }
[[source.facts.read]]
prose = { matches = 'you may (?P<status>register) now' }

[[source.facts]]
key = "pnp.fees"
type = "fees"
record = "{label|slug}"
[source.facts.fields]
label = { note = true }
fee = { as = "money" }
[[source.facts.read]]
under = ['^fees$']
table = { columns = { label = '^fee', fee = '^amount' } }

[[source.facts]]
key = "pnp.points"
type = "points"
record = "{label|slug}"
[source.facts.fields]
label = { note = true }
points = { as = "integer" }
from_canada = { as = "flag", from = "where", when = 'in Canada' }
[[source.facts.read]]
under = ['^points$']
table = { columns = { label = '^factor', points = '^points', where = '^where' } }

[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}"
[source.facts.fields]
date = { as = "date" }
score = { as = "integer" }
[[source.facts.read]]
under = ['^draws$']
table = { columns = { date = '^date', score = '^score' } }
"#;

pub(crate) const INTAKE: &str = "<p>The intake is closed until further notice.</p>";
pub(crate) const FEES: &str = "<h2>Fees</h2><table><tr><th>Fee<th>Amount<tr><td>Application<td>$500\
    <tr><td>Review of a decision<td>$250<tr><td>Change of employer<td>$100</table>";
pub(crate) const POINTS: &str = "<h2>Points</h2><table><tr><th>Factor<th>Points<th>Where\
    <tr><td>Work experience<td>10<td>Obtained in Canada<tr><td>Education<td>20<td>Anywhere\
    <tr><td>Age<td>12<td>Anywhere</table>";
pub(crate) const DRAWS: &str = "<h2>Draws</h2><table><tr><th>Date<th>Score<tr><td>March 3, 2026<td>90\
    <tr><td>February 3, 2026<td>88<tr><td>January 6, 2026<td>85</table>";
pub(crate) const NOTES: &str = "<h2>Notes</h2><p>Applicants keep copies for six years and answer letters in time.</p>\
    <p>An application that lacks a form is returned, and the fee with it.</p>";

pub(crate) fn whole() -> String {
    [INTAKE, FEES, POINTS, DRAWS, NOTES].concat()
}

/// Sees the page, then each of others a day apart; what is said of the last.
pub(crate) fn sees(pages: &[String]) -> Report {
    let first = [whole()];
    let all: Vec<String> = first.iter().chain(pages).cloned().collect();
    sees_of(RECIPE, &all)
}

/// The recipe of a source with these fact sets.
pub(crate) fn program(facts: &str) -> String {
    format!(
        "[[source]]\nid = \"program\"\nprogram = \"pnp\"\nurl = \"https://www.example.org/program\"\n\
         verified = \"2026-01-01\"\n{facts}"
    )
}

/// Sees pages a day apart; what is said of the last.
pub(crate) fn sees_of(recipe: &str, pages: &[String]) -> Report {
    let body = |content: &String| {
        format!("<html><body><main><h1>Program</h1>{content}</main></body></html>")
    };
    sees_bodies(recipe, &pages.iter().map(body).collect::<Vec<_>>())
}

/// Sees bodies a day apart; what is said of the last.
pub(crate) fn sees_bodies(recipe: &str, bodies: &[String]) -> Report {
    let mut world = World::new("program", &[recipe]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut at: Timestamp = "2026-03-10T12:00:00Z".parse().unwrap();
    let mut last = None;
    for body in bodies {
        let body = body.clone();
        let reply = Reply::Page(Page::from_file(world.url(), body.into_bytes(), at));
        last = Some(runtime.block_on(world.see(at, reply)).0);
        at += 24.hours();
    }
    last.unwrap()
}

/// A line for each change, held change, unreadable and unread thing.
pub(crate) fn said(report: &Report) -> Vec<String> {
    let mut said = vec![report.outcome.word().to_owned()];
    for (word, changes) in [("", &report.changes), ("held ", &report.held)] {
        said.extend(changes.iter().map(|change| {
            let field = change.field.as_ref().map(|field| format!("#{field}")).unwrap_or_default();
            format!("{word}{} {}/{}{field}", change.kind.word(), change.fact, change.record)
        }));
    }
    said.extend(report.unreadable.iter().map(|lost| format!("unreadable {lost}")));
    said.extend(report.unread.iter().map(|unread| format!("unread {}", unread.what)));
    said
}

#[track_caller]
pub(crate) fn check(pages: &[String], expected: &[&str]) {
    assert_eq!(said(&sees(pages)), expected);
}

#[track_caller]
fn check_edit(from: &str, to: &str, expected: &[&str]) {
    assert!(whole().contains(from), "{from}");
    check(&[whole().replace(from, to)], expected);
}

#[test]
fn a_place_that_is_lost_is_unreadable_and_the_others_are_told() {
    let edited = whole()
        .replace("<h2>Fees</h2>", "")
        .replace("<th>Fee<th>Amount", "")
        .replace("<td>20", "<td>25");
    let report = sees(&[edited]);
    let said = said(&report);
    assert_eq!(said[..2], ["partial", "points_changed pnp.points/education#points"]);
    assert!(said[2..].iter().all(|line| line.starts_with("unreadable pnp.fees")), "{said:?}");
    assert!(said.len() > 2, "{said:?}");
    assert!(report.changes.iter().all(|change| !change.fact.as_str().starts_with("pnp.fees")));
}

#[test]
fn of_a_page_whose_only_set_is_reworded_the_words_are_told() {
    let recipe = &RECIPE[..RECIPE.find("[[source.facts]]\nkey = \"pnp.fees\"").unwrap()];
    let only = |intake: &str| [intake, POINTS, NOTES].concat();
    let reworded = only("<p>No application is taken before the next fiscal year.</p>");
    let report = sees_of(recipe, &[only(INTAKE), reworded]);
    assert_eq!(
        said(&report),
        ["partial", "wording_changed page.program/Program#text", "unreadable pnp.intake, intake"]
    );
    // Another page in its place says nothing of this one.
    let report = sees_of(recipe, &[only(INTAKE), "<p>This content has moved.</p>".to_owned()]);
    assert_eq!(said(&report), ["broken"]);
}

#[test]
fn a_row_that_is_gone_from_its_place_is_gone_unless_it_stands_elsewhere() {
    let row = "<tr><td>Change of employer<td>$100";
    check_edit(row, "", &["changed", "record_removed pnp.fees/change-of-employer"]);
    let moved = whole()
        .replace(row, "")
        .replace("<h2>Notes</h2>", "<h2>Notes</h2><p>Change of employer: ask us.</p>");
    let report = sees(std::slice::from_ref(&moved));
    assert_eq!(report.outcome.word(), "held");
    assert!(said(&report).contains(&"held record_removed pnp.fees/change-of-employer".to_owned()));
    // That it is said again proves nothing.
    let again = sees(&[moved.clone(), moved.clone(), moved]);
    assert_eq!(again.outcome.word(), "held");
}

#[test]
fn a_row_made_one_with_another_or_of_one_cell_has_not_left() {
    check_edit(
        "<td>Application<td>$500",
        "<td colspan=2>Application: $500",
        &["held", "held record_removed pnp.fees/application"],
    );
    // The label and the figure of another row are in its cells: twice, so that it is no news the second time.
    let two = "<td>Application<br>Renewal<td>$500<br>$300";
    let page = whole().replace("<td>Application<td>$500", two);
    for pages in [vec![page.clone()], vec![page.clone(), page]] {
        let told = said(&sees(&pages));
        let lost: Vec<&String> = told.iter().filter(|line| line.contains("pnp.fees")).collect();
        let rows = ["application-renewal, fee", "application"];
        assert_eq!(lost, rows.map(|row| format!("unreadable pnp.fees, {row}")).each_ref());
    }
}

#[test]
fn a_yes_whose_words_are_not_found_is_no_no() {
    let lost = "unreadable pnp.points, work-experience, from_canada";
    let report = sees(&[whole().replace("Obtained in Canada", "Obtained in this country")]);
    assert!(said(&report).contains(&lost.to_owned()), "{:?}", said(&report));
    assert!(report.changes.iter().all(|change| change.fact.as_str() != "pnp.points"));
}

#[test]
fn a_column_called_otherwise_is_one_thing_that_is_unreadable() {
    let edited = whole().replace("<th>Factor<th>Points", "<th>Factor<th>Worth");
    let report = sees(&[edited]);
    let of_points: Vec<String> =
        said(&report).into_iter().filter(|line| line.contains("pnp.points")).collect();
    assert!(of_points.len() <= 1, "{of_points:?}");
    assert!(report.changes.iter().all(|change| change.fact.as_str() != "pnp.points"));
}

#[test]
fn a_later_sentence_tells_another_state_only_where_it_is_new() {
    let open = "<p>You may register now.</p>";
    let report = sees(&[whole().replace(INTAKE, open)]);
    assert!(
        said(&report).contains(&"stream_opened pnp.intake/intake#status".to_owned()),
        "{report:?}"
    );
    // A sentence that stood there all along says nothing new when the one before it is reworded.
    let both = format!("{}{open}", whole());
    let reworded = both.replace("The intake is closed", "No intake takes place");
    let report = sees(&[both, reworded]);
    assert!(
        said(&report).contains(&"unreadable pnp.intake, intake".to_owned()),
        "{:?}",
        said(&report)
    );
    assert!(report.changes.iter().all(|change| change.fact.as_str() != "pnp.intake"));
}

#[test]
fn a_notice_that_is_taken_off_says_nothing_any_more() {
    let opened = "stream_opened pnp.intake/intake#status";
    let unread = "unreadable pnp.intake, intake";
    let open = "<p>You may register now.</p>";
    let shut = format!("{}{open}", whole());
    let clear = shut.replace(INTAKE, "");
    let with = |notice: &str| shut.replace(INTAKE, notice);
    let elsewhere = |from: &str, to: &str| clear.replace(from, to);
    let said_last =
        |pages: &[&str]| said(&sees(&pages.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()));
    // On the page as it was before the notice, and on one whose figures have changed.
    let moved = elsewhere("$500", "$550");
    for page in [&clear, &moved] {
        let said = said_last(&[&clear, &shut, page]);
        assert!(said.contains(&opened.to_owned()), "{said:?}");
        assert_ne!(said[0], "partial", "{said:?}");
    }
    // It closes again, and opens again.
    let said = said_last(&[&shut, &clear, &shut, &shut, &clear]);
    assert!(said.contains(&opened.to_owned()), "{said:?}");
    // In other words, it is unreadable for as long as these stand there.
    for words in ["We have shut our doors.", "The intake reopens on May 1, 2027."] {
        let reworded = with(&format!("<p>{words}</p>"));
        for pages in [&[&shut, &reworded][..], &[&shut, &reworded, &reworded, &reworded]] {
            let pages: Vec<&str> = pages.iter().map(|page| page.as_str()).collect();
            let said = said_last(&pages);
            assert!(said.contains(&unread.to_owned()), "{words}: {said:?}");
            assert!(!said.contains(&opened.to_owned()), "{words}: {said:?}");
        }
        let said = said_last(&[&shut, &reworded, &reworded, &clear, &clear]);
        assert_eq!(said, ["unchanged"], "{words}");
        let said = said_last(&[&shut, &reworded, &reworded, &clear]);
        assert!(said.contains(&opened.to_owned()), "{words}: {said:?}");
        // Other new words do not stand for those that have left.
        let other = elsewhere("$500", "$550");
        let said = said_last(&[&shut, &reworded, &other]);
        assert!(said.contains(&opened.to_owned()), "{words}: {said:?}");
    }
}

#[test]
fn the_day_of_a_field_that_cannot_be_read_is_not_told() {
    let recipe = RECIPE
        .replace(r#"record = "intake""#, "record = \"intake\"\nexpires = \"until\"")
        .replace(
            "[source.facts.fields]\nstatus =",
            "[source.facts.fields]\nuntil = { as = \"date\", from = \"text\", find = 'until (\\w+ \\d+, \\d{4})', optional = true }\nstatus =",
        );
    let dated = whole().replace("until further notice", "until June 30, 2027");
    let report = sees_of(
        &recipe,
        &[dated.clone(), dated.replace("closed until June 30, 2027", "open until May 1, 2027")],
    );
    let days = |report: &Report| -> Vec<_> {
        report
            .changes
            .iter()
            .filter(|c| c.fact.as_str() == "pnp.intake")
            .map(|c| c.dates.expires_on)
            .collect()
    };
    assert!(days(&report).iter().all(Option::is_some) && !report.changes.is_empty(), "{report:?}");
    let report = sees_of(
        &recipe,
        &[dated.clone(), dated.replace("closed until June 30, 2027", "open until the end of June")],
    );
    assert_eq!(days(&report), [None], "{report:?}");
}

#[test]
fn a_day_put_right_in_a_notice_is_one_correction() {
    let recipe = program(
        "[[source.facts]]\nkey = \"pnp.notices\"\ntype = \"notices\"\nrecord = \"{date}/{says|slug}\"\n\
        effective = \"date\"\n[source.facts.fields]\ndate = { as = \"date\" }\n\
        says = { find = '^.{1,80}', wording = true }\n[[source.facts.read]]\n\
        prose = { matches = '^Effective {date}, (?P<says>.+)$' }\n",
    );
    let page = |day: &str, says: &str| {
        format!(
            "<p>Effective {day}, {says}</p><p>Effective February 2, 2026, letters are answered in \
             six weeks.</p><p>Effective January 5, 2026, forms are sent online.</p>"
        )
    };
    let says = "the stream takes no more forms.";
    let told = |pages: &[String]| said(&sees_of(&recipe, pages));
    let put_right = told(&[page("March 4, 2026", says), page("March 5, 2026", says)]);
    assert_eq!(put_right.len(), 2, "{put_right:?}");
    assert!(put_right[1].ends_with("#date"), "{put_right:?}");
    let other = told(&[page("March 4, 2026", says), page("March 5, 2026", "the stream is new.")]);
    assert_eq!(other.len(), 3, "{other:?}");
}

#[test]
fn what_is_ten_times_off_is_released_by_no_page() {
    let edited = whole().replace("$500", "$5,000");
    let pages = vec![edited; 4];
    assert_eq!(said(&sees(&pages))[0], "held");
}

#[test]
fn of_a_page_that_was_cut_nothing_is_gone() {
    let half =
        [INTAKE, "<h2>Fees</h2><table><tr><th>Fee<th>Amount<tr><td>Application<td>$500</table>"]
            .concat();
    let report = sees(&[half.clone(), half.clone(), half]);
    assert_eq!(report.outcome.word(), "partial");
    assert!(
        report.changes.iter().all(|change| change.fact.as_str() == "page.program"),
        "{:?}",
        said(&report)
    );
}

#[test]
fn what_was_unreadable_is_compared_when_it_is_read_again() {
    let lost = whole().replace("<h2>Fees</h2>", "").replace("<th>Fee<th>Amount", "");
    let again = whole().replace("$500", "$550");
    let report = sees(&[lost.clone(), lost, again]);
    let fees: Vec<String> =
        said(&report).into_iter().filter(|line| line.contains("pnp.fees")).collect();
    assert_eq!(fees, ["fee_changed pnp.fees/application#fee"]);
    let change = report.changes.iter().find(|change| change.fact.as_str() == "pnp.fees").unwrap();
    // It happened after the page was last read with it.
    assert_eq!(change.last_seen_unchanged_at.unwrap().to_string(), "2026-03-10T12:00:00Z");
}

#[test]
fn after_a_day_without_its_rows_a_set_with_an_allowed_complaint_is_compared_again() {
    let recipe = RECIPE.replacen(
        "record = \"{label|slug}\"",
        "record = \"{label|slug}\"\nexpect = { complaints = 1 }",
        1,
    );
    let page = |words: &str| whole().replace("<td>$100", words);
    let whole = page("<td>No fee");
    let rows = &whole[whole.find("<tr><td>Application").unwrap()..whole.find("</table>").unwrap()];
    let empty = whole.replacen(rows, "", 1);
    let seen = |days: &[String]| said(&sees_of(&recipe, days));
    let lost = seen(&[whole.clone(), empty.clone()]);
    assert!(lost.contains(&"unreadable pnp.fees".to_owned()), "{lost:?}");
    let back = seen(&[whole.clone(), empty.clone(), whole.clone()]);
    assert!(back.iter().all(|line| !line.starts_with("unreadable")), "{back:?}");
    let raised = whole.replace("$250", "$275");
    assert_eq!(
        seen(&[whole.clone(), empty, whole, raised]),
        ["changed", "fee_changed pnp.fees/review-of-a-decision#fee"]
    );
}

#[test]
fn a_table_that_a_script_fills_has_not_lost_its_rows() {
    let whole = whole().replace("<th>Amount", "<th>Amount (updated January 5, 2026)");
    let rows = &whole[whole.find("<tr><td>Application").unwrap()..whole.find("</table>").unwrap()];
    for row in ["", "<tr><td colspan=2>Loading…", "<tr><td colspan=2>Please wait"] {
        let empty = whole.replacen(rows, row, 1);
        let lost = said(&sees_of(RECIPE, &[whole.clone(), empty.clone()]));
        assert_eq!(lost, ["partial", "unreadable pnp.fees"], "{row}");
        let back = said(&sees_of(RECIPE, &[whole.clone(), empty, whole.clone()]));
        assert_eq!(back, ["unchanged"], "{row}");
    }
}

/// Caps by sector, each in a sentence.
const CAPS: &str = r#"[[source.facts]]
key = "pnp.caps"
type = "thresholds"
record = "{sector|slug}"
expect = { min = 1, vanish = 1 }
[source.facts.fields]
sector = { key_only = true }
cap = { as = "integer" }
[[source.facts.read]]
prose = { matches = '^(?P<sector>[\w ]+): (?P<cap>\d+) nominations' }
"#;

#[test]
fn a_sentence_worded_anew_that_names_its_record_did_not_remove_it() {
    let caps = |last: &str| {
        format!("<p>Retail: 120 nominations</p><p>Food services: 300 nominations</p>{last}{NOTES}")
    };
    let before = caps("<p>Trucking: 238 nominations</p>");
    let see = |pages: &[&str]| {
        let pages = [&before].into_iter().cloned().chain(pages.iter().map(|last| caps(last)));
        said(&sees_of(&program(CAPS), &pages.collect::<Vec<_>>()))
    };
    let unreadable = "unreadable pnp.caps, trucking".to_owned();
    for worded in [
        "<p>Of these, 238 are set aside for Trucking.</p>",
        "<p>For the trucking sector it is 190.</p>",
        "<p>Trucking – max. 238</p>",
    ] {
        // Until it can be read, or leaves: the next page has the same words, and they are not new any more.
        for times in 1..4 {
            let said = see(&vec![worded; times]);
            assert!(said.contains(&unreadable), "{worded}: {said:?}");
            assert!(said.iter().all(|line| !line.starts_with("record_removed")), "{said:?}");
        }
        let said = see(&[worded, worded, ""]);
        assert!(said.iter().any(|line| line.starts_with("record_removed")), "{worded}: {said:?}");
    }
    // Another record with the same figures, in a line of the same paragraph, is read, and no sign of it.
    let lines = |last: &str| format!("<p>Retail: 238 nominations<br>{last}</p>{NOTES}");
    let pages =
        [lines("Trucking: 238 nominations"), lines("Of these, 190 are reserved for Trucking.")];
    let told =
        said(&sees_of(&program(&CAPS.replace("'^(?P<sector>", "'(?m)^(?P<sector>")), &pages));
    assert!(told.contains(&unreadable), "{told:?}");
    // Words that were there before, and new ones of something else, are no sign of it.
    for gone in ["", "<p>Hotels: see the guide.</p>"] {
        let said = see(&[gone]);
        assert!(said.iter().any(|line| line.starts_with("record_removed")), "{gone}: {said:?}");
    }
}

#[test]
fn a_sentence_that_is_said_in_another_form_did_not_remove_its_record() {
    let recipe = format!(
        "[vocabulary.sectors]\nfood = 'food|hospitality'\nretail = 'retail'\n\
         trucking = 'trucking|transport'\n{}",
        program(CAPS)
    );
    let recipe = recipe.replace(
        "{ key_only = true }",
        "{ as = \"slug\", vocabulary = \"sectors\", key_only = true }",
    );
    let recipe = recipe.replace("{sector|slug}", "{sector}").replace(
        r"'^(?P<sector>[\w ]+): (?P<cap>\d+) nominations'",
        r"'(?P<cap>\d+) nominations? \w+ set aside for (?P<sector>[\w ]+)'",
    );
    let page = |food: &str| {
        format!(
            "<ul><li>120 nominations are set aside for Retail trade<li>{food}</ul><p>Hospitality \
             and food are capped.</p>{NOTES}"
        )
    };
    let before = page("300 nominations are set aside for Hospitality and food");
    let told = |food: &str| said(&sees_of(&recipe, &[before.clone(), page(food)]));
    for food in [
        "310 (was 300) nominations are set aside for Hospitality and food",
        "310 of all nominations are set aside for Hospitality and food",
    ] {
        let said = told(food);
        assert!(said.contains(&"unreadable pnp.caps, food".to_owned()), "{food}: {said:?}");
        assert!(said.iter().all(|line| !line.starts_with("record_removed")), "{food}: {said:?}");
    }
    // A space that is left by what was struck out is no other form.
    for food in [
        "<s>300</s> 310 nominations are set aside for ( <s>Retail</s> Hospitality and food )",
        "310 nominations are set aside for Hospitality and food",
    ] {
        let said = told(&food.replace("( ", "").replace(" )", ""));
        assert!(said.contains(&"threshold_changed pnp.caps/food#cap".to_owned()), "{said:?}");
    }
    let said = told("310 nominations are set aside for Transport");
    assert!(said.iter().any(|line| line.starts_with("record_removed")), "{said:?}");
}

#[test]
fn what_leaves_one_set_and_stays_in_another_is_gone_from_the_one() {
    let set = |name: &str| {
        format!(
            r#"[[source.facts]]
key = "pnp.{name}"
type = "occupations"
record = "{{noc}}"
[source.facts.fields]
noc = {{ as = "noc" }}
title = {{ wording = true }}
[[source.facts.read]]
under = ['^{name}']
prose = {{ matches = '^(?P<noc>\d{{5}}) (?P<title>.+)$', lines = true }}
"#
        )
    };
    let recipe = program(&[set("priority"), set("health")].concat());
    let list =
        |heading: &str, lines: &[&str]| format!("<h2>{heading}</h2><p>{}</p>", lines.join("<br>"));
    let lines = ["31300 Nursing coordinators", "32101 Practical nurses", "32103 Therapists"];
    let page = |first: &[&str]| [list("Priority", first), list("Health", &lines)].concat();
    let report = sees_of(&recipe, &[page(&lines), page(&[lines[0], lines[2]])]);
    let said = said(&report);
    assert!(said.contains(&"occupation_removed pnp.priority/32101".to_owned()), "{report:?}");
    assert!(report.unreadable.is_empty(), "{said:?}");
}

#[test]
fn a_law_in_another_language_is_not_the_law() {
    let recipe = "[[source]]\nid = \"program\"\nprogram = \"law\"\nurl = \"https://www.example.org/law.xml\"\n\
        format = \"xml\"\nverified = \"2026-01-01\"\n[[source.facts]]\nkey = \"law.text\"\ntype = \"clauses\"\n\
        record = \"{label}\"\n[source.facts.fields]\ntext = { as = \"clauses\" }\n[[source.facts.read]]\n\
        law = { sections = [\"1-90\"] }\n";
    let law = |words: &str| -> String {
        let section =
            |n: usize| format!("<Section><Label>{n}</Label><Text>{words} {n}</Text></Section>");
        let sections: String = (1..40).map(section).collect();
        format!("<?xml version=\"1.0\"?><Regulation><Body>{sections}</Body></Regulation>")
    };
    let english = law("The applicant must give the officer the forms of the application");
    let french =
        law("Les demandeurs remettent les formulaires et les droits dans les délais des articles");
    let report = sees_bodies(recipe, &[english.clone(), french.clone()]);
    assert!(format!("{:?}", report.outcome).contains("a page in English"), "{report:?}");
    assert!(report.changes.is_empty(), "{report:?}");
    // A first one is what it is.
    let report = sees_bodies(recipe, &[french.clone(), french]);
    assert_eq!(said(&report), ["unchanged"], "{report:?}");
}

#[test]
fn words_that_moved_to_a_sentence_of_their_own_are_not_gone() {
    let recipe = program(
        r#"
[[source.facts]]
key = "pnp.permit"
type = "thresholds"
record = "permit"
[source.facts.fields]
months = { from = "text", as = "duration", find = 'valid for up to (\d+ months)', optional = true }
allowed = { from = "text", as = "flag", when = '\bmay work\b' }
[[source.facts.read]]
prose = { matches = '^Your permit', first = true }
"#,
    );
    let whole = "<p>Your permit is valid for up to 36 months and you may work anywhere.</p><p>Keep a copy.</p>";
    let parted = "<p>Your permit is valid for up to 36 months.</p><p>Keep a copy.</p><p>You may work anywhere.</p>";
    // Nor are they at a later check of the same page.
    let comment = format!("{parted}<!-- again -->");
    let pages = [whole, parted, &comment, parted].map(str::to_owned);
    for n in 2..=pages.len() {
        let lost = said(&sees_of(&recipe, &pages[..n]));
        let is_lost = lost.iter().any(|line| line.starts_with("unreadable pnp.permit, permit"));
        assert!(is_lost, "{n}: {lost:?}");
        assert!(lost.iter().all(|line| !line.starts_with("threshold")), "{n}: {lost:?}");
    }
}

#[test]
fn a_yes_that_leaves_its_sentence_is_no_though_a_figure_of_it_is_new() {
    let recipe = program(
        r#"
[[source.facts]]
key = "pnp.experience"
type = "thresholds"
record = "experience"
[source.facts.fields]
months = { from = "text", as = "duration", find = '(?:at least|au moins) (\d+ (?:months?|mois|years?))' }
continuous = { from = "text", as = "flag", when = '\bcontinu(?:ous|e)\b' }
[[source.facts.read]]
prose = { matches = '(?:at least|au moins) .*(?:experience|expérience)', first = true }
"#,
    );
    let then = "You need at least 6 months of full-time, continuous work experience";
    let alors = "Il vous faut au moins 6 mois d’expérience de travail continue et à temps plein";
    let both = ["months", "continuous"]
        .map(|f| format!("threshold_changed pnp.experience/experience#{f}"));
    let says = |was: &str, is: &str| {
        said(&sees_of(&recipe, &[was, is].map(|line| format!("<p>{line}.</p><p>Keep a copy.</p>"))))
    };
    for (was, is) in [
        (then, "You need at least 12 months of full-time work experience"),
        (then, "You need at least 1 year of full-time work experience"),
        (alors, "Il vous faut au moins 12 mois d’expérience de travail à temps plein"),
    ] {
        let said = says(was, is);
        assert!(both.iter().all(|told| said.contains(told)), "{is}: {said:?}");
    }
    // The word may have been replaced by another of the same meaning.
    for is in [
        "You need at least 12 months of full-time, uninterrupted work experience",
        "You need at least 12 months of full-time work experience without a break",
    ] {
        let said = says(then, is);
        assert!(said.contains(&both[0]) && !said.contains(&both[1]), "{is}: {said:?}");
        assert!(said.iter().any(|line| line.starts_with("unreadable")), "{is}: {said:?}");
    }
}
