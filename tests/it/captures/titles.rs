//! The titles of occupations on the captured pages: none is taken for another one with a typo in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rulewatch::catalog::Catalog;
use rulewatch::extract;
use rulewatch::model::{FactSet, FactType, Page, Record, RecordKey, Value, text};

use super::newest;
use crate::left_out::captures;
use crate::mutations::folders::FOLDERS;

/// The titles that the captured pages give to codes, as keys.
fn titles() -> Option<BTreeMap<RecordKey, String>> {
    let captures = captures("titles")?;
    let catalog = Catalog::shipped().unwrap();
    let mut titles = BTreeMap::new();
    for (id, folder) in FOLDERS {
        let Some(source) = catalog.sources().find(|source| source.id.as_str() == id) else {
            continue;
        };
        let body = std::fs::read(newest(&captures.join(folder))).unwrap();
        let page = Page::from_file(source.url.clone(), body, Timestamp::UNIX_EPOCH);
        let Ok(found) = extract::facts(&source.recipe, &page, &[], &rulewatch::model::Facts::new())
        else {
            continue;
        };
        for record in found.facts.values().flat_map(|set| set.records.values()) {
            let field = |name: &str| {
                record
                    .fields
                    .iter()
                    .find(|(field, _)| field.as_str() == name)
                    .map(|(_, value)| value)
            };
            if let (Some(Value::Noc(noc)), Some(Value::Text(title))) =
                (field("noc"), field("title"))
            {
                let slug = text::slug(title);
                titles.insert(RecordKey::parse(&slug).unwrap(), noc.to_string());
            }
        }
    }
    Some(titles)
}

fn set(key: &RecordKey) -> FactSet {
    let record = Record { fields: Default::default(), evidence: Default::default() };
    let mut set = FactSet::new(FactType::List);
    set.records.insert(key.clone(), record);
    set
}

#[test]
fn no_two_occupations_are_alike() {
    let Some(titles) = titles() else { return };
    assert!(titles.len() > 100, "{}", titles.len());
    let sets: Vec<(&RecordKey, &String, FactSet)> =
        titles.iter().map(|(key, noc)| (key, noc, set(key))).collect();
    for (at, (a, noc, before)) in sets.iter().enumerate() {
        for (b, other, now) in &sets[at + 1..] {
            let is_one = !now.renamed_from(before).is_empty();
            assert!(!is_one || noc == other, "{a} ({noc}) / {b} ({other})");
        }
    }
}

#[test]
fn a_typo_in_any_title_leaves_the_occupation() {
    let Some(titles) = titles() else { return };
    for key in titles.keys() {
        // Two letters of the longest word change places.
        let slug = key.as_str();
        let word = slug.split('-').max_by_key(|word| word.len()).unwrap();
        let mut letters: Vec<char> = word.chars().collect();
        let Some(at) = (1..letters.len() - 1).find(|at| letters[*at] != letters[at + 1]) else {
            continue;
        };
        letters.swap(at, at + 1);
        let typo = slug.replacen(word, &letters.iter().collect::<String>(), 1);
        let typo = RecordKey::parse(&typo).unwrap();
        let is_short = !slug.contains('-') && word.len() < 8;
        assert_eq!(
            set(&typo).renamed_from(&set(key)).len(),
            usize::from(!is_short),
            "{key} / {typo}"
        );
    }
}
