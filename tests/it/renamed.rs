//! One thing under another name in its place: nothing is removed, and nothing is added.

use crate::absence::{program, said, sees_bodies, sees_of};

/// Provinces by their names, and sectors by whatever is listed.
const LISTS: &str = r#"
[[source.facts]]
key = "pnp.provinces"
type = "list"
record = "{province}"
[source.facts.fields]
province = { from = "item", as = "slug", key_only = true }
name = { from = "item", note = true }
[[source.facts.read]]
under = ['^provinces$']
items = { only = '^(?:alberta|manitoba|nova scotia|ontario|yukon)$' }

[[source.facts]]
key = "pnp.sectors"
type = "list"
record = "{item|slug}"
[source.facts.fields]
title = { from = "item", wording = true }
[[source.facts.read]]
under = ['^sectors$']
items = { }
"#;

const PAGE: &str = "<h2>Provinces</h2><ul><li>Alberta<li>Manitoba<li>Nova Scotia<li>Ontario<li>Yukon</ul>\
    <h2>Sectors</h2><ul><li>Health care<li>Technology<li>Mining</ul>";

#[track_caller]
fn check(edits: &[(&str, &str)], expected: &[&str]) {
    let edit = |page: String, (from, to): &(&str, &str)| {
        assert!(page.contains(from), "{from}");
        page.replace(from, to)
    };
    let page = edits.iter().fold(PAGE.to_owned(), edit);
    let told = said(&sees_of(&program(LISTS), &[PAGE.to_owned(), page.clone()]));
    let facts = |line: &&String| line.contains("pnp.");
    assert_eq!(told.iter().filter(facts).collect::<Vec<_>>(), expected, "{page}: {told:?}");
}

#[test]
fn an_item_that_the_recipe_knows_by_a_name_is_known_by_a_longer_one() {
    check(&[("Ontario", "Province of Ontario")], &[]);
    check(&[("Yukon", "Yukon Territory")], &[]);
    check(&[("Alberta", "Alberta Immigration Program (Alberta)")], &[]);
    check(&[("Ontario", "Province of Ontario"), ("Alberta", "Province of Alberta")], &[]);
    // Another item is another one, wherever it stands.
    check(&[("Ontario", "Quebec")], &["record_removed pnp.provinces/ontario"]);
}

#[test]
fn an_item_that_says_more_is_changed_and_not_another() {
    let of = |to: &str| [("Technology", to.to_owned())];
    for (to, key) in [
        ("Technology and innovation", "technology-and-innovation"),
        ("Information technology", "information-technology"),
    ] {
        let edits = of(to);
        let edits = [(edits[0].0, edits[0].1.as_str())];
        check(&edits, &[&format!("record_changed pnp.sectors/{key}#title")]);
    }
    check(
        &[("<li>Technology", "<li>Forestry<li>Technology and innovation")],
        &[
            "record_added pnp.sectors/forestry",
            "record_changed pnp.sectors/technology-and-innovation#title",
        ],
    );
    check(
        &[("Technology", "Technology and innovation"), ("Mining", "Mining and energy")],
        &[
            "record_changed pnp.sectors/mining-and-energy#title",
            "record_changed pnp.sectors/technology-and-innovation#title",
        ],
    );
    check(
        &[("Technology", "Technology (in Canada only)")],
        &["record_changed pnp.sectors/technology-in-canada-only#title"],
    );
    // What stands in another place, or is limited, is another sector.
    check(
        &[("<li>Technology", ""), ("Mining", "Mining<li>Technology and innovation")],
        &[
            "record_removed pnp.sectors/technology",
            "record_added pnp.sectors/technology-and-innovation",
        ],
    );
    check(
        &[("Technology", "Technology outside Canada")],
        &[
            "record_removed pnp.sectors/technology",
            "record_added pnp.sectors/technology-outside-canada",
        ],
    );
}

/// Streams and occupations that are known by their names.
const NAMED: &str = r#"
[[source.facts]]
key = "pnp.streams"
type = "streams"
record = "{name|slug}"
[source.facts.fields]
name = { from = "item", find = '^([^:]+)', key_only = true }
title = { from = "item", find = '^([^:]+)', wording = true }
status = { from = "item", find = ': (.+)$', as = "text" }
[[source.facts.read]]
under = ['^streams$']
items = { }

[[source.facts]]
key = "pnp.exempt"
type = "occupations"
record = "{item|slug}"
[source.facts.fields]
title = { from = "item", wording = true }
[[source.facts.read]]
under = ['^occupations$']
items = { }
"#;

