//! Facts that moved on their page are found again, and what changes on the day of the move is told.

use crate::absence::{FEES, RECIPE, check, program, said, sees, sees_of, whole};

/// The fees under another heading and another header.
fn moved() -> String {
    whole().replace("<h2>Fees</h2>", "<h2>What it costs</h2>").replace("Amount", "Cost")
}

#[test]
fn a_table_under_another_heading_is_found_by_what_it_holds() {
    check(&[whole().replace("<h2>Fees</h2>", "<h2>What it costs</h2>")], &["relocated"]);
}

#[test]
fn where_all_of_a_set_was_found_is_its_place_from_then_on() {
    let moved =
        whole().replace("<h2>Fees</h2>", "<h2>What it costs</h2>").replace("Amount", "Cost");
    let also = |from: &str, to: &str| {
        assert!(moved.contains(from), "{from}");
        moved.replace(from, to)
    };
    let review = "<tr><td>Review of a decision<td>$250";
    let without = also(review, "");
    check(
        &[moved.clone(), without.clone()],
        &["changed", "record_removed pnp.fees/review-of-a-decision"],
    );
    let dearer = also("$250", "$275");
    check(&[moved.clone(), dearer], &["changed", "fee_changed pnp.fees/review-of-a-decision#fee"]);
    let more = also(review, &format!("{review}<tr><td>Copy of a file<td>$20"));
    check(&[moved.clone(), more], &["changed", "record_added pnp.fees/copy-of-a-file"]);
    // A typo is no other fee, on the day of the move or after it.
    let typo = also("Change of employer", "Change of emploier");
    let said = ["changed", "wording_changed page.program/Program > What it costs#text"];
    check(&[moved.clone(), typo.clone()], &said);
}

/// Fees as cards: a list of labels for each.
fn cards(fees: &[(&str, &str)]) -> String {
    let card =
        |(fee, amount): &(&str, &str)| format!("<dl><dt>Fee<dd>{fee}<dt>Amount<dd>{amount}</dl>");
    format!("<h2>Fees</h2>{}", fees.iter().map(card).collect::<String>())
}

#[test]
fn a_set_laid_out_anew_is_read_in_its_new_layout_from_then_on() {
    let all =
        [("Application", "$500"), ("Review of a decision", "$250"), ("Change of employer", "$100")];
    let page = |fees: &[(&str, &str)]| whole().replace(FEES, &cards(fees));
    let removed = sees(&[page(&all), page(&all[..2])]);
    let changes = said(&removed);
    assert!(
        changes.contains(&"record_removed pnp.fees/change-of-employer".to_owned()),
        "{changes:?}"
    );
    assert_eq!(removed.outcome.word(), "changed");
}

#[test]
fn what_a_later_locator_gave_whole_is_its_own_from_then_on() {
    let later = "\n[[source.facts.read]]\nunder = ['^costs$']\n\
                 table = { columns = { label = '^service', fee = '^price' } }\n";
    let first = "table = { columns = { label = '^fee', fee = '^amount' } }\n";
    let recipe = RECIPE.replacen(first, &format!("{first}{later}"), 1);
    let moved = FEES.replace("Fees</h2>", "Costs</h2>");
    let moved = moved.replace("<th>Fee<th>Amount", "<th>Service<th>Price");
    let without = moved.replace("<tr><td>Change of employer<td>$100", "");
    assert!(moved != FEES && without != moved);
    let pages: Vec<String> =
        [FEES, &moved, &without].iter().map(|fees| whole().replace(FEES, fees)).collect();
    let report = sees_of(&recipe, &pages);
    assert_eq!(said(&report), ["changed", "record_removed pnp.fees/change-of-employer"]);
}

#[test]
fn what_leaves_on_the_day_of_the_move_is_gone_unless_it_stands_elsewhere() {
    let review = "<tr><td>Review of a decision<td>$250";
    let without = moved().replace(review, "");
    let told = ["changed", "record_removed pnp.fees/review-of-a-decision"];
    check(std::slice::from_ref(&without), &told);
    // From then on, this is the place.
    let dearer = without.replace("$100", "$120");
    check(
        &[without.clone(), without.clone(), dearer],
        &["changed", "fee_changed pnp.fees/change-of-employer#fee"],
    );
    let listed =
        without.replace("<h2>Notes</h2>", "<h2>Notes</h2><p>Review of a decision: $250</p>");
    let report = sees(&[listed]);
    assert_eq!(report.outcome.word(), "held", "{:?}", said(&report));
    // A word or two may stand for something else: not a row of this table, and not gone either.
    let application = "<tr><td>Application<td>$500";
    let without = moved().replace(application, "");
    let report = sees(&[without]);
    assert_eq!(said(&report)[0], "partial");
    assert!(said(&report).iter().any(|line| line.starts_with("unreadable pnp.fees, application")));
}

