//! The parts of a page that are not content, as data: the furniture of sites, elements that a browser does
//! not show, words that are struck out.
//!
//! Three tables, shown in `RECIPES.md` to authors of recipes. No other part of the reader names a site's
//! classes; the noise in the remainder of a page is defined in `noise.rs`.
//!
//! - *Furniture*: menus, share and feedback boxes, page details, by their class; and lines such as
//!   "Back to top", by their words.
//! - *Unseen*: elements that a browser on a wide screen does not show. What a button, a tab or an
//!   accordion reveals is still content.
//! - *Struck*: an old value, kept apart from the words.

use std::sync::LazyLock;

use ego_tree::NodeRef;
use html5ever::local_name;
use regex::Regex;
use scraper::{ElementRef, Node};

use super::content::attribute;
use crate::extract::value::pattern::constant;

/// Classes of furniture. On canada.ca, the page-details and feedback blocks are inside `main`.
const FURNITURE: [&str; 36] = [
    "pagedetails",
    "gc-pg-hlpfl",
    "gc-rprt-prblm",
    "gc-prtts",
    "gc-pft",
    "wb-share",
    "wb-sl",
    "wb-slc",
    "breadcrumb",
    "breadcrumbs",
    "breadcrumb-container",
    "back-to-top",
    "backtotop",
    "back-top",
    "to-top",
    "skip-link",
    "skiplink",
    "skip-links",
    "skip-to-content",
    "social-share",
    "share-this",
    "share-links",
    "share-buttons",
    "sharethis",
    "addtoany",
    "addtoany_share_save_container",
    "a2a_kit",
    "addthis_toolbox",
    "page-feedback",
    "feedback-form",
    "goa-feedback",
    "goa-feedback-wrapper",
    "general-content_feedback",
    "goa-socialshare",
    "cookie-banner",
    "cookie-consent",
];

/// Lines that only say where a reader is or what the site offers, folded: without case, accents or
/// punctuation at the ends. A line with more words than these does not count.
const LINES: [&str; 55] = [
    "share this page",
    "share this",
    "share on facebook",
    "share on twitter",
    "share on x",
    "share on linkedin",
    "share by email",
    "partager cette page",
    "partagez cette page",
    "print this page",
    "print page",
    "print",
    "printer-friendly version",
    "print-friendly version",
    "imprimer cette page",
    "imprimer",
    "version imprimable",
    "save as pdf",
    "save this page",
    "download as pdf",
    "download this page",
    "enregistrer en pdf",
    "enregistrer cette page",
    "telecharger en pdf",
    "telecharger cette page",
    "listen",
    "listen to this page",
    "ecouter",
    "ecouter cette page",
    "email this page",
    "report a problem on this page",
    "report a problem or mistake on this page",
    "report a problem",
    "signaler un probleme sur cette page",
    "signaler un probleme",
    "did you find what you were looking for",
    "avez-vous trouve ce que vous cherchiez",
    "was this page helpful",
    "is this page helpful",
    "cette page vous a-t-elle ete utile",
    "give feedback about this page",
    "give feedback on this page",
    "donnez votre avis sur cette page",
    "thank you for your feedback",
    "thank you for your help",
    "merci de vos commentaires",
    "merci pour vos commentaires",
    "merci de votre aide",
    "skip to main content",
    "skip to content",
    "passer au contenu principal",
    "aller au contenu principal",
    "page details",
    "details de la page",
    "you are here",
];

/// What stands beside such a line: where a page can be shared, and what one may answer.
const NETWORKS: [&str; 17] = [
    "facebook",
    "x",
    "twitter",
    "linkedin",
    "email",
    "e-mail",
    "courriel",
    "whatsapp",
    "reddit",
    "print",
    "yes",
    "no",
    "oui",
    "non",
    "give feedback",
    "send feedback",
    "donnez votre avis",
];

