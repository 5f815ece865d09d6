/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasConfKeys.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "xasFormula.h"

/* $(P)$(R) and the longest leaf have to fit into a record name's 60 bytes. */
#define PREFIX_MAX 36

/* What is written as text and kept as something else. */
typedef struct Read {
    xasConfStation *station;
    char mode[16], detection[16], unit[8], edge[8], element[8];
    char commit_when[8], pace[16];
    double point_timeout_s, scan_timeout_s, resume_gap_s, clock_tolerance_s;
    double i0_min, dead_time_s, stale_after_s, level;
    double tau_s, ring_min_mA, idle_s, return_eV, array_timeout_s, rebin_eV;
    bool record_events;
    char foil[8], monochromator[16], calibration_method[16];
    double foil_eV, d_spacing_A, calibration_max_age_h;
    int max_points;
    char name[32], prefix[64], record[64];
} Read;

#define FIELD(f) offsetof(Read, f), sizeof((Read *)0)->f

static const xasConfKey stationKeys[] = {
    { "name", xasConfName, true, FIELD(name), 0, 0, "the station's name" },
    { "prefix", xasConfName, true, FIELD(prefix), 0, 0,
      "the prefix $(P) of its records" },
    { "record", xasConfName, false, FIELD(record), 0, 0,
      "the second part $(R) of its records' names" },
    { "mode", xasConfWord, false, FIELD(mode), 0, 0, "step continuous array" },
    { "detection", xasConfWord, true, FIELD(detection), 0, 0,
      "transmission fluorescence yield" },
    { "energy_unit", xasConfWord, false, FIELD(unit), 0, 0, "eV keV" },
    { "element", xasConfText, false, FIELD(element), 0, 0,
      "a chemical symbol" },
    { "edge", xasConfWord, false, FIELD(edge), 0, 0, "K L" },
    { "pv", xasConfOther, true, 0, 0, 0, 0, "a group of PV names by role" },
    { "final", xasConfOther, false, 0, 0, 0, 0, NULL },
    { "required", xasConfOther, false, 0, 0, 0, 0, NULL },
    { "commit_when", xasConfWord, false, FIELD(commit_when), 0, 0,
      "any zero set" },
    { "pace", xasConfText, false, FIELD(pace), 0, 0, "a role in quotes" },
    { "rebin_eV", xasConfNumber, false, FIELD(rebin_eV), 0, 100,
      "0 for no bins" },
    { "array_timeout_s", xasConfNumber, false, FIELD(array_timeout_s), 0.001,
      3600, NULL },
    { "idle_s", xasConfNumber, false, FIELD(idle_s), 0.01, 1e6, NULL },
    { "return_eV", xasConfNumber, false, FIELD(return_eV), 0.001, 1e5, NULL },
    { "dark", xasConfOther, false, 0, 0, 0, 0, NULL },
    { "tau_s", xasConfNumber, false, FIELD(tau_s), 0, 0.001,
      "0 for no correction" },
    { "ring_min_mA", xasConfNumber, false, FIELD(ring_min_mA), 0, 1e5,
      "0 for no test" },
    { "record_events", xasConfYesNo, false, FIELD(record_events), 0, 0, NULL },
    { "i0_min", xasConfNumber, false, FIELD(i0_min), 0, 1e300,
      "0 for no test" },
    { "dead_time_s", xasConfNumber, false, FIELD(dead_time_s), 0, 0.01,
      "0 for unknown" },
    { "point_timeout_s", xasConfNumber, false, FIELD(point_timeout_s), 0.001,
      3600, NULL },
    { "scan_timeout_s", xasConfNumber, false, FIELD(scan_timeout_s), 0, 1e6,
      "0 for never" },
    { "resume_gap_s", xasConfNumber, false, FIELD(resume_gap_s), 0, 1e6, NULL },
    { "clock_tolerance_s", xasConfNumber, false, FIELD(clock_tolerance_s),
      0.001, 1e6, NULL },
    { "max_points", xasConfWhole, false, FIELD(max_points), 100, 20000, NULL },
    { "stale_after_s", xasConfNumber, false, FIELD(stale_after_s), 0, 1e9,
      "0 for never" },
    { "level", xasConfNumber, false, FIELD(level), 0.5, 0.99, NULL },
    { "foil", xasConfText, false, FIELD(foil), 0, 0, "a chemical symbol" },
    { "foil_eV", xasConfNumber, false, FIELD(foil_eV), 50, 1e5, NULL },
    { "foil_samples", xasConfOther, false, 0, 0, 0, 0, NULL },
    { "monochromator", xasConfWord, false, FIELD(monochromator), 0, 0,
      "crystal grating" },
    { "d_spacing_A", xasConfNumber, false, FIELD(d_spacing_A), 0.5, 50, NULL },
    { "calibration_method", xasConfWord, false, FIELD(calibration_method), 0, 0,
      "derivative least_squares" },
    { "calibration_max_age_h", xasConfNumber, false,
      FIELD(calibration_max_age_h), 0, 1e6, "0 for any age" },
};

