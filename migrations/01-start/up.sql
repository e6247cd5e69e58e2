-- The first format. Moments (`…_at`) are microseconds since 1970 in UTC, days (`…_on`) ISO text,
-- words those of PRODUCT.md. "Current" is a query: the newest row by `(seen_at, id)`.

-- "RWat": tells our file from another program's.
PRAGMA application_id = 1381458292;

-- Pages ------------------------------------------------------------------------------------------

-- A body as it came, addressed by the SHA-256 of its decoded bytes.
CREATE TABLE snapshot (
    id TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL,                     -- one zstd frame, with its checksum
    size_bytes INTEGER NOT NULL,            -- of the decoded body; bounds the decompression
    first_seen_at INTEGER NOT NULL
) STRICT;

-- One attempt at one source, and how it ended.
CREATE TABLE check_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,               -- the moment what was read holds from, for us
    ended_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason_word TEXT,                       -- one stable word: `same_bytes`, `too_few`, `vanished`
    reason TEXT,                            -- the same for a person, with what was expected and what came
    accepted INTEGER NOT NULL,              -- 1: its facts were believed and recorded
    snapshot TEXT REFERENCES snapshot (id),
    recipe TEXT,                            -- what the page was read with; NULL when it was not read
    reader TEXT,
    records TEXT,                           -- JSON: records per fact set; NULL for none
    updates TEXT                            -- JSON: moved records per series; NULL for none
) STRICT;
CREATE INDEX check_run_source ON check_run (source);
CREATE INDEX check_run_accepted ON check_run (source, seen_at) WHERE accepted = 1;

-- The proof of a page: by which addresses, with which headers and when it came.
CREATE TABLE page_capture (
    check_id INTEGER PRIMARY KEY REFERENCES check_run (id),
    snapshot TEXT NOT NULL REFERENCES snapshot (id),
    fetched_at INTEGER NOT NULL,
    chain TEXT NOT NULL,                    -- JSON: [[address, status], …]
    headers TEXT NOT NULL                   -- JSON: [[name, value], …]
) STRICT;
CREATE INDEX page_capture_snapshot ON page_capture (snapshot);

-- How a source stands: a convenience, all of it derived from its checks.
CREATE TABLE source_state (
    source TEXT NOT NULL PRIMARY KEY,
    last_check_id INTEGER NOT NULL REFERENCES check_run (id),
    last_checked_at INTEGER NOT NULL,       -- when the last check began
    last_good_at INTEGER,                   -- when the facts were last seen to hold
    last_read_at INTEGER,                   -- when facts were last read anew and believed
    recipe TEXT,                            -- of the accepted facts
    reader TEXT,
    snapshot TEXT REFERENCES snapshot (id),
    validator_url TEXT,                     -- validators hold for the address that gave them
    etag TEXT,
    last_modified TEXT,
    failing_since_at INTEGER,
    failing_word TEXT,
    operator_told_at INTEGER,
    stamped_on TEXT,                        -- the day the believed page says it is of
    unreviewed INTEGER NOT NULL DEFAULT 0,
    reviewed_by TEXT,                       -- who accepted the evidence of its facts
    reviewed_at INTEGER
) STRICT;

-- Facts ------------------------------------------------------------------------------------------

-- What a source says a fact set is. A row only when it differs; a NULL kind: no longer stated.
CREATE TABLE fact_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    fact TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES check_run (id),
    seen_at INTEGER NOT NULL,
    kind TEXT,
    notes TEXT NOT NULL,                    -- JSON: names of the fields that only explain
    effective TEXT                          -- the field that says from when the records hold
) STRICT;
CREATE INDEX fact_set_source ON fact_set (source, fact, seen_at);
CREATE INDEX fact_set_fact ON fact_set (fact, source, seen_at);

-- Every record a source ever stated, so that "current" costs a look per record, not per old state.
CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    fact TEXT NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (source, fact, record)
) STRICT;
CREATE INDEX record_fact ON record (fact, record);

-- What a record said from a check on. A row only when it differs; NULL fields: gone.
CREATE TABLE record_state (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record_id INTEGER NOT NULL REFERENCES record (id),
    check_id INTEGER NOT NULL REFERENCES check_run (id),
    seen_at INTEGER NOT NULL,
    fields TEXT,                            -- JSON, tagged
    evidence TEXT                           -- JSON: where and in which words it was first read so
) STRICT;
CREATE INDEX record_state_record ON record_state (record_id, seen_at);

-- The change log ---------------------------------------------------------------------------------

CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES check_run (id),
    seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX event_check ON event (check_id);

CREATE TABLE change (
    place INTEGER PRIMARY KEY,              -- its place in the log: milliseconds of seen_at * 2^20 + n
    id TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL REFERENCES event (id),
    seen_at INTEGER NOT NULL,
    last_seen_unchanged_at INTEGER,
    published_on TEXT,
    effective_on TEXT,
    expires_on TEXT,
    applies_to TEXT,
    stage TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    program TEXT NOT NULL,
    source TEXT NOT NULL,
    fact TEXT NOT NULL,
    record TEXT NOT NULL,
    field TEXT,
    kind TEXT NOT NULL,
    old TEXT,                               -- JSON, tagged
    new TEXT,
    severity INTEGER NOT NULL,              -- 0 info, 1 warn, 2 block
    rules TEXT NOT NULL,                    -- JSON: ids
    summary_en TEXT NOT NULL,
    summary_fr TEXT NOT NULL,
    url TEXT NOT NULL,
    snapshot TEXT NOT NULL REFERENCES snapshot (id),
    before TEXT,                            -- JSON: evidence
    after TEXT
) STRICT;
CREATE INDEX change_event ON change (event);
CREATE INDEX change_record ON change (source, fact, record);

