//! Changes of one kind, on the same page, told under one heading.

use crate::model::words::shown;
use crate::model::{Change, ChangeKind, Evidence, Language, Piece, Side, SourceId, record_name};
use crate::render::inert;
use crate::render::piece::passages;
use crate::render::words::{self, Voice, counted, say};

use super::input::LetterInput;
use super::page::{Block, Field, Form};
use super::subject::set_title;

/// The longest quote from a page (PRODUCT section 7: short extracts).
const QUOTE: usize = 300;

/// The longest value in a list.
const VALUE: usize = 100;

/// The most changed wordings of a fact set that are shown word by word; the others are only listed by
/// name.
const WORDINGS: usize = 5;

/// The most paragraphs of one changed wording shown.
const PASSAGES: usize = 6;

/// Changes told together.
pub(super) struct Group<'a> {
    /// Never empty.
    pub(super) changes: Vec<&'a Change>,
    /// Their basis: stage, dates, when seen, severity, rules.
    pub(super) basis: Vec<Field>,
}

/// Groups the changes: the most severe first, otherwise in their order.
pub(super) fn grouped<'a>(input: &LetterInput<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for change in input.changes {
        let basis = basis(input, change);
        let wordings = groups.iter().filter(|group| group.is_wording_of(change)).count();
        let own = change.kind == ChangeKind::WordingChanged && wordings <= WORDINGS;
        let like = groups.iter_mut().rev().find(|group| group.takes(change, &basis));
        match like {
            Some(group) if !own => group.changes.push(change),
            Some(_) | None => groups.push(Group { changes: vec![change], basis }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.changes[0].severity));
    groups
}

impl Group<'_> {
    pub(super) fn source(&self) -> &SourceId {
        &self.changes[0].source
    }

    fn is_wording_of(&self, change: &Change) -> bool {
        let first = self.changes[0];
        first.fact == change.fact
            && first.kind == ChangeKind::WordingChanged
            && change.kind == ChangeKind::WordingChanged
    }

    fn takes(&self, change: &Change, basis: &[Field]) -> bool {
        let first = self.changes[0];
        first.source == change.source
            && first.fact == change.fact
            && first.kind == change.kind
            && self.basis == basis
    }

    /// Writes what changed. `alone` means that the letter tells of nothing else, so its headline has
    /// said it.
    pub(super) fn write(
        &self,
        input: &LetterInput<'_>,
        alone: bool,
        shown: usize,
        blocks: &mut Vec<Block>,
    ) {
        let language = input.language;
        if let [change] = self.changes[..] {
            if !alone {
                let prefix = input.prefix(change);
                let summary = inert(change.summary.get(language), 240);
                blocks.push(Block::Heading(format!("{prefix}{summary}")));
            }
            if shown > 0 {
                write_one(input, change, blocks);
            }
            return;
        }
        blocks.push(Block::Heading(self.heading(input)));
        let items =
            self.changes[..shown].iter().map(|change| item(change, input.voice())).collect();
        let rest = self.changes.len() - shown;
        let more = (rest > 0).then(|| match language {
            Language::En => format!("and {rest} more"),
            Language::Fr => format!("et {rest} de plus"),
        });
        blocks.push(Block::List { items, more });
    }

    /// `Express Entry, STEM: 19 occupations removed`.
    fn heading(&self, input: &LetterInput<'_>) -> String {
        let (first, language) = (self.changes[0], input.language);
        let title = set_title(input, &first.fact)
            .map_or_else(|| first.fact.to_string(), |title| inert(title.get(language), 120));
        let prefix = input.prefix(first);
        let counted = counted(self.changes.len(), first.kind, language);
        format!("{prefix}{title}{}{counted}", say(language, ": ", "\u{a0}: "))
    }
}

