//! `rulewatch outbox`: the pending letters.

use super::args::{Format, Listing, Outbox, OutboxAction};
use super::{Exit, Out, look, now, runtime, turn};
use crate::asking;
use crate::calling;
use crate::clock::SystemClock;
use crate::delivering::{bouncing, deliver, retry, retry_all, take_over, try_now};
use crate::doors::{self, Doors};
use crate::model::Glossary;
use crate::render::words::short_moment;
use crate::render::{json, table};
use crate::settings::Settings;
use crate::turns::{self, Asker, Job, Turn, Waited, Whose};

/// The name of this command for those who wait for it.
const FLUSH: &str = "rulewatch outbox flush";

pub(super) fn run(settings: &Settings, args: Outbox, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let list = || OutboxAction::List(Listing { format: Format::Text });
    match args.action.unwrap_or_else(list) {
        OutboxAction::List(args) => list_letters(settings, args.format, out),
        OutboxAction::Retry { id: None, .. } => {
            let store = doors::store(settings)?;
            let (all, calls) = (retry_all(&store, now())?, calling::retry_all(&store, now())?);
            writeln!(out, "{all} letters are due again; `rulewatch outbox flush` sends them now")?;
            if calls > 0 {
                writeln!(out, "{calls} calls of hooks are due again")?;
            }
            Ok(Exit::Done)
        }
        OutboxAction::Retry { id: Some(id), .. } => {
            let store = doors::store(settings)?;
            let is_due = match calling::retry(&store, &id, now())? {
                Some(is_due) => is_due,
                None => retry(&store, &id, now())?,
            };
            if is_due {
                writeln!(out, "{id} is due again")?;
                Ok(Exit::Done)
            } else {
                writeln!(out, "{id} was sent or cancelled already")?;
                Ok(Exit::No)
            }
        }
        OutboxAction::Flush => flush(settings, out),
    }
}

fn list_letters(settings: &Settings, format: Format, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let (deliveries, calls) = (asking::outbox(&known)?, asking::calls(&known)?);
    match format {
        Format::Text => {
            let look = look(&settings.zone, Glossary::NONE);
            write!(out, "{}", table::outbox(&deliveries, &look))?;
            if !calls.is_empty() {
                write!(out, "\n{}", table::calls(&calls, &look))?;
            }
            for reader in bouncing(&known, now())? {
                let Some(at) = reader.paused_at else { continue };
                let (to, since) = (reader.address.as_str(), short_moment(at, &settings.zone));
                let line = format!(
                    "{to} gets nothing since {since}: {} letters came back",
                    reader.n_letters
                );
                writeln!(out, "{line}; `rulewatch bounces resume {to}` sends what waits")?;
            }
        }
        Format::Ndjson => {
            for (delivery, why) in &deliveries {
                writeln!(out, "{}", json::one_line(&json::delivery(delivery, why)))?;
            }
            for call in &calls {
                writeln!(out, "{}", json::one_line(&json::call(call)))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Sends what is due and what waits for another try, either here or through the daemon.
fn flush(settings: &Settings, out: &mut dyn Out) -> anyhow::Result<Exit> {
    try_now(&doors::store(settings)?, now())?;
    match turn::take(settings, FLUSH)? {
        Whose::Mine(turn) => flush_here(settings, &turn, out),
        Whose::Daemons => {
            let place = settings.database();
            let asker = Asker::new(&place, FLUSH, doors::store(settings)?, &SystemClock);
            match asker.wait(asker.queue(&Job::Deliver)?)? {
                Waited::Answered(answer) => {
                    Ok(turn::print(&answer, "delivering", Format::Text, out)?)
                }
                Waited::Mine(turn) => flush_here(settings, &turn, out),
            }
        }
    }
}

fn flush_here(settings: &Settings, _turn: &Turn, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let doors = Doors::open(settings, doors::catalog(settings)?)?;
    doors::check_sender(settings, &doors.store)?;
    take_over(&doors.store)?;
    let done = runtime.block_on(deliver(&doors.delivering()))?;
    writeln!(out, "{done}")?;
    let called = super::hooks::call(&runtime, &doors)?;
    if !called.is_nothing() {
        writeln!(out, "{called}")?;
    }
    let of_calls = if called.is_all() { Exit::Done } else { Exit::Failed };
    Ok(of_calls.max(turns::delivered_ending(&done).into()))
}
