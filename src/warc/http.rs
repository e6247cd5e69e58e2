//! The HTTP answer in a record: status, headers and the body as a reader would see it.

use std::io::{self, Read};

use crate::model::PageHeaders;

/// An answer of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Its status.
    pub status: u16,
    /// Its headers, by lower-case name, in their order.
    pub headers: PageHeaders,
    /// Its body, decoded.
    pub body: Vec<u8>,
}

/// Takes an HTTP answer apart, and decodes its body to at most `limit` bytes; `None` if it is not one.
///
/// # Errors
/// When the body is encoded in a way that is not known, damaged, or larger than that.
pub fn answer(block: &[u8], limit: u64) -> io::Result<Option<HttpAnswer>> {
    let Some((head, body)) = split(block) else { return Ok(None) };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().filter(|line| line.starts_with("HTTP/"));
    let status = status.and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let Some(status) = status else { return Ok(None) };
    let headers: PageHeaders = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let is_chunked = header("transfer-encoding").is_some_and(|how| how.contains("chunked"));
    // Many tools put the chunks together and keep the header.
    let body = is_chunked.then(|| dechunked(body)).flatten().unwrap_or_else(|| body.to_vec());
    let body = decoded(header("content-encoding"), body, limit)?;
    Ok(Some(HttpAnswer { status, headers, body }))
}

fn split(block: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = |needle: &[u8]| block.windows(needle.len()).position(|window| window == needle);
    let (end, length) = match (at(b"\r\n\r\n"), at(b"\n\n")) {
        (Some(crlf), Some(lf)) if lf < crlf => (lf, 2),
        (Some(crlf), _) => (crlf, 4),
        (None, Some(lf)) => (lf, 2),
        (None, None) => return None,
    };
    Some((&block[..end], &block[end + length..]))
}

/// The body that was sent in chunks; `None` where these are not chunks.
fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

/// A body decoded, to at most `limit` bytes. Bytes of gzip that nothing announces are unpacked too.
///
/// # Errors
/// When the encoding is not known, the body is damaged, or it is larger than that.
pub fn decoded(encoding: Option<&str>, body: Vec<u8>, limit: u64) -> io::Result<Vec<u8>> {
    let is_gzip = body.starts_with(&[0x1f, 0x8b]);
    let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
    match encoding.as_str() {
        _ if is_gzip => bounded(flate2::read::MultiGzDecoder::new(body.as_slice()), limit),
        // An archive may have kept the header of a body that it unpacked.
        "" | "identity" | "gzip" | "x-gzip" => Ok(body),
        "deflate" if body.first() == Some(&0x78) => {
            bounded(flate2::read::ZlibDecoder::new(body.as_slice()), limit)
        }
        "deflate" => bounded(flate2::read::DeflateDecoder::new(body.as_slice()), limit),
        "br" => bounded(brotli::Decompressor::new(body.as_slice(), 4096), limit),
        other => {
            let why =
                format!("its body is encoded as `{}`", crate::model::text::excerpt(other, 40));
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
    }
}

fn bounded(from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    from.take(limit + 1).read_to_end(&mut body)?;
    if body.len() as u64 > limit {
        let why = format!("its body is larger than {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn an_answer_is_taken_apart_and_decoded() {
        let block = [
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nETag: a\r\n\r\n".as_slice(),
            &gzip(b"fee"),
        ];
        let found = answer(&block.concat(), 100).unwrap().unwrap();
        assert_eq!((found.status, found.body.as_slice()), (200, &b"fee"[..]));
        assert_eq!(found.headers[1], ("etag".to_owned(), "a".to_owned()));
        let chunks =
            b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\r\nfee\r\n1;x=y\r\ns\r\n0\r\n\r\n";
        assert_eq!(answer(chunks, 100).unwrap().unwrap().body, b"fees");
        let unchunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<p>fee</p>";
        assert_eq!(answer(unchunked, 100).unwrap().unwrap().body, b"<p>fee</p>");
        assert_eq!(answer(b"no answer at all", 100).unwrap(), None);
    }

    #[test]
    fn encodings_are_undone_and_bounded() {
        let bomb = gzip(&[b'x'; 10_000]);
        assert!(decoded(None, bomb.clone(), 9_999).is_err());
        assert_eq!(decoded(None, bomb, 10_000).unwrap().len(), 10_000);
        assert_eq!(decoded(Some("gzip"), b"<p>".to_vec(), 9).unwrap(), b"<p>", "unpacked before");
        assert!(
            decoded(Some("compress"), b"<p>".to_vec(), 9)
                .unwrap_err()
                .to_string()
                .contains("`compress`")
        );
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(b"fee").unwrap();
        assert_eq!(decoded(Some("deflate"), zlib.finish().unwrap(), 9).unwrap(), b"fee");
    }
}
