//! Data files as real projects keep them, not shaped after the code: an occupation list with codes in words, a points
//! table of nested objects, fees as YAML. What `--suggest` says of them, and what the bindings that a new user made of
//! it find.

use std::fs;
use std::path::{Path, PathBuf};

use rulewatch::model::Official;
use rulewatch::verifying;

use super::pages::{CRS, GTS};
use super::verified::{Data, known, stem_at, watch};
use super::worked::CRS_TITLE;
use super::{Watch, lists};
use crate::world::fixture;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/foreign")
}

pub(super) fn official() -> Official {
    let at = "2025-06-01T12:00:00Z";
    let gts = watch("esdc-gts-requirements", "Program requirements", at, GTS);
    let crs = watch("ircc-crs-criteria", CRS_TITLE, at, CRS);
    let mut funds = Watch::of("ircc-ee-funds", "");
    funds.sees_body(at, fs::read_to_string(fixture("ircc-ee-funds/of-2024.html")).unwrap());
    known(&[&gts, &crs, &funds, &stem_at(lists::STEM_2025, at)], "2025-06-01T13:00:00Z")
}

#[test]
fn what_a_foreign_file_holds_is_recognised_and_nothing_is_bound_to_another_record() {
    let official = official();
    let suggest = |name: &str| verifying::suggest(&folder().join(name), &official).unwrap();
    let of =
        |text: &str, file: &str| text.replace(&folder().join(file).display().to_string(), file);
    let codes = of(&suggest("occupations.json"), "occupations.json");
    let kept = fs::read_to_string(folder().join("eligibility.toml")).unwrap();
    let has = |text: &str, lines: &[&str]| {
        for line in lines {
            assert!(text.contains(line), "{line}\n{text}");
        }
    };
    has(
        &codes,
        &[
            "fact = \"gts.category_b.occupations\"\nfile = \"occupations.json\"\npath = \"$['byPathway']['GTS_B'][*]\"\n\
             record = \"*/{key}\"\nas = \"set\"\nkey_transform = [\"strip-prefix:NOC \"]\n",
            // One of its three is still on the list: the names say which list it was.
            "# 1 of the 3 keys here are in this fact set. With this, `verify` finds 2 extra, 10 missing.\n",
            "[[bind]]\nname = \"ee.category.stem.occupations at $['byPathway']['EE_STEM'][*]\"\n",
        ],
    );
    let points = of(&suggest("crs-table.json"), "crs-table.json");
    let ages = kept.lines().find(|line| line.starts_with("keys = { \"17\"")).unwrap();
    has(
        &points,
        &[
            ages,
            "record = \"age/{key}/without-spouse\"",
            "record = \"age/{key}/with-spouse\"",
            // The page says it in two tables.
            "# $['additional']['provincialNomination'] fits these alike, so none is proposed. They say the same today, \
             each in its own place of a page: bind the one whose words are meant.\n\
             #   fact = \"crs.additional\", record = ",
            "record = \"first-language/{key}/without-spouse\"",
            "\"CLB6\" = \"clb-6\"",
            "# Yours has no `maximum`. `partial = true` says that this is on purpose, and `--fix` adds none.\n",
        ],
    );
    // A value inside a bound map is not bound again, and none to a record of another number.
    assert!(!points.contains("['age']['single']['30']"), "{points}");
    assert!(!points.contains("= \"less-than-clb-4\""), "{points}");
    let fees = of(&suggest("fees.yml"), "fees.yml");
    has(
        &fees,
        &[
            "fact = \"ee.proof_of_funds#amount\"",
            "path = \"$['employer']['lmia_fee_per_position']\"",
        ],
    );
    // What is printed is a binding file.
    for text in [codes, points, fees] {
        let file = Data::new(&[], &text);
        assert!(!verifying::bindings(&file.path("eligibility.toml")).unwrap().bindings.is_empty());
    }
}

#[test]
fn what_a_new_user_bound_finds_what_is_stale() {
    let official = official();
    let read = |name: &str| fs::read_to_string(folder().join(name)).unwrap();
    let names = ["occupations.json", "crs-table.json", "fees.yml"];
    let texts = names.map(read);
    let files: Vec<(&str, &str)> =
        names.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let data = Data::new(&files, &read("eligibility.toml"));
    assert_eq!(
        data.found(&official),
        [
            "Talent stream extra:13 21301: NOC 21301 > not listed",
            "STEM extra:14 21211: NOC 21211 > not listed",
            "STEM extra:14 21231: NOC 21231 > not listed",
            "TEER different:10 22222: TEER 3 > 2",
            "Job offer, senior managers different:20 breakdown/job-offer-00/points: 200 > 0",
        ]
    );
    let fixed = data.fixed(&official, "occupations.json");
    assert!(fixed.contains("\"EE_STEM\": [\"NOC 21300\"]"), "{fixed}");
    assert!(fixed.contains("\"teer\": \"TEER 2\""), "{fixed}");
    assert_eq!(data.found(&official), [""; 0]);
}
