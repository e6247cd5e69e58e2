//! Claims in text: a quoted sentence of a published article, and the value in it.

use std::ops::Range;

use serde_json::Value as Json;

use super::amount::in_text;
use super::expected::Expected;
use super::weigh::{official, push, rule};
use super::{Question, Report};
use crate::binding::Measure;
use crate::dataset::edit::Edit;
use crate::dataset::{DataFile, DataFormat};
use crate::model::{DataFinding, DataPlace, FindingKind, OfficialSays, Unpatched, Value, text};

/// The place of the value in a quotation.
const VALUE: &str = "{value}";

/// A quotation as it stands in a text.
struct Quoted {
    /// All of it.
    whole: Range<usize>,
    /// The value in it.
    value: Option<Range<usize>>,
}

/// Compares a claim with the official value.
pub(super) fn compare(
    report: &mut Report<'_>,
    file: &DataFile,
    expected: &Expected<'_>,
    question: &Question<'_>,
) {
    let Some(quote) = report.binding.at.quote.clone() else { return };
    let found = find(&file.text, &quote);
    let quoted = match found.as_slice() {
        [one] => one,
        [] => {
            report
                .say(FindingKind::NotFound, format!("the text does not say \"{quote}\" any more"));
            return;
        }
        all => {
            let lines: Vec<String> =
                all.iter().map(|one| file.line(one.whole.start).to_string()).collect();
            let what = format!("the text says it on lines {}: quote more of one", lines.join(", "));
            report.say(FindingKind::Ambiguous, what);
            return;
        }
    };
    report.compared += 1;
    let place = DataPlace {
        file: file.name.clone(),
        line: file.line(quoted.whole.start),
        path: format!(
            "\"{}\"",
            file.text[quoted.whole.clone()].split_whitespace().collect::<Vec<_>>().join(" ")
        ),
    };
    match (&report.binding.measure, &quoted.value) {
        (Measure::Expect(expect), _) => expects(report, expect.clone(), place, expected, question),
        (_, Some(at)) => states(report, file, at.clone(), place, expected, question),
        (_, None) => {
            let what = "the quotation has no {value}, and the binding no `expect`";
            report.say(FindingKind::NotFound, what);
        }
    }
}

/// A sentence with a value in it.
fn states(
    report: &mut Report<'_>,
    file: &DataFile,
    at: Range<usize>,
    place: DataPlace,
    expected: &Expected<'_>,
    question: &Question<'_>,
) {
    let (key, field, value, evidence, from) = match official(report, expected) {
        Ok(found) => found,
        Err(why) => return report.say(FindingKind::UnknownRecord, why),
    };
    let said = file.text[at.clone()].to_owned();
    if rule(report).agrees(&Json::String(said.clone()), &value) {
        return;
    }
    let finding = DataFinding {
        record: Some(key),
        field,
        official: Some(rule(report).stated(&value)),
        yours: Some(said.clone()),
        evidence: Some(evidence),
        place: Some(place),
        wrong_from: from,
        ..report.finding(FindingKind::Different)
    };
    let with = value.number().map_or_else(|| value.to_string(), |number| in_text(&said, number));
    let edit = if file.format == DataFormat::Text {
        Ok(Edit::Reword { at, with })
    } else {
        Err(Unpatched::Sentence)
    };
    push(report, finding, edit, question);
}

/// A sentence that takes something for granted.
fn expects(
    report: &mut Report<'_>,
    expect: String,
    place: DataPlace,
    expected: &Expected<'_>,
    question: &Question<'_>,
) {
    let one = expected.by_key.values().flatten().next().copied();
    let (record, evidence) = match one {
        Some(one) => (one.key.to_string(), one.evidence()),
        None => (report.binding.record.to_string(), expected.of_set.clone()),
    };
    let (is_so, stated, from) = match (expect.as_str(), one) {
        ("listed", one) => (one.is_some(), listed(one.is_some()), None),
        ("not listed", one) => (one.is_none(), listed(one.is_some()), None),
        (_, None) => (false, OfficialSays::NotListed, None),
        (wanted, Some(_)) => match official(report, expected) {
            Ok((_, _, value, _, from)) => (says(&value, wanted), OfficialSays::Value(value), from),
            Err(why) => return report.say(FindingKind::UnknownRecord, why),
        },
    };
    if is_so {
        return;
    }
    let finding = DataFinding {
        record: Some(record),
        official: Some(stated),
        yours: Some(expect),
        evidence: Some(evidence),
        place: Some(place),
        wrong_from: from,
        ..report.finding(FindingKind::Different)
    };
    push(report, finding, Err(Unpatched::SentenceAnew), question);
}

fn listed(is_listed: bool) -> OfficialSays {
    if is_listed { OfficialSays::Listed } else { OfficialSays::NotListed }
}

fn says(value: &Value, wanted: &str) -> bool {
    let stated = value.to_string();
    text::fold(&stated) == text::fold(wanted)
        || value.number().is_some_and(|number| wanted.parse() == Ok(number))
}

/// The places where a text says a quotation, whatever its spaces and line breaks.
fn find(text: &str, quote: &str) -> Vec<Quoted> {
    let (before, behind) = quote.split_once(VALUE).unwrap_or((quote, ""));
    let words =
        |part: &str| part.split_whitespace().map(regex::escape).collect::<Vec<_>>().join(r"\s+");
    let gap = |part: &str, at_end: bool| {
        let edge = if at_end { part.chars().next_back() } else { part.chars().next() };
        if edge.is_some_and(char::is_whitespace) { r"\s+" } else { "" }
    };
    let pattern = if quote.contains(VALUE) {
        // A point ends the sentence, but not before a digit.
        let value = r"(?P<value>\S(?:(?:[^\n.;]|\.\d){0,60}?\S)??)";
        let value = if behind.trim().is_empty() { r"(?P<value>[^\s;]*[^\s;.,:!?])" } else { value };
        format!(
            "{}{}{value}{}{}",
            words(before),
            gap(before, true),
            gap(behind, false),
            words(behind)
        )
    } else {
        words(quote)
    };
    let Ok(pattern) = regex::Regex::new(&pattern) else { return Vec::new() };
    let quoted = |captures: regex::Captures<'_>| {
        let whole = captures.get(0)?.range();
        Some(Quoted { whole, value: captures.name("value").map(|value| value.range()) })
    };
    pattern.captures_iter(text).filter_map(quoted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, quote: &str, values: &[&str]) {
        let found = find(text, quote);
        let found: Vec<&str> =
            found.iter().map(|one| one.value.clone().map_or("", |at| &text[at])).collect();
        assert_eq!(found, values);
    }

    #[test]
    fn a_sentence_is_found_whatever_its_line_breaks() {
        let text =
            "The ESDC processing\n  fee is generally $1,000. Advertise at least 4 weeks, or more.";
        check(text, "processing fee is generally {value}", &["$1,000"]);
        check(text, "at least {value} weeks", &["4"]);
        check(text, "at least {value} months", &[]);
        check("It is $34.07 per hour. Or more.", "It is {value} per hour", &["$34.07"]);
        check("It is $34. Then it is paid per hour.", "It is {value} per hour", &[]);
        check(text, "Advertise at least", &[""]);
    }
}
