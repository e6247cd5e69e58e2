//! Being forgotten: nothing about an address is left in any file, and no older copy of the database writes to
//! somebody who has left.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use jiff::Timestamp;
use rulewatch::model::{EmailAddress, Language, Subscription};
use rulewatch::store::Store;

use crate::eml::{Eml, letters};
use crate::joining::Place;
use crate::program::Home;
use crate::web::{get, post};
use crate::world::{asked_by, fixture};

const STATE: &str = ".local/state/rulewatch";

/// Every file under a folder whose bytes name an address, in whatever case.
fn naming(folder: &Path, address: &str) -> Vec<PathBuf> {
    let wanted = address.to_ascii_lowercase().into_bytes();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(naming(&path, address));
        } else if fs::read(&path)
            .unwrap()
            .to_ascii_lowercase()
            .windows(wanted.len())
            .any(|bytes| bytes == wanted)
        {
            found.push(path);
        }
    }
    found
}

/// A home where two readers have had a letter each: one of them once left and came back.
fn with_readers() -> Home {
    let home = Home::new();
    let page = |name: &str| fixture(&format!("ircc-ee-funds/{name}")).display().to_string();
    home.done(&["check", "ircc-ee-funds", "--from", &page("of-2023.html")]);
    let consent = "ana@example.org asked by e-mail";
    home.done(&["subscribe", "ana@example.org", "--consent", consent]);
    home.done(&["unsubscribe", "ana@example.org"]);
    home.done(&["subscribe", "Ana@example.org", "--consent", consent, "--again"]);
    home.done(&["subscribe", "ben@example.org", "--consent", "asked"]);
    home.done(&["check", "ircc-ee-funds", "--from", &page("of-2024.html")]);
    assert!(!naming(&home.path().join(STATE).join("outbox"), "ana@example.org").is_empty());
    home
}

/// Puts an older copy of a home's database in its place, past the program.
fn put_back(home: &Home, copy: &str) {
    let state = home.path().join(STATE);
    for ending in ["-wal", "-shm"] {
        drop(fs::remove_file(state.join(format!("rulewatch.db{ending}"))));
    }
    fs::copy(home.path().join(copy), state.join("rulewatch.db")).unwrap();
}

/// To whom the letters in files are.
fn written_to(home: &Home, address: &str) -> usize {
    naming(&home.path().join(STATE).join("outbox"), address).len()
}

#[test]
fn nothing_about_a_forgotten_address_is_left_in_any_file() {
    let home = with_readers();
    let said = home.done(&["forget", "ANA@EXAMPLE.org"]);
    assert!(said.contains("subscriptions deleted: 2") && said.contains("hash"), "{said}");
    let state = home.path().join(STATE);
    assert_eq!(naming(&state, "ana@example.org"), [] as [PathBuf; 0]);
    assert!(!naming(&state, "ben@example.org").is_empty(), "nobody else is forgotten");
    for format in ["csv", "json", "sqlite", "warc"] {
        let to = home.path().join(format!("out-{format}"));
        home.done(&["export", "--format", format, "--to", &to.display().to_string()]);
    }
    home.done(&["backup", "copy.db"]);
    assert_eq!(naming(home.path(), "ana@example.org"), [] as [PathBuf; 0]);
    let list = home.done(&["subscribers"]);
    assert!(list.contains("ben@") && !list.to_lowercase().contains("ana@"), "{list}");
    assert!(home.done(&["outbox"]).contains("sent"), "the outbox is still read");
    assert!(home.done(&["audit"]).contains("the chain holds"));
    let file = state.join("suppressions");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(home.done(&["forget", "ana@example.org"]).contains("nothing was held"));
}

#[test]
fn nobody_who_has_left_is_subscribed_again_unasked() {
    let home = with_readers();
    home.done(&["forget", "ana@example.org"]);
    home.done(&["unsubscribe", "ben@example.org"]);
    home.done(&["forget", "never-here@example.org"]);
    for who in ["aNA@example.org", "Ben@example.org", "Never-Here@example.org"] {
        let again = home.run(&["subscribe", who, "--consent", "bought a list"]);
        assert_eq!(again.code, Some(2), "{who} {}", again.err);
        assert!(again.err.contains("left on") && again.err.contains("--again"), "{}", again.err);
    }
    let consent = ["--consent", "asked again by telephone", "--again"];
    home.done(&[&["subscribe", "ana@example.org"], &consent[..]].concat());
    home.done(&["subscribe", "ana@example.org", "--consent", "asked", "--noc", "21231"]);
    assert_eq!(home.done(&["subscribers"]).matches("ana@example.org").count(), 1);
}

