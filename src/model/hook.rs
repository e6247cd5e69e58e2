//! Hooks: addresses of other programs that are called when something is told; and their calls.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{ChangeId, DeliveryId, DeliveryState, EventId, Language, Network, Subscription};

/// How hooks are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookSettings {
    /// Private networks that may be called. None by default.
    pub allow_private: Vec<Network>,
    /// The longest time a call takes in all. 15 s by default.
    pub deadline: Duration,
}

impl Default for HookSettings {
    fn default() -> Self {
        Self { allow_private: Vec::new(), deadline: Duration::from_secs(15) }
    }
}

/// A hook's number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HookId(pub i64);

/// The form of what a hook is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookForm {
    /// The objects of the changes, as JSON.
    Json,
    /// Plain text: ntfy and others.
    Text,
    /// JSON with a `text`: Slack, Mattermost, Rocket.Chat.
    Slack,
    /// JSON with a card: Teams.
    Teams,
    /// JSON with a `content`: Discord.
    Discord,
}

impl HookForm {
    /// Every form.
    pub const ALL: [Self; 5] = [Self::Json, Self::Text, Self::Slack, Self::Teams, Self::Discord];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Discord => "discord",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// The type of what is sent.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json | Self::Slack | Self::Teams | Self::Discord => "application/json",
        }
    }
}

/// A hook to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHook {
    /// Where it is called.
    pub url: Url,
    /// In which form.
    pub form: HookForm,
    /// In which language, where the form has words.
    pub language: Language,
    /// What it hears.
    pub subscription: Subscription,
    /// What its secret is made of, besides the key of the installation.
    pub salt: String,
}

/// A hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its number.
    pub id: HookId,
    /// Where it is called, in which form, and what it hears.
    pub is: NewHook,
    /// When it was added.
    pub added_at: Timestamp,
    /// Since when every call has failed, if it is so.
    pub failing_since: Option<Timestamp>,
    /// The last call that failed, and how long from then on it is not called.
    pub waits: Option<(Timestamp, SignedDuration)>,
    /// Since when it is not called any more.
    pub paused_at: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

impl Hook {
    /// Its address as far as it may be shown: the path may hold a key.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.is.url)
    }
}

/// An address as far as it may be shown: what follows the host may hold a key.
#[must_use]
pub fn masked(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
    if is_bare { origin } else { format!("{origin}/…") }
}

/// A call that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingCall {
    /// Its id: the receiver knows a repeat by it.
    pub id: DeliveryId,
    /// The event it tells of.
    pub event: EventId,
    /// The changes of the event that are taken back; `None`: the event is told.
    pub taken_back: Option<Vec<ChangeId>>,
    /// How many times it has been tried.
    pub attempts: u32,
    /// The bytes of the first try, if there was one: this try sends the same.
    pub body: Option<Vec<u8>>,
}

/// A call, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// Its id.
    pub id: DeliveryId,
    /// The address of its hook, as far as it may be shown.
    pub to: String,
    /// The event it tells of.
    pub event: EventId,
    /// Its state.
    pub state: DeliveryState,
    /// What went wrong last, with it or with its hook.
    pub why: Option<String>,
}

/// Whom a failed call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFault {
    /// The hook as a whole, or the moment: no other call would do better.
    Hook,
    /// This call alone, as far as is known.
    Call,
    /// The hook says that it is gone for good.
    Gone,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFailure {
    /// Whom it is about.
    pub about: CallFault,
    /// What went wrong.
    pub why: String,
}

impl CallFailure {
    /// What an answer other than success means.
    #[must_use]
    pub fn of_status(status: u16, words: &str) -> Self {
        let about = match status {
            410 => CallFault::Gone,
            400 | 406 | 409 | 411..=424 => CallFault::Call,
            _ => CallFault::Hook,
        };
        let said = match (status, words) {
            (300..=399, _) => "; redirects are not followed".to_owned(),
            (_, "") => String::new(),
            (_, words) => format!(": {words}"),
        };
        Self { about, why: format!("it answered {status}{said}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whom_it_is_about() {
        let about = |status| CallFailure::of_status(status, "no").about;
        assert_eq!(about(410), CallFault::Gone);
        assert_eq!(
            (about(400), about(413), about(422)),
            (CallFault::Call, CallFault::Call, CallFault::Call)
        );
        for status in [301, 401, 403, 404, 408, 429, 500, 503] {
            assert_eq!(about(status), CallFault::Hook, "{status}");
        }
        assert_eq!(
            CallFailure::of_status(302, "").why,
            "it answered 302; redirects are not followed"
        );
        assert_eq!(CallFailure::of_status(500, "oh").why, "it answered 500: oh");
    }

    #[test]
    fn what_may_be_a_key_is_not_shown() {
        let masked = |text| masked(&Url::parse(text).unwrap());
        assert_eq!(
            masked("https://hooks.slack.example/services/T0/B0/secret"),
            "https://hooks.slack.example/…"
        );
        assert_eq!(masked("https://ntfy.example:8443"), "https://ntfy.example:8443");
        assert_eq!(masked("https://a.example/?token=x"), "https://a.example/…");
    }
}
