//! `rulewatch verify`: eligibility data against the official facts.

use std::io::{self, Write as _};
use std::path::Path;

use super::args::{Verify, VerifyFormat};
use super::{Exit, Out, misuse, now};
use crate::asking::{self, AskedOfficial};
use crate::doors;
use crate::model::{FactKey, Findings, Official, Weight};
use crate::render::finding;
use crate::settings::Settings;
use crate::verifying::{self, Patch, VerifiedData, Wish};

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
    let catalog = args.facts.is_none().then(|| doors::catalog(settings)).transpose()?;
    let official = official(settings, args, &wanted)?;
    let today = now().to_zoned(settings.zone.clone()).date();
    let wish = Wish { today, announced: args.stage.is_some(), catalog: catalog.as_ref() };
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let VerifiedData { findings, patches } = verifying::verify(&bindings, folder, &official, wish);
    if args.patch {
        write(args.format, &findings, &mut io::stderr())?;
        write_patches(&patches, out)?;
        return Ok(exit(&findings));
    }
    write(args.format, &findings, out)?;
    if args.fix {
        for patch in &patches {
            verifying::fix(patch)?;
            let file = &patch.file;
            drop(writeln!(io::stderr(), "rulewatch: {file}: put right, but for what has a note"));
        }
    }
    if args.stamp {
        for patch in verifying::stamps(&bindings, folder, &findings, today) {
            verifying::fix(&patch)?;
            drop(writeln!(io::stderr(), "rulewatch: {} is stamped", patch.file));
        }
    }
    Ok(exit(&findings))
}

fn official(
    settings: &Settings,
    args: &Verify,
    wanted: &dyn Fn(&FactKey) -> bool,
) -> anyhow::Result<Official> {
    if let Some(path) = &args.facts {
        return Ok(verifying::exported(path, args.as_of)?);
    }
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    let asked = AskedOfficial { as_of: args.as_of, now: now(), zone: &settings.zone };
    Ok(asking::official(&known, &catalog, &asked, wanted)?)
}

fn suggest(
    settings: &Settings,
    args: &Verify,
    data: &Path,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let official = official(settings, args, &|_| true)?;
    let text = verifying::suggest(data, &official)?;
    if text.is_empty() {
        let what = "nothing in this file looks like a known fact set; `rulewatch facts` lists them";
        drop(writeln!(io::stderr(), "rulewatch: {what}"));
        return Ok(Exit::No);
    }
    write!(out, "{text}")?;
    Ok(Exit::Done)
}

pub(super) fn exit(findings: &Findings) -> Exit {
    match findings.worst() {
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
