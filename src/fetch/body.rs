//! Reads a body up to a cap.
//!
//! The cap applies to the bytes after decompression, and is enforced while reading: the length that a
//! server announces is ignored, and says nothing about a compressed body.

use reqwest::Response;

/// The part of a body that was read.
#[derive(Debug)]
pub(super) struct Body {
    /// The decoded bytes, no more than the cap.
    pub bytes: Vec<u8>,
    /// Whether that is all of it.
    pub whole: bool,
}

/// Reads a body until it ends or exceeds the cap.
///
/// # Errors
/// When the connection ends before the body does, or the body does not decode.
pub(super) async fn read(mut response: Response, cap: u64) -> Result<Body, reqwest::Error> {
    let cap = usize::try_from(cap).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = cap - bytes.len();
        if chunk.len() > room {
            bytes.extend_from_slice(&chunk[..room]);
            return Ok(Body { bytes, whole: false });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body { bytes, whole: true })
}
