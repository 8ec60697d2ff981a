"""A web server that misbehaves in every way a photo host does, on loopback addresses only.

`/CASE/N` answers as the function `_CASE` does; CASES says which outcome is right for it. Written on
bare streams, because no HTTP library can be made to lie as much as real servers do.
"""

import argparse
import asyncio
import collections
import gzip
import io
import json
import random
import socket
import struct
import threading
import zlib

from PIL import Image

HOST, PRIVATE = "127.0.0.1", "127.0.0.2"

CASES = {
    "ok": "ok",
    "missing": "not_found",
    "gone": "not_found",
    "forbidden": "forbidden",
    "legal": "forbidden",
    "teapot": "forbidden",
    "broken": "server_error",
    "unsupported": "server_error",
    "broken_once": "ok",
    "busy": "ok",
    "too_many": "ok",
    "drip": "timeout",
    "hang": "timeout",
    "endless": "too_many_bytes",
    "endless_chunks": "too_many_bytes",
    "endless_headers": "server_error",
    "claims_more": "ok",
    "claims_more_and_waits": "timeout",
    "claims_less": "truncated",
    "claims_less_at_once": "server_error",  # what follows is taken for an answer, and is none
    "claims_huge": "too_many_bytes",
    "claims_nonsense": "server_error",
    "claims_negative": "server_error",
    "half": "truncated",
    "half_once": "ok",
    "half_file": "truncated",
    "half_chunks": "truncated",
    "head_only": "truncated",
    "html": "not_an_image",
    "html_as_jpg": "not_an_image",
    "empty": "not_an_image",
    "no_content": "not_an_image",
    "bmp": "not_an_image",
    "jpg_as_html": "ok",
    "png": "ok",
    "gif": "ok",
    "webp": "ok",
    "zipped": "ok",
    "zip_bomb": "too_many_bytes",
    "redirect": "ok",
    "redirect_twice": "ok",
    "redirect_private": "private_address",
    "redirect_mapped": "private_address",
    "redirect_decimal": "private_address",
    "redirect_file": "bad_url",
    "redirect_data": "bad_url",
    "redirect_ftp": "bad_url",
    "redirect_nonsense": "bad_url",
    "redirect_loop": "server_error",
    "redirect_pair": "server_error",
    "redirect_endless": "server_error",
    "redirect_nowhere": "server_error",
    "placeholder": "gone_placeholder",
    "placeholder_redirect": "gone_placeholder",
    "noai": "opted_out",
    "noindex": "opted_out",
    "none_for_us": "opted_out",
    "noai_for_others": "ok",
    "noai_redirect": "opted_out",
    "noai_after_a_date": "opted_out",
    "noai_in_future": "ok",
    "mining_reserved": "opted_out",
    "retry_after_nonsense": "ok",
    "bomb": "too_many_pixels",
    "bomb_jpg": "too_many_pixels",
    "many_scans": "undecodable",
    "reset": "connection",
    "reset_once": "ok",
    "closes": "connection",
    "no_http": "server_error",
}


