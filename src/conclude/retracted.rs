//! What a person said was told wrongly, on a page that still reads the same: the corrected facts are
//! kept until the page reads differently.

use std::collections::BTreeSet;

use crate::model::{ChangeId, Extraction, Facts, Misread, Unreadable};

/// Corrects what is still read as it was when it was told wrongly. Returns the changes whose facts the
/// page now states differently: from then on the page is believed again.
pub fn put_right(
    extraction: &mut Extraction,
    last: &Facts,
    misread: &[Misread],
) -> BTreeSet<ChangeId> {
    let mut otherwise = BTreeSet::new();
    for one in misread {
        let Misread { fact, record, .. } = one;
        // An unreadable record says nothing.
        if extraction.unreadable.iter().any(|lost| lost.covers(fact, record)) {
            continue;
        }
        let is_field_lost = |lost: &Unreadable| {
            one.fields().iter().any(|field| lost.covers_field(fact, record, field))
        };
        let Some(set) = extraction.facts.get(fact) else { continue };
        if extraction.unreadable.iter().any(is_field_lost) {
            continue;
        }
        if !one.is_read_so(set.records.get(record)) {
            otherwise.extend(one.changes.iter().cloned());
            continue;
        }
        let right = last.get(fact).and_then(|set| set.records.get(record));
        one.put_right(&mut extraction.facts, right);
        extraction.doubtful.retain(|(of, name, _)| of != fact || name != record);
    }
    otherwise
}

#[cfg(test)]
mod tests;
