//! Sample changes for letters and tables, in the words of real pages.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{
    Bilingual, Change, ChangeId, ChangeKind, Currency, Dates, EventId, Evidence, FactKey, FactType,
    FieldName, Fields, Glossary, Language, Piece, Record, RecordKey, Rule, RuleId, RuleTarget,
    Severity, Side, SnapshotId, SourceId, Stage, Value,
};
use crate::render::letter::{LetterInput, SetName, SourceTitle};
use crate::render::{SummaryParts, summary};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn toronto() -> TimeZone {
    jiff::tz::TimeZoneDatabase::bundled().get("America/Toronto").unwrap()
}

pub(crate) fn both(en: &str, fr: &str) -> Bilingual {
    Bilingual { en: en.into(), fr: fr.into() }
}

pub(crate) fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}

/// The labels used for these changes.
pub(crate) fn glossary() -> Glossary {
    let mut glossary = Glossary::default();
    for (name, en, fr, plain) in [
        ("amount", "amount", "montant", true),
        ("fee", "fee", "frais", true),
        ("points", "points", "points", true),
        ("standard", "standard", "norme", true),
        ("status", "status", "état", true),
        ("text", "text", "texte", true),
        ("value", "value", "valeur", true),
        ("wording", "wording", "libellé", true),
        ("crs_cutoff", "CRS cut-off", "note minimale du SCG", false),
        ("hourly_wage_floor", "hourly wage floor", "plancher du salaire horaire", false),
        ("months", "months", "mois", false),
    ] {
        glossary.name_field(field(name), both(en, fr), plain);
    }
    glossary.name_program("express-entry", both("Express Entry", "Entrée express"));
    for (word, en, fr) in [
        ("open", "open", "ouvert"),
        ("paused", "paused", "suspendu"),
        ("intake_closed", "intake closed", "réception close"),
        ("closed", "closed", "fermé"),
        ("canada", "in Canada", "au Canada"),
        ("canada_or_abroad", "in Canada or abroad", "au Canada ou à l'étranger"),
    ] {
        glossary.name_word(word, both(en, fr));
    }
    glossary
}

fn evidence(place: &str, quote: &str) -> Evidence {
    Evidence { locator: "1. table".into(), place: place.into(), quote: quote.into() }
}

fn titled(title: &str) -> Option<Side> {
    Some(Side::Record(Fields::from_iter([(field("title"), Value::Text(title.into()))])))
}

fn set(key: &str, title: Bilingual, kind: FactType) -> (FactKey, SetName) {
    (FactKey::parse(key).unwrap(), SetName { title, kind })
}

fn stem() -> Bilingual {
    both("Express Entry, STEM", "Entrée express, STIM")
}

/// A change of the STEM list, whole.
pub(crate) fn occupation(kind: ChangeKind, noc: &str, title: &str) -> Change {
    let fact = FactKey::parse("ee.category.stem.occupations").unwrap();
    let record = RecordKey::parse(noc).unwrap();
    let added = kind == ChangeKind::OccupationAdded;
    let (old, new) = if added { (None, titled(title)) } else { (titled(title), None) };
    let quote = Some(evidence("table 2, row 7", &format!("{title} {noc}")));
    let (before, after) = if added { (None, quote) } else { (quote, None) };
    let summary = summary(&SummaryParts {
        kind,
        fact_type: FactType::Occupations,
        fact: &fact,
        title: Some(&stem()),
        source: &stem(),
        record: &record,
        name: None,
        field: None,
        old: old.as_ref(),
        new: new.as_ref(),
        moved: &[],
        glossary: &glossary(),
    });
    let word = kind.word().trim_start_matches("occupation_");
    Change {
        id: ChangeId::parse(&format!("c-{noc}-{word}")).unwrap(),
        event: EventId::parse("e-1").unwrap(),
        seen_at: at("2025-02-27T18:05:00Z"),
        last_seen_unchanged_at: Some(at("2025-02-26T18:05:00Z")),
        dates: Dates::default(),
        stage: Stage::InForce,
        jurisdiction: "CA".into(),
        program: "express-entry".into(),
        source: SourceId::parse("ircc-ee-categories").unwrap(),
        fact,
        record,
        field: None,
        kind,
        old,
        new,
        severity: Severity::Block,
        rules: vec![RuleId::parse("R-EE-CAT").unwrap()],
        summary,
        url: "https://www.canada.ca/en/categories.html".into(),
        snapshot: SnapshotId::parse(&"3f2a91bc04de".repeat(6)[..64]).unwrap(),
        before,
        after,
    }
}

pub(crate) fn removed(noc: &str, title: &str) -> Change {
    occupation(ChangeKind::OccupationRemoved, noc, title)
}

pub(crate) fn cad(amount: i64) -> Value {
    Value::Money { amount: amount.into(), currency: Currency::Cad, per: None }
}

