//! Pages that say the same in other words, show other things than they hold, or come damaged: what is
//! read of each.

use std::fmt::Write as _;

use jiff::Timestamp;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::diff;
use rulewatch::extract;
use rulewatch::model::{Breakage, Extraction, Facts, Page};

const FEES: &str = r#"
[[source]]
id = "fees"
url = "https://www.example.org/fees"

[[source.facts]]
key = "x.fees"
type = "fees"
record = "{line|slug}"
expect = { complaints = 9 }

[source.facts.fields]
line = { key_only = true }
fee = { as = "money", optional = true }
share = { as = "percent", optional = true }

[[source.facts.read]]
table = { columns = { line = '^type' }, optional = { fee = '^fee', share = '^share' } }
"#;

const RULE: &str = r#"
[[source]]
id = "rule"
url = "https://www.example.org/rule"

[[source.facts]]
key = "x.rule"
type = "thresholds"
record = "work"

[source.facts.fields]
years = { as = "duration", optional = true }
hours = { as = "integer", optional = true }
teers = { from = "text", find = 'TEER (\d(?:, \d)* or \d)', optional = true }
wage = { from = "text", as = "money", find = 'at least (\$[\d.,]*\d)', optional = true }

[[source.facts.read]]
prose = { matches = '(?P<years>\d+ years?) .*?(?P<hours>\d[\d,]*\d) hours', first = true }
"#;

/// Any heading is a notice.
const NEWS: &str = r#"
[[source]]
id = "news"
url = "https://www.example.org/news"

[[source.facts]]
key = "x.notices"
type = "notices"
record = "{title|slug}"

[source.facts.fields]
title = { from = "heading" }

[[source.facts.read]]
headings = { matches = '.{12}' }
"#;

const PLAIN: &str = "[[source]]\nid = \"plain\"\nurl = \"https://www.example.org/plain\"\n";

fn source(text: &str) -> Source {
    let catalog = Catalog::parse(&[("reading", text)]).unwrap_or_else(|faults| panic!("{faults}"));
    catalog.sources().next().unwrap().clone()
}

fn read(recipe: &str, body: impl Into<Vec<u8>>) -> Result<Extraction, Breakage> {
    read_knowing(recipe, body, &Facts::new())
}

/// What is read of a page of which something is known.
fn read_knowing(
    recipe: &str,
    body: impl Into<Vec<u8>>,
    known: &Facts,
) -> Result<Extraction, Breakage> {
    let source = source(recipe);
    let page = Page::from_file(source.url.clone(), body.into(), Timestamp::UNIX_EPOCH);
    extract::facts(&source.recipe, &page, &[], known)
}

/// What is read of the content of a page, a line a record and a complaint.
fn said(recipe: &str, content: &str) -> String {
    let page = format!("<!DOCTYPE html><html><body><main>{content}</main></body></html>");
    let found = read(recipe, page).unwrap_or_else(|breakage| panic!("{breakage}: {content}"));
    let mut said = String::new();
    for (key, record) in found.facts.values().flat_map(|set| &set.records) {
        let fields = record.fields.iter().map(|(name, value)| format!("{name}={value}"));
        write!(said, "{key} {}; ", fields.collect::<Vec<_>>().join(" ")).unwrap();
    }
    for complaint in &found.complaints {
        write!(said, "! {}; ", complaint.why).unwrap();
    }
    said.trim_end_matches("; ").to_owned()
}

fn rows(rows: &str) -> String {
    format!("<table><tr><th>Type<th>Fee<th>Share</tr>{rows}</table>")
}

#[track_caller]
fn check_fee(cell: &str, expected: &str) {
    let said = said(FEES, &rows(&format!("<tr><td>Work<td>{cell}<td>5%")));
    let expected = match expected.strip_prefix('!') {
        Some(why) => format!("work share=5 %; !{why}"),
        None => format!("work fee={expected} share=5 %"),
    };
    assert_eq!(said, expected, "{cell}");
}

