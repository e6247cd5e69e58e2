//! What is asked of the log and of the facts: `log`, `show`, `facts`, `history`, `coverage`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{ExportAction, Format, kind, language, severity, stage};
use crate::model::{ChangeKind, Language, RuleId, RuleTarget, Severity, SourceId, Stage};

/// How the change log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LogFormat {
    /// Aligned columns
    Table,
    /// One JSON object a line
    Ndjson,
    /// One JSON array
    Json,
    /// Comma-separated values
    Csv,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulewatch log --since 'last monday' --severity warn
  rulewatch log --noc 21231 --kind occupation_removed --kind occupation_added
  rulewatch log --program express-entry --since 2025 --until 2026 --format csv
  rulewatch log --stage due --exit-code    ends with 1 when nothing is due
  rulewatch log --unseen                   what was told since you looked last

Options of different names must all hold; of one that is repeated, any may.")]
pub(in crate::cli) struct Log {
    #[command(flatten)]
    pub(in crate::cli) filter: Filter,
    /// At most N changes
    #[arg(long, value_name = "N")]
    pub(in crate::cli) limit: Option<usize>,
    /// The newest first
    #[arg(long)]
    pub(in crate::cli) newest: bool,
    /// Only what was told since you looked so last, in the order of telling. Where nothing else narrows the
    /// log, what is shown counts as seen
    #[arg(long, conflicts_with_all = ["limit", "newest"])]
    pub(in crate::cli) unseen: bool,
    /// With --unseen: who looks
    #[arg(
        long = "as",
        value_name = "NAME",
        env = "USER",
        default_value = "me",
        hide_env_values = true
    )]
    pub(in crate::cli) who: String,
    /// In the table, a line for every change of an event, however many it has
    #[arg(long)]
    pub(in crate::cli) expand: bool,
    /// The language of the summaries in the table: en or fr
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    pub(in crate::cli) lang: Language,
    /// End with 1 if there is no such change
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
    /// How to write the log
    #[arg(long, value_enum, default_value = "table")]
    pub(in crate::cli) format: LogFormat,
}

/// Which changes are meant.
#[derive(Debug, Args)]
pub(in crate::cli) struct Filter {
    /// Seen at or after: a date, a time, `yesterday`, `last monday`, `3 months ago`, or a length such as 7d
    #[arg(long, value_name = "WHEN")]
    pub(in crate::cli) since: Option<String>,
    /// Seen before: a date, a time, or a length such as 7d
    #[arg(long, value_name = "WHEN")]
    pub(in crate::cli) until: Option<String>,
    /// Of a program, such as express-entry
    #[arg(long, value_name = "PROGRAM")]
    pub(in crate::cli) program: Vec<String>,
    /// Of a jurisdiction, such as CA or BC
    #[arg(long, value_name = "JURISDICTION")]
    pub(in crate::cli) jurisdiction: Vec<String>,
    /// Read from a source
    #[arg(long, value_name = "ID", value_parser = SourceId::parse)]
    pub(in crate::cli) source: Vec<SourceId>,
    /// Of a fact set, or of those a pattern names (ee.category.*.occupations)
    #[arg(long, value_name = "KEY", value_parser = RuleTarget::parse)]
    pub(in crate::cli) fact: Vec<RuleTarget>,
    /// About a NOC code
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) noc: Vec<String>,
    /// Of a kind, such as occupation_removed
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(in crate::cli) kind: Vec<ChangeKind>,
    /// At a stage: announced, due, in_force, corrected or reversed
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    pub(in crate::cli) stage: Vec<Stage>,
    /// Touching a rule, such as R-EE-CAT
    #[arg(long, value_name = "RULE", value_parser = RuleId::parse)]
    pub(in crate::cli) rule: Vec<RuleId>,
    /// At least this severe: info, warn or block
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(in crate::cli) severity: Option<Severity>,
    /// With these words in the summary
    #[arg(long, value_name = "WORDS")]
    pub(in crate::cli) text: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// The id of a change, an event or a delivery, or enough of its beginning
    #[arg(value_name = "ID")]
    pub(in crate::cli) change: String,
    /// Write the page that it was read from to FILE, as it came
    #[arg(long = "open-snapshot", value_name = "FILE")]
    pub(in crate::cli) snapshot: Option<PathBuf>,
    /// Write a page with the change and its evidence to FILE, which needs nothing else
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
    /// Write the evidence into DIR: the pages before and after, their headers, hashes and times
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) bundle: Option<PathBuf>,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: Format,
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  rulewatch facts ee.proof_of_funds --as-of 2024-06-02     what was in force on a day
  rulewatch facts ee.draws/371                              one record
  rulewatch facts 'ee.category.*.occupations' --noc 21231   in which lists an occupation is
  rulewatch facts --noc 21231                               everything about it
  rulewatch facts ee.proof_of_funds --as-of 2024-06-02 --known-at 2024-05-30
  rulewatch facts diff ee.proof_of_funds --from 2024-06-02 --to 2024-06-03

