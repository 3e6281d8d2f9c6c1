# A half-close is not passed on.
# file: src/protocols/relay/session.cpp
# whole transcripts: see it
# services: relay
s/^    to.finish();//
