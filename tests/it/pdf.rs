//! PDFs: read with the real `pdftotext`, from files written here; damaged, locked, too large, and
//! without the program.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use proptest::prelude::*;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::convert::{Bounds, Converter, PATH};
use rulewatch::extract;
use rulewatch::fetch::Reply;
use rulewatch::model::{Breakage, Page, SourceId};
use rulewatch::reading::readable;

use crate::left_out::left_out;
use crate::paper::{Paper, a_crowd_of_pages, rows, stream, words};
use crate::recipes::listed;
use crate::world::World;

const FEES: &str = r#"
[[source]]
id = "schedule"
url = "https://www.example.org/fee-schedule.pdf"
format = "pdf"

[[source.facts]]
key = "aaip.fees"
type = "fees"
record = "{service|slug}"
expect = { min = 3 }

[source.facts.fields]
fee = { as = "money" }
payer = { }

[[source.facts.read]]
under = ['fees']
table = { columns = { fee = '^fee', service = '^service', payer = '^who pays' } }
"#;

const CODES: &str = r#"
[[source]]
id = "codes"
url = "https://www.example.org/codes.pdf"
title = { en = "Codes", fr = "Codes" }
format = "pdf"

[[source.facts]]
key = "aaip.tech_pathway.occupations"
type = "occupations"
record = "{noc}"
expect = { min = 10, required = ["21231"] }

[source.facts.fields]
noc = { as = "noc" }
title = { wording = true }

[[source.facts.read]]
table = { columns = { noc = '^NOC', title = 'occupation' } }
"#;

const GUIDE: &str = r#"
[[source]]
id = "guide"
url = "https://www.example.org/guide.pdf"
format = "pdf"

[[source.facts]]
key = "bcpnp.ineligible.occupations"
type = "occupations"
record = "{noc}"
effective = "since"

[source.facts.fields]
noc = { from = "codes", as = "noc", find = '\b\d{5}\b', each = true }
since = { as = "date" }

[[source.facts.read]]
under = ['ineligible occupations']
prose = { matches = 'from (?P<since>\w+ \d+, \d{4}), these occupations are not eligible: (?P<codes>.*)' }
"#;

const PLAIN: &str = r#"
[[source]]
id = "plain"
url = "https://www.example.org/plain.pdf"
format = "pdf"
"#;

/// A converter, where there is a program to convert with.
fn converter(test: &str) -> Option<Converter> {
    let converter = Converter::default();
    if converter.pdf_version().is_some() {
        return Some(converter);
    }
    left_out(test, "no pdftotext");
    None
}

fn source(text: &str) -> Source {
    let catalog = Catalog::parse(&[("sources.toml", text)]).unwrap_or_else(|f| panic!("{f}"));
    catalog.sources().next().unwrap().clone()
}

fn page(source: &Source, body: Vec<u8>) -> Page {
    let length = ("content-length".to_owned(), body.len().to_string());
    let mut page = Page::from_file(source.url.clone(), body, Timestamp::UNIX_EPOCH);
    // As a server announces it: of the PDF, which is longer or shorter than its text.
    page.headers.push(length);
    page
}

/// What is read of a PDF, as the page on recipes prints it.
fn read(converter: &Converter, recipe: &str, body: Vec<u8>) -> String {
    let source = source(recipe);
    let page = page(&source, body);
    let read = readable(converter, &source, &page).and_then(|page| {
        extract::facts(&source.recipe, &page, &source.addresses(), &rulewatch::model::Facts::new())
    });
    match read {
        Ok(extraction) => listed(&extraction),
        Err(breakage) => format!("broken: {breakage}\n"),
    }
}

fn edges(page: &mut String, n: usize) {
    page.push_str(&words(72, 30, "Alberta Advantage Immigration Program"));
    page.push_str(&words(480, 30, "Fee schedule"));
    page.push_str(&words(280, 760, &format!("Page {n} of 2")));
}

