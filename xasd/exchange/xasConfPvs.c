/* SPDX-License-Identifier: BSD-3-Clause */
/* The groups of PV names: pv, final, and which of them are required. */
#include "xasConfKeys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef char pvName[XAS_PV_SIZE];

/** A group of PV names while it is read. */
typedef struct pvGroup {
    pvName *name; /* [count] by role */
    int count;    /* roles it may name: those before */
    xasRoles roles;
} pvGroup;

/* The first of the roles of a detector's elements that a key stands for. */
static int elementRole(const char *key)
{
    return strcmp(key, "fluor") == 0 ? xasRoleRoi
           : strcmp(key, "icr") == 0 ? xasRoleIcr
           : strcmp(key, "ocr") == 0 ? xasRoleOcr
                                     : xasRoleCount;
}

static bool isElement(int role)
{
    return role >= xasRoleRoi && role < xasChannelCount;
}

/* A point's commit may be its sequence number, or the count of those valid;
 * any other PV given for two roles is a slip of the pen. */
static bool mayShare(int role)
{
    return role == xasRoleCommit || role == xasRoleSequence ||
           role == xasRoleValid;
}

static xasStatus checkTwice(const config_setting_t *at, const pvGroup *g,
                            int role, xasMessage *message)
{
    for (int r = 0; r < g->count; r++)
        if (r != role && !(mayShare(r) && mayShare(role)) &&
            strcmp(g->name[r], g->name[role]) == 0)
            return xasConfFail(at, NULL, xasErrFormat, message,
                               "'%.60s' is also given as %s, expected a PV of "
                               "its own",
                               g->name[role], xasRoleName((xasRole)r));
    return xasOk;
}

static xasStatus unknownRole(const config_setting_t *s, const pvGroup *g,
                             xasMessage *message)
{
    char list[256] = "";

    for (int r = 0; r < g->count; r++) {
        size_t used = strlen(list);
        const char *name = r == xasRoleIcr   ? "icr"
                           : r == xasRoleOcr ? "ocr"
                                             : xasRoleName((xasRole)r);

        if (!isElement(r) || r == xasRoleIcr || r == xasRoleOcr)
            (void)snprintf(list + used, sizeof list - used, "%s%s",
                           r ? ", " : "", name);
    }
    return xasConfFail(s, NULL, xasErrFormat, message,
                       "unknown role, expected one of: %s", list);
}

static xasStatus readName(const config_setting_t *s, char *out,
                          xasMessage *message)
{
    xasStatus status = xasConfString(s, out, XAS_PV_SIZE,
                                     "the name of a PV in quotes", message);

    if (status != xasOk)
        return status;
    for (const char *p = out; *p; p++)
        if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
            return xasConfFail(s, NULL, xasErrFormat, message,
                               "'%.60s', expected a PV name without spaces",
                               out);
    if (!*out)
        return xasConfFail(s, NULL, xasErrRange, message,
                           "empty, expected the name of a PV, or no such "
                           "line");
    return xasOk;
}

static xasStatus addPv(const config_setting_t *at, pvGroup *g, int role,
                       const char *name, xasMessage *message)
{
    (void)snprintf(g->name[role], sizeof *g->name, "%s", name);
    g->roles |= xasRoleBit(role);
    return checkTwice(at, g, role, message);
}

/* "{1-19}" at text: its length, or 0. */
static size_t rangeAt(const char *text, long *first, long *last, int *width)
{
    size_t n = strspn(text + 1, "0123456789"), m;

    if (n < 1 || n > 4 || text[1 + n] != '-')
        return 0;
    m = strspn(text + 2 + n, "0123456789");
    if (m < 1 || m > 4 || text[2 + n + m] != '}')
        return 0;
    *first = strtol(text + 1, NULL, 10);
    *last = strtol(text + 2 + n, NULL, 10);
    *width = text[1] == '0' ? (int)n : 1;
    return n + m + 3;
}

size_t xasConfExpandRange(const char *name, pvName *names, size_t max)
{
    const char *brace = strchr(name, '{');
    long first = 0, last = 0;
    int width = 1;
    size_t length = 0, count = 0;

    while (brace && !(length = rangeAt(brace, &first, &last, &width)))
        brace = strchr(brace + 1, '{');
    if (!brace) {
        if (max)
            (void)snprintf(names[0], sizeof *names, "%s", name);
        return max > 0;
    }
    if (last < first || (size_t)(last - first) >= max)
        return 0;
    for (long k = first; k <= last; k++) {
        int used =
            snprintf(names[count++], sizeof *names, "%.*s%0*ld%s",
                     (int)(brace - name), name, width, k, brace + length);

        if (used < 0 || (size_t)used >= sizeof *names)
            return 0;
    }
    return count;
}

