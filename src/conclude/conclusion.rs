//! From a page and what is known to how the check ends. Each fact set is concluded by itself; the
//! outcome is the worst of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::catalog::Source;
use crate::diff::{self, Comparison, Delta};
use crate::extract::{self};
use crate::gate::{self, Judgement};
use crate::model::{
    Breakage, ChangeId, CheckOutcome, Crosswalk, DateFields, Extent, Extraction, FactKey, FactSet,
    FactType, Facts, FieldName, HoldAction, HoldReason, OPEN, Page, RE_FETCH, Record, Remainder,
    STATUS, Said, Settlement, Side, UnchangedReason, Unread, Unreadable, Value, Verdict,
    words::{Word, of_line},
};

use super::known::Known;
use super::{retracted, translation};

/// The most words in a heading or a column header.
const LABEL: usize = 8;

/// How a check of a page ends.
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// The outcome: the worst of the sets'.
    pub outcome: CheckOutcome,
    /// Whether nothing was known of the source before.
    pub is_first: bool,
    /// What was read, believed or not.
    pub extraction: Extraction,
    /// The facts accepted from now on; `None` where the page is not believed at all.
    pub accept: Option<Facts>,
    /// How they differ from what was last accepted.
    pub comparison: Comparison,
    /// What the held sets would say.
    pub would_say: Comparison,
    /// What happens to the holds, by fact set.
    pub holds: Vec<(FactKey, HoldAction)>,
    /// How each fact set fared, by its key; for a family with no known members, by the recipe's key.
    pub verdicts: BTreeMap<String, Verdict>,
    /// What could not be read: its last values are kept.
    pub unreadable: Vec<Unreadable>,
    /// Where the facts are on the page, if not where the recipe looks first: a line for each place.
    pub relocated: Option<String>,
    /// The retracted changes whose facts the page now states differently from when they were told.
    pub read_otherwise: Vec<ChangeId>,
}

impl Conclusion {
    /// What is new on the page and not read by any recipe.
    #[must_use]
    pub fn unread(&self) -> &[Unread] {
        self.extraction.remainder.as_ref().map_or(&[], |remainder| &remainder.unread)
    }
}

/// Concludes a check of a page that can be read as text.
#[must_use]
pub fn conclude(source: &Source, page: &Page, known: &Known) -> Conclusion {
    let nothing = Facts::new();
    let last = known.facts.as_ref().unwrap_or(&nothing);
    Case { source, page, known, last }.conclude()
}

/// A page to conclude on.
struct Case<'a> {
    source: &'a Source,
    page: &'a Page,
    known: &'a Known,
    /// The facts last accepted; empty before the first.
    last: &'a Facts,
}

/// What the page says, set by set, before it is settled which facts are accepted.
struct Read {
    extraction: Extraction,
    judged: Judgement,
    /// How everything read differs from what was last accepted.
    all: Comparison,
}