/// A fee schedule: cells of several lines, a table that goes on over the page's end.
fn fee_schedule() -> Paper {
    let columns = [72, 300, 480];
    let (mut first, mut second) = (String::new(), String::new());
    edges(&mut first, 1);
    first.push_str(&words(72, 72, "1. Fees"));
    first.push_str(&words(72, 108, "Fees are paid with the application and are not refunded once"));
    first.push_str(&words(72, 120, "it has been received, whatever is decided."));
    let table: [&[&str]; 3] = [
        &["Service", "Who pays", "Fee (CAD)"],
        &["Alberta Opportunity Stream\napplication", "Candidate", "$1,500"],
        &["Worker Expression of Interest", "Candidate, or the employer\non their behalf", "$135"],
    ];
    rows(&mut first, 156, &columns, &table);
    edges(&mut second, 2);
    let table: [&[&str]; 2] = [
        &["Request for reconsideration", "Candidate", "$100"],
        &["Post-nomination services, for\neach request", "Nominee", "$100"],
    ];
    let y = rows(&mut second, 72, &columns, &table);
    second.push_str(&words(72, y + 36, "2. Refunds"));
    second.push_str(&words(72, y + 72, "A fee paid in error is refunded."));
    Paper::new().page(&first).page(&second)
}

/// Occupations of the Accelerated Tech Pathway, as far as they are wanted here.
const OCCUPATIONS: [(&str, &str); 14] = [
    ("20012", "Computer and information systems managers"),
    ("21220", "Cybersecurity specialists"),
    ("21221", "Business systems specialists"),
    ("21222", "Information systems specialists"),
    ("21223", "Database analysts and data administrators"),
    ("21230", "Computer systems developers and programmers"),
    ("21231", "Software engineers and designers"),
    ("21232", "Software developers and programmers"),
    ("21233", "Web designers"),
    ("21234", "Web developers and programmers"),
    ("21300", "Civil engineers"),
    ("21310", "Electrical and electronics engineers"),
    ("21311", "Computer engineers (except software engineers\nand designers)"),
    ("22220", "Computer network and web technicians"),
];

/// A list of occupations over two pages, the header on each. Its words are packed.
fn list(occupations: &[(&str, &str)]) -> Vec<u8> {
    let columns = [90, 170];
    let mut paper = Paper::compressed();
    for (n, half) in occupations.chunks(occupations.len() / 2 + 1).enumerate() {
        let mut page = words(72, 40, "Accelerated Tech Pathway: eligible occupations");
        let mut y = rows(&mut page, 80, &columns, &[&["NOC 2021", "Occupation"]]) + 6;
        for (code, title) in half {
            y = rows(&mut page, y, &columns, &[&[*code, *title]]) + 6;
        }
        page.push_str(&words(72, 740, "Effective November 16, 2022"));
        page.push_str(&words(520, 740, &(n + 1).to_string()));
        paper = paper.page(&page);
    }
    paper.bytes()
}

#[test]
fn a_table_with_wrapped_cells_over_two_pages_is_read() {
    let Some(converter) = converter("pdf::a_table_over_two_pages") else { return };
    let said = read(&converter, FEES, fee_schedule().bytes());
    let expected = "\
aaip.fees | alberta-opportunity-stream-application | fee=$1,500; payer=Candidate
aaip.fees | post-nomination-services-for-each-request | fee=$100; payer=Nominee
aaip.fees | request-for-reconsideration | fee=$100; payer=Candidate
aaip.fees | worker-expression-of-interest | fee=$135; payer=Candidate, or the employer on their behalf
";
    assert_eq!(said, expected);
    let said = read(&converter, CODES, list(&OCCUPATIONS));
    let expected = OCCUPATIONS.iter().fold(String::new(), |mut text, (code, title)| {
        let title = title.replace('\n', " ");
        writeln!(text, "aaip.tech_pathway.occupations | {code} | noc={code}; title={title}")
            .unwrap();
        text
    });
    assert_eq!(said, expected);
}

