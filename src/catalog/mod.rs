//! Turns the text of a catalogue into proven sources and rules.
//!
//! A catalogue is one file, or a door and the files it includes: `sources.toml` and what it names.
//! Every mistake an operator can make is found here, all at once, with file, line and hint: an unknown
//! key, a pattern that does not compile, a schedule that never fires, a rule that depends on a fact no
//! source reads. A catalogue that leaves here can be used without further checks.

mod files;
mod names;
mod preset;
mod publisher;
mod read;
mod recipe;
pub mod recipes;
mod rule;
mod schema;
mod source;
mod statements;
mod words;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::config_text::{Diagnostics, Document, Table};
use crate::extract::recipe::PageWords;
use crate::model::{
    Crosswalk, FactKey, FactType, FieldName, Glossary, Rule, RuleTarget, Severity, SourceId, urn,
};
use crate::schedule::Schedule;
use names::Names;
use rule::Targets;
use source::{DEFAULT_SCHEDULE, Known};

pub use files::{File, included, shipped_files};
pub use preset::Preset;
pub use publisher::Publisher;
pub use rule::severity_of;
pub use schema::SCHEMA;
pub use source::{Origin, Source};

/// The zone of a schedule that gives none.
const DEFAULT_ZONE: &str = "America/Toronto";

/// Everything we watch, and the rules that depend on it.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    sources: BTreeMap<SourceId, Source>,
    publishers: BTreeMap<String, Publisher>,
    rules: Vec<Rule>,
    crosswalks: Vec<Crosswalk>,
    presets: Vec<Preset>,
    glossary: Glossary,
    text_id: String,
}

/// What a source takes from the file it is in.
#[derive(Clone, Copy)]
struct Scope<'a> {
    names: &'a Names,
    shipped: bool,
    page: &'a PageWords,
}

impl Catalog {
    /// Parses and proves a catalogue of one or several files, given as name and text. A file that one
    /// of them includes must be among them.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, Diagnostics> {
        let files: Vec<File> =
            files.iter().map(|(name, text)| File::of_operator(name, text)).collect();
        Self::load(&files)
    }

    /// Parses and proves a catalogue of files.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn load(files: &[File]) -> Result<Self, Diagnostics> {
        let documents: Vec<Document> =
            files.iter().map(|file| Document::new(&file.name, &file.text)).collect();
        let mut catalog = Self::read(files, &documents);
        let texts: Vec<&str> = files.iter().map(|file| &*file.text).collect();
        catalog.text_id = urn("catalogue", &texts);
        let told = documents.iter().filter_map(|document| document.finish(()).err());
        let all: Vec<_> = told.flat_map(|faults| faults.0).collect();
        if all.is_empty() { Ok(catalog) } else { Err(Diagnostics(all)) }
    }

    /// The catalogue that comes with the program.
    ///
    /// # Errors
    /// Never for a released program: the tests parse it.
    pub fn shipped() -> Result<Self, Diagnostics> {
        Self::load(&shipped_files())
    }

    /// An id of the text of its files.
    #[must_use]
    pub fn text_id(&self) -> &str {
        &self.text_id
    }

    fn read(files: &[File], documents: &[Document]) -> Self {
        let parsed: Vec<_> = documents.iter().map(Document::parse).collect();
        let roots: Vec<Table<'_>> =
            documents.iter().zip(&parsed).map(|(document, parsed)| document.root(parsed)).collect();
        let doors = doors(files, &roots);
        let names = names_of_all(files, &roots, &doors);
        let mut catalog = Self { glossary: words::standard(files), ..Self::default() };
        for ((root, file), names) in roots.iter().zip(files).zip(&names) {
            publisher::publishers(root, names, file.shipped, &mut catalog.publishers);
            words::glossary(root, file.shipped, &mut catalog.glossary);
        }
        let mut targets = Targets::new();
        for (number, (root, names)) in roots.iter().zip(&names).enumerate() {
            let shipped = files[number].shipped;
            catalog.read_sources(root, &Scope { names, shipped, page: &PageWords::default() });
            for table in root.tables("crosswalk") {
                catalog.crosswalks.extend(rule::crosswalk(table));
            }
            for table in root.tables("preset") {
                catalog.presets.extend(preset::preset(table, shipped, &catalog.presets));
            }
            for table in root.tables("rule") {
                let rule = rule::rule(table, (number, shipped), &mut targets, &catalog.rules);
                catalog.rules.extend(rule);
            }
        }
        roots.into_iter().for_each(Table::finish);
        catalog.prove(targets, documents);
        catalog
    }

    fn read_sources(&mut self, root: &Table<'_>, scope: &Scope<'_>) {
        let publisher = publisher::of_file(root, &self.publishers);
        for table in root.tables("source") {
            let known = Known {
                sources: &self.sources,
                publishers: &self.publishers,
                publisher: publisher.as_deref(),
            };
            if let Some(source) = source::source(table, scope, &known) {
                self.sources.insert(source.id.clone(), source);
            }
        }
    }

    /// Reports every rule that depends on a fact no source reads.
    fn prove(&self, targets: Targets, documents: &[Document]) {
        for (file, span, target) in targets {
            if !self.reads(&target) {
                let what = "no source reads a fact that this names".to_owned();
                let hint = Some("see the keys under [[source.facts]]".to_owned());
                documents[file].fault(span, what, hint);
            }
        }
    }

    /// The sources that are watched, by id.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values().filter(|source| source.enabled)
    }

    /// The sources that are switched off, by id.
    pub fn off(&self) -> impl Iterator<Item = &Source> {
        self.sources.values().filter(|source| !source.enabled)
    }

    /// A source that is watched, by id.
    #[must_use]
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.declared(id).filter(|source| source.enabled)
    }

    /// A source by id, whether or not it is watched.
    #[must_use]
    pub fn declared(&self, id: &SourceId) -> Option<&Source> {
        self.sources.get(id)
    }

    /// Switches a source off; returns whether a source with this id exists.
    pub fn switch_off(&mut self, id: &SourceId) -> bool {
        self.sources.get_mut(id).map(|source| source.enabled = false).is_some()
    }

    /// The publisher of a source, if it has one.
    #[must_use]
    pub fn publisher(&self, source: &Source) -> Option<&Publisher> {
        self.publishers.get(source.publisher.as_deref()?)
    }

    /// What people call fields and stable words.
    #[must_use]
    pub fn glossary(&self) -> &Glossary {
        &self.glossary
    }

    /// All rules, in the order written.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The subscriptions that have a name, in the order written.
    #[must_use]
    pub fn presets(&self) -> &[Preset] {
        &self.presets
    }

    /// Which codes became which others from one edition of a classification to the next.
    #[must_use]
    pub fn crosswalks(&self) -> &[Crosswalk] {
        &self.crosswalks
    }

    /// The rules touched by a change of a fact, or of one field of it.
    pub fn touched<'a>(
        &'a self,
        key: &'a FactKey,
        field: Option<&'a FieldName>,
    ) -> impl Iterator<Item = &'a Rule> {
        self.rules
            .iter()
            .filter(move |rule| rule.depends_on.iter().any(|target| target.touches(key, field)))
    }

    /// How much a change of a fact set, or of a member of a family, may matter: as its rules say, else
    /// as its type says.
    #[must_use]
    pub fn severity(&self, key: &str, kind: FactType) -> Severity {
        self.rule_severity(key).unwrap_or_else(|| severity_of(kind))
    }

    /// How much a change of a fact set may matter by the rules that hang on it, if one says so.
    #[must_use]
    pub fn rule_severity(&self, key: &str) -> Option<Severity> {
        let hangs = |rule: &&Rule| rule.depends_on.iter().any(|target| target.could_cover(key));
        self.rules.iter().filter(hangs).filter_map(|rule| rule.severity).max()
    }

    /// Whether any source reads a fact that a target names.
    fn reads(&self, target: &RuleTarget) -> bool {
        let mut facts = self.sources.values().flat_map(|source| &source.recipe.facts);
        facts.any(|fact| target.could_cover(&fact.key.to_string()))
    }
}

