-- Events that only the operator was told of, because nobody had reviewed what the recipe of their
-- source reads. Subscribers are told once somebody has.
CREATE TABLE untold (
    event TEXT NOT NULL PRIMARY KEY REFERENCES event (id),
    source TEXT NOT NULL,
    told_at INTEGER                         -- when subscribers were told; NULL: not yet
) STRICT;
CREATE INDEX untold_source ON untold (source) WHERE told_at IS NULL;
