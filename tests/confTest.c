/* SPDX-License-Identifier: BSD-3-Clause */
/* xasd.conf: what is read, and one line with file, line and key for whatever
 * cannot be.  Bad files are the good one below with one thing replaced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "confFile.h"
#include "xasConfText.h"

static const char good[] = "database = \"/data/x.db\";\n" /* 1 */
                           "no_join = [ \"foil\" ];\n"
                           "join_days = 30;\n"
                           "stations = (\n"
                           "  { name = \"A\";\n" /* 5 */
                           "    prefix = \"A:\";\n"
                           "    detection = \"yield\";\n"
                           "    edge = \"L\";\n"
                           "    element = \"Ni\";\n"
                           "    energy_unit = \"keV\";\n" /* 10 */
                           "    level = 0.9;\n"
                           "    max_points = 500;\n"
                           "    pv = { energy = \"m:E\";\n"
                           "           i0 = \"s:0\";\n"
                           "           tey = \"s:1\";\n" /* 15 */
                           "           commit = \"s:N\";\n"
                           "           sequence = \"s:N\";\n"
                           "           active = \"s:Busy\"; }; },\n"
                           "  { name = \"B\"; prefix = \"B:\";\n"
                           "    detection = \"transmission\";\n" /* 20 */
                           "    pv = { energy = \"m:E\"; i0 = \"s:0\";\n"
                           "           i1 = \"b:1\"; active = \"b:2\"; };\n"
                           "    required = [ \"active\" ];\n"
                           "    foil = \"Ni\"; foil_eV = 853.2;\n"
                           "    foil_samples = [ \"NiO ref\", \"foil\" ];\n"
                           "    monochromator = \"crystal\";\n"
                           "    d_spacing_A = 3.1356;\n"
                           "    calibration_method = \"least_squares\";\n"
                           "    calibration_max_age_h = 12; }\n"
                           ");\n";

/* The good file with `old` replaced, read. */
static xasStatus readWith(const char *old, const char *new, xasConf **conf,
                          xasMessage *message)
{
    const char *at = strstr(good, old);
    FILE *f = confFileOpen();

    if (!at)
        testAbort("'%s' is not in the good file", old);
    (void)fprintf(f, "%.*s%s%s", (int)(at - good), good, new, at + strlen(old));
    (void)fclose(f);
    return xasConfRead(confFilePath(), conf, message);
}

