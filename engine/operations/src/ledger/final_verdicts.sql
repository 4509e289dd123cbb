-- Whether the verdict was given as the last one: of a goal that had ended, by a metric that was not in rehearsal.
-- What was given before this column was there is not known to be.
ALTER TABLE goals ADD COLUMN final INTEGER NOT NULL DEFAULT 0;