-- One inverted index answers every filter of the log, alone or together: what can be filtered by
-- is a term in `tag` (written by `store/index.rs`), the summaries are searched as words. The rowid is
-- minus the change's place, so matches come in the order of the log and stop at the limit. Indices
-- on single columns would answer one filter each and then read every row of the others.
CREATE VIRTUAL TABLE change_index USING fts5 (
    tag, en, fr,
    content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);

-- People: addresses stand here and nowhere else ---------------------------------------------------

CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL COLLATE NOCASE,
    language TEXT NOT NULL,
    subscription TEXT NOT NULL,             -- JSON
    consent_wording TEXT NOT NULL,
    consent_method TEXT NOT NULL,
    consent_given_at INTEGER NOT NULL,
    token_hash TEXT UNIQUE,                 -- of the token in the link that leaves, if any
    left_at INTEGER
) STRICT;
CREATE UNIQUE INDEX subscriber_active ON subscriber (address) WHERE left_at IS NULL;

CREATE TABLE delivery (
    id TEXT NOT NULL PRIMARY KEY,
    subscriber INTEGER REFERENCES subscriber (id),   -- NULL: the operator
    to_address TEXT NOT NULL,
    event TEXT REFERENCES event (id),
    check_id INTEGER REFERENCES check_run (id),      -- the check it was owed by
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'sent', 'gave_up', 'cancelled')),
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    message BLOB,                           -- zstd: the bytes of the first try, for every other one
    message_bytes INTEGER,
    owed_at INTEGER NOT NULL,
    settled_at INTEGER                      -- when it was sent, given up or cancelled
) STRICT;
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'due';
CREATE INDEX delivery_event ON delivery (event) WHERE event IS NOT NULL;
CREATE INDEX delivery_subscriber ON delivery (subscriber) WHERE subscriber IS NOT NULL;
CREATE INDEX delivery_owed ON delivery (owed_at);
CREATE INDEX delivery_state ON delivery (state, owed_at);

CREATE TABLE attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery TEXT NOT NULL REFERENCES delivery (id),
    tried_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT                             -- the server's words; may name the address
) STRICT;
CREATE INDEX attempt_delivery ON attempt (delivery);

-- Holds ------------------------------------------------------------------------------------------

-- An implausible extraction, kept until re-fetches or a person settle it.
CREATE TABLE hold (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES check_run (id),
    event TEXT,                             -- what the operator was told it would be; not in `event`
    facts TEXT NOT NULL,                    -- JSON, tagged
    reason_word TEXT NOT NULL,
    reason TEXT NOT NULL,
    held_at INTEGER NOT NULL,
    next_fetch_at INTEGER,                  -- NULL: no more re-fetches
    tries INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'review', 'released', 'rejected', 'replaced')),
    settled_by TEXT,
    settled_at INTEGER
) STRICT;
CREATE INDEX hold_source ON hold (source);
CREATE UNIQUE INDEX hold_open ON hold (source) WHERE state IN ('waiting', 'review');

-- History is kept --------------------------------------------------------------------------------

CREATE TRIGGER snapshot_update BEFORE UPDATE ON snapshot
BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;
CREATE TRIGGER snapshot_delete BEFORE DELETE ON snapshot
BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;
CREATE TRIGGER check_run_update BEFORE UPDATE ON check_run
BEGIN SELECT RAISE(ABORT, 'check_run is append-only'); END;
CREATE TRIGGER check_run_delete BEFORE DELETE ON check_run
BEGIN SELECT RAISE(ABORT, 'check_run is append-only'); END;
CREATE TRIGGER page_capture_update BEFORE UPDATE ON page_capture
BEGIN SELECT RAISE(ABORT, 'page_capture is append-only'); END;
CREATE TRIGGER page_capture_delete BEFORE DELETE ON page_capture
BEGIN SELECT RAISE(ABORT, 'page_capture is append-only'); END;
CREATE TRIGGER fact_set_update BEFORE UPDATE ON fact_set
BEGIN SELECT RAISE(ABORT, 'fact_set is append-only'); END;
CREATE TRIGGER fact_set_delete BEFORE DELETE ON fact_set
BEGIN SELECT RAISE(ABORT, 'fact_set is append-only'); END;
CREATE TRIGGER record_update BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;
CREATE TRIGGER record_delete BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;
CREATE TRIGGER record_state_update BEFORE UPDATE ON record_state
BEGIN SELECT RAISE(ABORT, 'record_state is append-only'); END;
CREATE TRIGGER record_state_delete BEFORE DELETE ON record_state
BEGIN SELECT RAISE(ABORT, 'record_state is append-only'); END;
CREATE TRIGGER event_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER change_update BEFORE UPDATE ON change
BEGIN SELECT RAISE(ABORT, 'change is append-only'); END;
CREATE TRIGGER change_delete BEFORE DELETE ON change
BEGIN SELECT RAISE(ABORT, 'change is append-only'); END;
-- An attempt's `detail` may be blanked, because a server's answer may repeat an address.
CREATE TRIGGER attempt_update BEFORE UPDATE OF id, delivery, tried_at, outcome ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
CREATE TRIGGER attempt_delete BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
