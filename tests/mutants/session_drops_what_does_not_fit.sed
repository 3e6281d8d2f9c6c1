# The answer is written as far as there is room, and the rest forgotten.
# file: src/protocols/framed/session.cpp
# whole transcripts: don't see it
# services: framed
s/co_await peer.write(codec.transform(bytes));/peer.write_some(codec.transform(bytes));/
