//! The integration tests, one binary.

mod fetching;
mod site;
