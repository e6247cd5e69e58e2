//! Changes in the words of a page that no recipe reads: `page.<source>`.
//!
//! Compares words, not places: a line that moves, appears under another heading or in a table instead of
//! a list, is split, joined or printed twice, still says the same. The lines found on only one of the two
//! pages ([`apart`]) are examined in three ways: a word next to words it was not next to before; a word
//! that occurs more often than before under a heading where another occurs less often; a row whose first
//! cell had other cells beside it before. Words that are read as facts are reported as facts, and words
//! that only pass from facts to the rest, or back, are no change.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{
    ChangeKind, Dates, Evidence, FactKey, FactSet, FactType, Facts, FieldName, Fields, Record,
    RecordKey, Side, Value,
    words::{Phrases, TAKEN, Word, likeness, words},
};

use super::Delta;
use lines::{Line, apart};
use reworded::reworded;

mod lines;
mod reworded;

/// How alike two lines must be, in hundredths, for one to be a rewording of the other.
const ALIKE: usize = 40;

/// The most pairs of lines that are compared. A page with more is another page, with no lines in common.
const PAIRS: usize = 1_000_000;

/// Whether a fact set holds the words of a page.
pub(super) fn is_of(key: &FactKey) -> bool {
    key.as_str().starts_with("page.")
}

/// The words that came and went, heading by heading. A page read for the first time, or no longer
/// watched, is no change. `told` holds the differences of the facts.
///
/// When records came or went, a line that held one, and has no counterpart on the other side, came or
/// went with it.
pub(super) fn compare(
    key: &FactKey,
    before: &Facts,
    (now, read): (&Facts, &Facts),
    told: &[Delta],
) -> Vec<Delta> {
    let (Some(old), Some(new)) = (before.get(key), now.get(key)) else { return Vec::new() };
    let (mut was, mut is) = apart(old, new);
    if was.is_empty() && is.is_empty() {
        return Vec::new();
    }
    let (was_read, stands, all) = (Read::of(before), Read::of(now), Read::of(read));
    let facts =
        Told { before: was_read, now: stands, read: all, deltas: told, said: OnceCell::new() };
    facts.settle(&mut was, &mut is);
    let sides = Sides::of(&was, &is, (before, now), &facts);
    let whole = told.iter().any(|delta| delta.field.is_none());
    let changes = sides.changes(whole);
    let delta = |(record, (gone, came)): (&RecordKey, (Vec<&str>, Vec<&str>))| {
        delta(key, record, (gone, came), (old, new))
    };
    changes.into_iter().filter_map(delta).collect()
}

/// The words that facts are read from, computed on first use.
struct Read<'a> {
    facts: &'a Facts,
    words: OnceCell<HashSet<String>>,
    values: OnceCell<HashSet<String>>,
}

impl<'a> Read<'a> {
    /// The words of the days from and to which its records hold: another comparison reports a day that
    /// moved, where it is news.
    fn days(&self) -> impl Iterator<Item = String> {
        let of_set = |set: &'a FactSet| {
            let names = [&set.dates.effective, &set.dates.expires].into_iter().flatten();
            names.flat_map(move |name| {
                set.records.values().filter_map(move |record| record.fields.get(name))
            })
        };
        self.facts.values().flat_map(of_set).flat_map(|value| words(&value.to_string()))
    }

    fn of(facts: &'a Facts) -> Self {
        Self { facts, words: OnceCell::new(), values: OnceCell::new() }
    }

    fn records(&self) -> impl Iterator<Item = (&'a RecordKey, &'a Record)> {
        self.facts.iter().filter(|(key, _)| !is_of(key)).flat_map(|(_, set)| &set.records)
    }

    /// The values and keys of its records.
    fn values(&self) -> impl Iterator<Item = String> {
        self.records().flat_map(|(key, record)| {
            let values = record.fields.values().map(ToString::to_string);
            values.chain([key.as_str().replace('-', " ")])
        })
    }

    /// Whether a word is part of a value, and not only beside one.
    fn has_as_value(&self, word: &str) -> bool {
        let values = self.values.get_or_init(|| {
            let said: HashSet<String> = self.values().collect();
            said.iter().flat_map(|text| words(text)).collect()
        });
        values.contains(word)
    }

    /// Whether facts are read from every word of a run.
    fn has(&self, run: &[Word]) -> bool {
        let read = self.words.get_or_init(|| {
            let quotes = self.records().map(|(_, record)| record.evidence.quote.clone());
            // Many records have one quote and the same values.
            let said: HashSet<String> = self.values().chain(quotes).collect();
            said.iter().flat_map(|text| words(text)).collect()
        });
        run.iter().all(|word| read.contains(&word.text))
    }
}

