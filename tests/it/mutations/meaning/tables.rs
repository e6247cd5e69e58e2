//! The same tables otherwise: responsive, transposed columns, split, listed, captioned.

use super::super::sheet::{Sheet, bare};
use super::super::splice::{Change, Splice, put};
use super::Class::Form;
use super::Reach::{Both, One};
use super::{Family, family};

pub(super) const FAMILIES: [Family; 27] = [
    family("table-responsive", Form, Both, |s| {
        of_tables(s, |t| {
            let mut change = s.wrapped(t.id, "<div class=\"table-responsive\">", "</div>");
            for (cell, head) in t.headed(s) {
                change.push(s.with_attribute(cell, "data-label", &head));
            }
            Some(change)
        })
    }),
    family("cell-labels-for-screen-readers", Form, Both, |s| {
        of_tables(s, |t| {
            let label = |(cell, head): (usize, String)| {
                let at = s.inner(cell).start;
                put(at..at, format!("<span class=\"sr-only\">{head}: </span>"))
            };
            Some(t.headed(s).into_iter().map(label).collect())
        })
    }),
    family("cell-labels-in-wb-inv", Form, Both, |s| {
        of_tables(s, |t| {
            let label = |(cell, head): (usize, String)| {
                let at = s.inner(cell).start;
                put(at..at, format!("<span class=\"wb-inv\">{head} </span>"))
            };
            Some(t.headed(s).into_iter().map(label).collect())
        })
    }),
    family("th-to-td", Form, Both, |s| {
        of_tables(s, |t| {
            let heads = t.rows.first()?.iter().filter(|c| s.nodes[**c].name == "th");
            Some(
                heads
                    .flat_map(|c| {
                        [s.renamed(*c, "td"), s.lined(*c, "<strong>", "</strong>")].concat()
                    })
                    .collect(),
            )
        })
    }),
    family("first-cells-to-th", Form, Both, |s| {
        of_tables(s, |t| {
            let firsts = t.rows.iter().skip(1).filter_map(|row| row.first());
            Some(
                firsts
                    .filter(|c| s.nodes[**c].name == "td")
                    .flat_map(|c| s.renamed(*c, "th"))
                    .collect(),
            )
        })
    }),
    family("row-headers-to-td", Form, Both, |s| {
        of_tables(s, |t| {
            let firsts = t.rows.iter().skip(1).filter_map(|row| row.first());
            Some(
                firsts
                    .filter(|c| s.nodes[**c].name == "th")
                    .flat_map(|c| s.renamed(*c, "td"))
                    .collect(),
            )
        })
    }),
    family("thead-dropped", Form, Both, |s| {
        of_tables(s, |t| {
            let head = *s.below(t.id, &["thead"]).first()?;
            let body = s.next(head).filter(|b| s.nodes[*b].name == "tbody")?;
            // The rows of both in one body.
            Some(vec![
                put(s.nodes[head].open.clone(), "<tbody>"),
                put(s.nodes[head].close.start..s.nodes[body].open.end, ""),
            ])
        })
    }),
    family("thead-added", Form, Both, |s| {
        of_tables(s, |t| {
            let first = t.rows.first()?;
            let row = s.parent(*first.first()?);
            let is_head =
                first.iter().any(|c| s.nodes[*c].name == "th") && !s.is_in(row, &["thead"]);
            let body = s.parent(row);
            (is_head && s.nodes[body].name == "tbody" && t.rows.len() > 1).then(|| {
                vec![
                    put(s.nodes[body].open.clone(), "<thead>"),
                    put(s.outer(row).end..s.outer(row).end, "</thead><tbody>"),
                ]
            })
        })
    }),
    family("caption-added", Form, Both, |s| {
        of_tables(s, |t| {
            if !s.below(t.id, &["caption"]).is_empty() {
                return None;
            }
            let at = s.inner(t.id).start;
            let title = s.named(&["h1", "h2", "h3", "h4"]).into_iter().rfind(|h| *h < t.id)?;
            Some(vec![put(at..at, format!("<caption>{}</caption>", s.text_of(title)))])
        })
    }),
    family("caption-to-paragraph", Form, Both, |s| {
        of_tables(s, |t| {
            let caption = *s.below(t.id, &["caption"]).first()?;
            let at = s.outer(t.id).start;
            let words = s.inner_text(caption).to_owned();
            Some(vec![
                put(s.outer(caption), ""),
                put(at..at, format!("<p><strong>{words}</strong></p>")),
            ])
        })
    }),
    family("empty-column-added", Form, Both, |s| {
        plain_tables(s, |t| {
            let add = |row: &Vec<usize>| {
                let last = *row.last()?;
                let name = s.nodes[last].name.clone();
                let at = s.outer(last).end;
                Some(put(at..at, format!("<{name}></{name}>")))
            };
            Some(t.rows.iter().filter_map(add).collect())
        })
    }),
    family("last-column-moved", Form, Both, |s| {
        plain_tables(s, |t| {
            (t.width() > 2).then(|| {
                t.reordered(s, |row| {
                    let last = row.len() - 1;
                    row.swap(1, last);
                })
            })
        })
    }),
    family("columns-reversed", Form, Both, |s| {
        plain_tables(s, |t| (t.width() > 1).then(|| t.reordered(s, |row| row.reverse())))
    }),
    family("rows-reversed", Form, Both, |s| rows_moved(s, |rows| rows.reverse())),
    family("rows-rotated", Form, Both, |s| rows_moved(s, |rows| rows.rotate_left(1))),
    family("empty-rows-added", Form, Both, |s| {
        plain_tables(s, |t| {
            let row = s.parent(*t.rows.last()?.last()?);
            let at = s.outer(row).end;
            let cells = "<td>&nbsp;</td>".repeat(t.width());
            Some(vec![put(at..at, format!("<tr>{cells}</tr>"))])
        })
    }),
    family("table-split-in-two", Form, Both, split),
    family("table-to-list", Form, Both, |s| plain_tables(s, |t| listed(s, t))),
    family("table-to-cards", Form, Both, |s| plain_tables(s, |t| carded(s, t))),
    family("table-in-a-tab", Form, Both, |s| {
        of_tables(s, |t| {
            Some(s.wrapped(
                t.id,
                "<div class=\"wb-tabs\"><div class=\"tabpanels\"><div role=\"tabpanel\" class=\"tab-pane fade out noheight\">",
                "</div></div></div>",
            ))
        })
    }),
    family("table-in-a-layout-table", Form, Both, |s| {
        of_tables(s, |t| {
            let open = "<table role=\"presentation\"><tbody><tr><td>";
            Some(s.wrapped(t.id, open, "</td></tr></tbody></table>"))
        })
    }),
    family("cells-in-paragraphs", Form, Both, |s| {
        of_tables(s, |t| Some(t.cells().flat_map(|c| s.lined(c, "<p>", "</p>")).collect()))
    }),
    family("cells-in-spans-and-divs", Form, Both, |s| {
        of_tables(s, |t| {
            Some(
                t.cells()
                    .flat_map(|c| s.lined(c, "<div><span class=\"c\">", "</span></div>"))
                    .collect(),
            )
        })
    }),
    family("cells-padded-with-spaces", Form, Both, |s| {
        of_tables(s, |t| Some(t.cells().flat_map(|c| s.lined(c, "\u{a0} ", " \u{a0}")).collect()))
    }),
    family("row-span-written-out", Form, One, spans_written_out),
    family("code-said-as-noc", Form, Both, |s| {
        let cells = s.named(&["td"]);
        let is_code = |id: &usize| {
            let words = s.text_of(*id);
            words.len() == 5
                && words.bytes().all(|b| b.is_ascii_digit())
                && s.inner_text(*id).trim() == words
        };
        let name = if s.is_french { "CNP" } else { "NOC" };
        cells.into_iter().filter(is_code).map(|id| s.lined(id, &format!("{name} "), "")).collect()
    }),
    family("header-words-capital", Form, Both, |s| {
        let heads = s.named(&["th"]);
        let inner: Vec<usize> =
            s.words().into_iter().filter(|w| s.above(*w).any(|up| heads.contains(&up))).collect();
        s.each_in(&inner, r"^[^&<]+$", |c| Some(c[0].to_uppercase()))
    }),
];

