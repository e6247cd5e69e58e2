//! Rules that change quietly, each as it hid itself.

use std::fmt::Write as _;

use super::pages::{
    CRS, EDUCATION, GTS, HEALTHCARE, SIX_MONTHS, STEM, TRADES, TRANSPORT, TWELVE_MONTHS,
    TWELVE_MONTHS_HERE, categories, codes,
};
use super::worked::{
    CATEGORIES, CRS_TITLE, OINP_REDESIGNED, THRESHOLDS, WAGES, fields, thresholds_of_2024,
    thresholds_of_2025,
};
use super::{Watch, check, heard, lists, only_in, records, said};

/// Categories that stand still beside the one that moves.
const STEM_NOW: (&str, &str, &str) = (STEM, TWELVE_MONTHS, lists::STEM_2025);
const TRADES_NOW: (&str, &str, &str) = (TRADES, TWELVE_MONTHS, lists::TRADES_2026);

#[test]
fn one_row_is_swapped_in_a_list_that_keeps_its_length() {
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    let page = |trades| categories(&[(TRADES, TWELVE_MONTHS, trades), STEM_NOW]);
    assert_eq!(codes(lists::TRADES_2025).len(), codes(lists::TRADES_2026).len());
    watch.knows("2026-02-17T12:00:00Z", &page(lists::TRADES_2025));
    check(
        &watch.sees("2026-02-18T17:00:00Z", &page(lists::TRADES_2026)),
        "changed
         block in_force occupation_removed ee.category.trades.occupations/63200: record > - [R-EE-CAT]
         block in_force occupation_added ee.category.trades.occupations/63201: - > record [R-EE-CAT]",
    );
}

/// Ten occupations until 2025-02-27, none, four since 2026-02-18: two of the ten are among them, and
/// go back to what was; truck drivers are not.
#[test]
fn a_category_comes_back_under_its_name_with_another_list() {
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    let with =
        |transport| categories(&[STEM_NOW, TRADES_NOW, (TRANSPORT, TWELVE_MONTHS, transport)]);
    let without = categories(&[STEM_NOW, TRADES_NOW]);
    watch.knows("2025-02-26T12:00:00Z", &with(lists::TRANSPORT_2023));
    let report = watch.sees("2025-02-27T18:00:00Z", &without);
    assert_eq!(report.outcome.word(), "held", "its occupations, all of them");
    assert_eq!(records(&report, "category_removed", "ee.categories"), ["transport"]);
    let report = watch.sees("2025-02-27T18:05:00Z", &without);
    let list = "ee.category.transport.occupations";
    let removed = records(&report, "occupation_removed", list);
    assert_eq!(removed, codes(lists::TRANSPORT_2023));

    let report = watch.sees("2026-02-18T17:00:00Z", &with(lists::TRANSPORT_2026));
    assert_eq!(records(&report, "category_added", "ee.categories"), ["transport"]);
    let added = records(&report, "occupation_added", list);
    assert_eq!(added, codes(lists::TRANSPORT_2026));
    assert!(!added.contains(&"73300"));
    let back: Vec<&str> = report
        .changes
        .iter()
        .filter(|change| change.fact.as_str() == list && change.stage.word() == "reversed")
        .map(|change| change.record.as_str())
        .collect();
    assert_eq!(back, ["72404", "72600"]);
}

