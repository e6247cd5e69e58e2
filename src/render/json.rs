//! Values as the JSON of the contract (PRODUCT section 5), field by field and in the contract's order.
//!
//! The text of a page is kept unchanged here: JSON is data, and its strings cannot act. Characters that
//! could act on a terminal are written as `\u` escapes, which every JSON reader takes for the same
//! text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::model::json::{plain_fields, plain_side};
use crate::model::{
    CallRow, Change, Complaint, Confirmed, Delivery, DeliveryState, EventId, Evidence, FactKey,
    FieldName, Hook, Lost, Record, RecordKey, Reported, Retraction, Rhythm, RuleId, Shares,
    SourceId, Subscribed, Subscriber, Subscription, Unread, Unreadable, weekday_word,
};

use super::inert::is_unseen;
use super::line::CheckLine;

/// The object of a change: the same in `log`, `show` and everywhere else.
#[must_use]
pub fn change(change: &Change) -> Json {
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    let quote = |evidence: Option<&Evidence>| evidence.map(|e| e.quote.clone());
    json!({
        "id": change.id.as_str(),
        "event": change.event.as_str(),
        "seen_at": change.seen_at.to_string(),
        "last_seen_unchanged_at": change.last_seen_unchanged_at.map(|at| at.to_string()),
        "published_on": day(change.dates.published_on),
        "effective_on": day(change.dates.effective_on),
        "expires_on": day(change.dates.expires_on),
        "applies_to": change.dates.applies_to,
        "stage": change.stage.word(),
        "jurisdiction": change.jurisdiction,
        "program": change.program,
        "source": change.source.as_str(),
        "fact": change.fact.as_str(),
        "record": change.record.as_str(),
        "field": change.field.as_ref().map(FieldName::as_str),
        "kind": change.kind.word(),
        "old": plain_side(change.old.as_ref()),
        "new": plain_side(change.new.as_ref()),
        "severity": change.severity.word(),
        "rules": change.rules.iter().map(RuleId::as_str).collect::<Vec<_>>(),
        "summary": {"en": change.summary.en, "fr": change.summary.fr},
        "evidence": {
            "url": change.url,
            "snapshot": format!("sha256:{}", change.snapshot),
            "before": quote(change.before.as_ref()),
            "after": quote(change.after.as_ref()),
        },
    })
}

/// The object of a change in the log. One that was read from an imported page says so; one that was taken
/// back says when, by whom and why.
#[must_use]
pub fn logged(of: &Change, retraction: Option<&Retraction>, is_imported: bool) -> Json {
    let mut object = change(of);
    if is_imported {
        object["imported"] = true.into();
    }
    if let Some(Retraction { at, by, why, .. }) = retraction {
        object["retracted"] = json!({"at": at.to_string(), "by": by, "why": why});
    }
    object
}

/// The object of a check: a line of `replay` and of `check`.
#[must_use]
pub fn check(line: &CheckLine<'_>) -> Json {
    let changes = |changes: &[Change]| changes.iter().map(change).collect::<Vec<Json>>();
    json!({
        "type": "check",
        "capture": line.capture,
        "at": line.at.to_string(),
        "source": line.source.as_str(),
        "outcome": line.outcome.word(),
        "reason": line.outcome.reason(),
        "records": counts(line.records),
        "updates": counts(line.updates),
        "held": changes(line.held),
        "sets": line.sets.iter().map(|(set, verdict)| (set.clone(), verdict.word().into())).collect::<Map<String, Json>>(),
        "unreadable": line.unreadable.iter().map(unreadable).collect::<Vec<Json>>(),
        "unread": line.unread.iter().map(unread).collect::<Vec<Json>>(),
        "changes": changes(line.changes),
    })
}

/// The object of something that could not be read.
#[must_use]
pub fn unreadable(unreadable: &Unreadable) -> Json {
    json!({
        "fact": unreadable.fact,
        "record": unreadable.record().map(RecordKey::as_str),
        "field": unreadable.field().map(FieldName::as_str),
        "why": unreadable.why,
        "stands": unreadable.stands,
    })
}

/// The object of something that has been unreadable for some time: a line of `review`.
#[must_use]
pub fn lost(source: &SourceId, lost: &Lost) -> Json {
    let mut object = unreadable(&lost.what);
    object["type"] = "unreadable".into();
    object["source"] = source.as_str().into();
    object["since"] = lost.since.to_string().into();
    object["last_read_at"] = lost.last_read_at.map(|at| at.to_string()).into();
    object["confirmed"] = lost.confirmed.as_ref().map(confirmed).into();
    object
}

/// The object of a person's word that something holds still.
#[must_use]
pub fn confirmed(confirmed: &Confirmed) -> Json {
    json!({"at": confirmed.at.to_string(), "by": confirmed.by, "note": confirmed.note})
}

/// The object of something that was reported as unread: a line of `review`.
#[must_use]
pub fn reported(reported: &Reported) -> Json {
    let mut object = unread(&reported.what);
    object["type"] = "unread".into();
    object["id"] = reported.id.into();
    object["source"] = reported.source.as_str().into();
    object["seen_at"] = reported.at.to_string().into();
    object
}