impl Case<'_> {
    fn conclude(&self) -> Conclusion {
        let Source { recipe, .. } = self.source;
        let places = self.known.relocated.as_deref().unwrap_or_default();
        let read =
            extract::facts_at(recipe, self.page, &self.source.addresses(), self.last, places);
        let mut extraction = match read {
            Ok(extraction) => extraction,
            Err(breakage) => return broken(breakage),
        };
        self.still_named(&mut extraction);
        self.still_unreadable(&mut extraction);
        let read_otherwise = retracted::put_right(&mut extraction, self.last, &self.known.misread);
        let judged = gate::judge(&extraction, self.last, self.source, self.known.today);
        if let Some(breakage) = judged.broken {
            return ended(CheckOutcome::Broken(breakage), extraction);
        }
        let all = self.compare(&judged.facts, &judged.facts, &judged.unreadable);
        let settled = self.settle(Read { extraction, judged, all });
        Conclusion { read_otherwise: read_otherwise.into_iter().collect(), ..settled }
    }

    /// A record that could not be read is still unreadable while the words that were found in its place are on the
    /// page, which by now shows them as nothing new; and while another sentence answers for it.
    fn still_named(&self, extraction: &mut Extraction) {
        let Some(page) = &extraction.remainder else { return };
        for before in &self.known.unreadable {
            let (Extent::Record(record), Some(stands)) = (&before.of, &before.stands) else {
                continue;
            };
            let is_known = |fact: &&FactKey| fact.as_str() == before.fact;
            let Some(fact) = self.last.keys().find(is_known) else { continue };
            let Some(known) = self.last[fact].records.get(record) else { continue };
            let stands = stands.trim_end_matches('…');
            let is_gone = matches!(extraction.says_of_record(fact, record), Said::Gone);
            let answers = |read: &Record| self.is_of_another(page, (known, read), stands);
            let set = extraction.facts.get_mut(fact);
            let answered = set.filter(|set| set.records.get(record).is_some_and(answers));
            let is_answered = answered.and_then(|set| set.records.remove(record)).is_some();
            if is_answered || is_gone && page.says(stands) {
                extraction.unreadable.push(before.clone());
            }
        }
    }

    /// Whether what is read of a known record is what another sentence says: it stood on the last page, and is not what
    /// stands in the place of the record. Its own words may be said of another subject too: they are its own again once
    /// what stood in their place has gone.
    fn is_of_another(
        &self,
        page: &Remainder,
        (known, read): (&Record, &Record),
        stands: &str,
    ) -> bool {
        let (own, quote) = (&known.evidence.quote, &read.evidence.quote);
        !quote.contains(stands)
            && (quote != own || page.says(stands))
            && self.last.get(&page.key).is_some_and(|last| extract::stood(last, read))
    }

    /// A field that could not be read before, and still gets a complaint, is still unreadable. Where the whole
    /// record or set could not be read, and now can, a complaint about a field is not: the recipe allows it, as it
    /// did before.
    fn still_unreadable(&self, extraction: &mut Extraction) {
        for complaint in &extraction.complaints {
            let Some((fact, record, field)) = &complaint.about else { continue };
            if extraction.unreadable.iter().any(|u| u.covers_field(fact, record, field)) {
                continue;
            }
            let allowed = self.source.fact(fact).map_or(0, |recipe| recipe.expect.complaints);
            let is_it = |u: &&Unreadable| match &u.of {
                Extent::Field(..) => true,
                // The record may have come while the column could not be read.
                Extent::Column(_) => allowed == 0,
                Extent::Set | Extent::Row | Extent::Record(_) => false,
            };
            let of = Extent::Field(record.clone(), field.clone());
            let mut before = self.known.unreadable.iter().filter(is_it);
            let before = before.find(|u| u.covers_field(fact, record, field)).cloned();
            extraction.unreadable.extend(before.map(|before| Unreadable { of, ..before }));
        }
    }

    /// Settles, set by set, which facts are accepted from now on.
    fn settle(&self, read: Read) -> Conclusion {
        let reasons = self.reasons(&read);
        let mut holds: Vec<(FactKey, HoldAction)> = Vec::new();
        let (mut released, mut held) = (BTreeSet::new(), BTreeMap::new());
        for (key, reason) in &reasons {
            let (action, is_released) = self.held(key, reason, &read);
            holds.extend(action.map(|action| (key.clone(), action)));
            if is_released {
                released.insert(key.clone());
            } else {
                held.insert(key.clone(), reason.clone());
            }
        }
        for key in self.known.held.keys().filter(|key| !reasons.contains_key(*key)) {
            // A set that cannot be read today contradicts nothing.
            if !gate::is_lost(&read.judged.unreadable, key) {
                let by = RE_FETCH.to_owned();
                holds.push((
                    key.clone(),
                    HoldAction::Settle { settlement: Settlement::Rejected, by },
                ));
            }
        }
        let stands = self.standing(&read, &held);
        let places = &read.extraction.relocated;
        let relocated = (!places.is_empty()).then(|| places.join("\n"));
        let mut comparison = match self.known.facts {
            None => Comparison::default(),
            // Nothing is held: the same comparison again.
            Some(_) if stands == read.judged.facts => read.all.clone(),
            Some(_) => self.compare(&stands, &read.judged.facts, &read.judged.unreadable),
        };
        if relocated.is_some() && relocated != self.known.relocated {
            comparison.deltas.retain(|delta| !self.is_label(delta));
        }
        let is_held = |fact: &FactKey| held.contains_key(fact);
        let mut would_say = read.all.clone();
        would_say.deltas.retain(|delta| is_held(&delta.fact) && !comparison.deltas.contains(delta));
        would_say.updates.clear();
        let verdicts = self.verdicts(&read, &comparison, &held);
        let outcome =
            self.outcome(&read, &comparison, &held, !released.is_empty(), relocated.as_ref());
        let is_kept = outcome.is_good() || self.is_other(&stands, &comparison);
        let accept = is_kept.then_some(stands).filter(|facts| self.is_known(facts, &outcome));
        let unreadable = read.judged.unreadable;
        let extraction = Extraction { facts: read.judged.facts, ..read.extraction };
        Conclusion {
            outcome,
            is_first: self.known.facts.is_none(),
            extraction,
            accept,
            comparison,
            would_say,
            holds,
            verdicts,
            unreadable,
            relocated,
            read_otherwise: Vec::new(),
        }
    }

    /// Whether a page is known by these facts. One of which no recipe reads anything is watched by its words; one of
    /// which nothing can be read is not.
    fn is_known(&self, facts: &Facts, outcome: &CheckOutcome) -> bool {
        self.known.facts.is_some()
            || *outcome == CheckOutcome::Baseline
            || has_facts(facts, self.source)
    }

    /// Why each set is not believed yet. On a page older than the one last believed, every set it would
    /// change is doubted.
    fn reasons(&self, read: &Read) -> BTreeMap<FactKey, HoldReason> {
        let mut reasons = read.judged.held.clone();
        let came = read.extraction.stamped_on;
        if let Some(reason) = gate::rolled_back(self.known.stamped_on, came) {
            for delta in read.all.deltas.iter().filter(|delta| !self.is_remainder(&delta.fact)) {
                reasons.entry(delta.fact.clone()).or_insert_with(|| reason.clone());
            }
        }
        reasons
    }

    /// What happens to a set that is not believed by itself, and whether it is released: the due
    /// re-fetches agree, agreement is proof enough, and the translation lists it too.
    fn held(&self, key: &FactKey, reason: &HoldReason, read: &Read) -> (Option<HoldAction>, bool) {
        let known = self.known;
        let now = read.judged.facts.get(key);
        let agrees = |held: Option<&FactSet>| is_same(key, held, now);
        let waiting = known.held.get(key).filter(|held| agrees(held.set.as_ref()));
        let Some(waiting) = waiting else {
            if known.rejected.get(key).is_some_and(|set| agrees(set.as_ref())) {
                return (None, false);
            }
            let next_fetch_at = known.confirmation.next(0, known.now);
            let (set, reason) = (now.cloned(), reason.clone());
            return (Some(HoldAction::Open { event: None, set, reason, next_fetch_at }), false);
        };
        // Only a due re-fetch confirms: three manual checks in a second are one piece of evidence. When
        // no re-fetches remain, the translation may still come to agree.
        let tries = match waiting.next_fetch_at {
            Some(due) if known.now >= due => waiting.tries + 1,
            None if known.translation.is_some() => waiting.tries,
            Some(_) | None => return (None, false),
        };
        let settles = known.confirmation.is_enough(tries) && reason.is_settled_by_agreement();
        let page = known.translation.as_ref().filter(|_| settles);
        let disagreement = page.and_then(|page| {
            let deltas = read.all.deltas.iter().filter(|delta| delta.fact == *key);
            translation::disagreement(self.source, page, deltas)
        });
        if settles && disagreement.is_none() {
            let (settlement, by) = (Settlement::Released, RE_FETCH.to_owned());
            return (Some(HoldAction::Settle { settlement, by }), true);
        }
        let next_fetch_at = known.confirmation.next(tries, known.now);
        (Some(HoldAction::Keep { tries, next_fetch_at, translation: disagreement }), false)
    }

    /// Whether the accepted facts differ from before. The remainder of a page differs only when its
    /// words do, because it includes the words of held sets, which are not facts yet.
    fn is_other(&self, stands: &Facts, comparison: &Comparison) -> bool {
        let mut keys = stands.keys().chain(self.last.keys());
        keys.any(|key| !self.is_remainder(key) && stands.get(key) != self.last.get(key))
            || comparison.deltas.iter().any(|delta| self.is_remainder(&delta.fact))
    }

    /// Whether a set is the remainder: what no recipe reads on the page.
    fn is_remainder(&self, key: &FactKey) -> bool {
        self.source.recipe.remainder.as_ref() == Some(key)
    }

    /// The facts to accept: for held sets the last ones, and for an older page the last words. Of a set in which
    /// figures moved and changed on one day, only their records are as they were.
    fn standing(&self, read: &Read, held: &BTreeMap<FactKey, HoldReason>) -> Facts {
        let mut stands = read.judged.facts.clone();
        let came = read.extraction.stamped_on;
        let is_older = gate::rolled_back(self.known.stamped_on, came).is_some();
        let words = self.source.recipe.remainder.as_ref().filter(|_| is_older);
        for key in held.keys().chain(words) {
            let is_of_records = matches!(held.get(key), Some(HoldReason::MovedOn { .. }));
            match (self.last.get(key), stands.get_mut(key)) {
                (Some(last), Some(now)) if is_of_records => {
                    let moved = read.extraction.moved_on.iter().filter(|(fact, ..)| fact == key);
                    for (_, record, _) in moved {
                        let was = last.records.get(record).cloned();
                        now.records.extend(was.map(|was| (record.clone(), was)));
                    }
                }
                (Some(last), _) => drop(stands.insert(key.clone(), last.clone())),
                (None, _) => drop(stands.remove(key)),
            }
        }
        stands
    }

    /// Whether a difference is only of labels: facts that move on a page get other headings and column
    /// names. A row of a table is as short; but its figures, and what was read as facts in it, say more.
    fn is_label(&self, delta: &Delta) -> bool {
        let is_short = |line: &String| {
            line.split_whitespace().count() <= LABEL && !line.ends_with(['.', ';', '!'])
        };
        let lines = |side: &Option<Side>| match side {
            Some(Side::Value(Value::Clauses(lines))) => Some(lines.clone()),
            Some(Side::Value(_) | Side::Record(_)) => None,
            None => Some(Vec::new()),
        };
        let (Some(old), Some(new)) = (lines(&delta.old), lines(&delta.new)) else { return false };
        self.is_remainder(&delta.fact)
            && old.iter().chain(&new).all(is_short)
            && says_all_of(&old, &new)
            && says_all_of(&new, &old)
    }

    fn compare(&self, now: &Facts, read: &Facts, lost: &[Unreadable]) -> Comparison {
        let Known { today, crosswalks, unreadable, .. } = self.known;
        let mut comparison =
            differences(self.last, (now, read), *today, crosswalks, (unreadable, lost));
        for delta in &mut comparison.deltas {
            if let Some(set) = now.get(&delta.fact) {
                forget_unread_days(delta, &set.dates, lost);
            }
        }
        comparison
    }

    /// How each set fared.
    fn verdicts(
        &self,
        read: &Read,
        comparison: &Comparison,
        held: &BTreeMap<FactKey, HoldReason>,
    ) -> BTreeMap<String, Verdict> {
        let mut verdicts: BTreeMap<String, Verdict> = BTreeMap::new();
        for key in read.judged.facts.keys().chain(self.last.keys()) {
            let is_changed = comparison.deltas.iter().any(|delta| delta.fact == *key);
            let verdict = match (self.last.get(key), read.judged.facts.get(key)) {
                _ if held.contains_key(key) => Verdict::Held,
                (None, _) => Verdict::Baseline,
                (Some(_), None) => Verdict::Gone,
                _ if comparison.updates.contains_key(key) => Verdict::Read,
                _ if is_changed => Verdict::Changed,
                _ => Verdict::Unchanged,
            };
            verdicts.insert(key.to_string(), verdict);
        }
        for lost in &read.judged.unreadable {
            verdicts.insert(lost.fact.clone(), Verdict::Unreadable);
        }
        verdicts
    }

    /// The worst of the sets.
    fn outcome(
        &self,
        read: &Read,
        comparison: &Comparison,
        held: &BTreeMap<FactKey, HoldReason>,
        is_released: bool,
        relocated: Option<&String>,
    ) -> CheckOutcome {
        if let Some(reason) = held.values().next() {
            return CheckOutcome::Held(reason.clone());
        }
        let lost = read.judged.unreadable.iter().filter(|lost| !is_series(self.source, lost));
        let lost: Vec<String> = lost.map(|lost| format!("{lost}: {}", lost.why)).collect();
        if !lost.is_empty() {
            return CheckOutcome::Partial { what: lost.join("; ") };
        }
        if self.known.facts.is_none() {
            return CheckOutcome::Baseline;
        }
        if is_released {
            return CheckOutcome::Released;
        }
        if !comparison.deltas.is_empty() {
            return CheckOutcome::Changed;
        }
        match relocated.filter(|what| self.known.relocated.as_ref() != Some(what)) {
            Some(places) => CheckOutcome::Relocated { what: places.replace('\n', "; ") },
            None => CheckOutcome::Unchanged(UnchangedReason::SameFacts),
        }
    }
}

