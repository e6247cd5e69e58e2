//! Writes small PDFs: words at places, on as many pages as are wanted.

use std::fmt::Write as _;
use std::io::Write as _;

/// A PDF under way. The first object is its catalogue, the second the list of its pages, the third
/// the font.
pub(crate) struct Paper {
    pages: Vec<Vec<u8>>,
    compressed: bool,
}

/// Words in Helvetica of ten points: how far from the left and from the top edge, in points.
pub(crate) fn words(x: usize, y: usize, words: &str) -> String {
    let words = words.replace('\\', r"\\").replace('(', r"\(").replace(')', r"\)");
    format!("BT /F1 10 Tf {x} {} Td ({words}) Tj ET\n", 792 - y)
}

/// Rows of words in columns that begin at `columns`, 12 points a line; a cell may have several
/// lines. Returns how far down the next row begins.
pub(crate) fn rows(page: &mut String, mut y: usize, columns: &[usize], rows: &[&[&str]]) -> usize {
    for row in rows {
        let mut deepest = 1;
        for (x, cell) in columns.iter().zip(*row) {
            for (line, text) in cell.split('\n').enumerate() {
                page.push_str(&words(*x, y + 12 * line, text));
                deepest = deepest.max(line + 1);
            }
        }
        y += 12 * deepest;
    }
    y
}

impl Paper {
    pub(crate) fn new() -> Self {
        Self { pages: Vec::new(), compressed: false }
    }

    /// Page contents are packed, as they are in most PDFs.
    pub(crate) fn compressed() -> Self {
        Self { compressed: true, ..Self::new() }
    }

    /// Adds a page of what draws it.
    pub(crate) fn page(mut self, drawing: &str) -> Self {
        // The font's encoding is Windows-1252; what is written here is Latin-1.
        let bytes = drawing.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        self.pages.push(bytes);
        self
    }

    /// The bytes of the PDF.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.bytes_with(&[])
    }

    /// The bytes of the PDF with further objects, and further names of things to draw: `/X1` is the
    /// first of them.
    pub(crate) fn bytes_with(self, more: &[Vec<u8>]) -> Vec<u8> {
        let n = self.pages.len();
        let first_more = 4 + 2 * n;
        let kids: String = (0..n).fold(String::new(), |mut kids, page| {
            write!(kids, "{} 0 R ", 4 + 2 * page).unwrap();
            kids
        });
        let drawn: String = (0..more.len()).fold(String::new(), |mut drawn, at| {
            write!(drawn, "/X{} {} 0 R ", at + 1, first_more + at).unwrap();
            drawn
        });
        let mut objects: Vec<Vec<u8>> = vec![
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            format!("<< /Type /Pages /Kids [{kids}] /Count {n} >>").into_bytes(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
                .to_vec(),
        ];
        for (page, drawing) in self.pages.iter().enumerate() {
            let resources = format!("<< /Font << /F1 3 0 R >> /XObject << {drawn}>> >>");
            objects.push(
                format!(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
                     /Resources {resources} >>",
                    5 + 2 * page
                )
                .into_bytes(),
            );
            objects.push(stream("", drawing, self.compressed));
        }
        objects.extend(more.iter().cloned());
        bound(&objects)
    }
}

/// A stream of bytes with further entries in its dictionary.
pub(crate) fn stream(entries: &str, bytes: &[u8], compressed: bool) -> Vec<u8> {
    let (filter, bytes) =
        if compressed { ("/Filter /FlateDecode ", packed(bytes)) } else { ("", bytes.to_vec()) };
    let head = format!("<< {entries}{filter}/Length {} >>\nstream\n", bytes.len());
    [head.as_bytes(), &bytes, b"\nendstream"].concat()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The objects with what makes a file of them: where each begins, and which is the first.
fn bound(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = String::new();
    for (at, object) in objects.iter().enumerate() {
        writeln!(places, "{:010} 00000 n ", file.len()).unwrap();
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        file.extend_from_slice(object);
        file.extend(b"\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{places}").bytes());
    file.extend(format!("trailer << /Size {size} /Root 1 0 R >>\n").bytes());
    file.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    file
}

/// A PDF of hundreds of thousands of empty pages in a packed stream: less than 16 MiB, the most that
/// is fetched.
pub(crate) fn a_crowd_of_pages() -> Vec<u8> {
    const N: usize = 800_000;
    let (mut heads, mut bodies, mut kids) = (String::new(), String::new(), String::new());
    for n in 10..N + 10 {
        write!(heads, "{n} {} ", bodies.len()).unwrap();
        bodies.push_str("<</Type/Page/Parent 2 0 R>> ");
        write!(kids, "{n} 0 R ").unwrap();
    }
    let entries = format!("/Type/ObjStm/N {N}/First {} ", heads.len());
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Count {N}/MediaBox[0 0 9 9]>>").into_bytes(),
        stream(&entries, format!("{heads}{bodies}").as_bytes(), true),
    ];
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = vec![entry(0, 0, 65_535)];
    for (at, object) in objects.iter().enumerate() {
        places.push(entry(1, file.len(), 0));
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        file.extend_from_slice(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    places.push(entry(1, start, 0));
    places.resize(10, entry(0, 0, 0));
    places.extend((0..N).map(|at| entry(2, 3, at)));
    let entries = format!("/Type/XRef/Size {}/W[1 4 4]/Root 1 0 R ", N + 10);
    file.extend(b"4 0 obj\n");
    file.extend(stream(&entries, &places.concat(), true));
    file.extend(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    file
}

/// An entry of a packed table of places: its kind and two numbers.
fn entry(kind: u8, a: usize, b: usize) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
    [&[kind][..], &number(a), &number(b)].concat()
}
