//! What is let go of, and what never is: a year of a page that puts a token into each answer.

use jiff::{SignedDuration, Timestamp};
use rulewatch::catalog::Source;
use rulewatch::fetch::Reply;
use rulewatch::maintaining::{audit, thin};
use rulewatch::model::{FactKey, LogFilter, Page, Retention, SourceId};

use rulewatch::store::{OutboxFilter, SharedStore};
use rusqlite::Connection;

use crate::shipped::shipped;
use crate::world::{World, fees};

const URL: &str = "https://example.org/fees";

fn noon(day: i64) -> Timestamp {
    let first: Timestamp = "2025-01-01T17:00:00Z".parse().unwrap();
    first.checked_add(SignedDuration::from_hours(24 * day)).unwrap()
}

/// The page of a day: another token each time, and another fee from day 100 on.
fn page(day: i64) -> Reply {
    let fee = if day < 100 { "$1,475" } else { "$1,750" };
    let body = format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply to Skills Immigration is {fee}.</p></main>\
         <script>token = \"{day:x}-{}\"</script></body></html>",
        "z".repeat(2000)
    );
    Reply::Page(Page::from_file(URL.parse().unwrap(), body.into_bytes(), noon(day)))
}

async fn year() -> World {
    let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
    for day in 0..366 {
        world.see(noon(day), page(day)).await;
    }
    world
}