/// Classes of text for screen readers only; a publisher may put its own prefix before them. On a heading, a caption or
/// a table header, that text still names what follows.
const SPOKEN: [&str; 18] = [
    "hidden-visually",
    "assistive-text",
    "off-screen",
    "offscreen",
    "a11y-hidden",
    "wb-inv",
    "wb-invisible",
    "sr-only",
    "sr-text",
    "visually-hidden",
    "visuallyhidden",
    "visually-hidden-focusable",
    "screen-reader-text",
    "screen-reader-only",
    "screenreader-only",
    "element-invisible",
    "show-for-sr",
    "ui-helper-hidden-accessible",
];

/// Classes of elements never shown, or shown only on paper, or only on a narrow screen in place of others.
const UNSEEN: [&str; 34] = [
    "hidden",
    "hide",
    "d-none",
    "tw-hidden",
    "ng-hide",
    "is-hidden",
    "element-hidden",
    "invisible",
    "display-none",
    "visible-print",
    "visible-print-block",
    "visible-print-inline",
    "visible-print-inline-block",
    "print-only",
    "only-print",
    "show-for-print",
    "visible-xs",
    "visible-xs-block",
    "visible-xs-inline",
    "visible-xs-inline-block",
    "visible-sm",
    "visible-sm-block",
    "visible-sm-inline",
    "visible-sm-inline-block",
    "show-for-small-only",
    "hidden-md",
    "hidden-lg",
    "hide-for-large",
    "hide-for-medium",
    "d-md-none",
    "d-lg-none",
    "d-xl-none",
    "lg:tw-hidden",
    "lg:hidden",
];

/// Prefixes of classes that show, on a wide screen, what another class hides.
const SEEN: [&str; 19] = [
    "visible-md",
    "visible-lg",
    "d-sm-block",
    "d-md-",
    "d-lg-",
    "d-xl-",
    "d-sm-flex",
    "d-sm-inline",
    "md:tw-block",
    "md:tw-flex",
    "md:tw-inline",
    "lg:tw-block",
    "lg:tw-flex",
    "lg:tw-inline",
    "md:block",
    "lg:block",
    "lg:flex",
    "show-for-large",
    "show-for-medium",
];

/// Classes of panels that a tab, an accordion or a link opens.
const PANELS: [&str; 12] = [
    "tab-pane",
    "tabpanel",
    "tabs-panel",
    "tab-content",
    "collapse",
    "panel-collapse",
    "accordion-content",
    "accordion-collapse",
    "accordion-panel",
    "accordion__content",
    "mfp-hide",
    "modal",
];

/// Whether an element is furniture of its site, by its class.
pub(crate) fn is_furniture(class: &str) -> bool {
    FURNITURE.contains(&class)
}

/// Whether a line is furniture of its site, by its words.
pub(crate) fn is_furniture_line(line: &str) -> bool {
    // The longest phrase is short, and most lines are long.
    if line.len() > 60 {
        return false;
    }
    let is_one = |line: &str| {
        let folded = folded(line);
        LINES.contains(&folded.as_str()) || TOP.is_match(&folded)
    };
    // Several of them may stand in one line: "Was this page helpful? Give feedback".
    is_one(line) || {
        let parts = || line.split(['?', '!', ':', '|']).filter(|part| !part.trim().is_empty());
        parts().any(is_one) && parts().all(|part| is_one(part) || is_network(part))
    }
}

/// Whether words are names of networks to share a page on, or ask for an answer about it.
fn is_network(words: &str) -> bool {
    let folded = folded(words);
    NETWORKS.contains(&folded.as_str()) || {
        let mut words = folded.split([' ', ',']).filter(|word| !word.is_empty());
        words.all(|word| NETWORKS.contains(&word))
    }
}

