/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_MODEL_H
#define XAS_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "xasComposition.h"
#include "xasStatus.h"

/** Sample, compound and column names with their end; samples have up to 255
 * bytes, and a name cut short would be another name. */
#define XAS_NAME_SIZE 256

/** Which edge's E_r an absolute energy column is filled from. */
typedef enum xasErIndex { xasErK, xasErL3, xasErL2, xasErCount } xasErIndex;

/** Training data as the caller holds it; nothing is owned. */
typedef struct xasTable {
    size_t n, p;
    const char *const *id;       /* [n] sample, unique */
    const char *const *compound; /* [n] equal texts are left out together */
    const char *const *column;   /* [p] feature names, canonical order */
    const double *x;             /* [n*p] by rows; NaN is missing */
    const double *y;             /* [n] target, kJ/mol */
    const double *er_eV;         /* [n*xasErCount] by rows: E_r K, L3, L2 */
} xasTable;

/** How the kept columns become a predictor. */
typedef enum xasMethod {
    xasMethodLasso, /* Lasso selects, regression fits: the source's */
    xasMethodRidge, /* all kept columns; lambda by leave-one-out within */
    xasMethodPls,   /* all kept columns; components by ten folds within */
    xasMethodCount
} xasMethod;

/** \brief "lasso", "ridge", "pls"; "" for no method. */
const char *xasMethodName(xasMethod method);

/** What a model learns the enthalpy of. Targets and values are of a formula
 * unit whatever it is: they are divided by the count, and multiplied by it. */
typedef enum xasBasis {
    xasBasisFormula, /* a formula unit: the source's */
    xasBasisMetal,   /* a metal atom: xasFormulaMetals() in a formula unit */
    xasBasisAtoms,   /* a mole of atoms, from relative columns and Z */
    xasBasisCount
} xasBasis;

/** \brief "formula unit", "metal atom", "mole of atoms"; "" for no basis. */
const char *xasBasisName(xasBasis basis);
/** \brief The reverse; xasBasisCount for any other text. */
xasBasis xasBasisFromName(const char *name);
/** \brief How many of them are in a formula unit; 0 if that is unknown.
 * \param of  NULL: unknown */
double xasBasisScale(xasBasis basis, const xasComposition *of);

typedef struct xasTrainOptions {
    double alpha_fraction; /* of alpha_max; 0.05 */
    double clip_sd;        /* 0.5; infinity for none */
    double correlation;    /* drop at |r| >= this; 0.85 */
    double max_missing;    /* usable: at most this part missing; 0.5 */
    size_t top;            /* 8 */
    xasMethod method;      /* lasso */
    xasBasis basis;        /* formula */
    bool composition;      /* with atoms: learn what xasCompositionTrain
                            * leaves; false */
    size_t folds;          /* compounds dealt into so many; 0: one for each */
} xasTrainOptions;

void xasTrainOptionsDefaults(xasTrainOptions *options);

/** One term of a linear predictor.  A missing value becomes `fill` (plus the
 * row's own E_r if `er` is not xasErCount); then it is clipped to [lo, hi]. */
typedef struct xasTerm {
    size_t column;
    double coefficient; /* kJ/mol per unit of the column */
    double fill, lo, hi;
    double mean, sd; /* of the filled column in the rows trained on */
    xasErIndex er;
} xasTerm;

typedef struct xasLinear {
    double intercept; /* kJ/mol */
    size_t n;
    xasTerm *term; /* [n] owned; order of selection */
} xasLinear;

typedef struct xasScore {
    double r2, mae, rmse; /* r2 against the overall mean */
    double pct_fs;        /* 100 mae / (max y - min y) */
} xasScore;

