//! What is told from what: a page laid out anew from a rule that changed, a rule that is announced
//! from one that is in force, a page that stands still from one that confirms.

use crate::world::World;

/// Wage thresholds by province, as a page prints them between two dates.
const WAGES: &str = r#"
[[source]]
id = "wages"
program = "lmia"
jurisdiction = "CA"
title = { en = "Wages", fr = "Salaires" }
url = "https://www.example.org/wages"
verified = "structure"

[[source.facts]]
key = "lmia.wages"
title = { en = "High-wage threshold", fr = "Seuil de haut salaire" }
type = "thresholds"
record = "{province|slug}"
effective = "from"

[source.facts.fields]
wage = { as = "money", per = "hour" }
from = { from = "wage.header", as = "date", find = 'as of (\w+ \d+, \d{4})', note = true, optional = true }

[[source.facts.read]]
under = ['wage thresholds']
table = { columns = { province = '^province', wage = 'as of|^threshold' } }
"#;

fn page(stamp: &str, heading: &str, header: &str, rows: &[(&str, &str)]) -> String {
    let rows: String =
        rows.iter().map(|(place, wage)| format!("<tr><td>{place}<td>{wage}")).collect();
    format!(
        "<html><head><title>Wages</title></head><body><main><h1>Median wage</h1>\
         <h2>{heading}</h2><table><tr><th>Province<th>{header}{rows}</table>\
         <p>Offers above the threshold are high-wage offers.</p></main>\
         <footer><dl><dt>Date modified:</dt><dd><time property=\"dateModified\">{stamp}</time></dd></dl>\
         </footer></body></html>"
    )
}

fn play(world: &mut World, scenario: &str) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(world.play(scenario))
}

const HEADING: &str = "Wage thresholds";
const OLD: &str = "As of June 28, 2024";
const NEW: &str = "As of June 27, 2025";

/// The page before the thresholds of 2025, with them announced, and after.
fn wages() -> World {
    let before = [("Ontario", "$34.07"), ("Nunavut", "$42.00")];
    let after = [("Ontario", "$36.00"), ("Nunavut", "$42.00")];
    World::new("wages", &[WAGES])
        .page("before", &page("2024-06-28", HEADING, OLD, &before))
        .page("announced", &page("2025-06-10", HEADING, NEW, &after))
        .page("edited", &page("2025-06-27", HEADING, NEW, &after))
        .page("put-off", &page("2025-06-20", HEADING, "As of August 1, 2025", &after))
        .page("put-off again", &page("2025-06-28", HEADING, "As of August 1, 2025", &after))
        .page("after all", &page("2025-08-01", HEADING, "As of August 1, 2025", &after))
        .page("put-back", &page("2025-06-20", HEADING, OLD, &before))
}

#[test]
fn what_is_announced_is_in_force_when_a_page_says_so_and_not_before() {
    let mut world = wages();
    let told = play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-10T12:00:00Z  announced
         2025-06-26T12:00:00Z  announced
         2025-06-27T12:00:00Z  304
         2025-06-27T13:00:00Z  announced
         2025-06-27T14:00:00Z  edited
         2025-06-28T12:00:00Z  edited
         2025-06-28T13:00:00Z  304",
    );
    insta::assert_snapshot!("announced_and_in_force", told);
    let letters = world.letters();
    let [first, second] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    let text = std::str::from_utf8(&second.bytes).unwrap();
    let id = format!("<{}@example.org>", first.id);
    assert!(text.contains(&format!("In-Reply-To: {id}\r\n")), "{text}");
    assert!(text.contains("Announced"), "{text}");
}

