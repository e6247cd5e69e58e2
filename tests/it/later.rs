//! A page that a later locator reads: what an earlier one had read is believed where it is the same, and what
//! the later one has read itself is not in doubt.

use crate::absence::{said, sees_of};

/// Fees, from the column of those to come as long as there is one.
const RECIPE: &str = r#"
[columns.to-come]
fee = '^fees$'
amount = 'as of'

[columns.now]
fee = '^fees$'
amount = '\$CAN'

[[source]]
id = "program"
program = "fees"
jurisdiction = "CA"
url = "https://www.example.org/program"
verified = "2026-01-01"

[[source.facts]]
key = "fees.list"
type = "fees"
record = "{fee|slug}"
expect = { min = 1 }
[source.facts.fields]
fee = { key_only = true }
amount = { find = '\d[\d,.]*', as = "decimal" }
[[source.facts.read]]
under = ['^permanent residence$']
table = { columns = "to-come" }
[[source.facts.read]]
under = ['^permanent residence$']
table = { columns = "now" }
"#;

const ANNOUNCED: &str = "<tr><th>Fees<th>$CAN<th>Fee as of June 30, 2026\
    <tr><td>Your application<td>1,525<td>1,590<tr><td>Include a dependent child<td>260<td>270";

fn page(rows: &str) -> String {
    format!(
        "<h2>Permanent residence</h2><table>{rows}</table><p>Fees are paid online before you apply.</p>"
    )
}

/// The list after the day, with what it says of these fees.
fn list(application: &str, child: &str) -> String {
    page(&format!(
        "<tr><th>Fees<th>$CAN<tr><td>Your application<td>{application}\
         <tr><td>Include a dependent child<td>{child}"
    ))
}

/// What is said of the fees on the last of these pages.
fn of_fees(pages: &[String]) -> Vec<String> {
    let said = said(&sees_of(RECIPE, pages)).into_iter();
    let mut of_fees: Vec<String> = said.filter(|line| line.contains("fees.list")).collect();
    of_fees.sort();
    of_fees
}

#[test]
fn what_is_as_it_was_stands_at_every_check() {
    let announced = page(ANNOUNCED);
    let same = list("1,590.00", "270.00");
    assert_eq!(of_fees(&[announced.clone(), same.clone(), same]), Vec::<String>::new());
    // An amount that nobody announced is held, and told once the scheduled checks agree.
    let other = list("1,595.00", "270.00");
    let told =
        |times: usize| of_fees(&[vec![announced.clone()], vec![other.clone(); times]].concat());
    const TOLD: &str = "fee_changed fees.list/your-application#amount";
    assert_eq!(told(1), [format!("held {TOLD}")]);
    assert_eq!(told(2), [TOLD]);
    assert_eq!(told(3), [""; 0]);
}

#[test]
fn an_amount_in_words_that_stood_there_before_is_no_other_amount() {
    let beside = |rows: &str| {
        format!(
            "{}<h2>Permanent residence</h2><table><tr><th>Fees<th>$CAN<tr><td>Your application<td>1,475</table>",
            page(rows)
        )
    };
    let with = beside(ANNOUNCED);
    let without = beside("<tr><th>What<th>When<tr><td>Biometrics<td>Later");
    for times in 1..5 {
        let told = of_fees(&[vec![with.clone()], vec![without.clone(); times]].concat());
        assert!(told.iter().all(|line| line.starts_with("unreadable")), "{times}: {told:?}");
    }
}

#[test]
fn what_a_later_locator_has_read_itself_is_not_in_doubt() {
    let seen = [page(ANNOUNCED), list("1,590.00", "270.00")];
    let then = |page: String| of_fees(&[seen.to_vec(), vec![page]].concat());
    assert_eq!(
        then(list("1,590.00", "280.00")),
        ["fee_changed fees.list/include-a-dependent-child#amount"]
    );
    assert_eq!(
        then(list("1,590.00", "to be announced")),
        ["unreadable fees.list, include-a-dependent-child, amount"]
    );
    // When the page says what was announced, nothing is held any more.
    let other = [page(ANNOUNCED), list("1,595.00", "270.00"), list("1,590.00", "270.00")];
    assert_eq!(of_fees(&other), Vec::<String>::new());
}
