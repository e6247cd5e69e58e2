//! The same words in another layout are no change: a section that ends elsewhere, headings with numbers, tables made
//! lists, items in other punctuation. The same edits with another word are told.

use crate::absence::{program, said, sees_bodies, sees_of};

/// Sections of a page, each by the word of its heading; what is under no such heading is the rest of the page.
const SECTIONS: &str = r#"
[vocabulary.sections]
work = '^work experience$'
education = '^education$'
language = '^language ability'

[[source.facts]]
key = "pnp.requirements"
type = "clauses"
record = "{section}"
[source.facts.fields]
section = { from = "heading", as = "slug", vocabulary = "sections", key_only = true }
text = { as = "clauses", optional = true }
[[source.facts.read]]
under = ['^requirements$']
headings = { matches = '.' }
"#;

const PAGE: &str = "<h2>Requirements</h2><div><h3>Work experience</h3><p>You need a year of work.</p></div>\
    <p>Work without pay does not count.</p><h3>Education</h3><p>You need a degree, 80% of it done in Canada.</p>\
    <h2>How to apply</h2><p>Send the form by mail.</p><p>We answer each letter.</p>";

#[track_caller]
fn tells(recipe: &str, page: &str, edits: &[(&str, &str)], expected: &[&str]) {
    let edited = edits.iter().fold(page.to_owned(), |page, (from, to)| {
        assert!(page.contains(from), "{from}");
        page.replace(from, to)
    });
    let told = said(&sees_of(&program(recipe), &[page.to_owned(), edited]));
    assert_eq!(told, expected);
}

const SILENT: &[&str] = &["unchanged"];

#[test]
fn a_clause_that_its_section_no_longer_reaches_is_no_change() {
    let around = [
        ("<h3>Work experience", "<section><h3>Work experience"),
        ("year of work.</p>", "year of work.</p></section>"),
    ];
    tells(SECTIONS, PAGE, &around, SILENT);
    let gone = [around[0], around[1], ("<p>Work without pay does not count.</p>", "")];
    let told = ["changed", "wording_changed pnp.requirements/work#text"];
    tells(SECTIONS, PAGE, &gone, &told);
    let reworded = [around[0], around[1], ("does not count", "counts")];
    let words = "wording_changed page.program/Program > Requirements#text";
    tells(SECTIONS, PAGE, &reworded, &["changed", words, told[1]]);
}

#[test]
fn a_clause_that_goes_to_another_section_is_told() {
    let clause = "<p>Work without pay does not count.</p>";
    let edits = [
        (clause, ""),
        ("done in Canada.</p>", "done in Canada.</p><p>Work without pay does not count.</p>"),
    ];
    let told = [
        "changed",
        "wording_changed pnp.requirements/education#text",
        "wording_changed pnp.requirements/work#text",
    ];
    tells(SECTIONS, PAGE, &edits, &told);
}

#[test]
fn a_clause_that_its_section_leaves_to_the_one_around_it_is_no_change() {
    let page = "<h2>Requirements</h2><h3>Education</h3><p>You need a degree.</p><h4>Language ability</h4>\
                <p>You take a test.</p><p>Start your application.</p>";
    let around = [
        ("<h4>Language ability", "<details><summary>Language ability"),
        ("</h4>", "</summary>"),
        ("take a test.</p>", "take a test.</p></details>"),
    ];
    tells(SECTIONS, page, &around, SILENT);
    let other = ("Start your application.", "Start no application.");
    let told = said(&sees_of(
        &program(SECTIONS),
        &[
            page.to_owned(),
            around
                .iter()
                .chain([&other])
                .fold(page.to_owned(), |page, (from, to)| page.replace(from, to)),
        ],
    ));
    assert!(told.len() > 2, "{told:?}");
}

