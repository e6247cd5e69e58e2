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
    fn a_family_knows_its_members() {
        let family = Template::parse("ee.category.{category}.occupations").unwrap();
        assert_eq!(family.word_of("ee.category.stem.occupations"), Some("stem"));
        assert_eq!(family.word_of("ee.category.stem.experience"), None);
    }
}