#[test]
fn an_occupation_moves_from_one_category_to_another_in_one_event() {
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    let health = |list| (HEALTHCARE, SIX_MONTHS, list);
    watch.knows("2025-02-26T12:00:00Z", &categories(&[health(lists::HEALTHCARE_2023), STEM_NOW]));
    let education = (EDUCATION, SIX_MONTHS, lists::EDUCATION);
    let page = categories(&[health(lists::HEALTHCARE_2026), education, STEM_NOW]);
    let report = watch.sees("2025-02-27T18:00:00Z", &page);
    assert_eq!(report.outcome.word(), "changed");
    let list = "ee.category.healthcare.occupations";
    let (left, came) =
        (records(&report, "occupation_removed", list), records(&report, "occupation_added", list));
    assert_eq!(left, only_in(lists::HEALTHCARE_2023, lists::HEALTHCARE_2026));
    assert_eq!(came, only_in(lists::HEALTHCARE_2026, lists::HEALTHCARE_2023));
    assert_eq!((left.len(), came.len()), (6, 8));
    let list = "ee.category.education.occupations";
    assert_eq!(records(&report, "occupation_added", list), codes(lists::EDUCATION));
    let moved = report.changes.iter().filter(|change| change.record.as_str() == "42203");
    let moved: Vec<&str> = moved.map(|change| change.summary.en.as_str()).collect();
    assert_eq!(
        moved,
        [
            "42203 Instructors of persons with disabilities added to Express Entry category education, moved from Express Entry category healthcare",
            "42203 Instructors of persons with disabilities removed from Express Entry category healthcare, moved to Express Entry category education",
        ]
    );
    assert_eq!(watch.events(), 1);
}

/// Categories of 2026 for experience in Canada; that one of them opens to the world is made up.
#[test]
fn experience_that_must_be_in_canada_is_told_from_experience_anywhere() {
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    let physicians = "physicians with Canadian work experience";
    let with = |experience| {
        categories(&[STEM_NOW, TRADES_NOW, (physicians, experience, lists::PHYSICIANS)])
    };
    watch.knows("2026-02-17T12:00:00Z", &categories(&[STEM_NOW, TRADES_NOW]));
    check(
        &watch.sees("2026-02-18T17:00:00Z", &with(TWELVE_MONTHS_HERE)),
        "changed
         block in_force category_added ee.categories/physicians: - > record [R-EE-CAT]
         block in_force record_added ee.category.physicians.experience/work-experience: - > record [R-EE-CAT R-EE-CAT-CANADA]
         block in_force occupation_added ee.category.physicians.occupations/31100: - > record [R-EE-CAT]
         block in_force occupation_added ee.category.physicians.occupations/31101: - > record [R-EE-CAT]
         block in_force occupation_added ee.category.physicians.occupations/31102: - > record [R-EE-CAT]",
    );
    check(
        &watch.sees("2026-03-18T17:00:00Z", &with(TWELVE_MONTHS)),
        "changed
         block in_force threshold_changed ee.category.physicians.experience/work-experience#where: canada > canada_or_abroad [R-EE-CAT R-EE-CAT-CANADA]",
    );
}

const TALENT: &str = "Program requirements for the Global Talent Stream";

/// Only the hourly figure binds; the annual one is rounded and stays. The new figure is made up.
#[test]
fn an_hourly_wage_moves_and_the_annual_one_does_not() {
    let mut watch = Watch::of("esdc-gts-requirements", TALENT);
    watch.knows("2025-11-20T12:00:00Z", GTS);
    check(
        &watch.sees("2025-11-21T12:00:00Z", &GTS.replace("$41.03", "$42.03")),
        "changed
         block in_force threshold_changed gts.category_b.occupations/information-systems-testing-technicians/22222#hourly_wage_floor: $41.03 per hour > $42.03 per hour [R-GTS-B-OCC R-GTS-B-WAGE]",
    );
}

/// Five years until 2018, three since, in a footnote of its cell.
#[test]
fn a_footnote_carries_the_rule() {
    let mut watch = Watch::of("esdc-gts-requirements", TALENT);
    let five = GTS.replace(
        "**The position must require a minimum of 3 years of experience in the visual",
        "**The position must require a minimum of 5 years of experience in the visual",
    );
    watch.knows("2018-05-31T12:00:00Z", &five);
    let report = watch.sees("2018-06-30T12:00:00Z", GTS);
    let [change] = &report.changes[..] else { panic!("{}", heard(&report)) };
    let said = said(change);
    assert!(said.starts_with("block in_force record_changed gts.category_b.occupations/producer-technical-creative-and-artistic-director-and-project-manager-visual-effects-and-video-game/51120#footnote:"), "{said}");
    assert!(
        said.contains("minimum of 5 years")
            && said.contains("> The position must require a minimum of 3 years"),
        "{said}"
    );
    assert!(said.ends_with("[R-GTS-B-OCC]"), "{said}");
}

