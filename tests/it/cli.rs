//! The command line as a person and a script meet it: what is printed, and how it ends.

use rulewatch::store::Store;
use serde_json::Value as Json;

use crate::eml::letters;
use crate::program::{Home, Ran, lines};
use crate::world::{fees, fixture};

pub(crate) const STEM: &str = "ircc-ee-categories/stem-of-24.html";

/// A home whose database has a baseline of the funds and the change of 2024.
pub(crate) fn with_funds() -> Home {
    let home = Home::new();
    for page in ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"] {
        home.done(&["check", "ircc-ee-funds", "--from", &path(page)]);
    }
    home
}

pub(crate) fn path(fixture_name: &str) -> String {
    fixture(fixture_name).display().to_string()
}

/// Runs what must end with a code, and say something about why.
#[track_caller]
pub(crate) fn check(home: &Home, args: &[&str], code: i32, says: &[&str]) -> Ran {
    let ran = home.run(args);
    assert_eq!(ran.code, Some(code), "{args:?}\n{}\n{}", ran.out, ran.err);
    let said = format!("{}{}", ran.out, ran.err);
    for words in says {
        assert!(said.contains(words), "{args:?} does not say {words:?}:\n{said}");
    }
    assert!(!said.contains("panicked") && !said.contains('\x1b'), "{said}");
    ran
}

#[test]
fn a_check_takes_sources_by_name() {
    let home = Home::new();
    let page = home.file("page.html", "");
    check(&home, &["check", "ircc-ee-funds", "--from", &page], 1, &["broken", "body is empty"]);
}

#[test]
fn wrong_use_ends_with_2_and_says_what_to_do() {
    let home = with_funds();
    let wrong = |args: &[&str], says: &[&str]| check(&home, args, 2, says);
    wrong(&["check", "no-such-source"], &["no source `no-such-source`", "sources list"]);
    wrong(&["check", "Not An Id"], &["Not An Id"]);
    wrong(&["check", "--from", &path(STEM)], &["--from reads one page"]);
    wrong(&["check", "ircc-ee-funds", "--from", "nowhere.html"], &["no file nowhere.html"]);
    wrong(&["check", "ircc-ee-funds"], &["[operator]", "contact"]);
    wrong(&["check"], &["contact"]);
    wrong(&["replay", "--source", "no-such-source", "."], &["no source `no-such-source`"]);
    wrong(&["replay", "--source", "ircc-ee-funds", "nowhere"], &["nowhere"]);
    wrong(&["replay", "--source", "ircc-ee-funds", "."], &["YYYY-MM-DDTHHMM"]);
    wrong(&["log", "--since", "next Tuesday"], &["`next Tuesday` is no moment", "2025-02-27"]);
    wrong(&["log", "--kind", "occupation_vanished"], &["occupation_removed"]);
    wrong(&["log", "--severity", "dire"], &["info, warn, block"]);
    wrong(&["log", "--stage", "soon"], &["in_force"]);
    wrong(&["show", "cffffffffffff"], &["no change `cffffffffffff`", "rulewatch log"]);
    wrong(&["facts", "ee.nothing"], &["nothing is known under `ee.nothing`"]);
    wrong(&["facts", "ee.proof_of_funds", "--as-of", "someday"], &["someday"]);
    wrong(&["facts", "ee.proof_of_funds", "--known-at", "someday"], &["someday"]);
    wrong(&["sources", "show", "no-such-source"], &["sources list"]);
    wrong(
        &["sources", "test", "ircc-ee-funds", "nowhere.html"],
        &["neither a file nor an address"],
    );
    wrong(&["subscribe", "ana@example.org"], &["--consent"]);
    wrong(&["subscribe", "ana@example.org", "--consent", " "], &["cannot be empty"]);
    wrong(&["subscribe", "ana at example", "--consent", "asked"], &["it has no @"]);
    wrong(
        &["subscribe", "a@example.org", "--consent", "x", "--lang", "de"],
        &["neither en nor fr"],
    );
    wrong(&["frobnicate"], &["frobnicate", "--help"]);
    wrong(&["--config", "nowhere.toml", "status"], &["nowhere.toml"]);
    wrong(&["--sources", "nowhere.toml", "sources", "list"], &["nowhere.toml"]);
}