/// Decides which of the words that are read are reported as a fact, or belong to no accepted fact.
struct Told<'a> {
    before: Read<'a>,
    now: Read<'a>,
    read: Read<'a>,
    deltas: &'a [Delta],
    said: OnceCell<HashSet<String>>,
}

impl Told<'_> {
    /// Keeps the mark only on words that need no report: a fact reports them, or they belong to one that
    /// is held or unchanged. The others become ordinary words.
    fn settle(&self, was: &mut [Line<'_>], is: &mut [Line<'_>]) {
        // Words that were held or retracted have no fact: when they go, the fact is stated again.
        let mut is_back = false;
        for run in was.iter_mut().flat_map(Line::taken) {
            is_back |= !self.before.has(run);
            let is_settled = self.is_said(run) || self.now.has(run) || !self.before.has(run);
            run.iter_mut().for_each(|word| word.taken = is_settled);
        }
        for line in is {
            let mut has_held = false;
            for run in line.taken() {
                let is_said = self.is_said(run) || (is_back && self.before.has(run));
                let is_held = !is_said && self.read.has(run) && !self.now.has(run);
                run.iter_mut().for_each(|word| word.taken = is_said || is_held);
                has_held |= is_held;
            }
            line.has_held = has_held;
        }
    }

    /// Whether a word that came or went is told with a fact, or is a value: that is compared as such.
    fn covers(&self, word: &Word) -> bool {
        let is_value = || self.before.has_as_value(&word.text) || self.now.has_as_value(&word.text);
        self.is_said(std::slice::from_ref(word)) || (word.taken && is_value())
    }

    /// Whether the changes of facts report every word of a run.
    fn is_said(&self, run: &[Word]) -> bool {
        let evidence = |delta: &Delta| {
            let sides = [&delta.before, &delta.after].into_iter().flatten();
            sides.flat_map(|evidence| words(&evidence.quote)).collect::<Vec<_>>()
        };
        let side = |side: &Option<Side>| match side {
            Some(Side::Value(value)) => words(&value.to_string()),
            Some(Side::Record(fields)) => {
                fields.values().flat_map(|value| words(&value.to_string())).collect()
            }
            None => Vec::new(),
        };
        let all = |delta: &Delta| {
            [evidence(delta), side(&delta.old), side(&delta.new), words(delta.record.as_str())]
                .concat()
        };
        let said = self.said.get_or_init(|| {
            let days = self.before.days().chain(self.now.days());
            self.deltas.iter().flat_map(all).chain(days).collect()
        });
        run.iter().all(|word| said.contains(&word.text))
    }
}

/// The lines found on only one of the pages, and what is known of both.
struct Sides<'l, 'a> {
    was: &'l [Line<'a>],
    is: &'l [Line<'a>],
    known: Phrases,
    here: Phrases,
    /// The words that occur more often now, and more often before, in these lines.
    came: HashSet<&'l str>,
    gone: HashSet<&'l str>,
    /// The lines of which one became another by a word or two.
    reworded: HashSet<&'a str>,
}

