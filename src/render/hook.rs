//! What a hook is sent: the objects of the changes, or a few lines for people in the form that a messenger
//! takes.

use serde_json::{Value as Json, json};

use super::inert::web_address;
use super::words::{self, Voice, say};
use super::{bound, inert, json};
use crate::model::{Change, HookForm, Language, Retraction, Severity, TouchedData};

/// The longest text, in characters: Discord takes 2000, ntfy 4096 bytes.
const LONGEST: usize = 1800;

/// How much of it says what is wrong in data that somebody keeps, at most.
const OF_DATA: usize = 700;

/// The longest line of it.
const LINE: usize = 240;

/// What a call says.
#[derive(Debug, Clone, Copy)]
pub enum CallSays<'a> {
    /// Changes of one event, each with its retraction if it has been taken back, never none; and what they make wrong
    /// in data that is registered for the hook.
    Changes(&'a [(&'a Change, Option<&'a Retraction>)], &'a [TouchedData]),
    /// Such changes, which are taken back.
    TakenBack(&'a [(&'a Change, Option<&'a Retraction>)]),
    /// That it is a test.
    Test,
}

impl<'a> CallSays<'a> {
    fn changes(self) -> &'a [(&'a Change, Option<&'a Retraction>)] {
        match self {
            Self::Changes(changes, _) | Self::TakenBack(changes) => changes,
            Self::Test => &[],
        }
    }

    fn data(self) -> &'a [TouchedData] {
        match self {
            Self::Changes(_, data) => data,
            Self::TakenBack(_) | Self::Test => &[],
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Changes(..) => "changes",
            Self::TakenBack(_) => "taken_back",
            Self::Test => "test",
        }
    }
}

/// The bytes of a call.
#[must_use]
pub fn call(says: CallSays<'_>, form: HookForm, voice: Voice<'_>) -> Vec<u8> {
    let text = || lines(says, voice);
    match form {
        HookForm::Json => json::one_line(&object(says)).into_bytes(),
        HookForm::Text => text().into_bytes(),
        HookForm::Slack => json!({"text": for_slack(&text())}).to_string().into_bytes(),
        HookForm::Discord => {
            let content = json!({"content": text(), "allowed_mentions": {"parse": []}});
            content.to_string().into_bytes()
        }
        HookForm::Teams => card(&text()).to_string().into_bytes(),
    }
}

/// What it says and when, the event, and its changes as `rulewatch log --format json` prints them. Where data is
/// registered for the hook: what they make wrong in it.
fn object(says: CallSays<'_>) -> Json {
    let changes = says.changes();
    let first = changes.first();
    let at = first.map(|(change, back)| match (says, back) {
        (CallSays::TakenBack(_), Some(back)) => back.at,
        _ => change.seen_at,
    });
    let mut object = json!({
        "type": says.word(),
        "timestamp": at.map(|at| at.to_string()),
        "event": first.map(|(change, _)| change.event.as_str()),
        "data": changes.iter().map(|(change, back)| json::logged(change, *back, false)).collect::<Vec<_>>(),
    });
    if !says.data().is_empty() {
        object["your_data"] = says.data().iter().map(bound::json).collect();
    }
    object
}

/// `rulewatch: 2 changes`, then a line for each, the most severe first, what they make wrong in data that is
/// registered for the hook, and the official page.
fn lines(says: CallSays<'_>, voice: Voice<'_>) -> String {
    let language = voice.language;
    let label = |en, fr| say(language, en, fr);
    let mut changes: Vec<&Change> = says.changes().iter().map(|(change, _)| *change).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.severity));
    let head = match (says, language) {
        (CallSays::Test, _) => {
            return label(
                "rulewatch: this is a test; calls arrive here.",
                "rulewatch\u{a0}: ceci est un essai; les appels arrivent ici.",
            )
            .to_owned();
        }
        (CallSays::TakenBack(_), Language::En) => {
            "rulewatch: told wrongly, and taken back".to_owned()
        }
        (CallSays::TakenBack(_), Language::Fr) => {
            "rulewatch\u{a0}: annoncé à tort, et retiré".to_owned()
        }
        (CallSays::Changes(..), Language::En) if changes.len() == 1 => {
            "rulewatch: 1 change".to_owned()
        }
        (CallSays::Changes(..), Language::En) => format!("rulewatch: {} changes", changes.len()),
        (CallSays::Changes(..), Language::Fr) if changes.len() == 1 => {
            "rulewatch\u{a0}: 1 changement".to_owned()
        }
        (CallSays::Changes(..), Language::Fr) => {
            format!("rulewatch\u{a0}: {} changements", changes.len())
        }
    };
    let foot = foot(&changes, language);
    let data = of_data(says.data(), voice);
    let used = [&head, &data, &foot].map(|part| part.chars().count()).iter().sum::<usize>();
    let lines: Vec<String> = changes.iter().map(|change| line(change, language)).collect();
    let changes = fitted(&lines, LONGEST.saturating_sub(used), language);
    format!("{head}{changes}{data}{foot}")
}

/// For each data its title, who uses it, and the places to edit. The patch is for programs, and in letters.
fn of_data(data: &[TouchedData], voice: Voice<'_>) -> String {
    let language = voice.language;
    let mut lines = Vec::new();
    for one in data {
        let tools = match one.tools.is_empty() {
            true => String::new(),
            false => format!(" ({})", inert(&one.tools.join(", "), LINE)),
        };
        lines.push(format!("{}{tools}", bound::title(one, language)));
        lines.extend(bound::nothing(one, language));
        lines.extend(one.found.iter().map(|found| format!("- {}", bound::place(found, voice))));
    }
    fitted(&lines, OF_DATA, language)
}

