//! Checks from start to end: what a page becomes after the pages before it, and who hears of it.

use std::path::Path;

use jiff::SignedDuration;
use rulewatch::conclude::{Confirmation, Trust};
use rulewatch::model::LogFilter;

use crate::shipped::{shipped, shipped_with};
use crate::world::World;

/// A page with fees, read by a recipe that knows one of its two lines.
const FEES: &str = r#"
[[source]]
id = "fees"
program = "bcpnp"
jurisdiction = "BC"
title = { en = "Fees", fr = "Frais" }
url = "https://www.example.org/fees"
verified = "structure"

[[source.facts]]
key = "bcpnp.fee"
type = "fees"
record = "{line}"

[source.facts.fields]
amount = { as = "money" }

[[source.facts.read]]
part = "application"
let = { line = "application" }
prose = { matches = 'fee to apply to skills immigration is (?P<amount>\$[\d.,]*\d)' }
"#;

/// What a later recipe reads beside it.
const REVIEW: &str = r#"
[[source.facts.read]]
part = "review"
let = { line = "request_for_review" }
prose = { matches = 'review of a decision is (?P<amount>\$[\d.,]*\d)' }
"#;

/// Plays a scenario on a shipped source and compares what comes of it.
#[track_caller]
fn check(name: &str, source: &str, scenario: &str) {
    check_in(name, World::shipped(source), scenario);
}

#[track_caller]
fn check_in(name: &str, mut world: World, scenario: &str) {
    insta::assert_snapshot!(name, play(&mut world, scenario));
}

fn play(world: &mut World, scenario: &str) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(world.play(scenario))
}

#[test]
fn first_facts_are_no_news_and_the_same_page_none_either() {
    check(
        "first_facts",
        "ircc-ee-categories",
        "2024-07-11T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2024-07-11T13:00:00Z  ircc-ee-categories/stem-of-24.html
         2024-07-11T14:00:00Z  304
         2024-07-12T12:00:00Z  ircc-ee-categories/rows-reversed.html
         2024-07-12T13:00:00Z  ircc-ee-categories/stem-of-24.html",
    );
}

#[test]
fn one_code_swapped_in_a_list_of_equal_length_is_two_changes_of_one_event() {
    check(
        "one_code_swapped",
        "ircc-ee-categories",
        "2024-07-11T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2024-07-12T12:00:00Z  ircc-ee-categories/one-noc-swapped.html",
    );
}

#[test]
fn eight_amounts_that_move_at_once_are_one_event_and_one_letter() {
    check(
        "eight_amounts",
        "ircc-ee-funds",
        "2024-05-29T12:00:00Z  ircc-ee-funds/of-2023.html
         2024-06-03T12:00:00Z  ircc-ee-funds/of-2024.html
         2024-06-03T13:00:00Z  ircc-ee-funds/of-2024.html",
    );
}

#[test]
fn a_cut_off_corrected_after_the_fact_is_one_correction() {
    check(
        "corrected_cut_off",
        "ircc-ee-rounds",
        "2023-01-18T17:00:00Z  ircc-ee-rounds/cut-off-507.json
         2023-01-18T17:20:00Z  ircc-ee-rounds/cut-off-490.json
         2023-01-18T17:40:00Z  ircc-ee-rounds/cut-off-490.json",
    );
}

#[test]
fn a_round_that_is_gone_is_said_to_be_removed() {
    check(
        "removed_round",
        "ircc-ee-rounds",
        "2023-01-18T17:00:00Z  ircc-ee-rounds/cut-off-490.json
         2023-01-18T17:20:00Z  ircc-ee-rounds/round-237-gone.json",
    );
}

#[test]
fn a_series_moves_without_a_word() {
    check(
        "moved_band",
        "ircc-ee-rounds",
        "2023-01-18T17:00:00Z  ircc-ee-rounds/cut-off-490.json
         2023-01-18T17:20:00Z  ircc-ee-rounds/one-band-moved.json",
    );
}

