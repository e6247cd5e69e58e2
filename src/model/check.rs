//! A check and how it can end. Outcomes are not errors: every one of them is recorded.

use std::fmt;

use jiff::{Zoned, civil::Date};

/// Why a check found nothing to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnchangedReason {
    /// The server answered 304.
    NotModified,
    /// The body is byte for byte the last one.
    SameBytes,
    /// The page differs but its facts do not.
    SameFacts,
}

/// A page that came but cannot be believed. It is about us and the page, never about the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breakage {
    /// The body has nothing in it.
    Empty,
    /// A block page, captcha or maintenance page in place of the content.
    Blocked {
        /// What gave it away.
        sign: String,
    },
    /// The page of another address: its canonical link is not one of the source's addresses.
    SoftMissing {
        /// The canonical link or final address.
        found: String,
    },
    /// The body ends before the document does.
    Truncated {
        /// How that was seen.
        sign: String,
    },
    /// The body is complete but its letters are damaged: encoded twice, or lost.
    Damaged {
        /// How that was seen.
        sign: String,
    },
    /// A table that a script fills came without its rows.
    Unfilled {
        /// Which table.
        table: String,
    },
    /// Not the content type that the recipe reads.
    WrongType {
        /// What the recipe reads.
        expected: String,
        /// What came.
        came: String,
    },
    /// Not well-formed: invalid JSON or XML, a damaged or locked PDF, or compressed bytes that do
    /// not decompress.
    Invalid {
        /// The parser's words.
        error: String,
    },
    /// Larger, deeper or slower to decode than is allowed.
    TooLarge {
        /// Which limit.
        limit: String,
    },
    /// A page with no words of its own that sends browsers to another address.
    LeadsOn {
        /// The address.
        to: String,
        /// By what: `a meta refresh`, `a script`.
        how: String,
    },
    /// It could not be converted to text here: a program is missing, or would not run.
    Unconverted {
        /// What to do about it.
        why: String,
    },
    /// The program itself failed on it: the result could not be recorded, or put into a letter.
    Internal {
        /// What was being done, and what went wrong.
        error: String,
    },
    /// A locator found nothing where facts used to be.
    NothingSelected {
        /// The fact set.
        fact: String,
        /// What each locator looked for and what it found.
        tried: String,
    },
    /// Fewer records than expected, or a required one is missing.
    TooFew {
        /// The fact set.
        fact: String,
        /// What was expected.
        expected: String,
        /// What came.
        came: String,
    },
    /// More complaints than the recipe allows.
    TooManyComplaints {
        /// The fact set.
        fact: String,
        /// How many.
        count: usize,
        /// The first one.
        first: String,
    },
}

impl Breakage {
    /// The breakage in one word, stable in the database: `blocked`, `too_few`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Blocked { .. } => "blocked",
            Self::SoftMissing { .. } => "soft_missing",
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::Unfilled { .. } => "unfilled",
            Self::WrongType { .. } => "wrong_type",
            Self::Invalid { .. } => "invalid",
            Self::TooLarge { .. } => "too_large",
            Self::LeadsOn { .. } => "leads_on",
            Self::Unconverted { .. } => "unconverted",
            Self::Internal { .. } => "internal",
            Self::NothingSelected { .. } => "nothing_selected",
            Self::TooFew { .. } => "too_few",
            Self::TooManyComplaints { .. } => "too_many_complaints",
        }
    }
}

/// Describes what was expected and what came.
impl fmt::Display for Breakage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the body is empty"),
            Self::Blocked { sign } => write!(f, "a block or maintenance page came: {sign}"),
            Self::SoftMissing { found } => {
                write!(
                    f,
                    "another page came in its place: {found} is none of the source's addresses"
                )
            }
            Self::Truncated { sign } => write!(f, "the body is cut off: {sign}"),
            Self::Damaged { sign } => write!(f, "the body is damaged: {sign}"),
            Self::Unfilled { table } => {
                write!(f, "{table} came without rows: a script of the page fills it")
            }
            Self::WrongType { expected, came } => write!(f, "expected {expected}, came {came}"),
            Self::Invalid { error } => write!(f, "not well-formed: {error}"),
            Self::TooLarge { limit } => write!(f, "over a limit: {limit}"),
            Self::LeadsOn { to, how } => {
                write!(f, "the page only leads on to {to}, by {how}: give the source that address")
            }
            Self::Unconverted { why } => write!(f, "no text could be made of it: {why}"),
            Self::Internal { error } => write!(f, "rulewatch itself failed on it: {error}"),
            Self::NothingSelected { fact, tried } => write!(f, "nothing found for {fact}: {tried}"),
            Self::TooFew { fact, expected, came } => {
                write!(f, "{fact}: expected {expected}, came {came}")
            }
            Self::TooManyComplaints { fact, count, first } => {
                write!(f, "{fact}: {count} parts could not be read, the first: {first}")
            }
        }
    }
}

