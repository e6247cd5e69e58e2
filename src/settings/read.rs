//! The configuration file, section by section.

mod data;
mod hooks;
mod mail;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use url::{Host, Url};

pub(super) use hooks::WrittenKey;

use super::{Http, Mail, Operator, Retention, Review, http};
use crate::config_text::Table;
use crate::model::{
    BODY_LIMIT, BoundData, EmailAddress, FetchSettings, HookSettings, HostSettings, Language,
    Network, RECHECK, RobotsRule, SourceId, zone,
};

/// What the file says, or the defaults for what it does not say.
pub(super) struct Written {
    pub(super) zone: TimeZone,
    pub(super) review: Review,
    pub(super) operator: Operator,
    pub(super) mail: Mail,
    pub(super) contact: Option<String>,
    pub(super) fetch: FetchSettings,
    pub(super) recheck: [Duration; 2],
    pub(super) http: Http,
    pub(super) data: Vec<BoundData>,
    pub(super) hooks: (HookSettings, WrittenKey),
    pub(super) retention: Retention,
    pub(super) wayback: Url,
    pub(super) sources_off: Vec<SourceId>,
    pub(super) doubts: Vec<String>,
}

/// The default zone: where the federal departments are.
const ZONE: &str = "America/Toronto";

/// Reads the whole file. Faults are noted in the document.
pub(super) fn read(
    root: Table<'_>,
    directory: Option<&Path>,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Written {
    let (contact, operator) = operator(root.table("operator"));
    let (fetch, recheck) = fetch(root.table("fetch"), directory);
    let mut doubts = Vec::new();
    let written = Written {
        zone: zone_of(&root, &mut doubts),
        review: root.parsed("review", review).unwrap_or(Review::Structure),
        operator,
        contact,
        mail: mail::read(root.table("mail"), directory, env),
        fetch,
        recheck,
        http: http::read(root.table("http"), &mut doubts),
        hooks: hooks::read(root.table("hooks"), directory, env),
        data: data::read(root.table("data"), directory),
        retention: retention(root.table("retention")),
        wayback: wayback(root.table("import")),
        sources_off: sources_off(root.table("sources")),
        doubts,
    };
    root.finish();
    written
}

/// The Wayback Machine that is asked, unless the operator names another.
const WAYBACK: &str = "https://web.archive.org/";

/// Where pages of the past are asked for.
fn wayback(table: Option<Table<'_>>) -> Url {
    let address = |text: &str| {
        let url = Url::parse(text).map_err(|error| format!("\"{text}\" is no address: {error}"))?;
        match (url.scheme(), url.host_str(), url.path()) {
            ("http" | "https", Some(_), "/") if url.query().is_none() => Ok(url),
            _ => Err(format!("\"{text}\" must be http or https and a host, without a path")),
        }
    };
    let written = table.and_then(|table| {
        let written = table.parsed("wayback", address);
        table.finish();
        written
    });
    written.unwrap_or_else(|| Url::parse(WAYBACK).expect("it is an address"))
}

/// The sources that are switched off.
fn sources_off(table: Option<Table<'_>>) -> Vec<SourceId> {
    let Some(table) = table else { return Vec::new() };
    let ids = table.strings("off");
    let off = ids.iter().filter_map(|id| table.accept(id, SourceId::parse)).collect();
    table.finish();
    off
}

/// The time zone for display, and what is doubtful about it.
fn zone_of(root: &Table<'_>, doubts: &mut Vec<String>) -> TimeZone {
    let known = |name: &str| zone::zone(name).map(|zone| (zone, zone::doubt(name)));
    let Some((zone, doubt)) = root.parsed("zone", known) else {
        return zone::zone(ZONE).expect("the bundled database has Toronto");
    };
    doubts.extend(doubt.map(|doubt| format!("zone: {doubt}")));
    zone
}

fn review(word: &str) -> Result<Review, String> {
    chosen(word, &[("structure", Review::Structure), ("all", Review::All)])
}

/// The value of one of a few words.
fn chosen<T: Copy>(word: &str, words: &[(&str, T)]) -> Result<T, String> {
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<String> = words.iter().map(|(known, _)| format!("\"{known}\"")).collect();
        format!("\"{word}\" is none of {}", known.join(", "))
    })
}

