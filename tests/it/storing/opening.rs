//! Opening: who may read it, what is refused, and that what is refused is left alone.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

use rulewatch::{
    model::CheckOutcome,
    store::{CheckRecord, Store, StoreError, snapshot_id},
};

use super::{baseline, count, facts, key, march, source, store, stranger, version};

/// Every file of a directory with a hash of its bytes. Left out are the log's index, which is only
/// memory that processes share, and an empty log, which whoever looks makes and which says nothing.
fn files(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with("-shm"))
        .filter(|path| fs::metadata(path).unwrap().len() > 0)
        .map(|path| (path.clone(), snapshot_id(&fs::read(&path).unwrap()).to_string()))
        .collect();
    files.sort();
    files
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::TempDir::new().unwrap();
    let state = directory.path().join("state/rulewatch");
    let mut store = Store::open(&state).unwrap();
    baseline(&mut store, "fees", march(1), b"page", &facts("fees.pr", &[]));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    for file in ["rulewatch.db", "rulewatch.db-wal", "rulewatch.db-shm"] {
        assert_eq!(mode(&state.join(file)), 0o600, "{file}");
    }
}

#[test]
fn what_was_written_is_there_when_it_is_opened_again() {
    let (directory, mut store) = store();
    let said = facts("fees.pr", &[("a", "100")]);
    baseline(&mut store, "fees", march(1), b"page", &said);
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.facts(&source("fees")).unwrap(), said);
    assert_eq!(store.path(), directory.path().join("rulewatch.db"));
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_copy_is_whole_and_private() {
    let (directory, mut store) = store();
    let said = facts("fees.pr", &[("a", "100")]);
    baseline(&mut store, "fees", march(1), b"page", &said);
    let copies = tempfile::TempDir::new().unwrap();
    let copy = copies.path().join("copy.db");
    store.copy_to(&copy).unwrap();
    assert!(store.copy_to(&copy).is_err(), "never over what is there");
    assert!(store.copy_to(&directory.path().join("no/such/place.db")).is_err());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let copy = Store::open(&copy).unwrap();
    assert_eq!(copy.facts(&source("fees")).unwrap(), said);
    assert_eq!(copy.integrity_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_newer_database_is_refused_and_not_touched() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"page", &facts("fees.pr", &[("a", "100")]));
    drop(store);
    // A crash left the newer program's last words in the log: they must stay there too.
    let newer = stranger(directory.path());
    newer.execute_batch("PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 99;").unwrap();
    newer
        .execute_batch("CREATE TABLE of_the_future (x); INSERT INTO of_the_future VALUES (1);")
        .unwrap();
    let crashed = tempfile::TempDir::new().unwrap();
    for (path, _) in files(directory.path()) {
        fs::copy(&path, crashed.path().join(path.file_name().unwrap())).unwrap();
    }
    drop(newer);
    for directory in [directory.path(), crashed.path()] {
        let before = files(directory);
        for refused in [Store::open(directory), Store::open_read_only(directory)] {
            let fault = refused.unwrap_err();
            assert!(matches!(fault, StoreError::NewerDatabase { found: 99, known: 20, .. }));
            assert!(fault.to_string().contains("use the newer program"), "{fault}");
        }
        assert_eq!(files(directory), before);
        assert_eq!(count(&stranger(directory), "of_the_future"), 1);
    }
}

#[test]
fn another_programs_database_is_refused_and_not_touched() {
    let directory = tempfile::TempDir::new().unwrap();
    stranger(directory.path()).execute_batch("CREATE TABLE snapshot (id)").unwrap();
    let before = files(directory.path());
    let fault = Store::open(directory.path()).unwrap_err();
    assert!(matches!(fault, StoreError::ForeignDatabase { .. }));
    assert_eq!(files(directory.path()), before);
    let text = directory.path().join("text.db");
    fs::write(
        &text,
        "not a database, and longer than the header of one by a good deal: ".repeat(9),
    )
    .unwrap();
    let fault = Store::open(&text).unwrap_err();
    assert!(matches!(fault, StoreError::OpenDatabase { .. }) && !fault.is_locked());
}

