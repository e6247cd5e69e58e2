//! What holds for every table and every body: noise is silent, a rule is one difference, and no
//! reader falls over.

use std::fmt::Write as _;

use jiff::Timestamp;
use proptest::prelude::*;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::diff;
use rulewatch::extract;
use rulewatch::model::{Breakage, Facts, Page};

fn source(text: &str) -> Source {
    let catalog = Catalog::parse(&[("properties", text)]).unwrap_or_else(|f| panic!("{f}"));
    catalog.sources().next().unwrap().clone()
}

fn read(source: &Source, body: impl Into<Vec<u8>>) -> Result<Facts, Breakage> {
    let page = Page::from_file(source.url.clone(), body.into(), Timestamp::UNIX_EPOCH);
    let found = extract::facts(&source.recipe, &page, &[], &Facts::new())?;
    assert!(found.complaints.is_empty(), "{:?}", found.complaints);
    Ok(found.facts)
}

/// A column: its cell, its header, its type.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("noc", "NOC 2021 code", "noc"),
    ("wage", "Minimum wage", "money"),
    ("score", "Lowest score", "integer"),
    ("title", "Occupation's title", "text"),
    ("since", "In force since", "date"),
];

/// A table: how many of the columns it has, and its rows.
#[derive(Debug, Clone)]
struct Sheet {
    columns: Vec<usize>,
    rows: Vec<Vec<String>>,
}

fn sheet() -> impl Strategy<Value = Sheet> {
    let row =
        ("[0-9][0-5][0-9]{3}", 0..99_999_u32, 0..1_200_u32, "[A-Z][a-z]{2,8} - [a-z]{3}'s", 1..28)
            .prop_map(|(noc, wage, score, title, day)| {
                vec![
                    noc,
                    format!("${}.{:02}", grouped(wage), wage % 100),
                    if score % 7 == 0 { "<5".to_owned() } else { grouped(score) },
                    title,
                    format!("May {day}, 2026"),
                ]
            });
    (2..=5_usize, proptest::collection::vec(row, 1..=12)).prop_map(|(columns, mut rows)| {
        rows.sort();
        rows.dedup_by(|a, b| a[0] == b[0]);
        Sheet { columns: (0..columns).collect(), rows }
    })
}

fn grouped(n: u32) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

impl Sheet {
    fn source(&self) -> Source {
        self.source_as("")
    }

    fn turned_source(&self) -> Source {
        self.source_as("turned = true, ")
    }

    fn source_as(&self, form: &str) -> Source {
        let (mut fields, mut columns) = (String::new(), String::new());
        for (cell, header, kind) in self.columns.iter().map(|at| COLUMNS[*at]) {
            write!(fields, "{cell} = {{ as = '{kind}' }}, ").unwrap();
            write!(columns, "{cell} = \"^{header}$\", ").unwrap();
        }
        source(&format!(
            "[[source]]\nid = 'p'\nurl = 'https://www.example.org/'\n\
             [[source.facts]]\nkey = 'x.list'\ntype = 'occupations'\nrecord = '{{noc}}'\n\
             fields = {{ {fields} }}\n\
             read = [{{ under = ['^list of'], table = {{ {form}columns = {{ {columns} }} }} }}]\n"
        ))
    }

    /// Its rows side by side, the headers in the first column.
    fn turned(&self, look: &Look) -> String {
        let mut order = self.columns.clone();
        order.rotate_left(look.turn % self.columns.len());
        let line = |at: &usize| {
            let cells: String =
                self.rows.iter().map(|row| format!("<td>{}</td>", look.cell(&row[*at]))).collect();
            let head = if look.extra { "td" } else { "th" };
            format!("<tr><{head}>{}</{head}>{cells}</tr>", COLUMNS[*at].1)
        };
        let lines: String = order.iter().map(line).collect();
        format!("<h2>List of occupations</h2><table class='{}'>{lines}</table>", look.class)
    }

    fn table(&self, rows: &[Vec<String>], look: &Look) -> String {
        let mut order = self.columns.clone();
        let turn = look.turn % order.len();
        order.rotate_left(turn);
        let line = |tag: &str, cell: &dyn Fn(usize) -> String, extra: &str| {
            let mut cells: Vec<String> = order
                .iter()
                .map(|at| format!("<{tag} class='{}'>{}</{tag}>", look.class, cell(*at)))
                .collect();
            if look.extra {
                cells.insert(turn.min(cells.len()), format!("<{tag}>{extra}</{tag}>"));
            }
            format!("<tr>{}</tr>\n", cells.join(" "))
        };
        let header = line("th", &|at| COLUMNS[at].1.to_owned(), "Remarks");
        let rows: String =
            rows.iter().map(|row| line("td", &|at| look.cell(&row[at]), "none")).collect();
        format!("<table class='{}'>{header}{rows}</table>\n", look.class)
    }

