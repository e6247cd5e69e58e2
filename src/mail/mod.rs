//! Hands letters to a mail server, reads what mail servers send back ([`report()`]), and is the only place
//! that knows the formats of mail.
//!
//! In two steps. [`compose()`] is pure: a letter and an envelope give the bytes of a message, the
//! same bytes every time, so that a retry sends what was sent before. [`Post::send`] sends those bytes
//! to a mail server, to a directory of `.eml` files, or to memory. For a failure it says at which step
//! it happened, and whom it is about: this letter, us, or the moment
//! ([`SendFailure`](crate::model::SendFailure)).
//!
//! Each step with a mail server has its own deadline, so a server that falls silent at any of them holds
//! nothing up. Connections are kept for the next letter until a round of delivery is over.
//!
//! At least once: when the connection is lost after the text was handed over, nobody can know whether
//! the letter was accepted. It is then sent again with the same Message-ID, by which mail programs and
//! people recognise the repeat.

mod compose;
mod directory;
mod fault;
mod line;
mod memory;
mod post;
mod report;
mod smtp;

pub use compose::{ComposeError, Envelope, Message, compose, message_id};
pub use directory::Directory;
pub use memory::Memory;
pub use post::{Post, Sent};
pub use report::{DeliveryReport, messages, report};
pub use smtp::{Smtp, SmtpFault};
