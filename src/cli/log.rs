//! `rulewatch log`: asks the change log.

use std::io::{self, BufWriter, Write};

use super::args::{Filter, Log, LogFormat};
use super::{Exit, Out, look, moment, now, say_dated_ahead};
use crate::asking::{self, AskError, Logged};
use crate::doors;
use crate::model::{Glossary, LogFilter, is_ahead};
use crate::render::table::{LogRow, LogTable};
use crate::render::{Look, csv, json};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: Log, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let Log { filter, limit, newest, unseen, who, format, expand, exit_code, lang: language } =
        args;
    let filter = LogFilter { limit, newest_first: newest, ..self::filter(settings, filter)? };
    let known = doors::to_ask(settings)?;
    if names_something(&filter) {
        asking::expect_names(&known, &doors::catalog(settings)?, &filter)?;
    }
    let look = Look { language, ..look(&settings.zone, Glossary::NONE) };
    let mut writer = LogWriter {
        out: BufWriter::new(out),
        format,
        table: Some(LogTable::new(&look, expand)),
        n: 0,
        n_ahead: 0,
    };
    writer.begin()?;
    let mut write = |part: Vec<Logged>| Ok(writer.write(&part)?);
    let n = if unseen {
        let (n, seen) = asking::unseen::<anyhow::Error>(&known, &filter, &who, &mut write)?;
        writer.end()?;
        // What a filter left out was not seen.
        if (LogFilter { today: None, ..filter }) == LogFilter::default() {
            asking::note_look(&doors::store(settings)?, &who, seen, now())?;
        }
        n
    } else {
        let n = asking::log::<anyhow::Error>(&known, &filter, &mut write)?;
        writer.end()?;
        n
    };
    let is_no = exit_code && n == 0;
    Ok(if is_no { Exit::No } else { Exit::Done })
}

/// What is typed to choose changes, as a filter.
pub(super) fn filter(settings: &Settings, args: Filter) -> anyhow::Result<LogFilter> {
    let at =
        |text: Option<String>| text.map(|text| moment(&text, &settings.zone, now())).transpose();
    let is_code = |code: &&String| code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit());
    if let Some(code) = args.noc.iter().find(|code| !is_code(code)) {
        let what = format!("`{code}` is no NOC code: it has five digits, such as 21231");
        return Err(AskError::UnknownName(what).into());
    }
    Ok(LogFilter {
        since: at(args.since)?,
        until: at(args.until)?,
        programs: args.program,
        jurisdictions: args.jurisdiction,
        sources: args.source,
        facts: args.fact,
        nocs: args.noc,
        kinds: args.kind,
        stages: args.stage,
        rules: args.rule,
        severity: args.severity,
        text: args.text,
        today: Some(now().to_zoned(settings.zone.clone()).date()),
        is_told: false,
        limit: None,
        newest_first: false,
    })
}

/// Whether a filter has names that may be misspelt.
fn names_something(filter: &LogFilter) -> bool {
    !(filter.programs.is_empty()
        && filter.jurisdictions.is_empty()
        && filter.sources.is_empty()
        && filter.facts.is_empty()
        && filter.rules.is_empty())
}

/// Writes the log as it is read: a reader that has seen enough ends it.
struct LogWriter<'a, W: Write> {
    out: BufWriter<W>,
    format: LogFormat,
    table: Option<LogTable<'a>>,
    n: usize,
    n_ahead: usize,
}

impl<W: Write> LogWriter<'_, W> {
    fn begin(&mut self) -> io::Result<()> {
        match self.format {
            LogFormat::Csv => write!(self.out, "{}", csv::header()),
            LogFormat::Table | LogFormat::Ndjson | LogFormat::Json => Ok(()),
        }
    }

    fn write(&mut self, part: &[Logged]) -> io::Result<()> {
        if let (LogFormat::Table, Some(table)) = (self.format, &mut self.table) {
            write!(self.out, "{}", table.push(part.iter().map(row)))?;
        } else {
            part.iter().try_for_each(|logged| self.write_one(logged))?;
        }
        let is_doubtful = |logged: &&Logged| is_ahead(logged.change.seen_at, now());
        self.n_ahead += part.iter().filter(is_doubtful).count();
        // Handed on at once: the next part may take a while, and a closed pipe ends the log.
        self.out.flush()
    }

    fn write_one(&mut self, logged: &Logged) -> io::Result<()> {
        let object =
            || json::logged(&logged.change, logged.retraction.as_ref(), logged.is_imported);
        self.n += 1;
        match self.format {
            LogFormat::Table => Ok(()),
            LogFormat::Ndjson => writeln!(self.out, "{}", json::one_line(&object())),
            LogFormat::Csv => write!(self.out, "{}", csv::row(&logged.change)),
            LogFormat::Json => {
                let before = if self.n == 1 { "[\n" } else { ",\n" };
                write!(self.out, "{before}{}", json::one_line(&object()))
            }
        }
    }

    fn end(mut self) -> io::Result<()> {
        match self.format {
            LogFormat::Table => {
                let last = self.table.take().map(LogTable::finish).unwrap_or_default();
                write!(self.out, "{last}")?;
            }
            LogFormat::Json if self.n == 0 => writeln!(self.out, "[]")?,
            LogFormat::Json => writeln!(self.out, "\n]")?,
            LogFormat::Ndjson | LogFormat::Csv => {}
        }
        say_dated_ahead(self.n_ahead);
        self.out.flush()
    }
}

fn row(logged: &Logged) -> LogRow<'_> {
    LogRow {
        change: &logged.change,
        is_imported: logged.is_imported,
        retraction: logged.retraction.as_ref(),
        short: logged.short,
    }
}