/// A way back to the top of the page, in the words of any site.
static TOP: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?x)^(?:
        (?:(?:go|jump|skip|move|scroll)\ )?(?:(?:back|return|up)\ )?to\ (?:the\ )?top(?:\ of\ (?:the\ |this\ )?(?:page|screen))?
        | (?:back\ |return\ )?top\ of\ (?:the\ |this\ )?page
        | (?:retour(?:ner)?|revenir|aller|remonter)\ (?:en\ |au\ )?haut(?:\ de\ (?:la\ |cette\ )?page)?
        | (?:en\ )?haut\ de\ (?:la\ |cette\ )?page
        )$";
    constant(pattern)
});

/// Whether an element is a link to the beginning of its page, or to its list of contents, with nothing beside it: "Top",
/// "Return to list of contents". In a sentence, or to another page, such words may say more.
pub(crate) fn leads_back(element: ElementRef<'_>) -> bool {
    const GOALS: [&str; 12] = [
        "beginning",
        "contents",
        "debut",
        "haut",
        "index",
        "matieres",
        "menu",
        "sommaire",
        "start",
        "table",
        "top",
        "list",
    ];
    const WAYS: [&str; 26] = [
        "a",
        "aller",
        "au",
        "aux",
        "back",
        "cette",
        "de",
        "des",
        "du",
        "en",
        "go",
        "jump",
        "la",
        "le",
        "of",
        "page",
        "remonter",
        "retour",
        "retourner",
        "return",
        "revenir",
        "section",
        "skip",
        "the",
        "this",
        "to",
    ];
    let is_shown = |node: NodeRef<'_, Node>| match node.value() {
        Node::Text(words) => words.contains(char::is_alphanumeric),
        Node::Element(_) => ElementRef::wrap(node).is_some_and(|element| {
            element.text().any(|words| words.contains(char::is_alphanumeric))
        }),
        _ => false,
    };
    let leads = element.value().name.local == local_name!("a")
        && attribute(element, &local_name!("href")).is_some_and(|to| to.starts_with('#'))
        && element.descendants().nth(TWIN).is_none();
    leads && {
        let said = folded(&element.text().collect::<String>());
        let words = || said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        said.len() <= 60
            && words().any(|word| GOALS.contains(&word))
            && words().all(|word| GOALS.contains(&word) || WAYS.contains(&word))
            && !element.prev_siblings().chain(element.next_siblings()).any(is_shown)
    }
}

