//! The catalogue that is shipped: complete, and checked when a person would expect it to be.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use rulewatch::catalog::Source;

use crate::shipped::{shipped, shipped_with, text};

/// The next firings of a source after a moment, in its own zone.
fn firings(source: &Source, after: Timestamp, n: usize) -> Vec<String> {
    let mut at = after;
    let mut firings = Vec::new();
    while firings.len() < n {
        at = source.schedule.next(at).expect("a schedule fires again").at;
        let zoned = at.in_tz(source.schedule.zone()).unwrap();
        firings.push(zoned.strftime("%a %F %H:%M:%S %Z").to_string());
    }
    firings
}

#[test]
fn every_source_is_checked_when_a_person_expects_it() {
    // A Friday evening in Ottawa, on the weekend that summer time begins.
    let after: Timestamp = "2026-03-07T00:30:00Z".parse().unwrap();
    let mut text = String::new();
    for source in shipped().sources() {
        let (expression, zone) = (source.schedule.expression(), source.schedule.zone());
        writeln!(text, "{}  {expression}  {zone}", source.id).unwrap();
        for firing in firings(source, after, 3) {
            writeln!(text, "    {firing}").unwrap();
        }
    }
    insta::assert_snapshot!("next_firings", text);
}

#[test]
fn no_two_sources_of_one_host_are_checked_in_the_same_minute() {
    let after: Timestamp = "2026-03-09T00:00:00Z".parse().unwrap();
    let mut taken = BTreeSet::new();
    for source in shipped().sources() {
        let host = source.url.host_str().unwrap().to_owned();
        for firing in firings(source, after, 40) {
            let minute = (host.clone(), firing);
            assert!(taken.insert(minute.clone()), "{}: {minute:?}", source.id);
        }
    }
}

#[test]
fn every_source_says_what_it_is_and_on_what_terms_it_is_read() {
    let catalog = shipped();
    let watched = catalog.sources().count();
    for source in catalog.sources() {
        let id = &source.id;
        assert!(!source.title.en.is_empty() && !source.title.fr.is_empty(), "{id} has no title");
        assert_ne!(source.title.en, source.title.fr, "{id} has one title for both languages");
        assert!(source.terms.as_ref().is_some_and(|terms| terms.len() > 10), "{id} has no terms");
        assert!(!source.program.is_empty() && !source.jurisdiction.is_empty(), "{id}");
        assert_eq!(source.url.scheme(), "https", "{id}");
        assert!(!source.recipe.facts.is_empty(), "{id} has no recipe");
    }
    // Where it is written at all, not only what it is read as when it is not.
    let text = text();
    for key in ["verified = \"", "schedule = \""] {
        let written = text.lines().filter(|line| line.starts_with(key)).count();
        assert_eq!(written, watched, "`{key}`");
    }
}

#[test]
fn every_rule_hangs_on_facts_that_a_source_reads_and_every_fact_that_can_flip_one_has_a_rule() {
    let catalog = shipped();
    let recipes: Vec<_> = catalog.sources().flat_map(|source| &source.recipe.facts).collect();
    let keys: Vec<String> = recipes.iter().map(|fact| fact.key.to_string()).collect();
    for rule in catalog.rules() {
        assert!(!rule.title.en.is_empty() && !rule.title.fr.is_empty(), "{}", rule.id);
        for target in &rule.depends_on {
            let is_read = keys.iter().any(|key| target.could_cover(key));
            assert!(is_read, "{} hangs on {target}, which no source reads", rule.id);
        }
    }
    let alone = ["series", "list", "clauses", "notices"];
    for fact in recipes.iter().filter(|fact| !alone.contains(&fact.kind.word())) {
        let key = fact.key.to_string();
        let mut targets = catalog.rules().iter().flat_map(|rule| &rule.depends_on);
        assert!(targets.any(|target| target.could_cover(&key)), "nothing hangs on {key}");
    }
}

#[test]
fn a_rule_that_hangs_on_nothing_is_refused() {
    let broken =
        shipped_with("depends_on = [\"ee.proof_of_funds\", ", "depends_on = [\"ee.proof\", ");
    let faults = broken.unwrap_err().to_string();
    assert!(faults.contains("no source reads a fact that this names"), "{faults}");
}

#[test]
fn a_key_that_no_fact_can_have_is_told_at_load() {
    for (key, is_told) in [("fees", true), ("a.{B}.c", false), ("a.{b}", false), ("A.fees", true)] {
        let text = format!("key = \"{key}\"");
        let told = shipped_with("key = \"lmia.fee_per_position\"", &text).err();
        let told = told.map(|faults| faults.to_string());
        let told = told.unwrap_or_default().contains("is not a fact key");
        assert_eq!(told, is_told, "{key}");
    }
}

/// The programs that the catalogue is for, by the sources that are about each: `fixtures/programs.toml`.
#[test]
fn every_program_has_its_sources_and_every_source_its_program() {
    let file: toml::Table = include_str!("fixtures/programs.toml").parse().unwrap();
    let mut of: BTreeSet<String> = BTreeSet::new();
    let catalog = shipped();
    for (program, ids) in file.values().flat_map(|group| group.as_table().unwrap()) {
        let ids = ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
        let ids: Vec<String> = ids.collect();
        assert!(!ids.is_empty(), "{program} has no source");
        for id in ids {
            let is_watched = catalog.sources().any(|source| source.id.as_str() == id);
            assert!(is_watched, "{program}: no source {id}");
            of.insert(id);
        }
    }
    let ids: BTreeSet<String> = catalog.sources().map(|source| source.id.to_string()).collect();
    let without: Vec<&String> = ids.difference(&of).collect();
    assert!(without.is_empty(), "of no program: {without:?}");
}