/// The page of 2023 spoke of medians; since 2024-11-08 a fifth is added to them, and the word is
/// another. Each province moves, and each figure is compared with its own.
#[test]
fn a_threshold_is_the_same_fact_when_its_header_is_another() {
    let of_2023 = [
        "28.85", "27.50", "23.94", "23.00", "25.00", "38.00", "22.97", "35.90", "27.00", "22.50",
        "26.00", "26.22", "35.00",
    ];
    let mut text = "Province/territory | Median hourly wages prior to May 31, 2023 | Median hourly wages as of May 31, 2023\n".to_owned();
    for ((province, ..), wage) in THRESHOLDS.iter().zip(of_2023) {
        // The column that is not read says the same here.
        writeln!(text, "{province} | ${wage} | ${wage}").unwrap();
    }
    let mut watch = Watch::of("esdc-wage-thresholds", WAGES);
    watch.knows("2023-06-01T12:00:00Z", &text);
    let report = watch.sees("2024-11-08T12:00:00Z", &thresholds_of_2024());
    assert_eq!(report.changes.len(), 13);
    let ontario = report.changes.iter().find(|change| change.record.as_str() == "ON").unwrap();
    assert_eq!(
        said(ontario),
        "block in_force from 2024-11-08 threshold_changed lmia.high_wage_threshold/ON#amount: $27 per hour > $34.07 per hour [R-LMIA-STREAM]"
    );
}

/// The words of the notices of February 2024, and of a round before them.
const OINP_OF_2024: &str = "# January
## January 24, 2024
### Employer Job Offer Foreign Worker stream: Economic Mobility Pathways Project ( EMPP ) candidates invited
On January 24, 2024, we issued targeted invitations to apply to potential candidates in the Expression of Interest system pool.";

#[test]
fn a_notice_says_from_when_a_rule_has_held_before_it_was_posted() {
    let mut watch = Watch::of("on-oinp-updates", "2024 Ontario Immigrant Nominee Program updates");
    watch.knows("2024-02-04T18:00:00Z", OINP_OF_2024);
    let suspended = "# February
## February 5, 2024
### Entrepreneur Stream applications suspended
Effective December 4, 2023, we suspended receiving applications to the Entrepreneur Stream. No new expressions of interest or applications are being accepted.
";
    check(
        &watch.sees("2024-02-05T18:00:00Z", &format!("{suspended}{OINP_OF_2024}")),
        "changed
         info in_force notice oinp.notices/february-5-2024/entrepreneur-stream-applications-suspended: - > record [R-ON]",
    );
    let pte = "# February
## February 26, 2024
### Change to Eligible Tests for English Language Proficiency
Consistent with recent changes to federal policy, the OINP will also be accepting the Pearson Test of English ( PTE ) Core as demonstration of English proficiency, as of January 30, 2024.
";
    let before = suspended.trim_start_matches("# February\n");
    check(
        &watch.sees("2024-02-26T18:00:00Z", &format!("{pte}{before}{OINP_OF_2024}")),
        "changed
         info in_force notice oinp.notices/february-26-2024/change-to-eligible-tests-for-english-language-proficiency: - > record [R-ON]",
    );
}

/// A value that was in force for a week when its page was first seen is in force, from its day.
#[test]
fn a_day_that_has_passed_is_the_day_a_rule_holds_from() {
    let mut watch = Watch::of("esdc-wage-thresholds", WAGES);
    watch.knows("2025-06-26T12:00:00Z", &thresholds_of_2024());
    let report = watch.sees("2025-07-03T12:00:00Z", &thresholds_of_2025());
    assert_eq!(report.changes.len(), 12);
    for change in &report.changes {
        assert!(said(change).starts_with("block in_force from 2025-06-27 "), "{}", said(change));
    }
}

