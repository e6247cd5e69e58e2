//! A sentence that says whether a stream takes applications: what it is said of, the state, and from which day.
//!
//! A whole sentence, from its first word to its last, and nothing but what is certainly so: a condition, an
//! exception, a day of the week or a stretch of days makes it another sentence. What will be so counts only with
//! its day.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};

use crate::extract::value::date;
use crate::extract::value::date::{DAY, WEEKDAY};
use crate::extract::value::pattern::constant;
pub(super) use crate::model::OPEN;

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
    /// The last day on which it is so, if the sentence has one: "paused until February 1, 2027".
    pub(super) until: Option<Date>,
    /// What it will be after that, and from which day, if the sentence goes on: "and will reopen on January 15, 2027".
    pub(super) then: Option<(Date, &'static str)>,
}

/// What a sentence says of a stream, if it is one that says so. Its full stop may be missing.
pub(super) fn said(sentence: &str) -> Option<Said<'_>> {
    // Nearly every sentence of a page has none of these words.
    static HINT: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = concat!(
            r"(?i)clos|paus|suspend|on hold|full|capacity|accept|receiv|taking|consider|open|resum|\bend|expir",
            r"|reach|\bmet\b|shut|discontinu|cancel|revok|oversubscribed|available|no longer|replaced|superseded|halted",
            r"|retired|terminat|phased|withdrawn|eliminated|conclude|ceased|deadline|last day|can['’]t|cannot",
            r"|(?:is|was|been) (?:now )?(?:over|used|filled|issued|allocated|complete)|unavailable|wound|returned|rejected|no (?:\w+ )?(?:intake|draw)",
            "|ferm|suspen|interrom|cess|ouver|rouvr|repren|repri|attein|fin le|pris fin|remplac|aboli|complet|n['’](?:est|existe|acc)|aucune|termin",
        );
        constant(pattern)
    });
    if sentence.len() > LONGEST || !HINT.is_match(sentence) {
        return None;
    }
    let full = without_reason(in_full(sentence));
    let found = SENTENCES.iter().find_map(|pattern| pattern.captures(&full))?;
    let read = read(&found)?;
    // The words of the sentence itself, which are the same in full: a name is never shortened.
    let of = match read.of {
        Some(of) => sentence.find(of).map(|at| Some(&sentence[at..at + of.len()]))?,
        None => None,
    };
    Some(Said { of, ..read })
}

/// A sentence without the reason for what it says: "has reached its limit and is closed" is "is closed".
fn without_reason(sentence: Cow<'_, str>) -> Cow<'_, str> {
    static REASONS: LazyLock<[(Regex, &str); 3]> = LazyLock::new(|| {
        [
            (
                constant(
                    r"(?i)^(?:because|(?:as|since|now that) (?:the|our|its|all|we|this)) [^,.;]{3,90}, ",
                ),
                "",
            ),
            (
                constant(concat!(
                    r"(?i)^([^,.;]{2,90}?) (?:has|have)(?: (?:now|already))? (?:reached|met|filled|used|received|exhausted)",
                    r" [^,.;]{2,60}?,? and ((?:is|are|will|has|have|does|do)\b.*)$",
                )),
                "$1 $2",
            ),
            // Two days are a stretch however they are joined.
            (
                constant(&format!("(?i) between (?P<from>{DAY}) and (?P<to>{DAY})")),
                " from $from to $to",
            ),
        ]
    });
    // What has reached its limit is shut until it reopens.
    static REOPENS: LazyLock<Regex> = LazyLock::new(|| {
        constant(
            r"(?i) reached (?:its|the|our) [a-z0-9 ]+?,? (?:and|but) will (?:re-?open|be reopened|resume)\b",
        )
    });
    let mut sentence = sentence;
    for (reason, without) in REASONS.iter() {
        if reason.is_match(&sentence) && !REOPENS.is_match(&sentence) {
            sentence = reason.replace(&sentence, *without).into_owned().into();
        }
    }
    sentence
}

/// A sentence without shortened words: "isn’t accepting" is "is not accepting".
fn in_full(sentence: &str) -> Cow<'_, str> {
    static SHORT: LazyLock<[(Regex, &str); 5]> = LazyLock::new(|| {
        [
            (constant(r"(?i)\bwe['’]re\b"), "we are"),
            (constant(r"(?i)\b(?:can['’]t|cannot)\b"), "can not"),
            (constant(r"(?i)\bwon['’]t\b"), "will not"),
            (constant(r"(?i)\b(is|are|was|were|has|have|do|does)n['’]t\b"), "$1 not"),
            (constant(r"(?i)\b(we|you)['’]ve\b"), "$1 have"),
        ]
    });
    let mut full = Cow::from(sentence);
    for (short, long) in SHORT.iter() {
        if short.is_match(&full) {
            full = short.replace_all(&full, *long).into_owned().into();
        }
    }
    full
}

