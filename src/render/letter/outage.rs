//! The letters to the operator that a host, or everything, is out of reach, and that it is back: one of
//! each, however many sources there are.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Language, Letter, Outage, Reach};
use crate::render::inert;
use crate::render::words::{self, say};

use super::page::{Block, Field, Form, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct OutageInput<'a> {
    /// What is, or was, out of reach.
    pub outage: &'a Outage,
    /// The error of the last try, while the outage lasts.
    pub why: Option<&'a str>,
    /// The operator's language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// Writes the letter.
#[must_use]
pub fn outage(input: &OutageInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let moment = |at: Timestamp| words::moment(at, input.zone, input.language);
    let subject = subject(input);
    let mut fields = vec![Field::new(label("Since", "Depuis"), moment(input.outage.since))];
    if let Some(ended_at) = input.outage.ended_at {
        fields.push(Field::new(label("Until", "Jusqu'à"), moment(ended_at)));
    }
    if let Some(why) = input.why {
        fields.push(Field::new(label("Reason", "Raison"), inert(why, 300)).form(Form::Strong));
    }
    let status =
        Field::new(label("See the sources", "Voir les sources"), "rulewatch status".to_owned());
    let blocks = vec![
        Block::Words(meaning(input).to_owned()),
        Block::Fields(fields),
        Block::Title(label("What to do", "Que faire").to_owned()),
        Block::Fields(vec![status.form(Form::Code)]),
    ];
    letter(subject.clone(), &subject, &blocks, input.language)
}

fn subject(input: &OutageInput<'_>) -> String {
    let is_over = input.outage.ended_at.is_some();
    let words = match (&input.outage.reach, is_over, input.language) {
        (Reach::Everything, false, Language::En) => "nothing can be reached from here".to_owned(),
        (Reach::Everything, false, Language::Fr) => "rien ne peut être atteint d'ici".to_owned(),
        (Reach::Everything, true, Language::En) => "pages can be reached again".to_owned(),
        (Reach::Everything, true, Language::Fr) => {
            "les pages sont de nouveau accessibles".to_owned()
        }
        (Reach::Host(host), false, Language::En) => {
            format!("{} cannot be reached", inert(host, 120))
        }
        (Reach::Host(host), false, Language::Fr) => {
            format!("{} ne peut pas être atteint", inert(host, 120))
        }
        (Reach::Host(host), true, Language::En) => {
            format!("{} can be reached again", inert(host, 120))
        }
        (Reach::Host(host), true, Language::Fr) => {
            format!("{} est de nouveau accessible", inert(host, 120))
        }
    };
    format!("rulewatch{}{words}", say(input.language, ": ", "\u{a0}: "))
}

/// What it means for the sources and the readers.
fn meaning(input: &OutageInput<'_>) -> &'static str {
    match (&input.outage.reach, input.outage.ended_at) {
        (_, Some(_)) => say(
            input.language,
            "The sources are checked again, each on its schedule. What changed in the meantime, if \
             anything, is told in its own letter.",
            "Les sources sont vérifiées de nouveau, chacune selon son horaire. Ce qui a changé \
             entre-temps, s'il y a lieu, fait l'objet d'une autre lettre.",
        ),
        (Reach::Everything, None) => say(
            input.language,
            "Several hosts failed one after the other and none answered, so the fault is most likely \
             here: the network, its names, or a firewall. The last good facts stand, nobody else is \
             told, and no source counts as stale for it. You get one more letter when it is over.",
            "Plusieurs hôtes ont échoué l'un après l'autre et aucun n'a répondu, donc la panne est sans \
             doute ici\u{a0}: le réseau, ses noms ou un pare-feu. Les derniers faits valables demeurent, \
             personne d'autre n'est averti et aucune source ne devient périmée pour autant. Une seule \
             autre lettre suivra quand ce sera fini.",
        ),
        (Reach::Host(_), None) => say(
            input.language,
            "Several of its sources failed one after the other, so this is told once for all of them. The \
             last good facts stand. You get one more letter when it is over.",
            "Plusieurs de ses sources ont échoué l'une après l'autre, donc ceci est dit une fois pour \
             toutes. Les derniers faits valables demeurent. Une seule autre lettre suivra quand ce sera \
             fini.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_cannot_be_reached_since_when_and_when_it_is_over() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let write = |reach: &Reach, ended_at, language| {
            let outage =
                Outage { reach: reach.clone(), since: at("2025-02-27T18:05:00Z"), ended_at };
            let why =
                ended_at.is_none().then_some("connecting to www.example.org: no\nroute to host");
            let zone = &TimeZone::UTC;
            let letter = super::outage(&OutageInput { outage: &outage, why, language, zone });
            format!("{}\n\n{}", letter.subject, letter.text)
        };
        let (all, host) = (Reach::Everything, Reach::Host("www.example.org".to_owned()));
        let over = Some(at("2025-02-28T06:00:00Z"));
        for (name, language) in [("en", Language::En), ("fr", Language::Fr)] {
            let letters = [
                write(&all, None, language),
                write(&all, over, language),
                write(&host, None, language),
                write(&host, over, language),
            ];
            insta::assert_snapshot!(format!("outage_{name}"), letters.join("\n---\n"));
        }
    }
}
