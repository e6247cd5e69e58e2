//! A year of the catalogue in simulated time: every source is checked daily over one database, its page
//! changes once, and servers fail in all the ways they do. Every change must be told once, and nothing else.
//!
//! What must be told of a source is what it tells by itself, without faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use rulewatch::catalog::{Catalog, Source};
use rulewatch::checking::check;
use rulewatch::clock::SetClock;
use rulewatch::delivering::deliver;
use rulewatch::doors::Doors;
use rulewatch::extract::recipe::Format;
use rulewatch::fetch::{Fetcher, Recorded, Reply};
use rulewatch::maintaining::{audit, thin};
use rulewatch::model::{FetchFailure, Gone, Page, Refusal, Retention, SourceId};
use rulewatch::store::SharedStore;

use super::{Pair, body, pairs, side};
use crate::impacts::said;
use crate::mutations::share::{everything, seed};
use crate::retention::{firings, in_use};
use crate::shipped::shipped;
use crate::world::{World, subject};

/// What a server does on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fair,
    /// The page with a token in it that no two answers share.
    Token,
    NotModified,
    /// 503.
    Unavailable,
    /// 403.
    Forbidden,
    /// Nothing can be reached from here.
    Outage,
    /// A page that asks whether the reader is human, with 200.
    Gate,
    /// The first half of the page.
    Half,
}

/// The ways of a single server to fail, or to say the same in another way.
const WEATHERS: [Weather; 6] = [
    Weather::Token,
    Weather::NotModified,
    Weather::Unavailable,
    Weather::Forbidden,
    Weather::Gate,
    Weather::Half,
];

impl Weather {
    /// Whether what the page says gets through.
    fn is_read(self) -> bool {
        matches!(self, Self::Fair | Self::Token)
    }
}

const GATE: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>\
                    <h1>Checking your browser</h1><p>Enable JavaScript and cookies to continue.</p>\
                    <script src=\"/cdn-cgi/challenge-platform/x.js\"></script></body></html>";

/// A source, the days of its year, and the day its page changes.
struct Life<'a> {
    source: &'a Source,
    pair: &'a Pair,
    days: Vec<Weather>,
    changes_on: usize,
}

impl<'a> Life<'a> {
    fn new(source: &'a Source, pair: &'a Pair, n_days: usize) -> Self {
        let mut random = Rng::with_seed(seed(&pair.source));
        let mut days = vec![Weather::Fair; n_days];
        for _ in 0..n_days / 12 {
            let from = random.usize(2..n_days - 4);
            let weather = WEATHERS[random.usize(..WEATHERS.len())];
            // Most faults are over the next day.
            let length = if random.u8(..4) == 0 { 3 } else { 1 };
            days[from..from + length].fill(weather);
        }
        days[outage(n_days)].fill(Weather::Outage);
        let mut life =
            Self { source, pair, days, changes_on: random.usize(n_days / 10..n_days - 8) };
        // "Not modified" is no answer on the day of a change, nor while the last answer was none.
        for day in life.changes_on..n_days {
            if life.days[day] == Weather::NotModified
                && !life.days[life.changes_on..day].contains(&Weather::Fair)
            {
                life.days[day] = Weather::Unavailable;
            }
        }
        life
    }

    /// The first day on which the change can be read.
    fn heard_on(&self) -> usize {
        let read = |day: &usize| self.days[*day].is_read();
        (self.changes_on..self.days.len()).find(read).unwrap()
    }

    fn page(&self, after: bool) -> Vec<u8> {
        let at = if after { self.pair.later[0] } else { self.pair.before };
        body(self.source, &self.pair.title, &at.to_string()[..10], &side(&self.pair.text, after))
    }

    fn reply(&self, day: usize, weather: Weather, after: bool) -> Reply {
        let body = self.page(after);
        let page =
            |body: Vec<u8>| Reply::Page(Page::from_file(self.source.url.clone(), body, noon(day)));
        let is_html = self.source.recipe.format == Format::Html;
        match weather {
            Weather::Token if is_html => {
                page([&body[..], format!("<!-- {day:x} -->").as_bytes()].concat())
            }
            Weather::Fair | Weather::Token => page(body),
            Weather::NotModified => Reply::NotModified { chain: Vec::new() },
            Weather::Unavailable => {
                let what = "the server answered 503".to_owned();
                Reply::Failed(FetchFailure { what, retry: true })
            }
            Weather::Forbidden => Reply::Refused(Refusal::Status(403)),
            Weather::Outage => {
                let what = "connecting to the server: network is unreachable".to_owned();
                Reply::Failed(FetchFailure { what, retry: true })
            }
            Weather::Gate => page(GATE.as_bytes().to_vec()),
            Weather::Half => page(body[..body.len() / 2].to_vec()),
        }
    }