The keys are those that `rulewatch log` prints."
)]
pub(in crate::cli) struct Facts {
    #[command(subcommand)]
    pub(in crate::cli) action: Option<FactsAction>,
    /// The fact set, one record of it, or a pattern in which `*` stands for one word between the dots; all are
    /// listed when none is named
    #[arg(value_name = "KEY[/RECORD]")]
    pub(in crate::cli) key: Option<String>,
    /// Only records about a NOC code
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) noc: Vec<String>,
    /// What was in force on a day
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_of: Option<String>,
    /// What was known at a time: a date, a time, or a length such as 7d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) known_at: Option<String>,
    /// How to write them
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: Format,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum FactsAction {
    /// Show how what was in force on two days differs
    Diff(FactsDiff),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FactsDiff {
    /// The fact set, one record of it, or a pattern
    #[arg(value_name = "KEY[/RECORD]")]
    pub(in crate::cli) key: String,
    /// The earlier day
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) from: String,
    /// The later day [default: today]
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) to: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulewatch history ee.proof_of_funds/4
  rulewatch history ee.draws --field crs_cutoff --svg cut-offs.svg")]
pub(in crate::cli) struct History {
    /// The fact set, or one record of it
    #[arg(value_name = "KEY[/RECORD]")]
    pub(in crate::cli) key: String,
    /// Draw only this field
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) field: Option<String>,
    /// Draw the numbers into FILE, as an SVG picture
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) svg: Option<PathBuf>,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulewatch coverage ircc-ee-funds --since 2026-01-01
  rulewatch coverage --gap 3    times of three days without a look

No change in the log may also mean that nobody looked: this shows when each source was read, what could not
be read, and for how long nobody looked.")]
pub(in crate::cli) struct Coverage {
    /// The sources; all that were ever read when none is named
    #[arg(id = "named", value_name = "SOURCE", value_parser = SourceId::parse)]
    pub(in crate::cli) sources: Vec<SourceId>,
    /// From a date, a time, or a length such as 7d ago
    #[arg(long, value_name = "WHEN")]
    pub(in crate::cli) since: Option<String>,
    /// Up to a date, a time, or a length such as 7d ago
    #[arg(long, value_name = "WHEN")]
    pub(in crate::cli) until: Option<String>,
    /// More than N days without a look are blind
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    pub(in crate::cli) gap: u16,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: Format,
}

/// How what is known is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExportFormat {
    /// A folder with a CSV file for each table
    Csv,
    /// A folder with a file for each table, a JSON object a line
    Json,
    /// A database file
    Sqlite,
    /// A web archive (WARC 1.1, compressed) of the kept pages
    Warc,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
Examples:
  rulewatch export --format csv --to tables/
  rulewatch export --format sqlite --to rules.db
  rulewatch export --format warc --source ircc-ee-funds --to funds.warc.gz
  rulewatch export facts --to facts.json
  rulewatch export feed --program express-entry --to express-entry.atom
  rulewatch export calendar --jurisdiction BC --lang fr --to dates.ics

Nothing about subscribers is exported. Every column is explained in columns.csv, or the table `columns`.")]
pub(in crate::cli) struct Export {
    #[command(subcommand)]
    pub(in crate::cli) action: Option<ExportAction>,
    /// How to write it
    #[arg(long, value_enum, required = true)]
    pub(in crate::cli) format: Option<ExportFormat>,
    /// Where to: a new folder, or a new file
    #[arg(long, value_name = "PATH", required = true)]
    pub(in crate::cli) to: Option<PathBuf>,
    /// Only the pages of a source
    #[arg(long, value_name = "ID", value_parser = SourceId::parse)]
    pub(in crate::cli) source: Option<SourceId>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The latest changes first, as readers were told of them; a change that was told wrongly has an entry of its own
that names the first. Pages of the past that were imported are no news. Filters are those of `rulewatch log`.")]
pub(in crate::cli) struct ExportFeed {
    #[command(flatten)]
    pub(in crate::cli) filter: Filter,
    /// At most N entries
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(in crate::cli) limit: usize,
    /// The language: en or fr
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    pub(in crate::cli) lang: Language,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Each day keeps its UID when it moves, with a higher SEQUENCE; one that is withdrawn is cancelled. Filters are
those of `rulewatch log`: a day is there if any change that had a part in it is let through.")]
pub(in crate::cli) struct ExportCalendar {
    #[command(flatten)]
    pub(in crate::cli) filter: Filter,
    /// The first day [default: a year ago]
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) from: Option<jiff::civil::Date>,
    /// The language: en or fr
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    pub(in crate::cli) lang: Language,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) to: Option<PathBuf>,
}
