//! Letters: to subscribers about changes, to the operator about sources.
//!
//! One module for each letter, with its subject next to its body. A body is written once, as blocks in
//! the reader's language, and the same code turns the blocks into plain text and HTML, so the two parts
//! of a letter cannot say different things.

mod changes;
mod confirm;
mod data;
mod digest;
mod foot;
mod group;
mod hook;
mod input;
mod mail;
mod meaning;
mod operator;
mod outage;
mod page;
mod paused;
mod retraction;
mod revived;
mod set_aside;
mod stale;
mod subject;
mod trial;
mod unwatched;
mod welcome;

pub use changes::changes;
pub use confirm::{ConfirmInput, confirm};
pub use digest::{DigestInput, digest};
pub(super) use foot::notes;
pub use foot::{Leave, ReaderPages, Sender};
pub use hook::{HookInput, HookNews, hook};
pub use input::{LetterInput, SetName, SourceTitle};
pub use mail::{MailInput, mail};
pub use operator::{OperatorInput, operator};
pub use outage::{OutageInput, outage};
pub use paused::{PausedInput, paused};
pub use retraction::{RetractionInput, retraction};
pub use revived::{RevivedInput, revived};
pub use set_aside::{SetAsideInput, set_aside};
pub use stale::{StaleInput, stale};
pub use trial::{TrialInput, trial};
pub use unwatched::{UnwatchedInput, unwatched};
pub use welcome::{Today, WelcomeInput, welcome};
