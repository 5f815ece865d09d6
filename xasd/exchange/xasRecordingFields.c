/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasRecordingFields.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "xasAssembler.h"

/* Of what type is told apart; the size is that of the member. */
#define MEMBER(type, struct, member)                                           \
    {                                                                          \
#member, xasField##type, offsetof(struct, member),                     \
            sizeof(((struct *)0)->member)                                      \
    }
#define RULE(type, member) MEMBER(type, xasAssemblerRules, member)
#define HEAD(type, member) MEMBER(type, xasScan, member)

static const xasField ruleFields[] = {
    RULE(Text, station),
    RULE(Mode, mode),
    RULE(Detection, detection),
    RULE(Roles, roles),
    RULE(Roles, required),
    RULE(Roles, final),
    RULE(Text, element),
    RULE(Shell, shell),
    RULE(Number, energy_scale),
    RULE(Number, d_spacing_A),
    RULE(Number, i0_min),
    RULE(Number, dead_time_s),
    RULE(Number, tau_s),
    RULE(Dark, dark),
    RULE(Number, ring_min_mA),
    RULE(Commit, commit_when),
    RULE(Number, idle_s),
    RULE(Number, return_eV),
    RULE(Number, array_timeout_s),
    RULE(Number, rebin_eV),
    RULE(Role, pace),
    RULE(Number, point_timeout_s),
    RULE(Number, scan_timeout_s),
    RULE(Number, resume_gap_s),
    RULE(Number, clock_tolerance_s),
};

static const xasField scanFields[] = {
    HEAD(Text, uid),
    HEAD(Text, station),
    HEAD(Text, mode),
    HEAD(Detection, detection),
    HEAD(Text, sample),
    HEAD(Text, formula),
    HEAD(Text, comment),
    HEAD(Text, element),
    HEAD(Shell, shell),
    HEAD(Count, planned),
    HEAD(Number, dead_per_count),
    HEAD(Whole, direction),
    HEAD(Number, lag_s),
    HEAD(Number, d_spacing_A),
    HEAD(Dark, dark),
    HEAD(Roles, leftOut),
    HEAD(Count, sequence),
    HEAD(Time, start_ns),
    HEAD(Time, end_ns),
    HEAD(Exit, exit),
    HEAD(Text, reason),
    HEAD(Count, lost),
    HEAD(Number, low_eV),
    HEAD(Number, high_eV),
};

const xasField *xasRecordingRuleFields(size_t *n)
{
    *n = sizeof ruleFields / sizeof *ruleFields;
    return ruleFields;
}

const xasField *xasRecordingScanFields(size_t *n)
{
    *n = sizeof scanFields / sizeof *scanFields;
    return scanFields;
}

