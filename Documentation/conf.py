# SPDX-License-Identifier: GPL-2.0
"""Sphinx configuration; "make docs" builds the pages.

The extensions, and the script that kerneldoc runs, are those of a kernel source tree,
whose path is in NMR_KERNEL_SOURCE. automarkup makes links of the documents' names.
"""
import os
import sys

kernel = os.environ["NMR_KERNEL_SOURCE"]
sys.path.insert(0, os.path.join(kernel, "Documentation", "sphinx"))

project = "Network Module Registrar for Linux"
author = "The authors of the Network Module Registrar for Linux"
extensions = ["kerneldoc", "automarkup"]
exclude_patterns = ["conf.py"]
root_doc = "index"
primary_domain = "c"
highlight_language = "none"

kerneldoc_bin = os.path.join(kernel, "scripts", "kernel-doc")
kerneldoc_srctree = os.path.abspath("..")

# Words that the declarations have besides C's own.
c_id_attributes = ["__must_check", "__percpu", "__rcu"]

html_theme = "alabaster"
html_theme_options = {"description": "for Linux", "page_width": "60em"}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_copy_source = False
html_show_sphinx = False
