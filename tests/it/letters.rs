//! Which letters follow which, and who is told once of what is no longer watched.

use jiff::Timestamp;
use rulewatch::catalog::Catalog;
use rulewatch::delivering::{deliver, tell_unwatched};
use rulewatch::model::{Language, Subscription};

use crate::eml::Eml;
use crate::repairs::RECIPE;
use crate::world::{World, asked_by, fees};

const URL: &str = "https://www.example.org/fees";

fn page(amount: &str) -> String {
    format!(
        "<html><body><main><h1>Fees</h1><p>The fee to apply to Skills Immigration is {amount} and \
         it is paid online.</p></main></body></html>"
    )
}

fn letters_to(world: &World, whom: &str) -> Vec<Eml> {
    let sent = world.letters();
    let theirs = sent.iter().filter(|letter| letter.to.as_str() == whom);
    theirs.map(|letter| Eml::read(std::str::from_utf8(&letter.bytes).unwrap())).collect()
}

/// Those whose subject has these words.
fn titled<'l>(letters: &'l [Eml], words: &str) -> Vec<&'l Eml> {
    letters.iter().filter(|letter| letter.header("Subject").contains(words)).collect()
}

#[tokio::test]
async fn a_recovery_stands_below_the_trouble_that_it_ends() {
    let mut world = World::new("fees", &[&fees(URL, "2026-01-20")])
        .page("fee", &page("$1,475"))
        .page("robot check", "<html><body><p>Are you a robot?</p></body></html>");
    let scenario = "2026-03-02T12:00:00Z  fee
         2026-03-03T12:00:00Z  robot check
         2026-03-03T13:00:00Z  robot check
         2026-03-04T12:00:00Z  robot check
         2026-03-05T12:00:00Z  fee
         2026-03-06T12:00:00Z  robot check
         2026-03-06T13:00:00Z  robot check
         2026-03-07T12:00:00Z  robot check
         2026-03-08T12:00:00Z  fee";
    world.play(scenario).await;
    let letters = letters_to(&world, "operator@example.org");
    let of = |words: &str| titled(&letters, words);
    let (broken, again) = (of("can no longer be read"), of("can be read again"));
    assert_eq!((broken.len(), again.len()), (2, 2));
    for (trouble, over) in broken.iter().zip(&again) {
        assert_eq!(over.header("In-Reply-To"), trouble.header("Message-ID"));
        assert_eq!(over.header("References"), trouble.header("Message-ID"));
        assert!(!trouble.has("In-Reply-To"));
    }
    assert_ne!(broken[0].header("Message-ID"), broken[1].header("Message-ID"));
}

#[tokio::test]
async fn that_a_set_can_be_read_again_stands_below_the_letter_that_it_could_not() {
    let whole = "<html><body><main><h1>Program</h1><p>Today the intake is open.</p><h2>Fees</h2><table><tr><th>Fee\
         <th>Amount<tr><td>Application<td>$500<tr><td>Review<td>$250</table><p>Keep copies for six years.</p></main></body></html>";
    let lost = whole.replace("<h2>Fees</h2>", "").replace("<th>Fee<th>Amount", "");
    let mut world = World::new("program", &[RECIPE]).page("whole", whole).page("lost", &lost);
    let scenario = "2026-03-02T12:00:00Z  whole
         2026-03-03T12:00:00Z  lost
         2026-03-04T12:00:00Z  lost
         2026-03-05T12:00:00Z  whole
         2026-03-06T12:00:00Z  lost
         2026-03-07T12:00:00Z  whole";
    world.play(scenario).await;
    let letters = letters_to(&world, "operator@example.org");
    let of = |words: &str| titled(&letters, words);
    let (gone, again) = (of("can no longer be read"), of("can be read again"));
    let subjects: Vec<&str> = letters.iter().map(|letter| letter.header("Subject")).collect();
    assert_eq!((gone.len(), again.len()), (2, 2), "{subjects:?}");
    assert_ne!(gone[0].header("Message-ID"), gone[1].header("Message-ID"));
    for (trouble, over) in gone.iter().zip(&again) {
        assert_eq!(over.header("In-Reply-To"), trouble.header("Message-ID"));
        assert!(!trouble.has("In-Reply-To"));
    }
}

