# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/exchange
xas_SRCS += xasText.c xasXdi.c xasXdiWrite.c xasXdiScan.c
xas_SRCS += xasConf.c xasConfGroup.c xasConfKeys.c xasConfStation.c
xas_SRCS += xasConfText.c xasConfPvs.c xasConfRules.c
USR_INCLUDES += $(addprefix -I$(XASD)/,num spectrum model assemble exchange)
xas_SRCS += xasTsv.c xasSvg.c xasConsole.c
xas_SRCS += xasRecordingText.c xasRecordingFields.c xasRecordingLines.c
xas_SRCS += xasRecordingOutcome.c xasRecordingRead.c xasRecordingWrite.c
