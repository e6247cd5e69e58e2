//! Colour, only if it is asked for.

use anstyle::{AnsiColor, Effects, Style as Ansi};

use crate::model::{CheckOutcome, Severity};
use crate::render::Style;

use super::Paint;

fn painted(text: &str, style: Ansi) -> String {
    format!("{style}{text}{style:#}")
}

fn red(text: &str) -> String {
    painted(text, AnsiColor::Red.on_default())
}

fn yellow(text: &str) -> String {
    painted(text, AnsiColor::Yellow.on_default())
}

fn green(text: &str) -> String {
    painted(text, AnsiColor::Green.on_default())
}

fn cyan(text: &str) -> String {
    painted(text, AnsiColor::Cyan.on_default())
}

/// The head of a table.
pub(super) fn head(text: &str) -> String {
    painted(text, Ansi::new().effects(Effects::BOLD))
}

/// The main subject of a text.
pub(in crate::render) fn strong(text: &str, style: Style) -> String {
    chosen(text, Some(head), style)
}

/// Removed words.
pub(in crate::render) fn old(text: &str) -> String {
    painted(text, AnsiColor::Red.on_default().effects(Effects::STRIKETHROUGH))
}

/// Added words.
pub(in crate::render) fn new(text: &str) -> String {
    painted(text, AnsiColor::Green.on_default().effects(Effects::UNDERLINE))
}

fn chosen(text: &str, paint: Option<Paint>, style: Style) -> String {
    match (style, paint) {
        (Style::Colour, Some(paint)) => paint(text),
        (Style::Colour | Style::Plain, _) => text.to_owned(),
    }
}

/// The colour of a severity.
pub(super) fn of_severity(severity: Severity) -> Option<Paint> {
    match severity {
        Severity::Block => Some(red),
        Severity::Warn => Some(yellow),
        Severity::Info => None,
    }
}

/// A severity in its colour.
pub(in crate::render) fn severity(text: &str, severity: Severity, style: Style) -> String {
    chosen(text, of_severity(severity), style)
}

/// The colour of an outcome.
pub(super) fn of_outcome(word: &str) -> Option<Paint> {
    match word {
        "changed" | "released" => Some(green),
        "relocated" => Some(cyan),
        "held" | "unreachable" => Some(yellow),
        "broken" | "refused" | "gone" => Some(red),
        _ => None,
    }
}

/// An outcome in its colour.
pub(in crate::render) fn outcome(text: &str, outcome: &CheckOutcome, style: Style) -> String {
    chosen(text, of_outcome(outcome.word()), style)
}
