# SPDX-License-Identifier: GPL-2.0
"""Common code of nmr-trace and nmr-graph."""
