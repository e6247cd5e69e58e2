//! Express Entry's programs and the papers they ask for: what the pages say, read from them by hand
//! and by plain patterns over the HTML.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::{files, newest, pattern, read, reads, records, said, slug, words};
use crate::left_out::captures;

/// Every capture of the folders, oldest first in each.
fn pages(captures: &Path, folders: &[&str]) -> Vec<PathBuf> {
    folders.iter().flat_map(|folder| files(&captures.join(folder))).collect()
}

/// What a recipe reads; it complains of nothing, and reads no fact but these.
#[track_caller]
fn whole(source: &str, page: &Path, facts: &[&str]) -> Vec<Json> {
    let read = reads(source, page);
    for line in &read {
        let fact = line["fact"].as_str().unwrap_or_default();
        let known = facts.iter().any(|known| fact.starts_with(known));
        assert!(line["type"] == "record" && known, "{}: {line}", page.display());
    }
    read
}

/// A fact set as lines of `record | fields`, in the order of the alphabet.
fn lines(read: &[Json], fact: &str) -> Vec<String> {
    let records = records(read, fact).into_iter();
    records.map(|(record, fields)| format!("{record} | {}", said(fields))).collect()
}

/// Compares a fact set with the lines of a list made by hand.
#[track_caller]
fn check(read: &[Json], page: &Path, fact: &str, expected: &str) {
    let mut expected: Vec<_> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    expected.sort_unstable();
    assert_eq!(lines(read, fact), expected, "{fact} of {}", page.display());
}

/// What stands between one heading, or summary of a `details`, and the next.
struct Piece {
    heading: String,
    body: String,
}

/// Comments, scripts, and boxes that are shown once something is ticked.
const ASIDE: &str =
    r#"(?s)<!--.*?-->|<script.*?</script>|<div class="alert[^"]*\bhidden\b.*?</div>"#;

/// The main content, cut at its headings. A `details` ends what its summary began.
fn pieces(page: &Path) -> Vec<Piece> {
    let html = read(page).replace("</details>", "<h6></h6>");
    let html = pattern(ASIDE).replace_all(&html, "");
    let main = pattern(r"(?s)<main\b.*?</main>");
    let main = main.find(&html).map_or(&*html, |main| main.as_str());
    let head = pattern(r"(?s)^<(?:h\d|summary)\b[^>]*>(.*?)</(?:h\d|summary)>(.*)$");
    let starts: Vec<usize> =
        pattern(r"<(?:h\d|summary)\b").find_iter(main).map(|start| start.start()).collect();
    let ends = starts.iter().skip(1).copied().chain([main.len()]);
    let cut = starts.iter().zip(ends).filter_map(|(start, end)| head.captures(&main[*start..end]));
    let below = |body: &str| body.split("<nav").next().unwrap().to_owned();
    cut.map(|found| Piece { heading: words(&found[1]), body: below(&found[2]) }).collect()
}

/// The paragraphs and items of a piece; its tables are facts of their own.
fn paragraphs(piece: &Piece) -> Vec<String> {
    let body = pattern(r"(?s)<table.*?</table>").replace_all(&piece.body, "");
    let cut =
        pattern(r"</?(?:p|ul|ol|li|div|section|legend|label|details|form|fieldset|br)\b[^>]*>");
    cut.split(&body).map(words).filter(|said| !said.is_empty()).collect()
}

/// Every section has all that stands under its heading, and there is no section more. A heading
/// after `?` is not on every page.
#[track_caller]
fn check_clauses(read: &[Json], page: &Path, fact: &str, sections: &str) {
    let pieces = pieces(page);
    let mut expected = BTreeMap::new();
    for line in sections.lines() {
        let (section, heading) = line.trim().split_once(" | ").unwrap();
        let sought = heading.trim_start_matches('?');
        let under = pieces.iter().filter(|piece| piece.heading == sought).map(paragraphs);
        let under: Vec<_> = under.filter(|said| !said.is_empty()).collect();
        if under.is_empty() && heading.starts_with('?') {
            continue;
        }
        assert_eq!(under.len(), 1, "`{sought}` of {}", page.display());
        expected.insert(section, Json::from(under.concat()));
    }
    let found = records(read, fact);
    for (section, said) in &expected {
        let read = found.get(section).map(|fields| &fields["text"]);
        assert_eq!(read, Some(said), "{section} in {fact} of {}", page.display());
    }
    let (found, expected): (Vec<_>, Vec<_>) = (found.keys().collect(), expected.keys().collect());
    assert_eq!(found, expected, "{fact} of {}", page.display());
}

