"""The framed protocol: bytes between ^ and $ come back plus one, all others are ignored."""

PLUS_ONE = bytes((byte + 1) % 256 for byte in range(256))


class Codec:
    """Of one connection. Whole pieces are looked for and translated at once: that is C's work."""

    def __init__(self):
        self.inside = False

    def transform(self, data):
        answer = []
        at = 0
        while at < len(data):
            mark = data.find(b"$" if self.inside else b"^", at)
            stop = len(data) if mark < 0 else mark
            if self.inside:
                answer.append(data[at:stop].translate(PLUS_ONE))
            if mark >= 0:
                self.inside = not self.inside
            at = stop + 1
        return b"".join(answer)
