/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules that need the roles, and combinations that make no sense: a key that
 * would do nothing is refused, since who wrote it expects something of it. */
#include "xasConfKeys.h"

#include <math.h>
#include <string.h>

static bool has(const xasConfStation *station, int role)
{
    return xasRolesHave(station->rules.roles, role);
}

static xasStatus readOffset(const config_setting_t *s, double *out,
                            xasMessage *message)
{
    double value = NAN;

    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT: value = config_setting_get_int(s); break;
    case CONFIG_TYPE_INT64: value = (double)config_setting_get_int64(s); break;
    case CONFIG_TYPE_FLOAT: value = config_setting_get_float(s); break;
    default: break;
    }
    if (!isfinite(value))
        return xasConfFail(s, NULL, xasErrFormat, message,
                           "expected a number, the reading without beam");
    *out = value;
    return xasOk;
}

static int elements(const xasConfStation *station)
{
    int n = 0;

    while (n < XAS_ELEMENTS_MAX && has(station, xasRoleRoi + n))
        n++;
    return n;
}

/* One number for all elements, or one for each. */
static xasStatus elementOffsets(const config_setting_t *s,
                                xasConfStation *station, xasMessage *message)
{
    int type = config_setting_type(s), n = elements(station);
    bool list = type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY;
    xasStatus status = xasOk;

    if (list && config_setting_length(s) != n)
        return xasConfFail(s, NULL, xasErrFormat, message,
                           "%d numbers, expected one for each of the %d "
                           "elements, or one for all",
                           config_setting_length(s), n);
    for (int k = 0; status == xasOk && k < n; k++)
        status = readOffset(list ? config_setting_get_elem(s, (unsigned)k) : s,
                            &station->rules.dark[xasRoleRoi + k], message);
    return status;
}

static xasStatus readDark(const config_setting_t *group,
                          xasConfStation *station, xasMessage *message)
{
    const config_setting_t *dark = config_setting_get_member(group, "dark");
    xasStatus status = xasOk;

    if (!dark)
        return xasOk;
    if (config_setting_type(dark) != CONFIG_TYPE_GROUP)
        return xasConfFail(dark, NULL, xasErrFormat, message,
                           "expected a group { i0 = 12.5; }");
    for (int i = 0; status == xasOk && i < config_setting_length(dark); i++) {
        const config_setting_t *s = config_setting_get_elem(dark, (unsigned)i);
        xasRole role = xasRoleFromName(config_setting_name(s));

        if (role < xasRoleI0 || role > xasRoleTey || !has(station, role))
            return xasConfFail(s, NULL, xasErrNotFound, message,
                               "expected one of i0, i1, i2, fluor, tey that pv "
                               "names");
        status = role == xasRoleFluor && has(station, xasRoleRoi)
                     ? elementOffsets(s, station, message)
                     : readOffset(s, &station->rules.dark[role], message);
    }
    return status;
}

xasStatus xasConfRulesRead(const config_setting_t *group, const char *pace,
                           xasConfStation *station, xasMessage *message)
{
    xasRole role = xasRoleFromName(pace);

    if (role == xasRoleFluor && has(station, xasRoleRoi))
        role = xasRoleRoi; /* its elements are read out together */
    if (*pace && (role >= xasChannelCount || !station->pv[role][0]))
        return xasConfFail(config_setting_get_member(group, "pace"), NULL,
                           xasErrNotFound, message,
                           "'%s', expected a channel that pv names, such as "
                           "i0",
                           pace);
    if (*pace)
        station->rules.pace = role;
    return readDark(group, station, message);
}

/** A key that is of use only under a condition. */
typedef struct useless {
    const char *key;
    bool needed;
    const char *words;
} useless;

