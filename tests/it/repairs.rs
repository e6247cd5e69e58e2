//! What a person repairs: facts that cannot be read and hold still, words that are noise, changes that were
//! told wrongly. On pages of our own, seen one after another through the whole program.

use jiff::{Timestamp, ToSpan as _};
use rulewatch::asking::{self, When};
use rulewatch::checking::Report;
use rulewatch::delivering::deliver;
use rulewatch::fetch::Reply;
use rulewatch::model::{
    Consent, EmailAddress, FactKey, Language, NewSubscriber, Page, Severity, SourceId, Subscription,
};
use rulewatch::repairing::{self, Outcome, RepairError, Wrong};
use rulewatch::store::OutboxState;

use crate::world::World;

/// A page with a status and its fees.
pub(crate) const RECIPE: &str = r#"
[[source]]
id = "program"
program = "pnp"
jurisdiction = "SK"
url = "https://www.example.org/program"
verified = "2026-01-01"

[[source.facts]]
key = "pnp.intake"
type = "streams"
record = "intake"
[source.facts.fields]
status = { as = "word", vocabulary = { closed = 'closed', open = 'open' } }
[[source.facts.read]]
prose = { matches = 'the intake is (?P<status>closed|open)' }

[[source.facts]]
key = "pnp.fees"
type = "fees"
record = "{label|slug}"
[source.facts.fields]
label = { note = true }
fee = { as = "money" }
[[source.facts.read]]
table = { columns = { label = '^fee', fee = '^amount' } }

[[rule]]
id = "R-FEE"
title = { en = "What it costs", fr = "Ce que cela coûte" }
depends_on = ["pnp.fees"]
"#;

const INTAKE: &str = "<p>The intake is closed until further notice.</p>";

fn fees(application: u32) -> String {
    format!(
        "<h2>Fees</h2><table><tr><th>Fee<th>Amount<tr><td>Application<td>${application}\
         <tr><td>Review of a decision<td>$250<tr><td>Change of employer<td>$100</table>"
    )
}

fn whole() -> String {
    [INTAKE, &fees(500)].concat()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// A world whose time goes on.
struct Days {
    world: World,
    runtime: tokio::runtime::Runtime,
    at: Timestamp,
    source: SourceId,
}

impl Days {
    fn of(pages: &[String]) -> Self {
        Self::under(RECIPE, pages)
    }

    fn under(recipe: &str, pages: &[String]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut days = Self {
            world: World::new("program", &[recipe]),
            runtime,
            at: "2026-03-10T12:00:00Z".parse().unwrap(),
            source: SourceId::parse("program").unwrap(),
        };
        days.subscribe("lea@example.org", Language::Fr, Subscription::default());
        let other = vec!["other".to_owned()];
        let other = Subscription { programs: other, ..Subscription::default() };
        days.subscribe("other@example.org", Language::En, other);
        for page in pages {
            days.see(page);
        }
        days
    }

    fn subscribe(&self, to: &str, language: Language, subscription: Subscription) {
        let subscription = Subscription { severity: Severity::Info, ..subscription };
        let consent = Consent {
            wording: "asked for it".to_owned(),
            method: "operator".to_owned(),
            given_at: Timestamp::UNIX_EPOCH,
        };
        let new = NewSubscriber {
            address: address(to),
            language,
            subscription,
            consent,
            token_hash: None,
        };
        self.world.store().subscribe(&new).unwrap();
    }

    fn see(&mut self, content: &str) -> (Report, Vec<String>) {
        let body = format!("<html><body><main><h1>Program</h1>{content}</main></body></html>");
        let page = Page::from_file(self.world.url(), body.into_bytes(), self.at);
        let seen = self.runtime.block_on(self.world.see(self.at, Reply::Page(page)));
        self.at += 24.hours();
        seen
    }

    /// How a page is read, in a word, and the kinds of its changes.
    fn says(&mut self, content: &str) -> String {
        let (report, _) = self.see(content);
        let kinds = report.changes.iter().map(|change| change.kind.word());
        let words: Vec<&str> = std::iter::once(report.outcome.word()).chain(kinds).collect();
        words.join(" ")
    }

    fn retract(&mut self, name: &str, value: Option<&str>) -> Result<Outcome, RepairError> {
        let doors = self.world.doors(None, self.at);
        let wrong = Wrong { name, why: "It was a typing error.", value, by: "ana" };
        let outcome = repairing::retract(&doors.checking(), &wrong);
        self.runtime.block_on(deliver(&doors.delivering())).unwrap();
        self.at += 1.hours();
        outcome
    }

    /// What is known of the fee to apply today: its amount, and its states.
    fn fee(&self) -> String {
        let doors = self.world.doors(None, self.at);
        let zone = jiff::tz::TimeZone::UTC;
        let today = self.at.to_zoned(zone.clone()).date();
        let key = FactKey::parse("pnp.fees").unwrap();
        let when = When::Today(today);
        let answer = asking::facts(&doors.store, &doors.catalog, &key, when, &zone).unwrap();
        let row = answer.shown.iter().find(|row| row.key.as_str() == "application").unwrap();
        let (_, fee) = row.record.fields.iter().find(|(name, _)| name.as_str() == "fee").unwrap();
        format!("{fee} {}", row.states.join(" ")).trim_end().to_owned()
    }

    /// The letters to a reader, the headers of each unfolded.
    fn letters_to(&self, to: &str) -> Vec<String> {
        let letters = self.world.letters();
        let of = letters.iter().filter(|letter| letter.to.as_str() == to);
        of.map(|letter| String::from_utf8(letter.bytes.clone()).unwrap().replace("\r\n ", " "))
            .collect()
    }

    fn last_event(&self) -> String {
        self.world.store().last_event(&self.source).unwrap().unwrap().to_string()
    }
}

fn header<'a>(letter: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    letter.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
}