#[test]
fn an_amount_is_one_however_it_is_printed() {
    for cell in [
        "$1,560",
        "1 560 $",
        "$1&nbsp;560",
        "1&#8239;560&nbsp;$",
        "1&#8201;560 $",
        "$1'560",
        "CAN$1,560",
        "CA$1560",
        "C$1,560.00",
        "CAD 1,560",
        "$1,560 CAD",
        "1 560 $ CA",
        "1,560 dollars",
        "$CAN 1,560",
        "<s>$1,450</s> $1,560",
        "<span style='text-decoration: line-through'>$1,450</span> $1,560",
        "<span class='visually-hidden'>Fee: $9</span>$1,560",
        "<span style='position: absolute; left: -9999px'>Fee: $9</span>$1,560",
        "<span style='clip-path: inset(50%)'>Fee: $9</span>$1,560",
        "<span style='left: -9px'>$1,560</span>",
        "<span aria-hidden=true>$1,560</span><span>$1,560</span>",
        "<span hidden>$1</span>$1,560<span style='display:none'>$2</span>",
    ] {
        check_fee(cell, "$1,560");
    }
}

#[test]
fn of_two_amounts_none_is_the_first() {
    check_fee("$950 + $575 = $1,525", "! it has several values: $950, $575, $1,525");
    check_fee("$500 to $900", "$500 to $900");
    check_fee("$950 + $575", "$950 + $575");
    check_fee("$500 and $900", "! it has several values: $500, $900");
    check_fee("$500 (students) or $900", "! it has several values: $500, $900");
    check_fee("$500, or $500 for a renewal", "$500");
    for cell in [
        "$500 before March 1, 2027 and $900 from March 1, 2027",
        "$500 (until March 1, 2027); $900 (on or after March 1st, 2027)",
        "From March 1, 2027: $900<br>Before March 1, 2027: $500",
        "$500 (rises to $900 on March 1, 2027)",
        "500 $ avant le 1er mars 2027, 900 $ à compter du 1er mars 2027",
    ] {
        check_fee(cell, "$500 ($900 from 2027-03-01)");
    }
}

#[test]
fn a_header_gives_its_column_the_unit() {
    let table = |fee: &str, share: &str| {
        let rows = "<tr><td>Work<td>1,525.00<td>7,5";
        said(FEES, &format!("<table><tr><th>Type<th>{fee}<th>{share}</tr>{rows}</table>"))
    };
    assert_eq!(table("Fee ($CAN)", "Share (%)"), "work fee=$1,525 share=7.5 %");
    assert_eq!(table("Fees in dollars", "Share, in per cent"), "work fee=$1,525 share=7.5 %");
    let bare = table("Fee", "Share");
    assert_eq!(bare, "work ; ! it is not an amount of dollars; ! it is not a percentage");
    assert!(table("Fee (in thousands of $)", "Share (%)").contains("counts in thousands"));
}

#[test]
fn two_tables_that_hold_one_after_the_other_are_one() {
    let table = |intro: &str, fee: &str| {
        format!(
            "<p>{intro}</p>{}",
            rows(&format!("<tr><td>Work<td>{fee}<td>5%<tr><td>Visit<td>$7<td>5%"))
        )
    };
    let pages = [
        table("Before September 1, 2027", "$5") + &table("On or after September 1, 2027", "$6"),
        table("As of September 1, 2027", "$6") + &table("Until September 1, 2027", "$5"),
        table("Fees", "$5") + &table("Effective September 1, 2027", "$6"),
    ];
    for page in pages {
        let said = said(FEES, &page);
        assert_eq!(said, "visit fee=$7 share=5 %; work fee=$5 ($6 from 2027-09-01) share=5 %");
    }
    let apart = table("One fee", "$5") + &table("Another fee", "$6");
    assert!(said(FEES, &apart).contains("work/2"));
}

