"""Shape layer: what shapes add is learned where heads know nothing, and moves the texts that hold them in any batch."""

from dataclasses import replace

import numpy as np

from textcx.annotation import SignalName
from textcx.model.card import POLARITIES, load_weights
from textcx.model.scored import score_texts
from textcx.model.shape_layer import ShapeLayer
from textcx.model.shapes import Shapes
from textcx.model.weight_files import SHIPPED
from textcx.training.customers import SIGNALS
from textcx.training.shape_layer import HeldOut, LearnedShapes, learn_shape_layer

SHAPES = Shapes({"leaves": ["aldrig .. igen"], "will_return": ["gärna .. igen"], "other": ["kanske"]})
LEAVES, STAYS = "Handlar aldrig här igen", "Handlar gärna här igen"


def learned() -> LearnedShapes:
    texts = [LEAVES, STAYS, "Handlar kanske"] * 30
    signals = np.zeros((90, len(SIGNALS)), np.float32)
    signals[0::3, SIGNALS.index("leaves")] = signals[1::3, SIGNALS.index("will_return")] = 1
    polarities = np.zeros((90, len(POLARITIES)), np.float32)
    for first, polarity in enumerate(("negative", "positive", "neutral")):
        polarities[first::3, POLARITIES.index(polarity)] = 1
    nothing = np.zeros((90, len(POLARITIES)), np.float32)
    unseen = HeldOut(np.full_like(signals, 0.3), nothing, np.arange(90), nothing, signals, polarities)
    return learn_shape_layer(SHAPES, texts, unseen, np.arange(90))


def added(layer: LearnedShapes, group: str, column: int) -> float:
    return float(layer.moves[layer.groups.index(group), column])


def test_a_shape_speaks_for_its_signal_and_against_the_opposite() -> None:
    layer = learned()
    name: SignalName = "leaves"
    column = SIGNALS.index(name)
    assert added(layer, "leaves", column) > 1
    assert added(layer, "will_return", column) < 0
    assert added(layer, "leaves", len(SIGNALS) + POLARITIES.index("negative")) > 0.5
    assert added(layer, "leaves", len(SIGNALS) + POLARITIES.index("positive")) < 0


def test_texts_are_moved_by_their_own_shapes_in_any_batch() -> None:
    weights, layer = load_weights(SHIPPED / "full.weights"), learned()
    shapes = dict(zip(layer.groups, layer.moves[:-1], strict=True))
    card = replace(weights.card, shapes=shapes, shape_bias=0 * layer.moves[-1], extremes=layer.extremes * 0)
    moving = ShapeLayer(card, SHAPES)
    texts = ["Helt okej", LEAVES, "Maten var kall. " + STAYS]
    batch = score_texts(weights.table, card.bias, texts)
    shaped = moving.read(batch)
    assert [set(places) for places in shaped.places] == [set(), {0}, {1}]
    assert np.array_equal(shaped.wholes[0], batch.wholes[0])
    assert not np.array_equal(shaped.wholes[1], batch.wholes[1])
    alone = moving.read(score_texts(weights.table, card.bias, texts[1:2]))
    assert np.array_equal(alone.wholes[0], shaped.wholes[1])
    assert np.array_equal(alone.signals[0], shaped.signals[1])


def test_weights_that_know_no_shapes_move_nothing() -> None:
    weights = load_weights(SHIPPED / "full.weights")
    card = replace(weights.card, shapes={})
    batch = score_texts(weights.table, card.bias, [LEAVES])
    assert ShapeLayer(card, SHAPES).read(batch).wholes is batch.wholes
