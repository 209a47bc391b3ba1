#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# readme-quotes.sh
# Complains about code in README.md that is not in the file that it is quoted from,
# which a comment above it names.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)

cd "$project"
awk '
	function whole(file,	line, text) {
		while ((getline line <file) > 0)
			text = text line "\n"
		close(file)
		return text
	}
	/^<!-- .* -->$/ { file = $2; next }
	/^```c$/ { if (!file) print "README.md:" NR ": whose code is this?"
		   quote = ""; quoting = 1; next }
	/^```$/ && quoting {
		if (file && !index(whole(file), quote))
			print "README.md:" NR ": not in " file
		quotes++
		quoting = 0
		file = ""
	}
	quoting { quote = quote $0 "\n" }
	END { if (!quotes) print "README.md quotes nothing" }
' README.md
