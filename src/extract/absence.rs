//! What is no longer found where it was: unreadable, or gone.
//!
//! Not found is not gone. A part of a page that no locator finds, a reworded sentence, a column under
//! another header, a yes whose words are missing: the page says nothing certain of these today, and what was
//! known remains. Gone is what was struck out while the words around it are the old ones: the place was
//! read, it holds nothing new, and the thing is not in it.

use std::cell::OnceCell;
use std::collections::HashSet;

use jiff::civil::Date;
use url::Url;

use super::another;
use super::archive::{self, Year};
use super::form::table::TOTAL;
use super::gathered::{Member, TakenWords};
use super::matches::Match;
use super::merged;
use super::recipe::{FactRecipe, FieldRecipe, Form, Locator, Part, Pattern, Reading};
use super::records::Unkeyed;
use super::rest::Rest;
use super::search::FOUND;
use crate::extract::value::{field, pattern::Vocabulary};
use crate::model::{
    Cause, Complaint, Extent, Extraction, FactKey, FactSet, FactType, Facts, Record, RecordKey,
    Said, Unreadable, Value,
    words::{CELL, Phrases, contains, words},
};

mod fields;

pub(super) use self::fields::fields;

/// A known record and its set.
pub(super) type KnownRecord<'k> = (&'k FactKey, &'k RecordKey, &'k Record);

/// The known records of a fact recipe.
pub(super) fn known_of<'k>(fact: &FactRecipe, known: &'k Facts) -> Vec<KnownRecord<'k>> {
    let sets = known.iter().filter(|(key, _)| fact.covers(key));
    sets.flat_map(|(key, set)| set.records.iter().map(move |(name, record)| (key, name, record)))
        .collect()
}

/// The index of the locator that read a record, among those of a part.
pub(super) fn locator_of(part: &Part, record: &Record) -> Option<usize> {
    let name = record.evidence.locator.split(FOUND).next().unwrap_or_default();
    part.locators.iter().position(|locator| *locator.name == *name)
}

/// Whether a part may have read a record, going by the locator's name and its fixed cells in the key.
pub(super) fn may_have_read(
    fact: &FactRecipe,
    part: &Part,
    key: &RecordKey,
    record: &Record,
) -> bool {
    let is_field = |cell: &str| fact.fields.iter().any(|field| field.name.as_str() == cell);
    locator_of(part, record).is_some_and(|n| {
        let lets = &part.locators[n].lets;
        let words =
            |cell: &str| lets.iter().find(|(name, _)| name == cell).map(|(_, w)| w.as_str());
        fact.record.can_give(key.as_str(), |cell| words(cell).filter(|_| !is_field(cell)))
    })
}

/// The parts that may have read a record. Two parts may give a locator the same name.
pub(super) fn parts_of(fact: &FactRecipe, record: &Record) -> Vec<usize> {
    let is_of = |(_, part): &(usize, &Part)| locator_of(part, record).is_some();
    fact.parts.iter().enumerate().filter(is_of).map(|(n, _)| n).collect()
}

/// Whether a row lacks only the name of its family's member, which the headings should give.
pub(super) fn is_unnamed(locator: &Locator, matched: &Match<'_>, missing: &Unkeyed) -> bool {
    let named_by = locator.named_by.as_ref();
    matches!(missing, Unkeyed::Missing(cell) if named_by.is_some_and(|named| named.cell == *cell))
        && matched.get("heading").is_some_and(|heading| !heading.is_empty())
}

/// Adds the words that a row's record is made of.
pub(super) fn captures(recipe: &FactRecipe, matched: &Match<'_>, captures: &mut Vec<TakenWords>) {
    let is_prose = recipe.kind == FactType::Clauses;
    let is_series = recipe.kind == FactType::Series;
    // Totals that are right move with what is read above them, like a series.
    if let Some((place, total)) = matched.get(TOTAL).and_then(|total| total.split_once('\n')) {
        let row = row_of(place);
        captures.extend(total.split(CELL).map(|total| {
            let (at, words) = (matched.at, total.to_owned());
            TakenWords { at, row, words, is_prose, is_series: true }
        }));
    }
    let row = row_of(&matched.place);
    let mut add = |words: &str| {
        for line in words.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
            let (at, words) = (matched.at, line.to_owned());
            captures.push(TakenWords { at, row, words, is_prose, is_series });
        }
    };
    for field in &recipe.fields {
        let cells = field.from.iter().filter_map(|cell| matched.get(cell));
        let printed = cells.map(|cell| field::printed(field, cell)).find(|taken| !taken.is_empty());
        let mut printed = printed.unwrap_or_default();
        // Of a heading that is known by some of its words, the others are read by nothing.
        if let (Reading::Word(words) | Reading::WordOrSlug(words), true) =
            (&field.reading, field.key_only)
            && field.from == ["heading"]
        {
            printed.iter_mut().for_each(|part| *part = words.found(part).unwrap_or(part));
        }
        printed.into_iter().for_each(&mut add);
    }
    let named = recipe.key.names().chain(recipe.record.names());
    let is_field = |name: &str| recipe.fields.iter().any(|field| field.name.as_str() == name);
    named.filter(|name| !is_field(name)).filter_map(|name| matched.get(name)).for_each(add);
}