/// The longest sentence that is looked at, in bytes.
const LONGEST: usize = 600;

fn read<'t>(found: &Captures<'t>) -> Option<Said<'t>> {
    let group = |name: &str| found.name(name).map(|group| group.as_str());
    let end = group("end").unwrap_or_default();
    let printed =
        group("lead").or_else(|| group("tail")).or_else(|| group("day")).or_else(|| of_both(end));
    let from = printed.map(|day| date::day(day).ok_or(())).transpose().ok()?;
    let from = match group("year") {
        Some(year) => Some(Date::new(year.parse().ok()?, 1, 1).ok()?),
        None => from,
    };
    // What was so once counts with its day alone, and nothing after it that undoes it.
    let is_history = || {
        static AGAIN: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)open|resum|until|lifted"));
        group("past").is_some() && AGAIN.is_match(end)
    };
    let state = state(group("says")?, end)?;
    let day = |name: &str| group(name).map(|day| date::day(day).ok_or(())).transpose().ok();
    let (stretch, until) = (day("last")?, day("until")?);
    // What is open until a day is closed after it.
    let last = stretch.or(until.filter(|_| state == OPEN));
    let is_undated = from.or(last).is_none();
    if is_undated && (group("will").or_else(|| group("past"))).is_some() || is_history() {
        return None;
    }
    let from = if group("deadline").is_some() { Some(from?.tomorrow().ok()?) } else { from };
    let then = last.map(|last| after(last, state)).or_else(|| Some(then(end)));
    let then = then?.filter(|(_, then)| *then != state);
    let until = stretch.or(until.filter(|_| then.is_none())).filter(|_| state != OPEN);
    let is_year = |of: &&str| of.starts_with("20") && of.bytes().all(|c| c.is_ascii_digit());
    let of = group("of").or_else(|| group("to")).filter(|of| !is_year(of));
    (!of.is_some_and(|of| matches!(of, "It" | "They"))).then_some(Said {
        of,
        state,
        from,
        until,
        then,
    })
}

/// What is so when a stretch of days is over: "will be closed from December 24, 2026 to January 3, 2027".
fn after(last: Date, state: &'static str) -> Option<(Date, &'static str)> {
    Some((last.tomorrow().ok()?, if state == OPEN { CLOSED } else { OPEN }))
}

