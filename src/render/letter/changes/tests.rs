//! Whole letters, as their readers get them. People read the snapshots when they change.

use super::*;
use crate::model::{
    Change, ChangeKind, EmailAddress, Evidence, Piece, RecordKey, RuleId, Side, Stage, Value,
};
use crate::render::letter::{Leave, ReaderPages, Sender};
use crate::render::sample::{World, at, both, field, funds, occupation, removed};

fn sender() -> Sender {
    Sender {
        legal_name: "Rule Watchers Inc.".into(),
        postal_address: "1 Main Street\nOttawa ON  K1A 0A1".into(),
        contact: "+1 613 555 0100".into(),
    }
}

fn leave() -> Leave {
    Leave {
        address: EmailAddress::parse("leave@example.org").unwrap(),
        command: "leave 4f3a9b".into(),
        pages: None,
    }
}

fn write_with(world: &World, changes: &[Change], language: Language) -> Letter {
    write_by(world, changes, language, &leave())
}

fn write_by(world: &World, changes: &[Change], language: Language, leave: &Leave) -> Letter {
    let (sender, sources) = (sender(), world.sources());
    let changes: Vec<&Change> = changes.iter().collect();
    let input = world.input(&changes, &sources, language);
    super::changes(&LetterInput { sender: Some(&sender), leave: Some(leave), ..input })
}

fn write(changes: &[Change], language: Language) -> Letter {
    write_with(&World::new(), changes, language)
}

#[track_caller]
fn check(name: &str, letter: &Letter) {
    assert!(letter.subject.chars().count() <= 100, "{}", letter.subject);
    // The HTML is one line; a person compares it better tag by tag.
    let html = letter.html.replace("><", ">\n<");
    let whole = format!("Subject: {}\n\n{}\n{html}", letter.subject, letter.text);
    insta::assert_snapshot!(name, whole);
}

/// The mass change of 2025-02-27, by its counts.
fn stem() -> Vec<Change> {
    let went =
        (0..19).map(|n| removed(&format!("20{:03}", 10 + n), &format!("Occupation {}", n + 1)));
    let came = (0..6).map(|n| {
        let title = format!("Newcomer {}", n + 1);
        occupation(ChangeKind::OccupationAdded, &format!("22{:03}", 300 + n), &title)
    });
    went.chain(came).collect()
}

#[test]
fn one_change_in_english() {
    check("one_change_en", &write(&[funds("1", 13_757, 14_690)], Language::En));
}

#[test]
fn one_change_in_french() {
    check("one_change_fr", &write(&[funds("1", 13_757, 14_690)], Language::Fr));
}

#[test]
fn a_mass_change_in_english() {
    let letter = write(&stem(), Language::En);
    assert_eq!(letter.subject, "Express Entry, STEM: 19 occupations removed, 6 added");
    check("mass_change_en", &letter);
}

#[test]
fn a_mass_change_in_french() {
    let letter = write(&stem(), Language::Fr);
    assert_eq!(letter.subject, "Entrée express, STIM\u{a0}: 19 professions retirées, 6 ajoutées");
    check("mass_change_fr", &letter);
}

#[test]
fn several_values_are_led_by_the_first() {
    let changes: Vec<Change> =
        (1i64..=7).map(|n| funds(&n.to_string(), 13_000 + n, 14_000 + n)).collect();
    let letter = write(&changes, Language::En);
    assert_eq!(letter.subject, "Proof of funds for 1 person: $13,001 → $14,001 (and 6 more)");
    let french = write(&changes, Language::Fr);
    assert!(french.subject.ends_with(" (et 6 autres)"), "{}", french.subject);
    check("several_values_en", &letter);
}

#[test]
fn the_weightiest_leads_a_letter_about_two_sources() {
    let mut stage = funds("2", 1, 2);
    stage.stage = Stage::Announced;
    stage.dates.applies_to = Some("applications received on or after July 7, 2025".into());
    let letter = write(&[stage, removed("21211", "Data scientists")], Language::En);
    assert_eq!(
        letter.subject,
        "21211 Data scientists removed from Express Entry, STEM (and 1 threshold changed)"
    );
    let block = letter.text.find("Category-based selection\n---").unwrap();
    assert!(block < letter.text.find("Proof of funds\n---").unwrap(), "{}", letter.text);
    assert!(letter.text.contains("Announced: Proof of funds for 2 people"), "{}", letter.text);
}

