//! The pages of the provinces: what was written down when they were read by a person, and what their
//! headings, items and tables say by plain patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;

use super::lists::cells;
use super::rounds::day;
use super::{files, newest, pattern, read, reads, records, said, slug, words};
use crate::left_out::captures;

/// A heading, the one over it, and the lines that stand directly under it.
struct Part {
    over: String,
    heading: String,
    lines: Vec<String>,
}

/// A page cut up at its headings, and what stands between them at its blocks.
fn parts(html: &str) -> Vec<Part> {
    let aside = pattern(r"(?s)<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>");
    let heading = pattern(r"(?s)<h([1-6])\b[^>]*>(.*?)</h[1-6]>");
    let block = pattern(r"</?(?:p|ul|ol|li|div|blockquote|table|tr|td|th|br)\b[^>]*>");
    let html = aside.replace_all(html, "");
    let found: Vec<_> = heading.captures_iter(&html).collect();
    let mut parts: Vec<Part> = Vec::new();
    let mut over: Vec<(usize, String)> = vec![(0, String::new())];
    for (n, this) in found.iter().enumerate() {
        let level = this[1].parse().unwrap();
        let next = found.get(n + 1).map_or(html.len(), |next| next.get(0).unwrap().start());
        let body = &html[this.get(0).unwrap().end()..next];
        let lines = block.split(body).map(words).filter(|line| !line.is_empty()).collect();
        over.retain(|(outer, _)| *outer < level);
        let part = Part { over: over.last().unwrap().1.clone(), heading: words(&this[2]), lines };
        over.push((level, part.heading.clone()));
        parts.push(part);
    }
    parts
}

/// What is read from a page, beside the page itself.
struct Page {
    read: Vec<Json>,
    parts: Vec<Part>,
    /// The fact sets that were compared.
    compared: BTreeSet<String>,
}

impl Page {
    #[track_caller]
    fn of(source: &str, file: &Path) -> Self {
        let read = reads(source, file);
        assert!(read.iter().all(|line| line["type"] == "record"), "a complaint: {read:#?}");
        Self { read, parts: parts(&super::read(file)), compared: BTreeSet::new() }
    }

    /// The first part under a heading.
    #[track_caller]
    fn under(&self, heading: &str) -> &Part {
        self.parts.iter().find(|part| part.heading == heading).expect(heading)
    }

