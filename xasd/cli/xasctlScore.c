/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlScore.h"

void xasctlScoreHead(const char *what)
{
    (void)printf("  %-43s %7s %9s %9s %7s\n", what, "R2", "MAE", "RMSE", "%FS");
}

void xasctlScoreText(const char *name, const xasScore *s)
{
    (void)printf("  %-43s %7.3f %9.2f %9.2f %7.2f\n", name, s->r2, s->mae,
                 s->rmse, s->pct_fs);
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
