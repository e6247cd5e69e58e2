//! What the daemon and its checker say to each other: one line of JSON each.

use data_encoding::BASE64;
use serde_json::{Value as Json, json};

use crate::checking::{CheckError, Report};
use crate::model::{Advice, SourceId, in_full};
use crate::turns::JobAnswer;

/// A check to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// One that is due.
    Due(SourceId),
    /// One after trouble: the whole page is requested, whatever the last answer was, once something can be recorded.
    Again(SourceId),
    /// One that another process asks for: of the page, or of one that a person saved.
    Asked(SourceId, Option<Vec<u8>>),
}

impl Order {
    /// The source to check.
    pub(super) fn id(&self) -> &SourceId {
        match self {
            Self::Due(source) | Self::Again(source) | Self::Asked(source, _) => source,
        }
    }

    /// The line that orders it, under a number that its answer has too.
    pub(super) fn line(&self, number: u64) -> String {
        let (what, page) = match self {
            Self::Due(_) => ("due", None),
            Self::Again(_) => ("again", None),
            Self::Asked(_, page) => ("asked", page.as_deref().map(|page| BASE64.encode(page))),
        };
        let source = self.id().as_str();
        json!({ "number": number, "check": what, "source": source, "page": page }).to_string()
    }

    /// Reads a line.
    pub(super) fn read(line: &str) -> Option<(u64, Self)> {
        let json: Json = serde_json::from_str(line).ok()?;
        let source = SourceId::parse(json["source"].as_str()?).ok()?;
        let order = match json["check"].as_str()? {
            "due" => Self::Due(source),
            "again" => Self::Again(source),
            "asked" => {
                let page = json["page"].as_str().map(|page| BASE64.decode(page.as_bytes()));
                Self::Asked(source, page.transpose().ok()?)
            }
            _ => return None,
        };
        Some((json["number"].as_u64()?, order))
    }
}

/// How a check ended, as the daemon logs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The source.
    pub source: String,
    /// The outcome, in its word.
    pub outcome: String,
    /// The reason for it, if it has one.
    pub reason: String,
    /// How many changes were recorded.
    pub changes: usize,
    /// How many parts of the page could not be read.
    pub complaints: usize,
}

impl Checked {
    fn of(report: &Report) -> Self {
        Self {
            source: report.source.as_str().to_owned(),
            outcome: report.outcome.word().to_owned(),
            reason: report.outcome.reason().unwrap_or_default().to_string(),
            changes: report.changes.len(),
            complaints: report.complaints,
        }
    }
}

/// The answer to an order: how the check ended, and what the process that asked for it is told.
#[derive(Debug)]
pub struct Answered {
    /// How it ended.
    pub ended: Result<Checked, CheckError>,
    /// What to tell the process that asked.
    pub told: Option<JobAnswer>,
}

impl Answered {
    /// The answer for a check that was made.
    pub(super) fn of(result: Result<Report, CheckError>, told: Option<JobAnswer>) -> Self {
        Self { ended: result.map(|report| Checked::of(&report)), told }
    }

    /// The line that gives it.
    pub(super) fn line(&self, number: u64) -> String {
        let told = self.told.as_ref().map(|told| {
            json!({ "text": told.text, "ndjson": told.ndjson, "error": told.error, "exit": told.exit })
        });
        let ended = match &self.ended {
            Ok(Checked { source, outcome, reason, changes, complaints }) => json!({
                "source": source,
                "outcome": outcome,
                "reason": reason,
                "changes": changes,
                "complaints": complaints,
            }),
            Err(error) => json!({ "error": in_full(error), "advice": error.advice().word() }),
        };
        json!({ "number": number, "ended": ended, "told": told }).to_string()
    }

    /// Reads a line.
    pub(super) fn read(line: &str) -> Option<(u64, Self)> {
        let json: Json = serde_json::from_str(line).ok()?;
        let text = |of: &Json| Some(of.as_str()?.to_owned());
        let count = |of: &Json| usize::try_from(of.as_u64()?).ok();
        let ended = &json["ended"];
        let ended = match ended["advice"].as_str() {
            Some(advice) => Err(CheckError::Told {
                words: text(&ended["error"])?,
                advice: Advice::from_word(advice)?,
            }),
            None => Ok(Checked {
                source: text(&ended["source"])?,
                outcome: text(&ended["outcome"])?,
                reason: text(&ended["reason"])?,
                changes: count(&ended["changes"])?,
                complaints: count(&ended["complaints"])?,
            }),
        };
        let told = &json["told"];
        let told = match told.is_null() {
            true => None,
            false => Some(JobAnswer {
                text: text(&told["text"])?,
                ndjson: text(&told["ndjson"])?,
                error: text(&told["error"]),
                exit: text(&told["exit"])?,
            }),
        };
        Some((json["number"].as_u64()?, Self { ended, told }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_were_given() {
        let source = SourceId::parse("ca-fees").unwrap();
        let orders = [
            Order::Due(source.clone()),
            Order::Again(source.clone()),
            Order::Asked(source.clone(), None),
            Order::Asked(source, Some(b"<p>\xe9\n".to_vec())),
        ];
        for (order, number) in orders.into_iter().zip(7..) {
            let line = order.line(number);
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(Order::read(&line), Some((number, order)));
        }
        assert_eq!(Order::read("{}"), None);
    }

    #[test]
    fn answers_are_read_as_they_were_given() {
        let told = JobAnswer {
            text: "held\nfor".to_owned(),
            ndjson: "{}".to_owned(),
            error: None,
            exit: "no".to_owned(),
        };
        let checked = Checked {
            source: "ca-fees".to_owned(),
            outcome: "held".to_owned(),
            reason: "codes".to_owned(),
            changes: 2,
            complaints: 1,
        };
        let line = Answered { ended: Ok(checked.clone()), told: Some(told.clone()) }.line(3);
        let (number, answer) = Answered::read(&line).unwrap();
        assert_eq!((number, answer.ended.unwrap(), answer.told), (3, checked, Some(told)));

        let failed =
            CheckError::Told { words: "the disk is full".to_owned(), advice: Advice::Retry };
        let (_, answer) =
            Answered::read(&Answered { ended: Err(failed), told: None }.line(4)).unwrap();
        let error = answer.ended.unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.advice()),
            ("the disk is full", Advice::Retry)
        );
    }
}
