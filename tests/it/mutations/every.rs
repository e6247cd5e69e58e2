//! Rules on every page: in each fact set one figure, one code, one row, one word is changed where the
//! page prints it, and exactly that must be heard.
//!
//! Where the page prints a record is found by the words of its evidence, not by the recipe: the one
//! element whose words are those. A set with no such place says so in the table.

use std::collections::BTreeMap;

use regex::Regex;
use rulewatch::diff::{self, Delta};
use rulewatch::extract::recipe::{FactRecipe, Format};

use rulewatch::model::{ChangeKind, FactKey, FactSet, FactType, Record, RecordKey, Side, Value};

use super::{Captured, first, is_series, judged, line, of_facts, pages, print, read};

/// What one mutation of one fact set came to.
enum Cell {
    /// Exactly what was changed was heard.
    Ok,
    /// The set has no such thing, or the page no one place for it.
    None(&'static str),
    /// Something else was heard.
    Wrong(String),
}

/// One record of a set, and the element of the page that prints it.
struct Printed<'a> {
    fact: &'a FactKey,
    set: &'a FactSet,
    key: &'a RecordKey,
    record: &'a Record,
    /// Whether it prints nothing else.
    alone: bool,
    /// Where the element stands in the page's text.
    from: usize,
    to: usize,
}

/// The letters and digits of a text, whatever stands between them.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a piece of HTML.
fn words(html: &str) -> String {
    let tags = Regex::new(r"(?s)<!--.*?-->|<[^>]*>").unwrap();
    let text = tags.replace_all(html, "").into_owned();
    let entities = [("&nbsp;", " "), ("&amp;", "&"), ("&rsquo;", "'"), ("&ndash;", "-")];
    entities.iter().fold(text, |text, (entity, plain)| text.replace(entity, plain))
}

/// Every innermost row, item, paragraph and heading of a page: where it stands, and its words.
fn elements(html: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    for tag in ["tr", "li", "p", "h1", "h2", "h3", "h4", "dd"] {
        let whole = Regex::new(&format!(r"(?s)<{tag}\b[^>]*>.*?</{tag}>")).unwrap();
        for all in whole.find_iter(html) {
            // Of elements in one another the innermost.
            let inner = all.as_str().rfind(&format!("<{tag}")).unwrap();
            let from = all.start() + inner;
            found.push((from, all.end(), bare(&words(&html[from..all.end()]))));
        }
    }
    found
}

fn printed<'a>(
    fact: &'a FactKey,
    set: &'a FactSet,
    html: &str,
    elements: &[(usize, usize, String)],
) -> Vec<Printed<'a>> {
    let mut all = Vec::new();
    for (key, record) in &set.records {
        let quote = bare(&record.evidence.quote);
        // A long quote is cut, and that of a cell in a grid begins with its header.
        let is_it = |row: bool, words: &str| {
            words == quote
                || (quote.len() > 200 && words.starts_with(&quote))
                || (row && words.len() > 12 && quote.ends_with(words))
        };
        let mut same = elements.iter().filter(|(from, _, words)| {
            !quote.is_empty() && is_it(html[*from..].starts_with("<tr"), words)
        });
        if let (Some((from, to, words)), None) = (same.next(), same.next()) {
            let alone = *words == quote;
            all.push(Printed { fact, set, key, record, alone, from: *from, to: *to });
        }
    }
    all
}

/// The page with its element rewritten.
fn with(page: &Captured, at: &Printed<'_>, change: impl FnOnce(&str) -> String) -> String {
    let element = change(&page.text[at.from..at.to]);
    format!("{}{element}{}", &page.text[..at.from], &page.text[at.to..])
}

/// What is heard of a changed page.
fn heard(page: &Captured, changed: &str) -> Result<Vec<Delta>, String> {
    let known = first(&page.source, page.text.as_bytes());
    let found = judged(&page.source, changed.as_bytes(), &known)
        .map_err(|breakage| format!("Broken: {breakage}"))?;
    if let Some(reason) = found.held.values().next() {
        return Err(format!("held: {reason}"));
    }
    let deltas = of_facts(diff::compare(&known, &found.facts).deltas);
    let is_wording = |delta: &Delta| delta.kind == ChangeKind::WordingChanged;
    match found.unreadable.iter().find(|u| !is_series(&page.source, &u.fact)) {
        Some(lost) if deltas.iter().all(is_wording) => Err(format!("Broken: {lost}: {}", lost.why)),
        _ => Ok(deltas),
    }
}

