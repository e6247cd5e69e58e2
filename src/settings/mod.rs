//! Reads the operator's settings once, at start: command line, environment, configuration file,
//! credentials.
//!
//! The only place that reads the environment. Every key has a safe default; everything that is wrong in
//! the file is reported at once, with its line. A relative path in the file is relative to the file.
//! `deploy/rulewatch.example.toml` shows every key.

mod additions;
mod http;
mod places;
mod read;
mod secret;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use url::Url;

pub use http::Http;

use crate::config_text::{Diagnostics, Document};
use crate::model::{
    BoundData, EmailAddress, FetchSettings, HookSettings, Language, MailServer, Retention, Secret,
    SourceId, urn,
};

/// Command-line options, which override the environment and the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--state`.
    pub state: Option<PathBuf>,
    /// `--sources`.
    pub sources: Option<PathBuf>,
}

/// Everything the operator decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// An id of the configuration file's text.
    pub text_id: String,
    /// The configuration file, if there is one.
    pub config: Option<PathBuf>,
    /// A catalogue in place of the shipped one.
    pub sources: Option<PathBuf>,
    /// The files of `sources.d`, beside the configuration file: additions to the catalogue, in order.
    pub additions: Vec<PathBuf>,
    /// Sources of the catalogue that are switched off.
    pub sources_off: Vec<SourceId>,
    /// The directory of the database and the outbox.
    pub state: PathBuf,
    /// The time zone for display.
    pub zone: TimeZone,
    /// Which first facts wait for the operator's review.
    pub review: Review,
    /// Who runs this.
    pub operator: Operator,
    /// How letters go out.
    pub mail: Mail,
    /// How pages are fetched, including the contact for site owners.
    pub fetch: FetchSettings,
    /// How long after a held check the page is read again, and then once more.
    pub recheck: [Duration; 2],
    /// How hooks are called.
    pub hooks: HookSettings,
    /// Where the key is that the secrets of hooks are made of.
    pub hook_key: HookKeyPlace,
    /// The web pages.
    pub http: Http,
    /// Data that is bound to official facts, and who hears what to edit in it.
    pub data: Vec<BoundData>,
    /// How long things are kept.
    pub retention: Retention,
    /// The Wayback Machine that pages of the past are asked from.
    pub wayback: Url,
    /// Settings in the file that are doubtful or have no effect, but are not wrong: reported at start.
    pub doubts: Vec<String>,
}

/// Which first facts are `unreviewed` until the operator has accepted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// Those of recipes that were written only from a page's structure.
    Structure,
    /// All.
    All,
}

/// Who runs this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Where letters to the operator go.
    pub address: Option<EmailAddress>,
    /// The language of those letters.
    pub language: Language,
    /// The sender's legal name.
    pub legal_name: Option<String>,
    /// The sender's postal address.
    pub postal_address: Option<String>,
    /// The sender's telephone number, e-mail address or web address.
    pub other_contact: Option<String>,
}

/// Where the key is that the secrets of hooks are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookKeyPlace {
    /// It was handed over by systemd.
    Given(Secret),
    /// In this file, which is made when the first hook is added.
    File(PathBuf),
}

impl HookKeyPlace {
    fn of(written: read::WrittenKey, state: &std::path::Path) -> Self {
        match written {
            read::WrittenKey::Given(secret) => Self::Given(secret),
            read::WrittenKey::File(path) => Self::File(path),
            read::WrittenKey::Usual => Self::File(state.join("webhook-key")),
        }
    }
}

/// How letters go out.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The transport.
    pub transport: Transport,
    /// The sender's address.
    pub from: EmailAddress,
    /// The sender's name; may be empty.
    pub from_name: String,
    /// Where a reader writes to unsubscribe; else the operator's address.
    pub leave: Option<EmailAddress>,
}

/// How letters are transported.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Into `outbox/` in the state directory.
    File,
    /// To a mail server.
    Smtp(MailServer),
}

