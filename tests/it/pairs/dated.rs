//! Every dated value of the paper (`facts.json`, beside the project) has a page among the pairs that tells it: from
//! when, at which stage, how severe, from what to what; or a reason why it is no event. `fixtures/dated.toml` says
//! which, and holds without the paper; with it, nothing dated in the paper may be left out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::{Captures, Regex};
use serde_json::Value as Json;

use super::{Pair, pairs};
use crate::MONTHS;
use crate::left_out::left_out;

/// What is said of a dated value.
#[derive(Debug)]
struct Said {
    /// Its path in the paper, with `*` at one end for any that end or begin so.
    at: String,
    /// The day of several in its words that is meant.
    day: Option<String>,
    how: How,
}

#[derive(Debug)]
enum How {
    /// What is heard of a pair begins so; figures of these members are not in it, or (`None`) none need be.
    Pair { name: String, says: String, but: Option<BTreeSet<String>> },
    /// A test lays it out, and has these words.
    Test { file: String, test: String, says: String },
    /// It is no event.
    No,
}

fn said() -> Vec<Said> {
    let file: toml::Table = include_str!("../fixtures/dated.toml").parse().unwrap();
    file["value"].as_array().unwrap().iter().map(|row| one(row.as_table().unwrap())).collect()
}

fn one(row: &toml::Table) -> Said {
    let get = |name: &str| row.get(name).map(|value| value.as_str().unwrap().to_owned());
    let at = get("at").unwrap();
    let but = row.get("but").map_or_else(BTreeSet::new, |but| {
        but.as_table().unwrap().keys().cloned().collect::<BTreeSet<_>>()
    });
    let but = get("unsaid").is_none().then_some(but);
    let how = match (get("pair"), get("test"), get("says"), get("why")) {
        (Some(name), None, Some(says), None) => How::Pair { name, says, but },
        (None, Some(test), Some(says), None) => {
            let (file, test) = test.split_once(": ").unwrap();
            How::Test { file: file.to_owned(), test: test.to_owned(), says }
        }
        (None, None, None, Some(why)) if why.len() > 10 => How::No,
        _ => panic!("{at}: a pair or a test and what it says, or why there is none"),
    };
    Said { at, day: get("day"), how }
}

/// The lines that a pair gives and that begin so.
fn lines<'p>(pairs: &'p [Pair], name: &str, says: &str) -> Vec<&'p str> {
    let pair = pairs.iter().find(|pair| pair.name == name);
    let heard = pair.into_iter().flat_map(|pair| &pair.heard).map(String::as_str);
    heard.filter(|line| line.starts_with(says)).collect()
}

#[test]
fn what_is_said_to_tell_a_dated_value_does() {
    let (pairs, mut faults) = (pairs(), Vec::new());
    for Said { at, how, .. } in said() {
        match how {
            How::Pair { name, says, .. } if lines(&pairs, &name, &says).is_empty() => {
                faults.push(format!("{at}: the pair {name} gives nothing like {says}"));
            }
            How::Test { file, test, says } => {
                let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"));
                let text = fs::read_to_string(folder.join(&file)).unwrap();
                let (_, body) = text.split_once(&format!("fn {test}()")).unwrap();
                let body = body.split("#[test]").next().unwrap();
                if !body.contains(&says) {
                    faults.push(format!("{at}: {test} says nothing like {says}"));
                }
            }
            How::Pair { .. } | How::No => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A dated value of the paper: a member under a day, or words with a day in them.
struct Dated<'j> {
    at: String,
    day: String,
    value: &'j Json,
    /// What the member before it was, if it is one of several.
    before: Option<&'j Json>,
}

/// The days, months and years in a text, as `2026-09-15`, `2026-09` or `2026`.
fn days(text: &str) -> Vec<String> {
    let day = Regex::new(r"(?:^|[^0-9A-Za-z])(20\d\d(?:-\d\d){0,2})(?:[^0-9]|$)").unwrap();
    let named = format!(r"\b({})(?: (\d{{1,2}}),)? (20\d\d)", MONTHS.join("|"));
    let text = Regex::new(&named).unwrap().replace_all(text, |found: &Captures<'_>| {
        let month = MONTHS.iter().position(|name| *name == &found[1]).unwrap() + 1;
        let day = found.get(2).map(|day| format!("-{:0>2}", day.as_str())).unwrap_or_default();
        format!("{}-{month:02}{day}", &found[3])
    });
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(group) = day.captures_at(&text, at).and_then(|groups| groups.get(1)) {
        found.push(group.as_str().to_owned());
        at = group.end();
    }
    found
}

fn look<'j>(value: &'j Json, at: &str, found: &mut Vec<Dated<'j>>) {
    let under = |name: &str| {
        if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
    };
    match value {
        Json::Object(members) => {
            let mut before = None;
            for (name, member) in members {
                match days(name).pop() {
                    Some(day) => {
                        found.push(Dated { at: under(name), day, value: member, before });
                        before = Some(member);
                    }
                    None => look(member, &under(name), found),
                }
            }
        }
        Json::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                look(item, &under(&n.to_string()), found);
            }
        }
        Json::String(text) => {
            let day = |day| Dated { at: at.to_owned(), day, value, before: None };
            found.extend(days(text).into_iter().map(day));
        }
        _ => {}
    }
}

