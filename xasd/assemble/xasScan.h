/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SCAN_H
#define XAS_SCAN_H

#include "xasEvent.h"
#include "xasFeatures.h"
#include "xasResult.h"
#include "xasStatus.h"

typedef enum xasExit {
    xasExitNone, /* still running */
    xasExitComplete,
    xasExitAborted,
    xasExitInterrupted, /* we stopped, or the source went away */
    xasExitTimeout,
    xasExitBeamLost,
    xasExitLossy, /* ended, but points are known to be lost */
    xasExitCount
} xasExit;

/** \brief "complete", "beam_lost", ... */
const char *xasExitName(xasExit exit);

/** Flags of a point, a bit set. */
enum {
    xasPointInvalid = 1,      /* severity INVALID or a NaN in a channel */
    xasPointDisconnected = 2, /* a channel had no connection */
    xasPointLate = 4,         /* a channel came too late or is not surely its */
    xasPointDuplicate = 8,    /* measured again later: superseded */
    xasPointLowI0 = 16,
    xasPointStampBad = 32,  /* undefined or > 60 s off: receipt time used */
    xasPointGlitch = 64,    /* in mu, found when the scan has ended */
    xasPointGlitchI0 = 128, /* in I0; mu there may be sound all the same */
    xasPointNoBeam = 256,   /* ring current low, shutter closed or top-up */
    xasPointElement = 512   /* an element of the detector has no reading */
};

/** \brief Flags in words, "late;invalid", into out; "" for none. */
void xasPointFlagsText(uint32_t flags, char *out, size_t size);

/** Something worth a row of its own: a gap, a disconnect, a loss. */
typedef struct xasScanEvent {
    int64_t stamp_ns;
    int64_t point;  /* points complete by then */
    char what[24];  /* "gap", "disconnect", "connect", "overflow", "start",
                     * "late", "clock", "sequence", "cut", "resume", a role */
    char text[104]; /* role or PV and numbers, for people */
} xasScanEvent;

#define XAS_UID_SIZE 64

/** A scan takes no more points; further ones are counted as lost. */
#define XAS_SCAN_POINTS_MAX 100000

/** A scan being assembled or read back.  Owns its arrays. */
typedef struct xasScan {
    int64_t row;            /* in the store, 0 before */
    char uid[XAS_UID_SIZE]; /* "BL5S1-20261122T152430.123Z" */
    char station[32];
    char mode[16]; /* "step" */
    xasDetection detection;
    char sample[XAS_SAMPLE_SIZE];  /* "" unknown */
    char formula[XAS_SAMPLE_SIZE]; /* "" unknown */
    char comment[XAS_SAMPLE_SIZE]; /* "" none; SYNTHETIC marks data */
    char element[3];               /* "" unknown */
    xasShell shell;                /* xasShellNone unknown */
    int64_t planned;               /* points, 0 unknown */
    double dead_per_count;         /* dead time over dwell: part of the time
                                    * that one count blinds; 0 unknown */
    int direction; /* of the energy: 1 up, -1 down, 0 not told */
    double lag_s;  /* of the energy behind the detectors, between an up and a
                    * down sweep; NaN unknown */
    double d_spacing_A; /* where the energy was made from the angle, else 0 */
    double dark[xasChannelCount]; /* channels are raw: see xasScanReading */
    xasRoles leftOut; /* channels of elements that fluor does not contain */
    int64_t sequence; /* number of the last point, -1 unknown */
    int64_t start_ns, end_ns; /* start event; last point or end event */
    xasExit exit;
    char reason[XAS_REASON_SIZE]; /* why it started or ended as it did */
    int64_t lost;                 /* points known to be lost */

    double low_eV, high_eV; /* range of the energies, NaN without any */
    size_t n, capacity;     /* points */
    xasRoles channels;      /* measured */
    double *channel[xasChannelCount]; /* [n] NaN where missing; NULL if not
                                       * measured. energy is in eV */
    int64_t *stamp_ns;                /* [n] */
    uint32_t *flags;                  /* [n] */
    size_t nEvents, eventCapacity;
    xasScanEvent *event; /* [nEvents] */
} xasScan;

/** \brief An empty scan; channels is a bit set of roles. */
xasStatus xasScanCreate(xasRoles channels, xasScan **out);
void xasScanDestroy(xasScan *scan);

/** \brief Room for so many points in all; xasScanAddPoint sees to it itself.
 * \return xasErrMemory; xasErrFull beyond XAS_SCAN_POINTS_MAX */
xasStatus xasScanReserve(xasScan *scan, size_t points);

/** \brief Append a point.
 *
 * If it is good, earlier points of the same energy (within XAS_SAME_EV) get the
 * flag duplicate: the last good one wins, all are kept.
 * \param value  [xasChannelCount], NaN missing
 * \return xasErrMemory; xasErrFull beyond XAS_SCAN_POINTS_MAX */
xasStatus xasScanAddPoint(xasScan *scan, const double *value, int64_t stamp_ns,
                          uint32_t flags);
/** \brief Flag the first points, where they are of this energy, as
 * duplicate: a good one behind them has replaced them. There are energies. */
void xasScanSupersede(xasScan *scan, size_t points, double energy_eV);
/** \brief Append an event; format as printf.
 * \return xasErrMemory; xasErrFull after 1000 */
xasStatus xasScanAddEvent(xasScan *scan, int64_t stamp_ns, const char *what,
                          const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));
/** \brief Copy of a scan's head and events with its points [first, first+n),
 * whose flags stay as they are. */
xasStatus xasScanSlice(const xasScan *scan, size_t first, size_t n,
                       xasScan **out);
/** \brief Points with a flag that no later good point has replaced; a glitch
 * of I0 alone is none. */
size_t xasScanFlagged(const xasScan *scan);

/** \brief Set the flags glitch and glitch_i0 anew (xasGlitch.h), among the
 * points that have no other.
 * \return as xasScanSpectrum */
xasStatus xasScanFindGlitches(xasScan *scan);

/** \brief A reading without its dark offset; the channel must be there. */
static inline double xasScanReading(const xasScan *scan, int role, size_t i)
{
    return scan->channel[role][i] - scan->dark[role];
}

/** \brief The channel that a detection divides by I0 (a file's mu stands in
 * fluor); xasChannelCount for none. */
int xasScanSignalRole(xasDetection detection);
/** \brief The spectrum of its good points.
 *
 * Leaves out flagged points, but for those whose only flag is stamp_bad (a
 * wrong clock spoils no reading) or a glitch: one in mu is interpolated over
 * outside 10 eV of the edge, and stays as measured within. Of points measured
 * again the last good one wins.
 * Signal by detection: I1, fluorescence, TEY. A scan read from a file that has
 * only mu (xasDetectMu) carries it in the channel fluor and needs no I0.
 * \return xasErrRange when no point is usable, xasErrNotFound without the
 *         channels its detection needs */
xasStatus xasScanSpectrum(const xasScan *scan, xasSpectrum **out);

/** \brief The same as measured: no glitch is interpolated over. */
xasStatus xasScanSpectrumMeasured(const xasScan *scan, xasSpectrum **out);

#endif
