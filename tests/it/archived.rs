//! Sections that a page keeps from former days: what stands in them holds no longer.

use crate::absence::{program, said, sees_of};

/// Fees of any table of the page.
const FEES: &str = r#"
[[source.facts]]
key = "pnp.fees"
type = "fees"
record = "{label|slug}"
[source.facts.fields]
label = { note = true }
fee = { as = "money" }
[[source.facts.read]]
table = { columns = { label = '^stream|^volet', fee = '^fee|^frais' } }
"#;

/// The same by the heading over them, and those that the page keeps from former days.
fn by_heading() -> String {
    FEES.replace("{label|slug}", "{heading|slug}/{label|slug}")
}

fn of_former_days() -> String {
    let former = FEES.replace("pnp.fees", "pnp.former_fees");
    former.replace(
        "[[source.facts.read]]",
        "[[source.facts.read]]\nunder = ['^archived fees of 2024']",
    )
}

const NOW: &str = "<h2>Fees</h2><table><tr><th>Stream</th><th>Fee</th></tr><tr><td>Skilled worker</td><td>$500</td></tr>\
    <tr><td>Graduate</td><td>$300</td></tr></table>";

/// Fees as they were, one of them of a stream that is no more.
const FORMER: &str = "<table><tr><th>Stream</th><th>Fee</th></tr><tr><td>Skilled worker</td><td>$400</td></tr>\
    <tr><td>Farm owner</td><td>$900</td></tr></table>";

/// What is said of the fees when the last page follows the others.
fn told(pages: &[&str]) -> Vec<String> {
    told_of(FEES, pages)
}

fn told_of(facts: &str, pages: &[&str]) -> Vec<String> {
    let pages: Vec<String> = pages.iter().map(|page| (*page).to_owned()).collect();
    let mut told = said(&sees_of(&program(facts), &pages));
    told.retain(|line| line.contains("pnp."));
    told
}

#[test]
fn what_a_section_keeps_from_former_days_is_no_fact() {
    let kept = "<p>This information is kept for reference only. It no longer applies.</p>";
    let garde = "<p>Ces renseignements sont conservés à titre de référence.</p>";
    for (heading, intro) in [
        ("Archived: fees of 2025", ""),
        ("Archive", ""),
        ("Fees of 2025 (for reference only)", ""),
        ("Fees of 2025", kept),
        ("Fees of 2025", "<p>This page has been archived.</p>"),
        ("Renseignements archivés", ""),
        ("Frais de 2025", garde),
    ] {
        let section = format!("<h2>{heading}</h2>{intro}{FORMER}");
        assert_eq!(told(&[NOW, &format!("{NOW}{section}")]), [""; 0], "{heading} {intro}");
        assert_eq!(told(&[NOW, &format!("{section}{NOW}")]), [""; 0], "{heading} {intro}, above");
        // So is what stands under a heading of it.
        let below = format!("{NOW}<h2>{heading}</h2>{intro}<h3>By stream</h3>{FORMER}");
        assert_eq!(told(&[NOW, &below]), [""; 0], "{heading} {intro}, below");
    }
}

#[test]
fn a_section_that_is_archived_cannot_be_read_and_is_not_gone() {
    let archived = NOW.replace("<h2>Fees</h2>", "<h2>Archived: fees</h2>");
    let pages = [NOW.to_owned(), archived.clone()];
    assert_eq!(said(&sees_of(&program(FEES), &pages)), ["broken"]);
    assert_eq!(told(&[NOW, &archived, NOW]), [""; 0]);
}

#[test]
fn a_section_that_only_speaks_of_archives_is_read() {
    let more = NOW.replace("$500", "$600");
    for other in [
        "<h2>How we archive applications</h2><p>This section is about records.</p>",
        "<h2>Fees of 2025</h2><p>This fee no longer applies to nurses.</p>",
        "<h2>Fees of 2027</h2><p>This list no longer applies to nurses.</p>",
        "<h2>Frais</h2><p>Ces renseignements sont fournis par la province.</p>",
    ] {
        let under = |page: &str| format!("{other}{}", page.replace("<h2>Fees</h2>", ""));
        let found = told(&[&under(NOW), &under(&more)]);
        assert_eq!(found.len(), 1, "{other}: {found:?}");
    }
}

