//! Days beside the name of a record: an occupation "(as of January 1, 2027)", a sector "(until March 31, 2027)".
//!
//! They are no part of its name. They become its days, as if the recipe had read them, while they are ahead, and for as
//! long as the page has them after that.

use jiff::civil::Date;

use super::form::table::DATED;
use super::matches::Match;
use super::recipe::{FactRecipe, FieldRecipe, Locator, Reading};
use super::value::beside::{DaysBeside, beside};
use crate::model::{
    DateFields, EFFECTIVE_ON, EXPIRES_ON, FactSet, FactType, Facts, FieldName, Fields, Record,
    Value, is_name,
};

/// The longest list of codes, in bytes, in which days are looked for.
const LONGEST: usize = 20_000;

/// The cells that are more than a name.
const NOT_NAMES: [&str; 5] = ["text", "section", "intro", "caption", "full"];

/// The days beside the names of a match, where they are ahead or known.
pub(super) struct Beside<'r> {
    pub(super) recipe: &'r FactRecipe,
    pub(super) known: &'r Facts,
    pub(super) today: Date,
}

impl Beside<'_> {
    /// A match without the days beside its names, and these, if they are of all that it names.
    pub(super) fn take<'m>(
        &self,
        locator: &Locator,
        matched: &Match<'m>,
    ) -> Option<(Match<'m>, Option<DaysBeside>)> {
        if !may_have(self.recipe) || !matched.quote.contains("20") || matched.get(DATED).is_some() {
            return None;
        }
        let mut without = None;
        let mut found = None;
        for cell in cells(self.recipe, locator) {
            let Some(text) = matched.get(cell) else { continue };
            let lines: Vec<(&str, Option<DaysBeside>)> = text.split('\n').map(named).collect();
            let of_quote = || {
                let said = matched.quote.starts_with(text).then(|| beside(&matched.quote))?;
                said.filter(|(name, _)| *name == text).map(|(_, days)| days)
            };
            let days = match *lines {
                [(_, Some(days))] => Some(days),
                [(_, None)] => of_quote(),
                _ => None,
            };
            found = found.or(days.filter(|days| self.is_so(*days)));
            if lines.iter().any(|(_, days)| days.is_some_and(|days| self.is_so(days))) {
                let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
                let without: &mut Match<'m> = without.get_or_insert_with(|| matched.clone());
                without.replace(cell.to_owned(), names.join("\n"));
            }
        }
        (without.is_some() || found.is_some())
            .then(|| (without.unwrap_or_else(|| matched.clone()), found))
    }

    /// The days beside one of several codes of a text: those between it and the next.
    pub(super) fn of_code(&self, matched: &Match<'_>, fields: &Fields) -> Option<DaysBeside> {
        let is_each = |field: &&FieldRecipe| field.each && matches!(field.reading, Reading::Noc);
        let field = self.recipe.fields.iter().find(is_each).filter(|_| may_have(self.recipe))?;
        let code = fields.get(&field.name)?.to_string();
        let text = field.from.iter().find_map(|cell| matched.get(cell))?;
        if text.len() > LONGEST || !text.contains("20") {
            return None;
        }
        let (_, after) = text.split_once(code.as_str())?;
        let is_code = |(at, _): &(usize, char)| {
            let digits = after[*at..].chars().take_while(char::is_ascii_digit).count();
            digits == code.len() && !after[..*at].ends_with(|c: char| c.is_ascii_digit())
        };
        let next = after.char_indices().find(is_code).map_or(after.len(), |(at, _)| at);
        let own = after[..next].trim_end_matches(|c: char| c != ')' && !c.is_ascii_digit());
        let own = own.split([';', '\n']).next().unwrap_or_default();
        let (_, days) = beside(&format!("{code} {}", own.trim()))?;
        Some(days).filter(|days| self.is_so(*days))
    }

    /// Whether a day is ahead, or one that is known.
    pub(super) fn is_so(&self, days: DaysBeside) -> bool {
        let sets = || self.known.iter().filter(|(key, _)| self.recipe.covers(key));
        let is_known = |day: Date| {
            let days = [Some(day), day.yesterday().ok()];
            let mut fields =
                sets().flat_map(|(_, set)| set.records.values()).flat_map(|r| &r.fields);
            fields.any(|(name, value)| {
                is_day(&self.recipe.dates, name)
                    && matches!(value, Value::Date(is) if days.contains(&Some(*is)))
            })
        };
        // What only records look like is asked of no day.
        self.today == Date::MAX || days.all().any(|day| day > self.today || is_known(day))
    }

    /// Adds the days to a record, unless its recipe has read them.
    pub(super) fn add(&self, fields: &mut Fields, days: DaysBeside) {
        let dates = &self.recipe.dates;
        let until = days.until.and_then(|day| day.yesterday().ok());
        for (day, own, usual) in
            [(days.from, &dates.effective, EFFECTIVE_ON), (until, &dates.expires, EXPIRES_ON)]
        {
            let name = own.clone().or_else(|| FieldName::parse(usual).ok());
            if let (Some(day), Some(name)) = (day, name) {
                fields.entry(name).or_insert(Value::Date(day));
            }
        }
    }
}