/// The row in a place like `table 2, row 7, column Fee`.
fn row_of(place: &str) -> usize {
    let digits = place.split_once(", row ").map_or("", |(_, rest)| rest);
    digits.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Adds the members that no word names to the list of their family: the list itself uses words for them that
/// its vocabulary does not have.
pub(super) fn list(facts: &[FactRecipe], members: &[Member], extraction: &mut Extraction) {
    for member in members {
        let is_list = |fact: &&FactRecipe| {
            fact.kind == FactType::Categories && fact.record.names().eq([member.cell.as_str()])
        };
        for fact in facts.iter().filter(is_list) {
            let Ok(key) = FactKey::parse(&fact.key.to_string()) else { continue };
            let Ok(record) = RecordKey::parse(&member.word) else { continue };
            let Some(set) = extraction.facts.get_mut(&key) else { continue };
            let value = |field: &FieldRecipe| {
                let is_name = field.name.as_str() == member.cell;
                let words = if is_name { &member.word } else { &member.evidence.quote };
                (field.name.clone(), Value::Text(words.clone()))
            };
            let is_words = |field: &&FieldRecipe| {
                matches!(field.reading, Reading::Text | Reading::Word(_) | Reading::Slug)
            };
            let fields = fact.kept(fact.fields.iter().filter(is_words).map(value).collect());
            let evidence = member.evidence.clone();
            set.records.entry(record).or_insert(Record { fields, evidence });
        }
    }
}

/// The lines of a page without what was read, all of its lines, and the phrases that are known.
pub(super) type Lines<'l> = (&'l Rest<'l>, &'l Rest<'l>, &'l OnceCell<Phrases>);

/// Decides whether each known record that was not read is unreadable, gone, or gone from its place while its
/// key still appears in words that nothing reads.
///
/// The page has the address `url`, and came `today`; its source has `addresses`.
pub(super) fn missing(
    facts: &[FactRecipe],
    known: &Facts,
    lines @ (rest, ..): Lines<'_>,
    (url, addresses, today): (&Url, &[Url], Date),
    extraction: &mut Extraction,
) {
    let year = Year::of(url, addresses);
    for fact in facts {
        columns(fact, known, extraction);
        merged::leave_out(fact, known, extraction);
        let doubt = extraction
            .complaints
            .iter()
            .find(|c| c.fact == fact.key.to_string() && matches!(c.cause, Cause::Unkeyed))
            .map(|c| format!("{} `{}` cannot be told: {}", c.place, c.text, c.why));
        for (key, before) in known.iter().filter(|(key, _)| fact.covers(key)) {
            archive::left(fact, (key, before), (year, today), rest, extraction);
            let withdrawn = archive::withdrawn(fact, (key, before), extraction);
            let mut gone = gone(key, before, extraction);
            gone.retain(|record| !withdrawn.contains(record));
            // The words of a label whose row now says another rule may stand in any other place.
            if let Some(now) = extraction.facts.get(key) {
                gone.retain(|record| !now.restates(before, record));
            }
            if gone.is_empty() || fact.kind == FactType::Series {
                continue;
            }
            let is_lost = !extraction.facts.contains_key(key)
                && (is_elsewhere(key, facts, extraction)
                    || gone.iter().any(|record| rest.stands(before, record).is_some()));
            let tables = extraction.facts.get(key).map(|now| lost_tables(before, &gone, now));
            for record in gone {
                let of = Extent::Record(record.clone());
                let lost =
                    |why: String, stands| Unreadable::new(key.as_str(), of, why).standing(stands);
                let table = before.records.get(record).and_then(table_of);
                let is_in_lost =
                    table.zip(tables.as_ref()).is_some_and(|(t, all)| all.contains(&t));
                let unreadable = if let Some(doubt) = &doubt {
                    lost(doubt.clone(), None)
                } else if is_lost {
                    lost(format!("the place of {key} is not found"), rest.stands(before, record))
                } else if is_in_lost && !was_its_row(before, record, rest) {
                    let was = before.records.get(record);
                    let stands = was.and_then(|was| rest.nearest(&was.evidence.quote));
                    lost(format!("the table of {record} is not found"), stands)
                } else if let Some(why) = merged::holds((key, before), record, extraction) {
                    lost(why.0, Some(why.1))
                } else if let Some(line) = still_said(fact, (before, record), lines, extraction) {
                    lost(format!("the sentence of {record} is no longer read"), Some(line))
                } else if let Some(line) = rest.stands(before, record).filter(|line| {
                    !is_read(line, extraction) && !are_all_read(line, lines, extraction)
                }) {
                    extraction.doubtful.push((key.clone(), record.clone(), line));
                    continue;
                } else if let Some(line) = named(fact, (before, record), lines, known, extraction) {
                    lost(format!("{record} is named in words that nothing reads"), Some(line))
                } else if let Some(line) = reworded(fact, (before, record), known, extraction) {
                    lost(format!("the sentence of {record} was worded anew"), Some(line))
                } else {
                    continue;
                };
                extraction.unreadable.push(unreadable);
            }
        }
    }
    join_whole_sets(known, &mut extraction.unreadable);
}