    fn page(&self, look: &Look) -> String {
        let mut rows = self.rows.clone();
        let (turn, level) = (look.turn % rows.len(), look.level);
        rows.rotate_left(turn);
        if look.backwards {
            rows.reverse();
        }
        let (first, second) = rows.split_at(if look.split { rows.len() / 2 } else { rows.len() });
        let mut tables = self.table(first, look);
        if !second.is_empty() {
            tables += "<p>Continued</p>";
            tables += &self.table(second, look);
        }
        let mark = if look.typography { "\u{feff}" } else { "" };
        format!(
            "{mark}<html><body><nav><p>Menu</nav><main><h{level}>List of occupations</h{level}>\
             {tables}</main></body></html>"
        )
    }
}

const LABELS: &str = "
[[source]]
id = 'p'
url = 'https://www.example.org/'
[[source.facts]]
key = 'x.fees'
type = 'fees'
record = '{label|slug}'
fields = { value = { as = 'money' } }
read = [{ labels = { } }]
";

const FOOTNOTES: &str = "
[[source]]
id = 'p'
url = 'https://www.example.org/'
[[source.facts]]
key = 'x.list'
type = 'occupations'
record = '{noc}/{title|slug}'
fields = { noc = { as = 'noc' }, title = { }, footnotes = { optional = true } }
read = [{ footnotes = ['title'], table = { columns = { noc = 'NOC', title = 'Title' } } }]
";

/// How a page looks, which says nothing.
#[derive(Debug, Clone)]
struct Look {
    turn: usize,
    backwards: bool,
    split: bool,
    inline: bool,
    extra: bool,
    typography: bool,
    class: String,
    level: usize,
}

impl Look {
    fn plain() -> Self {
        Self {
            turn: 0,
            backwards: false,
            split: false,
            inline: false,
            extra: false,
            typography: false,
            class: String::new(),
            level: 2,
        }
    }

    fn cell(&self, words: &str) -> String {
        let mut words = words.replace('<', "&lt;");
        if self.typography {
            words = words.replace(' ', "\u{a0}").replace('\'', "\u{2019}").replace('-', "\u{2013}");
        }
        if self.inline && !words.starts_with('&') {
            let (start, end) = words.split_at(1);
            words = format!("<p>\n <strong>{start}</strong><span lang=en>{end}</span>\n</p>");
        }
        words
    }
}

fn look() -> impl Strategy<Value = Look> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (0..12_usize, flags, "[a-z-]{0,12}", 1..=6_usize).prop_map(
        |(turn, (backwards, split, inline, extra, typography), class, level)| Look {
            turn,
            backwards,
            split,
            inline,
            extra,
            typography,
            class,
            level,
        },
    )
}

/// How many records and fields differ.
fn differences(before: &Facts, now: &Facts) -> String {
    format!("{:?}", diff::compare(before, now).deltas)
}

