/* SPDX-License-Identifier: BSD-3-Clause */
/* What publishTest looks at of a record. */
#ifndef PUBLISH_CHECKS_H
#define PUBLISH_CHECKS_H

#include <epicsTypes.h>

/** \brief The value of an ai. */
double publishNumber(const char *pv);

/** \brief Checks: its severity, the text of its alarm, its time stamp. */
void publishSeverity(const char *pv, int expected);
void publishAlarmText(const char *pv, const char *expected);
void publishStamp(const char *pv, epicsUInt32 sec, epicsUInt32 nsec);

/** \brief A client that asks for all 16 elements finds no zeros. */
void publishNan(const char *pv);

/** \brief What puts to the records of xasdControl.template do. */
void publishCommands(void);

#endif