#[test]
fn two_columns_that_hold_one_after_the_other_are_one() {
    let table = |now: &str, then: &str| {
        format!(
            "<table><tr><th>Type<th>{now}<th>{then}<tr><td>Work<td>$5<td>$6<tr><td>Visit<td>$7<td>$7</table>"
        )
    };
    let recipe = FEES.replace("'^fee'", "'fee|frais'");
    let said = |page: &str| said(&recipe, page);
    for (now, then) in [
        ("Fee (until August 31, 2027)", "Fee (starting September 1, 2027)"),
        ("Fee before September 1, 2027", "Fee on or after September 1, 2027"),
        ("Fee", "New fee (September 1, 2027)"),
        ("Current fee", "Fee as of September 1, 2027"),
        ("Fee (updated June 3, 2026)", "Fee as of September 1, 2027"),
        ("Frais jusqu'au 31 août 2027", "Frais à compter du 1er septembre 2027"),
    ] {
        let page = table(now, then);
        assert_eq!(said(&page), "visit fee=$7; work fee=$5 ($6 from 2027-09-01)", "{now} | {then}");
    }
    // Another column is another thing, however near it is.
    for other in ["Fee for a copy, from September 1, 2027", "Year", "Fee"] {
        assert_eq!(said(&table("Fee", other)), "visit fee=$7; work fee=$5", "{other}");
    }
}

#[test]
fn what_is_announced_is_a_change_of_its_own() {
    let facts = |cell: &str| -> Facts {
        let rows = rows(&format!("<tr><td>Work<td>{cell}<td>5%"));
        read(FEES, format!("<html><body><main>{rows}</main></body></html>")).unwrap().facts
    };
    let told = |before: &str, now: &str| -> Vec<String> {
        let deltas = diff::compare(&facts(before), &facts(now)).deltas;
        let side = |side: Option<&rulewatch::model::Side>| match side {
            Some(rulewatch::model::Side::Value(value)) => value.to_string(),
            other => format!("{other:?}"),
        };
        deltas
            .iter()
            .map(|d| {
                format!(
                    "{} -> {} {:?}",
                    side(d.old.as_ref()),
                    side(d.new.as_ref()),
                    d.dates.effective_on
                )
            })
            .collect()
    };
    let both = "$5 before March 1, 2027 and $6 from March 1, 2027";
    let later = "$5 before April 1, 2027 and $6 from April 1, 2027";
    assert_eq!(told("$5", both), ["$5 -> $6 Some(2027-03-01)"]);
    assert_eq!(
        told(both, "CAN$5 until March 1, 2027; $6.00 as of March 1, 2027"),
        Vec::<String>::new()
    );
    assert_eq!(told(both, "$6"), ["$5 -> $6 None"]);
    assert_eq!(told(both, "$5"), ["$6 -> $5 None"]);
    // Put off, it is told as what it is, for its other day.
    assert_eq!(told(both, later), ["$5 -> $6 Some(2027-04-01)"]);
}

#[test]
fn a_sentence_is_read_however_its_numbers_are_printed() {
    let expected = "work hours=1,560 teers=0, 1, 2 or 3 wage=$38.46 years=3 years";
    for sentence in [
        "3 years of work, 1,560 hours, in TEER 0, 1, 2 or 3, at least $38.46",
        "three years of work, 1 560 hours, in TEER 0, 1, 2, or 3, at least CAN$38.46",
        "three (3) years of work, 1&#8239;560 hours, in TEER 0 to 3, at least $38.46 CAD",
        "3 years of work, 1'560 hours, in TEER 0/1/2/3, at least C$38.46",
        "Three years of work, 1560 hours, in TEER 0 1 2 3, at least 38.46 dollars",
    ] {
        let said = said(RULE, &format!("<p>{sentence}</p>"));
        assert_eq!(said, expected, "{sentence}");
    }
    let other = said(RULE, "<p>ninety-nine years of work, 1 650 hours, in TEER 0 to 2</p>");
    assert_eq!(other, "work hours=1,650 teers=0, 1 or 2 years=99 years");
}

