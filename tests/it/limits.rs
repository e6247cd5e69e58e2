//! Pages that are too large, too deep or too many: facts, or a clear reason, and never a crash.

use std::io::Write as _;
use std::time::Instant;

use jiff::Timestamp;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::extract;
use rulewatch::model::Page;

const RECIPE: &str = r#"
[[source]]
id = "limits"
url = "https://www.example.org/limits"

[[source.facts]]
key = "x.list"
type = "list"
record = "{noc}"
fields = { noc = { }, wage = { as = "money" } }
"#;

const TABLE: &str = r#"
[[source.facts.read]]
table = { columns = { noc = "^noc", wage = "^wage" } }
"#;

const PLAIN: &str = r#"
[[source]]
id = "limits"
url = "https://www.example.org/limits"
"#;

fn source(text: &str) -> Source {
    let catalog = Catalog::parse(&[("limits", text)]).unwrap_or_else(|faults| panic!("{faults}"));
    catalog.sources().next().unwrap().clone()
}

/// Reads a body: how many records and complaints there are, or the breakage. The time is printed.
#[expect(clippy::print_stdout, reason = "the time is for a person to read; no test is timed")]
fn read(recipe: &str, what: &str, body: impl Into<Vec<u8>>) -> String {
    let source = source(recipe);
    let page = Page::from_file(source.url.clone(), body.into(), Timestamp::UNIX_EPOCH);
    let began = Instant::now();
    let read = extract::facts(&source.recipe, &page, &[], &rulewatch::model::Facts::new());
    let said = match read {
        Ok(found) => {
            format!("{} records, {} complaints", found.records(), found.complaints.len())
        }
        Err(breakage) => breakage.to_string(),
    };
    let short: String = said.chars().take(200).collect();
    println!("{what}: {:?}: {short}", began.elapsed());
    said
}

/// What is said of a page that is over a bound.
fn over(bound: &str) -> String {
    format!("over a limit: more than {bound}")
}

fn table(rows: impl Iterator<Item = String>) -> String {
    let rows: String = rows.collect();
    format!("<html><body><table><tr><th>NOC<th>Wage</tr>{rows}</table></body></html>")
}

#[test]
fn rows_that_share_one_cell_are_joined_once() {
    let recipe = RECIPE.to_owned() + &TABLE.replace("} }", "}, merge = [\"noc\"] }");
    let rows = (0..20_000).map(|n| {
        let shared = if n == 0 { "<td rowspan=0>21231" } else { "" };
        format!("<tr>{shared}<td>${n}</tr>")
    });
    // Of 20,000 amounts in one cell none is the first.
    assert_eq!(read(&recipe, "20,000 rows under one cell", table(rows)), "1 records, 1 complaints");
}

#[test]
fn ten_thousand_headings_have_their_own_words() {
    let recipe =
        RECIPE.to_owned() + "[[source.facts.read]]\nheadings = { matches = '^NOC (?P<noc>.*)$' }\n";
    let recipe = recipe.replace("wage = { as", "wage = { from = 'text', as");
    let body =
        |count| -> String { (0..count).map(|n| format!("<h2>NOC {n}</h2><p>${n}</p>")).collect() };
    assert_eq!(read(&recipe, "10,000 headings", body(10_000)), "10000 records, 0 complaints");
    let said = read(&recipe, "20,000 headings", body(20_000));
    assert_eq!(said, over("25000 lines, items and table rows"));
    assert_eq!(read(&recipe, "100,000 headings", body(100_000)), over("150000 nodes"));
}

/// A recipe of JSON objects, `fields` of them.
fn objects(fields: &str) -> String {
    format!(
        "[[source]]\nid = 'limits'\nurl = 'https://www.example.org/'\nformat = 'json'\n\
         [[source.facts]]\nkey = 'x.list'\ntype = 'list'\nrecord = 'one'\nfields = {{ {fields} }}\n\
         read = [{{ json = {{ each = '$[*]', cells = {{ n = 'n' }} }} }}]\n"
    )
}

