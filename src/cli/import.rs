//! `rulewatch import`: pages of the past into the real history.

use std::io::{self, Write as _};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::args::{Format, Import};
use super::check::write_report;
use super::exit::misuse;
use super::replay::say_passed_over;
use super::{Exit, Out, now, runtime};
use crate::asking;
use crate::clock::SystemClock;
use crate::doors;
use crate::importing::{self, Archive, DayRange, Entry, Imported, Importing, NotRead, Step};
use crate::model::SourceId;
use crate::render::{inert, json, words};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Import, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let source = args.wayback.as_ref().or(args.source.as_ref());
    let source = source.ok_or_else(|| misuse("name the source"))?;
    let catalog = Arc::new(doors::catalog(settings)?);
    asking::expect_sources(&catalog, [source])?;
    let with =
        Importing { catalog: Arc::clone(&catalog), store: doors::store(settings)?, now: now() };
    let done = match (&args.wayback, &args.git, &args.place) {
        (Some(_), ..) => {
            let runtime = runtime()?;
            let fetcher = doors::fetcher_for(settings, &settings.wayback, &with.store)?;
            let period = DayRange { from: args.from, until: args.until };
            let asked = (&settings.wayback, period);
            let network = (Arc::clone(&fetcher), Arc::new(SystemClock) as _);
            let handle = runtime.handle().clone();
            let mut archive = importing::wayback(&catalog, source, asked, network, handle)?;
            for (what, n) in archive.left_out() {
                drop(writeln!(io::stderr(), "rulewatch: left out of the list: {n} {what}"));
            }
            let done = import(&with, source, &mut archive, args.format, out);
            importing::keep_manners(&with, &fetcher)?;
            done?
        }
        (None, Some(file), _) => {
            let mut archive = importing::versions(&catalog, source, file)?;
            import(&with, source, &mut archive, args.format, out)?
        }
        (None, None, Some(place)) => {
            let mut archive = importing::saved(&catalog, source, place)?;
            say_passed_over(archive.passed_over());
            import(&with, source, archive.as_mut(), args.format, out)?
        }
        (None, None, None) => return Err(misuse("name a folder or a web archive")),
    };
    match args.format {
        Format::Text => say(&done, &settings.zone, out)?,
        Format::Ndjson => writeln!(out, "{}", json::one_line(&summary(&done)))?,
    }
    Ok(Exit::Done)
}

fn import(
    with: &Importing,
    source: &SourceId,
    archive: &mut dyn Archive,
    format: Format,
    out: &mut dyn Out,
) -> anyhow::Result<Imported> {
    importing::import::<anyhow::Error>(with, source, archive, &mut |entry, step| {
        match step {
            Step::Recorded(report) => write_report(out, report, Some(&entry.name), format)?,
            Step::LeftOut(why) => left_out(entry, why, format, out)?,
        }
        Ok(())
    })
}

fn left_out(entry: &Entry, why: &str, format: Format, out: &mut dyn Out) -> io::Result<()> {
    match format {
        Format::Text => writeln!(out, "{}  left out: {}", inert(&entry.name, 60), inert(why, 300)),
        Format::Ndjson => {
            let line = serde_json::json!({
                "type": "left_out", "capture": entry.name, "at": entry.at.to_string(), "why": why,
            });
            writeln!(out, "{}", json::one_line(&line))
        }
    }
}

fn say(done: &Imported, zone: &TimeZone, out: &mut dyn Out) -> io::Result<()> {
    let Imported { recorded, known, left_out, changes, span, not_read } = done;
    let moment = |at| words::short_moment(at, zone);
    let span = span
        .map_or_else(String::new, |(from, to)| format!(" from {} to {}", moment(from), moment(to)));
    writeln!(
        out,
        "{recorded} pages imported{span}, {known} known already, {left_out} left out; {changes} changes"
    )?;
    for NotRead { what, why, from, until, pages } in not_read {
        let (from, until, what) = (moment(*from), moment(*until), inert(what, 160));
        writeln!(out, "not read, {from} to {until} ({pages} pages): {what}: {}", inert(why, 200))?;
    }
    Ok(())
}

fn summary(done: &Imported) -> serde_json::Value {
    let not_read = |lost: &NotRead| {
        serde_json::json!({
            "what": lost.what, "why": lost.why, "from": lost.from.to_string(),
            "until": lost.until.to_string(), "pages": lost.pages,
        })
    };
    serde_json::json!({
        "type": "imported", "recorded": done.recorded, "known": done.known,
        "left_out": done.left_out, "changes": done.changes,
        "from": done.span.map(|(from, _)| from.to_string()),
        "until": done.span.map(|(_, until)| until.to_string()),
        "not_read": done.not_read.iter().map(not_read).collect::<Vec<_>>(),
    })
}
