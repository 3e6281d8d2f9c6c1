# What the client has no room for is forgotten, when it took a part.
# file: src/protocols/chat/session.cpp
# whole transcripts: don't see it
# services: chat
s/bytes_.erase(0, taken);/if (taken > 0) return bytes_.clear();/
