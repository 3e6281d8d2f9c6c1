# What one side has no room for is forgotten, when it took a part.
# file: src/protocols/relay/session.cpp
# whole transcripts: don't see it
# services: relay
s/rest = {rest.data() + taken, rest.size() - taken};/if (taken > 0) rest = {};/
