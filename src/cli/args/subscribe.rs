//! The arguments of `subscribe`, `subscription` and `unsubscribe`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::{kind, language, severity};
use crate::model::{ChangeKind, EmailAddress, Language, Phrase, Severity, weekday, zone};

#[derive(Debug, Args)]
pub(in crate::cli) struct Subscribe {
    /// The address
    #[arg(value_parser = EmailAddress::parse)]
    pub(in crate::cli) address: EmailAddress,
    /// What the consent rests on, in your words: "asked by e-mail on 2026-11-02"
    #[arg(long, value_name = "WORDS", required_unless_present = "dry_run")]
    pub(in crate::cli) consent: Option<String>,
    /// The language of the letters: en or fr [default: the one they have, else en]
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    pub(in crate::cli) lang: Option<Language>,
    /// A subscription in plain words, which `rulewatch presets` lists; filters may be added to it
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) preset: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) wish: WishArgs,
    /// They left before and have asked for letters again since: `--consent` says how
    #[arg(long, requires = "consent")]
    pub(in crate::cli) again: bool,
    /// Do not send the letter that says what was asked for and how things stand today
    #[arg(long)]
    pub(in crate::cli) no_welcome: bool,
    /// Only say what they would be told
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

/// What a subscription asks for.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct WishArgs {
    /// Only of these programs
    #[arg(long, value_name = "PROGRAM")]
    pub(in crate::cli) program: Vec<String>,
    /// Only of these jurisdictions
    #[arg(long, value_name = "JURISDICTION")]
    pub(in crate::cli) jurisdiction: Vec<String>,
    /// Only of these sources
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) source: Vec<String>,
    /// Only what touches these rules
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) rule: Vec<String>,
    /// Only of these fact sets, or patterns of them; conditions may follow: "ee.draws where category is cec"
    #[arg(long, value_name = "KEY")]
    pub(in crate::cli) fact: Vec<String>,
    /// Only records of those fact sets whose field compares so: "crs_cutoff at most 490". Also `is`, `is
    /// not`, `at least`, `below`, `above` and their signs; all conditions must hold
    #[arg(long = "where", value_name = "CONDITION", value_parser = Phrase::parse)]
    pub(in crate::cli) conditions: Vec<Phrase>,
    /// Only about these NOC codes
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) noc: Vec<String>,
    /// Only these kinds, whatever their severity unless `--severity` says otherwise
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(in crate::cli) kind: Vec<ChangeKind>,
    /// At least this severe: info, warn or block. Warn by default, or milder where nothing that is
    /// asked for is ever so severe; info beside `--kind`
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(in crate::cli) severity: Option<Severity>,
    /// When letters come: at once, or gathered in one letter a day or a week
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(in crate::cli) send: Option<Send>,
    /// The hour of a gathered letter, 0 to 23 [default: 7]
    #[arg(long, value_name = "HOUR", value_parser = clap::value_parser!(i8).range(0..24))]
    pub(in crate::cli) hour: Option<i8>,
    /// The day of a weekly letter [default: monday]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(in crate::cli) day: Option<Weekday>,
    /// The time zone of the hour [default: that of the configuration]
    #[arg(long, value_name = "ZONE", value_parser = zone::zone)]
    pub(in crate::cli) zone: Option<TimeZone>,
}

/// When letters come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Send {
    /// At once
    Immediate,
    /// Once a day
    Daily,
    /// Once a week
    Weekly,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SubscriptionArgs {
    #[command(subcommand)]
    pub(in crate::cli) action: SubscriptionAction,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SubscriptionAction {
    /// Show a subscription: what it tells of, and what it would have told
    Show {
        /// Its number, as `subscribers` lists it
        number: i64,
    },
    /// Change a subscription: filters that are given replace all that it has, and so do those of when
    /// letters come
    Change {
        /// Its number, as `subscribers` lists it
        number: i64,
        #[command(flatten)]
        wish: Box<WishArgs>,
    },
    /// Stop a subscription, and leave its reader the others
    Stop {
        /// Its number, as `subscribers` lists it
        number: i64,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Presets {
    /// The language of their titles: en or fr
    #[arg(long, value_name = "LANGUAGE", value_parser = language, default_value = "en")]
    pub(in crate::cli) lang: Language,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Bounces {
    #[command(subcommand)]
    pub(in crate::cli) action: Option<BouncesAction>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BouncesAction {
    /// List the readers whose letters came back
    List,
    /// Read the reports that mail servers sent back: a message, a mailbox, a Maildir or a folder. One that was
    /// read before changes nothing
    Read {
        /// The files and folders
        #[arg(required = true, value_name = "FILE|DIR")]
        paths: Vec<PathBuf>,
    },
    /// Send letters to a reader again, and what they missed
    Resume {
        /// The address
        #[arg(value_parser = EmailAddress::parse)]
        address: EmailAddress,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Forget {
    /// The address
    #[arg(value_parser = EmailAddress::parse)]
    pub(in crate::cli) address: EmailAddress,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Unsubscribe {
    /// The address
    #[arg(value_parser = EmailAddress::parse)]
    pub(in crate::cli) address: EmailAddress,
}

fn day(word: &str) -> Result<Weekday, String> {
    weekday(word).ok_or_else(|| "it is no day of the week, such as monday".to_owned())
}
