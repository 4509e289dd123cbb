-- What a run was asked to make replaces what earlier runs made of it, whether or not it could be made.
-- No figures, no people.

-- When a newer run superseded this content; empty while it is what holds.
ALTER TABLE artefacts ADD COLUMN superseded TEXT;
UPDATE artefacts SET superseded = produced
    WHERE id <> (SELECT max(other.id) FROM artefacts other WHERE other.path = artefacts.path);

-- The editions of each report (its languages, two languages in one file, web pages), as the last run
-- that was about it wanted them. They go to their readers together.
CREATE TABLE editions (
    path     TEXT PRIMARY KEY,              -- relative to the project, with '/'
    report   TEXT NOT NULL,                 -- what the editions of one report share: the path without language and ending
    school   TEXT NOT NULL,
    period   TEXT NOT NULL,
    audience TEXT NOT NULL,
    run      INTEGER NOT NULL REFERENCES runs (id),
    state    TEXT NOT NULL,                 -- wanted, made, refused, dropped
    why      TEXT                           -- why it was refused
);
CREATE INDEX editions_by_report ON editions (report, state);
