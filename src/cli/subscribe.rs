//! `rulewatch subscribe`, `subscription`, `unsubscribe`, `subscribers`.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan as _};

use super::args::{
    Format, Presets, Send, Subscribe, SubscriptionAction, SubscriptionArgs, Unsubscribe, WishArgs,
};
use super::exit::misuse;
use super::{Exit, Fitted, Out, now};
use crate::doors;
use crate::model::{
    Consent, Glossary, Language, NewSubscriber, Phrase, Rhythm, RuleTarget, Slot, Subscriber,
    Subscription, SubscriptionId, USUAL_HOUR,
};
use crate::render::words::{Voice, day};
use crate::render::{inert, json, left_out, rhythm, wish};
use crate::settings::Settings;
use crate::subscribing::{self, Hearing, Outlook, Stopped, Topic, Wanted};

/// How many fact sets are listed; if there are more, only their number is shown.
const MANY_TOPICS: usize = 12;

/// For how many months back it is said what a subscription would have sent.
const MONTHS: i32 = 6;

pub(super) fn subscribe(
    settings: &Settings,
    args: Subscribe,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    if args.consent.as_ref().is_some_and(|consent| consent.trim().is_empty()) {
        return Err(misuse("--consent says what the consent rests on; it cannot be empty"));
    }
    let catalog = doors::catalog(settings)?;
    let sends = rhythm_of(settings, &args.wish)?.unwrap_or_default();
    let mut asked = asked(args.wish)?;
    if let Some(preset) = &args.preset {
        asked = added(subscribing::preset(&catalog, preset)?, asked);
    }
    let asked = Wanted { to: Subscription { rhythm: sends, ..asked.to }, ..asked };
    let (subscription, heard) = subscribing::considered(&catalog, asked)?;
    let store = match args.consent {
        Some(wording) => {
            let store = doors::store(settings)?;
            if !args.again
                && let Some(day) = subscribing::left_on(&store, &args.address)?
            {
                return Err(misuse(has_left(settings, args.address.as_str(), day)));
            }
            let known = subscribing::known(&store, &args.address)?;
            let new = NewSubscriber {
                address: args.address,
                language: subscribing::language(args.lang, known.as_ref()),
                subscription: subscription.clone(),
                consent: Consent { wording, method: "operator".to_owned(), given_at: now() },
                token_hash: None,
            };
            if !args.dry_run {
                subscribing::subscribe(&store, &new)?;
                if !args.no_welcome {
                    subscribing::welcome(&store, &new.address, now())?;
                }
                write_subscribed(&new, known.as_ref(), out)?;
            }
            Some(store)
        }
        None => doors::to_ask(settings).ok(),
    };
    write_heard(&heard, out)?;
    write_wish(&subscription, catalog.glossary(), out)?;
    if let Some(store) = store {
        let since = months_ago(settings, now());
        let outlook = subscribing::outlook(&store, &catalog, &subscription, since)?;
        write_outlook(settings, &outlook, out)?;
    }
    Ok(Exit::Done)
}

/// What is said where somebody would be subscribed who has left.
fn has_left(settings: &Settings, address: &str, day: Date) -> String {
    let page = match &settings.http.public_url {
        Some(url) => format!(" at {url}en/subscribe"),
        None => String::new(),
    };
    format!(
        "{address} left on {day}, and nobody is written to who has left. They can sign up themselves{page}; or, if they \
         have asked you for letters again since, add `--again`, and let `--consent` say how they asked"
    )
}

fn write_subscribed(
    new: &NewSubscriber,
    known: Option<&Subscriber>,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let address = new.address.as_str();
    let Some(known) = known else {
        writeln!(out, "{address} is subscribed")?;
        return Ok(());
    };
    let before = known.subscriptions.len();
    let has = if before == 1 { "1 subscription" } else { &format!("{before} subscriptions") };
    writeln!(out, "{address} is subscribed to this too, beside {has}")?;
    if known.address.as_str() != address {
        writeln!(out, "They are known as {}: letters go there.", known.address.as_str())?;
    }
    Ok(())
}

/// What somebody asks for beside a preset.
fn added(preset: Wanted, more: Wanted) -> Wanted {
    let both = |mut one: Vec<String>, more: Vec<String>| {
        one.extend(more);
        one
    };
    let severity = if more.severity_chosen { more.to.severity } else { preset.to.severity };
    let to = Subscription {
        programs: both(preset.to.programs, more.to.programs),
        jurisdictions: both(preset.to.jurisdictions, more.to.jurisdictions),
        sources: both(preset.to.sources, more.to.sources),
        rules: both(preset.to.rules, more.to.rules),
        facts: both(preset.to.facts, more.to.facts),
        nocs: both(preset.to.nocs, more.to.nocs),
        kinds: [preset.to.kinds, more.to.kinds].concat(),
        severity,
        ..more.to
    };
    Wanted {
        to,
        conditions: [preset.conditions, more.conditions].concat(),
        severity_chosen: preset.severity_chosen || more.severity_chosen,
    }
}

