//! Rows and items of which their page says that they are not of a list: "Occupations that are not eligible" over a
//! table like the one above it, "NOC 75102 was removed from this list".

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::form::table::GROUP;
use super::matches::Match;
use super::recipe::{FactRecipe, Form, Locator};
use super::value::dated::{self, Period};
use super::value::pattern::constant;
use crate::model::FactType;

/// Words that say so, also as a recipe writes them for a list of such.
static DENIES: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix)\b(?: not\ (?:be\ )?(?:eligible|accepted|included|considered|qualif\w+) | ineligible
          | not\ on\ (?:the|this)\ list | (?:is|are|be|been|was|were)\ (?:excluded|removed) | removed\ (?:from|on)
          | no\ longer\ (?:eligible|accepted|included|exempt|on\b|qualif\w+) | (?:does|do)\ not\ (?:nominate|accept|qualify)
          | (?:occupations?|list|fields?(?:\ of\ study)?|programs?|codes|communities)\ (?:removed|excluded|suspended|paused
            |restricted|on\ hold|that\ (?:have|has)\ left)
          | (?:removed|excluded|suspended|restricted|paused|former|future)\ (?:occupations?|fields?(?:\ of\ study)?
            |programs?|codes|communities)
          | non\ (?:admissibles?|éligibles?) | inadmissibles? | (?:est|sont|été)\ (?:exclue?s?|retirée?s?)
          | (?:professions|liste)\ (?:exclue?s?|retirée?s?) )\b";
    constant(pattern)
});

/// Words that say that it will be on the list from a day on.
static WILL_BE: LazyLock<Regex> =
    LazyLock::new(|| constant(r"(?i)\b(?:will be|to be|seront|sera) (?:added|ajouté)"));

/// Whether words say of what is under them that it is not on the list, be it only until a day to come.
fn says_so(words: &str, today: Date) -> bool {
    let is_ahead = || dated::day_in(words).is_some_and(|day| day > today);
    // What leaves on a day to come is on the list until then.
    let is_still = || leaves_from(words).is_some_and(|day| day > today);
    DENIES.is_match(words) && !is_still() || (WILL_BE.is_match(words) && is_ahead())
}

/// Whether words say that what is under them will be on the list no longer, from a day on: "no longer eligible as of
/// January 1, 2027".
pub(super) fn leaves_from(words: &str) -> Option<Date> {
    static LEAVES: LazyLock<Regex> = LazyLock::new(|| {
        let day = r"(?:as of|effective|from|on|starting|à (?:compter|partir)|le|dès)";
        let leaves = "removed|withdrawn|discontinued|leaving|retirée?s?|supprimée?s?";
        constant(&format!(r"(?i)\b(?:{leaves}),? {day}\b"))
    });
    match dated::of_header(words)? {
        Period::From(day) => (DENIES.is_match(words) || LEAVES.is_match(words)).then_some(day),
        Period::Until(_) => None,
    }
}

/// Whether facts are what is listed, so that what is said not to be of the list is none. Those of a list of what
/// is denied are called so: `ineligible_occupations`.
pub(super) fn is_of(fact: &FactRecipe) -> bool {
    let is_list =
        matches!(fact.kind, FactType::Occupations | FactType::Categories | FactType::List);
    is_list && !DENIES.is_match(&fact.key.to_string().replace(['.', '_', '-'], " "))
}

/// Cells with words over the rows of a table: its heading, its caption, a row over others, and the paragraph above it.
const OVER: [&str; 4] = ["heading", "caption", GROUP, "intro"];

/// Whether the words over it, or its own sentence, say of a match that it is not of the list. A heading that the recipe
/// asks for in such words is that of a list of what is denied.
pub(super) fn denies(locator: &Locator, matched: &Match<'_>, today: Date) -> bool {
    let is_asked = |heading: &str| {
        let mut asked = locator.under.iter().filter(|pattern| pattern.is_match(heading));
        asked.any(|pattern| DENIES.is_match(&pattern.as_str().replace('\\', "")))
    };
    // A row of a table has cells of its own for what is said of it.
    let is_row = matches!(locator.form, Form::Table(_) | Form::Matrix(_));
    let denies = |cell: &&&str| matched.get(cell).is_some_and(|words| says_so(words, today));
    match OVER.iter().filter(|cell| is_row || **cell == "heading").find(denies) {
        Some(cell) => *cell != "heading" || !matched.get("heading").is_some_and(is_asked),
        None => !is_row && DENIES.is_match(&without_aside(&matched.quote)),
    }
}

/// Words without what they have in brackets, or after a comma at their end: a remark denies a part.
fn without_aside(quote: &str) -> Cow<'_, str> {
    static ASIDE: LazyLock<Regex> =
        LazyLock::new(|| constant(r"\([^()]*\)|, [^,.]*(?:excluded|not included)\.?$"));
    ASIDE.replace_all(quote, "")
}
