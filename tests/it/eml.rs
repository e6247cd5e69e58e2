//! Letters taken apart by the rules of the RFCs alone, not by the library that wrote them.

use std::fs;
use std::path::Path;

/// A letter as another reader takes it apart.
pub(crate) struct Eml {
    pub(crate) head: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Eml {
    /// Takes a letter apart.
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.split("\r\n").all(|line| line.len() <= 998), "a line is too long");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let field = |line: &str| {
            let (name, value) = line.split_once(':').expect(line);
            (name.to_owned(), value.trim().to_owned())
        };
        Self { head: head.split("\r\n").map(field).collect(), body: body.to_owned() }
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.head.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        &found.unwrap_or_else(|| panic!("no {name} in {:?}", self.head)).1
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.head.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// The text and its HTML twin, decoded.
    #[track_caller]
    pub(crate) fn parts(&self) -> (String, String) {
        let boundary = format!("--{}", self.boundary());
        let mut parts = self.body.split(&boundary).skip(1).map(part);
        let (text, html) = (parts.next().unwrap(), parts.next().unwrap());
        assert!(text.0.starts_with("text/plain") && html.0.starts_with("text/html"));
        (text.1, html.1)
    }

    #[track_caller]
    pub(crate) fn boundary(&self) -> &str {
        let kind = self.header("Content-Type");
        let boundary = kind.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next());
        boundary.expect(kind)
    }
}

/// Reads the letters of a folder by the rules of RFC 5322 alone.
#[track_caller]
pub(crate) fn letters(folder: &Path) -> Vec<Eml> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            assert_eq!(path.extension().unwrap(), "eml", "{}", path.display());
            Eml::read(&fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The type of a part and its content, decoded.
fn part(text: &str) -> (String, String) {
    let (head, body) = text.trim_start().split_once("\r\n\r\n").unwrap();
    let field = |name: &str| {
        let line = head.split("\r\n").find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    let bytes = match field("Content-Transfer-Encoding:").as_str() {
        "quoted-printable" => unquoted(body),
        "7bit" | "" => body.as_bytes().to_vec(),
        other => panic!("{other} is another encoding"),
    };
    (field("Content-Type:"), String::from_utf8(bytes).unwrap())
}

/// RFC 2045, section 6.7.
fn unquoted(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, after @ ..] = rest {
        if let (b'=', [a, b, after @ ..]) = (first, after) {
            let hex = [*a, *b];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}
