//! Records that appear under another key: which of those that came is one of those that are lost.
//!
//! A key is made of the page's own words, which are put in other words, numbered and corrected. Such a record is the
//! same; one of another figure, bound or qualifier is not.

use super::label::{self, likeness};
use super::{
    FactSet, FactType, FieldName, Fields, Record, RecordKey, Value, is_name, record_name, text,
    words::words,
};

impl FactSet {
    /// Returns the records of `before` that appear here under another key, as pairs of the old and the
    /// new key.
    ///
    /// A re-spelled key is not a rule change. Two keys are the same one re-spelled when they differ in
    /// only one part, that part is the same re-spelled (most words, all figures and what bounds them, see
    /// [`likeness`]), and every field that is not words says the same, or the part means just the same. "CLB 4
    /// or 5" is never "CLB 5 or 6". A part that is made of the record's name is judged by the name.
    #[must_use]
    pub fn renamed_from(&self, before: &Self) -> Vec<(RecordKey, RecordKey)> {
        let mut added: Vec<_> =
            self.records.iter().filter(|(key, _)| !before.records.contains_key(*key)).collect();
        let gone = before.records.iter().filter(|(key, _)| !self.records.contains_key(*key));
        let gone: Vec<&Record> = gone.map(|(_, record)| record).collect();
        let came: Vec<&Record> = added.iter().map(|(_, record)| *record).collect();
        let mut pairs = Vec::new();
        // Where nearly all of a list is new, a record is looked for in its own place alone.
        let is_another_list = gone.len() * came.len() > MOST_PAIRS;
        let lost = before.records.iter().filter(|(key, _)| !self.records.contains_key(*key));
        for (old_key, old) in lost {
            let likeness = |(key, new): &(&RecordKey, &Record)| {
                if is_another_list && !is_in_one_place(old, new) {
                    return None;
                }
                let is_quoted = || {
                    let (was, is) = (&old.evidence.quote, &new.evidence.quote);
                    !was.is_empty() && words(was) == words(is)
                };
                let is_of_that_day =
                    || self.is_draw_of_that_day(before, (old_key, old), (key, new));
                // A code that one row lost and one row got stands in a row under another title.
                let is_of_that_code = || {
                    let code = code_of(old).filter(|_| self.kind == FactType::Occupations);
                    let is_one = |records: &[&Record]| {
                        records.iter().filter(|record| code_of(record) == code).count() == 1
                    };
                    code.is_some() && code == code_of(new) && is_one(&gone) && is_one(&came)
                };
                let is_again = || is_quoted() || is_of_that_day() || is_of_that_code();
                let is_of_rows = self.kind.is_of_rows();
                let (was, is) = part_apart((old_key.as_str(), key.as_str()), !is_of_rows)?;
                // The label of a row says what its number is; a section is numbered as it comes.
                let is_renumbered = || !is_of_rows && is_numbered(was, is);
                let is_again = || is_path(was, is) || is_renumbered() || is_again();
                let (was, is) = if is_of_rows { spoken(was, is, old, new) } else { (was, is) };
                let is_dated_anew = is_of_rows && label::differ_in_days(was, is);
                let says_the_same = self.says_the_same(old, new);
                let is_slip =
                    || says_the_same && self.is_typo(was, is) && is_in_one_place(old, new);
                let is_headed_anew = || says_the_same && self.is_prose(old);
                let near = likeness(was, is)
                    .or_else(|| (is_dated_anew || is_again()).then_some(100))
                    .or_else(|| is_slip().then_some(99))
                    .or_else(|| is_headed_anew().then_some(98))?;
                let is_equal = || is_of_rows && label::is_equal(was, is);
                (says_the_same || is_dated_anew || is_equal()).then_some((says_the_same, near))
            };
            let best = added
                .iter()
                .enumerate()
                .filter_map(|(at, new)| Some((likeness(new)?, std::cmp::Reverse(at))))
                .max();
            if let Some((_, std::cmp::Reverse(at))) = best {
                pairs.push((old_key.clone(), added.remove(at).0.clone()));
            }
        }
        let came: Vec<&RecordKey> = added.iter().map(|(key, _)| *key).collect();
        pairs.extend(self.renamed_in_place(before, &came, &pairs));
        pairs
    }

