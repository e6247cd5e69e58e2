//! The integration tests, one binary.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where they fail")]

mod absence;
mod beside;
mod captures;
mod catalogue;
mod checks;
mod cli;
mod crash;
mod daemon;
mod delivery;
mod deploy;
mod eml;
mod faults;
mod fetching;
mod hostile;
mod identities;
mod impacts;
mod labelled;
mod layers;
mod left_out;
mod limits;
mod mail_server;
mod mailing;
mod maintaining;
mod manners;
mod memory;
mod mutations;
mod outside;
mod paper;
mod pdf;
mod program;
mod properties;
mod reach;
mod reading;
mod recipes;
mod repairs;
mod shipped;
mod signal;
mod site;
mod sources;
mod storing;
mod tls;
mod tls_site;
mod turns;
mod world;
