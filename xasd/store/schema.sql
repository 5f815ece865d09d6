-- SPDX-License-Identifier: BSD-3-Clause
-- xasd's database, schema version 1 (PRAGMA user_version).  Times ending in
-- _ns are ns since 1970 UTC; times without are ISO 8601 UTC for people.
-- Arrays are BLOBs of little-endian float64 (int64 for stamps and flags).

CREATE TABLE sample (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE, -- as the station gave it, trimmed
    formula TEXT,                 -- newest one given, NULL unknown
    created TEXT NOT NULL
) STRICT;

-- Enthalpies of formation at 298.15 K to train on.
CREATE TABLE reference (
    id        INTEGER PRIMARY KEY,
    formula   TEXT NOT NULL, -- as written in the source
    compound  TEXT NOT NULL, -- normalised, without hydrate water
    dhf       REAL NOT NULL, -- kJ/mol
    basis     TEXT NOT NULL DEFAULT 'formula'
              CHECK (basis IN ('formula', 'metal')),
    phase     TEXT NOT NULL DEFAULT 'cr',
    hydration REAL NOT NULL DEFAULT 0, -- H2O per formula unit
    source    TEXT NOT NULL,
    note      TEXT NOT NULL DEFAULT '',
    UNIQUE (compound, basis, phase, hydration)
) STRICT;

CREATE TABLE scan (
    id        INTEGER PRIMARY KEY,
    uid       TEXT NOT NULL UNIQUE,
    station   TEXT NOT NULL,
    mode      TEXT NOT NULL,
    detection TEXT NOT NULL,
    sample    INTEGER REFERENCES sample (id), -- NULL: no name given
    formula   TEXT,                           -- as known at the scan
    comment   TEXT NOT NULL DEFAULT '',       -- of the station
    element   TEXT,
    edge      TEXT CHECK (edge IN ('K', 'L')),
    state     TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    exit      TEXT,                           -- NULL while open
    reason    TEXT NOT NULL DEFAULT '',
    started   TEXT NOT NULL,
    ended     TEXT,
    start_ns  INTEGER NOT NULL,
    end_ns    INTEGER,
    points    INTEGER NOT NULL DEFAULT 0,
    planned   INTEGER,
    dead_per_count REAL, -- part of the time one count blinds, NULL unknown
    sequence  INTEGER NOT NULL DEFAULT -1,    -- of the last point, to resume
    flagged   INTEGER NOT NULL DEFAULT 0,
    lost      INTEGER NOT NULL DEFAULT 0,
    rejected  INTEGER NOT NULL DEFAULT 0,     -- by the operator
    source    TEXT NOT NULL                   -- 'live' or the file imported
) STRICT;
CREATE INDEX scan_sample ON scan (sample, edge, start_ns);

CREATE TABLE scan_channel (
    scan  INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    name  TEXT NOT NULL, -- role: energy, i0, ...; or stamp_ns, flags
    unit  TEXT NOT NULL,
    type  TEXT NOT NULL CHECK (type IN ('f64', 'i64')),
    data  BLOB NOT NULL,
    UNIQUE (scan, name)
) STRICT;

-- Gaps, disconnects, losses: what happened, and where.
CREATE TABLE scan_event (
    id       INTEGER PRIMARY KEY,
    scan     INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    stamp_ns INTEGER NOT NULL,
    point    INTEGER NOT NULL, -- points complete by then
    what     TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT;
CREATE INDEX scan_event_scan ON scan_event (scan);

-- Points of a running scan; deleted when the scan closes.
CREATE TABLE journal (
    id    INTEGER PRIMARY KEY,
    scan  INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    first INTEGER NOT NULL, -- index of its first point
    n     INTEGER NOT NULL,
    roles INTEGER NOT NULL, -- bit set of channels
    data  BLOB NOT NULL     -- n rows: stamp_ns, flags (i64), channels (f64)
) STRICT;
CREATE INDEX journal_scan ON journal (scan, first);

-- What clients told the daemon about a station that has no PV for it.
CREATE TABLE setting (
    station TEXT NOT NULL,
    key     TEXT NOT NULL, -- role: sample, formula
    value   TEXT NOT NULL,
    PRIMARY KEY (station, key)
) STRICT, WITHOUT ROWID;

-- What a scan's mu is and how it was normalised (Larch 2026.3.1's way).
CREATE TABLE spectrum (
    scan          INTEGER PRIMARY KEY REFERENCES scan (id) ON DELETE CASCADE,
    detection     TEXT NOT NULL,
    points        INTEGER NOT NULL, -- used, after cleaning
    e0_eV         REAL,
    edge_step     REAL,
    pre_offset    REAL,
    pre_slope_per_eV REAL,
    pre1_eV       REAL, pre2_eV REAL,
    norm1_eV      REAL, norm2_eV REAL,
    nnorm         INTEGER,
    norm_c0       REAL, norm_c1 REAL, norm_c2 REAL,
    flags         TEXT NOT NULL DEFAULT '', -- of the features, ';' between
    step_or_jump  REAL,
    sigma         REAL,
    e0_deriv_eV   REAL,
    pre_limit     REAL,
    -- what the features' own background and post-edge curve were fitted to
    before_from_eV REAL, before_to_eV REAL, before_degree INTEGER,
    behind_from_eV REAL, behind_to_eV REAL, behind_degree INTEGER,
    definitions   INTEGER NOT NULL, -- version of the feature definitions
    code          TEXT NOT NULL     -- version of the program
) STRICT;

