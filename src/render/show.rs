//! One change for the terminal, with all its evidence.

use crate::model::{Change, Delivery, Evidence, Piece, Retraction, Rule, Side, Value};

use super::inert;
use super::piece::{passages, plain};
use super::table::paint;
use super::words::{self, short_moment};
use super::{Look, Style};

/// What is shown of a change.
#[derive(Debug, Clone, Copy)]
pub struct ShowInput<'a> {
    /// The change.
    pub change: &'a Change,
    /// Its changed words, where old and new are prose. May be empty.
    pub wording: &'a [Piece],
    /// The words around the evidence on the pages before and after. May be empty.
    pub context: &'a [Piece],
    /// The rules it may touch.
    pub rules: &'a [Rule],
    /// The letters that told of it.
    pub deliveries: &'a [Delivery],
    /// Its retraction, where it was told wrongly.
    pub retraction: Option<&'a Retraction>,
}

/// The change with evidence, changed words, links, rules and letters.
#[must_use]
pub fn show(input: &ShowInput<'_>, look: &Look<'_>) -> String {
    let change = input.change;
    let mut lines = vec![paint::strong(&words::summary(change, look.language, 240), look.style)];
    lines.push(String::new());
    for (label, words) in fields(input, look) {
        lines.push(format!("{label:11}{words}"));
    }
    wording(input, look, &mut lines);
    context(input, look, &mut lines);
    for (label, evidence) in [("before", &change.before), ("now", &change.after)] {
        let told = evidence.as_ref().filter(|evidence| !evidence.quote.trim().is_empty());
        lines.extend(told.map(|evidence| quote(label, evidence)));
    }
    if !input.deliveries.is_empty() {
        lines.push(String::new());
        lines.extend(input.deliveries.iter().map(|delivery| letter(delivery, look)));
    }
    lines.join("\n") + "\n"
}

pub(super) fn fields(input: &ShowInput<'_>, look: &Look<'_>) -> Vec<(&'static str, String)> {
    let change = input.change;
    let moment = |at| short_moment(at, look.zone);
    let field = change.field.as_ref().map(|field| format!("#{field}")).unwrap_or_default();
    let mut fields = vec![
        ("change", change.id.to_string()),
        ("kind", change.kind.word().to_owned()),
        ("severity", paint::severity(change.severity.word(), change.severity, look.style)),
        ("stage", change.stage.word().to_owned()),
        (
            "retracted",
            input.retraction.map(|retraction| retracted(retraction, look)).unwrap_or_default(),
        ),
        ("fact", format!("{}{field}", change.fact)),
        ("record", inert(change.record.as_str(), 400)),
    ];
    fields.retain(|(_, words)| !words.is_empty());
    if let (Some(Side::Value(old)), Some(Side::Value(new)), true) =
        (change.old.as_ref(), change.new.as_ref(), input.wording.is_empty())
    {
        let said = |value: &Value| side(change, Some(&Side::Value(value.clone())), look);
        let both = [Piece::Old(said(old)), Piece::New(said(new))];
        fields.push(("value", worded(&both, look.style)));
    }
    if input.wording.is_empty() {
        fields.push(("old", side(change, change.old.as_ref(), look)));
        fields.push(("new", side(change, change.new.as_ref(), look)));
    }
    let seen = match change.last_seen_unchanged_at {
        Some(before) => format!("between {} and {}", moment(before), moment(change.seen_at)),
        None => moment(change.seen_at),
    };
    fields.push(("seen", seen));
    for (label, date) in [
        ("published", change.dates.published_on),
        ("effective", change.dates.effective_on),
        ("expires", change.dates.expires_on),
    ] {
        fields.extend(date.map(|date| (label, date.to_string())));
    }
    fields.extend(change.dates.applies_to.as_ref().map(|words| ("applies to", inert(words, 300))));
    for id in &change.rules {
        let rule = input.rules.iter().find(|rule| rule.id == *id);
        let title = rule.map(|rule| inert(rule.title.get(look.language), 120)).unwrap_or_default();
        fields.push(("rule", format!("{id} {title}").trim_end().to_owned()));
    }
    fields.push((
        "source",
        format!("{} ({}, {})", change.source, change.program, change.jurisdiction),
    ));
    fields.push(("page", inert(&change.url, 400)));
    fields.push(("snapshot", format!("sha256:{}", change.snapshot)));
    fields
}