#[test]
fn what_is_not_in_force_says_so_first() {
    for (stage, en, fr) in [
        (Stage::Announced, "Announced: ", "Annoncé\u{a0}: "),
        (Stage::Due, "Due: ", "Échu\u{a0}: "),
        (Stage::Corrected, "Corrected: ", "Corrigé\u{a0}: "),
        (Stage::Reversed, "Reversed: ", "Annulé\u{a0}: "),
        (Stage::InForce, "Proof", "Preuve"),
    ] {
        let mut change = funds("1", 1, 2);
        change.stage = stage;
        let changes = [change];
        let english = write(&changes, Language::En);
        assert!(english.subject.starts_with(en), "{}", english.subject);
        assert!(write(&changes, Language::Fr).subject.starts_with(fr));
        let word = stage.word().replace('_', " ");
        assert!(english.text.contains(&format!("{word}: ")), "{}", english.text);
    }
}

#[test]
fn a_long_list_is_cut_and_says_how_to_see_the_rest() {
    let changes: Vec<Change> = (0..60)
        .map(|n| removed(&format!("20{n:03}"), "A title of some length, to fill the letter up"))
        .collect();
    let letter = write(&changes, Language::En);
    assert_eq!(letter.text.matches("A title of some length").count(), 30 + 6, "and three quotes");
    assert!(letter.text.contains("\n    and 30 more\n"), "{}", letter.text);
    // A reader has no command to run.
    assert!(!letter.text.contains("rulewatch log") && !letter.html.contains("rulewatch log"));
    let pages = ReaderPages { base: "https://rules.example.org/".into(), key: "4f3a".into() };
    let led = Leave { pages: Some(pages), ..leave() };
    let letter = write_by(&World::new(), &changes, Language::En, &led);
    let link = "https://rules.example.org/en/changes?source=ircc-ee-categories&since=2025-02-27";
    assert!(
        letter.text.contains(link) && !letter.text.contains("rulewatch log"),
        "{}",
        letter.text
    );
}

/// An event in which thousands of records come, go, get other values and other words: some with all that a page may
/// say, so that each is as long as it can be.
fn thousands() -> (World, Vec<Change>) {
    let mut world = World::new();
    let long = "é<&\"' ".repeat(200);
    let mut changes: Vec<Change> = (0..500)
        .flat_map(|n| {
            let mut value = funds(&n.to_string(), n, n + 1);
            value.dates.applies_to = Some(format!("{n} {long}"));
            let mut wording = removed(&format!("s-{n}"), &long);
            wording.kind = ChangeKind::WordingChanged;
            wording.rules = (0..40).map(|r| RuleId::parse(&format!("R-{r}")).unwrap()).collect();
            let pieces = vec![Piece::Old(long.repeat(20)), Piece::New(long.repeat(20))];
            world.wording.insert(wording.id.clone(), pieces);
            let code = format!("2{n:04}");
            [
                removed(&code, &long),
                occupation(ChangeKind::OccupationAdded, &code, &long),
                value,
                wording,
            ]
        })
        .collect();
    for change in &mut changes {
        if let Some(evidence) = &mut change.after {
            evidence.quote = long.repeat(10);
        }
    }
    (world, changes)
}

#[test]
fn a_letter_is_small_however_large_the_event() {
    let (world, changes) = thousands();
    for language in [Language::En, Language::Fr] {
        let letter = write_with(&world, &changes, language);
        for part in [&letter.text, &letter.html] {
            assert!(part.len() < 50_000, "{} bytes", part.len());
        }
        assert!(letter.text.contains("may change who is eligible") || language == Language::Fr);
        assert!(letter.html.contains("</html>"));
    }
    // An event of short lines, as most large ones are, is told as far as a screen goes.
    let changes: Vec<Change> = (0..5000).map(|n| removed(&format!("{n:05}"), "Clerks")).collect();
    let letter = write(&changes, Language::En);
    assert_eq!(letter.subject, "Express Entry, STEM: 5000 occupations removed");
    assert_eq!(letter.text.matches("\u{2212} ").count(), 30);
    assert!(letter.text.contains("and 4970 more") && letter.html.contains("and 4970 more"));
}

