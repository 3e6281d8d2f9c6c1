# With an idle time-out, a deadline doesn't hold.
# file: src/core/stream.cpp
# whole transcripts: don't see it
# services: exerciser
s/std::min(op.deadline, after(now, record.idle_timeout))/after(now, record.idle_timeout)/