static xasStatus checkKeys(const config_setting_t *group,
                           const xasConfStation *station, xasMessage *message)
{
    const xasAssemblerRules *rules = &station->rules;
    bool step = rules->mode == xasModeStep;
    bool continuous = rules->mode == xasModeContinuous;
    bool array = rules->mode == xasModeArray;
    const useless list[] = {
        { "energy_unit", !has(station, xasRoleAngle),
          "is of no use with pv.angle, which is in degrees" },
        { "final", step,
          "is for mode \"step\"; in mode \"array\" give the "
          "arrays in pv" },
        { "rebin_eV", continuous, "is for mode \"continuous\"" },
        { "pace", continuous, "is for mode \"continuous\"" },
        { "array_timeout_s", array || rules->final != 0,
          "is for mode \"array\", and for the arrays of final" },
        { "commit_when", has(station, xasRoleCommit),
          "is of no use without pv.commit" },
        { "tau_s", has(station, xasRoleIcr),
          "is of no use without pv.icr, the input rate it multiplies" },
        { "tau_s", !has(station, xasRoleOcr),
          "is of no use with pv.ocr: icr/ocr tells the dead time" },
        { "dead_time_s", !has(station, xasRoleRoi),
          "is for a detector without elements; theirs is told by pv.ocr or "
          "tau_s" },
        { "dead_time_s",
          has(station, xasRoleDwell) || !(rules->dead_time_s > 0),
          "is of no use without pv.dwell, the time of a point" },
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const config_setting_t *s =
            config_setting_get_member(group, list[i].key);

        if (s && !list[i].needed)
            return xasConfFail(s, NULL, xasErrState, message,
                               "%s, expected no such line", list[i].words);
    }
    return xasOk;
}

static xasStatus checkRoles(const config_setting_t *group,
                            const xasConfStation *station, xasMessage *message)
{
    const config_setting_t *pv = config_setting_get_member(group, "pv");
    const xasAssemblerRules *rules = &station->rules;
    const struct {
        bool wrong;
        const char *key, *words;
    } list[] = {
        { has(station, xasRoleOcr) && !has(station, xasRoleIcr), "icr",
          "missing, expected the input rates that ocr is compared with" },
        { has(station, xasRoleIcr) && !has(station, xasRoleOcr) &&
              !config_setting_get_member(group, "tau_s"),
          "ocr",
          "missing, expected the output rates, or tau_s (0: icr is only "
          "kept)" },
        { rules->final && !has(station, xasRoleData), "data",
          "missing, expected the PV that says when final is posted, such as "
          "an sscan record's .DATA" },
        { has(station, xasRoleData) && !rules->final &&
              rules->mode != xasModeArray,
          "data", "is of no use without the group final, or mode \"array\"" },
        { has(station, xasRoleValid) && !rules->final &&
              rules->mode != xasModeArray,
          "valid", "is of no use without the group final, or mode \"array\"" },
        { has(station, xasRoleCommit) && rules->mode == xasModeContinuous,
          "commit",
          "is of no use in mode \"continuous\": stamps join its "
          "readings" },
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const config_setting_t *s = config_setting_get_member(pv, list[i].key);

        if (list[i].wrong)
            return xasConfFail(s ? s : pv, s ? NULL : list[i].key, xasErrState,
                               message, "%s", list[i].words);
    }
    return xasOk;
}

static xasStatus checkNumbers(const config_setting_t *group,
                              const xasConfStation *station,
                              xasMessage *message)
{
    const xasAssemblerRules *rules = &station->rules;
    const config_setting_t *mono =
        config_setting_get_member(group, "monochromator");

    if (has(station, xasRoleAngle) && !(rules->d_spacing_A > 0))
        return xasConfFail(group, "d_spacing_A", xasErrNotFound, message,
                           "missing, expected the spacing of the crystal that "
                           "makes the energy of pv.angle, such as 3.1356 for "
                           "Si(111)");
    if (has(station, xasRoleAngle) && station->calib.mono == xasMonoGrating)
        return xasConfFail(mono, NULL, xasErrState, message,
                           "'grating', expected crystal with pv.angle: E = hc "
                           "/ (2 d sin)");
    if (rules->ring_min_mA > 0 && !has(station, xasRoleRingCurrent))
        return xasConfFail(config_setting_get_member(group, "ring_min_mA"),
                           NULL, xasErrState, message,
                           "is of no use without pv.ring_current");
    return xasOk;
}

xasStatus xasConfRulesCheck(const config_setting_t *group,
                            const xasConfStation *station, xasMessage *message)
{
    xasStatus status = checkKeys(group, station, message);

    if (status == xasOk)
        status = checkRoles(group, station, message);
    return status == xasOk ? checkNumbers(group, station, message) : status;
}
