//! Objects of a JSON document, found by JSONPath (RFC 9535), and named members of one object.

use std::borrow::Cow;

use super::feed;
use super::prose::groups;
use super::sentences::parted;
use crate::extract::matches::{Found, MOST, Match};
use crate::extract::page::node::Node;
use crate::extract::recipe::{JsonForm, Locator, PairsForm, Pattern, TriedOn};
use crate::extract::value::number;
use crate::model::text;

/// Reads each object as a match; a cell is a member of it, or a dotted path below it.
pub(crate) fn objects<'a>(
    form: &'a JsonForm,
    locator: &'a Locator,
    document: &'a Node<'_>,
) -> Found<'a> {
    let mut matches = Vec::new();
    for (n, object) in document.select(&form.each.query).into_iter().enumerate() {
        if matches.len() > MOST {
            break;
        }
        let matched = matched(&form.cells, locator, object, format!("object {}", n + 1));
        match &form.says {
            None => matches.push(matched),
            Some(says) => matches.extend(said(form, says, &matched)),
        }
    }
    match (&form.says, matches.is_empty()) {
        (Some(says), true) => Err(format!("no sentence matches `{says}`")),
        (None, true) => Err("its path selects no object".to_owned()),
        _ => Ok(matches),
    }
}

/// What the sentences of an object's cells say, a match for each that the pattern matches. What one cell says, the next
/// one says again: a title and its summary.
fn said<'a>(form: &'a JsonForm, says: &'a Pattern, object: &Match<'a>) -> Vec<Match<'a>> {
    let in_cell = |(cell, _): &(String, String)| {
        let words = object.get(cell).unwrap_or_default();
        let sentences = parted(TriedOn::Sentence, words).filter_map(|sentence| {
            let found = says.captures(sentence)?;
            let mut matched = object.clone();
            groups(says, &found, &mut matched);
            matched.quote = text::excerpt(sentence, 300);
            Some(matched)
        });
        sentences.collect::<Vec<_>>()
    };
    form.cells.iter().map(in_cell).find(|said| !said.is_empty()).unwrap_or_default()
}

/// Reads named members of one object, one match each.
pub(crate) fn pairs<'a>(
    form: &'a PairsForm,
    locator: &'a Locator,
    document: &'a Node<'_>,
) -> Found<'a> {
    let found = document.select(&form.at.query);
    let [object] = found.as_slice() else {
        return Err(format!("its path selects {} objects instead of one", found.len()));
    };
    // Every match repeats the cells of the object.
    let object_itself = matched(&form.cells, locator, object, String::new());
    let quote = object_itself.quote.clone();
    let shared = object_itself.into_shared();
    let every = every(form, object);
    if let Some(asked) = form.every.as_ref().filter(|_| every.is_empty() && form.entries.is_empty())
    {
        return Err(format!("no member has a name like `{asked}`"));
    }
    let mut matches = Vec::with_capacity(form.entries.len());
    for (entry, name, words) in every {
        let mut matched = Match::new(["member ", &name].concat(), [&name, ": ", &words].concat());
        matched.share(&shared);
        matched.set("entry", entry);
        matched.set("value", words);
        matches.push(matched);
    }
    for (entry, name) in &form.entries {
        let mut matched = Match::new(["member ", name].concat(), quote.clone());
        matched.share(&shared);
        matched.set("entry", entry);
        if let Some(words) = member(object, name) {
            matched.quote = [name, ": ", &words].concat();
            matched.set("value", words);
        }
        matches.push(matched);
    }
    if let Some(printed) = form.total.as_ref().and_then(|name| member(object, name))
        && let Some(added) = number::sum(matches.iter().map(|matched| matched.get("value")))
        && number::integer(&printed) != Some(added)
    {
        let why = format!("the parts make {added}");
        matches.push(Match::unsound("the total".to_owned(), printed.into_owned(), why));
    }
    Ok(matches)
}

/// The members that `every` asks for: the entry, the path, and the words of each.
fn every<'a>(form: &PairsForm, object: &'a Node<'_>) -> Vec<(String, String, Cow<'a, str>)> {
    let Some(asked) = &form.every else { return Vec::new() };
    let mut found = Vec::new();
    leaves(object, "", 0, &mut |path, words| {
        if found.len() > MOST || form.skip.as_ref().is_some_and(|skip| skip.is_match(path)) {
            return;
        }
        if let Some(groups) = asked.captures(path) {
            let entry = groups.get(1).map_or(path, |group| group.as_str());
            found.push((entry.to_owned(), path.to_owned(), words));
        }
    });
    found
}

/// How deep members are looked for.
const DEEPEST: usize = 8;

/// Calls `each` for every word, number and flag below a node, with its dotted path.
fn leaves<'a>(
    node: &'a Node<'_>,
    path: &str,
    depth: usize,
    each: &mut dyn FnMut(&str, Cow<'a, str>),
) {
    let Node::Object(members) = node else {
        if let Some(words) = words(node) {
            each(path, words);
        }
        return;
    };
    for (name, member) in members.iter().filter(|_| depth < DEEPEST) {
        let below = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        leaves(member, &below, depth + 1, each);
    }
}

fn matched<'a>(
    cells: &'a [(String, String)],
    locator: &'a Locator,
    object: &'a Node<'_>,
    place: String,
) -> Match<'a> {
    let mut matched = Match::new(place, String::new());
    matched.reserve(cells.len() + locator.lets.len());
    let mut quote = String::new();
    for (cell, name) in cells {
        if let Some(words) = member(object, name) {
            if quote.len() < 300 {
                let between = if quote.is_empty() { "" } else { ", " };
                quote.extend([between, name, ": ", &words]);
            }
            matched.set(cell, words);
        }
    }
    matched.quote = text::excerpt(&quote, 300);
    for (cell, words) in &locator.lets {
        matched.set(cell, words);
    }
    matched
}

/// A member's words; `None` where it is missing, null, an object or an array.
fn member<'a>(object: &'a Node<'_>, path: &str) -> Option<Cow<'a, str>> {
    words(path.split('.').try_fold(object, |value, name| value.member(name))?)
}

/// The words of a value that is no object and no array.
pub(crate) fn words<'a>(node: &'a Node<'_>) -> Option<Cow<'a, str>> {
    match node {
        // A character may be written as in HTML, `&#36;`, and escaped again.
        Node::Text(words) if words.contains('&') && !words.contains('<') => {
            Some(feed::words(words).into())
        }
        Node::Text(words) => Some(text::canonical(words).into()),
        Node::Number(number) => Some(number.to_string().into()),
        Node::Flag(yes) => Some(if *yes { "true" } else { "false" }.into()),
        Node::Null | Node::List(_) | Node::Object(_) => None,
    }
}
