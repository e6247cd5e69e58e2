//! Writes the records of an archive.

use std::io::{self, Write};

use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// A record to write.
#[derive(Debug, Clone, Copy)]
pub struct WrittenRecord<'a> {
    /// Its type.
    pub kind: &'a str,
    /// What its id is made from: the same content has the same id whenever it is written.
    pub name: &'a str,
    /// Its moment.
    pub at: Timestamp,
    /// The media type of its block.
    pub media: &'a str,
    /// Its other fields, such as `WARC-Target-URI`.
    pub fields: &'a [(&'a str, String)],
    /// Its block.
    pub block: &'a [u8],
}

/// Writes an archive, each record a gzip member of its own.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// Begins an archive.
    #[must_use]
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes a record; returns its id.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, record: &WrittenRecord<'_>) -> io::Result<String> {
        let id = id(record);
        // WARC 1.1 takes fractions of a second, and two captures may be in the same second.
        let date = record.at;
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {date}\r\n",
            record.kind
        );
        for (name, value) in record.fields {
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "WARC-Block-Digest: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            digest(record.block),
            record.media.replace(|c: char| c.is_control(), " "),
            record.block.len()
        ));
        let mut member = GzEncoder::new(&mut self.out, Compression::default());
        member.write_all(head.as_bytes())?;
        member.write_all(record.block)?;
        member.write_all(b"\r\n\r\n")?;
        member.finish()?;
        Ok(id)
    }

    /// Ends the archive and gives back what it was written to.
    ///
    /// # Errors
    /// When the last of it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// An id of the form that the format asks for, from the name of what is written: a UUID whose bits are those
/// of a hash (version 8).
fn id(record: &WrittenRecord<'_>) -> String {
    let hash = Sha256::digest(format!("rulewatch {} {} {}", record.kind, record.at, record.name));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    let part = |from: usize, to: usize| &hex[from..to];
    format!(
        "<urn:uuid:{}-{}-{}-{}-{}>",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

/// The digest of bytes as a record names it: SHA-256 in base 32.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut bits, mut n) = (String::from("sha256:"), 0_u32, 0);
    for byte in Sha256::digest(bytes) {
        bits = (bits << 8) | u32::from(byte);
        n += 8;
        while n >= 5 {
            n -= 5;
            text.push(char::from(LETTERS[(bits >> n) as usize & 31]));
        }
    }
    text.push(char::from(LETTERS[(bits << (5 - n)) as usize & 31]));
    while !(text.len() - "sha256:".len()).is_multiple_of(8) {
        text.push('=');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warc::{WarcFault, records};

    #[test]
    fn what_is_written_is_read_back() {
        let mut writer = Writer::new(Vec::new());
        let at = "2024-05-01T10:00:00.5Z".parse().unwrap();
        let target = [("WARC-Target-URI", "https://a.example/x\r\nX: y".to_owned())];
        let record = WrittenRecord {
            kind: "resource",
            name: "1",
            at,
            media: "text/html",
            fields: &target,
            block: b"<p>fee</p>",
        };
        let id = writer.write(&record).unwrap();
        assert_eq!(writer.write(&record).unwrap(), id, "the same whenever it is written");
        assert_ne!(writer.write(&WrittenRecord { name: "2", ..record }).unwrap(), id);
        let bytes = writer.finish().unwrap();
        let mut found = Vec::new();
        records(bytes.as_slice(), 100, |record| {
            found.push(record);
            Ok::<_, WarcFault>(())
        })
        .unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].block, b"<p>fee</p>");
        assert_eq!(found[0].field("warc-record-id"), Some(id.as_str()));
        assert_eq!(found[0].field("x"), None, "a value cannot begin another field");
    }

    #[test]
    fn a_digest_is_that_of_other_tools() {
        // python3: base64.b32encode(hashlib.sha256(b"").digest())
        let empty = "sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====";
        assert_eq!(digest(b""), empty);
    }
}
