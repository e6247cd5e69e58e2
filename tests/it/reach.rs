//! What cannot be reached: one letter for it and one when it is over, however many sources there are; and
//! what a server says of where a page is and whether it has changed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rulewatch::catalog::Catalog;
use rulewatch::checking::{Checking, check, check_afresh};
use rulewatch::clock::SetClock;
use rulewatch::conclude::{Confirmation, Trust};
use rulewatch::convert::Converter;
use rulewatch::delivering::{Delivering, Halt, Pulse, Unrecorded, deliver};
use rulewatch::fetch::{Fetcher, Recorded, Reply};
use rulewatch::mail::{Memory, Post};
use rulewatch::model::{
    Consent, EmailAddress, FetchFailure, Language, NewSubscriber, Page, Refusal, Severity,
    SourceId, Subscription,
};
use rulewatch::store::{SharedStore, Store};
use rulewatch::writing::Correspondence;
use tempfile::TempDir;

use crate::fetching::settings;
use crate::outside::{home, run, source};
use crate::shipped::shipped;
use crate::site::{Site, answer, redirect, with};
use crate::world::subject;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// Sources at hosts that are there or are not, a clock set by hand, letters kept in memory, and one reader
/// who hears everything.
struct Watch {
    _folder: TempDir,
    clock: Arc<SetClock>,
    with: Checking,
    post: Memory,
    told: usize,
}

/// Two sources have a host each, three share one.
const SOURCES: [(&str, &str); 6] = [
    ("a1", "a.example"),
    ("a2", "a.example"),
    ("a3", "a.example"),
    ("b", "b.example"),
    ("c", "c.example"),
    ("d", "d.example"),
];

impl Watch {
    fn new() -> Self {
        let text = |(id, host): &(&str, &str)| {
            format!(
                "[[source]]\nid = \"{id}\"\nprogram = \"bcpnp\"\njurisdiction = \"BC\"\n\
                 url = \"https://{host}/{id}\"\npatience = \"3 hours\"\n"
            )
        };
        let text: String = SOURCES.iter().map(text).collect();
        Self::over(Catalog::parse(&[("sources.toml", &text)]).unwrap(), Recorded::default().into())
    }

    fn over(catalog: Catalog, fetcher: Fetching) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let consent = Consent {
            wording: "asked for it".to_owned(),
            method: "operator".to_owned(),
            given_at: Timestamp::UNIX_EPOCH,
        };
        let subscription = Subscription { severity: Severity::Info, ..Subscription::default() };
        let reader = NewSubscriber {
            address: address("reader@example.org"),
            language: Language::En,
            subscription,
            consent,
            token_hash: None,
        };
        store.subscribe(&reader).unwrap();
        let clock = Arc::new(SetClock::new(noon()));
        let with = Checking {
            catalog: Arc::new(catalog),
            store: SharedStore::new(store),
            fetcher: Arc::new(fetcher.0),
            converter: Converter::default(),
            clock: Arc::<SetClock>::clone(&clock),
            confirmation: Confirmation::by_next_page(),
            trust: Trust::Everything,
            correspondence: Arc::new(Correspondence {
                from: address("alerts@example.org"),
                from_name: String::new(),
                sender: None,
                leave: None,
                public_url: None,
                operator: Some(address("operator@example.org")),
                language: Language::En,
                zone: TimeZone::UTC,
                data: Vec::new(),
            }),
            mirror: None,
        };
        Self { _folder: folder, clock, with, post: Memory::default(), told: 0 }
    }

    /// Checks sources, one a second, those of `lost` hosts in vain; returns whom was told what.
    async fn check(&mut self, minutes: i64, ids: &[&str], lost: &[&str]) -> Vec<String> {
        self.clock.set(noon() + SignedDuration::from_mins(minutes));
        for id in ids {
            self.clock.advance(SignedDuration::from_secs(1));
            let id = SourceId::parse(id).unwrap();
            let url = self.with.catalog.source(&id).unwrap().url.clone();
            let pages = Recorded::default();
            if !lost.contains(&url.host_str().unwrap()) {
                use rulewatch::clock::Clock as _;
                let body = format!("<title>{id}</title><main><h1>{id}</h1><p>A rule.</p></main>");
                pages.push_page(Page::from_file(url, body.into_bytes(), self.clock.now()));
            }
            let fetcher = Arc::new(Fetcher::Recorded(pages));
            check(&Checking { fetcher, ..self.with.clone() }, &id).await.unwrap();
        }
        self.letters().await
    }

    async fn letters(&mut self) -> Vec<String> {
        let with = Delivering {
            catalog: Arc::clone(&self.with.catalog),
            store: self.with.store.clone(),
            post: Post::Memory(self.post.clone()),
            clock: Arc::clone(&self.with.clock),
            correspondence: Arc::clone(&self.with.correspondence),
            unrecorded: Unrecorded::default(),
            halt: Halt::default(),
            pulse: Pulse::default(),
        };
        deliver(&with).await.unwrap();
        let sent = self.post.sent();
        let new = sent[self.told..].iter().map(|message| {
            let to = message.to.as_str().split('@').next().unwrap();
            format!("{to}: {}", subject(&message.bytes))
        });
        let new = new.collect();
        self.told = sent.len();
        new
    }
}

