/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_H
#define XASCTL_H

#include <argp.h>
#include <stdbool.h>

#include "xasJson.h"
#include "xasStore.h"
#include "xasStoreQuery.h"

/** Station of files that name none. */
#define XASCTL_STATION "import"

/** How results are written. */
typedef enum xasctlForm { xasctlText, xasctlJson, xasctlTsv } xasctlForm;

/** What all sub-commands share. */
typedef struct xasctl {
    const char *database;
    xasctlForm form;
    xasStore *store; /* NULL until xasctlOpen */
} xasctl;

enum { xasctlDone = 0, xasctlFailed = 1, xasctlUsage = 2 };

/** One sub-command: argv[0] is "xasctl NAME"; gives the exit status. */
typedef struct xasctlCommand {
    const char *name, *summary;
    int (*run)(xasctl *ctl, int argc, char **argv);
} xasctlCommand;

extern const xasctlCommand xasctlBackup, xasctlCalibrations, xasctlCheck,
    xasctlExport, xasctlFeatures, xasctlImport, xasctlMerge, xasctlModel,
    xasctlPlot, xasctlPredict, xasctlReference, xasctlReplay, xasctlSamples,
    xasctlScans, xasctlShow, xasctlStats, xasctlTrain, xasctlUpgrade;

/** \brief Parse a sub-command's arguments with -d, --json, --tsv added.
 * Errors of use end the program with status 2. \param input  of the parser */
void xasctlParse(xasctl *ctl, const struct argp *argp, int argc, char **argv,
                 void *input);

/** \brief The common options alone, for the main parser. */
extern const struct argp xasctlCommonArgp;

/** \brief Open the database; false when that failed and has been said. */
bool xasctlOpen(xasctl *ctl, xasStoreAccess access);

/** \brief One line on stderr; gives xasctlFailed. */
int xasctlFail(const char *format, ...)
    __attribute__((__format__(__printf__, 1, 2)));

/** \brief "xasctl: " and the store's last failure. */
int xasctlStoreFail(const xasctl *ctl);

/** \brief Print a query as a table, an array of objects or TSV; close it.
 * \param empty  said on stderr in place of an empty table; may be NULL */
int xasctlTable(xasctl *ctl, xasQuery *query, const char *empty);

/** \brief Characters, not bytes, of UTF-8. */
int xasctlWidth(const char *text);

/** \brief A cell as a member of the open JSON object. */
void xasctlPutCell(xasJson *j, const xasQuery *query, int column);

/** \brief The row of a scan that is stored already, 0 for a new one. */
int64_t xasctlKnown(xasctl *ctl, const char *uid);

/** \brief A positive whole number; false for anything else. */
bool xasctlNumber(const char *text, int64_t *out);

/** \brief Commit, or roll back if `status` is a failure (which is said). */
int xasctlEnd(xasctl *ctl, xasStatus status, const xasMessage *message);

#endif