/// What a student must have for a year, by family size: until 2025-08-31, and since.
const STUDY_FUNDS: [(&str, &str, &str); 7] = [
    ("1", "20,635", "22,895"),
    ("2", "25,690", "28,502"),
    ("3", "31,583", "35,040"),
    ("4", "38,346", "42,543"),
    ("5", "43,492", "48,252"),
    ("6", "49,051", "54,420"),
    ("7", "54,611", "60,589"),
];

fn study_funds(heading: &str, new: bool) -> String {
    let mut text = format!(
        "## {heading}\nNumber of family members (including the applicant) | Funds required per year (in Canadian dollars)\n"
    );
    for (members, before, since) in STUDY_FUNDS {
        writeln!(text, "{members} | ${}", if new { since } else { before }).unwrap();
    }
    text
}

pub(super) fn study_funds_of_2024() -> String {
    study_funds("Students outside Quebec", false)
}

const SEVEN_FUNDS: &str = "changed
    warn announced from 2025-09-01 threshold_changed study.funds/1#amount: $20,635 > $22,895 [R-STUDY-FUNDS]
    warn announced from 2025-09-01 threshold_changed study.funds/2#amount: $25,690 > $28,502 [R-STUDY-FUNDS]
    warn announced from 2025-09-01 threshold_changed study.funds/3#amount: $31,583 > $35,040 [R-STUDY-FUNDS]
    warn announced from 2025-09-01 threshold_changed study.funds/4#amount: $38,346 > $42,543 [R-STUDY-FUNDS]
    warn announced from 2025-09-01 threshold_changed study.funds/5#amount: $43,492 > $48,252 [R-STUDY-FUNDS]
    warn announced from 2025-09-01 threshold_changed study.funds/6#amount: $49,051 > $54,420 [R-STUDY-FUNDS]
    warn announced from 2025-09-01 threshold_changed study.funds/7#amount: $54,611 > $60,589 [R-STUDY-FUNDS]";

/// Published on 2025-06-02, in force on 2025-09-01. The words of the headings are made up.
#[test]
fn both_amounts_are_on_the_page_between_the_notice_and_its_day() {
    let mut watch = Watch::of("ircc-study-funds", "Study permit: Get the right documents");
    watch.knows("2025-06-01T12:00:00Z", &study_funds_of_2024());
    let old = study_funds("If you apply before September 1, 2025", false);
    let new = study_funds("If you apply on or after September 1, 2025", true);
    for (at, page) in [
        ("2025-06-02T12:00:00Z", format!("{old}\n{new}")),
        ("2025-06-03T12:00:00Z", format!("{new}\n{old}")),
    ] {
        let report = watch.sees(at, &page);
        let heard = if at < "2025-06-03" { SEVEN_FUNDS } else { "unchanged: same_facts" };
        check(&report, heard);
    }
    assert_eq!(watch.events(), 1);
}

/// What a family must show: since 2024-05-28, and since 2025-07-07.
const FUNDS: [(&str, &str, &str); 8] = [
    ("1", "14,690", "15,263"),
    ("2", "18,288", "19,001"),
    ("3", "22,483", "23,360"),
    ("4", "27,297", "28,362"),
    ("5", "30,690", "32,168"),
    ("6", "34,917", "36,280"),
    ("7", "38,875", "40,392"),
    ("If more than 7 people, for each additional family member", "3,958", "4,112"),
];

fn funds(updated: &str, new: bool) -> String {
    let mut text = format!(
        "Number of family members | Funds required (in Canadian dollars)<br>Updated: {updated}\n"
    );
    for (members, before, since) in FUNDS {
        writeln!(text, "{members} | ${}", if new { since } else { before }).unwrap();
    }
    text
}

