-- Fact sets one by one: what is held of each, what could not be read of it, what nothing reads.

-- What is held is held set by set. What was held of a whole source is read again by the next check,
-- and held again if it is still not to be believed.
ALTER TABLE hold ADD COLUMN fact TEXT NOT NULL DEFAULT '';
ALTER TABLE hold ADD COLUMN last_read_at INTEGER;       -- when the set was last seen as it was before
UPDATE hold SET state = 'replaced', settled_by = 'a newer version', settled_at = held_at,
    next_fetch_at = NULL
WHERE state IN ('waiting', 'review');
DROP INDEX hold_open;
CREATE UNIQUE INDEX hold_open ON hold (source, fact) WHERE state IN ('waiting', 'review');

-- What could not be read of a source, from the check that missed it first to the one that read it
-- again. The last values stand meanwhile.
CREATE TABLE unreadable (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    fact TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('set', 'row', 'record', 'column', 'field')),
    record TEXT NOT NULL,                   -- empty where it is about none
    field TEXT NOT NULL,                    -- empty where it is about none
    why TEXT NOT NULL,
    stands TEXT,                            -- what stands there now
    check_id INTEGER NOT NULL REFERENCES check_run (id),
    since_at INTEGER NOT NULL,
    last_read_at INTEGER,                   -- when it was last seen to hold
    ended_at INTEGER                        -- NULL: it cannot be read still
) STRICT;
CREATE UNIQUE INDEX unreadable_open ON unreadable (source, fact, scope, record, field)
    WHERE ended_at IS NULL;

-- What is new on a page by its structure, and read by nothing.
CREATE TABLE unread (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    what TEXT NOT NULL,                     -- section, table, codes, link, member
    under TEXT NOT NULL,                    -- the heading over it, empty for none
    text TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES check_run (id),
    seen_at INTEGER NOT NULL,
    UNIQUE (source, what, under, text)
) STRICT;

-- What the recipes complained of and allow, once each.
CREATE TABLE complaint (
    source TEXT NOT NULL,
    fact TEXT NOT NULL,
    text TEXT NOT NULL,
    why TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES check_run (id),
    PRIMARY KEY (source, fact, text, why)
) STRICT;
