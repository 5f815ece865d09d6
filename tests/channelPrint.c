/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints what xasdChannel gives: channelPrint ROLE=PV ...; "ROLE[]=PV" is an
 * array, "ROLE[final]=PV" one beside the role's own PV.  Commands by stdin:
 * "get ROLE,ROLE ASK", "arrays ROLE,ROLE ASK", "count", "missing", "units";
 * ends with it. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xasdChannel.h"

static const char *const kinds[] = { "value",      "reply", "connect",
                                     "disconnect", "tick",  "overflow" };

static void print(const xasEvent *e)
{
    double lag_ms = (double)(e->received_ns - e->stamp_ns) * 1e-6;

    printf("%s %s%s", kinds[e->kind], xasRoleName((xasRole)e->role),
           e->isArray ? "[]" : "");
    if (e->kind == xasEventConnect)
        printf(" server %g", e->value);
    else if (e->text)
        printf(" \"%s\"", e->text);
    else if (e->count)
        printf(" %zu: %.17g ... %.17g", e->count, e->array[0],
               e->array[e->count - 1]);
    else if (e->kind == xasEventValue || e->kind == xasEventReply)
        printf(" %.17g", e->value);
    if (e->kind == xasEventReply)
        printf(" ask %u", (unsigned)e->ask);
    if (e->kind == xasEventValue || e->kind == xasEventReply)
        printf(" severity %u %s%s", e->severity,
               !e->stamp_ns                       ? "no stamp"
               : lag_ms > -1000 && lag_ms < 60000 ? "stamp now"
                                                  : "stamp old",
               e->initial ? " initial" : "");
    printf("\n");
}

static xasRoles rolesOf(char *names)
{
    xasRoles roles = 0;
    char *save = NULL;

    for (char *w = strtok_r(names, ",", &save); w;
         w = strtok_r(NULL, ",", &save))
        roles |= xasRoleBit((int)xasRoleFromName(w));
    return roles;
}

static void obey(xasdChannels *channels, char *line)
{
    xasdConnections count;
    char text[512], names[200];
    unsigned ask;

    if (sscanf(line, "get %199s %u", names, &ask) == 2) {
        xasdChannelsGet(channels, 0, rolesOf(names), false, ask);
    } else if (sscanf(line, "arrays %199s %u", names, &ask) == 2) {
        xasdChannelsGet(channels, 0, rolesOf(names), true, ask);
    } else if (!strncmp(line, "count", 5)) {
        xasdChannelsCount(channels, 0, &count);
        printf("count expected %u connected %u reconnects %u\n", count.expected,
               count.connected, count.reconnects);
    } else if (!strncmp(line, "missing", 7)) {
        size_t n = xasdChannelsMissing(channels, 0, text, sizeof text);

        printf("missing %zu: %s\n", n, text);
    } else if (!strncmp(line, "units", 5)) {
        xasdChannelsUnits(channels, 0, text, sizeof text);
        printf("units %s\n", text);
    }
}

/* ROLE=PV, ROLE[]=PV or ROLE[final]=PV */
static bool use(xasdStation *station, char *word)
{
    char *value = strchr(word, '='), *bracket;
    xasRole role;

    if (!value)
        return false;
    *value++ = 0;
    bracket = strchr(word, '[');
    if (bracket)
        *bracket++ = 0;
    role = xasRoleFromName(word);
    if (role == xasRoleCount)
        return false;
    if (bracket && *bracket == 'f') {
        station->final[role] = value;
        return true;
    }
    if (bracket)
        station->arrays |= xasRoleBit((int)role);
    station->pv[role] = value;
    return true;
}

int main(int argc, char **argv)
{
    xasdStation station = { .name = "TEST", .energy_scale = 1 };
    xasdChannels *channels = NULL;
    xasdQueue *queue = NULL;
    char line[512];

    for (int i = 1; i < argc; i++)
        if (!use(&station, argv[i]))
            return 2;
    setvbuf(stdin, NULL, _IONBF, 0); /* poll() must see every line */
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (xasdQueueCreate(65536, 16u << 20, &queue) ||
        xasdChannelsStart(&station, 1, 9, queue, &channels))
        return 1;
    for (;;) {
        struct pollfd p[2] = { { .fd = 0, .events = POLLIN },
                               { .fd = xasdQueueFd(queue), .events = POLLIN } };
        xasEvent event;

        if (poll(p, 2, -1) < 0)
            return 1;
        while (xasdQueuePop(queue, &event))
            print(&event);
        if (!p[0].revents)
            continue;
        if (!fgets(line, sizeof line, stdin))
            break;
        obey(channels, line);
    }
    xasdChannelsStop(channels);
    xasdQueueDestroy(queue);
    printf("stopped\n");
    return 0;
}
