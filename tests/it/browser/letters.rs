//! Letters as a mail program shows them: on a phone and on a desk, light and dark.

use super::looks::{Looks, Scheme};
use crate::eml;
use crate::program::Home;
use crate::told;

const WIDTHS: [u32; 2] = [360, 800];

/// A letter is no page: the landmarks around it are those of the mail program.
const RULES: &str = "{'landmark-one-main':{enabled:false},region:{enabled:false}}";

/// The letters of the demo, which are in both languages, and one with a table and a patch.
fn letters(home: &Home) -> Vec<(String, String)> {
    home.done(&["demo", "--dir", "demo"]);
    let demo = eml::letters(&home.path().join("demo/outbox"));
    let demo = demo.iter().enumerate().map(|(n, letter)| (format!("demo-{n}"), letter.parts().1));
    let mut all: Vec<(String, String)> = demo.collect();
    assert!(all.iter().any(|(_, html)| html.contains("lang=\"fr\"")));
    all.push(("data".to_owned(), told::letter(told::BINDINGS).1));
    assert!(all.iter().any(|(_, html)| html.contains("<table") && html.contains("<pre")));
    all
}

#[test]
fn letters_are_read_on_a_phone_and_on_a_desk_in_light_and_in_dark() {
    const TEST: &str =
        "browser::letters::letters_are_read_on_a_phone_and_on_a_desk_in_light_and_in_dark";
    let home = Home::new();
    let Some(looks) = Looks::start(TEST, &home, RULES) else { return };
    for (name, html) in letters(&home) {
        home.file(&format!("{name}.html"), html);
        let url = format!("file://{}/{name}.html", home.path().display());
        for (width, scheme) in WIDTHS.iter().flat_map(|n| Scheme::BOTH.map(|scheme| (*n, scheme))) {
            looks.at(&url, &name, width, scheme);
            looks.finds_nothing(&name);
        }
    }
}
