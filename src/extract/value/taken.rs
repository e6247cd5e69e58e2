//! The parts of a cell that a pattern takes.

use regex::Regex;

/// The parts of a cell that `find` takes: its first group or the whole match, each time it matches. Without
/// `find`, the cell itself.
pub(super) enum Taken<'r, 't> {
    Cell(Option<&'t str>),
    Matches(regex::Matches<'r, 't>),
    Groups(regex::CaptureMatches<'r, 't>),
}

impl<'r, 't> Taken<'r, 't> {
    pub(super) fn new(find: Option<&'r Regex>, whole: &'t str) -> Self {
        match find {
            None => Self::Cell(Some(whole)),
            // Captures cost a second pass.
            Some(find) if find.captures_len() == 1 => Self::Matches(find.find_iter(whole)),
            Some(find) => Self::Groups(find.captures_iter(whole)),
        }
    }
}

impl<'t> Iterator for Taken<'_, 't> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            let part = match self {
                Self::Cell(whole) => return whole.take().filter(|whole| !whole.is_empty()),
                Self::Matches(matches) => matches.next()?.as_str(),
                Self::Groups(groups) => {
                    let found = groups.next()?;
                    let group = found.iter().skip(1).flatten().next().or_else(|| found.get(0));
                    group.map_or("", |part| part.as_str())
                }
            };
            if !part.trim().is_empty() {
                return Some(part.trim());
            }
        }
    }
}
