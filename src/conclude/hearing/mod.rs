//! What a subscription would hear of a catalogue. It is shown before the subscription is made, so
//! nobody waits for letters that cannot come.

mod condition;
mod misfit;
mod possible;

use std::collections::BTreeSet;

pub use condition::conditions;
pub use misfit::Misfit;

use super::gives::gives;
use crate::catalog::{Catalog, Source};
use crate::extract::recipe::FactRecipe;
use crate::model::{
    ChangeKind, FactType, Rule, RuleTarget, Severity, SourceId, Subscriber, Subscription, Watched,
};

/// What a subscription hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearing {
    /// The fact sets it hears of, by source; open families appear with their words in braces.
    pub topics: Vec<Topic>,
    /// The severity it was lowered to, because nothing it matches is ever more severe.
    pub widened_to: Option<Severity>,
    /// The kinds it asks for that nothing it matches ever gives.
    pub idle: Vec<ChangeKind>,
}

/// One fact set that is heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The source that reads it.
    pub source: SourceId,
    /// Its key: `ee.draws`.
    pub key: String,
    /// How severe its changes can be.
    pub severity: Severity,
    /// Whether it is watched paragraph by paragraph: each changed paragraph is a letter's line.
    pub is_prose: bool,
}

/// How alike two words must be, from 0 to 1, for one to be suggested instead of the other.
const LIKE_ENOUGH: f64 = 0.7;

/// Says what a subscription hears. `chosen` tells whether its least severity was asked for; if not, it
/// is lowered where nothing that matches is ever that severe.
///
/// # Errors
/// When it could never hear anything: which word is unknown, or which filter is in the way.
pub fn hearing(
    catalog: &Catalog,
    subscription: &mut Subscription,
    chosen: bool,
) -> Result<Hearing, Misfit> {
    words_are_known(catalog, subscription)?;
    let matching = || sets(catalog, subscription);
    if matching().next().is_none() {
        return Err(Misfit::Nothing);
    }
    let given: BTreeSet<ChangeKind> =
        matching().flat_map(|(_, fact)| gives(catalog, fact)).map(|(kind, _)| kind).collect();
    if given.is_empty() {
        return Err(Misfit::Recorded);
    }
    let mildest = Subscription { severity: Severity::Info, ..subscription.clone() };
    let most = topics(catalog, &mildest).iter().map(|topic| topic.severity).max();
    let Some(most) = most else {
        let (asked, given) = (subscription.kinds.clone(), given.into_iter().collect());
        return Err(Misfit::OtherKinds { asked, given });
    };
    let idle = subscription.kinds.iter().filter(|kind| !given.contains(kind)).copied().collect();
    if !subscription.kinds.is_empty() && !chosen {
        subscription.severity = Severity::Info;
    }
    let is_deaf = most < subscription.severity;
    if is_deaf && chosen {
        return Err(Misfit::TooMild { most });
    }
    if is_deaf {
        subscription.severity = most;
    }
    let topics = topics(catalog, subscription);
    Ok(Hearing { topics, widened_to: is_deaf.then_some(most), idle })
}

/// The fact sets that a subscription names, with their sources, whatever they give.
pub(super) fn sets<'a>(
    catalog: &'a Catalog,
    by: &'a Subscription,
) -> impl Iterator<Item = (&'a Source, &'a FactRecipe)> {
    let all = catalog
        .sources()
        .flat_map(|source| source.recipe.facts.iter().map(move |fact| (source, fact)));
    all.filter(move |(source, fact)| watched(catalog, source, fact, |set| by.names(set)))
}

fn topics(catalog: &Catalog, by: &Subscription) -> Vec<Topic> {
    let topic = |(source, fact): (&Source, &FactRecipe)| {
        let heard = watched(catalog, source, fact, |set| {
            let heard = set.gives.iter().filter(|(kind, severity)| by.asks_for(*kind, *severity));
            heard.map(|(_, severity)| *severity).max()
        });
        Some(Topic {
            source: source.id.clone(),
            key: fact.key.to_string(),
            severity: heard?,
            is_prose: fact.kind == FactType::Clauses,
        })
    };
    sets(catalog, by).filter_map(topic).collect()
}

