//! Lists of words, as data marks a row with: `["STEM", "GTS"]`, or `STEM; GTS` in one text.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::edit::Edit;
use super::{Data, DataFile, DataNode, DataStep};

/// What may stand between the words of a text: the first of these that stands in it.
const BETWEEN: [char; 4] = ['|', ';', ',', '/'];

/// The words of a list or a text; none where nothing stands. `None` for what is neither.
#[must_use]
pub fn words_of(node: &DataNode) -> Option<Vec<&str>> {
    match &node.data {
        Data::List(nodes) => nodes.iter().map(|node| node.value()?.as_str()).collect(),
        Data::Scalar(Json::String(text)) => Some(parts(text)),
        Data::Scalar(Json::Null) => Some(Vec::new()),
        Data::Scalar(_) | Data::Map(_) => None,
    }
}

/// The words of a text.
#[must_use]
pub fn parts(text: &str) -> Vec<&str> {
    pieces(text).map(str::trim).filter(|word| !word.is_empty()).collect()
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let between = between(text);
    text.split(move |c| Some(c) == between)
}

fn between(text: &str) -> Option<char> {
    BETWEEN.into_iter().find(|c| text.contains(*c))
}

/// What stands between the words of a text, with its spaces: `; `. `None` where it has no two.
#[must_use]
pub fn glue(text: &str) -> Option<String> {
    let between = between(text)?;
    let (before, after) = text.split_once(between)?;
    let end = |text: &str| if text.is_empty() { "" } else { " " };
    let left = end(&before[before.trim_end().len()..]);
    let right = end(&after[..after.len() - after.trim_start().len()]);
    Some(format!("{left}{between}{right}"))
}

/// The edits with each [`Edit::Word`] as what it does to its list, or to its text: the words of one place together.
///
/// # Errors
/// Which place holds no words.
pub(super) fn settled(document: &DataFile, edits: &[Edit]) -> Result<Vec<Edit>, String> {
    let mut done = Vec::new();
    let mut texts: BTreeMap<&Vec<DataStep>, String> = BTreeMap::new();
    for edit in edits {
        let Edit::Word { at, word, is_in, glue } = edit else {
            done.push(edit.clone());
            continue;
        };
        let node = document.node(at).ok_or("its place is not there")?;
        match &node.data {
            Data::List(_) if *is_in => {
                let value = Json::String(word.clone());
                done.push(Edit::Add { to: at.clone(), key: None, value });
            }
            Data::List(nodes) => {
                let is_it = |node: &DataNode| node.value().and_then(Json::as_str) == Some(word);
                let places = nodes.iter().enumerate().filter(|(_, node)| is_it(node));
                done.extend(places.map(|(n, _)| Edit::Remove {
                    at: at.iter().cloned().chain([DataStep::Index(n)]).collect(),
                }));
            }
            Data::Scalar(value) => {
                let was = || value.as_str().unwrap_or_default().to_owned();
                let text = texts.entry(at).or_insert_with(was);
                *text = if *is_in { with(text, word, glue) } else { without(text, word) };
            }
            Data::Map(_) => return Err("no list of words stands there".to_owned()),
        }
    }
    let replaced = texts.into_iter();
    done.extend(replaced.map(|(at, text)| Edit::Replace { at: at.clone(), with: text.into() }));
    Ok(done)
}

fn with(text: &str, word: &str, glue: &str) -> String {
    if text.trim().is_empty() { word.to_owned() } else { format!("{text}{glue}{word}") }
}

/// A text without a word, and without what stood between it and the next.
fn without(text: &str, word: &str) -> String {
    let between = between(text).map(String::from).unwrap_or_default();
    let all: Vec<&str> = pieces(text).collect();
    let is_first_gone = all.first().is_some_and(|first| first.trim() == word);
    let kept: Vec<&str> = all.into_iter().filter(|piece| piece.trim() != word).collect();
    let text = kept.join(&between);
    // The first word has no space before it.
    if is_first_gone { text.trim_start().to_owned() } else { text.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_and_goes_with_what_stands_between() {
        assert_eq!(without("STEM; GTS; TEER 1", "STEM"), "GTS; TEER 1");
        assert_eq!(without("STEM; GTS; TEER 1", "GTS"), "STEM; TEER 1");
        assert_eq!(without("STEM | GTS", "GTS"), "STEM");
        assert_eq!(without("STEM", "STEM"), "");
        assert_eq!(without("AI/IT, STEM", "STEM"), "AI/IT");
        assert_eq!(with("STEM", "GTS", "|"), "STEM|GTS");
        assert_eq!(with(" ", "GTS", "|"), "GTS");
        assert_eq!(glue("a , b").as_deref(), Some(" , "));
        assert_eq!(glue("a|b").as_deref(), Some("|"));
        assert_eq!(glue("STEM"), None);
    }
}