/// Whether what could not be read is part of a series, which never affects the outcome.
pub(super) fn is_series(source: &Source, lost: &Unreadable) -> bool {
    let mut facts = source.recipe.facts.iter();
    facts
        .any(|fact| fact.kind == FactType::Series && gate::is_of(&lost.fact, &fact.key.to_string()))
}

/// Whether facts contain more than the words that no recipe reads.
fn has_facts(facts: &Facts, source: &Source) -> bool {
    facts.keys().any(|key| source.recipe.remainder.as_ref() != Some(key))
}

/// Whether a set says the same as another.
fn is_same(key: &FactKey, a: Option<&FactSet>, b: Option<&FactSet>) -> bool {
    let facts = |set: Option<&FactSet>| -> Facts {
        set.map(|set| (key.clone(), set.clone())).into_iter().collect()
    };
    a.is_some() == b.is_some() && diff::compare(&facts(a), &facts(b)).deltas.is_empty()
}

/// The conclusion for a page that cannot be believed to be the right one.
#[must_use]
pub fn broken(breakage: Breakage) -> Conclusion {
    ended(CheckOutcome::Broken(breakage), Extraction::default())
}

/// A check that changes nothing.
#[must_use]
pub fn ended(outcome: CheckOutcome, extraction: Extraction) -> Conclusion {
    Conclusion {
        outcome,
        is_first: false,
        unreadable: Vec::new(),
        extraction,
        accept: None,
        comparison: Comparison::default(),
        would_say: Comparison::default(),
        holds: Vec::new(),
        verdicts: BTreeMap::new(),
        relocated: None,
        read_otherwise: Vec::new(),
    }
}

