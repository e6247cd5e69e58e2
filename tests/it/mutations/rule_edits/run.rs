//! Runs the kit over one capture of every source, prints its table and what was silent.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use rulewatch::catalog::Catalog;
use rulewatch::conclude::Conclusion;
use rulewatch::extract::recipe::Format;
use rulewatch::model::{ChangeKind, CheckOutcome};

use super::super::bars::{SILENT_ALL, SILENT_SHARE};
use super::super::concluded::Concluded;
use super::super::replayed::cut;
use super::super::share::{self, everything};
use super::super::sheet::Sheet;
use super::super::splice::put;
use super::super::{Captured, is_of_rest, pages};
use super::Kind;
use super::reasons::{no_rule, no_rule_of_feed};
use super::tokens::{Token, of_html, of_json};

/// Pages of fewer bytes are edited.
const LARGEST: usize = 200_000;

/// How many edits of all pages are run where not all are.
const SHARE: usize = 2000;

/// What came of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Fact,
    Wording,
    Held,
    /// What cannot be read any more is told to the operator.
    Doubted,
    /// A series moved: it never alerts.
    Series,
    NoRule,
    Silent,
}

const COLUMNS: [(Told, &str); 7] = [
    (Told::Fact, "fact"),
    (Told::Wording, "wording"),
    (Told::Held, "held"),
    (Told::Doubted, "doubted"),
    (Told::Series, "series"),
    (Told::NoRule, "no rule"),
    (Told::Silent, "SILENT"),
];

/// A page and the edits of it.
struct Prepared {
    page: Captured,
    text: String,
    sheet: Option<Sheet>,
    tokens: Vec<Token>,
}

fn prepared(page: Captured) -> Prepared {
    if page.source.recipe.format == Format::Html {
        let sheet = Sheet::of(&page.text, &[]);
        let tokens = of_html(&sheet);
        return Prepared { page, text: sheet.text.clone(), sheet: Some(sheet), tokens };
    }
    let tokens = of_json(&page.text);
    Prepared { text: page.text.clone(), page, sheet: None, tokens }
}

/// One capture of every source, as it is edited; a seeded share of the edits where not all are run.
fn all() -> Vec<Prepared> {
    let mut known = BTreeSet::new();
    let is_read =
        |page: &Captured| matches!(page.source.recipe.format, Format::Html | Format::Json);
    let chosen = pages("mutations::rule_edits").into_iter().filter(|page| {
        page.text.len() < LARGEST && is_read(page) && known.insert(page.source.id.to_string())
    });
    let mut all: Vec<Prepared> = chosen.map(prepared).collect();
    if !everything() {
        let each = |(n, page): (usize, &Prepared)| {
            (0..page.tokens.len()).map(move |at| (n, at)).collect::<Vec<_>>()
        };
        let mut edits: Vec<(usize, usize)> = all.iter().enumerate().flat_map(each).collect();
        Rng::with_seed(share::seed("rule edits")).shuffle(&mut edits);
        let kept: BTreeSet<(usize, usize)> = edits.into_iter().take(SHARE).collect();
        for (n, page) in all.iter_mut().enumerate() {
            let mut at = 0;
            page.tokens.retain(|_| {
                at += 1;
                kept.contains(&(n, at - 1))
            });
        }
    }
    all
}

fn told(found: &Conclusion, token: &Token, of: &Prepared) -> (Told, &'static str) {
    let deltas = &found.comparison.deltas;
    let told = if deltas.iter().any(|d| !is_of_rest(d) && d.kind != ChangeKind::WordingChanged) {
        Told::Fact
    } else if !deltas.is_empty() || !found.unread().is_empty() {
        Told::Wording
    } else if matches!(found.outcome, CheckOutcome::Held(_)) {
        Told::Held
    } else if matches!(found.outcome, CheckOutcome::Broken(_)) || !found.unreadable.is_empty() {
        Told::Doubted
    } else if !found.comparison.updates.is_empty() {
        Told::Series
    } else {
        let reason = match &of.sheet {
            Some(sheet) => no_rule(sheet, token),
            None => no_rule_of_feed(&of.text, token),
        };
        return reason.map_or((Told::Silent, ""), |reason| (Told::NoRule, reason));
    };
    (told, "")
}

