//! `rulewatch sources`: the catalogue, and what a recipe reads from a page.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::args::{Draft, Format, Listing, Sources, SourcesAction, Test};
use super::exit::misuse;
use super::{Exit, Out, captures, look, now, runtime};
use crate::asking::{self, FactDetails, Provenance, SourceDetails, SourceSummary};
use crate::clock::SystemClock;
use crate::doors::{self, OpenError};
use crate::drafting::{self, DraftError};
use crate::model::{Breakage, Extraction, Page, Shares};
use crate::render::{Look, inert, json, table, words_read};
use crate::settings::Settings;
use crate::trying::{self, Objection, Place, TryError};

pub(super) fn run(settings: &Settings, args: Sources, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let text = || SourcesAction::List(Listing { format: Format::Text });
    match args.action.unwrap_or_else(text) {
        // Needs no particular catalogue: it helps to mend one that cannot be loaded.
        SourcesAction::Schema => {
            write!(out, "{}", asking::schema())?;
            Ok(Exit::Done)
        }
        SourcesAction::List(args) => list(settings, args.format, out),
        SourcesAction::Show { id } => show(&asking::source(&doors::catalog(settings)?, &id)?, out),
        SourcesAction::Test(args) => test(settings, &args, out),
        SourcesAction::Draft(args) => draft(settings, &args, out),
    }
}

