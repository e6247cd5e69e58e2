//! Questions to the history that is in the captures: one command each, right, with evidence.

use crate::left_out::captures;
use crate::program::{Home, lines};

/// A home with the captures of a source imported.
fn imported(test: &str, pairs: &[(&str, &str)]) -> Option<Home> {
    let captures = captures(test)?;
    let home = Home::new();
    for (source, folder) in pairs {
        let folder = captures.join(folder).display().to_string();
        home.done(&["import", "--source", source, &folder]);
    }
    Some(home)
}

#[test]
fn the_cut_off_of_any_round() {
    let rounds = [("ircc-ee-rounds", "ircc-ee-rounds-json")];
    let Some(home) = imported("asked::the_cut_off_of_any_round", &rounds) else { return };
    for (round, cut_off) in [("371", "432"), ("354", "750"), ("1", "886")] {
        let said = home.done(&["facts", &format!("ee.draws/{round}")]);
        assert!(said.contains(&format!("CRS cut-off: {cut_off};")), "{round}: {said}");
        assert!(
            said.contains(&format!("drawCRS: {cut_off}")),
            "with the words of the feed: {said}"
        );
    }
    let chart =
        home.done(&["history", "ee.draws", "--field", "crs_cutoff", "--svg", "cut-offs.svg"]);
    assert!(chart.contains("└2015-01-31"), "{chart}");
    let svg = std::fs::read_to_string(home.path().join("cut-offs.svg")).unwrap();
    assert!(svg.contains("2025-10-06: 432"), "every round is a point");
    assert!(home.done(&["audit"]).contains("the chain holds"));
}

#[test]
fn the_funds_for_a_family_of_four_on_a_day() {
    let funds = [("ircc-ee-funds", "ircc-draft-ee-funds-en")];
    let Some(home) = imported("asked::the_funds_for_a_family_of_four_on_a_day", &funds) else {
        return;
    };
    for (day, amount) in [("2024-06-02", "$25,564"), ("2024-06-03", "$27,297")] {
        let said = home.done(&["facts", "ee.proof_of_funds/4", "--as-of", day]);
        assert!(said.contains(&format!("amount: {amount}")), "{day}: {said}");
        assert!(said.contains(&format!("evidence: \"4 | {amount}\"")), "{said}");
    }
    let both = home.done(&["history", "ee.proof_of_funds/4"]);
    assert!(both.contains("$25,564") && both.contains("$27,297") && both.contains('┤'), "{both}");
    let diff =
        ["facts", "diff", "ee.proof_of_funds/4", "--from", "2024-06-02", "--to", "2024-06-03"];
    assert!(home.done(&diff).contains("#amount: [-$25,564-]{+$27,297+}"));
    let known = ["--as-of", "2024-06-03", "--known-at", "2024-06-10"];
    let then = home.done(&[&["facts", "ee.proof_of_funds/4"], &known[..]].concat());
    assert!(then.contains("$25,564"), "no page we know of had said otherwise by then: {then}");
}

#[test]
fn the_text_of_section_204_on_a_day() {
    let law = [("justice-irpr", "justice-irpr-sections-xml")];
    let Some(home) = imported("asked::the_text_of_section_204_on_a_day", &law) else { return };
    let on = |day: &str| {
        let args = ["facts", "irpr.sections/204", "--as-of", day, "--format", "ndjson"];
        let line = lines(&home.done(&args)).pop().unwrap();
        assert!(line["evidence"].as_str().unwrap().contains("204"), "{line}");
        line["fields"]["text"].to_string()
    };
    assert!(on("2022-03-01").contains("International agreements or arrangements"));
    let shown = home.done(&["facts", "irpr.sections/204", "--as-of", "2022-03-01"]);
    let clauses: Vec<String> = serde_json::from_str(&on("2022-03-01")).unwrap();
    assert!(clauses.len() >= 5, "{clauses:?}");
    assert!(clauses.iter().all(|clause| shown.contains(&format!("\n    {clause}\n"))), "{shown}");
    // What changed in these years is in the history, whatever it is.
    let spans = lines(&home.done(&["history", "irpr.sections/204", "--format", "ndjson"]));
    for span in &spans {
        let day = span["seen_at"].as_str().unwrap().get(..10).unwrap();
        assert_eq!(on(day), span["fields"]["text"].to_string(), "{day}");
    }
    assert!(home.done(&["log", "--fact", "irpr.sections"]).contains("(imported)"));
}
