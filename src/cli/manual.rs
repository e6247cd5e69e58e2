//! `rulewatch completions` and `rulewatch man`: what a package installs beside the program.

use clap::CommandFactory as _;

use super::args::{Cli, Completions, Man};
use super::{Exit, Out};

/// Prints the completions of a shell.
pub(super) fn completions(args: &Completions, out: &mut dyn Out) -> anyhow::Result<Exit> {
    clap_complete::generate(args.shell, &mut Cli::command(), "rulewatch", &mut AsWrite(out));
    Ok(Exit::Done)
}

/// Writes a manual page for the program and each of its commands: `rulewatch.1`, `rulewatch-check.1`.
pub(super) fn pages(args: &Man) -> anyhow::Result<Exit> {
    clap_mangen::generate_to(Cli::command(), &args.dir).map_err(|error| {
        anyhow::anyhow!("cannot write manual pages into {}: {error}", args.dir.display())
    })?;
    Ok(Exit::Done)
}

/// Adapts the output for completions.
struct AsWrite<'a>(&'a mut dyn Out);

impl std::io::Write for AsWrite<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