/// The day since which what the sentence before was about is so: "It ended on December 31, 2025".
pub(super) fn since(sentence: &str) -> Option<Date> {
    static SINCE: LazyLock<Regex> = LazyLock::new(|| {
        constant(&format!(
            "(?i)^it (?:(?:has )?(?:closed|ended|expired)|was (?:closed|paused|suspended)) {FROM} {WEEKDAY}(?P<day>{DAY}){TIME}[.!]?$"
        ))
    });
    date::day(&SINCE.captures(sentence)?["day"])
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
    static THEN_FR: LazyLock<Regex> = LazyLock::new(|| {
        constant(&format!(
            "(?i)(?:,? (?:et|mais)|;)(?: (?:il|elle))? (?P<says>(?:rouvr|reprend|ferme)(?:e|ra|ira)?|pren(?:d|dra) fin) (?:dès )?le (?P<day>{DAY})[.!]?$"
        ))
    });
    let found = [&*THEN, &UNTIL, &THEN_FR].into_iter().find_map(|then| then.captures(end))?;
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
            r"(?i)no longer (?:be(?:ing)? )?(?:accept|receiv|tak|consider|apply|possible)|stop|ceas(?:e|es|ed|ing) (?:to )?(?:accept|tak|receiv|consider)|full|capacity",
            r"|oversubscribed|limit|\bcap\b|quota|maximum|reached|\bmet\b|used|filled|passed|\bafter$|\bover\b|^no |n['’]acc",
            r"|attein|compl[eè]t|possible|aucune|\bcess\w+ d['’]accept",
        );
        [
            (
                constant(
                    r"(?i)temporar|temporair|paus|suspend|interromp|on hold|halted|\bnot\b|unavailable|n['’]acc\w+.* pas\b",
                ),
                PAUSED,
            ),
            (constant(stopped), INTAKE_CLOSED),
            (
                constant(concat!(
                    r"(?i)clos|\bend|deadline|last day|shut|no longer|discontinu|cancel|revok|expir|replace|supersede|retired",
                    r"|terminat|phased|withdrawn|ceased|eliminated|conclude|ferm|\bfin\b|termin|aboli|remplac|n['’]est plus",
                )),
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
    "(?:stream|pathway|sub-?category|category|sub-?categorie|categorie|(?:pilot )?pro(?:gram|ject)|pilot",
    "|initiative|class|strateg(?:y|ie)|measure|(?:public )?polic(?:y|ie))e?s?",
);

/// A name: words with capitals, and small words between them. Its letters are listed: those of all scripts make a
/// pattern of several names a hundred times as large.
pub(super) const NAME: &str = concat!(
    r"(?-i:[A-Z0-9(][0-9A-Za-zÀ-ž'’/()&-]*:?)(?:,? (?:(?-i:[A-Z0-9(][0-9A-Za-zÀ-ž'’/()&-]*:?)|of|and|for|in|with|under|&",
    r"|-|–)){0,9}",
);

/// A permit that has no name.
const PERMIT: &str = concat!(
    "(?:(?:open|temporary|short-term|bridging|transitional|post-graduation|employer-specific|occupation-restricted|this|spousal) )*",
    "work permits?(?: exemptions?)?(?: for [a-z -]{3,60}?)?",
);

const ADVERB: &str = concat!(
    "(?: (?:both|now|currently|temporarily|still|officially|presently|once again|again|already|also|fully",
    "|permanently|therefore|thus))*",
);
const BE: &str = "(?:is|are|has been|have been|remains?)";
const TAKE: &str = "(?:accept|receiv|tak|consider)ing";
const THINGS: &str = concat!(
    "(?:(?:any|new|further|more|additional|all|worker) )*(?:applications?|applicants?|candidates?",
    "|registrations?|registrants?|expressions? of interest|EOIs?|profiles|submissions|job offers)",
);
const INTAKE: &str = concat!(
    "(?:(?:the|our|new|all|application|20[0-9]{2}) )*(?:intake(?: (?:period|window))?|applications|registrations?",
    "|expressions? of interest|EOIs|(?:EOI|expression of interest) (?:system|pool|intake)|application period)",
    "(?: for 20[0-9]{2})?",
);
const TO_APPLY: &str = "(?:to (?:apply|register|submit an application)|for (?:new )?applications)";
/// What is full or over when all has come that is taken.
const ROOM: &str = concat!(
    r"(?:all )?(?:(?:the|our|its|available|annual|yearly|20\d\d) )*(?:spots|spaces|places|(?:nomination )?allocations?)",
    r"(?: for (?:this year|20\d\d))?",
);
const DEADLINE: &str = "(?:application |registration )?deadline";
const LIMIT: &str = concat!(
    r"(?:(?:the |our |its )?(?:limits?|caps?|quotas?) for (?:(?:this|the) year|20\d\d)|(?:the |our |its )?(?:(?:annual|yearly|20\d\d",
    r"|application|intake|registration|nomination) )+(?:limits?|caps?|quotas?|capacity)(?: for (?:this year|20\d\d))?)",
);
const WE: &str = concat!(
    r"(?:we|the (?:province|program|office(?: of immigration)?|government of [a-zà-ž]+)",
    r"|(?:the )?(?-i:[A-Z]{2,6})(?: PNP)?)",
);
const FROM: &str = concat!(
    "(?:effective(?: on)?|as of|starting(?: on)?|beginning(?: on)?|from|on|since",
    "|à (?:compter|partir) du|depuis le|dès le|du|le)",
);
/// How people are chosen. An invitation may expire while its stream goes on.
const INVITED: &str = concat!(
    "(?:(?:all|new|further) )*",
    "(?:rounds of invitations|invitation rounds|invitations(?: to apply)?|draws)",
);
/// What stands between the first of some days and the last.
const TO: &str = "(?:to|until|through|[–-]|au)";
macro_rules! clock {
    () => {
        concat!(
            r"(?:noon|midnight|\d{1,2}(?::\d\d)? ?[ap]\.?m\b\.?)(?: \(?(?-i:[A-Z]{2,4})\b\)?",
            "| (?:mountain|pacific|central|eastern|atlantic)(?: (?:standard|daylight))? time)?",
        )
    };
}
/// A time of day, and the same beside a day.
const CLOCK: &str = clock!();
const TIME: &str = concat!("(?:,? at ", clock!(), ")?");
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
         |(?:the|this|our|these) (?:{NOUN}|{PERMIT}|{NAME} {PERMIT})|(?:the |this )?(?:priority|expedited) processing(?: {ABOUT} (?:the )?{NAME})?|{PERMIT}|(?:the |this |our )?{NAME})"
    );
    let of = format!("(?P<of>{thing})");
    let for_it = format!("(?: {ABOUT} {of})?");
    let returned = format!(
        "{WEEKDAY}(?P<day>{DAY}),? will (?:be (?:returned|refused|rejected)|not be (?:accepted|considered|processed))"
    );
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
            "{LIMIT}(?: of {THINGS})?{for_it} (?P<says>(?:has been|have been|is|are|was|were)(?: now)? (?:reached|met|full))"
        ),
        format!(
            "(?P<says>no (?:new|further|additional|more)) {THINGS}{for_it} (?:will be|are being|are|can be){ADVERB} \
             (?:accepted|considered|received|taken)(?: {ABOUT} (?P<to>{thing}))?"
        ),
        format!(
            "(?P<deadline>(?P<says>no (?:new|further|additional|more)) {THINGS}(?: {ABOUT} (?P<to>{thing}))? (?:will be|are|can be) \
             (?:accepted|considered|received|taken){for_it} after)"
        ),
        format!(
            "{WE} (?P<says>(?:have|has){ADVERB} (?:reached|met|received) (?:the |our )?(?:maximum|limit|cap|quota|{LIMIT}))\
             (?: number)?(?: of {THINGS})?{for_it}"
        ),
        format!("{WE} (?P<says>no longer offers?) {of}"),
        format!(
            "{ROOM}{for_it} (?P<says>(?:has|have)(?: (?:now|already|all))* been (?:used(?: up)?|filled|taken|reached|issued|allocated)|(?:is|are) (?:now )?(?:filled|full))"
        ),
        format!(
            "(?:the|our) (?:(?:application|online|intake) )*portal for {of} (?P<says>(?:is|has been){ADVERB} \
             (?:closed|paused|open|re-?opened))"
        ),
        format!(
            "{INTAKE}{for_it} (?P<says>(?:is|has been|was)(?: now)? (?:complete|completed|over|full))"
        ),
        format!("the {DEADLINE}(?: {TO_APPLY})?{for_it} (?P<says>has (?:now )?passed)"),
        format!(
            "the (?P<deadline>(?P<says>{DEADLINE}|(?:last|final) day) {TO_APPLY}{for_it} (?:is|was))"
        ),
        format!("{THINGS}{for_it} (?P<says>(?:received|submitted) (?P<deadline>after)) {returned}"),
        format!("{THINGS}{for_it} (?P<says>(?:received|submitted) on or after) {returned}"),
        format!(
            "there will be (?P<says>no (?:(?:new|further|more) )?)(?:intakes?|draws?){for_it} (?:in|for|during) (?P<year>20[0-9]{{2}})"
        ),
        format!(
            "{WE} (?P<says>(?:are|is){ADVERB} (?:pausing|suspending))(?: {INTAKE}| {THINGS}){for_it}"
        ),
        format!(
            "{WE} (?P<says>(?P<will>are|is){ADVERB} (?:closing|ending|re-?opening|opening))(?: {INTAKE}| {THINGS}){for_it}"
        ),
        format!("{WE} (?P<says>(?:are|is){ADVERB} (?:pausing|suspending)) {of}"),
        format!("{WE} (?P<says>(?P<will>will){ADVERB} (?:continue to )?accept) {THINGS}{for_it}"),
        format!(
            "(?:you|people|(?:new )?(?:applicants|candidates)) (?P<says>can (?:no longer|not){ADVERB} apply|are no longer able to apply)\
             (?: {ABOUT} {of})"
        ),
        format!("it is (?:now )?(?P<says>no longer possible) {TO_APPLY}{for_it}"),
        format!("{INVITED}{for_it} (?P<says>{BE}{ADVERB} (?:paused|suspended|on hold))"),
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
fn predicates(thing: &str) -> [String; 6] {
    let what = format!(
        "(?:(?: to| for| from)? {THINGS}(?: (?:and|or) {THINGS})?)?(?: {ABOUT} (?P<to>{thing}))?"
    );
    [
        format!(
            "(?:{BE}{ADVERB} (?:closed|shut(?: down)?|ended|{GONE}|expired|(?:being )?(?:paused|suspended)|halted|on hold|on pause\
             |full|at capacity|oversubscribed|unavailable|open|re-?opened|{TAKE}\
             |(?:not|no longer)(?: yet)?{ADVERB} (?:being )?(?:open|available|offered|in effect|accepted|considered|{TAKE}))\
             |(?:was|were){ADVERB} {GONE}){what}"
        ),
        format!(
            "(?P<past>(?:(?:was|were){ADVERB} )?(?:closed|paused|suspended)|ended|came to an end|expired\
             |(?:stopped|paused|ceased) {TAKE}){what}"
        ),
        format!(
            "(?:(?:has|have){ADVERB} (?:closed|ended|come to an end|expired|concluded|ceased|shut down|re-?opened|opened|resumed\
             |(?:stopped|paused|suspended|ceased) {TAKE}|reached (?:its|the|our) [a-z0-9 ]{{0,30}}(?:limit|cap|quota|capacity|maximum)(?: for (?:this year|20[0-9][0-9]))?\
             |reached (?:full )?capacity)|reached (?:its|the|our) (?:[a-z0-9]+ ){{0,3}}(?:limit|cap|quota),? and {THINGS} (?:will be|are)\
             (?: being)? (?:returned|refused|rejected)|(?:does|do) not{ADVERB} accept|re-?opened){what}"
        ),
        format!(
            "(?P<will>will|(?:is|are) (?:set |scheduled |going )?to){ADVERB} (?:be{ADVERB} (?:closed|paused|suspended|on hold|{GONE}\
             |open|re-?opened|accepted|considered|closing|pausing|ending|opening|re-?opening)|close|pause|open|re-?open|resume|end\
             |come to an end|expire|(?:stop|cease) {TAKE}|(?:begin|start) {TAKE}\
             |(?:no longer|not) (?:be )?(?:accept(?:ing|ed)?|considered|available|offered)){what}"
        ),
        format!(
            "(?P<will>closes|opens|re-?opens|pauses|ends|expires|(?:stops|ceases) {TAKE}|(?:is|are) (?:closing|opening|re-?opening|pausing|ending)){what}"
        ),
        // Something else stands in its place.
        format!(
            "(?:(?:has|have){ADVERB} been|(?:was|were|is|are){ADVERB}|(?P<will>will){ADVERB} be) (?:replaced|superseded) (?:by|with)\
             (?: (?:the|a|an|our|new|two|three|four))* (?:{NAME}|[a-z]+)(?: {NOUN})?"
        ),
    ]
}

