//! Lines of a page that are not about its subject, whatever tags they are in: its list of contents, boxes of
//! links, how to reach an office, when the site is down.
//!
//! Only lines that no recipe reads are judged, and a line that says anything a rule may depend on (a figure,
//! a duty, open or closed, who is eligible) is kept, wherever it is. The words to match are data, below.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::html::chrome;
use crate::extract::value::pattern::constant;
use crate::model::{text, words::without_number};

/// Headings of boxes around the subject of a page, folded as words are.
const BOXES: [&str; 35] = [
    "on this page",
    "sur cette page",
    "contents",
    "table of contents",
    "table des matieres",
    "related",
    "related links",
    "related pages",
    "related information",
    "related services and information",
    "related services",
    "liens connexes",
    "pages connexes",
    "renseignements connexes",
    "quick links",
    "liens rapides",
    "see also",
    "voir aussi",
    "share this page",
    "partager cette page",
    "follow us",
    "suivez nous",
    "contact us",
    "contact",
    "contactez nous",
    "communiquez avec nous",
    "take our survey",
    "sign up for updates",
    "subscribe",
    "features",
    "en vedette",
    "holiday hours",
    "office hours",
    "heures d ouverture",
    "heures de bureau",
];

/// Headings of boxes of posts that come and go, folded as words are.
const POSTS: [&str; 10] = [
    "recent posts",
    "recent articles",
    "latest posts",
    "related posts",
    "related articles",
    "you may also like",
    "you might also like",
    "articles recents",
    "articles connexes",
    "vous aimerez aussi",
];

/// Complete lines that belong to the site, folded as words are.
const LINES: [&str; 40] = [
    "top",
    "feedback",
    "commentaires",
    "copy link",
    "copier le lien",
    "subscribe to our newsletter",
    "loading",
    "loading data",
    "please wait",
    "chargement",
    "chargement en cours",
    "veuillez patienter",
    "date modified",
    "date de modification",
    "english",
    "francais",
    "facebook",
    "x",
    "twitter",
    "linkedin",
    "instagram",
    "youtube",
    "email",
    "courriel",
    "share",
    "partager",
    "subscribe",
    "search",
    "rechercher",
    "search this site",
    "email address",
    "adresse courriel",
    "continued",
    "suite",
    "thank you for your help",
    "merci de votre aide",
    "take our survey",
    "sign up for updates",
    "learn more",
    "en savoir plus",
];

/// Words of rules: a line with one of them is never left out as the site's. Words of programs follow.
const RULES: [&str; 70] = [
    "must",
    "shall",
    "required",
    "require",
    "requires",
    "eligible",
    "ineligible",
    "open",
    "opens",
    "opened",
    "reopened",
    "paused",
    "pause",
    "suspended",
    "accepting",
    "accepted",
    "accept",
    "refused",
    "no",
    "not",
    "cannot",
    "only",
    "longer",
    "minimum",
    "maximum",
    "least",
    "until",
    "effective",
    "deadline",
    "intake",
    "intakes",
    "quota",
    "cap",
    "limit",
    "changes",
    "changed",
    "new",
    "exempt",
    "unless",
    "except",
    "doit",
    "doivent",
    "devez",
    "exige",
    "requis",
    "obligatoire",
    "admissible",
    "inadmissible",
    "ouvert",
    "ouverte",
    "ouverts",
    "ouvertes",
    "rouvert",
    "suspendu",
    "suspendue",
    "suspendus",
    "accepte",
    "acceptees",
    "refuse",
    "pas",
    "plus",
    "seulement",
    "moins",
    "vigueur",
    "limite",
    "nouveau",
    "nouvelle",
    "nouveaux",
    "nouvelles",
    "sauf",
];

/// Words that say a place or a line of service is unavailable for a while. About a program, they are a rule.
const AWAY: [&str; 18] = [
    "closed",
    "closes",
    "close",
    "closure",
    "down",
    "unavailable",
    "maintenance",
    "disruption",
    "disruptions",
    "outage",
    "strike",
    "ferme",
    "ferment",
    "fermes",
    "indisponible",
    "panne",
    "entretien",
    "perturbation",
];