/// Settings that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("reading {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        #[source]
        source: io::Error,
    },
    /// The folder of additions to the catalogue cannot be listed.
    #[error("listing {}", path.display())]
    List {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// What is wrong in the file.
    #[error(transparent)]
    Diagnostics(#[from] Diagnostics),
    /// There is no place for the state.
    #[error("no directory for the database: give --state or set RULEWATCH_STATE")]
    NoState,
}

/// The environment of this process: the only place that reads it.
#[must_use]
pub fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// What this process was called with, word by word.
pub fn called_with() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

impl Settings {
    /// Reads the settings; `env` is [`environment`], or what a test puts in its place.
    ///
    /// # Errors
    /// When a file that was named cannot be read, when anything in it is wrong (all of it at
    /// once), or when there is no place for the state.
    pub fn load(
        overrides: Overrides,
        env: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, SettingsError> {
        let state = places::state(overrides.state, env).ok_or(SettingsError::NoState)?;
        let config = places::config(overrides.config, env);
        let text = match &config {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|source| SettingsError::Read { path: path.clone(), source })?,
            None => String::new(),
        };
        let text_id = urn("settings", &[&text]);
        let name = config.as_ref().map_or_else(String::new, |path| path.display().to_string());
        let directory = config.as_ref().map(|path| places::beside(path));
        let document = Document::new(&name, &text);
        let parsed = document.parse();
        let written = read::read(document.root(&parsed), directory.as_deref(), env);
        let mut written = document.finish(written)?;
        let additions = match directory.map(|directory| directory.join("sources.d")) {
            Some(folder) => additions::listed(&folder, &mut written.doubts)?,
            None => Vec::new(),
        };
        let hook_key = HookKeyPlace::of(written.hooks.1, &state);
        Ok(Self {
            text_id,
            config,
            sources: overrides.sources,
            additions,
            sources_off: written.sources_off,
            state,
            review: written.review,
            operator: written.operator,
            mail: written.mail,
            fetch: FetchSettings {
                contact: written.contact,
                zone: written.zone.clone(),
                ..written.fetch
            },
            zone: written.zone,
            recheck: written.recheck,
            hooks: written.hooks.0,
            hook_key,
            http: written.http,
            data: written.data,
            retention: written.retention,
            wayback: written.wayback,
            doubts: written.doubts,
        })
    }

    /// The path of the database file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.state.join("rulewatch.db")
    }

    /// The directory for letters that are written to files.
    #[must_use]
    pub fn outbox(&self) -> PathBuf {
        self.state.join("outbox")
    }

    /// The contact for site owners: needed before another machine is asked for a page.
    ///
    /// # Errors
    /// When the operator has not given one.
    pub fn check_for_requests(&self) -> Result<&str, MissingSettings> {
        self.fetch.contact.as_deref().ok_or_else(|| MissingSettings {
            before: "another machine is asked for a page",
            keys: vec!["operator.contact"],
        })
    }

    /// The sender of letters to subscribers, and where to write to unsubscribe: the anti-spam law requires
    /// both in every letter.
    ///
    /// # Errors
    /// The keys of all missing settings.
    pub fn check_for_subscriber_letters(&self) -> Result<SenderDetails<'_>, MissingSettings> {
        let operator = &self.operator;
        let leave = self.mail.leave.as_ref().or(operator.address.as_ref());
        let found = (
            operator.legal_name.as_deref(),
            operator.postal_address.as_deref(),
            operator.other_contact.as_deref(),
            leave,
        );
        if let (Some(legal_name), Some(postal_address), Some(contact), Some(leave)) = found {
            return Ok(SenderDetails { legal_name, postal_address, contact, leave });
        }
        let missing = [
            ("operator.legal_name", found.0.is_none()),
            ("operator.postal_address", found.1.is_none()),
            ("operator.other_contact", found.2.is_none()),
            ("mail.leave or operator.address", found.3.is_none()),
        ];
        let keys = missing.into_iter().filter_map(|(key, gone)| gone.then_some(key)).collect();
        Err(MissingSettings { before: "a letter goes to a subscriber", keys })
    }
}

/// The sender of letters to subscribers, and where to write to unsubscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderDetails<'a> {
    /// The sender's legal name.
    pub legal_name: &'a str,
    /// The sender's postal address.
    pub postal_address: &'a str,
    /// The sender's other contact.
    pub contact: &'a str,
    /// Where to write to unsubscribe.
    pub leave: &'a EmailAddress,
}

/// Settings that something needs and nobody gave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("before {before}, the configuration must say {}", keys.join(", "))]
pub struct MissingSettings {
    /// What needs them.
    pub before: &'static str,
    /// Their keys.
    pub keys: Vec<&'static str>,
}

#[cfg(test)]
mod tests;