// --- What holds still ----------------------------------------------------------------------------

#[test]
fn what_cannot_be_read_is_confirmed_until_it_is_read_or_says_something_else() {
    let reworded = |words: &str| format!("<p>{words}</p>{}", fees(500));
    let mut days = Days::of(&[whole()]);
    let words = "The intake is shut until further notice.";
    assert_eq!(days.says(&reworded(words)), "partial wording_changed");
    let confirm = |days: &Days, fact: &str| {
        let doors = days.world.doors(None, days.at);
        repairing::confirm(&doors.checking(), &days.source, fact, ("ana", "It is closed."))
    };
    let wrong = confirm(&days, "pnp.fees").unwrap_err().to_string();
    assert!(wrong.contains("`pnp.fees` of program can be read"), "{wrong}");
    assert!(wrong.contains("what cannot be read: pnp.intake"), "{wrong}");

    for _ in 0..2 {
        assert_eq!(confirm(&days, "pnp.intake").unwrap().len(), 1, "twice is once");
    }
    let confirmed = |days: &Days| {
        let lost = days.world.store().unreadable(&days.source).unwrap();
        lost.first().map(|lost| lost.confirmed.clone().map(|one| (one.by, one.note)))
    };
    let ana = Some(Some(("ana".to_owned(), "It is closed.".to_owned())));
    assert_eq!(confirmed(&days), ana);
    assert_eq!(days.says(&reworded("The intake is shut until further notice.")), "partial");
    assert_eq!(confirmed(&days), ana, "the same words");

    // Other words are no longer those that somebody looked at: the operator is told of them.
    let (_, letters) = days.see(&reworded("The intake is not shut until further notice."));
    assert_eq!(confirmed(&days), Some(None));
    assert!(letters.iter().any(|letter| letter.starts_with("operator@")), "{letters:?}");
    assert_eq!(days.says(&whole()), "changed wording_changed");
    assert_eq!(confirmed(&days), None);
}

// --- Noise ---------------------------------------------------------------------------------------

fn with(words: &str) -> String {
    format!("{}<h2>Help</h2><p>Write to us if you need help.</p>{words}", whole())
}

