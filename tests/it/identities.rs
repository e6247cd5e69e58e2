//! Ids that survive: what is done again on a restored backup or a standby has the ids it had, so that
//! a letter that comes twice is seen to be the same letter.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use rulewatch::model::LogFilter;
use rulewatch::store::Store;

use crate::world::World;

/// What happened after the backup, by the ids of it.
#[derive(Debug, PartialEq, Eq)]
struct Ids {
    changes: Vec<(String, String)>,
    letters: Vec<(String, String)>,
}

/// The pages that come one after another, as a scenario that begins at a moment.
fn scenario(begin: &str, pages: &[&str]) -> String {
    let mut at: Timestamp = begin.parse().unwrap();
    let mut text = String::new();
    for page in pages {
        text.push_str(&format!("{at}  {page}\n"));
        at += SignedDuration::from_hours(1);
    }
    text
}

fn play(world: &mut World, scenario: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(world.play(scenario));
}

/// Plays pages on what a backup remembers, and returns the ids of what came of them.
fn after_backup(world: &mut World, backup: &str, scenario: &str) -> Ids {
    let folder = world.folder.path().to_owned();
    for file in ["rulewatch.db", "rulewatch.db-wal", "rulewatch.db-shm"] {
        let _ = fs::remove_file(folder.join(file));
    }
    fs::copy(folder.join(backup), folder.join("rulewatch.db")).unwrap();
    let sent = world.letters().len();
    play(world, scenario);
    let changes = world.store().changes(&LogFilter::default()).unwrap();
    assert_eq!(world.store().verify_chain().unwrap().fault, None);
    Ids {
        changes: changes
            .iter()
            .map(|change| (change.event.to_string(), change.id.to_string()))
            .collect(),
        letters: world.letters()[sent..]
            .iter()
            .map(|letter| (letter.to.as_str().to_owned(), letter.id.to_string()))
            .collect(),
    }
}

/// Plays the same pages twice on one backup, at other times and with checks between that see nothing
/// new, and compares.
#[track_caller]
fn check(source: &str, before: &[&str], after: &[&str], with_more: &[&str]) -> Ids {
    let mut world = World::shipped(source);
    play(&mut world, &scenario("2025-01-06T12:00:00Z", before));
    world.store().copy_to(&world.folder.path().join("backup")).unwrap();
    let first = after_backup(&mut world, "backup", &scenario("2025-01-08T12:00:00Z", after));
    let second = after_backup(&mut world, "backup", &scenario("2025-01-09T17:00:00Z", with_more));
    assert_eq!(first, second);
    first
}

#[test]
fn an_event_and_its_letters_are_the_same_again() {
    let [old, new] = ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"];
    let ids =
        check("ircc-ee-funds", &[old], &[new, old, new, old], &[old, new, new, old, new, old, old]);
    let mut events: Vec<&String> = ids.changes.iter().map(|(event, _)| event).collect();
    events.dedup();
    let n_events = events.len();
    events.sort();
    events.dedup();
    assert_eq!((n_events, events.len()), (4, 4), "there and back, twice: four events");
    assert_eq!(ids.letters.len(), 4);
}

#[test]
fn a_letter_to_the_operator_is_the_same_again_and_a_new_occasion_is_a_new_letter() {
    let (good, bad) = ("ircc-ee-funds/of-2024.html", "any/captcha-page.html");
    let ids = check(
        "ircc-ee-funds",
        &[good],
        &[bad, good, bad, good],
        &[good, bad, bad, good, good, bad, good],
    );
    let mut letters: Vec<&String> = ids.letters.iter().map(|(_, id)| id).collect();
    assert_eq!(letters.len(), 4, "broke, works, broke, works");
    letters.sort();
    letters.dedup();
    assert_eq!(letters.len(), 4);
}

#[test]
fn what_is_held_twice_is_told_twice_and_is_the_same_again() {
    let whole = "ircc-ee-categories/stem-of-24.html";
    let other = "ircc-ee-categories/stem-19-gone-6-new.html";
    let ids = check(
        "ircc-ee-categories",
        &[whole],
        &[other, "reject", whole, other, other],
        &[whole, other, "reject", whole, whole, other, other],
    );
    // Held, held anew, released: to the operator each, and the reader hears of it once.
    let to = |who: &str| ids.letters.iter().filter(|(to, _)| to.starts_with(who)).count();
    assert_eq!((to("operator@"), to("reader@")), (3, 1), "{:?}", ids.letters);
    let mut letters = ids.letters.clone();
    letters.sort();
    letters.dedup();
    assert_eq!(letters.len(), 4);
}

#[test]
fn a_store_of_an_older_backup_expects_its_own_versions() {
    let mut world = World::shipped("ircc-ee-funds");
    play(&mut world, &scenario("2025-01-06T12:00:00Z", &["ircc-ee-funds/of-2023.html"]));
    let backup = world.folder.path().join("backup.db");
    world.store().copy_to(&backup).unwrap();
    play(&mut world, &scenario("2025-01-08T12:00:00Z", &["ircc-ee-funds/of-2024.html"]));
    let version = |store: Store| store.source_states().unwrap()[0].version.0;
    assert_eq!((version(Store::open(&backup).unwrap()), version(world.store())), (1, 2));
}
