//! Pages in light writing, made into the markup of the site they are on.
//!
//! A line is a paragraph, unless it begins with `#`, `##` or `###` (a heading under the page's own),
//! `- ` (an item; two spaces before it, an item in an item), `!` (a box), `> ` (the summary of a
//! `details`, which a line `<` closes), or has ` | ` in it (the row of a table, the header first).
//! What stands between tags is left as it is.

use std::fmt::Write as _;

use url::Url;

/// The CRS grid as it is since 2025-03-25, every cell.
pub(crate) const CRS: &str = include_str!("../fixtures/impacts/crs.txt");
/// The Global Talent Stream as it was on 2025-11-20: 17 rows of Category B, some partners.
pub(crate) const GTS: &str = include_str!("../fixtures/impacts/gts.txt");

/// A page of the site that `url` is on. Only canada.ca stamps it with its `day`.
pub(crate) fn page(url: &Url, title: &str, day: &str, text: &str) -> String {
    let body = markup(text);
    if url.host_str().is_some_and(|host| host.ends_with("canada.ca")) {
        canada(url, title, day, &body)
    } else {
        province(title, &body)
    }
}

fn canada(url: &Url, title: &str, day: &str, body: &str) -> String {
    format!(
        r##"<!DOCTYPE html>
<html class="no-js" lang="en" dir="ltr" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<title>{title} - Canada.ca</title>
<link rel="canonical" href="{url}"/>
<meta name="dcterms.modified" title="W3CDTF" content="{day}"/>
</head>
<body vocab="http://schema.org/" typeof="WebPage">
<nav><ul id="wb-tphp"><li class="wb-slc"><a class="wb-sl" href="#wb-cont">Skip to main content</a></li></ul></nav>
<header><h2 class="wb-inv">Language selection</h2><ul><li><a lang="fr" href="/fr">Français</a></li></ul></header>
<main property="mainContentOfPage" resource="#wb-main" typeof="WebPageElement" class="container">
<h1 property="name" id="wb-cont">{title}</h1>
<div class="mwsgeneric-base-html parbase section">
{body}</div>
<section class="pagedetails"><h2 class="wb-inv">Page details</h2>
<gcds-date-modified>{day}</gcds-date-modified></section>
</main>
<footer id="wb-info"><h2 class="wb-inv">About this site</h2></footer>
</body>
</html>
"##
    )
}

fn province(title: &str, body: &str) -> String {
    format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<header><a href="#main">Skip to main content</a></header>
<main id="main" role="main"><article>
<h1 class="page-title">{title}</h1>
<div class="body-field">
{body}</div>
</article></main>
<footer><p>Contact us</p></footer>
</body>
</html>
"##
    )
}

#[derive(PartialEq)]
enum Kind {
    Row,
    Item,
    Other,
}

fn kind(line: &str) -> Kind {
    if line.trim_start().starts_with("- ") {
        Kind::Item
    } else if line.contains(" | ") {
        Kind::Row
    } else {
        Kind::Other
    }
}

fn markup(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let groups = lines.chunk_by(|a, b| kind(a) == kind(b));
    groups
        .map(|group| match kind(group[0]) {
            Kind::Row => table(group),
            Kind::Item => list(group),
            Kind::Other => group.iter().map(|line| block(line)).collect(),
        })
        .collect()
}

fn block(line: &str) -> String {
    let Some((mark, words)) = line.split_once(' ') else {
        return match line {
            "" => String::new(),
            "<" => "</details>\n".to_owned(),
            word if word.starts_with('<') => format!("{word}\n"),
            word => format!("<p>{word}</p>\n"),
        };
    };
    match mark {
        "#" => format!("<h2>{words}</h2>\n"),
        "##" => format!("<h3>{words}</h3>\n"),
        "###" => format!("<h4>{words}</h4>\n"),
        "!" => {
            format!("<div class=\"alert alert-info\"><p><strong>{words}</strong></p></div>\n")
        }
        ">" => format!("<details>\n<summary>{words}</summary>\n"),
        _ if line.starts_with('<') => format!("{line}\n"),
        _ => format!("<p>{line}</p>\n"),
    }
}

