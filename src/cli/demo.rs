//! `rulewatch demo`: the whole loop in seconds, offline.

use anyhow::Context as _;
use std::collections::BTreeMap;

use super::args::Demo;
use super::{Exit, Out, look, now, runtime};
use crate::demo;
use crate::model::Glossary;
use crate::render::table;

pub(super) fn run(args: &Demo, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let folder = match &args.dir {
        Some(folder) => folder.clone(),
        None => {
            let stamp = now().strftime("%Y%m%dT%H%M%S").to_string();
            std::env::temp_dir().join(format!("rulewatch-demo-{stamp}-{}", std::process::id()))
        }
    };
    if folder.join("rulewatch.db").exists() {
        let folder = folder.display();
        return Err(super::misuse(format!("{folder} has a database already; name a new folder")));
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let left = {
        let mut writer = Forward(out);
        runtime()?.block_on(demo::run(&folder, now(), &mut writer))?
    };
    let zone = jiff::tz::TimeZone::get("America/Toronto").unwrap_or(jiff::tz::TimeZone::UTC);
    writeln!(out, "\nThe change log:\n")?;
    write!(out, "{}", table::log(&left.changes, &BTreeMap::new(), &look(&zone, Glossary::NONE)))?;
    let (folder, letters) = (left.folder.display(), left.letters.display());
    writeln!(
        out,
        "\nRightly not believed: the captcha page that came in place of the proof of funds. Its facts\n\
         stand as they were, and the operator has a letter about it. The STEM list, 19 of 24 gone, was\n\
         held until a second reading said the same.\n\n\
         The database   {folder}/rulewatch.db\n\
         The letters    {letters}/*.eml (open one with a mail program)\n\n\
         What to type next:\n  \
         rulewatch --state {folder} log --severity block\n  \
         rulewatch --state {folder} log --noc 21211 --format ndjson\n  \
         rulewatch --state {folder} facts ee.category.stem.occupations\n  \
         rulewatch sources list"
    )?;
    Ok(Exit::Done)
}

/// Wraps a handle so that it can cross threads by value.
struct Forward<'a>(&'a mut dyn Out);

impl std::io::Write for Forward<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
