-- Stages, relocation, the French twin: what telling a rule change from noise needs to remember.

-- The fields that say until when the records hold, and to what they apply.
ALTER TABLE fact_set ADD COLUMN expires TEXT;
ALTER TABLE fact_set ADD COLUMN applies_to TEXT;

-- Where the facts stand on the page, when it is not where the recipe looks first.
ALTER TABLE source_state ADD COLUMN relocated TEXT;

-- What the French page says of what is held, where it was asked and does not agree.
ALTER TABLE hold ADD COLUMN twin TEXT;

-- What was announced for a day, so that a check finds at once what that day has come for.
CREATE INDEX change_announced ON change (source, effective_on) WHERE stage = 'announced';