    /// What is told of the source when nothing fails, and the subjects of the letters.
    fn alone(&self, catalog: &Catalog) -> (Vec<String>, Vec<String>) {
        let world = World::under(self.pair.source.as_str(), vec![catalog.clone()]);
        let mut year = Year::new(&world);
        for day in 0..self.days.len() {
            let reply = self.reply(day, Weather::Fair, day >= self.heard_on());
            year.check(self, noon(day), reply);
            year.deliver(day);
        }
        (year.told, letters(&world, "reader"))
    }
}

/// Noon of a day in Ottawa. The year begins after everything that the pages say has happened.
fn noon(day: usize) -> Timestamp {
    let first: Timestamp = "2026-12-01T17:00:00Z".parse().unwrap();
    first.checked_add(SignedDuration::from_hours(24 * i64::try_from(day).unwrap())).unwrap()
}

/// The days on which we reach nothing.
fn outage(n_days: usize) -> std::ops::Range<usize> {
    n_days / 2..n_days / 2 + 3
}

/// The subjects of the letters to somebody, in order.
fn letters(world: &World, to: &str) -> Vec<String> {
    let all = world.letters();
    let to_them = all.iter().filter(|message| message.to.as_str().starts_with(to));
    let mut subjects: Vec<String> = to_them.map(|message| subject(&message.bytes)).collect();
    subjects.sort();
    subjects
}

/// Checks over one database, each at its moment.
struct Year {
    doors: Doors,
    runtime: tokio::runtime::Runtime,
    told: Vec<String>,
}

impl Year {
    fn new(world: &World) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { doors: world.doors(None, noon(0)), runtime, told: Vec::new() }
    }

    fn check(&mut self, life: &Life<'_>, at: Timestamp, reply: Reply) {
        let recorded = Recorded::default();
        recorded.push(life.source.url.clone(), reply);
        // Nobody puts a page on the address of the new year.
        if let Some(later) = life.source.of_year(2027).and_then(|source| source.followed) {
            recorded.push(later, Reply::Gone(Gone(404)));
        }
        self.doors.fetcher = Arc::new(Fetcher::Recorded(recorded));
        self.doors.clock = Arc::new(SetClock::new(at));
        let id = SourceId::parse(&life.pair.source).unwrap();
        let report = self.runtime.block_on(check(&self.doors.checking(), &id)).unwrap();
        let told = report.changes.iter().map(|change| format!("{id}: {}", said(change)));
        self.told.extend(told);
        let moved = report.updates.iter().map(|(fact, n)| format!("{id}: {n} of {fact} moved"));
        self.told.extend(moved);
    }

    fn deliver(&mut self, day: usize) {
        self.doors.clock = Arc::new(SetClock::new(noon(day)));
        self.runtime.block_on(deliver(&self.doors.delivering())).unwrap();
    }
}

/// What one of two lists has more of than the other.
fn beside(these: &[String], those: &[String]) -> Vec<String> {
    let mut left: BTreeMap<&String, i32> = BTreeMap::new();
    these.iter().for_each(|one| *left.entry(one).or_default() += 1);
    those.iter().for_each(|one| *left.entry(one).or_default() -= 1);
    left.into_iter().filter(|(_, n)| *n > 0).map(|(one, _)| one.clone()).collect()
}

/// The lives of the sources of pairs.
fn lives<'a>(
    catalog: &'a Catalog,
    pairs: impl Iterator<Item = &'a Pair>,
    n_days: usize,
) -> Vec<Life<'a>> {
    let life = |pair: &'a Pair| {
        let id = SourceId::parse(&pair.source).unwrap();
        Life::new(catalog.source(&id).unwrap(), pair, n_days)
    };
    pairs.map(life).collect()
}