#[test]
fn a_clause_that_is_said_once_more_is_told() {
    let edits = [("done in Canada.</p>", "done in Canada.</p><p>Send the form by mail.</p>")];
    tells(SECTIONS, PAGE, &edits, &["changed", "wording_changed pnp.requirements/education#text"]);
}

#[test]
fn a_heading_with_a_number_or_a_colon_is_the_heading() {
    for (work, education) in [
        ("1. Work experience", "2. Education"),
        ("Work experience:", "Education :"),
        ("12) Work experience:", "13) Education:"),
        ("101. Work experience", "102. Education"),
    ] {
        let edits =
            [(">Work experience", format!(">{work}")), (">Education", format!(">{education}"))];
        let edits = edits.each_ref().map(|(from, to)| (*from, to.as_str()));
        tells(SECTIONS, PAGE, &edits, SILENT);
    }
}

#[test]
fn a_box_of_the_site_is_no_section_of_the_page() {
    let section = "<h2>How to apply";
    for (title, words, expected) in [
        ("Sign up for updates", "<label>Email address</label>", SILENT),
        ("Report a problem on this page", "Thank you for your help!", SILENT),
        ("Contact", "You must call us.", &["changed", "wording_changed pnp.requirements/contact"]),
    ] {
        let with = format!("<h3>{title}</h3><p>{words}</p>{section}");
        tells(SECTIONS, PAGE, &[(section, &with)], expected);
    }
    // What stands behind its form is still of the section before.
    let form = "<form><h3>Sign up for updates</h3><label>Email address</label></form>";
    let behind = "<p>Work without pay";
    tells(SECTIONS, PAGE, &[(behind, &format!("{form}{behind}"))], SILENT);
}

#[test]
fn per_cent_in_words_is_the_sign() {
    tells(SECTIONS, PAGE, &[("80%", "80 per cent")], SILENT);
    let told = ["changed", "wording_changed pnp.requirements/education#text"];
    tells(SECTIONS, PAGE, &[("80%", "85 per cent")], &told);
}

#[test]
fn a_line_of_the_site_that_stands_elsewhere_is_no_news() {
    let page = format!(
        "{PAGE}<h2>Contact</h2><p>Write to us.</p><p>Back to the streams</p><p>Next: steps</p>"
    );
    let around = [
        ("<h2>Contact", "<section><h2>Contact"),
        ("Write to us.</p>", "Write to us.</p></section>"),
    ];
    tells(SECTIONS, &page, &around, SILENT);
    let back = page.replace("<h2>Contact", "<section><h2>Contact");
    let back = back.replace("Write to us.</p>", "Write to us.</p></section>");
    let other = [("</section>", ""), ("<section>", ""), ("Next: steps", "Next: fees")];
    tells(SECTIONS, &back, &other[..2], SILENT);
    tells(
        SECTIONS,
        &page,
        &[around[0], around[1], ("steps", "fees")],
        &["changed", "wording_changed page.program/Program > How to apply#text"],
    );
}

#[test]
fn the_way_to_a_page_is_none_of_its_words_in_any_layout() {
    let body =
        |way: &str| format!("<html><body><main>{way}<h1>Program</h1>{PAGE}</main></body></html>");
    let trail =
        body("<ul class=breadcrumb><li><a href=/home>Home</a><li><a href=/work>Work</a></ul>");
    for way in [
        "<ul class=path><li><a href=/home>Home</a><li><a href=/work>Work</a></ul>",
        "<p>• <a href=/home>Home</a></p><p>• <a href=/work>Work</a></p>",
        "<table><tr><td><a href=/home>Home</a><tr><td><a href=/work>Work</a></table>",
    ] {
        let told = said(&sees_bodies(&program(SECTIONS), &[trail.clone(), body(way)]));
        assert_eq!(told, SILENT, "{way}");
    }
    let closed = body("<p><a href=/closed>Applications are paused</a></p>");
    let told = said(&sees_bodies(&program(SECTIONS), &[trail, closed]));
    assert!(told.iter().any(|line| line.starts_with("wording_changed page.program/")), "{told:?}");
}