/// Words of programs, and of the actions under them.
const PROGRAMS: [&str; 44] = [
    "application",
    "applications",
    "apply",
    "applicant",
    "applicants",
    "program",
    "programs",
    "programme",
    "programmes",
    "stream",
    "streams",
    "volet",
    "volets",
    "category",
    "categories",
    "permit",
    "permits",
    "visa",
    "visas",
    "fee",
    "fees",
    "frais",
    "invitation",
    "invitations",
    "nomination",
    "nominations",
    "nominee",
    "candidate",
    "candidates",
    "profile",
    "profiles",
    "occupation",
    "occupations",
    "profession",
    "professions",
    "submit",
    "send",
    "pay",
    "demande",
    "demandes",
    "presenter",
    "envoyer",
    "points",
    "score",
];

/// Names of services of the site or of an office at the beginning of a line.
const SERVICES: [&str; 14] = [
    "office",
    "offices",
    "website",
    "site",
    "phone",
    "telephone",
    "call",
    "contact",
    "post",
    "mail",
    "bureau",
    "bureaux",
    "postes",
    "lines",
];

/// Services that people use on a page, and the words that say that one fails. A portal that is closed may be an intake.
const PORTALS: [&str; 8] =
    ["portal", "portail", "services", "service", "system", "systeme", "form", "formulaire"];
const FAILS: [&str; 5] = ["down", "unavailable", "indisponible", "indisponibles", "panne"];

/// Who owns the words of a site.
static OWNER: LazyLock<Regex> =
    LazyLock::new(|| constant(r"(?i)^(?:©|\(c\)|copyright\b|droits d'auteur\b)"));

/// How to reach somebody: a telephone number, a postal code, an e-mail address.
static REACH: LazyLock<Regex> = LazyLock::new(|| {
    constant(r"(?i)\b\d{3}[-. ]\d{3}[-. ]\d{4}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b[\w.-]+@[\w-]+\.\w+")
});

/// Opening hours of an office: days of the week and a time.
static HOURS: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?i)\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b.*\d ?(?:[ap]\.?m|h)\b",
    )
});

/// Statements of a site about itself.
static SITE: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?i)^\d{1,2}[- ]min(?:ute)?s? read$|^lecture de \d{1,2} min|^page generated in \d|\bthink of our (?:web)?site\b|^share: |^we need your feedback|\bhelp us improve\b|\bwe use cookies\b|\bnous utilisons des témoins\b",
    )
});

/// Figures that belong to no rule: telephone numbers, times of day.
static FIGURES: LazyLock<Regex> = LazyLock::new(|| {
    constant(r"(?i)\b(?:1-)?\d{3}[-. ]\d{3}[-. ]\d{4}\b|\b\d{1,2}(?::\d\d)? ?(?:[ap]\.?m|h)\b")
});

/// A line as it is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    pub(super) text: &'a str,
    /// The heading it is, or is under.
    pub(super) heading: Option<usize>,
    pub(super) is_heading: bool,
    /// For a heading, the one over it.
    pub(super) parent: Option<usize>,
    /// Whether any part of it is read.
    pub(super) is_read: bool,
    /// Whether it is a link before all headings, as in a breadcrumb trail.
    pub(super) is_way: bool,
}

