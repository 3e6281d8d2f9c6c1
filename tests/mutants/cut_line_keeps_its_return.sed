# The "\r" at the end of a line that came in pieces is taken for a part of it.
# file: src/protocols/lines/lines.cpp
# whole transcripts: don't see it
# services: prime
s/return line_of(cut_);/return {cut_, false};/
