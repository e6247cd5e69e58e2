//! `rulewatch outbox`: the letters that are owed.

use super::args::{Outbox, OutboxAction};
use super::{Exit, Out, look, now, runtime};
use crate::asking;
use crate::delivering::{deliver, retry};
use crate::doors::{self, Doors};
use crate::render::table;
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: Outbox, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match args.action.unwrap_or(OutboxAction::List) {
        OutboxAction::List => {
            let deliveries = asking::outbox(&doors::to_ask(settings)?)?;
            write!(out, "{}", table::outbox(&deliveries, &look(&settings.zone)))?;
            Ok(Exit::Done)
        }
        OutboxAction::Retry { id } => {
            if retry(&doors::store(settings)?, &id, now())? {
                writeln!(out, "{id} is due again")?;
                Ok(Exit::Done)
            } else {
                writeln!(out, "{id} was sent or cancelled already")?;
                Ok(Exit::No)
            }
        }
        OutboxAction::Flush => {
            let runtime = runtime()?;
            let _entered = runtime.enter();
            let doors = Doors::open(settings, doors::catalog(settings)?)?;
            doors::check_sender(settings, &doors.store)?;
            let done = runtime.block_on(deliver(&doors.delivering()))?;
            writeln!(
                out,
                "sent {}, to be tried again {}, given up {}, cancelled {}",
                done.sent, done.retried, done.gave_up, done.cancelled
            )?;
            Ok(if done.gave_up + done.retried > 0 { Exit::Failed } else { Exit::Done })
        }
    }
}
