/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_QUALITY_H
#define XAS_QUALITY_H

#include <stdint.h>

#include "xasFeatures.h"

/** What the points of a scan tell beside the spectrum they make. */
typedef struct xasQualityCounts {
    int64_t points, flagged; /* glitches of mu are among the flagged */
    int64_t edgeFlagged;     /* of these, within 15 eV of the edge */
    int64_t lost;
    int64_t glitches, glitchesI0;
    double i0Min; /* smallest I0 of a good point, NaN without */
} xasQualityCounts;

#define XAS_QUALITY_SIZE 256

/** How good a scan is.  No pointers: copied by =. */
typedef struct xasQuality {
    double score;      /* 100 the best, 0 useless; NaN not judged */
    double snr;        /* K step or L3 height over the noise, NaN unknown */
    double spacing_eV; /* median distance of points at the edge (L3), NaN */
    double pre_eV;     /* range before the edge and behind it (L2), NaN */
    double post_eV;
    double i0Min;
    int64_t glitches, glitchesI0;
    char reason[XAS_QUALITY_SIZE]; /* in words, the worst first; "good" */
} xasQuality;

/** \brief Not judged: NaN, no words. */
void xasQualityClear(xasQuality *q);

/** \brief Judge a scan: 100 less what speaks against it.
 *
 * | what                           | takes off                        |
 * |--------------------------------|----------------------------------|
 * | no edge, wrong element, too    | everything: 0                    |
 * | few points                     |                                  |
 * | points flagged                 | 2 a percent of all, at most 25   |
 * | any of them within 15 eV       | 25                               |
 * | points lost                    | 15                               |
 * | S/N                            | 15 a decade below 1000, most 30  |
 * | S/N unknown                    | 5                                |
 * | step (transmission) < 0.1      | up to 15, in proportion          |
 * | spacing at the edge            | 15 a factor 2 above 0.5 eV (K),  |
 * |                                | 0.15 eV (L), at most 30          |
 * | pre-edge range < 60 (K), 12 (L)| up to 10, in proportion          |
 * | post-edge range < 100, 15      | up to 10, in proportion          |
 * | glitches of mu, of I0          | 3 each, at most 15; 0.5, 3       |
 * | too_thick, dark_level,         | 15                               |
 * | dead_time                      |                                  |
 * | self_absorption                | 10                               |
 *
 * \param f  its features with all flags, those of xasSaturationFlags too
 * \return xasErrArg */
xasStatus xasQualityJudge(const xasSpectrum *s, const xasFeatures *f,
                          const xasQualityCounts *counts, xasQuality *out);

/** \brief Add the flags of a signal that no longer follows mu; suspicions only,
 * nothing is corrected.
 *
 * too_thick: transmission with a step of more than 2 (harmonics and pinholes
 * damp what is above; Stern and Kim, Phys. Rev. B 23 (1981) 3781).
 * dark_level: ln(I0/I1) changes by more than 4.6 in the scan (I1 falls to 1 %):
 * an offset of I1 would show.
 * self_absorption: fluorescence of a thick, undiluted sample of this formula
 * would lose more than 10 % of the absorber's part, mu_a / (mu(E) + mu(E_f)) at
 * 45 degrees in and out (Troeger et al., Phys. Rev. B 46 (1992) 3283); electron
 * yield, if more than 10 % of the light at the L3 peak is absorbed within the
 * escape depth, 2e-6 g/cm2 (4.5 nm of iron oxide: Gota et al., Phys. Rev. B 62
 * (2000) 4187). Not judged without a formula that holds the absorber. */
void xasSaturationFlags(const xasSpectrum *s, const xasFeatures *f,
                        const char *formula, char flags[XAS_FLAGS_SIZE]);

#endif