#[test]
fn a_name_that_nobody_knows_is_told_with_the_nearest() {
    let home = with_funds();
    let wrong = |args: &[&str], says: &[&str]| check(&home, args, 2, says);
    wrong(&["log", "--program", "expres-entry"], &["did you mean `express-entry`?"]);
    wrong(&["log", "--source", "ircc-ee-fund"], &["no source", "did you mean `ircc-ee-funds`?"]);
    wrong(&["log", "--jurisdiction", "ca"], &["no jurisdiction `ca`", "did you mean `CA`?"]);
    wrong(&["log", "--fact", "ee.proof_of_fund"], &["did you mean `ee.proof_of_funds`?"]);
    wrong(&["facts", "ee.proof*"], &["`*` stands for one whole word between the dots"]);
    wrong(&["log", "--rule", "R-EE-FUND"], &["no rule", "did you mean `R-EE-FUNDS`?"]);
    wrong(&["log", "--noc", "2123"], &["five digits"]);
    wrong(&["facts", "ee.proof_of_fund"], &["did you mean `ee.proof_of_funds`?"]);
    wrong(&["facts", "ee.proof_of_funds/9"], &["never was a record `9`"]);
    wrong(&["facts", "--noc", "99999"], &["nothing was ever known about NOC 99999"]);
    wrong(&["history", "ee.nothing"], &["nothing is known under `ee.nothing`"]);
    wrong(&["import", "ircc-ee-funds"], &["--source"]);
    wrong(&["import", "--source", "ircc-ee-funds", "nowhere"], &["nowhere"]);
    wrong(&["import", "--source", "no-such-source", "."], &["no source `no-such-source`"]);
    wrong(&["import", "--wayback", "ircc-ee-funds"], &["[operator]", "contact"]);
}

#[test]
fn without_a_database_there_is_nothing_to_ask_and_none_is_made() {
    let home = Home::new();
    for args in
        [&["log"][..], &["facts"], &["show", "c1"], &["status"], &["outbox"], &["subscribers"]]
            .into_iter()
            .chain([&["review"][..], &["review", "accept", "e1"], &["review", "reject", "e1"]])
    {
        check(&home, args, 2, &["no database", "rulewatch check"]);
    }
    assert!(!home.path().join(".local").exists(), "asking leaves nothing behind");
}

#[test]
fn what_cannot_be_done_ends_with_3() {
    let home = with_funds();
    let state = home.path().join(".local/state/rulewatch");
    let page = path("ircc-ee-funds/of-2023.html");
    let file = home.file("a-file", "");
    check(&home, &["--state", &file, "check", "ircc-ee-funds", "--from", &page], 3, &["a-file"]);
    let foreign = home.file("foreign/rulewatch.db", "this is a diary, not a database\n");
    let folder = home.path().join("foreign").display().to_string();
    check(&home, &["--state", &folder, "log"], 3, &["foreign/rulewatch.db"]);
    assert_eq!(std::fs::read(foreign).unwrap(), b"this is a diary, not a database\n");
    // Nobody answers on the port of nobody.
    let elsewhere = home.file("loopback.toml", CLOSED_PORT);
    let config = home.file("allow.toml", "[fetch]\nallow_private = ['127.0.0.0/8']\n");
    let args = ["--config", &config, "--sources", &elsewhere, "check", "nobody"];
    let ran = check(&home, &args, 3, &["unreachable"]);
    assert!(ran.out.contains("nobody"), "{ran:?}");
    assert!(state.is_dir());
}