#[test]
fn a_cell_that_cannot_be_read_keeps_its_last_value() {
    check(
        "unreadable_cell",
        "ircc-ee-rounds",
        "2023-01-18T17:00:00Z  ircc-ee-rounds/cut-off-490.json
         2023-01-18T17:20:00Z  ircc-ee-rounds/size-that-is-no-number.json
         2023-01-18T17:40:00Z  ircc-ee-rounds/cut-off-490.json",
    );
}

#[test]
fn a_mass_change_is_held_and_released_as_one_event_when_the_page_says_it_again() {
    check(
        "mass_change_released",
        "ircc-ee-categories",
        "2025-02-26T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2025-02-27T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:05:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:25:00Z  ircc-ee-categories/stem-19-gone-6-new.html",
    );
}

#[test]
fn two_re_fetches_must_agree_where_two_are_wanted() {
    let delays = [5, 20].map(SignedDuration::from_mins).to_vec();
    let world = World::shipped("ircc-ee-categories").confirmed_by(Confirmation(delays));
    check_in(
        "mass_change_released_by_two",
        world,
        "2025-02-26T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2025-02-27T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:05:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:10:00Z  no connection
         2025-02-27T12:15:00Z  any/captcha-page.html
         2025-02-27T12:25:00Z  ircc-ee-categories/stem-19-gone-6-new.html",
    );
}

#[test]
fn what_is_held_and_comes_back_to_normal_was_nothing() {
    check(
        "mass_change_rejected",
        "ircc-ee-categories",
        "2025-02-26T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2025-02-27T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:05:00Z  ircc-ee-categories/stem-of-24.html
         2025-02-28T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html",
    );
}

#[test]
fn what_is_held_and_then_otherwise_implausible_is_held_anew() {
    check(
        "mass_change_contradicted",
        "ircc-ee-categories",
        "2025-02-26T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2025-02-27T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:05:00Z  ircc-ee-categories/stem-other-19-gone.html
         2025-02-27T12:25:00Z  ircc-ee-categories/one-noc-swapped.html",
    );
}

#[test]
fn a_small_set_that_vanishes_wholly_is_held() {
    check(
        "small_set_gone",
        "ircc-ee-categories",
        "2025-02-26T12:00:00Z  ircc-ee-categories/three-categories.html
         2025-02-27T12:00:00Z  ircc-ee-categories/agriculture-gone.html
         2025-02-27T12:05:00Z  ircc-ee-categories/agriculture-gone.html",
    );
}

#[test]
fn a_figure_with_a_digit_too_many_is_held() {
    check(
        "digit_too_many",
        "ircc-ee-funds",
        "2024-05-29T12:00:00Z  ircc-ee-funds/of-2023.html
         2024-06-03T12:00:00Z  ircc-ee-funds/one-digit-too-many.html
         2024-06-03T12:05:00Z  ircc-ee-funds/of-2023.html",
    );
}

#[test]
fn the_operator_hears_once_that_a_source_broke_and_once_that_it_works_again() {
    check(
        "broke_and_recovered",
        "ircc-ee-funds",
        "2024-05-29T12:00:00Z  ircc-ee-funds/of-2023.html
         2024-05-29T13:00:00Z  any/captcha-page.html
         2024-05-29T14:00:00Z  any/captcha-page.html
         2024-05-29T15:00:00Z  403
         2024-05-29T16:00:00Z  404
         2024-05-29T17:00:00Z  ircc-ee-funds/of-2023.html
         2024-05-29T18:00:00Z  ircc-ee-funds/of-2023.html
         2024-05-29T19:00:00Z  any/captcha-page.html",
    );
}

#[test]
fn one_lost_connection_is_nobodys_trouble_and_a_second_is() {
    check(
        "lost_connections",
        "ircc-ee-funds",
        "2024-05-29T12:00:00Z  ircc-ee-funds/of-2023.html
         2024-05-29T13:00:00Z  no connection
         2024-05-29T14:00:00Z  ircc-ee-funds/of-2023.html
         2024-05-29T15:00:00Z  no connection
         2024-05-29T16:00:00Z  no connection
         2024-05-29T17:00:00Z  no connection
         2024-05-29T18:00:00Z  304",
    );
}