#[test]
fn words_that_a_person_calls_noise_are_silent_from_then_on() {
    let mut days = Days::of(&[with("<p>12 people follow this page today.</p>")]);
    assert_eq!(
        days.says(&with("<p>15 people follow this page today.</p>")),
        "changed wording_changed"
    );
    let mark = |days: &Days, words: &str| {
        let doors = days.world.doors(None, days.at);
        repairing::mark_noise(&doors.checking(), &days.source, words, "ana")
    };
    let marked = mark(&days, "* people follow this page today.").unwrap();
    assert_eq!(marked.lines, ["* people follow this page today."]);
    mark(&days, "* people follow this page today.").unwrap();
    assert_eq!(days.world.store().noise(Some(&days.source)).unwrap().len(), 1, "twice is once");
    // Neither its going from what is watched nor what it says next is told.
    let (report, letters) = days.see(&with("<p>99 people follow this page today.</p>"));
    assert_eq!((report.changes.len(), letters.len()), (0, 0), "{report:?}");
    assert_eq!(days.says(&with("")), "unchanged");
    // What stands beside it is.
    assert_eq!(
        days.says(&with(
            "<p>7 people follow this page today.</p><p>The office is in Regina now.</p>"
        )),
        "changed wording_changed"
    );
    // And it is again once that is taken back.
    let id = days.world.store().noise(Some(&days.source)).unwrap()[0].id;
    let doors = days.world.doors(None, days.at);
    repairing::unmark_noise(&doors.checking(), &days.source, id, "ana").unwrap();
    let again = repairing::unmark_noise(&doors.checking(), &days.source, id, "ana").unwrap_err();
    assert!(again.to_string().contains("no noise of program is marked under"), "{again}");
    assert_eq!(
        days.says(&with(
            "<p>8 people follow this page today.</p><p>The office is in Regina now.</p>"
        )),
        "changed wording_changed"
    );
}

#[test]
fn words_of_several_lines_are_not_noise_by_a_word() {
    let days = Days::of(&[with("<p>Write to the office in Regina.</p>")]);
    let doors = days.world.doors(None, days.at);
    let mark = |words: &str| {
        let marked = repairing::mark_noise(&doors.checking(), &days.source, words, "ana");
        marked.map(|marked| (marked.lines, marked.is_on_page)).map_err(|error| error.to_string())
    };
    let several = mark("write to").unwrap_err();
    assert!(
        several.contains("2 lines of the page of program have the words `write to`"),
        "{several}"
    );
    assert!(mark("**").unwrap_err().contains("noise of everything"));
    let line = vec!["Write to the office in Regina.".to_owned()];
    assert_eq!(mark("the office in regina"), Ok((line, true)), "the whole line is");
    assert_eq!(mark("No such words"), Ok((vec!["No such words".to_owned()], false)));
}

#[test]
fn what_was_reported_unread_can_be_noise_by_its_number() {
    let section =
        "<h2>Survey</h2><p>Tell us what you think of this page.</p><p>It takes a minute.</p>";
    let mut days = Days::of(&[with("")]);
    let (report, _) = days.see(&with(section));
    assert_eq!(report.unread.len(), 1, "{report:?}");
    let doors = days.world.doors(None, days.at);
    let reported = repairing::reported(&doors.store, days.at).unwrap();
    let [one] = reported.as_slice() else { panic!("{reported:?}") };
    let marked = repairing::mark_reported(&doors.checking(), &days.source, one.id, "ana").unwrap();
    assert_eq!(marked.lines.len(), 3, "{marked:?}");
    assert_eq!(repairing::reported(&doors.store, days.at).unwrap(), []);
    let (report, letters) = days.see(&with(""));
    assert_eq!((report.changes.len(), letters.len()), (0, 0), "{report:?}");
}

#[test]
fn noise_loses_nothing_that_cannot_be_read() {
    let reworded =
        format!("<p>Ask the office about intake.</p>{}<p>Have a nice day.</p>", fees(500));
    let mut days = Days::of(&[whole(), reworded.clone()]);
    let doors = days.world.doors(None, days.at);
    repairing::confirm(&doors.checking(), &days.source, "pnp.intake", ("ana", "Closed.")).unwrap();
    repairing::mark_noise(&doors.checking(), &days.source, "Have a nice day.", "ana").unwrap();
    assert_eq!(days.says(&reworded), "partial");
    let lost = days.world.store().unreadable(&days.source).unwrap();
    assert!(lost[0].confirmed.is_some(), "{lost:?}");
    let facts = days.world.store().facts(&days.source).unwrap();
    assert!(facts.contains_key(&FactKey::parse("pnp.intake").unwrap()), "its last value stands");
}

