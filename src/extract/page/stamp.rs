//! The date of a page: the stamp on every canada.ca page, and the one at the root of a law. It only tells
//! whether one page is older than another; it is not a fact. Lines with such a date ("Last updated: June 17,
//! 2026") are not facts either.

use std::borrow::Cow;
use std::sync::LazyLock;

use html5ever::local_name;
use jiff::civil::Date;
use regex::Regex;
use scraper::ElementRef;

use crate::extract::html::content::attribute;
use crate::extract::recipe::PageWords;
use crate::extract::value::date;
use crate::extract::value::pattern::constant;

/// The date in a `meta` stamp in the head of a page.
pub(crate) fn head(meta: ElementRef<'_>) -> Option<Date> {
    let is_stamp =
        attribute(meta, &local_name!("name"))?.trim().eq_ignore_ascii_case("dcterms.modified");
    attribute(meta, &local_name!("content")).filter(|_| is_stamp).and_then(day)
}

/// The date in a stamp element under the content of a page.
pub(crate) fn foot(element: ElementRef<'_>) -> Option<Date> {
    let name = &element.value().name.local;
    let is_time = *name == local_name!("time")
        && attribute(element, &local_name!("property")) == Some("dateModified");
    if !is_time && **name != *"gcds-date-modified" {
        return None;
    }
    // A date is short; an element that holds a whole page is not a stamp.
    let words: String = element.text().flat_map(str::chars).take(200).collect();
    attribute(element, &local_name!("datetime"))
        .and_then(day)
        .or_else(|| day(&words))
        .or_else(|| within(&words))
}

/// The date of a law: the day on which its text was current.
pub(crate) fn of_law(document: &roxmltree::Document<'_>) -> Option<Date> {
    let root = document.root_element();
    let attribute = |name: &str| root.attributes().find(|a| a.name() == name);
    ["pit-date", "current-date"]
        .into_iter()
        .find_map(|name| attribute(name).and_then(|attribute| day(attribute.value())))
}

/// Removes from a stretch of a page the lines that only say when the page was changed, and those that a
/// recipe declares to be no content. A recipe that asks for such a line by its own sentence still finds it.
pub(crate) fn without_lines<'a>(words: &'a str, page: &PageWords) -> Cow<'a, str> {
    let is_noise = |line: &str| is_line(line) || page.is_noise(line);
    let may_have = !page.is_empty() || words.bytes().any(|b| b.is_ascii_digit());
    if !may_have || !words.split('\n').any(is_noise) {
        return words.into();
    }
    words.split('\n').filter(|line| !is_noise(line)).collect::<Vec<_>>().join("\n").into()
}

/// Whether a line only says when the page was changed.
fn is_line(line: &str) -> bool {
    // Labels and dates are short.
    if line.len() > 80 {
        return false;
    }
    let line = line.trim().trim_end_matches('.');
    let Some(opening) = OPENING.find(line) else { return false };
    // "Updated June 3, 2024" may be about a rule; "Last updated on June 3, 2024" and "Updated: June 3, 2024"
    // are about the page.
    let is_about_the_page = opening.as_str().ends_with(':') || SURE.is_match(opening.as_str());
    let said = line[opening.end()..].trim_start_matches(|c: char| c == ':' || c.is_whitespace());
    let said = ["on ", "le "].iter().find_map(|word| said.strip_prefix(word)).unwrap_or(said);
    // "Updated: June 26, 2026 Published: October 16, 2023" is two of them.
    let (day, further) = AGAIN
        .find(said)
        .map_or((said, None), |again| (&said[..again.start()], Some(&said[again.start()..])));
    is_about_the_page && is_moment(day.trim()) && further.is_none_or(is_line)
}

/// Whether words are a day, with or without a time of day after it.
fn is_moment(words: &str) -> bool {
    let day = TIME.find(words).map_or(words, |time| &words[..time.start()]);
    date::day(day.trim()).is_some()
}

/// The words before the date of such a line.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix)^(?:
        (?:(?:this|the)\ )?(?:web\ ?)?(?:(?:page|site|content|information)\ )?
          (?:(?:was|is|has\ been)\ )?(?:(?:last|most\ recently|date)\ )?
          (?:updated|modified|reviewed|revised|changed|edited|verified|published)
        | (?:date\ of\ )?(?:(?:this|the)\ )?(?:last|latest|most\ recent)\ (?:page\ )?(?:update|modification|revision|review)
        | (?:(?:cette\ |la\ )?page\ )?(?:mise?\ à\ jour|publiée?)
        | (?:dernière\ (?:mise\ à\ jour|modification|révision))
        | date\ de\ (?:(?:la\ )?dernière\ )?(?:modification|publication|mise\ à\ jour)
        )(?:\s?:|\s|$)";
    constant(pattern)
});

