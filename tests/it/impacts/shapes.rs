//! The shapes that data files have: what `--suggest` proposes for each, that every proposal fits the data and finds
//! what its comment says, and that what only looks alike is not bound.

use std::collections::BTreeMap;

use rulewatch::model::{Official, Weight};
use rulewatch::verifying;

use super::foreign::official;
use super::verified::Data;

/// Each binding proposed for a file, a line each: its lines without name, file and keys; each is verified by itself.
fn suggested(official: &Official, name: &str, text: &str) -> Vec<String> {
    let folder = Data::new(&[(name, text)], "");
    let path = folder.path(name);
    let suggestion = verifying::suggest(&path, official).unwrap();
    let suggestion = suggestion.replace(&path.display().to_string(), name);
    let blocks: Vec<&str> = suggestion.split_terminator("\n\n").collect();
    blocks.iter().map(|block| verified(official, (name, text), block)).collect()
}

#[track_caller]
fn verified(official: &Official, file: (&str, &str), block: &str) -> String {
    let data = Data::new(&[file], block);
    let findings = data.verify(official, false).findings;
    assert!(findings.compared > 0 && findings.worst() < Weight::Misuse, "{block}\n{findings:?}");
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for found in &findings.found {
        *counted.entry(found.kind.word()).or_default() += 1;
    }
    let each: Vec<String> = counted.iter().map(|(word, n)| format!("{n} {word}")).collect();
    let found = if each.is_empty() { "nothing".to_owned() } else { each.join(", ") };
    assert!(block.contains(&format!("`verify` finds {found}.")), "{found}\n{block}");
    let telling = |line: &&str| {
        !["#", "[[", "name", "file", "keys"].iter().any(|start| line.starts_with(start))
    };
    let lines = block.lines().filter(telling);
    lines.map(|line| line.replace([' ', '"'], "")).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(official: &Official, name: &str, text: &str, is: &[&str]) {
    assert_eq!(suggested(official, name, text), is, "{name}: {text}");
}

#[test]
fn points_are_recognised_as_rows_ranges_pairs_and_maps() {
    let official = official();
    let alone = |rest: &str| format!("fact=crs.core#points {rest}");
    check(
        &official,
        "ages.json",
        r#"{"age": [{"range": "17 or under", "points": 0}, {"range": "18", "points": 99},
            {"range": "20-29", "points": 110}, {"range": "30", "points": 105}, {"range": "45+", "points": 0}]}"#,
        &[&alone(
            "path=$['age'][*] record=age/{key}/without-spouse as=map key=range value=points partial=true",
        )],
    );
    check(
        &official,
        "ages.yaml",
        "table:\n- {min: 18, max: 18, alone: 99, couple: 90}\n- {min: 20, max: 29, alone: 110, couple: 100}\n\
         - {min: 30, max: 30, alone: 105, couple: 95}\n",
        &[
            &alone(
                "path=$['table'][*] record=age/{key}-years-of-age/without-spouse as=map key=min value=alone partial=true",
            ),
            &alone(
                "path=$['table'][*] record=age/{key}-years-of-age/with-spouse as=map key=min value=couple partial=true",
            ),
        ],
    );
    check(
        &official,
        "language.toml",
        "[first.single]\nclb4 = 6\nclb6 = 9\nclb7 = 17\nclb9 = 31\nclb10 = 34\n",
        &[&alone(
            "path=$['first']['single'] record=first-language/{key}/without-spouse as=map partial=true",
        )],
    );
    check(
        &official,
        "language.json",
        r#"{"pairs": [["CLB 4", 6], ["CLB 6", 9], ["CLB 7", 17], ["CLB 9", 31]]}"#,
        &[&alone(
            "path=$['pairs'][*] record=first-language/{key}/without-spouse as=map key=0 value=1 partial=true",
        )],
    );
    check(
        &official,
        "language.csv",
        "Level,\"Alone, points\",\"With spouse\"\n\"CLB 6\",9,8\nCLB 7,17,16\nCLB 9,31,29\n",
        &[
            &alone(
                "record=first-language/{key}/with-spouse as=map key=Level value=Withspouse partial=true",
            ),
            &alone(
                "record=first-language/{key}/without-spouse as=map key=Level value=Alone,points partial=true",
            ),
        ],
    );
}