/// A source on a port of loopback that nobody listens on.
const CLOSED_PORT: &str = "[[source]]\nid = \"nobody\"\nprogram = \"x\"\njurisdiction = \"CA\"\n\
    title = { en = \"Nobody\", fr = \"Personne\" }\nurl = \"http://127.0.0.1:1/page\"\n";

#[test]
fn a_locked_database_ends_with_3_and_is_left_as_it_was() {
    let home = with_funds();
    let database = home.path().join(".local/state/rulewatch/rulewatch.db");
    let other = rusqlite::Connection::open(&database).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let page = path("ircc-ee-funds/of-2023.html");
    check(&home, &["check", "ircc-ee-funds", "--from", &page], 3, &["locked"]);
    other.execute_batch("ROLLBACK").unwrap();
    let text = home.done(&["log", "--format", "ndjson"]);
    assert_eq!(text.lines().count(), 8);
}

#[test]
fn a_private_address_is_refused_where_nobody_allowed_it() {
    let home = Home::new();
    let sources = home.file("loopback.toml", CLOSED_PORT);
    check(&home, &["--sources", &sources, "check", "nobody"], 1, &["refused", "private address"]);
}

#[test]
fn every_fault_of_a_catalogue_is_told_with_its_line() {
    let home = Home::new();
    let sources = home.file("mine.toml", FAULTY);
    let ran = check(&home, &["--sources", &sources, "sources", "list"], 2, &[]);
    let text = ran.err.replace(&sources, "mine.toml");
    insta::assert_snapshot!("faults_of_a_catalogue", text);
    assert_eq!(ran.out, "", "faults are no output");
}

const FAULTY: &str = r#"[[source]]
id = "One Source"
url = "ftp://example.org/page"
shedule = "0 5 * * * *"

[[source]]
id = "two"
url = "https://example.org/page"
schedule = "0 5 25 * * *"
zone = "America/Ottawa"

[[source.facts]]
key = "x.fees"
type = "fee"
record = "{line}"
[[source.facts.read]]
prose = { matches = "(unclosed" }

[[rule]]
id = "R-NOTHING"
title = { en = "Nothing", fr = "Rien" }
tools = ["Program Finder"]
depends_on = ["x.nothing"]
"#;

#[test]
fn facts_are_told_as_they_hold_and_as_they_were_known() {
    let home = with_funds();
    let amount = |args: &[&str]| -> String {
        let all = [&["facts", "ee.proof_of_funds", "--format", "ndjson"], args].concat();
        let one = lines(&home.done(&all)).into_iter().find(|line| line["record"] == "1");
        one.unwrap()["fields"]["amount"]["amount"].to_string()
    };
    assert_eq!(amount(&[]), "14690");
    // By the page's own dates: 2023-04-25 and 2024-06-03.
    assert_eq!(amount(&["--as-of", "2024-06-03"]), "14690");
    assert_eq!(amount(&["--as-of", "2024-06-02"]), "13757");
    assert_eq!(amount(&["--as-of", "2023-04-25"]), "13757");
    let early = ["facts", "ee.proof_of_funds", "--as-of", "2023-04-24"];
    check(&home, &early, 2, &["nothing was known on 2023-04-24", "are of 2023-04-25"]);
    let changed = lines(&home.done(&["log", "--format", "ndjson"]))[0].clone();
    let (before, after) = (&changed["last_seen_unchanged_at"], &changed["seen_at"]);
    assert_eq!(amount(&["--known-at", before.as_str().unwrap()]), "13757");
    assert_eq!(amount(&["--known-at", after.as_str().unwrap()]), "14690");
    let early = ["facts", "ee.proof_of_funds", "--known-at", "2001-01-01"];
    check(&home, &early, 2, &["nothing was known on 2001-01-01", "the first facts of"]);
    // What a day was, as far as it was known before the page said so.
    let both = ["facts", "ee.proof_of_funds", "--as-of", "2024-06-03", "--known-at", "1d"];
    check(&home, &both, 2, &["nothing of `ee.proof_of_funds` was known on 2024-06-03"]);
    let known_at = before.as_str().unwrap();
    assert_eq!(amount(&["--as-of", "2024-06-03", "--known-at", known_at]), "13757");
    let known_at = after.as_str().unwrap();
    assert_eq!(amount(&["--as-of", "2024-06-03", "--known-at", known_at]), "14690");
    assert_eq!(amount(&["--as-of", "2024-06-02", "--known-at", known_at]), "13757");
    let list = home.done(&["facts"]);
    assert!(list.contains("ee.proof_of_funds") && list.contains("ircc-ee-funds"), "{list}");
}