/// Some sources and two months here; `tests/long.sh year` has all and a year.
#[test]
fn a_year_of_the_catalogue_tells_every_change_once_and_nothing_else() {
    let (catalog, mut pairs) = (shipped(), pairs());
    pairs.retain(|pair| pair.name == pair.source);
    let (n_days, step) = if everything() { (365, 1) } else { (60, 8) };
    let lives = lives(&catalog, pairs.iter().step_by(step), n_days);
    let alone: Vec<_> = lives.iter().map(|life| life.alone(&catalog)).collect();
    for (life, (told, _)) in lives.iter().zip(&alone) {
        assert!(!told.is_empty(), "{} tells nothing", life.pair.source);
    }
    let wanted: Vec<String> = alone.iter().flat_map(|(told, _)| told.clone()).collect();
    let mut wanted_letters: Vec<String> =
        alone.into_iter().flat_map(|(_, letters)| letters).collect();
    wanted_letters.sort();

    let world = World::under(&pairs[0].source, vec![catalog.clone()]);
    let mut year = Year::new(&world);
    for day in 0..n_days {
        for life in &lives {
            let reply = life.reply(day, life.days[day], day >= life.changes_on);
            year.check(life, noon(day), reply);
        }
        year.deliver(day);
    }
    let to_operator = letters(&world, "operator");
    println!(
        "year: {} sources, {n_days} days, {} lines told, {} letters to a reader, {} to the operator",
        lives.len(),
        year.told.len(),
        wanted_letters.len(),
        to_operator.len()
    );
    let (false_alerts, missed) = (beside(&year.told, &wanted), beside(&wanted, &year.told));
    assert!(false_alerts.is_empty(), "told and no change:\n{}", false_alerts.join("\n"));
    assert!(missed.is_empty(), "not told:\n{}", missed.join("\n"));
    // Who follows a source that fails for days is told that it cannot be read.
    let is_stale = |subject: &String| subject.starts_with("Cannot be read: ");
    let (stale, to_reader): (Vec<_>, Vec<_>) =
        letters(&world, "reader").into_iter().partition(is_stale);
    assert_eq!(to_reader, wanted_letters);
    let count = |words: &str| to_operator.iter().filter(|subject| subject.contains(words)).count();
    let outages = (count("nothing can be reached"), count(": pages can be reached again"));
    println!("  {} letters of sources that stayed unread; our outage: {outages:?}", stale.len());
    assert_eq!(outages, (1, 1), "{to_operator:#?}");
    let store = world.store();
    let failing: Vec<_> = lives
        .iter()
        .map(|life| store.source_state(&life.source.id).unwrap().unwrap())
        .filter(|state| state.failing.is_some())
        .collect();
    assert!(failing.is_empty(), "what was over is no trouble any more: {failing:?}");
    assert!(audit(&SharedStore::new(world.store())).unwrap().holds());
}

/// Some sources and a fortnight here; `tests/long.sh growth` has all and a year (`RULEWATCH_DAYS`). Each is checked as
/// often as its schedule asks for, its page changes once, and old data is let go of each day.
#[test]
fn what_is_added_by_the_catalogue_is_measured_and_bounded() {
    let given = std::env::var("RULEWATCH_DAYS").ok().map(|days| days.parse().unwrap());
    let (n_days, step) = given.map_or((14, 24), |days| (days, 1));
    let (catalog, mut pairs) = (shipped(), pairs());
    pairs.retain(|pair| pair.name == pair.source);
    let lives = lives(&catalog, pairs.iter().step_by(step), n_days);
    let world = World::under(&pairs[0].source, vec![catalog.clone()]);
    let mut year = Year::new(&world);
    let (mut n_checks, mut first) = (0, 0.0);
    for day in 0..n_days {
        let (begin, end) = (noon(day), noon(day + 1));
        let mut due: Vec<(Timestamp, &Life<'_>)> = Vec::new();
        for life in &lives {
            due.extend(firings(life.source, begin, end).map(|at| (at, life)));
        }
        due.sort_by_key(|(at, _)| *at);
        n_checks += due.len();
        for (at, life) in due {
            let body = life.page(day >= life.changes_on);
            let page = Page::from_file(life.source.url.clone(), body, at);
            year.check(life, at, Reply::Page(page));
        }
        year.deliver(day + 1);
        thin(&SharedStore::new(world.store()), Retention::default(), end).unwrap();
        if day == 0 {
            first = in_use(&world);
        }
    }
    let (last, n_changes) = (in_use(&world), year.told.len());
    let a_year = (last - first) * 365.0 / (n_days - 1) as f64;
    println!(
        "growth: {} sources, {n_days} days, {n_checks} checks, {n_changes} lines told: {:.1} MB after the first day, \
         {:.1} MB after the last, {:.0} MB in a year",
        lives.len(),
        first / 1e6,
        last / 1e6,
        a_year / 1e6
    );
    // What stays of a check for good is small.
    let bound = 1_000.0 * n_checks as f64 + 100_000.0 * n_changes as f64;
    assert!(last - first < bound, "{first} bytes, then {last}");
}
