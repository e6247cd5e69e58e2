//! `rulewatch subscribe`, `unsubscribe`, `subscribers`.

use std::collections::BTreeSet;

use super::args::{Format, Subscribe, Unsubscribe};
use super::exit::misuse;
use super::{Exit, Out, now};
use crate::doors;
use crate::model::{Consent, NewSubscriber, Subscription};
use crate::render::{inert, json};
use crate::settings::Settings;
use crate::subscribing;
use crate::subscribing::{Hearing, Topic};

/// How many fact sets are listed; if there are more, only their number is shown.
const MANY_TOPICS: usize = 12;

pub(super) fn subscribe(
    settings: &Settings,
    args: Subscribe,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    if args.consent.trim().is_empty() {
        return Err(misuse("--consent says what the consent rests on; it cannot be empty"));
    }
    let address = args.address.clone();
    let chosen = args.severity.is_some();
    let new = NewSubscriber {
        address: args.address,
        language: args.lang,
        subscription: Subscription {
            programs: args.program,
            jurisdictions: args.jurisdiction,
            facts: args.fact.iter().map(ToString::to_string).collect(),
            nocs: args.noc,
            kinds: args.kind,
            severity: args.severity.unwrap_or(Subscription::default().severity),
        },
        consent: Consent { wording: args.consent, method: "operator".to_owned(), given_at: now() },
        token_hash: None,
    };
    let catalog = doors::catalog(settings)?;
    let heard = subscribing::subscribe_to(&doors::store(settings)?, &catalog, new, chosen)?;
    writeln!(out, "{} is subscribed", address.as_str())?;
    write_heard(&heard, out)?;
    Ok(Exit::Done)
}

/// Says what will be sent: each fact set if there are few, else how many.
fn write_heard(heard: &Hearing, out: &mut dyn Out) -> anyhow::Result<()> {
    if let Some(severity) = heard.widened_to {
        let word = severity.word();
        writeln!(out, "Nothing asked for is ever more severe than {word}, so {word} is sent too.")?;
    }
    let sources: BTreeSet<_> = heard.topics.iter().map(|topic| &topic.source).collect();
    let (sets, sources) = (heard.topics.len(), sources.len());
    writeln!(out, "Letters will tell of changes to {sets} fact sets of {sources} sources.")?;
    if sets > MANY_TOPICS {
        return Ok(());
    }
    for Topic { source, key, severity, is_prose } in &heard.topics {
        let what = if *is_prose { "each changed paragraph" } else { "changes" };
        writeln!(out, "  {key} ({source}): {what}, {} at most", severity.word())?;
    }
    Ok(())
}

pub(super) fn unsubscribe(
    settings: &Settings,
    args: &Unsubscribe,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let address = args.address.as_str();
    match subscribing::unsubscribe(&doors::store(settings)?, &args.address, now())? {
        None => {
            writeln!(out, "{address} is not subscribed")?;
            Ok(Exit::No)
        }
        Some(0) => {
            writeln!(out, "{address} is no longer subscribed")?;
            Ok(Exit::Done)
        }
        Some(cancelled) => {
            writeln!(
                out,
                "{address} is no longer subscribed; pending letters cancelled: {cancelled}"
            )?;
            Ok(Exit::Done)
        }
    }
}

pub(super) fn list(settings: &Settings, format: Format, out: &mut dyn Out) -> anyhow::Result<Exit> {
    for subscriber in subscribing::subscribers(&doors::to_ask(settings)?)? {
        if format == Format::Ndjson {
            writeln!(out, "{}", json::one_line(&json::subscriber(&subscriber)))?;
            continue;
        }
        let subscription = &subscriber.subscription;
        let words =
            |list: &[String]| if list.is_empty() { "any".to_owned() } else { list.join(",") };
        let heard = if subscription.kinds.is_empty() {
            format!("at least {}", subscription.severity.word())
        } else {
            subscription.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(",")
        };
        writeln!(
            out,
            "{}  {}  {heard}; program {}; jurisdiction {}; fact {}; NOC {}; consent: {} ({}, {})",
            subscriber.address.as_str(),
            subscriber.language.code(),
            words(&subscription.programs),
            words(&subscription.jurisdictions),
            words(&subscription.facts),
            words(&subscription.nocs),
            inert(&subscriber.consent.wording, 120),
            subscriber.consent.method,
            subscriber.consent.given_at.to_zoned(settings.zone.clone()).date(),
        )?;
    }
    Ok(Exit::Done)
}
