-- Hooks: addresses of other programs, which are called when something is told. Their calls are the outbox of
-- programs, as deliveries are that of people.

CREATE TABLE hook (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,                      -- may hold a key of its own: shown only in part
    form TEXT NOT NULL,
    language TEXT NOT NULL,
    subscription TEXT NOT NULL,             -- JSON: what it hears
    salt TEXT NOT NULL,                     -- its secret is made of this and of the key beside the database
    added_at INTEGER NOT NULL,
    removed_at INTEGER,
    failing_since_at INTEGER,               -- since when every call has failed
    asked_at INTEGER,                       -- the last call that failed
    wait_seconds INTEGER NOT NULL DEFAULT 0,-- how long from then on it is not called
    paused_at INTEGER,                      -- given up for now: the operator was told
    last_error TEXT
) STRICT;
CREATE UNIQUE INDEX hook_url ON hook (url) WHERE removed_at IS NULL;

CREATE TABLE hook_call (
    id TEXT NOT NULL PRIMARY KEY,
    hook INTEGER NOT NULL REFERENCES hook (id),
    event TEXT NOT NULL REFERENCES event (id),
    taken_back TEXT,                        -- JSON: the changes that are taken back; NULL: the event is told
    state TEXT NOT NULL CHECK (state IN ('due', 'sent', 'gave_up', 'cancelled')),
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    body BLOB,                              -- zstd: the bytes of the first try, for every other one
    body_bytes INTEGER,
    enqueued_at INTEGER NOT NULL,
    settled_at INTEGER,
    leased_by TEXT,
    leased_at INTEGER
) STRICT;
CREATE INDEX hook_call_due ON hook_call (hook, enqueued_at) WHERE state = 'due';
CREATE INDEX hook_call_event ON hook_call (event);
CREATE INDEX hook_call_enqueued ON hook_call (enqueued_at);
