# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/assemble
xas_SRCS += xasEvent.c xasScan.c xasScanSlice.c xasPending.c xasAssembler.c
xas_SRCS += xasAssemblerRules.c xasAssemblerSource.c xasAssemblerActive.c
xas_SRCS += xasAssemblerPoint.c xasAssemblerBegin.c xasAssemblerCount.c
xas_SRCS += xasAssemblerProof.c xasAssemblerInfer.c xasAssemblerBeam.c xasAssemblerScan.c xasAssemblerTime.c
xas_SRCS += xasScanSpectrum.c
xas_SRCS += xasAxis.c xasDetector.c
xas_SRCS += xasArray.c xasArrayPair.c xasArrayPoints.c xasArrayLag.c xasFinal.c
xas_SRCS += xasStream.c xasCourse.c xasContinuous.c xasContinuousFeed.c
xas_SRCS += xasContinuousPoint.c xasContinuousSweep.c xasContinuousEnd.c