#[test]
fn a_page_of_nearly_two_megabytes_is_read() {
    let paragraph =
        "<p>You must have <b>12</b> months of work experience in the past 3 years.</p>\n";
    let body = |parts: usize, mark: &dyn Fn(usize) -> String| {
        let text: String = (0..parts).map(|n| mark(n) + &paragraph.repeat(13)).collect();
        format!("<html><body><main>{text}</main></body></html>")
    };
    let many = body(1_700, &|n| format!("<h2>Part {n}</h2>"));
    assert!(many.len() > 1_700_000);
    assert_eq!(read(PLAIN, "1.8 MB under 1,700 headings", many), "1700 records, 0 complaints");
    let deep = format!("<details><summary>{}</summary>", "long ".repeat(2_000)).repeat(300);
    let turns = "<details><summary>a</summary>x</details>y".repeat(8_000);
    let said = read(PLAIN, "8,000 turns under 300 long headings", deep + &turns);
    assert_eq!(said, "1 records, 0 complaints");
    let same = body(1_700, &|n| format!("<h2>Part {}</h2>", n % 2));
    assert_eq!(read(PLAIN, "1.8 MB under 2 headings in turn", same), "2 records, 0 complaints");
    let more = body(2_000, &|n| format!("<h2>Part {n}</h2>"));
    let said = read(PLAIN, "2.1 MB under 2,000 headings", more);
    assert_eq!(said, over("150000 nodes"));
    let ten = body(10_500, &|n| format!("<h2>Part {n}</h2>"));
    let said = read(PLAIN, "10 MB under 10,500 headings", ten);
    assert!(said.ends_with("bytes, 4194304 allowed"), "{said}");
}

#[test]
fn a_table_of_twenty_thousand_rows_is_read() {
    let recipe = RECIPE.to_owned() + TABLE;
    let rows = |count| table((0..count).map(|n| format!("<tr><td>{n:05}<td>${n}.50</tr>")));
    assert_eq!(read(&recipe, "20,000 rows", rows(20_000)), "20000 records, 0 complaints");
    let said = read(&recipe, "26,000 rows", rows(26_000));
    assert_eq!(said, over("25000 lines, items and table rows"));
    assert_eq!(read(&recipe, "100,000 rows", rows(100_000)), over("150000 nodes"));
}

#[test]
fn a_table_of_twenty_thousand_columns_is_read() {
    let turned = TABLE.replace("table = {", "table = { turned = true,");
    let line = |cell: &dyn Fn(usize) -> String| (0..20_000).map(cell).collect::<String>();
    let body = |first: &str| {
        let (nocs, wages) = (line(&|n| format!("<td>{n:05}")), line(&|n| format!("<td>${n}.50")));
        format!("<html><body><table><tr><th>{first}{nocs}<tr><th>Wage{wages}</table></body></html>")
    };
    let recipe = RECIPE.to_owned() + &turned;
    assert_eq!(read(&recipe, "20,000 columns", body("NOC")), "20000 records, 0 complaints");
    let said = read(&recipe, "20,000 columns without a header", body("Code"));
    assert!(said.contains("no column `^noc`"), "{said}");
    let upright = table((0..20_000).map(|n| format!("<tr><td>{n:05}<td>${n}.50</tr>")));
    let said = read(&recipe, "20,000 rows on their side", upright);
    assert!(said.contains("no column `^wage`") && said.len() < 2_000, "{} bytes", said.len());
}

#[test]
fn what_one_footnote_qualifies_may_be_a_whole_table() {
    let recipe = RECIPE.to_owned()
        + &TABLE
            .replace("table =", "footnotes = ['noc']\ntable =")
            .replace("noc = { }", "note = { }");
    let note = format!("<p>* {}</p>", "long ".repeat(1_000));
    let rows =
        |mark: &str| table((0..20_000).map(|n| format!("<tr><td>{n:05}{mark}<td>$1</tr>"))) + &note;
    assert_eq!(read(&recipe, "20,000 marks", rows("*")), "20000 records, 0 complaints");
    assert_eq!(read(&recipe, "marks of nothing", rows("[7]")), "20000 records, 0 complaints");
    for piece in ["[", "* a ", "*†", "**", "[1]", "a* ", "<br>* a", "<br>[9] b"] {
        let row = format!("<tr><td>1 {}<td>$1", piece.repeat(40_000));
        let said = read(&recipe, &format!("40,000 of {piece}"), table([row].into_iter()) + &note);
        assert!(said.ends_with(" complaints"), "{piece}: {said}");
    }
}