fn number(world: &World, sql: &str) -> i64 {
    let connection = Connection::open(world.folder.path().join("rulewatch.db")).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

const KEPT_BODIES: &str = "SELECT count(*) FROM snapshot WHERE length(body) > 0";

#[tokio::test]
async fn a_year_is_thinned_and_nothing_that_matters_is_lost() {
    let mut world = year().await;
    let store = SharedStore::new(world.store());
    let fee = FactKey::parse("bcpnp.fee").unwrap();
    let memory = || {
        let asked = world.store();
        (
            asked.changes(&LogFilter::default()).unwrap(),
            asked.history(&fee, None).unwrap(),
            asked.last_page(&SourceId::parse("fees").unwrap()).unwrap(),
            asked.outbox(&OutboxFilter::default()).unwrap().len(),
        )
    };
    let before = memory();
    assert_eq!((before.0.len(), number(&world, KEPT_BODIES)), (1, 366));
    let last = noon(365);

    let forever = Retention { checks_days: None, bodies_days: None, letters_days: None };
    assert!(thin(&store, forever, last).unwrap().is_nothing());
    let done = thin(&store, Retention::default(), last).unwrap();
    // Left: the baseline's, the change's and those of the last fourteen days and of the day itself.
    assert_eq!(number(&world, KEPT_BODIES), 2 + 15, "{done:?}");
    assert_eq!(done.n_letters, 1, "the letter of day 100 is older than 90 days");
    assert_eq!(done.n_checks, 0, "none is older than a year");
    assert_eq!(memory(), before);
    assert!(thin(&store, Retention::default(), last).unwrap().is_nothing(), "it is done once");

    let later = noon(365 + 200);
    let done = thin(&store, Retention::default(), later).unwrap();
    assert_eq!(done.n_checks, 198, "but for the baseline and the change: {done:?}");
    assert_eq!(memory(), before);
    let found = audit(&store).unwrap();
    assert!(found.holds() && found.n_events == 1, "{found:?}");

    // A page that was let go of, and is seen again, is kept again; and the next change is told.
    let (report, _) = world.see(later, page(364)).await;
    assert_eq!(report.outcome.word(), "unchanged");
    let (report, letters) = world.see(noon(600), page(50)).await;
    assert_eq!(report.changes.len(), 1, "{report:?}");
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(audit(&store).unwrap().holds());
}

#[tokio::test]
async fn what_history_rests_on_cannot_be_removed() {
    let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
    for day in [99, 100, 101] {
        world.see(noon(day), page(day)).await;
    }
    let connection = Connection::open(world.folder.path().join("rulewatch.db")).unwrap();
    let event = "(SELECT check_id FROM event)";
    let quoted = "(SELECT snapshot FROM change)";
    for refused in [
        format!("DELETE FROM check_run WHERE id = {event}"),
        format!("DELETE FROM page_capture WHERE check_id = {event}"),
        format!("UPDATE snapshot SET body = x'' WHERE id = {quoted}"),
        "UPDATE snapshot SET body = zeroblob(9)".to_owned(),
        "DELETE FROM snapshot".to_owned(),
    ] {
        let error = connection.execute(&refused, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{refused}: {error}");
    }
}

/// The bytes of the database that are in use.
pub(crate) fn in_use(world: &World) -> f64 {
    let number = |what: &str| number(world, &format!("SELECT * FROM pragma_{what}")) as f64;
    (number("page_count") - number("freelist_count")) * number("page_size")
}

/// A page of 100 kB whose words say little twice, with a token or without.
fn long_page(day: i64, has_token: bool) -> Reply {
    let mut random = fastrand::Rng::with_seed(7);
    let words: Vec<String> = (0..9_000).map(|_| format!("{:x}", random.u32(..))).collect();
    let token = if has_token { day } else { 0 };
    let body = format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply to Skills Immigration is $1,475.</p><p>{}</p></main>\
         <script>token = \"{token:x}\"</script></body></html>",
        words.join(" ")
    );
    Reply::Page(Page::from_file(URL.parse().unwrap(), body.into_bytes(), noon(day)))
}

/// The moments after one, up to another, at which the schedule of a source asks for a check.
pub(crate) fn firings(
    source: &Source,
    begin: Timestamp,
    end: Timestamp,
) -> impl Iterator<Item = Timestamp> {
    let next = |at: &Timestamp| source.schedule.next(*at).map(|firing| firing.at);
    std::iter::successors(next(&begin), next).take_while(move |at| *at <= end)
}

/// How many checks of the shipped catalogue its schedules ask for in a week.
fn checks_a_week() -> usize {
    let of = |source| firings(source, noon(0), noon(7)).count();
    shipped().sources().map(of).sum()
}

/// How many checks are made a day.
const A_DAY: i64 = 10;

/// A month here; `tests/long.sh growth` has a year.
#[tokio::test]
async fn what_is_added_over_time_is_measured_and_bounded() {
    let days: i64 = std::env::var("RULEWATCH_DAYS").map_or(30, |days| days.parse().unwrap());
    let mut a_check = Vec::new();
    for (what, has_token) in [("the same bytes", false), ("a token in each answer", true)] {
        let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
        world.see(noon(0), long_page(0, has_token)).await;
        let before = in_use(&world);
        // Rows are small: ten checks a day, of which the last may bring a new body.
        for day in 1..=days {
            for n in 1..A_DAY {
                let at = noon(day) - SignedDuration::from_mins(20 * (A_DAY - n));
                world.see(at, long_page(day - 1, has_token)).await;
            }
            world.see(noon(day), long_page(day, has_token)).await;
            thin(&SharedStore::new(world.store()), Retention::default(), noon(day)).unwrap();
        }
        let added = in_use(&world) - before;
        let bodies = number(&world, KEPT_BODIES);
        println!(
            "growth: {what}: {} checks of a page of 100 kB add {:.2} MB, {bodies} bodies kept",
            days * A_DAY,
            added / 1e6
        );
        assert!(bodies <= 17, "{what}: {bodies}");
        // The bodies of two weeks are kept whole; what stays of each check for good is small.
        let stays = 4_000.0 * (days * A_DAY) as f64;
        assert!(added < stays + if has_token { 16.0 * 60_000.0 } else { 0.0 }, "{what}: {added}");
        a_check.push((added, (days * A_DAY) as f64, bodies as f64));
    }
    // A row is kept for each check; a body for each of the last two weeks, where each answer has a token.
    let [(same, n, _), (token, _, bodies)] = a_check[..] else { panic!("{a_check:?}") };
    let (row, body, a_week) = (same / n, (token - same) / bodies, checks_a_week() as f64);
    let (rows, bodies) = (row * a_week * 52.0 / 1e6, body * a_week * 2.0 / 1e6);
    println!(
        "growth: the catalogue: {a_week} checks a week: {rows:.0} MB of rows after a year, and {bodies:.0} MB of \
         bodies after two weeks where every answer has a token; neither grows from then on"
    );
}
