use serde_json::json;

use super::edit::{Edit, apply, json_patch};
use super::*;

fn key(text: &str) -> DataStep {
    DataStep::Key(text.to_owned())
}

#[track_caller]
fn edited(name: &str, text: &str, edits: &[Edit]) -> String {
    let document = DataFile::read(name, text).unwrap();
    let done = apply(&document, edits).unwrap();
    DataFile::read(name, &done).unwrap();
    done
}

fn swap(list: &[DataStep]) -> [Edit; 2] {
    let at = |n| list.iter().cloned().chain([DataStep::Index(n)]).collect();
    [Edit::Remove { at: at(1) }, Edit::Add { to: list.to_vec(), key: None, value: json!("21300") }]
}

#[test]
fn json_keeps_its_comments_and_its_spaces() {
    let text = "{\n  // ours\n  \"codes\": [ \"21211\",\n    \"21231\", \"21310\" ],\n  \"fee\" : 1000,\n}\n";
    let fee = Edit::Replace { at: vec![key("fee")], with: json!(1500) };
    let [gone, new] = swap(&[key("codes")]);
    assert_eq!(
        edited("a.json", text, &[fee, gone, new]),
        "{\n  // ours\n  \"codes\": [ \"21211\",\n    \"21310\",\n    \"21300\" ],\n  \"fee\" : 1500,\n}\n"
    );
    let all = [
        Edit::Remove { at: vec![DataStep::Index(0)] },
        Edit::Remove { at: vec![DataStep::Index(1)] },
    ];
    assert_eq!(edited("b.json", "[ 1, 2 ]", &all), "[  ]");
}

#[test]
fn yaml_keeps_anchors_comments_and_styles() {
    let text = "fee: &fee 1000 # CAD\nother: *fee\ncodes:\n  - '21211'\n  - '21231'   # software\n  - '21310'\nflow: [a, b]\n";
    let [gone, new] = swap(&[key("codes")]);
    let other = Edit::Replace { at: vec![key("other")], with: json!(1500) };
    let flow = Edit::Remove { at: vec![key("flow"), DataStep::Index(1)] };
    assert_eq!(
        edited("a.yaml", text, &[gone, new, other, flow]),
        "fee: &fee 1000 # CAD\nother: 1500\ncodes:\n  - '21211'\n  - '21310'\n  - '21300'\nflow: [a]\n"
    );
    let merged = "base: &b {fee: 1}\nx:\n  <<: *b\n";
    let document = DataFile::read("m.yaml", merged).unwrap();
    let edit = Edit::Replace { at: vec![key("x"), key("fee")], with: json!(2) };
    assert!(apply(&document, &[edit]).unwrap_err().contains("alias"));
}

#[test]
fn an_anchor_before_a_single_value_stays() {
    let text =
        "ee: {lmia: &x 900, other: *x}\nlast: &y !!int 5 # five\nquoted: &z \"7\"\nagain: *y\n";
    let replace = |way: &[&str], with: i64| Edit::Replace {
        at: way.iter().map(|name| key(name)).collect(),
        with: json!(with),
    };
    let edits = [replace(&["ee", "lmia"], 1000), replace(&["last"], 6), replace(&["quoted"], 8)];
    let is = text.replace("900", "1000").replace("int 5", "int 6").replace("\"7\"", "\"8\"");
    assert_eq!(edited("a.yaml", text, &edits), is);
}

#[test]
fn toml_and_csv_are_edited_in_place() {
    let toml = "# fees\n[fees]\nlmia = 1_000 # per position\ncodes = [\n  \"1\",\n  \"2\",\n]\n";
    let fee = Edit::Replace { at: vec![key("fees"), key("lmia")], with: json!(1500) };
    let gone = Edit::Remove { at: vec![key("fees"), key("codes"), DataStep::Index(0)] };
    assert_eq!(
        edited("a.toml", toml, &[fee, gone]),
        "# fees\n[fees]\nlmia = 1500 # per position\ncodes = [\n  \"2\",\n]\n"
    );
    let csv =
        "noc,title,stem\r\n\"21211\",\"Data, science\",yes\r\n21231,\"Soft\"\"ware\",\"yes\"\r\n";
    let stem = Edit::Replace { at: vec![DataStep::Index(1), key("stem")], with: json!("no") };
    let gone = Edit::Remove { at: vec![DataStep::Index(0)] };
    assert_eq!(
        edited("a.csv", csv, &[stem, gone]),
        "noc,title,stem\r\n21231,\"Soft\"\"ware\",\"no\"\r\n"
    );
}

