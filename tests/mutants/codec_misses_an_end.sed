# A message whose end is the first byte of a piece goes on.
# file: src/protocols/framed/codec.cpp
# whole transcripts: don't see it
# services: framed
s/    in_message_ = false;/    in_message_ = delimiter == bytes.begin();/