fn write_one(input: &LetterInput<'_>, change: &Change, blocks: &mut Vec<Block>) {
    let label = |en, fr| say(input.language, en, fr);
    let passages = worded(input, change);
    if passages.is_empty() {
        let side = |side: &Option<Side>| match side {
            None if change.kind == ChangeKind::WordingChanged => {
                label("no such text", "texte absent").to_owned()
            }
            side => words::side_of(change.field.as_ref(), side.as_ref(), input.voice()),
        };
        blocks.push(Block::Fields(vec![
            Field::new(label("From", "De"), side(&change.old)).form(Form::Strong),
            Field::new(label("To", "À"), side(&change.new)).form(Form::Strong),
        ]));
    } else {
        write_wording(input, passages, blocks);
    }
}

/// The changed words of a change, if they are known.
fn worded(input: &LetterInput<'_>, change: &Change) -> Vec<Vec<Piece>> {
    input.wording.get(&change.id).map(|pieces| passages(pieces)).unwrap_or_default()
}

fn write_wording(input: &LetterInput<'_>, mut all: Vec<Vec<Piece>>, blocks: &mut Vec<Block>) {
    let rest = all.len().saturating_sub(PASSAGES);
    all.truncate(PASSAGES);
    let legend = say(
        input.language,
        "The changed words ([-taken out-], {+put in+}):",
        "Les mots changés ([-retirés-], {+ajoutés+})\u{a0}:",
    );
    blocks.push(Block::Passages { passages: all, legend });
    if rest > 0 {
        blocks.push(Block::Words(match input.language {
            Language::En => format!("{rest} more paragraphs changed."),
            Language::Fr => format!("{rest} autres paragraphes ont changé."),
        }));
    }
}

/// One change in a list: `21211 Data scientists`, `2: $17,127 → $18,288`.
pub(super) fn item(change: &Change, voice: Voice<'_>) -> String {
    let name = [&change.new, &change.old].into_iter().flatten().find_map(name_in);
    let record = words::record_named(&change.record, name, voice);
    let value = |side: &Option<Side>| {
        crate::model::text::excerpt(
            &words::side_of(change.field.as_ref(), side.as_ref(), voice),
            VALUE,
        )
    };
    match &change.field {
        None => record,
        Some(field) => {
            let label = if voice.glossary.is_plain(field) {
                String::new()
            } else {
                format!("{} ", words::field(field, voice))
            };
            let colon = say(voice.language, ": ", "\u{a0}: ");
            format!("{record}{colon}{label}{} → {}", value(&change.old), value(&change.new))
        }
    }
}

/// The name that a record's own fields give it.
fn name_in(side: &Side) -> Option<&str> {
    let Side::Record(fields) = side else { return None };
    record_name(fields)
}

/// The most changes whose words on the page are quoted: enough to find the place.
const QUOTED: usize = 3;

/// The evidence for the changes of a source: the words on the page before and now, the fact sets, the
/// snapshots, and how to see one change in full.
pub(super) fn proof(input: &LetterInput<'_>, groups: &[&Group<'_>]) -> Vec<Field> {
    let label = |en, fr| say(input.language, en, fr);
    let changes: Vec<&Change> = groups.iter().flat_map(|group| &group.changes).copied().collect();
    let named = changes.len() > 1;
    let mut fields = Vec::new();
    for change in changes.iter().filter(|change| worded(input, change).is_empty()).take(QUOTED) {
        let sides = [
            (label("Before", "Avant"), &change.before),
            (label("Now", "Maintenant"), &change.after),
        ];
        for (label, evidence) in sides {
            // Evidence without words proves nothing.
            let told = evidence.as_ref().filter(|evidence| !evidence.quote.trim().is_empty());
            let Some(evidence) = told else { continue };
            let of = if named {
                words::record(&change.record, input.voice()) + " – "
            } else {
                String::new()
            };
            fields.push(Field::new(label, of + &quote(evidence, input.language)));
        }
    }
    let mut facts: Vec<&str> = changes.iter().map(|change| change.fact.as_str()).collect();
    let mut hashes: Vec<&str> = changes.iter().map(|change| change.snapshot.as_str()).collect();
    facts.dedup();
    hashes.dedup();
    for fact in facts {
        let place = if named { String::new() } else { place(changes[0], input.language) };
        fields.push(Field::new(label("Fact", "Fait"), format!("{fact}{place}")));
    }
    for hash in hashes {
        fields.push(Field::new(label("Snapshot", "Copie"), format!("sha256:{}", &hash[..16])));
    }
    if let [change] = changes[..] {
        let pages = input.leave.and_then(|leave| leave.pages.as_ref());
        let (whole, form) = match pages {
            Some(pages) => (pages.change(&change.id, input.language), Form::Link),
            None => (format!("rulewatch show {}", change.id), Form::Code),
        };
        fields.push(Field::new(label("See it whole", "Voir tout"), whole).form(form));
    }
    fields
}

