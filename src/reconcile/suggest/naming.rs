//! Names that mean the same: `CLB6` and `clb-6`, `20-29`, `24` and `20-to-29-years-of-age`, `oneYear` and
//! `one-year-program`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{OfficialRecord, record_name};

/// The most names of either side that are compared word by word.
const MOST: usize = 400;

/// The keys of a group, each with its words and numbers.
pub(super) struct Names<'a>(Vec<(&'a str, Vec<String>)>);

impl<'a> Names<'a> {
    pub(super) fn of(keys: &'a BTreeSet<String>) -> Self {
        Self(keys.iter().map(|key| (key.as_str(), parts(key))).collect())
    }

    /// The official record of each key that has one: of the same name; else the only one with the same words, in its
    /// key or its label; else, not surely, the only one with the same numbers, or between whose numbers the key's
    /// stands; else the only one that has all words of the key and more.
    pub(super) fn among<'o>(
        &self,
        official: &BTreeMap<&'o str, &OfficialRecord>,
    ) -> BTreeMap<&'a str, Named<'o>> {
        let mut found = BTreeMap::new();
        let mut rest = Vec::new();
        for (key, parts) in &self.0 {
            match official.get_key_value::<str>(key) {
                Some((name, _)) => {
                    found.insert(*key, Named { name, by: By::Same });
                }
                None => rest.push((*key, parts)),
            }
        }
        if rest.is_empty() || rest.len() > MOST || official.len() > MOST || official.len() < 2 {
            return found;
        }
        let theirs: Vec<Official<'o>> =
            official.iter().map(|(name, record)| Official::of(name, record)).collect();
        for (key, own) in rest {
            if let Some(named) = alike(own, &theirs) {
                found.insert(key, named);
            }
        }
        found
    }
}

/// The official name that a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'o> {
    pub(super) name: &'o str,
    pub(super) by: By,
}

/// Why a name is taken for another, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// They are the same words.
    Same,
    /// All its words are in the other: only the values can show that it is meant.
    Words,
    /// Its numbers fit the other, which says less.
    Numbers,
}

/// An official name, and the words of its key and of its label.
struct Official<'o> {
    name: &'o str,
    key: Vec<String>,
    label: Vec<String>,
}

impl<'o> Official<'o> {
    fn of(name: &'o str, record: &OfficialRecord) -> Self {
        let label = record_name(&record.fields).map(parts).unwrap_or_default();
        Self { name, key: parts(name), label }
    }
}

fn alike<'o>(own: &[String], theirs: &[Official<'o>]) -> Option<Named<'o>> {
    let only = |fits: &dyn Fn(&Official<'o>) -> bool| {
        let mut all = theirs.iter().filter(|one| fits(one));
        let first = all.next()?;
        all.next().is_none().then_some(first.name)
    };
    // `less than CLB 4` is not `CLB 4`.
    let is_bound = |parts: &[String]| parts.iter().any(|part| part == "than");
    let near = |one: &Official<'o>| is_bound(&one.key) == is_bound(own);
    let own_numbers: Vec<u64> = numbers(own).collect();
    let same_numbers = |one: &Official<'o>| near(one) && numbers(&one.key).eq(numbers(own));
    let between =
        |one: &Official<'o>| match (&own_numbers[..], &numbers(&one.key).collect::<Vec<_>>()[..]) {
            ([n], [from, to]) => near(one) && (from..=to).contains(&n),
            _ => false,
        };
    let is_none = |one: &Official<'o>| one.key.iter().any(|part| part == "none");
    let has_all = |parts: &[String]| own.iter().all(|part| parts.contains(part));
    let more = |one: &Official<'o>| near(one) && (has_all(&one.key) || one.label.starts_with(own));
    let by_numbers = || {
        (!own_numbers.is_empty())
            .then(|| only(&same_numbers))
            .flatten()
            .or_else(|| only(&between))
            .or_else(|| (own_numbers == [0]).then(|| only(&is_none)).flatten())
    };
    let same = only(&|one| one.key == own).or_else(|| only(&|one| one.label == own));
    let by = |by: By| move |name| Named { name, by };
    same.map(by(By::Same))
        .or_else(|| by_numbers().map(by(By::Numbers)))
        .or_else(|| (own.len() > 1).then(|| only(&more)).flatten().map(by(By::Words)))
}

fn numbers(parts: &[String]) -> impl Iterator<Item = u64> {
    parts.iter().filter_map(|part| part.parse().ok())
}

/// Words of which one is not another: what is called by one is not what is called by another.
const CONTRASTS: [&[&str]; 4] = [
    &["first", "second", "third"],
    &["with", "without"],
    &["principal", "spouse", "child"],
    &["minimum", "maximum"],
];

/// Whether names speak of another thing than official ones do: `second language` is not `first language`, nor a
/// `language` of which there is but one.
pub(super) fn clash(own: &BTreeSet<String>, official: &BTreeSet<String>) -> bool {
    let has = |words: &BTreeSet<String>, all: &[&str]| all.iter().any(|word| words.contains(*word));
    let is_other = |all: &&[&str]| {
        let both: Vec<&str> = all
            .iter()
            .copied()
            .filter(|word| own.contains(*word) && official.contains(*word))
            .collect();
        both.is_empty() && has(own, all) && has(official, all)
    };
    let is_further = has(own, &["second", "third"]) && !has(official, &["second", "third"]);
    is_further || CONTRASTS.iter().any(is_other)
}