/// The table is of 2025-07-07, and a profile had to follow it by 2025-07-28.
#[test]
fn eight_amounts_are_one_event_from_the_day_of_the_table_and_not_of_the_grace() {
    let mut watch = Watch::of("ircc-ee-funds", "Proof of funds");
    watch.knows("2025-07-06T12:00:00Z", &funds("June 3, 2024", false));
    let grace = "If you already have a profile, update it by July 28, 2025, to stay eligible.\n";
    let report =
        watch.sees("2025-07-07T18:00:00Z", &format!("{grace}{}", funds("July 7, 2025", true)));
    check(
        &report,
        "changed
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/1#amount: $14,690 > $15,263 [R-EE-FUNDS]
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/2#amount: $18,288 > $19,001 [R-EE-FUNDS]
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/3#amount: $22,483 > $23,360 [R-EE-FUNDS]
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/4#amount: $27,297 > $28,362 [R-EE-FUNDS]
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/5#amount: $30,690 > $32,168 [R-EE-FUNDS]
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/6#amount: $34,917 > $36,280 [R-EE-FUNDS]
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/7#amount: $38,875 > $40,392 [R-EE-FUNDS]
         warn in_force from 2025-07-07 threshold_changed ee.proof_of_funds/each_additional#amount: $3,958 > $4,112 [R-EE-FUNDS]",
    );
    assert_eq!(watch.events(), 1);
}

/// Seen once a week, the list that was cut and mended has changed once, and nothing is reversed: the
/// net effect is all that can be known.
#[test]
fn a_change_and_its_reversal_between_two_checks_are_their_net_effect() {
    let mut watch = Watch::of("ircc-pgwp-fields", "Field of study requirement");
    watch.knows("2025-06-24T12:00:00Z", &fields(&["13.1210", "19.0709", "44.0701"]));
    let report = watch.sees("2025-07-08T12:00:00Z", &fields(&["01.1102"]));
    check(
        &report,
        "changed
         block in_force record_removed pgwp.field_of_study/01.1102: record > - [R-PGWP R-PGWP-FIELD]
         block in_force record_added pgwp.field_of_study/13.1210: - > record [R-PGWP R-PGWP-FIELD]
         block in_force record_added pgwp.field_of_study/19.0709: - > record [R-PGWP R-PGWP-FIELD]
         block in_force record_added pgwp.field_of_study/44.0701: - > record [R-PGWP R-PGWP-FIELD]",
    );
}

/// Rounds as the feed has them, and one more.
fn rounds(more: &str) -> String {
    let known = include_str!("../fixtures/ircc-ee-rounds/cut-off-490.json");
    let of_pool = known.find("{\"drawNumber\": \"237\"").unwrap();
    format!("{}{more}{}", &known[..of_pool], &known[of_pool..])
}

/// A thousand is not one; a number may have a letter. The round is made up.
#[test]
fn numbers_of_rounds_and_thousands_are_read_as_printed() {
    let mut watch = Watch::of("ircc-ee-rounds", "");
    check(&watch.sees_body("2023-01-18T17:00:00Z", rounds("")), "baseline");
    let round = r#"{"drawNumber": "91b", "drawDateFull": "May 30, 2018", "drawName": "Federal Skilled Trades", "drawSize": "1,000", "drawCRS": "288", "drawDateTime": "May 30, 2018 14:00:00 UTC", "drawCutOff": "May 07, 2018 18:00:00 UTC"},"#;
    let report = watch.sees_body("2023-01-18T17:20:00Z", rounds(round));
    check(
        &report,
        "changed
         info in_force draw_added ee.draws/91b: - > record [R-EE-DRAW]",
    );
    let summary = &report.changes[0].summary.en;
    assert!(summary.contains("1,000 invitations") && summary.contains("288"), "{summary}");
}

