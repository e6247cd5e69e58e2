//! `rulewatch rules` and `rulewatch impact`: what eligibility tools rest on, and what hangs on a change.

use std::collections::BTreeSet;

use super::args::{Format, ImpactOf, Rules, RulesAction};
use super::{Exit, Fitted, Out, look, now};
use crate::asking::{self, AskedOfficial, Impact, RuleFact, RuleStanding};
use crate::doors;
use crate::model::{BoundData, Change, Doubt, FindingKind, Language, SourceId, Stage, TouchedData};
use crate::render::table::{self, RuleRow};
use crate::render::words::{self, Voice, say};
use crate::render::{Look, bound, finding, inert};
use crate::settings::Settings;
use crate::verifying::{self, Touch};

pub(super) fn run(settings: &Settings, args: &Rules, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    let asked = AskedOfficial { as_of: None, now: now(), zone: &settings.zone };
    let (only, format, language) = match &args.action {
        Some(RulesAction::Show { rule, format, lang }) => (Some(rule), *format, *lang),
        Some(RulesAction::List { format, lang }) => (None, *format, *lang),
        None => (None, Format::Text, Language::En),
    };
    let standings = asking::rules(&known, &catalog, &asked, only)?;
    match (format, only.is_some()) {
        (Format::Ndjson, _) => {
            for standing in &standings {
                writeln!(out, "{}", object(standing))?;
            }
        }
        (Format::Text, false) => {
            let rows: Vec<RuleRow<'_>> =
                standings.iter().map(|standing| row(standing, language)).collect();
            let look = Look { language, ..look(&settings.zone, catalog.glossary()) };
            write!(out, "{}", table::rules(&rows, &look))?;
        }
        (Format::Text, true) => {
            let out = &mut Fitted::new(out);
            for standing in &standings {
                show(standing, language, out)?;
            }
        }
    }
    Ok(Exit::Done)
}

fn row(standing: &RuleStanding, language: Language) -> RuleRow<'_> {
    let rule = &standing.rule;
    let doubts = standing.facts.iter().flat_map(|fact| &fact.doubts);
    let words: BTreeSet<String> = doubts.map(|doubt| named(doubt, language)).collect();
    let mut health: Vec<String> = words.into_iter().collect();
    let mut add = |en, fr| health.push(say(language, en, fr).to_owned());
    if standing.facts.is_empty() {
        add("nothing known yet", "rien de connu");
    } else if !standing.unknown.is_empty() {
        add("partly unknown", "en partie inconnu");
    }
    if health.is_empty() {
        health.push(say(language, "sound", "sûre").to_owned());
    }
    let (title, tools) = (rule.title.get(language), rule.tools.join(", "));
    RuleRow { id: &rule.id, health: health.join(", "), title, tools }
}

/// A rule: whether it can be relied on and why not, then its facts, each page once.
fn show(standing: &RuleStanding, language: Language, out: &mut dyn Out) -> anyhow::Result<()> {
    let rule = &standing.rule;
    let say = |en, fr| say(language, en, fr);
    let colon = say(":", "\u{a0}:");
    writeln!(out, "{}{colon} {}", rule.id, rule.title.get(language))?;
    writeln!(out, "{}{colon} {}", say("tools", "outils"), rule.tools.join(", "))?;
    let health = match standing.is_sound() {
        true => say(
            "sound, all it rests on is known and beyond doubt",
            "sûre, tout ce sur quoi elle repose est connu et hors de doute",
        ),
        false => say("not sound", "pas sûre"),
    };
    writeln!(out, "{}{colon} {health}", say("health", "état"))?;
    let of = |fact: &RuleFact| {
        fact.doubts.iter().map(|doubt| rests_on(&fact.source, doubt, language)).collect()
    };
    let doubts: BTreeSet<String> =
        standing.facts.iter().flat_map(|fact| -> Vec<String> { of(fact) }).collect();
    for line in doubts {
        writeln!(out, "    {line}")?;
    }
    for target in &standing.unknown {
        let words = say("nothing is known yet of", "rien n'est encore connu de");
        writeln!(out, "    {words} {target}")?;
    }
    let mut page = "";
    for fact in &standing.facts {
        if fact.url != page {
            page = &fact.url;
            writeln!(out, "{} ({})", fact.url, fact.source)?;
        }
        writeln!(out, "{}", fact_text(fact, language))?;
    }
    Ok(())
}

