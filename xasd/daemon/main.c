/* SPDX-License-Identifier: BSD-3-Clause */
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <asLib.h>
#include <dbAccess.h>
#include <epicsExit.h>
#include <epicsThread.h>
#include <errlog.h>
#include <iocsh.h>

#include "xasConsole.h"
#include "xasVersion.h"
#include "xasdLoop.h"
#include "xasdReport.h"
#include "xasdSetup.h"
#include "xasdShell.h"

/* How long a stop waits for a database that takes nothing. */
#define STOP_WAIT_S 10.0
/* A list of missing PVs fits into one line; errlog's own limit is 256. */
#define LOG_LINE  2000
#define LOG_BYTES 32768

static void usage(FILE *to)
{
    fprintf(to, "usage: xasd [-i] st.cmd\n"
                "Watch XAFS stations, store their scans, publish predictions.\n"
                "  -i, --interactive  iocsh prompt (also when stdin is a "
                "terminal)\n"
                "  -V, --version\n"
                "  -h, --help\n"
                "See xasd(8) and xasd.conf(5).\n");
}

static void prompt(void *arg)
{
    (void)arg;
    xasConsoleReader();
    (void)iocsh(NULL);
    xasConsoleLeft();
    (void)kill(getpid(), SIGTERM); /* the loop ends in its own way */
}

/* Where st.cmd finds its dbd, db and etc, whatever the working folder is:
 * its own folder's grandparent, unless the environment says otherwise. */
static void setTop(const char *script)
{
    char path[PATH_MAX], *slash;

    if (!realpath(script, path))
        return; /* iocsh says what is wrong with it */
    for (int up = 0; up < 3; up++) {
        slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
    }
    (void)setenv("XASD_TOP", path, 0);
}

/* st.cmd up to a running IOC; what failed has been said by then. */
static int start(const char *script)
{
    setTop(script);
    /* After a long outage libca searches as rarely as every 300 s. */
    (void)setenv("EPICS_CA_MAX_SEARCH_PERIOD", "60", 0);
    if (iocsh(script)) {
        fprintf(stderr, "xasd: %s failed, see above\n", script);
        return -1;
    }
    if (!xasdSetupConf()) {
        fprintf(stderr, "xasd: %s: no xasdConfigure in it\n", script);
        return -1;
    }
    if (!interruptAccept) {
        fprintf(stderr, "xasd: %s: no iocInit in it\n", script);
        return -1;
    }
    if (!asActive)
        errlogSevPrintf(errlogMajor,
                        "xasd: %s: no asSetFilename in it: every record can "
                        "be written by every client\n",
                        script);
    return 0;
}

/* While the last points are being stored: who asks again is told, who insists
 * gets them in files. */
static void onStopping(int number)
{
    static const char text[] =
        "xasd: still stopping, the database has not taken all yet; SIGINT, or "
        "SIGTERM again, puts the rest into files\n";
    static volatile sig_atomic_t told;

    if (number == SIGTERM && !told) {
        told = 1;
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
    } else {
        xasdWorkerHurry();
    }
}

static void catchStopping(void)
{
    struct sigaction action = { .sa_handler = onStopping,
                                .sa_flags = SA_RESTART };

    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
}

static int serve(int interactive)
{
    xasStatus status;

    xasdLoopCatchSignals();
    xasdSetupShowSaid();
    status = xasdWorkerStart(xasdSetupWorker());

    if (status) {
        fprintf(stderr, "xasd: worker: %s\n", xasStatusText(status));
        return 1;
    }
    if (interactive &&
        !epicsThreadCreate("iocsh", epicsThreadPriorityLow,
                           epicsThreadGetStackSize(epicsThreadStackBig), prompt,
                           NULL))
        fprintf(stderr, "xasd: no prompt: out of memory\n");
    status = xasdLoopRun(xasdSetupConf(), xasdSetupWorker());
    if (status)
        fprintf(stderr, "xasd: loop: %s\n", xasStatusText(status));
    catchStopping();
    xasdWorkerDestroy(xasdSetupWorker(), STOP_WAIT_S);
    return status ? 1 : 0;
}

int main(int argc, char *argv[])
{
    static const struct option options[] = {
        { "interactive", no_argument, NULL, 'i' },
        { "version", no_argument, NULL, 'V' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 }
    };
    static const xasdShellHooks hooks = { xasdSetup, xasdReport };
    int option, interactive = 0, result = 1;

    while ((option = getopt_long(argc, argv, "iVh", options, NULL)) != -1) {
        switch (option) {
        case 'i': interactive = 1; break;
        case 'V': printf("xasd %s\n", XAS_VERSION); return 0;
        case 'h': usage(stdout); return 0;
        default: usage(stderr); return 2;
        }
    }
    if (optind != argc - 1) {
        usage(stderr);
        return 2;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)errlogInit2(LOG_BYTES, LOG_LINE);
    /* A reload wanted before or after the loop must not end us. */
    (void)signal(SIGHUP, SIG_IGN);
    /* A file beyond a limit is an error of that write. */
    (void)signal(SIGXFSZ, SIG_IGN);
    xasdShellSetHooks(&hooks);
    if (start(argv[optind]) == 0)
        result = serve(interactive || isatty(STDIN_FILENO));
    errlogFlush();
    xasConsoleEnd();
    epicsExit(result);
}
