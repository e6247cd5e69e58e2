//! `rulewatch backup`, `restore` and `audit`: copies of the database, and proof that it is what was
//! written.

use super::args::{Backup, Restore};
use super::exit::misuse;
use super::{Exit, Fitted, Out, now};
use crate::clock::SystemClock;
use crate::doors;
use crate::maintaining;
use crate::render::inert;
use crate::settings::Settings;
use crate::turns;

/// The longest fault that is printed.
const FAULT: usize = 300;

pub(super) fn backup(
    settings: &Settings,
    args: &Backup,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    if args.keep.is_some() && !args.to.is_dir() {
        return Err(misuse(format!(
            "--keep leaves the newest copies in a directory, and {} is none",
            args.to.display()
        )));
    }
    let store = doors::to_ask(settings)?;
    let made = maintaining::backup(&store, &args.to, args.keep.map(usize::from), now())?;
    writeln!(out, "{}: {} bytes", made.path.display(), made.bytes)?;
    for older in &made.removed {
        writeln!(out, "removed {}", older.display())?;
    }
    Ok(Exit::Done)
}

pub(super) fn restore(
    settings: &Settings,
    args: &Restore,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    if !args.from.is_file() {
        return Err(misuse(format!("there is no file {}", args.from.display())));
    }
    // Nobody may write meanwhile: take the turn as a daemon does.
    let place = settings.database();
    let _turn = turns::begin_daemon(&place, &SystemClock, &mut |_| {})?;
    let done = maintaining::restore(&args.from, &place, now())?;
    writeln!(out, "{} is now {}", done.path.display(), args.from.display())?;
    if let Some(aside) = done.aside {
        writeln!(out, "what was there is {}", aside.display())?;
    }
    let (left, forgotten) = (done.heeded.left, done.heeded.forgotten);
    if left + forgotten > 0 {
        writeln!(
            out,
            "readers who left since that copy was made, and get no letters: {left}; who were forgotten: {forgotten}"
        )?;
    }
    Ok(Exit::Done)
}

pub(super) fn audit(settings: &Settings, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let found = maintaining::audit(&doors::to_ask(settings)?)?;
    let out: &mut dyn Out = &mut Fitted::new(out);
    for fault in &found.faults {
        writeln!(out, "fault: {}", inert(fault, FAULT))?;
    }
    let head = found.head.as_deref().unwrap_or("none");
    let (n, before) = (found.n_events, found.n_before);
    writeln!(out, "{n} events in the chain, {before} from before it; newest hash {head}")?;
    if found.n_captures_before > 0 {
        let n = found.n_captures_before;
        writeln!(
            out,
            "{n} captures are from before the chain had them: each body is what its name says, and nothing proves \
             when or from where it came"
        )?;
    }
    if found.holds() {
        writeln!(out, "the database is whole, every body is what its name says, the chain holds")?;
        return Ok(Exit::Done);
    }
    writeln!(
        out,
        "{} faults: `rulewatch restore FILE` puts a backup in its place",
        found.faults.len()
    )?;
    Ok(Exit::No)
}
