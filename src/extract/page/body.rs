//! The body of a page: its complete bytes, unpacked within a limit, as text of the type that is read.

use std::borrow::Cow;
use std::io::Read;

use super::bounds::{self, TEXT};
use super::charset::{decode, glance};
use super::standin::sign;
use crate::extract::recipe::Format;
use crate::model::{Breakage, Page};

/// The first bytes of a PDF.
const PDF: &[u8] = b"%PDF-";

/// Returns the text of a page.
///
/// # Errors
/// The breakage, when there is no text, it does not unpack, or the bytes are not text.
pub(crate) fn text(page: &Page, format: Format) -> Result<Cow<'_, str>, Breakage> {
    let content_type = page.header("content-type");
    let expected = format.word().to_uppercase();
    let text = match whole(page, TEXT)? {
        Cow::Borrowed(bytes) => decode(bytes, content_type, &expected)?,
        Cow::Owned(bytes) => decode(&bytes, content_type, &expected)?.into_owned().into(),
    };
    // Other character sets may take less space than UTF-8.
    bounds::at_most(TEXT, text.len(), "bytes of text")?;
    check_type(&text, format)?;
    Ok(text)
}

/// The answer of a gate that is checking the client (RFC 9110, section 15.3.3): accepted, but no page yet.
const ACCEPTED: u16 = 202;

/// The bytes of a page, which are neither empty nor incomplete.
fn whole(page: &Page, limit: usize) -> Result<Cow<'_, [u8]>, Breakage> {
    if page.chain.last().is_some_and(|hop| hop.status == ACCEPTED) {
        let sign = "the server answered 202, which is no page: a gate stands before it".to_owned();
        return Err(Breakage::Blocked { sign });
    }
    if let Some(announced) = announced(page).filter(|size| page.body.len() < *size) {
        let sign = format!("{} bytes came of {announced} announced", page.body.len());
        return Err(Breakage::Truncated { sign });
    }
    let bytes = unpack(&page.body, limit)?;
    if bytes.iter().all(u8::is_ascii_whitespace) { Err(Breakage::Empty) } else { Ok(bytes) }
}

/// Returns the bytes of a page that is a PDF. Some servers put bytes before its first mark and after its
/// last; as in PDF readers, about a thousand are tolerated.
///
/// # Errors
/// The breakage, when something else came, or it is cut off.
pub(crate) fn pdf(page: &Page) -> Result<Cow<'_, [u8]>, Breakage> {
    const FORGIVEN: usize = 1024;
    let bytes = whole(page, bounds::PDF)?;
    let has = |part: &[u8], sign: &[u8]| part.windows(sign.len()).any(|w| w == sign);
    if !has(&bytes[..bytes.len().min(FORGIVEN)], PDF) {
        let text = glance(&bytes);
        return Err(another(kind(&text), &text, Format::Pdf));
    }
    if !has(&bytes[bytes.len().saturating_sub(FORGIVEN)..], b"%%EOF") {
        return Err(Breakage::Truncated { sign: "the PDF has no end mark".to_owned() });
    }
    Ok(bytes)
}

/// The announced length, if it counts the bytes of the body as stored.
fn announced(page: &Page) -> Option<usize> {
    let is_coded = page.header("content-encoding").is_some_and(|coding| coding != "identity");
    page.header("content-length").filter(|_| !is_coded)?.trim().parse().ok()
}

/// Unpacks gzip that was stored as it was transferred.
fn unpack(body: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, Breakage> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        bounds::at_most(limit, body.len(), "bytes")?;
        return Ok(body.into());
    }
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(body)
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Breakage::Invalid { error: format!("gzip bytes: {error}") })?;
    if bytes.len() > limit {
        return Err(bounds::more_than(limit, "bytes unpacked from gzip"));
    }
    Ok(bytes.into())
}

/// The type that a text appears to be.
fn kind(text: &str) -> &'static str {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let head = &start.as_bytes()[..start.len().min(400)];
    let begins = |sign: &str| {
        head.get(..sign.len()).is_some_and(|head| head.eq_ignore_ascii_case(sign.as_bytes()))
    };
    let has = |sign: &str| {
        head.windows(sign.len()).any(|part| part.eq_ignore_ascii_case(sign.as_bytes()))
    };
    if begins("%pdf-") {
        "a PDF"
    } else if start.starts_with(['{', '[']) {
        "JSON"
    } else if begins("<?xml") && !has("<html") {
        "XML"
    } else if begins("<!doctype html") || has("<html") || has("<head") || has("<body") {
        "HTML"
    } else if start.starts_with('<') {
        "markup"
    } else {
        "plain text"
    }
}