impl<'l, 'a> Sides<'l, 'a> {
    fn of(
        was: &'l [Line<'a>],
        is: &'l [Line<'a>],
        (before, now): (&Facts, &Facts),
        told: &Told<'_>,
    ) -> Self {
        Self {
            was,
            is,
            known: Phrases::of(before),
            here: Phrases::of(now),
            came: excess(is, was),
            gone: excess(was, is),
            reworded: reworded(was, is, told),
        }
    }

    /// What came and went under each heading.
    fn changes(&self, whole: bool) -> BTreeMap<&'a RecordKey, (Vec<&'a str>, Vec<&'a str>)> {
        let exchanged = self.exchanged();
        let others = self.others();
        let differs = |line: &Line<'_>, phrases: &Phrases, excess: &HashSet<&str>| {
            !line.is_said_by(phrases)
                || others.contains(line.text)
                || self.reworded.contains(line.text)
                || (exchanged.contains(line.record) && line.has_any(excess))
        };
        let is_comparable = self.was.len().saturating_mul(self.is.len()) <= PAIRS;
        let like = |line: &Line<'_>, others: &'l [Line<'a>]| {
            let near = others.iter().filter(|_| is_comparable);
            let near = near.map(|other| (likeness(&line.plain(), &other.plain()), other));
            near.filter(|(how, _)| *how >= ALIKE)
                .max_by_key(|(how, _)| *how)
                .map(|(_, other)| other)
        };
        let is_with_record = |line: &Line<'_>| whole && line.text.contains(TAKEN);
        let mut changes: BTreeMap<&RecordKey, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
        // A line with words of a held reading waits with it.
        let is = self.is.iter().filter(|line| !line.has_held);
        for line in is.filter(|line| differs(line, &self.known, &self.came)) {
            if !is_with_record(line) || like(line, self.was).is_some() {
                changes.entry(line.record).or_default().1.push(line.text);
            }
        }
        for line in self.was.iter().filter(|line| differs(line, &self.here, &self.gone)) {
            let now = like(line, self.is);
            // A line that leaves with its record, or is archived, has no counterpart.
            if now.is_none() && line.text.contains(TAKEN) {
                continue;
            }
            let (gone, came) =
                changes.entry(now.map_or(line.record, |now| now.record)).or_default();
            gone.push(line.text);
            // After a word is struck out, every word of the line that remains is known.
            if let Some(now) = now.filter(|now| !came.contains(&now.text)) {
                came.push(now.text);
            }
        }
        changes
    }

    /// The headings under which some words came and others went.
    fn exchanged(&self) -> HashSet<&'a RecordKey> {
        let with = |lines: &'l [Line<'a>], words: &HashSet<&str>| -> HashSet<&'a RecordKey> {
            lines.iter().filter(|line| line.has_any(words)).map(|line| line.record).collect()
        };
        let came = with(self.is, &self.came);
        with(self.was, &self.gone).into_iter().filter(|record| came.contains(record)).collect()
    }

    /// The rows whose first cell occurs in exactly one row before and one now, next to different cells.
    fn others(&self) -> HashSet<&'a str> {
        let by_label = |lines: &'l [Line<'a>]| {
            let mut rows: HashMap<Vec<&'l str>, Vec<&'l Line<'a>>> = HashMap::new();
            for line in lines.iter().filter(|line| line.is_row()) {
                rows.entry(line.label()).or_default().push(line);
            }
            rows
        };
        let (was, is) = (by_label(self.was), by_label(self.is));
        let mut others = HashSet::new();
        for (label, rows) in &was {
            if let ([old], Some([new])) = (rows.as_slice(), is.get(label).map(Vec::as_slice))
                && old.is_other_row(new)
            {
                others.extend([old.text, new.text]);
            }
        }
        others
    }
}

/// The words that occur more often in some lines than in others, unless all are reported as facts.
fn excess<'l>(of: &'l [Line<'_>], over: &[Line<'_>]) -> HashSet<&'l str> {
    let mut over_all: HashMap<&str, usize> = HashMap::new();
    for word in over.iter().flat_map(|line| &line.words) {
        *over_all.entry(&word.text).or_default() += 1;
    }
    let mut of_all: HashMap<&str, (usize, usize)> = HashMap::new();
    for word in of.iter().flat_map(|line| &line.words) {
        let (all, plain) = of_all.entry(&word.text).or_default();
        *all += 1;
        *plain += usize::from(!word.taken);
    }
    let is_more = |(word, (all, plain)): &(&str, (usize, usize))| {
        *plain > 0 && *all > over_all.get(word).copied().unwrap_or(0)
    };
    of_all.into_iter().filter(is_more).map(|(word, _)| word).collect()
}