#[test]
fn labels_and_values_without_end_are_read() {
    let recipe = "[[source]]\nid = 'limits'\nurl = 'https://www.example.org/'\n\
        [[source.facts]]\nkey = 'x.fees'\ntype = 'fees'\nrecord = 'one'\n\
        fields = { value = { } }\nread = [{ labels = { } }]\n";
    let labels = |what: &str, body: String| {
        let said = read(recipe, what, format!("<html><body>{body}</body></html>"));
        assert!(said.contains(" 0 complaints"), "{what}: {said}");
    };
    let long = "many words ".repeat(10_000);
    labels("labels before one value", format!("<dl>{}<dd>{long}</dl>", "<dt>a".repeat(20_000)));
    labels("values of one label", format!("<dl><dt>a{}</dl>", "<dd>b".repeat(20_000)));
    labels("lists in lists", format!("{}{long}", "<dl><dt>a<dd>b ".repeat(390)));
    labels("items in items", "<ul><li>a: b ".repeat(390) + &"<li>c: d".repeat(5_000));
    let deep = "<ul><li>a: b ".repeat(390) + &"<li>c: d".repeat(20_000);
    let said = read(recipe, "more items in items", format!("<html><body>{deep}</body></html>"));
    assert_eq!(said, over("16777216 bytes of words in lists inside one another"));
    labels("lines", "<p>a: b".repeat(20_000));
    let rows = "<tr><td>b".repeat(20_000);
    labels("a label over rows", format!("<table><tr><td rowspan=60000>a<td>b{rows}</table>"));
}

#[test]
fn a_long_table_that_says_nothing_sound_is_read() {
    let recipe = RECIPE.to_owned() + TABLE;
    let rows = |row: &dyn Fn(usize) -> String| table((0..6_000).map(row));
    let unreadable = rows(&|n| format!("<tr><td>{n:05}<td>about {n}</tr>"));
    let said = read(&recipe, "unreadable cells", unreadable);
    assert_eq!(said, "6000 records, 6000 complaints");
    let unkeyed = rows(&|n| format!("<tr><td><td>about {n}</tr>"));
    let said = read(&recipe, "rows without a key", unkeyed);
    assert_eq!(said, "0 records, 12001 complaints", "an empty cell is told once");
    let alike = rows(&|n| format!("<tr><td>21231<td>${n}.50</tr>"));
    let said = read(&recipe, "rows of one key", alike);
    assert_eq!(said, "6000 records, 0 complaints");
    let spanned = rows(&|n| {
        let span = if n == 0 { "<td rowspan=5000>21231" } else { "" };
        format!("<tr>{span}<td>${n}.50</tr>")
    });
    let said = read(&recipe, "a cell over 5,000 rows", spanned);
    assert_eq!(said, "6000 records, 1000 complaints", "the rows after it lack a cell");
    let many = (0..20_000).map(|n| format!("<tr><td>{n:05}<td>about {n}</tr>"));
    let said = read(&recipe, "20,000 unreadable cells", table(many));
    assert_eq!(said, over("20000 records and complaints"));
}

#[test]
fn ten_thousand_headings_and_summaries_are_read() {
    for (what, piece) in [
        ("sections", "<section><h2>A</h2><p>b</section>"),
        ("details", "<details><summary>A</summary>b</details>"),
        ("summaries", "<summary>A</summary><p>b</p>"),
        ("items", "<li>A<ul><li>b</ul>"),
    ] {
        let body = |count| format!("<html><body>{}</body></html>", piece.repeat(count));
        assert_eq!(read(PLAIN, what, body(10_000)), "1 records, 0 complaints");
        let said = read(PLAIN, what, body(50_000));
        assert!(said.starts_with("over a limit: more than"), "{what}: {said}");
    }
}

