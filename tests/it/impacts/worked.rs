//! The worked impacts, one by one.

use std::fmt::Write as _;

use super::pages::{self, CRS, GTS, HEALTHCARE, SIX_MONTHS, STEM, TRADES, TWELVE_MONTHS};
use super::{Watch, check, lists, only_in, records, said};

pub(super) const CATEGORIES: &str = "Category-based selection";

#[test]
fn impact_1_nineteen_occupations_leave_stem_and_six_join() {
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    let page = |stem| {
        pages::categories(&[(STEM, SIX_MONTHS, stem), (TRADES, SIX_MONTHS, lists::TRADES_2025)])
    };
    watch.knows("2025-02-26T12:00:00Z", &page(lists::STEM_2023));
    let report = watch.sees("2025-02-27T18:00:00Z", &page(lists::STEM_2025));
    check(&report, "held: ee.category.stem.occupations: 19 of 24 records are gone");
    assert_eq!(report.held.len(), 25);
    let report = watch.sees("2025-02-27T18:05:00Z", &page(lists::STEM_2025));
    assert_eq!(report.outcome.word(), "released");
    let stem = "ee.category.stem.occupations";
    let removed = records(&report, "occupation_removed", stem);
    assert_eq!(removed, only_in(lists::STEM_2023, lists::STEM_2025));
    let added = records(&report, "occupation_added", stem);
    assert_eq!(added, only_in(lists::STEM_2025, lists::STEM_2023));
    assert_eq!((removed.len(), added.len(), report.changes.len()), (19, 6, 25));
    // "STEM yes" becomes "no" for the people who write software.
    let tech = ["21211", "21222", "21223", "21230", "21231", "21232", "21233", "21234", "21311"];
    assert!(tech.iter().all(|code| removed.contains(code)));
    for change in &report.changes {
        assert!(said(change).starts_with("block in_force occupation_"), "{}", said(change));
        assert!(said(change).ends_with(" [R-EE-CAT]"), "{}", said(change));
    }
    assert_eq!(watch.events(), 1);

    // The same codes stand on Category B, whose page has not changed.
    let mut gts = Watch::of("esdc-gts-requirements", "Program requirements");
    gts.knows("2025-02-26T12:00:00Z", GTS);
    check(&gts.sees("2025-02-27T18:00:00Z", GTS), "unchanged: same_facts");
}

/// The grid of the time before 2025-03-25, when a job offer gave points.
fn with_job_offers() -> String {
    let first = "Arranged employment - TEER 0 Major group 00 | 200\n";
    let other =
        "Arranged employment - NOC TEER 1, 2 or 3, or any TEER 0 other than Major group 00 | 50\n";
    let nomination = "Provincial or territorial nomination | 600\n";
    CRS.replace(nomination, &format!("{first}{other}{nomination}"))
}

/// The grid with the box that the page has since then.
pub(super) fn with_box() -> String {
    let text = "<div class=\"alert alert-info\">
! We no longer give points for job offers
As of March&nbsp;25, 2025, we’re removing job offer points from the Comprehensive Ranking System for current and future candidates in the Express Entry pool. This includes job offers:
- classified under Major Group&nbsp;00 of the National Occupation Classification (for example, senior management positions)&nbsp;<strong>(200&nbsp;points)</strong>
- in any other skilled occupation&nbsp;<strong>(50&nbsp;points)</strong>
It may take a few days for your score to show correctly.
</div>
";
    format!("{text}{CRS}")
}

pub(super) const CRS_TITLE: &str = "Comprehensive Ranking System (CRS) criteria";

#[test]
fn impact_2_the_points_for_a_job_offer_go_and_no_other_point_moves() {
    let mut watch = Watch::of("ircc-crs-criteria", CRS_TITLE);
    watch.knows("2025-03-24T12:00:00Z", &with_job_offers());
    let report = watch.sees("2025-03-25T12:00:00Z", &with_box());
    check(
        &report,
        "changed
         block in_force record_removed crs.additional/breakdown/job-offer-00/points: record > - [R-CRS-ADD]
         block in_force record_removed crs.additional/breakdown/job-offer-other/points: record > - [R-CRS-ADD]
         block in_force record_removed crs.additional/summary/job-offer-00/points: record > - [R-CRS-ADD]
         block in_force record_removed crs.additional/summary/job-offer-other/points: record > - [R-CRS-ADD]",
    );
    assert_eq!(watch.events(), 1);
}

