/* SPDX-License-Identifier: BSD-3-Clause */
/* A scan through a file: raw, all comes back to the last bit; else what comes
 * back is what its spectrum is made of. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasXdiScan.h"

enum { points = 80, elements = 3 };

static char folder[] = "/tmp/xdiScanTestXXXXXX";
static char path[64];

static xasScan *makeScan(void)
{
    xasRoles roles = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                     xasRoleBit(xasRoleI1) | xasRoleBit(xasRoleFluor) |
                     xasRoleBit(xasRoleAngle);
    xasScan *scan = NULL;

    for (int k = 0; k < elements; k++)
        roles |= xasRoleBit(xasRoleRoi + k) | xasRoleBit(xasRoleIcr + k) |
                 xasRoleBit(xasRoleOcr + k);
    if (xasScanCreate(roles, &scan))
        testAbort("no memory");
    strcpy(scan->uid, "BL-1");
    strcpy(scan->station, "BL");
    strcpy(scan->mode, "step");
    strcpy(scan->element, "Fe");
    scan->shell = xasShellK;
    scan->detection = xasDetectFluorescence;
    scan->d_spacing_A = 3.1356;
    scan->direction = 1;
    scan->start_ns = 1795361670000000000;
    scan->dark[xasRoleI0] = 100.25;
    scan->dark[xasRoleRoi + 1] = -3;
    scan->leftOut = xasRoleBit(xasRoleRoi + 2) | xasRoleBit(xasRoleIcr + 2) |
                    xasRoleBit(xasRoleOcr + 2);
    for (int i = 0; i < points; i++) {
        double value[xasChannelCount];

        for (int c = 0; c < xasChannelCount; c++)
            value[c] = 1e5 / (3.0 + (i * 31 + c) % 17);
        value[xasRoleEnergy] = 7000 + i + 1 / 3.0;
        value[xasRoleFluor] = i == 9 ? NAN : 200 + i / 7.0;
        if (xasScanAddPoint(scan, value, scan->start_ns + i * 500000000LL,
                            i == 9    ? xasPointElement
                            : i == 20 ? xasPointGlitchI0
                            : i == 30 ? xasPointNoBeam
                                      : 0))
            testAbort("no memory");
    }
    return scan;
}

static xasScan *through(const xasScan *scan, bool raw, xasXdi **xdi)
{
    xasXdiScanOptions options = { raw, raw ? NAN : 0.35, "2026-11-22T15:34:30Z",
                                  "a comment" };
    xasMessage message = { "" };
    xasXdiChannels channels;
    xasScan *back = NULL;

    if (xasXdiWriteScan(path, scan, &options, &message) ||
        xasXdiRead(path, xdi, &message) ||
        xasXdiBind(*xdi, &channels, &message) ||
        xasXdiReadScan(*xdi, &channels, scan->start_ns, &back))
        testAbort("%s", message.text);
    testOk(channels.detection == xasDetectFluorescence,
           "fluorescence, though there is an itrans");
    return back;
}

static bool says(const char *line)
{
    char text[512];
    bool found = false;
    FILE *f = fopen(path, "r");

    while (f && fgets(text, sizeof text, f))
        found = found || strncmp(text, line, strlen(line)) == 0;
    if (f)
        (void)fclose(f);
    return found;
}

static void rawScan(const xasScan *scan)
{
    xasXdi *xdi = NULL;
    xasScan *back = through(scan, true, &xdi);
    bool same = back->n == scan->n && back->channels == scan->channels;

    testOk(same, "all points and channels");
    for (int c = 0; same && c < xasChannelCount; c++)
        for (size_t i = 0; scan->channel[c] && i < scan->n; i++)
            same = same &&
                   (scan->channel[c][i] == back->channel[c][i] ||
                    (isnan(scan->channel[c][i]) && isnan(back->channel[c][i])));
    testOk(same, "the same readings to the last bit");
    for (size_t i = 0; same && i < scan->n; i++)
        same = scan->stamp_ns[i] == back->stamp_ns[i] &&
               (scan->flags[i] | (i == 9 ? xasPointInvalid : 0u)) ==
                   back->flags[i];
    testOk(same, "the same stamps and flags");
    testOk1(memcmp(scan->dark, back->dark, sizeof scan->dark) == 0 &&
            back->leftOut == scan->leftOut && back->d_spacing_A == 3.1356);
    testOk1(
        says("# xasd.readings: raw, all 80 points; dark") &&
        says("# xasd.dark.i0: 100.25\n") && says("# xasd.left_out: fluor3\n") &&
        says("# xasd.direction: up\n") && says("# Mono.d_spacing: 3.1356\n"));
    xasXdiDestroy(xdi);
    xasScanDestroy(back);
}

static void goodPoints(const xasScan *scan)
{
    xasXdi *xdi = NULL;
    xasScan *back = through(scan, false, &xdi);
    xasSpectrum *a = NULL, *b = NULL;

    testOk1(back->n == points - 2 && !xasXdiColumn(xdi, "flags"));
    testOk1(back->channel[xasRoleI0][0] ==
            scan->channel[xasRoleI0][0] - 100.25);
    testOk1(back->dark[xasRoleI0] == 0 && back->leftOut == scan->leftOut);
    back->detection = scan->detection;
    if (xasScanSpectrum(scan, &a) || xasScanSpectrum(back, &b))
        testAbort("no spectrum");
    testOk(xasSpectrumSize(a) == xasSpectrumSize(b) &&
               memcmp(xasSpectrumMu(a), xasSpectrumMu(b),
                      xasSpectrumSize(a) * sizeof(double)) == 0,
           "the same spectrum to the last bit");
    testOk1(says("# xasd.readings: the 78 good of 80 points, dark offsets "
                 "subtracted\n") &&
            says("# xasd.energy_shift: 0.35 eV, not applied\n"));
    xasSpectrumDestroy(a);
    xasSpectrumDestroy(b);
    xasXdiDestroy(xdi);
    xasScanDestroy(back);
}

static void angles(void)
{
    xasMessage message = { "" };
    xasXdi *xdi = NULL;
    xasXdiChannels c;
    FILE *f = fopen(path, "w");

    if (!f)
        testAbort("%s", path);
    (void)fputs("# XDI/1.0\n# Mono.d_spacing: 2\n# Column.1: angle degrees\n"
                "# Column.2: i0\n# Column.3: itrans\n#---\n30 10 5\n29 10 4\n",
                f);
    (void)fclose(f);
    testOk(xasXdiRead(path, &xdi, &message) == xasOk &&
               xasXdiBind(xdi, &c, &message) == xasOk &&
               fabs(c.energy[0] - 12398.41984 / 2) < 1e-9,
           "energies of a file of angles %s", message.text);
    xasXdiDestroy(xdi);
}

static void nothing(xasScan *scan)
{
    xasXdiScanOptions options = { false, NAN, "", "" };
    xasMessage message = { "" };

    for (size_t i = 0; i < scan->n; i++)
        scan->flags[i] = xasPointInvalid;
    testOk(xasXdiWriteScan(path, scan, &options, &message) == xasErrRange &&
               strstr(message.text, "no good point"),
           "%s", message.text);
}

MAIN(xdiScanTest)
{
    xasScan *scan;

    testPlan(1 + 5 + 1 + 5 + 1 + 1);
    if (!mkdtemp(folder))
        testAbort("%s", folder);
    (void)snprintf(path, sizeof path, "%s/t.xdi", folder);
    scan = makeScan();
    rawScan(scan);
    goodPoints(scan);
    angles();
    nothing(scan);
    xasScanDestroy(scan);
    (void)unlink(path);
    (void)rmdir(folder);
    return testDone();
}
