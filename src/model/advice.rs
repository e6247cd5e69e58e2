//! What an error means for the code or person that meets it.

/// What to do about an error. The code that raises the error knows, and says so; its callers need not
/// look inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advice {
    /// The input or the configuration is wrong: tell the person who wrote it. Trying again gives the
    /// same answer.
    Correct,
    /// Temporary: the database is locked, the disk is full for now. Try again soon.
    Retry,
    /// Permanent, but limited to one source or one letter: tell the operator once, and go on with the
    /// rest.
    TellOperator,
    /// Nothing can go on: the database cannot be opened, is not a database, or belongs to a newer
    /// program.
    Stop,
}

impl Advice {
    /// Every advice.
    const ALL: [Self; 4] = [Self::Correct, Self::Retry, Self::TellOperator, Self::Stop];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Retry => "retry",
            Self::TellOperator => "tell_operator",
            Self::Stop => "stop",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|advice| advice.word() == word)
    }
}

/// An error and its causes in one line.
#[must_use]
pub fn in_full(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // A wrapper without words of its own repeats those of the error inside it.
        if !words.ends_with(&said) {
            words = format!("{words}: {said}");
        }
        cause = error.source();
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("writing the check\nof a page")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn an_error_is_said_with_its_causes_in_one_line() {
        let error = Outer(std::io::Error::other("the disk is full"));
        assert_eq!(in_full(&error), "writing the check of a page: the disk is full");
    }
}