/// The line that nothing reads and that still says what a record was read from, in nearly its words; for a record of a
/// sentence.
fn still_said(
    fact: &FactRecipe,
    (before, record): (&FactSet, &RecordKey),
    lines @ (rest, ..): Lines<'_>,
    extraction: &Extraction,
) -> Option<String> {
    let line = rest.says_still(of_sentence(fact, before, record)?)?;
    (!is_read(&line, extraction) && !are_all_read(&line, lines, extraction)).then_some(line)
}

/// Whether a line is all that some records are read from, each time that it stands on the page: the heading of other
/// rounds of the same day.
fn are_all_read(line: &str, (_, page, _): Lines<'_>, extraction: &Extraction) -> bool {
    let said = words(line);
    let read = quotes(extraction).filter(|quote| words(quote) == said).count();
    read > 0 && page.count(&said) <= read
}

/// The line that nothing reads and that still says what a record was read from, be it with other figures, or names it in
/// new words; for a record of a sentence.
fn named(
    fact: &FactRecipe,
    (before, record): (&FactSet, &RecordKey),
    lines @ (rest, page, phrases): Lines<'_>,
    known: &Facts,
    extraction: &Extraction,
) -> Option<String> {
    let was = of_sentence(fact, before, record)?;
    let anew = || page.names_anew(before, record, phrases.get_or_init(|| Phrases::of(known)));
    let is_whole = |line: &str| quotes(extraction).any(|quote| quote == line);
    let is_unread = |line: &String| {
        let may_be = rest.has_line(line) || !(is_read(line, extraction) || is_whole(line));
        may_be && !are_all_read(line, lines, extraction)
    };
    let otherwise = || said_otherwise(fact, (was, record), rest);
    let said = page.says_still(was).filter(is_unread).or_else(|| anew().filter(is_unread));
    said.or_else(otherwise)
}

/// The line that nothing reads and that says the sentence of a record with other figures: it has each word of its key,
/// as printed or as its vocabulary knows it. A key with a day or a number in it stands for one sentence among many.
fn said_otherwise(
    fact: &FactRecipe,
    (was, record): (&Record, &RecordKey),
    rest: &Rest<'_>,
) -> Option<String> {
    let parts: Vec<&str> = record.as_str().split('/').collect();
    if parts.iter().any(|part| part.bytes().any(|b| b.is_ascii_digit())) {
        return None;
    }
    let vocabularies = fact.fields.iter().filter_map(|field| match &field.reading {
        Reading::Word(words) | Reading::WordOrSlug(words) => Some(words),
        _ => None,
    });
    let patterns: Vec<Vec<Pattern>> = parts
        .iter()
        .map(|part| {
            let entries = vocabularies.clone().flat_map(Vocabulary::entries);
            let own = entries.filter(|(word, _)| word == part);
            own.map(|(_, pattern)| Pattern::known(pattern)).collect()
        })
        .collect();
    rest.says_otherwise(&was.evidence.quote, |line, said| {
        parts.iter().zip(&patterns).all(|(part, patterns)| {
            patterns.iter().any(|pattern| pattern.is_match(line))
                || contains(said, &words(&part.replace('-', " ")))
        })
    })
}

