//! A recipe: how to read one source, as data.
//!
//! `catalog` reads these types out of `sources.toml` once, at load, so that every pattern is compiled and
//! every reference checked before the first page comes. A recipe finds facts by meaning rather than markup
//! (the heading above, a table's headers, the words of a sentence) and gives each field a type. It holds no
//! line of Rust for any page.

mod canonical;
mod cells;
mod field;
mod form;
mod template;

use std::sync::{Arc, OnceLock};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::model::{
    Bilingual, DateFields, Expectation, FactKey, FactType, FieldName, Fields, Glossary, Language,
};

pub use self::canonical::quoted;
pub use self::field::{FieldRecipe, Reading};
pub use self::form::{
    CsvForm, Form, HeadingsForm, ItemsForm, JsonForm, JsonPath, LabelsForm, LawForm, MatrixForm,
    PairsForm, ProseForm, StatusForm, TableForm, TriedOn, XmlForm, XmlPath,
};
pub use self::template::Template;
pub use crate::extract::value::pattern::{Pattern, Vocabulary};

/// The cell that holds the key of a statement.
pub(crate) const STATEMENT: &str = "statement";

/// How to read one source.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The format of the page.
    pub format: Format,
    /// Words of the page that are not its content.
    pub page: Arc<PageWords>,
    /// The fact sets on it. Empty: the main content is watched as clauses.
    pub facts: Vec<FactRecipe>,
    /// The key under which unread words are watched; `None` if only the fact sets are.
    pub remainder: Option<FactKey>,
    /// The canonical text, and its SHA-256 in hexadecimal: written when a page is read by the recipe.
    canonical: OnceLock<(String, String)>,
}

/// Words that a publisher puts on its pages and that are not their content.
#[derive(Debug, Clone, Default)]
pub struct PageWords {
    /// Lines that only serve the reader of the page: "Back to top".
    pub chrome: Vec<Pattern>,
    /// Lines that say when the page was changed, in addition to those recognized on every page.
    pub stamps: Vec<Pattern>,
}

impl PageWords {
    /// Whether a line of a page is not part of its content.
    pub(crate) fn is_noise(&self, line: &str) -> bool {
        self.is_chrome(line) || self.stamps.iter().any(|pattern| pattern.is_match(line.trim()))
    }

    /// Whether a line only serves the reader of the page: no form sees it.
    pub(crate) fn is_chrome(&self, line: &str) -> bool {
        self.chrome.iter().any(|pattern| pattern.is_match(line.trim()))
    }

    /// Whether there is nothing to leave out.
    pub(crate) fn is_empty(&self) -> bool {
        self.chrome.is_empty() && self.stamps.is_empty()
    }
}

impl Recipe {
    /// Makes a recipe of its fact sets and the key of what they do not read.
    #[must_use]
    pub fn new(
        format: Format,
        page: Arc<PageWords>,
        facts: Vec<FactRecipe>,
        remainder: Option<FactKey>,
    ) -> Self {
        Self { format, page, facts, remainder, canonical: OnceLock::new() }
    }

    /// The recipe as a self-contained catalogue: what is read, without layout. Parsed, it is this recipe
    /// again.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.written().0
    }

    /// SHA-256 of the canonical text, in hexadecimal. A change of it makes the next check a baseline.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.written().1
    }

    fn written(&self) -> &(String, String) {
        self.canonical.get_or_init(|| {
            let text = canonical::text(self.format, &self.page, &self.facts);
            let hash = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
            (text, hash)
        })
    }

    /// Returns whether it reads the same as a recipe with this canonical text, ignoring what is left out as
    /// noise.
    #[must_use]
    pub fn reads_as(&self, canonical: &str) -> bool {
        let facts = |text: &str| {
            let lines = text.lines().filter(|line| !line.starts_with("date_stamp = "));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        facts(self.canonical()) == facts(canonical)
    }

    /// Returns whether it only watches the main content, as a source without a recipe does.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let locators =
            self.facts.iter().flat_map(|fact| &fact.parts).flat_map(|part| &part.locators);
        locators.into_iter().all(|locator| matches!(locator.form, Form::Clauses))
    }
}

/// What kind of document a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// HTML as a browser reads it.
    Html,
    /// JSON (RFC 8259).
    Json,
    /// XML without a document type.
    Xml,
    /// An Atom, RSS or JSON feed.
    Feed,
    /// Comma- or tab-separated values with a header line.
    Csv,
    /// A PDF, read as the text that `convert` makes of it.
    Pdf,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Html, Self::Json, Self::Xml, Self::Feed, Self::Csv, Self::Pdf];

    /// The word for it in `sources.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Feed => "feed",
            Self::Csv => "csv",
            Self::Pdf => "pdf",
        }
    }
}

