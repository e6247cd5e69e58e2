//! Two of what is one: a sentence of another subject before the one that a rule was read from, and a table of another
//! program before that of this one.

use crate::absence::{program, said, sees_of};

/// A rule that is the first sentence of its shape, in either of two shapes.
const EXPERIENCE: &str = r#"
[[source.facts]]
key = "pnp.experience"
type = "thresholds"
record = "experience"
[source.facts.fields]
length = { as = "duration" }
hours = { as = "integer", optional = true }
[[source.facts.read]]
prose = { matches = 'at least (?P<length>\d+ years?) of work(?: \((?P<hours>[\d,]+) hours\))?', first = true }
[[source.facts.read]]
prose = { matches = 'work for (?P<length>\d+ years?)', first = true }
"#;

const OWN: &str = "<p>You need at least 1 year of work (1,560 hours) in Canada.</p>";

/// What is said of the rules when the last page follows the others.
fn told(facts: &str, pages: &[&str]) -> Vec<String> {
    let pages: Vec<String> = pages.iter().map(|page| (*page).to_owned()).collect();
    let mut told = said(&sees_of(&program(facts), &pages));
    told.retain(|line| line.contains("pnp."));
    told
}

/// A cap in two sentences, of which the first is of all positions.
const CAP: &str = r#"
[[source.facts]]
key = "lmia.cap"
type = "thresholds"
record = "cap"
[source.facts.fields]
share = { as = "percent" }
[[source.facts.read]]
prose = { matches = 'cap of (?P<share>\d+%)', first = true }
"#;

#[test]
fn where_its_own_words_stand_anew_with_its_figure_no_other_sentence_answers() {
    let page = "<p>You are subject to a cap of 10% on low-wage positions.</p>\
        <p>A cap of 20% applies to positions in hospitals.</p>";
    let anew = page.replace("a cap of 10%", "a ceiling of 10%");
    let pages = [page.to_owned(), anew.clone(), anew, page.to_owned()];
    let told = |pages: &[String]| {
        let mut told = said(&sees_of(&program(CAP), pages));
        told.retain(|line| line.contains("lmia."));
        told
    };
    assert_eq!(told(&pages[..3]), ["unreadable lmia.cap, cap"]);
    // Put back, it is as it was.
    assert_eq!(told(&pages), [""; 0]);
}

/// A number for each year, in the first sentence that has one.
const ALLOCATION: &str = r#"
[[source.facts]]
key = "pnp.allocation"
type = "thresholds"
record = "{year}"
[source.facts.fields]
year = { key_only = true }
nominations = { as = "integer" }
[[source.facts.read]]
prose = { matches = '(?:for|pour) (?P<year>20\d\d), .*?(?P<nominations>\d+) (?:nomin|désign)', first = true }
"#;

#[test]
fn a_year_beside_the_one_before_has_a_number_of_its_own() {
    for (former, newer) in [
        ("<p>For 2025, we have 215 nominations.</p>", "<p>For 2026, we have 282 nominations.</p>"),
        (
            "<p>Pour 2025, il y a 215 désignations.</p>",
            "<p>Pour 2026, il y a 282 désignations.</p>",
        ),
    ] {
        let both = [newer, former].concat();
        assert_eq!(
            told(ALLOCATION, &[former, &both]),
            ["record_added pnp.allocation/2026"],
            "{newer}"
        );
        assert_eq!(told(ALLOCATION, &[former, &both, &both]), [""; 0]);
        let moved = both.replace("282", "283");
        assert_eq!(
            told(ALLOCATION, &[former, &both, &moved]),
            ["threshold_changed pnp.allocation/2026#nominations"]
        );
    }
}

/// A time in a sentence that is compared as words too.
const TIME: &str = r#"
[[source.facts]]
key = "pgwp.time"
type = "thresholds"
record = "{of}"
[source.facts.fields]
of = { key_only = true }
time = { as = "duration" }
[[source.facts.read]]
prose = { matches = '(?:have|wait) up to (?P<time>\d+ days) after (?P<of>\w+)' }
[[source.facts]]
key = "pgwp.conditions"
type = "clauses"
record = "{heading|slug}"
[source.facts.fields]
text = { as = "clauses" }
[[source.facts.read]]
headings = { matches = '.' }
"#;

