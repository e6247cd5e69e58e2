//! The program on a terminal of its own: what is longer than the screen goes to a pager, nothing goes off the
//! edge, and a shell is told how a line may go on.

use std::process::{Command, Stdio};

use crate::left_out::left_out;
use crate::program::{Home, lines};
use crate::told::BINDINGS;
use crate::world::fixture;

/// The size of a screen: rows and columns.
type Screen = (usize, usize);

/// What a command writes on a screen, as `script` of util-linux records it; none where there is no such program.
fn on_screen(
    home: &Home,
    (rows, columns): Screen,
    env: &[(&str, &str)],
    args: &str,
) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_rulewatch");
    let line = format!("stty rows {rows} cols {columns} && {program} {args}");
    let mut script = Command::new("script");
    script.args(["-qefc", &line, "/dev/null"]).env_clear().current_dir(home.path());
    script.env("HOME", home.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    script.env("TERM", "xterm").env("SHELL", "/bin/sh").envs(env.iter().copied());
    let Ok(ran) = script.stdin(Stdio::null()).output() else {
        left_out("terminal", "no script (util-linux)");
        return None;
    };
    let text = String::from_utf8(ran.stdout).unwrap().replace('\r', "");
    assert!(ran.status.success(), "{args}: {:?}\n{text}", ran.status);
    Some(text)
}

/// A home with two pages of the funds and eight changes between them, and one letter.
fn home() -> Home {
    let home = Home::new();
    home.subscribe_ana();
    for page in ["of-2023", "of-2024"] {
        let page = fixture(&format!("ircc-ee-funds/{page}.html")).display().to_string();
        home.done(&["check", "ircc-ee-funds", "--from", &page]);
    }
    home
}

/// Marks each line that goes through it.
const MARKS: (&str, &str) = ("PAGER", "sed s/^/paged:/");

#[test]
fn what_is_longer_than_the_screen_goes_to_the_pager() {
    let home = home();
    let Some(short) = on_screen(&home, (5, 160), &[MARKS], "log --expand") else { return };
    let n = short.lines().count();
    assert!(n >= 8 && short.lines().all(|line| line.starts_with("paged:")), "{short}");
    for (screen, env, args) in [
        ((n + 20, 160), &[MARKS][..], "log --expand"),
        ((5, 160), &[("PAGER", "")], "log --expand"),
        ((5, 160), &[MARKS, ("TERM", "dumb")], "log --expand"),
        ((5, 160), &[MARKS], "--no-pager log --expand"),
        ((5, 160), &[MARKS], "log --expand --no-pager"),
        ((5, 160), &[MARKS], "log --expand | cat"),
        ((5, 160), &[MARKS], "audit"),
    ] {
        let text = on_screen(&home, screen, env, args).unwrap();
        assert!(!text.contains("paged:"), "{args} {env:?}:\n{text}");
        assert!(text.contains("funds") || args == "audit", "{args} {env:?}:\n{text}");
    }
    // Colours reach the pager, and a screen that is not filled.
    assert!(short.contains("\u{1b}["), "{short}");
    let plain = on_screen(&home, (5, 160), &[MARKS, ("NO_COLOR", "1")], "log --expand").unwrap();
    assert!(!plain.contains('\u{1b}') && plain.contains("paged:"), "{plain}");
    let other = on_screen(&home, (5, 160), &[MARKS], "facts ircc.no-such; true").unwrap();
    assert!(!other.contains("paged:"), "an error is no output: {other}");
}

#[test]
fn a_pager_that_is_left_early_or_is_not_there_loses_nothing() {
    let home = home();
    let left = on_screen(&home, (5, 160), &[("PAGER", "head -n 1")], "log --expand");
    let Some(left) = left else { return };
    assert_eq!(left.lines().count(), 1, "{left}");
    let gone =
        on_screen(&home, (5, 160), &[("PAGER", "no-such-pager -R")], "log --expand").unwrap();
    assert!(gone.contains("the pager `no-such-pager` cannot be started"), "{gone}");
    assert!(gone.matches("funds").count() >= 8, "{gone}");
}

#[test]
fn nothing_goes_off_the_edge_of_a_screen() {
    let home = home();
    home.file(".config/rulewatch/rulewatch.toml", "[hooks]\nallow_private = ['127.0.0.0/8']\n");
    home.done(&["hooks", "add", "http://127.0.0.1:9/", "--program", "express-entry"]);
    home.file("eligibility.toml", BINDINGS);
    home.file("funds.json", "{\"funds\": {\"1\": 13757, \"4\": 25564}}\n");
    // A page that cannot be read, and what says so.
    let captcha = fixture("any/captcha-page.html").display().to_string();
    home.run(&["check", "ircc-ee-funds", "--from", &captcha]);
    let change = lines(&home.done(&["log", "--format", "ndjson"]))[0].clone();
    let change = change["id"].as_str().unwrap().to_owned();
    let commands = [
        "log",
        "log --expand --lang fr",
        "facts ee.proof_of_funds",
        "status",
        "outbox list",
        "sources list",
        "coverage",
        "history ee.proof_of_funds",
        "rules",
        "rules show R-EE-FUNDS",
        "impact ee.proof_of_funds",
        "facts ee.proof_of_funds/4",
        "facts diff ee.proof_of_funds --from 2024-06-02 --to 2024-06-03",
        "show CHANGE",
        "audit",
        "subscribers",
        "review",
        "hooks",
        "verify eligibility.toml; true",
    ];
    for columns in [60, 80, 120, 200] {
        for command in commands {
            let args = format!("--no-pager {}", command.replace("CHANGE", &change));
            let Some(text) = on_screen(&home, (50, columns), &[("NO_COLOR", "1")], &args) else {
                return;
            };
            // An address or a hash that is longer than the line stays whole.
            let is_off =
                |line: &&str| line.trim_start().contains(' ') && line.chars().count() > columns;
            let off: Vec<&str> = text.lines().filter(is_off).collect();
            assert!(off.is_empty(), "{args}: {columns} columns\n{}", off.join("\n"));
            assert!(!text.trim().is_empty(), "{args}");
        }
    }
}