/// A round whose name no word covers is told as it is, and complained of: it does not vanish.
#[test]
fn a_round_of_a_category_nobody_knows_is_heard_all_the_same() {
    let mut watch = Watch::of("ircc-ee-rounds", "");
    let known = watch.sees_body("2023-01-18T17:00:00Z", rounds("")).complaints;
    let round = r#"{"drawNumber": "239", "drawDateFull": "January 25, 2023", "drawName": "Beekeepers (Version 1)", "drawSize": "1,000", "drawCRS": "480", "drawDateTime": "January 25, 2023 14:00:00 UTC", "drawCutOff": "December 07, 2022 18:00:00 UTC"},"#;
    let report = watch.sees_body("2023-01-25T17:20:00Z", rounds(round));
    check(
        &report,
        "changed
         info in_force draw_added ee.draws/239: - > record [R-EE-DRAW]",
    );
    assert_eq!(report.complaints, known + 1);
}

/// The page of 2026-04-27 has two streams; that of the day before had one more, whose words here are
/// short for the page's.
const BC: &str = "# Eligibility and requirements
Criteria | Skilled Worker stream | Health Authority stream | Entry Level and Semi-Skilled stream
Job offer | Must be in a NOC TEER 0, 1, 2, or 3 occupation | Must be in a Health Authority-eligible occupation | Must be in a NOC TEER 4 or 5 occupation
Employment | Must have a full-time, indeterminate (no end date) job offer | Must have a full-time, indeterminate (no end date) job offer | Must have a full-time, indeterminate (no end date) job offer
Work experience | Must have a minimum of two (2) years full-time equivalent work experience | Must meet the work experience required by the BC PNP | Must have worked for the employer for nine months
Language proficiency | Must meet the minimum language requirement of Canadian Language Benchmark level 4 | Must meet the minimum language requirement of Canadian Language Benchmark level 4 | Must meet the minimum language requirement of Canadian Language Benchmark level 4
Wage | Must meet minimum wage and income requirements | Must meet minimum wage and income requirements | Must meet minimum wage and income requirements
# Fees
Process | Fee
Registration | no fee
Application | $1,750 CAD
Request for review | $500 CAD
";

#[test]
fn a_stream_is_closed_by_leaving_its_page() {
    let mut watch = Watch::of("bc-workers", "For workers");
    let without: Vec<&str> = BC
        .lines()
        .map(|line| match line.split(" | ").count() {
            4 => line.rsplit_once(" | ").unwrap().0,
            _ => line,
        })
        .collect();
    watch.knows("2026-04-26T18:00:00Z", BC);
    let report = watch.sees("2026-04-27T18:00:00Z", &without.join("\n"));
    let stream = "entry-level-and-semi-skilled";
    assert_eq!(report.outcome.word(), "changed");
    assert_eq!(records(&report, "stream_closed", "bcpnp.streams"), [stream]);
    // With it go its criteria, and nothing else.
    let criteria = ["employment", "job-offer", "language", "wage", "work-experience"];
    let criteria = criteria.map(|criterion| format!("{stream}/{criterion}"));
    assert_eq!(records(&report, "record_removed", "bcpnp.criteria"), criteria);
    assert_eq!(report.changes.len(), 6);
    assert!(report.changes.iter().all(|change| said(change).ends_with(" [R-BC]")));
}

/// The reopening was not found; its words are those of the page before.
#[test]
fn the_door_opens_and_the_law_stands_as_it_was() {
    let mut watch = Watch::of("on-oinp-streams", "Ontario Immigrant Nominee Program Streams");
    watch.knows("2026-06-26T18:00:00Z", OINP_REDESIGNED);
    let closed = "The expression of interest system is closed and will reopen later in the summer.";
    let open = "You must first register in the Expression of Interest system.";
    check(
        &watch.sees("2026-09-01T18:00:00Z", &OINP_REDESIGNED.replace(closed, open)),
        "changed
         block in_force stream_opened oinp.eoi/intake#status: intake_closed > open [R-ON]",
    );
}

