//! The questions that the change log answers.

use jiff::{Timestamp, civil::Date};

use super::{ChangeKind, RuleId, RuleTarget, Severity, SourceId, Stage};

/// What to look for. An empty list means "any"; everything given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogFilter {
    /// Seen at or after.
    pub since: Option<Timestamp>,
    /// Seen before.
    pub until: Option<Timestamp>,
    /// Of these programs.
    pub programs: Vec<String>,
    /// Of these jurisdictions.
    pub jurisdictions: Vec<String>,
    /// Read from these sources.
    pub sources: Vec<SourceId>,
    /// Of these fact sets, or patterns of them.
    pub facts: Vec<RuleTarget>,
    /// About these NOC codes.
    pub nocs: Vec<String>,
    /// Of these kinds.
    pub kinds: Vec<ChangeKind>,
    /// At these stages.
    pub stages: Vec<Stage>,
    /// Touching these rules.
    pub rules: Vec<RuleId>,
    /// At least this severe.
    pub severity: Option<Severity>,
    /// With all these words in the summary, in either language; accents and case do not matter.
    pub text: Option<String>,
    /// Today: a change announced for a day up to today, and not confirmed, is *due*. Without it every
    /// change keeps the stage it was recorded at.
    pub today: Option<Date>,
    /// Only what readers were told of: what the operator alone was told of is not for the public.
    pub is_told: bool,
    /// At most this many.
    pub limit: Option<usize>,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
}
