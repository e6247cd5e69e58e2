//! Eligibility data under the worked impacts: what a change makes wrong, what it must leave alone, and the
//! patch that puts it right. The facts are read from pages by the shipped recipes.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rulewatch::asking::{AskedOfficial, official};
use rulewatch::model::{FactKey, FindingKind, Official, RecordKey};
use rulewatch::store::SharedStore;
use rulewatch::verifying::{self, VerifiedData, Wish};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::pages::{self, CRS, GTS, SIX_MONTHS, STEM, TRADES};
use super::worked::{
    CATEGORIES, CRS_TITLE, OINP, OINP_REDESIGNED, PILOT, PILOT_ENDED, thresholds_of_2024,
};
use super::{Watch, lists, thresholds_of_2025};
use crate::schemas::{faults, published};
use crate::shipped::shipped;

/// What these sources say, as known at a moment.
pub(super) fn known(watches: &[&Watch], at: &str) -> Official {
    known_of(watches, at, None)
}

/// What they say of a day, or of today and what is ahead.
fn known_of(watches: &[&Watch], at: &str, as_of: Option<&str>) -> Official {
    let (catalog, zone) = (shipped(), TimeZone::get("America/Toronto").unwrap());
    let now: Timestamp = at.parse().unwrap();
    let as_of = as_of.map(|day| day.parse().unwrap());
    let of = |watch: &&Watch| {
        let store = SharedStore::new(watch.world.store());
        let asked = AskedOfficial { as_of, now, zone: &zone };
        official(&store, &catalog, &asked, &|_| true).unwrap()
    };
    let mut all: Vec<Official> = watches.iter().map(of).collect();
    let mut known = all.pop().unwrap();
    all.into_iter().for_each(|more| known.sets.extend(more.sets));
    known
}

/// Data files and their bindings.
pub(super) struct Data(TempDir);

impl Data {
    pub(super) fn new(files: &[(&str, &str)], bindings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::write(folder.path().join("eligibility.toml"), bindings).unwrap();
        Self(folder)
    }

    pub(super) fn example() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/examples/eligibility");
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        Self(folder)
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn verify(&self, official: &Official, announced: bool) -> VerifiedData {
        let bindings = verifying::bindings(&self.path("eligibility.toml")).unwrap();
        let wish = Wish { today: official.day, announced, catalog: None };
        verifying::verify(&bindings, self.0.path(), official, wish)
    }

    /// What is found, a line each: kind, record, yours, official, since.
    pub(super) fn found(&self, official: &Official) -> Vec<String> {
        lines(&self.verify(official, false))
    }

    /// Puts the data right, and returns the new text of a file.
    pub(super) fn fixed(&self, official: &Official, file: &str) -> String {
        self.verify(official, false)
            .patches
            .iter()
            .for_each(|patch| verifying::fix(patch).unwrap());
        fs::read_to_string(self.path(file)).unwrap()
    }
}

fn lines(verified: &VerifiedData) -> Vec<String> {
    let said = |finding: &rulewatch::model::DataFinding| {
        let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let line = finding.place.as_ref().map_or(0, |place| place.line);
        format!(
            "{} {}:{line} {}: {} > {}",
            finding.binding,
            finding.kind.word(),
            word(&finding.record),
            word(&finding.yours),
            word(&finding.official.as_ref().map(ToString::to_string))
        )
    };
    verified.findings.found.iter().map(said).collect()
}

fn stem(list: &'static str) -> Watch {
    stem_at(list, "2025-02-26T12:00:00Z")
}

pub(super) fn stem_at(list: &'static str, at: &str) -> Watch {
    let mut watch = Watch::of("ircc-ee-categories", CATEGORIES);
    let page =
        pages::categories(&[(STEM, SIX_MONTHS, list), (TRADES, SIX_MONTHS, lists::TRADES_2025)]);
    watch.knows(at, &page);
    watch
}

