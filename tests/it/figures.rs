//! Figures in other prints: amounts with the letters beside them, grouped digits, figures said again in words.

use crate::absence::{program, said, sees_of};

#[test]
fn an_amount_goes_with_the_letters_beside_it() {
    let facts = r#"
[[source.facts]]
key = "pnp.fee"
type = "fees"
[source.facts.fields]
amount = { as = "money" }
[source.facts.statements]
application = 'a fee of {amount}'
"#;
    let page = |amount: &str| format!("<h2>Fees</h2><p>There is a fee of {amount} to apply.</p>");
    let told = |amount: &str| {
        let mut told = said(&sees_of(&program(facts), &[page("$300"), page(amount)]));
        told.retain(|line| line.contains("pnp."));
        told
    };
    for same in ["CAD300", "CAD 300", "300 CAD", "300CAD", "CA$300", "$300 CAD", "$300CAD"] {
        assert_eq!(told(same), [""; 0], "{same}");
    }
    assert_eq!(told("CAD350"), ["fee_changed pnp.fee/application#amount"]);
    // Forty thousand are far more.
    for more in ["$40k", "$40k CAD"] {
        assert_eq!(told(more), ["held fee_changed pnp.fee/application#amount"], "{more}");
    }
    for other in ["40 CADk", "$40m", "US$300", "USD 300"] {
        assert_eq!(told(other), ["unreadable pnp.fee, application"], "{other}");
    }
}

/// Hours, by a pattern that would take the end of a number for all of it.
const HOURS: &str = r#"
[[source.facts]]
key = "pnp.hours"
type = "thresholds"
record = "any"
[source.facts.fields]
minimum_hours = { from = "text", find = '(\d+) hours', as = "integer" }
[[source.facts.read]]
prose = { matches = 'you must work for at least' }
"#;

#[test]
fn a_pattern_takes_no_end_of_a_number_for_all_of_it() {
    let page =
        |hours: &str| format!("<h2>Work</h2><p>You must work for at least {hours} hours.</p>");
    let hours = |to: &str| {
        let report = sees_of(&program(HOURS), &[page("900"), page(to)]);
        report.changes.iter().map(|change| format!("{:?}", change.new)).collect::<Vec<_>>()
    };
    for said in ["1,350", "1 350", "1350"] {
        let told = hours(said);
        assert!(told.iter().any(|new| new.contains("1350")), "{said}: {told:?}");
    }
}

/// A cap in the first sentence that says one, and rows with a length and a rate.
const FIGURES: &str = r#"
[[source.facts]]
key = "pnp.cap"
type = "thresholds"
record = "any"
[source.facts.fields]
share = { as = "percent" }
[[source.facts.read]]
prose = { matches = 'a cap of (?P<share>\d+ ?%)', first = true }

[[source.facts]]
key = "pnp.rows"
type = "thresholds"
record = "{area|slug}"
[source.facts.fields]
area = { key_only = true }
time = { as = "duration" }
status = { from = "rate", as = "slug", vocabulary = { set = '^[\d.]+%$' } }
[[source.facts.read]]
table = { columns = { area = '^area', time = '^time', rate = '^rate' } }
"#;

#[test]
fn a_figure_said_again_in_words_is_the_figure() {
    let page = "<p>You are subject to a cap of 10% on positions.</p>\
        <p>On farms, a cap of 20% applies.</p><table><tr><th>Area<th>Time<th>Rate\
        <tr><td>North<td>6 months<td>6.4%<tr><td>South<td>18 mois<td>7%</table>";
    let told = |from: &str, to: &str| {
        assert!(page.contains(from), "{from}");
        let report = sees_of(&program(FIGURES), &[page.to_owned(), page.replace(from, to)]);
        let told = said(&report).into_iter().filter(|line| line.contains("pnp."));
        told.collect::<Vec<_>>()
    };
    for (from, to) in [
        ("cap of 10%", "cap of 10 (ten)%"),
        ("6 months", "6 (six) months"),
        ("18 mois", "18 (dix-huit) mois"),
        ("6.4%", "6.4 per cent"),
        ("7%", "seven percent"),
    ] {
        assert_eq!(told(from, to), Vec::<String>::new(), "{to}");
    }
    assert_eq!(told("cap of 10%", "cap of 15 (fifteen)%"), ["threshold_changed pnp.cap/any#share"]);
    assert_eq!(told("6 months", "9 (nine) months"), ["threshold_changed pnp.rows/north#time"]);
}

#[test]
fn a_figure_that_changes_is_told_once_however_it_is_printed() {
    let asked = r#"
[[source.facts]]
key = "pnp.asked"
type = "thresholds"
record = "{what}"
[source.facts.fields]
what = { key_only = true }
fee = { as = "money", optional = true }
hours = { as = "integer", optional = true }
[[source.facts.read]]
prose = { matches = 'a (?P<what>fee) of {fee}' }
[[source.facts.read]]
part = "work"
prose = { matches = '(?P<what>work) of {hours} hours' }
"#;
    let page = "<p>Pay a fee of $1,000 for each position.</p><p>You need work of 3,120 hours (in five years).</p>";
    for (old, new, told) in [
        ("$1,000", "CAN$1,100", "threshold_changed pnp.asked/fee#fee"),
        ("$1,000", "$ 1 100 CAD", "threshold_changed pnp.asked/fee#fee"),
        ("3,120", "3\u{202f}640", "threshold_changed pnp.asked/work#hours"),
    ] {
        let pages = [page.to_owned(), page.replace(old, new)];
        assert_eq!(said(&sees_of(&program(asked), &pages)), ["changed", told], "{new}");
    }
}
