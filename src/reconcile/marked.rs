//! Whether rows are marked as listed: by a yes or no, or by a word in a list of words.

use std::collections::BTreeSet;

use super::Report;
use super::expected::Expected;
use super::held::{Cell, HeldData};
use super::weigh::is_one;
use crate::binding::Measure;
use crate::dataset::edit::Edit;
use crate::dataset::word_list::{glue, words_of};
use crate::dataset::{DataFormat, DataNode};
use crate::model::{FindingKind, Unpatched};

/// Why values cannot be told to be listed or not.
pub(super) fn unfit(
    report: &Report<'_>,
    data: &HeldData<'_>,
    expected: &Expected<'_>,
) -> Option<(FindingKind, String)> {
    if report.binding.measure != Measure::Listed {
        return None;
    }
    let nodes = || data.items.iter().flat_map(|item| &item.cells).filter_map(|cell| cell.node);
    let Some(word) = &report.binding.word else {
        // Each list or object would be found wrong, and a yes or no written over it.
        return (!nodes().all(is_one)).then(|| {
            let what = "`listed` compares a yes or no, and what stands at `value` is a list or an object. For a \
                 list of words, name the one that says yes: `word = \"STEM\"`";
            (FindingKind::NotFound, what.to_owned())
        });
    };
    let Some(lists) = nodes().map(words_of).collect::<Option<Vec<_>>>() else {
        let what = format!(
            "`{word}` is looked for in lists of words, and something else stands at `value`"
        );
        return Some((FindingKind::NotFound, what));
    };
    let has_it = |text: &&str| text.split_whitespace().any(|part| part == word);
    if let Some(text) = lists.iter().flatten().find(|text| **text != word && has_it(text)) {
        let what = format!(
            "`{word}` stands in `{text}` with nothing to divide it: write | ; , or / between words"
        );
        return Some((FindingKind::Ambiguous, what));
    }
    // A word that no row has is misspelt, or else all of its rows would be told and mended.
    let is_there = lists.iter().flatten().any(|other| other == word);
    let is_wanted = data.items.iter().any(|item| expected.by_key.contains_key(item.key.as_str()));
    (!is_there && is_wanted).then(|| {
        let all: BTreeSet<&str> = lists.into_iter().flatten().collect();
        let some = all.into_iter().take(8).collect::<Vec<_>>().join(", ");
        (FindingKind::NotFound, format!("no row has the word `{word}`; there are {some}"))
    })
}

/// What puts the word into a list of words, or takes it out.
pub(super) fn edit(
    cell: &Cell<'_>,
    (word, is_listed): (&str, bool),
    data: &HeldData<'_>,
    format: DataFormat,
) -> Result<Edit, Unpatched> {
    let node = cell.node.ok_or(Unpatched::NoValue)?;
    if format == DataFormat::Rows {
        return Err(Unpatched::Database);
    }
    if node.shared {
        return Err(Unpatched::Shared);
    }
    let has_words = words_of(node).is_some_and(|words| !words.is_empty());
    let glue = glue_of(node, data);
    if glue.is_none() && is_one(node) && is_listed && has_words {
        // Nobody knows what the data would have between two words.
        return Err(Unpatched::NeedsMore);
    }
    let (at, word) = (cell.at.clone(), word.to_owned());
    Ok(Edit::Word { at, word, is_in: is_listed, glue: glue.unwrap_or_default() })
}

/// What a text has between its words; where it has no two, what another text of the binding has.
fn glue_of(node: &DataNode, data: &HeldData<'_>) -> Option<String> {
    let others = data.items.iter().flat_map(|item| &item.cells).filter_map(|cell| cell.node);
    std::iter::once(node).chain(others).find_map(|node| glue(node.value()?.as_str()?))
}
