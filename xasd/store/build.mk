# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/store
xas_SRCS += xasStore.c xasStorePlace.c xasStoreBackup.c xasSql.c xasStoreScan.c
xas_SRCS += xasStoreScanRead.c xasStoreResult.c xasStoreSample.c xasStoreCalib.c
xas_SRCS += xasStoreReference.c xasStoreMerge.c xasStoreTraining.c
xas_SRCS += xasStoreModel.c xasStoreModelRead.c xasStoreModelFile.c xasStoreQuery.c
xas_SRCS += xasStoreModelScans.c
xas_SRCS += xasStoreFunction.c xasStoreSetting.c xasSchema.c xasSchema2.c xasSchema3.c

# schema.sql makes version 1, schema2.sql brings it to 2, and so on; what a
# release has carried never changes.  The program holds them as strings.
ifdef T_A
xasSchema.c: $(XASD)/store/schema.sql
xasSchema2.c: $(XASD)/store/schema2.sql
xasSchema3.c: $(XASD)/store/schema3.sql
xasSchema.c xasSchema2.c xasSchema3.c:
	@$(RM) $@
	(echo '#include "xasSql.h"'; echo 'const char $(basename $@)[] ='; \
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n"/' $<; \
	echo '    ;') > $@
endif
