//! A page in another language than the one that is expected: a server answered with the French page at the English
//! address, or the other way round. Its words are none of the other's, and nothing has left the page.

use url::Url;

use super::document::Document;
use super::page::language;
use super::recipe::{Format, Recipe};
use crate::model::{
    Breakage, Extraction, FactKey, FactSet, FactType, Facts, Language, Record, RecordKey,
};

/// A page in another language than the one that is expected at its address.
pub(super) struct OtherLanguage {
    expected: Language,
    came: Language,
}

impl OtherLanguage {
    /// Compares the language of a page with that of its address, and with that of what is known of it.
    ///
    /// # Errors
    /// When it is another one, and the source has no address for that.
    pub(super) fn of(
        document: &Document<'_>,
        text: &str,
        (url, addresses): (&Url, &[Url]),
        known: &Facts,
    ) -> Result<Option<Self>, Breakage> {
        let Some(came) = document.language(text) else { return Ok(None) };
        let known = language::of_facts(known);
        let expected = [language::of_address(url), known];
        let mut languages = expected.into_iter().flatten();
        let first = languages.next().filter(|one| *one != came && languages.all(|is| is != came));
        let Some(expected) = first else { return Ok(None) };
        let other = Self { expected, came };
        let is_of_it = |url: &Url| language::of_address(url) == Some(came);
        if addresses.iter().any(is_of_it) {
            Ok(known.map(|_| other))
        } else {
            Err(other.breakage())
        }
    }

    /// Believes a page in the other language only where it says what was known. Its other words say nothing new.
    ///
    /// # Errors
    /// When it says anything else.
    pub(super) fn check(
        &self,
        mut extraction: Extraction,
        known: &Facts,
    ) -> Result<Extraction, Breakage> {
        if !says_again(&extraction, known) {
            return Err(self.breakage());
        }
        if let Some(rest) = &mut extraction.remainder
            && let Some(was) = known.get(&rest.key)
        {
            rest.set = was.clone();
            rest.unread.clear();
        }
        Ok(extraction)
    }

    fn breakage(&self) -> Breakage {
        Breakage::WrongType {
            expected: format!("a page in {}", self.expected.name()),
            came: format!("one in {}", self.came.name()),
        }
    }
}

/// Whether all that was known is read again in its place with the same values, and nothing else is.
fn says_again(extraction: &Extraction, known: &Facts) -> bool {
    let sets = known.iter().filter(|(key, set)| {
        let is_rest = extraction.remainder.as_ref().is_some_and(|rest| rest.key == **key);
        !is_rest && set.kind != FactType::Series
    });
    let is_same = |(key, before): (&FactKey, &FactSet)| {
        let Some(now) = extraction.facts.get(key) else { return before.records.is_empty() };
        let is_read = |(key, was): (&RecordKey, &Record)| {
            let is = now.records.get(key);
            let mut fields = was.fields.iter().filter(|(name, _)| before.compares(name));
            is.is_some_and(|is| {
                fields.all(|(name, was)| is.fields.get(name).is_some_and(|is| is.same(was)))
            })
        };
        now.records.len() == before.records.len() && before.records.iter().all(is_read)
    };
    let is_whole = extraction.unreadable.is_empty() && extraction.relocated.is_empty();
    known.is_empty() || is_whole && sets.into_iter().all(is_same)
}

/// Refuses a law in another language than what is known of it: both have the same sections, and other words in all of
/// them.
///
/// # Errors
/// The breakage that says so.
pub(super) fn of_law(recipe: &Recipe, text: &str, known: &Facts) -> Result<(), Breakage> {
    if recipe.format != Format::Xml {
        return Ok(());
    }
    let Some(came) = language::of_text(text) else { return Ok(()) };
    let other = language::of_facts(known).filter(|expected| *expected != came);
    let other = other.map(|expected| OtherLanguage { expected, came });
    other.map_or(Ok(()), |other| Err(other.breakage()))
}
