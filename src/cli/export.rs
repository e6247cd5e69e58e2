//! `rulewatch export`: what is known, for others to use.

use super::args::{Export, ExportFormat};
use super::{Exit, Out, misuse, now};
use crate::asking;
use crate::doors;
use crate::exporting::{self, TableFormat};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Export, out: &mut dyn Out) -> anyhow::Result<Exit> {
    if args.source.is_some() && args.format != ExportFormat::Warc {
        return Err(misuse("--source is for --format warc: the tables have a column `source`"));
    }
    let known = doors::to_ask(settings)?;
    let to = args.to.display();
    match args.format {
        ExportFormat::Csv | ExportFormat::Json => {
            let is_csv = args.format == ExportFormat::Csv;
            let format = if is_csv { TableFormat::Csv } else { TableFormat::Json };
            for (table, rows) in exporting::tables(&known, &args.to, format)? {
                writeln!(out, "{table}: {rows} rows")?;
            }
            writeln!(out, "written into {to}; columns.csv says what each column means")?;
        }
        ExportFormat::Sqlite => {
            exporting::database(&known, &args.to)?;
            writeln!(out, "written to {to}; its table `columns` says what each column means")?;
        }
        ExportFormat::Warc => {
            if let Some(source) = &args.source {
                asking::expect_sources(&doors::catalog(settings)?, [source])?;
            }
            let done = exporting::archive(&known, args.source.as_ref(), &args.to, now())?;
            let (pages, hashes) = (done.pages, done.hashes);
            writeln!(
                out,
                "{pages} pages, and {hashes} of which only the hash is kept, written to {to}"
            )?;
        }
    }
    Ok(Exit::Done)
}
