//! The configuration file as an operator writes it, and as it is shipped.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;
use crate::model::{HostSettings, RECHECK, RobotsRule, Tls};

const EXAMPLE: &str = include_str!("../../deploy/rulewatch.example.toml");

fn nothing(_: &str) -> Option<OsString> {
    None
}

/// Loads a text as `rulewatch.toml` in a directory.
fn load_in(dir: &Path, text: &str) -> Result<Settings, SettingsError> {
    let config = dir.join("rulewatch.toml");
    fs::write(&config, text).unwrap();
    let state = Some(dir.join("state"));
    Settings::load(Overrides { config: Some(config), state, sources: None }, &nothing)
}

fn load(text: &str) -> Result<Settings, SettingsError> {
    load_in(tempfile::tempdir().unwrap().path(), text)
}

/// The faults of a text: the lines and words, without the scratch directory.
#[track_caller]
fn faults(text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let error = load_in(dir.path(), text).unwrap_err().to_string();
    error.replace(&format!("{}/", dir.path().display()), "")
}

/// The example with every key uncommented.
fn uncommented() -> String {
    let key = |line: &str| {
        let key =
            line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && rest.contains('='));
        key.unwrap_or(line).to_owned()
    };
    EXAMPLE.lines().map(key).collect::<Vec<_>>().join("\n")
}

#[test]
fn without_a_file_everything_has_a_safe_default() {
    let overrides = Overrides { state: Some("/s".into()), ..Overrides::default() };
    let home = |name: &str| (name == "HOME").then(|| OsString::from("/nowhere/at/all"));
    let settings = Settings::load(overrides, &home).unwrap();
    assert_eq!(settings.config, None);
    assert_eq!(settings.additions, [""; 0].map(PathBuf::from));
    assert_eq!(settings.database(), Path::new("/s/rulewatch.db"));
    assert_eq!(settings.outbox(), Path::new("/s/outbox"));
    assert_eq!(settings.zone.iana_name(), Some("America/Toronto"));
    assert!(matches!(settings.mail.transport, Transport::File));
    let fetch = FetchSettings { zone: settings.zone.clone(), ..FetchSettings::default() };
    assert_eq!(settings.fetch, fetch);
    assert_eq!((&settings.http, settings.review), (&Http::default(), Review::Structure));
    assert!(settings.check_for_requests().is_err());
    let none = Settings::load(Overrides::default(), &nothing);
    assert!(matches!(none, Err(SettingsError::NoState)));
}

#[test]
fn the_example_as_it_is_shipped_is_the_defaults() {
    let settings = load(EXAMPLE).unwrap();
    let hosts = [("www.example.org".to_owned(), HostSettings::default())].into();
    let zone = settings.zone.clone();
    let fetch = FetchSettings { hosts, zone, ..FetchSettings::default() };
    assert_eq!((&settings.fetch, settings.recheck), (&fetch, RECHECK));
    assert_eq!(settings.doubts, [""; 0]);
    assert_eq!(settings.retention, Retention::default());
    assert!(settings.fetch.contact.is_none() && settings.operator.legal_name.is_none());
    assert!(matches!(settings.mail.transport, Transport::File));
}

#[test]
fn every_key_of_the_example_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mail-ca.pem"), "certificates").unwrap();
    fs::write(dir.path().join("www.example.org.pem"), "of a host").unwrap();
    let password = dir.path().join("smtp-password");
    fs::write(&password, "s3cret\n").unwrap();
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    let text = uncommented();
    fs::create_dir(dir.path().join("sources.d")).unwrap();
    fs::write(dir.path().join("sources.d/own.toml"), "").unwrap();
    let settings = load_in(dir.path(), &text).unwrap();
    // The values that the example shows for keys with a default are those defaults.
    let fetch = FetchSettings {
        contact: settings.fetch.contact.clone(),
        gaps: settings.fetch.gaps.clone(),
        hosts: settings.fetch.hosts.clone(),
        zone: settings.zone.clone(),
        ..FetchSettings::default()
    };
    assert_eq!((&settings.fetch, settings.recheck), (&fetch, RECHECK));
    let own = &settings.fetch.hosts["www.example.org"];
    assert_eq!((own.robots, own.ca_pem.as_deref()), (RobotsRule::Honour, Some(&b"of a host"[..])));
    assert_eq!(settings.fetch.gaps["www.canada.ca"], Duration::from_secs(5));
    assert_eq!(settings.retention, Retention::default());
    assert_eq!(settings.check_for_requests().unwrap(), "rulewatch@example.org");
    let sender = settings.check_for_subscriber_letters().unwrap();
    assert_eq!(sender.postal_address, "1 Main Street, Ottawa ON K1A 0A1");
    assert_eq!(sender.leave.as_str(), "leave@example.org");
    assert_eq!(settings.additions, [dir.path().join("sources.d/own.toml")]);
    let smtp = text.replace("transport = \"file\"", "transport = \"smtp\"");
    let settings = load_in(dir.path(), &smtp).unwrap();
    let Transport::Smtp(server) = &settings.mail.transport else { panic!("{settings:?}") };
    assert_eq!((server.port, server.tls), (587, Tls::StartTls));
    let login = server.login.as_ref().unwrap();
    assert_eq!((login.user.as_str(), login.password.expose()), ("alerts@example.org", "s3cret"));
    assert_eq!(server.ca_pem.as_deref(), Some(&b"certificates"[..]));
    assert!(!format!("{settings:?}").contains("s3cret"));
}

