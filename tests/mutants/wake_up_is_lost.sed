# A mailbox's wake-up is lost when there is something in the inbox already.
# file: src/core/inbox.cpp
# whole transcripts: don't see it
# services: exerciser chat
s/if (told_ != nullptr) std::exchange/if (told_ != nullptr \&\& told_->size() == 0) std::exchange/
