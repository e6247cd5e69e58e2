//! Occupations, amounts and draws, against plain patterns over the HTML and lists made by hand.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use serde_json::Value as Json;

use super::{
    fact_changes, files, kinds, newest, number, outcomes, pattern, plain, read, reads, records,
    replay, tables,
};
use crate::impacts::lists as written;
use crate::impacts::pages::codes;
use crate::left_out::captures;
use crate::program::{Home, lines};

/// The codes in each table of a page, in the order of the page.
fn codes_by_table(file: &Path) -> Vec<BTreeSet<String>> {
    let table = Regex::new(r"(?s)<table.*?</table>").unwrap();
    let code = Regex::new(r">\s*(\d{5})\s*<").unwrap();
    let html = read(file);
    let tables = table.find_iter(&html);
    tables
        .map(|table| code.captures_iter(table.as_str()).map(|m| m[1].to_owned()).collect())
        .collect()
}

/// The codes of each category, as the recipe reads them, in the order the page has the tables.
fn codes_by_category(file: &Path) -> Vec<BTreeSet<String>> {
    let read = reads("ircc-ee-categories", file);
    ["healthcare", "stem", "trades", "transport", "agriculture"]
        .map(|slug| {
            let key = format!("ee.category.{slug}.occupations");
            records(&read, &key).keys().map(|key| (*key).to_owned()).collect()
        })
        .into()
}

#[test]
fn the_category_page_is_edited_without_an_occupation_moving() {
    let name = "captures::lists::the_category_page_is_edited_without_an_occupation_moving";
    let Some(captures) = captures(name) else { return };
    for language in ["en", "fr"] {
        let steps = replay(
            "ircc-ee-categories",
            &captures.join(format!("ircc-draft-ee-category-{language}")),
        );
        assert_eq!(steps.len(), 6);
        assert_eq!(outcomes(&steps)[0], "baseline");
        for kind in kinds(&steps) {
            assert!(!kind.starts_with("occupation_"), "{language}: {kind}");
        }
    }
}

#[test]
fn both_languages_list_the_same_occupations() {
    let name = "captures::lists::both_languages_list_the_same_occupations";
    let Some(captures) = captures(name) else { return };
    let folders = ["en", "fr"].map(|l| captures.join(format!("ircc-draft-ee-category-{l}")));
    let expected = codes_by_table(&newest(&folders[0]));
    assert_eq!(expected.iter().map(BTreeSet::len).collect::<Vec<_>>(), [35, 24, 10, 10, 3]);
    for file in folders.iter().flat_map(|folder| files(folder)) {
        assert_eq!(codes_by_table(&file), expected, "{}", file.display());
        assert_eq!(codes_by_category(&file), expected, "{}", file.display());
    }
}

#[test]
fn the_lists_that_the_impacts_begin_with_are_those_of_the_page() {
    let name = "captures::lists::the_lists_that_the_impacts_begin_with_are_those_of_the_page";
    let Some(captures) = captures(name) else { return };
    let tables = codes_by_table(&newest(&captures.join("ircc-draft-ee-category-en")));
    for (n, list) in
        [(0, written::HEALTHCARE_2023), (1, written::STEM_2023), (3, written::TRANSPORT_2023)]
    {
        let codes: BTreeSet<String> = codes(list).into_iter().map(str::to_owned).collect();
        assert_eq!(codes, tables[n]);
    }
}

/// The amounts of the first table, in the order of the rows.
fn amounts(file: &Path) -> Vec<i64> {
    let html = read(file);
    let table = Regex::new(r"(?s)<table.*?</table>").unwrap();
    let amount = Regex::new(r"\$\s*([\d,]+)").unwrap();
    let table = table.find(&html).unwrap().as_str();
    amount.captures_iter(table).map(|found| number(&found[1])).collect()
}

