//! `rulewatch man`: the manual pages, which a package installs beside the program.

use clap::CommandFactory as _;

use super::Exit;
use super::args::{Cli, Man};

/// Writes a manual page for the program and each of its commands: `rulewatch.1`, `rulewatch-check.1`.
pub(super) fn pages(args: &Man) -> anyhow::Result<Exit> {
    clap_mangen::generate_to(Cli::command(), &args.dir).map_err(|error| {
        anyhow::anyhow!("cannot write manual pages into {}: {error}", args.dir.display())
    })?;
    Ok(Exit::Done)
}
