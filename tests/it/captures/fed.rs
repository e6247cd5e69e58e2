//! Every source fed with what it must not believe: nothing of it becomes a fact, and nothing of
//! the facts is lost.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::newest;
use crate::left_out::captures;
use crate::program::{Home, lines};
use crate::site::gzip;

/// A page that a bot check answers with, in place of any page.
const BLOCK: &str = include_str!("../fixtures/any/captcha-page.html");

/// All facts that are known, as text.
fn facts(home: &Home) -> String {
    let keys = lines(&home.done(&["facts", "--format", "ndjson"]));
    let mut all = String::new();
    for key in keys {
        let key = key["fact"].as_str().unwrap();
        all += &home.done(&["facts", key, "--format", "ndjson"]);
    }
    all
}

/// Feeds a source with a body; returns the exit code and what is said.
#[track_caller]
fn feed(home: &Home, source: &str, name: &str, body: impl AsRef<[u8]>) -> (i32, Json) {
    let file = home.file(name, body);
    let ran = home.run(&["check", source, "--from", &file, "--format", "ndjson"]);
    let said = ran.lines().pop().unwrap_or_else(|| panic!("{name}: {}", ran.err));
    (ran.code.unwrap(), said)
}

#[track_caller]
fn check_disbelief(captures: &Path, source: &str, folder: &str) {
    let home = Home::new();
    let own = fs::read(newest(&captures.join(folder))).unwrap();
    let (code, said) = feed(&home, source, "own", &own);
    assert_eq!((code, &said["outcome"]), (0, &"baseline".into()), "{said}");
    let known = facts(&home);
    assert!(!known.is_empty());
    let parent = fs::read(newest(&captures.join("ircc-work-canada"))).unwrap();
    let bomb = gzip(&vec![b' '; 40 * 1024 * 1024]);
    let bodies: [(&str, &[u8]); 8] = [
        ("the parent topic page", &parent),
        ("a block page", BLOCK.as_bytes()),
        ("an empty body", b""),
        ("white space", b" \n\t\n"),
        ("half a body", &own[..own.len() / 2]),
        ("invalid JSON", br#"{"rounds": [{"drawNumber": #N/A}]}"#),
        ("half a gzip stream", &gzip(&own)[..1000]),
        ("a gzip bomb", &bomb),
    ];
    for (name, body) in bodies {
        let (code, said) = feed(&home, source, name, body);
        assert_eq!((code, &said["outcome"]), (1, &"broken".into()), "{name}: {said}");
        let reason = said["reason"].as_str().unwrap_or_default();
        assert!(!reason.is_empty(), "{name}: {said}");
        assert_eq!(said["changes"], Json::Array(Vec::new()), "{name}");
    }
    assert_eq!(facts(&home), known, "the facts stand as they were");
    assert_eq!(home.done(&["log", "--format", "ndjson"]), "");
    let (code, said) = feed(&home, source, "gzip without a header", gzip(&own));
    assert_eq!((code, &said["outcome"]), (0, &"unchanged".into()), "{said}");
    assert_eq!(facts(&home), known, "read the same");
}

macro_rules! fed {
    ($($name:ident: $source:literal, $folder:literal;)*) => {$(
        #[test]
        fn $name() {
            let name = concat!("captures::fed::", stringify!($name));
            let Some(captures) = captures(name) else { return };
            check_disbelief(&captures, $source, $folder);
        }
    )*};
}

fed! {
    rounds_are_not_made_of_rubbish: "ircc-ee-rounds", "ircc-ee-rounds-json";
    categories_are_not_made_of_rubbish: "ircc-ee-categories", "ircc-draft-ee-category-en";
    points_are_not_made_of_rubbish: "ircc-crs-criteria", "ircc-crs-criteria";
    funds_are_not_made_of_rubbish: "ircc-ee-funds", "ircc-draft-ee-funds-en";
    talent_is_not_made_of_rubbish: "esdc-gts-requirements", "esdc-gts-requirements";
    invitations_are_not_made_of_rubbish: "bc-invitations", "bc-invitations-to-apply";
    the_law_is_not_made_of_rubbish: "justice-irpr", "justice-irpr-full-xml";
}
