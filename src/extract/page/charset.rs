//! Decodes bytes into text, and detects damaged text.
//!
//! A byte order mark decides; then UTF-8, if the bytes are valid; then the label; then Windows-1252: as in a
//! browser, but without guessing. A few bad bytes do not change the character set: they become U+FFFD, and
//! only the words around them are unreadable. Data that is not text (a picture, bytes that are still
//! compressed), text that was encoded twice, and text that lost its letters are refused, each with its own
//! reason.

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use regex::Regex;

use crate::extract::value::pattern::constant;
use crate::model::Breakage;

/// How many bytes to examine to tell what they are.
const HEAD: usize = 4 << 10;

/// With more damaged words than this, the whole text is damaged.
const DAMAGED: usize = 12;

/// Decodes the bytes of a page.
///
/// `expected` is the format that the recipe reads, in a word.
///
/// # Errors
/// The breakage, when the bytes are not text, or the text is damaged as a whole.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    expected: &str,
) -> Result<Cow<'a, str>, Breakage> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return sound(encoding.decode(bytes).0);
    }
    if let Some(kind) = binary(bytes) {
        return Err(Breakage::WrongType { expected: expected.to_owned(), came: kind.to_owned() });
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return sound(text.into());
    }
    let (valid, bad) = sequences(bytes);
    let label = label(bytes, content_type);
    let says_utf8 = label == Some(UTF_8);
    // A letter of Windows-1252 is hardly ever valid UTF-8. So if more sequences are valid than not, the rest
    // is damage; so it is too if the label says UTF-8 and there is almost nothing else to go by.
    if valid > bad || (says_utf8 && valid == 0 && bad <= 2) {
        return sound(String::from_utf8_lossy(bytes));
    }
    let legacy = label.filter(|encoding| *encoding != UTF_8 && !is_utf16(encoding));
    let decoded = legacy.map(|encoding| encoding.decode_without_bom_handling(bytes).0);
    // The pages are in English and French: another alphabet means a wrong label.
    let decoded = decoded.filter(|text| is_latin(text));
    sound(decoded.unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(bytes).0))
}

