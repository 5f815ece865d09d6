# SPDX-License-Identifier: BSD-3-Clause
# Tests which read the source tree itself; a sanitized copy adds nothing.
ifeq ($(XASD_SANITIZED),)
TESTSCRIPTS_HOST += walls.t fields.t flags.t format.t licence.t systemd.t deploy.t
endif
