# The codec forgets between two pieces that it is inside of a message.
# file: src/protocols/framed/codec.cpp
# whole transcripts: don't see it
# services: framed
s/^Bytes Codec::transform(Bytes bytes) {/&\n  in_message_ = false;/
