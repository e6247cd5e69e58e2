//! Work permits, nominations, fees, processing times and news: all that is read of each page, and
//! nothing else, against the page's own JSON, its words cut up by plain patterns, and values listed
//! by hand.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use rulewatch::catalog::Catalog;
use rulewatch::model::SourceId;
use serde_json::Value as Json;

use super::{changes, files, plain, read, reads, replay, rounds};
use crate::impacts::pages;
use crate::left_out::captures;
use crate::program::Home;

/// Records as `fact record`, and their fields as `name=value; …` in the order of the names.
type Records = BTreeMap<String, String>;

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// A value as a person would write it.
fn value(field: &Json) -> String {
    let part = |name: &str| field.get(name);
    match field {
        Json::Array(lines) => lines.iter().map(value).collect::<Vec<_>>().join(" / "),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::String(text) => plain(&text.replace("[®]", "")),
        _ => match (part("count"), part("unit"), part("amount")) {
            (Some(count), Some(unit), _) => format!("{count} {}", unit.as_str().unwrap()),
            (_, _, Some(amount)) => format!("${amount}"),
            _ => field.to_string(),
        },
    }
}

/// Fields in the order of their names.
fn written(fields: &Json) -> String {
    let fields: BTreeMap<_, _> = fields.as_object().unwrap().iter().collect();
    let fields = fields.into_iter().map(|(name, field)| format!("{name}={}", value(field)));
    fields.collect::<Vec<_>>().join("; ")
}

/// All that is read of a page, and how much could not be.
fn found(source: &str, page: &Path) -> (Records, usize) {
    let read = reads(source, page);
    let records = read.iter().filter(|line| line["type"] == "record");
    let name = |line: &Json| {
        format!("{} {}", line["fact"].as_str().unwrap(), line["record"].as_str().unwrap())
    };
    let complaints = read.iter().filter(|line| line["type"] == "complaint").count();
    assert_eq!(records.clone().count() + complaints, read.len());
    (records.map(|line| (name(line), written(&line["fields"]))).collect(), complaints)
}

/// A piece of HTML line by line, without tags and what is no content.
fn words(html: &str) -> Vec<String> {
    let cut = pattern(r"</?(?:p|ul|ol|li|div|dl|dt|dd|br|h[1-6]|fieldset|legend)\b[^>]*>");
    let tag = pattern(r"<[^>]*>");
    let entities =
        [("&nbsp;", " "), ("&amp;", "&"), ("&rsquo;", "'"), ("&reg;", ""), ("\u{ad}", "")];
    let text = |piece: &str| {
        let text = tag.replace_all(piece, "").into_owned();
        plain(&entities.iter().fold(text, |text, (entity, plain)| text.replace(entity, plain)))
    };
    let lines = cut.split(html).map(text);
    lines.filter(|line| !line.is_empty() && line != "Return to: On this page").collect()
}

/// The headings of a page in their order, each with the words directly under it. What stands in a
/// box ends with it.
fn sections(html: &str) -> Vec<(String, Vec<String>)> {
    let main = html.split_once("<main").unwrap().1;
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let aside = pattern(
        r#"(?s)<!--.*?-->|<h2[^>]*>\s*On this page\s*</h2>.*?</ul>|<script.*?</script>|<nav.*?</nav>|<table.*?</table>|<aside.*?</aside>|<(?:div|section)[^>]*(?:pagedetails|gc-pg-hlpfl).*|<button.*?</button>|<sup\b.*?</sup>|<span [^>]*(?:wb-inv|sr-only)[^>]*>.*?</span>"#,
    );
    let main = aside.replace_all(main, "");
    let mark = pattern(
        r"(?s)<h[1-6]\b[^>]*>.*?</h[1-6]>|<summary\b[^>]*>.*?</summary>|<(?:details|section)\b[^>]*>|</(?:details|section)>",
    );
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let (mut now, mut outer, mut from) = (None::<usize>, Vec::new(), 0);
    let marks = mark.find_iter(&main).map(|m| (m.start(), m.end()));
    for (start, end) in marks.chain([(main.len(), main.len())]) {
        if let Some(now) = now {
            found[now].1.extend(words(&main[from..start]));
        }
        from = end;
        match &main[start..end] {
            "" => {}
            end if end.starts_with("</d") || end.starts_with("</se") => now = outer.pop().unwrap(),
            begin if begin.starts_with("<d") || begin.starts_with("<se") => outer.push(now),
            heading => {
                now = Some(found.len());
                found.push((words(heading).join(" "), Vec::new()));
            }
        }
    }
    found
}

