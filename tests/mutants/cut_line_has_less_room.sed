# A bound off by one: the longest line is too long when it comes in pieces.
# file: src/protocols/lines/lines.cpp
# whole transcripts: don't see it
# services: prime chat
s/kept_max = line_bytes_max_ + 1;/kept_max = line_bytes_max_ - 1;/
