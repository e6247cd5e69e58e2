//! Letters to the operator: a source broke, works again, moved, or waits for a decision.
//!
//! Each says what was expected and what came, what it means for the readers, and which command to type
//! next. The reason is in the check's own words, in English.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::model::{
    Breakage, Change, CheckOutcome, EventId, Glossary, HoldReason, Language, Letter, News,
    Settlement, SourceId, Unreadable,
};
use crate::render::inert;
use crate::render::inert::web_address;
use crate::render::words::{self, Voice, say};

use super::changes::link;
use super::group::item;
use super::input::SourceTitle;
use super::page::{Block, Field, Form, Mark, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct OperatorInput<'a> {
    /// The source.
    pub source: &'a SourceTitle<'a>,
    /// What happened to it.
    pub news: News<'a>,
    /// The operator's language.
    pub language: Language,
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// The most changes listed: enough to show what kind of change it is.
const LISTED: usize = 20;

/// Writes a letter to the operator.
#[must_use]
pub fn operator(input: &OperatorInput<'_>) -> Letter {
    let subject = subject(input);
    let mut blocks = vec![Block::Words(meaning(input.news, input.language).to_owned())];
    let mut fields = vec![
        Field::new(say(input.language, "Source", "Source"), input.source.id.as_str()),
        Field::new(
            say(input.language, "Title", "Titre"),
            inert(input.source.title.get(input.language), 120),
        ),
        link(say(input.language, "Page", "Page"), input.source.url),
    ];
    fields.extend(particulars(input));
    blocks.push(Block::Fields(fields));
    blocks.extend(listed(input));
    blocks.push(Block::Title(say(input.language, "What to do", "Que faire").to_owned()));
    blocks.push(Block::Fields(commands(input)));
    letter(subject.clone(), &subject, &blocks, input.language)
}

fn subject(input: &OperatorInput<'_>) -> String {
    let id = input.source.id;
    let words = match (input.news, input.language) {
        (News::Broken { outcome, .. }, Language::En) => {
            format!("{id} can no longer be read: {}", outcome.word())
        }
        (News::Broken { outcome, .. }, Language::Fr) => {
            format!("{id} n'est plus lisible\u{a0}: {}", outcome.word())
        }
        (News::Recovered { .. }, Language::En) => format!("{id} can be read again"),
        (News::Recovered { .. }, Language::Fr) => format!("{id} est de nouveau lisible"),
        (News::Stale { .. }, Language::En) => format!("{id} is stale"),
        (News::Stale { .. }, Language::Fr) => format!("{id} est périmé (stale)"),
        (News::Partial { lost, .. }, language) => no_longer_read(id, sets(lost.iter()), language),
        (News::ReadAgain { lost, .. }, language) => {
            read_again(id, sets(lost.iter().map(|lost| &lost.what)), language)
        }
        (News::Unread { unread, complaints, .. }, language) => {
            read_by_nothing(id, unread.len() + complaints.len(), language)
        }
        (News::Moved { .. }, Language::En) => format!("{id} has moved to another address"),
        (News::Moved { .. }, Language::Fr) => format!("{id} a changé d'adresse"),
        (News::Relocated { .. }, Language::En) => format!("{id}: relocated on its page"),
        (News::Relocated { .. }, Language::Fr) => format!("{id}\u{a0}: déplacé sur sa page"),
        (News::Held { changes, .. }, Language::En) => {
            format!("{id}: held, {} changes wait for confirmation", changes.len())
        }
        (News::Held { changes, .. }, Language::Fr) => {
            format!("{id}\u{a0}: retenu, {} changements à confirmer", changes.len())
        }
        (News::Settled { how: Settlement::Released, .. }, Language::En) => {
            format!("{id}: released, what was held is confirmed")
        }
        (News::Settled { how: Settlement::Released, .. }, Language::Fr) => {
            format!("{id}\u{a0}: libéré, ce qui était retenu est confirmé")
        }
        (News::Settled { how: Settlement::Rejected, .. }, Language::En) => {
            format!("{id}: no longer held, the page does not say it")
        }
        (News::Settled { how: Settlement::Rejected, .. }, Language::Fr) => {
            format!("{id}\u{a0}: plus rien de retenu, la page ne le dit plus")
        }
        (News::Unreviewed { changes, .. }, Language::En) => {
            format!("{id}: unreviewed, {} changes told to you alone", changes.len())
        }
        (News::Unreviewed { changes, .. }, Language::Fr) => {
            format!("{id}\u{a0}: non révisé, {} changements dits à vous seul", changes.len())
        }
    };
    format!("rulewatch{}{words}", say(input.language, ": ", "\u{a0}: "))
}

fn no_longer_read(id: &SourceId, sets: usize, language: Language) -> String {
    match language {
        Language::En => format!("{id}: {sets} fact sets can no longer be read"),
        Language::Fr => format!("{id}\u{a0}: {sets} groupes de faits ne sont plus lisibles"),
    }
}

fn read_again(id: &SourceId, sets: usize, language: Language) -> String {
    match language {
        Language::En => format!("{id}: {sets} fact sets can be read again"),
        Language::Fr => format!("{id}\u{a0}: {sets} groupes de faits sont de nouveau lisibles"),
    }
}

fn read_by_nothing(id: &SourceId, parts: usize, language: Language) -> String {
    match language {
        Language::En => format!("{id}: {parts} new parts are read by nothing"),
        Language::Fr => format!("{id}\u{a0}: {parts} parties nouvelles que rien ne lit"),
    }
}

/// What it means for the facts and the readers.
fn meaning(news: News<'_>, language: Language) -> &'static str {
    match news {
        News::Broken { outcome, .. } => meaning_of_breakage(outcome, language),
        News::Recovered { .. } => say(
            language,
            "Its facts were read and believed. What changed in the meantime, if anything, is told \
             in its own letter.",
            "Ses faits ont été lus et acceptés. Ce qui a changé entre-temps, s'il y a lieu, fait \
             l'objet d'une autre lettre.",
        ),
        News::Stale { .. } => say(
            language,
            "It could not be read for longer than the patience its source declares. Those who follow \
             it are told once that its silence means nothing. You get one more letter when it can be \
             read.",
            "Elle n'a pas pu être lue plus longtemps que la patience que sa source déclare. Ceux qui \
             la suivent apprennent une fois que son silence ne veut rien dire. Une seule autre lettre \
             suivra quand elle sera lisible.",
        ),
        News::Partial { .. } => say(language, NOT_READ[0], NOT_READ[1]),
        News::ReadAgain { .. } => say(language, READ_AGAIN[0], READ_AGAIN[1]),
        News::Unread { .. } => say(language, READ_BY_NOTHING[0], READ_BY_NOTHING[1]),
        News::Moved { .. } => say(language, MOVED[0], MOVED[1]),
        News::Relocated { .. } => say(
            language,
            "The same facts stand in another place. Nothing changed for the readers, but the \
             recipe's first locator no longer matches: mend it while the others still do.",
            "Les mêmes faits se trouvent ailleurs. Rien ne change pour les lecteurs, mais le \
             premier repère de la recette ne correspond plus\u{a0}: corrigez-le pendant que les \
             autres fonctionnent.",
        ),
        News::Held { reason, .. } => meaning_of_hold(reason, language),
        News::Settled { how: Settlement::Released, .. } => say(
            language,
            "Every re-fetch said the same, so it is believed: what changed is recorded and those who \
             follow it are told. You need not do anything.",
            "Chaque relecture a dit la même chose, donc c'est accepté\u{a0}: ce qui a changé est \
             inscrit et les abonnés concernés sont avertis. Vous n'avez rien à faire.",
        ),
        News::Settled { how: Settlement::Rejected, .. } => say(
            language,
            "The page no longer says it, so it was nothing and nobody else was told. You need not \
             do anything.",
            "La page ne le dit plus, donc ce n'était rien et personne d'autre n'a été averti. Vous \
             n'avez rien à faire.",
        ),
        News::Unreviewed { .. } => say(
            language,
            "Nobody has reviewed what the recipe reads from this page, so this is told to you \
             alone. Compare it with the page, then accept or reject it: once accepted, it is told to \
             those who follow the source.",
            "Personne n'a révisé ce que la recette lit de cette page, donc vous seul êtes averti. \
             Comparez avec la page, puis acceptez ou rejetez\u{a0}: une fois accepté, ceux qui \
             suivent la source en sont avertis.",
        ),
    }
}

/// What it means that a page has moved, in English and French.
const MOVED: [&str; 2] = [
    "The server says for good that the page is at another address, and the page is asked for there from \
     now on, by way of the old one. Look whether it is the same page: then give the source the new \
     address, before the old one stops leading there.",
    "Le serveur dit que la page se trouve définitivement à une autre adresse, et elle y est demandée \
     désormais, en passant par l'ancienne. Vérifiez que c'est la même page, puis donnez la nouvelle \
     adresse à la source, avant que l'ancienne cesse d'y mener.",
];

/// What it means that fact sets cannot be read, in English and French.
const NOT_READ: [&str; 2] = [
    "What can be read of the page is read, compared and told. For what is named here the last \
     values stand; that they are not found is no news for anybody else. The page is read \
     again on its schedule. You get one more letter when it can be read.",
    "Ce qui est lisible de la page est lu, comparé et dit. Pour ce qui est nommé ici, les \
     dernières valeurs demeurent\u{a0}; personne d'autre n'est averti. La page sera relue \
     selon son horaire. Une seule autre lettre suivra quand ce sera lisible.",
];

/// What it means that they can be read again, in English and French.
const READ_AGAIN: [&str; 2] = [
    "It was read and compared with what was known before. What changed in the meantime, if \
     anything, is told in its own letter.",
    "Cela a été lu et comparé à ce qui était connu. Ce qui a changé entre-temps, s'il y a \
     lieu, fait l'objet d'une autre lettre.",
];

/// What it means that no recipe reads something, in English and French.
const READ_BY_NOTHING: [&str; 2] = [
    "The page has something that no recipe reads. Nobody else is told. If it is a rule, add it \
     to the recipe, or tell those who follow the source.",
    "La page contient quelque chose qu'aucune recette ne lit. Personne d'autre n'est averti. \
     S'il s'agit d'une règle, ajoutez-la à la recette ou avertissez les abonnés.",
];

/// What it means that a source can no longer be read.
fn meaning_of_breakage(outcome: &CheckOutcome, language: Language) -> &'static str {
    if matches!(outcome, CheckOutcome::Broken(Breakage::Internal { .. })) {
        return say(
            language,
            "The page came, and rulewatch itself failed on it. Nothing of it was recorded: the last \
             good facts stand, nobody else is told, and the other sources go on. The source is tried \
             again. You get one more letter when it can be read.",
            "La page est venue et rulewatch a lui-même échoué. Rien n'en a été inscrit\u{a0}: les \
             derniers faits valables demeurent, personne d'autre n'est averti et les autres sources \
             continuent. La source sera réessayée. Une seule autre lettre suivra quand elle sera \
             lisible.",
        );
    }
    say(
        language,
        "The last good facts stand and nobody else is told. The source is tried again on its \
             schedule. You get one more letter when it can be read.",
        "Les derniers faits valables demeurent et personne d'autre n'est averti. La source \
             sera relue selon son horaire. Une seule autre lettre suivra quand elle sera lisible.",
    )
}

/// What it means that an event is held.
fn meaning_of_hold(reason: &HoldReason, language: Language) -> &'static str {
    let is_older = matches!(reason, HoldReason::RolledBack { .. });
    if !is_older && !reason.is_settled_by_agreement() {
        return say(
            language,
            "This is implausible, so nobody is told. That the page says so again would be no proof \
             that it was read rightly: it waits for you. Compare it with the page, then accept or \
             reject it.",
            "C'est peu plausible, donc personne n'est averti. Que la page le redise ne prouverait pas \
             que la lecture est juste\u{a0}: cela vous attend. Comparez avec la page, puis acceptez ou \
             rejetez.",
        );
    }
    if !is_older {
        return say(
            language,
            "This is implausible, so nobody is told yet. The page is read again soon: if it says \
             the same, the event is released by itself; if not, it waits for you.",
            "C'est peu plausible, donc personne n'est encore averti. La page sera relue bientôt\u{a0}: \
             si elle dit la même chose, l'événement est libéré de lui-même, sinon il vous attend.",
        );
    }
    say(
        language,
        "An older page came: it was rolled back, or a stale copy was served. Nobody is told. \
             It settles by itself when the newer page is back; until then it waits for you.",
        "Une page plus ancienne est venue\u{a0}: elle a été rétablie, ou une copie périmée a été \
             servie. Personne n'est averti. Cela se règle de soi-même quand la page plus récente \
             revient\u{a0}; d'ici là, cela vous attend.",
    )
}

