use super::*;

#[track_caller]
fn equal(labels: &[&str]) {
    for (n, a) in labels.iter().enumerate() {
        for b in &labels[n + 1..] {
            assert!(is_equal(a, b), "{a} / {b}: {:#?}", (Label::of(a), Label::of(b)));
            assert!(likeness(a, b).is_some() && likeness(b, a).is_some(), "{a} / {b}");
        }
    }
}

/// Labels of which no two are one: another figure, bound, qualifier or alternative.
#[track_caller]
fn other_rules(labels: &[&str]) {
    for (n, a) in labels.iter().enumerate() {
        for b in &labels[n + 1..] {
            assert!(
                is_another_rule(a, b) && is_another_rule(b, a),
                "{a} / {b}: {:#?}",
                (Label::of(a), Label::of(b))
            );
            assert_eq!(likeness(a, b), None, "{a} / {b}");
        }
    }
}

#[test]
fn an_age_is_one_however_it_is_said() {
    equal(&["30 years of age", "30 years old", "Age 30", "Aged 30", "30", "30-years-of-age"]);
    equal(&[
        "45 years of age or more",
        "45 or older",
        "Age 45+",
        "45 and over",
        "At least 45 years of age",
        "45-years-of-age-or-more",
        "Over 44 years of age",
        "45 years old or older",
        "≥ 45",
    ]);
    equal(&[
        "17 years of age or less",
        "17 or younger",
        "Under 18 years of age",
        "Age 17 and under",
    ]);
    equal(&["Under 18", "Under 18 years of age", "Age 17 and under"]);
    other_rules(&["Under 18", "Under 19 years of age", "18 years of age"]);
    other_rules(&["Less than 2 years", "1 year or less"]);
    equal(&["TEER 2 or 3", "TEERs 2 and 3", "TEER 2 and 3", "TEER 2 to 3"]);
    other_rules(&["TEERs 2 and 3", "TEERs 1 and 2", "TEER 2"]);
    equal(&[
        "18-35",
        "18 to 35 years of age",
        "18 – 35 years",
        "Between 18 and 35",
        "Age 18 to 35",
    ]);
    equal(
        &["30 ans", "âgé de 30 ans", "Âge : 30 ans"]
            .map(|label| label.trim_start_matches("âgé de ")),
    );
}

#[test]
fn a_length_of_time_and_a_level_are_one_however_they_are_said() {
    equal(&[
        "5 years or more",
        "At least 5 years",
        "5 or more years",
        "5+ years",
        "Five years or more",
        "A minimum of 5 years",
        "5 years and up",
        "No less than 5 years",
    ]);
    equal(&["1 or 2 years", "1 to 2 years", "one or two years", "1-2 years", "1 year to 2 years"]);
    equal(&["Less than 1 year", "Less than a year", "None or less than a year", "Under 1 year"]);
    equal(&[
        "CLB 4 or lower",
        "CLB level 4 or lower",
        "CLB 4 or less",
        "At most CLB 4",
        "CLB 4 or below",
    ]);
    equal(&["CLB 4 or 5", "CLB 4 to 5", "CLB 4-5", "CLB 4 or CLB 5"]);
    equal(&["Less than CLB 4", "CLB 3 or less"]);
    equal(&["5 ans ou plus", "au moins 5 ans", "5 ans et plus", "cinq ans ou plus"]);
    equal(&["Maximum 25 points", "Up to 25 points", "25 points maximum", "maximum of 25 points"]);
}

#[test]
fn a_word_for_what_every_row_is_may_come_and_go() {
    equal(&["Application", "Application fee"]);
    equal(&["Extension", "Fee for an extension", "Extension fees"]);
}

#[test]
fn a_province_is_one_in_full_and_in_short() {
    equal(&["London, ON", "London (Ontario)", "london-on", "London - Ontario"]);
    equal(&["Charlottetown, PEI", "Charlottetown (Prince Edward Island)"]);
    equal(&["Prince Edward Island", "Prince Edward Island (PEI)", "British Columbia (BC)"][..2]);
    for (a, b) in [("London, ON", "London (Quebec)"), ("Lloydminster, AB", "Lloydminster, SK")] {
        assert_eq!(likeness(a, b), None, "{a} / {b}");
    }
}

#[test]
fn another_figure_or_bound_is_another_rule() {
    other_rules(&[
        "18 years of age",
        "Under 18 years of age",
        "18 years or older",
        "19 years or older",
        "18 to 19 years",
        "Over 19 years of age",
    ]);
    other_rules(&[
        "2 years",
        "2 years or more",
        "2 years or less",
        "More than 2 years",
        "Less than 2 years",
        "2 or 3 years",
        "3 years",
    ]);
    other_rules(&["CLB 7", "CLB 7 or more", "CLB 7 or 8", "CLB 8", "Less than CLB 7"]);
    other_rules(&["5 or 10 years", "5 to 10 years", "10 years"]);
    other_rules(&["On all four abilities", "On all three abilities", "On abilities"]);
}

#[test]
fn another_qualifier_or_alternative_is_another_rule() {
    other_rules(&["A citizen", "A citizen or permanent resident"]);
    other_rules(&["A brother or sister who is a citizen", "A brother who is a citizen"]);
    other_rules(&[
        "Work experience in Canada",
        "Work experience outside Canada",
        "Work experience",
    ]);
    other_rules(&["NCLC 7 in French and CLB 4 in English", "NCLC 7 in French or CLB 4 in English"]);
    other_rules(&["A job offer", "No job offer"]);
    other_rules(&["Application", "Application per person"]);
    other_rules(&["Full-time work", "Part-time work"]);
}