-- How good a scan is, and why.
CREATE TABLE quality (
    scan        INTEGER PRIMARY KEY REFERENCES scan (id) ON DELETE CASCADE,
    score       REAL,             -- 100 the best, 0 useless
    reason      TEXT NOT NULL,    -- in words, the worst first
    snr         REAL,             -- step or L3 height over the noise
    i0_min      REAL,             -- of the good points
    glitches    INTEGER NOT NULL, -- points of mu, flagged 64
    glitches_i0 INTEGER NOT NULL, -- points of I0, flagged 128
    spacing_eV  REAL,             -- of the points at the edge
    pre_eV      REAL, post_eV REAL -- range before and behind the edge
) STRICT;

-- How the energy axis was moved onto the table before all that is found in
-- it; the channels stay as measured.  state foil: measured with this scan.
CREATE TABLE calibration (
    scan        INTEGER PRIMARY KEY REFERENCES scan (id) ON DELETE CASCADE,
    state       TEXT NOT NULL, -- none, foil, last foil, transferred, old, refused
    method      TEXT NOT NULL, -- derivative, least_squares
    shift_eV    REAL NOT NULL, -- added to the measured energies
    error_eV    REAL,
    foil        TEXT,          -- element
    foil_edge   TEXT,
    foil_eV     REAL,          -- where its edge belongs
    measured_eV REAL,          -- where it was found
    derivative_eV REAL, derivative_error_eV REAL, -- shifts at the foil's edge
    least_squares_eV REAL, least_squares_error_eV REAL,
    foil_scan   INTEGER REFERENCES scan (id), -- the foil was measured with
    age_s       REAL,
    reason      TEXT NOT NULL
) STRICT;