#[test]
fn a_remark_behind_a_name_changes_what_it_names_and_makes_no_other() {
    let page = "<h2>Streams</h2><ul><li>Skilled worker: open<li>Graduates: open</ul>\
        <h2>Occupations</h2><ul><li>Dosimetrist<li>Perfusionist<li>Marine pilot</ul>";
    let told = |from: &str, to: &str| {
        let pages = [page.to_owned(), page.replace(from, to)];
        let mut told = said(&sees_of(&program(NAMED), &pages));
        told.retain(|line| line.contains(" pnp."));
        told
    };
    for (from, to, key) in [
        (
            "Skilled worker:",
            "Skilled worker (in Canada only):",
            "streams/skilled-worker-in-canada-only",
        ),
        (
            "Graduates:",
            "Graduates - on hold until further notice:",
            "streams/graduates-on-hold-until-further-notice",
        ),
        ("Dosimetrist", "Dosimetrist (radiation)", "exempt/dosimetrist-radiation"),
    ] {
        let seen = told(from, to);
        assert_eq!(seen, [format!("record_changed pnp.{key}#title")], "{to}");
    }
    // A short form of the name, or where a note is, says no more.
    for (from, to) in
        [("Skilled worker:", "Skilled worker (SW):"), ("Marine pilot", "Marine pilot (see note 2)")]
    {
        let seen = told(from, to);
        assert!(seen.iter().all(|line| line.starts_with("wording_changed")), "{to}: {seen:?}");
    }
}

/// Points of two factors, each known by a word of a vocabulary or by its label.
const POINTS: &str = r#"
[vocabulary.factor]
work-and-degree = '^with canadian work experience and a degree'

[[source]]
id = "program"
program = "pnp"
url = "https://www.example.org/program"
verified = "2026-01-01"

[[source.facts]]
key = "pnp.points"
type = "points"
record = "{factor}"
[source.facts.fields]
factor = { as = "slug", vocabulary = "factor", key_only = true }
label = { from = "factor", wording = true }
points = { as = "integer" }
[[source.facts.read]]
table = { columns = { factor = '^factor', points = '^points' } }
"#;

fn table(rows: &[(&str, &str)]) -> String {
    let row = |(label, points): &(&str, &str)| format!("<tr><td>{label}<td>{points}");
    let rows: String = rows.iter().map(row).collect();
    format!("<table><tr><th>Factor<th>Points{rows}</table>")
}

const ROWS: [(&str, &str); 4] = [
    ("Canadian work experience", "80"),
    ("Post-secondary education in Canada", "30"),
    ("With Canadian work experience and a degree", "50"),
    ("Provincial nomination", "600"),
];

#[test]
fn a_label_that_is_turned_round_is_the_label() {
    let told = |rows: &[(&str, &str)]| {
        let told = said(&sees_of(POINTS, &[table(&ROWS), table(rows)]));
        told.into_iter().filter(|line| line.contains("pnp.")).collect::<Vec<_>>()
    };
    for (at, label) in [
        (0, "Work experience in Canada"),
        (1, "Canadian post-secondary education"),
        (2, "With work experience in Canada and a degree"),
        (3, "Nomination by a province"),
    ] {
        let mut rows = ROWS;
        rows[at].0 = label;
        let told = told(&rows);
        assert!(told.iter().all(|line| line.starts_with("wording_changed")), "{label}: {told:?}");
        // Its points are still its own.
        rows[at].1 = "1";
        let changed = told_points(&rows);
        assert_eq!(changed.len(), 1, "{label}: {changed:?}");
    }
    // A Canadian employer may be one abroad, and two rows that may both be it are not.
    let mut rows = ROWS;
    rows[0].0 = "Work experience outside Canada";
    assert!(told(&rows).iter().any(|line| line.contains("record_")), "{:?}", told(&rows));
}

fn told_points(rows: &[(&str, &str)]) -> Vec<String> {
    let told = said(&sees_of(POINTS, &[table(&ROWS), table(rows)]));
    told.into_iter().filter(|line| line.contains("points_changed")).collect()
}