/// A list of occupations laid out in some way, which says nothing.
#[derive(Debug, Clone)]
struct Sheet {
    /// Codes, and how many lines and words a line their titles have.
    rows: Vec<(usize, usize, usize)>,
    /// After how many rows a page ends.
    page: usize,
    /// Whether the header is printed again on each page.
    header_again: bool,
    /// Points between two rows beyond those of a line.
    padding: usize,
    /// Whether a column stands before the code, and one behind the title.
    more: (bool, bool),
}

fn sheet() -> impl Strategy<Value = Sheet> {
    let rows = proptest::collection::vec((0..400_usize, 1..=3_usize, 1..=4_usize), 10..40);
    let look = (3..13_usize, any::<bool>(), 0..15_usize, any::<(bool, bool)>());
    (rows, look).prop_map(|(mut rows, (page, header_again, padding, more))| {
        rows.sort_unstable();
        rows.dedup_by_key(|row| row.0);
        Sheet { rows, page, header_again, padding, more }
    })
}

impl Sheet {
    /// The PDF, and what is to be read of it.
    fn draw(&self) -> (Vec<u8>, String) {
        const WORDS: [&str; 7] = [
            "Managers",
            "of wholesale,",
            "nurses",
            "and air",
            "tilling-illicit",
            "MMW",
            "care (5)",
        ];
        let columns = [60, 130, 210, 470];
        let cells = |before: &str, code: &str, title: &str, behind: &str| {
            let before = if self.more.0 { before } else { "" };
            let behind = if self.more.1 { behind } else { "" };
            [before.to_owned(), code.to_owned(), title.to_owned(), behind.to_owned()]
        };
        let mut paper = Paper::compressed();
        let mut expected = String::new();
        for (n, some) in self.rows.chunks(self.page).enumerate() {
            let (mut page, mut y) = (String::new(), 60);
            let mut add = |row: [String; 4]| {
                let row: Vec<&str> = row.iter().map(String::as_str).collect();
                y = rows(&mut page, y, &columns, &[&row]) + self.padding;
            };
            if n == 0 || self.header_again {
                add(cells("Teer", "NOC 2021", "Occupation", "Wage"));
            }
            for (code, lines, words) in some {
                let line = |at: usize| {
                    let word = |w: usize| WORDS[(code + at * 3 + w) % WORDS.len()];
                    (0..*words).map(word).collect::<Vec<_>>().join(" ")
                };
                let title: Vec<String> = (0..*lines).map(line).collect();
                let code = format!("{:05}", 21_000 + code);
                add(cells("TEER 1", &code, &title.join("\n"), "$38.46"));
                let title = title.join(" ");
                let fact = "aaip.tech_pathway.occupations";
                writeln!(expected, "{fact} | {code} | noc={code}; title={title}").unwrap();
            }
            paper = paper.page(&page);
        }
        (paper.bytes(), expected)
    }
}

#[test]
fn a_list_says_the_same_however_it_is_laid_out() {
    let Some(converter) = converter("pdf::however_it_is_laid_out") else { return };
    let cases =
        ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(cases, |(sheet in sheet())| {
        let (pdf, expected) = sheet.draw();
        prop_assert_eq!(read(&converter, CODES, pdf), expected);
    });
}

#[test]
fn a_value_in_a_sentence_under_a_numbered_heading_is_read() {
    let Some(converter) = converter("pdf::a_value_in_a_sentence") else { return };
    let mut page = words(72, 72, "3.10 Wages");
    page.push_str(&words(72, 96, "From May 1, 2026, these occupations are not eligible: 65200."));
    page.push_str(&words(72, 132, "3.11 Ineligible occupations"));
    page.push_str(&words(
        72,
        156,
        "From August 3, 2026, these occupations are not eligible: 62020",
    ));
    page.push_str(&words(72, 168, "food service supervisors, 64100 retail salespersons and"));
    let next = words(72, 72, "65201 food counter attendants.");
    let said = read(&converter, GUIDE, Paper::new().page(&page).page(&next).bytes());
    let expected = "\
bcpnp.ineligible.occupations | 62020 | noc=62020; since=2026-08-03
bcpnp.ineligible.occupations | 64100 | noc=64100; since=2026-08-03
bcpnp.ineligible.occupations | 65201 | noc=65201; since=2026-08-03
";
    assert_eq!(said, expected);
}

