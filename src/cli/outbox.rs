//! `rulewatch outbox`: the letters that are owed.

use super::args::{Outbox, OutboxAction};
use super::{Exit, Out, look, now, runtime, start};
use crate::render::table;
use crate::settings::Settings;
use crate::store::OutboxFilter;

pub(super) fn run(settings: &Settings, args: Outbox, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match args.action.unwrap_or(OutboxAction::List) {
        OutboxAction::List => {
            let rows = start::store_to_ask(settings)?.outbox(&OutboxFilter::default())?;
            let deliveries: Vec<_> = rows.into_iter().map(|row| row.delivery).collect();
            write!(out, "{}", table::outbox(&deliveries, &look(&settings.zone)))?;
            Ok(Exit::Done)
        }
        OutboxAction::Retry { id } => {
            if start::store(settings)?.retry_delivery(&id, now())? {
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
            let engine = start::engine(settings, start::catalog(settings)?)?;
            engine.ask(|store| Ok(start::check_sender(settings, store)))??;
            let done = runtime.block_on(engine.deliver())?;
            writeln!(
                out,
                "sent {}, to be tried again {}, given up {}, cancelled {}",
                done.sent, done.retried, done.gave_up, done.cancelled
            )?;
            Ok(if done.gave_up + done.retried > 0 { Exit::Failed } else { Exit::Done })
        }
    }
}
