//! Reads a body up to a cap, and undoes the codings that the client leaves.
//!
//! The cap applies to the bytes after decompression, and is enforced while reading: the length that a
//! server announces is ignored, and says nothing about a compressed body.

use reqwest::Response;

use super::coding::{Codings, Halt};

/// The part of a body that was read.
#[derive(Debug)]
pub(super) struct Body {
    /// The decoded bytes, no more than the cap.
    pub bytes: Vec<u8>,
    /// Whether that is all of it.
    pub whole: bool,
}

/// Why a body cannot be read.
pub(super) enum Unread {
    /// The client's own error.
    Client(reqwest::Error),
    /// It is damaged, or its end is missing.
    Damaged(String),
    /// It is coded in a way that is not undone here.
    Coded(String),
}

impl From<reqwest::Error> for Unread {
    fn from(error: reqwest::Error) -> Self {
        Self::Client(error)
    }
}

/// Reads a body until it ends or exceeds the cap. `codings` is what is still to be undone.
///
/// # Errors
/// When the connection ends before the body does, or the body does not decode.
pub(super) async fn read(mut response: Response, codings: &str, cap: u64) -> Result<Body, Unread> {
    let cap = usize::try_from(cap).unwrap_or(usize::MAX);
    let mut codings = Codings::parse(codings).map_err(Unread::Coded)?;
    let mut bytes = Vec::new();
    let mut take = |piece: &[u8]| {
        let room = cap - bytes.len();
        bytes.extend_from_slice(&piece[..room.min(piece.len())]);
        if piece.len() > room { Err(Halt::Enough) } else { Ok(()) }
    };
    let mut ended = Ok(());
    while let Some(chunk) = response.chunk().await? {
        ended = codings.push(&chunk, &mut take);
        if ended.is_err() {
            break;
        }
    }
    match ended.and_then(|()| codings.finish(&mut take)) {
        Ok(()) => Ok(Body { bytes, whole: true }),
        Err(Halt::Enough) => Ok(Body { bytes, whole: false }),
        Err(Halt::Damaged(error)) => Err(Unread::Damaged(error.to_string())),
    }
}
