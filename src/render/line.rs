//! A check in one line: what `check` and `replay` print as they go.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{
    Change, CheckOutcome, Dispute, FactKey, Glossary, Language, Shares, SourceId, Stated, Unread,
    Unreadable, Verdict,
};

use super::table::paint;
use super::{Style, inert, words};

/// What is printed of one check.
#[derive(Debug, Clone)]
pub struct CheckLine<'a> {
    /// The capture's file name, in a replay.
    pub capture: Option<&'a str>,
    /// When the page was fetched.
    pub at: Timestamp,
    /// The source.
    pub source: &'a SourceId,
    /// How it ended, including the reason.
    pub outcome: &'a CheckOutcome,
    /// Records accepted, by fact set.
    pub records: &'a BTreeMap<FactKey, usize>,
    /// Records of `series` sets that moved, by fact set.
    pub updates: &'a BTreeMap<FactKey, usize>,
    /// What a held check would say if confirmed.
    pub held: &'a [Change],
    /// How each fact set fared.
    pub sets: &'a BTreeMap<String, Verdict>,
    /// What could not be read.
    pub unreadable: &'a [Unreadable],
    /// What is new and not read by any recipe.
    pub unread: &'a [Unread],
    /// The recorded changes.
    pub changes: &'a [Change],
}

/// A dispute in one line: `disputed (R-LMIA-COST): lmia.fee_per_position per_position $1,000
/// (esdc-gts-requirements); …`
#[must_use]
pub fn dispute_line(dispute: &Dispute, glossary: &Glossary) -> String {
    let voice = words::Voice { language: Language::En, glossary };
    let said = |said: &Stated| {
        let value = inert(&words::value(&said.value, voice), 120);
        let record = inert(said.record.as_str(), 120);
        format!("{} {record} {value} ({})", said.fact, said.source)
    };
    let all: Vec<String> = dispute.stated.iter().map(said).collect();
    format!("disputed ({}): {}", dispute.rule, all.join("; "))
}

/// The width the source's id is padded to: lines are printed one by one, so it cannot be measured.
const SOURCE: usize = 28;

/// The widest outcome, `unreachable`.
const OUTCOME: usize = 11;

/// The check in one line: source, outcome, reason, records, changes; preceded by the capture, if any.
#[must_use]
pub fn check_line(line: &CheckLine<'_>, style: Style) -> String {
    let outcome = format!("{:OUTCOME$}", line.outcome.word());
    let mut said = vec![
        format!("{:SOURCE$}", line.source.as_str()),
        paint::outcome(&outcome, line.outcome, style),
    ];
    if let Some(capture) = line.capture {
        said.insert(0, inert(capture, 60));
    }
    said.push(details(line).join("; "));
    said.join("  ").trim_end().to_owned()
}

/// How many changes are named under the line of a check.
const NAMED: usize = 5;

/// The check as [`check_line`] has it, and what changed under it: the first changes, held ones too, and how
/// many more there are.
#[must_use]
pub fn check_text(line: &CheckLine<'_>, style: Style) -> String {
    let mut text = check_line(line, style);
    let told = line.changes.iter().map(|change| ("", change));
    let held = line.held.iter().map(|change| ("held: ", change));
    let all: Vec<(&str, &Change)> = told.chain(held).collect();
    for (mark, change) in all.iter().take(NAMED) {
        let severity = paint::severity(change.severity.word(), change.severity, style);
        let stage = words::stage_prefix(change.stage, Language::En);
        let summary = words::summary(change, Language::En, 240);
        text += &format!("\n    {severity}  {mark}{stage}{summary}");
    }
    if all.len() > NAMED {
        text += &format!("\n    and {} more", all.len() - NAMED);
    }
    text
}

/// How the words of a page are read, in per cent.
#[must_use]
pub fn words_read(shares: &Shares) -> String {
    let share = |n: usize| n * 100 / shares.total().max(1);
    format!(
        "{} words: {} % read as facts, {} % as clauses, {} % noise, {} % not at all",
        shares.total(),
        share(shares.facts),
        share(shares.clauses),
        share(shares.noise),
        share(shares.rest)
    )
}

fn details(line: &CheckLine<'_>) -> Vec<String> {
    let mut details: Vec<String> =
        line.outcome.reason().map(|reason| inert(&reason, 300)).into_iter().collect();
    let counted = |n: usize, one: &str, several: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {several}")),
    };
    details.extend(counted(line.records.values().sum(), "record", "records"));
    details.extend(counted(line.updates.values().sum(), "update", "updates"));
    details.extend(counted(line.held.len(), "change held", "changes held"));
    details.extend(counted(line.unread.len(), "new part unread", "new parts unread"));
    details.extend(counted(line.changes.len(), "change", "changes"));
    details
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Breakage, UnchangedReason};
    use crate::render::sample;

    fn said(outcome: &CheckOutcome, records: usize, changes: &[Change], style: Style) -> String {
        let source = SourceId::parse("ircc-ee-funds").unwrap();
        let key = FactKey::parse("ee.proof_of_funds").unwrap();
        let records = BTreeMap::from([(key, records)]);
        let (updates, held) = (BTreeMap::new(), &[][..]);
        let at = "2025-02-27T18:05:00Z".parse().unwrap();
        let line = CheckLine {
            capture: None,
            at,
            source: &source,
            outcome,
            records: &records,
            updates: &updates,
            held,
            sets: &BTreeMap::new(),
            unreadable: &[],
            unread: &[],
            changes,
        };
        check_line(&line, style)
    }

    #[test]
    fn a_check_is_one_line() {
        let changed = [sample::removed("1", "x"), sample::removed("2", "y")];
        assert_eq!(
            said(&CheckOutcome::Changed, 8, &changed, Style::Plain),
            "ircc-ee-funds                 changed      8 records; 2 changes"
        );
        assert_eq!(
            said(&CheckOutcome::Unchanged(UnchangedReason::NotModified), 0, &[], Style::Plain),
            "ircc-ee-funds                 unchanged    not_modified"
        );
        let sign = "\u{1b}]0;x\u{7}\nAre you a robot?".to_owned();
        assert_eq!(
            said(&CheckOutcome::Broken(Breakage::Blocked { sign }), 0, &[], Style::Plain),
            "ircc-ee-funds                 broken       a block or maintenance page came: ]0;x Are you a robot?"
        );
    }

    #[test]
    fn colour_comes_only_when_told() {
        let coloured = said(&CheckOutcome::Changed, 0, &[], Style::Colour);
        assert!(coloured.contains("\u{1b}["), "{coloured:?}");
    }
}
