//! The faults on our own side that the daemon remembers, so that each is logged once and tried again less
//! and less often: of single sources, of planning, of delivering.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Advice, SourceId};

/// The wait after the first failed try, if the reason passes by itself.
const SOON: SignedDuration = SignedDuration::from_secs(2);

/// The wait if the reason does not pass by itself, and the longest if it does: each try requests the page again.
const LATER: SignedDuration = SignedDuration::from_mins(5);

/// What a fault is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// One source.
    Source(SourceId),
    /// Asking what is due.
    Planning,
    /// Delivering letters.
    Delivery,
    /// Deleting old data.
    Retention,
}

/// A persistent fault.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trouble {
    words: String,
    advice: Advice,
    failures: u32,
    next_at: Timestamp,
}

/// The persistent faults.
#[derive(Debug, Default)]
pub(super) struct Troubles(BTreeMap<About, Trouble>);

impl Troubles {
    /// Notes a fault, and logs it if it is new. A fault that others share in the same words (a locked
    /// database, a full disk) is one fault, logged once.
    pub(super) fn note(&mut self, about: About, words: String, advice: Advice, now: Timestamp) {
        let before = self.0.remove(&about);
        let is_new = before.as_ref().is_none_or(|before| before.words != words);
        let failures = before.map_or(1, |before| before.failures.saturating_add(1));
        if is_new && !self.is_said(&words) {
            log(&about, &words, advice);
        }
        let next_at = now.checked_add(wait(advice, failures)).unwrap_or(now);
        self.0.insert(about, Trouble { words, advice, failures, next_at });
    }

    /// Whether something else is in trouble for the same reason.
    fn is_said(&self, words: &str) -> bool {
        self.0.values().any(|trouble| trouble.words == words)
    }

    /// Notes that it works again, and logs that once everything with the same fault works. Returns whether
    /// it was in trouble.
    pub(super) fn over(&mut self, about: &About) -> bool {
        let was = self.0.remove(about);
        if let Some(was) = was.as_ref().filter(|was| !self.is_said(&was.words)) {
            tracing::info!(about = %word(about), was = was.words, "works again");
        }
        was.is_some()
    }

    /// When it is tried again, if it is in trouble.
    pub(super) fn next_at(&self, about: &About) -> Option<Timestamp> {
        self.0.get(about).map(|trouble| trouble.next_at)
    }

    /// Whether it is in trouble.
    pub(super) fn has(&self, about: &About) -> bool {
        self.0.contains_key(about)
    }

    /// The sources in trouble, and when each is tried again.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&SourceId, Timestamp)> {
        self.0.iter().filter_map(|(about, trouble)| match about {
            About::Source(id) => Some((id, trouble.next_at)),
            About::Planning | About::Delivery | About::Retention => None,
        })
    }
}

fn wait(advice: Advice, failures: u32) -> SignedDuration {
    match advice {
        Advice::Retry => {
            let doubled = 1_i32.checked_shl(failures.saturating_sub(1).min(8)).unwrap_or(256);
            SOON.saturating_mul(doubled).min(LATER)
        }
        Advice::Correct | Advice::TellOperator | Advice::Stop => LATER,
    }
}

fn log(about: &About, words: &str, advice: Advice) {
    let about = word(about);
    match advice {
        Advice::Retry => tracing::warn!(%about, error = words, "failed, and is tried again soon"),
        Advice::Correct | Advice::TellOperator | Advice::Stop => {
            tracing::error!(%about, error = words, "failed; the rest goes on");
        }
    }
}

fn word(about: &About) -> &str {
    match about {
        About::Source(id) => id.as_str(),
        About::Planning => "planning",
        About::Delivery => "delivery",
        About::Retention => "retention",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn what_passes_is_tried_again_soon_and_then_less_soon() {
        let waits: Vec<i64> = (1..10).map(|n| wait(Advice::Retry, n).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(wait(Advice::Retry, u32::MAX), LATER);
        assert_eq!(wait(Advice::TellOperator, 1), LATER);
    }

    #[test]
    fn one_reason_is_said_once_for_all_that_have_it() {
        let mut troubles = Troubles::default();
        let about = |id: &str| About::Source(SourceId::parse(id).unwrap());
        troubles.note(about("a"), "locked".into(), Advice::Retry, at(0));
        assert!(troubles.is_said("locked") && !troubles.is_said("full"));
        troubles.note(about("b"), "locked".into(), Advice::Retry, at(0));
        assert!(troubles.over(&about("a")));
        assert!(troubles.is_said("locked"), "the other still has it");
        assert!(troubles.over(&about("b")));
        assert!(!troubles.is_said("locked"));
    }

    #[test]
    fn a_fault_lasts_until_it_is_over() {
        let mut troubles = Troubles::default();
        let about = About::Source(SourceId::parse("a").unwrap());
        assert!(!troubles.over(&about));
        troubles.note(about.clone(), "locked".into(), Advice::Retry, at(0));
        troubles.note(about.clone(), "locked".into(), Advice::Retry, at(10));
        assert_eq!(troubles.next_at(&about), Some(at(14)), "the second wait is longer");
        troubles.note(About::Delivery, "locked".into(), Advice::Retry, at(10));
        assert_eq!(troubles.sources().count(), 1);
        assert!(troubles.over(&about));
        assert_eq!((troubles.has(&about), troubles.has(&About::Delivery)), (false, true));
    }
}