/// Whether lines have every word of others that is a figure, or was read as a fact.
fn says_all_of(these: &[String], those: &[String]) -> bool {
    let words = |lines: &[String]| lines.iter().flat_map(|line| of_line(line)).collect::<Vec<_>>();
    let here: BTreeSet<String> = words(these).into_iter().map(|word| word.text).collect();
    let is_fact = |word: &Word| word.taken || word.text.contains(|c: char| c.is_ascii_digit());
    words(those).iter().filter(|word| is_fact(word)).all(|word| here.contains(&word.text))
}

/// The differences, on a day, between the facts last accepted, those accepted now and those read.
/// Includes days that rules were moved to; a new edition is one change, and what was unreadable when a
/// new record was first read is told as the new record. `unreadable` is what could not be read then, and what
/// cannot be read now.
#[must_use]
pub fn differences(
    last: &Facts,
    (now, read): (&Facts, &Facts),
    today: Date,
    crosswalks: &[Crosswalk],
    unreadable: (&[Unreadable], &[Unreadable]),
) -> Comparison {
    let (unreadable, lost) = unreadable;
    let mut comparison = diff::compare_read(last, (now, read), lost, today);
    for delta in &mut comparison.deltas {
        forget_former_day(delta, last, today);
    }
    let moved = diff::rescheduled(last, now, today, &comparison.deltas);
    comparison.deltas.extend(moved);
    diff::across_editions(&mut comparison, crosswalks);
    diff::completed(&mut comparison, unreadable);
    comparison
}