#[test]
fn what_was_announced_for_a_day_that_has_come_is_due_until_a_page_confirms_it() {
    use rulewatch::model::Stage;
    use rulewatch::store::LogFilter;
    let mut world = wages();
    play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-10T12:00:00Z  announced",
    );
    let at = |world: &World, today: &str, stages: &[Stage]| -> Vec<Stage> {
        let today = Some(today.parse().unwrap());
        let filter = LogFilter { today, stages: stages.to_vec(), ..LogFilter::default() };
        world.store().changes(&filter).unwrap().iter().map(|change| change.stage).collect()
    };
    assert_eq!(at(&world, "2025-06-26", &[]), [Stage::Announced]);
    assert_eq!(at(&world, "2025-06-27", &[]), [Stage::Due]);
    assert_eq!(at(&world, "2025-06-27", &[Stage::Due]), [Stage::Due]);
    assert_eq!(at(&world, "2025-06-27", &[Stage::Announced]), []);
    assert_eq!(at(&world, "2025-06-26", &[Stage::Due]), []);
    play(&mut world, "2025-06-28T12:00:00Z  edited");
    assert_eq!(at(&world, "2025-06-28", &[]), [Stage::Announced, Stage::InForce]);
    assert_eq!(at(&world, "2025-06-28", &[Stage::Due]), []);
}

#[test]
fn a_day_that_is_put_off_is_one_change_and_what_is_taken_back_is_reversed() {
    let mut world = wages();
    let told = play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-10T12:00:00Z  announced
         2025-06-20T12:00:00Z  put-off
         2025-06-21T12:00:00Z  put-off
         2025-06-22T12:00:00Z  put-back",
    );
    insta::assert_snapshot!("put_off_and_taken_back", told);
}

#[test]
fn what_is_put_off_is_in_force_on_the_later_day_only() {
    let mut world = wages();
    let told = play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-10T12:00:00Z  announced
         2025-06-20T12:00:00Z  put-off
         2025-06-28T12:00:00Z  put-off again
         2025-08-01T12:00:00Z  after all",
    );
    insta::assert_snapshot!("put_off_and_in_force", told);
}

#[test]
fn the_same_facts_in_another_place_are_relocated_and_one_more_or_less_is_broken() {
    let rows = [("Ontario", "$34.07"), ("Nunavut", "$42.00")];
    let more = [("Ontario", "$34.07"), ("Nunavut", "$42.00"), ("Yukon", "$36.00")];
    let other = [("Ontario", "$36.00"), ("Nunavut", "$42.00")];
    let mut world = World::new("wages", &[WAGES])
        .page("before", &page("2024-06-28", HEADING, OLD, &rows))
        .page("heading", &page("2024-06-29", "What you must pay", OLD, &rows))
        .page("header", &page("2024-06-30", HEADING, "Hourly wage", &rows))
        .page("both", &page("2024-07-01", "What you must pay", "Hourly wage", &rows))
        .page("both again", &page("2024-07-02", "What you must pay", "Hourly wage", &rows))
        .page("one more", &page("2024-07-03", "What you must pay", "Hourly wage", &more))
        .page("one other", &page("2024-07-04", "What you must pay", "Hourly wage", &other))
        .page("none", &page("2024-07-05", HEADING, "Hourly wage", &[("Alberta", "$35.40")]));
    let told = play(
        &mut world,
        "2024-06-28T12:00:00Z  before
         2024-06-29T12:00:00Z  heading
         2024-06-30T12:00:00Z  header
         2024-07-01T12:00:00Z  both
         2024-07-02T12:00:00Z  both again
         2024-07-03T12:00:00Z  one more
         2024-07-04T12:00:00Z  one other
         2024-07-05T12:00:00Z  none
         2024-07-06T12:00:00Z  before",
    );
    insta::assert_snapshot!("relocated", told);
}