/// A change of the settlement funds for one family size.
pub(crate) fn funds(family: &str, old: i64, new: i64) -> Change {
    let mut change = removed("21211", "x");
    change.id = ChangeId::parse(&format!("c-funds-{}", family.replace('_', "-"))).unwrap();
    change.source = SourceId::parse("ircc-ee-funds").unwrap();
    change.fact = FactKey::parse("ee.proof_of_funds").unwrap();
    change.record = RecordKey::parse(family).unwrap();
    change.field = Some(field("amount"));
    change.kind = ChangeKind::ThresholdChanged;
    change.old = Some(Side::Value(cad(old)));
    change.new = Some(Side::Value(cad(new)));
    change.severity = Severity::Warn;
    change.rules = vec![RuleId::parse("R-EE-FUNDS").unwrap()];
    change.url = "https://www.canada.ca/en/proof-funds.html".into();
    change.before = Some(evidence("table 1, row 1", &format!("{family} ${old}")));
    change.after = Some(evidence("table 1, row 1", &format!("{family} ${new}")));
    change.dates.effective_on = Some("2025-07-07".parse().unwrap());
    change.summary = summary(&SummaryParts {
        kind: change.kind,
        fact_type: FactType::Funds,
        fact: &change.fact,
        title: Some(&both("Proof of funds", "Preuve de fonds")),
        source: &both("Proof of funds", "Preuve de fonds"),
        record: &change.record,
        name: None,
        field: change.field.as_ref(),
        old: change.old.as_ref(),
        new: change.new.as_ref(),
        moved: &[],
        glossary: &glossary(),
    });
    change
}

pub(crate) fn draw() -> Record {
    let fields = [
        (field("date"), Value::Date("2026-05-14".parse().unwrap())),
        (field("invitations"), Value::Integer(212)),
        (field("score"), Value::Integer(135)),
    ];
    Record {
        fields: fields.into_iter().collect(),
        evidence: evidence("row 1", "May 14, 2026 212 135"),
    }
}

/// Everything besides the changes that a letter is made from.
pub(crate) struct World {
    ids: Vec<SourceId>,
    titles: Vec<Bilingual>,
    facts: BTreeMap<FactKey, SetName>,
    rules: Vec<Rule>,
    pub(crate) wording: BTreeMap<ChangeId, Vec<Piece>>,
    pub(crate) announced: BTreeMap<ChangeId, Timestamp>,
    zone: TimeZone,
    glossary: Glossary,
}

impl World {
    pub(crate) fn new() -> Self {
        let rule = |id: &str, title, tool: &str| Rule {
            id: RuleId::parse(id).unwrap(),
            title,
            tools: vec![tool.into()],
            depends_on: vec![RuleTarget::parse("ee.proof_of_funds").unwrap()],
            severity: None,
            one_fact: Vec::new(),
        };
        Self {
            ids: ["ircc-ee-categories", "ircc-ee-funds"]
                .map(|id| SourceId::parse(id).unwrap())
                .into(),
            titles: vec![
                both("Category-based selection", "Sélection fondée sur les catégories"),
                both("Proof of funds", "Preuve de fonds"),
            ],
            facts: [
                set("ee.category.stem.occupations", stem(), FactType::Occupations),
                set(
                    "ee.proof_of_funds",
                    both("Proof of funds", "Preuve de fonds"),
                    FactType::Funds,
                ),
            ]
            .into(),
            rules: vec![
                rule(
                    "R-EE-CAT",
                    both("Which categories invite my NOC", "Quelles catégories invitent ma CNP"),
                    "NOC Finder",
                ),
                rule("R-EE-FUNDS", both("Money to show", "Fonds à prouver"), "Program Finder"),
            ],
            wording: BTreeMap::new(),
            announced: BTreeMap::new(),
            zone: toronto(),
            glossary: glossary(),
        }
    }

    pub(crate) fn sources(&self) -> Vec<SourceTitle<'_>> {
        let url = "https://www.canada.ca/en/categories.html";
        let funds = "https://www.canada.ca/en/proof-funds.html";
        let french = "https://www.canada.ca/fr/preuve-fonds-suffisants.html";
        let one = |n: usize, url, url_fr| SourceTitle {
            id: &self.ids[n],
            title: &self.titles[n],
            url,
            url_fr,
        };
        vec![one(0, url, None), one(1, funds, Some(french))]
    }

    pub(crate) fn input<'a>(
        &'a self,
        changes: &'a [&'a Change],
        sources: &'a [SourceTitle<'a>],
        language: Language,
    ) -> LetterInput<'a> {
        LetterInput {
            changes,
            sources,
            facts: &self.facts,
            rules: &self.rules,
            wording: &self.wording,
            announced: &self.announced,
            language,
            glossary: &self.glossary,
            zone: &self.zone,
            sender: None,
            leave: None,
            data: &[],
            checked_at: at("2025-02-27T18:05:00Z"),
        }
    }
}
