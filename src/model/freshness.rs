//! How fresh what is known is: silence must not read as "nothing changed".

use jiff::Timestamp;

/// How fresh what is known is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freshness {
    /// When facts of any source were last seen to hold.
    pub newest_good: Option<Timestamp>,
    /// When the newest change was seen.
    pub newest_change: Option<Timestamp>,
    /// Sources that are watched.
    pub n_sources: usize,
    /// Those of them that were read and have not gone unread for too long.
    pub n_read: usize,
}