#[test]
fn where_all_figures_are_others_on_the_day_of_the_move_the_words_are_told() {
    let others = moved().replace("$500", "$550").replace("$250", "$275").replace("$100", "$120");
    let report = sees(&[others]);
    let said = said(&report);
    assert_eq!(said[0], "partial", "{said:?}");
    assert!(said[1].starts_with("wording_changed page.program/"), "{said:?}");
    let words: String = report.changes.iter().map(|change| format!("{:?}", change.new)).collect();
    assert!(["$550", "$275", "$120"].iter().all(|fee| words.contains(fee)), "{words}");
}

#[test]
fn a_figure_that_moved_and_changed_holds_its_own_record_alone() {
    let facts = r#"
[[source.facts]]
key = "pnp.terms"
type = "thresholds"
[source.facts.fields]
time = { as = "duration" }
[source.facts.statements]
answer-within = ['an answer comes within {time}', 'we answer in {time}']
review-within = ['a review takes {time}', 'we review in {time}']
"#;
    let page = |answer: &str, review: &str| format!("<h2>Times</h2><p>{answer}</p><p>{review}</p>");
    let before = page("An answer comes within 30 days.", "A review takes 60 days.");
    let after = page("We answer in 20 days from now on.", "A review takes 90 days.");
    let told = |times: usize| {
        let pages = [vec![before.clone()], vec![after.clone(); times]].concat();
        let mut told = said(&sees_of(&program(facts), &pages));
        told.retain(|line| !line.contains("page."));
        told
    };
    const ANSWER: &str = "threshold_changed pnp.terms/answer-within#time";
    const REVIEW: &str = "threshold_changed pnp.terms/review-within#time";
    assert_eq!(told(1), ["held", REVIEW, &format!("held {ANSWER}")]);
    assert_eq!(told(2), ["released", ANSWER]);
    assert_eq!(told(3), ["unchanged"]);
}

#[test]
fn the_title_of_rows_is_no_row() {
    let facts = r#"
[vocabulary.provinces]
AB = '^alberta'
ON = '^ontario'
[[source.facts]]
key = "pnp.wages"
type = "thresholds"
record = "{province}"
[source.facts.fields]
province = { as = "word", vocabulary = "provinces", key_only = true }
amount = { as = "money" }
[[source.facts.read]]
table = { columns = { province = '^province', amount = '^amount' } }
"#;
    let program = program("");
    let (vocabulary, facts) = facts.split_once("[[source.facts]]").unwrap();
    let recipe = format!("{vocabulary}{program}[[source.facts]]{facts}");
    let page = |head: &str, title: &str, ontario: &str| {
        format!(
            "<table>{head}<tr><th>Province<th>Amount{title}<tr><td>Alberta<td>$37.50\
             <tr><td>Ontario<td>{ontario}</table>"
        )
    };
    const SPANS: &str = "<tr><th colspan=\"2\">Wages";
    const TITLE: &str = "<tr><td>Wages<td>";
    let told = |pages: [String; 2]| {
        let mut told = said(&sees_of(&recipe, &pages));
        told.retain(|line| line.contains("pnp."));
        told
    };
    for (head, title) in [("", TITLE), (SPANS, ""), (SPANS, TITLE)] {
        let titled = page(head, title, "$36.92");
        assert_eq!(told([page("", "", "$36.92"), titled.clone()]), [""; 0], "{head}{title}");
        let dearer = page(head, title, "$37.00");
        assert_eq!(told([titled, dearer]), ["threshold_changed pnp.wages/ON#amount"]);
    }
    // A row whose amount is not there is the row, and cannot be read.
    let told = told([page("", "", "$36.92"), page("", "", "")]);
    assert!(told.iter().all(|line| line.starts_with("unreadable pnp.wages, ON")), "{told:?}");
    assert_eq!(told.len(), 1);
}

