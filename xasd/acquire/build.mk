# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/acquire
xas_SRCS += xasdQueue.c xasdText.c xasdChannel.c xasdChannelEvent.c
xas_SRCS += xasdChannelGet.c xasdChannelWatch.c
