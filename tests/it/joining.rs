//! Subscribing on the pages, changing what one has, and leaving: over a real connection, with the letters.

use std::net::SocketAddr;
use std::time::Duration;

use rulewatch::delivering::deliver;
use rulewatch::model::{EmailAddress, Language};
use rulewatch::web::Face;

use crate::eml::Eml;
use crate::web::{Answer, changed, get, post, say, site};
use crate::world::World;

const NOON: &str = "2024-06-02T16:00:00Z";
const WISH: &str = "program=express-entry&rhythm=immediate";

/// A world whose pages are served, as its clock has it.
pub(crate) struct Place {
    world: World,
    face: Face,
    pub(crate) at: SocketAddr,
}

impl Place {
    pub(crate) async fn open() -> Self {
        let world = changed().await;
        let face = Face::begin(Some(site(&world, NOON))).unwrap();
        let at = face.listens().unwrap();
        Self { world, face, at }
    }

    /// Moves the clock.
    fn later(&mut self, moment: &str) {
        self.face.renew(Some(site(&self.world, moment))).unwrap();
    }

    /// Signs somebody up, and returns what is said to them.
    pub(crate) fn sign_up(&self, address: &str) -> Answer {
        let address: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
        post(self.at, "/en/subscribe", &format!("{WISH}&address={address}"))
    }

    /// Sends what is due, and returns the letters to an address, the newest first.
    async fn letters(&self, to: &str) -> Vec<Said> {
        self.letters_at(to, "2024-06-02T16:01:00Z").await
    }

    async fn letters_at(&self, to: &str, moment: &str) -> Vec<Said> {
        let doors = self.world.doors(None, moment.parse().unwrap());
        deliver(&doors.delivering()).await.unwrap();
        let sent = self.world.letters();
        let of = sent.iter().rev().filter(|message| message.to.as_str() == to);
        of.map(|message| Said::read(&message.bytes)).collect()
    }

    /// The key in the newest letter to an address, after this part of a link.
    pub(crate) async fn key(&self, to: &str, part: &str) -> String {
        let letters = self.letters(to).await;
        let text = &letters.first().expect("a letter came").text;
        key_after(text, part).unwrap_or_else(|| panic!("no {part} in {text}"))
    }

    /// Where the database is.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.world.folder.path()
    }

    fn subscriber(&self, address: &str) -> Option<rulewatch::model::Subscriber> {
        self.world.store().subscriber(&EmailAddress::parse(address).unwrap()).unwrap()
    }

    /// Subscribes somebody by the letter; returns their key.
    pub(crate) async fn join(&self, address: &str) -> String {
        assert_eq!(self.sign_up(address).status, 200);
        let key = self.key(address, "/confirm/").await;
        let done = post(self.at, &format!("/en/confirm/{key}"), "");
        assert_eq!(done.status, 303, "{}", done.body);
        key_after(done.header("location").unwrap(), "/manage/").unwrap()
    }
}

/// Every letter to somebody who signs up, is welcomed, and hears of a change.
pub(crate) async fn letters_of_a_reader() -> Vec<rulewatch::mail::Message> {
    let place = Place::open().await;
    place.join("ana@example.org").await;
    let mut world = place.world;
    world.play("2024-06-03T12:00Z  before").await;
    let mut letters = world.letters();
    letters.retain(|letter| letter.to.as_str() == "ana@example.org");
    assert!(letters.len() > 2, "{} letters", letters.len());
    letters
}

/// A letter that came.
struct Said {
    text: String,
}

impl Said {
    fn read(bytes: &[u8]) -> Self {
        let (text, _) = Eml::read(std::str::from_utf8(bytes).unwrap()).parts();
        Self { text }
    }
}