#[test]
fn a_rule_of_a_sentence_that_is_compared_as_words_is_not_gone_where_it_is_worded_anew() {
    let own = "You have up to 180 days after graduation to apply for a permit.";
    let page = |own: &str| {
        format!(
            "<h2>Graduates</h2><p>{own} Confirm these.</p><p>You wait up to 20 days after applying.</p>"
        )
    };
    let told = |anew: &str| {
        let mut told = said(&sees_of(&program(TIME), &[page(own), page(anew)]));
        told.retain(|line| line.contains("pgwp.time"));
        told
    };
    for anew in [
        "You must apply for a permit within 90 days of graduation.",
        "You need to apply for a permit no later than 180 days after graduation.",
    ] {
        assert_eq!(told(anew), ["unreadable pgwp.time, graduation"], "{anew}");
    }
    assert_eq!(told(""), ["record_removed pgwp.time/graduation"]);
}

#[test]
fn a_sentence_of_another_subject_before_its_own_changes_no_rule() {
    let lost = ["length", "hours"].map(|f| format!("unreadable pnp.experience, experience, {f}"));
    for before in [
        "<p>Caregivers need at least 2 years of work (3,120 hours).</p>",
        "<ul><li>At least 2 years of work (3,120 hours) for caregivers<li>A job offer</ul>",
        "<h2>Caregivers</h2><p>You need at least 2 years of work (3,120 hours).</p><h2>Others</h2>",
    ] {
        let page = [before, OWN].concat();
        let mut lost = lost.to_vec();
        lost.sort_unstable();
        assert_eq!(told(EXPERIENCE, &[OWN, &page]), lost, "{before}");
        // So it is on the next day, and when both move.
        let moved = ["<p>Read this first.</p>", &page].concat();
        assert_eq!(told(EXPERIENCE, &[OWN, &page, &page, &moved]), lost, "{before}");
        // Taken off, it leaves nothing behind.
        assert_eq!(told(EXPERIENCE, &[OWN, &page, &page, OWN]), [""; 0], "{before}");
        // When its own changes too, neither is believed.
        let both = page.replace("1 year", "3 years").replace("1,560", "4,680");
        let lost = ["unreadable pnp.experience, experience"];
        assert_eq!(told(EXPERIENCE, &[OWN, &page, &both]), lost, "{before}");
    }
    // In one paragraph, and one that says it in the other shape.
    let page = "<p>Caregivers need at least 2 years of work. You need at least 1 year of work \
        (1,560 hours) in Canada.</p>";
    assert_eq!(told(EXPERIENCE, &[OWN, page]), ["unreadable pnp.experience, experience, length"]);
    let own = "<p>You work for 1 year in Canada.</p>";
    let page = [own, "<p>Caregivers need at least 2 years of work.</p>"].concat();
    assert_eq!(told(EXPERIENCE, &[own, &page]), ["unreadable pnp.experience, experience, length"]);
}

#[test]
fn a_sentence_of_another_subject_is_not_taken_for_its_own_in_other_words() {
    let page = "<p>Caregivers need at least 2 years of work (3,120 hours).</p>\
        <p>Workers must have at least 1 year of work (1,560 hours) in a province of Canada.</p>";
    let lost = ["hours", "length"].map(|f| format!("unreadable pnp.experience, experience, {f}"));
    assert_eq!(told(EXPERIENCE, &[OWN, page]), lost);
    let moved = [page, "<p>Read this too.</p>"].concat();
    assert_eq!(told(EXPERIENCE, &[OWN, page, page, &moved]), lost);
}

#[test]
fn a_rule_that_changes_in_its_own_sentence_is_told_whatever_stands_beside_it() {
    let changed = ["threshold_changed pnp.experience/experience#length"];
    let own = "<p>You need at least 1 year of work in Canada.</p>";
    let new = "<p>You need at least 2 years of work in Canada.</p>";
    for (before, after) in [
        ("", ""),
        // Another subject has had the former value from the first.
        ("", "<p>Students need at least 1 year of work.</p>"),
        // And a note that is new has it.
        ("", "<p>Until 2025, it was at least 1 year of work.</p>"),
    ] {
        let first = if after.contains("Until") { own.to_owned() } else { [own, after].concat() };
        let page = [before, new, after].concat();
        assert_eq!(told(EXPERIENCE, &[&first, &page]), changed, "{after}");
    }
    // One of another subject after it is none of it.
    let page = [OWN, "<p>Caregivers need at least 2 years of work (3,120 hours).</p>"].concat();
    assert_eq!(told(EXPERIENCE, &[OWN, &page]), [""; 0]);
}

