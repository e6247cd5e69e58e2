//! Forgets an address: what is held about it is deleted, and overwritten in the file.
//!
//! What stays is that somebody was subscribed from one day to another, without address or wish, so that the links
//! in their letters still answer; and a hash beside the database, so that nobody subscribes them again unasked.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use data_encoding::BASE64;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    Store, StoreError, delivery,
    error::Trouble,
    rows::{Cells, Table, all, first, micros, run},
    suppression::{self, Leaving},
};
use crate::model::{DeliveryId, EmailAddress, Key};

const TABLE: Table = Table { name: "subscriber", key: "id" };

/// How much of a file is searched at a time, in bytes.
const PIECE: usize = 1 << 20;

/// What was deleted about an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forgot {
    /// How many times they had subscribed, ended ones included.
    pub n_subscriptions: usize,
    /// The letters to them, sent or not.
    pub letters: Vec<DeliveryId>,
}

impl Store {
    /// Deletes what is held about an address, and notes beside the database that it left. Case does not matter.
    /// An address of which nothing is held is noted all the same: nobody subscribes it unasked from now on.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is deleted.
    pub fn forget(&mut self, address: &EmailAddress, at: Timestamp) -> Result<Forgot, StoreError> {
        self.write("forget an address", |tx| {
            suppression::note(tx, address, at, Leaving::Forgotten)?;
            delete(tx, address, at)
        })
    }

    /// Returns the address of the reader of a key: `None` for an unknown key, and no address where the reader is
    /// forgotten already.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn address_of_key(&self, key: &Key) -> Result<Option<Option<EmailAddress>>, StoreError> {
        let Some(reader) = self.reader_of_key(key)? else { return Ok(None) };
        let sql = "SELECT id, address FROM subscriber WHERE id = ?1 AND address <> ''";
        let address = self.read("whose address it is", |connection| {
            first(connection, sql, [reader.0], TABLE, |cells| {
                cells.parsed("address", EmailAddress::parse)
            })
        })?;
        Ok(Some(address))
    }

    /// Empties the write-ahead log into the database, where what was deleted is overwritten. `false`: another
    /// process is reading, and the log still holds it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: i64 = self
            .connection
            .query_row(sql, [], |row| row.get(0))
            .map_err(|error| Trouble::from(error).writing("empty the log"))?;
        Ok(is_busy == 0)
    }

    /// Returns the files of the database whose bytes still name an address. Where one does, a program that did
    /// not overwrite what it deleted left it: then the database is written anew, and searched again.
    ///
    /// # Errors
    /// When a file cannot be read, or the database cannot be written.
    pub fn wipe(&self, address: &EmailAddress) -> Result<Vec<PathBuf>, StoreError> {
        self.empty_log()?;
        if self.naming(address)?.is_empty() {
            return Ok(Vec::new());
        }
        self.connection
            .execute_batch("VACUUM")
            .map_err(|error| Trouble::from(error).writing("write the database anew"))?;
        self.empty_log()?;
        self.naming(address)
    }

    fn naming(&self, address: &EmailAddress) -> Result<Vec<PathBuf>, StoreError> {
        let mut log = self.path().as_os_str().to_owned();
        log.push("-wal");
        let mut found = Vec::new();
        for path in [self.path().to_owned(), PathBuf::from(log)] {
            match names(&path, address.as_str()) {
                Ok(true) => found.push(path),
                Ok(false) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(StoreError::SearchFile { path, source }),
            }
        }
        Ok(found)
    }
}

/// Deletes what is held about an address, wherever it stands.
pub(super) fn delete(
    connection: &Connection,
    address: &EmailAddress,
    at: Timestamp,
) -> Result<Forgot, Trouble> {
    let who = address.as_str();
    run(connection, "DELETE FROM signup WHERE address = ?1", [who])?;
    // Letters to the operator go to the operator, also where the operator reads alerts too.
    let theirs = "SELECT id FROM delivery WHERE (subscriber IN (SELECT id FROM subscriber WHERE address = ?1)
        OR to_address = ?1 COLLATE NOCASE) AND kind <> 'operator'";
    let letters = all(connection, theirs, [who], delivery::TABLE, |cells| {
        cells.parsed("id", DeliveryId::parse)
    })?;
    let of_reader = "subscriber IN (SELECT id FROM subscriber WHERE address = ?1)";
    run(connection, &format!("DELETE FROM digest_item WHERE {of_reader}"), [who])?;
    for letter in &letters {
        for sql in [
            "UPDATE delivery SET to_address = '' WHERE id = ?1",
            "DELETE FROM attempt WHERE delivery = ?1",
            "DELETE FROM bounce WHERE delivery = ?1",
            "DELETE FROM delivery WHERE id = ?1",
        ] {
            run(connection, sql, [letter.as_str()])?;
        }
    }
    delete_from_operators(connection, address, at)?;
    let wishes = format!("DELETE FROM subscription WHERE {of_reader}");
    let n_subscriptions = run(connection, &wishes, [who])?;
    let blank = "UPDATE subscriber SET address = '', consent_wording = '', token_hash = NULL,
        left_at = coalesce(left_at, ?2) WHERE address = ?1";
    run(connection, blank, params![who, micros(at)])?;
    Ok(Forgot { n_subscriptions, letters })
}