/// The tables of a piece of HTML, row by row; a `<br>`, an item and a paragraph part words.
fn tables(html: &str) -> Vec<Vec<Vec<String>>> {
    let part = pattern(r"</?(?:br|p|li|ul)\b[^>]*>");
    let said = |cell: String| words(&part.replace_all(&cell, " "));
    let row = |row: Vec<String>| row.into_iter().map(said).collect();
    super::tables(html).into_iter().map(|table| table.into_iter().map(row).collect()).collect()
}

const TEER: &str = "0 | teer=0\n1 | teer=1\n2 | teer=2\n3 | teer=3";

#[test]
fn the_programs_and_their_fees_are_those_of_the_landing_page() {
    let name = "captures::programs::the_programs_and_their_fees_are_those_of_the_landing_page";
    let Some(captures) = captures(name) else { return };
    let page = newest(&captures.join("ircc-ee-landing"));
    let read = whole("ircc-ee", &page, &["ee.programs", "fees.pr.express_entry"]);
    let programs = "cec | title=Canadian Experience Class
        fsw | title=Federal Skilled Worker Program
        fst | title=Federal Skilled Trades Program";
    check(&read, &page, "ee.programs", programs);
    let fees = "applicant | amount=1525\nspouse | amount=1525\nchild | amount=260";
    check(&read, &page, "fees.pr.express_entry", fees);
}

#[test]
fn the_canadian_experience_class_is_read_to_its_last_word() {
    let name = "captures::programs::the_canadian_experience_class_is_read_to_its_last_word";
    let Some(captures) = captures(name) else { return };
    for page in pages(&captures, &["ircc-draft-ee-cec-en", "ircc-ee-cec"]) {
        let read = whole("ircc-ee-cec", &page, &["ee.cec."]);
        let experience = "work-experience | continuous=no; hours=1560; hours_per_week=30; \
                          length=1 years; within=3 years";
        check(&read, &page, "ee.cec.work_experience", experience);
        check(&read, &page, "ee.cec.teer", TEER);
        let sections = "work-experience | Canadian skilled work experience
            how-to-count | How to count your work hours
            self-employment | Self-employment and student work experience
            physicians | Exemption for physicians
            language | Language ability
            education | Education
            admissibility | Admissibility
            where-to-live | Where you can live in Canada";
        check_clauses(&read, &page, "ee.cec.requirements", sections);
    }
}

#[test]
fn the_skilled_trades_are_read_to_their_last_word() {
    let name = "captures::programs::the_skilled_trades_are_read_to_their_last_word";
    let Some(captures) = captures(name) else { return };
    for page in pages(&captures, &["ircc-draft-ee-fst-en"]) {
        let read = whole("ircc-ee-fst", &page, &["ee.fst."]);
        let experience = "work-experience | hours=3120; length=2 years; within=5 years";
        check(&read, &page, "ee.fst.work_experience", experience);
        check(&read, &page, "ee.fst.job_offer", "job-offer | length=1 years");
        let groups = "major-groups | groups=72 (excluding Sub-Major Group 726), 73, 82, 83, 92, \
                      or 93 (excluding Sub-Major Group 932)
            minor-groups | groups=6320
            unit-groups | groups=62200";
        check(&read, &page, "ee.fst.noc_groups", groups);
        let sections = "work-experience | Skilled trades work experience
            how-to-count | How to count your work hours
            other-countries | ?If you worked in more than one country
            part-time | Part-time work experience
            student-work | Student work experience
            job-offer-or-certificate | Job offer or certificate of qualification
            certificate | Certificate of qualification
            certificate-by-province | Get assessed by the province or territory
            certificate-federal | If your trade is federally regulated
            language | Language ability
            education | Education
            funds | Proof of funds
            admissibility | Admissibility
            where-to-live | Where you can live in Canada";
        check_clauses(&read, &page, "ee.fst.requirements", sections);
    }
}

/// The tables of the grid of 100 points: the header of the first column, the section, the columns
/// and the rows by the words of their keys, as they stand on the page.
const GRID: &str = "\
First official language | first-language | speaking listening reading writing | clb-9 clb-8 clb-7 below-clb-7
Second official language | second-language | points | second-clb-5 second-below-clb-5
Experience | work-experience | points | 1-year 2-3-years 4-5-years 6-or-more-years
Age | age | points | under-18 18-35 36 37 38 39 40 41 42 43 44 45 46 47-and-older
Adaptability | adaptability | points | spouse-language studies spouse-studies work spouse-work arranged-employment relatives";

