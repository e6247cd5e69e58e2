use super::*;
use crate::model::FieldName;

fn field(reading: Reading) -> FieldRecipe {
    FieldRecipe {
        name: FieldName::parse("f").unwrap(),
        from: vec!["cell".into()],
        find: None,
        without: None,
        reading,
        words: Vec::new(),
        optional: false,
        note: false,
        wording: false,
        key_only: false,
        each: false,
    }
}

fn says(field: &FieldRecipe, cell: &str) -> String {
    let mut matched = Match::default();
    matched.set("cell", cell);
    matched.set("noc", "21231");
    match read(field, &matched) {
        Read::Value(value) => value.to_string(),
        Read::Values(values) => {
            values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" & ")
        }
        Read::Absent => "absent".into(),
        Read::Unreadable { why, .. } => why,
    }
}

#[test]
fn masked_values_stay_as_printed() {
    assert_eq!(says(&field(Reading::Integer), "1,148"), "1,148");
    assert_eq!(says(&field(Reading::Integer), "<5"), "<5");
    assert_eq!(says(&field(Reading::Integer), "many"), "it is not a whole number");
    assert_eq!(says(&field(Reading::Integer), ""), "the cell is empty");
}

#[test]
fn a_word_may_stand_for_a_number() {
    let mut wage = field(Reading::Money(None));
    wage.words = vec![Pattern::new("^prevailing wage$").unwrap()];
    assert_eq!(says(&wage, "Prevailing wage"), "Prevailing wage");
    assert_eq!(says(&wage, "$40.87 or higher prevailing wage"), "$40.87");
}

#[test]
fn what_is_taken_out_is_taken_out_wherever_it_stands() {
    let mut title = field(Reading::Text);
    title.without = Some(Pattern::new(r" ?\(new\)").unwrap());
    assert_eq!(says(&title, "Cooks (new) and bakers (NEW)"), "Cooks and bakers");
    title.reading = Reading::Lines;
    assert_eq!(says(&title, "Cooks\n(new)\nBakers"), "Cooks; Bakers");
}

#[test]
fn one_cell_may_hold_several_codes() {
    let mut codes = field(Reading::Noc);
    codes.each = true;
    codes.find = Some(Pattern::new(r"\b\d{5}\b").unwrap());
    assert_eq!(
        says(&codes, "21231 – Software engineers\n21211 – Data scientists"),
        "21231 & 21211"
    );
}

#[test]
fn the_teer_column_is_checked_against_the_code() {
    assert_eq!(says(&field(Reading::Teer), "1"), "1");
    assert_eq!(
        says(&field(Reading::Teer), "2"),
        "the page prints TEER 2, the code 21231 has TEER 1"
    );
}

#[test]
fn language_levels_in_two_languages() {
    for (text, said) in [
        ("CLB 7", "7"),
        ("NCLC 7 ou plus", "7"),
        ("CLB/NCLC 5 or higher", "5"),
        ("Canadian Language Benchmark (CLB) level 7 or higher", "7"),
        ("CLB 7 in all 4 abilities", "7"),
        ("niveau 5 des NCLC", "5"),
        ("10", "10"),
        ("CLB 4 or 5", "it is not one CLB or NCLC level"),
        ("CLB 4 to 6", "it is not one CLB or NCLC level"),
        ("CLB 7 for TEER 0, CLB 5 for TEER 2", "it is not one CLB or NCLC level"),
        ("CLB 13", "it is not one CLB or NCLC level"),
        ("IELTS 6.5", "it is not one CLB or NCLC level"),
        ("N/A", "N/A"),
    ] {
        assert_eq!(says(&field(Reading::Clb), text), said, "{text}");
    }
}

#[test]
fn yes_and_no_in_two_languages() {
    for (text, said) in [
        ("Yes", "yes"),
        ("Oui, depuis mai", "yes"),
        ("NO", "no"),
        ("non.", "no"),
        ("None of these", "it is not yes or no"),
        ("not applicable", "not applicable"),
    ] {
        assert_eq!(says(&field(Reading::YesNo), text), said, "{text}");
    }
}

