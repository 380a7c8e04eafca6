"""Superset's REST API with the standard library: sign in, then find, make or change one thing of a kind by its name."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.cookiejar import CookieJar
from typing import Any

ADDRESS = os.environ.get("SUPERSET_ADDRESS", "http://127.0.0.1:8088")
USER, PASSWORD = os.environ.get("SUPERSET_USER", "admin"), os.environ.get("SUPERSET_PASSWORD", "admin")


class Superset:
    """A signed-in session."""

    def __init__(self, address: str = ADDRESS) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.headers = {"Referer": address}
        signed_in = self.ask("POST", "security/login", {"username": USER, "password": PASSWORD, "provider": "db"})
        self.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        self.headers["X-CSRFToken"] = self.ask("GET", "security/csrf_token/")["result"]

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The JSON answer of `/api/v1/<path>`; Superset's own message where it refuses."""
        return dict(json.loads(self.fetch(method, path, body)))

    def fetch(self, method: str, path: str, body: object = None) -> bytes:
        """The same as bytes."""
        if body is None:
            return self._send(method, path, None, self.headers)
        return self._send(method, path, json.dumps(body).encode(), self.headers | {"Content-Type": "application/json"})

    def send_file(self, path: str, field: str, name: str, content: bytes, others: dict[str, str]) -> bytes:
        """Post a form with one file, as a browser does."""
        mark = uuid.uuid4().hex
        form = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in others.items())
        form += f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: application/zip\r\n\r\n'
        headers = self.headers | {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self._send("POST", path, form.encode() + content + f"\r\n--{mark}--\r\n".encode(), headers)

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(f"{self.address}/api/v1/{path}", content, headers, method=method)  # noqa: S310
        try:
            with self.opener.open(request, timeout=120) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise SystemExit(f"Superset refuses {method} {path}: {error.code} {error.read().decode(errors='replace')[:800]}") from None
        except urllib.error.URLError as error:
            raise SystemExit(f"No Superset answers at {self.address} ({error.reason}): start it with serve.sh") from None

    def find(self, kind: str, column: str, value: str, *conditions: dict[str, Any]) -> int | None:
        """The number of the thing whose `column` holds `value`, and that meets further conditions in Superset's own form."""
        wanted = json.dumps({"filters": [{"col": column, "opr": "eq", "value": value}, *conditions]})
        found = self.ask("GET", f"{kind}/?q={urllib.parse.quote(wanted)}")["result"]
        return int(found[0]["id"]) if found else None

    def put(self, kind: str, name_column: str, content: dict[str, Any]) -> int:
        """Make the thing, or change the one that has its name. Gives its number."""
        number = self.find(kind, name_column, content[name_column])
        if number is None:
            return int(self.ask("POST", f"{kind}/", content)["id"])
        self.ask("PUT", f"{kind}/{number}", content)
        return number
