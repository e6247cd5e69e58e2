//! Reads `[[source]]`: one official page or feed, with its publisher's values for whatever it does not
//! give, and the overrides of a later file.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use url::Url;

use super::publisher::{Publisher, named_publisher};
use super::recipe::{recipe, with_noise};
use super::words::bilingual;
use super::{DEFAULT_ZONE, Scope, zone};
use crate::config_text::Table;
use crate::extract::recipe::{FactRecipe, Pattern, Recipe};
use crate::model::{
    Bilingual, Expectation, FactKey, Glossary, Language, SourceId, Verified, in_year, year_in,
};
use crate::schedule::Schedule;

/// The schedule of a source that gives none: hourly by day, off the full hour.
pub(super) const DEFAULT_SCHEDULE: &str = "0 17 6-22 * * *";

/// The patience of a source that gives none.
const DEFAULT_PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// One official page or feed.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its id, which never changes.
    pub id: SourceId,
    /// Where the catalogue declares it.
    pub origin: Origin,
    /// Whether it is watched.
    pub enabled: bool,
    /// Its publisher, if it has one.
    pub publisher: Option<String>,
    /// The program it belongs to: `express-entry`.
    pub program: String,
    /// The jurisdiction: `CA`, `BC`.
    pub jurisdiction: String,
    /// Its title.
    pub title: Bilingual,
    /// Its address.
    pub url: Url,
    /// Other addresses of the same page.
    pub also: Vec<Url>,
    /// The page in French.
    pub url_fr: Option<Url>,
    /// Whether its address names a year, and the next year has a page of its own.
    pub yearly: bool,
    /// The page of a later year than the catalogue names, where that is the one to ask for.
    pub followed: Option<Url>,
    /// When it is checked.
    pub schedule: Schedule,
    /// How long it may go unread before it is *stale*.
    pub patience: SignedDuration,
    /// What its recipe was verified against.
    pub verified: Verified,
    /// The terms under which the page may be used, and how it is attributed.
    pub terms: Option<String>,
    /// How to read it.
    pub recipe: Recipe,
}

/// Where a source is declared, and which later files override it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file and the line.
    pub place: String,
    /// The files and lines that override parts of it, with the keys they give.
    pub overrides: Vec<(String, Vec<String>)>,
}

impl Source {
    /// Every declared address of the page and its translation.
    #[must_use]
    pub fn addresses(&self) -> Vec<Url> {
        let own = [&self.url].into_iter().chain(&self.also).chain(&self.url_fr);
        own.chain(&self.followed).cloned().collect()
    }

    /// The source with the page of a year, where the catalogue names an earlier one.
    #[must_use]
    pub fn of_year(&self, year: i16) -> Option<Self> {
        let is_later = self.yearly && year_in(&self.url)? < year;
        is_later.then(|| Self { followed: in_year(&self.url, year), ..self.clone() })
    }

    /// The source, with lines of its pages that are not their content; in a line `*` stands for any
    /// words.
    #[must_use]
    pub fn with_noise<'a>(&self, lines: impl Iterator<Item = &'a str>) -> Self {
        let noise = lines.filter_map(|line| Pattern::of_line(line).ok()).collect();
        Self { recipe: with_noise(&self.recipe, noise), ..self.clone() }
    }

    /// The recipe of the set or family that a key belongs to.
    #[must_use]
    pub fn fact(&self, key: &FactKey) -> Option<&FactRecipe> {
        self.recipe.facts.iter().find(|fact| fact.covers(key))
    }

    /// The title of a fact set. The remainder of a page has the title of the page.
    #[must_use]
    pub fn title_of(&self, key: &FactKey, glossary: &Glossary) -> Option<Bilingual> {
        let own = self.fact(key).and_then(|recipe| recipe.title_of(key, glossary));
        let of = ["page.", "feed."].iter().find_map(|of| key.as_str().strip_prefix(of));
        let is_page = of == Some(self.id.as_str());
        own.or_else(|| is_page.then(|| self.title.clone()))
    }

    /// What a fact set must look like to be believed.
    #[must_use]
    pub fn expectation(&self, key: &FactKey) -> Option<&Expectation> {
        self.fact(key).map(|fact| &fact.expect)
    }

    /// The official link in a language: the translation's for French, if there is one.
    #[must_use]
    pub fn link(&self, language: Language) -> &Url {
        match (language, &self.url_fr) {
            (Language::Fr, Some(url)) => url,
            (Language::Fr, None) | (Language::En, _) => &self.url,
        }
    }
}