#[test]
fn the_money_to_show_moves_once_with_all_its_amounts_in_one_event() {
    let name = "captures::lists::the_money_to_show_moves_once_with_all_its_amounts_in_one_event";
    let Some(captures) = captures(name) else { return };
    let folder = captures.join("ircc-draft-ee-funds-en");
    let (steps, files) = (replay("ircc-ee-funds", &folder), files(&folder));
    let moved: Vec<usize> =
        (1..files.len()).filter(|n| amounts(&files[*n]) != amounts(&files[n - 1])).collect();
    let [step] = moved[..] else { panic!("the amounts move in steps {moved:?}") };
    let (old, new) = (amounts(&files[step - 1]), amounts(&files[step]));
    let members = ["1", "2", "3", "4", "5", "6", "7", "each_additional"];
    assert_eq!((old.len(), new.len()), (8, 8));
    let told = fact_changes(&steps[step]);
    assert_eq!(told.len(), 8);
    for (n, change) in told.iter().enumerate() {
        assert_eq!(change["kind"], "threshold_changed");
        assert_eq!(change["event"], told[0]["event"]);
        assert_eq!(change["record"], members[n]);
        assert_eq!(change["old"]["amount"], old[n]);
        assert_eq!(change["new"]["amount"], new[n]);
        assert_eq!(change["new"]["currency"], "CAD");
    }
    assert_eq!((old[0], new[0], new[7]), (13_757, 14_690, 3_958));
    // Twice the page is reworded where no rule stands, once in the step of the amounts.
    let outcomes = outcomes(&steps);
    let expected = ["baseline", "unchanged", "unchanged", "changed", "unchanged", "changed"];
    assert_eq!(outcomes, expected);
    for (n, step) in steps.iter().enumerate().filter(|(n, _)| *n != step) {
        assert!(fact_changes(step).is_empty(), "{n}: {}", step["capture"]);
    }
}

/// The French page says what the English one does: read after it, it changes nothing.
#[test]
fn the_money_to_show_is_the_same_in_both_languages() {
    let name = "captures::lists::the_money_to_show_is_the_same_in_both_languages";
    let Some(captures) = captures(name) else { return };
    let english = newest(&captures.join("ircc-draft-ee-funds-en"));
    let french = files(&captures.join("ircc-draft-ee-funds-fr"));
    let home = Home::new();
    for file in [&english].into_iter().chain(&french) {
        let name = file.file_name().unwrap().to_string_lossy();
        home.file(&format!("pages/{name}"), std::fs::read(file).unwrap());
    }
    let replay = ["replay", "--source", "ircc-ee-funds", "pages", "--format", "ndjson"];
    let steps = lines(&home.done(&replay));
    let mut expected = vec!["unchanged"; 1 + french.len()];
    expected[0] = "baseline";
    assert_eq!(outcomes(&steps), expected);
    let amount = Regex::new(r"(\d+)(?:&nbsp;|\u{a0}|\s)(\d{3})(?:&nbsp;|\u{a0}|\s)\$").unwrap();
    for file in french {
        let html = read(&file);
        let found = amount.captures_iter(&html).map(|m| number(&format!("{}{}", &m[1], &m[2])));
        assert_eq!(found.collect::<Vec<_>>(), amounts(&english), "{}", file.display());
    }
}

/// The cells of the first table, row by row, tags taken out and `<br>` a space.
pub(super) fn cells(file: &Path) -> Vec<Vec<String>> {
    let tag = pattern(r"<[^>]*>");
    let text = |cell: &String| plain(&tag.replace_all(cell, " ").replace("&nbsp;", " "));
    let table = tables(&read(file)).remove(0);
    table.iter().map(|row| row.iter().map(text).collect()).collect()
}

/// A wage as the page prints it: an amount, or the words that stand in its place.
fn wage(cell: &str) -> (String, bool) {
    let amount = Regex::new(r"^\$([\d,.]+) or higher prevailing wage").unwrap();
    match amount.captures(cell) {
        Some(found) => (found[1].replace(',', ""), cell.contains("province of Quebec")),
        None => (cell.to_owned(), false),
    }
}

/// The same of a record: its amount or words, and whether it has a note for Quebec.
fn wage_of(field: &Json) -> String {
    field.get("amount").map_or_else(|| field.as_str().unwrap().to_owned(), ToString::to_string)
}