/// Decodes bytes of any kind, to find out what came.
pub(crate) fn glance(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The character set named in the header, else in the page.
fn label(bytes: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    static LABEL: LazyLock<Regex> =
        LazyLock::new(|| constant(r#"(?i)(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_-]+)"#));
    let labelled = |text: &str| {
        LABEL.captures(text).and_then(|found| Encoding::for_label(found[1].as_bytes()))
    };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    content_type.and_then(labelled).or_else(|| labelled(&head))
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

fn is_latin(text: &str) -> bool {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .all(|c| c <= '\u{24f}' || ('\u{1e00}'..='\u{1eff}').contains(&c))
}

/// How many byte sequences beyond ASCII are valid UTF-8, and how many are not.
fn sequences(bytes: &[u8]) -> (usize, usize) {
    bytes.utf8_chunks().fold((0, 0), |(valid, bad), chunk| {
        let letters = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (valid + letters, bad + usize::from(!chunk.invalid().is_empty()))
    })
}

/// The kind of bytes that are not text, by their first bytes, else by bytes that are rare in text.
fn binary(bytes: &[u8]) -> Option<&'static str> {
    const SIGNS: [(&[u8], &str); 15] = [
        (b"%PDF-", "a PDF"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"RIFF", "a picture, sound or film"),
        (b"\x00\x00\x01\x00", "an icon"),
        (b"BM", "a bitmap picture"),
        (b"PK\x03\x04", "a ZIP archive or an office document"),
        (b"\xd0\xcf\x11\xe0", "an office document"),
        (b"\x28\xb5\x2f\xfd", "bytes compressed with zstd"),
        (b"\x78\x01", "bytes compressed with deflate"),
        (b"\x78\x9c", "bytes compressed with deflate"),
        (b"\x78\xda", "bytes compressed with deflate"),
        (b"\xfd7zXZ", "bytes compressed with xz"),
        (b"BZh", "bytes compressed with bzip2"),
    ];
    let head = &bytes[..bytes.len().min(HEAD)];
    let nulls = head.iter().filter(|b| **b == 0).count();
    let is_control = |b: &&u8| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    let controls = head.iter().filter(is_control).count();
    // Text that happens to begin with these letters has no control characters.
    if nulls == 0 && controls * 50 < head.len() {
        return None;
    }
    let sign = SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)).map(|(_, kind)| *kind);
    let every_other = nulls * 3 >= head.len() && nulls * 3 <= head.len() * 2;
    let kind = if every_other { "text in UTF-16 that does not say so" } else { "binary data" };
    let is_packed = nulls * 100 < head.len() && std::str::from_utf8(head).is_err();
    sign.or(is_packed.then_some("binary data, or bytes that are still compressed")).or(Some(kind))
}

/// Accepts a text unless it is damaged as a whole.
fn sound(text: Cow<'_, str>) -> Result<Cow<'_, str>, Breakage> {
    if text.is_ascii() {
        return Ok(text);
    }
    let damaged = |sign: String| Err(Breakage::Damaged { sign });
    let lost = text.matches(char::REPLACEMENT_CHARACTER).count();
    if lost > DAMAGED {
        return damaged(format!("{lost} of its letters are lost (U+FFFD)"));
    }
    let (twice, all, example) = encoded_twice(&text);
    // A page may quote such a word for years; a page with few other accented words was encoded twice.
    if twice > 0 && twice * 2 > all {
        return damaged(format!("it was encoded twice, as in `{example}`"));
    }
    Ok(text)
}

/// How many runs of letters beyond ASCII are the bytes of other letters, out of how many; and an example.
fn encoded_twice(text: &str) -> (usize, usize, &str) {
    let (mut twice, mut all, mut example) = (0, 0, "");
    let mut rest = text;
    while let Some(start) = rest.bytes().position(|b| !b.is_ascii()) {
        let from = &rest[start..];
        let end = from.bytes().position(|b| b.is_ascii()).unwrap_or(from.len());
        let run = &from[..end];
        // Byte order marks, spaces and direction marks prove nothing.
        if run
            .chars()
            .any(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        {
            all += 1;
            if is_bytes_of_others(run) {
                twice += 1;
                example = if example.is_empty() { run } else { example };
            }
        }
        rest = &from[end..];
    }
    (twice, all, example)
}

/// Whether a run of characters, written as Windows-1252, is valid UTF-8: `Ã©` is the bytes of `é`.
fn is_bytes_of_others(run: &str) -> bool {
    let mut chars = run.chars();
    let (Some(first), Some(_)) = (chars.next(), chars.next()) else { return false };
    if !matches!(first, 'Â'..='ô') {
        return false;
    }
    let byte = |c: char| match u8::try_from(c) {
        Ok(byte) => Some(byte),
        Err(_) => {
            let mut buffer = [0; 4];
            let (bytes, _, lost) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            (!lost && bytes.len() == 1).then(|| bytes[0])
        }
    };
    let bytes: Option<Vec<u8>> = run.chars().map(byte).collect();
    bytes.is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok())
}

/// Words in which letters became question marks (`don?t`, `Qu?bec`), in a text with hardly a letter beyond
/// ASCII left: how many, and an example. Where the space in a number became one (`1?094`), letters may be left: only
/// spaces and dashes are lost, so that a mark stands by itself after a number.
pub(crate) fn questioned<'t>(words: impl Iterator<Item = &'t str>) -> Option<(usize, &'t str)> {
    static BESIDE: LazyLock<Regex> = LazyLock::new(|| constant(r"\d \? \p{L}"));
    let (mut count, mut example, mut kept) = (0, "", 0);
    let (mut numbers, mut alone, mut number) = (0, 0, "");
    for text in words {
        kept += text.chars().filter(|c| !c.is_ascii()).count();
        if !text.contains('?') {
            continue;
        }
        alone += BESIDE.find_iter(text).count();
        for word in text.split_whitespace().map(bare) {
            if is_questioned(word) {
                count += 1;
                example = word;
            } else if is_questioned_number(word) {
                numbers += 1;
                number = word;
            }
        }
    }
    let is_of_letters = count >= 2 && count > kept;
    let of_all = numbers + alone + count;
    if numbers > 0 && of_all > 1 {
        return Some((of_all, number));
    }
    is_of_letters.then_some((count, example))
}

/// Markup among the words of a page, which a person would see as `</td>` or `&nbsp;`: its first bit, if there are
/// several. A few may be slips of the page's author, or what it writes about: "R&amp;D" is one.
pub(crate) fn escaped_twice<'t>(words: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    const TAGS: usize = 2;
    const CHARACTERS: usize = 3;
    static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
        constant(concat!(
            r"(?i)</?(?:a|br|div|d[dlt]|em|h[1-6]|li|ol|p|span|strong|t(?:able|body|d|h|head|r)|ul)\b[^<>]{0,200}>",
            r"|&(?:#\d{2,6}|#x[0-9a-f]{2,5}|nbsp|amp|[lg]t|quot|apos|[lr][sda]quo|[nm]dash|hellip|bull",
            r"|[a-z]+(?:acute|grave|circ|cedil|uml));",
        ))
    });
    let marked = words.filter(|text| text.contains(['<', '&']));
    let (mut first, mut tags, mut characters) = (None, 0, 0);
    for bit in marked.flat_map(|text| MARKUP.find_iter(text)) {
        first = first.or(Some(bit.as_str()));
        let count = if bit.as_str().starts_with('<') { &mut tags } else { &mut characters };
        *count += 1;
        if tags >= TAGS || characters >= CHARACTERS {
            return first;
        }
    }
    None
}

/// A word without what encloses or ends it.
fn bare(word: &str) -> &str {
    word.trim_start_matches('(').trim_end_matches(['.', ',', ';', ':', ')'])
}

/// Whether question marks stand in the middle of a word. "Eligible?Find out" only lacks a space, and an address
/// has question marks of its own.
fn is_questioned(word: &str) -> bool {
    let Some((start, rest)) = word.split_once('?') else { return false };
    let end = rest.trim_start_matches('?');
    (1..=20).contains(&start.chars().count())
        && start.chars().all(char::is_alphabetic)
        && rest.len() - end.len() <= 2
        && end.starts_with(|c: char| c.is_ascii_lowercase())
        && end.chars().count() <= 21
        && end.chars().all(|c| c == '?' || c.is_alphabetic())
}

