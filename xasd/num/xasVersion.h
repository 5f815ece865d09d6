/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_VERSION_H
#define XAS_VERSION_H

/** Version of the programs, stored with every result. */
#define XAS_VERSION "0.1.0"

#endif