/// A part with two locators: the second is a second chance.
#[test]
fn facts_read_by_a_later_locator_are_relocated_once() {
    let second = format!(
        "{WAGES}\n[[source.facts.read]]\nunder = ['what you must pay']\n\
         table = {{ columns = {{ province = '^province', wage = 'as of' }} }}\n"
    );
    let rows = [("Ontario", "$34.07"), ("Nunavut", "$42.00")];
    let moved = [("Ontario", "$36.00"), ("Nunavut", "$42.00")];
    let mut world = World::new("wages", &[&second])
        .page("before", &page("2024-06-28", HEADING, OLD, &rows))
        .page("moved", &page("2024-06-29", "What you must pay", OLD, &rows))
        .page("moved again", &page("2024-06-30", "What you must pay", OLD, &rows))
        .page("changed", &page("2024-07-01", "What you must pay", OLD, &moved));
    let told = play(
        &mut world,
        "2024-06-28T12:00:00Z  before
         2024-06-29T12:00:00Z  moved
         2024-06-30T12:00:00Z  moved again
         2024-07-01T12:00:00Z  changed",
    );
    insta::assert_snapshot!("relocated_to_a_later_locator", told);
}

#[test]
fn objects_of_a_feed_that_moved_are_found_and_a_new_one_beside_them_is_not_lost() {
    let feed = r#"
[[source]]
id = "draws"
url = "https://www.example.org/draws.json"
format = "json"

[[source.facts]]
key = "ee.draws"
type = "draws"
record = "{number}"
[source.facts.fields]
number = { key_only = true }
cutoff = { as = "integer" }
[[source.facts.read]]
json = { each = "$.rounds[*]", cells = { number = "drawNumber", cutoff = "drawCRS" } }
"#;
    let rows = r#"[{"drawNumber": "2", "drawCRS": "507"}, {"drawNumber": "1", "drawCRS": "490"}]"#;
    let more = r#"[{"drawNumber": "3", "drawCRS": "511"}, {"drawNumber": "2", "drawCRS": "507"},
                   {"drawNumber": "1", "drawCRS": "490"}]"#;
    let mut world = World::new("draws", &[feed])
        .page("before", &format!("{{\"rounds\": {rows}}}"))
        .page("moved", &format!("{{\"data\": {{\"it's\": {rows}}}}}"))
        .page("more", &format!("{{\"data\": {{\"it's\": {more}}}}}"));
    let told = play(
        &mut world,
        "2024-06-28T12:00:00Z  before
         2024-06-29T12:00:00Z  moved
         2024-06-30T12:00:00Z  more",
    );
    insta::assert_snapshot!("relocated_objects", told);
}

#[test]
fn an_end_date_that_passes_on_a_page_that_stands_still_is_a_notice() {
    let catalog = WAGES.replace(
        "effective = \"from\"",
        "effective = \"from\"\nexpires = \"until\"\napplies_to = \"applies\"",
    );
    let catalog = catalog.replace(
        "[source.facts.fields]",
        "[source.facts.fields]\n\
         until = { from = 'intro', as = 'date', find = 'until (\\w+ \\d+, \\d{4})', optional = true, note = true }\n\
         applies = { from = 'intro', find = 'for (applications received[^.]*)', optional = true, note = true }",
    );
    let with = |words: &str, wage: &str| {
        let rows = [("Ontario", wage), ("Nunavut", "$42.00")];
        page("2025-06-27", HEADING, NEW, &rows)
            .replace("<table>", &format!("<p>{words}</p><table>"))
    };
    let words = "Valid until July 31, 2025, for applications received after June 30, 2025.";
    let mut world = World::new("wages", &[&catalog])
        .page("before", &with(words, "$34.07"))
        .page("after", &with(words, "$36.00"));
    let told = play(
        &mut world,
        "2025-06-27T12:00:00Z  before
         2025-06-28T12:00:00Z  after
         2025-07-31T12:00:00Z  304
         2025-08-01T12:00:00Z  304
         2025-08-02T12:00:00Z  304
         2025-08-03T12:00:00Z  after",
    );
    insta::assert_snapshot!("end_date_passed", told);
    let changes = world.store().changes(&rulewatch::store::LogFilter::default()).unwrap();
    let dates = &changes[0].dates;
    assert_eq!(dates.expires_on, Some("2025-07-31".parse().unwrap()));
    assert_eq!(dates.applies_to.as_deref(), Some("applications received after June 30, 2025"));
    insta::assert_snapshot!(
        "end_date_words",
        format!("{}\n{}", changes[1].summary.en, changes[1].summary.fr)
    );
}
