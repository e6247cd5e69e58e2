//! What a notice states: sentence by sentence, what the sets of each list of notices read from it. A sentence that is
//! not certainly so now, or from a day in it, gives nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::{Date, date};
use rulewatch::catalog::Source;
use rulewatch::checking::Report;
use rulewatch::fetch::Reply;
use rulewatch::model::{FactSet, Page, Record, RecordKey};
use rulewatch::trying;

use crate::impacts::{pages, said};
use crate::shipped::shipped;
use crate::world::World;

const TABLE: &str = include_str!("fixtures/notices.txt");

/// The lists of notices, and the sets that say what their notices state.
const LISTS: [(&str, &str); 4] = [
    ("ab-aaip-updates", "aaip.notices."),
    ("bc-news", "bcpnp.news."),
    ("ircc-notices", "notices.ircc."),
    ("on-oinp-updates", "oinp.notices."),
];

/// A sentence, and what is read from it.
struct Row {
    sentence: &'static str,
    read: &'static str,
}

fn rows(source: &str) -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [of, sentence, read] = cells[..] else { panic!("three cells: {line}") };
        (of == source).then_some(Row { sentence, read })
    };
    lines.filter_map(row).collect()
}

/// A day as these pages print it.
fn printed(day: Date) -> String {
    day.strftime("%B %-d, %Y").to_string()
}

/// A list of notices, the newest first, each with a sentence.
fn page(source: &Source, notices: &[(Date, &str)]) -> Vec<u8> {
    let mut text = String::new();
    for (day, sentence) in notices {
        let day = printed(*day);
        match source.id.as_str() {
            "bc-news" => write!(text, "# {day}\n<strong>A notice</strong>\n{sentence}\n"),
            "on-oinp-updates" => write!(text, "# {day}\n## A notice\n{sentence}\n"),
            "ab-aaip-updates" => writeln!(text, "- {day}: {sentence}"),
            _ => writeln!(text, "- {sentence} {day}"),
        }
        .unwrap();
    }
    pages::page(&source.url, "News", "2026-06-09", &text).into_bytes()
}

fn source<'c>(catalog: &'c rulewatch::catalog::Catalog, id: &str) -> &'c Source {
    catalog.sources().find(|source| source.id.as_str() == id).unwrap()
}

/// What a record says: `streams regional-pilot: closed from 2026-07-01`.
fn line(set: &str, key: &RecordKey, record: &Record) -> String {
    let field = |name: &str| {
        let mut fields = record.fields.iter();
        fields.find(|(field, _)| field.as_str() == name).map(|(_, value)| value)
    };
    let told = ["status", "amount", "nominations", "score"].into_iter().find_map(field).unwrap();
    let day = |word: &str, name: &str| {
        let day = field(name).and_then(rulewatch::model::Value::day);
        day.map_or(String::new(), |day| format!(" {word} {day}"))
    };
    let (since, until) = (day("from", "since"), day("until", "until"));
    let (_, about) = key.as_str().split_once('/').unwrap();
    // What held before is told as what it was.
    let told = told.next().map_or(told.current(), |(then, _)| then);
    format!("{set} {about}: {told}{since}{until}")
}

