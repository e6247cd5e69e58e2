//! `rulewatch verify` as it is typed: exit codes, what is written where, days, and data in a database.

use serde_json::{Value as Json, json};

use crate::program::Home;

/// A home with exported facts of one fee, and why they are doubtful.
fn home(doubts: &Json) -> Home {
    let home = Home::new();
    let facts = json!({"rulewatch_facts": 1, "made_at": "2026-01-01T00:00:00Z", "day": "2026-01-01",
        "sets": [{"fact": "fees.application", "source": "fees", "url": "https://example.org/fees",
            "checked_at": "2026-01-01T00:00:00Z", "doubts": doubts, "records": [
                {"record": "adult", "quote": "An adult pays $500.", "since": "2025-12-01",
                    "fields": {"amount": {"integer": 500}}},
                {"record": "child", "quote": "A child pays $70.",
                    "fields": {"amount": {"integer": 70}}}]}]});
    home.file("facts.json", facts.to_string());
    home
}

const FEES: &str = "[[bind]]\nname = 'fees'\nfact = 'fees.application#amount'\nfile = 'fees.yaml'\n\
    as = 'map'\npath = '$.fees'\nstamp = '$.checked'\n";

fn verify<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["verify", "eligibility.toml", "--facts", "facts.json"], more].concat()
}

#[test]
fn the_exit_code_says_fine_or_not_or_misuse() {
    let certain = json!([]);
    let stale = json!([{"word": "stale", "why": "last seen to hold long ago"}]);
    let right = "fees:\n  adult: 500\n  child: 70\nchecked: 2025-11-30\n";
    let check = |doubts: &Json, data: Option<&str>, bindings: &str, code: i32, says: &str| {
        let home = home(doubts);
        home.file("eligibility.toml", bindings);
        if let Some(data) = data {
            home.file("fees.yaml", data);
        }
        let ran = home.run(&verify(&[]));
        assert!(ran.out.contains(says) || ran.err.contains(says), "{}{}", ran.out, ran.err);
        assert_eq!(ran.code, Some(code), "{says}");
    };
    check(&certain, Some(right), FEES, 0, "1 binding, 2 values: fine");
    check(&stale, Some(right), FEES, 1, "not fine: 1 doubt about official facts");
    check(&certain, Some(&right.replace("70", "7")), FEES, 1, "1 value differs");
    check(&certain, None, FEES, 2, "there is no file");
    check(&certain, Some(right), &FEES.replace("$.fees", "$.fee"), 2, "nothing stands at `$.fee`");
    check(&certain, Some(right), &FEES.replace("as =", "az ="), 2, "eligibility.toml:5");
}

#[test]
fn a_page_is_named_once_for_what_it_says_of_a_binding() {
    let home = home(&json!([]));
    home.file("eligibility.toml", FEES);
    home.file("fees.yaml", "fees:\n  adult: 400\n  child: 7\n");
    let said = home.run(&verify(&[])).out;
    assert_eq!(said.matches("https://example.org/fees").count(), 1, "{said}");
    assert_eq!(said.matches("    official ").count(), 2, "{said}");
    assert!(
        said.ends_with("1 binding, 2 values: not fine: 2 values differ from the official pages\n")
    );
}

#[test]
fn the_date_is_written_where_nothing_was_found_and_only_there() {
    let home = home(&json!([]));
    home.file("eligibility.toml", FEES);
    let read = || std::fs::read_to_string(home.path().join("fees.yaml")).unwrap();
    let wrong = "fees: # ours\n  adult: 500\n  child: 7\nchecked: 2025-11-30\n";
    home.file("fees.yaml", wrong);
    assert_eq!(home.run(&verify(&["--stamp"])).code, Some(1));
    assert_eq!(read(), wrong);
    home.file("fees.yaml", wrong.replace("7\n", "70\n"));
    home.done(&verify(&["--stamp"]));
    let words = regex::Regex::new(
        r"\Afees: # ours\n  adult: 500\n  child: 70\nchecked: \d{4}-\d\d-\d\d\n\z",
    );
    assert!(words.unwrap().is_match(&read()) && !read().contains("2025-11-30"), "{}", read());
    home.file("eligibility.toml", FEES.replace("$.checked", "$.when"));
    let ran = home.run(&verify(&["--stamp"]));
    assert!(ran.err.contains("`stamp = \"$.when\"` leads to 0 values"), "{}", ran.err);
}

#[test]
fn facts_of_one_day_do_not_answer_for_another() {
    let home = home(&json!([]));
    home.file("eligibility.toml", FEES);
    home.file("fees.yaml", "fees: {adult: 500, child: 70}\n");
    home.done(&verify(&["--as-of", "2026-01-01"]));
    let other = home.run(&verify(&["--as-of", "2025-06-01"]));
    assert_eq!(other.code, Some(2));
    assert!(other.err.contains("export facts --as-of 2025-06-01"), "{}", other.err);
}

