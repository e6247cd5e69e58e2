//! Undoes what a server did to a body: the codings of `Content-Encoding` (RFC 9110, section 8.4).
//!
//! The client undoes `br` and `zstd`. What it would undo in part only is undone here: gzip of several members,
//! deflate without its wrapper, and one of these upon another.

use std::io::{self, Write as _};

use flate2::{Decompress, FlushDecompress, Status, write::GzDecoder};

/// The most codings one upon another.
const MOST: usize = 3;

/// The first bytes of a member of gzip.
const MEMBER: [u8; 2] = [0x1f, 0x8b];

/// The bytes that are unpacked at a time.
const PIECE: usize = 32 * 1024;

/// Why unpacking ended before its time.
pub(super) enum Halt {
    /// Nobody wants more of it.
    Enough,
    /// It is damaged.
    Damaged(io::Error),
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Damaged(error)
    }
}

/// Takes what was unpacked, piece by piece.
pub(super) type Taker<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Halt>;

/// The codings of a body, the last one applied first.
pub(super) struct Codings(Vec<Coding>);

/// One coding, as far as the body was read.
enum Coding {
    Gzip(Gzip),
    Deflate(Deflate),
}

impl Codings {
    /// Reads the value of the header; the value itself if it has a coding that is not undone here.
    pub(super) fn parse(value: &str) -> Result<Self, String> {
        let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
        let coding = |name: &str| match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Ok(Some(Coding::Gzip(Gzip::default()))),
            "deflate" => Ok(Some(Coding::Deflate(Deflate::default()))),
            "br" | "zstd" | "compress" | "x-compress" | "dcb" | "dcz" => Err(value.to_owned()),
            // Servers write other things here, as the name of a charset: like browsers, we pass over them.
            _ => Ok(None),
        };
        let found: Vec<Option<Coding>> = names.rev().map(coding).collect::<Result<_, _>>()?;
        let found: Vec<Coding> = found.into_iter().flatten().collect();
        if found.len() > MOST { Err(value.to_owned()) } else { Ok(Self(found)) }
    }

    /// Unpacks some bytes.
    pub(super) fn push(&mut self, bytes: &[u8], taker: Taker<'_>) -> Result<(), Halt> {
        push(&mut self.0, bytes, taker)
    }

    /// Unpacks what is left, and finds out whether that was all.
    pub(super) fn finish(&mut self, taker: Taker<'_>) -> Result<(), Halt> {
        for n in 0..self.0.len() {
            let (done, inner) = self.0.split_at_mut(n + 1);
            let mut next = |piece: &[u8]| push(inner, piece, taker);
            match &mut done[n] {
                Coding::Gzip(gzip) => gzip.finish(&mut next)?,
                Coding::Deflate(deflate) => deflate.finish()?,
            }
        }
        Ok(())
    }
}

fn push(codings: &mut [Coding], bytes: &[u8], taker: Taker<'_>) -> Result<(), Halt> {
    if bytes.is_empty() {
        return Ok(());
    }
    let Some((outer, inner)) = codings.split_first_mut() else { return taker(bytes) };
    let mut next = |piece: &[u8]| push(inner, piece, taker);
    match outer {
        Coding::Gzip(gzip) => gzip.push(bytes, &mut next),
        Coding::Deflate(deflate) => deflate.push(bytes, &mut next),
    }
}

/// Members of gzip, one after the other (RFC 1952, section 2.2).
enum Gzip {
    /// Before a member: the first of its bytes, and whether it is not the first.
    Before(Vec<u8>, bool),
    Member(Box<GzDecoder<Vec<u8>>>),
    /// What follows the last member is no part of the body: some servers fill a block up.
    Behind,
}

impl Default for Gzip {
    fn default() -> Self {
        Self::Before(Vec::new(), false)
    }
}

