//! `verify` and `export facts`: eligibility data and the facts it is compared with.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Format, language};
use crate::model::{Language, RuleId};

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum VerifyFormat {
    /// For a person
    Text,
    /// One JSON object
    Json,
    /// A JUnit report, a test case for each binding
    Junit,
    /// A SARIF log, as code hosts show it beside the line
    Sarif,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulewatch verify --suggest data/noc.json > eligibility.toml
  rulewatch verify eligibility.toml
  rulewatch verify eligibility.toml --patch
  rulewatch verify eligibility.toml --facts facts.json --format junit

Ends with 0 when all is as official, 1 when something differs or rests on a doubtful fact, 2 when the
binding file is wrong or does not fit the data, 3 when it could not be done.")]
pub(in crate::cli) struct Verify {
    /// The binding file
    #[arg(value_name = "FILE", required_unless_present_any = ["suggest", "schema"])]
    pub(in crate::cli) file: Option<PathBuf>,
    /// Propose bindings for a data file
    #[arg(long, value_name = "DATAFILE", conflicts_with = "file")]
    pub(in crate::cli) suggest: Option<PathBuf>,
    /// Print the JSON schema of binding files, for editors
    #[arg(long, conflicts_with_all = ["file", "suggest"])]
    pub(in crate::cli) schema: bool,
    /// Use the facts in FILE, which `rulewatch export facts` wrote, and no database
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) facts: Option<PathBuf>,
    /// Compare with what was in force on a day
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_of: Option<jiff::civil::Date>,
    /// Compare with what is announced too: what will be wrong, and from when
    #[arg(long, value_name = "STAGE", value_parser = ["announced"], conflicts_with = "as_of")]
    pub(in crate::cli) stage: Option<String>,
    /// Print what would put the data right: a JSON Patch (RFC 6902) for JSON, a unified diff for others
    #[arg(long, conflicts_with = "fix")]
    pub(in crate::cli) patch: bool,
    /// Put the data right, and leave every other byte as it is
    #[arg(long)]
    pub(in crate::cli) fix: bool,
    /// Write today's date where a binding's `stamp` points, if nothing was found of it
    #[arg(long, conflicts_with_all = ["as_of", "stage", "patch"])]
    pub(in crate::cli) stamp: bool,
    /// How to write what is found
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: VerifyFormat,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ExportAction {
    /// Write the official facts to a file that `rulewatch verify --facts` reads
    Facts(ExportFacts),
    /// Write what readers were told as an Atom feed
    Feed(super::ask::ExportFeed),
    /// Write the days on which rules take effect and end as an iCalendar
    Calendar(super::ask::ExportCalendar),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportFacts {
    /// What was in force on a day
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_of: Option<jiff::civil::Date>,
    /// Only what this binding file asks for
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) bindings: Option<PathBuf>,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Rules {
    #[command(subcommand)]
    pub(in crate::cli) action: Option<RulesAction>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RulesAction {
    /// List the rules, and whether what each rests on can be relied on
    List {
        /// The language: en or fr
        #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
        lang: Language,
        /// How to write them
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Show one rule: its facts, their values, sources and health
    Show {
        /// The rule, such as R-EE-CAT
        #[arg(value_parser = RuleId::parse)]
        rule: RuleId,
        /// The language: en or fr
        #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
        lang: Language,
        /// How to write it
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImpactOf {
    /// A change's id, or enough of its beginning; or the key of a fact set
    #[arg(value_name = "CHANGE|FACT")]
    pub(in crate::cli) what: String,
    /// The language: en or fr
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    pub(in crate::cli) lang: Language,
    /// Show which data of this binding file hangs on it too, and the patch
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) bindings: Option<PathBuf>,
}