#[test]
fn markup_nested_ten_thousand_deep_is_refused() {
    let too_deep = |what: &str, open: &str, close: &str| {
        let body = format!(
            "<html><body>{}<p>deep{}</body></html>",
            open.repeat(10_000),
            close.repeat(10_000)
        );
        let said = read(PLAIN, what, body);
        assert!(said.contains("more than 800 elements are nested"), "{what}: {said}");
    };
    too_deep("divs", "<div>", "</div>");
    too_deep("divs never closed", "<div>", "");
    too_deep("lists", "<ul><li>", "</ul>");
    too_deep("tables", "<table><tr><td>", "</table>");
    too_deep("details", "<details><summary>a</summary>", "</details>");
    too_deep("end tags that end nothing", "<div></b>", "</div>");
    too_deep("inline around block", "<x><x><x><div></x></x></x>", "");
    too_deep("groups of options", "<optgroup>", "");
    too_deep("cells of a picture", "<svg><td><td><td>", "");
    // Each of the outer ones holds the words of all that are inside.
    let many = format!("{}{}", "<table><tr><td>".repeat(130), "<p>many words".repeat(20_000));
    let many = format!("<html><body>{many}</body></html>");
    assert_eq!(read(PLAIN, "words deep in tables", many), "1 records, 0 complaints");
    // What a browser closes by itself, or what has no end, is not nested.
    let flat = format!("<html><body>{}</body></html>", "<p>a<br><b>c</b><li>d".repeat(8_000));
    assert_eq!(read(PLAIN, "flat", flat), "1 records, 0 complaints");
    let icons = "<svg><path d=''/><path d=''/></svg>".repeat(10_000);
    let icons = format!("<html><body>{icons}<p>a</body></html>");
    assert_eq!(read(PLAIN, "icons", icons), "1 records, 0 complaints");
}

#[test]
fn just_under_the_limit_of_depth_is_read() {
    for open in ["<div>", "<ul><li><p>", "<table><tr><td>", "<details><summary>a</summary>", "<b>"]
    {
        for deep in [100, 200, 390, 790] {
            let body = format!("<html><body>{}<p>deep</body></html>", open.repeat(deep));
            let said = read(PLAIN, &format!("{open} {deep}"), body);
            assert!(said.contains("records") || said.contains("nested"), "{open} {deep}: {said}");
        }
    }
}

#[test]
fn documents_of_other_formats_nested_ten_thousand_deep_are_refused() {
    let of = |format: &str, form: &str| {
        format!(
            "[[source]]\nid = 'limits'\nurl = 'https://www.example.org/'\nformat = '{format}'\n\
             [[source.facts]]\nkey = 'x.list'\ntype = 'list'\nrecord = '{{label}}'\n\
             read = [{{ {form} }}]\n"
        )
    };
    let law = of("xml", "law = { sections = ['1-9'] }");
    let deep = |tag: &str| {
        let (open, close) = (format!("<{tag}>").repeat(10_000), format!("</{tag}>").repeat(10_000));
        format!("<?xml version='1.0'?><Section><Label>1</Label>{open}{close}</Section>")
    };
    for tag in ["Paragraph", "p", "td"] {
        let said = read(&law, &format!("XML of {tag}"), deep(tag));
        assert!(said.contains("more than 800 elements are nested"), "{said}");
    }
    let feed = of("feed", "entries = { }");
    let (open, close) = ("<div>".repeat(10_000), "</div>".repeat(10_000));
    let rss = format!(
        "<rss version='2.0'><channel><title>t</title><item><description>{open}{close}\
         </description></item></channel></rss>"
    );
    let said = read(&feed, "RSS", rss);
    assert!(said.contains("nested") || said.contains("complaints"), "{said}");
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>{open}{close}\
         </content></entry></feed>"
    );
    let said = read(&feed, "Atom", atom);
    assert!(said.contains("nested") || said.contains("complaints"), "{said}");
    let json = "[".repeat(10_000) + &"]".repeat(10_000);
    let said = read(&objects("n = { }"), "JSON", json);
    assert!(said.contains("recursion limit"), "{said}");
}

#[test]
fn twelve_thousand_objects_of_one_key_are_read() {
    let json = |count: usize| {
        let list: Vec<String> = (0..count).map(|n| format!("{{\"n\": \"x{n}\"}}")).collect();
        format!("[{}]", list.join(","))
    };
    let said = read(&objects("n = { }"), "objects", json(12_000));
    assert_eq!(said, "12000 records, 0 complaints");
    let said = read(&objects("n = { as = 'integer' }"), "complaints", json(9_000));
    assert_eq!(said, "1 records, 9000 complaints");
    let said = read(&objects("n = { }"), "30,000 objects", json(30_000));
    assert!(said.ends_with("matches of one locator, 20000 allowed"), "{said}");
}

