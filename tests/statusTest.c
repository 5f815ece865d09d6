/* SPDX-License-Identifier: BSD-3-Clause */
/* Every status has words of its own; xasFail formats and hands on. */
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasStatus.h"

MAIN(statusTest)
{
    xasMessage message = { "" };

    testPlan(4 + xasErrState);
    testOk1(strcmp(xasStatusText(xasOk), "ok") == 0);
    for (int s = xasErrArg; s <= xasErrState; s++)
        testOk(strcmp(xasStatusText((xasStatus)s), "unknown status") != 0,
               "status %d: %s", s, xasStatusText((xasStatus)s));
    testOk1(xasFail(xasErrIo, &message, "line %d", 7) == xasErrIo);
    testOk1(strcmp(message.text, "line 7") == 0);
    testOk1(xasFail(xasErrArg, NULL, "nobody reads this") == xasErrArg);
    return testDone();
}