#[test]
fn a_patch_does_what_the_edits_do() {
    let text = "{\"a\": {\"codes\": [\"1\", \"2\", \"3\"], \"fee\": 1, \"in\": \"GTS; STEM\"}}";
    let list = [key("a"), key("codes")];
    let word = |at: &[DataStep], word: &str, is_in| Edit::Word {
        at: at.to_vec(),
        word: word.to_owned(),
        is_in,
        glue: "; ".to_owned(),
    };
    let text_of_words = [key("a"), key("in")];
    let gone = |n| Edit::Remove { at: list.iter().cloned().chain([DataStep::Index(n)]).collect() };
    let edits = [
        gone(0),
        gone(2),
        Edit::Add { to: list.to_vec(), key: None, value: json!("9") },
        Edit::Add { to: vec![key("a")], key: Some("x/y".to_owned()), value: json!(2) },
        Edit::Replace { at: vec![key("a"), key("fee")], with: json!(7) },
        word(&list, "10", true),
        word(&text_of_words, "STEM", false),
        word(&text_of_words, "Trades", true),
    ];
    let mut patched: Json = serde_json::from_str(text).unwrap();
    let document = DataFile::read("a.json", text).unwrap();
    let patch: json_patch::Patch =
        serde_json::from_value(json_patch(&document, &edits).unwrap()).unwrap();
    json_patch::patch(&mut patched, &patch).unwrap();
    assert_eq!(
        patched,
        json!({"a": {"codes": ["2", "9", "10"], "fee": 7, "in": "GTS; Trades", "x/y": 2}})
    );
    let by_bytes: Json = serde_json::from_str(&edited("a.json", text, &edits)).unwrap();
    assert_eq!(by_bytes, patched);
}

#[test]
fn what_cannot_be_read_says_the_line() {
    let fault = |name: &str, text: &str| DataFile::read(name, text).unwrap_err();
    assert!(fault("a.json", "{\n \"a\" 1}").starts_with("line 2: it is not JSON"));
    assert!(fault("a.toml", "a = 1\nb =\n").starts_with("line 2: it is not TOML"));
    assert!(fault("a.yaml", "a: 1\nb: [1\n").contains("it is not YAML"));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
    assert!(fault("bomb.yaml", bomb).contains("aliases"), "nine to the seventh");
}

#[test]
fn two_edits_of_one_text_or_row_do_not_mix() {
    let text = "The fee is $1,000. It adds 500 points.\n";
    let reword = |words: &str, with: &str| {
        let start = text.find(words).unwrap();
        Edit::Reword { at: start..start + words.len(), with: with.to_owned() }
    };
    assert_eq!(
        edited("a.md", text, &[reword("500", "600"), reword("$1,000", "$1,500")]),
        "The fee is $1,500. It adds 600 points.\n"
    );
    let rows = "noc,stem\n21211,yes\n21231,yes\n";
    let gone = Edit::Remove { at: vec![DataStep::Index(0)] };
    let stem = |name: &str, with: &str| Edit::Replace {
        at: vec![DataStep::Index(0), key(name)],
        with: json!(with),
    };
    let all = [stem("noc", "21300"), gone, stem("stem", "no")];
    assert_eq!(edited("a.csv", rows, &all), "noc,stem\n21231,yes\n");
    let document = DataFile::read("a.csv", rows).unwrap();
    let said = apply(&document, &[stem("stem", "no"), stem("stem", "maybe")]).unwrap_err();
    assert!(said.contains("two bindings"), "{said}");
}

#[test]
fn what_shares_its_line_or_heading_is_left_to_a_person() {
    let at = |path: &[DataStep]| Edit::Remove { at: path.to_vec() };
    let add = |to: &[DataStep]| Edit::Add {
        to: to.to_vec(),
        key: Some("new".to_owned()),
        value: json!("1"),
    };
    let (zero, one) = (DataStep::Index(0), DataStep::Index(1));
    for (name, text, edit) in [
        ("a.yaml", "- 18: 99\n  19: 105\n", at(&[zero.clone(), key("18")])),
        ("b.yaml", "- - a\n  - b\n", at(&[zero.clone(), zero.clone()])),
        ("c.yaml", "- 18: 99\n", add(&[zero])),
        ("d.toml", "[[noc]]\ncode = '1'\n[[noc]]\nstem = true\n", at(&[key("noc"), one])),
        ("e.toml", "[ages.18]\nx = 1\n[ages.19]\ny = 2\n", at(&[key("ages"), key("19")])),
    ] {
        let document = DataFile::read(name, text).unwrap();
        let said = apply(&document, &[edit]).unwrap_err();
        assert!(said.ends_with("edit it by hand"), "{name}: {said}");
    }
}

#[test]
fn a_date_stays_a_date() {
    let day = [Edit::Replace { at: vec![key("checked")], with: json!("2026-01-02") }];
    let check = |name: &str, before: &str, after: &str| {
        assert_eq!(edited(name, before, &day), after);
    };
    check("a.yaml", "checked: 2025-11-30 # ours\n", "checked: 2026-01-02 # ours\n");
    check("b.yaml", "checked: '2025-11-30'\n", "checked: '2026-01-02'\n");
    check("a.toml", "checked = 2025-11-30\n", "checked = 2026-01-02\n");
    check("b.toml", "checked = \"2025-11-30\"\n", "checked = \"2026-01-02\"\n");
}
