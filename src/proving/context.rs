//! The words of a page around a piece of evidence.

use crate::catalog::Source;
use crate::extract;
use crate::model::{Page, text};
use crate::reading::readable;

use super::Proving;

/// How many lines are shown before and after the evidence.
const LINES: usize = 2;

/// The longest line shown, in characters.
const LONGEST: usize = 400;

/// The lines of a page around the one that has most of the words of a quote; none where they are nowhere.
pub(super) fn around(with: &Proving, source: &Source, page: &Page, quote: &str) -> Vec<String> {
    let lines = readable(&with.converter, source, page)
        .and_then(|page| extract::lines(&source.recipe, &page, &source.addresses()));
    let Ok(lines) = lines else { return Vec::new() };
    let Some(at) = likest(&lines, quote) else { return Vec::new() };
    let end = (at + LINES + 1).min(lines.len());
    lines[at.saturating_sub(LINES)..end].iter().map(|line| text::excerpt(line, LONGEST)).collect()
}

/// The line with the largest share of a quote's words, and among those the shortest.
fn likest(lines: &[String], quote: &str) -> Option<usize> {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| c.is_whitespace() || c == '|');
        words
            .map(str::to_lowercase)
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .collect()
    };
    let wanted = words(quote);
    let shared = |line: &String| {
        let have = words(line);
        wanted.iter().filter(|word| have.contains(word)).count()
    };
    let best = lines.iter().enumerate().map(|(n, line)| (shared(line), n));
    let best = best.max_by_key(|(shared, n)| (*shared, std::cmp::Reverse(lines[*n].len())));
    best.filter(|(shared, _)| *shared * 2 >= wanted.len().max(1)).map(|(_, n)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_evidence_is_found() {
        let lines: Vec<String> = [
            "Money to show",
            "1 $14,690",
            "2 $18,288",
            "of 2 people or more, $18,288 and then some",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(likest(&lines, "2 | $18,288"), Some(2));
        assert_eq!(likest(&lines, "nothing of it"), None);
    }
}
