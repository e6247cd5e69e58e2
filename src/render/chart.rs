//! Numbers over days as a small picture: in characters for a terminal, or as SVG.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::inert;

/// Numbers over days.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What they are.
    pub name: String,
    /// The numbers, in the order of their days.
    pub points: Vec<(Date, f64)>,
    /// Whether a number holds until the next one.
    pub is_step: bool,
}

/// The rows of a chart.
const ROWS: usize = 8;

/// The bounds of a series.
struct Bounds {
    first: Date,
    last: Date,
    low: f64,
    high: f64,
}

impl Series {
    fn bounds(&self) -> Option<Bounds> {
        let (first, last) = (self.points.first()?.0, self.points.last()?.0);
        let numbers = || self.points.iter().map(|(_, n)| *n);
        let low = numbers().fold(f64::INFINITY, f64::min);
        let high = numbers().fold(f64::NEG_INFINITY, f64::max);
        Some(Bounds { first, last, low, high })
    }
}

impl Bounds {
    /// Where a point is, from 0 to 1 each way.
    fn place(&self, (day, n): (Date, f64)) -> (f64, f64) {
        let days =
            |from: Date, to: Date| f64::from(to.since(from).map_or(0, |span| span.get_days()));
        let (width, height) = (days(self.first, self.last), self.high - self.low);
        let x = if width > 0.0 { days(self.first, day) / width } else { 0.5 };
        let y = if height > 0.0 { (n - self.low) / height } else { 0.5 };
        (x, y)
    }
}

/// A number without a fraction that says nothing.
fn number(n: f64) -> String {
    if n.fract().abs() < 1e-9 { format!("{n:.0}") } else { format!("{n:.2}") }
}

/// The series in characters, `width` columns wide, with its bounds beside it.
#[must_use]
pub fn chart(series: &Series, width: usize) -> String {
    let Some(bounds) = series.bounds() else { return String::new() };
    let (low, high) = (number(bounds.low), number(bounds.high));
    let margin = low.len().max(high.len());
    let columns = width.saturating_sub(margin + 3).clamp(20, 100);
    let mut rows = vec![vec![' '; columns]; ROWS];
    let spot = |point| {
        let (x, y) = bounds.place(point);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "both are between 0 and 1, and the grid is small"
        )]
        let cell = |share: f64, cells: usize| (share * (cells - 1) as f64).round() as usize;
        (cell(x, columns).min(columns - 1), ROWS - 1 - cell(y, ROWS).min(ROWS - 1))
    };
    for (n, point) in series.points.iter().enumerate() {
        let (x, y) = spot(*point);
        if series.is_step {
            let end = series.points.get(n + 1).map_or(columns, |next| spot(*next).0);
            for cell in rows[y].iter_mut().take(end).skip(x) {
                if *cell == ' ' {
                    *cell = '─';
                }
            }
        }
        rows[y][x] = '•';
    }
    let mut text = format!("{}\n", inert(&series.name, 200));
    for (n, row) in rows.iter().enumerate() {
        let label = match n {
            0 => high.as_str(),
            n if n == ROWS - 1 => low.as_str(),
            _ => "",
        };
        let row: String = row.iter().collect();
        let _ = writeln!(text, "{}", format!("{label:>margin$} ┤{row}").trim_end());
    }
    let (first, last) = (bounds.first.to_string(), bounds.last.to_string());
    let gap = columns.saturating_sub(first.len() + last.len()).max(1);
    let _ = writeln!(text, "{} └{first}{}{last}", " ".repeat(margin), " ".repeat(gap));
    text
}

/// The width and the height of a series in a picture, and of the space around it.
const SIZE: (f64, f64) = (720.0, 180.0);
const EDGE: (f64, f64) = (70.0, 40.0);