fn check_type(text: &str, format: Format) -> Result<(), Breakage> {
    let came = kind(text);
    let fits = match format {
        // A gateway's own message has no tags.
        Format::Html => {
            matches!(came, "HTML" | "markup") || (came == "plain text" && has_tag(text))
        }
        Format::Json => came == "JSON",
        Format::Xml => matches!(came, "XML" | "markup"),
        Format::Feed => matches!(came, "XML" | "markup" | "JSON"),
        Format::Csv => came == "plain text",
        // The text made from one may begin with anything.
        Format::Pdf => came != "a PDF",
    };
    if fits { Ok(()) } else { Err(another(came, text, format)) }
}

fn has_tag(text: &str) -> bool {
    let tags = memchr::memchr_iter(b'<', text.as_bytes());
    tags.into_iter().any(|at| text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic))
}

/// An HTML page in place of data is nearly always an error page or a block page: reports it as one.
fn another(came: &str, text: &str, format: Format) -> Breakage {
    match (came, sign(text)) {
        ("HTML", Some(sign)) => Breakage::Blocked { sign },
        _ => Breakage::WrongType { expected: format.word().to_uppercase(), came: came.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use jiff::Timestamp;

    use super::*;

    fn page(body: &[u8]) -> Page {
        Page::from_file(
            "https://example.org/".parse().unwrap(),
            body.to_vec(),
            Timestamp::UNIX_EPOCH,
        )
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(body).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn gzip_without_a_header_is_read_and_a_bomb_is_not() {
        let packed = gzip(b"<html><body>Fee</body></html>");
        assert!(text(&page(&packed), Format::Html).unwrap().contains("Fee"));
        let bomb = gzip(&vec![b' '; 60 * 1024 * 1024]);
        assert!(matches!(text(&page(&bomb), Format::Html), Err(Breakage::TooLarge { .. })));
        let half = &packed[..packed.len() - 9];
        assert!(matches!(text(&page(half), Format::Html), Err(Breakage::Invalid { .. })));
    }

    #[test]
    fn the_character_set_is_found() {
        let latin = b"<html><meta charset=iso-8859-1><body>Qu\xe9bec</body>";
        assert!(text(&page(latin), Format::Html).unwrap().contains("Québec"));
        assert!(
            text(&page(b"<html><body>Qu\xe9bec 14\xa0690"), Format::Html)
                .unwrap()
                .contains("Québec")
        );
        assert!(
            text(&page("<html>\u{feff}Québec".as_bytes()), Format::Html)
                .unwrap()
                .contains("Québec")
        );
    }

    #[test]
    fn fewer_bytes_than_were_announced_are_no_page() {
        let mut page = page(b"<html><body>Fee</body></html>");
        page.headers = vec![("content-length".to_owned(), "29".to_owned())];
        assert!(text(&page, Format::Html).is_ok());
        page.headers[0].1 = "30".to_owned();
        let said = text(&page, Format::Html).unwrap_err().to_string();
        assert_eq!(said, "the body is cut off: 29 bytes came of 30 announced");
        page.headers.push(("content-encoding".to_owned(), "br".to_owned()));
        assert!(text(&page, Format::Html).is_ok());
        page.chain[0].status = 202;
        assert!(matches!(text(&page, Format::Html), Err(Breakage::Blocked { .. })));
    }

    #[test]
    fn words_without_a_tag_are_no_page() {
        let said = text(&page(b"upstream request timeout"), Format::Html).unwrap_err().to_string();
        assert_eq!(said, "expected HTML, came plain text");
        assert!(text(&page(b"Fees\n<table><tr><td>5"), Format::Html).is_ok());
    }

    #[test]
    fn another_type_is_named() {
        let came =
            |body: &str, format| text(&page(body.as_bytes()), format).unwrap_err().to_string();
        assert_eq!(came(" \n", Format::Json), "the body is empty");
        assert_eq!(came("<html><title>Fees</title>", Format::Json), "expected JSON, came HTML");
        assert_eq!(came("%PDF-1.7", Format::Html), "expected HTML, came a PDF");
        let blocked = came("<html><title>Radware Captcha Page</title>", Format::Json);
        assert_eq!(blocked, "a block or maintenance page came: it says `Radware Captcha`");
    }
}