#[tokio::test]
async fn how_each_of_two_holds_ended_stands_below_its_own_letter() {
    let catalog = format!(
        "{}{}",
        fees(URL, "2026-01-20"),
        r#"
[[source.facts]]
key = "bcpnp.review"
type = "fees"
record = "{line}"

[source.facts.fields]
amount = { as = "money" }

[[source.facts.read]]
let = { line = "review" }
prose = { matches = 'fee for a review is (?P<amount>\$[\d.,]*\d)' }
"#
    );
    let page = |apply: &str, review: &str| {
        format!(
            "<html><body><main><h1>Fees</h1><p>The fee to apply to Skills Immigration is {apply}.</p><p>The fee for a \
             review is {review}.</p><p>Pay with a card. Keep your receipt.</p></main></body></html>"
        )
    };
    let mut world = World::new("fees", &[&catalog])
        .page("well", &page("$1,475", "$500"))
        .page("one", &page("$14,750", "$500"))
        .page("both", &page("$14,750", "$5,000"))
        .page("other", &page("$1,475", "$5,000"));
    world
        .play(
            "2026-03-02T12:00:00Z  well
             2026-03-03T12:00:00Z  one
             2026-03-04T12:00:00Z  both
             2026-03-05T12:00:00Z  other
             2026-03-06T12:00:00Z  well",
        )
        .await;
    let letters = letters_to(&world, "operator@example.org");
    let subjects: Vec<&str> = letters.iter().map(|letter| letter.header("Subject")).collect();
    let (ends, begins): (Vec<&Eml>, Vec<&Eml>) =
        letters.iter().partition(|letter| letter.has("In-Reply-To"));
    assert_eq!((begins.len(), ends.len()), (2, 2), "{subjects:?}");
    for (begin, end) in begins.iter().zip(&ends) {
        assert_eq!(end.header("In-Reply-To"), begin.header("Message-ID"), "{subjects:?}");
    }
}

/// An operator who was named after a source failed hears that it can be read again, below no letter: none of
/// those that they might have had was sent.
#[tokio::test]
async fn a_letter_stands_below_none_that_was_never_sent() {
    let mut world = World::new("fees", &[&fees(URL, "2026-01-20")])
        .page("fee", &page("$1,475"))
        .page("robot check", "<html><body><p>Are you a robot?</p></body></html>");
    let begin = "2026-03-02T12:00:00Z  fee
         2026-03-03T12:00:00Z  robot check
         2026-03-03T13:00:00Z  robot check
         2026-03-04T12:00:00Z  robot check";
    world.operator = "before@example.org";
    world.play(begin).await;
    world.operator = "operator@example.org";
    world.play("2026-03-05T12:00:00Z  fee").await;
    let letters = letters_to(&world, "operator@example.org");
    let [again] = &letters[..] else { panic!("{} letters", letters.len()) };
    assert!(again.header("Subject").contains("can be read again"), "{}", again.header("Subject"));
    assert!(!again.has("In-Reply-To") && !again.has("References"));
}

#[tokio::test]
async fn a_reader_is_told_once_of_a_program_that_left_the_catalogue() {
    let before = fees(URL, "2026-01-20");
    let after = before.replace("program = \"bcpnp\"", "program = \"bc-workers\"");
    let last = after.replace("jurisdiction = \"BC\"", "jurisdiction = \"YT\"");
    let mut world = World::under(
        "fees",
        [&before, &after, &last]
            .map(|text| Catalog::parse(&[("sources.toml", text)]).unwrap())
            .into(),
    )
    .page("fee", &page("$1,475"));
    for (whom, language) in [("ana@example.org", Language::En), ("luc@example.org", Language::Fr)] {
        let to = Subscription {
            programs: vec!["bcpnp".to_owned()],
            jurisdictions: vec!["BC".to_owned()],
            ..Subscription::default()
        };
        let new = asked_by(whom, language, to);
        world.store().subscribe(&new).unwrap();
    }
    world.play("2026-03-02T12:00:00Z  fee").await;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let tell = |doors: &rulewatch::doors::Doors| tell_unwatched(&doors.delivering()).unwrap();
    assert_eq!(tell(&world.doors(None, at("2026-03-02T13:00:00Z"))), 0, "it is watched");
    world.play("2026-03-03T12:00:00Z  catalog 2").await;
    for (moment, told) in [("2026-03-03T13:00:00Z", 2), ("2026-03-04T13:00:00Z", 0)] {
        let doors = world.doors(None, at(moment));
        assert_eq!(tell(&doors), told);
        deliver(&doors.delivering()).await.unwrap();
    }
    let [letter] = &letters_to(&world, "ana@example.org")[..] else { panic!("one letter") };
    assert_eq!(letter.header("Subject"), "No longer watched: BC Provincial Nominee Program");
    assert!(letter.has("List-Unsubscribe"));
    let [letter] = &letters_to(&world, "luc@example.org")[..] else { panic!("one letter") };
    let words = Vec::from_iter(letter.parts().0.split_whitespace()).join(" ");
    assert!(words.contains("Nous ne le surveillons plus"), "{words}");
    assert_eq!(letters_to(&world, "reader@example.org").len(), 0, "whoever hears everything");

    // What leaves later is told by itself.
    world.play("2026-03-05T12:00:00Z  catalog 3").await;
    let doors = world.doors(None, at("2026-03-05T13:00:00Z"));
    assert_eq!(tell(&doors), 2);
    deliver(&doors.delivering()).await.unwrap();
    let letters = letters_to(&world, "ana@example.org");
    let subjects = Vec::from_iter(letters.iter().map(|letter| letter.header("Subject")));
    assert_eq!(subjects[1..], ["No longer watched: British Columbia"]);
}
