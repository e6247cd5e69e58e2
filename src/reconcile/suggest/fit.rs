//! How a group of keys and values fits a fact set.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::group::Group;
use super::naming::{By, Named, Names, clash, parts, places};
use super::single::is_near;
use crate::binding::KeyTemplate;
use crate::model::{FactKey, OfficialRecord, Value, record_name};
use crate::reconcile::value::{Rule, flag_of, number_of, words};
use crate::reconcile::weigh::main_field;

/// The least share of keys that must be known, and of values that must agree, in hundredths.
const SHARE: usize = 60;
/// The same of codes without a value, where nothing else speaks for the set, and of a column of yes and no.
const SHARE_OF_CODES: usize = 80;
/// The least share of a set that a list of codes must have where its place shares no word with the set.
const PART: usize = 10;
/// The fewest names that are taken for a list of what is official.
const NAMES: usize = 3;
/// What a word that a place and a fact set share counts for, beside the hundredths of keys and values.
const WORD: usize = 40;
/// With so many words in common a list is the set's, however many of its members are known.
const SURE: usize = 2;
/// The most templates that are tried for one set.
const MOST_TEMPLATES: usize = 3000;

/// A fact set that a group looks like.
pub(super) struct Fit<'a> {
    pub(super) key: &'a FactKey,
    pub(super) record: String,
    pub(super) measure: Fitted,
    pub(super) score: usize,
    /// The part of the score that says how much of either side is on the other.
    both: usize,
    pub(super) known: usize,
    /// The official records that the data does not have.
    pub(super) left: Vec<String>,
    /// The keys of the data that no official record is found for.
    pub(super) unknown: Vec<String>,
    /// The data's name for a record, and the official one, where they differ.
    pub(super) names: BTreeMap<String, String>,
    /// Other records and sets that fit as well.
    pub(super) rivals: Vec<(&'a FactKey, String)>,
    /// Whether the values are near to the official ones, and none is the same.
    pub(super) is_old: bool,
    /// Whether nothing of the set is in doubt.
    is_sure: bool,
    /// The data's word where it has no value, and the words of the page in its place.
    pub(super) words: BTreeMap<String, String>,
}

/// What of the data fits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fitted {
    /// The keys are the members.
    Members,
    /// The values of a column say whether the key is a member.
    Listed { column: String },
    /// The values of a column are those of a field.
    Values { column: String, field: String },
}

impl Fitted {
    /// The column; `None` for members.
    pub(super) fn column(&self) -> Option<&str> {
        match self {
            Self::Members => None,
            Self::Listed { column } | Self::Values { column, .. } => Some(column),
        }
    }
}

/// How the group fits a set, in the best way for each column; by the keys alone where no column fits.
pub(super) fn fits<'a>(
    group: &Group,
    file: &str,
    key: &'a FactKey,
    (records, is_sure): (&[(&'a str, &'a OfficialRecord)], bool),
) -> Vec<Fit<'a>> {
    let Some((first, _)) = records.first() else { return Vec::new() };
    let places_of_key = places(key.as_str().split('.'));
    let own_places = places(group.path.split('\'').chain([file]));
    if !own_places.is_empty() && !places_of_key.is_empty() && own_places.is_disjoint(&places_of_key)
    {
        return Vec::new();
    }
    if group.word.as_ref().is_some_and(|of| !is_called(key, &of.word)) {
        return Vec::new();
    }
    let at = Place { group, key, is_sure, shared: Shared::of(group, file, key) };
    let own = Names::of(&group.keys);
    let mut best: BTreeMap<Option<String>, Fit<'a>> = BTreeMap::new();
    for template in templates(records, first.split('/').count()) {
        let Ok(parsed) = KeyTemplate::parse(&template) else { continue };
        let part = Part::of(&parsed, records);
        let named = own.among(&part.records);
        for column in group.values.keys().filter(|column| !at.clashes(column, &template)) {
            let found = at.values(column, &part, &named, &template);
            keep(&mut best, found.into_iter().chain(at.listed(column, &part, &template)));
        }
        if !at.clashes("", &template) {
            keep(&mut best, at.members(&part, &named, &template));
        }
    }
    if best.len() > 1 {
        best.remove(&None);
    }
    // Of an older state nothing but its place says which it is.
    best.into_values().filter(|fit| !fit.is_old || fit.rivals.is_empty()).collect()
}

