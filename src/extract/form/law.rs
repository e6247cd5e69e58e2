//! Sections of a law in the XML of the Justice Laws site (`Regulation.dtd` of laws-lois-xml).
//!
//! A `Section` has a `Label` and contains `Subsection`, `Paragraph`, `Subparagraph`, `Clause`, each with its
//! own label; words are in `Text` and `MarginalNote`. Every stretch of words is one clause under its full
//! label, `295(1)(a)(i)`. Left out are records of history (`HistoricalNote`), every `lims:` attribute, and
//! sections of schedules and of amendments not in force.

use std::rc::Rc;

use roxmltree::Node;

use crate::extract::matches::{Cell, Found, MOST, Match};
use crate::extract::recipe::{LawForm, Locator};
use crate::extract::value::{coming, number};
use crate::model::{meaning, text};

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
    // Whether the section before is watched: a section without a label is read if so.
    let mut is_after_watched = false;
    for section in sections.filter(|node| !stands_outside(*node)) {
        if matches.len() > MOST {
            break;
        }
        match label(section) {
            None if is_after_watched => matches.push(unlabelled(section, "a section")),
            None => {}
            Some(label) => {
                is_after_watched = is_watched(form, &label);
                if is_after_watched {
                    read(form, locator, section, &label, &mut matches);
                }
            }
        }
    }
    if matches.is_empty() {
        Err("no section of the law is in its ranges".to_owned())
    } else {
        Ok(matches)
    }
}

/// Reads a watched section.
fn read<'a>(
    form: &LawForm,
    locator: &'a Locator,
    section: Node<'_, '_>,
    label: &str,
    matches: &mut Vec<Match<'a>>,
) {
    let mut clauses = Vec::new();
    if let Err(part) = gather(section, label, &mut clauses) {
        matches.push(unlabelled(part, &format!("a part of section {label}")));
    } else if let Some((first, last)) = range(label) {
        if clauses.iter().map(|clause| clause.words.len()).sum::<usize>() > WORDS_OF_RANGE {
            let why = "it is too long to be said of several sections at once".to_owned();
            let quote = text::excerpt(&words(section), 300);
            matches.push(Match::unsound(format!("section {label}"), quote, why));
        } else if !form.amounts {
            // Words printed for several sections at once are repeated for each.
            let each = (first..=last).map(|number| number.to_string());
            let each = each.filter(|label| is_watched(form, label));
            matches.extend(each.map(|label| whole(section, &label, &clauses, locator)));
        }
    } else if form.amounts {
        let amounts = clauses.iter().flat_map(|clause| amounts(clause, locator));
        matches.extend(amounts.take(MOST + 1 - matches.len().min(MOST)));
    } else {
        matches.push(whole(section, label, &clauses, locator));
    }
}

/// The most bytes of words printed for several sections at once, since each section gets a copy: that they
/// are repealed, by what, and their title.
const WORDS_OF_RANGE: usize = 500;

/// A stretch of words under its full label.
struct Clause {
    label: String,
    words: String,
    is_note: bool,
}

fn stands_outside(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| OUTSIDE.contains(&above.tag_name().name()))
}

/// The label of a section or a part of one, in one form however it is printed: `295`, `(a)` for `a)`, `a.`
/// or `(a)`.
fn label(node: Node<'_, '_>) -> Option<String> {
    let printed = words(node.children().find(|child| child.tag_name().name() == "Label")?);
    // Each clause copies it: "(1)", "(a)".
    let printed = text::excerpt(&printed, 60);
    let bare = printed.trim_matches(|c: char| matches!(c, '(' | ')' | '.' | ' ' | '[' | ']'));
    let label = if is_section(node) { bare.to_owned() } else { format!("({bare})") };
    Some(label).filter(|_| !bare.is_empty())
}

fn is_section(node: Node<'_, '_>) -> bool {
    node.tag_name().name() == "Section"
}

/// The first and last of the sections that one label names: "295 to 297", "295-297", "295 and 296".
fn range(label: &str) -> Option<(u32, u32)> {
    let label = label.split('[').next().unwrap_or_default();
    let words: Vec<&str> = label.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let (first, last) = match words.as_slice() {
        [first, "to" | "and" | "à" | "et", last] => (first, last),
        [first, last] if label.contains('-') => (first, last),
        _ => return None,
    };
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    // A law has a few hundred sections.
    (first < last && last - first < 1000).then_some((first, last))
}

/// A match for a part that has no label to tell it from its neighbours.
fn unlabelled(node: Node<'_, '_>, what: &str) -> Match<'static> {
    let quote = text::excerpt(&words(node), 300);
    Match::unsound(what.to_owned(), quote, format!("{what} has no label"))
}

/// `87.1` counts as part of 87.
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

/// Parts of a section that are identified by their labels.
const LABELLED: [&str; 5] = ["Subsection", "Paragraph", "Subparagraph", "Clause", "Subclause"];

/// Gathers the words below a node.
///
/// # Errors
/// The part that lacks its label.
fn gather<'d>(
    node: Node<'d, 'd>,
    label: &str,
    clauses: &mut Vec<Clause>,
) -> Result<(), Node<'d, 'd>> {
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
                let below = match self::label(child) {
                    Some(own) => format!("{label}{own}"),
                    None if LABELLED.contains(&name) => return Err(child),
                    None => label.to_owned(),
                };
                gather(child, &below, clauses)?;
            }
        }
    }
    Ok(())
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

