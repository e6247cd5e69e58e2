//! Lists without list elements: tables of one column, lines with bullets.

use scraper::ElementRef;

/// Bullets printed before an item without a list element.
const BULLETS: [char; 3] = ['•', '▪', '·'];

/// Whether a line begins as an item.
pub(super) fn is_bullet(line: &str) -> bool {
    line.starts_with(BULLETS)
}

/// The cells of a one-column table that is only layout: without headers, a caption or other table parts.
pub(super) fn layout(table: ElementRef<'_>) -> Option<Vec<ElementRef<'_>>> {
    let is = |element: &ElementRef<'_>, name: &str| element.value().name() == name;
    let mut cells = Vec::new();
    let bodies = table.child_elements().filter(|part| !is(part, "colgroup"));
    for body in bodies {
        if !is(&body, "tbody") {
            return None;
        }
        for row in body.child_elements() {
            let mut all = row.child_elements();
            let cell = all.next().filter(|cell| is(cell, "td"))?;
            if all.next().is_some() {
                return None;
            }
            cells.push(cell);
        }
    }
    (!cells.is_empty()).then_some(cells)
}

/// Words without the bullet before them.
pub(super) fn unlisted(words: &str) -> &str {
    words.trim_start_matches(BULLETS).trim_start()
}

#[cfg(test)]
mod tests {
    use crate::extract::html::outline::{Kind, Outline};

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let outline = Outline::of_page(&format!("<main><h1>A</h1>{body}</main>"));
        let said = |kind: &Kind| match kind {
            Kind::Paragraph(text) => format!("p {text}"),
            Kind::Item { text, depth, .. } => format!("{} {text}", "*".repeat(*depth)),
            Kind::Table(_) => "table".to_owned(),
        };
        let found: Vec<String> = outline.blocks.iter().map(|block| said(&block.kind)).collect();
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn a_table_of_one_column_is_a_list_and_of_one_cell_a_frame() {
        check("<table><tr><td>one<tr><td>two</table>", &["* one", "* two"]);
        check("<table><tr><td><p>one<table><tr><td>a<td>b</table></table>", &["p one", "table"]);
        check("<table><tr><th>Head<tr><td>two</table>", &["table"]);
        check("<table><caption>C</caption><tr><td>one<tr><td>two</table>", &["table"]);
        check("<table><tr><td>a<td>b<tr><td>c<td>d</table>", &["table"]);
    }

    #[test]
    fn lines_with_bullets_are_items_without_them() {
        check("<p>You need:<br>• a job<br>• a degree", &["p You need:", "* a job", "* a degree"]);
        check("<p>One · two", &["p One · two"]);
        check("<ul><li>a job;<li>• a degree, or</ul>", &["* a job;", "* a degree, or"]);
    }
}