const POOL: &str = "<h2>Pool</h2><table><tr><th>Score range<th>Candidates<tr><td>150 or more<td>5\
    <tr><td>140 - 149<td>32<tr><td>Below 140<td></table>";

#[test]
fn a_table_that_nothing_reads_says_the_same_as_a_list() {
    let list = |first: &str| {
        format!(
            "<h2>Pool</h2><ul><li><b>Score range:</b> 150 or more; <b>Candidates:</b> {first}\
             <li><b>Score range:</b> 140 - 149; <b>Candidates:</b> 32\
             <li><b>Score range:</b> Below 140; <b>Candidates:</b></ul>"
        )
    };
    let cards = |first: &str| {
        format!(
            "<h2>Pool</h2><dl><dt>Score range<dd>150 or more<dt>Candidates<dd>{first}</dl>\
             <dl><dt>Score range<dd>140 - 149<dt>Candidates<dd>32</dl>\
             <dl><dt>Score range<dd>Below 140<dt>Candidates<dd></dl>"
        )
    };
    let page = format!("{PAGE}{POOL}");
    for made in [&list as &dyn Fn(&str) -> String, &cards] {
        tells(SECTIONS, &page, &[(POOL, &made("5"))], SILENT);
        let back = page.replace(POOL, &made("5"));
        tells(SECTIONS, &back, &[(&made("5"), POOL)], SILENT);
        let told = ["changed", "wording_changed page.program/Program > Pool#text"];
        tells(SECTIONS, &page, &[(POOL, &made("7"))], &told);
        tells(SECTIONS, &page, &[(POOL, &made("32"))], &told);
    }
}

/// Provinces in a list.
const LISTED: &str = r#"
[[source.facts]]
key = "pnp.provinces"
type = "list"
record = "{name|slug}"
[source.facts.fields]
name = { from = "item", wording = true }
[[source.facts.read]]
under = ['^provinces$']
items = { }
"#;

const PROVINCES: &str = "<h2>Provinces</h2><p>These have a program:</p><ul><li>Alberta<li>Manitoba<li>Nova Scotia</ul>\
    <p>Each has its own rules.</p>";

#[test]
fn the_items_of_a_list_are_read_where_they_are_lines() {
    let page = format!("{PAGE}{PROVINCES}");
    let list = "<ul><li>Alberta<li>Manitoba<li>Nova Scotia</ul>";
    for lines in [
        "<p>Alberta<br>Manitoba<br>Nova Scotia</p>",
        "<p>Alberta</p><p>Manitoba</p><p>Nova Scotia</p>",
        "<div><div>Alberta</div><div>Manitoba</div><div>Nova Scotia</div></div>",
    ] {
        tells(LISTED, &page, &[(list, lines)], &["relocated"]);
        // What was no item is none, and what is new may be none.
        let other = lines.replace("Manitoba", "Ontario");
        let told = said(&sees_of(&program(LISTED), &[page.clone(), page.replace(list, &other)]));
        assert!(told[0].starts_with("partial"), "{told:?}");
    }
    // Of a list of which some items are left, one that is a line now is neither read nor gone.
    let former = "<ul><li>Alberta<li>Nova Scotia</ul><p>Manitoba</p>";
    let told = said(&sees_of(&program(LISTED), &[page.clone(), page.replace(list, former)]));
    assert!(told[0].starts_with("partial"), "{told:?}");
    // A line that stood there before is no item.
    let stood = page.replace("<p>Each has", "<p>Manitoba</p><p>Each has");
    let fewer = stood.replace("<li>Manitoba", "");
    let told = said(&sees_of(&program(LISTED), &[stood, fewer]));
    assert_eq!(told, ["changed", "record_removed pnp.provinces/manitoba"]);
}

