# A last line without an end is not answered.
# file: src/protocols/prime/session.cpp
# whole transcripts: see it
# services: prime
s/bytes ? lines.next() : lines.rest()/lines.next()/
