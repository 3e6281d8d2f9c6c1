# What is left of a part that was sent in part begins at its front.
# file: src/core/socket.cpp
# whole transcripts: don't see it
# services: framed exerciser
s/static_cast<char\*>(op.parts->iov_base) + sent_bytes/static_cast<char*>(op.parts->iov_base)/
