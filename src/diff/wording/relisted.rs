//! Codes that came to, or left, one of several lists.
//!
//! A page may list a code under several headings, and a recipe may read it once, by its code. Then the facts are the
//! same whichever of the lists has it.

use std::collections::{HashMap, HashSet};

use crate::model::words::TAKEN;
use crate::model::{FactSet, RecordKey};

use super::lines::said;

/// The heading of a list, the lines with codes that came to it or left it, and whether they came.
type Relisted<'a> = (&'a RecordKey, Vec<&'a str>, bool);

/// What came to a list, or left it, while another list of the page has it before and now. A list that came or went as
/// a whole, and one that was split, is no such list.
pub(super) fn relisted<'a>(old: &'a FactSet, new: &'a FactSet) -> Vec<Relisted<'a>> {
    let (was, is) = (Lists::of(old), Lists::of(new));
    let gone = was.unlike(&is).map(|(heading, lines)| (heading, lines, false));
    let came = is.unlike(&was).map(|(heading, lines)| (heading, lines, true));
    gone.chain(came).collect()
}

/// The codes that are read in the lines of a page, by heading, and how often each stands on it.
struct Lists<'a> {
    by_heading: HashMap<&'a RecordKey, Vec<(&'a str, &'a str)>>,
    count: HashMap<&'a str, usize>,
}

impl<'a> Lists<'a> {
    fn of(set: &'a FactSet) -> Self {
        let (mut by_heading, mut count): (HashMap<_, Vec<_>>, HashMap<_, _>) = Default::default();
        let coded = said(set).into_iter().filter_map(|(at, line)| Some((at, code(line)?, line)));
        for (heading, code, line) in coded {
            by_heading.entry(heading).or_default().push((code, line));
            *count.entry(code).or_default() += 1;
        }
        Self { by_heading, count }
    }

    /// The lines of lists that the other page has too, but without these codes, which it has less often.
    fn unlike<'o>(
        &'o self,
        other: &'o Self,
    ) -> impl Iterator<Item = (&'a RecordKey, Vec<&'a str>)> + 'o {
        let count = |of: &Self, code: &str| of.count.get(code).copied().unwrap_or(0);
        self.by_heading.iter().filter_map(move |(heading, lines)| {
            let there = other.by_heading.get(heading)?.iter().map(|(code, _)| *code);
            let there: HashSet<&str> = there.collect();
            let is_apart = |(code, _): &&(&str, &str)| {
                let now = count(other, code);
                !there.contains(code) && now > 0 && now < count(self, code)
            };
            let apart: Vec<&str> = lines.iter().filter(is_apart).map(|(_, line)| *line).collect();
            (!apart.is_empty()).then_some((*heading, apart))
        })
    }
}

/// The code of an occupation that is read in a line.
fn code(line: &str) -> Option<&str> {
    let read = line.split(TAKEN[0]).skip(1).filter_map(|part| part.split(TAKEN[1]).next());
    read.flat_map(|said| said.split(|c: char| !c.is_ascii_digit())).find(|code| code.len() == 5)
}
