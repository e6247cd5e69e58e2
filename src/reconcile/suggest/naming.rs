//! Names that mean the same: `CLB6` and `clb-6`, `20-29` and `20-to-29-years-of-age`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::OfficialRecord;

/// The most official records whose names are compared word by word.
const MOST: usize = 400;

/// The keys of a group, each with its words and numbers.
pub(super) struct Names<'a>(Vec<(&'a str, Vec<String>)>);

impl<'a> Names<'a> {
    pub(super) fn of(keys: &'a BTreeSet<String>) -> Self {
        Self(keys.iter().map(|key| (key.as_str(), parts(key))).collect())
    }

    /// The official record of each key that has one: of the same name; else the only one with the same words;
    /// else the only one with the same numbers.
    pub(super) fn among<'o>(
        &self,
        official: &BTreeMap<&'o str, &OfficialRecord>,
    ) -> BTreeMap<&'a str, &'o str> {
        let mut found = BTreeMap::new();
        let mut rest = Vec::new();
        for (key, parts) in &self.0 {
            match official.get_key_value::<str>(key) {
                Some((name, _)) => {
                    found.insert(*key, *name);
                }
                None => rest.push((*key, parts)),
            }
        }
        if rest.is_empty() || official.len() > MOST || official.len() < 2 {
            return found;
        }
        let theirs: Vec<(&str, Vec<String>)> =
            official.keys().map(|name| (*name, parts(name))).collect();
        for (key, own) in rest {
            let same_words = only(theirs.iter().filter(|(_, parts)| parts == own));
            let has_number = own.iter().any(|part| is_number(part));
            // `less than CLB 4` is not `CLB 4`.
            let is_bound = |parts: &[String]| parts.iter().any(|part| part == "than");
            let is_near = |parts: &[String]| {
                is_bound(parts) == is_bound(own) && numbers(parts).eq(numbers(own))
            };
            let same_numbers = || only(theirs.iter().filter(|(_, parts)| is_near(parts)));
            let name = same_words.or_else(|| has_number.then(same_numbers).flatten());
            if let Some((name, _)) = name {
                found.insert(key, *name);
            }
        }
        found
    }
}

fn only<'t, T>(mut all: impl Iterator<Item = &'t T>) -> Option<&'t T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

fn numbers(parts: &[String]) -> impl Iterator<Item = &String> {
    parts.iter().filter(|part| is_number(part))
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words and numbers of a name, in lower case and without a plural's end: `lmiaFeePerPosition`,
/// `CLB10`, `20-29`.
pub(super) fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before: Option<char> = None;
    for c in name.chars() {
        let is_break = !c.is_alphanumeric()
            || before.is_some_and(|before| {
                (c.is_uppercase() && before.is_lowercase())
                    || (c.is_ascii_digit() != before.is_ascii_digit())
            });
        if is_break {
            parts.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(part) = parts.last_mut()
        {
            part.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    for part in &mut parts {
        if part.len() > 3 && part.ends_with('s') && !part.ends_with("ss") {
            part.pop();
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_into_words_and_numbers() {
        let joined = |name: &str| parts(name).join(" ");
        assert_eq!(joined("lmiaFeePerPosition"), "lmia fee per position");
        assert_eq!(joined("CLB10"), "clb 10");
        assert_eq!(joined("20-29"), "20 29");
        assert_eq!(joined("lmia.fees_per-position"), "lmia fee per position");
        assert_eq!(joined("business-class"), "business class");
    }
}
