-- The goals as they were agreed and changed, each entry chained to the one before: an entry that was
-- altered afterwards no longer fits its digest. No figures, no people.

CREATE TABLE goal_records (
    goal     TEXT NOT NULL,
    number   INTEGER NOT NULL,              -- 1, 2, … for each goal
    day      TEXT NOT NULL,                 -- of the run that saw it first
    kind     TEXT NOT NULL,                 -- entered, amended, edited, removed
    body     TEXT NOT NULL,                 -- what was agreed, JSON
    previous TEXT NOT NULL,                 -- digest of the entry before; empty for the first
    digest   TEXT NOT NULL,                 -- SHA-256 over all of these
    PRIMARY KEY (goal, number)
);
