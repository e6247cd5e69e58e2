//! The codes and figures of a page, in any language: how a French page can confirm an English one when no
//! recipe reads both.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::document::Document;
use crate::extract::html::outline::{Kind, Outline};
use crate::extract::value::number::{self, NUMBER};
use crate::extract::value::pattern::constant;
use crate::model::{Fields, Side, Value};

/// Shorter figures may be spelled out in one language and not the other, or occur in any sentence.
const DIGITS: usize = 3;

/// The most different ones that are counted. No real page has so many.
const MOST: usize = 50_000;

/// How often each code and figure occurs on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures(BTreeMap<String, usize>);

impl Figures {
    /// How often one occurs there.
    #[must_use]
    pub fn count(&self, figure: &str) -> usize {
        self.0.get(figure).copied().unwrap_or(0)
    }

    fn add(&mut self, text: &str) {
        static FIGURE: LazyLock<Regex> =
            LazyLock::new(|| constant(&format!(r"\d{{2}}\.\d{{4}}|{NUMBER}")));
        for figure in FIGURE.find_iter(text).filter_map(|found| plain(found.as_str())) {
            if self.0.len() > MOST {
                return;
            }
            *self.0.entry(figure).or_default() += 1;
        }
    }
}

/// A figure in the form it is counted in: `14,690` and `14 690` are one, `00012` is a code. None for one
/// that is too short to be distinctive.
fn plain(text: &str) -> Option<String> {
    if text.bytes().filter(u8::is_ascii_digit).count() < DIGITS {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    Some(number::decimal(text).map_or_else(|| text.to_owned(), |n| n.normalize().to_string()))
}

pub(crate) fn of(document: &Document<'_>, text: &str) -> Figures {
    let mut figures = Figures::default();
    match document {
        Document::Html(html) => of_outline(&html.outline, &mut figures),
        _ => figures.add(&crate::model::text::canonical(text)),
    }
    figures
}

fn of_outline(outline: &Outline, figures: &mut Figures) {
    for heading in &outline.headings {
        figures.add(&heading.text);
    }
    for block in &outline.blocks {
        match &block.kind {
            Kind::Paragraph(text) | Kind::Item { text, .. } => figures.add(text),
            Kind::Table(number) => {
                let grid = &outline.tables[*number];
                (0..grid.rows()).for_each(|row| figures.add(&grid.quote(row)));
            }
        }
    }
}

/// The codes and figures that a change is about: those in the record's key and on both its sides.
#[must_use]
pub fn figures_of(record: &str, sides: &[Option<&Side>]) -> Vec<String> {
    let mut texts: Vec<String> = record.split('/').map(str::to_owned).collect();
    let of_fields = |fields: &Fields| fields.values().filter_map(figure).collect::<Vec<_>>();
    for side in sides.iter().flatten() {
        texts.extend(match side {
            Side::Value(value) => figure(value).into_iter().collect(),
            Side::Record(fields) => of_fields(fields),
        });
    }
    let is_figure = |text: &String| text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let mut figures: Vec<String> =
        texts.into_iter().filter(is_figure).filter_map(|text| plain(&text)).collect();
    figures.sort_unstable();
    figures.dedup();
    figures
}

fn figure(value: &Value) -> Option<String> {
    match value {
        Value::Noc(code) => Some(code.to_string()),
        Value::Cip(code) => Some(code.to_string()),
        other => other.number().map(|number| number.normalize().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_same_in_two_languages() {
        let mut figures = Figures::default();
        figures.add("CNP 21211 et 00012 : 14 690 $, soit 41,03 $ l'heure, 3 ans");
        figures.add("$14,690 or $41.03 an hour, CIP 11.0701, in 2026");
        for (figure, count) in [("14690", 2), ("41.03", 2), ("21211", 1), ("00012", 1), ("3", 0)] {
            assert_eq!(figures.count(figure), count, "{figure}");
        }
        assert_eq!(figures.count("11.0701"), 1);
    }
}
