//! The pages as a reader's browser shows them: on a small phone, on a desk and on a wide screen, light and dark.

use super::looks::{Looks, Scheme};
use crate::joining::Place;
use crate::program::Home;
use crate::web::get;

const WIDTHS: [u32; 3] = [320, 800, 1400];

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_read_on_every_screen_and_a_checker_of_accessibility_finds_nothing() {
    const TEST: &str = "browser::pages::pages_are_read_on_every_screen_and_a_checker_of_accessibility_finds_nothing";
    let home = Home::new();
    let Some(looks) = Looks::start(TEST, &home, "{}") else { return };
    let place = Place::open().await;
    let change = get(place.at, "/en/").body;
    let change = change.split("/en/changes/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let key = place.join("ana@example.org").await;
    place.sign_up("bo@example.org");
    let confirm = place.key("bo@example.org", "/confirm/").await;
    let pages = [
        ("home", ""),
        ("changes", "changes"),
        ("none", "changes?program=nothing"),
        ("since", "changes?seen=2024-01-01"),
        ("change", &format!("changes/{change}")),
        ("announced", "announced"),
        ("facts", "facts"),
        ("fact", "facts/ee.proof_of_funds"),
        ("sources", "sources"),
        ("source", "sources/ircc-ee-funds"),
        ("subscribe", "subscribe"),
        ("shown", "subscribe?program=express-entry&show=1"),
        ("wrong", "subscribe?noc=1&show=1"),
        ("missing", "nothing"),
        ("confirm", &format!("confirm/{confirm}")),
        ("manage", &format!("manage/{key}")),
        ("leave", &format!("leave/{key}")),
        ("no-key", "manage/0"),
    ];
    for (language, scheme) in [("en", Scheme::Light), ("fr", Scheme::Dark)] {
        for (name, page) in pages {
            let (url, name) = (
                format!("http://{}/{language}/{page}", place.at),
                format!("page-{name}-{language}"),
            );
            for width in WIDTHS {
                looks.at(&url, &name, width, scheme);
            }
            looks.finds_nothing(&name);
        }
    }
}
