//! A rule in other words, with a letter wrong or in another form is the same rule; another qualifier is another one.

use crate::absence::{program, said, sees_of};

/// What is told of facts when one page follows another, and whether it is above info.
#[track_caller]
fn told(facts: &str, page: &str, edits: &[(&str, &str)]) -> Vec<String> {
    let edited = edits.iter().fold(page.to_owned(), |page, (from, to)| {
        assert!(page.contains(from), "{from}");
        page.replace(from, to)
    });
    said(&sees_of(&program(facts), &[page.to_owned(), edited]))
}

#[track_caller]
fn check(facts: &str, page: &str, edits: &[(&str, &str)], expected: &[&str]) {
    let mut told = told(facts, page, edits);
    told.retain(|line| line.contains("pnp.") || line.starts_with("unread"));
    assert_eq!(told, expected, "{edits:?}");
}

/// Occupations, each with its condition, in a table.
const OCCUPATIONS: &str = r#"
[[source.facts]]
key = "pnp.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
condition = { optional = true }
[[source.facts.read]]
table = { columns = { noc = '^noc', condition = '^condition' } }
"#;

const CONDITIONS: &str = "<table><tr><th>NOC<th>Condition\
    <tr><td>33100<td>Workers must have at least 2 years of work in Canada and may apply for a licence\
    <tr><td>33102<td>The job offer covers 30 hours or more. Workers receive a card\
    <tr><td>42201<td>Les travailleurs doivent avoir au moins 3 ans d'expérience ou plus de 5 cours</table>";

#[test]
fn a_condition_in_other_words_is_wording() {
    let wording = |noc: &str| format!("wording_changed pnp.occupations/{noc}#condition");
    for (noc, from, to) in [
        ("33100", "must have", "need to have"),
        ("33100", "must have", "are required to have"),
        ("33100", "at least 2", "a minimum of 2"),
        ("33100", "at least 2", "no less than 2"),
        ("33100", "may apply for", "are able to ask for"),
        ("33102", "covers", "includes"),
        ("33102", "or more", "or above"),
        ("33102", "receive", "get"),
        ("42201", "doivent avoir", "devront avoir"),
        ("42201", "au moins 3", "un minimum de 3"),
        ("42201", "plus de 5", "au-delà de 5"),
    ] {
        check(OCCUPATIONS, CONDITIONS, &[(from, to)], &[&wording(noc)]);
    }
}

#[test]
fn a_condition_with_another_qualifier_is_another() {
    for (noc, from, to) in [
        ("33100", "must have", "may have"),
        ("33100", "must have", "must not have"),
        ("33100", "at least", "at most"),
        ("33100", "at least 2", "a minimum of 3"),
        ("33100", "in Canada", "outside Canada"),
        ("33100", "Canada and", "Canada or"),
        ("33100", "may apply", "must apply"),
        ("33102", "covers", "excludes"),
        ("33102", "or more", "or less"),
        ("42201", "au moins", "au plus"),
        ("42201", "plus de 5", "moins de 5"),
    ] {
        let changed = format!("record_changed pnp.occupations/{noc}#condition");
        check(OCCUPATIONS, CONDITIONS, &[(from, to)], &[&changed]);
    }
}

/// Two point grids, told apart by a level in their rows, with a maximum in their headers.
const GRIDS: &str = r#"
[[source.facts]]
key = "pnp.grid"
type = "points"
record = "{section}/{row}/{column}"
[source.facts.fields]
row = { as = "slug", key_only = true }
label = { from = "row", wording = true }
points = { from = "value", as = "integer" }
[[source.facts.read]]
part = "first"
let = { section = "first" }
matrix = { first = '^level of language$', has = ['CLB 10 or more'], columns = { alone = '^alone', together = '^with a spouse' }, in_header = { maximum = 'maximum (\d+) points' } }
[[source.facts.read]]
part = "second"
let = { section = "second" }
matrix = { first = '^level of language$', has = ['CLB 4 or less'], columns = { alone = '^alone', together = '^with a spouse' }, in_header = { maximum = 'maximum (\d+) points' } }
"#;

