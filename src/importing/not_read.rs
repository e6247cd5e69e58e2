//! What could not be read of pages of the past, by interval.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::checking::Report;
use crate::model::{CheckOutcome, FieldName, RecordKey, Unreadable};

/// Something that could not be read of pages in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRead {
    /// What: `the page`, or a fact set, record and field.
    pub what: String,
    /// Why not, of the first page.
    pub why: String,
    /// The first page it could not be read of.
    pub from: Timestamp,
    /// The last one.
    pub until: Timestamp,
    /// Of how many pages.
    pub pages: usize,
}

/// The intervals, as page after page is read.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    open: BTreeMap<String, NotRead>,
    ended: Vec<NotRead>,
}

impl Intervals {
    /// Adds what could not be read of the next page.
    pub(super) fn take(&mut self, report: &Report) {
        let missing = missing(report);
        let ended: Vec<String> =
            self.open.keys().filter(|what| !missing.contains_key(*what)).cloned().collect();
        self.ended.extend(ended.iter().filter_map(|what| self.open.remove(what)));
        for (what, why) in missing {
            let interval = self.open.entry(what.clone()).or_insert_with(|| NotRead {
                what,
                why,
                from: report.at,
                until: report.at,
                pages: 0,
            });
            interval.until = report.at;
            interval.pages += 1;
        }
    }

    /// All of them, in the order of their beginnings.
    pub(super) fn ended(mut self) -> Vec<NotRead> {
        self.ended.extend(self.open.into_values());
        self.ended.sort_by(|a, b| (a.from, &a.what).cmp(&(b.from, &b.what)));
        self.ended
    }
}

fn missing(report: &Report) -> BTreeMap<String, String> {
    if let CheckOutcome::Broken(breakage) = &report.outcome {
        return BTreeMap::from([("the page".to_owned(), breakage.to_string())]);
    }
    let mut missing: BTreeMap<String, String> =
        report.unreadable.iter().map(|lost| (name(lost), lost.why.clone())).collect();
    if let CheckOutcome::Held(reason) = &report.outcome {
        missing.insert("held".to_owned(), reason.to_string());
    }
    missing
}

fn name(lost: &Unreadable) -> String {
    let record = lost.record().map(RecordKey::as_str).map_or(String::new(), |r| format!("/{r}"));
    let field = lost.field().map(FieldName::as_str).map_or(String::new(), |f| format!("#{f}"));
    format!("{}{record}{field}", lost.fact)
}
