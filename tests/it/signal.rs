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
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("second.eml"), &second.bytes).unwrap();
    let (words, _) = crate::eml::letters(folder.path())[0].parts();
    let end = words.find("  Copy kept").unwrap();
    insta::assert_snapshot!("letter_now_in_force", &words[..end].replace('\r', ""));
}

#[test]
fn what_was_announced_for_a_day_that_has_come_is_due_until_a_page_confirms_it() {
    use rulewatch::model::LogFilter;
    use rulewatch::model::Stage;
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
fn the_same_facts_in_another_place_are_relocated_and_read_there_from_then_on() {
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
    let changes = world.store().changes(&rulewatch::model::LogFilter::default()).unwrap();
    let dates = &changes[0].dates;
    assert_eq!(dates.expires_on, Some("2025-07-31".parse().unwrap()));
    assert_eq!(dates.applies_to.as_deref(), Some("applications received after June 30, 2025"));
    insta::assert_snapshot!(
        "end_date_words",
        format!("{}\n{}", changes[1].summary.en, changes[1].summary.fr)
    );
}

/// Occupations, with a French page.
const LIST: &str = r#"
[[source]]
id = "list"
program = "gts"
title = { en = "Eligible occupations", fr = "Professions admissibles" }
url = "https://www.example.org/list"
url_fr = "https://www.example.org/liste"
verified = "2026-01-01"
patience = "2 days"

[[source.facts]]
key = "gts.occupations"
title = { en = "Eligible occupations", fr = "Professions admissibles" }
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc_2016", key_only = true }
wage = { as = "money" }
[[source.facts.read]]
table = { columns = { noc = '^NOC|^CNP', wage = 'wage|salaire' } }
"#;

fn list(heads: (&str, &str), rows: &[(&str, &str)]) -> String {
    let rows: String =
        rows.iter().map(|(code, wage)| format!("<tr><td>{code}<td>{wage}")).collect();
    let (code, wage) = heads;
    format!(
        "<html><body><main><h1>List</h1><table><tr><th>{code}<th>{wage}{rows}</table></main></body></html>"
    )
}

#[test]
fn the_french_page_confirms_or_keeps_what_is_held() {
    let all = ["21211", "21231", "21232", "21233", "21234", "21311"];
    let english = |codes: &[&str]| {
        let rows: Vec<_> = codes.iter().map(|code| (*code, "$41,030.50")).collect();
        list(("NOC", "Annual wage"), &rows)
    };
    let french = |codes: &[&str]| {
        let rows: Vec<_> = codes.iter().map(|code| (*code, "41\u{a0}030,50 $")).collect();
        list(("CNP", "Salaire annuel"), &rows)
    };
    let mut world = World::new("list", &[LIST])
        .page("six", &english(&all))
        .page("three", &english(&all[..3]))
        .page("six en français", &french(&all))
        .page("trois en français", &french(&all[..3]));
    let told = play(
        &mut world,
        "2026-01-20T12:00:00Z  six
         2026-01-20T12:00:00Z  in French six en français
         2026-01-21T12:00:00Z  three
         2026-01-21T12:05:00Z  three
         2026-01-21T13:00:00Z  three
         2026-01-21T14:00:00Z  in French trois en français
         2026-01-21T14:00:00Z  three",
    );
    insta::assert_snapshot!("french_twin", told);
}

#[test]
fn what_the_french_page_says_otherwise_is_shown_to_the_person_who_decides() {
    let english = |n: usize| {
        let all = ["21211", "21231", "21232", "21233", "21234", "21311"];
        let rows: Vec<_> = all[..n].iter().map(|code| (*code, "$41.03")).collect();
        list(("NOC", "Hourly wage"), &rows)
    };
    let mut world = World::new("list", &[LIST])
        .page("six", &english(6))
        .page("three", &english(3))
        .page("six en français", &english(6));
    play(
        &mut world,
        "2026-01-20T12:00:00Z  six
         2026-01-20T12:00:00Z  in French six en français
         2026-01-21T12:00:00Z  three
         2026-01-21T12:05:00Z  three",
    );
    let held = world.store().held().unwrap().remove(0);
    let said = "gts.occupations, 21233 is still on the French page";
    assert_eq!(held.translation.as_deref(), Some(said));
}

#[test]
fn a_source_that_cannot_be_read_for_longer_than_its_patience_is_stale_and_told_once() {
    let page = list(("NOC", "Hourly wage"), &[("21211", "$41.03"), ("21231", "$41.03")]);
    let mut world = World::new("list", &[LIST]).page("page", &page);
    let told = play(
        &mut world,
        "2026-01-20T12:00:00Z  page
         2026-01-21T12:00:00Z  any/captcha-page.html
         2026-01-22T11:00:00Z  any/captcha-page.html
         2026-01-23T13:00:00Z  403
         2026-01-23T14:00:00Z  any/captcha-page.html
         2026-01-24T13:00:00Z  page
         2026-01-25T13:00:00Z  no connection",
    );
    insta::assert_snapshot!("stale", told);
    let letter =
        world.letters().into_iter().find(|letter| letter.to.as_str().starts_with("reader"));
    let text = String::from_utf8(letter.unwrap().bytes).unwrap();
    assert!(text.contains("https://www.example.org/list"), "{text}");
    assert!(text.contains("List-Unsubscribe: <mailto:"), "{text}");
}

#[test]
fn a_list_that_goes_over_to_another_edition_is_one_change() {
    let crosswalk = r#"
[[crosswalk]]
from = "NOC 2016"
to = "NOC 2021"
[crosswalk.codes]
2171 = ["21211", "21220", "21221", "21222", "21233"]
2174 = ["21230", "21232", "21234"]
"#;
    let rows = |codes: &[&str]| -> Vec<(String, String)> {
        codes.iter().map(|code| ((*code).to_owned(), "$41.03".to_owned())).collect()
    };
    let page = |rows: &[(String, String)]| {
        let rows: Vec<_> = rows.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        list(("NOC", "Hourly wage"), &rows)
    };
    let old = rows(&["2171", "2174", "2281"]);
    let mut new = rows(&["21211", "21220", "21221", "21222", "21233", "21230", "21232", "22220"]);
    // One old code left with nothing in its place, and of another a part did not come; one code is
    // nobody's successor.
    new[7].1 = "$40.87".to_owned();
    let mut world = World::new("list", &[&format!("{LIST}{crosswalk}")])
        .page("NOC 2016", &page(&old))
        .page("NOC 2021", &page(&new));
    let told = play(
        &mut world,
        "2022-11-15T12:00:00Z  NOC 2016
         2022-11-16T12:00:00Z  NOC 2021
         2022-11-16T12:05:00Z  NOC 2021",
    );
    insta::assert_snapshot!("edition", told);
}

/// A page and a guide that state one fee, which a rule holds to be one fact.
fn one_fact_on_two_pages() -> String {
    let source = |id: &str, key: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nurl = \"https://www.example.org/{id}\"\nverified = \"2026-01-01\"\n\
             [[source.facts]]\nkey = \"{key}\"\ntype = \"fees\"\nrecord = \"position\"\n\
             [source.facts.fields]\namount = {{ as = \"money\" }}\n\
             [[source.facts.read]]\nprose = {{ matches = '(?P<amount>\\$[\\d,]+) for each position' }}\n"
        )
    };
    [
        source("page", "lmia.fee"),
        source("guide", "guide.fee"),
        "[[rule]]\nid = \"R-COST\"\ntitle = { en = \"Cost\", fr = \"Coût\" }\n\
         depends_on = [\"lmia.fee\"]\none_fact = [\"lmia.fee#amount\", \"guide.fee#amount\"]\n"
            .to_owned(),
    ]
    .join("\n")
}

