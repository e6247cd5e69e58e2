//! The body of a page: bytes into text, and the signs that it is not the page at all.
//!
//! Bytes that are gzip without saying so are unpacked within a limit; the character set is found
//! as a browser finds it.

use std::borrow::Cow;
use std::io::Read;
use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use memchr::memchr_iter;
use regex::Regex;

use super::bounds::{self, TEXT};
use crate::extract::recipe::Format;
use crate::model::{Breakage, Page};

/// How much of a text is searched for the signs of a page that stands in place of another, in bytes:
/// such a page is small, or says so at its beginning.
const SIGNED: usize = 128 << 10;

/// What a PDF begins with.
const PDF: &[u8] = b"%PDF-";

/// Returns the text of a page.
///
/// # Errors
/// The breakage, when there is none, it does not unpack, or it is no text.
pub(crate) fn text(page: &Page, format: Format) -> Result<Cow<'_, str>, Breakage> {
    let content_type = page.header("content-type");
    let text = match whole(page, TEXT)? {
        Cow::Borrowed(bytes) => decode(bytes, content_type),
        Cow::Owned(bytes) => decode(&bytes, content_type).into_owned().into(),
    };
    // Other character sets may take less room than UTF-8.
    bounds::at_most(TEXT, text.len(), "bytes of text")?;
    check_type(&text, format)?;
    Ok(text)
}

/// The bytes of a page, of which there are some.
fn whole(page: &Page, limit: usize) -> Result<Cow<'_, [u8]>, Breakage> {
    let bytes = unpack(&page.body, limit)?;
    if bytes.iter().all(u8::is_ascii_whitespace) { Err(Breakage::Empty) } else { Ok(bytes) }
}

/// Returns the bytes of a page that is a PDF, from its first sign to its last. Some servers put
/// bytes before and after; a reader of PDFs forgives a thousand of them.
///
/// # Errors
/// The breakage, when something else came, or it is cut off.
pub(crate) fn pdf(page: &Page) -> Result<Cow<'_, [u8]>, Breakage> {
    const FORGIVEN: usize = 1024;
    let bytes = whole(page, bounds::PDF)?;
    let has = |part: &[u8], sign: &[u8]| part.windows(sign.len()).any(|w| w == sign);
    if !has(&bytes[..bytes.len().min(FORGIVEN)], PDF) {
        let text = decode(&bytes, page.header("content-type"));
        return Err(another(kind(&text), &text, Format::Pdf));
    }
    if !has(&bytes[bytes.len().saturating_sub(FORGIVEN)..], b"%%EOF") {
        return Err(Breakage::Truncated { sign: "the PDF has no end mark".to_owned() });
    }
    Ok(bytes)
}

/// Undoes gzip that was saved as it came over the wire.
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

/// Byte order mark, then UTF-8 if it is that, then the header, then `<meta charset>` or the XML
/// declaration, then Windows-1252: what a browser does, less its guessing. A label is often wrong;
/// bytes that are valid UTF-8 hardly ever are anything else.
fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_-]+)"#)
            .expect("the pattern is a constant")
    });
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let labelled = |text: &str| {
        LABEL.captures(text).and_then(|found| Encoding::for_label(found[1].as_bytes()))
    };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let label = content_type.and_then(labelled).or_else(|| labelled(&head));
    // Bytes that are no UTF-8 are mislabelled as it.
    let encoding = label.filter(|encoding| *encoding != UTF_8).unwrap_or(WINDOWS_1252);
    encoding.decode_without_bom_handling(bytes).0
}

/// What a text looks like.
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
        Format::Html => matches!(came, "HTML" | "markup" | "plain text"),
        Format::Json => came == "JSON",
        Format::Xml => matches!(came, "XML" | "markup"),
        Format::Feed => matches!(came, "XML" | "markup" | "JSON"),
        Format::Csv => came == "plain text",
        // The text that was made of one may begin with anything.
        Format::Pdf => came != "a PDF",
    };
    if fits { Ok(()) } else { Err(another(came, text, format)) }
}