/// Whether question marks stand for the spaces between the groups of digits of a number.
fn is_questioned_number(word: &str) -> bool {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| constant(r"^\$?[1-9]\d{0,2}(?:\?\d{3})+(?:[.,]\d{1,2})?\$?$"));
    NUMBER.is_match(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(bytes: &[u8], content_type: Option<&str>, text: &str) {
        assert_eq!(decode(bytes, content_type, "HTML").as_deref(), Ok(text));
    }

    #[track_caller]
    fn refused(bytes: &[u8], why: &str) {
        assert_eq!(decode(bytes, None, "HTML").unwrap_err().to_string(), why);
    }

    #[test]
    fn a_stray_byte_damages_its_word_alone() {
        let mut page = "<p>Frais : 1 000 $ à Québec, où l’été…</p>".as_bytes().to_vec();
        page.push(0x92);
        let text = decode(&page, None, "HTML").unwrap();
        assert_eq!(text, "<p>Frais : 1 000 $ à Québec, où l’été…</p>\u{fffd}");
        reads(b"Fees \x80 $5", Some("text/html; charset=utf-8"), "Fees \u{fffd} $5");
    }

    #[test]
    fn a_wrong_label_is_not_believed() {
        let latin = b"Qu\xe9bec, \xe9t\xe9, for\xeat";
        for label in ["utf-8", "windows-1251", "iso-8859-1", "utf-16", "x-none"] {
            reads(latin, Some(&format!("text/html; charset={label}")), "Québec, été, forêt");
        }
        reads("Québec".as_bytes(), Some("text/html; charset=iso-8859-1"), "Québec");
    }

    #[test]
    fn what_is_no_text_is_named() {
        let picture = [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".as_slice(), &[0, 1, 2, 3]].concat();
        refused(&picture, "expected HTML, came a PNG picture");
        let utf16: Vec<u8> = "<html>Fee".encode_utf16().flat_map(u16::to_le_bytes).collect();
        refused(&utf16, "expected HTML, came text in UTF-16 that does not say so");
        let marked = [vec![0xff, 0xfe], utf16].concat();
        reads(&marked, None, "<html>Fee");
        let packed: Vec<u8> =
            (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        refused(&packed, "expected HTML, came binary data, or bytes that are still compressed");
        let zstd = [b"\x28\xb5\x2f\xfd".as_slice(), &packed].concat();
        refused(&zstd, "expected HTML, came bytes compressed with zstd");
        reads(b"BMO and RIFF are names", None, "BMO and RIFF are names");
    }

    #[test]
    fn text_that_was_encoded_twice_is_damaged() {
        for text in [
            "Qu\u{c3}\u{a9}bec",
            "you\u{e2}\u{20ac}\u{2122}ve",
            "you\u{e2}\u{80}\u{99}ve \u{c2}\u{a0} 5",
        ] {
            let why = decode(text.as_bytes(), None, "HTML").unwrap_err().to_string();
            assert!(why.starts_with("the body is damaged: it was encoded twice"), "{why}");
        }
        for text in ["Québec – été", "Â", "Coût : 5 $ – Qu\u{c3}\u{a9}bec, forêt", "naïve"]
        {
            reads(text.as_bytes(), None, text);
        }
    }

    #[test]
    fn text_that_lost_its_letters_is_damaged() {
        assert!(decode("é\u{fffd}".repeat(13).as_bytes(), None, "HTML").is_err());
        assert!(decode("é\u{fffd}".repeat(3).as_bytes(), None, "HTML").is_ok());
        let of = |texts: &[&'static str]| questioned(texts.iter().copied()).map(|(n, _)| n);
        assert_eq!(of(&["don?t", "the Qu?bec fee, and l??t?"]), Some(3));
        assert_eq!(of(&["Eligible?Find out", "Who?", "see /page?id=x&y=z"]), None);
        assert_eq!(of(&["don?t do it, but l’été à Québec"]), None);
        assert_eq!(of(&["1?094 people, l’été à Québec", "21231 ? Engineers"]), Some(2));
        assert_eq!(of(&["Why 2026 ? Who can apply?", "see ?id=1?094"]), None);
        assert_eq!(of(&["1?094 people"]), None);
    }

    #[test]
    fn markup_among_the_words_of_a_page_was_escaped_twice() {
        let of = |words: &[&'static str]| escaped_twice(words.iter().copied());
        assert_eq!(of(&["<td>1 year</td> <td>9</td>"]), Some("<td>"));
        assert_eq!(of(&["Fee", "&lt; 1 year", "1&nbsp;year &amp; more"]), Some("&lt;"));
        assert_eq!(of(&["<strong>CLB 7</strong>"]), Some("<strong>"));
        // A slip, and what is no markup.
        assert_eq!(
            of(&["R&amp;D", "Research &amp; development", "5 < 10 > 3", "Q&As; R&D; <b"]),
            None
        );
    }
}
