//! Keys in links, and what somebody asks for who has not confirmed it yet.

use std::fmt;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{EmailAddress, IdFault, Language, Subscription};

/// A key in a link: whoever has it may do what the link is for. It is random, told once, and stored only as
/// its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// How many characters a key has.
const LENGTH: usize = 40;

impl Key {
    /// A key of random bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8; LENGTH / 2]) -> Self {
        Self(HEXLOWER.encode(bytes))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// When it has another form.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let is_key = text.len() == LENGTH
            && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        let fault = || IdFault { text: "…".to_owned(), kind: "key", why: "it has another form" };
        if is_key { Ok(Self(text.to_owned())) } else { Err(fault()) }
    }

    /// The key, for a link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

/// A key is in no log.
impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}

/// How long a sign-up can be confirmed.
pub const SIGN_UP_WORKS: SignedDuration = SignedDuration::from_hours(72);

/// What somebody asked for on a page and has not confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    /// Where letters would go.
    pub address: EmailAddress,
    /// In which language.
    pub language: Language,
    /// What they would tell of.
    pub subscription: Subscription,
    /// What was agreed to, word for word.
    pub wording: String,
    /// When.
    pub asked_at: Timestamp,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_nothing_else_is_one() {
        let key = Key::of_bytes(&[0xa7; 20]);
        assert_eq!(Key::parse(key.as_str()).unwrap(), key);
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert!(!key.hash().contains(key.as_str()) && key.hash().len() == 64);
        let long = "a".repeat(10_000);
        for bad in ["", "A7A7A7A7A7A7A7A7A7A7A7A7A7A7A7A7A7A7A7A7", "../../etc/passwd", &long] {
            assert!(Key::parse(bad).is_err(), "{bad}");
        }
    }
}