fn particulars(input: &OperatorInput<'_>) -> Vec<Field> {
    let label = |en, fr| say(input.language, en, fr);
    let moment = |at| words::moment(at, input.zone, input.language);
    match input.news {
        News::Broken { outcome, since, last_good } => {
            let never = label("never", "jamais").to_owned();
            vec![
                Field::new(label("Outcome", "Issue"), outcome.word()),
                Field::new(
                    label("Reason", "Raison"),
                    inert(&outcome.reason().unwrap_or_default(), 300),
                )
                .form(Form::Strong),
                Field::new(label("Since", "Depuis"), moment(since)),
                Field::new(label("Last good", "Dernière lecture"), last_good.map_or(never, moment)),
            ]
        }
        News::Recovered { since, at } => vec![
            Field::new(label("Since", "Depuis"), moment(at)),
            Field::new(label("Broken from", "En panne dès"), moment(since)),
        ],
        News::Stale { outcome, since, followers } => vec![
            Field::new(label("Outcome", "Issue"), outcome.word()),
            Field::new(
                label("Reason", "Raison"),
                inert(&outcome.reason().unwrap_or_default(), 300),
            )
            .form(Form::Strong),
            Field::new(label("Not read since", "Non lue depuis"), moment(since)),
            Field::new(label("Told", "Avertis"), followers.to_string()),
        ],
        News::Partial { at, .. } | News::ReadAgain { at, .. } | News::Unread { at, .. } => {
            vec![Field::new(label("Seen", "Constaté"), moment(at))]
        }
        News::Moved { to, at } => vec![
            link(label("New address", "Nouvelle adresse"), to.as_str()),
            Field::new(label("Seen", "Constaté"), moment(at)),
        ],
        News::Relocated { what, at } => vec![
            Field::new(label("What", "Quoi"), inert(&what.replace('\n', "; "), 300))
                .form(Form::Strong),
            Field::new(label("Seen", "Constaté"), moment(at)),
        ],
        News::Held { event, reason, at, .. } => vec![
            Field::new(label("Reason", "Raison"), inert(&reason.to_string(), 300))
                .form(Form::Strong),
            Field::new(label("Seen", "Constaté"), moment(at)),
            Field::new(label("Event", "Événement"), event.as_str()),
        ],
        News::Settled { event, since, at, .. } => vec![
            Field::new(label("Held since", "Retenu depuis"), moment(since)),
            Field::new(label("Settled", "Réglé"), moment(at)),
            Field::new(label("Event", "Événement"), event.as_str()),
        ],
        News::Unreviewed { event, at, .. } => vec![
            Field::new(label("Seen", "Constaté"), moment(at)),
            Field::new(label("Event", "Événement"), event.as_str()),
        ],
    }
}

