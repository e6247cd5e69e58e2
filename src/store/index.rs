//! The index of the change log: the terms of a change, and the same terms in a query.
//!
//! Each thing a change can be filtered by is one term, an abbreviation and the hexadecimal form of
//! the value, so no tokenizer, dash or capital interferes. A term of a fact key covers one level of
//! it, so a pattern is a few terms however much it matches. A filter is an intersection of terms; its
//! matches come in the order of the log.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{error::Trouble, rows::run};
use crate::model::{Change, FieldName, LogFilter, RuleTarget, Severity, Stage};

/// How many places a millisecond of the log has. Far more than one check ever finds; in 63 bits it
/// lasts beyond the year 2200.
const PLACES: i64 = 1 << 20;

/// The first place in the log for a moment, or for `later` milliseconds after it.
pub(super) fn place(moment: Timestamp, later: i64) -> i64 {
    (moment.as_microsecond().div_euclid(1000) + later).saturating_mul(PLACES)
}

/// Adds the changes of an event, each with its place, in the order of the log.
///
/// The index counts backwards, because ascending reads are a third faster and the newest changes are
/// asked for most. Ascending writes are faster too, so the last change is written first.
pub(super) fn put(connection: &Connection, changes: &[(i64, &Change)]) -> Result<(), Trouble> {
    for (place, change) in changes.iter().rev() {
        run(
            connection,
            "INSERT INTO change_index (rowid, tag, en, fr) VALUES (?1, ?2, ?3, ?4)",
            params![-place, terms(change).join(" "), change.summary.en, change.summary.fr],
        )?;
    }
    Ok(())
}

/// The terms of a change.
fn terms(change: &Change) -> Vec<String> {
    let levels: Vec<&str> = change.fact.as_str().split('.').collect();
    let mut terms = vec![
        term("p", &change.program),
        term("j", &change.jurisdiction),
        term("s", change.source.as_str()),
        term("k", change.kind.word()),
        term("t", change.stage.word()),
        term("d", change.field.as_ref().map_or("", FieldName::as_str)),
        exactly(levels.len()),
    ];
    terms.extend(levels.iter().enumerate().map(|(depth, word)| level(depth, word)));
    // Every key has two levels.
    terms.extend((2..=levels.len()).map(at_least));
    terms.extend(change.rules.iter().map(|rule| term("r", rule.as_str())));
    terms.extend(nocs(change.record.as_str()).map(|noc| term("n", noc)));
    // Everything is at least `info`, so that needs no term.
    let up_to = [Severity::Warn, Severity::Block].into_iter().filter(|v| *v <= change.severity);
    terms.extend(up_to.map(|severity| term("v", severity.word())));
    terms
}

/// Whether nearly every change that a filter's other terms find is at the stage it asks for. An intersection
/// reads the list of each of its terms, and the list of what is in force is the log itself: where there are
/// others, that is looked at in the rows they find.
fn leaves_stage(filter: &LogFilter) -> bool {
    filter.stages == [Stage::InForce]
        && !is_without_terms(&LogFilter { stages: Vec::new(), ..filter.clone() })
}

/// How many levels the keys have that a filter asks for, and whether they may have more: for the same reason
/// that is looked at in the rows, where it is the same for all its targets and each names a level.
fn left_levels(filter: &LogFilter) -> Option<(usize, bool)> {
    let levels = |target: &RuleTarget| {
        let words = target.words();
        let is_named = words.iter().any(|word| word != "*");
        is_named.then(|| (words.len(), words.last().is_some_and(|word| word == "*")))
    };
    let first = levels(filter.facts.first()?)?;
    filter.facts.iter().all(|target| levels(target) == Some(first)).then_some(first)
}

fn is_without_terms(filter: &LogFilter) -> bool {
    query(filter).is_none()
}

/// What the query of a filter leaves to be looked at in the row of each change `c` that it finds.
pub(super) fn on_row(filter: &LogFilter) -> String {
    let mut all = Vec::new();
    if leaves_stage(filter) {
        all.push(format!("c.stage = '{}'", Stage::InForce.word()));
    }
    if let Some((levels, is_open)) = left_levels(filter) {
        let compared = if is_open { ">=" } else { "=" };
        let dots = "length(c.fact) - length(replace(c.fact, '.', ''))";
        all.push(format!("{dots} {compared} {}", levels.saturating_sub(1)));
    }
    if filter.is_told {
        let told = "SELECT 1 FROM told AS o WHERE o.event = c.event AND o.change IS NULL";
        all.push(format!("EXISTS ({told})"));
    }
    if all.is_empty() { "TRUE".to_owned() } else { all.join(" AND ") }
}

/// The query for a filter; `None` when only time limits it. What it leaves out is [on the row](on_row).
pub(super) fn query(filter: &LogFilter) -> Option<String> {
    let mut all = Vec::new();
    let is_left = left_levels(filter).is_some();
    let mut any = |of: Vec<String>| {
        if !of.is_empty() {
            all.push(format!("({})", of.join(" OR ")));
        }
    };
    let texts = |name: &str, of: &[String]| of.iter().map(|word| term(name, word)).collect();
    any(texts("p", &filter.programs));
    any(texts("j", &filter.jurisdictions));
    any(texts("n", &filter.nocs));
    any(filter.sources.iter().map(|source| term("s", source.as_str())).collect());
    any(filter.kinds.iter().map(|kind| term("k", kind.word())).collect());
    // A change that is due was recorded as announced.
    let stage = |stage: &Stage| if *stage == Stage::Due { Stage::Announced } else { *stage };
    let stages = if leaves_stage(filter) { &[][..] } else { &filter.stages };
    any(stages.iter().map(|of| term("t", stage(of).word())).collect());
    any(filter.rules.iter().map(|rule| term("r", rule.as_str())).collect());
    any(filter.facts.iter().map(|target| covered(target, !is_left)).collect());
    let severity = filter.severity.filter(|severity| *severity > Severity::Info);
    any(severity.map(|severity| term("v", severity.word())).into_iter().collect());
    let tags = (!all.is_empty()).then(|| format!("tag : ({})", all.join(" AND ")));
    let words = filter.text.as_deref().and_then(words);
    match (tags, words) {
        (Some(tags), Some(words)) => Some(format!("{tags} AND {words}")),
        (tags, words) => tags.or(words),
    }
}