#[test]
fn an_older_copy_writes_to_nobody_who_left_since() {
    let home = with_readers();
    home.done(&["subscribe", "eve@example.org", "--consent", "asked"]);
    home.done(&["backup", "older.db"]);
    home.done(&["forget", "ana@example.org"]);
    home.done(&["unsubscribe", "BEN@example.org"]);
    let said = home.done(&["restore", "older.db"]);
    assert!(said.contains("get no letters: 1") && said.contains("forgotten: 1"), "{said}");
    let list = home.done(&["subscribers"]);
    assert!(list.contains("eve@") && !list.contains("ben@") && !list.contains("ana@"), "{list}");
    for who in ["Ben@example.org", "ana@example.org"] {
        let test = home.run(&["alerts", "test", who]);
        assert_eq!(test.code, Some(2), "{}", test.err);
        assert!(test.err.contains("nobody is written to who has left"), "{}", test.err);
    }
    home.done(&["alerts", "test", "eve@example.org"]);

    // Also past the program, where nothing says that the database is another one; and with a letter that is due.
    put_back(&home, "older.db");
    let config = "[operator]\naddress = 'operator@example.org'\n";
    home.file(".config/rulewatch/rulewatch.toml", config);
    let before = written_to(&home, "ben@example.org");
    let page = fixture("ircc-ee-funds/of-2023.html").display().to_string();
    home.done(&["check", "ircc-ee-funds", "--from", &page]);
    assert_eq!(written_to(&home, "ben@example.org"), before);
    assert_eq!(written_to(&home, "ana@example.org"), 0);
    assert!(written_to(&home, "eve@example.org") > 0, "who stayed is told");
    let letters = letters(&home.path().join(STATE).join("outbox"));
    let told: Vec<&Eml> = letters
        .iter()
        .filter(|letter| letter.header("Subject").contains("older than the list"))
        .collect();
    let [told] = &told[..] else { panic!("{} letters", told.len()) };
    assert_eq!(told.header("To"), "operator@example.org");
    let (text, _) = told.parts();
    assert!(text.contains("Had left") && text.contains("Were forgotten"), "{text}");
    home.done(&["forget", "ana@example.org"]);
    let state = home.path().join(STATE);
    let kept = naming(&state, "ana@example.org");
    assert!(kept.iter().all(|path| path.to_string_lossy().contains(".before-")), "{kept:?}");
}

/// Copies a folder.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A kill at any moment of forgetting leaves somebody who is forgotten as soon as anything is sent, or somebody of
/// whom all is still there but letters in files. Nothing in between, and doing it again ends it.
#[test]
fn a_kill_while_somebody_is_forgotten_leaves_them_forgotten_or_there() {
    let home = with_readers();
    let forget = ["forget", "ana@example.org"];
    let whole = Home::new();
    copied(home.path(), whole.path());
    let begun = Instant::now();
    whole.done(&forget);
    let took = begun.elapsed();
    let (mut n_there, mut n_forgotten) = (0, 0);
    for step in 0..24_u32 {
        let killed = Home::new();
        copied(home.path(), killed.path());
        let mut child =
            killed.command(&forget).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(took * step / 20);
        child.kill().unwrap();
        child.wait().unwrap();
        let state = killed.path().join(STATE);
        // The next round of letters takes in what the file says.
        killed.run(&["outbox", "flush"]);
        let list = killed.done(&["subscribers"]).to_lowercase();
        let lines = fs::read_to_string(state.join("suppressions")).unwrap();
        if lines.contains(" forgotten\n") {
            n_forgotten += 1;
            assert!(!list.contains("ana@"), "step {step}: {list}");
            assert_eq!(naming(&state, "ana@example.org"), [] as [PathBuf; 0], "step {step}");
        } else {
            n_there += 1;
            assert!(list.contains("ana@example.org asked by e-mail"), "step {step}: {list}");
        }
        assert!(list.contains("ben@example.org"), "nobody else is: {list}");
        killed.done(&forget);
        assert_eq!(naming(&state, "ana@example.org"), [] as [PathBuf; 0], "step {step}");
        assert!(killed.done(&["audit"]).contains("the chain holds"), "step {step}");
    }
    assert!(n_there > 0 && n_forgotten > 0, "there {n_there}, forgotten {n_forgotten}");
}

