//! One process checks and delivers for a state directory.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use rulewatch::store::{HeldBy, Lock, StoreError};
use tempfile::TempDir;

use super::march;

/// Names the directory to a child of the tests.
const DIRECTORY: &str = "RULEWATCH_TEST_LOCK";

#[test]
#[ignore = "a child of the tests below: takes the lock and holds it"]
fn a_child_that_holds_the_lock() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let _lock = Lock::try_take(directory.as_ref(), "rulewatch run", march(1)).unwrap().unwrap();
    println!("\nheld");
    let _ = std::io::stdin().read(&mut [0]);
}

/// Starts a process that holds the lock of a directory.
fn holder(directory: &TempDir) -> Child {
    let name = "storing::lock::a_child_that_holds_the_lock";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "held"), "the child has the lock");
    child
}

#[test]
fn another_process_is_told_who_holds_it_until_that_ends() {
    let directory = TempDir::new().unwrap();
    let take = || Lock::try_take(directory.path(), "rulewatch check", march(2)).unwrap();
    let mut child = holder(&directory);
    let held = take().unwrap_err().unwrap();
    let expected = HeldBy { pid: child.id(), command: "rulewatch run".to_owned(), since: march(1) };
    assert_eq!(held, expected);
    // Killed: the file stays, and locks nobody out.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(fs::read_to_string(directory.path().join("rulewatch.lock")).unwrap().contains("run"));
    let lock = take().unwrap();
    let held = take().unwrap_err().unwrap();
    assert_eq!((held.pid, held.command.as_str()), (std::process::id(), "rulewatch check"));
    drop(lock);
    assert_eq!(fs::read(directory.path().join("rulewatch.lock")).unwrap(), b"");
    drop(take().unwrap());
}

#[test]
fn of_many_at_once_one_gets_it() {
    let directory = TempDir::new().unwrap();
    let taken = std::thread::scope(|scope| {
        let take = || Lock::try_take(directory.path(), "rulewatch run", march(1)).unwrap();
        let takers: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
        takers.into_iter().map(|taker| taker.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 1);
    let named = taken.iter().filter_map(|taken| taken.as_ref().err());
    assert!(named.flatten().all(|held| held.pid == std::process::id()));
}

#[test]
fn a_file_names_its_directory() {
    let directory = TempDir::new().unwrap();
    let _lock = Lock::try_take(&directory.path().join("other.db"), "x", march(1)).unwrap().unwrap();
    assert!(Lock::try_take(directory.path(), "y", march(1)).unwrap().is_err());
}

#[test]
fn a_lock_that_cannot_be_used_is_said_so() {
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join("rulewatch.lock")).unwrap();
    let fault = Lock::try_take(directory.path(), "x", march(1)).unwrap_err();
    assert!(matches!(fault, StoreError::UseLock { .. }), "{fault:?}");
    assert!(fault.to_string().contains("rulewatch.lock"), "{fault}");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_who_holds_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = TempDir::new().unwrap();
    let state = directory.path().join("state");
    let _lock = Lock::try_take(&state, "x", march(1)).unwrap().unwrap();
    let mode = |path: std::path::PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(state.clone()), mode(state.join("rulewatch.lock"))), (0o700, 0o600));
}
