//! What is shipped for the operator and the code agree. What systemd itself says of the unit is
//! asked by `tests/systemd.sh`.

use std::ffi::OsString;
use std::path::Path;

use rulewatch::catalog::Catalog;
use rulewatch::convert::Bounds;
use rulewatch::settings::{Overrides, Settings, Transport};

const UNIT: &str = include_str!("../../deploy/rulewatch.service");
const EXAMPLE: &str = include_str!("../../deploy/rulewatch.example.toml");
const NOTES: &str = include_str!("../../deploy/README.md");
const README: &str = include_str!("../../README.md");

/// The values of a key of the unit, in their order.
fn values(key: &str) -> Vec<&'static str> {
    let value = |line: &'static str| line.strip_prefix(key)?.strip_prefix('=');
    UNIT.lines().filter_map(value).collect()
}

#[track_caller]
fn value(key: &str) -> &'static str {
    let values = values(key);
    assert_eq!(values.len(), 1, "{key} is there {} times", values.len());
    values[0]
}

/// The settings as the service loads them: the configuration at its place in `root`, and the
/// environment that systemd makes of the unit.
fn as_the_service(root: &Path, text: &str) -> Settings {
    let variables = values("Environment").into_iter();
    let variable =
        variables.filter_map(|set| set.strip_prefix("RULEWATCH_CONFIG=")).next().unwrap();
    let config = root.join(variable.strip_prefix('/').unwrap());
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, text).unwrap();
    let credentials = root.join("credentials");
    let credential = value("LoadCredential").split(':').next().unwrap();
    std::fs::create_dir_all(&credentials).unwrap();
    std::fs::write(credentials.join(credential), "s3cret\n").unwrap();
    let state = Path::new("/var/lib").join(value("StateDirectory"));
    let env = |name: &str| match name {
        "RULEWATCH_CONFIG" => Some(config.clone().into_os_string()),
        "STATE_DIRECTORY" => Some(state.clone().into_os_string()),
        "CREDENTIALS_DIRECTORY" => Some(credentials.clone().into_os_string()),
        _ => None::<OsString>,
    };
    Settings::load(Overrides::default(), &env).unwrap()
}

#[test]
fn the_unit_puts_things_where_the_program_looks() {
    let root = tempfile::tempdir().unwrap();
    let text = "[mail]\ntransport = 'smtp'\nhost = 'mail.example.org'\nuser = 'ana'\n\
                from = 'a@example.org'\n";
    let own = root.path().join("etc/rulewatch/sources.d");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("own.toml"), "").unwrap();
    let settings = as_the_service(root.path(), text);
    assert_eq!(settings.state, Path::new("/var/lib/rulewatch"));
    assert_eq!(settings.database(), Path::new("/var/lib/rulewatch/rulewatch.db"));
    let etc = root.path().join("etc/rulewatch");
    assert_eq!(settings.config, Some(etc.join("rulewatch.toml")));
    assert_eq!(settings.additions, [etc.join("sources.d/own.toml")]);
    assert_eq!(value("ConfigurationDirectory"), "rulewatch");
    let Transport::Smtp(server) = &settings.mail.transport else { panic!("{settings:?}") };
    assert_eq!(server.login.as_ref().unwrap().password.expose(), "s3cret");
}

#[test]
fn the_unit_speaks_of_the_daemon_there_is() {
    assert_eq!(value("ExecStart"), "/usr/bin/rulewatch run");
    assert_eq!(value("Type"), "notify");
    // How the program speaks to systemd; without it the start is never over.
    assert!(value("RestrictAddressFamilies").split(' ').any(|family| family == "AF_UNIX"));
    // What it ends with when the configuration is wrong.
    assert_eq!(value("RestartPreventExitStatus"), "2");
    // SQLite writes with the calls of @sync.
    assert!(!values("SystemCallFilter").iter().any(|filter| filter.contains("@sync")));
    let minutes = value("WatchdogSec").strip_suffix("min").unwrap();
    let watchdog = minutes.parse::<u64>().unwrap() * 60;
    let deadline = rulewatch::model::FetchSettings::default().deadline.as_secs();
    let bounds = Bounds::default();
    let slow = 4 * deadline + bounds.time.as_secs();
    assert!(watchdog > slow, "a slow page with its retries is no hang, nor is a PDF");
    // A PDF that takes too much memory ends its own reader, not the service.
    let megabytes: u64 = value("MemoryMax").strip_suffix('M').unwrap().parse().unwrap();
    assert!(megabytes << 20 >= 2 * bounds.memory_bytes);
}

#[test]
fn the_example_is_loaded_as_it_is() {
    let root = tempfile::tempdir().unwrap();
    let settings = as_the_service(root.path(), EXAMPLE);
    assert!(settings.fetch.contact.is_none());
}

#[test]
fn the_notes_name_the_places_of_the_unit() {
    let credential = value("LoadCredential").split(':').nth(1).unwrap();
    let places = [
        "/usr/bin/rulewatch",
        "/etc/rulewatch/rulewatch.toml",
        "poppler-utils",
        "/var/lib/rulewatch",
        &format!("/etc/credstore/{credential}"),
    ];
    for place in places {
        assert!(NOTES.contains(place), "deploy/README.md says nothing of {place}");
    }
}

#[test]
fn the_readme_lists_the_sources_there_are() {
    let catalog = Catalog::shipped().unwrap();
    let text = crate::shipped::text();
    for source in catalog.sources() {
        let row = README.lines().find(|line| line.contains(&format!("`{}`", source.id)));
        let row = row.unwrap_or_else(|| panic!("README.md says nothing of {}", source.id));
        let verified = text
            .split("[[source]]")
            .find(|text| text.lines().any(|line| line == format!("id = \"{}\"", source.id)));
        let verified = verified.and_then(|text| text.split("verified = \"").nth(1)).unwrap();
        let verified = verified.split('"').next().unwrap();
        assert!(row.contains(verified), "README.md: {} was verified on {verified}", source.id);
        // The words of a page without a recipe are a set of its own name.
        let keys = source.recipe.facts.iter().map(|fact| fact.key.to_string());
        for key in keys.filter(|key| !key.starts_with("page.")) {
            assert!(row.contains(&format!("`{key}`")), "README.md: {} has {key}", source.id);
        }
    }
    let rows = README.lines().filter(|line| line.starts_with("| `")).count();
    assert!(rows >= catalog.sources().count());
}

#[test]
fn a_reload_is_the_signal_that_the_daemon_reads_its_configuration_at() {
    assert_eq!(value("ExecReload"), "/bin/kill -HUP $MAINPID");
    assert!(NOTES.contains("systemctl reload rulewatch"));
}
