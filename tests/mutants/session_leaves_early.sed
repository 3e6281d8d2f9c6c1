# A piece of one byte is taken for the end.
# file: src/protocols/framed/session.cpp
# whole transcripts: don't see it
# services: framed
s/^    co_await peer.write(codec.transform(bytes));/    if (bytes.size() == 1) co_return;\n&/
