-- One word for one thing: a letter is enqueued, and the page in the other language is a translation.
ALTER TABLE delivery RENAME COLUMN owed_at TO enqueued_at;
DROP INDEX delivery_owed;
CREATE INDEX delivery_enqueued ON delivery (enqueued_at);
ALTER TABLE hold RENAME COLUMN twin TO translation;