#[test]
fn one_unit_for_another_is_another_label() {
    for (a, b) in [
        ("2 years", "2 months"),
        ("30 years of age", "30 years of work"),
        ("5 years or 6 months", "5 or 6 months"),
        ("Application fee", "Extension fee"),
        ("Fee", "Level"),
    ] {
        assert_eq!(likeness(a, b), None, "{a} / {b}");
        assert!(!is_equal(a, b), "{a} / {b}");
    }
}

#[test]
fn other_words_alone_are_no_other_rule() {
    for (a, b) in [
        ("Brother or sister living in Canada", "Sibling living in Canada"),
        ("retail and wholesale butchers", "Butchers, retail, wholesale"),
        ("Secondary school diploma", "High school diploma"),
    ] {
        assert!(!is_another_rule(a, b), "{a} / {b}");
    }
}

#[test]
fn a_word_and_its_plural_are_one_among_others() {
    for (a, b) in [
        ("In line with labour-market needs", "In line with labour-market need"),
        ("International Recruitment - Talent Pool", "International Recruitment - Talent Pools"),
        ("Offre d’emploi au Canada", "Offres d’emploi au Canada"),
    ] {
        assert!(likeness(a, b).is_some(), "{a} / {b}");
    }
    assert_eq!(likeness("Cook", "Cooks"), None);
    assert_eq!(likeness("Talent Pool", "Talent Post"), None);
}

proptest::proptest! {
    #[test]
    fn any_label_is_itself_and_no_figure_is_another(label in "[a-zé0-9 +<≥$.,/()-]{0,40}", a in 0_u32..99, b in 0_u32..99) {
        proptest::prop_assert!(is_equal(&label, &label));
        proptest::prop_assert!(!is_another_rule(&label, &label));
        for bound in ["{} years", "{} years or more", "under {}", "up to {}", "CLB {} or less", "Age {}+"] {
            let with = |n: u32| bound.replace("{}", &n.to_string());
            proptest::prop_assert_eq!(is_equal(&with(a), &with(b)), a == b);
        }
    }
}

#[test]
fn a_rate_is_one_however_it_is_said() {
    equal(&[
        "$40 per hour or higher",
        "$40/hour or more",
        "$40 an hour or more",
        "$40/hr and above",
        "At least $40 per hour",
        "Minimum of $40 an hour",
        "$40+ per hour",
        "$40 or more per hour",
        "$40 hourly or greater",
        "Not less than $40/h",
        "Equal to or greater than $40 per hour",
    ]);
    equal(&["$40k or more in a year", "CAN$40k or more in a year", "$40,000 or more in a year"]);
    equal(&["Less than $1.5K", "Less than CA$1,500"]);
    equal(&["Under $20 per hour", "Less than $20/hour", "Below $20 an hour", "< $20/hr"]);
    equal(&["30 hours or more per week", "At least 30 hours a week", "30+ hours/week"]);
    equal(&["$35 to $39.99 per hour", "$35/hour to $39.99/hour", "$35 - $39.99 an hour"]);
    equal(&["25 $ de l'heure ou plus", "Au moins 25 $ par heure".replace("par", "/").as_str()]);
    equal(&["$35–$39.99/hr", "$35 to $39.99 per hour", "$35-$39.99 an hour"]);
    equal(&["$40k or more earnings in a year", "At least $40k earnings per year"]);
    equal(&["40 points", "40 pts", "40 pt"]);
    other_rules(&[
        "$40 per hour or higher",
        "$40 per hour",
        "More than $40 per hour",
        "$40 per hour or less",
        "$41/hour or more",
    ]);
    assert_eq!(likeness("$40 per hour or more", "$40 per year or more"), None);
    other_rules(&["$40 an hour", "$40"]);
    assert_eq!(likeness("$40 an hour", "$40 a week"), None);
    other_rules(&["Above CLB 7", "CLB 7 or above", "Below CLB 7", "CLB 7 or below"]);
}

#[test]
fn a_time_is_one_however_it_is_printed() {
    equal(&[
        "July 6, 2026 8:30 a.m. CST",
        "July 6, 2026, 8:30 am",
        "July 6, 2026 8:30 AM",
        "july-6-2026-8-30-a-m-cst",
        "july-6-2026-8-30-am",
    ]);
    equal(&["Opens July 6, 9:00 a.m.", "Opens July 6, 9 am", "opens-july-6-9-00-a-m"]);
    for (a, b) in [
        ("July 6, 2026 8:30 a.m.", "July 6, 2026 8:30 p.m."),
        ("July 6, 2026 8:30 a.m. CST", "July 6, 2026 8:30 a.m. MST"),
        ("July 6, 2026 8:30 a.m.", "July 6, 2026 8:00 a.m."),
        ("July 6, 2026 8:30 a.m.", "July 7, 2026 8:30 a.m."),
    ] {
        assert_eq!(likeness(a, b), None, "{a} / {b}");
    }
}

#[test]
fn a_place_is_one_whatever_it_is_called() {
    equal(&["Sudbury", "Greater Sudbury", "City of Greater Sudbury"]);
    equal(&["Thunder Bay, ON", "Thunder Bay (Ontario)", "City of Thunder Bay, Ontario"]);
    equal(&["Pictou", "Pictou County"]);
    for (a, b) in [("North Bay", "Thunder Bay"), ("City of Pictou", "County of Pictou")] {
        assert_eq!(likeness(a, b), None, "{a} / {b}");
    }
}
