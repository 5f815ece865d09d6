/* SPDX-License-Identifier: BSD-3-Clause */
#include "coalesceServer.h"

#include <stdlib.h>
#include <string.h>

#define BIT(role) ((xasRoles)1 << xasRole##role)
#define ALL       (BIT(Energy) | BIT(I0) | BIT(I1) | BIT(I2) | BIT(Active))

const serverKind serverKinds[] = {
    { .name = "commit counts, sequence",
      .roles = ALL | BIT(Commit) | BIT(Sequence),
      .counting = true },
    { .name = "commit is always 1, sequence",
      .roles = ALL | BIT(Commit) | BIT(Sequence) },
    { .name = "commit counts", .roles = ALL | BIT(Commit), .counting = true },
    { .name = "commit is always 1", .roles = ALL | BIT(Commit) },
    { .name = "sequence only", .roles = ALL | BIT(Sequence), .counting = true },
    { .name = "the energy closes", .roles = ALL },
    { .name = "one stamp for all",
      .roles = ALL | BIT(Commit) | BIT(Sequence),
      .counting = true,
      .sameStamp = true },
    { .name = "the energy posts on its way",
      .roles = ALL | BIT(Commit) | BIT(Sequence),
      .counting = true,
      .often = true },
    { .name = "i0 stamped after the commit",
      .roles = ALL | BIT(Commit) | BIT(Sequence),
      .counting = true,
      .ahead = true },
    { .name = "i1 by a clock 40 ms ahead",
      .roles = ALL | BIT(Commit) | BIT(Sequence),
      .counting = true,
      .clock_ms = 40 },
    { .name = "i1 by a clock 3 ms behind",
      .roles = ALL | BIT(Commit) | BIT(Sequence),
      .counting = true,
      .clock_ms = -3 },
};
const size_t serverKindCount = sizeof serverKinds / sizeof *serverKinds;

enum { ringSize = 144, ringSpare = 36, queueCount = 2, wireSize = 4096 };

typedef struct value {
    uint8_t role;
    double number;
    int64_t stamp_ns;
} value;

/** One event queue of the server. */
typedef struct ring {
    value entry[ringSize];
    unsigned get, put, used;
    unsigned pending[xasRoleCount], last[xasRoleCount];
} ring;

/** What is on its way to the client. */
typedef struct wire {
    xasEvent event[wireSize];
    size_t get, put;
} wire;

typedef struct world {
    const serverKind *kind;
    xasAssembler *a;
    serverResult *out;
    uint64_t random;
    int64_t now_ns;    /* of the source */
    int64_t server_ns; /* when the event task goes on */
    int64_t client_ns; /* when the client reads on */
    ring queue[queueCount];
    unsigned queueOf[xasRoleCount];
    value current[xasRoleCount]; /* the records */
    wire wire;
    size_t wireMax;  /* what the sockets hold */
    bool peace;      /* nothing stands still yet */
    int64_t post_ns; /* between two posts of a point */
    unsigned turn;   /* queue to be served */
} world;

static const int64_t start_ns = 1700000000000000000;

static double uniform(world *w)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (double)(w->random >> 11) / 9007199254740992.0;
}

static void emit(world *w, xasEvent event)
{
    w->wire.event[w->wire.put++ % wireSize] = event;
}

static size_t onWire(const world *w)
{
    return w->wire.put - w->wire.get;
}

static void send(world *w, const value *v, int64_t now_ns)
{
    emit(w, (xasEvent){ .kind = xasEventValue,
                        .role = v->role,
                        .value = v->number,
                        .stamp_ns = v->stamp_ns,
                        .received_ns = now_ns });
}

static void obey(world *w, int64_t now_ns)
{
    xasAction action;

    while (xasAssemblerNext(w->a, &action)) {
        if (action.kind == xasActionEnd && !w->out->scan)
            w->out->scan = xasAssemblerTake(w->a);
        if (action.kind != xasActionGet)
            continue;
        for (int r = 0; r < xasRoleCount; r++)
            if (xasRolesHave(action.roles, r) &&
                onWire(w) < wireSize - 1) /* the request travels at once */
                emit(w, (xasEvent){ .kind = xasEventReply,
                                    .role = (uint8_t)r,
                                    .ask = action.ask,
                                    .value = w->current[r].number,
                                    .stamp_ns = w->current[r].stamp_ns,
                                    .received_ns = now_ns });
    }
}

static void feed(world *w, xasEvent event, int64_t now_ns)
{
    int64_t travel = 50000 + (int64_t)(uniform(w) * 20000);

    event.received_ns = now_ns + travel;
    (void)xasAssemblerFeed(w->a, &event);
    obey(w, now_ns);
}

/* One entry of a queue goes to the socket. */
static bool serve(world *w, int64_t now_ns)
{
    for (unsigned i = 0; i < queueCount; i++) {
        ring *q = &w->queue[(w->turn + i) % queueCount];
        value *v = &q->entry[q->get];

        if (!q->used)
            continue;
        w->turn = (w->turn + i) % queueCount; /* until it is empty */
        send(w, v, now_ns);
        q->pending[v->role]--;
        q->get = (q->get + 1) % ringSize;
        q->used--;
        if (!q->used)
            w->turn++;
        return true;
    }
    return false;
}

static bool isIdle(const world *w)
{
    for (unsigned i = 0; i < queueCount; i++)
        if (w->queue[i].used)
            return false;
    return !onWire(w);
}

