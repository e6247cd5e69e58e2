//! The floors of the house: which module may know which, and where each crate is at home. Checked
//! against the text of `src/`, so a doc link from a lower floor to an upper one counts too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module and the modules it may name: every arrow of the house. The floors from the ground up; a
/// module that is not here is on no floor.
const MAY_KNOW: [(&str, &[&str]); 49] = [
    ("model", &[]),
    // First floor, lower half: pure verbs, each by itself. Along it only `catalog` knows anybody: it
    // parses once, at load.
    ("config_text", &[]),
    ("catalog", &["model", "extract", "schedule", "config_text"]),
    ("binding", &["model", "config_text"]),
    ("dataset", &[]),
    ("extract", &["model"]),
    ("gate", &["model"]),
    ("diff", &["model"]),
    ("schedule", &["model"]),
    ("alert", &["model"]),
    ("render", &["model"]),
    ("warc", &["model"]),
    // First floor, upper half: what follows when they are put together.
    ("conclude", &["model", "catalog", "extract", "gate", "diff", "schedule", "render"]),
    ("reconcile", &["model", "binding", "dataset"]),
    // Second floor: the doors. A fetch takes time, and asks the clock it is given for it.
    ("clock", &[]),
    ("fetch", &["model", "clock"]),
    ("convert", &["model"]),
    ("store", &["model"]),
    ("mail", &["model"]),
    ("settings", &["model", "config_text"]),
    // Third floor: the use cases, each with the doors it uses. What several share comes first.
    ("reading", &["model", "catalog", "extract", "convert"]),
    ("writing", &["model", "catalog", "alert", "render", "conclude", "mail"]),
    ("asking", &["model", "catalog", "render", "conclude", "store"]),
    ("subscribing", &["model", "catalog", "conclude", "store", "mail"]),
    ("joining", &["model", "catalog", "render", "store", "writing"]),
    ("previewing", &["model", "catalog", "alert", "store", "mail", "writing", "verifying"]),
    ("drafting", &["model", "catalog", "extract", "convert", "reading"]),
    ("surveying", SURVEYING),
    (
        "trying",
        &[
            "model", "catalog", "extract", "gate", "conclude", "clock", "fetch", "convert",
            "reading",
        ],
    ),
    (
        "verifying",
        &[
            "model",
            "config_text",
            "catalog",
            "binding",
            "dataset",
            "diff",
            "reconcile",
            "store",
            "asking",
        ],
    ),
    ("delivering", DELIVERING),
    (
        "calling",
        &[
            "model",
            "catalog",
            "alert",
            "render",
            "conclude",
            "clock",
            "fetch",
            "store",
            "writing",
            "verifying",
        ],
    ),
    ("checking", CHECKING),
    ("reviewing", REVIEWING),
    ("repairing", &["model", "alert", "extract", "store", "checking"]),
    ("replaying", REPLAYING),
    ("importing", IMPORTING),
    ("proving", &["model", "catalog", "extract", "conclude", "convert", "store", "reading"]),
    // The evidence for a change is what its proof has.
    ("exporting", &["model", "render", "warc", "store", "proving"]),
    ("doors", DOORS),
    ("maintaining", &["model", "catalog", "conclude", "store", "settings", "verifying", "doors"]),
    ("demo", DEMO),
    // Who of several processes uses them, and how one asks another to.
    ("turns", &["model", "render", "clock", "store", "checking", "delivering"]),
    ("checker", &["model", "settings", "checking", "doors", "turns"]),
    // Roof: the faces. They ask use cases, and put into words what they are told.
    ("web", &["model", "render", "asking", "doors", "joining", "subscribing"]),
    ("daemon", DAEMON),
    ("cli", CLI),
    ("main", &["cli"]),
    ("lib", LIB),
];

const DELIVERING: &[&str] =
    &["model", "catalog", "alert", "conclude", "clock", "store", "mail", "writing", "verifying"];
const CHECKING: &[&str] = &[
    "model", "catalog", "alert", "render", "conclude", "clock", "fetch", "convert", "store",
    "reading", "writing",
];
/// A check, and a draft of what is there instead.
const SURVEYING: &[&str] = &["model", "catalog", "extract", "fetch", "checking", "drafting"];
/// To accept what is held is a check.
const REVIEWING: &[&str] =
    &["model", "catalog", "gate", "diff", "conclude", "store", "reading", "checking"];
/// A replay is a row of checks.
const REPLAYING: &[&str] =
    &["model", "catalog", "conclude", "clock", "fetch", "convert", "store", "writing", "checking"];