const xasField *xasFieldFind(const xasField *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

void xasRecordingPutRoles(FILE *f, xasRoles roles)
{
    for (int role = 0; role < xasRoleCount; role++)
        if (xasRolesHave(roles, role))
            xasRecordingPutWord(f, xasRoleName((xasRole)role));
}

bool xasRecordingGetRoles(xasRecordingWords *w, xasRoles *out)
{
    xasRoles roles = 0;
    const char *name;

    while ((name = xasRecordingWord(w))) {
        xasRole role = xasRoleFromName(name);

        if (role >= xasRoleCount)
            return false;
        roles |= xasRoleBit(role);
    }
    *out = roles;
    return xasRecordingAtEnd(w);
}

static const char *commitName(int when)
{
    static const char *const names[] = { "any", "zero", "set" };

    return (unsigned)when <= xasCommitSet ? names[when] : "?";
}

/* The words of an enumeration; NULL behind the last. */
static const char *nameOf(xasFieldType type, int value)
{
    const char *name = NULL;

    switch (type) {
    case xasFieldMode:
        name = value < xasModeCount ? xasModeName((xasMode)value) : NULL;
        break;
    case xasFieldDetection:
        name = value <= xasDetectYield ? xasDetectionName((xasDetection)value)
                                       : NULL;
        break;
    case xasFieldShell:
        name = value <= xasShellL ? xasShellName((xasShell)value) : NULL;
        break;
    case xasFieldExit:
        name = value < xasExitCount ? xasExitName((xasExit)value) : NULL;
        break;
    case xasFieldCommit:
        name = value <= xasCommitSet ? commitName(value) : NULL;
        break;
    default: break;
    }
    return name && !name[0] ? "none" : name;
}

static void putDark(FILE *f, const double *dark)
{
    for (int c = 0; c < xasChannelCount; c++)
        if (dark[c] != 0 || signbit(dark[c])) {
            xasRecordingPutWord(f, xasRoleName((xasRole)c));
            xasRecordingPutNumber(f, dark[c]);
        }
}

void xasFieldPut(FILE *f, const xasField *field, const void *object)
{
    const char *at = (const char *)object + field->offset;
    const char *name;
    xasRoles roles;
    int64_t count;
    double number;
    int whole;

    switch (field->type) {
    case xasFieldText: xasRecordingPutText(f, at); break;
    case xasFieldNumber:
        memcpy(&number, at, sizeof number);
        xasRecordingPutNumber(f, number);
        break;
    case xasFieldCount:
    case xasFieldTime:
        memcpy(&count, at, sizeof count);
        if (field->type == xasFieldTime)
            xasRecordingPutTime(f, count);
        else
            xasRecordingPutInt(f, count);
        break;
    case xasFieldRoles:
        memcpy(&roles, at, sizeof roles);
        xasRecordingPutRoles(f, roles);
        break;
    case xasFieldDark: putDark(f, (const double *)(const void *)at); break;
    default:
        memcpy(&whole, at, sizeof whole);
        if (field->type == xasFieldWhole)
            xasRecordingPutInt(f, whole);
        else if (field->type == xasFieldRole)
            xasRecordingPutWord(f, (unsigned)whole < xasRoleCount
                                       ? xasRoleName((xasRole)whole)
                                       : "none");
        else if ((name = nameOf(field->type, whole)))
            xasRecordingPutWord(f, name);
    }
}

static bool getDark(xasRecordingWords *w, void *at)
{
    double dark[xasChannelCount] = { 0 };
    const char *name;

    while ((name = xasRecordingWord(w))) {
        xasRole role = xasRoleFromName(name);

        if (role >= xasChannelCount || !xasRecordingGetNumber(w, &dark[role]))
            return false;
    }
    memcpy(at, dark, sizeof dark);
    return true;
}

static bool getName(xasRecordingWords *w, xasFieldType type, int *out)
{
    const char *word = xasRecordingWord(w), *name;

    if (word && type == xasFieldRole) {
        *out = xasRoleFromName(word);
        return *out < xasRoleCount || strcmp(word, "none") == 0;
    }
    for (int i = 0; word && (name = nameOf(type, i)); i++)
        if (strcmp(word, name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool getText(xasRecordingWords *w, char *at, size_t size)
{
    char *text;

    if (!xasRecordingGetText(w, &text) || strlen(text) >= size)
        return false;
    memset(at, 0, size);
    memcpy(at, text, strlen(text));
    return true;
}

static bool getNumeric(xasRecordingWords *w, xasFieldType type, char *at)
{
    int64_t count;
    double number;
    int whole;

    if (type == xasFieldNumber) {
        if (!xasRecordingGetNumber(w, &number))
            return false;
        memcpy(at, &number, sizeof number);
        return true;
    }
    if (type == xasFieldTime ? !xasRecordingGetTime(w, &count)
                             : !xasRecordingGetInt(w, &count))
        return false;
    if (type != xasFieldWhole) {
        memcpy(at, &count, sizeof count);
        return true;
    }
    if (count < INT_MIN || count > INT_MAX)
        return false;
    whole = (int)count;
    memcpy(at, &whole, sizeof whole);
    return true;
}

bool xasFieldGet(xasRecordingWords *w, const xasField *field, void *object)
{
    char *at = (char *)object + field->offset;
    xasRoles roles;
    int value;
    bool got;

    switch (field->type) {
    case xasFieldText: got = getText(w, at, field->size); break;
    case xasFieldNumber:
    case xasFieldWhole:
    case xasFieldCount:
    case xasFieldTime: got = getNumeric(w, field->type, at); break;
    case xasFieldRoles:
        got = xasRecordingGetRoles(w, &roles);
        if (got)
            memcpy(at, &roles, sizeof roles);
        break;
    case xasFieldDark: got = getDark(w, at); break;
    default:
        got = getName(w, field->type, &value);
        if (got)
            memcpy(at, &value, sizeof value);
    }
    return got && xasRecordingAtEnd(w);
}