#[test]
fn rows_of_a_database_are_compared_and_never_edited() {
    let home = home(&json!([]));
    let path = home.path().join("fees.sqlite");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "CREATE TABLE fee (who TEXT, cad INTEGER); INSERT INTO fee VALUES ('adult', 500), ('child', 7)",
        )
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let bindings = "[[bind]]\nfact = 'fees.application#amount'\nfile = 'fees.sqlite'\n\
        query = 'SELECT who, cad FROM fee'\nas = 'map'\nkey = 'who'\nvalue = 'cad'\n";
    home.file("eligibility.toml", bindings);
    let ran = home.run(&verify(&["--fix"]));
    assert_eq!(ran.code, Some(1));
    for part in
        ["yours     7 at row 2, column cad", "official  70", "a database is not edited here"]
    {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    home.file("eligibility.toml", bindings.replace("SELECT who", "SELECT whom"));
    assert_eq!(home.run(&verify(&[])).code, Some(2));
}

#[test]
fn two_wrong_claims_of_one_article_are_both_put_right() {
    let home = home(&json!([]));
    let claim = |record: &str, quote: &str| {
        format!(
            "[[bind]]\nname = '{record}'\nfact = 'fees.application#amount'\nrecord = '{record}'\nfile = 'article.md'\nquote = '{quote}'\n"
        )
    };
    let bindings =
        [claim("adult", "An adult pays {value} now"), claim("child", "a child {value}")].concat();
    home.file("eligibility.toml", bindings);
    home.file("article.md", "An adult pays $450.00 now,\na child $60.\n");
    assert_eq!(home.run(&verify(&["--fix"])).code, Some(1));
    let after = std::fs::read_to_string(home.path().join("article.md")).unwrap();
    assert_eq!(after, "An adult pays $500.00 now,\na child $70.\n");
    home.done(&verify(&[]));
}

#[test]
fn what_does_not_fit_is_said_in_words_of_its_own() {
    let yaml = "fees:\n  adult: 500\n  child: 70\nlist: [1, 2]\n";
    let one = "[[bind]]\nfact = 'fees.application#amount'\nrecord = 'adult'\nfile = 'fees.yaml'\nas = 'value'\npath = '$.fees.adult'\n";
    let check = |bindings: &str, kind: &str, says: &str| {
        let home = home(&json!([]));
        home.file("eligibility.toml", bindings);
        home.file("fees.yaml", yaml);
        home.file("broken.json", "{\n  \"adult\": 500\n  \"child\": 70\n}\n");
        let ran = home.run(&verify(&["--format", "json"]));
        assert_eq!(ran.code, Some(2), "{kind}: {}{}", ran.out, ran.err);
        let findings: Json = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(findings["answer"], "misuse");
        let found = findings["findings"].as_array().unwrap();
        let [only] = &found[..] else { panic!("{kind}: {found:?}") };
        assert_eq!(only["kind"], kind, "{only}");
        assert!(only["note"].as_str().unwrap().contains(says), "{only}");
    };
    check(
        &one.replace("fees.adult", "fees.*"),
        "ambiguous",
        "2 values stand there and one is needed: $['fees']['adult'], $['fees']['child']",
    );
    check(&one.replace("$.fees.adult", "$.list"), "ambiguous", "holds a list or a map");
    check(
        &one.replace("record = 'adult'\n", ""),
        "unknown_record",
        "`adult` and `child` have different values: make `record` name one record",
    );
    check(
        &one.replace("'adult'\n", "'senior'\n"),
        "unknown_record",
        "its records are like `adult`, `child`",
    );
    check(
        &one.replace("fees.application", "fees.aplication"),
        "unknown_fact",
        "did you mean `fees.application`?",
    );
    check(&one.replace("'fees.yaml'", "'prices.yaml'"), "no_file", "prices.yaml");
    check(&one.replace("fees.yaml", "broken.json"), "bad_file", "line 2: it is not JSON");
    check(
        &one.replace("$.fees.adult", "$.fees.senior"),
        "not_found",
        "nothing stands at `$.fees.senior`",
    );
    let query = one.replace("path = '$.fees.adult'", "query = 'SELECT 1'");
    check(&query.replace("fees.yaml", "fees.sqlite"), "no_file", "there is no file");
    check(
        &one.replace("as = 'value'\npath = '$.fees.adult'", "quote = 'An adult pays {value}'")
            .replace("fees.yaml", "broken.json"),
        "bad_file",
        "line 2",
    );
}