/// How many fact sets the unreadable things belong to.
fn sets<'a>(lost: impl Iterator<Item = &'a Unreadable>) -> usize {
    lost.map(|lost| lost.fact.as_str()).collect::<BTreeSet<_>>().len()
}

/// What could not be read, or is not read by any recipe, line by line.
fn missed(news: News<'_>) -> Vec<String> {
    let lost = |lost: &Unreadable| {
        let stands =
            lost.stands.as_ref().map(|words| format!("; there stands: {}", inert(words, 200)));
        let why = inert(&lost.why, 300);
        format!("{}: {why}{}", inert(&lost.to_string(), 120), stands.unwrap_or_default())
    };
    match news {
        News::Partial { lost: all, .. } => all.iter().map(lost).collect(),
        News::ReadAgain { lost: all, .. } => {
            all.iter().map(|lost| inert(&lost.what.to_string(), 120)).collect()
        }
        News::Unread { unread, complaints, .. } => {
            let unread = unread.iter().map(|unread| {
                let under = inert(&unread.under, 120);
                format!("{} ({under}): {}", unread.what, inert(&unread.text, 300))
            });
            let complaints = complaints.iter().map(|complaint| {
                let (text, why) = (inert(&complaint.text, 200), inert(&complaint.why, 200));
                format!("{}: `{text}`: {why}", inert(&complaint.fact, 120))
            });
            unread.chain(complaints).collect()
        }
        News::Broken { .. }
        | News::Recovered { .. }
        | News::Stale { .. }
        | News::Moved { .. }
        | News::Relocated { .. }
        | News::Held { .. }
        | News::Settled { .. }
        | News::Unreviewed { .. } => Vec::new(),
    }
}