#[test]
fn a_pdf_without_a_recipe_is_watched_paragraph_by_paragraph() {
    let Some(converter) = converter("pdf::without_a_recipe") else { return };
    let said = read(&converter, PLAIN, fee_schedule().bytes());
    assert!(
        said.contains("page.plain | 2. Refunds | text=A fee paid in error is refunded."),
        "{said}"
    );
    let fees =
        "text=Fees are paid with the application and are not refunded once it has been received";
    assert!(said.contains(&format!("page.plain | 1. Fees | {fees}")), "{said}");
    assert!(!said.contains("Page 1"), "{said}");
}

#[test]
fn the_shipped_recipes_read_schedules_and_lists_like_these() {
    let Some(converter) = converter("pdf::the_shipped_recipes") else { return };
    let shipped = Catalog::shipped().unwrap();
    let read = |id: &str, body: Vec<u8>| {
        let source = shipped.source(&SourceId::parse(id).unwrap()).unwrap();
        let page = page(source, body);
        let page = readable(&converter, source, &page).unwrap();
        listed(
            &extract::facts(
                &source.recipe,
                &page,
                &source.addresses(),
                &rulewatch::model::Facts::new(),
            )
            .unwrap(),
        )
    };
    let fees = read("ab-aaip-fees", fee_schedule().bytes());
    let amounts: Vec<&str> = fees.lines().filter_map(|line| line.split("fee=$").nth(1)).collect();
    let amounts: Vec<&str> = amounts.iter().filter_map(|line| line.split(';').next()).collect();
    assert_eq!(amounts, ["1,500", "100", "100", "135"], "{fees}");
    let codes = read("ab-aaip-tech-occupations", list(&OCCUPATIONS));
    assert_eq!(codes.lines().count(), OCCUPATIONS.len(), "{codes}");
}

/// When a check is: noon of a day of May 2026.
fn noon(day: i8) -> Timestamp {
    format!("2026-05-{day:02}T12:00Z").parse().unwrap()
}

/// Checks a page of the world's source, and says how it ended, with its changes and its letters.
async fn see(world: &mut World, recipe: &str, day: i8, body: &[u8]) -> String {
    let url = source(recipe).url;
    let reply = Reply::Page(Page::from_file(url, body.to_vec(), noon(day)));
    let (report, letters) = world.see(noon(day), reply).await;
    let mut said = report.outcome.word().to_owned();
    if let Some(why) = report.outcome.reason() {
        write!(said, ": {why}").unwrap();
    }
    for change in &report.changes {
        write!(said, "\n{} {}", change.kind.word(), change.record).unwrap();
    }
    letters.iter().for_each(|letter| write!(said, "\nletter to {letter}").unwrap());
    said
}

#[tokio::test]
async fn one_code_swapped_is_two_changes() {
    if converter("pdf::one_code_swapped").is_none() {
        return;
    }
    let mut world = World::new("codes", &[CODES]);
    let before = list(&OCCUPATIONS);
    let mut swapped = OCCUPATIONS;
    swapped[8] = ("22310", "Electrical and electronics engineering technologists\nand technicians");
    let now = list(&swapped);
    assert_eq!(see(&mut world, CODES, 1, &before).await, "baseline");
    assert_eq!(see(&mut world, CODES, 2, &before).await, "unchanged: same_bytes");
    // Another order, other lines on each page, no other facts.
    let mut turned = OCCUPATIONS;
    turned.reverse();
    assert_eq!(see(&mut world, CODES, 3, &list(&turned)).await, "unchanged: same_facts");
    let said = see(&mut world, CODES, 4, &now).await;
    let (changes, letters) = said.split_once("\nletter").unwrap();
    assert_eq!(changes, "changed\noccupation_removed 21233\noccupation_added 22310");
    assert_eq!(letters.lines().count(), 1, "{letters}");
    // What is kept as proof is the PDF.
    let kept = world.store().last_page(&source(CODES).id).unwrap().unwrap();
    assert_eq!(kept.body, now);
}

