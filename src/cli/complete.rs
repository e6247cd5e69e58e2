//! Completions with live values: the shell asks the program itself, which knows its catalogue and database.
//!
//! `rulewatch completions SHELL` prints a script that calls the program with [`VAR`] in its environment;
//! [`answer`] then answers in place of the command. Nothing is ever said of what cannot be read: there is
//! no place for it beside what is being typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory as _};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::args::{Cli, Completions};
use super::{Exit, Out};
use crate::asking::{self, Named};
use crate::doors;
use crate::model::{ChangeKind, Severity, Stage};
use crate::settings::{self, Overrides, Settings};

/// What tells the program to answer a shell.
const VAR: &str = "RULEWATCH_COMPLETE";

/// What a script for zsh ends with, so that it answers when it is loaded by the first question.
const ZSH_FIRST: &str = "
if [[ \"${funcstack[1]}\" == _rulewatch ]]; then _clap_dynamic_completer_rulewatch \"$@\"; fi
";

/// The longest explanation of a value.
const EXPLAINED: usize = 80;

/// Answers a shell that asks how a line may go on; returns at once where none does.
pub(super) fn answer() {
    CompleteEnv::with_factory(|| with_values(Cli::command())).var(VAR).bin("rulewatch").complete();
}

/// Prints the script of a shell.
pub(super) fn script(args: &Completions, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let name = args.shell.to_string();
    let shells = Shells::builtins();
    let shell = shells.completer(&name).ok_or_else(|| anyhow::anyhow!("{name} is not known"))?;
    let mut script = Vec::new();
    shell.write_registration(VAR, "rulewatch", "rulewatch", "rulewatch", &mut script)?;
    out.write_all(&script)?;
    if args.shell == clap_complete::Shell::Zsh {
        out.write_all(ZSH_FIRST.as_bytes())?;
    }
    Ok(Exit::Done)
}

/// The command line, with what may be typed for each argument that names something.
fn with_values(command: Command) -> Command {
    command.mut_args(with_value).mut_subcommands(with_values)
}

fn with_value(arg: Arg) -> Arg {
    match values(&arg) {
        Some(Values::Live(of)) => arg.add(ArgValueCandidates::new(move || live(of))),
        Some(Values::Words(words)) => {
            let candidates = move || words.iter().copied().map(CompletionCandidate::new).collect();
            arg.add(ArgValueCandidates::new(candidates))
        }
        None => arg,
    }
}

/// What an argument takes.
enum Values {
    /// Names that the catalogue or the database has.
    Live(Named),
    /// A few words.
    Words(Vec<&'static str>),
}

/// By what the help calls the value: it is called the same everywhere.
fn values(arg: &Arg) -> Option<Values> {
    let called =
        arg.get_value_names().and_then(|names| names.first()).map(clap::builder::Str::as_str);
    Some(match (called.unwrap_or_default(), arg.get_id().as_str()) {
        (_, "change") | ("EVENT|CHANGE", _) => Values::Live(Named::Change),
        ("SOURCE", _) | ("ID", "source") => Values::Live(Named::Source),
        ("PROGRAM", _) => Values::Live(Named::Program),
        ("JURISDICTION", _) => Values::Live(Named::Jurisdiction),
        ("KEY" | "KEY[/RECORD]", _) => Values::Live(Named::Fact),
        ("RULE", _) => Values::Live(Named::Rule),
        ("CODE", _) => Values::Live(Named::Noc),
        ("KIND", _) => Values::Words(ChangeKind::ALL.map(ChangeKind::word).to_vec()),
        ("STAGE", _) => Values::Words(Stage::ALL.map(Stage::word).to_vec()),
        ("SEVERITY", _) => Values::Words(Severity::ALL.map(Severity::word).to_vec()),
        ("LANGUAGE", _) => Values::Words(vec!["en", "fr"]),
        _ => return None,
    })
}

/// The names of a kind, as far as they can be read.
fn live(of: Named) -> Vec<CompletionCandidate> {
    let Ok(settings) = Settings::load(places(settings::called_with()), &settings::environment)
    else {
        return Vec::new();
    };
    let Ok(catalog) = doors::catalog(&settings) else { return Vec::new() };
    let store = doors::to_ask(&settings).ok();
    let names = asking::names(store.as_ref(), &catalog, of).unwrap_or_default();
    let candidate = |(name, what): (String, String)| {
        let what = crate::render::inert(&what, EXPLAINED);
        CompletionCandidate::new(name).help((!what.is_empty()).then(|| what.into()))
    };
    names.into_iter().map(candidate).collect()
}

/// Where the line that is being typed says that things are: the program has not read it yet.
fn places(line: impl Iterator<Item = OsString>) -> Overrides {
    // bash makes three words of `--state=DIR`.
    let words = line.skip_while(|word| word != "--").filter_map(|word| word.into_string().ok());
    let words: Vec<String> = words.filter(|word| word != "=").collect();
    let path = |option: &str| -> Option<PathBuf> {
        let at = words
            .iter()
            .position(|word| word == option || word.starts_with(&format!("{option}=")))?;
        match words[at].split_once('=') {
            Some((_, path)) => Some(path.into()),
            None => words.get(at + 1).map(Into::into),
        }
    };
    Overrides { config: path("--config"), state: path("--state"), sources: path("--sources") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_something_is_completed_wherever_it_stands() {
        fn walk(command: &Command, n: &mut usize) {
            for arg in command.get_arguments() {
                let names = arg.get_value_names().unwrap_or_default();
                let is_live = |name: &&str| {
                    ["SOURCE", "PROGRAM", "JURISDICTION", "RULE", "CODE", "KIND", "STAGE"]
                        .contains(name)
                };
                if names.iter().map(clap::builder::Str::as_str).any(|name| is_live(&name)) {
                    assert!(arg.get::<ArgValueCandidates>().is_some(), "{arg:?}");
                    *n += 1;
                }
            }
            command.get_subcommands().for_each(|command| walk(command, n));
        }
        let mut n = 0;
        walk(&with_values(Cli::command()), &mut n);
        assert!(n > 30, "{n}");
    }

    #[test]
    fn the_places_on_the_line_are_found() {
        let line = "rulewatch -- rulewatch log --config a.toml --state=b --source";
        let found = places(line.split(' ').map(Into::into));
        assert_eq!(found.config, Some("a.toml".into()));
        assert_eq!(found.state, Some("b".into()));
        assert_eq!(found.sources, None);
        let as_bash_has_it = "rulewatch -- rulewatch --config = a.toml log";
        let found = places(as_bash_has_it.split(' ').map(Into::into));
        assert_eq!(found.config, Some("a.toml".into()));
    }
}
