//! What a host asks of its visitors, kept across restarts.
//!
//! A wait is kept as its start and its length, never as its end: a clock that was once ahead must not
//! silence a host until real time catches up. A moment in the future counts as now.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

/// What a host asks of us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostManners {
    /// The last wait it asked for, until that is over.
    pub wait: Option<Wait>,
    /// When one of its pages was last requested: a long `Crawl-delay` is counted from here.
    pub visited_at: Option<Timestamp>,
    /// Its robots.txt files, by origin: `https://www.example.org`.
    pub robots: BTreeMap<String, RobotsFile>,
}

/// A wait that a host asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How long it is.
    pub length: Duration,
    /// The status that asked for it: 429 or 503.
    pub status: u16,
    /// Whether we chose how long: the host did not say.
    pub is_ours: bool,
}

impl Wait {
    /// When it ends.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.asked_at.checked_add(self.length).unwrap_or(Timestamp::MAX)
    }
}

/// A robots.txt as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsFile {
    /// Its text; empty if the site has none, which asks nothing.
    pub text: String,
    /// When it was read.
    pub read_at: Timestamp,
}

impl HostManners {
    /// The wait, if it is not over yet.
    #[must_use]
    pub fn waiting(&self, now: Timestamp) -> Option<&Wait> {
        self.wait.as_ref().filter(|wait| now < wait.until())
    }

    /// Forgets a wait that is over, and moves times in the future back to now.
    pub fn settle(&mut self, now: Timestamp) {
        if let Some(wait) = &mut self.wait {
            wait.asked_at = wait.asked_at.min(now);
        }
        if self.waiting(now).is_none() {
            self.wait = None;
        }
        self.visited_at = self.visited_at.map(|at| at.min(now));
        for file in self.robots.values_mut() {
            file.read_at = file.read_at.min(now);
        }
    }

    /// Its form in the database.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let wait = self.wait.as_ref().map(|wait| {
            json!({
                "asked_at": wait.asked_at.to_string(),
                "seconds": wait.length.as_secs(),
                "status": wait.status,
                "ours": wait.is_ours,
            })
        });
        let file =
            |file: &RobotsFile| json!({"text": file.text, "read_at": file.read_at.to_string()});
        let robots: Map<String, Json> =
            self.robots.iter().map(|(origin, f)| (origin.clone(), file(f))).collect();
        let visited_at = self.visited_at.map(|at| at.to_string());
        json!({"wait": wait, "visited_at": visited_at, "robots": robots})
    }

    /// Reads it back; `None` if it does not have the form of [`HostManners::to_json`].
    #[must_use]
    pub fn from_json(json: &Json) -> Option<Self> {
        let moment = |json: &Json| json.as_str()?.parse::<Timestamp>().ok();
        let wait = |json: &Json| {
            Some(Wait {
                asked_at: moment(&json["asked_at"])?,
                length: Duration::from_secs(json["seconds"].as_u64()?),
                status: u16::try_from(json["status"].as_u64()?).ok()?,
                is_ours: json["ours"].as_bool().unwrap_or(false),
            })
        };
        let file = |json: &Json| {
            let text = json["text"].as_str()?.to_owned();
            Some(RobotsFile { text, read_at: moment(&json["read_at"])? })
        };
        let optional = |json: &Json| if json.is_null() { None } else { Some(json.clone()) };
        let robots = json["robots"].as_object()?.iter();
        Some(Self {
            wait: optional(&json["wait"]).map(|json| wait(&json).ok_or(())).transpose().ok()?,
            visited_at: optional(&json["visited_at"])
                .map(|json| moment(&json).ok_or(()))
                .transpose()
                .ok()?,
            robots: robots
                .map(|(origin, json)| Some((origin.clone(), file(json)?)))
                .collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn asked(asked_at: &str, seconds: u64) -> HostManners {
        let length = Duration::from_secs(seconds);
        let wait = Some(Wait { asked_at: at(asked_at), length, status: 429, is_ours: false });
        HostManners { wait, ..HostManners::default() }
    }

    #[test]
    fn a_wait_is_over_when_it_was_asked_to_be() {
        let manners = asked("2026-11-20T12:00Z", 7_200);
        assert!(manners.waiting(at("2026-11-20T13:59:59Z")).is_some());
        assert!(manners.waiting(at("2026-11-20T14:00Z")).is_none());
        assert_eq!(manners.wait.unwrap().until(), at("2026-11-20T14:00Z"));
        let for_ever = asked("2026-11-20T12:00Z", u64::MAX);
        assert!(for_ever.waiting(at("2999-01-01T00:00Z")).is_some(), "however long it is");
    }

    #[test]
    fn what_lies_ahead_of_the_clock_counts_as_now() {
        let mut manners = asked("2030-01-01T00:00Z", 600);
        manners.visited_at = Some(at("2030-01-01T00:00Z"));
        let file = RobotsFile { text: String::new(), read_at: at("2030-01-01T00:00Z") };
        manners.robots.insert("https://a.example".into(), file);
        let now = at("2026-11-20T12:00Z");
        manners.settle(now);
        assert_eq!(manners.waiting(now).unwrap().until(), at("2026-11-20T12:10Z"));
        assert_eq!(manners.visited_at, Some(now));
        assert_eq!(manners.robots["https://a.example"].read_at, now);
        manners.settle(at("2026-11-20T12:10Z"));
        assert_eq!(manners.wait, None, "a wait that is over is forgotten");
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let mut manners = asked("2026-11-20T12:00:00.5Z", 86_400);
        let text = "User-agent: *\nDisallow: /é\n".to_owned();
        let file = RobotsFile { text, read_at: at("2026-11-20T11:00Z") };
        manners.robots.insert("https://a.example:8443".into(), file);
        for manners in [manners, HostManners::default()] {
            let kept = manners.to_json().to_string();
            let read = serde_json::from_str(&kept).unwrap();
            assert_eq!(HostManners::from_json(&read), Some(manners));
        }
        for bad in ["null", "{}", "{\"wait\": 5, \"visited_at\": null, \"robots\": {}}"] {
            assert_eq!(HostManners::from_json(&serde_json::from_str(bad).unwrap()), None, "{bad}");
        }
    }
}