/// Whether a reader follows a fact set of a source.
#[must_use]
pub fn follows(catalog: &Catalog, source: &Source, fact: &FactRecipe, reader: &Subscriber) -> bool {
    watched(catalog, source, fact, |set| reader.follows(set))
}

/// Asks something of a fact set as it is watched.
pub(super) fn watched<T>(
    catalog: &Catalog,
    source: &Source,
    fact: &FactRecipe,
    ask: impl FnOnce(&Watched<'_>) -> T,
) -> T {
    let key = fact.key.to_string();
    let depends = |rule: &&Rule| rule.depends_on.iter().any(|target| target.could_cover(&key));
    let rules = catalog.rules().iter().filter(depends).map(|rule| rule.id.clone());
    ask(&Watched {
        source: &source.id,
        program: &source.program,
        jurisdiction: &source.jurisdiction,
        key: &key,
        kind: fact.kind,
        gives: &gives(catalog, fact),
        rules: &Vec::from_iter(rules),
    })
}

/// The words by which a subscription can name what a catalogue watches.
#[derive(Debug, Clone)]
pub struct Nameable {
    programs: Vec<String>,
    jurisdictions: Vec<String>,
    sources: Vec<String>,
    rules: Vec<String>,
    keys: Vec<String>,
}

/// What a word of a subscription is meant to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameOf {
    /// A program.
    Program,
    /// A jurisdiction.
    Jurisdiction,
    /// A source.
    Source,
    /// A rule.
    Rule,
    /// A fact set, or several by a pattern.
    FactSet,
}

impl NameOf {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Jurisdiction => "jurisdiction",
            Self::Source => "source",
            Self::Rule => "rule",
            Self::FactSet => "fact set",
        }
    }
}

/// A word of a subscription by which nothing is named.
struct Stranger<'a> {
    meant: NameOf,
    word: &'a str,
    /// The words that it could have been.
    known: &'a [String],
}

impl Nameable {
    /// Collects a catalogue's.
    #[must_use]
    pub fn of(catalog: &Catalog) -> Self {
        let facts = catalog.sources().flat_map(|source| &source.recipe.facts);
        Self {
            programs: catalog.sources().map(|source| source.program.clone()).collect(),
            jurisdictions: catalog.sources().map(|source| source.jurisdiction.clone()).collect(),
            sources: catalog.sources().map(|source| source.id.to_string()).collect(),
            rules: catalog.rules().iter().map(|rule| rule.id.to_string()).collect(),
            keys: facts.map(|fact| fact.key.to_string()).collect(),
        }
    }

    /// What a subscription names that is not watched.
    pub fn unwatched<'a>(
        &'a self,
        by: &'a Subscription,
    ) -> impl Iterator<Item = (NameOf, &'a str)> {
        self.strangers(by).map(|stranger| (stranger.meant, stranger.word))
    }

    fn strangers<'a>(&'a self, by: &'a Subscription) -> impl Iterator<Item = Stranger<'a>> {
        let lists = [
            (NameOf::Program, &by.programs, &self.programs),
            (NameOf::Jurisdiction, &by.jurisdictions, &self.jurisdictions),
            (NameOf::Source, &by.sources, &self.sources),
            (NameOf::Rule, &by.rules, &self.rules),
        ];
        let named = lists.into_iter().flat_map(|(meant, words, known)| {
            let strange = words.iter().filter(|word| !known.contains(word));
            strange.map(move |word| Stranger { meant, word, known })
        });
        let patterns = by.facts.iter().filter(|pattern| !self.has_key_like(pattern));
        let known = &self.keys;
        named.chain(patterns.map(move |word| Stranger { meant: NameOf::FactSet, word, known }))
    }

    fn has_key_like(&self, pattern: &str) -> bool {
        let target = RuleTarget::parse(pattern);
        target.is_ok_and(|target| self.keys.iter().any(|key| target.could_cover(key)))
    }
}

