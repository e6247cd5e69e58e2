//! `rulewatch forget`.

use super::args::Forget;
use super::{Exit, Fitted, Out, now};
use crate::doors;
use crate::settings::Settings;
use crate::subscribing;

pub(super) fn run(settings: &Settings, args: &Forget, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let store = doors::store(settings)?;
    let address = args.address.as_str();
    let forgotten = subscribing::forget(&store, &settings.outbox(), &args.address, now())?;
    let out: &mut dyn Out = &mut Fitted::new(out);
    match (forgotten.n_subscriptions, forgotten.n_letters) {
        (0, 0) => writeln!(out, "nothing was held about {address}")?,
        (n, letters) => {
            writeln!(
                out,
                "{address} is forgotten; subscriptions deleted: {n}; letters deleted: {letters}"
            )?;
        }
    }
    writeln!(
        out,
        "A hash beside the database stays, so that nobody subscribes the address again unasked. Older copies of the \
         database still hold the address; one that is restored forgets it again."
    )?;
    for file in &forgotten.still {
        writeln!(
            out,
            "{} still holds it, because somebody is reading the database: do this again.",
            file.display()
        )?;
    }
    Ok(if forgotten.still.is_empty() { Exit::Done } else { Exit::Failed })
}
