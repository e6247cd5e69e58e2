//! Why a step with a mail server was not taken, and what that means.

use std::time::Duration;

use lettre::transport::smtp::Error;

use crate::model::{MailStep, SendFailure, in_full};

/// The longest answer of a server that is kept.
const ANSWER: usize = 300;

/// Why a step was not taken.
pub(super) enum Fault {
    /// Nothing was said in time.
    Late(Duration),
    /// The server, or the network, said why.
    Smtp(Error),
}

impl Fault {
    /// What it means at a step.
    pub(super) fn at(self, step: MailStep) -> SendFailure {
        let error = match self {
            Self::Late(limit) => {
                let words = format!("no answer within {limit:?}");
                return SendFailure::lost(step, words);
            }
            Self::Smtp(error) => error,
        };
        let words = short(&in_full(&error));
        match error.status() {
            Some(code) => SendFailure::answered(step, u16::from(code), words),
            None if step == MailStep::Protect && is_about_tls(&error) => {
                SendFailure::ours(step, words)
            }
            // What the library will not do with this server: no way to log in that both know.
            None if error.is_client() => SendFailure::ours(step, words),
            None => SendFailure::lost(step, words),
        }
    }
}

pub(super) fn is_about_tls(error: &Error) -> bool {
    error.is_tls() || in_full(error).contains("certificate")
}

/// A server's words on one line, without what could act on a terminal.
pub(super) fn short(answer: &str) -> String {
    crate::model::text::excerpt(&crate::model::text::canonical(answer), ANSWER)
}
