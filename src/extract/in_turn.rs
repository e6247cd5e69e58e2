//! Lists that hold one after the other: "Eligible occupations until December 31, 2026", "Eligible occupations from
//! January 1, 2027".
//!
//! A record of both goes on. One of the later list alone begins with it, and one of the earlier list alone ends with it:
//! they have these days as if the page had them beside their names.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::days;
use super::denied;
use super::form::table::GROUP;
use super::gathered::Dated;
use super::matches::{LISTED, Match};
use super::recipe::{FactRecipe, Form, Locator};
use crate::extract::value::dated::{self, Period};
use crate::extract::value::pattern::constant;
use crate::model::{
    EFFECTIVE_ON, EXPIRES_ON, Extent, FactKey, FactSet, FieldName, RecordKey, Unreadable, Value,
    text,
};

/// How much of the words over a list a complaint shows.
const SHOWN: usize = 120;

/// The list that a record stands in, where the words over it say from when or until when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InList {
    period: Period,
    words: String,
    /// Whether it is a list of what leaves on the day.
    is_of_leaving: bool,
}

impl InList {
    /// The list of a match, according to the words over it.
    pub(super) fn of(recipe: &FactRecipe, locator: &Locator, matched: &Match<'_>) -> Option<Self> {
        const OVER: [&str; 5] = [GROUP, LISTED, "intro", "caption", "heading"];
        let is_list = matches!(
            locator.form,
            Form::Table(_) | Form::Items(_) | Form::Prose(_) | Form::Labels(_)
        );
        if !is_list || !days::may_have(recipe) {
            return None;
        }
        // What names a record is not over it.
        let is_over = |cell: &&&str| recipe.record.names().all(|name| name != **cell);
        OVER.iter().filter(is_over).filter_map(|cell| matched.get(cell)).find_map(|words| {
            let leaves = denied::leaves_from(words);
            let period = leaves.map(Period::Until).or_else(|| dated::of_header(words))?;
            let is_of_leaving = leaves.is_some();
            Some(Self { period, words: text::excerpt(words, SHOWN), is_of_leaving })
        })
    }

    /// Whether it is of what leaves on a day to come: such a list adds nothing to another.
    pub(super) fn is_of_leaving_after(&self, today: Date) -> bool {
        self.is_of_leaving && self.period.day() > today
    }

    /// The day from which it holds.
    pub(super) fn begins(&self) -> Option<Date> {
        matches!(self.period, Period::From(_)).then(|| self.period.day())
    }
}

/// Words over a list of what comes beside what there is.
fn adds(words: &str) -> bool {
    static ADDS: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)\b(?:add(?:ed|ing|s)?|new(?:ly)?|also|additional(?:ly)?|further|join(?:s|ing)?|ajout\p{L}*|nouve(?:au|aux|lle|lles)|supplémentaires?|aussi|également)\b";
        constant(pattern)
    });
    ADDS.is_match(words)
}

/// Gives their days to the records that stand in one of two lists alone. Returned is what lists beside one another do not
/// say: which records leave.
pub(super) fn by_day(
    fact: &FactKey,
    set: &mut FactSet,
    records: &mut [(RecordKey, Dated)],
) -> Option<Unreadable> {
    let lists = Lists::of(records)?;
    let name =
        |own: &Option<FieldName>, usual: &str| own.clone().or_else(|| FieldName::parse(usual).ok());
    let (begins, ends) =
        (name(&set.dates.effective, EFFECTIVE_ON)?, name(&set.dates.expires, EXPIRES_ON)?);
    let (last, change) = (lists.day.yesterday().ok()?, lists.change());
    // A table of figures to come has those that are other ones; the others stay.
    let is_list = !set.kind.is_of_figures();
    for (key, dated) in records {
        let fields = &mut dated.record.fields;
        // The days of a list are not those of what stands in both, though they be in the heading that names them.
        for (name, day) in [(&begins, lists.day), (&ends, last)] {
            if fields.get(name) == Some(&Value::Date(day)) {
                fields.remove(name);
            }
        }
        if change.comes.contains(key) {
            let own = lists.first_days.get(key).copied();
            fields.insert(begins.clone(), Value::Date(own.unwrap_or(lists.day)));
        } else if is_list && change.leaves.contains(key) {
            fields.insert(ends.clone(), Value::Date(last));
        }
        days::note(set, fields);
    }
    let words = lists.words.filter(|_| is_list && change.is_unclear)?;
    let day = lists.day;
    let why =
        format!("a list from {day} on stands beside the other: which records leave is not said");
    Some(Unreadable::new(fact.as_str(), Extent::Row, why).standing(Some(words)))
}