/* What the server and the client do until then. */
static void pass(world *w, int64_t to_ns)
{
    while (w->server_ns < to_ns || w->client_ns < to_ns) {
        bool client = w->client_ns <= w->server_ns;
        int64_t now = client ? w->client_ns : w->server_ns;
        double stall = w->kind->overload && !w->peace && uniform(w) < 0.0005
                           ? uniform(w) * uniform(w) * 5e7
                           : 0;

        if (isIdle(w)) {
            w->server_ns = w->client_ns = to_ns;
            break;
        }
        if (client && onWire(w))
            feed(w, w->wire.event[w->wire.get++ % wireSize], now);
        if (!client && onWire(w) < w->wireMax)
            (void)serve(w, now);
        if (client)
            w->client_ns += 2000 + (int64_t)stall;
        else
            w->server_ns += 3000 + (int64_t)stall;
    }
}

static void post(world *w, int role, double number, int64_t stamp_ns)
{
    ring *q = &w->queue[w->queueOf[role]];
    value v = { (uint8_t)role, number, stamp_ns };

    if (!xasRolesHave(w->kind->roles, role))
        return;
    w->current[role] = v;
    if (q->pending[role] && ringSize - q->used <= ringSpare) {
        q->entry[q->last[role]] = v;
        w->out->replaced++;
        return;
    }
    q->entry[q->put] = v;
    q->last[role] = q->put;
    q->pending[role]++;
    q->put = (q->put + 1) % ringSize;
    q->used++;
}

static void later(world *w, double least_ns)
{
    w->now_ns += (int64_t)(least_ns * (1 + 0.2 * uniform(w)));
    pass(w, w->now_ns);
}

/* A point as a chain of records makes it. */
static void makePoint(world *w, double n)
{
    const serverKind *k = w->kind;
    int64_t one = w->now_ns + 4 * w->post_ns;
    int64_t skew = (int64_t)(k->clock_ms * 1e6);

    if (k->often) {
        post(w, xasRoleEnergy, n - 0.5, w->now_ns);
        later(w, (double)w->post_ns);
    }
    post(w, xasRoleEnergy, n, k->sameStamp ? one : w->now_ns);
    for (int r = xasRoleI0; r <= xasRoleI2; r++) {
        int64_t stamp = k->sameStamp ? one : w->now_ns;

        later(w, (double)w->post_ns);
        if (!k->sameStamp)
            stamp = w->now_ns;
        if (r == xasRoleI1)
            stamp += skew;
        if (r == xasRoleI0 && k->ahead)
            stamp += 10 * w->post_ns;
        post(w, r, n + r, stamp);
    }
    later(w, (double)w->post_ns);
    post(w, xasRoleSequence, n, k->sameStamp ? one : w->now_ns);
    post(w, xasRoleCommit, k->counting ? n : 1, k->sameStamp ? one : w->now_ns);
    later(w, (double)w->post_ns);
    w->out->made++;
}

static void connect(world *w)
{
    for (int r = 0; r < xasRoleCount; r++) {
        xasEvent e = { .kind = xasEventConnect,
                       .role = (uint8_t)r,
                       .value =
                           r == xasRoleI1 && w->kind->clock_ms != 0 ? 2 : 1 };

        if (!xasRolesHave(w->kind->roles, r))
            continue;
        w->current[r] = (value){ (uint8_t)r, -1, w->now_ns - 1000000000 };
        if (r == xasRoleActive)
            w->current[r].number = 0;
        e.received_ns = w->now_ns;
        (void)xasAssemblerFeed(w->a, &e);
        e = (xasEvent){ .kind = xasEventValue,
                        .role = (uint8_t)r,
                        .initial = true,
                        .value = w->current[r].number,
                        .stamp_ns = w->current[r].stamp_ns,
                        .received_ns = w->now_ns };
        (void)xasAssemblerFeed(w->a, &e);
        w->queueOf[r] = uniform(w) < 0.5;
    }
}

static void burst(world *w, double *n)
{
    /* from far below to far above what the server can send */
    int count = 20 + (int)(uniform(w) * 600);
    double gap = w->kind->overload ? uniform(w) * uniform(w) * 300000 : 5e6;

    w->post_ns = w->kind->overload ? 200 + (int64_t)(uniform(w) * 8000) : 20000;
    if (!w->kind->overload)
        count = 60;
    while (count-- > 0) {
        makePoint(w, (*n)++);
        later(w, gap);
    }
}

static void finish(world *w)
{
    later(w, 5e7);
    post(w, xasRoleActive, 0, w->now_ns);
    for (int i = 0; i < 40 && !w->out->scan; i++) {
        xasEvent tick = { .kind = xasEventTick };

        later(w, 2e8);
        tick.received_ns = w->now_ns;
        (void)xasAssemblerFeed(w->a, &tick);
        obey(w, w->now_ns);
    }
}

void serverRun(const serverKind *kind, unsigned seed, xasAssembler *a,
               serverResult *out)
{
    world *w = calloc(1, sizeof *w);
    double n = 1;

    if (!w)
        abort();
    w->kind = kind;
    w->a = a;
    w->out = out;
    w->random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    w->now_ns = w->server_ns = w->client_ns = start_ns;
    w->wireMax = 20 + (size_t)(uniform(w) * 1000);
    /* habits like these can only be learned */
    w->peace = seed % 2 || kind->ahead || kind->clock_ms != 0;
    connect(w);
    post(w, xasRoleActive, 1, w->now_ns);
    later(w, 1e7);
    w->post_ns = 20000;
    for (int i = 0; i < 10; i++) {
        makePoint(w, n++);
        later(w, w->peace ? 1e8 : 1e7);
    }
    w->peace = false;
    for (int i = 0; i < 3; i++)
        burst(w, &n);
    finish(w);
    free(w);
}
