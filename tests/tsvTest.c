/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables as people and spreadsheets write them; faults name file and line. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasTsv.h"

static char file[] = "/tmp/xasTsvXXXXXX";

static xasStatus readText(const char *text, xasTsv **out, xasMessage *why)
{
    FILE *f = fopen(file, "wb");

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        testAbort("cannot write %s", file);
    return xasTsvRead(file, out, why);
}

static bool is(const xasTsv *t, size_t row, size_t column, const char *text)
{
    return strcmp(xasTsvCell(t, row, column), text) == 0;
}

static void testForms(void)
{
    xasTsv *t = NULL;
    xasMessage why = { "" };
    size_t column = 9;

    testOk1(readText("\xef\xbb\xbf# a comment, with commas\r\n"
                     "\r\n"
                     "id, name ,\"a \"\"b\"\"\"\r\n"
                     "1,two words, \r\n"
                     "# between\r\n"
                     "\"x,\ny\",,\"\"\r\n",
                     &t, &why) == xasOk);
    testOk(t && t->rows == 2 && t->columns == 3, "%s", why.text);
    testOk1(strcmp(t->name[1], "name") == 0 &&
            strcmp(t->name[2], "a \"b\"") == 0);
    testOk1(is(t, 0, 0, "1") && is(t, 0, 1, "two words") && is(t, 0, 2, ""));
    testOk1(is(t, 1, 0, "x,\ny") && is(t, 1, 1, "") && is(t, 1, 2, ""));
    testOk(t->line[0] == 4 && t->line[1] == 6, "lines %zu and %zu", t->line[0],
           t->line[1]);
    testOk1(xasTsvColumn(t, "name", &column) == xasOk && column == 1);
    testOk1(xasTsvColumn(t, "none", &column) == xasErrNotFound && column == 1);
    xasTsvDestroy(t);
    testOk1(readText("a\tb,c\n1,5\t\"q\"\n", &t, &why) == xasOk &&
            t->columns == 2 && is(t, 0, 0, "1,5") && is(t, 0, 1, "q"));
    xasTsvDestroy(t);
    testOk1(readText("a,b\n1,2", &t, &why) == xasOk && t->rows == 1 &&
            is(t, 0, 1, "2"));
    xasTsvDestroy(t);
    testOk1(readText("only names,here\n", &t, &why) == xasOk && t->rows == 0);
    xasTsvDestroy(t);
    xasTsvDestroy(NULL);
}

static void testNumbers(void)
{
    static const char *const bad[] = { "1x", "inf", "1 2", "--1", "0x" };
    xasTsv *t = NULL;
    xasMessage why = { "" };
    double value = 0;

    testOk1(readText("a,b,c,d\n -1.5e3 ,,NaN,0.1\n", &t, &why) == xasOk);
    testOk1(xasTsvNumber(t, 0, 0, &value) == xasOk && value == -1500);
    testOk1(xasTsvNumber(t, 0, 1, &value) == xasOk && isnan(value));
    testOk1(xasTsvNumber(t, 0, 2, &value) == xasOk && isnan(value));
    testOk1(xasTsvNumber(t, 0, 3, &value) == xasOk && value == 0.1);
    xasTsvDestroy(t);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "a,b\n%s,1\n", bad[i]);
        value = 7;
        testOk(readText(text, &t, &why) == xasOk &&
                   xasTsvNumber(t, 0, 0, &value) == xasErrFormat && value == 7,
               "\"%s\" is no number", bad[i]);
        xasTsvDestroy(t);
    }
}

static void refuse(const char *text, const char *words)
{
    xasTsv *t = NULL;
    xasMessage why = { "" };

    testOk(readText(text, &t, &why) == xasErrFormat && !t &&
               strstr(why.text, file) && strstr(why.text, words),
           "refused: %s", why.text);
}

static void testRefusals(void)
{
    xasTsv *t = NULL;
    xasMessage why = { "" };

    refuse("", "no column names");
    refuse("# nothing\n\n", "no column names");
    refuse("a,b,a\n", "column \"a\" twice");
    refuse("a,b\n1,2\n\n1,2,3\n", ":4: 3 fields, but 2");
    refuse("a,b\n1\n", ":2: 1 fields, but 2");
    refuse("a,b\n1,\"two\n3,4\n", ":2: a quote does not end");
    refuse("a,b\n\"1\"x,2\n", ":2: text behind");
    testOk(xasTsvRead("/no/such/file", &t, &why) == xasErrIo &&
               strstr(why.text, "/no/such/file"),
           "refused: %s", why.text);
    testOk(xasTsvRead("/", &t, &why) == xasErrIo, "refused: %s", why.text);
}

/* Any bytes may come: nothing but an error or a table may follow. */
static void testNoise(void)
{
    static const char letters[] = "a1,,\"\"\n\n\r#\t ";
    unsigned state = 1;
    size_t tables = 0;

    for (int i = 0; i < 3000; i++) {
        char text[40];
        size_t n = 0;
        xasTsv *t = NULL;
        xasMessage why;

        for (; n < 39; n++) {
            state = state * 1103515245U + 12345U;
            text[n] = letters[(state >> 16) % (sizeof letters - 1)];
        }
        text[n] = '\0';
        if (readText(text, &t, &why) == xasOk)
            tables++;
        for (size_t k = 0; t && k < t->rows * t->columns; k++)
            if (strlen(t->cell[k]) >= sizeof text)
                testAbort("a cell outside the text");
        xasTsvDestroy(t);
    }
    testOk(tables > 10 && tables < 3000, "%zu of 3000 texts are tables",
           tables);
}

static void testWrite(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    if (!f)
        testAbort("no memory");
    xasTsvWrite(f, "a\tb\nc\\d\r\xc2\xb5");
    (void)fclose(f);
    testOk(strcmp(text, "a\\tb\\nc\\\\d\\r\xc2\xb5") == 0, "%s", text);
    free(text);
}

MAIN(tsvTest)
{
    int fd = mkstemp(file);

    if (fd < 0)
        testAbort("no file %s", file);
    (void)close(fd);
    testPlan(32);
    testForms();
    testNumbers();
    testRefusals();
    testNoise();
    testWrite();
    (void)unlink(file);
    return testDone();
}