fn table(rows: &[&str]) -> String {
    let cells = |row: &str, tag: &str, end: &str| -> String {
        row.split(" | ").map(|cell| format!("<{tag}>{cell}</{end}>")).collect()
    };
    let mut html = format!(
        "<div class=\"table-responsive\"><table class=\"table table-bordered\">\n\
         <thead><tr>{}</tr></thead>\n<tbody>\n",
        cells(rows[0], "th scope=\"col\"", "th")
    );
    for row in &rows[1..] {
        writeln!(html, "<tr>{}</tr>", cells(row, "td", "td")).unwrap();
    }
    html + "</tbody></table></div>\n"
}

fn list(items: &[&str]) -> String {
    let mut html = "<ul>".to_owned();
    let mut within = false;
    for (n, item) in items.iter().enumerate() {
        let inner = item.starts_with(' ');
        html += match (within, inner) {
            (false, true) => "\n<ul>",
            (true, false) => "</li></ul></li>",
            _ if n == 0 => "",
            _ => "</li>",
        };
        within = inner;
        write!(html, "\n<li>{}", item.trim_start().trim_start_matches("- ")).unwrap();
    }
    html + if within { "</li></ul></li></ul>\n" } else { "</li></ul>\n" }
}

/// What the category page says of a category's experience, as it stood from 2023-05-31.
pub(super) const SIX_MONTHS: &str = "\
- have accumulated, within the past 3 years, at least 6 months of full-time, continuous work experience (or an equal amount of part-time work experience)
  - in a single occupation listed in the table below
  - in Canada or abroad
- meet all of the requirements in the instructions for that round";

/// The same as of 2026-02-18: longer, and no longer continuous.
pub(super) const TWELVE_MONTHS: &str = "\
- have accumulated, within the past 3 years, at least 12 months of full-time work experience (or an equal amount of part-time work experience), which does not need to be continuous
  - in a single occupation listed in the table below
  - in Canada or abroad
- meet all of the requirements in the instructions for that round";

/// The same for categories of 2026 whose experience must be in Canada.
pub(super) const TWELVE_MONTHS_HERE: &str = "\
- have accumulated, within the past 3 years, at least 12 months of full-time work experience (or an equal amount of part-time work experience), which does not need to be continuous
  - in a single occupation listed in the table below
  - in Canada
- meet all of the requirements in the instructions for that round";

/// The content of the category page: for each category its name, its experience, its list. The
/// second digit of a code is its TEER.
pub(super) fn categories(categories: &[(&str, &str, &str)]) -> String {
    let mut text = "# Current categories\n".to_owned();
    for (name, ..) in categories {
        writeln!(text, "- {name}").unwrap();
    }
    text += "# Check the eligibility for each category\n";
    for (name, experience, occupations) in categories {
        writeln!(text, "## Eligibility for the {name} category").unwrap();
        writeln!(text, "To be eligible, you must:\n{experience}").unwrap();
        text += "Occupation | 2021 NOC code | 2021 TEER category\n";
        for line in occupations.lines() {
            let (code, title) = line.split_once(' ').unwrap();
            writeln!(text, "{title} | {code} | {}", &code[1..2]).unwrap();
        }
        text += "\n";
    }
    text
}

/// Names of categories as the page has them.
pub(super) const STEM: &str = "Science, Technology, Engineering and Math (STEM) occupations";
pub(super) const HEALTHCARE: &str = "healthcare occupations";
pub(super) const TRADES: &str = "trade occupations";
pub(super) const EDUCATION: &str = "education occupations";
pub(super) const TRANSPORT: &str = "transport occupations";

/// The rows of a list without the words: its codes.
pub(crate) fn codes(occupations: &str) -> Vec<&str> {
    occupations.lines().filter_map(|line| line.split(' ').next()).collect()
}
