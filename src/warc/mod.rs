//! Web archives: the WARC format of ISO 28500, read and written.
//!
//! [`records`] goes through the records of an archive one by one, whole or compressed; [`answer`] takes the
//! HTTP answer apart that a `response` record holds. [`Writer`] writes version 1.1, each record a gzip
//! member of its own. It is given what was received and claims nothing else: the bodies that are kept are
//! decoded, so they are written as `resource` records, never as answers of a server.
//!
//! Archives are hostile: every size is bounded before anything is read, and what a record says of itself is
//! only text.

mod http;
mod read;
mod write;

pub use http::{HttpAnswer, answer, decoded};
pub use read::{WarcFault, WarcRecord, records};
pub use write::{Writer, WrittenRecord, digest};
