//! What a check says of many edits of one page, in this process: the page is read once, and each edit is
//! concluded on as if it were the next page. That is what a check does, without the database and the letters
//! around it, and without reading the page again between two edits.

use std::collections::BTreeMap;

use rulewatch::catalog::Source;
use rulewatch::conclude::{Conclusion, Confirmation, Known, conclude, day, stamp};
use rulewatch::model::{CheckOutcome, Crosswalk, Page};

/// A page under watch, and what is known of it.
pub(super) struct Concluded<'a> {
    source: &'a Source,
    known: Known,
}

impl<'a> Concluded<'a> {
    /// Reads the page for the first time. Its figures are accepted: the outcome must be a baseline.
    pub(super) fn first(source: &'a Source, page: &str, crosswalks: &[Crosswalk]) -> Self {
        let at = "2026-11-20T00:00:00Z".parse().unwrap();
        let mut known = Known {
            facts: None,
            stamped_on: None,
            held: BTreeMap::new(),
            rejected: BTreeMap::new(),
            misread: Vec::new(),
            unreadable: Vec::new(),
            confirmation: Confirmation::by_next_pages(),
            relocated: None,
            today: day(source, at),
            now: at,
            translation: None,
            crosswalks: crosswalks.to_vec(),
        };
        let first = of(source, page, &known);
        assert_eq!(first.outcome, CheckOutcome::Baseline, "{}", source.id);
        known.stamped_on = stamp(None, &first);
        known.facts = first.accept;
        known.relocated = first.relocated;
        Self { source, known }
    }

    /// How a check of the edited page ends.
    pub(super) fn hear(&self, edit: &str) -> Conclusion {
        of(self.source, edit, &self.known)
    }
}

fn of(source: &Source, page: &str, known: &Known) -> Conclusion {
    let page = Page::from_file(source.url.clone(), page.as_bytes().to_vec(), known.now);
    conclude(source, &page, known)
}