    /// The records of a fact set are these and no others, field by field.
    #[track_caller]
    fn has(&mut self, fact: &str, expected: impl IntoIterator<Item = (String, String)>) {
        let found = records(&self.read, fact).into_iter();
        let found: BTreeMap<String, String> =
            found.map(|(key, fields)| (key.to_owned(), said(fields))).collect();
        let expected: BTreeMap<String, String> = expected.into_iter().collect();
        for (key, fields) in &expected {
            assert_eq!(found.get(key), Some(fields), "{fact} {key}");
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        self.compared.insert(fact.to_owned());
    }

    /// The same, of records written down by hand: a line `fact | record | fields` each.
    #[track_caller]
    fn has_listed(&mut self, listed: &str) {
        let mut facts: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
        for line in listed.lines() {
            let [fact, key, fields] = line.split(" | ").collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            facts.entry(fact).or_default().push((key.to_owned(), fields.to_owned()));
        }
        facts.into_iter().for_each(|(fact, listed)| self.has(fact, listed));
    }

    /// The clauses of a fact set are all lines under these headings.
    #[track_caller]
    fn has_clauses(&mut self, fact: &str, headings: &[&str]) {
        let text = |heading: &&str| {
            let lines = without_addresses(&self.under(heading).lines);
            (slug(heading), format!("text={}", lines.join(" / ")))
        };
        let expected: Vec<_> = headings.iter().map(text).collect();
        self.has(fact, expected);
    }

    /// The same under every heading that begins so; how many there are.
    #[track_caller]
    fn has_clauses_under(&mut self, fact: &str, starts: &[&str]) -> usize {
        let is_asked = |part: &&Part| starts.iter().any(|start| part.heading.starts_with(start));
        let asked = self.parts.iter().filter(is_asked).map(|part| part.heading.clone());
        let asked: Vec<String> = asked.collect();
        self.has_clauses(fact, &asked.iter().map(String::as_str).collect::<Vec<_>>());
        asked.len()
    }

    /// Every fact set that was read was compared.
    #[track_caller]
    fn ends(self) {
        let read = self.read.iter().map(|line| line["fact"].as_str().unwrap().to_owned());
        assert_eq!(self.compared, read.collect::<BTreeSet<_>>());
    }
}

#[test]
fn alberta_says_whom_its_streams_are_for() {
    let name = "captures::provinces::alberta_says_whom_its_streams_are_for";
    let Some(captures) = captures(name) else { return };
    let file = newest(&captures.join("ab-aaip-express-entry-stream"));
    let mut page = Page::of("ab-aaip-express-entry", &file);
    page.has_listed("aaip.stream.express_entry | express-entry | status=open");
    page.has_clauses("aaip.express_entry.conditions", &["Introduction", "Stream selections"]);
    let keys = ["dedicated-health-care", "accelerated-tech", "law-enforcement", "priority-sectors"];
    let items = page.under("Stream selections").lines[1..].to_vec();
    assert_eq!(items.len(), keys.len());
    let items = items.into_iter().map(|item| format!("text={item}"));
    page.has("aaip.express_entry.selections", keys.map(str::to_owned).into_iter().zip(items));
    page.ends();

    let file = newest(&captures.join("ab-aaip-opportunity-stream"));
    let mut page = Page::of("ab-aaip-opportunity", &file);
    page.has_listed(
        "aaip.stream.opportunity | opportunity | status=open\n\
         aaip.opportunity.requirements | opportunity | job_offer=yes; lmia_or_exemption=yes; working_in_alberta=yes",
    );
    page.has_clauses("aaip.opportunity.conditions", &["Introduction"]);
    page.ends();
}

const BC_WORKERS: &str = "\
bcpnp.streams | skilled-worker | status=open
bcpnp.streams | health-authority | status=open
bcpnp.fees | registration | amount=no fee
bcpnp.fees | application | amount=$1750
bcpnp.fees | request-for-review | amount=$500
bcpnp.processing | application | estimate=3 months
bcpnp.processing | post-nomination-request | estimate=1 months
bcpnp.processing | request-for-review | estimate=6 months
bcpnp.invitation_period | after-invitation | days=30
bcpnp.invitation_period | registration | active=12 months";

#[test]
fn british_columbia_states_criteria_fees_and_times() {
    let name = "captures::provinces::british_columbia_states_criteria_fees_and_times";
    let Some(captures) = captures(name) else { return };
    let file = newest(&captures.join("bc-skills-immigration"));
    let mut page = Page::of("bc-workers", &file);
    page.has_listed(BC_WORKERS);
    let rows = cells(&file).into_iter().skip(1).filter(|row| row.len() == 3);
    let mut criteria = Vec::new();
    for row in rows {
        for (stream, cell) in ["skilled-worker", "health-authority"].into_iter().zip(&row[1..]) {
            let label = match slug(&row[0]).as_str() {
                "language-proficiency" => "language".to_owned(),
                label => label.to_owned(),
            };
            let (before, after) = match (stream, label.as_str()) {
                (_, "language") => ("clb=4; ", ""),
                ("skilled-worker", "work-experience") => ("experience=2 years; ", ""),
                ("skilled-worker", "job-offer") => ("", "; teer=0-3"),
                _ => ("", ""),
            };
            criteria
                .push((format!("{stream}/{label}"), format!("{before}requirement={cell}{after}")));
        }
    }
    assert_eq!(criteria.len(), 16, "eight criteria of two streams");
    page.has("bcpnp.criteria", criteria);
    let steps: Vec<String> = page
        .parts
        .iter()
        .filter(|part| part.over == "Process")
        .map(|p| p.heading.clone())
        .collect();
    let steps: Vec<&str> =
        steps.iter().map(String::as_str).filter(|step| *step != "Processing times").collect();
    assert_eq!(steps.len(), 6);
    page.has_clauses("bcpnp.process", &steps);
    page.ends();
}

#[test]
fn british_columbia_lists_occupations_each_with_its_condition() {
    let name = "captures::provinces::british_columbia_lists_occupations_each_with_its_condition";
    let Some(captures) = captures(name) else { return };
    let mut page = Page::of("bc-overview", &newest(&captures.join("bc-bc-pnp-overview")));
    let line = pattern(r"^(\d{5}) (.*?)([*\d]?)$");
    let mut targeted = Vec::new();
    for (heading, fact, count) in [
        ("Health care", "bcpnp.priority.health-care.occupations", 31),
        ("Childcare", "bcpnp.priority.childcare.occupations", 1),
        ("Education", "bcpnp.priority.education.occupations", 2),
        ("Veterinary care", "bcpnp.priority.veterinary-care.occupations", 2),
        ("Construction trades", "bcpnp.priority.construction.occupations", 9),
        ("Health Authority-eligible occupations", "bcpnp.health_authority.occupations", 46),
    ] {
        let lines = page.under(heading).lines.clone();
        let mut listed = Vec::new();
        for found in lines.iter().filter_map(|text| line.captures(text)) {
            let mut notes = lines.iter().filter(|text| !line.is_match(text));
            let condition = notes.find_map(|note| note.strip_prefix(&found[3]));
            let condition = condition.filter(|_| !found[3].is_empty());
            let condition = condition.map(|note| format!("condition={}; ", note.trim()));
            let fields = format!("noc={}; title={}", &found[1], &found[2]);
            listed.push((found[1].to_owned(), condition.unwrap_or_default() + &fields));
        }
        assert_eq!(listed.len(), count, "{heading}");
        page.has(fact, listed);
        let asked = lines.iter().filter(|text| text.starts_with("To receive a targeted"));
        targeted.extend(asked.map(|text| (slug(heading) + "/targeted", format!("text={text}"))));
    }
    assert_eq!(targeted.len(), 3);
    page.has("bcpnp.priority_conditions", targeted);
    page.has_clauses("bcpnp.objectives", &["Care", "Build", "Innovate"]);
    page.ends();
}

const FOREIGN_WORKER: &str = "\
oinp.stream.foreign_worker | employer-job-offer-foreign-worker | status=open
oinp.foreign_worker.thresholds | job-offer-teer | teer=0-3
oinp.foreign_worker.thresholds | full-time-hours-a-year | hours=1560
oinp.foreign_worker.thresholds | full-time-hours-a-week | hours=30
oinp.foreign_worker.thresholds | equity-less-than | percent=10
oinp.foreign_worker.thresholds | wage-level | wage=median
oinp.foreign_worker.thresholds | work-experience | experience=2 years
oinp.foreign_worker.thresholds | work-experience-within | within=5 years
oinp.foreign_worker.thresholds | work-experience-hours | hours=3120
oinp.foreign_worker.thresholds | employer-active | experience=3 years
oinp.foreign_worker.thresholds | employer-revenue-inside-gta | revenue=$1000000
oinp.foreign_worker.thresholds | employer-revenue-outside-gta | revenue=$500000
oinp.foreign_worker.thresholds | employer-employees-inside-gta | employees=5
oinp.foreign_worker.thresholds | employer-employees-outside-gta | employees=3
oinp.foreign_worker.thresholds | deadline-expression-of-interest | days=30
oinp.foreign_worker.thresholds | deadline-applicant | days=17
oinp.foreign_worker.thresholds | deadline-employer | days=14
oinp.foreign_worker.thresholds | nominee-applies-for-work-permit | within=6 months
oinp.foreign_worker.thresholds | nominee-begins-to-work | within=10 months";

#[test]
fn ontario_states_what_a_foreign_worker_and_the_employer_need() {
    let name = "captures::provinces::ontario_states_what_a_foreign_worker_and_the_employer_need";
    let Some(captures) = captures(name) else { return };
    let file = newest(&captures.join("on-oinp-employer-job-offer"));
    let mut page = Page::of("on-oinp-foreign-worker", &file);
    page.has_listed(FOREIGN_WORKER);

    let points = pattern(r"^(.+) - (\d+) [Pp]oints$");
    let mut factors = Vec::new();
    for part in &page.parts {
        let group = part.heading.split(" (").next().unwrap();
        for found in part.lines.iter().filter_map(|line| points.captures(line)) {
            let key = format!("{}/{}", slug(group), slug(&found[1]));
            factors.push((key, format!("points={}", &found[2])));
        }
    }
    assert_eq!(factors.len(), 31, "counted on the page");
    page.has("oinp.foreign_worker.points", factors);

    let part = page.under("Regional immigration: location of job offer");
    let defined = part.lines.iter().skip_while(|line| !line.starts_with("Northern Ontario, "));
    let regions: Vec<(String, String)> = defined
        .map(|line| match line.split_once(", ") {
            Some((region, said)) => (slug(region), format!("said={said}")),
            None => (slug(line), "within=Northern Ontario".to_owned()),
        })
        .collect();
    assert_eq!(regions.len(), 4 + 13);
    page.has("oinp.foreign_worker.regions", regions);

    let sections = ["Job offer requirements", "Applicant requirements", "Employer requirements"];
    let alone = ["Physicians: requirements to apply", "If you are nominated under"];
    let mut conditions = Vec::new();
    let mut inside = BTreeSet::new();
    for part in &page.parts {
        let heads = sections.contains(&part.heading.as_str())
            || alone.iter().any(|start| part.heading.starts_with(start));
        let over = if heads { "requirements" } else { &part.over };
        if heads || inside.contains(&part.over) {
            inside.insert(part.heading.clone());
            let text = format!("text={}", part.lines.join(" / "));
            conditions.push((format!("{}/{}", slug(over), slug(&part.heading)), text));
        }
    }
    assert_eq!(conditions.len(), 5 + 20);
    page.has("oinp.foreign_worker.conditions", conditions);
    page.ends();
}

#[test]
fn ontario_lists_the_occupations_of_its_tech_draws() {
    let name = "captures::provinces::ontario_lists_the_occupations_of_its_tech_draws";
    let Some(captures) = captures(name) else { return };
    let mut page = Page::of("on-oinp-tech-draws", &newest(&captures.join("on-oinp-tech-draws")));
    let item = pattern(r"^(.+) \(NOC (\d{5})\)$");
    let all = page.parts.iter().flat_map(|part| &part.lines);
    let listed: Vec<(String, String)> = all
        .filter_map(|line| item.captures(line))
        .map(|of| (of[2].to_owned(), format!("noc={}; title={}", &of[2], &of[1])))
        .collect();
    assert_eq!(listed.len(), 9);
    page.has("oinp.tech_draws.occupations", listed);
    page.has_listed("oinp.tech_draws.deadline | after-notification | days=45");
    let asked = ["Tech draws", "If you receive a Notification of Interest (NOI)"];
    page.has_clauses("oinp.tech_draws.conditions", &asked);
    page.ends();
}

/// What a pattern's group finds in a text, each time.
/// How to reach an office is no rule of it.
const ASKED: [&str; 2] = ["If you have any questions", "For inquiries"];

fn without_addresses(lines: &[String]) -> Vec<String> {
    let is_address =
        |line: &String| line.contains('@') && ASKED.iter().any(|words| line.starts_with(words));
    lines.iter().filter(|line| !is_address(line)).cloned().collect()
}

fn all(found: &str, text: &str) -> Vec<String> {
    pattern(found).captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// The fields that have values; they are given in the order of their names.
fn fields(all: &[(&str, Vec<String>)]) -> String {
    let having = all.iter().filter(|(_, values)| !values.is_empty());
    having.map(|(name, v)| format!("{name}={}", v.join(" / "))).collect::<Vec<_>>().join("; ")
}

const SCORE: &str = r"score of (\d+(?:-\d+)?)";
const CODE: &str = r"NOC (\d{5})";
/// The streams as the titles of rounds and the sentences of lists name them.
const OF_ROUNDS: &str = "(Foreign Worker|International Students?|In-Demand Skills|Human Capital Priorities|French-Speaking Skilled Worker|Skilled Trades stream|Masters|PhD)";
const OF_LISTS: &str = "(In-Demand Skills|Masters Graduate|PhD Graduate)";

/// A round as its title and what stands directly under it say it.
fn round(on: &str, title: &str, lines: &[String]) -> (String, String) {
    let text = lines.join("\n");
    let by =
        if lines[0].contains("notifications of interest") { "notification" } else { "invitation" };
    let of = fields(&[
        ("by", vec![by.to_owned()]),
        ("date", vec![day(on)]),
        ("invitations", all(r"issued (\d+) ", &text)),
        ("occupations", all(CODE, &text)),
        ("scores", all(SCORE, &text)),
        ("streams", all(OF_ROUNDS, title)),
        ("title", vec![title.to_owned()]),
    ]);
    (format!("{}/{}", day(on), slug(title)), of)
}

/// The lists under a heading: each begins with the score that was asked for.
fn lists(month: &str, heading: &str, lines: &[String]) -> Vec<(String, String)> {
    let is_start = |line: &String| pattern(SCORE).is_match(line);
    let starts = (0..lines.len()).filter(|n| is_start(&lines[*n]));
    let list = |start: usize| {
        let (line, after) = (&lines[start], &lines[start + 1..]);
        let end = after.iter().position(is_start).unwrap_or(after.len());
        let scores = all(SCORE, line);
        let key = format!("{month}/{}/{}", slug(heading), scores[0]);
        let of = [
            ("occupations", all(CODE, &after[..end].join("\n"))),
            ("scores", scores),
            ("streams", all(OF_LISTS, line)),
            (
                "teer",
                all("TEER Category (0, 1, 2 or 3) ", line)
                    .iter()
                    .map(|_| "0-3".to_owned())
                    .collect(),
            ),
        ];
        (key, fields(&of))
    };
    starts.map(list).collect()
}

/// Every round, every list of one and every notice of a year, found by walking the headings.
#[test]
fn ontario_gives_notice_of_a_year() {
    let name = "captures::provinces::ontario_gives_notice_of_a_year";
    let Some(captures) = captures(name) else { return };
    let file = newest(&captures.join("on-oinp-2024-updates"));
    let mut page = Page::of("on-oinp-updates", &file);
    let (date, month) = (pattern(r"^[A-Z][a-z]+ \d{1,2}, 2024$"), pattern(r"^[A-Z][a-z]+$"));
    let (mut rounds, mut asked, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    let (mut on, mut within) = (String::new(), String::new());
    // Tables are facts of their own.
    let bare = parts(&pattern(r"(?s)<table\b.*?</table>").replace_all(&read(&file), ""));
    for Part { over, heading, lines } in &bare {
        if date.is_match(heading) {
            on.clone_from(heading);
        } else if month.is_match(heading) {
            within = slug(heading);
        }
        let of_a_round = lists(&within, heading, lines);
        if heading.ends_with(" invited") {
            rounds.push(round(&on, heading, lines));
        } else if *over == on
            && of_a_round.is_empty()
            && date.is_match(over)
            && heading != "More information"
        {
            let published = ("published", vec![day(&on)]);
            let text = ("text", without_addresses(lines));
            let of = [published, text, ("title", vec![heading.clone()])];
            notices.push((format!("{}/{}", slug(&on), slug(heading)), fields(&of)));
        }
        asked.extend(of_a_round);
    }
    assert_eq!((rounds.len(), asked.len(), notices.len()), (42, 47, 20), "counted on the page");
    page.has("oinp.draws", rounds);
    page.has("oinp.draws.lists", asked);
    page.has("oinp.notices", notices);
    let chart = &page.under("PTE Core - Test score equivalency chart").lines;
    let names = ["listening", "reading", "speaking", "writing"];
    let rows = chart[1..].chunks(5).skip(1).map(|row| {
        let of = names.iter().zip(&row[1..]).map(|(name, cell)| (*name, vec![cell.clone()]));
        (format!("pte-core/{}", row[0]), fields(&of.collect::<Vec<_>>()))
    });
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 7);
    page.has("oinp.notices.equivalency", rows);
    page.ends();
}

/// The streams of Prince Edward Island: source, folder, the word of the stream, its thresholds.
const STREAMS: [(&str, &str, &str, &str); 5] = [
    (
        "pe-occupations-in-demand",
        "pe-html-occupations-in-demand",
        "occupations_in_demand",
        "age | from_age=18; to_age=59
education | education=secondary
language | clb=4
work-experience | experience=1 years",
    ),
    (
        "pe-intermediate-experience",
        "pe-html-intermediate-experience-stream",
        "intermediate_experience",
        "age | from_age=18; to_age=59
canadian-work-experience | experience=6 months
education | education=secondary
job-offer-teer | teer=4
language | clb=4
work-experience | experience=2 years; within=5 years",
    ),
    (
        "pe-skilled-workers-in-pei",
        "pe-html-skilled-workers-in-pei",
        "skilled_workers_in_pei",
        SKILLED,
    ),
    (
        "pe-skilled-workers-outside-canada",
        "pe-html-skilled-workers-outside-canada",
        "skilled_workers_outside_canada",
        SKILLED,
    ),
    (
        "pe-express-entry",
        "pe-html-pei-express-entry",
        "express_entry",
        "experience-with-employer | experience=9 months
work-permit-remaining | remaining=4 months",
    ),
];
const SKILLED: &str = "\
age | from_age=18; to_age=59
education | education=post-secondary
job-offer-teer | teer=0-3
language | clb=4
work-experience | experience=2 years; within=5 years";

#[test]
fn the_streams_of_prince_edward_island_ask_for_what_is_read() {
    let name = "captures::provinces::the_streams_of_prince_edward_island_ask_for_what_is_read";
    let Some(captures) = captures(name) else { return };
    for (source, folder, stream, thresholds) in STREAMS {
        let mut page = Page::of(source, &newest(&captures.join(folder)));
        let dashed = stream.replace('_', "-");
        page.has_listed(&format!("peipnp.stream.{stream} | {dashed} | status=open"));
        page.has_listed(&format!("peipnp.{stream}.fee | application | amount=$300"));
        let listed = thresholds.lines().map(|line| format!("peipnp.{stream}.thresholds | {line}"));
        page.has_listed(&listed.collect::<Vec<_>>().join("\n"));

        let asked =
            ["Am I eligible", "How do I apply", "Who is not", "Do I have to pay", "What happens"];
        let questions = page.has_clauses_under(&format!("peipnp.{stream}.conditions"), &asked);
        assert_eq!(questions, if stream == "express_entry" { 5 } else { 4 });

        let first = page.parts.iter().position(|part| part.heading.starts_with(asked[0])).unwrap();
        let top = &page.parts[first - 1];
        let find = |words: &str| top.lines.iter().find(|line| line.contains(words)).cloned();
        let selection = [
            ("selection", find("sales and service sector")),
            ("authorization", find("has received authorization")),
        ];
        let said = selection
            .into_iter()
            .filter_map(|(key, line)| line.map(|line| (key.to_owned(), format!("text={line}"))));
        let said: Vec<_> = said.collect();
        page.has(&format!("peipnp.{stream}.selection"), said);

        if stream == "occupations_in_demand" {
            let code = pattern(r"^NOC (\d{5}) \(");
            let lines = page.under("Am I eligible?").lines.iter();
            let codes = lines.filter_map(|line| code.captures(line).map(|of| of[1].to_owned()));
            let codes: Vec<_> = codes.map(|code| (code.clone(), format!("noc={code}"))).collect();
            assert_eq!(codes.len(), 8);
            page.has("peipnp.occupations_in_demand.occupations", codes);
        }
        page.ends();
    }
}

/// The draws of the page by hand: the day, who was invited. No business was.
const DRAWS: [(&str, u32); 6] = [
    ("2026-01-15", 26),
    ("2026-02-19", 109),
    ("2026-03-20", 101),
    ("2026-04-16", 127),
    ("2026-05-21", 113),
    ("2026-06-18", 182),
];

#[test]
fn prince_edward_island_draws_selects_and_recruits() {
    let name = "captures::provinces::prince_edward_island_draws_selects_and_recruits";
    let Some(captures) = captures(name) else { return };
    let folder = "pe-html-expression-of-interest-draws";
    let mut page = Page::of("pe-draws", &newest(&captures.join(folder)));
    let heading = "Office of Immigration Invitations to Apply";
    let lines = page.under(heading).lines.clone();
    let attributes = lines.iter().find(|line| line.starts_with("Invitations were")).unwrap();
    let draws = DRAWS.map(|(date, invited)| {
        let fields = format!(
            "attributes={attributes}; business=0; business_points=-; date={date}; labour_and_express_entry={invited}; total={invited}"
        );
        (date.to_owned(), fields)
    });
    assert_eq!(DRAWS.map(|(_, invited)| invited).iter().sum::<u32>(), 658, "the page's own total");
    page.has("peipnp.draws", draws);
    let table = lines.iter().position(|line| line == "Invitation Date").unwrap();
    let after = lines.iter().position(|line| line.starts_with("The PEI EOI system")).unwrap();
    let text = [&lines[..table], &lines[after..]].concat().join(" / ");
    page.has("peipnp.selection", [(slug(heading), format!("text={text}"))]);
    page.ends();

    let folder = "pe-html-international-recruitment-events";
    let mut page = Page::of("pe-recruitment-events", &newest(&captures.join(folder)));
    let cells = &page.under("Past Recruitment Events").lines;
    let rows = cells.chunks(4).skip(1).filter(|row| row.len() == 4);
    let events: Vec<(String, String)> = rows
        .map(|row| {
            let key = format!("{}/{}", slug(&row[0]), slug(&row[1]));
            (key, format!("event={}; location={}; registration={}", row[1], row[2], row[3]))
        })
        .collect();
    assert_eq!(events.len(), 9);
    page.has("peipnp.recruitment_events", events);
    page.ends();

    let folder = "pe-html-provincial-nominee-program";
    let mut page = Page::of("pe-pnp-overview", &newest(&captures.join(folder)));
    let lines = &page.under("Provincial Nominee Program").lines;
    let said = lines.iter().find(|line| line.contains("priority will be given to")).unwrap();
    let said = format!("text={said}");
    page.has("peipnp.priorities", [("priorities".to_owned(), said)]);
    page.ends();
}

const SASKATCHEWAN: &str = "\
sinp.thresholds | points | points=60
sinp.thresholds | language | clb=4
sinp.thresholds | education | length=1 years
sinp.thresholds | skill-level | levels=\"A\", \"B\" or \"0\"
sinp.thresholds | work-experience | experience=1 years; within=10 years";

/// The notices over the text of the page: each is a quotation, or a line of one.
fn notices(html: &str) -> Vec<String> {
    let quotes = all(r"(?s)<blockquote>(.*?)</blockquote>", html);
    let cut = pattern(r"<(?:li|br)\b[^>]*>");
    let lines = quotes.iter().flat_map(|quote| cut.split(quote).map(words));
    lines.filter(|line| !line.is_empty()).collect()
}

#[track_caller]
fn check_saskatchewan(file: &Path, notices: &[String]) {
    let mut page = Page::of("sk-sinp-oid", file);
    page.has_listed(SASKATCHEWAN);
    let text = notices.join("\n");
    let stream = match &all("sub-category is (open|closed) to applications", &text)[..] {
        [status] => format!("intake=first_come; status={status}"),
        _ => "intake=by_invitation".to_owned(),
    };
    page.has("sinp.streams", [("occupations-in-demand".to_owned(), stream)]);
    let by = if text.contains("credit card") { "credit card" } else { "Visa or Mastercard" };
    page.has_listed(&format!("sinp.fees | application | amount=$300; payment={by}"));
    for said in all("In-Demand Occupation List (has been (?:updated|revised))", &text) {
        let on = all(r"As of ([A-Z][a-z]+ \d+)[a-z]{2}, 2018, the SINP's In-Demand", &text);
        let updated = on.iter().map(|on| day(&format!("{on}, 2018"))).collect();
        let of = fields(&[("said", vec![said]), ("updated", updated)]);
        page.has("sinp.in_demand_list", [("in-demand-occupation-list".to_owned(), of)]);
    }
    let asked =
        ["Eligibility", "What is an Int", "Who can't apply", "Assessment Rating", "How to Apply"];
    page.has_clauses_under("sinp.criteria", &asked);
    // Each notice under its topic; what is down for an evening and where work is found is none.
    let aside = |line: &&str| line.contains("unavailable") || line.starts_with("For information");
    let told: BTreeSet<&str> = records(&page.read, "sinp.notices")
        .into_values()
        .flat_map(|fields| fields["text"].as_array().unwrap().iter().filter_map(Json::as_str))
        .filter(|line| !aside(line))
        .collect();
    let printed = notices.iter().map(String::as_str).filter(|line| !aside(line));
    assert_eq!(told, printed.collect(), "{}", file.display());
    page.compared.insert("sinp.notices".to_owned());
    page.ends();
}

#[test]
fn saskatchewan_opens_closes_and_asks() {
    let name = "captures::provinces::saskatchewan_opens_closes_and_asks";
    let Some(captures) = captures(name) else { return };
    let folder = captures.join("sk-sinp-occupations-in-demand-2017");
    let labels = read(&folder.join("_labels.csv"));
    // The page that came back from a trouble stands in the list again: a file's first row counts.
    let is_whole = |file: &std::path::PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let row = labels.lines().find(|row| row.contains(&name)).unwrap();
        row.split(',').nth(3) != Some("broken")
    };
    let files: Vec<_> = files(&folder).into_iter().filter(is_whole).collect();
    assert_eq!(files.len(), 36);
    let mut before = Vec::new();
    for file in files {
        let html = read(&file);
        let notices = notices(&html);
        // That noise is silent is tested with the labels: what says the same is read once.
        let lines = parts(&html).into_iter().flat_map(|part| part.lines);
        let said: Vec<String> = lines.chain(notices.clone()).collect();
        if said != before {
            check_saskatchewan(&file, &notices);
        }
        before = said;
    }
}
