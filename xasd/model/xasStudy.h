/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STUDY_H
#define XAS_STUDY_H

#include "xasFigures.h"
#include "xasPermute.h"

typedef struct xasStudyOptions {
    size_t shuffles; /* of each permutation test; 0: none */
    uint64_t seed;   /* 1 */
    bool variants;   /* also judge the other ways to train; false */
} xasStudyOptions;

void xasStudyOptionsDefaults(xasStudyOptions *options);

/** Whole groups left out: does the model carry over to what it never saw? */
typedef struct xasTransfer {
    bool known; /* false: fewer than 3 groups */
    size_t n, nGroups;
    size_t *groupOf;  /* [n] of all rows of the table */
    char (*name)[16]; /* [nGroups] */
    double *pred;     /* [n] kJ/mol, by the model's own way of training */
    xasScore score;
    xasScore baseline;   /* the mean of the other groups */
    xasFigures *figures; /* the four on these folds; NULL: not possible */
} xasTransfer;

/** One way to train, on the same folds. */
typedef struct xasVariant {
    xasMethod method;
    xasBasis basis;
    bool composition; /* and the formula first */
    bool made;        /* false: it could not be trained */
    size_t n;         /* samples: those whose formula can be counted so */
    xasScore score;
} xasVariant;

/** All methods with each basis, and with the formula first. */
#define XAS_VARIANTS 12

/** What a model's figures are worth. Owns its arrays. */
typedef struct xasStudy {
    xasPermuted targets; /* shuffles 0: not asked for */
    xasPermuted spectra; /* the same; p NaN: no formulas */
    xasFigures *figures; /* four figures; NULL: why says why */
    xasMessage why;
    xasTransfer element, ligand;
    size_t nVariants;
    xasVariant variant[XAS_VARIANTS];
} xasStudy;

/** \brief Study a model on the table it was trained on.
 * \param of  of the same table as the model's; its compositions may be
 *            unreadable (n_atoms 0): what needs them is then left out
 * \return xasErrMemory, xasErrConverge, xasErrSingular */
xasStatus xasStudyMake(const xasModel *model, const xasStudied *of,
                       const xasStudyOptions *options, xasStudy **out);
void xasStudyDestroy(xasStudy *study);

/** \brief Train in a way other than the plain one: the table it needs
 * (xasDerive), then the model.
 * \return also xasErrRange where fewer than 5 rows can be counted, or all
 *         targets are equal */
xasStatus xasStudyTrain(const xasStudied *of, const char *const *group,
                        const xasTrainOptions *options, xasModel **out,
                        xasMessage *message);

#endif
