//! Examines an installation: configuration, files, database, clock, disk, mail, web pages, sources; and, on
//! request, whether the hosts it needs can be reached. Every finding that is not well says what to do.

mod data;
mod hooks;
mod live;
mod place;
mod web;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub use live::live;

use crate::catalog::Catalog;
use crate::conclude::stale_since;
use crate::doors;
use crate::model::{SourceState, excused_until, in_full, is_ahead};
use crate::settings::{Settings, Transport};
use crate::store::{Counts, Lock, Store, StoreError};

/// How well something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It is well.
    Well,
    /// It works, but somebody should look at it.
    Doubt,
    /// It does not work.
    Fault,
}

impl Grade {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Doubt => "doubt",
            Self::Fault => "fault",
        }
    }
}

/// A finding about one part of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part: `database`, `clock`.
    pub about: &'static str,
    /// How well it is.
    pub grade: Grade,
    /// What was found.
    pub says: String,
    /// What to do about it; `None` if it is well.
    pub todo: Option<String>,
}

impl Finding {
    fn well(about: &'static str, says: impl Into<String>) -> Self {
        Self { about, grade: Grade::Well, says: says.into(), todo: None }
    }

    fn doubt(about: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { about, grade: Grade::Doubt, says: says.into(), todo: Some(todo.into()) }
    }

    fn fault(about: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { about, grade: Grade::Fault, says: says.into(), todo: Some(todo.into()) }
    }
}

/// Examines an installation without asking another machine. It writes nothing permanent.
#[must_use]
pub fn doctor(settings: &Settings, now: Timestamp) -> Vec<Finding> {
    let mut found = configuration(settings);
    let catalog = match doors::catalog(settings) {
        Ok(catalog) => {
            let n = catalog.sources().count();
            found.push(Finding::well("catalogue", format!("{n} sources are watched")));
            Some(catalog)
        }
        Err(error) => {
            let todo = "mend the file at the line that is named";
            found.push(Finding::fault("catalogue", in_full(&error), todo));
            None
        }
    };
    found.extend(data::data(settings));
    found.extend(place::state_directory(&settings.state));
    found.extend(place::disk(&settings.state));
    let daemon = daemon(settings);
    found.extend(web::web(settings, daemon.grade == Grade::Well));
    found.push(daemon);
    match Store::open_read_only(&settings.database()) {
        Ok(store) => found.extend(database(settings, catalog.as_ref(), &store, now)),
        Err(error @ (StoreError::NoDatabase { .. } | StoreError::OlderDatabase { .. })) => {
            found.push(Finding::doubt("database", in_full(&error), "run `rulewatch check`"));
        }
        Err(error) => {
            let todo = "see to what is said; `rulewatch restore FILE` puts a backup in its place";
            found.push(Finding::fault("database", in_full(&error), todo));
        }
    }
    found
}

fn configuration(settings: &Settings) -> Vec<Finding> {
    let about = "configuration";
    let mut found = vec![match &settings.config {
        Some(path) => Finding::well(about, path.display().to_string()),
        None => Finding::doubt(
            about,
            "there is no configuration file: the defaults hold",
            "copy deploy/rulewatch.example.toml and say who you are",
        ),
    }];
    let doubts = settings.doubts.iter();
    found.extend(doubts.map(|doubt| Finding::doubt(about, doubt, "mend the line that is named")));
    if let Err(missing) = settings.check_for_requests() {
        found.push(Finding::fault(about, missing.to_string(), "write it under [operator]"));
    }
    if settings.operator.address.is_none() {
        let says = "nobody hears of trouble: there is no address for letters to the operator";
        found.push(Finding::doubt(about, says, "set `address` under [operator]"));
    }
    if let Err(missing) = settings.check_for_subscriber_letters() {
        found.push(Finding::doubt(about, missing.to_string(), "write it in the configuration"));
    }
    found.push(mail(settings));
    found
}

fn mail(settings: &Settings) -> Finding {
    match &settings.mail.transport {
        Transport::File => Finding::doubt(
            "mail",
            format!("letters are written to files in {}", settings.outbox().display()),
            "to send them, set `transport = \"smtp\"` and a host under [mail]",
        ),
        Transport::Smtp(server) => {
            Finding::well("mail", format!("letters go by {} port {}", server.host, server.port))
        }
    }
}

fn daemon(settings: &Settings) -> Finding {
    match Lock::holder(&settings.database()) {
        Some(held) => Finding::well(
            "daemon",
            format!("`{}` runs as process {} since {}", held.command, held.pid, held.since),
        ),
        None => Finding::doubt(
            "daemon",
            "nothing checks or delivers here now",
            "`systemctl start rulewatch`, or `rulewatch run`, or `rulewatch check` from a timer",
        ),
    }
}