/// How pages are fetched, where that is of use.
struct Fetching(Fetcher);

impl From<Recorded> for Fetching {
    fn from(recorded: Recorded) -> Self {
        Self(Fetcher::Recorded(recorded))
    }
}

const ALL: [&str; 6] = ["a1", "a2", "a3", "b", "c", "d"];
const EVERY_HOST: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];
const NOTHING: [String; 0] = [];

#[tokio::test]
async fn our_own_outage_is_one_letter_and_one_when_it_is_over() {
    let mut watch = Watch::new();
    assert_eq!(watch.check(0, &ALL, &[]).await, NOTHING);
    let told = watch.check(60, &ALL, &EVERY_HOST).await;
    assert_eq!(told, ["operator: rulewatch: nothing can be reached from here"]);
    // A day of it, far beyond the patience of every source.
    for half_hour in 1..48 {
        assert_eq!(watch.check(60 + 30 * half_hour, &ALL, &EVERY_HOST).await, NOTHING);
    }
    let told = watch.check(1_560, &ALL[..1], &[]).await;
    assert_eq!(told, ["operator: rulewatch: pages can be reached again"]);
    assert_eq!(watch.check(1_561, &ALL[1..], &[]).await, NOTHING);
    // It is an outage anew when it comes again.
    let told = watch.check(1_600, &ALL, &EVERY_HOST).await;
    assert_eq!(told, ["operator: rulewatch: nothing can be reached from here"]);
}

/// Checks sources whose servers are overloaded, all of them. While a server `is_left_alone`, as it asked,
/// it gets no request.
async fn overloaded(
    watch: &mut Watch,
    minutes: i64,
    ids: &[&str],
    is_left_alone: bool,
) -> Vec<String> {
    watch.clock.set(noon() + SignedDuration::from_mins(minutes));
    for id in ids {
        watch.clock.advance(SignedDuration::from_secs(1));
        let id = SourceId::parse(id).unwrap();
        let url = watch.with.catalog.source(&id).unwrap().url.clone();
        let pages = Recorded::default();
        let reply = if is_left_alone {
            let host = url.host_str().unwrap().to_owned();
            let until = noon() + SignedDuration::from_mins(minutes + 30);
            let until = until.to_zoned(TimeZone::UTC);
            Reply::Refused(Refusal::Waiting { host, status: 503, is_ours: false, until })
        } else {
            let what = format!("{url} answered 503");
            Reply::Failed(FetchFailure { what, retry: false })
        };
        pages.push(url, reply);
        let fetcher = Arc::new(Fetcher::Recorded(pages));
        check(&Checking { fetcher, ..watch.with.clone() }, &id).await.unwrap();
    }
    watch.letters().await
}

#[tokio::test]
async fn a_day_on_which_every_page_answers_503_is_one_letter_and_one_after() {
    for asks_to_wait in [false, true] {
        let mut watch = Watch::new();
        assert_eq!(watch.check(0, &ALL, &[]).await, NOTHING);
        let mut told = Vec::new();
        for half_hour in 0..48 {
            let is_left_alone = asks_to_wait && half_hour % 2 == 1;
            told.extend(overloaded(&mut watch, 60 + 30 * half_hour, &ALL, is_left_alone).await);
        }
        assert_eq!(told, ["operator: rulewatch: nothing can be reached from here"]);
        let told = watch.check(1_560, &ALL[..1], &[]).await;
        assert_eq!(told, ["operator: rulewatch: pages can be reached again"]);
        assert_eq!(watch.check(1_561, &ALL[1..], &[]).await, NOTHING);
    }
}

