//! Lines whose cells are printed in another form of the same meaning: "9+" became "9 and above", "don't" lost its
//! apostrophe.

use crate::model::{
    meaning,
    words::{CELL, shown},
};

use super::lines::Line;

/// How many lines of each page are looked at.
const LINES: usize = 200;

/// Leaves out the lines of both pages that mean the same, cell by cell.
pub(super) fn leave_out(was: &mut Vec<Line<'_>>, is: &mut Vec<Line<'_>>) {
    if was.len() > LINES || is.len() > LINES {
        return;
    }
    let cells = |line: &Line<'_>| -> Vec<String> {
        shown(line.text).split(CELL).map(|cell| cell.trim().to_owned()).collect()
    };
    let mut new: Vec<Vec<String>> = is.iter().map(cells).collect();
    was.retain(|line| {
        let old = cells(line);
        let is_same = |(old, new): (&String, &String)| {
            meaning::same(old, new)
                || meaning::without_apostrophes(old) == meaning::without_apostrophes(new)
        };
        let is_it = |new: &Vec<String>| new.len() == old.len() && old.iter().zip(new).all(is_same);
        let twin = new.iter().position(is_it);
        if let Some(twin) = twin {
            new.remove(twin);
            is.remove(twin);
        }
        twin.is_none()
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, FactSet, FactType, FieldName, Fields, Record, RecordKey, Value};

    /// A page with one line under one heading.
    fn page(line: &str) -> FactSet {
        let mut set = FactSet::new(FactType::Clauses);
        let mut fields = Fields::new();
        fields.insert(FieldName::parse("text").unwrap(), Value::Clauses(vec![line.to_owned()]));
        let evidence =
            Evidence { locator: "page".into(), place: "page".into(), quote: line.into() };
        set.records.insert(RecordKey::parse("Page").unwrap(), Record { fields, evidence });
        set
    }

    fn is_left_out(was: &str, is: &str) -> bool {
        let (was, is) = (page(was), page(is));
        let (mut was, mut is) = crate::diff::wording::lines::apart(&was, &is);
        leave_out(&mut was, &mut is);
        was.is_empty() && is.is_empty()
    }

    #[test]
    fn a_line_of_the_same_meaning_is_left_out() {
        assert!(is_left_out("CLB 9 | ⟦9+⟧ | ⟦371+⟧", "CLB 9 | ⟦9 or higher⟧ | ⟦371 and above⟧"));
        assert!(is_left_out("⟦2 and 3⟧ | ⟦9⟧ and above", "⟦2, 3⟧ | ⟦9⟧+"));
        assert!(is_left_out("You don't need it", "You dont need it"));
        for other in ["CLB 9 | ⟦9 or higher⟧ | ⟦391 and above⟧", "CLB 9 | ⟦9 or higher⟧"]
        {
            assert!(!is_left_out("CLB 9 | ⟦9+⟧ | ⟦371+⟧", other), "{other}");
        }
        assert!(!is_left_out("You don't need it", "You do need it"));
    }
}