/** A trained model with its whole report.  Everything in it is owned. */
typedef struct xasModel {
    size_t n, p, nFolds;
    xasTrainOptions options;
    char (*id)[XAS_NAME_SIZE];       /* [n] */
    char (*compound)[XAS_NAME_SIZE]; /* [n] */
    char (*formula)[XAS_NAME_SIZE];  /* [n] with its water; "" unknown, then
                                      * the compound is tried for it */
    char (*column)[XAS_NAME_SIZE];   /* [p] */
    size_t nCompounds;
    size_t *compoundOf; /* [n] 0..nCompounds-1 */
    double *scale;      /* [n] y is learned divided by it: xasBasisScale() */
    double *x;          /* [n*p] by rows, NaN missing */
    double *er_eV;      /* [n*xasErCount] by rows, NaN unknown */
    double *y;          /* [n] */
    size_t *foldOf;     /* [n] 0..nFolds-1 */

    /* With options.composition: what is added to the linear predictors, by
     * fold and at last of all rows; both times scale. Else NULL. */
    xasCompositionFit *base; /* [nFolds+1] */
    xasComposition *of; /* [n] n_atoms 0: none; given to training, else read
                         * from the formulas by xasModelFinish */

    /* What the formulas alone predict, to compare with: xasJudge() */
    bool expects; /* 5 rows of 3 compounds have a composition */
    xasCompositionFit expected;
    double *predExpected; /* [n] left out, kJ/mol; NaN without */

    /* The fit to all rows, DEFINITIONS.md section 6 */
    bool *usable, *kept; /* [p] */
    double *fill;        /* [p] NaN where not usable */
    double *lasso;       /* [p] standardised weights, NaN where not kept */
    double alpha_max, alpha;
    size_t nSelected;
    size_t *selected; /* [nSelected] columns, largest |weight| first */
    xasLinear all;
    double *z;        /* [n*all.n] by rows: its filled columns, standardised */
    double *fitted;   /* [n] kJ/mol */
    double *leverage; /* [n] in the fit to all; NaN: columns are dependent */
    double *factor;   /* [all.n^2] of z'z/n by xasCholesky, NULL: dependent */

    /* Leave one compound out */
    xasLinear *fold;    /* [nFolds] whole training without that compound */
    double *predNested; /* [n] */
    double *predOnce;   /* [n] select-once: as in the source, optimistic */
    xasScore nested, once, baseline, train;

    /* Ranking: mean standardised coefficient over folds, 0 where not chosen */
    double *rank;        /* [p] kJ/mol per sd */
    size_t *chosen;      /* [p] folds that chose the column */
    size_t *signChanges; /* [p] of these, folds against the commoner sign */
} xasModel;

/** \brief An empty model with its arrays, for who reads one back from a store.
 * Numbers are NaN, counts 0; terms are added by xasLinearReserve(); then
 * xasModelFinish().   \param nSelected  columns selected */
xasStatus xasModelCreate(size_t n, size_t p, size_t nFolds, size_t nSelected,
                         xasModel **out);
/** \brief Room for n terms, all zero; frees those there were. */
xasStatus xasLinearReserve(xasLinear *linear, size_t n);
/** \brief Derive what need not be stored: mean and sd of all terms, z; by the
 * options, scale and base.
 * \return xasErrArg when a term or a fold points outside the model, or a
 *         formula that the options need cannot be counted */
xasStatus xasModelFinish(xasModel *model);

/** \brief Leverage of a row in the fit to all: how much of its own target its
 * value would be, 1/n at the centre of the training rows.  Measuring one more
 * sample there lowers the mean variance of the fitted values by h/(1+h) of
 * what one row's is: the sample that helps most is the one of largest h.
 * \param z [all.n] standardised   \return NaN where columns are dependent */
double xasModelLeverage(const xasModel *model, const double *z);

/** \brief The full scale that errors are shown in: max y - min y. */
double xasModelFullScale(const xasModel *model);

/** \brief Columns that any fold chose, by the size of their rank; ties in
 * column order.   \param[out] column [p]   \return how many */
size_t xasModelRanked(const xasModel *model, size_t *column);

/** \brief E_r that an absolute energy column ("wl_e", "l3_e") is filled from;
 * xasErCount for all others. */
xasErIndex xasModelErOf(const char *column);

/** \brief Train as DEFINITIONS.md section 6 says.
 * \param options  NULL for the defaults   \param message  may be NULL
 * \return xasErrRange: fewer than 5 rows or 3 compounds, no usable column;
 *         xasErrNaN: a target, or an E_r that a column needs, is not finite;
 *         xasErrArg: a repeated, empty or too long name, options that make no
 *         sense; xasErrMemory; xasErrConverge */
xasStatus xasModelTrain(const xasTable *table, const xasTrainOptions *options,
                        xasModel **out, xasMessage *message);

/** \brief The same with the compositions of the rows.
 * \param of [table->n] or NULL; what a basis other than the formula
 *            unit, and composition, need
 * \return also xasErrArg where they are needed and not there */
