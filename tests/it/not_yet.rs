//! Words that give a day to come: what is read of them is announced, or in doubt, and never told as if it held today.

use rulewatch::model::Side;

use crate::absence::{program, sees_of};

/// Values of several types, each read from a sentence or a cell.
const SETS: &str = r#"
[[source.facts]]
key = "pnp.teer"
type = "thresholds"
record = "{teer}"
[source.facts.fields]
teer = { from = "teers", as = "teer", each = true }
[[source.facts.read]]
prose = { matches = 'one of these TEER categories: {teers:teers}', first = true }

[[source.facts]]
key = "pnp.offer"
type = "thresholds"
[source.facts.fields]
teer = { as = "teer", optional = true }
within = { from = "text", find = 'in the past (\w+ years)', as = "duration", optional = true }
length = { from = "text", find = 'at least (\d+ years?)', as = "duration", optional = true }
[source.facts.fields.whole]
from = "text"
as = "flag"
when = 'without a break'
optional = true
[source.facts.statements]
offer = 'offer in a TEER {teer:teers} job'
work = 'of skilled work in the past'

[[source.facts]]
key = "pnp.scores"
type = "thresholds"
record = "{level|slug}"
[source.facts.fields]
level = { key_only = true }
score = { as = "text" }
[[source.facts.read]]
table = { columns = { level = '^level', score = '^score' } }

[[source.facts]]
key = "pnp.fee"
type = "fees"
record = "{statement}"
[source.facts.fields]
amount = { as = "money" }
[[source.facts.read]]
let = { statement = "application" }
prose = { matches = 'pay [^.]*?(?P<amount>\$[\d,]+)' }

[pattern]
teers = '[0-5](?:(?:, (?:or |and )?| or | and )[0-5])*'
"#;

const PAGE: &str = "<p>Your work is in one of these TEER categories: 0, 1, 2, or 3</p>\
    <p>You have an offer in a TEER 0, 1, 2, or 3 job.</p>\
    <p>You have at least 1 year of skilled work in the past five years.</p>\
    <table><tr><th>Level<th>Score<tr><td>CLB 5<td>181-216<tr><td>CLB 9<td>371+<tr><td>CLB 4<td>2 and 3</table>";

const FEE: &str = "<p>You must pay a non-refundable $500 application fee.</p>";

/// What is said of the facts when one part of the page is put otherwise.
fn said(from: &str, to: &str) -> Vec<String> {
    let recipe = program(SETS);
    let page = [PAGE, FEE].concat();
    let edited = page.replacen(from, to, 1);
    assert_ne!(edited, page, "{from}");
    let report = sees_of(&recipe, &[page, edited.clone(), format!("{edited}<p>Read this.</p>")]);
    let both = sees_of(&recipe, &[[PAGE, FEE].concat(), edited]);
    let facts = both.changes.iter().filter(|change| change.fact.as_str().starts_with("pnp."));
    let value = |side: &Option<Side>| match side {
        Some(Side::Value(value)) => value.to_string(),
        other => format!("{other:?}"),
    };
    let mut told: Vec<String> = facts
        .map(|change| {
            let (old, new) = (value(&change.old), value(&change.new));
            format!("{} -> {new} {}", old, change.stage.word())
        })
        .collect();
    told.extend(both.held.iter().map(|change| format!("held {}", change.record)));
    let lost = |report: &rulewatch::checking::Report| -> Vec<String> {
        report.unreadable.iter().map(|lost| format!("unreadable {lost}")).collect()
    };
    told.extend(lost(&both));
    // The next day it is as it was.
    let later = report.changes.iter().filter(|change| change.fact.as_str().starts_with("pnp."));
    let later: Vec<String> = later.map(|change| change.record.to_string()).collect();
    assert_eq!(later, [""; 0], "{to}");
    assert_eq!(lost(&report), lost(&both), "{to}");
    told
}

#[test]
fn categories_with_a_day_to_come_are_announced_as_one_value() {
    for words in [
        "TEER 0, 1, 2, or 3 (0 or 1 as of January 1, 2027) job",
        "TEER 0 or 1 job as of January 1, 2027 (0, 1, 2, or 3 until then)",
    ] {
        assert_eq!(
            said("TEER 0, 1, 2, or 3 job", words),
            ["0 to 3 -> 0 to 1 announced"],
            "{words}"
        );
    }
}

