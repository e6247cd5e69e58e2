//! Writes numbers back, in one of several styles.

use super::read::{Amount, Part};

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For comparison.
    Meaning,
    /// `$1,560`, `5 to 12`.
    Grouped,
    /// `$1560`, `5-12`.
    Tight,
    /// `1 560 $`, `5 à 12`.
    French,
}

/// Writes parts in a style.
pub(super) fn write(parts: &[Part<'_>], style: Style) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Amount(amount) => out.push_str(&amount.written(style)),
            Part::Range(from, to) => {
                let between = match style {
                    Style::Meaning | Style::Grouped => " to ",
                    Style::Tight => "-",
                    Style::French => " à ",
                };
                let (from, to) = (from.written(style), to.written(style));
                out.extend([&*from, between, &to]);
            }
            Part::Day(day) if style == Style::Meaning => out.push_str(&day.figures()),
            Part::Day(day) => out.push_str(day.printed()),
            Part::Teer(name, categories) => {
                out.push_str(name);
                out.push(' ');
                out.push_str(&list(categories, style));
            }
        }
    }
    out
}

/// Categories as a list.
fn list(categories: &[u8], style: Style) -> String {
    let words: Vec<String> = categories.iter().map(u8::to_string).collect();
    let last = if style == Style::French { " ou " } else { " or " };
    match words.split_last() {
        Some((end, rest)) if !rest.is_empty() && style != Style::Meaning => {
            format!("{}{last}{end}", rest.join(", "))
        }
        _ => words.join(","),
    }
}

impl Amount {
    fn written(&self, style: Style) -> String {
        let separator = match style {
            Style::Grouped => ",",
            Style::French => " ",
            Style::Meaning | Style::Tight => "",
        };
        let mut number = String::new();
        for (n, digit) in self.whole.chars().enumerate() {
            if self.grouped && n > 0 && (self.whole.len() - n).is_multiple_of(3) {
                number.push_str(separator);
            }
            number.push(digit);
        }
        let is_whole = self.fraction.bytes().all(|b| b == b'0');
        if !(self.fraction.is_empty() || style == Style::Meaning && self.money && is_whole) {
            number.push(if style == Style::French { ',' } else { '.' });
            number.push_str(&self.fraction);
        }
        match (self.money, style) {
            (false, _) => number,
            (true, Style::French) => format!("{number} $"),
            (true, Style::Meaning | Style::Grouped | Style::Tight) => format!("${number}"),
        }
    }
}
