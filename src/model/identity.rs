//! Ids derived from what they name, so the same work done again gives the same id: after a crash, on a
//! restored backup, on a standby. They contain no clock time and no row number.
//!
//! Each is a prefix of a SHA-256 over its parts, in order, each preceded by a NUL, which no part
//! contains. Ids made by earlier versions of the program stay as they are.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::{
    Change, ChangeId, DayOf, DeliveryId, EmailAddress, Event, EventId, FieldName, MilestoneId,
    Side, SourceId, json::tagged_side,
};

impl EventId {
    /// The id of an event: its source, the source's previous event, and what its changes say, in any
    /// order. So A, B, A, B is four events.
    ///
    /// From each change it takes fact, record, field, kind, and the values before and after. Summary,
    /// evidence, severity and stage are left out: the same values may be read from other bytes, on
    /// another day, under other rules.
    #[must_use]
    pub fn of(source: &SourceId, before: Option<&Self>, changes: &[Change]) -> Self {
        let mut said: Vec<[String; 6]> = changes.iter().map(statement).collect();
        said.sort();
        let mut id = Id::new("event");
        id.part(source.as_str());
        id.part(before.map_or("", Self::as_str));
        said.iter().flatten().for_each(|part| id.part(part));
        Self::parse(&format!("e{}", id.hex(10))).expect("a letter and digits are an event id")
    }

    /// The placeholder id of an event until all its changes are known ([`Event::named`]).
    #[must_use]
    pub fn unnamed() -> Self {
        Self::parse(UNNAMED).expect("it is an event id")
    }
}

impl ChangeId {
    /// The id of a change: its event, and what it is about.
    #[must_use]
    pub fn of(event: &EventId, change: &Change) -> Self {
        let (fact, record, field) = change.about();
        let mut id = Id::new("change");
        id.part(event.as_str());
        id.part(fact.as_str());
        id.part(record.as_str());
        id.part(field.map_or("", FieldName::as_str));
        id.part(change.kind.word());
        Self::parse(&format!("c{}", id.hex(10))).expect("a letter and digits are a change id")
    }

    /// The placeholder id of a change until its event is named ([`Event::named`]).
    #[must_use]
    pub fn unnamed() -> Self {
        Self::parse(UNNAMED).expect("it is a change id")
    }
}

impl DeliveryId {
    /// The id of a letter, from which its Message-ID is made: its purpose, its recipient (case does not
    /// matter), and what it tells of: an event's id if there is one.
    #[must_use]
    pub fn of(purpose: &str, to: &EmailAddress, about: &[&str]) -> Self {
        let mut id = Id::new("letter");
        id.part(purpose);
        id.part(&to.hash());
        about.iter().for_each(|part| id.part(part));
        Self::parse(&id.hex(16)).expect("hexadecimal digits are a delivery id")
    }
}

impl DeliveryId {
    /// The id of a call of a hook: its address, the event, and what is taken back of it.
    #[must_use]
    pub fn of_call(hook: &url::Url, event: &EventId, taken_back: &[&str]) -> Self {
        let mut about = vec![event.as_str()];
        about.extend(taken_back);
        Self::of_hook("call", hook, &about)
    }

    /// The id of a call that is a test.
    #[must_use]
    pub fn of_test(hook: &url::Url, at: jiff::Timestamp) -> Self {
        Self::of_hook("test call", hook, &[&at.to_string()])
    }

    /// The id of a letter to the operator about a hook.
    #[must_use]
    pub fn of_hook(purpose: &str, hook: &url::Url, about: &[&str]) -> Self {
        let mut id = Id::new(purpose);
        id.part(&HEXLOWER.encode(&Sha256::digest(hook.as_str().as_bytes())));
        about.iter().for_each(|part| id.part(part));
        Self::parse(&id.hex(16)).expect("hexadecimal digits are a delivery id")
    }
}

impl MilestoneId {
    /// The id of a day in the calendar: the event that first gave it, the fact set, what happens on it,
    /// and the day as it was first given.
    #[must_use]
    pub fn of(change: &Change, of: DayOf, first: jiff::civil::Date) -> Self {
        let mut id = Id::new("milestone");
        id.part(change.event.as_str());
        id.part(change.fact.as_str());
        id.part(of.word());
        id.part(&first.to_string());
        Self::parse(&id.hex(16)).expect("hexadecimal digits are an id")
    }
}

impl EmailAddress {
    /// The SHA-256 of the address in lower case, in hexadecimal. It replaces the address where that
    /// must not be readable.
    #[must_use]
    pub fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.as_str().to_ascii_lowercase().as_bytes()))
    }
}

impl Event {
    /// Gives the event and its changes their ids, now that all the changes are known. `before` is the
    /// source's last recorded event.
    #[must_use]
    pub fn named(mut self, before: Option<&EventId>) -> Self {
        self.id = EventId::of(&self.source, before, &self.changes);
        for change in &mut self.changes {
            change.event = self.id.clone();
            change.id = ChangeId::of(&self.id, change);
        }
        self
    }
}

const UNNAMED: &str = "unnamed";

/// A URN made of parts (RFC 9562, a UUID of version 8): the same parts give the same one, on any machine and
/// under any address.
#[must_use]
pub fn urn(of: &str, parts: &[&str]) -> String {
    let mut id = Id::new(of);
    parts.iter().for_each(|part| id.part(part));
    let mut bytes: Vec<u8> = id.0.finalize()[..16].to_vec();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = HEXLOWER.encode(&bytes);
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    format!("urn:uuid:{}", groups.join("-"))
}

/// What a change says, as input to its event's id.
fn statement(change: &Change) -> [String; 6] {
    let (fact, record, field) = change.about();
    let side = |side: Option<&Side>| side.map_or_else(String::new, |s| tagged_side(s).to_string());
    [
        fact.to_string(),
        record.to_string(),
        field.map_or_else(String::new, ToString::to_string),
        change.kind.word().to_owned(),
        side(change.old.as_ref()),
        side(change.new.as_ref()),
    ]
}

/// An id under construction from its parts.
struct Id(Sha256);

impl Id {
    fn new(of: &str) -> Self {
        Self(Sha256::new_with_prefix(format!("rulewatch {of}")))
    }

    fn part(&mut self, part: &str) {
        self.0.update(b"\0");
        self.0.update(part.as_bytes());
    }

    fn hex(self, bytes: usize) -> String {
        let mut digits = HEXLOWER.encode(&self.0.finalize());
        digits.truncate(2 * bytes);
        digits
    }
}

#[cfg(test)]
mod tests;
