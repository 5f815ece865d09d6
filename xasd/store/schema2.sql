-- SPDX-License-Identifier: BSD-3-Clause
-- From schema version 1 to 2: continuous and array scans, detectors of many
-- elements, offsets, formulas of a model.

-- Channels 64 and up of the bit set `roles`.
ALTER TABLE journal ADD COLUMN roles_high INTEGER NOT NULL DEFAULT 0;

ALTER TABLE scan ADD COLUMN direction TEXT -- of the energy, NULL not told
    CHECK (direction IN ('up', 'down'));
-- By how much the energy's readings come later than the detectors', from an
-- up and a down sweep; NULL unknown.
ALTER TABLE scan ADD COLUMN lag_s REAL;
-- Where the energy was made from the angle: the spacing used.
ALTER TABLE scan ADD COLUMN d_spacing_A REAL;

-- Data are raw: `dark` is to be subtracted.  An element of a detector that is
-- not used is left out of the channel fluor of the whole scan.
ALTER TABLE scan_channel ADD COLUMN dark REAL NOT NULL DEFAULT 0;
ALTER TABLE scan_channel ADD COLUMN used INTEGER NOT NULL DEFAULT 1;

-- The formula with its water, which the compound has not; '' unknown.
ALTER TABLE model_sample ADD COLUMN formula TEXT NOT NULL DEFAULT '';

-- What speaks for and against a prediction; NULL unknown.
ALTER TABLE prediction ADD COLUMN leverage REAL;   -- 1/N at the centre
ALTER TABLE prediction ADD COLUMN nearest TEXT;    -- training sample
ALTER TABLE prediction ADD COLUMN nearest_hf REAL; -- its tabulated value
ALTER TABLE prediction ADD COLUMN hf_spec REAL;    -- by the spectrum alone
ALTER TABLE prediction ADD COLUMN hf_comp REAL;    -- by the formula alone
ALTER TABLE prediction ADD COLUMN delta REAL;      -- hf_spec - hf_comp
ALTER TABLE prediction ADD COLUMN delta_limit REAL;
ALTER TABLE prediction ADD COLUMN dhf_de_k REAL; -- kJ/mol per eV that the
ALTER TABLE prediction ADD COLUMN dhf_de_l REAL; -- energies are too high
ALTER TABLE prediction ADD COLUMN because TEXT; -- largest contributions

-- A row per scan: how it was scanned, main features of its edge and its newest
-- prediction.
DROP VIEW history;
CREATE VIEW history AS
SELECT s.id AS scan, s.started, s.station, sa.name AS sample,
       coalesce(s.formula, sa.formula) AS formula, s.element, s.edge,
       s.detection, s.mode, s.direction, s.lag_s,
       s.exit, s.points, s.flagged, s.lost, s.rejected,
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

-- Which model was made the active one of its kind, and when: the newest row of
-- a kind is in force, NULL for none.
CREATE TABLE activation (
    id    INTEGER PRIMARY KEY,
    kind  TEXT NOT NULL CHECK (kind IN ('K', 'L', 'K+L')),
    model INTEGER REFERENCES model (id),
    made  TEXT NOT NULL
) STRICT;
INSERT INTO activation (kind, model, made)
    SELECT kind, model, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    FROM active_model;

-- How the columns became a predictor; `basis' says what it learned:
-- 'formula unit' or 'mole of atoms'.  With composition: what the formula
-- alone leaves.
ALTER TABLE model ADD COLUMN method TEXT NOT NULL DEFAULT 'lasso'
    CHECK (method IN ('lasso', 'ridge', 'pls'));
ALTER TABLE model ADD COLUMN composition INTEGER NOT NULL DEFAULT 0;
