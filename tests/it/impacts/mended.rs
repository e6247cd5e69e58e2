//! The worked impacts on a tool's own data: the change, the rules it fires and no other, what of the data it
//! makes wrong, and the patch. Impacts 1, 2, 3 and 7 are in `verified`.

use std::collections::BTreeSet;

use rulewatch::checking::Report;
use rulewatch::model::RuleId;
use serde_json::{Value as Json, json};

use super::Watch;
use super::pages::{CRS, GTS, SIX_MONTHS, TWELVE_MONTHS};
use super::verified::{Data, TALENT_FLAG, known, watch};
use super::worked::{
    AAIP, AAIP_OF_APRIL, AI_STREAM, CATEGORIES, CRS_TITLE, OLD_NEWS, categories, fields, with_box,
};

/// The rules that the changes of facts of a check touch.
fn rules(report: &Report) -> BTreeSet<&str> {
    report.changes.iter().flat_map(|change| &change.rules).map(RuleId::as_str).collect()
}

/// The only patch, as operations of JSON Patch.
#[track_caller]
fn operations(data: &Data, watches: &[&Watch], at: &str) -> Json {
    let mut patches = data.verify(&known(watches, at), false).patches;
    assert_eq!(patches.len(), 1);
    patches.remove(0).operations.unwrap()
}

const CATEGORY_DATA: &str = r#"{
  "healthcare": { "experienceMonths": 6, "continuous": true, "codes": ["31100", "31301"] },
  "stem": { "experienceMonths": 6, "continuous": true, "codes": ["21220", "21300"] },
  "education": { "experienceMonths": 6, "continuous": true, "codes": ["41220"] }
}
"#;

const CATEGORY_BINDINGS: &str = r#"
[[bind]]
name = "months"
fact = "ee.category.*.experience#months"
record = "work-experience"
file = "categories.json"
path = "$.{1}.experienceMonths"
as = "value"
[[bind]]
name = "codes"
fact = "ee.category.*.occupations"
file = "categories.json"
path = "$.{1}.codes"
as = "set"
partial = true
"#;

#[test]
fn impact_5_the_months_of_every_category_double_and_no_list_moves() {
    let data = Data::new(&[("categories.json", CATEGORY_DATA)], CATEGORY_BINDINGS);
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    watch.knows("2026-02-17T12:00:00Z", &categories(SIX_MONTHS));
    assert_eq!(data.found(&known(&[&watch], "2026-02-17T13:00:00Z")), [""; 0]);
    let report = watch.sees("2026-02-18T17:00:00Z", &categories(TWELVE_MONTHS));
    assert_eq!(rules(&report), BTreeSet::from(["R-EE-CAT"]));
    let at = "2026-02-18T18:00:00Z";
    let found = data.found(&known(&[&watch], at));
    assert_eq!(
        found,
        [
            "months (education) different:4 work-experience: 6 > 12 months",
            "months (healthcare) different:2 work-experience: 6 > 12 months",
            "months (stem) different:3 work-experience: 6 > 12 months",
        ]
    );
    let patch = ["education", "healthcare", "stem"].map(|category| {
        json!({"op": "replace", "path": format!("/{category}/experienceMonths"), "value": 12})
    });
    assert_eq!(operations(&data, &[&watch], at), json!(patch));
    let fixed = data.fixed(&known(&[&watch], at), "categories.json");
    assert_eq!(fixed, CATEGORY_DATA.replace("Months\": 6", "Months\": 12"));
}

#[test]
fn impact_6_only_the_step_that_was_free_costs() {
    let yaml = "alberta: # what a worker pays\n  eoi: 0\n  application: 1500\n";
    let bindings = "[[bind]]\nname = 'alberta'\nfact = 'aaip.fees#amount'\nfile = 'fees.yaml'\n\
        path = '$.alberta'\nas = 'map'\npartial = true\n\
        words = { '0' = 'no fee' }\n\
        keys = { eoi = 'worker-expression-of-interest', application = 'worker-application' }\n";
    let data = Data::new(&[("fees.yaml", yaml)], bindings);
    let mut watch = Watch::of("ab-aaip-updates", "Alberta Advantage Immigration Program – Updates");
    let page = |notices: &str| format!("# Updates by date\n## 2026 updates\n{notices}\n");
    watch.knows("2026-04-06T18:00:00Z", &page(AAIP));
    assert_eq!(data.found(&known(&[&watch], "2026-04-06T19:00:00Z")), [""; 0]);
    let report = watch.sees("2026-04-07T18:00:00Z", &page(&format!("{AAIP_OF_APRIL}\n{AAIP}")));
    assert_eq!(rules(&report), BTreeSet::from(["R-AB"]));
    let after = known(&[&watch], "2026-04-07T19:00:00Z");
    assert_eq!(data.found(&after), ["alberta different:2 worker-expression-of-interest: 0 > $135"]);
    let diff = data.verify(&after, false).patches.remove(0).unified();
    assert!(diff.contains("-  eoi: 0\n+  eoi: 135\n   application: 1500\n"), "{diff}");
}

