//! The text of the configuration file.

#![no_main]

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rulewatch::settings::{Overrides, Settings};
use rulewatch_fuzz::seed;

const EXAMPLE: &str = include_str!("../../../deploy/rulewatch.example.toml");

/// Settings are read from a file and from nowhere else.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("rulewatch-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
    folder.join("rulewatch.toml")
});

/// The example as it is, and each of its keys in force.
fn seeds() -> Vec<Vec<u8>> {
    let in_force = |line: &str| {
        let key = line.strip_prefix('#').filter(|key| !key.starts_with(' ') && key.contains('='));
        key.unwrap_or(line).to_owned()
    };
    let whole: Vec<String> = EXAMPLE.lines().map(in_force).collect();
    vec![EXAMPLE.as_bytes().to_vec(), whole.join("\n").into_bytes()]
}

fuzz_target!(init: seed("settings", seeds()), |text: &str| {
    std::fs::write(&*FILE, text).expect("the temporary directory can be written");
    let environment = |name: &str| (name == "HOME").then(|| OsString::from("/nowhere/at/all"));
    let overrides =
        || Overrides { config: Some(FILE.clone()), state: Some("/s".into()), sources: None };
    match Settings::load(overrides(), &environment) {
        Ok(settings) => {
            let _needed = (settings.check_for_requests(), settings.check_for_subscriber_letters());
        }
        Err(fault) => assert!(!fault.to_string().is_empty(), "it is refused for no reason"),
    }
});