#[test]
fn a_subscription_is_made_heard_and_ended() {
    let home = Home::new();
    home.done(&["check", "ircc-ee-funds", "--from", &path("ircc-ee-funds/of-2023.html")]);
    let consent = "asked by telephone on 2024-05-01";
    home.done(&["subscribe", "--no-welcome", "ana@example.org", "--consent", consent]);
    home.done(&[
        "subscribe",
        "--no-welcome",
        "Luc@Example.ORG",
        "--consent",
        consent,
        "--lang",
        "fr",
    ]);
    let narrow = ["--severity", "block", "--noc", "21231"];
    home.done(
        &[&["subscribe", "--no-welcome", "bo@example.org", "--consent", consent], &narrow[..]]
            .concat(),
    );
    let again = ["subscribe", "ana@example.org", "--consent", consent];
    check(&home, &again, 2, &["exactly that already", "rulewatch subscribers"]);
    let of = |filter: &[&str], ends: i32, says: &[&str]| {
        let begin = ["subscribe", "eve@example.org", "--consent", consent];
        check(&home, &[&begin, filter].concat(), ends, says);
    };
    of(&["--program", "expres-entry"], 2, &["did you mean `express-entry`?"]);
    of(&["--source", "ircc-ee-cat"], 2, &["did you mean `ircc-ee-categories`?"]);
    of(
        &["--kind", "fee_changed", "--fact", "ee.draws"],
        2,
        &["never gives `fee_changed`", "`draw_added`"],
    );
    of(
        &["--fact", "ee.draws", "--kind", "draw_added", "--severity", "warn"],
        2,
        &["at most `info`"],
    );
    let two =
        ["--fact", "ee.draws", "--where", "cut-off at least 500", "--where", "cut-off at most 400"];
    of(&two, 2, &["write `crs_cutoff at least 400` and `crs_cutoff at most 500`"]);
    of(&["--fact", "ee.draws where cut-off at least 1300"], 2, &["from 1 to 1200"]);
    of(&["--fact", "ee.draws", "--severity", "warn"], 2, &["nothing would be sent", "info"]);
    of(&["--fact", "ee.draws"], 0, &["info is sent too", "ee.draws (ircc-ee-rounds): changes"]);
    check(&home, &["unsubscribe", "eve@example.org"], 0, &["no longer subscribed"]);
    let list = home.done(&["subscribers"]);
    assert!(list.contains("ana@example.org") && list.contains(consent), "{list}");
    home.done(&["check", "ircc-ee-funds", "--from", &path("ircc-ee-funds/of-2024.html")]);
    let letters = letters(&home.path().join(".local/state/rulewatch/outbox"));
    let mut to: Vec<&str> = letters.iter().map(|letter| letter.header("To")).collect();
    to.sort_unstable();
    assert_eq!(to, ["Luc@example.org", "ana@example.org"], "bo asked for something else");
    let outbox = home.done(&["outbox"]);
    assert_eq!(outbox.matches("sent").count(), 2, "{outbox}");
    assert!(!outbox.contains("ana@example.org"), "addresses are masked: {outbox}");
    check(&home, &["outbox", "flush"], 0, &["sent 0"]);
    check(&home, &["outbox", "retry", "0123456789abcdef0123456789abcdef"], 2, &["no delivery"]);
    check(&home, &["unsubscribe", "ana@example.org"], 0, &["no longer subscribed"]);
    check(&home, &["unsubscribe", "ana@example.org"], 1, &["is not subscribed"]);
    assert!(!home.done(&["subscribers"]).contains("ana@"));
}

