//! A secret: never shown, never logged.

use std::fmt;

/// A secret, such as a password. Only [`Secret::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the door that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// It stays out of logs and error messages.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
