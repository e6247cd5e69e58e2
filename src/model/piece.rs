//! A run of words, when an old and a new text are laid side by side.

/// A run of words that stayed, was removed or was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// In both texts.
    Same(String),
    /// Only in the old text.
    Old(String),
    /// Only in the new text.
    New(String),
}

impl Piece {
    /// The words.
    #[must_use]
    pub fn words(&self) -> &str {
        let (Self::Same(words) | Self::Old(words) | Self::New(words)) = self;
        words
    }

    /// The same kind of piece with other words.
    #[must_use]
    pub fn with(&self, words: String) -> Self {
        match self {
            Self::Same(_) => Self::Same(words),
            Self::Old(_) => Self::Old(words),
            Self::New(_) => Self::New(words),
        }
    }
}