/// Why a believable page waits for confirmation before it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldReason {
    /// Many records gone at once.
    Vanished {
        /// The fact set.
        fact: String,
        /// How many are gone.
        gone: usize,
        /// Of how many.
        of: usize,
    },
    /// More records than expected.
    TooMany {
        /// The fact set.
        fact: String,
        /// How many came.
        came: usize,
        /// The most expected.
        max: usize,
    },
    /// Codes of NOC 2016 where NOC 2021 is expected.
    OldEdition {
        /// The fact set.
        fact: String,
        /// One of them.
        example: String,
    },
    /// A figure off by an order of magnitude, or outside its declared range.
    Implausible {
        /// The fact set and record.
        fact: String,
        /// The figure before.
        before: String,
        /// The figure now.
        now: String,
    },
    /// A record is gone from its place, but its key still appears in words that no recipe reads.
    StillStands {
        /// The fact set and record.
        fact: String,
        /// The words.
        text: String,
    },
    /// A figure is another one in the place where it is read now, which is not the place of before.
    MovedOn {
        /// The fact set and record.
        fact: String,
        /// The words.
        text: String,
    },
    /// Two records share a key where there was one.
    Twofold {
        /// The fact set and record.
        fact: String,
    },
    /// An impossible day: years away from its neighbours, or far in the future.
    ImpossibleDay {
        /// The fact set and record.
        fact: String,
        /// The day.
        day: Date,
    },
    /// The page is older, by its own date, than the one last believed: it was rolled back, or a
    /// stale copy was served.
    RolledBack {
        /// The date of the page last believed.
        accepted: Date,
        /// The date of the page that came.
        came: Date,
    },
}

impl HoldReason {
    /// The reason in one word, stable in the database.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Vanished { .. } => "vanished",
            Self::TooMany { .. } => "too_many",
            Self::OldEdition { .. } => "old_edition",
            Self::Implausible { .. } => "implausible",
            Self::StillStands { .. } => "still_stands",
            Self::MovedOn { .. } => "moved_on",
            Self::Twofold { .. } => "twofold",
            Self::ImpossibleDay { .. } => "impossible_day",
            Self::RolledBack { .. } => "rolled_back",
        }
    }

    /// Returns whether agreeing re-fetches settle it. A page that says the same again does not prove
    /// that it was read correctly: only a person can judge a figure out of all proportion, a record
    /// that still appears, or a stale copy, which agrees with itself for days.
    #[must_use]
    pub fn is_settled_by_agreement(&self) -> bool {
        match self {
            Self::Vanished { .. }
            | Self::TooMany { .. }
            | Self::OldEdition { .. }
            | Self::MovedOn { .. } => true,
            Self::Implausible { .. }
            | Self::StillStands { .. }
            | Self::Twofold { .. }
            | Self::ImpossibleDay { .. }
            | Self::RolledBack { .. } => false,
        }
    }
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vanished { fact, gone, of } => {
                write!(f, "{fact}: {gone} of {of} records are gone")
            }
            Self::TooMany { fact, came, max } => {
                write!(f, "{fact}: {came} records, at most {max} expected")
            }
            Self::OldEdition { fact, example } => {
                write!(f, "{fact}: {example} is a code of NOC 2016, not of NOC 2021")
            }
            Self::Implausible { fact, before, now } => write!(f, "{fact}: {before} became {now}"),
            Self::StillStands { fact, text } => {
                write!(f, "{fact} is gone from its place and still stands in `{text}`")
            }
            Self::MovedOn { fact, text } => {
                write!(f, "{fact} has another value in another place of the page, `{text}`")
            }
            Self::Twofold { fact } => write!(f, "{fact}: there are two of it"),
            Self::ImpossibleDay { fact, day } => write!(f, "{fact}: {day} cannot be its day"),
            Self::RolledBack { accepted, came } => {
                write!(f, "the page is of {came}, older than the one last believed, of {accepted}")
            }
        }
    }
}

/// How a fact set fared in a check (PRODUCT section 5). The outcome of the check is that of the worst
/// set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Says the same as before.
    Unchanged,
    /// A series that moved: recorded, never told.
    Read,
    /// Read for the first time: not news.
    Baseline,
    /// Says something else.
    Changed,
    /// All of it is gone, and that is believed.
    Gone,
    /// Says something that is not believed yet.
    Held,
    /// Cannot be read, or not completely: its last values are kept.
    Unreadable,
}

impl Verdict {
    /// The verdict's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Read => "read",
            Self::Baseline => "baseline",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Held => "held",
            Self::Unreadable => "unreadable",
        }
    }
}

/// No page came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchFailure {
    /// What was being done: `connecting to www.canada.ca`, with the cause.
    pub what: String,
    /// Whether trying again soon makes sense.
    pub retry: bool,
}

/// Whether the reason of an outcome says that the host answered: one that does, even with 503, can be reached.
#[must_use]
pub fn is_answer(reason: &str) -> bool {
    reason.contains(" answered ")
}

