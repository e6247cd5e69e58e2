//! Conditions on values: `category is CEC`, `crs_cutoff at most 490`.
//!
//! A condition holds back a change whose record says something else. What a change does not carry holds
//! nothing back: a letter too many is better than a missed one.

use std::cmp::Ordering;
use std::fmt;

use super::{Change, FieldName, Side, Value, json};

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are those of the conditions")]
pub enum Relation {
    Is,
    IsNot,
    AtMost,
    AtLeast,
    Below,
    Above,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Self; 6] =
        [Self::Is, Self::IsNot, Self::AtMost, Self::AtLeast, Self::Below, Self::Above];

    /// How it is stored and written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
            Self::Below => "below",
            Self::Above => "above",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.word() == word)
    }

    /// Whether it asks for an order, which only numbers, days and lengths of time have.
    #[must_use]
    pub fn is_order(self) -> bool {
        !matches!(self, Self::Is | Self::IsNot)
    }

    fn allows(self, ordering: Ordering) -> bool {
        match self {
            Self::Is => ordering.is_eq(),
            Self::IsNot => ordering.is_ne(),
            Self::AtMost => ordering.is_le(),
            Self::AtLeast => ordering.is_ge(),
            Self::Below => ordering.is_lt(),
            Self::Above => ordering.is_gt(),
        }
    }
}

/// The ways to write a relation, the longer before those that they begin with.
const WRITTEN: [(&str, Relation); 20] = [
    (" is not ", Relation::IsNot),
    (" is at most ", Relation::AtMost),
    (" is at least ", Relation::AtLeast),
    (" is below ", Relation::Below),
    (" is above ", Relation::Above),
    (" is ", Relation::Is),
    (" at most ", Relation::AtMost),
    (" at least ", Relation::AtLeast),
    (" below ", Relation::Below),
    (" less than ", Relation::Below),
    (" under ", Relation::Below),
    (" above ", Relation::Above),
    (" more than ", Relation::Above),
    (" over ", Relation::Above),
    ("!=", Relation::IsNot),
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("<", Relation::Below),
    (">", Relation::Above),
    ("=", Relation::Is),
];

/// A condition as a person wrote it, before anybody knows whether there is such a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The field, in their words.
    pub field: String,
    /// How it is compared.
    pub relation: Relation,
    /// With what.
    pub value: String,
}

impl Phrase {
    /// Reads a condition as it is written: a field, a relation, a value.
    ///
    /// # Errors
    /// When there is no relation in it, or nothing on one of its sides.
    pub fn parse(text: &str) -> Result<Self, String> {
        let found = WRITTEN.iter().filter_map(|(words, relation)| {
            let at = text.to_ascii_lowercase().find(words)?;
            Some((at, std::cmp::Reverse(words.len()), *relation))
        });
        // The first one in the text; of several at one place the longest.
        let Some((at, length, relation)) = found.min_by_key(|(at, length, _)| (*at, *length))
        else {
            return Err(format!(
                "`{text}` compares nothing: write a field, a comparison and a value, such as \
                 `category is cec` or `crs_cutoff at most 490`"
            ));
        };
        let (field, value) = (text[..at].trim(), text[at + length.0..].trim());
        if field.is_empty() || value.is_empty() {
            return Err(format!("`{text}` lacks the field or the value that is compared"));
        }
        Ok(Self { field: field.to_owned(), relation, value: value.to_owned() })
    }

    /// Reads `KEY where CONDITION and CONDITION`: the key, and what is asked of its records.
    ///
    /// # Errors
    /// As for [`Phrase::parse`].
    pub fn parse_where(text: &str) -> Result<(String, Vec<Self>), String> {
        let Some((key, conditions)) = text.split_once(" where ") else {
            return Ok((text.trim().to_owned(), Vec::new()));
        };
        let all = conditions.split(" and ").map(Self::parse).collect::<Result<_, _>>()?;
        Ok((key.trim().to_owned(), all))
    }
}

/// A condition on a field of the fact sets that a subscription names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub field: FieldName,
    /// How it is compared.
    pub relation: Relation,
    /// With what, in the field's own type.
    pub value: Value,
}

impl Condition {
    /// Whether a change meets all conditions, as it was before or as it is after.
    #[must_use]
    pub fn admit(all: &[Self], change: &Change) -> bool {
        let mut sides = [change.new.as_ref(), change.old.as_ref()].into_iter().flatten();
        all.is_empty() || sides.any(|side| Self::admit_side(all, change.field.as_ref(), side))
    }

    fn admit_side(all: &[Self], changed: Option<&FieldName>, side: &Side) -> bool {
        match (changed, side) {
            (None, Side::Record(fields)) => {
                let mut asked = all.iter().map(|condition| &condition.field);
                asked.all(|field| {
                    fields.get(field).is_some_and(|value| Self::are_met(all, field, value))
                })
            }
            (Some(field), Side::Value(value)) => Self::are_met(all, field, value),
            (None, Side::Value(_)) | (Some(_), Side::Record(_)) => true,
        }
    }