/// What each factor gives at most, listed by hand.
const MAXIMA: &str = "\
maximum/language/points | label=Language skills; points=28
maximum/first-language/points | label=First official language; points=24
maximum/second-language/points | label=Second official language; points=4
maximum/education/points | label=Education; points=25
maximum/work-experience/points | label=Skilled work experience; points=15
maximum/age/points | label=Age; points=12
maximum/arranged-employment/points | label=Arranged employment in Canada; points=10
maximum/adaptability/points | label=Adaptability; points=10
";

#[test]
fn the_federal_skilled_workers_are_read_with_the_whole_grid() {
    let name = "captures::programs::the_federal_skilled_workers_are_read_with_the_whole_grid";
    let Some(captures) = captures(name) else { return };
    for page in pages(&captures, &["ircc-draft-ee-fsw-en", "ircc-ee-fsw"]) {
        let read = whole("ircc-ee-fsw", &page, &["ee.fsw."]);
        check(&read, &page, "ee.fsw.pass_mark", "pass-mark | points=67");
        check(&read, &page, "ee.fsw.teer", TEER);
        let experience = "recency | within=10 years
            work-experience | continuous=yes; hours=1560; hours_per_week=30; length=1 years";
        check(&read, &page, "ee.fsw.work_experience", experience);

        let mut grid = MAXIMA.to_owned();
        let tables = tables(&super::read(&page));
        assert_eq!(tables.len(), GRID.lines().count());
        for (table, line) in tables.iter().zip(GRID.lines()) {
            let parts: Vec<&str> = line.split(" | ").collect();
            let [header, section, columns, rows] = parts[..] else { panic!("{line}") };
            assert_eq!(table[0][0], header);
            let (columns, rows): (Vec<_>, Vec<_>) =
                (columns.split(' ').collect(), rows.split(' ').collect());
            assert_eq!(table.len(), 1 + rows.len(), "{header}");
            for (cells, row) in table[1..].iter().zip(rows) {
                assert_eq!(cells.len(), 1 + columns.len(), "{cells:?}");
                for (points, column) in cells[1..].iter().zip(&columns) {
                    let label = &cells[0];
                    grid += &format!("{section}/{row}/{column} | label={label}; points={points}\n");
                }
            }
        }
        check(&read, &page, "ee.fsw.points", &grid);

        let sections = "work-experience | Skilled work experience
            how-to-count | How to count your work hours
            part-time | Part-time work experience
            student-work | Student work experience
            language | Language ability
            education | Education
            selection | Selection factors
            points-first-language | First official language (maximum 24 points)
            points-second-language | Second official language (maximum 4 points)
            points-education | Education (maximum 25 points)
            points-work-experience | Skilled work experience (maximum 15 points)
            points-age | Age (maximum 12 points)
            arranged-employment | Arranged employment in Canada (maximum 10 points)
            situation-1 | Situation 1
            situation-2 | Situation 2
            situation-3 | Situation 3
            situation-4 | Situation 4
            adaptability | Adaptability (maximum 10 points)
            funds | Proof of funds
            admissibility | Admissibility
            where-to-live | Where you can live in Canada";
        check_clauses(&read, &page, "ee.fsw.requirements", sections);
    }
}

#[test]
fn a_valid_job_offer_is_read_for_both_kinds_of_programs() {
    let name = "captures::programs::a_valid_job_offer_is_read_for_both_kinds_of_programs";
    let Some(captures) = captures(name) else { return };
    let group = pattern(r"(?s)<li>\s*((Major|Minor|Unit) Group (\d+)[^<]*)(.*?)</li>");
    let excluding = pattern(r"excluding (Sub-Major Group \d+)");
    for page in pages(&captures, &["ircc-draft-ee-joboffer-en"]) {
        let read = whole("ircc-ee-job-offer", &page, &["ee.job_offer."]);
        let conditions = "cec-fsw/employers | employers=1
            cec-fsw/hours | hours_per_week=30
            cec-fsw/length | length=1 years
            cec-fsw/teer | teer=0-3
            fst/employers | employers=2
            fst/hours | hours_per_week=30
            fst/length | length=1 years
            fst/teer | teer=2-3";
        check(&read, &page, "ee.job_offer.conditions", conditions);

        let html = super::read(&page);
        let trades: Vec<String> = group
            .captures_iter(&html)
            .map(|found| {
                let (kind, number, title) = (found[2].to_lowercase(), &found[3], words(&found[1]));
                let excluding = excluding.captures(&found[0]);
                let excluding = excluding.map(|found| format!("excluding={}; ", &found[1]));
                let excluding = excluding.unwrap_or_default();
                format!("{kind}-group-{number} | {excluding}title={title}")
            })
            .collect();
        assert_eq!(trades.len(), 8, "counted on the page");
        check(&read, &page, "ee.job_offer.trades", &trades.join("\n"));

        let sections = "basics | Job offer basics
            physicians | If you're a physician with a job offer in Canada
            cec-fsw | Federal Skilled Workers Program and Canadian Experience Class
            fst | Federal Skilled Trades Program
            who-needs-lmia | Who needs an LMIA
            who-does-not-need-lmia | Who doesn't need an LMIA
            ability | Ability to do the work";
        check_clauses(&read, &page, "ee.job_offer.requirements", sections);
    }
}