/// An HTML page in place of data is nearly always an error or block page: names it as one.
fn another(came: &str, text: &str, format: Format) -> Breakage {
    match (came, sign(text)) {
        ("HTML", Some(sign)) => Breakage::Blocked { sign },
        _ => Breakage::WrongType { expected: format.word().to_uppercase(), came: came.to_owned() },
    }
}

/// Returns how a body shows that it was cut off: an HTML page ends with its end tag.
pub(crate) fn cut_off(text: &str) -> Option<String> {
    let names = |name: &str| {
        let name = name.as_bytes().get(..4);
        name.is_some_and(|n| n.eq_ignore_ascii_case(b"html") || n.eq_ignore_ascii_case(b"body"))
    };
    let tags = || memchr_iter(b'<', text.as_bytes());
    let ended = || tags().rev().any(|at| text[at + 1..].strip_prefix('/').is_some_and(names));
    let began = || tags().any(|at| names(&text[at + 1..]));
    (began() && !ended()).then(|| {
        let end: String =
            text.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
        format!("it has no end tag and stops at `{}`", crate::model::text::canonical(&end))
    })
}

/// Returns the words by which a page shows that it stands in place of the real one: a bot check,
/// a block, a maintenance notice, an object that moved, a page that does not exist.
pub(crate) fn sign(text: &str) -> Option<String> {
    static SIGN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)
              radware\ captcha | verifying\ your\ browser | checking\ your\ browser | just\ a\ moment\.\.\.
            | attention\ required!\ \| | (?:are|you['’‘]re|you\ are)\ (?:not\ )?a\ (?:robot|human)
            | complete\ the\ captcha | captcha[^a-z]{1,40}(?:page|challenge) | hcaptcha | g-recaptcha-response
            | request\ (?:unsuccessful|rejected) | incapsula\ incident | access\ (?:to\ this\ page\ has\ been\ )?denied
            | you\ don['’‘]?t\ have\ permission\ to\ access | the\ requested\ url\ was\ rejected
            | (?:down|unavailable)\ for\ (?:scheduled\ )?maintenance | under\ maintenance | site\ maintenance
            | scheduled\ maintenance | temporarily\ unavailable | en\ cours\ de\ maintenance
            | service\ unavailable | bad\ gateway | gateway\ time-?out | internal\ server\ error
            | <title>\s*object\ moved | object\ moved\ to
            | page\ (?:does\ not\ exist|not\ found|introuvable|cannot\ be\ found|can['’‘]?t\ be\ found)
            | (?:couldn['’‘]?t|could\ not|can['’‘]?t|cannot)\ find\ (?:that|this|the)\ (?:web\ ?)?page
            | error\ 40[34] | 40[34]\ (?:-\ )?(?:forbidden|not\ found)
        ";
        Regex::new(pattern).expect("the pattern is a constant")
    });
    SIGN.find(&text[..text.floor_char_boundary(SIGNED)])
        .map(|found| format!("it says `{}`", crate::model::text::canonical(found.as_str())))
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
    fn another_type_is_named() {
        let came =
            |body: &str, format| text(&page(body.as_bytes()), format).unwrap_err().to_string();
        assert_eq!(came(" \n", Format::Json), "the body is empty");
        assert_eq!(came("<html><title>Fees</title>", Format::Json), "expected JSON, came HTML");
        assert_eq!(came("%PDF-1.7", Format::Html), "expected HTML, came a PDF");
        let blocked = came("<html><title>Radware Captcha Page</title>", Format::Json);
        assert_eq!(blocked, "a block or maintenance page came: it says `Radware Captcha`");
    }

    #[test]
    fn a_sign_stands_at_the_beginning() {
        let after = |size: usize| sign(&format!("<title>é{}Access denied", "x".repeat(size)));
        assert_eq!(after(1_000).as_deref(), Some("it says `Access denied`"));
        assert_eq!(after(SIGNED), None);
    }

    #[test]
    fn a_page_that_stops_short_shows_it() {
        assert!(cut_off("<html><body><table><tr><td>2123").is_some());
        assert!(cut_off("<html><body></body></html>\n<!-- x -->").is_none());
    }
}
