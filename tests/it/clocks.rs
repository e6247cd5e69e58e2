//! A clock that was once wrong: checks and letters go on as soon as it is right again, whatever it wrote.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rulewatch::asking::{self, ValueSpan};
use rulewatch::checking;
use rulewatch::delivering::deliver;
use rulewatch::fetch::Reply;
use rulewatch::model::{Change, FactKey, Fields, LogFilter, Page, SourceId};
use rulewatch::proving::{PageProof, Proving, proof};
use rulewatch::store::SharedStore;

use crate::world::{World, fees};

const URL: &str = "https://example.org/fees";
const NOW: &str = "2026-11-02T15:00:00Z";

fn after(hours: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().checked_add(SignedDuration::from_hours(hours)).unwrap()
}

fn page(fee: &str, at: Timestamp) -> Reply {
    let body = format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply to Skills Immigration is {fee}.</p></main></body></html>"
    );
    Reply::Page(Page::from_file(URL.parse().unwrap(), body.into_bytes(), at))
}

/// Whether the source is due at a moment.
fn is_due(world: &World, at: Timestamp) -> bool {
    let doors = world.doors(None, at);
    let (agenda, faults) = checking::due(&doors.checking(), at).unwrap();
    assert!(faults.is_empty());
    agenda.due.contains(&SourceId::parse("fees").unwrap())
}

#[tokio::test]
async fn a_source_that_was_checked_in_the_future_is_due_and_its_changes_are_told_once() {
    // Five hours, four years ahead; far behind, and then years ahead of that.
    for wrong in [5, 24 * 365 * 4, -5, -24 * 365 * 56] {
        let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
        world.see(after(0), page("$1,475", after(0))).await;
        world.see(after(wrong), page("$1,500", after(wrong))).await;
        assert!(is_due(&world, after(25)), "{wrong} h: a check is missed");
        if wrong > 0 {
            assert!(is_due(&world, after(1)), "{wrong} h: nobody knows when the last check was");
        }
        let mut told = Vec::new();
        for (hours, fee) in [(25, "$1,500"), (26, "$1,500"), (49, "$1,750"), (50, "$1,750")] {
            let (report, letters) = world.see(after(hours), page(fee, after(hours))).await;
            told.push((report.changes.len(), letters.len()));
        }
        assert_eq!(told, [(0, 0), (0, 0), (1, 1), (0, 0)], "{wrong} h");
        let log = world.store().changes(&LogFilter::default()).unwrap();
        assert_eq!(log.len(), 2, "{wrong} h");
        let fee = FactKey::parse("bcpnp.fee").unwrap();
        let now = format!("{:?}", world.store().fact(&fee).unwrap());
        assert!(now.contains("1750"), "{wrong} h: {now}");
    }
}

