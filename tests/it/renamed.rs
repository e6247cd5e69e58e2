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

/// Occupations, each called by its title and its code.
const TITLED: &str = r#"
[[source.facts]]
key = "pnp.occupations"
type = "occupations"
record = "{title|slug}/{noc}"
[source.facts.fields]
noc = { as = "noc", each = true, find = '\d{5}' }
title = { note = true }
wage = { as = "money" }
[[source.facts.read]]
table = { columns = { noc = '^NOC', title = '^occupation', wage = '^wage' } }
"#;

#[test]
fn an_occupation_with_another_title_is_the_occupation() {
    let page = |rows: &[(&str, &str, &str)]| {
        let row =
            |(noc, title, wage): &(&str, &str, &str)| format!("<tr><td>{noc}<td>{title}<td>{wage}");
        let rows: String = rows.iter().map(row).collect();
        format!("<table><tr><th>NOC<th>Occupation<th>Wage{rows}</table>")
    };
    const CIVIL: (&str, &str, &str) = ("21300", "Civil engineers", "$40");
    const TWO: (&str, &str, &str) = ("21211 21220", "Analysts and consultants", "$42");
    let told = |rows: [&[(&str, &str, &str)]; 2]| {
        let mut told = said(&sees_of(&program(TITLED), &rows.map(page)));
        told.retain(|line| line.contains("pnp."));
        told
    };
    let title = "Engineers of roads and bridges";
    assert_eq!(told([&[CIVIL, TWO], &[("21300", title, "$40"), TWO]]), [""; 0]);
    let both = [CIVIL, ("21211 21220", "Data and security specialists", "$42")];
    assert_eq!(told([&[CIVIL, TWO], &both]), [""; 0]);
    // Another code, or another wage, is another row.
    for other in [("21310", "Civil engineers", "$40"), ("21300", "Engineers of roads", "$50")] {
        assert_eq!(told([&[CIVIL, TWO], &[other, TWO]]).len(), 2, "{other:?}");
    }
}

/// Times by the name of a stream, which no field keeps.
const TIMES: &str = r#"
[[source.facts]]
key = "pnp.times"
type = "standards"
record = "{stream|slug}"
[source.facts.fields]
stream = { key_only = true }
time = { as = "duration" }
[[source.facts.read]]
table = { columns = { stream = '^stream', time = '^time' } }
"#;

/// Streams by their names, which are titles.
const STREAMS: &str = r#"
[[source.facts]]
key = "pnp.streams"
type = "streams"
record = "{name|slug}"
[source.facts.fields]
title = { from = "heading", wording = true }
status = { from = "text", as = "word", vocabulary = "states" }
name = { from = "heading", find = '^(.*?)(?: stream)?$', key_only = true }
[[source.facts.read]]
headings = { matches = '^(?P<name>.* stream|Farm Workers)$' }
[vocabulary.states]
open = 'open'
closed = 'closed'
"#;

fn times(rows: &[(&str, &str)]) -> String {
    let rows = rows.iter().map(|(stream, time)| format!("<tr><td>{stream}<td>{time}"));
    format!("<table><tr><th>Stream<th>Time{}</table>", rows.collect::<String>())
}

#[test]
fn a_row_with_more_words_in_its_name_is_the_row() {
    let own = [("Farm", "2 weeks"), ("Employment Offer", "3 weeks"), ("Care", "4 weeks")];
    let told = |rows: &[(&str, &str)]| {
        let mut told = said(&sees_of(&program(TIMES), &[times(&own), times(rows)]));
        told.retain(|line| line.contains("pnp."));
        told
    };
    let with = |name, time| [own[0], (name, time), own[2]];
    for name in ["Job Offer (Employment Offer)", "Provincial Employment Offer Pathway", "Offer"] {
        assert_eq!(told(&with(name, "3 weeks")), [""; 0], "{name}");
        // With another row above it, it is in the same place still.
        let rows = with(name, "3 weeks");
        let slower = told(&[rows[0], rows[1], ("Care", "5 weeks")]);
        assert_eq!(slower, ["processing_standard pnp.times/care#time"], "{name}");
        // With another time, nothing shows that it is the same.
        let key = name.to_lowercase().replace(['(', ')'], "").replace(' ', "-");
        let other = told(&with(name, "5 weeks"));
        let added = format!("record_added pnp.times/{key}");
        assert_eq!(other, ["record_removed pnp.times/employment-offer".to_owned(), added]);
    }
    // Other words, another rule, another place, or two that it may be.
    for rows in [
        &with("Entrepreneurs", "3 weeks")[..],
        &with("Employment Offer in Canada", "3 weeks"),
        &with("Employment Offer or Degree from Here", "3 weeks"),
        &[own[0], own[2], ("New Provincial Employment Offer Pathway", "3 weeks")],
        &[
            own[0],
            ("A Job Offer (Employment Offer)", "3 weeks"),
            ("Late Job and Employment Offer", "3 weeks"),
            own[2],
        ],
    ] {
        let told = told(rows);
        assert!(told.iter().any(|line| line.contains("record_removed")), "{rows:?} {told:?}");
    }
}

