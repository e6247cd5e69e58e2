//! What has the same values as something else: `--suggest` goes by the names, proposes nothing where they do not
//! decide, and leaves no foreign key in anybody's data.

use rulewatch::model::Official;
use rulewatch::verifying;
use serde_json::{Value as Json, json};

use super::foreign::official;
use super::verified::Data;

/// The amounts of records in Canadian dollars.
fn fees(fact: &str, amounts: &[(&str, &str)], doubts: &Json) -> Json {
    let record = |(record, amount): &(&str, &str)| {
        json!({
            "record": record, "quote": "", "since": "2026-01-22",
            "fields": {"amount": {"money": {"amount": amount, "currency": "CAD", "per": null}}},
        })
    };
    let records: Vec<Json> = amounts.iter().map(record).collect();
    json!({
        "fact": fact, "source": "a-source", "url": "https://www.example.ca/", "doubts": doubts,
        "checked_at": "2026-03-01T12:00:00Z", "records": records,
    })
}

fn facts(sets: &[Json]) -> Official {
    let file = json!({
        "rulewatch_facts": 1, "made_at": "2026-03-01T12:00:00Z", "day": "2026-03-01", "sets": sets,
    });
    Official::from_text(&file.to_string()).unwrap()
}

fn suggested(official: &Official, name: &str, text: &str) -> String {
    let folder = Data::new(&[(name, text)], "");
    let path = folder.path(name);
    let suggestion = verifying::suggest(&path, official).unwrap();
    suggestion.replace(&path.display().to_string(), name)
}

/// The facts and records that are bound, a line each.
fn bound(suggestion: &str) -> Vec<String> {
    let lines = suggestion.lines().filter(|line| !line.starts_with('#'));
    let is_telling = |line: &&str| line.starts_with("fact") || line.starts_with("record");
    lines.filter(is_telling).map(str::to_owned).collect()
}

#[test]
fn a_fee_is_bound_to_that_of_its_province_and_to_what_is_read_today() {
    let stale = json!([{"word": "stale", "why": "the source is not watched any more"}]);
    let mut before_indexation =
        fees("irpr.fees", &[("work-permit-application", "150")], &json!([]));
    before_indexation["base"] = true.into();
    let official = facts(&[
        fees("aaip.fees", &[("worker-application", "1500")], &json!([])),
        fees("bcpnp.fee", &[("application", "1750"), ("request_for_review", "500")], &stale),
        fees("bcpnp.fees", &[("application", "1750"), ("request-for-review", "500")], &json!([])),
        before_indexation,
    ]);
    let data = "work_permit_application: 150\nprovincial:\n- {code: BC, application: 1475, review_request: 500}\n\
        - {code: AB, application: 1500}\n- {code: 'ON', application: 1500}\n";
    let suggestion = suggested(&official, "fees.yaml", data);
    // What is proposed is a binding file as it stands.
    let file = Data::new(&[("fees.yaml", data)], &suggestion);
    assert_eq!(file.found(&official).len(), 1, "{suggestion}");
    assert_eq!(
        bound(&suggestion),
        [
            // An older amount of the same province.
            "fact = \"bcpnp.fees#amount\"",
            "record = \"application\"",
            "fact = \"bcpnp.fees#amount\"",
            "record = \"request-for-review\"",
            "fact = \"aaip.fees#amount\"",
            "record = \"worker-application\"",
        ]
    );
}