#[test]
fn pages_that_state_one_fact_differently_make_it_disputed_and_alert_nobody() {
    use crate::program::{Home, lines};
    let catalog = one_fact_on_two_pages();
    let home = Home::new();
    let sources = home.file("sources.toml", &catalog);
    let page = |fee: &str| {
        format!("<html><body><main><p>Pay {fee} for each position.</p></main></body></html>")
    };
    let one = home.file("one.html", page("$1,000"));
    let other = home.file("other.html", page("$1,200"));
    let read =
        |id: &str, file: &str| home.done(&["--sources", &sources, "check", id, "--from", file]);
    let states = || -> Vec<String> {
        let text = home.done(&["--sources", &sources, "facts", "lmia.fee", "--format", "ndjson"]);
        lines(&text).iter().map(|line| line["state"].to_string()).collect()
    };
    home.file(
        "eligibility.toml",
        "[[bind]]\nfact = 'lmia.fee#amount'\nfile = 'fees.json'\npath = '$.lmia'\nas = 'value'\n",
    );
    // The exit code, what is found, and how many files would be patched.
    let verify = |yours: u32| {
        home.file("fees.json", format!("{{\"lmia\": {yours}}}"));
        let args = ["--sources", &sources, "verify", "eligibility.toml"];
        let json = home.run(&[&args[..], &["--format", "json"]].concat());
        let answer: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        let found = answer["findings"].as_array().unwrap().iter();
        let kinds: Vec<String> =
            found.map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        home.run(&[&args[..], &["--fix"]].concat());
        let after = std::fs::read_to_string(home.path().join("fees.json")).unwrap();
        (json.code, kinds.join(" "), after.contains(&yours.to_string()))
    };
    let answer = |code, kinds: &str, is_kept| (Some(code), kinds.to_owned(), is_kept);
    read("guide", &one);
    assert_eq!(verify(1_000), answer(1, "never_read", true));
    read("page", &one);
    assert_eq!(states(), ["[]"]);
    assert_eq!(verify(1_000), answer(0, "", true));
    assert_eq!(verify(999), answer(1, "different", false));
    read("guide", &other);
    assert_eq!(states(), ["[\"disputed\"]"]);
    assert_eq!(verify(1_000), answer(1, "disputed", true), "it agrees with one page of two");
    assert_eq!(verify(999), answer(1, "disputed different", true), "nothing doubtful is patched");
    let status = home.done(&["--sources", &sources, "status"]);
    let disputed = status.lines().find(|line| line.contains("disputed")).unwrap();
    insta::assert_snapshot!("disputed", disputed);
    let wrong = home.file("wrong.toml", catalog.replace("guide.fee#amount", "nothing.here#amount"));
    let refused = home.run(&["--sources", &wrong, "status"]);
    assert_eq!(refused.code, Some(2), "{}", refused.err);
    assert!(refused.err.contains("no source reads a fact that this names"), "{}", refused.err);
}