/// A folder with a `pdftotext` of our own.
fn program(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pdftotext");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn with_programs_in(folder: &Path, bounds: Bounds) -> Converter {
    Converter::new(&format!("{}:{PATH}", folder.display()), bounds)
}

#[tokio::test]
async fn another_version_of_the_program_is_no_news() {
    if converter("pdf::another_version").is_none() {
        return;
    }
    let mut world = World::new("codes", &[CODES]);
    let pdf = list(&OCCUPATIONS);
    assert_eq!(see(&mut world, CODES, 1, &pdf).await, "baseline");
    // It reads two titles otherwise.
    let other = program(
        "[ \"$1\" = -v ] && { echo 'pdftotext version 99.01.0' >&2; exit; }\n\
         /usr/bin/pdftotext \"$@\" | /bin/sed 's/Web designers/Web  designer s/; s/Civil/Civ il/'",
    );
    world.converting(with_programs_in(other.path(), Bounds::default()));
    assert_eq!(see(&mut world, CODES, 2, &pdf).await, "unchanged: same_bytes");
    let runs = world.store().checks(&source(CODES).id, 9).unwrap();
    let read = runs.iter().filter_map(|run| Some((run.outcome.clone(), run.read_with.clone()?.1)));
    let read: Vec<_> = read.collect();
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(read.iter().any(|(word, with)| word == "baseline" && with.contains("99.01.0")));
    assert!(
        world
            .store()
            .facts(&source(CODES).id)
            .unwrap()
            .values()
            .any(|set| { set.records.values().any(|r| r.evidence.quote.contains("Civ il")) })
    );
}

#[tokio::test]
async fn without_the_program_the_outcome_says_what_to_do() {
    let mut world = World::new("codes", &[CODES]);
    world.converting(Converter::new("/nonexistent", Bounds::default()));
    let said = see(&mut world, CODES, 1, &list(&OCCUPATIONS)).await;
    let expected = "broken: no text could be made of it: `pdftotext` is not installed: install the \
                    package poppler-utils\nletter to operator@example.org: ";
    assert!(said.starts_with(expected), "{said}");
    if converter("pdf::without_the_program, and with it again").is_none() {
        return;
    }
    world.converting(Converter::default());
    let said = see(&mut world, CODES, 2, &list(&OCCUPATIONS)).await;
    assert!(said.starts_with("baseline\nletter to operator@example.org: "), "{said}");
}

#[test]
fn what_is_no_pdf_is_told_without_the_program() {
    let nowhere = Converter::new("/nonexistent", Bounds::default());
    let told = |body: &[u8]| read(&nowhere, CODES, body.to_vec());
    assert_eq!(told(b" \n"), "broken: the body is empty\n");
    let html = "<html><title>List</title><body>Moved</body></html>";
    assert_eq!(told(html.as_bytes()), "broken: expected PDF, came HTML\n");
    let blocked = html.replace("List", "Radware Captcha Page");
    let expected = "broken: a block or maintenance page came: it says `Radware Captcha`\n";
    assert_eq!(told(blocked.as_bytes()), expected);
    assert_eq!(told(b"NOC 21231"), "broken: expected PDF, came plain text\n");
    let pdf = list(&OCCUPATIONS);
    let cut = &pdf[..pdf.len() - 1200];
    assert_eq!(told(cut), "broken: the body is cut off: the PDF has no end mark\n");
    // The other way round: a PDF where a page of HTML should be.
    let html = source("[[source]]\nid = 'x'\nurl = 'https://www.example.org/'");
    let page = page(&html, pdf);
    let page = readable(&nowhere, &html, &page).unwrap();
    let broken =
        extract::facts(&html.recipe, &page, &[], &rulewatch::model::Facts::new()).unwrap_err();
    assert_eq!(broken.to_string(), "expected HTML, came a PDF");
}