/// The changes of the event, one by one; or what could not be read, part by part.
fn listed(input: &OperatorInput<'_>) -> Option<Block> {
    let missed = missed(input.news);
    if !missed.is_empty() {
        let more = missed.len().saturating_sub(LISTED);
        let more = (more > 0).then(|| words::and_more(more, input.language));
        return Some(Block::List {
            items: missed.into_iter().take(LISTED).collect(),
            more,
            mark: Mark::Plain,
        });
    }
    let (News::Held { changes, .. } | News::Unreviewed { changes, .. }) = input.news else {
        return None;
    };
    let voice = Voice { language: input.language, glossary: input.glossary };
    let line = |change: &Change| format!("{}  {}", change.kind.word(), item(change, voice));
    let rest = changes.len().saturating_sub(LISTED);
    let more = (rest > 0).then(|| words::and_more(rest, input.language));
    Some(Block::List {
        items: changes.iter().take(LISTED).map(line).collect(),
        more,
        mark: Mark::Plain,
    })
}

/// Which commands to type next, and what they do.
fn commands(input: &OperatorInput<'_>) -> Vec<Field> {
    let id = input.source.id;
    let label = |en, fr| say(input.language, en, fr);
    let read = Field::new(
        label("See what it reads", "Voir ce qu'elle lit"),
        format!("rulewatch sources test {id} {}", quoted(input.source.url)),
    );
    let again = Field::new(label("Try again", "Réessayer"), format!("rulewatch check {id}"));
    let by_hand = Field::new(
        label("Read a saved page", "Lire une page enregistrée"),
        format!("rulewatch check {id} --from FILE"),
    );
    let show = Field::new(
        label("See its recipe", "Voir sa recette"),
        format!("rulewatch sources show {id}"),
    );
    let review = |event: &EventId| {
        let field = |label, verb| Field::new(label, format!("rulewatch review {verb} {event}"));
        vec![
            field(label("Accept", "Accepter"), "accept"),
            field(label("Reject", "Rejeter"), "reject"),
        ]
    };
    let fields = match input.news {
        News::Broken { outcome, .. } => match outcome {
            CheckOutcome::Broken(Breakage::Internal { .. }) => vec![again],
            CheckOutcome::Broken(_) => vec![read, show, again, by_hand],
            CheckOutcome::Refused(_) => vec![by_hand, again],
            CheckOutcome::Gone(_) => vec![show, again],
            CheckOutcome::Unreachable(_)
            | CheckOutcome::Baseline
            | CheckOutcome::Unchanged(_)
            | CheckOutcome::Changed
            | CheckOutcome::Held(_)
            | CheckOutcome::Released
            | CheckOutcome::Relocated { .. } => vec![again],
            CheckOutcome::Partial { .. } => vec![read, show, again],
        },
        News::Partial { .. } | News::Unread { .. } => vec![read, show, again],
        News::Recovered { .. } | News::ReadAgain { .. } => {
            let status = label("See its health", "Voir son état");
            vec![Field::new(status, format!("rulewatch status {id}"))]
        }
        News::Settled { .. } => {
            let log = label("See its changes", "Voir ses changements");
            vec![Field::new(log, format!("rulewatch log --source {id}"))]
        }
        News::Stale { .. } => vec![read, show, again, by_hand],
        News::Moved { .. } | News::Relocated { .. } => vec![show, read],
        News::Held { event, .. } | News::Unreviewed { event, .. } => review(event),
    };
    fields.into_iter().map(|field| field.form(Form::Code)).collect()
}

/// The address in quotes, so that a shell takes it as one word; else a placeholder.
fn quoted(url: &str) -> String {
    match web_address(url) {
        Some(url) if !url.contains('\'') => format!("'{url}'"),
        Some(_) | None => "URL".to_owned(),
    }
}

#[cfg(test)]
mod tests;
