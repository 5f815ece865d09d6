/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of columns: odd headers, bad rows, what is written reads back to the
 * same bits, and every file of the shared data binds as its maker labelled it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasText.h"
#include "xasXdi.h"

static char folder[] = "/tmp/xdiTestXXXXXX";
static char path[128];

static const char *put(const char *text, size_t length)
{
    (void)snprintf(path, sizeof path, "%s/t.xdi", folder);
    FILE *f = fopen(path, "w");

    if (!f || fwrite(text, 1, length, f) != length || fclose(f) != 0)
        testAbort("%s: cannot be written", path);
    return path;
}

static void refused(const char *what, const char *text, xasStatus expect,
                    const char *words)
{
    xasMessage message = { "" };
    xasXdi *xdi = NULL;
    xasStatus status = xasXdiRead(put(text, strlen(text)), &xdi, &message);

    testOk(status == expect && !xdi && strstr(message.text, words) &&
               strncmp(message.text, path, strlen(path)) == 0 &&
               !strchr(message.text, '\n'),
           "%s: %s", what, message.text);
    xasXdiDestroy(xdi);
}

static void badFiles(void)
{
    xasMessage message = { "" };
    xasXdi *xdi = NULL;

    refused("empty", "", xasErrFormat, "no data");
    refused("header only", "# XDI/1.0\n#---\n", xasErrFormat, "no data");
    refused("one column", "# energy\n7100\n", xasErrFormat, "two or more");
    refused("a word", "# energy mutrans\n7100 1\n7101 one\n", xasErrFormat,
            ":3: column 2: expected a number, found 'one'");
    refused("decimal comma", "7100 0,5\n", xasErrFormat, "found '0,5'");
    refused("short row", "7100 1 2\n7101 1\n", xasErrFormat,
            ":2: 2 columns, expected 3");
    refused("column 0", "# Column.0: energy\n1 2\n", xasErrFormat, ":1: ");
    testOk1(xasXdiRead(put("7100 1\n71\0 2\n", 13), &xdi, &message) ==
                xasErrFormat &&
            strstr(message.text, ":2: a zero byte"));
    testOk1(xasXdiRead("no/such.xdi", &xdi, &message) == xasErrNotFound);
    testOk1(xasXdiRead(folder, &xdi, &message) == xasErrIo);
    (void)snprintf(path, sizeof path, "%s/t.xdi", folder);
    (void)unlink(path);
    testOk1(mkfifo(path, 0600) == 0 &&
            xasXdiRead(path, &xdi, &message) == xasErrIo);
    (void)unlink(path);
    testOk1(xdi == NULL);
}

static void oddHeader(void)
{
    static const char text[] =
        "\xEF\xBB\xBF#XDI/1.1  Epics StepScan File / 2.0\r\n"
        "# Legend.Start: Column.N: Name  units || EpicsPV\r\n"
        "# Column.N: Name units\r\n"
        "%Column.1: ITEY counts || X:scaler.S2\r\n"
        "# column.3:Energy keV || X:E.VAL\r\n"
        "#  ELEMENT.SYMBOL:   Fe\r\n"
        "# Element.edge: L3\r\n"
        "# Sample.formula: Zn3(PO4)2\xC2\xB7"
        "4H2O \r\n"
        "# Sample.name: a\xFF"
        "b: c\r\n"
        "# ///\r\n"
        "# Sample.name: a remark, no field\r\n"
        "# ----\r\n"
        "# itey i0 energy mu i1\r\n"
        "\r\n"
        " 1e3\t2000.5 0.7001 nan -1\r\n"
        "# remark: in between\n"
        " 1001 2001  0.7002 inf -2";
    xasMessage message = { "" };
    xasXdiChannels ch = { .detection = xasDetectMu };
    xasXdi *x = NULL;

    if (xasXdiRead(put(text, strlen(text)), &x, &message) != xasOk)
        testAbort("%s", message.text);
    testOk(x->n == 2 && x->columns == 5, "%zu rows of %zu", x->n, x->columns);
    testOk(!strcmp(x->label[0], "itey") && !strcmp(x->label[1], "i0") &&
               !strcmp(x->label[2], "energy") && !strcmp(x->label[4], "i1"),
           "labels by Column.N, then by the last comment");
    testOk1(!strcmp(x->element, "Fe") && !strcmp(x->edge, "L3"));
    testOk(!strcmp(x->formula, "Zn3(PO4)2\xC2\xB7"
                               "4H2O"),
           "%s", x->formula);
    testOk(!strcmp(x->sample, "a?b: c"), "%s", x->sample);
    testOk1(x->energyIsKeV);
    testOk1(isnan(x->value[3][0]) && isinf(x->value[3][1]));
    testOk1(xasXdiBind(x, &ch, NULL) == xasOk &&
            ch.detection == xasDetectYield && ch.signal[0] == 1e3 &&
            ch.i0[1] == 2001 && ch.energy[1] == 0.7002 && !ch.i2);
    strcpy(x->edge, "K");
    testOk(xasXdiBind(x, &ch, NULL) == xasOk &&
               ch.detection == xasDetectTransmission && ch.signal[1] == -2,
           "a K edge prefers transmission");
    strcpy(x->label[1], "x");
    testOk(xasXdiBind(x, &ch, NULL) == xasOk && ch.detection == xasDetectMu &&
               !ch.i0 && ch.signal == x->value[3],
           "without i0 only mu is left");
    strcpy(x->label[3], "x");
    testOk1(xasXdiBind(x, &ch, &message) == xasErrNotFound &&
            strstr(message.text, "absorption"));
    strcpy(x->label[2], "angle");
    testOk1(xasXdiBind(x, &ch, &message) == xasErrNotFound &&
            strstr(message.text, "energy"));
    xasXdiDestroy(x);
    xasXdiDestroy(NULL);
}

