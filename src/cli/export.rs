//! `rulewatch export`: what is known, for others to use.

use super::args::{Export, ExportAction, ExportFacts, ExportFormat};
use super::{Exit, Out, misuse, now};
use crate::asking::{self, AskedOfficial};
use crate::doors;
use crate::exporting::{self, TableFormat};
use crate::model::FactKey;
use crate::settings::Settings;
use crate::verifying;

pub(super) fn run(settings: &Settings, args: &Export, out: &mut dyn Out) -> anyhow::Result<Exit> {
    if let Some(ExportAction::Facts(args)) = &args.action {
        return facts(settings, args, out);
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
    match &args.to {
        Some(path) => verifying::write(path, &text)?,
        None => write!(out, "{text}")?,
    }
    Ok(Exit::Done)
}
