//! How a source stands: what its last checks left for the next one to know.

use jiff::{Timestamp, civil::Date};
use url::Url;

use super::{CheckId, SnapshotId, SourceId, StateVersion, Validators};

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// The source.
    pub source: SourceId,
    /// Its last check.
    pub last_check: CheckId,
    /// When that began.
    pub last_checked_at: Timestamp,
    /// When its facts were last seen to hold: by a page read, or by one that had not changed.
    pub last_good_at: Option<Timestamp>,
    /// When facts were last read and believed.
    pub last_read_at: Option<Timestamp>,
    /// What the accepted facts were read with.
    pub read_with: Option<(String, String)>,
    /// The page the accepted facts were read from: a body with this hash says nothing new.
    pub snapshot: Option<SnapshotId>,
    /// What makes the next request conditional.
    pub asked: Option<Asked>,
    /// Since when its checks fail, if they do.
    pub failing: Option<Failing>,
    /// The day the page last believed says it is of, where it says so.
    pub stamped_on: Option<Date>,
    /// Whether its facts wait for a person to accept their evidence.
    pub unreviewed: bool,
    /// Where its facts stand on the page, when not where the recipe looks first.
    pub relocated: Option<String>,
    /// When a page of it last came whole.
    pub page_at: Option<Timestamp>,
    /// Where its page has moved for good, as far as the operator was told.
    pub moved_to: Option<Url>,
    /// How often something was recorded of it.
    pub version: StateVersion,
    /// How often it has begun to fail, to be held, to stand elsewhere.
    pub episodes: Episodes,
}

impl SourceState {
    /// The version of a state; of none, that of a source of which nothing is recorded.
    #[must_use]
    pub fn version_of(state: Option<&Self>) -> StateVersion {
        state.map_or(StateVersion::NONE, |state| state.version)
    }
}

/// How often things have begun with a source. The number tells one occasion from the next, for the
/// letters about it. All are 0 for what began before they were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Episodes {
    /// Its checks began to fail.
    pub failures: u32,
    /// Something of it was held.
    pub holds: u32,
    /// Its facts stood in another place.
    pub moves: u32,
}

/// An address and the validators it gave; they hold for no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The address that answered.
    pub url: Url,
    /// What it gave.
    pub validators: Validators,
}

/// A source whose checks fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Since when.
    pub since: Timestamp,
    /// The last failure in one word: a breakage's, or the outcome's.
    pub word: String,
    /// When the operator was told, if so.
    pub operator_told_at: Option<Timestamp>,
}
