//! A sentence that says whether a stream takes applications: what it is said of, the state, and from which day.
//!
//! A whole sentence, from its first word to its last, and nothing but what is certainly so: a condition, an
//! exception, a day of the week or a stretch of days makes it another sentence. What will be so counts only with
//! its day.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};

use crate::extract::value::date;
use crate::extract::value::dated::DAY;
use crate::extract::value::pattern::constant;

/// It takes applications.
pub(super) const OPEN: &str = "open";
/// It takes none for now.
pub(super) const PAUSED: &str = "paused";
/// It takes no more: enough have come.
pub(super) const INTAKE_CLOSED: &str = "intake_closed";
/// It is closed.
pub(super) const CLOSED: &str = "closed";

/// What a sentence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said<'t> {
    /// The words for what it is said of, if it has any: `the Farm Stream`, `this stream`.
    pub(super) of: Option<&'t str>,
    /// The state.
    pub(super) state: &'static str,
    /// The day from which it is so, if the sentence has one.
    pub(super) from: Option<Date>,
    /// What it will be after that, and from which day, if the sentence goes on: "and will reopen on January 15, 2027".
    pub(super) then: Option<(Date, &'static str)>,
}

/// What a sentence says of a stream, if it is one that says so. Its full stop may be missing.
pub(super) fn said(sentence: &str) -> Option<Said<'_>> {
    // Nearly every sentence of a page has none of these words.
    static HINT: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = concat!(
            r"(?i)clos|paus|suspend|on hold|full|capacity|accept|receiv|taking|consider|open|resum|\bend|expire",
            r"|reach|\bmet\b|shut|discontinu|cancel|revok|oversubscribed|available",
            "|ferm|ouver|rouvr|repren|repri|attein|complet",
        );
        constant(pattern)
    });
    if sentence.len() > LONGEST || !HINT.is_match(sentence) {
        return None;
    }
    SENTENCES.iter().find_map(|pattern| pattern.captures(sentence)).and_then(|found| read(&found))
}

/// The longest sentence that is looked at, in bytes.
const LONGEST: usize = 600;

fn read<'t>(found: &Captures<'t>) -> Option<Said<'t>> {
    let group = |name: &str| found.name(name).map(|group| group.as_str());
    let end = group("end").unwrap_or_default();
    let printed = group("lead").or_else(|| group("tail")).or_else(|| of_both(end));
    let from = printed.map(|day| date::day(day).ok_or(())).transpose().ok()?;
    // What was so once counts with its day alone, and nothing after it that undoes it.
    let is_history = || {
        static AGAIN: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)open|resum|until|lifted"));
        group("past").is_some() && AGAIN.is_match(end)
    };
    if from.is_none() && (group("will").or_else(|| group("past"))).is_some() || is_history() {
        return None;
    }
    let state = state(group("says")?, end)?;
    let last = group("last").map(|day| date::day(day).ok_or(())).transpose().ok()?;
    let then = last.map(|last| after(last, state)).or_else(|| Some(then(end)));
    let then = then?.filter(|(_, then)| *then != state);
    let of = group("of").or_else(|| group("to"));
    (!of.is_some_and(|of| matches!(of, "It" | "They"))).then_some(Said { of, state, from, then })
}

/// What is so when a stretch of days is over: "will be closed from December 24, 2026 to January 3, 2027".
fn after(last: Date, state: &'static str) -> Option<(Date, &'static str)> {
    Some((last.tomorrow().ok()?, if state == OPEN { CLOSED } else { OPEN }))
}

/// What a sentence says of what the one before it was about: "It will reopen on January 15, 2027".
pub(super) fn goes_on(sentence: &str) -> Option<(Date, &'static str)> {
    (sentence.len() <= LONGEST).then(|| then(&format!("; {sentence}"))).flatten()
}