/// A line of text that is allowed in a letter or a header.
fn line(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("this is empty".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("this must be one line without control characters".to_owned());
    }
    Ok(text.to_owned())
}

/// A contact that is allowed in a User-Agent header.
fn contact(text: &str) -> Result<String, String> {
    let text = line(text)?;
    if text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        Ok(text)
    } else {
        Err("this goes into a request header: only plain ASCII characters".to_owned())
    }
}

/// The contact for site owners, and who runs this.
fn operator(table: Option<Table<'_>>) -> (Option<String>, Operator) {
    let Some(table) = table else {
        let operator = Operator {
            address: None,
            language: Language::En,
            legal_name: None,
            postal_address: None,
            other_contact: None,
        };
        return (None, operator);
    };
    let contact = table.parsed("contact", contact);
    let language = |code: &str| chosen(code, &[("en", Language::En), ("fr", Language::Fr)]);
    // A postal address may be written on several lines; in a letter it is one line.
    let address = |text: &str| line(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let operator = Operator {
        address: table.parsed("address", EmailAddress::parse),
        language: table.parsed("language", language).unwrap_or(Language::En),
        legal_name: table.parsed("legal_name", line),
        postal_address: table.parsed("postal_address", address),
        other_contact: table.parsed("other_contact", line),
    };
    table.finish();
    (contact, operator)
}

/// How pages are fetched, and when a held one is read again.
fn fetch(table: Option<Table<'_>>, directory: Option<&Path>) -> (FetchSettings, [Duration; 2]) {
    let default = FetchSettings::default();
    let Some(table) = table else { return (default, RECHECK) };
    let seconds =
        |key, limits, default| within(&table, key, limits).map_or(default, Duration::from_secs);
    let networks = table.strings("allow_private");
    let settings = FetchSettings {
        allow_private: networks.iter().filter_map(|n| table.accept(n, Network::parse)).collect(),
        gap: seconds("gap_seconds", GAP, default.gap),
        gaps: table.table("gaps").map(gaps).unwrap_or_default(),
        hosts: table.table("host").map(|own| hosts(own, directory)).unwrap_or_default(),
        max_body_bytes: within(&table, "max_body_bytes", 1024..=BODY_LIMIT)
            .unwrap_or(default.max_body_bytes),
        deadline: seconds("deadline_seconds", 1..=3600, default.deadline),
        read_timeout: seconds("silence_seconds", 1..=3600, default.read_timeout),
        connect_timeout: seconds("connect_seconds", 1..=600, default.connect_timeout),
        ..default
    };
    let recheck = recheck(&table).unwrap_or(RECHECK);
    table.finish();
    (settings, recheck)
}

/// The sensible waits between requests: 0 makes sense only for one's own machine.
const GAP: RangeInclusive<u64> = 0..=3600;

fn gaps(table: Table<'_>) -> BTreeMap<String, Duration> {
    let hosts = table.keys();
    let gap = |host: &String| within(&table, host, GAP).map(Duration::from_secs);
    let gaps = hosts
        .iter()
        .filter_map(|host| table.accept(host, host_name).zip(gap(&host.value)))
        .collect();
    table.finish();
    gaps
}

/// The name of a host as addresses have it: what cannot be one would match none, without a word.
fn host_name(text: &str) -> Result<String, String> {
    let no_name =
        |_| format!("`{text}` is not the name of a host: write one such as www.canada.ca");
    Host::parse(text).map(|host| host.to_string()).map_err(no_name)
}

/// The settings for single hosts: a table for each, by its name.
fn hosts(table: Table<'_>, directory: Option<&Path>) -> BTreeMap<String, HostSettings> {
    let rules = [("honour", RobotsRule::Honour), ("ignore", RobotsRule::Ignore)];
    let host = |own: Table<'_>| {
        let robots = own.parsed("robots", |word| chosen(word, &rules)).unwrap_or_default();
        let settings = HostSettings { robots, ca_pem: pem(&own, "ca_file", directory) };
        own.finish();
        settings
    };
    let names = table.keys();
    let hosts = names
        .iter()
        .filter_map(|name| {
            let own = host(table.table(&name.value)?);
            Some((table.accept(name, host_name)?, own))
        })
        .collect();
    table.finish();
    hosts
}

