//! Edits of rules: every number, code, date, qualifier, conjunction and status word in the content
//! of a page, changed one at a time where it stands, whether a recipe reads it or not.
//!
//! Each must be told, as a fact or as wording, be held or doubted, or be listed with the reason why
//! it is no rule. Nothing may be silent.

mod reasons;
mod run;
mod tokens;

/// What kind of thing is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Code,
    Date,
    Number,
    Qualifier,
    Conjunction,
    Status,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Code, Self::Date, Self::Number, Self::Qualifier, Self::Conjunction, Self::Status];

    fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Date => "date",
            Self::Number => "number",
            Self::Qualifier => "qualifier",
            Self::Conjunction => "conjunction",
            Self::Status => "status",
        }
    }
}