/// The levels by score, line by line, of every table under the heading of a test.
fn levels(page: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let programs =
        [("Federal Skilled W", "fsw"), ("Federal Skilled T", "fst"), ("Canadian", "cec")];
    let tests = [
        ("CELPIP", "celpip"),
        ("IELTS", "ielts"),
        ("PTE", "pte-core"),
        ("TEF", "tef-canada"),
        ("TCF", "tcf-canada"),
    ];
    let named = |names: &[(&str, &'static str)], heading: &str| {
        names.iter().find(|(start, _)| heading.starts_with(start)).map(|(_, slug)| *slug)
    };
    let (mut program, mut test) = ("", "");
    let mut levels: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for piece in pieces(page) {
        program = named(&programs, &piece.heading).unwrap_or(program);
        test = named(&tests, &piece.heading).unwrap_or(test);
        for table in tables(&piece.body) {
            let Some(level) = table[0].iter().position(|cell| cell.ends_with("Level")) else {
                continue;
            };
            let last = table[0].last().unwrap();
            let scale = match () {
                () if piece.heading.starts_with("If you took") => "temporary",
                () if last.contains("per ability") => "first-language",
                () if last.contains("total") => "second-language",
                () => "current",
            };
            for row in &table[1..] {
                let number: String = row[level].chars().take_while(char::is_ascii_digit).collect();
                let score = |n: usize| &row[level + n];
                let points = row.get(level + 5).map(|points| format!("points={points}; "));
                let teer = (level > 0).then(|| format!("; teer={}", row[0]));
                levels.entry(test).or_default().push(format!(
                    "{program}/{scale}/{number} | listening={}; {}reading={}; speaking={}{}; \
                     writing={}",
                    score(2),
                    points.unwrap_or_default(),
                    score(3),
                    score(1),
                    teer.unwrap_or_default(),
                    score(4)
                ));
            }
        }
    }
    levels
}

#[test]
fn every_score_of_every_language_test_is_read() {
    let name = "captures::programs::every_score_of_every_language_test_is_read";
    let Some(captures) = captures(name) else { return };
    for page in pages(&captures, &["ircc-draft-ee-language-en", "ircc-dom-ee-language"]) {
        let read = whole("ircc-ee-language", &page, &["language."]);
        let levels = levels(&page);
        let counts: Vec<_> = levels.values().map(Vec::len).collect();
        assert_eq!(counts, [16, 18, 18, 17, 36], "counted on the page");
        for (test, levels) in levels {
            check(&read, &page, &format!("language.equivalency.{test}"), &levels.join("\n"));
        }
        let minimum = "cec/teer-0-or-1/english | level=7
            cec/teer-0-or-1/french | level=7
            cec/teer-2-or-3/english | level=5
            cec/teer-2-or-3/french | level=5
            fsw/english/first-language | level=7
            fsw/french/first-language | level=7
            fsw/any/second-language | level=5
            fst/english/speaking-and-listening | level=5
            fst/english/reading-and-writing | level=4
            fst/french/speaking-and-listening | level=5
            fst/french/reading-and-writing | level=4";
        check(&read, &page, "language.minimum", minimum);
        check(&read, &page, "language.validity", "validity | less_than=2 years");
        let accepted = r#"
            english/celpip | condition=You must take the CELPIP-General test.; name=CELPIP: Canadian English Language Proficiency Index Program
            english/ielts | condition=You must take the IELTS General Training option. / We don't accept IELTS One Skill Retake for Express Entry.; name=IELTS: International English Language Testing System
            english/pte-core | condition=You must take the PTE Core option.; name=PTE Core: Pearson Test of English
            french/tcf-canada | name=TCF Canada: Test de connaissance du français
            french/tef-canada | name=TEF Canada: Test d'évaluation de français"#;
        check(&read, &page, "language.tests.accepted", accepted);
        let sections = "take | Take a language test
            disability | If you can't complete your language test because of a disability
            validity | How long your results are valid for
            invited | If you've been invited to apply
            not-invited | If you haven't been invited to apply";
        check_clauses(&read, &page, "language.requirements", sections);
    }
}

#[test]
fn every_result_of_an_assessment_is_read_with_its_points() {
    let name = "captures::programs::every_result_of_an_assessment_is_read_with_its_points";
    let Some(captures) = captures(name) else { return };
    for page in pages(&captures, &["ircc-draft-ee-education-eca-en"]) {
        let read = whole("ircc-ee-eca", &page, &["eca."]);
        let tables = tables(&super::read(&page));
        let [organizations, crs, fsw] = &tables[..] else { panic!("{} tables", tables.len()) };
        assert_eq!([organizations.len(), crs.len() + fsw.len()], [1 + 5, 2 + 303]);
        let mut points = String::new();
        for row in &crs[1..] {
            let [result, level, with, without] = &row[..] else { panic!("{row:?}") };
            points += &format!(
                "crs/{} | level={level}; result={result}; with_spouse={with}; without_spouse={without}\n",
                slug(result)
            );
        }
        for row in &fsw[1..] {
            let [result, level, given] = &row[..] else { panic!("{row:?}") };
            points +=
                &format!("fsw/{} | level={level}; points={given}; result={result}\n", slug(result));
        }
        check(&read, &page, "eca.results", &points);

        let organizations: Vec<String> = organizations[1..]
            .iter()
            .map(|row| {
                let (name, day) = (&row[0], super::rounds::day(&row[1]));
                format!("{} | designated={day}; organization={name}", slug(name))
            })
            .collect();
        check(&read, &page, "eca.organizations", &organizations.join("\n"));

        let doctors = "body=Medical Council of Canada; designated=2013-04-17";
        let bodies = format!(
            "21200 | body=Canadian Architectural Certification Board; designated=2024-05-20; noc=21200; occupation=Architects
            31100 | {doctors}; noc=31100; occupation=Specialists and family physicians
            31101 | {doctors}; noc=31101; occupation=Specialists and family physicians
            31102 | {doctors}; noc=31102; occupation=Specialists and family physicians
            31120 | body=Pharmacy Examining Board of Canada; designated=2014-01-06; noc=31120; occupation=Pharmacists"
        );
        check(&read, &page, "eca.professional_bodies", &bodies);
        let sections = "what | What is an ECA
            who | Who needs an ECA
            which | Which credentials to get assessed
            two-or-more | When to get an assessment for 2 or more credentials
            secondary | When to get your secondary education assessed
            who-assesses | Who can do your assessment
            architects | Architects (NOC 21200)
            physicians | Specialists and family physicians (NOC 31100, NOC 31101 or NOC 31102)
            pharmacists | Pharmacists (NOC 31120)
            profile | If you have 2 or more credentials
            licensed-professions | Professional degrees for licensed professions";
        check_clauses(&read, &page, "eca.requirements", sections);
    }
}

#[test]
fn the_kinds_of_rounds_are_read_in_both_languages() {
    let name = "captures::programs::the_kinds_of_rounds_are_read_in_both_languages";
    let Some(captures) = captures(name) else { return };
    let english =
        ["ircc-draft-ee-rounds-en", "ircc-dom-ee-rounds", "ircc-ee-rounds-page-unrendered"];
    for page in pages(&captures, &english) {
        let read = whole("ircc-ee-rounds-page", &page, &["ee.round_types"]);
        let sections = "general | 1. General rounds of invitations
            order-of-programs | ?Can I be eligible for more than one program?
            order-of-programs | ?Can I be eligible for more than one program under Express Entry?
            program-specific | 2. Program-specific rounds of invitations
            category-based | 3. Category-based rounds of invitations
            nomination | Candidates with a provincial or territorial nomination
            how-they-work | ?How the rounds work";
        check_clauses(&read, &page, "ee.round_types", sections);
    }
    for page in pages(&captures, &["ircc-draft-ee-rounds-fr"]) {
        let read = whole("ircc-ee-rounds-page", &page, &["ee.round_types"]);
        let sections = "general | 1. Rondes générale
            program-specific | 2. Rondes propre à des programmes
            category-based | 3. Rondes axées sur les catégories (ensembles)
            nomination | Candidats désignés par une province ou un territoire
            how-they-work | Déroulement des rondes d'invitations";
        check_clauses(&read, &page, "ee.round_types", sections);
    }
    let page = newest(&captures.join("ircc-ee-rounds-mi-page-rendered"));
    let read = whole("ircc-ee-rounds-instructions", &page, &["ee.round_instructions"]);
    let sections = "description | Description of the table fields";
    check_clauses(&read, &page, "ee.round_instructions", sections);
}
