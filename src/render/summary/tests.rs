//! Every kind of change in one line, as a person would write it.

use super::*;
use crate::model::{Currency, Duration, DurationUnit};
use crate::render::sample;

fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}

fn record_of(fields: &[(&str, Value)]) -> Side {
    Side::Record(fields.iter().map(|(name, value)| (field(name), value.clone())).collect())
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn cad(amount: i64) -> Value {
    Value::Money { amount: amount.into(), currency: Currency::Cad, per: None }
}

/// A change and its expected words; the fact set is called "Express Entry, STEM" unless a key is given.
struct Case<'a> {
    kind: ChangeKind,
    fact_type: FactType,
    title: Option<(&'a str, &'a str)>,
    record: &'a str,
    name: Option<&'a str>,
    field: Option<&'a str>,
    old: Option<Side>,
    new: Option<Side>,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            kind: ChangeKind::RecordChanged,
            fact_type: FactType::List,
            title: Some(("Express Entry, STEM", "Entrée express, STIM")),
            record: "21211",
            name: None,
            field: None,
            old: None,
            new: None,
        }
    }
}

#[track_caller]
fn check(case: &Case<'_>, en: &str, fr: &str) {
    let title = case.title.map(|(en, fr)| Bilingual { en: en.to_owned(), fr: fr.to_owned() });
    let field = case.field.map(field);
    let glossary = sample::glossary();
    let said = summary(&SummaryParts {
        glossary: &glossary,
        kind: case.kind,
        fact_type: case.fact_type,
        fact: &FactKey::parse("ee.category.stem.occupations").unwrap(),
        title: title.as_ref(),
        source: &Bilingual { en: "IRCC notices".into(), fr: "Avis d'IRCC".into() },
        record: &RecordKey::parse(case.record).unwrap(),
        name: case.name,
        field: field.as_ref(),
        old: case.old.as_ref(),
        new: case.new.as_ref(),
        moved: &[],
    });
    assert_eq!(said.en, en);
    assert_eq!(said.fr.replace('\u{a0}', "_"), fr);
}

#[test]
fn an_occupation_comes_and_goes() {
    let titled = || Some(record_of(&[("title", text("Data scientists"))]));
    check(
        &Case { kind: ChangeKind::OccupationRemoved, old: titled(), ..Case::default() },
        "21211 Data scientists removed from Express Entry, STEM",
        "Entrée express, STIM – retrait_: 21211 «_Data scientists_»",
    );
    check(
        &Case { kind: ChangeKind::OccupationAdded, new: titled(), title: None, ..Case::default() },
        "21211 Data scientists added to ee.category.stem.occupations",
        "ee.category.stem.occupations – ajout_: 21211 «_Data scientists_»",
    );
}

#[test]
fn an_amount_moves() {
    let funds = Case {
        kind: ChangeKind::ThresholdChanged,
        fact_type: FactType::Funds,
        title: Some(("Proof of funds", "Preuve de fonds")),
        record: "1",
        field: Some("amount"),
        old: Some(Side::Value(cad(13_757))),
        new: Some(Side::Value(cad(14_690))),
        ..Case::default()
    };
    check(
        &funds,
        "Proof of funds for 1 person: $13,757 → $14,690",
        "Preuve de fonds pour 1 personne_: 13_757_$ → 14_690_$",
    );
    check(
        &Case {
            kind: ChangeKind::ThresholdChanged,
            name: Some("Software engineers"),
            record: "software/21231",
            field: Some("hourly_wage_floor"),
            old: Some(Side::Value(Value::Masked("Prevailing wage".into()))),
            new: Some(Side::Value(cad(41))),
            ..Case::default()
        },
        "Express Entry, STEM, 21231 Software engineers: hourly wage floor Prevailing wage → $41",
        "Entrée express, STIM, 21231 «_Software engineers_»_: plancher du salaire horaire «_Prevailing wage_» → 41_$",
    );
}

#[test]
fn a_record_comes_with_its_amount() {
    check(
        &Case {
            kind: ChangeKind::RecordAdded,
            record: "biometrics",
            new: Some(record_of(&[("amount", cad(85))])),
            title: Some(("Fees", "Frais")),
            ..Case::default()
        },
        "biometrics added to Fees: $85",
        "Frais – ajout_: «_biometrics_»_: 85_$",
    );
}