#[test]
fn every_code_of_category_b_stands_with_both_wages() {
    let name = "captures::lists::every_code_of_category_b_stands_with_both_wages";
    let Some(captures) = captures(name) else { return };
    let file = newest(&captures.join("esdc-gts-requirements"));
    let code = Regex::new(r"\b\d{5}\b").unwrap();
    let mut expected = Vec::new();
    let rows = cells(&file);
    assert_eq!(rows.len(), 1 + 17);
    for row in &rows[1..] {
        let title = row[1].split(" *").next().unwrap().to_owned();
        let ((annual, _), (hourly, quebec)) = (wage(&row[2]), wage(&row[3]));
        for found in code.find_iter(&row[0]) {
            let subset = row[0].starts_with("Sub-set");
            let code = found.as_str().to_owned();
            let footnote = row[1].contains('*');
            expected.push((
                title.clone(),
                code,
                subset,
                footnote,
                annual.clone(),
                hourly.clone(),
                quebec,
            ));
        }
    }
    let read = reads("esdc-gts-requirements", &file);
    let mut found: Vec<_> = records(&read, "gts.category_b.occupations")
        .into_values()
        .map(|fields| {
            let text = |name: &str| fields[name].as_str().unwrap().to_owned();
            let (annual, hourly) = (&fields["annual_wage"], &fields["hourly_wage_floor"]);
            let subset = fields["subset"].as_bool().unwrap();
            let (footnote, quebec) = (&fields["footnote"], &fields["quebec_note"]);
            (
                text("title"),
                text("noc"),
                subset,
                footnote.is_string(),
                wage_of(annual),
                wage_of(hourly),
                quebec.is_string(),
            )
        })
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 26);
    let codes: BTreeSet<&str> = found.iter().map(|row| row.1.as_str()).collect();
    assert_eq!(codes.len(), 22);
    assert_eq!(found.iter().filter(|row| row.1 == "21211").count(), 3);
    assert!(read.iter().all(|line| line["type"] == "record"), "no complaint");
}

#[test]
fn category_a_and_the_fee_are_read_beside_the_table() {
    let name = "captures::lists::category_a_and_the_fee_are_read_beside_the_table";
    let Some(captures) = captures(name) else { return };
    let file = newest(&captures.join("esdc-gts-requirements"));
    let read = reads("esdc-gts-requirements", &file);
    let conditions = records(&read, "gts.category_a.conditions");
    let amount = |record: &str, field: &str| conditions[record][field]["amount"].to_string();
    assert_eq!(amount("first_positions", "hourly_wage"), "38.46");
    assert_eq!(amount("first_positions", "annual_wage"), "80000");
    assert_eq!(amount("additional_positions", "hourly_wage"), "72.11");
    assert_eq!(amount("additional_positions", "annual_wage"), "150000");
    assert_eq!(conditions["experience"]["experience"]["count"], 5);
    assert_eq!(conditions.len(), 3);
    let fee = records(&read, "lmia.fee_per_position");
    assert_eq!(fee["per_position"]["amount"]["amount"], 1000);
    let terms = records(&read, "gts.requirements.terms");
    assert_eq!(terms["negative-decision-for"]["time"]["count"], 2);
    assert_eq!(terms["new-employer-after"]["time"]["count"], 6);
    assert_eq!(terms["referrals-per-year"]["limit"], 2);
    assert_eq!(terms["online-banking"]["minimum"], 6);
    for (key, hour, year) in
        [("first-positions", "38.46", "80000"), ("further-positions", "72.11", "150000")]
    {
        assert_eq!(terms[key]["limit"], 2);
        assert_eq!(terms[key]["hourly_wage"]["amount"].to_string(), hour);
        assert_eq!(terms[key]["annual_wage"]["amount"].to_string(), year);
    }
    assert_eq!(terms.len(), 10);
    let partners = records(&read, "gts.category_a.referral_partners").len();
    assert_eq!(partners, PARTNERS, "counted on the page");
}

/// How many referral partners the page lists, counted by hand.
const PARTNERS: usize = 56;