/// Asks for exactly what is wanted; other sets that read the same words may say so too.
fn expect(
    page: &Captured,
    changed: &str,
    at: &Printed<'_>,
    wanted: impl Fn(&Delta) -> bool,
    count: usize,
) -> Cell {
    match heard(page, changed) {
        // That it cannot be told from a damaged page is declared, and told to the operator.
        Err(why) if why.starts_with("Broken") => Cell::None("broken"),
        // What still stands elsewhere on the page is held for a person.
        Err(why) if why.contains("still stands in") => Cell::None("still stands there"),
        Err(why) => Cell::Wrong(why),
        Ok(deltas) => {
            let is_wording = |delta: &Delta| delta.kind == ChangeKind::WordingChanged;
            let (here, beside): (Vec<&Delta>, Vec<&Delta>) =
                deltas.iter().partition(|d| d.fact == *at.fact && (wanted(d) || !is_wording(d)));
            let is_exact = here.len() == count && here.iter().all(|delta| wanted(delta));
            if is_exact && beside.iter().all(|delta| is_wording(delta)) {
                Cell::Ok
            } else {
                Cell::Wrong(deltas.iter().map(line).collect::<Vec<_>>().join("; "))
            }
        }
    }
}

/// One figure, a little more or less.
fn figure(page: &Captured, printed: &[Printed<'_>]) -> Cell {
    let token = Regex::new(r"\d(?:[\d,.]*\d)?").unwrap();
    for at in printed {
        for (name, value) in at.record.fields.iter().filter(|(name, _)| at.set.compares(name)) {
            let Some(number) = value.number() else { continue };
            // A TEER that contradicts its code is a complaint, and no rule.
            if name.as_str() == "teer" {
                continue;
            }
            if at.key.as_str().split(['/', ' ', '-']).any(|part| part == number.to_string()) {
                continue;
            }
            let html = &page.text[at.from..at.to];
            // Of the words alone: a tag's attributes have figures of their own.
            let places: Vec<_> = token
                .find_iter(html)
                .filter(|m| !in_tag(html, m.start()))
                .filter(|m| m.as_str().replace(',', "").parse() == Ok(number))
                .collect();
            let [place] = places.as_slice() else { continue };
            let last = if html.as_bytes()[place.end() - 1] == b'9' { '8' } else { '9' };
            let changed = with(page, at, |html| {
                format!("{}{last}{}", &html[..place.end() - 1], &html[place.end()..])
            });
            let new = format!("{}{last}", &place.as_str()[..place.len() - 1]).replace(',', "");
            let side = |side: &Option<Side>| match side {
                Some(Side::Value(value)) => value.number(),
                _ => None,
            };
            let wanted = |delta: &Delta| {
                delta.record == *at.key
                    && delta.field.as_ref() == Some(name)
                    && side(&delta.old) == Some(number)
                    && side(&delta.new) == new.parse().ok()
            };
            return expect(page, &changed, at, wanted, 1);
        }
    }
    Cell::None("no figure")
}

fn in_tag(html: &str, at: usize) -> bool {
    html[..at].rfind('<') > html[..at].rfind('>')
}

/// One code for another that no record has.
fn code(page: &Captured, printed: &[Printed<'_>]) -> Cell {
    // A set that loses its only one is held.
    let is_list =
        |at: &&Printed<'_>| at.set.kind == FactType::Occupations && at.set.records.len() > 1;
    for at in printed.iter().filter(is_list) {
        let code = at
            .key
            .as_str()
            .split('/')
            .find(|part| part.len() == 5 && part.bytes().all(|b| b.is_ascii_digit()));
        let Some(code) = code else { continue };
        let other = format!("{}97", &code[..3]);
        let html = &page.text[at.from..at.to];
        if html.matches(code).count() != 1 || page.text.contains(&other) {
            continue;
        }
        let changed = with(page, at, |html| html.replace(code, &other));
        let wanted = |delta: &Delta| match delta.kind {
            ChangeKind::OccupationRemoved => delta.record == *at.key,
            ChangeKind::OccupationAdded => {
                delta.record.as_str() == at.key.as_str().replace(code, &other)
            }
            _ => false,
        };
        return expect(page, &changed, at, wanted, 2);
    }
    Cell::None("no code")
}

/// One row, or item, that is gone.
fn gone(page: &Captured, printed: &[Printed<'_>]) -> Cell {
    let listed = |at: &&Printed<'_>| {
        let html = &page.text[at.from..at.to];
        at.alone
            && (html.starts_with("<tr") || html.starts_with("<li"))
            && !html.contains("rowspan")
    };
    for at in printed.iter().filter(listed) {
        // A small set that loses one may be too small, and one element may print several records.
        let sharing = printed.iter().filter(|other| other.from == at.from).count();
        if at.set.records.len() < 4 || sharing > 1 || at.set.kind == FactType::Notices {
            continue;
        }
        // Fewer than there should be are told once the page has said it again.
        let least = page.source.expectation(at.fact).map_or(0, |expect| expect.min);
        if at.set.records.len() <= least {
            continue;
        }
        // What leaves at the old end of a window is archived.
        let set_without = |key: &RecordKey| {
            let mut set = at.set.clone();
            set.records.remove(key);
            set
        };
        let is_window = page.source.fact(at.fact).is_some_and(FactRecipe::is_window);
        if is_window && set_without(at.key).left_at_the_end(at.set).contains(at.key) {
            continue;
        }
        let changed = with(page, at, |_| String::new());
        let wanted = |delta: &Delta| delta.record == *at.key && delta.new.is_none();
        return expect(page, &changed, at, wanted, 1);
    }
    Cell::None("no row of its own")
}

/// One word of a stretch of prose.
fn word(page: &Captured, fact: &FactKey, set: &FactSet) -> Cell {
    for (key, record) in &set.records {
        for value in record.fields.values() {
            let Value::Clauses(clauses) = value else { continue };
            for clause in clauses {
                // Words that stand so once in the page's text, in no tag.
                let Some(words) = clause.split(". ").next().filter(|w| w.len() > 30) else {
                    continue;
                };
                let Some(at) = page.text.find(words) else { continue };
                if page.text.matches(words).count() != 1 || in_tag(&page.text, at) {
                    continue;
                }
                let Some(last) = words.rfind(' ') else { continue };
                let changed =
                    format!("{} otherwise{}", &page.text[..at + last], &page.text[at + last..]);
                let at = Printed { fact, set, key, record, alone: false, from: 0, to: 0 };
                let wanted = |delta: &Delta| delta.field.is_some();
                return expect(page, &changed, &at, wanted, 1);
            }
        }
    }
    Cell::None("no sentence of its own")
}

#[test]
fn a_rule_that_changes_on_any_page_is_heard_exactly() {
    let mut table: BTreeMap<String, Vec<(String, &'static str)>> = BTreeMap::new();
    let (mut wrong, mut heard) = (Vec::new(), 0);
    let pages = pages("mutations::every");
    for page in pages.iter().filter(|page| page.source.recipe.format == Format::Html) {
        let facts = read(&page.source, page.text.as_bytes()).unwrap().facts;
        let elements = elements(&page.text);
        for (fact, set) in facts.iter().filter(|(_, set)| set.kind != FactType::Series) {
            let printed = printed(fact, set, &page.text, &elements);
            let cells = [
                ("figure", figure(page, &printed)),
                ("code", code(page, &printed)),
                ("gone", gone(page, &printed)),
                ("word", word(page, fact, set)),
            ];
            let row = table.entry(format!("{} {fact}", page.name)).or_default();
            for (name, cell) in cells {
                row.push((
                    name.to_owned(),
                    match cell {
                        Cell::Ok => {
                            heard += 1;
                            "ok"
                        }
                        Cell::None(why) => why,
                        Cell::Wrong(said) => {
                            wrong.push(format!("{} {fact} {name}: {said}", page.name));
                            "WRONG"
                        }
                    },
                ));
            }
        }
    }
    print("rules", &table);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pages.is_empty() || heard >= 60, "only {heard} mutations applied");
}