/// The provinces and territories, with the words that name each, or its program.
const PLACES: [(&str, &[&str]); 13] = [
    ("AB", &["alberta", "aaip"]),
    ("BC", &["columbia", "bcpnp"]),
    ("MB", &["manitoba", "mpnp"]),
    ("NB", &["brunswick", "nbpnp"]),
    ("NL", &["newfoundland", "labrador", "nlpnp"]),
    ("NS", &["scotia", "nsnp"]),
    ("NT", &["northwest", "nwt", "ntnp"]),
    ("NU", &["nunavut"]),
    ("ON", &["ontario", "oinp"]),
    ("PE", &["edward", "pei", "peipnp"]),
    ("QC", &["quebec", "québec", "qc"]),
    ("SK", &["saskatchewan", "sinp"]),
    ("YT", &["yukon", "ynp"]),
];

/// The provinces and territories that names speak of: by a word, by a code in capitals, or by a name that is a code.
pub(super) fn places<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for name in names {
        let words = parts(name);
        let is_in = |text: &str, code: &str| {
            text.split(|c: char| !c.is_alphanumeric()).any(|word| word == code)
        };
        for (code, called) in PLACES {
            let is_code = name.eq_ignore_ascii_case(code) || is_in(name, code);
            if is_code || words.iter().any(|word| called.contains(&word.as_str())) {
                found.insert(code);
            }
        }
    }
    found
}

/// The small numbers that people write in words.
const IN_WORDS: [&str; 6] = ["zero", "one", "two", "three", "four", "five"];

/// Other words for the same.
const ALSO: [(&str, &str); 3] =
    [("doctorate", "doctoral"), ("phd", "doctoral"), ("dependant", "dependent")];

/// The words and numbers of a name, in lower case, without a plural's end, and of several words for the same the
/// official one: `lmiaFeePerPosition`, `CLB10`, `20-29`.
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
        if let Some(number) = IN_WORDS.iter().position(|word| word == part) {
            *part = number.to_string();
        }
        if part.len() > 3 && part.ends_with('s') && !part.ends_with("ss") {
            part.pop();
        }
        if let Some((_, official)) = ALSO.iter().find(|(word, _)| word == part) {
            *part = (*official).to_owned();
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
        assert_eq!(joined("oneOrTwoYears"), "1 or 2 year");
        assert_eq!(joined("PhD"), "ph d");
        assert_eq!(joined("phd, Doctorates"), "doctoral doctoral");
    }

    #[test]
    fn what_is_called_otherwise_is_another_thing() {
        let clash = |own: &str, official: &str| {
            clash(&parts(own).into_iter().collect(), &parts(official).into_iter().collect())
        };
        assert!(clash("secondLanguage", "first-language"));
        assert!(clash("secondLanguage", "crs.spouse language"));
        assert!(clash("withoutSpouse", "age/with-spouse"));
        assert!(clash("economic principal", "include-your-spouse"));
        assert!(!clash("firstLanguage", "crs.spouse language"));
        assert!(!clash("secondLanguage withSpouse", "second-language with-spouse"));
        assert!(!clash("application", "worker-application"));
    }

    #[test]
    fn places_are_known_by_name_code_and_program() {
        let said = |name: &str| places([name]).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(said("OINP employer job offer"), "ON");
        assert_eq!(said("on"), "ON");
        assert_eq!(said("based on points"), "");
        assert_eq!(said("BC PNP"), "BC");
        assert_eq!(said("newBrunswick"), "NB");
        assert_eq!(said("sinp.tech_talent.fees"), "SK");
    }

    #[track_caller]
    fn check(own: &str, theirs: &[&str], is: Option<&str>) {
        let official = |name| Official { name, key: parts(name), label: Vec::new() };
        let theirs: Vec<Official<'_>> = theirs.iter().copied().map(official).collect();
        assert_eq!(alike(&parts(own), &theirs).map(|named| named.name), is, "{own}");
    }

    #[test]
    fn a_name_is_another_only_where_no_third_could_be_meant() {
        let ages =
            ["17-years-of-age-or-less", "20-to-29-years-of-age", "30-years-of-age", "maximum"];
        check("24", &ages, Some("20-to-29-years-of-age"));
        check("30 years of age", &ages, Some("30-years-of-age"));
        check("31", &ages, None);
        let levels = ["less-than-clb-4", "clb-4-or-5", "clb-6", "maximum-per-ability"];
        check("clb5", &levels, Some("clb-4-or-5"));
        check("lessThanClb4", &levels, Some("less-than-clb-4"));
        let programs = ["one-year-program", "two-year-program", "two-or-more", "none"];
        check("twoYear", &programs, Some("two-year-program"));
        check("0", &programs, Some("none"));
        check("program", &programs, None);
    }
}
