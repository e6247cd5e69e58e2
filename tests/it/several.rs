//! Two of what is one: a table of another program before that of this one.

use crate::absence::{program, said, sees_of};

/// What is said of the rules when the last page follows the others.
fn told(facts: &str, pages: &[&str]) -> Vec<String> {
    let pages: Vec<String> = pages.iter().map(|page| (*page).to_owned()).collect();
    let mut told = said(&sees_of(&program(facts), &pages));
    told.retain(|line| line.contains("pnp."));
    told
}

/// Amounts by the size of a family; more than seven are too many.
const FUNDS: &str = r#"
[[source.facts]]
key = "pnp.funds"
type = "funds"
record = "{members}"
expect = { min = 3, max = 7 }
[source.facts.fields]
members = { as = "integer", key_only = true }
amount = { as = "money" }
[[source.facts.read]]
table = { columns = { members = '^members', amount = '^amount' } }
"#;

fn table(amounts: &[&str]) -> String {
    let rows = amounts.iter().zip(1..).map(|(amount, n)| format!("<tr><td>{n}<td>{amount}"));
    format!("<table><tr><th>Members<th>Amount{}</table>", rows.collect::<String>())
}

#[test]
fn a_table_of_another_program_is_the_second_and_is_not_released() {
    let own = table(&["$14,690", "$18,288", "$22,483", "$27,297"]);
    let other = table(&["$3,815", "$4,750", "$5,840", "$9,000"]);
    let held: Vec<String> = (1..=4).map(|n| format!("held record_added pnp.funds/{n}/2")).collect();
    let before = ["<h2>Others</h2>", &other, "<h2>These</h2>", &own].concat();
    let after = [&own, "<h2>Others</h2>", &other].concat();
    for page in [&before, &after] {
        for times in 1..=5 {
            let pages = [vec![own.as_str()], vec![page.as_str(); times]].concat();
            assert_eq!(told(FUNDS, &pages), held, "{times}");
        }
    }
    // The table with most of what is known keeps the keys, also of an amount that changes.
    let changed = before.replace("$27,297", "$28,000");
    let report = sees_of(&program(FUNDS), &[own, changed]);
    let of_four = report.held.iter().filter(|change| change.record.as_str().starts_with('4'));
    let news: Vec<String> = of_four.map(|change| format!("{:?}", change.new)).collect();
    assert!(news.iter().any(|new| new.contains("28000")), "{news:?}");
    let first = report.held.iter().find(|change| change.record.as_str() == "4").unwrap();
    assert!(format!("{:?}", first.new).contains("28000"), "{:?}", first.new);
}
