//! Feeds and calendars, read again and again by a client that keeps state and knows nothing of this program:
//! nothing is hidden from it, and nothing is told twice.

use std::path::Path;
use std::process::Command;

use jiff::{Timestamp, tz::TimeZone};
use rulewatch::asking;
use rulewatch::conclude::Trust;
use rulewatch::model::{FactKey, Language, LogFilter, Severity, SourceId, ToldPlace};
use rulewatch::render::{
    CalendarInput, FeedInput, FeedItem, Links, calendar as write_calendar, feed as write_feed,
};
use rulewatch::repairing::{self, Wrong};
use rulewatch::store::{Sets, SharedStore, Store};
use rulewatch::web::Face;
use serde_json::Value as Json;

use crate::left_out::left_out;
use crate::program::Home;
use crate::schemas::with_others;
use crate::web::{get, get_with, site};
use crate::world::{World, fixture};

/// What the reader of the tests makes of files that it reads one after another; `None` where the Python of
/// the tests has no such parser.
fn read(test: &str, kind: &str, state: &Path, files: &[(&str, String)]) -> Option<Vec<Json>> {
    let module = if kind == "atom" { "feedparser" } else { "icalendar" };
    let python = std::env::var_os("RULEWATCH_TEST_PYTHON");
    let has = |python: &std::ffi::OsString| {
        let asked = Command::new(python).args(["-c", &format!("import {module}")]).output();
        asked.is_ok_and(|asked| asked.status.success())
    };
    let Some(python) = python.filter(has) else {
        left_out(test, &format!("no {module}"));
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feeds/read.py");
    let mut command = Command::new(python);
    command.arg(script).arg(kind).arg(state.join(format!("{kind}.state")));
    for (name, text) in files {
        let path = state.join(name);
        std::fs::write(&path, text).unwrap();
        command.arg(path);
    }
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let lines: Vec<Json> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert_eq!(line["faults"], serde_json::json!([]), "{line}");
    }
    Some(lines)
}

fn shared(world: &World) -> SharedStore {
    SharedStore::new(Store::open_read_only(world.folder.path()).unwrap())
}

/// The feed as it is now.
fn feed(world: &World, filter: &LogFilter, limit: usize, language: Language) -> String {
    let catalog = world.doors(None, Timestamp::UNIX_EPOCH).catalog;
    let items = asking::feed(&shared(world), filter, limit).unwrap();
    let items: Vec<FeedItem<'_>> = items
        .iter()
        .map(|item| FeedItem {
            change: &item.told.change,
            taken_back: item.told.taken_back.as_ref(),
            follows: item.follows.as_ref(),
            wording: &item.wording,
        })
        .collect();
    write_feed(&FeedInput {
        filter: &asking::canonical(filter),
        items: &items,
        links: Links::default(),
        language,
        glossary: catalog.glossary(),
        zone: &TimeZone::UTC,
    })
}

/// The calendar as it is now.
fn calendar(world: &World, filter: &LogFilter, language: Language) -> String {
    let catalog = world.doors(None, Timestamp::UNIX_EPOCH).catalog;
    let from = "2020-01-01".parse().unwrap();
    let zone = TimeZone::UTC;
    let found = asking::calendar(&shared(world), &catalog, filter, from, &zone).unwrap();
    write_calendar(&CalendarInput {
        milestones: &found.milestones,
        titles: &found.titles,
        changes: None,
        facts: None,
        language,
        glossary: catalog.glossary(),
    })
}

fn play(world: &mut World, scenario: &str) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(world.play(scenario))
}

fn array<'a>(line: &'a Json, name: &str) -> &'a Vec<Json> {
    line[name].as_array().unwrap()
}

const FEES: &str = r#"
[[source]]
id = "program"
program = "pnp"
jurisdiction = "SK"
title = { en = "Program <b>&amp;</b>", fr = "Programme" }
url = "https://www.example.org/program"
verified = "2026-01-01"