#[test]
fn a_reader_is_welcomed_with_how_things_stand() {
    let home = Home::new();
    home.done(&["check", "ircc-ee-funds", "--from", &path("ircc-ee-funds/of-2024.html")]);
    let begin = ["subscribe", "ana@example.org", "--consent", "asked by telephone"];
    let dry =
        home.done(&["subscribe", "ana@example.org", "--program", "express-entry", "--dry-run"]);
    assert!(dry.contains("Asked for: program Express Entry"), "{dry}");
    assert!(home.done(&["subscribers"]).is_empty(), "nothing is made");
    let of = |filter: &[&str], says: &[&str]| check(&home, &[&begin, filter].concat(), 0, says);
    of(
        &["--fact", "ee.proof_of_funds", "--send", "weekly", "--day", "friday", "--hour", "9"],
        &["Letters come gathered, every Friday at 9:00 (America/Toronto)", "In the past 6 months"],
    );
    of(&["--noc", "99999", "--lang", "fr"], &["beside 1 subscription", "NOC 99999 is on no list"]);
    let refused =
        |filter: &[&str], says: &[&str]| check(&home, &[&begin, filter].concat(), 2, says);
    refused(&["--where", "category is cec"], &["--fact"]);
    refused(&["--fact", "ee.draws where categry is cec"], &["did you mean `category`?"]);
    refused(&["--preset", "software-enginer"], &["did you mean `software-engineer`?"]);
    refused(&["--hour", "9"], &["--send daily"]);
    check(
        &home,
        &["presets"],
        0,
        &["software-engineer: ", "where category is Canadian Experience"],
    );
    check(&home, &["presets", "--lang", "fr"], 0, &["Génie logiciel"]);
    let list = home.done(&["subscribers"]);
    assert!(
        list.contains("  1  fact set ee.proof_of_funds") && list.contains("  2  NOC"),
        "{list}"
    );
    check(
        &home,
        &["subscription", "change", "1", "--send", "immediate"],
        0,
        &["is changed", "at once"],
    );
    check(&home, &["subscription", "show", "1"], 0, &["ee.proof_of_funds"]);
    check(&home, &["subscription", "change", "1"], 2, &["say what to change"]);
    check(&home, &["subscription", "stop", "9"], 2, &["no subscription 9"]);
    home.done(&["outbox", "flush"]);
    let letters = letters(&home.path().join(".local/state/rulewatch/outbox"));
    let [first, second] = &letters[..] else { panic!("{} letters", letters.len()) };
    let (a, b) = (first.parts().0, second.parts().0);
    let both = format!("{a}{b}");
    assert!(
        both.contains("14") && both.contains("Preuve de fonds"),
        "in the language chosen last: {both}"
    );
    assert!(both.contains("99999"), "{both}");
    check(&home, &["subscription", "stop", "1"], 0, &["is stopped"]);
    check(&home, &["subscription", "stop", "2"], 0, &["no longer subscribed"]);
}

/// A home where a mass change of the STEM list is held, and the operator has a letter of it.
fn with_held() -> (Home, String) {
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", "[operator]\naddress = \"ops@example.org\"\n");
    home.done(&["check", "ircc-ee-categories", "--from", &path(STEM)]);
    let mass = path("ircc-ee-categories/stem-19-gone-6-new.html");
    check(&home, &["check", "ircc-ee-categories", "--from", &mass], 1, &["held"]);
    let letter = letters(&home.path().join(".local/state/rulewatch/outbox")).pop().unwrap();
    let (text, _) = letter.parts();
    let (_, rest) = text.split_once("rulewatch review accept ").unwrap();
    (home, rest.split_whitespace().next().unwrap().to_owned())
}

