//! `rulewatch` watches the official pages that Canadian immigration rules are published on, reads
//! the *facts* out of them, and tells people when a rule that eligibility data depends on changes:
//! what, from what to what, from when, with proof. It is silent about everything else.
//!
//! # How a page becomes a letter
//!
//! 1. [`conclude::agenda()`] says which sources are due; [`daemon::run`] begins a check of each, in
//!    a process that ends when nothing is due ([`checker`]); `rulewatch check` names them itself.
//! 2. [`checking::check`] does one check from start to end. It asks [`fetch::Fetcher::fetch`] for the
//!    page, conditionally: the same bytes, or 304, are *unchanged*, and nothing is read.
//! 3. [`reading::readable`] makes text of a PDF; of every other page it hands on what came.
//! 4. [`extract::facts`] applies the source's recipe, which [`catalog::Catalog::parse`] has read: facts
//!    with evidence, or a *breakage*. It never says that something was removed.
//! 5. [`gate::judge`] says whether they are believable: accept, *hold* for confirmation, or *broken*.
//!    The last good facts stand.
//! 6. [`diff::compare`] says how they differ from the facts last accepted, by key, order-free. Steps 4
//!    to 6 are joined in [`conclude::conclude`]: how the check ends.
//! 7. [`conclude::event`] makes changes of the differences: the rules they touch, severity, stage.
//! 8. [`model::Subscription::hears`] says which subscriptions are told, [`model::Rhythm`] whether at once
//!    or in a digest; [`conclude::Situation`] says what the operator is told, and who follows a source that
//!    has gone stale.
//! 9. [`store::Store::record_check`] writes snapshot, facts, event, changes and pending letters in
//!    **one** transaction.
//!
//! # How a letter leaves
//!
//! 1. What waits for a digest is gathered into one letter when that is due
//!    ([`store::Store::gather_digests`]). [`delivering::deliver`] takes letters that are due from the outbox ([`store::Store::lease`]), a
//!    few at a time, unless all of them wait ([`model::MailWait`]).
//! 2. [`writing::alert_letter`] writes one, once: [`render::letter::changes`] words it,
//!    [`mail::compose()`] makes the bytes of a message, [`store::Store::keep_message`] keeps them.
//! 3. [`mail::Post::send`] hands them to the mail server; a failure says whom it is about
//!    ([`model::Means`]): this letter, us, or the moment.
//! 4. [`store::Store::record_attempt`] records the try; [`alert::retry_delay`] says when there is
//!    another. A crash between sending and recording means a second letter with the same Message-ID,
//!    never a lost one.
//!
//! # How a question is answered
//!
//! 1. [`cli::main`] reads what was typed; [`settings::Settings::load`] says where things are.
//! 2. [`doors::to_ask`] opens the database to read.
//! 3. A function of [`asking`] answers, such as [`asking::facts()`]: it asks the store for what is known
//!    ([`store::Store::history`]), and [`conclude::in_force()`] says what of it held on the day.
//! 4. [`render::table`] lays the answer out for a person, [`render::json`] for a program.
//!
//! # How a reader's page is made
//!
//! 1. [`web::Face`] accepts a connection; an address is a page, and what follows its `?` a filter.
//! 2. On a connection that only reads ([`store::Readers`]) a function of [`asking`] answers, as above.
//! 3. [`render::pages`] makes HTML of it, with how fresh the data is at its end.
//!
//! # How a page of the past becomes history
//!
//! 1. An [`importing::Archive`] lists what it has: a folder, a web archive, the history of a file, the
//!    Wayback Machine.
//! 2. [`importing::import()`] checks the pages that are recorded and the new ones in order of time, in a
//!    scratch database ([`replaying`]).
//! 3. Each new page is recorded as an imported check ([`store::Standing::Imported`]), in its place. Later
//!    facts and the state of the source stay as they are, and nobody is told.
//!
//! # The house, floor by floor
//!
//! | floor | module | in one sentence |
//! |---|---|---|
//! | ground | [`model`] | What the words mean, and what makes a value valid. |
//! | first, lower half (pure) | [`config_text`] | Reads what an operator wrote, every fault at once. |
//! | | [`binding`] | Reads which fact a place in a user's data must agree with. |
//! | | [`dataset`] | Reads a user's data file, and edits single values of it. |
//! | | [`catalog`] | Turns the text of `sources.toml` into proven sources and rules. |
//! | | [`extract`] | Reads facts, with evidence, out of one page. |
//! | | [`gate`] | Judges whether an extraction is believable. |
//! | | [`diff`] | Says what differs between two sets of facts. |
//! | | [`schedule`] | Says when a source is due. |
//! | | [`alert`] | Decides who is told what of a source, and when to try again. |
//! | | [`render`] | Puts values into words: letters, terminal, JSON, feeds, calendars. |
//! | | [`warc`] | Reads and writes web archives. |
//! | first, upper half (pure) | [`conclude`] | Says what follows when these are put together. |
//! | | [`reconcile`] | Compares a user's data with official facts, and says what would put it right. |
//! | second (doors) | [`clock`] | Tells the time. |
//! | | [`fetch`] | Gets pages, politely. |
//! | | [`convert`] | Makes text of a PDF, with a program of the system. |
//! | | [`store`] | Remembers. |
//! | | [`mail`] | Hands letters to a mail server. |
//! | | [`settings`] | Reads the operator's settings once. |
//! | third (use cases) | [`reading`] | Reads a page by its recipe. |
//! | | [`writing`] | Writes a letter. |
//! | | [`checking`] | Checks a source, from its page to what is recorded. |
//! | | [`delivering`] | Sends the letters that are due. |
//! | | [`calling`] | Calls hooks: tells other programs what was told. |
//! | | [`reviewing`] | Shows what waits for a person, and does what they decide. |
//! | | [`repairing`] | Does what a person repairs: what holds still, what is noise, what was told wrongly. |
//! | | [`subscribing`] | Subscribes people, changes what they hear of, and lets them go. |
//! | | [`joining`] | Lets people subscribe on the pages, and change and leave by a key in each letter. |
//! | | [`asking`] | Answers questions about what is known. |
//! | | [`previewing`] | Shows the letter that a change gives, and sends one as a test. |
//! | | [`drafting`] | Drafts a recipe for a page that has none. |
//! | | [`surveying`] | Looks once at every source as its live site has it. |
//! | | [`verifying`] | Verifies eligibility data against facts, and mends it. |
//! | | [`trying`] | Tries a recipe on a page, and records nothing. |
//! | | [`replaying`] | Checks dated captures of one source, in a database of their own. |
//! | | [`proving`] | Shows what a change rests on. |
//! | | [`importing`] | Puts pages of the past into the real history. |
//! | | [`exporting`] | Writes what is known for others: tables, a database, a web archive, the evidence for a change. |
//! | | [`maintaining`] | Looks after an installation: copies, proves and examines it. |
//! | | [`demo`] | Shows the whole loop in seconds, offline. |
//! | | [`doors`] | Opens the doors that the settings name. |
//! | | [`turns`] | Lets one process at a time check and deliver; the others ask it to. |
//! | | [`checker`] | Makes the daemon's checks in a process of its own, which ends when there are none. |
//! | roof (faces) | [`web`] | Answers readers: pages, plain and in both languages. |
//! | | [`daemon`] | Keeps checking and delivering, and talks to systemd; starts the pages. |
//! | | [`cli`] | Answers a person; starts the daemon. |
//!
//! A module knows the floors below it and none beside it, but for these: `catalog` parses recipes and
//! schedules once, at load, into the types of [`extract`] and [`schedule`], and it, `binding` and `settings`
//! read what a person wrote through [`config_text`]; the upper half of the first floor joins the lower; a use
//! case may be part of another (a release is a check, so `reviewing` knows `checking`). A face asks use
//! cases and puts their answers into words: it knows no door but the clock and the settings, and none of
//! the verbs but `render`. A test holds the house to it, arrow by arrow.
//!
//! # Words
//!
//! One word for one thing, in the code, the database, the log, the command line and the letters.
//!
//! | word | meaning |
//! |---|---|
//! | source | one official page, feed or document, and how it is watched |
//! | publisher | the office whose pages share a host, a zone and terms: IRCC, a province |
//! | recipe | what is read from a source, in the language of [`catalog::recipes`] |
//! | locator | one way to find a part of a page; a *match* is one row, sentence or item that it finds |
//! | fact set, record, field | `ee.draws`; one of its rows, by its key; one value of it |
//! | capture, snapshot | a page as it came at one time; its bytes, kept once by their hash |
//! | translation | the same page in the other official language |
//! | check | one look at a source: fetched, read, judged, compared, recorded |
//! | baseline | the first facts of a source or fact set: no news |
//! | change, event | one difference of a fact; all changes of one check |
//! | hold | a reading that is not believed until the page has said it again, or a person accepts it |
//! | stage | announced, due, in force, corrected or reversed |
//! | rule | what part of an eligibility tool depends on a fact; those of a robots.txt are its *directives* |
//! | binding | which fact a place in a user's own data must agree with |
//! | sign-up, key | what somebody asked for on a page and has not confirmed; what a link in a letter has, to confirm, change or leave |
//! | import | to record pages of the past as checks, where they belong in time |
//! | delivery, outbox | one letter to one reader; all letters that are pending or sent |
//! | hook, call | an address of another program that is told of changes; one telling of it |
//! | subscription, condition | what a reader asks to be told, and what they ask of the values of a record |
//! | preset | a subscription that has a name, in plain words |
//! | bounce | a letter that came back; a reader with several is *paused* |
//! | rhythm, digest | whether letters come at once or gathered, daily or weekly; a gathered letter |
//! | reader, operator | who subscribed; who runs the service |
//! | CRS | Comprehensive Ranking System: the points of Express Entry |
//! | told | what readers have been told, in the order of telling: a place in it is where a reader reads on |
//! | milestone | a day on which a rule takes effect or ends, as a calendar has it, with every move of it |
//! | draw, ITA | a round of invitations; an invitation to apply |
//! | LMIA | labour market impact assessment |
//! | NOC, TEER | National Occupational Classification, five digits a code; its category of training, education, experience and responsibilities, 0 to 5 |
//! | stream | a part of a program with its own conditions |
//! | WARC | the archive format of ISO 28500 |
//!
//! # What is never done
//!
//! - Nothing below the doors is `async`, reads a clock or a file, or fails for any reason but the
//!   values it was given. Time and zone are arguments.
//! - Nothing is overwritten: snapshots, checks, states of records, events and changes are appended.
//!   "Current" is a query.
//! - Nothing is recorded of a source that was decided from an older state of it
//!   ([`store::StoreError::Superseded`]): it is decided again.
//! - A page that cannot be read is our trouble: it gives an outcome, never a change.
//! - One source's or letter's fault is its own: what an error means (try again, tell the operator, stop)
//!   is in the error ([`model::Advice`]), and only *stop* ends the daemon.
//! - No text of a page reaches a letter, a terminal or a page of ours unescaped.
//! - No line of Rust is about one page: what is particular to a page is in `sources/`.
//! - No noun is declared twice: what two modules speak of is in [`model`].
//!
//! # Where does X live?
//!
//! | you want to | go to |
//! |---|---|
//! | watch a new page | `sources/<publisher>.toml`, in the language of [`catalog::recipes`] |
//! | read a new shape of table or list | a new file in `extract/form/` |
//! | read a new kind of document | `convert/` where it is no text, then `extract/document.rs` |
//! | change what counts as believable | `gate/` |
//! | change what counts as a change | `diff/` |
//! | change what a difference means: its rules, severity, stage | `conclude/change.rs` |
//! | change how a check ends, or how a hold is settled | `conclude/conclusion.rs` |
//! | change when a source is due, tried again, stale | `conclude/agenda.rs`, `conclude/standing.rs` |
//! | change what the operator is told | `conclude/telling.rs` |
//! | change who is told of an event | `model/subscription.rs`, then `store/digest.rs` |
//! | understand another condition on values | `model/condition.rs`, then `conclude/hearing/condition.rs` |
//! | change what is told when nothing can be reached | `conclude/outage.rs` |
//! | change the words of a letter | `render/letter/` |
//! | change what a failure of the mail server means | `model/send_failure.rs`, then `delivering/round.rs` |
//! | change what a hook is sent, or when it is called again | `render/hook.rs`; `calling/one.rs` |
//! | be gentler to a host | `fetch/lane.rs` |
//! | add a column | a new folder in `migrations/`, then `store/` |
//! | answer a new question | a function in `asking/`, over a pure one in `conclude/` where days count |
//! | import from another kind of archive | a new file in `importing/`, an [`importing::Archive`] |
//! | change what a feed or a calendar says | `render/feed.rs`, `render/calendar.rs`; which days there are: `conclude/milestone.rs` |
//! | export another table or column | `store/export.rs`; each column says what it means |
//! | change what is written for programs | `render/json.rs`, `render/finding/`, `render/hook.rs`, and the schema in `schemas/` with it |
//! | read another format of a user's data | `dataset/` |
//! | compare a user's data in another way | `binding/read.rs`, then `reconcile/` |
//! | examine one more thing of an installation | `maintaining/doctor/` |
//! | add a subcommand | a new file in `cli/`, over a use case |
//! | add a setting | `settings/`, then `doors/`, which opens what it names |
//! | change what one process asks of another | `turns.rs`, `store/job.rs` |
//! | add or change a web page | its words in `render/pages/`, its address in `web/routes.rs` |
//! | change start, reload, stop | `daemon/lifecycle.rs`, `deploy/` |

pub mod model;

pub mod alert;
pub mod binding;
pub mod catalog;
pub mod config_text;
pub mod dataset;
pub mod diff;
pub mod extract;
pub mod gate;
pub mod render;
pub mod schedule;
pub mod warc;

pub mod conclude;
pub mod reconcile;

pub mod clock;
pub mod convert;
pub mod fetch;
pub mod mail;
pub mod settings;
pub mod store;

pub mod reading;
pub mod writing;

pub mod calling;
pub mod checker;
pub mod checking;
pub mod delivering;
pub mod repairing;
pub mod reviewing;

pub mod asking;
pub mod drafting;
pub mod joining;
pub mod previewing;
pub mod subscribing;
pub mod surveying;
pub mod trying;
pub mod verifying;

pub mod demo;
pub mod doors;
pub mod exporting;
pub mod importing;
pub mod maintaining;
pub mod proving;
pub mod replaying;

pub mod turns;

pub mod cli;
pub mod daemon;
pub mod web;