/// The new sentence in the place of the one that a record was read from; for a rule of a sentence.
fn reworded(
    fact: &FactRecipe,
    (before, record): (&FactSet, &RecordKey),
    known: &Facts,
    extraction: &Extraction,
) -> Option<String> {
    let was = of_sentence(fact, before, record).filter(|_| another::is_of_rules(fact))?;
    let is_quoted = |new: &str| quotes(extraction).any(|quote| quote.contains(new));
    let prose = another::prose(known, extraction);
    prose.iter().find_map(|prose| another::in_its_place(prose, was, is_quoted))
}

/// A record, if it was read from a sentence or a heading, which may be worded anew, rather than from a row or an item. A
/// law is made of sentences.
pub(super) fn of_sentence<'k>(
    fact: &FactRecipe,
    before: &'k FactSet,
    record: &RecordKey,
) -> Option<&'k Record> {
    let was = before.records.get(record)?;
    let locators =
        fact.parts.iter().filter_map(|part| Some(&part.locators[locator_of(part, was)?]));
    let mut forms = locators.map(|locator| &locator.form);
    forms
        .any(|form| {
            matches!(form, Form::Prose(_) | Form::Headings(_) | Form::Status(_) | Form::Law(_))
        })
        .then_some(was)
}

/// A table, by the locator that reads it and its number on the page.
pub(super) type Table<'k> = (&'k str, &'k str);

/// The table that a record was read from.
pub(super) fn table_of(record: &Record) -> Option<Table<'_>> {
    let number = record.evidence.place.strip_prefix("table ")?.split(',').next()?;
    let locator = record.evidence.locator.split(FOUND).next()?;
    Some((locator, number))
}

/// The tables of a set of which nothing is read any more, while its locator reads fewer tables than it did: the
/// place of their records is lost, though others of the set are read.
fn lost_tables<'k>(before: &'k FactSet, gone: &[&RecordKey], now: &FactSet) -> HashSet<Table<'k>> {
    let tables = |set: &FactSet, locator: &str| {
        let of = set.records.values().filter_map(table_of).filter(|(name, _)| *name == locator);
        of.map(|(_, number)| number.to_owned()).collect::<HashSet<_>>().len()
    };
    let stays = before.records.iter().filter(|(key, _)| !gone.contains(key));
    let stay: HashSet<Table<'_>> = stays.filter_map(|(_, record)| table_of(record)).collect();
    let all = before.records.values().filter_map(table_of);
    all.filter(|table| !stay.contains(table) && tables(now, table.0) < tables(before, table.0))
        .collect()
}

/// Whether the table of a round was all of it, as that of each other round is, and no name of the round stands in words
/// that nothing reads: it left as a row does.
fn was_its_row(before: &FactSet, record: &RecordKey, rest: &Rest<'_>) -> bool {
    const SEVERAL: usize = 3;
    let tables: Vec<Table<'_>> = before.records.values().filter_map(table_of).collect();
    let is_each = || tables.iter().collect::<HashSet<_>>().len() == tables.len();
    if before.kind != FactType::Draws || tables.len() < SEVERAL || !is_each() {
        return false;
    }
    let names = |of: &Record| -> Vec<Vec<String>> {
        let said = of.fields.values().flat_map(|value| match value {
            Value::List(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        });
        let said = said.filter_map(|value| match value {
            Value::Text(text) => Some(words(text)),
            _ => None,
        });
        said.filter(|name| name.len() > 1).collect()
    };
    let others = before.records.iter().filter(|(key, _)| *key != record);
    let others: Vec<Vec<String>> = others.flat_map(|(_, of)| names(of)).collect();
    let mut own = before.records.get(record).map(names).unwrap_or_default();
    // What other rounds have too tells nothing of this one.
    own.retain(|name| !others.contains(name));
    !own.is_empty() && own.iter().all(|name| !rest.has(name))
}

/// Whether a line is what a record is read from now, rather than one that is lost.
fn is_read(line: &str, extraction: &Extraction) -> bool {
    let line = line.trim_end_matches('…');
    line.chars().count() >= LONG && quotes(extraction).any(|quote| quote.contains(line))
}

/// The words that records are read from. What is only compared as words may have the line of a lost record among them.
fn quotes(extraction: &Extraction) -> impl Iterator<Item = &str> {
    let sets = extraction.facts.values().filter(|set| set.kind != FactType::Clauses);
    let records = sets.flat_map(|set| set.records.values());
    records.map(|record| record.evidence.quote.as_str())
}

/// The fewest characters of a line that no two records have by chance.
const LONG: usize = 40;

/// Whether a member of a family is still on the page: another family has it, read or unreadable.
fn is_elsewhere(key: &FactKey, facts: &[FactRecipe], extraction: &Extraction) -> bool {
    let families: Vec<&FactRecipe> =
        facts.iter().filter(|fact| fact.key.names().next().is_some()).collect();
    let Some(word) = word_of(&families, key.as_str()) else { return false };
    let lost = extraction.unreadable.iter().map(|lost| lost.fact.as_str());
    let mut others = extraction.facts.keys().map(FactKey::as_str).chain(lost);
    others.any(|other| other != key.as_str() && word_of(&families, other) == Some(word))
}

/// The word of a member in its key.
fn word_of<'k>(families: &[&FactRecipe], key: &'k str) -> Option<&'k str> {
    families.iter().find_map(|fact| fact.key.word_of(key))
}