/// What the end of a sentence says will be so, and from which day.
fn then(end: &str) -> Option<(Date, &'static str)> {
    static THEN: LazyLock<Regex> = LazyLock::new(|| {
        constant(&format!(
            "(?i)(?:,? (?:and|but)|;)(?: {SUBJECT})? (?P<says>will{ADVERB} {COMES}|closes|ends|re-?opens|resumes)(?: to {THINGS})?{AGAIN} \
             {FROM} {WEEKDAY}(?P<day>{DAY}){TIME}[.!]?$"
        ))
    });
    static UNTIL: LazyLock<Regex> = LazyLock::new(|| {
        constant(&format!(
            "(?i) until {WEEKDAY}(?P<day>{DAY}){TIME},? when {SUBJECT} \
             (?P<says>(?:will{ADVERB} )?(?:re-?opens?|opens?|resumes?))[.!]?$"
        ))
    });
    let found = THEN.captures(end).or_else(|| UNTIL.captures(end))?;
    Some((date::day(&found["day"])?, state(&found["says"], "")?))
}

/// The day that ends a sentence of two predicates, and is that of both: "is paused and takes no application as of
/// August 4, 2026". A day on which something reopens is not such a day.
fn of_both(end: &str) -> Option<&str> {
    static DAY_AT_END: LazyLock<Regex> = LazyLock::new(|| {
        constant(&format!(
            r"(?i)^,? and (?:is|are|has|have|does|do|takes?|accepts?) [^.;\d]*? {FROM} (?P<day>{DAY})\.?$"
        ))
    });
    let found = DAY_AT_END.captures(end)?;
    (!found[0].contains("open")).then(|| found.name("day").map(|day| day.as_str())).flatten()
}

/// The state that the words of a predicate mean, with those after it.
fn state(says: &str, end: &str) -> Option<&'static str> {
    static STATES: LazyLock<[(Regex, &str); 4]> = LazyLock::new(|| {
        let stopped = concat!(
            r"(?i)no longer (?:be(?:ing)? )?(?:accept|receiv|tak|consider)|stop|full|capacity|oversubscribed|limit",
            r"|\bcap\b|quota|maximum|reached|\bmet\b|^no |n['’]accept|attein|compl[eè]t",
        );
        [
            (
                constant(
                    r"(?i)temporar|temporair|paus|suspend|on hold|\bnot\b|n['’]accept\w+.* pas\b",
                ),
                PAUSED,
            ),
            (constant(stopped), INTAKE_CLOSED),
            (
                constant(r"(?i)clos|\bend|shut|no longer|discontinu|cancel|revok|expire|ferm"),
                CLOSED,
            ),
            (constant(r"(?i)open|accept|receiv|tak|consider|resum|ouver|rouvr|repri|repren"), OPEN),
        ]
    });
    let is_for_now = end.trim_start_matches([',', ' ']).starts_with("temporar");
    let mut states = STATES.iter();
    let (_, state) = states.find(|(words, _)| words.is_match(says))?;
    Some(if is_for_now && *state != OPEN { PAUSED } else { state })
}

/// What things of a program are called.
pub(super) const NOUN: &str = concat!(
    "(?:stream|pathway|sub-?category|category|sub-?categorie|categorie|pilot|program|initiative",
    "|class|public polic(?:y|ie))e?s?",
);

/// A name: words with capitals, and small words between them. Its letters are listed: those of all scripts make a
/// pattern of several names a hundred times as large.
pub(super) const NAME: &str = concat!(
    r"(?-i:[A-Z0-9(][0-9A-Za-zÀ-ž'’/()&-]*:?)(?:,? (?:(?-i:[A-Z0-9(][0-9A-Za-zÀ-ž'’/()&-]*:?)|of|and|for|in|with|under|&",
    r"|-|–)){0,9}",
);

