//! Tables as they appear on a terminal.

use super::*;
use crate::model::{
    Breakage, CheckOutcome, Complaint, Delivery, DeliveryId, DeliveryState, EmailAddress, FactKey,
    Glossary, Language, RecordKey, SourceId, UnchangedReason,
};
use crate::render::sample::{at, draw, funds, removed, toronto};

static NONE: std::collections::BTreeMap<crate::model::ChangeId, crate::model::Retraction> =
    std::collections::BTreeMap::new();

#[track_caller]
fn look(width: Option<usize>, style: Style, write: impl FnOnce(&Look<'_>) -> String) -> String {
    let zone = toronto();
    let text = write(&Look {
        width,
        style,
        language: Language::En,
        zone: &zone,
        glossary: Glossary::NONE,
    });
    assert!(text.lines().all(|line| line == line.trim_end()), "{text}");
    text
}

fn plain(width: Option<usize>, write: impl FnOnce(&Look<'_>) -> String) -> String {
    look(width, Style::Plain, write)
}

#[test]
fn the_change_log_is_one_line_a_change() {
    let changes = [funds("1", 13_757, 14_690), removed("21211", "Data scientists")];
    insta::assert_snapshot!(plain(None, |look| log(&changes, &NONE, look)));
}

#[test]
fn a_narrow_terminal_wraps_the_words() {
    let changes = [funds("1", 13_757, 14_690), removed("21211", "Data scientists")];
    let text = plain(Some(110), |look| log(&changes, &NONE, look));
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_change_log_stays_within_every_screen() {
    let mut long = removed("21211", "Spécialistes des données");
    long.record =
        RecordKey::parse("2026-05-14 / a-very-long-stream-name-without-any-break-in-it/21211")
            .unwrap();
    long.summary.fr = "Une phrase qui est longue, ".repeat(12) + &"sansblanc".repeat(30);
    long.stage = crate::model::Stage::Corrected;
    let wide = removed("21231", "漢字の職業 ".repeat(9).trim());
    let changes = [funds("1", 13_757, 14_690), long, wide];
    let zone = toronto();
    let row = |change| LogRow { change, is_imported: true, retraction: None, short: 20 };
    for width in [60, 80, 120, 200] {
        for language in [Language::En, Language::Fr] {
            let style = Style::Plain;
            let look =
                Look { width: Some(width), style, language, zone: &zone, glossary: Glossary::NONE };
            let mut table = LogTable::new(&look, true);
            // The widths are those of the first part: what comes later is wrapped to them.
            let first = table.push(changes[..1].iter().map(row));
            let text = first + &table.push(changes[1..].iter().map(row)) + &table.finish();
            for line in text.lines() {
                assert!(super::width(line) <= width, "{width}: {line}\n{text}");
            }
            let widest = text.lines().map(super::width).max();
            assert!(widest > Some(width - 12), "all of the screen is used: {widest:?}\n{text}");
        }
    }
}

#[test]
fn facts_complaints_and_sources() {
    let source = SourceId::parse("bc-invitations").unwrap();
    let fact = FactKey::parse("bcpnp.draws").unwrap();
    let key = RecordKey::parse("2026-05-14/innovate/points").unwrap();
    let (record, seen) = (draw(), Some(at("2026-05-14T18:05:00Z")));
    let fact =
        FactRow { fact: &fact, key: &key, record: &record, since: seen, state: "unreviewed" };
    let odd = Complaint {
        cause: crate::model::Cause::Unreadable,
        about: None,
        fact: "bcpnp.draws".into(),
        place: "row 6".into(),
        text: "\u{202e}x\ty".into(),
        why: "not a number".into(),
    };
    let listed = SourceRow {
        id: &source,
        program: "bcpnp",
        jurisdiction: "BC",
        facts: 2,
        verified: "2026-05-14",
        next: seen,
        shares: Some(crate::model::Shares { facts: 60, clauses: 0, noise: 20, rest: 120 }),
        title: "Invitations to apply",
    };
    let text = plain(None, |look| {
        [facts(&[fact], look), complaints(&[odd], look), sources(&[listed], look)].join("\n")
    });
    insta::assert_snapshot!(text);
}

#[test]
fn outbox_and_status() {
    let source = SourceId::parse("bc-invitations").unwrap();
    let seen = at("2026-05-14T18:05:00Z");
    let broken = CheckOutcome::Broken(Breakage::Blocked { sign: "\u{1b}[2Ja\nb".into() });
    let same = CheckOutcome::Unchanged(UnchangedReason::NotModified);
    let ended = |outcome: CheckOutcome| (Some(outcome.word()), outcome.reason());
    let ends = [ended(broken), ended(same), (None, None)];
    let rows: Vec<StatusRow<'_>> = ends
        .iter()
        .map(|(outcome, reason)| StatusRow {
            source: &source,
            outcome: *outcome,
            reason: reason.as_deref(),
            checked_at: Some(seen),
            last_good: None,
            next: Some(seen),
            state: "stale held",
        })
        .collect();
    let delivery = |state| Delivery {
        id: DeliveryId::parse("0123456789abcdef").unwrap(),
        subscriber: None,
        to: EmailAddress::parse("ana@example.org").unwrap(),
        event: None,
        state,
    };
    let why = String::from("550 5.1.1 No such user");
    let pending = [
        (delivery(DeliveryState::Due { at: seen, attempts: 2 }), String::new()),
        (delivery(DeliveryState::GaveUp { at: seen, why: why.clone() }), why),
    ];
    let text = plain(None, |look| [outbox(&pending, look), status(&rows, look)].join("\n"));
    insta::assert_snapshot!(text);
}

#[test]
fn colour_comes_only_when_told() {
    let changes = [removed("21211", "x")];
    let coloured = look(None, Style::Colour, |look| log(&changes, &NONE, look));
    assert!(coloured.contains("\u{1b}[31mblock\u{1b}[0m"), "{coloured:?}");
    assert!(!plain(None, |look| log(&changes, &NONE, look)).contains('\u{1b}'));
}

#[test]
fn a_table_without_rows_is_nothing() {
    assert_eq!(plain(Some(80), |look| log(&[], &NONE, look)), "");
}

#[test]
fn a_word_longer_than_its_column_is_broken() {
    assert_eq!(wrap("ab abcdefgh c", 4), ["ab", "abcd", "efgh", "c"]);
    assert_eq!(wrap("", 4), [""]);
    assert_eq!(wrap("漢字の職", 5), ["漢字", "の職"], "a wide character takes two columns");
    assert_eq!(wrap("漢字", 1), ["漢", "字"], "it is never left out");
}
