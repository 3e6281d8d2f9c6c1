# A message whose start is the last byte of a piece is not begun.
# file: src/protocols/framed/codec.cpp
# whole transcripts: don't see it
# services: framed
s/in_message_ = true;/in_message_ = next + 1 != bytes.end();/
