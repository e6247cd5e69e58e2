-- One word on each source, and proof of it: what a check was made from, the text of the recipes that
-- pages were read with, the chain of events, and what other processes ask the daemon to do.

-- Raised by everything that is recorded of a source. What was decided from an older version is refused.
ALTER TABLE source_state ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- How often each of these has happened to the source: the next one is another occasion, and another
-- letter. Counted from this migration on.
ALTER TABLE source_state ADD COLUMN n_failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source_state ADD COLUMN n_holds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source_state ADD COLUMN n_moves INTEGER NOT NULL DEFAULT 0;

-- The canonical text of every recipe that facts were accepted with, by its SHA-256, so that a past
-- reading can be repeated. Recipes from before this migration have no row.
CREATE TABLE recipe (
    hash TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    first_used_at INTEGER NOT NULL
) STRICT;

-- The event a source had before another one is part of that one's id.
CREATE INDEX event_source ON event (source, check_id);

-- What each check wrote of facts: the rows of `fact_set` and `record_state` with numbers above
-- `…_after` and up to `…_until`, and their hash (see `store/chain.rs`). No row where it wrote none.
CREATE TABLE facts_written (
    check_id INTEGER PRIMARY KEY REFERENCES check_run (id),
    sets_after INTEGER NOT NULL,
    sets_until INTEGER NOT NULL,
    states_after INTEGER NOT NULL,
    states_until INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

-- Each event, in the order of insertion, with the hash of the one before and its own (see
-- `store/chain.rs`). Events from before this migration have no row: the first link covers them.
CREATE TABLE chain (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL UNIQUE REFERENCES event (id),
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

-- What another process asks of the one that checks and delivers. Not history: rows go when they are
-- old.
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL CHECK (what IN ('check', 'deliver')),
    source TEXT,                            -- of a check
    page BLOB,                              -- zstd: a page saved by hand, until it is answered
    page_bytes INTEGER,
    asked_at INTEGER NOT NULL,
    asked_by INTEGER NOT NULL,              -- the process
    taken_at INTEGER,
    answered_at INTEGER,
    answer TEXT                             -- JSON: what to print, and the word of the exit code
) STRICT;
CREATE INDEX job_waiting ON job (id) WHERE taken_at IS NULL;

CREATE TRIGGER recipe_update BEFORE UPDATE ON recipe
BEGIN SELECT RAISE(ABORT, 'recipe is append-only'); END;
CREATE TRIGGER recipe_delete BEFORE DELETE ON recipe
BEGIN SELECT RAISE(ABORT, 'recipe is append-only'); END;
CREATE TRIGGER facts_written_update BEFORE UPDATE ON facts_written
BEGIN SELECT RAISE(ABORT, 'facts_written is append-only'); END;
CREATE TRIGGER facts_written_delete BEFORE DELETE ON facts_written
BEGIN SELECT RAISE(ABORT, 'facts_written is append-only'); END;
CREATE TRIGGER chain_update BEFORE UPDATE ON chain
BEGIN SELECT RAISE(ABORT, 'chain is append-only'); END;
CREATE TRIGGER chain_delete BEFORE DELETE ON chain
BEGIN SELECT RAISE(ABORT, 'chain is append-only'); END;