    /// Whether a name is another with a letter wrong, where that one stands in its place.
    fn is_typo(&self, was: &str, is: &str) -> bool {
        let is_stream = self.kind == FactType::Streams;
        label::is_slip(was, is) || is_stream && label::has_other_letter(was, is)
    }

    /// The records that are lost, each with the one that came in its place under a longer name, or a shorter one.
    fn renamed_in_place(
        &self,
        before: &Self,
        came: &[&RecordKey],
        renamed: &[(RecordKey, RecordKey)],
    ) -> Vec<(RecordKey, RecordKey)> {
        let is_renamed = |key: &RecordKey| renamed.iter().any(|(old, _)| old == key);
        let is_lost = |key: &&RecordKey| !self.records.contains_key(*key) && !is_renamed(key);
        let lost: Vec<&RecordKey> = before.records.keys().filter(is_lost).collect();
        if !(self.kind.is_of_rows() || self.kind.is_of_names())
            || lost.len() * came.len() > MOST_NAMED
        {
            return Vec::new();
        }
        let is_one =
            |old: &RecordKey, new: &RecordKey| self.is_named_anew(before, (old, new), false);
        let only = |of: &RecordKey, all: &[&RecordKey], is_one: &dyn Fn(&RecordKey) -> bool| {
            let mut found = all.iter().filter(|key| is_one(key));
            found.next().filter(|_| found.next().is_none()).map(|key| (of.clone(), (*key).clone()))
        };
        let pair = |old: &RecordKey| {
            let (old, new) = only(old, came, &|new| is_one(old, new))?;
            only(&new, &lost, &|old| is_one(old, &new)).map(|_| (old, new))
        };
        let is_sure =
            |(old, new): &(RecordKey, RecordKey)| self.is_named_anew(before, (old, new), true);
        let pairs: Vec<_> = lost.iter().filter_map(|old| pair(old)).filter(is_sure).collect();
        let all = [renamed, &pairs].concat();
        let is_in_its_place = |(old, new): &(RecordKey, RecordKey)| {
            let stay = |key: &RecordKey| {
                let to = all.iter().find(|(from, _)| from == key).map_or(key, |(_, to)| to);
                self.records.contains_key(to).then(|| to.clone())
            };
            let stays = |key: &RecordKey| {
                let is_it = before.records.contains_key(key) || all.iter().any(|(_, to)| to == key);
                is_it.then(|| key.clone())
            };
            neighbours(before, old, stay)
                .zip(neighbours(self, new, stays))
                .is_some_and(|(was, is)| was == is)
        };
        pairs.into_iter().filter(is_in_its_place).collect()
    }

    /// Whether a new record may be one that is lost: the same locator reads it, with the same values, and one of the two
    /// names has the other within it. "Technology and innovation" says more than "Technology": it is the same for sure
    /// (`is_sure`) only where a compared text differs too, so that the new name is told.
    fn is_named_anew(
        &self,
        before: &Self,
        (old, new): (&RecordKey, &RecordKey),
        is_sure: bool,
    ) -> bool {
        let (was, is) = (&before.records[old], &self.records[new]);
        let values = |key: &RecordKey, record: &'_ Record| -> Fields {
            let fields = record.fields.iter();
            let fields = fields.filter(|(name, value)| {
                let is_named = is_name(name) || value.names(key);
                self.compares(name) && !self.wording.contains(name) && !is_named
            });
            fields.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let (had, has) = (values(old, was), values(new, is));
        let is_same = |(name, value): (&FieldName, &Value)| {
            has.get(name).is_some_and(|other| other.same(value))
        };
        let is_told = || {
            let texts = was.fields.iter().filter(|(name, _)| self.compares(name));
            texts.into_iter().any(|(name, text)| {
                matches!(text, Value::Text(_)) && is.fields.get(name).is_some_and(|now| now != text)
            })
        };
        let is_one_name = |(a, b): (&str, &str)| {
            let (a, b) = spoken(a, b, was, is);
            let is_longer = || {
                (self.kind.is_of_rows() || self.kind == FactType::Streams)
                    && (label::is_within(a, b)
                        || label::is_extended(a, b) && (!is_sure || is_told()))
            };
            // A code is what it is under any name.
            let is_remarked = || {
                let has_code = |record: &Record| code_of(record).is_some();
                !has_code(was)
                    && !has_code(is)
                    && label::is_remarked(a, b)
                    && (!is_sure || is_told())
            };
            is_longer() || is_remarked()
        };
        was.evidence.locator == is.evidence.locator
            && (!had.is_empty() || self.kind == FactType::List || self.kind.is_of_names())
            && had.len() == has.len()
            && had.iter().all(is_same)
            && part_apart((old.as_str(), new.as_str()), false).is_some_and(is_one_name)
    }