/// Words that are there only when a line is about its page.
static SURE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:page|site|content|information|last|most|date|dernière)\b";
    constant(pattern)
});

/// Where a second such line begins on the same line.
static AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"(?i)\s(?:last )?(?:updated|published|modified|reviewed|publiée?|mise? à jour) ?:";
    constant(pattern)
});

/// The time of day after a day.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i),? (?:at |à )?\d{1,2}(?::\d\d| ?h\b).*$";
    constant(pattern)
});

/// Reads a date, with or without a time after it.
fn day(text: &str) -> Option<Date> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    text.get(..10).and_then(|iso| iso.parse().ok()).or_else(|| date::day(text))
}

/// A date among other words: `Date modified: 2026-04-01`.
fn within(text: &str) -> Option<Date> {
    text.split_whitespace().find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;
    use crate::extract::page::survey::Survey;

    fn html(text: &str) -> Option<String> {
        let html = Html::parse_document(text);
        Survey::of(&html).unwrap().stamped_on.map(|day| day.to_string())
    }

    #[test]
    fn the_stamps_of_canada_ca_are_read() {
        let stamped = [
            r#"<meta name="dcterms.modified" title="W3CDTF" content="2025-12-11"/>"#,
            r#"<meta name="DCTERMS.modified" content="2025-12-11T08:00:00Z">"#,
            "<p>x<time property=\"dateModified\">\u{feff}2025-12-11</time>",
            r#"<dl><dd><time property="dateModified">
                December 11, 2025</time></dd></dl>"#,
            "<gcds-date-modified>2025-12-11</gcds-date-modified>",
            "<gcds-date-modified>Date modified: <time>2025-12-11</time></gcds-date-modified>",
        ];
        for page in stamped {
            assert_eq!(html(page).as_deref(), Some("2025-12-11"), "{page}");
        }
    }

    #[test]
    fn any_other_date_is_no_stamp() {
        for page in [
            "<p>As of <time>2025-12-11</time>",
            r#"<meta name="dcterms.issued" content="2025-12-11">"#,
            r#"<meta name="dcterms.modified" content="today">"#,
        ] {
            assert_eq!(html(page), None, "{page}");
        }
    }

    #[test]
    fn a_line_that_only_says_when_a_page_was_changed_is_no_words_of_it() {
        for (words, left) in [
            ("Last updated: June 17, 2026", ""),
            ("Dernière mise à jour : 5 janvier 2026", ""),
            ("Last update: May 14, 2026", ""),
            ("Updated: June 26, 2026 Published: October 16, 2023", ""),
            (
                "Updated: June 26, 2026 Published: the new list",
                "Updated: June 26, 2026 Published: the new list",
            ),
            ("Last update of the list: May 14, 2026", "Last update of the list: May 14, 2026"),
            ("UPDATED: 2026-06-17\nPublished: January 02, 2024", ""),
            ("A rule.\nLast modified: 17 June 2026", "A rule."),
            ("Updated: the wage is $30", "Updated: the wage is $30"),
            ("Updated June 3, 2024", "Updated June 3, 2024"),
            ("Last updated June 3, 2024", ""),
            ("This page was last updated on June 3, 2024.", ""),
            ("Dernière mise à jour le 3 juin 2024", ""),
            ("Last updated the fees on June 3, 2024", "Last updated the fees on June 3, 2024"),
            ("Page last reviewed on 2026-11-12", ""),
            ("Content updated Nov. 12, 2026", ""),
            ("Last updated: November 12, 2026, 2:05 p.m.", ""),
            ("Information updated: 2026-11-12 at 14:05", ""),
            ("Published November 12, 2026", "Published November 12, 2026"),
            ("Content updated for 2026", "Content updated for 2026"),
            ("Closed: June 3, 2024", "Closed: June 3, 2024"),
            (
                "Last updated: June 3, 2024, when fees rose",
                "Last updated: June 3, 2024, when fees rose",
            ),
        ] {
            assert_eq!(without_lines(words, &PageWords::default()), left, "{words}");
        }
    }

    #[test]
    fn a_law_says_whose_day_it_is_with_or_without_a_namespace() {
        let law = |text: &str| of_law(&roxmltree::Document::parse(text).unwrap());
        let day = "2026-01-30".parse().ok();
        let spaced = r#"<Regulation xmlns:lims="http://justice.gc.ca/lims"
            lims:pit-date="2026-01-30" lims:current-date="2026-02-04"/>"#;
        assert_eq!(law(spaced), day);
        assert_eq!(law(r#"<RegulationSections current-date="2026-01-30"/>"#), day);
        assert_eq!(law(r#"<Regulation><Section pit-date="2026-01-30"/></Regulation>"#), None);
    }
}
