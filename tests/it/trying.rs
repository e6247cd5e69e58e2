//! `sources test --all`: every page in a folder of folders, each by the recipe of its source.

use serde_json::Value as Json;

use crate::left_out::captures;
use crate::program::{Home, lines};
use crate::schemas::{faults, published};
use crate::world::fixture;

#[test]
fn every_page_of_a_folder_is_read_by_the_recipe_it_is_of() {
    let home = Home::new();
    let text = |name: &str| std::fs::read_to_string(fixture(name)).unwrap();
    let funds = text("ircc-ee-funds/of-2024.html");
    // By the folder's name, by words in it, by the address that the page states.
    home.file("all/ircc-ee-funds/2024-06-03T1200.html", &funds);
    home.file("all/ircc-draft-ee-funds-en/2024-06-03T1200.html", &funds);
    home.file("all/deeper/anything/2024-06-03T1200.html", &funds);
    home.file("all/ircc-ee-categories/2025-01-01T1200.html", text("any/captcha-page.html"));
    home.file("all/nobody/2025-01-01T1200.html", "<p>nothing of the kind</p>");
    home.file("all/ircc-ee-funds/_labels.csv", "a,b\n");
    home.file("all/README.md", "# Captures\n");
    let ran = home.run(&["sources", "test", "--all", "all", "--format", "ndjson"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let said: Vec<String> = ran
        .lines()
        .iter()
        .map(|line| {
            let word = |name: &str| line[name].as_str().unwrap_or("-");
            let records = &line["records"];
            format!("{} {} {} {records}", word("capture"), word("source"), word("outcome"))
        })
        .collect();
    assert_eq!(
        said,
        [
            "deeper/anything/2024-06-03T1200.html ircc-ee-funds baseline 8",
            "ircc-draft-ee-funds-en/2024-06-03T1200.html ircc-ee-funds baseline 8",
            "ircc-ee-categories/2025-01-01T1200.html ircc-ee-categories broken 0",
            "ircc-ee-funds/2024-06-03T1200.html ircc-ee-funds baseline 8",
            "nobody/2025-01-01T1200.html - no_source 0",
        ]
    );
    let schema = published("output");
    for line in lines(&ran.out) {
        assert_eq!(faults(&schema, &line), Vec::<String>::new(), "{line}");
    }
    let text = home.run(&["sources", "test", "--all", "all"]).out;
    assert!(text.ends_with("3 read, 1 not read whole, 1 of no source\n"), "{text}");
    let gone = home.run(&["sources", "test", "--all", "nowhere"]);
    assert_eq!((gone.code, gone.err.contains("nowhere")), (Some(2), true), "{}", gone.err);
}

#[test]
fn the_selections_of_saskatchewan_are_read_from_its_pdf() {
    let Some(captures) = captures("trying::the_selections_of_saskatchewan_are_read_from_its_pdf")
    else {
        return;
    };
    let folder = captures.join("sk-sinp-eoi-selections-pdf").display().to_string();
    let said = Home::new().run(&["sources", "test", "--all", &folder, "--format", "ndjson"]).out;
    let line = lines(&said).pop().unwrap();
    assert_eq!(line["source"], "sk-sinp-eoi-selections");
    assert_eq!(
        (&line["outcome"], &line["records"], &line["complaints"]),
        (&"baseline".into(), &158.into(), &0.into())
    );
    // All but the one that runs together on its line, by a plain pattern over the same text.
    let read = Home::new();
    let pdf = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let page = pdf.display().to_string();
    let args = ["sources", "test", "sk-sinp-eoi-selections", &page, "--format", "ndjson"];
    let read = lines(&read.done(&args));
    let number = |line: &Json, name: &str| line["fields"][name].as_i64().unwrap();
    let records = read.iter().filter(|line| line["type"] == "record");
    let mut read: Vec<(i64, i64)> =
        records.map(|line| (number(line, "score"), number(line, "invitations"))).collect();
    let text = std::process::Command::new("pdftotext").arg("-layout").arg(&pdf).arg("-").output();
    let text = String::from_utf8(text.unwrap().stdout).unwrap();
    let row = regex::Regex::new(r"(?m)^.*?\s(\d{2})\s{2,}(\d{1,3})\s{2,}\S").unwrap();
    let rows =
        row.captures_iter(&text).map(|row| (row[1].parse().unwrap(), row[2].parse().unwrap()));
    let mut printed: Vec<(i64, i64)> = rows.filter(|row| *row != (65, 269)).collect();
    read.sort_unstable();
    printed.sort_unstable();
    assert_eq!(read, printed);
}