pub(super) fn presets(
    settings: &Settings,
    args: &Presets,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let voice = Voice { language: args.lang, glossary: catalog.glossary() };
    for preset in catalog.presets() {
        writeln!(out, "{}: {}", preset.id, inert(preset.title.get(args.lang), 160))?;
        let wanted = subscribing::preset(&catalog, &preset.id)?;
        let (to, _) = subscribing::considered(&catalog, wanted)?;
        writeln!(out, "  {}", wish(&to, voice))?;
    }
    Ok(Exit::Done)
}

/// What somebody asks for, as it was typed.
fn asked(args: WishArgs) -> anyhow::Result<Wanted> {
    let (mut facts, mut conditions) = (Vec::new(), args.conditions);
    for fact in &args.fact {
        let (key, more) = Phrase::parse_where(fact).map_err(misuse)?;
        RuleTarget::parse(&key).map_err(|fault| misuse(fault.to_string()))?;
        facts.push(key);
        conditions.extend(more);
    }
    let severity_chosen = args.severity.is_some();
    let to = Subscription {
        programs: args.program,
        jurisdictions: args.jurisdiction,
        sources: args.source,
        rules: args.rule,
        facts,
        nocs: args.noc,
        kinds: args.kind,
        severity: args.severity.unwrap_or(Subscription::default().severity),
        ..Subscription::default()
    };
    Ok(Wanted { to, conditions, severity_chosen })
}

/// When letters are to come, if that was typed.
fn rhythm_of(settings: &Settings, args: &WishArgs) -> anyhow::Result<Option<Rhythm>> {
    let is_timed = args.hour.is_some() || args.zone.is_some() || args.day.is_some();
    let slot = |day| Slot {
        day,
        hour: args.hour.unwrap_or(USUAL_HOUR),
        zone: args.zone.clone().unwrap_or_else(|| settings.zone.clone()),
    };
    match args.send {
        None | Some(Send::Immediate) if is_timed => Err(misuse(
            "--hour, --day and --zone say when letters that are gathered come: add `--send daily` or \
             `--send weekly`",
        )),
        None => Ok(None),
        Some(Send::Immediate) => Ok(Some(Rhythm::Immediate)),
        Some(Send::Daily) if args.day.is_some() => {
            Err(misuse("--day is the day of a weekly letter: add `--send weekly`"))
        }
        Some(Send::Daily) => Ok(Some(Rhythm::Digest(slot(None)))),
        Some(Send::Weekly) => {
            Ok(Some(Rhythm::Digest(slot(Some(args.day.unwrap_or(Weekday::Monday))))))
        }
    }
}