/// The draws of the page, listed by hand: date, type, first words of the factors, score,
/// invitations, wages by the hour and the year.
const DRAWS: &str = "\
2026-01-13 | Base | - | 115 | 7 | - | -
2026-02-04 | High economic impact | A minimum score | 138 | 223 | - | -
2026-02-04 | High economic impact | A minimum wage of $70/hour | - | 206 | 70 | 145000
2026-02-10 | Base | - | 121 | 13 | - | -
2026-02-10 | Regional | - | 105 | <5 | - | -
2026-02-11 | High economic impact | A minimum score | 135 | 265 | - | -
2026-02-11 | High economic impact | A minimum wage of $62/hour | - | 195 | 62 | 125000
2026-03-10 | Base | - | 117 | 7 | - | -
2026-03-10 | Regional | - | 129 | <5 | - | -
2026-04-14 | Base | - | 115 | 14 | - | -
2026-04-22 | High economic impact | A minimum score | 138 | 232 | - | -
2026-04-22 | High economic impact | A minimum wage of $62/hour | - | 252 | 62 | 125000
2026-05-05 | Base | - | 115 | 8 | - | -
2026-05-05 | Regional | - | 115 | <5 | - | -
2026-05-06 | Build: Construction Trades | All priority construction | 108 | 121 | - | -
2026-05-06 | Care: Childcare | Early childhood educators only | 115 | 86 | - | -
2026-05-06 | Care: Health | All priority health care | 108 | 117 | - | -
2026-05-06 | Care: Veterinary Care | All priority veterinary care + Animal health technologists | 100 | 9 | - | -
2026-05-14 | Innovate: High Economic Impact | Minimum wage of $59/hour | N/A | 225 | 59 | 120000
2026-05-14 | Innovate: High Economic Impact | Points | 135 | 212 | - | -
";

/// A draw as a line of the list above; of each factor the words that the list gives.
fn draw_line(fields: &Json, listed: &str) -> String {
    let value = |name: &str| match &fields[name] {
        Json::Null => "-".to_owned(),
        Json::String(text) => text.clone(),
        other => other.get("amount").unwrap_or(other).to_string(),
    };
    let mut factors: Vec<String> = Vec::new();
    let starts = listed.split(" | ").nth(2).unwrap().split(" + ");
    let all = fields["factors"].as_array();
    for (factor, start) in all.into_iter().flatten().zip(starts.clone()) {
        let factor = factor.as_str().unwrap();
        let shown = if factor.starts_with(start) { start } else { factor };
        factors.push(shown.to_owned());
    }
    let n_factors = all.map_or(0, Vec::len);
    let factors = match n_factors {
        0 => "-".to_owned(),
        n if n == starts.count() => factors.join(" + "),
        n => format!("{n} factors"),
    };
    let (date, kind, score) = (value("date"), value("ita_type"), value("score"));
    let (hour, year) = (value("minimum_hourly_wage"), value("minimum_annual_wage"));
    format!("{date} | {kind} | {factors} | {score} | {} | {hour} | {year}", value("invitations"))
}

#[test]
fn no_draw_is_shifted_by_a_cell_that_spans_rows() {
    let name = "captures::lists::no_draw_is_shifted_by_a_cell_that_spans_rows";
    let Some(captures) = captures(name) else { return };
    let read = reads("bc-invitations", &newest(&captures.join("bc-invitations-to-apply")));
    let mut draws: Vec<&Json> = records(&read, "bcpnp.draws").into_values().collect();
    let order = |fields: &Json| {
        let text = |name: &str| fields[name].as_str().map(str::to_owned);
        (text("date"), text("ita_type"), fields["factors"].to_string())
    };
    draws.sort_by_key(|fields| order(fields));
    let listed: Vec<&str> = DRAWS.lines().collect();
    assert_eq!(draws.len(), listed.len());
    for (fields, listed) in draws.into_iter().zip(listed) {
        assert_eq!(draw_line(fields, listed), listed);
    }
    let pool = records(&read, "bcpnp.pool");
    let registrations = pool.values().map(|fields| fields["registrations"].as_i64().unwrap());
    assert_eq!((pool.len(), registrations.sum::<i64>()), (11, 9_967));
    assert!(read.iter().all(|line| line["type"] == "record"), "no complaint");
}