#[test]
fn of_a_sentence_that_makes_several_records_none_is_gone_while_its_own_stands() {
    let facts = r#"
[[source.facts]]
key = "pnp.teer"
type = "thresholds"
record = "{teer}"
[source.facts.fields]
teer = { from = "teers", as = "teer", each = true }
[[source.facts.read]]
prose = { matches = '\bTEER (?P<teers>[\d, or]+)', first = true }
"#;
    let own = "<p>Your work must be in TEER 0, 1, 2 or 3.</p>";
    for other in ["TEER 0, 1 or 5", "TEER 4", "TEER 0 or 1"] {
        let page = format!("<p>Caregivers work in {other}.</p>{own}");
        let said = told(facts, &[own, &page]);
        assert_eq!(said, ["unreadable pnp.teer"], "{other}");
        let moved = [&page, "<p>Read this too.</p>"].concat();
        assert_eq!(told(facts, &[own, &page, &page, &moved]), said, "{other}");
    }
    let new = own.replace("2 or 3", "2 or 4");
    assert_eq!(told(facts, &[own, &new]), ["record_removed pnp.teer/3", "record_added pnp.teer/4"]);
}

/// A fee, and the day from which it holds.
const FEE: &str = r#"
[[source.facts]]
key = "pnp.fee"
type = "fees"
record = "application"
effective = "since"
[source.facts.fields]
amount = { as = "money" }
since = { as = "date", optional = true }
[[source.facts.read]]
prose = { matches = 'effective (?P<since>\w+ \d+, \d{4}), the fee is (?P<amount>\$\d+)', first = true }
"#;

#[test]
fn of_two_notices_the_one_of_the_later_day_holds() {
    let of = |day: &str, fee: &str| format!("<p>Effective {day}, the fee is {fee}.</p>");
    let own = of("April 1, 2025", "$300");
    let newer = [of("March 9, 2026", "$350"), own.clone()].concat();
    let told_of = told(FEE, &[&own, &newer]);
    assert!(told_of.contains(&"fee_changed pnp.fee/application#amount".to_owned()), "{told_of:?}");
    let older = [of("May 1, 2024", "$200"), own.clone()].concat();
    let told_of = told(FEE, &[&own, &older]);
    assert!(told_of.iter().all(|line| line.starts_with("unreadable")), "{told_of:?}");
    assert!(!told_of.is_empty());
}

#[test]
fn a_notice_that_names_no_day_is_of_the_day_that_it_stands_under() {
    let facts = r#"
[[source.facts]]
key = "pnp.fee"
type = "fees"
record = "application"
[source.facts.fields]
amount = { as = "money" }
[[source.facts.read]]
prose = { matches = 'the fee is now (?P<amount>\$\d+)', first = true }
"#;
    let of = |day: &str, fee: &str| format!("<li>{day}: Fees<br>So the fee is now {fee}.</li>");
    let page = |notices: &[String]| format!("<ul>{}</ul>", notices.concat());
    let own = of("April 1, 2025", "$300");
    let newer = page(&[of("March 9, 2026", "$350"), own.clone()]);
    let told_of = told(facts, &[&page(std::slice::from_ref(&own)), &newer]);
    assert!(told_of.contains(&"fee_changed pnp.fee/application#amount".to_owned()), "{told_of:?}");
    let older = page(&[of("May 1, 2024", "$200"), own.clone()]);
    let told_of = told(facts, &[&page(&[own]), &older]);
    assert!(told_of.iter().all(|line| line.starts_with("unreadable")), "{told_of:?}");
    assert!(!told_of.is_empty());
}

/// Amounts by the size of a family; more than seven are too many.
const FUNDS: &str = r#"
[[source.facts]]
key = "pnp.funds"
type = "funds"
record = "{members}"
expect = { min = 3, max = 7 }
[source.facts.fields]
members = { as = "integer", key_only = true }
amount = { as = "money" }
[[source.facts.read]]
table = { columns = { members = '^members', amount = '^amount' } }
"#;

fn table(amounts: &[&str]) -> String {
    let rows = amounts.iter().zip(1..).map(|(amount, n)| format!("<tr><td>{n}<td>{amount}"));
    format!("<table><tr><th>Members<th>Amount{}</table>", rows.collect::<String>())
}