const LEVELS: &str = "<h2>One</h2><table><tr><th>Level of language<th>Alone (maximum 34 points)<th>With a spouse (maximum 32 points)\
    <tr><td>CLB 9<td>31<td>29<tr><td>CLB 10 or more<td>34<td>32</table>\
    <h2>Two</h2><table><tr><th>Level of language<th>Alone (maximum 6 points)<th>With a spouse (maximum 5 points)\
    <tr><td>CLB 4 or less<td>0<td>0<tr><td>CLB 5<td>6<td>5</table>";

#[test]
fn a_grid_with_a_letter_wrong_in_a_header_or_a_level_in_other_words_is_the_grid() {
    for (from, to) in [
        ("maximum 34 points", "maximum 34 poits"),
        ("maximum 34 points", "maxiumm 34 points"),
        ("With a spouse (maximum 32", "With a spuose (maximum 32"),
        ("Level of language<th>Alone (maximum 34", "Levels of language<th>Alone (maximum 34"),
        ("Level of language<th>Alone (maximum 34", "Level of langauge<th>Alone (maximum 34"),
    ] {
        check(GRIDS, LEVELS, &[(from, to)], &[]);
    }
    let label = |record: &str| format!("wording_changed pnp.grid/first/{record}#label");
    let both = [label("clb-10-or-above/alone"), label("clb-10-or-above/together")];
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    check(GRIDS, LEVELS, &[("10 or more", "10 or above")], &both);
    let changed = "points_changed pnp.grid/first/maximum/alone#points";
    check(GRIDS, LEVELS, &[("maximum 34 points", "maximum 35 poits")], &[changed]);
}

/// Levels by language and ability.
const MINIMUMS: &str = r#"
[[source.facts]]
key = "pnp.minimum"
type = "thresholds"
record = "{language|slug}/{ability|slug}"
[source.facts.fields]
language = { key_only = true }
ability = { key_only = true }
level = { as = "integer" }
[[source.facts.read]]
table = { columns = { language = '^language', ability = '^abilit', level = '^level' } }
"#;

const ABILITIES: &str = "<table><tr><th>Language<th>Ability<th>Level\
    <tr><th rowspan=2>French<td>Speaking<td>5<tr><td>Reading<td>4\
    <tr><th rowspan=2>English<td>Speaking<td>5<tr><td>Reading<td>4</table>";

#[test]
fn rows_under_a_header_with_a_letter_wrong_are_the_rows() {
    for (from, to) in
        [("French", "Frech"), ("French", "Frecnh"), ("English", "Englishs"), ("English", "Enlgish")]
    {
        check(MINIMUMS, ABILITIES, &[(from, to)], &[]);
    }
    // With another figure, or in another place, it may be another.
    let both =
        ["record_removed pnp.minimum/french/reading", "record_added pnp.minimum/frech/reading"];
    let of_both = told(
        MINIMUMS,
        ABILITIES,
        &[("French", "Frech"), ("Reading<td>4<tr><th", "Reading<td>6<tr><th")],
    );
    for line in both {
        assert!(of_both.contains(&line.to_owned()), "{of_both:?}");
    }
    let other = told(MINIMUMS, ABILITIES, &[("French", "Spanish")]);
    assert!(
        other.iter().any(|line| line.starts_with("record_removed pnp.minimum/french")),
        "{other:?}"
    );
}

/// Scores of tests, each test under its heading.
const SCORES: &str = r#"
[[source.facts]]
key = "pnp.scores"
type = "thresholds"
record = "{group|slug}/{level}"
[source.facts.fields]
group = { from = "heading", key_only = true }
level = { as = "integer", key_only = true }
score = { as = "integer" }
[[source.facts.read]]
under = ['^scores$']
table = { columns = { level = '^level', score = '^score' } }
"#;

const TESTS: &str = "<h2>Scores</h2><h3>First test</h3><table><tr><th>Level<th>Score<tr><td>7<td>60<tr><td>8<td>70</table>\
    <h3>Second test</h3><table><tr><th>Level<th>Score<tr><td>5<td>340</table>";