static void toRead(Read *r, xasConfStation *station)
{
    const xasAssemblerRules *rules = &station->rules;

    *r = (Read){ .station = station,
                 .mode = "step",
                 .unit = "eV",
                 .commit_when = "any",
                 .tau_s = rules->tau_s,
                 .ring_min_mA = rules->ring_min_mA,
                 .idle_s = rules->idle_s,
                 .return_eV = rules->return_eV,
                 .array_timeout_s = rules->array_timeout_s,
                 .rebin_eV = rules->rebin_eV,
                 .point_timeout_s = rules->point_timeout_s,
                 .scan_timeout_s = rules->scan_timeout_s,
                 .resume_gap_s = rules->resume_gap_s,
                 .clock_tolerance_s = rules->clock_tolerance_s,
                 .i0_min = rules->i0_min,
                 .level = 0.80,
                 .calibration_max_age_h = 24,
                 .max_points = 4000,
                 .record = "XASD:" };
}

static xasStatus badSamples(const config_setting_t *at, xasMessage *message)
{
    return xasConfFail(at, NULL, xasErrFormat, message,
                       "expected a list of at most 8 sample names of at most "
                       "63 bytes: [ \"foil\" ]");
}

static xasStatus readFoilSamples(const config_setting_t *group,
                                 xasCalibRules *rules, xasMessage *message)
{
    const config_setting_t *list =
        config_setting_get_member(group, "foil_samples");
    size_t max = sizeof rules->sample / sizeof *rules->sample;

    if (!list)
        return xasOk;
    int type = config_setting_type(list), n = config_setting_length(list);

    if ((type != CONFIG_TYPE_LIST && type != CONFIG_TYPE_ARRAY) ||
        (size_t)n > max)
        return badSamples(list, message);
    rules->nSamples = 0;
    for (int i = 0; i < n; i++) {
        char *name = rules->sample[rules->nSamples++];
        xasStatus status = xasConfString(
            config_setting_get_elem(list, (unsigned)i), name,
            sizeof *rules->sample, "a sample name in quotes", message);

        if (status != xasOk)
            return status;
    }
    return xasOk;
}

/* The calibration's keys, and what they need of each other. */
static xasStatus readCalib(const config_setting_t *group, const Read *r,
                           xasCalibRules *rules, xasMessage *message)
{
    xasCalibRulesDefaults(rules);
    memcpy(rules->station, r->name, sizeof rules->station);
    if (r->foil[0] && !xasElementZ(r->foil))
        return xasConfFail(
            config_setting_get_member(group, "foil"), NULL, xasErrFormat,
            message, "'%s', expected a chemical symbol such as Fe", r->foil);
    if (r->foil_eV > 0 && !r->foil[0])
        return xasConfFail(group, "foil", xasErrNotFound, message,
                           "missing, expected the element whose edge is at "
                           "foil_eV");
    if (r->monochromator[0] == 'c' && !(r->d_spacing_A > 0))
        return xasConfFail(group, "d_spacing_A", xasErrNotFound, message,
                           "missing, expected the spacing of the crystal, "
                           "such as 3.1356 for Si(111)");
    memcpy(rules->foil, r->foil, sizeof rules->foil);
    rules->foil[sizeof rules->foil - 1] = 0;
    rules->foil_eV = r->foil_eV;
    rules->d_spacing_A = r->d_spacing_A;
    rules->max_age_s = r->calibration_max_age_h * 3600;
    rules->mono = r->monochromator[0] == 'c'   ? xasMonoCrystal
                  : r->monochromator[0] == 'g' ? xasMonoGrating
                                               : xasMonoUnknown;
    rules->method = r->calibration_method[0] == 'l' ? xasCalibLeastSquares
                                                    : xasCalibDerivative;
    return readFoilSamples(group, rules, message);
}