/// Areas of January and April 2025 with the rates that were published. London and Regina came under
/// the line; that one of them still stands on the page, and with which rate, is made up.
const JANUARY: &str = "\
St. John's, Newfoundland and Labrador 6.0
Saint John, New Brunswick 6.1
Montréal, Quebec 6.2
Oshawa, Ontario 7.5
Toronto, Ontario 7.9
Hamilton, Ontario 6.3
St. Catharines-Niagara, Ontario 6.2
Kitchener-Cambridge-Waterloo, Ontario 7.3
Guelph, Ontario 6.2
London, Ontario 6.4
Windsor, Ontario 8.8
Barrie, Ontario 6.0
Regina, Saskatchewan 6.1
Calgary, Alberta 7.5
Edmonton, Alberta 6.8";
const APRIL: &str = "\
St. John's, Newfoundland and Labrador 7.6
Saint John, New Brunswick 7.7
Fredericton, New Brunswick 6.9
Drummondville, Quebec 8.0
Montréal, Quebec 6.7
Kingston, Ontario 7.2
Peterborough, Ontario 9.9
Oshawa, Ontario 8.0
Toronto, Ontario 8.6
Hamilton, Ontario 7.3
St. Catharines-Niagara, Ontario 7.7
Kitchener-Cambridge-Waterloo, Ontario 8.5
Brantford, Ontario 7.2
Guelph, Ontario 6.2
Windsor, Ontario 9.3
Barrie, Ontario 7.5
Calgary, Alberta 7.8
Red Deer, Alberta 8.4
Edmonton, Alberta 7.3
Kelowna, British Columbia 6.7
Kamloops, British Columbia 7.1
Abbotsford-Mission, British Columbia 6.2
Vancouver, British Columbia 6.6
Nanaimo, British Columbia 6.0
London, Ontario 5.9";

fn areas(from: &str, areas: &str) -> String {
    let mut text = format!(
        "# Low-wage positions in CMAs with an unemployment rate of 6% or higher\n## From {from}\nCensus metropolitan area (CMA) | Unemployment rate\n"
    );
    for area in areas.lines() {
        let (name, rate) = area.rsplit_once(' ').unwrap();
        writeln!(text, "{name} | {rate}%").unwrap();
    }
    text
}

pub(super) fn areas_of_april() -> String {
    areas("April 4, 2025 to July 10, 2025", APRIL)
}

/// Every rate moved; what is heard is who crossed the line of 6%.
#[test]
fn a_table_of_the_quarter_says_who_crossed_the_line() {
    let title = "Refusal to process a Labour Market Impact Assessment application";
    let mut watch = Watch::of("esdc-refusal-to-process", title);
    watch.knows("2025-04-03T12:00:00Z", &areas("January 10, 2025 to April 3, 2025", JANUARY));
    let report = watch.sees("2025-04-04T12:00:00Z", &areas_of_april());
    assert_eq!(report.outcome.word(), "changed");
    let fact = "lmia.low_wage.areas";
    assert_eq!(records(&report, "record_changed", fact), ["london-ontario"]);
    assert_eq!(records(&report, "record_removed", fact), ["regina-saskatchewan"]);
    assert_eq!(
        records(&report, "record_added", fact),
        [
            "abbotsford-mission-british-columbia",
            "brantford-ontario",
            "drummondville-quebec",
            "fredericton-new-brunswick",
            "kamloops-british-columbia",
            "kelowna-british-columbia",
            "kingston-ontario",
            "nanaimo-british-columbia",
            "peterborough-ontario",
            "red-deer-alberta",
            "vancouver-british-columbia",
        ]
    );
    for change in &report.changes {
        let said = said(change);
        assert!(
            said.starts_with("warn in_force ") && said.ends_with(" [R-LMIA-LOW-OPEN]"),
            "{said}"
        );
    }
    assert_eq!(report.changes.len(), 13);
}