/// What becomes of a stream that comes to its end.
const GONE: &str = concat!(
    "(?:discontinued|cancelled|revoked|retired|terminated|phased out|withdrawn|eliminated|ended|concluded",
    "|wound (?:down|up))",
);

/// What things of a program are called in French, before their names.
pub(super) const NOUN_FR: &str = "(?:(?:sous-)?cat[ée]gories?|volets?|programmes?(?: pilotes?)?|projets? pilotes?|pilotes?|voies?|politiques?(?: publiques?| d['’]intérêt public)?|mesures?)";
const ADVERB_FR: &str =
    "(?: (?:maintenant|désormais|actuellement|temporairement|présentement|toujours|encore))*";
const THINGS_FR: &str = concat!(
    "(?: (?:de |des |d['’]|les |aucune )?(?:(?:nouvelles?|autres) )?",
    "(?:demandes?|candidatures?|inscriptions?|déclarations? d['’]intérêt)(?: (?:de |des |du |d['’])[^.,;0-9]{3,60}?)?)?",
);

/// The same sentences in French: a stream is so, takes none, or has all that it takes.
fn in_french() -> [String; 6] {
    let thing = format!(
        "(?P<of>(?:(?:les? |la |l['’]|cet(?:te)? |ce |notre )?{NOUN_FR})(?: (?:de|des|du|la|le|les|et|en|pour|à|aux?|[0-9A-Za-zÀ-ž'’()-]{{3,}})){{0,8}}?)"
    );
    let shut = "(?:fermée?|suspendue?|interrompue?|en pause|mise? en pause|ouverte?|rouverte?|complète?|complet|terminée?|abolie?)s?";
    let to_new = "(?: aux (?:nouvelles )?(?:demandes|candidatures))?";
    let instead = "remplacée?s? par (?:une? |l[ea]s? |l['’]|des )?[^.,;]{3,90}?";
    let is = format!(
        "(?:est|sont|demeure|reste|a été|ont été){ADVERB_FR} (?:{shut}{to_new}|{instead})\
         |n['’]accepte(?:nt)?{ADVERB_FR} (?:plus|pas){ADVERB_FR}{THINGS_FR}|accepte{ADVERB_FR} de nouveau{THINGS_FR}\
         |a (?:rouvert|repris|fermé|pris fin|expiré|cessé d['’]accepter{THINGS_FR})\
         |n['’](?:est|existe){ADVERB_FR} plus{ADVERB_FR}(?: (?:offerte?|disponible|en vigueur|ouverte?))?"
    );
    let will = format!(
        "(?P<will>sera{ADVERB_FR} (?:{shut}{to_new}|{instead})|n['’]acceptera{ADVERB_FR} plus{THINGS_FR}|reprend(?:ra)?\
         |rouvr(?:e|ira)|ferme(?:ra)?|pren(?:d|dra) fin|expire(?:ra)?|cessera d['’]accepter{THINGS_FR})"
    );
    let things = "(?:demandes?|candidatures?|inscriptions?|déclarations? d['’]intérêt)";
    let intake = format!("(?:la (?:réception|présentation)|le dépôt) des (?:nouvelles )?{things}");
    let full = format!(
        "(?:le plafond|la limite|le quota)(?: annuel(?:le)?)?(?: (?:de|des) {things})?(?: (?:de|pour) 20\\d\\d)?"
    );
    let for_it = format!(
        "(?: (?:du|de la|pour|au|à|dans|en vertu)(?: de)?(?: l[ea]s?| cet(?:te)?| ce)? (?P<of>{NOUN_FR}[^.,;:]{{0,60}}?))?"
    );
    [
        format!("{thing} (?P<says>{is}|{will})"),
        format!("{intake}{for_it} (?P<says>{is}|{will})"),
        format!(
            "nous (?P<says>n['’]acceptons{ADVERB_FR} (?:plus|pas){ADVERB_FR}|(?P<will>n['’]accepterons){ADVERB_FR} (?:plus|pas))\
             {THINGS_FR}{for_it}"
        ),
        format!("{full}{for_it} (?P<says>(?:est|a été){ADVERB_FR} atteinte?)"),
        format!(
            "il (?P<says>n['’]est{ADVERB_FR} plus possible) (?:de présenter une demande|de soumettre une demande|de s['’]inscrire){for_it}"
        ),
        format!(
            "(?P<says>aucune) (?:nouvelle |autre )?{things} (?:ne sera|n['’]est){ADVERB_FR} acceptée"
        ),
    ]
}

