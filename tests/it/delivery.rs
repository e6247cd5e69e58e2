//! The outbox and a mail server that fails at every step in every way: what is about us or the moment has
//! all letters wait and uses up no try; what is about a letter is its own; every letter arrives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rulewatch::catalog::Catalog;
use rulewatch::checking::{check, due};
use rulewatch::clock::SetClock;
use rulewatch::delivering::{Delivered, Delivering, Halt, Pulse, Unrecorded, deliver, retry_all};
use rulewatch::fetch::{Fetcher, Recorded};
use rulewatch::mail::{Envelope, Post, Smtp, compose};
use rulewatch::model::{
    Delivery, DeliveryId, DeliveryKind, DeliveryState, EmailAddress, Language, Letter, MailServer,
    MailStep, Means, NewDelivery, Page, SourceId, Tls,
};
use rulewatch::store::{OutboxFilter, SharedStore, Store};
use rulewatch::writing::Correspondence;
use tempfile::TempDir;

use crate::mail_server::{Does, Mailbox};
use crate::world::{World, fees};

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// An outbox with a mail server to send to.
struct Office {
    folder: TempDir,
    server: Mailbox,
    clock: Arc<SetClock>,
    with: Delivering,
}

impl Office {
    /// An outbox with a letter to each of these.
    fn with_letters(to: &[&str]) -> Self {
        let (folder, server) = (tempfile::tempdir().unwrap(), Mailbox::start());
        let clock = Arc::new(SetClock::new(noon()));
        let with = delivering(folder.path(), server.post(), &clock);
        let office = Self { folder, server, clock, with };
        office.enqueue(to);
        office
    }

    fn enqueue(&self, to: &[&str]) {
        let letters: Vec<NewDelivery> = to.iter().map(|to| letter(to)).collect();
        self.with.store.ask(|store| store.enqueue(&letters, noon())).unwrap();
    }

    async fn delivers(&self) -> Delivered {
        deliver(&self.with).await.unwrap()
    }

    /// The same, so much later.
    async fn delivers_after(&self, minutes: i64) -> Delivered {
        self.passes(minutes);
        self.delivers().await
    }

    fn passes(&self, minutes: i64) {
        use rulewatch::clock::Clock as _;
        self.clock.set(self.clock.now() + SignedDuration::from_mins(minutes));
    }

    /// How many tries each letter has used up, by its reader, where it is still to be sent.
    fn pending(&self) -> BTreeMap<String, u32> {
        let rows = self.with.store.ask(|store| store.outbox(&OutboxFilter::default())).unwrap();
        let of = |row: rulewatch::store::OutboxRow| match row.delivery.state {
            DeliveryState::Due { attempts, .. } => {
                Some((row.delivery.to.as_str().to_owned(), attempts))
            }
            _ => None,
        };
        rows.into_iter().filter_map(of).collect()
    }

    /// Every letter arrived, each under one Message-ID; `repeats` of them more than once.
    #[track_caller]
    fn all_arrived(&self, n: usize, repeats: usize) {
        assert_eq!(self.pending(), BTreeMap::new());
        let taken = self.server.taken();
        let readers: BTreeMap<_, _> = taken.iter().cloned().collect();
        assert_eq!(readers.len(), n, "{taken:?}");
        let letters: std::collections::BTreeSet<_> = taken.iter().collect();
        assert_eq!(letters.len(), n, "a repeat has the same Message-ID: {taken:?}");
        assert_eq!(taken.len(), n + repeats, "{taken:?}");
    }
}

fn delivering(folder: &std::path::Path, post: Post, clock: &Arc<SetClock>) -> Delivering {
    Delivering {
        catalog: Arc::new(Catalog::parse(&[("sources.toml", "")]).unwrap()),
        store: SharedStore::new(Store::open(folder).unwrap()),
        post,
        clock: Arc::<SetClock>::clone(clock),
        correspondence: Arc::new(Correspondence {
            from: address("alerts@rules.example.org"),
            from_name: String::new(),
            sender: None,
            leave: None,
            public_url: None,
            operator: Some(address("operator@example.org")),
            language: Language::En,
            zone: TimeZone::UTC,
            data: Vec::new(),
        }),
        unrecorded: Unrecorded::default(),
        halt: Halt::default(),
        pulse: Pulse::default(),
    }
}

