//! How something looks in a browser: in windows of several widths, light and dark. Nothing is wider than its window,
//! and a checker of accessibility finds nothing.
//!
//! Where `RULEWATCH_TEST_PICTURES` names a folder, a picture of each is put there, for somebody to look at.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Browser, Scripts};
use crate::left_out::left_out;
use crate::program::Home;

/// The colours that a reader prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub(super) const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A browser, the checker of accessibility (axe-core, by Deque, from where `RULEWATCH_TEST_AXE` says), and where
/// pictures go.
pub(super) struct Looks {
    browser: Browser,
    check: String,
    pictures: Option<PathBuf>,
}

impl Looks {
    /// Starts a browser; `None`, with a word, where it or the checker is missing. `rules` switches rules of the
    /// checker off, in its own form.
    pub(super) fn start(test: &str, home: &Home, rules: &str) -> Option<Self> {
        let file = std::env::var_os("RULEWATCH_TEST_AXE");
        let Some(checker) = file.and_then(|file| std::fs::read_to_string(file).ok()) else {
            left_out(test, "no checker of accessibility (run tests/run.sh)");
            return None;
        };
        let browser = Browser::start(test, home, Scripts::Run)?;
        // What has no background of its own is taken by the checker for white, also in the dark.
        let check = format!(
            "{checker};const root=document.documentElement;\
             if(getComputedStyle(root).backgroundColor==='rgba(0, 0, 0, 0)')root.style.background='Canvas';\
             return axe.run(document,{{rules:{rules}}})\
             .then(r=>r.violations.map(v=>v.id+': '+v.nodes.map(n=>n.html+' '+n.failureSummary)))"
        );
        let pictures = std::env::var_os("RULEWATCH_TEST_PICTURES").map(PathBuf::from);
        Some(Self { browser, check, pictures })
    }

    /// Opens an address in a window of this width. It must not be wider than that.
    #[track_caller]
    pub(super) fn at(&self, url: &str, name: &str, width: u32, scheme: Scheme) {
        let what = format!("{name}, {width} wide, {}", scheme.word());
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.tell("Emulation.setDeviceMetricsOverride", &size);
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme.word() }]);
        self.tell("Emulation.setEmulatedMedia", &json!({ "features": features }));
        self.browser.open(url);
        let is_dark = self.run("return matchMedia('(prefers-color-scheme: dark)').matches");
        assert_eq!(is_dark, json!(scheme == Scheme::Dark), "{what}");
        assert_eq!(self.run("return window.innerWidth"), json!(width), "{what}");
        let over = self.run("return document.documentElement.scrollWidth-window.innerWidth");
        assert!(over.as_i64().unwrap() <= 0, "{what}: wider than the window");
        if let Some(folder) = &self.pictures {
            let whole = json!({ "format": "png", "captureBeyondViewport": true });
            let picture = self.tell("Page.captureScreenshot", &whole);
            let file = folder.join(format!("{name}-{width}-{}.png", scheme.word()));
            std::fs::write(file, base64(picture["data"].as_str().unwrap())).unwrap();
        }
    }

    /// Has the checker look at what is open.
    #[track_caller]
    pub(super) fn finds_nothing(&self, name: &str) {
        assert_eq!(self.run(&self.check), json!([]), "{name}");
    }

    fn run(&self, script: &str) -> Json {
        self.browser.ask("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Asks the browser itself, in the words of its own protocol.
    fn tell(&self, cmd: &str, params: &Json) -> Json {
        self.browser.ask("POST", "/goog/cdp/execute", &json!({ "cmd": cmd, "params": params }))
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
