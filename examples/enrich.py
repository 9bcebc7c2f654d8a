"""Sends texts to textcx and prints what it says of each.

    python enrich.py URL < texts.jsonl

Each line is a document: {"id": "1", "text": "..."}. The key, if the service asks for one, is read from TEXTCX_KEY.
Needs nothing but Python.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

MOST_DOCUMENTS = 256  # GET /v1/limits says so


def enrich(url, documents):
    """Return one result per document, in order; waits where the service says so."""
    request = urllib.request.Request(
        f"{url}/v1/enrich",
        data=json.dumps({"documents": documents}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get('TEXTCX_KEY', '')}"},
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["results"]
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            if error.code not in (429, 503):
                sys.exit(f"{problem['title']}: {problem['detail']}")
            time.sleep(int(error.headers.get("Retry-After", 1)))


def show(document, result):
    """Return a result in words, with the words of the text that say so."""
    if "error" in result:
        return f"{result['id']}: {result['error']['code']}: {result['error']['message']}"
    sentiment = result["sentiment"]["polarity"] if result["sentiment"] else "not judged"
    parts = [f"{result['id']}: {result['language']['code']}, {sentiment}"]
    for touchpoint in result["touchpoints"]:
        words = [document["text"][span["start"] : span["end"]] for span in touchpoint["evidence"]]
        parts.append(f"{touchpoint['id']} {touchpoint['polarity']} ({', '.join(words)})")
    return "; ".join(parts)


def main():
    """Read, ask, print."""
    documents = [json.loads(line) for line in sys.stdin]
    for first in range(0, len(documents), MOST_DOCUMENTS):
        batch = documents[first : first + MOST_DOCUMENTS]
        for document, result in zip(batch, enrich(sys.argv[1], batch), strict=True):
            sys.stdout.write(show(document, result) + "\n")


main()
