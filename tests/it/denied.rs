//! What a page says is not of a list is not read as of it.

use crate::absence::{program, said, sees_of};

/// Occupations in tables anywhere, and in items.
const RECIPE: &str = r#"
[[source.facts]]
key = "pnp.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
title = { wording = true, optional = true }
[[source.facts.read]]
table = { columns = { noc = '^code', title = '^occupation' } }
[[source.facts.read]]
prose = { matches = 'NOC (?P<noc>\d{5})' }
"#;

const LIST: &str = "<h2>Occupations in demand</h2><table><tr><th>Code<th>Occupation\
    <tr><td>31301<td>Registered nurses<tr><td>72310<td>Carpenters<tr><td>21211<td>Data scientists</table>";

const ITEMS: &str = "<h2>Occupations in demand</h2><p>NOC 31301 (Registered nurses)</p>\
    <p>NOC 72310 (Carpenters)</p><p>NOC 21211 (Data scientists)</p>";

#[test]
fn a_list_of_what_is_denied_adds_nothing_and_takes_nothing() {
    let table = |heading: &str| {
        format!(
            "{LIST}<h2>{heading}</h2><table><tr><th>Code<th>Occupation<tr><td>64100<td>Salespersons</table>"
        )
    };
    for heading in [
        "Occupations that are not eligible",
        "Ineligible occupations",
        "Removed on November 1, 2026",
        "Occupations removed from the list",
        "Occupations no longer accepted",
        "Professions exclues",
        "Excluded occupations",
        "Occupations on hold",
        "Occupations suspended as of November 1, 2026",
        "Not on the list any more",
        "Occupations that will be added on January 15, 2027",
    ] {
        let seen = said(&sees_of(&program(RECIPE), &[LIST.to_owned(), table(heading)]));
        assert!(seen.iter().all(|line| !line.contains("occupation_")), "{heading}: {seen:?}");
        assert!(seen.iter().any(|line| line.starts_with("unread ")), "{heading}: {seen:?}");
        let seen =
            said(&sees_of(&program(RECIPE), &[LIST.to_owned(), table(heading), LIST.to_owned()]));
        assert!(seen.iter().all(|line| !line.contains("occupation_")), "{heading}: {seen:?}");
    }
    // What was to be added on a day that has come is.
    let seen = said(&sees_of(
        &program(RECIPE),
        &[LIST.to_owned(), table("Occupations to be added on March 2, 2026")],
    ));
    assert!(seen.contains(&"occupation_added pnp.occupations/64100".to_owned()), "{seen:?}");
    // Under any other heading, it is more of the same.
    let seen = said(&sees_of(&program(RECIPE), &[LIST.to_owned(), table("Occupations in sales")]));
    assert!(seen.contains(&"occupation_added pnp.occupations/64100".to_owned()), "{seen:?}");
}

#[test]
fn the_words_over_a_table_deny_it_wherever_they_stand() {
    let row = "<tr><td>64100<td>Salespersons";
    let head = "<tr><th>Code<th>Occupation";
    for more in [
        format!("<p>The following occupations are not eligible:</p><table>{head}{row}</table>"),
        format!("<table><caption>Occupations not eligible</caption>{head}{row}</table>"),
        format!("<table>{head}<tr><th colspan=2>Occupations no longer eligible{row}</table>"),
    ] {
        let page = format!("{LIST}<h2>More</h2>{more}");
        let seen = said(&sees_of(&program(RECIPE), &[LIST.to_owned(), page]));
        assert!(seen.iter().all(|line| !line.contains("occupation_")), "{more}: {seen:?}");
    }
    // A remark about a part of an item denies no more than that.
    let remark = ITEMS.replace("(Carpenters)", "(Carpenters; apprentices are not included)");
    assert_eq!(said(&sees_of(&program(RECIPE), &[ITEMS.to_owned(), remark]))[0], "changed");
}

#[test]
fn a_sentence_that_denies_is_no_entry() {
    for words in [
        "Please note: NOC 64100 (Salespersons) was removed from this list on May 1, 2026.",
        "Jobs under NOC 64100 (Salespersons) are not eligible.",
    ] {
        let with = format!("{ITEMS}<p>{words}</p>");
        for pages in
            [vec![ITEMS.to_owned(), with.clone()], vec![ITEMS.to_owned(), with, ITEMS.to_owned()]]
        {
            let seen = said(&sees_of(&program(RECIPE), &pages));
            assert!(seen.iter().all(|line| !line.contains("occupation_")), "{words}: {seen:?}");
        }
    }
    // What was on the list, and is now said not to be: its code still stands there.
    let gone = ITEMS.replace("(Carpenters)", "(Carpenters) is no longer eligible.");
    let seen = said(&sees_of(&program(RECIPE), &[ITEMS.to_owned(), gone]));
    assert!(seen.contains(&"held occupation_removed pnp.occupations/72310".to_owned()), "{seen:?}");
}

#[test]
fn a_recipe_may_ask_for_what_is_denied() {
    let asks = RECIPE.replacen("table = {", "under = ['not eligible']\ntable = {", 1);
    let page = LIST.replace("in demand", "that are not eligible");
    let more = page.replace("</table>", "<tr><td>64100<td>Salespersons</table>");
    let seen = said(&sees_of(&program(&asks), &[page, more]));
    assert_eq!(seen, ["changed", "occupation_added pnp.occupations/64100"]);
}