#[test]
fn a_table_of_another_program_is_the_second_and_is_not_released() {
    let own = table(&["$14,690", "$18,288", "$22,483", "$27,297"]);
    let other = table(&["$3,815", "$4,750", "$5,840", "$9,000"]);
    let held: Vec<String> = (1..=4).map(|n| format!("held record_added pnp.funds/{n}/2")).collect();
    let before = ["<h2>Others</h2>", &other, "<h2>These</h2>", &own].concat();
    let after = [&own, "<h2>Others</h2>", &other].concat();
    for page in [&before, &after] {
        for times in 1..=5 {
            let pages = [vec![own.as_str()], vec![page.as_str(); times]].concat();
            assert_eq!(told(FUNDS, &pages), held, "{times}");
        }
    }
    // The table with most of what is known keeps the keys, also of an amount that changes.
    let changed = before.replace("$27,297", "$28,000");
    let report = sees_of(&program(FUNDS), &[own, changed]);
    let of_four = report.held.iter().filter(|change| change.record.as_str().starts_with('4'));
    let news: Vec<String> = of_four.map(|change| format!("{:?}", change.new)).collect();
    assert!(news.iter().any(|new| new.contains("28000")), "{news:?}");
    let first = report.held.iter().find(|change| change.record.as_str() == "4").unwrap();
    assert!(format!("{:?}", first.new).contains("28000"), "{:?}", first.new);
}

/// Two point grids with one header, of which the rows tell which is which.
const GRIDS: &str = r#"
[vocabulary.columns]
points = '^points'

[[source.facts]]
key = "pnp.points"
type = "points"
record = "{section}/{row|slug}"
[source.facts.fields]
row = { key_only = true }
points = { from = "value", as = "integer" }
[[source.facts.read]]
part = "first"
let = { section = "first" }
matrix = { first = '^level$', has = ['CLB 10 or more'], columns = "columns" }
[[source.facts.read]]
part = "first"
under = ['^first language$']
let = { section = "first" }
matrix = { first = '^level$', columns = "columns" }
[[source.facts.read]]
part = "second"
let = { section = "second" }
matrix = { first = '^level$', has = ['CLB 9 or more', 'CLB 4 or less'], columns = "columns" }

[[source.facts]]
key = "pnp.other"
type = "points"
record = "{row|slug}"
[source.facts.fields]
row = { key_only = true }
points = { from = "value", as = "integer" }
[[source.facts.read]]
required = false
matrix = { first = '.', columns = "columns", rest = true }
"#;

const LEVELS: &str = "<h2>First language</h2><table><tr><th>Level<th>Points<tr><td>CLB 8 or less<td>10\
    <tr><td>CLB 9<td>20<tr><td>CLB 10 or more<td>30</table><h2>Second language</h2><table>\
    <tr><th>Level<th>Points<tr><td>CLB 4 or less<td>0<tr><td>CLB 9 or more<td>6</table>";

#[test]
fn a_point_grid_whose_row_is_reworded_is_not_another_one() {
    for label in ["CLB 10 and above", "CLB 10 or higher", "At least CLB 10"] {
        let page = LEVELS.replace("CLB 10 or more", label);
        let told = told(GRIDS, &[LEVELS, &page]);
        assert!(told.iter().all(|line| line.starts_with("wording_changed")), "{label}: {told:?}");
    }
    // In words that nothing knows, it is found under its heading; without that, it is not found.
    let page = LEVELS.replace("CLB 10 or more", "The best");
    let best = [
        "record_removed pnp.points/first/clb-10-or-more",
        "record_added pnp.points/first/the-best",
    ];
    assert_eq!(told(GRIDS, &[LEVELS, &page]), best);
    let page = page.replace("First language", "Languages");
    let lost = told(GRIDS, &[LEVELS, &page, &page, &page]);
    assert!(lost.iter().all(|line| line.starts_with("unreadable")), "{lost:?}");
    assert!(!lost.is_empty());
}

