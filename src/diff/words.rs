//! What changed inside a stretch of words, word by word.

use similar::{Algorithm, ChangeTag, TextDiff};

use crate::model::Piece;

/// Compares two stretches word by word; runs of one kind are joined.
///
/// Patience, because its result does not depend on heuristics that a release may tune: a letter
/// rendered twice reads the same.
#[must_use]
pub fn pieces(old: &str, new: &str) -> Vec<Piece> {
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_words(old, new);
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let word = change.value();
        match (change.tag(), pieces.last_mut()) {
            (ChangeTag::Equal, Some(Piece::Same(run)))
            | (ChangeTag::Delete, Some(Piece::Old(run)))
            | (ChangeTag::Insert, Some(Piece::New(run))) => run.push_str(word),
            (ChangeTag::Equal, _) => pieces.push(Piece::Same(word.to_owned())),
            (ChangeTag::Delete, _) => pieces.push(Piece::Old(word.to_owned())),
            (ChangeTag::Insert, _) => pieces.push(Piece::New(word.to_owned())),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_of_a_sentence() {
        let found = pieces("at least 6 months of work", "at least 12 months of work");
        let same = |text: &str| Piece::Same(text.to_owned());
        assert_eq!(
            found,
            [
                same("at least "),
                Piece::Old("6".into()),
                Piece::New("12".into()),
                same(" months of work")
            ]
        );
    }
}
