//! `rulewatch history`: every value that a fact has had.

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::args::{Format, History};
use super::{Exit, Fitted, Out, look, now, say_dated_ahead};
use crate::asking::{self, ValueSpan};
use crate::doors;
use crate::model::{is_ahead, json::plain_fields};
use crate::render::{Look, chart, inert, json, svg, table, words};
use crate::settings::Settings;

/// The width of a chart where the output is not a terminal.
const WIDTH: usize = 80;

/// How many charts are drawn on a terminal.
const CHARTS: usize = 4;

pub(super) fn run(settings: &Settings, args: &History, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let subject = asking::subject(&known, &args.key)?;
    let spans = asking::history(&known, &subject, &settings.zone)?;
    let series = asking::series(&spans, args.field.as_deref());
    if let Some(file) = &args.svg {
        if series.is_empty() {
            return Err(super::misuse(format!("`{}` has no numbers that move", args.key)));
        }
        let picture = svg(&args.key, &series);
        std::fs::write(file, picture).with_context(|| format!("writing {}", file.display()))?;
    }
    match args.format {
        Format::Ndjson => {
            for span in &spans {
                writeln!(out, "{}", json::one_line(&object(span)))?;
            }
        }
        Format::Text => {
            let catalog = doors::catalog(settings)?;
            let look = look(&settings.zone, catalog.glossary());
            let out: &mut dyn Out = &mut Fitted::new(out);
            write!(out, "{}", table::history(&rows(&spans, &look), &look))?;
            for one in series.iter().take(CHARTS) {
                write!(out, "\n{}", chart(one, look.width.unwrap_or(WIDTH)))?;
            }
        }
    }
    say_dated_ahead(spans.iter().filter(|span| is_ahead(span.seen_at, now())).count());
    Ok(Exit::Done)
}

fn rows(spans: &[ValueSpan], look: &Look<'_>) -> Vec<table::HistoryRow> {
    let voice = words::Voice { language: look.language, glossary: look.glossary };
    let row = |span: &ValueSpan| table::HistoryRow {
        record: format!("{}/{}", span.fact, span.record),
        holds_from: span.holds_from,
        seen_at: span.seen_at,
        until: span.until,
        said: match &span.fields {
            Some(fields) => words::record_fields(fields, voice),
            None => "not there".to_owned(),
        },
        proof: proof(span),
    };
    spans.iter().map(row).collect()
}

/// The words on the page, and which page it was.
fn proof(span: &ValueSpan) -> String {
    let quote = span.evidence.as_ref().map(|evidence| inert(&evidence.quote, 80));
    let quote = quote.filter(|quote| !quote.is_empty()).map(|quote| format!("\"{quote}\" "));
    let page = span.snapshot.as_ref().map(|id| id.as_str().get(..12).unwrap_or_default());
    let imported = if span.imported.is_some() { " imported" } else { "" };
    format!("{}{}{imported}", quote.unwrap_or_default(), page.unwrap_or_default())
}

fn object(span: &ValueSpan) -> Json {
    json!({
        "type": "value", "fact": span.fact.as_str(), "record": span.record.as_str(),
        "source": span.source.as_str(), "holds_from": span.holds_from.to_string(),
        "seen_at": span.seen_at.to_string(), "until": span.until.map(|at| at.to_string()),
        "fields": span.fields.as_ref().map(plain_fields),
        "evidence": span.evidence.as_ref().map(|evidence| json!({
            "locator": *evidence.locator, "place": evidence.place, "quote": evidence.quote,
        })),
        "snapshot": span.snapshot.as_ref().map(|id| format!("sha256:{id}")),
        "imported": span.imported,
    })
}
