//! A letter that was not taken: the step that failed, the answer, and what it means for this letter and
//! all others.

use std::fmt;

/// A step of handing a letter over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailStep {
    /// The letter's addresses, before anything is sent.
    Address,
    /// The connection.
    Connect,
    /// TLS.
    Protect,
    /// The server's greeting.
    Greet,
    /// Our name: EHLO.
    Hello,
    /// The login: AUTH.
    Login,
    /// The sender: MAIL.
    Sender,
    /// The recipient: RCPT.
    Recipient,
    /// The letter itself: DATA, up to the answer to its last dot.
    Text,
    /// Writing it to a file, if letters go to files.
    File,
}

impl MailStep {
    /// Every step, in order.
    pub const ALL: [Self; 10] = [
        Self::Address,
        Self::Connect,
        Self::Protect,
        Self::Greet,
        Self::Hello,
        Self::Login,
        Self::Sender,
        Self::Recipient,
        Self::Text,
        Self::File,
    ];

    /// The step's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Connect => "connect",
            Self::Protect => "tls",
            Self::Greet => "greeting",
            Self::Hello => "ehlo",
            Self::Login => "auth",
            Self::Sender => "mail",
            Self::Recipient => "rcpt",
            Self::Text => "data",
            Self::File => "file",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// What was being done.
    fn doing(self) -> &'static str {
        match self {
            Self::Address => "reading the letter's addresses",
            Self::Connect => "connecting to the mail server",
            Self::Protect => "protecting the connection to the mail server (TLS)",
            Self::Greet => "waiting for the mail server's greeting",
            Self::Hello => "telling the mail server our name (EHLO)",
            Self::Login => "logging in to the mail server (AUTH)",
            Self::Sender => "naming the sender (MAIL)",
            Self::Recipient => "naming the recipient (RCPT)",
            Self::Text => "handing over the letter (DATA)",
            Self::File => "writing the letter",
        }
    }

    /// Where the operator should look first, if the fault is ours.
    fn hint(self) -> Option<&'static str> {
        match self {
            Self::Connect => Some("host and port"),
            Self::Protect => Some("tls, port and ca_file"),
            Self::Hello => Some("hello"),
            Self::Login => Some("user and password_file"),
            Self::Sender => Some("from, user and password_file"),
            Self::Address | Self::Greet | Self::Recipient | Self::Text | Self::File => None,
        }
    }
}

/// Whom a failure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// This letter: the others may fare better.
    Letter,
    /// Us: no letter can be sent until somebody fixes it.
    Us,
    /// The moment: no letter can be sent now.
    Moment,
}

impl Means {
    /// Every meaning.
    const ALL: [Self; 3] = [Self::Letter, Self::Us, Self::Moment];

    /// The meaning's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Us => "us",
            Self::Moment => "moment",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|means| means.word() == word)
    }
}

/// A letter that was not taken, or whose fate is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SendFailure {
    /// The step that failed.
    pub step: MailStep,
    /// The code of the server's answer, if it answered.
    pub code: Option<u16>,
    /// The server's words, or what the network said.
    pub words: String,
    /// Whom it is about.
    pub means: Means,
}

impl SendFailure {
    /// A server's answer at a step.
    #[must_use]
    pub fn answered(step: MailStep, code: u16, words: String) -> Self {
        Self { step, code: Some(code), words, means: meaning(step, code) }
    }

    /// A network error at a step, or no answer in time. From the recipient on, nobody knows whether the
    /// connection was lost because of this letter.
    #[must_use]
    pub fn lost(step: MailStep, words: String) -> Self {
        let means = match step {
            MailStep::Address | MailStep::Recipient | MailStep::Text => Means::Letter,
            MailStep::Connect
            | MailStep::Protect
            | MailStep::Greet
            | MailStep::Hello
            | MailStep::Login
            | MailStep::Sender
            | MailStep::File => Means::Moment,
        };
        Self { step, code: None, words, means }
    }

    /// A fault on our side, or a server that cannot do what we need.
    #[must_use]
    pub fn ours(step: MailStep, words: String) -> Self {
        Self { step, code: None, words, means: Means::Us }
    }

    /// A letter that this server, or any server, cannot be given.
    #[must_use]
    pub fn unsendable(words: String) -> Self {
        Self { step: MailStep::Address, code: None, words, means: Means::Letter }
    }

    /// Whether the letter must never be tried again: it is refused for what it is.
    #[must_use]
    pub fn is_for_good(&self) -> bool {
        let is_refusal =
            self.step == MailStep::Address || self.code.is_some_and(|code| code >= 500);
        self.means == Means::Letter && is_refusal && !self.is_about_policy()
    }