#[test]
fn a_sentence_states_what_is_certainly_so_and_nothing_else() {
    let catalog = shipped();
    let mut faults = Vec::new();
    for (id, prefix) in LISTS {
        let source = source(&catalog, id);
        let rows = rows(id);
        assert!(rows.len() > 5, "{id}");
        let newest = date(2026, 6, 9);
        let day =
            |n: usize| newest.saturating_sub(jiff::Span::new().days(i64::try_from(n).unwrap()));
        let notices: Vec<(Date, &str)> =
            rows.iter().enumerate().map(|(n, row)| (day(n), row.sentence)).collect();
        let page = Page::from_file(
            source.url.clone(),
            page(source, &notices),
            "2026-06-09T18:00:00Z".parse().unwrap(),
        );
        let trial = trying::recipe(&catalog, &source.id, &page).unwrap().unwrap();
        let about = |fact: &str| {
            fact.strip_prefix(prefix).filter(|set| *set != "notices").map(str::to_owned)
        };
        for complaint in trial.extraction.complaints.iter().filter(|c| about(&c.fact).is_some()) {
            faults.push(format!("{id}: {complaint:?}"));
        }
        let mut read: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let sets: Vec<(String, &FactSet)> = trial
            .extraction
            .facts
            .iter()
            .filter_map(|(key, set)| Some((about(key.as_str())?, set)))
            .filter(|(_, set)| set.kind != rulewatch::model::FactType::Notices)
            .collect();
        for (set, records) in &sets {
            for (key, record) in &records.records {
                let of = key.as_str()[..10].to_owned();
                read.entry(of).or_default().push(line(set, key, record));
            }
        }
        for (n, row) in rows.iter().enumerate() {
            let read = read.remove(&day(n).to_string()).unwrap_or_default().join("; ");
            if read != row.read {
                faults.push(format!(
                    "{id}: {}\n  read     {read}\n  expected {}",
                    row.sentence, row.read
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} sentences\n{}", faults.len(), faults.join("\n"));
}

/// What is heard of the pages of `bc-news`, one a day from a day on.
fn heard(from: Date, days: &[&[(Date, &str)]]) -> Vec<String> {
    let catalog = shipped();
    let mut world = World::under("bc-news", vec![catalog.clone()]);
    let source = source(&catalog, "bc-news");
    let mut heard = Vec::new();
    for (n, notices) in days.iter().enumerate() {
        let day = from.saturating_add(jiff::Span::new().days(i64::try_from(n).unwrap()));
        let at = format!("{day}T18:00:00Z").parse().unwrap();
        let reply = Reply::Page(Page::from_file(source.url.clone(), page(source, notices), at));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let report: Report = runtime.block_on(world.see(at, reply)).0;
        heard.push(report.outcome.word().to_owned());
        heard.extend(report.outcome.reason().map(|why| format!("because {why}")));
        heard.extend(report.changes.iter().map(said));
    }
    heard
}

const CLOSED: &str = "The Entrepreneur stream is now closed.";
const FEE: &str = "Effective January 9, 2026, the application fee increases from $1,475 to $1,750.";
const HOURS: &str = "The office has new hours in this season.";

#[test]
fn a_notice_that_rolls_off_takes_nothing_back_and_is_not_missed() {
    let (january, april, may) = (date(2026, 1, 9), date(2026, 4, 2), date(2026, 5, 4));
    for sentence in [CLOSED, FEE] {
        let before: &[(Date, &str)] = &[(april, HOURS), (january, sentence)];
        let after: &[(Date, &str)] = &[(may, HOURS), (april, HOURS)];
        let heard = heard(may, &[before, after]);
        let new = "info in_force notice bcpnp.notices/2026-05-04/a-notice: - > record [R-BC]";
        assert_eq!(heard, ["baseline", "changed", new], "{sentence}");
    }
}

#[test]
fn a_notice_that_is_taken_down_from_between_others_is_removed() {
    let (january, april, may) = (date(2026, 1, 9), date(2026, 4, 2), date(2026, 5, 4));
    let all: &[(Date, &str)] = &[(may, HOURS), (april, CLOSED), (january, HOURS)];
    let without: &[(Date, &str)] = &[(may, HOURS), (january, HOURS)];
    let heard = heard(may, &[all, without]);
    assert_eq!(heard.len(), 3, "{heard:?}");
    let removed = "info in_force record_removed bcpnp.notices/2026-04-02/a-notice";
    assert!(heard[2].starts_with(removed), "{heard:?}");
}

#[test]
fn a_notice_that_says_something_else_is_missed() {
    let (january, april) = (date(2026, 1, 9), date(2026, 4, 2));
    let before: &[(Date, &str)] = &[(april, HOURS), (january, CLOSED)];
    let after: &[(Date, &str)] = &[(april, HOURS), (january, "The Entrepreneur stream may open.")];
    let heard = heard(april, &[before, after]);
    assert_eq!(heard[1], "partial", "{heard:?}");
}

#[test]
fn an_old_notice_that_appears_again_is_a_notice_to_read() {
    let (old, april, may) = (date(2020, 3, 1), date(2026, 4, 2), date(2026, 5, 4));
    let before: &[(Date, &str)] = &[(may, HOURS), (april, HOURS)];
    for (sentence, about) in [
        (CLOSED, "bcpnp.news.streams/2020-03-01/entrepreneur-stream"),
        (
            "The application fee has increased from $1,150 to $1,475.",
            "bcpnp.news.fees/2020-03-01/application",
        ),
    ] {
        let after: &[(Date, &str)] = &[(may, HOURS), (april, HOURS), (old, sentence)];
        let heard = heard(may, &[before, after]);
        let told = format!("info in_force notice {about}: - > record [R-BC]");
        assert!(heard.contains(&told), "{heard:?}");
        assert!(
            heard.iter().all(|line| !line.starts_with("block") && !line.starts_with("warn")),
            "{heard:?}"
        );
    }
}

#[test]
fn a_notice_that_recalls_what_has_been_so_for_long_states_nothing_new() {
    let (april, may) = (date(2026, 4, 2), date(2026, 5, 4));
    let fee = |day: &str| format!("On {day}, the application fee increased to $1,475.");
    let told = |sentence: &str| {
        let before: &[(Date, &str)] = &[(april, HOURS)];
        let after: &[(Date, &str)] = &[(may, sentence), (april, HOURS)];
        let heard = heard(may, &[before, after]);
        let about = |line: &&String| line.contains("bcpnp.news.fees");
        heard.iter().find(about).map(|line| line.split(" bcpnp").next().unwrap().to_owned())
    };
    assert_eq!(
        told(&fee("June 22, 2025")).as_deref(),
        Some("info in_force from 2025-06-22 notice")
    );
    // Said some weeks late, it is news.
    assert_eq!(
        told(&fee("April 22, 2026")).as_deref(),
        Some("warn in_force from 2026-04-22 fee_changed")
    );
}

#[test]
fn a_title_behind_its_day_states_what_one_before_its_day_does() {
    let catalog = shipped();
    let source = source(&catalog, "ircc-notices");
    let text = "\
        - June 9, 2026: The work permit fee increases from $155 to $160 on December 1, 2026.\n\
        - June 8, 2026 – Effective December 1, 2026, the Agri-Food Pilot is closed to new applications.\n\
        - June 7, 2026: The Start-Up Visa Program may be closed as of December 1, 2026.\n";
    let page = Page::from_file(
        source.url.clone(),
        pages::page(&source.url, "News", "2026-06-09", text).into_bytes(),
        "2026-06-09T18:00:00Z".parse().unwrap(),
    );
    let trial = trying::recipe(&catalog, &source.id, &page).unwrap().unwrap();
    let said = |set: &str| -> Vec<String> {
        let facts = trial.extraction.facts.iter();
        let of = facts.filter(|(key, _)| key.as_str() == format!("notices.ircc.{set}"));
        of.flat_map(|(_, read)| read.records.iter().map(|(key, one)| line(set, key, one))).collect()
    };
    assert_eq!(said("fees"), ["fees work-permit-fee: $160 from 2026-12-01"]);
    assert_eq!(said("programs"), ["programs agri-food-pilot: closed from 2026-12-01"]);
}