/// The object of something that is new on a page and not read by any recipe.
#[must_use]
pub fn unread(unread: &Unread) -> Json {
    json!({"what": unread.what, "under": unread.under, "text": unread.text})
}

fn counts(counts: &BTreeMap<FactKey, usize>) -> Map<String, Json> {
    counts.iter().map(|(key, n)| (key.as_str().to_owned(), Json::from(*n))).collect()
}

/// The object of a record: a line of `sources test`.
#[must_use]
pub fn record(fact: &FactKey, key: &RecordKey, record: &Record) -> Json {
    json!({
        "type": "record",
        "fact": fact.as_str(),
        "record": key.as_str(),
        "fields": plain_fields(&record.fields),
        "locator": *record.evidence.locator,
        "evidence": record.evidence.quote,
    })
}

/// How many words of a page are read as what.
#[must_use]
pub fn shares(shares: &Shares) -> Map<String, Json> {
    let Shares { facts, clauses, noise, rest } = *shares;
    let named = [("facts", facts), ("clauses", clauses), ("noise", noise), ("rest", rest)];
    named.into_iter().map(|(name, n)| (name.to_owned(), Json::from(n))).collect()
}

/// When a letter or call came to its state or is due, and how often it was tried if it is due.
fn progress(state: &DeliveryState) -> (&Timestamp, Option<u32>) {
    match state {
        DeliveryState::Due { at, attempts } => (at, Some(*attempts)),
        DeliveryState::Sent { at }
        | DeliveryState::Cancelled { at }
        | DeliveryState::GaveUp { at, .. } => (at, None),
    }
}

/// The object of a letter: a line of `outbox`. The address is masked.
#[must_use]
pub fn delivery(delivery: &Delivery, why: &str) -> Json {
    let (at, attempts) = progress(&delivery.state);
    json!({
        "type": "delivery",
        "id": delivery.id.as_str(),
        "state": delivery.state.word(),
        "at": at.to_string(),
        "attempts": attempts,
        "to": delivery.to.masked(),
        "event": delivery.event.as_ref().map(EventId::as_str),
        "why": Some(why).filter(|why| !why.is_empty()),
    })
}

/// The object of a call of a hook: a line of `outbox`.
#[must_use]
pub fn call(call: &CallRow) -> Json {
    let (at, attempts) = progress(&call.state);
    json!({
        "type": "call",
        "id": call.id.as_str(),
        "state": call.state.word(),
        "at": at.to_string(),
        "attempts": attempts,
        "to": call.to,
        "event": call.event.as_str(),
        "why": call.why,
    })
}

/// The object of a hook: a line of `hooks`. Its address is shown only as far as its host.
#[must_use]
pub fn hook(hook: &Hook) -> Json {
    let is = &hook.is.subscription;
    json!({
        "type": "hook",
        "hook": hook.id.0,
        "to": hook.masked(),
        "form": hook.is.form.word(),
        "language": hook.is.language.code(),
        "programs": is.programs,
        "jurisdictions": is.jurisdictions,
        "facts": is.facts,
        "nocs": is.nocs,
        "kinds": is.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "severity": is.severity.word(),
        "added_at": hook.added_at.to_string(),
        "failing_since": hook.failing_since.map(|at| at.to_string()),
        "paused_at": hook.paused_at.map(|at| at.to_string()),
        "why": hook.last_error,
    })
}

/// The object of a subscriber: a line of `subscribers`.
#[must_use]
pub fn subscriber(subscriber: &Subscriber) -> Json {
    let consent = &subscriber.consent;
    json!({
        "type": "subscriber",
        "address": subscriber.address.as_str(),
        "language": subscriber.language.code(),
        "subscriptions": subscriber.subscriptions.iter().map(subscribed).collect::<Vec<_>>(),
        "consent": {
            "wording": consent.wording, "method": consent.method,
            "given_at": consent.given_at.to_string(),
        },
        "paused_at": subscriber.paused_at.map(|at| at.to_string()),
    })
}

fn subscribed(subscribed: &Subscribed) -> Json {
    let Subscription {
        programs,
        jurisdictions,
        sources,
        rules,
        facts,
        nocs,
        kinds,
        severity,
        conditions,
        rhythm,
    } = &subscribed.to;
    let digest = match rhythm {
        Rhythm::Immediate => Json::Null,
        Rhythm::Digest(slot) => json!({
            "day": slot.day.map(weekday_word), "hour": slot.hour, "zone": slot.zone_name(),
        }),
    };
    json!({
        "number": subscribed.id.0,
        "programs": programs,
        "jurisdictions": jurisdictions,
        "sources": sources,
        "rules": rules,
        "facts": facts,
        "nocs": nocs,
        "kinds": kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "severity": severity.word(),
        "where": conditions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "sends": rhythm.word(),
        "digest": digest,
        "since": subscribed.since.to_string(),
    })
}