/// Marks the lines of a page that are not about its subject.
pub(super) fn noise(lines: &[Judged<'_>]) -> Vec<bool> {
    // Split where they are needed: those of all lines of a large page would take megabytes.
    let said = |n: usize| words_of_short(without_number(lines[n].text));
    let boxes: HashSet<usize> = (0..lines.len())
        .filter(|n| lines[*n].is_heading)
        .filter(|n| is_box(lines[*n].text))
        .filter_map(|n| lines[n].heading)
        .collect();
    // What is under "Did you find what you were looking for?" is a form; "Recent posts" are about anything.
    let mut forms: HashSet<usize> = HashSet::new();
    for line in lines.iter().filter(|line| line.is_heading) {
        let is_in_form = line.parent.is_some_and(|parent| forms.contains(&parent));
        let is_of_posts = || is_one_of(&words_of_short(line.text), &POSTS);
        if is_in_form || chrome::is_furniture_line(line.text) || is_of_posts() {
            forms.extend(line.heading);
        }
    }
    let judge = |n: usize| {
        let line = &lines[n];
        if line.is_read {
            return false;
        }
        let words = said(n);
        let words = words.as_slice();
        let is_boxed = line.heading.is_some_and(|heading| boxes.contains(&heading));
        !words.is_empty()
            && (is_of_site(line.text, words)
                || ((is_boxed || line.is_way) && is_no_rule(line.text, words))
                || (line.heading.is_some_and(|heading| forms.contains(&heading))
                    && is_of_form(line.text, words)))
    };
    let mut noise: Vec<bool> = (0..lines.len()).map(|n| !lines[n].is_heading && judge(n)).collect();
    let mut under: HashMap<usize, (usize, usize)> = HashMap::new();
    for (n, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_heading) {
        if let Some(heading) = line.heading {
            let (all, left_out) = under.entry(heading).or_default();
            *all += 1;
            *left_out += usize::from(noise[n]);
        }
    }
    let parents: HashSet<usize> = lines.iter().filter_map(|line| line.parent).collect();
    // A heading is left out with the lines under it.
    for (n, line) in lines.iter().enumerate().filter(|(_, line)| line.is_heading) {
        let below = line.heading.and_then(|heading| under.get(&heading));
        let is_alone = below.is_some_and(|(all, left_out)| all == left_out);
        let is_of_site =
            || below.is_none_or(|(all, left_out)| all == left_out) && is_of_site_line(line.text);
        let is_box = line.heading.is_some_and(|heading| boxes.contains(&heading));
        let is_leaf = line.heading.is_some_and(|heading| !parents.contains(&heading));
        let is_plain = || is_no_rule(without_number(line.text), &said(n));
        noise[n] = !line.is_read
            && ((is_box || is_alone && is_leaf) && is_plain() || is_leaf && is_of_site());
    }
    noise
}

/// Whether a heading is that of a box around the subject of a page.
pub(crate) fn is_box(heading: &str) -> bool {
    is_one_of(&words_of_short(without_number(heading)), &BOXES)
        || chrome::is_furniture_line(heading)
}

/// The longest line that is judged, in bytes: a longer one is a text about something.
const LONGEST: usize = 240;

/// A line with more words says more than how to reach an office, or who owns the site.
const SHORT: usize = 24;

/// The words of a short line, in lower case and without accents. The meaning of its numbers is not computed:
/// every line of a page is judged.
fn words_of_short(line: &str) -> Vec<String> {
    if line.len() > LONGEST {
        return Vec::new();
    }
    let words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| if word.is_ascii() { word.to_ascii_lowercase() } else { text::slug(word) })
        .collect()
}

fn is_one_of(line: &[String], all: &[&str]) -> bool {
    line.len() <= 6 && all.contains(&line.join(" ").as_str())
}

fn has(line: &[String], words: &[&str]) -> bool {
    line.iter().any(|word| words.contains(&word.as_str()))
}

/// Whether a line in a box says nothing that a rule may depend on: it is short, and its only figures are
/// telephone numbers or times.
fn is_no_rule(text: &str, words: &[String]) -> bool {
    let is_figure = |text: &str| text.bytes().any(|b| b.is_ascii_digit() || b == b'$' || b == b'%');
    words.len() <= 12
        && !has(words, &RULES)
        && !has(words, &AWAY)
        && !is_figure(&FIGURES.replace_all(text, ""))
}