/// Whether a word of a set's key is one of the words that rows are marked with: `HEALTH` marks those of `healthcare`.
fn is_called(key: &FactKey, word: &str) -> bool {
    const LEAST: usize = 4;
    let official = parts(key.as_str());
    let begins =
        |own: &String, other: &String| own.len() >= LEAST && other.starts_with(own.as_str());
    parts(word).iter().filter(|own| own.len() > 1).any(|own| {
        official.iter().any(|other| own == other || begins(own, other) || begins(other, own))
    })
}

/// Keeps the better fit of each column, and beside it what fits as well.
pub(super) fn keep<'a>(
    best: &mut BTreeMap<Option<String>, Fit<'a>>,
    found: impl IntoIterator<Item = Fit<'a>>,
) {
    for mut fit in found {
        let column = fit.measure.column().map(str::to_owned);
        let Some(held) = best.get_mut(&column) else {
            best.insert(column, fit);
            continue;
        };
        let is_rival = held.is_rival(&fit);
        if fit.worth() > held.worth() {
            std::mem::swap(held, &mut fit);
        }
        if is_rival {
            held.rivals.push((fit.key, fit.record));
            held.rivals.append(&mut fit.rivals);
        }
    }
}

impl Fit<'_> {
    /// The greater, the better: what is not in doubt, then what has fewer other names, where the score is the same.
    fn worth(&self) -> (usize, bool, std::cmp::Reverse<usize>) {
        (self.score, self.is_sure, std::cmp::Reverse(self.names.len()))
    }

    /// Whether nothing in the data says which of two is meant. Codes may be in several lists, whose lengths say
    /// nothing.
    fn is_rival(&self, other: &Self) -> bool {
        let are_lists = self.measure == Fitted::Members && self.key != other.key;
        let beside_both = |fit: &Self| fit.score - fit.both;
        self.worth() == other.worth()
            || (self.is_sure == other.is_sure
                && are_lists
                && self.known == other.known
                && beside_both(self) == beside_both(other))
    }
}

/// The words that the place of a group and a fact set's key share.
struct Shared {
    /// In the path and the name of the key.
    place: usize,
    /// In the name of the file, too.
    all: usize,
}

impl Shared {
    fn of(group: &Group, file: &str, key: &FactKey) -> Self {
        let official: BTreeSet<String> = parts(key.as_str()).into_iter().collect();
        let file = file.rsplit('/').next().unwrap_or(file);
        let mut own: BTreeSet<String> = parts(&group.path).into_iter().collect();
        let count = |own: &BTreeSet<String>| {
            own.intersection(&official).filter(|word| word.len() > 1).count()
        };
        let place = count(&own);
        own.extend(parts(file));
        own.extend(group.key.iter().flat_map(|key| parts(key)));
        Self { place, all: count(&own) }
    }
}

/// The records of a set that a template names, by what the data would call them.
struct Part<'a> {
    records: BTreeMap<&'a str, &'a OfficialRecord>,
    /// Whether a key stands for several records.
    is_shared: bool,
}

impl<'a> Part<'a> {
    fn of(template: &KeyTemplate, all: &[(&'a str, &'a OfficialRecord)]) -> Self {
        let (mut records, mut is_shared) = (BTreeMap::new(), false);
        for (key, record) in all {
            if let Some(key) = template.key(key) {
                is_shared |= records.contains_key(key);
                records.entry(key).or_insert(*record);
            }
        }
        Self { records, is_shared }
    }

    /// Whether a field only repeats the key of each record, as the number of a round: what agrees with it is a key too.
    fn is_key(&self, field: &str) -> bool {
        let no_words = BTreeMap::new();
        let rule = rule(&no_words);
        self.records.iter().all(|(key, record)| {
            let stated = record.fields.iter().find(|(name, _)| name.as_str() == field);
            stated.is_some_and(|(_, value)| rule.agrees(&Json::from(*key), value.current()))
        })
    }
}

/// A group beside a fact set.
struct Place<'g, 'a> {
    group: &'g Group,
    key: &'a FactKey,
    is_sure: bool,
    shared: Shared,
}

