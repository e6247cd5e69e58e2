//! Who has left, in a file beside the database: a database that is put back from an older copy must not write to
//! them again.
//!
//! The file, `suppressions`, is only ever added to. Its first line holds a random key; each other line says that an
//! address left, and when and why, and names the address by its hash under that key. Whoever has the database or a
//! copy of it, but not the file, cannot find out whether an address is among them.
//!
//! A line is on the disk before the database says that somebody has left. So whatever is lost, the file knows: what
//! it has and the database has not is taken in ([`Store::heed_suppressions`]) before anything is sent. What the
//! database has and the file has not is added to the file. Where the file is lost, it is made again of those whose
//! addresses the database still has; only who was forgotten can then no longer be recognised.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::{
    Store, StoreError,
    error::Trouble,
    forget,
    open::{create_private, hand_over},
    rows::{Cells, Table, all, micros, number, run},
    subscribers,
};
use crate::model::{EmailAddress, SubscriberId};

const TABLE: Table = Table { name: "suppression", key: "hash" };

/// The file's name in the state directory.
const FILE: &str = "suppressions";

/// What its first line begins with; the key follows.
const HEAD: &str = "rulewatch suppressions 1 ";

/// The length of a key in bytes.
const KEY: usize = 32;

/// Why nothing is sent to an address any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaving {
    /// They left.
    Left,
    /// They left, and nothing about them is kept.
    Forgotten,
}

impl Leaving {
    const ALL: [Self; 2] = [Self::Left, Self::Forgotten];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Forgotten => "forgotten",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What was taken in of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heeded {
    /// How many readers had left, and were to be sent letters by this database.
    pub left: usize,
    /// About how many people something was held that had been forgotten.
    pub forgotten: usize,
}

/// How the file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionState {
    /// Where it is.
    pub path: PathBuf,
    /// How many times somebody left whose address can no longer be recognised, because the file was lost.
    pub n_unknown: u64,
}

/// That an address left, by its hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    hash: String,
    left_at: Timestamp,
    why: Leaving,
}

impl Entry {
    fn line(&self) -> String {
        format!("{} {} {}\n", self.hash, self.left_at, self.why.word())
    }

    /// Reads a line; `None` for one that was cut off when the program was killed.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let hash = words.next().filter(|hash| hash.len() == KEY * 2)?.to_owned();
        let left_at = words.next()?.parse().ok()?;
        let why = Leaving::from_word(words.next()?)?;
        words.next().is_none().then_some(Self { hash, left_at, why })
    }
}

/// The file.
struct Suppressions {
    path: PathBuf,
    key: Vec<u8>,
    /// The length when it was read, in bytes.
    size: u64,
    /// Whether the last line is whole.
    is_ended: bool,
    entries: BTreeSet<Entry>,
}

impl Suppressions {
    /// Reads the file beside a database; `None` where there is none.
    fn read(path: PathBuf) -> Result<Option<Self>, StoreError> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::KeepSuppressions { path, source }),
        };
        let head = text.lines().next().and_then(|line| line.strip_prefix(HEAD));
        let Some(key) = head.and_then(key_of) else {
            let source = io::Error::new(io::ErrorKind::InvalidData, "its first line has no key");
            return Err(StoreError::KeepSuppressions { path, source });
        };
        let entries = text.lines().skip(1).filter_map(Entry::read).collect();
        let (size, is_ended) = (text.len() as u64, text.ends_with('\n'));
        Ok(Some(Self { path, key, size, is_ended, entries }))
    }

    /// Makes the file, with a new key, and makes sure that it is on the disk.
    fn make(path: PathBuf) -> Result<Self, StoreError> {
        let mut key = vec![0; KEY];
        getrandom::fill(&mut key).map_err(|e| StoreError::Random { why: e.to_string() })?;
        let head = format!("{HEAD}{}\n", HEXLOWER.encode(&key));
        let unfinished = path.with_extension("unfinished");
        let written = match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => create_private(&unfinished),
        };
        let written = written
            .and_then(|()| append(&unfinished, &head))
            .inspect(|()| hand_over(&unfinished))
            .and_then(|()| fs::rename(&unfinished, &path))
            .and_then(|()| sync_directory(&path));
        if let Err(source) = written {
            return Err(StoreError::KeepSuppressions { path, source });
        }
        let size = head.len() as u64;
        Ok(Self { path, key, size, is_ended: true, entries: BTreeSet::new() })
    }

    /// Adds entries, and makes sure that they are on the disk.
    fn add(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let end = if self.is_ended { "" } else { "\n" };
        let lines: String = entries.iter().map(Entry::line).collect();
        let text = format!("{end}{lines}");
        append(&self.path, &text).map_err(|source| {
            let path = self.path.clone();
            StoreError::KeepSuppressions { path, source }
        })?;
        self.size += text.len() as u64;
        self.is_ended = true;
        self.entries.extend(entries.iter().cloned());
        Ok(())
    }

    /// The hash of an address, however its case is spelt. The key has one length, so no two addresses run
    /// together with it; nobody sees a hash of what they choose.
    fn hash(&self, address: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(&self.key);
        hasher.update(address.to_ascii_lowercase().as_bytes());
        HEXLOWER.encode(&hasher.finalize())
    }

    /// Which key it has.
    fn key_id(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.key)[..8])
    }
}

