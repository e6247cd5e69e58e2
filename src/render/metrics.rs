//! Metrics in the text format of Prometheus, version 0.0.4.
//!
//! Names begin with `rulewatch_`, times are in seconds since 1970, sizes in bytes. A source is a label;
//! no address and no page text appears anywhere.

use std::fmt::{Display, Write as _};

use jiff::Timestamp;

use crate::model::SourceId;

/// What is measured of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceMetrics<'a> {
    /// Its id.
    pub source: &'a SourceId,
    /// How its last check ended; `None` before its first.
    pub outcome: Option<&'a str>,
    /// When its facts were last seen to hold.
    pub last_good: Option<Timestamp>,
    /// Whether it is stale.
    pub stale: bool,
    /// How much of it cannot be read.
    pub unreadable: usize,
}

/// A number about the whole installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// Its name, without the prefix: `letters_pending`.
    pub name: &'static str,
    /// What it means.
    pub help: &'static str,
    /// Whether it never decreases.
    pub grows: bool,
    /// The number.
    pub value: u64,
}

/// Writes the metrics of an installation.
#[must_use]
pub fn metrics(totals: &[Total], sources: &[SourceMetrics<'_>]) -> String {
    let mut text = String::new();
    for total in totals {
        head(&mut text, total.name, total.help, total.grows);
        line(&mut text, total.name, "", total.value);
    }
    let one = "The outcome of the last check of a source, as a label.";
    head(&mut text, "source_outcome", one, false);
    for of in sources {
        let outcome = of.outcome.unwrap_or("never");
        line(&mut text, "source_outcome", &labels(of, Some(outcome)), 1);
    }
    head(
        &mut text,
        "source_last_good_seconds",
        "When facts of a source were last seen to hold.",
        false,
    );
    for of in sources.iter().filter(|of| of.last_good.is_some()) {
        let at = of.last_good.map_or(0, Timestamp::as_second);
        line(&mut text, "source_last_good_seconds", &labels(of, None), at);
    }
    head(&mut text, "source_stale", "Whether a source has gone unread for too long.", false);
    for of in sources {
        line(&mut text, "source_stale", &labels(of, None), u8::from(of.stale));
    }
    head(&mut text, "source_unreadable", "Facts of a source that can no longer be read.", false);
    for of in sources {
        line(&mut text, "source_unreadable", &labels(of, None), of.unreadable);
    }
    text
}

fn head(text: &mut String, name: &str, help: &str, grows: bool) {
    let kind = if grows { "counter" } else { "gauge" };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "# HELP rulewatch_{name} {help}\n# TYPE rulewatch_{name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl Display) {
    let _ = writeln!(text, "rulewatch_{name}{labels} {value}");
}

fn labels(of: &SourceMetrics<'_>, outcome: Option<&str>) -> String {
    let source = escaped(of.source.as_str());
    match outcome {
        Some(outcome) => format!("{{source=\"{source}\",outcome=\"{}\"}}", escaped(outcome)),
        None => format!("{{source=\"{source}\"}}"),
    }
}

/// A label's value, escaped as the format requires.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_has_a_head_and_a_line_a_source() {
        let fees = SourceId::parse("ircc-fees").unwrap();
        let total = Total { name: "checks_total", help: "Checks.", grows: true, value: 7 };
        let source = SourceMetrics {
            source: &fees,
            outcome: Some("unchanged"),
            last_good: Some(Timestamp::from_second(1_800_000_000).unwrap()),
            stale: false,
            unreadable: 2,
        };
        let text = metrics(&[total], &[source]);
        assert_eq!(
            text,
            "# HELP rulewatch_checks_total Checks.\n\
             # TYPE rulewatch_checks_total counter\n\
             rulewatch_checks_total 7\n\
             # HELP rulewatch_source_outcome The outcome of the last check of a source, as a label.\n\
             # TYPE rulewatch_source_outcome gauge\n\
             rulewatch_source_outcome{source=\"ircc-fees\",outcome=\"unchanged\"} 1\n\
             # HELP rulewatch_source_last_good_seconds When facts of a source were last seen to hold.\n\
             # TYPE rulewatch_source_last_good_seconds gauge\n\
             rulewatch_source_last_good_seconds{source=\"ircc-fees\"} 1800000000\n\
             # HELP rulewatch_source_stale Whether a source has gone unread for too long.\n\
             # TYPE rulewatch_source_stale gauge\n\
             rulewatch_source_stale{source=\"ircc-fees\"} 0\n\
             # HELP rulewatch_source_unreadable Facts of a source that can no longer be read.\n\
             # TYPE rulewatch_source_unreadable gauge\n\
             rulewatch_source_unreadable{source=\"ircc-fees\"} 2\n"
        );
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
