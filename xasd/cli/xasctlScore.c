/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlScore.h"

static void head(const char *what)
{
    (void)printf("  %-43s %7s %9s %9s %7s", what, "R2", "MAE", "RMSE", "%FS");
}

static void line(const char *name, const xasScore *s)
{
    (void)printf("  %-43s %7.3f %9.2f %9.2f %7.2f", name, s->r2, s->mae,
                 s->rmse, s->pct_fs);
}

void xasctlScoreHead(const char *what)
{
    head(what);
    (void)fputs("\n", stdout);
}

void xasctlScoreText(const char *name, const xasScore *s)
{
    line(name, s);
    (void)fputs("\n", stdout);
}

void xasctlScoreHeadN(const char *what)
{
    head(what);
    (void)printf(" %5s\n", "N");
}

void xasctlScoreTextN(const char *name, const xasScore *s, size_t n)
{
    line(name, s);
    (void)printf(" %5zu\n", n);
}

void xasctlScoreJson(xasJson *j, const char *key, const xasScore *s,
                     const double *predicted, size_t n)
{
    xasJsonOpen(j, key, '{');
    xasJsonNumber(j, "r2", s->r2);
    xasJsonNumber(j, "mae", s->mae);
    xasJsonNumber(j, "rmse", s->rmse);
    xasJsonNumber(j, "pct_fs", s->pct_fs);
    if (predicted) {
        xasJsonOpen(j, "pred", '[');
        for (size_t i = 0; i < n; i++)
            xasJsonNumber(j, NULL, predicted[i]);
        xasJsonClose(j);
    }
    xasJsonClose(j);
}
