//! The change log at a million changes: how long every filter takes, alone and ten of them together.
//!
//! `cargo bench --bench log` makes a log of that length in a temporary folder (a minute or two), asks each
//! question eleven times, and prints the median: for the first hundred changes, newest first, as a page of the
//! log is read; and for the whole answer where a question has few. It ends with 1 where one takes longer than
//! it may. `cargo bench --bench log -- N` makes a log of N changes.

#![expect(clippy::print_stdout, reason = "what it measured is for a person to read")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use rulewatch::model::{
    Bilingual, Change, ChangeId, ChangeKind, CheckOutcome, Dates, Event, EventId, FactKey, Facts,
    FieldName, LogFilter, Page, RecordKey, RuleId, RuleTarget, Severity, Side, SnapshotId,
    SourceId, Stage, Value,
};
use rulewatch::store::{CheckRecord, Store, snapshot_id};

/// The longest that a question may take.
const BAR: Duration = Duration::from_millis(50);

const CHANGES: usize = 1_000_000;

/// How many changes an event has.
const EVENT: usize = 50;

fn main() {
    let asked = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let n = asked.unwrap_or(CHANGES);
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let begun = Instant::now();
    fill(&mut store, n);
    println!("{n} changes written in {:.0} s", begun.elapsed().as_secs_f64());
    drop(store);
    let store = Store::open_read_only(folder.path()).unwrap();
    let mut is_slow = false;
    for (name, filter, is_whole) in questions() {
        let limit = if is_whole { None } else { Some(100) };
        let filter = LogFilter { limit, newest_first: true, ..filter };
        let (time, found) = median(&store, &filter);
        let mark = if time > BAR { "  over the bar" } else { "" };
        is_slow |= time > BAR;
        // A question that nothing answers says little about one that something does.
        assert!(found > 0, "{name} finds nothing");
        let what = if is_whole { "all" } else { "first" };
        println!("{name:24} {what:5} {found:6} {:8.2} ms{mark}", time.as_secs_f64() * 1e3);
    }
    let begun = Instant::now();
    let (mut walked, mut after) = (0, None);
    loop {
        let page = store.log_page(&any(), after, 500).unwrap();
        walked += page.changes.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    println!("the whole log, in parts: {walked} in {:.1} s", begun.elapsed().as_secs_f64());
    assert_eq!(walked, n);
    assert!(!is_slow, "a question takes longer than {BAR:?}");
}

fn median(store: &Store, filter: &LogFilter) -> (Duration, usize) {
    let mut found = 0;
    let mut times: Vec<Duration> = (0..11)
        .map(|_| {
            let begun = Instant::now();
            found = store.changes(filter).unwrap().len();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[times.len() / 2], found)
}

fn any() -> LogFilter {
    LogFilter { today: Some(today()), ..LogFilter::default() }
}

fn today() -> Date {
    "2026-11-28".parse().unwrap()
}

/// Every filter, and whether its whole answer is read.
fn questions() -> Vec<(&'static str, LogFilter, bool)> {
    let of = |text: &str| vec![RuleTarget::parse(text).unwrap()];
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let ten = LogFilter {
        since: at("2021-01-01T00:00:00Z"),
        until: at("2026-01-01T00:00:00Z"),
        programs: vec!["program-3".to_owned()],
        jurisdictions: vec!["J3".to_owned()],
        sources: vec![source(3)],
        facts: of("p3.*.list"),
        kinds: vec![ChangeKind::RecordChanged, ChangeKind::OccupationAdded],
        stages: vec![Stage::InForce],
        rules: vec![rule(4)],
        severity: Some(Severity::Warn),
        ..any()
    };
    let with_text = LogFilter {
        text: Some("stream list".to_owned()),
        nocs: vec!["21154".to_owned()],
        ..ten.clone()
    };
    vec![
        ("nothing", any(), false),
        ("since", LogFilter { since: at("2025-12-01T00:00:00Z"), ..any() }, false),
        ("until", LogFilter { until: at("2020-06-01T00:00:00Z"), ..any() }, false),
        ("program", LogFilter { programs: vec!["program-3".to_owned()], ..any() }, false),
        ("jurisdiction", LogFilter { jurisdictions: vec!["J3".to_owned()], ..any() }, false),
        ("source", LogFilter { sources: vec![source(3)], ..any() }, false),
        ("fact", LogFilter { facts: of("p3.f5.list"), ..any() }, false),
        ("fact pattern", LogFilter { facts: of("p3.*.list"), ..any() }, false),
        ("noc", LogFilter { nocs: vec!["21007".to_owned()], ..any() }, false),
        ("noc, all", LogFilter { nocs: vec!["21007".to_owned()], ..any() }, true),
        ("kind", LogFilter { kinds: vec![ChangeKind::OccupationRemoved], ..any() }, false),
        ("stage in_force", LogFilter { stages: vec![Stage::InForce], ..any() }, false),
        ("stage announced", LogFilter { stages: vec![Stage::Announced], ..any() }, false),
        ("stage due", LogFilter { stages: vec![Stage::Due], ..any() }, false),
        ("stage due, all", LogFilter { stages: vec![Stage::Due], ..any() }, true),
        ("stage corrected", LogFilter { stages: vec![Stage::Corrected], ..any() }, false),
        ("rule", LogFilter { rules: vec![rule(3)], ..any() }, false),
        ("severity block", LogFilter { severity: Some(Severity::Block), ..any() }, false),
        (
            "rare among common",
            LogFilter {
                jurisdictions: vec!["J3".to_owned()],
                stages: vec![Stage::Reversed],
                severity: Some(Severity::Warn),
                ..any()
            },
            false,
        ),
        ("text", LogFilter { text: Some("threshold".to_owned()), ..any() }, false),
        ("text, one in a million", LogFilter { text: Some("only777".to_owned()), ..any() }, true),
        ("ten together", ten.clone(), false),
        ("ten together, all", ten, true),
        ("twelve together, all", with_text, true),
        (
            "due, of a program, all",
            LogFilter { stages: vec![Stage::Due], programs: vec!["program-3".to_owned()], ..any() },
            true,
        ),
    ]
}

fn source(n: usize) -> SourceId {
    SourceId::parse(&format!("source-{n}")).unwrap()
}

fn rule(n: usize) -> RuleId {
    RuleId::parse(&format!("R-RULE-{n}")).unwrap()
}

fn fill(store: &mut Store, n: usize) {
    let page = Page::from_file(
        "https://www.example.org/page".parse().unwrap(),
        b"<p>a page</p>".to_vec(),
        Timestamp::UNIX_EPOCH,
    );
    let snapshot = snapshot_id(&page.body);
    let begin: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let events = n.div_ceil(EVENT);
    let step = 6 * 365 * 86_400 / i64::try_from(events.max(1)).unwrap();
    for e in 0..events {
        let at =
            Timestamp::from_second(begin.as_second() + step * i64::try_from(e).unwrap()).unwrap();
        let of = source(e % 24);
        let id = EventId::parse(&format!("e{:020x}", mixed(e))).unwrap();
        let changes = e * EVENT..n.min((e + 1) * EVENT);
        let changes: Vec<Change> =
            changes.map(|c| change(c, &id, (&of, e), at, &snapshot)).collect();
        let event = Event { id, source: of.clone(), check: None, seen_at: at, changes };
        let version = store.version(&of).unwrap();
        let facts = Facts::new();
        store
            .record_check(&CheckRecord {
                page: Some(&page).filter(|_| e == 0),
                accept: Some(&facts).filter(|_| e < 24),
                event: Some(&event),
                ..CheckRecord::new(&of, version, at, &CheckOutcome::Changed)
            })
            .unwrap();
    }
}

/// Spreads numbers, so that ids are in no order.
fn mixed(n: usize) -> u64 {
    (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn change(
    n: usize,
    event: &EventId,
    (source, e): (&SourceId, usize),
    at: Timestamp,
    snapshot: &SnapshotId,
) -> Change {
    let (group, k) = (e % 12, n % 97);
    // One in forty is announced; the same record is changed again within the year, but for a few.
    let is_announced = n % 40 == 7;
    let record = if is_announced && n % 4000 == 7 {
        format!("only {n}")
    } else {
        format!("{} / 21{:03}", k, n % 400)
    };
    let words = ["fee", "threshold", "occupation", "draw", "stream"][n % 5];
    let only = if n == 777 { " only777" } else { "" };
    let summary = format!("Program {group}: {words} {k} of list {} changed{only}", n % 60);
    let day = |days: i64| {
        let at = Timestamp::from_second(at.as_second() + days * 86_400).unwrap();
        at.to_zoned(jiff::tz::TimeZone::UTC).date()
    };
    Change {
        id: ChangeId::parse(&format!("c{:020x}", mixed(n + 1))).unwrap(),
        event: event.clone(),
        seen_at: at,
        last_seen_unchanged_at: None,
        dates: Dates { effective_on: is_announced.then(|| day(30)), ..Dates::default() },
        stage: match n % 40 {
            7 => Stage::Announced,
            8 => Stage::Corrected,
            9 => Stage::Reversed,
            _ => Stage::InForce,
        },
        jurisdiction: format!("J{}", e % 8),
        program: format!("program-{group}"),
        source: source.clone(),
        fact: FactKey::parse(&format!("p{group}.f{}.list", n % 60)).unwrap(),
        record: RecordKey::parse(&record).unwrap(),
        field: Some(FieldName::parse("amount").unwrap()),
        kind: ChangeKind::ALL[n % ChangeKind::ALL.len()],
        old: Some(Side::Value(Value::Integer(1))),
        new: Some(Side::Value(Value::Integer(2))),
        severity: Severity::ALL[n % 3],
        rules: vec![rule(n % 30)],
        summary: Bilingual { en: summary.clone(), fr: summary },
        url: "https://www.example.org/page".to_owned(),
        snapshot: snapshot.clone(),
        before: None,
        after: None,
    }
}