#[test]
fn what_an_older_program_left_in_the_file_is_overwritten() {
    let (folder, mut store, _) = with_copy(&["ben@example.org"]);
    // As a program that does not overwrite what it deletes.
    let other = rusqlite::Connection::open(folder.path().join("rulewatch.db")).unwrap();
    let rest = format!("ana@example.org {}", "x".repeat(3_000));
    other
        .execute_batch(&format!(
            "PRAGMA secure_delete = OFF;
             CREATE TABLE scrap (words TEXT);
             INSERT INTO scrap VALUES ('{rest}'), ('{rest}'), ('{rest}');
             DROP TABLE scrap;
             PRAGMA wal_checkpoint(TRUNCATE);"
        ))
        .unwrap();
    drop(other);
    let database = [folder.path().join("rulewatch.db")];
    assert_eq!(naming(folder.path(), "ana@example.org"), database, "it lies in free pages");
    store.forget(&address("ana@example.org"), at(2)).unwrap();
    assert_eq!(store.wipe(&address("ana@example.org")).unwrap(), [] as [PathBuf; 0]);
    fs::remove_file(folder.path().join("copy")).unwrap();
    assert_eq!(naming(folder.path(), "ana@example.org"), [] as [PathBuf; 0]);
    assert_eq!(active(&store), ["ben@example.org"]);
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
}

fn at(day: i8) -> Timestamp {
    format!("2026-03-{day:02}T12:00:00Z").parse().unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// A store with readers, and a copy of its file.
fn with_copy(readers: &[&str]) -> (tempfile::TempDir, Store, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    for reader in readers {
        let mut new = asked_by(reader, Language::En, Subscription::default());
        new.consent.given_at = at(1);
        store.subscribe(&new).unwrap();
    }
    let copy = folder.path().join("copy");
    store.copy_to(&copy).unwrap();
    (folder, store, copy)
}

/// Ends a store as a kill would that left the database as it is in a copy.
fn killed(folder: &Path, store: Store, copy: &Path) -> Store {
    drop(store);
    fs::copy(copy, folder.join("rulewatch.db")).unwrap();
    Store::open(folder).unwrap()
}

fn active(store: &Store) -> Vec<String> {
    let all = store.subscribers().unwrap();
    all.iter().map(|reader| reader.address.as_str().to_owned()).collect()
}

#[test]
fn a_kill_between_the_file_and_the_database_revives_nobody() {
    let (folder, mut store, copy) =
        with_copy(&["ana@example.org", "ben@example.org", "eve@example.org"]);
    store.unsubscribe(&address("ANA@example.org"), at(2)).unwrap();
    store.forget(&address("ben@example.org"), at(2)).unwrap();
    let mut store = killed(folder.path(), store, &copy);
    assert_eq!(active(&store).len(), 3, "the database knows of nothing");
    let heeded = store.heed_suppressions().unwrap();
    assert_eq!((heeded.left, heeded.forgotten), (1, 1));
    assert_eq!(active(&store), ["eve@example.org"]);
    assert_eq!(store.heed_suppressions().unwrap(), Default::default(), "once");
    assert!(store.left_at(&address("ana@example.org")).unwrap().is_some());

    // A line that was cut off says nothing, and what is added after it is read.
    let file = folder.path().join("suppressions");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}{}", &text.lines().last().unwrap()[..70])).unwrap();
    store.unsubscribe(&address("eve@example.org"), at(3)).unwrap();
    let mut store = killed(folder.path(), store, &copy);
    assert_eq!(store.heed_suppressions().unwrap().left, 2);
    assert_eq!(active(&store), [] as [&str; 0]);
}

#[test]
fn whoever_asked_again_since_keeps_their_letters() {
    let (folder, mut store, copy) = with_copy(&["ana@example.org"]);
    store.unsubscribe(&address("ana@example.org"), at(2)).unwrap();
    let mut again = asked_by("ana@example.org", Language::En, Subscription::default());
    again.consent.given_at = at(3);
    store.subscribe(&again).unwrap();
    let newer = folder.path().join("newer");
    store.copy_to(&newer).unwrap();
    let mut store = killed(folder.path(), store, &newer);
    store.heed_suppressions().unwrap();
    assert_eq!(active(&store), ["ana@example.org"]);
    // The copy from before knows only of the consent that ended.
    let mut store = killed(folder.path(), store, &copy);
    assert_eq!(store.heed_suppressions().unwrap().left, 1);
    assert_eq!(active(&store), [] as [&str; 0]);
}

