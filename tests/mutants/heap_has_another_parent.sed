# The heap of deadlines looks for a parent at the wrong place.
# file: src/core/timers.cpp
# whole transcripts: don't see it
# services: framed exerciser
s/parent = (index - 1) \/ 2/parent = index \/ 2 > 0 ? index \/ 2 - 1 : 0/