/// An import is a replay whose checks are recorded.
const IMPORTING: &[&str] =
    &["model", "catalog", "warc", "clock", "fetch", "convert", "store", "checking", "replaying"];
/// It opens what the use cases need.
const DOORS: &[&str] = &[
    "model",
    "calling",
    "config_text",
    "catalog",
    "render",
    "conclude",
    "clock",
    "fetch",
    "convert",
    "store",
    "mail",
    "settings",
    "writing",
    "checking",
    "delivering",
];
const DEMO: &[&str] = &[
    "model",
    "catalog",
    "render",
    "conclude",
    "clock",
    "fetch",
    "convert",
    "store",
    "mail",
    "writing",
    "checking",
    "delivering",
    "subscribing",
    "doors",
];
/// It starts the pages.
const DAEMON: &[&str] = &[
    "model",
    "calling",
    "checker",
    "checking",
    "delivering",
    "doors",
    "maintaining",
    "reading",
    "settings",
    "turns",
    "web",
];
/// A face names neither store nor extract nor any other door or verb: it asks.
const CLI: &[&str] = &[
    "model",
    "config_text",
    "render",
    "clock",
    "settings",
    "asking",
    "calling",
    "checker",
    "checking",
    "delivering",
    "demo",
    "doors",
    "exporting",
    "importing",
    "maintaining",
    "previewing",
    "proving",
    "replaying",
    "repairing",
    "reviewing",
    "subscribing",
    "drafting",
    "surveying",
    "trying",
    "turns",
    "verifying",
    "daemon",
];
/// The map.
const LIB: &[&str] = &[
    "model",
    "config_text",
    "binding",
    "dataset",
    "catalog",
    "extract",
    "gate",
    "diff",
    "schedule",
    "alert",
    "render",
    "conclude",
    "reconcile",
    "verifying",
    "clock",
    "fetch",
    "convert",
    "store",
    "mail",
    "settings",
    "reading",
    "writing",
    "asking",
    "calling",
    "checker",
    "checking",
    "delivering",
    "demo",
    "doors",
    "exporting",
    "importing",
    "joining",
    "maintaining",
    "previewing",
    "proving",
    "replaying",
    "repairing",
    "reviewing",
    "subscribing",
    "drafting",
    "surveying",
    "trying",
    "turns",
    "daemon",
    "warc",
    "cli",
    "web",
];

/// The faces: what they are handed by a use case they hand on, and do not reach through.
const FACES: [&str; 3] = ["cli", "daemon", "web"];

/// How a face would reach through what it was handed.
const REACHES: [&str; 4] = [".ask(", ".fetch(", ".send(", ".source("];

/// Nouns that two modules declare in public, reviewed: each means another thing where it is.
const NO_TWINS: [(&str, &str); 1] = [("Table", "a table on a terminal; a table of a TOML file")];

/// Names for one noun, of which one is enough.
const ONE_NOUN: [&[&str]; 5] = [
    &["News", "Occasion"],
    &["HoldAction", "Hold"],
    &["FetchSettings", "FetchConfig"],
    &["Tls", "TlsMode"],
    &["MailServer", "SmtpConfig"],
];

/// What only one module may name: a crate, or a call.
const ONLY_IN: [(&str, &str); 24] = [
    ("scraper", "extract"),
    ("html5ever", "extract"),
    ("ego_tree", "extract"),
    ("similar", "diff"),
    ("cron", "schedule"),
    ("chrono", "schedule"),
    ("reqwest", "fetch"),
    ("rustls", "fetch"),
    ("std::process::Command", "convert"),
    ("rusqlite", "store"),
    ("zstd", "store"),
    ("lettre", "mail"),
    ("mail_parser", "mail"),
    ("std::env", "settings"),
    ("clap", "cli"),
    ("maud", "render"),
    ("atom_syndication", "render"),
    ("icalendar", "render"),
    ("hmac", "calling"),
    ("Timestamp::now", "clock"),
    ("Zoned::now", "clock"),
    ("SystemTime::now", "clock"),
    ("sd_notify", "daemon"),
    ("tokio::signal", "daemon"),
];

/// What stands elsewhere all the same: the demo asks where temporary files go.
const EXCEPT: [(&str, &str); 1] = [("cli/demo.rs", "std::env::temp_dir")];