#[test]
fn a_page_in_the_other_language_is_not_the_page() {
    let recipe = POINTS.replace("/program\"", "/en/program\"");
    let page = |language: &str, words: &str, first: &str| {
        let rows = [(first, "80"), ("Age", "12"), ("Study", "30")];
        format!(
            "<html lang=\"{language}\"><body><main><h1>Points</h1>{}<p>{}</main></body></html>",
            table(&rows),
            words.repeat(40)
        )
    };
    let english = page("en", "You must show the proof of the work and of the studies. ", "Work");
    let french =
        page("fr", "Les points et les droits des candidats sont dans les tableaux. ", "Travail");
    let told = |recipe: &str, bodies: &[&String]| {
        let bodies: Vec<String> = bodies.iter().map(|body| (*body).clone()).collect();
        sees_bodies(recipe, &bodies)
    };
    let report = told(&recipe, &[&english, &french]);
    assert!(format!("{:?}", report.outcome).contains("a page in English"), "{report:?}");
    assert_eq!(said(&report), ["broken"]);
    assert_eq!(said(&told(&recipe, &[&english, &french, &english])), ["unchanged"]);
    // A tag that a template left is not the language.
    let tagged = english.replace("lang=\"en\"", "lang=\"fr\"");
    assert_eq!(said(&told(&recipe, &[&english, &tagged])), ["unchanged"]);
    // A page that is read in both languages says the same in each; if it does not, it is in the wrong one.
    let both =
        recipe.replace("verified", "url_fr = \"https://www.example.org/fr/programme\"\nverified");
    assert_eq!(said(&told(&both, &[&english, &french])), ["broken"]);
    let same = french.replace("Travail", "Work");
    assert_eq!(said(&told(&both, &[&english, &same])), ["unchanged"]);
}

/// Areas with their rates and hours, each known by its name alone.
const AREAS: &str = r#"
[[source.facts]]
key = "pnp.areas"
type = "thresholds"
record = "{area|slug}"
[source.facts.fields]
area = { key_only = true }
region = { as = "text" }
hours = { as = "text" }
rate = { as = "percent" }
[[source.facts.read]]
table = { columns = { area = '^area', region = '^region', hours = '^hours', rate = '^rate' } }
"#;

/// What is told when something in a row is written otherwise.
fn areas(from: &str, to: &str) -> Vec<String> {
    let page = "<table><tr><th>Area<th>Region<th>Hours<th>Rate\
        <tr><td>GTA (not Toronto)<td>Transport<td>Daily, 8 am to 8 pm<td>8.4%\
        <tr><td>Toronto, Ontario<td>Trade<td>Monday to Thursday, 9 am to 5 pm<td>8.4%\
        <tr><td>St. John's, Newfoundland and Labrador<td>Health<td>Daily, 8 am to 8 pm<td>6%\
        <tr><td>Land survey offices<td>Health<td>Daily, 8 am to 9 pm<td>6%</table>";
    assert!(page.contains(from), "{from}");
    let told = said(&sees_of(&program(AREAS), &[page.to_owned(), page.replace(from, to)]));
    told.into_iter().filter(|line| line.contains("pnp.")).collect()
}

#[test]
fn a_row_under_a_name_that_is_written_otherwise_is_the_row() {
    for (from, to) in [
        ("GTA (not Toronto)", "GTA (except Toronto)"),
        ("Toronto, Ontario", "Toronto (Ont.)"),
        ("St. John's, Newfoundland and Labrador", "St. John's, N.L."),
        ("Land survey offices", "Land surveying offices"),
    ] {
        let told = areas(from, to);
        assert!(told.iter().all(|line| line.starts_with("wording_changed")), "{to}: {told:?}");
    }
    for (from, to) in [
        ("GTA (not Toronto)", "GTA (with Toronto)"),
        ("Toronto, Ontario", "Kingston (Ont.)"),
        ("Land survey offices", "Harbour works"),
    ] {
        let told = areas(from, to);
        assert!(told.iter().any(|line| line.starts_with("record_added")), "{to}: {told:?}");
        assert!(told.iter().any(|line| line.contains("record_removed")), "{to}: {told:?}");
    }
}

#[test]
fn words_of_a_row_that_are_written_otherwise_are_wording() {
    for (from, to, is_wording) in [
        ("Transport", "Transportation", true),
        ("Transport", "Translation", false),
        ("Monday to Thursday, 9 am to 5 pm", "Mon-Thu 9:00-17:00", true),
        ("Monday to Thursday, 9 am to 5 pm", "Mon-Thu 9:00-18:00", false),
        ("Daily, 8 am to 9 pm", "Daily, 8:00 a.m. to 9:00 p.m.", true),
    ] {
        let told = areas(from, to);
        assert!(!told.is_empty(), "{to}");
        let is_told = told.iter().all(|line| line.starts_with("wording_changed"));
        assert_eq!(is_told, is_wording, "{to}: {told:?}");
    }
}