xasStatus xasModelTrainWith(const xasTable *table, const xasComposition *of,
                            const xasTrainOptions *options, xasModel **out,
                            xasMessage *message);
void xasModelDestroy(xasModel *model);

/** \brief Name the formulas of the rows, which are stored with the model.
 * \param formula [n] */
void xasModelSetFormulas(xasModel *model, const char *const *formula);

#define XAS_CLIPPED_SIZE  128
#define XAS_CONTRIBUTIONS 8

/** What one column adds to a value. */
typedef struct xasContribution {
    size_t column;
    double value; /* kJ/mol: coefficient times (clipped value less mean) */
} xasContribution;

typedef struct xasPrediction {
    double value;    /* kJ/mol */
    double lo, hi;   /* jackknife+; infinite when N is too small */
    double level;    /* the real level k/(N+1), >= the one asked for */
    size_t n;        /* rows trained on */
    size_t nFolds;   /* compounds, the N of the level */
    double distance; /* to the nearest training row, in training sd */
    size_t nearest;  /* that row; the model's n for none */
    double leverage; /* xasModelLeverage(); above 1 it is far outside */
    double by_k_eV;  /* how the value would move if all energies of the K scan
                      * were 1 eV higher, kJ/mol/eV: a calibration error */
    double by_l_eV;  /* the same of the L scan */
    double centre;   /* value at the mean of the training rows */
    double rest;     /* value = centre + contributions + rest */
    size_t nContributions;
    xasContribution contribution[XAS_CONTRIBUTIONS]; /* largest first */
    bool leftOut; /* value of the fold without this compound */
    int nMissing; /* terms that were filled */
    char clipped[XAS_CLIPPED_SIZE]; /* "wl_de;sh_i", "" for none */
} xasPrediction;

/** What training rows become when their spectra are cut where another one ends
 * for now.  More than one may stand for a row, such as its repeats. */
typedef struct xasCutRows {
    size_t n;
    const size_t *row; /* [n] of the model, that it stands for */
    const double *x;   /* [n*p] by rows, in the model's columns */
} xasCutRows;

/** What is to be predicted, and how. */
typedef struct xasAsked {
    const double *x;          /* [p] in the model's columns, NaN missing */
    const double *er_eV;      /* [xasErCount] */
    const xasComposition *of; /* of the sample, what a model per metal atom or
                               * mole of atoms needs; NULL: unknown */
    double level;             /* of the interval, such as 0.80 */
    const char *compound; /* NULL or, for a sample that is itself in training,
                           * its compound: the value is then that of the fold
                           * without it */
    bool incomplete; /* what is missing is so because the spectrum is not all
                      * there (not because it has no such feature): the
                      * interval shall say so */
    const xasCutRows *cut; /* for an incomplete row; NULL: of no row */
} xasAsked;

/** \brief Predict one row; all values are per formula unit.
 *
 * Interval: jackknife+ over compounds (CV+ where they were dealt into fewer
 * folds); one with several rows counts once, by its largest residual.
 * For a compound in training it is the plain jackknife around the fold's
 * value, from the residuals of the others, because the folds of the others
 * have seen the sample's own value.
 *
 * An incomplete row: each training row is predicted, by the fold without it,
 * a second time from what it is when its spectrum is cut, too (`cut`), and the
 * largest of its residuals counts. The interval is thus never narrower than it
 * would be for the same row otherwise. What is missing in a cut row is filled
 * as that fold fills.
 * For a training row that none of `cut` stands for, the columns count as
 * missing that are so in x; that does not know that features which are there
 * may be less certain than in a whole spectrum.
 *
 * \return xasErrNotFound when every selected column is missing; xasErrNaN for
 *         an E_r that is needed; xasErrState where the count that the
 *         model's basis needs is not known: what it learned cannot be given
 *         per formula unit; xasErrArg for a level not in (0, 1) and a row of
 *         `cut` that is none of the model's
 *
 * Source: Barber, Candes, Ramdas, Tibshirani, Ann. Stat. 49 (2021) 486. */
xasStatus xasModelAsk(const xasModel *model, const xasAsked *query,
                      xasPrediction *out);

/** \brief The same of a complete row without a composition. */
xasStatus xasModelPredict(const xasModel *model, const double *x,
                          const double *er_eV, double level,
                          const char *compound, xasPrediction *out);

#endif