/// A table of the page: its rows, each of cells.
struct Table {
    id: usize,
    rows: Vec<Vec<usize>>,
}

impl Table {
    fn of(sheet: &Sheet, id: usize) -> Self {
        let cells = |row: usize| {
            let all = sheet.children(row);
            all.into_iter()
                .filter(|c| ["td", "th"].contains(&sheet.nodes[*c].name.as_str()))
                .collect()
        };
        let own = |row: &usize| {
            sheet.above(*row).skip(1).find(|up| sheet.nodes[*up].name == "table") == Some(id)
        };
        let rows = sheet.below(id, &["tr"]).into_iter().filter(own).map(cells);
        Self { id, rows: rows.filter(|row: &Vec<usize>| !row.is_empty()).collect() }
    }

    fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Whether every row has the same cells, none spans, and the first is a header.
    fn is_plain(&self, sheet: &Sheet) -> bool {
        let spans = |c: usize| {
            let wide = |name: &str| sheet.nodes[c].attribute(name).is_some_and(|n| n.trim() != "1");
            wide("rowspan") || wide("colspan")
        };
        let first = self.rows.first().map_or(0, Vec::len);
        self.rows.len() > 1
            && self.rows.iter().all(|row| row.len() == first)
            && !self.cells().any(spans)
            && self.rows[0].iter().all(|c| sheet.nodes[*c].name == "th")
    }

    fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().flatten().copied()
    }

    /// Every cell below the header, and the words of its column's header.
    fn headed(&self, sheet: &Sheet) -> Vec<(usize, String)> {
        if !self.is_plain(sheet) {
            return Vec::new();
        }
        let heads: Vec<String> = self.rows[0].iter().map(|c| sheet.text_of(*c)).collect();
        let row = |row: &Vec<usize>| row.iter().copied().zip(heads.clone()).collect::<Vec<_>>();
        self.rows[1..].iter().flat_map(row).collect()
    }

    /// The cells of every row in another order.
    fn reordered(&self, sheet: &Sheet, order: impl Fn(&mut Vec<usize>)) -> Change {
        let mut change = Vec::new();
        for row in &self.rows {
            let mut moved = row.clone();
            order(&mut moved);
            let put_in =
                |(old, new): (&usize, &usize)| put(sheet.outer(*old), sheet.outer_text(*new));
            change.extend(row.iter().zip(&moved).filter(|(a, b)| a != b).map(put_in));
        }
        change
    }
}

fn tables(sheet: &Sheet) -> impl Iterator<Item = Table> + '_ {
    sheet.named(&["table"]).into_iter().map(|id| Table::of(sheet, id))
}

fn of_tables(sheet: &Sheet, edit: impl Fn(&Table) -> Option<Change>) -> Vec<Change> {
    tables(sheet).filter_map(|t| edit(&t)).filter(|change| !change.is_empty()).collect()
}

fn plain_tables(sheet: &Sheet, edit: impl Fn(&Table) -> Option<Change>) -> Vec<Change> {
    of_tables(sheet, |t| t.is_plain(sheet).then(|| edit(t)).flatten())
}

/// Whether the order of rows says nothing: no total, no running number, no "next".
fn is_unordered(sheet: &Sheet, table: &Table) -> bool {
    table.rows.iter().all(|row| {
        let first = bare(&sheet.text_of(row[0]));
        !first.contains("total")
            && !first.contains("additional")
            && !first.contains("more")
            && !first.contains("plus")
    })
}

fn rows_moved(sheet: &Sheet, order: impl Fn(&mut Vec<usize>)) -> Vec<Change> {
    plain_tables(sheet, |t| {
        let rows: Vec<usize> = t.rows[1..].iter().map(|row| sheet.parent(row[0])).collect();
        let mut moved = rows.clone();
        order(&mut moved);
        let put_in = |(old, new): (&usize, &usize)| put(sheet.outer(*old), sheet.outer_text(*new));
        let all: Vec<Splice> =
            rows.iter().zip(&moved).filter(|(a, b)| a != b).map(put_in).collect();
        is_unordered(sheet, t).then_some(all)
    })
}

