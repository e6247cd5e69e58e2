//! The workflow of `deploy/` without its host: each `run:` step in bash, as GitHub's runner runs it, with the real
//! program, in a clone of a repository whose remote is a folder. One step is left out, and named: the one that
//! opens the change with the host's own command line. The actions of others (checkout, the upload of SARIF) are left
//! out too.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use regex::Regex;
use rulewatch::dataset::DataFile;
use serde_json::{Value as Json, json};

use crate::left_out::left_out;
use crate::program::Home;

const WORKFLOW: &str = include_str!("../../deploy/eligibility-workflow.yml");

/// The step that needs the host.
const OF_THE_HOST: &str = "Open a change with the patch, or say in the open one what it mends now";

const BINDINGS: &str = "[[bind]]\nname = 'fees'\nfact = 'fees.application#amount'\nfile = 'data/fees.json'\n\
    as = 'map'\npath = '$.fees'\n";

fn fees(child: u32) -> String {
    format!(
        "{{\n  \"checked\": \"by hand\",\n  \"fees\": {{ \"adult\": 500, \"child\": {child} }}\n}}\n"
    )
}

fn steps() -> Vec<Json> {
    let workflow = DataFile::read("workflow.yml", WORKFLOW).unwrap();
    workflow.json()["jobs"]["verify"]["steps"].as_array().unwrap().clone()
}

/// A host: a repository, a runner's folder, and what is published for the workflow.
struct Host {
    home: Home,
}

/// How a job ended.
#[derive(Debug)]
struct Job {
    /// The steps that ran, by name, each with its exit code.
    ran: Vec<(String, i32)>,
    /// What they wrote.
    said: String,
}

