"""python python.py SITE USER PASSWORD NAME: posts, edits, uploads and reads comments with Python's own client."""

import json
import sys
from typing import Any
from xmlrpc.client import Binary, ServerProxy

site, user, password, name = sys.argv[1:]


def ask(method: str, *given: Any) -> Any:
    """Call a method as that user."""
    with ServerProxy(f"{site}/xmlrpc.php") as client:
        return getattr(client, method)(1, user, password, *given)


post = {"post_title": "A post", "post_content": "Grüße <b>&amp;</b> ]]>", "post_status": "publish"}
number = ask("wp.newPost", post)
ask("wp.editPost", int(number), {"post_title": f"Edited by {name}"})
file = ask("wp.uploadFile", {"name": f"{name}.txt", "type": "text/plain", "bits": Binary(bytes(range(256)))})
comments = ask("wp.getComments", {"number": 10})
post = ask("wp.getPost", int(number))
answer = {"title": post["post_title"], "content": post["post_content"], "url": file["url"]}
print(json.dumps({**answer, "comments": [comment["author"] for comment in comments]}))