#[test]
fn a_pdf_that_cannot_be_read_is_broken_with_a_reason() {
    let Some(converter) = converter("pdf::cannot_be_read") else { return };
    let told = |body: Vec<u8>| read(&converter, CODES, body);
    let noise: Vec<u8> = (0..4_000_u32).map(|n| (n * n % 251) as u8).collect();
    let noise = [b"%PDF-1.7\n", &noise[..], b"\n%%EOF\n"].concat();
    assert!(told(noise).starts_with("broken: not well-formed: the PDF is damaged: "));
    // Its words are packed, and a piece of them is overwritten.
    let mut holed = list(&OCCUPATIONS);
    let at = holed.windows(6).position(|w| w == b"stream").unwrap() + 20;
    holed[at..at + 40].fill(b'x');
    let said = told(holed);
    assert!(said.starts_with("broken: not well-formed: "), "{said}");
    let empty =
        "broken: not well-formed: there are no words in the PDF; it may be a picture of them\n";
    assert_eq!(told(Paper::new().page("0 0 m 600 700 l S\n").bytes()), empty);
    // Locked with a password that nobody knows.
    let key = "00".repeat(32);
    let lock = format!(
        "trailer << /Encrypt << /Filter /Standard /V 1 /R 2 /O <{key}> /U <{key}> /P -4 >> \
         /ID [<00> <00>] "
    );
    let pdf = String::from_utf8(fee_schedule().bytes()).unwrap();
    let locked = pdf.replace("trailer << ", &lock);
    let expected = "broken: not well-formed: the PDF is locked: it wants a password\n";
    assert_eq!(told(locked.into_bytes()), expected);
}

#[test]
fn a_pdf_that_takes_too_much_is_broken_with_a_reason() {
    if converter("pdf::takes_too_much").is_none() {
        return;
    }
    let told = |bounds: Bounds, body: Vec<u8>| {
        let said = read(&Converter::new(PATH, bounds), PLAIN, body);
        let over = said.strip_prefix("broken: over a limit: making text of the PDF ");
        over.unwrap_or(&said).trim_end().to_owned()
    };
    // Each thing drawn draws the next sixteen times: 16 to the power of 8 lines, or words.
    let drawing = |of: &str| {
        let each = |at: usize| {
            let next = if at == 8 { of.to_owned() } else { format!("/X{} Do ", at + 1).repeat(16) };
            let names: String = (1..=8).fold(String::new(), |mut names, at| {
                write!(names, "/X{at} {} 0 R ", 5 + at).unwrap();
                names
            });
            let entries = format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 600 700] \
                 /Resources << /Font << /F1 3 0 R >> /XObject << {names}>> >> "
            );
            stream(&entries, next.as_bytes(), false)
        };
        let more: Vec<Vec<u8>> = (1..=8).map(each).collect();
        Paper::new().page("/X1 Do\n").bytes_with(&more)
    };
    let quick = Bounds { processor_seconds: 1, ..Bounds::default() };
    let said = told(quick, drawing("0 0 m 1 1 l S\n"));
    assert_eq!(said, "takes more than 1 s of the processor");
    let short = Bounds { output_bytes: 1 << 20, ..Bounds::default() };
    let line: String = (0..60).map(|at| words(20, 12 * at + 40, &"word ".repeat(24))).collect();
    let long = (0..300).fold(Paper::compressed(), |paper, _| paper.page(&line));
    assert_eq!(told(short, long.bytes()), "gives more than 1 MiB");
    let crowd = a_crowd_of_pages();
    assert_eq!(told(Bounds::default(), crowd), "takes more than 256 MiB of memory");
}

#[test]
fn a_program_that_hangs_is_ended() {
    let script = "[ \"$1\" = -v ] && exec echo version\nexec /bin/sleep 600";
    let hangs = program(script);
    let bounds = Bounds { time: Duration::from_millis(300), ..Bounds::default() };
    let converter = with_programs_in(hangs.path(), bounds);
    let broken = converter.pdf(&list(&OCCUPATIONS)).unwrap_err();
    let expected = "over a limit: making text of the PDF takes more than 300ms";
    assert_eq!(broken.to_string(), expected);
    // One that reads nothing and one that says much and gives nothing end as they end.
    let deaf = program("exit 3");
    let converter = with_programs_in(deaf.path(), Bounds::default());
    let broken = converter.pdf(&vec![b'x'; 1 << 20]).unwrap_err();
    assert_eq!(broken.to_string(), "not well-formed: the PDF cannot be read: no reason is given");
    let loud = program("/usr/bin/head -c 3000000 /dev/zero >&2; echo words");
    let converter = with_programs_in(loud.path(), Bounds::default());
    assert_eq!(converter.pdf(b"%PDF-"), Ok("words\n".to_owned()));
}