#[test]
fn what_can_be_opened_is_read_and_what_is_never_shown_is_not() {
    let page = rows(
        "<tr><td>Work<td>$1<td>5%<tr hidden><td>A<td>$2<td>5%<tr class=d-none><td>B<td>$3<td>5%",
    ) + "<div hidden>"
        + &rows("<tr><td>C<td>$4<td>5%")
        + "</div>"
        + "<div role=tabpanel hidden>"
        + &rows("<tr><td>Tab<td>$5<td>5%")
        + "</div>"
        + "<button aria-controls=more>More</button><div id=more style='display:none'>"
        + &rows("<tr><td>More<td>$6<td>5%")
        + "</div><details>"
        + &rows("<tr><td>Fold<td>$7<td>5%")
        + "</details><template>"
        + &rows("<tr><td>D<td>$8<td>5%")
        + "</template>";
    let said = said(FEES, &page);
    let lines: Vec<&str> = said.split("; ").map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(lines, ["fold", "more", "tab", "work"], "{said}");
}

#[test]
fn the_furniture_of_a_site_is_no_content() {
    let content = "<h1>Fees</h1><p>The fee is $5.</p>";
    let clean = said(PLAIN, content);
    for noise in [
        "<p><a href=#top>Back to top</a></p>",
        "<ul><li>Print this page</li><li>Share this page</li></ul>",
        "<p>Last updated June 3, 2026</p>",
        "<p>Date modified: 2026-06-03</p>",
        "<div class='row pagedetails'><p>Page details</p></div>",
        "<div class='addtoany_share_save_container'><a>Facebook</a></div>",
        "<p class=visible-print>Printed from example.org</p>",
        "<p>Haut de la page</p>",
    ] {
        assert_eq!(said(PLAIN, &format!("{content}{noise}")), clean, "{noise}");
    }
    let before = format!("<html><body><div>Skip</div><p>Build 71 ok</p>{content}</body></html>");
    let after = format!("<html><body>{content}</body></html>");
    assert_eq!(read(PLAIN, before).unwrap().facts, read(PLAIN, after).unwrap().facts);
}

#[test]
fn a_key_that_cannot_be_read_is_no_key_and_the_mark_of_a_footnote_is_no_part_of_one() {
    let recipe = "[[source]]\nid = \"x\"\nurl = \"https://www.example.org/x\"\n[[source.facts]]\nkey = \"x.list\"\n\
                  type = \"occupations\"\nrecord = \"{noc}\"\nexpect = { complaints = 9 }\n\
                  [source.facts.fields]\nnoc = { as = \"noc\" }\nyears = { as = \"integer\" }\n\
                  [[source.facts.read]]\ntable = { columns = { noc = '^noc', years = '^years' } }\n";
    let table = |code: &str, years: &str| {
        format!("<table><tr><th>NOC<th>Years<tr><td>21231<td>3<tr><td>{code}<td>{years}</table>")
    };
    let plain = said(recipe, &table("31301", "2"));
    assert_eq!(plain, "21231 noc=21231 years=3; 31301 noc=31301 years=2");
    for (code, years) in [("31301[1]", "2"), ("31301*", "2 †"), ("31301", "2 [b]")] {
        assert_eq!(said(recipe, &table(code, years)), plain, "{code} {years}");
    }
    for code in ["31301, 32101", "3130l", "31301[123]"] {
        let read = said(recipe, &table(code, "2"));
        assert!(read.starts_with("21231 noc=21231 years=3; ! "), "{code}: {read}");
    }
}

#[test]
fn how_to_reach_an_office_is_no_clause_of_a_rule() {
    let steps = |from: &str, read: &str| {
        format!(
            "[[source]]\nid = \"x\"\nurl = \"https://www.example.org/x\"\n[[source.facts]]\nkey = \"x.steps\"\n\
             type = \"thresholds\"\nrecord = \"work\"\n[source.facts.fields]\n\
             text = {{ from = \"{from}\", as = \"clauses\", wording = true }}\n\
             [[source.facts.read]]\n{read}\n"
        )
    };
    let content = "<h2>Work permits</h2><p>Before you begin:</p><p>You must apply from abroad.</p>";
    for recipe in [
        steps("text", "headings = { matches = '^work' }"),
        steps("below", "prose = { matches = '^before' }"),
    ] {
        let clean = said(&recipe, content);
        assert!(clean.contains("apply from abroad"), "{clean}");
        for line in ["Call our office: 613-555-0100", "Share", "We use cookies to improve it"] {
            assert_eq!(said(&recipe, &format!("{content}<p>{line}</p>")), clean, "{line}");
        }
        for line in ["You must call 613-555-0100 first", "The office is closed to applicants"] {
            assert_ne!(said(&recipe, &format!("{content}<p>{line}</p>")), clean, "{line}");
        }
    }
}

