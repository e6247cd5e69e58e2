//! The rounds of invitations, against the JSON they are in.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde_json::{Value as Json, json};

use super::{changes, files, newest, number, plain, read, reads, records, replay};
use crate::MONTHS;
use crate::left_out::captures;

/// The rounds of a file by their numbers, as the JSON has them.
fn rounds(file: &Path) -> (BTreeMap<String, Json>, Json) {
    let json: Json = serde_json::from_str(&read(file)).unwrap();
    let rounds = json["rounds"].as_array().unwrap();
    let number = |round: &Json| round["drawNumber"].as_str().unwrap().to_owned();
    (rounds.iter().map(|round| (number(round), round.clone())).collect(), rounds[0].clone())
}

/// `July 8, 2025`, by hand.
pub(super) fn day(text: &str) -> String {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let month = MONTHS.iter().position(|month| *month == words[0]).unwrap() + 1;
    format!("{}-{month:02}-{:0>2}", words[2], words[1])
}

/// The moment in `October 02, 2024 at 1:48:36 UTC` and its many misprints; `None` where a part is
/// missing.
fn moment(text: &str) -> Option<String> {
    let pattern = Regex::new(
        r"^\s*([A-Z][a-z]+) (\d{1,2})[,.]? ?(\d{4})\D.*?(\d{1,2}):(\d\d):(\d\d)\s*(AM|PM)?",
    )
    .unwrap();
    let found = pattern.captures(text)?;
    let hour: u32 = found[4].parse().unwrap();
    let hour = if found.get(7).is_some_and(|half| half.as_str() == "PM") && hour < 12 {
        hour + 12
    } else {
        hour
    };
    let date = day(&format!("{} {}, {}", &found[1], &found[2], &found[3]));
    Some(format!("{date}T{hour:02}:{}:{}Z", &found[5], &found[6]))
}

fn category(name: &str) -> &'static str {
    match name {
        "No Program Specified" | "General" => "general",
        "Provincial Nominee Program" => "pnp",
        "Canadian Experience Class" => "cec",
        "Federal Skilled Trades" => "fst",
        "Federal Skilled Worker" => "fsw",
        _ => ["French", "Healthcare", "STEM", "Trade", "Transport", "Agriculture", "Education"]
            .into_iter()
            .zip([
                "french",
                "healthcare",
                "stem",
                "trades",
                "transport",
                "agriculture",
                "education",
            ])
            .find(|(start, _)| name.starts_with(start))
            .map(|(_, slug)| slug)
            .unwrap(),
    }
}

/// A round's fields as they must be read.
fn fields_of(round: &Json) -> Json {
    let text = |key: &str| round[key].as_str().unwrap();
    let mut fields = json!({
        "number": text("drawNumber"),
        "date": day(text("drawDateFull")),
        "name": plain(text("drawName")),
        "category": category(text("drawName")),
        "invitations": number(text("drawSize")),
        "crs_cutoff": number(text("drawCRS")),
    });
    for (name, key) in [("tie_break", "drawCutOff"), ("cutoff_time", "drawDateTime")] {
        if let Some(moment) = moment(text(key)) {
            fields[name] = moment.into();
        }
    }
    fields
}

/// How many bands of the pool differ between two newest rounds.
fn moved_bands(before: &Json, after: &Json) -> usize {
    let bands = [1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17].map(|n| format!("dd{n}"));
    bands.iter().filter(|band| before[band.as_str()] != after[band.as_str()]).count()
}

/// Replays a folder of rounds and returns the numbers that each step added.
#[track_caller]
fn check_rounds(folder: &Path) -> Vec<Vec<String>> {
    let (steps, files) = (replay("ircc-ee-rounds", folder), files(folder));
    assert_eq!(steps.len(), files.len());
    assert_eq!(steps[0]["outcome"], "baseline");
    assert_eq!(steps[0]["changes"], json!([]));
    let mut added = Vec::new();
    for (n, step) in steps.iter().enumerate().skip(1) {
        let ((before, old_top), (after, new_top)) = (rounds(&files[n - 1]), rounds(&files[n]));
        let new: BTreeMap<_, _> =
            after.iter().filter(|(number, _)| !before.contains_key(*number)).collect();
        let told: BTreeMap<_, _> = changes(step)
            .iter()
            .map(|change| {
                assert_eq!((&change["kind"], &change["old"]), (&json!("draw_added"), &Json::Null));
                (change["record"].as_str().unwrap(), change["new"].clone())
            })
            .collect();
        let expected: BTreeMap<_, _> =
            new.iter().map(|(number, round)| (number.as_str(), fields_of(round))).collect();
        assert_eq!(told, expected, "{}", step["capture"]);
        let moved = moved_bands(&old_top, &new_top);
        let updates = if moved == 0 { json!({}) } else { json!({ "ee.pool": moved }) };
        assert_eq!(step["updates"], updates, "{}", step["capture"]);
        assert_eq!(step["held"], json!([]));
        added.push(new.into_keys().cloned().collect());
    }
    added
}

#[test]
fn every_step_of_the_rounds_speaks_of_exactly_the_rounds_that_were_added() {
    let name =
        "captures::rounds::every_step_of_the_rounds_speaks_of_exactly_the_rounds_that_were_added";
    let Some(captures) = captures(name) else { return };
    let added = check_rounds(&captures.join("ircc-ee-rounds-json"));
    let counts: Vec<usize> = added.iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
}

#[test]
fn a_date_in_another_layout_is_the_same_date() {
    let name = "captures::rounds::a_date_in_another_layout_is_the_same_date";
    let Some(captures) = captures(name) else { return };
    let folder = captures.join("ircc-ee-rounds-json-2023");
    let printed: Vec<_> =
        files(&folder).iter().map(|f| rounds(f).0["237"]["drawDate"].clone()).collect();
    assert_eq!(printed, ["11-01-2023", "2023-01-11"], "the captures are what is said of them");
    assert_eq!(check_rounds(&folder), [["238"]]);
}

#[test]
fn every_round_is_read_with_every_field() {
    let Some(captures) = captures("captures::rounds::every_round_is_read_with_every_field") else {
        return;
    };
    let file = newest(&captures.join("ircc-ee-rounds-json"));
    let read = reads("ircc-ee-rounds", &file);
    let (rounds, top) = rounds(&file);
    let expected: BTreeMap<_, _> =
        rounds.iter().map(|(number, round)| (number.as_str(), fields_of(round))).collect();
    let found: BTreeMap<_, _> =
        records(&read, "ee.draws").into_iter().map(|(key, fields)| (key, fields.clone())).collect();
    for (number, fields) in &expected {
        assert_eq!(found.get(number), Some(fields), "round {number}");
    }
    assert_eq!(found.len(), expected.len());
    let pool: i64 = records(&read, "ee.pool")
        .values()
        .map(|fields| fields["candidates"].as_i64().unwrap())
        .sum();
    assert_eq!(pool, number(top["dd18"].as_str().unwrap()), "the bands make up the total");
    let complaints: Vec<_> = read.iter().filter(|line| line["type"] == "complaint").collect();
    let without_a_moment = |round: &&Json| {
        let text = round["drawCutOff"].as_str().unwrap();
        !text.is_empty() && moment(text).is_none()
    };
    assert_eq!(complaints.len(), rounds.values().filter(without_a_moment).count());
}