static const struct {
    const char *old, *new;
    int line;
    const char *key, *expected;
} bad[] = {
    { "join_days = 30", "join_dayz = 30", 3, "join_dayz", "unknown key" },
    { "join_days = 30", "join_days = \"30\"", 3, "join_days",
      "a number from 0" },
    { "join_days = 30", "join_days = -1", 3, "join_days", "0 for no limit" },
    { "join_days = 30", "journal_points = 2.5", 3, "journal_points",
      "a whole number from 1 to 1000" },
    { "join_days = 30", "journal_s = 0", 3, "journal_s", "from 0.05 to 60" },
    { "join_days = 30", "no_join = [ \"a\" ]", 3, "no_join", "once" },
    { "join_days = 30", "join_days 30", 3, "join_days 30", "syntax error" },
    { "join_days = 30", "@include \"none.conf\"", 3, "@include", "include" },
    { "[ \"foil\" ]", "\"foil\"", 2, "no_join", "a list of at most 16" },
    { "[ \"foil\" ]", "[ 1 ]", 2, "no_join[0]", "a sample name" },
    { "\"/data/x.db\"", "7", 1, "database", "path of the database" },
    { "\"/data/x.db\"", "\"\"", 1, "database", "path of the database" },
    { "\"/data/x.db\"", "\"${XAS_NO_SUCH}/x\"", 1, "database",
      "${XAS_NO_SUCH} is not set" },
    { "\"/data/x.db\"", "\"${XAS\"", 1, "database", "${NAME:-default}" },
    { "\"/data/x.db\"", "\"${}\"", 1, "database", "${NAME:-default}" },
    { "join_days = 30", "prefix = \"X S:\"", 3, "prefix", "letters" },
    { "join_days = 30", "prefix = \"B:XASD:\"", 19, "stations[1].prefix",
      "expected another" },
    { "name = \"A\"", "nome = \"A\"", 5, "stations[0].nome", "unknown key" },
    { "name = \"A\";", "", 5, "stations[0].name", "missing" },
    { "prefix = \"A:\"", "prefix = \"A.B:\"", 6, "stations[0].prefix",
      "letters, digits" },
    { "prefix = \"A:\"", "prefix = \"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG:\"", 5,
      "stations[0].prefix", "at most 36 bytes" },
    { "detection = \"yield\"", "detection = \"mu\"", 7, "stations[0].detection",
      "one of: transmission fluorescence yield" },
    { "detection = \"yield\"", "detection = \"transmission\"", 13,
      "stations[0].pv.i1", "missing" },
    { "detection = \"yield\"", "mode = \"fly\"", 7, "stations[0].mode",
      "one of: step continuous array" },
    { "edge = \"L\"", "edge = \"L3\"", 8, "stations[0].edge", "one of: K L" },
    { "edge = \"L\"", "edge = true", 8, "stations[0].edge", "one of: K L" },
    { "element = \"Ni\"", "element = \"Nn\"", 9, "stations[0].element",
      "a chemical symbol" },
    { "energy_unit = \"keV\"", "energy_unit = \"ev\"", 10,
      "stations[0].energy_unit", "one of: eV keV" },
    { "level = 0.9", "level = 80", 11, "stations[0].level",
      "from 0.5 to 0.99" },
    { "level = 0.9", "foil = \"Qq\"", 11, "stations[0].foil",
      "a chemical symbol" },
    { "level = 0.9", "foil_eV = 853.2", 5, "stations[0].foil",
      "the element whose edge" },
    { "level = 0.9", "monochromator = \"crystal\"", 5,
      "stations[0].d_spacing_A", "missing" },
    { "level = 0.9", "monochromator = \"mirror\"", 11,
      "stations[0].monochromator", "one of: crystal grating" },
    { "level = 0.9", "foil_samples = \"foil\"", 11, "stations[0].foil_samples",
      "at most 8 sample names" },
    { "level = 0.9", "calibration_method = \"eye\"", 11,
      "stations[0].calibration_method", "derivative least_squares" },
    { "max_points = 500", "max_points = 99", 12, "stations[0].max_points",
      "from 100 to 20000" },
    { "energy = \"m:E\"", "energie = \"m:E\"", 13, "stations[0].pv.energie",
      "unknown role, expected one of: energy" },
    { "energy = \"m:E\";", "", 13, "stations[0].pv.energy", "missing" },
    { "i0 = \"s:0\"", "i0 = \"s: 0\"", 14, "stations[0].pv.i0",
      "without spaces" },
    { "i0 = \"s:0\"", "i0 = \"\"", 14, "stations[0].pv.i0", "empty" },
    { "i0 = \"s:0\"", "i0 = 0", 14, "stations[0].pv.i0", "in quotes" },
    { "tey = \"s:1\"", "tey = \"s:0\"", 15, "stations[0].pv.tey",
      "also given as i0" },
    { "tey = \"s:1\"", "i0 = \"s:1\"", 15, "i0 = \"s:1\"", "once" },
    { "name = \"B\"", "name = \"A\"", 19, "stations[1].name",
      "also stations[0]" },
    { "prefix = \"B:\"", "prefix = \"A:\"", 19, "stations[1].prefix",
      "as in stations[0]" },
    { "[ \"active\" ]", "[ \"fluor\" ]", 23, "stations[1].required[0]",
      "a role that pv names" },
    { "[ \"active\" ]", "\"active\"", 23, "stations[1].required",
      "a list of roles" },
    { "stations = (", "stationen = (", 4, "stationen",
      "expected perhaps stations" },
    { "join_days = 30", "join_days = [ 1, 2.5 ]", 3, "join_days",
      "or use ( )" },
    { "join_days = 30", "colour = 30", 3, "colour", "xasd.conf(5)" },
};

static void badFiles(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        xasMessage message = { "" };
        xasConf *conf = NULL;
        xasStatus status = readWith(bad[i].old, bad[i].new, &conf, &message);

        confFileRefused(status, conf, &message, bad[i].line, bad[i].key,
                        bad[i].expected);
    }
}

static void noFile(void)
{
    xasMessage message = { "" };
    xasConf *conf = NULL;

    testOk1(xasConfRead("no/such.conf", &conf, &message) == xasErrNotFound &&
            strncmp(message.text, "no/such.conf: ", 14) == 0);
    testOk1(xasConfRead("/tmp", &conf, &message) == xasErrIo && !conf);
}

static void goodFile(void)
{
    xasMessage message = { "" };
    xasConf *c = NULL;

    if (readWith("\n", "\n", &c, &message) != xasOk)
        testAbort("%s", message.text);
    const xasConfStation *a = &c->station[0], *b = &c->station[1];

    testOk1(!strcmp(c->database, "/data/x.db") && !strcmp(c->prefix, "XASD:") &&
            !strcmp(c->record_dir, "/data"));
    testOk1(c->join.nNever == 1 && !strcmp(c->join.never[0], "foil") &&
            c->join.days == 30 && c->journal_s == 0.5 &&
            c->journal_points == 25 && c->nStations == 2);
    testOk1(!strcmp(a->name, "A") && !strcmp(a->rules.station, "A") &&
            !strcmp(a->prefix, "A:") && !strcmp(a->record, "XASD:"));
    testOk1(a->rules.detection == xasDetectYield &&
            a->rules.shell == xasShellL && !strcmp(a->rules.element, "Ni") &&
            a->rules.energy_scale == 1000);
    testOk1(a->level == 0.9 && a->max_points == 500 && a->stale_after_s == 0);
    testOk1(!strcmp(a->pv[xasRoleTey], "s:1") && !a->pv[xasRoleI1][0] &&
            !strcmp(a->pv[xasRoleSequence], a->pv[xasRoleCommit]));
    testOk1(a->rules.roles ==
            (xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
             xasRoleBit(xasRoleTey) | xasRoleBit(xasRoleCommit) |
             xasRoleBit(xasRoleSequence) | xasRoleBit(xasRoleActive)));
    testOk1(a->rules.required ==
            (xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
             xasRoleBit(xasRoleTey)));
    testOk1(b->rules.required ==
                (xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                 xasRoleBit(xasRoleI1) | xasRoleBit(xasRoleActive)) &&
            b->rules.shell == xasShellNone && !b->rules.element[0] &&
            b->rules.energy_scale == 1 && b->level == 0.80);
    testOk1(!a->calib.foil[0] && a->calib.mono == xasMonoUnknown &&
            a->calib.method == xasCalibDerivative &&
            a->calib.max_age_s == 24 * 3600 && a->calib.nSamples == 1 &&
            !strcmp(a->calib.sample[0], "foil") &&
            !strcmp(a->calib.station, "A"));
    testOk1(!strcmp(b->calib.foil, "Ni") && b->calib.foil_eV == 853.2 &&
            b->calib.nSamples == 2 && !strcmp(b->calib.sample[0], "NiO ref") &&
            b->calib.mono == xasMonoCrystal && b->calib.d_spacing_A == 3.1356 &&
            b->calib.method == xasCalibLeastSquares &&
            b->calib.max_age_s == 12 * 3600);
    xasConfDestroy(c);
    xasConfDestroy(NULL);
}