#[test]
fn a_stream_with_more_words_in_its_name_is_the_stream() {
    let page = |names: [&str; 3]| {
        names.map(|name| format!("<h2>{name}</h2><p>This is open to all.</p>")).concat()
    };
    let own = page(["Masters Graduate stream", "PhD Graduate stream", "Farm stream"]);
    let told = |names| {
        let mut told = said(&sees_of(&program(STREAMS), &[own.clone(), page(names)]));
        told.retain(|line| line.contains("pnp."));
        told
    };
    assert_eq!(
        told(["Masters Graduate stream", "Doctoral (PhD) Graduate stream", "Farm stream"]),
        ["wording_changed pnp.streams/doctoral-phd-graduate#title"]
    );
    let other = told(["Masters Graduate stream", "Entrepreneur stream", "Farm stream"]);
    assert!(other.iter().any(|line| line.starts_with("stream_opened")), "{other:?}");
}

#[test]
fn a_record_that_must_be_there_is_there_with_a_letter_wrong() {
    let facts = r#"
[[source.facts]]
key = "pnp.fees"
type = "fees"
record = "{label|slug}"
expect = { required = ["application"] }
[source.facts.fields]
label = { key_only = true }
fee = { as = "money" }
[[source.facts.read]]
table = { columns = { label = '^fee', fee = '^amount' } }
"#;
    let whole =
        "<table><tr><th>Fee<th>Amount<tr><td>Application<td>$500<tr><td>Review<td>$250</table>";
    let told = |pages: &[&str]| {
        let pages: Vec<String> =
            pages.iter().map(|label| whole.replace("Application", label)).collect();
        said(&sees_of(&program(facts), &pages))
    };
    for pages in [
        &["Application", "Aplication"][..],
        &["Application", "Aplication", "Aplication", "Application"],
    ] {
        let told = told(pages);
        assert!(told.iter().all(|line| line != "broken" && !line.contains("pnp.")), "{told:?}");
    }
    assert_eq!(told(&["Application", "Registration"])[0], "broken");
}

#[test]
fn a_name_with_a_letter_wrong_is_the_name_of_its_vocabulary() {
    let recipe = format!(
        "[vocabulary.places]\nnorth = '^northland$'\nsouth = '^southerly$'\n{}",
        program(
            "[[source.facts]]\nkey = \"pnp.wages\"\ntype = \"thresholds\"\nrecord = \"{place}\"\n\
            [source.facts.fields]\n\
            place = { as = \"word\", vocabulary = \"places\", key_only = true }\n\
            wage = { as = \"money\" }\n[[source.facts.read]]\n\
            table = { columns = { place = '^place', wage = '^wage' } }\n",
        )
    );
    let page = |north: &str, wage: u8| {
        format!(
            "<table><tr><th>Place<th>Wage<tr><td>{north}<td>${wage}<tr><td>Southerly<td>$30</table>"
        )
    };
    let told = |north: &str, wage: u8| {
        let told = said(&sees_of(&recipe, &[page("Northland", 34), page(north, wage)]));
        let facts = |line: &&String| line.contains("pnp.") || line.starts_with("unread");
        told.iter().filter(facts).cloned().collect::<Vec<_>>()
    };
    for north in ["Northlnad", "Nortland", "Northland*"] {
        assert_eq!(told(north, 34), Vec::<String>::new(), "{north}");
        assert_eq!(told(north, 35), ["threshold_changed pnp.wages/north#wage"], "{north}");
    }
    assert!(told("Nordland", 34).iter().any(|line| line.starts_with("unread")));
}

#[test]
fn a_stream_with_a_letter_wrong_in_its_place_is_the_stream() {
    let sets = r#"
[vocabulary.st]
open = '^open'
paused = '^paused'

[[source.facts]]
key = "pnp.streams"
type = "streams"
record = "{stream|slug}"
[source.facts.fields]
stream = { }
status = { as = "word", vocabulary = "st" }
[[source.facts.read]]
table = { columns = { stream = '^stream', status = '^status' } }
"#;
    let page = |name: &str| {
        format!(
            "<table><tr><th>Stream<th>Status<tr><td>Care<td>Open<tr><td>{name}<td>Open\
             <tr><td>Build<td>Paused</table>"
        )
    };
    let told = |name: &str| {
        let mut told = said(&sees_of(&program(sets), &[page("Tech"), page(name)]));
        told.retain(|line| line.contains("pnp."));
        told
    };
    assert_eq!(told("Teck"), ["record_changed pnp.streams/teck#stream"]);
    for other in ["Mech", "Farm", "Text X"] {
        let told = told(other);
        assert!(told.iter().any(|line| line.starts_with("stream_opened")), "{other}: {told:?}");
    }
}