type NamedKeys<'g, 'a> = BTreeMap<&'g str, Named<'a>>;

impl<'g, 'a> Place<'g, 'a> {
    /// The words of the place and of a column of it.
    fn own_words(&self, column: &str) -> BTreeSet<String> {
        parts(&self.group.path).into_iter().chain(parts(column)).collect()
    }

    /// Whether the names that lead to the data are those of another thing.
    fn clashes(&self, column: &str, template: &str) -> bool {
        let official: BTreeSet<String> =
            parts(self.key.as_str()).into_iter().chain(fixed(template)).collect();
        clash(&self.own_words(column), &official)
    }

    /// How many words of the data's names are in the fixed parts of a template, and not in the set's key.
    fn shared_with(&self, column: &str, template: &str) -> usize {
        let of_key = parts(self.key.as_str());
        let fixed: BTreeSet<String> = fixed(template).collect();
        let own = self.own_words(column);
        own.intersection(&fixed).filter(|word| word.len() > 1 && !of_key.contains(word)).count()
    }

    /// Whether enough keys are known.
    fn is_enough(&self, known: usize, share: usize) -> bool {
        // A list of codes whose place has the set's name may be an old state of it.
        let is_sure = self.shared.place >= SURE && self.group.are_codes();
        (known > 0 && is_sure) || (known > 1 && known * 100 >= self.group.keys.len() * share)
    }