    /// Whether the place of a record of `before` is taken by one that says another rule of the same subject, with
    /// the same values: "2 years" is now "2 years or more".
    #[must_use]
    pub fn restates(&self, before: &Self, key: &RecordKey) -> bool {
        let Some(old) = before.records.get(key) else { return false };
        let added = self.records.iter().filter(|(key, _)| !before.records.contains_key(*key));
        added.filter(|(_, new)| self.says_the_same(old, new)).any(|(other, new)| {
            part_apart((key.as_str(), other.as_str()), false).is_some_and(|(was, is)| {
                let (was, is) = spoken(was, is, old, new);
                label::is_restated(was, is)
            })
        })
    }

    /// Whether a record of `before` that said nothing yet is filled here: others stand under its key, or all of it but
    /// one part. A row of an intake to come has no sectors before its day.
    #[must_use]
    pub fn fills(&self, before: &Self, key: &RecordKey) -> bool {
        let says = |record: &Record| record.fields.keys().any(|name| self.compares(name));
        let is_empty = before.records.get(key).is_some_and(|old| !says(old));
        let mut added = self.records.keys().filter(|other| !before.records.contains_key(*other));
        is_empty
            && key.as_str().contains('/')
            && added.any(|other| part_apart((key.as_str(), other.as_str()), false).is_some())
    }

    /// How many figures two records have in common: numbers, and texts with one, such as "57 and above".
    fn figures_of_both(&self, old: &Record, new: &Record) -> usize {
        let is_figure = |value: &Value| {
            let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
            value.number().is_some() || matches!(value, Value::Text(text) if has_digit(text))
        };
        let fields = new.fields.iter().filter(|(name, value)| {
            let is_told = self.compares(name) && !self.wording.contains(name);
            is_told && is_figure(value) && old.fields.get(*name).is_some_and(|was| was.same(value))
        });
        fields.count()
    }

    /// Whether a draw of the same day has the same figures: it has another name and is not another draw.
    fn is_draw_of_that_day(
        &self,
        before: &Self,
        (old_key, old): (&RecordKey, &Record),
        (key, new): (&RecordKey, &Record),
    ) -> bool {
        let day = before.day_of(old_key);
        let is_it = self.kind == FactType::Draws && day.is_some() && day == self.day_of(key);
        let figures = if is_it { self.figures_of_both(old, new) } else { 0 };
        figures > 1 || (figures == 1 && is_in_one_place(old, new))
    }

    /// Whether a record is prose under a heading, which may be put in other words.
    fn is_prose(&self, record: &Record) -> bool {
        let mut fields = record.fields.values();
        self.kind == FactType::Clauses && fields.any(|value| !value.clauses().is_empty())
    }

