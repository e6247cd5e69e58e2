//! The arguments of `rulewatch review`.

use clap::{Args, Subcommand};

use super::Format;
use crate::model::{RE_FETCH, SourceId};

#[derive(Debug, Args)]
pub(in crate::cli) struct Review {
    #[command(subcommand)]
    pub(in crate::cli) action: Option<ReviewAction>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ReviewAction {
    /// List what waits, the longest held first, and what cannot be read or is read by nothing
    List {
        /// Show all changes of what is held, and not the first few
        #[arg(long)]
        all: bool,
        /// How to write it
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// It is so: release a held event, or accept the evidence of an unreviewed source
    Accept(Decide),
    /// It is not so: drop what is held; the last good facts stand
    Reject(Decide),
    /// Say of what cannot be read that it holds still
    Confirm(Confirm),
    /// Mark words of a page as none of its content; without words, list what is marked
    Noise(Noise),
    /// Take back what was told wrongly, and tell those who were told
    Retract(Retract),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Confirm {
    /// The source
    #[arg(value_name = "SOURCE", value_parser = SourceId::parse)]
    pub(in crate::cli) source: SourceId,
    /// What cannot be read: a fact set, a record of it or a field, as `status` names it
    #[arg(value_name = "FACT[.KEY[.FIELD]]")]
    pub(in crate::cli) fact: String,
    /// What you saw on the page, for the record
    #[arg(long, value_name = "WORDS", value_parser = words)]
    pub(in crate::cli) note: String,
    /// Who says so, for the record
    #[arg(long, value_name = "NAME", default_value = "operator", value_parser = who)]
    pub(in crate::cli) by: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Noise {
    /// The source
    #[arg(value_name = "SOURCE", value_parser = SourceId::parse)]
    pub(in crate::cli) source: Option<SourceId>,
    /// The words, as they stand on the page: a line of it, with `*` for what varies
    #[arg(value_name = "WORDS", conflicts_with_all = ["id", "undo"], requires = "source", value_parser = words)]
    pub(in crate::cli) words: Option<String>,
    /// Mark what `review list` shows as unread under this number
    #[arg(long, value_name = "N", conflicts_with = "undo", requires = "source")]
    pub(in crate::cli) id: Option<i64>,
    /// Take back what is marked under this number
    #[arg(long, value_name = "N", requires = "source")]
    pub(in crate::cli) undo: Option<i64>,
    /// Who says so, for the record
    #[arg(long, value_name = "NAME", default_value = "operator", value_parser = who)]
    pub(in crate::cli) by: String,
    /// How to write the list
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: Format,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Retract {
    /// The event or the change, as `log --format ndjson` names it, or enough of its beginning
    #[arg(value_name = "EVENT|CHANGE")]
    pub(in crate::cli) name: String,
    /// Why it is taken back, in words that readers are told
    #[arg(long, value_name = "WORDS", value_parser = words)]
    pub(in crate::cli) why: String,
    /// The value that stands, where it is not the one before: for one change
    #[arg(long, value_name = "VALUE")]
    pub(in crate::cli) value: Option<String>,
    /// Who says so, for the record
    #[arg(long, value_name = "NAME", default_value = "operator", value_parser = who)]
    pub(in crate::cli) by: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Decide {
    /// The event, as the operator's letter names it, or the source
    #[arg(value_name = "ID|SOURCE")]
    pub(in crate::cli) name: String,
    /// Who decides, for the record
    #[arg(long, value_name = "NAME", default_value = "operator", value_parser = who)]
    pub(in crate::cli) by: String,
}

/// Words of a person: some, and no more than fit in a letter.
fn words(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err("it is empty".to_owned()),
        1..=2_000 => Ok(text.to_owned()),
        n => Err(format!("it has {n} characters; 2000 are the most")),
    }
}

fn who(name: &str) -> Result<String, String> {
    let name = name.trim();
    match name {
        "" => Err("it is empty".to_owned()),
        RE_FETCH => Err("so the program calls itself".to_owned()),
        _ => Ok(name.to_owned()),
    }
}
