-- SPDX-License-Identifier: BSD-3-Clause
-- From schema version 2 to 3: repeats of a sample that were merged, and count
-- for it in training and prediction.

-- What a set of repeats came to (xasMerge.h).  Made once; `stale` when the
-- spectrum of any of them has been found anew since.
CREATE TABLE merge (
    id          INTEGER PRIMARY KEY,
    scans       TEXT NOT NULL, -- '3,5,9': in the order of time, refused or not
    element     TEXT NOT NULL,
    edge        TEXT NOT NULL CHECK (edge IN ('K', 'L')),
    detection   TEXT NOT NULL,
    calibration TEXT NOT NULL,    -- of the mean: none, foil, transferred
    aligned     INTEGER NOT NULL, -- each by the foil measured with it
    used        INTEGER NOT NULL, -- so many of the scans
    trend       TEXT NOT NULL,    -- what moves with the repeats, '' nothing
    flags       TEXT NOT NULL,    -- of the features, ';' between
    definitions INTEGER NOT NULL,
    code        TEXT NOT NULL,
    made        TEXT NOT NULL,
    stale       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX merge_scans ON merge (scans);

CREATE TABLE merge_scan (
    merge    INTEGER NOT NULL REFERENCES merge (id) ON DELETE CASCADE,
    scan     INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    used     INTEGER NOT NULL,
    distance REAL,          -- from the others, in units of the noise
    reason   TEXT NOT NULL, -- why it was refused
    PRIMARY KEY (merge, scan)
) STRICT, WITHOUT ROWID;
CREATE INDEX merge_scan_scan ON merge_scan (scan);

CREATE TABLE merge_feature (
    merge INTEGER NOT NULL REFERENCES merge (id) ON DELETE CASCADE,
    name  TEXT NOT NULL,
    value REAL,
    error REAL, -- the larger of the propagated one and the scatter
    PRIMARY KEY (merge, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER merge_stale AFTER DELETE ON spectrum BEGIN
    UPDATE merge SET stale = 1
    WHERE id IN (SELECT merge FROM merge_scan WHERE scan = OLD.scan);
END;

-- Which stood for the sample; NULL: the scan alone.
ALTER TABLE prediction ADD COLUMN k_merge INTEGER REFERENCES merge (id);
ALTER TABLE prediction ADD COLUMN l_merge INTEGER REFERENCES merge (id);
ALTER TABLE model_sample ADD COLUMN k_merge INTEGER REFERENCES merge (id);
ALTER TABLE model_sample ADD COLUMN l_merge INTEGER REFERENCES merge (id);

-- What stands for a sample that was measured more than once, in training and
-- in the predictions of the model.
ALTER TABLE model ADD COLUMN repeats TEXT NOT NULL DEFAULT 'latest'
    CHECK (repeats IN ('latest', 'merge'));

-- The table setting has rows of no station, too, '': how the daemon joins scans,
-- join_days and 'no_join 01', ..., for xasctl to do as it does.

-- Scans that may stand for a sample: closed, not rejected, with features, and
-- those of its element.  Best first is the order of low_quality, start_ns DESC,
-- scan DESC.  Only where the sample's name came whole may it join scans.
CREATE VIEW good_scan AS
SELECT c.id AS scan, c.sample, c.element, c.edge, c.detection, c.start_ns,
       instr(';' || p.flags || ';', ';low_quality;') > 0 AS low_quality,
       NOT EXISTS (SELECT 1 FROM scan_event e
                   WHERE e.scan = c.id AND e.what = 'cut'
                     AND e.text LIKE 'sample %') AS whole_name
FROM scan c JOIN spectrum p ON p.scan = c.id
WHERE c.state = 'closed' AND c.rejected = 0
  AND instr(';' || p.flags || ';', ';no_edge;') = 0
  AND instr(';' || p.flags, ';wrong_element') = 0
  AND EXISTS (SELECT 1 FROM feature f
              WHERE f.scan = c.id AND f.value IS NOT NULL);

-- A row per sample: the good scan of each edge that stands for it, how many
-- good ones there are, newest prediction.
DROP VIEW sample_history;
CREATE VIEW sample_history AS
SELECT sa.id AS sample_id, sa.name AS sample, sa.formula,
       (SELECT scan FROM good_scan WHERE sample = sa.id AND edge = 'K'
          AND whole_name
        ORDER BY low_quality, start_ns DESC, scan DESC LIMIT 1) AS k_scan,
       (SELECT count(*) FROM good_scan WHERE sample = sa.id AND edge = 'K'
          AND whole_name) AS k_good,
       (SELECT scan FROM good_scan WHERE sample = sa.id AND edge = 'L'
          AND whole_name
        ORDER BY low_quality, start_ns DESC, scan DESC LIMIT 1) AS l_scan,
       (SELECT count(*) FROM good_scan WHERE sample = sa.id AND edge = 'L'
          AND whole_name) AS l_good,
       (SELECT count(*) FROM scan WHERE sample = sa.id) AS scans,
       p.hf, p.lo, p.hi, p.kind, m.name AS model, p.state, p.made
FROM sample sa
LEFT JOIN prediction p
       ON p.id = (SELECT max(id) FROM prediction WHERE sample = sa.id)
LEFT JOIN model m ON m.id = p.model;

-- A row per model: is it active, how good is it, how was it trained.
DROP VIEW model_report;
CREATE VIEW model_report AS
SELECT m.id, m.name, m.kind, a.model IS NOT NULL AS active, m.synthetic, m.n,
       m.folds AS compounds, m.r2_nested, m.mae_nested, m.pct_fs_nested,
       m.r2_once AS r2_once_optimistic, m.mae_once AS mae_once_optimistic,
       m.pct_fs_once AS pct_fs_once_optimistic, m.mae_mean, m.r2_mean,
       m.detection, m.basis, m.method, m.composition, m.repeats, m.created
FROM model m LEFT JOIN active_model a ON a.model = m.id;
