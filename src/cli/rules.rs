//! `rulewatch rules` and `rulewatch impact`: what eligibility tools rest on, and what hangs on a change.

use std::collections::BTreeSet;

use super::args::{Format, ImpactOf, Rules, RulesAction};
use super::{Exit, Fitted, Out, now};
use crate::asking::{self, AskedOfficial, Impact, RuleFact, RuleStanding};
use crate::doors;
use crate::model::{BoundData, Doubt, Language, Stage, TouchedData};
use crate::render::words::Voice;
use crate::render::{bound, inert};
use crate::settings::Settings;
use crate::verifying::{self, Touch};

pub(super) fn run(settings: &Settings, args: &Rules, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    let asked = AskedOfficial { as_of: None, now: now(), zone: &settings.zone };
    let (only, format) = match &args.action {
        Some(RulesAction::Show { rule, format }) => (Some(rule), *format),
        Some(RulesAction::List { format }) => (None, *format),
        None => (None, Format::Text),
    };
    let out: &mut dyn Out = match format {
        Format::Text => &mut Fitted::new(out),
        Format::Ndjson => out,
    };
    for standing in asking::rules(&known, &catalog, &asked, only)? {
        match (format, only.is_some()) {
            (Format::Ndjson, _) => writeln!(out, "{}", object(&standing))?,
            (Format::Text, false) => line(&standing, out)?,
            (Format::Text, true) => show(&standing, out)?,
        }
    }
    Ok(Exit::Done)
}

fn line(standing: &RuleStanding, out: &mut dyn Out) -> anyhow::Result<()> {
    let rule = &standing.rule;
    let health = match (standing.is_sound(), standing.facts.is_empty()) {
        (true, _) => "sound".to_owned(),
        (false, true) => "nothing known yet".to_owned(),
        (false, false) => {
            let doubted = standing.facts.iter().filter(|fact| !fact.doubts.is_empty()).count();
            format!("{doubted} doubtful, {} unknown", standing.unknown.len())
        }
    };
    let (id, title, tools) = (rule.id.as_str(), &rule.title.en, rule.tools.join(", "));
    writeln!(
        out,
        "{id:<18} {title:<44} {:>3} fact sets  {health}  ({tools})",
        standing.facts.len()
    )?;
    Ok(())
}

fn show(standing: &RuleStanding, out: &mut dyn Out) -> anyhow::Result<()> {
    let rule = &standing.rule;
    writeln!(out, "{}: {}\ntools: {}", rule.id, rule.title.en, rule.tools.join(", "))?;
    for fact in &standing.facts {
        writeln!(out, "{}", fact_text(fact))?;
    }
    for target in &standing.unknown {
        writeln!(out, "{target}\n    nothing is known of it yet")?;
    }
    Ok(())
}

fn fact_text(fact: &RuleFact) -> String {
    let since = fact.since.map_or_else(String::new, |day| format!(", the newest since {day}"));
    let noun = if fact.records == 1 { "record" } else { "records" };
    let mut lines = vec![format!("{}: {} {noun}{since}", fact.key, fact.records)];
    lines.extend(fact.values.iter().map(|value| format!("    {}", inert(value, 200))));
    lines.push(format!("    {} ({})", fact.url, fact.source));
    let doubt = |doubt: &Doubt| format!("    {}: {}", doubt.word, inert(&doubt.why, 200));
    lines.extend(fact.doubts.iter().map(doubt));
    lines.join("\n")
}

fn object(standing: &RuleStanding) -> serde_json::Value {
    let rule = &standing.rule;
    let facts: Vec<serde_json::Value> = standing
        .facts
        .iter()
        .map(|fact| {
            let doubts: Vec<_> = fact.doubts.iter().map(Doubt::to_json).collect();
            serde_json::json!({"fact": fact.key.as_str(), "source": fact.source.as_str(), "url": fact.url,
                "records": fact.records, "values": fact.values,
                "since": fact.since.map(|day| day.to_string()), "doubts": doubts})
        })
        .collect();
    let unknown: Vec<String> = standing.unknown.iter().map(ToString::to_string).collect();
    serde_json::json!({"type": "rule", "rule": rule.id.as_str(), "title": {"en": rule.title.en, "fr": rule.title.fr},
        "tools": rule.tools, "sound": standing.is_sound(), "facts": facts, "unknown": unknown})
}

pub(super) fn impact(
    settings: &Settings,
    args: &ImpactOf,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    let now = now();
    let today = now.to_zoned(settings.zone.clone()).date();
    let impact = asking::impact(&known, &catalog, &args.what, today)?;
    let fitted: &mut dyn Out = &mut Fitted::new(out);
    write_impact(&impact, fitted)?;
    let Some(file) = &args.bindings else { return Ok(Exit::Done) };
    let facts = BTreeSet::from([impact.fact]);
    let mut bindings = verifying::bindings(file)?;
    verifying::keep(&mut bindings, &facts);
    if bindings.bindings.is_empty() {
        writeln!(fitted, "no data of {} is bound to it", file.display())?;
        return Ok(Exit::Done);
    }
    for binding in &bindings.bindings {
        let at = binding.at.path.as_deref().or(binding.at.quote.as_deref()).unwrap_or("all of it");
        let tools = if binding.tools.is_empty() {
            String::new()
        } else {
            format!(" ({})", binding.tools.join(", "))
        };
        writeln!(fitted, "bound: {} at {at}: {}{tools}", binding.file, binding.name)?;
    }
    let announced = impact.change.is_some_and(|change| change.stage == Stage::Announced);
    let touch = Touch { facts: &facts, announced, now, zone: &settings.zone };
    let data = BoundData::of(file);
    let touched = verifying::wrong(&known, &catalog, (&data, &bindings), &touch)?;
    let voice = Voice { language: Language::En, glossary: catalog.glossary() };
    write_touched(&touched, voice, out)?;
    Ok(super::verify::exit(touched.worst()))
}

/// What is wrong in the data, in the words of the letters, and the patch.
fn write_touched(touched: &TouchedData, voice: Voice<'_>, out: &mut dyn Out) -> anyhow::Result<()> {
    let fitted: &mut dyn Out = &mut Fitted::new(out);
    writeln!(fitted, "{}", bound::title(touched, voice.language))?;
    if let Some(words) = bound::nothing(touched, voice.language) {
        writeln!(fitted, "{words}")?;
    }
    for found in &touched.found {
        writeln!(fitted, "- {}", bound::place(found, voice))?;
    }
    for patch in &touched.patches {
        write!(out, "{}", patch.unified)?;
    }
    Ok(())
}

fn write_impact(impact: &Impact, out: &mut dyn Out) -> anyhow::Result<()> {
    match &impact.change {
        Some(change) => writeln!(
            out,
            "{} {} {}: {}",
            change.severity.word(),
            change.stage.word(),
            change.kind.word(),
            inert(&change.summary.en, 300)
        )?,
        None => writeln!(out, "{}", impact.fact)?,
    }
    if impact.rules.is_empty() {
        writeln!(out, "no rule depends on it")?;
    }
    for rule in &impact.rules {
        writeln!(out, "rule: {} {} ({})", rule.id, rule.title.en, rule.tools.join(", "))?;
    }
    let tools: Vec<&str> = impact.tools().into_iter().collect();
    if !tools.is_empty() {
        writeln!(out, "tools: {}", tools.join(", "))?;
    }
    Ok(())
}