    /// Whether two records agree in every compared field that is not words.
    fn says_the_same(&self, old: &Record, new: &Record) -> bool {
        let facts = |record: &Record| -> Fields {
            let is_fact = |value: &Value| !matches!(value, Value::Text(_) | Value::List(_));
            let fields = record.fields.iter().filter(|(name, v)| self.compares(name) && is_fact(v));
            fields.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let (old, new) = (facts(old), facts(new));
        old.len() == new.len()
            && old.iter().all(|(name, value)| new.get(name).is_some_and(|other| other.same(value)))
    }
}

/// The most pairs of records that are compared by their words. A hostile page may have any number.
const MOST_PAIRS: usize = 10_000;

/// The most pairs of records of which one may stand in the place of the other.
const MOST_NAMED: usize = 400;

/// The code of an occupation.
fn code_of(record: &Record) -> Option<&Value> {
    record.fields.values().find(|value| matches!(value, Value::Noc(_)))
}

/// Whether two records are of one row of one table, or of one item. Words in a place may have a letter wrong.
pub(super) fn is_in_one_place(old: &Record, new: &Record) -> bool {
    let (was, is) = (place_of(old), place_of(new));
    !was.is_empty() && was == is
}

/// The figures of the place of a record: those of its table and of its row.
pub(super) fn place_of(record: &Record) -> Vec<u64> {
    let place = record.evidence.place.split(|c: char| !c.is_ascii_digit());
    place.filter_map(|part| part.parse().ok()).collect()
}

/// The records that `stay`, before and after one on its page; `None` if its place is not known.
fn neighbours(
    set: &FactSet,
    key: &RecordKey,
    stay: impl Fn(&RecordKey) -> Option<RecordKey>,
) -> Option<[Option<RecordKey>; 2]> {
    let of = |key| set.records.get(key).map(place_of).filter(|place| !place.is_empty());
    let place = of(key)?;
    let others = || {
        let others = set.records.keys().filter(|other| *other != key);
        others.filter_map(|other| Some((of(other)?, stay(other)?)))
    };
    let before = others().filter(|(of, _)| *of <= place).max();
    let after = others().filter(|(of, _)| *of > place).min();
    Some([before, after].map(|one| one.map(|(_, key)| key)))
}

/// Whether one of two parts of a key is the other put into another object: members of a JSON document are called
/// by their paths.
fn is_path(was: &str, is: &str) -> bool {
    let is_below = |a: &str, b: &str| a.strip_suffix(b).is_some_and(|over| over.ends_with('.'));
    is_below(was, is) || is_below(is, was)
}

/// Whether one of two parts of a key is the other with the number of its heading before it.
fn is_numbered(was: &str, is: &str) -> bool {
    let is_after_number = |a: &str, b: &str| {
        let number = a.strip_suffix(b).and_then(|over| over.strip_suffix('-'));
        let is_number = |n: &str| n.len() <= 3 && n.parse::<u16>().is_ok();
        let is_word = |b: &str| b.starts_with(|c: char| c.is_ascii_lowercase());
        // The heading may have a number of its own: "14. 5. Work in Ontario".
        let is_numbered = || b.split_once('-').is_some_and(|(n, b)| is_number(n) && is_word(b));
        number.is_some_and(is_number) && (is_word(b) || is_numbered())
    };
    is_after_number(was, is) || is_after_number(is, was)
}

/// The part in which two keys differ, if it is only one; of parts that are headings, those do not count that were
/// only numbered.
fn part_apart<'k>((a, b): (&'k str, &'k str), are_headings: bool) -> Option<(&'k str, &'k str)> {
    if a.split('/').count() != b.split('/').count() {
        return None;
    }
    let differing: Vec<_> = a.split('/').zip(b.split('/')).filter(|(x, y)| x != y).collect();
    let is_other = |(x, y): &&(&str, &str)| !(are_headings && is_numbered(x, y));
    let mut others = differing.iter().filter(is_other);
    match (others.next(), others.next()) {
        (Some(one), None) => Some(*one),
        (None, _) => differing.first().copied(),
        _ => None,
    }
}