#[test]
fn a_new_table_in_words_that_a_sentence_says_is_unread() {
    let facts = r#"
[[source.facts]]
key = "pnp.cap"
type = "thresholds"
[source.facts.fields]
share = { as = "percent" }
[source.facts.statements]
cap = 'the cap is {share} for employers'
"#;
    let page = |table: &str| {
        format!(
            "<h2>Caps</h2><p>The cap is 20% for employers in construction, health care and food.</p>{table}"
        )
    };
    let table = |rows: [(&str, &str); 3]| {
        let rows: String = rows.iter().map(|(a, b)| format!("<tr><td>{a}<td>{b}")).collect();
        format!("<table>{rows}</table>")
    };
    let first = table([("Sector", "Cap"), ("Construction", "25%"), ("Health care", "30%")]);
    let later = table([("Sector", "Cap"), ("Construction", "26%"), ("Health care", "31%")]);
    let turned = table([("Cap", "Sector"), ("25%", "Construction"), ("30%", "Health care")]);
    let told = |pages: &[String]| {
        let said = said(&sees_of(&program(facts), pages)).into_iter();
        said.filter(|line| line.starts_with("unread ")).collect::<Vec<_>>()
    };
    assert_eq!(told(&[page(""), page(&first)]), ["unread table"]);
    // Once it is known, other figures or another order make no other table.
    for other in [later, turned] {
        assert_eq!(told(&[page(&first), page(&other)]), [""; 0], "{other}");
    }
}

#[test]
fn while_a_set_is_unreadable_what_leaves_its_rows_is_told_as_wording() {
    let list = |fees: &[&str]| {
        let items: String = fees.iter().map(|fee| format!("<li>{fee}")).collect();
        whole().replace(FEES, &format!("<h2>Fees</h2><ul>{items}</ul>"))
    };
    let all = ["Application - $500", "Review of a decision - $250", "Change of employer - $100"];
    let report = sees(&[list(&all), list(&all[..2])]);
    let said = said(&report);
    assert_eq!(
        said[..2],
        ["partial", "wording_changed page.program/Program > Fees#text"],
        "{said:?}"
    );
    assert!(format!("{:?}", report.changes[0].old).contains("Change of employer"));
}

#[test]
fn another_table_with_the_same_headers_does_not_hide_the_place_that_was_found() {
    let other =
        "<h2>Fees of other programs</h2><table><tr><th>Fee<th>Cost<tr><td>Family<td>$75</table>";
    let beside = moved().replace("<h2>Points</h2>", &format!("{other}<h2>Points</h2>"));
    let dearer = beside.replace("$250", "$275");
    assert!(dearer != beside && beside != moved());
    let told = ["changed", "fee_changed pnp.fees/review-of-a-decision#fee"];
    check(&[moved(), beside, dearer], &told);
}

/// A JSON document of fees by name.
const FEED: &str = r#"
[[source]]
id = "program"
program = "fees"
url = "https://www.example.org/fees.json"
format = "json"
verified = "2026-01-01"
[[source.facts]]
key = "fees.feed"
type = "fees"
record = "{entry}"
[source.facts.fields]
amount = { from = "value", as = "money" }
[[source.facts.read]]
pairs = { at = '$', every = '^(.+)\.en$' }
"#;

