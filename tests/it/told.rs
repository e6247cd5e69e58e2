//! Letters to those who keep data that is bound to what changed: which places to edit, which tools, and the patch.

use crate::eml::letters;
use crate::program::Home;
use crate::world::fixture;

const CONFIG: &str = "[operator]\naddress = \"ops@example.org\"\n\n[data]\n\
    \"Cost page\" = { bindings = \"data/eligibility.toml\", readers = [\"ana@example.org\"] }\n";

pub(crate) const BINDINGS: &str = "[[bind]]\nname = 'money to show'\nfact = 'ee.proof_of_funds#amount'\n\
    file = 'funds.json'\npath = '$.funds'\nas = 'map'\npartial = true\ntools = ['Cost page', 'Program Finder']\n";

/// The letter to Ana when the amounts of 2024 come, with this binding file, in English.
pub(crate) fn letter(bindings: &str) -> (String, String) {
    letter_in("en", bindings)
}

fn letter_in(language: &str, bindings: &str) -> (String, String) {
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", CONFIG);
    home.file(".config/rulewatch/data/eligibility.toml", bindings);
    let own = "{\n  \"funds\": {\n    \"1\": 13757,\n    \"4\": 25564\n  }\n}\n";
    home.file(".config/rulewatch/data/funds.json", own);
    let to = ["subscribe", "--no-welcome", "ana@example.org", "--consent", "asked"];
    home.done(&[&to[..], &["--program", "express-entry", "--lang", language]].concat());
    for page in ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"] {
        let page = fixture(page).display().to_string();
        home.done(&["check", "ircc-ee-funds", "--from", &page]);
    }
    let all = letters(&home.path().join(".local/state/rulewatch/outbox"));
    let to_ana = all.into_iter().find(|letter| letter.header("To").contains("ana@")).unwrap();
    to_ana.parts()
}

#[test]
fn a_letter_names_what_to_edit_and_carries_the_patch() {
    let (text, html) = letter(BINDINGS);
    for part in [
        "Your data: Cost page\n",
        "funds.json:3 $['funds']['1']: yours is 13757, the official value is $14,690",
        "funds.json:4 $['funds']['4']: yours is 25564, the official value is $27,297",
        "Cost page, Program Finder",
        "-    \"1\": 13757,\n-    \"4\": 25564\n+    \"1\": 14690,\n+    \"4\": 27297\n",
    ] {
        assert!(text.replace("\r\n", "\n").contains(part), "{part}\n{text}");
    }
    assert!(html.contains("<pre") && html.contains("+    &quot;1&quot;: 14690,"), "{html}");
}

#[test]
fn a_letter_in_french_has_french_figures_and_a_patch_as_the_file_has_them() {
    let (text, _) = letter_in("fr", BINDINGS);
    let text = text.replace("\r\n", "\n").replace('\u{a0}', " ");
    for part in [
        "Vos données : Cost page\n",
        "funds.json:3 $['funds']['1'] : chez vous 13757, valeur officielle 14 690 $",
        "funds.json:4 $['funds']['4'] : chez vous 25564, valeur officielle 27 297 $",
        "-    \"1\": 13757,\n-    \"4\": 25564\n+    \"1\": 14690,\n+    \"4\": 27297\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("the official value"), "{text}");
}

#[test]
fn a_letter_goes_out_whatever_the_binding_file_is_like() {
    let (text, _) = letter("[[bind]]\nfact = 1\n");
    assert!(text.contains("It could not be looked at:"), "{text}");
    assert!(text.contains("$14,690"), "{text}");
    let (text, _) = letter(&BINDINGS.replace("ee.proof_of_funds", "gts.category_a.wages"));
    assert!(!text.contains("Your data"), "none of it is bound to what changed: {text}");
}

#[test]
fn a_wrong_entry_is_told_with_its_line() {
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", CONFIG.replace("ana@example.org", "ana"));
    let ran = home.run(&["status"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("rulewatch.toml:5"), "{}", ran.err);
    home.file(".config/rulewatch/rulewatch.toml", CONFIG.replace("bindings =", "binding ="));
    let ran = home.run(&["status"]);
    assert!(ran.err.contains("bindings"), "{}", ran.err);
}
