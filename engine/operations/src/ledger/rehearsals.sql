-- What was rehearsed before anybody but the analyst saw it, and who let it out. No figures.

CREATE TABLE rehearsals (
    sha256  TEXT NOT NULL,                  -- of the component
    plugin  TEXT NOT NULL,
    version TEXT NOT NULL,
    needed  INTEGER NOT NULL,               -- reporting periods
    period  TEXT NOT NULL,                  -- for which it was computed
    run     INTEGER NOT NULL REFERENCES runs (id),
    PRIMARY KEY (sha256, period)
);

CREATE TABLE promotions (
    sha256  TEXT NOT NULL,
    plugin  TEXT NOT NULL,
    version TEXT NOT NULL,
    stage   TEXT NOT NULL,                  -- plc, staff, parent-council
    at      TEXT NOT NULL,
    agreed  TEXT NOT NULL,                  -- who agreed: a team or a role
    PRIMARY KEY (sha256, stage)
);

-- What a run was made from, whole: configuration and plugins (source -1) and spreadsheets (the place of
-- their source). Their bytes are among the frozen files, by digest.
CREATE TABLE made_from (
    run    INTEGER NOT NULL REFERENCES runs (id),
    path   TEXT NOT NULL,
    source INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run, path, source)
);
