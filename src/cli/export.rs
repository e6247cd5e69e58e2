//! `rulewatch export`: what is known, for others to use.

use std::path::Path;

use jiff::ToSpan as _;

use super::args::{Export, ExportAction, ExportCalendar, ExportFacts, ExportFeed, ExportFormat};
use super::log::filter;
use super::{Exit, Out, misuse, now};
use crate::asking::{self, AskedOfficial, Item};
use crate::doors;
use crate::exporting::{self, TableFormat};
use crate::model::FactKey;
use crate::render::{self, CalendarInput, FeedInput, FeedItem, Links};
use crate::settings::Settings;
use crate::verifying;

pub(super) fn run(settings: &Settings, args: Export, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match args.action {
        Some(ExportAction::Facts(args)) => return facts(settings, &args, out),
        Some(ExportAction::Feed(args)) => return feed(settings, args, out),
        Some(ExportAction::Calendar(args)) => return calendar(settings, args, out),
        None => {}
    }
    let (Some(format), Some(path)) = (args.format, args.to.as_deref()) else {
        return Err(misuse("say --format and --to, or `export facts`"));
    };
    if args.source.is_some() && format != ExportFormat::Warc {
        return Err(misuse("--source is for --format warc: the tables have a column `source`"));
    }
    let known = doors::to_ask(settings)?;
    let to = path.display();
    match format {
        ExportFormat::Csv | ExportFormat::Json => {
            let is_csv = format == ExportFormat::Csv;
            let format = if is_csv { TableFormat::Csv } else { TableFormat::Json };
            for (table, rows) in exporting::tables(&known, path, format)? {
                writeln!(out, "{table}: {rows} rows")?;
            }
            writeln!(out, "written into {to}; columns.csv says what each column means")?;
        }
        ExportFormat::Sqlite => {
            exporting::database(&known, path)?;
            writeln!(out, "written to {to}; its table `columns` says what each column means")?;
        }
        ExportFormat::Warc => {
            if let Some(source) = &args.source {
                asking::expect_sources(&doors::catalog(settings)?, [source])?;
            }
            let done = exporting::archive(&known, args.source.as_ref(), path, now())?;
            let (pages, hashes) = (done.pages, done.hashes);
            writeln!(
                out,
                "{pages} pages, and {hashes} of which only the hash is kept, written to {to}"
            )?;
        }
    }
    Ok(Exit::Done)
}

fn facts(settings: &Settings, args: &ExportFacts, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let bindings = args.bindings.as_deref().map(verifying::bindings).transpose()?;
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    let asked = AskedOfficial { as_of: args.as_of, now: now(), zone: &settings.zone };
    let wanted = |key: &FactKey| bindings.as_ref().is_none_or(|file| verifying::wants(file, key));
    let text = format!("{:#}\n", asking::official(&known, &catalog, &asked, &wanted)?.to_json());
    put(args.to.as_deref(), &text, out)
}

fn feed(settings: &Settings, args: ExportFeed, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let filter = filter(settings, args.filter)?;
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    asking::expect_names(&known, &catalog, &filter)?;
    let items = asking::feed(&known, &filter, args.limit)?;
    let items: Vec<FeedItem<'_>> = items.iter().map(item).collect();
    let text = render::feed(&FeedInput {
        filter: &asking::canonical(&filter),
        items: &items,
        links: Links::default(),
        language: args.lang,
        glossary: catalog.glossary(),
        zone: &settings.zone,
    });
    put(args.to.as_deref(), &text, out)
}

fn item(item: &Item) -> FeedItem<'_> {
    FeedItem {
        change: &item.told.change,
        taken_back: item.told.taken_back.as_ref(),
        follows: item.follows.as_ref(),
        wording: &item.wording,
    }
}

fn calendar(settings: &Settings, args: ExportCalendar, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let filter = filter(settings, args.filter)?;
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    asking::expect_names(&known, &catalog, &filter)?;
    let today = now().to_zoned(settings.zone.clone()).date();
    let from = args.from.unwrap_or_else(|| today.saturating_sub(1.year()));
    let found = asking::calendar(&known, &catalog, &filter, from, &settings.zone)?;
    let text = render::calendar(&CalendarInput {
        milestones: &found.milestones,
        titles: &found.titles,
        changes: None,
        facts: None,
        language: args.lang,
        glossary: catalog.glossary(),
    });
    put(args.to.as_deref(), &text, out)
}

/// Writes a text to a file, whole or not at all, or to standard output.
fn put(to: Option<&Path>, text: &str, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match to {
        Some(path) => verifying::write(path, text)?,
        None => write!(out, "{text}")?,
    }
    Ok(Exit::Done)
}
