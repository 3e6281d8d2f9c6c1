# A bound off by one: a part that was sent as a whole stays, empty.
# file: src/core/socket.cpp
# whole transcripts: see it
# services: framed exerciser
s/sent_bytes >= op.parts->iov_len/sent_bytes > op.parts->iov_len/