#[test]
fn what_is_held_is_listed_and_settled_as_the_letter_says() {
    let (home, event) = with_held();
    let list = home.done(&["review"]);
    for words in ["19 of 24 records are gone", "25 changes", "and 20 more", "fetched again", &event]
    {
        assert!(list.contains(words), "{words}:\n{list}");
    }
    let listed = lines(&home.done(&["review", "list", "--format", "ndjson"]));
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["type"], &listed[0]["event"]), (&"held".into(), &event.clone().into()));
    assert_eq!(listed[0]["changes"].as_array().unwrap().len(), 25);
    check(&home, &["review", "accept", "nothing-so"], 2, &["nothing named", "review list"]);
    check(&home, &["review", "accept", &event, "--by", "re-fetch"], 2, &["calls itself"]);
    let args = ["review", "accept", &event[..10], "--by", "ana"];
    check(&home, &args, 0, &["released, 25 changes recorded", "occupation_removed"]);
    assert_eq!(lines(&home.done(&["log", "--format", "ndjson"])).len(), 25);
    check(&home, &["review", "accept", &event], 2, &["nothing named"]);
    check(&home, &["review"], 0, &["nothing waits for review"]);
    let mass = path("ircc-ee-categories/stem-19-gone-6-new.html");
    check(&home, &["check", "ircc-ee-categories", "--from", &mass], 0, &["unchanged"]);
}

#[test]
fn what_nobody_has_reviewed_is_listed_and_accepted_by_the_id_in_the_letter() {
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", "[operator]\naddress = \"ops@example.org\"\n");
    let sources = home.file("fees.toml", fees("https://www.example.org/fees", "structure"));
    let run = |args: &[&str]| home.done(&[&["--sources", &sources], args].concat());
    run(&["check", "fees", "--from", &path("fees/application-1475.html")]);
    let list = run(&["review"]);
    assert!(list.contains("unreviewed  fees") && list.contains("$1,475"), "{list}");
    let listed = lines(&run(&["review", "list", "--format", "ndjson"]));
    assert_eq!(listed[0]["records"]["bcpnp.fee"], 1);
    run(&["subscribe", "--no-welcome", "ana@example.org", "--consent", "asked by telephone"]);
    run(&["check", "fees", "--from", &path("fees/application-1750.html")]);
    let letter = letters(&home.path().join(".local/state/rulewatch/outbox")).pop().unwrap();
    let (text, _) = letter.parts();
    let (_, rest) = text.split_once("rulewatch review accept ").unwrap();
    let event = rest.split_whitespace().next().unwrap();
    assert!(run(&["review", "reject", event]).contains("stays unreviewed"));
    let outbox = home.path().join(".local/state/rulewatch/outbox");
    let to_ana = || letters(&outbox).iter().filter(|l| l.header("To") == "ana@example.org").count();
    assert_eq!(to_ana(), 0, "what nobody has reviewed is told to the operator alone");
    let accepted = run(&["review", "accept", event]);
    assert!(
        accepted.contains("fees: reviewed") && accepted.contains("1 changes told"),
        "{accepted}"
    );
    assert_eq!(to_ana(), 1, "and to those who follow it once somebody has");
    assert!(run(&["review"]).contains("nothing waits"));
    run(&["check", "fees", "--from", &path("fees/application-1475.html")]);
    assert_eq!(to_ana(), 2, "what changes from then on is told at once");
}

#[test]
fn what_is_rejected_leaves_the_facts_as_they_were() {
    let (home, _) = with_held();
    check(&home, &["review", "reject", "ircc-ee-categories"], 0, &["the last good facts stand"]);
    let facts = home.done(&["facts", "ee.category.stem.occupations", "--format", "ndjson"]);
    assert_eq!(facts.lines().count(), 24);
    check(&home, &["review"], 0, &["nothing waits for review"]);
    assert!(home.done(&["log", "--format", "ndjson"]).is_empty());
}

