//! Bodies as they come over the wire: character sets, byte order marks, gzip, and what is no text.

#![no_main]

use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use rulewatch::catalog::Source;
use rulewatch_fuzz::{read, seed, source};

/// What a server says of the body.
const TYPES: [&str; 8] = [
    "",
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=\"iso-8859-1\"",
    "text/html; charset=utf-16le",
    "text/html; charset=shift_jis",
    "text/html; charset=iso-2022-jp",
    "application/octet-stream; charset=no-such",
];

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    ["html", "json", "xml", "feed", "csv"]
        .iter()
        .map(|format| {
            let form = match *format {
                "json" => "json = { each = '$[*]', cells = { text = 'a' } }",
                "xml" => "law = { sections = ['1-999'] }",
                "feed" => "entries = { }",
                "csv" => "csv = { columns = { text = 'a' } }",
                _ => "clauses = { }",
            };
            source(&format!(
                "[[source]]\nid = 'body'\nurl = 'https://www.example.org/'\nformat = '{format}'\n\
                 [[source.facts]]\nkey = 'x.body'\ntype = 'list'\nrecord = '{{text}}'\n\
                 fields = {{ text = {{ }} }}\nread = [{{ {form} }}]\n"
            ))
        })
        .collect()
});

/// The number of the type and of the format, then the body.
fn seeds() -> Vec<Vec<u8>> {
    let page =
        "<html><meta charset=utf-8><body><h1>Québec</h1><p>14\u{a0}690 $ – l’été</body></html>";
    let utf_16: Vec<u8> =
        "\u{feff}<html><body>é".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(page.as_bytes()).expect("a vector can be written");
    vec![
        [&[0, 0], page.as_bytes()].concat(),
        [&[0, 0], gzip.finish().expect("a vector can be written").as_slice()].concat(),
        [&[4, 0], utf_16.as_slice()].concat(),
        [&[3, 0], b"<html><body>Qu\xe9bec".as_slice()].concat(),
        [&[5, 0], b"<html><body>\x93\xfa\x96\x7b".as_slice()].concat(),
        [&[6, 0], b"<html><body>\x1b$B4A;z\x1b(B".as_slice()].concat(),
        [&[0, 1], br#"[{"a": "one"}]"#.as_slice()].concat(),
        [&[0, 4], b"a,b\none,two\n".as_slice()].concat(),
    ]
}

fuzz_target!(init: seed("body", seeds()), |data: &[u8]| {
    if let [content_type, format, body @ ..] = data {
        let content_type = TYPES[usize::from(*content_type) % TYPES.len()];
        let source = &SOURCES[usize::from(*format) % SOURCES.len()];
        read(source, &[("content-type", content_type)], body);
    }
});