    /// Whether a letter is refused because of what the server allows us, not because of what it is or whom it is to:
    /// the server does not relay for us or does not know us well enough (RFC 3463: X.7.X), or finds once it has the
    /// text that nothing proves our name (RFC 7372: X.7.20 and on). The next recipient shows whether that is true of
    /// all.
    fn is_about_policy(&self) -> bool {
        let words = self.words.to_ascii_lowercase();
        let is_said = |signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
        self.step == MailStep::Text && is_said(&["5.7.2", "dmarc", "dkim", "spf"])
            || self.step == MailStep::Recipient && is_said(&["5.7.", "relay"])
    }

    /// Whether another failure says the same.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        (self.step, self.code, self.means) == (other.step, other.code, other.means)
    }
}

/// Whom an answer is about. A fault before the recipient is named affects every letter; so does a login
/// that is asked for later, and a server that closes or is overloaded.
fn meaning(step: MailStep, code: u16) -> Means {
    match (step, code) {
        (MailStep::Address, _) => Means::Letter,
        (_, 421 | 454) => Means::Moment,
        (_, 530 | 534 | 535 | 538) => Means::Us,
        (MailStep::Recipient | MailStep::Text, _) => Means::Letter,
        (_, 400..=499) => Means::Moment,
        _ => Means::Us,
    }
}

impl fmt::Display for SendFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step.doing(), self.words)?;
        let hint = self.step.hint().filter(|_| self.means == Means::Us);
        hint.map_or(Ok(()), |hint| write!(f, "; see {hint} in [mail]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_about_the_letter_only_from_the_recipient_on() {
        use MailStep::{Greet, Hello, Login, Recipient, Sender, Text};
        let means = |step, code| SendFailure::answered(step, code, String::new()).means;
        for step in [Greet, Hello, Login, Sender] {
            assert_eq!(means(step, 550), Means::Us, "{step:?}");
            assert_eq!(means(step, 450), Means::Moment, "{step:?}");
        }
        for step in [Recipient, Text] {
            assert_eq!(means(step, 550), Means::Letter, "{step:?}");
            assert_eq!(means(step, 450), Means::Letter, "{step:?}");
            assert_eq!(means(step, 530), Means::Us, "{step:?}: a login is asked for");
        }
        for step in MailStep::ALL.into_iter().filter(|step| *step != MailStep::Address) {
            assert_eq!(means(step, 421), Means::Moment, "{step:?}");
            assert_eq!(means(step, 454), Means::Moment, "{step:?}");
        }
    }

    #[test]
    fn only_a_refusal_of_the_letter_itself_ends_it() {
        for step in MailStep::ALL {
            for code in [421, 450, 451, 452, 454, 501, 530, 535, 550, 552, 554] {
                let failure = SendFailure::answered(step, code, String::new());
                let refuses = matches!(step, MailStep::Recipient | MailStep::Text)
                    && code >= 500
                    && !matches!(code, 530 | 535);
                assert_eq!(
                    failure.is_for_good(),
                    refuses || step == MailStep::Address,
                    "{step:?} {code}"
                );
            }
            let lost = SendFailure::lost(step, String::new());
            assert_eq!(lost.is_for_good(), step == MailStep::Address);
        }
    }

    #[test]
    fn what_is_refused_by_policy_is_tried_again() {
        let said = |step, words: &str| SendFailure::answered(step, 554, words.to_owned());
        for words in
            ["554 5.7.1 <a@b.example>: no", "550 relaying denied", "554 Relay access denied"]
        {
            assert!(!said(MailStep::Recipient, words).is_for_good(), "{words}");
        }
        assert!(said(MailStep::Recipient, "550 5.1.1 no such user").is_for_good());
        // The keys or names that prove who we are may be out of order, and are the same for all letters.
        let unproven = "550 5.7.26 unauthenticated mail from example.org is not accepted";
        assert!(!said(MailStep::Text, unproven).is_for_good());
        assert!(said(MailStep::Text, "554 5.7.1 spam").is_for_good(), "that is what the letter is");
    }

    #[test]
    fn what_is_wrong_with_us_says_where_to_look() {
        let words = "535 5.7.8 no".to_owned();
        assert_eq!(
            SendFailure::answered(MailStep::Login, 535, words).to_string(),
            "logging in to the mail server (AUTH): 535 5.7.8 no; see user and password_file in [mail]"
        );
        let busy = SendFailure::answered(MailStep::Sender, 454, "454 slow down".into());
        assert_eq!(busy.to_string(), "naming the sender (MAIL): 454 slow down");
    }

    #[test]
    fn words_are_read_back() {
        for step in MailStep::ALL {
            assert_eq!(MailStep::from_word(step.word()), Some(step));
        }
        for means in Means::ALL {
            assert_eq!(Means::from_word(means.word()), Some(means));
        }
        assert_eq!((MailStep::from_word("x"), Means::from_word("x")), (None, None));
    }
}