#[test]
fn reading_only_makes_nothing_and_migrates_nothing() {
    let directory = tempfile::TempDir::new().unwrap();
    let fault = Store::open_read_only(directory.path()).unwrap_err();
    assert!(matches!(fault, StoreError::NoDatabase { .. }));
    assert_eq!(files(directory.path()), []);

    let mut store = Store::open(directory.path()).unwrap();
    baseline(&mut store, "fees", march(1), b"page", &facts("fees.pr", &[("a", "100")]));
    let mut reader = Store::open_read_only(directory.path()).unwrap();
    assert_eq!(reader.facts(&source("fees")).unwrap().len(), 1);
    let of = source("fees");
    let check = CheckRecord::new(&of, version(&reader, &of), march(2), &CheckOutcome::Baseline);
    let fault = reader.record_check(&check).unwrap_err();
    assert!(fault.to_string().contains("`record check`"), "{fault}");

    drop((store, reader));
    stranger(directory.path()).execute_batch("PRAGMA user_version = 0").unwrap();
    let fault = Store::open_read_only(directory.path()).unwrap_err();
    assert!(matches!(fault, StoreError::OlderDatabase { found: 0, known: 20, .. }));
    fs::write(directory.path().join("rulewatch.db"), "").unwrap();
    let fault = Store::open_read_only(directory.path()).unwrap_err();
    assert!(matches!(fault, StoreError::EmptyDatabase { .. }));
}

#[test]
fn a_database_of_the_first_format_is_brought_up_to_date_with_all_it_holds() {
    let directory = tempfile::TempDir::new().unwrap();
    let first = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/01-start/up.sql");
    let old = stranger(directory.path());
    old.execute_batch(&fs::read_to_string(first).unwrap()).unwrap();
    old.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO check_run (source, started_at, seen_at, ended_at, outcome, accepted)
             VALUES ('fees', 1, 1, 1, 'baseline', 1);
         INSERT INTO fact_set (source, fact, check_id, seen_at, kind, notes, effective)
             VALUES ('fees', 'fees.pr', 1, 1, 'fees', '[]', 'as_of');
         INSERT INTO record (source, fact, record) VALUES ('fees', 'fees.pr', 'a');
         INSERT INTO record_state (record_id, check_id, seen_at, fields)
             VALUES (1, 1, 1, '{}');",
    )
    .unwrap();
    drop(old);
    let store = Store::open(directory.path()).unwrap();
    let set = store.facts(&source("fees")).unwrap().remove(&key("fees.pr")).unwrap();
    assert_eq!(set.records.len(), 1);
    assert_eq!(set.dates.effective.unwrap().as_str(), "as_of");
    assert_eq!(set.dates.expires, None);
}

#[test]
fn processes_that_start_at_once_share_one_database() {
    let directory = tempfile::TempDir::new().unwrap();
    thread::scope(|scope| {
        let openers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| Store::open(directory.path()).map(drop))).collect();
        for opener in openers {
            opener.join().unwrap().unwrap();
        }
    });
}

#[test]
fn a_reader_reads_while_a_writer_writes() {
    let (directory, mut writer) = store();
    baseline(&mut writer, "fees", march(1), b"page", &facts("fees.pr", &[("a", "0")]));
    let reader = Store::open_read_only(directory.path()).unwrap();
    let (done, is_done) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            for n in 1..=60_u8 {
                let value = n.to_string();
                // Two records that always say the same: a reader must never see them differ.
                let said = facts("fees.pr", &[("a", &value), ("b", &value)]);
                baseline(&mut writer, "fees", march(2), &[n], &said);
            }
            done.send(()).unwrap();
        });
        let mut reads = 0;
        while is_done.try_recv().is_err() {
            let (_, set) = reader.fact(&key("fees.pr")).unwrap().remove(0);
            let said: Vec<_> = set.records.values().map(|record| &record.fields).collect();
            assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
            reads += 1;
        }
        assert!(reads > 0, "the reader was kept waiting");
    });
    let (_, set) = reader.fact(&key("fees.pr")).unwrap().remove(0);
    assert_eq!(set, facts("fees.pr", &[("a", "60"), ("b", "60")]).remove(&key("fees.pr")).unwrap());
}
