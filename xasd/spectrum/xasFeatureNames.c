/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "xasFeatures.h"

static const struct {
    const char *name, *unit;
} features[xasFeatureCount] = {
    [xasEdgeDr] = { "edge_dr", "eV" },
    [xasWlDe] = { "wl_de", "eV" },
    [xasWlRi] = { "wl_ri", "" },
    [xasPreDe] = { "pre_de", "eV" },
    [xasPreRi] = { "pre_ri", "" },
    [xasHasPre] = { "has_pre", "" },
    [xasShDe] = { "sh_de", "eV" },
    [xasShRi] = { "sh_ri", "" },
    [xasHasSh] = { "has_sh", "" },
    [xasPostDe] = { "post_de", "eV" },
    [xasPostRi] = { "post_ri", "" },
    [xasWlDr] = { "wl_dr", "eV" },
    [xasPreDr] = { "pre_dr", "eV" },
    [xasShDr] = { "sh_dr", "eV" },
    [xasPostDr] = { "post_dr", "eV" },
    [xasL3Dr] = { "l3_dr", "eV" },
    [xasL2Dr] = { "l2_dr", "eV" },
    [xasLSplit] = { "l_split", "eV" },
    [xasL3L2RatioH] = { "l3l2_ratio_h", "" },
    [xasL3L2RatioA] = { "l3l2_ratio_a", "" },
    [xasLBr] = { "l_br", "" },
    [xasL3Fwhm] = { "l3_fwhm", "eV" },
    [xasL3SubDe] = { "l3sub_de", "eV" },
    [xasL3SubRi] = { "l3sub_ri", "" },
    [xasHasL3Sub] = { "has_l3sub", "" },
    [xasWlI] = { "wl_i", "" },
    [xasPreI] = { "pre_i", "" },
    [xasShI] = { "sh_i", "" },
    [xasPostI] = { "post_i", "" },
    [xasEdgeE] = { "edge_e", "eV" },
    [xasWlE] = { "wl_e", "eV" },
    [xasPreE] = { "pre_e", "eV" },
    [xasShE] = { "sh_e", "eV" },
    [xasPostE] = { "post_e", "eV" },
    [xasL3I] = { "l3_i", "" },
    [xasL2I] = { "l2_i", "" },
    [xasL3E] = { "l3_e", "eV" },
    [xasL2E] = { "l2_e", "eV" },
};

const char *xasShellName(xasShell shell)
{
    return shell == xasShellK ? "K" : shell == xasShellL ? "L" : "";
}

xasShell xasShellFromName(const char *edge)
{
    return edge[0] == 'K'   ? xasShellK
           : edge[0] == 'L' ? xasShellL
                            : xasShellNone;
}

const char *xasFeatureName(xasFeatureId id)
{
    return (unsigned)id < xasFeatureCount ? features[id].name : "";
}

const char *xasFeatureUnit(xasFeatureId id)
{
    return (unsigned)id < xasFeatureCount ? features[id].unit : "";
}

xasShell xasFeatureShell(xasFeatureId id)
{
    if ((unsigned)id >= xasFeatureCount)
        return xasShellNone;
    if ((id >= xasL3Dr && id <= xasHasL3Sub) || id >= xasL3I)
        return xasShellL;
    return xasShellK;
}

xasFeatureId xasFeatureFromName(const char *name)
{
    for (int id = 0; name && id < xasFeatureCount; id++)
        if (strcmp(features[id].name, name) == 0)
            return (xasFeatureId)id;
    return xasFeatureCount;
}

int xasFlagsHave(const char *flags, const char *flag)
{
    size_t length = flag ? strlen(flag) : 0;

    if (!flags || !length)
        return 0;
    for (const char *at = flags; *at;) {
        size_t one = strcspn(at, ";");
        if (strncmp(at, flag, length) == 0 && one >= length &&
            (one == length || at[length] == ':'))
            return 1;
        at += one + (at[one] == ';');
    }
    return 0;
}

void xasFlagsAdd(char flags[XAS_FLAGS_SIZE], const char *flag)
{
    size_t used = strlen(flags), length = flag ? strlen(flag) : 0;

    if (!length || xasFlagsHave(flags, flag) ||
        used + length + 2 > XAS_FLAGS_SIZE)
        return;
    if (used)
        flags[used++] = ';';
    memcpy(flags + used, flag, length + 1);
}