#[test]
fn nothing_outside_of_the_folder_is_read_and_nothing_that_is_no_file() {
    let bind = |file: &str| FEES.replace("fees.yaml", file);
    let home = home(&json!([]));
    let folder = home.path().join("ours");
    std::fs::create_dir_all(folder.join("data/dir.yaml")).unwrap();
    let wrong = "fees:\n  adult: 400\n  child: 70\nchecked: 2025-11-30\n";
    home.file("secret.yaml", wrong);
    home.file("ours/data/fees.yaml", wrong);
    let secret = home.path().join("secret.yaml");
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, folder.join(name)).unwrap();
    link(secret.to_str().unwrap(), "link.yaml");
    link("data/fees.yaml", "near.yaml");
    link("loop.yaml", "loop.yaml");
    link("/dev/zero", "zero.yaml");
    let pipe = folder.join("pipe.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::fs::File::create(folder.join("long.yaml")).unwrap().set_len(1 << 30).unwrap();
    let said = |file: &str| {
        home.file("ours/eligibility.toml", bind(file));
        let ran = home.run(&["verify", "ours/eligibility.toml", "--facts", "facts.json", "--fix"]);
        (ran.code, format!("{}{}", ran.out, ran.err))
    };
    let outside = "is not in the folder of the binding file";
    for (file, says) in [
        (secret.to_str().unwrap(), outside),
        ("../secret.yaml", outside),
        ("data/../../secret.yaml", outside),
        ("link.yaml", outside),
        ("zero.yaml", outside),
        ("loop.yaml", "cannot read"),
        ("data/dir.yaml", "is no file"),
        ("pipe.yaml", "is no file"),
        ("long.yaml", "is larger than"),
        ("none.yaml", "there is no file"),
    ] {
        let (code, words) = said(file);
        assert_eq!(code, Some(2), "{file}: {words}");
        assert!(words.contains(says), "{file}: {words}");
    }
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), wrong);
    // A link that stays inside is the file it leads to, and stays a link.
    let (code, words) = said("near.yaml");
    assert_eq!(code, Some(1), "{words}");
    let fixed = std::fs::read_to_string(folder.join("data/fees.yaml")).unwrap();
    assert_eq!(fixed, wrong.replace("400", "500"));
    assert!(folder.join("near.yaml").is_symlink());
}

#[test]
fn a_rule_says_whether_it_can_be_relied_on() {
    let home = Home::new();
    let fees = "<html><head><title>Citizenship and immigration application fees - Canada.ca</title></head><body><main>\
        <h1>Citizenship and immigration application fees</h1><h2>Economic immigration (including Express Entry)</h2><table><thead><tr><th>Fees</th><th>$CAN</th></tr></thead>\
        <tbody><tr><td>Include a dependent child</td><td>270.00</td></tr></tbody></table>\
        <h2>Restoration of status</h2><table><thead><tr>\
        <th>Fees</th><th>$CAN</th></tr></thead><tbody>\
        <tr><td>Restore your status as a visitor</td><td>246.25</td></tr></tbody></table></main></body></html>";
    home.file("fees.html", fees);
    home.done(&["check", "ircc-fee-list", "--from", "fees.html"]);
    let funds = crate::world::fixture("ircc-ee-funds/of-2024.html").display().to_string();
    home.done(&["check", "ircc-ee-funds", "--from", &funds]);
    let list = home.done(&["rules", "list"]);
    let line = |rule: &str| list.lines().find(|line| line.starts_with(rule)).unwrap();
    assert!(list.starts_with("RULE ") && list.contains(" HEALTH "), "{list}");
    assert!(line("R-FEE-TR ").contains(" unreviewed, partly unknown "), "{list}");
    assert!(line("R-LAW ").contains(" nothing known yet "), "{list}");
    let shown = home.done(&["rules", "show", "R-FEE-TR"]);
    let why =
        "unreviewed, nobody has accepted its first facts: `rulewatch review accept ircc-fee-list`";
    assert!(
        shown.contains(&format!("health: not sound\n    rests on ircc-fee-list: {why}\n")),
        "{shown}"
    );
    assert!(shown.contains("    nothing is known yet of fees.feed\n"), "{shown}");
    assert_eq!(shown.matches("https://").count(), 1, "{shown}");
    let impact = home.done(&["impact", "fees.tr.list"]);
    assert!(impact.contains(&format!("doubt: rests on ircc-fee-list: {why}\n")), "{impact}");
    let plain = |text: String| text.replace('\u{a0}', " ");
    let french = plain(home.done(&["rules", "show", "R-FEE-TR", "--lang", "fr"]));
    assert!(
        french.starts_with("R-FEE-TR : Coût d’un séjour temporaire\noutils : Cost\n"),
        "{french}"
    );
    assert!(french.contains("    rien n'est encore connu de fees.feed\n"), "{french}");
    let list = home.done(&["rules", "list", "--lang", "fr"]);
    assert!(
        list.starts_with("RÈGLE ") && list.contains("ÉTAT ") && list.contains("OUTILS"),
        "{list}"
    );
    assert!(list.contains("pas encore vérifié, en partie inconnu "), "{list}");
    let french = plain(home.done(&["impact", "fees.tr.list", "--lang", "fr"]));
    assert!(french.contains("règle : R-FEE-TR Coût d’un séjour temporaire (Cost)\n"), "{french}");
    let doubt = "doute : repose sur ircc-fee-list : pas encore vérifié, personne n'a accepté ses premiers faits";
    assert!(french.contains(doubt), "{french}");
    let sound = home.done(&["impact", "ee.proof_of_funds"]);
    assert!(sound.contains("R-EE-FUNDS") && !sound.contains("doubt"), "{sound}");
}
