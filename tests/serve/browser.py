"""A browser for tests: Chromium without a window, driven by its own protocol (CDP)."""

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import time
from pathlib import Path

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WAIT_SECONDS = 60


class Browser:
    """One page of a browser; use it in an `async with`.

    Args:
        profile: an empty folder for its files.

    Attributes:
        requested: addresses that the page asked for. problems: what its console complained of.
    """

    def __init__(self, profile: Path):
        self.profile, self.requested, self.problems = profile, [], []
        self._ids, self._answers = itertools.count(1), {}

    async def __aenter__(self):
        # Test machines often run as root and have small shared memory.
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        options += ["--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([CHROMIUM, *options], stdout=quiet, stderr=quiet)
        port = (await self._wait_for_file(self.profile / "DevToolsActivePort")).split()[0]
        self._session = aiohttp.ClientSession()
        async with self._session.get(f"http://127.0.0.1:{port}/json") as answer:
            pages = [one for one in await answer.json() if one["type"] == "page"]
        address = pages[0]["webSocketDebuggerUrl"]
        self._socket = await self._session.ws_connect(address, max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        for domain in ("Page", "Runtime", "Network", "Log", "DOM", "Accessibility"):
            await self.send(f"{domain}.enable")
        return self

    async def __aexit__(self, *_):
        self._reader.cancel()
        await self._session.close()
        self._process.terminate()
        self._process.wait(10)

    async def _wait_for_file(self, path: Path) -> str:
        until = time.monotonic() + WAIT_SECONDS
        while not (path.exists() and path.read_text()):
            assert time.monotonic() < until, "Chromium did not start"
            await asyncio.sleep(0.1)
        return path.read_text()

    async def _read(self):
        async for message in self._socket:
            content = json.loads(message.data)
            if "id" in content:
                self._answers.pop(content["id"]).set_result(content)
            elif content["method"] == "Network.requestWillBeSent":
                self.requested.append(content["params"]["request"]["url"])
            elif content["method"] == "Runtime.exceptionThrown":
                self.problems.append(content["params"]["exceptionDetails"]["text"])
            elif content["method"] == "Log.entryAdded":
                entry = content["params"]["entry"]
                if entry["level"] in ("warning", "error"):
                    self.problems.append(entry["text"])

    async def send(self, method: str, **params):
        """Call a method of the protocol."""
        number = next(self._ids)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        answer = await asyncio.wait_for(self._answers[number], WAIT_SECONDS)
        assert "error" not in answer, (method, answer)
        return answer["result"]

    async def run(self, script: str):
        """The value of an expression in the page; promises are awaited."""
        options = {"awaitPromise": True, "returnByValue": True, "userGesture": True}
        answer = await self.send("Runtime.evaluate", expression=script, **options)
        assert "exceptionDetails" not in answer, (script, answer["exceptionDetails"])
        return answer["result"].get("value")

    async def wait(self, condition: str):
        """Wait until an expression is true, or a navigation has made it so."""
        until = time.monotonic() + WAIT_SECONDS
        while not await self.run(f"Boolean({condition})"):
            assert time.monotonic() < until, f"{condition} never held"
            await asyncio.sleep(0.05)

    async def open(self, address: str, ready: str):
        """Open an address and wait for a condition."""
        await self.send("Page.navigate", url=address)
        await self.wait(f"document.readyState === 'complete' && ({ready})")

    async def press(self, key: str, modifiers: int = 0, text: str = ""):
        """Press and release a key; modifiers: 2 is Ctrl."""
        common = {"key": key, "modifiers": modifiers, "windowsVirtualKeyCode": KEYS.get(key, 0)}
        await self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    async def type(self, text: str):
        """Type a text where the focus is, then Enter."""
        await self.send("Input.insertText", text=text)
        await self.press("Enter", text="\r")

    async def resize(self, width: int, height: int = 900):
        """Show the page in a window of this size."""
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    async def prefer(self, **features: str):
        """Set media features: `color_scheme="dark"`, `reduced_motion="reduce"`."""
        named = [{"name": f"prefers-{name.replace('_', '-')}", "value": value}
                 for name, value in features.items()]  # fmt: skip
        await self.send("Emulation.setEmulatedMedia", features=named)

    async def choose_file(self, selector: str, path: Path):
        """Choose a file in an input."""
        root = (await self.send("DOM.getDocument"))["root"]["nodeId"]
        node = await self.send("DOM.querySelector", nodeId=root, selector=selector)
        await self.send("DOM.setFileInputFiles", files=[str(path)], nodeId=node["nodeId"])

    async def list_controls(self) -> list[tuple[str, str]]:
        """Role and accessible name of every control of the page."""
        tree = await self.send("Accessibility.getFullAXTree")
        roles = ("button", "link", "searchbox", "textbox", "slider", "image", "dialog", "form")
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in tree["nodes"]
            if not node.get("ignored") and node["role"]["value"] in roles
        ]

    async def save_picture(self, path: Path):
        """Write a PNG of the window."""
        picture = await self.send("Page.captureScreenshot")
        path.write_bytes(base64.b64decode(picture["data"]))


KEYS = {"Enter": 13, "Escape": 27,
        "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
        "k": 75}  # fmt: skip