/// Where a source may take its values from.
pub(super) struct Known<'a> {
    /// The sources of earlier files, and of this one so far.
    pub(super) sources: &'a BTreeMap<SourceId, Source>,
    /// All publishers.
    pub(super) publishers: &'a BTreeMap<String, Publisher>,
    /// The publisher of the file, if it gives one.
    pub(super) publisher: Option<&'a str>,
}

/// Reads a source. What it does not give comes from the source it overrides, else from its publisher,
/// else from the defaults.
pub(super) fn source(table: Table<'_>, scope: &Scope<'_>, known: &Known<'_>) -> Option<Source> {
    let id = table.required_parsed("id", SourceId::parse);
    let before = id.as_ref().and_then(|id| known.sources.get(id));
    let whole = overrides(&table, before);
    let base = before.filter(|_| !whole);
    let name = id.as_ref().map(SourceId::to_string).unwrap_or_default();
    let publisher = publisher(&table, known, base);
    let url = match base {
        Some(base) => table.parsed("url", page_url).or_else(|| Some(base.url.clone())),
        None => table.required_parsed("url", page_url),
    };
    on_a_host_of(&table, url.as_ref(), publisher.filter(|_| before.is_none()));
    let texts = Texts { table: &table, base, publisher };
    let own = Scope { page: publisher.map_or(scope.page, |p| &p.page), ..*scope };
    // Everything is read before a missing value ends the reading, so that all faults are reported.
    let (schedule, title) = (texts.schedule(), texts.title(&name, scope.shipped));
    let (also, url_fr) = (texts.also(), table.parsed("url_fr", page_url));
    let recipe = recipe(&table, &name, &own, (known.sources, base.map(|base| &base.recipe)));
    let (patience, verified, terms) = (texts.patience(), texts.verified(), texts.terms());
    let program = texts.one("program", |base| &base.program).unwrap_or(name);
    let yearly = table.flag("yearly").or(base.map(|base| base.yearly)).unwrap_or(false);
    let enabled = table.flag("enabled").or(base.map(|base| base.enabled)).unwrap_or(true);
    let (jurisdiction, origin) = (texts.jurisdiction(), origin(&table, before));
    table.finish();
    Some(Source {
        id: id?,
        origin,
        enabled,
        publisher: publisher.map(|publisher| publisher.id.clone()),
        program,
        jurisdiction,
        title,
        url: url?,
        also,
        url_fr: url_fr.or_else(|| base?.url_fr.clone()),
        yearly,
        followed: None,
        schedule: schedule?,
        patience,
        verified,
        terms,
        recipe,
    })
}

/// Reads `override`: whether the source replaces one of an earlier file as a whole.
fn overrides(table: &Table<'_>, before: Option<&Source>) -> bool {
    let whole = table.is_string("override");
    let says = if whole {
        table.parsed("override", |word| match word {
            "whole" => Ok(true),
            _ => Err(format!("`{word}` is neither true nor \"whole\"")),
        })
    } else {
        table.flag("override")
    };
    match (says.unwrap_or(false), before) {
        (false, Some(before)) => table.fault(
            format!("a source `{}` is declared already, in {}", before.id, before.origin.place),
            Some("to change it, say `override = true` and what is to be otherwise"),
        ),
        (true, None) => table.fault("there is no source of this id to override", None),
        (true, Some(_)) | (false, None) => {}
    }
    whole
}

fn origin(table: &Table<'_>, before: Option<&Source>) -> Origin {
    let document = table.document();
    let place = format!("{}:{}", document.file(), document.line(&table.span()));
    let Some(before) = before else { return Origin { place, overrides: Vec::new() } };
    let keys = table.written_keys().into_iter().map(|key| key.value);
    let keys = keys.filter(|key| key != "id" && key != "override").collect();
    let mut origin = before.origin.clone();
    origin.overrides.push((place, keys));
    origin
}

