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
    let found: Vec<String> =
        compare(&key, before, (now, now), &[], (&[], Date::MIN)).iter().map(line).collect();
    assert_eq!(found, said);
}

#[test]
fn lines_that_moved_or_were_split_say_what_they_said() {
    let before = facts(&[("A", &["one two three four", "five six seven"])], "");
    check(&before, &facts(&[("B", &["Five, six: seven", "one two", "three four"])], ""), &[]);
}

#[test]
fn words_that_pass_into_the_text_of_a_fact_are_no_change_though_its_quote_is_cut() {
    let mut now = facts(&[("A", &["Countries"])], "A citizen of a country in the table may…");
    let said =
        "A citizen of a country in the table may not enter. Country: Argentina; Country: Brazil";
    let set = now.get_mut(&FactKey::parse("x.fees").unwrap()).unwrap();
    let record = set.records.values_mut().next().unwrap();
    record.fields.insert(FieldName::parse("text").unwrap(), Value::Text(said.to_owned()));
    let before =
        |lines: &[&str]| facts(&[("A", lines)], "A citizen of a country in the table may…");
    check(&before(&["Countries", "Argentina", "Brazil"]), &now, &[]);
    let said = "A: Chile -> ";
    check(&before(&["Countries", "Argentina", "Brazil", "Chile"]), &now, &[said]);
}

