//! Accents fold in patterns: a letter of a pattern matches that letter with every accent and without.
//!
//! `e` matches `é è ê ë`, `c` matches `ç`, `oe` matches `œ`, and vice versa: pages of one publisher write
//! "Québec" and "Quebec", and no recipe should need to say so. The pattern is rewritten and the page is not,
//! so captures keep their accents. Classes fold too: `[^e]` does not match `é`.

use std::collections::HashSet;

use regex_syntax::ast::{Ast, ClassSetItem, Literal, Span, Visitor, parse::Parser, visit};

/// Letters, each with its accented forms in Latin-1: those of Western European languages.
const LETTERS: [(char, &str); 8] = [
    ('a', "àáâãäå"),
    ('c', "ç"),
    ('e', "èéêë"),
    ('i', "ìíîï"),
    ('n', "ñ"),
    ('o', "òóôõö"),
    ('u', "ùúûü"),
    ('y', "ýÿ"),
];

/// Ligatures, and the letters of each.
const PAIRS: [(char, [char; 2]); 2] = [('œ', ['o', 'e']), ('æ', ['a', 'e'])];

/// Rewrites a pattern so that accents fold in it.
///
/// # Errors
/// When it is not a valid pattern.
pub(super) fn folded(pattern: &str) -> Result<String, regex::Error> {
    let syntax = |error: regex_syntax::ast::Error| regex::Error::Syntax(error.to_string());
    let ast = Parser::new().parse(pattern).map_err(syntax)?;
    let Ok(mut edits) = visit(&ast, Edits::default());
    edits.made.sort_by_key(|(span, _)| span.start.offset);
    let (mut out, mut from) = (String::with_capacity(pattern.len() * 4), 0);
    for (span, text) in &edits.made {
        out.push_str(&pattern[from..span.start.offset]);
        out.push_str(text);
        from = span.end.offset;
    }
    out.push_str(&pattern[from..]);
    Ok(out)
}

/// Replacements for stretches of a pattern.
#[derive(Default)]
struct Edits {
    made: Vec<(Span, String)>,
    /// The start of each letter that an edit of two letters covers.
    covered: HashSet<usize>,
}

impl Visitor for Edits {
    type Output = Self;
    type Err = std::convert::Infallible;