static void fromRead(const Read *r)
{
    xasConfStation *station = r->station;
    xasAssemblerRules *rules = &station->rules;

    memcpy(station->name, r->name, sizeof r->name);
    memcpy(rules->station, r->name, sizeof r->name);
    memcpy(station->prefix, r->prefix, sizeof r->prefix);
    memcpy(station->record, r->record, sizeof r->record);
    station->max_points = r->max_points;
    station->stale_after_s = r->stale_after_s;
    station->level = r->level;
    rules->shell = xasShellFromName(r->edge);
    rules->energy_scale = r->unit[0] == 'k' ? 1000 : 1;
    rules->i0_min = r->i0_min;
    rules->dead_time_s = r->dead_time_s;
    rules->point_timeout_s = r->point_timeout_s;
    rules->scan_timeout_s = r->scan_timeout_s;
    rules->resume_gap_s = r->resume_gap_s;
    rules->clock_tolerance_s = r->clock_tolerance_s;
    rules->detection = xasDetectTransmission;
    if (strcmp(r->detection, "fluorescence") == 0)
        rules->detection = xasDetectFluorescence;
    if (strcmp(r->detection, "yield") == 0)
        rules->detection = xasDetectYield;
    rules->mode = r->mode[0] == 's'   ? xasModeStep
                  : r->mode[0] == 'c' ? xasModeContinuous
                                      : xasModeArray;
    rules->commit_when = r->commit_when[0] == 'z'   ? xasCommitZero
                         : r->commit_when[0] == 's' ? xasCommitSet
                                                    : xasCommitAny;
    rules->d_spacing_A = r->d_spacing_A;
    rules->tau_s = r->tau_s;
    rules->ring_min_mA = r->ring_min_mA;
    rules->idle_s = r->idle_s;
    rules->return_eV = r->return_eV;
    rules->array_timeout_s = r->array_timeout_s;
    rules->rebin_eV = r->rebin_eV;
    station->record_events = r->record_events;
}

xasStatus xasConfStationRead(const config_setting_t *group,
                             xasConfStation *station, xasMessage *message)
{
    Read r;

    xasAssemblerRulesDefaults(&station->rules);
    station->rules.roles = 0;
    toRead(&r, station);
    xasStatus status =
        xasConfGroup(group, stationKeys,
                     sizeof stationKeys / sizeof *stationKeys, &r, message);

    if (status != xasOk)
        return status;
    if (strlen(r.prefix) + strlen(r.record) > PREFIX_MAX)
        return xasConfFail(group, "prefix", xasErrRange, message,
                           "expected at most %d bytes together with record",
                           PREFIX_MAX);
    if (r.element[0] && !xasElementZ(r.element))
        return xasConfFail(
            config_setting_get_member(group, "element"), NULL, xasErrFormat,
            message, "'%s', expected a chemical symbol such as Fe", r.element);
    fromRead(&r);
    memcpy(station->rules.element, r.element, sizeof station->rules.element);
    station->rules.element[2] = 0;
    status = readCalib(group, &r, &station->calib, message);
    if (status == xasOk)
        status = xasConfPvsRead(group, station, message);
    if (status == xasOk)
        status = xasConfRulesRead(group, r.pace, station, message);
    return status == xasOk ? xasConfRulesCheck(group, station, message)
                           : status;
}