#[test]
fn a_code_in_several_lists_is_one_occupation_under_titles_that_are_alike() {
    let facts = r#"
[[source.facts]]
key = "pnp.occupations"
type = "occupations"
record = "{noc}"
[source.facts.fields]
noc = { as = "noc" }
title = { wording = true }
[[source.facts.read]]
table = { columns = { noc = '^NOC', title = '^title' } }
"#;
    let list = "<table><tr><th>NOC<th>Title<tr><td>21231<td>Software engineers<tr><td>21300<td>Civil engineers</table>";
    let whole = format!("<h2>One</h2>{list}<h2>Two</h2>{list}<h2>Three</h2>{list}");
    for title in ["Sofware engineers", "Oftware engineers", "Software enginers"] {
        let page = whole.replacen("Software engineers", title, 1);
        assert_eq!(told(facts, &[&whole, &page]), [""; 0], "{title}");
        assert_eq!(told(facts, &[&page, &whole]), [""; 0], "{title}");
    }
    // In other words it may be another rule.
    let page = whole.replacen("Software engineers", "Software engineers (French-speaking only)", 1);
    assert_eq!(told(facts, &[&whole, &page]), ["held occupation_added pnp.occupations/21231/2"]);
}

#[test]
fn a_later_sentence_is_not_believed_where_its_own_says_another_figure() {
    let facts = r#"
[[source.facts]]
key = "pnp.time"
type = "standards"
record = "standard"
[source.facts.fields]
time = { as = "duration" }
[[source.facts.read]]
prose = { matches = 'a service standard of (?P<time>\d+ days) from the day' }
[[source.facts.read]]
prose = { matches = 'processing time is (?P<time>\d+ days)' }
"#;
    let own = "<p>Applications of employers have a service standard of 10 days from the day on which they come.</p>";
    let later = "<p>The processing time is 10 days.</p>";
    let whole = [own, later].concat();
    let lost = ["unreadable pnp.time, standard"];
    for (from, to) in
        [("of 10 days", "of up to 15 days"), ("a service standard of 10", "a target of 30")]
    {
        let page = whole.replace(from, to);
        assert_eq!(told(facts, &[&whole, &page]), lost, "{to}");
        assert_eq!(told(facts, &[&whole, &page, &page, &page]), lost, "{to}");
    }
    // Reworded with the same figure, or gone, it says nothing against it.
    let page = whole.replace("a service standard of", "a standard of");
    assert_eq!(told(facts, &[&whole, &page]), [""; 0]);
    assert_eq!(told(facts, &[&whole, later]), [""; 0]);
}

#[test]
fn each_list_of_rounds_ends_at_an_old_end_of_its_own() {
    let facts = r#"
[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}/{stream|slug}"
[source.facts.fields]
date = { from = ["date", "heading"], as = "date" }
stream = { key_only = true }
invitations = { as = "integer" }
[[source.facts.read]]
part = "workers"
table = { columns = { date = '^date', stream = '^stream', invitations = '^invitations' } }
[[source.facts.read]]
part = "before"
required = false
under = ['^[a-z]+ \d+, \d{4}$']
let = { stream = "Impact" }
prose = { matches = '(?P<invitations>\d+) candidates' }
[[source.facts.read]]
part = "owners"
required = false
let = { stream = "Owners" }
table = { columns = { date = '^day', invitations = '^invited' } }
"#;
    let round = |day: &str| format!("<h3>{day}, 2026</h3><p>We invited 90 candidates.</p>");
    let (newer, older) = (round("January 22"), round("January 11"));
    let table = "<table><tr><th>Date<th>Stream<th>Invitations<tr><td>March 2, 2026<td>Impact<td>30\
        <tr><td>February 26, 2026<td>Care<td>40<tr><td>February 26, 2026<td>Impact<td>50</table>";
    let owners = "<h2>Owners</h2><table><tr><th>Day<th>Invited<tr><td>March 3, 2026<td>5\
        <tr><td>January 3, 2025<td>7</table>";
    let whole = [table, &newer, &older, owners].concat();
    let told_of = |page: &str| told(facts, &[&whole, page]);
    // An older round of another list stays.
    assert_eq!(told_of(&whole.replace(&older, "")), [""; 0]);
    // One that goes from between others is removed, be they in another form.
    assert_eq!(told_of(&whole.replace(&newer, "")), ["draw_removed pnp.draws/2026-01-22/impact"]);
    let care = "<tr><td>February 26, 2026<td>Care<td>40";
    assert_eq!(told_of(&whole.replace(care, "")), ["draw_removed pnp.draws/2026-02-26/care"]);
}

