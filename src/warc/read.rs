//! Reads the records of an archive.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use jiff::Timestamp;
use url::Url;

/// The longest head of a record, in bytes.
const HEAD: u64 = 64 * 1024;

/// One record of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcRecord {
    /// Its named fields, by lower-case name, in their order.
    pub fields: Vec<(String, String)>,
    /// Its block. Empty if it is longer than the limit.
    pub block: Vec<u8>,
    /// Whether its block is longer than the limit.
    pub is_too_long: bool,
}

impl WarcRecord {
    /// A named field, by its lower-case name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Its type: `response`, `resource`, `revisit`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.field("warc-type").unwrap_or_default()
    }

    /// The address it is about.
    #[must_use]
    pub fn target(&self) -> Option<Url> {
        // Some tools write it in angle brackets.
        let text = self.field("warc-target-uri")?.trim_matches(['<', '>']);
        Url::parse(text).ok()
    }

    /// When it was captured.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        self.field("warc-date")?.parse().ok()
    }

    /// The digest of its payload, as written.
    #[must_use]
    pub fn payload_digest(&self) -> Option<&str> {
        self.field("warc-payload-digest")
    }
}

/// Why an archive cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum WarcFault {
    /// The file.
    #[error("record {record}: {source}")]
    Read {
        /// Which record it is, from 1.
        record: usize,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something else is where a record should begin.
    #[error(
        "record {record} does not begin with WARC/1, but with `{found}`: this is not a web archive, or it is damaged"
    )]
    NoRecord {
        /// Which record it is, from 1.
        record: usize,
        /// What is there.
        found: String,
    },
    /// A record does not say how long it is.
    #[error("record {record} does not say how long it is (Content-Length)")]
    NoLength {
        /// Which record it is, from 1.
        record: usize,
    },
}

/// Goes through the records of an archive, plain or compressed; `each` ends the walk with an error. A block
/// over `limit` bytes is passed over.
///
/// # Errors
/// When it is cut off, damaged or not an archive, or `each` fails.
pub fn records<E: From<WarcFault>>(
    input: impl BufRead,
    limit: u64,
    mut each: impl FnMut(WarcRecord) -> Result<(), E>,
) -> Result<(), E> {
    let mut input = input;
    let is_packed = {
        let start = input.fill_buf().map_err(|source| WarcFault::Read { record: 1, source })?;
        start.starts_with(&[0x1f, 0x8b])
    };
    let mut input: Box<dyn BufRead + '_> = match is_packed {
        true => Box::new(BufReader::new(MultiGzDecoder::new(input))),
        false => Box::new(input),
    };
    let mut n = 0;
    loop {
        n += 1;
        let failed = |source| WarcFault::Read { record: n, source };
        let Some(first) = first_line(&mut input).map_err(failed)? else { return Ok(()) };
        if !first.starts_with("WARC/1") {
            let found = first.chars().take(40).collect();
            return Err(WarcFault::NoRecord { record: n, found }.into());
        }
        let fields = fields(&mut input).map_err(failed)?;
        let mut record = WarcRecord { fields, block: Vec::new(), is_too_long: false };
        let length = record.field("content-length").and_then(|text| text.parse::<u64>().ok());
        let length = length.ok_or(WarcFault::NoLength { record: n })?;
        let mut block = input.by_ref().take(length);
        if length > limit {
            record.is_too_long = true;
            let passed = io::copy(&mut block, &mut io::sink()).map_err(failed)?;
            whole(passed, length).map_err(failed)?;
        } else {
            let got = block.read_to_end(&mut record.block).map_err(failed)?;
            whole(got as u64, length).map_err(failed)?;
        }
        each(record)?;
    }
}

fn whole(got: u64, length: u64) -> io::Result<()> {
    if got == length {
        return Ok(());
    }
    let why = format!("it is cut off: {got} of {length} bytes are there");
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, why))
}

/// The first line of the next record; `None` at the end.
fn first_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    // Two empty lines come between records.
    loop {
        let Some(line) = line(input)? else { return Ok(None) };
        if !line.is_empty() {
            return Ok(Some(line));
        }
    }
}

fn line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    input.by_ref().take(HEAD).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.len() as u64 == HEAD {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a line of its head is too long"));
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn fields(input: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let (mut fields, mut size): (Vec<(String, String)>, usize) = (Vec::new(), 0);
    while let Some(line) = line(input)?.filter(|line| !line.is_empty()) {
        size += line.len();
        if size as u64 > HEAD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its head is too long"));
        }
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            // A line that continues the one before.
            (true, Some((_, value))) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<WarcRecord>, WarcFault> {
        let mut found = Vec::new();
        records(bytes, 100, |record| {
            found.push(record);
            Ok::<_, WarcFault>(())
        })?;
        Ok(found)
    }

    fn record(kind: &str, block: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://a.example/x>\r\n\
             WARC-Date: 2024-05-01T10:00:00Z\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    }

    #[test]
    fn records_are_read_one_by_one() {
        let text = record("resource", "one\r\n\r\ntwo") + &record("metadata", "");
        let found = read(text.as_bytes()).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].kind(), found[0].block.as_slice()),
            ("resource", &b"one\r\n\r\ntwo"[..])
        );
        assert_eq!(found[0].target().unwrap().as_str(), "https://a.example/x");
        assert_eq!(found[0].date().unwrap().to_string(), "2024-05-01T10:00:00Z");
        assert_eq!(read(b"").unwrap(), []);
    }

    #[test]
    fn what_is_no_archive_or_half_of_one_is_said() {
        let fault = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(fault(b"<html>").contains("`<html>`"));
        let text = record("resource", "0123456789");
        assert!(fault(&text.as_bytes()[..text.len() - 8]).contains("cut off: 6 of 10"));
        assert!(fault(b"WARC/1.0\r\nWARC-Type: resource\r\n\r\n").contains("Content-Length"));
        let endless = [b"WARC/1.0\r\nX: ".as_slice(), &vec![b'x'; 70_000]].concat();
        assert!(fault(&endless).contains("too long"));
    }

    #[test]
    fn a_block_over_the_limit_is_passed_over() {
        let text = record("resource", &"x".repeat(101)) + &record("resource", "y");
        let found = read(text.as_bytes()).unwrap();
        assert!(found[0].is_too_long && found[0].block.is_empty());
        assert_eq!(found[1].block, b"y");
    }
}