#[test]
fn a_table_that_became_a_list_beside_others_is_lost_and_not_gone() {
    let table = "<table><tr><th>Level<th>Score<tr><td>5<td>340</table>";
    let list = "<ul><li>Level: 5; Score: 340</ul>";
    let lost = "unreadable pnp.scores, second-test/5";
    check(SCORES, TESTS, &[(table, list)], &[lost]);
    let cards = "<dl><dt>Level<dd>5<dt>Score<dd>340</dl>";
    check(SCORES, TESTS, &[(table, cards)], &[lost]);
    // A row that is another in its place is gone.
    let other = told(SCORES, TESTS, &[("<td>5<td>340", "<td>6<td>400")]);
    assert!(other.contains(&"record_removed pnp.scores/second-test/5".to_owned()), "{other:?}");
    check(SCORES, TESTS, &[("<tr><td>8<td>70", "")], &["record_removed pnp.scores/first-test/8"]);
}

/// Programs in a list, or as lines.
const PROGRAMS: &str = r#"
[[source.facts]]
key = "pnp.programs"
type = "streams"
record = "{item|slug}"
[source.facts.fields]
item = { key_only = true }
[[source.facts.read]]
items = { only = ' program$' }
[[source.facts.read]]
prose = { matches = '^(?P<item>[^.]* program)$' }
"#;

#[test]
fn a_line_that_stood_on_the_page_is_no_new_record_of_its_list() {
    let list =
        "<ul><li>Trades program<li>Nurses program<li>Farms program</ul><p>It varies by program</p>";
    let lines = "<p>Trades program</p><p>Nurses program</p><p>Farms program</p>";
    let edit = ("<ul><li>Trades program<li>Nurses program<li>Farms program</ul>", lines);
    check(PROGRAMS, list, &[edit], &[]);
}

/// Factors, each a heading with its most points; and sections that are known by some of their words.
const FACTORS: &str = r#"
[[source.facts]]
key = "pnp.factors"
type = "points"
record = "{factor|slug}"
[source.facts.fields]
factor = { key_only = true }
label = { from = "factor", wording = true }
points = { from = "value", as = "integer" }
[[source.facts.read]]
headings = { matches = '^(?P<factor>.+?) \(maximum (?P<value>\d+) points\)$' }

[[source.facts]]
key = "pnp.sections"
type = "clauses"
record = "{section}"
[source.facts.fields]
section = { from = "heading", as = "slug", vocabulary = "sections", key_only = true }
text = { as = "clauses", optional = true }
[[source.facts.read]]
headings = { matches = 'complete your test' }

[vocabulary.sections]
complete = 'complete your test'
"#;

const SECTIONS: &str = "<h2>Age (maximum 12 points)</h2><p>See below.</p><h2>Work (maximum 15 points)</h2><p>See below.</p>\
    <h2>If you can't complete your test because of an illness</h2><p>Write to us and add a note of your doctor.</p>";

#[test]
fn a_number_before_a_heading_that_names_a_record_is_no_part_of_its_name() {
    let numbered = [("<h2>Age", "<h2>12. Age"), ("<h2>Work", "<h2>13. Work")];
    check(FACTORS, SECTIONS, &numbered, &[]);
}

#[test]
fn a_link_to_the_other_language_and_a_numbered_list_of_contents_are_no_news() {
    let contents =
        "<h2>1. On this page</h2><ul><li><a href='#a'>Age</a><li><a href='#b'>Work</a></ul>";
    let french = "<p lang='fr'><a href='/fr/programme.html' hreflang='fr'>Français</a></p>";
    for more in [contents, french] {
        let page = format!("{more}{SECTIONS}");
        let seen = said(&sees_of(&program(FACTORS), &[SECTIONS.to_owned(), page]));
        assert_eq!(seen, ["unchanged"], "{more}");
    }
}

#[test]
fn a_not_in_a_heading_that_is_known_by_other_words_is_told() {
    let told = told(FACTORS, SECTIONS, &[("you can't", "you can")]);
    assert!(told.iter().any(|line| line.starts_with("wording_changed page.")), "{told:?}");
}
