//! `rulewatch subscribe`, `unsubscribe`, `subscribers`.

use super::args::{Subscribe, Unsubscribe};
use super::exit::misuse;
use super::{Exit, Out, now};
use crate::doors;
use crate::model::{Consent, NewSubscriber, Subscription};
use crate::render::inert;
use crate::settings::Settings;
use crate::subscribing;

pub(super) fn subscribe(
    settings: &Settings,
    args: Subscribe,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    if args.consent.trim().is_empty() {
        return Err(misuse("--consent says what the consent rests on; it cannot be empty"));
    }
    let address = args.address.clone();
    let new = NewSubscriber {
        address: args.address,
        language: args.lang,
        subscription: Subscription {
            programs: args.program,
            jurisdictions: args.jurisdiction,
            facts: args.fact.iter().map(ToString::to_string).collect(),
            nocs: args.noc,
            kinds: args.kind,
            severity: args.severity,
        },
        consent: Consent { wording: args.consent, method: "operator".to_owned(), given_at: now() },
        token_hash: None,
    };
    subscribing::subscribe(&doors::store(settings)?, &new)?;
    writeln!(out, "{} is subscribed", address.as_str())?;
    Ok(Exit::Done)
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
                "{address} is no longer subscribed; letters still owed and cancelled: {cancelled}"
            )?;
            Ok(Exit::Done)
        }
    }
}

pub(super) fn list(settings: &Settings, out: &mut dyn Out) -> anyhow::Result<Exit> {
    for subscriber in subscribing::subscribers(&doors::to_ask(settings)?)? {
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