#[tokio::test]
async fn a_host_that_asks_to_be_left_alone_in_its_outage_is_told_once() {
    let mut watch = Watch::new();
    let of_host = &ALL[..3];
    watch.check(0, &ALL, &[]).await;
    watch.check(59, &ALL[3..], &[]).await;
    let told = overloaded(&mut watch, 60, of_host, false).await;
    assert_eq!(told, NOTHING, "once is nobody's trouble");
    watch.check(65, &ALL[3..], &[]).await;
    let told = overloaded(&mut watch, 66, of_host, false).await;
    assert_eq!(told, ["operator: rulewatch: a.example cannot be reached"]);
    for (minutes, is_left_alone) in [(70, true), (100, false), (105, true)] {
        assert_eq!(overloaded(&mut watch, minutes, of_host, is_left_alone).await, NOTHING);
        assert_eq!(watch.check(minutes + 1, &ALL[3..], &[]).await, NOTHING);
    }
    // It comes back, but not all of it: what stays behind is told as its own trouble.
    let told = watch.check(135, &["a1", "a2"], &[]).await;
    assert_eq!(told, ["operator: rulewatch: a.example can be reached again"]);
    let told = overloaded(&mut watch, 140, &["a3"], true).await;
    assert_eq!(told, ["operator: rulewatch: a3 can no longer be read: refused"]);
}

#[tokio::test]
async fn patience_runs_from_the_end_of_our_outage() {
    let mut watch = Watch::new();
    watch.check(0, &ALL, &[]).await;
    watch.check(60, &ALL, &EVERY_HOST).await;
    watch.check(600, &ALL, &EVERY_HOST).await;
    let told = watch.check(660, &["b", "c"], &[]).await;
    assert_eq!(told.len(), 1, "it is over: {told:?}");
    // One of them is gone for good: it is told as its own trouble, and stale three hours later.
    let gone = ["d.example"];
    let told = watch.check(665, &["d"], &gone).await;
    assert_eq!(told, ["operator: rulewatch: d can no longer be read: unreachable"]);
    watch.check(700, &["b", "c"], &[]).await;
    assert_eq!(watch.check(780, &["d"], &gone).await, NOTHING);
    let told = watch.check(845, &["d"], &gone).await;
    assert!(told.iter().any(|told| told.starts_with("reader: ")), "{told:?}");
}

#[tokio::test]
async fn a_host_with_several_sources_is_one_letter_and_its_followers_are_told() {
    let mut watch = Watch::new();
    watch.check(0, &ALL, &[]).await;
    let lost = ["a.example"];
    let told = watch.check(60, &["a1", "a2", "b", "c", "a3"], &lost).await;
    assert_eq!(told, ["operator: rulewatch: a.example cannot be reached"]);
    assert_eq!(watch.check(65, &ALL, &lost).await, NOTHING);
    // Its silence is no word of the rules: those who follow its sources are to know.
    let told = watch.check(300, &ALL, &lost).await;
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(|told| told.starts_with("reader: ")), "{told:?}");
    let told = watch.check(330, &["a1"], &[]).await;
    assert_eq!(told, ["operator: rulewatch: a.example can be reached again"]);
    assert_eq!(watch.check(331, &ALL, &[]).await, NOTHING);
}

