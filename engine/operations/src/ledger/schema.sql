-- What the engine did. Nothing personal: no student, no staff member, no figure that an audience may
-- not see. Instants are RFC 3339 in UTC, days ISO 8601. Plain SQL, to be carried to other databases.

CREATE TABLE runs (
    id            INTEGER PRIMARY KEY,
    code          TEXT NOT NULL,            -- printed on the reports; the same inputs give the same code
    started       TEXT NOT NULL,
    finished      TEXT,
    trigger_name  TEXT NOT NULL,            -- 'command' or 'schedule:NAME'
    period        TEXT NOT NULL,            -- '2025-26/P2'
    as_of         TEXT NOT NULL,
    inputs_digest TEXT NOT NULL,            -- SHA-256 over configuration, templates, plugins and data
    status        TEXT NOT NULL             -- running, done, failed, abandoned
);
CREATE INDEX runs_by_trigger ON runs (trigger_name, status, started);

CREATE TABLE inputs (
    run       INTEGER NOT NULL REFERENCES runs (id),
    path      TEXT NOT NULL,
    digest    TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    used      INTEGER NOT NULL,
    set_aside INTEGER NOT NULL,
    PRIMARY KEY (run, path)
);

CREATE TABLE problems (
    run      INTEGER NOT NULL REFERENCES runs (id),
    number   INTEGER NOT NULL,
    severity TEXT NOT NULL,
    message  TEXT NOT NULL,
    place    TEXT NOT NULL,
    body     TEXT NOT NULL,                 -- the whole problem, JSON
    PRIMARY KEY (run, number)
);

-- The verdict as this audience saw it: 'not-shown' is all that is kept of a hidden one.
CREATE TABLE goals (
    run      INTEGER NOT NULL REFERENCES runs (id),
    goal     TEXT NOT NULL,
    school   TEXT NOT NULL,
    period   TEXT NOT NULL,
    audience TEXT NOT NULL,
    verdict  TEXT NOT NULL,
    shown    INTEGER NOT NULL,
    PRIMARY KEY (run, goal, audience)
);

-- One row per report and content: the same bytes again only move `last_run`.
CREATE TABLE artefacts (
    id          INTEGER PRIMARY KEY,
    path        TEXT NOT NULL,              -- relative to the project, with '/'
    sha256      TEXT NOT NULL,
    school      TEXT NOT NULL,
    period      TEXT NOT NULL,
    audience    TEXT NOT NULL,
    first_run   INTEGER NOT NULL REFERENCES runs (id),
    last_run    INTEGER NOT NULL REFERENCES runs (id),
    produced    TEXT NOT NULL,
    must_wait   INTEGER NOT NULL,           -- waits for approval
    approved    TEXT                        -- when; it holds for this row's digest only
);
CREATE INDEX artefacts_by_path ON artefacts (path, id);

-- Exactly one row per artefact and sink.
CREATE TABLE deliveries (
    artefact INTEGER NOT NULL REFERENCES artefacts (id),
    sink     TEXT NOT NULL,
    at       TEXT NOT NULL,
    name     TEXT NOT NULL,                 -- under which name it lies there
    outcome  TEXT NOT NULL,                 -- new, already-there, revision
    PRIMARY KEY (artefact, sink)
);
