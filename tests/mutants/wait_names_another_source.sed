# A wait that has its time says that its first source was ready.
# file: src/core/readiness.cpp
# whole transcripts: don't see it
# services: exerciser
/source.*Kind::until/,/return/s/op.buffer.iov_len = i;/op.buffer.iov_len = 0;/