#[test]
fn what_a_group_of_rounds_is_for_may_stand_under_its_title() {
    let facts = r#"
[vocabulary.streams]
one = 'stream 1'
two = 'stream 2'

[[source.facts]]
key = "pnp.draws"
type = "draws"
record = "{date}/{stream}"
[source.facts.fields]
date = { as = "date" }
stream = { from = "group", as = "word", vocabulary = "streams" }
invitations = { from = "text", find = '(\d+) people', as = "integer" }
[[source.facts.read]]
headings = { matches = '^invitations for (?P<date>.+)$' }
"#;
    let round = |day: &str, n: u32| {
        format!("<h2>Invitations for {day}, 2026</h2><p>We invited {n} people.</p>")
    };
    let whole =
        ["<h2>Stream 1</h2>", &round("March 2", 10), &round("February 2", 20), "<h2>Stream 2</h2>"]
            .concat()
            + &round("March 2", 30);
    let told =
        |to: &str, from: &str| told(facts, &[&whole, &whole.replace(from, &[from, to].concat())]);
    let intro = "<p>It is for people who meet its conditions.</p>";
    assert_eq!(told(intro, "Stream 1</h2>"), [""; 0]);
    assert_eq!(told(intro, "Stream 2</h2>"), [""; 0]);
    // A round that says nothing of itself is no title.
    let empty = "<h2>Invitations for March 9, 2026</h2><p>Nobody was invited.</p>";
    let lines = told(empty, "Stream 2</h2>");
    assert!(lines.iter().all(|line| line.contains("2026-03-09/two")), "{lines:?}");
}

/// A rule in a sentence of its own and, of another subject, in a later one.
const DEADLINE: &str = r#"
[[source.facts]]
key = "pnp.deadline"
type = "thresholds"
record = "application"
[source.facts.fields]
days = { as = "integer" }
[[source.facts.read]]
prose = { matches = 'within (?P<days>\d+) (?:calendar )?days' }
"#;

#[test]
fn another_sentence_of_the_page_does_not_answer_for_one_that_is_worded_anew() {
    let others = "<h2>Employers</h2><p>Your employer registers within 14 days of our letter.</p>";
    let page = |own: &str| format!("<h2>Graduates</h2>{own}<p>Keep a copy.</p>{others}");
    let lost = "unreadable pnp.deadline, application";
    for (own, anew) in [
        ("You must apply within 14 calendar days.", "Your application has to reach us in 10 days."),
        ("You must apply within 14 days.", "You have 10 days from the invitation."),
    ] {
        let [own, anew] = [own, anew].map(|words| page(&format!("<p>{words}</p>")));
        assert_eq!(told(DEADLINE, &[&own, &anew]), [lost], "{anew}");
        // So it is on the next day, when its words move on, and until they are read again.
        let moved = anew.replace("10 days", "12 days");
        assert_eq!(told(DEADLINE, &[&own, &anew, &anew, &moved]), [lost], "{anew}");
        assert_eq!(told(DEADLINE, &[&own, &anew, &anew, &own]), [""; 0], "{anew}");
    }
    // In words that have its figure, it is only worded anew; taken off, the other says all that is known.
    let own = page("<p>You must apply within 14 days.</p>");
    for now in ["<p>Apply no later than 14 days after the invitation.</p>", ""] {
        assert_eq!(told(DEADLINE, &[&own, &page(now)]), [""; 0], "{now}");
    }
}

#[test]
fn an_older_notice_does_not_undo_a_newer_one() {
    let facts = FEE.replace("optional = true", "optional = true, note = true");
    let facts = facts.as_str();
    let older = "<p>Effective May 1, 2024, the fee is $200.</p>";
    let newer = "<p>Effective April 1, 2025, the fee is $300.</p>";
    let both = [newer, older].concat();
    let lost = "unreadable pnp.fee, application";
    assert_eq!(told(facts, &[&both, older]), [lost]);
    let worded = newer.replace("the fee is", "we charge");
    assert_eq!(told(facts, &[&both, &[&worded, older].concat()]), [lost]);
    // One day for another, or a newer notice, is a change.
    let put_right =
        both.replace("April 1, 2025, the fee is $300", "March 1, 2026, the fee is $350");
    let changed = "fee_changed pnp.fee/application#amount";
    assert_eq!(told(facts, &[&both, &put_right]), [changed]);
}
