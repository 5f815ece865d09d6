# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/store
xas_SRCS += xasStore.c xasStorePlace.c xasStoreBackup.c xasSql.c xasStoreScan.c
xas_SRCS += xasStoreScanRead.c xasStoreResult.c xasStoreSample.c xasStoreCalib.c
xas_SRCS += xasStoreReference.c xasStoreTraining.c
xas_SRCS += xasStoreModel.c xasStoreModelRead.c xasStoreQuery.c
xas_SRCS += xasStoreSetting.c xasSchema.c

# schema.sql is the one source; the program carries it as a string.
ifdef T_A
xasSchema.c: $(XASD)/store/schema.sql
	@$(RM) $@
	(echo '#include "xasSql.h"'; echo 'const char xasSchema[] ='; \
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n"/' $<; \
	echo '    ;') > $@
endif