/* A name, or one for each of a range, for the elements from *n on. */
static xasStatus addElements(const config_setting_t *s, pvGroup *g, int first,
                             int *n, xasMessage *message)
{
    pvName text, names[XAS_ELEMENTS_MAX];
    xasStatus status = readName(s, text, message);

    if (status != xasOk)
        return status;
    size_t count =
        xasConfExpandRange(text, names, (size_t)(XAS_ELEMENTS_MAX - *n));

    if (!count)
        return xasConfFail(s, NULL, xasErrRange, message,
                           "'%.60s', expected names of at most %d elements, "
                           "such as \"X:Roi{1-19}\"",
                           text, XAS_ELEMENTS_MAX);
    for (size_t i = 0; status == xasOk && i < count; i++, ++*n)
        status = addPv(s, g, first + *n, names[i], message);
    return status;
}

static bool isList(const config_setting_t *s)
{
    int type = config_setting_type(s);

    return type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY;
}

/* fluor, icr or ocr. */
static xasStatus readElements(const config_setting_t *s, pvGroup *g,
                              xasMessage *message)
{
    int first = elementRole(config_setting_name(s)), n = 0;
    xasStatus status = xasOk;

    if (!isList(s))
        return addElements(s, g, first, &n, message);
    if (!config_setting_length(s))
        return xasConfFail(s, NULL, xasErrRange, message,
                           "empty, expected a PV for each element, or no such "
                           "line");
    for (int i = 0; status == xasOk && i < config_setting_length(s); i++)
        status = addElements(config_setting_get_elem(s, (unsigned)i), g, first,
                             &n, message);
    return status;
}

static xasStatus readPv(const config_setting_t *s, pvGroup *g,
                        xasMessage *message)
{
    const char *key = config_setting_name(s);
    int role = xasRoleFromName(key);
    pvName text;
    xasStatus status;

    if (elementRole(key) != xasRoleCount)
        return readElements(s, g, message);
    if (role >= g->count || isElement(role))
        return unknownRole(s, g, message);
    status = readName(s, text, message);
    return status == xasOk ? addPv(s, g, role, text, message) : status;
}

static int countFrom(const pvGroup *g, int first)
{
    int n = 0;

    while (n < XAS_ELEMENTS_MAX && xasRolesHave(g->roles, first + n))
        n++;
    return n;
}

/* As many input and output rates as elements.  One name of fluor alone is a
 * detector that needs no elements. */
static xasStatus settleElements(const config_setting_t *group, pvGroup *g,
                                xasMessage *message)
{
    static const char *const keys[] = { "icr", "ocr" };
    const config_setting_t *fluor = config_setting_get_member(group, "fluor");
    int n = countFrom(g, xasRoleRoi);

    for (int k = 0; k < 2; k++) {
        int rates = countFrom(g, k ? xasRoleOcr : xasRoleIcr);

        if (rates && rates != n)
            return xasConfFail(config_setting_get_member(group, keys[k]), NULL,
                               xasErrFormat, message,
                               "%d PVs, expected one for each of the %d of "
                               "fluor",
                               rates, n);
    }
    if (n == 1 && !isList(fluor) && !xasRolesHave(g->roles, xasRoleIcr) &&
        !xasRolesHave(g->roles, xasRoleOcr)) {
        memcpy(g->name[xasRoleFluor], g->name[xasRoleRoi], sizeof *g->name);
        g->name[xasRoleRoi][0] = 0;
        g->roles ^= xasRoleBit(xasRoleRoi) | xasRoleBit(xasRoleFluor);
    }
    return xasOk;
}

static xasStatus readGroup(const config_setting_t *group, pvGroup *g,
                           xasMessage *message)
{
    xasStatus status = xasOk;

    if (config_setting_type(group) != CONFIG_TYPE_GROUP)
        return xasConfFail(group, NULL, xasErrFormat, message,
                           "expected a group { energy = \"...\"; }");
    for (int i = 0; status == xasOk && i < config_setting_length(group); i++)
        status =
            readPv(config_setting_get_elem(group, (unsigned)i), g, message);
    return status == xasOk ? settleElements(group, g, message) : status;
}

static xasRole signalOf(xasDetection detection)
{
    return detection == xasDetectYield          ? xasRoleTey
           : detection == xasDetectFluorescence ? xasRoleFluor
                                                : xasRoleI1;
}

