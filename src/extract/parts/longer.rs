//! An item of a list of which only some items are read, under a longer name.
//!
//! "Province of Ontario" in a list of which the recipe reads the items that are "Ontario", "Manitoba" and so on: the
//! pattern of the recipe does not know it. Where a known item is not found, and one that nothing reads stands among its
//! neighbours and has its name within its own, that is the item.

use super::Parts;
use crate::extract::absence::KnownRecord;
use crate::extract::matches::Match;
use crate::extract::recipe::{Form, ItemsForm, Locator};
use crate::model::label;

/// The longest item that may be a name, in bytes.
const LONGEST: usize = 160;

impl<'r> Parts<'r, '_> {
    /// Adds to the items that a locator finds those that stand among them under a longer name than before.
    pub(super) fn take_longer<'m>(
        &self,
        locator: &Locator,
        known: &[KnownRecord<'_>],
        matches: &mut Vec<Match<'m>>,
    ) {
        let Form::Items(form @ ItemsForm { only: Some(_), .. }) = &locator.form else { return };
        let is_found = |quote: &str| matches.iter().any(|matched| matched.quote == quote);
        let lost = known.iter().filter(|(.., was)| was.evidence.locator == locator.name);
        let mut lost: Vec<&str> = lost.map(|(.., was)| &*was.evidence.quote).collect();
        lost.retain(|quote| !is_found(quote));
        if lost.is_empty() {
            return;
        }
        let form = Form::Items(ItemsForm { only: None, ..form.clone() });
        let any = Locator { form, ..locator.clone() };
        let Ok(all) = self.document.find(&any) else { return };
        let named = |item: &Match<'_>| {
            let mut of = lost.iter().filter(|name| label::is_within(name, &item.quote));
            of.next().filter(|_| of.next().is_none()).copied()
        };
        let is_new = |item: &&Match<'_>| {
            item.quote.len() <= LONGEST && matches.iter().all(|matched| matched.at != item.at)
        };
        let longer: Vec<(&str, Match<'static>)> = all
            .iter()
            .filter(is_new)
            .filter_map(|item| Some((named(item)?, item.clone().into_owned())))
            .collect();
        let mut places: Vec<usize> =
            matches.iter().map(|m| m.at).chain(longer.iter().map(|(_, m)| m.at)).collect();
        places.sort_unstable();
        let is_beside = |at: usize| {
            let is_at = |other: Option<usize>| {
                other.is_some_and(|other| places.binary_search(&other).is_ok())
            };
            is_at(at.checked_sub(1)) || is_at(at.checked_add(1))
        };
        let is_only = |name: &str| longer.iter().filter(|(of, _)| *of == name).count() == 1;
        let taken = longer.iter().filter(|(name, item)| is_only(name) && is_beside(item.at));
        matches.extend(taken.map(|(_, item)| item.clone()));
        matches.sort_by_key(|matched| matched.at);
    }
}