    /// Whether a value meets all conditions on its field: as it is, or as it is announced to become.
    fn are_met(all: &[Self], field: &FieldName, value: &Value) -> bool {
        let met = |value: &Value| {
            all.iter().filter(|one| one.field == *field).all(|one| one.is_met(value))
        };
        met(value.current()) || value.next().is_some_and(|(then, _)| met(then))
    }

    /// Whether a value meets it. One that cannot be compared, such as `N/A`, does.
    fn is_met(&self, value: &Value) -> bool {
        if let Value::List(values) = value {
            let is_one = |value: &Value| self.value.same(value);
            return values.iter().any(is_one) != (self.relation == Relation::IsNot);
        }
        if !self.relation.is_order() {
            let same = self.value.same(value)
                || (value.number().is_some() && value.number() == self.value.number());
            let is_masked = matches!(value, Value::Masked(_));
            return is_masked || same == (self.relation == Relation::Is);
        }
        order(value, &self.value).is_none_or(|ordering| self.relation.allows(ordering))
    }
}

/// How two values of a kind are ordered; `None` if they are not.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Duration(a), Value::Duration(b)) => Some(a.about_hours().cmp(&b.about_hours())),
        (a, b) => match (a.day(), b.day()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => Some(a.number()?.cmp(&b.number()?)),
        },
    }
}

/// `category is cec`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = json::plain(&self.value);
        let value = match (plain.as_str(), plain.get("amount")) {
            (Some(words), _) => words.to_owned(),
            (None, Some(amount)) => amount.to_string(),
            (None, None) => plain.to_string(),
        };
        write!(f, "{} {} {value}", self.field, self.relation.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, &'static str, String) {
        let phrase = Phrase::parse(text).unwrap();
        (phrase.field, phrase.relation.word(), phrase.value)
    }

    #[test]
    fn a_condition_is_written_in_words_or_signs() {
        let of = |field: &str, word, value: &str| (field.to_owned(), word, value.to_owned());
        assert_eq!(parsed("category is CEC"), of("category", "is", "CEC"));
        assert_eq!(parsed("category is not pnp"), of("category", "is not", "pnp"));
        assert_eq!(parsed("CRS cut-off at most 490"), of("CRS cut-off", "at most", "490"));
        assert_eq!(parsed("crs_cutoff<=490"), of("crs_cutoff", "at most", "490"));
        assert_eq!(parsed("cut_off <= 490"), of("cut_off", "at most", "490"));
        assert_eq!(parsed("invitations > 1000"), of("invitations", "above", "1000"));
        assert_eq!(parsed("score is at least 5"), of("score", "at least", "5"));
        for bad in ["category", "is CEC", "category is ", "<= 3"] {
            assert!(Phrase::parse(bad).is_err(), "{bad}");
        }
        let (key, all) =
            Phrase::parse_where("ee.draws where category is CEC and crs_cutoff at most 490")
                .unwrap();
        assert_eq!((key.as_str(), all.len()), ("ee.draws", 2));
    }

    fn met(relation: Relation, by: Value, value: &Value) -> bool {
        let field = FieldName::parse("field").unwrap();
        Condition::are_met(
            &[Condition { field: field.clone(), relation, value: by }],
            &field,
            value,
        )
    }

    #[test]
    fn values_are_compared_in_their_type() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert!(met(Relation::Is, text("cec"), &text("CEC")));
        assert!(!met(Relation::Is, text("cec"), &text("pnp")));
        assert!(met(Relation::IsNot, text("cec"), &text("pnp")));
        assert!(met(Relation::AtMost, Value::Integer(490), &Value::Integer(490)));
        assert!(!met(Relation::Below, Value::Integer(490), &Value::Integer(490)));
        assert!(!met(Relation::AtMost, Value::Integer(490), &Value::Integer(491)));
        let masked = Value::Masked("N/A".to_owned());
        assert!(met(Relation::AtMost, Value::Integer(490), &masked), "nobody knows");
        let day = |text: &str| Value::Date(text.parse().unwrap());
        assert!(met(Relation::AtLeast, day("2026-01-01"), &day("2026-05-05")));
    }

    #[test]
    fn one_side_of_a_change_meets_all_conditions() {
        let field = FieldName::parse("crs_cutoff").unwrap();
        let of =
            |relation, n| Condition { field: field.clone(), relation, value: Value::Integer(n) };
        let all = [of(Relation::AtLeast, 450), of(Relation::AtMost, 490)];
        let admits = |n| Condition::admit_side(&all, Some(&field), &Side::Value(Value::Integer(n)));
        assert!(admits(480));
        assert!(
            !admits(520) && !admits(430),
            "of a change from the one to the other nothing is told"
        );
    }
}