/// The records of a set that a page does not mention, and that have no other key there.
fn gone<'k>(key: &FactKey, before: &'k FactSet, now: &Extraction) -> Vec<&'k RecordKey> {
    let other = |set: &FactSet| [set.renamed_from(before), set.corrected_from(before)].concat();
    let renamed = now.facts.get(key).map(other).unwrap_or_default();
    let is_gone = |record: &&RecordKey| {
        now.says_of_record(key, record) == Said::Gone
            && renamed.iter().all(|(old, _)| old != *record)
            && !now.facts.get(key).is_some_and(|now| now.fills(before, record))
    };
    before.records.keys().filter(is_gone).collect()
}

/// Merges unreadable fields into one where they are unreadable in every record of a set: a column whose
/// header is renamed, or that a script has yet to fill.
fn columns(fact: &FactRecipe, known: &Facts, extraction: &mut Extraction) {
    for (key, set) in extraction.facts.iter().filter(|(key, _)| fact.covers(key)) {
        for field in fact.fields.iter().filter(|field| !field.note) {
            let name = &field.name;
            let has = |record: &Record| record.fields.contains_key(name);
            let is_awaited = |(key, was): &(&RecordKey, &Record)| {
                let now = set.records.get(*key);
                has(was)
                    && !now.is_some_and(|now| {
                        fact.dates.went_with_state(name, &was.fields, &now.fields)
                    })
            };
            let before =
                known.get(key).map_or(0, |set| set.records.iter().filter(is_awaited).count());
            if before < 2 || set.records.values().any(has) || set.records.len() < 2 {
                continue;
            }
            let is_of = |u: &Unreadable| {
                u.fact == key.as_str() && matches!(&u.of, Extent::Field(_, of) if of == name)
            };
            let first = extraction.unreadable.iter().find(|u| is_of(u)).cloned();
            let empty =
                || Unreadable::new(key.as_str(), Extent::Set, "nothing is in it in any row");
            let said = first.unwrap_or_else(empty);
            extraction.unreadable.retain(|u| !is_of(u));
            extraction.unreadable.push(Unreadable { of: Extent::Column(name.clone()), ..said });
            let is_about = |c: &Complaint| {
                c.about.as_ref().is_some_and(|(fact, _, field)| fact == key && field == name)
            };
            let mut is_first = true;
            extraction.complaints.retain(|c| !is_about(c) || std::mem::take(&mut is_first));
        }
    }
}

/// Merges unreadable records into one set where every record of the set is unreadable.
fn join_whole_sets(known: &Facts, unreadable: &mut Vec<Unreadable>) {
    for (key, set) in known {
        let is_of = |u: &Unreadable| u.fact == key.as_str() && matches!(u.of, Extent::Record(_));
        let count = unreadable.iter().filter(|u| is_of(u)).count();
        if count < 2 || count < set.records.len() {
            continue;
        }
        let first = unreadable.iter().find(|u| is_of(u)).cloned();
        unreadable.retain(|u| !is_of(u));
        unreadable.extend(first.map(|first| Unreadable { of: Extent::Set, ..first }));
    }
}