fn recheck(table: &Table<'_>) -> Option<[Duration; 2]> {
    let written = table.pair("recheck_minutes")?;
    let minutes = |digits: &str| digits.parse().ok().filter(|n| (1..=1440).contains(n));
    let (first, second) = (&written.value.0, &written.value.1);
    match (minutes(first), minutes(second)) {
        (Some(first), Some(second)) if first < second => {
            Some([first, second].map(|n: u64| Duration::from_secs(n * 60)))
        }
        _ => {
            let what = "`fetch.recheck_minutes` must be two whole numbers from 1 to 1440, the \
                        smaller first";
            table.fault_at(&written.span, what, None);
            None
        }
    }
}

fn retention(table: Option<Table<'_>>) -> Retention {
    let default = Retention::default();
    let Some(table) = table else { return default };
    let days = |key, limits, default| {
        let written = within(&table, key, limits).and_then(|n| u32::try_from(n).ok());
        // 0 means "for ever", which TOML has no word for.
        written.map_or(default, |n| Some(n).filter(|n| *n > 0))
    };
    let letters_days = days("letters_days", 0..=36_500, default.letters_days);
    if letters_days.is_some_and(|days| days < WAY_OUT) {
        fault(
            &table,
            "letters_days",
            format!(
                "`retention.letters_days` must be 0 or {WAY_OUT} \
              or more: a way out works for at least {WAY_OUT} days"
            ),
        );
    }
    let retention = Retention {
        checks_days: days("checks_days", 0..=36_500, default.checks_days),
        bodies_days: days("bodies_days", 0..=36_500, default.bodies_days),
        letters_days,
    };
    table.finish();
    retention
}

/// How many days an unsubscribe address must work (anti-spam law, section 11).
const WAY_OUT: u32 = 60;

/// A file, relative to the configuration file.
fn file(table: &Table<'_>, key: &str, directory: Option<&Path>) -> Option<PathBuf> {
    let path = PathBuf::from(table.parsed(key, line)?);
    Some(directory.map_or(path.clone(), |directory| directory.join(path)))
}

/// The bytes of a file of certificates.
fn pem(table: &Table<'_>, key: &str, directory: Option<&Path>) -> Option<Vec<u8>> {
    let path = file(table, key, directory)?;
    let read = std::fs::read(&path);
    read.map_err(|error| fault(table, key, format!("{} cannot be read: {error}", path.display())))
        .ok()
}

/// A whole number within limits; a fault at its key when it is outside them.
fn within(table: &Table<'_>, key: &str, limits: RangeInclusive<u64>) -> Option<u64> {
    let number = table.integer(key)?;
    let inside = u64::try_from(number).ok().filter(|number| limits.contains(number));
    if inside.is_none() {
        let (low, high) = limits.into_inner();
        fault(table, key, format!("`{key}` is {number}, expected {low} to {high}"));
    }
    inside
}

/// Notes a fault at a key, else at the table.
fn fault(table: &Table<'_>, key: &str, what: impl Display) {
    let place = table.keys().into_iter().find(|placed| placed.value == key);
    let span = place.map_or_else(|| table.span(), |placed| placed.span);
    table.fault_at(&span, what.to_string(), None);
}
