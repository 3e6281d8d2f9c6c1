# A deadline that is earlier than the one before is not looked at in time.
# file: src/core/timers.hpp
# whole transcripts: don't see it
# services: exerciser
s/      hasten(op);/      next_ = heap_.front().time;/
