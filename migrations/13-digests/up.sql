-- A reader may have several subscriptions, each with its own rhythm; what is not told at once waits for
-- their next digest.

CREATE TABLE subscription (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id),
    wish TEXT NOT NULL,                     -- JSON: what is asked for, and how often
    consent_wording TEXT NOT NULL,
    consent_method TEXT NOT NULL,
    consent_given_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,            -- when it was made, or changed last
    ended_at INTEGER
) STRICT;
INSERT INTO subscription (subscriber, wish, consent_wording, consent_method, consent_given_at,
    changed_at, ended_at)
SELECT id, subscription, consent_wording, consent_method, consent_given_at, consent_given_at, left_at
FROM subscriber ORDER BY id;
ALTER TABLE subscriber DROP COLUMN subscription;
CREATE INDEX subscription_subscriber ON subscription (subscriber) WHERE ended_at IS NULL;
-- Planning judges each wish once, however many readers have it.
CREATE INDEX subscription_wish ON subscription (wish, subscriber) WHERE ended_at IS NULL;

-- Events that wait for a reader's digest, and those that went into one. A reader hears of an event in a
-- letter of its own or in a digest, never in both.
CREATE TABLE digest_item (
    subscriber INTEGER NOT NULL REFERENCES subscriber (id),
    event TEXT NOT NULL REFERENCES event (id),
    due_at INTEGER NOT NULL,                -- when the digest is
    delivery TEXT REFERENCES delivery (id), -- the digest; NULL: it waits
    PRIMARY KEY (subscriber, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_item_waiting ON digest_item (due_at) WHERE delivery IS NULL;
CREATE INDEX digest_item_delivery ON digest_item (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX digest_item_event ON digest_item (event);

-- Since when nothing is sent to a reader, because their letters came back.
ALTER TABLE subscriber ADD COLUMN paused_at INTEGER;