#[test]
fn a_source_that_was_broken_from_the_first_has_its_baseline_when_it_works() {
    check(
        "broken_from_the_first",
        "ircc-ee-funds",
        "2024-05-29T12:00:00Z  any/captcha-page.html
         2024-05-29T13:00:00Z  ircc-ee-funds/of-2023.html
         2024-05-29T14:00:00Z  ircc-ee-funds/of-2024.html",
    );
}

#[test]
fn a_new_recipe_reads_the_last_page_again_and_tells_nobody() {
    let both = format!("{FEES}{REVIEW}");
    check_in(
        "new_recipe",
        World::new("fees", &[FEES, &both]),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-21T00:00:00Z  catalog 2
         2026-01-21T12:00:00Z  fees/application-1475.html
         2026-01-22T12:00:00Z  fees/application-1750.html",
    );
}

#[test]
fn a_change_between_the_old_recipe_and_the_new_is_not_lost() {
    let both = format!("{FEES}{REVIEW}");
    check_in(
        "new_recipe_and_change",
        World::new("fees", &[FEES, &both]),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-21T00:00:00Z  catalog 2
         2026-01-22T12:00:00Z  fees/application-1750.html",
    );
}

#[test]
fn a_new_recipe_does_not_hide_that_a_broken_source_works_again() {
    let both = format!("{FEES}{REVIEW}");
    check_in(
        "new_recipe_after_a_break",
        World::new("fees", &[FEES, &both]),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-20T13:00:00Z  any/captcha-page.html
         2026-01-21T00:00:00Z  catalog 2
         2026-01-21T12:00:00Z  any/captcha-page.html
         2026-01-22T12:00:00Z  fees/application-1475.html",
    );
}

#[test]
fn a_new_recipe_releases_nothing_that_is_held() {
    let teer = "note = true }\nteer = { as = \"teer\", optional = true }";
    let more = shipped_with(teer, "note = true }").unwrap();
    check_in(
        "new_recipe_while_held",
        World::under("ircc-ee-categories", vec![shipped(), more]),
        "2025-02-26T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2025-02-27T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:01:00Z  catalog 2
         2025-02-27T12:05:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:25:00Z  ircc-ee-categories/stem-19-gone-6-new.html",
    );
}

#[test]
fn a_recipe_that_cannot_read_the_last_page_takes_its_baseline_from_the_next() {
    let moved = FEES.replace("is (?P<amount>", "is now (?P<amount>");
    check_in(
        "new_recipe_for_a_new_page",
        World::new("fees", &[FEES, &moved]),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-21T00:00:00Z  catalog 2
         2026-01-21T12:00:00Z  fees/application-1475.html
         2026-01-22T12:00:00Z  fees/worded-anew.html",
    );
}

#[test]
fn a_page_nobody_has_reviewed_is_told_to_the_operator_alone() {
    check_in(
        "unreviewed",
        World::new("fees", &[FEES]).trusting(Trust::Tried),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-22T12:00:00Z  fees/application-1750.html",
    );
}

#[test]
fn first_facts_that_were_held_are_no_news_when_they_are_believed() {
    let ranged = FEES.replace(
        "[source.facts.fields]",
        "expect = { range = { amount = [1, 1000] } }\n\n[source.facts.fields]",
    );
    check_in(
        "held_from_the_first",
        World::new("fees", &[&ranged]),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-20T12:05:00Z  fees/application-1475.html
         2026-01-20T13:00:00Z  accept
         2026-01-21T12:00:00Z  fees/application-1475.html",
    );
}

#[test]
fn a_fee_that_goes_back_is_reversed() {
    check_in(
        "reversed",
        World::new("fees", &[FEES]),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-22T12:00:00Z  fees/application-1750.html
         2026-01-23T12:00:00Z  fees/application-1475.html
         2026-01-24T12:00:00Z  fees/application-1750.html",
    );
}

#[test]
fn an_occupation_taken_off_and_put_back_is_reversed() {
    check(
        "reversed_occupations",
        "ircc-ee-categories",
        "2024-07-11T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2024-07-12T12:00:00Z  ircc-ee-categories/one-noc-swapped.html
         2024-07-13T12:00:00Z  ircc-ee-categories/stem-of-24.html",
    );
}