#[test]
fn the_file_and_the_database_mend_each_other() {
    let (folder, mut store, copy) =
        with_copy(&["ana@example.org", "ben@example.org", "eve@example.org"]);
    let file = folder.path().join("suppressions");
    store.unsubscribe(&address("ana@example.org"), at(2)).unwrap();
    let older = fs::read(&file).unwrap();
    store.forget(&address("ben@example.org"), at(3)).unwrap();
    // The file is put back from an older copy: the database adds what that has not.
    fs::write(&file, older).unwrap();
    store.heed_suppressions().unwrap();
    assert!(store.left_at(&address("ben@example.org")).unwrap().is_some());
    // It is lost: whose address is known is listed anew. Who was forgotten is no longer recognised, and that is said.
    fs::remove_file(&file).unwrap();
    store.heed_suppressions().unwrap();
    assert!(store.left_at(&address("ana@example.org")).unwrap().is_some());
    assert_eq!(store.left_at(&address("ben@example.org")).unwrap(), None);
    assert_eq!(store.suppression_state().unwrap().n_unknown, 1);
    let mut store = killed(folder.path(), store, &copy);
    assert_eq!(store.heed_suppressions().unwrap().left, 1);
    assert_eq!(active(&store), ["ben@example.org", "eve@example.org"]);
    // Damaged, nobody is written to until somebody has seen to it.
    fs::write(&file, "not ours\n").unwrap();
    assert!(store.heed_suppressions().is_err());
    assert!(store.unsubscribe(&address("eve@example.org"), at(4)).is_err());
}

#[test]
fn a_hash_cannot_be_tried_without_the_file() {
    let lines = |folder: &Path| {
        let text = fs::read_to_string(folder.join("suppressions")).unwrap();
        text.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned()
    };
    let hashes = [1, 2].map(|_| {
        let (folder, mut store, _) = with_copy(&["ana@example.org"]);
        store.unsubscribe(&address("ana@example.org"), at(2)).unwrap();
        let hash = lines(folder.path());
        drop(store);
        assert!(naming(folder.path(), &hash).len() > 1, "the database has it too");
        let text = fs::read_to_string(folder.path().join("suppressions")).unwrap();
        let key = text.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
        assert_eq!(naming(folder.path(), &key), [folder.path().join("suppressions")]);
        hash
    });
    assert_ne!(hashes[0], hashes[1], "each installation has a key of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_forgotten_by_a_button_and_may_sign_up_again() {
    let place = Place::open().await;
    let (ana, ben) = (place.join("ana@example.org").await, place.join("ben@example.org").await);
    assert!(get(place.at, &format!("/en/manage/{ana}")).body.contains("Forget my address"));
    assert!(get(place.at, &format!("/fr/leave/{ana}")).body.contains("Oublier mon adresse"));
    let path = format!("/fr/forget/{ana}");
    let asks = get(place.at, &path);
    assert!(asks.body.contains("Oublier votre adresse") && asks.body.contains("a…@example.org"));
    assert!(!naming(place.folder(), "ana@example.org").is_empty(), "looking forgets nobody");
    let done = post(place.at, &path, "");
    assert!(done.status == 200 && done.body.contains("Votre adresse est oubliée"), "{}", done.body);
    assert_eq!(naming(place.folder(), "ana@example.org"), [] as [PathBuf; 0]);
    assert_eq!(post(place.at, &path, "").status, 200, "twice is as good as once");
    // The links in their letters still answer.
    assert_eq!(post(place.at, &format!("/leave/{ana}"), "List-Unsubscribe=One-Click").status, 200);
    assert!(get(place.at, &format!("/en/manage/{ana}")).body.contains("You get no more letters"));
    assert_eq!(
        post(place.at, "/en/forget/0123456789012345678901234567890123456789", "").status,
        404
    );
    assert!(get(place.at, &format!("/en/manage/{ben}")).body.contains("b…@example.org"));
    let again = place.join("ANA@example.org").await;
    assert!(get(place.at, &format!("/en/manage/{again}")).body.contains("A…@example.org"));
}
