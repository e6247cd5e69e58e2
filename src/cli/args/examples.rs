//! Examples below the help of the commands, as they are typed.

pub(super) const DEMO: &str = "\
Examples:
  rulewatch demo --dir demo/     keeps the database and the letters there";

pub(super) const RUN: &str = "\
Examples:
  rulewatch run
  rulewatch --config /etc/rulewatch/rulewatch.toml run";

pub(super) const SERVE: &str = "\
Examples:
  rulewatch serve --listen 127.0.0.1:8080";

pub(super) const CHECK: &str = "\
Examples:
  rulewatch check                                    every source
  rulewatch check ircc-ee-funds ircc-ee-rounds
  rulewatch check ircc-ee-funds --from saved.html    a page that a person has saved
  rulewatch check --first                            what a first look at each live page means";

pub(super) const REPLAY: &str = "\
Examples:
  rulewatch replay --source ircc-ee-funds captures/
  rulewatch replay --source ircc-ee-funds captures/ --sources new.toml --format ndjson

Captures are files named YYYY-MM-DDTHHMM[SS][__label].ext, in UTC.";

pub(super) const SHOW: &str = "\
Examples:
  rulewatch show c87901a3f                    a change, by as much of its id as no other has
  rulewatch show ecc3334efc45                 every change of an event
  rulewatch show c87901a3f --html before-after.html
  rulewatch show c87901a3f --bundle evidence/    both pages, how they came, and their hashes";

pub(super) const RULES: &str = "\
Examples:
  rulewatch rules
  rulewatch rules show R-EE-FUNDS";

pub(super) const IMPACT: &str = "\
Examples:
  rulewatch impact ee.proof_of_funds
  rulewatch impact c87901a3f --bindings eligibility.toml    what it makes wrong in your data, and the patch";

pub(super) const SOURCES: &str = "\
Examples:
  rulewatch sources
  rulewatch sources show ircc-ee-funds
  rulewatch sources test ircc-ee-funds saved.html    what the recipe reads from a page
  rulewatch sources draft https://www.example.org/rules.html";

pub(super) const REVIEW: &str = "\
Examples:
  rulewatch review                        what waits for a person
  rulewatch review accept ircc-notices    its first facts are as the page has them";

pub(super) const SUBSCRIBE: &str = "\
Examples:
  rulewatch subscribe reader@example.org --consent 'asked by e-mail on 2026-11-02'
  rulewatch subscribe reader@example.org --consent 'asked by telephone' --program bcpnp --send weekly
  rulewatch subscribe reader@example.org --preset software-engineer --dry-run";

pub(super) const SUBSCRIPTION: &str = "\
Examples:
  rulewatch subscription show 2
  rulewatch subscription change 2 --send immediate";

pub(super) const UNSUBSCRIBE: &str = "\
Examples:
  rulewatch unsubscribe reader@example.org";

pub(super) const FORGET: &str = "\
Examples:
  rulewatch forget reader@example.org";

pub(super) const SUBSCRIBERS: &str = "\
Examples:
  rulewatch subscribers --format ndjson";

pub(super) const PRESETS: &str = "\
Examples:
  rulewatch presets";

pub(super) const BOUNCES: &str = "\
Examples:
  rulewatch bounces read /var/mail/rulewatch
  rulewatch bounces list";

pub(super) const ALERTS: &str = "\
Examples:
  rulewatch alerts preview c87901a3f --lang fr
  rulewatch alerts test reader@example.org";

pub(super) const HOOKS: &str = "\
Examples:
  rulewatch hooks add https://example.org/rules --program express-entry
  rulewatch hooks test 1";

pub(super) const OUTBOX: &str = "\
Examples:
  rulewatch outbox                    the letters and calls, and why each waits
  rulewatch outbox retry --all";

pub(super) const STATUS: &str = "\
Examples:
  rulewatch status
  rulewatch status --format prometheus";

pub(super) const DOCTOR: &str = "\
Examples:
  rulewatch doctor
  rulewatch doctor --live    asks the mail server and the network too";

pub(super) const BACKUP: &str = "\
Examples:
  rulewatch backup /var/backups/rulewatch.db";

pub(super) const RESTORE: &str = "\
Examples:
  rulewatch restore /var/backups/rulewatch.db";

pub(super) const AUDIT: &str = "\
Examples:
  rulewatch audit

Keep the newest hash that it prints somewhere else: with it, nobody can cut off the end of the history unseen.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  source <(rulewatch completions bash)
  rulewatch completions zsh > ~/.zfunc/_rulewatch
  rulewatch completions fish > ~/.config/fish/completions/rulewatch.fish";

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _, Parser as _};

    use crate::cli::args::Cli;

    /// The words of an example as a shell would hand them on, without what explains it.
    fn words(example: &str) -> Vec<String> {
        let typed = example.trim().split("  ").next().unwrap();
        let typed = typed.split([' ', '\t']).take_while(|word| !matches!(*word, "<" | ">"));
        let typed = typed.collect::<Vec<_>>().join(" ");
        let (mut words, mut quoted) = (Vec::new(), false);
        for part in typed.split('\'') {
            match quoted {
                true => words.push(part.to_owned()),
                false => words.extend(part.split_whitespace().map(str::to_owned)),
            }
            quoted = !quoted;
        }
        words
    }

    fn examples(command: &Command, found: &mut Vec<Vec<String>>) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        found.extend(help.lines().filter(|line| line.starts_with("  rulewatch ")).map(words));
        command.get_subcommands().for_each(|command| examples(command, found));
    }

    #[test]
    fn every_command_has_an_example_and_each_can_be_typed() {
        let cli = Cli::command();
        for command in cli.get_subcommands().filter(|command| !command.is_hide_set()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:\n"), "{}", command.get_name());
        }
        let mut found = Vec::new();
        examples(&cli, &mut found);
        assert!(found.len() > 60, "{}", found.len());
        for words in found {
            assert!(Cli::try_parse_from(&words).is_ok(), "{words:?}");
        }
    }
}
