/* SPDX-License-Identifier: BSD-3-Clause */
/* The keys of a station that belong together: rules, modes, and detectors of
 * several elements. */
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "confFile.h"

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
    FILE *f = confFileOpen();

    for (const char *p = base; *p; p++)
        if (*p == '@' && *++p)
            (void)fputs(*p == '1' ? rule : pv, f);
        else
            (void)fputc(*p, f);
    (void)fclose(f);
    return xasConfRead(confFilePath(), conf, message);
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
        char key[64];
        xasStatus status =
            readBase(refused[i].rule, refused[i].pv, &conf, &message);

        (void)snprintf(key, sizeof key, "stations[0].%s: ", refused[i].key);
        confFileRefused(status, conf, &message, refused[i].line, key,
                        refused[i].expected);
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

MAIN(confStationTest)
{
    testPlan((int)(sizeof refused / sizeof *refused) + 8 + 6);
    confFileBegin();
    refusals();
    elements();
    modes();
    confFileEnd();
    return testDone();
}