#[test]
fn what_is_announced_stands_beside_what_is_in_force_and_never_in_its_place() {
    use crate::program::{Home, lines};
    let home = Home::new();
    let sources = home.file("sources.toml", WAGES.replace("\"structure\"", "\"2025-06-10\""));
    let before = [("Ontario", "$34.07"), ("Nunavut", "$42.00")];
    let after = [("Ontario", "$36.00"), ("Nunavut", "$42.00")];
    let ahead = "As of June 27, 2999";
    for (name, body) in [
        ("1.html", page("2025-06-01", HEADING, OLD, &before)),
        ("2.html", page("2025-06-10", HEADING, ahead, &after)),
    ] {
        let file = home.file(name, body);
        home.done(&["--sources", &sources, "check", "wages", "--from", &file]);
    }
    let ask = |args: &[&str]| -> Vec<String> {
        let all = [&["--sources", &sources, "facts", "lmia.wages", "--format", "ndjson"], args];
        let said = |line: serde_json::Value| {
            format!("{} {} {}", line["record"], line["fields"]["wage"]["amount"], line["state"])
        };
        lines(&home.done(&all.concat())).into_iter().map(said).collect()
    };
    let in_force = [r#""nunavut" 42 []"#, r#""ontario" 34.07 []"#];
    let announced = [r#""nunavut" 42 ["announced"]"#, r#""ontario" 36 ["announced"]"#];
    assert_eq!(ask(&[]), [in_force, announced].concat());
    assert_eq!(ask(&["--as-of", "2999-06-26"]), in_force);
    // The clock alone puts nothing in force, not on a day to come either.
    assert_eq!(ask(&["--as-of", "2999-06-27"]), in_force);
}

#[test]
fn more_of_the_same_in_another_place_is_no_relocation() {
    let table = |rows: &[(&str, &str)]| {
        let rows: String = rows.iter().map(|(a, b)| format!("<tr><td>{a}<td>{b}")).collect();
        format!("<table><tr><th>Province<th>{OLD}{rows}</table>")
    };
    let known = [("Ontario", "$34.07"), ("Nunavut", "$42.00")];
    let groups = |second: &[(&str, &str)]| {
        let (first, second) = (table(&known), table(second));
        format!("<main><h2>Group A</h2>{first}<h2>Group B</h2>{second}</main>")
    };
    let put_off = page("2025-06-20", "What you must pay", "As of August 1, 2025", &known)
        .replace("$34.07", "$36.00");
    let mut world = wages()
        .page("two groups", &groups(&[("Yukon", "$36.00"), ("Quebec", "$34.62")]))
        .page("elsewhere and put off", &put_off);
    let told = play(
        &mut world,
        "2025-05-01T12:00:00Z  before
         2025-05-02T12:00:00Z  two groups
         2025-06-10T12:00:00Z  announced
         2025-06-20T12:00:00Z  elsewhere and put off",
    );
    insta::assert_snapshot!("no_relocation", told);
}

#[test]
fn a_stray_byte_on_a_page_of_before_the_day_puts_nothing_in_force() {
    let after = [("Ontario", "$36.00"), ("Nunavut", "$42.00")];
    let reworded = [("Ontario *", "$36.00"), ("Nunavut", "$42.00")];
    let stray = |body: String| body.replace("</main>", "<!-- nonce --></main>");
    let mut world = wages()
        .page("reworded", &page("2025-06-16", HEADING, NEW, &reworded))
        .page("stray byte", &stray(page("2025-06-16", HEADING, NEW, &reworded)))
        .page("reworded after", &page("2025-06-16", HEADING, NEW, &after))
        .page("older copy", &stray(page("2025-06-10", HEADING, NEW, &reworded)));
    let told = play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-10T12:00:00Z  announced
         2025-06-16T12:00:00Z  reworded
         2025-06-28T12:00:00Z  stray byte
         2025-06-28T13:00:00Z  reworded
         2025-06-28T14:00:00Z  older copy
         2025-06-28T15:00:00Z  reworded after
         2025-06-29T12:00:00Z  reworded",
    );
    insta::assert_snapshot!("stray_byte", told);
    // Put up on the evening before, for the day after: it is so when the day has come.
    let mut world = wages().page("early stamp", &page("2025-06-27", HEADING, NEW, &after));
    let told = play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-27T02:00:00Z  early stamp
         2025-06-27T05:00:00Z  304
         2025-06-27T06:00:00Z  304",
    );
    insta::assert_snapshot!("stamped_for_the_day", told);
}

#[test]
fn what_was_put_off_or_brought_forward_is_never_lost_beside_another_change() {
    let after = [("Ontario", "$36.00"), ("Nunavut", "$42.00")];
    let both = [("Ontario", "$36.00"), ("Nunavut", "$43.00")];
    let mut world =
        wages().page("put off beside", &page("2025-06-20", HEADING, "As of August 1, 2025", &both));
    let told = play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-10T12:00:00Z  announced
         2025-06-20T12:00:00Z  put off beside",
    );
    insta::assert_snapshot!("put_off_beside", told);
    let mut world = wages()
        .page("forward", &page("2025-06-27", HEADING, NEW, &after))
        .page("far", &page("2025-06-10", HEADING, "As of August 1, 2025", &after));
    let told = play(
        &mut world,
        "2025-06-01T12:00:00Z  before
         2025-06-10T12:00:00Z  far
         2025-06-27T12:00:00Z  forward",
    );
    insta::assert_snapshot!("brought_forward", told);
}