/* What the detection needs, each by a PV of its own: the angle where it gives
 * the energy, the elements where they make the signal. */
static xasRoles needed(const pvGroup *g, xasDetection detection)
{
    xasRoles must = xasRoleBit(xasRoleI0);

    must |= xasRoleBit(xasRolesHave(g->roles, xasRoleAngle) ? xasRoleAngle
                                                            : xasRoleEnergy);
    if (signalOf(detection) == xasRoleFluor &&
        xasRolesHave(g->roles, xasRoleRoi))
        return must | (g->roles & XAS_ROLES_ELEMENTS);
    return must | xasRoleBit(signalOf(detection));
}

static xasStatus missing(const config_setting_t *group, const pvGroup *g,
                         xasRoles must, xasMessage *message)
{
    for (int r = 0; r < g->count; r++)
        if (xasRolesHave(must & ~g->roles, r))
            return xasConfFail(group, xasRoleName((xasRole)r), xasErrNotFound,
                               message,
                               "missing, expected a PV for it: the detection "
                               "needs it");
    return xasOk;
}

static xasStatus readFinal(const config_setting_t *group,
                           xasConfStation *station, const pvGroup *pv,
                           xasMessage *message)
{
    const config_setting_t *final = config_setting_get_member(group, "final");
    pvGroup g = { station->final, xasChannelCount, 0 };

    if (!final)
        return xasOk;
    xasStatus status = readGroup(final, &g, message);

    for (int r = 0; status == xasOk && r < xasChannelCount; r++)
        if (xasRolesHave(g.roles & ~pv->roles, r))
            status = xasConfFail(final, xasRoleName((xasRole)r), xasErrNotFound,
                                 message,
                                 "an array of a role that pv does not name");
    if (status == xasOk)
        status =
            missing(final, &g, needed(pv, station->rules.detection), message);
    station->rules.final = g.roles;
    return status;
}

/* "fluor" and so on stand for all elements. */
static xasRoles rolesNamed(const char *word, xasRoles given)
{
    int first = elementRole(word);
    xasRole role = xasRoleFromName(word);

    if (first != xasRoleCount && xasRolesHave(given, first))
        return given & ((xasRoleBit(XAS_ELEMENTS_MAX) - 1) << first);
    return role < xasRoleCount ? given & xasRoleBit(role) : 0;
}

static xasStatus readRequired(const config_setting_t *group,
                              xasConfStation *station, const pvGroup *pv,
                              xasMessage *message)
{
    const config_setting_t *list = config_setting_get_member(group, "required");

    station->rules.required = needed(pv, station->rules.detection);
    if (!list)
        return xasOk;
    if (!isList(list))
        return xasConfFail(list, NULL, xasErrFormat, message,
                           "expected a list of roles: [ \"energy\", \"i0\" ]");
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *s = config_setting_get_elem(list, (unsigned)i);
        char word[32] = "";
        xasStatus status =
            xasConfString(s, word, sizeof word, "a role in quotes", message);
        xasRoles roles = rolesNamed(word, pv->roles);

        if (status != xasOk)
            return status;
        if (!roles)
            return xasConfFail(s, NULL, xasErrNotFound, message,
                               "'%s', expected a role that pv names", word);
        station->rules.required |= roles;
    }
    return xasOk;
}

xasStatus xasConfPvsRead(const config_setting_t *group, xasConfStation *station,
                         xasMessage *message)
{
    const config_setting_t *pv = config_setting_get_member(group, "pv");
    pvGroup g = { station->pv, xasRoleCount, 0 };
    xasStatus status = readGroup(pv, &g, message);

    if (status == xasOk && xasRolesHave(g.roles, xasRoleAngle) &&
        xasRolesHave(g.roles, xasRoleEnergy))
        status = xasConfFail(pv, "angle", xasErrFormat, message,
                             "energy is given, too; expected one of them");
    if (status == xasOk)
        status = missing(pv, &g, needed(&g, station->rules.detection), message);
    if (status == xasOk)
        status = readFinal(group, station, &g, message);
    if (status == xasOk)
        status = readRequired(group, station, &g, message);
    station->rules.roles = g.roles;
    /* what is made from the angle, and from the elements */
    if (xasRolesHave(g.roles, xasRoleAngle))
        station->rules.roles |= xasRoleBit(xasRoleEnergy);
    if (xasRolesHave(g.roles, xasRoleRoi))
        station->rules.roles |= xasRoleBit(xasRoleFluor);
    return status;
}
