# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/publish
xas_SRCS += xasdSnapshot.c xasdItems.c xasdShell.c
xas_SRCS += xasdItemLink.c devXasd.c devXasdOut.c
DBD += xasdSupport.dbd
