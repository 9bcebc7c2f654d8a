"""Packing: an annotated mention as a few hundred bytes: JSON, deflated against a dictionary of our field names.

The first byte of a packed mention is the number of its dictionary: a better one may be added, none ever changed.
"""

import re
import zlib

from textcx.annotation import AnnotatedMention
from textcx.errors import StoreUnavailableError

# What is most frequent stands last, where back references are shortest.
_FIRST = (
    b'"reply_to":"","thread":"","repost_of":"","copy_of":"","reference":{"system":"","id":""},"redactions":[{"start":'
    b'"kind":"email"}{"kind":"phone"}],"engagement":{"likes":,"replies":,"reposts":,"views":},"app_version":"'
    b'"asked":{"question":"","touchpoint":"","occasion":"transaction""occasion":"relation"},"truncated":true'
    b'"opinions":[{"aspect":"","polarity":"mixed","start":,"end":}],"topics":[{"id":"t","label":"","score":0.'
    b'{"name":"disgust","score":{"name":"fear","score":{"name":"surprise","score":{"name":"sadness","score":'
    b'{"name":"warns_against","score":{"name":"will_return","score":{"name":"expectation_exceeded","score":'
    b'{"name":"expectation_met","score":{"name":"expectation_missed","score":{"name":"effort_easy","score":'
    b'{"name":"effort_hard","score":{"name":"asks_for_answer","score":{"name":"suggests","score":'
    b'"measure":"nki_satisfaction","value":"measure":"nki_expectation","value":"measure":"nki_ideal","value":'
    b'"measure":"csat","value":"measure":"ces","value":"kind":"article","source":"kind":"ticket","source":'
    b'"kind":"post","source":"kind":"comment","source":"kind":"reply","source":"kind":"survey_answer","source":'
    b'"published_at_precision":"minute","voice":"prospect","voice":"brand","voice":"employee","voice":"press"'
    b'{"measure":"nps","value":9.0,"lowest":0.0,"highest":10.0}'
    b'"subject":{"product":"","location":"","country":""},"attributes":{"segment":"","region":"","channel":""},'
    b'"stage":"before","stage":"purchase","stage":"after","polarity":"mixed","score":"polarity":"neutral","score":'
    b'{"mention":{"id":"","revision":"","version":1,"kind":"review","source":"","brand":"","title":"","text":"'
    b'","language":"sv","language":"fi","language":"da","language":"nb","language":"en","ratings":[{"measure":"stars",'
    b'"value":5.0,"lowest":1.0,"highest":5.0}],"published_at":"2026-01-01T00:00:00Z","published_at_precision":"day",'
    b'"published_at_precision":"second","collected_at":"2026-01-01T00:00:00.000000Z","author":"","voice":"customer",'
    b'"url":"https://www."},"annotations":{"language":{"code":"nb","confidence":0.9},"language":{"code":"da",'
    b'"confidence":0.9},"language":{"code":"fi","confidence":0.9},"language":{"code":"en","confidence":0.9},'
    b'"language":{"code":"sv","confidence":0.9},"sentiment":{"polarity":"positive","score":0.5,"confidence":0.'
    b'"sentiment":{"polarity":"negative","score":-0.5,"confidence":0.},"emotions":[{"name":"anger","score":0.'
    b'{"name":"joy","score":0.,"evidence":[{"start":,"end":}],"touchpoint":"}],"signals":[{"name":"recommends",'
    b'"score":0.{"name":"leaves","score":0."evidence":[{"start":}],"touchpoints":[{"id":"delivery","stage":"","polarity":'
    b'"positive","score":0.5,"evidence":[{"start":1,"end":2}]},{"id":"","stage":"","polarity":"negative","score":-0.5,'
    b'"evidence":[{"start":1,"end":2}]}],"said_by":{"language":"textcx_language ","sentiment":"textcx_sentiment ",'
    b'"emotions":"textcx_emotions ","signals":"textcx_signals ","touchpoints":"textcx_touchpoints "}}}'
)
_DICTIONARIES = {1: _FIRST}
_NEWEST = max(_DICTIONARIES)
_EVIDENCE = re.compile(rb',"evidence":\[[^\]]*\]')
"""It holds numbers alone; and in no text of a mention, where JSON writes a quotation mark as two signs."""


def pack(annotated: AnnotatedMention) -> bytes:
    """Return a mention as bytes to store; what is absent takes no room."""
    plain = annotated.model_dump_json(exclude_defaults=True, exclude_none=True).encode()
    packer = zlib.compressobj(level=6, zdict=_DICTIONARIES[_NEWEST])
    return bytes([_NEWEST]) + packer.compress(plain) + packer.flush()


def unpack(packed: bytes) -> AnnotatedMention:
    """Return the mention that `pack` packed.

    Raises:
        StoreUnavailableError: The bytes were damaged, or packed by a later version of textcx.
    """
    return _read(_inflated(packed))


def unpack_without_evidence(packed: bytes) -> AnnotatedMention:
    """Return the same without the places in the text that judgements rest on, in half the time; no index holds them."""
    return _read(_EVIDENCE.sub(b"", _inflated(packed)))


def _inflated(packed: bytes) -> bytes:
    dictionary = _DICTIONARIES.get(packed[0]) if packed else None
    if dictionary is None:
        raise StoreUnavailableError("mentions.db: a mention was packed by a later version of textcx: use that one.")
    unpacker = zlib.decompressobj(zdict=dictionary)
    try:
        return unpacker.decompress(packed[1:]) + unpacker.flush()
    except zlib.error:
        raise _damaged() from None


def _read(plain: bytes) -> AnnotatedMention:
    try:
        return AnnotatedMention.model_validate_json(plain)
    except ValueError:  # it would quote the customer's words
        raise _damaged() from None


def _damaged() -> StoreUnavailableError:
    message = "mentions.db: a stored mention cannot be read. Run `textcx store verify`, or restore a backup."
    return StoreUnavailableError(message)