const ADVERB: &str = concat!(
    "(?: (?:both|now|currently|temporarily|still|officially|presently|once again|again|already|also|fully",
    "|permanently))*",
);
const BE: &str = "(?:is|are|has been|have been|remains?)";
const TAKE: &str = "(?:accept|receiv|tak|consider)ing";
const THINGS: &str = concat!(
    "(?:(?:any|new|further|more|additional|all|worker) )*(?:applications?|applicants?|candidates?",
    "|registrations?|registrants?|expressions? of interest|EOIs?|profiles|submissions|job offers)",
);
const INTAKE: &str = concat!(
    "(?:(?:the|our|new|all|application) )*(?:intake|applications|registrations?",
    "|expressions? of interest|EOIs|(?:EOI|expression of interest) (?:system|pool|intake))",
);
const LIMIT: &str = concat!(
    r"(?:(?:the |our |its )?(?:limit|cap|quota) for (?:this year|20\d\d)|(?:the |our |its )?(?:(?:annual|yearly|20\d\d|application|intake|registration) )+(?:limit|cap",
    r"|quota|capacity))",
);
const WE: &str = concat!(
    r"(?:we|the (?:province|program|office(?: of immigration)?|government of [a-zà-ž]+)",
    r"|(?:the )?(?-i:[A-Z]{2,6})(?: PNP)?)",
);
const FROM: &str = concat!(
    "(?:effective(?: on)?|as of|starting(?: on)?|beginning(?: on)?|from|on|since",
    "|à (?:compter|partir) du|depuis le|dès le|du|le)",
);
/// What stands between the first of some days and the last.
const TO: &str = "(?:to|until|through|[–-]|au)";
/// The name of a day before it, and a time after it.
const WEEKDAY: &str = "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?";
const TIME: &str = concat!(
    r"(?:,? at (?:noon|midnight|\d{1,2}(?::\d\d)? ?[ap]\.?m\b\.?)(?: \(?(?-i:[A-Z]{2,4})\b\)?",
    "| (?:mountain|pacific|central|eastern|atlantic)(?: (?:standard|daylight))? time)?)?",
);
/// What a sentence goes on about: what it began with.
const SUBJECT: &str = concat!(
    "(?:it|they|we|(?:the |new )?(?:intake|applications?|registrations?)",
    "|(?:the|this) (?:stream|pathway|program|pilot|category|sub-?category))",
);
/// What will become of it.
const COMES: &str = concat!(
    "(?:be (?:closed|paused|open|re-?opened|accept(?:ed|ing))|close|pause|open|re-?open|resume|end",
    "|(?:begin|start|resume) (?:accept|tak)ing|accept)",
);
const AGAIN: &str = "(?: (?:once )?again)?";
const ABOUT: &str = "(?:to|for|under|of|in|through)";

/// The patterns of a sentence. In each, `says` is what is said, `of` or `to` what it is said of, `will` whether it is
/// to come, and `lead` and `tail` are days.
static SENTENCES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let thing = format!(
        "(?:(?:both|all)(?: of)?(?: the| our| these)?(?: [a-z'’-]+){{0,3}} {NOUN}|(?:both )?(?:the |this |our )?{NAME} {NOUN}(?: and (?:the )?{NAME} {NOUN})?\
         |(?:the|this|our) (?:{NOUN}|(?:open |temporary )?work permits?)|(?:the |this |our )?{NAME})"
    );
    let of = format!("(?P<of>{thing})");
    let for_it = format!("(?: {ABOUT} {of})?");
    let predicates = predicates(&thing);
    let opens = [
        format!("{WE} (?P<says>{BE}{ADVERB}(?: not| no longer)?{ADVERB} {TAKE}) {THINGS}{for_it}"),
        format!(
            "{WE} (?P<says>(?:do|does) not{ADVERB} accept|no longer accepts?) {THINGS}{for_it}"
        ),
        format!(
            "{WE} (?P<says>(?:have|has){ADVERB} (?:paused|suspended|stopped|closed|ended|re-?opened|resumed)(?: {TAKE})?)\
             (?: {INTAKE}| {THINGS}){for_it}"
        ),
        format!(
            "{WE} (?P<says>(?:have|has){ADVERB} (?:paused|suspended|closed|ended|re-?opened)) {of}"
        ),
        format!(
            "{WE} (?P<says>(?P<will>will){ADVERB} (?:pause|suspend|close|stop {TAKE}|re-?open|open|resume\
             |(?:begin|start) {TAKE}|(?:no longer|not) (?:be )?accept(?:ing)?))(?: {INTAKE}| {THINGS}){for_it}"
        ),
        format!("{WE} (?P<says>(?P<will>will){ADVERB} (?:pause|suspend|close|re-?open|open)) {of}"),
        format!(
            "{LIMIT}(?: of {THINGS})?{for_it} (?P<says>(?:has been|is|was)(?: now)? (?:reached|met|full))"
        ),
        format!(
            "(?P<says>no (?:new|further|additional|more)) {THINGS}{for_it} (?:will be|are being|are|can be){ADVERB} \
             (?:accepted|considered|received|taken)(?: {ABOUT} (?P<to>{thing}))?"
        ),
    ];
    // An intake before a name: `Applications` has a capital too.
    let intake = predicates.iter().map(|says| format!("{INTAKE}{for_it} (?P<says>{says})"));
    let named = predicates.iter().map(|says| format!("{of} (?P<says>{says})"));
    opens
        .into_iter()
        .chain(intake)
        .chain(named)
        .chain(in_french())
        .map(|middle| whole(&middle))
        .collect()
});

