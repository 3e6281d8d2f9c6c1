# A wait forgets the times among its sources.
# file: src/core/io.cpp
# whole transcripts: don't see it
# services: exerciser
s/bound_of(\*source.stream) : source.time/bound_of(*source.stream) : never/
