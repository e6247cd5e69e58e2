//! What the checker does: it makes the checks that it is told to, several at once.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::task::JoinSet;

use super::line::{Answered, Order};
use crate::checking::{self, CheckError, Checking};
use crate::doors::Doors;
use crate::turns;

/// Makes the checks that standard input orders, and ends when it does: what is then under way is made again.
///
/// # Errors
/// When the daemon cannot be read or answered.
pub async fn work(doors: &Doors) -> io::Result<()> {
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    let mut checks = JoinSet::new();
    say(&doors.fingerprint).await?;
    loop {
        tokio::select! {
            order = orders.next_line() => {
                let Some(order) = order? else { return Ok(()) };
                let (number, order) = Order::read(&order).ok_or(io::ErrorKind::InvalidData)?;
                let with = doors.checking();
                checks.spawn(async move { (number, make(&with, order).await) });
            }
            Some(ended) = checks.join_next() => {
                let (number, answer) = ended?;
                say(&answer.line(number)).await?;
            }
        }
    }
}

async fn say(line: &str) -> io::Result<()> {
    let mut out = tokio::io::stdout();
    out.write_all(format!("{line}\n").as_bytes()).await?;
    out.flush().await
}

/// Makes a check. One that panics is an error of that check.
pub(super) async fn make(with: &Checking, order: Order) -> Answered {
    let with = with.clone();
    let check = tokio::spawn(async move {
        match order {
            Order::Due(source) => Answered::of(checking::check(&with, &source).await, None),
            Order::Again(source) => {
                Answered::of(checking::check_afresh(&with, &source).await, None)
            }
            Order::Asked(source, page) => {
                let (told, result) = turns::check(&with, &source, page).await;
                Answered::of(result, Some(told))
            }
        }
    });
    check.await.unwrap_or_else(|died| Answered::of(Err(CheckError::from(died)), None))
}
