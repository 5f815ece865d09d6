/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SIM_HALIDE_H
#define XAS_SIM_HALIDE_H

#include <stddef.h>

/** A made-up halide: not measured, only shaped like one.  Lines are pseudo-
 * Voigt, heights relative to the edge step, energies in eV. */
typedef struct xasSimHalide {
    char formula[8];
    double dHf_kJ; /* tabulated, kJ/mol; no part of the spectrum */
    double k_e0_eV, k_wl_eV, k_wli, k_wlw_eV; /* edge, white line */
    double k_pre_eV, k_prei, k_sh_eV, k_shi;  /* pre-edge, shoulder */
    double k_cont_eV, k_conti;                /* continuum resonance */
    double l_l3_eV, l_l2_eV, l_i3, l_ratio, l_w3_eV;
    double l_split_eV, l_subi; /* line below L3 and L2 */
} xasSimHalide;

/** \brief By formula, NULL if it is none of ours. */
const xasSimHalide *xasSimHalideFind(const char *formula);

/** \brief All of them; NULL behind the last. */
const xasSimHalide *xasSimHalideAt(size_t index);

/** \brief Tabulated edges of its metal, eV. */
double xasSimHalideEdgeK(const xasSimHalide *h);
void xasSimHalideEdgeL(const xasSimHalide *h, double *l3_eV, double *l2_eV);

/** \brief K edge: absorption behind the edge step, 0 far below it, 1 above. */
double xasSimHalideK(const xasSimHalide *h, double energy_eV);

/** \brief L2,3 edges: electron yield relative to that below L3. */
double xasSimHalideL(const xasSimHalide *h, double energy_eV);

#endif
