//! `rulewatch coverage`: when each source was read, and for how long nobody looked.

use jiff::SignedDuration;
use serde_json::json;

use super::args::{Coverage, Format};
use super::{Exit, Fitted, Out, moment, now};
use crate::asking::{self, Stretch};
use crate::doors;
use crate::render::{inert, json, words};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Coverage, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let at = |text: &Option<String>| {
        text.as_ref().map(|text| moment(text, &settings.zone, now())).transpose()
    };
    let period = (at(&args.since)?, at(&args.until)?);
    let out: &mut dyn Out = match args.format {
        Format::Text => &mut Fitted::new(out),
        Format::Ndjson => out,
    };
    let gap = SignedDuration::from_hours(24 * i64::from(args.gap));
    for (source, stretches) in asking::coverage(&known, &args.sources, period, gap)? {
        if args.format == Format::Text {
            writeln!(out, "{source}")?;
            if stretches.is_empty() {
                writeln!(out, "  never checked in this time")?;
            }
        }
        for stretch in &stretches {
            match args.format {
                Format::Text => write_line(stretch, settings, out)?,
                Format::Ndjson => {
                    let Stretch { state, why, is_imported, from, until, checks } = stretch;
                    let line = json!({
                        "type": "stretch", "source": source.as_str(), "state": state, "why": why,
                        "imported": is_imported, "from": from.to_string(),
                        "until": until.to_string(), "checks": checks,
                    });
                    writeln!(out, "{}", json::one_line(&line))?;
                }
            }
        }
    }
    let kept = settings.retention.checks_days.filter(|_| args.format == Format::Text);
    if let Some(days) = kept {
        writeln!(
            out,
            "Checks of our own without news are kept for {days} days: an older blind time may be theirs."
        )?;
    }
    Ok(Exit::Done)
}

fn write_line(stretch: &Stretch, settings: &Settings, out: &mut dyn Out) -> anyhow::Result<()> {
    let moment = |at| words::short_moment(at, &settings.zone);
    let (from, until) = (moment(stretch.from), moment(stretch.until));
    let state = inert(&stretch.state, 20);
    if stretch.state == "blind" {
        let days = stretch.until.duration_since(stretch.from).as_hours() / 24;
        writeln!(out, "  {from}  {until}  {state:11}  nobody looked for {days} days")?;
        return Ok(());
    }
    let whose = match (stretch.is_imported, stretch.checks) {
        (true, 1) => "imported page",
        (true, _) => "imported pages",
        (false, 1) => "check",
        (false, _) => "checks",
    };
    let why = stretch.why.as_ref().map_or_else(String::new, |why| format!(": {}", inert(why, 300)));
    writeln!(out, "  {from}  {until}  {state:11}  {} {whose}{why}", stretch.checks)?;
    Ok(())
}