/// Says what will be sent: each fact set if there are few, else how many.
fn write_heard(heard: &Hearing, out: &mut dyn Out) -> anyhow::Result<()> {
    if let Some(severity) = heard.widened_to {
        let word = severity.word();
        writeln!(out, "Nothing asked for is ever more severe than {word}, so {word} is sent too.")?;
    }
    for kind in &heard.idle {
        writeln!(out, "Nothing that is asked for ever gives {}.", kind.word())?;
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

/// Says what is asked for, what is not told, and when letters come.
fn write_wish(
    subscription: &Subscription,
    glossary: &Glossary,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let voice = Voice { language: Language::En, glossary };
    writeln!(out, "Asked for: {}.", wish(subscription, voice))?;
    if let Some(words) = left_out(subscription, Language::En) {
        writeln!(out, "{words}")?;
    }
    writeln!(out, "Letters come {}.", rhythm(&subscription.rhythm, Language::En))?;
    Ok(())
}

/// Says what would have been told in the past months, and what nothing that is watched is about.
fn write_outlook(settings: &Settings, outlook: &Outlook, out: &mut dyn Out) -> anyhow::Result<()> {
    for code in &outlook.unlisted {
        writeln!(
            out,
            "NOC {code} is on no list that is watched: nothing is told of it until it is."
        )?;
    }
    let past = &outlook.past;
    let Some(last) = &past.last else {
        writeln!(out, "In the past {MONTHS} months it would have told of nothing that was seen.")?;
        return Ok(());
    };
    let changes = if past.n_changes == 1 { "change" } else { "changes" };
    let events = if past.n_events == 1 { "event" } else { "events" };
    let on = day(last.seen_at.to_zoned(settings.zone.clone()).date(), Language::En);
    writeln!(
        out,
        "In the past {MONTHS} months it would have told of {} {changes} in {} {events}; the last, on {on}: {}",
        past.n_changes,
        past.n_events,
        inert(&last.summary.en, 160),
    )?;
    Ok(())
}

fn months_ago(settings: &Settings, now: Timestamp) -> Timestamp {
    let here = now.to_zoned(settings.zone.clone());
    here.checked_sub(MONTHS.months()).map_or(now, |then| then.timestamp())
}

pub(super) fn subscription(
    settings: &Settings,
    args: SubscriptionArgs,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    match args.action {
        SubscriptionAction::Show { number } => show(settings, SubscriptionId(number), out),
        SubscriptionAction::Change { number, wish } => {
            change(settings, SubscriptionId(number), *wish, out)
        }
        SubscriptionAction::Stop { number } => stop(settings, SubscriptionId(number), out),
    }
}

fn show(settings: &Settings, id: SubscriptionId, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let (store, catalog) = (doors::to_ask(settings)?, doors::catalog(settings)?);
    let (reader, one) = subscribing::subscribed(&store, id)?;
    writeln!(out, "{} is subscription {} of {}", reader.address.as_str(), id.0, one.since)?;
    write_wish(&one.to, catalog.glossary(), out)?;
    let since = months_ago(settings, now());
    write_outlook(settings, &subscribing::outlook(&store, &catalog, &one.to, since)?, out)?;
    Ok(Exit::Done)
}

fn change(
    settings: &Settings,
    id: SubscriptionId,
    args: WishArgs,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let (store, catalog) = (doors::store(settings)?, doors::catalog(settings)?);
    let (reader, one) = subscribing::subscribed(&store, id)?;
    let sends = rhythm_of(settings, &args)?;
    let asked = asked(args)?;
    let (has_filters, has_rhythm) = (
        asked.to != Subscription::default()
            || !asked.conditions.is_empty()
            || asked.severity_chosen,
        sends.is_some(),
    );
    if !has_filters && !has_rhythm {
        return Err(misuse("say what to change: filters as for `subscribe`, or `--send`"));
    }
    let mut to = one.to.clone();
    if has_filters {
        let (wanted, heard) = subscribing::considered(&catalog, asked)?;
        to = Subscription { rhythm: to.rhythm, ..wanted };
        write_heard(&heard, out)?;
    }
    to.rhythm = sends.unwrap_or(to.rhythm);
    subscribing::change(&store, id, &to, now())?;
    writeln!(out, "Subscription {} of {} is changed.", id.0, reader.address.as_str())?;
    write_wish(&to, catalog.glossary(), out)?;
    let since = months_ago(settings, now());
    write_outlook(settings, &subscribing::outlook(&store, &catalog, &to, since)?, out)?;
    Ok(Exit::Done)
}

fn stop(settings: &Settings, id: SubscriptionId, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let store = doors::store(settings)?;
    let (reader, _) = subscribing::subscribed(&store, id)?;
    let address = reader.address.as_str();
    match subscribing::stop(&store, id, now())? {
        Stopped::One => writeln!(out, "Subscription {} of {address} is stopped.", id.0)?,
        Stopped::All(0) => writeln!(out, "{address} is no longer subscribed")?,
        Stopped::All(n) => {
            writeln!(out, "{address} is no longer subscribed; pending letters cancelled: {n}")?;
        }
    }
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
                "{address} is no longer subscribed; pending letters cancelled: {cancelled}"
            )?;
            Ok(Exit::Done)
        }
    }
}

pub(super) fn list(settings: &Settings, format: Format, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let subscribers = subscribing::subscribers(&doors::to_ask(settings)?)?;
    if format == Format::Ndjson {
        for subscriber in &subscribers {
            writeln!(out, "{}", json::one_line(&json::subscriber(subscriber)))?;
        }
        return Ok(Exit::Done);
    }
    // A catalogue that cannot be read hides nobody.
    let catalog = doors::catalog(settings).ok();
    let glossary = catalog.as_ref().map_or(Glossary::NONE, |catalog| catalog.glossary());
    let voice = Voice { language: Language::En, glossary };
    let out: &mut dyn Out = &mut Fitted::new(out);
    for subscriber in subscribers {
        let on = |at: Timestamp| at.to_zoned(settings.zone.clone()).date();
        writeln!(
            out,
            "{}  {}  consent: {} ({}, {}){}",
            subscriber.address.as_str(),
            subscriber.language.code(),
            inert(&subscriber.consent.wording, 120),
            subscriber.consent.method,
            on(subscriber.consent.given_at),
            subscriber.paused_at.map(|at| format!("; paused on {}", on(at))).unwrap_or_default(),
        )?;
        for one in &subscriber.subscriptions {
            let sends = rhythm(&one.to.rhythm, Language::En);
            writeln!(out, "  {}  {}; {sends}", one.id.0, wish(&one.to, voice))?;
        }
    }
    Ok(Exit::Done)
}