fn database(
    settings: &Settings,
    catalog: Option<&Catalog>,
    store: &Store,
    now: Timestamp,
) -> Vec<Finding> {
    let about = "database";
    let restore = "stop the service and put a backup in its place: `rulewatch restore FILE`";
    let mut found = place::private_file(store.path());
    if Store::is_locked(store.path()) {
        let says = "it is locked by another process: nothing can be recorded until that ends";
        let todo = format!("end what uses it: `fuser {}` names it", store.path().display());
        found.push(Finding::fault(about, says, todo));
    }
    match store.integrity_check() {
        Ok(faults) if faults.is_empty() => {}
        Ok(faults) => found.push(Finding::fault(about, faults.join("; "), restore)),
        Err(error) => found.push(Finding::fault(about, in_full(&error), restore)),
    }
    match store.counts() {
        Ok(counts) => found.extend(letters(store, &counts)),
        Err(error) => found.push(Finding::fault(about, in_full(&error), restore)),
    }
    match store.source_states() {
        Ok(states) => {
            found.push(clock(&states, now));
            let excused = store.outages().map(|outages| excused_until(&outages, now));
            let excused = excused.unwrap_or_default();
            let of = |all| sources(all, (&states, excused), settings, now);
            found.extend(catalog.map_or_else(Vec::new, of));
        }
        Err(error) => found.push(Finding::fault(about, in_full(&error), restore)),
    }
    found.extend(hooks::hooks(settings, store));
    found.extend(leavers(store));
    found
}

/// Whether everybody who left can still be recognised; nothing where nobody has left.
fn leavers(store: &Store) -> Vec<Finding> {
    let about = "leavers";
    let todo =
        "put the file back from its newest copy; the days of each copy are in the file itself";
    match store.suppression_state() {
        Ok(state) if state.n_unknown > 0 => {
            let says = format!(
                "{} was lost: {} addresses that were forgotten can no longer be told from new ones",
                state.path.display(),
                state.n_unknown
            );
            vec![Finding::doubt(about, says, todo)]
        }
        Ok(state) => place::private_file(&state.path),
        Err(error) => vec![Finding::fault(about, in_full(&error), todo)],
    }
}

fn letters(store: &Store, counts: &Counts) -> Vec<Finding> {
    let megabytes = counts.database_bytes / 1_000_000;
    let says = format!("{} holds {megabytes} MB, and is whole", store.path().display());
    let mut found = vec![Finding::well("database", says)];
    if counts.n_gave_up > 0 {
        let says = format!("{} letters were given up", counts.n_gave_up);
        found.push(Finding::doubt("letters", says, "`rulewatch outbox` shows why"));
    }
    found.push(match store.mail_wait() {
        Ok(Some(wait)) if counts.n_due > 0 => Finding::fault(
            "letters",
            format!("{} wait since {}: {}", counts.n_due, wait.since, wait.failure),
            "mend what is said, then `rulewatch outbox flush`",
        ),
        _ => Finding::well("letters", format!("{} are pending", counts.n_due)),
    });
    let waiting = [(counts.n_held, "held checks"), (counts.n_unreviewed, "unreviewed sources")];
    for (n, what) in waiting.into_iter().filter(|(n, _)| *n > 0) {
        let says = format!("{n} {what} wait for a person");
        found.push(Finding::doubt("review", says, "`rulewatch review` lists them"));
    }
    found
}

/// Whether the newest check is dated ahead of now: the clock was wrong then, or is now.
fn clock(states: &[SourceState], now: Timestamp) -> Finding {
    match states.iter().map(|state| state.last_checked_at).max() {
        Some(newest) if is_ahead(newest, now) => Finding::fault(
            "clock",
            format!("it is {now} here, and the newest check is dated {newest}"),
            "`timedatectl` shows whether the clock is synchronised",
        ),
        _ => Finding::well("clock", format!("it is {now}; no check is dated ahead")),
    }
}

/// How long ago each source was last read, if that is too long.
fn sources(
    catalog: &Catalog,
    (states, excused_until): (&[SourceState], Option<Timestamp>),
    settings: &Settings,
    now: Timestamp,
) -> Vec<Finding> {
    let (mut found, mut n_well, mut n_new) = (Vec::new(), 0, 0);
    for source in catalog.sources() {
        let Some(state) = states.iter().find(|state| state.source == source.id) else {
            n_new += 1;
            continue;
        };
        let Some(failing) = &state.failing else {
            n_well += 1;
            continue;
        };
        let read = last_read(state, &settings.zone, now);
        let says = format!("{} is {}: {read}", source.id, failing.word);
        let todo =
            format!("`rulewatch status` says why; `rulewatch check {}` asks again", source.id);
        let finding = match stale_since(state, (source.patience, excused_until), now) {
            Some(_) => Finding::fault("source", says, todo),
            None => Finding::doubt("source", says, todo),
        };
        found.push(finding);
    }
    if n_new > 0 {
        let says = format!("{n_new} were never checked");
        found.push(Finding::doubt("sources", says, "`rulewatch check` checks them now"));
    }
    found.insert(0, Finding::well("sources", format!("{n_well} were read at their last check")));
    found
}

fn last_read(state: &SourceState, zone: &TimeZone, now: Timestamp) -> String {
    let Some(at) = state.last_good_at else { return "it was never read".to_owned() };
    let ago = now.duration_since(at).max(SignedDuration::ZERO);
    let day = at.to_zoned(zone.clone()).date();
    format!("it was last read on {day}, {} hours ago", ago.as_hours())
}
