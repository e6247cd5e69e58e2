-- Who has left, as hashes, and forgetting an address for good.

-- What the file beside the database says of who has left (see `store/suppression.rs`): kept here too, so that each
-- can be mended from the other. Without the key, which is only in the file, no hash can be tried on an address.
CREATE TABLE suppression (
    key TEXT NOT NULL,                      -- which key the hash was made with
    hash TEXT NOT NULL,                     -- of the address
    left_at INTEGER NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('left', 'forgotten')),
    PRIMARY KEY (key, hash, left_at, why)
) STRICT, WITHOUT ROWID;

-- How much of that file was taken in: another length means that there is more to take in, because this database
-- was put back from an older copy, or that the file is older. No key and no bytes: there was none.
CREATE TABLE suppression_file (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key TEXT NOT NULL,
    size_bytes INTEGER NOT NULL
) STRICT;

-- A letter whose address is blank is one to somebody who is being forgotten: it goes, with all its tries.
DROP TRIGGER attempt_delete;
CREATE TRIGGER attempt_delete BEFORE DELETE ON attempt
WHEN NOT EXISTS (SELECT 1 FROM delivery WHERE id = old.delivery AND (kind = 'confirm' OR to_address = ''))
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