/// How to read one fact set, or one family of them (`ee.category.{category}.occupations`).
#[derive(Debug, Clone)]
pub struct FactRecipe {
    /// The key, with cells in braces for a family.
    pub key: Template,
    /// Its title; words in braces as in the key.
    pub title: Option<Bilingual>,
    /// The type.
    pub kind: FactType,
    /// The key of a record.
    pub record: Template,
    /// The fields of a record.
    pub fields: Vec<FieldRecipe>,
    /// The places it is read from. All of them together make the set.
    pub parts: Vec<Part>,
    /// The conditions under which it is believed.
    pub expect: Expectation,
    /// Whether the page shows only the newest records; `None` to follow its type.
    pub window: Option<bool>,
    /// Whether it states amounts as they first were: they are indexed since, and stand elsewhere.
    pub is_base: bool,
    /// The fields that say when and to what the records apply.
    pub dates: DateFields,
}

impl FactRecipe {
    /// The fields that are only explanations, and are not compared.
    #[must_use]
    pub fn notes(&self) -> Vec<FieldName> {
        self.fields.iter().filter(|f| f.note).map(|f| f.name.clone()).collect()
    }

    /// The part that reads notices, which stand over what other parts read of the same streams. Where all is notices,
    /// there is no rest of the page.
    pub(crate) fn notices(&self) -> Option<&Part> {
        self.parts.iter().find(|part| self.parts.len() > 1 && part.says_states())
    }

    /// The fields that are only words.
    #[must_use]
    pub fn wording(&self) -> Vec<FieldName> {
        self.fields.iter().filter(|f| f.wording).map(|f| f.name.clone()).collect()
    }

    /// Whether the page shows only the newest records, so that those dropped at the old end are not gone.
    #[must_use]
    pub fn is_window(&self) -> bool {
        self.window.unwrap_or(matches!(self.kind, FactType::Draws | FactType::Notices))
    }

    /// Whether its records are what notices state, where a page keeps a list of notices: they come and leave
    /// with the notices.
    #[must_use]
    pub fn is_of_notices(&self) -> bool {
        self.window == Some(true) && self.parts.iter().all(|part| !part.required)
    }

    /// Leaves out the fields that only serve the key.
    pub(crate) fn kept(&self, mut fields: Fields) -> Fields {
        for field in self.fields.iter().filter(|field| field.key_only) {
            fields.remove(&field.name);
        }
        fields
    }

    /// Returns whether a key is of this set or family.
    #[must_use]
    pub fn covers(&self, key: &FactKey) -> bool {
        self.key.word_of(key.as_str()).is_some()
    }

    /// The title of a set; for a member of a family, with its own word from the glossary.
    #[must_use]
    pub fn title_of(&self, key: &FactKey, glossary: &Glossary) -> Option<Bilingual> {
        let title = self.title.as_ref()?;
        let word = self.key.word_of(key.as_str())?;
        let fill = |language| match title.get(language).split_once('{') {
            Some((before, rest)) if rest.contains('}') => {
                let after = rest.split_once('}').map_or("", |(_, after)| after);
                format!("{before}{}{after}", glossary.word(word, language).unwrap_or(word))
            }
            _ => title.get(language).to_owned(),
        };
        Some(Bilingual { en: fill(Language::En), fr: fill(Language::Fr) })
    }
}

/// One place a fact set is read from, by the first of its locators that finds something.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name in `sources.toml`; empty if it is the only one.
    pub name: String,
    /// Whether a page without it is broken.
    pub required: bool,
    /// The locators, in order.
    pub locators: Vec<Locator>,
}

impl Part {
    /// Whether it reads what is said of some streams or of one.
    fn says_states(&self) -> bool {
        self.locators.iter().any(|one| matches!(one.form, Form::Status(_)))
    }
}

/// How to find rows on a page.
#[derive(Debug, Clone)]
pub struct Locator {
    /// Its name in evidence and complaints.
    pub name: Arc<str>,
    /// Headings above, outermost first; each must match one heading of the path, in this order.
    pub under: Vec<Pattern>,
    /// A cell set by the nearest heading above that a vocabulary knows.
    pub named_by: Option<NamedBy>,
    /// Cells with fixed words.
    pub lets: Vec<(String, String)>,
    /// Cells whose footnotes are read with them.
    pub footnotes: Vec<String>,
    /// The cells that the fields and the keys of its fact set use: a cell that takes work is computed only
    /// if it is one of these, or has footnotes.
    pub wanted: Arc<[String]>,
    /// Words of the page that are not its content.
    pub page: Arc<PageWords>,
    /// The form of the thing to find.
    pub form: Form,
}

impl Locator {
    /// Whether it only finds what nothing else has read.
    pub(crate) fn is_of_the_rest(&self) -> bool {
        matches!(&self.form, Form::Matrix(form) if form.rest)
    }

    /// Whether it finds things by the headings over them.
    pub(crate) fn looks_at_headings(&self) -> bool {
        let is_heading = matches!(self.form, Form::Headings(_));
        is_heading || !self.under.is_empty() || self.named_by.is_some()
    }

    /// Whether a cell is wanted in its rows.
    pub(crate) fn wants(&self, cell: &str) -> bool {
        self.wanted.iter().chain(&self.footnotes).any(|wanted| wanted == cell)
    }
}

/// Sets a cell from the nearest heading above that a vocabulary knows.
#[derive(Debug, Clone)]
pub struct NamedBy {
    /// The cell to set.
    pub cell: String,
    /// The words it may be.
    pub vocabulary: Vocabulary,
}
