# SPDX-License-Identifier: BSD-3-Clause
# Programs of Base are needed by wire tests.
export EPICS_BASE EPICS_HOST_ARCH
TESTPROD_HOST += channelPrint
channelPrint_SRCS += channelPrint.c
channelPrint_LIBS += xas xasNumeric ca Com
TESTSCRIPTS_HOST += channel.t
