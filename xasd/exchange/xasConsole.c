/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasConsole.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static pthread_t reader;
static atomic_int reading;

static void onWake(int number)
{
    (void)number; /* that the read returns is all */
}

/* EPICS blocks all signals in its threads. */
void xasConsoleReader(void)
{
    sigset_t wake;

    (void)sigemptyset(&wake);
    (void)sigaddset(&wake, SIGUSR2);
    (void)pthread_sigmask(SIG_UNBLOCK, &wake, NULL);
    reader = pthread_self();
    atomic_store(&reading, 1);
}

void xasConsoleLeft(void)
{
    atomic_store(&reading, 0);
}

void xasConsoleEnd(void)
{
    struct sigaction action = { .sa_handler = onWake };
    int nothing;

    if (!atomic_load(&reading))
        return;
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        sigaction(SIGUSR2, &action, NULL))
        return;
    (void)close(nothing);
    (void)pthread_kill(reader, SIGUSR2);
}