fn letter(to: &str) -> NewDelivery {
    let (to, from) = (address(to), address("alerts@rules.example.org"));
    let id = DeliveryId::of("test", &to, &[]);
    let envelope = Envelope {
        id: &id,
        from: &from,
        from_name: "",
        to: &to,
        date: noon(),
        leave: None,
        in_reply_to: None,
    };
    let text = "A rule has changed.\n.\n".to_owned();
    let letter = Letter { subject: "A rule".into(), html: format!("<p>{text}</p>"), text };
    let message = Some(compose(&letter, &envelope).unwrap().bytes);
    let state = DeliveryState::Due { at: noon(), attempts: 0 };
    let delivery = Delivery { id, subscriber: None, to, event: None, state };
    NewDelivery { delivery, kind: DeliveryKind::Alert, language: Language::En, message }
}

const THREE: [&str; 3] = ["ana@a.example", "bo@b.example", "cy@c.example"];

/// Steps at which nothing is known of any letter yet.
const BEFORE_A_LETTER: [&str; 4] = ["greeting", "ehlo", "auth", "mail"];

#[tokio::test]
async fn what_is_about_us_or_the_moment_uses_up_no_try_and_is_tried_once() {
    let fails =
        [Does::IsSilent, Does::HangsUp, Does::Answers("450 4.7.0 later"), Does::Answers("550 no")];
    for step in BEFORE_A_LETTER {
        for does in &fails {
            let office = Office::with_letters(&THREE);
            office.server.at(step, does.clone());
            let begun = Instant::now();
            let delivered = office.delivers().await;
            assert!(begun.elapsed() < Duration::from_secs(5), "{step} {does:?}: it is bounded");
            assert_eq!((delivered.sent, delivered.waiting), (0, 3), "{step} {does:?}");
            let wait = delivered.wait.unwrap();
            let about = if *does == Does::Answers("550 no") { Means::Us } else { Means::Moment };
            assert_eq!(wait.failure.means, about, "{step} {does:?}: {}", wait.failure);
            assert_eq!(office.server.connections(), 1, "{step} {does:?}");
            assert!(office.pending().values().all(|tries| *tries == 0), "{step} {does:?}");
            // Until the wait is over nobody is asked.
            office.delivers().await;
            assert_eq!(office.server.connections(), 1, "{step} {does:?}");
            office.server.is_well();
            assert_eq!(office.delivers_after(1).await.sent, 3, "{step} {does:?}");
            office.all_arrived(3, 0);
        }
    }
}

#[tokio::test]
async fn a_mistake_in_how_to_speak_to_the_server_is_said_with_what_to_write() {
    let office = Office::with_letters(&THREE);
    office.server.at("ehlo", Does::Answers("250 mail.example.org"));
    let wait = office.delivers().await.wait.unwrap();
    assert_eq!(wait.failure.means, Means::Us);
    let words = "offers no login by PLAIN or LOGIN here: see `tls` and `port` under [mail]";
    assert!(wait.failure.words.contains(words), "{}", wait.failure);

    // It speaks TLS from the start, so it waits for us.
    let mut office = Office::with_letters(&THREE);
    office.server.at("greeting", Does::IsSilent);
    let config = MailServer { tls: Tls::StartTls, ..office.server.config() };
    office.with.post = Post::Smtp(Smtp::new(config).unwrap());
    let wait = office.delivers().await.wait.unwrap();
    assert!(wait.failure.words.contains("set `tls = \"wrapper\"`"), "{}", wait.failure);
}

#[tokio::test]
async fn what_is_about_one_letter_holds_up_none_of_the_others() {
    let fails = [
        ("rcpt", Does::Answers("450 4.2.1 mailbox busy"), 0),
        ("rcpt", Does::IsSilent, 0),
        ("rcpt", Does::HangsUp, 0),
        ("data", Does::Answers("451 4.3.0 try later"), 0),
        ("data", Does::IsSilent, 0),
        ("data", Does::HangsUp, 0),
        ("dot", Does::Answers("451 4.3.0 try later"), 0),
        ("dot", Does::IsSilent, 1),
        ("dot", Does::HangsUp, 1),
    ];
    for (step, does, repeats) in fails {
        let office = Office::with_letters(&THREE);
        office.server.for_recipient(step, "ana", does.clone());
        let delivered = office.delivers().await;
        assert_eq!((delivered.sent, delivered.retried), (2, 1), "{step} {does:?}: {delivered}");
        assert_eq!(office.pending(), [("ana@a.example".to_owned(), 1)].into(), "{step} {does:?}");
        office.server.is_well();
        assert_eq!(office.delivers_after(1).await.sent, 1, "{step} {does:?}");
        office.all_arrived(3, repeats);
    }
}

