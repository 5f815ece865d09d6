/* SPDX-License-Identifier: BSD-3-Clause */
/* xasd.conf: what is read, and one line with file, line and key for whatever
 * cannot be.  Bad files are the good one below with one thing replaced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasConf.h"
#include "xasConfText.h"

static char folder[] = "/tmp/confTestXXXXXX";
static char path[64];

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
    FILE *f = fopen(path, "w");

    if (!at || !f)
        testAbort("'%s' is not in the good file, or no %s", old, path);
    (void)fprintf(f, "%.*s%s%s", (int)(at - good), good, new, at + strlen(old));
    (void)fclose(f);
    return xasConfRead(path, conf, message);
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

/* One station that is right, with the lines to replace at the places @1 (a
 * rule) and @2 (a PV). */
static const char base[] = "stations = ( { name = \"C\"; prefix = \"C:\";\n"
                           "detection = \"fluorescence\";\n"
                           "@1\n"
                           "pv = { i0 = \"c:0\";\n"
                           "@2\n"
                           "}; } );\n";
#define LINE1  3
#define LINE2  5
#define ENERGY "energy = \"c:E\"; "
#define PLAIN  ENERGY "fluor = \"c:f\"; "
#define LIST   ENERGY "fluor = \"c:f{1-4}\"; "
#define RATES  LIST "icr = \"c:i{1-4}\"; ocr = \"c:o{1-4}\"; "

static xasStatus readBase(const char *rule, const char *pv, xasConf **conf,
                          xasMessage *message)
{
    FILE *f = fopen(path, "w");

    if (!f)
        testAbort("no %s", path);
    for (const char *p = base; *p; p++)
        if (*p == '@' && *++p)
            (void)fputs(*p == '1' ? rule : pv, f);
        else
            (void)fputc(*p, f);
    (void)fclose(f);
    return xasConfRead(path, conf, message);
}

static const struct {
    const char *rule, *pv;
    int line;
    const char *key, *expected;
} refused[] = {
    { "", "fluor = \"c:f\";", 4, "pv.energy", "missing" },
    { "", "angle = \"c:A\"; fluor = \"c:f\";", 1, "d_spacing_A",
      "spacing of the crystal" },
    { "d_spacing_A = 3.1356;", PLAIN "angle = \"c:A\";", 4, "pv.angle",
      "one of them" },
    { "d_spacing_A = 3.1356; monochromator = \"grating\";",
      "angle = \"c:A\"; fluor = \"c:f\";", LINE1, "monochromator", "crystal" },
    { "d_spacing_A = 3.1356; energy_unit = \"keV\";",
      "angle = \"c:A\"; fluor = \"c:f\";", LINE1, "energy_unit", "degrees" },
    { "", LIST "icr = \"c:i{1-4}\";", 4, "pv.ocr", "or tau_s" },
    { "", LIST "ocr = \"c:o{1-4}\";", 4, "pv.icr", "input rates" },
    { "", LIST "icr = \"c:i{1-3}\"; ocr = \"c:o{1-4}\";", LINE2, "pv.icr",
      "3 PVs, expected one for each of the 4" },
    { "", ENERGY "icr = \"c:i\"; ocr = \"c:o\";", LINE2, "pv.icr",
      "1 PVs, expected one for each of the 0" },
    { "", ENERGY "fluor = \"c:f{1-33}\";", LINE2, "pv.fluor",
      "at most 32 elements" },
    { "", ENERGY "fluor = \"c:f{4-1}\";", LINE2, "pv.fluor", "X:Roi{1-19}" },
    { "", ENERGY "fluor = [ ];", LINE2, "pv.fluor", "empty" },
    { "", ENERGY "fluor = [ \"c:f1\", \"c: 2\" ];", LINE2, "pv.fluor[1]",
      "without spaces" },
    { "", ENERGY "fluor = [ \"c:f1\", \"c:f1\" ];", LINE2, "pv.fluor[1]",
      "also given as fluor1" },
    { "", PLAIN "fluor2 = \"c:g\";", LINE2, "pv.fluor2", "unknown role" },
    { "tau_s = 1e-6;", LIST, LINE1, "tau_s", "without pv.icr" },
    { "tau_s = 1e-6;", RATES, LINE1, "tau_s", "icr/ocr" },
    { "tau_s = 1;", LIST, LINE1, "tau_s", "from 0 to 0.001" },
    { "dead_time_s = 1e-6;", LIST, LINE1, "dead_time_s", "without elements" },
    { "dead_time_s = 1e-6;", PLAIN, LINE1, "dead_time_s", "pv.dwell" },
    { "dark = { i1 = 3; };", PLAIN, LINE1, "dark.i1", "that pv names" },
    { "dark = { energy = 3; };", PLAIN, LINE1, "dark.energy", "i0, i1" },
    { "dark = { i0 = \"3\"; };", PLAIN, LINE1, "dark.i0", "a number" },
    { "dark = 3;", PLAIN, LINE1, "dark", "a group" },
    { "dark = { fluor = [ 1, 2 ]; };", LIST, LINE1, "dark.fluor",
      "each of the 4 elements" },
    { "final = { energy = \"c:EA\"; i0 = \"c:0A\"; fluor = \"c:fA\"; };", PLAIN,
      4, "pv.data", "missing" },
    { "final = { energy = \"c:EA\"; i0 = \"c:0A\"; };", PLAIN "data = \"c:D\";",
      LINE1, "final.fluor", "missing" },
    { "final = { energy = \"c:EA\"; i0 = \"c:0A\"; fluor = \"c:fA\"; i1 = "
      "\"c:1A\"; };",
      PLAIN "data = \"c:D\";", LINE1, "final.i1", "pv does not name" },
    { "final = { energy = \"c:EA\"; i0 = \"c:EA\"; };", PLAIN, LINE1,
      "final.i0", "also given as energy" },
    { "final = { busy = \"c:B\"; };", PLAIN, LINE1, "final.busy",
      "unknown role" },
    { "mode = \"array\"; final = { energy = \"c:EA\"; i0 = \"c:0A\"; fluor = "
      "\"c:fA\"; };",
      PLAIN "data = \"c:D\";", LINE1, "final", "for mode \"step\"" },
    { "", PLAIN "data = \"c:D\";", LINE2, "pv.data", "of no use without" },
    { "", PLAIN "valid = \"c:D\";", LINE2, "pv.valid", "of no use without" },
    { "mode = \"continuous\";", PLAIN "commit = \"c:N\";", LINE2, "pv.commit",
      "stamps join" },
    { "rebin_eV = 0.3;", PLAIN, LINE1, "rebin_eV", "mode \"continuous\"" },
    { "pace = \"i0\";", PLAIN, LINE1, "pace", "mode \"continuous\"" },
    { "mode = \"continuous\"; pace = \"i1\";", PLAIN, LINE1, "pace",
      "a channel that pv names" },
    { "array_timeout_s = 3;", PLAIN, LINE1, "array_timeout_s",
      "mode \"array\"" },
    { "commit_when = \"zero\";", PLAIN, LINE1, "commit_when", "pv.commit" },
    { "commit_when = \"never\";", PLAIN, LINE1, "commit_when", "any zero set" },
    { "ring_min_mA = 100;", PLAIN, LINE1, "ring_min_mA", "pv.ring_current" },
    { "record_events = \"yes\";", PLAIN, LINE1, "record_events",
      "true or false" },
    { "idle_s = 0;", PLAIN, LINE1, "idle_s", "from 0.01" },
    { "rebin_ev = 0.3;", PLAIN, LINE1, "rebin_ev",
      "expected perhaps rebin_eV" },
};