/// Whether a line in a form of the site names no program, no money and no code.
fn is_of_form(text: &str, words: &[String]) -> bool {
    !has(words, &PROGRAMS)
        && !text.contains(['$', '%'])
        && !words.iter().any(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a line that no fact is made of belongs to the site or the office wherever it is.
pub(crate) fn is_of_site_line(text: &str) -> bool {
    let words = words_of_short(text);
    !words.is_empty() && is_of_site(text, &words)
}

/// A stretch of a page without the lines that belong to the site or the office.
pub(crate) fn without_site_lines(words: Cow<'_, str>) -> Cow<'_, str> {
    if !words.split('\n').any(is_of_site_line) {
        return words;
    }
    words.split('\n').filter(|line| !is_of_site_line(line)).collect::<Vec<_>>().join("\n").into()
}

/// Whether a line belongs to the site or the office wherever it is.
fn is_of_site(text: &str, words: &[String]) -> bool {
    if is_one_of(words, &LINES) {
        return true;
    }
    if text.contains(['$', '%']) {
        return false;
    }
    if OWNER.is_match(text) && words.len() <= SHORT {
        return true;
    }
    if has(words, &PROGRAMS) {
        return false;
    }
    if SITE.is_match(text) {
        return true;
    }
    if has(words, &RULES) {
        return false;
    }
    let is_away = || {
        let subject = &words[..words.len().min(4)];
        has(subject, &SERVICES) && has(words, &AWAY) || has(subject, &PORTALS) && has(words, &FAILS)
    };
    words.len() <= SHORT
        && (is_away() || (!has(words, &AWAY) && (REACH.is_match(text) || HOURS.is_match(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[(&str, usize, bool)], left: &[&str]) {
        let judged: Vec<Judged<'_>> = lines
            .iter()
            .map(|(text, heading, is_heading)| Judged {
                text,
                heading: Some(*heading),
                is_heading: *is_heading,
                parent: None,
                is_read: false,
                is_way: false,
            })
            .collect();
        let noise = noise(&judged);
        let kept: Vec<&str> =
            lines.iter().zip(noise).filter(|(_, noise)| !noise).map(|(line, _)| line.0).collect();
        assert_eq!(kept, left);
    }

    #[test]
    fn a_box_of_links_goes_with_its_heading() {
        check(&[("Related links", 1, true), ("Express Entry", 1, false), ("Fees", 1, false)], &[]);
        check(&[("On this page", 1, true), ("Who can apply", 1, false)], &[]);
        check(
            &[
                ("Related links", 1, true),
                ("Find a form", 1, false),
                ("The stream is closed", 1, false),
            ],
            &["The stream is closed"],
        );
    }

    #[test]
    fn posts_that_come_and_go_are_about_anything() {
        check(&[("Recent posts", 1, true), ("New office hours", 1, false)], &[]);
        let lines = [("Recent posts", 1, true), ("Stream paused", 1, false)];
        check(&lines, &["Recent posts", "Stream paused"]);
    }

    #[test]
    fn a_line_with_a_rule_in_it_stays_wherever_it_stands() {
        for line in [
            "You must have a job offer",
            "The fee is $500",
            "Applications open on May 1",
            "New: 21231 Software engineers",
            "Our offices are closed to applications of this stream",
            "The Entrepreneur stream is closed",
            "Intake is paused until further notice",
            "The portal is closed",
            "Mail your application to 1 Example Street, Victoria BC V8V 1A1",
            "12 months",
        ] {
            check(&[("Contact us", 1, true), (line, 1, false)], &[line]);
            check(&[("Who can apply", 1, true), (line, 1, false)], &["Who can apply", line]);
        }
        let line = "Call 1-888-555-0199 to pay the fee";
        check(&[("Who can apply", 1, true), (line, 1, false)], &["Who can apply", line]);
    }

    #[test]
    fn how_to_reach_an_office_and_when_it_is_shut_are_no_rules() {
        for line in [
            "Telephone: 1-800-555-0199",
            "Monday to Friday, 8 am to 4 pm",
            "Immigration Office, 1 Example Street, Victoria BC V8V 1A1",
            "Our offices are closed on December 25, 2026.",
            "Our website will be down for maintenance on Saturday, November 28, 2026, from 1 am to 5 am.",
            "Nos bureaux seront fermés le 25 décembre.",
            "Scheduled maintenance: the portal is unavailable on November 14.",
            "Our services are temporarily unavailable. Please enable JavaScript to use the form.",
            "Copyright 2027 Office of the Nominee Program. All rights reserved.",
            "5 minute read",
            "We use cookies to improve your experience. By continuing you accept our cookie policy.",
        ] {
            check(
                &[("Notices", 1, true), (line, 1, false), ("A text.", 1, false)],
                &["Notices", "A text."],
            );
        }
        check(
            &[("Holiday hours", 1, true), ("Our offices are closed on December 25.", 1, false)],
            &[],
        );
    }
}