#[tokio::test]
async fn a_letter_that_is_refused_for_what_it_is_is_given_up() {
    for (step, answer) in [("rcpt", "550 5.1.1 no such person"), ("dot", "552 5.3.4 too big")] {
        let office = Office::with_letters(&THREE);
        office.server.for_recipient(step, "bo", Does::Answers(answer));
        let delivered = office.delivers().await;
        assert_eq!((delivered.sent, delivered.gave_up), (2, 1), "{step}: {delivered}");
        // A person may have them tried again all the same.
        office.server.is_well();
        assert_eq!(retry_all(&office.with.store, noon()).unwrap(), 1);
        assert_eq!(office.delivers().await.sent, 1);
        office.all_arrived(3, 0);
    }
}

#[tokio::test]
async fn what_one_more_recipient_fails_with_is_not_about_them() {
    let fails = [
        ("rcpt", "452 4.5.3 too many recipients"),
        ("rcpt", "554 5.7.1 relay access denied"),
        ("dot", "451 4.7.1 too fast"),
    ];
    for (step, answer) in fails {
        let office =
            Office::with_letters(&["a@a.example", "b@b.example", "c@c.example", "d@d.example"]);
        office.server.at(step, Does::Answers(answer));
        let delivered = office.delivers().await;
        assert_eq!((delivered.sent, delivered.retried), (0, 2), "{step}: {delivered}");
        assert_eq!(delivered.wait.unwrap().failure.code, answer[..3].parse().ok());
        assert_eq!(office.server.told("RCPT"), 2, "{step}: nobody else was tried");
        // As long as it is so, one that was tried and one that was not are tried for all, and no more
        // tries are used up.
        for minutes in [1, 2, 5] {
            let delivered = office.delivers_after(minutes).await;
            assert_eq!(delivered.sent, 0);
        }
        assert_eq!(office.server.told("RCPT"), 2 + 3 * 2, "{step}");
        assert!(office.pending().values().sum::<u32>() <= 2, "{step}: {:?}", office.pending());
        office.server.is_well();
        office.delivers_after(15).await;
        office.delivers_after(30).await;
        // It was long enough for a letter to the operator.
        office.all_arrived(5, 0);
    }
}

#[tokio::test]
async fn a_server_that_is_away_for_three_days_costs_no_letter() {
    let office = Office::with_letters(&THREE);
    let there = office.with.post.clone();
    // A port that was free a moment ago: nobody listens on it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = MailServer { port: free, ..office.server.config() };
    let away = Delivering { post: Post::Smtp(Smtp::new(away).unwrap()), ..office.with.clone() };
    let mut waits = Vec::new();
    for _ in 0..75 {
        let delivered = deliver(&away).await.unwrap();
        let wait = delivered.wait.unwrap();
        assert_eq!(wait.failure.step, MailStep::Connect);
        waits.push(wait.length.as_secs() / 60);
        office.passes(60);
    }
    assert_eq!(waits[..7], [1, 2, 5, 15, 30, 60, 60]);
    assert!(office.pending().values().all(|tries| *tries == 0));
    let back = Delivering { post: there, ..office.with.clone() };
    let delivered = deliver(&back).await.unwrap();
    // The three, and the letter to the operator that says from when to when.
    assert_eq!(delivered.sent, 4);
    office.all_arrived(4, 0);
    let readers: Vec<String> = office.server.taken().into_iter().map(|(to, _)| to).collect();
    assert!(readers.contains(&"operator@example.org".to_owned()), "{readers:?}");
    assert_eq!(office.with.store.ask(|store| store.mail_wait()).unwrap(), None);
}

