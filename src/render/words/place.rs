//! Where on a page the words of evidence are, in words: `table 2, row 7`, `tableau 2, ligne 7`.

use super::{of_page, say};
use crate::model::Language;
use crate::render::inert;

/// The longest place shown.
const LONGEST: usize = 100;

/// The parts of a place as evidence has them, and what people call them.
const PARTS: [(&str, [&str; 2]); 12] = [
    ("table ", ["table ", "tableau "]),
    ("row ", ["row ", "ligne "]),
    ("column ", ["column ", "colonne "]),
    ("list item ", ["list item ", "élément de liste "]),
    ("block ", ["paragraph ", "paragraphe "]),
    ("heading ", ["heading ", "titre "]),
    ("line ", ["line ", "ligne "]),
    ("entry ", ["entry ", "entrée "]),
    ("element ", ["element ", "élément "]),
    ("member ", ["field ", "champ "]),
    ("section ", ["section ", "article "]),
    ("under ", ["under ", "sous "]),
];

/// A place in words; what it quotes of the page is marked as the page's.
#[must_use]
pub fn place(place: &str, language: Language) -> String {
    let place = inert(place, LONGEST);
    if place == "the total" {
        return say(language, "the total", "le total").to_owned();
    }
    let mut out = String::new();
    let mut rest = place.as_str();
    while !rest.is_empty() {
        let known = PARTS.iter().find_map(|(part, words)| Some((rest.strip_prefix(part)?, words)));
        let Some((behind, words)) = known else {
            out.push_str(&of_page(rest, language));
            break;
        };
        out.push_str(match language {
            Language::En => words[0],
            Language::Fr => words[1],
        });
        let (which, more) = behind.split_once(", ").unwrap_or((behind, ""));
        if !which.bytes().all(|b| b.is_ascii_digit()) {
            // The words of a heading or a label may have commas of their own.
            out.push_str(&of_page(behind, language));
            break;
        }
        out.push_str(which);
        rest = more;
        if !rest.is_empty() {
            out.push_str(", ");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_said_in_both_languages_and_what_the_page_says_is_quoted() {
        let check = |given: &str, en: &str, fr: &str| {
            assert_eq!(place(given, Language::En), en);
            assert_eq!(place(given, Language::Fr).replace('\u{a0}', "_"), fr);
        };
        check("table 2, row 7", "table 2, row 7", "tableau 2, ligne 7");
        check(
            "table 1, row 3, column Fee, in dollars",
            "table 1, row 3, column Fee, in dollars",
            "tableau 1, ligne 3, colonne «_Fee, in dollars_»",
        );
        check(
            "block 12, Processing fee",
            "paragraph 12, Processing fee",
            "paragraphe 12, «_Processing fee_»",
        );
        check("list item 4", "list item 4", "élément de liste 4");
        check("section 87.1(2)", "section 87.1(2)", "article 87.1(2)");
        check("under Who can apply", "under Who can apply", "sous «_Who can apply_»");
        check("$['rounds'][0]", "$['rounds'][0]", "$['rounds'][0]");
        check("the total", "the total", "le total");
        check("", "", "");
    }
}
