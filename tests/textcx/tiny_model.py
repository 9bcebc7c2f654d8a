"""A transformer so small that a test can teach it: whole words for tokens, one layer, weights of a fixed seed."""

from collections.abc import Sequence
from typing import Any

_POSITIONS = 32


def tiny_model(words: Sequence[str], **config: Any) -> tuple[Any, Any, dict[str, int]]:
    """Return tokenizer, classifier and the number of each word.

    Args:
        words: All that it knows.
        config: What else its configuration says, such as `id2label`.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    numbers = {word: number for number, word in enumerate(dict.fromkeys(("[PAD]", "[UNK]", *words)))}
    split = Tokenizer(models.WordLevel(numbers, unk_token="[UNK]"))
    split.normalizer = normalizers.Lowercase()
    split.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=split, unk_token="[UNK]", pad_token="[PAD]", model_max_length=_POSITIONS
    )
    torch.manual_seed(1)
    small = BertConfig(
        vocab_size=len(numbers), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=_POSITIONS, **config,
    )  # fmt: skip
    return tokenizer, BertForSequenceClassification(small), numbers