/// Three days of checks and rounds of delivery, a quarter of an hour apart, and then one round to a server that
/// is there: when a check was made, and how many letters were written to the reader.
async fn three_days(post: &Post, there: &Post) -> (Vec<Timestamp>, usize) {
    let catalog = fees("https://www.example.org/fees", "2026-01-20");
    let hourly = catalog.replace("verified =", "schedule = '0 7 * * * *'\nverified =");
    let world = World::new("fees", &[&hourly]);
    let mut doors = world.doors(None, noon());
    doors.post = post.clone();
    for quarter in 0..3 * 24 * 4 {
        let at = noon() + SignedDuration::from_mins(15 * quarter);
        doors.clock = Arc::new(SetClock::new(at));
        for id in due(&doors.checking(), at).unwrap().0.due {
            // It changes three times a day.
            let page = format!(
                "<title>Fees</title><main><h1>Fees</h1><p>The fee to apply to Skills Immigration is ${}.</p></main>",
                1_475 + quarter / 32
            );
            let recorded = Recorded::default();
            recorded.push_page(Page::from_file(world.url(), page.into_bytes(), at));
            doors.fetcher = Arc::new(Fetcher::Recorded(recorded));
            check(&doors.checking(), &id).await.unwrap();
        }
        deliver(&doors.delivering()).await.unwrap();
    }
    doors.post = there.clone();
    // The longest that is waited between two tries.
    doors.clock = Arc::new(SetClock::new(noon() + SignedDuration::from_hours(3 * 24 + 1)));
    deliver(&doors.delivering()).await.unwrap();
    let source = SourceId::parse("fees").unwrap();
    let checks = world.store().checks(&source, 1_000).unwrap();
    let rows = world.store().outbox(&OutboxFilter::default()).unwrap();
    let sent = |row: &&rulewatch::store::OutboxRow| {
        row.delivery.to.as_str() == "reader@example.org"
            && matches!(row.delivery.state, DeliveryState::Sent { .. })
    };
    (checks.into_iter().map(|check| check.started_at).collect(), rows.iter().filter(sent).count())
}

#[tokio::test]
async fn while_a_server_is_away_for_three_days_every_check_is_made_on_time() {
    let (well, back) = (Mailbox::start(), Mailbox::start());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = MailServer { port: free, ..back.config() };
    let away = Post::Smtp(Smtp::new(away).unwrap());
    let (on_time, n_letters) = three_days(&well.post(), &well.post()).await;
    let (meanwhile, n_after) = three_days(&away, &back.post()).await;
    assert_eq!(meanwhile, on_time);
    assert_eq!((on_time.len(), n_letters), (73, 8), "{on_time:?}");
    assert_eq!(n_after, n_letters);
    let of_reader = |server: &Mailbox| {
        server.taken().into_iter().filter(|(to, _)| to == "reader@example.org").collect::<Vec<_>>()
    };
    let (taken, ids): (Vec<_>, std::collections::BTreeSet<_>) =
        (of_reader(&back), of_reader(&back).into_iter().collect());
    assert_eq!((taken.len(), ids.len()), (n_letters, n_letters), "each once: {taken:?}");
}

#[tokio::test]
async fn a_wait_is_kept_over_a_restart_and_a_clock_that_was_ahead_ends_it() {
    let office = Office::with_letters(&THREE);
    office.server.at("mail", Does::Answers("454 4.7.0 too many letters"));
    office.clock.set("2030-01-01T00:00:00Z".parse().unwrap());
    office.delivers().await;
    let restarted = delivering(office.folder.path(), office.server.post(), &office.clock);
    assert_eq!(deliver(&restarted).await.unwrap().waiting, 3);
    assert_eq!(office.server.connections(), 1);
    office.server.is_well();
    office.clock.set(noon());
    assert_eq!(deliver(&restarted).await.unwrap().sent, 3);
    office.all_arrived(3, 0);
}

#[tokio::test]
async fn two_who_deliver_send_no_letter_twice() {
    let readers: Vec<String> = (0..40).map(|n| format!("r{n}@d{}.example", n % 7)).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = Office::with_letters(&readers);
    office.server.at("dot", Does::IsSlow(Duration::from_millis(5)));
    let other = delivering(office.folder.path(), office.server.post(), &office.clock);
    let (one, two) = tokio::join!(deliver(&office.with), deliver(&other));
    let (one, two) = (one.unwrap().sent, two.unwrap().sent);
    assert_eq!(one + two, 40, "{one} and {two}");
    office.all_arrived(40, 0);
}

#[tokio::test]
async fn what_a_killed_process_had_taken_goes_at_once_in_the_next() {
    let office = Office::with_letters(&THREE);
    let killed = Store::open(office.folder.path()).unwrap().lease("killed", noon(), 9).unwrap();
    assert_eq!(killed.len(), 3);
    assert_eq!(office.delivers().await.sent, 0, "somebody else has them");
    rulewatch::delivering::take_over(&office.with.store).unwrap();
    assert_eq!(office.delivers().await.sent, 3);
    office.all_arrived(3, 0);
    // Without that they are free again after a while.
    let office = Office::with_letters(&THREE);
    Store::open(office.folder.path()).unwrap().lease("killed", noon(), 9).unwrap();
    assert_eq!(office.delivers_after(31).await.sent, 3);
}