/// What is said of a stream or of its intake: how it is, what became of it, and what will.
fn predicates(thing: &str) -> [String; 5] {
    let what = format!(
        "(?:(?: to| for| from)? {THINGS}(?: (?:and|or) {THINGS})?)?(?: {ABOUT} (?P<to>{thing}))?"
    );
    [
        format!(
            "(?:{BE}{ADVERB} (?:closed|shut|ended|discontinued|cancelled|revoked|(?:being )?(?:paused|suspended)|on hold\
             |on pause|full|at capacity|oversubscribed|open|re-?opened|{TAKE}\
             |(?:not|no longer)(?: yet)?{ADVERB} (?:being )?(?:open|available|accepted|considered|{TAKE}))\
             |(?:was|were){ADVERB} (?:revoked|discontinued|cancelled)){what}"
        ),
        format!(
            "(?P<past>(?:(?:was|were){ADVERB} )?(?:closed|paused|suspended)|ended|expired|stopped {TAKE}|paused {TAKE}){what}"
        ),
        format!(
            "(?:(?:has|have){ADVERB} (?:closed|ended|re-?opened|opened|resumed|(?:stopped|paused|suspended) {TAKE}\
             |reached (?:its|the|our) [a-z ]{{0,30}}(?:limit|cap|quota|capacity|maximum)|reached (?:full )?capacity)|(?:does|do) not{ADVERB} accept\
             |re-?opened){what}"
        ),
        format!(
            "(?P<will>will|(?:is|are) (?:set |scheduled |going )?to){ADVERB} (?:be{ADVERB} (?:closed|paused|suspended|on hold\
             |open|re-?opened|accepted|considered)|close|pause|open|re-?open|resume|end|stop {TAKE}|(?:begin|start) {TAKE}\
             |(?:no longer|not) (?:be )?(?:accept(?:ing|ed)?|considered)){what}"
        ),
        format!(
            "(?P<will>closes|opens|re-?opens|pauses|ends|expires|(?:is|are) (?:closing|opening|re-?opening|pausing|ending)){what}"
        ),
    ]
}

/// What things of a program are called in French, before their names.
pub(super) const NOUN_FR: &str = "(?:(?:sous-)?cat[ée]gories?|volets?|programmes?(?: pilotes?)?|projets? pilotes?|pilotes?|voies?)";
const ADVERB_FR: &str =
    "(?: (?:maintenant|désormais|actuellement|temporairement|présentement|toujours|encore))*";
const THINGS_FR: &str = concat!(
    "(?: (?:de |d['’]|les |aucune )?(?:(?:nouvelles?|autres) )?",
    "(?:demandes?|candidatures?|inscriptions?|déclarations? d['’]intérêt)(?: d[e'’][^.,;]{3,60})?)?",
);