pub(super) fn watch(source: &str, title: &'static str, at: &str, text: &str) -> Watch {
    let mut watch = Watch::of(source, title);
    watch.knows(at, text);
    watch
}

/// Draws of British Columbia as they are since its tech draws ended.
const BC_DRAWS: &str = "# Skills Immigration
Date | ITA type | Selection factors | Minimum score | Number of invitations
May 7, 2026 | Build: Construction | Trades | 119 | 74
April 29, 2026 | Care: Health | Health | 110 | 61
April 22, 2026 | Innovate: High Economic Impact | Points | 138 | 232
# Registration pool
Score range | Number of registrations
150+ | 28
140-149 | 205
130-139 | 690
120-129 | 1,120
110-119 | 1,904
Total | 3,947
";
/// The 63 professions of the agreement.
const CUSMA: &str = include_str!("../fixtures/impacts/cusma.txt");

#[test]
fn exactly_the_stale_claims_of_the_example_are_found() {
    let at = "2026-06-27T12:00:00Z";
    let gts = watch("esdc-gts-requirements", "Program requirements", at, GTS);
    let crs = watch("ircc-crs-criteria", CRS_TITLE, at, CRS);
    let pilot = watch("qc-pilot-ai-it-vfx", PILOT, at, PILOT_ENDED);
    let oinp =
        watch("on-oinp-streams", "Ontario Immigrant Nominee Program Streams", at, OINP_REDESIGNED);
    let bc = watch("bc-invitations", "Invitations to apply", at, BC_DRAWS);
    let cusma = watch("ircc-cusma-professionals", "Professionals – CUSMA", at, CUSMA);
    let stem = stem_at(lists::STEM_2025, at);
    let known = known(&[&gts, &crs, &pilot, &oinp, &bc, &cusma, &stem], at);
    let data = Data::example();
    let found = data.found(&known);
    let moved = [
        "20012", "21211", "21221", "21222", "21223", "21230", "21231", "21232", "21233", "21234",
        "21311",
    ];
    let mut expected: Vec<String> =
        moved.iter().map(|code| format!("STEM category different {code}: true > no")).collect();
    expected.extend([
        "Article: how many codes different count: 12 > 22".to_owned(),
        "Article: the pilot of Quebec different ai-it-and-visual-effects: open > closed".to_owned(),
        "Article: Ontario's Human Capital Priorities different human-capital-priorities: listed > not listed".to_owned(),
        "Article: tech draws of British Columbia different */tech/*: listed > not listed".to_owned(),
    ]);
    // Without the line, which is looked at below.
    let plain: Vec<String> = found
        .iter()
        .map(|line| {
            let (before, rest) = line
                .split_once(':')
                .filter(|(before, _)| !before.starts_with("Article"))
                .unwrap_or((line, ""));
            if rest.is_empty() {
                let words = regex::Regex::new(r"different:\d+").unwrap();
                return words.replace(line, "different").into_owned();
            }
            format!("{before} {}", rest.split_once(' ').unwrap().1)
        })
        .collect();
    assert_eq!(plain, expected);
    let verified = data.verify(&known, false);
    for finding in &verified.findings.found {
        let evidence = finding.evidence.as_ref().unwrap();
        assert!(evidence.url.starts_with("https://") && finding.place.as_ref().unwrap().line > 0);
    }
    // Put right, only the sentences that a person must write anew are left.
    let before = fs::read_to_string(data.path("noc.jsonc")).unwrap();
    let after = data.fixed(&known, "noc.jsonc");
    assert!(after.contains("// Kept by hand.") && after.lines().count() == before.lines().count());
    let differing = before.lines().zip(after.lines()).filter(|(a, b)| a != b).count();
    assert_eq!(differing, moved.len());
    assert!(fs::read_to_string(data.path("article.md")).unwrap().contains("has 22 NOC\ncodes"));
    assert_eq!(data.found(&known).len(), 3);
}