#[tokio::test]
async fn one_source_that_cannot_be_reached_is_its_own_trouble() {
    let mut watch = Watch::new();
    watch.check(0, &ALL, &[]).await;
    let lost = ["d.example"];
    assert_eq!(watch.check(60, &["d"], &lost).await, NOTHING, "once is nobody's trouble");
    assert_eq!(watch.check(65, &["d"], &lost).await, NOTHING, "nobody else was asked since");
    watch.check(66, &["b"], &[]).await;
    let told = watch.check(70, &["d"], &lost).await;
    assert_eq!(told, ["operator: rulewatch: d can no longer be read: unreachable"]);
    let told = watch.check(75, &["d"], &[]).await;
    assert_eq!(told, ["operator: rulewatch: d can be read again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_of_everything_ends_soon_where_nothing_can_be_reached() {
    // A port that was free a moment ago: nobody listens on it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = |n| format!("http://127.0.0.{n}:{free}/page");
    let sources: String = (1..9).map(|n| source(&format!("s{n}"), &url(n + 10))).collect();
    let home = home(&sources);
    let begun = Instant::now();
    let ran = run(&home, &["check"]);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!((ran.code, ran.out.lines().count()), (Some(3), 3), "{ran:?}");
    assert!(ran.err.contains("the other 5 sources are not asked"), "{ran:?}");
    let status = run(&home, &["status"]).out;
    assert!(status.contains("nothing can be reached from here since"), "{status}");
    let outbox = home.path().join(".local/state/rulewatch/outbox");
    assert_eq!(std::fs::read_dir(outbox).unwrap().count(), 1, "one letter for all of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_address_is_followed_and_told_once() {
    let site = Site::start(|asked, _| match asked.path.as_str() {
        "/old" => redirect(301, "/new"),
        "/known" => redirect(308, "/own"),
        _ => answer(200, "<title>Page</title><main><h1>Page</h1><p>A rule.</p></main>"),
    })
    .await;
    let also = format!("also = [\"{}\"]\n", site.url("own"));
    let known = source("known", site.url("known").as_str()) + &also;
    let home = home(&(source("old", site.url("old").as_str()) + &known));
    for _ in 0..2 {
        let ran = run(&home, &["check"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let outbox = home.path().join(".local/state/rulewatch/outbox");
    let letters: Vec<String> = std::fs::read_dir(outbox)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].contains("Subject: rulewatch: old has moved to another address"));
    assert!(letters[0].contains("/new"), "{}", letters[0]);
}

#[tokio::test]
async fn the_page_itself_is_asked_for_once_a_day_and_when_a_person_asks() {
    let site = Site::whole(|asked, _| match asked.header("if-none-match") {
        _ if asked.path == "/robots.txt" => answer(404, ""),
        Some(_) => answer(304, ""),
        None => with(answer(200, "<title>P</title><main><p>A rule.</p></main>"), "etag", "\"1\""),
    })
    .await;
    let catalog =
        Catalog::parse(&[("s.toml", &source("page", site.url("page").as_str()))]).unwrap();
    let watch = Watch::over(catalog, Fetching(Fetcher::http(&settings()).unwrap()));
    let id = SourceId::parse("page").unwrap();
    let reason = async |hours: i64| {
        watch.clock.set(noon() + SignedDuration::from_hours(hours));
        check(&watch.with, &id).await.unwrap().outcome.reason().unwrap_or_default()
    };
    reason(0).await;
    assert_eq!(reason(1).await, "not_modified");
    assert_eq!(reason(23).await, "not_modified", "a 304 is no page");
    assert_eq!(reason(25).await, "same_bytes");
    assert_eq!(reason(26).await, "not_modified");
    let asked = check_afresh(&watch.with, &id).await.unwrap();
    assert_eq!(asked.outcome.reason().as_deref(), Some("same_bytes"));
    // The page came in a future that was none.
    watch.clock.set(noon() - SignedDuration::from_hours(9_000));
    assert_eq!(reason(-9_000).await, "same_bytes");
}

/// Checks the one source of a watch at a moment, where these pages are there and no others.
async fn sees(watch: &mut Watch, at: &str, pages: &[(&str, &str)]) -> (String, Vec<String>) {
    watch.clock.set(at.parse().unwrap());
    let recorded = Recorded::default();
    for (path, words) in pages {
        let url = url::Url::parse(&format!("https://a.example/{path}")).unwrap();
        let body = format!("<title>Updates</title><main><h1>Updates</h1><p>{words}</p></main>");
        recorded.push_page(Page::from_file(url, body.into_bytes(), at.parse().unwrap()));
    }
    let fetcher = Arc::new(Fetcher::Recorded(recorded));
    let id = SourceId::parse("updates").unwrap();
    let report = check(&Checking { fetcher, ..watch.with.clone() }, &id).await.unwrap();
    (report.outcome.word().to_owned(), watch.letters().await)
}

#[tokio::test]
async fn in_january_a_yearly_page_is_followed_to_the_new_year_and_the_operator_is_told_once() {
    let text = "[[source]]\nid = 'updates'\nprogram = 'oinp'\njurisdiction = 'ON'\nyearly = true\n\
                url = 'https://a.example/page/2026-updates'\n";
    let catalog = Catalog::parse(&[("sources.toml", text)]).unwrap();
    let mut watch = Watch::over(catalog, Recorded::default().into());
    let (old, new) = ("page/2026-updates", "page/2027-updates");
    let closed = [(old, "Closed for the holidays.")];
    let december = sees(&mut watch, "2026-12-30T12:00:00Z", &closed).await;
    assert_eq!(december, ("baseline".to_owned(), Vec::new()));
    // The new page is not there yet: the old one is watched.
    let january = sees(&mut watch, "2027-01-02T12:00:00Z", &closed).await;
    assert_eq!(january, ("unchanged".to_owned(), Vec::new()));
    let words = "The fee rises to $1,600.";
    let both = [(old, "Closed for the holidays."), (new, words)];
    let (outcome, told) = sees(&mut watch, "2027-01-05T12:00:00Z", &both).await;
    assert_eq!(outcome, "changed");
    assert!(
        told.iter().any(|letter| letter.starts_with("operator: ") && letter.contains("moved")),
        "{told:?}"
    );
    assert!(told.iter().any(|letter| letter.starts_with("reader: ")), "{told:?}");
    let again = sees(&mut watch, "2027-01-06T12:00:00Z", &[(new, words)]).await;
    assert_eq!(again, ("unchanged".to_owned(), Vec::new()));
}

#[tokio::test]
async fn the_page_of_a_new_year_has_notices_before_its_first_round() {
    let catalog = shipped();
    let watch = Watch::over(catalog, Recorded::default().into());
    let id = SourceId::parse("on-oinp-updates").unwrap();
    let url = watch.with.catalog.source(&id).unwrap().url.clone();
    let of_2027 = url.join(&url.path().replace("2026", "2027")).unwrap();
    assert_ne!(url, of_2027);
    let sees = async |url: &url::Url, at: &str, words: &str| {
        let at: Timestamp = at.parse().unwrap();
        watch.clock.set(at);
        let recorded = Recorded::default();
        let body = format!("<title>Updates</title><main><h1>OINP Updates</h1>{words}</main>");
        recorded.push_page(Page::from_file(url.clone(), body.into_bytes(), at));
        let fetcher = Arc::new(Fetcher::Recorded(recorded));
        let report = check(&Checking { fetcher, ..watch.with.clone() }, &id).await.unwrap();
        let changes = report.changes.iter().map(|of| format!("{}/{}", of.fact, of.record));
        let changes: Vec<String> = changes.filter(|of| !of.starts_with("page.")).collect();
        let unreadable: Vec<String> = report.unreadable.iter().map(ToString::to_string).collect();
        (report.outcome.word().to_owned(), changes, unreadable)
    };
    let december = "<h2>December</h2><h3>December 9, 2026</h3>\
        <h4>Foreign Worker stream: candidates invited</h4><p>On December 9, 2026, we issued 1,063 invitations to \
        apply to candidates who may qualify under the Foreign Worker stream.</p>\
        <h2>March</h2><h3>March 4: New forms</h3><p>Use the new forms.</p>";
    let (outcome, ..) = sees(&url, "2026-12-30T12:00:00Z", december).await;
    assert_eq!(outcome, "baseline");
    let january = "<h2>January</h2><h3>January 5: New forms</h3><p>Use the forms of 2027.</p>";
    let notice = "oinp.notices/january-5/new-forms".to_owned();
    let turned = sees(&of_2027, "2027-01-06T12:00:00Z", january).await;
    assert_eq!(turned, ("changed".to_owned(), vec![notice], Vec::new()));
    let round = "<h3>January 20, 2027</h3><h4>Foreign Worker stream: candidates invited</h4><p>On January 20, 2027, \
        we issued 800 invitations to apply to candidates who may qualify under the Foreign Worker stream.</p>";
    let first = january.replace("</h2>", &format!("</h2>{round}"));
    let first = sees(&of_2027, "2027-01-21T12:00:00Z", &first).await;
    let draw = "oinp.draws/2027-01-20/foreign-worker-stream-candidates-invited".to_owned();
    assert_eq!(first, ("changed".to_owned(), vec![draw], Vec::new()));
}
