/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_EDGE_H
#define XAS_EDGE_H

#include "xasFeatures.h"

/** The energies of one element of the table Ti..Zn. */
typedef struct xasEdgeReference {
    char element[3];
    xasEdgeEnergies energies;
} xasEdgeReference;

/** \brief Row i of the table, NULL behind its end. */
const xasEdgeReference *xasEdgeReferenceAt(size_t i);

/** The range in which an edge of another element of the sample disturbs. */
typedef struct xasInterference {
    char element[3];
    char edge[3]; /* "K", "L3", "M5" */
    double energy_eV, from_eV, to_eV;
} xasInterference;

/** \brief Row i of that table, NULL behind its end. */
const xasInterference *xasInterferenceAt(size_t i);

/** \brief Add its flag, such as interf_F_K. */
void xasInterferenceFlag(const xasInterference *x, char flags[XAS_FLAGS_SIZE]);

#endif