[[source.facts]]
key = "pnp.fees"
title = { en = "Fees", fr = "Frais" }
type = "fees"
record = "{label|slug}"
effective = "from"
expires = "until"
[source.facts.fields]
label = { note = true }
fee = { as = "money" }
from = { as = "date", note = true, optional = true }
until = { as = "date", optional = true }
[[source.facts.read]]
table = { columns = { label = '^fee', fee = '^amount', from = '^from', until = '^until' } }
"#;

/// A page with a fee, from when and until when it holds, in each row.
fn page(rows: &[(&str, u32, &str, &str)]) -> String {
    let row = |(label, fee, from, until): &(&str, u32, &str, &str)| {
        format!("<tr><td>{label}<td>${fee}<td>{from}<td>{until}")
    };
    let rows: String = rows.iter().map(row).collect();
    format!("<h2>Fees</h2><table><tr><th>Fee<th>Amount<th>From<th>Until{rows}</table>")
}

const HOSTILE: &str = "Review &lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; \"x\"; a, b\\n";

/// A year of a page: fees are announced, put off, split, confirmed, given up.
fn year() -> World {
    let old = "January 1, 2025";
    let (june, july, august) = ("June 1, 2026", "July 1, 2026", "August 1, 2026");
    let three = |application, review: (u32, &str), change: (u32, &str, &str)| {
        let (fee, from) = application;
        page(&[
            ("Application", fee, from, ""),
            (HOSTILE, review.0, review.1, ""),
            ("Change of employer", change.0, change.1, change.2),
        ])
    };
    World::new("program", &[FEES])
        .page("old", &three((500, old), (250, old), (100, old, "December 31, 2026")))
        .page("announced", &three((550, june), (300, june), (100, old, "December 31, 2026")))
        .page("put-off", &three((550, july), (300, july), (100, old, "December 31, 2027")))
        .page("split", &three((550, july), (300, august), (100, old, "December 31, 2027")))
        .page("given-up", &three((550, july), (250, old), (100, old, "")))
        .page("edited", &(three((550, july), (250, old), (120, july, "")) + EDITED))
}

const EDITED: &str = "<footer><dl><dt>Date modified:</dt><dd><time property=\"dateModified\">2026-07-02\
    </time></dd></dl></footer>";

const STEPS: [&str; 6] = [
    "2026-01-05T12:00Z  old",
    "2026-02-05T12:00Z  announced",
    "2026-03-05T12:00Z  put-off",
    "2026-04-05T12:00Z  split",
    "2026-05-05T12:00Z  given-up",
    "2026-07-05T12:00Z  edited",
];