impl Job {
    fn names(&self) -> Vec<&str> {
        self.ran.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn failed(&self) -> Option<&str> {
        self.ran.iter().find(|(_, code)| *code != 0).map(|(name, _)| name.as_str())
    }
}

impl Host {
    /// A repository with these bindings and a fee for children; the official one is 70.
    fn new(bindings: &str, child: u32) -> Self {
        let host = Self { home: Home::new() };
        let facts = json!({"rulewatch_facts": 1, "made_at": "2026-01-01T00:00:00Z", "day": "2026-01-01",
            "sets": [{"fact": "fees.application", "source": "fees", "url": "https://example.org/fees",
                "checked_at": "2026-01-01T00:00:00Z", "doubts": [], "records": [
                    {"record": "adult", "quote": "An adult pays $500.", "fields": {"amount": {"integer": 500}}},
                    {"record": "child", "quote": "A child pays $70.", "fields": {"amount": {"integer": 70}}}]}]});
        host.home.file("published/facts.json", facts.to_string());
        host.home.file("published/rulewatch.deb", "a package");
        host.home.file("work/eligibility.toml", bindings);
        host.home.file("work/data/fees.json", fees(child));
        let bin = host.home.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rulewatch"), bin.join("rulewatch")).unwrap();
        // The runner may do everything; here it is only written down what it would install.
        let sudo = host
            .home
            .file("bin/sudo", "#!/bin/sh\n[ -f \"$4\" ] && echo \"$@\" >> \"$HOME/installed\"\n");
        fs::set_permissions(sudo, fs::Permissions::from_mode(0o755)).unwrap();
        host.git("work/..", &["init", "--quiet", "--bare", "origin.git"]);
        host.git("work", &["init", "--quiet", "--initial-branch", "main"]);
        host.git("work", &["remote", "add", "origin", "../origin.git"]);
        host.git("work", &["add", "."]);
        host.git(
            "work",
            &["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "data"],
        );
        host.git("work", &["push", "--quiet", "origin", "main"]);
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn clean(&self, program: &str, folder: &str) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        command.env_clear().env("PATH", path).env("HOME", self.home.path());
        command.env("GIT_CONFIG_NOSYSTEM", "1").current_dir(self.path(folder));
        command
    }

    #[track_caller]
    fn git(&self, folder: &str, args: &[&str]) -> String {
        let Output { status, stdout, stderr } =
            self.clean("git", folder).args(args).output().unwrap();
        assert!(status.success(), "{args:?}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    /// One run of the job in a fresh checkout of `main`, as an event starts it.
    fn job(&self, event: &str) -> Job {
        drop(fs::remove_dir_all(self.path("checkout")));
        drop(fs::remove_dir_all(self.path("temp")));
        fs::create_dir(self.path("temp")).unwrap();
        self.git(".", &["clone", "--quiet", "--branch", "main", "origin.git", "checkout"]);
        let temp = self.path("temp").display().to_string();
        let published =
            |name: &str| format!("file://{}", self.path("published").join(name).display());
        let mut known = BTreeMap::from([
            ("github.event_name".to_owned(), event.to_owned()),
            ("vars.FACTS_URL".to_owned(), published("facts.json")),
            ("vars.RULEWATCH_DEB_URL".to_owned(), published("rulewatch.deb")),
            ("runner.temp".to_owned(), temp.clone()),
        ]);
        let mut job = Job { ran: Vec::new(), said: String::new() };
        for step in steps() {
            let Some(script) = step["run"].as_str() else { continue };
            let name = step["name"].as_str().unwrap();
            if step["if"].as_str().is_some_and(|condition| !holds(condition, &known)) {
                continue;
            }
            if name == OF_THE_HOST {
                job.ran.push((name.to_owned(), 0));
                continue;
            }
            assert!(
                !script.contains("${{"),
                "{name}: a value comes by `env`, never as text of the script"
            );
            let output = self.path("temp/output");
            fs::write(&output, "").unwrap();
            let file = self.home.file("temp/script.sh", script);
            let mut bash = self.clean("bash", "checkout");
            bash.args(["-e", &file]).env("RUNNER_TEMP", &temp).env("GITHUB_OUTPUT", &output);
            for (variable, value) in step["env"].as_object().into_iter().flatten() {
                bash.env(variable, filled(value.as_str().unwrap(), &known));
            }
            let Output { status, stdout, stderr } = bash.output().unwrap();
            job.said += &String::from_utf8_lossy(&stdout);
            job.said += &String::from_utf8_lossy(&stderr);
            job.ran.push((name.to_owned(), status.code().unwrap()));
            if let Some(id) = step["id"].as_str() {
                for line in fs::read_to_string(&output).unwrap().lines() {
                    let (key, value) = line.split_once('=').unwrap();
                    known.insert(format!("steps.{id}.outputs.{key}"), value.to_owned());
                }
            }
            // A later step runs only where nothing failed.
            if !status.success() {
                break;
            }
        }
        job
    }
}

/// A value with what its expressions stand for.
fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let expression = Regex::new(r"\$\{\{ *([a-zA-Z_.]+) *\}\}").unwrap();
    let value = |captures: &regex::Captures<'_>| known[&captures[1]].clone();
    expression.replace_all(text, value).into_owned()
}

/// Whether a condition holds: comparisons with words, all of them. What is not known is empty.
fn holds(condition: &str, known: &BTreeMap<String, String>) -> bool {
    let comparison = Regex::new(r"^([a-z_.]+) (==|!=) '([^']*)'$").unwrap();
    condition.split(" && ").all(|one| {
        let parts = comparison.captures(one).unwrap_or_else(|| panic!("not understood: {one}"));
        let is_same = known.get(&parts[1]).map_or("", String::as_str) == &parts[3];
        is_same == (&parts[2] == "==")
    })
}

fn has_curl(test: &str) -> bool {
    let has = Command::new("curl").arg("--version").output().is_ok_and(|ran| ran.status.success());
    if !has {
        left_out(test, "no curl");
    }
    has
}

const ALL: [&str; 3] = ["Install rulewatch", "Get the facts", "Verify"];

#[test]
fn data_that_is_wrong_becomes_a_branch_with_the_patch() {
    if !has_curl("workflow::data_that_is_wrong_becomes_a_branch_with_the_patch") {
        return;
    }
    let host = Host::new(BINDINGS, 75);
    // The second run meets the branch of the first.
    for _ in 0..2 {
        let job = host.job("schedule");
        let last = ["Push the patch", OF_THE_HOST, "Fail while data and pages disagree"];
        assert_eq!(job.names(), [&ALL[..], &last].concat(), "{}", job.said);
        assert_eq!(job.failed(), Some("Fail while data and pages disagree"), "{}", job.said);
        assert!(
            job.said.contains("data/fees.json:3: different: fees.application#amount child"),
            "{}",
            job.said
        );
        let said = fs::read_to_string(host.path("temp/verify.txt")).unwrap();
        assert!(said.contains("official  70"), "the text of the change: {said}");
        let sarif: Json =
            serde_json::from_str(&fs::read_to_string(host.path("temp/verify.sarif")).unwrap())
                .unwrap();
        assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1, "{sarif}");
        let patch = host.git("origin.git", &["diff", "--stat", "main", "rulewatch/eligibility"]);
        assert!(patch.contains("data/fees.json") && patch.contains("1 file changed"), "{patch}");
        let mended = host.git("origin.git", &["show", "rulewatch/eligibility:data/fees.json"]);
        assert_eq!(mended, fees(70));
        let subjects =
            host.git("origin.git", &["log", "--format=%s", "main..rulewatch/eligibility"]);
        assert_eq!(subjects, "data: follow the official pages\n");
    }
    let installed = fs::read_to_string(host.path("installed")).unwrap();
    assert!(installed.starts_with("apt-get install --yes /"), "{installed}");
    // Whoever takes the change over has data that is right.
    host.git("origin.git", &["branch", "--force", "main", "rulewatch/eligibility"]);
    let job = host.job("schedule");
    assert_eq!((job.names(), job.failed()), (ALL.to_vec(), None), "{}", job.said);
    assert!(job.said.contains("1 binding, 2 values: fine"), "{}", job.said);
}

#[test]
fn a_change_by_hand_is_judged_and_never_written_to() {
    if !has_curl("workflow::a_change_by_hand_is_judged_and_never_written_to") {
        return;
    }
    let host = Host::new(BINDINGS, 75);
    let job = host.job("pull_request");
    assert_eq!(job.failed(), Some("Fail while data and pages disagree"), "{}", job.said);
    assert_eq!(host.git("origin.git", &["branch", "--list", "rulewatch/*"]), "");
}

#[test]
fn a_binding_file_that_is_wrong_ends_the_job_before_anything_is_pushed() {
    if !has_curl("workflow::a_binding_file_that_is_wrong_ends_the_job_before_anything_is_pushed") {
        return;
    }
    let host = Host::new(&BINDINGS.replace("as =", "az ="), 75);
    let job = host.job("schedule");
    assert_eq!((job.names(), job.failed()), (ALL.to_vec(), Some("Verify")), "{}", job.said);
    assert!(job.said.contains("eligibility.toml:5"), "{}", job.said);
    fs::remove_file(host.path("published/facts.json")).unwrap();
    assert_eq!(host.job("schedule").failed(), Some("Get the facts"));
}

#[test]
fn what_no_patch_can_mend_pushes_nothing() {
    if !has_curl("workflow::what_no_patch_can_mend_pushes_nothing") {
        return;
    }
    let host = Host::new(BINDINGS, 75);
    let claim = "[[bind]]\nfact = 'fees.application'\nrecord = 'baby'\nfile = 'data/fees.json'\n\
        quote = 'by hand'\nexpect = 'listed'\n";
    host.home.file("work/eligibility.toml", claim);
    host.git(
        "work",
        &["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qam", "claim"],
    );
    host.git("work", &["push", "--quiet", "origin", "main"]);
    let job = host.job("workflow_dispatch");
    assert!(job.said.contains("nothing that a patch could mend"), "{}", job.said);
    assert!(!job.names().contains(&OF_THE_HOST), "{:?}", job.ran);
    assert_eq!(host.git("origin.git", &["branch", "--list", "rulewatch/*"]), "");
}