/// The terms of a fact key or pattern, with how many levels it has or without.
fn covered(target: &RuleTarget, with_length: bool) -> String {
    let words = target.words();
    let open_end = words.last().is_some_and(|word| word == "*");
    let length = if open_end { at_least(words.len()) } else { exactly(words.len()) };
    let mut terms: Vec<String> = with_length.then_some(length).into_iter().collect();
    let named = words.iter().enumerate().filter(|(_, word)| *word != "*");
    terms.extend(named.map(|(depth, word)| level(depth, word)));
    if let Some(field) = target.field() {
        // A change of the whole record is a change of each of its fields.
        terms.push(format!("({} OR {})", term("d", field.as_str()), term("d", "")));
    }
    format!("({})", terms.join(" AND "))
}

/// What a person typed, as words that must all appear in a summary, in either language.
///
/// Each is quoted, because `"`, `*` and `NEAR` would otherwise mean something to SQLite.
fn words(text: &str) -> Option<String> {
    let quoted: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| word.contains(char::is_alphanumeric))
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    if quoted.is_empty() { None } else { Some(format!("{{en fr}} : ({})", quoted.join(" AND "))) }
}

/// Returns whether a text contains nothing that a summary could contain.
pub(super) fn says_nothing(text: &str) -> bool {
    !text.contains(char::is_alphanumeric)
}

/// The NOC codes among the parts of a record's key.
pub(super) fn nocs(record: &str) -> impl Iterator<Item = &str> {
    let is_noc = |part: &&str| part.len() == 5 && part.bytes().all(|b| b.is_ascii_digit());
    record.split('/').map(str::trim).filter(is_noc)
}

/// `x` is not a hexadecimal digit, so it separates name and value.
fn term(name: &str, value: &str) -> String {
    format!("{name}x{}", HEXLOWER.encode(value.as_bytes()))
}

fn level(depth: usize, word: &str) -> String {
    term(&format!("f{depth}"), word)
}

fn exactly(levels: usize) -> String {
    format!("fe{levels}")
}

fn at_least(levels: usize) -> String {
    format!("fl{levels}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_is_never_syntax() {
        assert_eq!(words("fee increase").unwrap(), r#"{en fr} : ("fee" AND "increase")"#);
        assert_eq!(words(r#"NEAR(a b* "c"#).unwrap(), r#"{en fr} : ("NEAR(a" AND "b*" AND """c")"#);
        assert_eq!(words("\" * ("), None);
        assert_eq!(words("a\0b").unwrap(), r#"{en fr} : ("a" AND "b")"#);
    }

    #[test]
    fn a_pattern_is_a_few_terms() {
        let query = |target| covered(&RuleTarget::parse(target).unwrap(), true);
        assert_eq!(query("ee.*.occupations"), "(fe3 AND f0x6565 AND f2x6f636375706174696f6e73)");
        assert_eq!(query("crs.*"), "(fl2 AND f0x637273)");
        assert_eq!(query("a.b#c"), "(fe2 AND f0x61 AND f1x62 AND (dx63 OR dx))");
    }

    #[test]
    fn what_is_nearly_everything_is_looked_at_in_the_row() {
        let facts = |targets: &[&str]| LogFilter {
            facts: targets.iter().map(|target| RuleTarget::parse(target).unwrap()).collect(),
            ..LogFilter::default()
        };
        let in_force = LogFilter { stages: vec![Stage::InForce], ..LogFilter::default() };
        assert_eq!(query(&in_force).unwrap(), format!("tag : (({}))", term("t", "in_force")));
        assert_eq!(on_row(&in_force), "TRUE", "there is no other term to find it by");
        let both = LogFilter { programs: vec!["a".to_owned()], ..in_force };
        assert_eq!(query(&both).unwrap(), "tag : ((px61))");
        assert_eq!(on_row(&both), "c.stage = 'in_force'");
        let rare = LogFilter { stages: vec![Stage::Corrected], ..both };
        assert!(query(&rare).unwrap().contains(" AND "), "few changes are corrected");
        assert_eq!(query(&facts(&["a.b"])).unwrap(), "tag : (((f0x61 AND f1x62)))");
        assert!(on_row(&facts(&["a.b"])).ends_with(" = 1"));
        assert!(on_row(&facts(&["a.*", "b.*"])).ends_with(" >= 1"));
        assert_eq!(on_row(&facts(&["a.b", "a.*"])), "TRUE", "each has lengths of its own");
        assert_eq!(query(&facts(&["*.*"])).unwrap(), "tag : (((fl2)))");
    }

    #[test]
    fn noc_codes_are_found_in_a_key() {
        let found = |record| nocs(record).collect::<Vec<_>>();
        assert_eq!(found("21211"), ["21211"]);
        assert_eq!(found("row 3 / 21211/2171"), ["21211"]);
        assert_eq!(found("2025-02-27/points"), Vec::<&str>::new());
    }
}