#[test]
fn two_breaks_part_paragraphs() {
    let scores = r#"
[[source.facts]]
key = "pnp.scores"
type = "thresholds"
record = "{stream|slug}"
[source.facts.fields]
stream = { key_only = true }
score = { as = "integer" }
group = { from = "text", find = 'nurses|welders', as = "lines", optional = true }
[[source.facts.read]]
prose = { matches = 'in the (?P<stream>\w+) stream the score is {score}' }
"#;
    let page = format!(
        "{PAGE}<h2>Scores</h2><p>In the urban stream the score is 60.</p><p>Nurses may apply.</p>"
    );
    let apart = "is 60.</p><p>Nurses";
    for breaks in ["<br><br>", "<br/>\n <!-- new line --> <br />", "<br>&nbsp;<br><br>"] {
        let made = format!("is 60.{breaks}Nurses");
        tells(scores, &page, &[(apart, &made)], SILENT);
    }
    // What stands in the same paragraph is said of the same stream.
    let told = ["changed", "threshold_changed pnp.scores/urban#group"];
    tells(scores, &page, &[(apart, "is 60.<br>Nurses")], &told);
    // Items with bullets are a list, however far apart they are printed.
    let page = format!("{PAGE}{PROVINCES}");
    let list = "<ul><li>Alberta<li>Manitoba<li>Nova Scotia</ul>";
    let bullets = "<p>\u{2022} Alberta<br><br>\u{2022} Manitoba<br><br>\u{2022} Nova Scotia</p>";
    tells(LISTED, &page, &[(list, bullets)], SILENT);
}

#[test]
fn the_rows_of_a_table_in_a_section_are_its_clauses_where_they_are_a_list() {
    let section = "done in Canada.</p>";
    let table = format!(
        "{section}<table><tr><th>Level<th>Time<tr><td>Master<td>2 years<tr><td>Doctor<td>4 years</table>"
    );
    let page = PAGE.replace(section, &table);
    let list = |years: &str| {
        format!(
            "{section}<ul><li>Level: Master; Time: {years} years<li>Level: Doctor; Time: 4 years</ul>"
        )
    };
    tells(SECTIONS, &page, &[(&table, &list("2"))], SILENT);
    let told =
        said(&sees_of(&program(SECTIONS), &[page.clone(), page.replace(&table, &list("3"))]));
    assert_eq!(
        told[..2],
        ["changed", "wording_changed page.program/Program > Requirements > Education#text"]
    );
}

/// Jobs by code, with their titles, and what they are worth.
const JOBS: &str = r#"
[[source.facts]]
key = "pnp.points"
type = "points"
record = "{what|slug}"
[source.facts.fields]
label = { from = "what", wording = true }
points = { as = "integer" }
[[source.facts.read]]
table = { columns = { what = '^factor', points = '^points' } }
"#;

const WORTH: &str = "<table><tr><th>Factor<th>Points<tr><td>A relative who is: <ul><li>a parent<li>a child or\
    <li>your sister</ul><td>5<tr><td>Work<td>10</table><table><tr><th>Code<th>Job<tr><td>21231<td>Engineers\
    <tr><td>21232<td>Developers</table>";

#[test]
fn a_name_in_other_punctuation_is_the_name() {
    for (parent, child, sister) in [
        ("• a parent", "• a child or", "• your sister"),
        ("a parent,", "a child, or", "your sister."),
        ("a parent;", "a child; or", "your sister;"),
    ] {
        let edits = [("a parent", parent), ("a child or", child), ("your sister", sister)];
        tells(JOBS, WORTH, &edits, SILENT);
    }
    let told =
        said(&sees_of(&program(JOBS), &[WORTH.to_owned(), WORTH.replace("a child or", "a child")]));
    assert!(told.len() > 1, "{told:?}");
}

#[test]
fn a_code_called_one_is_the_code() {
    tells(JOBS, WORTH, &[("21231", "NOC 21231"), ("21232", "NOC 21232")], SILENT);
    let told = ["changed", "wording_changed page.program/Program#text", "unread codes"];
    tells(JOBS, WORTH, &[("21231", "NOC 21233")], &told);
}

