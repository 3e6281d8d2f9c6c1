"""Python's http.client on one connection: python3 http_client.py HOST PORT"""
import http.client
import sys

connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=60)
counts = {"requests": 0, "uploaded": 0, "downloaded": 0}
sockets = set()


def ask(method, path, expected, body=None, sent=0):
    connection.request(method, path, body)
    sockets.add(connection.sock)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, answer.status
    assert content == expected, content[:100]
    counts["requests"] += 1
    counts["uploaded"] += sent
    counts["downloaded"] += len(content)
    return answer


def pieces(content):
    for at in range(0, len(content), 5000):
        yield content[at:at + 5000]


for number in range(100):
    ask("GET", "/small", b"Hello, World!")
for size in (0, 1, 1000, 100_000, 1_000_000):
    content = bytes(ord("a") + i % 26 for i in range(size))
    ask("POST", "/echo", content, body=content, sent=size)
    ask("PUT", "/echo", content, body=pieces(content), sent=size)  # in chunks: it has no length
assert ask("HEAD", "/small", b"").headers["Content-Length"] == "13"
assert len(sockets) == 1, "the connection was not kept"
print(*(f"{name} {count}" for name, count in counts.items()))