const STEM_FLAG: &str = r#"
[[bind]]
name = "stem"
fact = "ee.category.stem.occupations"
file = "noc.json"
as = "map"
key = "code"
value = "stem"
compare = "listed"
partial = true
"#;

pub(super) const TALENT_FLAG: &str = r#"
[[bind]]
name = "gts"
fact = "gts.category_b.occupations"
record = "*/{key}"
file = "noc.json"
as = "map"
key = "code"
value = "gts"
compare = "listed"
partial = true
"#;

#[test]
fn impact_1_stem_becomes_no_and_category_b_stays() {
    let data = Data::new(
        &[(
            "noc.json",
            r#"[{"code": "21231", "stem": true, "gts": true}, {"code": "21220", "stem": true, "gts": true}]"#,
        )],
        &[STEM_FLAG, TALENT_FLAG].concat(),
    );
    let gts = watch("esdc-gts-requirements", "Program requirements", "2025-02-26T12:00:00Z", GTS);
    let before = known(&[&gts, &stem(lists::STEM_2023)], "2025-02-26T12:00:00Z");
    assert_eq!(data.found(&before), Vec::<String>::new());
    let after = known(&[&gts, &stem(lists::STEM_2025)], "2025-02-28T12:00:00Z");
    assert_eq!(data.found(&after), ["stem different:1 21231: true > no"]);
    let patch = data.verify(&after, false).patches.remove(0).operations.unwrap();
    assert_eq!(patch, json!([{"op": "replace", "path": "/0/stem", "value": false}]));
}

#[test]
fn impact_2_the_points_of_a_job_offer_go() {
    let data = Data::example();
    fs::write(
        data.path("crs.json"),
        "{\"additional\": {\"nomination\": 600, \"jobOffer\": 50}, \"ageSingle\": {\"18\": 99}}\n",
    )
    .unwrap();
    let at = "2025-03-25T12:00:00Z";
    let known = known(&[&watch("ircc-crs-criteria", CRS_TITLE, at, CRS)], at);
    let found: Vec<String> =
        data.found(&known).into_iter().filter(|line| line.contains("different")).collect();
    assert_eq!(
        found,
        ["CRS points of a job offer different:1 summary/job-offer-other/points: 50 > 0"]
    );
    assert!(data.fixed(&known, "crs.json").contains("\"jobOffer\": 0}"));
}

#[test]
fn what_never_had_such_a_name_is_misspelt_and_not_absent() {
    let at = "2025-03-25T12:00:00Z";
    let known = known(&[&watch("ircc-crs-criteria", CRS_TITLE, at, CRS)], at);
    let catalog = shipped();
    let found = |record: &str, official: &Official| {
        let binding = format!(
            "[[bind]]\nname = 'offer'\nfact = 'crs.additional#points'\nrecord = '{record}'\nabsent = '0'\n\
             file = 'crs.json'\npath = '$.offer'\nas = 'value'\n"
        );
        let data = Data::new(&[("crs.json", "{\"offer\": 0}")], &binding);
        let bindings = verifying::bindings(&data.path("eligibility.toml")).unwrap();
        let wish = Wish { today: official.day, announced: false, catalog: Some(&catalog) };
        let found = verifying::verify(&bindings, data.0.path(), official, wish).findings.found;
        found
            .into_iter()
            .map(|found| format!("{:?} {:?}", found.kind, found.note))
            .collect::<String>()
    };
    // The catalogue knows the name, though these points went before the page was first read.
    assert_eq!(found("summary/job-offer-other/points", &known), "");
    let said = found("summary/jobofer-other/points", &known);
    assert!(
        said.contains("UnknownRecord") && said.contains("was ever called `jobofer-other`"),
        "{said}"
    );
    let said = found("sumary/job-offer-other/points", &known);
    assert!(said.contains("did you mean `summary`?"), "{said}");
    // What a record was once called is no slip.
    let mut once = known.clone();
    let set = &mut once.sets.get_mut(&FactKey::parse("crs.additional").unwrap()).unwrap()[0];
    set.gone.insert(RecordKey::parse("summary/offer-of-old/points").unwrap());
    assert_eq!(found("summary/offer-of-old/points", &once), "");
}