    /// A column whose values are those of a field, or are near to them.
    fn values(
        &self,
        column: &str,
        part: &Part<'a>,
        named: &NamedKeys<'g, 'a>,
        template: &str,
    ) -> Option<Fit<'a>> {
        if !self.is_enough(named.len(), SHARE) {
            return None;
        }
        let values = self.group.values.get(column)?;
        let words = self.words_of(column);
        let (field, share) = alike(values, &words, part, named)
            .or_else(|| Some((outdated(values, part, named)?, 0)))?;
        let fits = |(key, one): (&&'g str, &Named<'a>)| {
            let record = part.records.get(one.name)?;
            let stated = record.fields.iter().find(|(name, _)| name.as_str() == field)?.1;
            let value = values.get(*key)?;
            let is_same = rule(&BTreeMap::new()).agrees(value, stated.current());
            let is_close = || is_near(number_of(value)?, stated.current().number()?).then_some(());
            (one.by == By::Same || is_same || is_close().is_some()).then_some((*key, one.name))
        };
        let names: BTreeMap<&'g str, &'a str> = named.iter().filter_map(fits).collect();
        if !self.is_enough(names.len(), SHARE) {
            return None;
        }
        let measure = Fitted::Values { column: column.to_owned(), field };
        Some(self.fit(measure, part, names, template, share))
    }

    /// A column of yes and no that says what is in the set.
    fn listed(&self, column: &str, part: &Part<'a>, template: &str) -> Option<Fit<'a>> {
        if !self.group.are_codes() || !self.shares_a_word(column) {
            return None;
        }
        let (mut yes, mut listed, mut no, mut agree) = (0, 0, 0, 0);
        for (key, value) in self.group.values.get(column)? {
            let is_listed = part.records.contains_key(key.as_str());
            let flag = flag_of(value, words(value).trim())?;
            agree += usize::from(flag == is_listed);
            match flag {
                true => (yes, listed) = (yes + 1, listed + usize::from(is_listed)),
                false => no += 1,
            }
        }
        let is_enough = listed > 1 && listed * 100 >= yes * SHARE && no > 0;
        if !is_enough || agree * 100 < (yes + no) * SHARE_OF_CODES {
            return None;
        }
        let keys = self.group.keys.iter().map(String::as_str);
        let names = keys.filter_map(|key| Some((key, *part.records.get_key_value(key)?.0)));
        let measure = Fitted::Listed { column: column.to_owned() };
        let share = agree * 100 / (yes + no);
        Some(self.fit(measure, part, names.collect(), template, share))
    }

    /// The keys as the members of the set.
    fn members(
        &self,
        part: &Part<'a>,
        named: &NamedKeys<'g, 'a>,
        template: &str,
    ) -> Option<Fit<'a>> {
        let are_codes = self.group.are_codes();
        // Keys such as 1, 2, 3 and the names of values that are not official say nothing by themselves.
        let is_valued = self.group.is_map && self.group.values.contains_key("");
        if !are_codes
            && (is_valued || part.is_shared || self.group.keys.iter().any(|k| k.len() < 4))
        {
            return None;
        }
        let sure =
            named.iter().filter(|(_, one)| one.by == By::Same).map(|(key, one)| (*key, one.name));
        let names: BTreeMap<&'g str, &'a str> = sure.collect();
        let is_part = names.len() * 100 >= part.records.len() * PART;
        // Two codes under one of the set's own headings are no sign that the list is of that heading.
        let is_of_heading = template.split('/').any(|part| part != "*" && part != "{key}");
        let share = names.len() * 100 / self.group.keys.len().max(1);
        if are_codes && is_of_heading && (names.len() < NAMES || share < SHARE_OF_CODES) {
            return None;
        }
        let is_list = match are_codes {
            true if self.shared.all > 0 => self.is_enough(names.len(), SHARE),
            true => self.is_enough(names.len(), SHARE_OF_CODES) && is_part,
            false => self.is_enough(names.len(), SHARE) && names.len() >= NAMES,
        };
        is_list.then(|| self.fit(Fitted::Members, part, names, template, 0))
    }

    fn fit(
        &self,
        measure: Fitted,
        part: &Part<'a>,
        names: BTreeMap<&'g str, &'a str>,
        template: &str,
        share: usize,
    ) -> Fit<'a> {
        let known = names.len();
        let both = known * 200 / (self.group.keys.len() + part.records.len()).max(1);
        let is_known = |name: &str| names.values().any(|known| *known == name);
        // Whether a row has the word is for `verify` to say.
        let has_row =
            |name: &str| self.group.word.as_ref().is_some_and(|of| of.rows.contains(name));
        let left = part.records.keys().filter(|name| !is_known(name) && !has_row(name));
        let unknown = self.group.keys.iter().filter(|key| !names.contains_key(key.as_str()));
        let named = self.shared_with(measure.column().unwrap_or_default(), template);
        Fit {
            key: self.key,
            record: template.to_owned(),
            is_old: share == 0 && measure != Fitted::Members,
            both,
            score: both + (self.shared.all + named) * WORD + share,
            is_sure: self.is_sure,
            words: self.instead(&measure, part, &names),
            measure,
            known,
            left: left.map(|name| (*name).to_owned()).collect(),
            unknown: unknown.cloned().collect(),
            names: names
                .into_iter()
                .filter(|(own, official)| own != official)
                .map(|(own, official)| (own.to_owned(), official.to_owned()))
                .collect(),
            rivals: Vec::new(),
        }
    }

    /// The words of the page where the data has no value, as an amount that is `Prevailing wage` for some: `null` is
    /// the data's word for them where they are always the same.
    fn instead(
        &self,
        measure: &Fitted,
        part: &Part<'a>,
        names: &BTreeMap<&'g str, &'a str>,
    ) -> BTreeMap<String, String> {
        let Fitted::Values { column, field } = measure else { return BTreeMap::new() };
        let Some(values) = self.group.values.get(column) else { return BTreeMap::new() };
        let said = names.iter().filter_map(|(own, official)| {
            let is_none = values.get(*own).is_some_and(Json::is_null);
            let fields = &part.records.get(official).filter(|_| is_none)?.fields;
            match fields.iter().find(|(name, _)| name.as_str() == field)?.1.current() {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            }
        });
        let said: BTreeSet<String> = said.collect();
        let only = said.first().filter(|_| said.len() == 1);
        only.map(|text| ("null".to_owned(), text.clone())).into_iter().collect()
    }

    /// The words of a column; those of the place for the values of a map.
    fn words_of(&self, column: &str) -> Vec<String> {
        parts(if column.is_empty() { &self.group.path } else { column })
    }

    fn shares_a_word(&self, column: &str) -> bool {
        let official = parts(self.key.as_str());
        self.words_of(column).iter().any(|word| word.len() > 1 && official.contains(word))
    }
}

fn rule(words: &BTreeMap<String, String>) -> Rule<'_> {
    Rule { transforms: &[], words, tolerance: rust_decimal::Decimal::ZERO }
}

