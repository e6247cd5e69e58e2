//! What can be typed: names and options are a promise (PRODUCT section 5).

mod ask;
mod examples;
mod hooks;
mod import;
mod review;
mod subscribe;
mod verify;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use ask::{
    Coverage, Export, ExportCalendar, ExportFeed, ExportFormat, Facts, FactsAction, FactsDiff,
    Filter, History, Log, LogFormat, Show,
};
pub(super) use hooks::{AddHook, Hooks, HooksAction};
pub(super) use import::Import;
pub(super) use review::{Confirm, Decide, Noise, Retract, Review, ReviewAction};
pub(super) use subscribe::{
    Bounces, BouncesAction, Forget, Presets, Send, Subscribe, SubscriptionAction, SubscriptionArgs,
    Unsubscribe, WishArgs,
};
pub(super) use verify::{
    ExportAction, ExportFacts, ImpactOf, Rules, RulesAction, Verify, VerifyFormat,
};

use crate::model::{ChangeKind, EmailAddress, Language, Severity, SourceId, Stage};

/// Tells when a rule changes on the official pages of Canadian immigration.
#[derive(Debug, Parser)]
#[command(name = "rulewatch", version, about, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) places: Places,
    /// Write to the terminal, however long it is: without the pager that PAGER names [default: less]
    #[arg(long, global = true)]
    pub(super) no_pager: bool,
    #[command(flatten)]
    pub(super) within: Within,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// For a check that another process of this program waits for, and put before what was typed.
#[derive(Debug, Args)]
pub(super) struct Within {
    /// Note in FILE which source is checked
    #[arg(long, hide = true, value_name = "FILE")]
    pub(super) note: Option<PathBuf>,
    /// Go on after ID
    #[arg(long, hide = true, value_name = "ID", value_parser = SourceId::parse)]
    pub(super) after: Option<SourceId>,
}

/// Where things are; each has a default.
#[derive(Debug, Args)]
pub(super) struct Places {
    /// Read the configuration from FILE [default: ./rulewatch.toml, else ~/.config/rulewatch/rulewatch.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Keep the database and the outbox in DIR [default: ~/.local/state/rulewatch]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) state: Option<PathBuf>,
    /// Use the catalogue in FILE in place of the shipped one
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) sources: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show the whole loop in seconds, offline, on bundled pages
    #[command(after_help = examples::DEMO)]
    Demo(Demo),
    /// Watch the sources until told to stop
    #[command(after_help = examples::RUN)]
    Run,
    /// Make the checks of the daemon, which starts this itself
    #[command(hide = true)]
    Checker(Checker),
    /// Serve the web pages alone, where something else checks and delivers
    #[command(after_help = examples::SERVE)]
    Serve(Serve),
    /// Check sources now, all when none is named
    #[command(after_help = examples::CHECK)]
    Check(Check),
    /// Run dated captures of one source through the pipeline, in a scratch database
    #[command(after_help = examples::REPLAY)]
    Replay(Replay),
    /// Put pages of the past into the history, where they alert nobody
    Import(Import),
    /// Ask the change log
    Log(Log),
    /// Show one change with its evidence
    #[command(after_help = examples::SHOW)]
    Show(Show),
    /// Show what is in force, or was
    Facts(Facts),
    /// Show every value that a fact has had
    History(History),
    /// Show when each source was read, and for how long nobody looked
    Coverage(Coverage),
    /// Compare eligibility data of your own with the official facts
    Verify(Verify),
    /// Show the rules, and whether what each rests on can be relied on
    #[command(after_help = examples::RULES)]
    Rules(Rules),
    /// Show what hangs on a change or a fact: rules, tools, your own data
    #[command(after_help = examples::IMPACT)]
    Impact(ImpactOf),
    /// Show the catalogue, or what a recipe reads from a page
    #[command(after_help = examples::SOURCES)]
    Sources(Sources),
    /// Settle what waits for a person: held events, first facts of untried recipes
    #[command(after_help = examples::REVIEW)]
    Review(Review),
    /// Subscribe somebody to changes, and say what they will be told
    #[command(after_help = examples::SUBSCRIBE)]
    Subscribe(Subscribe),
    /// Show one subscription, change it or stop it
    #[command(after_help = examples::SUBSCRIPTION)]
    Subscription(SubscriptionArgs),
    /// End all subscriptions of an address and cancel its pending letters
    #[command(after_help = examples::UNSUBSCRIBE)]
    Unsubscribe(Unsubscribe),
    /// Delete what is held about an address; a hash stays
    #[command(after_help = examples::FORGET)]
    Forget(Forget),
    /// List the subscribers and their subscriptions
    #[command(after_help = examples::SUBSCRIBERS)]
    Subscribers(Listing),
    /// List the subscriptions in plain words
    #[command(after_help = examples::PRESETS)]
    Presets(Presets),
    /// Read which letters came back, and send letters to a reader again
    #[command(after_help = examples::BOUNCES)]
    Bounces(Bounces),
    /// Show the letter that a change gives, or send a letter as a test
    #[command(after_help = examples::ALERTS)]
    Alerts(Alerts),
    /// Call addresses of other programs whenever something is told
    #[command(after_help = examples::HOOKS)]
    Hooks(Hooks),
    /// Show and send the pending letters, and the calls of hooks
    #[command(after_help = examples::OUTBOX)]
    Outbox(Outbox),
    /// Show how the sources stand
    #[command(after_help = examples::STATUS)]
    Status(Status),
    /// Examine the installation, and say what to do about what is not well
    #[command(after_help = examples::DOCTOR)]
    Doctor(Doctor),
    /// Write what is known for others to use: tables, a database, a web archive, the facts
    Export(Export),
    /// Copy the database, while others use it
    #[command(after_help = examples::BACKUP)]
    Backup(Backup),
    /// Put a copy in the place of the database, which is kept beside it
    #[command(after_help = examples::RESTORE)]
    Restore(Restore),
    /// Prove that history is what was written
    #[command(after_help = examples::AUDIT)]
    Audit,
    /// Print the completions of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(Completions),
    /// Write the manual pages into a directory
    #[command(hide = true)]
    Man(Man),
}

