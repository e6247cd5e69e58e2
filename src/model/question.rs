//! The questions that the change log answers.

use jiff::{Timestamp, civil::Date};

use super::words::words;
use super::{Change, ChangeKind, RuleId, RuleTarget, Severity, SourceId, Stage};

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

impl LogFilter {
    /// Whether it lets a change through that is in no log, and so in no index.
    #[must_use]
    pub fn lets_through(&self, change: &Change) -> bool {
        let any =
            |words: &[String], word: &str| words.is_empty() || words.iter().any(|w| w == word);
        let is_at = |stage: &Stage| *stage == change.stage;
        let about = |noc: &String| change.record.as_str().split('/').any(|part| part.trim() == noc);
        let said = |summary: &str| {
            let (said, asked) = (words(summary), self.text.as_deref().map(words));
            asked.is_none_or(|asked| asked.iter().all(|word| said.contains(word)))
        };
        any(&self.programs, &change.program)
            && any(&self.jurisdictions, &change.jurisdiction)
            && (self.sources.is_empty() || self.sources.contains(&change.source))
            && (self.facts.is_empty() || self.facts.iter().any(|fact| fact.covers(&change.fact)))
            && (self.nocs.is_empty() || self.nocs.iter().any(about))
            && (self.kinds.is_empty() || self.kinds.contains(&change.kind))
            && (self.stages.is_empty() || self.stages.iter().any(is_at))
            && (self.rules.is_empty() || self.rules.iter().any(|rule| change.rules.contains(rule)))
            && self.severity.is_none_or(|severity| change.severity >= severity)
            && self.since.is_none_or(|since| change.seen_at >= since)
            && self.until.is_none_or(|until| change.seen_at < until)
            && (said(&change.summary.en) || said(&change.summary.fr))
    }
}
