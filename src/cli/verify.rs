//! `rulewatch verify`: eligibility data against the official facts.

use std::io::{self, Write as _};
use std::path::Path;

use super::args::{Verify, VerifyFormat};
use super::{Exit, Fitted, Out, is_closed_pipe, misuse, now};
use crate::asking::{self, AskedOfficial};
use crate::doors;
use crate::model::{FactKey, Findings, Weight};
use crate::render::finding;
use crate::settings::Settings;
use crate::verifying::{self, Patch, Wish};

pub(super) fn run(settings: &Settings, args: &Verify, out: &mut dyn Out) -> anyhow::Result<Exit> {
    if args.schema {
        write!(out, "{}", verifying::schema())?;
        return Ok(Exit::Done);
    }
    if let Some(data) = &args.suggest {
        return suggest(settings, args, data, out);
    }
    let file = args.file.as_deref().ok_or_else(|| misuse("name a binding file"))?;
    let bindings = verifying::bindings(file)?;
    let wanted = |key: &FactKey| verifying::wants(&bindings, key);
    // The catalogue knows what could be read; with exported facts there is none.
    let (official, catalog) = match &args.facts {
        Some(path) => (verifying::exported(path, args.as_of)?, None),
        None => {
            let (catalog, known) = (doors::catalog(settings)?, doors::to_ask(settings)?);
            let asked = asked(settings, args);
            (asking::official(&known, &catalog, &asked, &wanted)?, Some(catalog))
        }
    };
    let today = now().to_zoned(settings.zone.clone()).date();
    let wish = Wish { today, announced: args.stage.is_some(), catalog: catalog.as_ref() };
    let folder = verifying::folder_of(file);
    let verified = verifying::verify(&bindings, folder, &official, wish);
    let findings = &verified.findings;
    if args.patch {
        write(args.format, findings, &mut io::stderr())?;
        write_patches(&verified.patches, out)?;
        return Ok(exit(findings.worst()));
    }
    let say = |words: &str| drop(writeln!(io::stderr(), "rulewatch: {words}"));
    if args.fix {
        for patch in &verified.patches {
            verifying::fix(patch)?;
            say(&format!("{} is put right, except for what has a note", patch.file));
        }
    }
    if args.stamp {
        for stamped in verifying::stamped(folder, &verified, today) {
            match stamped {
                Ok(patch) => {
                    verifying::fix(&patch)?;
                    say(&format!("today's date is written in {}", patch.file));
                }
                Err(why) => say(&why),
            }
        }
    }
    // Whoever has read enough still learns by the exit code what was found.
    let out: &mut dyn Out = match args.format {
        VerifyFormat::Text => &mut Fitted::new(out),
        VerifyFormat::Json | VerifyFormat::Junit | VerifyFormat::Sarif => out,
    };
    match write(args.format, findings, out) {
        Err(error) if !is_closed_pipe(&error) => Err(error),
        _ => Ok(exit(findings.worst())),
    }
}

fn asked<'a>(settings: &'a Settings, args: &Verify) -> AskedOfficial<'a> {
    AskedOfficial { as_of: args.as_of, now: now(), zone: &settings.zone }
}

fn suggest(
    settings: &Settings,
    args: &Verify,
    data: &Path,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let official = match &args.facts {
        Some(path) => verifying::exported(path, args.as_of)?,
        None => {
            let (catalog, known) = (doors::catalog(settings)?, doors::to_ask(settings)?);
            asking::official(&known, &catalog, &asked(settings, args), &|_| true)?
        }
    };
    let text = verifying::suggest(data, &official)?;
    if text.is_empty() {
        let what = "nothing in this file looks like a known fact set; `rulewatch facts` lists them";
        drop(writeln!(io::stderr(), "rulewatch: {what}"));
        return Ok(Exit::No);
    }
    write!(out, "{text}")?;
    Ok(Exit::Done)
}

pub(super) fn exit(worst: Weight) -> Exit {
    match worst {
        Weight::Note => Exit::Done,
        Weight::Doubt | Weight::Drift => Exit::No,
        Weight::Misuse => Exit::Usage,
    }
}

fn write(format: VerifyFormat, findings: &Findings, out: &mut dyn io::Write) -> anyhow::Result<()> {
    match format {
        VerifyFormat::Text => write!(out, "{}", finding::text(findings))?,
        VerifyFormat::Json => writeln!(out, "{:#}", finding::json(findings))?,
        VerifyFormat::Junit => writeln!(out, "{}", finding::junit(findings)?)?,
        VerifyFormat::Sarif => writeln!(out, "{:#}", finding::sarif(findings))?,
    }
    Ok(())
}

/// One JSON file: its operations alone, as other programs read them. Several: a line for each.
fn write_patches(patches: &[Patch], out: &mut dyn Out) -> anyhow::Result<()> {
    let operations = |patch: &Patch| patch.operations.clone();
    if let [only] = patches
        && let Some(operations) = operations(only)
    {
        writeln!(out, "{operations:#}")?;
        return Ok(());
    }
    for patch in patches {
        match operations(patch) {
            Some(operations) => {
                let line = serde_json::json!({"file": patch.file, "patch": operations});
                writeln!(out, "{line}")?;
            }
            None => write!(out, "{}", patch.unified())?,
        }
    }
    Ok(())
}
