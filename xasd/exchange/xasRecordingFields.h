/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_RECORDING_FIELDS_H
#define XAS_RECORDING_FIELDS_H

#include "xasRecordingText.h"
#include "xasScan.h"

typedef enum xasFieldType {
    xasFieldText,   /* char[size] */
    xasFieldNumber, /* double */
    xasFieldWhole,  /* int */
    xasFieldCount,  /* int64_t */
    xasFieldTime,   /* int64_t, Unix ns */
    xasFieldRole,   /* xasRole; "none" for xasRoleCount */
    xasFieldRoles,
    xasFieldDark, /* double[xasChannelCount]; those that are not 0 */
    xasFieldMode,
    xasFieldDetection,
    xasFieldShell,
    xasFieldExit,
    xasFieldCommit
} xasFieldType;

/** A member of a struct that is written by its name. */
typedef struct xasField {
    const char *name;
    xasFieldType type;
    size_t offset, size;
} xasField;

/** \brief All members of xasAssemblerRules. */
const xasField *xasRecordingRuleFields(size_t *n);
/** \brief The members of xasScan that are its head. */
const xasField *xasRecordingScanFields(size_t *n);

/** \brief Write the value in words. \param object  of the field's struct */
void xasFieldPut(FILE *f, const xasField *field, const void *object);
/** \brief Read it from the rest of a line; false if it is no such value. */
bool xasFieldGet(xasRecordingWords *w, const xasField *field, void *object);
/** \brief By its name; NULL if there is none. */
const xasField *xasFieldFind(const xasField *fields, size_t n,
                             const char *name);

void xasRecordingPutRoles(FILE *f, xasRoles roles);
/** \brief Names of roles up to the end of the line. */
bool xasRecordingGetRoles(xasRecordingWords *w, xasRoles *out);

#endif