/// Refuses a word that no source has, and suggests the closest known one.
fn words_are_known(catalog: &Catalog, subscription: &Subscription) -> Result<(), Misfit> {
    if let Some(Stranger { meant, word, known }) =
        Nameable::of(catalog).strangers(subscription).next()
    {
        let nearest = nearest(word, known.iter().map(String::as_str)).map(str::to_owned);
        return Err(Misfit::Unknown {
            what: meant.word(),
            word: word.to_owned(),
            nearest,
            known: Vec::new(),
        });
    }
    let is_code = |code: &&String| code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit());
    match subscription.nocs.iter().find(|code| !is_code(code)) {
        Some(code) => Err(Misfit::Noc(code.clone())),
        None => Ok(()),
    }
}

/// The known name that is most like a word, if any is like it. A word that was cut off is the beginning of
/// its name.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let known: Vec<(&str, String)> =
        known.into_iter().map(|known| (known, known.to_lowercase())).collect();
    let begun = known.iter().filter(|(_, lower)| word.len() > 1 && lower.starts_with(&word));
    if let Some((name, _)) = begun.min_by_key(|(name, _)| (name.len(), *name)) {
        return Some(name);
    }
    let all = known.iter().map(|(name, lower)| (*name, strsim::jaro_winkler(&word, lower)));
    let best = all.max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.filter(|(_, likeness)| *likeness >= LIKE_ENOUGH).map(|(known, _)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: &str = r#"
        [[source]]
        id = "rounds"
        program = "express-entry"
        jurisdiction = "CA"
        url = "https://www.example.org/rounds"
        [[source.facts]]
        key = "ee.draws"
        type = "draws"
        record = "{date}"
        [source.facts.fields]
        date = { as = "date" }
        [[source.facts.read]]
        table = { columns = { date = 'date' } }

        [[source]]
        id = "overview"
        program = "bcpnp"
        jurisdiction = "BC"
        url = "https://www.example.org/overview"

        [[source]]
        id = "fees"
        program = "bcpnp"
        jurisdiction = "BC"
        url = "https://www.example.org/fees"
        [[source.facts]]
        key = "bcpnp.fees"
        type = "fees"
        [source.facts.fields]
        fee = { as = "money" }
        [source.facts.statements]
        application = 'fee of {fee}'
    "#;

    fn catalog() -> Catalog {
        Catalog::parse(&[("test", SOURCES)]).unwrap()
    }

    fn said(mut of: Subscription, chosen: bool) -> Result<Hearing, String> {
        hearing(&catalog(), &mut of, chosen).map_err(|misfit| misfit.to_string())
    }

    fn facts(key: &str) -> Subscription {
        Subscription { facts: vec![key.to_owned()], ..Subscription::default() }
    }

    #[test]
    fn what_is_never_severe_is_heard_by_whoever_asks_for_it_by_name() {
        let mut draws = facts("ee.draws");
        let heard = hearing(&catalog(), &mut draws, false).unwrap();
        assert_eq!(heard.widened_to, Some(Severity::Info));
        assert_eq!(draws.severity, Severity::Info);
        assert_eq!(heard.topics.len(), 1);
        assert_eq!(heard.topics[0].key, "ee.draws");
        let chosen = said(facts("ee.draws"), true).unwrap_err();
        assert!(
            chosen.contains("at most `info`") && chosen.contains("--severity info"),
            "{chosen}"
        );
    }

    #[test]
    fn prose_is_heard_only_from_info_on() {
        let bc = Subscription { programs: vec!["bcpnp".to_owned()], ..Subscription::default() };
        let heard = said(bc.clone(), false).unwrap();
        let keys = |heard: &Hearing| heard.topics.iter().map(|t| t.key.clone()).collect::<Vec<_>>();
        assert_eq!((keys(&heard), heard.widened_to), (vec!["bcpnp.fees".to_owned()], None));
        let all = said(Subscription { severity: Severity::Info, ..bc }, true).unwrap();
        assert_eq!(keys(&all), ["bcpnp.fees", "page.overview"]);
        assert!(all.topics[1].is_prose && !all.topics[0].is_prose);
        let page = said(facts("page.overview"), false).unwrap();
        assert_eq!(page.widened_to, Some(Severity::Info));
    }

    #[test]
    fn a_word_that_nobody_knows_is_refused_with_the_nearest() {
        let programs = |word: &str| Subscription {
            programs: vec![word.to_owned()],
            ..Subscription::default()
        };
        let misspelled = said(programs("expres-entry"), false).unwrap_err();
        assert!(misspelled.ends_with("did you mean `express-entry`?"), "{misspelled}");
        let strange = said(programs("zzz"), false).unwrap_err();
        assert_eq!(strange, "no source is of the program `zzz`");
        let bc = Subscription { jurisdictions: vec!["bc".to_owned()], ..Subscription::default() };
        assert!(said(bc, false).unwrap_err().ends_with("did you mean `BC`?"));
        assert!(said(facts("ee.draw"), false).unwrap_err().ends_with("did you mean `ee.draws`?"));
        let noc = Subscription { nocs: vec!["2123".to_owned()], ..Subscription::default() };
        assert!(said(noc, false).unwrap_err().contains("five digits"));
    }

    #[test]
    fn filters_that_meet_nowhere_are_refused() {
        let both = Subscription {
            programs: vec!["express-entry".to_owned()],
            jurisdictions: vec!["BC".to_owned()],
            ..Subscription::default()
        };
        assert!(said(both, false).unwrap_err().starts_with("nothing matches all"));
    }

    #[test]
    fn a_kind_that_nothing_gives_is_refused_with_those_that_there_are() {
        let of =
            |key: &str, kinds: &[ChangeKind]| Subscription { kinds: kinds.to_vec(), ..facts(key) };
        let fee = said(of("ee.draws", &[ChangeKind::FeeChanged]), false).unwrap_err();
        let instead =
            "never gives `fee_changed`; ask for `draw_added`, `draw_corrected` or `draw_removed`";
        assert!(fee.contains(instead), "{fee}");
        let heard =
            said(of("ee.draws", &[ChangeKind::DrawAdded, ChangeKind::FeeChanged]), false).unwrap();
        assert_eq!(heard.idle, [ChangeKind::FeeChanged]);
        let words = said(of("bcpnp.fees", &[ChangeKind::WordingChanged]), false).unwrap_err();
        assert!(words.contains("never gives `wording_changed`"), "{words}");
        assert!(said(of("page.overview", &[ChangeKind::WordingChanged]), false).is_ok());
    }

    #[test]
    fn a_severity_holds_beside_a_kind() {
        let mut of = Subscription { kinds: vec![ChangeKind::FeeChanged], ..facts("bcpnp.fees") };
        hearing(&catalog(), &mut of, false).unwrap();
        assert_eq!(of.severity, Severity::Info, "whatever its severity");
        let block = Subscription { severity: Severity::Block, ..of.clone() };
        assert!(said(block, true).unwrap_err().contains("at most `warn`"));
        let mut warn = Subscription { severity: Severity::Warn, ..of };
        hearing(&catalog(), &mut warn, true).unwrap();
        assert_eq!(warn.severity, Severity::Warn);
    }

    #[test]
    fn figures_that_nobody_is_told_of_are_not_subscribed_to() {
        let series = SOURCES.replace(r#"type = "fees""#, r#"type = "series""#);
        let catalog = Catalog::parse(&[("test", series.as_str())]).unwrap();
        let refused = hearing(&catalog, &mut facts("bcpnp.fees"), false).unwrap_err();
        assert_eq!(refused, Misfit::Recorded);
    }

    #[test]
    fn the_beginning_of_a_name_is_nearer_than_a_name_of_like_letters() {
        let known =
            ["ircc-ee-act", "ircc-ee-categories-2023", "ircc-ee-categories", "ircc-ee-rounds"];
        assert_eq!(nearest("ircc-ee-cat", known), Some("ircc-ee-categories"));
        assert_eq!(nearest("IRCC-EE-R", known), Some("ircc-ee-rounds"));
        assert_eq!(nearest("ircc-ee-rouns", known), Some("ircc-ee-rounds"));
        assert_eq!(nearest("z", known), None);
    }
}