/// `rests on ircc-fee-list: unreadable for 3 days: last read at …`
fn rests_on(source: &SourceId, doubt: &Doubt, language: Language) -> String {
    let words = say(language, "rests on", "repose sur");
    let colon = say(language, ":", "\u{a0}:");
    let why = finding::doubt(&doubt.why, language);
    format!("{words} {source}{colon} {}, {}", named(doubt, language), inert(&why, 200))
}

/// The word of a doubt, for people.
fn named(doubt: &Doubt, language: Language) -> String {
    let kind = FindingKind::of_doubt(&doubt.word);
    kind.map_or_else(|| doubt.word.clone(), |kind| finding::kind(kind, language))
}

fn fact_text(fact: &RuleFact, language: Language) -> String {
    let newest = say(language, "the newest since", "le plus récent depuis le");
    let since = fact.since.map_or_else(String::new, |day| format!(", {newest} {day}"));
    let noun = match fact.records {
        1 => say(language, "record", "élément"),
        _ => say(language, "records", "éléments"),
    };
    let colon = say(language, ":", "\u{a0}:");
    let mut lines = vec![format!("    {}{colon} {} {noun}{since}", fact.key, fact.records)];
    lines.extend(fact.values.iter().map(|value| format!("        {}", inert(value, 200))));
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
    let language = args.lang;
    let say = |en, fr| say(language, en, fr);
    let colon = say(":", "\u{a0}:");
    write_impact(&impact, language, fitted)?;
    let asked = AskedOfficial { as_of: None, now, zone: &settings.zone };
    let official = asking::official(&known, &catalog, &asked, &|key| *key == impact.fact)?;
    for set in official.sets.values().flatten() {
        for doubt in asking::doubts(set) {
            let words = rests_on(&set.source, &doubt, language);
            writeln!(fitted, "{}{colon} {words}", say("doubt", "doute"))?;
        }
    }
    let Some(file) = &args.bindings else { return Ok(Exit::Done) };
    let facts = BTreeSet::from([impact.fact]);
    let mut bindings = verifying::bindings(file)?;
    verifying::keep(&mut bindings, &facts);
    if bindings.bindings.is_empty() {
        match language {
            Language::En => writeln!(fitted, "no data of {} is bound to it", file.display())?,
            Language::Fr => writeln!(fitted, "aucune donnée de {} n'y est liée", file.display())?,
        }
        return Ok(Exit::Done);
    }
    for binding in &bindings.bindings {
        let at = binding
            .at
            .path
            .as_deref()
            .or(binding.at.quote.as_deref())
            .unwrap_or(say("all of it", "tout"));
        let tools = if binding.tools.is_empty() {
            String::new()
        } else {
            format!(" ({})", binding.tools.join(", "))
        };
        let (bound, place) = (say("bound", "lié"), say("at", "à"));
        writeln!(
            fitted,
            "{bound}{colon} {} {place} {at}{colon} {}{tools}",
            binding.file, binding.name
        )?;
    }
    let announced = impact.change.is_some_and(|change| change.stage == Stage::Announced);
    let touch = Touch { facts: &facts, announced, now, zone: &settings.zone };
    let data = BoundData::of(file);
    let touched = verifying::wrong(&known, &catalog, (&data, &bindings), &touch)?;
    let voice = Voice { language, glossary: catalog.glossary() };
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

fn write_impact(impact: &Impact, language: Language, out: &mut dyn Out) -> anyhow::Result<()> {
    let say = |en, fr| say(language, en, fr);
    let colon = say(":", "\u{a0}:");
    match &impact.change {
        Some(change) => {
            let summary = inert(change.summary.get(language), 300);
            let Change { severity, stage, kind, .. } = change;
            match language {
                Language::En => writeln!(
                    out,
                    "{} {} {}: {summary}",
                    severity.word(),
                    stage.word(),
                    kind.word()
                )?,
                Language::Fr => {
                    let kind = words::kind(*kind, language);
                    writeln!(out, "{summary} ({kind}; {})", words::severity(*severity, language))?;
                    writeln!(out, "{}", words::stage(*stage, language))?;
                }
            }
        }
        None => writeln!(out, "{}", impact.fact)?,
    }
    if impact.rules.is_empty() {
        writeln!(out, "{}", say("no rule depends on it", "aucune règle n'en dépend"))?;
    }
    for rule in &impact.rules {
        let (title, tools) = (rule.title.get(language), rule.tools.join(", "));
        writeln!(out, "{}{colon} {} {title} ({tools})", say("rule", "règle"), rule.id)?;
    }
    let tools: Vec<&str> = impact.tools().into_iter().collect();
    if !tools.is_empty() {
        writeln!(out, "{}{colon} {}", say("tools", "outils"), tools.join(", "))?;
    }
    Ok(())
}