/// The words by which two parts of a key are judged: the names of their records, if one of the parts is made
/// of a name; else the words of their rows that the parts are made of. A slug has no signs, and a vocabulary's
/// word is not the page's.
fn spoken<'k>(was: &'k str, is: &'k str, old: &'k Record, new: &'k Record) -> (&'k str, &'k str) {
    let is_of = |part: &str, name: &str| {
        let name = text::slug(name);
        !name.is_empty() && part.starts_with(&name)
    };
    let names = record_name(&old.fields).zip(record_name(&new.fields));
    let printed = || printed(was, old).zip(printed(is, new));
    match names {
        Some((before, now)) if is_of(was, before) || is_of(is, now) => (before, now),
        _ => printed().unwrap_or((was, is)),
    }
}

/// The words at the beginning of a record's row that a part of its key is the slug of.
fn printed<'k>(part: &str, record: &'k Record) -> Option<&'k str> {
    let quote = &record.evidence.quote;
    let ends = quote.match_indices(' ').map(|(at, _)| at).chain([quote.len()]);
    ends.map(|end| &quote[..end]).find(|words| text::slug(words) == part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Evidence;

    fn set(rows: &[(&str, i64)]) -> FactSet {
        let mut set = FactSet::new(FactType::Points);
        for (key, points) in rows {
            let fields = [(FieldName::parse("points").unwrap(), Value::Integer(*points))]
                .into_iter()
                .collect();
            let record = Record { fields, evidence: Evidence::default() };
            set.records.insert(RecordKey::parse(key).unwrap(), record);
        }
        set
    }

    #[track_caller]
    fn check(before: &[(&str, i64)], after: &[(&str, i64)], pairs: &[(&str, &str)]) {
        let found = set(after).renamed_from(&set(before));
        let found: Vec<_> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, pairs);
    }

    #[test]
    fn a_key_that_was_spelled_anew_is_the_same_record() {
        check(
            &[("job/arranged-employment-teer-0-major-group-00", 200)],
            &[("job/arranged-employment-noc-teer-0-major-group-00", 200)],
            &[(
                "job/arranged-employment-teer-0-major-group-00",
                "job/arranged-employment-noc-teer-0-major-group-00",
            )],
        );
    }

    #[test]
    fn other_figures_or_other_facts_are_another_record() {
        check(&[("lang/clb-4-or-5", 6)], &[("lang/clb-5-or-6", 6)], &[]);
        check(&[("a/brother-or-sister", 15)], &[("a/brother-or-sisters", 20)], &[]);
        check(&[("21211", 1)], &[("21231", 1)], &[]);
        check(&[("a/b-c-d", 1)], &[("x/b-c-e", 1)], &[]);
    }

    #[test]
    fn a_draw_whose_note_is_worded_anew_is_the_same_draw() {
        let draw = |key: &str, score: &str, row: usize| {
            let field = |name: &str| FieldName::parse(name).unwrap();
            let fields = [
                (field("invitations"), Value::Integer(786)),
                (field("score"), Value::Text(score.to_owned())),
            ];
            let evidence = Evidence { place: format!("table 1, row {row}"), ..Evidence::default() };
            let record = Record { fields: fields.into_iter().collect(), evidence };
            let mut set = FactSet::new(FactType::Draws);
            set.records.insert(RecordKey::parse(key).unwrap(), record);
            set
        };
        let before = draw("2026-04-30/foreign-worker/greater-toronto-area-gta", "57 and above", 1);
        let is_it = |key: &str, score: &str, row: usize| {
            !draw(key, score, row).renamed_from(&before).is_empty()
        };
        assert!(is_it("2026-04-30/foreign-worker/in-and-around-toronto", "57 and above", 2));
        assert!(is_it("2026-04-30/foreign-worker/in-and-around-toronto", "58 and above", 1));
        assert!(!is_it("2026-04-30/foreign-worker/in-and-around-toronto", "58 and above", 2));
        assert!(!is_it("2026-05-30/foreign-worker/in-and-around-toronto", "57 and above", 1));
        assert!(!is_it("2026-04-30/masters/in-and-around-toronto", "57 and above", 2));
    }
}