#[test]
fn a_recipe_may_ask_for_a_section_of_former_days() {
    let section =
        |fee: &str| format!("{NOW}<h2>Archived fees of 2024</h2>{}", FORMER.replace("$900", fee));
    let found = told_of(&[FEES, &of_former_days()].concat(), &[&section("$900"), &section("$950")]);
    assert!(matches!(&*found, [one] if one.contains("pnp.former_fees")), "{found:?}");
}

/// The fees with another section below or above them.
fn beside(section: &str) -> [String; 2] {
    [format!("{NOW}{section}"), format!("{section}{NOW}")]
}

#[test]
fn what_a_new_section_only_recalls_is_no_fact() {
    for heading in [
        "Previous fees",
        "Previously charged fees",
        "Former application fees",
        "Fees before March 1, 2024",
        "Applications received before March 1, 2024",
        "Fees in 2024 and 2025",
        "Fees that have ended",
        "Anciens frais",
        "Frais qui ne s’appliquent plus",
        "Frais avant le 1er mars 2024",
        "Summary",
        "Examples of fees",
        "Frequently asked questions",
        "Other programs",
        "Rappel",
    ] {
        for page in beside(&format!("<h2>{heading}</h2>{FORMER}")) {
            for facts in [FEES, &by_heading()] {
                assert_eq!(told_of(facts, &[NOW, &page, &page]), [""; 0], "{heading}");
            }
        }
    }
    let ended = format!("<h2>Farms</h2><p>These fees no longer apply.</p>{FORMER}");
    assert_eq!(told(&[NOW, &beside(&ended)[0]]), [""; 0]);
}

#[test]
fn a_new_section_of_the_rule_is_told() {
    let section = "<table><tr><th>Stream</th><th>Fee</th></tr><tr><td>Farm owner</td><td>$900</td></tr></table>";
    for heading in ["Former students", "Previous work experience"] {
        let page = &beside(&format!("<h2>{heading}</h2>{section}"))[0];
        assert!(!told_of(&by_heading(), &[NOW, page]).is_empty(), "{heading}");
    }
    for heading in ["More fees", "New fees"] {
        for page in beside(&format!("<h2>{heading}</h2>{section}")) {
            assert_eq!(told(&[NOW, &page]), ["record_added pnp.fees/farm-owner"], "{heading}");
        }
    }
}

#[test]
fn what_was_read_under_such_a_heading_goes_on_being_read() {
    let under = |heading: &str, fee: &str| {
        let rows = NOW.replace("$500", fee);
        rows.replace("<h2>Fees</h2>", &format!("<h2>{heading}</h2>"))
    };
    for heading in ["Summary of fees", "Former fees", "Fees in 2025"] {
        let found = told(&[&under(heading, "$500"), &under(heading, "$600")]);
        assert_eq!(found, ["fee_changed pnp.fees/skilled-worker#fee"], "{heading}");
    }
    // The same section under another name is read where it says no more than this.
    assert_eq!(told(&[NOW, &under("In brief", "$500")]), [""; 0]);
    let found = told(&[NOW, &under("In brief", "$600")]);
    assert_eq!(found, ["fee_changed pnp.fees/skilled-worker#fee"]);
}

#[test]
fn the_rows_of_another_section_do_not_stand_for_those_that_are_there() {
    let other = NOW.replace("$500", "$520").replace("$300", "$310");
    let under = |heading: &str| other.replace("<h2>Fees</h2>", &format!("<h2>{heading}</h2>"));
    for page in beside(&under("Study permits")) {
        assert_eq!(told(&[NOW, &page, &page]), [""; 0]);
        // What stands in its own section is read.
        let found = told(&[NOW, &page, &page.replace("$300", "$350")]);
        assert_eq!(found, ["fee_changed pnp.fees/graduate#fee"]);
    }
    for page in beside(&under("New fees")) {
        assert_ne!(told(&[NOW, &page]), [""; 0]);
    }
}

#[test]
fn a_section_of_another_subject_under_a_title_that_is_new_gives_nothing() {
    let other = NOW.replace("$500", "$520").replace("<h2>Fees</h2>", "<h3>Study permits</h3>");
    let own = NOW.replace("h2", "h3");
    let page = format!("<h2>All fees</h2>{own}{other}");
    assert_eq!(told(&[NOW, &page]), [""; 0]);
}
