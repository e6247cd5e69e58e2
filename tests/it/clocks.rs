//! A clock that was once wrong: checks and letters go on as soon as it is right again, whatever it wrote.

use jiff::{SignedDuration, Timestamp};
use rulewatch::checking;
use rulewatch::delivering::deliver;
use rulewatch::fetch::Reply;
use rulewatch::model::{FactKey, LogFilter, Page, SourceId};

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
