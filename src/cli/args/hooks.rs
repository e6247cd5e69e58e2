//! What is typed of hooks.

use clap::{Args, Subcommand, ValueEnum};

use super::{Listing, kind, language, severity};
use crate::model::{ChangeKind, HookForm, Language, RuleTarget, Severity};

#[derive(Debug, Args)]
pub(in crate::cli) struct Hooks {
    #[command(subcommand)]
    pub(in crate::cli) action: Option<HooksAction>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum HooksAction {
    /// List the hooks, and how each stands
    List(Listing),
    /// Call an address of another program whenever something is told
    Add(AddHook),
    /// Call a hook at once with what says that it is a test, and show what it answers
    Test {
        /// Its number, as `rulewatch hooks list` shows it
        #[arg(value_name = "N")]
        hook: i64,
    },
    /// Call a hook again that was paused or waits
    Resume {
        /// Its number
        #[arg(value_name = "N")]
        hook: i64,
    },
    /// Remove a hook and cancel its calls
    Remove {
        /// Its number
        #[arg(value_name = "N")]
        hook: i64,
    },
}

/// The form of what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Form {
    /// The objects of the changes, as JSON
    Json,
    /// Plain text: ntfy and others
    Text,
    /// JSON with a `text`: Slack, Mattermost, Rocket.Chat
    Slack,
    /// JSON with a card: Teams
    Teams,
    /// JSON with a `content`: Discord
    Discord,
}

impl From<Form> for HookForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Json => Self::Json,
            Form::Text => Self::Text,
            Form::Slack => Self::Slack,
            Form::Teams => Self::Teams,
            Form::Discord => Self::Discord,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulewatch hooks add https://example.org/rules --program express-entry
  rulewatch hooks add https://ntfy.sh/my-topic --form text --severity warn
  rulewatch hooks add - --form slack < address.txt     an address that nobody should see in a list of processes

Every call is signed; the secret is shown once. Options of different names must all hold; of one that is
repeated, any may.")]
pub(in crate::cli) struct AddHook {
    /// Its address; `-` reads it from standard input
    #[arg(value_name = "URL")]
    pub(in crate::cli) url: String,
    /// The form of what is sent
    #[arg(long, value_enum, default_value = "json")]
    pub(in crate::cli) form: Form,
    /// The language, where the form has words: en or fr
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    pub(in crate::cli) lang: Language,
    /// Only of these programs
    #[arg(long, value_name = "PROGRAM")]
    pub(in crate::cli) program: Vec<String>,
    /// Only of these jurisdictions
    #[arg(long, value_name = "JURISDICTION")]
    pub(in crate::cli) jurisdiction: Vec<String>,
    /// Only of these fact sets, or patterns of them
    #[arg(long, value_name = "KEY", value_parser = RuleTarget::parse)]
    pub(in crate::cli) fact: Vec<RuleTarget>,
    /// Only about these NOC codes
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) noc: Vec<String>,
    /// Only these kinds
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(in crate::cli) kind: Vec<ChangeKind>,
    /// At least this severe: info, warn or block
    #[arg(long, value_name = "SEVERITY", default_value = "info", value_parser = severity)]
    pub(in crate::cli) severity: Severity,
}
