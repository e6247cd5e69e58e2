-- What a person repairs: a fact that cannot be read and holds still, words of a page that are no
-- content of it, a change that was told wrongly.

-- A person's word that what cannot be read is as it was. It ends with the row, or when other words
-- stand in the place.
ALTER TABLE unreadable ADD COLUMN confirmed_at INTEGER;
ALTER TABLE unreadable ADD COLUMN confirmed_by TEXT;
ALTER TABLE unreadable ADD COLUMN confirm_note TEXT;

-- Words of a page that a person said are none of its content. They are part of what its pages are read
-- with, so that what they were before is no news.
CREATE TABLE noise (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    words TEXT NOT NULL,                    -- in canonical form, a line each; `*` stands for any words
    marked_at INTEGER NOT NULL,
    marked_by TEXT NOT NULL,
    unread INTEGER REFERENCES unread (id),  -- what was reported, where it was that
    undone_at INTEGER,
    undone_by TEXT
) STRICT;
CREATE UNIQUE INDEX noise_marked ON noise (source, words) WHERE undone_at IS NULL;

-- Changes that were told wrongly. What is retracted stays in the log; the facts are again what they were
-- before, or what a person gave, for as long as the page is read so and no otherwise.
CREATE TABLE retraction (
    change TEXT NOT NULL PRIMARY KEY REFERENCES change (id),
    event TEXT NOT NULL REFERENCES event (id),
    source TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES check_run (id),     -- the check that the retraction is
    retracted_at INTEGER NOT NULL,
    retracted_by TEXT NOT NULL,
    why TEXT NOT NULL,
    ended_at INTEGER                        -- when the page was read otherwise
) STRICT;
CREATE INDEX retraction_event ON retraction (event);
CREATE INDEX retraction_open ON retraction (source) WHERE ended_at IS NULL;

-- How many words of the page that was read last of each source are read as what.
CREATE TABLE words_read (
    source TEXT NOT NULL PRIMARY KEY,
    facts INTEGER NOT NULL,
    clauses INTEGER NOT NULL,
    noise INTEGER NOT NULL,
    rest INTEGER NOT NULL,                  -- not at all
    check_id INTEGER NOT NULL REFERENCES check_run (id)
) STRICT;