#[test]
fn the_words_of_a_publisher_are_no_content_in_any_form() {
    let steps = |chrome: &str| {
        let recipe = format!(
            "[[source]]\nid = \"x\"\nurl = \"https://www.example.org/x\"\n{chrome}\n\
             [[source.facts]]\nkey = \"x.steps\"\ntype = \"thresholds\"\nrecord = \"{{item|slug}}\"\n\
             [source.facts.fields]\nitem = {{ key_only = true }}\n[[source.facts.read]]\nitems = {{ }}\n"
        );
        said(&recipe, "<ul><li>Apply<li>Stay in touch!<li>Stay in touch with us</ul>")
    };
    assert_eq!(steps("").split(';').count(), 3);
    let own = steps("chrome = ['^stay in touch!?$']");
    assert_eq!(own.trim_end(), "apply ; stay-in-touch-with-us");
}

#[test]
fn a_damaged_body_is_named_and_never_read() {
    let page = "<html><head><meta charset=utf-8></head><body><main><h1>Frais – Québec</h1><p>L’été à Montréal coûte 5 $.</p></main></body></html>";
    let why = |body: &[u8]| match read(PLAIN, body) {
        Ok(found) => panic!("{:?}", found.facts),
        Err(breakage) => format!("{}: {breakage}", breakage.word()),
    };
    let twice: String = page.bytes().map(char::from).collect();
    assert!(
        why(twice.as_bytes()).starts_with("damaged: the body is damaged: it was encoded twice")
    );
    let lost: String = page.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    assert!(why(lost.as_bytes()).contains("became question marks"), "{}", why(lost.as_bytes()));
    let utf16: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(why(&utf16), "wrong_type: expected HTML, came text in UTF-16 that does not say so");
    assert!(why(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01").contains("a PNG picture"));
    assert!(why(&page.as_bytes()[..page.len() - 40]).starts_with("truncated"));
    for (gate, sign) in [
        (
            "<html><head><meta http-equiv=refresh content='0;url=/new'></head><body><p>Moved</p></body></html>",
            "sends its reader on",
        ),
        ("<html><body><script>window.location='/x'</script></body></html>", "a script sends"),
        (
            "<html><body><h1>Sign in</h1><form><input type=password></form></body></html>",
            "password",
        ),
        ("<html><body><p>Please enable cookies to continue.</p></body></html>", "cookies"),
        ("<html><body><h1>Times</h1><p>Loading...</p></body></html>", "it is loading"),
        (
            "<html><body><h1>Fees</h1><p>All fees.</p><table id=fees><thead><tr><th>Type</th></tr></thead><tbody></tbody></table><script>fill('#fees')</script></body></html>",
            "table `fees` came without rows",
        ),
        (
            "<html><body><h1>Fees</h1><table data-ajax='/fees.json'><thead><tr><th>Type</th></tr></thead><tbody></tbody></table></body></html>",
            "a script of the page fills it",
        ),
    ] {
        assert!(why(gate.as_bytes()).contains(sign), "{gate}: {}", why(gate.as_bytes()));
    }
}

#[test]
fn a_stray_byte_costs_its_own_words_alone() {
    let rows = rows(
        "<tr><td>Étude<td>$5<td>5%<tr><td>Travail à l’étranger<td>$6<td>5%<tr><td>Séjour<td>$7<td>5%",
    );
    let page = format!("<html><body><main><p>Québec, été</p>{rows}</main></body></html>");
    let mut bytes = page.clone().into_bytes();
    let at = page.find("$6").unwrap();
    bytes[at + 1] = 0x92;
    let whole = read(FEES, page).unwrap().facts;
    let found = read_knowing(FEES, bytes, &whole).unwrap();
    assert_eq!(found.records(), 3);
    let why: Vec<&str> = found.complaints.iter().map(|c| c.why.as_str()).collect();
    assert_eq!(why, ["letters of it are lost"]);
    let day = jiff::civil::date(2026, 1, 1);
    let settled = rulewatch::gate::judge(&found, &whole, &source(FEES), day);
    let deltas = diff::compare(&whole, &settled.facts).deltas;
    assert!(deltas.is_empty(), "{deltas:?}");
}

#[test]
fn what_lost_letters_in_its_key_is_no_other_record() {
    let page =
        "<html><body><main><h1>Frais – Québec, été</h1><p>Cinq dollars.</p></main></body></html>";
    let at = page.find('é').unwrap();
    let mut bytes = page.as_bytes().to_vec();
    bytes.splice(at..at + 2, [0xe9]);
    let found = read(PLAIN, bytes).unwrap();
    assert_eq!(found.records(), 0);
    let why: Vec<&str> = found.complaints.iter().map(|c| c.why.as_str()).collect();
    assert_eq!(why, ["letters of it are lost"]);
}

#[test]
fn a_short_page_that_can_be_read_is_no_block_page() {
    let fees = rows("<tr><td>Work<td>$5<td>5%");
    for notice in [
        "<p>The service will be temporarily unavailable on Sunday.</p>",
        "<div class=alert>Scheduled maintenance: June 3.</div>",
        "<form><div class='g-recaptcha-response h-captcha'>hcaptcha</div></form>",
    ] {
        assert_eq!(said(FEES, &format!("{notice}{fees}")), "work fee=$5 share=5 %", "{notice}");
        assert!(said(PLAIN, &format!("<h1>Fees</h1>{notice}{fees}")).contains("Work"), "{notice}");
        let news =
            format!("<h1>News</h1>{notice}<h2>Applications are open</h2><p>Since today.</p>");
        assert_eq!(
            said(NEWS, &news),
            "applications-are-open title=Applications are open",
            "{notice}"
        );
    }
    // Though the recipe reads nothing on it.
    let much =
        "<p>The intake opens each year in January, for employers and for workers.</p>".repeat(8);
    for notice in [
        "<p>If you see “Access denied”, clear your cache.</p>",
        "<p>The portal will be under maintenance on Sunday.</p>",
    ] {
        let page = format!("<h1>Francophone stream</h1>{notice}{much}");
        let breakage = read(FEES, page.as_str()).err();
        assert!(breakage.is_none_or(|breakage| breakage.word() != "blocked"), "{notice}");
    }
    for block in [
        "<html><head><title>Access denied</title></head><body><p>Access denied: reference 18.2f.</p></body></html>",
        "<html><body><h1>Site maintenance</h1><p>We are down for scheduled maintenance.</p></body></html>",
        "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>\
         <p>Enable JavaScript and cookies to continue.</p></body></html>",
    ] {
        for recipe in [FEES, PLAIN, NEWS] {
            let breakage = read(recipe, block).unwrap_err();
            assert_eq!(breakage.word(), "blocked", "{breakage}");
        }
    }
}

const SERVICES: &str = r#"
[[source]]
id = "services"
url = "https://www.example.org/services"

[[source.facts]]
key = "x.services"
type = "fees"
record = "{service|slug}"
expect = { complaints = 9 }

[source.facts.fields]
service = { key_only = true }
fee = { as = "money" }
days = { as = "duration", optional = true }

[[source.facts.read]]
prose = { matches = '(?P<service>applications|reviews) cost (?P<fee>\$\d[\d,]*)(?: and take (?P<days>\d+ days))?' }
"#;

#[test]
fn a_sentence_says_all_that_it_says() {
    for (content, expected) in [
        (
            "<p>Applications cost $1 500, and reviews cost $150.</p>",
            "applications fee=$1,500; reviews fee=$150",
        ),
        // An item with the items in it is one sentence.
        (
            "<ul><li>Applications cost $1,500<ul><li>reviews cost $150 and take 5 days</ul></ul>",
            "applications fee=$1,500; reviews days=5 days fee=$150",
        ),
        // Said twice is said once.
        ("<p>Reviews cost $150. Yes: reviews cost $150.00.</p>", "reviews fee=$150"),
        // Said twice and otherwise is never the first.
        (
            "<p>Reviews cost $150 and take 5 days. Online reviews cost $120 and take 5 days.</p>",
            "reviews days=5 days; ! the sentence says `$150` and `$120` of it",
        ),
        // Other sentences have keys of their own.
        (
            "<p>Reviews cost $150.</p><p>Reviews cost $120.</p>",
            "reviews fee=$120; reviews/2 fee=$150",
        ),
    ] {
        assert_eq!(said(SERVICES, content), expected, "{content}");
    }
}

#[test]
fn what_a_sentence_says_twice_keeps_its_last_value() {
    let page = |words: &str| format!("<!DOCTYPE html><html><body><main><p>{words}</p></main>");
    let before = read(SERVICES, page("Reviews cost $150.")).unwrap().facts;
    let now = page("Reviews cost $150 for some and for others reviews cost $120.");
    let now = read_knowing(SERVICES, now, &before).unwrap();
    let [lost] = now.unreadable.as_slice() else { panic!("{:?}", now.unreadable) };
    assert_eq!(lost.to_string(), "x.services, reviews, fee");
}

#[test]
fn a_recipe_may_ask_for_the_first() {
    let first = SERVICES.replace("?' }", "?', first = true }");
    let said = said(&first, "<p>Applications cost $1,500, and reviews cost $150.</p>");
    assert_eq!(said, "applications fee=$1,500");
}

#[test]
fn what_is_not_found_is_told_with_what_is_most_like_it() {
    let under = FEES.replace(
        "[[source.facts.read]]\n",
        "[[source.facts.read]]\nunder = ['^fees and charges$']\n",
    );
    let why = |recipe: &str, content: &str| {
        let page = format!("<!DOCTYPE html><html><body><main>{content}</main></body></html>");
        read(recipe, page).unwrap_err().to_string()
    };
    let table = rows("<tr><td>Work<td>$5<td>5%");
    let told = why(&under, &format!("<h1>Program</h1><h2>Fees we charge</h2>{table}"));
    assert!(
        told.contains(
            "no heading matches `^fees and charges$`; the nearest there is `Fees we charge`"
        ),
        "{told}"
    );
    let told = why(&under, &format!("<h1>Program</h1><h2>Costs</h2>{table}"));
    assert!(told.contains("there are `Program`, `Costs`"), "{told}");
    let told = why(&under, &table);
    assert!(told.contains("the page has no headings"), "{told}");
    // Where the heading is there it is the table that is not.
    let told = why(&under, "<h2>Fees and charges</h2><p>None.</p>");
    assert!(!told.contains("no heading"), "{told}");
    let labels = SERVICES
        .replace(
            &SERVICES[SERVICES.find("prose").unwrap()..],
            "labels = { only = '^processing fee' }\n",
        )
        .replace("{service|slug}", "fee")
        .replace("service = { key_only = true }", "")
        .replace("fee = { as", "fee = { from = \"value\", as")
        .replace("days = { as = \"duration\", optional = true }", "");
    let told = why(&labels, "<p>Fee for processing: $5</p><p>Contact: the office</p>");
    assert!(told.contains("the nearest is `Fee for processing`"), "{told}");
}

#[test]
fn what_a_button_opens_stands_under_its_words() {
    let under =
        FEES.replace("[[source.facts.read]]\n", "[[source.facts.read]]\nunder = ['^fees$']\n");
    let panel = |id: &str, words: &str, content: &str| {
        format!(
            "<button aria-expanded=\"false\" aria-controls=\"{id}\">{words}</button><div id=\"{id}\">{content}</div>"
        )
    };
    let page = [
        panel("a", "Who may apply", "<p>Everybody.</p>"),
        panel("b", "Fees", &rows("<tr><td>Work<td>$5<td>5%")),
        panel("c", "Old fees", &rows("<tr><td>Study<td>$7<td>5%")),
    ];
    assert_eq!(said(&under, &page.concat()), "work fee=$5 share=5 %");
}