/// Takes from a difference a day that the page gave the old value too, unless the new one was announced for it: an
/// "Updated" line may stay as it was when the figures below it move, and the last day of an intake does not say until
/// when it is closed.
fn forget_former_day(delta: &mut Delta, last: &Facts, today: Date) {
    let Some(set) = last.get(&delta.fact) else { return };
    let Some(was) = set.records.get(&delta.record) else { return };
    let value = delta.field.as_ref().and_then(|field| was.fields.get(field));
    let former = set.dates.of(was);
    if let Some(day) = delta.dates.effective_on.filter(|day| *day <= today) {
        let is_announced = value.and_then(Value::next).is_some_and(|(_, from)| from == day);
        if former.effective_on == Some(day) && !is_announced {
            delta.dates.effective_on = None;
        }
    }
    let is_state = delta.field.as_ref().is_some_and(|field| field.as_str() == STATUS);
    let was_open = is_state && matches!(value, Some(Value::Text(word)) if word == OPEN);
    if was_open && delta.dates.expires_on == former.expires_on {
        delta.dates.expires_on = None;
    }
}

/// Takes from a difference the days that today's page does not give: those of a field that could not be read
/// are the last ones known, and belong to what was known.
fn forget_unread_days(delta: &mut Delta, fields: &DateFields, lost: &[Unreadable]) {
    let is_lost = |field: &Option<FieldName>| {
        let field = field.as_ref();
        field.is_some_and(|field| {
            lost.iter().any(|lost| lost.covers_field(&delta.fact, &delta.record, field))
        })
    };
    let kept = fields.of(&delta.whole);
    // A day that the value itself is printed with was read.
    if is_lost(&fields.effective) && delta.dates.effective_on == kept.effective_on {
        delta.dates.effective_on = None;
    }
    if is_lost(&fields.expires) {
        delta.dates.expires_on = None;
    }
    if is_lost(&fields.applies_to) {
        delta.dates.applies_to = None;
    }
}

/// The date of the believed page. An older copy with the same facts does not move it back; a hold that
/// is released does.
#[must_use]
pub fn stamp(known: Option<Date>, conclusion: &Conclusion) -> Option<Date> {
    let came = conclusion.extraction.stamped_on;
    let is_released = conclusion.holds.iter().any(|(_, action)| {
        matches!(action, HoldAction::Settle { settlement: Settlement::Released, .. })
    });
    if is_released { came } else { came.max(known) }
}

#[cfg(test)]
mod tests;