#[test]
fn every_key_there_is_stands_in_the_example() {
    // An unknown key makes each table name the ones it knows.
    let mut text = String::from("zzzzzz = 1\n");
    let sections =
        ["operator", "mail", "fetch", "http", "retention", "sources", "fetch.host.'a.example'"];
    for section in sections {
        text.push_str(&format!("[{section}]\nzzzzzz = 1\n"));
    }
    let said = faults(&text);
    let mut known = 0;
    for line in said.lines().filter_map(|line| line.trim().strip_prefix("known here: ")) {
        for key in line.split(", ") {
            let shown = |line: &str| {
                line.starts_with(&format!("#{key} = "))
                    || line == format!("[{key}]")
                    || line == format!("[fetch.{key}]")
                    || line.starts_with(&format!("[fetch.{key}.\""))
            };
            assert!(EXAMPLE.lines().any(shown), "{key} is missing in the example");
            known += 1;
        }
    }
    assert!(known > 30, "{said}");
}

#[test]
fn everything_wrong_is_told_at_once_with_its_line() {
    let said = faults(
        "zone = 'America/Tronto'\nreviw = 'all'\n\
         [operator]\ncontact = \"é\"\naddress = 'nobody'\nlegal_name = ' '\n\
         [mail]\ntransport = 'smpt'\nfrom = 'rulewatch <a b@c.de>'\ntls = 'none'\nhost = 'mail.example.org'\nport = 70000\n\
         [fetch]\nallow_private = ['10.0.0.1/8', '::1']\ngap_seconds = -1\nrecheck_minutes = [20, 5]\n\
         [fetch.gaps]\n'www.canada.ca' = 'slow'\n\
         [http]\nlisten = '8080'\npublic_url = 'http://rules.example.org'\n\
         [retention]\nletters_days = 30\n",
    );
    insta::assert_snapshot!(said);
}

#[test]
fn a_mail_server_wants_a_host_a_sender_and_a_password() {
    let said = faults("[mail]\ntransport = 'smtp'\nuser = 'ana'\n");
    insta::assert_snapshot!(said);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("open"), "s3cret").unwrap();
    fs::set_permissions(dir.path().join("open"), fs::Permissions::from_mode(0o644)).unwrap();
    let text = "[mail]\ntransport = 'smtp'\nfrom = 'a@b.ca'\nhost = 'm.b.ca'\nuser = 'ana'\n\
                password_file = 'open'\nca_file = 'none.pem'\n";
    let said = load_in(dir.path(), text).unwrap_err().to_string();
    assert!(said.contains("rulewatch.toml:6:1: ") && said.contains("mode 0644"), "{said}");
    assert!(said.contains("none.pem cannot be read"), "{said}");
}

#[test]
fn what_no_host_is_called_is_refused() {
    for name in ["https://www.canada.ca", "www.canada.ca/", "www.canada.ca:443", " www.canada.ca"] {
        for text in [
            format!("[fetch.gaps]\n'{name}' = 30\n"),
            format!("[fetch.host.'{name}']\nrobots = 'ignore'\n"),
        ] {
            let said = faults(&text);
            assert!(
                said.contains("is not the name of a host: write one such as www.canada.ca"),
                "{said}"
            );
        }
    }
    let mail = "[mail]\ntransport = 'smtp'\nfrom = 'a@b.ca'\n";
    let said = faults(&format!("{mail}host = 'm.b.ca:25'\n"));
    assert!(said.contains("is no name of a mail server"), "{said}");
    let said = faults(&format!("{mail}host = 'm.b.ca'\npassword_file = 'none'\n"));
    assert!(said.contains("is the password of no `mail.user`"), "{said}");
    assert!(load(&format!("{mail}host = '::1'\ntls = 'none'\n")).is_ok());
}