/// Whether a field is a day of its record, be it one that the recipe does not read.
pub(super) fn is_day(dates: &DateFields, name: &FieldName) -> bool {
    dates.bound(name) || [EFFECTIVE_ON, EXPIRES_ON].contains(&name.as_str())
}

/// Whether a record has this day, or one that is to come.
pub(super) fn has_day(dates: &DateFields, record: &Record, this: Date, today: Date) -> bool {
    let mut days = record.fields.iter().filter(|(name, _)| is_day(dates, name));
    days.any(|(_, day)| day.day().is_some_and(|day| day == this || day > today))
}

/// Says of a set that it has days that its recipe does not read, if one of its records has.
pub(super) fn note(set: &mut FactSet, fields: &Fields) {
    for (name, usual) in
        [(&mut set.dates.effective, EFFECTIVE_ON), (&mut set.dates.expires, EXPIRES_ON)]
    {
        let own = fields.keys().find(|field| field.as_str() == usual);
        if let (None, Some(own)) = (&name, own) {
            *name = Some(own.clone());
            set.notes.push(own.clone());
        }
    }
}

fn named(line: &str) -> (&str, Option<DaysBeside>) {
    beside(line).map_or((line, None), |(name, days)| (name, Some(days)))
}

/// Whether a page may put days beside the names of a set that its recipe has no field for.
pub(super) fn may_have(recipe: &FactRecipe) -> bool {
    let comes_and_goes = matches!(
        recipe.kind,
        FactType::Draws | FactType::Notices | FactType::Series | FactType::Clauses
    );
    let has_own = |usual: &str| recipe.fields.iter().any(|field| field.name.as_str() == usual);
    !comes_and_goes && !recipe.is_window() && !has_own(EFFECTIVE_ON) && !has_own(EXPIRES_ON)
}

/// The cells with the names of a record, without those in which the recipe looks for days itself.
fn cells<'r>(recipe: &'r FactRecipe, locator: &Locator) -> Vec<&'r str> {
    let is_key = |name: &str| recipe.record.names().any(|part| part == name);
    let is_named = |field: &&FieldRecipe| {
        let is_words = matches!(
            field.reading,
            Reading::Text | Reading::Slug | Reading::Word(_) | Reading::WordOrSlug(_)
        );
        is_words && (is_name(&field.name) || is_key(field.name.as_str()))
            || matches!(field.reading, Reading::Noc)
    };
    let named = recipe.fields.iter().filter(is_named).flat_map(|field| &field.from);
    let mut cells: Vec<&str> = named.map(String::as_str).collect();
    let is_field = |name: &str| recipe.fields.iter().any(|field| field.name.as_str() == name);
    cells.extend(recipe.record.names().filter(|name| !is_field(name)));
    if locator.named_by.is_some() {
        cells.push("heading");
    }
    let of_days = recipe.fields.iter().filter(|field| recipe.dates.bound(&field.name));
    let of_days: Vec<&str> = of_days.flat_map(|field| &field.from).map(String::as_str).collect();
    cells.retain(|cell| !NOT_NAMES.contains(cell) && !of_days.contains(cell));
    cells.sort_unstable();
    cells.dedup();
    cells
}
