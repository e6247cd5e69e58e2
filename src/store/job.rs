//! What other processes ask of the one that checks and delivers: a queue in the database.
//!
//! A process that may not check, because another one holds the [`Lock`](super::Lock), puts a job here
//! and polls for its answer. The holder looks whether one waits, which costs one look at a small
//! index, takes it, does it and answers. A job that its taker left unanswered is put back by the next
//! holder: doing a check twice does no harm. Old rows are deleted; they are not history.

use jiff::Timestamp;
use rusqlite::{named_params, params};
use serde_json::{Value as Json, json};

use super::{
    Store, StoreError,
    error::Trouble,
    rows::{Cells, Table, first, micros, number, run},
    snapshot::compress,
};
use crate::model::SourceId;

const TABLE: Table = Table { name: "job", key: "id" };

/// A job's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// Check a source.
    Check {
        /// Which.
        source: SourceId,
        /// The page to read, where a person saved it; else it is fetched.
        page: Option<Vec<u8>>,
    },
    /// Send what is due.
    Deliver,
}

/// A job in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenJob {
    /// Its number.
    pub id: JobId,
    /// What to do.
    pub job: Job,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// By which process.
    pub asked_by: u32,
}

/// The result of a job: what the asking process prints, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobAnswer {
    /// The line for a person.
    pub text: String,
    /// The object for a program, on one line.
    pub ndjson: String,
    /// What went wrong on our own side, if anything; the lines are then empty.
    pub error: Option<String>,
    /// How the asking process ends, in one word.
    pub exit: String,
}

/// The state of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// Nobody has taken it.
    Waiting,
    /// It is being done.
    Taken,
    /// It is done.
    Answered(JobAnswer),
    /// There is no job with this number, or no longer.
    Unknown,
}

impl Store {
    /// Queues a job.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn queue(&mut self, job: &Job, by: u32, at: Timestamp) -> Result<JobId, StoreError> {
        let (source, page) = match job {
            Job::Check { source, page } => (Some(source.as_str()), page.as_deref()),
            Job::Deliver => (None, None),
        };
        let packed = page.map(compress).transpose().map_err(|t| t.writing("queue a job"))?;
        self.write("queue a job", |tx| {
            run(
                tx,
                "INSERT INTO job (what, source, page, page_bytes, asked_at, asked_by)
                 VALUES (:what, :source, :page, :bytes, :at, :by)",
                named_params! {
                    ":what": if source.is_some() { "check" } else { "deliver" },
                    ":source": source,
                    ":page": packed,
                    ":bytes": page.map(|page| number(page.len())),
                    ":at": micros(at),
                    ":by": by,
                },
            )?;
            Ok(JobId(tx.last_insert_rowid()))
        })
    }

    /// Returns whether a job waits.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn has_job(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM job WHERE taken_at IS NULL";
        self.read("whether a job waits", |connection| {
            Ok(connection.prepare_cached(sql)?.exists([])?)
        })
    }

    /// Takes the job that has waited longest.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn take_job(&mut self, at: Timestamp) -> Result<Option<TakenJob>, StoreError> {
        // Looking is free; the write lock is not.
        if !self.has_job()? {
            return Ok(None);
        }
        self.write("take a job", |tx| {
            let sql = "SELECT id, what, source, page, page_bytes, asked_at, asked_by FROM job
                       WHERE taken_at IS NULL ORDER BY id LIMIT 1";
            let taken = first(tx, sql, [], TABLE, taken)?;
            if let Some(taken) = &taken {
                let sql = "UPDATE job SET taken_at = ?2 WHERE id = ?1";
                run(tx, sql, params![taken.id.0, micros(at)])?;
            }
            Ok(taken)
        })
    }

    /// Puts back jobs that were taken and never answered because their taker has ended. Only for the
    /// process that has just begun to do jobs. Returns how many there were.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_back_jobs(&mut self) -> Result<usize, StoreError> {
        self.write("put jobs back", |tx| {
            let sql = "UPDATE job SET taken_at = NULL
                       WHERE taken_at IS NOT NULL AND answered_at IS NULL";
            run(tx, sql, [])
        })
    }

    /// Answers a job. Its page is deleted here: the check has stored it where it belongs.
    ///
    /// # Errors
    /// When no such job waits for its answer, or it cannot be written.
    pub fn answer_job(
        &mut self,
        id: JobId,
        answer: &JobAnswer,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let JobAnswer { text, ndjson, error, exit } = answer;
        let json = json!({"text": text, "ndjson": ndjson, "error": error, "exit": exit});
        let json = json.to_string();
        self.write("answer a job", |tx| {
            let sql = "UPDATE job SET answered_at = ?2, answer = ?3, page = NULL
                       WHERE id = ?1 AND answered_at IS NULL";
            match run(tx, sql, params![id.0, micros(at), json])? {
                0 => Err(StoreError::NoSuchJob { id: id.0 }.into()),
                _ => Ok(()),
            }
        })
    }

    /// Returns the state of a job. A process that waits for the answer polls this.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn job_state(&self, id: JobId) -> Result<JobState, StoreError> {
        let sql = "SELECT id, taken_at, answer FROM job WHERE id = ?1";
        self.read("a job", |connection| {
            let state = first(connection, sql, [id.0], TABLE, |cells| {
                Ok(match cells.json_if("answer", answer)? {
                    Some(answer) => JobState::Answered(answer),
                    None if cells.moment_if("taken_at")?.is_some() => JobState::Taken,
                    None => JobState::Waiting,
                })
            })?;
            Ok(state.unwrap_or(JobState::Unknown))
        })
    }

    /// Withdraws a job that nobody has taken, so its asker can do it. Returns `false` when it was
    /// already taken.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn withdraw_job(&mut self, id: JobId) -> Result<bool, StoreError> {
        self.write("withdraw a job", |tx| {
            let sql = "DELETE FROM job WHERE id = ?1 AND taken_at IS NULL";
            Ok(run(tx, sql, [id.0])? > 0)
        })
    }

    /// Deletes the jobs that were asked before a moment, answered or not. Returns how many.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn expire_jobs(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        self.write("expire jobs", |tx| {
            run(tx, "DELETE FROM job WHERE asked_at < ?1", [micros(before)])
        })
    }
}

fn taken(cells: &Cells<'_, '_>) -> Result<TakenJob, Trouble> {
    let page = cells.unpacked_if("page", "page_bytes")?;
    let what: String = cells.get("what")?;
    let job = match what.as_str() {
        "check" => Job::Check { source: cells.parsed("source", SourceId::parse)?, page },
        "deliver" => Job::Deliver,
        other => return Err(cells.bad("what", format!("`{other}` is not one of its words"))),
    };
    Ok(TakenJob {
        id: JobId(cells.get("id")?),
        job,
        asked_at: cells.moment("asked_at")?,
        asked_by: cells.count("asked_by")?,
    })
}

fn answer(json: &Json) -> Option<JobAnswer> {
    let text = |name: &str| Some(json.get(name)?.as_str()?.to_owned());
    let error = text("error");
    Some(JobAnswer { text: text("text")?, ndjson: text("ndjson")?, error, exit: text("exit")? })
}