#[test]
fn a_word_for_another_is_a_change_of_its_line() {
    let before = facts(&[("A", &["the fee for the first 2 positions", "a degree and a job"])], "");
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
fn a_heading_of_another_word_is_told_though_the_word_occurs_elsewhere() {
    let others = "these are eligible occupations; those are ineligible occupations";
    let of = |heading: &str, path: &str| {
        facts(&[("A", &["A", others]), (path, &[heading, "Cooks", "Bakers"])], "")
    };
    let before = of("Eligible occupations", "A > Eligible occupations");
    let after = of("Ineligible occupations", "A > Ineligible occupations");
    let said = "A > Ineligible occupations: Eligible occupations -> Ineligible occupations";
    check(&before, &after, &[said]);
    // Under another heading it is still the same heading.
    check(&before, &of("Eligible occupations", "B > Eligible occupations"), &[]);
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
    assert_eq!(compare(&key, &before, (&now, &facts(&[], read)), &[], (&[], Date::MIN)), []);
}

#[test]
fn words_that_are_read_are_told_where_no_fact_says_them() {
    let before = facts(&[("A", &["A job ⟦in Canada⟧ | ⟦yes⟧"])], "A job in Canada yes");
    let after = facts(&[("A", &["A job ⟦outside Canada⟧ | ⟦yes⟧"])], "A job outside Canada yes");
    let said = "A: A job ⟦in Canada⟧ | ⟦yes⟧ -> A job ⟦outside Canada⟧ | ⟦yes⟧";
    check(&before, &after, &[said]);
    // A held reading is not among the accepted facts.
    let held = facts(&[("A", &["A job ⟦outside Canada⟧ | ⟦yes⟧"])], "A job in Canada yes");
    let key = FactKey::parse("page.x").unwrap();
    assert_eq!(compare(&key, &before, (&held, &after), &[], (&[], Date::MIN)), []);
}

/// Compares a page of two lines with one of two others.
#[track_caller]
fn check_two(before: [&str; 2], after: [&str; 2], is_told: bool) {
    let page = |lines: [&str; 2]| {
        facts(&[("A", &["Who can apply to the program", lines[0], lines[1]])], "")
    };
    let told = format!("A: {} -> {}", before.join("\n"), after.join("\n"));
    let told: &[&str] = if is_told { &[&told] } else { &[] };
    check(&page(before), &page(after), told);
}

#[test]
fn a_word_exchanged_between_two_lines_is_told() {
    check_two(
        [
            "Nurses in rural places can send the form and they must have a written offer",
            "Teachers in rural places can send the form and they should have a written offer",
        ],
        [
            "Nurses in rural places can send the form and they should have a written offer",
            "Teachers in rural places can send the form and they must have a written offer",
        ],
        true,
    );
    check_two(
        ["Nurses with an offer may not apply to it", "Teachers with an offer may apply to it"],
        ["Nurses with an offer may apply to it", "Teachers with an offer may not apply to it"],
        true,
    );
    check_two(
        ["Nurses get points for work in Canada only", "Teachers get points for work in Canada"],
        ["Nurses get points for work in Canada", "Teachers get points for work in Canada only"],
        true,
    );
}

#[test]
fn a_word_that_is_only_in_another_line_is_not_told() {
    check_two(
        ["one two three four five six seven eight", "nine ten eleven twelve thirteen fourteen"],
        ["one two three four five six seven", "eight nine ten eleven twelve thirteen fourteen"],
        false,
    );
}

#[test]
fn lines_are_compared_up_to_a_number_of_words_however_long_they_are() {
    // Half of the words of each line are in every other.
    let page = |n: usize, words: usize, of: &str| {
        let word = |line: usize, at: usize| match at % 2 {
            0 => format!("shared{at}"),
            _ => format!("{of}{line}x{at}"),
        };
        let line = |line: usize| (0..words).map(|at| word(line, at)).collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = (0..n).map(line).collect();
        facts(&[("A", &lines.iter().map(String::as_str).collect::<Vec<_>>())], "")
    };
    let key = FactKey::parse("page.x").unwrap();
    for (n, words, is_compared) in [(200, 40, true), (20, 4_000, true), (200, 400, false)] {
        let (before, after) = (page(n, words, "a"), page(n, words, "b"));
        let (was, is) = apart(&before[&key], &after[&key]);
        assert_eq!((was.len(), is.len()), (n, n));
        let bags = Bags::of(&was, &is);
        let like = [bags.like_old(0), bags.like_new(n - 1)];
        assert_eq!(like.map(|like| like.is_some()), [is_compared; 2], "{n} lines of {words} words");
    }
}

#[test]
fn a_note_is_told_by_its_words_where_nothing_else_of_its_set_is() {
    let name = FieldName::parse("quarter").unwrap();
    let of = |quarter: &str, other: &str| {
        let row = format!("Category | ⟦{quarter}⟧");
        let mut facts = facts(&[("A", &[&row, quarter, other])], quarter);
        let set = facts.get_mut(&FactKey::parse("x.fees").unwrap()).unwrap();
        set.notes.push(name.clone());
        let fee = set.records.values_mut().next().unwrap();
        fee.fields.insert(name.clone(), Value::Text(quarter.to_owned()));
        facts
    };
    let told = |now: &Facts, beside: &[Delta]| {
        let before = of("Quarter 1, 2026 (January to March)", "Apply in time");
        let key = FactKey::parse("page.x").unwrap();
        let deltas = compare(&key, &before, (now, now), &[], (beside, Date::MIN));
        let said = |delta: &Delta| match &delta.new {
            Some(Side::Value(value)) => value.to_string(),
            Some(Side::Record(_)) | None => String::new(),
        };
        deltas.iter().map(said).collect::<Vec<_>>()
    };
    // Of the set, whose record has the new quarter.
    let fee = |now: &Facts| {
        let key = FactKey::parse("x.fees").unwrap();
        let fee = now[&key].records.iter().next().unwrap();
        let set = FactSet::new(FactType::Fees);
        let pair = crate::diff::Pair { key: &key, before: &set, now: &set };
        vec![pair.delta(fee.0, ChangeKind::FeeChanged, fee.1)]
    };
    let second = of("Quarter 2, 2026 (April to June)", "Apply in time");
    assert_eq!(told(&second, &fee(&second)), Vec::<String>::new());
    assert_eq!(
        told(&second, &[]),
        ["Category | ⟦Quarter 2, 2026 (April to June)⟧\nQuarter 2, 2026 (April to June)"]
    );
    let also = of("Quarter 2, 2026 (April to June)", "Apply in person");
    assert_eq!(told(&also, &fee(&also)), ["Apply in person"]);
}

#[test]
fn one_new_row_of_several_tables_is_told_once() {
    let page = |header: &str, tables: usize| {
        let rows: Vec<String> = (0..tables).map(|n| format!("row {n} | of table {n}")).collect();
        let lines: Vec<[&str; 2]> = rows.iter().map(|row| [header, row]).collect();
        let names = ["A", "B", "C", "D"];
        let all: Vec<(&str, &[&str])> =
            names.into_iter().zip(lines.iter().map(|lines| &lines[..])).collect();
        facts(&all, "")
    };
    let told = |tables: usize| {
        let key = FactKey::parse("page.x").unwrap();
        let (before, now) = (page("Date | Profiles made", tables), page("Date | Made on", tables));
        compare(&key, &before, (&now, &now), &[], (&[], Date::MIN)).len()
    };
    // What left is told of one of the tables, and what came of one.
    assert_eq!([told(1), told(2), told(4)], [1, 2, 2]);
}
