-- What the world outside asks of us or keeps from us: hosts, the mail server, the network. A wait is kept
-- as when it was asked for and how long it is, never as when it ends: a clock that was once ahead must
-- silence nobody until it catches up.

-- What each host asks of its visitors: a wait, the last visit, its robots.txt files.
CREATE TABLE host (
    name TEXT NOT NULL PRIMARY KEY,
    manners TEXT NOT NULL                   -- JSON (model::HostManners)
) STRICT;

-- Why all letters wait, while they do: at most one row.
CREATE TABLE mail_wait (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since_at INTEGER NOT NULL,              -- the first try that failed so
    asked_at INTEGER NOT NULL,              -- the last
    seconds INTEGER NOT NULL,               -- how long from then on nothing is tried
    failures INTEGER NOT NULL,              -- tries that failed so, in a row
    step TEXT NOT NULL,                     -- at which step of handing a letter over
    code INTEGER,                           -- what the server answered, where it did
    means TEXT NOT NULL,
    words TEXT NOT NULL                     -- what was said, or what the network said
) STRICT;

-- Who is sending a letter just now, and since when: no two at once.
ALTER TABLE delivery ADD COLUMN leased_by TEXT;
ALTER TABLE delivery ADD COLUMN leased_at INTEGER;

-- When nothing could be reached: a host of which source after source failed, or, with an empty name,
-- everything. One row for each name, of the last time.
CREATE TABLE outage (
    host TEXT NOT NULL PRIMARY KEY,
    since_at INTEGER NOT NULL,
    ended_at INTEGER                        -- NULL: it lasts
) STRICT;

-- When a page last came whole, and where it has moved for good as far as the operator was told.
ALTER TABLE source_state ADD COLUMN page_at INTEGER;
ALTER TABLE source_state ADD COLUMN moved_to TEXT;