/// A line in the form of the table.
fn folded(line: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = line
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    plain.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Whether the text of an element is for screen readers only.
pub(crate) fn is_spoken(element: ElementRef<'_>) -> bool {
    let style = attribute(element, &local_name!("style")).unwrap_or_default();
    // Cut to nothing, or moved off the screen: what such a class does.
    let is_cut = declared(style, "clip").any(|said| said.trim_start().starts_with("rect(0"))
        || declares(style, "clip-path", "inset(50%)")
        || declares(style, "clip-path", "inset(100%)")
        || is_off_screen(style);
    // "cdk-visually-hidden" and "u-sr-only" are such classes too; "not-sr-only" shows the text.
    let is_it = |class: &str, known: &&str| {
        let before = class.strip_suffix(known);
        before.is_some_and(|of| of.is_empty() || of.ends_with(['-', ':']) && !of.ends_with("not-"))
    };
    is_cut || classes(element).any(|class| SPOKEN.iter().any(|known| is_it(class, known)))
}

/// Whether a browser on a wide screen hides an element for good. It never so hides a panel of tabs or of an
/// accordion: something on the page opens it.
pub(crate) fn is_unseen(element: ElementRef<'_>) -> bool {
    is_hidden(element) && !is_panel(element)
}

/// Whether an element is marked as a notice to the reader.
pub(crate) fn is_notice(element: ElementRef<'_>) -> bool {
    const WORDS: [&str; 5] = ["callout", "alert", "notice", "warning", "message"];
    let class = attribute(element, &local_name!("class")).unwrap_or_default();
    let mut words = class.split(|c: char| !c.is_ascii_alphanumeric());
    matches!(element.value().name.local, local_name!("div") | local_name!("section"))
        && (words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
            || attribute(element, &local_name!("role")) == Some("alert"))
}

fn is_hidden(element: ElementRef<'_>) -> bool {
    let says = |(name, value): (&_, &str)| match *name {
        local_name!("hidden") => !value.eq_ignore_ascii_case("until-found"),
        local_name!("style") => {
            declares(value, "display", "none") || declares(value, "visibility", "hidden")
        }
        _ => false,
    };
    let attributes = element.value().attrs.iter().filter(|(name, _)| name.ns.is_empty());
    let mut attributes = attributes.map(|(name, value)| (&name.local, &**value));
    attributes.any(says) || is_hidden_by_class(element)
}

fn is_hidden_by_class(element: ElementRef<'_>) -> bool {
    let mut hides = classes(element).filter(|class| UNSEEN.contains(class)).peekable();
    let shows =
        |class: &str| !UNSEEN.contains(&class) && SEEN.iter().any(|seen| class.starts_with(seen));
    hides.peek().is_some() && !classes(element).any(shows)
}

/// Whether an inline style sets a property to a value.
fn declares(style: &str, property: &str, value: &str) -> bool {
    let is_it = |word: &str| word.trim().eq_ignore_ascii_case(value);
    declared(style, property).any(|said| said.split([' ', '!']).any(is_it))
}

/// Whether an inline style moves an element so far that nobody sees it.
fn is_off_screen(style: &str) -> bool {
    const PLACES: [&str; 5] = ["left", "right", "top", "margin-left", "text-indent"];
    // In pixels, and in the height of a letter.
    const FAR: [(&str, i32); 3] = [("px", 900), ("rem", 90), ("em", 90)];
    let is_far = |said: &str| {
        let far = FAR.iter().find_map(|(unit, far)| Some((said.trim().strip_suffix(unit)?, *far)));
        far.is_some_and(|(length, far)| length.parse::<i32>().is_ok_and(|length| length <= -far))
    };
    PLACES.iter().any(|place| declared(style, place).any(is_far))
}

/// The values that an inline style sets a property to.
fn declared<'s>(style: &'s str, property: &str) -> impl Iterator<Item = &'s str> {
    let declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
    let is_it = move |(name, _): &(&str, &str)| name.trim().eq_ignore_ascii_case(property);
    declarations.filter(is_it).map(|(_, said)| said)
}

/// Whether an element is a panel of tabs or of an accordion.
fn is_panel(element: ElementRef<'_>) -> bool {
    let role = attribute(element, &local_name!("role"));
    let is_labelled = || {
        let mut names = element.value().attrs.iter().map(|(name, _)| &*name.local);
        names.any(|name| name == "aria-labelledby")
    };
    role == Some("tabpanel")
        || (role == Some("region") && is_labelled())
        || classes(element).any(|class| PANELS.contains(&class))
}

/// The ids that a button, a link or a script in an attribute names: those elements can be opened, or shown.
pub(crate) fn opened_by<'a>(element: ElementRef<'a>) -> impl Iterator<Item = &'a str> {
    let attributes = element.value().attrs.iter().filter(|(name, _)| name.ns.is_empty());
    let named = attributes.map(|(name, value)| match &*name.local {
        "aria-controls" | "aria-owns" => (' ', &**value),
        "href" if value.starts_with('#') => ('#', &**value),
        name if name.starts_with("data-") => ('#', &**value),
        name if name.starts_with("on") => ('\'', &**value),
        _ => (' ', ""),
    });
    named.flat_map(|(before, value)| {
        let ids = value.split(before).filter(|rest| !rest.is_empty());
        ids.map(|rest| {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || "-_:.".contains(c)));
            &rest[..end.unwrap_or(rest.len())]
        })
    })
}

