//! What an error means for whoever meets it.

/// What is to be done about an error. Whoever raises the error knows, and says so; whoever meets it
/// need not look inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advice {
    /// What was typed or configured is wrong: say so to whoever wrote it. Trying again as it is
    /// gives the same answer.
    Correct,
    /// It passes: the database is locked, the disk is full for now. Try again soon.
    Retry,
    /// It does not pass by itself, and it concerns one source or one letter: tell the operator once,
    /// and go on with the rest.
    TellOperator,
    /// Nothing can go on: the database cannot be opened, is no database, or is of a newer program.
    Stop,
}

/// An error and its causes in one line.
#[must_use]
pub fn in_full(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // What wraps an error without words of its own repeats that one's.
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
