"""Load a running service: concurrent clients that search, look at photos and tag, for some seconds.

    phototags serve --port 8765 --max-rate 100000 &
    python -m tests.serve.load http://127.0.0.1:8765/ photo.jpg --clients 50 --seconds 60 --pid $!

Prints answers by status, the time to an answer, and the memory of the service before and after. A
client waits when it is told to (429). Ends with code 1 after any other answer than 200 and 429.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from pathlib import Path

import aiohttp
import numpy as np

WORDS = ("dog", "dog beach", "snow -people", "red", "water", "tree, sky")


async def ask(session, number: int, photo: bytes):
    """One client's next request: mostly searches and previews, each tenth a photo to tag."""
    if number % 10 == 0:
        return await session.post("tag", data=photo)
    found = await session.get("search", params={"q": WORDS[number % len(WORDS)], "top": 5})
    photos = (await found.json()).get("photos") if found.status == 200 else None
    if not photos:
        return found
    return await session.get(f"photos/{photos[number % len(photos)]['id']}/thumbnail")


async def run_client(session, first: int, until: float, photo: bytes, seen, seconds):
    """Ask until the time is over."""
    number = first
    while time.monotonic() < until:
        began, number = time.monotonic(), number + 1
        try:
            answer = await ask(session, number, photo)
            await answer.read()
            seen[answer.status] += 1
            if answer.status == 429:
                await asyncio.sleep(float(answer.headers["Retry-After"]))
                continue
        except aiohttp.ClientError as error:
            seen[type(error).__name__] += 1
        seconds.append(time.monotonic() - began)


def read_memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def main(args) -> bool:
    """Run all clients at once and print what they saw; whether no request failed."""
    memory = [read_memory(args.pid)] if args.pid else []
    seen, seconds, until = Counter(), [], time.monotonic() + args.seconds
    photo, connector = args.photo.read_bytes(), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(args.address, connector=connector) as session:
        clients = [
            run_client(session, 97 * one, until, photo, seen, seconds)
            for one in range(args.clients)
        ]
        await asyncio.gather(*clients)
    half, most = np.percentile(seconds, [50, 95])
    print(f"{dict(seen)}; {len(seconds) / args.seconds:.1f} a second; "
          f"median {half:.2f} s, 95 % {most:.2f} s")  # fmt: skip
    if memory:
        print(f"memory before and after: {memory[0]:.0f} and {read_memory(args.pid):.0f} MB")
    return not seen.keys() - {200, 429}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("address")
    parser.add_argument("photo", type=Path)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pid", type=int, help="of the service")
    sys.exit(not asyncio.run(main(parser.parse_args())))