/// When a change was taken back, by whom and why.
fn retracted(retraction: &Retraction, look: &Look<'_>) -> String {
    let Retraction { at, by, why, .. } = retraction;
    format!("{} by {}: {}", short_moment(*at, look.zone), inert(by, 60), inert(why, 400))
}

/// A side on one line; long prose appears in the evidence and the changed words instead.
fn side(change: &Change, side: Option<&Side>, look: &Look<'_>) -> String {
    words::side_of(change.field.as_ref(), side, look.voice())
}

fn wording(input: &ShowInput<'_>, look: &Look<'_>, lines: &mut Vec<String>) {
    let shown: Vec<String> = if input.wording.is_empty() {
        prose(input.change.old.as_ref(), "- ")
            .chain(prose(input.change.new.as_ref(), "+ "))
            .collect()
    } else {
        let passage = |passage: &Vec<Piece>| format!("| {}", worded(passage, look.style));
        passages(input.wording).iter().map(passage).collect()
    };
    if !shown.is_empty() {
        lines.push(String::new());
        lines.extend(shown);
        lines.push(String::new());
    }
}

/// The words around the evidence, where they say more than the changed words alone.
fn context(input: &ShowInput<'_>, look: &Look<'_>, lines: &mut Vec<String>) {
    let passages = passages(input.context);
    if passages.is_empty() || !input.wording.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push("on the page:".to_owned());
    lines.extend(passages.iter().map(|passage| format!("| {}", worded(passage, look.style))));
    lines.push(String::new());
}

fn prose<'a>(side: Option<&'a Side>, mark: &'a str) -> impl Iterator<Item = String> + 'a {
    let clauses: &[String] = match side {
        Some(Side::Value(Value::Clauses(clauses))) => clauses,
        Some(Side::Value(_) | Side::Record(_)) | None => &[],
    };
    clauses
        .iter()
        .map(move |clause| format!("{mark}{}", inert(&crate::model::words::shown(clause), 2000)))
}

fn worded(passage: &[Piece], style: Style) -> String {
    match style {
        Style::Plain => plain(passage),
        Style::Colour => passage
            .iter()
            .map(|piece| match piece {
                Piece::Same(words) => words.clone(),
                Piece::Old(words) => paint::old(words),
                Piece::New(words) => paint::new(words),
            })
            .collect(),
    }
}

fn quote(label: &str, evidence: &Evidence) -> String {
    let quote = crate::model::words::shown(&evidence.quote);
    let (quote, place) = (inert(&quote, 300), inert(&evidence.place, 100));
    format!("{label:11}\"{quote}\" ({place}; {})", inert(&evidence.locator, 200))
}

fn letter(delivery: &Delivery, look: &Look<'_>) -> String {
    use crate::model::DeliveryState::{Cancelled, Due, GaveUp, Sent};
    let (Due { at, .. } | Sent { at } | GaveUp { at, .. } | Cancelled { at }) = &delivery.state;
    format!(
        "{:11}{} {} {} {}",
        "letter",
        delivery.state.word(),
        short_moment(*at, look.zone),
        delivery.to.masked(),
        delivery.id
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeliveryId, DeliveryState, EmailAddress, Glossary, Language};
    use crate::render::sample::{at, removed, toronto};

    fn shown(change: &Change, wording: &[Piece], style: Style) -> String {
        let delivery = Delivery {
            id: DeliveryId::parse("d1").unwrap(),
            subscriber: None,
            to: EmailAddress::parse("ana@example.org").unwrap(),
            event: None,
            state: DeliveryState::Sent { at: at("2025-02-27T18:06:00Z") },
        };
        let zone = toronto();
        let look = Look {
            width: None,
            style,
            language: Language::En,
            zone: &zone,
            glossary: Glossary::NONE,
        };
        show(
            &ShowInput {
                change,
                wording,
                context: &[],
                rules: &[],
                deliveries: &[delivery],
                retraction: None,
            },
            &look,
        )
    }

    #[test]
    fn a_change_is_shown_with_what_it_rests_on() {
        insta::assert_snapshot!(shown(&removed("21211", "Data scientists"), &[], Style::Plain));
    }

    #[test]
    fn changed_words_are_marked_or_coloured() {
        let change = removed("21211", "x");
        let pieces = [Piece::Same("in ".into()), Piece::New("Canada".into())];
        assert!(shown(&change, &pieces, Style::Plain).contains("\n| in {+Canada+}\n"));
        let coloured = shown(&change, &pieces, Style::Colour);
        assert!(coloured.contains("\n| in \u{1b}["), "{coloured:?}");
    }
}