#[test]
fn impact_10_the_grid_loses_its_box_about_job_offers_and_nothing_is_said() {
    let mut watch = Watch::of("ircc-crs-criteria", CRS_TITLE);
    watch.knows("2025-08-21T12:00:00Z", &with_box());
    let report = watch.sees("2026-02-01T12:00:00Z", CRS);
    check(&report, "changed");
    let words: Vec<&str> = watch.rest.iter().map(|change| change.kind.word()).collect();
    assert_eq!(words, ["wording_changed"], "its words are told as words, and no fact");
}

/// Thresholds by province: since 2024-11-08, since 2025-06-27.
pub(super) const THRESHOLDS: [(&str, &str, &str); 13] = [
    ("Alberta", "35.40", "36.00"),
    ("British Columbia", "34.62", "36.60"),
    ("Manitoba", "30.00", "30.16"),
    ("New Brunswick", "28.85", "30.00"),
    ("Newfoundland and Labrador", "31.20", "32.40"),
    ("Northwest Territories", "47.09", "48.00"),
    ("Nova Scotia", "28.80", "30.00"),
    ("Nunavut", "42.00", "42.00"),
    ("Ontario", "34.07", "36.00"),
    ("Prince Edward Island", "28.80", "30.00"),
    ("Quebec", "32.96", "34.62"),
    ("Saskatchewan", "32.40", "33.60"),
    ("Yukon", "43.20", "44.40"),
];

/// The page between two updates: one column. That it has one then is made up.
pub(super) fn thresholds_of_2024() -> String {
    let mut text = "Province/territory | Wage threshold as of November 8, 2024\n".to_owned();
    for (province, old, _) in THRESHOLDS {
        writeln!(text, "{province} | ${old}").unwrap();
    }
    text
}

/// The page with both columns, in the words it had in 2023.
pub(super) fn thresholds_of_2025() -> String {
    let mut text = "Province/territory | Wage threshold prior to June 27, 2025 | Wage threshold as of June 27, 2025\n".to_owned();
    for (province, old, new) in THRESHOLDS {
        writeln!(text, "{province} | ${old} | ${new}").unwrap();
    }
    text
}

pub(super) const WAGES: &str =
    "Hire a temporary foreign worker in a high-wage or low-wage position";

/// Twelve of thirteen: Nunavut is not among them.
const TWELVE_THRESHOLDS: &str = "changed
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/AB#amount: $35.40 per hour > $36 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/BC#amount: $34.62 per hour > $36.60 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/MB#amount: $30 per hour > $30.16 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/NB#amount: $28.85 per hour > $30 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/NL#amount: $31.20 per hour > $32.40 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/NS#amount: $28.80 per hour > $30 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/NT#amount: $47.09 per hour > $48 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/ON#amount: $34.07 per hour > $36 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/PE#amount: $28.80 per hour > $30 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/QC#amount: $32.96 per hour > $34.62 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/SK#amount: $32.40 per hour > $33.60 per hour [R-LMIA-STREAM]
    block STAGE from 2025-06-27 threshold_changed lmia.high_wage_threshold/YT#amount: $43.20 per hour > $44.40 per hour [R-LMIA-STREAM]";

#[test]
fn impact_3_the_threshold_of_ontario_and_of_eleven_more_moves_and_nunavuts_does_not() {
    let mut watch = Watch::of("esdc-wage-thresholds", WAGES);
    watch.knows("2025-06-26T12:00:00Z", &thresholds_of_2024());
    let report = watch.sees("2025-06-27T12:00:00Z", &thresholds_of_2025());
    check(&report, &TWELVE_THRESHOLDS.replace("STAGE", "in_force"));
    assert_eq!(watch.events(), 1);
}

/// Whether the page said so before the day is not known; a page that does has announced it.
#[test]
fn impact_3_a_threshold_of_a_day_to_come_is_announced() {
    let mut watch = Watch::of("esdc-wage-thresholds", WAGES);
    watch.knows("2025-06-19T12:00:00Z", &thresholds_of_2024());
    let report = watch.sees("2025-06-20T12:00:00Z", &thresholds_of_2025());
    check(&report, &TWELVE_THRESHOLDS.replace("STAGE", "announced"));
}