#[test]
fn impact_8_an_announced_stream_makes_nothing_of_the_data_wrong() {
    let codes = r#"[{"code": "21231", "gts": true}, {"code": "21301", "gts": false}]"#;
    let data = Data::new(&[("noc.json", codes)], TALENT_FLAG);
    let at = "2026-06-03T12:00:00Z";
    let gts = watch("esdc-gts-requirements", "Program requirements", at, GTS);
    let mut news = Watch::of("ircc-newsroom", "");
    news.sees_body(at, format!("{{ \"feed\": {{ \"entry\": [ {OLD_NEWS} ] }} }}"));
    let report = news.sees_body("2026-06-04T15:00:00Z", AI_STREAM.replace("OLD", OLD_NEWS));
    assert_eq!(rules(&report), BTreeSet::from(["R-NOTICES"]), "and none of the talent stream");
    let known = known(&[&gts, &news], "2026-06-04T16:00:00Z");
    for announced in [false, true] {
        let verified = data.verify(&known, announced);
        assert_eq!((verified.findings.found.len(), verified.patches.len()), (0, 0));
    }
}

#[test]
fn impact_9_fields_of_study_leave_and_most_come_back() {
    let codes = r#"{"pgwp": ["01.0101", "01.0302", "01.1102", "11.0701"]}"#;
    let bindings = "[[bind]]\nname = 'fields'\nfact = 'pgwp.field_of_study'\nfile = 'cip.json'\n\
        path = '$.pgwp'\nas = 'set'\npartial = true\n";
    let data = Data::new(&[("cip.json", codes)], bindings);
    let mut watch =
        Watch::of("ircc-pgwp-fields", "Post-graduation work permit: Field of study requirement");
    watch.knows("2025-06-24T12:00:00Z", &fields(&[]));
    assert_eq!(data.found(&known(&[&watch], "2025-06-24T13:00:00Z")), [""; 0]);
    let report = watch.sees("2025-06-25T12:00:00Z", &fields(&["01.0101", "01.0302", "01.1102"]));
    assert_eq!(rules(&report), BTreeSet::from(["R-PGWP", "R-PGWP-FIELD"]));
    let left = |codes: &[&str]| -> Vec<String> {
        let line = |code: &&str| format!("fields extra:1 {code}: {code} > not listed");
        codes.iter().map(line).collect()
    };
    let at = "2025-06-25T13:00:00Z";
    assert_eq!(data.found(&known(&[&watch], at)), left(&["01.0101", "01.0302", "01.1102"]));
    let removed =
        ["/pgwp/2", "/pgwp/1", "/pgwp/0"].map(|path| json!({"op": "remove", "path": path}));
    assert_eq!(operations(&data, &[&watch], at), json!(removed));
    let report = watch.sees("2025-07-04T12:00:00Z", &fields(&["01.1102"]));
    assert!(report.changes.iter().all(|change| change.stage.word() == "reversed"));
    assert_eq!(data.found(&known(&[&watch], "2025-07-04T13:00:00Z")), left(&["01.1102"]));
}

#[test]
fn impact_10_a_box_of_words_goes_and_the_points_of_the_data_are_right() {
    let data = Data::example();
    let of_points = |watch: &Watch, at: &str| {
        let found = data.found(&known(&[watch], at)).into_iter();
        found.filter(|line| line.starts_with("CRS")).collect::<Vec<_>>()
    };
    let mut watch = Watch::of("ircc-crs-criteria", CRS_TITLE);
    watch.knows("2025-08-21T12:00:00Z", &with_box());
    assert_eq!(of_points(&watch, "2025-08-21T13:00:00Z"), [""; 0]);
    let report = watch.sees("2026-02-01T12:00:00Z", CRS);
    assert_eq!(rules(&report), BTreeSet::new());
    assert_eq!(of_points(&watch, "2026-02-01T13:00:00Z"), [""; 0]);
}
