//! `rulewatch` watches the official pages that Canadian immigration rules are published on, reads
//! the *facts* out of them, and tells people when a rule that eligibility data depends on changes:
//! what, from what to what, from when, with proof. It is silent about everything else.
//!
//! # What happens when a page changes
//!
//! 1. [`daemon`] wakes and asks [`schedule`] which sources are due; `rulewatch check` names them.
//! 2. [`engine`] asks [`fetch`] for the page, conditionally. The same bytes, or 304: *unchanged*.
//! 3. [`extract`] applies the source's recipe, which [`catalog`] read from `sources.toml`: facts
//!    with evidence, or a *breakage*. It never says that something was removed. Of a PDF
//!    [`convert`] makes text first.
//! 4. [`gate`] judges: accept, *held* for confirmation, or *broken*. The last good facts stand.
//! 5. [`diff`] compares with the facts last accepted: the differences, by key, order-free.
//! 6. [`engine`] makes changes of them (the rules they touch, severity, stage) and [`alert`] plans
//!    who is owed a letter.
//! 7. [`store`] writes snapshot, facts, event, changes and owed letters in **one** transaction.
//! 8. [`engine`] delivers: [`render`] words each letter, [`mail`] sends it, [`store`] records the
//!    try. A crash between sending and recording means a second letter with the same Message-ID,
//!    never a lost one.
//!
//! # The house, floor by floor
//!
//! | floor | module | in one sentence |
//! |---|---|---|
//! | ground | [`model`] | What the words mean, and what makes a value valid. |
//! | first (pure) | [`written`] | Reads what an operator wrote, every fault at once. |
//! | | [`catalog`] | Turns the text of `sources.toml` into proven sources and rules. |
//! | | [`extract`] | Reads facts, with evidence, out of one page. |
//! | | [`gate`] | Judges whether an extraction is believable. |
//! | | [`diff`] | Says what changed between two sets of facts. |
//! | | [`schedule`] | Says what is due and when next. |
//! | | [`alert`] | Decides who is told what, and when to try again. |
//! | | [`render`] | Puts values into words: letters, terminal, JSON. |
//! | second (doors) | [`clock`] | Tells the time. |
//! | | [`fetch`] | Gets pages, politely. |
//! | | [`convert`] | Turns what is no text into text, with programs of the system. |
//! | | [`store`] | Remembers. |
//! | | [`mail`] | Hands letters to a mail server. |
//! | | [`settings`] | Reads the operator's settings once. |
//! | third | [`engine`] | Does one thing from start to end, using the doors. |
//! | roof | [`daemon`] | Keeps the engine going and talks to systemd. |
//! | | [`cli`] | Answers a person; starts the daemon. |
//!
//! A module knows the floors below it and none beside it, but for four arrows: `catalog` parses
//! recipes and schedules once, at load, into the types of [`extract`] and [`schedule`], and it and
//! `settings` read what an operator wrote through [`written`]. A test holds the house to it.
//!
//! # What is never done
//!
//! - Nothing below the doors is `async`, reads a clock or a file, or fails for any reason but the
//!   values it was given. Time is an argument.
//! - Nothing is overwritten: snapshots, checks, states of records, events and changes are appended.
//!   "Current" is a query.
//! - A page that cannot be read is our trouble: it gives an outcome, never a change.
//! - No text of a page reaches a letter, a terminal or a page of ours unescaped.
//! - No line of Rust is about one page: what is particular to a page is in `sources.toml`.
//!
//! # Where does X live?
//!
//! | you want to | go to |
//! |---|---|
//! | watch a new page | `sources.toml`, in the language of [`catalog::recipes`] |
//! | read a new shape of table or list | a new file in `extract/form/` |
//! | read a new kind of document | `convert/` where it is no text, then `extract/document.rs` |
//! | change what counts as believable | `gate/` |
//! | change what counts as a change | `diff/` |
//! | change who is told | `alert/` |
//! | change the words of a letter | `render/letter/` |
//! | be gentler to a host | `fetch/lane.rs` |
//! | add a column | a new folder in `migrations/`, then `store/` |
//! | add a subcommand | a new file in `cli/` |

pub mod model;

pub mod alert;
pub mod catalog;
pub mod diff;
pub mod extract;
pub mod gate;
pub mod render;
pub mod schedule;
pub mod written;

pub mod clock;
pub mod convert;
pub mod fetch;
pub mod mail;
pub mod settings;
pub mod store;

pub mod engine;

pub mod cli;
pub mod daemon;