/// How many sources the shipped catalogue has.
fn watched() -> usize {
    rulewatch::catalog::Catalog::shipped().unwrap().sources().count()
}

#[test]
fn the_status_says_how_each_source_stands() {
    let home = with_funds();
    let captcha = path("any/captcha-page.html");
    check(&home, &["check", "ircc-ee-funds", "--from", &captcha], 1, &["broken"]);
    let mut status = lines(&home.done(&["status", "--format", "ndjson"]));
    let total = status.pop().unwrap();
    assert_eq!((&total["type"], &total["daemon"]), (&"total".into(), &Json::Null));
    assert_eq!(status.len(), watched());
    let of = |id: &str| status.iter().find(|line| line["source"] == id).unwrap();
    assert_eq!(of("ircc-ee-funds")["outcome"], "broken");
    assert!(of("ircc-ee-funds")["last_good_at"].is_string());
    assert_eq!(of("ircc-ee-rounds")["outcome"], Json::Null);
    let text = home.done(&["status"]);
    assert!(text.contains("never checked") && text.contains("Verifying your browser"), "{text}");
}

#[test]
fn what_is_piped_has_no_colour_and_colour_can_be_asked_for() {
    let home = with_funds();
    for args in [&["log"][..], &["facts", "ee.proof_of_funds"], &["status"], &["sources"]] {
        assert!(!home.done(args).contains('\x1b'), "{args:?}");
        let mut command = home.command(args);
        let forced = command.env("CLICOLOR_FORCE", "1").output().unwrap();
        let mut command = home.command(args);
        let never = command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
        assert!(!never.stdout.contains(&0x1b), "{args:?}: NO_COLOR is respected");
        // Whatever colour adds, it changes no word.
        let strip = |bytes: &[u8]| anstream::adapter::strip_bytes(bytes).into_vec();
        assert_eq!(strip(&forced.stdout), never.stdout, "{args:?}");
    }
}

#[test]
fn help_is_told_for_every_command() {
    let home = Home::new();
    let mut text = home.done(&["--help"]);
    for command in
        ["check", "replay", "log", "facts", "review accept", "subscribe", "outbox", "sources test"]
    {
        let args: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        text += &format!("\n--- {command}\n{}", home.done(&args));
    }
    insta::assert_snapshot!("help", text);
}

#[test]
fn sources_are_listed_shown_and_tried() {
    let home = Home::new();
    let list = home.done(&["sources"]);
    assert_eq!(list.lines().count(), 1 + watched(), "{list}");
    assert_eq!(home.done(&["sources", "list"]).lines().count(), 1 + watched());
    let shown = home.done(&["sources", "show", "ircc-ee-funds"]);
    for words in ["Preuve de fonds", "America/Toronto", "attribution", "rule R-EE-FUNDS"] {
        assert!(shown.contains(words), "{words}:\n{shown}");
    }
    let page = path("ircc-ee-funds/of-2024.html");
    insta::assert_snapshot!(
        "sources_test",
        home.done(&["sources", "test", "ircc-ee-funds", &page])
    );
    let explained = home.done(&["sources", "test", "ircc-ee-funds", &page, "--explain"]);
    assert!(explained.contains("8 rows"), "{explained}");
    let captcha = path("any/captcha-page.html");
    check(&home, &["sources", "test", "ircc-ee-funds", &captcha], 1, &["broken", "Verifying"]);
    assert!(!home.path().join(".local").exists(), "trying a recipe writes nothing");
}

