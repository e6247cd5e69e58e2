//! What the French page says of a held change: whether it *lists* it.
//!
//! The same recipe reads the translation. Where it can be read, a record that came must be in it, a
//! record that is gone must not, and a figure must be equal. Where it cannot, the codes and figures of
//! the change must be on it, or no longer on it, as the change says. How often a figure appears on a
//! page says nothing.

use crate::catalog::Source;
use crate::diff::Delta;
use crate::extract::{self, Figures};
use crate::model::{Facts, Page, Side};

/// Why the translation does not confirm the changes of a set, if it does not. A translation that cannot
/// be read at all has no say.
pub(super) fn disagreement<'d>(
    source: &Source,
    page: &Page,
    mut deltas: impl Iterator<Item = &'d Delta>,
) -> Option<String> {
    let (recipe, addresses) = (&source.recipe, source.addresses());
    let figures = extract::figures(recipe, page, &addresses).ok()?;
    let read = extract::facts(recipe, page, &addresses, &Facts::new());
    let facts = read.map(|extraction| extraction.facts).unwrap_or_default();
    deltas.find_map(|delta| listed(delta, &facts).unwrap_or_else(|| printed(delta, &figures)))
}

/// How the translation, read by the recipe, contradicts a difference; `None` where it cannot be read.
fn listed(delta: &Delta, facts: &Facts) -> Option<Option<String>> {
    let set = facts.get(&delta.fact)?;
    let record = set.records.get(&delta.record);
    let name = format!("{}, {}", delta.fact, delta.record);
    let said = match (&delta.field, &delta.new, record) {
        (None, Some(_), None) => Some(format!("{name} is not on the French page")),
        (None, None, Some(_)) => Some(format!("{name} is still on the French page")),
        (Some(field), Some(Side::Value(new)), Some(record)) => {
            let there = record.fields.get(field)?;
            let differs = new.number().is_some() && !new.same(there);
            differs.then(|| format!("{name} is {new} on the page and {there} on the French one"))
        }
        (Some(_), _, None) => return None,
        _ => None,
    };
    Some(said)
}

/// How the codes and figures printed on the translation contradict a difference.
fn printed(delta: &Delta, figures: &Figures) -> Option<String> {
    let stands = |figure: &String| figures.count(figure) > 0;
    let of = |side: Option<&Side>| extract::figures_of(delta.record.as_str(), &[side]);
    let (old, new) = (of(delta.old.as_ref()), of(delta.new.as_ref()));
    if delta.field.is_none() && delta.new.is_none() {
        let codes = extract::figures_of(delta.record.as_str(), &[]);
        let still = codes.into_iter().find(stands)?;
        return Some(format!("{still} still stands on the French page"));
    }
    let missing = new.into_iter().find(|figure| !old.contains(figure) && !stands(figure))?;
    Some(format!("{missing} does not stand on the French page"))
}