impl Store {
    /// Takes in what the file says of who has left, where this database does not know it: nothing more is sent to
    /// them, and what is held about somebody who was forgotten is deleted again. Whoever confirmed since that they
    /// want letters keeps them. Usually there is nothing new, which costs one look at the length of the file.
    ///
    /// # Errors
    /// When the file cannot be read or added to, or the database cannot be written.
    pub fn heed_suppressions(&mut self) -> Result<Heeded, StoreError> {
        let path = beside(&self.path);
        let size = match fs::metadata(&path) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(source) => return Err(StoreError::KeepSuppressions { path, source }),
        };
        let known = self.read("how much is known of who has left", taken_in)?;
        if known.is_some_and(|(_, known)| known == size) {
            return Ok(Heeded::default());
        }
        let (_, heeded) = self.write("heed who has left", |tx| heed(tx, path))?;
        if heeded != Heeded::default() {
            let Heeded { left, forgotten } = heeded;
            tracing::warn!(
                left,
                forgotten,
                "this database is older than the file of who has left: nothing is sent to them"
            );
        }
        Ok(heeded)
    }

    /// When an address left for the last time; `None` if it never did, or is subscribed.
    ///
    /// # Errors
    /// When the file or the database cannot be read.
    pub fn left_at(&self, address: &EmailAddress) -> Result<Option<Timestamp>, StoreError> {
        let Some(file) = Suppressions::read(beside(&self.path))? else { return Ok(None) };
        if self.subscriber(address)?.is_some() {
            return Ok(None);
        }
        let hash = file.hash(address.as_str());
        let of_address = file.entries.iter().filter(|entry| entry.hash == hash);
        Ok(of_address.map(|entry| entry.left_at).max())
    }

    /// How the file of who has left stands.
    ///
    /// # Errors
    /// When it or the database cannot be read.
    pub fn suppression_state(&self) -> Result<SuppressionState, StoreError> {
        let path = beside(&self.path);
        let file = Suppressions::read(path.clone())?;
        let key = file.map(|file| file.key_id()).unwrap_or_default();
        let sql = "SELECT count(*) FROM suppression WHERE key <> ?1 AND why = 'forgotten'";
        let n_unknown: i64 = self.read("who is no longer recognised", |connection| {
            Ok(connection.prepare_cached(sql)?.query_row([&key], |row| row.get(0))?)
        })?;
        Ok(SuppressionState { path, n_unknown: n_unknown.unsigned_abs() })
    }
}

/// Notes that an address leaves: in the file, which is on the disk first, and in the database. Only one transaction
/// at a time writes, so only one process adds to the file.
pub(super) fn note(
    connection: &Connection,
    address: &EmailAddress,
    left_at: Timestamp,
    why: Leaving,
) -> Result<(), Trouble> {
    let Some(path) = connection.path().filter(|path| !path.is_empty()).map(Path::new) else {
        return Ok(());
    };
    // All of it is known first, so that its length may be noted.
    let mut file = match heed(connection, beside(path))? {
        (Some(file), _) => file,
        (None, _) => Suppressions::make(beside(path))?,
    };
    let entry = Entry { hash: file.hash(address.as_str()), left_at: to_micros(left_at), why };
    if file.entries.contains(&entry) {
        return Ok(());
    }
    file.add(std::slice::from_ref(&entry))?;
    put(connection, &file.key_id(), &entry)?;
    note_size(connection, &file.key_id(), file.size)
}

/// Takes in what the file has and the database has not, and the other way round. Returns the file, if there is one.
fn heed(connection: &Connection, path: PathBuf) -> Result<(Option<Suppressions>, Heeded), Trouble> {
    let known = taken_in(connection)?;
    let mut file = match Suppressions::read(path.clone())? {
        Some(file) => file,
        None => {
            if known.as_ref().is_some_and(|(_, size)| *size > 0) {
                tracing::warn!(file = %path.display(), "the file of who has left is lost");
            }
            if who_left(connection)?.is_empty() {
                note_size(connection, "", 0)?;
                return Ok((None, Heeded::default()));
            }
            Suppressions::make(path)?
        }
    };
    let key = file.key_id();
    if known == Some((key.clone(), file.size)) {
        return Ok((Some(file), Heeded::default()));
    }
    let known = entries(connection, &key)?;
    let new: Vec<Entry> = file.entries.difference(&known).cloned().collect();
    let mut missing: Vec<Entry> = known.difference(&file.entries).cloned().collect();
    missing.extend(unlisted(connection, &file)?);
    file.add(&missing)?;
    for entry in new.iter().chain(&missing) {
        put(connection, &key, entry)?;
    }
    note_size(connection, &key, file.size)?;
    let heeded = apply(connection, &file, &new)?;
    Ok((Some(file), heeded))
}