/// The module that a file of `src/` belongs to.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// The modules a text names, with `crate::` before them or inside its braces.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, start) in text.match_indices("crate::") {
        // A macro's `$crate`, or another word's end.
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &text[at + start.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        let (mut depth, mut is_name) = (0, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_name = true,
                _ if is_name && c.is_alphabetic() => {
                    names.push(word(&group[at..]));
                    is_name = false;
                }
                _ => {}
            }
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What is wrong with a file, in plain words.
fn faults(file: &str, text: &str) -> Vec<String> {
    let module = module(file);
    let known = MAY_KNOW.iter().find(|(name, _)| *name == module);
    let Some((_, may_know)) = known else {
        return vec![format!("{file}: `{module}` is on no floor of the house")];
    };
    let mut faults = Vec::new();
    for name in named(text) {
        let is_module = MAY_KNOW.iter().any(|(module, _)| *module == name);
        if is_module && name != module && !may_know.contains(&name.as_str()) {
            faults.push(format!("{file}: `{module}` may not know `{name}`"));
        }
    }
    // Ways around the names above.
    let mut ways = vec!["super::super::".to_owned()];
    if file == format!("{module}.rs") || file == format!("{module}/mod.rs") {
        ways.extend(MAY_KNOW.iter().map(|(name, _)| format!("super::{name}::")));
    }
    if module != "main" {
        ways.push("rulewatch::".to_owned());
    }
    let code = code(text);
    for way in ways.iter().filter(|way| code.contains(way.as_str())) {
        faults.push(format!("{file}: `{way}` escapes the floors: write `crate::`"));
    }
    for (name, home) in ONLY_IN.into_iter().filter(|(_, home)| *home != module) {
        for found in mentions(&code, name) {
            if !EXCEPT.iter().any(|(f, what)| *f == file && found.starts_with(what)) {
                faults.push(format!("{file}: only `{home}` may name `{name}`"));
            }
        }
    }
    if FACES.contains(&module) {
        for reach in REACHES.iter().filter(|reach| code.contains(**reach)) {
            faults.push(format!("{file}: `{module}` asks a use case, and no door: `{reach}`"));
        }
    }
    faults.dedup();
    faults
}

/// The arrows that nobody goes along, in plain words: what is allowed is what there is.
fn unused(files: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (of, may_know) in MAY_KNOW {
        // The map names no module as code does, and `main` stands outside of it.
        if ["lib", "main"].contains(&of) {
            continue;
        }
        let texts = files.iter().filter(|(file, _)| module(file) == of);
        let known: BTreeSet<String> = texts.flat_map(|(_, text)| named(text)).collect();
        let unused = may_know.iter().filter(|name| !known.contains(**name));
        faults.extend(unused.map(|name| format!("`{of}` does not know `{name}`, and may")));
    }
    faults
}

/// The types that a text declares for other modules to name.
fn declared(code: &str) -> impl Iterator<Item = String> {
    code.lines().filter_map(|line| {
        let line = line.trim_start();
        let rest = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) "))?;
        let rest = rest.strip_prefix("struct ").or_else(|| rest.strip_prefix("enum "))?;
        Some(word(rest))
    })
}

/// Nouns that stand in two modules, in plain words.
fn twins(files: &[(String, String)]) -> Vec<String> {
    let mut homes: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (file, text) in files {
        for noun in declared(&code(text)) {
            homes.entry(noun).or_default().insert(module(file));
        }
    }
    let mut faults = Vec::new();
    for (noun, modules) in &homes {
        let is_reviewed = NO_TWINS.iter().any(|(reviewed, _)| reviewed == noun);
        if modules.len() > 1 && !is_reviewed {
            let modules: Vec<&str> = modules.iter().copied().collect();
            faults.push(format!("`{noun}` is declared in {}", modules.join(" and ")));
        }
    }
    for names in ONE_NOUN {
        let known: Vec<&str> =
            names.iter().copied().filter(|name| homes.contains_key(*name)).collect();
        if known.len() > 1 {
            faults.push(format!("{} are names for one noun", known.join(" and ")));
        }
    }
    faults
}

/// The places where a text names a crate or a call: as a path, called, or in a `use`.
fn mentions<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).filter_map(move |(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let is_used = before.ends_with("use ") && !after.starts_with(is_word);
        let is_path = !before.ends_with(is_word) && after.starts_with(['(', ':']);
        // A field or argument of that name is none of it.
        let is_field = after.starts_with(':') && !after.starts_with("::");
        (is_used || (is_path && !is_field)).then(|| &code[at..])
    })
}

