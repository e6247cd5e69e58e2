//! Lets people subscribe on the pages, and change and end what they have, without a login.
//!
//! What somebody asks for on a page is a *sign-up*: a letter goes to its address and asks whether it was meant,
//! and only a [key](Key) in that letter makes a subscription of it. Each letter to a reader has a key of theirs:
//! whoever has it can leave, and change what the letters tell of. Keys are random and stored as hashes.
//!
//! A page never says whether an address is known. The letter does.

use jiff::Timestamp;
use url::Url;

use crate::catalog::Catalog;
use crate::model::{
    Advice, EmailAddress, Key, Language, SIGN_UP_WORKS, SignUp, Subscriber, Subscription,
    SubscriptionId,
};
use crate::render::{left_out, rhythm, wish, words::Voice};
use crate::store::{KeyUse, SharedStore, SignedUp, Stopped, StoreError};
use crate::writing::{Asking, Correspondence, confirm_letter};

/// What somebody asks for on a page.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// Where letters would go.
    pub address: EmailAddress,
    /// In which language.
    pub language: Language,
    /// What they would tell of.
    pub subscription: Subscription,
    /// What they agreed to, word for word.
    pub wording: String,
}

/// Why somebody cannot join, or change or end what they have.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The address that the pages are called by is not set, or the sender is not named.
    #[error(
        "nobody can subscribe here: `http.public_url` and the sender under [operator] are not set"
    )]
    NotOffered,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl JoinError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::NotOffered => Advice::Correct,
            Self::Store(error) => error.advice(),
        }
    }
}

/// Asks by letter whether somebody meant what they asked for on a page. `false`: so many people asked in the
/// last hour that nobody more is taken. An address that was asked often enough today is not asked again, and
/// the answer is the same.
///
/// # Errors
/// When the pages do not take sign-ups, or it cannot be written.
pub fn sign_up(
    store: &SharedStore,
    catalog: &Catalog,
    by: &Correspondence,
    applicant: Applicant,
    now: Timestamp,
) -> Result<bool, JoinError> {
    let (Some(url), Some(_)) = (&by.public_url, &by.sender) else {
        return Err(JoinError::NotOffered);
    };
    let known = store.ask(|store| store.subscriber(&applicant.address))?;
    let key = store.ask(|store| store.new_key())?;
    let manage = match &known {
        Some(reader) => Some((reader.id, store.ask(|store| store.new_key())?)),
        None => None,
    };
    let language = applicant.language;
    let path =
        |page: &str, key: &Key| link(url, &format!("{}/{page}/{}", language.code(), key.as_str()));
    let is_had = |reader: &Subscriber| {
        reader.subscriptions.iter().any(|one| one.to == applicant.subscription)
    };
    let voice = Voice { language, glossary: catalog.glossary() };
    let letter = confirm_letter(
        by,
        &Asking {
            to: &applicant.address,
            key: &key,
            link: &path("confirm", &key),
            manage: manage.as_ref().map(|(_, key)| path("manage", key)).as_deref(),
            is_had: known.as_ref().is_some_and(is_had),
            wish: &wish(&applicant.subscription, voice),
            left_out: left_out(&applicant.subscription, language),
            rhythm: &rhythm(&applicant.subscription.rhythm, language),
            days: SIGN_UP_WORKS.as_hours() / 24,
            language,
        },
        now,
    );
    let signup = SignUp {
        address: applicant.address,
        language,
        subscription: applicant.subscription,
        wording: applicant.wording,
        asked_at: now,
        expires_at: now.checked_add(SIGN_UP_WORKS).unwrap_or(now),
    };
    let manage = manage.as_ref().map(|(reader, key)| (*reader, key));
    let done = store.ask(|store| store.sign_up(&key, &signup, &letter, manage))?;
    Ok(done != SignedUp::TooMany)
}

/// The address of a page.
fn link(url: &Url, place: &str) -> String {
    format!("{url}{place}")
}