/// The same sentences in French: a stream is so, takes none, or has all that it takes.
fn in_french() -> [String; 3] {
    let thing = format!(
        "(?P<of>(?:(?:les? |la |l['’]|cet(?:te)? |ce |notre )?{NOUN_FR})(?: (?:de|des|du|la|le|les|et|en|pour|à|aux?|[0-9A-Za-zÀ-ž'’()-]{{3,}})){{0,8}}?)"
    );
    let shut =
        "(?:fermée?|suspendue?|en pause|mise? en pause|ouverte?|rouverte?|complète?|complet)s?";
    let is = format!(
        "(?:est|sont|demeure|reste|a été|ont été){ADVERB_FR} {shut}(?: aux (?:nouvelles )?(?:demandes|candidatures))?\
         |n['’]accepte(?:nt)?{ADVERB_FR} (?:plus|pas){ADVERB_FR}{THINGS_FR}|accepte{ADVERB_FR} de nouveau{THINGS_FR}\
         |a (?:rouvert|repris|fermé)"
    );
    let will = format!(
        "(?P<will>sera{ADVERB_FR} {shut}|n['’]acceptera{ADVERB_FR} plus{THINGS_FR}|reprend(?:ra)?|rouvr(?:e|ira)|ferme(?:ra)?)"
    );
    let intake =
        "(?:la (?:réception|présentation)|le dépôt) des (?:nouvelles )?(?:demandes|candidatures)";
    let full = "(?:le plafond|la limite|le quota)(?: annuel(?:le)?)?(?: (?:de|pour) 20\\d\\d)?";
    [
        format!("(?:{thing}|{intake}) (?P<says>{is}|{will})"),
        format!("nous (?P<says>n['’]acceptons{ADVERB_FR} (?:plus|pas){ADVERB_FR}){THINGS_FR}"),
        format!(
            "{full}(?: (?:du|de la) (?P<of>{NOUN_FR}[^.,;:]{{0,60}}?))? (?P<says>(?:est|a été){ADVERB_FR} atteinte?)"
        ),
    ]
}