#[test]
fn a_replay_leaves_nothing_behind_and_its_worst_outcome_decides() {
    let home = Home::new();
    for (name, page) in [
        ("2024-05-29T1200__a.html", "ircc-ee-funds/of-2023.html"),
        ("2024-06-03T120030__b.html", "ircc-ee-funds/of-2024.html"),
        ("2024-06-04T0000.html", "any/captcha-page.html"),
        ("notes.txt", "any/captcha-page.html"),
    ] {
        home.file(&format!("pages/{name}"), std::fs::read(fixture(page)).unwrap());
    }
    let args = ["replay", "--source", "ircc-ee-funds", "pages"];
    let ran = check(&home, &args, 1, &["baseline", "changed", "broken"]);
    // A line for each capture, and what changed under one: five changes, and how many more.
    assert_eq!(ran.out.lines().count(), 3 + 6, "{}", ran.out);
    assert!(ran.out.contains("$13,757 → $14,690") && ran.out.contains("and 3 more"), "{}", ran.out);
    let ran = home.run(&[&args[..], &["--format", "ndjson"]].concat());
    let steps = ran.lines();
    let keys: Vec<&str> = steps[0].as_object().unwrap().keys().map(String::as_str).collect();
    let contract =
        "type capture at source outcome reason records updates held sets unreadable unread changes";
    assert_eq!(keys.join(" "), contract);
    assert_eq!(steps[1]["at"], "2024-06-03T12:00:30Z");
    assert!(!home.path().join(".local").exists(), "a replay's database is a scratch one");
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "and it is taken away: {left:?}");
}

/// The lines of a text, with spaces as one and moments as none: a demo is run whenever somebody runs it.
fn timeless(text: &str) -> Vec<String> {
    let moment = r"\d{4}-\d\d-\d\d \d\d:\d\d|\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d E[SD]T";
    let moment = regex::Regex::new(moment).unwrap();
    let line = |line: &str| {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        moment.replace_all(&words, "…").into_owned()
    };
    text.lines().map(line).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let home = Home::new();
    let mut printed = timeless(&home.done(&["demo", "--dir", "here"]));
    for letter in letters(&home.path().join("here/outbox")) {
        printed.extend(timeless(&letter.parts().0));
    }
    let readme = include_str!("../../README.md");
    let section = readme.split("## What it looks like").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let shown: Vec<String> = section.split("```").skip(1).step_by(2).flat_map(timeless).collect();
    assert!(shown.len() > 20, "{shown:?}");
    for line in shown.iter().filter(|line| *line != "…") {
        assert!(
            printed.contains(line),
            "README.md shows `{line}`, and the demo prints no such line"
        );
    }
}

#[test]
fn the_demo_shows_the_whole_loop() {
    let home = Home::new();
    let out = home.done(&["demo", "--dir", "here"]);
    for words in ["19 of 24 records are gone", "released", "block or maintenance page", "$1,750"] {
        assert!(out.contains(words), "{words}:\n{out}");
    }
    let letters = letters(&home.path().join("here/outbox"));
    assert_eq!(letters.len(), 7);
    for letter in &letters {
        for name in ["From", "To", "Subject", "Date", "Message-ID"] {
            assert!(!letter.header(name).is_empty());
        }
        let parts = letter.body.matches(&format!("--{}", letter.boundary())).count();
        assert_eq!(parts, 3, "a text, an HTML twin and the end");
        let (text, html) = letter.parts();
        assert!(text.contains("https://") && html.contains("</html>"), "{text}\n{html}");
    }
    let store = Store::open_read_only(&home.path().join("here")).unwrap();
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
    // What it says to type next.
    for line in out.lines().filter_map(|line| line.trim().strip_prefix("rulewatch ")) {
        let args: Vec<&str> = line.split(' ').collect();
        let ran = home.run(&args);
        // Nothing of it is dated ahead.
        assert!(
            ran.code == Some(0) && !ran.out.is_empty() && ran.err.is_empty(),
            "{line}: {ran:?}"
        );
    }
    check(&home, &["demo", "--dir", "here"], 2, &["has a database already"]);
    let out = home.done(&["demo"]);
    assert!(out.contains("rulewatch-demo-"), "a folder of its own: {out}");
}