#[test]
fn a_program_gets_nothing_of_ours() {
    let nosy = program("echo env:; /usr/bin/env | /usr/bin/sort; pwd");
    let converter = with_programs_in(nosy.path(), Bounds::default());
    let said = converter.pdf(b"%PDF-").unwrap();
    let names: Vec<&str> = said.lines().filter_map(|line| line.split('=').next()).collect();
    let given = ["env:", "LC_ALL", "OLDPWD", "PATH", "PWD", "SHLVL", "_", "/"];
    assert!(names.iter().all(|name| given.contains(name)), "{said}");
    assert!(matches!(
        Converter::new("", Bounds::default()).pdf(b""),
        Err(Breakage::Unconverted { .. })
    ));
}

/// Reads the text of a PDF, however long it takes; the time is printed.
#[expect(clippy::print_stdout, reason = "the time is for a person to read; no test is timed")]
fn read_text(recipe: &str, what: &str, text: String) -> String {
    let source = source(recipe);
    let page = page(&source, text.into_bytes());
    let began = Instant::now();
    let said = match extract::facts(&source.recipe, &page, &[], &rulewatch::model::Facts::new()) {
        Ok(found) => format!("{} records, {} complaints", found.records(), found.complaints.len()),
        Err(breakage) => breakage.to_string(),
    };
    println!("{what}: {:?}: {}", began.elapsed(), said.chars().take(200).collect::<String>());
    said
}

#[test]
fn text_without_end_is_read_or_refused() {
    let row = |n: usize| format!("{}{:04}   Title {n}\n", 1 + n % 7, n % 1000);
    let rows: String = (0..19_000).map(row).collect();
    let said = read_text(CODES, "19,000 rows", format!("NOC     Occupation\n{rows}"));
    assert!(said.contains("records"), "{said}");
    let apart: String = (0..12_000).map(|n| row(n) + "\n").collect();
    let said = read_text(CODES, "12,000 rows apart", format!("NOC     Occupation\n\n{apart}"));
    assert!(said.contains("records"), "{said}");
    let pages = |between: &str| format!("NOC     Occupation\n{between}\u{c}").repeat(8_000);
    let said = read_text(CODES, "a header on every page", pages("72600   Air pilots\n"));
    assert_eq!(said, "1 records, 0 complaints");
    let said = read_text(CODES, "words under every header", pages("All of the words\nof all\n"));
    assert!(said.contains("no column") || said.contains("records"), "{said}");
    let said = read_text(CODES, "headers alone", "NOC     Occupation\n".repeat(24_000));
    assert!(said.contains("records") || said.contains("nothing"), "{said}");
    let wide = |gap: usize, words: usize| {
        format!("NOC{}Occupation\n{}", " ".repeat(gap), "21231   a   ".repeat(words))
    };
    read_text(CODES, "a wide line", wide(9_000, 1_600));
    let said = read_text(CODES, "a line that is too long", wide(500_000, 80_000));
    assert_eq!(said, "over a limit: more than 20000 characters in one line");
    read_text(PLAIN, "a long paragraph", "many words of no end that run on\n".repeat(24_000));
    read_text(PLAIN, "headings", "3.11 Title\nWords.\n".repeat(12_000));
    read_text(PLAIN, "bullets", (0..24_000).map(|n| " ".repeat(n % 40) + "• a\n").collect());
    let said = read_text(PLAIN, "lines", "a\n".repeat(200_001));
    assert_eq!(said, "over a limit: 200001 lines, 25000 allowed");
}
