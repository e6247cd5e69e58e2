-- Letters that came back, and what each person of the house has seen of the log.

-- What mail servers report of letters that were not delivered. Without addresses.
CREATE TABLE bounce (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery TEXT NOT NULL REFERENCES delivery (id),
    is_hard INTEGER NOT NULL CHECK (is_hard IN (0, 1)),
    status TEXT NOT NULL,                   -- 5.1.1
    why TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    UNIQUE (delivery, status)
) STRICT;
-- What bounced before counts no more: somebody has looked at the address.
ALTER TABLE subscriber ADD COLUMN resumed_at INTEGER;

-- Up to which telling each person of the house has looked at the log.
CREATE TABLE look (
    who TEXT NOT NULL PRIMARY KEY,
    told INTEGER NOT NULL,
    looked_at INTEGER NOT NULL
) STRICT;

-- So that letters are taken from a full outbox a few at a time without going through all of them: those that
-- were tried and those that were not, each in their order, and those that a wrong clock dated.
CREATE INDEX delivery_fresh ON delivery (due_at) WHERE state = 'due' AND last_error IS NULL;
CREATE INDEX delivery_tried ON delivery (due_at) WHERE state = 'due' AND last_error IS NOT NULL;
CREATE INDEX attempt_tried ON attempt (tried_at);