// --- What was told wrongly -----------------------------------------------------------------------

#[test]
fn what_was_told_wrongly_is_taken_back_in_its_thread() {
    let mut days = Days::of(&[whole(), [INTAKE, &fees(650)].concat()]);
    assert_eq!(days.fee(), "$650");
    let event = days.last_event();
    let outcome = days.retract(&event[..6], None).unwrap();
    let Outcome::Retracted { changes, letters } = outcome else { panic!("{outcome:?}") };
    assert_eq!((changes.len(), letters), (1, 2), "one change, to those two who were told");
    assert_eq!(days.fee(), "$500 retracted");
    assert_eq!(days.letters_to("other@example.org").len(), 0);
    for (to, subject) in [("reader@example.org", "Told wrongly: "), ("lea@example.org", "=?utf-8?")]
    {
        let letters = days.letters_to(to);
        let [first, second] = letters.as_slice() else { panic!("{letters:?}") };
        assert!(header(second, "Subject").starts_with(subject), "{second}");
        assert_eq!(header(second, "In-Reply-To"), header(first, "Message-ID"));
        assert_eq!(header(second, "References"), header(first, "Message-ID"));
        assert!(second.contains("It was a typing error."), "{second}");
        assert!(second.contains("$500") || second.contains("500=C2=A0$"), "{second}");
    }
    // Once more is once.
    let outcome = days.retract(&event, None).unwrap();
    assert!(matches!(outcome, Outcome::Already(ref before) if before.by == "ana"), "{outcome:?}");
    assert_eq!(days.letters_to("reader@example.org").len(), 2);
    assert!(days.world.store().verify_chain().unwrap().fault.is_none());
}

#[test]
fn what_is_read_wrongly_still_is_not_told_again_and_what_is_read_otherwise_is() {
    let wrong = |words: &str| format!("{INTAKE}{}<p>{words}</p>", fees(650));
    let mut days = Days::of(&[whole(), wrong("Have a nice day.")]);
    let event = days.last_event();
    days.retract(&event, None).unwrap();
    let told = days.letters_to("reader@example.org").len();
    // The page says so still, in other bytes.
    assert_eq!(days.says(&wrong("Have a nice evening.")), "changed wording_changed");
    assert_eq!(days.fee(), "$500 retracted");
    // It is put right there too: nothing of it is news.
    let right = format!("{INTAKE}{}<p>Have a nice evening.</p>", fees(500));
    assert_eq!(days.says(&right), "unchanged");
    assert_eq!(days.fee(), "$500");
    assert_eq!(days.letters_to("reader@example.org").len(), told + 1, "of the wording alone");
    // From then on the page is believed, whatever it says.
    assert_eq!(days.says(&wrong("Have a nice evening.")), "changed fee_changed");
    assert_eq!(days.fee(), "$650");
}

#[test]
fn a_person_may_give_the_value_that_stands() {
    let mut days = Days::of(&[whole(), [INTAKE, &fees(650)].concat()]);
    let event = days.last_event();
    let refused = days.retract(&event, Some("much")).unwrap_err().to_string();
    assert!(refused.starts_with("`much` cannot stand there"), "{refused}");
    assert_eq!(days.fee(), "$650", "nothing is done by halves");
    days.retract(&event, Some("$550")).unwrap();
    assert_eq!(days.fee(), "$550 retracted");
    assert_eq!(
        days.says(&format!("{INTAKE}{}<p>Hello.</p>", fees(650))),
        "changed wording_changed"
    );
    assert_eq!(days.fee(), "$550 retracted");
    let unknown = days.retract("e000000", None).unwrap_err().to_string();
    assert!(unknown.starts_with("there is no event or change `e000000`"), "{unknown}");
}

