//! The state of a source: what its last checks left for the next one.

use jiff::{Timestamp, civil::Date};
use url::Url;

use super::{CheckId, SnapshotId, SourceId, StateVersion, Validators};

/// The state of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// The source.
    pub source: SourceId,
    /// Its last check.
    pub last_check: CheckId,
    /// When that check began.
    pub last_checked_at: Timestamp,
    /// When its facts were last seen to hold: by reading a page, or because the page had not changed.
    pub last_good_at: Option<Timestamp>,
    /// When facts were last read and believed.
    pub last_read_at: Option<Timestamp>,
    /// What the accepted facts were read with.
    pub read_with: Option<(String, String)>,
    /// The page the accepted facts were read from: a body with the same hash says nothing new.
    pub snapshot: Option<SnapshotId>,
    /// What makes the next request conditional.
    pub asked: Option<Asked>,
    /// Since when its checks have been failing, if they are.
    pub failing: Option<Failing>,
    /// The date that the page last believed gives for itself, if it gives one.
    pub stamped_on: Option<Date>,
    /// Whether its facts wait for a person to accept their evidence.
    pub unreviewed: bool,
    /// Where its facts are on the page, if not where the recipe looks first: a line for each place.
    pub relocated: Option<String>,
    /// When a page of it last came complete.
    pub page_at: Option<Timestamp>,
    /// Where its page has moved permanently, as last told to the operator.
    pub moved_to: Option<Url>,
    /// How many times something was recorded of it.
    pub version: StateVersion,
    /// How often it has begun to fail, to be held, or to have its facts elsewhere on the page.
    pub episodes: Episodes,
}

impl SourceState {
    /// The version of a state; without one, that of a source of which nothing is recorded.
    #[must_use]
    pub fn version_of(state: Option<&Self>) -> StateVersion {
        state.map_or(StateVersion::NONE, |state| state.version)
    }
}

/// How often things have begun with a source. The number tells one occasion from the next in the
/// letters about it. All are 0 for what began before counting was introduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Episodes {
    /// Its checks began to fail.
    pub failures: u32,
    /// Something of it was held.
    pub holds: u32,
    /// Its facts moved to another place.
    pub moves: u32,
}

/// An address and the validators it gave; they are valid for no other address.
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
    /// When the operator was told, if they were.
    pub operator_told_at: Option<Timestamp>,
}
