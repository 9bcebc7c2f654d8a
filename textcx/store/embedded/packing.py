"""Packing: an annotated mention as a few hundred bytes: JSON, compressed with a dictionary of what all have in common.

The first byte of a packed mention says how. 1 is zlib with a dictionary of our field names, and is only read now. 2
is Zstandard with a dictionary that it learned from the demonstration's mentions, six times as fast. No dictionary is
ever changed: a better one is one more number. Both find damage by a checksum.
"""

import sys
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from textcx.annotation import AnnotatedMention, AnnotatedValues, Storable, without_absent
from textcx.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
_LEVEL = 1
_DICTIONARY = Path(__file__).with_name("packing-2.zdict")


def pack(annotated: Storable) -> bytes:
    """Return a mention as bytes to store; what is absent takes no room."""
    return b"\x02" + _compress()(_written(annotated))


def unpack(packed: bytes) -> AnnotatedMention:
    """Return the mention that `pack` packed.

    Raises:
        StoreUnavailableError: The bytes were damaged, or packed by a later version of textcx.
    """
    try:
        return AnnotatedMention.model_validate_json(_plain(packed))
    except ValueError:  # it would quote the customer's words
        raise _damaged() from None


def unpack_values(packed: bytes) -> dict[str, Any]:
    """Return the same as JSON's plain values, as `textcx.store.facts.values_of` gives them, in a third of the time.

    What was packed had been validated.

    Raises:
        StoreUnavailableError: As with `unpack`.
    """
    try:
        values: dict[str, Any] = orjson.loads(_plain(packed))
    except ValueError:
        raise _damaged() from None
    return values


def learn_dictionary(mentions: "Iterable[Storable]", *, size_bytes: int) -> bytes:
    """Return a Zstandard dictionary of what mentions have in common; the same mentions give the same.

    For one more form of packing: dictionaries in use are never changed. `service/benchmark/dictionary.py` makes one.

    Args:
        mentions: Some thousands, as varied as those that will be stored.
        size_bytes: How long it becomes.
    """
    return bytes(_zstandard().train_dict([_written(one) for one in mentions], size_bytes).dict_content)


def _written(annotated: Storable) -> bytes:
    """Return a mention as JSON without what is absent."""
    if isinstance(annotated, AnnotatedValues):
        mention = annotated.mention.model_dump_json(exclude_defaults=True, exclude_none=True).encode()
        annotations = orjson.dumps(without_absent(annotated.annotations))
        return b'{"mention":%b,"annotations":%b}' % (mention, annotations)
    return annotated.model_dump_json(exclude_defaults=True, exclude_none=True).encode()


def _plain(packed: bytes) -> bytes:
    match packed[:1]:
        case b"\x02":
            return _decompress()(packed[1:])
        case b"\x01":
            return _inflated(packed[1:])
    raise StoreUnavailableError("mentions.db: a mention was packed by a later version of textcx: use that one.")


def _inflated(deflated: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=_FIRST)
    try:
        return unpacker.decompress(deflated) + unpacker.flush()
    except zlib.error:
        raise _damaged() from None


@cache
def _compress() -> "Callable[[bytes], bytes]":
    zstd = _zstandard()
    options = {
        zstd.CompressionParameter.compression_level: _LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
        zstd.CompressionParameter.dict_id_flag: 0,  # our own first byte says which
    }
    compressor = zstd.ZstdCompressor(options=options, zstd_dict=_dictionary().as_digested_dict)
    return lambda plain: bytes(compressor.compress(plain, compressor.FLUSH_FRAME))


@cache
def _decompress() -> "Callable[[bytes], bytes]":
    zstd, dictionary = _zstandard(), _dictionary()

    def decompressed(packed: bytes) -> bytes:
        unpacker = zstd.ZstdDecompressor(dictionary)
        try:
            plain = unpacker.decompress(packed)
        except zstd.ZstdError:
            raise _damaged() from None
        if not unpacker.eof:
            raise _damaged()
        return bytes(plain)

    return decompressed


@cache
def _dictionary() -> Any:
    return _zstandard().ZstdDict(_DICTIONARY.read_bytes())


def _zstandard() -> Any:
    """Return the standard library's module, or what stands in for it before Python 3.14; loaded when it is needed."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _damaged() -> StoreUnavailableError:
    message = "mentions.db: a stored mention cannot be read. Run `textcx store verify`, or restore a backup."
    return StoreUnavailableError(message)