/// The fee as it was known at a moment.
fn fee_known(world: &World, at: Timestamp) -> String {
    let key = FactKey::parse("bcpnp.fee").unwrap();
    let known = world.store().facts_as_known(&key, at).unwrap();
    let records = known.iter().flat_map(|(_, set)| set.records.values());
    records.flat_map(|record| record.fields.values()).map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_was_read_while_the_clock_was_ahead_holds_from_when_it_is_right_again() {
    // The page is the same when the clock is right again, or another one; or nothing is believed of it.
    for next in ["$1,600", "$1,750", "no page"] {
        let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
        let years = 24 * 365 * 4;
        world.see(after(0), page("$1,475", after(0))).await;
        world.see(after(years), page("$1,500", after(years))).await;
        world.see(after(years + 1), page("$1,600", after(years + 1))).await;
        let holds = match next {
            "no page" => {
                world.see(after(2), Reply::NotModified { chain: Vec::new() }).await;
                "$1,600"
            }
            fee => {
                world.see(after(2), page(fee, after(2))).await;
                fee
            }
        };
        assert_eq!(fee_known(&world, after(1)), "$1,475", "{next}");
        for hours in [2, 3, years, years + 1, years + 2] {
            assert_eq!(fee_known(&world, after(hours)), holds, "{next}, {hours} h");
        }
        world.see(after(4), page("$1,800", after(4))).await;
        world.see(after(5), page("$1,800", after(5))).await;
        assert_eq!(fee_known(&world, after(3)), holds, "{next}");
        for hours in [4, 5, years + 1, years + 2] {
            assert_eq!(fee_known(&world, after(hours)), "$1,800", "{next}, {hours} h");
        }
        let store = world.store();
        assert_eq!(store.verify_chain().unwrap().fault, None, "{next}");
        let fees = SourceId::parse("fees").unwrap();
        let last = String::from_utf8(store.last_page(&fees).unwrap().unwrap().body).unwrap();
        assert!(last.contains("$1,800"), "{next}: {last}");
        // Nobody knows when the page was last seen to say something else.
        let log = store.changes(&LogFilter::default()).unwrap();
        let now = log.iter().filter(|change| change.seen_at < after(years));
        let since: Vec<_> = now.map(|change| change.last_seen_unchanged_at).collect();
        assert!(since.iter().flatten().all(|since| *since < after(4)), "{next}: {since:?}");
    }
}

#[tokio::test]
async fn the_history_is_in_the_order_in_which_it_was_read() {
    for next in ["$1,600", "$1,750"] {
        let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
        let years = 24 * 365 * 4;
        for (hours, fee) in [(0, "$1,475"), (years, "$1,500"), (years + 1, "$1,600"), (2, next)] {
            world.see(after(hours), page(fee, after(hours))).await;
        }
        world.see(after(5), page("$1,800", after(5))).await;
        let known = SharedStore::new(world.store());
        let subject = asking::subject(&known, "bcpnp.fee").unwrap();
        let spans = asking::history(&known, &subject, &TimeZone::UTC).unwrap();
        let said = |span: &ValueSpan| {
            span.fields.iter().flat_map(Fields::values).map(ToString::to_string).collect()
        };
        let said: Vec<String> = spans.iter().map(said).collect();
        let mut right = vec!["$1,475", "$1,500", "$1,600", next, "$1,800"];
        right.dedup();
        assert_eq!(said, right, "{spans:#?}");
        assert_eq!(spans.last().map(|span| (span.seen_at, span.until)), Some((after(5), None)));
    }
}

#[tokio::test]
async fn the_page_before_a_change_is_the_one_that_was_read_before_it() {
    let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
    let years = 24 * 365 * 4;
    for (hours, fee) in [(0, "$1,475"), (years, "$1,600"), (2, "$1,750"), (3, "$1,800")] {
        world.see(after(hours), page(fee, after(hours))).await;
    }
    let with = world.doors(None, after(4)).checking();
    let with = Proving { catalog: with.catalog, store: with.store, converter: with.converter };
    let log = world.store().changes(&LogFilter::default()).unwrap();
    let told = |change: &Change| {
        let proof = proof(&with, change).unwrap();
        let body = |side: Option<PageProof>| {
            let body = String::from_utf8(side.unwrap().page.unwrap().body).unwrap();
            body[body.find('$').unwrap()..][..6].to_owned()
        };
        (body(proof.before), body(proof.after))
    };
    let mut told: Vec<_> = log.iter().map(told).collect();
    told.sort();
    let right = [("$1,475", "$1,600"), ("$1,600", "$1,750"), ("$1,750", "$1,800")];
    assert_eq!(told, right.map(|(before, after)| (before.to_owned(), after.to_owned())));
}

#[tokio::test]
async fn a_letter_that_waits_for_the_future_is_sent() {
    let mut world = World::new("fees", &[&fees(URL, "2026-01-20")]);
    world.see(after(0), page("$1,475", after(0))).await;
    // The letter is enqueued in 2030, and the program ends before it is sent.
    let ahead = after(24 * 365 * 4);
    let doors = world.doors(Some(page("$1,750", ahead)), ahead);
    checking::check(&doors.checking(), &SourceId::parse("fees").unwrap()).await.unwrap();
    assert_eq!(world.letters().len(), 0);
    deliver(&world.doors(None, after(1)).delivering()).await.unwrap();
    assert_eq!(world.letters().len(), 1, "it does not wait for 2030");
}
