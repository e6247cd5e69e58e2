//! One type per kind of id, so a source's id never goes where a record's key belongs.

use std::fmt;
use std::sync::Arc;

/// An id that breaks the rule of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {} {kind}: {why}", article(.kind))]
pub struct IdFault {
    /// What was written.
    pub text: String,
    /// The kind of id it should be.
    pub kind: &'static str,
    /// The rule it breaks.
    pub why: &'static str,
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Declares a newtype over a string, with the rule that makes it valid.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $why:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads an id.
            ///
            /// # Errors
            /// When the text breaks the rule of its kind.
            pub fn parse(text: &str) -> Result<Self, IdFault> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdFault { text: text.to_owned(), kind: $kind, why: $why })
                }
            }

            /// The id as written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_slug(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty()
        && text.len() <= 80
        && text.chars().all(inner)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_key(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(|b| inner(*b));
    text.len() <= 160 && text.contains('.') && text.as_bytes().split(|b| *b == b'.').all(is_word)
}

fn is_field(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    !text.is_empty() && text.len() <= 60 && text.chars().all(inner)
}

fn is_record(text: &str) -> bool {
    !text.is_empty() && text.len() <= 400 && !text.chars().any(char::is_control)
}

fn is_hex_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_rule(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    text.starts_with("R-") && text.len() <= 60 && text.chars().all(inner)
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

name!(
    /// A source's id in `sources.toml`: `ircc-ee-rounds`. It never changes.
    SourceId, "source id", "lower-case letters, digits and hyphens", is_slug
);
name!(
    /// The dotted key of a fact set: `gts.category_b.occupations`.
    FactKey, "fact key", "two or more lower-case words joined by dots", is_key
);
name!(
    /// What identifies a record within its fact set: a NOC code, a draw number, `row / NOC`.
    RecordKey, "record key", "one line of 1 to 400 characters", is_record
);
name!(
    /// A field's name within a record: `hourly_wage_floor`.
    FieldName, "field name", "lower-case letters, digits and underscores", is_field
);
name!(
    /// A rule's id: `R-EE-FUNDS`.
    RuleId, "rule id", "`R-` and then capitals, digits and hyphens", is_rule
);
name!(
    /// A snapshot's address: the SHA-256 of its decoded body, in lower-case hexadecimal.
    SnapshotId, "snapshot id", "64 hexadecimal digits", is_hex_hash
);
name!(
    /// A change's id ([`ChangeId::of`]).
    ChangeId, "change id", "letters, digits and hyphens", is_token
);
name!(
    /// The id of an event: all changes of one source in one check ([`EventId::of`]).
    EventId, "event id", "letters, digits and hyphens", is_token
);
name!(
    /// A delivery's id. Its Message-ID is made from it, so a repeat can be recognised
    /// ([`DeliveryId::of`]).
    DeliveryId, "delivery id", "letters, digits and hyphens", is_token
);
name!(
    /// The id of a day in the calendar ([`MilestoneId::of`]).
    MilestoneId, "day's id", "letters, digits and hyphens", is_token
);

/// A check's number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckId(pub i64);

/// How many times something was recorded of a source. A decision made from one version is recorded only
/// while the source is still at that version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateVersion(pub i64);

impl StateVersion {
    /// The version of a source of which nothing is recorded yet.
    pub const NONE: Self = Self(0);

    /// The version after one more recording.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for StateVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A subscriber's number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId(pub i64);

/// A subscription's number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_two_words() {
        assert!(FactKey::parse("ee.draws").is_ok());
        assert!(FactKey::parse("ee").is_err());
        assert!(FactKey::parse("ee..draws").is_err());
        assert!(FactKey::parse("EE.draws").is_err());
    }

    #[test]
    fn a_record_key_is_one_line() {
        assert!(RecordKey::parse("91a").is_ok());
        assert!(RecordKey::parse("a\nb").is_err());
        assert!(RecordKey::parse("a\u{1b}[31m").is_err());
    }

    #[test]
    fn an_id_says_what_is_wrong_with_it() {
        let fault = SourceId::parse("IRCC funds").unwrap_err().to_string();
        assert_eq!(
            fault,
            "`IRCC funds` is not a source id: lower-case letters, digits and hyphens"
        );
    }
}