/// For each file, the number of the file that includes it. Impossible includes are reported.
fn doors(files: &[File], roots: &[Table<'_>]) -> Vec<Option<usize>> {
    let mut doors = vec![None; files.len()];
    for (number, root) in roots.iter().enumerate() {
        for include in root.strings("include") {
            if root.accept(&include, files::may_include).is_none() {
                continue;
            }
            let name = files::beside(&files[number].name, &include.value);
            match files.iter().position(|file| file.name == name) {
                Some(inner) if inner != number => doors[inner] = Some(number),
                _ => root.fault_at(&include.span, format!("there is no file `{name}`"), None),
            }
        }
    }
    for (number, root) in roots.iter().enumerate() {
        if doors[number].is_some() && root.has("include") {
            root.fault("a file that is included includes no others", None);
        }
    }
    doors
}

/// The names each file may use: its own, those of its door, and those of the first file.
fn names_of_all(files: &[File], roots: &[Table<'_>], doors: &[Option<usize>]) -> Vec<Rc<Names>> {
    let names = |number: usize, outer| {
        // A test compiles every pattern of the shipped files.
        Rc::new(Names::read(&roots[number], outer, files[number].shipped))
    };
    let mut all: Vec<Option<Rc<Names>>> = vec![None; roots.len()];
    let first = (!roots.is_empty()).then(|| names(0, None));
    for number in (0..roots.len()).filter(|number| doors[*number].is_none()) {
        let own = || names(number, first.clone());
        all[number] = if number == 0 { first.clone() } else { Some(own()) };
    }
    let of_door = |number: usize| doors[number].and_then(|door| all[door].clone());
    let outer: Vec<Option<Rc<Names>>> = (0..roots.len()).map(of_door).collect();
    let read = |(number, own): (usize, Option<Rc<Names>>)| {
        own.unwrap_or_else(|| names(number, outer[number].clone()))
    };
    all.into_iter().enumerate().map(read).collect()
}

/// Checks the name of a time zone.
fn zone(text: &str) -> Result<String, String> {
    Schedule::parse(DEFAULT_SCHEDULE, text)
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}
