//! `rulewatch import`.

use std::path::PathBuf;

use clap::Args;

use super::Format;
use crate::model::SourceId;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulewatch import --source ircc-ee-funds captures/     dated captures, named as for `replay`
  rulewatch import --source ircc-ee-funds crawl.warc.gz  the pages of the source in a web archive
  rulewatch import --source ircc-ee-funds --git page.html   the versions of a file in git
  rulewatch import --wayback ircc-ee-funds --from 2023-01-01

What is imported alerts nobody, changes nothing about the present, and is marked as imported. The same
import twice is the same as once, and one that was broken off goes on where it stopped.")]
pub(in crate::cli) struct Import {
    /// The source that the pages are of
    #[arg(long, value_name = "ID", value_parser = SourceId::parse, required_unless_present = "wayback")]
    pub(in crate::cli) source: Option<SourceId>,
    /// A folder of captures, named YYYY-MM-DDTHHMM in UTC, or a web archive
    #[arg(value_name = "DIR|FILE.warc.gz", required_unless_present_any = ["wayback", "git"])]
    pub(in crate::cli) place: Option<PathBuf>,
    /// The versions of FILE in its git repository, each at the moment of its commit
    #[arg(long, value_name = "FILE", conflicts_with_all = ["place", "wayback"])]
    pub(in crate::cli) git: Option<PathBuf>,
    /// What the Wayback Machine kept of the addresses of SOURCE
    #[arg(long, value_name = "SOURCE", value_parser = SourceId::parse, conflicts_with_all = ["place", "source"])]
    pub(in crate::cli) wayback: Option<SourceId>,
    /// The first day to ask the Wayback Machine about
    #[arg(long, value_name = "DATE", requires = "wayback")]
    pub(in crate::cli) from: Option<jiff::civil::Date>,
    /// The last day to ask the Wayback Machine about
    #[arg(long, value_name = "DATE", requires = "wayback")]
    pub(in crate::cli) until: Option<jiff::civil::Date>,
    /// How to write the result
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: Format,
}
