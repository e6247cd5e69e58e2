//! Letters as a mail program shows them: on a phone and on a desk, light and dark. None is wider than its window, and
//! a checker of accessibility finds nothing: no word is too faint, and the text is in order.
//!
//! Where `RULEWATCH_TEST_PICTURES` names a folder, a picture of each is put there, for somebody to look at.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Browser, Scripts, checker};
use crate::eml;
use crate::program::Home;
use crate::told;

const WIDTHS: [u32; 2] = [360, 800];
const SCHEMES: [&str; 2] = ["light", "dark"];

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

/// Asks the browser itself, in the words of its own protocol.
fn tell(browser: &Browser, cmd: &str, params: &Json) -> Json {
    browser.ask("POST", "/goog/cdp/execute", &json!({ "cmd": cmd, "params": params }))
}

#[test]
fn letters_are_read_on_a_phone_and_on_a_desk_in_light_and_in_dark() {
    const TEST: &str =
        "browser::letters::letters_are_read_on_a_phone_and_on_a_desk_in_light_and_in_dark";
    let home = Home::new();
    let Some(checker) = checker(TEST) else { return };
    let Some(browser) = Browser::start(TEST, &home, Scripts::Run) else { return };
    let run = format!(
        "{checker};return axe.run(document).then(r=>r.violations.map(v=>v.id+': '+v.nodes[0].html))"
    );
    let pictures = std::env::var_os("RULEWATCH_TEST_PICTURES").map(PathBuf::from);
    for (name, html) in letters(&home) {
        home.file(&format!("{name}.html"), html);
        for width in WIDTHS {
            let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
            tell(&browser, "Emulation.setDeviceMetricsOverride", &size);
            for scheme in SCHEMES {
                let features =
                    json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
                tell(&browser, "Emulation.setEmulatedMedia", &features);
                browser.open(&format!("file://{}/{name}.html", home.path().display()));
                let what = format!("{name}, {width} wide, {scheme}");
                let asked = |script: &str| {
                    browser.ask("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
                };
                let dark = asked("return matchMedia('(prefers-color-scheme: dark)').matches");
                assert_eq!(dark, json!(scheme == "dark"), "{what}");
                let wide = asked("return document.documentElement.scrollWidth-window.innerWidth");
                assert!(wide.as_i64().unwrap() <= 0, "{what}: wider than the window");
                assert_eq!(asked("return window.innerWidth"), json!(width), "{what}");
                assert_eq!(asked(&run), json!([]), "{what}");
                if let Some(folder) = &pictures {
                    let whole = json!({ "format": "png", "captureBeyondViewport": true });
                    let picture = tell(&browser, "Page.captureScreenshot", &whole);
                    let bytes = base64(picture["data"].as_str().unwrap());
                    std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), bytes)
                        .unwrap();
                }
            }
        }
    }
}

/// The bytes of a text in base 64.
fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|c| DIGITS.iter().position(|digit| *digit == c));
    let (mut bytes, mut bits, mut n) = (Vec::new(), 0_usize, 0);
    for digit in digits {
        bits = (bits << 6) | digit;
        n += 6;
        if n >= 8 {
            n -= 8;
            bytes.push(u8::try_from((bits >> n) & 0xff).unwrap());
        }
        bits &= 0xffff;
    }
    bytes
}