static void refusals(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        xasMessage message = { "" };
        xasConf *conf = NULL;
        char start[160];
        xasStatus status =
            readBase(refused[i].rule, refused[i].pv, &conf, &message);

        (void)snprintf(start, sizeof start, "%s:%d: stations[0].%s: ", path,
                       refused[i].line, refused[i].key);
        testOk(status != xasOk && !conf && !strchr(message.text, '\n') &&
                   strncmp(message.text, start, strlen(start)) == 0 &&
                   strstr(message.text, refused[i].expected),
               "%s", message.text);
        xasConfDestroy(conf);
    }
}

static const xasConfStation *must(const char *rule, const char *pv,
                                  xasConf **conf)
{
    xasMessage message = { "" };

    xasConfDestroy(*conf);
    *conf = NULL;
    if (readBase(rule, pv, conf, &message) != xasOk ||
        xasAssemblerRulesCheck(&(*conf)->station[0].rules, &message) != xasOk)
        testAbort("%s", message.text);
    return &(*conf)->station[0];
}

static void elements(void)
{
    xasConf *c = NULL;
    const xasConfStation *s = must("", RATES, &c);
    xasRoles four = 15;

    testOk1((s->rules.roles & XAS_ROLES_ELEMENTS) ==
            (four << xasRoleRoi | four << xasRoleIcr | four << xasRoleOcr));
    testOk1(!strcmp(s->pv[xasRoleRoi], "c:f1") &&
            !strcmp(s->pv[xasRoleRoi + 3], "c:f4") &&
            !strcmp(s->pv[xasRoleOcr + 3], "c:o4") && !s->pv[xasRoleFluor][0]);
    testOk(xasRolesHave(s->rules.roles, xasRoleFluor) &&
               s->rules.required ==
                   (xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                    (s->rules.roles & XAS_ROLES_ELEMENTS)),
           "fluor is made of the elements, and these are required");
    s = must("dark = { fluor = 2.5; i0 = -1; };", LIST, &c);
    testOk1(s->rules.dark[xasRoleRoi + 3] == 2.5 &&
            s->rules.dark[xasRoleI0] == -1 && s->rules.dark[xasRoleFluor] == 0);
    s = must("dark = { fluor = ( 1, 2, 3, 4.5 ); }; tau_s = 2e-7;",
             LIST "icr = [ \"c:i{09-11}\", \"c:last\" ];", &c);
    testOk1(s->rules.dark[xasRoleRoi + 1] == 2 &&
            s->rules.dark[xasRoleRoi + 3] == 4.5 && s->rules.tau_s == 2e-7);
    testOk1(!strcmp(s->pv[xasRoleIcr], "c:i09") &&
            !strcmp(s->pv[xasRoleIcr + 2], "c:i11") &&
            !strcmp(s->pv[xasRoleIcr + 3], "c:last"));
    s = must("tau_s = 0;", PLAIN "icr = \"c:i\";", &c);
    testOk(xasRolesHave(s->rules.roles, xasRoleRoi) &&
               !strcmp(s->pv[xasRoleRoi], "c:f"),
           "one PV with a rate is a detector of one element");
    s = must("required = [ \"fluor\" ];", "i1 = \"c:1\"; " LIST, &c);
    testOk1((s->rules.required & XAS_ROLES_ELEMENTS) == four << xasRoleRoi);
    xasConfDestroy(c);
}