/// As many of the lines as there is room for, each after a line break, and how many more there are.
fn fitted(lines: &[String], room: usize, language: Language) -> String {
    let mut left = room.saturating_sub(20);
    let mut text = String::new();
    for (n, line) in lines.iter().enumerate() {
        let length = line.chars().count() + 1;
        if length > left {
            let rest = lines.len() - n;
            text.push_str(&format!("\n… {}", words::and_more(rest, language)));
            break;
        }
        left -= length;
        text.push('\n');
        text.push_str(line);
    }
    text
}

fn line(change: &Change, language: Language) -> String {
    let mark = match change.severity {
        Severity::Block => say(language, "[block] ", "[bloquante] "),
        Severity::Warn => say(language, "[warn] ", "[avertissement] "),
        Severity::Info => "[info] ",
    };
    let prefix = words::stage_prefix(change.stage, language);
    let day = change.dates.effective_on.map(|on| words::day(on, language));
    let day = day.map(|day| match language {
        Language::En => format!(" (effective {day})"),
        Language::Fr => format!(" (en vigueur le {day})"),
    });
    let summary = words::summary(change, language, LINE);
    format!("{mark}{prefix}{summary}{}", day.unwrap_or_default())
}

fn foot(changes: &[&Change], language: Language) -> String {
    let url = changes.first().and_then(|change| web_address(&change.url));
    let url = url.map(|url| format!("\n{url}")).unwrap_or_default();
    let note = say(
        language,
        "Information, not advice. Unofficial: check the linked page.",
        "Information, et non conseil. Non officiel\u{a0}: vérifiez la page en lien.",
    );
    format!("{url}\n{note}")
}

/// What Slack takes for markup is written as it asks.
fn for_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A message with one card, as the workflows of Teams take it; `text` is for older gateways.
fn card(text: &str) -> Json {
    let blocks: Vec<Json> = text
        .lines()
        .map(|line| json!({"type": "TextBlock", "text": for_teams(line), "wrap": true}))
        .collect();
    json!({
        "type": "message",
        "text": text,
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.2",
                "body": blocks,
            },
        }],
    })
}

/// A card's text is Markdown: what could be a link or emphasis is only words.
fn for_teams(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if matches!(c, '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '`' | '#' | '!' | '<' | '>') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Glossary;
    use crate::render::sample;

    fn text(says: CallSays<'_>, form: HookForm, language: Language) -> String {
        let voice = Voice { language, glossary: Glossary::NONE };
        String::from_utf8(call(says, form, voice)).unwrap()
    }

    #[test]
    fn the_objects_are_those_of_the_log() {
        let change = sample::removed("21211", "Data scientists");
        let body = text(CallSays::Changes(&[(&change, None)], &[]), HookForm::Json, Language::En);
        let body: Json = serde_json::from_str(&body).unwrap();
        assert_eq!(body["data"], json!([json::change(&change)]));
        assert_eq!((&body["type"], &body["event"]), (&json!("changes"), &json!("e-1")));
        assert_eq!(body["timestamp"], "2025-02-27T18:05:00Z");
        let test = text(CallSays::Test, HookForm::Json, Language::En);
        assert_eq!(test, r#"{"type":"test","timestamp":null,"event":null,"data":[]}"#);
    }

    #[test]
    fn a_messenger_gets_lines_that_mention_nobody() {
        let mut hostile = sample::removed("21231", "x");
        hostile.summary = sample::both("@everyone <!channel> [x](https://evil.example)\n*b*", "é");
        let milder = {
            let mut change = sample::removed("21211", "Data scientists");
            change.severity = Severity::Warn;
            change.dates.effective_on = Some("2025-04-01".parse().unwrap());
            change
        };
        let both = [(&milder, None), (&hostile, None)];
        let says = CallSays::Changes(&both, &[]);
        insta::assert_snapshot!("hook_text", text(says, HookForm::Text, Language::En));
        let json =
            |form| -> Json { serde_json::from_str(&text(says, form, Language::En)).unwrap() };
        let slack = json(HookForm::Slack)["text"].as_str().unwrap().to_owned();
        assert!(slack.contains("&lt;!channel&gt;") && !slack.contains('<'), "{slack}");
        assert_eq!(json(HookForm::Discord)["allowed_mentions"], json!({"parse": []}));
        let card = json(HookForm::Teams)["attachments"][0]["content"]["body"].to_string();
        assert!(card.contains(r"\\[x\\]\\(https://evil.example\\)"), "{card}");
        let french = text(CallSays::TakenBack(&both), HookForm::Text, Language::Fr);
        assert!(french.starts_with("rulewatch\u{a0}: annoncé à tort, et retiré\n"), "{french}");
    }

    #[test]
    fn however_many_changes_there_are_a_messenger_takes_the_text() {
        let change = sample::removed("21211", &"Data scientists ".repeat(12));
        let many: Vec<(&Change, Option<&Retraction>)> = (0..200).map(|_| (&change, None)).collect();
        let text = text(CallSays::Changes(&many, &[]), HookForm::Text, Language::Fr);
        assert!(text.chars().count() < 2000 && text.len() < 4096, "{}", text.len());
        assert!(text.contains("… et 19"), "{text}");
    }
}