#[test]
fn several_teer_categories_are_one_value_however_they_are_said() {
    let mut teer = field(Reading::Teer);
    teer.from = vec!["teer".into()];
    let says = |cell: &str| {
        let mut matched = Match::default();
        matched.set("teer", cell);
        match read(&teer, &matched) {
            Read::Value(value) => value.to_string(),
            other => format!("{other:?}"),
        }
    };
    for cell in [
        "TEER 0 to 3",
        "TEER 0-3",
        "0–3",
        "0 through 3",
        "0, 1, 2 or 3",
        "TEER 0, 1, 2, or 3",
        "0, 1, 2 and/or 3",
        "0; 1; 2; or 3",
        "0, 1, 2, & 3",
        "0, TEER 1, TEER 2, or TEER 3",
        "TEER 0, TEER 1, TEER 2 or TEER 3",
        "TEER categories 3, 2, 1 and 0",
        "FEER 0 à 3",
    ] {
        assert_eq!(says(cell), "0 to 3", "{cell}");
    }
    assert_eq!(says("TEER 4"), "4");
    assert_eq!(says("TEER 0 or 4"), "0; 4");
    assert_eq!(says("TEER 0 to 2 and 5"), "0; 1; 2; 5");
    for cell in ["TEER 3 to 0", "TEER 0 to 6", "TEER 12", "TEER 1, 2 years of work"] {
        assert!(says(cell).contains("it is no TEER category"), "{cell}");
    }
}

#[test]
fn amounts_that_count_together_are_one_value() {
    let money = field(Reading::Money(None));
    for (cell, said) in [
        ("$1,050 + $100", "$1,050 + $100"),
        ("$1,050 plus $100 + $85.50", "$1,050 + $100 + $85.50"),
        ("100 $ + 100 $", "$100 + $100"),
        ("$60 to $85", "$60 to $85"),
        ("$60-$85", "$60 to $85"),
        ("$85 to $60", "it has several values: $85, $60"),
        ("$60 or $85", "it has several values: $60, $85"),
        ("$60, plus tax of $5", "it has several values: $60, $5"),
        ("It goes up from $475 to $575 on May 1, 2026", "$475 ($575 from 2026-05-01)"),
        ("As of May 1, 2026, it goes up to $575 from $475", "$475 ($575 from 2026-05-01)"),
        ("It goes up on May 1, 2026 to $575 (from $475)", "$475 ($575 from 2026-05-01)"),
        ("Since January 22, 2025 $1,750", "$1,750 ($1,750 from 2025-01-22)"),
        ("In 2027 $2,000", "$2,000"),
        ("En 2025 : 1 750 $", "$1,750"),
    ] {
        assert_eq!(says(&money, cell), said, "{cell}");
    }
    let value = |cell| match read(&money, &{
        let mut matched = Match::default();
        matched.set("cell", cell);
        matched
    }) {
        Read::Value(value) => value,
        other => panic!("{other:?}"),
    };
    assert!(value("$100 + $1,050").same(&value("1 050 $ + 100 $")));
    assert!(!value("$1,050 + $100").same(&value("$1,000 + $150")), "the same sum is another fee");
    assert!(!value("$60 to $85").same(&value("$60 to $80")));
}

#[test]
fn durations_in_two_languages() {
    for (text, said) in [
        ("6 months", "6 months"),
        ("1 an", "1 year"),
        ("About 10 business days", "10 business days"),
        ("3 dernières années", "3 years"),
        ("six months", "6 months"),
        ("at least one (1) year", "1 year"),
        ("un emploi de douze (12) mois", "12 months"),
        ("a 12-month period", "12 months"),
        ("two full years", "2 years"),
        ("two (3) years", "3 years"),
        ("fifteen months", "15 months"),
        ("one-year work experience", "1 year"),
        ("a twenty-four-month period", "24 months"),
        ("twenty-four months", "24 months"),
        ("12 to 14 weeks", "12 to 14 weeks"),
        ("5-12 weeks", "5 to 12 weeks"),
        ("about 18 to 24 months", "18 to 24 months"),
        ("between five and ten business days", "5 to 10 business days"),
        ("de 5 à 12 semaines", "5 to 12 weeks"),
        ("6 months to 1 year", "6 months to 1 year"),
        ("14 to 12 weeks", "it is not a length of time"),
        ("5 and 12 candidates", "it is not a length of time"),
        ("one of these", "it is not a length of time"),
        ("3 candidates", "it is not a length of time"),
    ] {
        assert_eq!(says(&field(Reading::Duration), text), said);
    }
}