/// The record and the field of a change within its fact set: `, record 1, field amount`.
fn place(change: &Change, language: Language) -> String {
    let label = |en, fr| say(language, en, fr);
    let record = inert(change.record.as_str(), 120);
    let field = change.field.as_ref();
    let field = field.map(|field| format!(", {} {field}", label("field", "champ")));
    format!(", {} {record}{}", label("record", "élément"), field.unwrap_or_default())
}

fn quote(evidence: &Evidence, language: Language) -> String {
    let words = inert(&shown(&evidence.quote), QUOTE);
    let place = inert(&evidence.place, 100);
    let quoted = match language {
        Language::En => format!("\"{words}\""),
        Language::Fr => format!("«\u{a0}{words}\u{a0}»"),
    };
    if place.is_empty() { quoted } else { format!("{quoted} ({place})") }
}

/// The basis of a change; changes with the same basis may be told together.
fn basis(input: &LetterInput<'_>, change: &Change) -> Vec<Field> {
    let language = input.language;
    let label = |en, fr| say(language, en, fr);
    let mut fields = vec![
        Field::new(label("Stage", "Étape"), words::stage(change.stage, language)),
        Field::new(label("Effective", "En vigueur"), effective(change, language)),
    ];
    if let Some(at) = input.announced.get(&change.id) {
        let at = words::moment(*at, input.zone, language);
        fields.push(Field::new(label("Announced", "Annoncé"), at));
    }
    if let Some(date) = change.dates.expires_on {
        fields.push(Field::new(label("Until", "Jusqu'au"), words::day(date, language)));
    }
    if let Some(date) = change.dates.published_on {
        fields.push(Field::new(label("Published", "Publié"), words::day(date, language)));
    }
    if let Some(words) = &change.dates.applies_to {
        fields.push(Field::new(label("Applies to", "S'applique à"), inert(words, QUOTE)));
    }
    fields.push(Field::new(label("Seen", "Constaté"), seen(input, change)));
    fields
        .push(Field::new(label("Severity", "Gravité"), words::severity(change.severity, language)));
    for id in &change.rules {
        let rule = input.rules.iter().find(|rule| rule.id == *id);
        let words = rule.map_or_else(
            || id.to_string(),
            |rule| {
                let title = inert(rule.title.get(language), 120);
                let tools = inert(&rule.tools.join(", "), 120);
                if tools.is_empty() {
                    format!("{id} {title}")
                } else {
                    format!("{id} {title} ({tools})")
                }
            },
        );
        fields.push(Field::new(label("Rule", "Règle"), words));
    }
    fields
}

fn effective(change: &Change, language: Language) -> String {
    change.dates.effective_on.map_or_else(
        || say(language, "date not given on the page", "date non indiquée sur la page").to_owned(),
        |date| words::day(date, language),
    )
}

/// The two checks the change happened between.
fn seen(input: &LetterInput<'_>, change: &Change) -> String {
    let moment = |at| words::moment(at, input.zone, input.language);
    let now = moment(change.seen_at);
    match (change.last_seen_unchanged_at.map(moment), input.language) {
        (Some(before), Language::En) => format!("between {before} and {now}"),
        (Some(before), Language::Fr) => format!("entre le {before} et le {now}"),
        (None, Language::En) => format!("on {now}"),
        (None, Language::Fr) => format!("le {now}"),
    }
}
