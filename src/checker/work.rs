//! What the checker does: it makes the checks that it is told to, several at once.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::mpsc;

use super::line::{Answered, Order};
use crate::checking::{self, CheckError, Checking};
use crate::doors::Doors;
use crate::turns;

/// Makes the checks that standard input orders, and ends when it does: what is then under way is made again.
///
/// # Errors
/// When the daemon's orders cannot be read.
pub async fn work(doors: &Doors) -> io::Result<()> {
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    let (says, answers) = mpsc::unbounded_channel();
    drop(says.send(doors.fingerprint.clone()));
    // A long answer must not wait for an order that is being written, nor that for the answer.
    tokio::spawn(answer(answers));
    while let Some(order) = orders.next_line().await? {
        let (number, order) = Order::read(&order).ok_or(io::ErrorKind::InvalidData)?;
        let (with, says) = (doors.checking(), says.clone());
        tokio::spawn(async move { says.send(make(&with, order).await.line(number)) });
    }
    Ok(())
}

/// Writes the answers, until the daemon no longer reads them: then there are no more orders either.
async fn answer(mut answers: mpsc::UnboundedReceiver<String>) -> io::Result<()> {
    let mut out = tokio::io::stdout();
    while let Some(line) = answers.recv().await {
        out.write_all(format!("{line}\n").as_bytes()).await?;
        out.flush().await?;
    }
    Ok(())
}

/// Makes a check. One that panics is an error of that check.
pub(super) async fn make(with: &Checking, order: Order) -> Answered {
    let with = with.clone();
    let check = tokio::spawn(async move {
        match order {
            Order::Due(source) => Answered::of(checking::check(&with, &source).await, None),
            Order::Again(source) => Answered::of(checking::check_again(&with, &source).await, None),
            Order::Asked(source, page) => {
                let (told, result) = turns::check(&with, &source, page).await;
                Answered::of(result, Some(told))
            }
        }
    });
    check.await.unwrap_or_else(|died| Answered::of(Err(CheckError::from(died)), None))
}