#[test]
fn a_calendar_that_is_read_again_and_again_follows_every_day() {
    let mut world = year();
    let everything = LogFilter::default();
    let (mut files, mut french) = (Vec::new(), Vec::new());
    let names = ["0.ics", "1.ics", "2.ics", "3.ics", "4.ics", "5.ics"];
    for (step, name) in STEPS.iter().zip(names) {
        play(&mut world, step);
        let now = calendar(&world, &everything, Language::En);
        assert_eq!(now, calendar(&world, &everything, Language::En), "byte for byte");
        files.push((name, now));
        french.push(calendar(&world, &everything, Language::Fr));
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "feeds::a_calendar_that_is_read_again_and_again_follows_every_day";
    let Some(read) = read(test, "ics", folder.path(), &files) else { return };
    let days = |line: &Json, name: &str| -> Vec<String> {
        let event = |event: &Json| {
            let text = |name: &str| event[name].as_str().unwrap().to_owned();
            let n = &event["sequence"];
            format!("{} {} {n} {}", text("of"), text("day"), text("status"))
        };
        array(line, name).iter().map(event).collect()
    };
    let first = ["expires 2026-12-31 0 CONFIRMED"];
    assert_eq!(days(&read[0], "new"), first, "a baseline is no news, and has days");
    assert_eq!(days(&read[1], "new"), ["effective 2026-06-01 0 TENTATIVE"]);
    assert_eq!(
        days(&read[2], "other"),
        ["effective 2026-07-01 1 TENTATIVE", "expires 2027-12-31 1 CONFIRMED"],
        "what was there from the first keeps its UID when it moves"
    );
    assert_eq!(days(&read[2], "new"), Vec::<String>::new());
    assert_eq!(days(&read[3], "new"), ["effective 2026-08-01 0 TENTATIVE"]);
    assert_eq!(
        days(&read[4], "other"),
        ["effective 2026-08-01 1 CANCELLED", "expires 2027-12-31 2 CANCELLED"]
    );
    assert_eq!(days(&read[5], "other"), ["effective 2026-07-01 2 CONFIRMED"]);
    for line in &read {
        assert_eq!(array(line, "gone"), &Vec::<Json>::new(), "nothing vanishes without a word");
    }
    assert!(french.last().unwrap().contains("Dernier jour"), "{}", french.last().unwrap());
    let one = LogFilter { jurisdictions: vec!["BC".to_owned()], ..everything };
    assert!(!calendar(&world, &one, Language::En).contains("VEVENT"));
}

#[test]
fn a_calendar_reads_only_sets_that_have_a_day() {
    let mut world = year();
    play(&mut world, STEPS[0]);
    let quiet = |from: &str, also: &Sets| {
        let found = world.store().quiet_facts(from.parse().unwrap(), also).unwrap();
        found.values().flatten().map(|facts| facts.set.records.len()).sum::<usize>()
    };
    let none = Sets::new();
    assert_eq!(quiet("2026-12-31", &none), 3, "all of the set in which one fee ends that day");
    assert_eq!(quiet("2027-01-01", &none), 0);
    let set = (SourceId::parse("program").unwrap(), FactKey::parse("pnp.fees").unwrap());
    assert_eq!(quiet("2027-01-01", &Sets::from([set])), 3, "of which a change with a day was told");
}

/// Takes back what was told last.
fn take_back_the_last(world: &World, at: &str) {
    let doors = world.doors(None, at.parse().unwrap());
    let last = doors.store.ask(|store| store.last_event(&SourceId::parse("program").unwrap()));
    let event = last.unwrap().unwrap();
    let wrong = Wrong { name: event.as_str(), why: "a <typing> error", value: None, by: "ana" };
    repairing::retract(&doors.checking(), &wrong).unwrap();
}

#[test]
fn a_feed_that_is_read_again_and_again_hides_nothing_and_doubles_nothing() {
    let mut world = year();
    let everything = LogFilter::default();
    let severe = LogFilter { severity: Some(Severity::Block), ..LogFilter::default() };
    let mut files = Vec::new();
    let names = ["0.atom", "1.atom", "2.atom", "3.atom", "4.atom", "5.atom"];
    for (step, name) in STEPS.iter().zip(names) {
        play(&mut world, step);
        files.push((name, feed(&world, &everything, 100, Language::En)));
    }
    take_back_the_last(&world, "2026-07-06T12:00Z");
    files.push(("6.atom", feed(&world, &everything, 100, Language::En)));
    files.push(("7.atom", feed(&world, &everything, 2, Language::En)));
    let folder = tempfile::tempdir().unwrap();
    let test = "feeds::a_feed_that_is_read_again_and_again_hides_nothing_and_doubles_nothing";
    let Some(read) = read(test, "atom", folder.path(), &files) else { return };
    let log = shared(&world).ask(|store| store.changes(&everything)).unwrap();
    let new: Vec<&Json> = read.iter().flat_map(|line| array(line, "new")).collect();
    let n_taken_back = array(&read[6], "new").len();
    assert_eq!(new.len(), log.len() + n_taken_back, "each change once, and what is taken back");
    assert!(n_taken_back > 0);
    for line in &read {
        assert_eq!(array(line, "other"), &Vec::<Json>::new(), "an entry never changes");
        assert_eq!(line["id"], read[0]["id"]);
    }
    assert_eq!((read[7]["n"].clone(), array(&read[7], "new").len()), (2.into(), 0));
    let ids: Vec<&str> = new.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    for entry in array(&read[6], "new") {
        let title = entry["title"].as_str().unwrap();
        assert!(title.starts_with("Told wrongly: "), "{title}");
        let earlier = entry["follows"][0].as_str().unwrap();
        assert!(ids.contains(&earlier), "{earlier} is an entry");
        assert!(entry["content"].as_str().unwrap().contains("a &lt;typing&gt; error"));
    }
    let titles: String = new.iter().map(|entry| entry["title"].as_str().unwrap()).collect();
    assert!(titles.contains("<script>alert(1)</script>"), "as words: {titles}");
    let all = files.iter().map(|(_, text)| text.as_str()).collect::<String>();
    assert!(!all.contains("<script"), "never as markup");
    assert!(titles.contains("Now in force: ") && titles.contains("Reversed: "), "{titles}");
    assert!(!feed(&world, &severe, 100, Language::Fr).contains("<entry>"));
}

#[test]
fn what_is_told_is_read_on_from_any_place() {
    let mut world = year();
    for step in STEPS {
        play(&mut world, step);
    }
    take_back_the_last(&world, "2026-07-06T12:00Z");
    let store = shared(&world);
    let everything = LogFilter::default();
    let whole = asking::since(&store, &everything, ToldPlace::START).unwrap();
    assert!(!whole.has_more && whole.changes.len() > 6 && !whole.taken_back.is_empty());
    let n = usize::try_from(whole.next.0).unwrap();
    for split in 0..=n {
        let place = ToldPlace(i64::try_from(split).unwrap());
        let rest = asking::since(&store, &everything, place).unwrap();
        let before = whole.changes.iter().filter(|(told, _)| told.place <= place).count();
        assert_eq!(rest.changes, whole.changes[before..], "from {split} of {n}");
        assert_eq!(rest.next, whole.next);
    }
    let none = LogFilter { programs: vec!["x".to_owned()], ..everything };
    let nothing = asking::since(&store, &none, ToldPlace::START).unwrap();
    assert_eq!(
        (nothing.changes.len(), nothing.next),
        (0, whole.next),
        "it is read on all the same"
    );
}

#[test]
fn a_feed_and_a_calendar_are_written_from_the_command_line() {
    let home = Home::new();
    let path = |name: &str| fixture(name).display().to_string();
    for page in ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"] {
        home.done(&["check", "ircc-ee-funds", "--from", &path(page)]);
    }
    let feed = home.done(&["export", "feed", "--program", "express-entry"]);
    assert_eq!(feed.matches("<entry>").count(), 8, "{feed}");
    home.done(&["export", "feed", "--lang", "fr", "--limit", "2", "--to", "feed.atom"]);
    let french = std::fs::read_to_string(home.path().join("feed.atom")).unwrap();
    assert!(french.contains("Page officielle") && french.matches("<entry>").count() == 2);
    let dates = home.done(&["export", "calendar", "--from", "2024-01-01"]);
    assert!(dates.starts_with("BEGIN:VCALENDAR\r\n"), "{dates}");
    let wrong = home.run(&["export", "feed", "--program", "expres-entry"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
    assert!(wrong.err.contains("did you mean `express-entry`"), "{}", wrong.err);
}

// --- Over HTTP -----------------------------------------------------------------------------------

/// The pages of a world, as its clock has it at a moment.
fn served(world: &World) -> Face {
    Face::begin(Some(site(world, "2026-07-07T12:00:00Z"))).unwrap()
}

#[test]
fn days_that_a_page_gave_from_the_first_are_in_the_calendar_and_on_the_page_of_dates() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _within = runtime.enter();
    let rows = [
        ("Application", 500, "June 1, 2027", ""),
        ("Review", 250, "June 1, 2027", ""),
        ("Change of employer", 100, "January 1, 2025", "December 31, 2026"),
        ("Copy", 20, "March 1, 2026", "May 31, 2026"),
    ];
    let mut world = World::new("program", &[FEES]).page("first", &page(&rows));
    play(&mut world, "2026-07-05T12:00Z  first");
    let face = served(&world);
    let at = face.listens().unwrap();
    let dates = get(at, "/calendar.ics?program=pnp&lang=en").body.replace("\r\n ", "");
    assert_eq!(dates.matches("BEGIN:VEVENT").count(), 2, "what is past is no day to come: {dates}");
    for words in [
        "DTSTART;VALUE=DATE:20270601",
        "STATUS:TENTATIVE",
        "SUMMARY:Announced: Fees",
        "Fees\\, Application: $500\\nFees\\, Review: $250",
        "DTSTART;VALUE=DATE:20261231",
        "SUMMARY:Last day: Fees\\, change of employer",
        "URL:https://rules.example.org/en/facts/pnp.fees",
    ] {
        assert!(dates.contains(words), "{words}: {dates}");
    }
    assert!(!dates.contains("/en/changes/"), "no change tells of them: {dates}");
    let in_force = get(at, "/calendar.ics?stage=in_force").body;
    assert_eq!(in_force.matches("BEGIN:VEVENT").count(), 1, "the last day: {in_force}");
    for none in ["jurisdiction=BC", "severity=block", "text=ship", "noc=21211"] {
        let said = get(at, &format!("/calendar.ics?{none}"));
        assert!(!said.body.contains("VEVENT"), "{none}: {}", said.body);
    }
    for (place, words) in [
        ("/en/announced", ["Last days", "31 December 2026", "Fees, Application: $500"]),
        ("/fr/announced", ["Derniers jours", "31 décembre 2026", "/fr/facts/pnp.fees"]),
    ] {
        let said = get(at, place).body;
        for words in words {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!said.contains("Nothing is announced") && !said.contains("March 2026"), "{said}");
    }
}

/// A world in which everything of the year has happened, and the last of it was taken back.
fn whole_year() -> World {
    let mut world = year();
    for step in STEPS {
        play(&mut world, step);
    }
    take_back_the_last(&world, "2026-07-06T12:00Z");
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_calendars_are_served_for_any_filter_with_validators() {
    let world = tokio::task::spawn_blocking(whole_year).await.unwrap();
    let face = served(&world);
    let to = face.listens().unwrap();
    let feed = get(to, "/feed.atom?program=pnp&lang=fr");
    assert_eq!(feed.status, 200, "{feed:?}");
    assert_eq!(feed.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    let everything = feed_of(&feed.body);
    assert!(everything > 6, "{}", feed.body);
    for part in [
        "rel=\"self\" href=\"https://rules.example.org/feed.atom?program=pnp&amp;lang=fr\"",
        "https://rules.example.org/fr/changes?program=pnp",
        "https://rules.example.org/fr/changes/c",
    ] {
        let any_order = part.split_once(" href").map_or(part, |(_, href)| &href[1..]);
        assert!(feed.body.contains(any_order), "{any_order} in {}", feed.body);
    }
    assert_eq!(feed_of(&get(to, "/feed.atom?limit=2").body), 2);
    assert_eq!(feed_of(&get(to, "/feed.atom?kind=draw_added").body), 0);
    let dates = get(to, "/calendar.ics?from=2020-01-01");
    assert_eq!(dates.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert!(dates.body.contains("URL:https://rules.example.org/en/changes/c"), "{}", dates.body);
    for (path, answer) in
        [("/feed.atom?program=pnp&lang=fr", &feed), ("/calendar.ics?from=2020-01-01", &dates)]
    {
        let (tag, date) = (answer.header("etag").unwrap(), answer.header("last-modified").unwrap());
        let again = get_with(to, path, &[("If-None-Match", tag)]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        assert_eq!(get_with(to, path, &[("If-Modified-Since", date)]).status, 304, "{path}");
        assert_eq!(get_with(to, path, &[("If-None-Match", "\"other\"")]).status, 200, "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
    }
    for wrong in ["/feed.atom?limit=0", "/feed.atom?program=pmp", "/calendar.ics?from=soon"] {
        let answer = get(to, wrong);
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(serde_json::from_str::<Json>(&answer.body).unwrap()["error"].is_string());
    }
    let page = get(to, "/en/changes?program=pnp&before=1").body;
    let address = "/feed.atom?program=pnp&amp;lang=en";
    assert_eq!(page.matches(address).count(), 2, "in its head, and in its words: {page}");
    assert!(page.contains("/calendar.ics?program=pnp&amp;lang=en"), "{page}");
    assert!(get(to, "/fr/").body.contains("/feed.atom?lang=fr"));
}

/// How many entries a feed has.
fn feed_of(text: &str) -> usize {
    roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    text.matches("<entry>").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_answers_as_its_schema_says() {
    let world = tokio::task::spawn_blocking(whole_year).await.unwrap();
    let face = served(&world);
    let to = face.listens().unwrap();
    let json = |path: &str| -> Json { serde_json::from_str(&get(to, path).body).unwrap() };
    let served = |name| (name, json(&format!("/api/v1/{name}.schema.json")));
    let all = ["output", "verify", "hook"].map(served);
    let validator = with_others(&json("/api/v1/api.schema.json"), &all);
    let first = json("/api/v1/changes");
    let id = first["changes"][0]["id"].as_str().unwrap();
    let one = format!("/api/v1/changes/{id}");
    let next = format!("/api/v1/changes?after={}", first["next"].as_str().unwrap());
    let record = "/api/v1/facts/pnp.fees?as_of=2026-03-01&record=application";
    for path in [
        "/api/v1",
        "/api/v1/changes",
        "/api/v1/changes?after=0&program=pnp",
        next.as_str(),
        one.as_str(),
        "/api/v1/facts",
        "/api/v1/facts/pnp.fees",
        record,
        "/api/v1/facts/pnp.fees?known_at=2026-03-01T00:00:00Z",
        "/api/v1/sources",
        "/api/v1/nothing",
        "/api/v1/facts/no.such",
        "/api/v1/changes?after=x",
    ] {
        let answer = json(path);
        let faults: Vec<String> =
            validator.iter_errors(&answer).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new(), "{path}: {answer}");
        let tag = get(to, path).header("etag").map(str::to_owned);
        if let Some(tag) = tag {
            assert_eq!(get_with(to, path, &[("If-None-Match", &tag)]).status, 304, "{path}");
        }
    }
    let wrong = serde_json::json!({"changes": [], "taken_back": [], "next": 3, "more": false});
    assert!(!validator.is_valid(&wrong), "a schema that lets everything pass proves nothing");
    assert_eq!(json(record)["records"][0]["fields"]["fee"]["amount"].to_string(), "500");
    let source = &json("/api/v1/sources")["sources"][0];
    // To take something back is a check too: a person's.
    assert_eq!(source["last_checked_at"], "2026-07-06T12:00:00Z");
    assert_eq!(source["last_changed_at"], "2026-07-05T12:00:00Z");
    assert_eq!(json(&next)["changes"], serde_json::json!([]));
    for forged in ["2", "2.e0", "99", "-1", "0.e0", "x", "2."] {
        assert_eq!(get(to, &format!("/api/v1/changes?after={forged}")).status, 400, "{forged}");
    }
    assert_eq!(get(to, "/api/v1/changes/c0000000000").status, 404);
    assert_eq!(get(to, "/api/v1/sources").header("access-control-allow-origin"), Some("*"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_keeps_its_cursor_misses_nothing_and_has_nothing_twice() {
    let mut world = year();
    let (mut cursor, mut seen, mut back) = ("0".to_owned(), Vec::new(), Vec::new());
    for (n, step) in STEPS.iter().enumerate() {
        world.play(step).await;
        if n == 5 {
            take_back_the_last(&world, "2026-07-06T12:00Z");
        }
        let face = served(&world);
        let to = face.listens().unwrap();
        loop {
            let path = format!("/api/v1/changes?after={cursor}");
            let answer: Json = serde_json::from_str(&get(to, &path).body).unwrap();
            seen.extend(array(&answer, "changes").iter().map(|change| change["id"].to_string()));
            back.extend(array(&answer, "taken_back").iter().map(|one| one["change"].to_string()));
            answer["next"].as_str().unwrap().clone_into(&mut cursor);
            if answer["more"] == false {
                break;
            }
        }
    }
    let log = shared(&world).ask(|store| store.changes(&LogFilter::default())).unwrap();
    let log: Vec<String> = log.iter().map(|change| format!("\"{}\"", change.id)).collect();
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert!(!back.is_empty() && back.iter().all(|id| seen.contains(id)));
    assert_eq!(sorted(seen), sorted(log));
}

/// When each open announcement is due.
fn due_days(database: &rusqlite::Connection) -> Vec<(i64, Option<String>)> {
    let mut sql =
        database.prepare("SELECT place, due_on FROM open_announcement ORDER BY place").unwrap();
    let rows = sql.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn announcements_are_due_when_the_migration_of_an_older_database_says_so_too() {
    let migration = include_str!("../../migrations/16-due/up.sql");
    let works_out = &migration[migration.find("UPDATE").unwrap()..];
    let mut world = year();
    let mut seen = 0;
    let mut compare = |world: &World| {
        let path = world.folder.path().join("rulewatch.db");
        let database = rusqlite::Connection::open(path).unwrap();
        let kept = due_days(&database);
        database.execute_batch(works_out).unwrap();
        assert_eq!(kept, due_days(&database));
        seen += kept.iter().filter(|(_, due)| due.is_some()).count();
    };
    for step in STEPS {
        play(&mut world, step);
        compare(&world);
    }
    take_back_the_last(&world, "2026-07-06T12:00Z");
    compare(&world);
    assert!(seen > 3, "{seen}");
}

#[tokio::test]
async fn a_part_of_the_public_log_is_full_where_something_is_not_for_the_public() {
    let mut world = year();
    for step in STEPS {
        world.play(step).await;
    }
    let newest = LogFilter { newest_first: true, ..LogFilter::default() };
    let log = shared(&world).ask(|store| store.changes(&newest)).unwrap();
    // Only the operator was told of the two latest events.
    let mut events: Vec<_> = log.iter().map(|change| change.event.clone()).collect();
    events.dedup();
    let database = rusqlite::Connection::open(world.folder.path().join("rulewatch.db")).unwrap();
    database.execute_batch("DROP TRIGGER told_delete").unwrap();
    for event in &events[..2] {
        let n = database.execute("DELETE FROM told WHERE event = ?1", [event.as_str()]).unwrap();
        assert_eq!(n, 1);
    }
    let public: Vec<_> =
        log.iter().filter(|change| !events[..2].contains(&change.event)).cloned().collect();
    assert!(public.len() >= 4, "{events:?}");
    for size in [1, 2, 3] {
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let (part, next) = asking::log_part(&shared(&world), &newest, after, size).unwrap();
            assert!(part.len() == size || next.is_none(), "{} of {size}", part.len());
            walked.extend(part.into_iter().map(|logged| logged.change));
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(walked, public);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_operator_was_told_of_is_told_to_the_public_once_it_is_accepted() {
    let mut world = year().trusting(Trust::Nothing);
    world.play(STEPS[0]).await;
    world.play(STEPS[1]).await;
    let log = shared(&world).ask(|store| store.changes(&LogFilter::default())).unwrap();
    assert!(!log.is_empty(), "the operator's log has it");
    let change = format!("/en/changes/{}", log[0].id);
    {
        let face = served(&world);
        let to = face.listens().unwrap();
        assert_eq!(feed_of(&get(to, "/feed.atom").body), 0);
        assert!(!get(to, "/calendar.ics?from=2020-01-01").body.contains("VEVENT"));
        assert_eq!(get(to, &change).status, 404);
        let page = get(to, "/en/changes").body;
        assert!(!page.contains(log[0].id.as_str()), "{page}");
    }
    let before = asking::since(&shared(&world), &LogFilter::default(), ToldPlace::START).unwrap();
    assert_eq!(before.changes, []);
    world.play("2026-02-06T12:00Z  accept").await;
    let after = asking::since(&shared(&world), &LogFilter::default(), before.next).unwrap();
    assert_eq!(after.changes.len(), log.len(), "whoever reads on from then has it");
    let face = served(&world);
    let to = face.listens().unwrap();
    assert_eq!(feed_of(&get(to, "/feed.atom").body), log.len());
    assert_eq!(get(to, &change).status, 200);
}
