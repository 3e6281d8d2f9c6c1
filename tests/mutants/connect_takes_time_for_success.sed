# Completions swapped: a connection that is there is late, one that is late is there.
# file: src/core/io.cpp
# whole transcripts: see it
# services: exerciser
s/first == 0 ? 0 : ETIMEDOUT/first == 1 ? 0 : ETIMEDOUT/
