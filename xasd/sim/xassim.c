/* SPDX-License-Identifier: BSD-3-Clause */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbAccess.h>
#include <epicsExit.h>
#include <epicsThread.h>
#include <errlog.h>
#include <initHooks.h>
#include <iocInit.h>
#include <iocsh.h>

#include "simShell.h"
#include "simStation.h"
#include "xasConsole.h"
#include "xasVersion.h"

int xassim_registerRecordDeviceDriver(struct dbBase *base);

static const char usage[] =
    "usage: xassim [-hiV] ST.CMD\n"
    "Simulated XAFS stations on EPICS Channel Access: synthetic halides, or a\n"
    "measured spectrum from an XDI file.\n"
    "  ST.CMD             commands of iocsh, such as iocBoot/iocxassim/st.cmd\n"
    "  -i, --interactive  iocsh on standard input; its exit ends xassim\n"
    "  -V, --version\n"
    "  -h, --help         this text\n"
    "Records, for a station with prefix BL5S1:\n"
    "  caput BL5S1:Sample FeCl2     caput -c -w 600 BL5S1:Start 1\n"
    "See xassim(1).\n";

static int stations = -1;

static void onInit(initHookState state)
{
    if (state == initHookAfterIocRunning)
        stations = simStationsRun();
}

static void onExit(void *arg)
{
    (void)arg;
    simStationsStop();
}

static int loadSupport(void)
{
    char *path = simInstalled("dbd/xassim.dbd");
    int status = path ? (int)dbLoadDatabase(path, NULL, NULL) : -1;

    free(path);
    return status ? status : xassim_registerRecordDeviceDriver(pdbbase);
}

static void shellThread(void *arg)
{
    (void)arg;
    xasConsoleReader();
    (void)iocsh(NULL);
    xasConsoleLeft();
    (void)kill(getpid(), SIGTERM);
}

/* Blocked before the first thread starts, so that every thread has them
 * blocked and only main, in sigwait, takes them. */
static sigset_t endSignals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}

static int serve(const char *file, int interactive)
{
    sigset_t set = endSignals();
    int signal = 0;

    initHookRegister(onInit);
    if (loadSupport() != 0) {
        (void)fputs("xassim: cannot load its database definitions\n", stderr);
        return 1;
    }
    if (iocsh(file) != 0 || !interruptAccept || stations < 0) {
        errlogFlush();
        (void)fprintf(stderr, "xassim: %s: not started%s\n", file,
                      interruptAccept ? "" : "; no iocInit?");
        return 1;
    }
    if (stations == 0 && simShellRelays() == 0) {
        (void)fprintf(stderr, "xassim: %s: no xassimStation\n", file);
        return 1;
    }
    epicsAtExit(onExit, NULL);
    (void)printf("xassim: ready, %d stations\n", stations);
    (void)fflush(stdout);
    if (interactive)
        (void)epicsThreadMustCreate(
            "xassimShell", epicsThreadPriorityLow,
            epicsThreadGetStackSize(epicsThreadStackBig), shellThread, NULL);
    (void)sigwait(&set, &signal);
    xasConsoleEnd();
    return 0;
}

int main(int argc, char *argv[])
{
    static const struct option options[] = {
        { "help", no_argument, NULL, 'h' },
        { "interactive", no_argument, NULL, 'i' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 }
    };
    int option, interactive = 0;

    while ((option = getopt_long(argc, argv, "hiV", options, NULL)) != -1) {
        if (option == 'V') {
            (void)puts("xassim " XAS_VERSION);
            return 0;
        }
        if (option == 'h') {
            (void)fputs(usage, stdout);
            return 0;
        }
        if (option != 'i') {
            (void)fputs(usage, stderr);
            return 2;
        }
        interactive = 1;
    }
    if (optind + 1 != argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    epicsExit(serve(argv[optind], interactive));
    return 1;
}
