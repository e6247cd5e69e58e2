//! The queue: what one process asks of another, once.

use rulewatch::store::{Job, JobAnswer, JobState, Store, StoreError};

use super::{count, march, source, store, stranger};

fn check(page: Option<&[u8]>) -> Job {
    Job::Check { source: source("fees"), page: page.map(<[u8]>::to_vec) }
}

fn answer() -> JobAnswer {
    JobAnswer {
        text: "fees  changed  1 change".to_owned(),
        ndjson: r#"{"type":"check","outcome":"changed"}"#.to_owned(),
        error: None,
        exit: "done".to_owned(),
    }
}

#[test]
fn a_job_is_taken_once_and_answered_to_its_asker() {
    let (directory, mut holder) = store();
    let mut asker = Store::open(directory.path()).unwrap();
    let page = b"<p>saved by hand</p>".repeat(1000);
    assert!(!holder.has_job().unwrap());
    let first = asker.queue(&check(Some(&page)), 71, march(1)).unwrap();
    let second = asker.queue(&Job::Deliver, 72, march(1)).unwrap();
    assert!(holder.has_job().unwrap());
    assert_eq!(asker.job_state(first).unwrap(), JobState::Waiting);

    let taken = holder.take_job(march(2)).unwrap().unwrap();
    assert_eq!((taken.id, taken.asked_by, taken.asked_at), (first, 71, march(1)));
    assert_eq!(taken.job, check(Some(&page)));
    assert_eq!(asker.job_state(first).unwrap(), JobState::Taken);
    let taken = holder.take_job(march(2)).unwrap().unwrap();
    assert_eq!((taken.id, taken.job), (second, Job::Deliver));
    assert_eq!(holder.take_job(march(2)).unwrap(), None);

    holder.answer_job(first, &answer(), march(3)).unwrap();
    assert_eq!(asker.job_state(first).unwrap(), JobState::Answered(answer()));
    assert_eq!(asker.job_state(second).unwrap(), JobState::Taken);
    assert_eq!(count(&stranger(directory.path()), "job WHERE page IS NOT NULL"), 0);
    let fault = holder.answer_job(first, &answer(), march(3)).unwrap_err();
    assert!(matches!(fault, StoreError::NoSuchJob { .. }), "answered once: {fault}");
}

#[test]
fn a_job_whose_taker_ended_is_put_back() {
    let (directory, mut holder) = store();
    let ids = [0, 1].map(|_| holder.queue(&check(None), 71, march(1)).unwrap());
    holder.take_job(march(1)).unwrap();
    holder.answer_job(ids[0], &answer(), march(1)).unwrap();
    holder.take_job(march(1)).unwrap();
    drop(holder);
    let mut next = Store::open(directory.path()).unwrap();
    assert_eq!(next.take_job(march(2)).unwrap(), None);
    assert_eq!(next.put_back_jobs().unwrap(), 1);
    assert_eq!(next.take_job(march(2)).unwrap().unwrap().id, ids[1]);
}

#[test]
fn a_job_may_be_taken_back_and_grows_old() {
    let (_directory, mut store) = store();
    let ids = [1, 2, 3].map(|day| store.queue(&check(None), 71, march(day)).unwrap());
    store.take_job(march(3)).unwrap();
    assert!(!store.withdraw_job(ids[0]).unwrap(), "it is being done");
    assert!(store.withdraw_job(ids[1]).unwrap());
    assert_eq!(store.job_state(ids[1]).unwrap(), JobState::Unknown);
    store.answer_job(ids[0], &answer(), march(3)).unwrap();
    assert_eq!(store.expire_jobs(march(3)).unwrap(), 1);
    assert_eq!(store.job_state(ids[0]).unwrap(), JobState::Unknown);
    assert_eq!(store.job_state(ids[2]).unwrap(), JobState::Waiting);
    let again = store.queue(&check(None), 71, march(4)).unwrap();
    assert!(again > ids[2], "a number is never given twice");
}

#[test]
fn a_planted_page_is_bounded_and_named() {
    let (directory, mut store) = store();
    store.queue(&check(Some(&b"page".repeat(5_000))), 71, march(1)).unwrap();
    stranger(directory.path()).execute_batch("UPDATE job SET page_bytes = 10").unwrap();
    let fault = store.take_job(march(1)).unwrap_err().to_string();
    assert!(fault.contains("job.page of row 1"), "{fault}");
}
