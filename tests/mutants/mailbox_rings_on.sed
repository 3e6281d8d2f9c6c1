# An empty mailbox still says that it holds a message.
# file: include/weir/mailbox.hpp
# whole transcripts: don't see it
# services: exerciser
s/if (queue_.empty()) bell_.silence();//
