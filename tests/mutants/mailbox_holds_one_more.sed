# A bound off by one: a mailbox holds a message more than it may.
# file: include/weir/mailbox.hpp
# whole transcripts: don't see it
# services: exerciser
s/queue_.size() >= capacity_/queue_.size() > capacity_/