/// A whole sentence, with what may stand before and after what it says.
fn whole(middle: &str) -> Regex {
    let lead = format!(
        "(?:(?:(?:update|updated|notice|mise à jour|avis)(?:,| of| on| du)? (?:{DAY})|please note(?: that)?|note(?: that)?|important(?: notice| update)?|notice|update|alert|at this time\
         |currently|effective immediately|as of today|until further notice|for now|unfortunately\
         |(?:due to|because of) [^,]{{3,90}})(?: ?[:,–-])? |{FROM} (?P<lead>{DAY}),? )*"
    );
    let tail = format!(
        "{AGAIN}(?P<end>(?:{TIME},? (?:{FROM} )?{WEEKDAY}(?P<tail>{DAY}){TIME}(?: {TO} {WEEKDAY}(?P<last>{DAY}){TIME})?)?(?:,? (?:at (?:this|the present|the current) (?:time|moment)|right now\
         |for now|(?:once )?again|for the time being|currently|now|temporarily|permanently|effective immediately|until further notice\
         |until (?:it is )?(?:filled|full)|jusqu['’]à nouvel ordre|pour (?:le moment|l['’]instant)|actuellement|(?:car|afin|en raison) .*\
         |(?:until(?: {CLOCK}(?:,| on))?|jusqu['’]au) (?:{WEEKDAY}(?P<until>{DAY}){TIME}(?:,? when {SUBJECT} .*)?|\\p{{L}}+ \\d{{4}}|20\\d\\d)|(?:for|in) (?:the (?:rest|remainder) of )?(?:the year|this year|20\\d\\d)\
         |(?:as (?:the|we|it|all|our)|because|due to|since|while|and|but|so|et|mais) .*)|; (?:{SUBJECT} will|aucune (?:nouvelle |autre )?demande) .*)*)[.!:]?"
    );
    constant(&format!("(?i)^{lead}{middle}{tail}$"))
}

#[cfg(test)]
mod tests;