#[test]
fn a_total_under_a_split_table_is_that_of_both_parts() {
    let source = source(
        "[[source]]\nid = 'p'\nurl = 'https://www.example.org/'\n\
         [[source.facts]]\nkey = 'x.pool'\ntype = 'series'\nrecord = '{range}'\n\
         fields = { n = { as = 'integer' } }\n\
         [[source.facts.read]]\n[source.facts.read.table]\n\
         columns = { range = 'range', n = 'number' }\ntotal = { row = '^total', sum = 'n' }\n",
    );
    let page = |total: &str| {
        let head = "<table><tr><th>Range<th>Number";
        format!("{head}<tr><td>150+<td>5</table>{head}<tr><td>140<td>1,000<tr><td>Total<td>{total}")
    };
    let complaints = |total: &str| {
        let at = Timestamp::UNIX_EPOCH;
        let page = Page::from_file(source.url.clone(), page(total).into(), at);
        extract::facts(&source.recipe, &page, &[], &Facts::new()).unwrap().complaints.len()
    };
    assert_eq!([complaints("1,005"), complaints("1,000"), complaints("1,006")], [0, 0, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_page_that_looks_otherwise_says_the_same(sheet in sheet(), look in look()) {
        let source = sheet.source();
        let before = read(&source, sheet.page(&Look::plain())).unwrap();
        prop_assert_eq!(before.values().map(|set| set.records.len()).sum::<usize>(), sheet.rows.len());
        let now = read(&source, sheet.page(&look)).unwrap();
        prop_assert_eq!(differences(&before, &now), "[]");
    }

    #[test]
    fn a_table_on_its_side_says_what_it_said(sheet in sheet(), look in look()) {
        let before = read(&sheet.source(), sheet.page(&look)).unwrap();
        let source = sheet.turned_source();
        prop_assert_eq!(differences(&before, &read(&source, sheet.turned(&look)).unwrap()), "[]");
        let header = COLUMNS[sheet.columns[0]].1;
        let broken = read(&source, sheet.turned(&look).replace(header, "Else")).unwrap_err();
        prop_assert!(broken.to_string().contains(header), "{}: {}", header, broken);
    }

    #[test]
    fn a_label_before_a_value_says_the_same_in_any_markup(sheet in sheet(), markup in 1..6_usize) {
        let source = source(LABELS);
        let before = read(&source, labelled(&sheet.rows, 0)).unwrap();
        let titles: std::collections::BTreeSet<&str> = sheet.rows.iter().map(|r| r[3].as_str()).collect();
        prop_assume!(titles.len() == sheet.rows.len());
        prop_assert_eq!(before.values().map(|set| set.records.len()).sum::<usize>(), titles.len());
        let mut rows = sheet.rows.clone();
        rows.reverse();
        prop_assert_eq!(differences(&before, &read(&source, labelled(&rows, markup)).unwrap()), "[]");
    }

    #[test]
    fn a_footnote_that_is_marked_anew_is_silent_and_one_that_changes_is_not(sheet in sheet()) {
        let source = source(FOOTNOTES);
        let notes = ["Needs 3 years", "In Canada", "Not actuaries"];
        let marks = ["*", "**", "***"];
        let before = read(&source, marked(&sheet.rows, &marks, &notes)).unwrap();
        for marks in [["***", "*", "**"], ["<sup>1</sup>", "<sup>2</sup>", "<sup>5</sup>"], ["†", "‡", " *"]] {
            let now = read(&source, marked(&sheet.rows, &marks, &notes)).unwrap();
            prop_assert_eq!(differences(&before, &now), "[]");
        }
        let changed = ["Needs 5 years", "In Canada", "Not actuaries"];
        let now = read(&source, marked(&sheet.rows, &marks, &changed)).unwrap();
        let deltas = diff::compare(&before, &now).deltas;
        prop_assert_eq!(deltas.len(), sheet.rows.len().div_ceil(4), "{:?}", deltas);
    }

    #[test]
    fn a_renamed_column_is_named(sheet in sheet(), look in look(), which in 0..5_usize) {
        let source = sheet.source();
        let header = COLUMNS[sheet.columns[which % sheet.columns.len()]].1;
        let page = sheet.page(&look).replace(header, "Something else");
        let broken = read(&source, page).unwrap_err();
        prop_assert_eq!(broken.word(), "nothing_selected");
        prop_assert!(broken.to_string().contains(header), "{}: {}", header, broken);
    }

    #[test]
    fn a_row_that_is_gone_is_one_difference(sheet in sheet(), look in look(), which in 0..12_usize) {
        prop_assume!(sheet.rows.len() > 1);
        let source = sheet.source();
        let before = read(&source, sheet.page(&Look::plain())).unwrap();
        let mut less = sheet.clone();
        let gone = less.rows.remove(which % sheet.rows.len());
        let now = read(&source, less.page(&look)).unwrap();
        let deltas = diff::compare(&before, &now).deltas;
        prop_assert_eq!(deltas.len(), 1, "{:?}", deltas);
        let said = format!("{:?}", deltas[0]);
        prop_assert!(said.contains(&gone[0]), "{}", said);
    }
}

/// A table's rows as labels and values, in one of the markups that say so.
fn labelled(rows: &[Vec<String>], markup: usize) -> String {
    let pair = |row: &Vec<String>| {
        let (label, value) = (&row[3], row[1].replace('<', "&lt;"));
        match markup {
            0 => format!("<dt>{label}</dt><dd>{value}</dd>"),
            1 => format!("<div><dt><b>{label}</b>:</dt>\n<dd><p>{value}</p></dd></div>"),
            2 => format!("<tr><td>{label}<td>{value}"),
            3 => format!("<tr><th>{label}</th><td>{value}</td></tr>"),
            4 => format!("<p><strong>{label}</strong>:&nbsp;{value}</p>"),
            _ => format!("<li>{label} : <em>{value}</em></li>"),
        }
    };
    let pairs: String = rows.iter().map(pair).collect();
    let tag = ["dl", "dl", "table", "table", "div", "ul"][markup];
    format!("<h2>Fees</h2><{tag}>{pairs}</{tag}>")
}

/// A list whose marked rows have footnotes, and the marks they are printed with.
fn marked(rows: &[Vec<String>], marks: &[&str; 3], notes: &[&str; 3]) -> String {
    let row = |(n, row): (usize, &Vec<String>)| {
        let mark = if n % 4 == 3 { "" } else { marks[n % 4] };
        format!("<tr><td>{}<td>{}{mark}", row[0], row[3])
    };
    let rows: String = rows.iter().enumerate().map(row).collect();
    let notes: String =
        marks.iter().zip(notes).map(|(mark, note)| format!("<p>{mark} {note}</p>")).collect();
    format!("<table><tr><th>NOC<th>Title{rows}</table>{notes}")
}

/// How many of the readers read HTML: the first.
const PAGES: usize = 11;

/// A source for every format and form; what it reads does not matter.
fn readers() -> Vec<Source> {
    let html = [
        "table = { columns = { a = '.', b = '.' }, optional = { c = 'x' }, total = { row = 'total', sum = 'b' }, merge = ['b'] }",
        "matrix = { first = '', columns = { x = 'a', y = '.' }, in_header = { m = '(\\d+)' } }",
        "items = { skip = 'z' }",
        "prose = { matches = '(?P<a>\\w+) (?P<b>\\d)' }",
        "footnotes = ['a', 'text']\nprose = { matches = '(?P<a>\\w+)', lines = true }",
        "footnotes = ['a', 'b']\ntable = { turned = true, columns = { a = '.', b = '.' } }",
        "footnotes = ['label', 'value']\nlabels = { has = ['.'], skip = 'z' }",
        "labels = { cells = { a = '.' }, optional = { b = 'x' } }",
        "headings = { matches = '.' }",
        "status = { of = 'a' }",
        "clauses = { }",
    ];
    let others = [
        ("json", "json = { each = '$..*', cells = { a = 'a', b = 'b.c' } }"),
        ("json", "pairs = { at = '$', entries = { a = 'a', b = 'b' }, total = 'c' }"),
        ("xml", "xml = { each = 'Section', cells = { a = 'Label', b = 'Text/@x', text = '@a' } }"),
        ("xml", "law = { sections = ['1-99'] }"),
        ("xml", "law = { sections = ['1-99'], amounts = true }"),
        ("feed", "entries = { }"),
        ("csv", "csv = { columns = { a = '.', b = '.' } }"),
        (
            "pdf",
            "table = { columns = { a = '^a', b = '.' }, optional = { c = 'x' }, merge = ['b'] }",
        ),
        ("pdf", "prose = { matches = '(?P<a>\\w+) (?P<b>\\d)' }"),
        ("pdf", "clauses = { }"),
    ];
    let kinds = ["text", "lines", "clauses", "slug", "integer", "decimal", "money", "percent"];
    let more = ["date", "date_mdy", "days", "time", "duration", "range", "noc", "teer", "cip"];
    let more = more.into_iter().chain(["clb", "flag"]);
    let cells =
        ["a", "b", "item", "text", "value", "heading", "label", "amount", "title", "published"];
    let cells: Vec<String> = cells.iter().map(|cell| format!("'{cell}'")).collect();
    let field = |kind: &str| {
        format!("f_{kind} = {{ as = '{kind}', from = [{}], each = true }}\n", cells.join(", "))
    };
    let fields: String = kinds.into_iter().chain(more).map(field).collect();
    let of = |(format, form): (&str, &str)| {
        source(&format!(
            "[[source]]\nid = 'p'\nurl = 'https://www.example.org/'\nformat = '{format}'\n\
             [[source.facts]]\nkey = 'x.list'\ntype = 'list'\nrecord = '{{f_text}}'\n\
             [source.facts.fields]\n{fields}\n[[source.facts.read]]\n{form}\n"
        ))
    };
    assert_eq!(html.len(), PAGES);
    html.into_iter().map(|form| ("html", form)).chain(others).map(of).collect()
}

/// Reads a body by every recipe: whatever comes of it, it comes.
fn try_all(readers: &[Source], body: &[u8]) {
    for source in readers {
        let page = Page::from_file(source.url.clone(), body.to_vec(), Timestamp::UNIX_EPOCH);
        let _ = extract::facts(&source.recipe, &page, &source.addresses(), &Facts::new());
        let _ = extract::explain(&source.recipe, &page, &[]);
    }
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Pieces of pages, good and bad, in any order.
fn soup(pieces: &'static str) -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = pieces.split('|').collect();
    let piece = prop_oneof![
        6 => proptest::sample::select(pieces).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => "[0-9$ ,.%/-]{0,12}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

#[test]
fn no_reader_falls_over_bytes() {
    let readers = readers();
    const STARTS: &[&[u8]] = &[b"", b"<", b"{", b"<?xml?>", b"\x1f\x8b", b"<html>", b"a,b\n"];
    proptest!(cases(200), |(start in proptest::sample::select(STARTS), bytes in proptest::collection::vec(any::<u8>(), 0..300))| {
        try_all(&readers, &[start, &bytes].concat());
    });
}

const TAGS: &str = "\
    <table>|<tr>|<td>|<th>|<td rowspan=3>|<td rowspan=0 colspan=2>|<td colspan=9999>|\
    <td rowspan=-1>|<thead>|<tfoot>|<caption>|</table>|</tr>|</td>|</thead>|<ul>|<li>|\
    </ul>|</li>|<h1>|<h2>|<h4>|</h2>|<details>|<summary>|</summary>|</details>|<section>|\
    </section>|<p>|</p>|<br>|<sup>|</sup>|<svg>|<math>|<template>|<select>|<option>|\
    <main>|</main>|<script>|</script>|<!--|-->|<b>|</b>|<a>|</a>|</x>|&nbsp;|&#0;|total|\
    21231|9223372036854775807|$1,000|May 14, 2026|<frameset>|<plaintext>|<dl>|<dt>|<dd>|<form>|<button>|\
    <dl>|</dl>|<dt>|</dt>|<dd>|</dd>|Fee: |*|** |†|[1]|<sup>1</sup>|¹|Footnote 1|601-1200|CLB 7|\
    01.0102|May 1 to 3, 2026|six months|\u{0}|\u{feff}";

#[test]
fn no_reader_falls_over_tag_soup() {
    let readers = readers();
    proptest!(cases(200), |(body in soup(TAGS))| {
        try_all(&readers[..PAGES], body.as_bytes());
    });
}

const JSON: &str = "\
    {|}|[|]|\"a\"|\"b\"|:|,|\"c\"|1|-0|1e999|null|true|{\"a\":1,\"b\":{\"c\":\"2\"}}|\
    {\"a\":9223372036854775807,\"b\":1,\"c\":2}|\"\\ud800\"|\n|\t|\"";

const XML: &str = "\
    <?xml version='1.0'?>|<Section>|</Section>|<Label>|1|</Label>|<Text>|$1,000|</Text>|\
    <Paragraph>|</Paragraph>|<rss version='2.0'>|<channel>|<item>|</item>|<title>|\
    </title>|<feed xmlns='http://www.w3.org/2005/Atom'>|<entry>|</entry>|\
    <content type='xhtml'>|</content>|<published>|2026-05-14T00:00:00Z|</published>|\
    </feed>|</rss>|<![CDATA[|]]>|&a;|<!DOCTYPE a>";

const PAPER: &str = "\
    a|    a|  b  |b|        x|\n|\n\n|\n\n\n|\u{c}|3.11 Title|1. |(a) |Part 1|Page 1 of 2|a   b|\
    a   b   a   b|21231|$1,000|.....|12|•|-\n|Words that run on and on, to the margin of the page|\
    \u{a0}\u{2003}|\u{feff}|\u{0}|\r|\t";

#[test]
fn no_reader_falls_over_paper_soup() {
    let readers = readers();
    proptest!(cases(300), |(body in soup(PAPER))| {
        try_all(&readers[12..], body.as_bytes());
        try_all(&readers[12..], format!("a   b\n{body}\u{c}a   b\n{body}").as_bytes());
    });
}

#[test]
fn no_reader_falls_over_data_soup() {
    let readers = readers();
    proptest!(cases(200), |(json in soup(JSON), markup in soup(XML))| {
        try_all(&readers[PAGES..], json.as_bytes());
        try_all(&readers[PAGES..], markup.as_bytes());
        try_all(&readers[PAGES..], format!("a,b\n{json}").as_bytes());
    });
}