/// Deletes the letters to the operator that name an address. One that was sent is not read again: no text of those
/// is kept. One that is due is cancelled.
fn delete_from_operators(
    connection: &Connection,
    address: &EmailAddress,
    at: Timestamp,
) -> Result<(), Trouble> {
    let told = "UPDATE delivery SET message = NULL, message_bytes = NULL
        WHERE kind = 'operator' AND state <> 'due' AND message IS NOT NULL";
    run(connection, told, [])?;
    let due = "SELECT id, message, message_bytes FROM delivery
        WHERE kind = 'operator' AND state = 'due' AND message IS NOT NULL";
    let letters = all(connection, due, [], delivery::TABLE, |cells| {
        Ok((cells.get::<String>("id")?, cells.unpacked_if("message", "message_bytes")?))
    })?;
    let wanted = address.as_str().to_ascii_lowercase();
    for (id, message) in letters {
        if says(&message.unwrap_or_default(), &wanted) {
            let cancel = "UPDATE delivery SET state = 'cancelled', settled_at = ?2, message = NULL,
                message_bytes = NULL WHERE id = ?1";
            run(connection, cancel, params![id, micros(at)])?;
        }
    }
    Ok(())
}

/// Whether a letter has these words, in small letters: plainly, quoted-printable, or in a text in base64.
fn says(message: &[u8], wanted: &str) -> bool {
    let has = |text: &str| text.to_ascii_lowercase().contains(wanted);
    let text = String::from_utf8_lossy(message).replace("\r\n", "\n");
    // Long lines are broken, and an equals sign says so.
    if has(&text) || has(&text.replace("=\n", "").replace("=40", "@")) {
        return true;
    }
    let of_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let is_packed = |line: &&str| !line.is_empty() && line.chars().all(of_base64);
    let lines: Vec<&str> = text.lines().collect();
    let mut packed = lines.chunk_by(|a, b| is_packed(a) == is_packed(b));
    packed.any(|lines| {
        let unpacked = BASE64.decode(lines.concat().as_bytes());
        unpacked.is_ok_and(|bytes| has(&String::from_utf8_lossy(&bytes)))
    })
}

/// Every address that is held.
pub(super) fn addresses(connection: &Connection) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT 0 AS id, address FROM subscriber WHERE address <> ''
        UNION SELECT 0, address FROM signup WHERE address <> ''
        UNION SELECT 0, to_address FROM delivery WHERE kind <> 'operator'";
    all(connection, sql, [], TABLE, |cells: &Cells<'_, '_>| cells.get("address"))
}

/// Whether the bytes of a file name an address, in whatever case.
fn names(path: &Path, address: &str) -> io::Result<bool> {
    let wanted = address.to_ascii_lowercase().into_bytes();
    let mut file = File::open(path)?;
    let mut held: Vec<u8> = Vec::new();
    let mut piece = vec![0; PIECE];
    loop {
        let n = file.read(&mut piece)?;
        if n == 0 {
            return Ok(false);
        }
        held.extend(piece[..n].iter().map(u8::to_ascii_lowercase));
        if held.windows(wanted.len()).any(|bytes| bytes == wanted) {
            return Ok(true);
        }
        // An address may lie across two pieces.
        let keep = held.len().saturating_sub(wanted.len() - 1);
        held.drain(..keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_a_letter_however_it_is_encoded() {
        let letter = |encoding: &str, body: &str| {
            format!(
                "To: ops@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
                 Content-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
            )
        };
        let words = "Lettres à Ana@example.org reviennent";
        let packed = data_encoding::BASE64_MIME.encode(words.as_bytes());
        for (encoding, body) in [
            ("8bit", words),
            ("quoted-printable", "Lettres =C3=A0 Ana=40exam=\r\nple.org reviennent"),
            ("base64", &packed),
        ] {
            assert!(says(letter(encoding, body).as_bytes(), "ana@example.org"), "{encoding}");
            assert!(!says(letter(encoding, body).as_bytes(), "ben@example.org"), "{encoding}");
        }
    }
}