#[test]
fn a_sender_may_have_a_name() {
    let from = |text: &str| {
        let settings = load(&format!("[mail]\nfrom = '{text}'\n")).unwrap();
        (settings.mail.from_name, settings.mail.from.as_str().to_owned())
    };
    let address = || "a@example.org".to_owned();
    assert_eq!(from("a@example.org"), ("rulewatch".to_owned(), address()));
    assert_eq!(
        from("\"Veille, réglementaire\" <a@example.org>"),
        ("Veille, réglementaire".into(), address())
    );
    assert_eq!(from("<a@example.org>"), (String::new(), address()));
    let said = faults("[mail]\nfrom = 'A <a@example.org>, B <b@example.org>'\n");
    assert!(said.contains("is not one sender such as"), "{said}");
}

#[test]
fn a_letter_to_a_subscriber_wants_its_sender() {
    let settings =
        load("[operator]\nlegal_name = 'X Inc.'\naddress = 'ops@example.org'\n").unwrap();
    let missing = settings.check_for_subscriber_letters().unwrap_err();
    assert_eq!(
        missing.to_string(),
        "before a letter goes to a subscriber, the configuration must say \
         operator.postal_address, operator.other_contact"
    );
    assert_eq!(load("").unwrap().check_for_subscriber_letters().unwrap_err().keys.len(), 4);
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let overrides = |config: &str| Overrides {
        config: Some(config.into()),
        state: Some("/s".into()),
        sources: None,
    };
    let error = Settings::load(overrides("/nowhere/rulewatch.toml"), &nothing).unwrap_err();
    assert_eq!(error.to_string(), "reading /nowhere/rulewatch.toml");
    let broken = faults("[operator\n");
    assert!(broken.contains("rulewatch.toml:1:"), "{broken}");
}

#[test]
fn what_is_doubtful_or_without_effect_is_said() {
    let doubts = |text: &str| load(text).unwrap().doubts.join("\n");
    assert_eq!(doubts("zone = 'US/Eastern'\n[http]\n[retention]\n"), "");
    assert!(doubts("zone = 'EST'\n").starts_with("zone: `EST` is the same offset all year"));
    assert!(doubts("zone = 'Etc/GMT+5'\n").contains("`America/Toronto`"));
    let http = "[http]\nlisten = '127.0.0.1:80'\n";
    assert!(doubts(http).contains("nobody can subscribe on the pages"));
    assert_eq!(doubts(&format!("{http}sign_up = false\n")), "");
    let open = "[http]\nlisten = '0.0.0.0:80'\npublic_url = 'https://rules.example.org'\n";
    assert!(doubts(open).contains("0.0.0.0:80 is open to other machines"));
    assert_eq!(doubts("[retention]\nchecks_days = 0\nbodies_days = 0\n"), "");
    let said = faults("zone = 'Toronto'\n");
    assert_eq!(said, "rulewatch.toml:1:8: `Toronto` is not a time zone: write `America/Toronto`");
}

#[test]
fn a_host_may_have_rules_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.pem"), "certificates").unwrap();
    let text = "[fetch.host.'WWW.example.org']\nrobots = 'ignore'\nca_file = 'own.pem'\n";
    let settings = load_in(dir.path(), text).unwrap();
    let own = &settings.fetch.hosts["www.example.org"];
    assert_eq!(
        (own.robots, own.ca_pem.as_deref()),
        (RobotsRule::Ignore, Some(&b"certificates"[..]))
    );
    let said = faults("[fetch.host.'a.example']\nrobots = 'no'\nca_file = 'none.pem'\n");
    assert!(said.contains("\"no\" is none of \"honour\", \"ignore\""), "{said}");
    assert!(said.contains("none.pem cannot be read"), "{said}");
}

#[test]
fn the_pages_are_called_by_an_address_that_links_can_be_made_of() {
    let url = |text: &str| {
        let settings = load(&format!("[http]\npublic_url = '{text}'\n"));
        settings.map(|settings| settings.http.public_url.unwrap().to_string())
    };
    assert_eq!(url("https://rules.example.org").unwrap(), "https://rules.example.org/");
    assert_eq!(url("http://127.0.0.1:8080/").unwrap(), "http://127.0.0.1:8080/");
    for (bad, why) in [
        ("http://rules.example.org", "must be https: links"),
        ("https://rules.example.org/rules", "without a path"),
        ("https://ana:secret@rules.example.org", "without a path"),
        ("rules.example.org", "is no address"),
        ("ftp://rules.example.org", "must be https"),
    ] {
        let said = url(bad).unwrap_err().to_string();
        assert!(said.contains(why) && said.contains(":2:"), "{bad}: {said}");
    }
}
