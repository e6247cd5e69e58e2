//! Repairs by a person: confirms that what cannot be read still holds ([`confirm`]), marks words of a
//! page that are not content ([`mark_noise`]), and takes back what was told wrongly ([`retract()`]).
//!
//! A repair applies to the state of its source that the person saw. Done again it changes nothing.

mod noise;
mod retract;

use jiff::Timestamp;

pub use noise::{Marked, mark_noise, mark_reported, noise, unmark_noise};
pub use retract::{Outcome, Wrong, retract};

use crate::checking::Checking;
use crate::model::{Advice, Confirmed, Lost, Reported, SourceId, StateVersion, Unreadable};
use crate::store::{SharedStore, Store, StoreError};

/// Why nothing was repaired.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing with that name is unreadable.
    #[error("`{fact}` of {of} can be read: there is nothing to confirm; {}", known(unreadable))]
    NothingUnreadable {
        /// The source.
        of: SourceId,
        /// The name that was given.
        fact: String,
        /// What cannot be read of the source.
        unreadable: Vec<String>,
    },
    /// Several lines contain the words.
    #[error(
        "{n} lines of the page of {of} have the words `{words}`, such as `{first}` and `{second}`: write \
         a whole line, or `*` for what may vary in it"
    )]
    SeveralLines {
        /// The source.
        of: SourceId,
        /// The words.
        words: String,
        /// How many lines.
        n: usize,
        /// One of them.
        first: String,
        /// Another.
        second: String,
    },
    /// No words, or nothing but `*`.
    #[error("`{0}` would make noise of everything: write the words that are none of the content")]
    NoWords(String),
    /// Nothing was reported under a number.
    #[error(
        "nothing unread was reported of {of} under {id}; `rulewatch review list` shows what was"
    )]
    NotReported {
        /// The source.
        of: SourceId,
        /// The number.
        id: i64,
    },
    /// No event and no change has this name.
    #[error("there is no event or change `{0}`; `rulewatch log --format ndjson` names them")]
    UnknownEvent(String),
    /// A value is given for several changes, or for one that concerns no field.
    #[error(
        "a value can be given for one change of one field, and these are {0}: name the change, or leave \
         the value out, and what was before stands"
    )]
    ValueOfSeveral(usize),
    /// The given value does not fit.
    #[error("`{given}` cannot stand there: {why}")]
    NoValue {
        /// What was given.
        given: String,
        /// Why not.
        why: String,
    },
    /// Nothing is marked under a number.
    #[error("no noise of {of} is marked under {id}; `rulewatch review noise {of}` lists it")]
    NotMarked {
        /// The source.
        of: SourceId,
        /// The number.
        id: i64,
    },
}

fn known(unreadable: &[String]) -> String {
    if unreadable.is_empty() {
        return "so can all of its page".to_owned();
    }
    format!("what cannot be read: {}", unreadable.join("; "))
}

impl RepairError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Store(error) => error.advice(),
            Self::NothingUnreadable { .. }
            | Self::SeveralLines { .. }
            | Self::NoWords(_)
            | Self::NotReported { .. }
            | Self::UnknownEvent(_)
            | Self::ValueOfSeveral(_)
            | Self::NoValue { .. }
            | Self::NotMarked { .. } => Advice::Correct,
        }
    }
}

/// How often to try a repair when something else is recorded of its source meanwhile.
const MOST_TRIES: usize = 3;

/// Applies a repair to the current state of a source, and again if something is recorded meanwhile.
fn repair<T>(
    store: &SharedStore,
    source: &SourceId,
    mut work: impl FnMut(&mut Store, StateVersion) -> Result<T, RepairError>,
) -> Result<T, RepairError> {
    let mut once = || {
        store.ask(|store| {
            let version = store.version(source)?;
            work(store, version)
        })
    };
    for _ in 1..MOST_TRIES {
        match once() {
            Err(RepairError::Store(StoreError::Superseded { .. })) => {}
            done => return done,
        }
    }
    once()
}

/// Confirms that what cannot be read of a source still holds: a fact set, a record of it, or a field, by
/// its key (`gts.fees`, `gts.fees.lmia.amount`). Returns what was confirmed.
///
/// # Errors
/// When nothing of that name is unreadable, or it cannot be written.
pub fn confirm(
    with: &Checking,
    source: &SourceId,
    fact: &str,
    (by, note): (&str, &str),
) -> Result<Vec<Unreadable>, RepairError> {
    let confirmed = Confirmed { at: with.clock.now(), by: by.to_owned(), note: note.to_owned() };
    repair(&with.store, source, |store, version| {
        let lost = store.unreadable(source)?;
        let named: Vec<Unreadable> = lost
            .iter()
            .map(|lost| &lost.what)
            .filter(|what| is_named(what, fact))
            .cloned()
            .collect();
        if named.is_empty() {
            let unreadable = lost.iter().map(|lost| lost.what.to_string()).collect();
            let (of, fact) = (source.clone(), fact.to_owned());
            return Err(RepairError::NothingUnreadable { of, fact, unreadable });
        }
        store.confirm((source, version), &named, &confirmed)?;
        Ok(named)
    })
}

/// Whether a key names something unreadable, or what contains it. The key may be written with dots, as
/// `KEY/RECORD`, or as in the letters, with commas.
fn is_named(what: &Unreadable, key: &str) -> bool {
    let plain = |text: &str| text.trim().replace(", ", ".").replace('/', ".").to_lowercase();
    let (fact, of, key) = (plain(&what.fact), plain(&what.to_string()), plain(key));
    let rest = of.strip_prefix(&key).filter(|_| key.starts_with(&fact));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What cannot be read of each source, by source and time.
///
/// # Errors
/// When the database cannot be read.
pub fn unreadable(store: &SharedStore) -> Result<Vec<(SourceId, Lost)>, RepairError> {
    store.ask(|store| {
        let mut all = Vec::new();
        for state in store.source_states()? {
            let lost = store.unreadable(&state.source)?.into_iter();
            all.extend(lost.map(|lost| (state.source.clone(), lost)));
        }
        Ok(all)
    })
}

/// How long reports of unread text are shown.
const SHOWN_DAYS: i64 = 60;

/// What was reported as new on pages and not read, in the last sixty days; the newest first.
///
/// # Errors
/// When the database cannot be read.
pub fn reported(store: &SharedStore, now: Timestamp) -> Result<Vec<Reported>, RepairError> {
    let since = now.checked_sub(jiff::SignedDuration::from_hours(SHOWN_DAYS * 24));
    Ok(store.ask(|store| store.reported(since.unwrap_or(Timestamp::MIN)))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Extent, FieldName, RecordKey};

    #[test]
    fn what_cannot_be_read_goes_by_its_key() {
        let (record, field) =
            (RecordKey::parse("lmia").unwrap(), FieldName::parse("amount").unwrap());
        let what = Unreadable::new("gts.fees", Extent::Field(record, field), "");
        for key in [
            "gts.fees",
            "gts.fees.lmia",
            "gts.fees.lmia.amount",
            "gts.fees/lmia",
            "gts.fees, lmia, amount",
            "GTS.fees",
        ] {
            assert!(is_named(&what, key), "{key}");
        }
        for key in ["gts", "gts.fee", "gts.fees.lm", "gts.fees.lmia.amount.x", "fees"] {
            assert!(!is_named(&what, key), "{key}");
        }
    }
}