/// The rows of a page's tables, the words of each cell line by line.
fn rows(html: &str) -> Vec<Vec<Vec<Vec<String>>>> {
    let (table, row) = (pattern(r"(?s)<table.*?</table>"), pattern(r"(?s)<tr\b.*?</tr>"));
    let cell = pattern(r"(?s)<t[dh]\b[^>]*>(.*?)</t[dh]>");
    let cells = |row: &str| cell.captures_iter(row).map(|m| words(&m[1])).collect();
    let rows = |table: &str| row.find_iter(table).map(|row| cells(row.as_str())).collect();
    table.find_iter(html).map(|table| rows(table.as_str())).collect()
}

/// Compares all that is read with the values by hand (`fact record | fields`), with the words under
/// the headings, each of which is listed (`fact record | heading`, or `- | heading` for one that
/// says no rule), and with what else the page's HTML gives.
#[track_caller]
fn check(
    (test, source, folder): (&str, &str, &str),
    by_hand: &str,
    headings: &str,
    more: impl Fn(&str, &mut Records),
) {
    let Some(captures) = captures(&format!("captures::permits::{test}")) else { return };
    let split = |line: &str| {
        let (name, what) = line.split_once(" |").unwrap();
        (name.to_owned(), what.trim().to_owned())
    };
    for page in files(&captures.join(folder)) {
        let html = read(&page);
        let mut expected: Records = by_hand.lines().map(split).collect();
        let sections = if headings.is_empty() { Vec::new() } else { sections(&html) };
        let listed: Vec<_> = headings.lines().map(split).collect();
        let printed: Vec<&str> = sections.iter().map(|(heading, _)| heading.as_str()).collect();
        assert_eq!(listed.iter().map(|(_, h)| h.as_str()).collect::<Vec<_>>(), printed);
        for ((name, _), (_, words)) in listed.into_iter().zip(sections) {
            let text = if words.is_empty() { "" } else { "text=" };
            if name != "-" {
                expected.insert(name, format!("{text}{}", words.join(" / ")));
            }
        }
        more(&html, &mut expected);
        let (found, complaints) = found(source, &page);
        assert_eq!(complaints, 0, "{}", page.display());
        for (name, fields) in &expected {
            assert_eq!(found.get(name), Some(fields), "{name}");
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    }
}

fn nothing_more(_: &str, _: &mut Records) {}

#[test]
fn the_global_talent_stream_states_its_standards_and_terms() {
    check(
        (
            "the_global_talent_stream_states_its_standards_and_terms",
            "esdc-gts-overview",
            "esdc-gts-overview",
        ),
        "\
gts.processing.lmia standard | met=80; time=10 business days
gts.processing.work_permit standard | met=80; time=2 weeks
gts.processing.checklist lmia | met=80; time=10 business days
gts.processing.checklist work-permit | met=80; time=10 business days
gts.lmia.terms employment_up_to | time=3 years
gts.lmia.terms before_the_start_up_to | time=6 months
gts.lmia.terms valid_for | time=6 months
gts.lmia.terms names_changed_before_expiry | time=15 business days
gts.lmia.terms documents_kept_for | time=6 years",
        "\
gts.lmia.conditions about | Hire a top foreign talent through the Global Talent Stream
- | Disruption of Canada Post services
- | Before you apply
- | Review this checklist:
- | You're ready!
- | Don't forget
- | Employers applying to the GTS can expect:
gts.lmia.conditions provinces | Hiring temporary foreign workers in British Columbia, Manitoba, Saskatchewan or Nova Scotia
gts.lmia.conditions quebec | Hiring temporary foreign workers in Quebec
- | Note:
gts.lmia.conditions apply | How to apply
- | Before signing into LMIA Online
- | Submitting your application using LMIA Online
- | Make changes to your pending application
gts.lmia.conditions after | After you apply
gts.lmia.conditions positive | Positive LMIA
- | Positions located in Quebec
gts.lmia.conditions names | Adding, removing or changing a temporary foreign worker name on a positive LMIA
gts.lmia.conditions category-a | Category A applications
- | Positions located in Quebec
gts.lmia.conditions modification | Modification to a positive LMIA
- | Cancelling a job offer
- | End of employment
gts.lmia.conditions documents | Documentation retention
- | Contact us",
        nothing_more,
    );
}

#[test]
fn the_guide_says_what_an_employer_commits_to() {
    check(
        (
            "the_guide_says_what_an_employer_commits_to",
            "esdc-gts-applicant-guide",
            "esdc-gts-applicant-guide",
        ),
        "\
gts.guide.processing lmia | days=10; met=80
gts.guide.processing lmia-quebec | days=10
gts.guide.fee_per_position per_position | amount=$1000
gts.lmbp.benefits activities-of-the-mandatory | minimum=1
gts.lmbp.benefits complementary | minimum=2
gts.lmbp.benefits activities-of-each-complementary | minimum=1
gts.lmbp.mandatory category-a | benefit=increasing job creation
gts.lmbp.mandatory category-b | benefit=increasing skills and training investments",
        "",
        |html, expected| {
            let section =
                html.split("Section 10: Complementary labour market benefits</h3>").nth(1);
            let benefit = pattern(r"(?s)<li>([^<]+)<ul>\s*<li>(For this benefit.*?)</li>");
            let before = expected.len();
            for found in benefit.captures_iter(section.unwrap()) {
                let (name, asks) = (plain(&found[1]), plain(&found[2]));
                let slug = name.to_lowercase().replace(' ', "-");
                let fields = format!("asks={asks}; benefit={name}");
                expected.insert(format!("gts.lmbp.complementary {slug}"), fields);
            }
            assert_eq!(expected.len() - before, 6, "counted on the page");
        },
    );
}

#[test]
fn an_intra_company_transfer_is_read_to_its_conditions() {
    check(
        (
            "an_intra_company_transfer_is_read_to_its_conditions",
            "ircc-ict",
            "ircc-pdi-ict-r205a",
        ),
        "\
imp.ict.experience continuous-employment | full_time=yes; length=1 years; within_years=3
imp.ict.duration C61 | initial=1 years
imp.ict.duration C62 | initial=3 years; renewal_years=2; total=7 years
imp.ict.duration C63 | initial=3 years; renewal_years=2; total=5 years
imp.ict.limits extension-c61 | time=6 months
imp.ict.limits abroad-before-applying-again | time=1 years
imp.ict.limits break-abroad | time=12 months
imp.ict.limits recaptured-at-once | time=2 years",
        "\
- | Intra-company transferees (ICT) - [R205(a) - C61, C62, C63] - Canadian interests - International Mobility Program
imp.ict.instructions eligibility | Eligibility
imp.ict.instructions evidence | Documentary evidence
- | Application assessment
- | Review of the offer of employment
imp.ict.instructions current-employment | Current and continuous employment
imp.ict.mnc_requirement definition | Multinational corporation (MNC)
imp.ict.mnc_requirement new-enterprise | Assessing applications to establish a new qualifying enterprise in Canada (administrative code C61)
- | Qualifying relationship between the Canadian and foreign enterprise of the MNC
imp.ict.instructions relationship | Relationship between enterprises of the MNC
imp.ict.mnc_requirement non-qualifying | Non-qualifying business relationships
imp.ict.instructions actively-engaged | Actively engaged
imp.ict.instructions acquisitions | Acquisitions or mergers
imp.ict.instructions employer-employee | Employer-employee relationship
imp.ict.instructions location | Location of employment
imp.ict.instructions premises | Commercial physical premises
imp.ict.instructions new-enterprise-c61 | Occupational capacity - Establish a branch, subsidiary or affiliate enterprise (administrative code C61)
imp.ict.instructions new-actively-engaged | Assessing whether a new enterprise is actively engaged
imp.ict.mnc_requirement owners | Owners/Operators
imp.ict.instructions employees-establishing | Employees entering Canada to establish a qualifying enterprise
imp.ict.instructions extensions-c61 | Extensions for C61 work permit holders
imp.ict.instructions executives-c62 | Occupational capacity - Executives and managers (administrative code C62)
imp.ict.instructions exclusions | Exclusions
imp.ict.instructions specialized-c63 | Occupational capacity - Specialized knowledge workers (administrative code C63)
imp.ict.instructions definition-specialized | Definition of specialized knowledge
imp.ict.instructions assessing-specialized | Assessing specialized knowledge
imp.ict.instructions occupation | Occupation
imp.ict.instructions education | Education and training
imp.ict.instructions experience | Experience
imp.ict.instructions wage-floor | Mandatory wage floor
- | Final decision
- | Approval
imp.ict.instructions duration | Duration of work permit
imp.ict.instructions maximum-duration | Maximum duration of work in Canada over R205(a) and R204(a)
imp.ict.instructions breaks | Breaks in Canadian service
imp.ict.instructions recaptured | Recaptured time
- | Refusal
- | Refusal grounds
- | Related links",
        |html, expected| {
            let note = pattern(r#"(?s)<dd id="fn\d">\s*<p>(.*?)</p>"#);
            let notes: Vec<_> = note.captures_iter(html).map(|m| words(&m[1]).join(" ")).collect();
            assert_eq!(notes.len(), 2);
            let text = expected.get_mut("imp.ict.instructions definition-specialized").unwrap();
            text.insert_str(0, &format!("footnotes={}; ", notes.join(" / ")));
            let offer = &rows(html)[0][1..];
            assert_eq!(offer.len(), 8);
            for row in offer {
                let slug = row[0].join(" ").to_lowercase().replace(' ', "-");
                expected.insert(format!("imp.ict.offer {slug}"), format!("text={}", row[1].join(" / ")));
            }
        },
    );
}

#[test]
fn an_open_work_permit_is_read_to_its_conditions() {
    check(
        (
            "an_open_work_permit_is_read_to_its_conditions",
            "ircc-open-work-permit",
            "ircc-draft-work-open-permit-en",
        ),
        "owp.resident_permit valid-for | time=6 months",
        "\
- | Open work permit
owp.requirements what | What is an open work permit
owp.requirements who-can-apply | Who can apply
owp.requirements restrictions | Restrictions on your work permit
owp.requirements medical | Removing medical conditions from an open work permit
owp.requirements medical-outside | If you aren't in Canada yet and you have a port of entry letter
owp.requirements medical-inside | If you're already in Canada with a work permit",
        nothing_more,
    );
}

#[test]
fn a_sponsored_spouse_is_told_who_can_apply() {
    check(
        (
            "a_sponsored_spouse_is_told_who_can_apply",
            "ircc-sponsored-spouse-work-permit",
            "ircc-draft-work-sponsor-spouse-en",
        ),
        "sowp.sponsored.without_letter status-expires-within | time=2 weeks",
        "\
- | Eligibility for an open work permit
sowp.sponsored.requirements who-can-apply | Who can apply
- | Valid temporary resident status
sowp.sponsored.requirements status | What is valid temporary resident status
sowp.sponsored.requirements no-status | If you don't have valid temporary resident status
sowp.sponsored.requirements spouse | Spouse or common-law partner (principal applicant)
- | How to recognize the AoR
sowp.sponsored.requirements child | Accompanying dependent child
sowp.sponsored.requirements without-letter | Who can apply without an AOR letter
sowp.sponsored.requirements who-cannot-apply | Who can't apply
sowp.sponsored.requirements minimum-age | Check the minimum age to work",
        nothing_more,
    );
}

#[test]
fn the_payment_page_says_what_can_be_paid_and_how() {
    check(
        (
            "the_payment_page_says_what_can_be_paid_and_how",
            "ircc-fees-pay",
            "ircc-draft-fees-pay-en",
        ),
        "",
        "\
- | Pay your fees online
fees.pay_online fees | Fees you can pay here
fees.pay_online passports | Passports and travel documents
fees.pay_online card | 1. Get your payment card ready
- | Credit cards, prepaid cards and debit cards we accept
fees.pay_online credit-cards | Credit cards and prepaid cards
fees.pay_online debit-cards | Debit cards
fees.pay_online pay | 2. Pay your fees
- | Not sure what fees you need to pay?
fees.pay_online receipt | 3. Save your receipt
- | How to get a copy of your receipt after paying your fees",
        nothing_more,
    );
}

#[test]
fn how_long_a_graduate_may_work_is_read_with_its_bounds() {
    check(
        (
            "how_long_a_graduate_may_work_is_read_with_its_bounds",
            "ircc-pgwp-about",
            "ircc-draft-pgwp-about-en",
        ),
        "\
pgwp.validity any/less-than-minimum | eligible=no; minimum=8 months; minimum_hours=900; program=less than 8 months (or 900 hours for Quebec credentials); up_to_program=no
pgwp.validity any/short | eligible=yes; less_than=2 years; minimum=8 months; minimum_hours=900; program=at least 8 months (or 900 hours for Quebec credentials), but less than 2 years; up_to_program=yes
pgwp.validity any/long | eligible=yes; minimum=2 years; program=2 years or more; up_to_program=no; valid_for=3 years
pgwp.validity any/more-than-one | eligible=yes; minimum=8 months; minimum_hours=900; program=more than 1 program; up_to_program=no",
        "\
pgwp.about about | About the PGWP
- | How much of your online studies counts toward a PGWP?
pgwp.study_online outside | Studies outside Canada
pgwp.study_online inside | Studies in Canada
pgwp.about validity | How long is a post-graduation work permit valid?
- | If your program was less than 8 months (or 900 hours for Quebec credentials)
- | If your program was at least 8 months (or 900 hours for Quebec credentials), but less than 2 years
- | If your program was 2 years or more
- | If you completed more than 1 program
pgwp.about passport | If your passport expires before your PGWP
pgwp.about expired | If your PGWP has expired or will expire soon",
        nothing_more,
    );
}

/// Since 2024-02 the page has two groups of programs, and the same words stand in both.
#[test]
fn a_master_has_bounds_beside_those_of_other_programs() {
    let id = SourceId::parse("ircc-pgwp-about").unwrap();
    let url = Catalog::shipped().unwrap().source(&id).unwrap().url.clone();
    let text = "\
# How long is a PGWP valid?
## Master's degree programs
### If your program was less than 8 months (or 900 hours for Quebec credentials)
You aren't eligible for a PGWP.
### If your program was at least 8 months (or 900 hours for Quebec credentials)
We may give you a PGWP that's valid for 3 years.
## All other programs
### If your program was less than 8 months (or 900 hours for Quebec credentials)
You aren't eligible for a PGWP.
### If your program was at least 8 months (or 900 hours for Quebec credentials), but less than 2 years
We may give you a PGWP that's valid for up to the same length as your study program.
### If your program was 2 years or more
We may give you a PGWP that's valid for 3 years.
";
    let text = pages::page(&url, "About the PGWP", "2026-05-19", text);
    let home = Home::new();
    let (found, complaints) = found("ircc-pgwp-about", Path::new(&home.file("page.html", text)));
    let of_length = |name: &String| name.strip_prefix("pgwp.validity ").map(str::to_owned);
    let lengths = ["less-than-minimum", "long", "short"].map(|length| format!("any/{length}"));
    let masters = ["less-than-minimum", "minimum-or-more"].map(|length| format!("master/{length}"));
    assert_eq!(
        found.keys().filter_map(of_length).collect::<Vec<_>>(),
        [&lengths[..], &masters].concat()
    );
    assert!(found["pgwp.validity master/minimum-or-more"].ends_with("valid_for=3 years"));
    assert_eq!(complaints, 0);
}

#[test]
fn a_graduate_finds_every_condition_and_special_case() {
    check(
        (
            "a_graduate_finds_every_condition_and_special_case",
            "ircc-pgwp-eligibility",
            "ircc-draft-pgwp-eligibility-en",
        ),
        "\
pgwp.time_to_apply inside | time=180 days
pgwp.time_to_apply outside | time=180 days",
        "\
- | Who can apply
- | Eligibility criteria
pgwp.eligibility inside/graduates | Inside Canada graduates
pgwp.eligibility inside/general | General PGWP eligibility requirements
- | Study program requirements
- | PGWP eligibility has changed for some Quebec schools
pgwp.eligibility inside/exceptions | Exceptions to the eligibility requirements
pgwp.eligibility outside/graduates | Outside Canada graduates
pgwp.eligibility outside/general | General PGWP eligibility requirements
- | Study program requirements
- | Changes to the post graduation work permit
pgwp.eligibility outside/exceptions | Exceptions to the eligibility requirements
pgwp.special_cases passport | If your passport expires before your PGWP
pgwp.special_cases groups | Special cases
pgwp.special_cases accelerated | Accelerated programs
pgwp.special_cases distance | Distance learning
pgwp.special_cases distance-outside | Distance learning from outside of Canada
pgwp.special_cases lock-in-before-2024-09 | Lock-in date between September 1, 2022, and August 31, 2024 New
pgwp.special_cases lock-in-from-2024-09 | Lock-in date on or after September 1, 2024 New
pgwp.special_cases does-not-count | What doesn't count toward the length of your PGWP
pgwp.special_cases distance-inside | Distance learning from inside Canada
pgwp.special_cases leave | Taking leave from your studies
pgwp.special_cases transfers | Transfers between schools
pgwp.special_cases dli-to-dli | If you transferred between designated learning institutions (DLIs)
pgwp.special_cases non-dli-to-dli | If you transferred from a non-DLI to a DLI
pgwp.special_cases overseas | Canadian study programs with an overseas component
pgwp.special_cases flight-school | Flight school graduates
pgwp.special_cases quebec-schools | Graduates of certain Quebec schools
pgwp.special_cases quebec-institution | Institution
pgwp.special_cases quebec-degrees | Degrees, diplomas and attestations
pgwp.special_cases quebec-program | Program type
pgwp.special_cases quebec-documents | Supporting documents",
        |html, expected| {
            let counted = pattern(r"(?s)<p>\s*(Only the time you spent.*?)</p>");
            let counted = words(&counted.captures(html).unwrap()[1]).join(" ");
            let name = "pgwp.eligibility outside/time-counted".to_owned();
            expected.insert(name, format!("text={counted}"));
            let institutions =
                ["public", "quebec-secondary", "quebec-cegep", "private-quebec", "private-degrees"];
            let lengths = ["8 months", "900 hours", "900 hours", "900 hours", "n/a"];
            let tables = rows(html);
            assert_eq!(tables.len(), 2);
            for (table, place) in tables.iter().zip(["inside", "outside"]) {
                assert_eq!(table.len(), 1 + institutions.len());
                for ((row, institution), length) in table[1..].iter().zip(institutions).zip(lengths) {
                    assert!(row[1].join(" ").starts_with(length));
                    let (name, outcome) = (row[0].join(" "), row[2].join(" / "));
                    let fields = format!("length={length}; name={name}; outcome={outcome}");
                    expected.insert(format!("pgwp.programs {place}/{institution}"), fields);
                }
            }
        },
    );
}

#[test]
fn every_province_with_a_nominee_program_is_read_and_the_two_without() {
    check(
        (
            "every_province_with_a_nominee_program_is_read_and_the_two_without",
            "ircc-pnp",
            "ircc-pnp-overview",
        ),
        "\
pnp.express_entry_points nomination | points=600
pnp.provinces_without quebec | province=Quebec
pnp.provinces_without nunavut | province=Nunavut",
        "\
pnp.how_to_apply about | Immigrate as a provincial nominee
- | Check if you qualify
pnp.how_to_apply which-way | Find out which way to apply
pnp.how_to_apply express-entry | Apply through Express Entry
- | Processing time
pnp.how_to_apply other | Apply through the non-Express Entry process
- | Processing time
pnp.how_to_apply levels | Processing times may increase
- | Processing times",
        |html, expected| {
            let (_, list) = html.split_once("Choose a province or territory").unwrap();
            let (list, _) = list.split_once("</ul>").unwrap();
            let item = pattern(r"(?s)<li>(.*?)</li>");
            let before = expected.len();
            for found in item.captures_iter(list) {
                let name = words(&found[1]).join(" ");
                let slug = name.to_lowercase().replace(' ', "-");
                expected.insert(format!("pnp.provinces {slug}"), format!("name={name}"));
            }
            assert_eq!(expected.len() - before, 11, "counted on the page");
        },
    );
}

/// The members of the feed, and what each is called; the caregivers came last.
const TIMES: &str = "\
visitor-inside-canada.online visitor-inside-canada/online
visitor-inside-canada.paper visitor-inside-canada/paper
visitor_extension.online visitor-extension/online
visitor_extension.paper visitor-extension/paper
study_permit_outside.study_permit_outside study-permit-outside
study_extension.online study-extension/online
study_extension.paper study-extension/paper
work_extension_new_employer.online work-extension/online
work_extension_new_employer.paper work-extension/paper
iec.iec iec
iec.iec_past iec/past
eta.eta eta
atlantic_immigration.atlantic_immigration atlantic
cec.cec_ee cec
quebec_business.quebec_business quebec-business
provincial_nominees_back.provincial_nominees_paper_back pnp/paper
provincial_nominees_back.provincial_nominees_ee pnp/express-entry
self_employed_federal.self_employed_federal self-employed
fed_skilled_workers.skilled_workers_ee fsw
fed_skilled_trades.skilled_trades_ee fst
skilled_workers_quebec.skilled_workers_quebec quebec-skilled-workers
startup_back.startup_back start-up
spouse_can.service_comittment spouse/in-canada
spouse_int.service_comittment spouse/outside
parent_grandparent_forward.parent_grandparent_forward parents
refugees_protected_back.refugees_protected_past protected-persons
humanitarian_compassionate_back.humanitarian_compassionate_back humanitarian
citizenship.grant_after2015 citizenship/grant
citizenship.cit_cert citizenship/certificate
citizenship.cit_resumption citizenship/resumption
citizenship.cit_renunciation citizenship/renunciation
citizenship.cit_search citizenship/search
citizenship.cit_adoption_part1 citizenship/adoption
pr_card.new_pr pr-card/new
pr_card.existing_pr pr-card/existing
rep_documents.vos documents/verification
rep_documents.replacement documents/replacement
rep_documents.amend_imm documents/amend-permanent
rep_documents.amend_tr documents/amend-temporary
caregivers.childcare caregivers/child-care
caregivers.childcare_pr caregivers/child-care-pr
caregivers.supportworker caregivers/support-worker
caregivers.supportworker_pr caregivers/support-worker-pr";

#[test]
fn every_member_of_every_feed_of_processing_times_is_read() {
    let name = "captures::permits::every_member_of_every_feed_of_processing_times_is_read";
    let Some(captures) = captures(name) else { return };
    let named = pattern(r"(?m)^([^.]+)\.(\S+) (\S+)$");
    let names: Vec<_> =
        named.captures_iter(TIMES).map(|m| m.extract()).map(|(_, [g, m, n])| (g, m, n)).collect();
    let length = pattern(r"(\d+ \w+)$");
    let (mut shapes, mut broken) = (Vec::new(), 0);
    for file in files(&captures.join("ircc-processing-times-json")) {
        let Ok(feed) = serde_json::from_str::<Json>(&read(&file)) else {
            let test = ["sources", "test", "ircc-processing-times", &file.display().to_string()];
            assert_ne!(Home::new().run(&test).code, Some(0));
            broken += 1;
            continue;
        };
        let as_of = rounds::day(feed["default-update"]["lastupdated"].as_str().unwrap());
        // A member that has gone keeps its record, and is a complaint.
        let (mut expected, mut gone, mut members) = (Records::new(), Vec::<&str>::new(), 0);
        for (group, member, name) in &names {
            let mut fields = Vec::new();
            fields.extend((*group != "caregivers").then(|| format!("as_of={as_of}")));
            match feed[group][member].as_str() {
                Some(time) => fields.push(format!("time={}", &length.captures(time).unwrap()[1])),
                None => gone.extend((*group != "caregivers").then_some(*name)),
            }
            members += usize::from(feed[group][member].is_string());
            if !fields.is_empty() {
                expected.insert(format!("processing.times {name}"), fields.join("; "));
            }
        }
        let groups =
            feed.as_object().unwrap().iter().filter(|(group, _)| *group != "default-update");
        assert_eq!(members, groups.map(|(_, of)| of.as_object().unwrap().len()).sum::<usize>());
        // A feed of another shape than the one before it.
        if shapes.last() != Some(&(expected.len(), gone.clone())) {
            let (found, complaints) = found("ircc-processing-times", &file);
            assert_eq!(found, expected, "{}", file.display());
            assert_eq!(complaints, gone.len(), "{}", file.display());
            shapes.push((expected.len(), gone));
        }
    }
    let shapes: Vec<_> = shapes.iter().map(|(size, gone)| (*size, gone.len())).collect();
    assert_eq!((shapes, broken), (vec![(39, 0), (39, 1), (39, 0), (43, 0)], 1));
}

#[test]
fn every_item_of_the_newsroom_is_read_as_it_came() {
    let name = "captures::permits::every_item_of_the_newsroom_is_read_as_it_came";
    let Some(captures) = captures(name) else { return };
    let folder = captures.join("ircc-newsroom-items");
    let steps = replay("ircc-newsroom", &folder);
    for (n, file) in files(&folder).iter().enumerate() {
        let item: Json = serde_json::from_str(&read(file)).unwrap();
        let text = |name: &str| item[name].as_str().unwrap();
        let (_, page) = text("link").split_once("/news/").unwrap();
        let name = page.strip_suffix(".html").unwrap();
        let fields = format!(
            "link={}; published={}; summary={}; title={}",
            text("link"),
            &text("published_at")[..10],
            plain(text("summary")),
            plain(text("title"))
        );
        if n == 0 {
            let expected = Records::from([(format!("notices.ircc {name}"), fields)]);
            assert_eq!(found("ircc-newsroom", file), (expected, 0));
            continue;
        }
        let [told] = &changes(&steps[n])[..] else { panic!("{}", steps[n]) };
        assert_eq!((told["record"].as_str(), written(&told["new"])), (Some(name), fields));
    }
}