/// The key that follows a part of a link.
fn key_after(text: &str, part: &str) -> Option<String> {
    let rest = text.split(part).nth(1)?;
    let key: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    (key.len() == 40).then_some(key)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_before_a_button_is_pressed_and_nothing_after_leaving() {
    let place = Place::open().await;
    let said = place.sign_up("ana@example.org");
    assert!(said.body.contains("ana@example.org") && said.body.contains("Look into your mail"));
    assert_eq!(place.subscriber("ana@example.org"), None);
    let letters = place.letters("ana@example.org").await;
    assert_eq!(letters.len(), 1);
    for words in
        ["Nothing is sent to you before you confirm", "Rule Watchers Inc.", "Express Entry"]
    {
        assert!(letters[0].text.contains(words), "{words}: {}", letters[0].text);
    }
    let key = place.key("ana@example.org", "/confirm/").await;
    // A mail program looks at every link, more than once.
    for _ in 0..3 {
        let page = get(place.at, &format!("/en/confirm/{key}"));
        assert!(page.status == 200 && page.body.contains("a…@example.org"), "{}", page.body);
        assert!(!page.body.contains("ana@example.org"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    assert_eq!(place.subscriber("ana@example.org"), None);
    let done = post(place.at, &format!("/fr/confirm/{key}"), "");
    let manage = done.header("location").unwrap().to_owned();
    assert!(manage.starts_with("/fr/manage/") && manage.ends_with("?done=confirmed"), "{manage}");
    let ana = place.subscriber("ANA@Example.org").expect("in any spelling of case");
    assert_eq!(
        (ana.language, ana.consent.method.as_str()),
        (Language::En, "web, confirmed by letter")
    );
    assert!(ana.consent.wording.contains("you agree to get e-mail letters"), "{:?}", ana.consent);
    assert!(get(place.at, &manage).body.contains("Vous êtes abonné"));
    // The key worked once.
    let again = post(place.at, &format!("/en/confirm/{key}"), "");
    assert!(again.body.contains("no longer works"), "{}", again.body);
    let key = key_after(&manage, "/manage/").unwrap();
    assert_eq!(get(place.at, &format!("/leave/{key}")).status, 200);
    assert!(place.subscriber("ana@example.org").is_some(), "looking is not leaving");
    let left = post(place.at, &format!("/leave/{key}"), "List-Unsubscribe=One-Click");
    assert_eq!((left.status, left.header("location")), (200, None), "{}", left.head);
    assert_eq!(place.subscriber("ana@example.org"), None);
    assert_eq!(
        post(place.at, &format!("/leave/{key}"), "").status,
        200,
        "twice is as good as once"
    );
    let gone = get(place.at, &format!("/en/manage/{key}"));
    assert!(gone.body.contains("You get no more letters"), "{}", gone.body);
    // What confirmed once makes no reader of whoever has left.
    assert_eq!(place.letters("ana@example.org").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_does_not_tell_who_is_known_and_the_letter_does() {
    let place = Place::open().await;
    place.join("ana@example.org").await;
    let (known, unknown) = (place.sign_up("ANA@example.org"), place.sign_up("BEN@example.org"));
    let same = |answer: &Answer| answer.body.replace("ANA", "X").replace("BEN", "X");
    assert_eq!((known.status, same(&known)), (unknown.status, same(&unknown)));
    let letters = place.letters("ANA@example.org").await;
    assert!(letters[0].text.contains("exactly this subscription already"), "{}", letters[0].text);
    assert!(!letters[0].text.contains("/confirm/") && letters[0].text.contains("/manage/"));
    let other = "program=express-entry&severity=info&rhythm=weekly&address=Ana%40example.org";
    assert_eq!(post(place.at, "/fr/subscribe", other).status, 200);
    let letters = place.letters("Ana@example.org").await;
    assert!(letters[0].text.contains("peut-être écrite autrement"), "{}", letters[0].text);
    let key = key_after(&letters[0].text, "/confirm/").unwrap();
    assert_eq!(post(place.at, &format!("/fr/confirm/{key}"), "").status, 303);
    assert_eq!(place.subscriber("ana@example.org").unwrap().subscriptions.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_changes_adds_and_ends_what_they_have_and_nobody_elses() {
    let place = Place::open().await;
    let (ana, ben) = (place.join("ana@example.org").await, place.join("ben@example.org").await);
    let page = get(place.at, &format!("/en/manage/{ana}"));
    assert!(page.body.contains("$14,690"), "what is new to them: {}", page.body);
    let new = get(place.at, &format!("/en/manage/{ana}?seen=2024-06-02T15:00:00Z"));
    assert!(!new.body.contains("$14,690"), "{}", new.body);
    let number = place.subscriber("ana@example.org").unwrap().subscriptions[0].id.0;
    let edit = format!("/en/manage/{ana}/{number}");
    let shown = get(place.at, &format!("{edit}?program=express-entry&severity=info&show=1"));
    assert!(shown.body.contains("What you would get") && shown.body.contains("Make it so"));
    let foreign = post(place.at, &format!("/en/manage/{ben}/{number}"), "severity=info");
    assert_eq!(foreign.status, 404);
    let done = post(place.at, &edit, "program=express-entry&rhythm=daily");
    assert!(done.header("location").unwrap().ends_with("?done=changed"), "{}", done.head);
    let has = |address: &str| place.subscriber(address).unwrap().subscriptions;
    assert_eq!(has("ana@example.org")[0].to.rhythm.word(), "daily");
    assert_eq!(has("ben@example.org")[0].to.rhythm.word(), "immediate");
    let new = format!("/en/manage/{ana}/new");
    assert_eq!(post(place.at, &new, "program=express-entry&severity=info").status, 303);
    let twice = post(place.at, &new, "program=express-entry&severity=info");
    assert!(twice.header("location").unwrap().ends_with("?done=already"));
    assert_eq!(has("ana@example.org").len(), 2);
    let wrong = post(place.at, &new, "program=expres-entry");
    assert!(wrong.status == 400 && wrong.body.contains("did you mean “express-entry”?"));
    let wrong = post(place.at, &new.replace("/en/", "/fr/"), "program=expres-entry");
    assert!(wrong.body.contains("vouliez-vous dire «\u{a0}express-entry\u{a0}»"), "{}", wrong.body);
    let manage = format!("/en/manage/{ana}");
    assert_eq!(post(place.at, &manage, "language=fr").status, 303);
    assert_eq!(place.subscriber("ana@example.org").unwrap().language, Language::Fr);
    assert_eq!(post(place.at, &manage, &format!("stop={number}")).status, 303);
    assert_eq!(has("ana@example.org").len(), 1);
    assert_eq!(post(place.at, &manage, "stop=999").status, 404);
    let last = has("ana@example.org")[0].id.0;
    let left = post(place.at, &manage, &format!("stop={last}"));
    assert!(left.body.contains("You get no more letters"), "{}", left.body);
    assert_eq!(place.subscriber("ana@example.org"), None);
    assert!(place.subscriber("ben@example.org").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_letters_came_back_has_them_sent_again_by_a_button() {
    let mut place = Place::open().await;
    let key = place.join("ana@example.org").await;
    let manage = format!("/en/manage/{key}");
    assert!(!get(place.at, &manage).body.contains("came back"));
    let count = place.letters("ana@example.org").await.len();
    let ana = place.subscriber("ana@example.org").unwrap();
    place.world.store().pause(ana.id, &[], "2024-06-02T16:02:00Z".parse().unwrap()).unwrap();
    place.world.play("2024-06-02T16:03:00Z  before").await;
    for language in ["en", "fr"] {
        let page = get(place.at, &format!("/{language}/manage/{key}")).body;
        assert!(page.contains("name=\"resume\""), "{page}");
    }
    assert!(
        place.subscriber("ana@example.org").unwrap().paused_at.is_some(),
        "looking does nothing"
    );
    let done = post(place.at, &manage, "resume=1");
    assert!(done.header("location").unwrap().ends_with("?done=resumed"), "{}", done.head);
    assert_eq!(place.subscriber("ana@example.org").unwrap().paused_at, None);
    let page = get(place.at, done.header("location").unwrap()).body;
    assert!(page.contains("sent to you again") && !page.contains("name=\"resume\""), "{page}");
    let letters = place.letters_at("ana@example.org", "2024-06-02T16:10:00Z").await;
    assert_eq!(letters.len(), count + 1, "what was missed comes in one letter");
    assert!(letters[0].text.contains("$14,690") && letters[0].text.contains("$13,757"));
    assert_eq!(post(place.at, &manage, "resume=1").status, 303, "twice is as good as once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_an_old_and_a_stolen_key_open_nothing() {
    let mut place = Place::open().await;
    place.sign_up("ana@example.org");
    let key = place.key("ana@example.org", "/confirm/").await;
    // Whoever reads the database has no key.
    for name in ["rulewatch.db", "rulewatch.db-wal"] {
        let bytes = std::fs::read(place.world.folder.path().join(name)).unwrap_or_default();
        let found = bytes.windows(key.len()).any(|part| part == key.as_bytes());
        assert!(!found, "{name} has the key");
    }
    let mut forged = key.clone();
    forged.replace_range(0..1, if key.starts_with('0') { "1" } else { "0" });
    for wrong in [forged.as_str(), "0", &key.to_uppercase(), "..%2f..", &"a".repeat(5_000)] {
        for path in ["/en/confirm/", "/en/manage/", "/en/leave/", "/leave/"] {
            let path = format!("{path}{wrong}");
            let (looked, pressed) = (get(place.at, &path), post(place.at, &path, ""));
            let opens = looked.body.contains("example.org</dd>") || pressed.status == 303;
            assert!(!opens, "{path}: {}", looked.body);
        }
    }
    // A key to confirm is no key to leave.
    assert_eq!(get(place.at, &format!("/en/manage/{key}")).status, 404);
    place.later("2024-06-05T16:00:01Z");
    let old = post(place.at, &format!("/en/confirm/{key}"), "");
    assert!(old.body.contains("no longer works"), "{}", old.body);
    assert_eq!(place.subscriber("ana@example.org"), None);
    // The next sign-up forgets whoever did not answer.
    let ben = place.sign_up("ben@example.org");
    assert_eq!(ben.status, 200, "{}", ben.body);
    let ana = "SELECT (SELECT count(*) FROM signup WHERE address LIKE 'ana%')
        + (SELECT count(*) FROM delivery WHERE to_address LIKE 'ana%')";
    let database =
        rusqlite::Connection::open(place.world.folder.path().join("rulewatch.db")).unwrap();
    let left: i64 = database.query_row(ana, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_left_and_came_back_leaves_by_an_old_link_too() {
    let place = Place::open().await;
    let old = place.join("ana@example.org").await;
    assert_eq!(post(place.at, &format!("/leave/{old}"), "").status, 200);
    place.join("ana@example.org").await;
    assert!(place.subscriber("ana@example.org").is_some());
    assert_eq!(post(place.at, &format!("/leave/{old}"), "").status, 200);
    assert_eq!(place.subscriber("ana@example.org"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn tricks_in_a_form_are_refused_clearly() {
    let place = Place::open().await;
    let tricks = [
        "a@b@c",
        "a@b",
        "ana@example.org\r\nBcc: all@example.org",
        "\"ana x\"@example.org",
        "ana@[127.0.0.1]",
        "аna@example.org",
        "ana@exämple.org",
        "<script>alert(1)</script>@x.ca",
        "",
        " ",
        "@example.org",
        "ana@example.org,ben@example.org",
        "ana+<b>@example.org",
    ];
    for address in tricks {
        let answer = place.sign_up(address);
        assert!(answer.body.contains("is no e-mail address"), "{address:?}: {}", answer.body);
        assert!(!answer.body.contains("<script"), "{address:?}");
    }
    assert!(place.world.letters().iter().all(|letter| letter.to.as_str() == "reader@example.org"));
    let large = post(place.at, "/en/subscribe", &format!("address={}", "a".repeat(20_000)));
    assert_eq!(large.status, 413);
    let long = post(
        place.at,
        "/en/subscribe",
        &format!("{WISH}&address={}@example.org", "a".repeat(10_000)),
    );
    assert_eq!(long.status, 404, "{}", long.body);
    let wrong = post(place.at, "/en/subscribe", "program=nothing&address=ana%40example.org");
    assert!(wrong.body.contains("There is no program “nothing”"), "{}", wrong.body);
    let filled =
        post(place.at, "/en/subscribe", &format!("{WISH}&address=ana%40example.org&website=x"));
    assert_eq!(filled.status, 200, "a program that fills every field is told nothing");
    let foreign = "POST /en/subscribe HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: cross-site\r\n\
                   Content-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(say(place.at, foreign.as_bytes()).status, 404);
    assert_eq!(place.letters("ana@example.org").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_is_asked_thrice_a_day_and_one_reader_signs_up_ten_an_hour() {
    let place = Place::open().await;
    let answers: Vec<Answer> = (0..4).map(|_| place.sign_up("ana@example.org")).collect();
    let same = answers.iter().all(|answer| answer.body == answers[0].body);
    assert!(same, "the fourth time looks like the others");
    assert_eq!(place.letters("ana@example.org").await.len(), 3);
    let statuses: Vec<u16> =
        (4..12).map(|n| place.sign_up(&format!("r{n}@example.org")).status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 429]);
    let wrong: Vec<u16> =
        (0..62).map(|n| get(place.at, &format!("/en/manage/{n:040x}")).status).collect();
    assert_eq!((wrong[59], wrong[60]), (404, 429), "guessing keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_are_counted_however_they_are_tried() {
    let place = Place::open().await;
    let tried: Vec<u16> = (0..61)
        .map(|n| post(place.at, &format!("/en/manage/{n:040x}"), "language=fr").status)
        .collect();
    assert_eq!((tried[59], tried[60]), (404, 429));
    assert_eq!(get(place.at, "/fr/confirm/0").status, 429);
    assert_eq!(post(place.at, "/leave/0", "List-Unsubscribe=One-Click").status, 429);
    assert_eq!(get(place.at, "/fr/changes").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_subscription_wakes_whoever_delivers() {
    let place = Place::open().await;
    let ana = place.join("ana@example.org").await;
    place.face.rung().await;
    let number = place.subscriber("ana@example.org").unwrap().subscriptions[0].id.0;
    let edit = format!("/en/manage/{ana}/{number}");
    assert_eq!(post(place.at, &edit, "program=express-entry&rhythm=daily").status, 303);
    let rung = tokio::time::timeout(Duration::from_secs(30), place.face.rung()).await;
    assert!(rung.is_ok(), "what waited for a digest may be due now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_told_in_words_before_it_is_asked_for() {
    let place = Place::open().await;
    let form = get(place.at, "/en/subscribe");
    assert!(form.body.contains("name=\"program\" value=\"express-entry\""), "{}", form.body);
    assert!(!form.body.contains("name=\"address\""), "no address before it is known what for");
    let shown = get(place.at, "/en/subscribe?program=express-entry&severity=&noc=&show=1");
    for words in [
        "What you would get",
        "1 event with 1 change.",
        "$13,757",
        "name=\"address\"",
        "you agree to get e-mail letters",
        "Draws, notices and changed wording are not told.",
    ] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    let french = get(place.at, "/fr/subscribe?jurisdiction=CA&severity=info&rhythm=weekly&show=1");
    for words in [
        "Ce que vous recevriez",
        "1 page officielle\u{a0}: ",
        "chaque lundi",
        "vous acceptez de recevoir",
    ] {
        assert!(french.body.contains(words), "{words}: {}", french.body);
    }
    for (wish, words) in [
        ("program=expres-entry", "did you mean “express-entry”?"),
        ("jurisdiction=bc", "There is no place “bc”"),
        ("noc=2123", "five digits"),
        ("fact=ee.nothing", "There is no fact “ee.nothing”"),
        ("program=express-entry&noc=21231", "Nothing matches all of that"),
        ("kind=x", "cannot be chosen here"),
        (
            "fact=ee.proof_of_funds&kind=fee_changed",
            "never gives “fee changed”. Choose among: threshold changed",
        ),
        ("fact=ee.proof_of_funds&kind=threshold_changed&severity=block", "Nothing would be sent"),
        (
            "fact=ee.proof_of_funds&where=amount+at+least+500%3B+amount+at+most+400",
            "exchange their values",
        ),
        ("fact=ee.proof_of_funds&where=amount+above+900000", "The values lie between 1 and 200000"),
        ("rhythm=hourly", "cannot be chosen here"),
    ] {
        let page = get(place.at, &format!("/en/subscribe?{wish}&show=1"));
        assert!(page.body.contains(words), "{wish}: {}", page.body);
        assert!(!page.body.contains("name=\"address\""), "{wish}");
        let french = get(place.at, &format!("/fr/subscribe?{wish}&show=1"));
        assert!(!french.body.contains("name=\"address\""), "{wish}");
    }
    let idle = get(
        place.at,
        "/en/subscribe?fact=ee.proof_of_funds&kind=threshold_changed&kind=fee_changed&show=1",
    );
    assert!(
        idle.body.contains("Nothing you ask for ever gives this: fee changed."),
        "{}",
        idle.body
    );
    let warned = get(place.at, "/en/subscribe?kind=threshold_changed&severity=warn&show=1");
    assert!(warned.body.contains("name=\"severity\" value=\"warn\" checked"), "{}", warned.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_may_subscribe_nothing_speaks_of_it() {
    let world = changed().await;
    let mut closed = site(&world, NOON);
    closed.http.sign_up = false;
    let face = Face::begin(Some(closed)).unwrap();
    let at = face.listens().unwrap();
    assert!(!get(at, "/en/").body.contains("/subscribe"));
    assert_eq!(get(at, "/en/subscribe").status, 404);
    assert_eq!(post(at, "/en/subscribe", &format!("{WISH}&address=a%40example.org")).status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_letter_has_a_page_that_ends_it_by_one_click() {
    let place = Place::open().await;
    place.join("ana@example.org").await;
    let mut world = place.world;
    world.play("2024-06-03T12:00Z  before").await;
    let letters = world.letters();
    let letter =
        letters.iter().rev().find(|letter| letter.to.as_str() == "ana@example.org").unwrap();
    let letter = Eml::read(std::str::from_utf8(&letter.bytes).unwrap());
    assert_eq!(letter.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let key =
        key_after(letter.header("List-Unsubscribe"), "<https://rules.example.org/leave/").unwrap();
    let (text, _) = letter.parts();
    for part in ["https://rules.example.org/leave/", "https://rules.example.org/en/manage/"] {
        assert_eq!(key_after(&text, part).as_ref(), Some(&key), "{text}");
    }
    let change =
        text.split("https://rules.example.org").find(|rest| rest.starts_with("/en/changes/"));
    let change = change.and_then(|rest| rest.split_whitespace().next()).expect(&text);
    assert_eq!(get(place.at, change).status, 200, "the letter links to the page of its change");
    let click = "List-Unsubscribe=One-Click";
    assert_eq!(post(place.at, &format!("/leave/{key}"), click).status, 200);
    let ana = EmailAddress::parse("ana@example.org").unwrap();
    assert_eq!(world.store().subscriber(&ana).unwrap(), None);
}