/// The words of 2022, when the pilot ran.
const PILOT_RUNS: &str = "This pilot program allows you to settle in Québec permanently if you are:
- a foreign worker or a Québec graduate in artificial intelligence
- a foreign worker in information technologies and visual effects
This pilot program has come into effect on April 22, 2021, and will close on January 1, 2026.
If you meet the program’s conditions, you can submit an application for permanent selection and obtain a Certificat de sélection du Québec (CSQ).
Last update: July 4, 2022";

/// The words of 2026-01-05.
pub(super) const PILOT_ENDED: &str = "The Permanent immigration pilot program for workers in the artificial intelligence, information technologies and visual effects sectors ended as planned on January 1, 2026. It is no longer possible to submit an application under this program.
All applications for permanent selection already submitted, before January 1, 2026, under this program will continue to be reviewed by the Ministère de l’Immigration, de la Francisation et de l’Intégration (Ministry of Immigration, Francization and Integration).
To settle permanently in Québec, it is possible to express your interest in Arrima.
Last update: January 5, 2026";

pub(super) const PILOT: &str = "Permanent immigration pilot program for workers in the artificial intelligence, information technologies and visual effects sectors";

#[test]
fn impact_4_the_pilot_of_quebec_ends() {
    let mut watch = Watch::of("qc-pilot-ai-it-vfx", PILOT);
    watch.knows("2025-12-31T17:00:00Z", PILOT_RUNS);
    let report = watch.sees("2026-01-05T17:00:00Z", PILOT_ENDED);
    check(
        &report,
        "changed
         block in_force from 2026-01-01 stream_closed qc.pilot.ai_it_vfx/ai-it-and-visual-effects#status: open > closed [R-QC]",
    );
    assert_eq!(watch.events(), 1);
}

#[test]
fn impact_4_the_two_other_pilots_end_in_the_same_words() {
    for (source, key, of) in [
        (
            "qc-pilot-food-processing",
            "food_processing/food-processing",
            "workers in food processing",
        ),
        ("qc-pilot-orderlies", "orderlies/orderlies", "orderlies"),
    ] {
        let mut watch = Watch::of(source, "Permanent immigration pilot program");
        watch.knows("2025-12-31T17:00:00Z", PILOT_RUNS);
        let sectors = "workers in the artificial intelligence, information technologies and visual effects sectors";
        let report = watch.sees("2026-01-05T17:00:00Z", &PILOT_ENDED.replace(sectors, of));
        check(
            &report,
            &format!(
                "changed\nblock in_force from 2026-01-01 stream_closed qc.pilot.{key}#status: open > closed [R-QC]"
            ),
        );
    }
}

/// Three categories that ask for the same experience.
pub(super) fn categories(experience: &str) -> String {
    pages::categories(&[
        (HEALTHCARE, experience, lists::HEALTHCARE_2026),
        (STEM, experience, lists::STEM_2025),
        (pages::EDUCATION, experience, lists::EDUCATION),
    ])
}

/// Trades and transport moved too on that day; see the traps for what lists do.
#[test]
fn impact_5_the_experience_of_every_category_doubles_while_the_lists_stand_still() {
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    watch.knows("2026-02-17T12:00:00Z", &categories(SIX_MONTHS));
    let report = watch.sees("2026-02-18T17:00:00Z", &categories(TWELVE_MONTHS));
    check(
        &report,
        "changed
         block in_force threshold_changed ee.category.education.experience/work-experience#continuous: yes > no [R-EE-CAT]
         block in_force threshold_changed ee.category.education.experience/work-experience#months: 6 months > 12 months [R-EE-CAT]
         block in_force threshold_changed ee.category.healthcare.experience/work-experience#continuous: yes > no [R-EE-CAT]
         block in_force threshold_changed ee.category.healthcare.experience/work-experience#months: 6 months > 12 months [R-EE-CAT]
         block in_force threshold_changed ee.category.stem.experience/work-experience#continuous: yes > no [R-EE-CAT]
         block in_force threshold_changed ee.category.stem.experience/work-experience#months: 6 months > 12 months [R-EE-CAT]",
    );
    assert_eq!(watch.events(), 1);
}

/// Notices of 2024 and 2025, in the page's words, the newest first.
pub(super) const AAIP: &str = "- March 11, 2026: Updates to Worker Expression of Interest On February 25, 2026, new fields were introduced to the Worker Expression of Interest (WEOI) to collect information on wages and hours of work for candidates with an Alberta job offer.
- April 1, 2025: Changes to AAIP worker streams application fees Effective April 1, 2025, the application fee for AAIP worker streams is $1,500. This adjustment is necessary to align the fee with service delivery costs. All other AAIP services fees will remain unchanged at this time.
- September 23, 2024: Details on new worker streams expression of interest As of September 30, 2024, candidates must submit a Worker Expression of Interest (EOI) if they are interested in receiving an invitation to apply to one of the Alberta Advantage Immigration Program’s (AAIP’s) worker streams. There is no fee to submit a Worker EOI.";