#[tokio::test]
async fn a_server_that_takes_few_connections_gets_few() {
    let readers: Vec<String> = (0..30).map(|n| format!("r@d{n}.example")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = Office::with_letters(&readers);
    office.server.takes_at_most(2);
    let delivered = office.delivers().await;
    assert_eq!((delivered.sent, delivered.waiting), (30, 0), "{delivered}");
    assert!(office.server.connections() <= 5, "{}", office.server.connections());
    office.all_arrived(30, 0);
}

#[tokio::test]
async fn connections_are_kept_for_a_round_and_the_name_we_give_is_whole() {
    let readers: Vec<String> = (0..30).map(|n| format!("r@d{n}.example")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = Office::with_letters(&readers);
    assert_eq!(office.delivers().await.sent, 30);
    assert!(office.server.connections() <= 4, "{}", office.server.connections());
    assert_eq!(office.server.told("QUIT"), office.server.connections());
    assert_eq!(office.server.told("EHLO localhost"), 0);
    let config = MailServer { hello: Some("alerts.example.org".into()), ..office.server.config() };
    let (from, to) = (address("alerts@example.org"), address("r@d0.example"));
    Post::Smtp(Smtp::new(config).unwrap()).rehearse(&from, &to).await.unwrap();
    assert_eq!(office.server.told("EHLO alerts.example.org"), 1);
}

/// As a real server does, this one takes a moment for each letter: one by one they would take 20 seconds.
#[tokio::test]
async fn five_hundred_letters_go_over_a_few_connections_at_once() {
    let readers: Vec<String> = (0..500).map(|n| format!("r{n}@d{}.example", n % 50)).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = Office::with_letters(&readers);
    office.server.at("dot", Does::IsSlow(Duration::from_millis(40)));
    let begun = Instant::now();
    assert_eq!(office.delivers().await.sent, 500);
    let (took, connections) = (begun.elapsed(), office.server.connections());
    println!("500 letters in {took:.1?} over {connections} connections");
    assert!(took < Duration::from_secs(14), "{took:?}");
    assert!((2..=4).contains(&connections), "each is used again: {connections}");
    office.all_arrived(500, 0);
}

#[tokio::test]
async fn an_answer_without_end_is_no_answer() {
    let office = Office::with_letters(&THREE);
    let endless: &'static str = Box::leak("2".repeat(600_000).into_boxed_str());
    office.server.at("mail", Does::Answers(endless));
    let delivered = office.delivers().await;
    assert_eq!(delivered.waiting, 3, "{delivered}");
    office.server.is_well();
    assert_eq!(office.delivers_after(1).await.sent, 3);
}

#[tokio::test]
async fn a_server_that_puts_off_whom_it_does_not_know_takes_all_in_minutes() {
    let readers: Vec<String> = (0..100).map(|n| format!("r@d{n}.example")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = Office::with_letters(&readers);
    office.server.at("rcpt", Does::AnswersOnce("450 4.7.1 greylisted, come again"));
    let mut minutes = 0;
    while !office.pending().is_empty() && minutes < 30 {
        office.delivers_after(1).await;
        assert!(office.pending().values().all(|tries| *tries <= 1), "{:?}", office.pending());
        minutes += 1;
    }
    office.all_arrived(100, 0);
    assert!(minutes <= 12, "{minutes}");
}

#[tokio::test]
async fn mailboxes_that_are_full_hold_up_none_of_the_others() {
    let office = Office::with_letters(&["full1@a.example", "full2@b.example", "c@c.example"]);
    office.server.for_recipient("rcpt", "full", Does::Answers("452 4.2.2 mailbox full"));
    assert_eq!(office.delivers().await.sent, 0, "nobody can know yet whether it is about them");
    assert_eq!(office.delivers_after(1).await.sent, 1);
    let taken = office.server.taken();
    assert_eq!(taken[0].0, "c@c.example", "{taken:?}");
    // Nothing is known from them of the others any more, though only they are tried.
    let delivered = office.delivers_after(20).await;
    assert_eq!((delivered.sent, delivered.waiting), (0, 0), "{delivered}");
    assert_eq!(office.with.store.ask(|store| store.mail_wait()).unwrap(), None);
    // A letter that comes later goes out at once.
    office.enqueue(&["d@d.example"]);
    let delivered = office.delivers_after(60).await;
    assert_eq!((delivered.sent, delivered.waiting), (1, 0), "{delivered}");
}
