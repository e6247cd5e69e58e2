//! Sources and rules, as `sources.toml` declares them and as every floor above uses them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{FactKey, FieldName, RecordKey, RuleId, Severity};

/// A language of pages and letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
}

impl Language {
    /// The ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// Its name in English.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "French",
        }
    }

    /// Reads the code back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::En, Self::Fr].into_iter().find(|language| language.code() == code)
    }
}

/// The same words in English and French.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// In English.
    pub en: String,
    /// In French.
    pub fr: String,
}

impl Bilingual {
    /// Words that are the same in both languages.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self { en: text.to_owned(), fr: text.to_owned() }
    }

    /// The words in the given language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Fr => &self.fr,
        }
    }
}

/// What a recipe was verified against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// It read a capture of this day completely.
    Capture(Date),
    /// It was written from the page's known structure; it has not been tried on a page.
    Structure,
}

/// What a fact set must look like to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Fewest records. Below it the page is broken. At least 1.
    pub min: usize,
    /// Most records. Above it the check is held.
    pub max: Option<usize>,
    /// The largest share of the records that may disappear at once before the check is held.
    pub vanish: Decimal,
    /// Most complaints. Above it the page is broken.
    pub complaints: usize,
    /// Records that must be present, else the page is broken.
    pub required: Vec<RecordKey>,
    /// The range a field's number must lie in, else the check is held.
    pub ranges: BTreeMap<FieldName, (Decimal, Decimal)>,
}

impl Default for Expectation {
    fn default() -> Self {
        Self {
            min: 1,
            max: None,
            // PRODUCT section 3: more than a third of a set of six or more.
            vanish: Decimal::ONE / Decimal::from(3),
            complaints: 0,
            required: Vec::new(),
            ranges: BTreeMap::new(),
        }
    }
}

/// What a rule depends on: a key, a key with one field (`key#field`), or a pattern with `*` for one
/// level (`ee.category.*.occupations`); a trailing `.*` matches one level or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTarget {
    words: Vec<String>,
    field: Option<FieldName>,
}

impl RuleTarget {
    /// Reads a target as written in `depends_on`.
    ///
    /// # Errors
    /// When it is not dotted lower-case words or `*`, or its field is not a field name.
    pub fn parse(text: &str) -> Result<Self, super::IdFault> {
        let (key, field) = text.split_once('#').map_or((text, None), |(key, f)| (key, Some(f)));
        FactKey::parse(&key.replace('*', "x"))?;
        let field = field.map(FieldName::parse).transpose()?;
        Ok(Self { words: key.split('.').map(str::to_owned).collect(), field })
    }

    /// Returns whether a change of `field` (or of the whole record) under `key` touches the target.
    #[must_use]
    pub fn touches(&self, key: &FactKey, field: Option<&FieldName>) -> bool {
        self.covers(key)
            && (self.field.is_none() || field.is_none() || self.field.as_ref() == field)
    }

    /// Its words, level by level; `*` for any.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Its field, if it has one.
    #[must_use]
    pub fn field(&self) -> Option<&FieldName> {
        self.field.as_ref()
    }

    /// Returns whether the target may name a key of a family, whose open words are in braces:
    /// `ee.category.{category}.occupations`.
    #[must_use]
    pub fn could_cover(&self, family: &str) -> bool {
        let found: Vec<&str> = family.split('.').collect();
        let open_end = self.words.last().is_some_and(|word| word == "*");
        let right_length =
            found.len() == self.words.len() || (open_end && found.len() > self.words.len());
        let fits =
            |(want, have): (&String, &&str)| want == "*" || have.starts_with('{') || want == have;
        right_length && self.words.iter().zip(&found).all(fits)
    }

    /// Returns whether the target names the key, whatever its field.
    #[must_use]
    pub fn covers(&self, key: &FactKey) -> bool {
        self.could_cover(key.as_str())
    }
}

/// The target as written.
impl fmt::Display for RuleTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join("."))?;
        self.field.as_ref().map_or(Ok(()), |field| write!(f, "#{field}"))
    }
}

/// The record and the field that name the edition of a list's codes.
pub const EDITION: &str = "edition";

/// Which codes of an older edition of a classification became which codes of a newer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crosswalk {
    /// The older edition: `NOC 2016`.
    pub from: String,
    /// The newer edition: `NOC 2021`.
    pub to: String,
    /// The newer codes, by the older code.
    pub codes: BTreeMap<String, Vec<String>>,
}

/// A part of an eligibility tool, and the facts it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// The question it answers.
    pub title: Bilingual,
    /// The tools that use it: `NOC Finder`, `CRS Calculator`.
    pub tools: Vec<String>,
    /// The facts it depends on.
    pub depends_on: Vec<RuleTarget>,
    /// Its severity, if it differs from that of the fact type.
    pub severity: Option<Severity>,
    /// Fields of fact sets that state the same fact, on several pages. If they differ, it is
    /// *disputed*.
    pub one_fact: Vec<(FactKey, FieldName)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touches(target: &str, key: &str, field: Option<&str>) -> bool {
        let field = field.map(|f| FieldName::parse(f).unwrap());
        RuleTarget::parse(target).unwrap().touches(&FactKey::parse(key).unwrap(), field.as_ref())
    }

    #[test]
    fn a_star_stands_for_one_level() {
        assert!(touches("ee.category.*.occupations", "ee.category.stem.occupations", None));
        assert!(!touches("ee.category.*.occupations", "ee.category.stem.experience", None));
        assert!(touches("crs.core.*", "crs.core.age", None));
        assert!(!touches("gts.category_a.*", "gts.category_b.occupations", None));
    }

    #[test]
    fn a_field_narrows_the_target() {
        let target = "gts.category_b.occupations#hourly_wage_floor";
        assert!(touches(target, "gts.category_b.occupations", Some("hourly_wage_floor")));
        assert!(!touches(target, "gts.category_b.occupations", Some("annual_wage")));
        assert!(
            touches(target, "gts.category_b.occupations", None),
            "a whole record has the field"
        );
    }
}
