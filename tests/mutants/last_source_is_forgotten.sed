# A bound off by one: the last source of several is not waited for.
# file: src/core/io.cpp
# whole transcripts: see it
# services: exerciser
s/^  op.count = count;/  op.count = count > 1 ? count - 1 : count;/
