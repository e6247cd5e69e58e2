//! Changes of one kind, on the same page, told under one heading.

use crate::model::words::shown;
use crate::model::{
    Change, ChangeKind, Evidence, FactType, Language, Piece, RuleId, Side, SourceId, record_name,
};
use crate::render::inert;
use crate::render::piece::passages;
use crate::render::words::names::family;
use crate::render::words::{self, Voice, counted, say};

use super::input::LetterInput;
use super::meaning::{effect, is_mixed};
use super::page::{Block, Field, Form, Mark};
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

/// The fields that all groups have: they are told once.
pub(super) fn common(groups: &[&Group<'_>]) -> Vec<Field> {
    let Some((first, others)) = groups.split_first() else { return Vec::new() };
    let is_common = |field: &&Field| others.iter().all(|group| group.basis.contains(field));
    first.basis.iter().filter(is_common).cloned().collect()
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
            && first.severity == change.severity
            && self.basis == basis
    }

    /// Writes what changed: of so many changes, one by one. `alone` means that the letter tells of nothing else, so
    /// its headline has said it. Returns how many changes it says nothing of, not even that there are more.
    pub(super) fn write(
        &self,
        input: &LetterInput<'_>,
        alone: bool,
        shown: usize,
        blocks: &mut Vec<Block>,
    ) -> usize {
        let language = input.language;
        if let [change] = self.changes[..] {
            if !alone {
                let prefix = input.prefix(change);
                let summary = words::summary(change, language, 240);
                blocks.push(Block::Heading(format!("{prefix}{summary}")));
            }
            if shown > 0 {
                write_one(input, change, blocks);
            }
            return 0;
        }
        blocks.push(Block::Heading(self.heading(input)));
        let rest = self.changes.len() - shown;
        let more = (rest > 0).then(|| words::and_more(rest, language));
        let shown = &self.changes[..shown];
        if shown.is_empty() {
            return rest;
        }
        let is_wording = shown[0].kind == ChangeKind::WordingChanged;
        if !is_wording && shown.iter().all(|change| change.field.is_some()) {
            let head = [
                say(language, "What", "Élément"),
                say(language, "Before", "Avant"),
                say(language, "Now", "Maintenant"),
            ];
            let rows = shown.iter().map(|change| row(input, change)).collect();
            blocks.push(Block::Table { head, rows, more });
            return 0;
        }
        let named = |change: &&Change| match change.field {
            Some(_) => item(change, input.voice()),
            None => called(input, change),
        };
        let items = shown.iter().map(named).collect();
        let mark = match (shown[0].old.is_some(), shown[0].new.is_some()) {
            (false, true) if !is_wording => Mark::In,
            (true, false) if !is_wording => Mark::Out,
            _ => Mark::Plain,
        };
        blocks.push(Block::List { items, more, mark });
        0
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
            Field::new(label("Before", "Avant"), side(&change.old)).form(Form::Strong),
            Field::new(label("Now", "Maintenant"), side(&change.new)).form(Form::Strong),
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

/// One changed value in a table: what it is of, what it was, what it is.
fn row(input: &LetterInput<'_>, change: &Change) -> [String; 3] {
    let voice = input.voice();
    let value = |side: &Option<Side>| {
        words::cut(&words::side_of(change.field.as_ref(), side.as_ref(), voice), VALUE)
    };
    let label = change.field.as_ref().filter(|field| !voice.glossary.is_plain(field));
    let label = label.map(|field| format!(", {}", words::field(field, voice))).unwrap_or_default();
    let what = format!("{}{label}", called(input, change));
    [what, value(&change.old), value(&change.new)]
}

/// What people call the record of a change: an amount of money to show is for a number of people.
fn called(input: &LetterInput<'_>, change: &Change) -> String {
    if input.kind(&change.fact) == FactType::Funds {
        return family(&change.record, input.voice());
    }
    record(change, input.voice())
}

fn record(change: &Change, voice: Voice<'_>) -> String {
    let name = [&change.new, &change.old].into_iter().flatten().find_map(name_in);
    words::record_named(&change.record, name, voice)
}

/// One change in a list: `21211 Data scientists`, `2: $17,127 → $18,288`.
pub(super) fn item(change: &Change, voice: Voice<'_>) -> String {
    let record = record(change, voice);
    let value = |side: &Option<Side>| {
        words::cut(&words::side_of(change.field.as_ref(), side.as_ref(), voice), VALUE)
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

/// The most fact sets, copies and rules named.
const NAMED: usize = 5;

/// The evidence for the changes of a source: the words on the page before and now, and for whoever wants to
/// look it up, the facts and the copies of the page.
pub(super) fn proof(input: &LetterInput<'_>, groups: &[&Group<'_>]) -> Vec<Field> {
    let label = |en, fr| say(input.language, en, fr);
    let changes: Vec<&Change> = groups.iter().flat_map(|group| &group.changes).copied().collect();
    let named = changes.len() > 1;
    let mut fields = Vec::new();
    for change in changes.iter().filter(|change| worded(input, change).is_empty()).take(QUOTED) {
        let sides = [
            (label("It said", "Elle disait"), &change.before),
            (label("It says", "Elle dit"), &change.after),
        ];
        for (label, evidence) in sides {
            // Evidence without words proves nothing.
            let told = evidence.as_ref().filter(|evidence| !evidence.quote.trim().is_empty());
            let Some(evidence) = told else { continue };
            let of = if named { called(input, change) + " – " } else { String::new() };
            fields.push(Field::new(label, of + &quote(evidence, input.language)));
        }
    }
    let mut facts: Vec<String> = changes.iter().map(|change| change.fact.to_string()).collect();
    let mut hashes: Vec<&str> = changes.iter().map(|change| change.snapshot.as_str()).collect();
    facts.dedup();
    hashes.dedup();
    if let [change] = changes[..] {
        facts = vec![key(change)];
    }
    for fact in facts.into_iter().take(NAMED) {
        fields.push(Field::new(label("Fact", "Fait"), fact).form(Form::Code));
    }
    for hash in hashes.into_iter().take(NAMED) {
        let hash = format!("sha256:{}", &hash[..16]);
        fields.push(Field::new(label("Copy kept", "Copie gardée"), hash).form(Form::Code));
    }
    fields
}

/// The key of what changed, as `rulewatch history` takes it: `ee.proof_of_funds/1#amount`.
fn key(change: &Change) -> String {
    let field = change.field.as_ref().map(|field| format!("#{field}")).unwrap_or_default();
    format!("{}/{}{field}", change.fact, inert(change.record.as_str(), 120))
}

fn quote(evidence: &Evidence, language: Language) -> String {
    let words = inert(&shown(&evidence.quote), QUOTE);
    let place = words::place(&evidence.place, language);
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
        let words = words::of_page(&inert(words, QUOTE), language);
        fields.push(Field::new(label("Applies to", "S'applique à"), words));
    }
    fields.push(Field::new(label("Seen", "Constaté"), seen(input, change)));
    if is_mixed(input) {
        fields.push(Field::new(label("Effect", "Effet"), effect(input, change)));
    }
    let rules = change.rules.iter().take(NAMED);
    fields.extend(rules.map(|id| Field::new(label("Concerns", "Concerne"), rule(input, id))));
    let more = change.rules.len().saturating_sub(NAMED);
    if more > 0 {
        let words = words::and_more(more, language);
        fields.push(Field::new(label("Concerns", "Concerne"), words));
    }
    fields
}

/// A rule by what it is about, then who uses it, and its id: `Money to show (Program Finder; R-EE-FUNDS)`.
fn rule(input: &LetterInput<'_>, id: &RuleId) -> String {
    let Some(rule) = input.rules.iter().find(|rule| rule.id == *id) else { return id.to_string() };
    let title = inert(rule.title.get(input.language), 120);
    let tools = inert(&rule.tools.join(", "), 120);
    if tools.is_empty() { format!("{title} ({id})") } else { format!("{title} ({tools}; {id})") }
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