/// What the program answers a shell about a line, its last word being typed.
fn completed(home: &Home, line: &[&str]) -> Vec<String> {
    let mut command = home.command(&[&["--", "rulewatch"][..], line].concat());
    command.env("RULEWATCH_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", line.len().to_string());
    command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true");
    command.env("_CLAP_IFS", "\n");
    let ran = command.output().unwrap();
    assert!(ran.status.success() && ran.stderr.is_empty(), "{line:?} {ran:?}");
    String::from_utf8(ran.stdout).unwrap().lines().map(|word| word.trim().to_owned()).collect()
}

#[test]
fn a_shell_is_told_what_the_catalogue_and_the_database_have() {
    let home = home();
    let change = lines(&home.done(&["log", "--format", "ndjson"]))[0].clone();
    let (change, fact) = (change["id"].as_str().unwrap(), change["fact"].as_str().unwrap());
    for (line, has) in [
        (&["log", "--source", "ircc-ee-f"][..], "ircc-ee-funds"),
        (&["check", "ircc-ee-f"], "ircc-ee-funds"),
        (&["log", "--program", "express"], "express-entry"),
        (&["log", "--jurisdiction", "B"], "BC"),
        (&["log", "--rule", "R-EE-C"], "R-EE-CAT"),
        (&["log", "--stage", "ann"], "announced"),
        (&["log", "--kind", "occupation_r"], "occupation_removed"),
        (&["facts", &fact[..4]], fact),
        (&["show", &change[..4]], change),
        (&["sources", "show", "ircc-ee-f"], "ircc-ee-funds"),
    ] {
        let said = completed(&home, line);
        assert!(said.iter().any(|word| word == has), "{line:?}: {said:?}");
        let typed = line.last().unwrap();
        assert!(said.iter().all(|word| word.starts_with(typed)), "{line:?}: {said:?}");
    }
    // Where the line says that things are elsewhere, they are looked for there.
    let none = completed(&home, &["--state", "nowhere", "show", "c"]);
    assert!(!none.iter().any(|word| word == change), "{none:?}");
    let catalog = "[[source]]\nid = \"my-page\"\nurl = \"https://www.example.org/\"\n";
    let only = home.file("only.toml", catalog);
    let own = completed(&home, &["--sources", &only, "log", "--source", ""]);
    assert_eq!(own, ["my-page"]);
    // A configuration that cannot be read is no matter for a line that is being typed.
    home.file("rulewatch.toml", "nonsense = [");
    assert_eq!(completed(&home, &["log", "--source", "ircc-ee-f"]), Vec::<String>::new());
}

/// What a shell says when it is asked in its own words; none where there is no such shell. The script that it reads is
/// beside it, under the name of the shell.
fn asked_of(shell: &str, options: &[&str], ask: &str) -> Option<String> {
    let home = home();
    home.file(shell, home.done(&["completions", shell]));
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_rulewatch")).parent().unwrap();
    let mut command = Command::new(shell);
    command.args(options).args(["-c", ask]).env_clear().current_dir(home.path());
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    command.env("HOME", home.path()).env("TERM", "xterm").env("PATH", path);
    let Ok(ran) = command.stdin(Stdio::null()).output() else {
        left_out(&format!("terminal::{shell}_completes_with_the_script_that_is_printed"), shell);
        return None;
    };
    Some(format!(
        "{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    ))
}

#[test]
fn bash_completes_with_the_script_that_is_printed() {
    let ask = "source ./bash; COMP_WORDS=(rulewatch log --source ircc-ee-f); COMP_CWORD=3; \
               COMP_TYPE=9; $(complete -p rulewatch | sed 's/.*-F \\([^ ]*\\).*/\\1/') rulewatch ircc-ee-f; \
               printf '%s\\n' \"${COMPREPLY[@]}\"";
    let Some(said) = asked_of("bash", &["--norc"], ask) else { return };
    assert!(said.lines().any(|word| word.trim() == "ircc-ee-funds"), "{said}");
}

#[test]
fn fish_completes_with_the_script_that_is_printed() {
    let ask = "source ./fish; complete -C 'rulewatch log --source ircc-ee-f'";
    let Some(said) = asked_of("fish", &["--no-config"], ask) else { return };
    // With what each is, beside it.
    assert!(said.lines().any(|line| line == "ircc-ee-funds\tProof of funds"), "{said}");
}

#[test]
fn zsh_completes_with_the_script_that_is_printed() {
    // A shell on a terminal of its own, in which the key is really pressed: with the script read at the start, and with
    // one that is installed where zsh looks for it.
    let begins = [
        "compinit -u -D; source ./zsh",
        "mkdir -p f; cp zsh f/_rulewatch; fpath=(./f $fpath); compinit -u -D",
    ];
    for begin in begins {
        let ask = format!(
            "zmodload zsh/zpty; zpty shell zsh -f -i; \
             zpty -w shell 'autoload -Uz compinit; {begin}; print READY'; \
             zpty -r -m shell out $'*\\nREADY*'; \
             zpty -w -n shell $'rulewatch log --source ircc-ee-fu\\t'; \
             zpty -r -m shell out '*ircc-ee-funds*'; \
             print -r -- \"$out\"; zpty -d shell"
        );
        let Some(said) = asked_of("zsh", &["-f"], &ask) else { return };
        assert!(said.contains("rulewatch log --source ircc-ee-funds"), "{begin}: {said}");
    }
}