CREATE TABLE feature (
    scan  INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    name  TEXT NOT NULL,
    value REAL,          -- NULL: not determined
    error REAL,          -- propagated standard error, NULL unknown
    PRIMARY KEY (scan, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE model (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('K', 'L', 'K+L')),
    detection   TEXT NOT NULL, -- 'transmission', 'yield', both joined by '+'
    basis       TEXT NOT NULL DEFAULT 'formula unit',
    calibration TEXT NOT NULL DEFAULT 'unknown', -- of its scans: none, foil,
                         -- transferred, mixed; of both edges joined by '+'
    synthetic   INTEGER NOT NULL,
    created     TEXT NOT NULL,
    definitions INTEGER NOT NULL,
    code        TEXT NOT NULL,
    n           INTEGER NOT NULL, p INTEGER NOT NULL, folds INTEGER NOT NULL,
    alpha_fraction REAL NOT NULL,
    clip_sd     REAL, -- NULL: none
    correlation REAL NOT NULL,
    max_missing REAL NOT NULL, top INTEGER NOT NULL,
    alpha_max   REAL NOT NULL, alpha REAL NOT NULL,
    r2_nested   REAL, mae_nested REAL, rmse_nested REAL, pct_fs_nested REAL,
    r2_once     REAL, mae_once REAL, rmse_once REAL, pct_fs_once REAL,
    r2_mean     REAL, mae_mean REAL, rmse_mean REAL, pct_fs_mean REAL,
    r2_train    REAL, mae_train REAL, rmse_train REAL, pct_fs_train REAL
) STRICT;

-- Columns of a model, in order, with their part in the fit to all samples.
CREATE TABLE model_feature (
    model    INTEGER NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    usable   INTEGER NOT NULL, kept INTEGER NOT NULL,
    selected INTEGER,     -- 1.. by |weight|, NULL not selected
    fill     REAL, lasso REAL,
    rank     REAL NOT NULL,    -- mean standardised coefficient over the folds
    chosen   INTEGER NOT NULL, -- in so many folds
    sign_changes INTEGER NOT NULL,
    PRIMARY KEY (model, position)
) STRICT, WITHOUT ROWID;

-- Linear predictors: fold -1 is the fit to all, 0.. leave a compound out.
-- Term -1 is the intercept.
CREATE TABLE model_term (
    model    INTEGER NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    fold     INTEGER NOT NULL,
    term     INTEGER NOT NULL,
    position INTEGER, -- of the column; NULL for the intercept
    coefficient REAL NOT NULL,
    fill     REAL, lo REAL, hi REAL,
    er       INTEGER, -- 0 K, 1 L3, 2 L2: fill is relative to this E_r
    PRIMARY KEY (model, fold, term)
) STRICT, WITHOUT ROWID;

-- Training rows, with the features as they were (the model can be redone).
CREATE TABLE model_sample (
    model    INTEGER NOT NULL REFERENCES model (id) ON DELETE CASCADE,
    row      INTEGER NOT NULL,
    sample   TEXT NOT NULL,
    compound TEXT NOT NULL,
    fold     INTEGER NOT NULL,
    dhf      REAL NOT NULL,
    fitted   REAL, nested REAL, once REAL, -- kJ/mol
    x        BLOB NOT NULL,                -- float64, in order of position
    er_k     REAL, er_l3 REAL, er_l2 REAL, -- E_r of its element, eV
    k_scan   INTEGER REFERENCES scan (id),
    l_scan   INTEGER REFERENCES scan (id),
    PRIMARY KEY (model, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE active_model (
    kind  TEXT PRIMARY KEY CHECK (kind IN ('K', 'L', 'K+L')),
    model INTEGER NOT NULL REFERENCES model (id)
) STRICT;

CREATE TABLE prediction (
    id      INTEGER PRIMARY KEY,
    scan    INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    sample  INTEGER REFERENCES sample (id),
    made    TEXT NOT NULL,
    made_ns INTEGER NOT NULL,
    state   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    kind    TEXT,
    model   INTEGER REFERENCES model (id),
    k_scan  INTEGER REFERENCES scan (id),
    l_scan  INTEGER REFERENCES scan (id),
    hf REAL, lo REAL, hi REAL, level REAL, distance REAL,
    hf_k REAL, hf_l REAL, hf_kl REAL,
    cal_differs INTEGER NOT NULL DEFAULT 0, -- from what the model knows
    code    TEXT NOT NULL
) STRICT;
CREATE INDEX prediction_scan ON prediction (scan);
CREATE INDEX prediction_sample ON prediction (sample);

-- A row per scan: main features of its edge and its newest prediction.
CREATE VIEW history AS
SELECT s.id AS scan, s.started, s.station, sa.name AS sample,
       coalesce(s.formula, sa.formula) AS formula, s.element, s.edge,
       s.detection, s.exit, s.points, s.flagged, s.lost, s.rejected,
       sp.e0_eV, sp.edge_step, sp.flags,
       max(CASE f.name WHEN 'edge_e' THEN f.value END) AS edge_e,
       max(CASE f.name WHEN 'wl_e' THEN f.value END) AS wl_e,
       max(CASE f.name WHEN 'wl_i' THEN f.value END) AS wl_i,
       max(CASE f.name WHEN 'l3_e' THEN f.value END) AS l3_e,
       max(CASE f.name WHEN 'l2_e' THEN f.value END) AS l2_e,
       max(CASE f.name WHEN 'l3l2_ratio_h' THEN f.value END) AS l3l2_ratio_h,
       p.hf, p.lo, p.hi, p.level, p.kind, m.name AS model, p.state, p.reason,
       p.k_scan, p.l_scan
FROM scan s
LEFT JOIN sample sa ON sa.id = s.sample
LEFT JOIN spectrum sp ON sp.scan = s.id
LEFT JOIN feature f ON f.scan = s.id
LEFT JOIN prediction p
       ON p.id = (SELECT max(id) FROM prediction WHERE scan = s.id)
LEFT JOIN model m ON m.id = p.model
GROUP BY s.id;

-- A row per sample: its newest closed scan of each edge, newest prediction.
CREATE VIEW sample_history AS
SELECT sa.id AS sample_id, sa.name AS sample, sa.formula,
       (SELECT max(id) FROM scan WHERE sample = sa.id AND edge = 'K'
          AND rejected = 0 AND state = 'closed') AS k_scan,
       (SELECT max(id) FROM scan WHERE sample = sa.id AND edge = 'L'
          AND rejected = 0 AND state = 'closed') AS l_scan,
       (SELECT count(*) FROM scan WHERE sample = sa.id) AS scans,
       p.hf, p.lo, p.hi, p.kind, m.name AS model, p.state, p.made
FROM sample sa
LEFT JOIN prediction p
       ON p.id = (SELECT max(id) FROM prediction WHERE sample = sa.id)
LEFT JOIN model m ON m.id = p.model;

-- A row per model: is it active, how good is it.
CREATE VIEW model_report AS
SELECT m.id, m.name, m.kind, a.model IS NOT NULL AS active, m.synthetic, m.n,
       m.folds AS compounds, m.r2_nested, m.mae_nested, m.pct_fs_nested,
       m.r2_once AS r2_once_optimistic, m.mae_once AS mae_once_optimistic,
       m.pct_fs_once AS pct_fs_once_optimistic, m.mae_mean, m.r2_mean,
       m.created
FROM model m LEFT JOIN active_model a ON a.model = m.id;