static void texts(void)
{
    char out[6];

    xasTextCopy(out, sizeof out, "  \xE2\x82\x82\xE2\x82\x83 ");
    testOk(!strcmp(out, "\xE2\x82\x82"), "cut between characters");
    xasTextCopy(out, sizeof out, "\xED\xA0\x80z");
    testOk(!strcmp(out, "???z"), "a surrogate is no character");
    xasTextCopy(out, sizeof out, "ab\xE2\x82");
    testOk(!strcmp(out, "ab??"), "nor is half of one");
}

static void roundTrip(void)
{
    static const char *const label[] = { "energy", "i0", "itrans" };
    static const double e[] = { 7112.1, 7112.2, 1.0 / 3 };
    static const double a[] = { 4e-320, 123456789.125, -0.0 };
    static const double b[] = { NAN, -INFINITY, 1.7976931348623157e308 };
    static const double *const value[] = { e, a, b };
    xasXdiHead head = { .element = "Fe",
                        .edge = "K",
                        .formula = "FeCl2",
                        .sample = "two\nlines",
                        .start = "2021-03-04T05:06:07Z" };
    xasMessage message = { "" };
    char missing[160];
    xasXdi *x = NULL;

    (void)snprintf(path, sizeof path, "%s/out.xdi", folder);
    testOk1(xasXdiWrite(path, &head, 3, label, value, 3, &message) == xasOk);
    if (xasXdiRead(path, &x, &message) != xasOk)
        testAbort("%s", message.text);
    testOk1(x->n == 3 && x->columns == 3 && !memcmp(x->value[0], e, sizeof e) &&
            !memcmp(x->value[1], a, sizeof a) &&
            !memcmp(&x->value[2][1], &b[1], 2 * sizeof *b) &&
            isnan(x->value[2][0]));
    testOk1(!strcmp(x->element, "Fe") && !strcmp(x->edge, "K") &&
            !strcmp(x->formula, "FeCl2") && !strcmp(x->sample, "two lines") &&
            !strcmp(x->start, "2021-03-04T05:06:07Z") && !x->energyIsKeV);
    xasXdiDestroy(x);
    (void)unlink(path);
    (void)snprintf(missing, sizeof missing, "%s/no/out.xdi", folder);
    testOk1(xasXdiWrite(missing, &head, 3, label, value, 3, &message) ==
                xasErrIo &&
            strstr(message.text, "no/out.xdi"));
    testOk1(xasXdiWrite(path, &head, 1, label, value, 3, &message) ==
            xasErrArg);
}

/* name, rows, first column of the signal's file line, as labelled there */
static const struct {
    const char *file;
    xasDetection detection;
    size_t n;
    double energy, i0, signal, i2;
} known[] = {
    { "measured/Chorover13BM_ZnSO4_rt_01.xdi", xasDetectTransmission, 415,
      9459.017, 286781.0, 107316.0, 0 },
    { "measured/CuO_tenorite_13K_01.xdi", xasDetectTransmission, 398, 8760.0190,
      46739.301, 214243.319029, 15327.389233 },
    { "measured/V2O5.xdi", xasDetectTransmission, 517, 5364.9950, 100363.0,
      145337.0, 0 },
    { "measured/Zn_foil.xdi", xasDetectTransmission, 526, 9584.0, 94955.049842,
      56941.849906, 0 },
    { "measured/cu_metal_rt.xdi", xasDetectTransmission, 408, 8779.0, 149013.7,
      550643.089065, 0 },
    { "measured/L_Fe_STXM_oxidized.xdi", xasDetectMu, 123, 700, 0, 0.015291122,
      0 },
    { "measured/txm_Ni_NiO_keV.xdi", xasDetectMu, 787, 8.2, 0, 0.0007, 0 },
    { "measured/athena_Mn_MnCO3.xdi", xasDetectMu, 2672, 6356.2026, 0,
      1.59239637, 0 },
    { "synthetic/FeCl2_K.xdi", xasDetectTransmission, 0, 6961.925, 397359,
      123138, 0 },
    { "synthetic/FeCl2_L.xdi", xasDetectYield, 0, 688.801, 199845, 9959, 0 },
};