/// The object of a complaint: a line of `sources test`.
#[must_use]
pub fn complaint(complaint: &Complaint) -> Json {
    json!({
        "type": "complaint",
        "fact": complaint.fact,
        "place": complaint.place,
        "text": complaint.text,
        "why": complaint.why,
    })
}

/// The JSON on one line, safe to print on a terminal.
#[must_use]
pub fn one_line(json: &Json) -> String {
    let text = json.to_string();
    if !text.contains(acts_on_a_terminal) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts_on_a_terminal(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Outside strings JSON is plain ASCII, so these characters occur only where an escape is allowed.
fn acts_on_a_terminal(c: char) -> bool {
    c.is_control() || is_unseen(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CheckOutcome, Extent, SourceId, UnchangedReason, Verdict};
    use crate::render::sample;

    #[test]
    fn a_change_is_the_contracts_object_in_its_order() {
        let mut given = sample::removed("21211", "Data scientists");
        given.dates.effective_on = Some("2025-02-27".parse().unwrap());
        assert_eq!(
            one_line(&change(&given)),
            format!(
                r#"{{"id":"c-21211-removed","event":"e-1","seen_at":"2025-02-27T18:05:00Z","last_seen_unchanged_at":"2025-02-26T18:05:00Z","published_on":null,"effective_on":"2025-02-27","expires_on":null,"applies_to":null,"stage":"in_force","jurisdiction":"CA","program":"express-entry","source":"ircc-ee-categories","fact":"ee.category.stem.occupations","record":"21211","field":null,"kind":"occupation_removed","old":{{"title":"Data scientists"}},"new":null,"severity":"block","rules":["R-EE-CAT"],"summary":{{"en":"21211 Data scientists removed from Express Entry, STEM","fr":"Entrée express, STIM – retrait{nbsp}: 21211 «{nbsp}Data scientists{nbsp}»"}},"evidence":{{"url":"https://www.canada.ca/en/categories.html","snapshot":"sha256:{hash}","before":"Data scientists 21211","after":null}}}}"#,
                nbsp = '\u{a0}',
                hash = "3f2a91bc04de".repeat(6).get(..64).unwrap(),
            )
        );
    }

    #[test]
    fn a_check_is_the_contracts_line() {
        let source = SourceId::parse("sk-sinp-oid").unwrap();
        let outcome = CheckOutcome::Unchanged(UnchangedReason::SameFacts);
        let key = FactKey::parse("sinp.eoi.streams").unwrap();
        let records = BTreeMap::from([(key, 3)]);
        let line = CheckLine {
            capture: Some("2017-05-15T0154__a.html"),
            at: "2017-05-15T01:54:00Z".parse().unwrap(),
            source: &source,
            outcome: &outcome,
            records: &records,
            updates: &BTreeMap::new(),
            held: &[],
            sets: &BTreeMap::from([("sinp.fees".to_owned(), Verdict::Unreadable)]),
            unreadable: &[Unreadable::new("sinp.fees", Extent::Set, "no table")],
            unread: &[Unread {
                what: "table".to_owned(),
                under: "Fees".to_owned(),
                text: "Late fee".to_owned(),
            }],
            changes: &[],
        };
        assert_eq!(
            one_line(&check(&line)),
            r#"{"type":"check","capture":"2017-05-15T0154__a.html","at":"2017-05-15T01:54:00Z","source":"sk-sinp-oid","outcome":"unchanged","reason":"same_facts","records":{"sinp.eoi.streams":3},"updates":{},"held":[],"sets":{"sinp.fees":"unreadable"},"unreadable":[{"fact":"sinp.fees","record":null,"field":null,"why":"no table","stands":null}],"unread":[{"what":"table","under":"Fees","text":"Late fee"}],"changes":[]}"#
        );
    }

    #[test]
    fn records_and_complaints_are_the_contracts_lines() {
        let draw = sample::draw();
        let fact = FactKey::parse("bcpnp.draws").unwrap();
        let key = RecordKey::parse("2026-05-14/innovate-high-economic-impact/points").unwrap();
        assert_eq!(
            one_line(&record(&fact, &key, &draw)),
            r#"{"type":"record","fact":"bcpnp.draws","record":"2026-05-14/innovate-high-economic-impact/points","fields":{"date":"2026-05-14","invitations":212,"score":135},"locator":"1. table","evidence":"May 14, 2026 212 135"}"#
        );
        let odd = Complaint {
            cause: crate::model::Cause::Unreadable,
            about: None,
            fact: "bcpnp.draws".into(),
            place: "row 6, column Number of invitations".into(),
            text: "\u{1b}[31m\u{9b}\u{202e}".into(),
            why: "not a number".into(),
        };
        assert_eq!(
            one_line(&complaint(&odd)),
            r#"{"type":"complaint","fact":"bcpnp.draws","place":"row 6, column Number of invitations","text":"\u001b[31m\u009b\u202e","why":"not a number"}"#
        );
        let back: Json = serde_json::from_str(&one_line(&complaint(&odd))).unwrap();
        assert_eq!(back["text"], odd.text, "escaped is the same text");
    }
}
