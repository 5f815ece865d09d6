/* SPDX-License-Identifier: BSD-3-Clause */
#include "assemblerScript.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>

enum { scriptArrayMax = 64 };

typedef struct script {
    xasAssembler *a;
    double now_ms;
    /* scalars, then arrays */
    uint32_t ask[2][xasRoleCount][256];
    unsigned asked[2][xasRoleCount], answered[2][xasRoleCount];
    char *out;
    size_t size, used;
} script;

static xasScan *last;

const xasScan *scriptScan(void)
{
    return last;
}

int64_t scriptTime(double ms)
{
    return 1700000000000000000 + (int64_t)(ms * 1e6);
}

static void say(script *s, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
static void say(script *s, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(s->out + s->used, s->size - s->used, format, args);
    va_end(args);
    if (n > 0)
        s->used += (size_t)n;
    if (s->used >= s->size)
        abort(); /* the script's author gave too little room */
}

static void sayScan(script *s, const xasScan *scan)
{
    say(s, "{%s lost=%lld:", xasExitName(scan->exit), (long long)scan->lost);
    for (size_t i = 0; i < scan->n; i++) {
        char flags[80];

        say(s, " ");
        for (int c = 0; c < xasChannelCount; c++)
            if (xasRolesHave(scan->channels, c))
                say(s, "%s%g", c ? "/" : "", scan->channel[c][i]);
        xasPointFlagsText(scan->flags[i], flags, sizeof flags);
        if (flags[0])
            say(s, "[%s]", flags);
    }
    say(s, ";");
    for (size_t i = 0; i < scan->nEvents; i++)
        say(s, " %s", scan->event[i].what);
    say(s, "}");
}

static void sayGet(script *s, const xasAction *action)
{
    const char *comma = "";

    say(s, action->arrays ? "arrays(" : "get(");
    for (unsigned r = 0; r < xasRoleCount; r++) {
        if (!xasRolesHave(action->roles, (int)r))
            continue;
        say(s, "%s%s", comma, xasRoleName((xasRole)r));
        comma = ",";
        s->ask[action->arrays][r][s->asked[action->arrays][r]++ % 256] =
            action->ask;
    }
    say(s, ")");
}

static void obey(script *s)
{
    xasAction action;

    while (xasAssemblerNext(s->a, &action)) {
        say(s, s->used ? " " : "");
        switch (action.kind) {
        case xasActionGet: sayGet(s, &action); break;
        case xasActionStart: say(s, "start"); break;
        case xasActionPoint: say(s, "P%zu", action.index); break;
        case xasActionStray:
            say(s, "stray(%zu,%g-%g)", action.index, action.low_eV,
                action.high_eV);
            break;
        case xasActionEnd:
            xasScanDestroy(last);
            last = xasAssemblerTake(s->a);
            say(s, "end");
            sayScan(s, last);
            break;
        }
    }
}

static void feed(script *s, xasEvent event)
{
    xasStatus status;

    event.received_ns = scriptTime(s->now_ms);
    status = xasAssemblerFeed(s->a, &event);
    if (status)
        say(s, " STATUS(%s)", xasStatusText(status));
    obey(s);
}

/* What the stations of most scripts have. */
static bool isCommon(int role)
{
    return role <= xasRoleTey ||
           (role >= xasRoleCommit && role <= xasRoleAborted);
}

static void connections(script *s, xasEventKind kind, bool array, char *roles)
{
    char *save = NULL;

    for (char *w = strtok_r(roles, ",", &save); w;
         w = strtok_r(NULL, ",", &save))
        for (int r = 0; r < xasRoleCount; r++)
            if ((!strcmp(w, "all") && isCommon(r)) ||
                !strcmp(w, xasRoleName((xasRole)r)))
                feed(s, (xasEvent){ .kind = (uint8_t)kind,
                                    .role = (uint8_t)r,
                                    .isArray = array });
}

/* "[1,2,3" */
static size_t numbers(char *text, double *out)
{
    size_t n = 0;

    for (text++; *text && *text != ']' && n < scriptArrayMax; text++) {
        out[n++] = strtod(text, &text);
        if (*text != ',')
            break;
    }
    return n;
}

static void value(script *s, char *word)
{
    static double array[scriptArrayMax];
    xasEvent e = { .kind = xasEventValue, .stamp_ns = scriptTime(s->now_ms) };
    bool command = !strncmp(word, "cmd:", 4), answer = word[0] == '?';
    char *name = word + (command ? 4 : answer), *at, *severity, *text;

    text = name + strcspn(name, "=:");
    e.initial = *text == ':';
    *text++ = 0;
    e.role = (uint8_t)xasRoleFromName(name);
    if (e.role == xasRoleCount) {
        say(s, " UNKNOWN(%s)", name);
        return;
    }
    severity = strchr(text, '!');
    if (severity) {
        e.severity = (uint8_t)atoi(severity + 1);
        *severity = 0;
    }
    at = strchr(text, '@');
    if (at) {
        e.stamp_ns = strcmp(at, "@none") ? scriptTime(atof(at + 1)) : 0;
        *at = 0;
    }
    e.isArray = text[0] == '[';
    e.array = array;
    e.count = e.isArray ? numbers(text, array) : 0;
    e.value = e.isArray ? 0 : strtod(text, NULL);
    e.text = text;
    if (command) {
        e.kind = xasEventCommand;
        e.value =
            e.role == xasRoleSample ? xasCommandSample : xasCommandFormula;
    } else if (answer) {
        e.kind = xasEventReply;
        e.ask =
            s->ask[e.isArray][e.role][s->answered[e.isArray][e.role]++ % 256];
    }
    feed(s, e);
}

static void command(script *s, xasCommand what)
{
    feed(s, (xasEvent){ .kind = xasEventCommand, .value = what });
}

static void word(script *s, char *w)
{
    if (w[0] == '=') {
        s->now_ms = atof(w + 1);
    } else if (!strncmp(w, "up=", 3)) {
        connections(s, xasEventConnect, false, w + 3);
    } else if (!strncmp(w, "down=", 5)) {
        connections(s, xasEventDisconnect, false, w + 5);
    } else if (!strncmp(w, "arrup=", 6)) {
        connections(s, xasEventConnect, true, w + 6);
    } else if (!strncmp(w, "arrdown=", 8)) {
        connections(s, xasEventDisconnect, true, w + 8);
    } else if (!strcmp(w, "tick")) {
        feed(s, (xasEvent){ .kind = xasEventTick });
    } else if (!strncmp(w, "over=", 5)) {
        feed(s, (xasEvent){ .kind = xasEventOverflow, .value = atof(w + 5) });
    } else if (!strcmp(w, "end")) {
        command(s, xasCommandEndScan);
    } else if (!strcmp(w, "discard")) {
        command(s, xasCommandDiscard);
    } else if (!strcmp(w, "disable")) {
        command(s, xasCommandDisable);
    } else if (!strcmp(w, "enable")) {
        command(s, xasCommandEnable);
    } else if (!strcmp(w, "stop")) {
        (void)xasAssemblerStop(s->a, xasExitInterrupted, "stopped",
                               scriptTime(s->now_ms));
        obey(s);
    } else {
        value(s, w);
    }
}

void scriptRun(xasAssembler *a, const char *text, char *out, size_t size)
{
    script s = { .a = a, .out = out, .size = size };
    char *copy = strdup(text), *save = NULL;

    out[0] = 0;
    if (!copy)
        abort();
    obey(&s); /* what was to be done before the first event */
    for (char *w = strtok_r(copy, " \n", &save); w;
         w = strtok_r(NULL, " \n", &save))
        word(&s, w);
    free(copy);
}

xasAssemblerRules scriptRules(xasRoles roles)
{
    xasAssemblerRules rules;

    xasAssemblerRulesDefaults(&rules);
    (void)strcpy(rules.station, "BL5S1");
    rules.roles = roles;
    rules.i0_min = 2;
    return rules;
}

xasAssembler *scriptStation(const xasAssemblerRules *rules)
{
    xasAssembler *a = NULL;

    if (xasAssemblerCreate(rules, &a))
        testAbort("no assembler");
    return a;
}

void scriptCheck(xasAssembler *a, const char *name, const char *script,
                 const char *expected)
{
    static char out[4096];

    scriptRun(a, script, out, sizeof out);
    if (!testOk(strcmp(out, expected) == 0, "%s", name)) {
        testDiag("got      %s", out);
        testDiag("expected %s", expected);
    }
    xasAssemblerDestroy(a);
}