const WAGES: &str = r#"
[[bind]]
name = "wages"
fact = "lmia.high_wage_threshold#amount"
file = "wages.csv"
as = "map"
key = "province"
value = "hourly"
partial = true
"#;

#[test]
fn impact_3_ontarios_threshold_is_announced_and_then_holds_and_nunavuts_stays() {
    let table = "province,note,hourly\nON,\"the most, by far\",\"34.07\"\nNU,,42.00\n";
    let data = Data::new(&[("wages.csv", table)], WAGES);
    let mut watch = Watch::of("esdc-wage-thresholds", super::worked::WAGES);
    watch.knows("2025-06-19T12:00:00Z", &thresholds_of_2024());
    watch.sees("2025-06-20T12:00:00Z", &thresholds_of_2025());
    let ahead = known(&[&watch], "2025-06-20T12:00:00Z");
    assert_eq!(data.found(&ahead), Vec::<String>::new(), "what is announced does not hold yet");
    let announced = data.verify(&ahead, true);
    assert_eq!(lines(&announced), ["wages different:2 ON: 34.07 > $36 per hour"]);
    assert_eq!(announced.findings.found[0].wrong_from, Some("2025-06-27".parse().unwrap()));
    watch.sees("2025-06-27T12:00:00Z", &thresholds_of_2025());
    let known = known(&[&watch], "2025-06-28T12:00:00Z");
    assert_eq!(data.found(&known), ["wages different:2 ON: 34.07 > $36 per hour"]);
    let verified = data.verify(&known, false);
    assert!(
        verified.patches[0]
            .unified()
            .contains("-ON,\"the most, by far\",\"34.07\"\n+ON,\"the most, by far\",\"36.00\"\n")
    );
    let day_before = known_of(&[&watch], "2025-06-28T12:00:00Z", Some("2025-06-26"));
    assert_eq!(data.found(&day_before), Vec::<String>::new(), "what held on another day");
    assert_eq!(data.fixed(&known, "wages.csv"), table.replace("34.07", "36.00"));
    assert_eq!(data.found(&known), Vec::<String>::new());
}

#[test]
fn impact_7_the_streams_of_ontario_go_and_come() {
    let streams = "streams: # ours\n  - foreign-worker\n  - masters-graduate\n";
    let bindings = "[[bind]]\nname = 'on'\nfact = 'oinp.streams'\nfile = 'on.yaml'\npath = '$.streams'\nas = 'set'\n";
    let data = Data::new(&[("on.yaml", streams)], bindings);
    let title = "Ontario Immigrant Nominee Program Streams";
    let open = known(
        &[&watch("on-oinp-streams", title, "2026-05-29T18:00:00Z", OINP)],
        "2026-05-29T18:00:00Z",
    );
    assert!(data.found(&open).iter().all(|line| line.starts_with("on missing")));
    let at = "2026-06-27T18:00:00Z";
    let closed = known(&[&watch("on-oinp-streams", title, at, OINP_REDESIGNED)], at);
    let found = data.verify(&closed, false).findings.found;
    let n = |kind| found.iter().filter(|finding| finding.kind == kind).count();
    assert_eq!((n(FindingKind::Extra), n(FindingKind::Missing)), (2, 3));
}

