-- Where a file lies is a matter of the program: the ledger keeps which report it is, and which edition of it.

-- 'out/2025-26/P2/blue-heron/staff.en.pdf' was a path; '2025-26/P2/blue-heron/staff' is the report,
-- 'en.pdf' the edition: all before the first dot of the file's name, and all after it. In SQLite,
-- rtrim(path, replace(path, '/', '')) is the folder, with its last '/'.

DROP INDEX artefacts_by_path;
ALTER TABLE artefacts ADD COLUMN report TEXT NOT NULL DEFAULT '';
ALTER TABLE artefacts ADD COLUMN edition TEXT NOT NULL DEFAULT '';
UPDATE artefacts SET edition = substr(path, length(rtrim(path, replace(path, '/', ''))) + 1);
UPDATE artefacts SET
    report = rtrim(path, replace(path, '/', '')) || substr(edition, 1, instr(edition, '.') - 1),
    edition = substr(edition, instr(edition, '.') + 1);
UPDATE artefacts SET report = substr(report, length('out/') + 1);
ALTER TABLE artefacts DROP COLUMN path;
CREATE INDEX artefacts_by_report ON artefacts (report, edition, id);

CREATE TABLE editions_by_id (
    report   TEXT NOT NULL,                 -- '2025-26/P2/blue-heron/staff'
    edition  TEXT NOT NULL,                 -- language and ending: 'en.pdf', 'en-uk.pdf', 'fr.html'
    school   TEXT NOT NULL,
    period   TEXT NOT NULL,
    audience TEXT NOT NULL,
    run      INTEGER NOT NULL REFERENCES runs (id),
    state    TEXT NOT NULL,                 -- wanted, made, refused, dropped
    why      TEXT,                          -- why it was refused
    PRIMARY KEY (report, edition)
);
INSERT INTO editions_by_id
    SELECT substr(report, length('out/') + 1), substr(path, length(report) + length('.') + 1),
           school, period, audience, run, state, why
    FROM editions;
DROP TABLE editions;
ALTER TABLE editions_by_id RENAME TO editions;
