//! The integration tests, one binary.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where they fail")]

mod absence;
mod announced;
mod apart;
mod archived;
mod asked;
mod beside;
mod bounces;
mod browser;
mod captures;
mod catalogue;
mod checker;
mod checks;
mod cli;
mod clocks;
mod crash;
mod crowd;
mod cycles;
mod daemon;
mod dated_names;
mod delivery;
mod denied;
mod deploy;
mod digests;
mod drafting;
mod draws;
mod drills;
mod eml;
mod exporting;
mod families;
mod faults;
mod feeds;
mod fetching;
mod figures;
mod first;
mod forgetting;
mod hooks;
mod hostile;
mod identities;
mod impacts;
mod importing;
mod joining;
mod labelled;
mod laid_out;
mod later;
mod layers;
mod left_out;
mod letters;
mod limits;
mod lists_in_turn;
mod log;
mod mail_server;
mod mailing;
mod maintaining;
mod manners;
mod memory;
mod moved;
mod mutations;
mod not_yet;
mod notices;
mod outside;
mod pairs;
mod paper;
mod pdf;
mod program;
mod properties;
mod reach;
mod readers;
mod reading;
mod recipes;
mod remainder;
mod renamed;
mod repairs;
mod retention;
mod reworded;
mod schemas;
mod several;
mod shipped;
mod signal;
mod site;
mod sources;
mod spelled;
mod statuses;
mod storing;
mod terminal;
mod tls;
mod tls_site;
mod told;
mod trying;
mod turns;
mod two_lines;
mod wayback;
mod web;
mod workflow;
mod world;

/// The months as English pages print them.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
