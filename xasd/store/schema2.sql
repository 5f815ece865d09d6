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