/// We are not allowed to have the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// robots.txt disallows it.
    Robots {
        /// The address it disallows.
        url: String,
    },
    /// A private address, and the operator has not allowed it.
    PrivateAddress {
        /// The address.
        address: String,
    },
    /// The server says no: 401, 403, 429 and their kin.
    Status(u16),
    /// A gate that lets only browsers in: 202 or 405 to a plain request.
    Gate(u16),
    /// The page is shown only to clients that send back a cookie.
    CookieWall {
        /// The address.
        url: String,
    },
    /// A login came in place of the page.
    Login {
        /// Its address.
        url: String,
    },
    /// The host asked to be left alone for a while, and the time is not over.
    Waiting {
        /// The host.
        host: String,
        /// What it asked with: 429 or 503.
        status: u16,
        /// Whether we chose for how long: it did not say.
        is_ours: bool,
        /// When it may be asked again, in the zone for people.
        until: Zoned,
    },
    /// The host's robots.txt asks for a pause between visits, and the pause is not over.
    CrawlDelay {
        /// The host.
        host: String,
        /// How long the pause is.
        seconds: u64,
        /// When it may be visited again, in the zone for people; `None` where the pause has no end.
        until: Option<Zoned>,
    },
    /// Not an address we fetch: another scheme, credentials in it, too many redirects.
    Address {
        /// What is wrong with it.
        why: String,
    },
}

/// How a reason says a moment.
const MOMENT: &str = "%Y-%m-%d %H:%M %Z";

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Robots { url } => write!(f, "robots.txt disallows {url}"),
            Self::PrivateAddress { address } => {
                write!(f, "{address} is a private address and [fetch] does not allow it")
            }
            Self::Status(status) => write!(f, "the server answered {status}"),
            Self::Gate(status) => {
                write!(f, "a gate answered {status} in place of the page: it lets only browsers in")
            }
            Self::CookieWall { url } => {
                write!(f, "{url} shows its page only to browsers that keep its cookie")
            }
            Self::Login { url } => write!(f, "{url} asks for a login"),
            Self::Waiting { host, status, is_ours, until } => {
                let until = until.strftime(MOMENT);
                let asks = if *is_ours { "is" } else { "asks to be" };
                write!(f, "{host} answered {status} and {asks} left alone until {until}")
            }
            Self::CrawlDelay { host, until: None, .. } => {
                write!(f, "robots.txt of {host} asks for an endless pause between visits")
            }
            Self::CrawlDelay { host, seconds, until: Some(until) } => {
                let until = until.strftime(MOMENT);
                write!(
                    f,
                    "robots.txt of {host} asks for {seconds} s between visits: the next is at {until}"
                )
            }
            Self::Address { why } => f.write_str(why),
        }
    }
}

/// The page is said to be gone: 404 or 410.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone(pub u16);

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// First facts of a source, or of a new recipe: not news.
    Baseline,
    /// Nothing changed.
    Unchanged(UnchangedReason),
    /// Facts changed.
    Changed,
    /// Implausible: waits for confirmation.
    Held(HoldReason),
    /// A held check that a later one confirmed.
    Released,
    /// The same facts in another place on the page.
    Relocated {
        /// The fact set that moved and the place it moved to.
        what: String,
    },
    /// Some fact sets were compared, others could not be read.
    Partial {
        /// What could not be read, and why.
        what: String,
    },
    /// The page came but cannot be believed.
    Broken(Breakage),
    /// No page came.
    Unreachable(FetchFailure),
    /// We are not allowed to have it.
    Refused(Refusal),
    /// 404 or 410.
    Gone(Gone),
}

impl CheckOutcome {
    /// The outcome's word, the same everywhere (PRODUCT section 5).
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Unchanged(_) => "unchanged",
            Self::Changed => "changed",
            Self::Held(_) => "held",
            Self::Released => "released",
            Self::Relocated { .. } => "relocated",
            Self::Partial { .. } => "partial",
            Self::Broken(_) => "broken",
            Self::Unreachable(_) => "unreachable",
            Self::Refused(_) => "refused",
            Self::Gone(_) => "gone",
        }
    }

    /// The reason, in words for a person; for *unchanged*, one of the three fixed words.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Baseline | Self::Changed | Self::Released => None,
            Self::Unchanged(UnchangedReason::NotModified) => Some("not_modified".to_owned()),
            Self::Unchanged(UnchangedReason::SameBytes) => Some("same_bytes".to_owned()),
            Self::Unchanged(UnchangedReason::SameFacts) => Some("same_facts".to_owned()),
            Self::Held(reason) => Some(reason.to_string()),
            Self::Relocated { what } | Self::Partial { what } => Some(what.clone()),
            Self::Broken(breakage) => Some(breakage.to_string()),
            Self::Unreachable(failure) => Some(failure.what.clone()),
            Self::Refused(refusal) => Some(refusal.to_string()),
            Self::Gone(Gone(status)) => Some(format!("the server answered {status}")),
        }
    }

    /// Returns whether the facts were read and believed; in a *partial* check, those that could be
    /// read.
    #[must_use]
    pub fn is_good(&self) -> bool {
        match self {
            Self::Baseline
            | Self::Unchanged(_)
            | Self::Changed
            | Self::Released
            | Self::Relocated { .. }
            | Self::Partial { .. } => true,
            Self::Held(_)
            | Self::Broken(_)
            | Self::Unreachable(_)
            | Self::Refused(_)
            | Self::Gone(_) => false,
        }
    }
}