/// Sections that are told by what their headings say.
const TITLED: &str = r#"
[vocabulary.titles]
nomination = 'provincial nomination'
general = '\bgeneral'

[[source.facts]]
key = "pnp.rounds"
type = "clauses"
record = "{section}"
[source.facts.fields]
section = { from = "heading", as = "slug", vocabulary = "titles", key_only = true }
text = { as = "clauses", optional = true }
[[source.facts.read]]
headings = { matches = '^candidates with a provincial|^general rounds' }
"#;

#[test]
fn a_section_whose_heading_has_a_letter_wrong_is_read() {
    let page = "<h2>General rounds</h2><p>All may be invited.</p><h2>Candidates with a provincial nomination</h2>\
                <p>They are invited first.</p><h2>How it works</h2><p>A nomination is provincial.</p>";
    for title in [
        "Canidates with a provincial",
        "Candidates with a provinicial",
        "Candidattes with a provincial",
    ] {
        let told = said(&sees_of(
            &program(TITLED),
            &[page.to_owned(), page.replace("Candidates with a provincial", title)],
        ));
        let is_wording = |line: &String| line.starts_with("wording_changed page.");
        assert!(told[0] == "changed" && told[1..].iter().all(is_wording), "{title}: {told:?}");
    }
    // Another word is another heading: whether it is about the same thing, nobody knows.
    let told = said(&sees_of(
        &program(TITLED),
        &[page.to_owned(), page.replace("Candidates with a", "Employers with a")],
    ));
    assert!(told.contains(&"unreadable pnp.rounds, nomination".to_owned()), "{told:?}");
}

/// Points by age, and the ages that may apply.
const AGES: &str = r#"
[[source.facts]]
key = "pnp.points"
type = "points"
record = "{what|slug}"
[source.facts.fields]
label = { from = "what", wording = true }
points = { as = "integer" }
[[source.facts.read]]
table = { columns = { what = '^age', points = '^points' } }

[[source.facts]]
key = "pnp.ages"
type = "thresholds"
record = "{who|slug}"
[source.facts.fields]
age = { as = "integer", find = '\d+' }
[[source.facts.read]]
table = { columns = { who = '^applicant', age = '^years' } }
"#;

const AGED: &str = "<table><tr><th>Age<th>Points<tr><td>17 years of age<td>0<tr><td>18 years of age<td>90</table>\
    <table><tr><th>Applicant<th>Years<tr><td>Worker<td>at least 18<tr><td>Graduate<td>at least 20</table>";

#[test]
fn a_label_explained_in_brackets_is_the_label() {
    let explained = "18 years of age (on the day you apply)";
    let told = ["changed", "wording_changed pnp.points/18-years-of-age-on-the-day-you-apply#label"];
    tells(AGES, AGED, &[("18 years of age", explained)], &told);
    let qualified = AGED.replace("18 years of age", "18 years of age (in Canada)");
    let told = said(&sees_of(&program(AGES), &[AGED.to_owned(), qualified]));
    assert!(told.iter().any(|line| line.starts_with("record_changed")), "{told:?}");
}

#[test]
fn a_bound_below_and_one_above_are_a_range() {
    let words = "wording_changed page.program/Program#text";
    let told = ["changed", words, "threshold_changed pnp.ages/worker#age"];
    for both in ["at least 18 and no older than 59", "at least 18 years old, but not more than 59"]
    {
        tells(AGES, AGED, &[("at least 18", both)], &told);
    }
    let two = AGED.replace("at least 18", "18 with a job, 59 without");
    let told = said(&sees_of(&program(AGES), &[AGED.to_owned(), two]));
    assert!(told.iter().any(|line| line.starts_with("unreadable pnp.ages")), "{told:?}");
}

