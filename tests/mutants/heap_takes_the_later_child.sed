# The heap of deadlines puts the later of two children in front.
# file: src/core/timers.cpp
# whole transcripts: don't see it
# services: framed exerciser
s/heap_\[child + 1\].time < heap_\[child\].time/heap_[child + 1].time > heap_[child].time/