/// What a page says that lists only what will hold from a day on: what is new there begins with it, and of what was known
/// and is not there, nothing is said until then.
pub(super) fn alone(
    fact: &FactKey,
    set: &mut FactSet,
    records: &mut [(RecordKey, Dated)],
    (known, today): (Option<&FactSet>, Date),
) -> Vec<Unreadable> {
    let day = |dated: &Dated| dated.list.as_deref().and_then(InList::begins);
    let first = records.first().and_then(|(_, dated)| day(dated)).filter(|day| *day > today);
    let (Some(known), Some(first)) = (known, first) else { return Vec::new() };
    let keys: HashSet<RecordKey> = records.iter().map(|(key, _)| key.clone()).collect();
    let lost: Vec<&RecordKey> = known.records.keys().filter(|key| !keys.contains(*key)).collect();
    let is_twin = (known.records.len() - lost.len()) * 2 >= known.records.len();
    let is_alone = records.iter().all(|(_, dated)| day(dated) == Some(first));
    if set.kind.is_of_figures() || !is_alone || !is_twin {
        return Vec::new();
    }
    let own = set.dates.effective.clone();
    let Some(begins) = own.or_else(|| FieldName::parse(EFFECTIVE_ON).ok()) else {
        return Vec::new();
    };
    for (key, dated) in records {
        let was = known.records.get(key);
        if was.is_none_or(|was| was.fields.get(&begins) == Some(&Value::Date(first))) {
            dated.record.fields.insert(begins.clone(), Value::Date(first));
            days::note(set, &dated.record.fields);
        }
    }
    let why = || format!("the page has only the list from {first} on");
    let lost = lost.into_iter().map(|key| Extent::Record(key.clone()));
    lost.map(|of| Unreadable::new(fact.as_str(), of, why())).collect()
}

/// The keys of a set by the lists that they stand in.
struct Lists {
    /// The day that parts the one list from the other.
    day: Date,
    /// The words over the later list, if a day is over it.
    words: Option<String>,
    /// Those of the list until the day, of the list from the day, and of lists without a day.
    until: HashSet<RecordKey>,
    from: HashSet<RecordKey>,
    other: HashSet<RecordKey>,
    /// Those of a list of what leaves.
    leaving: HashSet<RecordKey>,
    /// The first day of each of those of a later list.
    first_days: HashMap<RecordKey, Date>,
    /// Whether several days part the lists.
    are_several: bool,
}

/// What the day brings.
#[derive(Default)]
struct Change {
    comes: HashSet<RecordKey>,
    leaves: HashSet<RecordKey>,
    /// Whether it is not said what leaves.
    is_unclear: bool,
}

impl Lists {
    /// The lists, if a day parts them: one day, or those from which several of them hold.
    fn of(records: &[(RecordKey, Dated)]) -> Option<Self> {
        let lists = || records.iter().filter_map(|(_, dated)| dated.list.as_deref());
        let first = lists().next()?;
        let is_one = |list: &InList| dated::is_one_change(list.period, first.period);
        let later = lists().filter(|list| list.begins().is_some()).min_by_key(|l| l.begins());
        let are_several = !lists().all(is_one);
        if are_several && later.is_none() {
            return None;
        }
        let mut found = Self {
            day: later.unwrap_or(first).period.day(),
            words: later.map(|list| list.words.clone()),
            until: HashSet::new(),
            from: HashSet::new(),
            other: HashSet::new(),
            leaving: HashSet::new(),
            first_days: HashMap::new(),
            are_several,
        };
        for (key, dated) in records {
            let keys = match dated.list.as_deref() {
                None => &mut found.other,
                Some(InList { period: Period::From(day), .. }) => {
                    let first = found.first_days.entry(key.clone()).or_insert(*day);
                    *first = (*day).min(*first);
                    &mut found.from
                }
                Some(InList { is_of_leaving: true, .. }) => &mut found.leaving,
                // A sentence over a list says when to apply, a label which list it is.
                Some(list) if later.is_none() && list.words.ends_with('.') => &mut found.other,
                Some(_) => &mut found.until,
            };
            keys.insert(key.clone());
        }
        let all = [&found.until, &found.from, &found.other, &found.leaving];
        (all.iter().filter(|keys| !keys.is_empty()).count() > 1).then_some(found)
    }

    /// What its day brings: what is listed to leave does so, whatever other list it stands in.
    fn change(&self) -> Change {
        let mut change = self.change_of_lists();
        change.comes.retain(|key| !self.leaving.contains(key));
        change.leaves.extend(self.leaving.iter().cloned());
        change
    }

    fn change_of_lists(&self) -> Change {
        let Self { until, from, other, .. } = self;
        let without = |of: &HashSet<RecordKey>, others: [&HashSet<RecordKey>; 2]| {
            let is_alone = |key: &&RecordKey| others.iter().all(|keys| !keys.contains(*key));
            of.iter().filter(is_alone).cloned().collect::<HashSet<_>>()
        };
        let comes = without(from, [until, other]);
        if self.are_several {
            return Change { comes, leaves: HashSet::new(), is_unclear: true };
        }
        if from.is_empty() && until.is_empty() {
            return Change::default();
        }
        if !until.is_empty() && !from.is_empty() {
            return Change { comes, leaves: without(until, [from, other]), is_unclear: false };
        }
        if from.is_empty() {
            let is_twin = other.intersection(until).count() * 2 >= other.len();
            let comes = if is_twin { without(other, [until, from]) } else { HashSet::new() };
            return Change { comes, leaves: without(until, [from, other]), is_unclear: false };
        }
        // The whole list of tomorrow, or what is added to that of today.
        let both = other.intersection(from).count();
        if both * 2 >= other.len() {
            return Change { comes, leaves: without(other, [from, until]), is_unclear: false };
        }
        let is_added = both == 0 && self.words.as_deref().is_some_and(adds);
        Change { comes, leaves: HashSet::new(), is_unclear: !is_added }
    }
}