pub(super) const AAIP_OF_APRIL: &str = "- April 7, 2026: Worker Expression of Interest fee Effective April 7, 2026, the Alberta Advantage Immigration Program (AAIP) is introducing a $135 fee to submit a Worker Expression of Interest (WEOI). All other AAIP service fees remain unchanged at this time.";

#[test]
fn impact_6_a_step_that_was_free_costs_and_the_application_costs_what_it_did() {
    let mut watch = Watch::of("ab-aaip-updates", "Alberta Advantage Immigration Program – Updates");
    let page = |notices: &str| format!("# Updates by date\n## 2026 updates\n{notices}\n");
    watch.knows("2026-04-06T18:00:00Z", &page(AAIP));
    let report = watch.sees("2026-04-07T18:00:00Z", &page(&format!("{AAIP_OF_APRIL}\n{AAIP}")));
    check(
        &report,
        "changed
         warn in_force from 2026-04-07 fee_changed aaip.fees/worker-expression-of-interest#amount: no fee > $135 [R-AB]
         info in_force notice aaip.notices/2026-04-07/worker-expression-of-interest-fee-effective-april-7: - > record [R-AB]",
    );
    assert_eq!(watch.events(), 1);
}

/// The page of 2026-05-29.
pub(super) const OINP: &str = "# Regulatory amendments coming into force May 30
Please note that amendments to the regulations under the Ontario Immigration Act take effect May 30. These updates prepare for the redesign of the Ontario Immigrant Nominee Program (OINP). Please stay tuned to the program updates page for any further announcements.
# Ontario’s Expression of Interest Streams
The following streams operate through the OINP’s Expression of Interest System. To qualify, you must register an expression of interest and receive an invitation to apply.
## If you have a job offer in Ontario
If you have a job offer in Ontario, you can apply to the following streams.
### Employer Job Offer: Foreign Worker stream
Apply for the Employer Job Offer: Foreign Worker stream if you are a skilled foreign worker with a job offer in Ontario or a physician.
### Employer Job Offer: International Student stream
Apply for the Employer Job Offer: International Student stream if you are a recent graduate with a job offer in Ontario.
### Employer Job Offer: In-Demand Skills stream
Apply for the Employer Job Offer: In Demand Skills stream if you are a foreign worker in an in-demand occupation with a job offer in Ontario.
## If you have a Masters or PhD degree from an Ontario university
If you have a Masters or PhD degree from an Ontario university, you can apply to the following streams.
### Masters Graduate stream
Apply for the Masters Graduate stream if you have a masters degree from an Ontario university.
### PhD Graduate stream
Apply for the PhD Graduate stream if you have a PhD degree from an Ontario university.
# Ontario’s Express Entry Streams
The following streams operate through the federal government’s Express Entry System.
## If you have the skills and experience that Ontario employers need
### Human Capital Priorities stream
Apply for the Human Capital Priorities stream if you have the required skilled work experience, education and language abilities.
### Skilled Trades stream
Apply for the Skilled Trades stream if you are a foreign worker with Ontario work experience in an eligible skilled trade.
### French-Speaking Skilled Worker stream
Apply for the French-Speaking Skilled Worker stream if you are a French-speaking foreign worker with strong English language abilities.
Updated: May 29, 2026 Published: October 16, 2023";

/// The page of the redesign was never captured: its form and words are made up after the old one's;
/// the three routes, and that the intake is closed, are what was reported of it.
pub(super) const OINP_REDESIGNED: &str = "# Ontario’s streams
The expression of interest system is closed and will reopen later in the summer.
### Ontario Workforce Priority TEER 0 to 3 stream
You may qualify for this stream if you have a job offer in TEER 0, 1, 2 or 3.
### Ontario Workforce Priority TEER 4 to 5 stream
You may qualify for this stream if you have a job offer in TEER 4 or 5.
### Self-employed physicians stream
You may qualify for this stream if you are a self-employed physician.
Updated: June 26, 2026 Published: October 16, 2023";