impl Gzip {
    fn push(&mut self, mut bytes: &[u8], next: Taker<'_>) -> Result<(), Halt> {
        while let Some((first, rest)) = bytes.split_first() {
            match self {
                Self::Behind => return Ok(()),
                Self::Before(seen, _) if seen.len() + 1 < MEMBER.len() => {
                    seen.push(*first);
                    bytes = rest;
                }
                Self::Before(seen, is_later) => {
                    seen.push(*first);
                    bytes = rest;
                    if *is_later && *seen != MEMBER {
                        *self = Self::Behind;
                        return Ok(());
                    }
                    let mut member = Box::new(GzDecoder::new(Vec::new()));
                    member.write_all(seen)?;
                    *self = Self::Member(member);
                }
                Self::Member(member) => {
                    let n = member.write(bytes)?;
                    bytes = &bytes[n..];
                    if n == 0 {
                        member.try_finish()?;
                    }
                    next(&std::mem::take(member.get_mut()))?;
                    if n == 0 {
                        *self = Self::Before(Vec::new(), true);
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, next: Taker<'_>) -> Result<(), Halt> {
        match self {
            Self::Member(member) => {
                member.try_finish()?;
                next(&std::mem::take(member.get_mut()))
            }
            Self::Before(seen, false) if !seen.is_empty() => Err(cut_off()),
            Self::Before(..) | Self::Behind => Ok(()),
        }
    }
}

/// Deflate: in the wrapper that belongs to it (RFC 1950), or without, as some servers send it.
#[derive(Default)]
struct Deflate {
    /// The first bytes, before it is known which of the two it is.
    seen: Vec<u8>,
    stream: Option<Decompress>,
    is_whole: bool,
}

impl Deflate {
    fn push(&mut self, bytes: &[u8], next: Taker<'_>) -> Result<(), Halt> {
        if self.stream.is_some() {
            return self.unpack(bytes, next);
        }
        self.seen.extend_from_slice(bytes);
        let [method, flags, ..] = self.seen[..] else { return Ok(()) };
        let is_wrapped =
            method & 0x0f == 8 && (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31);
        self.stream = Some(Decompress::new(is_wrapped));
        let seen = std::mem::take(&mut self.seen);
        self.unpack(&seen, next)
    }

    fn unpack(&mut self, mut bytes: &[u8], next: Taker<'_>) -> Result<(), Halt> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let mut piece = vec![0; PIECE];
        while !self.is_whole {
            let (read, made) = (stream.total_in(), stream.total_out());
            let status = stream.decompress(bytes, &mut piece, FlushDecompress::None);
            let status = status.map_err(io::Error::from)?;
            let length =
                |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
            let (read, made) = (length(stream.total_in(), read), length(stream.total_out(), made));
            next(&piece[..made])?;
            bytes = &bytes[read..];
            self.is_whole = status == Status::StreamEnd;
            if bytes.is_empty() && made < piece.len() {
                break;
            }
            if read == 0 && made == 0 && !self.is_whole {
                return Err(io::Error::from(io::ErrorKind::InvalidData).into());
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), Halt> {
        match self.is_whole || self.stream.is_none() && self.seen.is_empty() {
            true => Ok(()),
            false => Err(cut_off()),
        }
    }
}

fn cut_off() -> Halt {
    Halt::Damaged(io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packed = write::GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut packed = write::DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut packed = write::ZlibEncoder::new(Vec::new(), Compression::best());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    /// Unpacks a body that comes in pieces of a size; `None` where it is damaged.
    fn unpacked(codings: &str, body: &[u8], size: usize) -> Option<Vec<u8>> {
        let mut codings = Codings::parse(codings).unwrap();
        let mut all = Vec::new();
        let mut take = |piece: &[u8]| {
            all.extend_from_slice(piece);
            Ok(())
        };
        for bytes in body.chunks(size) {
            codings.push(bytes, &mut take).ok()?;
        }
        codings.finish(&mut take).ok()?;
        Some(all)
    }

    #[test]
    fn each_coding_is_undone_however_its_bytes_come() {
        let text = "The fee is $1,475. ".repeat(9_000).into_bytes();
        let (first, second) = text.split_at(70_000);
        let members = [gzip(first), gzip(second)].concat();
        let filled = [&members[..], &[0; 40]].concat();
        for (codings, body) in [
            ("gzip", &members),
            ("x-gzip", &gzip(&text)),
            ("gzip", &filled),
            ("deflate", &zlib(&text)),
            ("Deflate", &deflate(&text)),
            ("identity, gzip, gzip", &gzip(&members)),
            ("deflate, gzip", &gzip(&deflate(&text))),
        ] {
            for size in [1, 2, 7, 1_000, usize::MAX] {
                assert_eq!(unpacked(codings, body, size), Some(text.clone()), "{codings} {size}");
            }
        }
        for codings in ["", "identity", "none", "UTF-8"] {
            assert_eq!(unpacked(codings, b"<p>", 2).as_deref(), Some(&b"<p>"[..]), "{codings}");
        }
        for codings in ["gzip", "deflate"] {
            assert_eq!(unpacked(codings, b"", 1), Some(Vec::new()), "an empty body is empty");
        }
    }

    #[test]
    fn what_is_cut_off_or_spoilt_is_not_taken_for_whole() {
        let text = "The fee is $1,475. ".repeat(9_000).into_bytes();
        for (codings, body) in [
            ("gzip", gzip(&text)),
            ("gzip", [gzip(b"The fee"), gzip(&text)].concat()),
            ("deflate", zlib(&text)),
            ("deflate", deflate(&text)),
            ("gzip, gzip", gzip(&gzip(&text))),
        ] {
            for left_out in [1, 4, 20, body.len() / 2] {
                let cut = &body[..body.len() - left_out];
                assert_eq!(unpacked(codings, cut, 1_000), None, "{codings} {left_out}");
            }
        }
        assert_eq!(unpacked("gzip", b"<p>", 9), None);
        assert_eq!(unpacked("gzip", &[0x1f], 9), None);
        for other in ["br, gzip", "compress", "gzip, gzip, gzip, gzip"] {
            assert_eq!(Codings::parse(other).err().as_deref(), Some(other));
        }
    }
}
