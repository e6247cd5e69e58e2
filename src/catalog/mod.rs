//! Turns the text of `sources.toml` into proven sources and rules.
//!
//! Everything an operator can write wrong is found here, all of it at once, with file, line and
//! hint: an unknown key, a pattern that does not compile, a schedule that never fires, a rule that
//! hangs on a fact no source reads. What leaves here can be used without asking again.

mod recipe;
pub mod recipes;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use sha2::{Digest, Sha256};
use url::Url;

use crate::extract::recipe::{FactRecipe, Recipe, Vocabulary};
use crate::model::{
    Bilingual, Crosswalk, Expectation, FactKey, FactType, FieldName, Language, Rule, RuleId,
    RuleTarget, Severity, SourceId, Verified,
};
use crate::schedule::Schedule;
use crate::written::{Document, Faults, Table};

/// The catalogue that comes with the program.
pub const SHIPPED: &str = include_str!("../../sources.toml");

/// When a source is checked that says nothing of it: hourly by day, off the full hour.
const DEFAULT_SCHEDULE: &str = "0 17 6-22 * * *";

/// The zone of a schedule that names none.
const DEFAULT_ZONE: &str = "America/Toronto";

/// How long a source may go unread that says nothing of it.
const DEFAULT_PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Everything we watch, and what hangs on it.
#[derive(Debug, Clone)]
pub struct Catalog {
    sources: BTreeMap<SourceId, Source>,
    rules: Vec<Rule>,
    crosswalks: Vec<Crosswalk>,
}

/// One official page or feed.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its id, which never changes.
    pub id: SourceId,
    /// The program it belongs to: `express-entry`.
    pub program: String,
    /// The jurisdiction: `CA`, `BC`.
    pub jurisdiction: String,
    /// Its title.
    pub title: Bilingual,
    /// Its address.
    pub url: Url,
    /// Other addresses that are this page too.
    pub also: Vec<Url>,
    /// The French twin.
    pub url_fr: Option<Url>,
    /// When it is checked.
    pub schedule: Schedule,
    /// How long it may go unread before it is *stale*.
    pub patience: SignedDuration,
    /// What its recipe was verified against.
    pub verified: Verified,
    /// Under what terms the page may be used, and how it is attributed.
    pub terms: Option<String>,
    /// How to read it.
    pub recipe: Recipe,
}

impl Source {
    /// Every declared address of the page and its twin.
    #[must_use]
    pub fn addresses(&self) -> Vec<Url> {
        [&self.url].into_iter().chain(&self.also).chain(&self.url_fr).cloned().collect()
    }

    /// The recipe of the set or family a key belongs to.
    #[must_use]
    pub fn fact(&self, key: &FactKey) -> Option<&FactRecipe> {
        self.recipe.facts.iter().find(|fact| fact.covers(key))
    }

    /// What a fact set must look like to be believed.
    #[must_use]
    pub fn expectation(&self, key: &FactKey) -> Option<&Expectation> {
        self.fact(key).map(|fact| &fact.expect)
    }

    /// The official link in a language: the twin's for French where there is one.
    #[must_use]
    pub fn link(&self, language: Language) -> &Url {
        match (language, &self.url_fr) {
            (Language::Fr, Some(url)) => url,
            (Language::Fr, None) | (Language::En, _) => &self.url,
        }
    }
}