/// Whether an element is struck out by its style; `del`, `s` and `strike` are recognized by name.
pub(crate) fn is_struck(element: ElementRef<'_>) -> bool {
    attribute(element, &local_name!("style")).is_some_and(|style| {
        declares(style, "text-decoration", "line-through")
            || declares(style, "text-decoration-line", "line-through")
    })
}

/// Whether an element hidden from screen readers repeats the element beside it.
pub(crate) fn is_said_again(element: ElementRef<'_>) -> bool {
    if attribute(element, &local_name!("aria-hidden")).is_none_or(|hidden| hidden != "true") {
        return false;
    }
    let words = |element: ElementRef<'_>| -> Option<String> {
        // A repeated label is a word or two; anything larger is not one.
        let small = element.descendants().nth(TWIN).is_none();
        small.then(|| element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" "))
    };
    let beside = [element.prev_siblings().find_map(ElementRef::wrap), {
        element.next_siblings().find_map(ElementRef::wrap)
    }];
    let Some(own) = words(element).filter(|own| !own.is_empty()) else { return false };
    beside.into_iter().flatten().any(|twin| {
        attribute(twin, &local_name!("aria-hidden")).is_none_or(|hidden| hidden != "true")
            && !is_spoken(twin)
            && words(twin).as_ref() == Some(&own)
    })
}

/// Whether an element is a badge beside words that are new on the page ("New", "Updated"): by its class, or a `span`
/// that follows them and goes on with no other word.
pub(crate) fn is_badge(element: ElementRef<'_>) -> bool {
    const SAYS: [&str; 9] = [
        "just added",
        "mis a jour",
        "modifie",
        "new",
        "nouveau",
        "nouveaute",
        "nouvelle",
        "revised",
        "updated",
    ];
    let follows = || {
        let is_shown = |node: NodeRef<'_, Node>| match node.value() {
            Node::Text(text) => !text.trim().is_empty(),
            other => other.is_element(),
        };
        let next = element.next_sibling().and_then(|next| next.value().as_text());
        let next = next.map(|text| text.trim_start());
        element.value().name() == "span"
            && element.prev_siblings().any(is_shown)
            && next.is_none_or(|text| !text.starts_with(char::is_alphanumeric))
    };
    element.descendants().nth(TWIN).is_none() && (is_marked_badge(element) || follows()) && {
        let said: String = element.text().collect();
        SAYS.contains(&folded(&said).as_str())
    }
}

/// Whether an element is marked as a badge, whatever it says.
fn is_marked_badge(element: ElementRef<'_>) -> bool {
    const CLASSES: [&str; 6] = ["badge", "chip", "flag", "label", "pill", "tag"];
    let mut words = classes(element).flat_map(|class| class.split(['-', '_']));
    words.any(|word| CLASSES.contains(&word))
}

/// Keeps a badge apart from the words before it, as its box does on the page.
pub(crate) fn keep_apart(element: ElementRef<'_>, words: &mut String) {
    if words.ends_with(char::is_alphanumeric) && is_marked_badge(element) {
        words.push(' ');
    }
}

/// The most nodes in an element that repeats the one beside it, or is a badge.
const TWIN: usize = 12;