/// What a key would confirm; `None` for one that is unknown, used or expired.
///
/// # Errors
/// When the database cannot be read.
pub fn signed_up(
    store: &SharedStore,
    key: &Key,
    now: Timestamp,
) -> Result<Option<SignUp>, JoinError> {
    Ok(store.ask(|store| store.signed_up(key, now))?)
}

/// What came of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// They are subscribed; with a key of theirs.
    Now(Key),
    /// The key was used before.
    Before,
    /// The key is unknown or expired.
    Never,
}

/// Subscribes whoever signed up under a key.
///
/// # Errors
/// When it cannot be written.
pub fn confirm(store: &SharedStore, key: &Key, now: Timestamp) -> Result<Joined, JoinError> {
    Ok(match store.ask(|store| store.join(key, now))? {
        None => Joined::Never,
        Some(KeyUse::Before) => Joined::Before,
        Some(KeyUse::Now(reader)) => Joined::Now(store.ask(|store| store.reader_key(reader, now))?),
    })
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A reader's.
    Reader(Subscriber),
    /// Somebody's who has left.
    Left,
    /// Nobody's.
    Nobody,
}

/// Whose key it is.
///
/// # Errors
/// When the database cannot be read.
pub fn holder(store: &SharedStore, key: &Key) -> Result<Holder, JoinError> {
    let Some(reader) = store.ask(|store| store.reader_of_key(key))? else {
        return Ok(Holder::Nobody);
    };
    let reader = store.ask(|store| store.reader(reader))?;
    Ok(reader.map_or(Holder::Left, Holder::Reader))
}

/// Ends everything that goes to the address that a key was sent to; `false` for an unknown key. Doing it twice
/// is as good as once.
///
/// # Errors
/// When it cannot be written.
pub fn leave(store: &SharedStore, key: &Key, now: Timestamp) -> Result<bool, JoinError> {
    Ok(store.ask(|store| store.leave_by_key(key, now))?.is_some())
}

/// What a reader wants changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amend {
    /// The language of their letters.
    Language(Language),
    /// One subscription ended.
    Stop(SubscriptionId),
    /// One subscription put in the place of another.
    Change(SubscriptionId, Subscription),
    /// Another subscription.
    Add(Subscription),
    /// Letters sent again, after they were paused because they came back.
    Resume,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amended {
    /// It is so now.
    Done,
    /// They have exactly that already.
    Already,
    /// It was their last subscription: they have left.
    Left,
    /// There is no such key, or no such subscription of theirs.
    Nobody,
}

/// Changes what the reader of a key has. A subscription of somebody else is none of theirs.
///
/// # Errors
/// When it cannot be written.
pub fn amend(
    store: &SharedStore,
    key: &Key,
    amend: Amend,
    now: Timestamp,
) -> Result<Amended, JoinError> {
    let Holder::Reader(reader) = holder(store, key)? else { return Ok(Amended::Nobody) };
    let has = |id: SubscriptionId| reader.subscriptions.iter().any(|one| one.id == id);
    let done = match amend {
        Amend::Stop(id) | Amend::Change(id, _) if !has(id) => return Ok(Amended::Nobody),
        Amend::Language(language) => {
            store.ask(|store| store.speak(reader.id, language)).map(|()| Amended::Done)
        }
        Amend::Stop(id) => {
            store.ask(|store| store.stop_subscription(id, now)).map(|stopped| match stopped {
                None => Amended::Nobody,
                Some(Stopped::One) => Amended::Done,
                Some(Stopped::All(_)) => Amended::Left,
            })
        }
        Amend::Change(id, to) => {
            let changed = store.ask(|store| store.change_subscription(id, &to, now));
            changed.map(|is_done| if is_done { Amended::Done } else { Amended::Nobody })
        }
        Amend::Add(to) => {
            store.ask(|store| store.add_subscription(reader.id, &to, now)).map(|()| Amended::Done)
        }
        // Whose letters are sent already has what they want.
        Amend::Resume => {
            store.ask(|store| store.resume(&reader.address, now)).map(|_| Amended::Done)
        }
    };
    match done {
        Err(StoreError::AlreadySubscribed { .. }) => Ok(Amended::Already),
        done => Ok(done?),
    }
}
