//! `rulewatch show`: one change, or those of an event, with evidence.

use std::sync::Arc;

use anyhow::Context as _;

use super::args::{Format, Show};
use super::{Exit, Fitted, Out, look, misuse, now};
use crate::asking::{self, About};
use crate::doors;
use crate::exporting;
use crate::model::{Change, Page};
use crate::proving::{self, PageProof, Proof, Proving};
use crate::render::{Look, ShowInput, ShownPage, inert, json, proof_page, show, words};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Show, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let today = now().to_zoned(settings.zone.clone()).date();
    let changes = asking::changes(&known, &args.change, today)?;
    let writes_files = args.snapshot.is_some() || args.html.is_some() || args.bundle.is_some();
    if changes.len() > 1 && writes_files {
        let what = format!("`{}` is an event of {} changes: name one", args.change, changes.len());
        return Err(misuse(what));
    }
    if args.format == Format::Ndjson && !writes_files {
        let retracted = asking::retractions(&known)?;
        for change in &changes {
            let is_imported = asking::is_imported(&known, change)?;
            let object = json::logged(change, retracted.get(&change.id), is_imported);
            writeln!(out, "{}", json::one_line(&object))?;
        }
        return Ok(Exit::Done);
    }
    let out: &mut dyn Out = &mut Fitted::new(out);
    let catalog = Arc::new(doors::catalog(settings)?);
    let look = look(&settings.zone, catalog.glossary());
    let with = Proving {
        catalog: Arc::clone(&catalog),
        store: known.clone(),
        converter: doors::converter(),
    };
    for (n, change) in changes.iter().enumerate() {
        let about = asking::about(&known, &catalog, change)?;
        let proof = proving::proof(&with, change)?;
        let shown = Shown { change, about: &about, proof: &proof };
        if writes_files {
            shown.write_files(args, &look, out)?;
            continue;
        }
        if n > 0 {
            writeln!(out)?;
        }
        write!(out, "{}", show(&shown.input(), &look))?;
        for (label, side) in [("page before", &proof.before), ("page now", &proof.after)] {
            if let Some(side) = side {
                writeln!(out, "{label:11} {}", of_page(side, &look))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// When a page came, from where, and its hash.
fn of_page(side: &PageProof, look: &Look<'_>) -> String {
    let seen = words::short_moment(side.seen_at, look.zone);
    let imported = side.imported.as_ref();
    let imported =
        imported.map_or_else(String::new, |from| format!(", imported: {}", inert(from, 200)));
    let kept = if side.page.is_some() { "" } else { ", of which only the hash is kept" };
    format!("{seen}  sha256:{}{kept}{imported}", side.snapshot)
}

/// A change with everything to show of it.
struct Shown<'a> {
    change: &'a Change,
    about: &'a About,
    proof: &'a Proof,
}

impl<'a> Shown<'a> {
    fn input(&self) -> ShowInput<'a> {
        ShowInput {
            change: self.change,
            wording: &self.about.wording,
            context: &self.proof.context,
            rules: &self.about.rules,
            deliveries: &self.about.letters,
            retraction: self.about.retraction.as_ref(),
        }
    }

    fn write_files(&self, args: &Show, look: &Look<'_>, out: &mut dyn Out) -> anyhow::Result<()> {
        let sides = [("before", &self.proof.before), ("after", &self.proof.after)];
        let pages: Vec<ShownPage> = sides
            .iter()
            .filter_map(|(label, side)| Some(shown_page(label, side.as_ref()?, look)))
            .collect();
        let page = proof_page(&self.input(), &pages, look);
        if let Some(file) = &args.html {
            std::fs::write(file, &page).with_context(|| format!("writing {}", file.display()))?;
            writeln!(out, "written to {}", file.display())?;
        }
        if let Some(file) = &args.snapshot {
            let kept = self.proof.after.as_ref().and_then(|after| after.page.as_ref());
            let Some(Page { body, .. }) = kept else {
                return Err(misuse("only the hash of that page is kept"));
            };
            std::fs::write(file, body).with_context(|| format!("writing {}", file.display()))?;
            writeln!(out, "written to {}: sha256:{}", file.display(), self.change.snapshot)?;
        }
        if let Some(folder) = &args.bundle {
            let files = exporting::bundle(self.change, self.proof, &page, folder)?;
            writeln!(out, "written into {}: {}", folder.display(), files.join(", "))?;
        }
        Ok(())
    }
}

fn shown_page(label: &&'static str, side: &PageProof, look: &Look<'_>) -> ShownPage {
    ShownPage {
        label,
        seen: words::short_moment(side.seen_at, look.zone),
        url: side.page.as_ref().map(|page| page.url().to_string()),
        hash: side.snapshot.to_string(),
        imported: side.imported.clone(),
        headers: side.page.as_ref().map(|page| page.headers.clone()).unwrap_or_default(),
        context: side.context.clone(),
    }
}