fn classes(element: ElementRef<'_>) -> impl Iterator<Item = &str> {
    attribute(element, &local_name!("class")).into_iter().flat_map(str::split_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use scraper::Html;

    use super::*;

    fn first(page: &str) -> bool {
        let html = Html::parse_document(page);
        let survey = crate::extract::page::survey::Survey::of(&html).unwrap();
        let selector = scraper::Selector::parse("[data-t]").unwrap();
        survey.unseen.contains(&html.select(&selector).next().unwrap().id())
    }

    #[test]
    fn what_a_browser_does_not_show_is_unseen() {
        for tag in [
            "<p data-t hidden>",
            "<p data-t style='color:red; DISPLAY : none !important'>",
            "<p data-t style='visibility:hidden'>",
            "<p data-t class='x d-none'>",
            "<p data-t class='visible-print-block'>",
            "<p data-t class='visible-xs visible-sm'>",
            "<dialog data-t>",
            "<button aria-controls=other></button><a href=#two data-x='#three'></a><p data-t id=one hidden>",
        ] {
            assert!(first(tag), "{tag}");
        }
    }

    #[test]
    fn what_is_shown_or_can_be_opened_is_seen() {
        for tag in [
            "<p data-t>",
            "<p data-t hidden=until-found>",
            "<p data-t style='display:block'>",
            "<p data-t class='d-none d-md-block'>",
            "<p data-t class='visible-sm visible-md visible-lg'>",
            "<p data-t class='hidden-print'>",
            "<dialog data-t open>",
            "<p data-t class='hidden-xs hidden-sm'>",
            "<p data-t class='tw-hidden lg:tw-block'>",
            "<div data-t role=tabpanel hidden aria-hidden=true>",
            "<div data-t class='tab-pane' style='display:none'>",
            "<div data-t class='panel-collapse collapse hide'>",
            "<h3><button aria-controls=one></button></h3><div data-t id=one hidden>",
            "<a data-toggle=collapse data-target='#one'></a><div data-t id=one style='display:none'>",
            "<div data-t id=one class=hidden></div><p><select data-x='{\"toggle\":\"#one\"}'></select>",
            "<a href=#one>More</a><div data-t id=one hidden>",
            "<a onclick=\"show('one')\">More</a><div data-t id=one hidden>",
        ] {
            assert!(!first(tag), "{tag}");
        }
    }

    #[test]
    fn the_lines_of_a_site_are_told_by_all_of_their_words() {
        for line in [
            "Back to top",
            "↑ Back to top",
            "Go back to the top",
            "Return to the top of this page",
            "Haut de la page",
            "Revenir en haut de la page",
            "PRINT THIS PAGE",
            "Listen",
            "Did you find what you were looking for?",
            "Was this page helpful? Give feedback",
            "Was this page helpful? Yes No",
            "Share this page: Facebook, X, LinkedIn",
            "Print this page | Save as PDF",
            "Thank you for your feedback!",
        ] {
            assert!(is_furniture_line(line), "{line}");
        }
        for line in [
            "Yes No",
            "Is a fee paid? Yes",
            "Back to top of the list of fees",
            "Report a problem with a fee",
            "Top",
            "Haut",
            "",
        ] {
            assert!(!is_furniture_line(line), "{line}");
        }
    }

    #[test]
    fn a_link_back_is_known_where_it_stands_alone() {
        let leads = |body: &str| {
            let html = Html::parse_document(body);
            let link = scraper::Selector::parse("a").unwrap();
            leads_back(html.select(&link).next().unwrap())
        };
        for body in [
            "<p><a href='#top'>Top</a></p>",
            "<div><a href='#'><span></span> Return to top of page</a> \u{2191}</div>",
            "<p><a href='#menu'>Return to list of contents</a></p>",
            "<p><a href='#haut'>Haut</a></p><p>Words</p>",
            "<p><a href='#sommaire'>Retour au sommaire</a></p>",
        ] {
            assert!(leads(body), "{body}");
        }
        for body in [
            "<p>See the <a href='#list'>list</a> of fees</p>",
            "<p><a href='/top'>Top</a></p>",
            "<p><a href='#list'>List of occupations</a></p>",
            "<p><a href='#a'>Return</a></p>",
            "<p><a href='#a'>Top</a> <b>5</b></p>",
        ] {
            assert!(!leads(body), "{body}");
        }
    }

    #[test]
    fn the_tables_name_nothing_twice() {
        let all = [&FURNITURE[..], &LINES, &SPOKEN, &UNSEEN, &SEEN, &PANELS].concat();
        let known: HashSet<&str> = all.iter().copied().collect();
        assert_eq!(known.len(), all.len());
        assert!(LINES.iter().all(|line| folded(line) == *line));
    }
}
