-- Subscribing on the web pages, and leaving by a link: keys are random, and only their hashes are stored.

-- What somebody asked for on a page, until they confirm it by the link in a letter. What nobody confirms is
-- deleted when it expires, with its address.
CREATE TABLE signup (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL COLLATE NOCASE,   -- empty once it is used: the address is with its subscriber
    language TEXT NOT NULL,
    wish TEXT NOT NULL,                     -- JSON, as in `subscription`
    consent_wording TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    key_hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX signup_address ON signup (address, asked_at);
CREATE INDEX signup_asked ON signup (asked_at);

-- The keys in letters to readers, by which they leave and change what they hear of. They do not expire.
CREATE TABLE reader_key (
    hash TEXT NOT NULL PRIMARY KEY,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id),
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reader_key_subscriber ON reader_key (subscriber);

-- What a mail server answered about a letter that asks is forgotten with the letter.
DROP TRIGGER attempt_delete;
CREATE TRIGGER attempt_delete BEFORE DELETE ON attempt
WHEN NOT EXISTS (SELECT 1 FROM delivery WHERE id = old.delivery AND kind = 'confirm')
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
