# There is one game for all sessions.
# file: src/protocols/wordgame/session.cpp
# whole transcripts: see it, but for the first one
# services: wordgame
s/^  Game game = /  static Game game = /
