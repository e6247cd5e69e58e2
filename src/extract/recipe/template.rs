//! Templates: text with cells in braces, from which keys are made.

use std::borrow::Cow;
use std::fmt;

use crate::extract::date;
use crate::model::IdFault;

/// Text with cells in braces: `{date}/{stream|slug}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Fixed(String),
    Cell { name: String, slug: bool },
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When a brace is not closed or a filter is not `slug`.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let fault = |why| IdFault { text: text.to_owned(), kind: "template", why };
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((fixed, after)) = rest.split_once('{') {
            if !fixed.is_empty() {
                pieces.push(Piece::Fixed(fixed.to_owned()));
            }
            let (cell, after) =
                after.split_once('}').ok_or_else(|| fault("a brace is not closed"))?;
            let (name, slug) = match cell.split_once('|') {
                None => (cell, false),
                Some((name, "slug")) => (name, true),
                Some(_) => return Err(fault("the only filter is `|slug`")),
            };
            pieces.push(Piece::Cell { name: name.to_owned(), slug });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Fixed(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// The names of the cells or fields it uses.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Cell { name, .. } => Some(name.as_str()),
            Piece::Fixed(_) => None,
        })
    }

    /// Fills it in; fails with the name of the first cell that has no value.
    pub(crate) fn fill<'a>(
        &self,
        look: impl Fn(&str) -> Option<Cow<'a, str>>,
    ) -> Result<String, String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(text) => out.push_str(text),
                Piece::Cell { name, slug } => {
                    let text =
                        look(name).filter(|text| !text.is_empty()).ok_or_else(|| name.clone())?;
                    let text = if *slug { date::slug(&text).into() } else { text };
                    if text.is_empty() {
                        return Err(name.clone());
                    }
                    out.push_str(&text);
                }
            }
        }
        Ok(out)
    }

    /// Whether it can give a text, where some of its cells have these words.
    pub(crate) fn can_give<'w>(&self, text: &str, words: impl Fn(&str) -> Option<&'w str>) -> bool {
        // The places in the text up to which the pieces so far can go.
        let mut ends = vec![0];
        for piece in &self.pieces {
            let fixed = match piece {
                Piece::Fixed(fixed) => Some(Cow::from(fixed)),
                Piece::Cell { name, slug: true } => {
                    words(name).map(|words| crate::model::text::slug(words).into())
                }
                Piece::Cell { name, slug: false } => words(name).map(Cow::from),
            };
            match fixed {
                Some(fixed) => {
                    ends.retain(|end| text[*end..].starts_with(&*fixed));
                    ends.iter_mut().for_each(|end| *end += fixed.len());
                }
                None => {
                    let first = ends.first().copied().unwrap_or(text.len());
                    ends = (first + 1..=text.len())
                        .filter(|end| text.is_char_boundary(*end))
                        .collect();
                }
            }
        }
        ends.contains(&text.len())
    }

    /// The word with which the template gives `text`: empty for a template without cells, `None` if it
    /// cannot give `text`.
    pub(crate) fn word_of<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self.pieces.as_slice() {
            [Piece::Fixed(fixed)] => (fixed == text).then_some(""),
            [Piece::Fixed(start), Piece::Cell { .. }] => text.strip_prefix(start.as_str()),
            [Piece::Fixed(start), Piece::Cell { .. }, Piece::Fixed(end)] => {
                text.strip_prefix(start.as_str())?.strip_suffix(end.as_str())
            }
            _ => None,
        }
    }
}

/// The template as it was written.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Fixed(text) => f.write_str(text),
            Piece::Cell { name, slug: false } => write!(f, "{{{name}}}"),
            Piece::Cell { name, slug: true } => write!(f, "{{{name}|slug}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_from_cells() {
        let template = Template::parse("{date}/{stream|slug}").unwrap();
        let look = |name: &str| {
            Some(Cow::Borrowed(if name == "date" { "2026-05-14" } else { "Care: Health" }))
        };
        assert_eq!(template.fill(look).as_deref(), Ok("2026-05-14/care-health"));
        assert_eq!(template.fill(|_| None), Err("date".to_owned()));
        assert!(Template::parse("{date").is_err());
    }

    #[test]
    fn some_words_of_a_text_are_those_of_cells() {
        let template = Template::parse("{section}/{row|slug}/{column}").unwrap();
        let can = |text: &str, fixed: &'static [(&str, &str)]| {
            template.can_give(text, |name| fixed.iter().find(|(n, _)| *n == name).map(|(_, w)| *w))
        };
        assert!(can("age/20-years/single", &[]));
        assert!(can("age/20-years/single", &[("section", "age"), ("column", "single")]));
        assert!(can("age/20-years/single", &[("row", "20 Years")]));
        assert!(!can("age/20-years/single", &[("section", "education")]));
        assert!(!can("age/20-years/single", &[("column", "spouse")]));
        assert!(!can("age", &[("section", "age")]));
    }

    #[test]
    fn a_family_knows_its_members() {
        let family = Template::parse("ee.category.{category}.occupations").unwrap();
        assert_eq!(family.word_of("ee.category.stem.occupations"), Some("stem"));
        assert_eq!(family.word_of("ee.category.stem.experience"), None);
    }
}