#[test]
fn an_occupation_that_moves_says_where_from_and_where_to() {
    let mut world = World::shipped("ircc-ee-categories");
    let told = play(
        &mut world,
        "2025-02-26T12:00:00Z  ircc-ee-categories/three-categories.html
         2025-02-27T12:00:00Z  ircc-ee-categories/one-moved.html",
    );
    let changes = world.store().changes(&LogFilter::default()).unwrap();
    let said: Vec<&str> =
        changes.iter().flat_map(|c| [c.summary.en.as_str(), c.summary.fr.as_str()]).collect();
    insta::assert_snapshot!("moved_occupation", format!("{told}\n{}", said.join("\n")));
}

#[test]
fn a_page_older_than_the_one_believed_waits_for_a_person() {
    check_in(
        "rolled_back",
        World::new("fees", &[FEES]),
        "2026-01-11T12:00:00Z  fees/of-2026-01-10-1475.html
         2026-01-21T12:00:00Z  fees/of-2026-01-20-1750.html
         2026-01-21T13:00:00Z  fees/of-2026-01-12-1750.html
         2026-01-22T12:00:00Z  fees/of-2026-01-10-1475.html
         2026-01-22T12:05:00Z  fees/of-2026-01-10-1475.html
         2026-01-22T12:25:00Z  fees/of-2026-01-10-1475.html
         2026-01-23T12:00:00Z  fees/of-2026-01-20-1750.html
         2026-01-31T12:00:00Z  fees/of-2026-01-30-1475.html",
    );
}

#[test]
fn what_a_person_accepts_is_recorded_told_and_the_state_from_then_on() {
    let mut world = World::new("fees", &[FEES]);
    let told = play(
        &mut world,
        "2026-01-21T12:00:00Z  fees/of-2026-01-20-1750.html
         2026-01-22T12:00:00Z  fees/of-2026-01-10-1475.html
         2026-01-22T15:00:00Z  accept
         2026-01-22T16:00:00Z  accept
         2026-01-23T12:00:00Z  fees/of-2026-01-10-1475.html
         2026-01-24T12:00:00Z  fees/of-2026-01-12-1750.html",
    );
    insta::assert_snapshot!("accepted_by_a_person", told);
    let database = world.folder.path().join("rulewatch.db");
    let by: String = rusqlite::Connection::open(database)
        .unwrap()
        .query_row("SELECT settled_by FROM hold WHERE state = 'released'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(by, "ana");
}

#[test]
fn what_a_person_rejects_stays_rejected_while_the_page_says_it() {
    check(
        "rejected_by_a_person",
        "ircc-ee-categories",
        "2025-02-26T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2025-02-27T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:02:00Z  reject
         2025-02-27T12:05:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-27T12:25:00Z  ircc-ee-categories/stem-19-gone-6-new.html
         2025-02-28T12:00:00Z  ircc-ee-categories/stem-of-24.html
         2025-03-01T12:00:00Z  ircc-ee-categories/stem-19-gone-6-new.html",
    );
}

#[test]
fn accepted_evidence_opens_the_source_to_its_readers() {
    check_in(
        "reviewed",
        World::new("fees", &[FEES]).trusting(Trust::Tried),
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-21T12:00:00Z  reject
         2026-01-21T13:00:00Z  accept
         2026-01-22T12:00:00Z  fees/application-1750.html",
    );
}

#[test]
fn a_snapshot_is_kept_of_every_page_that_said_something_new() {
    let mut world = World::new("fees", &[FEES]);
    play(
        &mut world,
        "2026-01-20T12:00:00Z  fees/application-1475.html
         2026-01-20T13:00:00Z  fees/application-1475.html
         2026-01-22T12:00:00Z  fees/application-1750.html",
    );
    assert_eq!(world.store().counts().unwrap().n_snapshots, 2);
    assert!(Path::new(world.folder.path()).join("rulewatch.db").is_file());
}
