//! `rulewatch hooks`: addresses of other programs that are called when something is told.

use std::io::{self, Read as _};
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use tokio::runtime::Runtime;
use url::Url;

use super::args::{AddHook, Format, Hooks, HooksAction, Listing};
use super::{Exit, Fitted, Out, misuse, now, runtime};
use crate::calling::{self, Added, Called};
use crate::doors::{self, Doors};
use crate::model::{Glossary, Hook, HookId, Language, Subscription};
use crate::render::{inert, json, wish, words::Voice};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: Hooks, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let list = || HooksAction::List(Listing { format: Format::Text });
    match args.action.unwrap_or_else(list) {
        HooksAction::List(args) => show(settings, args.format, out),
        HooksAction::Add(args) => add(settings, args, out),
        HooksAction::Test { hook } => test(settings, HookId(hook), out),
        HooksAction::Resume { hook } => {
            let due = calling::resume(&doors::store(settings)?, HookId(hook), now())?;
            writeln!(out, "hook {hook} is called again; calls that are due: {due}")?;
            Ok(Exit::Done)
        }
        HooksAction::Remove { hook } => {
            let cancelled = calling::remove(&doors::store(settings)?, HookId(hook), now())?;
            writeln!(out, "hook {hook} is removed; calls that are cancelled: {cancelled}")?;
            Ok(Exit::Done)
        }
    }
}

/// The longest address that is read.
const LONGEST: u64 = 4096;

fn add(settings: &Settings, args: AddHook, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let mut text = args.url;
    if text == "-" {
        text.clear();
        io::stdin().take(LONGEST + 1).read_to_string(&mut text)?;
        if text.len() as u64 > LONGEST {
            return Err(misuse(format!("the address is longer than {LONGEST} bytes")));
        }
    }
    let url = Url::parse(text.trim()).map_err(|error| misuse(format!("the address: {error}")))?;
    let subscription = Subscription {
        programs: args.program,
        jurisdictions: args.jurisdiction,
        facts: args.fact.iter().map(ToString::to_string).collect(),
        nocs: args.noc,
        kinds: args.kind,
        severity: args.severity,
        ..Subscription::default()
    };
    let is_plain = url.scheme() == "http";
    let catalog = doors::catalog(settings)?;
    let with = doors::calling(settings, doors::store(settings)?, Arc::new(catalog))?;
    let how = (args.form.into(), args.lang);
    let Added { id, secret, n_topics } = calling::add(&with, url, how, subscription)?;
    writeln!(out, "hook {} is added; it hears of {n_topics} fact sets", id.0)?;
    writeln!(out, "Its secret, shown this once: {}", secret.expose())?;
    if is_plain {
        writeln!(out, "What is sent is signed, and not encrypted: the address is http.")?;
    }
    writeln!(out, "`rulewatch hooks test {}` calls it now.", id.0)?;
    Ok(Exit::Done)
}

fn test(settings: &Settings, id: HookId, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let catalog = Arc::new(doors::catalog(settings)?);
    let with = doors::calling(settings, doors::store(settings)?, catalog)?;
    match runtime.block_on(calling::test(&with, id))? {
        Ok((status, took)) => {
            writeln!(out, "it answered {status}, after {} ms", took.as_millis())?;
            Ok(Exit::Done)
        }
        Err(failure) => {
            writeln!(out, "{}", inert(&failure.why, 400))?;
            Ok(Exit::Failed)
        }
    }
}

/// Makes the calls that are due, and says what could not be called.
pub(super) fn call(runtime: &Runtime, doors: &Doors) -> anyhow::Result<Called> {
    let Some(with) = &doors.calling else { return Ok(Called::default()) };
    Ok(runtime.block_on(calling::call_due(with))?)
}

fn show(settings: &Settings, format: Format, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let hooks = calling::hooks(&doors::to_ask(settings)?)?;
    if format == Format::Ndjson {
        for hook in hooks {
            writeln!(out, "{}", json::one_line(&json::hook(&hook)))?;
        }
        return Ok(Exit::Done);
    }
    // A catalogue that cannot be read hides no hook.
    let catalog = doors::catalog(settings).ok();
    let glossary = catalog.as_ref().map_or(Glossary::NONE, |catalog| catalog.glossary());
    let out: &mut dyn Out = &mut Fitted::new(out);
    for hook in hooks {
        writeln!(out, "{}", line(&hook, &settings.zone, glossary))?;
    }
    Ok(Exit::Done)
}

fn line(hook: &Hook, zone: &TimeZone, glossary: &Glossary) -> String {
    let moment = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M");
    let state = match (hook.paused_at, hook.failing_since) {
        (Some(at), _) => format!("paused since {}", moment(at)),
        (None, Some(at)) => format!("failing since {}", moment(at)),
        (None, None) => "works".to_owned(),
    };
    let why = hook.last_error.as_deref().map(|why| format!(": {}", inert(why, 200)));
    format!(
        "{}  {}  {} {}  {}; {state}{}",
        hook.id.0,
        hook.masked(),
        hook.is.form.word(),
        hook.is.language.code(),
        wish(&hook.is.subscription, Voice { language: Language::En, glossary }),
        why.unwrap_or_default(),
    )
}