static void modes(void)
{
    xasConf *c = NULL;
    const xasConfStation *s =
        must("d_spacing_A = 3.1356;",
             "angle = \"c:A{Th:1}\"; fluor = \"c:f{Det:1}\";", &c);

    testOk(s->rules.d_spacing_A == 3.1356 && s->rules.mode == xasModeStep &&
               !strcmp(s->pv[xasRoleAngle], "c:A{Th:1}") &&
               !strcmp(s->pv[xasRoleFluor], "c:f{Det:1}"),
           "braces that hold no range are part of a name");
    testOk1(s->rules.roles ==
            (xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleAngle) |
             xasRoleBit(xasRoleI0) | xasRoleBit(xasRoleFluor)));
    testOk1(s->rules.required ==
            (xasRoleBit(xasRoleAngle) | xasRoleBit(xasRoleI0) |
             xasRoleBit(xasRoleFluor)));
    s = must("final = { energy = \"c:EA\"; i0 = \"c:0A\"; fluor = "
             "\"c:fA{1-4}\"; }; commit_when = \"zero\"; array_timeout_s = 4;",
             LIST "data = \"c:D\"; commit = \"c:N\"; sequence = \"c:N\"; "
                  "valid = \"c:N\";",
             &c);
    testOk1(
        s->rules.final == (xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                           (xasRoles)15 << xasRoleRoi) &&
        !strcmp(s->final[xasRoleRoi + 3], "c:fA4") &&
        s->rules.commit_when == xasCommitZero && s->rules.array_timeout_s == 4);
    s = must("mode = \"continuous\"; pace = \"fluor\"; rebin_eV = 0.3; "
             "idle_s = 2; return_eV = 20;",
             LIST, &c);
    testOk1(s->rules.mode == xasModeContinuous && s->rules.pace == xasRoleRoi &&
            s->rules.rebin_eV == 0.3 && s->rules.idle_s == 2 &&
            s->rules.return_eV == 20);
    s = must("mode = \"array\"; ring_min_mA = 100; record_events = true;",
             PLAIN "ring_current = \"c:mA\"; valid = \"c:n\";", &c);
    testOk1(s->rules.mode == xasModeArray && s->rules.ring_min_mA == 100 &&
            s->record_events && s->rules.pace == xasRoleCount);
    xasConfDestroy(c);
}

static void badFiles(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        xasMessage message = { "" };
        xasConf *conf = NULL;
        char start[160];
        xasStatus status = readWith(bad[i].old, bad[i].new, &conf, &message);

        (void)snprintf(start, sizeof start, "%s:%d: %s", path, bad[i].line,
                       bad[i].key);
        testOk(status != xasOk && !conf && !strchr(message.text, '\n') &&
                   strncmp(message.text, start, strlen(start)) == 0 &&
                   strstr(message.text, bad[i].expected),
               "%s", message.text);
        xasConfDestroy(conf);
    }
}

static void noFile(void)
{
    xasMessage message = { "" };
    xasConf *conf = NULL;

    testOk1(xasConfRead("no/such.conf", &conf, &message) == xasErrNotFound &&
            strncmp(message.text, "no/such.conf: ", 14) == 0);
    testOk1(xasConfRead(folder, &conf, &message) == xasErrIo && !conf);
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
    testOk1(c->nNoJoin == 1 && !strcmp(c->no_join[0], "foil") &&
            c->join_days == 30 && c->journal_s == 0.5 &&
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
               c->nNoJoin == 3,
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
    testPlan((int)(sizeof bad / sizeof *bad) +
             (int)(sizeof refused / sizeof *refused) + 2 + 11 + 8 + 6 + 4 + 2 +
             presetCount + 1);
    if (!mkdtemp(folder))
        testAbort("%s", folder);
    (void)snprintf(path, sizeof path, "%s/t.conf", folder);
    badFiles();
    noFile();
    goodFile();
    refusals();
    elements();
    modes();
    variables();
    shipped();
    presetFiles();
    (void)unlink(path);
    (void)rmdir(folder);
    return testDone();
}
