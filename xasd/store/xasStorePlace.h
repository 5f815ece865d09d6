/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_PLACE_H
#define XAS_STORE_PLACE_H

/** \brief The name of a file system on which WAL does not work, by its
 * statfs() type; NULL for a local one, also for FUSE, which may be either. */
const char *xasPlaceNetworkName(long type);

/** \brief Is this type of /proc/self/mountinfo (such as "fuse.sshfs") a FUSE
 * file system known to be local? */
int xasPlaceFuseIsLocal(const char *type);

/** \brief The network file system that holds a file, NULL for a local one.
 * The file need not exist. \param buffer  for the name */
const char *xasPlaceNetwork(const char *file, char *buffer, unsigned long size);

#endif