/// The sections and rows as readers quote them; the row of a spouse is the principal's.
fn fee_list(permanent: [&str; 3], temporary: [&str; 4]) -> String {
    let [whole, processing, child] = permanent;
    let [visitor, arc, rehabilitation, serious] = temporary;
    format!(
        "# Economic immigration (including Express Entry)
Fees | $CAN
Your application<br>This amount includes the processing fee and the right of permanent residence fee. | {whole}
Your application (without right of permanent residence fee) | {processing}
Include your spouse or partner<br>This amount includes the processing fee and the right of permanent residence fee. | {whole}
Include a dependent child | {child}
# Inadmissibility
Fees | $CAN
Authorization to return to Canada | {arc}
Inadmissible on grounds of criminality | {rehabilitation}
Inadmissible on grounds of serious criminality | {serious}
# Restoration of status
Fees | $CAN
Restore your status as a visitor | {visitor}
"
    )
}

const PERMANENT_OF_2024: [&str; 3] = ["1,525.00", "950.00", "260.00"];
const TEMPORARY_OF_2024: [&str; 4] = ["239.75", "479.75", "239.75", "1,199.00"];

pub(super) fn fees_of_2024() -> String {
    fee_list(PERMANENT_OF_2024, TEMPORARY_OF_2024)
}

/// Fees of a stay move on December 1, those of permanent residence on April 30 of even years.
#[test]
fn a_fee_touches_the_rule_of_its_kind_alone() {
    let mut watch = Watch::of("ircc-fee-list", "Citizenship and immigration application fees");
    let of_2025 = ["246.25", "492.50", "246.25", "1,231.00"];
    watch.knows("2025-11-30T12:00:00Z", &fees_of_2024());
    check(
        &watch.sees("2025-12-01T12:00:00Z", &fee_list(PERMANENT_OF_2024, of_2025)),
        "changed
         warn in_force fee_changed fees.tr.list/inadmissibility/authorization-to-return-to-canada#amount: 479.75 > 492.5 [R-FEE-TR]
         warn in_force fee_changed fees.tr.list/inadmissibility/inadmissible-on-grounds-of-criminality#amount: 239.75 > 246.25 [R-FEE-TR]
         warn in_force fee_changed fees.tr.list/inadmissibility/inadmissible-on-grounds-of-serious-criminality#amount: 1,199 > 1,231 [R-FEE-TR]
         warn in_force fee_changed fees.tr.list/restoration-of-status/restore-your-status-as-a-visitor#amount: 239.75 > 246.25 [R-FEE-TR]",
    );
    let permanent = ["1,590.00", "990.00", "270.00"];
    check(
        &watch.sees("2026-04-30T14:00:00Z", &fee_list(permanent, of_2025)),
        "changed
         warn in_force fee_changed fees.pr.list/economic-immigration-including-express-entry/include-a-dependent-child#amount: 260 > 270 [R-FEE-PR]
         warn in_force fee_changed fees.pr.list/economic-immigration-including-express-entry/include-your-spouse-or-partner#amount: 1,525 > 1,590 [R-FEE-PR]
         warn in_force fee_changed fees.pr.list/economic-immigration-including-express-entry/your-application#amount: 1,525 > 1,590 [R-FEE-PR]
         warn in_force fee_changed fees.pr.list/economic-immigration-including-express-entry/your-application-without-right-of-permanent-residence-fee#amount: 950 > 990 [R-FEE-PR]",
    );
}

/// Six hundred becomes five hundred in one cell: made up.
#[test]
fn one_cell_of_the_grid_is_one_change_for_each_place_it_stands_in() {
    let mut watch = Watch::of("ircc-crs-criteria", CRS_TITLE);
    watch.knows("2026-02-03T12:00:00Z", CRS);
    let (head, tail) = CRS.rsplit_once("nomination | 600").unwrap();
    check(
        &watch.sees("2026-02-04T12:00:00Z", &format!("{head}nomination | 500{tail}")),
        "changed
         block in_force points_changed crs.additional/breakdown/nomination/points#points: 600 > 500 [R-CRS-ADD]",
    );
}