static void knownFile(const char *shared, size_t k)
{
    char name[512];
    xasMessage message = { "" };
    xasXdiChannels ch = { .detection = xasDetectMu };
    xasXdi *x = NULL;

    (void)snprintf(name, sizeof name, "%s/data/%s", shared, known[k].file);
    if (xasXdiRead(name, &x, &message) != xasOk ||
        xasXdiBind(x, &ch, &message) != xasOk) {
        testFail("%s", message.text);
        xasXdiDestroy(x);
        return;
    }
    testOk((!known[k].n || x->n == known[k].n) &&
               ch.detection == known[k].detection &&
               ch.energy[0] == known[k].energy &&
               (ch.i0 ? ch.i0[0] : 0) == known[k].i0 &&
               ch.signal[0] == known[k].signal &&
               (ch.i2 ? ch.i2[0] : 0) == known[k].i2 &&
               x->energyIsKeV == (known[k].energy < 120),
           "%s: %zu points, %s", known[k].file, x->n,
           ch.detection == xasDetectMu ? "mu" : "raw channels");
    xasXdiDestroy(x);
}

/* Element and edge are those of the tables beside the files. */
static int tableRow(const char *name, const char *element, const char *edge)
{
    xasMessage message = { "" };
    xasXdiChannels ch = { .detection = xasDetectMu };
    xasXdi *x = NULL;
    int good = 0;

    if (xasXdiRead(name, &x, &message) == xasOk &&
        xasXdiBind(x, &ch, &message) == xasOk)
        good = !strcmp(x->element, element) &&
               x->edge[0] == edge[edge[0] == '"'] && x->n >= 100 &&
               ch.energy[0] < ch.energy[1];
    if (!good)
        testDiag("%s: %s", name, message.text);
    xasXdiDestroy(x);
    return good;
}

static void allMeasured(const char *shared)
{
    char name[512], line[1024];
    int rows = 0, good = 0;

    (void)snprintf(name, sizeof name, "%s/data/measured/compounds.csv", shared);
    FILE *f = fopen(name, "r");

    while (f && fgets(line, sizeof line, f)) {
        char *save, *file = strtok_r(line, ",", &save);
        char *formula = strtok_r(NULL, ",", &save);
        char *element = strtok_r(NULL, ",", &save);
        char *edge = strtok_r(NULL, ",", &save);

        if (!edge || !formula || !strstr(file, ".xdi"))
            continue;
        rows++;
        (void)snprintf(name, sizeof name, "%s/data/measured/%s", shared, file);
        good += tableRow(name, element, edge);
    }
    if (f)
        (void)fclose(f);
    testOk(rows == 53 && good == rows, "%d of %d measured files", good, rows);
}

static void allSynthetic(const char *shared)
{
    static const char *const halides[] = {
        "FeF2", "FeF3", "FeCl2", "FeBr2", "FeI2", "CoF2", "CoCl2", "CoBr2",
        "CoI2", "NiF2", "NiCl2", "NiBr2", "NiI2", "CuF2", "CuCl2",
    };
    char name[512];
    int good = 0;

    for (size_t i = 0; i < 30; i++) {
        char element[3] = { halides[i / 2][0], halides[i / 2][1], 0 };

        (void)snprintf(name, sizeof name, "%s/data/synthetic/%s_%c.xdi", shared,
                       halides[i / 2], i % 2 ? 'L' : 'K');
        good += tableRow(name, element, i % 2 ? "L" : "K");
    }
    testOk(good == 30, "%d of 30 synthetic files", good);
}

MAIN(xdiTest)
{
    const char *shared = getenv("XASD_SHARED");
    int files = (int)(sizeof known / sizeof *known);
    char name[512];

    testPlan(12 + 12 + 3 + 5 + files + 2);
    if (!mkdtemp(folder))
        testAbort("%s", folder);
    badFiles();
    oddHeader();
    texts();
    roundTrip();
    if (!shared)
        shared = "../../../shared";
    (void)snprintf(name, sizeof name, "%s/data/measured", shared);
    if (access(name, R_OK) == 0) {
        for (size_t k = 0; k < (size_t)files; k++)
            knownFile(shared, k);
        allMeasured(shared);
        allSynthetic(shared);
    } else {
        testSkip(files + 2, "no shared data; XASD_SHARED names its folder");
    }
    (void)snprintf(path, sizeof path, "%s/t.xdi", folder);
    (void)unlink(path);
    (void)rmdir(folder);
    return testDone();
}