#[test]
fn changed_wording_shows_its_changed_words() {
    let mut change = removed("87", "x");
    change.kind = ChangeKind::WordingChanged;
    change.field = Some(field("text"));
    change.record = RecordKey::parse("87.1(2)").unwrap();
    change.old = Some(Side::Value(Value::Clauses(vec!["(b) within the 3 years".into()])));
    change.new = Some(Side::Value(Value::Clauses(vec!["(b) within the 5 years".into()])));
    change.summary = both("IRPR, 87.1(2) – wording changed", "RIPR, 87.1(2) – libellé modifié");
    let mut world = World::new();
    let pieces = vec![
        Piece::Same("(b) within the ".into()),
        Piece::Old("3".into()),
        Piece::New("5".into()),
        Piece::Same(" years".into()),
    ];
    world.wording.insert(change.id.clone(), pieces);
    check("wording_en", &write_with(&world, &[change.clone()], Language::En));
    let without = write(&[change], Language::En);
    assert!(without.text.contains("  (b) within the 3 years\n"), "{}", without.text);
}

#[test]
fn many_changed_wordings_are_shown_in_part_and_listed() {
    let mut world = World::new();
    let changes: Vec<Change> = (1..=9)
        .map(|n| {
            let mut change = removed(&format!("s-{n}"), &format!("wording {n}"));
            change.kind = ChangeKind::WordingChanged;
            change.summary = both(&format!("IRPR, {n} – wording changed"), "x");
            let pieces = vec![Piece::Same(format!("section {n} ")), Piece::New("new".into())];
            world.wording.insert(change.id.clone(), pieces);
            change
        })
        .collect();
    let letter = write_with(&world, &changes, Language::En);
    assert_eq!(letter.text.matches("{+new+}").count(), 5, "{}", letter.text);
    assert_eq!(letter.text.matches("\n  - wording ").count(), 4, "{}", letter.text);
    assert!(letter.text.contains("4 wordings changed"), "{}", letter.text);
}

/// A change in which all text from outside is hostile.
fn hostile() -> Change {
    let nasty = "<script>alert('x')</script>\r\nFrom: a@b.ca\r\n\r\nOfficial page  https://evil.example/\u{1b}[31m\u{202e}drawkcab\u{0}";
    let mut change = removed("21211", nasty);
    change.dates.applies_to = Some(nasty.into());
    change.dates.published_on = Some("2025-02-20".parse().unwrap());
    change.dates.expires_on = Some("2026-01-01".parse().unwrap());
    change.summary = both(&format!("Gone: {nasty}"), nasty);
    change.url = "javascript:alert(1)\r\nX: y".into();
    change.before =
        Some(Evidence { locator: nasty.into(), place: nasty.into(), quote: nasty.repeat(20) });
    change
}

#[test]
fn hostile_text_forges_nothing() {
    let changes = [hostile(), hostile(), funds("1", 1, 2)];
    for language in [Language::En, Language::Fr] {
        let letter = write(&changes, language);
        for part in [&letter.subject, &letter.text, &letter.html] {
            let steering = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}');
            assert!(!part.contains(steering), "{part}");
        }
        assert!(!letter.subject.contains('\n'));
        // Each of our own lines is known by its beginning: none begins like the text from outside.
        let forged = |line: &&str| {
            let line = line.trim_start();
            line.starts_with("From: a@b.ca") || line.starts_with("Official page  https://evil")
        };
        assert_eq!(letter.text.lines().find(forged), None);
        assert!(!letter.html.contains("<script"), "{}", letter.html);
        assert!(!letter.html.contains("href=\"javascript"), "{}", letter.html);
    }
    check("hostile_en", &write(&changes, Language::En));
}

#[test]
fn html_fetches_nothing() {
    let html = write(&stem(), Language::En).html;
    for remote in ["<img", "src=", "<link", "<style", "url(", "@import"] {
        assert!(!html.contains(remote), "{remote}");
    }
    let links: Vec<&str> =
        html.split("href=\"").skip(1).map(|l| l.split('"').next().unwrap()).collect();
    assert_eq!(
        links,
        [
            "https://www.canada.ca/en/categories.html",
            "mailto:leave@example.org?subject=leave%204f3a9b"
        ]
    );
}

#[test]
fn a_letter_about_nothing_is_still_a_letter() {
    let letter = write(&[], Language::En);
    assert_eq!(letter.subject, "rulewatch");
    let mut unknown = funds("1", 1, 2);
    unknown.source = SourceId::parse("not-in-the-catalogue").unwrap();
    unknown.last_seen_unchanged_at = None;
    unknown.seen_at = at("2025-07-08T15:00:00Z");
    let letter = write(&[unknown], Language::Fr);
    assert!(letter.text.contains("not-in-the-catalogue"), "{}", letter.text);
    assert!(letter.text.contains("le 8 juillet 2025, 11\u{a0}h\u{a0}00 HAE"), "{}", letter.text);
}
