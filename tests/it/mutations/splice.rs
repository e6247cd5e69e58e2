//! Edits of a laid-out page: splices on its text, and the ways to make them.

use std::ops::Range;

use regex::{Captures, Regex};

use super::sheet::{Sheet, quoted};

/// One piece of text put in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) at: Range<usize>,
    pub(super) with: String,
}

/// Splices that make one edit together.
pub(super) type Change = Vec<Splice>;

/// A splice.
pub(super) fn put(at: Range<usize>, with: impl Into<String>) -> Splice {
    Splice { at, with: with.into() }
}

impl Sheet {
    /// Another name for an element, its attributes kept.
    pub(super) fn renamed(&self, id: usize, name: &str) -> Change {
        let node = &self.nodes[id];
        let start = node.open.start + 1;
        vec![
            put(start..start + node.name.len(), name),
            put(node.close.clone(), format!("</{name}>")),
        ]
    }

    /// Other tags around what is in an element.
    pub(super) fn retagged(&self, id: usize, open: &str, close: &str) -> Change {
        vec![put(self.nodes[id].open.clone(), open), put(self.nodes[id].close.clone(), close)]
    }

    /// Something around an element.
    pub(super) fn wrapped(&self, id: usize, open: &str, close: &str) -> Change {
        let outer = self.outer(id);
        vec![put(outer.start..outer.start, open), put(outer.end..outer.end, close)]
    }

    /// Something around what is in an element.
    pub(super) fn lined(&self, id: usize, open: &str, close: &str) -> Change {
        let inner = self.inner(id);
        vec![put(inner.start..inner.start, open), put(inner.end..inner.end, close)]
    }

    /// An attribute more.
    pub(super) fn with_attribute(&self, id: usize, name: &str, value: &str) -> Splice {
        let end = self.nodes[id].open.end - 1;
        put(end..end, format!(" {name}=\"{}\"", quoted(value)))
    }

    /// One change for each place in the words where a pattern matches and something is put.
    pub(super) fn each(
        &self,
        pattern: &str,
        with: impl Fn(&Captures<'_>) -> Option<String>,
    ) -> Vec<Change> {
        self.each_in(&self.words(), pattern, with)
    }

    /// The same in these stretches of text alone.
    pub(super) fn each_in(
        &self,
        words: &[usize],
        pattern: &str,
        with: impl Fn(&Captures<'_>) -> Option<String>,
    ) -> Vec<Change> {
        let pattern = Regex::new(pattern).unwrap();
        let mut places = Vec::new();
        for id in words {
            let from = self.nodes[*id].open.start;
            for found in pattern.captures_iter(&self.text[self.nodes[*id].open.clone()]) {
                let Some(new) = with(&found) else { continue };
                let whole = found.get(0).unwrap();
                if new != whole.as_str() {
                    places.push(vec![put(from + whole.start()..from + whole.end(), new)]);
                }
            }
        }
        places
    }
}