impl Command {
    /// Whether it only shows something, which a pager may do for it: not what says what it is at, and not what
    /// writes because somebody has seen it.
    pub(super) fn only_shows(&self) -> bool {
        match self {
            Self::Show(_)
            | Self::Facts(_)
            | Self::History(_)
            | Self::Coverage(_)
            | Self::Rules(_)
            | Self::Impact(_)
            | Self::Sources(_)
            | Self::Subscribers(_)
            | Self::Presets(_)
            | Self::Status(_) => true,
            Self::Log(args) => !args.unseen,
            Self::Verify(args) => !args.fix && !args.stamp,
            Self::Review(args) => matches!(args.action, None | Some(ReviewAction::List { .. })),
            Self::Alerts(args) => matches!(args.action, AlertsAction::Preview { .. }),
            Self::Hooks(args) => matches!(args.action, None | Some(HooksAction::List(_))),
            Self::Outbox(args) => matches!(args.action, None | Some(OutboxAction::List(_))),
            _ => false,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Leave the database and the letters in DIR [default: a new folder for temporary files]
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Checker {
    /// The most memory that it may use for data
    #[arg(long, value_name = "MB")]
    pub(super) memory: u64,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to serve them: an address and a port of this machine [default: `listen` of the configuration]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,
}

/// How lines for people or programs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a person
    Text,
    /// One JSON object a line
    Ndjson,
}

/// A list.
#[derive(Debug, Clone, Args)]
pub(super) struct Listing {
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The sources to check
    // `sources` is the name of an option that every command has.
    #[arg(id = "named", value_name = "SOURCE", value_parser = SourceId::parse)]
    pub(super) sources: Vec<SourceId>,
    /// Read a page saved by hand instead of fetching it
    #[arg(long, value_name = "FILE")]
    pub(super) from: Option<PathBuf>,
    /// Say of each source what the first look at its live page means: read, awaiting review, not read and what
    /// is there instead, refused, or gone and where to
    #[arg(long, conflicts_with_all = ["from", "format"])]
    pub(super) first: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The source the captures are of
    #[arg(long, value_name = "ID", value_parser = SourceId::parse)]
    pub(super) source: SourceId,
    // No doc comment: rustdoc takes the brackets for a link.
    #[arg(help = "The folder of captures, named YYYY-MM-DDTHHMM[SS][__label].ext in UTC")]
    pub(super) dir: PathBuf,
    /// How to write the result
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Alerts {
    #[command(subcommand)]
    pub(super) action: AlertsAction,
}

#[derive(Debug, Subcommand)]
pub(super) enum AlertsAction {
    /// Show the letter that the event of a change gives; nothing is sent
    Preview {
        /// The id of a change of the event
        change: String,
        /// As this subscriber reads it [default: somebody who follows everything]
        #[arg(long = "for", value_name = "ADDRESS", value_parser = EmailAddress::parse)]
        to: Option<EmailAddress>,
        /// In this language: en or fr
        #[arg(long, value_name = "LANGUAGE", value_parser = language, conflicts_with = "to")]
        lang: Option<Language>,
        /// Write its HTML to FILE too
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Send a letter that says it is a test, at once, and show what the mail server answers
    Test {
        /// Who gets it
        #[arg(value_parser = EmailAddress::parse)]
        address: EmailAddress,
        /// Its language: en or fr
        #[arg(long, value_name = "LANGUAGE", value_parser = language, default_value = "en")]
        lang: Language,
    },
}

#[derive(Debug, Args)]
pub(super) struct Sources {
    #[command(subcommand)]
    pub(super) action: Option<SourcesAction>,
}

#[derive(Debug, Subcommand)]
pub(super) enum SourcesAction {
    /// List the sources
    List(Listing),
    /// Show one source and its recipe
    Show {
        /// The source
        #[arg(value_name = "SOURCE", value_parser = SourceId::parse)]
        id: SourceId,
    },
    /// Show what a recipe reads from a page
    Test(Test),
    /// Draft a recipe for a page that nobody wrote one for, and say what it would read and leave
    Draft(Draft),
    /// Print the JSON schema of the catalogue's language, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct Draft {
    /// A saved page, or an address
    #[arg(value_name = "FILE|URL")]
    pub(super) page: String,
    /// The id of the source that is drafted; made from the page's name unless given
    #[arg(long, value_name = "ID", value_parser = SourceId::parse)]
    pub(super) id: Option<SourceId>,
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// The source
    #[arg(value_name = "SOURCE", value_parser = SourceId::parse, required_unless_present = "all")]
    pub(super) id: Option<SourceId>,
    /// A saved page, or an address
    #[arg(value_name = "FILE|URL", required_unless_present = "all")]
    pub(super) page: Option<String>,
    /// Read every page in a folder of folders, one for each source, and say a line of each
    #[arg(long, value_name = "DIR", conflicts_with_all = ["id", "page", "explain"])]
    pub(super) all: Option<PathBuf>,
    /// Show what every locator finds, also those that were not needed
    #[arg(long)]
    pub(super) explain: bool,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Outbox {
    #[command(subcommand)]
    pub(super) action: Option<OutboxAction>,
}

#[derive(Debug, Subcommand)]
pub(super) enum OutboxAction {
    /// List the letters and the calls of hooks, the latest first
    List(Listing),
    /// Make a letter or a call due again that was given up or waits
    Retry {
        /// The delivery
        #[arg(value_parser = crate::model::DeliveryId::parse, required_unless_present = "all")]
        id: Option<crate::model::DeliveryId>,
        /// All that were given up or wait
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Send every letter and make every call that is due
    Flush,
}

#[derive(Debug, Args)]
pub(super) struct Status {
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: StatusFormat,
}

/// How the state of the sources is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatusFormat {
    /// For a person
    Text,
    /// One JSON object a line
    Ndjson,
    /// Metrics in the text format of Prometheus
    Prometheus,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Ask the network too: whether every host can be found, and the mail server takes our letters
    #[arg(long)]
    pub(super) live: bool,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write, or a directory for one named by the moment
    #[arg(value_name = "FILE|DIR")]
    pub(super) to: PathBuf,
    /// Leave only the newest N copies in the directory
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) keep: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The copy
    #[arg(value_name = "FILE")]
    pub(super) from: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The directory, which must be there
    pub(super) dir: PathBuf,
}

fn kind(word: &str) -> Result<ChangeKind, String> {
    let known = || ChangeKind::ALL.map(ChangeKind::word).join(", ");
    ChangeKind::from_word(word).ok_or_else(|| format!("it is none of {}", known()))
}

fn stage(word: &str) -> Result<Stage, String> {
    let known = || Stage::ALL.map(Stage::word).join(", ");
    Stage::from_word(word).ok_or_else(|| format!("it is none of {}", known()))
}

fn severity(word: &str) -> Result<Severity, String> {
    let known = || Severity::ALL.map(Severity::word).join(", ");
    Severity::from_word(word).ok_or_else(|| format!("it is none of {}", known()))
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "it is neither en nor fr".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_catalogue_can_be_named_before_sources() {
        let cli = Cli::try_parse_from(["rulewatch", "--sources", "mine.toml", "check", "a", "b"]);
        let cli = cli.unwrap();
        assert_eq!(cli.places.sources, Some("mine.toml".into()));
        let Command::Check(check) = cli.command else { panic!("{cli:?}") };
        assert_eq!(check.sources.len(), 2);
    }

    #[test]
    fn no_command_has_an_argument_of_the_name_of_an_option_of_all() {
        let cli = Cli::command();
        for command in cli.get_subcommands() {
            for argument in command.get_arguments() {
                let id = argument.get_id();
                let taken = cli.get_arguments().any(|global| global.get_id() == id);
                assert!(!taken, "{} {id}", command.get_name());
            }
        }
    }
}
