# SPDX-License-Identifier: BSD-3-Clause
# Tests which read the source tree itself.
TESTSCRIPTS_HOST += walls.t format.t licence.t