#[test]
fn a_bomb_of_sixty_megabytes_is_refused() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let piece = vec![b'a'; 1 << 20];
    for _ in 0..60 {
        packed.write_all(&piece).unwrap();
    }
    let said = read(PLAIN, "a bomb", packed.finish().unwrap());
    assert!(said.contains("more than 4194304 bytes unpacked from gzip"), "{said}");
    let said = read(PLAIN, "60 MB as they are", piece.repeat(60));
    assert!(said.contains("allowed"), "{said}");
}

#[test]
fn one_key_in_two_tables_keeps_its_records_whatever_their_order() {
    let recipe = RECIPE.to_owned() + TABLE;
    let said = |rows: [&str; 4]| {
        let source = source(&recipe);
        let body = table(rows.iter().map(|wage| format!("<tr><td>a<td>${wage}")));
        let page = Page::from_file(source.url.clone(), body.into(), Timestamp::UNIX_EPOCH);
        let found =
            extract::facts(&source.recipe, &page, &[], &rulewatch::model::Facts::new()).unwrap();
        let set = found.facts.into_values().next().unwrap();
        let lines = set.records.iter().map(|(key, r)| format!("{key} {:?}", r.fields));
        lines.collect::<Vec<_>>()
    };
    let one = said(["1", "2", "3", "2"]);
    assert_eq!(one.len(), 3);
    assert_eq!(one, said(["3", "2", "2", "1"]));
}

/// The search for known records tries many headers on many tables.
#[test]
fn a_page_made_to_keep_the_search_busy_is_given_up_in_time() {
    let source = source(&format!("{RECIPE}{TABLE}"));
    let page = |body: String| {
        Page::from_file(source.url.clone(), body.into_bytes(), Timestamp::UNIX_EPOCH)
    };
    let rows = (0..200).map(|n| format!("<tr><td>{n}<td>${n}"));
    let known =
        extract::facts(&source.recipe, &page(table(rows)), &[], &rulewatch::model::Facts::new())
            .unwrap()
            .facts;
    let cells = |n: usize| (0..n).map(|n| format!("<td>c{n}")).collect::<String>();
    let wide = format!("<table><tr>{0}<tr>{0}<tr>{0}</table>", cells(12)).repeat(300);
    let wider = format!("<table><tr>{0}<tr>{0}</table>", cells(1_000)).repeat(20);
    let headings: String = (0..5_000).map(|n| format!("<h2>{n}</h2><p>{n}</p>")).collect();
    for (what, body) in [("wide", wide), ("wider", wider), ("headings", headings)] {
        let body = format!("<html><body><p>Nothing of it.</p>{body}</body></html>");
        let began = Instant::now();
        let found = extract::facts(&source.recipe, &page(body), &[], &known);
        print(what, began.elapsed());
        assert!(found.is_err(), "{what}");
    }
}

#[expect(clippy::print_stdout, reason = "the time is for a person to read; no test is timed")]
fn print(what: &str, took: std::time::Duration) {
    println!("{what}: {took:?}");
}

/// What a page becomes is counted, whatever it is; nothing is kept of one that is too much.
#[test]
fn a_pdf_of_too_many_or_too_long_lines_is_refused() {
    let recipe = RECIPE.replace("id = \"limits\"", "id = \"limits\"\nformat = \"pdf\"") + TABLE;
    let rows = |count: usize| "NOC     Wage\n".to_owned() + &"21231    $5\n".repeat(count);
    assert_eq!(read(&recipe, "20,000 lines", rows(20_000)), "1 records, 0 complaints");
    let said = read(&recipe, "30,000 lines", rows(30_000));
    assert!(said.ends_with("30001 lines, 25000 allowed"), "{said}");
    let said = read(&recipe, "20 MB of text", rows(2 << 20));
    assert!(said.ends_with("bytes, 4194304 allowed"), "{said}");
    let said = read(&recipe, "a long line", rows(1) + &"a   b   ".repeat(5_000));
    assert_eq!(said, over("20000 characters in one line"));
}