#[test]
fn impact_7_eight_streams_of_ontario_go_three_come_and_the_door_is_shut() {
    let mut watch = Watch::of("on-oinp-streams", "Ontario Immigrant Nominee Program Streams");
    watch.knows("2026-05-29T18:00:00Z", OINP);
    let report = watch.sees("2026-06-26T18:00:00Z", OINP_REDESIGNED);
    // The door is of another set, and is not held.
    check(
        &report,
        "held: oinp.streams: 8 of 8 records are gone
         block in_force status_changed oinp.eoi/intake#status: open > intake_closed [R-ON]",
    );
    let report = watch.sees("2026-06-26T18:05:00Z", OINP_REDESIGNED);
    check(
        &report,
        "released
         block in_force stream_closed oinp.streams/foreign-worker: record > - [R-ON]
         block in_force stream_closed oinp.streams/french-speaking-skilled-worker: record > - [R-ON]
         block in_force stream_closed oinp.streams/human-capital-priorities: record > - [R-ON]
         block in_force stream_closed oinp.streams/in-demand-skills: record > - [R-ON]
         block in_force stream_closed oinp.streams/international-student: record > - [R-ON]
         block in_force stream_closed oinp.streams/masters-graduate: record > - [R-ON]
         block in_force stream_opened oinp.streams/ontario-workforce-priority-teer-0-to-3-stream: - > record [R-ON]
         block in_force stream_opened oinp.streams/ontario-workforce-priority-teer-4-to-5-stream: - > record [R-ON]
         block in_force stream_closed oinp.streams/phd-graduate: record > - [R-ON]
         block in_force stream_opened oinp.streams/self-employed-physicians-stream: - > record [R-ON]
         block in_force stream_closed oinp.streams/skilled-trades: record > - [R-ON]",
    );
    assert_eq!(watch.events(), 2);
}

/// The title and the address of the announcement are made up; its day is not.
pub(super) const AI_STREAM: &str = r#"{ "feed": { "entry": [
    { "title": "Government of Canada to create a worker stream for artificial intelligence",
      "link": "https://www.canada.ca/en/immigration-refugees-citizenship/news/2026/06/worker-stream-for-artificial-intelligence.html",
      "publishedDate": "2026-06-04T10:00:00-04:00", "teaser": "" },
    OLD ] } }"#;

/// An item as it was on 2025-08-01.
pub(super) const OLD_NEWS: &str = r#"{ "title": "Canada extends temporary measures for Palestinians in Canada",
      "link": "https://www.canada.ca/en/immigration-refugees-citizenship/news/2025/08/canada-extends-temporary-measures-for-palestinians-in-canada.html",
      "publishedDate": "2025-08-01T21:48:17-04:00", "teaser": "" }"#;

/// A box as such pages have them, about the same.
const AI_BOX: &str = "! On June 4, 2026, the Government of Canada announced a worker stream for artificial intelligence\n";

/// The standards as the page of 2025-11 has them.
const GTS_OVERVIEW: &str = "# Benefits
- faster processing of GTS applications with a service standard of 10 business days starting on the business day after the application has been received by Service Canada – this service standard is expected to be met 80% of the time
- eligibility for highly skilled global talent workers to have their work permits processed in 2 weeks by IRCC – this service standard is expected to be met 80% of the time
# Duration of employment
Employers submitting a Labour Market Impact Assessment (LMIA) application for a high-wage position may request an employment duration of up to 3 years.
# After you apply
Your LMIA application can be submitted up to 6 months before the expected job start date.
The employer will receive a decision letter confirming the LMIA is positive. This positive LMIA is valid for up to 6 months after it's issued.
You must keep all documents used to support your application for a minimum of 6 years beginning on the temporary foreign worker’s first day of work.
";