fn split(sheet: &Sheet) -> Vec<Change> {
    plain_tables(sheet, |t| {
        if t.rows.len() < 5 || !is_unordered(sheet, t) {
            return None;
        }
        let head = sheet.outer_text(sheet.parent(t.rows[0][0]));
        let at = sheet.outer(sheet.parent(t.rows[t.rows.len() / 2][0])).end;
        let open = &sheet.text[sheet.nodes[t.id].open.clone()];
        let between = format!("</tbody></table>{open}<thead>{head}</thead><tbody>");
        Some(vec![put(at..at, between)])
    })
}

/// The cells of a row with their headers: `<strong>Wage:</strong> $41.03`.
fn labelled(sheet: &Sheet, table: &Table, row: &[usize], between: &str) -> String {
    let label = |(head, cell): (&usize, &usize)| {
        format!("<strong>{}:</strong> {}", sheet.text_of(*head), sheet.inner_text(*cell).trim())
    };
    table.rows[0].iter().zip(row).map(label).collect::<Vec<_>>().join(between)
}

/// The caption of a table that is one no longer.
fn title(sheet: &Sheet, table: &Table) -> String {
    let caption = sheet.below(table.id, &["caption"]).first().copied();
    caption.map_or(String::new(), |caption| format!("<p>{}</p>", sheet.inner_text(caption)))
}

fn listed(sheet: &Sheet, table: &Table) -> Option<Change> {
    let item = |row: &Vec<usize>| format!("<li>{}</li>", labelled(sheet, table, row, "; "));
    let items: String = table.rows[1..].iter().map(item).collect();
    Some(vec![put(sheet.outer(table.id), format!("{}<ul>{items}</ul>", title(sheet, table)))])
}

fn carded(sheet: &Sheet, table: &Table) -> Option<Change> {
    let card = |row: &Vec<usize>| {
        let pair = |(head, cell): (&usize, &usize)| {
            format!("<dt>{}</dt><dd>{}</dd>", sheet.text_of(*head), sheet.inner_text(*cell).trim())
        };
        let pairs: String = table.rows[0].iter().zip(row).map(pair).collect();
        format!("<div class=\"card\"><dl>{pairs}</dl></div>")
    };
    let cards: String = table.rows[1..].iter().map(card).collect();
    let made = format!("{}<div class=\"cards\">{cards}</div>", title(sheet, table));
    Some(vec![put(sheet.outer(table.id), made)])
}

/// A cell that spans rows said in each of them.
fn spans_written_out(sheet: &Sheet) -> Vec<Change> {
    let mut places = Vec::new();
    for table in tables(sheet) {
        for (n, row) in table.rows.iter().enumerate() {
            let first = row[0];
            let node = &sheet.nodes[first];
            let Some(rows) = node.attribute("rowspan").and_then(|r| r.trim().parse::<usize>().ok())
            else {
                continue;
            };
            // Only the first column's: where the others stand depends on what else spans.
            if rows < 2 || n + rows > table.rows.len() || node.attribute("colspan").is_some() {
                continue;
            }
            let tag = sheet.text[node.open.clone()].replace(&format!(" rowspan=\"{rows}\""), "");
            let cell = format!("{tag}{}</{}>", sheet.inner_text(first), node.name);
            let mut change = vec![put(node.open.clone(), tag)];
            for below in &table.rows[n + 1..n + rows] {
                let at = sheet.outer(below[0]).start;
                change.push(put(at..at, cell.clone()));
            }
            places.push(change);
        }
    }
    places
}

#[test]
fn columns_are_moved_whole_and_spans_written_out() {
    let html = "<main><table><tr><th>a<th>b<th>c<tr><td>1<td>2<td>3</table>\
                <table><tr><td rowspan=2>x<td>y<tr><td>z</table></main>";
    let sheet = Sheet::of(html, &[]);
    let table = tables(&sheet).next().unwrap();
    assert!(table.is_plain(&sheet));
    let moved = sheet.with(&table.reordered(&sheet, |row| row.reverse()));
    assert!(
        moved.contains("<th>c</th><th>b</th><th>a</th></tr><tr><td>3</td><td>2</td><td>1</td>"),
        "{moved}"
    );
    let spans = spans_written_out(&sheet);
    let [one] = spans.as_slice() else { panic!("{spans:?}") };
    assert!(sheet.with(one).contains("<td>x</td><td>y</td></tr><tr><td>x</td><td>z</td>"));
}