/// The series as one SVG picture, under each other.
#[must_use]
pub fn svg(title: &str, all: &[Series]) -> String {
    let drawn: Vec<(&Series, Bounds)> =
        all.iter().filter_map(|series| Some((series, series.bounds()?))).collect();
    let (width, step) = (SIZE.0 + 2.0 * EDGE.0, SIZE.1 + 2.0 * EDGE.1);
    #[expect(clippy::cast_precision_loss, reason = "a picture has few series")]
    let height = step * drawn.len() as f64;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        escaped(title)
    );
    let mut top = 0.0;
    for (series, bounds) in drawn {
        draw(&mut text, series, &bounds, top);
        top += step;
    }
    text.push_str("</svg>\n");
    text
}

fn draw(text: &mut String, series: &Series, bounds: &Bounds, top: f64) {
    let at = |point| {
        let (x, y) = bounds.place(point);
        (EDGE.0 + x * SIZE.0, top + EDGE.1 + (1.0 - y) * SIZE.1)
    };
    let (left, right) = (EDGE.0, EDGE.0 + SIZE.0);
    let (upper, lower) = (top + EDGE.1, top + EDGE.1 + SIZE.1);
    let _ = writeln!(
        text,
        "<g><text x=\"{left}\" y=\"{:.0}\" font-weight=\"bold\">{}</text>\n\
         <path d=\"M{left} {upper}V{lower}H{right}\" fill=\"none\" stroke=\"#888\"/>\n\
         <text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>\n\
         <text x=\"{:.0}\" y=\"{lower}\" text-anchor=\"end\">{}</text>\n\
         <text x=\"{left}\" y=\"{:.0}\">{}</text>\n\
         <text x=\"{right}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
        top + EDGE.1 - 14.0,
        escaped(&series.name),
        left - 6.0,
        upper + 10.0,
        number(bounds.high),
        left - 6.0,
        number(bounds.low),
        lower + 18.0,
        bounds.first,
        lower + 18.0,
        bounds.last,
    );
    let mut path = String::new();
    for (n, point) in series.points.iter().enumerate() {
        let (x, y) = at(*point);
        let _ = match (n, series.is_step) {
            (0, _) => write!(path, "M{x:.1} {y:.1}"),
            (_, true) => write!(path, "H{x:.1}V{y:.1}"),
            (_, false) => write!(path, "L{x:.1} {y:.1}"),
        };
    }
    let _ = writeln!(
        text,
        "<path d=\"{path}\" fill=\"none\" stroke=\"#26374a\" stroke-width=\"1.5\"/>"
    );
    for point in &series.points {
        let ((x, y), (day, n)) = (at(*point), *point);
        let _ = writeln!(
            text,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"#26374a\"><title>{day}: {}</title></circle>",
            number(n)
        );
    }
    text.push_str("</g>\n");
}

/// Text of a page within a picture of ours.
fn escaped(text: &str) -> String {
    let text = inert(text, 200);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(is_step: bool) -> Series {
        let day = |text: &str| text.parse().unwrap();
        let points = vec![
            (day("2023-04-25"), 25_564.0),
            (day("2024-06-03"), 27_297.0),
            (day("2025-07-07"), 28_362.0),
        ];
        Series { name: "ee.proof_of_funds/4#amount <b>".to_owned(), points, is_step }
    }

    #[test]
    fn numbers_are_drawn_in_characters() {
        insta::assert_snapshot!(chart(&series(true), 60) + &chart(&series(false), 60));
    }

    #[test]
    fn a_picture_is_well_formed_and_has_every_number() {
        let picture = svg("a & b", &[series(true), series(false)]);
        let xml = roxmltree::Document::parse(&picture).unwrap();
        let circles = xml.descendants().filter(|node| node.has_tag_name("circle")).count();
        assert_eq!(circles, 6);
        assert!(picture.contains("<title>2024-06-03: 27297</title>"), "{picture}");
        assert!(picture.contains("#amount &lt;b&gt;"), "{picture}");
    }

    #[test]
    fn one_number_and_none_are_drawn_too() {
        let one = Series { points: vec![(Date::constant(2024, 1, 1), 0.5)], ..series(true) };
        assert!(chart(&one, 40).contains("0.50"));
        let none = Series { points: Vec::new(), ..series(true) };
        assert_eq!(chart(&none, 40), "");
        assert!(svg("x", &[none]).contains("</svg>"));
    }
}