    fn finish(self) -> Result<Self, Self::Err> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        match ast {
            Ast::Concat(concat) => self.pairs(&concat.asts),
            Ast::Literal(letter) if !self.covered.contains(&letter.span.start.offset) => {
                self.made.extend(class(letter.c).map(|class| (letter.span, class)));
            }
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Self::Err> {
        let (span, first, last) = match item {
            ClassSetItem::Literal(letter) => (letter.span, letter.c, letter.c),
            ClassSetItem::Range(range) => (range.span, range.start.c, range.end.c),
            _ => return Ok(()),
        };
        let accents: String = letters().filter(|c| (first..=last).contains(c)).map(alike).collect();
        // A class keeps its letters, and the accented ones are added after them.
        let after = Span { start: span.end, end: span.end };
        self.made.extend(Some((after, accents)).filter(|(_, accents)| !accents.is_empty()));
        Ok(())
    }
}

impl Edits {
    /// Two adjacent letters that may be printed as one.
    fn pairs(&mut self, asts: &[Ast]) {
        let mut before: Option<&Literal> = None;
        for ast in asts {
            let letter = if let Ast::Literal(letter) = ast { Some(&**letter) } else { None };
            let pair = before.zip(letter).filter(|(a, b)| joined(a.c, b.c).is_some());
            before = letter.filter(|_| pair.is_none());
            if let Some((first, second)) = pair {
                let span = Span { start: first.span.start, end: second.span.end };
                self.covered.extend([first.span.start.offset, second.span.start.offset]);
                self.made.extend(either(first.c, second.c).map(|either| (span, either)));
            }
        }
    }
}

/// The class that replaces a letter outside a class.
fn class(c: char) -> Option<String> {
    let two = PAIRS.iter().find(|(one, _)| *one == lower(c)).map(|(_, two)| *two);
    match two {
        Some([first, second]) if c.is_uppercase() => either(upper(first), upper(second)),
        Some([first, second]) => either(first, second),
        None => base(c).map(|_| format!("[{}]", alike(c))),
    }
}

/// The replacement for two letters that may be printed as one.
fn either(first: char, second: char) -> Option<String> {
    let one = joined(first, second)?;
    Some(format!("(?:{one}|[{}][{}])", alike(first), alike(second)))
}

/// The letter that two may be printed as, in the case of the first.
fn joined(first: char, second: char) -> Option<char> {
    let two = [base(first)?, base(second)?];
    let (one, _) = PAIRS.iter().find(|(_, pair)| *pair == two)?;
    Some(if first.is_uppercase() { upper(*one) } else { *one })
}

/// A letter without its accent and in lower case; `None` for a letter that is never accented.
fn base(c: char) -> Option<char> {
    let c = lower(c);
    LETTERS.iter().find(|(letter, accents)| *letter == c || accents.contains(c)).map(|(l, _)| *l)
}

/// A letter with every accent and without, in its own case; empty for a letter that is never accented.
fn alike(c: char) -> String {
    let is_it = |(letter, _): &&(char, &str)| base(c) == Some(*letter);
    let all = LETTERS.iter().find(is_it).map(|(letter, accents)| format!("{letter}{accents}"));
    let all = all.unwrap_or_default();
    if c.is_uppercase() { all.chars().map(upper).collect() } else { all }
}

/// Every letter that has accented forms.
fn letters() -> impl Iterator<Item = char> {
    let lower = LETTERS.iter().flat_map(|(letter, accents)| accents.chars().chain([*letter]));
    lower.flat_map(|c| [c, upper(c)])
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use crate::extract::recipe::{Pattern, Vocabulary};

    #[track_caller]
    fn check(pattern: &str, text: &str, found: Option<&str>) {
        let pattern = Pattern::new(pattern).unwrap();
        assert_eq!(pattern.find(text).map(|found| found.as_str()), found, "{pattern} in {text}");
    }

    #[test]
    fn a_letter_is_found_with_and_without_its_accent() {
        check("quebec", "au Québec", Some("Québec"));
        check("québec", "in Quebec", Some("Quebec"));
        check("QUEBEC", "QUÉBEC", Some("QUÉBEC"));
        check("^francais$", "Français", Some("Français"));
        check("prel[eè]vement", "PRÉLÈVEMENT", Some("PRÉLÈVEMENT"));
        check("e{2}", "créé", Some("éé"));
        check("(?x) a n n e e # the year", "Année", Some("Année"));
        check(r"\x65t\x{e9}", "ête", Some("ête"));
        check("n", "m", None);
    }

    #[test]
    fn two_letters_may_be_one() {
        check("main-d'oeuvre", "Main-d'œuvre", Some("Main-d'œuvre"));
        check("cœur|æther", "COEUR", Some("COEUR"));
        check("coeur|cour", "cœur", Some("cœur"));
        check("oe?", "œ", None);
        check("poe+me", "poème", Some("poème"));
        check("po[eê]le", "poële", Some("poële"));
        check("caecum", "Cæcum", Some("Cæcum"));
    }

    #[test]
    fn a_class_folds_and_what_it_leaves_out_too() {
        check("^[a-z]+$", "élève", Some("élève"));
        check("[é]", "e", Some("e"));
        check("[^a-z ]+", "un été 2026", Some("2026"));
        check("[^é]+", "eé", None);
        check("[a-z&&[^e]]", "é", None);
        check(r"^\w+$", "été", Some("été"));
        check("^[A-Z]{2}$", "ÉÀ", Some("ÉÀ"));
    }

    #[test]
    fn case_that_is_asked_for_stays() {
        check("(?-i:E)", "é", None);
        check("(?-i:E)", "É", Some("É"));
        check("(?-i:OE|œ)", "oe Œ", Some("oe"));
        check("(?-i:Œ)", "oe OE", Some("OE"));
    }

    #[test]
    fn a_vocabulary_folds_alike() {
        let entries = [("open", "^ferme"), ("closed", r"\bete\b"), ("work", "^oeuvre")];
        let entries = entries.map(|(word, pattern)| (word.to_owned(), pattern.to_owned()));
        let vocabulary = Vocabulary::new(entries.into()).unwrap();
        for (text, word) in [("Fermé", "open"), ("cet été-là", "closed"), ("Œuvres", "work")] {
            assert_eq!(vocabulary.word(text), Some(word), "{text}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_as_before() {
        let pattern = ["é", "(e"].concat();
        let said = Pattern::new(&pattern).unwrap_err().to_string();
        assert_eq!(said, regex::Regex::new(&pattern).unwrap_err().to_string());
    }

    proptest::proptest! {
        /// A pattern of a folded word finds the word as printed, and captures it so.
        #[test]
        fn a_folded_word_finds_the_word_with_its_accents(
            word in "[a-zàâæçéèêëîïôœùûüÿA-ZÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ'-]{1,16}",
            before in "(l'|« |\\(|)",
        ) {
            use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
            let plain: String = word.nfd().filter(|c| !is_combining_mark(*c)).collect();
            let plain = plain.replace('œ', "oe").replace('Œ', "OE");
            let plain = plain.replace('æ', "ae").replace('Æ', "AE");
            let text = format!("{before}{word} 2026");
            for pattern in [&plain, &plain.to_uppercase(), &word] {
                let pattern = Pattern::new(&format!("{} ", regex::escape(pattern))).unwrap();
                let found = pattern.find(&text).map(|found| found.as_str().trim_end());
                proptest::prop_assert_eq!(found, Some(word.as_str()));
            }
            let printed = Pattern::new(&format!("^{}$", regex::escape(&word))).unwrap();
            proptest::prop_assert!(printed.is_match(&plain), "{} in {}", word, plain);
        }
    }
}