#[test]
fn what_fits_two_records_alike_is_bound_to_neither() {
    let both = [("first-application", "500"), ("second-application", "500")];
    let official = facts(&[fees("sinp.oid.fees", &both, &json!([]))]);
    let suggestion =
        suggested(&official, "fees.json", r#"{"saskatchewan": {"application_fee": 500}}"#);
    assert_eq!(bound(&suggestion), [""; 0], "{suggestion}");
    let said = "# $['saskatchewan']['application_fee'] fits these alike, so none is proposed. Bind the one that is meant.\n\
        #   fact = \"sinp.oid.fees\", record = \"first-application\"\n\
        #   fact = \"sinp.oid.fees\", record = \"second-application\"\n";
    assert!(suggestion.contains(said), "{suggestion}");
    // Its name says which.
    let suggestion =
        suggested(&official, "fees.json", r#"{"saskatchewan": {"second_application_fee": 500}}"#);
    assert!(bound(&suggestion).contains(&"record = \"second-application\"".to_owned()));
}

#[test]
fn a_table_is_bound_to_the_one_of_its_names_and_gets_no_foreign_rows() {
    let points = |record: &str, points: i64| {
        json!({
            "record": record, "quote": "", "since": null, "fields": {"points": {"integer": points}},
        })
    };
    let language = |name: &str, of_spouse: &str, best: i64| {
        let level = |level: &str, n| points(&format!("{name}/{level}/{of_spouse}"), n);
        vec![
            level("clb-4-or-less", 0),
            level("clb-5-or-6", 1),
            level("clb-7-or-8", 3),
            level("clb-9-or-more", best),
            level("maximum-per-ability", best),
        ]
    };
    let set = |fact: &str, records: Vec<Json>| {
        json!({
            "fact": fact, "source": "a-source", "url": "https://www.example.ca/", "doubts": [],
            "checked_at": "2026-03-01T12:00:00Z", "records": records,
        })
    };
    let core = [
        language("second-language", "with-spouse", 6),
        language("second-language", "without-spouse", 6),
    ];
    let spouse = language("language", "with-spouse", 5);
    let data = r#"{"withSpouse": {"secondLanguage": {"clb4": 0, "clb5": 1, "clb6": 1, "clb7": 3, "clb8": 3, "clb9": 6}}}"#;
    let official = facts(&[set("crs.core", core.concat()), set("crs.spouse", spouse.clone())]);
    let suggestion = suggested(&official, "crs.json", data);
    assert_eq!(
        bound(&suggestion),
        ["fact = \"crs.core#points\"", "record = \"second-language/{key}/with-spouse\""]
    );
    // What is put right has no row of the official table that the data never had.
    let wrong = data.replace("\"clb9\": 6", "\"clb9\": 5");
    let file = Data::new(&[("crs.json", &wrong)], &suggestion);
    assert_eq!(file.fixed(&official, "crs.json"), data);
    assert_eq!(file.found(&official), [""; 0]);
    // Where the table of its names is not known, that of another name is none.
    let official = facts(&[set("crs.spouse", spouse)]);
    assert_eq!(bound(&suggested(&official, "crs.json", data)), [""; 0]);
}

#[test]
fn what_only_repeats_its_key_or_has_only_the_names_says_nothing() {
    let set = |fact: &str, records: Vec<Json>| {
        json!({
            "fact": fact, "source": "a-source", "url": "https://www.example.ca/", "doubts": [],
            "checked_at": "2026-03-01T12:00:00Z", "records": records,
        })
    };
    let record = |key: &str, field: &str, n: i64| {
        let value = json!({field: {"integer": n}});
        json!({"record": key, "quote": "", "since": null, "fields": value})
    };
    let rounds = (1..60).map(|n| record(&n.to_string(), "number", n)).collect();
    // Ages are no rounds of invitations, though a round is called by its number.
    let official = facts(&[set("ee.draws", rounds)]);
    let ages = r#"{"ages": [{"min": 18, "max": 18}, {"min": 20, "max": 29}, {"min": 30, "max": 30}, {"min": 31, "max": 31}]}"#;
    assert_eq!(bound(&suggested(&official, "ages.json", ages)), [""; 0]);
    // Where the points say that they are one's own, the names alone do not say that they are the spouse's too.
    let education = |of: &str, points: [i64; 3]| {
        let levels = ["secondary", "bachelor", "doctoral"].iter().zip(points);
        levels.map(|(level, n)| record(&format!("{of}/{level}/alone"), "points", n)).collect()
    };
    let official = facts(&[
        set("crs.core", education("education", [30, 120, 150])),
        set("crs.spouse", education("education", [2, 8, 10])),
    ]);
    let data = r#"{"education": {"secondary": {"single": 30}, "bachelor": {"single": 120}, "doctoral": {"single": 150}}}"#;
    assert_eq!(
        bound(&suggested(&official, "crs.json", data)),
        ["fact = \"crs.core#points\"", "record = \"education/{key}/alone\""]
    );
}

#[test]
fn words_that_mark_rows_are_bound_where_they_name_the_set() {
    let data = r#"{"occupations": [
        {"noc": "21300", "lists": ["STEM", "engineers"]}, {"noc": "21220", "lists": ["STEM"]},
        {"noc": "21231", "lists": ["engineers"]}, {"noc": "20011", "lists": ["STEM"]}, {"noc": "31301", "lists": []}]}"#;
    let suggestion = suggested(&official(), "occupations.json", data);
    assert!(
        suggestion.contains(
            "path = \"$['occupations'][*]\"\nas = \"map\"\nkey = \"noc\"\nvalue = \"lists\"\ncompare = \"listed\"\n\
             word = \"STEM\"\n"
        ),
        "{suggestion}"
    );
    assert!(!suggestion.contains("word = \"engineers\""), "{suggestion}");
}

#[test]
fn what_has_no_amount_goes_by_the_words_in_its_place() {
    let data = r#"[{"noc": "21231", "floor": null}, {"noc": "22310", "floor": 41.35}, {"noc": "22220", "floor": 40.87}]"#;
    let official = official();
    let suggestion = suggested(&official, "floors.json", data);
    assert!(suggestion.contains("words = { \"null\" = \"Prevailing wage\" }\n"), "{suggestion}");
    let file = Data::new(&[("floors.json", data)], &format!("{suggestion}partial = true\n"));
    assert!(
        !file.found(&official).iter().any(|found| found.contains("21231")),
        "{:?}\n{suggestion}",
        file.found(&official)
    );
}

#[test]
fn keys_of_ones_own_are_not_extra_and_what_is_absent_is_not_misspelt() {
    let official = facts(&[fees("aaip.fees", &[("worker-application", "1500")], &json!([]))]);
    let data = r#"{"worker-application": 1500, "courier": 40}"#;
    let bind = |more: &str| {
        format!("[[bind]]\nfact = 'aaip.fees#amount'\nfile = 'fees.json'\nas = 'map'\n{more}\n")
    };
    let found = |bind: &str| Data::new(&[("fees.json", data)], bind).found(&official);
    assert_eq!(found(&bind("partial = true")).len(), 1);
    assert_eq!(found(&bind("partial = true\nown = ['courier']")), [""; 0]);
    let absent = |record: &str| {
        found(&format!(
            "[[bind]]\nfact = 'aaip.fees#amount'\nrecord = '{record}'\nfile = 'fees.json'\npath = '$.courier'\n\
             as = 'value'\nabsent = '40'\n"
        ))
    };
    assert_eq!(absent("courier"), [""; 0]);
    let said = absent("worker-aplication").join("\n");
    assert!(said.contains("unknown_record"), "{said}");
}