/// A list of occupations by their titles, one of a table and one of items.
const TITLES: &str = r#"
[[source.facts]]
key = "pnp.table"
type = "occupations"
record = "{title|slug}"
[source.facts.fields]
title = { wording = true }
level = { as = "integer" }
[[source.facts.read]]
table = { columns = { title = "^occupation", level = "^level" } }

[[source.facts]]
key = "pnp.items"
type = "occupations"
record = "{item|slug}"
[source.facts.fields]
title = { from = "item", wording = true }
[[source.facts.read]]
under = ['care and health']
items = { only = '^(?:nurses|bakers and cooks)$' }
"#;

const OCCUPATIONS: &str = "<h2>All</h2><table><tr><th>Occupation<th>Level<tr><td>Farm and dairy hands<td>5\
    <tr><td>Welders<td>7</table><h2>Care and health</h2><ul><li>Nurses<li>Bakers and cooks</ul>";

/// At most words are told as worded otherwise.
#[track_caller]
fn tells_no_fact(recipe: &str, page: &str, edits: &[(&str, &str)]) {
    let edited = edits.iter().fold(page.to_owned(), |page, (from, to)| page.replace(from, to));
    assert_ne!(page, edited);
    let told = said(&sees_of(&program(recipe), &[page.to_owned(), edited]));
    let (outcome, changes) = told.split_first().unwrap();
    assert!(outcome == "unchanged" || outcome == "changed", "{told:?}");
    assert!(changes.iter().all(|told| told.starts_with("wording_changed ")), "{told:?}");
}

#[test]
fn what_stands_beside_a_title_is_no_part_of_it() {
    let link = "<sup id='fn3-rf'><a class='fn-lnk' href='#fn3'><span class='wb-inv'>Footnote </span>3</a></sup>";
    for beside in [
        "<sup>3</sup>",
        "<a href='#note3'><sup>[3]</sup></a>",
        link,
        " <span class='label label-success'>New</span>",
        " (see note 3)",
        " (new)",
    ] {
        let edits = ["<td>Welders", "<td>5", "<li>Nurses", "cooks"];
        let with = edits.map(|words| (words, format!("{words}{beside}")));
        let edits: Vec<_> = with.iter().map(|(from, to)| (*from, to.as_str())).collect();
        tells_no_fact(TITLES, OCCUPATIONS, &edits);
    }
    for beside in ["*", "†"] {
        let (title, item) = (format!("<td>Welders{beside}"), format!("<li>Nurses{beside}"));
        let edits = [("<td>Welders", title.as_str()), ("<li>Nurses", item.as_str())];
        tells_no_fact(TITLES, OCCUPATIONS, &edits);
    }
}

#[test]
fn a_sign_for_and_and_the_marks_of_a_list_say_nothing() {
    let and =
        [(" and dairy", " &amp; dairy"), ("and cooks", "&amp; cooks"), ("Care and", "Care &amp;")];
    tells(TITLES, OCCUPATIONS, &and, SILENT);
    tells(TITLES, OCCUPATIONS, &[("Nurses", "Nurses;"), ("cooks", "cooks.")], SILENT);
    tells(TITLES, OCCUPATIONS, &[("cooks", "cooks.")], SILENT);
}

#[test]
fn a_column_of_numbers_before_the_others_moves_none_of_them() {
    let recipe = TITLES.replace("level = \"^level\" }", "level = \"^level\" }, skip = '^total'");
    let total = "<tr><td>Total<td>12</table>";
    let page = OCCUPATIONS.replace("</table>", total);
    let numbered = [
        ("<th>Occupation", "<th>#<th>Occupation"),
        ("<td>Farm", "<td>1<td>Farm"),
        ("<td>Welders", "<td>2<td>Welders"),
        ("<td>Total", "<td>&nbsp;<td>Total"),
    ];
    tells_no_fact(&recipe, &page, &numbered);
}
