# Half-close forgotten: the peer is not told that nothing more is written.
# file: src/core/io.cpp
# whole transcripts: see it
# services: framed exerciser
s/.*perform(Verb::finish.*//
