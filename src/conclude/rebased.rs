//! A page read again by another recipe or another reader: a new baseline.

use jiff::civil::Date;

use crate::catalog::Source;
use crate::extract::recipe::FactRecipe;
use crate::gate::{self, Judgement};
use crate::model::{Extraction, Facts, Unreadable};

/// The facts of a page as another recipe or another reader reads it: a new baseline. Records that have
/// left a window of the newest are kept as they were.
#[derive(Debug, Clone)]
pub struct Rebased {
    /// The facts accepted from now on.
    pub facts: Facts,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The date the page gives for itself.
    pub stamped_on: Option<Date>,
}

/// Takes a page that was read again as a baseline; `None` where nothing of it can be read. `known` is
/// what was known at the time; it is kept for what is unreadable or not believed.
#[must_use]
pub fn rebased(
    source: &Source,
    extraction: &Extraction,
    (known, last): (&Facts, &Facts),
    today: Date,
) -> Option<Rebased> {
    let mut judged = gate::judge(extraction, known, source, today);
    if judged.broken.is_some() {
        return None;
    }
    for key in judged.held.keys() {
        if let Some(known) = known.get(key) {
            judged.facts.insert(key.clone(), known.clone());
        }
    }
    for (key, now) in &mut judged.facts {
        let is_window = source.fact(key).is_some_and(FactRecipe::is_window);
        let Some(before) = last.get(key).filter(|before| is_window && before.kind == now.kind)
        else {
            continue;
        };
        for left in now.left_at_the_end(before) {
            let record = before.records.get(&left).cloned();
            now.records.extend(record.map(|record| (left, record)));
        }
    }
    let Judgement { facts, unreadable, .. } = judged;
    Some(Rebased { facts, unreadable, stamped_on: extraction.stamped_on })
}
