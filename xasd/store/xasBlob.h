/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_BLOB_H
#define XAS_BLOB_H

/* Numbers as the database keeps them: 8 bytes, little-endian. */

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline void xasBlobPutInt(unsigned char *at, int64_t value)
{
    uint64_t bits = htole64((uint64_t)value);

    memcpy(at, &bits, sizeof bits);
}

static inline void xasBlobPutDouble(unsigned char *at, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits = htole64(bits);
    memcpy(at, &bits, sizeof bits);
}

static inline int64_t xasBlobInt(const unsigned char *at)
{
    uint64_t bits;

    memcpy(&bits, at, sizeof bits);
    return (int64_t)le64toh(bits);
}

static inline double xasBlobDouble(const unsigned char *at)
{
    uint64_t bits;
    double value;

    memcpy(&bits, at, sizeof bits);
    bits = le64toh(bits);
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
