//! The integration tests, one binary.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where they fail")]

mod deploy;
mod fetching;
mod left_out;
mod mailing;
mod site;
mod storing;