#[test]
fn one_change_of_several_is_taken_back_alone() {
    let open = "<p>The intake is open until further notice.</p>";
    let mut days = Days::of(&[whole(), [open, &fees(650)].concat()]);
    let store = days.world.store();
    let changes = store.event(&days.world.store().last_event(&days.source).unwrap().unwrap());
    let changes = changes.unwrap().unwrap().changes;
    let fee = changes.iter().find(|change| change.fact.as_str() == "pnp.fees").unwrap();
    days.retract(fee.id.as_str(), None).unwrap();
    assert_eq!(days.fee(), "$500 retracted");
    let facts = store.facts(&days.source).unwrap();
    let intake = &facts[&FactKey::parse("pnp.intake").unwrap()];
    let (_, status) = intake.records.values().next().unwrap().fields.iter().next().unwrap();
    assert_eq!(status.to_string(), "open", "the other change stands");
    let letters = days.letters_to("reader@example.org");
    assert!(!letters[1].contains("intake is"), "{}", letters[1]);
}

#[test]
fn a_record_that_was_told_gone_comes_back() {
    let without = fees(500).replace("<tr><td>Change of employer<td>$100", "");
    let page = |words: &str| format!("{INTAKE}{without}<p>{words}</p>");
    let mut days = Days::of(&[whole(), page("Hello.")]);
    let event = days.last_event();
    let n = |days: &Days| {
        let facts = days.world.store().facts(&days.source).unwrap();
        facts[&FactKey::parse("pnp.fees").unwrap()].records.len()
    };
    assert_eq!(n(&days), 2);
    days.retract(&event, None).unwrap();
    assert_eq!(n(&days), 3);
    assert_eq!(days.says(&page("Good evening.")), "changed wording_changed");
    assert_eq!(n(&days), 3);
    assert_eq!(days.says(&format!("{INTAKE}{}<p>Good evening.</p>", fees(500))), "unchanged");
    assert_eq!(days.says(&page("Good evening.")), "changed record_removed");
}

#[test]
fn who_may_have_the_letter_is_told_though_its_answer_was_lost() {
    use rulewatch::model::{MailStep, SendFailure};
    let lost = SendFailure::lost(MailStep::Text, "no answer in 60 s".into());
    let refused = SendFailure::answered(MailStep::Text, 451, "451 4.7.1 try later".into());
    for (failure, letters) in [(lost, 2), (refused, 1)] {
        let mut days = Days::of(&[whole(), [INTAKE, &fees(650)].concat()]);
        let event = days.last_event();
        let path = days.world.folder.path().join("rulewatch.db");
        let database = rusqlite::Connection::open(path).unwrap();
        // As if the only try of the letter to one reader had ended so, and were to be repeated.
        let tried = "INSERT INTO attempt (delivery, tried_at, outcome, detail)
             SELECT id, enqueued_at, 'retry', ?1 FROM delivery WHERE to_address = 'reader@example.org'";
        assert_eq!(database.execute(tried, [failure.to_string()]).unwrap(), 1);
        let waits = "UPDATE delivery SET state = 'due', settled_at = NULL, attempts = 1
             WHERE to_address = 'reader@example.org'";
        assert_eq!(database.execute(waits, []).unwrap(), 1);
        let outcome = days.retract(&event, None).unwrap();
        let Outcome::Retracted { letters: n, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(n, letters, "{failure}");
    }
}

#[test]
fn a_letter_that_did_not_leave_is_not_sent_and_who_left_hears_nothing() {
    let mut days = Days::of(&[whole(), [INTAKE, &fees(650)].concat()]);
    // As if the letter to one reader were still to be sent, never begun.
    let event = days.last_event();
    let path = days.world.folder.path().join("rulewatch.db");
    let database = rusqlite::Connection::open(path).unwrap();
    let waits = "UPDATE delivery SET state = 'due', settled_at = NULL, message = NULL, attempts = 0
         WHERE to_address = 'reader@example.org'";
    assert_eq!(database.execute(waits, []).unwrap(), 1);
    days.world.store().unsubscribe(&address("lea@example.org"), days.at).unwrap();
    let outcome = days.retract(&event, None).unwrap();
    assert!(matches!(outcome, Outcome::Retracted { letters: 0, .. }), "{outcome:?}");
    assert_eq!(days.letters_to("reader@example.org").len(), 1, "the one before it was set back");
    assert_eq!(days.letters_to("lea@example.org").len(), 1);
    let rows = days.world.store().outbox(&Default::default()).unwrap();
    let states: Vec<&str> = rows.iter().map(|row| row.delivery.state.word()).collect();
    assert!(states.contains(&OutboxState::Cancelled.word()), "{states:?}");
}
