//! `rulewatch doctor`: the condition of the installation, and what to do about its faults.

use super::args::{Doctor, Format};
use super::{Exit, Out, now, runtime};
use crate::maintaining::{self, Finding, Grade};
use crate::render::inert;
use crate::settings::Settings;

/// The longest text that is shown for one part.
const LONGEST: usize = 600;

pub(super) fn run(settings: &Settings, args: &Doctor, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let mut found = maintaining::doctor(settings, now());
    if args.live {
        found.extend(runtime()?.block_on(maintaining::live(settings)));
    }
    for finding in &found {
        match args.format {
            Format::Text => print(finding, out)?,
            Format::Ndjson => {
                let line = serde_json::json!({
                    "type": "finding", "about": finding.about, "grade": finding.grade.word(),
                    "says": finding.says, "todo": finding.todo,
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    let is_fault = found.iter().any(|finding| finding.grade == Grade::Fault);
    Ok(if is_fault { Exit::No } else { Exit::Done })
}

fn print(finding: &Finding, out: &mut dyn Out) -> std::io::Result<()> {
    let says = inert(&finding.says, LONGEST);
    writeln!(out, "{:<6} {:<14} {says}", finding.grade.word(), finding.about)?;
    match &finding.todo {
        Some(todo) => writeln!(out, "{:<21} do: {}", "", inert(todo, LONGEST)),
        None => Ok(()),
    }
}
