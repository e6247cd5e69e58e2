//! Hands letters to a mail server, and is the only place that knows lettre.
//!
//! In two steps. [`compose()`] is pure: a letter and an envelope give the bytes of a message, the
//! same bytes every time, so that a retry sends what was sent before. [`Post::send`] takes those
//! bytes to a mail server, to a directory of `.eml` files, or to memory, and says of a failure
//! whether trying again makes sense.
//!
//! At least once: when the connection is lost after the text was handed over, nobody can know
//! whether the letter was taken. It is then sent again, with the same Message-ID, by which mail
//! programs and people recognise the repeat.

mod compose;
mod directory;
mod memory;
mod post;
mod smtp;

pub use compose::{ComposeError, Envelope, Message, compose, message_id};
pub use directory::Directory;
pub use memory::Memory;
pub use post::{Post, SendError, Sent};
pub use smtp::{Smtp, SmtpFault};