/// Those who left before there was a file, or whose lines were lost with it.
fn unlisted(connection: &Connection, file: &Suppressions) -> Result<Vec<Entry>, Trouble> {
    let listed: BTreeSet<&str> = file.entries.iter().map(|entry| entry.hash.as_str()).collect();
    let gone = who_left(connection)?.into_iter().map(|(address, left_at)| Entry {
        hash: file.hash(&address),
        left_at,
        why: Leaving::Left,
    });
    Ok(gone.filter(|entry| !listed.contains(entry.hash.as_str())).collect())
}

/// Has those leave of whom only the file knew that they had.
fn apply(connection: &Connection, file: &Suppressions, new: &[Entry]) -> Result<Heeded, Trouble> {
    let mut heeded = Heeded::default();
    if new.is_empty() {
        return Ok(heeded);
    }
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for address in forget::addresses(connection)? {
        known.insert(file.hash(&address), address);
    }
    for entry in new {
        let Some(address) = known.get(&entry.hash) else { continue };
        let Ok(address) = EmailAddress::parse(address) else { continue };
        let sql = "SELECT id, (SELECT max(given) FROM (SELECT s.consent_given_at AS given UNION ALL
                SELECT x.consent_given_at FROM subscription AS x
                WHERE x.subscriber = s.id AND x.ended_at IS NULL)) AS given
            FROM subscriber AS s WHERE s.address = ?1 AND s.left_at IS NULL";
        let mut statement = connection.prepare_cached(sql)?;
        let active: Option<(i64, i64)> = statement
            .query_row([address.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if active.is_some_and(|(_, given)| given > micros(entry.left_at)) {
            continue;
        }
        if entry.why == Leaving::Forgotten {
            forget::delete(connection, &address, entry.left_at)?;
            heeded.forgotten += 1;
        } else if let Some((reader, _)) = active {
            subscribers::end(connection, SubscriberId(reader), entry.left_at)?;
            heeded.left += 1;
        }
    }
    Ok(heeded)
}

/// The addresses of those who left and did not come back, and when they left.
fn who_left(connection: &Connection) -> Result<Vec<(String, Timestamp)>, Trouble> {
    let sql = "SELECT id AS hash, address, max(left_at) AS left_at FROM subscriber AS s
        WHERE left_at IS NOT NULL AND address <> '' AND NOT EXISTS (
            SELECT 1 FROM subscriber AS n WHERE n.address = s.address AND n.left_at IS NULL)
        GROUP BY address";
    all(connection, sql, [], TABLE, |cells| Ok((cells.get("address")?, cells.moment("left_at")?)))
}

/// What the database has of a key.
fn entries(connection: &Connection, key: &str) -> Result<BTreeSet<Entry>, Trouble> {
    let sql = "SELECT hash, left_at, why FROM suppression WHERE key = ?1";
    let read = |cells: &Cells<'_, '_>| {
        Ok(Entry {
            hash: cells.get("hash")?,
            left_at: cells.moment("left_at")?,
            why: cells.word("why", Leaving::from_word)?,
        })
    };
    Ok(all(connection, sql, [key], TABLE, read)?.into_iter().collect())
}

fn put(connection: &Connection, key: &str, entry: &Entry) -> Result<(), Trouble> {
    let sql = "INSERT INTO suppression (key, hash, left_at, why) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO NOTHING";
    let Entry { hash, left_at, why } = entry;
    run(connection, sql, params![key, hash, micros(*left_at), why.word()]).map(drop)
}

/// The key and the length of the file that was taken in.
fn taken_in(connection: &Connection) -> Result<Option<(String, u64)>, Trouble> {
    let sql = "SELECT key, size_bytes FROM suppression_file";
    let mut statement = connection.prepare_cached(sql)?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
    Ok(statement.query_row([], row).optional()?)
}

fn note_size(connection: &Connection, key: &str, size: u64) -> Result<(), Trouble> {
    let sql = "INSERT INTO suppression_file (id, key, size_bytes) VALUES (1, ?1, ?2)
        ON CONFLICT (id) DO UPDATE SET key = ?1, size_bytes = ?2";
    let size = number(usize::try_from(size).unwrap_or(usize::MAX));
    run(connection, sql, params![key, size]).map(drop)
}

/// The file beside a database.
fn beside(database: &Path) -> PathBuf {
    database.with_file_name(FILE)
}

/// A moment as the database keeps it.
fn to_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(micros(at)).unwrap_or(at)
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    fs::File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

fn key_of(text: &str) -> Option<Vec<u8>> {
    HEXLOWER.decode(text.as_bytes()).ok().filter(|key| key.len() == KEY)
}
