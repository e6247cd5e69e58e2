//! Pages of the past go into the real history: in their place, once, and alerting nobody.

use serde_json::Value as Json;

use crate::program::{Home, lines};
use crate::world::fixture;

const FUNDS: &str = "ircc-ee-funds";

fn page(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

/// A folder of captures of the funds page: as it was in 2023, a block page, and as it was in 2024.
fn captures(home: &Home) -> String {
    for (name, of) in [
        ("2024-05-29T1200__a.html", "ircc-ee-funds/of-2023.html"),
        ("2024-06-01T0000.html", "any/captcha-page.html"),
        ("2024-06-03T120030__b.html", "ircc-ee-funds/of-2024.html"),
        ("2024-06-10T1200__same.html", "ircc-ee-funds/of-2024.html"),
    ] {
        home.file(&format!("pages/{name}"), page(of));
    }
    home.path().join("pages").display().to_string()
}

fn log(home: &Home) -> Vec<Json> {
    lines(&home.done(&["log", "--format", "ndjson"]))
}

fn amount(home: &Home, day: &str) -> String {
    let args = ["facts", "ee.proof_of_funds/1", "--as-of", day, "--format", "ndjson"];
    lines(&home.done(&args))[0]["fields"]["amount"]["amount"].to_string()
}

#[test]
fn an_import_is_in_the_log_marked_and_the_same_again_adds_nothing() {
    let home = Home::new();
    let folder = captures(&home);
    let args = ["import", "--source", FUNDS, &folder];
    let said = home.done(&args);
    for words in
        ["baseline", "broken", "changed", "4 pages imported", "8 changes", "not read, 2024-05-31"]
    {
        assert!(said.contains(words), "{words}:\n{said}");
    }
    let changes = log(&home);
    assert_eq!(changes.len(), 8);
    assert!(changes.iter().all(|change| change["imported"] == true), "{changes:?}");
    assert_eq!(changes[0]["seen_at"], "2024-06-03T12:00:30Z");
    assert_eq!(changes[0]["last_seen_unchanged_at"], "2024-05-29T12:00:00Z");
    assert_eq!(
        (amount(&home, "2024-06-02").as_str(), amount(&home, "2024-06-03").as_str()),
        ("13757", "14690")
    );
    let again = home.done(&args);
    assert!(again.contains("0 pages imported, 4 known already"), "{again}");
    assert_eq!(log(&home), changes);
    assert!(home.done(&["audit"]).contains("the chain holds"));
}

#[test]
fn an_import_changes_nothing_about_the_present_and_tells_nobody() {
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", "[operator]\naddress = \"ops@example.org\"\n");
    home.subscribe_ana();
    let of_2024 = fixture("ircc-ee-funds/of-2024.html").display().to_string();
    home.done(&["check", FUNDS, "--from", &of_2024]);
    let before = home.done(&["status", "--format", "ndjson"]);
    // Only the page of 2023 is older than our own first page.
    home.file("old/2023-11-01T1200.html", page("ircc-ee-funds/of-2023.html"));
    let old = home.path().join("old").display().to_string();
    let said = home.done(&["import", "--source", FUNDS, &old]);
    assert!(said.contains("1 pages imported"), "{said}");
    let changes = log(&home);
    assert_eq!(changes.len(), 8, "what changed before our own first page is in the log: {said}");
    assert!(changes.iter().all(|change| change["imported"] == true));
    assert!(home.done(&["outbox"]).is_empty(), "nobody is told");
    let sources = |text: &str| -> Vec<String> {
        let without = |line: &Json| line["type"] != "total";
        lines(text).iter().filter(|line| without(line)).map(ToString::to_string).collect()
    };
    assert_eq!(sources(&home.done(&["status", "--format", "ndjson"])), sources(&before));
    // Our own next page that differs is told as ever.
    let of_2023 = fixture("ircc-ee-funds/of-2023.html").display().to_string();
    home.done(&["check", FUNDS, "--from", &of_2023]);
    assert!(home.done(&["outbox"]).contains("sent"));
    let coverage = lines(&home.done(&["coverage", FUNDS, "--format", "ndjson"]));
    let states: Vec<(&str, bool)> = coverage
        .iter()
        .map(|line| (line["state"].as_str().unwrap(), line["imported"] == true))
        .collect();
    assert_eq!(states[..2], [("read", true), ("blind", false)], "{coverage:?}");
    assert!(home.done(&["import", "--source", FUNDS, &old]).contains("1 known already"));
    assert_eq!(log(&home).len(), 16);
}