impl Catalog {
    /// Parses and proves a catalogue of one or several files, each a name and a text.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, Faults> {
        let mut catalog =
            Self { sources: BTreeMap::new(), rules: Vec::new(), crosswalks: Vec::new() };
        let mut documents = Vec::new();
        let mut targets = Vec::new();
        for (number, (name, text)) in files.iter().enumerate() {
            let document = Document::new(name, text);
            let parsed = document.parse();
            catalog.read(number, document.root(&parsed), &mut targets);
            drop(parsed);
            documents.push(document);
        }
        for (file, span, target) in targets {
            if !catalog.reads(&target) {
                let what = "no source reads a fact that this names".to_owned();
                let hint = Some("see the keys under [[source.facts]]".to_owned());
                documents[file].fault(span, what, hint);
            }
        }
        let all: Vec<_> =
            documents.iter().filter_map(|document| document.verdict(()).err()).collect();
        if all.is_empty() {
            Ok(catalog)
        } else {
            Err(Faults(all.into_iter().flat_map(|faults| faults.0).collect()))
        }
    }

    /// The catalogue that comes with the program.
    ///
    /// # Errors
    /// Never for a released program: the tests parse it.
    pub fn shipped() -> Result<Self, Faults> {
        Self::parse(&[("sources.toml", SHIPPED)])
    }

    /// All sources, by id.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// A source by id.
    #[must_use]
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.get(id)
    }

    /// All rules, in the order they are written.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What codes became of others from one edition of a classification to the next.
    #[must_use]
    pub fn crosswalks(&self) -> &[Crosswalk] {
        &self.crosswalks
    }

    /// The rules that a change of a fact, or of one field of it, touches.
    pub fn touched<'a>(
        &'a self,
        key: &'a FactKey,
        field: Option<&'a FieldName>,
    ) -> impl Iterator<Item = &'a Rule> {
        self.rules
            .iter()
            .filter(move |rule| rule.depends_on.iter().any(|target| target.touches(key, field)))
    }

    /// How much a change of a fact set, or of one of a family, may matter: as the rules that hang on it
    /// say, else as its type does.
    #[must_use]
    pub fn severity(&self, key: &str, kind: FactType) -> Severity {
        let hangs = |rule: &&Rule| rule.depends_on.iter().any(|target| target.could_cover(key));
        let by_rule = self.rules.iter().filter(hangs).filter_map(|rule| rule.severity).max();
        by_rule.unwrap_or_else(|| severity_of(kind))
    }

    /// Whether some source reads a fact that a target names.
    fn reads(&self, target: &RuleTarget) -> bool {
        let mut facts = self.sources.values().flat_map(|source| &source.recipe.facts);
        facts.any(|fact| target.could_cover(&fact.key.to_string()))
    }

    fn read(&mut self, file: usize, root: Table<'_>, targets: &mut Targets) {
        let vocabularies = vocabularies(&root);
        for table in root.tables("source") {
            if let Some(source) = source(table, &vocabularies, &self.sources) {
                self.sources.insert(source.id.clone(), source);
            }
        }
        for table in root.tables("crosswalk") {
            self.crosswalks.extend(crosswalk(table));
        }
        for table in root.tables("rule") {
            self.rules.extend(rule(table, file, targets, &self.rules));
        }
        root.finish();
    }
}

/// A rule's targets and where they are written: the file's number, the place, the target.
type Targets = Vec<(usize, std::ops::Range<usize>, RuleTarget)>;

fn vocabularies(root: &Table<'_>) -> BTreeMap<String, Vocabulary> {
    let mut all = BTreeMap::new();
    if let Some(table) = root.table("vocabulary") {
        for name in table.keys() {
            let Some(words) = table.table(&name.value) else { continue };
            if let Some(vocabulary) = recipe::vocabulary_of(&name.value, &words) {
                all.insert(name.value, vocabulary);
            }
        }
        table.finish();
    }
    all
}

fn source(
    table: Table<'_>,
    vocabularies: &BTreeMap<String, Vocabulary>,
    known: &BTreeMap<SourceId, Source>,
) -> Option<Source> {
    let id = table.required_parsed("id", SourceId::parse);
    if let Some(id) = id.as_ref().filter(|id| known.contains_key(id)) {
        table.fault(format!("a source `{id}` is declared already"), None);
    }
    let url = table.required_parsed("url", page_url);
    let also =
        table.strings("also").iter().filter_map(|text| table.accept(text, page_url)).collect();
    let url_fr = table.parsed("url_fr", page_url);
    let name = id.as_ref().map(SourceId::to_string).unwrap_or_default();
    let title =
        bilingual(&table, "title").unwrap_or(Bilingual { en: name.clone(), fr: name.clone() });
    let text = |key, default: &str| table.string(key).map_or(default.to_owned(), |text| text.value);
    let program = text("program", &name);
    let jurisdiction = text("jurisdiction", "CA");
    // Proven by itself, so that a fault of the zone stands at the zone, beside one of the schedule.
    let known = |text: &str| Schedule::parse(DEFAULT_SCHEDULE, text).map(|_| text.to_owned());
    let zone = table.string("zone").and_then(|zone| table.accept(&zone, known));
    let zone = zone.unwrap_or_else(|| DEFAULT_ZONE.to_owned());
    let schedule = match table.string("schedule") {
        Some(expression) => table.accept(&expression, |text| Schedule::parse(text, &zone)),
        None => Schedule::parse(DEFAULT_SCHEDULE, &zone).ok(),
    };
    let patience = table.parsed("patience", patience).unwrap_or(DEFAULT_PATIENCE);
    let verified = table.parsed("verified", verified).unwrap_or(Verified::Structure);
    let terms = table.string("terms").map(|text| text.value);
    let recipe = recipe::recipe(&table, &name, vocabularies);
    table.finish();
    Some(Source {
        id: id?,
        program,
        jurisdiction,
        title,
        url: url?,
        also,
        url_fr,
        schedule: schedule?,
        patience,
        verified,
        terms,
        recipe,
    })
}