def picture(number: int, kind: str = "JPEG", width: int = 64, height: int = 48) -> bytes:
    """A picture of seeded noise; different numbers are different contents."""
    noise = random.Random(number).randbytes(width * height // 16 * 3)
    small = Image.frombytes("RGB", (width // 4, height // 4), noise)
    out = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(out, kind, quality=90)
    return out.getvalue()


def bomb_png(side: int = 20_000) -> bytes:
    """A whole PNG of `side` x `side` pixels in few bytes."""
    row = bytes(1 + side // 8)
    press = zlib.compressobj(1)
    data = b"".join(press.compress(row * 100) for _ in range(side // 100)) + press.flush()

    def chunk(kind, content):
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


class MisbehavingServer:
    """Serves `photos`; counts every request, and those at the private address apart.

    Args:
        photos: bodies of the good answers, `/ok/N` is the N-th (modulo their number).
        delay: seconds before each good answer, like a network's.
        drip: seconds that an answer drips, a byte each tenth of a second.
    """

    def __init__(self, photos: list[bytes], delay: float = 0.0, drip: int = 60):
        self.photos, self.delay, self.drip = photos, delay, drip
        self.hits: collections.Counter[str] = collections.Counter()
        self.agents: set[str] = set()
        self.under_way = self.most_under_way = self.private_hits = 0
        self.placeholder = picture(10**6, "PNG", 80, 60)
        self.bomb, self.zip_bomb = (
            bomb_png(),
            gzip.compress(photos[0][:400] + bytes(100_000_000), 1),
        )
        self.other = {kind: picture(7, kind) for kind in ("PNG", "GIF", "WEBP", "BMP")}

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self.server.sockets[0].getsockname()[1]
        self.private = await asyncio.start_server(self._serve_private, PRIVATE, 0)
        self.private_port = self.private.sockets[0].getsockname()[1]

    def url(self, case: str, number: int = 0) -> str:
        return f"http://{HOST}:{self.port}/{case}/{number}"

    async def _serve_private(self, reader, writer) -> None:
        self.private_hits += 1
        await self._serve(reader, writer)

    async def _serve(self, reader, writer) -> None:
        try:
            while (first := await reader.readexactly(1)) != b"\x16":  # TLS is not spoken here
                head = first + await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                self.hits[path] += 1
                self._note(head)
                _, case, number = f"{path}/0".split("/")[:3]
                number = number if number.isdigit() else 0
                if await getattr(self, f"_{case}")(writer, path, int(number)) is False:
                    break
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()

    def _note(self, head: bytes) -> None:
        for line in head.decode().split("\r\n"):
            if line.lower().startswith("user-agent:"):
                self.agents.add(line.partition(":")[2].strip())

    # How an answer is written.

    def _say(self, writer, status, body=b"", kind="image/jpeg", length=None, more=()):
        length = len(body) if length is None else length
        lines = [f"HTTP/1.1 {status} Said", f"Content-Type: {kind}", f"Content-Length: {length}"]
        writer.write("\r\n".join([*lines, *more, "", ""]).encode() + body)

    def _photo(self, number: int) -> bytes:
        return self.photos[number % len(self.photos)]

    # The cases.

    async def _ok(self, writer, path, number):
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(self.delay)
        self.under_way -= 1
        self._say(writer, 200, self._photo(number))

    async def _distinct(self, writer, path, number):
        photo = self._photo(number)
        mark = b"\xff\xfe" + struct.pack(">HI", 6, number)  # a JPEG comment
        self._say(writer, 200, photo[:2] + mark + photo[2:])

    async def _hits(self, writer, path, number):
        said = {"hits": self.hits, "private": self.private_hits, "most": self.most_under_way}
        self._say(writer, 200, json.dumps(said).encode(), "application/json")

    async def _missing(self, writer, path, number):
        self._say(writer, 404, b"<html>not here</html>", "text/html")

    async def _gone(self, writer, path, number):
        self._say(writer, 410)

    async def _forbidden(self, writer, path, number):
        self._say(writer, 403)

    async def _legal(self, writer, path, number):
        self._say(writer, 451)

    async def _teapot(self, writer, path, number):
        self._say(writer, 418)

    async def _broken(self, writer, path, number):
        self._say(writer, 500)

    async def _unsupported(self, writer, path, number):
        self._say(writer, 505)

    async def _broken_once(self, writer, path, number):
        self._say(writer, *(502,) if self.hits[path] == 1 else (200, self._photo(number)))

    async def _busy(self, writer, path, number, status=503, seconds=1):
        if self.hits[path] == 1:
            self._say(writer, status, more=[f"Retry-After: {seconds}"])
        else:
            self._say(writer, 200, self._photo(number))

    async def _too_many(self, writer, path, number):
        await self._busy(writer, path, number, 429)

    async def _busy_for_an_hour(self, writer, path, number):
        await self._busy(writer, path, number, 503, 3600)

    async def _drip(self, writer, path, number):
        self._say(writer, 200, length=100_000)
        for byte in self._photo(number)[: self.drip * 10]:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.1)
        return False

    async def _hang(self, writer, path, number):
        await asyncio.sleep(60)
        return False

    async def _endless(self, writer, path, number):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + self._photo(number)[:400])
        for _ in range(300):
            writer.write(bytes(1_000_000))
            await writer.drain()
        return False

    async def _endless_chunks(self, writer, path, number):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        start = self._photo(number)[:400]
        writer.write(b"%x\r\n%b\r\n" % (len(start), start))
        for _ in range(300):
            writer.write(b"f4240\r\n" + bytes(1_000_000) + b"\r\n")
            await writer.drain()
        return False

    async def _endless_headers(self, writer, path, number):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for count in range(100_000):
            writer.write(b"X-Header-%d: %b\r\n" % (count, b"x" * 1000))
            await writer.drain()
        return False

    async def _claims_more(self, writer, path, number):
        photo = self._photo(number)
        self._say(writer, 200, photo, length=len(photo) + 5000)
        return False

    async def _claims_more_and_waits(self, writer, path, number):
        photo = self._photo(number)
        self._say(writer, 200, photo, length=len(photo) + 5000)
        await asyncio.sleep(60)
        return False

    async def _claims_less(self, writer, path, number):
        photo = self._photo(number)
        half = len(photo) // 2
        self._say(writer, 200, photo[:half])
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(photo[half:])

    async def _claims_less_at_once(self, writer, path, number):
        photo = self._photo(number)
        self._say(writer, 200, photo, length=len(photo) // 2)

    async def _claims_huge(self, writer, path, number):
        self._say(writer, 200, self._photo(number), length=10**10)
        return False

    async def _claims_nonsense(self, writer, path, number):
        self._say(writer, 200, self._photo(number), length="many")
        return False

    async def _claims_negative(self, writer, path, number):
        self._say(writer, 200, self._photo(number), length=-5)
        return False

    async def _half(self, writer, path, number):
        photo = self._photo(number)
        self._say(writer, 200, photo[: len(photo) // 2], length=len(photo))
        return False

    async def _half_once(self, writer, path, number):
        if self.hits[path] == 1:
            return await self._half(writer, path, number)
        self._say(writer, 200, self._photo(number))

    async def _half_file(self, writer, path, number):
        photo = self._photo(number)
        self._say(writer, 200, photo[: len(photo) // 2])

    async def _half_chunks(self, writer, path, number):
        start = self._photo(number)[:400]
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"%x\r\n%b\r\n" % (len(start), start))
        return False

    async def _head_only(self, writer, path, number):
        self._say(writer, 200, self._photo(number)[:20])

    async def _with_place(self, writer, path, number):
        exif = Image.Exif()
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 6.0)})
        exif.get_ifd(0x8769)[0xA431] = "SN-4711"
        out = io.BytesIO()
        Image.open(io.BytesIO(self._photo(number))).save(out, "JPEG", exif=exif)
        self._say(writer, 200, out.getvalue())

    async def _html(self, writer, path, number):
        self._say(writer, 200, b"<html>please log in</html>" * 50, "text/html")

    async def _html_as_jpg(self, writer, path, number):
        self._say(writer, 200, b"<html>please log in</html>" * 50)

    async def _empty(self, writer, path, number):
        self._say(writer, 200)

    async def _no_content(self, writer, path, number):
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def _bmp(self, writer, path, number):
        self._say(writer, 200, self.other["BMP"], "image/bmp")

    async def _jpg_as_html(self, writer, path, number):
        self._say(writer, 200, self._photo(number), "text/html")

    async def _png(self, writer, path, number):
        self._say(writer, 200, self.other["PNG"], "image/png")

    async def _gif(self, writer, path, number):
        self._say(writer, 200, self.other["GIF"], "image/gif")

    async def _webp(self, writer, path, number):
        self._say(writer, 200, self.other["WEBP"], "image/webp")

    async def _zipped(self, writer, path, number):
        self._say(writer, 200, gzip.compress(self._photo(number)), more=["Content-Encoding: gzip"])

    async def _zip_bomb(self, writer, path, number):
        self._say(writer, 200, self.zip_bomb, more=["Content-Encoding: gzip"])

    async def _to(self, writer, target):
        self._say(writer, 302, more=[f"Location: {target}"])

    async def _redirect(self, writer, path, number):
        await self._to(writer, f"/ok/{number}")

    async def _redirect_twice(self, writer, path, number):
        await self._to(writer, f"//{HOST}:{self.port}/redirect/{number}")

    async def _redirect_private(self, writer, path, number):
        await self._to(writer, f"http://{PRIVATE}:{self.private_port}/ok/0")

    async def _redirect_mapped(self, writer, path, number):
        await self._to(writer, f"http://[::ffff:{PRIVATE}]:{self.private_port}/ok/0")

    async def _redirect_decimal(self, writer, path, number):
        await self._to(writer, f"http://2130706434:{self.private_port}/ok/0")

    async def _redirect_file(self, writer, path, number):
        await self._to(writer, "file:///etc/hostname")

    async def _redirect_data(self, writer, path, number):
        await self._to(writer, "data:image/gif;base64,R0lGODlhAQABAAAAACw=")

    async def _redirect_ftp(self, writer, path, number):
        await self._to(writer, f"ftp://{HOST}/photo.jpg")

    async def _redirect_nonsense(self, writer, path, number):
        await self._to(writer, "http://[not an address/")

    async def _redirect_loop(self, writer, path, number):
        await self._to(writer, path)

    async def _redirect_pair(self, writer, path, number):
        await self._to(writer, f"/redirect_pair_back/{number}")

    async def _redirect_pair_back(self, writer, path, number):
        await self._to(writer, f"/redirect_pair/{number}")

    async def _redirect_endless(self, writer, path, number):
        await self._to(writer, f"/redirect_endless/{number + 1000}")

    async def _redirect_nowhere(self, writer, path, number):
        self._say(writer, 302)

    async def _placeholder(self, writer, path, number):
        self._say(writer, 200, self.placeholder, "image/png")

    async def _photo_unavailable(self, writer, path, number):
        self._say(writer, 200, self.other["PNG"], "image/png")

    async def _placeholder_redirect(self, writer, path, number):
        await self._to(writer, "/photo_unavailable/l.png")

    async def _noai(self, writer, path, number):
        self._say(writer, 200, self._photo(number), more=["X-Robots-Tag: noai, nofollow"])

    async def _noindex(self, writer, path, number):
        more = ["X-Robots-Tag: nofollow", "x-robots-tag: NOINDEX"]
        self._say(writer, 200, self._photo(number), more=more)

    async def _none_for_us(self, writer, path, number):
        self._say(writer, 200, self._photo(number), more=["X-Robots-Tag: phototags: none"])

    async def _noai_for_others(self, writer, path, number):
        self._say(writer, 200, self._photo(number), more=["X-Robots-Tag: otherbot: noai, noindex"])

    async def _noai_redirect(self, writer, path, number):
        more = [f"Location: /ok/{number}", "X-Robots-Tag: noai"]
        self._say(writer, 302, more=more)

    async def _noai_after_a_date(self, writer, path, number):
        more = ["X-Robots-Tag: unavailable_after: Sat, 25 Jun 2010 15:00:00 PST, nofollow"]
        self._say(writer, 200, self._photo(number), more=more)

    async def _noai_in_future(self, writer, path, number):
        more = ["X-Robots-Tag: unavailable_after: Fri, 25 Jun 2100 15:00:00 PST, nofollow"]
        self._say(writer, 200, self._photo(number), more=more)

    async def _mining_reserved(self, writer, path, number):
        self._say(writer, 200, self._photo(number), more=["tdm-reservation: 1"])

    async def _retry_after_nonsense(self, writer, path, number):
        await self._busy(writer, path, number, 503, "Mon, 01 Jan 99999999999 00:00:00 GMT")

    async def _bomb(self, writer, path, number):
        self._say(writer, 200, self.bomb, "image/png")

    async def _bomb_jpg(self, writer, path, number):
        photo = bytearray(self._photo(number))
        at = photo.index(b"\xff\xc0") + 5
        photo[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
        self._say(writer, 200, bytes(photo))

    async def _many_scans(self, writer, path, number):
        out = io.BytesIO()
        Image.open(io.BytesIO(self._photo(number))).save(out, "JPEG", progressive=True)
        photo = out.getvalue()
        scan = photo[photo.rindex(b"\xff\xda") : -2]
        self._say(writer, 200, photo[:-2] + scan * 5000 + photo[-2:])

    async def _reset(self, writer, path, number):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        return False

    async def _reset_once(self, writer, path, number):
        if self.hits[path] == 1:
            return await self._reset(writer, path, number)
        self._say(writer, 200, self._photo(number))

    async def _closes(self, writer, path, number):
        return False

    async def _no_http(self, writer, path, number):
        writer.write(b"220 ready for mail\r\n\r\n")
        return False


class ServerThread:
    """The server in a thread of this process; use as a context."""

    def __init__(self, server: MisbehavingServer):
        self.server, self.loop = server, asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> MisbehavingServer:
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self.loop).result()
        return self.server

    def __exit__(self, *_) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def serve_forever(server: MisbehavingServer) -> None:
    await server.start()
    print(json.dumps({"port": server.port, "private_port": server.private_port}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--width", type=int, default=500)
    parser.add_argument("--height", type=int, default=375)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--drip", type=int, default=60)
    chosen = parser.parse_args()
    bodies = [picture(n, "JPEG", chosen.width, chosen.height) for n in range(chosen.photos)]
    asyncio.run(serve_forever(MisbehavingServer(bodies, chosen.delay, chosen.drip)))