#[test]
fn a_member_that_is_called_otherwise_is_not_gone() {
    let all = [("eta", "$7"), ("bio", "$85"), ("study-permit", "$150"), ("work-permit", "$155")];
    let feed = |language: &str, fees: &[(&str, &str)]| {
        let one = |(name, fee): &(&str, &str)| format!(r#""{name}": {{"{language}": "{fee}"}}"#);
        format!("{{{}}}", fees.iter().map(one).collect::<Vec<_>>().join(", "))
    };
    let seen = |pages: &[String]| said(&crate::absence::sees_bodies(FEED, pages));
    let first = feed("en", &all);
    assert_eq!(seen(&[first.clone(), feed("en-CA", &all)])[0], "broken");
    let wrapped = format!(r#"{{"fees": {first}}}"#);
    let told = seen(&[first.clone(), wrapped]);
    assert!(told.iter().all(|line| !line.contains("record_")), "{told:?}");
    // One of them: its name still stands there.
    let one = first.replace(r#""bio": {"en""#, r#""bio": {"en-CA""#);
    assert!(one != first);
    assert_eq!(seen(&[first.clone(), one])[0], "held");
    let gone = feed("en", &[all[0], all[2], all[3]]);
    assert_eq!(seen(&[first, gone]), ["changed", "record_removed fees.feed/bio"]);
}

/// Occupations in two tables of one section, by the headers of the first.
fn in_two_tables(first: &str, rows: &str) -> String {
    format!(
        "<h2>Eligible occupations</h2><table><tr><th>{first}<th>Title{rows}</table>\
         <h3>Trades</h3><table><tr><th>NOC code<th>Title<tr><td>72310<td>Carpenters\
         <tr><td>72200<td>Electricians</table>"
    )
}

const OCCUPATIONS: &str = r#"
[[source.facts]]
key = "pnp.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
title = { wording = true }
[[source.facts.read]]
under = ['^eligible occupations$']
table = { columns = { noc = '^noc', title = '^title' } }
"#;

#[test]
fn one_of_two_tables_with_another_header_is_found_beside_the_other() {
    let nurses = "<tr><td>31301<td>Registered nurses<tr><td>32101<td>Licensed practical nurses\
                  <tr><td>33102<td>Nurse aides";
    let whole = in_two_tables("NOC code", nurses);
    let other = in_two_tables("Classification", nurses);
    let seen = |pages: &[&String]| {
        said(&sees_of(
            &program(OCCUPATIONS),
            &pages.iter().map(|page| (*page).clone()).collect::<Vec<_>>(),
        ))
    };
    assert_eq!(seen(&[&whole, &other])[0], "relocated");
    let without = in_two_tables(
        "Classification",
        &nurses.replace("<tr><td>32101<td>Licensed practical nurses", ""),
    );
    let gone = ["changed", "occupation_removed pnp.occupations/32101"];
    assert_eq!(seen(&[&whole, &other, &without])[..2], gone);
    // On one day, too.
    let told = seen(&[&whole, &without]);
    assert!(told.contains(&gone[1].to_owned()), "{told:?}");
    // A table of the same codes, beside one that lost only some of its rows, is another.
    let lost = nurses.replace("<tr><td>32101<td>Licensed practical nurses", "");
    let past = "<h3>History</h3><table><tr><th>Classification<th>Occupation\
                <tr><td>32101<td>Licensed practical nurses</table>";
    let report = sees_of(&program(OCCUPATIONS), &[whole, in_two_tables("NOC code", &lost) + past]);
    assert_eq!(report.outcome.word(), "held", "{:?}", said(&report));
}

#[test]
fn a_table_of_the_same_names_that_says_nothing_known_is_another() {
    let times = "<h2>Processing times</h2><table><tr><th>Stage<th>Estimate\
                 <tr><td>Application<td>3 months<tr><td>Review of a decision<td>4 months\
                 <tr><td>Change of employer<td>1 month</table>";
    let before = whole() + times;
    let after = moved() + times;
    let dearer = after.replace("$250", "$275");
    assert_eq!(said(&sees_of(RECIPE, &[before.clone(), after.clone()])), ["relocated"]);
    let told = said(&sees_of(RECIPE, &[before, after, dearer]));
    assert_eq!(told, ["changed", "fee_changed pnp.fees/review-of-a-decision#fee"]);
}

#[test]
fn a_table_on_its_side_is_found_by_what_it_holds() {
    let table = "[[source.facts.read]]\nunder = ['^draws$']\n\
                 table = { turned = true, columns = { date = '^date', score = '^score' } }";
    let recipe = program(&format!(
        "[[source.facts]]\nkey = \"pnp.draws\"\ntype = \"draws\"\nrecord = \"{{date}}\"\n\
         [source.facts.fields]\ndate = {{ as = \"date\" }}\nscore = {{ as = \"integer\" }}\n{table}\n"
    ));
    let draws = |date: &str, score: &str, last: &str| {
        let row = |name: &str, cells: &str| format!("<tr><td>{name}{cells}");
        let (dates, scores) = ("<td>March 3, 2026<td>February 3, 2026", "<td>90<td>88");
        format!("<h2>Draws</h2><table>{}{}</table>{last}", row(date, dates), row(score, scores))
    };
    let new = "<table><tr><td>Day of draw<td>March 10, 2026<tr><td>Lowest score<td>70</table>";
    let [whole, renamed, more] = [
        draws("Date", "Score", ""),
        draws("Day of draw", "Lowest score", ""),
        draws("Day of draw", "Lowest score", new),
    ];
    let told = said(&sees_of(&recipe, &[whole.clone(), renamed.clone()]));
    assert!(told.iter().all(|line| !line.contains("pnp.draws")), "{told:?}");
    let told = said(&sees_of(&recipe, &[whole, renamed, more]));
    assert!(told.contains(&"draw_added pnp.draws/2026-03-10".to_owned()), "{told:?}");
}

#[test]
fn a_new_table_with_the_headers_of_another_does_not_take_its_place() {
    let taken = "<table><tr><th>Fee paid by<th>Amount at most<tr><td>Card<td>$900<tr><td>Cheque<td>$800</table>";
    let renamed = FEES.replace("<th>Fee<th>Amount", "<th>Service<th>Price");
    let page = whole().replace(FEES, &format!("{renamed}{taken}"));
    let dearer = page.replace("$250", "$275");
    let told = said(&sees(std::slice::from_ref(&page)));
    assert!(told.iter().all(|line| !line.contains("pnp.fees")), "{told:?}");
    let told = said(&sees(&[page, dearer]));
    assert!(told.contains(&"fee_changed pnp.fees/review-of-a-decision#fee".to_owned()), "{told:?}");
}
