//! Subscribers, and what they asked to be told about.

use jiff::Timestamp;

use super::{
    Change, ChangeKind, Condition, Event, FactType, IdFault, Key, Language, Rhythm, RuleId,
    Severity, SourceId, SubscriberId, SubscriptionId,
};

/// An e-mail address that a letter can be sent to.
///
/// Deliberately narrower than RFC 5321: no quoted local part, no address literal, no control or
/// non-ASCII character. No accepted address can break out of a header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address; its domain is made lower case.
    ///
    /// # Errors
    /// When it is not `local@domain.tld` of plain characters.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let fault = |why| IdFault { text: text.to_owned(), kind: "e-mail address", why };
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| fault("it has no @"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let local_good = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_good = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !local_good {
            return Err(fault("the part before @ has characters that are not taken"));
        }
        if domain.len() > 253 || !domain.contains('.') || !domain.split('.').all(label_good) {
            return Err(fault("the part after @ is no domain name"));
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as it may appear in logs: `a…@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').expect("a parsed address has an @");
        format!("{}…@{domain}", &local[..1])
    }
}

/// The consent a subscription rests on (S.C. 2010, c. 23, the anti-spam law, section 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The words of the consent, or the operator's note of what it rests on.
    pub wording: String,
    /// How it was given: `operator`, `web`.
    pub method: String,
    /// When.
    pub given_at: Timestamp,
}

/// What a subscriber asked to be told about, and how often. An empty list means "any".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Programs: `express-entry`.
    pub programs: Vec<String>,
    /// Jurisdictions: `CA`, `BC`.
    pub jurisdictions: Vec<String>,
    /// Sources: `ircc-ee-rounds`.
    pub sources: Vec<String>,
    /// Rules: `R-EE-FUNDS`.
    pub rules: Vec<String>,
    /// Keys, or patterns with `*`, of fact sets.
    pub facts: Vec<String>,
    /// NOC codes.
    pub nocs: Vec<String>,
    /// Kinds.
    pub kinds: Vec<ChangeKind>,
    /// The mildest severity heard.
    pub severity: Severity,
    /// What is asked of the values of a record; all of it must hold.
    pub conditions: Vec<Condition>,
    /// How often letters come.
    pub rhythm: Rhythm,
}

impl Default for Subscription {
    /// Every `warn` and `block` change, at once.
    fn default() -> Self {
        Self {
            programs: Vec::new(),
            jurisdictions: Vec::new(),
            sources: Vec::new(),
            rules: Vec::new(),
            facts: Vec::new(),
            nocs: Vec::new(),
            kinds: Vec::new(),
            severity: Severity::Warn,
            conditions: Vec::new(),
            rhythm: Rhythm::Immediate,
        }
    }
}

/// A fact set that is watched, as far as a subscription asks.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// The source that reads it.
    pub source: &'a SourceId,
    /// The source's program.
    pub program: &'a str,
    /// The source's jurisdiction.
    pub jurisdiction: &'a str,
    /// Its key; it may have open words in braces.
    pub key: &'a str,
    /// Its type.
    pub kind: FactType,
    /// The kinds of change it can give, each with how severe one can be.
    pub gives: &'a [(ChangeKind, Severity)],
    /// The rules that depend on it.
    pub rules: &'a [RuleId],
}

fn any(list: &[String], word: &str) -> bool {
    list.is_empty() || list.iter().any(|w| w == word)
}

fn any_rule(list: &[String], rules: &[RuleId]) -> bool {
    list.is_empty() || rules.iter().any(|rule| list.iter().any(|word| word == rule.as_str()))
}

impl Subscription {
    /// Returns whether a change of a fact set could be heard.
    #[must_use]
    pub fn follows(&self, set: &Watched<'_>) -> bool {
        let mut gives = set.gives.iter();
        self.names(set) && gives.any(|(kind, severity)| self.asks_for(*kind, *severity))
    }

    /// Returns whether a fact set is one of those asked for, whatever it gives.
    #[must_use]
    pub fn names(&self, set: &Watched<'_>) -> bool {
        let covers = |pattern: &String| {
            super::RuleTarget::parse(pattern).is_ok_and(|target| target.could_cover(set.key))
        };
        any(&self.programs, set.program)
            && any(&self.jurisdictions, set.jurisdiction)
            && any(&self.sources, set.source.as_str())
            && any_rule(&self.rules, set.rules)
            && (self.facts.is_empty() || self.facts.iter().any(covers))
            && (self.nocs.is_empty() || set.kind == FactType::Occupations)
    }

    /// Returns whether a kind of change, as severe as that, is asked for.
    #[must_use]
    pub fn asks_for(&self, kind: ChangeKind, severity: Severity) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind)) && severity >= self.severity
    }

    /// Returns whether the subscriber hears of a change.
    #[must_use]
    pub fn hears(&self, change: &Change) -> bool {
        let fact = self.facts.is_empty()
            || self.facts.iter().any(|pattern| {
                super::RuleTarget::parse(pattern).is_ok_and(|target| target.covers(&change.fact))
            });
        // A new edition of a list's codes concerns every code.
        let noc = self.nocs.is_empty()
            || change.record.as_str() == super::EDITION
            || self
                .nocs
                .iter()
                .any(|noc| change.record.as_str().split('/').any(|part| part == noc));
        any(&self.programs, &change.program)
            && any(&self.jurisdictions, &change.jurisdiction)
            && any(&self.sources, change.source.as_str())
            && any_rule(&self.rules, &change.rules)
            && fact
            && noc
            && self.asks_for(change.kind, change.severity)
            && Condition::admit(&self.conditions, change)
    }

    /// Whether the reader hears any change of an event.
    #[must_use]
    pub fn hears_of(&self, event: &Event) -> bool {
        event.changes.iter().any(|change| self.hears(change))
    }
}

/// A person to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscriber {
    /// Where letters go.
    pub address: EmailAddress,
    /// In which language.
    pub language: Language,
    /// What they asked for.
    pub subscription: Subscription,
    /// The consent it rests on.
    pub consent: Consent,
    /// The hash of the token in their unsubscribe link, if they have one. The token itself is never
    /// kept.
    pub token_hash: Option<String>,
}

/// A subscription that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribed {
    /// Its number.
    pub id: SubscriptionId,
    /// What it asks for.
    pub to: Subscription,
    /// When it was made, or changed last.
    pub since: Timestamp,
}

/// A person who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// The number in the database.
    pub id: SubscriberId,
    /// Where letters go.
    pub address: EmailAddress,
    /// In which language.
    pub language: Language,
    /// What they asked for: one subscription or several.
    pub subscriptions: Vec<Subscribed>,
    /// The consent it rests on.
    pub consent: Consent,
    /// Since when nothing is sent to them, because their letters came back.
    pub paused_at: Option<Timestamp>,
    /// The key in the links of a letter that is being written to them.
    pub key: Option<Key>,
}

impl Subscriber {
    /// Returns whether they hear of a change, by any of their subscriptions.
    #[must_use]
    pub fn hears(&self, change: &Change) -> bool {
        self.subscriptions.iter().any(|subscribed| subscribed.to.hears(change))
    }

    /// Returns whether a change of a fact set could be heard.
    #[must_use]
    pub fn follows(&self, set: &Watched<'_>) -> bool {
        self.subscriptions.iter().any(|subscribed| subscribed.to.follows(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_break_out_of_a_header() {
        assert_eq!(EmailAddress::parse("Ana.B@Example.ORG").unwrap().as_str(), "Ana.B@example.org");
        for bad in
            ["a@b", "a b@c.de", "a@c.de\nBcc: x@y.z", "@c.de", "a@.de", "\"x\"@c.de", "é@c.de"]
        {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_masked_address_does_not_name_anybody() {
        assert_eq!(EmailAddress::parse("ana@example.org").unwrap().masked(), "a…@example.org");
    }
}