#[test]
fn a_held_fact_is_never_called_fine_and_never_patched() {
    let mut watch = stem(lists::STEM_2023);
    let page = pages::categories(&[
        (STEM, SIX_MONTHS, lists::STEM_2025),
        (TRADES, SIX_MONTHS, lists::TRADES_2025),
    ]);
    assert_eq!(watch.sees("2025-02-27T18:00:00Z", &page).outcome.word(), "held");
    let known = known(&[&watch], "2025-02-27T18:01:00Z");
    let data = Data::new(
        &[("noc.json", r#"[{"code": "21231", "stem": true}, {"code": "22222", "stem": true}]"#)],
        STEM_FLAG,
    );
    let verified = data.verify(&known, false);
    let words: Vec<&str> =
        verified.findings.found.iter().map(|finding| finding.kind.word()).collect();
    assert_eq!(words, ["held", "different"]);
    assert!(verified.patches.is_empty());
    // The exported file says the same.
    let exported = known.to_json();
    let read = Official::from_text(&exported.to_string()).unwrap();
    assert_eq!(read.to_json(), exported);
    assert_eq!(lines(&data.verify(&read, false)), lines(&verified));
}

#[test]
fn a_fact_that_was_not_read_for_long_is_never_called_fine() {
    let data = Data::new(&[("noc.json", r#"[{"code": "22300", "stem": true}]"#)], STEM_FLAG);
    let watch = stem(lists::STEM_2025);
    let words = |at: &str| {
        let found = data.verify(&known(&[&watch], at), false).findings.found;
        found.iter().map(|finding| finding.kind.word()).collect::<Vec<_>>()
    };
    assert_eq!(words("2025-02-26T13:00:00Z"), [""; 0]);
    assert_eq!(words("2025-12-01T12:00:00Z"), ["stale"]);
}

#[test]
fn of_a_day_before_anything_was_known_nothing_is_extra_or_fine() {
    let data = Data::new(&[("noc.json", r#"[{"code": "22300", "stem": true}]"#)], STEM_FLAG);
    let bindings = verifying::bindings(&data.path("eligibility.toml")).unwrap();
    let (catalog, at) = (shipped(), "2025-06-01T12:00:00Z");
    let official = known_of(&[&stem(lists::STEM_2025)], at, Some("2024-01-01"));
    let today = "2025-06-01".parse().unwrap();
    let wish = Wish { today, announced: false, catalog: Some(&catalog) };
    let verified = verifying::verify(&bindings, data.0.path(), &official, wish);
    assert!(verified.patches.is_empty());
    let [only] = &verified.findings.found[..] else { panic!("{:?}", verified.findings.found) };
    assert_eq!(only.kind.word(), "never_read");
    assert!(format!("{:?}", only.note).contains("nothing of it is known of 2024-01-01"));
}

#[test]
fn the_findings_fit_their_schema() {
    let known = known(&[&stem(lists::STEM_2025)], "2025-02-28T12:00:00Z");
    let verified = Data::example().verify(&known, false);
    let json = rulewatch::render::finding::json(&verified.findings);
    assert_eq!(faults(&published("verify"), &json), Vec::<String>::new());
    assert_eq!(json["answer"], "misuse", "the facts of the other sources are not known");
    let sarif = rulewatch::render::finding::sarif(&verified.findings);
    assert_eq!(
        sarif["runs"][0]["results"].as_array().unwrap().len(),
        verified.findings.found.len()
    );
    let junit = rulewatch::render::finding::junit(&verified.findings).unwrap();
    assert!(junit.contains("<testcase name=\"STEM category\"") && junit.contains("<failure"));
}

#[test]
fn the_example_fits_the_schema_of_binding_files() {
    let schema: Json = serde_json::from_str(verifying::schema()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let text = fs::read_to_string(Data::example().path("eligibility.toml")).unwrap();
    let check = |text: &str| {
        let file: Json = toml::from_str(text).unwrap();
        schema.iter_errors(&file).map(|error| error.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(check(&text), Vec::<String>::new());
    assert!(!check(&text.replace("as = \"map\"", "as = \"sett\"")).is_empty());
    assert!(!check(&text.replace("stamp =", "stmp =")).is_empty());
}