#[test]
fn a_stream_opens_closes_and_pauses() {
    let title = Some(("SINP streams", "Volets du SINP"));
    let status = |word: &str| Some(Side::Value(text(word)));
    let stream = |kind, old, new| Case {
        kind,
        fact_type: FactType::Streams,
        title,
        record: "tech-talent",
        field: Some("status"),
        old,
        new,
        ..Case::default()
    };
    check(
        &stream(ChangeKind::StreamOpened, status("paused"), status("open")),
        "SINP streams, tech talent – opened",
        "Volets du SINP, «_tech talent_» – ouverture",
    );
    check(
        &stream(ChangeKind::StreamClosed, Some(record_of(&[])), None),
        "SINP streams, tech talent – no longer listed",
        "Volets du SINP, «_tech talent_» – n'est plus dans la liste",
    );
    check(
        &stream(ChangeKind::StatusChanged, status("open"), status("intake_closed")),
        "SINP streams, tech talent: open → intake closed",
        "Volets du SINP, «_tech talent_»_: ouvert → réception close",
    );
    let paused = record_of(&[("since", text("2027-01-06")), ("status", text("paused"))]);
    check(
        &stream(ChangeKind::StatusChanged, Some(paused.clone()), None),
        "SINP streams, tech talent – no longer listed",
        "Volets du SINP, «_tech talent_» – n'est plus dans la liste",
    );
    check(
        &stream(ChangeKind::StatusChanged, None, Some(paused)),
        "SINP streams, tech talent – paused",
        "Volets du SINP, «_tech talent_» – suspendu",
    );
}

#[test]
fn a_draw_says_its_figures() {
    let title = Some(("Express Entry rounds", "Rondes d'Entrée express"));
    let draw = record_of(&[
        ("date", Value::Date("2026-05-14".parse().unwrap())),
        ("name", text("Canadian Experience Class")),
        ("invitations", Value::Integer(3000)),
        ("crs_cutoff", Value::Integer(521)),
    ]);
    let case =
        |kind, record| Case { kind, fact_type: FactType::Draws, title, record, ..Case::default() };
    check(
        &Case { new: Some(draw.clone()), ..case(ChangeKind::DrawAdded, "354") },
        "Express Entry rounds, draw 354, 14 May 2026, Canadian Experience Class: 3,000 invitations, cut-off 521",
        "Rondes d'Entrée express, ronde 354, 14 mai 2026, «_Canadian Experience Class_»_: 3_000 invitations, note minimale 521",
    );
    check(
        &Case {
            field: Some("invitations"),
            old: Some(Side::Value(Value::Integer(500))),
            new: Some(Side::Value(Value::Integer(501))),
            ..case(ChangeKind::DrawCorrected, "91a")
        },
        "Express Entry rounds, draw 91a – corrected: invitations 500 → 501",
        "Rondes d'Entrée express, ronde 91a – corrigée_: invitations 500 → 501",
    );
    check(
        &Case { old: Some(draw), ..case(ChangeKind::DrawRemoved, "2026-05-14/high-impact") },
        "Express Entry rounds, draw 2026-05-14 / high impact – taken off the page",
        "Rondes d'Entrée express, ronde 2026-05-14 / «_high impact_» – retirée de la page",
    );
}

#[test]
fn words_and_notices() {
    let clauses = |words: &str| Some(Side::Value(Value::Clauses(vec![words.into()])));
    check(
        &Case {
            kind: ChangeKind::WordingChanged,
            record: "87.1(2)",
            title: Some(("IRPR", "RIPR")),
            old: clauses("a"),
            new: clauses("b"),
            ..Case::default()
        },
        "IRPR, 87.1(2) – wording changed",
        "RIPR, 87.1(2) – libellé modifié",
    );
    check(
        &Case {
            kind: ChangeKind::Notice,
            record: "2026-01-02/new-stream",
            new: Some(record_of(&[("title", text("A new stream\r\nopens"))])),
            ..Case::default()
        },
        "IRCC notices: A new stream opens",
        "Avis d'IRCC_: «_A new stream opens_»",
    );
    let length = |count| {
        Some(Side::Value(Value::Duration(Duration { count, unit: DurationUnit::BusinessDays })))
    };
    check(
        &Case {
            kind: ChangeKind::ProcessingStandard,
            record: "gts",
            title: Some(("LMIA processing", "Traitement des EIMT")),
            field: Some("standard"),
            old: length(10),
            new: length(8),
            ..Case::default()
        },
        "LMIA processing, gts: 10 business days → 8 business days",
        "Traitement des EIMT, «_gts_»_: 10 jours ouvrables → 8 jours ouvrables",
    );
}