/// A whole sentence, with what may stand before and after what it says.
fn whole(middle: &str) -> Regex {
    let lead = format!(
        "(?:(?:please note(?: that)?|note(?: that)?|important(?: notice| update)?|notice|update|alert|at this time\
         |currently|effective immediately|as of today|until further notice|for now|unfortunately\
         |(?:due to|because of) [^,]{{3,90}})(?: ?[:,–-])? |{FROM} (?P<lead>{DAY}),? )*"
    );
    let tail = format!(
        "{AGAIN}(?P<end>(?:,? (?:{FROM} )?{WEEKDAY}(?P<tail>{DAY}){TIME}(?: {TO} {WEEKDAY}(?P<last>{DAY}){TIME})?)?(?:,? (?:at (?:this|the present|the current) (?:time|moment)|right now\
         |for now|(?:once )?again|for the time being|currently|now|temporarily|permanently|effective immediately|until further notice\
         |until (?:it is )?(?:filled|full)|jusqu['’]à nouvel ordre|pour (?:le moment|l['’]instant)|actuellement|(?:car|afin|en raison) .*\
         |jusqu'au {DAY}|until (?:{WEEKDAY}{DAY}{TIME}(?:,? when {SUBJECT} .*)?|\\p{{L}}+ \\d{{4}}|20\\d\\d)|(?:for|in) (?:the (?:rest|remainder) of )?(?:the year|this year|20\\d\\d)\
         |(?:as (?:the|we|it|all|our)|because|due to|since|while|and|but|so|et|mais) .*)|; {SUBJECT} will .*)*)[.!:]?"
    );
    constant(&format!("(?i)^{lead}{middle}{tail}$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rows: &[(&str, &str, &str)]) {
        for (sentence, of, says) in rows {
            let read = said(sentence).map(|said| {
                let from = said.from.map_or(String::new(), |day| format!(" from {day}"));
                (said.of.unwrap_or_default(), format!("{}{from}", said.state))
            });
            let expected = (!says.is_empty()).then(|| (*of, (*says).to_owned()));
            assert_eq!(read, expected, "{sentence}");
        }
    }

    #[test]
    fn a_sentence_says_how_a_stream_is() {
        check(&[
            (
                "The Farm Stream is not accepting applications at this time",
                "The Farm Stream",
                "paused",
            ),
            (
                "The Farm Stream is not currently accepting new applications",
                "The Farm Stream",
                "paused",
            ),
            ("This stream is paused until further notice.", "This stream", "paused"),
            ("This stream is temporarily closed to new applications", "This stream", "paused"),
            ("The stream is closed temporarily", "The stream", "paused"),
            ("This stream is now closed", "This stream", "closed"),
            (
                "The stream is closed, and no additional registrations will be accepted",
                "The stream",
                "closed",
            ),
            ("The stream is no longer available", "The stream", "closed"),
            (
                "The Farm Stream is no longer accepting applications",
                "The Farm Stream",
                "intake_closed",
            ),
            ("The Farm Stream has reached its annual limit", "The Farm Stream", "intake_closed"),
            ("The Farm Stream has reopened", "The Farm Stream", "open"),
            ("The Farm Stream is now accepting applications", "The Farm Stream", "open"),
            ("Skilled Workers in PEI is closed", "Skilled Workers in PEI", "closed"),
            (
                "Employer Job Offer: Foreign Worker stream is open",
                "Employer Job Offer: Foreign Worker stream",
                "open",
            ),
        ]);
    }

    #[test]
    fn a_sentence_says_how_an_intake_is() {
        check(&[
            ("Intake is paused", "", "paused"),
            ("Intake for the Farm Stream has been suspended", "the Farm Stream", "paused"),
            ("Intake is paused for the Farm Stream", "the Farm Stream", "paused"),
            ("Applications are closed to the Farm Stream", "the Farm Stream", "closed"),
            ("Applications to this stream are on hold", "this stream", "paused"),
            ("Applications are closed for this year", "", "closed"),
            ("Registration for this stream is closed", "this stream", "closed"),
            ("The intake limit for this stream has been reached.", "this stream", "intake_closed"),
            (
                "No new applications will be accepted for the Farm Stream",
                "the Farm Stream",
                "intake_closed",
            ),
            ("We are not accepting new applications", "", "paused"),
            (
                "Applications under this stream are no longer accepted",
                "this stream",
                "intake_closed",
            ),
            (
                "We no longer accept applications for this work permit",
                "this work permit",
                "intake_closed",
            ),
            ("IRCC no longer accepts new applications", "", "intake_closed"),
            ("Both streams are closed", "Both streams", "closed"),
            (
                "Both the Farm Stream and the Care Pathway are closed",
                "Both the Farm Stream and the Care Pathway",
                "closed",
            ),
            ("The Farm and Care streams are both closed", "The Farm and Care streams", "closed"),
            ("All of our worker pathways are paused", "All of our worker pathways", "paused"),
            ("Intake to the BC PNP is paused", "the BC PNP", "paused"),
            (
                "We are no longer taking applications for this stream",
                "this stream",
                "intake_closed",
            ),
            (
                "Effective immediately, we have suspended intake for the Farm Stream",
                "the Farm Stream",
                "paused",
            ),
            (
                "The AAIP is not accepting applications to the Farm Stream",
                "the Farm Stream",
                "paused",
            ),
            ("We have paused the Farm Stream", "the Farm Stream", "paused"),
            (
                "Please note: due to high demand, this stream is full",
                "this stream",
                "intake_closed",
            ),
        ]);
    }

    #[test]
    fn the_day_at_the_end_of_two_predicates_is_that_of_both() {
        check(&[
            (
                "The Farm Stream is paused and is not accepting applications as of August 4, 2026.",
                "The Farm Stream",
                "paused from 2026-08-04",
            ),
            (
                "The Farm Stream is paused and is not accepting applications until August 4, 2026.",
                "The Farm Stream",
                "paused",
            ),
            (
                "The Farm Stream is closed and has reopened on August 4, 2026.",
                "The Farm Stream",
                "closed",
            ),
        ]);
    }

    #[test]
    fn a_policy_or_a_permit_ends_as_a_stream_does() {
        check(&[
            (
                "This public policy expired on March 22, 2026.",
                "This public policy",
                "closed from 2026-03-22",
            ),
            (
                "As of January 1, 2027, we no longer accept applications for this temporary work permit.",
                "this temporary work permit",
                "intake_closed from 2027-01-01",
            ),
        ]);
    }

    #[test]
    fn a_sentence_says_from_which_day() {
        check(&[
            (
                "This stream will be paused from January 15, 2027",
                "This stream",
                "paused from 2027-01-15",
            ),
            (
                "Effective January 15, 2027, this stream will not accept new applications",
                "this stream",
                "paused from 2027-01-15",
            ),
            (
                "As of January 15, 2027, the Farm Stream will no longer accept applications",
                "the Farm Stream",
                "intake_closed from 2027-01-15",
            ),
            (
                "The Farm Stream will close on January 15, 2027 at this time",
                "The Farm Stream",
                "closed from 2027-01-15",
            ),
            (
                "The Farm Stream closes on January 15, 2027",
                "The Farm Stream",
                "closed from 2027-01-15",
            ),
            ("Intake will reopen on March 1, 2027", "", "open from 2027-03-01"),
            (
                "We will pause intake for the Farm Stream starting January 15, 2027",
                "the Farm Stream",
                "paused from 2027-01-15",
            ),
            (
                "Effective January 15, 2027, new applications will no longer be accepted under this stream.",
                "this stream",
                "intake_closed from 2027-01-15",
            ),
            (
                "We will stop accepting applications on January 15, 2027",
                "",
                "intake_closed from 2027-01-15",
            ),
            (
                "The Farm Stream reopened on January 5, 2026",
                "The Farm Stream",
                "open from 2026-01-05",
            ),
            (
                "The Farm Stream has been closed since January 5, 2026",
                "The Farm Stream",
                "closed from 2026-01-05",
            ),
        ]);
    }

    #[test]
    fn a_sentence_says_what_was_so_from_a_day() {
        check(&[
            (
                "The Farm Stream closed on January 15, 2027.",
                "The Farm Stream",
                "closed from 2027-01-15",
            ),
            (
                "Intake for this stream was paused on January 15, 2027",
                "this stream",
                "paused from 2027-01-15",
            ),
        ]);
    }

    #[test]
    fn a_sentence_goes_on_with_what_will_be_so() {
        let then = |sentence: &str| {
            let said = said(sentence).unwrap_or_else(|| panic!("{sentence}"));
            said.then.map(|(day, state)| format!("{}, {state} from {day}", said.state))
        };
        for sentence in [
            "The Farm Stream is paused and will reopen on January 15, 2027.",
            "The Farm Stream is paused; it will reopen on Friday, January 15, 2027 at 9 a.m. MST",
            "Intake is paused and will resume on January 15, 2027 at 9:00 a.m.",
            "The Farm Stream is not accepting applications, but will reopen to new applications on January 15, 2027",
            "The Farm Stream is paused until January 15, 2027, when it will reopen.",
            "The Farm Stream is paused and applications will be accepted again starting January 15, 2027",
            "The Farm Stream is paused and reopens on January 15, 2027",
        ] {
            assert_eq!(
                then(sentence).as_deref(),
                Some("paused, open from 2027-01-15"),
                "{sentence}"
            );
        }
        for sentence in [
            "The Farm Stream is paused and is expected to reopen on January 15, 2027",
            "The Farm Stream is paused and will reopen in 2027",
            "The Farm Stream is paused until January 15, 2027",
        ] {
            assert_eq!(then(sentence), None, "{sentence}");
        }
        assert_eq!(
            goes_on("It will reopen on January 15, 2027."),
            Some(("2027-01-15".parse().unwrap(), OPEN))
        );
        assert_eq!(goes_on("The portal will reopen on January 15, 2027."), None);
        check(&[
            ("Intake will reopen January 15, 2027", "", "open from 2027-01-15"),
            (
                "Applications will be accepted again starting January 15, 2027",
                "",
                "open from 2027-01-15",
            ),
            (
                "The Farm Stream will close on Friday, January 15, 2027 at 4:30 p.m.",
                "The Farm Stream",
                "closed from 2027-01-15",
            ),
        ]);
    }

    #[test]
    fn a_stretch_of_days_ends_the_day_after_its_last() {
        for (sentence, expected) in [
            (
                "The Farm Stream is temporarily closed from December 24, 2026 to January 3, 2027",
                "paused from 2026-12-24, open from 2027-01-04",
            ),
            (
                "Intake will be open from July 1, 2026 until July 31, 2026",
                "open from 2026-07-01, closed from 2026-08-01",
            ),
        ] {
            let said = said(sentence).unwrap_or_else(|| panic!("{sentence}"));
            let (from, (day, then)) = (said.from.unwrap(), said.then.unwrap());
            assert_eq!(format!("{} from {from}, {then} from {day}", said.state), expected);
        }
    }

    #[test]
    fn a_sentence_says_so_in_french() {
        check(&[
            ("Le programme est fermé", "Le programme", "closed"),
            ("Le volet agricole est temporairement fermé.", "Le volet agricole", "paused"),
            ("Ce volet est suspendu jusqu'à nouvel ordre", "Ce volet", "paused"),
            ("Le volet n'accepte plus de demandes", "Le volet", "intake_closed"),
            ("Le volet n'accepte pas de nouvelles demandes pour le moment", "Le volet", "paused"),
            ("Nous n'acceptons plus de nouvelles demandes", "", "intake_closed"),
            ("La réception des demandes est suspendue", "", "paused"),
            ("Le plafond de 2026 est atteint", "", "intake_closed"),
            ("La catégorie de l'expérience a rouvert", "La catégorie de l'expérience", "open"),
            (
                "À compter du 1er juillet 2026, le volet n'acceptera plus de demandes",
                "le volet",
                "intake_closed from 2026-07-01",
            ),
            (
                "Le volet agricole reprendra le 15 janvier 2027",
                "Le volet agricole",
                "open from 2027-01-15",
            ),
            ("Le volet n'est pas suspendu", "", ""),
            ("Le volet pourrait être suspendu", "", ""),
            ("Si le volet est fermé, votre demande est retournée", "", ""),
            ("Le volet sera suspendu", "", ""),
            ("Le bureau est fermé", "", ""),
            ("Le volet est-il fermé?", "", ""),
        ]);
    }

    #[test]
    fn a_limit_is_reached() {
        check(&[
            ("The limit for 2026 has been reached", "", "intake_closed"),
            ("This stream has reached capacity", "This stream", "intake_closed"),
            ("The limit for 2026 has not been reached", "", ""),
            ("The Farm Stream is not at capacity", "", ""),
        ]);
    }

    #[test]
    fn any_other_sentence_says_nothing() {
        for sentence in [
            "If the Farm Stream is closed, your application is returned",
            "When this stream is full, we stop",
            "Once intake is paused, you cannot apply",
            "Unless the stream is closed, apply online",
            "If you are no longer working for your employer, your application is closed",
            "Your application is closed",
            "The Farm Stream is closed on weekends",
            "The Farm Stream is closed to applicants without a job offer",
            "The Farm Stream is closed, except for nurses",
            "The Farm Stream will be closed later this year",
            "The Farm Stream will be paused",
            "The Farm Stream may close on January 15, 2027",
            "The Farm Stream was closed in 2024",
            "The Farm Stream closed on March 1, 2020 and reopened on April 5, 2021",
            "Intake was paused on March 1, 2020 until April 5, 2021",
            "Applications are not accepted by mail",
            "From June 11 to June 20, 2025, intake was paused",
            "The AAIP portal is closed for maintenance on December 5, 2026",
            "Our office is closed from December 24 to January 2",
            "It will reopen on January 15, 2027",
            "The Farm Stream is closed; other streams will reopen on January 15, 2027",
            "This stream is open to foreign workers in and outside of Canada",
            "Is this stream closed?",
            "The Farm Stream is not for students",
            "You must apply before the stream is closed",
            "We are not accepting paper applications",
            "We do not accept applications from agents",
            "The Farm Stream is closed as of next Monday",
        ] {
            assert_eq!(said(sentence), None, "{sentence}");
        }
    }
}
