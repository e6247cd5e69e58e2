//! The members of a family, such as categories with their occupations: none leaves because its heading or its table is
//! another one.

use crate::absence::{program, said, sees_of};

/// Categories with their occupations: a family whose members headings name.
const FAMILY: &str = r#"
[vocabulary.category]
health = 'health'
stem = 'science|technolog'
trade = 'trade'

[[source]]
id = "program"
program = "pnp"
jurisdiction = "SK"
url = "https://www.example.org/program"
verified = "2026-01-01"

[[source.facts]]
key = "pnp.categories"
type = "categories"
record = "{category}"
expect = { min = 1, complaints = 3 }
[source.facts.fields]
category = { from = "item", as = "word", vocabulary = "category" }
title = { from = "item", note = true }
[[source.facts.read]]
under = ['^current categories$']
items = { }

[[source.facts]]
key = "pnp.category.{category}.occupations"
type = "occupations"
record = "{noc}"
expect = { min = 1, complaints = 3 }
[source.facts.fields]
noc = { as = "noc" }
title = { from = "occupation", note = true }
[[source.facts.read]]
named_by = { cell = "category", vocabulary = "category" }
table = { columns = { noc = 'code', occupation = '^occupation' } }
"#;

fn category(heading: &str, codes: &[(&str, &str)]) -> String {
    let row = |(title, code): &(&str, &str)| format!("<tr><td>{title}<td>{code}");
    let rows: String = codes.iter().map(row).collect();
    format!("<h3>{heading}</h3><table><tr><th>Occupation<th>NOC code{rows}</table>")
}

const HEALTH: [(&str, &str); 4] = [
    ("Registered nurses", "31301"),
    ("Pharmacists", "31120"),
    ("Dentists", "31110"),
    ("Optometrists", "31111"),
];
const SCIENCE: [(&str, &str); 4] = [
    ("Civil engineers", "21300"),
    ("Data scientists", "21211"),
    ("Chemists", "21101"),
    ("Actuaries", "21202"),
];
const TRADES: [(&str, &str); 3] =
    [("Welders", "72106"), ("Carpenters", "72310"), ("Plumbers", "72300")];

fn categories(sections: &[String]) -> String {
    let list = "<h2>Current categories</h2><ul><li>Health<li>Science<li>Trades</ul><h2>Lists</h2>";
    format!("{list}{}", sections.concat())
}

#[test]
fn of_a_family_laid_out_anew_no_member_leaves() {
    let [health, science, trades] =
        [category("Health", &HEALTH), category("Science", &SCIENCE), category("Trades", &TRADES)];
    let before = categories(&[health.clone(), science.clone(), trades.clone()]);
    let items: String =
        SCIENCE.iter().map(|(title, code)| format!("<li>{title} ({code})")).collect();
    for (what, anew) in [
        ("another heading", category("Jobs in research", &SCIENCE)),
        ("no heading", science.replace("<h3>Science</h3>", "")),
        ("a list", format!("<h3>Science</h3><ul>{items}</ul>")),
        ("another header", science.replace("NOC code", "Number")),
    ] {
        let after = categories(&[health.clone(), anew, trades.clone()]);
        let report = sees_of(FAMILY, &[before.clone(), after.clone(), after.clone(), after]);
        let facts: Vec<String> =
            said(&report).into_iter().filter(|line| line.contains("occupation_")).collect();
        assert_eq!(facts, Vec::<String>::new(), "{what}");
    }
    let gone = categories(&[health, trades]);
    let report = sees_of(FAMILY, &[before, gone]);
    assert_eq!(report.outcome.word(), "held", "a whole list does not go in passing");
}

#[test]
fn a_member_that_no_word_names_is_added_under_its_name() {
    let known = [category("Health", &HEALTH), category("Science", &SCIENCE)];
    let new = category("Public safety", &[("Police officers", "42100"), ("Firefighters", "42101")]);
    let report = sees_of(FAMILY, &[categories(&known), categories(&known) + &new]);
    assert_eq!(
        said(&report),
        [
            "changed",
            "category_added pnp.categories/public-safety",
            "occupation_added pnp.category.public-safety.occupations/42100",
            "occupation_added pnp.category.public-safety.occupations/42101",
        ]
    );
    let again = categories(&known) + &new + "<p>Lists are reviewed each year.</p>";
    let report = sees_of(FAMILY, &[categories(&known), categories(&known) + &new, again]);
    assert_eq!(said(&report)[..1], ["changed"]);
    assert!(report.changes.iter().all(|change| change.fact.as_str() == "page.program"));
}

#[test]
fn a_member_whose_heading_is_reworded_is_none_of_the_place_above_it() {
    let facts = r#"
[vocabulary.sector]
building = '^building'
health = '^health'
build = '^build$'

[[source.facts]]
key = "pnp.{sector}.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
title = { wording = true }
[[source.facts.read]]
under = ['^sectors$', '.']
named_by = { cell = "sector", vocabulary = "sector" }
prose = { matches = '^(?P<noc>\d{5}) (?P<title>[^\n]+)$', lines = true }
"#;
    let whole = "<h2>Sectors</h2><h3>Build</h3><h4>Building trades</h4><p>72106 Welders<p>72310 Carpenters\
        <h4>Health care</h4><p>31301 Registered nurses<p>31102 Family physicians";
    let told = |from: &str, to: &str| {
        let page = whole.replace(from, to);
        assert_ne!(page, whole);
        let told = said(&sees_of(&program(facts), &[whole.to_owned(), page]));
        told.into_iter().filter(|line| line.contains("pnp.")).collect::<Vec<_>>()
    };
    // With a letter wrong, in words that nothing knows, and with one occupation less.
    for heading in ["Bulding trades", "Construction trades"] {
        assert_eq!(told("Building trades", heading), [""; 0], "{heading}");
    }
    let gone = ["occupation_removed pnp.health.occupations/31102"];
    let page = "Nursing</h4><p>31301 Registered nurses";
    let of = "Health care</h4><p>31301 Registered nurses<p>31102 Family physicians";
    assert_eq!(told(of, page), gone);
    // A heading within a member has what is the member's.
    assert_eq!(told("Health care</h4>", "Health care</h4><h5>Eligible</h5>"), [""; 0]);
}