impl Said {
    fn is_of(&self, dated: &Dated<'_>) -> bool {
        let is_there = match (self.at.strip_prefix('*'), self.at.strip_suffix('*')) {
            (Some(end), _) => dated.at.ends_with(end),
            (_, Some(begin)) => dated.at.starts_with(begin),
            _ => dated.at == self.at,
        };
        is_there && self.day.as_ref().is_none_or(|day| *day == dated.day)
    }
}

/// The figures of a value, by the names of its members; words have the one that they begin with.
fn figures(value: &Json) -> BTreeMap<String, f64> {
    let leads = Regex::new(r"^\d+(?:\.\d+)?(?:$|%|, | )").unwrap();
    let figure = |value: &Json| match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) if leads.is_match(text) => {
            text.split(['%', ',', ' ']).next().unwrap().parse().ok()
        }
        _ => None,
    };
    let named: Vec<(String, &Json)> = match value {
        Json::Object(members) => members.iter().map(|(name, of)| (name.clone(), of)).collect(),
        Json::Array(items) => items.iter().enumerate().map(|(n, of)| (n.to_string(), of)).collect(),
        of => vec![(String::new(), of)],
    };
    named.into_iter().filter_map(|(name, of)| Some((name, figure(of)?))).collect()
}

/// The figures in what is heard, before and after.
fn moved(line: &str) -> (Vec<f64>, Vec<f64>) {
    let line = line.rsplit_once(" [").map_or(line, |(line, _)| line);
    let (before, after) = line.split_once(" > ").unwrap_or((line, ""));
    let before = before.rsplit_once(": ").map_or(before, |(_, value)| value);
    let numbers = |text: &str| {
        let plain = text.replace(',', "");
        let number = Regex::new(r"\d+(?:\.\d+)?").unwrap();
        number.find_iter(&plain).map(|found| found.as_str().parse().unwrap()).collect()
    };
    (numbers(before), numbers(after))
}

/// What of the figures of a value no line tells, from what they were to what they are.
fn untold(dated: &Dated<'_>, lines: &[&str], but: &BTreeSet<String>) -> Vec<String> {
    let was = dated.before.map(figures).unwrap_or_default();
    let moved: Vec<(Vec<f64>, Vec<f64>)> = lines.iter().map(|line| moved(line)).collect();
    let has = |found: &[f64], wanted: f64| {
        let is =
            |found: &f64| (found - wanted).abs() < 0.001 || (found - wanted * 100.0).abs() < 0.001;
        found.iter().any(is)
    };
    let is_told = |name: &String, new: f64| {
        let old = was.get(name).copied();
        moved.iter().any(|(a, b)| has(b, new) && old.is_none_or(|old| has(a, old)))
    };
    let figures = figures(dated.value).into_iter().filter(|(name, _)| !but.contains(name));
    let untold = figures.filter(|(name, new)| !is_told(name, *new));
    untold.map(|(name, new)| format!("{name}: {:?} > {new}", was.get(&name))).collect()
}

/// The codes of a value, by the list they are on.
fn codes(value: &Json) -> BTreeMap<&str, BTreeSet<&str>> {
    let lists = value.as_object().into_iter().flatten();
    let codes = lists.filter_map(|(name, list)| {
        let codes = list.get("codes")?.as_object()?.keys().map(String::as_str);
        Some((name.as_str(), codes.collect()))
    });
    codes.collect()
}

/// The codes that joined or left a list that was there before and is still, and that no line tells.
fn uncoded(dated: &Dated<'_>, lines: &[&str]) -> Vec<String> {
    let (was, is) = (dated.before.map(codes).unwrap_or_default(), codes(dated.value));
    let none = BTreeSet::new();
    let mut untold = Vec::new();
    for (list, now) in &is {
        let before = was.get(list).unwrap_or(&none);
        let joined = now.difference(before).map(|code| ("occupation_added", code));
        let left = before.difference(now).map(|code| ("occupation_removed", code));
        for (kind, code) in joined.chain(left) {
            let of = format!(".{}.occupations/{code}", list.replace('_', "-"));
            if !lines.iter().any(|line| line.contains(kind) && line.contains(&of)) {
                untold.push(format!("{kind} {of}"));
            }
        }
    }
    for list in was.keys().filter(|list| !is.contains_key(*list)) {
        let of = format!("category_removed ee.categories/{}", list.replace('_', "-"));
        if !lines.iter().any(|line| line.contains(&of)) {
            untold.push(of);
        }
    }
    untold
}

#[test]
fn every_dated_value_of_the_paper_is_told() {
    let paper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/domain/facts.json");
    let Ok(text) = fs::read_to_string(paper) else {
        left_out("every_dated_value_of_the_paper_is_told", "no facts.json beside the project");
        return;
    };
    let paper: Json = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    look(&paper, "", &mut found);
    assert!(found.len() > 50, "{}", found.len());
    let (said, pairs) = (said(), pairs());
    let mut faults = Vec::new();
    for dated in &found {
        let of: Vec<&Said> = said.iter().filter(|said| said.is_of(dated)).collect();
        if of.is_empty() {
            faults.push(format!("{} ({}): nothing tells it", dated.at, dated.day));
        }
        for said in of {
            let How::Pair { name, says, but: Some(but) } = &said.how else { continue };
            let lines = lines(&pairs, name, says);
            let untold = untold(dated, &lines, but).into_iter().chain(uncoded(dated, &lines));
            faults.extend(untold.map(|what| format!("{}: {name} does not tell {what}", dated.at)));
        }
    }
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), found.len(), faults.join("\n"));
}