/// A text without its comments.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The files of `src/`, by their paths in it.
fn sources(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            sources(&path, &format!("{name}/"), files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn no_module_knows_what_it_may_not() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    assert!(files.len() > 100, "{} files were looked at", files.len());
    let faults: Vec<String> = files.iter().flat_map(|(file, text)| faults(file, text)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let unused: Vec<String> = unused(&files);
    assert!(unused.is_empty(), "\n{}", unused.join("\n"));
    let twins = twins(&files);
    assert!(twins.is_empty(), "\n{}", twins.join("\n"));
    for (module, _) in MAY_KNOW {
        let stands = files.iter().any(|(file, _)| self::module(file) == module);
        assert!(stands, "`{module}` is on a floor of the house and not in src/");
    }
}

#[track_caller]
fn check(file: &str, text: &str, expected: &[&str]) {
    assert_eq!(faults(file, text), expected);
}

#[test]
fn what_breaks_a_floor_is_named() {
    check(
        "store/mod.rs",
        "use crate::diff::compare;",
        &["store/mod.rs: `store` may not know `diff`"],
    );
    check(
        "diff/mod.rs",
        "//! See [`crate::checking`].",
        &["diff/mod.rs: `diff` may not know `checking`"],
    );
    check(
        "fetch/http.rs",
        "use crate::{\n    clock::Clock,\n    model::{Hop, Page},\n    store::Store,\n};",
        &["fetch/http.rs: `fetch` may not know `store`"],
    );
    check(
        "cli/log.rs",
        "use crate::store::Store;\nuse crate::extract::facts;",
        &["cli/log.rs: `cli` may not know `store`", "cli/log.rs: `cli` may not know `extract`"],
    );
    check(
        "delivering.rs",
        "use crate::checking::check;",
        &["delivering.rs: `delivering` may not know `checking`"],
    );
    check(
        "daemon/mod.rs",
        "let held = doors.store.ask(|store| store.held());",
        &["daemon/mod.rs: `daemon` asks a use case, and no door: `.ask(`"],
    );
    check("helpers.rs", "", &["helpers.rs: `helpers` is on no floor of the house"]);
    check("catalog/mod.rs", "use crate::extract::recipe::Recipe;", &[]);
    check("extract/mod.rs", "use crate::model::Page; use super::table;", &[]);
}

#[test]
fn a_way_around_the_floors_is_named() {
    let escape = "escapes the floors: write `crate::`";
    let deep = format!("render/letter/page.rs: `super::super::` {escape}");
    check("render/letter/page.rs", "use super::super::store;", &[&deep]);
    let root = format!("clock.rs: `super::store::` {escape}");
    check("clock.rs", "use super::store::Store;", &[&root]);
    let own = format!("gate/mod.rs: `rulewatch::` {escape}");
    check("gate/mod.rs", "use rulewatch::store;", &[&own]);
}

#[test]
fn a_crate_away_from_home_is_named() {
    let check_one = |file: &str, text: &str, home: &str, name: &str| {
        check(file, text, &[&format!("{file}: only `{home}` may name `{name}`")]);
    };
    check_one("gate/mod.rs", "use scraper::Html;", "extract", "scraper");
    check_one("checking/mod.rs", "let now = Timestamp::now();", "clock", "Timestamp::now");
    check_one("checking/mod.rs", "let now = jiff::Timestamp::now();", "clock", "Timestamp::now");
    check_one("cli/mod.rs", "std::env::var(\"HOME\")", "settings", "std::env");
    check_one("cli/demo.rs", "std::env::args()", "settings", "std::env");
    check_one("checking/mod.rs", "use tokio::signal::unix;", "daemon", "tokio::signal");
    check("cli/demo.rs", "std::env::temp_dir()", &[]);
    check("schedule.rs", "let x: cron::Schedule = 1;", &[]);
    check("render/mod.rs", "/// As clap::Parser does.\nfn f() {}", &[]);
}

#[test]
fn a_noun_that_two_modules_declare_is_named() {
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let files: Vec<(String, String)> =
            files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        assert_eq!(twins(&files), expected);
    };
    check(
        &[("gate/mod.rs", "pub enum Verdict {"), ("store/hold.rs", "    pub struct Verdict;")],
        &["`Verdict` is declared in gate and store"],
    );
    check(
        &[("alert/plan.rs", "pub enum Occasion<'a> {"), ("model/news.rs", "pub enum News<'a> {")],
        &["News and Occasion are names for one noun"],
    );
    check(
        &[("a/b.rs", "pub struct A;"), ("c.rs", "pub(crate) enum A {")],
        &["`A` is declared in a and c"],
    );
    check(&[("a/b.rs", "pub(super) struct A;"), ("c.rs", "pub struct A;")], &[]);
    check(
        &[("a.rs", "struct A;\n/// pub struct B;"), ("b.rs", "pub struct A(u8);\npub struct B;")],
        &[],
    );
}
