//! Why a subscription is refused, and what to write instead.

use rust_decimal::Decimal;

use crate::model::{ChangeKind, Condition, Severity};

/// Why a subscription would never hear anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A word that is not in the catalogue.
    #[error("{}", unknown_word(what, word, nearest.as_deref(), known))]
    Unknown {
        /// What it was meant to name: `program`, `jurisdiction`, `fact set`.
        what: &'static str,
        /// The word.
        word: String,
        /// The known word closest to it.
        nearest: Option<String>,
        /// The words that are known, where they are few.
        known: Vec<String>,
    },
    /// A condition without a fact set whose records it is about.
    #[error(
        "a condition is about the records of a fact set: name it with `--fact`, such as \
         `--fact ee.draws`"
    )]
    ConditionOnNothing,
    /// A value that is none of its field's type.
    #[error("`{value}` is no value of `{field}`: {why}")]
    NoValue {
        /// The field.
        field: String,
        /// The value as written.
        value: String,
        /// Why not.
        why: String,
    },
    /// Words are not more or less than others.
    #[error("the values of `{field}` have no order: compare them with `is` or `is not`")]
    NoOrder {
        /// The field.
        field: String,
    },
    /// Not a code of the National Occupational Classification.
    #[error("`{0}` is no NOC code: a code has five digits, such as 21231")]
    Noc(String),
    /// Each word is known, but no fact set has them all.
    #[error(
        "nothing matches all of these filters: no fact set is of such a program, jurisdiction and key \
         at once, or lists occupations where a NOC code is asked for; leave one of them out"
    )]
    Nothing,
    /// No fact set that matches ever changes by such a kind.
    #[error(
        "nothing would be sent: what these filters match never gives {}; ask for {}, or leave the kind out",
        kind_words(asked, "or"),
        kind_words(given, "or")
    )]
    OtherKinds {
        /// The kinds that are asked for.
        asked: Vec<ChangeKind>,
        /// The kinds that there can be.
        given: Vec<ChangeKind>,
    },
    /// The figures of what matches are recorded, and nobody is told of them.
    #[error(
        "nothing would be sent: the figures of these fact sets are recorded and told to nobody; \
         `rulewatch history` shows them"
    )]
    Recorded,
    /// Two conditions on a field that no value meets both of.
    #[error("no value of `{}` is both {} and {}: {}", one.field, asked(one), asked(other), instead(one, other))]
    Excluded {
        /// The one.
        one: Condition,
        /// The other.
        other: Condition,
    },
    /// A condition that no value in the range of its field meets.
    #[error(
        "`{condition}` never holds: pages give values of `{}` from {low} to {high}; compare it with one of these",
        condition.field
    )]
    OutOfRange {
        /// The condition.
        condition: Condition,
        /// The least value that its recipes take.
        low: Decimal,
        /// The greatest.
        high: Decimal,
    },
    /// Everything that matches is milder.
    #[error(
        "nothing would be sent: what these filters match is at most `{most}`; \
         ask for `--severity {most}`, or leave `--severity` out", most = most.word()
    )]
    TooMild {
        /// The highest severity that a change of what matches can have.
        most: Severity,
    },
}

/// Kinds, each as it is written after `--kind`.
fn kind_words(kinds: &[ChangeKind], joined: &str) -> String {
    let mut words: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.word())).collect();
    match (words.pop(), words.is_empty()) {
        (None, _) => String::new(),
        (Some(last), true) => last,
        (Some(last), false) => format!("{} {joined} {last}", words.join(", ")),
    }
}

/// A condition without its field: `at most 490`.
fn asked(condition: &Condition) -> String {
    let whole = condition.to_string();
    let bare = whole.strip_prefix(condition.field.as_str()).unwrap_or(&whole).trim();
    bare.strip_prefix("is ").unwrap_or(bare).to_owned()
}

/// What to write instead of two conditions that exclude each other.
fn instead(one: &Condition, other: &Condition) -> String {
    if !one.relation.is_order() || !other.relation.is_order() {
        return "leave one of them out, or make a subscription for each".to_owned();
    }
    let swapped =
        |of: &Condition, value: &Condition| Condition { value: value.value.clone(), ..of.clone() };
    format!(
        "leave one of them out, or write `{}` and `{}`",
        swapped(one, other),
        swapped(other, one)
    )
}

/// The most known words that are listed.
const FEW: usize = 24;

fn unknown_word(what: &str, word: &str, nearest: Option<&str>, known: &[String]) -> String {
    let begin = match what {
        "field" => format!("no fact set that is asked for has a field `{word}`"),
        "value" => format!("`{word}` is none of the words of its field"),
        "rule" | "preset" => format!("there is no {what} `{word}`"),
        "source" => format!("there is no source `{word}`"),
        _ => format!("no source is of the {what} `{word}`"),
    };
    match nearest {
        Some(near) => format!("{begin}; did you mean `{near}`?"),
        None if known.is_empty() || known.len() > FEW => begin,
        None => format!("{begin}; there are {}", known.join(", ")),
    }
}
