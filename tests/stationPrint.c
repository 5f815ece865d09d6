/* SPDX-License-Identifier: BSD-3-Clause */
/* A station from its PVs to its scans: stationPrint ROLE=PV ...; prints each
 * scan when it ends; idle_s=SECONDS among them. Ends with stdin. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xasAssembler.h"
#include "xasdChannel.h"

static unsigned long gets;

static void print(const xasScan *scan)
{
    size_t flagged = xasScanFlagged(scan), wrong = 0;

    /* channels are I0 = E + 0.25, I1 = E + 0.5 in this test */
    for (size_t i = 0; i < scan->n; i++)
        wrong +=
            !scan->flags[i] && (scan->channel[xasRoleI0][i] !=
                                    scan->channel[xasRoleEnergy][i] + 0.25 ||
                                scan->channel[xasRoleI1][i] !=
                                    scan->channel[xasRoleEnergy][i] + 0.5);
    printf("scan %s points %zu lost %lld flagged %zu wrong %zu gets %lu "
           "sample \"%s\" reason %s\n",
           xasExitName(scan->exit), scan->n, (long long)scan->lost, flagged,
           wrong, gets, scan->sample, scan->reason);
    for (size_t i = 0; i < scan->nEvents && i < 20; i++)
        printf("event %s %s\n", scan->event[i].what, scan->event[i].text);
    gets = 0;
}

static void obey(xasAssembler *a, xasdChannels *channels)
{
    xasAction action;

    while (xasAssemblerNext(a, &action)) {
        if (action.kind == xasActionGet) {
            gets++;
            xasdChannelsGet(channels, 0, action.roles, action.arrays,
                            action.ask);
        } else if (action.kind == xasActionStart) {
            printf("start\n");
        } else if (action.kind == xasActionEnd) {
            xasScan *scan = xasAssemblerTake(a);

            print(scan);
            xasScanDestroy(scan);
        }
    }
}

static int64_t now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int wait_ms(const xasAssembler *a)
{
    int64_t deadline = xasAssemblerDeadline(a);
    int64_t left = (deadline - now()) / 1000000 + 1;

    return !deadline ? -1 : left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static int run(xasAssembler *a, xasdQueue *queue, xasdChannels *channels)
{
    for (;;) {
        struct pollfd p[2] = { { .fd = 0, .events = POLLIN },
                               { .fd = xasdQueueFd(queue), .events = POLLIN } };
        xasEvent event;

        if (poll(p, 2, wait_ms(a)) < 0)
            return 1;
        while (xasdQueuePop(queue, &event)) {
            (void)xasAssemblerFeed(a, &event);
            obey(a, channels);
        }
        event = (xasEvent){ .kind = xasEventTick, .received_ns = now() };
        (void)xasAssemblerFeed(a, &event);
        obey(a, channels);
        if (p[0].revents)
            return 0;
    }
}

int main(int argc, char **argv)
{
    xasdStation station = { .name = "TEST", .energy_scale = 1 };
    xasAssemblerRules rules;
    xasdChannels *channels = NULL;
    xasdQueue *queue = NULL;
    xasAssembler *a = NULL;
    int status;

    xasAssemblerRulesDefaults(&rules);
    strcpy(rules.station, "TEST");
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        xasRole role;

        if (!value)
            return 2;
        *value = 0;
        if (!strcmp(argv[i], "idle_s")) {
            rules.idle_s = strtod(value + 1, NULL);
            continue;
        }
        role = xasRoleFromName(argv[i]);
        if (role == xasRoleCount)
            return 2;
        station.pv[role] = value + 1;
        rules.roles |= xasRoleBit(role);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (xasAssemblerCreate(&rules, &a) ||
        xasdQueueCreate(65536, 65536, &queue) ||
        xasdChannelsStart(&station, 1, 0, queue, &channels))
        return 1;
    status = run(a, queue, channels);
    xasdChannelsStop(channels);
    xasdQueueDestroy(queue);
    xasAssemblerDestroy(a);
    return status;
}