fn list(settings: &Settings, format: Format, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let all = asking::sources(&catalog);
    let now = now();
    // Works before the first check, too.
    let (shares, waits) = match doors::to_ask(settings) {
        Ok(known) => (asking::shares(&known)?, asking::waits(&known, now)?),
        Err(OpenError::NoDatabase { .. }) => (BTreeMap::new(), Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let next = asking::next_checks(&catalog, &waits, now);
    if format == Format::Ndjson {
        for source in &all.watched {
            let line = listed(source, next.get(&source.id), shares.get(&source.id));
            writeln!(out, "{}", json::one_line(&line))?;
        }
        return Ok(Exit::Done);
    }
    let rows: Vec<table::SourceRow<'_>> = all
        .watched
        .iter()
        .map(|source| table::SourceRow {
            id: &source.id,
            program: &source.program,
            jurisdiction: &source.jurisdiction,
            facts: source.facts,
            verified: &source.verified,
            next: next.get(&source.id).copied(),
            shares: shares.get(&source.id).copied(),
            title: &source.title.en,
        })
        .collect();
    write!(out, "{}", table::sources(&rows, &look(&settings.zone, catalog.glossary())))?;
    for (id, place, keys) in &all.overridden {
        writeln!(out, "{id}: {place} overrides {}", keys.join(", "))?;
    }
    for id in &all.off {
        writeln!(out, "{id} is switched off")?;
    }
    Ok(Exit::Done)
}

fn listed(
    source: &SourceSummary,
    next: Option<&Timestamp>,
    shares: Option<&Shares>,
) -> serde_json::Value {
    serde_json::json!({
        "type": "source", "id": source.id.as_str(),
        "title": {"en": source.title.en, "fr": source.title.fr},
        "program": source.program, "jurisdiction": source.jurisdiction, "facts": source.facts,
        "verified": source.verified, "next_at": next.map(ToString::to_string),
        "words": shares.map(json::shares),
    })
}

fn show(source: &SourceDetails, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let SourceSummary { id, title, program, jurisdiction, verified, .. } = &source.summary;
    writeln!(out, "{id}  {} / {}", title.en, title.fr)?;
    writeln!(out, "  program       {program} ({jurisdiction})")?;
    for (n, address) in source.addresses.iter().enumerate() {
        let label = if n == 0 { "page" } else { "also" };
        writeln!(out, "  {label:12}  {address}")?;
    }
    if let Some(translation) = &source.translation {
        writeln!(out, "  in French     {translation}")?;
    }
    let (schedule, zone) = &source.schedule;
    writeln!(out, "  schedule      {schedule} in {zone}")?;
    writeln!(out, "  verified      {verified}")?;
    if let Some(terms) = &source.terms {
        writeln!(out, "  terms         {terms}")?;
    }
    provenance(&source.provenance, out)?;
    for fact in &source.facts {
        show_fact(fact, out)?;
    }
    for (rule, title) in &source.rules {
        writeln!(out, "\n  rule {rule}  {}", title.en)?;
    }
    Ok(Exit::Done)
}

fn provenance(source: &Provenance, out: &mut dyn Out) -> anyhow::Result<()> {
    writeln!(out, "  declared      {}", source.declared)?;
    for (place, keys) in &source.overrides {
        writeln!(out, "  overridden    {place}: {}", keys.join(", "))?;
    }
    if !source.enabled {
        writeln!(out, "  watched       no: it is switched off")?;
    }
    if let Some(name) = &source.publisher {
        writeln!(out, "  publisher     {} / {}", name.en, name.fr)?;
    }
    if let Some(attribution) = &source.attribution {
        writeln!(out, "  attribution   {} / {}", attribution.en, attribution.fr)?;
    }
    if let Some(robots) = &source.robots {
        writeln!(out, "  robots        {robots}")?;
    }
    Ok(())
}

fn show_fact(fact: &FactDetails, out: &mut dyn Out) -> anyhow::Result<()> {
    writeln!(out, "\n  {} ({}), keyed {}", fact.key, fact.kind, fact.record)?;
    for field in &fact.fields {
        writeln!(out, "    field    {field}")?;
    }
    for (part, locator) in &fact.locators {
        let part = if part.is_empty() { String::new() } else { format!("{part}: ") };
        writeln!(out, "    read     {part}{}", inert(locator, 200))?;
    }
    Ok(())
}

/// The page that a person named: a file, which `saved` reads, or an address. Where none comes, says why.
fn page(
    settings: &Settings,
    named: &str,
    saved: impl FnOnce(&Path) -> Result<Page, TryError>,
    out: &mut dyn Out,
) -> anyhow::Result<Option<Page>> {
    let url = match trying::place(named)? {
        Place::File(path) => return Ok(Some(saved(path)?)),
        Place::Address(url) => url,
    };
    let fetcher = doors::fetcher(settings)?;
    match runtime()?.block_on(trying::fetched(&fetcher, &SystemClock, url)) {
        Ok(page) => Ok(Some(page)),
        Err(instead) => {
            writeln!(out, "no page came: {instead}")?;
            Ok(None)
        }
    }
}

/// Writes the draft, and after it, as comments, what it reads and leaves: so the output is a file to keep.
fn draft(settings: &Settings, args: &Draft, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let saved = |path: &Path| trying::unknown(path, now());
    let Some(page) = page(settings, &args.page, saved, out)? else { return Ok(Exit::Failed) };
    let name = args.id.as_ref().map_or_else(|| drafting::id(&args.page), ToString::to_string);
    let drafted = drafting::draft(&name, &page).map_err(|error| match error {
        DraftError::Page(_) => misuse(format!("{}: {error}", args.page)),
        DraftError::Draft(_) => error.into(),
    })?;
    write!(out, "{}", drafted.toml)?;
    writeln!(out, "\n# What it reads:")?;
    for (key, set) in &drafted.extraction.facts {
        writeln!(out, "#   {key}: {} records", set.records.len())?;
    }
    let complaints = drafted.extraction.complaints.len();
    if complaints > 0 {
        writeln!(out, "# What it could not read: {complaints} cells or sentences")?;
    }
    if let Some(shares) = drafted.extraction.shares() {
        writeln!(out, "# {}", words_read(&shares).replace('\n', "\n# "))?;
    }
    if !drafted.left.is_empty() {
        writeln!(out, "# Headings with figures that nothing reads:")?;
    }
    for heading in &drafted.left {
        writeln!(out, "#   {}", inert(heading, 120))?;
    }
    writeln!(
        out,
        "# Rename the keys, and try it: rulewatch --sources FILE sources test {name} PAGE"
    )?;
    Ok(Exit::Done)
}

fn test(settings: &Settings, args: &Test, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let (id, named) = match (&args.all, &args.id, &args.page) {
        (Some(folder), ..) => return captures::test(settings, folder, args.format, out),
        (None, Some(id), Some(page)) => (id, page),
        (None, ..) => return Err(misuse("name a source and a page, or `--all DIR`")),
    };
    let catalog = doors::catalog(settings)?;
    // Report a wrong name before requesting a page.
    asking::expect_sources(&catalog, [id])?;
    let saved = |path: &Path| trying::saved(&catalog, id, path, now());
    let Some(page) = page(settings, named, saved, out)? else { return Ok(Exit::Failed) };
    if args.explain {
        return match trying::locators(&catalog, id, &page)? {
            Err(breakage) => broken(&breakage, out),
            Ok(tried) => {
                for locator in tried {
                    let found = locator.found.map(|rows| format!("{rows} rows"));
                    let found =
                        found.unwrap_or_else(|why| format!("nothing: {}", inert(&why, 300)));
                    let part = Some(locator.part).filter(|part| !part.is_empty());
                    let part = part.map_or(String::new(), |part| format!(" ({part})"));
                    let name = inert(&locator.locator, 200);
                    writeln!(out, "{}{part}\n  {name}\n  {found}", locator.fact)?;
                }
                Ok(Exit::Done)
            }
        };
    }
    match trying::recipe(&catalog, id, &page)? {
        Err(breakage) => broken(&breakage, out),
        Ok(trial) => {
            match args.format {
                Format::Ndjson => write_ndjson(&trial.extraction, out)?,
                Format::Text => {
                    write_text(&look(&settings.zone, catalog.glossary()), &trial.extraction, out)?;
                }
            }
            match &trial.objection {
                Some(objection) => object(args.format, objection, out),
                None => {
                    // A program uses the exit code, and reads only lines of facts.
                    if args.format == Format::Text {
                        accepted(&trial.extraction, out)?;
                    }
                    Ok(Exit::Done)
                }
            }
        }
    }
}

fn broken(breakage: &Breakage, out: &mut dyn Out) -> anyhow::Result<Exit> {
    writeln!(out, "broken: {}", inert(&breakage.to_string(), 600))?;
    Ok(Exit::No)
}

/// Says that the page would be believed, with totals.
fn accepted(extraction: &Extraction, out: &mut dyn Out) -> anyhow::Result<()> {
    let sets = extraction.facts.values().filter(|set| !set.records.is_empty()).count();
    let (records, complaints) = (extraction.records(), extraction.complaints.len());
    writeln!(
        out,
        "baseline: a first check would believe this page: {records} records of {sets} fact sets, \
         {complaints} complaints"
    )?;
    Ok(())
}

/// Says why the page would not be believed.
fn object(format: Format, objection: &Objection, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let Objection { outcome, why } = objection;
    match format {
        Format::Text => writeln!(out, "{outcome}: {}", inert(why, 600))?,
        Format::Ndjson => {
            let line = serde_json::json!({"type": "verdict", "outcome": outcome, "reason": why});
            writeln!(out, "{line}")?;
        }
    }
    Ok(Exit::No)
}

fn write_ndjson(extraction: &Extraction, out: &mut dyn Out) -> anyhow::Result<()> {
    for (key, set) in &extraction.facts {
        for (record, fields) in &set.records {
            writeln!(out, "{}", json::one_line(&json::record(key, record, fields)))?;
        }
    }
    for complaint in &extraction.complaints {
        writeln!(out, "{}", json::one_line(&json::complaint(complaint)))?;
    }
    if let Some(shares) = extraction.shares() {
        let mut line = Map::from_iter([("type".to_owned(), "shares".into())]);
        line.extend(json::shares(&shares));
        writeln!(out, "{}", Json::Object(line))?;
    }
    Ok(())
}

fn write_text(look: &Look<'_>, extraction: &Extraction, out: &mut dyn Out) -> anyhow::Result<()> {
    for (key, set) in &extraction.facts {
        writeln!(out, "{key}: {} records", set.records.len())?;
        let rows: Vec<table::FactRow<'_>> = set
            .records
            .iter()
            .map(|(record_key, record)| table::FactRow {
                fact: key,
                key: record_key,
                record,
                since: None,
                state: "",
            })
            .collect();
        writeln!(out, "{}", table::facts(&rows, look))?;
    }
    if !extraction.complaints.is_empty() {
        writeln!(out, "What could not be read:")?;
        write!(out, "{}", table::complaints(&extraction.complaints, look))?;
    }
    if let Some(shares) = extraction.shares() {
        writeln!(out, "{}", words_read(&shares))?;
    }
    Ok(())
}