fn page_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is no address: {error}"))?;
    match url.scheme() {
        "http" | "https" if url.username().is_empty() && url.password().is_none() => Ok(url),
        "http" | "https" => Err(format!("`{text}` has a user name in it")),
        other => Err(format!("`{text}` is a `{other}` address; only http and https are fetched")),
    }
}

/// A length of time in words: `3 days`, `36 hours`, `2 weeks`.
fn patience(text: &str) -> Result<SignedDuration, String> {
    let fault =
        || format!("`{text}` is no length of time from an hour to a year: `3 days`, `36 hours`");
    let span: Span = text.parse().map_err(|_| fault())?;
    // A day is 24 hours here: what counts is how long nobody could read the page.
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| fault())?;
    let sound = SignedDuration::from_hours(1)..=SignedDuration::from_hours(366 * 24);
    if sound.contains(&length) { Ok(length) } else { Err(fault()) }
}

fn verified(text: &str) -> Result<Verified, String> {
    if text == "structure" {
        return Ok(Verified::Structure);
    }
    text.parse().map(Verified::Capture).map_err(|_| {
        format!("`{text}` is neither the date of a capture (2026-05-19) nor \"structure\"")
    })
}

fn bilingual(table: &Table<'_>, key: &str) -> Option<Bilingual> {
    let words = table.table(key)?;
    let (en, fr) = (words.required("en"), words.required("fr"));
    words.finish();
    Some(Bilingual { en: en?.value, fr: fr?.value })
}

fn crosswalk(table: Table<'_>) -> Option<Crosswalk> {
    let (from, to) = (table.required("from"), table.required("to"));
    let mut codes = BTreeMap::new();
    if let Some(listed) = table.table("codes") {
        for code in listed.keys() {
            let became = listed.strings(&code.value).into_iter().map(|to| to.value).collect();
            codes.insert(code.value, became);
        }
        listed.finish();
    }
    if codes.is_empty() {
        table.fault("a crosswalk needs `codes`", Some("2171 = [\"21220\", \"21221\"]"));
    }
    table.finish();
    Some(Crosswalk { from: from?.value, to: to?.value, codes })
}

fn rule(table: Table<'_>, file: usize, targets: &mut Targets, known: &[Rule]) -> Option<Rule> {
    let id = table.required_parsed("id", RuleId::parse);
    if let Some(id) = id.as_ref().filter(|id| known.iter().any(|rule| rule.id == **id)) {
        table.fault(format!("a rule `{id}` is declared already"), None);
    }
    let title = bilingual(&table, "title");
    let tools = table.strings("tools").into_iter().map(|tool| tool.value).collect();
    let mut depends_on = Vec::new();
    for text in table.strings("depends_on") {
        if let Some(target) = table.accept(&text, RuleTarget::parse) {
            targets.push((file, text.span, target.clone()));
            depends_on.push(target);
        }
    }
    if depends_on.is_empty() {
        table.fault("a rule needs `depends_on`", Some("name the facts it hangs on"));
    }
    let mut one_fact = Vec::new();
    for text in table.strings("one_fact") {
        if let Some((target, key, field)) = table.accept(&text, stated) {
            targets.push((file, text.span, target));
            one_fact.push((key, field));
        }
    }
    let severity = table.parsed("severity", |word| {
        Severity::from_word(word).ok_or_else(|| format!("`{word}` is none of info, warn, block"))
    });
    table.finish();
    Some(Rule { id: id?, title: title?, tools, depends_on, severity, one_fact })
}

/// One field of one fact set: `lmia.fee_per_position#amount`.
fn stated(text: &str) -> Result<(RuleTarget, FactKey, FieldName), String> {
    let fault = || format!("`{text}` is no key with a field: `lmia.fee_per_position#amount`");
    let (key, field) = text.split_once('#').ok_or_else(fault)?;
    let key = FactKey::parse(key).map_err(|fault| fault.to_string())?;
    let field = FieldName::parse(field).map_err(|fault| fault.to_string())?;
    let target = RuleTarget::parse(text).map_err(|fault| fault.to_string())?;
    Ok((target, key, field))
}

/// SHA-256 of a text, in hexadecimal.
fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The severity of a fact type, unless a rule says otherwise (the registry's own table).
#[must_use]
pub fn severity_of(kind: FactType) -> Severity {
    match kind {
        FactType::Occupations
        | FactType::Categories
        | FactType::Thresholds
        | FactType::Points
        | FactType::Streams => Severity::Block,
        FactType::Fees | FactType::Funds | FactType::Standards | FactType::List => Severity::Warn,
        FactType::Draws | FactType::Clauses | FactType::Notices | FactType::Series => {
            Severity::Info
        }
    }
}