/// What a page came to: how many of each kind and end, why some are no rule, what was silent.
#[derive(Default)]
struct Row {
    cells: BTreeMap<(Kind, Told), usize>,
    reasons: BTreeMap<&'static str, usize>,
    silent: Vec<String>,
}

fn row(prepared: &Prepared, catalog: &Catalog) -> Row {
    let source = &prepared.page.source;
    let splice = |text: &str, token: &Token| {
        format!("{}{}{}", &text[..token.at.start], token.new, &text[token.at.end..])
    };
    let edit = |token: &Token| match &prepared.sheet {
        Some(sheet) => sheet.with(&[put(token.at.clone(), token.new.clone())]),
        None => splice(&prepared.text, token),
    };
    let watched = Concluded::first(source, &prepared.text, catalog.crosswalks());
    let mut row = Row::default();
    for token in &prepared.tokens {
        let found = watched.hear(&edit(token));
        let (told, reason) = told(&found, token, prepared);
        *row.cells.entry((token.kind, told)).or_default() += 1;
        if told == Told::NoRule {
            *row.reasons.entry(reason).or_default() += 1;
        }
        if told == Told::Silent {
            row.silent.push(around(&prepared.text, token));
        }
    }
    row
}

/// A token with the words around it.
fn around(text: &str, token: &Token) -> String {
    let from = (0..=token.at.start.saturating_sub(40)).rev().find(|at| text.is_char_boundary(*at));
    let to = (token.at.end + 40..text.len()).find(|at| text.is_char_boundary(*at));
    let before = &text[from.unwrap_or(0)..token.at.start];
    let after = &text[token.at.end..to.unwrap_or(text.len())];
    cut(&format!("{before}[{}>{}]{after}", token.old, token.new), 130)
}

fn counts(cells: &BTreeMap<(Kind, Told), usize>, is: impl Fn(Kind) -> bool) -> String {
    let n = |told: Told| -> usize {
        cells.iter().filter(|((kind, t), _)| *t == told && is(*kind)).map(|(_, n)| n).sum()
    };
    COLUMNS.iter().map(|(told, _)| format!(" {:8}", n(*told))).collect()
}

#[expect(clippy::print_stdout, reason = "the table is what the run is asked for")]
fn print(rows: &[(String, Row)]) -> Row {
    let heads: String = COLUMNS.iter().map(|(_, name)| format!(" {name:>8}")).collect();
    println!("edits of rules\n  {:36}{heads}", "source");
    let mut sum = Row::default();
    for (name, row) in rows {
        println!("  {name:36}{}", counts(&row.cells, |_| true));
        for (cell, n) in &row.cells {
            *sum.cells.entry(*cell).or_default() += n;
        }
        for (reason, n) in &row.reasons {
            *sum.reasons.entry(reason).or_default() += n;
        }
    }
    for kind in Kind::ALL {
        println!("  {:36}{}", format!("all, {}", kind.word()), counts(&sum.cells, |k| k == kind));
    }
    println!("  {:36}{}", "all", counts(&sum.cells, |_| true));
    for (reason, n) in &sum.reasons {
        println!("  no rule: {n:5} {reason}");
    }
    for (name, row) in rows {
        row.silent.iter().for_each(|silent| println!("SILENT {name}: {silent}"));
    }
    sum
}

#[test]
fn edits_of_rules_are_told_within_the_bars() {
    let all = all();
    if all.is_empty() {
        return;
    }
    let catalog = Catalog::shipped().unwrap();
    let rows = share::side_by_side(&all, |page| {
        let (name, row) = (page.page.source.id.to_string(), row(page, &catalog));
        // A run that is ended early leaves what it had.
        if everything() {
            println!("done: {name:30}{}", counts(&row.cells, |_| true));
        }
        (name, row)
    });
    let sum = print(&rows);
    let n: usize = sum.cells.values().sum();
    assert!(n >= SHARE, "only {n} edits");
    let silent = sum.cells.iter().filter(|((_, told), _)| *told == Told::Silent);
    let silent = silent.map(|(_, n)| n).sum::<usize>() * 10_000 / n;
    let most = if everything() { SILENT_ALL } else { SILENT_SHARE };
    assert!(silent <= most, "{silent} in ten thousand are silent, at most {most}");
}
