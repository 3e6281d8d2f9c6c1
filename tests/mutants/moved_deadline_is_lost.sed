# A deadline that has moved on is forgotten when the old one comes due.
# file: src/core/timers.cpp
# whole transcripts: don't see it
# services: framed exerciser
s/sift_down(0, {op.deadline, &op});.*/disarm(op);/; /next_ = heap_.front().time;$/{N; s/.*\n *continue;/      continue;/}