#[test]
fn codes_are_recognised_in_nested_objects_in_keys_and_in_longer_cells() {
    let official = official();
    let gts = "fact=gts.category_b.occupations";
    check(
        &official,
        "nested.json",
        r#"{"all": [
            {"noc": {"code": "21300", "title": {"en": "Civil engineers"}}, "lists": {"stem": true, "categoryB": true}},
            {"noc": {"code": "21220", "title": {"en": "Cybersecurity"}}, "lists": {"stem": true, "categoryB": true}},
            {"noc": {"code": "21231", "title": {"en": "Software"}}, "lists": {"stem": false, "categoryB": true}},
            {"noc": {"code": "31301", "title": {"en": "Nurses"}}, "lists": {"stem": false, "categoryB": false}}]}"#,
        &[
            "fact=ee.category.stem.occupations path=$['all'][*] as=map key=noc.code value=lists.stem compare=listed",
            &format!(
                "{gts} path=$['all'][*] record=*/{{key}} as=map key=noc.code value=lists.categoryB compare=listed"
            ),
        ],
    );
    check(
        &official,
        "by-code.yaml",
        "categoryB:\n  '21231 (Software engineers)': true\n  '21211 (Data scientists)': true\n\
         \x20 '22220 (Network technicians)': true\n",
        &[&format!("{gts} path=$['categoryB'] record=*/{{key}} as=set key_transform=[noc]")],
    );
    check(
        &official,
        "by-code.json",
        r#"{"stem": {"noc_21300": {"title": "Civil"}, "noc_21220": {"title": "Cyber"}, "noc_20011": {"title": "Lead"}}}"#,
        &[
            "fact=ee.category.stem.occupations path=$['stem'] as=set key_transform=[strip-prefix:noc_]",
        ],
    );
    check(
        &official,
        "occupations.csv",
        "Occupation,\"Floor, hourly\",Note\n\"21231 - Software engineers, and designers\",,\"said \"\"yes\"\"\"\n\
         22310 - Electrical technologists,41.35,\n\"22220 - Computer network technicians\",40.87,\"two\nlines\"\n",
        &[&format!(
            "{gts}#hourly_wage_floor record=*/{{key}} as=map key=Occupation value=Floor,hourly key_transform=[noc]"
        )],
    );
    check(
        &official,
        "occupations.tsv",
        "What\tSince\n21231 - Software engineers\t2021\nNOC 22310: Electrical technologists\t2019\n\"22220 Network\"\t\n",
        &[&format!("{gts} record=*/{{key}} as=set key=What key_transform=[noc]")],
    );
}

#[test]
fn single_amounts_are_recognised_by_their_names_also_in_rows() {
    let official = official();
    let lmia = "fact=lmia.fee_per_position#amount record=per_position";
    check(
        &official,
        "fees.toml",
        "[employer]\nlmia_per_position = \"1 000 $\"\n",
        &[&format!("{lmia} path=$['employer']['lmia_per_position'] as=value")],
    );
    check(
        &official,
        "costs.json",
        r#"{"costs": [{"what": "LMIA fee, each employer's position", "cad": 1000}, {"what": "Courier", "cad": 25}]}"#,
        &[&format!(
            r"{lmia} path=$['costs'][?@['what']=='LMIAfee,eachemployer\\'sposition']['cad'] as=value"
        )],
    );
    // As a program set to French writes it.
    check(
        &official,
        "frais.csv",
        "\u{feff}Frais;Montant\r\nEIMT (LMIA fee), per position;\"1\u{a0}000,00 $\"\r\nPhotos;19,75\r\n",
        &[&format!("{lmia} path=$[?@['Frais']=='EIMT(LMIAfee),perposition']['Montant'] as=value")],
    );
}

#[test]
fn what_only_looks_alike_is_not_bound() {
    let official = official();
    for (name, text) in [
        // Headings, other people's codes, other fees, ports and sizes.
        ("columns.json", r#"{"columns": ["label", "with spouse", "without spouse"]}"#),
        ("codes.json", r#"{"codes": ["21231", "31301", "31100", "62020", "72310"]}"#),
        ("zip.json", r#"["90210", "10001", "60601", "21231"]"#),
        ("fees.json", r#"{"study_fees": {"study_permit": 150, "work_permit": 155, "visa": 100}}"#),
        ("rows.json", r#"{"rows": [{"id": 1, "n": 14}, {"id": 2, "n": 28}, {"id": 3, "n": 22}]}"#),
        ("server.yaml", "port: 8080\nfamily_size: 4\nposition: 7\n"),
        (
            "remote.json",
            r#"[{"code": "21231", "remote": true}, {"code": "99999", "remote": false},
                {"code": "21211", "remote": true}, {"code": "88888", "remote": false}]"#,
        ),
    ] {
        check(&official, name, text, &[]);
    }
}