static void variables(void)
{
    xasMessage message = { "" };
    xasConf *c = NULL;
    char here[512], expected[600], out[8], name[16];

    (void)setenv("XAS_TEST_DB", "rel", 1);
    if (readWith("/data/x.db", "${XAS_TEST_DB}/${XAS_NO:-y}.db", &c,
                 &message) != xasOk ||
        !getcwd(here, sizeof here))
        testAbort("%s", message.text);
    (void)snprintf(expected, sizeof expected, "%s/rel/y.db", here);
    testOk(!strcmp(c->database, expected), "%s", c->database);
    xasConfDestroy(c);
    (void)setenv("XAS_TEST_DB", "", 1);
    if (readWith("join_days = 30", "record_dir = \"/r\"", &c, &message) !=
        xasOk)
        testAbort("%s", message.text);
    testOk(!strcmp(c->record_dir, "/r"), "%s", c->record_dir);
    xasConfDestroy(c);
    testOk1(xasConfTextExpand("${XAS_TEST_DB:-d}$5", out, sizeof out, name,
                              sizeof name) == xasConfTextOk &&
            !strcmp(out, "d$5"));
    testOk1(xasConfTextExpand("${XAS_TEST_DB}", out, sizeof out, name,
                              sizeof name) == xasConfTextOk &&
            !*out);
    testOk1(xasConfTextExpand("12345678", out, sizeof out, name, sizeof name) ==
            xasConfTextLong);
}

/* The file we ship, which is also what explains each key. */
static void shipped(void)
{
    const char *top = getenv("XASD_TOP");
    xasMessage message = { "" };
    xasConf *c = NULL;
    char file[512];

    (void)unsetenv("XASD_DATABASE");
    (void)snprintf(file, sizeof file, "%s/etc/xasd.conf", top ? top : "../..");
    testOk(xasConfRead(file, &c, &message) == xasOk && c->nStations == 2 &&
               !strcmp(c->station[1].pv[xasRoleTey], "BL1N2:TEY") &&
               c->join.nNever == 3,
           "etc/xasd.conf %s", message.text);
    xasConfDestroy(c);
}

static const char *const presets[] = {
    "sscan", "quick-array", "step-k", "step-tey", "continuous", "elements",
};
enum { presetCount = sizeof presets / sizeof *presets };

/* Each can be read as it is, and a scan be assembled by it. */
static void presetFiles(void)
{
    const char *top = getenv("XASD_TOP");

    for (size_t i = 0; i < presetCount; i++) {
        xasMessage message = { "" };
        xasConf *c = NULL;
        char file[512];
        xasStatus status;

        (void)snprintf(file, sizeof file, "%s/etc/presets/%s.conf",
                       top ? top : "../..", presets[i]);
        status = xasConfRead(file, &c, &message);
        if (status == xasOk)
            status = xasAssemblerRulesCheck(&c->station[0].rules, &message);
        testOk(status == xasOk && c->nStations == 1 &&
                   c->station[0].pv[xasRoleSample][0],
               "etc/presets/%s.conf %s", presets[i], message.text);
        if (c && !strcmp(presets[i], "elements"))
            testOk(!strcmp(c->station[0].pv[xasRoleOcr + 18],
                           "BL:SDD:dxp19:OutputCountRate"),
                   "its last element: %s", c->station[0].pv[xasRoleOcr + 18]);
        xasConfDestroy(c);
    }
}

MAIN(confTest)
{
    testPlan((int)(sizeof bad / sizeof *bad) + 2 + 11 + 5 + 1 + presetCount +
             1);
    confFileBegin();
    badFiles();
    noFile();
    goodFile();
    variables();
    shipped();
    presetFiles();
    confFileEnd();
    return testDone();
}