#[test]
fn categories_that_are_a_record_each_are_in_doubt() {
    for words in [
        "0, 1, 2, or 3 (0 or 1 as of January 1, 2027)",
        "0 or 1 as of January 1, 2027 (until then 0, 1, 2, or 3)",
        "0, 1, 2, or 3 until December 31, 2026, and 0 or 1 as of January 1, 2027",
        "0 or 1 as of January 1, 2027; until then more",
    ] {
        let told = said("0, 1, 2, or 3</p>", &format!("{words}</p>"));
        assert!(!told.is_empty(), "{words}");
        assert!(
            told.iter().all(|line| line.starts_with("unreadable pnp.teer")),
            "{words}: {told:?}"
        );
    }
    // What is only added has the day of the words behind it.
    let told = said("0, 1, 2, or 3</p>", "0, 1, 2, 3 or 4 as of January 1, 2027</p>");
    let [added] = told.as_slice() else { panic!("{told:?}") };
    assert!(added.starts_with("None") && added.ends_with("announced"), "{added}");
}

#[test]
fn numbers_in_words_are_announced_like_those_in_digits() {
    assert_eq!(
        said("past five years", "past three years as of January 1, 2027 (five years until then)"),
        ["5 years -> 3 years announced"]
    );
    // The other figures of the sentence are read as ever.
    let beside = "past five years (six years if you apply on or after January 1, 2027)";
    assert_eq!(said("past five years", beside), ["5 years -> 6 years announced"]);
}

#[test]
fn a_yes_and_a_text_with_a_day_to_come_do_not_hold_yet() {
    assert_eq!(
        said("past five years", "past five years; as of January 1, 2027, without a break"),
        ["unreadable pnp.offer, work, whole"]
    );
    assert_eq!(
        said("181-216", "190-216 as of March 1, 2027 (181-216 until then)"),
        ["unreadable pnp.scores, clb-5, score"]
    );
    let in_a_year = said("pay a non-refundable $500", "pay in 2027 a non-refundable $600");
    assert_eq!(in_a_year, ["unreadable pnp.fee, application, amount"]);
    // A day that has come puts it in force.
    let come = said("pay a non-refundable $500", "pay in 2026 a non-refundable $600");
    assert_eq!(come, ["$500 -> $600 in_force"]);
    assert_eq!(
        said("past five years", "past five years; as of January 1, 2026, without a break"),
        ["no -> yes in_force"]
    );
}

#[test]
fn cells_of_figures_alone_are_the_same_in_other_words() {
    for (from, to) in [
        ("371+", "371 and above"),
        ("371+", "371 or higher"),
        ("2 and 3", "2, 3"),
        ("2 and 3", "2 or 3"),
    ] {
        assert_eq!(said(from, to), [""; 0], "{to}");
    }
    assert_eq!(said("371+", "391 and above"), ["371+ -> 391 and above in_force"]);
    assert_eq!(said("2 and 3", "2 and 4"), ["2 and 3 -> 2 and 4 in_force"]);
}

#[test]
fn of_two_amounts_the_words_say_which_one_is_to_come() {
    let coming =
        "pay, as of April 1, 2027, a non-refundable $600 application fee ($500 until then)";
    for words in [
        coming,
        "pay a non-refundable $500 application fee ($600 as of April 1, 2027)",
        "pay a $600 application fee from April 1, 2027 (until then: $500)",
    ] {
        assert_eq!(
            said("pay a non-refundable $500 application fee", words),
            ["$500 -> $600 announced"],
            "{words}"
        );
    }
}

#[test]
fn what_is_added_to_an_amount_or_taken_off_it_is_not_the_new_one() {
    for words in [
        "$500 (plus $250 as of April 1, 2027)",
        "$500 (reduced by $100 as of April 1, 2027)",
        "$500 ($100 is not refunded as of April 1, 2027)",
        "$500 (an additional $75 from April 1, 2027)",
        "$500, increased by $50 as of April 1, 2027,",
    ] {
        let told = said("$500", words);
        assert_eq!(told, ["unreadable pnp.fee, application, amount"], "{words}");
    }
}