#[test]
fn impact_8_the_stream_for_ai_workers_is_a_notice_and_the_talent_stream_stands_as_it_was() {
    let mut news = Watch::of("ircc-newsroom", "");
    let before = format!("{{ \"feed\": {{ \"entry\": [ {OLD_NEWS} ] }} }}");
    check(&news.sees_body("2026-06-03T12:00:00Z", before), "baseline");
    let report = news.sees_body("2026-06-04T15:00:00Z", AI_STREAM.replace("OLD", OLD_NEWS));
    check(
        &report,
        "changed
         info in_force notice notices.ircc/2026/06/worker-stream-for-artificial-intelligence: - > record [R-NOTICES]",
    );
    let mut gts = Watch::of("esdc-gts-requirements", "Program requirements");
    gts.knows("2026-06-03T12:00:00Z", GTS);
    // The box is no fact of the stream: its words are told as what they are.
    check(&gts.sees("2026-06-04T15:00:00Z", &format!("{AI_BOX}{GTS}")), "changed");
    gts.says_beside("worker stream for artificial intelligence");
    let mut overview = Watch::of("esdc-gts-overview", "Global Talent Stream");
    overview.knows("2026-06-03T12:00:00Z", GTS_OVERVIEW);
    let report = overview.sees("2026-06-04T15:00:00Z", &format!("{AI_BOX}{GTS_OVERVIEW}"));
    check(&report, "changed");
    overview.says_beside("worker stream for artificial intelligence");
}

/// Codes of a few programs. The counts of the real list are known (178 left, 119 came, then most
/// came back), its members are not: which of these were on it, left or came is made up.
const FIELDS: [(&str, &str, &str); 19] = [
    ("01.0101", "Agricultural business and management, general", "Agriculture and agri-food"),
    ("01.0302", "Animal/livestock husbandry and production", "Agriculture and agri-food"),
    ("01.0606", "Plant nursery operations and management", "Agriculture and agri-food"),
    ("01.0903", "Animal health", "Agriculture and agri-food"),
    ("01.1102", "Agronomy and crop science", "Agriculture and agri-food"),
    ("11.0701", "Computer science", "STEM"),
    ("13.1001", "Special education and teaching, general", "Education"),
    ("14.0801", "Civil engineering, general", "STEM"),
    ("14.1001", "Electrical and electronics engineering", "STEM"),
    ("14.1901", "Mechanical engineering", "STEM"),
    ("26.0908", "Exercise physiology", "Healthcare"),
    ("46.0302", "Electrician", "Trade"),
    ("46.0503", "Plumbing technology/plumber", "Trade"),
    ("48.0508", "Welding technology/welder", "Trade"),
    ("51.0602", "Dental hygiene/hygienist", "Healthcare"),
    ("51.3801", "Registered nursing/registered nurse", "Healthcare"),
    ("13.1210", "Early childhood education and teaching", "Education"),
    ("19.0709", "Child care provider/assistant", "Education"),
    ("44.0701", "Social work", "Healthcare and social services"),
];

pub(super) fn fields(off: &[&str]) -> String {
    let mut text =
        "# Eligible fields of study\nCIP 2021 title | CIP 2021 code | Field of study category\n"
            .to_owned();
    for (code, title, category) in FIELDS.iter().filter(|(code, ..)| !off.contains(code)) {
        writeln!(text, "{title} | {code} | {category}").unwrap();
    }
    text
}

#[test]
fn impact_9_fields_of_study_that_left_and_came_back_are_two_events_the_second_reversed() {
    let title = "Post-graduation work permit: Field of study requirement";
    let mut watch = Watch::of("ircc-pgwp-fields", title);
    watch.knows("2025-06-24T12:00:00Z", &fields(&["13.1210", "19.0709", "44.0701"]));
    let report = watch.sees("2025-06-25T12:00:00Z", &fields(&["01.0101", "01.0302", "01.1102"]));
    check(
        &report,
        "changed
         block in_force record_removed pgwp.field_of_study/01.0101: record > - [R-PGWP R-PGWP-FIELD]
         block in_force record_removed pgwp.field_of_study/01.0302: record > - [R-PGWP R-PGWP-FIELD]
         block in_force record_removed pgwp.field_of_study/01.1102: record > - [R-PGWP R-PGWP-FIELD]
         block in_force record_added pgwp.field_of_study/13.1210: - > record [R-PGWP R-PGWP-FIELD]
         block in_force record_added pgwp.field_of_study/19.0709: - > record [R-PGWP R-PGWP-FIELD]
         block in_force record_added pgwp.field_of_study/44.0701: - > record [R-PGWP R-PGWP-FIELD]",
    );
    let report = watch.sees("2025-07-04T12:00:00Z", &fields(&["01.1102"]));
    check(
        &report,
        "changed
         block reversed record_added pgwp.field_of_study/01.0101: - > record [R-PGWP R-PGWP-FIELD]
         block reversed record_added pgwp.field_of_study/01.0302: - > record [R-PGWP R-PGWP-FIELD]",
    );
    assert_eq!(watch.events(), 2);
}
