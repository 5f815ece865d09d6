# SPDX-License-Identifier: BSD-3-Clause
# Recordings: written and read back, and replayed over the wire.
TESTS += replay