fn delta(
    key: &FactKey,
    record: &RecordKey,
    (gone, came): (Vec<&str>, Vec<&str>),
    (old, new): (&FactSet, &FactSet),
) -> Option<Delta> {
    let clauses = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        (!lines.is_empty()).then_some(Side::Value(Value::Clauses(lines)))
    };
    let evidence = |set: &FactSet, lines: &[&str]| {
        let place = set.records.get(record)?.evidence.place.clone();
        let quote = crate::model::text::excerpt(&lines.join(" "), 300);
        Some(Evidence { locator: "remainder".into(), place, quote })
    };
    let (before, after) = (evidence(old, &gone), evidence(new, &came));
    let whole = Record { fields: Fields::new(), evidence: after.clone().unwrap_or_default() };
    Some(Delta {
        fact: key.clone(),
        fact_type: FactType::Clauses,
        record: record.clone(),
        field: Some(FieldName::parse("text").ok()?),
        kind: ChangeKind::WordingChanged,
        old: clauses(&gone),
        new: clauses(&came),
        before,
        after,
        dates: Dates::default(),
        whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(sections: &[(&str, &[&str])], quote: &str) -> Facts {
        let mut page = FactSet::new(FactType::Clauses);
        for (path, lines) in sections {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            let field = FieldName::parse("text").unwrap();
            let fields = [(field, Value::Clauses(lines))].into_iter().collect();
            let record = Record { fields, evidence: Evidence::default() };
            page.records.insert(RecordKey::parse(path).unwrap(), record);
        }
        let mut fees = FactSet::new(FactType::Fees);
        let evidence = Evidence { quote: quote.to_owned(), ..Evidence::default() };
        let record = Record { fields: Fields::new(), evidence };
        fees.records.insert(RecordKey::parse("fee").unwrap(), record);
        let key = |key: &str| FactKey::parse(key).unwrap();
        [(key("page.x"), page), (key("x.fees"), fees)].into()
    }

    #[track_caller]
    fn check(before: &Facts, now: &Facts, said: &[&str]) {
        let key = FactKey::parse("page.x").unwrap();
        let side = |side: &Option<Side>| match side {
            Some(Side::Value(value)) => value.to_string(),
            Some(Side::Record(_)) | None => String::new(),
        };
        let line = |d: &Delta| format!("{}: {} -> {}", d.record, side(&d.old), side(&d.new));
        let found: Vec<String> = compare(&key, before, (now, now), &[]).iter().map(line).collect();
        assert_eq!(found, said);
    }

    #[test]
    fn lines_that_moved_or_were_split_say_what_they_said() {
        let before = facts(&[("A", &["one two three four", "five six seven"])], "");
        check(&before, &facts(&[("B", &["Five, six: seven", "one two", "three four"])], ""), &[]);
    }

    #[test]
    fn a_word_for_another_is_a_change_of_its_line() {
        let before =
            facts(&[("A", &["the fee for the first 2 positions", "a degree and a job"])], "");
        check(
            &before,
            &facts(&[("A", &["the fee for the first 3 positions", "a degree or a job"])], ""),
            &["A: the fee for the first 2 positions\na degree and a job -> \
               the fee for the first 3 positions\na degree or a job"],
        );
    }

    #[test]
    fn a_word_for_another_in_one_line_is_told_though_both_occur_elsewhere() {
        let others = "officers must ensure this; all of part-time work; Canadians and residents";
        let of = |lines: [&str; 2]| facts(&[("A", &[others, lines[0], lines[1]])], "");
        let before = of([
            "officers should ensure that all evidence is kept",
            "hire Canadians and/or residents in detail",
        ]);
        let after = of([
            "officers must ensure that all evidence is kept",
            "hire Canadians and residents in detail",
        ]);
        check(
            &before,
            &after,
            &[
                "A: officers should ensure that all evidence is kept\nhire Canadians and/or residents in detail -> \
               officers must ensure that all evidence is kept\nhire Canadians and residents in detail",
            ],
        );
    }

    #[test]
    fn a_word_beside_a_value_is_told_and_a_value_is_not() {
        let quote = "at least 6 months of part-time work or full-time work";
        let said = |text: &str| facts(&[("A", &[text])], quote);
        let before = said("⟦at least 6 months of full-time work⟧ in the past 3 years");
        let after = said("⟦at least 6 months of part-time work⟧ in the past 3 years");
        check(
            &before,
            &after,
            &["A: ⟦at least 6 months of full-time work⟧ in the past 3 years -> \
               ⟦at least 6 months of part-time work⟧ in the past 3 years"],
        );
    }

    #[test]
    fn a_word_that_was_struck_out_is_shown_with_the_line_it_left() {
        let before = facts(&[("A", &["work experience in Canada of one year"])], "");
        let after = facts(&[("A", &["work experience of one year"])], "");
        let said = "A: work experience in Canada of one year -> work experience of one year";
        check(&before, &after, &[said]);
    }

    #[test]
    fn words_that_pass_from_facts_to_the_rest_are_no_change() {
        let quote = "The fee is $1,000 for each position.";
        let before = facts(&[("A", &["The fee is ⟦$1,000⟧ for each position."])], quote);
        let after = facts(&[("A", &["The fee is $1,000 for each position."])], "");
        check(&before, &after, &[]);
        check(&after, &before, &[]);
    }

    #[test]
    fn what_is_printed_again_or_no_longer_twice_says_what_it_said() {
        let once: &[(&str, &[&str])] = &[("A", &["Fees | $5", "one two three four"])];
        let twice: &[(&str, &[&str])] =
            &[("A", &["Fees | $5", "one two three four"]), ("B", &["Fees", "two three four"])];
        check(&facts(once, ""), &facts(twice, ""), &[]);
        check(&facts(twice, ""), &facts(once, ""), &[]);
    }

    #[test]
    fn a_short_cell_for_another_is_a_change_though_both_stand_elsewhere() {
        let before = facts(&[("A", &["CLB 5 | 16 | 5", "CLB 6 | 17 | 6"])], "");
        let after = facts(&[("A", &["CLB 5 | 16 | 5", "CLB 6 | 16 | 6"])], "");
        check(&before, &after, &["A: CLB 6 | 17 | 6 -> CLB 6 | 16 | 6"]);
        let moved = facts(&[("A", &["6 | CLB 6 | 17", "5 | CLB 5 | 16"])], "");
        check(&before, &moved, &[]);
        let listed = facts(&[("B", &["CLB 6: 17, 6", "CLB 5: 16, 5"])], "");
        check(&before, &listed, &[]);
        let swapped = facts(&[("A", &["CLB 5 | 17 | 5", "CLB 6 | 16 | 6"])], "");
        let said = "A: CLB 5 | 16 | 5\nCLB 6 | 17 | 6 -> CLB 5 | 17 | 5\nCLB 6 | 16 | 6";
        check(&before, &swapped, &[said]);
    }

    #[test]
    fn a_row_of_which_a_fact_is_another_is_no_other_line() {
        let before = facts(&[("A", &["Province | As of ⟦$5⟧"])], "As of $5");
        let (now, read) = (facts(&[("A", &["Province | As of ⟦$7⟧"])], "As of $5"), "As of $7");
        let key = FactKey::parse("page.x").unwrap();
        assert_eq!(compare(&key, &before, (&now, &facts(&[], read)), &[]), []);
    }

    #[test]
    fn words_that_are_read_are_told_where_no_fact_says_them() {
        let before = facts(&[("A", &["A job ⟦in Canada⟧ | ⟦yes⟧"])], "A job in Canada yes");
        let after =
            facts(&[("A", &["A job ⟦outside Canada⟧ | ⟦yes⟧"])], "A job outside Canada yes");
        let said = "A: A job ⟦in Canada⟧ | ⟦yes⟧ -> A job ⟦outside Canada⟧ | ⟦yes⟧";
        check(&before, &after, &[said]);
        // A held reading is not among the accepted facts.
        let held = facts(&[("A", &["A job ⟦outside Canada⟧ | ⟦yes⟧"])], "A job in Canada yes");
        let key = FactKey::parse("page.x").unwrap();
        assert_eq!(compare(&key, &before, (&held, &after), &[]), []);
    }
}
