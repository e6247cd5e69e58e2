//! Why a step with a mail server failed, and what that means.

use std::time::Duration;

use lettre::transport::smtp::Error;

use crate::model::{MailStep, SendFailure, in_full};

/// How much of a server's answer is kept.
const ANSWER: usize = 300;

/// Why a step failed.
pub(super) enum Fault {
    /// No answer in time.
    Late(Duration),
    /// The server, or the network, gave a reason.
    Smtp(Error),
}

impl Fault {
    /// The meaning of the fault at a step.
    pub(super) fn at(self, step: MailStep) -> SendFailure {
        let error = match self {
            Self::Late(limit) => {
                let words = format!("no answer within {limit:?}");
                return SendFailure::lost(step, words);
            }
            Self::Smtp(error) => error,
        };
        let words = short(&in_full(&error));
        let words = if is_no_tls(&words) {
            "the mail server does not speak TLS from the start".to_owned()
        } else {
            words
        };
        match error.status() {
            Some(code) => SendFailure::answered(step, u16::from(code), words),
            None if step == MailStep::Protect && is_about_tls(&error) => {
                SendFailure::ours(step, words)
            }
            // The library refuses to go on with this server: there is no login method that both know.
            None if error.is_client() => SendFailure::ours(step, words),
            None => SendFailure::lost(step, words),
        }
    }
}

pub(super) fn is_about_tls(error: &Error) -> bool {
    let words = in_full(error);
    error.is_tls() || words.contains("certificate") || is_no_tls(&words)
}

/// Whether what came where TLS was expected is something else: most often the words of a server that expects STARTTLS.
fn is_no_tls(words: &str) -> bool {
    words.contains("InvalidContentType")
}

/// A server's words on one line, without characters that could control a terminal.
pub(super) fn short(answer: &str) -> String {
    crate::model::text::excerpt(&crate::model::text::canonical(answer), ANSWER)
}
