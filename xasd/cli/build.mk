# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/cli
PROD_HOST += xasctl
xasctl_SRCS += xasctl.c xasctlArgs.c xasctlTable.c xasJson.c
xasctl_SRCS += xasctlScans.c xasctlCalibrations.c xasctlShow.c xasctlFlagged.c xasctlSamples.c xasctlStats.c
xasctl_SRCS += xasctlCheck.c xasctlBackup.c xasctlUpgrade.c xasctlReference.c
xasctl_SRCS += xasctlTrain.c xasctlTrainMatrix.c xasctlMatrix.c xasctlReport.c xasctlModel.c
xasctl_SRCS += xasctlStudy.c xasctlScore.c xasctlYy.c xasctlCommon.c
xasctl_SRCS += xasctlPredict.c xasctlPredicted.c xasctlFeatures.c xasctlImport.c xasctlExport.c xasctlXdi.c
xasctl_SRCS += xasctlPlot.c xasctlFigure.c xasctlMerge.c
xasctl_SRCS += xasctlReplay.c xasctlReplayed.c
xasctl_LIBS += xas xasNumeric
xasctl_SYS_LIBS += sqlite3 jansson md config lapacke xrl m
