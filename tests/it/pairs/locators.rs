//! A second way to every part of every recipe: the page is made anew so that the locator that read the part finds
//! nothing on it, and what was read is read again, by another locator or in another layout. A part that has one way
//! names why.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Captures, Regex};
use rulewatch::catalog::{Catalog, Source};
use rulewatch::extract;
use rulewatch::extract::recipe::{FactRecipe, Form, Format, Locator, Part, Recipe};
use rulewatch::model::{FactSet, Facts, Page, Record};

use super::{Pair, body, pairs, side};
use crate::shipped::shipped;

/// A page that says the same in another layout.
type Layout = (&'static str, fn(&str) -> String);

const LAYOUTS: [Layout; 9] = [
    ("headings of the second level in bold", |page| bold(page, "h2")),
    ("headings of the third level in bold", |page| bold(page, "h3")),
    ("headings of the fourth level in bold", |page| bold(page, "h4")),
    ("every heading in bold", |page| bold(page, "h[1-6]|summary")),
    ("panels under lines in bold", |page| bold(page, "summary")),
    ("lines in bold as headings", headed),
    ("the rows of tables as lists of labels", cards),
    ("items as paragraphs", paragraphs),
    ("the day of an item before its words", day_first),
];

/// Parts that have one way, and why.
const ONE_WAY: [(&str, &str, &str); 25] = [
    ("esdc-refusal-to-process", "lmia.low_wage.exempt_sectors", IN_A_SHAPE),
    ("bc-invitations", "bcpnp.draws", SHARED_CELLS),
    ("bc-news", "bcpnp.news.allocation", DAY_OVER_IT),
    ("bc-news", "bcpnp.news.fees", DAY_OVER_IT),
    ("bc-news", "bcpnp.news.streams", DAY_OVER_IT),
    ("bc-news", "bcpnp.news.scores", DAY_OVER_IT),
    ("on-oinp-updates", "oinp.notices.fees", DAY_OVER_IT),
    ("on-oinp-updates", "oinp.notices.streams", DAY_OVER_IT),
    ("on-oinp-updates", "oinp.notices.scores", DAY_OVER_IT),
    ("mb-notices", "mpnp.notices.fees", NO_SUCH_POST),
    ("mb-notices", "mpnp.notices.streams", NO_SUCH_POST),
    ("mb-notices", "mpnp.notices.scores", NO_SUCH_POST),
    ("nb-notices", "nbpnp.notices.fees", NO_SUCH_POST),
    ("nb-notices", "nbpnp.notices.streams", NO_SUCH_POST),
    ("on-oinp-updates", "oinp.draws.lists", TWO_HEADINGS),
    ("on-oinp-applying", "oinp.applying.fees", TWO_HEADINGS),
    ("ircc-cptpp-professionals", "imp.cptpp.professionals.teer", TWO_HEADINGS),
    ("ircc-ee-eca", "eca.professional_bodies", TWO_HEADINGS),
    ("ircc-pgwp-eligibility", "pgwp.eligibility", TWO_HEADINGS),
    ("ircc-pgwp-eligibility", "pgwp.special_cases", TWO_HEADINGS),
    ("ircc-ee-language", "language.minimum", TWO_HEADINGS),
    ("mb-draws", "mpnp.draws", TWO_HEADINGS),
    ("noc-edition", "noc.version", ONE_SENTENCE),
    ("sk-sinp-processing", "sinp.capped_positions", EMPTY_ROW),
    ("sk-sinp-processing", "sinp.capped_windows", EMPTY_ROW),
];

const SHARED_CELLS: &str = "only a table says which rows share a cell";
const IN_A_SHAPE: &str = "its second way is read on a page of its own, among the shapes";
const DAY_OVER_IT: &str =
    "its day is a heading over a title in bold: the day in bold would be over the title alone";
const NO_SUCH_POST: &str = "none of its posts so far states a fee or a status in a sentence";
const TWO_HEADINGS: &str =
    "it hangs on two headings, one under the other: in bold they are of one level";
const ONE_SENTENCE: &str = "its sentences and headings are one or the other";
const EMPTY_ROW: &str = "a row with one word in it is no list";

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// The content of a page made anew.
fn in_content(page: &str, anew: impl Fn(&str) -> String) -> String {
    let (head, content) = page.split_at(page.find("<main").unwrap_or(0));
    head.to_owned() + &anew(content)
}

/// Headings of one kind are lines in bold.
fn bold(page: &str, tag: &str) -> String {
    let heading = regex(&format!(r"(?s)<(?:{tag})(?: [^>]*)?>(.*?)</(?:{tag})>"));
    in_content(page, |content| {
        let made = heading.replace_all(content, "<p><strong>$1</strong></p>");
        if !tag.ends_with("summary") {
            return made.into_owned();
        }
        made.replace("<details>", "<div>").replace("</details>", "</div>")
    })
}

/// A line in bold, or the words in bold that a paragraph begins with, are a heading.
fn headed(page: &str) -> String {
    let line = regex(r"(?s)<p><(?:b|strong)>([^<]*)(?:<br>)?</(?:b|strong)>(.*?)</p>");
    in_content(page, |content| line.replace_all(content, "<h3>$1</h3><p>$2</p>").into_owned())
}

/// Every row of a table is a list: the headers are its labels. A cell that spans rows is in the list of each.
fn cards(page: &str) -> String {
    let table = regex(r"(?s)<table[^>]*>.*?</table>");
    let row = regex(r"(?s)<tr\b[^>]*>(.*?)</tr>");
    let cell = regex(r#"(?s)<t[hd]\b([^>]*)>(.*?)</t[hd]>"#);
    let tall = regex(r#"rowspan="?(\d+)"#);
    let made = table.replace_all(page, |table: &Captures<'_>| {
        let mut rows: Vec<Vec<String>> = Vec::new();
        // The rest of the cells that span rows: their column, how many rows are left, their words.
        let mut open: Vec<(usize, usize, String)> = Vec::new();
        for found in row.captures_iter(&table[0]) {
            let mut cells: Vec<String> = Vec::new();
            for found in cell.captures_iter(&found[1]) {
                fill(&mut cells, &mut open);
                let n: usize = tall.captures(&found[1]).map_or(1, |n| n[1].parse().unwrap());
                if n > 1 {
                    open.push((cells.len(), n - 1, found[2].to_owned()));
                }
                cells.push(found[2].to_owned());
            }
            fill(&mut cells, &mut open);
            rows.push(cells);
        }
        // A table on its side is one list already.
        let is_label =
            |row: Captures<'_>| row[1].trim_start().starts_with("<th") && row[1].contains("<td");
        if row.captures_iter(&table[0]).all(is_label) {
            let label = |row: &Vec<String>| format!("<dt>{}</dt><dd>{}</dd>", row[0], row[1]);
            return format!("<dl>{}</dl>", rows.iter().map(label).collect::<String>());
        }
        let is_even = rows.iter().all(|row| row.len() == rows[0].len());
        if table[0].contains("colspan") || rows.len() < 2 || !is_even {
            return table[0].to_owned();
        }
        let list = |row: &Vec<String>| {
            let labels = rows[0].iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            let labels = labels.map(|(label, cell)| format!("<dt>{label}</dt><dd>{cell}</dd>"));
            format!("<dl>{}</dl>\n", labels.collect::<String>())
        };
        rows[1..].iter().map(list).collect()
    });
    made.into_owned()
}

/// Adds the words of cells of rows above that span the next places.
fn fill(cells: &mut Vec<String>, open: &mut Vec<(usize, usize, String)>) {
    while let Some(at) =
        open.iter().position(|(column, left, _)| *column == cells.len() && *left > 0)
    {
        open[at].1 -= 1;
        cells.push(open[at].2.clone());
        if open[at].1 == 0 {
            open.remove(at);
        }
    }
}

/// Every item of a list is a paragraph.
fn paragraphs(page: &str) -> String {
    let list = regex(r"</?[uo]l>");
    let item = regex(r"<li\b[^>]*>");
    in_content(page, |content| {
        let content = list.replace_all(content, "");
        item.replace_all(&content, "<p>").replace("</li>", "</p>")
    })
}

/// What stands last in an item, as its day, stands before its words.
fn day_first(page: &str) -> String {
    let item = regex(r"(?s)<li>(.*?) <span>([^<]*)</span></li>");
    in_content(page, |content| item.replace_all(content, "<li>$2 - $1</li>").into_owned())
}

fn read(source: &Source, recipe: &Recipe, page: &str, pair: &Pair) -> Facts {
    // As a first check reads it, so that no search for what is known helps.
    let page = Page::from_file(source.url.clone(), page.as_bytes().to_vec(), pair.before);
    extract::facts(recipe, &page, &source.addresses(), &Facts::new())
        .map(|extraction| extraction.facts)
        .unwrap_or_default()
}

/// Why a part has one way only, if it is of a kind that has.
fn reason(source: &Source, part: &Part) -> Option<&'static str> {
    let all = |is: fn(&Locator) -> bool| part.locators.iter().all(is);
    let is_sentence = |locator: &Locator| {
        let is = matches!(locator.form, Form::Prose(_) | Form::Status(_));
        is && locator.under.is_empty() && locator.named_by.is_none()
    };
    match source.recipe.format {
        Format::Json | Format::Xml | Format::Feed | Format::Csv => {
            Some("data has no layout: a member or an element is found by its name")
        }
        Format::Pdf => Some("the text of a PDF has no layout but its words"),
        Format::Html if all(is_sentence) => Some(
            "a sentence is found by its words wherever it stands; another wording is never guessed",
        ),
        Format::Html if all(|locator| matches!(locator.form, Form::Labels(_))) => {
            Some("a label is found before its value in any markup")
        }
        Format::Html if all(|locator| matches!(&locator.form, Form::Matrix(form) if form.rest)) => {
            Some("it is whatever table the others leave")
        }
        Format::Html => None,
    }
}

/// Whether all records that a locator has read are read again with the same values, none of them by it.
fn is_read_otherwise(
    before: &Facts,
    now: &Facts,
    fact: &FactRecipe,
    name: &str,
) -> Result<(), String> {
    for (key, set) in before.iter().filter(|(key, _)| fact.covers(key)) {
        for (record, was) in set.records.iter().filter(|(_, was)| &*was.evidence.locator == name) {
            let Some(is) = now.get(key).and_then(|set| set.records.get(record)) else {
                return Err(format!("{key}/{record} is lost"));
            };
            if &*is.evidence.locator == name {
                return Err(format!("{key}/{record} is read by it again"));
            }
            is_same(set, was, is).map_err(|field| format!("{key}/{record}#{field}"))?;
        }
    }
    Ok(())
}

fn is_same(set: &FactSet, was: &Record, is: &Record) -> Result<(), String> {
    let names: BTreeSet<_> = was.fields.keys().chain(is.fields.keys()).collect();
    for field in names.into_iter().filter(|field| set.compares(field)) {
        let (was, is) = (was.fields.get(field), is.fields.get(field));
        if !matches!((was, is), (Some(was), Some(is)) if was.same(is)) {
            return Err(format!("{field}: {was:?} is {is:?}"));
        }
    }
    Ok(())
}

/// The ways to a part that were seen, and what was tried in vain.
#[derive(Default)]
struct Ways {
    seen: BTreeSet<String>,
    vain: Vec<String>,
}

/// A part: its source, the key of its set, its name.
type Name = (String, String, String);

/// Looks for further ways to the parts that a page has, on one side of a pair, until each has one.
fn look(source: &Source, pair: &Pair, html: &str, ways: &mut BTreeMap<Name, Ways>) {
    let known = read(source, &source.recipe, html, pair);
    let mut left: Vec<(usize, usize, usize)> = Vec::new();
    for (f, fact) in source.recipe.facts.iter().enumerate() {
        for (p, part) in fact.parts.iter().enumerate() {
            let is_open =
                ways.get(&name(source, fact, part)).is_some_and(|ways| ways.seen.is_empty());
            let reads = |locator: &Locator| {
                let mut sets = known.iter().filter(|(key, _)| fact.covers(key));
                sets.any(|(_, set)| {
                    set.records.values().any(|of| of.evidence.locator == locator.name)
                })
            };
            let locators =
                part.locators.iter().enumerate().filter(|(_, locator)| is_open && reads(locator));
            left.extend(locators.map(|(n, _)| (f, p, n)));
        }
    }
    let mut note = |layout: &str, now: &Facts, (f, p, n): (usize, usize, usize)| -> bool {
        let fact = &source.recipe.facts[f];
        let part = &fact.parts[p];
        let ways = ways.get_mut(&name(source, fact, part)).unwrap();
        match is_read_otherwise(&known, now, fact, &part.locators[n].name) {
            Ok(()) => ways.seen.insert(layout.to_owned()),
            Err(why) => {
                ways.vain.push(format!("{}: {layout}: {why}", pair.name));
                false
            }
        }
    };
    left.retain(|of| {
        let mut recipe = source.recipe.clone();
        let locators = &mut recipe.facts[of.0].parts[of.1].locators;
        locators.remove(of.2);
        locators.is_empty() || !note("by another locator", &read(source, &recipe, html, pair), *of)
    });
    for (layout, made) in LAYOUTS.map(|(name, layout)| (name, layout(html))) {
        if left.is_empty() {
            return;
        }
        if made != html {
            let now = read(source, &source.recipe, &made, pair);
            left.retain(|of| !note(layout, &now, *of));
        }
    }
}

fn name(source: &Source, fact: &FactRecipe, part: &Part) -> Name {
    (source.id.to_string(), fact.key.to_string(), part.name.clone())
}

/// What has the locators of a part that was seen is seen with it: one recipe is like another.
fn join_alike(catalog: &Catalog, ways: &mut BTreeMap<Name, Ways>) {
    let mut named: BTreeMap<Vec<String>, Vec<Name>> = BTreeMap::new();
    for source in catalog.sources() {
        let parts =
            source.recipe.facts.iter().flat_map(|fact| fact.parts.iter().map(move |p| (fact, p)));
        for (fact, part) in parts.filter(|(_, part)| part.locators.len() > 1) {
            let locators = part.locators.iter().map(|locator| locator.name.to_string()).collect();
            named.entry(locators).or_default().push(name(source, fact, part));
        }
    }
    for alike in named.values() {
        let seen = alike.iter().find_map(|of| ways.get(of).filter(|ways| !ways.seen.is_empty()));
        let Some(seen) = seen.map(|ways| ways.seen.clone()) else { continue };
        for of in alike {
            if let Some(ways) = ways.get_mut(of) {
                ways.seen.extend(seen.iter().cloned());
            }
        }
    }
}

/// The parts of the catalogue that should have a second way, and how many have one for each reason.
fn parts(catalog: &Catalog) -> (BTreeMap<Name, Ways>, BTreeMap<&'static str, usize>) {
    let (mut ways, mut reasons) = (BTreeMap::new(), BTreeMap::new());
    for source in catalog.sources().filter(|source| !source.recipe.is_plain()) {
        let parts =
            source.recipe.facts.iter().flat_map(|fact| fact.parts.iter().map(move |p| (fact, p)));
        for (fact, part) in parts {
            let of = name(source, fact, part);
            let listed = ONE_WAY.iter().find(|(source, key, _)| (*source, *key) == (&of.0, &of.1));
            match listed.map(|(_, _, why)| *why).or_else(|| reason(source, part)) {
                Some(why) => *reasons.entry(why).or_default() += 1,
                None => drop(ways.insert(of, Ways::default())),
            }
        }
    }
    (ways, reasons)
}

#[test]
fn every_part_of_a_recipe_has_a_second_way_or_names_why() {
    let catalog = shipped();
    let (mut ways, reasons) = parts(&catalog);
    for pair in pairs() {
        let source = catalog.sources().find(|source| source.id.as_str() == pair.source).unwrap();
        if source.recipe.format != Format::Html || source.recipe.is_plain() {
            continue;
        }
        for after in [false, true] {
            let html = body(source, &pair.title, "2026-01-01", &side(&pair.text, after));
            look(source, &pair, &String::from_utf8(html).unwrap(), &mut ways);
        }
    }
    join_alike(&catalog, &mut ways);
    let (seen, without): (Vec<_>, Vec<_>) =
        ways.iter().partition(|(_, ways)| !ways.seen.is_empty());
    println!(
        "{} of {} parts are read in a second way; of the others: {reasons:#?}",
        seen.len(),
        ways.len()
    );
    let mut faults = String::new();
    for ((source, key, part), ways) in &without {
        let vain: Vec<&String> = ways.vain.iter().rev().take(7).collect();
        faults += &format!("{source} {key} [{part}]: {vain:#?}\n");
    }
    assert!(without.is_empty(), "{} parts\n{faults}", without.len());
}