#[test]
fn a_first_check_after_an_import_is_no_news() {
    let home = Home::new();
    home.file("old/2023-11-01T1200.html", page("ircc-ee-funds/of-2023.html"));
    let old = home.path().join("old").display().to_string();
    home.subscribe_ana();
    home.done(&["import", "--source", FUNDS, &old]);
    let of_2024 = fixture("ircc-ee-funds/of-2024.html").display().to_string();
    let ran = home.done(&["check", FUNDS, "--from", &of_2024]);
    assert!(ran.contains("baseline"), "{ran}");
    assert!(home.done(&["outbox"]).is_empty(), "what changed years ago is no news");
    let days = ["2024-06-02", "2024-06-03"].map(|day| amount(&home, day));
    assert_eq!(days, ["13757", "14690"], "what is known of the past stands");
    // The next import compares that first page with what was imported.
    assert!(log(&home).is_empty());
    let args = ["import", "--source", FUNDS, &old];
    assert!(home.done(&args).contains("0 pages imported, 1 known already, 0 left out; 8 changes"));
    assert!(home.done(&args).contains("0 changes"));
    assert!(log(&home).iter().all(|change| change["imported"] == true));
    assert!(home.done(&["outbox"]).is_empty());
}

#[test]
fn the_history_of_a_file_in_git_is_imported() {
    let home = Home::new();
    let git = |args: &[&str], date: &str| {
        let mut command = std::process::Command::new("git");
        command.arg("-C").arg(home.path().join("kept")).args(args).env("HOME", home.path());
        for (name, value) in [("NAME", "Ana"), ("EMAIL", "ana@example.org"), ("DATE", date)] {
            command.env(format!("GIT_AUTHOR_{name}"), value);
            command.env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.output().map(|done| done.status.success())
    };
    home.file("kept/funds.html", page("ircc-ee-funds/of-2023.html"));
    if git(&["init", "-q"], "").is_err() {
        crate::left_out::left_out("importing::the_history_of_a_file_in_git_is_imported", "no git");
        return;
    }
    let done = |args: &[&str], date: &str| assert!(git(args, date).unwrap(), "{args:?}");
    done(&["add", "."], "");
    done(&["commit", "-qm", "first"], "2024-05-01T10:00:00Z");
    done(&["mv", "funds.html", "proof.html"], "");
    done(&["commit", "-qm", "renamed"], "2024-05-02T10:00:00Z");
    home.file("kept/proof.html", page("ircc-ee-funds/of-2024.html"));
    done(&["commit", "-qam", "changed"], "2024-06-05T10:00:00Z");
    let file = home.path().join("kept/proof.html").display().to_string();
    let said = home.done(&["import", "--source", FUNDS, "--git", &file]);
    assert!(said.contains("3 pages imported") && said.contains("8 changes"), "{said}");
    assert_eq!(log(&home)[0]["seen_at"], "2024-06-05T10:00:00Z");
    let never = home.file("never.html", "x");
    let ran = home.run(&["import", "--source", FUNDS, "--git", &never]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn what_only_imported_pages_say_is_not_called_fine_today() {
    let home = Home::new();
    home.done(&["import", "--source", FUNDS, &captures(&home)]);
    home.file(
        "eligibility.toml",
        "[[bind]]\nfact = 'ee.proof_of_funds#amount'\nfile = 'own.json'\nas = 'map'\npartial = true\n",
    );
    home.file("own.json", "{\"1\": 14690}");
    let verify = |more: &[&str]| {
        let args = ["verify", "eligibility.toml", "--format", "json"];
        let ran = home.run(&[&args[..], more].concat());
        let answer: Json = serde_json::from_str(&ran.out).unwrap();
        (ran.code, answer["findings"].clone())
    };
    let (code, found) = verify(&[]);
    assert_eq!((code, &found[0]["kind"]), (Some(1), &"stale".into()), "{found}");
    let note = found[0]["note"].as_str().unwrap();
    assert!(note.contains("imported pages alone: `rulewatch check ircc-ee-funds`"), "{note}");
    assert_eq!(verify(&["--as-of", "2024-07-01"]), (Some(0), Json::Array(Vec::new())), "it was so");
    let of_2024 = fixture("ircc-ee-funds/of-2024.html").display().to_string();
    home.done(&["check", FUNDS, "--from", &of_2024]);
    assert_eq!(verify(&[]), (Some(0), Json::Array(Vec::new())));
    // A source that is switched off is read no more, whatever was read of it.
    home.file(".config/rulewatch/rulewatch.toml", "[sources]\noff = ['ircc-ee-funds']\n");
    assert_eq!(verify(&[]).1[0]["kind"], "stale");
}
