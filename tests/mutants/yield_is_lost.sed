# A session that lets others go first is not gone on with.
# file: src/core/ready_loop.cpp
# whole transcripts: don't see it
# services: framed exerciser
/Outcome ReadyLoop::yield/,/^}/s/  put_off(op);//
