//! The difference of two texts, line by line, as `patch` reads it.

use similar::{Algorithm, TextDiff};

/// A unified diff with three lines around each difference; empty if there is none.
#[must_use]
pub fn unified(before: &str, after: &str, name: &str) -> String {
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_lines(before, after);
    let mut unified = diff.unified_diff();
    unified.context_radius(3).header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}