/// The publisher of a source: the one it names, that of the source it overrides, or that of its file.
fn publisher<'a>(
    table: &Table<'_>,
    known: &Known<'a>,
    base: Option<&Source>,
) -> Option<&'a Publisher> {
    if let Some(name) = table.string("publisher") {
        return named_publisher(table, &name, known.publishers);
    }
    let id = base.map_or(known.publisher, |base| base.publisher.as_deref())?;
    known.publishers.get(id)
}

/// Reports an address on none of its publisher's hosts. An overriding source may read a copy elsewhere.
fn on_a_host_of(table: &Table<'_>, url: Option<&Url>, publisher: Option<&Publisher>) {
    let (Some(host), Some(publisher)) = (url.and_then(Url::host_str), publisher) else { return };
    if !publisher.hosts.is_empty() && publisher.hosts.iter().all(|known| known != host) {
        let hint = format!("its hosts: {}", publisher.hosts.join(", "));
        let what = format!("`{host}` is no host of the publisher `{}`", publisher.id);
        table.fault(what, Some(&hint));
    }
}

/// The values that a source may leave to others.
struct Texts<'a> {
    table: &'a Table<'a>,
    base: Option<&'a Source>,
    publisher: Option<&'a Publisher>,
}

impl Texts<'_> {
    fn one(&self, key: &str, of_base: impl Fn(&Source) -> &String) -> Option<String> {
        let own = self.table.string(key).map(|text| text.value);
        own.or_else(|| self.base.map(|base| of_base(base).clone()))
    }

    fn jurisdiction(&self) -> String {
        let of_publisher = || self.publisher?.jurisdiction.clone();
        let said = self.one("jurisdiction", |base| &base.jurisdiction).or_else(of_publisher);
        said.unwrap_or_else(|| "CA".to_owned())
    }

    fn title(&self, name: &str, both: bool) -> Bilingual {
        let own = bilingual(self.table, "title", both);
        if both && own.is_none() && !self.table.has("title") {
            self.table.fault("`title` is missing", Some("title = { en = \"…\", fr = \"…\" }"));
        }
        own.or_else(|| self.base.map(|base| base.title.clone()))
            .unwrap_or_else(|| Bilingual::same(name))
    }

    fn also(&self) -> Vec<Url> {
        let texts = self.table.strings("also");
        match self.base {
            Some(base) if !self.table.has("also") => base.also.clone(),
            _ => texts.iter().filter_map(|text| self.table.accept(text, page_url)).collect(),
        }
    }

    fn schedule(&self) -> Option<Schedule> {
        // Checked separately, so that a fault of the zone is reported as well as one of the schedule.
        let zone = self
            .table
            .parsed("zone", zone)
            .or_else(|| self.base.map(|base| base.schedule.zone().to_owned()))
            .or_else(|| self.publisher?.zone.clone())
            .unwrap_or_else(|| DEFAULT_ZONE.to_owned());
        match self.table.string("schedule") {
            Some(text) => self.table.accept(&text, |text| Schedule::parse(text, &zone)),
            None => {
                let expression =
                    self.base.map_or(DEFAULT_SCHEDULE, |base| base.schedule.expression());
                Schedule::parse(expression, &zone).ok()
            }
        }
    }

    fn patience(&self) -> SignedDuration {
        let own = self.table.parsed("patience", patience);
        own.or(self.base.map(|base| base.patience)).unwrap_or(DEFAULT_PATIENCE)
    }

    fn verified(&self) -> Verified {
        let own = self.table.parsed("verified", verified);
        own.or(self.base.map(|base| base.verified)).unwrap_or(Verified::Structure)
    }

    fn terms(&self) -> Option<String> {
        let own = self.table.string("terms").map(|text| text.value);
        own.or_else(|| self.base?.terms.clone()).or_else(|| self.publisher?.terms.clone())
    }
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
    // A day is 24 hours here: what counts is how long the page could not be read.
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