/// The official field that the values of a column are most like, with the share that agree. Values that are all the
/// same say so only where the column has the field's name.
fn alike(
    values: &BTreeMap<String, Json>,
    column: &[String],
    part: &Part<'_>,
    named: &NamedKeys<'_, '_>,
) -> Option<(String, usize)> {
    let no_words = BTreeMap::new();
    let rule = rule(&no_words);
    let mut agree: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
    let mut compared = 0;
    for (key, value) in values {
        let record = named.get(key.as_str()).and_then(|one| part.records.get(one.name));
        // Where the data has no value it says nothing for a field, and nothing against it.
        let Some(record) = record.filter(|_| !value.is_null()) else { continue };
        compared += 1;
        // A name agrees wherever the key does, and says nothing about a rule.
        let name = record_name(&record.fields);
        for (field, stated) in &record.fields {
            let is_name = match stated {
                Value::Noc(_) => true,
                Value::Text(text) => name == Some(text.as_str()),
                _ => false,
            };
            if !is_name && rule.agrees(value, stated.current()) {
                let (n, which) = agree.entry(field.as_str()).or_default();
                *n += 1;
                which.insert(words(value));
            }
        }
    }
    let is_telling = |field: &str, which: &BTreeSet<String>| {
        which.len() > 1 || parts(field).iter().any(|word| column.contains(word))
    };
    agree
        .into_iter()
        .filter(|(field, (_, which))| is_telling(field, which) && !part.is_key(field))
        .map(|(field, (n, _))| (field.to_owned(), n * 100 / compared.max(1)))
        .filter(|(_, share)| *share >= SHARE)
        .rev()
        .max_by_key(|(_, share)| *share)
}

/// The field of numbers that the numbers of a column could be an older state of.
fn outdated(
    values: &BTreeMap<String, Json>,
    part: &Part<'_>,
    named: &NamedKeys<'_, '_>,
) -> Option<String> {
    let mut near = BTreeMap::<&str, usize>::new();
    for (key, one) in named {
        let fields = &part.records.get(one.name)?.fields;
        // Neither the numbers of a key nor those of its value are the same: nothing says that it is meant.
        let own = values.get(*key).filter(|_| one.by < By::Numbers).and_then(number_of);
        let Some(own) = own else { continue };
        let Some(field) = main_field(fields).filter(|field| !part.is_key(field.as_str())) else {
            continue;
        };
        let Some(stated) = fields.get(field).and_then(|value| value.current().number()) else {
            continue;
        };
        if is_near(own, stated) {
            *near.entry(field.as_str()).or_default() += 1;
        }
    }
    let (field, n) = near.into_iter().max_by_key(|(_, n)| *n)?;
    (n * 100 >= named.len() * SHARE).then(|| field.to_owned())
}

/// The templates that a set's keys allow: the whole key, or one part of it with the others fixed or free.
fn templates(records: &[(&str, &OfficialRecord)], depth: usize) -> Vec<String> {
    let mut all = BTreeSet::from(["{key}".to_owned()]);
    if (2..=4).contains(&depth) {
        for place in 0..depth {
            all.insert(put_at(place, "{key}", &vec!["*"; depth]));
            for (key, _) in records {
                let parts: Vec<&str> = key.split('/').collect();
                all.insert(put_at(place, "{key}", &parts));
                if let Some(inner) = parts.get(place).and_then(|part| within(part)) {
                    all.insert(put_at(place, &inner, &parts));
                }
            }
        }
    }
    all.into_iter().take(MOST_TEMPLATES).collect()
}

/// The words of the fixed parts of a template.
fn fixed(template: &str) -> impl Iterator<Item = String> {
    let is_fixed = |part: &&str| *part != "*" && !part.contains("{key}");
    template.split('/').filter(is_fixed).flat_map(parts)
}

/// A key with another part at one place.
fn put_at(place: usize, part: &str, parts: &[&str]) -> String {
    let at = |(n, own)| if n == place { part } else { own };
    parts.iter().copied().enumerate().map(at).collect::<Vec<_>>().join("/")
}

/// The key inside a part that begins with a number: `18-years-of-age` is `{key}-years-of-age`.
fn within(part: &str) -> Option<String> {
    let (number, rest) = part.split_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{{key}}-{rest}"))
}
