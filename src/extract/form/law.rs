//! Sections of a law in the XML of the Justice Laws site (`Regulation.dtd` of laws-lois-xml).
//!
//! A `Section` has a `Label` and holds `Subsection`, `Paragraph`, `Subparagraph`, `Clause`, each
//! with a label of its own; words stand in `Text` and `MarginalNote`. Every stretch of words is one
//! clause under its full label, `295(1)(a)(i)`. What only records history (`HistoricalNote`), every
//! `lims:` attribute, and sections of schedules and of amendments not in force are left out.

use std::rc::Rc;

use roxmltree::Node;

use crate::extract::matches::{Cell, Found, MOST, Match};
use crate::extract::recipe::{LawForm, Locator};
use crate::extract::value::number;
use crate::model::text;

/// Parts of the document whose sections are not sections of the law in force.
const OUTSIDE: [&str; 5] =
    ["Schedule", "RelatedOrNotInForce", "RecentAmendments", "Order", "Introduction"];

pub(crate) fn find<'a>(
    form: &LawForm,
    locator: &'a Locator,
    document: &roxmltree::Document<'_>,
) -> Found<'a> {
    let mut matches = Vec::new();
    let sections = document.descendants().filter(|node| node.tag_name().name() == "Section");
    for section in sections.filter(|node| !stands_outside(*node)) {
        let Some(label) = label(section).filter(|label| is_watched(form, label)) else { continue };
        let mut clauses = Vec::new();
        gather(section, &label, &mut clauses);
        if form.amounts {
            let amounts = clauses.iter().flat_map(|clause| amounts(clause, locator));
            matches.extend(amounts.take(MOST + 1 - matches.len().min(MOST)));
        } else {
            matches.push(whole(section, &label, &clauses, locator));
        }
    }
    if matches.is_empty() {
        Err("no section of the law is in its ranges".to_owned())
    } else {
        Ok(matches)
    }
}

/// A stretch of words under its full label.
struct Clause {
    label: String,
    words: String,
    is_note: bool,
}

fn stands_outside(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| OUTSIDE.contains(&above.tag_name().name()))
}

fn label(node: Node<'_, '_>) -> Option<String> {
    let label = node.children().find(|child| child.tag_name().name() == "Label")?;
    // Each clause has a copy of it: "(1)", "(a)".
    Some(text::excerpt(&words(label), 60)).filter(|label| !label.is_empty())
}

/// `87.1` lies in 87.
fn is_watched(form: &LawForm, label: &str) -> bool {
    let digits: String = label.chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse()
        .is_ok_and(|number: u32| form.sections.iter().any(|(a, z)| (*a..=*z).contains(&number)))
}

fn words(node: Node<'_, '_>) -> String {
    let mut out = String::new();
    for below in node.descendants() {
        if below.is_text() {
            text::append(below.text().unwrap_or_default(), &mut out);
        } else if matches!(below.tag_name().name(), "LineBreak" | "Leader") {
            text::append(" ", &mut out);
        }
    }
    text::canonical(&out)
}

fn gather(node: Node<'_, '_>, label: &str, clauses: &mut Vec<Clause>) {
    for child in node.children() {
        let name = child.tag_name().name();
        match name {
            "" | "Label" | "HistoricalNote" => {}
            "Text" | "MarginalNote" => {
                clauses.push(Clause {
                    label: label.to_owned(),
                    words: words(child),
                    is_note: name == "MarginalNote",
                });
            }
            _ if child.children().any(|inner| {
                inner.is_text() && !inner.text().unwrap_or_default().trim().is_empty()
            }) =>
            {
                clauses.push(Clause {
                    label: label.to_owned(),
                    words: words(child),
                    is_note: false,
                });
            }
            _ => {
                let below = self::label(child)
                    .map_or_else(|| label.to_owned(), |own| format!("{label}{own}"));
                gather(child, &below, clauses);
            }
        }
    }
}

fn whole<'a>(
    section: Node<'_, '_>,
    label: &str,
    clauses: &[Clause],
    locator: &'a Locator,
) -> Match<'a> {
    let lines: Vec<String> =
        clauses.iter().map(|clause| format!("{} {}", clause.label, clause.words)).collect();
    let note = section.children().find(|child| child.tag_name().name() == "MarginalNote");
    let text = lines.join("\n");
    let mut matched = begin(label, &text, locator);
    matched.set("label", label.to_owned());
    matched.set("note", note.map(words).unwrap_or_default());
    matched.set("text", text);
    matched
}

/// A match for each amount of money in a clause. Marginal notes repeat the amounts of the text.
fn amounts<'a>(clause: &Clause, locator: &'a Locator) -> Vec<Match<'a>> {
    let found = (!clause.is_note).then(|| number::amounts(&clause.words));
    let text: Rc<[Cell<'a>]> = Rc::new([("text".into(), clause.words.clone().into())]);
    let matched = |(n, amount)| {
        let mut matched = begin(&clause.label, &clause.words, locator);
        let line =
            if n == 0 { clause.label.clone() } else { format!("{}/{}", clause.label, n + 1) };
        matched.set("label", line);
        matched.set("amount", format!("${amount}"));
        matched.share(&text);
        matched
    };
    found.into_iter().flatten().take(MOST + 1).enumerate().map(matched).collect()
}

fn begin<'a>(label: &str, quote: &str, locator: &'a Locator) -> Match<'a> {
    let mut matched = Match::new(format!("section {label}"), text::excerpt(quote, 300));
    for (cell, words) in &locator.lets {
        matched.set(cell, words);
    }
    matched
}
