//! `rulewatch sources`: the catalogue, and what a recipe reads from a page.

use std::borrow::Cow;
use std::path::Path;

use url::Url;

use super::args::{Format, Sources, SourcesAction, Test};
use super::exit::misuse;
use super::{Exit, Out, look, now, runtime, start};
use crate::catalog::{Catalog, Source};
use crate::clock::SystemClock;
use crate::convert::Converter;
use crate::engine;
use crate::extract;
use crate::fetch::{Fetcher, Reply, Request};
use crate::gate::{self, Verdict};
use crate::model::{Breakage, Extraction, Facts, Page, SourceId, Verified};
use crate::render::{inert, json, table};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: Sources, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = start::catalog(settings)?;
    match args.action.unwrap_or(SourcesAction::List) {
        SourcesAction::List => list(settings, &catalog, out),
        SourcesAction::Show { id } => show(find(&catalog, &id)?, &catalog, out),
        SourcesAction::Test(args) => test(settings, find(&catalog, &args.id)?, &args, out),
    }
}

fn find<'a>(catalog: &'a Catalog, id: &SourceId) -> anyhow::Result<&'a Source> {
    catalog.source(id).ok_or_else(|| {
        misuse(format!("there is no source `{id}`; `rulewatch sources list` shows all"))
    })
}

fn verified(source: &Source) -> String {
    match source.verified {
        Verified::Capture(day) => day.to_string(),
        Verified::Structure => "structure".to_owned(),
    }
}

fn list(settings: &Settings, catalog: &Catalog, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let verified: Vec<String> = catalog.sources().map(verified).collect();
    let rows: Vec<table::SourceRow<'_>> = catalog
        .sources()
        .zip(&verified)
        .map(|(source, verified)| table::SourceRow {
            id: &source.id,
            program: &source.program,
            jurisdiction: &source.jurisdiction,
            facts: source.recipe.facts.len(),
            verified,
            next: source.schedule.next(now()).map(|firing| firing.at),
            title: &source.title.en,
        })
        .collect();
    write!(out, "{}", table::sources(&rows, &look(&settings.zone)))?;
    Ok(Exit::Done)
}

fn show(source: &Source, catalog: &Catalog, out: &mut dyn Out) -> anyhow::Result<Exit> {
    writeln!(out, "{}  {} / {}", source.id, source.title.en, source.title.fr)?;
    writeln!(out, "  program       {} ({})", source.program, source.jurisdiction)?;
    writeln!(out, "  page          {}", source.url)?;
    for also in &source.also {
        writeln!(out, "  also          {also}")?;
    }
    if let Some(twin) = &source.url_fr {
        writeln!(out, "  French twin   {twin}")?;
    }
    writeln!(
        out,
        "  schedule      {} in {}",
        source.schedule.expression(),
        source.schedule.zone()
    )?;
    writeln!(out, "  verified      {}", verified(source))?;
    if let Some(terms) = &source.terms {
        writeln!(out, "  terms         {terms}")?;
    }
    for fact in &source.recipe.facts {
        writeln!(out, "\n  {} ({}), keyed {}", fact.key, fact.kind.word(), fact.record)?;
        for field in &fact.fields {
            writeln!(out, "    field    {}", field.name)?;
        }
        for part in &fact.parts {
            for locator in &part.locators {
                let part =
                    if part.name.is_empty() { String::new() } else { format!("{}: ", part.name) };
                writeln!(out, "    read     {part}{}", inert(&locator.name, 200))?;
            }
        }
    }
    let keys: Vec<String> = source.recipe.facts.iter().map(|fact| fact.key.to_string()).collect();
    let touched = catalog.rules().iter().filter(|rule| {
        rule.depends_on.iter().any(|target| keys.iter().any(|key| target.could_cover(key)))
    });
    for rule in touched {
        writeln!(out, "\n  rule {}  {}", rule.id, rule.title.en)?;
    }
    Ok(Exit::Done)
}

fn test(
    settings: &Settings,
    source: &Source,
    args: &Test,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let Some(page) = page(settings, source, &args.page, out)? else { return Ok(Exit::Failed) };
    let page = engine::readable(&Converter::default(), source, &page);
    if args.explain {
        return explain(source, page, out);
    }
    match page.and_then(|page| extract::facts(&source.recipe, &page, &source.addresses())) {
        Err(breakage) => {
            writeln!(out, "broken: {}", inert(&breakage.to_string(), 600))?;
            Ok(Exit::No)
        }
        Ok(extraction) => {
            match args.format {
                Format::Ndjson => write_ndjson(&extraction, out)?,
                Format::Text => write_text(settings, &extraction, out)?,
            }
            match gate::judge(&extraction, &Facts::new(), source) {
                Verdict::Accept => Ok(Exit::Done),
                Verdict::Hold(reason) => refuse(args.format, "held", &reason.to_string(), out),
                Verdict::Broken(breakage) => {
                    refuse(args.format, "broken", &breakage.to_string(), out)
                }
            }
        }
    }
}

fn refuse(format: Format, word: &str, why: &str, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match format {
        Format::Text => writeln!(out, "{word}: {}", inert(why, 600))?,
        Format::Ndjson => {
            writeln!(
                out,
                "{}",
                serde_json::json!({"type": "verdict", "outcome": word, "reason": why})
            )?;
        }
    }
    Ok(Exit::No)
}

/// The page that was named: a file, or an address to fetch.
fn page(
    settings: &Settings,
    source: &Source,
    named: &str,
    out: &mut dyn Out,
) -> anyhow::Result<Option<Page>> {
    let path = Path::new(named);
    if path.is_file() {
        let body = std::fs::read(path)
            .map_err(|error| misuse(format!("cannot read {}: {error}", path.display())))?;
        return Ok(Some(Page::from_file(source.url.clone(), body, now())));
    }
    let url = Url::parse(named)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| misuse(format!("`{named}` is neither a file nor an address")))?;
    let fetcher = Fetcher::http(&settings.fetch)?;
    match runtime()?.block_on(fetcher.fetch(&Request::new(url), &SystemClock)) {
        Reply::Page(page) => Ok(Some(page)),
        other => {
            writeln!(out, "no page came: {other:?}")?;
            Ok(None)
        }
    }
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
    Ok(())
}

fn write_text(
    settings: &Settings,
    extraction: &Extraction,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
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
        writeln!(out, "{}", table::facts(&rows, &look(&settings.zone)))?;
    }
    if !extraction.complaints.is_empty() {
        writeln!(out, "What could not be read:")?;
        write!(out, "{}", table::complaints(&extraction.complaints, &look(&settings.zone)))?;
    }
    Ok(())
}

fn explain(
    source: &Source,
    page: Result<Cow<'_, Page>, Breakage>,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    match page.and_then(|page| extract::explain(&source.recipe, &page, &source.addresses())) {
        Err(breakage) => {
            writeln!(out, "broken: {}", inert(&breakage.to_string(), 600))?;
            Ok(Exit::No)
        }
        Ok(tried) => {
            for locator in tried {
                let part = if locator.part.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", locator.part)
                };
                let found = match &locator.found {
                    Ok(rows) => format!("{rows} rows"),
                    Err(why) => format!("nothing: {}", inert(why, 300)),
                };
                writeln!(
                    out,
                    "{}{part}\n  {}\n  {found}",
                    locator.fact,
                    inert(&locator.locator, 200)
                )?;
            }
            Ok(Exit::Done)
        }
    }
}