/// A match for each amount of money in a clause, but one that only replaces the amount before it from a day on: that
/// is read with it. Skips marginal notes: they repeat amounts of the text.
fn amounts<'a>(clause: &Clause, locator: &'a Locator) -> Vec<Match<'a>> {
    // "seven dollars" is an amount where the clause has none in figures.
    let has_amount = |words: &str| number::places(words).next().is_some();
    let spelled = (!clause.is_note && !has_amount(&clause.words))
        .then(|| meaning::spellings(&clause.words).into_iter().find(|words| has_amount(words)));
    let words = spelled.flatten().unwrap_or_else(|| clause.words.clone());
    let places = (!clause.is_note).then(|| number::places(&words)).into_iter().flatten();
    let places = places.filter(|place| !coming::replaces(&words, *place));
    let text: Rc<[Cell<'a>]> = Rc::new([("text".into(), words.clone().into())]);
    let matched = |(n, (from, to)): (usize, (usize, usize))| {
        let mut matched = begin(&clause.label, &clause.words, locator);
        let line =
            if n == 0 { clause.label.clone() } else { format!("{}/{}", clause.label, n + 1) };
        matched.set("label", line);
        matched.set("amount", words[from..to].to_owned());
        matched.share(&text);
        matched
    };
    places.take(MOST + 1).enumerate().map(matched).collect()
}

fn begin<'a>(label: &str, quote: &str, locator: &'a Locator) -> Match<'a> {
    let mut matched = Match::new(format!("section {label}"), text::excerpt(quote, 300));
    for (cell, words) in &locator.lets {
        matched.set(cell, words);
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::form::labels::tests::locator;

    fn said(sections: &str, amounts: bool) -> Vec<String> {
        let xml = format!("<Statute><Body>{sections}</Body></Statute>");
        let document = roxmltree::Document::parse(&xml).unwrap();
        let form = LawForm { sections: vec![(295, 299)], amounts };
        let locator = locator();
        let found = find(&form, &locator, &document).unwrap_or_default();
        let one = |row: &Match<'_>| match &row.unsound {
            Some(why) => format!("! {why}"),
            None => format!("{} | {}", row.get("label").unwrap(), row.get("text").unwrap()),
        };
        found.iter().map(one).collect()
    }

    #[test]
    fn a_label_is_one_in_any_shape() {
        let section = |section: &str, part: &str| {
            format!(
                "<Section><Label>{section}</Label><Paragraph><Label>{part}</Label><Text>x $5,</Text></Paragraph></Section>"
            )
        };
        for (one, part) in [("295", "(a)"), ("295.", "a)"), ("295", "a."), ("[295]", "( a )")] {
            assert_eq!(said(&section(one, part), false), ["295 | 295(a) x $5,"], "{part}");
            assert_eq!(said(&section(one, part), true), ["295(a) | x $5,"], "{part}");
        }
    }

    #[test]
    fn an_amount_that_replaces_another_from_a_day_on_is_read_with_it() {
        let amounts = |words: &str| {
            let page = format!("<Section><Label>295</Label><Text>{words}</Text></Section>");
            said(&page, true).len()
        };
        assert_eq!(
            amounts("The fee is $ 500 until April 29, 2027 and $ 550 from April 30, 2027."),
            1
        );
        assert_eq!(
            amounts("The fee is $500 before April 30, 2027 and $550 on or after that date."),
            1
        );
        assert_eq!(amounts("The fee is $500 for a principal and $550 for a spouse."), 2);
        assert_eq!(amounts("A fee of seven dollars is payable."), 1);
        assert_eq!(amounts("The fee is $500 and, from April 30, 2027, $550 for a spouse."), 2);
    }

    #[test]
    fn what_is_repealed_of_several_sections_is_repealed_of_each() {
        for label in ["295 to 297", "295-297", "295 à 297", "295 to 297 [Repealed]"] {
            let page = format!(
                "<Section><Label>{label}</Label><Text>[Repealed, SOR/2026-1, s. 3]</Text></Section>"
            );
            let said_of = said(&page, false);
            assert_eq!(said_of.len(), 3, "{label}");
            assert!(said_of[1].starts_with("296 | "), "{said_of:?}");
            assert_eq!(said(&page, true), Vec::<String>::new());
        }
        let two = "<Section><Label>298 and 299</Label><Text>[Repealed]</Text></Section>";
        assert_eq!(said(two, false).len(), 2);
    }

    #[test]
    fn what_lost_its_label_is_a_complaint_and_no_record() {
        let section =
            "<Section><Label>295</Label><Paragraph><Text>x $5,</Text></Paragraph></Section>";
        assert_eq!(said(section, true), ["! a part of section 295 has no label"]);
        let next =
            "<Section><Label>295</Label><Text>x</Text></Section><Section><Text>y</Text></Section>";
        assert_eq!(said(next, false), ["295 | 295 x", "! a section has no label"]);
        let far =
            "<Section><Text>y</Text></Section><Section><Label>295</Label><Text>x</Text></Section>";
        assert_eq!(said(far, false), ["295 | 295 x"]);
    }
}
